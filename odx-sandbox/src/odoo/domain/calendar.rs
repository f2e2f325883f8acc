//! Dates in domains: ISO texts, texts relative to now (Odoo 19), and parts of a date.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::odoo::errors::{OdooError, Result};
use crate::odoo::values::four_digit_year;

/// A part of a date that a domain may test and a group may be made of (18+).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatePart {
    Year,
    Quarter,
    Month,
    IsoWeek,
    DayOfYear,
    DayOfMonth,
    DayOfWeek,
    Hour,
    Minute,
    Second,
}

const PARTS: &[(&str, DatePart)] = &[
    ("year_number", DatePart::Year),
    ("quarter_number", DatePart::Quarter),
    ("month_number", DatePart::Month),
    ("iso_week_number", DatePart::IsoWeek),
    ("day_of_year", DatePart::DayOfYear),
    ("day_of_month", DatePart::DayOfMonth),
    ("day_of_week", DatePart::DayOfWeek),
    ("hour_number", DatePart::Hour),
    ("minute_number", DatePart::Minute),
    ("second_number", DatePart::Second),
];

impl DatePart {
    pub(crate) fn from_name(name: &str) -> Result<Self> {
        let known = PARTS.iter().find(|(known, _)| *known == name);
        known.map(|(_, part)| *part).ok_or_else(|| {
            let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
            OdooError::value(format!(
                "Error when processing the granularity {name} is not supported. Only {} are supported",
                names.join(", ")
            ))
        })
    }

    /// The part as PostgreSQL's `date_part` counts it: Sunday is day 0 of the week.
    pub(crate) fn of(self, at: DateTime) -> i64 {
        let date = at.date();
        match self {
            Self::Year => i64::from(date.year()),
            Self::Quarter => i64::from((date.month() - 1) / 3 + 1),
            Self::Month => i64::from(date.month()),
            Self::IsoWeek => i64::from(date.iso_week_date().week()),
            Self::DayOfYear => i64::from(date.day_of_year()),
            Self::DayOfMonth => i64::from(date.day()),
            Self::DayOfWeek => i64::from(date.weekday().to_sunday_zero_offset()),
            Self::Hour => i64::from(at.hour()),
            Self::Minute => i64::from(at.minute()),
            Self::Second => i64::from(at.second()),
        }
    }
}

/// The years after which the calendar repeats.
const CYCLE: i16 = 400;

/// The last year that [`DateTime`] knows.
const LAST_YEAR: i16 = 9999;

impl DatePart {
    /// The part of a naive UTC datetime on the clock of `tz`, which may be in the year after the last one.
    pub(crate) fn of_utc(self, utc: DateTime, tz: &TimeZone) -> i64 {
        if utc.year() < LAST_YEAR {
            return self.of(local(utc, tz));
        }
        let Ok(earlier) = utc.with().year(utc.year() - CYCLE).build() else {
            return self.of(utc);
        };
        let number = self.of(local(earlier, tz));
        match self {
            Self::Year => number + i64::from(CYCLE),
            _ => number,
        }
    }
}

/// A date or a naive UTC datetime given in a domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moment {
    Date(Date),
    DateTime(DateTime),
}

impl Moment {
    /// The date, cutting the time off as Odoo does for date fields.
    pub(crate) fn date(self) -> Date {
        match self {
            Self::Date(date) => date,
            Self::DateTime(at) => at.date(),
        }
    }

    /// The naive UTC datetime; a date starts at midnight of the user's timezone.
    pub(crate) fn utc(self, tz: &TimeZone) -> DateTime {
        match self {
            Self::DateTime(at) => at,
            Self::Date(date) => to_utc(date.to_datetime(Time::midnight()), tz),
        }
    }
}

/// What relative dates are relative to.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    pub(crate) at: Timestamp,
    pub(crate) tz: TimeZone,
    /// The first day of the week of the user's language.
    pub(crate) week_start: Weekday,
}

/// A naive UTC datetime on the clock of `tz`.
pub(crate) fn local(utc: DateTime, tz: &TimeZone) -> DateTime {
    TimeZone::UTC
        .to_timestamp(utc)
        .map_or(utc, |at| tz.to_datetime(at))
}

