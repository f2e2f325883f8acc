//! The kinds of fields, as types: the second parameter of [`Field`](super::Field). A kind decides which operators a
//! field has and which values fit.

use std::marker::PhantomData;

use super::{Model, Selection};

/// A kind of field.
pub trait Kind: 'static {
    /// Which texts a literal in `domain!` or `values!` may be.
    const LITERAL: Literals = Literals::Any;
}

/// Which texts a literal may be.
pub enum Literals {
    /// Any text.
    Any,
    /// A date, or a relative date such as `today -1d`.
    Dates,
    /// A datetime without zone, or a relative date.
    Datetimes,
    /// One of the keys.
    Keys(&'static [&'static str]),
    /// `model,id`.
    References,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
        )*
    };
}

/// The kinds of field types that have no parameter.
macro_rules! kinds_of_types {
    () => {};
    // What has a parameter, or the kind of an earlier type, is declared by hand or already.
    ($(#[$doc:meta])* $v:ident $n:literal since $s:literal: $value:ident $null:ident, kind $kind:ident; $($rest:tt)*) => {
        kinds_of_types! { $($rest)* }
    };
    ($(#[$doc:meta])* $v:ident $n:literal since $s:literal: $value:ident $null:ident, kind $kind:ident[$p:ident] = $($class:ident)*; $($rest:tt)*) => {
        $(classes! { @with $p $class for $kind<$p> })*
        kinds_of_types! { $($rest)* }
    };
    ($(#[$doc:meta])* $v:ident $n:literal since $s:literal: $value:ident $null:ident, kind $kind:ident[] = $($class:ident)*; $($rest:tt)*) => {
        kinds! { $(#[$doc])* $kind; }
        impl Kind for $kind {
            const LITERAL: Literals = Literals::of(odx_facts::Value::$value);
        }
        $(classes! { @plain $class for $kind })*
        kinds_of_types! { $($rest)* }
    };
}

impl Literals {
    /// The texts that a value without keys may be given as.
    const fn of(value: odx_facts::Value) -> Self {
        match value {
            odx_facts::Value::Date => Self::Dates,
            odx_facts::Value::Datetime => Self::Datetimes,
            odx_facts::Value::RecordRef => Self::References,
            _ => Self::Any,
        }
    }
}

kinds! {
    /// A type that this version of odx does not know.
    Unknown;
    /// A number out of a date, such as its month (Odoo 18 and on).
    DatePart;
    /// One property; its type is not known to the compiler.
    PropertyValue;
}

impl Kind for Unknown {}
impl Kind for DatePart {}
impl Kind for PropertyValue {}

/// The `id` of the model `M`.
pub struct Key<M>(PhantomData<fn() -> M>);

/// A selection whose values are `S`.
pub struct Choice<S>(PhantomData<fn() -> S>);

/// A many2one to the model `M`.
pub struct ToOne<M>(PhantomData<fn() -> M>);

/// A one2many or many2many to the model `M`.
pub struct ToMany<M>(PhantomData<fn() -> M>);

impl<M: 'static> Kind for Key<M> {}
impl<M: 'static> Kind for ToOne<M> {}
impl<M: 'static> Kind for ToMany<M> {}
impl<S: Selection> Kind for Choice<S> {
    // A text may stand for an integer key; Odoo tells.
    const LITERAL: Literals = match S::INTEGERS {
        [] => Literals::Keys(S::KEYS),
        _ => Literals::Any,
    };
}

/// Fields with `eq`, `ne`, `is_in` and `not_in`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field cannot be compared, only asked for: `is set`, `is not set` (`.is_set()`, `.is_unset()`); of properties one can be compared, `field[\"name\"]` (`.property(\"name\")`)",
    label = "no value can be compared with this field"
)]
pub trait Compared {}

/// Fields with `lt`, `le`, `gt` and `ge`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no order: in place of `<` and `>` compare by `==`, `!=` or `in` (`.eq(..)`, `.ne(..)`, `.is_in(..)`)",
    label = "not an ordered field"
)]
pub trait Ordered {}

/// Fields with `like` and its family.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no `like`, `ilike` and their kin: compare by `==`, `!=` or `in` (`.eq(..)`, `.ne(..)`, `.is_in(..)`)",
    label = "not a text field",
    note = "`like`, `ilike` and their family search in char, text, html, selection and reference fields, and in the names of related records"
)]
pub trait Textual {}

/// Relations, whose records' fields can be reached.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field is not a relation, so it leads to no other fields: compare the field itself; a property is named in brackets, `field[\"name\"]` (`.property(\"name\")`)",
    label = "not a relation",
    note = "many2one, one2many and many2many fields are relations"
)]
pub trait Relational {
    /// The model at the other end.
    type Target: Model;
}

/// Fields with `child_of` and `parent_of`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no hierarchy: `child_of` and `parent_of` need a relation or `id`",
    label = "neither a relation nor `id`"
)]
pub trait Hierarchical {
    /// The model of the hierarchy.
    type Target;
}

/// `id` and many2one, which lead to a record that a user may or may not read, write, create or delete.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no `access`: it asks `id` or a many2one for what the user may do with the record",
    label = "neither `id` nor a many2one"
)]
pub trait Guarded {}

/// Dates and datetimes.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no date parts such as the month: use a date or datetime field",
    label = "not a date"
)]
pub trait Dated {}

/// Properties.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field holds no properties: use a properties field",
    label = "not a properties field"
)]
pub trait HoldsProperties {}

/// A class of a kind. Those that groups are made by stand in [`query::group`](crate::query::group), beside their traits.
macro_rules! classes {
    (@plain Grouped for $kind:ident) => {};
    (@plain Averaged for $kind:ident) => {};
    (@plain Extreme for $kind:ident) => {};
    (@plain $class:ident for $kind:ident) => {
        #[diagnostic::do_not_recommend]
        impl $class for $kind {}
    };
    (@with $p:ident Grouped for $kind:ty) => {};
    // Recommended, so that the compiler looks further where the far model was not generated: the message is then its own.
    (@with $p:ident Relational for $kind:ty) => {
        impl<$p: Model> Relational for $kind {
            type Target = $p;
        }
    };
    (@with $p:ident Hierarchical for $kind:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$p> Hierarchical for $kind {
            type Target = $p;
        }
    };
    (@with $p:ident $class:ident for $kind:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$p> $class for $kind {}
    };
}

odx_facts::field_types!(kinds_of_types);

classes! { @plain Compared for DatePart }
classes! { @plain Ordered for DatePart }
classes! { @plain Compared for PropertyValue }
classes! { @plain Ordered for PropertyValue }
classes! { @plain Textual for PropertyValue }
classes! { @with M Compared for Key<M> }
classes! { @with M Ordered for Key<M> }
classes! { @with M Hierarchical for Key<M> }
classes! { @with M Guarded for Key<M> }
