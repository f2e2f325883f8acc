//! Fields that newer series no longer have.

use super::{Since, Source};

/// A field that some series no longer have.
#[derive(Clone, Copy, Debug)]
pub struct DroppedField {
    /// The model.
    pub model: &'static str,
    /// The field.
    pub field: &'static str,
    /// The series that have it.
    pub had: Since,
    /// Whether a value that is written to it where it is gone is lost without an error. Of the others, this is not known.
    pub loses_values: bool,
    /// What to do instead.
    pub instead: &'static str,
}

/// The fields. No server of these series was seen.
pub const DROPPED_FIELDS: &[DroppedField] = &[
    // odoo#245916
    DroppedField {
        model: "ir.attachment",
        field: "datas",
        had: Since::until((19, 3), Source::Odoo),
        loses_values: true,
        instead: "write `raw`",
    },
    DroppedField {
        model: "res.partner",
        field: "company_type",
        had: Since::until((20, 0), Source::Notes),
        loses_values: false,
        instead: "write `is_company`",
    },
    DroppedField {
        model: "res.partner.bank",
        field: "acc_number",
        had: Since::until((20, 0), Source::Notes),
        loses_values: false,
        instead: "write `account_number`",
    },
];

impl DroppedField {
    /// The row of a field of a model, if some series dropped it.
    pub fn of(model: &str, field: &str) -> Option<&'static Self> {
        let mut rows = DROPPED_FIELDS.iter();
        rows.find(|row| row.model == model && row.field == field)
    }
}
