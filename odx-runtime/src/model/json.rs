//! JSON of any shape, as Python writes it, within a limit of memory.

use std::fmt;

use jiter::{Jiter, JiterError, Peek};
use serde_json::{Map, Value};

use super::{number, scan::plain_length};
use crate::secret::Secrets;

/// How much memory the values of one answer may take, if nothing else is said.
pub(crate) const BUDGET: usize = 512 << 20;

/// Why JSON is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// A number that no `serde_json::Value` holds: it would become another one.
    Number,
    /// It would take more memory than is left.
    TooLarge,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "numbers of 64 bits",
            Self::TooLarge => "JSON within the limit of memory",
        })
    }
}

/// What a value takes in a list that has grown to hold it.
const VALUE: usize = 48;
/// What a key takes in an object.
const KEY: usize = 128;
/// What an object takes beside its keys.
const OBJECT: usize = 512;

/// Finds the end of the value at the start of `json`, makes sure that its numbers fit, and takes from the budget what it
/// will need. What is no JSON is left to its reader.
pub(crate) fn measure(json: &[u8], budget: &mut usize) -> Result<usize, Unfit> {
    let take = |bytes| {
        *budget = budget.checked_sub(bytes).ok_or(Unfit::TooLarge)?;
        Ok(())
    };
    scan(json, take, fits)
}

/// The end of the value at the start of `json`, by its quotes and brackets.
pub(crate) fn end_of(json: &[u8]) -> usize {
    scan(json, |_| Ok(()), |_| true).expect("BUG: nothing is refused")
}

/// Finds the end of a value. `take` is told what each of its parts takes, `fits` is asked of each word.
fn scan(
    json: &[u8],
    mut take: impl FnMut(usize) -> Result<(), Unfit>,
    fits: impl Fn(&[u8]) -> bool,
) -> Result<usize, Unfit> {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                let start = at;
                at = end_of_text(json, at);
                take(VALUE + at - start)?;
            }
            b'[' | b'{' => {
                depth += 1;
                at += 1;
                take(if *byte == b'{' { OBJECT } else { VALUE })?;
                continue;
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            b':' => {
                at += 1;
                take(KEY)?;
                continue;
            }
            b',' | b' ' | b'\n' | b'\r' | b'\t' => {
                at += 1;
                continue;
            }
            _ => {
                let start = at;
                at = end_of_word(json, at);
                if !fits(&json[start..at]) {
                    return Err(Unfit::Number);
                }
                take(VALUE)?;
            }
        }
        if depth == 0 {
            break;
        }
    }
    Ok(at)
}

fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        at += plain_length(json.get(at..).unwrap_or_default());
        match json.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return json.len(),
        }
    }
}

fn end_of_word(json: &[u8], start: usize) -> usize {
    let is_end = |byte: &u8| {
        matches!(
            byte,
            b',' | b':' | b'"' | b'[' | b']' | b'{' | b'}' | b' ' | b'\n' | b'\r' | b'\t'
        )
    };
    let length = json[start..].iter().position(is_end);
    length.map_or(json.len(), |length| start + length)
}

/// Whether a word is a number that fits, or none.
fn fits(word: &[u8]) -> bool {
    const ALWAYS: usize = 18;
    let is_number = matches!(
        word.trim_ascii_start(),
        [b'-', b'0'..=b'9', ..] | [b'0'..=b'9', ..]
    );
    if !is_number || (word.len() <= ALWAYS && number::is_integer(word)) {
        return true;
    }
    if number::is_integer(word) {
        let text = str::from_utf8(word).unwrap_or_default();
        return text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok();
    }
    // What is no number at all is left to the reader.
    let text = str::from_utf8(word).unwrap_or_default();
    text.parse::<f64>().is_err() || number::float(word).is_some()
}

/// The value at the start of `json` as it is shown: without secrets, and cut.
pub(crate) fn found(json: &[u8], secrets: &Secrets) -> String {
    const SHOWN: usize = 80;
    const SEARCHED: usize = 64 << 10;
    let json = json.trim_ascii_start();
    let start = &json[..json.len().min(SEARCHED)];
    let end = end_of(start);
    match secrets.excerpt(&start[..end], SHOWN).trim() {
        "" => "nothing".to_owned(),
        text => format!("`{text}`"),
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

fn lenient_object(json: &mut Jiter<'_>) -> Result<Map<String, Value>, JiterError> {
    let mut entries = Map::new();
    let mut next = json.known_object()?.map(str::to_owned);
    while let Some(key) = next {
        let peek = json.peek()?;
        entries.insert(key, lenient_value(json, peek)?);
        next = json.next_key()?.map(str::to_owned);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(json: &str) -> Result<usize, Unfit> {
        measure(json.as_bytes(), &mut BUDGET.clone())
    }

    #[test]
    fn the_end_of_a_value_is_found() {
        for value in [
            "1",
            "-1.5e3",
            "NaN",
            "-Infinity",
            "null",
            "\"\"",
            r#""a\"]\\""#,
            "[]",
            "{}",
            r#"[{"a":[1,"]"]},{"}":"{"}]"#,
        ] {
            for after in ["", ",1]", "}", " ]"] {
                assert_eq!(end(&format!("{value}{after}")), Ok(value.len()), "{value}");
            }
        }
    }

    #[test]
    fn a_number_that_would_become_another_one_is_refused() {
        for number in [
            "1e400",
            "-1e400",
            "18446744073709551616",
            "9007199254740993.0",
            "9007199254740993.0",
            "-9223372036854775809",
        ] {
            assert_eq!(
                end(&format!(r#"[{{"a":[{number}]}}]"#)),
                Err(Unfit::Number),
                "{number}"
            );
        }
        for number in [
            "18446744073709551615",
            "-9223372036854775808",
            "0.1",
            "1e308",
            "NaN",
        ] {
            assert!(end(&format!("[{number}]")).is_ok(), "{number}");
        }
    }

    #[test]
    fn what_would_take_more_memory_than_there_is_is_refused() {
        for small in ["[],", "{},", "\"\",", "0,", "{\"\":0},"] {
            let json = format!("[{}0]", small.repeat(1_000));
            assert!(measure(json.as_bytes(), &mut 1_000_000).is_ok(), "{small}");
            assert_eq!(
                measure(json.as_bytes(), &mut 40_000),
                Err(Unfit::TooLarge),
                "{small}"
            );
        }
    }

    #[test]
    fn what_is_no_json_is_left_to_its_reader() {
        for json in ["", "[", "\"a", "]", "-", "1.2.3", "\u{e9}", "\"\\"] {
            assert!(end(json).is_ok_and(|end| end <= json.len()), "{json}");
        }
    }
}
