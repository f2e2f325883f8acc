//! The core: models, records, fields and their values. No I/O.
//!
//! Generated code implements [`Model`] and [`Projection`]; programs use the types here as the values of its fields.

mod base;
mod capability;
mod closure;
mod decode;
mod escapes;
mod field;
mod holds;
mod id;
mod ids;
#[cfg(feature = "client")]
mod interned;
mod json;
mod kind;
mod literal;
mod macros;
mod meta;
#[doc(hidden)]
pub mod mistakes;
pub(crate) mod number;
mod path;
mod projection;
mod property;
mod record_id;
mod scan;
mod selection;
#[cfg(feature = "serde")]
mod serialize;
mod slot;
mod slots;
mod table;
mod value;
mod watched;

pub use base::Model;
pub use capability::*;
pub use closure::OverFields;
pub use decode::{Absent, DecodeError, decode_rows};
pub use field::{Field, Marker};
pub use holds::{Holds, Selectable};
pub use id::{Id, Many2one, RecordRef, ResId};
pub use ids::{IdOf, Ids};
pub use kind::*;
pub use meta::{FieldMeta, Keys, ModelMeta, Related, Table};
pub use odx_facts::{FieldType, flags};
pub use path::{FieldPath, IntoPath, Path};
pub use projection::{Projection, Reads, copy, debug, from_wire, same_wire, to_wire};
pub use property::{Property, PropertyDefinition};
pub use record_id::{IdTooLong, RecordId};
pub use selection::{Selection, debug_key, hash_key, keys, same_key, show_key};
#[cfg(feature = "serde")]
pub use serialize::{deserialize, serialize};
pub use slot::{Blank, Cell, Mismatch, Slot};
pub use slots::{Slots, SlotsMut, add_slots, add_slots_mut};
pub use value::{Blob, Form, KeyForm, RecordForm, Value};
pub use watched::{Follows, OnlyWatched, Unwatched, Watches};

pub(crate) use decode::{
    AddSlots, Page, PageReader, Reference as NestedReference, read_json, read_one,
};
#[cfg(feature = "client")]
pub(crate) use interned::interned;
pub(crate) use json::{BUDGET, Unfit, end_of, found, lenient_json, measure};
pub(crate) use literal::{Message, has_fraction, is_relative, nearest, same, suggestion};
pub(crate) use projection::{slots, slots_mut};
pub(crate) use slot::integral;
pub(crate) use table::{Row, Rows};
pub(crate) use value::{Calendar, CalendarType};
#[cfg(feature = "client")]
pub(crate) use watched::why_not;

#[doc(no_inline)]
pub use chrono::{DateTime, NaiveDate, Utc};
#[doc(no_inline)]
pub use serde_json::Value as JsonValue;
