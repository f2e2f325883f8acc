//! `read_group` as Odoo 15 to 18 answer it: 15 and 16 write one `SELECT`, 17 and 18 go by specifications.

use serde_json::{Map, Value, json};

use super::aggregate::{aggregate, is_aggregated};
use super::shown::{Shown, definition_of, shown};
use super::spec::{
    Aggregate, Aggregator, Granularity, Grouping, groupings, reachable, read_aggregate, span_named,
};
use super::{
    Group, collected, group_keys, named_aggregate, sort_by, sort_groups, translated_order,
};
use crate::odoo::behaviour;
use crate::odoo::domain::{normalized, with_added};
use crate::odoo::env::{Env, Operation, Scope};
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::order::Key;
use crate::odoo::read::{Page, Row};
use crate::odoo::schema::{FieldType, Model};

/// The model whose groups are asked for in another way.
const FILES: &str = "ir.attachment";

/// What is asked of `read_group`.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) domain: &'a Value,
    pub(super) fields: &'a [String],
    pub(super) groupby: &'a [String],
    pub(super) page: &'a Page,
    pub(super) lazy: bool,
}

/// All of the domains at once, as a list.
fn all_of(env: &Env<'_>, domains: impl IntoIterator<Item = Value>) -> Result<Value> {
    let unit = json!([[1, "=", 1]]);
    let zero = json!([[0, "=", 1]]);
    let mut terms = Vec::new();
    let mut count = 0usize;
    for domain in domains {
        if domain == unit || domain == json!([]) {
            continue;
        }
        if domain == zero {
            return Ok(zero);
        }
        terms.extend(normalized(env, &domain)?);
        count += 1;
    }
    if terms.is_empty() {
        return Ok(unit);
    }
    let operators = std::iter::repeat_n(json!("&"), count.saturating_sub(1));
    Ok(operators.chain(terms).collect())
}

/// What `ir.attachment` makes of a question: it has a `read_group` of its own.
fn refuse_as_files(asked: &Question<'_>) -> Result<()> {
    if asked.fields.is_empty() {
        return Err(OdooError::access(
            "Sorry, you must provide fields to read on attachments",
        ));
    }
    let mut specs = asked.fields.iter().chain(asked.groupby);
    if specs.any(|spec| spec.contains('(')) {
        return Err(OdooError::access(
            "Sorry, the syntax 'name:agg(field)' is not available for attachments",
        ));
    }
    Ok(())
}

/// Odoo 15 and 16.
pub(super) fn selected(env: &Env<'_>, model: &Model, asked: &Question<'_>) -> Result<Vec<Row>> {
    let domain = with_added(model, asked.domain.clone())?;
    if model.name == FILES {
        refuse_as_files(asked)?;
    }
    let asked = &Question {
        domain: &domain,
        ..*asked
    };
    env.check_access(model, Operation::Read)?;
    // What the database refuses comes after what Python does.
    let found = env.search(model, asked.domain, env.scope());
    let found = match found {
        Err(error) if !error.name().starts_with("psycopg2") => return Err(error),
        found => found,
    };
    let mut groupby: Vec<String> = Vec::new();
    for spec in asked.groupby {
        if !groupby.contains(spec) {
            groupby.push(spec.clone());
        }
    }
    let now = match asked.lazy {
        true => &groupby[..groupby.len().min(1)],
        false => &groupby[..],
    };
    let groupings = selected_groupings(env, model, now)?;
    let aggregates = selected_aggregates(env, model, asked.fields, &groupings)?;
    let order = match asked.page.order.is_empty() {
        true => now.join(","),
        false => asked.page.order.clone(),
    };
    let terms = selected_order(env, model, &order, &groupings, &aggregates)?;
    for (_, aggregated) in &aggregates {
        is_aggregated(aggregated)?;
    }
    let mut groups = collected(env, model, &found?, &groupings)?;
    sort_by_value(env, &groupings, &mut groups)?;
    let mut keys = Vec::with_capacity(terms.len());
    for (term, descending) in &terms {
        keys.push((
            selected_keys(env, model, term, &groupings, &groups)?,
            *descending,
            *descending,
        ));
    }
    sort_by(&mut groups, &keys);
    let (offset, limit) = match asked.page.limit {
        Some(limit) => (asked.page.offset, limit),
        // An offset counts beside a limit alone.
        None => (0, usize::MAX),
    };
    let count = match now {
        [only] if asked.lazy => format!("{}_count", only.split(':').next().unwrap_or(only)),
        _ => "__count".to_owned(),
    };
    let page = groups.into_iter().skip(offset).take(limit).collect();
    let page = expanded(env, model, &groupings, page, asked)?;
    let mut rows = Vec::new();
    for group in &page {
        let mut row = Vec::new();
        if groupings.is_empty() {
            let least = group.ids.iter().min().copied();
            row.push(("id".to_owned(), least.map_or(Value::Null, Value::from)));
        }
        row.push((count.clone(), Value::from(group.ids.len())));
        for (name, aggregated) in &aggregates {
            let is_left_out = name == "id" && !groupings.is_empty();
            if is_left_out && env.holds(behaviour::LEAVES_OUT_ID_OF_GROUPS) {
                continue;
            }
            let value = aggregate(env, model, aggregated, &group.ids)?;
            let is_null = value == json!(false) && !aggregated.is_boolean();
            let value = match is_null && groupings.is_empty() {
                true => Value::Null,
                false => value,
            };
            row.push((name.clone(), value));
        }
        if !groupings.is_empty() {
            describe(env, model, asked, &groupby, &groupings, group, &mut row)?;
            row.extend(fold_of(env, model, asked, &groupings, group));
        }
        rows.push(Row(row));
    }
    Ok(rows)
}

