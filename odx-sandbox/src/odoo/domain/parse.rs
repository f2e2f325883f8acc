//! From the list a client sends to a tree, with the checks and texts of Odoo's `Domain` class.

use odx_facts::Series;
use serde_json::{Value, json};

use crate::odoo::behaviour;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::values::python;

/// How deep operators may nest. Python gives up on its own at about 1000 calls.
const DEPTH_LIMIT: usize = 200;

/// A domain as a tree. Constants are simplified away while it is built, as Odoo does before it looks at any field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Domain {
    Constant(bool),
    All(Vec<Domain>),
    Any(Vec<Domain>),
    Not(Box<Domain>),
    Condition(Condition),
}

/// `(field, operator, value)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) field: String,
    pub(crate) operator: Operator,
    pub(crate) value: Value,
}

/// A test and whether its outcome is turned around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) test: Test,
    pub(crate) negated: bool,
    /// The operator as Odoo writes it.
    pub(crate) symbol: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Equal,
    /// `=?`: equal, or anything if the value is not set.
    EqualIfSet,
    In,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    /// The like family: the whole text or a part of it, with or without regard to case.
    Like {
        whole: bool,
        fold: bool,
    },
    Any,
    ChildOf,
    ParentOf,
    /// What the user may do with the record.
    Access,
}

const fn operator(symbol: &'static str, test: Test, negated: bool) -> Operator {
    Operator {
        test,
        negated,
        symbol,
    }
}

const fn like(whole: bool, fold: bool) -> Test {
    Test::Like { whole, fold }
}

const OPERATORS: &[Operator] = &[
    operator("=", Test::Equal, false),
    operator("!=", Test::Equal, true),
    operator("<>", Test::Equal, true),
    operator("==", Test::Equal, false),
    operator("=?", Test::EqualIfSet, false),
    operator("in", Test::In, false),
    operator("not in", Test::In, true),
    operator("<", Test::Less, false),
    operator(">", Test::Greater, false),
    operator("<=", Test::LessOrEqual, false),
    operator(">=", Test::GreaterOrEqual, false),
    operator("like", like(false, false), false),
    operator("not like", like(false, false), true),
    operator("ilike", like(false, true), false),
    operator("not ilike", like(false, true), true),
    operator("=like", like(true, false), false),
    operator("not =like", like(true, false), true),
    operator("=ilike", like(true, true), false),
    operator("not =ilike", like(true, true), true),
    operator("any", Test::Any, false),
    operator("not any", Test::Any, true),
    operator("child_of", Test::ChildOf, false),
    operator("parent_of", Test::ParentOf, false),
    operator("access", Test::Access, false),
];

impl Operator {
    /// The operator written as `symbol`, if the series has it.
    pub(super) fn read(symbol: &str, series: Series) -> Option<Self> {
        let folded = if behaviour::DOMAIN_IS_A_CLASS.holds(series) {
            symbol.to_lowercase()
        } else {
            symbol.to_owned()
        };
        let row = odx_facts::Operator::parse(&folded)?.row();
        if row.text != folded && !odx_facts::OTHER_SPELLINGS.holds(series) {
            return None;
        }
        let is_known = match folded.as_str() {
            "==" => behaviour::DOMAIN_IS_A_CLASS,
            _ => row.since,
        };
        OPERATORS
            .iter()
            .find(|known| known.symbol == folded && is_known.holds(series))
            .copied()
    }

    fn known(test: Test, negated: bool) -> Self {
        OPERATORS
            .iter()
            .find(|known| known.test == test && known.negated == negated)
            .copied()
            .unwrap_or(OPERATORS[0])
    }

    /// `=` or `!=`.
    pub(super) fn equality(negated: bool) -> Self {
        Self::known(Test::Equal, negated)
    }

    /// `in` or `not in`.
    pub(super) fn listing(negated: bool) -> Self {
        Self::known(Test::In, negated)
    }

    pub(super) fn equal() -> Self {
        Self::equality(false)
    }

    pub(super) fn unequal() -> Self {
        Self::equality(true)
    }

    pub(super) fn is_in() -> Self {
        Self::listing(false)
    }

