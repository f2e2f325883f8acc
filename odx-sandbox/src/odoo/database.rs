//! The tables of the in-memory Odoo, and how a test or a demo fills them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use odx_facts::Series;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::errors::{OdooError, Result};
use super::schema::{self, FieldType, Model};
use super::values;
use super::variants;

/// The stored values of one record by field name; an unset field is absent.
pub(crate) type Record = BTreeMap<String, Value>;

/// A user: who may sign in, and with what.
#[derive(Clone, Debug)]
pub struct User {
    id: i64,
    keys: Vec<SecretString>,
    /// The name to log in by; that of the record in `res.users` where none is given.
    login: Option<String>,
    password: Option<SecretString>,
    two_factor: bool,
    administrator: bool,
    company_ids: Vec<i64>,
    denied: BTreeSet<String>,
    /// The records that record rules hide, by model.
    hidden: BTreeMap<String, BTreeSet<i64>>,
}

impl User {
    /// A user with full access, in company 1.
    pub fn administrator(id: i64, key: impl Into<SecretString>) -> Self {
        Self {
            id,
            keys: vec![key.into()],
            login: None,
            password: None,
            two_factor: false,
            administrator: true,
            company_ids: vec![1],
            denied: BTreeSet::new(),
            hidden: BTreeMap::new(),
        }
    }

    /// An internal user, in company 1. Like in Odoo since 15, `ir.model`, `ir.model.fields` and `ir.model.data`
    /// are closed to this user.
    pub fn internal(id: i64, key: impl Into<SecretString>) -> Self {
        Self {
            administrator: false,
            ..Self::administrator(id, key)
        }
    }

    /// A password to log in with. As in Odoo, it opens `/jsonrpc`, XML-RPC and the web session, and JSON-2 never.
    #[must_use]
    pub fn password(mut self, password: impl Into<SecretString>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The name to log in by. Without it, it is the `login` of the user's record in `res.users`.
    #[must_use]
    pub fn login(mut self, login: impl Into<String>) -> Self {
        self.login = Some(login.into());
        self
    }

    /// The same user, with this login where it has none of its own.
    pub(crate) fn or_login(mut self, login: &str) -> Self {
        self.login.get_or_insert_with(|| login.to_owned());
        self
    }

    /// Lets the user work in one company more.
    pub(crate) fn join(&mut self, company: i64) {
        self.company_ids.push(company);
    }

    /// A further API key.
    #[must_use]
    pub fn key(mut self, key: impl Into<SecretString>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// The user has a second factor: the password alone opens nothing, an API key does.
    #[must_use]
    pub fn two_factor(mut self) -> Self {
        self.two_factor = true;
        self
    }

    /// The companies the user may work in, the default one first.
    #[must_use]
    pub fn companies(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.company_ids = ids.into_iter().collect();
        self
    }

    /// Hides records of a model from the user's searches, as record rules do.
    #[must_use]
    pub fn hiding(mut self, model: &str, ids: impl IntoIterator<Item = i64>) -> Self {
        self.hidden.entry(model.to_owned()).or_default().extend(ids);
        self
    }

    pub(crate) fn is_hidden(&self, model: &str, id: i64) -> bool {
        self.hidden.get(model).is_some_and(|ids| ids.contains(&id))
    }

    /// The id to send as `odoo_instance.user_id`.
    pub fn id(&self) -> i64 {
        self.id
    }

    pub(crate) fn company_ids(&self) -> &[i64] {
        &self.company_ids
    }

    pub(crate) fn may_open(&self, model: &str) -> bool {
        let technical = matches!(model, "ir.model" | "ir.model.fields" | "ir.model.data");
        !self.denied.contains(model) && (self.administrator || !technical)
    }

    pub(crate) fn is_administrator(&self) -> bool {
        self.administrator
    }

    pub(crate) fn has_two_factors(&self) -> bool {
        self.two_factor
    }

    /// Whether this is one of the user's API keys. All are looked at, whichever it is.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        let fits = |known: &SecretString| crate::constant_time_eq(known.expose_secret(), key);
        self.keys.iter().filter(|known| fits(known)).count() > 0
    }

    /// Whether this is the user's password.
    pub(crate) fn has_password(&self, password: &str) -> bool {
        let known = self.password.as_ref();
        known.is_some_and(|known| crate::constant_time_eq(known.expose_secret(), password))
    }

    /// An API key, to sign in with.
    #[cfg(feature = "client")]
    pub(crate) fn first_key(&self) -> Option<&SecretString> {
        self.keys.first()
    }

    /// The password, to sign in with.
    #[cfg(feature = "client")]
    pub(crate) fn known_password(&self) -> Option<&SecretString> {
        self.password.as_ref()
    }

    /// Whether a call may be made with this: an API key, or the password where it is enough.
    fn accepts(&self, secret: &str) -> bool {
        self.has_key(secret) | (self.has_password(secret) & !self.two_factor)
    }
}

/// How a field gets its value when a `create` leaves it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// Always this value.
    Value(Value),
    /// The id of the calling user.
    User,
    /// The id of the current company.
    Company,
    /// The current date, or date and time, by the field's type.
    Now,
    /// None, for a field that has one by its name: a boolean `active`.
    Nothing,
}

