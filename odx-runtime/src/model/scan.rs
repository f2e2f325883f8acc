//! Reading JSON by its bytes. What Odoo's rows are made of is read here: texts, small integers, brackets and commas. jiter
//! reads the rest: large numbers and floats, `NaN`, and what is passed over.

use std::borrow::Cow;

use jiter::{Jiter, Peek};
use simdutf8::compat::from_utf8;

use super::{
    Mismatch,
    escapes::Unescaped,
    json::{BUDGET, Unfit, measure},
};

/// The bytes that are looked at in one go.
pub(super) const WORD: usize = size_of::<u64>();

/// JSON, and how far it was read.
pub(super) struct Scanner<'j> {
    json: &'j [u8],
    /// The JSON up to the first byte that is not UTF-8. To check it once costs less than to check each text.
    utf8: &'j str,
    at: usize,
    /// Where texts with escapes are put together, so that each is allocated once and at its length.
    unescaped: Unescaped,
    /// How much memory the values that are no plain fields may still take: JSON of any shape, and lists of ids.
    pub(super) memory: usize,
}

impl<'j> Scanner<'j> {
    pub(super) fn new(json: &'j [u8]) -> Self {
        Self {
            json,
            utf8: utf8_part(json),
            at: 0,
            unescaped: Unescaped::default(),
            memory: BUDGET,
        }
    }

    /// Where the next byte stands.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to a position, and to the memory that was left there.
    pub(super) fn go_back(&mut self, position: usize, memory: usize) {
        self.at = position;
        self.memory = memory;
    }

