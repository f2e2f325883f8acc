//! Quotes that a parser of CSV takes as it likes: it reads a cell whose quote has no end on through the rows that follow, and keeps
//! what stands behind the quote that ends one. Rows would be lost in a cell.

/// Where a reader is.
#[derive(Clone, Copy)]
enum Place {
    Start,
    Plain,
    /// In quotes, which began in this line.
    Quoted(u64),
    /// Behind a quote that ends the cell begun in this line, or is the first of two.
    Behind(u64),
}

/// The first quote that is wrong: its line, from 1, and why.
pub(super) fn wrong(csv: &[u8]) -> Option<(u64, &'static str)> {
    let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
    let (mut place, mut line) = (Place::Start, 1);
    for byte in csv {
        place = match (place, byte) {
            (Place::Start, b'"') => Place::Quoted(line),
            (Place::Behind(began), b'"') => Place::Quoted(began),
            (Place::Quoted(began), b'"') => Place::Behind(began),
            (Place::Quoted(began), _) => Place::Quoted(began),
            (_, b',' | b'\n' | b'\r') => Place::Start,
            (Place::Behind(_), _) => {
                return Some((
                    line,
                    "text follows the quote that ends a cell: a quote inside a cell in quotes is written twice",
                ));
            }
            (Place::Start | Place::Plain, _) => Place::Plain,
        };
        line += u64::from(*byte == b'\n');
    }
    match place {
        Place::Quoted(began) => Some((began, "a cell begins with a quote here that has no end")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn a_quote_without_an_end_is_told_by_the_line_that_it_begins_in() {
        let told = wrong(b"id,name\na.a,Alpha\na.b,\"Beta\na.c,Gamma\n");
        assert_eq!(told.map(|(line, _)| line), Some(3));
        let told = wrong(b"id,name\na.b,\"x \"\"y\"\"\n\n");
        assert_eq!(told.map(|(line, _)| line), Some(2));
    }

    #[test]
    fn text_behind_a_quote_is_told() {
        let told = wrong(b"id,name\na.a,\"two\nlines\"\na.f,\"12\" pipe\"\n");
        assert_eq!(told.map(|(line, _)| line), Some(4));
    }

    #[test]
    fn what_is_quoted_as_it_should_be_passes() {
        let csv = b"\xef\xbb\xbf\"id\",name\r\na.a,\"say \"\"hi\"\", twice\"\r\na.b,\"\"\r\na.c,12\" pipe\n\"a.d\",\"\"\"\"";
        assert_eq!(wrong(csv), None);
    }
}
