//! The kinds of fields, as types: the second parameter of [`Field`](super::Field). A kind decides which operators a
//! field has and which values fit.

use std::marker::PhantomData;

use super::{FieldType, Model, Selection};

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
    ($($(#[$doc:meta])* $name:ident $(= $literal:expr)?;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl Kind for $name {
                $(const LITERAL: Literals = $literal;)?
            }
        )*
    };
}

kinds! {
    /// Text of one line.
    Char;
    /// Text of many lines.
    Text;
    /// Sanitised HTML.
    Html;
    /// An integer.
    Integer;
    /// A float.
    Float;
    /// A float in a currency.
    Monetary;
    /// True or false.
    Boolean;
    /// A date.
    Date = Literals::Dates;
    /// A date and time, in UTC.
    Datetime = Literals::Datetimes;
    /// Bytes.
    Binary;
    /// A record of any of some models.
    Reference = Literals::References;
    /// The id of a record whose model stands in another field.
    AnyId;
    /// Any JSON.
    Json;
    /// Values defined by a parent record; a single one is reached by `.property(name)`.
    Properties;
    /// The definition of properties.
    PropertiesDefinition;
    /// A type that this version of odx does not know.
    Unknown;
    /// A number out of a date, such as its month (Odoo 18 and on).
    DatePart;
    /// One property; its type is not known to the compiler.
    PropertyValue;
}

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

macro_rules! classes {
    ($($class:ident: $($kind:ident)*;)*) => {
        $($(
            #[diagnostic::do_not_recommend]
            impl $class for $kind {}
        )*)*
    };
}

classes! {
    Compared: Char Text Html Integer Float Monetary Boolean Date Datetime Reference AnyId DatePart PropertyValue;
    Ordered: Char Text Html Integer Float Monetary Date Datetime Reference AnyId DatePart PropertyValue;
    Textual: Char Text Html Reference PropertyValue;
    Dated: Date Datetime;
    HoldsProperties: Properties;
}

#[diagnostic::do_not_recommend]
impl<M> Compared for Key<M> {}
#[diagnostic::do_not_recommend]
impl<M> Ordered for Key<M> {}
#[diagnostic::do_not_recommend]
impl<M> Hierarchical for Key<M> {
    type Target = M;
}

#[diagnostic::do_not_recommend]
impl<S> Compared for Choice<S> {}
#[diagnostic::do_not_recommend]
impl<S> Ordered for Choice<S> {}
#[diagnostic::do_not_recommend]
impl<S> Textual for Choice<S> {}

#[diagnostic::do_not_recommend]
impl<M> Compared for ToOne<M> {}
#[diagnostic::do_not_recommend]
impl<M> Textual for ToOne<M> {}
#[diagnostic::do_not_recommend]
impl<M> Hierarchical for ToOne<M> {
    type Target = M;
}
impl<M: Model> Relational for ToOne<M> {
    type Target = M;
}

#[diagnostic::do_not_recommend]
impl<M> Compared for ToMany<M> {}
#[diagnostic::do_not_recommend]
impl<M> Textual for ToMany<M> {}
#[diagnostic::do_not_recommend]
impl<M> Hierarchical for ToMany<M> {
    type Target = M;
}
impl<M: Model> Relational for ToMany<M> {
    type Target = M;
}

/// Whether the type is a date or a datetime.
pub(crate) const fn is_date(ty: FieldType) -> bool {
    matches!(ty, FieldType::Date | FieldType::Datetime)
}