/// Class attributes of a model, which `fields_get` does not tell.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelOptions {
    /// The description of the model, as in `ir.model`.
    pub label: Option<String>,
    /// The modules that define it, separated by a comma and a space.
    pub modules: String,
    /// `_order`.
    pub order: String,
    /// `_rec_name`; by default `name`, if there is such a field.
    pub rec_name: Option<String>,
    /// `_rec_names_search`; by default the `rec_name` alone.
    pub rec_names_search: Vec<String>,
    /// `_parent_name`.
    pub parent_name: String,
    /// Whether records of other companies are hidden, as the record rules of most models with a `company_id` do.
    pub company_rule: bool,
    /// The boolean without which a record is shown in all companies all the same, as `partner_share` of `res.partner`.
    pub company_rule_about: Option<String>,
    /// The many2ones with `ondelete="cascade"`: a record goes with the one that it belongs to.
    pub cascades: Vec<String>,
    /// The relations with `auto_join`, which before Odoo 19 a path follows by a join.
    pub auto_join: Vec<String>,
    /// Computed fields whose search looks at another field, by that field.
    pub searches: BTreeMap<String, String>,
    /// Computed fields that are read out of another one, in the database, too.
    pub computed: BTreeMap<String, ReadFrom>,
    /// The conditions by which a module finds records by name, one of which has to hold: of three parts, in which
    /// `{operator}`, `{name}` and `{word}` stand for what was asked and the first word of it. An empty name finds all.
    /// `_rec_names_search` if there are none. Before Odoo 18.
    pub names: Vec<Value>,
    /// The many2ones (`group_expand`) by which groups are shown without records, too, with the domain of those.
    /// Before Odoo 19.
    pub group_expand: BTreeMap<String, Value>,
    /// Whether record rules look up the companies above, and with these their texts, in the language of the call.
    pub company_tree_rule: bool,
    /// `_transient`: a wizard.
    pub transient: bool,
    /// `_abstract`: a mixin.
    pub is_abstract: bool,
}

/// Where a computed field is read from.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadFrom {
    /// The other field.
    pub field: String,
    /// The text that ends the value in that of the other field.
    #[serde(default)]
    pub until: Option<String>,
}

impl std::default::Default for ModelOptions {
    fn default() -> Self {
        Self {
            label: None,
            modules: "base".to_owned(),
            order: "id".to_owned(),
            rec_name: None,
            rec_names_search: Vec::new(),
            parent_name: "parent_id".to_owned(),
            company_rule: false,
            company_rule_about: None,
            auto_join: Vec::new(),
            cascades: Vec::new(),
            searches: BTreeMap::new(),
            computed: BTreeMap::new(),
            names: Vec::new(),
            group_expand: BTreeMap::new(),
            company_tree_rule: false,
            transient: false,
            is_abstract: false,
        }
    }
}

/// A database signs its users in without a model of users, too, and a client asks next who it is.
pub(crate) const WHO_AM_I: (&str, &str) = ("res.users", "context_get");

/// A many2many field, by model and name.
type FieldId = (String, String);

#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Table {
    pub(crate) records: BTreeMap<i64, Record>,
    last_id: i64,
    /// For every many2one that is the inverse of a one2many: the records that point at an id.
    inverse: HashMap<String, HashMap<i64, BTreeSet<i64>>>,
}

