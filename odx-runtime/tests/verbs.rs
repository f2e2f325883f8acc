//! What each verb says of its errors. Verbs give an `Answer`, which is no `Result` to clippy's `missing_errors_doc`.

use std::{fs, path::Path};

/// The files under a folder.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(fs::read_to_string(path).expect("a text")),
        }
    }
}

/// The public functions of a file that ask Odoo, each with its documentation.
fn verbs(source: &str) -> Vec<(&str, String)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut verbs = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let declaration = line.trim_start();
        let function = declaration.strip_prefix("pub ").unwrap_or(declaration);
        let Some(name) = function.strip_prefix("fn ") else {
            continue;
        };
        let signature = lines[index..].join(" ");
        let signature = signature.split(['{', ';']).next().unwrap_or_default();
        let asks = signature.contains("-> O::Answer<") || signature.contains("-> O::Rows<");
        let above = lines[..index].iter().rev().map(|line| line.trim_start());
        let documentation: Vec<&str> = above
            .take_while(|line| line.starts_with("///") || line.starts_with("#["))
            .collect();
        let is_public = declaration.starts_with("pub ") || is_of_a_trait(line, &documentation);
        if asks && is_public {
            let name = name.split(['<', '(']).next().unwrap_or_default();
            verbs.push((name, documentation.join("\n")));
        }
    }
    verbs
}

/// A function of a trait is documented; one of an implementation, or of the crate alone, may not be.
fn is_of_a_trait(line: &str, documentation: &[&str]) -> bool {
    line.starts_with("    fn ") && documentation.iter().any(|line| line.starts_with("///"))
}

#[test]
fn every_verb_says_what_it_can_fail_with() {
    let mut sources = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut sources,
    );
    let mut seen = Vec::new();
    for (verb, documentation) in sources.iter().flat_map(|source| verbs(source)) {
        let is_hidden = documentation.contains("#[doc(hidden)]");
        assert!(
            is_hidden || documentation.contains("# Errors"),
            "`{verb}` says nothing of its errors:\n{documentation}"
        );
        seen.push(verb);
    }
    for verb in ["fetch", "create", "unlink", "count", "stream", "get", "one"] {
        assert!(seen.contains(&verb), "{verb} was not seen among {seen:?}");
    }
}
