//! A live Odoo, asked over a [`Session`].
//!
//! ```no_run
//! use odx_codegen::{Config, source};
//! use odx_runtime::{OdxProxy, OdooInstance};
//!
//! # async fn run(proxy_key: String, odoo_key: String) -> Result<(), Box<dyn std::error::Error>> {
//! let instance = OdooInstance::new("https://erp.example.com", "prod", 2, odoo_key);
//! let odoo = OdxProxy::new("https://proxy.example.com", proxy_key)?.session(instance);
//! let config = Config::load_or_default("odx.toml")?;
//! let pulled = source::live::pull(&odoo, 2, &config, |_| {}).await?;
//! source::write_snapshot(&pulled.schema, &config.schema.dir)?;
//! # Ok(()) }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use futures_util::{StreamExt, stream};
use odx_runtime::OdooError;
use odx_runtime::error::{Cause, TransportErrorKind};
use odx_runtime::session::{Call, Session};
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, closest, did_you_mean};
use crate::error::Error;
use crate::filter::ModelFilter;
use crate::schema::{Meta, Model, Schema};

pub use super::methods::{MethodsError, pull_methods};

/// The pseudo model that Odoo points broken relations at.
const UNKNOWN_MODEL: &str = "_unknown";

/// What is read of `ir.model`. `abstract` is there from Odoo 19 on.
const IR_MODEL_FIELDS: [&str; 5] = ["model", "name", "transient", "abstract", "modules"];

/// Why nothing could be read from an Odoo.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum PullError {
    /// The proxy or Odoo could not be reached, refused the keys, or went away half way.
    #[error(transparent)]
    Odoo(#[from] odx_runtime::Error),
    /// The configuration asks for something that cannot be.
    #[error(transparent)]
    Config(#[from] Error),
    /// The language is not installed. Odoo 14 to 17 would answer in English without a word.
    #[error("the language `{lang}` is not installed in this Odoo: choose one of {}, with --lang or [source] lang", .installed.join(", "))]
    Language {
        /// The language that was asked for.
        lang: String,
        /// Those that are installed.
        installed: Vec<String>,
    },
    /// The user may not list the models, and none is named.
    #[error(
        "this user may not list the models of Odoo, and none is named: name them in [models] include (\"res.partner\", not \"res.*\"), \
         or pull as a user with the access right `Access Rights`"
    )]
    NoModels,
    /// No model fits the configuration.
    #[error("none of the models of this Odoo ({listed} in all) is included by [models]: {globs}")]
    NothingIncluded {
        /// How many models there are.
        listed: usize,
        /// The globs of `include`.
        globs: String,
    },
}

odx_facts::debug_as_told!(PullError);

/// How the models were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discovery {
    /// `ir.model`, which lists them all. Up to Odoo 14 every user may read it, later those with `Access Rights`.
    IrModel,
    /// `ir.model.get_available_models` (Odoo 16 on): those that the user may read, without wizards.
    AvailableModels,
    /// The names in the configuration alone.
    Config,
}

impl fmt::Display for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IrModel => "ir.model",
            Self::AvailableModels => "ir.model.get_available_models",
            Self::Config => "the configuration",
        })
    }
}

/// What [`pull`] tells while it works.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Odoo answered, and took the keys.
    Connected {
        /// Odoo's version and the user.
        meta: &'a Meta,
    },
    /// The models to read are known; following relations may add more.
    Listed {
        /// How.
        by: Discovery,
        /// How many models will be read.
        models: usize,
    },
    /// A model was read, or could not be.
    Read {
        /// Its name.
        model: &'a str,
        /// How many models are done, this one included.
        done: usize,
        /// How many models there are to read, as far as is known.
        total: usize,
    },
}

