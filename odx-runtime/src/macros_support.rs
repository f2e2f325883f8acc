//! What the macros of odx-derive expand to. No part of the API: it may change in any version.
//!
//! An expansion names a field by the field's own identifier, at the place where the user wrote it, so that the compiler
//! does the checking and its messages stand where the mistake is. Each step fails for one reason only, and the same
//! step is written the same way wherever an expansion repeats it: the compiler then reports a mistake once.

use std::marker::PhantomData;

use serde_json::Value as JsonValue;

use crate::{
    Domain, Id, Many2one, Values,
    domain::{ComparedWith, IntoDomain, Node, OperandFor, Operator, all, none},
    model::{
        AnyId, Boolean, CanSearch, Char, Choice, Compared, Date, DatePart, Datetime, Field,
        FieldType, Float, Hierarchical, Holds, Html, Integer, Key, Kind, Literals, Message, Model,
        Monetary, Path, PropertyValue, RecordId, Reference, Relational, Row, Rows, Selectable,
        Selection, Slot, Text, ToMany, ToOne, flags, has_fraction, is_relative, same,
    },
    write::{ValueFor, WrittenAs, is_needed},
};

pub use odx_derive::{domain, values};

/// The model that names are looked up in: the macro's own, or the one behind a relation.
pub struct Scope<M, F: 'static> {
    /// The model's handles.
    pub fields: F,
    model: PhantomData<fn() -> M>,
}

/// The model that a macro was given.
pub const fn model<M: Model<Fields = F>, F>() -> Scope<M, F> {
    Scope {
        fields: M::F,
        model: PhantomData,
    }
}

impl<M, F> Scope<M, F> {
    /// Every record, or none.
    pub fn constant(self, matches: bool) -> Domain<M> {
        if matches { all() } else { none() }
    }

    /// A domain that the program made.
    pub fn domain(self, domain: impl IntoDomain<M>) -> Domain<M> {
        domain.into_domain()
    }
}

/// Every one of these.
pub fn all_of<M, const N: usize>(domains: [Domain<M>; N]) -> Domain<M> {
    domains
        .into_iter()
        .fold(all(), |joined, domain| joined & domain)
}

/// One of these.
pub fn any_of<M, const N: usize>(domains: [Domain<M>; N]) -> Domain<M> {
    domains
        .into_iter()
        .fold(none(), |joined, domain| joined | domain)
}

/// A literal `false` or `None` where it means unset.
pub struct Unset;

#[diagnostic::do_not_recommend]
impl<K: ComparedWith> OperandFor<K> for Unset {
    fn into_wire(self) -> JsonValue {
        false.into()
    }
}

/// A literal of `domain!` or `values!`. Texts are checked in a `const` beside it.
pub struct Lit<T>(pub T);

/// A literal that can be compared with a field of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "a literal of the type `{Self}` does not fit a `{K}` field, which is compared with `{Wanted}`; unset is `None`",
    label = "`{Wanted}` is wanted"
)]
pub trait LiteralFor<K: ComparedWith, Wanted: ?Sized = <K as ComparedWith>::Literal> {
    /// The literal on the wire.
    fn into_wire(self) -> JsonValue;
}

impl<K: ComparedWith, T: LiteralFor<K>> OperandFor<K> for Lit<T> {
    fn into_wire(self) -> JsonValue {
        self.0.into_wire()
    }
}

/// A literal that can be written to a field of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "a literal of the type `{Self}` cannot be written to a `{K}` field, which takes `{Wanted}`; `None` clears it",
    label = "`{Wanted}` is wanted",
    note = "a relation takes the id of a record, `Id::new(5)`; in a row of an import `Ref::name(..)` or `Ref::external(..)`, too"
)]
pub trait WrittenLiteral<K: WrittenAs, Wanted: ?Sized = <K as WrittenAs>::Literal> {
    /// The literal on the wire.
    fn into_wire(self) -> JsonValue;
}

impl<K: WrittenAs, T: WrittenLiteral<K>> ValueFor<K> for Lit<T> {
    fn into_wire(self) -> JsonValue {
        self.0.into_wire()
    }
}

