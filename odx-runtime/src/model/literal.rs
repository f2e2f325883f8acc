//! Checks of texts that stand in the program, made while it compiles.

use super::Literals;

/// Fails to compile, in a `const`, where `text` is not what `literals` allows.
#[track_caller]
pub(super) const fn check(field: &str, literals: &Literals, text: &str) {
    match literals {
        Literals::Any => {}
        Literals::Dates => {
            if !is_relative(text) && !is_date(text.as_bytes(), text.len()) {
                Message::new()
                    .add("`")
                    .add(text)
                    .add("` is no date for `")
                    .add(field)
                    .add("`: write it as \"2024-02-29\"")
                    .panic();
            }
        }
        Literals::Datetimes => {
            if !is_relative(text)
                && !is_date(text.as_bytes(), text.len())
                && !is_datetime(text.as_bytes())
            {
                Message::new()
                    .add("`")
                    .add(text)
                    .add("` is no datetime for `")
                    .add(field)
                    .add("`: write it in UTC as \"2024-02-29 23:59:59\"")
                    .panic();
            }
        }
        Literals::Keys(keys) => check_key(field, keys, text),
        Literals::References => {
            if !is_reference(text.as_bytes()) {
                Message::new()
                    .add("`")
                    .add(text)
                    .add("` is no reference for `")
                    .add(field)
                    .add("`: write it as \"res.partner,1\"")
                    .panic();
            }
        }
    }
}

#[track_caller]
const fn check_key(field: &str, keys: &[&str], text: &str) {
    if has_key(keys, text) {
        return;
    }
    let mut nearest: Option<&str> = None;
    let mut least = usize::MAX;
    let mut index = 0;
    while index < keys.len() {
        let distance = distance(keys[index].as_bytes(), text.as_bytes());
        if distance < least {
            least = distance;
            nearest = Some(keys[index]);
        }
        index += 1;
    }
    let message = Message::new()
        .add("`")
        .add(text)
        .add("` is not a key of the selection `")
        .add(field)
        .add("`");
    match nearest {
        Some(key) if least <= 1 + text.len() / 3 => {
            message.add(": did you mean `").add(key).add("`?").panic()
        }
        _ => message.add_keys(keys).panic(),
    }
}

/// Whether `text` is one of the keys.
const fn has_key(keys: &[&str], text: &str) -> bool {
    let mut index = 0;
    while index < keys.len() {
        if same(keys[index].as_bytes(), text.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

/// The name nearest to `text`, if one is near.
pub(crate) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, name) = names
        .map(|name| (distance(name.as_bytes(), text.as_bytes()), name))
        .min()?;
    (distance <= 1 + text.len() / 3).then_some(name)
}

/// The end of a message about a name that is not there, where another one is near.
pub(crate) fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(": did you mean `{name}`?"))
}

/// The text of a compile-time panic, which takes one text and no arguments.
pub(crate) struct Message {
    text: [u8; 512],
    len: usize,
}

impl Message {
    pub(crate) const fn new() -> Self {
        Self {
            text: [0; 512],
            len: 0,
        }
    }

