//! A real Odoo behind the proxy: calls go to `POST {url}/jsonrpc`.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use url::Url;

use crate::protocol::{Instance, ProxyError};

/// How long an Odoo may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP client that talks to Odoo.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    http: reqwest::Client,
    allowed: Option<Url>,
}

/// The envelope that Odoo answered: what is passed on as it came.
///
/// The JSON within is not read, since Odoo writes numbers that JSON does not have (`NaN`, `Infinity`).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// The text of `result`.
    Result(String),
    /// The text of `error`.
    Error(String),
    /// Neither, as after a method that returns `None`.
    Nothing,
}

impl Upstream {
    /// A client for any Odoo, or only for the one at `allowed`.
    pub(crate) fn new(allowed: Option<Url>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()?;
        Ok(Self { http, allowed })
    }

    /// `object.execute_kw`.
    pub(crate) async fn execute(
        &self,
        instance: &Instance,
        model: &str,
        method: &str,
        (args, kwargs): (Vec<Value>, Map<String, Value>),
        timeout: Duration,
    ) -> Result<Reply, ProxyError> {
        let params = json!({
            "service": "object",
            "method": "execute_kw",
            "args": [
                instance.db,
                instance.user_id,
                instance.api_key.expose_secret(),
                model,
                method,
                args,
                kwargs,
            ],
        });
        self.post(&instance.url, params, timeout).await
    }

    /// `common.version`.
    pub(crate) async fn version(&self, url: &str, timeout: Duration) -> Result<Reply, ProxyError> {
        let params = json!({"service": "common", "method": "version", "args": []});
        self.post(url, params, timeout).await
    }

    async fn post(&self, url: &str, params: Value, timeout: Duration) -> Result<Reply, ProxyError> {
        let endpoint = self.endpoint(url)?;
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params});
        let failed = |error: reqwest::Error| {
            // The address may hold a user's own data: only the kind of failure is told.
            if error.is_timeout() {
                ProxyError::Timeout
            } else if error.is_decode() || error.is_body() {
                ProxyError::Undecodable
            } else {
                ProxyError::Unreachable(error.without_url().to_string())
            }
        };
        let send = async {
            let request = self.http.post(endpoint).json(&body);
            let response = request.send().await.map_err(failed)?;
            let status = response.status();
            Ok((status, response.bytes().await.map_err(failed)?))
        };
        let (status, bytes) = tokio::time::timeout(timeout, send)
            .await
            .map_err(|_| ProxyError::Timeout)??;
        if !status.is_success() {
            let message = format!("Odoo answered HTTP {}", status.as_u16());
            let error = json!({"code": status.as_u16(), "message": message});
            return Ok(Reply::Error(error.to_string()));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| ProxyError::Undecodable)?;
        Reply::read(text).ok_or(ProxyError::Undecodable)
    }

    fn endpoint(&self, url: &str) -> Result<Url, ProxyError> {
        let unusable = || ProxyError::Unreachable("the Odoo address is not usable".to_owned());
        let url = Url::parse(url).map_err(|_| unusable())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(unusable());
        }
        if self
            .allowed
            .as_ref()
            .is_some_and(|allowed| !same_place(allowed, &url))
        {
            return Err(ProxyError::Unreachable(
                "this proxy serves one Odoo address only, and this is another".to_owned(),
            ));
        }
        let path = format!("{}/jsonrpc", url.path().trim_end_matches('/'));
        let mut endpoint = url;
        endpoint.set_path(&path);
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        Ok(endpoint)
    }
}

impl Reply {
    /// Finds `result` or `error` among the members of a JSON object.
    fn read(text: &str) -> Option<Self> {
        let mut rest = text
            .trim()
            .strip_prefix('{')?
            .strip_suffix('}')?
            .trim_start();
        let mut reply = Self::Nothing;
        while !rest.is_empty() {
            let key_end = value_end(rest)?;
            let key = rest[..key_end].trim_end();
            rest = rest[key_end..].strip_prefix(':')?;
            let end = value_end(rest)?;
            let value = rest[..end].trim();
            match key {
                "\"result\"" => reply = Self::Result(value.to_owned()),
                "\"error\"" if value != "null" => return Some(Self::Error(value.to_owned())),
                _ => {}
            }
            rest = rest[end..].trim_start_matches(',').trim_start();
        }
        Some(reply)
    }
}

/// Where a key or a value ends: at a colon or a comma outside of strings and brackets, or at the end of the text.
fn value_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b':' | b',' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    (depth == 0 && !in_string).then_some(text.len())
}

fn same_place(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
        && one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_passed_on_as_it_was_written() {
        let reply = |text| Reply::read(text).unwrap();
        let result = |text: &str| Reply::Result(text.to_owned());
        assert_eq!(
            reply(r#"{"jsonrpc": "2.0", "id": 1, "result": [{"a": NaN}]}"#),
            result(r#"[{"a": NaN}]"#)
        );
        assert_eq!(
            reply(r#"{"result":"}\"{,:", "id": 1}"#),
            result(r#""}\"{,:""#)
        );
        assert_eq!(reply(r#"{"result": false}"#), result("false"));
        assert_eq!(reply(r#"{"jsonrpc": "2.0", "id": 1}"#), Reply::Nothing);
        assert_eq!(reply("{}"), Reply::Nothing);
    }

    #[test]
    fn an_error_wins_unless_it_is_null() {
        let reply = Reply::read(r#"{"error": {"code": 0}, "result": 1}"#).unwrap();
        assert_eq!(reply, Reply::Error(r#"{"code": 0}"#.to_owned()));
        let reply = Reply::read(r#"{"error": null, "result": 1}"#).unwrap();
        assert_eq!(reply, Reply::Result("1".to_owned()));
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for text in [
            "",
            "<html></html>",
            "[1]",
            r#"{"result": [1}"#,
            r#"{"result": "a}"#,
            "{]}",
        ] {
            assert_eq!(Reply::read(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_allowed_odoo_is_called() {
        let upstream = Upstream::new(Some("http://127.0.0.1:8069".parse().unwrap())).unwrap();
        let endpoint = upstream.endpoint("http://127.0.0.1:8069/").unwrap();
        assert_eq!(endpoint.as_str(), "http://127.0.0.1:8069/jsonrpc");
        for other in [
            "http://127.0.0.1:8070",
            "https://127.0.0.1:8069",
            "file:///etc/passwd",
            "odoo",
        ] {
            assert!(upstream.endpoint(other).is_err(), "{other}");
        }
    }
}
