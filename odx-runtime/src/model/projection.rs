//! The structs that rows are read into.

use std::{
    any::{Any, type_name},
    fmt,
};

use serde_json::{Map, Value as JsonValue};

use super::{Absent, DecodeError, FieldMeta, Model, Slot, decode_rows};

/// A struct that rows of a model are read into: a generated record, or one with `#[derive(OdooModel)]`.
#[diagnostic::on_unimplemented(
    message = "rows cannot be read into `{Self}`",
    note = "put `#[derive(OdooModel)] #[odoo(model = ...)]` on the struct"
)]
pub trait Projection: Sized + Send + 'static {
    /// The model the rows are of.
    type Model: Model;

    /// The fields to read, in the order of the slots: those of the model's record, if nothing else is said.
    fn fields() -> &'static [&'static FieldMeta] {
        Self::Model::meta().record()
    }

    /// A value with every field unset; a test gives the others: `ResPartner { name, ..ResPartner::blank() }`.
    fn blank() -> Self;

    /// Adds the fields to the list, in the order of [`fields`](Self::fields).
    fn slots<'a>(&'a self, list: &mut Vec<&'a dyn Slot>);

    /// Adds the fields to the list, to be filled, in the order of [`fields`](Self::fields).
    fn slots_mut<'a>(&'a mut self, list: &mut Vec<&'a mut dyn Slot>);
}

/// What rows of the model `M` are read into: the projections of that model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read rows of `{M}`: use a struct with `#[derive(OdooModel)] #[odoo(model = {M})]`, or search the model that it reads; one with `#[derive(OdooGroup)]` is read by `.group_as::<{Self}>()`",
    label = "reads another model than `{M}`"
)]
pub trait Reads<M>: Projection<Model = M> {}

#[diagnostic::do_not_recommend]
impl<M, P: Projection<Model = M>> Reads<M> for P {}

/// The fields, in the order of [`Projection::fields`].
pub(crate) fn slots<P: Projection>(projection: &P) -> Vec<&dyn Slot> {
    let mut list = Vec::with_capacity(P::fields().len());
    projection.slots(&mut list);
    list
}

/// The fields, to be filled, in the order of [`Projection::fields`].
pub(crate) fn slots_mut<P: Projection>(projection: &mut P) -> Vec<&mut dyn Slot> {
    let mut list = Vec::with_capacity(P::fields().len());
    projection.slots_mut(&mut list);
    list
}

/// Shows a projection as `derive(Debug)` would. Generated `Debug` impls forward here, which costs less to compile.
#[doc(hidden)]
pub fn debug<P: Projection>(projection: &P, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let path = type_name::<P>();
    let name = path.rsplit("::").next().unwrap_or(path);
    let mut out = f.debug_struct(name);
    for (field, slot) in P::fields().iter().zip(slots(projection)) {
        out.field(field.name(), &slot);
    }
    out.finish()
}

/// A projection as Odoo would have sent it: an object of wire values by field.
pub fn to_wire<P: Projection>(projection: &P) -> JsonValue {
    let mut row = Map::new();
    for (field, slot) in P::fields().iter().zip(slots(projection)) {
        row.insert(field.name().to_owned(), slot.to_wire());
    }
    row.into()
}

/// Reads one row as Odoo sends it; fields that it lacks stay blank.
///
/// # Errors
/// [`DecodeError`] names the field and what came.
pub fn from_wire<P: Projection>(row: &JsonValue) -> Result<P, DecodeError> {
    let rows = decode_rows(
        JsonValue::from(vec![row.clone()]).to_string().as_bytes(),
        Absent::Blank,
    )?;
    Ok(rows
        .into_iter()
        .next()
        .expect("BUG: a list of one row reads as one row"))
}

/// A copy, slot by slot. Generated `Clone` impls forward here, which costs less to compile.
pub fn copy<P: Projection>(projection: &P) -> P {
    let mut copied = P::blank();
    for (to, from) in slots_mut(&mut copied).into_iter().zip(slots(projection)) {
        to.copy(from as &dyn Any);
    }
    copied
}

/// Whether two projections have the same wire values.
pub fn same_wire<P: Projection>(left: &P, right: &P) -> bool {
    to_wire(left) == to_wire(right)
}
