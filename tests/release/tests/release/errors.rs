//! What the errors of the published crates show where a program prints their `Debug`.

use std::{fs, path::Path};

/// The sources of the crates, without their tests.
const SOURCES: [&str; 5] = [
    "odx-runtime/src",
    "odx-codegen/src",
    "odx-codegen/snapshot/src",
    "odx-codegen-cli/src",
    "odx-sandbox/src",
];

fn derives_of_errors(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(derives_of_errors(&path));
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        let derives = text
            .lines()
            .filter(|line| line.contains("#[derive(") && line.contains("thiserror::Error"));
        found.extend(derives.map(|line| (path.display().to_string(), line.to_owned())));
    }
    found
}

/// `unwrap`, and a `main` that returns an error, print `Debug`: `odx_facts::debug_as_told!` makes it the message.
#[test]
fn no_error_shows_its_fields_in_place_of_its_message() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let errors: Vec<_> = SOURCES
        .iter()
        .flat_map(|source| derives_of_errors(&root.join(source)))
        .collect();
    assert!(errors.len() > 20, "{errors:?}");
    for (path, derive) in errors {
        assert!(!derive.contains("Debug"), "{path}: {derive}");
    }
}
