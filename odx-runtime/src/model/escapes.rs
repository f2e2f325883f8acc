//! Texts with escapes. Odoo 14 and 15 write every letter that is not ASCII as an escape, and html is full of quotes and ends
//! of lines: what stands between two escapes is short, so that it is copied by blocks, not by calls of `memcpy`.

use super::{
    Mismatch,
    scan::{WORD, marks, plain_length, syntax},
};

/// Room for some escapes and what stands between them.
const ROOM: usize = 64 * WORD;

/// As much as is copied in one go.
const BLOCK: usize = 4 * WORD;

/// What has to be there to read a block: an escape may end behind it, and what follows that is copied as a block.
const AHEAD: usize = BLOCK + 2 + BLOCK;

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

    /// Reads plain characters and the escapes of one letter between them, and returns the rest.
    fn short_runs<'j>(&mut self, json: &'j [u8]) -> &'j [u8] {
        // Between letters that are escaped stand some signs.
        let Some((word, _)) = json.split_first_chunk::<WORD>() else {
            return json;
        };
        let length = match marks(*word) {
            0 => return self.blocks(json),
            marks => marks.trailing_zeros() as usize / 8,
        };
        self.room()[..WORD].copy_from_slice(word);
        self.length += length;
        match &json[length..] {
            rest @ [b'\\', b'u', ..] => rest,
            rest @ [b'\\', ..] => self.blocks(rest),
            rest => rest,
        }
    }

    /// The same, by blocks in which all marks are looked for at once, so that no run waits for the one before it. What is
    /// copied beyond the end of a run is written over. Ends after some blocks without marks: for long runs there is `memcpy`.
    fn blocks<'j>(&mut self, mut json: &'j [u8]) -> &'j [u8] {
        const FEW: usize = 3;
        const LAST: usize = ROOM - 3 * BLOCK;
        let room = self.room();
        let (mut length, mut unmarked) = (0, 0);
        while length <= LAST
            && unmarked < FEW
            && let Some(ahead) = json.first_chunk::<AHEAD>()
        {
            let mut marks = block_marks(ahead);
            unmarked = if marks == 0 { unmarked + 1 } else { 0 };
            let mut start = 0;
            while marks != 0 {
                let mark = marks.trailing_zeros() as usize;
                copy_block(&ahead[start..], &mut room[length..]);
                length += mark - start;
                let character = match ahead[mark] {
                    b'\\' => LETTERS[usize::from(ahead[mark + 1])],
                    _ => 0,
                };
                if character == 0 {
                    self.length += length;
                    return &json[mark..];
                }
                room[length] = character;
                length += 1;
                start = mark + 2;
                // What is escaped is no mark.
                marks &= !(0b11 << mark);
            }
            if start < BLOCK {
                copy_block(&ahead[start..], &mut room[length..]);
                length += BLOCK - start;
                start = BLOCK;
            }
            json = &json[start..];
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

#[inline]
fn copy_block(from: &[u8], to: &mut [u8]) {
    let from = from.first_chunk::<BLOCK>();
    let to = to.first_chunk_mut::<BLOCK>();
    *to.expect("BUG: there is room for a block") = *from.expect("BUG: a block is ahead");
}

/// A bit for each byte of a block that is a quote, a backslash or a control character.
#[inline]
fn block_marks(ahead: &[u8; AHEAD]) -> u32 {
    const LOWEST: u64 = u64::from_le_bytes([1; WORD]);
    const GATHERS: u64 = 0x0102_0408_1020_4080;
    let mut marked = [0; BLOCK];
    // All ones, not one, because that is what vector instructions give.
    for (marked, byte) in marked.iter_mut().zip(ahead) {
        let is_mark = (*byte == b'"') | (*byte == b'\\') | (*byte < 0x20);
        *marked = u8::from(is_mark).wrapping_neg();
    }
    let (words, _) = marked.as_chunks();
    let mut marks = 0;
    for (number, word) in words.iter().enumerate() {
        // The lowest bit of each byte goes to the highest byte.
        let bits = (u64::from_le_bytes(*word) & LOWEST).wrapping_mul(GATHERS) >> 56;
        marks |= (bits as u32) << (8 * number);
    }
    marks
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
