//! How each Rust type reads what Odoo sends: one [`Value`] impl a type, and the slots made of them.

use std::{
    any::Any,
    borrow::Cow,
    collections::HashMap,
    fmt::{self, Debug},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use serde_json::{Value as JsonValue, json};

use super::{
    Blank, Cell, Id, Many2one, Mismatch, Projection, Property, PropertyDefinition, RecordId,
    RecordRef, ResId, Selection, Slot,
};
use crate::query::NestedLoader;

/// A type that a set value is read into. `Option` of it is unset where Odoo sends `false`.
pub trait Value: Sized + Send + 'static {
    /// How it is read and written. A type of its own, so that the many types of generated code that are read alike say
    /// just which.
    type Form: Form<Self>;
}

/// A way in which values of the type `T` are read and written.
pub trait Form<T> {
    /// Whether the type itself can say that there is no value.
    const HOLDS_UNSET: bool = false;

    /// Reads a value that is set.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    fn read(cell: &mut Cell<'_, '_>) -> Result<T, Mismatch>;

    /// The value as Odoo would have sent it.
    fn wire(value: &T) -> JsonValue;

    /// A copy of the value.
    fn copy(value: &T) -> T;

    /// Shows the value, as `Debug` does.
    ///
    /// # Errors
    /// [`Mismatch`] says what was expected.
    fn show(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// How the record behind the value is read, if this is a projection of its own.
    fn nested() -> Option<NestedLoader> {
        None
    }

    /// The record with that id, out of what the loader read.
    fn attach(_id: RecordId, _loaded: &dyn Any) -> Option<T> {
        None
    }
}

/// Copies a slot's value. Both slots are the same field of one type.
fn copy<T: 'static>(to: &mut T, from: &dyn Any, copied: fn(&T) -> T) {
    if let Some(from) = from.downcast_ref::<T>() {
        *to = copied(from);
    }
}

/// A value that is shown by its form.
struct Shown<'a, T>(&'a T);

impl<T: Value> Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::Form::show(self.0, f)
    }
}

/// Copies and shows values as their types do.
macro_rules! as_the_type_does {
    ($ty:ty) => {
        fn copy(value: &$ty) -> $ty {
            value.clone()
        }

        fn show(value: &$ty, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            Debug::fmt(value, f)
        }
    };
}

impl<T: Value> Slot for T {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        *self = T::Form::read(cell)?;
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        T::Form::wire(self)
    }

    fn copy(&mut self, from: &dyn Any) {
        copy(self, from, T::Form::copy);
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::Form::show(self, f)
    }

    fn holds_unset(&self) -> bool {
        T::Form::HOLDS_UNSET
    }

    fn nested(&self) -> Option<NestedLoader> {
        T::Form::nested()
    }

    fn attach(&mut self, ids: &[RecordId], loaded: &dyn Any) -> Result<(), RecordId> {
        if let [id] = ids {
            *self = T::Form::attach(*id, loaded).ok_or(*id)?;
        }
        Ok(())
    }
}

impl<T: Value> Slot for Option<T> {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        *self = if cell.unset()? {
            None
        } else {
            Some(T::Form::read(cell)?)
        };
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        self.as_ref().map_or(JsonValue::Bool(false), T::Form::wire)
    }

    fn holds_unset(&self) -> bool {
        true
    }

    fn copy(&mut self, from: &dyn Any) {
        copy(self, from, |value: &Self| value.as_ref().map(T::Form::copy));
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().map(Shown).fmt(f)
    }

    fn nested(&self) -> Option<NestedLoader> {
        T::Form::nested()
    }

    fn attach(&mut self, ids: &[RecordId], loaded: &dyn Any) -> Result<(), RecordId> {
        if let [id] = ids {
            *self = Some(T::Form::attach(*id, loaded).ok_or(*id)?);
        }
        Ok(())
    }
}

impl<T> Blank for Option<T> {
    const BLANK: Self = None;
}

impl<T> Blank for Vec<T> {
    const BLANK: Self = Vec::new();
}

/// A key, as it came. Keys that are not known are kept.
pub enum KeyForm {}

impl<S: Selection> Form<S> for KeyForm {
    fn read(cell: &mut Cell<'_, '_>) -> Result<S, Mismatch> {
        cell.key(S::from_key)
    }

    fn wire(value: &S) -> JsonValue {
        value.to_json()
    }