macro_rules! literals {
    ($class:ident: $($ty:ty => $([$($generics:tt)*] $kind:ty),*;)*) => {
        $($(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*> $class<$kind> for $ty {
                fn into_wire(self) -> JsonValue {
                    self.into()
                }
            }
        )*)*
    };
}

literals! { LiteralFor:
    &str => [] Char, [] Text, [] Html, [] Date, [] Datetime, [] Reference, [] PropertyValue, [M] ToOne<M>, [M] ToMany<M>;
    i64 => [] Integer, [] Float, [] Monetary, [] AnyId, [] DatePart, [] PropertyValue, [M] Key<M>, [M] ToOne<M>, [M] ToMany<M>;
    f64 => [] Float, [] Monetary, [] PropertyValue;
    bool => [] Boolean, [] PropertyValue;
}

literals! { WrittenLiteral:
    &str => [] Char, [] Text, [] Html, [] Date, [] Datetime, [] Reference;
    i64 => [] Integer, [] Float, [] Monetary, [] AnyId, [M] ToOne<M>;
    f64 => [] Float, [] Monetary;
    bool => [] Boolean;
}

#[diagnostic::do_not_recommend]
impl<S: Selection> LiteralFor<Choice<S>> for &str {
    fn into_wire(self) -> JsonValue {
        S::from_key(self).to_json()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Selection> WrittenLiteral<Choice<S>> for &str {
    fn into_wire(self) -> JsonValue {
        S::from_key(self).to_json()
    }
}

/// The right side of `in` and its kin, one value at a time: they may be of several types.
pub struct List<M, K> {
    path: Path<M, K>,
    values: Vec<JsonValue>,
}

impl<M, K> List<M, K> {
    /// Adds a value.
    pub fn item<V: OperandFor<K>>(mut self, value: V) -> Self
    where
        K: ComparedWith,
    {
        self.values.push(value.into_wire());
        self
    }

    /// The condition.
    pub fn compared_by(self, operator: Operator) -> Domain<M> {
        Domain::from_node(Node::condition(self.path.path(), operator, self.values))
    }

    /// The condition. A name stands alone: Odoo looks the record up.
    pub fn below_or_above(mut self, operator: Operator) -> Domain<M> {
        let value = match self.values.as_slice() {
            [JsonValue::String(_)] => self.values.remove(0),
            _ => self.values.into(),
        };
        Domain::from_node(Node::condition(self.path.path(), operator, value))
    }
}

/// One record, or some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record of `{M}`: give an `Id<{M}>`, or a list of them",
    label = "not a record of `{M}`"
)]
pub trait Records<M> {
    /// The ids.
    fn into_ids(self) -> Vec<RecordId>;
}

macro_rules! records {
    ($([$($generics:tt)*] $ty:ty: |$records:ident| $ids:expr;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<M, $($generics)*> Records<M> for $ty {
                fn into_ids(self) -> Vec<RecordId> {
                    let $records = self;
                    $ids
                }
            }
        )*
    };
}

records! {
    [] Id<M>: |id| vec![id.record_id()];
    [] &Id<M>: |id| vec![id.record_id()];
    [] Many2one<M>: |record| vec![record.id.record_id()];
    [] &Many2one<M>: |record| vec![record.id.record_id()];
    [] Vec<Id<M>>: |ids| ids.into_iter().map(Id::record_id).collect();
    [] &Vec<Id<M>>: |ids| ids.iter().map(|id| id.record_id()).collect();
    [] &[Id<M>]: |ids| ids.iter().map(|id| id.record_id()).collect();
    [const N: usize] [Id<M>; N]: |ids| ids.into_iter().map(Id::record_id).collect();
}

impl<M: Model, K, C> Field<M, K, C> {
    /// The handle as a path, once it is known that Odoo can search on it.
    #[doc(hidden)]
    pub fn searched(&self) -> Path<M, K>
    where
        C: CanSearch,
    {
        Path::new(self.path())
    }

