//! The JSON-RPC envelope, which the proxy and Odoo itself put around results and errors.

use std::{
    borrow::Cow,
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Utc};
use jiter::{Jiter, JiterError, Peek};
use reqwest::header;
use serde_json::{Map, Value};

use super::request::Response;
use crate::{
    error::{CallSite, NotAnEnvelope, OdooError},
    model::{end_of, lenient_json, measure, number},
    secret::Secrets,
};

/// The most that an error may have in bytes, and what stands beside a result.
pub(super) const MOST_OF_AN_ERROR: usize = 8 << 20;

/// What an envelope holds.
#[derive(Debug)]
pub(super) enum Envelope {
    /// Where the value of `result` stands; `None` where there is none, which is Odoo's `None`.
    Result(Option<Range<usize>>),
    /// Where the value of a large `result` begins. Its reader finds its end, so that it is read once; what follows it is
    /// then read by [`Members::finish`].
    Open(usize, Members),
    Error(RpcError),
}

/// Why a body is no envelope, if there is more to say than that it is none.
pub(super) type Refusal = Option<Cow<'static, str>>;

/// The `error` of an envelope. Its texts are without secrets, and cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RpcError {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Option<Value>,
}

impl Envelope {
    /// Finds result or error in a body, by the presence of the keys. `id` is that of the request, if it had one.
    pub(super) fn find(
        body: &[u8],
        id: Option<&Arc<str>>,
        secrets: &Secrets,
    ) -> Result<Self, Refusal> {
        if let Some(result) = id.and_then(|id| usual_result(body, id)) {
            return Ok(Self::Result(Some(result)));
        }
        let mut json = Jiter::new(body).with_allow_inf_nan();
        let first = json.next_object().map_err(broken)?.map(Key::from);
        let mut members = Members {
            expected: id.cloned(),
            ..Members::default()
        };
        match members.read(&mut json, body, first, secrets)? {
            Some(start) if body.len() - start > Members::SMALL => Ok(Self::Open(start, members)),
            // Whether the value itself is JSON is for its reader to say, who knows its fields.
            Some(start) => {
                let end = start + end_of(&body[start..]);
                members.result = Some(start..end);
                members.finish(&body[end..], secrets)
            }
            None => members.verdict(),
        }
    }
}

/// Where the result stands in a small answer that is written as Odoo writes all of them, with nothing behind the result:
/// `{"jsonrpc": "2.0", "id": "..", "result": ..}`.
fn usual_result(body: &[u8], id: &str) -> Option<Range<usize>> {
    let rest = after(body, "{\"jsonrpc\":")?;
    let rest = after(rest, "\"2.0\",")?;
    let rest = after(rest, "\"id\":")?.strip_prefix(b"\"")?;
    let rest = after(rest.strip_prefix(id.as_bytes())?, "\",")?;
    let rest = after(rest, "\"result\":")?;
    let begins = rest.first().is_some_and(|byte| !byte.is_ascii_whitespace());
    if !begins || rest.len() > Members::SMALL || !has_no_escapes(id) {
        return None;
    }
    let (start, length) = (body.len() - rest.len(), end_of(rest));
    (rest[length..] == *b"}").then_some(start..start + length)
}

/// What follows a part of an answer, and a space.
fn after<'a>(json: &'a [u8], part: &str) -> Option<&'a [u8]> {
    let rest = json.strip_prefix(part.as_bytes())?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// Whether a text stands in JSON as it is.
fn has_no_escapes(text: &str) -> bool {
    let is_plain = |byte| byte >= b' ' && byte != b'"' && byte != b'\\';
    text.bytes().all(is_plain)
}

/// The members of an envelope that were read. Each may stand there once, whatever its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    /// The id of the request.
    expected: Option<Arc<str>>,
    id: Option<Echo>,
    is_rpc: bool,
    result: Option<Range<usize>>,
    error: Option<RpcError>,
    seen: Vec<Key>,
}

