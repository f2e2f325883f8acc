//! The methods that can be called.

use std::sync::Arc;

use odx_facts::Series;
use serde_json::{Map, Value, json};

use super::arguments::{Arguments, Signature, on_model, on_records};
use super::behaviour;
use super::call::Answer;
use super::env::{Env, Operation};
use super::errors::{OdooError, Result};
use super::group;
use super::load;
use super::properties;
use super::read::{Load, Page, Row};
use super::schema::{FieldType, Model};
use super::values::truthy;
use super::variants;

/// Methods that every model has.
const METHODS: &[Signature] = &[
    on_model("search", &["domain", "offset", "limit", "order"], 1, search),
    on_model("search_count", &["domain", "limit"], 1, search_count),
    on_model(
        "search_read",
        &["domain", "fields", "offset", "limit", "order", "load"],
        0,
        search_read,
    ),
    on_records("read", &["fields", "load"], 0, read),
    on_model("fields_get", &["allfields", "attributes"], 0, fields_get),
    on_model("create", &["vals_list"], 1, create),
    on_records("write", &["vals"], 1, write),
    on_records("unlink", &[], 0, unlink),
    on_records("copy", &["default"], 0, copy),
    on_records(
        "get_field_translations",
        &["field_name", "langs"],
        1,
        get_field_translations,
    ),
    on_records(
        "update_field_translations",
        &["field_name", "translations", "source_lang"],
        2,
        update_field_translations,
    ),
    on_model(
        "name_search",
        &["name", "domain", "operator", "limit"],
        0,
        name_search,
    ),
    on_model("load", &["fields", "data"], 2, load::load),
    on_model("name_create", &["name"], 1, name_create),
    on_model("default_get", &["fields"], 1, default_get),
    on_records("action_archive", &[], 0, archive),
    on_records("action_unarchive", &[], 0, unarchive),
    on_records("toggle_active", &[], 0, toggle_active),
    on_model(
        "check_access_rights",
        &["operation", "raise_exception"],
        1,
        check_access_rights,
    ),
    on_records("has_access", &["operation"], 1, has_access),
    on_records("get_external_id", &[], 0, get_external_id),
    on_model(
        "get_property_definition",
        &["full_name"],
        1,
        get_property_definition,
    ),
    on_model(
        "read_group",
        &[
            "domain", "fields", "groupby", "offset", "limit", "orderby", "lazy",
        ],
        3,
        read_group,
    ),
    on_model(
        "web_read_group",
        &[
            "domain", "fields", "groupby", "limit", "offset", "orderby", "lazy",
        ],
        3,
        web_read_group,
    ),
    on_model(
        "formatted_read_group",
        odx_facts::GROUPING,
        1,
        formatted_read_group,
    ),
];

/// Methods that only one model has.
const MODEL_METHODS: &[(&str, Signature)] = &[
    (
        "ir.model",
        on_model("get_available_models", &[], 0, get_available_models),
    ),
    (
        "ir.model",
        on_model("display_name_for", &["models"], 1, display_name_for),
    ),
    (
        "ir.model.data",
        on_model(
            "check_object_reference",
            &["module", "xml_id", "raise_on_access_error"],
            2,
            check_object_reference,
        ),
    ),
    ("res.users", on_model("context_get", &[], 0, context_get)),
];

/// The method that bears the name of `read_group` from 19.5 on.
const LISTED_READ_GROUP: Signature =
    on_model("read_group", odx_facts::GROUPING, 1, listed_read_group);

/// Whether Odoo marks the public name `@api.private`.
pub(crate) fn is_private(series: Series, method: &str) -> bool {
    behaviour::DOMAIN_IS_A_CLASS.holds(series) && odx_facts::PRIVATE_FROM_19.contains(&method)
}

