//! The series of Odoo.

use std::fmt;

/// A series of Odoo: 19.0, or 19.2 of the stages between that run on Odoo Online.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    major: u16,
    minor: u16,
}

/// How a series is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A real server of it is asked by the live tests.
    Live,
    /// What real servers of it answered was recorded, and is replayed.
    Recorded,
}

/// A row of the table of series.
#[derive(Clone, Copy, Debug)]
pub struct SeriesRow {
    /// The series.
    pub series: Series,
    /// How it is known.
    pub seen: Seen,
}

const fn row(major: u16, seen: Seen) -> SeriesRow {
    SeriesRow {
        series: Series::new(major, 0),
        seen,
    }
}

/// The series that odx was run against, oldest first.
pub const SERIES: &[SeriesRow] = &[
    row(14, Seen::Live),
    row(15, Seen::Recorded),
    row(16, Seen::Recorded),
    row(17, Seen::Recorded),
    row(18, Seen::Recorded),
    row(19, Seen::Live),
];

/// The oldest series that odx knows.
pub const OLDEST: Series = SERIES[0].series;

/// The newest series that odx knows. A newer server is taken for one of these.
pub const NEWEST: Series = SERIES[SERIES.len() - 1].series;

impl Series {
    /// The series with these two numbers.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The first number.
    pub const fn major(self) -> u16 {
        self.major
    }

    /// The second number; 0 but for the stages between two releases.
    pub const fn minor(self) -> u16 {
        self.minor
    }

    /// Reads `19.0`, `19`, `18.0+e`, `17.0-20240101` and `saas~18.2+e`. `None` for a text without a number.
    pub fn parse(text: &str) -> Option<Self> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let (major, rest) = leading_number(&text[start..])?;
        let minor = rest
            .strip_prefix('.')
            .and_then(leading_number)
            .map_or(0, |(minor, _)| minor);
        Some(Self { major, minor })
    }

    /// The newest series that odx knows and that is not newer than this one: what a stage between two releases, or a
    /// release of after odx, is taken for. The oldest for what is older than all.
    pub fn known(self) -> Self {
        SERIES
            .iter()
            .map(|row| row.series)
            .rfind(|known| *known <= self)
            .unwrap_or(OLDEST)
    }

    /// Whether odx was run against a server of this series.
    pub fn is_known(self) -> bool {
        self.known() == self
    }

    /// Whether this is the series before `other`, with none that odx knows between them.
    pub fn is_next_to(self, other: Self) -> bool {
        let place = |series| SERIES.iter().position(|row| row.series == series);
        match (place(self), place(other)) {
            (Some(first), Some(second)) => first + 1 == second,
            _ => false,
        }
    }
}

fn leading_number(text: &str) -> Option<(u16, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// `19`, or `19.2` for a stage between two releases.
impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            0 => write!(f, "{}", self.major),
            minor => write!(f, "{}.{minor}", self.major),
        }
    }
}

impl From<u16> for Series {
    fn from(major: u16) -> Self {
        Self::new(major, 0)
    }
}

impl From<(u16, u16)> for Series {
    fn from((major, minor): (u16, u16)) -> Self {
        Self::new(major, minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_read_from_every_form() {
        for (text, major, minor) in [
            ("19.0", 19, 0),
            ("19", 19, 0),
            ("18.0+e", 18, 0),
            ("saas~18.2+e", 18, 2),
            ("17.0-20240101", 17, 0),
            ("19.", 19, 0),
        ] {
            assert_eq!(
                Series::parse(text),
                Some(Series::new(major, minor)),
                "{text}"
            );
        }
        for text in ["", "master", "99999999999"] {
            assert_eq!(Series::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stage_between_two_series_is_taken_for_the_older_one() {
        assert_eq!(Series::new(18, 2).known(), Series::new(18, 0));
        assert!(!Series::new(18, 2).is_known());
        assert!(Series::new(19, 2) != Series::new(19, 0));
    }

    #[test]
    fn what_is_newer_than_all_is_taken_for_the_newest() {
        assert_eq!(Series::new(31, 4).known(), NEWEST);
        assert_eq!(Series::new(9, 0).known(), OLDEST);
    }

    #[test]
    fn a_release_is_shown_by_one_number() {
        assert_eq!(Series::new(19, 0).to_string(), "19");
        assert_eq!(Series::new(19, 2).to_string(), "19.2");
    }
}
