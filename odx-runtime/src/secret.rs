//! Keys that never show.

use std::{borrow::Cow, fmt, sync::Arc};

#[cfg(feature = "client")]
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use secrecy::ExposeSecret;
#[cfg(feature = "client")]
use serde_json::Value;

/// A key or a password. Its `Debug` output hides it, and its memory is overwritten when it is dropped.
///
/// Made from a `String` or a `&str` by `into()`.
pub use secrecy::SecretString;

/// The secrets of one connection, taken out of every text of a server before it enters an error or anything that is shown.
///
/// A secret is found in any case, and as JSON, URLs, HTML and base64 write it. The longest stands first: a secret may be
/// part of another one. One of three letters or fewer is found as a word of its own only: it opens nothing that
/// could not be tried, and every text would be full of holes.
#[derive(Clone, Default)]
// The roads name it, which the feature `client` brings.
#[cfg_attr(not(feature = "client"), expect(unreachable_pub))]
pub struct Secrets(Arc<[SecretString]>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    const MASK: &'static str = "[redacted]";

    /// From so many bytes on, a secret is found within a word.
    const SHORTEST_PART: usize = 4;

    /// How many times longer than itself a secret may be written: `\\u0041` and the like.
    const LONGEST_FORM: usize = 12;

    /// These secrets, and what base64 makes of them.
    #[cfg(feature = "client")]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<String> = secrets
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .flat_map(|secret| [vec![secret.to_owned()], in_base64(secret)].concat())
            .collect();
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        Self(all.into_iter().map(SecretString::from).collect())
    }

    /// The text with every secret replaced.
    pub(crate) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for secret in self.0.iter() {
            if let Some(scrubbed) = without(&text, secret.expose_secret().as_bytes()) {
                text = Cow::Owned(scrubbed);
            }
        }
        text
    }

    /// The same of a text in bytes.
    #[cfg(feature = "client")]
    pub(crate) fn scrub_bytes(&self, text: Vec<u8>) -> Vec<u8> {
        if self.0.is_empty() {
            return text;
        }
        let text = String::from_utf8_lossy(&text);
        self.scrub(&text).into_owned().into_bytes()
    }

    /// The text with every secret replaced, and cut to so many bytes.
    pub(crate) fn shown(&self, text: &str, limit: usize) -> String {
        cut(&self.scrub(text), limit)
    }

    /// The start of what a server sent, with every secret replaced, and cut to so many bytes.
    pub(crate) fn excerpt(&self, sent: &[u8], limit: usize) -> String {
        let longest = self
            .0
            .first()
            .map_or(0, |secret| secret.expose_secret().len());
        let at_the_end = longest * Self::LONGEST_FORM;
        let searched = &sent[..sent.len().min(8 * limit + at_the_end)];
        let text = String::from_utf8_lossy(searched);
        let text = self.scrub(&text);
        if searched.len() == sent.len() {
            return cut(&text, limit);
        }
        // A secret may be cut off here.
        cut(&text, limit.min(text.len().saturating_sub(at_the_end)))
    }

    /// The value with every secret replaced, in its texts and its keys.
    #[cfg(feature = "client")]
    pub(crate) fn scrub_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.scrub(&text).into_owned()),
            Value::Array(items) => items
                .into_iter()
                .map(|item| self.scrub_value(item))
                .collect(),
            Value::Object(entries) => entries
                .into_iter()
                .map(|(key, item)| (self.scrub(&key).into_owned(), self.scrub_value(item)))
                .collect(),
            Value::Number(number) if self.holds(&number.to_string()) => {
                Value::String(Self::MASK.to_owned())
            }
            other => other,
        }
    }

    /// Whether a text is a secret.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.0.iter().any(|secret| secret.expose_secret() == text)
    }
}

/// Cuts a text to so many bytes, and between characters. An ellipsis stands for what is left out.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = (0..=limit)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or_default();
    format!("{}…", &text[..end])
}

