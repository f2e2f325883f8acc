//! The methods of models, as Odoo 19 and on document them. They do not go through the proxy.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use odx_runtime::session::{Call, Session};
use odx_runtime::transport::OdooDocumentation;
use odx_runtime::{Error, Reply};
use serde_json::json;

use super::live::{Event, Pulled};
use crate::diagnostic::Diagnostic;
use crate::schema::{Model, Schema};

/// The first Odoo that documents its methods.
const FIRST: u32 = 19;

/// The group whose users may read the documentation.
const GROUP: &str = "api_doc.group_allow_doc";

/// Why no methods could be read from an Odoo. What it knows of models and fields is not touched by this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MethodsError {
    /// The server documents no methods.
    #[error(
        "Odoo {version} does not document its methods, which Odoo {FIRST} was the first to do: declare those you call as [[method]] in odx.toml"
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
    /// Odoo cannot be reached past the proxy.
    #[error(
        "Odoo's documentation of its methods does not go through the proxy, and Odoo itself cannot be reached from here: pull where \
         ODX_ODOO_URL leads to it, or declare the methods as [[method]] in odx.toml"
    )]
    Unreachable(#[source] Error),
    /// Odoo refused the key, has no such page, or answered something else.
    #[error("Odoo did not show its documentation of its methods")]
    Refused(#[source] Error),
}

/// Reads the methods of the models that were pulled into them.
///
/// `session` and `user_id` are those they were pulled with. A model whose methods cannot be read has none, is in
/// [`Pulled::without_methods`], and is told in the diagnostics.
///
/// # Errors
///
/// [`MethodsError`], when the methods of no model can be read; then all models are in [`Pulled::without_methods`].
pub async fn pull_methods(
    pulled: &mut Pulled,
    session: &Session,
    user_id: i64,
    documentation: &OdooDocumentation,
    concurrency: usize,
    mut observe: impl FnMut(Event<'_>),
) -> Result<(), MethodsError> {
    let models: Vec<Model> = pulled.schema.models().cloned().collect();
    pulled.without_methods = models.iter().map(|model| model.model.clone()).collect();
    check(&pulled.schema, session, user_id).await?;

    let total = models.len();
    let read = models.into_iter().map(|model| async {
        let document = documentation.model(&model.model).await;
        (model, document)
    });
    let mut read = stream::iter(read).buffer_unordered(concurrency.max(1));
    let mut documented = BTreeMap::new();
    while let Some((mut model, document)) = read.next().await {
        let result = take_methods(&mut model, document)?;
        observe(Event::Read {
            model: &model.model,
            done: documented.len() + 1,
            total,
        });
        documented.insert(model.model.clone(), (model, result));
    }

    pulled.without_methods.clear();
    for (name, (model, result)) in documented {
        match result {
            Ok(()) => {
                pulled.schema.insert(model);
            }
            Err(message) => {
                let message = format!("its methods were not read: {message}");
                pulled.diagnostics.push(Diagnostic::warning(&name, message));
                pulled.without_methods.push(name);
            }
        }
    }
    Ok(())
}

impl Pulled {
    /// Takes the methods that could not be read from an earlier schema, where that has them.
    pub fn keep_methods(&mut self, earlier: &Schema) {
        for name in &self.without_methods {
            if let (Some(model), Some(earlier)) = (self.schema.model(name), earlier.model(name)) {
                let methods = earlier.methods.clone();
                let model = Model {
                    methods,
                    ..model.clone()
                };
                self.schema.insert(model);
            }
        }
    }
}

/// What can be told without asking for every model.
async fn check(schema: &Schema, session: &Session, user_id: i64) -> Result<(), MethodsError> {
    if schema.meta.odoo_major().is_some_and(|major| major < FIRST) {
        return Err(MethodsError::TooOld {
            version: schema.meta.odoo_version.clone().unwrap_or_default(),
        });
    }
    let call = Call::new("res.users", "has_group")
        .arg(json!([user_id]))
        .arg(GROUP);
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

/// Reads a document into its model. The inner error is the model's alone.
fn take_methods(
    model: &mut Model,
    document: Result<Reply, Error>,
) -> Result<Result<(), String>, MethodsError> {
    match document {
        Ok(document) => {
            let document = document.raw().unwrap_or_default();
            Ok(model
                .read_methods(document)
                .map_err(|error| error.to_string()))
        }
        Err(error @ Error::Odoo(_)) => Ok(Err(error.to_string())),
        Err(error @ (Error::Transport(_) | Error::LocalTimeout(_))) => {
            Err(MethodsError::Unreachable(error))
        }
        Err(error) => Err(MethodsError::Refused(error)),
    }
}
