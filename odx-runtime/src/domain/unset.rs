//! Conditions of which older versions of Odoo forget that a field may be unset.
//!
//! In Odoo 19 `!` finds every record that its condition does not. Before, `!` turns the operator of the condition around, or
//! is left to SQL; both leave out unset dates, choices and patterns (`distribute_not` of `odoo/osv/expression.py`).
//! Before Odoo 16, which keeps translations with the record, conditions on a translated text were no better: the negative ones
//! leave out unset texts, `=?` and a list with `False` are errors of the database, and so is `not in` in early
//! releases of Odoo 14 (`expression.parse`, under `field.translate is True`). So is a list with `False` of a one2many; of a
//! many2many, the `False` is passed over.

use serde_json::Value as JsonValue;

use odx_facts::{Feature, NOT_IS_COMPLEMENT, Series, TRANSLATED_IS_ORDINARY};

use super::version::Unsupported;
use super::{Condition, Node, Operand, Operator};
use crate::model::{FieldPath, FieldType, flags};

/// The same domain for a version, with what it forgets said in words.
pub(super) fn spell_out(node: Node, series: Series) -> Result<Node, Unsupported> {
    if NOT_IS_COMPLEMENT.holds(series) {
        return Ok(node);
    }
    Speller { series }.holds(node)
}

struct Speller {
    series: Series,
}

impl Speller {
    fn holds(&self, node: Node) -> Result<Node, Unsupported> {
        Ok(match node {
            Node::All(nodes) => Node::All(self.each(nodes, Self::holds)?),
            Node::Any(nodes) => Node::Any(self.each(nodes, Self::holds)?),
            Node::Not(node) => self.fails(*node)?,
            Node::Condition(condition) => match condition.operand {
                Operand::Domain(sub) => Node::Condition(Condition {
                    operand: Operand::Domain(Box::new(self.holds(*sub)?)),
                    ..condition
                }),
                Operand::Value(_) if self.is_translated(&condition) => {
                    self.translated(condition)?
                }
                Operand::Value(_) if self.is_of_many(&condition) => of_many(condition),
                Operand::Value(_) => Node::Condition(condition),
            },
        })
    }

    /// The opposite.
    fn fails(&self, node: Node) -> Result<Node, Unsupported> {
        if !self.forgets(&node) {
            return Ok(self.holds(node)?.negate());
        }
        match node {
            Node::All(nodes) => Ok(Node::Any(self.each(nodes, Self::fails)?)),
            Node::Any(nodes) => Ok(Node::All(self.each(nodes, Self::fails)?)),
            Node::Not(node) => self.holds(*node),
            Node::Condition(condition) => self.opposite(condition),
        }
    }

    fn each(
        &self,
        nodes: Vec<Node>,
        said: fn(&Self, Node) -> Result<Node, Unsupported>,
    ) -> Result<Vec<Node>, Unsupported> {
        nodes.into_iter().map(|node| said(self, node)).collect()
    }

    /// Whether `!` before the node would leave out records that are unset.
    fn forgets(&self, node: &Node) -> bool {
        match node {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(|node| self.forgets(node)),
            Node::Not(node) => self.forgets(node),
            Node::Condition(condition) => {
                self.is_translated(condition)
                    || is_null_to_sql(condition)
                    || (self.is_of_many(condition) && splits(condition))
            }
        }
    }

    fn is_translated(&self, condition: &Condition) -> bool {
        !TRANSLATED_IS_ORDINARY.holds(self.series)
            && condition.path.last().has(flags::TRANSLATE)
            && matches!(condition.operand, Operand::Value(_))
    }

    fn is_of_many(&self, condition: &Condition) -> bool {
        let field = condition.path.last().field_type();
        !TRANSLATED_IS_ORDINARY.holds(self.series)
            && matches!(field, FieldType::One2many | FieldType::Many2many)
    }

    fn opposite(&self, condition: Condition) -> Result<Node, Unsupported> {
        use Operator::{
            Eq, EqIfSet, Ge, Gt, Ilike, In, Le, Like, Lt, Ne, NotIlike, NotIn, NotLike,
        };
        let turned = match condition.operator {
            Eq | EqIfSet => Ne,
            Ne => Eq,
            In => NotIn,
            NotIn => In,
            Like => NotLike,
            NotLike => Like,
            Ilike => NotIlike,
            NotIlike => Ilike,
            Lt => Ge,
            Le => Gt,
            Gt => Le,
            Ge => Lt,
            _ => {
                let unset = unset(&condition.path);
                return Ok(Node::any_of(Node::Condition(condition).negate(), unset));
            }
        };
        let unset = is_null_to_sql(&condition).then(|| unset(&condition.path));
        let turned = self.holds(Node::Condition(Condition {
            operator: turned,
            ..condition
        }))?;
        Ok(match unset {
            Some(unset) => Node::any_of(turned, unset),
            None => turned,
        })
    }

