//! `odx sql`: what the program that brings the engine is run with.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Run, Sandbox, Workplace};

/// Tells how it was run, and ends with 7.
const STAND_IN: &str = r#"#!/bin/sh
printf '%s\n' "$@"
printf 'database %s, key %s\n' "$ODX_ODOO_DB" "${ODX_ODOO_API_KEY:+set}"
exit 7
"#;

/// Runs a copy of `odx` that has no other program of odx beside it, nor where programs are looked for.
fn sql(place: &Workplace, arguments: &[&str]) -> Run {
    let program = place.path("odx");
    fs::copy(env!("CARGO_BIN_EXE_odx"), &program).expect("a copy");
    let command = place.command_of(arguments);
    let mut copy = std::process::Command::new(program);
    copy.args(arguments).current_dir(place.path(""));
    copy.env("PATH", "/usr/bin:/bin");
    copy.stdin(std::process::Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    Run::of(copy.output().expect("odx starts"))
}

#[test]
fn sql_hands_the_query_on_and_secrets_by_the_environment_alone() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write("odx-sql", STAND_IN);
    fs::set_permissions(place.path("odx-sql"), fs::Permissions::from_mode(0o755))
        .expect("it can be run");
    let run = sql(
        &place,
        &["sql", "select 1", "--format", "csv", "--parts", "2"],
    );
    assert_eq!(run.code, Some(7), "{}", run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let (said, arguments) = lines.split_last().expect("lines");
    let wanted = [
        "--format",
        "csv",
        "--parts",
        "2",
        "--page-size",
        "1000",
        "--",
        "select 1",
    ];
    assert_eq!(arguments, wanted);
    assert!(said.ends_with(", key set"), "{said}");
}

#[test]
fn without_the_engine_sql_says_where_it_comes_from() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let run = sql(&place, &["sql", "select 1"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("cargo install odx-sql"),
        "{}",
        run.stderr
    );
}