    /// The model behind the relation.
    // What stands for the target are parameters of their own: a method whose return type cannot be worked out does not
    // exist for the compiler, and the message of `Relational` would be lost.
    #[doc(hidden)]
    pub const fn far<T: Model<Fields = F>, F>(&self) -> Scope<T, F>
    where
        K: Relational<Target = T>,
    {
        model::<T, F>()
    }

    /// How the field's value is kept in a `T`.
    #[doc(hidden)]
    pub const fn kept_as<T: Holds<K>>(&self) -> Access<T>
    where
        K: Selectable,
    {
        Access {
            blank: T::blank,
            slot: |value| value,
            slot_mut: |value| value,
            needs_value: T::NEEDS_VALUE,
        }
    }
}

/// Fails to compile, in a `const`, where the handle is of another field than `name`.
#[track_caller]
pub const fn check_name<M: Model, K, C>(field: Field<M, K, C>, name: &str) {
    if !same(field.name().as_bytes(), name.as_bytes()) {
        Message::new()
            .add("this finds the field `")
            .add(field.name())
            .add("`, not `")
            .add(name)
            .add("`: use its handle, `Model::F`")
            .panic();
    }
}

/// Fails to compile, in a `const`, where the field cannot be compared with `text`.
#[track_caller]
pub const fn check_literal<M: Model, K: Kind, C>(field: Field<M, K, C>, text: &str) {
    field.check_literal(text);
}

/// Fails to compile, in a `const`, where Odoo would refuse `text` or cut it off.
#[track_caller]
pub const fn check_written<M: Model, K: Kind, C>(field: Field<M, K, C>, text: &str) {
    if matches!(K::LITERAL, Literals::Dates | Literals::Datetimes) && is_relative(text) {
        Message::new()
            .add("`")
            .add(text)
            .add("` is a relative date, which only domains take: write the day itself to `")
            .add(field.name())
            .add("`")
            .panic();
    }
    field.check_literal(text);
    if matches!(K::LITERAL, Literals::Datetimes) && has_fraction(text) {
        Message::new()
            .add("`")
            .add(text)
            .add("` has a fraction of a second, which Odoo refuses in writes: write whole seconds to `")
            .add(field.name())
            .add("`")
            .panic();
    }
    let row = field.row();
    let size = row.size();
    if size > 0 && characters(text) > size as usize {
        Message::new()
            .add("this text is too long for `")
            .add(field.name())
            .add("`, and Odoo would cut it off silently: shorten it to ")
            .add_number(size)
            .add(" characters")
            .panic();
    }
}

/// Fails to compile, in a `const`, where Odoo would refuse to clear the field.
#[track_caller]
pub const fn check_cleared<M: Model, K, C>(field: Field<M, K, C>) {
    if field.row().has(flags::REQUIRED | flags::STORED) {
        Message::new().add("the field `").add(field.name())
            .add("` is required, so it cannot be cleared: give it a value, or leave it out and end the list with `..`").panic();
    }
}

/// Fails to compile, in a `const`, where the field can be unset and its Rust type has no room for that.
#[track_caller]
pub const fn check_holds<M: Model, K, C, T>(
    field: Field<M, K, C>,
    access: &Access<T>,
    instead: &str,
) {
    if access.needs_value && !field.row().has(flags::REQUIRED | flags::STORED) {
        Message::new()
            .add("the field `")
            .add(field.name())
            .add("` can be unset: hold it in `")
            .add(instead)
            .add("`")
            .panic();
    }
}

/// The characters of a text, in a `const`.
const fn characters(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut count = 0;
    let mut index = 0;
    while index < bytes.len() {
        // The second and later bytes of a character begin with the bits 10.
        if bytes[index] & 0b1100_0000 != 0b1000_0000 {
            count += 1;
        }
        index += 1;
    }
    count
}

impl<M, K> Path<M, K> {
    /// The field at the other end of the relation, once it is known that Odoo can search on it.
    #[doc(hidden)]
    pub fn step<M2: Model, K2, C2: CanSearch>(&self, far: Field<M2, K2, C2>) -> Path<M, K2> {
        Path::new(self.path().step(far.meta()))
    }

