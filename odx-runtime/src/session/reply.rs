//! The result of a call, read as late as can be.

use std::{fmt, ops::Range};

use jiter::{Jiter, JiterError, Peek};
use serde_core::de::DeserializeOwned;
use serde_json::Value;

use super::Call;
use crate::{
    Error,
    error::{CallSite, UnexpectedResult},
    model::{RecordId, integral},
};

/// The result of a call: the bytes that came, and where the result stands in them.
///
/// Odoo's answers are not quite JSON: `NaN` and `Infinity` appear as bare words (a float that was never set right in
/// PostgreSQL), and an answer without a result stands for `None`.
#[derive(Clone)]
pub struct Reply {
    body: Vec<u8>,
    result: Option<Range<usize>>,
    site: CallSite,
}

impl Reply {
    /// A reply whose result is that JSON, for a [`Connection`](super::Connection) that needs no envelope.
    pub fn new(call: &Call, result: impl Into<Vec<u8>>) -> Self {
        let body = result.into();
        // The session names the connection: see `on`.
        let site = CallSite::default().with_call(call.model(), call.method());
        Self {
            result: Some(0..body.len()),
            body,
            site,
        }
    }

    /// A reply in an envelope. `result` begins with the result's value and may run on over what follows.
    #[cfg(feature = "client")]
    pub(crate) fn in_envelope(body: Vec<u8>, result: Option<Range<usize>>, site: CallSite) -> Self {
        Self { body, result, site }
    }

    /// This reply, from the connection of this name where it does not tell its server.
    pub(super) fn on(self, connection: &'static str) -> Self {
        Self {
            site: self.site.or_on(connection),
            ..self
        }
    }

    /// Where the call went.
    pub fn site(&self) -> &CallSite {
        &self.site
    }

    /// The bytes from the result's value on; what follows the value may be anything. `None` where the answer has no
    /// result, which is how Odoo sends `None` over JSON-RPC.
    pub fn raw(&self) -> Option<&[u8]> {
        self.result.clone().map(|result| &self.body[result])
    }

    /// The result as JSON, `null` where there is none. `NaN` and the infinities become `null`.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] if it is not JSON, as when the answer broke off.
    pub fn json(&self) -> Result<Value, Error> {
        let Some(raw) = self.raw() else {
            return Ok(Value::Null);
        };
        match from_slice(raw) {
            Ok(value) => Ok(value),
            Err(_) => {
                lenient_json(raw).map_err(|error| self.unexpected("JSON", &error.to_string()))
            }
        }
    }

    /// The result as any type that serde can read; no result reads as `null`, and so do `NaN` and the infinities.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] if it is no `T`.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let refused = |error: serde_json::Error| {
            self.unexpected(std::any::type_name::<T>(), &error.to_string())
        };
        let Some(raw) = self.raw() else {
            return T::deserialize(Value::Null).map_err(refused);
        };
        match from_slice(raw) {
            Ok(result) => Ok(result),
            Err(error) if error.is_data() => Err(refused(error)),
            // Not JSON in the strict sense.
            Err(error) => match lenient_json(raw) {
                Ok(value) => T::deserialize(value).map_err(refused),
                Err(_) => Err(refused(error)),
            },
        }
    }

    /// The result as an integer. An integral float counts as one, and `false` as 0.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn integer(&self) -> Result<i64, Error> {
        let value = self.json()?;
        integer(&value).ok_or_else(|| self.mismatch("an integer"))
    }

    /// The result as a boolean.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn boolean(&self) -> Result<bool, Error> {
        self.to().map_err(|_| self.mismatch("true or false"))
    }

    /// The result as a list of ids. A single id counts as a list of one, and `false` or no result as an empty one.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn ids(&self) -> Result<Vec<RecordId>, Error> {
        if let Some(ids) = self.raw().and_then(|raw| from_slice(raw).ok()) {
            return Ok(ids);
        }
        let ids = match self.json()? {
            Value::Null | Value::Bool(false) => Some(Vec::new()),
            Value::Array(ids) => ids.iter().map(RecordId::from_json).collect(),
            id => RecordId::from_json(&id).map(|id| vec![id]),
        };
        ids.ok_or_else(|| self.mismatch("a list of ids"))
    }

    /// The result as one id: of `create` with one set of values, of `copy` (a list of one from Odoo 18 on).
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn id(&self) -> Result<RecordId, Error> {
        match self.ids()?.as_slice() {
            [id] => Ok(*id),
            _ => Err(self.mismatch("one id")),
        }
    }

    /// An [`Error::UnexpectedResult`]: the result is not `expected`.
    pub fn mismatch(&self, expected: &str) -> Error {
        self.error(expected.to_owned())
    }

    fn unexpected(&self, expected: &str, reason: &str) -> Error {
        self.error(format!("{expected} ({reason})"))
    }

    fn error(&self, expected: String) -> Error {
        let found = self.raw().map_or_else(|| "no result".to_owned(), excerpt);
        Error::UnexpectedResult(Box::new(UnexpectedResult {
            expected,
            found,
            site: self.site.clone(),
        }))
    }
}

/// Shows no value: they may be anything.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.raw().map_or(0, <[u8]>::len);
        write!(f, "Reply({}, {length} bytes)", self.site)
    }
}

/// Reads the value at the start of `json`, and leaves alone what follows.
fn from_slice<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    T::deserialize(&mut serde_json::Deserializer::from_slice(json))
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(false) => Some(0),
        Value::Number(number) => number.as_i64().or_else(|| integral(number.as_f64()?)),
        _ => None,
    }
}