/// The naive UTC datetime of a time on the clock of `tz`.
pub(crate) fn to_utc(local: DateTime, tz: &TimeZone) -> DateTime {
    tz.to_timestamp(local)
        .map_or(local, |at| TimeZone::UTC.to_datetime(at))
}

/// Reads a date value of a domain, as Odoo 19's `parse_date` does.
pub(crate) fn parse(text: &str, now: &Now) -> Result<Moment> {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && text[digits..].starts_with('-') {
        return parse_iso(text);
    }
    relative(text, now)
}

fn parse_iso(text: &str) -> Result<Moment> {
    let invalid = || OdooError::value(format!("Invalid isoformat string: '{text}'"));
    let text = four_digit_year(text).ok_or_else(invalid)?;
    if text.chars().count() <= 10 {
        return Date::strptime("%Y-%m-%d", text)
            .map(Moment::Date)
            .map_err(|_| invalid());
    }
    let has_zone = text.ends_with('Z')
        || text
            .get(11..)
            .is_some_and(|time| time.contains('+') || time.contains('-'));
    if has_zone {
        return Err(OdooError::value(format!(
            "expecting only datetimes with no timezone: '{text}'"
        )));
    }
    let at: DateTime = text.parse().map_err(|_| invalid())?;
    at.with()
        .subsec_nanosecond(0)
        .build()
        .map(Moment::DateTime)
        .map_err(|_| invalid())
}

fn relative(text: &str, now: &Now) -> Result<Moment> {
    let mut terms = text.split_whitespace().peekable();
    if terms.peek().is_none() {
        return Err(OdooError::value("Empty date value"));
    }
    let today = terms.peek() == Some(&"today");
    if today || terms.peek() == Some(&"now") {
        terms.next();
    }
    let mut at = now.tz.to_datetime(now.at);
    if let Ok(whole) = at.with().subsec_nanosecond(0).build() {
        at = whole;
    }
    if today {
        at = at.date().to_datetime(Time::midnight());
    }
    for term in terms {
        at = shift(at, term, today, now).ok_or_else(|| {
            OdooError::value(format!(
                "Invalid term '{term}' in expression date: '{text}'"
            ))
        })?;
    }
    Ok(if today {
        Moment::Date(at.date())
    } else {
        Moment::DateTime(to_utc(at, &now.tz))
    })
}

/// One offset: `+3d`, `=1m`, `-monday`. Times of day do not apply to a date.
fn shift(at: DateTime, term: &str, is_date: bool, now: &Now) -> Option<DateTime> {
    let sign = term.chars().next().filter(|sign| "+-=".contains(*sign))?;
    let rest = &term[1..];
    if rest.len() < 2 {
        return None;
    }
    if let Some(weekday) = weekday(rest, now) {
        return to_weekday(at, sign, weekday, now);
    }
    let unit = rest.chars().last()?;
    let number: i32 = rest[..rest.len() - unit.len_utf8()].parse().ok()?;
    match sign {
        '=' => set(at, unit, number),
        sign => {
            let number = if sign == '-' { -number } else { number };
            let span = span(unit, number)?;
            let moved = at.checked_add(span).ok()?;
            let timed = "HMS".contains(unit);
            Some(if is_date && timed {
                moved.date().to_datetime(Time::midnight())
            } else {
                moved
            })
        }
    }
}

fn span(unit: char, number: i32) -> Option<Span> {
    Some(match unit {
        'd' => number.days(),
        'w' => number.weeks(),
        'm' => number.months(),
        'y' => number.years(),
        'H' => number.hours(),
        'M' => number.minutes(),
        'S' => number.seconds(),
        _ => return None,
    })
}

/// Sets a part and resets the smaller ones.
fn set(at: DateTime, unit: char, number: i32) -> Option<DateTime> {
    let small = i8::try_from(number).ok();
    let midnight = at.date().to_datetime(Time::midnight());
    let changed = match unit {
        'd' => midnight.with().day(small?),
        'm' => midnight.with().day(at.day().min(28)).month(small?),
        'y' => midnight.with().year(i16::try_from(number).ok()?),
        'H' => at.with().hour(small?).minute(0).second(0),
        'M' => at.with().minute(small?).second(0),
        'S' => at.with().second(small?),
        _ => return None,
    };
    changed.build().ok()
}

