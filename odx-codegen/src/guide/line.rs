//! A sentence in which names stand, which each format sets apart and escapes in its own way.

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// Words of odx, never of a server.
    Text(String),
    /// A name on the wire, or Rust.
    Code(String),
}

/// A sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line(pub(super) Vec<Piece>);

impl Line {
    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    pub(super) fn code(mut self, code: impl Into<String>) -> Self {
        self.0.push(Piece::Code(code.into()));
        self
    }

    /// All of them, with commas between them.
    pub(super) fn joined(lines: impl IntoIterator<Item = Self>) -> Self {
        let mut joined = Self::default();
        for line in lines {
            if !joined.0.is_empty() {
                joined = joined.text(", ");
            }
            joined.0.extend(line.0);
        }
        joined
    }

    /// Names with commas between them, at most so many, and how many there are more.
    pub(super) fn codes<'a>(
        mut self,
        names: impl IntoIterator<Item = &'a str>,
        most: usize,
    ) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        for (index, name) in names.iter().take(most).enumerate() {
            if index > 0 {
                self = self.text(", ");
            }
            self = self.code(*name);
        }
        match names.len() > most {
            true => self.text(format!(" and {} more", names.len() - most)),
            false => self,
        }
    }
}
