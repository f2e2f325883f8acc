//! Reads a call.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// How deep values may lie in one another: as deep as JSON may.
const DEPTH: usize = 128;

/// A method and its arguments. Numbers beyond 64 bits are none, dates are their texts, bytes their base64.
#[derive(Debug, PartialEq)]
pub(crate) struct MethodCall {
    pub(crate) method: String,
    pub(crate) params: Vec<Value>,
}

/// Why a body is no call.
#[derive(PartialEq, thiserror::Error)]
pub(crate) enum Unread {
    #[error("no element found: line 1, column 0")]
    Empty,
    #[error("{0}")]
    NoXml(String),
    #[error("unexpected <{0}>")]
    Unexpected(String),
    #[error("the document ends too early")]
    Ended,
    #[error("invalid literal for {kind}: {text:?}")]
    Literal { kind: &'static str, text: String },
    #[error("values lie too deep in one another")]
    Deep,
}

odx_facts::debug_as_told!(Unread);

/// The value of an answer; a fault has none.
pub(crate) fn read_response(body: &[u8]) -> Result<Option<Value>, Unread> {
    let text = std::str::from_utf8(body).map_err(|error| Unread::NoXml(error.to_string()))?;
    let mut document = Document::of(text);
    document.open("methodResponse")?;
    match document.markup()? {
        Markup::Open(tag) if tag == "params" => {
            document.open("param")?;
            document.open("value")?;
            Ok(Some(document.value(0)?))
        }
        _ => Ok(None),
    }
}

impl MethodCall {
    pub(crate) fn read(body: &[u8]) -> Result<Self, Unread> {
        if body.trim_ascii().is_empty() {
            return Err(Unread::Empty);
        }
        let text = std::str::from_utf8(body).map_err(|error| Unread::NoXml(error.to_string()))?;
        let mut document = Document::of(text);
        document.open("methodCall")?;
        document.open("methodName")?;
        let method = document.text("methodName")?;
        let mut params = Vec::new();
        // A call without arguments may leave their list out.
        match document.markup()? {
            Markup::Open(tag) if tag == "params" => loop {
                match document.markup()? {
                    Markup::Open(tag) if tag == "param" => {
                        document.open("value")?;
                        params.push(document.value(0)?);
                        document.close("param")?;
                    }
                    Markup::Close(tag) if tag == "params" => break document.close("methodCall")?,
                    other => return Err(other.unexpected()),
                }
            },
            Markup::Close(tag) if tag == "methodCall" => {}
            other => return Err(other.unexpected()),
        }
        Ok(Self {
            method: method.trim().to_owned(),
            params,
        })
    }
}

/// A piece of the document that is no text.
#[derive(Debug)]
enum Markup {
    Open(String),
    Close(String),
}

impl Markup {
    fn unexpected(self) -> Unread {
        match self {
            Self::Open(tag) => Unread::Unexpected(tag),
            Self::Close(tag) => Unread::Unexpected(format!("/{tag}")),
        }
    }
}

/// The document, and the text that was read since the last piece of markup.
struct Document<'b> {
    reader: Reader<&'b [u8]>,
    text: String,
}