/// The many2one whose groups are shown without records, too, and the domain of these.
fn expanding<'a>(
    model: &'a Model,
    asked: &Question<'_>,
    groupings: &'a [Grouping<'_>],
) -> Option<(&'a Grouping<'a>, &'a Value)> {
    let [grouping] = groupings else {
        return None;
    };
    let domain = model.group_expand.get(&grouping.field.name)?;
    (asked.lazy && grouping.links.is_empty()).then_some((grouping, domain))
}

/// The groups with those that are shown without records, in the order of what they are groups of.
fn expanded(
    env: &Env<'_>,
    model: &Model,
    groupings: &[Grouping<'_>],
    groups: Vec<Group>,
    asked: &Question<'_>,
) -> Result<Vec<Group>> {
    let Some((grouping, domain)) = expanding(model, asked, groupings) else {
        return Ok(groups);
    };
    let Some(comodel) = env.comodel(grouping.field) else {
        return Ok(groups);
    };
    let (mut linked, unset): (Vec<Group>, Vec<Group>) = groups
        .into_iter()
        .partition(|group| group.values[0].is_i64());
    let known: Vec<i64> = linked
        .iter()
        .filter_map(|group| group.values[0].as_i64())
        .collect();
    for id in env.search(&comodel, domain, Scope::ALL)? {
        if !known.contains(&id) {
            linked.push(Group {
                values: vec![Value::from(id)],
                ids: Vec::new(),
            });
        }
    }
    let ids = linked
        .iter()
        .filter_map(|group| group.values[0].as_i64())
        .collect();
    let mut sorted = env.sort(&comodel, ids, "")?;
    if asked.page.order == format!("{} desc", grouping.spec) {
        sorted.reverse();
    }
    linked.sort_by_key(|group| sorted.iter().position(|id| group.values[0] == *id));
    linked.extend(unset);
    Ok(linked)
}

/// Whether such a group is folded, where its record can say so.
fn fold_of(
    env: &Env<'_>,
    model: &Model,
    asked: &Question<'_>,
    groupings: &[Grouping<'_>],
    group: &Group,
) -> Option<(String, Value)> {
    let (grouping, _) = expanding(model, asked, groupings)?;
    let comodel = env.comodel(grouping.field)?;
    let fold = comodel.fields.get("fold")?;
    let is_folded = group.values[0]
        .as_i64()
        .is_some_and(|id| env.value(&comodel, id, fold) == json!(true));
    Some(("__fold".to_owned(), json!(is_folded)))
}

/// The values of a group, its domain, its ranges, and what it may be grouped by next.
fn describe(
    env: &Env<'_>,
    model: &Model,
    asked: &Question<'_>,
    groupby: &[String],
    groupings: &[Grouping<'_>],
    group: &Group,
    row: &mut Vec<(String, Value)>,
) -> Result<()> {
    let mut domains = Vec::new();
    let mut ranges = Map::new();
    let by_field = !env.holds(behaviour::RANGES_ARE_BY_SPECIFICATION);
    for (grouping, value) in groupings.iter().zip(&group.values) {
        let shown = shown_group(env, grouping, value)?;
        if grouping.granularity.is_some() {
            let name = match by_field {
                true => grouping.field.name.clone(),
                false => grouping.spec.to_owned(),
            };
            let range = shown.range.map_or(
                Value::Bool(false),
                |(from, to)| json!({"from": from, "to": to}),
            );
            ranges.insert(name, range);
        }
        row.push((grouping.spec.to_owned(), shown.label));
        domains.push(Value::from(shown.domain));
    }
    domains.push(asked.domain.clone());
    row.push(("__domain".to_owned(), all_of(env, domains)?));
    if groupings.len() < groupby.len() {
        let rest = &groupby[groupings.len()..];
        if by_field {
            for spec in rest {
                let name = spec.split(':').next().unwrap_or(spec);
                let field = model.fields.get(name);
                if field.is_some_and(|field| field.kind.is_temporal()) {
                    ranges.insert(name.to_owned(), json!(false));
                }
            }
        }
        row.push(("__context".to_owned(), json!({"group_by": rest})));
    }
    if !ranges.is_empty() {
        row.push(("__range".to_owned(), Value::Object(ranges)));
    }
    Ok(())
}

/// A group as it is shown: a date has no hours to be shown.
fn shown_group(env: &Env<'_>, grouping: &Grouping<'_>, value: &Value) -> Result<Shown> {
    let is_hour = matches!(grouping.granularity, Some((Granularity::Span(_), "hour")));
    if is_hour && grouping.field.kind == FieldType::Date && !value.is_null() {
        return Err(OdooError::new(
            "builtins.AttributeError",
            "'datetime.date' object has no attribute 'hour'",
        ));
    }
    shown(env, grouping, value)
}

fn invalid_field(model: &Model, name: &str) -> OdooError {
    OdooError::value(format!("Invalid field '{name}' on model '{}'", model.name))
}

/// Groups come from the database by their own values, where nothing else decides.
fn sort_by_value(env: &Env<'_>, groupings: &[Grouping<'_>], groups: &mut [Group]) -> Result<()> {
    let mut keys = Vec::with_capacity(groupings.len());
    for (place, grouping) in groupings.iter().enumerate() {
        keys.push((
            group_keys(env, grouping, groups, place, false)?,
            false,
            false,
        ));
    }
    sort_by(groups, &keys);
    Ok(())
}

fn selected_groupings<'a>(
    env: &Env<'_>,
    model: &'a Model,
    groupby: &'a [String],
) -> Result<Vec<Grouping<'a>>> {
    let mut groupings = Vec::with_capacity(groupby.len());
    for spec in groupby {
        let (name, granularity) = match spec.split_once(':') {
            Some((name, granularity)) => (name, Some(granularity)),
            None => (spec.as_str(), None),
        };
        let field = model
            .fields
            .get(name)
            .ok_or_else(|| invalid_field(model, name))?;
        let granularity = match field.kind.is_temporal() {
            false => None,
            true => {
                let name = granularity.unwrap_or("month");
                let span =
                    span_named(name).ok_or_else(|| OdooError::new("builtins.KeyError", name))?;
                Some((Granularity::Span(span), name))
            }
        };
        groupings.push(Grouping {
            spec,
            links: Vec::new(),
            field,
            property: None,
            granularity,
            model,
        });
    }
    for grouping in &groupings {
        let is_linked =
            grouping.field.kind == FieldType::Many2many && env.is_held(model, grouping.field);
        if !is_linked && !env.has_column(model, grouping.field) {
            return Err(OdooError::user(format!(
                "Field {}.{} is not a stored field, only stored fields (regular or many2many) are valid for the \
                 'groupby' parameter",
                model.name, grouping.field.name
            )));
        }
    }
    Ok(groupings)
}

