//! The JSON-RPC envelope, which the proxy and Odoo itself put around results and errors.

use std::ops::Range;

use jiter::{Jiter, JiterError, Peek};
use serde_json::Value;

use super::http::Response;
use crate::{
    error::{CallSite, NotAnEnvelope, OdooError},
    secret::Secrets,
    session::lenient_json,
};

/// What an envelope holds.
#[derive(Debug, PartialEq)]
pub(super) enum Envelope {
    /// Where the value of `result` stands; `None` where there is none, which is Odoo's `None`. The range of an object or
    /// a list is open at its end: its reader finds the end.
    Result(Option<Range<usize>>),
    Error(RpcError),
}

/// The `error` of an envelope.
#[derive(Debug, PartialEq)]
pub(super) struct RpcError {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Option<Value>,
}

impl Envelope {
    /// Finds result or error in a body by the presence of the keys. `None` if the body is no envelope.
    pub(super) fn find(body: &[u8]) -> Option<Self> {
        scan(body).ok().flatten()
    }
}

/// Reads the keys of the envelope. A result that is a list or an object ends the scan, so that large results are not
/// read twice: result and error exclude each other.
fn scan(body: &[u8]) -> Result<Option<Envelope>, JiterError> {
    let mut json = Jiter::new(body).with_allow_inf_nan();
    let mut is_rpc = false;
    let mut result = None;
    let mut key = json.next_object()?.map(Key::from);
    while let Some(found) = key {
        let peek = json.peek()?;
        let start = json.current_index();
        match found {
            Key::Result if matches!(peek, Peek::Array | Peek::Object) => {
                return Ok(is_closed(body).then_some(Envelope::Result(Some(start..body.len()))));
            }
            Key::Error if peek != Peek::Null => {
                json.known_skip(peek)?;
                return Ok(RpcError::read(json.slice_to_current(start)).map(Envelope::Error));
            }
            _ => json.known_skip(peek)?,
        }
        match found {
            Key::Result => result = Some(start..json.current_index()),
            Key::JsonRpc => is_rpc = true,
            Key::Error | Key::Other => {}
        }
        key = json.next_key()?.map(Key::from);
    }
    json.finish()?;
    Ok((is_rpc || result.is_some()).then_some(Envelope::Result(result)))
}

/// Whether the end of the envelope came, too.
fn is_closed(body: &[u8]) -> bool {
    body.trim_ascii_end().ends_with(b"}")
}

#[derive(Clone, Copy)]
enum Key {
    JsonRpc,
    Result,
    Error,
    Other,
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        match key {
            "jsonrpc" => Self::JsonRpc,
            "result" => Self::Result,
            "error" => Self::Error,
            _ => Self::Other,
        }
    }
}

/// What a page with HTTP 500 in place of an answer of `/jsonrpc` means, and how to see what it hides.
///
/// Seen on 14.0: a server that finds more than one database answers every exception so, a wrong key and a missing database
/// among them; with `--db-filter '^NAME$'` the same server tells them.
pub(super) const HIDDEN_EXCEPTION: &str = "Odoo raised an exception and sent a page in its place, as Odoo 14 does where its \
    server finds more than one database: limit it to this one (`--db-filter`, or `dbfilter` in its configuration) and the \
    exception is told; without that, it stands in Odoo's log";

impl RpcError {
    /// With how to see the exception, where Odoo told none and its HTTP status 500 was passed on.
    pub(super) fn with_hidden_exception(mut self) -> Self {
        if self.code == 500 && self.class().is_none() {
            self.message = format!("{}; {HIDDEN_EXCEPTION}", self.message);
        }
        self
    }

    fn read(json: &[u8]) -> Option<Self> {
        let Value::Object(mut error) = lenient_json(json).ok()? else {
            return None;
        };
        Some(Self {
            code: error.get("code")?.as_i64()?,
            message: error
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            data: error.remove("data").filter(|data| !data.is_null()),
        })
    }

    /// The exception's class, if Odoo raised one.
    pub(super) fn class(&self) -> Option<&str> {
        self.data.as_ref()?.get("name")?.as_str()
    }

