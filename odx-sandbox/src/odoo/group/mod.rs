//! `read_group` and `formatted_read_group`.

mod aggregate;
mod before_19;
mod shown;
mod spec;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use self::aggregate::{aggregate, having_holds};
use self::shown::{shown, truncate};
use self::spec::{Granularity, Grouping, groupings, reachable, read_aggregate};
use super::behaviour;
use super::domain::{DatePart, Domain, local};
use super::env::{Env, Operation, ids_of};
use super::errors::{OdooError, Result};
use super::order::Key;
use super::read::{Page, Row};
use super::schema::{FieldType, Model};
use super::values;

/// The records of one group and the values they share.
struct Group {
    values: Vec<Value>,
    ids: Vec<i64>,
}

/// Odoo 19's `formatted_read_group`.
pub(crate) fn formatted_read_group(
    env: &Env<'_>,
    model: &Model,
    domain: &Value,
    groupby: &[String],
    aggregates: &[String],
    having: &Value,
    page: &Page,
) -> Result<Vec<Row>> {
    let models = reachable(env, model, groupby);
    let groupings = groupings(&models, model, groupby, false)?;
    let aggregates: Vec<String> = aggregates
        .iter()
        .map(|spec| spec.replace(":recordset", ":array_agg"))
        .collect();
    let order = if page.order.is_empty() {
        groupby.join(", ")
    } else {
        page.order.clone()
    };
    let page = Page {
        order,
        ..page.clone()
    };
    let groups = grouped(env, model, domain, &groupings, having, &page)?;
    groups
        .iter()
        .map(|group| {
            let mut row = Vec::new();
            let mut domains = Vec::new();
            for (grouping, value) in groupings.iter().zip(&group.values) {
                let shown = shown(env, grouping, value)?;
                row.push((grouping.spec.to_owned(), shown.value));
                domains.push(Domain::parse(&Value::from(shown.domain), env.db.series)?);
            }
            let domain = Value::from(Domain::all(domains).to_list());
            row.push(("__extra_domain".to_owned(), domain));
            for spec in &aggregates {
                let value = aggregate(env, model, &read_aggregate(model, spec)?, &group.ids)?;
                row.push((spec.clone(), value));
            }
            Ok(Row(row))
        })
        .collect()
}

/// `read_group`, deprecated in Odoo 19 and the only one before.
pub(crate) fn read_group(
    env: &Env<'_>,
    model: &Model,
    domain: &Value,
    fields: &[String],
    groupby: &[String],
    page: &Page,
    lazy: bool,
) -> Result<Vec<Row>> {
    if !env.holds(behaviour::DOMAIN_IS_A_CLASS) {
        let asked = before_19::Question {
            domain,
            fields,
            groupby,
            page,
            lazy,
        };
        return match env.holds(behaviour::GROUPS_BY_SPECIFICATION) {
            true => before_19::specified(env, model, &asked),
            false => before_19::selected(env, model, &asked),
        };
    }
    let now = if lazy {
        &groupby[..groupby.len().min(1)]
    } else {
        groupby
    };
    let models = reachable(env, model, now);
    let groupings = groupings(&models, model, now, true)?;
    let count = match now {
        [only] if lazy => {
            let name = only.split(':').next().unwrap_or(only);
            format!("{name}_count")
        }
        _ => "__count".to_owned(),
    };
    let mut aggregates = vec![(count.clone(), "__count".to_owned())];
    for spec in fields.iter().filter(|spec| *spec != "__count") {
        aggregates.extend(named_aggregate(model, spec, now)?);
    }
    let page = Page {
        order: translated_order(&page.order, now, &aggregates),
        ..page.clone()
    };
    let given = Domain::parse(domain, env.db.series)?;
    let groups = grouped(env, model, domain, &groupings, &json!([]), &page)?;
    groups
        .iter()
        .map(|group| {
            let mut row = Vec::new();
            let mut ranges = Map::new();
            let mut domains = vec![given.clone()];
            for (grouping, value) in groupings.iter().zip(&group.values) {
                let shown = shown(env, grouping, value)?;
                domains.push(Domain::parse(&Value::from(shown.domain), env.db.series)?);
                let is_span = matches!(grouping.granularity, Some((Granularity::Span(_), _)));
                if is_span {
                    let range = shown.range.map_or(
                        Value::Bool(false),
                        |(from, to)| json!({"from": from, "to": to}),
                    );
                    ranges.insert(grouping.spec.to_owned(), range);
                }
                row.push((grouping.spec.to_owned(), shown.label));
            }
            for (name, spec) in &aggregates {
                let value = aggregate(env, model, &read_aggregate(model, spec)?, &group.ids)?;
                row.push((name.clone(), value));
            }
            let domain = Value::from(Domain::all(domains).to_list());
            row.push(("__domain".to_owned(), domain));
            if now.len() < groupby.len() {
                let rest = json!({"group_by": groupby[now.len()..]});
                row.push(("__context".to_owned(), rest));
            }
            if !ranges.is_empty() {
                row.push(("__range".to_owned(), Value::Object(ranges)));
            }
            Ok(Row(row))
        })
        .collect()
}

