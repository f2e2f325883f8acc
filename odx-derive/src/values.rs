//! `values!`.

use std::slice;

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Expr, ExprMacro, Path, Token, braced,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{
    field::{self, Scope, Segment},
    names,
    value::Value,
};

/// The input of `values!`.
struct Values {
    model: Path,
    entries: Vec<Entry>,
    rest: Rest,
}

struct Entry {
    name: Ident,
    value: Value,
}

/// The fields that are not named.
enum Rest {
    /// There are none that a create needs.
    Nothing,
    /// They are left as they are.
    Untouched,
    /// They come from other values.
    From(Expr),
}

const FORM: &str =
    "expected the model and its fields, as in `values!(ResPartner { name: \"Acme\" })`";

impl Parse for Values {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let model = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), FORM))?;
        if !input.peek(syn::token::Brace) {
            return Err(syn::Error::new(input.span(), FORM));
        }
        let content;
        braced!(content in input);
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest = Rest::Nothing;
        while !content.is_empty() {
            if content.parse::<Option<Token![..]>>()?.is_some() {
                rest = Rest::parse(&content)?;
                break;
            }
            let entry: Entry = content.parse()?;
            if entries
                .iter()
                .any(|earlier| names::unraw(&earlier.name) == names::unraw(&entry.name))
            {
                return Err(syn::Error::new(
                    entry.name.span(),
                    format!("`{}` is given twice", names::unraw(&entry.name)),
                ));
            }
            entries.push(entry);
            if !content.is_empty() && content.parse::<Option<Token![,]>>()?.is_none() {
                return Err(syn::Error::new(
                    content.span(),
                    "expected a comma between two fields",
                ));
            }
        }
        input.parse::<Option<Token![,]>>()?;
        match input.is_empty() {
            true => Ok(Self {
                model,
                entries,
                rest,
            }),
            false => Err(syn::Error::new(
                input.span(),
                "values!(..) takes one model and its fields",
            )),
        }
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), "expected the name of a field"))?;
        if input.parse::<Option<Token![:]>>()?.is_some() {
            return Ok(Self {
                value: Value::new(input.parse()?)?,
                name,
            });
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            let message = format!("expected `:` and a value, as in `{name}: \"Acme\"`");
            return Err(syn::Error::new(input.span(), message));
        }
        let variable: Expr = syn::parse2(quote!(#name)).map_err(|_| {
            syn::Error::new(
                name.span(),
                format!("expected `:` and a value, as in `{name}: \"Acme\"`"),
            )
        })?;
        Ok(Self {
            value: Value::Expr(variable),
            name,
        })
    }
}

impl Rest {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self::Untouched);
        }
        if input.peek(Token![,]) {
            return Err(syn::Error::new(
                input.span(),
                "`..` is the end of the list: put it after the last field, without a comma",
            ));
        }
        let base = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        match input.is_empty() {
            true => Ok(Self::From(base)),
            false => Err(syn::Error::new(
                input.span(),
                "`..` and what follows it are the end of the list",
            )),
        }
    }
}

/// Where values stand.
enum Place<'a> {
    /// By themselves: for all that is known, those of a create.
    Alone,
    /// In the command of a relation that creates a record.
    Created(&'a Relation<'a>),
    /// In the command of a relation that writes to one, which needs nothing.
    Updated,
}

/// A field that is given a value.
struct Relation<'a> {
    model: &'a Path,
    handle: &'a TokenStream,
}

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    expand_at(syn::parse2(input)?, &Place::Alone)
}

