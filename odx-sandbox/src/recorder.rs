//! What tests ask of a server: which calls it received, and to let some go wrong.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName};
use odx_facts::{Level, Method};
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::roads::{Arguments, Head, Road};

/// The headers that open something.
const SECRET_HEADERS: [HeaderName; 3] =
    [HeaderName::from_static("x-api-key"), AUTHORIZATION, COOKIE];

/// A call that the server received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The road that it came in by.
    pub road: Road,
    /// The path of the request.
    pub path: String,
    /// The Odoo model.
    pub model: String,
    /// The Odoo method.
    pub method: String,
    /// How many ids a method on records was given; 0 for others.
    pub ids: usize,
    /// The request headers, without keys, passwords and cookies.
    pub headers: HeaderMap,
    /// The keyword arguments, `context` among them.
    pub keyword: Map<String, Value>,
    /// The positional arguments.
    pub params: Vec<Value>,
}

impl Call {
    /// A header as text, if it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A fault that waits for its call.
#[derive(Clone, Debug)]
struct Planned {
    road: Option<Road>,
    model: Option<String>,
    method: Option<String>,
    fault: Fault,
    times: usize,
}

/// The calls received and the faults to come.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// How many calls are remembered at most.
    limit: usize,
    calls: Mutex<VecDeque<Call>>,
    /// How many requests came for a path.
    requests: Mutex<HashMap<String, usize>>,
    faults: Mutex<Vec<Planned>>,
    /// How long calls wait that no fault is planned for.
    delay: Mutex<Duration>,
}

/// Takes a lock whatever happened to its last holder: the data is whole between calls.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            calls: Mutex::default(),
            requests: Mutex::default(),
            faults: Mutex::default(),
            delay: Mutex::default(),
        }
    }

    /// Counts a request, where calls are kept, too: whoever asks may ask for any path.
    pub(crate) fn count(&self, path: &str) {
        if self.remembers() {
            *lock(&self.requests).entry(path.to_owned()).or_default() += 1;
        }
    }

    pub(crate) fn requests(&self, path: &str) -> usize {
        lock(&self.requests).get(path).copied().unwrap_or_default()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.calls).iter().cloned().collect()
    }

    /// Whether calls are kept at all.
    pub(crate) fn remembers(&self) -> bool {
        self.limit > 0
    }

    pub(crate) fn clear(&self) {
        lock(&self.calls).clear();
    }

    pub(crate) fn clear_faults(&self) {
        lock(&self.faults).clear();
        self.slow(Duration::ZERO);
    }

    pub(crate) fn slow(&self, delay: Duration) {
        *lock(&self.delay) = delay;
    }

    /// The model and the method of each fault that is still to come, once for each time.
    pub(crate) fn planned(&self) -> Vec<(String, String)> {
        let faults = lock(&self.faults);
        let left = faults.iter().flat_map(|fault| {
            let named = |name: &Option<String>| name.clone().unwrap_or_default();
            let names = (named(&fault.model), named(&fault.method));
            std::iter::repeat_n(names, fault.times)
        });
        left.collect()
    }

    /// Plans a fault for the next `times` calls; `None` and `""` stand for any road, model or method.
    pub(crate) fn plan(
        &self,
        road: Option<Road>,
        model: &str,
        method: &str,
        fault: Fault,
        times: usize,
    ) {
        let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        lock(&self.faults).push(Planned {
            road,
            model: named(model),
            method: named(method),
            fault,
            times,
        });
    }

    /// Remembers a call, without the proxy key and the credentials for Odoo. Its arguments are read if they are kept.
    pub(crate) fn remember<E>(
        &self,
        head: &Head,
        model: &str,
        method: &str,
        arguments: impl FnOnce() -> Result<Arguments, E>,
    ) -> Result<(), E> {
        if !self.remembers() {
            return Ok(());
        }
        let mut headers = head.headers.clone();
        for secret in SECRET_HEADERS {
            headers.remove(secret);
        }
        let (params, keyword) = arguments()?;
        let on_records =
            Method::of(model, method).is_none_or(|method| method.level == Level::Records);
        let ids = match params.first() {
            Some(Value::Array(ids)) if on_records => ids.iter().filter(|id| id.is_i64()).count(),
            Some(Value::Number(_)) if on_records => 1,
            _ => 0,
        };
        let mut calls = lock(&self.calls);
        if calls.len() == self.limit {
            calls.pop_front();
        }
        calls.push_back(Call {
            road: head.road,
            path: head.uri.path().to_owned(),
            model: model.to_owned(),
            method: method.to_owned(),
            ids,
            headers,
            keyword,
            params,
        });
        Ok(())
    }

    /// The fault that is planned for a call, if any.
    pub(crate) fn take_fault(&self, road: Road, model: &str, method: &str) -> Option<Fault> {
        let planned = self.take_planned(road, model, method);
        planned.or_else(|| {
            let delay = *lock(&self.delay);
            (!delay.is_zero()).then_some(Fault::Delay(delay))
        })
    }

    fn take_planned(&self, road: Road, model: &str, method: &str) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let fits = |planned: &Planned| {
            planned.road.is_none_or(|wanted| wanted == road)
                && planned
                    .model
                    .as_deref()
                    .is_none_or(|wanted| wanted == model)
                && planned
                    .method
                    .as_deref()
                    .is_none_or(|wanted| wanted == method)
        };
        let at = faults.iter().position(fits)?;
        let fault = faults[at].fault.clone();
        faults[at].times = faults[at].times.saturating_sub(1);
        if faults[at].times == 0 {
            faults.remove(at);
        }
        Some(fault)
    }
}
