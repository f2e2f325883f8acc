//! The structs that rows are read into.

use std::{any::Any, fmt};

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

    /// Hands the fields to `visit`, in the order of [`fields`](Self::fields).
    fn slots(&self, visit: &mut dyn FnMut(&[&dyn Slot]));

    /// Hands the fields to `visit` to be filled, in the order of [`fields`](Self::fields).
    fn slots_mut(&mut self, visit: &mut dyn FnMut(&mut [&mut dyn Slot]));
}

/// What rows of the model `M` are read into: the projections of that model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read rows of `{M}`: use a struct with `#[odoo(model = {M})]`, or search the model that it reads",
    label = "reads another model than `{M}`"
)]
pub trait Reads<M>: Projection<Model = M> {}

#[diagnostic::do_not_recommend]
impl<M, P: Projection<Model = M>> Reads<M> for P {}

/// Shows a projection as `derive(Debug)` would. Generated `Debug` impls forward here, which costs less to compile.
#[doc(hidden)]
pub fn debug<P: Projection>(name: &str, projection: &P, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(name);
    projection.slots(&mut |slots| {
        for (field, slot) in P::fields().iter().zip(slots) {
            out.field(field.name(), slot);
        }
    });
    out.finish()
}

/// A projection as Odoo would have sent it: an object of wire values by field.
pub fn to_wire<P: Projection>(projection: &P) -> JsonValue {
    let mut row = Map::new();
    projection.slots(&mut |slots| {
        for (field, slot) in P::fields().iter().zip(slots) {
            row.insert(field.name().to_owned(), slot.to_wire());
        }
    });
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
    projection.slots(&mut |from| {
        copied.slots_mut(&mut |to| {
            for (to, from) in to.iter_mut().zip(from) {
                to.copy(*from as &dyn Any);
            }
        });
    });
    copied
}

/// Whether two projections have the same wire values.
pub fn same_wire<P: Projection>(left: &P, right: &P) -> bool {
    to_wire(left) == to_wire(right)
}
