//! Generates the models of the sandbox's company, as a user's build script does from a checked-in snapshot.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

use odx_codegen::{Schema, schema::Meta, source};
use odx_sandbox::{COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Database, ObjectCall, company};
use serde_json::{Map, Value, json};

const CONFIG: &str = r#"
[schema]
dir = "snapshot"

[[method]]
name = "sale.order.action_confirm"
doc = "Confirms quotations."

[[method]]
name = "sale.order.action_view_invoice"
parameters = [{ name = "invoices", type = "ids of account.move", optional = true }]

[[method]]
name = "sale.order.get_first_service_line"
returns = "id of sale.order.line"

[[method]]
name = "account.move.action_post"

[[method]]
name = "account.move.action_register_payment"

[[method]]
name = "account.move.button_draft"

[[method]]
name = "res.partner.name_create"
on = "model"
parameters = [{ name = "name", type = "text" }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    source::write_snapshot(&schema()?, out.join("snapshot"))?;
    let config = out.join("odx.toml");
    fs::write(&config, CONFIG)?;
    odx_codegen::build(&config)?;
    Ok(())
}

fn schema() -> Result<Schema, Box<dyn Error>> {
    let mut database = company()?;
    let models = ask(
        &mut database,
        "ir.model",
        "search_read",
        vec![json!([]), json!(["model", "name", "modules"])],
    )?;
    let models = models.as_array().cloned().unwrap_or_default();
    let mut answers = BTreeMap::new();
    for model in models.iter().filter_map(|model| model["model"].as_str()) {
        answers.insert(
            model.to_owned(),
            ask(&mut database, model, "fields_get", Vec::new())?,
        );
    }
    let meta = Meta {
        odoo_version: Some("19.0".to_owned()),
        ..Meta::default()
    };
    let (schema, diagnostics) = Schema::from_fields_get(answers, &models, meta);
    for diagnostic in diagnostics {
        println!("cargo::warning={diagnostic}");
    }
    Ok(schema)
}

fn ask(
    database: &mut Database,
    model: &str,
    method: &str,
    args: Vec<Value>,
) -> Result<Value, Box<dyn Error>> {
    let answer = database.execute_kw(ObjectCall {
        database: COMPANY_DATABASE,
        user: COMPANY_USER,
        key: COMPANY_KEY,
        model,
        method,
        args,
        kwargs: Map::new(),
    })?;
    Ok(serde_json::to_value(answer)?)
}
