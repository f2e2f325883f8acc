//! The methods that Odoo's core gives every model, and some of single models that odx calls.

use super::{READ_GROUP_GIVES_LISTS, Series, Since, Source, TRANSLATES_FIELDS};

/// What a method is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Records: their ids come first.
    Records,
    /// The model: no ids.
    Model,
}

/// The parameters of a method, in the order of Python's declaration, for some series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// The series that declare these.
    pub since: Since,
    /// The names.
    pub names: &'static [&'static str],
    /// How many of them have no default.
    pub required: usize,
}

/// A row of the table of methods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Method {
    /// The name.
    pub name: &'static str,
    /// The one model that has it; `None` where all do.
    pub model: Option<&'static str>,
    /// What it is called on.
    pub level: Level,
    /// Whether it changes nothing, so that it may be sent again.
    pub read_only: bool,
    /// Whether it gives the values of fields, those of binary ones among them.
    pub gives_values: bool,
    /// The series that have it and let it be called; all where none was seen that does not.
    pub since: Since,
    /// What to do in its place in newer series, where those no longer have it.
    pub instead: Option<&'static str>,
    /// The parameters; several where series differ, none where odx does not know them.
    pub parameters: &'static [Parameters],
}

const fn parameters(names: &'static [&'static str], required: usize) -> Parameters {
    Parameters {
        since: Since::ALWAYS,
        names,
        required,
    }
}

const fn in_series(since: Since, names: &'static [&'static str], required: usize) -> Parameters {
    Parameters {
        since,
        names,
        required,
    }
}

const fn method(name: &'static str, level: Level, parameters: &'static [Parameters]) -> Method {
    Method {
        name,
        model: None,
        level,
        read_only: false,
        gives_values: false,
        since: Since::ALWAYS,
        instead: None,
        parameters,
    }
}

const fn of_records(name: &'static str, parameters: &'static [Parameters]) -> Method {
    method(name, Level::Records, parameters)
}

const fn of_model(name: &'static str, parameters: &'static [Parameters]) -> Method {
    method(name, Level::Model, parameters)
}

impl Method {
    const fn read_only(self) -> Self {
        Self {
            read_only: true,
            ..self
        }
    }

    /// Which changes nothing either.
    const fn gives_values(self) -> Self {
        Self {
            read_only: true,
            gives_values: true,
            ..self
        }
    }

    const fn since(self, since: Since) -> Self {
        Self { since, ..self }
    }

    /// Up to a series that no longer has it.
    const fn until(self, since: Since, instead: &'static str) -> Self {
        Self {
            since,
            instead: Some(instead),
            ..self
        }
    }

    const fn only_of(self, model: &'static str) -> Self {
        Self {
            model: Some(model),
            ..self
        }
    }
}

/// Gone in the first stage after 19.0 (odoo#226523).
const OLD_READ_GROUP: Since = Since::until((19, 1), Source::Odoo);

/// Two methods of one name. odx speaks the old one only: [`Method::since`] is about that.
const READ_GROUP: &[Parameters] = &[
    in_series(
        OLD_READ_GROUP,
        &[
            "domain", "fields", "groupby", "offset", "limit", "orderby", "lazy",
        ],
        3,
    ),
    in_series(READ_GROUP_GIVES_LISTS, GROUPING, 1),
];

/// The parameters of `formatted_read_group`, and of the `read_group` that gives lists.
pub const GROUPING: &[&str] = &[
    "domain",
    "groupby",
    "aggregates",
    "having",
    "offset",
    "limit",
    "order",
];

const FORMATTED_READ_GROUP: &[Parameters] = &[parameters(GROUPING, 1)];

/// What notes on 20.0 say of the methods that it no longer has.
const BEFORE_20: Since = Since::until((20, 0), Source::Notes);

const SEARCH: &[Parameters] = &[
    in_series(
        Since::before(16),
        &["args", "offset", "limit", "order", "count"],
        1,
    ),
    in_series(
        Since::between(16, 17),
        &["domain", "offset", "limit", "order", "count"],
        1,
    ),
    in_series(Since::from(17), &["domain", "offset", "limit", "order"], 1),
];