    pub(crate) const fn add(mut self, part: &str) -> Self {
        let part = part.as_bytes();
        // What does not fit is left out whole, so that the text stays UTF-8.
        if self.len + part.len() > self.text.len() {
            return self;
        }
        let mut index = 0;
        while index < part.len() {
            self.text[self.len] = part[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    pub(crate) const fn add_number(self, number: u32) -> Self {
        let mut digits = [b'0'; 10];
        let mut start = digits.len();
        let mut rest = number;
        while rest > 0 || start == digits.len() {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        match std::str::from_utf8(digits.split_at(start).1) {
            Ok(digits) => self.add(digits),
            Err(_) => self,
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.text.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "this text is no value of the field",
        }
    }

    const fn add_keys(mut self, keys: &[&str]) -> Self {
        self = self.add("; its keys are ");
        let mut index = 0;
        while index < keys.len() && index < 12 {
            if index > 0 {
                self = self.add(", ");
            }
            self = self.add("`").add(keys[index]).add("`");
            index += 1;
        }
        if keys.len() > 12 {
            self.add(", ...")
        } else {
            self
        }
    }

    #[track_caller]
    pub(crate) const fn panic(self) -> ! {
        panic!("{}", self.as_str())
    }
}

/// The number of edits between two keys. Keys over 63 bytes compare as far as that.
const fn distance(a: &[u8], b: &[u8]) -> usize {
    const WIDTH: usize = 64;
    if a.len() >= WIDTH || b.len() >= WIDTH {
        return if same(a, b) { 0 } else { WIDTH };
    }
    let mut row = [0usize; WIDTH];
    let mut column = 0;
    while column <= b.len() {
        row[column] = column;
        column += 1;
    }
    let mut line = 0;
    while line < a.len() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        let mut column = 0;
        while column < b.len() {
            let substitution = diagonal + (a[line] != b[column]) as usize;
            diagonal = row[column + 1];
            row[column + 1] = min(substitution, min(row[column], diagonal) + 1);
            column += 1;
        }
        line += 1;
    }
    row[b.len()]
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// Whether two texts are the same, in a `const`.
pub(crate) const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

const fn digits(text: &[u8], from: usize, count: usize) -> Option<u32> {
    let mut number = 0;
    let mut index = from;
    while index < from + count {
        if index >= text.len() || !text[index].is_ascii_digit() {
            return None;
        }
        number = number * 10 + (text[index] - b'0') as u32;
        index += 1;
    }
    Some(number)
}

const fn is_date(text: &[u8], len: usize) -> bool {
    if len != 10 || text[4] != b'-' || text[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) =
        (digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2))
    else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && day >= 1 && day <= days
}

/// A day and a time, with or without a fraction of the second.
const fn is_datetime(text: &[u8]) -> bool {
    if text.len() > WHOLE_SECONDS {
        let (whole, fraction) = text.split_at(WHOLE_SECONDS);
        let count = fraction.len() - 1;
        return fraction[0] == b'.'
            && matches!(count, 1..=9)
            && digits(fraction, 1, count).is_some()
            && is_datetime(whole);
    }
    if text.len() != WHOLE_SECONDS
        || text[10] != b' '
        || text[13] != b':'
        || text[16] != b':'
        || !is_date(text, 10)
    {
        return false;
    }
    match (
        digits(text, 11, 2),
        digits(text, 14, 2),
        digits(text, 17, 2),
    ) {
        (Some(hour), Some(minute), Some(second)) => hour < 24 && minute < 60 && second < 60,
        _ => false,
    }
}

/// The length of `2024-02-29 23:59:59`.
const WHOLE_SECONDS: usize = 19;

/// Whether a datetime that passed [`check`] has a fraction of the second.
pub(crate) const fn has_fraction(text: &str) -> bool {
    text.len() > WHOLE_SECONDS && text.as_bytes()[WHOLE_SECONDS] == b'.'
}

const fn is_reference(text: &[u8]) -> bool {
    let mut comma = 0;
    while comma < text.len() && text[comma] != b',' {
        comma += 1;
    }
    let mut index = comma + 1;
    if comma == 0 || index >= text.len() {
        return false;
    }
    while index < text.len() {
        if !text[index].is_ascii_digit() {
            return false;
        }
        index += 1;
    }
    true
}

/// `today`, `now`, `-3d`, `today -1w`, `=monday`: Odoo 19's relative dates.
pub(crate) const fn is_relative(text: &str) -> bool {
    let text = text.as_bytes();
    let mut start = 0;
    let mut words = 0;
    while start < text.len() {
        let mut end = start;
        while end < text.len() && text[end] != b' ' {
            end += 1;
        }
        if !is_relative_word(text, start, end, words == 0) {
            return false;
        }
        words += 1;
        start = end + 1;
    }
    words > 0
}

const WEEKDAYS: [&str; 8] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "week_start",
];

const fn is_relative_word(text: &[u8], start: usize, end: usize, first: bool) -> bool {
    let (_, rest) = text.split_at(start);
    let (word, _) = rest.split_at(end - start);
    if first && (same(word, b"today") || same(word, b"now")) {
        return true;
    }
    if word.len() < 2 || !matches!(word[0], b'+' | b'-' | b'=') {
        return false;
    }
    let (_, amount) = word.split_at(1);
    let mut index = 0;
    while index < WEEKDAYS.len() {
        if same(amount, WEEKDAYS[index].as_bytes()) {
            return true;
        }
        index += 1;
    }
    let (number, unit) = amount.split_at(amount.len() - 1);
    matches!(unit[0], b'd' | b'w' | b'm' | b'y' | b'H' | b'M' | b'S')
        && matches!(number.len(), 1..=6)
        && digits(number, 0, number.len()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_must_exist() {
        for good in ["2024-02-29", "0001-01-01", "1999-12-31"] {
            assert!(is_date(good.as_bytes(), good.len()), "{good}");
        }
        for bad in [
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "2024-02-29 ",
            "0000-01-01",
        ] {
            assert!(!is_date(bad.as_bytes(), bad.len()), "{bad}");
        }
    }

    #[test]
    fn a_datetime_has_no_zone_and_no_t() {
        assert!(is_datetime(b"2024-02-29 23:59:59"));
        for bad in [
            "2024-02-29T23:59:59",
            "2024-02-29 23:59:59Z",
            "2024-02-29 24:00:00",
            "2024-02-29 23:59",
        ] {
            assert!(!is_datetime(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn relative_dates_are_told_from_text() {
        for good in [
            "today",
            "now",
            "-3d",
            "-1H",
            "today -1w",
            "=monday -1w",
            "=1d",
            "+1m",
            "=week_start",
        ] {
            assert!(is_relative(good), "{good}");
        }
        for bad in ["", "yesterday", "3d", "-d", "-3x", "today 1w"] {
            assert!(!is_relative(bad), "{bad}");
        }
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance(b"invoic", b"invoice"), 1);
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"draft", b"draft"), 0);
    }

    #[test]
    #[should_panic(
        expected = "`invoic` is not a key of the selection `type`: did you mean `invoice`?"
    )]
    fn a_wrong_key_is_answered_with_the_nearest() {
        check("type", &Literals::Keys(&["contact", "invoice"]), "invoic");
    }
}
