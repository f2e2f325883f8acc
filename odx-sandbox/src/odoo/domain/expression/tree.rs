//! From the terms of a domain to a tree of conditions, with what each series refuses on the way.

use serde_json::Value;

use super::literal::class_of;
use crate::odoo::behaviour;
use crate::odoo::domain::parse::{Operator, Test};
use crate::odoo::env::Env;
use crate::odoo::errors::{OdooError, Result};
use crate::odoo::schema::{FieldType, Model};
use crate::odoo::values::{python, python_tuple};

/// A domain as a tree.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Constant(bool),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Leaf(Leaf),
}

/// `(field, operator, value)`.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) value: Right,
}

/// The right side of a condition.
#[derive(Clone, Debug)]
pub(super) enum Right {
    Value(Value),
    /// The domain of `any` and `not any`.
    Domain(Box<Tree>),
}

/// One term of a domain, as it is sent.
enum Term<'a> {
    Operator(char),
    Leaf(&'a [Value]),
    /// Whatever else stands there; it counts as a condition until it is looked at.
    Other(&'a Value),
}

fn term(value: &Value) -> Term<'_> {
    match value {
        Value::String(symbol) => match symbol.as_str() {
            "&" => Term::Operator('&'),
            "|" => Term::Operator('|'),
            "!" => Term::Operator('!'),
            _ => Term::Other(value),
        },
        Value::Array(leaf) => Term::Leaf(leaf),
        other => Term::Other(other),
    }
}

/// The terms of a domain, where it is one.
pub(super) fn terms(domain: &Value) -> Result<&[Value]> {
    match domain {
        Value::Array(terms) => Ok(terms),
        _ => Err(OdooError::new(
            "builtins.AssertionError",
            "Domains to normalize must have a 'domain' form: a list or tuple of domain components",
        )),
    }
}

/// The terms with an `&` in front of each two that stand side by side.
pub(crate) fn normalized(env: &Env<'_>, domain: &Value) -> Result<Vec<Value>> {
    let given = terms(domain)?;
    if given.is_empty() {
        return Ok(vec![Value::from(vec![
            Value::from(1),
            Value::from("="),
            Value::from(1),
        ])]);
    }
    let mut result: Vec<Value> = Vec::new();
    let mut expected = 1i64;
    for value in given {
        if expected == 0 {
            result.insert(0, Value::from("&"));
            expected = 1;
        }
        match term(value) {
            Term::Operator('!') => {}
            Term::Operator(_) => expected += 1,
            Term::Leaf(leaf) => {
                let nested = env.holds(behaviour::HAS_ANY)
                    && matches!(leaf, [_, Value::String(symbol), _] if is_any(symbol));
                expected -= 1;
                if nested {
                    let inner = normalized(env, &leaf[2])?;
                    result.push(Value::from(vec![
                        leaf[0].clone(),
                        leaf[1].clone(),
                        Value::from(inner),
                    ]));
                    continue;
                }
            }
            Term::Other(Value::Object(_)) => return Err(unhashable("dict")),
            Term::Other(_) => expected -= 1,
        }
        result.push(value.clone());
    }
    if expected != 0 {
        let text = format!("Domain {} is syntactically not correct.", python(domain));
        let class = match env.holds(behaviour::MALFORMED_DOMAIN_IS_VALUE_ERROR) {
            true => "builtins.ValueError",
            false => "builtins.AssertionError",
        };
        return Err(OdooError::new(class, text));
    }
    Ok(result)
}

fn is_any(symbol: &str) -> bool {
    matches!(symbol, "any" | "not any")
}

fn unhashable(class: &str) -> OdooError {
    OdooError::type_error(format!("unhashable type: '{class}'"))
}

fn popped<T>(stack: &mut Vec<T>) -> Result<T> {
    stack
        .pop()
        .ok_or_else(|| OdooError::new("builtins.IndexError", "pop from empty list"))
}

