//! What to group by and what to aggregate, as it is written.

use std::collections::HashMap;
use std::sync::Arc;

use crate::odoo::domain::DatePart;
use crate::odoo::env::Env;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{Field, FieldType, Model};

/// A span of time that groups are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Granularity {
    Span(Span),
    Part(DatePart),
}

/// `field:granularity`, `many2one.field` or `properties.name`.
pub(super) struct Grouping<'a> {
    /// As it was written, which is the key in the result.
    pub(super) spec: &'a str,
    /// The many2one fields to follow.
    pub(super) links: Vec<&'a Field>,
    pub(super) field: &'a Field,
    pub(super) property: Option<&'a str>,
    pub(super) granularity: Option<(Granularity, &'a str)>,
    /// The model that `field` belongs to.
    pub(super) model: &'a Model,
}

/// `field:aggregator`, or `__count`.
pub(super) enum Aggregate<'a> {
    Count,
    Of(&'a Field, Aggregator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aggregator {
    Sum,
    Avg,
    Min,
    Max,
    BoolAnd,
    BoolOr,
    ArrayAgg,
    ArrayAggDistinct,
    Count,
    CountDistinct,
}

const AGGREGATORS: &[(&str, Aggregator)] = &[
    ("sum", Aggregator::Sum),
    ("sum_currency", Aggregator::Sum),
    ("avg", Aggregator::Avg),
    ("min", Aggregator::Min),
    ("max", Aggregator::Max),
    ("bool_and", Aggregator::BoolAnd),
    ("bool_or", Aggregator::BoolOr),
    ("array_agg", Aggregator::ArrayAgg),
    ("recordset", Aggregator::ArrayAgg),
    ("array_agg_distinct", Aggregator::ArrayAggDistinct),
    ("count", Aggregator::Count),
    ("count_distinct", Aggregator::CountDistinct),
];

/// The models along the paths of `groupby`, to borrow their fields from.
pub(super) fn reachable(
    env: &Env<'_>,
    model: &Model,
    groupby: &[String],
) -> HashMap<String, Arc<Model>> {
    let mut models = HashMap::new();
    for spec in groupby {
        let mut at = env.model(&model.name).ok();
        for name in spec.split(':').next().unwrap_or_default().split('.') {
            let Some(model) = at else { break };
            at = model
                .fields
                .get(name)
                .filter(|field| field.kind == FieldType::Many2one)
                .and_then(|field| env.comodel(field));
            models.insert(model.name.clone(), model);
        }
    }
    models
}

pub(super) fn groupings<'a>(
    models: &'a HashMap<String, Arc<Model>>,
    model: &'a Model,
    groupby: &'a [String],
    months: bool,
) -> Result<Vec<Grouping<'a>>> {
    groupby
        .iter()
        .map(|spec| read_grouping(models, model, spec, months))
        .collect()
}

fn read_grouping<'a>(
    models: &'a HashMap<String, Arc<Model>>,
    model: &'a Model,
    spec: &'a str,
    months: bool,
) -> Result<Grouping<'a>> {
    let (path, granularity) = match spec.split_once(':') {
        Some((path, granularity)) => (path, Some(granularity)),
        None => (spec, None),
    };
    let mut at = model;
    let mut links = Vec::new();
    let mut rest = path;
    loop {
        let (name, beyond) = match rest.split_once('.') {
            Some((name, beyond)) => (name, Some(beyond)),
            None => (rest, None),
        };
        let field = at.fields.get(name).ok_or_else(|| {
            OdooError::value(format!("Invalid field '{name}' on model '{}'", at.name))
        })?;
        if let (Some(beyond), FieldType::Many2one) = (beyond, field.kind) {
            let comodel = field.relation.as_ref().and_then(|name| models.get(name));
            if let Some(comodel) = comodel {
                links.push(field);
                at = comodel;
                rest = beyond;
                continue;
            }
        }
        let property = beyond.filter(|_| field.kind == FieldType::Properties);
        if beyond.is_some() && property.is_none() {
            return Err(OdooError::value(format!(
                "Only many2one path is accepted for the '{spec}' groupby spec"
            )));
        }
        let granularity = read_granularity(field, spec, granularity, months)?;
        let groupable = field.store || field.related.is_some();
        if !groupable && field.name != "id" {
            return Err(OdooError::not_stored(&at.name, &field.name));
        }
        return Ok(Grouping {
            spec,
            links,
            field,
            property,
            granularity,
            model: at,
        });
    }
}

fn read_granularity<'a>(
    field: &Field,
    spec: &str,
    granularity: Option<&'a str>,
    months: bool,
) -> Result<Option<(Granularity, &'a str)>> {
    let temporal = field.kind.is_temporal();
    let name = match granularity {
        Some(name) if temporal || field.kind == FieldType::Properties => name,
        Some(_) => {
            return Err(OdooError::value(format!(
                "Granularity set on a no-datetime field or property: '{spec}'"
            )));
        }
        None if temporal && months => "month",
        None if temporal => {
            return Err(OdooError::value(format!(
                "Granularity not set on a date(time) field: '{spec}'"
            )));
        }
        None => return Ok(None),
    };
    let granularity = match span_named(name) {
        Some(span) => Granularity::Span(span),
        None => Granularity::Part(DatePart::from_name(name).map_err(|_| {
            OdooError::value(format!("Granularity specification isn't correct: '{name}'"))
        })?),
    };
    Ok(Some((granularity, name)))
}

/// A span of time by its name.
pub(super) fn span_named(name: &str) -> Option<Span> {
    Some(match name {
        "hour" => Span::Hour,
        "day" => Span::Day,
        "week" => Span::Week,
        "month" => Span::Month,
        "quarter" => Span::Quarter,
        "year" => Span::Year,
        _ => return None,
    })
}

impl Aggregator {
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = AGGREGATORS.iter().find(|(known, _)| *known == name);
        known.map(|(_, aggregator)| *aggregator)
    }
}

impl Aggregate<'_> {
    /// Whether its outcome is true or false, and not a value that may be missing.
    pub(super) fn is_boolean(&self) -> bool {
        matches!(self, Self::Of(_, Aggregator::BoolAnd | Aggregator::BoolOr))
    }
}

pub(super) fn read_aggregate<'a>(model: &'a Model, spec: &str) -> Result<Aggregate<'a>> {
    if spec == "__count" {
        return Ok(Aggregate::Count);
    }
    let (name, function) = spec.split_once(':').unwrap_or((spec, ""));
    if name.contains('.') {
        return Err(OdooError::value(format!(
            "Invalid '{spec}', this dot notation is not supported"
        )));
    }
    let field = model.fields.get(name).ok_or_else(|| {
        OdooError::value(format!(
            "Invalid field '{name}' on model '{}' for '{spec}'.",
            model.name
        ))
    })?;
    if function.is_empty() {
        return Err(OdooError::value(format!(
            "Aggregate method is mandatory for '{name}'"
        )));
    }
    let known = AGGREGATORS.iter().find(|(known, _)| *known == function);
    let Some((_, aggregator)) = known else {
        return Err(OdooError::value(format!(
            "Invalid aggregate method '{function}' for '{spec}'."
        )));
    };
    if !field.store && field.related.is_none() && field.name != "id" {
        return Err(OdooError::not_stored(&model.name, &field.name));
    }
    Ok(Aggregate::Of(field, *aggregator))
}
