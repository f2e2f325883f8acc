//! Sorting as PostgreSQL does: unset values last, or first when descending; texts by their bytes.

use std::cmp::Ordering;

use serde_json::Value;

use super::behaviour;
use super::env::{Env, Scope};
use super::errors::{OdooError, Result};
use super::schema::{Field, FieldType, Model};
use super::values::compare_json;

/// One sort key of a record or a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Unset,
    Number(f64),
    Text(String),
    /// What `jsonb` holds.
    Json(Value),
}

/// What of a field sorts.
#[derive(Clone, Debug)]
enum Part {
    Value,
    /// The property of that name.
    Property(String),
    /// Whether there is a value.
    IsSet,
}

/// One term of an order that has been resolved to a column, perhaps of a linked record.
#[derive(Clone, Debug)]
struct Term {
    /// The many2one fields to follow, then the field that sorts.
    path: Vec<String>,
    part: Part,
    descending: bool,
    unset_first: bool,
}

impl Key {
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(0.0)),
            Value::Bool(flag) => Self::Number(f64::from(u8::from(*flag))),
            Value::String(text) => Self::Text(text.clone()),
            _ => Self::Unset,
        }
    }

    /// A boolean column that is not set sorts as false, and JSON as `jsonb` does.
    fn of_field(field: &Field, value: &Value) -> Self {
        let is_json = matches!(
            field.kind,
            FieldType::Json | FieldType::Properties | FieldType::PropertiesDefinition
        );
        if is_json && !value.is_null() {
            return Self::Json(value.clone());
        }
        match Self::of(value) {
            Self::Unset if field.kind == FieldType::Boolean => Self::Number(0.0),
            key => key,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Json(_) => 2,
            Self::Unset => 3,
        }
    }

    pub(crate) fn compare(&self, other: &Self, descending: bool, unset_first: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Unset, Self::Unset) => return Ordering::Equal,
            (Self::Unset, _) if unset_first => return Ordering::Less,
            (Self::Unset, _) => return Ordering::Greater,
            (_, Self::Unset) if unset_first => return Ordering::Greater,
            (_, Self::Unset) => return Ordering::Less,
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Json(one), Self::Json(other)) => compare_json(one, other),
            _ => self.rank().cmp(&other.rank()),
        };
        if descending { order.reverse() } else { order }
    }
}

