//! Bodies: JSON, XML or any other text, and a walk over the texts in them.

use serde_json::{Map, Value};

/// What stands in JSON for the numbers that Python writes and JSON does not have.
const BARE: [(&str, &str); 3] = [
    ("-Infinity", "@odx:-Infinity@"),
    ("Infinity", "@odx:Infinity@"),
    ("NaN", "@odx:NaN@"),
];

/// A body as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Json(Value),
    Xml(String),
    Text(String),
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if let Ok(value) = serde_json::from_str(&quoted(&text)) {
            return Self::Json(sorted(value));
        }
        let start = text.trim_start();
        match start.starts_with("<?xml") || start.starts_with("<method") {
            true => Self::Xml(text),
            false => Self::Text(text),
        }
    }

    /// As it stands in a file.
    pub(super) fn to_value(&self) -> Value {
        let (kind, value) = match self {
            Self::Json(value) => ("json", value.clone()),
            Self::Xml(text) => ("xml", Value::from(text.as_str())),
            Self::Text(text) => ("text", Value::from(text.as_str())),
        };
        Value::Object(Map::from_iter([(kind.to_owned(), value)]))
    }

    pub(super) fn of_value(value: &Value) -> Self {
        let text = |kind: &str| value[kind].as_str().map(str::to_owned);
        if let Some(xml) = text("xml") {
            return Self::Xml(xml);
        }
        match text("text") {
            Some(text) => Self::Text(text),
            None => Self::Json(value["json"].clone()),
        }
    }

    /// As it is sent.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(value) => bare(&value.to_string()).into_bytes(),
            Self::Xml(text) | Self::Text(text) => text.clone().into_bytes(),
        }
    }

    /// Changes the texts, of JSON with the key that they stand under.
    pub(super) fn map(&mut self, change: &mut dyn FnMut(&str, &str) -> Option<String>) {
        match self {
            Self::Json(value) => map_json("", value, change),
            Self::Xml(text) => *text = map_xml(text, change),
            Self::Text(text) => {
                if let Some(changed) = change("", text) {
                    *text = changed;
                }
            }
        }
    }
}

fn map_json(key: &str, value: &mut Value, change: &mut dyn FnMut(&str, &str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(changed) = change(key, text) {
                *text = changed;
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| map_json(key, item, change)),
        Value::Object(entries) => entries
            .iter_mut()
            .for_each(|(key, value)| map_json(key, value, change)),
        _ => {}
    }
}

/// Changes the texts that are values; the one after a `<name>` is the key of what follows.
fn map_xml(xml: &str, change: &mut dyn FnMut(&str, &str) -> Option<String>) -> String {
    let mut written = String::with_capacity(xml.len());
    let (mut rest, mut tag, mut key) = (xml, "", String::new());
    while let Some(open) = rest.find('<') {
        let text = &rest[..open];
        match tag {
            "name" => key = unescaped(text),
            "string" | "value" if !text.is_empty() => {
                if let Some(changed) = change(&key, &unescaped(text)) {
                    written.push_str(&escaped(&changed));
                    rest = &rest[open..];
                }
            }
            _ => {}
        }
        if rest.starts_with(text) {
            written.push_str(text);
            rest = &rest[open..];
        }
        let Some(close) = rest.find('>') else { break };
        let markup = &rest[..=close];
        tag = markup.trim_matches(['<', '>']);
        if tag == "/struct" || tag == "/member" {
            key.clear();
        }
        written.push_str(markup);
        rest = &rest[close + 1..];
    }
    written.push_str(rest);
    written
}

fn unescaped(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">");
    plain
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The same with sorted keys, whatever the maps of the JSON library do.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<(String, Value)> = entries.into_iter().collect();
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            let entries = entries.into_iter();
            Value::Object(entries.map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// JSON, with Python's bare words as texts.
fn quoted(text: &str) -> String {
    if BARE.iter().all(|(word, _)| !text.contains(word)) {
        return text.to_owned();
    }
    let mut written = String::with_capacity(text.len());
    let (mut rest, mut is_text) = (text, false);
    while let Some(next) = rest.chars().next() {
        let word = BARE
            .iter()
            .find(|(word, _)| !is_text && rest.starts_with(word));
        if let Some((word, marker)) = word {
            written.push_str(&format!("\"{marker}\""));
            rest = &rest[word.len()..];
            continue;
        }
        let taken = match next {
            '"' => {
                is_text = !is_text;
                1
            }
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            other => other.len_utf8(),
        };
        written.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    written
}

/// The bare words again.
fn bare(json: &str) -> String {
    let back =
        |json: String, (word, marker): &(&str, &str)| json.replace(&format!("\"{marker}\""), word);
    BARE.iter().fold(json.to_owned(), back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_of_python_come_back_as_they_were() {
        let text = r#"{"a":[NaN,-Infinity,1.5],"b":"a NaN \" NaN"}"#;
        let body = Body::read(text.as_bytes());
        assert!(matches!(body, Body::Json(_)), "{body:?}");
        assert_eq!(body.to_bytes(), text.as_bytes());
        assert_eq!(Body::of_value(&body.to_value()), body);
    }

    #[test]
    fn the_texts_of_xml_are_changed_and_nothing_else() {
        let xml = "<?xml version='1.0'?>\n<methodCall><methodName>execute_kw</methodName><params><param><value>\
                   <struct><member>\n<name>email</name><value><string>a &amp; b</string></value></member></struct></value></param></params></methodCall>";
        let mut body = Body::read(xml.as_bytes());
        let mut seen = Vec::new();
        body.map(&mut |key, text| {
            seen.push((key.to_owned(), text.to_owned()));
            (text == "a & b").then(|| "c < d".to_owned())
        });
        assert!(
            seen.contains(&("email".to_owned(), "a & b".to_owned())),
            "{seen:?}"
        );
        let changed = xml.replace("a &amp; b", "c &lt; d");
        assert_eq!(body, Body::Xml(changed));
        let mut same = Body::read(xml.as_bytes());
        same.map(&mut |_, _| None);
        assert_eq!(same, Body::Xml(xml.to_owned()));
    }
}