const SEARCH_COUNT: &[Parameters] = &[
    in_series(Since::before(16), &["args"], 1),
    in_series(Since::from(16), &["domain", "limit"], 1),
];

const SEARCH_READ: &[Parameters] = &[
    in_series(
        Since::before(15),
        &["domain", "fields", "offset", "limit", "order"],
        0,
    ),
    in_series(
        Since::from(15),
        &["domain", "fields", "offset", "limit", "order", "load"],
        0,
    ),
];

const NAME_SEARCH: &[Parameters] = &[
    in_series(Since::before(19), &["name", "args", "operator", "limit"], 0),
    in_series(Since::from(19), &["name", "domain", "operator", "limit"], 0),
];

const DEFAULT_GET: &[Parameters] = &[
    in_series(Since::before(19), &["fields_list"], 1),
    in_series(Since::from(19), &["fields"], 1),
];

const UPDATE_FIELD_TRANSLATIONS: &[Parameters] = &[
    in_series(Since::before(18), &["field_name", "translations"], 2),
    in_series(
        Since::from(18),
        &["field_name", "translations", "source_lang"],
        2,
    ),
];

/// The methods, sorted by name.
pub const METHODS: &[Method] = &[
    of_records("action_archive", &[parameters(&[], 0)]),
    of_records("action_unarchive", &[parameters(&[], 0)]),
    of_model(
        "check_access_rights",
        &[parameters(&["operation", "raise_exception"], 1)],
    )
    .read_only()
    .until(BEFORE_20, "call `has_access` (Odoo 18 and on)"),
    of_model(
        "check_object_reference",
        &[parameters(
            &["module", "xml_id", "raise_on_access_error"],
            2,
        )],
    )
    .read_only()
    .only_of("ir.model.data"),
    of_model("context_get", &[parameters(&[], 0)])
        .read_only()
        .only_of("res.users"),
    of_records("copy", &[parameters(&["default"], 0)]),
    of_records("copy_data", &[]),
    of_records("copy_translations", &[]),
    of_model("create", &[parameters(&["vals_list"], 1)]),
    of_model("default_get", DEFAULT_GET).read_only(),
    of_model("display_name_for", &[parameters(&["models"], 1)])
        .since(Since::from(16))
        .only_of("ir.model"),
    of_records("export_data", &[]),
    of_model("fields_get", &[parameters(&["allfields", "attributes"], 0)]).read_only(),
    of_model("formatted_read_group", FORMATTED_READ_GROUP)
        .read_only()
        .since(Since::from(19)),
    of_model("get_available_models", &[parameters(&[], 0)])
        .since(Since::from(16))
        .only_of("ir.model"),
    of_records("get_base_url", &[]),
    of_records("get_external_id", &[parameters(&[], 0)]),
    of_records(
        "get_field_translations",
        &[parameters(&["field_name", "langs"], 1)],
    )
    .read_only()
    .since(TRANSLATES_FIELDS),
    of_records("get_metadata", &[]),
    of_model("get_param", &[parameters(&["key", "default"], 1)])
        .only_of("ir.config_parameter")
        .until(
            BEFORE_20,
            "call `get_str`, `get_int`, `get_float` or `get_bool`",
        ),
    of_model("get_property_definition", &[parameters(&["full_name"], 1)]).since(Since::from(17)),
    of_records("has_access", &[parameters(&["operation"], 1)])
        .read_only()
        .since(Since::from(18)),
    of_model("is_transient", &[]),
    of_model("load", &[parameters(&["fields", "data"], 2)]),
    of_model("name_create", &[parameters(&["name"], 1)]),
    of_records("name_get", &[parameters(&[], 0)])
        .read_only()
        .since(Since::before(18)),
    of_model("name_search", NAME_SEARCH).read_only(),
    of_records("onchange", &[]),
    of_records("read", &[parameters(&["fields", "load"], 0)]).gives_values(),
    of_model("read_group", READ_GROUP).read_only().until(
        OLD_READ_GROUP,
        "call `formatted_read_group`, or group by a generated model's `group_by`; Odoo 19.5 and on have another method of \
         this name, which takes the fields of an old call for groups",
    ),
    of_model("search", SEARCH).read_only(),
    of_model("search_count", SEARCH_COUNT).read_only(),
    of_model("search_read", SEARCH_READ).gives_values(),
    of_records("toggle_active", &[parameters(&[], 0)]).until(
        BEFORE_20,
        "call `action_archive` or `action_unarchive`, or write `active`",
    ),
    of_records("unlink", &[parameters(&[], 0)]),
    of_records("update_field_translations", UPDATE_FIELD_TRANSLATIONS).since(TRANSLATES_FIELDS),
    of_records("web_read", &[])
        .gives_values()
        .since(Since::from(17)),
    of_records("web_save", &[]).since(Since::from(17)),
    of_model("web_search_read", &[]).gives_values(),
    of_records("write", &[parameters(&["vals"], 1)]),
];