    pub(super) fn not_in() -> Self {
        Self::listing(true)
    }

    pub(super) fn any() -> Self {
        Self::known(Test::Any, false)
    }

    pub(super) fn not_any() -> Self {
        Self::known(Test::Any, true)
    }

    pub(super) fn ilike() -> Self {
        Self::known(like(false, true), false)
    }

    pub(super) fn less() -> Self {
        Self::known(Test::Less, false)
    }

    pub(super) fn less_or_equal() -> Self {
        Self::known(Test::LessOrEqual, false)
    }

    pub(super) fn greater() -> Self {
        Self::known(Test::Greater, false)
    }

    pub(super) fn greater_or_equal() -> Self {
        Self::known(Test::GreaterOrEqual, false)
    }

    /// Whether it is one of the negative operators before Odoo 19: `not any` is none of them.
    pub(super) fn is_negative_term(self) -> bool {
        self.negated && self.test != Test::Any
    }

    pub(crate) fn is_like(self) -> bool {
        matches!(self.test, Test::Like { .. })
    }

    /// The operator that is true where this one is not, as versions before Odoo 19 knew them.
    pub(crate) fn opposite(self) -> Option<Self> {
        let test = match self.test {
            Test::Less => Test::GreaterOrEqual,
            Test::GreaterOrEqual => Test::Less,
            Test::Greater => Test::LessOrEqual,
            Test::LessOrEqual => Test::Greater,
            Test::Equal | Test::In | Test::Like { whole: false, .. } | Test::Any => self.test,
            _ => return None,
        };
        let negated = (test == self.test) != self.negated;
        OPERATORS
            .iter()
            .find(|known| known.test == test && known.negated == negated)
            .copied()
    }

    /// The same test, not turned around.
    pub(crate) fn positive(self) -> Self {
        OPERATORS
            .iter()
            .find(|known| known.test == self.test && !known.negated)
            .copied()
            .unwrap_or(self)
    }
}

impl Condition {
    pub(crate) fn new(field: impl Into<String>, operator: Operator, value: Value) -> Self {
        Self {
            field: field.into(),
            operator,
            value,
        }
    }

    pub(crate) fn test(field: impl Into<String>, test: Test, value: Value) -> Self {
        let operator = OPERATORS
            .iter()
            .find(|known| known.test == test && !known.negated);
        Self::new(field, *operator.unwrap_or(&OPERATORS[0]), value)
    }

    /// The condition in Python's notation, as error texts quote it.
    pub(crate) fn text(&self) -> String {
        condition_text(&self.field, self.operator.symbol, &self.value)
    }
}

fn condition_text(field: &str, operator: &str, value: &Value) -> String {
    let field = python(&Value::from(field));
    let value = match value {
        Value::Null => &Value::Bool(false),
        other => other,
    };
    format!(
        "({field}, {}, {})",
        python(&Value::from(operator)),
        python(value)
    )
}

impl Domain {
    /// Reads a domain for a series.
    pub(crate) fn parse(domain: &Value, series: Series) -> Result<Self> {
        let terms = match domain {
            Value::Bool(flag) if behaviour::DOMAIN_IS_A_CLASS.holds(series) => {
                return Ok(Self::Constant(*flag));
            }
            Value::Array(terms) => terms,
            other => {
                return Err(OdooError::type_error(format!(
                    "Domain() invalid argument type for domain: {}",
                    python(other)
                )));
            }
        };
        let malformed =
            || OdooError::value(format!("Domain() malformed domain {}", python(domain)));
        // Each term with how deep it is nested.
        let mut stack: Vec<(Self, usize)> = Vec::new();
        for term in terms.iter().rev() {
            let (parsed, depth) = match term {
                Value::Array(leaf) if leaf.len() == 3 => (leaf_of(leaf, series)?, 0),
                Value::String(symbol) if symbol == "&" || symbol == "|" => {
                    let (left, one) = stack.pop().ok_or_else(malformed)?;
                    let (right, other) = stack.pop().ok_or_else(malformed)?;
                    let all = symbol == "&";
                    // A chain of one operator is one flat list, however long.
                    let below = |domain: &Self, depth| match domain {
                        Self::All(_) if all => depth,
                        Self::Any(_) if !all => depth,
                        _ => depth + 1,
                    };
                    let depth = below(&left, one).max(below(&right, other));
                    let both = [left, right];
                    let joined = if all {
                        Self::all(both)
                    } else {
                        Self::any(both)
                    };
                    (joined, depth)
                }
                Value::String(symbol) if symbol == "!" => {
                    let (inner, depth) = stack.pop().ok_or_else(malformed)?;
                    (inner.negate(), depth + 1)
                }
                other => {
                    return Err(OdooError::value(format!(
                        "Domain() invalid item in domain: {}",
                        python(other)
                    )));
                }
            };
            if depth > DEPTH_LIMIT {
                return Err(OdooError::new(
                    "builtins.RecursionError",
                    "maximum recursion depth exceeded",
                ));
            }
            stack.push((parsed, depth));
        }
        Ok(Self::all(stack.into_iter().rev().map(|(domain, _)| domain)))
    }

