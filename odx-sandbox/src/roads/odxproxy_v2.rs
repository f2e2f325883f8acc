//! ODXProxy v2: `/v2/odoo/..`, which leads to JSON-2 and takes its named arguments.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::Response;
use axum::routing::post;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::envelope::{self, Envelope, Sender};
use super::odxproxy::{ProxyError, check_key, counted, passed_on, upstream_timeout, versioned};
use super::{Form, Head, Road, behaviour, json2};
use crate::body::{self, Refused};
use crate::fault;
use crate::metrics::Outcome;
use crate::odoo::{Answer, Database, OdooError};
use crate::recorder::lock;
use crate::server::{Running, Shared};
use crate::upstream::Upstream;

pub(super) fn routes(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/v2/odoo/execute", post(execute))
        .route("/v2/odoo/version", post(version))
        .layer(middleware::from_fn_with_state(
            Arc::clone(shared),
            check_key,
        ))
}

/// The body of `/v2/odoo/execute`. A `user_id` of the instance is not looked at.
#[derive(Deserialize)]
struct Execute<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    model_id: String,
    method: String,
    #[serde(default, borrow)]
    kwargs: Option<&'a RawValue>,
    odoo_instance: Instance,
}

#[derive(Deserialize)]
struct Instance {
    url: String,
    db: String,
    api_key: SecretString,
}

impl<'a> Execute<'a> {
    fn read(body: &'a [u8]) -> Result<Self, Refused> {
        let request: Self = body::read(body)?;
        match request.kwargs {
            Some(kwargs) if !kwargs.get().starts_with('{') => {
                Err(Refused::Shape("kwargs: expected an object".to_owned()))
            }
            _ => Ok(request),
        }
    }

    /// The named arguments as they were written.
    fn kwargs(&self) -> &'a str {
        self.kwargs.map_or("{}", RawValue::get)
    }

    fn arguments(&self) -> Result<Map<String, Value>, Refused> {
        body::read(self.kwargs().as_bytes())
    }
}

async fn execute(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    counted(&shared, executed(&shared, request).await)
}

async fn executed(shared: &Shared, request: Request) -> Result<(Outcome, Response), Refused> {
    let head = Head::of(Road::OdxProxyV2, &request);
    let (body, held) = shared.bodies.take(request).await?;
    let request = Execute::read(&body)?;
    let timeout = upstream_timeout(&head.headers);
    let refused = |error: ProxyError| Ok((Outcome::ProxyError, error.respond(request.id)));
    for (member, name) in [("model_id", &request.model_id), ("method", &request.method)] {
        if !is_identifier(name) {
            return refused(ProxyError::Identifier(member));
        }
    }
    if let Err(error) = shared.trouble.strike(timeout).await {
        return refused(error);
    }
    let (model, method) = (&request.model_id, &request.method);
    tracing::debug!(model, method, "call");
    let mut form = Named(Envelope {
        id: request.id.to_owned(),
        sender: Sender::Proxy { code: 0 },
    });
    let remember = |arguments| {
        shared
            .recorder
            .remember(&head, model, method, || Ok::<_, Refused>(arguments))
    };
    match &shared.backend {
        Running::Memory(database) => {
            let named = request.arguments()?;
            let bound = {
                let database = lock(database);
                let instance = &request.odoo_instance;
                if !behaviour::HAS_JSON_2.holds(database.series) || instance.db != database.name {
                    return refused(ProxyError::NoJson2);
                }
                let user = database.sign_in_by_key(Some(&instance.api_key));
                user.and_then(|user| {
                    json2::named_call(&database, user, model.clone(), method.clone(), named)
                })
            };
            let called = match bound {
                Ok(called) => called,
                Err(error) => return Ok((Outcome::OdooError, form.raised(&error, None))),
            };
            remember((called.args.clone(), called.kwargs.clone()))?;
            let fault = shared.recorder.take_fault(Road::OdxProxyV2, model, method);
            if let Some(fault) = &fault
                && let Some(response) = fault.strike(&mut form, Some(timeout)).await
            {
                return Ok((Outcome::ProxyError, response));
            }
            let (outcome, answer) = called.run(database, &form).await;
            Ok((outcome, fault::sent(fault.as_ref(), answer)))
        }
        Running::Odoo(upstream) => {
            if shared.recorder.remembers() {
                remember((Vec::new(), request.arguments()?))?;
            }
            let fault = shared.recorder.take_fault(Road::OdxProxyV2, model, method);
            if let Some(fault) = &fault
                && let Some(response) = fault.strike(&mut form, Some(timeout)).await
            {
                return Ok((Outcome::ProxyError, response));
            }
            let Instance { url, db, api_key } = &request.odoo_instance;
            let asked = upstream.named(url, db, api_key, (model, method), request.kwargs());
            let id = form.0.id;
            let asked = match asked {
                Ok(asked) => asked,
                Err(error) => return Ok((Outcome::ProxyError, error.respond(&id))),
            };
            // It stands in the request to Odoo now, and may be large.
            drop(body);
            let (outcome, answer) = passed_on(upstream.send(asked, held, timeout).await, &id);
            Ok((outcome, fault::sent(fault.as_ref(), answer)))
        }
    }
}

/// Whether a name may stand in the path of a request to Odoo.
fn is_identifier(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(fits)
}

async fn version(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    versioned(
        &shared,
        request,
        Database::short_version,
        Upstream::short_version,
    )
    .await
}

/// The envelope around what JSON-2 answers: its status is the code of an error.
struct Named(Envelope);

impl Form for Named {
    fn done(&self, answer: Answer) -> Response {
        envelope::success(&self.0.id, Some(answer))
    }

    fn raised(&self, error: &OdooError, code: Option<i64>) -> Response {
        let code = code.unwrap_or_else(|| json2::status_of(error).into());
        self.0
            .failed(&json!({"code": code, "message": error.message(), "data": error.data()}))
    }

    fn written(&self, text: String) -> Response {
        self.0.written(text)
    }

    fn cut_off(&self) -> Response {
        self.0.cut_off()
    }

    fn between(&self, error: &ProxyError) -> Response {
        self.0.between(error)
    }

    fn answer_to(&mut self, id: &Value) {
        self.0.answer_to(id);
    }
}
