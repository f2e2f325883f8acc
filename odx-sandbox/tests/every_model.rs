//! One record of every model of real Odoos is made and read back.
//!
//! `ODX_CORPUS` names the folder with what was recorded: `odoo-15.0-fields_get.json.gz` and the same of 18.0 and 19.0.
//! Without it the test says that it was skipped.

use std::collections::BTreeMap;
use std::env;
use std::fs::File;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use odx_sandbox::{Database, ObjectCall, User};
use serde_json::{Map, Value, json};

type Models = BTreeMap<String, Map<String, Value>>;

const KEY: &str = "an-administrator";

/// The mixins, which no Odoo has a record of: all but these have a creator.
fn is_ordinary(fields: &Map<String, Value>) -> bool {
    fields.contains_key("create_uid")
}

/// The stored fields that a record cannot be without.
fn required(fields: &Map<String, Value>) -> Vec<&String> {
    let is_required = |field: &Value| {
        let is_list = matches!(field["type"].as_str(), Some("one2many" | "many2many"));
        field["required"] == true && field["store"] == true && !is_list
    };
    let required = fields.iter().filter(|(_, field)| is_required(field));
    required.map(|(name, _)| name).collect()
}

fn read(database: &mut Database, model: &str, id: i64, fields: &[&String]) -> Value {
    let answer = database.execute_kw(ObjectCall {
        database: "demo",
        user: 2,
        key: KEY,
        model,
        method: "read",
        args: vec![json!([id]), json!(fields)],
        kwargs: Map::new(),
    });
    serde_json::to_value(answer.expect("read")).expect("JSON")[0].clone()
}

#[test]
fn one_record_of_every_model_of_a_real_odoo_is_made_and_read_back() {
    let Some(corpus) = env::var_os("ODX_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: ODX_CORPUS does not name a folder with recorded answers of Odoo");
        return;
    };
    for (series, at_least) in [("15.0", 430), ("18.0", 460), ("19.0", 560)] {
        let path = corpus.join(format!("odoo-{series}-fields_get.json.gz"));
        let file = File::open(&path).expect("recorded answers");
        let models: Models = serde_json::from_reader(GzDecoder::new(file)).expect("models");
        let database = Database::new(models.clone()).series(series);
        let mut database = database.with_user(User::administrator(2, KEY));
        let mut made = 0;
        let mut failed = Vec::new();
        for (model, fields) in models.iter().filter(|(_, fields)| is_ordinary(fields)) {
            let id = match database.make(model, Map::new(), Map::new()) {
                Ok(id) => id,
                Err(error) => {
                    failed.push(error.to_string());
                    continue;
                }
            };
            made += 1;
            let required = required(fields);
            let row = read(&mut database, model, id, &required);
            assert_eq!(row["id"], id, "{model}");
            for field in required {
                let is_boolean = fields[field]["type"] == "boolean";
                assert!(
                    is_boolean || row[field] != false,
                    "{series} {model}.{field}: {row}"
                );
            }
        }
        assert!(failed.is_empty(), "{series}: {failed:#?}");
        assert!(made >= at_least, "{series}: {made} models");
    }
}