    fn copy(value: &S) -> S {
        value.clone()
    }

    fn show(value: &S, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::debug_key(value, f)
    }
}

impl<S: Selection> Blank for S {
    const BLANK: Self = <S as Selection>::BLANK;
}

/// Types that are their own form.
macro_rules! leaves {
    ($([$($generics:tt)*] $ty:ty = $blank:expr;)*) => {
        $(
            impl<$($generics)*> Blank for $ty {
                const BLANK: Self = $blank;
            }

            impl<$($generics)*> Value for $ty {
                type Form = Self;
            }
        )*
    };
}

leaves! {
    [] String = String::new();
    [] i64 = 0;
    [] f64 = 0.0;
    [] bool = false;
    [] JsonValue = JsonValue::Null;
    [M: 'static] Id<M> = Id::new(0);
    [M: 'static] Many2one<M> = Many2one { id: Id::new(0), name: None, };
    [] RecordRef = RecordRef { model: String::new(), id: RecordId::new(0), };
    [] ResId = ResId(0);
    [] Blob = Blob(JsonValue::Null);
    [] NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("BUG: 1970 is a year");
    [] NaiveDateTime = DateTime::UNIX_EPOCH.naive_utc();
    [] DateTime<Utc> = DateTime::UNIX_EPOCH;
}

impl Form<Self> for String {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        Ok(cell.text()?.into_owned())
    }

    fn wire(value: &Self) -> JsonValue {
        value.as_str().into()
    }

    as_the_type_does!(Self);
}

impl Form<Self> for i64 {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        cell.integer()
    }

    fn wire(value: &Self) -> JsonValue {
        (*value).into()
    }

    as_the_type_does!(Self);
}

impl Form<Self> for f64 {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        cell.float()
    }

    fn wire(value: &Self) -> JsonValue {
        (*value).into()
    }

    as_the_type_does!(Self);
}

impl Form<Self> for bool {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        cell.boolean()
    }

    fn wire(value: &Self) -> JsonValue {
        (*value).into()
    }

    as_the_type_does!(Self);
}

impl Form<Self> for JsonValue {
    const HOLDS_UNSET: bool = true;

    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        cell.json()
    }

    fn wire(value: &Self) -> JsonValue {
        value.clone()
    }

    as_the_type_does!(Self);
}

impl<M: 'static> Form<Self> for Id<M> {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        Ok(Self::of(cell.many2one()?.0))
    }

    fn wire(value: &Self) -> JsonValue {
        value.to_json()
    }

    as_the_type_does!(Self);
}

impl<M: 'static> Form<Self> for Many2one<M> {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        let (id, name) = cell.many2one()?;
        Ok(Self {
            id: Id::of(id),
            name,
        })
    }

    fn wire(value: &Self) -> JsonValue {
        let name = value
            .name
            .as_deref()
            .map_or(JsonValue::Bool(false), JsonValue::from);
        json!([value.id.to_json(), name])
    }

    as_the_type_does!(Self);
}

impl<M: 'static> Slot for Vec<Id<M>> {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        *self = cell.ids()?.into_iter().map(Id::of).collect();
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        self.iter()
            .map(|id| id.to_json())
            .collect::<Vec<_>>()
            .into()
    }

    fn copy(&mut self, from: &dyn Any) {
        copy(self, from, Clone::clone);
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt(f)
    }
}

impl Form<Self> for RecordRef {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        Self::parse(&cell.text()?).ok_or(Mismatch::Expected("\"model,id\""))
    }

    fn wire(value: &Self) -> JsonValue {
        value.to_string().into()
    }

    as_the_type_does!(Self);
}

impl Form<Self> for ResId {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        if cell.unset()? {
            Ok(Self(0))
        } else {
            Ok(Self(cell.integer()?))
        }
    }

    fn wire(value: &Self) -> JsonValue {
        value.0.into()
    }

    as_the_type_does!(Self);
}

/// The value of a binary field, as it came.
///
/// Most are base64 text. With `bin_size` in the context it is a size such as `"61.71 Kb"` or, of a field with a column, `"12 kB"`; from Odoo 19.5 on it is told to be an
/// object of content, size and file name (no such server was seen). There a value may come without its content, which is
/// still a file: only what is unset is none. Fields such as `ir.actions.act_window.views` are declared binary and hold lists.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob(JsonValue);

