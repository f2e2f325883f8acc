//! The values of a create or a write.

use std::{fmt, marker::PhantomData};

use serde_json::{Map, Value as JsonValue};

use super::{ValueFor, WrittenAs, check::Check};
use crate::{
    Context, Error,
    model::{CanWrite, Field, FieldType, Model, flags},
    session::Need,
};

/// Values to be written to a record of the model `M`: a field is set, cleared, or left untouched.
pub struct Values<M> {
    entries: Map<String, JsonValue>,
    model: PhantomData<fn() -> M>,
}

impl<M> Values<M> {
    pub(crate) fn new_unbound() -> Self {
        Self {
            entries: Map::new(),
            model: PhantomData,
        }
    }

    pub(super) fn into_entries(self) -> Map<String, JsonValue> {
        self.entries
    }
}

impl<M: Model> Values<M> {
    /// Nothing is set yet.
    pub fn new() -> Self {
        Self::new_unbound()
    }

    /// Sets a field.
    pub fn set<K: WrittenAs, C, V: ValueFor<K>>(self, field: Field<M, K, C>, value: V) -> Self
    where
        C: CanWrite,
    {
        self.set_raw(field.meta().name(), value.into_wire())
    }

    /// Clears a field: it has no value afterwards.
    pub fn clear<K, C: CanWrite>(self, field: Field<M, K, C>) -> Self {
        let meta = field.meta();
        let relation = matches!(
            meta.field_type(),
            FieldType::One2many | FieldType::Many2many
        );
        let cleared = if relation {
            serde_json::json!([[5, 0, 0]])
        } else {
            JsonValue::Bool(false)
        };
        self.set_raw(meta.name(), cleared)
    }

    /// Sets a field by its name on the wire, unchecked: for fields that came after the code was generated.
    pub fn set_raw(mut self, field: impl Into<String>, value: impl Into<JsonValue>) -> Self {
        self.entries.insert(field.into(), value.into());
        self
    }

    /// The values as they are sent.
    pub fn to_json(&self) -> JsonValue {
        self.entries.clone().into()
    }

    /// Whether no field is set or cleared.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The values as they are sent. What they need of the server's series is added to `needs`.
    pub(super) fn for_write(
        self,
        context: &Context,
        needs: &mut Vec<Need>,
    ) -> Result<JsonValue, Error> {
        Check::new(M::meta(), context).write(&self.entries, needs)?;
        Ok(self.entries.into())
    }

    /// The same, unless Odoo would refuse the record for want of a value.
    pub(super) fn for_create(
        self,
        context: &Context,
        needs: &mut Vec<Need>,
    ) -> Result<JsonValue, Error> {
        Check::new(M::meta(), context).create(&self.entries, needs)?;
        Ok(self.entries.into())
    }
}

/// Values to write to records of the model `M`.
// There for its message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what is written to records of `{M}`: name the fields to write in `values!(..)`, or build them by `{M}::values().set(..)`",
    label = "not the values of fields",
    note = "a record is what was read, with each field that it has; a create or write names those that it sets"
)]
pub trait ValuesOf<M> {
    /// The values.
    fn into_values(self) -> Values<M>;
}

impl<M> ValuesOf<M> for Values<M> {
    fn into_values(self) -> Self {
        self
    }
}

/// Whether a create must give the field a value.
pub(crate) const fn is_needed(flags: u16) -> bool {
    const NEEDED: u16 = flags::REQUIRED | flags::STORED | flags::WRITE;
    flags & (NEEDED | flags::DEFAULT) == NEEDED
}

impl<M: Model> Default for Values<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for Values<M> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Values<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.fmt(f)
    }
}
