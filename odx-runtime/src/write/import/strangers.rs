//! External ids of other models. Before Odoo 16, `load` takes them for its own, and writes to whatever record has the number.

use std::collections::{BTreeMap, HashMap};

use odx_facts::LOAD_CHECKS_MODELS;
use serde_json::json;

use super::{
    given::{self, Line},
    outcome::{Fault, Refused, Why},
};
use crate::{Call, Error, Session};

/// How many external ids are asked for at once.
const AT_ONCE: usize = 1_000;

/// Takes out the lines whose external id is of a record of another model, where Odoo would not refuse them.
pub(super) async fn take_out(
    session: &Session,
    model: &str,
    lines: &mut Vec<Line>,
    refused: &mut Vec<Refused>,
) -> Result<(), Error> {
    if LOAD_CHECKS_MODELS.holds(session.series().await?) {
        return Ok(());
    }
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines.iter() {
        if let Some((module, name)) = line.external_id.split_once('.') {
            modules.entry(module).or_default().push(name);
        }
    }
    let mut strangers: HashMap<String, String> = HashMap::new();
    let session = session.with_archived();
    for (module, names) in modules {
        for names in names.chunks(AT_ONCE) {
            let domain = json!([
                ["module", "=", module],
                ["name", "in", names],
                ["model", "!=", model]
            ]);
            let call = Call::new("ir.model.data", "search_read")
                .arg(domain)
                .arg(json!(["name", "model"]));
            let rows: Vec<serde_json::Map<String, serde_json::Value>> =
                session.execute(call).await?.to()?;
            for row in rows {
                let text = |key: &str| {
                    row.get(key)
                        .and_then(|value| value.as_str())
                        .unwrap_or_default()
                };
                strangers.insert(
                    format!("{module}.{}", text("name")),
                    text("model").to_owned(),
                );
            }
        }
    }
    given::take_out(lines, refused, |line| {
        let other = strangers.get(&line.external_id);
        let fault = other.map(|other| {
            let why = format!("it is the external id of a record of {other}");
            Fault::of("id", line.external_id.clone(), Why::NotSent(why))
        });
        fault.into_iter().collect()
    });
    Ok(())
}