/// Its beginning, and how long it is: a file is too much for a log, and may be nobody's business there.
impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 24;
        let text = match &self.0 {
            JsonValue::String(text) => Cow::Borrowed(text.as_str()),
            value => Cow::Owned(value.to_string()),
        };
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(
                f,
                "Blob({}.. of {} characters)",
                &text[..end],
                text.chars().count()
            ),
            None => write!(f, "Blob({text})"),
        }
    }
}

impl Blob {
    const CONTENT: &'static str = "content";
    const SIZE: &'static str = "size";
    const FILE_NAME: &'static str = "filename";

    /// Bytes to be written.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(BASE64_STANDARD.encode(bytes).into())
    }

    pub(crate) fn of(value: JsonValue) -> Self {
        Self(value)
    }

    /// The same with a file name, which is told to be taken from Odoo 19.5 on; older ones are not sent it.
    #[must_use]
    pub fn with_file_name(self, name: impl Into<String>) -> Self {
        let content = self.content().cloned().unwrap_or(JsonValue::Null);
        Self(serde_json::json!({Self::CONTENT: content, Self::FILE_NAME: name.into()}))
    }

    /// The content alone, as every series takes it.
    #[must_use]
    pub fn without_file_name(mut self) -> Self {
        if let JsonValue::Object(entries) = &mut self.0 {
            entries.remove(Self::FILE_NAME);
        }
        self
    }

    /// The bytes, if what came is base64 or an object with base64 `content`.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let text = self.content()?.as_str()?;
        // Base64 may be in lines. A blank is of a size instead: `12 kB`, without it, would be base64.
        let compact: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
        BASE64_STANDARD.decode(compact).ok()
    }

    /// Whether the content came. The text of a size is none, and neither is an object without content.
    pub fn has_content(&self) -> bool {
        match self.content() {
            Some(JsonValue::String(_)) => self.bytes().is_some(),
            Some(_) => !self.0.is_object(),
            None => false,
        }
    }

    /// The size in bytes: as it came beside the content or in its place, else that of the content.
    pub fn size(&self) -> Option<u64> {
        let told = self.0.get(Self::SIZE).and_then(JsonValue::as_u64);
        told.or_else(|| self.bytes()?.len().try_into().ok())
    }

    /// About how large it is, in bytes: the [`size`](Self::size), or what Odoo says in place of the content that was left
    /// out ([`without_content`](crate::query::Query::without_content)), such as `61.71 Kb`, which is rounded. Of a field that has a
    /// column of its own Odoo up to 19.2 counts the base64, a third more.
    pub fn about_size(&self) -> Option<u64> {
        const UNITS: &[(&str, f64)] = &[
            ("bytes", 1.0),
            ("kb", 1024.0),
            ("mb", 1_048_576.0),
            ("gb", 1_073_741_824.0),
        ];
        let told = || {
            let (number, unit) = self.0.as_str()?.split_once(' ')?;
            let mut units = UNITS.iter();
            let (_, factor) = units.find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
            let number: f64 = number.parse().ok()?;
            (number >= 0.0).then_some((number * factor) as u64)
        };
        self.size().or_else(told)
    }

    /// The file name, if one came.
    pub fn file_name(&self) -> Option<&str> {
        let name = self.0.get(Self::FILE_NAME)?.as_str()?;
        (!name.is_empty()).then_some(name)
    }

    /// What came.
    pub fn as_json(&self) -> &JsonValue {
        &self.0
    }

    fn content(&self) -> Option<&JsonValue> {
        match &self.0 {
            JsonValue::Object(entries) => entries.get(Self::CONTENT),
            other => Some(other),
        }
    }

    /// As it is written: the content alone, which every series takes, or the content and the file name. What came without
    /// content is left as it is, to be refused.
    pub(crate) fn written(&self) -> JsonValue {
        if !self.0.is_object() || !self.has_content() {
            return self.0.clone();
        }
        let content = self.content().cloned().unwrap_or_default();
        match self.file_name() {
            Some(name) => serde_json::json!({Self::CONTENT: content, Self::FILE_NAME: name}),
            None => content,
        }
    }
}

impl Form<Self> for Blob {
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        cell.json().map(Self)
    }

    fn wire(value: &Self) -> JsonValue {
        value.0.clone()
    }

    as_the_type_does!(Self);
}

