//! Keys that never show.

#[cfg(feature = "client")]
use std::borrow::Cow;

#[cfg(feature = "client")]
use secrecy::ExposeSecret;
#[cfg(feature = "client")]
use serde_json::Value;

/// A key or a password. Its `Debug` output hides it, and its memory is overwritten when it is dropped.
///
/// Made from a `String` or a `&str` by `into()`.
pub use secrecy::SecretString;

/// The secrets of one connection, taken out of every text that a server sends back.
#[cfg(feature = "client")]
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<SecretString>);

#[cfg(feature = "client")]
impl Secrets {
    const MASK: &'static str = "[redacted]";

    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<String> = secrets
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .flat_map(|secret| [secret.to_owned(), json_escaped(secret)])
            .collect();
        // The longest first: a secret may be part of another one.
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        Self(all.into_iter().map(SecretString::from).collect())
    }

    /// The text with every secret replaced.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for secret in &self.0 {
            if text.contains(secret.expose_secret()) {
                text = Cow::Owned(text.replace(secret.expose_secret(), Self::MASK));
            }
        }
        text.into_owned()
    }

    /// The value with every secret replaced, in its texts and its keys.
    pub(crate) fn scrub_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.scrub(&text)),
            Value::Array(items) => items
                .into_iter()
                .map(|item| self.scrub_value(item))
                .collect(),
            Value::Object(entries) => entries
                .into_iter()
                .map(|(key, item)| (self.scrub(&key), self.scrub_value(item)))
                .collect(),
            Value::Number(number) if self.holds(&number.to_string()) => {
                Value::String(Self::MASK.to_owned())
            }
            other => other,
        }
    }

    /// The length of the longest secret in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.0
            .first()
            .map_or(0, |secret| secret.expose_secret().len())
    }

    fn holds(&self, text: &str) -> bool {
        self.0.iter().any(|secret| secret.expose_secret() == text)
    }
}

/// The secret as it stands between the quotes of a JSON string.
#[cfg(feature = "client")]
fn json_escaped(secret: &str) -> String {
    let quoted = Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use serde_json::json;

    use super::Secrets;

    #[test]
    fn every_secret_is_replaced_also_where_json_escapes_it() {
        let secrets = Secrets::new(["k\"1", "k\"1-long", ""]);
        assert_eq!(
            secrets.scrub(r#"k"1 and k"1-long and {"a":"k\"1"}"#),
            r#"[redacted] and [redacted] and {"a":"[redacted]"}"#
        );
    }

    #[test]
    fn a_value_is_searched_in_depth() {
        let secrets = Secrets::new(["4711"]);
        let scrubbed = secrets.scrub_value(json!({"a 4711": [{"b": "x4711"}, 4711, 47110, null]}));
        assert_eq!(
            scrubbed,
            json!({"a [redacted]": [{"b": "x[redacted]"}, "[redacted]", 47110, null]})
        );
    }
}
