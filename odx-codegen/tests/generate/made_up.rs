//! A new operator, field type and series are rows: a copy of the crates with three more rows in their tables generates,
//! compiles and says what real ones do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that a program with generated models is made of.
const CRATES: [&str; 3] = ["odx-runtime", "odx-derive", "odx-codegen"];

/// The rows: the file in `odx-runtime/facts/src`, the row that they come before, and they.
const ROWS: [(&str, &str, &str); 3] = [
    (
        "field_type.rs",
        "            /// Text of many lines.",
        "            /// A figure of light.\n            Hologram \"hologram\" since 21: Text UnlessRequired, kind Char;\n",
    ),
    (
        "operator.rs",
        "            /// Holds the text; `%` stands",
        "            /// Looks like the text.\n            Resembles \"resembles\" resembles: Text Textual, not _, since 21;\n",
    ),
    ("series.rs", "];\n", "    row(21, Seen::Live),\n"),
];

const MAIN: &str = r#"
odx_runtime::include_models!();
use odx_runtime::model::Projection;
use odx_runtime::{Model, Series, domain};

fn main() {
    let by_handle = StageFigure::F.picture.resembles("a cat");
    let by_macro = domain!(StageFigure, picture resembles "a cat");
    println!("{} {}", by_handle.to_json(), by_macro.to_json());
    let both = StageFigure::F.picture.eq("a dog") & StageFigure::F.picture.is_in(["a cat"]);
    println!("{}", both.to_json());
    let figure = StageFigure::blank();
    let picture: Option<String> = figure.picture;
    println!("{picture:?} {:?}", StageFigure::meta().field("picture"));
    println!("{}", Series::new(21, 0).is_known());
}
"#;

const MODEL: &str = r#"{
    "model": "stage.figure",
    "fields": {
        "id": {"type": "integer", "store": true, "searchable": true, "sortable": true},
        "picture": {"type": "hologram", "string": "Picture", "store": true, "searchable": true}
    }
}"#;

#[test]
fn an_operator_a_field_type_and_a_series_are_added_by_rows_alone() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("made-up");
    for name in CRATES {
        copy(&checkout.join(name), &dir.join(name));
    }
    for (file, before, row) in ROWS {
        add_row(&dir.join("odx-runtime/facts/src").join(file), before, row);
    }
    write_program(&checkout, &dir);

    let output = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet", "--package", "made-up"])
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"),
        )
        .current_dir(&dir)
        .output()
        .expect("cargo");

    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let both = r#"[["picture","=","a dog"],["picture","in",["a cat"]]]"#;
    let sent = r#"[["picture","resembles","a cat"]]"#;
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{sent} {sent}\n{both}\nNone Some(picture (hologram))\ntrue\n")
    );
    assert!(!told.contains("does not know"), "{told}");
}

fn write_program(checkout: &Path, dir: &Path) {
    let manifest = fs::read_to_string(checkout.join("Cargo.toml")).expect("the workspace");
    let (before, rest) = manifest.split_once("members = [").expect("members");
    let (_, after) = rest.split_once(']').expect("an end of the members");
    let members =
        r#"members = ["made-up", "odx-runtime", "odx-runtime/facts", "odx-derive", "odx-codegen"]"#;
    let sandbox = "odx-sandbox = ";
    let after: String = after
        .lines()
        .filter(|line| !line.starts_with(sandbox))
        .flat_map(|line| [line, "\n"])
        .collect();
    write(
        &dir.join("Cargo.toml"),
        &format!("{before}{members}{after}"),
    );
    fs::copy(checkout.join("Cargo.lock"), dir.join("Cargo.lock")).expect("a lock file");

    let program = dir.join("made-up");
    write(
        &program.join("Cargo.toml"),
        "[package]\nname = \"made-up\"\nedition = \"2024\"\n\n[dependencies]\nodx-runtime.workspace = true\n\n\
         [build-dependencies]\nodx-codegen.workspace = true\n",
    );
    write(
        &program.join("build.rs"),
        "fn main() -> Result<(), odx_codegen::Error> {\n    odx_codegen::build(\"odx.toml\")\n}\n",
    );
    write(
        &program.join("odx.toml"),
        "[schema]\ndir = \"odoo-schema\"\n",
    );
    write(&program.join("odoo-schema/stage.figure.json"), MODEL);
    write(
        &program.join("odoo-schema/_meta.json"),
        "{\"format_version\": 1, \"odoo_version\": \"21.0\"}\n",
    );
    write(&program.join("src/main.rs"), MAIN);
}

/// The sources of a crate, without its tests and its command line, which need more crates.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        if name == "tests" || name == "bin" || name == "target" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if name == "Cargo.toml" {
            write(&target, &library(&entry.path()));
        } else {
            let text = fs::read(entry.path()).expect("a file");
            fs::create_dir_all(to).expect("a folder");
            fs::write(target, text).expect("written");
        }
    }
}

/// A manifest without the command line and without what tests need.
fn library(path: &Path) -> String {
    let manifest = fs::read_to_string(path).expect("a manifest");
    let manifest = manifest
        .split("[dev-dependencies]")
        .next()
        .unwrap_or_default();
    let (before, rest) = match manifest.split_once("[[bin]]") {
        Some((before, rest)) => (before, rest.split_once("\n[").map_or("", |(_, rest)| rest)),
        None => (manifest, ""),
    };
    let rest = match rest.is_empty() {
        true => String::new(),
        false => format!("[{rest}"),
    };
    format!("{before}{rest}")
        .lines()
        .filter(|line| !line.starts_with("odx-sandbox"))
        .map(|line| line.replace("\"dep:odx-sandbox\", ", ""))
        .flat_map(|line| [line, "\n".to_owned()])
        .collect()
}

fn add_row(file: &Path, before: &str, row: &str) {
    let text = fs::read_to_string(file).expect("a table");
    let place = text
        .find(before)
        .expect("the row that a new one comes before");
    write(file, &format!("{}{row}{}", &text[..place], &text[place..]));
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("written");
}
