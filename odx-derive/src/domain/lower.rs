//! From a domain as it was written to the expression that makes it.

use odx_facts::OperatorRow as Operator;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, spanned::Spanned};

use super::{Condition, Filter, condition::Test};
use crate::{
    field::{self, Handle, Scope},
    value::Value,
};

/// The expression of a whole domain, behind the checks of its texts.
pub(super) fn domain(model: &Path, filter: &Filter) -> TokenStream {
    let mut checks = Vec::new();
    let expr = lower(filter, &Scope::new(model), &mut checks);
    field::with_checks(model, &checks, expr)
}

fn lower(filter: &Filter, scope: &Scope, checks: &mut Vec<TokenStream>) -> TokenStream {
    let mut joined = |filters: &[Filter], function: TokenStream| {
        let filters = filters.iter().map(|filter| lower(filter, scope, checks));
        quote!(::odx_runtime::macros_support::#function([#(#filters),*]))
    };
    match filter {
        Filter::All(filters) if filters.is_empty() => constant(scope, true),
        Filter::All(filters) => joined(filters, quote!(all_of)),
        Filter::Any(filters) => joined(filters, quote!(any_of)),
        Filter::Not(filter) => {
            let filter = lower(filter, scope, checks);
            quote!(::core::ops::Not::not(#filter))
        }
        Filter::Constant(matches) => constant(scope, *matches),
        Filter::Made(expr) => {
            let scope = scope.tokens(expr.span());
            quote_spanned!(expr.span()=> #scope.domain(#expr))
        }
        Filter::Condition(condition) => lower_condition(condition, scope, checks),
    }
}

fn constant(scope: &Scope, matches: bool) -> TokenStream {
    let scope = scope.tokens(Span::call_site());
    quote!(#scope.constant(#matches))
}

fn lower_condition(
    condition: &Condition,
    scope: &Scope,
    checks: &mut Vec<TokenStream>,
) -> TokenStream {
    let Condition { path, span, test } = condition;
    let handle = path.lower(scope, checks);
    let expr = &handle.path;
    let method = |name: &str| {
        let name = Ident::new(name, *span);
        quote_spanned!(*span=> .#name)
    };
    match test {
        Test::IsSet(set) => {
            let method = method(if *set { "is_set" } else { "is_unset" });
            quote!(#expr #method())
        }
        Test::Value(operator, value) => {
            checks.extend(check_text(&handle, value));
            let (method, value) = (method(operator.method), value.tokens());
            quote!(#expr #method(#value))
        }
        Test::Iterator(operator, values) => {
            let method = method(operator.method);
            quote!(#expr #method(#values))
        }
        Test::Text(operator, text) => {
            let method = method(operator.method);
            match text {
                Value::Text(text) => quote!(#expr #method(#text)),
                text => {
                    let text = text.tokens();
                    quote!(#expr #method(#text))
                }
            }
        }
        Test::Values(operator, values) => {
            checks.extend(values.iter().filter_map(|value| check_text(&handle, value)));
            let (start, items, operator) = (method("values"), items(values), variant(operator));
            quote!(#expr #start() #items.compared_by(#operator))
        }
        Test::Records(operator, values) => {
            let (start, items, operator) = (method("records"), items(values), variant(operator));
            quote!(#expr #start() #items.below_or_above(#operator))
        }
        Test::SomeRecords(operator, records) => {
            let (method, operator) = (method("below_or_above"), variant(operator));
            quote!(#expr #method(#operator, #records))
        }
        Test::Domain(operator, filter) => {
            let (method, operator, filter) = (
                method("sub_domain"),
                variant(operator),
                lower(filter, &handle.far, checks),
            );
            let far = handle.far.tokens(path.span());
            quote!(#expr #method(#operator, #far, #filter))
        }
    }
}

fn items(values: &[Value]) -> TokenStream {
    values
        .iter()
        .map(|value| {
            let (item, value) = (quote_spanned!(value.span()=> .item), value.tokens());
            quote!(#item(#value))
        })
        .collect()
}

fn variant(operator: &Operator) -> TokenStream {
    let variant = Ident::new(operator.variant, Span::call_site());
    quote!(::odx_runtime::domain::Operator::#variant)
}

/// The check that a field takes a text. A part of a date or a property takes any.
fn check_text(handle: &Handle, value: &Value) -> Option<TokenStream> {
    match value {
        Value::Text(text) if !handle.has_suffix => Some(field::check(
            "check_literal",
            text.span(),
            &[handle.field.clone(), quote!(#text)],
        )),
        _ => None,
    }
}
