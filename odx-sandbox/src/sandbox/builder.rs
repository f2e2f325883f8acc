//! What a sandbox is like before it starts.

use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::pin::Pin;

use jiff::civil::DateTime;
use odx_facts::{OLDEST, Series};
use serde_json::{Map, Value, json};

use super::{Sandbox, SandboxError};
use crate::company::{company, with_known_defaults};
use crate::odoo::{Database, Default, User};
use crate::options::Options;
use crate::server::Server;

/// The login of the administrator of a database that was made from a snapshot.
pub const ADMINISTRATOR_LOGIN: &str = "admin";

/// How Odoo writes a moment.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S";

/// As in a new Odoo, whose first user is the system itself.
const ADMINISTRATOR: i64 = 2;

/// The first company, whose the users are.
const COMPANY: i64 = 1;

// They open nothing but the sandbox that they are of.
const KEY: &str = "sandbox-administrator-key";
const PASSWORD: &str = "sandbox-administrator-password";

#[derive(Clone, Debug)]
enum Source {
    Company,
    Snapshot(PathBuf),
    Given(Box<Database>),
}

/// A sandbox that is not started yet: await it.
///
/// ```no_run
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use odx_sandbox::{Sandbox, User};
///
/// let sandbox = Sandbox::from_snapshot("odoo-schema")
///     .series("17.0")
///     .company("Acme")
///     .language("fr_BE")
///     .user(User::internal(7, "tom's key").login("tom"))
///     .now("2024-02-29 12:00:00")
///     .await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a sandbox starts when it is awaited"]
pub struct Builder {
    source: Source,
    series: Option<String>,
    companies: Vec<String>,
    languages: Vec<String>,
    users: Vec<User>,
    defaults: Vec<(String, String, Default)>,
    now: Option<String>,
    has_files: bool,
    reports: Vec<(String, String)>,
    options: Options,
}

impl Builder {
    fn new(source: Source) -> Self {
        Self {
            source,
            series: None,
            companies: Vec::new(),
            languages: Vec::new(),
            users: Vec::new(),
            defaults: Vec::new(),
            now: None,
            has_files: false,
            reports: Vec::new(),
            options: Options::default(),
        }
    }

    pub(super) fn of_company() -> Self {
        Self::new(Source::Company)
    }

    pub(super) fn of_snapshot(dir: PathBuf) -> Self {
        Self::new(Source::Snapshot(dir))
    }

    pub(super) fn of_database(database: Database) -> Self {
        Self::new(Source::Given(Box::new(database)))
    }

    /// The Odoo version to answer as, such as `17.0`, whichever the models were read from. The fields stay those of the
    /// models, but for what is known to be dropped.
    pub fn series(mut self, series: impl Into<String>) -> Self {
        self.series = Some(series.into());
        self
    }

    /// A company of this name. The first one is that of the administrator where the database has none yet; the
    /// administrator may work in them all.
    pub fn company(mut self, name: impl Into<String>) -> Self {
        self.companies.push(name.into());
        self
    }

    /// An installed language, such as `fr_BE`; `en_US` is always there.
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.languages.push(code.into());
        self
    }

    /// A user, who gets a record in `res.users` where there is that model. The administrator is there without it.
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// The default of a field, as your Odoo has it: a snapshot does not tell those. Some of Odoo's own apps are known: that an order
    /// begins as a draft, whose company and whose salesperson it has.
    pub fn with_default(
        mut self,
        model: impl Into<String>,
        field: impl Into<String>,
        default: Default,
    ) -> Self {
        self.defaults.push((model.into(), field.into(), default));
        self
    }

    /// The moment of every call in UTC, such as `2024-02-29 23:59:59`, so that dates of creation and defaults are known.
    /// Without it, it is the machine's.
    pub fn now(mut self, moment: impl Into<String>) -> Self {
        self.now = Some(moment.into());
        self
    }

    /// Attachments: `ir.attachment`, where the models have none.
    pub fn files(mut self) -> Self {
        self.has_files = true;
        self
    }

    /// A report of a model as PDF, such as `sale.report_saleorder` of `sale.order`: a page with its name and those of the
    /// records. Attachments come with it.
    pub fn report(mut self, name: impl Into<String>, model: impl Into<String>) -> Self {
        self.reports.push((name.into(), model.into()));
        self.files()
    }

    /// How the server is started.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    async fn start(self) -> Result<Sandbox, SandboxError> {
        let options = self.options.clone();
        let database = self.filled()?;
        #[cfg_attr(not(feature = "client"), allow(unused_variables))]
        let administrator = match database.administrator() {
            Some(user) => user.id(),
            None => return Err(SandboxError::NoAdministrator),
        };
        Ok(Sandbox {
            server: Server::start(database, options).await?,
            #[cfg(feature = "client")]
            administrator,
        })
    }

    fn filled(self) -> Result<Database, SandboxError> {
        let is_new = matches!(self.source, Source::Snapshot(_));
        let mut database = match self.source {
            Source::Company => company()?,
            Source::Given(database) => *database,
            Source::Snapshot(dir) => Database::from_snapshot(dir)?,
        };
        if let Some(series) = self.series {
            if Series::parse(&series).is_none_or(|series| series < OLDEST) {
                return Err(SandboxError::Series(series));
            }
            database = database.series(&series);
        }
        if is_new {
            database = with_known_defaults(database)?;
        }
        for (model, field, default) in self.defaults {
            database = database.with_default(&model, &field, default);
        }
        if let Some(now) = self.now {
            database = database.at(moment(&now).ok_or(SandboxError::Moment(now))?);
        }
        for language in &self.languages {
            database = database.with_language(language);
        }
        let mut companies = self.companies.into_iter();
        if is_new {
            let name = companies.next();
            database = founded(database, name.as_deref().unwrap_or("My Company"))?;
        }
        for language in is_new
            .then_some("en_US".to_owned())
            .iter()
            .chain(&self.languages)
        {
            speak(&mut database, language)?;
        }
        for name in companies {
            let company = made(&mut database, "res.company", json!({"name": name}))?;
            if let Some(mut user) = database.administrator().cloned() {
                user.join(company.unwrap_or(COMPANY));
                database = database.with_user(user);
            }
        }
        for user in self.users {
            database = joined(database, user)?;
        }
        if self.has_files {
            database = database.with_files();
        }
        for (name, model) in &self.reports {
            database = database.with_report(name, model)?;
        }
        Ok(database)
    }
}

