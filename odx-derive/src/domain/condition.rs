//! Conditions: a path, an operator and what it takes.

use odx_facts::{Operation, OperatorRow as Operator, Takes};
use proc_macro2::{Ident, Span};
use syn::{Expr, Token, parse_quote_spanned, punctuated::Punctuated, spanned::Spanned};

use super::Filter;
use crate::{field::FieldPath, names::suggestion, value::Value};

/// A condition on a field.
pub(crate) struct Condition {
    pub(crate) path: FieldPath,
    /// Where the operator stands.
    pub(crate) span: Span,
    pub(crate) test: Test,
}

/// What a condition asks of its field.
pub(crate) enum Test {
    /// Whether it has a value.
    IsSet(bool),
    /// How it compares with a value.
    Value(&'static Operator, Value),
    /// Whether it is one of these values.
    Values(&'static Operator, Vec<Value>),
    /// Whether it is one of what a program's iterator gives.
    Iterator(&'static Operator, Expr),
    /// Whether it is like a text.
    Text(&'static Operator, Value),
    /// Whether it is below or above these records.
    Records(&'static Operator, Vec<Value>),
    /// Whether it is below or above records that a program's expression gives.
    SomeRecords(&'static Operator, Expr),
    /// Whether related records match.
    Domain(&'static Operator, Box<Filter>),
}

/// The two notations, which differ in what `false` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// `false` is a value of booleans.
    Rust,
    /// `False` is unset for all but booleans, where both are the same on the wire.
    Odoo,
}

impl Test {
    /// A test by any operator but those that take a domain.
    pub(crate) fn new(
        operator: &'static Operator,
        expr: Expr,
        notation: Notation,
    ) -> syn::Result<Self> {
        match operator.takes {
            Takes::Value | Takes::SetValue => Self::value(operator, one(operator, expr, notation)?),
            Takes::Text => Self::text(operator, Value::new(expr)?),
            Takes::List => match list(expr) {
                Many::Items(items, _) => Ok(Self::Values(operator, values(items, notation)?)),
                Many::Expr(expr) => match Value::new(expr)? {
                    Value::Expr(expr) => Ok(Self::Iterator(operator, expr)),
                    value => Err(syn::Error::new(
                        value.span(),
                        format!(
                            "`{}` takes a list: write `[..]` around the value",
                            operator.text
                        ),
                    )),
                },
            },
            Takes::Records => match list(expr) {
                Many::Items(items, _) => Ok(Self::Records(operator, values(items, notation)?)),
                Many::Expr(expr) => match Value::new(expr)? {
                    Value::Expr(expr) => Ok(Self::SomeRecords(operator, expr)),
                    value => Ok(Self::Records(operator, vec![value])),
                },
            },
            Takes::Operation => Self::operation(operator, Value::new(expr)?),
            Takes::Domain => Ok(Self::Domain(operator, Box::new(Filter::made(expr)))),
        }
    }

    fn value(operator: &'static Operator, value: Value) -> syn::Result<Self> {
        match (operator.text, value) {
            ("=", Value::Unset(_)) => Ok(Self::IsSet(false)),
            ("!=", Value::Unset(_)) => Ok(Self::IsSet(true)),
            (text, Value::Unset(span)) if operator.takes == Takes::SetValue => {
                Err(syn::Error::new(
                    span,
                    format!("`{text}` compares with a value; ask for unset fields with `== None`"),
                ))
            }
            (_, value) => Ok(Self::Value(operator, value)),
        }
    }

    /// One of Odoo's four words, or an expression.
    fn operation(operator: &'static Operator, value: Value) -> syn::Result<Self> {
        let text = match value {
            Value::Text(text) => text,
            value @ Value::Expr(_) => return Ok(Self::Value(operator, value)),
            value => {
                return Err(syn::Error::new(
                    value.span(),
                    format!("`{}` takes an `Operation`, such as \"read\"", operator.text),
                ));
            }
        };
        let name = text.value();
        let Some(operation) = Operation::named(&name) else {
            let words = Operation::ALL.map(Operation::as_str);
            return Err(syn::Error::new(
                text.span(),
                format!(
                    "`{name}` is nothing that a user may do: {}",
                    suggestion(&name, words.into_iter())
                ),
            ));
        };
        let variant = Ident::new(&format!("{operation:?}"), text.span());
        let path = parse_quote_spanned!(text.span()=> ::odx_runtime::domain::Operation::#variant);
        Ok(Self::Value(operator, Value::Expr(path)))
    }

    fn text(operator: &'static Operator, value: Value) -> syn::Result<Self> {
        match value {
            Value::Text(_) | Value::Expr(_) => Ok(Self::Text(operator, value)),
            value => Err(syn::Error::new(
                value.span(),
                format!("`{}` takes a text in double quotes", operator.text),
            )),
        }
    }
}

/// A value, where no list may stand.
fn one(operator: &Operator, expr: Expr, notation: Notation) -> syn::Result<Value> {
    match list(expr) {
        Many::Expr(expr) => value(expr, notation),
        Many::Items(_, span) => {
            let one = if notation == Notation::Rust && operator.text == "=" {
                "=="
            } else {
                operator.text
            };
            let many = if operator.text == "!=" {
                "not in"
            } else {
                "in"
            };
            Err(syn::Error::new(
                span,
                format!("`{one}` takes one value; a list is compared with `{many}`"),
            ))
        }
    }
}

fn value(expr: Expr, notation: Notation) -> syn::Result<Value> {
    Ok(match (Value::new(expr)?, notation) {
        (Value::False(span), Notation::Odoo) => Value::Unset(span),
        (value, _) => value,
    })
}

fn values(items: Punctuated<Expr, Token![,]>, notation: Notation) -> syn::Result<Vec<Value>> {
    items
        .into_iter()
        .map(|item| value(item, notation))
        .collect()
}

/// What may be a list.
enum Many {
    Items(Punctuated<Expr, Token![,]>, Span),
    Expr(Expr),
}

/// Python's tuples are lists here too.
fn list(expr: Expr) -> Many {
    let span = expr.span();
    match expr {
        Expr::Array(array) => Many::Items(array.elems, span),
        Expr::Tuple(tuple) => Many::Items(tuple.elems, span),
        Expr::Reference(reference) if matches!(*reference.expr, Expr::Array(_)) => {
            list(*reference.expr)
        }
        Expr::Group(group) => list(*group.expr),
        expr => Many::Expr(expr),
    }
}
