//! Reads answers in one pass, from XML to the JSON that Odoo writes of the same values.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use quick_xml::{Reader, events::Event};

use crate::session::Bounds;

/// What an answer holds, as JSON.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Result(Vec<u8>),
    Fault(Vec<u8>),
}

/// Why an answer cannot be read.
#[derive(Debug, PartialEq)]
pub(super) enum Unread {
    /// It is none of XML-RPC, for this reason.
    Refused(&'static str),
    /// It takes more memory than it may.
    TooLarge,
    /// It takes longer than this.
    Late(Duration),
}

/// What `<base64>` stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::transport) enum Base64 {
    /// Bytes of Python, which over JSON are the text that they encode. Odoo 14 sends them so, and later ones as text.
    Text,
    /// Any bytes, which JSON has as base64.
    Bytes,
}

/// Reads an answer. However deep it is, it takes no more of the stack, and it defines no entities.
///
/// # Errors
/// [`Unread`], if not the whole of it is an answer of XML-RPC.
pub(super) fn answer(body: &str, base64: Base64, bounds: &Bounds) -> Result<Answer, Unread> {
    let mut values = Values {
        base64,
        tokens: Tokens::of(body, bounds),
        json: Vec::with_capacity(body.len() / 4),
        text: String::new(),
        most: bounds.memory,
    };
    values.open(Tag::MethodResponse)?;
    let answer = match values.markup()? {
        Token::Open(Tag::Params) => {
            values.open(Tag::Param)?;
            values.open(Tag::Value)?;
            values.value()?;
            values.close(Tag::Param)?;
            values.close(Tag::Params)?;
            Answer::Result(std::mem::take(&mut values.json))
        }
        Token::Open(Tag::Fault) => {
            values.open(Tag::Value)?;
            values.value()?;
            values.close(Tag::Fault)?;
            Answer::Fault(std::mem::take(&mut values.json))
        }
        found => return Err(unfit(&found)),
    };
    values.close(Tag::MethodResponse)?;
    match values.markup()? {
        Token::End => Ok(answer),
        _ => Err(Unread::Refused("something follows its end")),
    }
}

/// The elements of XML-RPC, and its common extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    MethodResponse,
    Params,
    Param,
    Fault,
    Value,
    Array,
    Data,
    Struct,
    Member,
    Name,
    Integer,
    Double,
    Boolean,
    String,
    DateTime,
    Base64,
    Nil,
    Other,
}

impl Tag {
    fn of(name: &str) -> Self {
        match name {
            "methodResponse" => Self::MethodResponse,
            "params" => Self::Params,
            "param" => Self::Param,
            "fault" => Self::Fault,
            "value" => Self::Value,
            "array" => Self::Array,
            "data" => Self::Data,
            "struct" => Self::Struct,
            "member" => Self::Member,
            "name" => Self::Name,
            "int" | "i4" | "i8" | "i1" | "i2" | "biginteger" => Self::Integer,
            "double" | "float" => Self::Double,
            "boolean" => Self::Boolean,
            "string" => Self::String,
            "dateTime.iso8601" => Self::DateTime,
            "base64" => Self::Base64,
            "nil" | "ex:nil" => Self::Nil,
            _ => Self::Other,
        }
    }
}

#[derive(Debug)]
enum Token<'b> {
    Open(Tag),
    Close(Tag),
    Text(Cow<'b, str>),
    Char(char),
    End,
}

/// The XML, piece by piece.
struct Tokens<'b> {
    reader: Reader<&'b [u8]>,
    until: Option<(Instant, Duration)>,
    read: u32,
}