/// Whether no record can match, which Odoo sees before it looks at any field: an empty list after `in`.
pub(super) fn is_false(env: &Env<'_>, domain: &Value) -> Result<bool> {
    let mut stack: Vec<i8> = Vec::new();
    for value in normalized(env, domain)?.iter().rev() {
        let truth = match term(value) {
            Term::Operator('!') => -popped(&mut stack)?,
            Term::Operator('&') => popped(&mut stack)?.min(popped(&mut stack)?),
            Term::Operator(_) => popped(&mut stack)?.max(popped(&mut stack)?),
            Term::Leaf(leaf) => leaf_truth(leaf)?,
            // The second letter of a text is no operator.
            Term::Other(Value::String(text)) if text.chars().count() > 1 => 0,
            Term::Other(Value::String(_)) => return Err(OdooError::index()),
            Term::Other(other) => {
                return Err(OdooError::type_error(format!(
                    "'{}' object is not subscriptable",
                    class_of(other)
                )));
            }
        };
        stack.push(truth);
    }
    Ok(stack.pop() == Some(-1))
}

fn leaf_truth(leaf: &[Value]) -> Result<i8> {
    if let Some(constant) = constant(leaf) {
        return Ok(if constant { 1 } else { -1 });
    }
    let empty = |value: &Value| !crate::odoo::values::truthy(value);
    match (leaf.get(1), leaf.get(2)) {
        (None, _) => Err(OdooError::index()),
        (Some(Value::String(symbol)), value) if symbol == "in" || symbol == "not in" => {
            let value = value.ok_or_else(OdooError::index)?;
            Ok(match (empty(value), symbol.as_str()) {
                (false, _) => 0,
                (true, "in") => -1,
                (true, _) => 1,
            })
        }
        _ => Ok(0),
    }
}

