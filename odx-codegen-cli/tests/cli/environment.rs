//! Variables of the environment that odx does not know.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::Workplace;

/// Told apart, so that they are none of those that odx is found to read.
const MISSPELT: &str = concat!("ODX", "_ODOO_ULR");
const OF_A_CONNECTION: &str = concat!("ODX", "_PROD_KEY");

#[test]
fn a_misspelt_variable_is_told_once_and_without_its_value() {
    let mut place = Workplace::new();
    place.set(MISSPELT, "https://secret.example.com");
    let run = place.odx(["ping"]).fails();
    let told = format!("{MISSPELT} is set and odx does not know it; did you mean ODX_ODOO_URL?");
    let run = run.says(&told);
    assert_eq!(run.stderr.matches(MISSPELT).count(), 1, "{}", run.stderr);
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    place.set(MISSPELT, "");
    let run = place.odx(["ping"]).fails();
    assert!(!run.stderr.contains(MISSPELT), "{}", run.stderr);
}

#[test]
fn a_variable_that_a_connection_names_is_known() {
    let mut place = Workplace::new();
    place.set(OF_A_CONNECTION, "a key");
    place.odx(["version"]).says("did you mean ODX_PROXY_KEY?");
    let connection = format!("[connections.prod]\nkey-env = \"{OF_A_CONNECTION}\"\n");
    place.write("odx.toml", &connection);
    let run = place.odx(["version"]).succeeds();
    assert!(!run.stderr.contains("did you mean"), "{}", run.stderr);
}

/// In a checkout, where all that reads one is at hand.
#[test]
fn no_variable_that_odx_reads_anywhere_is_taken_for_a_misspelt_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !root.join("CONTRIBUTING.md").is_file() {
        return;
    }
    let mut names = BTreeSet::new();
    collect(&root, &mut names);
    assert!(names.contains("ODX_LIVE"), "{names:?}");
    let place = Workplace::new();
    let mut command = place.command(["version"]);
    command.envs(names.iter().map(|name| (name, "1")));
    let output = command.output().expect("odx starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("did you mean"), "{said}");
}

/// The names in the files of a folder that look like variables of odx.
fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "target" && name != ".git" {
                collect(&path, names);
            }
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        names.extend(
            text.match_indices("ODX_")
                .map(|(at, _)| name_at(&text[at..])),
        );
    }
    // The start of several names is none.
    names.retain(|name| !name.ends_with('_'));
}

fn name_at(text: &str) -> String {
    let is_of_name = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_';
    text.chars().take_while(is_of_name).collect()
}