/// The output names of aggregates and what they aggregate.
type Aggregates<'a> = Vec<(String, Aggregate<'a>)>;

fn selected_aggregates<'a>(
    env: &Env<'_>,
    model: &'a Model,
    fields: &[String],
    groupings: &[Grouping<'_>],
) -> Result<Aggregates<'a>> {
    let all: Vec<String>;
    let fields = match fields.is_empty() {
        true => {
            let stored = model.fields.values().filter(|field| field.store);
            all = stored.map(|field| field.name.clone()).collect();
            &all
        }
        false => fields,
    };
    let mut aggregates: Aggregates<'a> = Vec::new();
    for spec in fields {
        if spec == "__count" || spec == "sequence" {
            continue;
        }
        let (name, function, source) = parts(spec);
        let (field, function) = match function {
            Some(function) => {
                let source = source.unwrap_or(name);
                let field = model
                    .fields
                    .get(source)
                    .ok_or_else(|| invalid_field(model, source))?;
                if !env.has_column(model, field) {
                    return Err(OdooError::user(format!(
                        "Cannot aggregate field '{source}'."
                    )));
                }
                let aggregator = Aggregator::named(function).ok_or_else(|| {
                    OdooError::user(format!("Invalid aggregation function '{function}'."))
                })?;
                (field, aggregator)
            }
            None => {
                let field = model
                    .fields
                    .get(name)
                    .ok_or_else(|| invalid_field(model, name))?;
                let operator = field.attribute("group_operator");
                let aggregator = operator.and_then(Aggregator::named);
                match aggregator.filter(|_| env.has_column(model, field)) {
                    Some(aggregator) => (field, aggregator),
                    None => continue,
                }
            }
        };
        if groupings
            .iter()
            .any(|grouping| grouping.field.name == field.name)
        {
            continue;
        }
        if aggregates.iter().any(|(known, _)| known == name) {
            return Err(OdooError::user(format!(
                "Output name '{name}' is used twice."
            )));
        }
        aggregates.push((name.to_owned(), Aggregate::Of(field, function)));
    }
    Ok(aggregates)
}

