//! `odx export`.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::Duration;

use odx_runtime::arrow::RecordBatch;
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::support::{Sandbox, Workplace};

const FIELDS: &str = "name,email,country_id,category_id,create_date,type,active";

/// Exports the partners, two a part, one a page.
fn command(to: &str) -> [&str; 9] {
    [
        "export",
        "res.partner",
        "--fields",
        FIELDS,
        "--file-size",
        "2",
        "--json",
        "--to",
        to,
    ]
}

/// The partners as a search finds them.
fn found(place: &Workplace) -> Vec<Value> {
    let search = [
        "search",
        "res.partner",
        "[]",
        "--fields",
        FIELDS,
        "--limit",
        "1000",
        "--order",
        "id",
        "--json",
    ];
    let run = place.odx(search).succeeds();
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    found["rows"].as_array().unwrap().clone()
}

fn lines(place: &Workplace, file: &str) -> Vec<Value> {
    let text = place.read(file);
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

fn ids(batches: &[RecordBatch]) -> Vec<i64> {
    let ids = batches
        .iter()
        .map(|batch| batch["id"].as_primitive::<Int64Type>().values().to_vec());
    ids.flatten().collect()
}

fn ids_of(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// The value of a search as JSON Lines have it.
fn as_line(field: &str, value: &Value) -> Value {
    match (field, value) {
        ("active", value) => value.clone(),
        (_, Value::Bool(false)) => Value::Null,
        ("country_id", Value::Array(pair)) => json!({"id": pair[0], "name": pair[1]}),
        ("create_date", Value::String(moment)) => format!("{}Z", moment.replace(' ', "T")).into(),
        (_, value) => value.clone(),
    }
}

#[test]
fn each_form_holds_what_a_search_finds() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let found = found(&place);
    assert!(found.len() > 5);

    place.odx(command("partners.jsonl")).succeeds();
    let rows = lines(&place, "partners.jsonl");
    assert_eq!(ids_of(&rows), ids_of(&found));
    for (row, found) in rows.iter().zip(&found) {
        for (field, value) in found.as_object().unwrap() {
            assert_eq!(row[field], as_line(field, value), "{field} of {row}");
        }
    }

    place.odx(command("partners.csv")).succeeds();
    let csv = place.read("partners.csv");
    let mut csv = csv.lines();
    assert_eq!(
        csv.next(),
        Some("id,name,email,country_id,country_id.name,category_id,create_date,type,active")
    );
    assert_eq!(
        csv.count(),
        found.len(),
        "one line of names, and one a record"
    );

    place.odx(command("partners.parquet")).succeeds();
    let parquet = batches(&place.path("partners.parquet"));
    assert_eq!(ids(&parquet), ids_of(&found));
    let schema = parquet[0].schema();
    let of = |name: &str| {
        schema
            .field_with_name(name)
            .unwrap()
            .data_type()
            .to_string()
    };
    assert_eq!(of("create_date"), "Timestamp(µs, \"UTC\")");
    assert_eq!(of("type"), "Dictionary(Int32, Utf8)");
    let names: Vec<String> = parquet
        .iter()
        .flat_map(|batch| {
            batch["name"]
                .as_string::<i32>()
                .iter()
                .flatten()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let expected: Vec<&str> = found
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, expected);

    place.odx(command("partners.arrow")).succeeds();
    let file = File::open(place.path("partners.arrow")).unwrap();
    let arrow = arrow_ipc::reader::FileReader::try_new(file, None).unwrap();
    let arrow: Vec<RecordBatch> = arrow.map(Result::unwrap).collect();
    assert_eq!(ids(&arrow), ids_of(&found));
    assert_eq!(arrow[0].schema().fields(), schema.fields());

    assert_eq!(
        place.names("."),
        [
            "partners.arrow",
            "partners.csv",
            "partners.jsonl",
            "partners.parquet"
        ],
        "nothing is left beside them"
    );
}

/// Runs an export until it has kept one more part, and kills it then. Its output, if it came to its end before.
fn killed_after_a_part(place: &Workplace, to: &str) -> Option<Output> {
    let mut run = place.command(command(to));
    run.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = run.spawn().expect("odx starts");
    let parts = place.path(&format!("{to}.part"));
    let ending = Path::new(to).extension();
    let kept = || {
        let files = fs::read_dir(&parts).into_iter().flatten().flatten();
        files
            .filter(|file| file.path().extension() == ending)
            .count()
    };
    let before = kept();
    while kept() <= before {
        if run.try_wait().expect("a state").is_some() {
            return Some(run.wait_with_output().expect("its output"));
        }
        thread::sleep(Duration::from_millis(1));
    }
    run.kill().expect("killed");
    run.wait().expect("a state");
    None
}

#[test]
fn an_export_that_is_killed_is_gone_on_with_and_the_old_file_stays_until_the_end() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let expected = ids_of(&found(&place));
    place.write("partners.parquet", "what was there before");
    sandbox.server.slow(Duration::from_millis(20));
    let mut kills = 0;
    let last = loop {
        if let Some(last) = killed_after_a_part(&place, "partners.parquet") {
            break last;
        }
        kills += 1;
        assert_eq!(place.read("partners.parquet"), "what was there before");
    };
    assert!(last.status.success(), "{last:?}");
    assert!(kills >= 2, "{kills}");
    assert!(
        String::from_utf8_lossy(&last.stderr).contains("going on"),
        "{last:?}"
    );
    let told: Value = serde_json::from_slice(&last.stdout).unwrap();
    assert_eq!(told["records"], expected.len());
    assert_eq!(ids(&batches(&place.path("partners.parquet"))), expected);
    assert_eq!(place.names("."), ["partners.parquet"]);
}

#[test]
fn a_part_that_was_cut_since_is_told_and_begun_anew_where_that_is_asked_for() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let [first, rest @ ..] = command("partners.jsonl");
    sandbox.server.slow(Duration::from_millis(20));
    // A kill may come before the first part is noted.
    for _ in 0..2 {
        assert!(killed_after_a_part(&place, "partners.jsonl").is_none());
    }
    sandbox.server.slow(Duration::ZERO);
    let part = place.read("partners.jsonl.part/000001.jsonl");
    let cut = part.lines().next().expect("a record").to_owned() + "\n";
    for (file, text) in [("000001.jsonl", &*cut), ("export.json", "{\"wanted\": ")] {
        place.write(&format!("partners.jsonl.part/{file}"), text);
        place
            .odx(command("partners.jsonl"))
            .fails()
            .says(&format!(
                "partners.jsonl.part/{file} is not as the export left it"
            ))
            .says("--restart reads all records once more");
        assert!(!place.path("partners.jsonl").exists());
    }
    let restart = place.command([first, "--restart"]).args(rest).output();
    assert!(restart.expect("odx starts").status.success());
    assert_eq!(
        ids_of(&lines(&place, "partners.jsonl")),
        ids_of(&found(&place))
    );
    assert_eq!(place.names("."), ["partners.jsonl"]);
}

