//! A reference to a record by what the program knows of it.

use std::{fmt, marker::PhantomData};

use serde_json::{Value as JsonValue, json};

use crate::{
    Id, RecordId,
    model::{ToMany, ToOne},
    write::ValueFor,
};

/// The keys of the objects that stand for references until they are sent.
const EXTERNAL: &str = "external_id";
const NAME: &str = "name";

/// A record by its id, its external id or its name: a value of relations in the rows of an
/// [import](crate::Model::import). `create` and `write` refuse it, as Odoo would.
pub struct Ref<M> {
    target: Target,
    model: PhantomData<fn() -> M>,
}

/// What a reference says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Id(RecordId),
    External(String),
    Name(String),
}

impl<M> Ref<M> {
    const fn of(target: Target) -> Self {
        Self {
            target,
            model: PhantomData,
        }
    }

    /// The record with an id.
    pub fn id(id: Id<M>) -> Self {
        Self::of(Target::Id(id.record_id()))
    }

    /// The record with an external id, such as `base.be`: one that Odoo has, or one of another row of the same import.
    pub fn external(external_id: impl Into<String>) -> Self {
        Self::of(Target::External(external_id.into()))
    }

    /// The one record of that name. It is looked up before the first row is sent; none and several are refused.
    pub fn name(name: impl Into<String>) -> Self {
        Self::of(Target::Name(name.into()))
    }
}

impl<M> Clone for Ref<M> {
    fn clone(&self) -> Self {
        Self::of(self.target.clone())
    }
}

impl<M> fmt::Debug for Ref<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
}

impl<M> From<Id<M>> for Ref<M> {
    fn from(id: Id<M>) -> Self {
        Self::id(id)
    }
}

impl Target {
    fn to_json(&self) -> JsonValue {
        match self {
            Self::Id(id) => id.to_json(),
            Self::External(external_id) => json!({EXTERNAL: external_id}),
            Self::Name(name) => json!({NAME: name}),
        }
    }

    /// What stands among values.
    #[cfg(feature = "client")]
    pub(super) fn of_json(json: &JsonValue) -> Option<Self> {
        let text = |key: &str| json.get(key)?.as_str().map(str::to_owned);
        match json {
            JsonValue::Object(_) => text(EXTERNAL)
                .map(Self::External)
                .or_else(|| text(NAME).map(Self::Name)),
            _ => RecordId::from_json(json).map(Self::Id),
        }
    }
}

/// Whether a value of a relation, or a part of it, is a reference that only an import can send.
pub(in crate::write) fn is_reference(value: &JsonValue) -> bool {
    match value {
        JsonValue::Object(object) => {
            object.len() == 1 && (object.contains_key(EXTERNAL) || object.contains_key(NAME))
        }
        _ => false,
    }
}

#[diagnostic::do_not_recommend]
impl<M> ValueFor<ToOne<M>> for Ref<M> {
    fn into_wire(self) -> JsonValue {
        self.target.to_json()
    }
}

macro_rules! lists {
    ($([$($generics:tt)*] $list:ty;)*) => {
        $(
            /// The records of these references, and no others.
            #[diagnostic::do_not_recommend]
            impl<M, $($generics)*> ValueFor<ToMany<M>> for $list {
                fn into_wire(self) -> JsonValue {
                    let targets: Vec<JsonValue> = self.iter().map(|one| one.target.to_json()).collect();
                    json!([[6, 0, targets]])
                }
            }
        )*
    };
}

lists! {
    [] Vec<Ref<M>>;
    [const N: usize] [Ref<M>; N];
}
