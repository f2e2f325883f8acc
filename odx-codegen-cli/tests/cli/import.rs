//! `odx import`.

use std::fs::{self, File};
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use odx_runtime::arrow::RecordBatch;
use odx_runtime::arrow::arrow_array::{ArrayRef, BooleanArray, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::support::{Sandbox, Workplace};

const ROWS: &str = "\
id,name,parent_id/id,category_id/.id,is_company,type
crm.ada,\"Ada, Countess\",crm.acme,,no,contact
crm.acme,Acme Imports,,\"1,2\",yes,contact
crm.nobody,Nobody,crm.nowhere,,no,contact
";

/// The partners with names that begin so.
fn found(place: &Workplace, name: &str) -> Vec<Value> {
    let domain = format!("[('name', '=like', '{name}%')]");
    let fields = "name,parent_id,category_id,is_company";
    let search = [
        "search",
        "res.partner",
        &domain,
        "--fields",
        fields,
        "--limit",
        "1000",
        "--json",
    ];
    let run = place.odx(search).succeeds();
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    found["rows"].as_array().unwrap().clone()
}

fn assert_nothing_was_sent(sandbox: &Sandbox) {
    let calls = sandbox.server.calls();
    assert!(calls.iter().all(|call| call.method != "load"));
}

#[test]
fn good_rows_are_imported_and_the_others_written_to_be_mended_and_imported_again() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write("partners.csv", ROWS);
    let run = place.odx(["import", "res.partner", "partners.csv", "--json"]);
    let run = run.ends_with(2).says("imported 2 rows of res.partner");
    let run = run.says("partners.csv:4: parent_id \"crm.nowhere\"");
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(told["imported"], 2);
    assert_eq!(
        (&told["refused"][0]["row"], &told["refused"][0]["line"]),
        (&json!(2), &json!(4))
    );
    let acme = &found(&place, "Acme Imports")[0];
    assert_eq!(
        (&acme["is_company"], &acme["category_id"]),
        (&json!(true), &json!([1, 2]))
    );
    assert_eq!(
        found(&place, "Ada, Countess")[0]["parent_id"][0],
        acme["id"]
    );

    let refused = place.read("partners.refused.csv");
    let (names, row) = refused.split_once('\n').unwrap();
    assert_eq!(
        names,
        "id,name,parent_id/id,category_id/.id,is_company,type,refused_because"
    );
    assert!(
        row.starts_with("crm.nobody,Nobody,crm.nowhere,,no,contact,\"parent_id"),
        "{row}"
    );
    place.replace("partners.refused.csv", "crm.nowhere,,", "crm.acme,,");
    place
        .odx(["import", "res.partner", "partners.refused.csv"])
        .succeeds();
    assert_eq!(found(&place, "Nobody").len(), 1);
    assert_eq!(place.names("."), ["partners.csv", "partners.refused.csv"]);
}

#[test]
fn mistakes_are_told_with_their_lines_before_anything_is_sent() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let rows = "id,name,is_company\ncrm.a,A,maybe\ncrm.b,B,yes\ncrm.b,B,no\ncrm.c,C\n";
    place.write("partners.csv", rows);
    let import = ["import", "res.partner", "partners.csv"];
    let run = place
        .odx(import)
        .fails()
        .says("partners.csv:2: is_company \"maybe\"");
    run.says("partners.csv:4: id \"crm.b\"")
        .says("partners.csv:5: it has 2 cells")
        .says("--good-rows");
    assert_nothing_was_sent(&sandbox);
    place.write("empty.jsonl", "{\"id\": \"\", \"name\": \"A\"}\n");
    let run = place.odx(["import", "res.partner", "empty.jsonl"]).fails();
    run.says("empty.jsonl:1: id \"\": it is empty: give the row an external id of its own");
    place.write(
        "wrong.csv",
        "id,nmae,child_ids,create_date,commercial_partner_id\n",
    );
    let run = place.odx(["import", "res.partner", "wrong.csv"]).fails();
    run.says("no field `nmae`: did you mean `name`?")
        .says("`child_ids` of res.partner holds records of their own")
        .says("`create_date` of res.partner is kept by Odoo, which drops what is written to it")
        .says("`commercial_partner_id` of res.partner is worked out by Odoo");
    let [import, model, file] = import;
    let run = place.odx([import, model, file, "--good-rows"]);
    run.ends_with(2)
        .says("imported 0 rows")
        .says("4 rows refused");
}

