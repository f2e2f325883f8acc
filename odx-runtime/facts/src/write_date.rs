//! When a record was last written, as Odoo keeps it.

/// The field. It is the start of the transaction that wrote the record (`now()` of PostgreSQL in 14, `cr.now()` from 15 on),
/// so that a record may become visible long after the moment that it has. The database keeps microseconds, a read gives
/// whole seconds. A model without a log (`_log_access = False`, abstract models, most views) has no such field.
pub const WRITE_DATE: &str = "write_date";

/// The field that tells archived records, in the models that have it.
pub const ACTIVE: &str = "active";

/// Stored fields of any model that Odoo writes past its own `write`, so that `write_date` stays as it was.
///
/// `parent_path` of the records below one that moves is set by SQL (`_parent_store_update` in 14 to 19).
pub const WRITTEN_WITHOUT_WRITE_DATE: &[&str] = &["parent_path"];