/// What an answer has as its id.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Echo {
    Same,
    Null,
    Other,
}

impl Members {
    /// The most members to expect; there are three or four.
    const MOST: usize = 16;

    /// Results up to this size are passed over here, so that a call that was refused fails before anybody reads its result.
    const SMALL: usize = 64 << 10;

    /// Reads on behind a large result, from its end to the end of the body.
    pub(super) fn finish(mut self, rest: &[u8], secrets: &Secrets) -> Result<Envelope, Refusal> {
        let mut json = Jiter::new(rest).with_allow_inf_nan();
        let next = json.next_key().map_err(broken)?.map(Key::from);
        self.read(&mut json, rest, next, secrets)?;
        self.verdict()
    }

    /// Reads members up to the end of the body, or up to a result, where it begins.
    fn read(
        &mut self,
        json: &mut Jiter<'_>,
        body: &[u8],
        mut key: Option<Key>,
        secrets: &Secrets,
    ) -> Result<Option<usize>, Refusal> {
        while let Some(found) = key {
            self.note(&found)?;
            let peek = json.peek().map_err(broken)?;
            let start = json.current_index();
            match found {
                Key::Result => {
                    std::str::from_utf8(&body[..start]).map_err(|_| None)?;
                    self.result = Some(start..body.len());
                    return Ok(Some(start));
                }
                Key::Error if peek != Peek::Null => {
                    if body.len() - start > MOST_OF_AN_ERROR {
                        return Err(Some("its error is larger than 8 MiB".into()));
                    }
                    json.known_skip(peek).map_err(broken)?;
                    let error = RpcError::read(json.slice_to_current(start), secrets);
                    self.error = Some(error.ok_or(None)?);
                }
                _ => json.known_skip(peek).map_err(broken)?,
            }
            let value = start..json.current_index();
            match found {
                Key::Id => self.id = Some(self.echo(peek, &body[value])),
                Key::JsonRpc => self.is_rpc = true,
                Key::Result | Key::Error | Key::Other(_) => {}
            }
            key = json.next_key().map_err(broken)?.map(Key::from);
        }
        json.finish()
            .map_err(|_| Some("something follows its end".into()))?;
        std::str::from_utf8(body).map_err(|_| None)?;
        Ok(None)
    }

    fn note(&mut self, key: &Key) -> Result<(), Refusal> {
        if self.seen.contains(key) {
            return Err(Some(format!("`{}` stands twice in it", key.name()).into()));
        }
        if self.seen.len() == Self::MOST {
            return Err(None);
        }
        self.seen.push(key.clone());
        Ok(())
    }

    fn echo(&self, peek: Peek, json: &[u8]) -> Echo {
        let Some(expected) = &self.expected else {
            return match peek {
                Peek::Null => Echo::Null,
                _ => Echo::Same,
            };
        };
        let is_same = match peek {
            Peek::Null => return Echo::Null,
            Peek::String => is_text(json, expected),
            _ => json == expected.as_bytes(),
        };
        match is_same {
            true => Echo::Same,
            false => Echo::Other,
        }
    }

    /// An error counts, whatever stands beside it. Only an error may come without an id, as when the request could not be
    /// read.
    fn verdict(self) -> Result<Envelope, Refusal> {
        if self.id == Some(Echo::Other) {
            return Err(Some("its id is that of another request".into()));
        }
        if let Some(error) = self.error {
            return Ok(Envelope::Error(error));
        }
        if !self.is_rpc && self.result.is_none() {
            return Err(None);
        }
        if self.expected.is_some() && self.id != Some(Echo::Same) {
            return Err(Some("it does not have the id of the request".into()));
        }
        Ok(Envelope::Result(self.result))
    }
}

/// Whether a text in JSON is this one. Mostly it stands there without escapes.
fn is_text(json: &[u8], text: &str) -> bool {
    let inner = json
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    (has_no_escapes(text) && inner == Some(text.as_bytes()))
        || serde_json::from_slice::<String>(json).is_ok_and(|found| found == text)
}

