//! Odoo's notation: `["|", ("email", "!=", False), ("phone", "!=", False)]`.

use odx_facts::{OPERATORS, OperatorRow as Operator, Takes};
use proc_macro2::Span;
use syn::{
    Expr, Lit, LitInt, LitStr, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{ParseBuffer, ParseStream},
    token::{Brace, Bracket, Paren},
};

use super::{
    Filter,
    condition::{Condition, Notation, Test},
    rust,
};
use crate::{field::FieldPath, names::suggestion};

const CONDITION: &str = "expected a condition, such as `(\"name\", \"=\", \"Acme\")`";

/// An item of a list.
enum Item {
    Filter(Box<Filter>),
    Prefix(Prefix, Span),
}

/// An operator before the conditions that it joins.
#[derive(Clone, Copy)]
enum Prefix {
    And,
    Or,
    Not,
}

/// Reads a list of conditions and prefix operators.
pub(super) fn list(input: ParseStream) -> syn::Result<Filter> {
    let content;
    bracketed!(content in input);
    join(
        content
            .parse_terminated(item, Token![,])?
            .into_iter()
            .collect(),
    )
}

/// Joins from the right, with a stack, as Odoo does.
fn join(items: Vec<Item>) -> syn::Result<Filter> {
    let mut stack: Vec<Filter> = Vec::new();
    for item in items.into_iter().rev() {
        let (prefix, span) = match item {
            Item::Filter(filter) => {
                stack.push(*filter);
                continue;
            }
            Item::Prefix(prefix, span) => (prefix, span),
        };
        let (text, needed) = match prefix {
            Prefix::And => ("&", 2),
            Prefix::Or => ("|", 2),
            Prefix::Not => ("!", 1),
        };
        if stack.len() < needed {
            let joined = if needed == 1 {
                "a condition after it"
            } else {
                "two conditions after it"
            };
            return Err(syn::Error::new(
                span,
                format!(
                    "\"{text}\" needs {joined}, but there {}",
                    found(stack.len())
                ),
            ));
        }
        let mut operands: Vec<Filter> = stack.drain(stack.len() - needed..).rev().collect();
        stack.push(match prefix {
            Prefix::And => Filter::All(operands),
            Prefix::Or => Filter::Any(operands),
            Prefix::Not => Filter::Not(Box::new(operands.remove(0))),
        });
    }
    stack.reverse();
    Ok(match stack.len() {
        1 => stack.remove(0),
        _ => Filter::All(stack),
    })
}

fn found(conditions: usize) -> &'static str {
    if conditions == 0 { "is none" } else { "is one" }
}

fn item(input: ParseStream) -> syn::Result<Item> {
    if input.peek(LitStr) {
        return prefix(&input.parse()?);
    }
    refuse_character(input)?;
    let content;
    if input.peek(Paren) {
        parenthesized!(content in input);
    } else if input.peek(Bracket) {
        bracketed!(content in input);
    } else if input.peek(Brace) || input.peek(syn::Ident) || input.peek(Token![&]) {
        return input
            .parse()
            .map(|expr| Item::Filter(Box::new(Filter::made(expr))));
    } else {
        return Err(syn::Error::new(input.span(), CONDITION));
    }
    leaf(&content).map(|filter| Item::Filter(Box::new(filter)))
}

fn prefix(text: &LitStr) -> syn::Result<Item> {
    let prefix = match text.value().as_str() {
        "&" => Prefix::And,
        "|" => Prefix::Or,
        "!" => Prefix::Not,
        _ => {
            let message = "conditions are joined by \"&\", \"|\" and \"!\"; a condition stands in parentheses, such as `(\"name\", \"=\", \"Acme\")`";
            return Err(syn::Error::new(text.span(), message));
        }
    };
    Ok(Item::Prefix(prefix, text.span()))
}

/// Python's quotes: what Rust reads as a character, or cannot read.
fn refuse_character(input: ParseStream) -> syn::Result<()> {
    let literal = match input.fork().parse() {
        Ok(Lit::Char(literal)) => format!(": write {:?}", literal.value().to_string()),
        Ok(Lit::Verbatim(_)) => String::new(),
        _ => return Ok(()),
    };
    Err(syn::Error::new(
        input.span(),
        format!("a text has double quotes in Rust{literal}"),
    ))
}

/// Reads `"name", "=", "Acme"`.
fn leaf(input: &ParseBuffer) -> syn::Result<Filter> {
    if input.peek(LitInt) {
        return constant(input);
    }
    refuse_character(input)?;
    let path = if input.peek(LitStr) {
        FieldPath::parse(&input.parse()?)?
    } else if input.peek(syn::Ident::peek_any) {
        rust::path(input)?
    } else {
        return Err(syn::Error::new(input.span(), CONDITION));
    };
    comma(input)?;
    refuse_character(input)?;
    let text: LitStr = input.parse().map_err(|error| {
        syn::Error::new(
            error.span(),
            "expected an operator in quotes, such as \"=\"",
        )
    })?;
    let operator = operator(&text)?;
    comma(input)?;
    let test = match operator.takes {
        Takes::Domain if input.peek(Bracket) => Test::Domain(operator, Box::new(list(input)?)),
        _ => Test::new(operator, input.parse::<Expr>()?, Notation::Odoo)?,
    };
    end(input)?;
    Ok(Filter::Condition(Condition {
        path,
        span: text.span(),
        test,
    }))
}

/// Reads `1, "=", 1` or `0, "=", 1`.
fn constant(input: &ParseBuffer) -> syn::Result<Filter> {
    let left: LitInt = input.parse()?;
    comma(input)?;
    let operator: LitStr = input.parse()?;
    comma(input)?;
    let right: LitInt = input.parse()?;
    end(input)?;
    match (
        left.base10_digits(),
        operator.value().as_str(),
        right.base10_digits(),
    ) {
        ("1", "=", "1") => Ok(Filter::Constant(true)),
        ("0", "=", "1") => Ok(Filter::Constant(false)),
        _ => Err(syn::Error::new(
            left.span(),
            "the only conditions without a field are `(1, \"=\", 1)` and `(0, \"=\", 1)`",
        )),
    }
}

fn comma(input: &ParseBuffer) -> syn::Result<()> {
    match input.parse::<Option<Token![,]>>()? {
        Some(_) => Ok(()),
        None => Err(syn::Error::new(
            input.span(),
            "a condition has a field, an operator and a value, with commas between them: `(\"name\", \"=\", \"Acme\")`",
        )),
    }
}

fn end(input: &ParseBuffer) -> syn::Result<()> {
    input.parse::<Option<Token![,]>>()?;
    match input.is_empty() {
        true => Ok(()),
        false => Err(syn::Error::new(
            input.span(),
            "a condition ends after its value",
        )),
    }
}

fn operator(text: &LitStr) -> syn::Result<&'static Operator> {
    let value = text.value();
    Operator::of_text(&value).ok_or_else(|| {
        let suggestion = match odx_facts::Operator::meant_by(&value) {
            Some(meant) => format!("did you mean {}?", meant.told()),
            None => suggestion(&value, OPERATORS.iter().map(|operator| operator.text)),
        };
        syn::Error::new(
            text.span(),
            format!("`{value}` is not an operator of Odoo: {suggestion}"),
        )
    })
}