fn expand_at(values: Values, place: &Place<'_>) -> syn::Result<TokenStream> {
    let Values {
        model,
        mut entries,
        rest,
    } = values;
    let scope = Scope::new(&model);
    let mut checks = Vec::new();
    let mut handles = Vec::new();
    let mut setters = TokenStream::new();
    for Entry { name, value } in &mut entries {
        let segment = Segment::from_ident(name);
        checks.extend(segment.check(&scope));
        let handle = segment.handle(&scope);
        let check = match value {
            Value::Text(text) => Some(field::check(
                "check_written",
                text.span(),
                &[handle.clone(), quote!(#text)],
            )),
            Value::Unset(span) => Some(field::check(
                "check_cleared",
                *span,
                slice::from_ref(&handle),
            )),
            _ => None,
        };
        checks.extend(check);
        if let Value::Expr(expr) = value {
            let relation = Relation {
                model: &model,
                handle: &handle,
            };
            relation.expand_commands(expr)?;
        }
        setters.extend(set(&handle, name, value));
        handles.push(handle);
    }
    let start = match &rest {
        Rest::From(base) => {
            let base_span = base.span();
            quote_spanned!(base_span=> ::core::convert::identity::<::odx_runtime::Values<#model>>(#base))
        }
        Rest::Nothing | Rest::Untouched => {
            quote_spanned!(model.span()=> ::odx_runtime::macros_support::values::<#model>())
        }
    };
    if let Rest::Nothing = rest {
        let given = handles.iter().map(|handle| quote!(#handle.name()));
        let known = quote!(::odx_runtime::macros_support::model::<#model, _>());
        let given = quote!(&[#(#given),*]);
        let span = model.span();
        checks.extend(match place {
            Place::Alone => Some(field::check("check_required", span, &[known, given])),
            Place::Created(Relation { handle, .. }) => Some(field::check(
                "check_required_within",
                span,
                &[quote!(#handle), known, given],
            )),
            Place::Updated => None,
        });
    }
    let named = match place {
        Place::Created(relation) if names_self(relation.model) => relation.model,
        _ => &model,
    };
    Ok(field::with_checks(named, &checks, quote!(#start #setters)))
}

fn names_self(model: &Path) -> bool {
    model
        .segments
        .first()
        .is_some_and(|first| first.ident == "Self")
}

impl Relation<'_> {
    /// Expands the `values!` that stand in commands, which alone would be taken for those of a create.
    fn expand_commands(&self, expr: &mut Expr) -> syn::Result<()> {
        match expr {
            Expr::Array(array) => array
                .elems
                .iter_mut()
                .try_for_each(|command| self.expand_command(command)),
            Expr::Macro(list) if list.mac.path.is_ident("vec") => {
                let items = Punctuated::<Expr, Token![,]>::parse_terminated;
                let Ok(mut commands) = items.parse2(list.mac.tokens.clone()) else {
                    return Ok(());
                };
                commands
                    .iter_mut()
                    .try_for_each(|command| self.expand_command(command))?;
                list.mac.tokens = quote!(#commands);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn expand_command(&self, command: &mut Expr) -> syn::Result<()> {
        let Expr::Call(call) = command else {
            return Ok(());
        };
        let Expr::Path(name) = &*call.func else {
            return Ok(());
        };
        let name = name.path.segments.last().map(|last| last.ident.to_string());
        let place = match (name.as_deref(), call.args.len()) {
            (Some("Create"), 1) => Place::Created(self),
            (Some("Update"), 2) => Place::Updated,
            _ => return Ok(()),
        };
        let Some(argument) = call.args.last_mut() else {
            return Ok(());
        };
        // What cannot be read is left to the macro itself, which tells.
        if let Expr::Macro(ExprMacro { mac, .. }) = argument
            && mac
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "values")
            && let Ok(values) = syn::parse2::<Values>(mac.tokens.clone())
        {
            *argument = Expr::Verbatim(expand_at(values, &place)?);
        }
        Ok(())
    }
}

fn set(handle: &TokenStream, name: &Ident, value: &Value) -> TokenStream {
    match value {
        Value::Unset(_) => quote_spanned!(name.span()=> .clear(#handle)),
        value => {
            let value = value.tokens();
            quote_spanned!(name.span()=> .set(#handle, #value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: &str) -> String {
        expand(input.parse().unwrap())
            .unwrap()
            .to_string()
            .replace(' ', "")
    }

    fn error(input: &str) -> String {
        expand(input.parse().unwrap())
            .err()
            .unwrap_or_else(|| panic!("{input} was read"))
            .to_string()
    }

    #[test]
    fn fields_are_set_cleared_and_demanded() {
        let field = "::odx_runtime::macros_support::model::<Order,_>().fields.";
        assert_eq!(
            expanded("Order { a: 1, type: None }"),
            format!(
                "{{const_:()=::odx_runtime::macros_support::check_cleared({field}r#type);\
                 const_:()=::odx_runtime::macros_support::check_required(::odx_runtime::macros_support::model::<Order,_>(),&[{field}a.name(),{field}r#type.name()]);\
                 ::odx_runtime::macros_support::values::<Order>().set({field}a,::odx_runtime::macros_support::Lit(1i64)).clear({field}r#type)}}"
            )
        );
    }

    #[test]
    fn values_in_commands_demand_what_the_relation_does_not_give() {
        let line = "::odx_runtime::macros_support::model::<Line,_>()";
        let made = "::odx_runtime::macros_support::values::<Line>()";
        let created = format!(
            "Command::Create({{const_:()=::odx_runtime::macros_support::check_required_within(::odx_runtime::macros_support::model::<Order,_>().fields.lines,{line},&[{line}.fields.a.name()]);{made}.set({line}.fields.a,b)}})"
        );
        let updated = format!("Command::Update(id,{made}.set({line}.fields.a,b))");
        for (list, commands) in [
            (
                "[Command::Create(values!(Line { a: b }))]",
                format!("[{created}]"),
            ),
            (
                "vec![Command::Update(id, values!(Line { a: b })), Command::Clear]",
                format!("vec![{updated},Command::Clear]"),
            ),
            (
                "[Command::Create(values!(Line { a: b, .. }))]",
                format!("[Command::Create({made}.set({line}.fields.a,b))]"),
            ),
            ("lines", "lines".to_owned()),
        ] {
            let expanded = expanded(&format!("Order {{ lines: {list}, .. }}"));
            assert!(
                expanded.ends_with(&format!("fields.lines,{commands})")),
                "{expanded}"
            );
        }
    }

    #[test]
    fn a_rest_demands_nothing() {
        let field = "::odx_runtime::macros_support::model::<Order,_>().fields.a";
        assert_eq!(
            expanded("Order { a, .. }"),
            format!("::odx_runtime::macros_support::values::<Order>().set({field},a)")
        );
        assert_eq!(
            expanded("Order { ..base }"),
            "::core::convert::identity::<::odx_runtime::Values<Order>>(base)"
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        let cases = [
            ("", FORM),
            ("Order", FORM),
            (
                "Order { a = 1 }",
                "expected `:` and a value, as in `a: \"Acme\"`",
            ),
            (
                "Order { type }",
                "expected `:` and a value, as in `type: \"Acme\"`",
            ),
            ("Order { a: 1 b: 2 }", "expected a comma between two fields"),
            ("Order { 1: 2 }", "expected the name of a field"),
            ("Order { a: 1, r#a: 1 }", "`a` is given twice"),
            (
                "Order { .., a: 1 }",
                "`..` is the end of the list: put it after the last field, without a comma",
            ),
            (
                "Order { ..base, a: 1 }",
                "`..` and what follows it are the end of the list",
            ),
            (
                "Order { a: 'x' }",
                "a text has double quotes in Rust: write \"x\"",
            ),
            (
                "Order { a: 1 }, 2",
                "values!(..) takes one model and its fields",
            ),
        ];
        for (input, message) in cases {
            assert_eq!(error(input), message, "{input}");
        }
    }
}
