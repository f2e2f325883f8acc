//! What goes wrong gets a clear error, the exit code 2, and leaves nothing half written.

use serde_json::{Map, Value, json};

use crate::support::{PROXY_KEY, Sandbox, Workplace};

#[test]
fn all_missing_variables_are_named_in_one_error() {
    let mut place = Workplace::new();
    place
        .odx(["pull"])
        .fails()
        .says("not set in the environment: ODX_ODOO_URL, ODX_ODOO_API_KEY\n")
        .says("or a login and a password");
    place.set("ODX_PROXY_URL", "http://127.0.0.1:1");
    place.odx(["pull"]).fails().says(
        "not set in the environment: ODX_PROXY_KEY, ODX_ODOO_URL, ODX_ODOO_DB, ODX_ODOO_API_KEY\n",
    );
    place.unset("ODX_PROXY_URL");
    place.set("ODX_PROXY_KEY", "key");
    place
        .odx(["pull"])
        .fails()
        .says("not set in the environment: ODX_PROXY_URL, ");
}

#[test]
fn one_missing_variable_is_named_alone_and_an_empty_one_is_missing() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::with(&sandbox);
    place.unset("ODX_ODOO_DB");
    place
        .odx(["pull"])
        .fails()
        .says("not set in the environment: ODX_ODOO_DB\n");
    place.set("ODX_ODOO_DB", " ");
    place
        .odx(["pull"])
        .fails()
        .says("not set in the environment: ODX_ODOO_DB\n");
}

#[test]
fn no_server_wrong_keys_and_a_wrong_database_are_told_apart_and_no_key_is_shown() {
    let sandbox = Sandbox::start();
    let cases = [
        (
            "ODX_PROXY_URL",
            "http://127.0.0.1:1",
            "no connection to the server",
            "ODX_PROXY_URL; `odx proxy` runs one",
        ),
        (
            "ODX_PROXY_URL",
            "nonsense",
            "the URL of the proxy must begin with http:// or https://",
            "ODX_PROXY_URL",
        ),
        (
            "ODX_PROXY_KEY",
            "some-other-key",
            "the proxy refused its key",
            "taken from ODX_PROXY_KEY",
        ),
        (
            "ODX_ODOO_API_KEY",
            "some-other-key",
            "Access Denied",
            "ODX_ODOO_API_KEY",
        ),
        (
            "ODX_ODOO_USER_ID",
            "99",
            "check the user id",
            "ODX_ODOO_USER_ID",
        ),
        (
            "ODX_ODOO_USER_ID",
            "some-other-key",
            "ODX_ODOO_USER_ID is not a number above 0",
            "",
        ),
        ("ODX_ODOO_DB", "other", "", "taken from ODX_ODOO_"),
    ];
    for (variable, value, message, help) in cases {
        let mut place = Workplace::with(&sandbox);
        place.set(variable, value);
        place
            .odx(["pull"])
            .fails()
            .says("error: ")
            .says(message)
            .says(help)
            .shows_nowhere(PROXY_KEY)
            .shows_nowhere(odx_sandbox::COMPANY_KEY)
            .shows_nowhere("some-other-key");
        assert_eq!(place.names("."), Vec::<String>::new(), "{variable}={value}");
    }
}

#[test]
fn a_language_that_is_not_installed_is_told_with_those_that_are() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull", "--lang", "xx_XX"])
        .fails()
        .says("the language `xx_XX` is not installed in this Odoo: choose one of en_US, fr_BE");
    assert!(!place.path("odoo-schema").exists());
}

#[test]
fn a_broken_snapshot_is_named_with_file_and_line() {
    let place = Workplace::with_snapshot(&json!({"res.partner": {"name": {"type": "char"}}}));
    place.write("odoo-schema/res.partner.json", "{\n  \"model\": 7\n}\n");
    for command in ["generate", "check", "models"] {
        place
            .odx([command])
            .fails()
            .says("res.partner.json:2:12:")
            .says("run `odx pull` again");
    }
    assert!(!place.path("models").exists());
}

#[test]
fn a_snapshot_of_another_format_says_what_to_do() {
    let place = Workplace::with_snapshot(&json!({"res.partner": {}}));
    place.write("odoo-schema/_meta.json", "{\"format_version\": 99}\n");
    place
        .odx(["generate"])
        .fails()
        .says("format_version 99")
        .says("newer odx");
}

#[test]
fn an_unknown_key_of_the_configuration_is_named_with_its_place() {
    let place = Workplace::new();
    place.write("odx.toml", "[models]\nincldue = []\n");
    for command in ["pull", "generate", "check", "models"] {
        place
            .odx([command])
            .fails()
            .says("odx.toml:2:1: unknown field `incldue`")
            .says("did you mean `include`?");
    }
}

#[test]
fn a_configuration_that_was_named_must_be_there() {
    let place = Workplace::new();
    place
        .odx(["generate", "--config", "other.toml"])
        .fails()
        .says("cannot read other.toml");
}

#[test]
fn a_file_where_a_folder_should_be_is_named() {
    let place = Workplace::with_snapshot(&json!({"res.partner": {}}));
    place.write("models", "a file\n");
    place
        .odx(["generate"])
        .fails()
        .says("models is a file, but a folder belongs there");
    place.odx(["check"]).fails().says("a folder belongs there");
    assert_eq!(place.read("models"), "a file\n");
    place
        .odx(["pull", "--from-json", "saved.json", "--schema", "models"])
        .fails()
        .says("a folder belongs there");
}

