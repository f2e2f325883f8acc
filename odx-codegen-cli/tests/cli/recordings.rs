//! `odx record` and `odx replay`, with odx itself as the command that is run.

use odx_sandbox::{COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD};

use crate::roads::roads;
use crate::support::{PROXY_KEY, Run, Sandbox, Workplace};

const ODX: &str = env!("CARGO_BIN_EXE_odx");

const RULES: &str = "[record]\nreplace = { \"res.partner\" = [\"name\"] }\n";

fn search<'a>(command: &'a str, fields: &'a str) -> [&'a str; 8] {
    [
        command,
        "--",
        ODX,
        "search",
        "res.partner",
        "--json",
        "--fields",
        fields,
    ]
}

fn recording(place: &Workplace) -> String {
    let files = place.files("odx-recording").into_iter();
    let files =
        files.map(|(path, text)| format!("{}\n{}", path.display(), String::from_utf8_lossy(&text)));
    files.collect()
}

fn names(run: &Run) -> Vec<String> {
    let rows: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let rows = rows["rows"].as_array().expect("rows");
    let names = rows.iter().map(|row| row["name"].as_str().expect("a name"));
    names.map(str::to_owned).collect()
}

#[test]
fn a_command_is_recorded_over_each_road_and_replayed_without_a_server_and_a_key() {
    for road in roads() {
        let sandbox = Sandbox::start();
        let place = Workplace::over(&sandbox, road);
        place.write("odx.toml", RULES);
        let told = place
            .odx(search("record", "id,name"))
            .succeeds()
            .says("recorded:");
        let text = recording(&place);
        let sessions = sandbox.server.session_ids();
        let secrets = [COMPANY_KEY, COMPANY_PASSWORD, PROXY_KEY].map(str::to_owned);
        for secret in secrets.iter().chain(&sessions).chain(&names(&told)) {
            assert!(!text.contains(secret.as_str()), "{road}: {secret}");
        }
        assert!(!text.contains(&format!("\"{COMPANY_LOGIN}\"")), "{road}");
        drop(sandbox);

        let mut user = Workplace::new();
        user.set("ODX_ODOO_API_KEY", "of-another-odoo");
        user.write("odx.toml", RULES);
        for (path, text) in place.files("odx-recording") {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            user.write(
                &format!("odx-recording/{name}"),
                &String::from_utf8(text).expect("text"),
            );
        }
        let again = user.odx(search("replay", "id,name")).succeeds();
        let (told, again) = (names(&told), names(&again));
        assert_eq!(again.len(), told.len(), "{road}");
        assert!(again.iter().all(|name| !told.contains(name)), "{again:?}");
        user.odx(search("replay", "id,name,email"))
            .fails()
            .says("not recorded")
            .says("`odx record` with the same command makes the recording anew");
    }
}

#[test]
fn a_command_that_fails_leaves_the_recording_as_it_was() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.odx(search("record", "id")).succeeds();
    let before = place.files("odx-recording");
    place
        .odx(search("record", "id,no_such_field"))
        .fails()
        .says("the recording is as it was before");
    assert_eq!(place.files("odx-recording"), before);
    assert_eq!(place.names("."), ["odx-recording"]);
}

#[test]
fn a_command_that_asks_nothing_leaves_the_recording_as_it_was() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.odx(search("record", "id")).succeeds();
    let before = recording(&place);
    let run = place.odx(["record", "--", ODX, "--version"]).fails();
    run.says("no request passed, so odx-recording is as it was");
    assert_eq!(recording(&place), before);
}

#[test]
fn a_rule_that_meets_nothing_is_told() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write(
        "odx.toml",
        "[record]\nreplace = { \"res.partner\" = [\"emial\"] }\n",
    );
    place
        .odx(search("record", "id"))
        .succeeds()
        .says("nothing of `res.partner.emial`");
}

#[test]
fn what_is_missing_is_told_before_anything_runs() {
    let place = Workplace::new();
    place
        .odx(search("record", "id"))
        .fails()
        .says("ODX_ODOO_URL");
    place
        .odx(search("replay", "id"))
        .fails()
        .says("no recording in")
        .says("odx record");
}

/// A command may take long, and write to its Odoo.
#[test]
fn a_recording_that_cannot_be_written_is_told_before_anything_runs() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write("notes/of-mine.txt", "mine");
    let record = |dir| {
        place
            .odx(["record", "--dir", dir, "--", ODX, "version"])
            .fails()
    };
    for (dir, told) in [
        ("notes", "notes holds files and no recording"),
        ("notes/of-mine.txt", "cannot read notes/of-mine.txt"),
        (
            "notes/of-mine.txt/below",
            "cannot read notes/of-mine.txt/below",
        ),
        ("/proc/recording", "cannot write /proc/recording"),
    ] {
        let run = record(dir).says(told);
        assert_eq!(run.stdout, "", "{dir}: the command ran");
    }
    assert_eq!(place.read("notes/of-mine.txt"), "mine");
    assert_eq!(place.names("."), ["notes"]);
}