/// What a failed call has to put back.
#[derive(Clone, Debug)]
struct Undo {
    model: String,
    id: i64,
    before: Option<Record>,
}

/// An Odoo database in memory: a schema, its records and its users.
///
/// It evaluates domains, orders, groups and writes as Odoo 19 does. [`Database::series`] makes it answer as an
/// older or newer version where the protocol differs.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) name: String,
    pub(crate) models: BTreeMap<String, Arc<Model>>,
    pub(crate) languages: BTreeSet<String>,
    pub(crate) series: Series,
    tables: BTreeMap<String, Table>,
    users: BTreeMap<i64, User>,
    defaults: HashMap<FieldId, Default>,
    /// What a company-dependent field is on records that have no value of their own, by company or for all.
    company_defaults: HashMap<FieldId, BTreeMap<Option<i64>, Value>>,
    /// The side of a many2many that holds the lists, by the side that follows from it.
    mirrors: HashMap<FieldId, FieldId>,
    /// The folder that the models were read from.
    pub(crate) snapshot: Option<PathBuf>,
    /// The moment of every call, where it is not the machine's.
    clock: Option<String>,
    journal: Vec<Undo>,
}

impl Database {
    /// An empty database named `demo` with these models: `{model: {field: description}}`, the descriptions as
    /// `fields_get` sends them. `fields_get` answers with these attributes and no others; where one is missing,
    /// the sandbox itself takes a field for stored and searchable.
    ///
    /// `ir.model` and `ir.model.data` are added if absent, and `ir.model` lists the models. Nobody can sign in
    /// before [`Database::with_user`].
    pub fn new(models: BTreeMap<String, Map<String, Value>>) -> Self {
        let mut models = models;
        models
            .entry("ir.model".to_owned())
            .or_insert_with(schema::ir_model);
        models
            .entry("ir.model.data".to_owned())
            .or_insert_with(schema::ir_model_data);
        let models: BTreeMap<String, Arc<Model>> = models
            .into_iter()
            .map(|(name, fields)| (name.clone(), Arc::new(Model::new(&name, fields))))
            .collect();
        let mut database = Self {
            name: "demo".to_owned(),
            tables: tables_for(&models),
            models,
            languages: BTreeSet::from(["en_US".to_owned()]),
            series: odx_facts::NEWEST,
            users: BTreeMap::new(),
            defaults: HashMap::new(),
            company_defaults: HashMap::new(),
            mirrors: HashMap::new(),
            snapshot: None,
            clock: None,
            journal: Vec::new(),
        };
        database.list_models();
        database
    }

    /// Adds a model, where there is none of that name.
    pub(crate) fn add_model(&mut self, name: &str, fields: Map<String, Value>) {
        if self.models.contains_key(name) {
            return;
        }
        self.models
            .insert(name.to_owned(), Arc::new(Model::new(name, fields)));
        self.tables = tables_for(&self.models)
            .into_iter()
            .map(|(name, table)| {
                let known = self.tables.remove(&name);
                (name, known.unwrap_or(table))
            })
            .collect();
        self.list_models();
    }

    /// The database name that `odoo_instance.db` must give; `demo` if not set.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The Odoo version to answer as, such as `19.0` or `17.0`. It decides the error code (200 before 19), which
    /// operators and methods exist, and result shapes that changed. A text that is no version keeps 19.0.
    #[must_use]
    pub fn series(mut self, series: &str) -> Self {
        self.series = Series::parse(series).unwrap_or(self.series);
        for row in odx_facts::DROPPED_FIELDS {
            let model = self.models.get_mut(row.model);
            if let Some(model) = model.filter(|_| !row.had.holds(self.series)) {
                Arc::make_mut(model).fields.remove(row.field);
            }
        }
        self
    }

    /// Lets every call happen at one moment, such as `2024-02-29 23:59:59` in UTC, so that dates of creation and defaults
    /// are known.
    #[must_use]
    pub fn at(mut self, moment: impl Into<String>) -> Self {
        self.clock = Some(moment.into());
        self
    }

