//! The Odoo that is mirrored: a sandbox, or a real one.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use example_connect::Backend;
use futures_util::TryStreamExt;
use models::ResPartnerCategory;
use odx_runtime::{Model, Odoo, Session};

/// What is mirrored: it has few fields, and is cheap to write.
pub const MODEL: &str = "res.partner.category";

/// How the names of the test's records begin.
pub const NAME: &str = "odx mirror";

/// An Odoo.
pub struct Source {
    pub odoo: Session,
    sandbox: Option<Backend>,
    /// Its database, for transactions that are held open.
    pub postgres: Option<String>,
}

/// A record, as the mirror has it and as the source has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub color: i64,
    pub parent: Option<i64>,
    pub archived: bool,
    pub written: Option<String>,
}

impl Source {
    pub async fn sandbox() -> Self {
        let sandbox = Backend::sandbox().await.expect("a sandbox");
        Self {
            odoo: sandbox.session(),
            sandbox: Some(sandbox),
            postgres: None,
        }
    }

    /// The real one, or none, said on stderr, where the environment does not ask for it.
    pub async fn live() -> Option<Self> {
        if env::var("ODX_LIVE").as_deref() != Ok("1") {
            eprintln!(
                "skipped: set ODX_LIVE=1 and the ODX_ODOO_ variables (`tests/odoo/odoo start`) to run it"
            );
            return None;
        }
        let odoo = Odoo::from_env()
            .expect("settings")
            .await
            .expect("a connection");
        Some(Self {
            odoo,
            sandbox: None,
            postgres: postgres(),
        })
    }

    pub fn name(&self) -> String {
        match &self.sandbox {
            Some(_) => "sandbox".to_owned(),
            None => format!(
                "Odoo {:?}, {}",
                self.odoo.known_series(),
                self.odoo.protocol()
            ),
        }
    }

    /// How a process is told of it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let sandbox = self.sandbox.as_ref();
        sandbox.map(Backend::variables).unwrap_or_default()
    }

    /// All records.
    pub async fn rows(&self) -> BTreeMap<i64, Row> {
        let all = ResPartnerCategory::all().with_archived().page_size(2_000);
        let rows = all.select(|c| (c.id, c.name, c.color, c.parent_id, c.active, c.write_date));
        let rows = rows.stream(&self.odoo).map_ok(|row| {
            let (id, name, color, parent, active, written) = row;
            let row = Row {
                name: name.expect("a name"),
                color,
                parent: parent.and_then(|parent| parent.id.number()),
                archived: !active,
                written: written.map(|date| date.format("%Y-%m-%d %H:%M:%S").to_string()),
            };
            (id.number().expect("a number"), row)
        });
        rows.try_collect().await.expect("the source is read")
    }

    /// Deletes what the test has made.
    pub async fn clean_up(&self) {
        let made = ResPartnerCategory::search(|c| c.name.ilike(NAME)).with_archived();
        let ids = made.ids(&self.odoo).await.expect("what was made");
        for ids in ids.chunks(500) {
            let ids = ids.iter().copied();
            ResPartnerCategory::unlink(&self.odoo, ids)
                .await
                .expect("it is deleted");
        }
    }
}

/// The private cluster of the Odoo that `tests/odoo/odoo` started, as its settings say.
fn postgres() -> Option<String> {
    let file = env::var("ODX_ODOO_ENV").ok()?;
    let settings = Path::new(&file).with_file_name("odoo.conf");
    let settings = std::fs::read_to_string(settings).ok()?;
    let value = |name| {
        let mut lines = settings.lines().filter_map(|line| line.split_once(" = "));
        lines.find_map(|(key, value)| (key == name).then_some(value))
    };
    let database = env::var("ODX_ODOO_DB").ok()?;
    let (host, user) = (value("db_host")?, value("db_user")?);
    Some(format!("host={host} user={user} dbname={database}"))
}
