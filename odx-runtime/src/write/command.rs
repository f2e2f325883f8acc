//! Commands: how the records of a one2many or many2many are changed.

use serde_json::{Value as JsonValue, json};

use super::{ValueFor, Values};
use crate::{Id, model::ToMany};

/// A change to the records of a one2many or many2many; the same numbers in Odoo 14 to 19.
#[derive(Clone, Debug)]
pub enum Command<M> {
    /// Creates a record and links it (0).
    Create(Values<M>),
    /// Writes to a linked record (1).
    Update(Id<M>, Values<M>),
    /// Deletes a linked record (2).
    Delete(Id<M>),
    /// Takes a record out, without deleting it unless its back reference demands that (3).
    Unlink(Id<M>),
    /// Links a record (4).
    Link(Id<M>),
    /// Takes all records out (5).
    Clear,
    /// Links these records and no others (6).
    Set(Vec<Id<M>>),
}

impl<M> Command<M> {
    fn into_wire(self) -> JsonValue {
        match self {
            Self::Create(values) => json!([0, 0, values.into_entries()]),
            Self::Update(id, values) => json!([1, id.to_json(), values.into_entries()]),
            Self::Delete(id) => json!([2, id.to_json(), 0]),
            Self::Unlink(id) => json!([3, id.to_json(), 0]),
            Self::Link(id) => json!([4, id.to_json(), 0]),
            Self::Clear => json!([5, 0, 0]),
            Self::Set(ids) => json!([6, 0, ids.into_iter().map(Id::to_json).collect::<Vec<_>>()]),
        }
    }
}

/// [`Command::Create`].
impl<M> From<Values<M>> for Command<M> {
    fn from(values: Values<M>) -> Self {
        Self::Create(values)
    }
}

macro_rules! command_lists {
    ($([$($generics:tt)*] $commands:ty, $values:ty, $ids:ty;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<M, $($generics)*> ValueFor<ToMany<M>> for $commands {
                fn into_wire(self) -> JsonValue {
                    self.into_iter().map(Command::into_wire).collect::<Vec<_>>().into()
                }
            }

            /// New records, beside those that are linked already.
            #[diagnostic::do_not_recommend]
            impl<M, $($generics)*> ValueFor<ToMany<M>> for $values {
                fn into_wire(self) -> JsonValue {
                    let commands = self.into_iter().map(Command::Create);
                    commands.map(Command::into_wire).collect::<Vec<_>>().into()
                }
            }

            /// The records with these ids, and no others.
            #[diagnostic::do_not_recommend]
            impl<M, $($generics)*> ValueFor<ToMany<M>> for $ids {
                fn into_wire(self) -> JsonValue {
                    vec![Command::into_wire(Command::Set(self.into_iter().collect()))].into()
                }
            }
        )*
    };
}

command_lists! {
    [] Vec<Command<M>>, Vec<Values<M>>, Vec<Id<M>>;
    [const N: usize] [Command<M>; N], [Values<M>; N], [Id<M>; N];
}