impl<'b> Document<'b> {
    fn of(text: &'b str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            text: String::new(),
        }
    }

    /// The next piece of markup; what stands before it is kept as text.
    fn markup(&mut self) -> Result<Markup, Unread> {
        self.text.clear();
        loop {
            let event = self.reader.read_event();
            match event.map_err(|error| Unread::NoXml(error.to_string()))? {
                Event::Start(tag) => return Ok(Markup::Open(tag.name().into_inner().to_owned())),
                Event::End(tag) => return Ok(Markup::Close(tag.name().into_inner().to_owned())),
                Event::Text(text) => self.text.push_str(&text.into_inner()),
                Event::CData(text) => self.text.push_str(&text.into_inner()),
                Event::GeneralRef(entity) => {
                    let character = match &*entity {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => entity.resolve_char_ref().ok().flatten(),
                    };
                    let unknown = || Unread::NoXml("undefined entity".to_owned());
                    self.text.push(character.ok_or_else(unknown)?);
                }
                Event::DocType(_) => return Err(Unread::Unexpected("!DOCTYPE".to_owned())),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
                Event::Eof => return Err(Unread::Ended),
            }
        }
    }

    fn open(&mut self, name: &str) -> Result<(), Unread> {
        match self.markup()? {
            Markup::Open(tag) if tag == name => Ok(()),
            other => Err(other.unexpected()),
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Unread> {
        match self.markup()? {
            Markup::Close(tag) if tag == name => Ok(()),
            other => Err(other.unexpected()),
        }
    }

    /// The text up to the end of an element.
    fn text(&mut self, name: &str) -> Result<String, Unread> {
        self.close(name)?;
        Ok(std::mem::take(&mut self.text))
    }

    /// A value, from behind its `<value>` to its `</value>`. Without a type, it is a text.
    fn value(&mut self, depth: usize) -> Result<Value, Unread> {
        if depth == DEPTH {
            return Err(Unread::Deep);
        }
        let kind = match self.markup()? {
            Markup::Close(tag) if tag == "value" => {
                return Ok(std::mem::take(&mut self.text).into());
            }
            Markup::Open(kind) => kind,
            other => return Err(other.unexpected()),
        };
        let value = match kind.as_str() {
            "array" => self.array(depth)?,
            "struct" => self.mapping(depth)?,
            _ => scalar(&kind, self.text(&kind)?)?,
        };
        self.close("value")?;
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Value, Unread> {
        self.open("data")?;
        let mut items = Vec::new();
        loop {
            match self.markup()? {
                Markup::Open(tag) if tag == "value" => items.push(self.value(depth + 1)?),
                Markup::Close(tag) if tag == "data" => break,
                other => return Err(other.unexpected()),
            }
        }
        self.close("array")?;
        Ok(items.into())
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Unread> {
        let mut members = Map::new();
        loop {
            match self.markup()? {
                Markup::Open(tag) if tag == "member" => {
                    self.open("name")?;
                    let name = self.text("name")?;
                    self.open("value")?;
                    members.insert(name, self.value(depth + 1)?);
                    self.close("member")?;
                }
                Markup::Close(tag) if tag == "struct" => return Ok(members.into()),
                other => return Err(other.unexpected()),
            }
        }
    }
}

fn scalar(kind: &str, text: String) -> Result<Value, Unread> {
    let wrong = |kind| Unread::Literal {
        kind,
        text: text.clone(),
    };
    Ok(match kind {
        "int" | "i1" | "i2" | "i4" | "i8" | "biginteger" => {
            let number: i64 = text.trim().parse().map_err(|_| wrong("int"))?;
            number.into()
        }
        "double" | "float" => {
            let number: f64 = text.trim().parse().map_err(|_| wrong("float"))?;
            number.into()
        }
        "boolean" => match text.trim() {
            "0" => false.into(),
            "1" => true.into(),
            _ => return Err(wrong("boolean")),
        },
        "base64" => {
            let packed: String = text.split_whitespace().collect();
            let bytes = BASE64_STANDARD.decode(&packed);
            bytes.map_err(|_| wrong("base64"))?;
            packed.into()
        }
        "nil" | "ex:nil" => Value::Null,
        "string" | "dateTime.iso8601" => text.into(),
        other => return Err(Unread::Unexpected(other.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params(values: &str) -> Result<Vec<Value>, Unread> {
        let body = format!(
            "<?xml version='1.0'?><methodCall><methodName>m</methodName><params>{values}</params></methodCall>"
        );
        MethodCall::read(body.as_bytes()).map(|call| call.params)
    }

    fn value(value: &str) -> Result<Value, Unread> {
        params(&format!("<param><value>{value}</value></param>"))
            .map(|params| params.into_iter().next().unwrap())
    }

    #[test]
    fn values_of_every_type_are_read() {
        for (text, expected) in [
            ("<int>-5</int>", json!(-5)),
            ("<i4>5</i4>", json!(5)),
            ("<i8>4294967296</i8>", json!(4_294_967_296_i64)),
            ("<boolean>1</boolean>", json!(true)),
            ("<double>1.5</double>", json!(1.5)),
            (
                "<string>a &lt;b&gt; &amp; &#233;</string>",
                json!("a <b> & é"),
            ),
            ("<string> </string>", json!(" ")),
            ("<string/>", json!("")),
            ("untyped", json!("untyped")),
            ("", json!("")),
            ("<nil/>", json!(null)),
            ("<base64>\nYQ==\n</base64>", json!("YQ==")),
            (
                "<array><data>\n<value><int>1</int></value> <value/></data></array>",
                json!([1, ""]),
            ),
            (
                "<struct><member><name>a</name><value><int>1</int></value></member></struct>",
                json!({"a": 1}),
            ),
            ("<struct></struct>", json!({})),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_call_may_have_no_arguments() {
        for body in [
            "<methodCall><methodName>version</methodName></methodCall>",
            "<methodCall>\n<methodName>version</methodName>\n<params/>\n</methodCall>",
        ] {
            let call = MethodCall::read(body.as_bytes()).unwrap();
            assert_eq!((call.method.as_str(), call.params.len()), ("version", 0));
        }
    }

    #[test]
    fn what_is_no_call_is_refused() {
        assert_eq!(MethodCall::read(b" \n"), Err(Unread::Empty));
        for body in [
            "<a",
            "<methodCall>",
            "<methodResponse/>",
            "{}",
            "<!DOCTYPE x><methodCall/>",
            "\u{0}",
        ] {
            assert!(MethodCall::read(body.as_bytes()).is_err(), "{body}");
        }
        assert!(MethodCall::read(b"\xff").is_err());
        for text in [
            "<int>x</int>",
            "<boolean>2</boolean>",
            "<unknown/>",
            "&nope;",
        ] {
            assert!(value(text).is_err(), "{text}");
        }
        let deep = "<array><data><value>".repeat(100_000);
        assert_eq!(value(&deep), Err(Unread::Deep));
    }
}