/// The method of a model, if the series has it.
pub(crate) fn signature_of(
    model: &str,
    method: &str,
    series: Series,
) -> Option<&'static Signature> {
    if method == "read_group" && odx_facts::READ_GROUP_GIVES_LISTS.holds(series) {
        return Some(&LISTED_READ_GROUP);
    }
    let known = odx_facts::METHODS.iter().find(|known| known.name == method);
    if known.is_some_and(|known| !known.since.holds(series)) {
        return None;
    }
    // In Odoo 19 it is another method of the same name.
    if method == "web_read_group" && behaviour::DOMAIN_IS_A_CLASS.holds(series) {
        return None;
    }
    let own = MODEL_METHODS
        .iter()
        .find(|(owner, signature)| *owner == model && signature.name == method);
    own.map(|(_, signature)| signature)
        .or_else(|| METHODS.iter().find(|known| known.name == method))
}

fn search(env: &mut Env<'_>, model: &Arc<Model>, _: &[i64], args: &Arguments) -> Result<Answer> {
    let ids = env.search_page(model, &searched(env, args), &args.page("order")?)?;
    Ok(Value::from(ids).into())
}

/// The domain of a search; before Odoo 19, `None` is none.
fn searched(env: &Env<'_>, args: &Arguments) -> Value {
    match env.holds(behaviour::DOMAIN_IS_A_CLASS) {
        true => args.domain(),
        false => args.sent_domain(),
    }
}

fn search_count(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let found = env.search(model, &searched(env, args), env.scope())?.len();
    let limit = args.page("order")?.limit;
    Ok(Value::from(limit.map_or(found, |limit| found.min(limit))).into())
}

fn search_read(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let ids = env.search_page(model, &args.domain(), &args.page("order")?)?;
    let rows = env.read(
        model,
        &ids,
        &args.names("fields"),
        Load::of(args.get("load")),
    )?;
    Ok(Answer::Rows(rows))
}

fn read(env: &mut Env<'_>, model: &Arc<Model>, ids: &[i64], args: &Arguments) -> Result<Answer> {
    let rows = env.read(
        model,
        ids,
        &args.names("fields"),
        Load::of(args.get("load")),
    )?;
    Ok(Answer::Rows(rows))
}

fn fields_get(_: &mut Env<'_>, model: &Arc<Model>, _: &[i64], args: &Arguments) -> Result<Answer> {
    let wanted = args.names("allfields");
    let attributes = match args.get("attributes") {
        None | Some(Value::Null) => None,
        Some(_) => Some(args.names("attributes")),
    };
    let described: Map<String, Value> = model
        .fields
        .values()
        .filter(|field| wanted.is_empty() || wanted.contains(&field.name))
        .map(|field| (field.name.clone(), field.describe(attributes.as_deref())))
        .collect();
    Ok(Value::Object(described).into())
}

/// A record in, an id out; a list in, a list out.
fn create(env: &mut Env<'_>, model: &Arc<Model>, _: &[i64], args: &Arguments) -> Result<Answer> {
    match args.get("vals_list") {
        Some(Value::Object(values)) => {
            let id = env.create(model, values.clone())?;
            Ok(Value::from(id).into())
        }
        Some(Value::Array(list)) => {
            let mut ids = Vec::with_capacity(list.len());
            for values in list {
                let values = values.as_object().cloned().unwrap_or_default();
                ids.push(env.create(model, values)?);
            }
            Ok(Value::from(ids).into())
        }
        _ => Err(OdooError::new("builtins.AssertionError", "")),
    }
}

fn write(env: &mut Env<'_>, model: &Arc<Model>, ids: &[i64], args: &Arguments) -> Result<Answer> {
    env.write(model, ids, args.object("vals"))?;
    Ok(Value::from(true).into())
}

fn unlink(env: &mut Env<'_>, model: &Arc<Model>, ids: &[i64], _: &Arguments) -> Result<Answer> {
    env.unlink(model, ids)?;
    Ok(Value::from(true).into())
}

/// A list of ids since 18, one id before.
fn copy(env: &mut Env<'_>, model: &Arc<Model>, ids: &[i64], args: &Arguments) -> Result<Answer> {
    let mut copies = Vec::with_capacity(ids.len());
    for id in ids {
        copies.push(env.copy(model, *id, args.object("default"))?);
    }
    Ok(match copies.first() {
        Some(first) if !env.holds(behaviour::COPY_GIVES_A_LIST) => Value::from(*first).into(),
        _ => Value::from(copies).into(),
    })
}

