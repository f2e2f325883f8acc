//! Relative dates, which Odoo 19 works out in the user's timezone.

use std::fmt;

/// A unit of a relative date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
    /// Years.
    Years,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
}

impl Unit {
    const fn letter(self) -> char {
        match self {
            Self::Days => 'd',
            Self::Weeks => 'w',
            Self::Months => 'm',
            Self::Years => 'y',
            Self::Hours => 'H',
            Self::Minutes => 'M',
            Self::Seconds => 'S',
        }
    }
}

/// A date that Odoo 19 works out when it searches, in the timezone of the context: `today -1w`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative(String);

/// The start of today.
pub fn today() -> Relative {
    Relative("today".to_owned())
}

/// This moment.
pub fn now() -> Relative {
    Relative("now".to_owned())
}

impl Relative {
    /// Later by so many units.
    pub fn plus(self, number: u16, unit: Unit) -> Self {
        Self(format!("{} +{number}{}", self.0, unit.letter()))
    }

    /// Earlier by so many units.
    pub fn minus(self, number: u16, unit: Unit) -> Self {
        Self(format!("{} -{number}{}", self.0, unit.letter()))
    }

    /// The first day of the week it is in, as the language's settings say.
    pub fn start_of_week(self) -> Self {
        Self(format!("{} =week_start", self.0))
    }

    /// The first day of the month it is in.
    pub fn start_of_month(self) -> Self {
        Self(format!("{} =1d", self.0))
    }

    /// The first day of the year it is in.
    pub fn start_of_year(self) -> Self {
        Self(format!("{} =1m =1d", self.0))
    }
}

impl fmt::Display for Relative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
