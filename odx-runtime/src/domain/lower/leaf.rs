//! A condition on a field, with what is unset named where a series forgets it.

use odx_facts::{
    COMPANY_NUMBERS_HAVE_LISTS, COMPANY_VALUES_ARE_ORDINARY, EMPTY_IS_UNSET, Feature, FieldType,
    HIERARCHIES_HOLD_ARCHIVED, NOT_IS_COMPLEMENT, ORDER_OF_RELATED_IS_ITS_OWN,
    PROPERTIES_ARE_ORDINARY, RELATED_IS_ORDINARY, Since, TRANSLATED_IS_ORDINARY, flags,
};
use serde_json::Value as JsonValue;

use super::{Lowered, Lowerer, is_order, one_or_more, second, second::Second};
use crate::domain::{Condition, Node, Operand, Operator};
use crate::model::{FieldMeta, FieldPath};

/// A condition whose path ends in a field, or in a property.
pub(super) struct Leaf<'a> {
    lowerer: Lowerer,
    condition: &'a Condition,
    field: &'static FieldMeta,
}

/// What stands for unset beside `false`.
#[derive(Clone, Copy, PartialEq)]
enum Empty {
    Text,
    Zero,
    /// Nothing.
    None,
}

impl<'a> Leaf<'a> {
    pub(super) fn new(lowerer: Lowerer, condition: &'a Condition) -> Self {
        Self {
            lowerer,
            condition,
            field: condition.path.last(),
        }
    }

    /// The condition by an operator.
    pub(super) fn said(&self, operator: Operator, value: &JsonValue) -> Lowered {
        // Odoo takes 0 and "" after `=?` for no value, too.
        if operator == Operator::EqIfSet {
            return match is_false(value) {
                true => Ok(Node::All(Vec::new())),
                false => self.said(Operator::Eq, value),
            };
        }
        if self.knows(NOT_IS_COMPLEMENT) {
            return Ok(self.newest(operator, value));
        }
        if second::has_microseconds(&self.condition.path, self.lowerer)
            && let Some(said) = self.by_second(operator, value)
        {
            return said;
        }
        if self.field.field_type() == FieldType::One2many
            && self.excludes(operator, value)
            && !self.knows(Feature::EXCLUDED_LINES.since)
        {
            return Err(self
                .lowerer
                .refused(Feature::EXCLUDED_LINES, self.condition));
        }
        match operator {
            Operator::Eq | Operator::In if self.is_held(value) => self.holds_one_of(value),
            Operator::Ne | Operator::NotIn if self.is_held(value) => self.holds_none_of(value),
            Operator::ChildOf | Operator::ParentOf => self.hierarchy(operator, value),
            Operator::Eq if self.is_empty(value) => self.unset(),
            Operator::Ne if self.is_empty(value) => Ok(self.set()),
            Operator::Ne => self.with_unset(operator, value),
            operator if is_order(operator) => self.ordered(operator, value),
            Operator::In => self.one_of(list(value)),
            Operator::NotIn => self.none_of(list(value)),
            Operator::Like | Operator::Ilike if value == "" && !self.is_relation() => {
                Ok(self.exists())
            }
            Operator::NotLike | Operator::NotIlike if value == "" => match self.is_relation() {
                true => self.unset(),
                false => Ok(Node::Any(Vec::new())),
            },
            Operator::NotLike | Operator::NotIlike => self.with_unset(operator, value),
            Operator::EqLike | Operator::EqIlike if value == "" => self.unset(),
            Operator::NotEqLike | Operator::NotEqIlike => self.unlike(operator, value),
            operator => Ok(self.is(operator, value.clone())),
        }
    }

    /// What finds the other records. The path leads to one record, or is the field alone.
    pub(super) fn opposite(&self, value: &JsonValue) -> Lowered {
        let operator = self.condition.operator;
        if operator == Operator::EqIfSet && is_false(value) {
            return Ok(Node::Any(Vec::new()));
        }
        let Some(opposite) = operator.opposite() else {
            return self.outside_of(operator, value);
        };
        let said = self.said(opposite, value)?;
        let ordered = is_order(operator);
        // Unset texts and numbers are on one side of any value; other unset values are on neither.
        match ordered && self.empty() == Empty::None && !self.is_id() {
            true => Ok(Node::any_of(said, self.unset()?)),
            false => Ok(said),
        }
    }