impl Env<'_> {
    /// Sorts ids by `order`, or by the model's own order if it is empty. Ties stay in id order.
    pub(crate) fn sort(&self, model: &Model, ids: Vec<i64>, order: &str) -> Result<Vec<i64>> {
        let order = if order.trim().is_empty() {
            &model.order
        } else {
            order
        };
        let mut terms = Vec::new();
        self.terms(model, order, false, &mut Vec::new(), &mut terms)?;
        let mut keyed: Vec<(Vec<Key>, i64)> = ids
            .into_iter()
            .map(|id| {
                let keys = terms
                    .iter()
                    .map(|term| self.sort_key(model, id, &term.path, &term.part));
                (keys.collect(), id)
            })
            .collect();
        keyed.sort_by(|(one, one_id), (other, other_id)| {
            terms
                .iter()
                .zip(one.iter().zip(other))
                .map(|(term, (one, other))| one.compare(other, term.descending, term.unset_first))
                .find(|order| order.is_ne())
                .unwrap_or_else(|| one_id.cmp(other_id))
        });
        Ok(keyed.into_iter().map(|(_, id)| id).collect())
    }

    fn sort_key(&self, model: &Model, id: i64, path: &[String], part: &Part) -> Key {
        let [name, rest @ ..] = path else {
            return Key::Unset;
        };
        let Some(field) = model.fields.get(name) else {
            return Key::Unset;
        };
        let value = self.value(model, id, field);
        if rest.is_empty() {
            return match part {
                Part::Value => Key::of_field(field, &value),
                Part::Property(name) => value.get(name).cloned().map_or(Key::Unset, Key::Json),
                Part::IsSet => Key::Number(f64::from(u8::from(!value.is_null()))),
            };
        }
        match (value.as_i64(), self.comodel(field)) {
            (Some(target), Some(comodel)) => self.sort_key(&comodel, target, rest, part),
            _ => Key::Unset,
        }
    }

    /// Resolves an order; a many2one sorts by the order of its comodel.
    fn terms(
        &self,
        model: &Model,
        order: &str,
        reverse: bool,
        path: &mut Vec<String>,
        terms: &mut Vec<Term>,
    ) -> Result<()> {
        let parts: Vec<&str> = order.split(',').collect();
        let is_empty = |part: &&str| part.trim().is_empty();
        if parts.iter().any(is_empty) && !self.holds(behaviour::REFUSES_EMPTY_ORDER_TERMS) {
            return Err(OdooError::index());
        }
        let specs: Vec<Spec<'_>> = parts
            .iter()
            .map(|part| Spec::read(part).ok_or_else(|| invalid_order(order)))
            .collect::<Result<_>>()?;
        let too_new = |spec: &Spec<'_>| spec.unset_first.is_some() || spec.part.is_some();
        if specs.iter().any(too_new) && !self.holds(behaviour::ORDER_TAKES_NULLS) {
            return Err(invalid_order(order));
        }
        for spec in specs {
            let descending = spec.descending != reverse;
            let unset_first = match spec.unset_first {
                Some(first) => first != reverse,
                None => descending,
            };
            let field = model.fields.get(spec.field).ok_or_else(|| {
                OdooError::value(format!(
                    "Invalid field '{}' on model '{}'",
                    spec.field, model.name
                ))
            })?;
            self.check_part(model, field, &spec)?;
            if self.is_unsortable(model, field) {
                if !self.holds(behaviour::REFUSES_UNSORTABLE) {
                    continue;
                }
                return Err(OdooError::not_stored(&model.name, &field.name));
            }
            let comodel = self.comodel(field).filter(|comodel| {
                field.kind == FieldType::Many2one
                    && spec.part != Some("id")
                    && comodel.order != "id"
            });
            // A hierarchy ordered by its own parent would never end.
            if field.kind == FieldType::Many2one && path.contains(&field.name) {
                continue;
            }
            path.push(field.name.clone());
            match comodel {
                Some(comodel) => {
                    // The order of the linked records says nothing of what has no link.
                    if let Some(first) = spec.unset_first {
                        terms.push(Term {
                            path: path.clone(),
                            part: Part::IsSet,
                            descending: first == reverse,
                            unset_first: false,
                        });
                    }
                    self.terms(&comodel, &comodel.order, descending, path, terms)?;
                }
                None => terms.push(Term {
                    path: path.clone(),
                    part: match spec.part {
                        Some(name) if field.kind == FieldType::Properties => {
                            Part::Property(name.to_owned())
                        }
                        _ => Part::Value,
                    },
                    descending,
                    unset_first,
                }),
            }
            path.pop();
        }
        Ok(())
    }

    /// Whether nothing in the database can be sorted by: neither a column nor, from Odoo 18 on, a path to one.
    fn is_unsortable(&self, model: &Model, field: &Field) -> bool {
        if let Some(link) = model.inherited_through(field) {
            let parent = self.comodel(link);
            let own = parent
                .as_ref()
                .and_then(|parent| Some((parent, parent.fields.get(&field.name)?)));
            return own.is_some_and(|(parent, own)| self.is_unsortable(parent, own));
        }
        let follows = field.related.is_some() && self.holds(behaviour::REFUSES_UNSORTABLE);
        !(field.sortable || follows && self.is_path_of_links(model, field))
    }

    /// Whether a related field leads over many2ones to a column.
    pub(crate) fn is_path_of_links(&self, model: &Model, field: &Field) -> bool {
        let Some((last, links)) = field.related.as_ref().and_then(|path| path.split_last()) else {
            return false;
        };
        let Ok(mut model) = self.model(&model.name) else {
            return false;
        };
        for name in links {
            let link = model.fields.get(name).filter(|link| {
                link.kind == FieldType::Many2one && !self.is_unsortable(&model, link)
            });
            let Some(comodel) = link.and_then(|link| self.comodel(link)) else {
                return false;
            };
            model = comodel;
        }
        model
            .fields
            .get(last)
            .is_some_and(|field| !self.is_unsortable(&model, field))
    }

    /// Whether a column holds the field, in the model's own table or in that of one that it inherits from.
    pub(crate) fn has_column(&self, model: &Model, field: &Field) -> bool {
        let Some(link) = model.inherited_through(field) else {
            return field.is_column();
        };
        let parent = self.comodel(link);
        parent.is_some_and(|parent| {
            let own = parent.fields.get(&field.name);
            own.is_some_and(|own| self.has_column(&parent, own))
        })
    }

    /// Whether the database holds the field, in whatever way: of the model itself, or of one that it inherits from.
    pub(crate) fn is_held(&self, model: &Model, field: &Field) -> bool {
        let Some(link) = model.inherited_through(field) else {
            return field.store;
        };
        let parent = self.comodel(link);
        parent.is_some_and(|parent| {
            let own = parent.fields.get(&field.name);
            own.is_some_and(|own| self.is_held(&parent, own))
        })
    }

    /// Refuses what is no order of this series.
    pub(crate) fn check_order(&self, order: &str) -> Result<()> {
        for part in order.split(',') {
            let spec = Spec::read(&part.replace(':', "_")).is_some_and(|spec| {
                let too_new = spec.unset_first.is_some() || spec.part.is_some();
                !too_new || self.holds(behaviour::ORDER_TAKES_NULLS)
            });
            if !spec {
                return Err(invalid_order(order));
            }
        }
        Ok(())
    }

    /// What stands after the dot: a property, or the `id` of a many2one.
    fn check_part(&self, model: &Model, field: &Field, spec: &Spec<'_>) -> Result<()> {
        let Some(part) = spec
            .part
            .filter(|_| !self.holds(behaviour::DOMAIN_IS_A_CLASS))
        else {
            return Ok(());
        };
        if field.kind == FieldType::Properties {
            return Ok(());
        }
        if !self.holds(behaviour::ORDERS_BY_ID_OF_LINK) {
            return Err(OdooError::value(format!(
                "Order a property ('{part}') on a non-properties field ('{}')",
                field.name
            )));
        }
        match part == "id" && field.kind == FieldType::Many2one {
            true => Ok(()),
            false => Err(OdooError::value(format!(
                "Invalid field '{}.{part}' on model '{}'",
                field.name, model.name
            ))),
        }
    }

    /// The ids of an x2many as a read shows them: in the comodel's order, archived ones left out.
    pub(crate) fn x2many(&self, field: &Field, ids: Vec<i64>, scope: Scope) -> Result<Vec<i64>> {
        let Some(comodel) = self.comodel(field) else {
            return Ok(ids);
        };
        let scope = Scope {
            active_test: field.active_test().unwrap_or(scope.active_test),
            sudo: true,
        };
        let everything = Value::from(Vec::<Value>::new());
        let domain = field.domain().unwrap_or(&everything);
        let filtered = scope.active_test && comodel.has_active() || field.domain().is_some();
        let ids = if filtered {
            let visible = self.visible(&comodel, domain, scope)?;
            ids.into_iter()
                .filter(|id| visible.matches(self, &comodel, *id))
                .collect()
        } else {
            ids
        };
        self.sort(&comodel, ids, "")
    }
}

