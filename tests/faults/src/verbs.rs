//! The calls that a program makes.

use std::{future::Future, pin::Pin, time::Duration};

use futures_util::StreamExt;
use odx_runtime::{Error, Id, Model, OdooInstance, OdxProxy, RetryPolicy, Session};
use serde_json::{Value, json};

use crate::{LARGEST_ANSWER, LIMIT, ODOO_KEY, PROXY_KEY, SHORT_LIMIT, model::Probe, report::Task};

type Answer = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// A call, made of a name and what it does.
pub struct Verb {
    /// Its name in the document.
    pub name: &'static str,
    /// The method that must not be sent twice, of a call that changes something.
    pub changes: Option<&'static str>,
    /// What it answers where nothing goes wrong, as JSON.
    pub right: &'static str,
    call: fn(OdxProxy, Session) -> Answer,
}

/// How many rows the server has, and how many a page of the tests.
pub(crate) const ROWS: i64 = 7;
const PAGE: usize = 3;
/// A walk that does not end is cut off, and then no right answer.
const TOO_MANY: usize = 1_000;

/// The limits of what is no walk.
pub(crate) const FETCHED: usize = 4;
pub(crate) const SELECTED: usize = 2;

macro_rules! verbs {
    ($($name:literal, $changes:expr, $right:literal, |$proxy:pat_param, $odoo:pat_param| $call:expr;)*) => {
        /// Every verb.
        pub const VERBS: &[Verb] = &[$(
            Verb {
                name: $name,
                changes: $changes,
                right: $right,
                call: |proxy, odoo| Box::pin(async move {
                    let $proxy = &proxy;
                    let $odoo = &odoo;
                    Ok::<Value, Error>($call)
                }),
            },
        )*];
    };
}

verbs! {
    "fetch", None, r#"[[1, "row 1", 1, 1.5], [2, "row 2", 2, 2.5], [3, "row 3", 3, 3.5], [4, "row 4", 4, 4.5]]"#,
        |_, odoo| rows(&Probe::all().order(|p| p.id.asc()).limit(FETCHED).fetch(odoo).await?);
    "stream", None, "[1, 2, 3, 4, 5, 6, 7]", |_, odoo| walk(odoo).await?;
    "fetch_partial", None, r#"{"failed": 0, "ids": [1, 2, 3, 4]}"#, |_, odoo| {
        let partial = Probe::all().order(|p| p.id.asc()).limit(FETCHED).fetch_partial(odoo).await?;
        let ids = partial.rows.iter().map(|row| row.id).collect::<Vec<_>>();
        json!({"ids": ids, "failed": partial.failed.len()})
    };
    "stream_partial", None, r#"{"failed": 0, "ids": [1, 2, 3, 4, 5, 6, 7]}"#, |_, odoo| {
        let mut rows = Probe::all().page_size(PAGE).stream_partial(odoo).take(TOO_MANY);
        let (mut ids, mut failed) = (Vec::new(), 0);
        while let Some(row) = rows.next().await {
            let row = row?;
            failed += row.failed.len();
            ids.extend(row.row.map(|row| row.id));
        }
        json!({"ids": ids, "failed": failed})
    };
    "select", None, r#"[[1, "row 1"], [2, "row 2"]]"#, |_, odoo| {
        let rows = Probe::all().limit(SELECTED).select(|p| (p.id, p.name)).fetch(odoo).await?;
        json!(rows.into_iter().map(|(id, name)| json!([id, name])).collect::<Vec<_>>())
    };
    "read", None, r#"[[1, "row 1", 1, 1.5], [2, "row 2", 2, 2.5]]"#,
        |_, odoo| rows(&Probe::read(odoo, [1, 2].map(Id::new)).await?.all()?);
    "ids", None, "[1, 2, 3, 4, 5, 6, 7]", |_, odoo| json!(Probe::all().ids(odoo).await?);
    "count", None, "7", |_, odoo| json!(Probe::all().count(odoo).await?);
    "group", None, r#"[["row 1", 1, 1], ["row 2", 1, 2]]"#, |_, odoo| {
        let odoo = odoo.for_version(19);
        let groups = Probe::group_by(|p| (p.name,)).sum(|p| p.count).fetch(&odoo).await?;
        let groups = groups.into_iter().map(|group| json!([group.key.0, group.count, group.values.0]));
        json!(groups.collect::<Vec<_>>())
    };
    "create", Some("create"), "8",
        |_, odoo| json!(Probe::create(odoo, Probe::values().set(Probe::F.name, "new")).await?);
    "write", Some("write"), "null", |_, odoo| {
        Probe::write(odoo, [Id::new(1)], Probe::values().set(Probe::F.name, "other")).await?;
        Value::Null
    };
    "unlink", Some("unlink"), "null", |_, odoo| {
        Probe::unlink(odoo, [Id::new(1)]).await?;
        Value::Null
    };
    "call", Some("do_it"), r#""done""#,
        |_, odoo| json!(Probe::call(odoo, "do_it").ids([Id::new(1)]).result::<Option<String>>().await?);
    "call of JSON", Some("do_more"), r#"{"done": 1}"#,
        |_, odoo| odoo.call("x.probe", "do_more").ids([1]).send::<Value>().await?;
    "call for nothing", Some("do_all"), "null", |_, odoo| {
        Probe::call(odoo, "do_all").ids([Id::new(1)]).result::<()>().await?;
        Value::Null
    };
    "version", None, r#""19.0""#, |_, odoo| json!(odoo.version().await?.text);
    "about", None, r#"["b1", "0.9.0"]"#, |proxy, _| {
        let about = proxy.about().await?;
        json!([about.build, about.version])
    };
    "license", None, r#"["Acme", true]"#, |proxy, _| {
        let license = proxy.license().await?;
        json!([license.licensee, license.is_valid])
    };
}

