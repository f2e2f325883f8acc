//! `odx smoke`: a bounded round of reads, each of another kind.

use std::path::Path;
use std::time::Instant;

use odx_facts::FORMATTED_READ_GROUP;
use odx_runtime::{Error, Session};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Outcome;
use crate::args::SmokeArgs;
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::settings;

/// What every Odoo has records of, which every internal user may read.
const MODEL: &str = "res.partner";

/// Groups of few, whatever the number of partners.
const GROUP_BY: &str = "country_id";

/// No addon has it.
const MISSING_MODEL: &str = "odx.no.such.model";

/// How one step ended.
#[derive(Serialize)]
struct Step {
    name: &'static str,
    passed: bool,
    milliseconds: f64,
    /// What came, or what went wrong.
    detail: String,
}

pub(crate) fn run(named: Option<&Path>, args: &SmokeArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let live = Live::open(&config, &args.connect)?;
    let steps: Vec<Step> = live.run(async { Ok::<_, Failure>(round(&live).await) })?;
    let failed = steps.iter().filter(|step| !step.passed).count();
    let road = live.odoo.protocol();
    if args.json {
        output::result(&output::json(&json!({
            "passed": failed == 0,
            "road": road,
            "steps": steps,
        })));
    } else {
        let rows = steps.iter().map(|step| {
            let state = if step.passed { "passed" } else { "failed" };
            vec![
                step.name.to_owned(),
                state.to_owned(),
                format!("{:.1} ms", step.milliseconds),
                step.detail.clone(),
            ]
        });
        output::result(&output::table(
            &["step", "state", "took", "what came"],
            &rows.collect::<Vec<_>>(),
        ));
    }
    if failed > 0 {
        output::warning(format!("{} failed over {road}", count(failed, "step")));
        return Ok(Outcome::Incomplete);
    }
    output::done(
        "passed",
        format!(
            "{} over {road}; nothing was written",
            count(steps.len(), "step")
        ),
    );
    Ok(Outcome::Done)
}

async fn round(live: &Live) -> Vec<Step> {
    let odoo = &live.odoo;
    vec![
        step("version", async { Ok(odoo.version().await?.text) }).await,
        step("login", login(live)).await,
        step("fields_get", async {
            let call = odoo.call(MODEL, "fields_get");
            let fields: Value = call.kwarg("attributes", json!(["type"])).send().await?;
            Ok(count(
                fields.as_object().map_or(0, |fields| fields.len()),
                "field",
            ))
        })
        .await,
        step("search_count", async {
            let found: usize = odoo
                .call(MODEL, "search_count")
                .arg(json!([]))
                .send()
                .await?;
            Ok(count(found, "record"))
        })
        .await,
        step("search", async {
            let call = odoo.call(MODEL, "search").arg(json!([]));
            rows(call.kwarg("limit", 5).send().await?, "id")
        })
        .await,
        step("search_read", async {
            let call = odoo.call(MODEL, "search_read").kwarg("domain", json!([]));
            let call = call
                .kwarg("fields", json!(["display_name"]))
                .kwarg("limit", 5);
            rows(call.send().await?, "row")
        })
        .await,
        step("groups", groups(odoo)).await,
        step("name_search", async {
            let call = odoo.call(MODEL, "name_search").kwarg("limit", 5);
            rows(call.send().await?, "name")
        })
        .await,
        step("error", missing_model(odoo)).await,
    ]
}

async fn step(name: &'static str, work: impl Future<Output = Result<String, Error>>) -> Step {
    let started = Instant::now();
    let ended = work.await;
    let milliseconds = output::milliseconds(started.elapsed());
    let passed = ended.is_ok();
    let detail = ended.unwrap_or_else(|error| error.to_string());
    Step {
        name,
        passed,
        milliseconds,
        detail,
    }
}

fn rows(value: Value, noun: &str) -> Result<String, Error> {
    match value.as_array() {
        Some(rows) => Ok(count(rows.len(), noun)),
        None => Err(Error::usage("no list came")),
    }
}

async fn login(live: &Live) -> Result<String, Error> {
    let login = live.login().await?;
    login.ok_or_else(|| Error::usage("the user has no login"))
}

/// By the method that the series has.
async fn groups(odoo: &Session) -> Result<String, Error> {
    let is_formatted = FORMATTED_READ_GROUP.holds(odoo.version().await?.series());
    let call = match is_formatted {
        true => odoo
            .call(MODEL, "formatted_read_group")
            .kwarg("aggregates", json!(["__count"])),
        false => odoo
            .call(MODEL, "read_group")
            .kwarg("fields", json!([GROUP_BY])),
    };
    let call = call
        .kwarg("domain", json!([]))
        .kwarg("groupby", json!([GROUP_BY]));
    rows(call.send().await?, "group")
}

/// An error of Odoo has to arrive as one.
async fn missing_model(odoo: &Session) -> Result<String, Error> {
    let call = odoo.call(MISSING_MODEL, "search_count").arg(json!([]));
    match call.send::<Value>().await {
        Err(error) if error.odoo().is_some() => Ok("a missing model is refused".to_owned()),
        Err(error) => Err(error),
        Ok(_) => Err(Error::usage(
            "Odoo answered for a model that does not exist",
        )),
    }
}