    /// As Odoo 19 takes it. Of an id whose model stands elsewhere, 0 is read for unset, but not found by `= 0`.
    fn newest(&self, operator: Operator, value: &JsonValue) -> Node {
        let as_unset = |value: &JsonValue| match self.is_res_id() && value == 0 {
            true => JsonValue::Bool(false),
            false => value.clone(),
        };
        let value = match (operator, value) {
            (Operator::Eq | Operator::Ne, value) => as_unset(value),
            (Operator::In | Operator::NotIn, JsonValue::Array(values)) => {
                values.iter().map(as_unset).collect()
            }
            (_, value) => value.clone(),
        };
        let said = self.is(operator, value.clone());
        if !is_order_of_related(self.condition, self.lowerer) {
            return said;
        }
        match self.unset_is_among(operator, &value) {
            true => Node::any_of(said, self.is(Operator::Eq, false.into())),
            false => Node::all_of(said, self.set()),
        }
    }

    /// A condition on microseconds that a read shows as whole seconds.
    fn by_second(&self, operator: Operator, value: &JsonValue) -> Option<Lowered> {
        let values = one_or_more(value);
        let (seconds, others): (Vec<_>, Vec<_>) =
            values.iter().partition(|value| Second::of(value).is_some());
        let seconds: Vec<Second> = seconds.into_iter().filter_map(Second::of).collect();
        let is_one = leads_to_one(&self.condition.path);
        match operator {
            Operator::Le | Operator::Gt => {
                let (operator, value) = second::ordered(operator, value)?;
                Some(Ok(self.is(operator, value)))
            }
            _ if seconds.is_empty() => None,
            Operator::Eq | Operator::In if !is_one => Some(self.by_sub_domain()),
            Operator::NotIn if !is_one && values.len() > 1 => Some(self.by_sub_domain()),
            Operator::Eq | Operator::In => {
                let found = seconds.into_iter().map(|second| {
                    Node::all_of(
                        self.is(Operator::Ge, second.start),
                        self.is(Operator::Lt, second.end),
                    )
                });
                let found = found.reduce(Node::any_of)?;
                Some(match others.is_empty() {
                    true => Ok(found),
                    false => self.unset().map(|unset| Node::any_of(found, unset)),
                })
            }
            Operator::Ne | Operator::NotIn => {
                let others_are_unset = !others.is_empty();
                let left = seconds.into_iter().map(|second| {
                    Node::any_of(
                        self.is(Operator::Lt, second.start),
                        self.is(Operator::Ge, second.end),
                    )
                });
                let left = left.reduce(Node::all_of)?;
                // Neither before nor after is what has no value, which is none of them.
                Some(match others_are_unset {
                    true => Ok(left),
                    false => self.null().map(|null| Node::any_of(left, null)),
                })
            }
            _ => None,
        }
    }

    /// Whether a property is looked for by values, which in a list of tags or records are among others.
    fn is_held(&self, value: &JsonValue) -> bool {
        let is_value = |value: &JsonValue| value.is_string() || value.is_number();
        self.is_property()
            && match value {
                JsonValue::Array(values) => values.iter().any(is_value),
                value => is_value(value),
            }
    }

    /// A property is one of the values, or has it in its list: before Odoo 19, `in` of a single value.
    fn holds_one_of(&self, value: &JsonValue) -> Lowered {
        let (unset, values) = self.parted(one_or_more(value));
        let said = Node::Any(self.each(Operator::In, values));
        match unset {
            true => Ok(Node::any_of(said, self.unset()?)),
            false => Ok(said),
        }
    }

    fn holds_none_of(&self, value: &JsonValue) -> Lowered {
        let (unset, values) = self.parted(one_or_more(value));
        let said = Node::All(self.each(Operator::NotIn, values));
        match unset {
            true => Ok(Node::all_of(said, self.set())),
            false => Ok(Node::any_of(said, self.null()?)),
        }
    }