fn broken(_: JiterError) -> Refusal {
    None
}

#[derive(Clone, Debug, PartialEq)]
enum Key {
    Id,
    JsonRpc,
    Result,
    Error,
    Other(String),
}

impl Key {
    /// As it is shown. What a server makes up is not.
    fn name(&self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::JsonRpc => "jsonrpc",
            Self::Result => "result",
            Self::Error => "error",
            Self::Other(_) => "a key",
        }
    }
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        match key {
            "id" => Self::Id,
            "jsonrpc" => Self::JsonRpc,
            "result" => Self::Result,
            "error" => Self::Error,
            other => Self::Other(other.to_owned()),
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

    /// Whether there is no such address at all: what Odoo 14 and 15 send where later ones send a page. `call_kw` of 19
    /// says the same of a model, with HTTP 200.
    pub(super) fn is_of_no_address(&self, status: u16) -> bool {
        status == 404
            && self.class() == Some("werkzeug.exceptions.NotFound")
            && self.message.starts_with("404")
    }

    fn read(json: &[u8], secrets: &Secrets) -> Option<Self> {
        let (mut code, mut message, mut data) = (None, String::new(), None);
        for (key, value) in members_of(json)? {
            match key.as_str() {
                "code" => code = number::integer(value),
                "message" => message = text(value, secrets, MOST_OF_A_MESSAGE).unwrap_or_default(),
                "data" => data = Self::data(value, secrets),
                _ => {}
            }
        }
        Some(Self {
            code: code?,
            message,
            data,
        })
    }

    /// What an error says of itself beside its message: over JSON-RPC, Odoo's `{"name", "message", "arguments", ..}`. What is
    /// too large is left out.
    pub(super) fn data(json: &[u8], secrets: &Secrets) -> Option<Value> {
        let Some(members) = members_of(json) else {
            return bounded(json, secrets).filter(|data| !data.is_null());
        };
        let mut data = Map::new();
        for (key, value) in members {
            let value = match key.as_str() {
                "name" => class(value, secrets),
                "debug" => text(value, secrets, MOST_OF_A_TRACEBACK).map(Value::from),
                _ => text(value, secrets, MOST_OF_A_MESSAGE).map(Value::from),
            }
            .or_else(|| bounded(value, secrets));
            data.insert(
                secrets.shown(&key, MOST_OF_A_MESSAGE),
                value.unwrap_or_default(),
            );
        }
        Some(data.into())
    }

    /// The exception's class, if Odoo raised one.
    pub(super) fn class(&self) -> Option<&str> {
        self.data.as_ref()?.get("name")?.as_str()
    }

    /// The error as one of Odoo.
    pub(super) fn into_odoo(self, status: u16, site: CallSite) -> Box<OdooError> {
        let class = self.class().unwrap_or_default().to_owned();
        let mut data = self.data.unwrap_or_default();
        let text = |key| {
            data.get(key)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let (message, debug) = (text("message"), text("debug"));
        let arguments = match data.get_mut("arguments").map(Value::take) {
            Some(Value::Array(arguments)) => arguments,
            _ => Vec::new(),
        };
        Box::new(OdooError {
            debug,
            arguments,
            code: self.code,
            status,
            ..OdooError::new(class, message.unwrap_or(self.message), site)
        })
    }
}

pub(super) const MOST_OF_A_MESSAGE: usize = 64 << 10;
pub(super) const MOST_OF_A_TRACEBACK: usize = 256 << 10;
/// How much memory a value in an error may take, such as the exception's arguments.
const MOST_OF_A_VALUE: usize = 4 << 20;

/// The members of an object; `None` of anything else.
fn members_of(json: &[u8]) -> Option<Vec<(String, &[u8])>> {
    const MOST: usize = 64;
    let mut members = Vec::new();
    let mut json = Jiter::new(json).with_allow_inf_nan();
    let mut key = json.next_object().ok()?.map(str::to_owned);
    while let Some(found) = key.filter(|_| members.len() < MOST) {
        json.peek().ok()?;
        let start = json.current_index();
        json.next_skip().ok()?;
        members.push((found, json.slice_to_current(start)));
        key = json.next_key().ok()?.map(str::to_owned);
    }
    Some(members)
}

/// A text of a server, without secrets, and cut.
fn text(json: &[u8], secrets: &Secrets, limit: usize) -> Option<String> {
    json.starts_with(b"\"")
        .then(|| match serde_json::from_slice::<String>(json) {
            Ok(text) => secrets.shown(&text, limit),
            // Python may write half of a surrogate pair.
            Err(_) => secrets.excerpt(json, limit),
        })
}

/// An exception's class. Those that are known are no secrets, even where one is a part of them.
fn class(json: &[u8], secrets: &Secrets) -> Option<Value> {
    let known = serde_json::from_slice::<String>(json).ok();
    known
        .filter(|class| OdooError::is_known_class(class))
        .or_else(|| text(json, secrets, MOST_OF_A_MESSAGE))
        .map(Value::from)
}

/// Any value of a server, without secrets; `None` if it is too large.
fn bounded(json: &[u8], secrets: &Secrets) -> Option<Value> {
    measure(json, &mut { MOST_OF_A_VALUE }).ok()?;
    Some(secrets.scrub_value(lenient_json(json).ok()?))
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
                407 => {
                    "the HTTP proxy on the way wants a user and a password: see `http_proxy_with_login`, or the variables \
                     HTTP_PROXY and HTTPS_PROXY"
                }
                _ => advice(response),
            },
            status: response.status,
            content_type: response
                .content_type()
                .map(|content_type| secrets.shown(content_type, Self::MOST_OF_A_HEADER)),
            redirect_to: response
                .redirect_to
                .as_deref()
                .map(|server| secrets.shown(server, Self::MOST_OF_A_HEADER)),
            excerpt: secrets.excerpt(&response.body, Self::MOST_OF_A_BODY),
            reason: None,
            retry_after: retry_after(response),
            site,
        })
    }

    const MOST_OF_A_HEADER: usize = 128;
    const MOST_OF_A_BODY: usize = 512;

    /// The same, for a reason, seen in this part of the answer.
    pub(super) fn because(mut self: Box<Self>, reason: Refusal) -> Box<Self> {
        self.reason = reason;
        self
    }
}