    /// A condition on the records behind the relation.
    #[doc(hidden)]
    pub fn sub_domain<T, F>(
        &self,
        operator: Operator,
        _far: Scope<T, F>,
        domain: Domain<T>,
    ) -> Domain<M> {
        Domain::from_node(Node::sub_domain(self.path(), operator, domain.into_node()))
    }

    /// The values of a condition that takes several.
    #[doc(hidden)]
    pub fn values(&self) -> List<M, K>
    where
        K: Compared,
    {
        List {
            path: self.clone(),
            values: Vec::new(),
        }
    }

    /// The records of a condition on a hierarchy.
    #[doc(hidden)]
    pub fn records(&self) -> List<M, K>
    where
        K: Hierarchical,
    {
        List {
            path: self.clone(),
            values: Vec::new(),
        }
    }

    /// A condition on a hierarchy.
    #[doc(hidden)]
    pub fn below_or_above<R: Records<K::Target>>(&self, operator: Operator, records: R) -> Domain<M>
    where
        K: Hierarchical,
    {
        Domain::from_node(Node::condition(self.path(), operator, records.into_ids()))
    }
}

/// How a field of a projection is reached as a [`Slot`].
pub struct Access<T> {
    /// The value before anything was read.
    pub blank: fn() -> T,
    /// The value as a slot.
    pub slot: fn(&T) -> &dyn Slot,
    /// The value as a slot to be filled.
    pub slot_mut: fn(&mut T) -> &mut dyn Slot,
    needs_value: bool,
}

/// No value yet.
pub fn values<M: Model>() -> Values<M> {
    Values::new()
}

/// Fails to compile, in a `const`, where a create with these fields lacks one that Odoo demands.
#[track_caller]
pub const fn check_required<M: Model, F>(model: Scope<M, F>, given: &[&str]) {
    // A `const` cannot drop what might have a destructor.
    std::mem::forget(model);
    demand::<M>(given, None);
}

/// Fails to compile, in a `const`, where a record that a command of the relation creates lacks a field that Odoo demands, and
/// does not fill by itself.
#[track_caller]
pub const fn check_required_within<P: Model, K, C, M: Model, F>(
    relation: Field<P, K, C>,
    model: Scope<M, F>,
    given: &[&str],
) {
    std::mem::forget(model);
    let row = relation.row();
    demand::<M>(
        given,
        if row.is(FieldType::One2many) {
            Some((row, P::NAME))
        } else {
            None
        },
    );
}

/// Whether Odoo fills the field of a record that is created in a one2many of the model `parent`: the one2many's other side.
/// The table does not tell which field that is, so that it may be any many2one to that model. Of a one2many that is read
/// through other relations, the model is another one.
const fn is_other_side(row: Row, one2many: Row, parent: &str) -> bool {
    row.is(FieldType::Many2one)
        && (!one2many.links.is_empty() || same(row.more.as_bytes(), parent.as_bytes()))
}

/// Whether records of the model hold the bare id of a record and the name of its model, which Odoo fills.
const fn holds_a_bare_id<M: Model>() -> bool {
    let mut rows = Rows::of(M::TABLE);
    while let Some(row) = rows.next() {
        if row.is(FieldType::Many2oneReference) {
            return true;
        }
    }
    false
}

#[track_caller]
const fn demand<M: Model>(given: &[&str], created_in: Option<(Row, &str)>) {
    if created_in.is_some() && holds_a_bare_id::<M>() {
        return;
    }
    let mut missing = Message::new();
    let mut count = 0;
    let mut rows = Rows::of(M::TABLE);
    while let Some(row) = rows.next() {
        let is_given = match created_in {
            Some((one2many, parent)) => is_other_side(row, one2many, parent),
            None => false,
        } || contains(given, row.name);
        if is_needed(row.flags) && !is_given {
            missing = missing
                .add(if count == 0 { "`" } else { ", `" })
                .add(row.name)
                .add("`");
            count += 1;
        }
    }
    if count > 0 {
        Message::new().add("a new ").add(M::NAME).add(" needs ").add(missing.as_str())
            .add(": give it in values!(..), or end the list with `..` if this is no create or a default is in the context").panic();
    }
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(names[index].as_bytes(), name.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}
