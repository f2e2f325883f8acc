//! Ids of records, and the values that hold them.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use serde_json::Value as JsonValue;

use super::{IdTooLong, Model, RecordId};

/// The id of a record of the model `M`: a number, or the text that some models have ([`RecordId`]).
///
/// With the feature `serde` it is read as Odoo sends it: a text stays a text. So the segment of a URL, which is one, is taken
/// as a number first: `Path(id): Path<i64>`, then `Id::new(id)`.
pub struct Id<M> {
    id: RecordId,
    model: PhantomData<fn() -> M>,
}

impl<M> Id<M> {
    /// The id with that number.
    pub const fn new(id: i64) -> Self {
        Self::of(RecordId::new(id))
    }

    /// The id that is that text, as `account.root` has them.
    ///
    /// # Errors
    /// [`IdTooLong`] for a text of more than 14 bytes.
    pub fn from_text(text: &str) -> Result<Self, IdTooLong> {
        RecordId::from_text(text).map(Self::of)
    }

    /// An id of some model, taken as one of this.
    pub const fn of(id: RecordId) -> Self {
        Self {
            id,
            model: PhantomData,
        }
    }

    /// The id without its model.
    pub const fn record_id(self) -> RecordId {
        self.id
    }

    /// The number; `None` if the id is a text.
    pub const fn number(self) -> Option<i64> {
        self.id.number()
    }

    /// The text; `None` if the id is a number.
    pub fn as_text(&self) -> Option<&str> {
        self.id.as_text()
    }

    /// The id as Odoo sends it.
    pub fn to_json(self) -> JsonValue {
        self.id.to_json()
    }
}

impl<M> Clone for Id<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Id<M> {}

impl<M> PartialEq for Id<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M> Eq for Id<M> {}

impl<M> PartialOrd for Id<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M> Ord for Id<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<M> Hash for Id<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// The id without its model, for what takes an id of any.
impl<M> From<Id<M>> for RecordId {
    fn from(id: Id<M>) -> Self {
        id.id
    }
}

impl<M> fmt::Debug for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl<M> fmt::Display for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl<M> From<i64> for Id<M> {
    fn from(id: i64) -> Self {
        Self::new(id)
    }
}

impl<M> From<Id<M>> for JsonValue {
    fn from(id: Id<M>) -> Self {
        id.to_json()
    }
}

/// The value of a many2one: the record it points to and that record's name.
///
/// Odoo reads it as `[id, name]`. The name is `None` where the record has none (Odoo 16 and on), and is shown even to a
/// user who may not read the record.
pub struct Many2one<M> {
    /// The record.
    pub id: Id<M>,
    /// Its `display_name`.
    pub name: Option<String>,
}

impl<M> Clone for Many2one<M> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            name: self.name.clone(),
        }
    }
}

impl<M> PartialEq for Many2one<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.name == other.name
    }
}

impl<M> Eq for Many2one<M> {}

impl<M> fmt::Debug for Many2one<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:?}",
            self.id,
            self.name.as_deref().unwrap_or_default()
        )
    }
}

/// The name, or the id where there is none.
impl<M> fmt::Display for Many2one<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name),
            None => self.id.fmt(f),
        }
    }
}

impl<M> From<&Many2one<M>> for Id<M> {
    fn from(value: &Many2one<M>) -> Self {
        value.id
    }
}

impl<M> From<Many2one<M>> for Id<M> {
    fn from(value: Many2one<M>) -> Self {
        value.id
    }
}

/// The value of a reference: a record of any model. `"res.partner,1"` on the wire; Odoo does not check that it exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordRef {
    /// The model, such as `res.partner`.
    pub model: String,
    /// The record.
    pub id: RecordId,
}

impl RecordRef {
    /// A reference to a record of the model `M`.
    pub fn to<M: Model>(id: Id<M>) -> Self {
        Self {
            model: M::NAME.to_owned(),
            id: id.record_id(),
        }
    }

    /// The id, if the record is one of the model `M`.
    pub fn id_of<M: Model>(&self) -> Option<Id<M>> {
        (self.model == M::NAME).then(|| Id::of(self.id))
    }

    /// Reads `"model,id"`.
    pub fn parse(text: &str) -> Option<Self> {
        let (model, id) = text.split_once(',')?;
        Some(Self {
            model: model.to_owned(),
            id: RecordId::printed(id)?,
        })
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.model, self.id)
    }
}

/// The value of a many2one_reference: an id whose model stands in another field. 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResId(pub i64);

impl ResId {
    /// The id of a record; `None` for one that is a text, which the field cannot hold.
    pub fn to<M>(id: Id<M>) -> Option<Self> {
        id.number().map(Self)
    }

    /// The id as one of the model `M`, unless it is none.
    pub fn id_of<M>(self) -> Option<Id<M>> {
        (self.0 != 0).then(|| Id::new(self.0))
    }
}
