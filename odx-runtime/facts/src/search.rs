//! Searches that ask something else than the domain says, or answer fewer records than there are.

/// A condition that a model's search adds by itself, unless the domain has one on some fields.
#[derive(Clone, Copy, Debug)]
pub struct AddedCondition {
    /// The model.
    pub model: &'static str,
    /// The field that is to be unset: `[field, "=", false]`.
    pub unset: &'static str,
    /// The fields, any of which keeps the condition away where the domain has a condition on it.
    pub unless: &'static [&'static str],
}

/// The models whose search adds a condition, in all series.
///
/// `ir.attachment` leaves out the files that are the values of fields. That a condition on `id` brings them in was seen on 17
/// and 19; on 14 it does not for an administrator.
pub const ADDED_CONDITIONS: &[AddedCondition] = &[AddedCondition {
    model: "ir.attachment",
    unset: "res_field",
    unless: &["id", "res_field"],
}];

/// The models whose search takes away what the user may not see after it took the limit and the offset, so that fewer
/// records come than there are, and places count otherwise. Seen of `mail.message` on 14 to 17 and 19, of `mail.activity` on
/// 19. Other models may do so, too: here it is to be expected, elsewhere it is found out.
pub const LIMITED_BEFORE_ACCESS: &[&str] = &["ir.attachment", "mail.activity", "mail.message"];

/// Stored fields whose search compares something else than what is read, by model and field: an account number without spaces
/// and dots, addresses in small letters, numbers as they are dialled. Read in Odoo's sources, 15 to 19.
pub const SEARCHED_OTHERWISE: &[(&str, &str)] = &[
    ("mail.blacklist", "email"),
    ("phone.blacklist", "number"),
    ("res.partner.bank", "acc_number"),
];

/// Fields that are worked out over the domain and the order of the `search_read` that reads them, by model and field: a page
/// begins anew, and a `read` gives 0. Read in Odoo's sources, 15 to 19.
pub const OF_THE_WHOLE_SEARCH: &[(&str, &str)] = &[("account.move.line", "cumulated_balance")];
