//! What is asked outside a session: the version of an Odoo, its databases, whether a proxy knows a protocol.

use std::time::Duration;

use super::{
    client::HttpClient,
    http::{Asked, Http},
    request::{Request, Response},
    servers::Server,
};
use crate::Error;

/// A request that changes nothing and needs no login.
pub(super) struct Question<'a> {
    pub(super) request: Request,
    pub(super) limit: Duration,
    pub(super) asked: Asked<'a>,
}

impl HttpClient {
    /// Asks about an Odoo in its turn, and again where the client's policy says so.
    pub(super) async fn ask<T>(
        &self,
        odoo: &Server,
        http: &Http,
        question: Question<'_>,
        read: impl Fn(Response) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Question {
            request,
            limit,
            asked,
        } = question;
        let mut retries = 0;
        loop {
            let response = {
                let _turn = odoo.turn(limit, asked.site).await?;
                http.send(request.clone(), limit, asked).await
            };
            match response.and_then(|response| read(*response)) {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    let policy = &self.limits.retry;
                    policy.pause(&mut retries, error, asked.site).await?;
                }
            }
        }
    }
}