impl<'b> Tokens<'b> {
    fn of(body: &'b str, bounds: &Bounds) -> Self {
        let mut reader = Reader::from_str(body.strip_prefix('\u{feff}').unwrap_or(body));
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            until: bounds.until,
            read: 0,
        }
    }

    /// How many pieces are read between two looks at the clock: some milliseconds.
    const BETWEEN_LOOKS: u32 = 1 << 16;

    fn in_time(&mut self) -> Result<(), Unread> {
        self.read = self.read.wrapping_add(1);
        match self.until {
            Some((end, limit))
                if self.read.is_multiple_of(Self::BETWEEN_LOOKS) && Instant::now() > end =>
            {
                Err(Unread::Late(limit))
            }
            _ => Ok(()),
        }
    }

    fn next(&mut self) -> Result<Token<'b>, Unread> {
        loop {
            self.in_time()?;
            let event = self.reader.read_event();
            return Ok(match event.map_err(|_| NOT_XML)? {
                Event::Start(tag) => Token::Open(Tag::of(tag.name().into_inner())),
                Event::End(tag) => Token::Close(Tag::of(tag.name().into_inner())),
                Event::Text(text) => Token::Text(text.into_inner()),
                Event::CData(text) => Token::Text(text.into_inner()),
                Event::GeneralRef(entity) => Token::Char(match &*entity {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => entity
                        .resolve_char_ref()
                        .ok()
                        .flatten()
                        .ok_or(Unread::Refused("it has an entity that XML does not know"))?,
                }),
                Event::DocType(_) => return Err(Unread::Refused("it has a DOCTYPE")),
                Event::Decl(declaration) => match declaration.encoding() {
                    Some(Ok(encoding)) if !encoding.eq_ignore_ascii_case("utf-8") => {
                        return Err(Unread::Refused("it says that it is not in UTF-8"));
                    }
                    _ => continue,
                },
                Event::Comment(_) | Event::PI(_) => continue,
                Event::Eof => Token::End,
                Event::Empty(_) => return Err(NOT_XML),
            });
        }
    }
}

const NOT_XML: Unread = Unread::Refused("it is no XML, or breaks off");
const BROKEN_OFF: Unread = Unread::Refused("it breaks off");

/// What stands where something else has to.
fn unfit(found: &Token<'_>) -> Unread {
    match found {
        Token::End => BROKEN_OFF,
        Token::Open(Tag::Other) => Unread::Refused("it has an element that XML-RPC does not know"),
        _ => Unread::Refused("it is no answer of XML-RPC"),
    }
}

/// Translates values.
struct Values<'b> {
    tokens: Tokens<'b>,
    json: Vec<u8>,
    /// The text of the value that is read.
    text: String,
    base64: Base64,
    /// How long the JSON may become.
    most: usize,
}

/// What a value lies in.
#[derive(Clone, Copy)]
enum Inside {
    Array,
    Struct,
}

/// What is read next.
#[derive(Clone, Copy)]
enum Next {
    /// A value, of which `<value>` was read.
    Value,
    /// What follows a value.
    After,
    /// An item of a list, or its end.
    Item { is_first: bool },
    /// A member of a mapping, or its end.
    Member { is_first: bool },
}

impl<'b> Values<'b> {
    /// A value, from behind its `<value>` to its `</value>`.
    fn value(&mut self) -> Result<(), Unread> {
        let mut inside = Vec::new();
        let mut next = Next::Value;
        loop {
            if self.json.len() > self.most {
                return Err(Unread::TooLarge);
            }
            next = match next {
                Next::Value => match self.scalar()? {
                    None => Next::After,
                    Some(Inside::Array) => {
                        self.open(Tag::Data)?;
                        self.json.push(b'[');
                        inside.push(Inside::Array);
                        Next::Item { is_first: true }
                    }
                    Some(Inside::Struct) => {
                        self.json.push(b'{');
                        inside.push(Inside::Struct);
                        Next::Member { is_first: true }
                    }
                },
                Next::After => match inside.last() {
                    None => return Ok(()),
                    Some(Inside::Array) => Next::Item { is_first: false },
                    Some(Inside::Struct) => {
                        self.close(Tag::Member)?;
                        Next::Member { is_first: false }
                    }
                },
                Next::Item { is_first } => match self.markup()? {
                    Token::Open(Tag::Value) => {
                        self.separate(is_first);
                        Next::Value
                    }
                    Token::Close(Tag::Data) => {
                        self.close(Tag::Array)?;
                        self.close(Tag::Value)?;
                        self.json.push(b']');
                        inside.pop();
                        Next::After
                    }
                    found => return Err(unfit(&found)),
                },
                Next::Member { is_first } => match self.markup()? {
                    Token::Open(Tag::Member) => {
                        self.separate(is_first);
                        self.open(Tag::Name)?;
                        self.text_until(Tag::Name)?;
                        self.write_text();
                        self.json.push(b':');
                        self.open(Tag::Value)?;
                        Next::Value
                    }
                    Token::Close(Tag::Struct) => {
                        self.close(Tag::Value)?;
                        self.json.push(b'}');
                        inside.pop();
                        Next::After
                    }
                    found => return Err(unfit(&found)),
                },
            };
        }
    }

