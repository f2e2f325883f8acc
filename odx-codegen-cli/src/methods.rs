//! `odx methods`

use std::collections::BTreeMap;
use std::path::Path;

use odx_codegen::schema::Method;
use odx_codegen::source;
use serde_json::{Value, json};

use crate::Outcome;
use crate::args::MethodsArgs;
use crate::failure::Failure;
use crate::models::{find, shortened};
use crate::output::{self, count};
use crate::settings::{self, Override};

pub(crate) fn list_methods(named: Option<&Path>, args: MethodsArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    let flags = settings::carried(named, &args.schema);
    let schema = source::read_snapshot(&config.schema.dir)?;
    let model = find(&schema, &args.model)?;
    let methods = schema.methods(model);
    output::result(&match args.json {
        true => output::json(&methods.iter().map(method_json).collect::<Vec<_>>()),
        false => methods_table(&methods),
    });
    let what = format!("{} of {}", count(methods.len(), "method"), model.model);
    output::done("listed", what);
    match methods.keys().next() {
        None => output::next(&[(
            &format!("odx pull --methods{flags}"),
            "reads the methods that Odoo 19 documents",
        )]),
        Some(_) => output::next(&[(
            &format!("odx generate{flags}"),
            "writes functions for those that [methods] include in odx.toml names",
        )]),
    }
    Ok(Outcome::Done)
}

fn methods_table(methods: &BTreeMap<String, Method>) -> String {
    let rows = methods.iter().map(|(name, method)| {
        let on = if method.api_model { "model" } else { "records" };
        vec![
            name.clone(),
            on.to_owned(),
            shortened(&parameters(method)),
            shortened(method.doc.as_deref().unwrap_or_default()),
        ]
    });
    output::table(
        &["method", "on", "parameters", "documentation"],
        &rows.collect::<Vec<_>>(),
    )
}

/// The names; those in brackets may be left out.
fn parameters(method: &Method) -> String {
    let names = method.parameters.iter().map(|parameter| {
        let name = format!("{}{}", parameter.kind.stars(), parameter.name);
        match parameter.optional {
            true => format!("[{name}]"),
            false => name,
        }
    });
    names.collect::<Vec<_>>().join(" ")
}

fn method_json((name, method): (&String, &Method)) -> Value {
    let mut value = json!(method);
    value["name"] = name.as_str().into();
    value
}