#[test]
fn an_export_that_a_folder_is_in_the_way_of_leaves_nothing() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    fs::create_dir(place.path("partners.csv")).unwrap();
    place
        .odx(command("partners.csv"))
        .fails()
        .says("partners.csv is there, and is no export that could be replaced");
    assert_eq!(place.names("."), ["partners.csv"]);
}

/// Its rows would be those of the last export, without what was written since.
#[test]
fn no_export_goes_on_with_one_that_is_whole() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    sandbox.server.slow(Duration::from_millis(100));
    let mut run = place.command(command("partners.csv"));
    run.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = run.spawn().expect("odx starts");
    while !place.path("partners.csv.part/000001.csv").exists() {
        assert!(run.try_wait().expect("a state").is_none(), "it ended");
        thread::sleep(Duration::from_millis(1));
    }
    // So it comes no further than to where it would take its place.
    fs::create_dir(place.path("partners.csv")).unwrap();
    let ended = run.wait_with_output().expect("its output");
    assert!(!ended.status.success(), "{ended:?}");
    let left = place.names("partners.csv.part");
    assert!(left.contains(&"whole".to_owned()), "{left:?}");
    assert!(!left.contains(&"export.json".to_owned()), "{left:?}");

    fs::remove_dir(place.path("partners.csv")).unwrap();
    sandbox.server.slow(Duration::ZERO);
    let run = place.odx(command("partners.csv")).succeeds();
    assert!(!run.stderr.contains("going on"), "{}", run.stderr);
    assert_eq!(place.names("."), ["partners.csv"]);
}