    /// All of the domains at once.
    pub(crate) fn all(domains: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for domain in domains {
            match domain {
                Self::Constant(true) => {}
                Self::Constant(false) => return Self::Constant(false),
                Self::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Self::Constant(true),
            1 => kept.swap_remove(0),
            _ => Self::All(kept),
        }
    }

    /// At least one of the domains.
    pub(crate) fn any(domains: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for domain in domains {
            match domain {
                Self::Constant(false) => {}
                Self::Constant(true) => return Self::Constant(true),
                Self::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Self::Constant(false),
            1 => kept.swap_remove(0),
            _ => Self::Any(kept),
        }
    }

    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Constant(flag) => Self::Constant(!flag),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The domain in Odoo's list notation.
    pub(crate) fn to_list(&self) -> Vec<Value> {
        let joined = |symbol: &str, inner: &[Self]| {
            let operators = std::iter::repeat_n(Value::from(symbol), inner.len() - 1);
            operators
                .chain(inner.iter().flat_map(Self::to_list))
                .collect()
        };
        match self {
            Self::Constant(flag) => vec![json!([i64::from(*flag), "=", 1])],
            Self::All(inner) => joined("&", inner),
            Self::Any(inner) => joined("|", inner),
            Self::Not(inner) => [vec![Value::from("!")], inner.to_list()].concat(),
            Self::Condition(Condition {
                field,
                operator,
                value,
            }) => vec![json!([field, operator.symbol, value])],
        }
    }

    /// Whether a condition on exactly this field stands anywhere outside sub-domains.
    pub(crate) fn mentions(&self, field: &str) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::All(inner) | Self::Any(inner) => {
                inner.iter().any(|domain| domain.mentions(field))
            }
            Self::Not(inner) => inner.mentions(field),
            Self::Condition(condition) => condition.field == field,
        }
    }
}

fn leaf_of(leaf: &[Value], series: Series) -> Result<Domain> {
    let [field, operator, value] = leaf else {
        return Err(OdooError::index());
    };
    let Value::String(field) = field else {
        return constant(leaf);
    };
    let Value::String(symbol) = operator else {
        return Err(OdooError::new(
            "builtins.AttributeError",
            format!("{} object has no attribute 'lower'", python(operator)),
        ));
    };
    if field.is_empty() {
        return Err(OdooError::type_error(format!(
            "Empty field name in condition {}",
            condition_text(field, symbol, value)
        )));
    }
    if matches!(symbol.as_str(), "any!" | "not any!") {
        return Err(OdooError::value(format!(
            "Domain() invalid item in domain: {}",
            python(&Value::from(leaf.to_vec()))
        )));
    }
    let Some(operator) = Operator::read(symbol, series) else {
        return Err(OdooError::value(
            if behaviour::DOMAIN_IS_A_CLASS.holds(series) {
                format!(
                    "Invalid operator in condition {}",
                    condition_text(field, symbol, value)
                )
            } else {
                format!("Invalid leaf {}", condition_text(field, symbol, value))
            },
        ));
    };
    let value = match value {
        Value::Null => Value::Bool(false),
        other => other.clone(),
    };
    Ok(Domain::Condition(Condition::new(
        field.as_str(),
        operator,
        value,
    )))
}