/// What was read from an Odoo.
#[derive(Debug)]
#[non_exhaustive]
pub struct Pulled {
    /// The schema, without the models that failed.
    pub schema: Schema,
    /// Remarks about models and fields.
    pub diagnostics: Vec<Diagnostic>,
    /// The models that could not be read.
    pub failed: Vec<FailedModel>,
    /// How the models were found.
    pub discovery: Discovery,
    /// How many models that fit the configuration were left out, because they are abstract: they have no records.
    pub left_out: usize,
    /// The models whose methods were asked for and could not be read: [`pull_methods`].
    pub without_methods: Vec<FailedModel>,
    /// Why the methods of no model could be read.
    pub methods_error: Option<MethodsError>,
}

impl Pulled {
    /// Takes the models that could not be read from an earlier schema, where that has them, so that a bad moment of the
    /// server costs nothing. Models that Odoo says are not there stay out.
    pub fn keep_failed(&mut self, earlier: &Schema) {
        for failed in self
            .failed
            .iter_mut()
            .filter(|failed| matches!(failed.reason, Reason::Odoo(_)))
        {
            let Some(model) = earlier.model(&failed.model) else {
                continue;
            };
            self.schema.insert(model.clone());
            failed.kept = true;
        }
    }
}

/// A model that could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedModel {
    /// Its name.
    pub model: String,
    /// Whether the configuration names it, rather than a glob or a relation.
    pub named: bool,
    /// Whether an earlier snapshot's knowledge of it was kept: [`Pulled::keep_failed`].
    pub kept: bool,
    /// What happened.
    pub reason: Reason,
}

/// Why a model could not be read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// There is none of that name.
    #[error("there is no such model in this Odoo{}", did_you_mean(.likely.as_deref()))]
    NotThere {
        /// The name that was likely meant.
        likely: Option<String>,
    },
    /// Odoo refused, or answered something else.
    #[error(transparent)]
    Odoo(#[from] odx_runtime::Error),
}

odx_facts::debug_as_told!(Reason);

/// Reads the schema of the Odoo behind `session`, as `[source]` and `[models]` of the configuration ask.
///
/// `user_id` is the user of the session; their access rights decide which fields there are. Labels come in the
/// configured language whatever the session's. A model that cannot be read is in [`Pulled::failed`] and costs nothing
/// else. `observe` is called as the work goes on.
///
/// # Errors
///
/// [`PullError`], when nothing at all can be told: the proxy or Odoo cannot be reached or refuses, the language is not
/// installed, or no model fits.
pub async fn pull(
    session: &Session,
    user_id: i64,
    config: &Config,
    mut observe: impl FnMut(Event<'_>),
) -> Result<Pulled, PullError> {
    let source = connect(session, user_id, config).await?;
    observe(Event::Connected { meta: &source.meta });
    let listing = source.list().await?;
    let plan = source.plan(&listing)?;
    observe(Event::Listed {
        by: listing.by,
        models: plan.wanted.len(),
    });

    let mut failed = plan.failed;
    let mut seen = plan.wanted.clone();
    let mut answers: BTreeMap<String, Value> = BTreeMap::new();
    let mut wave = plan.wanted;
    let mut done = 0;
    while !wave.is_empty() {
        let mut found = BTreeSet::new();
        let read = wave.into_iter().map(|model| source.read(model));
        let mut read = stream::iter(read).buffer_unordered(config.source.concurrency.max(1));
        while let Some((model, answer)) = read.next().await {
            done += 1;
            observe(Event::Read {
                model: &model,
                done,
                total: seen.len(),
            });
            match answer {
                Ok(answer) => {
                    let targets = source.followed(&answer, &listing);
                    found.extend(
                        targets
                            .filter(|target| seen.insert((*target).to_owned()))
                            .map(str::to_owned),
                    );
                    answers.insert(model, answer);
                }
                Err(error) if ends_the_pull(&error) => return Err(error.into()),
                Err(error) => failed.push(source.failed(model, error.into())),
            }
        }
        wave = found;
    }

    failed.sort_by(|a, b| a.model.cmp(&b.model));
    let (schema, diagnostics) = Schema::from_fields_get(answers, &listing.rows, source.meta);
    Ok(Pulled {
        schema,
        diagnostics,
        failed,
        discovery: listing.by,
        left_out: plan.left_out,
        without_methods: Vec::new(),
        methods_error: None,
    })
}

/// Lists the models of the Odoo behind `session` that `[models]` of the configuration includes, without their fields.
///
/// # Errors
///
/// As [`pull`].
pub async fn list_models(
    session: &Session,
    user_id: i64,
    config: &Config,
) -> Result<Vec<Model>, PullError> {
    let source = connect(session, user_id, config).await?;
    let listing = source.list().await?;
    let plan = source.plan(&listing)?;
    let answers = plan.wanted.into_iter().map(|model| (model, json!({})));
    let (schema, _) = Schema::from_fields_get(answers, &listing.rows, source.meta);
    Ok(schema.models().cloned().collect())
}

/// An Odoo that answered, and what is wanted of it.
struct Source<'a> {
    /// Speaks the configured language.
    session: Session,
    config: &'a Config,
    filter: ModelFilter,
    meta: Meta,
}