fn rows(rows: &[Probe]) -> Value {
    let rows = rows
        .iter()
        .map(|row| json!([row.id, row.name, row.count, row.weight]));
    rows.collect::<Vec<_>>().into()
}

/// The ids of all rows.
async fn walk(odoo: &Session) -> Result<Value, Error> {
    let mut rows = Probe::all().page_size(PAGE).stream(odoo).take(TOO_MANY);
    let mut ids = Vec::new();
    while let Some(row) = rows.next().await {
        ids.push(row?.id);
    }
    Ok(json!(ids))
}

/// The client of a process.
///
/// # Errors
/// If it cannot be made.
pub(crate) fn client(task: &Task) -> Result<OdxProxy, Error> {
    let retry = RetryPolicy::times(1).first_delay(Duration::from_millis(1));
    let limit = if task.is_slow { SHORT_LIMIT } else { LIMIT };
    let grace = Duration::from_millis(500);
    let mut proxy = OdxProxy::builder(&task.url, PROXY_KEY)
        .timeout(limit - grace)
        .timeout_grace(grace)
        .max_response_size(LARGEST_ANSWER)
        .retry(retry);
    if let Some(pem) = &task.root_certificate {
        proxy = proxy.root_certificate_pem(pem.as_str());
    }
    proxy.build()
}

impl Verb {
    /// Makes the call.
    ///
    /// # Errors
    /// Whatever odx makes of the server.
    pub(crate) async fn call(&self, proxy: OdxProxy) -> Result<Value, Error> {
        let odoo = OdooInstance::new("https://odoo.invalid", "prod", 2, ODOO_KEY);
        let odoo = proxy.session(odoo);
        (self.call)(proxy, odoo).await
    }

    /// The keys that the client was given for the call, and so can take out of an answer.
    pub(crate) fn keys(&self) -> &'static [&'static str] {
        match self.name {
            "about" | "license" => &[PROXY_KEY],
            _ => &[PROXY_KEY, ODOO_KEY],
        }
    }
}