/// How long the server wants to be left alone: so many seconds, or until a date. That is one of the server's clock, whose time the
/// answer tells, too.
fn retry_after(response: &Response) -> Option<Duration> {
    let wanted = response.header(&header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = wanted.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text| DateTime::parse_from_rfc2822(text).ok();
    let now = response.header(&header::DATE).and_then(date);
    let now = now.map_or_else(
        || DateTime::<Utc>::from(SystemTime::now()),
        |now| now.to_utc(),
    );
    let wait = date(wanted)?.to_utc().signed_duration_since(now);
    Some(wait.to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The text of the result, `Some(None)` for an envelope without one.
    fn result(body: &str) -> Option<Option<&str>> {
        match Envelope::find(body.as_bytes(), Some(&"1".into()), &Secrets::default()) {
            Ok(Envelope::Result(range)) => Some(range.map(|range| &body[range])),
            _ => None,
        }
    }

    fn error(body: &str) -> Option<RpcError> {
        match Envelope::find(body.as_bytes(), Some(&"1".into()), &Secrets::default()) {
            Ok(Envelope::Error(error)) => Some(error),
            _ => None,
        }
    }

    fn refusal(body: &str) -> String {
        match Envelope::find(body.as_bytes(), Some(&"1".into()), &Secrets::default()) {
            Err(reason) => reason.expect("a reason").into_owned(),
            Ok(envelope) => panic!("{envelope:?}"),
        }
    }

    /// A list that is left to its reader.
    fn large() -> String {
        format!("[{}0]", "0,".repeat(Members::SMALL))
    }

    #[test]
    fn a_result_counts_by_its_key_and_not_by_its_value() {
        for value in ["null", "false", "0", "\"\"", "1.5", "NaN", "true"] {
            let body = format!(r#"{{"jsonrpc":"2.0","id":"1","result":{value}}}"#);
            assert_eq!(result(&body), Some(Some(value)));
        }
    }

    #[test]
    fn an_answer_in_the_usual_form_is_read_as_any_other() {
        let unusual = |usual: &str| usual.replacen("{\"jsonrpc\"", "{ \"jsonrpc\"", 1);
        for body in [
            r#"{"jsonrpc": "2.0", "id": "1", "result": [{"a": "}"}]}"#,
            r#"{"jsonrpc":"2.0","id":"1","result":[1]}"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result":  false}"#,
            "{\"jsonrpc\": \"2.0\", \"id\": \"1\", \"result\":\nfalse }",
            r#"{"jsonrpc": "2.0", "id": "1", "result": }"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result": 1, "result": 2}"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result": 1, "id": "2"}"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result": 1, "error": {"code": 1, "message": ""}}"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result": 1}}"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result": 1} 2"#,
            r#"{"jsonrpc": "2.0", "id": "1", "result": 1"#,
            r#"{"jsonrpc": "2.0", "id": " 1", "result": 1}"#,
            r#"{"jsonrpc": "2.0", "id": "11", "result": 1}"#,
            r#"{"jsonrpc": "2.0", "id": "", "result": 1}"#,
        ] {
            let told = |body: &str| match Envelope::find(
                body.as_bytes(),
                Some(&"1".into()),
                &Secrets::default(),
            ) {
                Ok(Envelope::Result(range)) => Ok(range.map(|range| body[range].to_owned())),
                Ok(other) => Err(format!("{other:?}")),
                Err(reason) => Err(format!("{reason:?}")),
            };
            assert_eq!(told(body), told(&unusual(body)), "{body}");
        }
        let id = "a \\ b";
        let body = format!(r#"{{"jsonrpc": "2.0", "id": "{id}", "result": 1}}"#);
        let found = Envelope::find(body.as_bytes(), Some(&id.into()), &Secrets::default());
        assert!(found.is_err(), "{found:?}");
    }

    #[test]
    fn the_result_ends_where_its_value_ends() {
        for value in ["[]", "{\"a\":NaN}", "[{\"}\":\"]\"}]"] {
            assert_eq!(
                result(&format!(r#"{{"result": {value} ,"id":"1"}}"#)),
                Some(Some(value))
            );
        }
    }

    #[test]
    fn a_large_list_is_left_to_its_reader_and_what_follows_it_is_read() {
        let large = large();
        for (rest, is_whole) in [
            (r#","id":"1"}"#, true),
            (" , \"id\" : \"1\" } \n", true),
            ("}", false),
            (r#","id":"2"}"#, false),
            (r#","id":"1"}}"#, false),
            (r#","id":"1""#, false),
            (r#","id":"1","result":[]}"#, false),
            ("],,,;GARBAGE}", false),
            ("", false),
        ] {
            let body = format!(r#"{{"jsonrpc":"2.0","result":{large}{rest}"#);
            let secrets = Secrets::default();
            let found = Envelope::find(body.as_bytes(), Some(&"1".into()), &secrets);
            let Ok(Envelope::Open(start, members)) = found else {
                panic!("{rest}: {found:?}");
            };
            assert!(body[start..].starts_with(&large));
            let end = members.finish(rest.as_bytes(), &secrets);
            assert_eq!(
                matches!(end, Ok(Envelope::Result(_))),
                is_whole,
                "{rest}: {end:?}"
            );
        }
    }

    #[test]
    fn an_error_counts_wherever_it_stands() {
        let code = |body: &str| error(body).map(|error| error.code);
        let refused = r#""error":{"code":-7,"message":"refused"}"#;
        for result in ["null", "7", "[7]", "{}", "false"] {
            let before = format!(r#"{{"id":"1",{refused},"result":{result}}}"#);
            let after = format!(r#"{{"id":"1","result":{result},{refused}}}"#);
            assert_eq!(
                (code(&before), code(&after)),
                (Some(-7), Some(-7)),
                "{result}"
            );
        }
        let rest = format!(r#",{refused},"id":"1"}}"#);
        let body = format!(r#"{{"result":{}{rest}"#, large());
        match Envelope::find(body.as_bytes(), Some(&"1".into()), &Secrets::default()) {
            Ok(Envelope::Open(_, members)) => {
                let end = members.finish(rest.as_bytes(), &Secrets::default());
                assert!(matches!(end, Ok(Envelope::Error(error)) if error.code == -7));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn no_member_stands_twice_and_nothing_stands_behind() {
        assert_eq!(
            refusal(r#"{"id":"1","result":[1],"result":[2]}"#),
            "`result` stands twice in it"
        );
        assert_eq!(
            refusal(r#"{"id":"1","x":1,"result":5,"x":2}"#),
            "`a key` stands twice in it"
        );
        assert_eq!(
            refusal(r#"{"id":"1","result":[1]}{}"#),
            "something follows its end"
        );
    }

    #[test]
    fn an_envelope_without_result_is_odoos_none() {
        assert_eq!(result(r#"{"jsonrpc":"2.0","id":"1"}"#), Some(None));
    }

    #[test]
    fn the_id_is_that_of_the_request() {
        for id in [r#""1""#, "1"] {
            let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":5}}"#);
            assert_eq!(result(&body), Some(Some("5")));
        }
        let refused = r#"{"code":0,"message":""}"#;
        for id in [r#""2""#, "2", "[1]", "1.0", "\"\""] {
            for answer in [r#""result":5"#.to_owned(), format!(r#""error":{refused}"#)] {
                assert_eq!(
                    refusal(&format!(r#"{{"id":{id},{answer}}}"#)),
                    "its id is that of another request"
                );
            }
        }
        for id in ["", r#""id":null,"#] {
            assert!(error(&format!(r#"{{{id}"error":{refused}}}"#)).is_some());
            assert_eq!(
                refusal(&format!(r#"{{{id}"result":5}}"#)),
                "it does not have the id of the request"
            );
        }
    }

    #[test]
    fn a_null_error_is_none() {
        assert_eq!(
            result(r#"{"id":"1","error":null,"result":true}"#),
            Some(Some("true"))
        );
        assert_eq!(
            result(r#"{"id":"1","result":null,"error":null}"#),
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
            assert!(
                Envelope::find(body.as_bytes(), None, &Secrets::default()).is_err(),
                "{body}"
            );
        }
    }

    #[test]
    fn an_error_takes_no_more_memory_than_an_error_needs() {
        let lists = format!("[{}0]", "[],".repeat(500_000));
        let long = "x".repeat(1 << 20);
        let body = format!(
            r#"{{"error":{{"code":0,"message":"{long}","data":{{"name":"a.B","message":"no","arguments":{lists},"debug":"{long}"}}}}}}"#
        );
        let error = error(&body).unwrap();
        assert_eq!(error.class(), Some("a.B"));
        assert_eq!(error.message.len(), MOST_OF_A_MESSAGE + "…".len());
        let error = error.into_odoo(200, CallSite::default());
        assert_eq!((error.message.as_str(), error.arguments.len()), ("no", 0));
        assert_eq!(
            error.debug().map(str::len),
            Some(MOST_OF_A_TRACEBACK + "…".len())
        );
    }

    #[test]
    fn an_error_larger_than_any_is_not_read() {
        let body = format!(
            r#"{{"error":{{"code":0,"message":"{}"}}}}"#,
            "x".repeat(MOST_OF_AN_ERROR)
        );
        assert_eq!(refusal(&body), "its error is larger than 8 MiB");
    }
}