impl IntoFuture for Builder {
    type Output = Result<Sandbox, SandboxError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.start())
    }
}

/// A moment as Odoo writes it. A day is its beginning.
fn moment(text: &str) -> Option<String> {
    let moment = DateTime::strptime(MOMENT, text)
        .or_else(|_| DateTime::strptime(MOMENT, format!("{text} 00:00:00")));
    Some(moment.ok()?.strftime(MOMENT).to_string())
}

/// The values of the fields that the model has.
fn known(database: &Database, model: &str, values: Value) -> Map<String, Value> {
    let fields = database.models.get(model).map(|model| &model.fields);
    let is_known = |name: &String| fields.is_some_and(|fields| fields.contains_key(name));
    let values = values.as_object().cloned().unwrap_or_default();
    let known = values.into_iter().filter(|(name, _)| is_known(name));
    known.collect()
}

/// Makes a record of what the model has, if there is the model.
fn made(database: &mut Database, model: &str, values: Value) -> Result<Option<i64>, SandboxError> {
    if !database.models.contains_key(model) {
        return Ok(None);
    }
    let values = known(database, model, values);
    Ok(Some(database.make(model, values, Map::new())?))
}

/// A company and its administrator, who need each other.
fn founded(database: Database, name: &str) -> Result<Database, SandboxError> {
    let administrator = User::administrator(ADMINISTRATOR, KEY)
        .password(PASSWORD)
        .login(ADMINISTRATOR_LOGIN);
    let mut database = database.with_user(administrator);
    for (model, bare) in [
        ("res.company", json!({"id": COMPANY, "name": name})),
        (
            "res.users",
            json!({"id": ADMINISTRATOR, "login": ADMINISTRATOR_LOGIN, "active": true, "company_id": COMPANY, "company_ids": [COMPANY]}),
        ),
    ] {
        if database.models.contains_key(model) {
            let id = bare["id"].clone();
            let mut record = known(&database, model, bare);
            record.insert("id".to_owned(), id);
            database = database.with_records(model, [record])?;
        }
    }
    let currency = json!({"name": "EUR", "symbol": "€", "rounding": 0.01, "decimal_places": 2});
    let currency = made(&mut database, "res.currency", currency)?;
    let partner = json!({"name": name, "is_company": true});
    let partner = made(&mut database, "res.partner", partner)?;
    let links = json!({"currency_id": currency.unwrap_or(1), "partner_id": partner.unwrap_or(1)});
    let links = known(&database, "res.company", links);
    database.complete("res.company", COMPANY, links, Map::new())?;
    let names = known(&database, "res.users", json!({"name": "Administrator"}));
    database.complete("res.users", ADMINISTRATOR, Map::new(), names)?;
    Ok(database)
}

/// An installed language.
fn speak(database: &mut Database, code: &str) -> Result<(), SandboxError> {
    let is_there = |database: &Database| {
        let mut records = database
            .table("res.lang")
            .into_iter()
            .flat_map(|table| table.records.values());
        records.any(|record| record.get("code") == Some(&Value::from(code)))
    };
    if is_there(database) {
        return Ok(());
    }
    let short = code.split('_').next().unwrap_or(code);
    let values = json!({
        "name": code, "code": code, "iso_code": short, "url_code": short, "active": true,
        "date_format": "%m/%d/%Y", "time_format": "%H:%M:%S", "grouping": "[3,0]", "decimal_point": ".",
    });
    made(database, "res.lang", values).map(drop)
}

/// A user, with a record where there is none yet.
fn joined(database: Database, user: User) -> Result<Database, SandboxError> {
    let id = user.id();
    let login = database
        .login_of(&user)
        .unwrap_or_else(|| format!("user{id}"));
    let mut database = database.with_user(user.or_login(&login));
    if !database.models.contains_key("res.users") || database.record("res.users", id).is_some() {
        return Ok(database);
    }
    let company = database
        .user(id)
        .and_then(|user| user.company_ids().first().copied());
    let bare =
        json!({"login": login, "active": true, "company_id": company, "company_ids": [company]});
    let mut record = known(&database, "res.users", bare);
    record.insert("id".to_owned(), Value::from(id));
    database = database.with_records("res.users", [record])?;
    let name = known(&database, "res.users", json!({"name": login}));
    database.complete("res.users", id, Map::new(), name)?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_moment_and_no_series_starts_no_sandbox() {
        for no in ["yesterday", "2024-02-30", ""] {
            let error = Sandbox::company().now(no).await.expect_err(no).to_string();
            assert!(error.contains("is no moment"), "{error}");
        }
        for no in ["13.0", "next"] {
            let error = Sandbox::company().series(no).await.expect_err(no);
            assert!(error.to_string().contains("from 14 on"), "{error}");
        }
        let day = moment("2026-03-10");
        assert_eq!(day.as_deref(), Some("2026-03-10 00:00:00"));
    }
}