#[test]
fn a_folder_where_a_file_should_be_leaves_everything_as_it_was() {
    let place = Workplace::with_snapshot(&json!({"a": {}, "b": {}}));
    place.odx(["generate"]).succeeds();
    std::fs::remove_file(place.path("models/src/b.rs")).expect("removed");
    std::fs::create_dir(place.path("models/src/b.rs")).expect("a folder");
    place.replace(
        "odoo-schema/a.json",
        "\"fields\": {}",
        "\"fields\": {\"x\": {\"type\": \"char\"}}",
    );
    place.keep_edited_snapshot();
    let before = place.files("models");
    place
        .odx(["generate"])
        .fails()
        .says("b.rs is a folder, but a file belongs there");
    assert_eq!(place.files("models"), before);
}

/// As a full disk does it: some files can be written, then one cannot. The shell limits the size of files, and the
/// signal that goes with it is ignored, so that the write fails instead of the process.
#[cfg(unix)]
#[test]
fn a_write_that_fails_half_way_leaves_everything_as_it_was() {
    let place = Workplace::with_snapshot(
        &json!({"a": {"x": {"type": "char"}}, "z": {"x": {"type": "char"}}}),
    );
    place.odx(["generate"]).succeeds();
    let before = place.files("models");
    let fields: Map<String, Value> = (0..2_000)
        .map(|index| (format!("f{index}"), json!({"type": "char"})))
        .collect();
    place.write(
        "saved.json",
        &json!({"a": {"y": {"type": "char"}}, "z": fields}).to_string(),
    );
    let snapshot = place.files("odoo-schema");

    let limited = |arguments: &str| {
        let mut command = place.command([]);
        let script = format!(
            "trap '' XFSZ; ulimit -f 32; exec '{}' {arguments}",
            env!("CARGO_BIN_EXE_odx")
        );
        let mut shell = std::process::Command::new("sh");
        shell
            .arg("-c")
            .arg(script)
            .current_dir(command.get_current_dir().expect("a folder"));
        command = shell;
        crate::support::Run::of(command.output().expect("a shell"))
    };
    limited("pull --from-json saved.json")
        .fails()
        .says("cannot write")
        .says("caused by: File too large");
    assert_eq!(place.files("odoo-schema"), snapshot);

    place.odx(["pull", "--from-json", "saved.json"]).succeeds();
    limited("generate")
        .fails()
        .says("cannot write")
        .says("caused by: File too large");
    assert_eq!(place.files("models"), before);
}

#[test]
fn a_hostile_schema_stays_in_its_folder_and_in_its_tokens() {
    let collisions: Map<String, Value> = (0..300)
        .map(|index| {
            (
                format!("a{}b", "-".repeat(index + 1)),
                json!({"type": "char"}),
            )
        })
        .collect();
    let place = Workplace::with_snapshot(&json!({
        "../../evil": {"x": {"type": "char", "string": "*/ } fn evil() {} /*"}},
        "quotes": {"\"; fn evil() {} //": {"type": "char", "string": "\"#; \\u{202e} */ ```\nfn evil() {}\n```"}},
        "sel": {"s": {"type": "selection", "selection": [["*/", "\u{1b}[31m"], ["\"", "'"], ["\\", "{}"]]}},
        "many": collisions,
    }));
    place
        .odx(["generate"])
        .succeeds()
        .says("generated 4 models");
    assert_eq!(place.names("."), ["models", "odoo-schema", "saved.json"]);
    assert_eq!(place.names("models"), ["Cargo.toml", "src"]);
    for (path, text) in place.files("models/src") {
        let text = String::from_utf8(text).expect("text");
        let file =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let evil = file
            .items
            .iter()
            .any(|item| matches!(item, syn::Item::Fn(item) if item.sig.ident == "evil"));
        assert!(!evil, "{}", path.display());
    }
    let run = place.odx(["fields", "sel"]).succeeds();
    assert!(!run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
}

#[test]
fn saved_answers_of_another_shape_say_what_they_should_hold() {
    let place = Workplace::new();
    place.write("saved.json", "[1]");
    place
        .odx(["pull", "--from-json", "saved.json"])
        .fails()
        .says("saved.json:1:")
        .says("it should hold one object");
    place.write("saved.json", "{}");
    place
        .odx(["pull", "--from-json", "saved.json"])
        .fails()
        .says("no model could be read");
    assert!(!place.path("odoo-schema").exists());
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let place = Workplace::new();
    place
        .odx(["pull", "--ir-model", "x.json"])
        .fails()
        .says("--from-json");
    place
        .odx(["check", "--live", "--out", "x"])
        .fails()
        .says("cannot be used with");
    place
        .odx(["pull", "--concurrency", "0"])
        .fails()
        .says("1..=64");
}

#[test]
fn a_pipe_that_is_closed_early_is_no_failure() {
    let place = Workplace::with_snapshot(&json!({"res.partner": {"name": {"type": "char"}}}));
    let mut command = place.command(["generate", "--stdout", "res.partner"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("odx starts");
    drop(child.stdout.take());
    let run = crate::support::Run::of(child.wait_with_output().expect("it ends"));
    assert!(
        !run.stderr.contains("panicked") && !run.stderr.contains("error:"),
        "{}",
        run.stderr
    );
    run.succeeds();
}
