//! ODXProxy v2 (0.9 and on): Odoo's JSON-2 behind the proxy, for Odoo 19 and on.

use serde::Serialize;

use super::{
    json2,
    odxproxy::{Instance, Protocol},
    road::Ask,
};
use crate::{
    Error,
    session::{Call, Named, Reply},
};

/// Version 2: JSON-2 of Odoo 19 and on.
pub(super) struct V2;

impl Protocol for V2 {
    const NAME: &'static str = "odxproxy-v2";
    const PATH: &'static str = "/v2/odoo/execute";
    const NAMES_USER: bool = false;

    /// The names of arguments depend on it.
    const NEEDS_SERIES: bool = true;

    fn body<'a>(
        call: &'a Call,
        instance: Instance<'a>,
        ask: Ask<'a>,
    ) -> Result<impl Serialize, Error> {
        Ok(Execute {
            id: ask.request_id(),
            model_id: call.model(),
            method: call.method(),
            kwargs: call.named(json2::series(ask, Self::NAME)?)?,
            odoo_instance: instance,
        })
    }

    /// A created record comes in a list, whatever was given.
    fn result(reply: Reply, call: &Call) -> Reply {
        reply.asked_by(call)
    }
}

#[derive(Serialize)]
struct Execute<'a> {
    id: &'a str,
    model_id: &'a str,
    method: &'a str,
    /// The body that Odoo gets.
    kwargs: Named<'a>,
    odoo_instance: Instance<'a>,
}
