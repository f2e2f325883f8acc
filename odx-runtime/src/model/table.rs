//! The table of a model's fields: one text, since an expression a field is what compiling models costs most.
//!
//! A line is a field: name, type, flags, what the type needs beyond, and the relations that a field without a column is
//! read through (`partner_id many2one rsdogw res.partner`, `email char dv 64 partner_id`), one blank apart; `-` is none. The fields of the model's record come first; an empty line ends them. Flags are the letters of
//! [`FLAGS`], or `-`. Constants read single rows while a program compiles; the rest is read once, at the first use.

use odx_facts::{FLAGS, FieldType};

use super::same;

/// A line of the table.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) field_type: &'static str,
    pub(crate) flags: u16,
    /// The size of a char, the model of a relation, the type of a selection; else empty.
    pub(crate) more: &'static str,
    /// The relations that a field without a column is read through: `order_id.partner_id`.
    pub(crate) links: &'static str,
}

impl Row {
    pub(crate) const fn has(&self, flags: u16) -> bool {
        self.flags & flags == flags
    }

    pub(crate) const fn is(&self, field_type: FieldType) -> bool {
        same(self.field_type.as_bytes(), field_type.as_str().as_bytes())
    }

    /// The most characters a char may have; 0 where there is no limit.
    pub(crate) const fn size(&self) -> u32 {
        let digits = self.more.as_bytes();
        let mut size: u32 = 0;
        let mut index = 0;
        while index < digits.len() {
            if !digits[index].is_ascii_digit() {
                return 0;
            }
            size = size
                .saturating_mul(10)
                .saturating_add((digits[index] - b'0') as u32);
            index += 1;
        }
        size
    }

    pub(crate) fn field_type(&self) -> FieldType {
        FieldType::of(self.field_type)
    }
}

/// The rows of a table, one after the other. No iterator, since constants have none.
pub(crate) struct Rows {
    rest: &'static str,
    /// How many rows were read before the empty line.
    pub(crate) record: Option<usize>,
    read: usize,
}

impl Rows {
    pub(crate) const fn of(table: &'static str) -> Self {
        Self {
            rest: table,
            record: None,
            read: 0,
        }
    }

    pub(crate) const fn next(&mut self) -> Option<Row> {
        while !self.rest.is_empty() {
            let (line, rest) = cut(self.rest, b'\n');
            self.rest = rest;
            if !line.is_empty() {
                self.read += 1;
                return Some(row(line));
            }
            // A table may begin with an empty line, for the looks of it.
            if self.read > 0 && self.record.is_none() {
                self.record = Some(self.read);
            }
        }
        None
    }
}

/// The row of the field with that place in the table.
pub(crate) const fn nth(table: &'static str, index: usize) -> Row {
    let mut rows = Rows::of(table);
    let mut place = 0;
    while let Some(row) = rows.next() {
        if place == index {
            return row;
        }
        place += 1;
    }
    panic!("BUG: a handle has a row in its model's table")
}

const fn row(line: &'static str) -> Row {
    let (name, rest) = cut(line, b' ');
    let (field_type, rest) = cut(rest, b' ');
    let (letters, rest) = cut(rest, b' ');
    let (more, links) = cut(rest, b' ');
    Row {
        name,
        field_type,
        flags: flags_of(letters.as_bytes()),
        more: if is_dash(more) { "" } else { more },
        links,
    }
}

const fn is_dash(column: &str) -> bool {
    matches!(column.as_bytes(), b"-")
}

const fn flags_of(letters: &[u8]) -> u16 {
    let mut flags = 0;
    let mut index = 0;
    while index < letters.len() {
        let mut known = 0;
        while known < FLAGS.len() {
            if FLAGS[known].letter as u8 == letters[index] {
                flags |= FLAGS[known].bit;
            }
            known += 1;
        }
        index += 1;
    }
    flags
}

/// The text before the first `end`, and the text after it.
const fn cut(text: &'static str, end: u8) -> (&'static str, &'static str) {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == end {
            let (before, after) = text.split_at(index);
            return (before, after.split_at(1).1);
        }
        index += 1;
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use odx_facts::flags;

    use super::*;

    const TABLE: &str = "
id integer sdog
name char rsdogwt 64

partner_id many2one - res.partner
email char dv - partner_id
";

    #[test]
    fn a_row_has_a_name_a_type_flags_and_what_its_type_needs() {
        const NAME: Row = nth(TABLE, 1);
        assert_eq!(
            (NAME.name, NAME.field_type, NAME.size()),
            ("name", "char", 64)
        );
        assert!(NAME.has(flags::REQUIRED | flags::TRANSLATE));
        assert!(!NAME.has(flags::COMPANY));
        const PARTNER: Row = nth(TABLE, 2);
        assert_eq!((PARTNER.flags, PARTNER.more), (0, "res.partner"));
        const EMAIL: Row = nth(TABLE, 3);
        assert_eq!((EMAIL.more, EMAIL.links), ("", "partner_id"));
    }

    #[test]
    fn the_empty_line_ends_the_record() {
        let mut rows = Rows::of(TABLE);
        let mut names = Vec::new();
        while let Some(row) = rows.next() {
            names.push(row.name);
        }
        assert_eq!(names, ["id", "name", "partner_id", "email"]);
        assert_eq!(rows.record, Some(2));
    }
}