    /// Before Odoo 19, an unset property is `false`, which as a text is among texts and as JSON greater than any number, as
    /// lists are.
    fn ordered_property(&self, operator: Operator, value: &JsonValue, said: Node) -> Node {
        match (operator, value) {
            (_, JsonValue::String(_)) => Node::all_of(said, self.set()),
            (Operator::Gt | Operator::Ge, JsonValue::Number(_)) => {
                Node::all_of(said, self.is(Operator::Lt, false.into()))
            }
            _ => said,
        }
    }

    fn ordered(&self, operator: Operator, value: &JsonValue) -> Lowered {
        let said = self.is(operator, value.clone());
        if self.is_property() {
            return Ok(self.ordered_property(operator, value, said));
        }
        // An empty text and 0 are found by the condition itself.
        match self.unset_is_among(operator, value) {
            true => Ok(Node::any_of(said, self.null()?)),
            false => Ok(said),
        }
    }

    /// Whether an empty text or 0, which unset is, lies on the side of the value that is asked for.
    fn unset_is_among(&self, operator: Operator, value: &JsonValue) -> bool {
        match self.empty() {
            Empty::None => false,
            Empty::Text => match operator {
                Operator::Lt => value != "",
                Operator::Le => true,
                Operator::Ge => value == "",
                _ => false,
            },
            Empty::Zero => {
                let value = value.as_f64().unwrap_or(f64::NAN);
                match operator {
                    Operator::Lt => 0.0 < value,
                    Operator::Le => 0.0 <= value,
                    Operator::Ge => 0.0 >= value,
                    _ => 0.0 > value,
                }
            }
        }
    }

    /// Before Odoo 19, a one2many to the own model is taken for the records themselves.
    fn hierarchy(&self, operator: Operator, value: &JsonValue) -> Lowered {
        if self.field.field_type() == FieldType::One2many && self.is_to_own_model() {
            return Err(self
                .lowerer
                .refused(Feature::HIERARCHY_OF_OWN_LINES, self.condition));
        }
        // There a path over the many2one leads to archived records, and the many2one itself does not.
        let by_path = !self.knows(HIERARCHIES_HOLD_ARCHIVED)
            && self.field.field_type() == FieldType::Many2one
            && self.field.has(flags::STORED)
            && !self.is_to_own_model();
        let path = match by_path {
            true => self.condition.path.clone().with_suffix("id"),
            false => self.condition.path.clone(),
        };
        Ok(Node::condition(path, operator, value.clone()))
    }

    /// The opposite of a hierarchy. A many2one to the own model may be the one that the hierarchy is made by; then Odoo
    /// asks the records themselves, and what is unset is no matter.
    fn outside_of(&self, operator: Operator, value: &JsonValue) -> Lowered {
        let outside = self.hierarchy(operator, value)?.negate();
        if self.is_id() {
            return Ok(outside);
        }
        if self.is_to_own_model() {
            return Err(self
                .lowerer
                .refused(Feature::OUTSIDE_OF_OWN_HIERARCHY, self.condition));
        }
        Ok(Node::any_of(outside, self.unset()?))
    }

    /// Whether records are excluded by values other than unset.
    fn excludes(&self, operator: Operator, value: &JsonValue) -> bool {
        match operator {
            Operator::Ne => !self.is_empty(value),
            Operator::NotIn => !self.parted(list(value)).1.is_empty(),
            _ => false,
        }
    }

    fn is_to_own_model(&self) -> bool {
        let owner = self.field.owner();
        self.is_relation() && owner.is_some_and(|owner| owner.name() == self.field.relation_name())
    }

    fn is_id(&self) -> bool {
        self.field.name() == "id"
    }

    fn one_of(&self, values: &[JsonValue]) -> Lowered {
        let (empty, given) = self.parted(values);
        let said = match given.as_slice() {
            [] if empty => return self.unset(),
            _ if self.is_apart_in_lists() => Node::Any(self.each(Operator::Eq, given)),
            _ => self.is(Operator::In, given.into()),
        };
        match empty {
            true => Ok(Node::any_of(said, self.unset()?)),
            false => Ok(said),
        }
    }

