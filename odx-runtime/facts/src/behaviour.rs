//! How series of Odoo differ where the same words mean something else.
//!
//! A constant says for which series the sentence above it holds. What was seen on 14 and 19 was asked live; of 15 to 18,
//! recorded answers (15.0-20220616, 16.0+e-20230205, 17.0, 18.0-20250702).

use super::Since;

/// `!` finds every record that its condition does not. Before, it turns the operator of a condition around or is left to
/// SQL; both leave out dates, choices and patterns that are unset.
pub const NOT_IS_COMPLEMENT: Since = Since::from(19);

/// Conditions on translated texts are like those on other texts. Before, translations stand in a table of their own: the
/// negative conditions leave out unset texts, and `=?` and a list with `False` are errors of the database.
pub const TRANSLATED_IS_ORDINARY: Since = Since::from(16);

/// A group can be had by `formatted_read_group`; before, by `read_group`.
pub const FORMATTED_READ_GROUP: Since = Since::from(19);

/// `read_group` accepts a stored many2many.
pub const GROUPS_MANY2MANY: Since = Since::from(15);

/// Errors have the code 0 in the envelope of JSON-RPC; before, 200.
pub const ERROR_CODE_IS_ZERO: Since = Since::from(19);

/// The addon `api_doc` documents the methods of models at `/doc-bearer`.
pub const DOCUMENTS_METHODS: Since = Since::from(19);