#[test]
fn a_file_that_a_reader_takes_otherwise_than_it_looks_is_refused_with_the_line() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let twice = "3 rows have this external id, and only one record can have it";
    for (file, text, line, why) in [
        (
            "a.csv",
            "id,name\ncrm.a,A\ncrm.b,\"B\ncrm.c,C\n",
            3,
            "begins with a quote here that has no end",
        ),
        (
            "b.csv",
            "id,name\ncrm.b,\"12\" pipe\"\n",
            2,
            "a quote inside a cell in quotes is written twice",
        ),
        (
            "c.csv",
            "id;name\ncrm.c;C\n",
            1,
            "cells are separated by commas",
        ),
        ("d.csv", "id,name\ncrm.d,D\ncrm.d,E\ncrm.d,F\n", 4, twice),
        (
            "e.jsonl",
            "{\"id\": \"crm.e\", \"name\": \"E\", \"name\": \"F\"}\n",
            1,
            "`name` stands twice in it",
        ),
        (
            "f.jsonl",
            "{\"id\": \"crm.f\", \"name\":\n",
            1,
            "EOF while parsing a value at column",
        ),
    ] {
        place.write(file, text);
        let run = place.odx(["import", "res.partner", file]).fails();
        run.says(&format!("{file}:{line}: ")).says(why);
    }
    assert!(
        sandbox
            .server
            .calls()
            .iter()
            .all(|call| call.method != "load")
    );
}

#[test]
fn what_an_earlier_import_settled_is_refused_where_it_is_damaged() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write("partners.csv", "id,name\ncrm.a,A\n");
    place.write("partners.csv.importing", "{\"url\": \"http");
    place
        .odx(["import", "res.partner", "partners.csv"])
        .fails()
        .says("partners.csv.importing does not tell what an import settled")
        .says("move it away: the import then begins anew");
}

#[test]
fn a_row_whose_parent_was_refused_says_so_with_the_line_of_the_parent() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let rows = "id,name,is_company,country_id/id,parent_id/id\n\
                crm.bad,Bad,maybe,,\n\
                crm.lost,Lost,1,base.nowhere,\n\
                crm.child,Child,0,,crm.bad\n\
                crm.other,Other child,0,,crm.lost\n";
    place.write("partners.csv", rows);
    place
        .odx(["import", "res.partner", "partners.csv", "--good-rows"])
        .ends_with(2)
        .says("partners.csv:4: parent_id \"crm.bad\": line 2 (crm.bad) was refused: No matching record found")
        .says("partners.csv:5: parent_id \"crm.lost\": line 3 (crm.lost) was refused: No matching record found");
}

