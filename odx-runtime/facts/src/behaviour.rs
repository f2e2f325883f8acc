//! How series of Odoo differ where the same words mean something else.
//!
//! A constant says for which series the sentence above it holds. What was seen on 14 and 19 was asked live; on 15 to 18, asked
//! live or in recorded answers (15.0-20220616, 16.0+e-20230205, 17.0, 18.0-20250702). What is said of series after 19.0 was
//! told, not seen: no Odoo 20 was run on, and each such fact names its [`Source`].

use super::{Since, Source};

/// `!` finds every record that its condition does not. Before, it turns the operator of a condition around or is left to
/// SQL; both leave out dates, choices and patterns that are unset.
pub const NOT_IS_COMPLEMENT: Since = Since::from(19);

/// Conditions on translated texts are like those on other texts. Before, translations stand in a table of their own: the
/// negative conditions leave out unset texts, and `=?` and a list with `False` are errors of the database.
pub const TRANSLATED_IS_ORDINARY: Since = Since::from(16);

/// A condition on a datetime compares whole seconds: the fraction of what it is compared with is cut off, `< 12:00:00.5` is
/// `< 12:00:00`. Before, it compares the microseconds that the database keeps in `create_date` and `write_date`.
pub const DATETIMES_ARE_WHOLE_SECONDS: Since = Since::from(19);

/// A language in the context that is not installed is refused. Before, what is written to a translated field goes to its
/// English text.
pub const REFUSES_UNKNOWN_LANGUAGES: Since = Since::from(18);

/// The language that every database has, and that texts are translated from.
pub const SOURCE_LANGUAGE: &str = "en_US";

/// All languages of a field are read and written by one call. Before, a call reads and writes the language of its context.
pub const TRANSLATES_FIELDS: Since = Since::from(16);

/// `update_field_translations` refuses languages that are not installed, and keeps the texts of a field that had none. 16.0
/// keeps those of any language, and drops those of a field without a text.
pub const CHECKS_TRANSLATIONS: Since = Since::from(17);

/// A hierarchy has archived records, and those below them. Before, they are left out where the context does not ask for them.
pub const HIERARCHIES_HOLD_ARCHIVED: Since = Since::from(17);

/// A group can be had by `formatted_read_group`; before, by `read_group`.
pub const FORMATTED_READ_GROUP: Since = Since::from(19);

/// `read_group` accepts a stored many2many.
pub const GROUPS_MANY2MANY: Since = Since::from(15);

/// Errors have the code 0 in the envelope of JSON-RPC; before, 200.
pub const ERROR_CODE_IS_ZERO: Since = Since::from(19);

/// The addon `api_doc` documents the methods of models at `/doc-bearer`.
pub const DOCUMENTS_METHODS: Since = Since::from(19);

/// An unset text is found as an empty one, and an unset number as 0, by `= False` and the other way round. Before, both are
/// told apart: `= ""` and `= 0` leave out what is unset.
pub const EMPTY_IS_UNSET: Since = Since::from(18);

/// Conditions on a field that is related and not stored find the records whose link is unset as unset. Before, they are left
/// out.
pub const RELATED_IS_ORDINARY: Since = Since::from(18);

/// Conditions on company-dependent fields find the records without a value of the company's own by the company's default, or
/// as unset. Before, texts that are unset are left out, and a many2one or a number that is the default is found as unset.
pub const COMPANY_VALUES_ARE_ORDINARY: Since = Since::from(15);

/// Company-dependent numbers and booleans are compared with lists. Before, that is a TypeError; 14.0 takes lists of booleans, and
/// finds none that is false by one with `False`.
pub const COMPANY_NUMBERS_HAVE_LISTS: Since = Since::from(18);

/// Conditions on parts of dates are like those on numbers. Before, lists and `False` are errors of SQL, and `!=` leaves
/// out records without a date.
pub const DATE_PARTS_ARE_ORDINARY: Since = Since::from(19);