    fn separate(&mut self, is_first: bool) {
        if !is_first {
            self.json.push(b',');
        }
    }

    /// A value up to its `</value>`, unless it is one that others lie in. Without a type, it is a text.
    fn scalar(&mut self) -> Result<Option<Inside>, Unread> {
        self.text.clear();
        let tag = loop {
            match self.tokens.next()? {
                Token::Text(text) => self.text.push_str(&text),
                Token::Char(character) => self.text.push(character),
                Token::Close(Tag::Value) => {
                    self.write_text();
                    return Ok(None);
                }
                Token::Open(tag) if is_blank(&self.text) => break tag,
                found => return Err(unfit(&found)),
            }
        };
        match tag {
            Tag::Array => return Ok(Some(Inside::Array)),
            Tag::Struct => return Ok(Some(Inside::Struct)),
            _ => self.text_until(tag)?,
        }
        match tag {
            Tag::String => self.write_text(),
            Tag::Integer => self.write_integer()?,
            Tag::Double => self.write_double()?,
            Tag::Boolean => self.write_boolean()?,
            Tag::DateTime => self.write_datetime(),
            Tag::Base64 => self.write_base64()?,
            Tag::Nil if is_blank(&self.text) => self.json.extend_from_slice(b"null"),
            tag => return Err(unfit(&Token::Open(tag))),
        }
        self.close(Tag::Value)?;
        Ok(None)
    }

    /// Keeps the text up to the end of an element that holds nothing else.
    fn text_until(&mut self, tag: Tag) -> Result<(), Unread> {
        self.text.clear();
        loop {
            match self.tokens.next()? {
                Token::Text(text) => self.text.push_str(&text),
                Token::Char(character) => self.text.push(character),
                Token::Close(closed) if closed == tag => return Ok(()),
                found => return Err(unfit(&found)),
            }
        }
    }

