//! For which series a fact holds.

use std::fmt;

use super::{NEWEST, OLDEST, Series};

/// The series that something holds for: from one on, before one, or between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    from: Series,
    /// The first series that it no longer holds for.
    before: Option<Series>,
}

impl Since {
    /// All series that odx knows, and later ones.
    pub const ALWAYS: Self = Self::from(OLDEST.major());

    /// From the release of that number on.
    pub const fn from(major: u16) -> Self {
        Self {
            from: Series::new(major, 0),
            before: None,
        }
    }

    /// Up to the release before the one of that number.
    pub const fn before(major: u16) -> Self {
        Self {
            from: OLDEST,
            before: Some(Series::new(major, 0)),
        }
    }

    /// From the release `from` on, up to the one before `before`.
    pub const fn between(from: u16, before: u16) -> Self {
        Self {
            from: Series::new(from, 0),
            before: Some(Series::new(before, 0)),
        }
    }

    /// Whether it holds for the series. One older than all that odx knows is taken for the oldest.
    pub fn holds(self, series: Series) -> bool {
        let series = series.max(OLDEST);
        self.from <= series && self.before.is_none_or(|before| series < before)
    }

    /// The first series that it holds for.
    pub const fn first(self) -> Series {
        self.from
    }

    /// Whether it holds for all series that odx knows.
    pub fn is_always(self) -> bool {
        self.from <= OLDEST && self.before.is_none_or(|before| before > NEWEST)
    }
}

/// `all`, `16 on`, `14 to 18`.
impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.before {
            _ if self.is_always() => f.write_str("all"),
            None => write!(f, "{} on", self.from),
            Some(before) => {
                let last = super::SERIES
                    .iter()
                    .map(|row| row.series)
                    .rfind(|series| *series < before)
                    .unwrap_or(OLDEST);
                match last == self.from {
                    true => write!(f, "{last}"),
                    false => write!(f, "{} to {last}", self.from),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_holds_from_its_first_series_to_the_one_before_its_last() {
        let middle = Since::between(16, 18);
        let holds = [15, 16, 17, 18].map(|major| middle.holds(Series::new(major, 0)));
        assert_eq!(holds, [false, true, true, false]);
        assert!(middle.holds(Series::new(17, 4)));
        assert_eq!(middle.to_string(), "16 to 17");
        assert_eq!(Since::before(15).to_string(), "14");
        assert_eq!(Since::from(18).to_string(), "18 on");
        assert_eq!(Since::ALWAYS.to_string(), "all");
    }

    #[test]
    fn what_came_with_a_release_is_not_in_the_stages_before_it() {
        assert!(!Since::from(19).holds(Series::new(18, 4)));
        assert!(Since::from(19).holds(Series::new(19, 2)));
    }
}
