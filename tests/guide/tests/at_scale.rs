//! The table of what fails at scale, against the tests that it names.

use std::{collections::BTreeMap, fs, path::Path};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of the table: the cells between the bars.
fn rows(page: &str) -> Vec<Vec<&str>> {
    page.lines()
        .filter(|line| line.starts_with("| S"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The tests that a cell names, each by its name and the file that it links to.
fn tests(cell: &str) -> Vec<(&str, &str)> {
    cell.split("<br>")
        .map(|test| {
            let (name, link) = test.split_once(" ([").expect("a name and a file");
            let (_, file) = link.split_once("](../").expect("a link");
            (name.trim_matches('`'), file.trim_end_matches(')'))
        })
        .collect()
}

/// Whether the file has a test of that name: a function right behind the attribute of a test.
fn is_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_named = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('('))
    };
    let at = lines.iter().position(|line| is_named(line));
    at.is_some_and(|at| {
        let mut attributes = lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.starts_with("#["));
        attributes.any(|line| line.contains("test"))
    })
}

#[test]
fn each_failure_has_a_row_and_each_row_a_test_that_is_there() {
    let page = fs::read_to_string(root().join("docs/at-scale.md")).expect("the page");
    let rows = rows(&page);
    let numbers: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let all: Vec<String> = (1..=19).map(|number| format!("S{number}")).collect();
    assert_eq!(numbers, all);
    let mut sources = BTreeMap::new();
    for row in &rows {
        let [number, failure, told_at, does, shown_by] = row.as_slice() else {
            panic!("{row:?}");
        };
        assert!(
            [failure, told_at, does].iter().all(|cell| cell.len() > 1),
            "{number}"
        );
        for (name, file) in tests(shown_by) {
            let source = sources
                .entry(file)
                .or_insert_with(|| fs::read_to_string(root().join(file)).unwrap_or_default());
            assert!(
                is_test(source, name),
                "{number}: {file} has no test `{name}`"
            );
        }
    }
}
