//! Writes method calls.

use serde_json::{Map, Number, Value};

use crate::Error;

/// A method call, written parameter by parameter.
pub(in crate::transport) struct MethodCall {
    xml: String,
    /// What XML-RPC cannot say, if anything.
    unsayable: Option<String>,
}

impl MethodCall {
    pub(in crate::transport) fn new(method: &str) -> Self {
        let mut call = Self {
            xml: String::with_capacity(512),
            unsayable: None,
        };
        call.xml
            .push_str("<?xml version=\"1.0\"?>\n<methodCall><methodName>");
        call.escaped(method);
        call.xml.push_str("</methodName><params>");
        call
    }

    /// Adds a text.
    pub(in crate::transport) fn text(self, text: &str) -> Self {
        self.param(|call| call.string(text))
    }

    /// Adds an integer.
    pub(in crate::transport) fn integer(self, integer: i64) -> Self {
        self.param(|call| call.number(&integer.into()))
    }

    /// Adds a value.
    pub(in crate::transport) fn value(self, value: &Value) -> Self {
        self.param(|call| call.any(value, 0))
    }

    /// Adds a list.
    pub(in crate::transport) fn list<'v>(self, items: impl IntoIterator<Item = &'v Value>) -> Self {
        self.param(|call| call.array(items, 0))
    }

    /// Adds a mapping.
    pub(in crate::transport) fn mapping<'v>(
        self,
        members: impl IntoIterator<Item = (&'v str, &'v Value)>,
    ) -> Self {
        self.param(|call| call.structure(members, 0))
    }

    /// The body of the request; `what` is called, for the error.
    ///
    /// # Errors
    /// [`Error::Usage`] for what XML-RPC cannot say.
    pub(in crate::transport) fn body(mut self, what: &str) -> Result<String, Error> {
        match self.unsayable {
            Some(unsayable) => Err(Error::usage(format!(
                "{what} was not sent: XML-RPC cannot say {unsayable}"
            ))),
            None => {
                self.xml.push_str("</params></methodCall>\n");
                Ok(self.xml)
            }
        }
    }

    fn param(mut self, write: impl FnOnce(&mut Self)) -> Self {
        self.xml.push_str("<param>");
        write(&mut self);
        self.xml.push_str("</param>");
        self
    }

    /// How deep lists and mappings may lie in each other: more than any argument of Odoo has, less than a stack.
    const DEEPEST: usize = 256;

    fn any(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.xml.push_str("<value><nil/></value>"),
            Value::Bool(false) => self.xml.push_str("<value><boolean>0</boolean></value>"),
            Value::Bool(true) => self.xml.push_str("<value><boolean>1</boolean></value>"),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            _ if depth == Self::DEEPEST => {
                self.unsayable = Some(format!("values more than {depth} levels deep"));
            }
            Value::Array(items) => self.array(items, depth + 1),
            Value::Object(members) => self.structure(by_name(members), depth + 1),
        }
    }

    fn array<'v>(&mut self, items: impl IntoIterator<Item = &'v Value>, depth: usize) {
        self.xml.push_str("<value><array><data>");
        for item in items {
            self.any(item, depth);
        }
        self.xml.push_str("</data></array></value>");
    }

    fn structure<'v>(
        &mut self,
        members: impl IntoIterator<Item = (&'v str, &'v Value)>,
        depth: usize,
    ) {
        self.xml.push_str("<value><struct>");
        for (name, value) in members {
            self.xml.push_str("<member><name>");
            self.escaped(name);
            self.xml.push_str("</name>");
            self.any(value, depth);
            self.xml.push_str("</member>");
        }
        self.xml.push_str("</struct></value>");
    }

    /// `<int>` has 32 bits; of more, Odoo takes `<i8>` (14 and 19 answered so), however many they are.
    fn number(&mut self, number: &Number) {
        let text = number.to_string();
        let is_integer = number.is_i64() || number.is_u64();
        let is_int = number
            .as_i64()
            .is_some_and(|integer| i32::try_from(integer).is_ok());
        let tag = match (is_int, is_integer) {
            (true, _) => "int",
            (false, true) => "i8",
            (false, false) => "double",
        };
        self.xml
            .push_str(&format!("<value><{tag}>{text}</{tag}></value>"));
    }

    fn string(&mut self, text: &str) {
        self.xml.push_str("<value><string>");
        self.escaped(text);
        self.xml.push_str("</string></value>");
    }

    /// A carriage return is written by its number: a parser of XML takes it for a line end.
    fn escaped(&mut self, text: &str) {
        let mut start = 0;
        for (at, character) in text.char_indices() {
            let written = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '\r' => "&#13;",
                '\t' | '\n' => continue,
                '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => {
                    let code = u32::from(character);
                    self.unsayable = Some(format!("the character U+{code:04X} in a text"));
                    continue;
                }
                _ => continue,
            };
            self.xml.push_str(&text[start..at]);
            self.xml.push_str(written);
            start = at + character.len_utf8();
        }
        self.xml.push_str(&text[start..]);
    }
}

/// The members of a mapping, to be written.
pub(in crate::transport) fn by_name(
    members: &Map<String, Value>,
) -> impl Iterator<Item = (&str, &Value)> {
    members.iter().map(|(name, value)| (name.as_str(), value))
}