    fn none_of(&self, values: &[JsonValue]) -> Lowered {
        let (empty, given) = self.parted(values);
        if given.is_empty() {
            return Ok(match empty {
                true => self.set(),
                false => self.exists(),
            });
        }
        if self.field.field_type() == FieldType::Boolean && self.is_company_value_apart() {
            // `!=` of a boolean is one of those that find the company's default as unset.
            return self.null();
        }
        let apart = self.is_apart_in_lists() || self.is_translated_apart();
        let several = (apart && given.len() > 1) || empty;
        if several && !leads_to_one(&self.condition.path) {
            return self.by_sub_domain();
        }
        let said = match apart {
            true => Node::All(self.each(Operator::Ne, given)),
            false => self.is(Operator::NotIn, given.into()),
        };
        match empty {
            true => Ok(Node::all_of(said, self.set())),
            false if self.forgets_unset() => Ok(Node::any_of(said, self.null()?)),
            false => Ok(said),
        }
    }

    /// The condition of one and the same related record, where only a domain over related records says that.
    fn by_sub_domain(&self) -> Lowered {
        let (first, rest) = self
            .condition
            .path
            .split_first()
            .expect("BUG: a path that leads to many has two fields");
        if !self.knows(Operator::Any.since()) {
            return Err(self.lowerer.refused(Feature::SEVERAL_FAR, self.condition));
        }
        let far = Node::Condition(Condition {
            path: rest,
            ..self.condition.clone()
        });
        let far = Box::new(self.lowerer.holds(&far)?);
        Ok(Node::Condition(Condition {
            path: first,
            operator: Operator::Any,
            operand: Operand::Domain(far),
        }))
    }

    /// `not =like`, which is `!` of `=like` before Odoo 19.
    fn unlike(&self, operator: Operator, value: &JsonValue) -> Lowered {
        if value == "" {
            return Ok(self.set());
        }
        if self.condition.path.split_first().is_some() {
            return match self.knows(Operator::Any.since()) {
                true => self.by_sub_domain(),
                false => Err(self.lowerer.refused(Feature::NOT_LIKE, self.condition)),
            };
        }
        let positive = operator.opposite().expect("BUG: patterns have opposites");
        Ok(Node::any_of(
            self.is(positive, value.clone()).negate(),
            self.null()?,
        ))
    }

    /// A negative condition, which finds what is unset.
    fn with_unset(&self, operator: Operator, value: &JsonValue) -> Lowered {
        let said = self.is(operator, value.clone());
        match self.forgets_unset() {
            true => Ok(Node::any_of(said, self.null()?)),
            false => Ok(said),
        }
    }

    /// Whether negative conditions of the series leave out records of which the field is unset.
    fn forgets_unset(&self) -> bool {
        self.is_translated_apart()
            || (self.is_property() && !self.knows(PROPERTIES_ARE_ORDINARY))
            || (self.field.has(flags::RELATED) && !self.knows(RELATED_IS_ORDINARY))
            || self.is_company_value_apart()
    }

    fn is_translated_apart(&self) -> bool {
        self.field.has(flags::TRANSLATE) && !self.knows(TRANSLATED_IS_ORDINARY)
    }

    /// Whether the values are kept in a table of their own, in which unset ones are not.
    fn is_company_value_apart(&self) -> bool {
        self.field.has(flags::COMPANY) && !self.knows(COMPANY_VALUES_ARE_ORDINARY)
    }

    /// Whether the field is compared with one value at a time.
    fn is_apart_in_lists(&self) -> bool {
        let ty = self.field.field_type();
        self.field.has(flags::COMPANY)
            && (ty.is_number() || ty == FieldType::Boolean)
            && !self.knows(COMPANY_NUMBERS_HAVE_LISTS)
    }

    /// Has no value, or one that stands for none.
    fn unset(&self) -> Lowered {
        let null = self.null()?;
        if self.knows(EMPTY_IS_UNSET) {
            return Ok(null);
        }
        Ok(match self.empty() {
            Empty::Text => Node::any_of(null, self.is(Operator::Eq, "".into())),
            Empty::Zero => Node::any_of(null, self.is(Operator::Eq, 0.into())),
            Empty::None => null,
        })
    }

    /// Has no value.
    fn null(&self) -> Lowered {
        if self.is_company_value_apart() {
            return Err(self.lowerer.refused(Feature::COMPANY_UNSET, self.condition));
        }
        let mut ways = vec![self.is(Operator::Eq, false.into())];
        if !self.knows(RELATED_IS_ORDINARY) {
            ways.extend(self.unset_hidden_links());
        }
        Ok(ways
            .into_iter()
            .reduce(Node::any_of)
            .expect("BUG: `= false` is one way"))
    }