fn weekday(name: &str, now: &Now) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        "week_start" => now.week_start,
        _ => return None,
    })
}

fn to_weekday(at: DateTime, sign: char, weekday: Weekday, now: &Now) -> Option<DateTime> {
    let since_start = |day: Weekday| i32::from(day.since(now.week_start));
    let mut offset = since_start(weekday) - since_start(at.weekday());
    let from = match sign {
        '=' => at.date().to_datetime(Time::midnight()),
        '+' => {
            offset += if offset < 0 { 7 } else { 0 };
            at
        }
        _ => {
            offset -= if offset > 0 { 7 } else { 0 };
            at
        }
    };
    from.checked_add(offset.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Now {
        // A Wednesday.
        Now {
            at: "2024-05-15T22:30:10Z".parse().unwrap(),
            tz: TimeZone::UTC,
            week_start: Weekday::Monday,
        }
    }

    fn read(text: &str) -> String {
        match parse(text, &now()).unwrap() {
            Moment::Date(date) => date.to_string(),
            Moment::DateTime(at) => at.to_string(),
        }
    }

    #[test]
    fn relative_dates_start_today_or_now() {
        assert_eq!(read("today"), "2024-05-15");
        assert_eq!(read("today +1d"), "2024-05-16");
        assert_eq!(read("today -1w"), "2024-05-08");
        assert_eq!(read("-3d"), "2024-05-12T22:30:10");
        assert_eq!(read("-1H"), "2024-05-15T21:30:10");
        assert_eq!(read("+1m"), "2024-06-15T22:30:10");
        assert_eq!(read("=1d"), "2024-05-01T00:00:00");
    }

    #[test]
    fn weekdays_are_counted_within_the_week() {
        assert_eq!(read("=monday"), "2024-05-13T00:00:00");
        assert_eq!(read("=monday -1w"), "2024-05-06T00:00:00");
        assert_eq!(read("today +monday"), "2024-05-20");
        assert_eq!(read("today -friday"), "2024-05-10");
        assert_eq!(read("=week_start"), "2024-05-13T00:00:00");
    }

    #[test]
    fn today_is_the_users_day() {
        let tokyo = Now {
            tz: TimeZone::get("Asia/Tokyo").unwrap(),
            ..now()
        };
        let today = parse("today", &tokyo).unwrap();
        assert_eq!(today.date().to_string(), "2024-05-16");
        assert_eq!(today.utc(&tokyo.tz).to_string(), "2024-05-15T15:00:00");
    }

    #[test]
    fn iso_texts_may_have_a_t_but_no_zone() {
        assert_eq!(read("2024-02-29T10:00:00"), "2024-02-29T10:00:00");
        assert_eq!(read("2024-02-29 10:00"), "2024-02-29T10:00:00");
        let error = parse("2024-02-29T10:00:00Z", &now()).unwrap_err();
        assert!(
            error
                .message()
                .starts_with("expecting only datetimes with no timezone")
        );
        assert!(parse("2023-02-29", &now()).is_err());
        assert!(parse("tomorrow", &now()).is_err());
    }

    #[test]
    fn the_last_evening_of_9999_is_the_year_10000_further_east() {
        let at: DateTime = "9999-12-31T23:59:59".parse().unwrap();
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        assert_eq!(DatePart::Year.of_utc(at, &tokyo), 10_000);
        assert_eq!(DatePart::DayOfMonth.of_utc(at, &tokyo), 1);
        assert_eq!(DatePart::Year.of_utc(at, &TimeZone::UTC), 9999);
    }

    #[test]
    fn parts_count_as_postgresql_does() {
        let at: DateTime = "2024-12-29T13:05:09".parse().unwrap();
        let parts = [
            (DatePart::Year, 2024),
            (DatePart::Quarter, 4),
            (DatePart::IsoWeek, 52),
            (DatePart::DayOfYear, 364),
            (DatePart::DayOfWeek, 0),
            (DatePart::Second, 9),
        ];
        for (part, expected) in parts {
            assert_eq!(part.of(at), expected, "{part:?}");
        }
    }
}