/// Collects the groups, filters them by `having`, sorts them and cuts the page out.
fn grouped(
    env: &Env<'_>,
    model: &Model,
    domain: &Value,
    groupings: &[Grouping<'_>],
    having: &Value,
    page: &Page,
) -> Result<Vec<Group>> {
    env.check_access(model, Operation::Read)?;
    let ids = env.search(model, domain, env.scope())?;
    let groups = collected(env, model, &ids, groupings)?;
    if groupings.is_empty() {
        return Ok(groups);
    }
    let mut kept = Vec::new();
    for group in groups {
        if having_holds(env, model, having, &group.ids)? {
            kept.push(group);
        }
    }
    sort_groups(env, model, groupings, &mut kept, &page.order)?;
    Ok(kept
        .into_iter()
        .skip(page.offset)
        .take(page.limit.unwrap_or(usize::MAX))
        .collect())
}

/// The groups of the records, in the order in which their first records come.
fn collected(
    env: &Env<'_>,
    model: &Model,
    ids: &[i64],
    groupings: &[Grouping<'_>],
) -> Result<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for id in ids.iter().copied() {
        for values in combinations(env, model, id, groupings)? {
            let key = Value::from(values.clone()).to_string();
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Group {
                    values,
                    ids: Vec::new(),
                });
                groups.len() - 1
            });
            groups[place].ids.push(id);
        }
    }
    if groupings.is_empty() && groups.is_empty() {
        // Without groups PostgreSQL always returns one row.
        groups.push(Group {
            values: Vec::new(),
            ids: Vec::new(),
        });
    }
    Ok(groups)
}

/// The group values of a record; several where a many2many puts it into several groups.
fn combinations(
    env: &Env<'_>,
    model: &Model,
    id: i64,
    groupings: &[Grouping<'_>],
) -> Result<Vec<Vec<Value>>> {
    let mut combined: Vec<Vec<Value>> = vec![Vec::new()];
    for grouping in groupings {
        let values = group_values(env, model, id, grouping)?;
        combined = combined
            .into_iter()
            .flat_map(|head| {
                values
                    .iter()
                    .map(move |value| [head.clone(), vec![value.clone()]].concat())
            })
            .collect();
    }
    Ok(combined)
}

fn group_values(
    env: &Env<'_>,
    model: &Model,
    id: i64,
    grouping: &Grouping<'_>,
) -> Result<Vec<Value>> {
    let mut at = id;
    let mut model = env.model(&model.name)?;
    for link in &grouping.links {
        let next = env.value(&model, at, link).as_i64();
        let (Some(next), Some(comodel)) = (next, env.comodel(link)) else {
            return Ok(vec![Value::Null]);
        };
        (at, model) = (next, comodel);
    }
    let field = grouping.field;
    let value = env.value(&model, at, field);
    let value = match grouping.property {
        Some(name) => value.get(name).cloned().unwrap_or_default(),
        None => value,
    };
    if let (Some(_), Some((Granularity::Span(_), _))) = (grouping.property, grouping.granularity) {
        return Ok(vec![date_value(env, grouping, &value)]);
    }
    Ok(match (field.kind, &value) {
        (kind, _) if kind.is_x2many() => {
            let ids = match env.holds(behaviour::DOMAIN_IS_A_CLASS) {
                true => env.x2many(field, ids_of(&value), env.scope())?,
                // Archived records, too, but none that record rules hide.
                false => {
                    let comodel = env.comodel(field);
                    let mut ids = ids_of(&value);
                    ids.retain(|id| {
                        comodel
                            .as_ref()
                            .is_none_or(|comodel| env.is_of_own_company(comodel, *id))
                    });
                    ids
                }
            };
            if ids.is_empty() {
                vec![Value::Null]
            } else {
                ids.into_iter().map(Value::from).collect()
            }
        }
        (FieldType::Properties, Value::Array(items)) if !items.is_empty() => items.clone(),
        (FieldType::Properties, Value::Bool(false) | Value::Array(_)) => vec![Value::Null],
        (FieldType::Boolean, _) => vec![Value::from(value == Value::Bool(true))],
        (FieldType::Date | FieldType::Datetime, _) => vec![date_value(env, grouping, &value)],
        // A number that was never set is NULL in the database too, and false as a group.
        _ => vec![value],
    })
}

/// What `read_group` makes of one of its `fields`: the key in the result and the aggregate.
fn named_aggregate(
    model: &Model,
    spec: &str,
    groupby: &[String],
) -> Result<Option<(String, String)>> {
    let Some((name, function)) = spec.split_once(':') else {
        let field = model.fields.get(spec).ok_or_else(|| {
            OdooError::value(format!("Invalid field '{spec}' on model '{}'", model.name))
        })?;
        let aggregator = field
            .attribute("aggregator")
            .or(field.attribute("group_operator"));
        let usable = field.store && !groupby.iter().any(|known| known == spec);
        return Ok(aggregator
            .filter(|_| usable)
            .map(|aggregator| (spec.to_owned(), format!("{spec}:{aggregator}"))));
    };
    let inner = function
        .strip_suffix(')')
        .and_then(|function| function.split_once('('));
    let aggregate = match inner {
        Some((function, field)) => format!("{field}:{function}"),
        None => format!("{name}:{function}"),
    };
    Ok(Some((name.to_owned(), aggregate)))
}

/// `read_group` orders by the names in its result.
fn translated_order(order: &str, groupby: &[String], aggregates: &[(String, String)]) -> String {
    if order.is_empty() {
        return groupby.join(",");
    }
    order
        .split(',')
        .map(|term| {
            let mut words = term.split_whitespace();
            let name = words.next().unwrap_or_default();
            let group = groupby
                .iter()
                .rev()
                .find(|spec| *spec == name || spec.split(':').next() == Some(name));
            let aggregate = || {
                aggregates
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, spec)| spec)
            };
            let name = group.or_else(aggregate).map_or(name, String::as_str);
            [vec![name], words.collect()].concat().join(" ")
        })
        .collect::<Vec<_>>()
        .join(",")
}

