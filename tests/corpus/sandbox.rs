//! The snapshots of real Odoos give sandboxes, in which a record of every model is made and asked for.
//!
//! `ODX_CORPUS` names the folder with what was recorded: `odoo-15.0-fields_get.json.gz` and the same of 18.0 and 19.0.
//! Without it the test says that it was skipped.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use odx_codegen::{Schema, schema::Meta, source};
use odx_sandbox::Sandbox;
use serde_json::{Value, json};

fn snapshot(corpus: &Path, series: &str) -> (Schema, PathBuf) {
    let meta = Meta {
        odoo_version: Some(series.to_owned()),
        ..Meta::default()
    };
    let answers = corpus.join(format!("odoo-{series}-fields_get.json.gz"));
    let (schema, _) = source::read_saved(&answers, None, meta).expect("the recorded schema");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sandbox-{series}"));
    fs::create_dir_all(&dir).expect("a folder");
    source::write_snapshot(&schema, &dir).expect("the snapshot is written");
    (schema, dir)
}

#[tokio::test]
async fn the_snapshot_of_a_real_odoo_gives_a_sandbox_of_all_its_models() {
    let Some(corpus) = env::var_os("ODX_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: ODX_CORPUS does not name a folder with recorded answers of Odoo");
        return;
    };
    for series in ["15.0", "18.0", "19.0"] {
        let (schema, dir) = snapshot(&corpus, series);
        let sandbox = Sandbox::from_snapshot(dir).await.expect("a sandbox");
        let odoo = sandbox.connect().await.expect("a session");
        assert_eq!(odoo.version().await.expect("a version").text, series);
        // The mixins, which have no table, have no creator.
        let ordinary =
            |model: &&odx_codegen::schema::Model| model.fields.contains_key("create_uid");
        for model in schema.models().filter(ordinary) {
            let name = model.model.as_str();
            let id = sandbox.make_record(name, json!({}));
            let id = id.unwrap_or_else(|error| panic!("{series}: {error}"));
            let call = odoo.call(name.to_owned(), "read").ids([id]);
            let call = call.kwarg("fields", json!(["display_name", "create_uid"]));
            let rows: Value = call
                .send()
                .await
                .unwrap_or_else(|error| panic!("{series}: {error}"));
            assert_eq!(rows[0]["id"], id, "{series} {name}");
            // An integer of `ir.logging`, a many2one of all others.
            let creator = &rows[0]["create_uid"];
            assert!(*creator == 2 || creator[0] == 2, "{series} {name}: {rows}");
        }
        let admin = odoo
            .call("res.users", "search_read")
            .kwarg("domain", json!([["login", "=", "admin"]]));
        let admin = admin.kwarg("fields", json!(["name", "company_id"]));
        let admin: Value = admin.send().await.expect("the administrator");
        assert_eq!(admin[0]["name"], "Administrator", "{series}");
        assert_eq!(admin[0]["company_id"], json!([1, "My Company"]), "{series}");
    }
}