/// The models that Odoo says there are.
struct Listing {
    by: Discovery,
    /// Rows of `ir.model`, as far as its fields may be read.
    rows: Vec<Value>,
    abstracts: BTreeSet<String>,
}

/// The models to read.
struct Plan {
    wanted: BTreeSet<String>,
    left_out: usize,
    failed: Vec<FailedModel>,
}

async fn connect<'a>(
    session: &Session,
    user_id: i64,
    config: &'a Config,
) -> Result<Source<'a>, PullError> {
    let filter = ModelFilter::new(&config.models)?;
    let version = session.version().await?;
    let lang = &config.source.lang;
    check_language(session, lang).await?;
    let session = session.lang(lang.clone());
    let user = login(&session, user_id).await?;
    let meta = Meta {
        odoo_version: Some(version.text),
        lang: Some(lang.clone()),
        user: Some(user),
        modules: installed_modules(&session).await?,
        ..Meta::default()
    };
    Ok(Source {
        session,
        config,
        filter,
        meta,
    })
}

/// `en_US` is always there. The list comes in no language, because Odoo 18 on refuses every call in an unknown one.
async fn check_language(session: &Session, lang: &str) -> Result<(), PullError> {
    if lang == "en_US" {
        return Ok(());
    }
    let call = Call::new("res.lang", "search_read")
        .arg(json!([["active", "=", true]]))
        .kwarg("fields", json!(["code"]))
        .kwarg("order", "code");
    let rows = tolerant(session, call).await?;
    let installed: Vec<String> = texts(&rows, "code").map(str::to_owned).collect();
    if installed.is_empty() || installed.iter().any(|code| code == lang) {
        return Ok(());
    }
    Err(PullError::Language {
        lang: lang.to_owned(),
        installed,
    })
}

/// The user's login, or the id where even that may not be read.
async fn login(session: &Session, user_id: i64) -> Result<String, PullError> {
    let call = Call::new("res.users", "read")
        .ids([user_id])
        .arg(json!(["login"]));
    let rows = tolerant(session, call).await?;
    let login = rows
        .as_ref()
        .and_then(|rows| rows.get(0)?.get("login")?.as_str());
    Ok(login.map_or_else(|| user_id.to_string(), str::to_owned))
}

/// The installed addons, sorted; empty where they may not be read, and `ir.model` may tell of some.
async fn installed_modules(session: &Session) -> Result<Vec<String>, PullError> {
    let call = Call::new("ir.module.module", "search_read")
        .arg(json!([["state", "=", "installed"]]))
        .kwarg("fields", json!(["name"]))
        .kwarg("order", "name");
    let rows = tolerant(session, call).await?;
    let names: BTreeSet<&str> = texts(&rows, "name").collect();
    Ok(names.into_iter().map(str::to_owned).collect())
}

/// The texts of a field, of the rows that were read.
fn texts<'r>(rows: &'r Option<Value>, field: &str) -> impl Iterator<Item = &'r str> {
    let rows = rows.as_ref().and_then(Value::as_array);
    let rows = rows.into_iter().flatten();
    rows.filter_map(move |row| row.get(field)?.as_str())
}

