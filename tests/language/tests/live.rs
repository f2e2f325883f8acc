//! Every row against a real Odoo, 19 or 14, and against a sandbox that has the same records under the same ids; skipped unless
//! `ODX_LIVE=1`.

use std::sync::Arc;

use odx_language::row::{CallRow, DomainRow, sent_to};
use odx_language::{World, database, domains, groups, kinds, reads, writes};
use odx_live::Live;
use odx_live::models::OdxProbe;
use odx_runtime::{Domain, Error, Model, OdooInstance, OdxProxy, Session};
use odx_sandbox::{Options, Server};

/// The real Odoo, and the sandbox that has the same records.
struct Both {
    live: Session,
    sandbox: Session,
    world: World,
    version: u16,
    differences: Vec<String>,
    _server: Server,
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
        let server = Server::start(database(&world, version), Options::default())
            .await
            .expect("the sandbox starts");
        let sandbox = OdxProxy::new(server.url(), server.key().clone())?
            .session(OdooInstance::new("http://odoo.invalid", "demo", 2, "key"));
        Ok(Self {
            // Without a timezone, that of the user holds.
            live: live.tz("UTC"),
            sandbox: sandbox.for_version(version).tz("UTC"),
            world,
            version,
            differences: Vec::new(),
            _server: server,
        })
    }

    async fn names(&self, odoo: &Session, domain: &Domain<OdxProbe>) -> String {
        match OdxProbe::search(domain).ids(odoo).await {
            Ok(ids) => self.world.names(&ids).join(", "),
            Err(error) => refusal(&error),
        }
    }

    fn compare(&mut self, row: &str, live: &str, sandbox: &str) {
        if live != sandbox {
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