#[test]
fn json_lines_and_parquet_are_imported_as_an_export_writes_them() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let lines = [
        json!({"id": "crm.one", "name": "Line 1", "is_company": true, "category_id": [1], "country_id": {"id": 1, "name": "x"}}),
        json!({"id": "crm.two", "name": "Line 2", "is_company": false, "category_id": [99_999], "country_id": null}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.write("partners.jsonl", &lines);
    place
        .odx(["import", "res.partner", "partners.jsonl"])
        .ends_with(2);
    assert_eq!(found(&place, "Line ")[0]["category_id"], json!([1]));
    let refused: Value = serde_json::from_str(&place.read("partners.refused.jsonl")).unwrap();
    assert_eq!(refused["id"], "crm.two");
    assert!(
        refused["refused_because"]
            .as_str()
            .unwrap()
            .starts_with("category_id")
    );

    let texts = |texts: [&str; 2]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("id", texts(["crm.three", "crm.four"])),
        ("name", texts(["Line 3", "Line 4"])),
        ("parent_id/id", texts(["crm.one", "crm.nowhere"])),
        (
            "is_company",
            Arc::new(BooleanArray::from(vec![true, false])) as ArrayRef,
        ),
    ]);
    let batch = batch.unwrap();
    let file = File::create(place.path("partners.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    place
        .odx(["import", "res.partner", "partners.parquet"])
        .ends_with(2);
    assert_eq!(found(&place, "Line ").len(), 2);
    let refused = File::open(place.path("partners.refused.parquet")).unwrap();
    let refused = ParquetRecordBatchReaderBuilder::try_new(refused).unwrap();
    let refused: Vec<RecordBatch> = refused.build().unwrap().map(Result::unwrap).collect();
    assert_eq!((refused[0].num_rows(), refused[0].num_columns()), (1, 5));
}

#[test]
fn an_import_that_is_killed_is_gone_on_with() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let rows: String = (0..60)
        .map(|row| format!("crm.row_{row},Row {row}\n"))
        .collect();
    place.write("partners.csv", &format!("id,name\n{rows}"));
    let import = ["import", "res.partner", "partners.csv", "--batch-size", "5"];
    sandbox.server.slow(Duration::from_millis(40));
    let mut kills = 0;
    loop {
        let mut run = place.command(import);
        let run = run.stdout(Stdio::null()).stderr(Stdio::null());
        let mut run = run.spawn().expect("odx starts");
        let settled = || {
            let lines = fs::read_to_string(place.path("partners.csv.importing"));
            lines.unwrap_or_default().lines().count()
        };
        let before = settled();
        while run.try_wait().expect("a state").is_none() && settled() < before + 12 {
            thread::sleep(Duration::from_millis(1));
        }
        if run.try_wait().expect("a state").is_some() {
            break;
        }
        run.kill().expect("killed");
        run.wait().expect("a state");
        kills += 1;
    }
    sandbox.server.slow(Duration::ZERO);
    assert!(kills >= 3, "{kills} kills");
    assert_eq!(found(&place, "Row ").len(), 60);
    let sent = sandbox.server.calls();
    let sent = sent.iter().filter(|call| call.method == "load").count();
    assert!(
        sent <= 12 + 2 * kills,
        "{sent} calls for 12 batches and {kills} kills"
    );
    assert_eq!(place.names("."), ["partners.csv"]);
}

#[test]
fn of_rows_with_one_external_id_none_is_imported_by_a_run_that_goes_on_between_them() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let rows: String = (0..40)
        .map(|row| format!("crm.row_{row},Row {row}\n"))
        .collect();
    let twice = "crm.twice,Row twice\n";
    place.write("partners.csv", &format!("id,name\n{twice}{rows}{twice}"));
    let import = ["import", "res.partner", "partners.csv", "--good-rows"];
    sandbox.server.slow(Duration::from_millis(40));
    let mut run = place.command(import);
    let run = run.args(["--batch-size", "5"]).stdout(Stdio::null());
    let mut run = run.stderr(Stdio::null()).spawn().expect("odx starts");
    let path = place.path("partners.csv.importing");
    let settled = || fs::read_to_string(&path).unwrap_or_default();
    while settled().lines().count() < 4 && run.try_wait().expect("a state").is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    run.kill().expect("killed");
    run.wait().expect("a state");
    sandbox.server.slow(Duration::ZERO);
    // As a kill between the two leaves it.
    let until_the_first: Vec<String> = settled().lines().take(2).map(str::to_owned).collect();
    assert!(
        until_the_first[1].contains("external id"),
        "{until_the_first:?}"
    );
    fs::write(&path, until_the_first.join("\n") + "\n").unwrap();

    let run = place.odx(import).ends_with(2);
    run.says("imported 40 rows").says("2 rows refused");
    assert_eq!(found(&place, "Row twice"), Vec::<Value>::new());
    assert_eq!(found(&place, "Row ").len(), 40);
}