/// `(1, '=', 1)` and `(0, '=', 1)`.
fn constant(leaf: &[Value]) -> Option<bool> {
    // Python's `True` equals 1.
    let number = |value: &Value| value.as_i64().or(value.as_bool().map(i64::from));
    match leaf {
        [left, Value::String(symbol), right] if symbol == "=" && number(right) == Some(1) => {
            match number(left)? {
                1 => Some(true),
                0 => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The tree of a domain for a model.
pub(super) fn tree(env: &Env<'_>, model: &Model, domain: &Value) -> Result<Tree> {
    let given = normalized(env, domain)?;
    if env.holds(behaviour::MERGES_RELATIONAL_CONDITIONS) {
        let tree = nested(env, model, &given)?;
        return merged(env, model, tree);
    }
    let mut rest = given.iter();
    // What cannot be a condition is found out after `!` has been taken in.
    for value in &given {
        if let Term::Leaf(leaf) = term(value)
            && valid(env, leaf).is_none()
            && leaf
                .iter()
                .any(|part| matches!(part, Value::Array(_) | Value::Object(_)))
        {
            return Err(unhashable("list"));
        }
    }
    for value in &given {
        match term(value) {
            Term::Leaf(leaf) if valid(env, leaf).is_none() => return Err(invalid_leaf(value)),
            Term::Other(_) => return Err(invalid_leaf(value)),
            _ => {}
        }
    }
    distributed(env, &mut rest, false)
}

fn invalid_leaf(value: &Value) -> OdooError {
    let text = match value {
        Value::Array(items) => python_tuple(items),
        other => python(other),
    };
    OdooError::value(format!("Invalid leaf {text}"))
}

/// Reads the next subtree, with `!` pushed down to the conditions.
fn distributed<'a>(
    env: &Env<'_>,
    rest: &mut impl Iterator<Item = &'a Value>,
    negate: bool,
) -> Result<Tree> {
    let value = rest.next().ok_or_else(OdooError::index)?;
    Ok(match term(value) {
        Term::Operator('!') => distributed(env, rest, !negate)?,
        Term::Operator(symbol) => {
            let one = distributed(env, rest, negate)?;
            let other = distributed(env, rest, negate)?;
            match (symbol == '&') != negate {
                true => Tree::All(vec![one, other]),
                false => Tree::Any(vec![one, other]),
            }
        }
        Term::Leaf(leaf) => match valid(env, leaf) {
            Some(leaf) if negate => negated(env, leaf),
            Some(leaf) => leaf,
            None => return Err(invalid_leaf(value)),
        },
        Term::Other(_) => return Err(invalid_leaf(value)),
    })
}

/// A condition turned around: by the opposite of its operator, or, where there is none, left to SQL.
fn negated(env: &Env<'_>, tree: Tree) -> Tree {
    match tree {
        Tree::Constant(flag) => Tree::Constant(!flag),
        Tree::Not(inner) => *inner,
        Tree::All(inner) => Tree::Any(inner.into_iter().map(|tree| negated(env, tree)).collect()),
        Tree::Any(inner) => Tree::All(inner.into_iter().map(|tree| negated(env, tree)).collect()),
        Tree::Leaf(leaf) => {
            if leaf.operator.test == Test::EqualIfSet
                && env.holds(behaviour::NEGATED_IF_SET_IS_UNEQUAL)
            {
                return match &leaf.value {
                    Right::Value(value) if crate::odoo::values::truthy(value) => Tree::Leaf(Leaf {
                        operator: Operator::unequal(),
                        ..leaf
                    }),
                    _ => Tree::Constant(false),
                };
            }
            match leaf.operator.opposite() {
                Some(operator) => Tree::Leaf(Leaf { operator, ..leaf }),
                None => Tree::Not(Box::new(Tree::Leaf(leaf))),
            }
        }
    }
}

/// The condition of a leaf, if it is one.
fn valid(env: &Env<'_>, leaf: &[Value]) -> Option<Tree> {
    if let Some(flag) = constant(leaf) {
        return Some(Tree::Constant(flag));
    }
    match leaf {
        [Value::String(field), Value::String(symbol), value] if !field.is_empty() => {
            let operator = Operator::read(symbol, env.db.series)?;
            Some(Tree::Leaf(Leaf {
                field: field.clone(),
                operator,
                value: Right::Value(value.clone()),
            }))
        }
        _ => None,
    }
}

/// From Odoo 17 on: paths become `any`, and what can be a condition is found out on the way.
fn nested(env: &Env<'_>, model: &Model, given: &[Value]) -> Result<Tree> {
    let mut stack: Vec<Tree> = Vec::new();
    let mut leaves = Vec::with_capacity(given.len());
    for value in given {
        leaves.push(match term(value) {
            Term::Operator(_) => None,
            Term::Leaf(leaf) => Some(any_leaf(env, model, leaf, value)?),
            Term::Other(Value::String(_)) => {
                return Err(OdooError::value(
                    "not enough values to unpack (expected 3, got 2)",
                ));
            }
            Term::Other(other) => {
                return Err(OdooError::type_error(format!(
                    "'{}' object is not iterable",
                    class_of(other)
                )));
            }
        });
    }
    for (value, leaf) in given.iter().zip(leaves).rev() {
        let tree = match (leaf, term(value)) {
            (Some(leaf), _) => leaf,
            (None, Term::Operator('!')) => negated(env, popped(&mut stack)?),
            (None, Term::Operator('&')) => and([popped(&mut stack)?, popped(&mut stack)?]),
            (None, _) => or([popped(&mut stack)?, popped(&mut stack)?]),
        };
        stack.push(tree);
    }
    Ok(and(stack.into_iter().rev()))
}

fn any_leaf(env: &Env<'_>, model: &Model, leaf: &[Value], value: &Value) -> Result<Tree> {
    if let Some(flag) = constant(leaf) {
        return Ok(Tree::Constant(flag));
    }
    let [left, operator, right] = leaf else {
        return Err(OdooError::value(format!(
            "not enough values to unpack (expected 3, got {})",
            leaf.len()
        )));
    };
    let Value::String(path) = left else {
        return Err(match left {
            Value::Number(_) | Value::Bool(_) | Value::Null => OdooError::new(
                "builtins.AttributeError",
                format!("'{}' object has no attribute 'split'", class_of(left)),
            ),
            _ => OdooError::new("builtins.AttributeError", "no attribute 'split'"),
        });
    };
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path.as_str(), None),
    };
    let field = model.fields.get(name).ok_or_else(|| {
        OdooError::value(format!(
            "Invalid field {}.{name} in leaf {}",
            model.name,
            python_tuple(leaf)
        ))
    })?;
    let comodel = || {
        let name = field.relation.as_deref().unwrap_or("None");
        env.model(name)
            .map_err(|_| OdooError::new("builtins.KeyError", name))
    };
    let any = |domain: Tree| {
        Ok(Tree::Leaf(Leaf {
            field: name.to_owned(),
            operator: Operator::any(),
            value: Right::Domain(Box::new(domain)),
        }))
    };
    if let (Some(rest), true) = (rest, field.kind.is_relational()) {
        let inner = Value::from(vec![Value::from(rest), operator.clone(), right.clone()]);
        let comodel = comodel()?;
        return any(nested(env, &comodel, &[inner])?);
    }
    if let Value::String(symbol) = operator
        && is_any(symbol)
    {
        let comodel = comodel()?;
        let inner = nested(env, &comodel, &normalized(env, right)?)?;
        let operator = Operator::read(symbol, env.db.series).ok_or_else(|| invalid_leaf(value))?;
        return Ok(Tree::Leaf(Leaf {
            field: path.clone(),
            operator,
            value: Right::Domain(Box::new(inner)),
        }));
    }
    valid(env, leaf).ok_or_else(|| invalid_leaf(value))
}

fn and(trees: impl IntoIterator<Item = Tree>) -> Tree {
    let mut kept = Vec::new();
    for tree in trees {
        match tree {
            Tree::Constant(true) => {}
            Tree::Constant(false) => return tree,
            Tree::All(inner) => kept.extend(inner),
            other => kept.push(other),
        }
    }
    match kept.len() {
        0 => Tree::Constant(true),
        1 => kept.swap_remove(0),
        _ => Tree::All(kept),
    }
}

fn or(trees: impl IntoIterator<Item = Tree>) -> Tree {
    let mut kept = Vec::new();
    for tree in trees {
        match tree {
            Tree::Constant(false) => {}
            Tree::Constant(true) => return tree,
            Tree::Any(inner) => kept.extend(inner),
            other => kept.push(other),
        }
    }
    match kept.len() {
        0 => Tree::Constant(false),
        1 => kept.swap_remove(0),
        _ => Tree::Any(kept),
    }
}

/// From Odoo 17 on, conditions on the same relation are made one where that comes to the same.
fn merged(env: &Env<'_>, model: &Model, tree: Tree) -> Result<Tree> {
    let each = |inner: Vec<Tree>| -> Result<Vec<Tree>> {
        inner
            .into_iter()
            .map(|tree| merged(env, model, tree))
            .collect()
    };
    let tree = match tree {
        Tree::Not(inner) => negated(env, merged(env, model, *inner)?),
        Tree::All(inner) => and(each(inner)?),
        Tree::Any(inner) => or(each(inner)?),
        other => other,
    };
    match tree {
        Tree::Leaf(leaf) => merged_leaf(env, model, leaf).map(Tree::Leaf),
        Tree::All(inner) => Ok(and(merged_siblings(env, model, inner, true)?)),
        Tree::Any(inner) => Ok(or(merged_siblings(env, model, inner, false)?)),
        other => Ok(other),
    }
}

fn merged_leaf(env: &Env<'_>, model: &Model, leaf: Leaf) -> Result<Leaf> {
    let Right::Domain(inner) = leaf.value else {
        return Ok(leaf);
    };
    let comodel = model
        .fields
        .get(&leaf.field)
        .and_then(|field| env.comodel(field));
    let inner = match comodel {
        Some(comodel) => merged(env, &comodel, *inner)?,
        None => *inner,
    };
    Ok(Leaf {
        value: Right::Domain(Box::new(inner)),
        ..leaf
    })
}

fn merged_siblings(
    env: &Env<'_>,
    model: &Model,
    siblings: Vec<Tree>,
    all: bool,
) -> Result<Vec<Tree>> {
    let mut children = Vec::new();
    // By polarity and field, in the order in which they come.
    let mut groups: Vec<(bool, String, Vec<Tree>)> = Vec::new();
    for tree in siblings {
        match tree {
            Tree::Leaf(Leaf {
                field,
                operator,
                value: Right::Domain(inner),
            }) => {
                let known = groups
                    .iter_mut()
                    .find(|(negated, name, _)| *negated == operator.negated && *name == field);
                match known {
                    Some((_, _, inners)) => inners.push(*inner),
                    None => groups.push((operator.negated, field, vec![*inner])),
                }
            }
            other => children.push(other),
        }
    }
    groups.sort_by_key(|(negated, ..)| *negated);
    for (negated, name, inners) in groups {
        let field = model.fields.get(&name);
        let to_one = field.is_some_and(|field| field.kind == FieldType::Many2one);
        let operator = match negated {
            true => Operator::not_any(),
            false => Operator::any(),
        };
        let domains = match (all == negated, to_one && inners.len() > 1) {
            (true, _) => vec![or(inners)],
            (false, true) => vec![and(inners)],
            (false, false) => inners,
        };
        for domain in domains {
            let leaf = Leaf {
                field: name.clone(),
                operator,
                value: Right::Domain(Box::new(domain)),
            };
            children.push(Tree::Leaf(merged_leaf(env, model, leaf)?));
        }
    }
    Ok(children)
}

impl Tree {
    /// Whether a condition on exactly this field stands among the terms.
    pub(super) fn mentions(&self, name: &str) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::All(inner) | Self::Any(inner) => inner.iter().any(|tree| tree.mentions(name)),
            Self::Not(inner) => inner.mentions(name),
            Self::Leaf(leaf) => leaf.field == name,
        }
    }

    /// Whether no record can match, as [`is_false`] sees it of terms.
    pub(super) fn is_false(&self) -> bool {
        self.truth() == -1
    }

    fn truth(&self) -> i8 {
        match self {
            Self::Constant(flag) => {
                if *flag {
                    1
                } else {
                    -1
                }
            }
            Self::All(inner) => inner.iter().map(Self::truth).min().unwrap_or(1),
            Self::Any(inner) => inner.iter().map(Self::truth).max().unwrap_or(-1),
            Self::Not(inner) => -inner.truth(),
            Self::Leaf(leaf) => match (&leaf.value, leaf.operator.test, leaf.operator.negated) {
                (Right::Value(value), Test::In, negated) if !crate::odoo::values::truthy(value) => {
                    if negated {
                        1
                    } else {
                        -1
                    }
                }
                _ => 0,
            },
        }
    }
}

/// The condition `any` at the end of a path.
pub(super) fn renamed(
    env: &Env<'_>,
    model: &Model,
    path: &str,
    operator: Operator,
    inner: &Tree,
) -> Result<Tree> {
    let mut names: Vec<&str> = path.split('.').collect();
    let last = names.pop().unwrap_or_default();
    let mut tree = Tree::Leaf(Leaf {
        field: last.to_owned(),
        operator,
        value: Right::Domain(Box::new(inner.clone())),
    });
    for name in names.into_iter().rev() {
        tree = Tree::Leaf(Leaf {
            field: name.to_owned(),
            operator: Operator::any(),
            value: Right::Domain(Box::new(tree)),
        });
    }
    merged(env, model, tree)
}
