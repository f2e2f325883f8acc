//! How the value of a group is shown, and the domain that finds its records again.

use jiff::ToSpan;
use jiff::civil::{DateTime, Time, Weekday};
use serde_json::{Value, json};

use super::spec::{Granularity, Grouping, Span};
use crate::odoo::behaviour;
use crate::odoo::domain::to_utc;
use crate::odoo::env::Env;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::FieldType;
use crate::odoo::values;

/// What a group's value looks like in a result, and the domain that finds its records.
pub(super) struct Shown {
    pub(super) value: Value,
    pub(super) label: Value,
    pub(super) domain: Vec<Value>,
    pub(super) range: Option<(String, String)>,
}

pub(super) fn truncate(at: DateTime, span: Span, week_start: Weekday) -> DateTime {
    let date = at.date();
    let day = match span {
        Span::Hour => {
            return date.at(at.hour(), 0, 0, 0);
        }
        Span::Day => date,
        Span::Week => {
            let since = i32::from(date.weekday().since(week_start));
            date.checked_sub(since.days()).unwrap_or(date)
        }
        Span::Month => date.first_of_month(),
        Span::Quarter => {
            let month = (date.month() - 1) / 3 * 3 + 1;
            date.with().day(1).month(month).build().unwrap_or(date)
        }
        Span::Year => date.first_of_year(),
    };
    day.to_datetime(Time::midnight())
}

fn span_end(start: DateTime, span: Span) -> Result<DateTime> {
    let width = match span {
        Span::Hour => 1.hour(),
        Span::Day => 1.day(),
        Span::Week => 1.week(),
        Span::Month => 1.month(),
        Span::Quarter => 3.months(),
        Span::Year => 1.year(),
    };
    if start.year() < 1 {
        return Err(OdooError::value(format!(
            "year {} is out of range",
            start.year()
        )));
    }
    start.checked_add(width).map_err(|_| match span {
        Span::Hour | Span::Day | Span::Week => {
            OdooError::new("builtins.OverflowError", "date value out of range")
        }
        _ => {
            let year = i32::from(start.year()) + 1;
            OdooError::value(format!("year {year} is out of range"))
        }
    })
}

/// Babel's English texts for a span.
fn span_label(env: &Env<'_>, start: DateTime, span: Span) -> String {
    let date = start.date();
    let format = match span {
        Span::Hour => "%I:00 %d %b",
        Span::Day => "%d %b %Y",
        Span::Month => "%B %Y",
        Span::Year => "%Y",
        Span::Quarter => {
            return format!("Q{} {:04}", (date.month() - 1) / 3 + 1, date.year());
        }
        Span::Week => {
            let week_start = env.language_week_start();
            let by_iso = env.holds(behaviour::WEEKS_ARE_NAMED_BY_BABEL);
            let ends_with_year = env.holds(behaviour::LAST_WEEK_ENDS_WITH_THE_YEAR);
            let (year, week) = match by_iso || ends_with_year {
                true if week_start != Weekday::Monday => {
                    let (year, week) = babel_week(start, week_start);
                    let iso_year = date.iso_week_date().year();
                    (if by_iso { iso_year } else { year }, week)
                }
                _ => week_number(start, week_start),
            };
            return format!("W{week} {year:04}");
        }
    };
    start.strftime(format).to_string()
}

/// The week of the year as Babel counts it: the last one stays in its year.
fn babel_week(start: DateTime, week_start: Weekday) -> (i16, i32) {
    let date = start.date();
    let day_of_year = i32::from(date.day_of_year());
    let since = i32::from(date.weekday().since(week_start));
    let first_day = (since - day_of_year + 1).rem_euclid(7);
    (date.year(), (day_of_year + first_day - 1) / 7 + 1)
}

