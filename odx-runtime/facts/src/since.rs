//! For which series a fact holds.

use std::fmt;

use super::{NEWEST, OLDEST, Series};

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Servers said it: asked live, or recorded.
    Servers,
    /// Odoo's documentation says it, or a change that Odoo merged. No server was seen.
    Odoo,
    /// The source of these releases reads so.
    Release,
    /// The source of a stage that led to a release reads so. No server was seen.
    Stage,
    /// Third parties note it, who say that they checked. No server was seen.
    Notes,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Servers => "seen on servers",
            Self::Odoo => "as Odoo's documentation and changes say",
            Self::Release => "as the source of these releases reads",
            Self::Stage => "as the source of a stage before it reads",
            Self::Notes => "as third parties note",
        })
    }
}

/// The series that something holds for: from one on, before one, or between two. And how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    from: Series,
    /// The first series that it no longer holds for.
    before: Option<Series>,
    source: Source,
}

/// The series of a row: `17` on, or `(19, 3, Odoo)` on, as Odoo tells.
macro_rules! since_of {
    ($major:literal) => {
        $crate::Since::from($major)
    };
    (($major:literal, $minor:literal, $source:ident)) => {
        $crate::Since::told(($major, $minor), $crate::Source::$source)
    };
}
pub(crate) use since_of;

/// Only of series that odx was run on can be said what servers do.
const fn is_seen(major: u16) -> u16 {
    assert!(
        major <= NEWEST.major(),
        "odx was not run on this series: say who told it, by `told` or `until`"
    );
    major
}

const fn is_told(source: Source) -> Source {
    assert!(
        !matches!(source, Source::Servers),
        "no server of this series was seen"
    );
    source
}

impl Since {
    /// All series that odx knows, and later ones.
    pub const ALWAYS: Self = Self::from(OLDEST.major());

    /// From the release of that number on.
    pub const fn from(major: u16) -> Self {
        Self {
            from: Series::new(is_seen(major), 0),
            before: None,
            source: Source::Servers,
        }
    }

    /// From a series on that odx was not run on, such as `(19, 3)`, as someone tells.
    pub const fn told((major, minor): (u16, u16), source: Source) -> Self {
        Self {
            from: Series::new(major, minor),
            before: None,
            source: is_told(source),
        }
    }

    /// Up to a series that odx was not run on, such as `(19, 1)`, which no longer has it, as someone tells.
    pub const fn until((major, minor): (u16, u16), source: Source) -> Self {
        Self {
            from: OLDEST,
            before: Some(Series::new(major, minor)),
            source: is_told(source),
        }
    }

    /// Up to the release before the one of that number.
    pub const fn before(major: u16) -> Self {
        Self {
            from: OLDEST,
            before: Some(Series::new(is_seen(major), 0)),
            source: Source::Servers,
        }
    }

    /// From the release `from` on, up to the one before `before`.
    pub const fn between(from: u16, before: u16) -> Self {
        Self {
            from: Series::new(from, 0),
            before: Some(Series::new(is_seen(before), 0)),
            source: Source::Servers,
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

    /// The first series that it no longer holds for, if there is one.
    pub const fn end(self) -> Option<Series> {
        self.before
    }

    /// How it is known.
    pub const fn source(self) -> Source {
        self.source
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
    fn what_is_told_of_a_stage_does_not_hold_for_the_release_before_it() {
        let told = Since::told((19, 3), Source::Odoo);
        let gone = Since::until((19, 3), Source::Notes);
        for (series, has) in [
            ((19, 0), false),
            ((19, 2), false),
            ((19, 3), true),
            ((20, 0), true),
        ] {
            assert_eq!(told.holds(series.into()), has, "{series:?}");
            assert_eq!(gone.holds(series.into()), !has, "{series:?}");
        }
        assert_eq!(told.to_string(), "19.3 on");
        assert_eq!(gone.end(), Some(Series::new(19, 3)));
        assert_eq!(
            (told.source(), Since::from(19).source()),
            (Source::Odoo, Source::Servers)
        );
    }

    #[test]
    fn what_came_with_a_release_is_not_in_the_stages_before_it() {
        assert!(!Since::from(19).holds(Series::new(18, 4)));
        assert!(Since::from(19).holds(Series::new(19, 2)));
    }
}
