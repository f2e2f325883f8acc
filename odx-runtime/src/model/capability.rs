//! What Odoo lets a field be used for beyond reading, as types: the third parameter of [`Field`](super::Field).
//!
//! A marker's name lists what is allowed. [`Full`] allows all and is the default.

/// Odoo can search on the field: it may stand in a domain.
#[diagnostic::on_unimplemented(
    message = "Odoo cannot search on this field, so it cannot stand in a domain: filter on a stored field, or fetch and filter in Rust",
    label = "not searchable",
    note = "Odoo 14 to 18 would ignore the condition and match every record; Odoo 19 refuses it"
)]
pub trait CanSearch {}

/// Odoo can sort by the field: it may stand in an order.
#[diagnostic::on_unimplemented(
    message = "Odoo cannot sort by this field, so it cannot stand in an order: order by a stored field, or sort in Rust",
    label = "not sortable"
)]
pub trait CanSort {}

/// Odoo can group by the field.
#[diagnostic::on_unimplemented(
    message = "Odoo cannot group by this field: group by a stored field, or group in Rust",
    label = "not groupable"
)]
pub trait CanGroup {}

/// A write changes the field.
#[diagnostic::on_unimplemented(
    message = "Odoo works this field out itself or ignores what is written to it, so it cannot be set: leave it out, or write the field it is computed from",
    label = "not writable",
    note = "`id`, `display_name`, the create and write log fields, and computed fields without inverse cannot be written",
    note = "a stored field that Odoo computes and calls read-only, such as an order's `amount_total`, is opened by a rule in odx.toml: `[[field]]`, `match = \"sale.order.amount_total\"`, `writable = true`"
)]
pub trait CanWrite {}

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident: $($capability:ident)*;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            $(
                #[diagnostic::do_not_recommend]
                impl $capability for $name {}
            )*
        )*
    };
}

capabilities! {
    /// Search, sort, group and write.
    Full: CanSearch CanSort CanGroup CanWrite;
    /// Search, sort and group.
    SearchSortGroup: CanSearch CanSort CanGroup;
    /// Search, sort and write.
    SearchSortWrite: CanSearch CanSort CanWrite;
    /// Search, group and write.
    SearchGroupWrite: CanSearch CanGroup CanWrite;
    /// Sort, group and write.
    SortGroupWrite: CanSort CanGroup CanWrite;
    /// Search and sort.
    SearchSort: CanSearch CanSort;
    /// Search and group.
    SearchGroup: CanSearch CanGroup;
    /// Search and write.
    SearchWrite: CanSearch CanWrite;
    /// Sort and group.
    SortGroup: CanSort CanGroup;
    /// Sort and write.
    SortWrite: CanSort CanWrite;
    /// Group and write.
    GroupWrite: CanGroup CanWrite;
    /// Search only.
    Search: CanSearch;
    /// Sort only.
    Sort: CanSort;
    /// Group only.
    Group: CanGroup;
    /// Write only.
    Write: CanWrite;
    /// Nothing but reading.
    Read:;
}