/// HTML counts as one sentence here.
fn get_field_translations(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let (id, field) = variants::translated(env, model, ids, args.text("field_name"))?;
    let rows = variants::translations(env, model, id, &field);
    let kind = match field.kind {
        FieldType::Char => "char",
        _ => "text",
    };
    let about = json!({
        "translation_type": kind,
        "translation_show_source": field.kind == FieldType::Html,
    });
    Ok(json!([rows, about]).into())
}

fn update_field_translations(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let (id, field) = variants::translated(env, model, ids, args.text("field_name"))?;
    if !field.translate {
        return Ok(Value::from(false).into());
    }
    env.check_access(model, Operation::Write)?;
    let done = variants::translate(env, model, id, &field, args.object("translations"))?;
    Ok(Value::from(done).into())
}

fn name_search(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let operator = match args.text("operator") {
        "" => "ilike",
        operator => operator,
    };
    let ids = env.named(model, operator, args.text("name"), &args.domain())?;
    let ids = env.sort(model, ids, "")?;
    let limit = match args.page("order")?.limit {
        Some(limit) => limit,
        None if args.get("limit").is_some() => usize::MAX,
        None => 100,
    };
    let pairs: Vec<Value> = ids
        .into_iter()
        .take(limit)
        .map(|id| env.named_pair(model, id))
        .collect();
    Ok(Value::from(pairs).into())
}

fn name_create(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let Some(field) = model.rec_name.clone() else {
        return Ok(Value::from(false).into());
    };
    let values = Map::from_iter([(field, Value::from(args.text("name")))]);
    let id = env.create(model, values)?;
    Ok(env.named_pair(model, id).into())
}

fn default_get(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    Ok(Value::Object(env.default_get(model, &args.names("fields"))).into())
}

fn archive(env: &mut Env<'_>, model: &Arc<Model>, ids: &[i64], _: &Arguments) -> Result<Answer> {
    set_active(env, model, ids, |_| false)
}

fn unarchive(env: &mut Env<'_>, model: &Arc<Model>, ids: &[i64], _: &Arguments) -> Result<Answer> {
    set_active(env, model, ids, |_| true)
}

fn toggle_active(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    _: &Arguments,
) -> Result<Answer> {
    set_active(env, model, ids, |active| !active)
}

fn set_active(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    change: fn(bool) -> bool,
) -> Result<Answer> {
    let Some(field) = model.fields.get("active").filter(|_| model.has_active()) else {
        return Err(OdooError::value(format!(
            "Invalid field 'active' in '{}'",
            model.name
        )));
    };
    for id in ids {
        let active = env.value(model, *id, field) == Value::Bool(true);
        let values = Map::from_iter([("active".to_owned(), Value::from(change(active)))]);
        env.write(model, &[*id], values)?;
    }
    Ok(Answer::Nothing)
}

fn operation(args: &Arguments) -> Result<Operation> {
    let name = args.text("operation");
    Operation::from_name(name)
        .ok_or_else(|| OdooError::new("builtins.AssertionError", "Invalid access mode"))
}

/// With `raise_exception`, as by default, success is `None` since 18 and `true` before.
fn check_access_rights(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let allowed = env.check_access(model, operation(args)?);
    if args
        .get("raise_exception")
        .is_some_and(|raise| !truthy(raise))
    {
        return Ok(Value::from(allowed.is_ok()).into());
    }
    allowed?;
    Ok(if env.holds(behaviour::ACCESS_CHECK_GIVES_NOTHING) {
        Answer::Nothing
    } else {
        Value::from(true).into()
    })
}

fn has_access(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    Ok(Value::from(env.check_access(model, operation(args)?).is_ok()).into())
}

/// The models a user may open, as a list of `{display_name, model}`.
fn get_available_models(
    env: &mut Env<'_>,
    _: &Arc<Model>,
    _: &[i64],
    _: &Arguments,
) -> Result<Answer> {
    let models: Vec<Value> = env
        .db
        .models
        .values()
        .filter(|model| env.may(&model.name))
        .map(|model| json!({"display_name": model.label, "model": model.name}))
        .collect();
    Ok(Value::from(models).into())
}

