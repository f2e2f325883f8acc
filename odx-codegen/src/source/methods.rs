//! The methods of models, as Odoo 19 and on document them. They do not go through the proxy.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use odx_facts::DOCUMENTS_METHODS;
use odx_runtime::error::TransportErrorKind;
use odx_runtime::session::{Call, Session};
use odx_runtime::transport::OdooDocumentation;
use odx_runtime::{Error, Reply};

use super::live::{Event, FailedModel, Pulled};
use crate::config::Config;
use crate::schema::{Model, Schema};

/// The group whose users may read the documentation.
const GROUP: &str = "api_doc.group_allow_doc";

/// Why no methods could be read from an Odoo. What it knows of models and fields is not touched by this.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum MethodsError {
    /// The server documents no methods.
    #[error(
        "Odoo {version} does not document its methods, which Odoo {} was the first to do: `odx methods MODEL` lists those that odx knows from its source; declare others as [[method]] in odx.toml",
        DOCUMENTS_METHODS.first()
    )]
    TooOld {
        /// Its version.
        version: String,
    },
    /// The user may not read the documentation.
    #[error(
        "this user may not read Odoo's documentation of its methods: add the user to the group Technical Documentation ({GROUP}), \
         pull as an administrator, or declare the methods as [[method]] in odx.toml"
    )]
    NotAllowed,
    /// There is no API key.
    #[error(
        "Odoo shows its documentation of its methods for an API key and for no password: give the user's API key (ODX_ODOO_API_KEY, or \
         `key-env` of a connection), or declare the methods as [[method]] in odx.toml"
    )]
    NoKey,
    /// Odoo itself, which shows it past any proxy, cannot be reached.
    #[error(
        "Odoo shows its documentation of its methods itself, past any ODXProxy, and cannot be reached from here: pull where ODX_ODOO_URL \
         leads to it, or declare the methods as [[method]] in odx.toml"
    )]
    Unreachable(#[source] Error),
    /// Odoo refused the key, has no such page, or answered something else.
    #[error("Odoo did not show its documentation of its methods")]
    Refused(#[source] Error),
}

odx_facts::debug_as_told!(MethodsError);

/// Reads the methods of the models that were pulled into them.
///
/// `session`, `user_id` and `config` are those they were pulled with. Models whose methods cannot be read are in
/// [`Pulled::without_methods`]; what kept those of all from being read is [`Pulled::methods_error`].
pub async fn pull_methods(
    pulled: &mut Pulled,
    session: &Session,
    user_id: i64,
    documentation: &OdooDocumentation,
    config: &Config,
    observe: impl FnMut(Event<'_>),
) {
    let read = match check(&pulled.schema, session, user_id).await {
        Ok(()) => documented(&pulled.schema, documentation, config, observe).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(models) => pulled.take_methods(models, config),
        Err(error) => pulled.methods_error = Some(error),
    }
}

/// Models with their methods, or why they have none.
type Documented = BTreeMap<String, Result<Model, Error>>;

async fn documented(
    schema: &Schema,
    documentation: &OdooDocumentation,
    config: &Config,
    mut observe: impl FnMut(Event<'_>),
) -> Result<Documented, MethodsError> {
    let total = schema.models().len();
    let read = schema.models().map(|model| async move {
        let document = documentation.model(&model.model).await;
        (model, document)
    });
    let concurrency = config.source.concurrency.max(1);
    let mut read = stream::iter(read).buffer_unordered(concurrency);
    let mut documented = Documented::new();
    while let Some((model, document)) = read.next().await {
        observe(Event::Read {
            model: &model.model,
            done: documented.len() + 1,
            total,
        });
        let with_methods = document.and_then(|document| with_methods(model, &document));
        let with_methods = match with_methods {
            Ok(model) => Ok(model),
            Err(error) => Err(of_this_model_alone(error)?),
        };
        documented.insert(model.model.clone(), with_methods);
    }
    Ok(documented)
}

fn with_methods(model: &Model, document: &Reply) -> Result<Model, Error> {
    let mut model = model.clone();
    match model.read_methods(document.raw()?.unwrap_or_default()) {
        Ok(()) => Ok(model),
        Err(error) => Err(document.mismatch(&format!("documented methods ({error})"))),
    }
}

/// The error, unless no other model can be expected to fare better.
fn of_this_model_alone(error: Error) -> Result<Error, MethodsError> {
    match error {
        Error::Odoo(_) | Error::UnexpectedResult(_) => Ok(error),
        Error::Transport(ref failed) if failed.kind == TransportErrorKind::Certificate => {
            Err(MethodsError::Refused(error))
        }
        Error::Transport(_) | Error::LocalTimeout(_) => Err(MethodsError::Unreachable(error)),
        _ => Err(MethodsError::Refused(error)),
    }
}

impl Pulled {
    fn take_methods(&mut self, models: Documented, config: &Config) {
        for (name, model) in models {
            match model {
                Ok(model) => {
                    self.schema.insert(model);
                }
                Err(error) => self.without_methods.push(FailedModel {
                    named: config.models.include.contains(&name),
                    model: name,
                    kept: false,
                    reason: error.into(),
                }),
            }
        }
    }

    /// Takes the methods that could not be read from an earlier schema, where that has them.
    pub fn keep_methods(&mut self, earlier: &Schema) {
        let all = self.methods_error.is_some();
        let models: Vec<Model> = self.schema.models().cloned().collect();
        for mut model in models {
            let failed = self
                .without_methods
                .iter_mut()
                .find(|failed| failed.model == model.model);
            let Some(earlier) = earlier.model(&model.model) else {
                continue;
            };
            if !(all || failed.is_some()) || earlier.methods.is_empty() {
                continue;
            }
            if let Some(failed) = failed {
                failed.kept = true;
            }
            model.methods.clone_from(&earlier.methods);
            self.schema.insert(model);
        }
    }
}

/// What can be told without asking for every model.
async fn check(schema: &Schema, session: &Session, user_id: i64) -> Result<(), MethodsError> {
    let documents = |series| DOCUMENTS_METHODS.holds(series);
    if !schema.meta.series().is_none_or(documents) {
        return Err(MethodsError::TooOld {
            version: schema.meta.odoo_version.clone().unwrap_or_default(),
        });
    }
    let call = Call::new("res.users", "has_group")
        .ids([user_id])
        .kwarg("group_ext_id", GROUP);
    let allowed = session
        .execute(call)
        .await
        .and_then(|reply| reply.boolean());
    match allowed {
        Ok(false) => Err(MethodsError::NotAllowed),
        // Where this cannot be told, the documentation itself will.
        Ok(true) | Err(_) => Ok(()),
    }
}