/// `[1, "=", 1]` and `[0, "=", 1]`.
fn constant(leaf: &[Value]) -> Result<Domain> {
    let numbers = (leaf[0].as_i64(), leaf[1].as_str(), leaf[2].as_i64());
    match numbers {
        (Some(1), Some("="), Some(1)) => Ok(Domain::Constant(true)),
        (Some(0), Some("="), Some(1)) => Ok(Domain::Constant(false)),
        _ => {
            let text = python(&Value::from(leaf.to_vec()));
            let inner = text.trim_start_matches('[').trim_end_matches(']');
            Err(OdooError::type_error(format!(
                "Domain() invalid arguments: ({inner})"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(domain: Value) -> Result<Domain> {
        Domain::parse(&domain, Series::from(19))
    }

    fn condition(field: &str) -> Domain {
        Domain::Condition(Condition::test(field, Test::Equal, json!(1)))
    }

    #[test]
    fn terms_side_by_side_are_joined_by_and() {
        let domain = parse(json!([["a", "=", 1], ["b", "=", 1]])).unwrap();
        assert_eq!(domain, Domain::All(vec![condition("a"), condition("b")]));
    }

    #[test]
    fn prefix_operators_take_the_terms_that_follow() {
        let domain = parse(json!([
            "|",
            "!",
            ["a", "=", 1],
            "&",
            ["b", "=", 1],
            ["c", "=", 1]
        ]));
        let expected = Domain::Any(vec![
            condition("a").negate(),
            Domain::All(vec![condition("b"), condition("c")]),
        ]);
        assert_eq!(domain.unwrap(), expected);
    }

    #[test]
    fn constants_swallow_or_leave_the_other_terms() {
        assert_eq!(parse(json!([])).unwrap(), Domain::Constant(true));
        assert_eq!(parse(json!(false)).unwrap(), Domain::Constant(false));
        let domain = parse(json!(["|", [0, "=", 1], ["a", "=", 1]])).unwrap();
        assert_eq!(domain, condition("a"));
    }

    #[test]
    fn mistakes_are_named_in_odoos_words() {
        let message = |domain| parse(domain).unwrap_err().to_string();
        assert_eq!(
            message(json!([["a", "~", 1]])),
            "builtins.ValueError: Invalid operator in condition ('a', '~', 1)"
        );
        assert_eq!(
            message(json!(["&", ["a", "=", 1]])),
            "builtins.ValueError: Domain() malformed domain ['&', ['a', '=', 1]]"
        );
        assert_eq!(
            message(json!([[1, "=", 0]])),
            "builtins.TypeError: Domain() invalid arguments: (1, '=', 0)"
        );
        assert_eq!(
            message(json!("a")),
            "builtins.TypeError: Domain() invalid argument type for domain: 'a'"
        );
    }

    #[test]
    fn a_long_chain_is_flat_and_a_deep_nest_is_refused() {
        let leaf = json!(["a", "=", 1]);
        let mut chain = vec![json!("|"); 999];
        chain.extend(vec![leaf.clone(); 1000]);
        assert!(matches!(parse(Value::from(chain)), Ok(Domain::Any(terms)) if terms.len() == 1000));
        let mut nest = Vec::new();
        for _ in 0..1000 {
            nest.extend([json!("|"), leaf.clone(), json!("&"), leaf.clone()]);
        }
        nest.push(leaf);
        let error = parse(Value::from(nest)).unwrap_err();
        assert_eq!(error.name(), "builtins.RecursionError");
    }

    #[test]
    fn operators_exist_from_their_version_on() {
        let any = json!([["a", "any", []]]);
        assert!(Domain::parse(&any, Series::from(17)).is_ok());
        assert!(Domain::parse(&any, Series::from(16)).is_err());
        assert!(Domain::parse(&json!([["a", "IN", []]]), Series::from(18)).is_err());
        assert!(Domain::parse(&json!([["a", "not =like", "x"]]), Series::from(18)).is_err());
    }
}