    /// The moment of a call, in UTC.
    pub(crate) fn now(&self) -> String {
        let machine = || values::datetime_text(TimeZone::UTC.to_datetime(Timestamp::now()));
        self.clock.clone().unwrap_or_else(machine)
    }

    /// The same, to calculate with. A clock that was set to no moment is that of the machine.
    pub(crate) fn moment(&self) -> Timestamp {
        let set = self.clock.as_deref().and_then(|clock| {
            let at = DateTime::strptime("%Y-%m-%d %H:%M:%S", clock).ok()?;
            TimeZone::UTC.to_timestamp(at).ok()
        });
        set.unwrap_or_else(Timestamp::now)
    }

    /// Adds a user.
    #[must_use]
    pub fn with_user(mut self, user: User) -> Self {
        self.users.insert(user.id, user);
        self
    }

    /// Adds an installed language, such as `fr_BE`; `en_US` is always there.
    #[must_use]
    pub fn with_language(mut self, code: impl Into<String>) -> Self {
        self.languages.insert(code.into());
        self
    }

    /// Sets the class attributes of a model. An unknown model is ignored.
    #[must_use]
    pub fn with_options(self, model: &str, options: ModelOptions) -> Self {
        self.with_all_options([(model, options)])
    }

    /// Sets the class attributes of models. Unknown models are ignored.
    #[must_use]
    pub(crate) fn with_all_options<'a>(
        mut self,
        options: impl IntoIterator<Item = (&'a str, ModelOptions)>,
    ) -> Self {
        for (model, options) in options {
            if let Some(known) = self.models.get_mut(model) {
                Arc::make_mut(known).set_options(options);
            }
        }
        self.list_models();
        self
    }

    /// Sets the default of a field.
    #[must_use]
    pub fn with_default(mut self, model: &str, field: &str, default: Default) -> Self {
        self.defaults
            .insert((model.to_owned(), field.to_owned()), default);
        self
    }

    /// Sets what a company-dependent field is on records that have no value of their own: in one company, or in all.
    #[must_use]
    pub fn with_company_default(
        mut self,
        model: &str,
        field: &str,
        company: Option<i64>,
        value: Value,
    ) -> Self {
        self.company_defaults
            .entry((model.to_owned(), field.to_owned()))
            .or_default()
            .insert(company, value);
        self
    }

    /// Declares the many2many `side` to be the other side of the many2many `stored`, whose lists count.
    #[must_use]
    pub fn mirrored(mut self, stored: (&str, &str), side: (&str, &str)) -> Self {
        let owned = |(model, field): (&str, &str)| (model.to_owned(), field.to_owned());
        self.mirrors.insert(owned(side), owned(stored));
        self
    }

    /// Adds records: wire values by field, a many2one as its id, an x2many as a list of ids.
    /// A record without an `id` gets the next one. One2many lists follow from their inverse and may be left out.
    /// A translated text may be an object by language (`{"en_US": .., "fr_FR": ..}`), the value of a company-dependent
    /// field one by company id; a datetime may have a fraction of a second, which a read does not show; `NaN` and the
    /// infinities are texts. A `display_name` is kept until the record is written, where only Python knows it.
    ///
    /// # Errors
    /// A model or a field that the schema does not have, or a value of a wrong type.
    pub fn with_records(
        mut self,
        model: &str,
        records: impl IntoIterator<Item = Map<String, Value>>,
    ) -> std::result::Result<Self, OdooError> {
        let known = self.model(model)?;
        for values in records {
            let id = values
                .get("id")
                .and_then(Value::as_i64)
                .unwrap_or_else(|| self.next_id(model));
            let mut record = Record::new();
            for (name, value) in values.into_iter().filter(|(name, _)| name != "id") {
                let field = known.fields.get(&name).ok_or_else(|| {
                    OdooError::value(format!("Invalid field '{name}' in '{model}'"))
                })?;
                let value = variants::given(field, values::loaded(&known, field, value)?);
                if !value.is_null() {
                    record.insert(name, value);
                }
            }
            if model == "ir.model" {
                self.name_model(&record);
            }
            self.put(model, id, record);
        }
        self.commit();
        Ok(self)
    }

