//! Values: the literals and expressions on the right side of a condition or an assignment.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprUnary, Lit, LitStr, Stmt, UnOp, spanned::Spanned};

/// A value.
#[derive(Clone)]
pub(crate) enum Value {
    /// A text, to be checked against the field.
    Text(LitStr),
    /// A number, with the type's suffix.
    Number(Literal),
    /// `true`.
    True(Span),
    /// `false`, which is unset in Odoo's notation.
    False(Span),
    /// `None`.
    Unset(Span),
    /// Any expression.
    Expr(Expr),
}

impl Value {
    /// Takes Python's `True`, `False` and `None` too.
    pub(crate) fn new(expr: Expr) -> syn::Result<Self> {
        let span = expr.span();
        match expr {
            Expr::Group(group) => Self::new(*group.expr),
            Expr::Paren(paren) if is_literal(&paren.expr) => Self::new(*paren.expr),
            Expr::Lit(literal) => Self::literal(literal.lit, false),
            Expr::Unary(ExprUnary {
                op: UnOp::Neg(minus),
                expr,
                attrs,
            }) => match *expr {
                Expr::Lit(number) if is_number(&number.lit) => Self::literal(number.lit, true),
                other => Ok(Self::Expr(Expr::Unary(ExprUnary {
                    op: UnOp::Neg(minus),
                    expr: Box::new(other),
                    attrs,
                }))),
            },
            Expr::Path(path) if path.path.is_ident("None") => Ok(Self::Unset(span)),
            Expr::Path(path) if path.path.is_ident("True") => Ok(Self::True(span)),
            Expr::Path(path) if path.path.is_ident("False") => Ok(Self::False(span)),
            expr => Ok(Self::Expr(bare(expr))),
        }
    }

    fn literal(literal: Lit, negative: bool) -> syn::Result<Self> {
        let span = literal.span();
        let sign = if negative { "-" } else { "" };
        let mut number = match literal {
            Lit::Str(text) => return Ok(Self::Text(text)),
            Lit::Bool(value) if value.value => return Ok(Self::True(span)),
            Lit::Bool(_) => return Ok(Self::False(span)),
            Lit::Int(number) if number.suffix().is_empty() => {
                format!("{sign}{}", number.base10_digits())
                    .parse()
                    .map(Literal::i64_suffixed)
                    .map_err(|_| {
                        syn::Error::new(
                            span,
                            "this integer is too large: Odoo's have 64 bits at most",
                        )
                    })?
            }
            Lit::Float(number) if number.suffix().is_empty() => {
                format!("{sign}{}", number.base10_digits())
                    .parse()
                    .map_err(|_| syn::Error::new(span, "this is no number"))
                    .and_then(|number: f64| match number.is_finite() {
                        true => Ok(Literal::f64_suffixed(number)),
                        false => Err(syn::Error::new(span, "this float is too large")),
                    })?
            }
            Lit::Char(character) => {
                let text = character.value();
                return Err(syn::Error::new(
                    span,
                    format!(
                        "a text has double quotes in Rust: write {:?}",
                        text.to_string()
                    ),
                ));
            }
            literal => {
                let minus = negative.then(|| quote_spanned!(span=> -));
                return syn::parse2(quote!(#minus #literal)).map(Self::Expr);
            }
        };
        number.set_span(span);
        Ok(Self::Number(number))
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Text(text) => text.span(),
            Self::Number(number) => number.span(),
            Self::True(span) | Self::False(span) | Self::Unset(span) => *span,
            Self::Expr(expr) => expr.span(),
        }
    }

    /// The value as an expression that the runtime takes.
    pub(crate) fn tokens(&self) -> TokenStream {
        let literal = |literal: TokenStream| quote_spanned!(self.span()=> ::odx_runtime::macros_support::Lit(#literal));
        match self {
            Self::Text(text) => literal(quote!(#text)),
            Self::Number(number) => literal(quote!(#number)),
            Self::True(span) => literal(quote_spanned!(*span=> true)),
            Self::False(span) => literal(quote_spanned!(*span=> false)),
            Self::Unset(span) => quote_spanned!(*span=> ::odx_runtime::macros_support::Unset),
            Self::Expr(expr) => quote!(#expr),
        }
    }
}

/// An expression without parentheses or braces around it, which the compiler would find unnecessary.
pub(crate) fn bare(expr: Expr) -> Expr {
    match expr {
        Expr::Paren(paren) if paren.attrs.is_empty() => bare(*paren.expr),
        Expr::Block(mut block) if block.attrs.is_empty() && block.label.is_none() => {
            match block.block.stmts.pop() {
                Some(Stmt::Expr(inner, None)) if block.block.stmts.is_empty() => bare(inner),
                last => {
                    block.block.stmts.extend(last);
                    Expr::Block(block)
                }
            }
        }
        expr => expr,
    }
}

fn is_number(literal: &Lit) -> bool {
    matches!(literal, Lit::Int(_) | Lit::Float(_))
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => matches!(&**expr, Expr::Lit(number) if is_number(&number.lit)),
        Expr::Paren(paren) => is_literal(&paren.expr),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expr: &str) -> String {
        Value::new(syn::parse_str(expr).unwrap())
            .unwrap()
            .tokens()
            .to_string()
            .replace(' ', "")
    }

    #[test]
    fn literals_are_wrapped_and_have_a_type() {
        assert_eq!(of("\"x\""), "::odx_runtime::macros_support::Lit(\"x\")");
        assert_eq!(of("5"), "::odx_runtime::macros_support::Lit(5i64)");
        assert_eq!(of("0x10"), "::odx_runtime::macros_support::Lit(16i64)");
        assert_eq!(
            of("(1_000.5)"),
            "::odx_runtime::macros_support::Lit(1000.5f64)"
        );
        assert_eq!(
            of("-9223372036854775808"),
            "::odx_runtime::macros_support::Lit(-9223372036854775808i64)"
        );
        assert_eq!(of("True"), "::odx_runtime::macros_support::Lit(true)");
        assert_eq!(of("None"), "::odx_runtime::macros_support::Unset");
    }

    #[test]
    fn expressions_and_typed_literals_stay_as_they_are() {
        for expr in [
            "name",
            "SaleOrderState::Sale",
            "5u32",
            "-5i32",
            "-x",
            "{a;b}",
            "f(1)",
            "Some(\"x\")",
        ] {
            assert_eq!(of(expr), expr);
        }
        assert_eq!(of("({ a + b })"), "a+b");
    }

    #[test]
    fn what_cannot_be_a_value_says_so() {
        let error = |expr| {
            Value::new(syn::parse_str(expr).unwrap())
                .err()
                .unwrap()
                .to_string()
        };
        assert_eq!(
            error("'x'"),
            "a text has double quotes in Rust: write \"x\""
        );
        assert_eq!(
            error("9223372036854775808"),
            "this integer is too large: Odoo's have 64 bits at most"
        );
        assert_eq!(error("1e999"), "this float is too large");
    }
}
