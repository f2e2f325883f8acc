//! Every row against the sandbox, as every version of Odoo; and the document against the rows.

use std::fs;
use std::sync::{Arc, Mutex};

use futures_util::TryStreamExt;
use odx_language::row::{CallRow, DomainRow, Done, Section, sent_to};
use odx_language::{
    TOLD, VERSIONS, World, database, document, domains, groups, is_of_a_newer_field, kinds,
    meanings, reads, writes,
};
use odx_live::models::{OdxProbe, OdxProbeDelegate};
use odx_runtime::domain::Operator;
use odx_runtime::{Domain, Error, Id, Model, OdooInstance, OdxProxy, Session, all};
use odx_sandbox::{Call, Database, ObjectCall, Options, Server};
use serde_json::{Map, Value, json};

/// The sandbox as a version of Odoo.
struct Sandbox {
    server: Arc<Server>,
    odoo: Session,
    version: u16,
}

impl Sandbox {
    async fn start(version: u16) -> Self {
        let server = Server::start(database(&World::default(), version), Options::default())
            .await
            .expect("the sandbox starts");
        let odoo = OdxProxy::new(server.url(), server.key().clone())
            .expect("a client")
            .session(OdooInstance::new("http://odoo.invalid", "demo", 2, "key"))
            .for_version(version);
        Self {
            server: Arc::new(server),
            odoo,
            version,
        }
    }

    async fn find(&self, domain: &Domain<OdxProbe>) -> Result<Vec<Id<OdxProbe>>, Error> {
        self.server.clear_calls();
        OdxProbe::matching(domain).ids(&self.odoo).await
    }
}

/// A call as the table shows it: `method(argument, name=argument)`.
fn shown(call: &Call) -> String {
    let given = call.params.iter().map(ToString::to_string);
    let named = call
        .keyword
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let arguments: Vec<String> = given.chain(named).collect();
    format!("{}({})", call.method, arguments.join(", "))
}

fn sent(server: &Server) -> String {
    let calls: Vec<String> = server.calls().iter().map(shown).collect();
    calls.join("; ")
}

