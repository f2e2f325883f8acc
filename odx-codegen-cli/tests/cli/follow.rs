//! `odx follow`.

use std::fs::File;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Sandbox, Workplace};

const ONCE: [&str; 8] = [
    "follow",
    "res.partner.category",
    "--fields",
    "name",
    "--cursor",
    "tags.cursor",
    "--once",
    "--json",
];

fn lines(place: &Workplace) -> Vec<Value> {
    let run = place.odx(ONCE).succeeds();
    let lines = run.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn call(place: &Workplace, method: &str, ids: &str, values: &str) {
    let call = ["call", "res.partner.category", method, "--ids", ids];
    match values {
        "" => place.odx(call).succeeds(),
        values => {
            let [a, b, c, d, e] = call;
            place.odx([a, b, c, d, e, "--arg", values]).succeeds()
        }
    };
}

#[test]
fn follow_shows_all_records_and_then_what_became_of_them() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let first = lines(&place);
    assert!(first.len() > 3);
    assert!(first.iter().all(|line| line["change"] == "written"));
    assert_eq!(lines(&place), Vec::<Value>::new());

    let ids: Vec<String> = first.iter().map(|line| line["id"].to_string()).collect();
    call(&place, "write", &ids[0], r#"{"name": "Written"}"#);
    call(&place, "write", &ids[1], r#"{"active": false}"#);
    call(&place, "unlink", &ids[2], "");
    let mut since = lines(&place);
    since.sort_by_key(|line| line["id"].as_i64());
    let name = &first[1]["record"]["name"];
    let (one, two) = (&first[0]["id"], &first[1]["id"]);
    let model = "res.partner.category";
    assert_eq!(
        since,
        [
            json!({"change": "written", "model": model, "id": one, "record": {"id": one, "name": "Written"}}),
            json!({"change": "archived", "model": model, "id": two, "record": {"id": two, "name": name}}),
            json!({"change": "deleted", "model": model, "id": first[2]["id"]}),
        ]
    );
    assert_eq!(lines(&place), Vec::<Value>::new());
}

#[test]
fn two_runs_do_not_share_a_cursor() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let first = lines(&place).len();
    let mut command = place.command(ONCE);
    sandbox.server.slow(Duration::from_secs(5));
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = command.spawn().expect("odx starts");
    let is_free =
        || File::open(place.path("tags.cursor.lock")).is_ok_and(|file| file.try_lock().is_ok());
    while is_free() && run.try_wait().expect("a state").is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    place
        .odx(ONCE)
        .fails()
        .says("another `odx follow` goes on with the cursor: it has tags.cursor.lock locked");
    run.kill().expect("killed");
    run.wait().expect("a state");
    sandbox.server.slow(Duration::ZERO);
    assert!(first > 0 && lines(&place).is_empty());
}

#[test]
fn follow_refuses_what_odoo_does_not_date_and_a_cursor_of_something_else() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let computed = [
        "follow",
        "res.partner.category",
        "--fields",
        "display_name",
        "--once",
    ];
    place
        .odx(computed)
        .fails()
        .says("display_name (computed or read through other records, not stored)")
        .says("--unwatched takes such fields");
    let [a, b, c, d, e] = computed;
    place
        .odx([a, b, c, "nmae", e])
        .fails()
        .says("`res.partner.category` has no field `nmae`; did you mean `name`?");
    place.odx([a, b, c, d, e, "--unwatched"]).succeeds();
    lines(&place);
    let other = [
        "follow",
        "res.country",
        "--fields",
        "name",
        "--cursor",
        "tags.cursor",
        "--once",
    ];
    place
        .odx(other)
        .fails()
        .says(
            "tags.cursor holds a cursor that cannot be gone on with: it is of res.partner.category",
        )
        .says("remove it, or give another file to --cursor")
        .shows_nowhere("keep a cursor for each model");
    let other_fields = ONCE.map(|word| if word == "name" { "name,color" } else { word });
    place
        .odx(other_fields)
        .fails()
        .says("cannot be gone on with: it is of other fields")
        .shows_nowhere("Cursor::start");
    let text = place.read("tags.cursor");
    place.write("tags.cursor", &text[..text.len() / 2]);
    place
        .odx(other)
        .fails()
        .says("tags.cursor holds no cursor of `odx follow`")
        .says("give another file to --cursor")
        .shows_nowhere("remove it");
    let mut kept: Value = serde_json::from_str(&text).unwrap();
    let cursor = kept["cursor"].as_str().unwrap();
    kept["cursor"] = json!(cursor[..cursor.len() / 2]);
    place.write("tags.cursor", &kept.to_string());
    place
        .odx(other)
        .fails()
        .says("tags.cursor holds a cursor that cannot be gone on with: it is damaged")
        .shows_nowhere("Cursor::start");
}

/// What the other one lacks would look deleted, and what it had before the cursor would never come.
#[test]
fn a_cursor_of_another_odoo_is_refused() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    lines(&place);
    let text = place.read("tags.cursor");
    let staging = Sandbox::start();
    let elsewhere = Workplace::over(&staging, "json2");
    elsewhere.write("tags.cursor", &text);
    elsewhere
        .odx(ONCE)
        .fails()
        .says("tags.cursor holds a cursor of another Odoo, or of another user");
    assert_eq!(elsewhere.read("tags.cursor"), text);
}