/// `!=` and `not in` of a property find the records without a value. Before, they are left out.
pub const PROPERTIES_ARE_ORDINARY: Since = Since::from(19);

/// `read_group` names the span of each period by what was asked for: `"__range": {"day:month": ..}`. Odoo 14 has no
/// `__range`, and 15 names it by the field, so that of two spans of one field the second stands for both.
pub const RANGE_BY_SPEC: Since = Since::from(16);

/// `read_group` gives an aggregate of a field that is grouped by, under an alias. Before, it leaves it out; without an alias,
/// 17 and 18 write it over the key.
pub const AGGREGATES_OF_KEYS: Since = Since::from(17);

/// Of a field that is related and not stored, `<`, `<=`, `>` and `>=` find the records whose link is unset where the value is
/// an empty one, and no others; `!` turns the sign around, which leaves them out, too.
pub const ORDER_OF_RELATED_IS_ITS_OWN: Since = Since::from(19);

/// Odoo answers at `/json/2`. Before, 18 sends from there to its login page, 16 and 17 a page with HTTP 404, 14 and 15 an
/// envelope with HTTP 404.
pub const JSON2: Since = Since::from(19);

/// An API key may end: `expiration_date` of `res.users.apikeys`, where a user sees his own keys. Odoo tells (odoo#246118) that
/// keys of 20 end after three months at most unless their user may set more.
pub const KEYS_MAY_END: Since = Since::from(18);

/// The scope that a key of the roads has, unless it has none.
pub const KEY_SCOPE: &str = "rpc";

/// `/jsonrpc` and `/xmlrpc` are there. That 22 drops them is announced in Odoo's documentation (odoo#252721).
pub const RPC_SERVICES: Since = Since::until((22, 0), Source::Odoo);

/// `/jsonrpc` and `/xmlrpc` have a service `db` (odoo#238399). `common` and `object` stay.
pub const DATABASE_SERVICE: Since = Since::until((19, 1), Source::Odoo);

/// `read_group` is there again, and is another method: `groupby` stands where `fields` did, and groups are lists. An old call
/// runs, and groups by its fields (odoo#236332).
pub const READ_GROUP_GIVES_LISTS: Since = Since::told((19, 5), Source::Odoo);

/// A binary value is read as `{"content", "size", "filename"}` (odoo#244421, odoo#266082).
pub const BINARIES_ARE_OBJECTS: Since = Since::told((19, 5), Source::Stage);

/// Whether a binary value comes with its content without [`INCLUDE_BINARY_CONTENT`] in the context is not settled, so it is
/// asked for. The stages before send the content always.
pub const CONTENT_IS_ASKED_FOR: Since = Since::told((19, 3), Source::Stage);

/// The key of the context that asks for the content of binary values.
pub const INCLUDE_BINARY_CONTENT: &str = "include_binary_content";

/// The key of the context that leaves the content of binary values out, where it comes unasked.
pub const SIZES_ALONE: &str = "bin_size";

/// [`SIZES_ALONE`] gives binary values as texts of their size: `61.71 Kb`, and of a field with a column `12 kB`, which is that of
/// the base64 (14.0 to 19.0).
pub const BIN_SIZE: Since = Since::until((19, 3), Source::Notes);

/// `load` refuses an external id that is of another model. Before, it writes to whatever record of the loaded model has the
/// same number, and takes the external id for that (14.0, 15.0-20220616, which tells its log alone).
pub const LOAD_CHECKS_MODELS: Since = Since::from(16);

/// `load` takes values of fields of JSON. Odoo 14 and 15 have no such fields.
pub const LOADS_JSON: Since = Since::from(16);

/// The module of an external id without one.
pub const IMPORT_MODULE: &str = "__import__";

/// What the messages of `load` say where another transaction was in the way: it catches such errors as any other, and rolls
/// back.
pub const LOAD_CONFLICTS: &[&str] = &[
    "could not serialize access",
    "deadlock detected",
    "could not obtain lock",
    "ir_model_data_module_name_uniq_index",
    "current transaction is aborted",
];