    /// A condition on a translated text.
    fn translated(&self, condition: Condition) -> Result<Node, Unsupported> {
        let Condition {
            path,
            operator,
            operand: Operand::Value(value),
        } = condition
        else {
            return Ok(Node::Condition(condition));
        };
        let is = |operator, value| Node::condition(path.clone(), operator, value);
        Ok(match (operator, value) {
            (Operator::EqIfSet, value) if is_given(&value) => is(Operator::Eq, value),
            (Operator::Ne | Operator::NotLike | Operator::NotIlike, value) if is_given(&value) => {
                Node::any_of(is(operator, value), unset(&path))
            }
            (Operator::In, JsonValue::Array(values)) if values.contains(&false.into()) => {
                match given(values) {
                    values if values.is_empty() => unset(&path),
                    values => Node::any_of(is(operator, values.into()), unset(&path)),
                }
            }
            (Operator::NotIn, JsonValue::Array(values)) if !values.is_empty() => {
                self.none_of(&path, values)?
            }
            (operator, value) => is(operator, value),
        })
    }

    /// None of the translated texts.
    fn none_of(&self, path: &FieldPath, values: Vec<JsonValue>) -> Result<Node, Unsupported> {
        let finds_unset = !values.contains(&false.into());
        let values = given(values);
        if values.len() > 1 && !leads_to_one(path) {
            let condition = Condition {
                path: path.clone(),
                operator: Operator::NotIn,
                operand: Operand::Value(values.into()),
            };
            return Err(Unsupported::of(
                Feature::TRANSLATED_NOT_IN,
                self.series,
                &condition,
            ));
        }
        let differs = |value| Node::condition(path.clone(), Operator::Ne, value);
        let all = values.into_iter().map(differs).reduce(Node::all_of);
        Ok(match (all, finds_unset) {
            (Some(all), true) => Node::any_of(all, unset(path)),
            (Some(all), false) => Node::all_of(all, differs(false.into())),
            (None, _) => differs(false.into()),
        })
    }
}

/// Whether the list of a condition has `False` among other values.
fn splits(condition: &Condition) -> bool {
    let Operand::Value(JsonValue::Array(values)) = &condition.operand else {
        return false;
    };
    matches!(condition.operator, Operator::In | Operator::NotIn) && values.contains(&false.into())
}

/// A condition on the records of a one2many or many2many, with `False` apart from them.
fn of_many(condition: Condition) -> Node {
    if !splits(&condition) {
        return Node::Condition(condition);
    }
    let Condition {
        path,
        operator,
        operand: Operand::Value(JsonValue::Array(values)),
    } = condition
    else {
        return Node::Condition(condition);
    };
    let (others, join): (_, fn(Node, Node) -> Node) = match operator {
        Operator::In => (Operator::Eq, Node::any_of),
        _ => (Operator::Ne, Node::all_of),
    };
    let unset = Node::condition(path.clone(), others, false);
    match given(values) {
        values if values.is_empty() => unset,
        values => join(
            Node::condition(path, operator, JsonValue::from(values)),
            unset,
        ),
    }
}

/// Whether the condition is neither true nor false of an unset value, so that its SQL opposite is not true of it either. Of
/// texts and numbers, Odoo 19 takes unset for `""` and 0, which older versions do not.
fn is_null_to_sql(condition: &Condition) -> bool {
    if condition.path.suffix().is_some() {
        return false;
    }
    match condition.operator {
        Operator::EqLike | Operator::EqIlike => true,
        Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => matches!(
            condition.path.last().field_type(),
            FieldType::Date | FieldType::Datetime | FieldType::Selection | FieldType::Reference
        ),
        _ => false,
    }
}

fn is_given(value: &JsonValue) -> bool {
    !matches!(value, JsonValue::Null | JsonValue::Bool(false)) && value != ""
}

fn given(values: Vec<JsonValue>) -> Vec<JsonValue> {
    values
        .into_iter()
        .filter(|value| *value != JsonValue::Bool(false))
        .collect()
}

/// Whether conditions on the path are about one and the same record.
fn leads_to_one(path: &FieldPath) -> bool {
    let (_, before) = path.steps().split_last().expect("BUG: a path has a field");
    before
        .iter()
        .all(|step| step.field_type() == FieldType::Many2one)
}

pub(super) fn unset(path: &FieldPath) -> Node {
    Node::condition(path.clone(), Operator::Eq, false)
}
