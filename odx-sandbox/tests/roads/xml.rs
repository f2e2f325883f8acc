//! As much of XML-RPC as the tests write and read.

use serde_json::{Map, Value, json};

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A value, from `<value>` to `</value>`.
pub(crate) fn value(value: &Value) -> String {
    let inner = match value {
        Value::Null => "<nil/>".to_owned(),
        Value::Bool(flag) => format!("<boolean>{}</boolean>", i32::from(*flag)),
        Value::Number(number) if number.is_i64() => format!("<int>{number}</int>"),
        Value::Number(number) => format!("<double>{number}</double>"),
        Value::String(text) => format!("<string>{}</string>", escaped(text)),
        Value::Array(items) => {
            let items: String = items.iter().map(self::value).collect();
            format!("<array><data>{items}</data></array>")
        }
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                format!(
                    "<member><name>{}</name>{}</member>",
                    escaped(name),
                    self::value(value)
                )
            });
            format!("<struct>{}</struct>", members.collect::<String>())
        }
    };
    format!("<value>{inner}</value>")
}

pub(crate) fn call(method: &str, params: &[Value]) -> String {
    let params: String = params
        .iter()
        .map(|param| format!("<param>{}</param>", value(param)))
        .collect();
    format!(
        "<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
    )
}

/// The result of an answer, or `{faultCode, faultString}`.
pub(crate) fn answer(xml: &str) -> Result<Value, Value> {
    let mut tags: Vec<(&str, &str)> = xml
        .split('<')
        .skip(1)
        .map(|piece| piece.split_once('>').unwrap_or_else(|| panic!("{xml}")))
        .collect();
    tags.reverse();
    let mut reader = Reader(tags);
    reader.until("value", |tag| tag == "fault")
}

struct Reader<'x>(Vec<(&'x str, &'x str)>);

impl<'x> Reader<'x> {
    fn next(&mut self) -> (&'x str, &'x str) {
        self.0.pop().expect("it breaks off")
    }

    /// The first value; an error if a tag of that kind stands before it.
    fn until(&mut self, name: &str, is_error: fn(&str) -> bool) -> Result<Value, Value> {
        let mut failed = false;
        loop {
            let (tag, _) = self.next();
            failed |= is_error(tag);
            if tag == name {
                let value = self.value();
                return if failed { Err(value) } else { Ok(value) };
            }
        }
    }

    /// A value, behind its `<value>`, to its `</value>`.
    fn value(&mut self) -> Value {
        let (kind, text) = self.next();
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        let value = match kind {
            "int" => json!(text.parse::<i64>().unwrap()),
            "double" => json!(text.parse::<f64>().unwrap()),
            "boolean" => json!(text == "1"),
            "string" => json!(text),
            "nil/" => Value::Null,
            "array" => {
                self.next();
                let mut items = Vec::new();
                while self.next().0 == "value" {
                    items.push(self.value());
                }
                items.into()
            }
            "struct" => {
                let mut members = Map::new();
                while self.next().0 == "member" {
                    let (_, name) = self.next();
                    let name = name.to_owned();
                    self.next();
                    self.next();
                    members.insert(name, self.value());
                    self.next();
                }
                let end = self.next();
                assert_eq!(end.0, "/value");
                return members.into();
            }
            other => panic!("<{other}>"),
        };
        loop {
            if matches!(self.next().0, "/value") {
                return value;
            }
        }
    }
}