    /// Lets the next record of a model have this id, as a sequence of the database that was used before would.
    pub fn restart_ids(&mut self, model: &str, next: i64) {
        let table = self.tables.entry(model.to_owned()).or_default();
        table.last_id = next - 1;
    }

    /// Refuses a user every access to a model, as missing access rules do.
    #[must_use]
    pub fn deny(mut self, model: &str, user: i64) -> Self {
        if let Some(user) = self.users.get_mut(&user) {
            user.denied.insert(model.to_owned());
        }
        self
    }

    /// The ids of a model's records, archived ones included.
    pub fn ids(&self, model: &str) -> Vec<i64> {
        self.tables
            .get(model)
            .map(|table| table.records.keys().copied().collect())
            .unwrap_or_default()
    }

    /// Whether this is the database of that name; if not, PostgreSQL's complaint.
    pub(crate) fn open(&self, name: &str) -> Result<()> {
        if name == self.name {
            return Ok(());
        }
        Err(OdooError::new(
            "psycopg2.OperationalError",
            format!("connection to server failed: FATAL:  database \"{name}\" does not exist\n"),
        ))
    }

    /// The user with this id, and this API key or password, in the database `name`. The id 0 stands for none.
    pub(crate) fn sign_in(&self, name: &str, user: i64, secret: &str) -> Result<User> {
        self.open(name)?;
        if user == 0 {
            return Err(OdooError::access_denied());
        }
        let known = self.users.get(&user);
        let known = known.ok_or_else(|| OdooError::missing("res.users", user, user))?;
        match known.accepts(secret) {
            true => Ok(known.clone()),
            false => Err(OdooError::access_denied()),
        }
    }

    /// What `common.authenticate` gives: the id of the user with this login, if the API key or password is theirs.
    pub(crate) fn log_in(&self, name: &str, login: &str, secret: &str) -> Result<Option<i64>> {
        self.open(name)?;
        let user = self.user_by_login(login);
        Ok(user.filter(|user| user.accepts(secret)).map(User::id))
    }

    /// The user with that login.
    pub(crate) fn user_by_login(&self, login: &str) -> Option<&User> {
        self.users
            .values()
            .find(|user| self.login_of(user).as_deref() == Some(login))
    }

    /// The names that users log in by.
    #[cfg(feature = "client")]
    pub(crate) fn logins(&self) -> Vec<String> {
        let users = self.users.values();
        users.filter_map(|user| self.login_of(user)).collect()
    }

    /// The name that a user logs in by.
    pub(crate) fn login_of(&self, user: &User) -> Option<String> {
        user.login.clone().or_else(|| {
            let record = self.record("res.users", user.id)?;
            record.get("login")?.as_str().map(str::to_owned)
        })
    }

    /// The user that an API key belongs to.
    pub(crate) fn user_by_key(&self, key: &str) -> Option<&User> {
        self.users.values().find(|user| user.has_key(key))
    }

    pub(crate) fn user(&self, id: i64) -> Option<&User> {
        self.users.get(&id)
    }

    pub(crate) fn model(&self, name: &str) -> Result<Arc<Model>> {
        self.models.get(name).cloned().ok_or_else(|| {
            let advice = self.advice_on(name);
            OdooError::user(format!("Object {name} doesn't exist{advice}"))
        })
    }

    /// Whether there is something to call: the model, or what a client asks next who has signed in.
    pub(crate) fn has(&self, model: &str, method: &str) -> bool {
        self.models.contains_key(model) || (model, method) == WHO_AM_I
    }

    /// What to do where a snapshot lacks a model, on a line of its own.
    pub(crate) fn advice_on(&self, model: &str) -> String {
        match &self.snapshot {
            Some(dir) => format!(
                "\nThe sandbox has the models of {} alone: add `{model}` to `[models] include` in odx.toml, and run `odx pull`.",
                dir.display()
            ),
            None => String::new(),
        }
    }

    /// A method that the sandbox does not have, in Odoo's words. Where the models are a user's own, it may well be in their Odoo.
    pub(crate) fn unknown_method(&self, model: &str, method: &str) -> OdooError {
        let error = OdooError::attribute(self.series, model, method);
        if self.snapshot.is_none() {
            return error;
        }
        let text = format!(
            "{}\nThe sandbox knows the methods of Odoo's core and a few of its apps, and not this one, which your Odoo may have: \
             test what calls it against a recording (`odx record`) or a real Odoo.",
            error.message()
        );
        OdooError::new(error.name(), text)
    }

