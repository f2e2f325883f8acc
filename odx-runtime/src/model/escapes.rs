//! Texts with escapes. Odoo 14 and 15 write every letter that is not ASCII as an escape, and html is full of quotes and ends
//! of lines: what stands between two escapes is short, so that it is copied by words, not by calls of `memcpy`.

use super::{
    Mismatch,
    scan::{WORD, marks, plain_length, syntax},
};

/// Room for some escapes and what stands between them.
const ROOM: usize = 64 * WORD;

/// How much of what stands between two escapes is copied by words.
const SHORT_RUN: usize = 8 * WORD;

/// A text that is put together. Behind it is room that may be written to before it is known how much of that belongs to the
/// text.
#[derive(Default)]
pub(super) struct Unescaped {
    buffer: Vec<u8>,
    length: usize,
}

impl Unescaped {
    /// Reads a text from its first escape on, after its `start`. Returns what comes after its end.
    pub(super) fn read<'j>(
        &mut self,
        start: &str,
        mut json: &'j [u8],
    ) -> Result<&'j [u8], Mismatch> {
        self.length = 0;
        self.add(start.as_bytes());
        loop {
            json = match json {
                [b'\\', b'u', ..] => self.code_units(json)?,
                [b'\\', kind, rest @ ..] => {
                    self.add(&[letter(*kind).ok_or_else(unknown)?]);
                    rest
                }
                [b'"', rest @ ..] => return Ok(rest),
                [b'\\'] => return Err(unknown()),
                [_, ..] => return Err(syntax("a control character in a text")),
                [] => return Err(syntax("a text without an end")),
            };
            json = self.short_runs(json);
            if !matches!(json, [b'"' | b'\\', ..]) {
                let (run, rest) = json.split_at(plain_length(json));
                self.add(run);
                json = rest;
            }
        }
    }

    /// The text. What was not escaped is as it came, so that it may not be UTF-8.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// The room behind the text.
    fn room(&mut self) -> &mut [u8; ROOM] {
        let end = self.length + ROOM;
        self.reach(end);
        let room = self.buffer[..end].last_chunk_mut();
        room.expect("BUG: the end is behind the room")
    }

    fn add(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        self.reach(end);
        self.buffer[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }

    fn reach(&mut self, end: usize) {
        if end > self.buffer.len() {
            self.buffer.resize(end.max(2 * self.buffer.len()), 0);
        }
    }

    /// Reads runs of plain characters and the escapes of one letter between them, and returns the rest. What is copied of a
    /// run's last word beyond its end is written over.
    fn short_runs<'j>(&mut self, mut json: &'j [u8]) -> &'j [u8] {
        const LAST: usize = ROOM - SHORT_RUN - 1;
        let room = self.room();
        let mut length = 0;
        while length <= LAST
            && let Some(run) = json.first_chunk()
        {
            let place = room[length..].first_chunk_mut();
            let copied = copy_run(run, place.expect("BUG: there is room for a run"));
            length += copied;
            json = &json[copied..];
            let [b'\\', kind, rest @ ..] = json else {
                break;
            };
            let Some(character) = letter(*kind) else {
                break;
            };
            room[length] = character;
            length += 1;
            json = rest;
        }
        self.length += length;
        json
    }

    /// Reads escapes `\uXXXX` that follow each other, and returns the rest.
    fn code_units<'j>(&mut self, mut json: &'j [u8]) -> Result<&'j [u8], Mismatch> {
        const LAST: usize = ROOM - char::MAX.len_utf8();
        loop {
            let room = self.room();
            let mut length = 0;
            while length <= LAST {
                let Some((unit, rest)) = code_unit(json)? else {
                    self.length += length;
                    return Ok(json);
                };
                json = rest;
                if let 0x80..0x800 = unit {
                    room[length] = 0xC0 | (unit >> 6) as u8;
                    room[length + 1] = 0x80 | (unit & 0x3F) as u8;
                    length += 2;
                    continue;
                }
                let (character, rest) = match char::from_u32(unit) {
                    Some(character) => (character, json),
                    None => pair(unit, json)?,
                };
                json = rest;
                length += character.encode_utf8(&mut room[length..]).len();
            }
            self.length += length;
        }
    }
}

/// Copies words up to a quote, a backslash or a control character, and counts the bytes before it.
#[inline]
fn copy_run(run: &[u8; SHORT_RUN], place: &mut [u8; SHORT_RUN]) -> usize {
    let (words, _) = run.as_chunks::<WORD>();
    let (places, _) = place.as_chunks_mut();
    let mut length = 0;
    for (word, place) in words.iter().zip(places) {
        *place = *word;
        let marks = marks(*word);
        if marks != 0 {
            return length + marks.trailing_zeros() as usize / 8;
        }
        length += WORD;
    }
    length
}

/// What stands for each byte after a backslash, but `u`; 0 is nothing.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let pairs = [
        (b'"', b'"'),
        (b'\\', b'\\'),
        (b'/', b'/'),
        (b'n', b'\n'),
        (b't', b'\t'),
        (b'r', b'\r'),
        (b'b', 0x8),
        (b'f', 0xC),
    ];
    let mut index = 0;
    while index < pairs.len() {
        letters[pairs[index].0 as usize] = pairs[index].1;
        index += 1;
    }
    letters
};

/// What a letter after a backslash stands for, but `u`.
#[inline]
fn letter(kind: u8) -> Option<u8> {
    let character = LETTERS[usize::from(kind)];
    (character != 0).then_some(character)
}

/// What each hexadecimal digit is worth, at the end of a byte and before another; what is none is negative.
const HEX: [[i32; 256]; 2] = {
    let mut values = [[-1; 256]; 2];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        let either = [digit as usize, digit.to_ascii_uppercase() as usize];
        let mut index = 0;
        while index < either.len() {
            values[0][either[index]] = value;
            values[1][either[index]] = value << 4;
            index += 1;
        }
        value += 1;
    }
    values
};

/// What `\uXXXX` stands for, if that is next, and what is left after it.
#[inline]
fn code_unit(json: &[u8]) -> Result<Option<(u32, &[u8])>, Mismatch> {
    let Some(([backslash, u, digits @ ..], after)) = json.split_first_chunk::<6>() else {
        return match json {
            [b'\\', b'u', ..] => Err(unknown()),
            _ => Ok(None),
        };
    };
    if [*backslash, *u] != *b"\\u" {
        return Ok(None);
    }
    let [a, b, c, d] = digits.map(usize::from);
    let (high, low) = (HEX[1][a] | HEX[0][b], HEX[1][c] | HEX[0][d]);
    match u32::try_from(high << 8 | low) {
        Ok(unit) => Ok(Some((unit, after))),
        Err(_) => Err(unknown()),
    }
}

/// The character beyond 16 bits that two surrogates stand for, of which the first was read, and what is left after them.
fn pair(high: u32, json: &[u8]) -> Result<(char, &[u8]), Mismatch> {
    let lone = || syntax("a lone surrogate in a text");
    let (low, after) = code_unit(json)?.ok_or_else(lone)?;
    let units = [high, low].map(|unit| unit as u16);
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => Ok((character, after)),
        _ => Err(lone()),
    }
}

#[cold]
fn unknown() -> Mismatch {
    syntax("an unknown escape in a text")
}