    /// The bytes read since a position.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &'j [u8] {
        &self.json[start..self.at]
    }

    /// The bytes that are left.
    #[inline]
    pub(super) fn rest(&self) -> &'j [u8] {
        &self.json[self.at..]
    }

    /// The next byte that is no white space, which is not taken; 0 at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        while let Some(byte) = self.json.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return *byte;
            }
            self.at += 1;
        }
        0
    }

    /// Takes the byte if it is next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte;
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes exactly these bytes, if they are next; white space counts.
    #[inline]
    pub(super) fn take_all(&mut self, bytes: &[u8]) -> bool {
        let are_next = self.rest().starts_with(bytes);
        if are_next {
            self.at += bytes.len();
        }
        are_next
    }

    /// The same for what stands between two values, which is mostly next and some words long: comparing it here costs less
    /// than a call of `memcmp`.
    #[inline]
    pub(super) fn take_lead(&mut self, lead: &[u8]) -> bool {
        let next = self.rest().get(..lead.len());
        let is_next = next.is_some_and(|next| are_same(next, lead));
        if is_next {
            self.at += lead.len();
        }
        is_next
    }

    /// Whether a number is next; `NaN` and the infinities are numbers.
    #[inline]
    pub(super) fn is_number(&mut self) -> bool {
        Peek::new(self.peek()).is_num()
    }

    /// An integer of 18 digits at most. `None` if something else is next.
    #[inline]
    pub(super) fn small_integer(&mut self) -> Option<i64> {
        const MOST_DIGITS: usize = 18;
        let negative = self.peek() == b'-';
        let digits = &self.rest()[usize::from(negative)..];
        let mut number = 0;
        let mut length = 0;
        while let Some(digit @ b'0'..=b'9') = digits.get(length) {
            if length == MOST_DIGITS {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
            length += 1;
        }
        let has_leading_zero = length > 1 && digits[0] == b'0';
        let goes_on = matches!(digits.get(length), Some(b'.' | b'e' | b'E'));
        if length == 0 || has_leading_zero || goes_on {
            return None;
        }
        self.at += usize::from(negative) + length;
        Some(if negative { -number } else { number })
    }

    /// A number such as `-12.50`, of 15 digits at most: both it and the power of ten are exact, so that their quotient is
    /// the nearest float. `None` if something else is next.
    #[inline]
    pub(super) fn small_decimal(&mut self) -> Option<f64> {
        const MOST_DIGITS: usize = 15;
        const POWERS: [f64; MOST_DIGITS + 1] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        ];
        let negative = self.peek() == b'-';
        let number = &self.rest()[usize::from(negative)..];
        let (mut digits, mut whole, mut length) = (0_u64, None, 0);
        while let Some(byte @ (b'0'..=b'9' | b'.')) = number.get(length) {
            match byte {
                b'.' if whole.is_some() => return None,
                b'.' => whole = Some(length),
                digit => digits = digits * 10 + u64::from(digit - b'0'),
            }
            length += 1;
            if length > MOST_DIGITS + 1 {
                return None;
            }
        }
        let whole = whole?;
        let fraction = length - whole - 1;
        let has_leading_zero = whole > 1 && number[0] == b'0';
        let goes_on = matches!(number.get(length), Some(b'e' | b'E'));
        if whole == 0 || fraction == 0 || has_leading_zero || goes_on {
            return None;
        }
        self.at += usize::from(negative) + length;
        let value = digits as f64 / POWERS[fraction];
        Some(if negative { -value } else { value })
    }

    /// A text. It is borrowed unless it has escapes.
    #[inline]
    pub(super) fn text(&mut self) -> Result<Cow<'j, str>, Mismatch> {
        if !self.take(b'"') {
            return Err(Mismatch::Expected("a text"));
        }
        let run = self.run()?;
        if self.ends_text() {
            return Ok(Cow::Borrowed(run));
        }
        self.with_escapes(run).map(Cow::Owned)
    }

    /// The whole of a text that was read up to its first escape.
    fn with_escapes(&mut self, start: &str) -> Result<String, Mismatch> {
        let rest = self.unescaped.read(start, &self.json[self.at..])?;
        self.at = self.json.len() - rest.len();
        match from_utf8(self.unescaped.bytes()) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(syntax("a text that is not UTF-8")),
        }
    }

    /// Takes the quote at a text's end, if it is next.
    #[inline]
    fn ends_text(&mut self) -> bool {
        let ends = self.json.get(self.at) == Some(&b'"');
        self.at += usize::from(ends);
        ends
    }

    /// The part of a text up to its end or to an escape.
    #[inline]
    fn run(&mut self) -> Result<&'j str, Mismatch> {
        let start = self.at;
        let rest = self.rest();
        let length = plain_length(rest);
        match rest.get(length) {
            Some(b'"' | b'\\') => self.at += length,
            Some(_) => return Err(syntax("a control character in a text")),
            None => return Err(syntax("a text without an end")),
        }
        self.utf8
            .get(start..self.at)
            .ok_or_else(|| syntax("a text that is not UTF-8"))
    }

    /// Reads the next value with jiter.
    pub(super) fn with_jiter<T>(
        &mut self,
        read: impl FnOnce(&mut Jiter<'j>, Peek) -> Result<T, jiter::JiterError>,
    ) -> Result<T, Mismatch> {
        let mut json = Jiter::new(self.rest()).with_allow_inf_nan();
        let peek = json.peek()?;
        let value = read(&mut json, peek)?;
        self.at += json.current_index();
        Ok(value)
    }

    /// The next number as it is written.
    pub(super) fn number(&mut self) -> Result<&'j [u8], Mismatch> {
        self.peek();
        let start = self.at;
        self.with_jiter(|json, peek| json.known_number_bytes(peek).map(|_| ()))?;
        Ok(self.since(start))
    }

    /// The next value of any shape, with numbers that fit and within the limit of memory.
    pub(super) fn value(&mut self) -> Result<&'j [u8], Mismatch> {
        self.peek();
        let start = self.at;
        self.at += measure(self.rest(), &mut self.memory).map_err(|unfit| {
            Mismatch::Expected(match unfit {
                Unfit::Number => "numbers of 64 bits",
                Unfit::TooLarge => "values within the limit of memory",
            })
        })?;
        Ok(self.since(start))
    }

    /// Passes over the next value.
    pub(super) fn skip(&mut self) -> Result<(), Mismatch> {
        self.with_jiter(|json, peek| json.known_skip(peek))
    }
}

/// The bytes before the first that is not UTF-8.
fn utf8_part(json: &[u8]) -> &str {
    from_utf8(json).unwrap_or_else(|error| {
        from_utf8(&json[..error.valid_up_to()]).expect("BUG: it is valid up to there")
    })
}

#[cold]
pub(super) fn syntax(what: &str) -> Mismatch {
    Mismatch::Syntax(what.to_owned())
}

/// Whether bytes of one length are the same. The last word overlaps the one before it, so that no single bytes are left.
#[inline]
fn are_same(left: &[u8], right: &[u8]) -> bool {
    let word = |bytes: &[u8; WORD]| u64::from_le_bytes(*bytes);
    let (Some(left_end), Some(right_end)) = (left.last_chunk(), right.last_chunk()) else {
        return left == right;
    };
    let (left_words, _) = left.as_chunks();
    let (right_words, _) = right.as_chunks();
    let mut words = left_words.iter().zip(right_words);
    words.all(|(left, right)| word(left) == word(right)) && word(left_end) == word(right_end)
}