#[test]
fn a_folder_of_files_is_replaced_whole() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let found = ids_of(&found(&place));
    let all = |folder: &str| {
        let files = place.names(folder);
        let files = files.iter().filter(|file| file.ends_with(".parquet"));
        let batches: Vec<RecordBatch> = files
            .flat_map(|file| batches(&place.path(folder).join(file)))
            .collect();
        ids(&batches)
    };
    let partitioned = |domain: &str, size: &str| {
        let run = [
            "export",
            "res.partner",
            "--fields",
            "name",
            "--partition",
            "id",
            "--file-size",
            size,
            "--domain",
            domain,
            "--to",
            "partners",
        ];
        place.odx(run).succeeds()
    };
    partitioned("[]", "2");
    assert_eq!(all("partners"), found);
    assert_eq!(place.names("partners").len(), found.len().div_ceil(2));
    partitioned("[('id', '<', 4)]", "1");
    let few: Vec<i64> = found.iter().copied().filter(|id| *id < 4).collect();
    assert_eq!(all("partners"), few);
    partitioned("[('id', '<', 0)]", "1");
    assert_eq!(all("partners"), [0; 0]);
    assert_eq!(place.names("partners"), ["000001.parquet"], "its columns");

    fs::create_dir(place.path("mine")).unwrap();
    place.write("mine/notes.txt", "mine");
    let run = ["export", "res.partner", "--partition", "id", "--to", "mine"];
    place
        .odx(run)
        .fails()
        .says("mine is there, and is no export that could be replaced");
    assert_eq!(place.read("mine/notes.txt"), "mine");
}

/// The files of a folder that are whole, with their records.
fn files(place: &Workplace, folder: &str) -> Vec<(String, Vec<i64>)> {
    let files = place.names(folder).into_iter();
    let files = files.filter(|file| file.ends_with(".parquet"));
    files
        .map(|file| {
            let ids = ids(&batches(&place.path(folder).join(&file)));
            (file, ids)
        })
        .collect()
}

/// Starts an export of partners into a folder, a file for each.
fn split_up(place: &Workplace, more: &[&str]) -> Child {
    let mut run = place.command([
        "export",
        "res.partner",
        "--fields",
        "name",
        "--partition",
        "id",
        "--file-size",
        "1",
        "--to",
        "partners",
    ]);
    run.args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    run.spawn().expect("odx starts")
}

/// Kills it when so many files are kept.
fn kill_at(place: &Workplace, mut run: Child, kept: usize) {
    while files(place, "partners.part").len() < kept {
        assert!(run.try_wait().expect("a state").is_none(), "it ended");
        thread::sleep(Duration::from_millis(1));
    }
    run.kill().expect("killed");
    run.wait().expect("a state");
}

#[test]
fn files_of_a_folder_are_read_several_at_a_time_and_a_kill_loses_none_and_repeats_none() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let expected = ids_of(&found(&place));
    sandbox.server.slow(Duration::from_millis(30));
    let run = || split_up(&place, &["--concurrency", "3"]);
    kill_at(&place, run(), 2);
    assert_eq!(place.names("partners"), [""; 0]);
    let before = files(&place, "partners.part");
    let last = run().wait_with_output().expect("its output");
    assert!(last.status.success(), "{last:?}");
    let whole = files(&place, "partners");
    let all: Vec<i64> = whole.iter().flat_map(|(_, ids)| ids.clone()).collect();
    assert_eq!(all, expected);
    assert_eq!(whole.len(), expected.len());
    for file in &before {
        assert!(whole.contains(file), "{file:?}");
    }
    assert_eq!(place.names("."), ["partners"]);
}

#[test]
fn who_may_not_read_what_odoo_says_of_models_exports_what_is_theirs_to_see() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::over(&sandbox, "json2");
    place.as_limited_user();
    let expected = ids_of(&found(&place));
    assert!(expected.len() > 5);
    sandbox.server.clear_calls();
    place.odx(command("partners.jsonl")).succeeds();
    assert_eq!(ids_of(&lines(&place, "partners.jsonl")), expected);
    let asked = sandbox.server.calls();
    assert!(asked.iter().all(|call| !call.model.starts_with("ir.model")));
}

#[test]
fn another_export_does_not_go_on_with_what_is_not_its_own() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    sandbox.server.slow(Duration::from_millis(20));
    // The first part may have come to be without that it was noted.
    for _ in 0..2 {
        assert!(killed_after_a_part(&place, "partners.csv").is_none());
    }
    let other = [
        "export",
        "res.partner",
        "--fields",
        "name",
        "--to",
        "partners.csv",
    ];
    place
        .odx(other)
        .fails()
        .says("partners.csv.part holds another export that did not come to its end")
        .says("--restart");
    let [a, b, c, d, e, f] = other;
    place.odx([a, b, c, d, e, f, "--restart"]).succeeds();
    assert!(place.read("partners.csv").starts_with("id,name\n"));
}

