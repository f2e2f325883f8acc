//! Makes a test of each Rust block in the README and the guide.
//!
//! A page is a module, where the generated models and the runtime are in scope. A block ```` ```rust ```` is a test that runs
//! against the company's sandbox, with a session `odoo` at hand; `no_run` after it compiles it only, and `items` puts what it
//! declares into the page's module, for the blocks that follow.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = root.join("docs");
    println!("cargo::rerun-if-changed={}", docs.display());
    let mut pages: Vec<PathBuf> = fs::read_dir(&docs)
        .expect("the folder of the guide")
        .map(|entry| entry.expect("a page").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages.push(root.join("README.md"));

    let mut code = String::new();
    for page in &pages {
        println!("cargo::rerun-if-changed={}", page.display());
        code.push_str(&tests_of(page));
    }
    let out = Path::new(&env::var_os("OUT_DIR").expect("set by cargo")).join("pages.rs");
    fs::write(out, code).expect("written");
}

fn tests_of(page: &Path) -> String {
    let text = fs::read_to_string(page).expect("a page");
    let name = page
        .file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a name");
    let module = name.to_lowercase().replace('-', "_");
    let mut code = format!("mod {module} {{\nuse super::scope::*;\n");
    for (line, info, block) in blocks(&text) {
        let place = format!("// {name}.md:{line}\n");
        let mut words = info.split(',');
        if words.next() != Some("rust") {
            continue;
        }
        let modes: Vec<_> = words.collect();
        let test = match modes[..] {
            ["items"] => format!("{place}{block}\n"),
            ["no_run"] => function(&place, line, block),
            [] => test(&place, line, block),
            _ => panic!(
                "{}:{line}: blocks are `rust`, `rust,no_run` or `rust,items`, and this is `{info}`",
                page.display()
            ),
        };
        code.push_str(&test);
    }
    code.push_str("}\n");
    code
}

/// A test of a block, which has the company to itself.
fn test(place: &str, line: usize, block: &str) -> String {
    format!(
        "#[tokio::test(flavor = \"multi_thread\")]\nasync fn runs_{line}() -> super::Done {{\n\
         let company = super::Company::start().await?;\nline_{line}(company.session()).await\n}}\n{}",
        function(place, line, block)
    )
}

fn function(place: &str, line: usize, block: &str) -> String {
    format!("async fn line_{line}(odoo: Session) -> super::Done {{\n{place}{block}\nOk(()) }}\n")
}

/// The fenced blocks: line, what stands after the fence, and the text.
fn blocks(page: &str) -> Vec<(usize, &str, &str)> {
    const FENCE: &str = "```";
    let mut found = Vec::new();
    let mut open: Option<(usize, &str, usize)> = None;
    let mut at = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let Some(after) = line.trim_end().strip_prefix(FENCE) else {
            continue;
        };
        open = match open {
            None => Some((number + 1, after, at)),
            Some((line, info, from)) => {
                found.push((line, info, &page[from..start]));
                None
            }
        };
    }
    found
}