/// `name`, `name:function` or `name:function(field)`.
fn parts(spec: &str) -> (&str, Option<&str>, Option<&str>) {
    let Some((name, function)) = spec.split_once(':') else {
        return (spec, None, None);
    };
    let inner = function
        .strip_suffix(')')
        .and_then(|function| function.split_once('('));
    match inner {
        Some((function, field)) => (name, Some(function), Some(field)),
        None => (name, Some(function), None),
    }
}

/// What groups are sorted by.
enum Sorted<'a> {
    /// The value of a group, by its place among the groupings.
    Group(usize),
    Aggregate(&'a Aggregate<'a>),
    /// The least id.
    Id,
}

fn selected_order<'a>(
    env: &Env<'_>,
    model: &Model,
    order: &str,
    groupings: &[Grouping<'_>],
    aggregates: &'a Aggregates<'a>,
) -> Result<Vec<(Sorted<'a>, bool)>> {
    let mut terms = Vec::new();
    if order.is_empty() {
        return Ok(terms);
    }
    env.check_order(order)?;
    for part in order.split(',') {
        let mut words = part.split_whitespace();
        let name = words.next().ok_or_else(OdooError::index)?;
        let descending = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("desc"));
        let place = groupings
            .iter()
            .position(|grouping| grouping.spec == name || grouping.field.name == name);
        let aggregated = aggregates.iter().find(|(known, _)| known == name);
        match (place, aggregated) {
            // There are two columns of that name then.
            (Some(place), _) if groupings[place].field.name == "id" => {
                return Err(OdooError::new(
                    "psycopg2.errors.AmbiguousColumn",
                    "ORDER BY \"id\" is ambiguous\n",
                ));
            }
            (Some(place), _) => terms.push((Sorted::Group(place), descending)),
            (None, _) if name == "id" => terms.push((Sorted::Id, descending)),
            (None, Some((_, aggregated))) => {
                terms.push((Sorted::Aggregate(aggregated), descending));
            }
            (None, None) if !model.fields.contains_key(name) => {
                return Err(invalid_field(model, name));
            }
            (None, None) => {}
        }
    }
    Ok(terms)
}