/// The week of the year: ISO weeks if weeks start on Monday, else the week of January 1 is the first.
fn week_number(start: DateTime, week_start: Weekday) -> (i16, i32) {
    let date = start.date();
    if week_start == Weekday::Monday {
        let week = date.iso_week_date();
        return (week.year(), i32::from(week.week()));
    }
    let first_week = |year: i16| {
        let new_year = date
            .with()
            .year(year)
            .month(1)
            .day(1)
            .build()
            .unwrap_or(date);
        let since = i32::from(new_year.weekday().since(week_start));
        new_year.checked_sub(since.days()).unwrap_or(new_year)
    };
    if date >= first_week(date.year() + 1) {
        return (date.year() + 1, 1);
    }
    let days = (date - first_week(date.year())).get_days();
    (date.year(), days / 7 + 1)
}

pub(super) fn shown(env: &Env<'_>, grouping: &Grouping<'_>, value: &Value) -> Result<Shown> {
    let mut shown = match (grouping.property, grouping.granularity) {
        (Some(property), _) => shown_property(env, grouping, property, value)?,
        (None, Some((granularity, name))) => shown_date(env, grouping, granularity, name, value)?,
        (None, None) => shown_plain(env, grouping, value),
    };
    for link in grouping.links.iter().rev() {
        let inner = Value::from(std::mem::take(&mut shown.domain));
        let any = json!([link.name, "any", inner]);
        shown.domain = if !values::truthy(value) {
            vec![json!("|"), json!([link.name, "not any", []]), any]
        } else {
            vec![any]
        };
    }
    Ok(shown)
}

fn shown_plain(env: &Env<'_>, grouping: &Grouping<'_>, value: &Value) -> Shown {
    let field = grouping.field;
    let raw = match value {
        Value::Null => Value::Bool(false),
        other => other.clone(),
    };
    let record = field.kind.is_relational() || field.name == "id";
    // Before Odoo 17, an id is a number as any.
    let shows_names = field.name != "id" || env.holds(behaviour::GROUPS_BY_SPECIFICATION);
    let comodel = if field.name == "id" {
        env.model(&grouping.model.name).ok()
    } else {
        env.comodel(field)
    };
    if let (Some(id), true) = (value.as_i64(), field.name == "id")
        && env.holds(behaviour::ID_GROUPS_ARE_RECORDSETS)
    {
        let records = Value::from(format!("{}({id},)", grouping.model.name));
        return Shown {
            label: records.clone(),
            value: records.clone(),
            domain: vec![json!([field.name, "=", records])],
            range: None,
        };
    }
    let named = match (record && shows_names, value.as_i64(), comodel) {
        (true, Some(id), Some(comodel)) => {
            let name = match env.display_name(&comodel, id) {
                Value::Null => env.no_name(),
                name => name,
            };
            json!([id, name])
        }
        _ => raw.clone(),
    };
    let none_of_many = field.kind == FieldType::Many2many && value.is_null();
    let domain = if none_of_many && env.holds(behaviour::UNSET_MANY2MANY_IS_NOT_ANY) {
        vec![json!([field.name, "not any", []])]
    } else {
        vec![json!([field.name, "=", raw])]
    };
    Shown {
        label: named.clone(),
        value: named,
        domain,
        range: None,
    }
}

fn shown_date(
    env: &Env<'_>,
    grouping: &Grouping<'_>,
    granularity: Granularity,
    name: &str,
    value: &Value,
) -> Result<Shown> {
    let field = grouping.field;
    let start = value
        .as_str()
        .and_then(|text| values::parse_datetime(values::whole_seconds(text)).ok());
    Ok(match (granularity, start) {
        (Granularity::Span(span), Some(start)) => {
            let end = span_end(start, span)?;
            let text = |at: DateTime| match field.kind {
                FieldType::Datetime => values::datetime_text(to_utc(at, &env.context.tz)),
                _ => values::date_text(at.date()),
            };
            let shown = |at: DateTime| values::unpadded(&text(at)).to_owned();
            let (from, to) = (shown(start), shown(end));
            let label = Value::from(span_label(env, start, span));
            Shown {
                value: json!([from, label]),
                label,
                domain: vec![
                    json!("&"),
                    json!([field.name, ">=", from]),
                    json!([field.name, "<", to]),
                ],
                range: Some((from, to)),
            }
        }
        (Granularity::Part(_), _) if !value.is_null() => Shown {
            value: value.clone(),
            label: value.clone(),
            domain: vec![json!([format!("{}.{name}", field.name), "=", value])],
            range: None,
        },
        (granularity, _) => {
            let path = match granularity {
                Granularity::Part(_) => format!("{}.{name}", field.name),
                Granularity::Span(_) => field.name.clone(),
            };
            Shown {
                value: Value::Bool(false),
                label: Value::Bool(false),
                domain: vec![json!([path, "=", false])],
                range: None,
            }
        }
    })
}