/// The methods that ODXProxy v1 has an action for, of the same name.
pub const PROXY_ACTIONS: &[&str] = &[
    "create",
    "fields_get",
    "read",
    "search",
    "search_count",
    "search_read",
    "unlink",
    "write",
];

/// The methods that Odoo 19 no longer lets be called, though their names are public.
pub const PRIVATE_FROM_19: &[&str] = &[
    "browse",
    "check_access",
    "concat",
    "ensure_one",
    "exists",
    "fetch",
    "filtered",
    "filtered_domain",
    "flush_model",
    "flush_recordset",
    "grouped",
    "invalidate_model",
    "invalidate_recordset",
    "lock_for_update",
    "mapped",
    "modified",
    "new",
    "search_fetch",
    "sorted",
    "sudo",
    "try_lock_for_update",
    "union",
    "update",
    "with_company",
    "with_context",
    "with_env",
    "with_prefetch",
    "with_user",
];

/// Whether that method of a model is known to change nothing.
pub fn is_read_only(model: &str, name: &str) -> bool {
    Method::of(model, name).is_some_and(|method| method.read_only)
}

impl Method {
    /// The method of that name: the model's own, or the one that every model has.
    pub fn of(model: &str, name: &str) -> Option<&'static Self> {
        let row = METHODS.binary_search_by(|method| method.name.cmp(name));
        let method = &METHODS[row.ok()?];
        method
            .model
            .is_none_or(|only| only == model)
            .then_some(method)
    }

    /// The parameters in a series, where odx knows them.
    pub fn parameters_in(&self, series: Series) -> Option<&'static Parameters> {
        self.parameters
            .iter()
            .find(|parameters| parameters.since.holds(series))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SERIES;

    #[test]
    fn the_methods_are_sorted_and_have_one_row_each() {
        assert!(METHODS.is_sorted_by(|first, second| first.name < second.name));
        for method in METHODS {
            let model = method.model.unwrap_or("res.partner");
            let found = Method::of(model, method.name).map(|found| found.name);
            assert_eq!(found, Some(method.name));
        }
        for none in ["", "reads", "search_rea", "zzz", "\u{ff}"] {
            assert!(Method::of("res.partner", none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_method_has_one_list_of_parameters_in_each_series() {
        for method in METHODS
            .iter()
            .filter(|method| !method.parameters.is_empty())
        {
            for row in SERIES {
                let lists = method
                    .parameters
                    .iter()
                    .filter(|parameters| parameters.since.holds(row.series));
                assert_eq!(lists.count(), 1, "{} in {}", method.name, row.series);
            }
        }
    }

    #[test]
    fn a_method_of_one_model_is_not_another_models() {
        assert!(Method::of("res.partner", "context_get").is_none());
        assert!(Method::of("res.users", "context_get").is_some());
        assert!(is_read_only("res.users", "context_get"));
        assert!(!is_read_only("res.partner", "context_get"));
        assert!(is_read_only("x", "search_read") && !is_read_only("x", "write"));
    }
}