/// How many bytes come before the first quote, backslash or control character. Long texts are looked at in blocks.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    const SHORT: usize = 64;
    const BLOCK: usize = 32;
    let Some((start, rest)) = bytes.split_at_checked(SHORT) else {
        return plain_words(bytes);
    };
    let length = plain_words(start);
    if length < SHORT {
        return length;
    }
    // A fold, because one that stops early is not made into vector instructions.
    let is_plain = |block: &&[u8]| {
        block
            .iter()
            .fold(true, |plain, byte| plain & !is_mark(*byte))
    };
    let blocks = BLOCK * rest.chunks_exact(BLOCK).take_while(is_plain).count();
    SHORT + blocks + plain_words(&rest[blocks..])
}

/// The same, eight bytes in one go.
fn plain_words(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk() {
        let marks = marks(*word);
        if marks != 0 {
            return bytes.len() - rest.len() + marks.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    let few = rest.iter().take_while(|byte| !is_mark(**byte));
    bytes.len() - rest.len() + few.count()
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// The highest bit of each byte that is a quote, a backslash or a control character. Bytes after the first such byte may be
/// marked wrongly: subtraction borrows from them.
#[inline]
pub(super) fn marks(word: [u8; WORD]) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; WORD]);
    const HIGHEST: u64 = EACH << 7;
    const SWAPS_QUOTE: u8 = b'"' ^ b' ';
    let word = u64::from_le_bytes(word);
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit));
    // A quote takes the place of the space, and with it is next to the control characters.
    let quote_or_control = below(word ^ (EACH * u64::from(SWAPS_QUOTE)), b' ' + 1);
    let backslash = below(word ^ (EACH * u64::from(b'\\')), 1);
    (quote_or_control | backslash) & !word & HIGHEST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(json: &str) -> Option<String> {
        text_of_bytes(json.as_bytes())
    }

    /// The text that is all of the JSON. Near the end of the JSON texts are read byte by byte, else by words: both ways
    /// have to give the same.
    fn text_of_bytes(json: &[u8]) -> Option<String> {
        let read = |json: &[u8], behind: usize| {
            let mut scanner = Scanner::new(json);
            let text = scanner.text().ok()?.into_owned();
            (scanner.rest().len() == behind).then_some(text)
        };
        const BEHIND: [u8; 100] = [b','; 100];
        let text = read(json, 0);
        assert_eq!(read(&[json, &BEHIND].concat(), BEHIND.len()), text);
        text
    }

    /// Characters of one to four bytes, whole and cut, and escapes between them.
    const PARTS: &[&[u8]] = &[
        b"a",
        b"eight by",
        "\u{e9}".as_bytes(),
        "\u{20ac}".as_bytes(),
        "\u{1f600}".as_bytes(),
        b"\\n",
        b"\\\"",
        b"\\u0041",
        b"\\u00e9",
        b"\\u20ac",
        b"\\ud83d\\ude00",
        b"\xc3",
        b"\x82\xac",
    ];

    /// What texts are made of: letters, words and lines longer than what is copied in one go, and escapes.
    const WHOLE_PARTS: &[&str] = &[
        "a",
        "eight by",
        "a line that is longer than what is copied in one go, which is eight words of eight bytes",
        "\u{e9}",
        "\u{1f600}",
        "\\n",
        "\\\"",
        "\\u0041",
        "\\u0416",
        "\\u0416\\u0436\\u0416",
        "\\u20ac",
        "\\ud83d\\ude00",
    ];

    #[test]
    fn escapes_are_read_as_what_they_stand_for() {
        assert_eq!(
            text(r#""\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00""#).as_deref(),
            Some("\"\\/\u{8}\u{c}\n\r\té€😀")
        );
    }

    #[test]
    fn escapes_follow_each_other_however_long() {
        for escape in [
            "\\n",
            "\\u0041",
            "\\u0416",
            "\\u20ac",
            "\\ud83d\\ude00",
            "\\n\\u0416",
            "a\\n",
        ] {
            for times in 0..700 {
                let json = format!("\"{}\"", escape.repeat(times));
                assert_eq!(
                    text(&json),
                    serde_json::from_str(&json).ok(),
                    "{times} of {escape}"
                );
            }
        }
    }

    #[test]
    fn runs_end_wherever_their_room_does() {
        let run = |length| format!("{}\\n", "x".repeat(length));
        for first in 50..70 {
            for last in 50..70 {
                let json = format!("\"\\n{}{}{}\"", run(first), run(63).repeat(6), run(last));
                assert_eq!(text(&json), serde_json::from_str(&json).ok(), "{json}");
            }
        }
    }

    #[test]
    fn a_control_character_is_refused_wherever_it_stands() {
        for control in '\0'..' ' {
            for before in 0..100 {
                for json in ["\"", "\"\\n", "\"\\u0416", "\"x\\n\\n"] {
                    let before = "x".repeat(before);
                    assert_eq!(text(&format!("{json}{before}{control}{before}\"")), None);
                }
            }
        }
    }

    #[test]
    fn broken_texts_are_refused() {
        for broken in [
            r#""a"#,
            r#""a\"#,
            r#""\x""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\ud83d""#,
            r#""\ud83d\n""#,
            r#""\ud83d\ud83d""#,
            r#""\ude00""#,
            "\"a\nb\"",
            "\"long enough for a word\u{1f}\"",
        ] {
            assert_eq!(text(broken), None, "{broken}");
            assert!(serde_json::from_str::<String>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_text_before_what_is_not_utf_8_is_read() {
        let mut scanner = Scanner::new(b"\"\xc3\xa9\"\"\xff\"");
        assert_eq!(scanner.text().unwrap(), "\u{e9}");
        let Err(Mismatch::Syntax(error)) = scanner.text() else {
            panic!("it was read");
        };
        assert_eq!(error, "a text that is not UTF-8");
    }

    #[test]
    fn a_text_with_escapes_takes_no_more_room_than_it_needs() {
        let mut scanner = Scanner::new(br#""a long text, and \"a quote\"""\u00e9\n""#);
        for text in ["a long text, and \"a quote\"", "\u{e9}\n"] {
            let read = scanner.text().unwrap().into_owned();
            assert_eq!((read.as_str(), read.capacity()), (text, text.len()));
        }
    }

    #[test]
    fn only_whole_small_integers_are_read() {
        let read = |json: &str| Scanner::new(json.as_bytes()).small_integer();
        assert_eq!(read(" 42,"), Some(42));
        assert_eq!(read("-7"), Some(-7));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("999999999999999999"), Some(999_999_999_999_999_999));
        for other in ["1.0", "1e3", "007", "-", "", "NaN", "1000000000000000000"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn only_plain_decimals_are_read() {
        let read = |json: &str| Scanner::new(json.as_bytes()).small_decimal();
        assert_eq!(read("12.50]"), Some(12.5));
        assert_eq!(read("-0.1"), Some(-0.1));
        assert!(read("-0.0").is_some_and(f64::is_sign_negative));
        for other in [
            "1",
            ".5",
            "1.",
            "01.5",
            "1.5e3",
            "1.2.3",
            "-",
            "NaN",
            "1.000000000000001",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn decimals_are_the_nearest_floats(json in "-?(0|[1-9][0-9]{0,7})\\.[0-9]{1,7}") {
            let read = Scanner::new(json.as_bytes()).small_decimal();
            prop_assert_eq!(read.map(f64::to_bits), json.parse::<f64>().ok().map(f64::to_bits));
        }

        #[test]
        fn one_other_byte_makes_bytes_differ(bytes in prop::collection::vec(any::<u8>(), 1..40), at in any::<prop::sample::Index>()) {
            let mut other = bytes.clone();
            prop_assert!(are_same(&bytes, &other));
            other[at.index(bytes.len())] ^= 1;
            prop_assert!(!are_same(&bytes, &other));
        }

        #[test]
        fn the_plain_part_of_a_text_ends_at_its_first_mark(length in 0_usize..200, mark in prop::sample::select(b"\"\\\n".to_vec())) {
            let mut bytes = vec![b'x'; length];
            bytes.push(mark);
            bytes.extend([b'"'; 40]);
            prop_assert_eq!(plain_length(&bytes), length);
        }

        #[test]
        fn every_text_reads_as_it_was_written(written in any::<String>()) {
            let json = serde_json::to_string(&written).unwrap();
            prop_assert_eq!(text(&json), Some(written));
        }

        #[test]
        fn bytes_in_a_text_are_read_and_refused_as_serde_json_does(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..12)) {
            let json = [b"\"", parts.concat().as_slice(), b"\""].concat();
            prop_assert_eq!(text_of_bytes(&json), serde_json::from_slice::<String>(&json).ok());
        }

        #[test]
        fn long_texts_are_read_as_serde_json_does(parts in prop::collection::vec(prop::sample::select(WHOLE_PARTS.to_vec()), 0..600)) {
            let json = format!("\"{}\"", parts.concat());
            prop_assert_eq!(text(&json), serde_json::from_str::<String>(&json).ok());
        }

        #[test]
        fn texts_are_read_and_refused_as_serde_json_does(inner in r#"([a-z]{0,9}|\\["\\/bfnrtux]|\\u(d[89a-f]|00)[0-9a-f]{2}|["\u{0}-\u{20}é]){0,6}"#) {
            let json = format!("\"{inner}\"");
            prop_assert_eq!(text(&json), serde_json::from_str::<String>(&json).ok());
        }
    }
}