#[test]
fn a_mistake_is_told_before_anything_is_read() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    for (arguments, expected) in [
        (
            ["--to", "partners.xls", "--fields", "name"],
            "the ending of partners.xls tells no form of file",
        ),
        (
            ["--to", "partners.csv", "--fields", "nmae"],
            "`res.partner` has no field `nmae`; did you mean `name`?",
        ),
        (
            ["--to", "partners.csv", "--without", "email,id"],
            "--without id: an export holds the id of each record",
        ),
        (
            ["--to", "partners.csv", "--decimal", "credit_limit"],
            "--decimal credit_limit does not say how many places, 0 to 18, are behind the point",
        ),
        (
            ["--to", "partners.csv", "--decimal", "credit_limit=19"],
            "--decimal credit_limit=19 does not say how many places, 0 to 18,",
        ),
        (
            ["--to", "partners.csv", "--decimal", "credit_limt=2"],
            "no field `credit_limt`; did you mean `credit_limit`?",
        ),
        (
            ["--to", "partners.csv", "--decimal", "name=2"],
            "only a float or monetary field that is exported can be a decimal: credit_limit,",
        ),
    ] {
        let [a, b, c, d] = arguments;
        place
            .odx(["export", "res.partner", a, b, c, d])
            .fails()
            .says(expected);
    }
    let asked = sandbox.server.calls();
    assert!(asked.iter().all(|call| call.method != "search_read"));
    assert_eq!(place.names("."), [""; 0]);
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place
        .odx(command("misspelt/partners.csv"))
        .fails()
        .says("there is no folder misspelt: make it, or name another");
    let follow = [
        "follow",
        "res.partner",
        "--fields",
        "name",
        "--once",
        "--cursor",
        "misspelt/c",
    ];
    let run = place
        .odx(follow)
        .fails()
        .says("there is no folder misspelt: make it, or name another");
    assert_eq!(run.stdout, "");
    assert_eq!(place.names("."), [""; 0]);
    place.write("p.csv", "id,name\ncrm.a,A\n");
    let import = ["import", "res.partner", "p.csv", "--refused", "misspelt/r"];
    let run = place.odx(import).fails();
    run.says("there is no folder misspelt");
}

#[test]
fn a_users_own_folder_beside_an_export_stays() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    fs::create_dir(place.path("partners.csv.part")).unwrap();
    place.write("partners.csv.part/notes.txt", "mine");
    place
        .odx(command("partners.csv"))
        .fails()
        .says("partners.csv.part is there, and is no export that could be replaced");
    assert_eq!(place.read("partners.csv.part/notes.txt"), "mine");
    assert_eq!(place.names("partners.csv.part"), ["notes.txt"]);
}

#[test]
fn an_export_that_is_killed_while_its_files_are_brought_together_is_whole_in_the_end() {
    for (domain, restart) in [("[]", false), ("[('id', '<', 3)]", true)] {
        let sandbox = Sandbox::start();
        let place = Workplace::over(&sandbox, "json2");
        let all = ids_of(&found(&place));
        sandbox.server.slow(Duration::from_millis(30));
        let run = |more: &[&str]| split_up(&place, &[&["--concurrency", "1"], more].concat());
        kill_at(&place, run(&[]), 3);
        // What a kill leaves that comes when some of the files have moved.
        let (last, _) = files(&place, "partners.part").pop().expect("files");
        fs::create_dir(place.path("partners.part/whole")).unwrap();
        let path = |folder: &str| place.path(folder).join(&last);
        fs::rename(path("partners.part"), path("partners.part/whole")).unwrap();

        let mut more = vec!["--domain", domain];
        more.extend(restart.then_some("--restart"));
        let ended = run(&more).wait_with_output().expect("its output");
        assert!(ended.status.success(), "{ended:?}");
        let whole = files(&place, "partners").into_iter();
        let ids: Vec<i64> = whole.flat_map(|(_, ids)| ids).collect();
        let expected = all.into_iter().filter(|id| !restart || *id < 3);
        assert_eq!(ids, expected.collect::<Vec<_>>());
        assert_eq!(place.names("."), ["partners"]);
    }
}