/// A list of values; unset is empty.
macro_rules! list_slots {
    ($($ty:ty),*) => {
        $(
            impl Slot for Vec<$ty> {
                fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
                    *self = if cell.unset()? { Self::new() } else { <$ty>::list(cell.json()?)? };
                    Ok(())
                }

                fn to_wire(&self) -> JsonValue {
                    self.iter().map(<$ty>::wire).collect::<Vec<_>>().into()
                }

                fn copy(&mut self, from: &dyn Any) {
                    copy(self, from, Clone::clone);
                }

                fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.fmt(f)
                }
            }
        )*
    };
}

list_slots!(Property, PropertyDefinition);

/// Year, month, day; hour, minute, second. What dates and datetimes are on the wire.
#[derive(Clone, Copy)]
pub(crate) struct Calendar {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    /// The part of a second, which Odoo keeps in `create_date` and `write_date` only, and never sends.
    pub(crate) nanosecond: u32,
}

impl Calendar {
    /// Reads `2024-02-29` or `2024-02-29 23:59:59`. Odoo does not pad years: `1-01-01`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_padded(text.as_bytes()).or_else(|| Self::parse_parts(text))
    }

    /// Every part has all its digits, as from year 1000 on.
    fn parse_padded(text: &[u8]) -> Option<Self> {
        let separators: &[u8] = match text.len() {
            10 => b"--",
            19 => b"-- ::",
            _ => return None,
        };
        let places = [4, 7, 10, 13, 16];
        let fits = |(place, separator): (usize, &u8)| text[place] == *separator;
        if !places.into_iter().zip(separators).all(fits) {
            return None;
        }
        let pair = |at: usize| match text.get(at..at + 2) {
            Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => {
                Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
            }
            Some(_) => None,
            None => Some(0),
        };
        Some(Self {
            year: (pair(0)? * 100 + pair(2)?).try_into().ok()?,
            month: pair(5)?,
            day: pair(8)?,
            hour: pair(11)?,
            minute: pair(14)?,
            second: pair(17)?,
            nanosecond: 0,
        })
    }

    fn parse_parts(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once([' ', 'T']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.splitn(3, '-');
        let mut part = || parts.next()?.parse::<u32>().ok();
        let (year, month, day) = (i32::try_from(part()?).ok()?, part()?, part()?);
        let mut calendar = Self {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
        };
        if let Some(time) = time {
            let time = time.split_once('.').map_or(time, |(whole, _)| whole);
            let mut parts = time.splitn(3, ':');
            let mut part = || parts.next()?.parse::<u32>().ok();
            (calendar.hour, calendar.minute, calendar.second) = (part()?, part()?, part()?);
        }
        Some(calendar)
    }

    /// As Odoo sends a date: the year is not padded.
    fn wire_date(self) -> String {
        format!("{}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// As Odoo sends a datetime.
    fn wire_datetime(self) -> String {
        format!(
            "{} {:02}:{:02}:{:02}",
            self.wire_date(),
            self.hour,
            self.minute,
            self.second
        )
    }

    /// As Odoo takes a date: the year has four digits.
    pub(crate) fn written_date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// As conditions take a datetime: with the fraction, of nine digits where six do not hold it.
    pub(crate) fn compared_datetime(self) -> String {
        // A leap second of chrono has more nanoseconds than a second.
        let nanosecond = self.nanosecond.min(999_999_999);
        let whole = self.written_datetime();
        match nanosecond {
            0 => whole,
            _ if nanosecond.is_multiple_of(1_000) => format!("{whole}.{:06}", nanosecond / 1_000),
            _ => format!("{whole}.{nanosecond:09}"),
        }
    }

    /// As conditions on properties take a datetime. Properties are kept as texts of whole seconds, and compared as such: one
    /// second is before all its fractions, and the next after them.
    pub(crate) fn compared_with_property(self) -> String {
        let microsecond = self.nanosecond.min(999_999_999) / 1_000;
        let whole = self.written_datetime();
        match self.nanosecond {
            0 => whole,
            _ => format!("{whole}.{microsecond:06}"),
        }
    }

    /// As Odoo takes a datetime in writes: a blank between, no zone, no fraction, which it refuses.
    pub(crate) fn written_datetime(self) -> String {
        format!(
            "{} {:02}:{:02}:{:02}",
            self.written_date(),
            self.hour,
            self.minute,
            self.second
        )
    }
}

/// A type of a calendar crate that stands for an Odoo date or datetime.
pub(crate) trait CalendarType: Sized {
    fn from_calendar(calendar: Calendar) -> Option<Self>;
    fn to_calendar(&self) -> Calendar;
}

impl CalendarType for NaiveDate {
    fn from_calendar(c: Calendar) -> Option<Self> {
        Self::from_ymd_opt(c.year, c.month, c.day)
    }

    fn to_calendar(&self) -> Calendar {
        Calendar {
            year: self.year(),
            month: self.month(),
            day: self.day(),
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
        }
    }
}

impl CalendarType for NaiveDateTime {
    fn from_calendar(c: Calendar) -> Option<Self> {
        NaiveDate::from_calendar(c)?.and_hms_opt(c.hour, c.minute, c.second)
    }

    fn to_calendar(&self) -> Calendar {
        Calendar {
            hour: self.hour(),
            minute: self.minute(),
            second: self.second(),
            nanosecond: self.nanosecond(),
            ..self.date().to_calendar()
        }
    }
}

impl CalendarType for DateTime<Utc> {
    fn from_calendar(c: Calendar) -> Option<Self> {
        Some(NaiveDateTime::from_calendar(c)?.and_utc())
    }

    fn to_calendar(&self) -> Calendar {
        self.naive_utc().to_calendar()
    }
}

macro_rules! calendar_values {
    ($($ty:ty: $wire:ident, $expected:literal;)*) => {
        $(
            impl Form<Self> for $ty {
                fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
                    Calendar::parse(&cell.text()?)
                        .and_then(Self::from_calendar)
                        .ok_or(Mismatch::Expected($expected))
                }

                fn wire(value: &Self) -> JsonValue {
                    value.to_calendar().$wire().into()
                }

                as_the_type_does!(Self);
            }
        )*
    };
}

calendar_values! {
    NaiveDate: wire_date, "a date such as \"2024-02-29\"";
    NaiveDateTime: wire_datetime, "a datetime such as \"2024-02-29 23:59:59\"";
    DateTime<Utc>: wire_datetime, "a datetime such as \"2024-02-29 23:59:59\"";
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use jiff::{
        Timestamp,
        civil::{Date, DateTime},
        tz::TimeZone,
    };

    use super::{
        Blank, Calendar, CalendarType, Cell, Debug, Form, JsonValue, Mismatch, Value, fmt,
    };

    impl CalendarType for Date {
        fn from_calendar(c: Calendar) -> Option<Self> {
            Self::new(
                c.year.try_into().ok()?,
                c.month.try_into().ok()?,
                c.day.try_into().ok()?,
            )
            .ok()
        }

        fn to_calendar(&self) -> Calendar {
            Calendar {
                year: self.year().into(),
                month: self.month().unsigned_abs().into(),
                day: self.day().unsigned_abs().into(),
                hour: 0,
                minute: 0,
                second: 0,
                nanosecond: 0,
            }
        }
    }

    impl CalendarType for Timestamp {
        fn from_calendar(c: Calendar) -> Option<Self> {
            let date = Date::from_calendar(c)?;
            let time = jiff::civil::Time::new(
                c.hour.try_into().ok()?,
                c.minute.try_into().ok()?,
                c.second.try_into().ok()?,
                0,
            );
            Some(
                DateTime::from_parts(date, time.ok()?)
                    .to_zoned(TimeZone::UTC)
                    .ok()?
                    .timestamp(),
            )
        }

        fn to_calendar(&self) -> Calendar {
            let utc = self.to_zoned(TimeZone::UTC);
            Calendar {
                hour: utc.hour().unsigned_abs().into(),
                minute: utc.minute().unsigned_abs().into(),
                second: utc.second().unsigned_abs().into(),
                nanosecond: utc.subsec_nanosecond().unsigned_abs(),
                ..utc.date().to_calendar()
            }
        }
    }

    leaves! {
        [] Date = jiff::civil::date(1970, 1, 1);
        [] Timestamp = Timestamp::UNIX_EPOCH;
    }

    calendar_values! {
        Date: wire_date, "a date such as \"2024-02-29\"";
        Timestamp: wire_datetime, "a datetime such as \"2024-02-29 23:59:59\"";
    }
}

#[cfg(feature = "time")]
mod with_time {
    use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

    use super::{
        Blank, Calendar, CalendarType, Cell, Debug, Form, JsonValue, Mismatch, Value, fmt,
    };

    impl CalendarType for Date {
        fn from_calendar(c: Calendar) -> Option<Self> {
            let month = Month::try_from(u8::try_from(c.month).ok()?).ok()?;
            Self::from_calendar_date(c.year, month, c.day.try_into().ok()?).ok()
        }

        fn to_calendar(&self) -> Calendar {
            Calendar {
                year: self.year(),
                month: u8::from(self.month()).into(),
                day: self.day().into(),
                hour: 0,
                minute: 0,
                second: 0,
                nanosecond: 0,
            }
        }
    }

    impl CalendarType for OffsetDateTime {
        fn from_calendar(c: Calendar) -> Option<Self> {
            let date = Date::from_calendar(c)?;
            let time = Time::from_hms(
                c.hour.try_into().ok()?,
                c.minute.try_into().ok()?,
                c.second.try_into().ok()?,
            );
            Some(Self::new_utc(date, time.ok()?))
        }

        fn to_calendar(&self) -> Calendar {
            let utc = self.to_offset(UtcOffset::UTC);
            Calendar {
                hour: utc.hour().into(),
                minute: utc.minute().into(),
                second: utc.second().into(),
                nanosecond: utc.nanosecond(),
                ..utc.date().to_calendar()
            }
        }
    }

    leaves! {
        [] Date = OffsetDateTime::UNIX_EPOCH.date();
        [] OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
    }

    calendar_values! {
        Date: wire_date, "a date such as \"2024-02-29\"";
        OffsetDateTime: wire_datetime, "a datetime such as \"2024-02-29 23:59:59\"";
    }
}

#[cfg(feature = "rust_decimal")]
leaves! {
    [] rust_decimal::Decimal = rust_decimal::Decimal::ZERO;
}

#[cfg(feature = "rust_decimal")]
impl Form<Self> for rust_decimal::Decimal {
    /// Odoo sends JSON floats, by the shortest decimal that reads as the same float: that decimal. Of the noise that floats
    /// have, what is beyond 28 places is cut off.
    fn read(cell: &mut Cell<'_, '_>) -> Result<Self, Mismatch> {
        cell.decimal()
    }

    fn wire(value: &Self) -> JsonValue {
        value
            .to_string()
            .parse::<f64>()
            .map_or(JsonValue::Null, JsonValue::from)
    }

    as_the_type_does!(Self);
}

/// A projection as the value of a relation: the id is noted while the page is read, the record attached afterwards.
pub enum RecordForm {}

impl<P: Projection + Sync> Value for P {
    type Form = RecordForm;
}

impl<P: Projection + Sync> Form<P> for RecordForm {
    fn read(cell: &mut Cell<'_, '_>) -> Result<P, Mismatch> {
        let (id, _) = cell.many2one()?;
        cell.refer([id]);
        Ok(P::blank())
    }

    fn wire(value: &P) -> JsonValue {
        super::to_wire(value)
    }

    fn copy(value: &P) -> P {
        super::copy(value)
    }

    fn show(value: &P, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::debug(value, f)
    }

    fn nested() -> Option<NestedLoader> {
        Some(NestedLoader::of::<P>())
    }

    fn attach(id: RecordId, loaded: &dyn Any) -> Option<P> {
        loaded
            .downcast_ref::<HashMap<RecordId, P>>()?
            .get(&id)
            .map(super::copy)
    }
}

/// Records behind a relation of many, read after the page.
impl<P: Projection + Sync> Slot for Vec<P> {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        let ids = cell.ids()?;
        cell.refer(ids);
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        self.iter().map(super::to_wire).collect::<Vec<_>>().into()
    }

    fn copy(&mut self, from: &dyn Any) {
        copy(self, from, |records: &Self| {
            records.iter().map(super::copy).collect()
        });
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Shown)).finish()
    }

    fn nested(&self) -> Option<NestedLoader> {
        Some(NestedLoader::of::<P>())
    }

    fn attach(&mut self, ids: &[RecordId], loaded: &dyn Any) -> Result<(), RecordId> {
        *self = ids
            .iter()
            .map(|id| RecordForm::attach(*id, loaded).ok_or(*id))
            .collect::<Result<_, _>>()?;
        Ok(())
    }
}
