//! Every row against a real Odoo, 19 or 14, and against a sandbox that has the same records under the same ids; skipped unless
//! `ODX_LIVE=1`.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use odx_language::row::{CallRow, DomainRow, sent_to};
use odx_language::{
    VERSIONS, World, database, domains, groups, is_of_a_newer_field, kinds, meanings, reads, writes,
};
use odx_live::models::OdxProbe;
use odx_live::{Live, Promise};
use odx_runtime::{Domain, Error, Model, OdooInstance, OdxProxy, Session};
use odx_sandbox::{Options, Server};
use tokio::sync::Mutex;

/// Held by the test whose records stand in the Odoo: `name_search` is asked of all that there are.
static RECORDS: Mutex<()> = Mutex::const_new(());

/// The real Odoo, and the sandbox that has the same records.
struct Both {
    live: Session,
    sandbox: Session,
    world: World,
    version: u16,
    differences: Vec<String>,
    _server: Server,
}

/// A sandbox with the records of the world, as that version, and a session that knows it.
async fn sandbox_of(world: &World, version: u16) -> Result<(Server, Session), Error> {
    let server = Server::start(database(world, version), Options::default())
        .await
        .expect("the sandbox starts");
    let session = OdxProxy::new(server.url(), server.key().clone())?
        .session(OdooInstance::new("http://odoo.invalid", "demo", 2, "key"))
        .for_version(version)
        .tz("UTC");
    Ok((server, session))
}

/// What the error says, whichever server says it.
fn refusal(error: &Error) -> String {
    match error {
        Error::Odoo(error) => format!("{}: {}", error.class, error.message),
        other => other.to_string(),
    }
}

impl Both {
    async fn new(live: Session) -> Result<Self, Error> {
        let version = live.version().await?.major();
        let world = World::create(&live, version).await?;
        let (server, sandbox) = sandbox_of(&world, version).await?;
        Ok(Self {
            // Without a timezone, that of the user holds.
            live: live.tz("UTC"),
            sandbox,
            world,
            version,
            differences: Vec::new(),
            _server: server,
        })
    }

    async fn names(&self, odoo: &Session, domain: &Domain<OdxProbe>) -> String {
        match OdxProbe::matching(domain).ids(odoo).await {
            Ok(ids) => self.world.names(&ids).join(", "),
            Err(error) => refusal(&error),
        }
    }

    fn compare(&mut self, row: &str, live: &str, sandbox: &str) {
        // Odoo writes no `null` within a value over XML-RPC, and odx says so: no answer, so none that differs.
        let is_refused = !Promise::NoneWithin.is_kept()
            && live.contains("expected a value that XML-RPC can carry");
        if live != sandbox && !is_refused {
            self.differences
                .push(format!("{row}:\n  odoo:    {live}\n  sandbox: {sandbox}"));
        }
    }

    async fn domain(&mut self, row: &str, domain: &Domain<OdxProbe>) -> String {
        let live = self.names(&self.live, domain).await;
        let sandbox = self.names(&self.sandbox, domain).await;
        self.compare(row, &live, &sandbox);
        live
    }

    async fn domain_row(&mut self, row: &DomainRow) {
        let live = self
            .domain(row.what, &(row.made)(&OdxProbe::F, &self.world))
            .await;
        if sent_to(row.sends, self.version).is_some() {
            self.compare(row.what, &live, &row.finds.join(", "));
        }
    }

    async fn call_row(&mut self, row: &CallRow) {
        let mut given = Vec::new();
        for odoo in [&self.live, &self.sandbox] {
            let own = self.world.own();
            let outcome = (row.run)(odoo.clone(), self.world, own, Arc::new(|| ())).await;
            given.push(outcome.unwrap_or_else(|error| refusal(&error)));
        }
        self.compare(row.what, &given[0], &given[1]);
    }

    async fn every_row(&mut self) {
        for section in domains::sections() {
            for row in &section.rows {
                self.domain_row(row).await;
            }
        }
        for kind in kinds::kinds() {
            let domains = (kind.domains)(&OdxProbe::F, &self.world);
            for domain in domains.into_iter().flatten() {
                self.domain(&format!("{} {domain}", kind.name), &domain)
                    .await;
            }
        }
        for sections in [reads::sections(), groups::sections(), writes::sections()] {
            for row in sections.iter().flat_map(|section| &section.rows) {
                self.call_row(row).await;
            }
        }
    }
}

#[tokio::test]
async fn a_real_odoo_answers_every_row_as_the_sandbox_does() {
    let Some(live) = Live::start().await else {
        return;
    };
    let _alone = RECORDS.lock().await;
    let odoo = live.session();
    let mut both = Both::new(odoo.clone()).await.expect("the records");
    both.every_row().await;
    both.world
        .delete(&odoo)
        .await
        .expect("the records can be deleted");
    let differences = both.differences;
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// The sandbox as the newest series says what a domain means; a series may refuse it, and never answers otherwise.
#[tokio::test]
async fn a_domain_finds_the_same_on_every_series_or_is_refused() {
    const AT_ONCE: usize = 4;
    let Some(live) = Live::start().await else {
        return;
    };
    let _alone = RECORDS.lock().await;
    let odoo = live.session().tz("UTC");
    let version = odoo.version().await.expect("a version").major();
    let world = World::create(&odoo, version).await.expect("the records");
    let (_server, newest) = sandbox_of(&world, *VERSIONS.end())
        .await
        .expect("a sandbox");
    let domains = meanings(&OdxProbe::F, &world);
    let asked = domains.len();
    let differences: Vec<String> = stream::iter(domains)
        .map(|domain| {
            let (odoo, newest) = (&odoo, &newest);
            async move { difference(&domain, odoo, newest, &world, version).await }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(|difference| async { difference })
        .collect()
        .await;
    world
        .delete(&odoo)
        .await
        .expect("the records can be deleted");
    let refused = differences.iter().filter(|text| text.is_empty()).count();
    let differences: Vec<_> = differences.iter().filter(|text| !text.is_empty()).collect();
    eprintln!(
        "Odoo {version}: {asked} domains, {refused} refused, {} different",
        differences.len()
    );
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences
            .iter()
            .map(|text| text.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// Nothing where both find the same; an empty text where the series refuses the domain.
async fn difference(
    domain: &Domain<OdxProbe>,
    odoo: &Session,
    newest: &Session,
    world: &World,
    version: u16,
) -> Option<String> {
    let own = domain.clone() & world.own();
    let names = |ids: Vec<_>| world.names(&ids).join(", ");
    let found = match OdxProbe::matching(&own).with_archived().ids(odoo).await {
        Ok(ids) => names(ids),
        Err(Error::Unsupported(_)) => return Some(String::new()),
        Err(error) if is_of_a_newer_field(&error) => return Some(String::new()),
        Err(error) => refusal(&error),
    };
    let meant = match OdxProbe::matching(&own).with_archived().ids(newest).await {
        Ok(ids) => names(ids),
        Err(error) => refusal(&error),
    };
    (found != meant).then(|| {
        let sent = own.to_json_for(version).map(|sent| sent.to_string());
        format!("{domain}:\n  means {meant}\n  found {found}\n  sent  {sent:?}")
    })
}
