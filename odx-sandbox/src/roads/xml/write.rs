//! Writes answers, byte for byte as Python's `xmlrpc.client.dumps` does.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::odoo::{Answer, OdooError, Row};

/// What Python's `None` becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::roads) enum Nil {
    /// It cannot be written.
    Refused,
    /// `<nil/>`
    Written,
}

/// The code of a fault.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::roads) enum Code {
    Number(i64),
    /// As `/xmlrpc/object` has them.
    Text(String),
}

/// A result; if there is no writing it, what Python says of that.
pub(in crate::roads) fn response(answer: &Answer, nil: Nil) -> Result<String, OdooError> {
    let mut values = Values {
        xml: "<params>\n<param>\n".to_owned(),
        nil,
    };
    match answer {
        Answer::Nothing => values.value(&Value::Null)?,
        Answer::Value(value) => values.value(value)?,
        Answer::Rows(rows) => values.rows(rows)?,
    }
    values.xml.push_str("</param>\n</params>\n");
    Ok(values.xml)
}

/// A fault of this code and text.
pub(in crate::roads) fn fault(code: Code, text: &str) -> String {
    let mut values = Values {
        xml: "<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n".to_owned(),
        nil: Nil::Refused,
    };
    match code {
        Code::Number(code) => values.push(format_args!("<value><int>{code}</int></value>\n")),
        Code::Text(code) => values.text(&code),
    }
    values
        .xml
        .push_str("</member>\n<member>\n<name>faultString</name>\n");
    values.text(text);
    values
        .xml
        .push_str("</member>\n</struct></value>\n</fault>\n");
    values.xml
}

struct Values {
    xml: String,
    nil: Nil,
}

impl Values {
    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        self.xml
            .write_fmt(text)
            .expect("BUG: a text takes what is written to it");
    }

    fn value(&mut self, value: &Value) -> Result<(), OdooError> {
        match value {
            Value::Null if self.nil == Nil::Refused => {
                return Err(OdooError::type_error(
                    "cannot marshal None unless allow_none is enabled",
                ));
            }
            Value::Null => self.xml.push_str("<value><nil/></value>"),
            Value::Bool(flag) => self.push(format_args!(
                "<value><boolean>{}</boolean></value>\n",
                u8::from(*flag)
            )),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) if i32::try_from(number).is_ok() => {
                    self.push(format_args!("<value><int>{number}</int></value>\n"));
                }
                (None, Some(number)) if number.is_finite() && !is_integral(value) => {
                    self.push(format_args!("<value><double>{number:?}</double></value>\n"));
                }
                _ => {
                    let text = "int exceeds XML-RPC limits";
                    return Err(OdooError::new("builtins.OverflowError", text));
                }
            },
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.xml.push_str("<value><array><data>\n");
                for item in items {
                    self.value(item)?;
                }
                self.xml.push_str("</data></array></value>\n");
            }
            Value::Object(members) => self.mapping(members)?,
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.xml.push_str("<value><string>");
        escape(text, &mut self.xml);
        self.xml.push_str("</string></value>\n");
    }

    fn mapping(&mut self, members: &Map<String, Value>) -> Result<(), OdooError> {
        self.xml.push_str("<value><struct>\n");
        for (name, value) in members {
            self.member(name, value)?;
        }
        self.xml.push_str("</struct></value>\n");
        Ok(())
    }

    fn member(&mut self, name: &str, value: &Value) -> Result<(), OdooError> {
        self.xml.push_str("<member>\n<name>");
        escape(name, &mut self.xml);
        self.xml.push_str("</name>\n");
        self.value(value)?;
        self.xml.push_str("</member>\n");
        Ok(())
    }

    /// Rows keep the order of their fields.
    fn rows(&mut self, rows: &[Row]) -> Result<(), OdooError> {
        self.xml.push_str("<value><array><data>\n");
        for row in rows {
            self.xml.push_str("<value><struct>\n");
            for (name, value) in &row.0 {
                self.member(name, value)?;
            }
            self.xml.push_str("</struct></value>\n");
        }
        self.xml.push_str("</data></array></value>\n");
        Ok(())
    }
}

/// Whether a number is an integer, of any size.
fn is_integral(number: &Value) -> bool {
    number.is_i64() || number.is_u64()
}

/// Escapes what Python escapes, and leaves out the control characters that Odoo does.
fn escape(text: &str, xml: &mut String) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\t' | '\n' | '\r' => xml.push(character),
            character if character < ' ' => {}
            character => xml.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(value: Value) -> Result<String, String> {
        let answer = Answer::Value(value);
        response(&answer, Nil::Refused).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        let text = written(json!([1, 1.0, true, "a<&>\u{1}\n", {"a": []}])).unwrap();
        assert_eq!(
            text,
            "<params>\n<param>\n<value><array><data>\n<value><int>1</int></value>\n<value><double>1.0</double></value>\n\
             <value><boolean>1</boolean></value>\n<value><string>a&lt;&amp;&gt;\n</string></value>\n<value><struct>\n<member>\n\
             <name>a</name>\n<value><array><data>\n</data></array></value>\n</member>\n</struct></value>\n\
             </data></array></value>\n</param>\n</params>\n"
        );
    }

    #[test]
    fn what_python_cannot_write_is_its_error() {
        let none = "cannot marshal None unless allow_none is enabled";
        assert_eq!(written(json!([null])), Err(none.to_owned()));
        for number in [
            json!(2_147_483_648_i64),
            json!(-2_147_483_649_i64),
            json!(u64::MAX),
        ] {
            assert_eq!(
                written(number),
                Err("int exceeds XML-RPC limits".to_owned())
            );
        }
        assert!(response(&Answer::Nothing, Nil::Written).is_ok());
    }
}