    /// Has a value.
    fn set(&self) -> Node {
        if self.field.field_type() == FieldType::Boolean && self.is_company_value_apart() {
            // A stored `false` is a value to Odoo 14.
            return self.is(Operator::Eq, true.into());
        }
        let nothing: JsonValue = match self.empty() {
            _ if self.knows(EMPTY_IS_UNSET) => false.into(),
            Empty::Text => "".into(),
            Empty::Zero => 0.into(),
            Empty::None => false.into(),
        };
        self.is(Operator::Ne, nothing)
    }

    /// The record whose field it is, is there.
    fn exists(&self) -> Node {
        match self.condition.path.without_last() {
            Some(before) => Node::condition(before, Operator::Ne, false),
            None => Node::All(Vec::new()),
        }
    }

    /// The relations that the field is read through are unset.
    fn unset_hidden_links(&self) -> Vec<Node> {
        let names: Vec<&str> = self.field.links().collect();
        let Some(first) = names
            .first()
            .and_then(|name| self.field.owner()?.field(name))
        else {
            return Vec::new();
        };
        let before = self.condition.path.without_last();
        (1..=names.len())
            .filter(|length| !(*length == 1 && first.has(flags::REQUIRED | flags::STORED)))
            .map(|length| {
                let link = match length {
                    1 => FieldPath::from(first),
                    _ => FieldPath::from(first).with_suffix(names[1..length].join(".")),
                };
                let link = match &before {
                    Some(before) => before.clone().join(link),
                    None => link,
                };
                Node::condition(link, Operator::Eq, false)
            })
            .collect()
    }

    /// What stands for unset beside `false`. Of a property, no type is known.
    fn empty(&self) -> Empty {
        match self.field.field_type() {
            _ if self.is_property() || self.is_id() => Empty::None,
            ty if ty.is_text() => Empty::Text,
            ty if ty.is_number() || self.is_res_id() => Empty::Zero,
            _ => Empty::None,
        }
    }

    fn is_empty(&self, value: &JsonValue) -> bool {
        match self.empty() {
            // Of a boolean, `false` is a value, which unset is, too.
            _ if is_false(value) => true,
            Empty::Text => value == "",
            Empty::Zero => value.as_f64() == Some(0.0),
            Empty::None => false,
        }
    }

    /// Whether unset is among the values, and the others.
    fn parted(&self, values: &[JsonValue]) -> (bool, Vec<JsonValue>) {
        let (empty, given): (Vec<_>, Vec<_>) = values
            .iter()
            .cloned()
            .partition(|value| self.is_empty(value));
        (!empty.is_empty(), given)
    }

    fn each(&self, operator: Operator, values: Vec<JsonValue>) -> Vec<Node> {
        values
            .into_iter()
            .map(|value| self.is(operator, value))
            .collect()
    }

    fn is(&self, operator: Operator, value: JsonValue) -> Node {
        Node::condition(self.condition.path.clone(), operator, value)
    }

    fn is_property(&self) -> bool {
        self.condition.path.suffix().is_some()
    }

    fn is_relation(&self) -> bool {
        self.field.field_type().is_relation()
    }

    fn is_res_id(&self) -> bool {
        self.field.field_type() == FieldType::Many2oneReference
    }

    fn knows(&self, fact: Since) -> bool {
        self.lowerer.knows(fact)
    }
}

fn is_false(value: &JsonValue) -> bool {
    matches!(value, JsonValue::Null | JsonValue::Bool(false))
}

fn list(value: &JsonValue) -> &[JsonValue] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Whether the condition is one of those whose `!` is no complement even where that of others is.
pub(super) fn is_order_of_related(condition: &Condition, lowerer: Lowerer) -> bool {
    condition.path.last().has(flags::RELATED)
        && is_order(condition.operator)
        && lowerer.knows(ORDER_OF_RELATED_IS_ITS_OWN)
}

/// Whether conditions on the path are about one and the same record.
fn leads_to_one(path: &FieldPath) -> bool {
    let (_, before) = path.steps().split_last().expect("BUG: a path has a field");
    before
        .iter()
        .all(|step| step.field_type() == FieldType::Many2one)
}