/// One comma-separated part of an order.
struct Spec<'a> {
    field: &'a str,
    part: Option<&'a str>,
    descending: bool,
    unset_first: Option<bool>,
}

impl<'a> Spec<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let name = words.next()?;
        let (field, part) = match name.split_once('.') {
            Some((field, part)) => (field, Some(part)),
            None => (name, None),
        };
        let legal = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || char == '_')
        };
        if !legal(field) || !part.is_none_or(legal) {
            return None;
        }
        let mut rest: Vec<String> = words.map(str::to_lowercase).collect();
        let unset_first = match rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [.., "nulls", "first"] => Some(true),
            [.., "nulls", "last"] => Some(false),
            _ => None,
        };
        if unset_first.is_some() {
            rest.truncate(rest.len() - 2);
        }
        let descending = match rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] | ["asc"] => false,
            ["desc"] => true,
            _ => return None,
        };
        Some(Self {
            field,
            part,
            descending,
            unset_first,
        })
    }
}

fn invalid_order(order: &str) -> OdooError {
    OdooError::user(format!(
        "Invalid \"order\" specified ({order}). A valid \"order\" specification is a comma-separated list of valid \
         field names (optionally followed by asc/desc for the direction)"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::odoo::fixture::Fixture;

    fn ordered(order: &str) -> serde_json::Value {
        let mut fixture = Fixture::new();
        let answer = fixture.call_with("rec", "search", json!([[]]), json!({"order": order}));
        serde_json::to_value(answer.unwrap()).unwrap()
    }

    #[test]
    fn unset_values_come_last_and_first_when_descending() {
        assert_eq!(ordered("day"), json!([3, 1, 2]));
        assert_eq!(ordered("day desc"), json!([2, 1, 3]));
        assert_eq!(ordered("day desc nulls last"), json!([1, 3, 2]));
        assert_eq!(ordered("day nulls first, id"), json!([2, 3, 1]));
    }

    #[test]
    fn terms_are_tried_one_after_the_other() {
        assert_eq!(ordered("flag desc, number"), json!([1, 3, 2]));
        assert_eq!(ordered("flag, name"), json!([3, 2, 1]));
    }

    #[test]
    fn a_many2one_sorts_as_its_records_do() {
        let mut fixture = Fixture::new();
        let lines = fixture.value(
            "line",
            "create",
            json!([[
                {"name": "x", "rec_id": 3, "sequence": 1},
                {"name": "y", "rec_id": 2, "sequence": 1},
            ]]),
        );
        assert_eq!(lines, json!([3, 4]));
        let answer = fixture.call_with(
            "line",
            "search",
            json!([[]]),
            json!({"order": "rec_id desc, id"}),
        );
        assert_eq!(
            serde_json::to_value(answer.unwrap()).unwrap(),
            json!([3, 4, 1, 2])
        );
    }

    #[test]
    fn what_has_no_link_goes_where_nulls_go() {
        assert_eq!(ordered("tag_id nulls first, id")[0], 3);
        assert_eq!(ordered("tag_id desc nulls last, id")[2], 3);
    }

    #[test]
    fn an_order_that_cannot_be_is_refused() {
        let mut fixture = Fixture::new();
        let mut error = |order: &str| {
            let answer = fixture.call_with("rec", "search", json!([[]]), json!({"order": order}));
            answer.unwrap_err().to_string()
        };
        assert_eq!(
            error("nope"),
            "builtins.ValueError: Invalid field 'nope' on model 'rec'"
        );
        assert!(
            error("name; drop")
                .starts_with("odoo.exceptions.UserError: Invalid \"order\" specified")
        );
        assert!(error("computed").contains("not stored"));
    }

    #[test]
    fn pages_are_cut_after_sorting() {
        let mut fixture = Fixture::new();
        let mut page = |kwargs| {
            let answer = fixture.call_with("rec", "search", json!([[]]), kwargs);
            serde_json::to_value(answer.unwrap()).unwrap()
        };
        assert_eq!(page(json!({"order": "id desc", "limit": 2})), json!([3, 2]));
        assert_eq!(
            page(json!({"order": "id", "offset": 1, "limit": 1})),
            json!([2])
        );
        assert_eq!(page(json!({"order": "id", "limit": 0})), json!([1, 2, 3]));
        assert_eq!(
            page(json!({"order": "id", "limit": false})),
            json!([1, 2, 3])
        );
    }
}