fn selected_keys(
    env: &Env<'_>,
    model: &Model,
    term: &Sorted<'_>,
    groupings: &[Grouping<'_>],
    groups: &[Group],
) -> Result<Vec<Key>> {
    match term {
        Sorted::Group(place) => group_keys(env, &groupings[*place], groups, *place, true),
        Sorted::Id => Ok(groups
            .iter()
            .map(|group| {
                let least = group.ids.iter().min();
                least.map_or(Key::Unset, |id| Key::Number(*id as f64))
            })
            .collect()),
        Sorted::Aggregate(aggregated) => {
            let mut keys = Vec::with_capacity(groups.len());
            for group in groups {
                let value = aggregate(env, model, aggregated, &group.ids)?;
                keys.push(match (&value, aggregated.is_boolean()) {
                    (Value::Bool(false), false) => Key::Unset,
                    (value, _) => Key::of(value),
                });
            }
            Ok(keys)
        }
    }
}

/// Odoo 17 and 18.
pub(super) fn specified(env: &Env<'_>, model: &Model, asked: &Question<'_>) -> Result<Vec<Row>> {
    let now = match asked.lazy {
        true => &asked.groupby[..asked.groupby.len().min(1)],
        false => asked.groupby,
    };
    let models = reachable(env, model, now);
    let groupings = groupings(&models, model, now, true)?;
    for grouping in &groupings {
        check_specified(env, model, grouping)?;
    }
    let count = match now {
        [only] if asked.lazy => format!("{}_count", only.split(':').next().unwrap_or(only)),
        _ => "__count".to_owned(),
    };
    let mut named = vec![(count, "__count".to_owned())];
    for spec in asked.fields.iter().filter(|spec| *spec != "__count") {
        let found = named_aggregate(model, spec, now)?;
        if let Some((name, aggregated)) = found {
            match named.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = aggregated,
                None => named.push((name, aggregated)),
            }
        }
    }
    let mut aggregates = Vec::with_capacity(named.len());
    for (name, spec) in &named {
        let aggregated = read_aggregate(model, spec)?;
        is_aggregated(&aggregated)?;
        aggregates.push((name.clone(), aggregated));
    }
    let order = translated_order(&asked.page.order, now, &named);
    let ids = env.search(model, asked.domain, env.scope())?;
    let mut groups = collected(env, model, &ids, &groupings)?;
    sort_by_value(env, &groupings, &mut groups)?;
    if !groupings.is_empty() {
        sort_groups(env, model, &groupings, &mut groups, &order)?;
    }
    let page = groups
        .into_iter()
        .skip(asked.page.offset)
        .take(asked.page.limit.unwrap_or(usize::MAX));
    let page = expanded(env, model, &groupings, page.collect(), asked)?;
    let page: Vec<&Group> = page.iter().collect();
    let mut rows = Vec::new();
    for group in &page {
        rows.push(specified_row(
            env,
            asked,
            now,
            &groupings,
            &aggregates,
            model,
            group,
            &page,
        )?);
    }
    Ok(rows)
}

/// What cannot be grouped by.
fn check_specified(env: &Env<'_>, model: &Model, grouping: &Grouping<'_>) -> Result<()> {
    let field = grouping.field;
    if let Some((Granularity::Part(_), name)) = grouping.granularity
        && !env.holds(odx_facts::DatePart::SINCE)
    {
        return Err(OdooError::value(format!(
            "Granularity specification isn't correct: '{name}'"
        )));
    }
    if field.kind == FieldType::Properties {
        return match grouping.property {
            Some(property) => check_property(env, grouping, property),
            None => Err(OdooError::value(
                "You must choose the property you want to group by.",
            )),
        };
    }
    let is_column = env.has_column(model, field);
    let follows = env.holds(behaviour::RELATED_IS_FOLLOWED) && env.is_path_of_links(model, field);
    let is_held = env.is_held(model, field);
    if is_column || follows || (field.kind == FieldType::Many2many && is_held) {
        return Ok(());
    }
    if is_held && !env.holds(behaviour::REFUSES_UNSORTABLE) {
        return Err(OdooError::new(
            "psycopg2.errors.UndefinedColumn",
            format!("column {} does not exist\n", field.name),
        ));
    }
    Err(OdooError::not_stored(&model.name, &field.name))
}

/// Only a date is grouped by spans of time.
fn check_property(env: &Env<'_>, grouping: &Grouping<'_>, property: &str) -> Result<()> {
    if grouping.granularity.is_none() {
        return Ok(());
    }
    let definition = definition_of(env, grouping, property);
    match definition.get("type").and_then(Value::as_str) {
        Some("date" | "datetime") => Ok(()),
        _ => Err(OdooError::new(
            "psycopg2.errors.CannotCoerce",
            "cannot cast type jsonb to timestamp without time zone\n",
        )),
    }
}

