//! What a series does otherwise than another, as far as only a server needs to know it: each fact once, with the series
//! that it holds for. What clients need to know, too, stands in `odx-facts`.
//!
//! All of it was seen on real servers of 14 to 19, or in what 15 to 18 answered.

use odx_facts::Since;

/// Domains are objects of a class. Before, lists that `odoo.osv.expression` turns into SQL.
pub(crate) const DOMAIN_IS_A_CLASS: Since = Since::from(19);

/// `any` and `not any` hold domains.
pub(crate) const HAS_ANY: Since = Since::from(17);

/// A domain with too few or too many terms is a `ValueError`; before, a failed assertion.
pub(crate) const MALFORMED_DOMAIN_IS_VALUE_ERROR: Since = Since::from(17);

/// Paths become `any`, and conditions on one relation are made one.
pub(crate) const MERGES_RELATIONAL_CONDITIONS: Since = Since::from(17);

/// `!` before `=?` makes it `!=`, or nothing at all; before, it is left to SQL.
pub(crate) const NEGATED_IF_SET_IS_UNEQUAL: Since = Since::from(18);

/// Properties are searched.
pub(crate) const SEARCHES_PROPERTIES: Since = Since::from(17);

/// What `like` of a property compares with must be a text, and gets its `%` for `ilike` alone.
pub(crate) const ONLY_TEXTS_ARE_LIKE_PROPERTIES: Since = Since::from(18);

/// `display_name` is searched; before, a condition on it is left out.
pub(crate) const SEARCHES_DISPLAY_NAME: Since = Since::from(18);

/// A related field that is not stored is followed as a subquery a link, and finds records without the link.
pub(crate) const RELATED_IS_FOLLOWED: Since = Since::from(18);

/// A path over an x2many looks at the records of the field's own domain only.
pub(crate) const PATHS_KEEP_TO_OWN_DOMAIN: Since = Since::from(18);

/// A search by name looks at `_rec_names_search`, and `like ""` is no condition, as `ilike ""` always was.
pub(crate) const SEARCHES_MORE_NAMES: Since = Since::from(16);

/// `child_of` and `parent_of` go through archived records.
pub(crate) const HIERARCHY_HAS_ARCHIVED: Since = Since::from(17);

/// In a list, 0 is a value; before, it is Python's `False`, which stands for unset.
pub(crate) const ZERO_IS_NOT_FALSE: Since = Since::from(16);

/// A number that was never set is 0, and a text that was never set is empty.
pub(crate) const NULL_NUMBERS_ARE_ZERO: Since = Since::from(18);

/// The rows of a many2many that a record is unset in are found by `not any`; before, by `=`.
pub(crate) const UNSET_MANY2MANY_IS_NOT_ANY: Since = Since::from(17);

/// Weeks start with the first day of the language; before, with PostgreSQL's Monday.
pub(crate) const WEEKS_START_BY_LANGUAGE: Since = Since::from(17);

/// `copy` gives a list of ids.
pub(crate) const COPY_GIVES_A_LIST: Since = Since::from(18);

/// `check_access_rights` that raises nothing gives nothing.
pub(crate) const ACCESS_CHECK_GIVES_NOTHING: Since = Since::from(18);

/// A language that is not installed is refused.
pub(crate) const REFUSES_UNKNOWN_LANGUAGES: Since = Since::from(18);

/// Recordsets are sent as ids; before, as the text that Python prints.
pub(crate) const RECORDS_ARE_IDS: Since = Since::from(19);

/// A property without a value is left out; before, its value is unset.
pub(crate) const UNSET_PROPERTIES_ARE_LEFT_OUT: Since = Since::from(19);

/// Records in properties are read with their names even where many2one fields are read as bare ids.
pub(crate) const PROPERTIES_ALWAYS_NAME: Since = Since::from(17);

/// A many2one to a record without a name has `false` for it.
pub(crate) const NO_NAME_IS_FALSE: Since = Since::from(17);

/// A many2one to a record without a name has an empty one; before, the text `False`.
pub(crate) const NO_NAME_IS_EMPTY: Since = Since::from(16);

/// An unknown field is named "on" the model; before, "on model".
pub(crate) const UNKNOWN_FIELD_IS_ON_THE_MODEL: Since = Since::from(19);

/// An unknown field of a write is named "in" the model; before, "on model".
pub(crate) const UNKNOWN_FIELD_IS_IN_THE_MODEL: Since = Since::from(16);

/// Conditions on monetary and serialized fields compare with the text of the value; before, with what the field makes of it.
pub(crate) const VALUES_ARE_COMPARED_AS_TEXTS: Since = Since::from(18);