#[test]
fn numbers_of_a_file_keep_their_digits() {
    const DIGITS: &str = "123456789012345678901234567890";
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write(
        "partners.jsonl",
        &format!(
            "{{\"id\": \"crm.digits\", \"name\": {DIGITS}, \"partner_latitude\": 0.10}}\n\
             {{\"id\": \"crm.rounded\", \"name\": {DIGITS}1, \"partner_latitude\": 9007199254740993}}\n"
        ),
    );
    place
        .odx(["import", "res.partner", "partners.jsonl"])
        .fails()
        .says("partners.jsonl:2: partner_latitude \"9007199254740993\": Odoo holds it in a float, which would round it");
    place
        .odx(["import", "res.partner", "partners.jsonl", "--good-rows"])
        .ends_with(2);
    let found = found(&place, DIGITS);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["name"], DIGITS);
    let refused = place.read("partners.refused.jsonl");
    assert!(
        refused.contains(&format!("{DIGITS}1,")) && refused.contains("9007199254740993"),
        "{refused}"
    );
}

/// The same file is written anew each night; what was refused on one stays until it is mended.
#[test]
fn rows_that_were_refused_of_another_file_are_not_written_over() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let import = ["import", "res.partner", "partners.csv"];
    place.write("partners.csv", ROWS);
    place.odx(import).ends_with(2);
    let refused = place.read("partners.refused.csv");
    for rows in [
        "id,name\ncrm.next,Next\n",
        "id,name,parent_id/id\ncrm.next,Next,crm.nowhere\n",
    ] {
        place.write("partners.csv", rows);
        place.odx(import).fails().says(
            "partners.refused.csv holds rows that were refused earlier and are not in this file",
        );
        assert_eq!(place.read("partners.refused.csv"), refused);
    }
    // Mended in the file itself, all of its rows come again.
    place.write("partners.csv", &ROWS.replace("crm.nowhere", ""));
    place.odx(import).succeeds();
    assert_eq!(place.names("."), ["partners.csv"]);
}

#[test]
fn what_odoo_gives_for_an_unset_text_clears_it() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let rows = r#"{"id":"crm.ada","name":"Ada and unset","phone":false,"parent_id":false,"is_company":false}"#;
    place.write("partners.jsonl", rows);
    place
        .odx(["import", "res.partner", "partners.jsonl"])
        .succeeds();
    let fields = [
        "search",
        "res.partner",
        "[('name', '=', 'Ada and unset')]",
        "--fields",
        "phone",
        "--json",
    ];
    let run = place.odx(fields).succeeds();
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["rows"][0]["phone"], json!(false));
    place.write("partners.jsonl", r#"{"id":"crm.ada","name":true}"#);
    place
        .odx(["import", "res.partner", "partners.jsonl"])
        .fails()
        .says("partners.jsonl:1: `name` is true, and no boolean");
}

/// Each would be made a second time, under its number as external id.
#[test]
fn an_export_is_not_imported_as_other_records() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    for file in ["partners.csv", "partners.jsonl", "partners.parquet"] {
        let export = [
            "export",
            "res.partner",
            "--fields",
            "name,category_id",
            "--to",
            file,
        ];
        place.odx(export).succeeds();
        let run = place.odx(["import", "res.partner", file]).fails();
        run.says("is the id of a record, and no external id: write `__import__.");
    }
    place.write("tags.csv", "id,name,category_id\ncrm.ada,Ada,\"1,2\"\n");
    place
        .odx(["import", "res.partner", "tags.csv"])
        .fails()
        .says("`1` may be a name or an id: name the column `category_id/.id` for ids, or `category_id/id` for external ids");
    assert_nothing_was_sent(&sandbox);
}

#[test]
fn a_users_own_files_beside_an_import_stay() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place.write("partners.csv", "id,name\ncrm.mine,Mine and new\n");
    for (file, why) in [
        (
            "partners.refused.csv",
            "is there, and an import would write over it",
        ),
        (
            "partners.csv.importing",
            "does not tell what an import settled",
        ),
    ] {
        let notes = "id,name\nof mine,and no odx's\n";
        place.write(file, notes);
        place
            .odx(["import", "res.partner", "partners.csv"])
            .fails()
            .says(&format!("{file} {why}"));
        assert_eq!(place.read(file), notes);
        assert_eq!(found(&place, "Mine and new"), [Value::Null; 0]);
        fs::remove_file(place.path(file)).unwrap();
    }
    place
        .odx(["import", "res.partner", "partners.csv"])
        .succeeds();
}