    /// The next that is no space between elements.
    fn markup(&mut self) -> Result<Token<'b>, Unread> {
        loop {
            match self.tokens.next()? {
                Token::Text(text) if is_blank(&text) => {}
                token => return Ok(token),
            }
        }
    }

    fn open(&mut self, tag: Tag) -> Result<(), Unread> {
        match self.markup()? {
            Token::Open(opened) if opened == tag => Ok(()),
            found => Err(unfit(&found)),
        }
    }

    fn close(&mut self, tag: Tag) -> Result<(), Unread> {
        match self.markup()? {
            Token::Close(closed) if closed == tag => Ok(()),
            found => Err(unfit(&found)),
        }
    }

    fn write_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        write_string(&mut self.json, &text);
        self.text = text;
    }

    /// An integer of any length, as JSON has it: whoever reads it says how many bits it may have.
    fn write_integer(&mut self) -> Result<(), Unread> {
        let text = self.text.trim_ascii();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Unread::Refused("an integer in it is none"));
        }
        self.json.extend_from_slice(sign.as_bytes());
        self.json
            .extend_from_slice(match digits.trim_start_matches('0') {
                "" => b"0",
                digits => digits.as_bytes(),
            });
        Ok(())
    }

    /// As Python writes floats in JSON: as it came, or as a bare word.
    fn write_double(&mut self) -> Result<(), Unread> {
        let text = self.text.trim_ascii();
        let double: f64 = text
            .parse()
            .map_err(|_| Unread::Refused("a float in it is none"))?;
        let written = match double {
            _ if double.is_nan() => "NaN",
            f64::INFINITY if !is_written_out(text) => "Infinity",
            f64::NEG_INFINITY if !is_written_out(text) => "-Infinity",
            _ if is_json_float(text) => text,
            _ => {
                self.json
                    .extend_from_slice(format!("{double:?}").as_bytes());
                return Ok(());
            }
        };
        self.json.extend_from_slice(written.as_bytes());
        Ok(())
    }

    fn write_boolean(&mut self) -> Result<(), Unread> {
        let written: &[u8] = match self.text.trim_ascii() {
            "0" => b"false",
            "1" => b"true",
            _ => return Err(Unread::Refused("a boolean in it is neither 0 nor 1")),
        };
        self.json.extend_from_slice(written);
        Ok(())
    }

    /// As Odoo writes moments, where it is one as XML-RPC has them (`19980717T14:08:55`). Odoo itself sends none.
    fn write_datetime(&mut self) {
        let text = self.text.trim_ascii();
        let (day, time) = match text.split_once('T') {
            Some((day, time)) if day.len() == 8 && day.bytes().all(|it| it.is_ascii_digit()) => {
                (day, time)
            }
            _ => return self.write_text(),
        };
        let moment = format!("{}-{}-{} {time}", &day[..4], &day[4..6], &day[6..]);
        write_string(&mut self.json, &moment);
    }

    fn write_base64(&mut self) -> Result<(), Unread> {
        self.text
            .retain(|character| !character.is_ascii_whitespace());
        let bytes = BASE64_STANDARD
            .decode(&self.text)
            .map_err(|_| Unread::Refused("base64 in it is none"))?;
        if self.base64 == Base64::Bytes {
            self.write_text();
            return Ok(());
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            Unread::Refused("bytes in it are no text, which JSON could not say either")
        })?;
        write_string(&mut self.json, &text);
        Ok(())
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Whether it is a number in digits, and no word.
fn is_written_out(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a float is written as JSON has floats: with digits before and behind the point, and a point or an exponent.
fn is_json_float(text: &str) -> bool {
    let is_digits =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent_fits =
        exponent.map(|exponent| is_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)));
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent_fits.unwrap_or(fraction.is_some())
}

/// A text as JSON.
fn write_string(json: &mut Vec<u8>, text: &str) {
    json.push(b'"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        json.extend_from_slice(&text.as_bytes()[start..at]);
        start = at + 1;
        match byte {
            b'"' | b'\\' => json.extend_from_slice(&[b'\\', byte]),
            b'\n' => json.extend_from_slice(b"\\n"),
            b'\r' => json.extend_from_slice(b"\\r"),
            b'\t' => json.extend_from_slice(b"\\t"),
            _ => json.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
    }
    json.extend_from_slice(&text.as_bytes()[start..]);
    json.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_broke_off_anywhere_is_none() {
        let whole = "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n<member>\n<name>a&amp;b</name>\n<value><array><data>\n<value><int>1</int></value>\n<value>é</value>\n<value><nil/></value>\n</data></array></value>\n</member>\n</struct></value>\n</param>\n</params>\n</methodResponse>";
        let read = |body: &str| answer(body, Base64::Text, &Bounds::default());
        let json = r#"{"a&b":[1,"é",null]}"#;
        assert_eq!(read(whole), Ok(Answer::Result(json.into())));
        for cut in (0..whole.len()).filter(|cut| whole.is_char_boundary(*cut)) {
            let cut = read(&whole[..cut]);
            assert!(matches!(cut, Err(Unread::Refused(_))), "{cut:?}");
        }
    }

    #[test]
    fn reading_ends_with_the_time_limit_of_the_call() {
        let items = "<value><int>1</int></value>".repeat(1 << 16);
        let body = format!(
            "<methodResponse><params><param><value><array><data>{items}</data></array></value></param></params></methodResponse>"
        );
        let limit = Duration::from_millis(1);
        let bounds = Bounds {
            until: Some((Instant::now(), limit)),
            ..Bounds::default()
        };
        assert_eq!(
            answer(&body, Base64::Text, &bounds),
            Err(Unread::Late(limit))
        );
    }
}