/// Reads JSON with `NaN`, `Infinity` and `-Infinity` in it, all of which become `null`.
pub(crate) fn lenient_json(json: &[u8]) -> Result<Value, JiterError> {
    // A first pass refuses what nests too deep for the recursion below.
    Jiter::new(json).with_allow_inf_nan().next_skip()?;
    let mut json = Jiter::new(json).with_allow_inf_nan();
    let peek = json.peek()?;
    lenient_value(&mut json, peek)
}

fn lenient_value(json: &mut Jiter<'_>, peek: Peek) -> Result<Value, JiterError> {
    match peek {
        Peek::Null => json.known_null().map(|()| Value::Null),
        Peek::True | Peek::False => json.known_bool(peek).map(Value::Bool),
        Peek::String => json.known_str().map(Value::from),
        Peek::Array => lenient_array(json).map(Value::Array),
        Peek::Object => lenient_object(json).map(Value::Object),
        // The bare words are no numbers for serde_json.
        _ => json
            .known_number_bytes(peek)
            .map(|number| serde_json::from_slice(number).unwrap_or_default()),
    }
}

fn lenient_array(json: &mut Jiter<'_>) -> Result<Vec<Value>, JiterError> {
    let mut items = Vec::new();
    let mut next = json.known_array()?;
    while let Some(peek) = next {
        items.push(lenient_value(json, peek)?);
        next = json.array_step()?;
    }
    Ok(items)
}

fn lenient_object(json: &mut Jiter<'_>) -> Result<serde_json::Map<String, Value>, JiterError> {
    let mut entries = serde_json::Map::new();
    let mut next = json.known_object()?.map(str::to_owned);
    while let Some(key) = next {
        let peek = json.peek()?;
        entries.insert(key, lenient_value(json, peek)?);
        next = json.next_key()?.map(str::to_owned);
    }
    Ok(entries)
}

/// The value at the start of `json`, cut to 80 characters.
fn excerpt(json: &[u8]) -> String {
    const LIMIT: usize = 80;
    let mut value = Jiter::new(json).with_allow_inf_nan();
    let json = match value.next_skip() {
        Ok(()) => value.slice_to_current(0),
        Err(_) => json,
    };
    let text = String::from_utf8_lossy(&json[..json.len().min(4 * LIMIT)]);
    match text.trim().char_indices().nth(LIMIT) {
        _ if text.trim().is_empty() => "nothing".to_owned(),
        Some((end, _)) => format!("`{}…`", &text.trim()[..end]),
        None => format!("`{}`", text.trim()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reply(result: &str) -> Reply {
        Reply::new(&Call::new("res.partner", "method"), result)
    }

    fn no_result() -> Reply {
        Reply {
            result: None,
            ..reply("")
        }
    }

    #[test]
    fn nan_and_the_infinities_become_null() {
        let reply = reply(r#"[{"a":NaN,"b":-Infinity,"c":1.5,"d":"NaN","e":[Infinity]}]"#);
        let expected = json!([{"a": null, "b": null, "c": 1.5, "d": "NaN", "e": [null]}]);
        assert_eq!(reply.json().unwrap(), expected);
        assert_eq!(reply.to::<Value>().unwrap(), expected);
    }

    #[test]
    fn no_result_reads_as_null() {
        assert_eq!(no_result().json().unwrap(), Value::Null);
        assert_eq!(no_result().to::<Option<i64>>().unwrap(), None);
        no_result().to::<()>().unwrap();
        assert_eq!(no_result().ids().unwrap(), Vec::<RecordId>::new());
    }

    #[test]
    fn no_result_is_no_boolean() {
        let message = no_result().boolean().unwrap_err().to_string();
        assert_eq!(
            message,
            "the result of res.partner.method does not fit: expected true or false, but no result came"
        );
    }

    #[test]
    fn a_broken_off_result_is_an_error_and_not_a_part_of_it() {
        for broken in [r#"[1, 2"#, r#"{"a": 1"#, r#"[{"a": NaN}"#, r#""abc"#, ""] {
            assert!(reply(broken).json().is_err(), "{broken}");
            assert!(reply(broken).to::<Value>().is_err(), "{broken}");
        }
    }

    #[test]
    fn what_nests_too_deep_is_an_error() {
        let deep = format!("{}NaN{}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(reply(&deep).json().is_err());
    }

    #[test]
    fn integers_are_read_from_what_odoo_takes_for_one() {
        assert_eq!(reply("5").integer().unwrap(), 5);
        assert_eq!(reply("5.0").integer().unwrap(), 5);
        assert_eq!(reply("false").integer().unwrap(), 0);
        assert_eq!(reply("9223372036854775807").integer().unwrap(), i64::MAX);
        assert!(reply("5.5").integer().is_err());
        assert!(reply("NaN").integer().is_err());
    }

    #[test]
    fn ids_and_one_id_are_read_from_lists_and_numbers() {
        assert_eq!(reply("[3, 1]").ids().unwrap(), [3, 1]);
        assert_eq!(reply("7").ids().unwrap(), [7]);
        assert_eq!(reply("[7]").id().unwrap(), 7);
        assert!(reply("[7, 8]").id().is_err());
        assert!(reply(r#"["res.partner(1,)"]"#).ids().is_err());
    }

    #[test]
    fn a_result_of_another_type_names_the_call_and_what_came() {
        let message = reply(r#"{"a": 1}"#).to::<i64>().unwrap_err().to_string();
        assert!(message.contains("res.partner.method"), "{message}");
        assert!(message.contains(r#"`{"a": 1}` came"#), "{message}");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(
            format!("{:?}", reply("[1]")),
            "Reply(res.partner.method, 3 bytes)"
        );
    }
}