/// An order can say where unset values go (`nulls first`), and can be by a property.
pub(crate) const ORDER_TAKES_NULLS: Since = Since::from(17);

/// An order by what is no column is refused; before, it is left out.
pub(crate) const REFUSES_UNSORTABLE: Since = Since::from(18);

/// An empty term of an order is refused as such; before, it is an `IndexError`.
pub(crate) const REFUSES_EMPTY_ORDER_TERMS: Since = Since::from(18);

/// An order by a many2one can be by its id alone: `partner_id.id`.
pub(crate) const ORDERS_BY_ID_OF_LINK: Since = Since::from(18);

/// `read_group` goes by specifications of groups and aggregates; before, it writes one `SELECT` of names.
pub(crate) const GROUPS_BY_SPECIFICATION: Since = Since::from(17);

/// The ranges of groups are by specification, `date:month`; before, by field, and of all fields to come, too.
pub(crate) const RANGES_ARE_BY_SPECIFICATION: Since = Since::from(16);

/// The parts of dates that groups are made of are floats.
pub(crate) const DATE_PARTS_ARE_FLOATS: Since = Since::from(19);

/// The last week of a year is of that year, whatever day it ends on.
pub(crate) const LAST_WEEK_ENDS_WITH_THE_YEAR: Since = Since::between(17, 18);

/// A list of numbers of a numeric column has their texts.
pub(crate) const LISTED_NUMBERS_ARE_TEXTS: Since = Since::before(18);

/// A list of dates has them as they are sent.
pub(crate) const LISTED_DATES_ARE_AS_SENT: Since = Since::before(19);

/// The week of a group is named by Babel alone: its number as weeks of the language start, its year by ISO.
pub(crate) const WEEKS_ARE_NAMED_BY_BABEL: Since = Since::before(17);

/// Groups by a many2one come in the order of its records, an unset one where the first term of that order has it.
pub(crate) const UNSET_LINKS_ARE_ORDERED_BY_TERM: Since = Since::before(19);

/// Booleans that are unset are ordered as `false`.
pub(crate) const UNSET_BOOLEANS_ARE_ORDERED_AS_FALSE: Since = Since::between(17, 18);

/// The aggregate that is called `id` is left out of groups.
pub(crate) const LEAVES_OUT_ID_OF_GROUPS: Since = Since::before(17);

/// Groups by id are recordsets, as Python prints them.
pub(crate) const ID_GROUPS_ARE_RECORDSETS: Since = Since::between(17, 18);

/// The records of a domain that is false before it is asked are `(NULL)` in a query; from 18 on, a subquery without rows.
pub(crate) const NO_RECORDS_ARE_NULL: Since = Since::before(18);

/// What is no text is compared with the JSON that a translated text is kept in, of all languages.
pub(crate) const OTHERS_ARE_COMPARED_WITH_ALL_LANGUAGES: Since = Since::between(16, 17);
/// An unknown method is an error of Odoo's; before, Python's.
pub(crate) const UNKNOWN_METHOD_IS_TOLD: Since = Since::from(17);

/// It is named with its model, `res.partner.nope`; before, beside it.
pub(crate) const UNKNOWN_METHOD_IS_ONE_NAME: Since = Since::from(18);

/// A private method is named with its model.
pub(crate) const PRIVATE_METHOD_HAS_ITS_MODEL: Since = Since::from(18);

/// What is missing of a method's positional arguments is missing of a list; before, of a tuple.
pub(crate) const ARGUMENTS_ARE_A_LIST: Since = Since::from(19);

/// A condition on a company-dependent field is first evaluated in Python for the value that all records have. Where that does
/// not satisfy it, only the records are looked at for which some company has one of its own.
pub(crate) const PYTHON_LOOKS_AT_COMPANY_DEFAULTS: Since = Since::between(18, 19);

/// `load` names a column that it does not know; before, it is a `KeyError`.
pub(crate) const LOAD_NAMES_UNKNOWN_COLUMNS: Since = Since::from(18);

/// `load` refuses a word that is no boolean; before, it takes it for true, with a warning.
pub(crate) const LOAD_REFUSES_UNKNOWN_BOOLEANS: Since = Since::from(15);

/// `load` finds the choice of a selection whatever the case.
pub(crate) const LOAD_IGNORES_CASE: Since = Since::from(15);

/// `load` tells an error for users as it is; before, as an unknown one.
pub(crate) const LOAD_TELLS_USER_ERRORS: Since = Since::from(17);

/// `load` tells the error of all rows at once, too, of the first row.
pub(crate) const LOAD_TELLS_THE_BATCH: Since = Since::from(18);

/// `load` takes back the good rows, too, where it goes row by row and one fails.
pub(crate) const LOAD_FORGETS_GOOD_ROWS: Since = Since::from(19);