fn display_name_for(
    env: &mut Env<'_>,
    _: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let named: Vec<Value> = args
        .names("models")
        .into_iter()
        .map(|name| {
            let known = env.db.models.get(&name).filter(|_| env.may(&name));
            let label = known.map_or(name.clone(), |model| model.label.clone());
            json!({"display_name": label, "model": name})
        })
        .collect();
    Ok(Value::from(named).into())
}

fn context_get(env: &mut Env<'_>, model: &Arc<Model>, _: &[i64], _: &Arguments) -> Result<Answer> {
    let own = |name: &str| {
        let field = model.fields.get(name)?;
        Some(env.value(model, env.user.id(), field)).filter(|value| !value.is_null())
    };
    Ok(json!({
        "lang": own("lang").unwrap_or_else(|| Value::from("en_US")),
        "tz": own("tz").unwrap_or(Value::Bool(false)),
        "uid": env.user.id(),
    })
    .into())
}

/// The record an external id stands for: `[model, id]`, the id `false` if a search of the user does not find it.
fn check_object_reference(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let (module, name) = (args.text("module"), args.text("xml_id"));
    let text = |record: &super::database::Record, field: &str| {
        record
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let found = env
        .db
        .table(&model.name)
        .into_iter()
        .flat_map(|table| table.records.values())
        .find(|record| text(record, "module") == module && text(record, "name") == name)
        .map(|record| {
            let id = record.get("res_id").and_then(Value::as_i64);
            (text(record, "model"), id.unwrap_or_default())
        });
    let Some((target, id)) = found else {
        return Err(OdooError::value(format!(
            "External ID not found in the system: {module}.{name}"
        )));
    };
    let target = env.model(&target)?;
    env.check_access(&target, Operation::Read)?;
    let by_id = json!([["id", "=", id]]);
    if !env
        .search_page(&target, &by_id, &Page::default())?
        .is_empty()
    {
        return Ok(json!([target.name, id]).into());
    }
    if args.get("raise_on_access_error").is_some_and(truthy) {
        return Err(OdooError::access(format!(
            "Not enough access rights on the external ID \"{module}.{name}\""
        )));
    }
    Ok(json!([target.name, false]).into())
}

fn get_external_id(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    _: &Arguments,
) -> Result<Answer> {
    let names: Map<String, Value> = ids
        .iter()
        .map(|id| {
            let name = env
                .db
                .table("ir.model.data")
                .into_iter()
                .flat_map(|table| table.records.values())
                .find(|record| {
                    record.get("model") == Some(&Value::from(model.name.as_str()))
                        && record.get("res_id") == Some(&Value::from(*id))
                })
                .and_then(|record| {
                    let module = record.get("module")?.as_str()?;
                    Some(format!("{module}.{}", record.get("name")?.as_str()?))
                });
            (id.to_string(), Value::from(name.unwrap_or_default()))
        })
        .collect();
    Ok(Value::Object(names).into())
}

fn get_property_definition(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let full = args.text("full_name");
    let (field, property) = full.split_once('.').unwrap_or((full, ""));
    let Some(field) = model
        .fields
        .get(field)
        .filter(|field| field.kind == FieldType::Properties)
    else {
        return Err(OdooError::value(format!(
            "Invalid field '{field}' on '{}'",
            model.name
        )));
    };
    let found = env
        .db
        .ids(&model.name)
        .into_iter()
        .flat_map(|id| properties::definitions(env, model, id, field))
        .find(|definition| definition.get("name").and_then(Value::as_str) == Some(property));
    Ok(found.unwrap_or_else(|| json!({})).into())
}

fn read_group(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let lazy = args.get("lazy").is_none_or(truthy);
    let page = args.page("orderby")?;
    let rows = group::read_group(
        env,
        model,
        &args.domain(),
        &args.names("fields"),
        &args.names("groupby"),
        &page,
        lazy,
    )?;
    Ok(Answer::Rows(rows))
}

/// The groups of `read_group`, and how many there are in all.
fn web_read_group(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let lazy = args.get("lazy").is_none_or(truthy);
    let page = args.page("orderby")?;
    let groups = |env: &Env<'_>, page: &Page| {
        group::read_group(
            env,
            model,
            &args.domain(),
            &args.names("fields"),
            &args.names("groupby"),
            page,
            lazy,
        )
    };
    let rows = groups(env, &page)?;
    let length = match page.limit {
        Some(limit) if rows.len() == limit => {
            let all = Page {
                offset: 0,
                limit: None,
                order: page.order.clone(),
            };
            groups(env, &all)?.len()
        }
        _ if rows.is_empty() => 0,
        _ => rows.len() + page.offset,
    };
    Ok(json!({"groups": rows, "length": length}).into())
}

