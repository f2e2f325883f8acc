//! Takes a file's content out of an answer while it comes, so that the rest can be read as any other answer.
//!
//! Every road sends content as one text of base64, in whatever it puts around it. So a long run of base64's characters is
//! the content, whatever the road; a mark takes its place.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;

/// An answer of which the content is cut out.
pub(super) struct Cut {
    /// What takes the place of the content.
    mark: String,
    /// The answer without its content.
    pub(super) rest: Vec<u8>,
    /// Characters of base64 that may be content, or are and wait to be read.
    run: Vec<u8>,
    /// A character that is written as several: `\/`, `\u002b`, `&#10;`.
    escape: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Looking,
    Cutting,
    Done,
}

/// Why the content cannot be read.
#[derive(Debug, PartialEq)]
pub(super) struct NoBase64;

impl Cut {
    /// The fewest characters that are taken for content. What is shorter is left where it is.
    pub(super) const LEAST: usize = 8 << 10;

    /// How many characters are read at once; a multiple of four.
    const STEP: usize = 64 << 10;

    pub(super) fn new(mark: impl Into<String>) -> Self {
        Self {
            mark: mark.into(),
            rest: Vec::new(),
            run: Vec::new(),
            escape: Vec::new(),
            state: State::Looking,
        }
    }

    /// Takes the next piece of the answer, and gives what of the content can be read.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<Vec<Bytes>, NoBase64> {
        let mut read = Vec::new();
        let mut piece = piece;
        while !piece.is_empty() {
            if self.state == State::Done {
                self.rest.extend_from_slice(piece);
                break;
            }
            if !self.escape.is_empty() {
                self.unescape(piece[0], &mut read)?;
                piece = &piece[1..];
                continue;
            }
            let length = piece.iter().take_while(|byte| is_base64(**byte)).count();
            self.run.extend_from_slice(&piece[..length]);
            if self.state == State::Looking && self.run.len() >= Self::LEAST {
                self.state = State::Cutting;
            }
            if self.state == State::Cutting && self.run.len() >= Self::STEP {
                self.read(self.run.len() - self.run.len() % 4, &mut read)?;
            }
            piece = &piece[length..];
            let Some(&byte) = piece.first() else { break };
            piece = &piece[1..];
            match (self.state, byte) {
                (State::Cutting, b'\\' | b'&') => self.escape.push(byte),
                (State::Cutting, b'\n' | b'\r') => {}
                (State::Cutting, end) => self.end(end, &mut read)?,
                (_, byte) => {
                    self.rest.append(&mut self.run);
                    self.rest.push(byte);
                }
            }
        }
        Ok(read)
    }

    /// The end of the answer. Content that is not followed by anything broke off.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, NoBase64> {
        match self.state {
            State::Cutting => Err(NoBase64),
            State::Looking | State::Done => {
                self.rest.append(&mut self.run);
                Ok(self.rest)
            }
        }
    }

    fn end(&mut self, end: u8, read: &mut Vec<Bytes>) -> Result<(), NoBase64> {
        self.read(self.run.len(), read)?;
        self.rest.extend_from_slice(self.mark.as_bytes());
        self.rest.push(end);
        self.state = State::Done;
        Ok(())
    }

    fn read(&mut self, length: usize, read: &mut Vec<Bytes>) -> Result<(), NoBase64> {
        let run = &self.run[..length];
        read.push(BASE64_STANDARD.decode(run).map_err(|_| NoBase64)?.into());
        self.run.drain(..length);
        Ok(())
    }

    /// The next byte of an escape.
    fn unescape(&mut self, byte: u8, read: &mut Vec<Bytes>) -> Result<(), NoBase64> {
        const LONGEST: usize = 8;
        self.escape.push(byte);
        let character = match self.escape.as_slice() {
            [b'\\', b'n' | b'r'] | b"&#10;" | b"&#13;" | b"&#xA;" | b"&#xD;" => None,
            [b'\\', b'/'] => Some(b'/'),
            [b'\\', b'u', digits @ ..] if digits.len() == 4 => {
                let digits = std::str::from_utf8(digits).ok();
                let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match code {
                    Some(b'\n' | b'\r') => None,
                    Some(code) if is_base64(code) => Some(code),
                    _ => return Err(NoBase64),
                }
            }
            [b'\\', b'u', ..] => return Ok(()),
            [b'\\', ..] => return Err(NoBase64),
            escape if escape.len() < LONGEST && byte != b';' => return Ok(()),
            _ => return Err(NoBase64),
        };
        self.escape.clear();
        self.run.extend(character);
        if self.run.len() >= Self::STEP {
            self.read(self.run.len() - self.run.len() % 4, read)?;
        }
        Ok(())
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(answer: &[u8], step: usize) -> Result<(Vec<u8>, String), NoBase64> {
        let mut cut = Cut::new("MARK");
        let mut content = Vec::new();
        for piece in answer.chunks(step) {
            content.extend(cut.take(piece)?.concat());
        }
        Ok((content, String::from_utf8(cut.finish()?).expect("a text")))
    }

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|place| (place * 7 % 251) as u8).collect()
    }

    #[test]
    fn the_content_of_an_answer_is_cut_out_in_pieces_of_any_size() {
        let content = content(200_001);
        let text = BASE64_STANDARD.encode(&content);
        for (before, after) in [
            (r#"{"id":1,"result":[{"id":7,"raw":""#, "\"}]}"),
            ("<value><string>", "</string></value>"),
        ] {
            let answer = format!("{before}{text}{after}");
            for step in [1, 3, 4096, answer.len()] {
                let (came, rest) = cut(answer.as_bytes(), step).expect("content");
                assert!(came == content, "in pieces of {step}");
                assert_eq!(rest, format!("{before}MARK{after}"));
            }
        }
    }

    #[test]
    fn content_may_be_escaped_and_in_lines() {
        let content = content(30_000);
        let text = BASE64_STANDARD.encode(&content);
        let lines = format!("{}\\n{}\\r\\n", &text[..9_000], &text[9_000..]);
        let escaped = format!(
            "{}{}",
            &text[..9_000],
            text[9_000..].replace('/', "\\/").replace('+', "\\u002B")
        );
        let entities = format!("{}&#13;\n{}", &text[..9_000], &text[9_000..]);
        for (text, end) in [(lines, '"'), (escaped, '"'), (entities, '<')] {
            for step in [1, 1000] {
                let (came, rest) = cut(format!(">{text}{end}").as_bytes(), step).expect("content");
                assert!(came == content);
                assert_eq!(rest, format!(">MARK{end}"));
            }
        }
    }

    #[test]
    fn short_texts_stay_where_they_are() {
        let answer = format!(r#"{{"error":"{}"}}"#, "A".repeat(Cut::LEAST - 1));
        assert_eq!(cut(answer.as_bytes(), 100), Ok((Vec::new(), answer)));
    }

    #[test]
    fn what_breaks_off_is_no_content() {
        let text = BASE64_STANDARD.encode(content(30_000));
        for answer in [
            format!("\"{text}"),
            format!("\"{}\"", &text[..text.len() - 1]),
            format!("\"{text}\\x\""),
            format!("\"{text}=A\""),
        ] {
            assert_eq!(cut(answer.as_bytes(), 999), Err(NoBase64));
        }
    }
}