    /// Lets records hold themselves what is read along a path that leads to no model of the database.
    pub(crate) fn hold_what_is_read_from_lacking_models(&mut self) {
        let known: BTreeSet<String> = self.models.keys().cloned().collect();
        let leads_nowhere = |model: &Model, path: &[String]| {
            let mut at = Some(model);
            let links = path.len().saturating_sub(1);
            path.iter().take(links).any(|link| {
                let target = at.and_then(|model| model.fields.get(link)?.relation.as_deref());
                at = target.and_then(|target| self.models.get(target).map(Arc::as_ref));
                target.is_some_and(|target| !known.contains(target))
            })
        };
        let mut held = Vec::new();
        for (name, model) in &self.models {
            let fields = model.fields.values().filter(|field| {
                let path = field.related.as_deref();
                path.is_some_and(|path| leads_nowhere(model, path))
            });
            held.extend(fields.map(|field| (name.clone(), field.name.clone())));
        }
        for (model, field) in held {
            let model = self.models.get_mut(&model).map(Arc::make_mut);
            if let Some(field) = model.and_then(|model| model.fields.get_mut(&field)) {
                field.hold();
            }
        }
    }

    /// The user that tests make records as.
    pub(crate) fn administrator(&self) -> Option<&User> {
        self.users.values().find(|user| user.is_administrator())
    }

    /// The id that the next record of a model gets.
    pub(crate) fn upcoming_id(&self, model: &str) -> i64 {
        self.tables.get(model).map_or(1, |table| table.last_id + 1)
    }

    pub(crate) fn table(&self, model: &str) -> Option<&Table> {
        self.tables.get(model)
    }

    pub(crate) fn record(&self, model: &str, id: i64) -> Option<&Record> {
        self.tables.get(model)?.records.get(&id)
    }

    pub(crate) fn default_of(&self, model: &str, field: &str) -> Option<&Default> {
        self.defaults.get(&(model.to_owned(), field.to_owned()))
    }

    /// What a company-dependent field is on records without a value of their own.
    pub(crate) fn company_default(&self, model: &str, field: &str, company: i64) -> Value {
        let known = self
            .company_defaults
            .get(&(model.to_owned(), field.to_owned()));
        known
            .and_then(|values| values.get(&Some(company)).or(values.get(&None)))
            .cloned()
            .unwrap_or_default()
    }

    /// The values of a company-dependent field for all records: that of the company, and that of all companies.
    pub(crate) fn company_defaults_of(
        &self,
        model: &str,
        field: &str,
        company: i64,
    ) -> impl Iterator<Item = &Value> {
        self.company_defaults
            .get(&(model.to_owned(), field.to_owned()))
            .into_iter()
            .flatten()
            .filter(move |(known, _)| known.is_none_or(|known| known == company))
            .map(|(_, value)| value)
    }

    /// The many2many that stores what this one shows, if it is a mirror.
    pub(crate) fn mirror(&self, model: &str, field: &str) -> Option<&FieldId> {
        self.mirrors.get(&(model.to_owned(), field.to_owned()))
    }

    /// The records of `comodel` whose many2one `inverse` is `id`, in id order.
    pub(crate) fn pointing_at(&self, comodel: &str, inverse: &str, id: i64) -> Vec<i64> {
        self.tables
            .get(comodel)
            .and_then(|table| table.inverse.get(inverse)?.get(&id))
            .map(|ids| ids.iter().copied().collect())
            .unwrap_or_default()
    }

