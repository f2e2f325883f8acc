//! What odx knows of Odoo, each fact once, as data.
//!
//! The runtime, its macros, the generator and the sandbox read these tables. A new operator, field type or series is a
//! new row; code changes only where it means something new. Each fact says for which series it holds ([`Since`]), and
//! whether servers were seen to do so or someone else tells it ([`Source`]).

#![warn(clippy::missing_errors_doc)]

mod behaviour;
mod business;
mod date;
mod dropped;
mod feature;
mod field_type;
#[cfg(feature = "json")]
mod fields_get;
mod file;
mod flag;
mod method;
mod operator;
mod rust_type;
mod search;
mod series;
mod since;
mod told;
mod write_date;

pub use behaviour::*;
pub use business::{BUSINESS_METHODS, BusinessMethod};
pub use date::{DATE_PARTS, DatePart, SPANS, Span, UNITS};
pub use dropped::{DROPPED_FIELDS, DroppedField};
pub use feature::{FEATURES, Feature};
pub use field_type::{Class, FieldType, Nullable, Value};
#[cfg(feature = "json")]
pub use fields_get::{Description, SelectionKey, SelectionOption};
pub use file::*;
pub use flag::{
    CAPABILITIES, FLAGS, Flag, KEPT_BY_ODOO, capability, flags, is_worked_out, takes_writes,
};
pub use method::{
    GROUPING, Level, METHODS, Method, PRIVATE_FROM_19, PROXY_ACTIONS, Parameters, is_read_only,
};
pub use operator::{OPERATORS, OTHER_SPELLINGS, Operation, Operator, OperatorRow, Takes};
pub use rust_type::{RUST_TYPES, RustType, rust_type};
pub use search::{
    ADDED_CONDITIONS, AddedCondition, LIMITED_BEFORE_ACCESS, OF_THE_WHOLE_SEARCH,
    SEARCHED_OTHERWISE,
};
pub use series::{NEWEST, OLDEST, SERIES, Seen, Series, SeriesRow};
pub use since::{Since, Source};
pub use told::told;
pub use write_date::{ACTIVE, WRITE_DATE, WRITTEN_WITHOUT_WRITE_DATE};

/// The code of the README compiles, and runs where it may.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