/// What does not hold, all of it, so that one run shows all that a change did.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, row: &str, version: u16, what: &str, expected: &str, came: &str) {
        if expected != came {
            self.0.push(format!(
                "Odoo {version}, {row}, {what}:\n  expected {expected}\n  came     {came}"
            ));
        }
    }

    fn assert_none(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

async fn domain(sandbox: &Sandbox, section: &str, row: &DomainRow, differences: &mut Differences) {
    let (world, version) = (World::default(), sandbox.version);
    let name = format!("{section}: {}", row.what);
    let domain = (row.made)(&OdxProbe::F, &world);
    if let Some(by_macro) = (row.made_by_macro)(&world) {
        differences.compare(
            &name,
            version,
            "domain!",
            &domain.to_string(),
            &by_macro.to_string(),
        );
    }
    let parsed: Domain<OdxProbe> = Domain::parse(&domain.to_json()).expect("what was printed");
    differences.compare(
        &name,
        version,
        "parse",
        &domain.to_string(),
        &parsed.to_string(),
    );
    let found = sandbox.find(&domain).await;
    let calls = sandbox.server.calls();
    match (sent_to(row.sends, version), found) {
        (Some(expected), Ok(ids)) => {
            differences.compare(
                &name,
                version,
                "sends",
                expected,
                &calls[0].params[0].to_string(),
            );
            let finds = row.finds.join(", ");
            differences.compare(
                &name,
                version,
                "finds",
                &finds,
                &world.names(&ids).join(", "),
            );
        }
        (None, Err(Error::Unsupported(error))) => {
            let version = format!("Odoo {version} cannot express");
            assert!(error.to_string().starts_with(&version), "{error}");
            assert!(calls.is_empty(), "{name}: {calls:?}");
        }
        (None, Err(error)) if is_of_a_newer_field(&error) => {}
        (expected, found) => {
            let came = format!("{found:?}, sent {calls:?}");
            differences.compare(&name, version, "outcome", &format!("{expected:?}"), &came);
        }
    }
}

async fn call(sandbox: &Sandbox, section: &str, row: &CallRow, differences: &mut Differences) {
    let version = sandbox.version;
    let name = format!("{section}: {}", row.what);
    sandbox.server.clear_calls();
    let calls = Arc::new(Mutex::new(String::new()));
    let done: Done = {
        let (server, calls) = (sandbox.server.clone(), calls.clone());
        Arc::new(move || *calls.lock().expect("no panic") = sent(&server))
    };
    let outcome = (row.run)(sandbox.odoo.clone(), World::default(), all(), done).await;
    match (sent_to(row.sends, version), outcome) {
        (Some(expected), Ok(given)) => {
            differences.compare(
                &name,
                version,
                "sends",
                expected,
                &calls.lock().expect("no panic"),
            );
            differences.compare(&name, version, "gives", row.gives_in(version), &given);
        }
        (None, Err(Error::Unsupported(_))) => assert_eq!(sent(&sandbox.server), "", "{name}"),
        (None, Err(error)) if is_of_a_newer_field(&error) => {}
        (expected, outcome) => {
            let came = format!("{outcome:?}, sent {}", sent(&sandbox.server));
            differences.compare(&name, version, "outcome", &format!("{expected:?}"), &came);
        }
    }
}

#[tokio::test]
async fn every_domain_is_sent_as_the_table_says_and_finds_what_it_should() {
    let mut differences = Differences::default();
    for version in VERSIONS.chain([TOLD]) {
        let sandbox = Sandbox::start(version).await;
        for Section { title, rows, .. } in &domains::sections() {
            for row in rows {
                domain(&sandbox, title, row, &mut differences).await;
            }
        }
    }
    differences.assert_none();
}

#[tokio::test]
async fn every_call_is_sent_as_the_table_says_and_gives_what_it_should() {
    let mut differences = Differences::default();
    for version in VERSIONS.chain([TOLD]) {
        for sections in [reads::sections(), groups::sections(), writes::sections()] {
            let sandbox = Sandbox::start(version).await;
            for Section { title, rows, .. } in &sections {
                for row in rows {
                    call(&sandbox, title, row, &mut differences).await;
                }
            }
        }
    }
    differences.assert_none();
}

#[tokio::test]
async fn every_operator_of_every_type_is_taken() {
    let world = World::default();
    let sandbox = Sandbox::start(*VERSIONS.end()).await;
    for kind in kinds::kinds() {
        for domain in (kind.domains)(&OdxProbe::F, &world).into_iter().flatten() {
            let found = sandbox.find(&domain).await;
            assert!(found.is_ok(), "{}: {domain}: {found:?}", kind.name);
        }
    }
}

/// What a series finds for what odx sends it.
fn found(database: &mut Database, sent: Value) -> Result<Value, String> {
    let answer = database.execute_kw(ObjectCall {
        database: "demo",
        user: 2,
        key: "key",
        model: OdxProbe::NAME,
        method: "search",
        args: vec![sent],
        kwargs: Map::from_iter([
            ("order".to_owned(), json!("id")),
            ("context".to_owned(), json!({"active_test": false})),
        ]),
    });
    answer
        .map(|ids| serde_json::to_value(ids).expect("ids are JSON"))
        .map_err(|error| error.to_string())
}

/// The sandbox as the newest series says what a domain means; a series may refuse it, and never answers otherwise.
#[test]
fn a_domain_finds_the_same_on_every_series_or_is_refused() {
    let world = World::default();
    let domains = meanings(&OdxProbe::F, &world);
    let newest = *VERSIONS.end();
    let mut database_of_newest = database(&world, newest);
    let meant: Vec<_> = domains
        .iter()
        .map(|domain| {
            let sent = domain
                .to_json_for(newest)
                .unwrap_or_else(|error| panic!("{error}"));
            found(&mut database_of_newest, sent)
        })
        .collect();
    let mut differences = Differences::default();
    for version in VERSIONS {
        let mut older = database(&world, version);
        let mut same = 0;
        for (domain, meant) in domains.iter().zip(&meant) {
            let Ok(sent) = domain.to_json_for(version) else {
                continue;
            };
            let came = found(&mut older, sent.clone());
            let is_of_a_newer_field = came
                .as_ref()
                .is_err_and(|error| error.contains("Invalid field"));
            if is_of_a_newer_field {
                continue;
            }
            same += usize::from(came == *meant);
            let shown = |found: &Result<Value, String>| match found {
                Ok(ids) => ids.to_string(),
                Err(error) => error.clone(),
            };
            let (row, what) = (domain.to_string(), sent.to_string());
            differences.compare(&row, version, &what, &shown(meant), &shown(&came));
        }
        assert!(
            same > domains.len() * 4 / 5,
            "{version}: of {} domains {same} are the same",
            domains.len()
        );
    }
    differences.assert_none();
}

/// What a server would leave out of an order is refused before anything is sent, for each way to read; a field that a model
/// inherits has its column, unless the one that it inherits has none.
#[tokio::test]
async fn an_order_that_a_series_would_leave_out_is_refused_and_one_by_an_inherited_field_is_not() {
    for version in VERSIONS {
        let Sandbox { server, odoo, .. } = Sandbox::start(version).await;
        let inherited = OdxProbeDelegate::all().order(|d| d.integer.asc());
        assert!(inherited.ids(&odoo).await.is_ok(), "{version}");
        for apart in [
            OdxProbeDelegate::all().order(|d| d.kind_name.asc()),
            OdxProbeDelegate::all().order(|d| (d.integer.asc(), d.company_char.desc())),
        ] {
            server.clear_calls();
            let found: [Result<usize, Error>; 4] = [
                apart.clone().ids(&odoo).await.map(|ids| ids.len()),
                apart.clone().fetch(&odoo).await.map(|rows| rows.len()),
                apart.clone().first(&odoo).await.map(|_| 0),
                apart
                    .stream(&odoo)
                    .try_collect()
                    .await
                    .map(|rows: Vec<_>| rows.len()),
            ];
            for found in found {
                match found {
                    Ok(_) => assert!(version >= 18, "{version}"),
                    Err(Error::Unsupported(_)) => {
                        assert!(version < 18, "{version}");
                        assert!(server.calls().is_empty(), "{version}: {:?}", server.calls());
                    }
                    Err(error) => panic!("{version}: {error}"),
                }
            }
        }
    }
}

#[test]
fn every_operator_has_a_row() {
    let world = World::default();
    let meant: String = domains::sections()
        .iter()
        .flat_map(|section| &section.rows)
        .map(|row| (row.made)(&OdxProbe::F, &world).to_json().to_string())
        .collect();
    for operator in Operator::all() {
        let sign = format!(r#","{operator}","#);
        assert!(meant.contains(&sign), "no row says `{operator}`");
    }
}

#[test]
fn the_document_is_what_the_rows_render_to() {
    let (path, rendered) = (document::path(), document::render());
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
        fs::write(&path, &rendered).expect("the document can be written");
    }
    let document = fs::read_to_string(&path).unwrap_or_default();
    let differs = rendered
        .lines()
        .zip(document.lines())
        .find(|(rendered, documented)| rendered != documented);
    assert!(
        rendered == document,
        "docs/language.md is not what the rows render to; UPDATE_EXPECT=1 writes it. First difference: {differs:?}"
    );
}