    /// The records of `model` whose x2many `field` lists `id`, in id order.
    pub(crate) fn listing(&self, model: &str, field: &str, id: i64) -> Vec<i64> {
        let lists = |record: &Record| {
            record
                .get(field)
                .and_then(Value::as_array)
                .is_some_and(|ids| ids.contains(&Value::from(id)))
        };
        self.tables
            .get(model)
            .into_iter()
            .flat_map(|table| &table.records)
            .filter(|(_, record)| lists(record))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Reserves the next id of a model. Like a PostgreSQL sequence it never goes back.
    pub(crate) fn next_id(&mut self, model: &str) -> i64 {
        let table = self.tables.entry(model.to_owned()).or_default();
        table.last_id += 1;
        table.last_id
    }

    /// Stores a record, and remembers what was there until [`Database::commit`].
    pub(crate) fn put(&mut self, model: &str, id: i64, record: Record) {
        let before = self.replace(model, id, Some(record));
        self.journal.push(Undo {
            model: model.to_owned(),
            id,
            before,
        });
    }

    /// Deletes a record, and remembers it until [`Database::commit`].
    pub(crate) fn remove(&mut self, model: &str, id: i64) {
        let before = self.replace(model, id, None);
        self.journal.push(Undo {
            model: model.to_owned(),
            id,
            before,
        });
    }

    pub(crate) fn commit(&mut self) {
        self.journal.clear();
    }

    pub(crate) fn rollback(&mut self) {
        self.rollback_to(0);
    }

    /// Where the changes stand that a [`rollback_to`](Self::rollback_to) keeps.
    pub(crate) fn savepoint(&self) -> usize {
        self.journal.len()
    }

    /// Puts back what was changed after a savepoint.
    pub(crate) fn rollback_to(&mut self, savepoint: usize) {
        while self.journal.len() > savepoint
            && let Some(Undo { model, id, before }) = self.journal.pop()
        {
            self.replace(&model, id, before);
        }
    }

    fn replace(&mut self, model: &str, id: i64, record: Option<Record>) -> Option<Record> {
        let table = self.tables.entry(model.to_owned()).or_default();
        table.last_id = table.last_id.max(id);
        for (field, index) in &mut table.inverse {
            let target = |record: Option<&Record>| record?.get(field)?.as_i64();
            let old = target(table.records.get(&id));
            let new = target(record.as_ref());
            if old == new {
                continue;
            }
            if let Some(ids) = old.and_then(|old| index.get_mut(&old)) {
                ids.remove(&id);
            }
            if let Some(new) = new {
                index.entry(new).or_default().insert(id);
            }
        }
        match record {
            Some(record) => table.records.insert(id, record),
            None => table.records.remove(&id),
        }
    }

    /// Takes over label and modules from a given `ir.model` record.
    fn name_model(&mut self, record: &Record) {
        let text = |key: &str| record.get(key).and_then(Value::as_str).map(str::to_owned);
        let Some(model) = text("model").and_then(|name| self.models.get_mut(&name)) else {
            return;
        };
        let model = Arc::make_mut(model);
        model.label = text("name").unwrap_or_else(|| model.label.clone());
        model.modules = text("modules").unwrap_or_else(|| model.modules.clone());
    }

    /// Writes one `ir.model` record for every model.
    fn list_models(&mut self) {
        let described: Vec<(i64, Record)> = (1..)
            .zip(self.models.values())
            .map(|(id, model)| {
                let record = [
                    ("model", Value::from(model.name.as_str())),
                    ("name", Value::from(model.label.as_str())),
                    ("modules", Value::from(model.modules.as_str())),
                    ("order", Value::from(model.order.as_str())),
                    ("state", Value::from("base")),
                    ("transient", Value::from(model.transient)),
                    ("abstract", Value::from(model.is_abstract)),
                ];
                let fields = self.models.get("ir.model").map(|model| &model.fields);
                let record = record
                    .into_iter()
                    .filter(|(field, _)| fields.is_some_and(|known| known.contains_key(*field)))
                    .map(|(field, value)| (field.to_owned(), value))
                    .collect();
                (id, record)
            })
            .collect();
        for (id, record) in described {
            self.put("ir.model", id, record);
        }
        self.commit();
    }
}

fn tables_for(models: &BTreeMap<String, Arc<Model>>) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = models
        .keys()
        .map(|name| (name.clone(), Table::default()))
        .collect();
    let inverses = models
        .values()
        .flat_map(|model| model.fields.values())
        .filter(|field| field.kind == FieldType::One2many)
        .filter_map(|field| field.relation.clone().zip(field.inverse.clone()));
    for (comodel, inverse) in inverses {
        if let Some(table) = tables.get_mut(&comodel) {
            table.inverse.entry(inverse).or_default();
        }
    }
    tables
}