/// The groups as lists: what is grouped by, then the aggregates.
fn listed_read_group(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let Answer::Rows(rows) = formatted_read_group(env, model, ids, args)? else {
        return Ok(json!([]).into());
    };
    let (groupby, aggregates) = (args.names("groupby"), args.names("aggregates"));
    let named = |row: &Row| -> Vec<Value> {
        let names = groupby.iter().chain(&aggregates);
        names
            .map(|name| row.get(name).cloned().unwrap_or_default())
            .collect()
    };
    Ok(json!(rows.iter().map(named).collect::<Vec<_>>()).into())
}

fn formatted_read_group(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    _: &[i64],
    args: &Arguments,
) -> Result<Answer> {
    let page = args.page("order")?;
    let having = args.get("having").cloned().unwrap_or_else(|| json!([]));
    let rows = group::formatted_read_group(
        env,
        model,
        &args.domain(),
        &args.names("groupby"),
        &args.names("aggregates"),
        &having,
        &page,
    )?;
    Ok(Answer::Rows(rows))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Answer;
    use crate::odoo::fixture::Fixture;

    #[test]
    fn names_are_searched_by_part_and_limited() {
        let mut fixture = Fixture::new();
        let found = fixture.value("rec", "name_search", json!(["t", [["number", "<", 1]]]));
        assert_eq!(found, json!([[2, "Two"], [3, "Three"]]));
        let found = fixture.value("rec", "name_search", json!(["", [], "ilike", 1]));
        assert_eq!(found, json!([[1, "One"]]));
        let created = fixture.value("rec", "name_create", json!(["Quick"]));
        assert_eq!(created, json!([5, "Quick"]));
    }

    #[test]
    fn a_record_without_a_name_is_found_as_a_read_names_it() {
        for (series, name) in [
            ("15.0", json!("False")),
            ("16.0", json!("")),
            ("17.0", json!(false)),
            ("19.0", json!(false)),
        ] {
            let mut fixture = Fixture::new().series(series);
            let found = fixture.value("tag", "name_search", json!([""]));
            assert_eq!(found[2], json!([3, name]), "{series}");
        }
    }

    #[test]
    fn archiving_returns_none() {
        let mut fixture = Fixture::new();
        assert_eq!(
            fixture.call("rec", "action_archive", json!([[1]])),
            Ok(Answer::Nothing)
        );
        assert_eq!(fixture.find(json!([])), json!([2, 3]));
        fixture
            .call("rec", "action_unarchive", json!([[1, 4]]))
            .unwrap();
        assert_eq!(fixture.find(json!([])), json!([1, 2, 3, 4]));
    }

    #[test]
    fn methods_that_are_not_there_or_not_public_are_refused() {
        let mut fixture = Fixture::new();
        let error = fixture.error("rec", "nope", json!([[1]]));
        assert_eq!(
            error.to_string(),
            "builtins.AttributeError: The method 'rec.nope' does not exist"
        );
        for method in ["_search", "exists", "init"] {
            let error = fixture.error("rec", method, json!([[1]]));
            assert_eq!(error.name(), "odoo.exceptions.AccessError", "{method}");
        }
        let error = fixture.error("no.model", "search", json!([[]]));
        assert_eq!(
            error.to_string(),
            "odoo.exceptions.UserError: Object no.model doesn't exist"
        );
    }

    #[test]
    fn arguments_are_bound_as_python_does() {
        let mut fixture = Fixture::new();
        for (args, kwargs, text) in [
            (
                json!([]),
                json!({}),
                "missing 1 required positional argument: 'domain'",
            ),
            (
                json!([[], 0, 1, "id", 5]),
                json!({}),
                "takes from 2 to 5 positional arguments but 6 were given",
            ),
            (
                json!([[]]),
                json!({"nope": 1}),
                "got an unexpected keyword argument 'nope'",
            ),
            (
                json!([[]]),
                json!({"domain": []}),
                "got multiple values for argument 'domain'",
            ),
        ] {
            let error = fixture
                .call_with("rec", "search", args, kwargs)
                .unwrap_err();
            assert_eq!(error.name(), "builtins.TypeError");
            assert_eq!(error.message(), format!("BaseModel.search() {text}"));
        }
        assert_eq!(
            fixture.error("rec", "read", json!([])).name(),
            "builtins.IndexError"
        );
    }

    #[test]
    fn discovery_is_open_to_the_administrator_only() {
        let mut fixture = Fixture::new();
        let models = fixture.value("ir.model", "search_read", json!([[], ["model"]]));
        assert_eq!(models.as_array().map(Vec::len), Some(7));
        fixture.user = 3;
        let error = fixture.error("ir.model", "search_read", json!([[], ["model"]]));
        assert_eq!(error.name(), "odoo.exceptions.AccessError");
        let open = fixture.value("ir.model", "get_available_models", json!([]));
        let open: Vec<&Value> = open
            .as_array()
            .unwrap()
            .iter()
            .map(|model| &model["model"])
            .collect();
        assert_eq!(open, ["ir.attachment", "line", "rec", "tag", "variant"]);
    }

    #[test]
    fn a_denied_model_is_refused_but_described_and_named() {
        let mut fixture = Fixture::new();
        fixture.db = fixture.db.clone().deny("tag", 3);
        fixture.user = 3;
        let error = fixture.error("tag", "search", json!([[]]));
        let text = "You are not allowed to access 'tag' (tag) records.";
        assert!(error.message().starts_with(text), "{error}");
        let error = fixture.error("rec", "search", json!([[["tag_id.name", "=", "Red"]]]));
        assert!(error.message().starts_with(text), "{error}");
        assert_eq!(fixture.field("rec", 1, "tag_id"), json!([1, "Red"]));
        assert!(fixture.value("tag", "fields_get", json!([]))["name"].is_object());
        assert_eq!(
            fixture.value("tag", "has_access", json!([[], "read"])),
            json!(false)
        );
        assert_eq!(
            fixture.call("rec", "check_access_rights", json!(["read"])),
            Ok(Answer::Nothing)
        );
        assert_eq!(
            fixture.value("tag", "check_access_rights", json!(["read", false])),
            json!(false)
        );
    }

    #[test]
    fn the_context_is_checked() {
        let mut fixture = Fixture::new();
        fixture.context = json!({"lang": "xx_XX"});
        let error = fixture.error("rec", "search", json!([[]]));
        assert_eq!(
            error.to_string(),
            "odoo.exceptions.UserError: Invalid language code: xx_XX"
        );
        fixture.context = json!({"allowed_company_ids": [9]});
        let error = fixture.error("rec", "search", json!([[]]));
        assert_eq!(
            error.message(),
            "Access to unauthorized or invalid companies."
        );
        fixture.context =
            json!({"allowed_company_ids": [1], "lang": "en_US", "tz": "Nowhere/Land"});
        assert_eq!(fixture.find(json!([])), json!([1, 2, 3]));
    }

    #[test]
    fn an_external_id_names_a_record() {
        let mut fixture = Fixture::new();
        let record = json!({"module": "base", "name": "red", "model": "tag", "res_id": 1});
        let record = record.as_object().cloned().unwrap();
        fixture.db = fixture
            .db
            .clone()
            .with_records("ir.model.data", [record])
            .unwrap();
        fixture.user = 3;
        let found = fixture.value(
            "ir.model.data",
            "check_object_reference",
            json!(["base", "red"]),
        );
        assert_eq!(found, json!(["tag", 1]));
        let error = fixture.error(
            "ir.model.data",
            "check_object_reference",
            json!(["base", "nope"]),
        );
        assert_eq!(error.name(), "builtins.ValueError");
        assert_eq!(
            fixture.value("tag", "get_external_id", json!([[1, 2]])),
            json!({"1": "base.red", "2": ""})
        );
    }
}
