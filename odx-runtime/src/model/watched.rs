//! What a projection may have so that a change of it is seen.

use odx_facts::{FieldType, WRITTEN_WITHOUT_WRITE_DATE, flags};

use super::{Field, Model, Reads, same};

/// Whether all fields of a projection change only with a write of their record, which moves its `write_date`.
/// `#[derive(OdooModel)]` implements it by what the models say.
pub trait Watches<const ALL: bool> {}

/// Only fields whose change is seen.
#[derive(Clone, Copy, Debug)]
pub enum OnlyWatched {}

/// Any fields.
#[derive(Clone, Copy, Debug)]
pub enum Unwatched {}

/// What changed records of the model `M` may be read into.
#[diagnostic::on_unimplemented(
    message = "the changes of `{M}` cannot be followed as `{Self}`: it does not read `{M}`, or has fields that change without a write of their record",
    label = "has fields whose changes Odoo does not date",
    note = "a computed field that is not stored, a one2many or many2many, and `parent_path` change without moving `write_date`: derive a projection without them, or say `.with_unwatched_fields()`",
    note = "the record that `odx generate` wrote has such fields: use a struct with `#[derive(OdooModel)] #[odoo(model = {M})]`"
)]
pub trait Follows<M, W>: Reads<M> {}

#[diagnostic::do_not_recommend]
impl<M, P: Reads<M> + Watches<true>> Follows<M, OnlyWatched> for P {}

#[diagnostic::do_not_recommend]
impl<M, P: Reads<M>> Follows<M, Unwatched> for P {}

impl<M: Model, K, C> Field<M, K, C> {
    /// Whether the field changes only with a write of its record.
    #[doc(hidden)]
    pub const fn is_watched(&self) -> bool {
        let row = self.row();
        row.has(flags::STORED)
            && !row.is(FieldType::One2many)
            && !row.is(FieldType::Many2many)
            && !is_written_without_date(row.name)
    }
}

/// Why a field's changes are not seen, as the server describes it.
#[cfg(feature = "client")]
pub(crate) fn why_not(name: &str, field_type: &str, is_stored: bool) -> Option<&'static str> {
    if FieldType::of(field_type).is_to_many() {
        return Some("its links are written on the other side");
    }
    if !is_stored {
        return Some("computed or read through other records, not stored");
    }
    is_written_without_date(name).then_some("set with the records above")
}

const fn is_written_without_date(name: &str) -> bool {
    let mut index = 0;
    while index < WRITTEN_WITHOUT_WRITE_DATE.len() {
        if same(
            name.as_bytes(),
            WRITTEN_WITHOUT_WRITE_DATE[index].as_bytes(),
        ) {
            return true;
        }
        index += 1;
    }
    false
}
