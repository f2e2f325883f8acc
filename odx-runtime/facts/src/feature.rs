//! What not every series of Odoo has, and what to do where it is missing.

use super::{Since, since::since_of};

/// Something that not every series has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// What it is, as an error says it.
    pub name: &'static str,
    /// The series that have it.
    pub since: Since,
    /// What to do where it is missing.
    pub instead: &'static str,
}

macro_rules! features {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, since $since:tt, instead $instead:literal;)*) => {
        impl Feature {
            $($(#[$doc])* pub const $constant: Self = Self {
                name: $name,
                since: since_of!($since),
                instead: $instead,
            };)*
        }

        /// Every feature.
        pub const FEATURES: &[Feature] = &[$(Feature::$constant),*];
    };
}

features! {
    /// `any` and `not any`.
    SUB_DOMAIN = "a domain over related records", since 17,
        instead "search the related model first and use `.is_in(ids)`";
    /// `!` before a path.
    NEGATED_HOP = "the opposite of a condition on related records", since 17,
        instead "search the related model first and use `.not_in(ids)`";
    /// `date.month_number` in a domain.
    DATE_PART = "searching by a part of a date", since 18,
        instead "search between two dates";
    /// `today -1d`.
    RELATIVE_DATE = "a relative date", since 19,
        instead "give the date itself";
    /// `not =like` on a path.
    NOT_LIKE = "the opposite of a pattern on related records", since 17,
        instead "search the related model first and use `.is_in(ids)`";
    /// `properties.name` in a domain. Odoo 16 has properties, and fails on such a domain with an AttributeError (16.0+e-20230205).
    PROPERTY = "searching by a property", since 17,
        instead "read the records and search in Rust";
    /// Several conditions on one record behind a one2many or many2many.
    SEVERAL_FAR = "several conditions on one and the same related record", since 17,
        instead "search the related model first and use `.is_in(ids)`";
    /// `""` in place of a record: it is looked for as a name, as an id, or as unset, by series and by field (15.0 to 17.0).
    EMPTY_NAME = "looking for related records by an empty name", since 18,
        instead "use `.is_unset()`, or search the related model by its name";
    /// Order of HTML, and patterns of the whole of it: what is compared with becomes HTML itself, `<%>` finds nothing (15.0 to
    /// 17.0).
    HTML_AS_TEXT = "comparing HTML by order or by a pattern of the whole", since 18,
        instead "use `.like(..)` or `.ilike(..)`";
    /// `display_name` in a domain, which finds every record before (15.0 to 17.0).
    SEARCH_DISPLAY_NAME = "searching by the display name", since 18,
        instead "search by the field that the name is made of, or use `name_search`";
    /// Of a company-dependent field, what is unset: records without a value of their own are left out; of a many2one or a
    /// number, those that have the company's default are found (14.0).
    COMPANY_UNSET = "finding records without a company's own value", since 15,
        instead "search what `.is_set()` finds and use `.not_in(ids)` on `id`";
    /// `!=` and `not in` of a one2many: where one of the lines belongs to no record, nothing is found (14.0).
    EXCLUDED_LINES = "excluding lines of a one2many", since 15,
        instead "search the records that have them and use `.not_in(ids)` on `id`";
    /// `child_of` or `parent_of` of a one2many of a model to itself.
    HIERARCHY_OF_OWN_LINES = "the hierarchy of a one2many of the model to itself", since 19,
        instead "ask `id`, or the many2one that the one2many is the other side of";
    /// `!` before `child_of` or `parent_of` of a relation of a model to itself.
    OUTSIDE_OF_OWN_HIERARCHY = "the opposite of a hierarchy that a relation of the model to itself is asked for", since 19,
        instead "search the records of the hierarchy first and use `.not_in(ids)` on `id`";
    /// `properties.name =like`, an error of the server before (17.0, 18.0).
    PROPERTY_PATTERN = "searching a property by a pattern of the whole text", since 19,
        instead "use `.like(..)` or `.ilike(..)`";
    /// `properties.name like`: of a list of tags or records, 18.0 finds none. `ilike` finds them.
    PROPERTY_LIKE = "searching a property by a text in its upper and lower case", since 19,
        instead "use `.ilike(..)`";
    /// A field whose value stands with the company in `order`. It has no column before, and the server leaves it out of the
    /// order without a word (14.0 to 17.0).
    ORDER_BY_COMPANY_VALUE = "an order by a company-dependent field", since 18,
        instead "read the records and sort in Rust";
    /// A field that is related and not stored in `order`, unless it is one of a model that this one inherits from by a link
    /// (`_inherits`). The server leaves it out of the order without a word (14.0 to 17.0).
    ORDER_BY_RELATED = "an order by a field that is read through another", since 18,
        instead "read the records and sort in Rust";
    /// A path in `groupby`.
    GROUP_BY_PATH = "grouping by a field behind a relation", since 19,
        instead "group by the relation and join in Rust";
    /// A many2many in `groupby`.
    GROUP_BY_MANY2MANY = "grouping by a many2many", since 15,
        instead "read the records and group in Rust";
    /// `date:month_number` in `groupby`.
    GROUP_BY_DATE_PART = "grouping by a number out of a date", since 18,
        instead "group by `.month()` or another span of time";
    /// `properties.name` in `groupby`. Odoo 16 has properties, and fails on such a group with a ValueError (16.0+e-20230205).
    GROUP_BY_PROPERTY = "grouping by a property", since 17,
        instead "read the records and group in Rust";
    /// The id in `groupby`. 14 to 16 answer `ORDER BY "id" is ambiguous`, 17 the text `"res.partner(1,)"`.
    GROUP_BY_ID = "grouping by the id", since 18,
        instead "fetch the records: each is a group of its own";
    /// `access` in a domain (odoo#239862).
    ACCESS = "`access`, what the user may do with a record,", since (19, 3, Odoo),
        instead "search the related model as the user, and use `.is_in(ids)`: it finds what the user may read";
    /// `{"content", "filename"}` written to a binary field.
    FILE_NAME = "the file name of a binary value", since (19, 5, Notes),
        instead "write `blob.without_file_name()`, and the name to a field of its own";
    /// An aggregate of a field that is grouped by, which `read_group` of 14 to 16 leaves out of its answer.
    AGGREGATE_OF_KEY = "an aggregate of what is grouped by, beyond what the key tells,", since 17,
        instead "read the records and aggregate in Rust";
}