/// The start of the span on the user's clock, or the number of the part.
fn date_value(env: &Env<'_>, grouping: &Grouping<'_>, value: &Value) -> Value {
    let at = value
        .as_str()
        .and_then(|text| values::parse_datetime(values::whole_seconds(text)).ok());
    let (Some(at), Some((granularity, _))) = (at, grouping.granularity) else {
        return Value::Null;
    };
    let at = if grouping.field.kind == FieldType::Datetime {
        local(at, &env.context.tz)
    } else {
        at
    };
    match granularity {
        Granularity::Part(part) if env.holds(behaviour::DATE_PARTS_ARE_FLOATS) => {
            Value::from(part.of(at) as f64)
        }
        Granularity::Part(part) => Value::from(part.of(at)),
        Granularity::Span(span) => {
            Value::from(values::datetime_text(truncate(at, span, env.week_start())))
        }
    }
}

fn sort_groups(
    env: &Env<'_>,
    model: &Model,
    groupings: &[Grouping<'_>],
    groups: &mut [Group],
    order: &str,
) -> Result<()> {
    let mut terms: Vec<(Vec<Key>, bool, bool)> = Vec::new();
    for part in order
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let mut words = part.split_whitespace();
        let term = words.next().unwrap_or_default();
        let rest = words.collect::<Vec<_>>().join(" ").to_lowercase();
        let descending = rest.starts_with("desc");
        let unset_first = match rest.as_str() {
            rest if rest.ends_with("nulls first") => true,
            rest if rest.ends_with("nulls last") => false,
            _ => descending,
        };
        let keys = match groupings.iter().position(|grouping| grouping.spec == term) {
            Some(place) => group_keys(env, &groupings[place], groups, place, true)?,
            None => {
                let spec = read_aggregate(model, term).map_err(|_| {
                    OdooError::value(format!(
                        "Order term '{part}' is not a valid aggregate nor valid groupby"
                    ))
                })?;
                let mut keys = Vec::with_capacity(groups.len());
                for group in groups.iter() {
                    keys.push(match aggregate(env, model, &spec, &group.ids)? {
                        Value::Bool(false) => Key::Unset,
                        value => Key::of(&value),
                    });
                }
                keys
            }
        };
        terms.push((keys, descending, unset_first));
    }
    sort_by(groups, &terms);
    Ok(())
}