/// What of base64 does not depend on what stands before and after the secret: one text for each of the three places where
/// it may begin. Those too short to tell are left out.
#[cfg(feature = "client")]
fn in_base64(secret: &str) -> Vec<String> {
    const SHORTEST: usize = 8;
    let engines = [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD];
    let places = engines
        .into_iter()
        .flat_map(|engine| (0..3).map(move |before| (engine.clone(), before)));
    places
        .filter_map(|(engine, before)| {
            let bytes = [&vec![0; before], secret.as_bytes()].concat();
            let encoded = engine.encode(&bytes);
            let whole = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
            Some(encoded.get(whole)?.to_owned())
        })
        .filter(|text| text.len() >= SHORTEST)
        .collect()
}

/// The text without the secret; `None` if it is not there.
fn without(text: &str, secret: &[u8]) -> Option<String> {
    let bytes = text.as_bytes();
    let mut scrubbed = String::new();
    let (mut at, mut kept) = (0, 0);
    while at < bytes.len() {
        let is_word = |length: usize| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let mut around = [before, bytes.get(at + length)].into_iter().flatten();
            !around.any(u8::is_ascii_alphanumeric)
        };
        match form_of(&bytes[at..], secret)
            .filter(|length| secret.len() >= Secrets::SHORTEST_PART || is_word(*length))
        {
            Some(length) => {
                scrubbed.push_str(&text[kept..at]);
                scrubbed.push_str(Secrets::MASK);
                at += length;
                kept = at;
            }
            None => at += 1,
        }
    }
    (kept > 0).then(|| {
        scrubbed.push_str(&text[kept..]);
        scrubbed
    })
}

/// The length of the secret at the start of a text, however it is written there.
fn form_of(text: &[u8], secret: &[u8]) -> Option<usize> {
    let (mut at, mut found) = (0, 0);
    while found < secret.len() {
        let next = *text.get(at)?;
        // Forms write a space so.
        let is_space = next == b'+' && secret[found] == b' ';
        let is_plain = is_space || next.eq_ignore_ascii_case(&secret[found]);
        if let b'\\' | b'%' | b'&' = next
            && let Some((length, character)) = escaped(&text[at..])
        {
            let mut utf8 = [0; 4];
            let written = match character {
                Written::Byte(byte) => {
                    utf8[0] = byte;
                    &utf8[..1]
                }
                Written::Char(character) => character.encode_utf8(&mut utf8).as_bytes(),
            };
            let left = &secret[found..];
            let is_same = left
                .get(..written.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(written));
            // The same signs may stand for themselves, too.
            let rest = || form_of(&text[at + length..], &left[written.len()..]);
            match is_plain {
                true => {
                    if is_same && let Some(rest) = rest() {
                        return Some(at + length + rest);
                    }
                }
                false if is_same => {
                    at += length;
                    found += written.len();
                    continue;
                }
                false => return None,
            }
        }
        if !is_plain {
            return None;
        }
        at += 1;
        found += 1;
    }
    Some(at)
}

enum Written {
    Byte(u8),
    Char(char),
}

/// The escape at the start of a text, and its length: of JSON (also of JSON in JSON), of URLs, of HTML.
fn escaped(text: &[u8]) -> Option<(usize, Written)> {
    match text.first()? {
        b'\\' => json_escape(text),
        b'%' => Some((3, Written::Byte(hex(text.get(1..3)?)?.try_into().ok()?))),
        b'&' => html_escape(text),
        _ => None,
    }
}

fn json_escape(text: &[u8]) -> Option<(usize, Written)> {
    let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
    let character = match text.get(slashes) {
        Some(b'u') => {
            let unit = |at: usize| hex(text.get(at..at + 4)?);
            let high = unit(slashes + 1)?;
            if !(0xD800..0xDC00).contains(&high) {
                return Some((slashes + 5, Written::Char(char::from_u32(high)?)));
            }
            let second = &text[slashes + 5..];
            let again = second.iter().take_while(|byte| **byte == b'\\').count();
            let low = unit(slashes + 5 + again + 1)?.checked_sub(0xDC00)?;
            let code = 0x1_0000 + ((high - 0xD800) << 10) + low;
            return Some((slashes + again + 10, Written::Char(char::from_u32(code)?)));
        }
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(other @ (b'"' | b'/' | b'\'')) => char::from(*other),
        _ if slashes > 1 => return Some((slashes, Written::Char('\\'))),
        _ => return None,
    };
    Some((slashes + 1, Written::Char(character)))
}