    /// The error as one of Odoo.
    pub(super) fn into_odoo(
        self,
        status: u16,
        site: CallSite,
        secrets: &Secrets,
    ) -> Box<OdooError> {
        let class = match self.class().unwrap_or_default() {
            class if OdooError::is_known_class(class) => class.to_owned(),
            class => secrets.scrub(class),
        };
        let mut data = self.data.unwrap_or_default();
        let text = |key| {
            data.get(key)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        Box::new(OdooError {
            message: secrets.scrub(text("message").unwrap_or(&self.message)),
            debug: text("debug").map(|debug| secrets.scrub(debug)),
            arguments: match secrets.scrub_value(data["arguments"].take()) {
                Value::Array(arguments) => arguments,
                _ => Vec::new(),
            },
            class,
            code: self.code,
            status,
            site,
        })
    }
}

impl NotAnEnvelope {
    /// `advice` is what the road knows of an answer that is no success and no redirect.
    pub(super) fn of(
        response: &Response,
        site: CallSite,
        secrets: &Secrets,
        advice: fn(&Response) -> &'static str,
    ) -> Box<Self> {
        Box::new(Self {
            advice: match response.status {
                200..=299 => "is there another server at this URL, or did the answer break off?",
                300..=399 => {
                    "redirects are not followed, because the keys would go along: give the final URL"
                }
                _ => advice(response),
            },
            status: response.status,
            content_type: response
                .content_type
                .as_deref()
                .map(|content_type| secrets.scrub(content_type)),
            redirect_to: response
                .redirect_to
                .as_deref()
                .map(|server| secrets.scrub(server)),
            excerpt: excerpt(&response.body, secrets),
            site,
        })
    }
}

/// The start of a body, without secrets, cut to 512 bytes.
fn excerpt(body: &[u8], secrets: &Secrets) -> String {
    const LIMIT: usize = 512;
    const SEARCHED: usize = 8 * LIMIT;
    let searched = &body[..body.len().min(SEARCHED)];
    let mut text = secrets.scrub(&String::from_utf8_lossy(searched));
    if searched.len() < body.len() {
        // A secret may be cut off here.
        let uncut = text.len();
        cut(&mut text, uncut.saturating_sub(secrets.longest()));
    }
    cut(&mut text, LIMIT);
    text
}

/// Cuts a text to so many bytes, and between characters.
fn cut(text: &mut String, limit: usize) {
    let end = (0..=limit.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or_default();
    text.truncate(end);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The text of the result, `Some(None)` for an envelope without one.
    fn result(body: &str) -> Option<Option<&str>> {
        match Envelope::find(body.as_bytes()) {
            Some(Envelope::Result(range)) => Some(range.map(|range| &body[range])),
            _ => None,
        }
    }

    fn error(body: &str) -> Option<RpcError> {
        match Envelope::find(body.as_bytes()) {
            Some(Envelope::Error(error)) => Some(error),
            _ => None,
        }
    }

    #[test]
    fn a_result_counts_by_its_key_and_not_by_its_value() {
        for value in ["null", "false", "0", "\"\"", "1.5", "NaN", "true"] {
            let body = format!(r#"{{"jsonrpc":"2.0","id":"1","result":{value}}}"#);
            assert_eq!(result(&body), Some(Some(value)));
        }
    }

    #[test]
    fn a_list_or_object_is_left_to_its_reader() {
        assert_eq!(
            result(r#"{"result":[],"id":1}"#),
            Some(Some(r#"[],"id":1}"#))
        );
        assert_eq!(
            result(r#"{"jsonrpc":"2.0","result": {"a":NaN}}"#),
            Some(Some(r#"{"a":NaN}}"#))
        );
    }

    #[test]
    fn an_envelope_without_result_is_odoos_none() {
        assert_eq!(result(r#"{"jsonrpc":"2.0","id":1}"#), Some(None));
    }

    #[test]
    fn the_id_may_be_text_number_or_null() {
        for id in [r#""abc""#, "7", "null"] {
            assert_eq!(
                result(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":5}}"#)),
                Some(Some("5"))
            );
        }
    }

    #[test]
    fn a_null_error_is_none() {
        assert_eq!(
            result(r#"{"error":null,"result":true}"#),
            Some(Some("true"))
        );
        assert_eq!(
            result(r#"{"result":null,"error":null}"#),
            Some(Some("null"))
        );
    }

    #[test]
    fn an_error_beside_a_null_result_counts() {
        let found = error(r#"{"result":null,"error":{"code":-32004,"message":"gone"}}"#).unwrap();
        assert_eq!(
            found,
            RpcError {
                code: -32004,
                message: "gone".into(),
                data: None
            }
        );
    }

    #[test]
    fn the_data_of_an_error_may_hold_nan() {
        let found =
            error(r#"{"error":{"code":0,"message":"","data":{"name":"x","arguments":[NaN]}}}"#)
                .unwrap();
        assert_eq!(found.data, Some(json!({"name": "x", "arguments": [null]})));
    }

    #[test]
    fn other_json_and_broken_json_are_no_envelopes() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"detail":"not found"}"#,
            r#"{"error":"unauthorized"}"#,
            r#"{"error":{"message":"no code"}}"#,
            r#"{"jsonrpc":"2.0","id":1"#,
            r#"{"jsonrpc":"2.0","result":12"#,
            r#"{"jsonrpc":"2.0","result":[1,2"#,
            r#"{"jsonrpc":"2.0","error":{"code":0"#,
            r#"{"jsonrpc":"2.0","id":1} trailing"#,
            "<html>",
        ] {
            assert_eq!(Envelope::find(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn an_excerpt_is_cut_and_leaves_no_part_of_a_secret_at_its_end() {
        let secrets = Secrets::new(["SECRET-KEY"]);
        let body = format!("{}SECRET-KEY{}", "x".repeat(506), "y".repeat(9_000));
        let excerpt = excerpt(body.as_bytes(), &secrets);
        assert_eq!(excerpt.len(), 512);
        assert!(!excerpt.contains("SECRET"), "{excerpt}");
    }
}
