//! Parts and spans of dates.

use super::Since;

/// The parts of dates that conditions may be about, handed to a macro: `documentation, name;`.
#[macro_export]
macro_rules! date_parts {
    ($callback:ident $($first:tt)*) => {
        $callback! {
            $($first)*
            /// The year, in the timezone of the context. Odoo 18 and on, as all parts of dates.
            year_number;
            /// The quarter, 1 to 4.
            quarter_number;
            /// The month, 1 to 12.
            month_number;
            /// The ISO week, 1 to 53.
            iso_week_number;
            /// The day of the year, 1 to 366.
            day_of_year;
            /// The day of the month, 1 to 31.
            day_of_month;
            /// The day of the week, 0 for Sunday.
            day_of_week;
            /// The hour, 0 to 23.
            hour_number;
            /// The minute, 0 to 59.
            minute_number;
            /// The second, 0 to 59.
            second_number;
        }
    };
}

/// The spans of time that records can be grouped by, handed to a macro: `documentation, name;`.
#[macro_export]
macro_rules! spans {
    ($callback:ident $($first:tt)*) => {
        $callback! {
            $($first)*
            /// By hour, in the timezone of the context, as all spans of a datetime.
            hour;
            /// By day.
            day;
            /// By week. It begins on the first day that the language has; before Odoo 17, on Monday.
            week;
            /// By month.
            month;
            /// By quarter.
            quarter;
            /// By year.
            year;
        }
    };
}

/// A number out of a date: `date_order.month_number`.
#[derive(Clone, Copy, Debug)]
pub struct DatePart {
    /// The name, on the wire and in Rust.
    pub name: &'static str,
}

/// A span of time: `date_order:month`.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The name, on the wire and in Rust.
    pub name: &'static str,
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// The parts of dates.
        pub const DATE_PARTS: &[DatePart] = &[$(DatePart { name: stringify!($name) }),*];
    };
}

macro_rules! spans_of_time {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// The spans of time.
        pub const SPANS: &[Span] = &[$(Span { name: stringify!($name) }),*];
    };
}

date_parts!(parts);
spans!(spans_of_time);

impl DatePart {
    /// The series whose domains and groups have parts of dates.
    pub const SINCE: Since = Since::from(18);

    /// The part of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        DATE_PARTS.iter().find(|part| part.name == name)
    }
}

/// The letters of the units of relative dates such as `today -3d`, which Odoo 19 knows.
pub const UNITS: &[char] = &['d', 'w', 'm', 'y', 'H', 'M', 'S'];