fn html_escape(text: &[u8]) -> Option<(usize, Written)> {
    const LONGEST: usize = 10;
    let end = text.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let name = &text[1..end];
    let character = match name {
        b"quot" => '"',
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        _ => return None,
    };
    Some((end + 1, Written::Char(character)))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        number.checked_mul(16)?.checked_add(digit)
    })
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_secret_is_replaced_also_where_json_escapes_it() {
        let secrets = Secrets::new(["k\"1", "k\"1-long", ""]);
        assert_eq!(
            secrets.scrub(r#"k"1 and k"1-long and {"a":"k\"1"}"#),
            r#"[redacted] and [redacted] and {"a":"[redacted]"}"#
        );
    }

    #[test]
    fn a_secret_is_found_in_every_form_that_an_answer_may_give_it() {
        let secret = r#"Key/ü€😀+"\%&9z"#;
        let in_json = serde_json::to_string(secret).unwrap();
        let only_ascii = r#"Key\/\u00FC\u20ac\ud83d\ude00+\"\\%&9z"#;
        let in_a_url: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for form in [
            secret.to_owned(),
            secret.to_ascii_lowercase(),
            in_json.trim_matches('"').to_owned(),
            only_ascii.to_owned(),
            only_ascii.replace('\\', r"\\"),
            in_a_url.to_ascii_lowercase(),
            in_a_url,
            r#"Key/&#252;&#x20ac;😀+&quot;\%&amp;9z"#.to_owned(),
        ] {
            assert_eq!(
                Secrets::new([secret]).scrub(&format!("a {form} b")),
                "a [redacted] b",
                "{form}"
            );
        }
    }

    #[test]
    fn a_secret_is_found_in_base64_wherever_it_stands() {
        let secret = "odoo-key-9a1e";
        let secrets = Secrets::new([secret]);
        for before in ["", "2", "me", "me:", "user"] {
            for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
                let encoded = engine.encode(format!("{before}{secret}!"));
                let scrubbed = secrets.scrub(&encoded);
                assert!(scrubbed.contains("[redacted]"), "{scrubbed}");
                assert!(scrubbed.len() < encoded.len(), "{scrubbed}");
            }
        }
    }

    #[test]
    fn a_space_is_found_where_a_form_of_a_page_writes_a_plus() {
        let secrets = Secrets::new(["a b+c"]);
        assert_eq!(
            secrets.scrub("p=a+b%2Bc&q=a b+c"),
            "p=[redacted]&q=[redacted]"
        );
        assert_eq!(secrets.scrub("a b c"), "a b c");
    }

    #[test]
    fn what_only_looks_like_a_secret_stays() {
        let secrets = Secrets::new(["abc"]);
        for text in ["ab", "ab\\u0064", "a%62", "%61%6", "\\u00", "&#9", "%"] {
            assert_eq!(secrets.scrub(text), text);
        }
    }

    #[test]
    fn a_secret_of_a_few_letters_is_found_as_a_word_of_its_own() {
        assert_eq!(
            Secrets::new(["x"]).scrub("no proxy at example.com: x, {\"key\":\"X\"}"),
            "no proxy at example.com: [redacted], {\"key\":\"[redacted]\"}"
        );
        assert_eq!(Secrets::new(["four"]).scrub("fourteen"), "[redacted]teen");
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

    #[test]
    fn an_excerpt_is_cut_and_leaves_no_part_of_a_secret_at_its_end() {
        let secrets = Secrets::new(["SECRET-KEY"]);
        for before in [0, 70, 75, 600, 630, 640, 700] {
            let sent = format!("{}SECRET-KEY{}", "x".repeat(before), "y".repeat(9_000));
            let excerpt = secrets.excerpt(sent.as_bytes(), 80);
            assert!(excerpt.len() <= 80 + "…".len());
            assert!(!excerpt.contains("SE"), "{excerpt}");
        }
        assert_eq!(secrets.excerpt("é".repeat(50).as_bytes(), 5), "éé…");
        assert_eq!(secrets.excerpt(b"whole", 5), "whole");
    }
}