/// The answer to a call that this Odoo or this user may not have. A bad moment of the network or the server is not
/// taken for that: the same Odoo is to give the same snapshot.
async fn tolerant(session: &Session, call: Call) -> Result<Option<Value>, odx_runtime::Error> {
    match answer(session, call).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.odoo().is_none() || ends_the_pull(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

async fn answer(session: &Session, call: Call) -> Result<Value, odx_runtime::Error> {
    session.execute(call).await?.json()
}

/// Whether no other call can be expected to fare better.
fn ends_the_pull(error: &odx_runtime::Error) -> bool {
    use odx_runtime::Error as E;
    match error {
        E::Odoo(error) => error.cause() == Cause::Database,
        E::Transport(error) => matches!(
            error.kind,
            TransportErrorKind::Connect
                | TransportErrorKind::Certificate
                | TransportErrorKind::NoTls
                | TransportErrorKind::Request
        ),
        E::UpstreamTimeout(_) | E::LocalTimeout(_) | E::UnexpectedResult(_) => false,
        // The proxy could not read what Odoo said, or say what it was asked to.
        E::Proxy(error) => !matches!(error.code, -32005 | -32007),
        _ => true,
    }
}

impl Source<'_> {
    async fn list(&self) -> Result<Listing, PullError> {
        let listing = |by, rows| Ok(Listing::new(by, rows));
        // Asking for a field that a version does not have would be an error; asking which there are never is.
        let known = tolerant(
            &self.session,
            Call::new("ir.model", "fields_get").arg(json!(IR_MODEL_FIELDS)),
        )
        .await?;
        let known: Vec<&str> = IR_MODEL_FIELDS
            .into_iter()
            .filter(|field| {
                known
                    .as_ref()
                    .is_some_and(|known| known.get(field).is_some())
            })
            .collect();
        let all = Call::new("ir.model", "search_read")
            .arg(json!([]))
            .kwarg("fields", json!(known))
            .kwarg("order", "model");
        match answer(&self.session, all).await {
            Ok(Value::Array(rows)) => return listing(Discovery::IrModel, rows),
            // Only who may not read the list is to do with less: a bad moment of the server must not shrink a snapshot.
            Err(error) if !error.odoo().is_some_and(OdooError::is_access) => {
                return Err(error.into());
            }
            Ok(_) | Err(_) => {}
        }
        let available = Call::new("ir.model", "get_available_models");
        match tolerant(&self.session, available).await? {
            Some(Value::Array(rows)) if !rows.is_empty() => listing(
                Discovery::AvailableModels,
                rows.into_iter().map(like_ir_model).collect(),
            ),
            _ => listing(Discovery::Config, Vec::new()),
        }
    }

    fn plan(&self, listing: &Listing) -> Result<Plan, PullError> {
        let listed: BTreeSet<&str> = listing.models().collect();
        let included = listed.iter().filter(|model| self.filter.matches(model));
        let (noise, wanted): (Vec<&str>, Vec<&str>) =
            included.partition(|model| self.is_noise(model, listing));
        let mut plan = Plan {
            wanted: wanted.into_iter().map(str::to_owned).collect(),
            left_out: noise.len(),
            failed: Vec::new(),
        };
        for named in self
            .filter
            .named()
            .filter(|named| !listed.contains(named) && self.filter.matches(named))
        {
            // A list of all models is the last word; a partial one is not, and Odoo itself is asked.
            if listing.by != Discovery::IrModel {
                plan.wanted.insert(named.to_owned());
                continue;
            }
            let likely = closest(named, listed.iter().copied()).map(str::to_owned);
            plan.failed
                .push(self.failed(named.to_owned(), Reason::NotThere { likely }));
        }
        if !plan.wanted.is_empty() || !plan.failed.is_empty() {
            return Ok(plan);
        }
        match listing.by {
            Discovery::Config => Err(PullError::NoModels),
            _ => Err(PullError::NothingIncluded {
                listed: listed.len(),
                globs: self.config.models.include.join(", "),
            }),
        }
    }

    /// Models without records: nobody reads or writes them, and mixins repeat their fields in the models that use them.
    fn is_noise(&self, model: &str, listing: &Listing) -> bool {
        let is_named = self.filter.named().any(|named| named == model);
        !is_named && (model == UNKNOWN_MODEL || listing.abstracts.contains(model))
    }

    /// `fields_get`, and beside the required fields whether Odoo has a default for them.
    async fn read(&self, model: String) -> (String, Result<Value, odx_runtime::Error>) {
        let fields = async {
            let mut fields = answer(&self.session, Call::new(model.clone(), "fields_get")).await?;
            self.add_defaults(&model, &mut fields).await?;
            Ok(fields)
        };
        let fields = fields.await;
        (model, fields)
    }

    /// `fields_get` does not tell of defaults, and a create may leave out what has one. Wizards often cannot tell
    /// outside of their own flow, so failing is nothing unusual.
    async fn add_defaults(
        &self,
        model: &str,
        fields: &mut Value,
    ) -> Result<(), odx_runtime::Error> {
        let Value::Object(fields) = fields else {
            return Ok(());
        };
        let required: Vec<&str> = fields
            .iter()
            .filter(|(_, field)| create_needs(field))
            .map(|(name, _)| name.as_str())
            .collect();
        if required.is_empty() {
            return Ok(());
        }
        let call = Call::new(model.to_owned(), "default_get").arg(json!(required));
        let Some(Value::Object(defaults)) = tolerant(&self.session, call).await? else {
            return Ok(());
        };
        let required: Vec<String> = required.into_iter().map(str::to_owned).collect();
        for name in required {
            if let Some(Value::Object(field)) = fields.get_mut(&name) {
                let has_default = has_default(field, defaults.get(&name));
                field.insert("default".to_owned(), has_default.into());
            }
        }
        Ok(())
    }

    /// The models that the fields of one lead to, if those are wanted too.
    fn followed<'b>(
        &'b self,
        fields: &'b Value,
        listing: &'b Listing,
    ) -> impl Iterator<Item = &'b str> {
        let fields = fields
            .as_object()
            .filter(|_| self.config.source.follow_relations);
        let fields = fields.into_iter().flat_map(Map::values);
        fields
            .filter_map(|field| field.get("relation")?.as_str())
            .filter(|model| !self.filter.excludes(model) && !self.is_noise(model, listing))
    }

    fn failed(&self, model: String, reason: Reason) -> FailedModel {
        FailedModel {
            named: self.filter.named().any(|named| named == model),
            model,
            kept: false,
            reason,
        }
    }
}