/// A property that is a date, by spans of time.
fn shown_span(
    env: &Env<'_>,
    full: &str,
    kind: Option<&str>,
    span: Span,
    value: &Value,
) -> Result<Shown> {
    let text = |at: DateTime| match kind {
        Some("datetime") => values::datetime_text(at),
        _ => values::date_text(at.date()),
    };
    let start = value
        .as_str()
        .and_then(|text| values::parse_datetime(values::whole_seconds(text)).ok());
    let Some(start) = start else {
        return Ok(Shown {
            value: Value::Bool(false),
            label: Value::Bool(false),
            domain: vec![json!([full, "=", false])],
            range: None,
        });
    };
    let (from, to) = (text(start), text(span_end(start, span)?));
    let label = Value::from(span_label(env, start, span));
    Ok(Shown {
        value: json!([from, label]),
        label,
        domain: vec![
            json!("&"),
            json!([full, ">=", from]),
            json!([full, "<", to]),
        ],
        range: Some((from, to)),
    })
}

/// The definition of a property, wherever it stands.
pub(super) fn definition_of(env: &Env<'_>, grouping: &Grouping<'_>, property: &str) -> Value {
    let found = || {
        let (link, definitions) = grouping.field.definition.as_ref()?;
        let comodel = env.comodel(grouping.model.fields.get(link)?)?;
        let definitions = comodel.fields.get(definitions)?.clone();
        Some((comodel, definitions))
    };
    let Some((comodel, field)) = found() else {
        return Value::Null;
    };
    env.db
        .ids(&comodel.name)
        .into_iter()
        .filter_map(|id| match env.value(&comodel, id, &field) {
            Value::Array(definitions) => Some(definitions),
            _ => None,
        })
        .flatten()
        .find(|definition| definition.get("name").and_then(Value::as_str) == Some(property))
        .unwrap_or_default()
}

fn shown_property(
    env: &Env<'_>,
    grouping: &Grouping<'_>,
    property: &str,
    value: &Value,
) -> Result<Shown> {
    let full = format!("{}.{property}", grouping.field.name);
    let definition = definition_of(env, grouping, property);
    let kind = definition.get("type").and_then(Value::as_str);
    if let Some((Granularity::Span(span), _)) = grouping.granularity {
        return shown_span(env, &full, kind, span, value);
    }
    let raw = match value {
        Value::Null => Value::Bool(false),
        other => other.clone(),
    };
    let shown = match (kind, value) {
        (_, Value::Null) => Value::Bool(false),
        (Some("many2one" | "many2many"), Value::Number(id)) => {
            let comodel = definition
                .get("comodel")
                .and_then(Value::as_str)
                .and_then(|name| env.db.models.get(name));
            match (id.as_i64(), comodel) {
                (Some(id), Some(comodel)) => json!([id, env.display_name(comodel, id)]),
                _ => raw.clone(),
            }
        }
        (Some("tags"), tag) => definition
            .get("tags")
            .and_then(Value::as_array)
            .and_then(|tags| tags.iter().find(|known| known.get(0) == Some(tag)))
            .cloned()
            .unwrap_or_else(|| raw.clone()),
        _ => raw.clone(),
    };
    let domain = match (kind, value) {
        // The stored key may no longer be one of the selection.
        (Some("selection"), Value::Null) => {
            let keys: Vec<&Value> = definition["selection"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|pair| pair.get(0))
                .collect();
            vec![
                json!("|"),
                json!([full, "=", false]),
                json!([full, "not in", keys]),
            ]
        }
        (Some("tags" | "many2many"), set) if !set.is_null() => vec![json!([full, "in", raw])],
        _ => vec![json!([full, "=", raw])],
    };
    Ok(Shown {
        label: shown.clone(),
        value: shown,
        domain,
        range: None,
    })
}