/// Sorts groups by their keys, each with whether it is descending and whether unset ones come first.
fn sort_by(groups: &mut [Group], terms: &[(Vec<Key>, bool, bool)]) {
    let mut places: Vec<usize> = (0..groups.len()).collect();
    places.sort_by(|one, other| {
        terms
            .iter()
            .map(|(keys, descending, unset_first)| {
                keys[*one].compare(&keys[*other], *descending, *unset_first)
            })
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut sorted: Vec<Group> = places
        .into_iter()
        .map(|place| Group {
            values: groups[place].values.clone(),
            ids: groups[place].ids.clone(),
        })
        .collect();
    groups.swap_with_slice(&mut sorted);
}

/// Groups by a many2one sort in the comodel's order, days of the week from the first one on.
fn group_keys(
    env: &Env<'_>,
    grouping: &Grouping<'_>,
    groups: &[Group],
    place: usize,
    by_link: bool,
) -> Result<Vec<Key>> {
    let values = groups.iter().map(|group| &group.values[place]);
    if let (true, FieldType::Many2one, Some(comodel)) = (
        by_link && grouping.links.is_empty(),
        grouping.field.kind,
        env.comodel(grouping.field),
    ) {
        let ids = values.clone().filter_map(Value::as_i64).collect();
        let sorted = env.sort(&comodel, ids, "")?;
        // PostgreSQL puts what is unset last, and first where the order is descending.
        let first_term = comodel.order.split(',').next().unwrap_or_default();
        let by_flag = first_term.split_whitespace().next().is_some_and(|name| {
            let field = comodel.fields.get(name);
            field.is_some_and(|field| field.kind == FieldType::Boolean)
        });
        let descends = first_term.to_lowercase().trim_end().ends_with(" desc")
            && !(by_flag && env.holds(behaviour::UNSET_BOOLEANS_ARE_ORDERED_AS_FALSE));
        let unset = match descends && env.holds(behaviour::UNSET_LINKS_ARE_ORDERED_BY_TERM) {
            true => Key::Number(-1.0),
            false => Key::Unset,
        };
        return Ok(values
            .map(|value| match value.as_i64() {
                Some(id) => {
                    let rank = sorted.iter().position(|known| *known == id);
                    Key::Number(rank.unwrap_or_default() as f64)
                }
                None => unset.clone(),
            })
            .collect());
    }
    if let Some((Granularity::Part(DatePart::DayOfWeek), _)) = grouping.granularity {
        let first = f64::from(env.week_start().to_monday_one_offset());
        return Ok(values
            .map(|value| match value.as_f64() {
                Some(day) => Key::Number((7.0 - first + day) % 7.0),
                None => Key::Unset,
            })
            .collect());
    }
    // Among booleans, an unset property is the JSON `false`.
    let is_flag = grouping.property.is_some() && values.clone().any(Value::is_boolean);
    Ok(values
        .map(|value| match Key::of(value) {
            Key::Unset if is_flag => Key::Number(0.0),
            key => key,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::odoo::fixture::Fixture;

    #[test]
    fn groups_carry_their_domain_and_aggregates() {
        let mut fixture = Fixture::new();
        let groups = fixture.value(
            "rec",
            "formatted_read_group",
            json!([[], ["tag_id"], ["__count", "number:sum", "day:max"]]),
        );
        assert_eq!(
            groups,
            json!([
                {"tag_id": [1, "Red"], "__extra_domain": [["tag_id", "=", 1]], "__count": 1, "number:sum": 5, "day:max": "2024-02-29"},
                {"tag_id": [2, "Blue"], "__extra_domain": [["tag_id", "=", 2]], "__count": 1, "number:sum": 0, "day:max": false},
                {"tag_id": false, "__extra_domain": [["tag_id", "=", false]], "__count": 1, "number:sum": -1, "day:max": "2023-12-31"},
            ])
        );
    }

    #[test]
    fn dates_are_grouped_on_the_users_clock() {
        let mut fixture = Fixture::new();
        fixture.context = json!({"tz": "Asia/Tokyo"});
        let groups = fixture.value(
            "rec",
            "formatted_read_group",
            json!([[["at", "!=", false]], ["at:month"], ["__count"]]),
        );
        assert_eq!(
            groups,
            json!([{
                "at:month": ["2024-02-29 15:00:00", "March 2024"],
                "__extra_domain": ["&", ["at", ">=", "2024-02-29 15:00:00"], ["at", "<", "2024-03-31 15:00:00"]],
                "__count": 2,
            }])
        );
    }

    #[test]
    fn the_domain_of_a_group_finds_its_records() {
        let mut fixture = Fixture::new();
        for spec in [
            "tag_id",
            "at:day",
            "day:year_number",
            "state",
            "flag",
            "tag_ids",
            "tag_id.color",
        ] {
            let groups = fixture.value(
                "rec",
                "formatted_read_group",
                json!([[], [spec], ["id:array_agg"]]),
            );
            for group in groups.as_array().unwrap() {
                let found = fixture.find(group["__extra_domain"].clone());
                assert_eq!(found, group["id:array_agg"], "{spec}: {group}");
            }
        }
    }

    #[test]
    fn groups_are_filtered_ordered_and_paged() {
        let mut fixture = Fixture::new();
        let groups = fixture.value(
            "rec",
            "formatted_read_group",
            json!([
                [],
                ["name"],
                ["number:max"],
                [["number:max", "<=", 5]],
                1,
                1,
                "number:max desc"
            ]),
        );
        assert_eq!(groups[0]["name"], "Two");
        assert_eq!(groups.as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn without_groups_there_is_always_one_row() {
        let mut fixture = Fixture::new();
        let rows = fixture.value(
            "rec",
            "formatted_read_group",
            json!([[["id", "=", 0]], [], ["__count", "number:sum"]]),
        );
        assert_eq!(
            rows,
            json!([{"__extra_domain": [[1, "=", 1]], "__count": 0, "number:sum": false}])
        );
    }

    #[test]
    fn the_old_method_counts_by_the_name_of_the_group() {
        let mut fixture = Fixture::new();
        let rows = fixture.value(
            "rec",
            "read_group",
            json!([[], ["number"], ["state", "flag"]]),
        );
        assert_eq!(rows[0]["state_count"], 1);
        assert_eq!(rows[0]["__context"], json!({"group_by": ["flag"]}));
        let rows = fixture.value(
            "rec",
            "read_group",
            json!([
                [["day", "!=", false]],
                ["number:avg"],
                ["day"],
                0,
                null,
                "day desc",
                false
            ]),
        );
        assert_eq!(
            rows[0],
            json!({
                "day": "February 2024", "__count": 1, "number": 5.0,
                "__domain": ["&", "&", ["day", "!=", false], ["day", ">=", "2024-02-01"], ["day", "<", "2024-03-01"]],
                "__range": {"day": {"from": "2024-02-01", "to": "2024-03-01"}},
            })
        );
    }

    #[test]
    fn files_are_grouped_without_those_of_fields() {
        for series in ["14.0", "16.0", "17.0", "19.0"] {
            let mut fixture = Fixture::new().series(series);
            let asked = json!([[], ["file_size:sum"], ["name"]]);
            let groups = fixture.value("ir.attachment", "read_group", asked);
            assert_eq!(groups.as_array().unwrap().len(), 1, "{series}");
            assert_eq!(groups[0]["file_size"], json!(3), "{series}");
        }
    }

    #[test]
    fn before_17_groups_of_files_know_no_aggregates_by_another_name() {
        let asked = json!([[], ["total:sum(file_size)"], ["name"]]);
        let mut newer = Fixture::new().series("17.0");
        let groups = newer.value("ir.attachment", "read_group", asked.clone());
        assert_eq!(groups[0]["total"], json!(3));
        let none = json!([[], [], ["name"]]);
        for refused in [asked, none] {
            let mut fixture = Fixture::new().series("16.0");
            let error = fixture.error("ir.attachment", "read_group", refused);
            assert_eq!(error.name(), "odoo.exceptions.AccessError");
        }
    }

    #[test]
    fn the_new_method_is_there_from_19_on() {
        let mut fixture = Fixture::new().series("18.0");
        let error = fixture.error("rec", "formatted_read_group", json!([[]]));
        assert_eq!(error.name(), "builtins.AttributeError");
    }

    #[test]
    fn specifications_that_cannot_be_are_refused() {
        let mut fixture = Fixture::new();
        for (groupby, aggregates, text) in [
            (
                json!(["day"]),
                json!([]),
                "Granularity not set on a date(time) field: 'day'",
            ),
            (
                json!(["name:month"]),
                json!([]),
                "Granularity set on a no-datetime field or property: 'name:month'",
            ),
            (
                json!(["nope"]),
                json!([]),
                "Invalid field 'nope' on model 'rec'",
            ),
            (
                json!(["state"]),
                json!(["number:median"]),
                "Invalid aggregate method 'median' for 'number:median'.",
            ),
            (
                json!(["state"]),
                json!(["number"]),
                "Aggregate method is mandatory for 'number'",
            ),
        ] {
            let error = fixture.error(
                "rec",
                "formatted_read_group",
                json!([[], groupby, aggregates]),
            );
            assert_eq!(error.message(), text);
        }
    }
}