impl Listing {
    fn new(by: Discovery, rows: Vec<Value>) -> Self {
        let is_abstract = |row: &&Value| row.get("abstract").and_then(Value::as_bool) == Some(true);
        let abstracts = rows
            .iter()
            .filter(is_abstract)
            .filter_map(name_of)
            .map(str::to_owned)
            .collect();
        Self {
            by,
            rows,
            abstracts,
        }
    }

    fn models(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(name_of)
    }
}

fn name_of(row: &Value) -> Option<&str> {
    row.get("model")?.as_str()
}

/// `{"model": .., "display_name": ..}` with the label where `ir.model` has it.
fn like_ir_model(row: Value) -> Value {
    json!({"model": row.get("model"), "name": row.get("display_name")})
}

/// Required, with a column, and not computed by Odoo.
fn create_needs(field: &Value) -> bool {
    let is_set = |key| field.get(key).and_then(Value::as_bool).unwrap_or(false);
    let is_computed = field
        .get("depends")
        .and_then(Value::as_array)
        .is_some_and(|depends| !depends.is_empty());
    is_set("required") && is_set("store") && !is_computed
}

/// `default_get` leaves out fields without a default, but gives `false` for a relation whose default found no record.
fn has_default(field: &Map<String, Value>, default: Option<&Value>) -> bool {
    let is_boolean = field.get("type").and_then(Value::as_str) == Some("boolean");
    match default {
        None | Some(Value::Null) => false,
        Some(Value::Bool(false)) => is_boolean,
        Some(_) => true,
    }
}