#[allow(clippy::too_many_arguments)]
fn specified_row(
    env: &Env<'_>,
    asked: &Question<'_>,
    now: &[String],
    groupings: &[Grouping<'_>],
    aggregates: &Aggregates<'_>,
    model: &Model,
    group: &Group,
    page: &[&Group],
) -> Result<Row> {
    let mut row: Vec<(String, Value)> = Vec::new();
    let mut ranges: Option<Map<String, Value>> = None;
    let mut domain = asked.domain.clone();
    let mut values = Vec::new();
    for (name, aggregated) in aggregates {
        values.push((name.clone(), aggregate(env, model, aggregated, &group.ids)?));
    }
    for (place, (grouping, value)) in groupings.iter().zip(&group.values).enumerate() {
        // A group that was named before is shown already.
        let named_before = row.iter().find(|(name, _)| name == grouping.spec);
        if let Some((_, label)) = named_before
            && grouping.granularity.is_none()
        {
            let condition = json!([[grouping.field.name, "=", label]]);
            domain = all_of(env, [domain, condition])?;
            continue;
        }
        // An aggregate of the same name takes the place of the group.
        let overwriting = values.iter().find(|(name, _)| name == grouping.spec);
        let is_span = grouping.granularity.is_some();
        if let Some((_, text)) = overwriting.filter(|(_, value)| is_span && value.is_string()) {
            let shown = shown_group(env, grouping, text)?;
            if let Some((from, to)) = shown.range {
                ranges
                    .get_or_insert_default()
                    .insert(grouping.spec.to_owned(), json!({"from": from, "to": to}));
            }
            row.push((grouping.spec.to_owned(), shown.label));
            domain = all_of(env, [domain, Value::from(shown.domain)])?;
            continue;
        }
        if let Some((_, value)) = overwriting {
            if is_span {
                let ranges = ranges.get_or_insert_default();
                ranges.insert(grouping.spec.to_owned(), json!(false));
            }
            let condition = json!([[grouping.field.name, "=", value]]);
            domain = all_of(env, [domain, condition])?;
            continue;
        }
        let mut shown = shown_group(env, grouping, value)?;
        let none_of_many = grouping.field.kind == FieldType::Many2many && value.is_null();
        if let (Some(property), true) =
            (grouping.property, value.is_null() || *value == json!(false))
        {
            let others: Vec<Value> = page
                .iter()
                .map(|group| group.values[place].clone())
                .filter(crate::odoo::values::truthy)
                .collect();
            if let Some(domain) = unset_property(env, grouping, property, &others) {
                shown.domain = domain;
            }
        }
        if none_of_many && env.holds(behaviour::RELATED_IS_FOLLOWED) {
            shown.domain = vec![json!([grouping.field.name, "not any", []])];
        } else if none_of_many {
            let others = page
                .iter()
                .map(|group| group.values[place].clone())
                .filter(|value| !value.is_null());
            let others: Vec<Value> = others.collect();
            shown.domain = vec![json!([grouping.field.name, "not in", others])];
        }
        if matches!(grouping.granularity, Some((Granularity::Span(_), _))) {
            let range = shown.range.map_or(
                Value::Bool(false),
                |(from, to)| json!({"from": from, "to": to}),
            );
            let ranges = ranges.get_or_insert_default();
            if grouping.property.is_none() || range != json!(false) {
                ranges.insert(grouping.spec.to_owned(), range);
            }
        }
        row.push((grouping.spec.to_owned(), shown.label));
        domain = all_of(env, [domain, Value::from(shown.domain)])?;
    }
    for (name, value) in values {
        if !row.iter().any(|(known, _)| *known == name) {
            row.push((name, value));
        }
    }
    row.extend(fold_of(env, model, asked, groupings, group));
    row.push(("__domain".to_owned(), domain));
    if now.len() < asked.groupby.len() {
        let rest = json!({"group_by": asked.groupby[now.len()..]});
        row.push(("__context".to_owned(), rest));
    }
    if let Some(ranges) = ranges {
        row.push(("__range".to_owned(), Value::Object(ranges)));
    }
    Ok(Row(row))
}

/// The records without a value of a property, which may also have a value that is none any more.
fn unset_property(
    env: &Env<'_>,
    grouping: &Grouping<'_>,
    property: &str,
    others: &[Value],
) -> Option<Vec<Value>> {
    let full = format!("{}.{property}", grouping.field.name);
    let definition = definition_of(env, grouping, property);
    let known: Vec<Value> = match definition.get("type").and_then(Value::as_str)? {
        "many2one" => {
            return Some(vec![
                json!("|"),
                json!([full, "=", false]),
                json!([full, "not in", others]),
            ]);
        }
        "many2many" => others.to_vec(),
        "tags" => definition
            .get("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|tag| tag.get(0).cloned())
            .collect(),
        _ => return None,
    };
    if known.is_empty() {
        return Some(Vec::new());
    }
    let mut domain = vec![json!("|"), json!([full, "=", false])];
    domain.extend(known.iter().skip(1).map(|_| json!("&")));
    domain.extend(known.iter().map(|value| json!([full, "not in", value])));
    Some(domain)
}
