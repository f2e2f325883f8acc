//! Rust's notation: `is_company && country_id.code in ["BE", "NL"]`.

use odx_facts::{DATE_PARTS, OPERATORS, OperatorRow as Operator, Takes};
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{
    Expr, Lit, LitStr, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{ParseBuffer, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
    token::{Brace, Bracket, Paren},
};

use super::{
    Filter,
    condition::{Condition, Notation, Test},
    odoo,
};
use crate::{
    field::{FieldPath, Segment, Suffix},
    names::suggestion,
    value::Value,
};

/// Reads conditions joined by `&&` and `||`.
pub(super) fn filter(input: ParseStream) -> syn::Result<Filter> {
    let first = all_of(input)?;
    if !input.peek(Token![||]) {
        return Ok(first);
    }
    let mut filters = vec![first];
    while input.parse::<Option<Token![||]>>()?.is_some() {
        filters.push(all_of(input)?);
    }
    Ok(Filter::Any(filters))
}

fn all_of(input: ParseStream) -> syn::Result<Filter> {
    let first = unary(input)?;
    if !input.peek(Token![&&]) {
        return Ok(first);
    }
    let mut filters = vec![first];
    while input.parse::<Option<Token![&&]>>()?.is_some() {
        filters.push(unary(input)?);
    }
    Ok(Filter::All(filters))
}

fn unary(input: ParseStream) -> syn::Result<Filter> {
    if input.parse::<Option<Token![!]>>()?.is_some() {
        return unary(input).map(|filter| Filter::Not(Box::new(filter)));
    }
    if input.peek(Paren) {
        return group(input);
    }
    if input.peek(Brace) {
        return input.parse().map(Filter::made);
    }
    if let Some(constant) = constant(input) {
        return Ok(constant);
    }
    if input.peek(Lit) {
        return Err(syn::Error::new(
            input.span(),
            "the field stands on the left of the operator, the value on the right: `name == \"Acme\"`",
        ));
    }
    if !input.peek(Ident::peek_any) {
        return Err(syn::Error::new(
            input.span(),
            "expected a condition, such as `is_company == true`",
        ));
    }
    condition(input).map(Filter::Condition)
}

/// `true` or `false`, which no field is called.
fn constant(input: ParseStream) -> Option<Filter> {
    let word = input.fork().call(Ident::parse_any).ok()?;
    let matches = match word.to_string().as_str() {
        "true" | "True" => true,
        "false" | "False" => false,
        _ => return None,
    };
    input.call(Ident::parse_any).ok()?;
    Some(Filter::Constant(matches))
}

fn group(input: ParseStream) -> syn::Result<Filter> {
    let content;
    parenthesized!(content in input);
    if content.peek(LitStr) && content.peek2(Token![,]) {
        return Err(syn::Error::new(
            content.span(),
            "conditions in Odoo's notation stand in a list: `[(\"name\", \"=\", \"Acme\")]`",
        ));
    }
    Filter::parse(&content)
}

/// What is wrong with what follows a condition.
pub(super) fn unexpected(input: ParseStream) -> syn::Error {
    let word = input
        .fork()
        .call(Ident::parse_any)
        .map(|word| word.to_string())
        .unwrap_or_default();
    let join = match word.as_str() {
        "and" => "write `and` as `&&`",
        "or" => "write `or` as `||`",
        _ if input.peek(Token![&]) => "conditions are joined by `&&`",
        _ if input.peek(Token![|]) => "conditions are joined by `||`",
        _ => "expected `&&`, `||` or the end of the domain",
    };
    syn::Error::new(input.span(), join)
}

fn condition(input: ParseStream) -> syn::Result<Condition> {
    refuse_not(input)?;
    let mut path = FieldPath::new(Segment::from_ident(&input.call(Ident::parse_any)?));
    if let Some(method) = follow(input, &mut path)? {
        return by_method(&method.name, &method.arguments, path);
    }
    let (span, test) = test(input, &path)?;
    Ok(Condition { path, span, test })
}

/// Python's `not`.
fn refuse_not(input: ParseStream) -> syn::Result<()> {
    let ahead = input.fork();
    match ahead.call(Ident::parse_any) {
        Ok(word) if word == "not" && (ahead.peek(Ident::peek_any) || ahead.peek(Paren)) => {
            Err(syn::Error::new(
                word.span(),
                "write `not` as `!`, with parentheses around a comparison: `!(name == \"Acme\")`",
            ))
        }
        _ => Ok(()),
    }
}

/// Reads a path, with no method behind it.
pub(super) fn path(input: ParseStream) -> syn::Result<FieldPath> {
    let mut path = FieldPath::new(Segment::from_ident(&input.call(Ident::parse_any)?));
    match follow(input, &mut path)? {
        None => Ok(path),
        Some(method) => Err(syn::Error::new(
            method.name.span(),
            "expected a comma and the operator",
        )),
    }
}

/// A method of a handle.
struct Method {
    name: Ident,
    arguments: TokenStream,
}

/// Reads the rest of a path, up to a method that is an operator.
fn follow(input: ParseStream, path: &mut FieldPath) -> syn::Result<Option<Method>> {
    loop {
        if input.peek(Bracket) {
            let content;
            bracketed!(content in input);
            end_in_property(&content, path)?;
        } else if input.parse::<Option<Token![.]>>()?.is_some() {
            let name = input.call(Ident::parse_any).map_err(|error| {
                syn::Error::new(error.span(), "expected the name of a field after the dot")
            })?;
            if !input.peek(Paren) {
                path.push_ident(&name)?;
                continue;
            }
            let content;
            parenthesized!(content in input);
            if DATE_PARTS.iter().any(|part| name == part.name) && content.is_empty() {
                path.push_ident(&name)?;
            } else if name == "property" {
                end_in_property(&content, path)?;
            } else {
                return Ok(Some(Method {
                    name,
                    arguments: content.parse()?,
                }));
            }
        } else {
            return Ok(None);
        }
    }
}

fn end_in_property(input: &ParseBuffer, path: &mut FieldPath) -> syn::Result<()> {
    let name: LitStr = input.parse().map_err(|error| {
        syn::Error::new(
            error.span(),
            "expected the technical name of a property in quotes: `lead_properties[\"color\"]`",
        )
    })?;
    if !input.is_empty() {
        return Err(syn::Error::new(
            input.span(),
            "expected the name of one property",
        ));
    }
    let span = name.span();
    path.end_in(Suffix::Property(name), span)
}

fn by_method(name: &Ident, arguments: &TokenStream, path: FieldPath) -> syn::Result<Condition> {
    let span = name.span();
    let method = name.to_string();
    let test = match method.as_str() {
        "is_set" => Test::IsSet(true),
        "is_unset" => Test::IsSet(false),
        "then" | "hop" => {
            let message =
                "a field behind a relation is named after a dot here: `country_id.code == \"BE\"`";
            return Err(syn::Error::new(span, message));
        }
        method => match Operator::of_method(method) {
            Some(operator) if operator.takes == Takes::Domain => Test::Domain(
                operator,
                Box::new(Parser::parse2(sub_domain, arguments.clone())?),
            ),
            Some(operator) => Test::new(operator, argument(name, arguments)?, Notation::Rust)?,
            None => {
                let methods = OPERATORS
                    .iter()
                    .map(|operator| operator.method)
                    .chain(["is_set", "is_unset"]);
                return Err(syn::Error::new(
                    span,
                    format!(
                        "`{method}` is not an operator: {}",
                        suggestion(method, methods)
                    ),
                ));
            }
        },
    };
    Ok(Condition { path, span, test })
}

fn argument(method: &Ident, arguments: &TokenStream) -> syn::Result<Expr> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(arguments.clone())?;
    let count = arguments.len();
    match arguments.into_iter().next() {
        Some(argument) if count == 1 => Ok(argument),
        _ => Err(syn::Error::new(
            method.span(),
            format!("`{method}` takes one value, but {count} are given"),
        )),
    }
}

/// What stands in the parentheses of `any`.
fn sub_domain(input: ParseStream) -> syn::Result<Filter> {
    if input.peek(Token![|]) || input.peek(Token![||]) {
        return Err(syn::Error::new(
            input.span(),
            "in domain! the conditions stand in the parentheses without a closure: `line_ids.any(qty > 1)`",
        ));
    }
    Filter::parse(input)
}

/// Reads an operator and what it takes. A field alone is a boolean.
fn test(input: ParseStream, path: &FieldPath) -> syn::Result<(Span, Test)> {
    let alone = input.is_empty()
        || input.peek(Token![&&])
        || input.peek(Token![||])
        || input.peek(Token![,]);
    if alone {
        let equal = Operator::of_text("=").expect("BUG: `=` is an operator");
        return Ok((path.span(), Test::Value(equal, Value::True(path.span()))));
    }
    let span = input.span();
    if input.peek(Ident::peek_any) {
        let word = input.call(Ident::parse_any)?;
        return Ok((span, by_word(input, &word)?));
    }
    let operator = symbol(input)?;
    Ok((
        span,
        Test::new(operator, value(input, span)?, Notation::Rust)?,
    ))
}

fn by_word(input: ParseStream, word: &Ident) -> syn::Result<Test> {
    if word == "is" {
        return is_set(input);
    }
    let mut text = word.to_string();
    if word == "not" {
        let equal = if input.parse::<Option<Token![=]>>()?.is_some() {
            "="
        } else {
            ""
        };
        let rest = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected `in`, `like`, `ilike` or `any` after `not`",
            )
        })?;
        text = format!("not {equal}{rest}");
    }
    let Some(operator) = Operator::of_text(&text) else {
        let message = match text.as_str() {
            "and" => "write `and` as `&&`".to_owned(),
            "or" => "write `or` as `||`".to_owned(),
            text => {
                let words = OPERATORS
                    .iter()
                    .map(|operator| operator.text)
                    .chain(["is set", "is not set"]);
                format!("`{text}` is not an operator: {}", suggestion(text, words))
            }
        };
        return Err(syn::Error::new(word.span(), message));
    };
    if operator.takes != Takes::Domain {
        return Test::new(operator, value(input, word.span())?, Notation::Rust);
    }
    let filter = if input.peek(Paren) {
        let content;
        parenthesized!(content in input);
        sub_domain(&content)?
    } else if input.peek(Bracket) {
        odoo::list(input)?
    } else if input.peek(Brace) {
        Filter::made(input.parse()?)
    } else {
        return Err(syn::Error::new(
            input.span(),
            format!("`{text}` takes conditions in parentheses: `line_ids {text} (qty > 1)`"),
        ));
    };
    Ok(Test::Domain(operator, Box::new(filter)))
}

/// Reads what follows `is`.
fn is_set(input: ParseStream) -> syn::Result<Test> {
    let mut set = true;
    let mut word = input.call(Ident::parse_any);
    if let Ok(not) = &word
        && not == "not"
    {
        set = false;
        word = input.call(Ident::parse_any);
    }
    match word.as_ref().map(Ident::to_string).as_deref() {
        Ok("set") => Ok(Test::IsSet(set)),
        Ok("unset" | "None") => Ok(Test::IsSet(!set)),
        _ => {
            let span = word.map_or_else(|error| error.span(), |word| word.span());
            Err(syn::Error::new(
                span,
                "expected `is set`, `is not set` or `is None`; values are compared with `==`",
            ))
        }
    }
}

/// The longest operator that the signs ahead begin with; after a single `=`, with the word behind it.
fn symbol(input: ParseStream) -> syn::Result<&'static Operator> {
    let ahead = input.fork();
    let mut signs = String::new();
    while let Ok(sign) = ahead.parse::<Punct>() {
        signs.push(sign.as_char());
        if sign.spacing() == Spacing::Alone {
            break;
        }
    }
    for length in (1..=signs.len()).rev() {
        let Some(text) = signs.get(..length).filter(|text| *text != "=") else {
            continue;
        };
        if let Some(operator) = Operator::of_text(text) {
            take_signs(input, length)?;
            return Ok(operator);
        }
    }
    if signs.starts_with('=') {
        return equal_and_word(input);
    }
    Err(syn::Error::new(
        input.span(),
        "expected an operator, such as `==`, `in` or `ilike`",
    ))
}

fn take_signs(input: ParseStream, count: usize) -> syn::Result<()> {
    (0..count).try_for_each(|_| input.parse::<Punct>().map(drop))
}

/// `=like` and its kin.
fn equal_and_word(input: ParseStream) -> syn::Result<&'static Operator> {
    let span = input.span();
    take_signs(input, 1)?;
    let word = input.fork().call(Ident::parse_any);
    let operator = word
        .ok()
        .and_then(|word| Operator::of_text(&format!("={word}")));
    let Some(operator) = operator else {
        return Err(syn::Error::new(span, "values are compared with `==`"));
    };
    input.call(Ident::parse_any)?;
    Ok(operator)
}

/// Reads a value: all that comes before the next `&&` or `||`.
fn value(input: ParseStream, operator: Span) -> syn::Result<Expr> {
    let mut tokens: Vec<TokenTree> = Vec::new();
    while !input.is_empty() {
        let join = input.peek(Token![&&]) || input.peek(Token![||]);
        if join && !tokens.is_empty() {
            break;
        }
        let after_operand = matches!(
            tokens.last(),
            Some(TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_))
        );
        if after_operand && starts_another_condition(input) {
            return Err(unexpected(input));
        }
        if join {
            // A reference to a reference: two tokens.
            tokens.push(input.parse()?);
        }
        tokens.push(input.parse()?);
    }
    if tokens.is_empty() {
        return Err(syn::Error::new(
            operator,
            "the value is missing that the field is compared with",
        ));
    }
    let parse = |input: ParseStream| {
        let expr: Expr = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        match input.is_empty() {
            true => Ok(expr),
            false => Err(unexpected(input)),
        }
    };
    let expr = parse.parse2(tokens.into_iter().collect())?;
    match &expr {
        Expr::Binary(binary) if is_comparison(&binary.op) => Err(syn::Error::new(
            binary.op.span(),
            "a condition has one comparison: join two conditions with `&&`",
        )),
        Expr::Assign(assign) => Err(syn::Error::new(
            assign.eq_token.span(),
            "values are compared with `==`, and conditions joined by `&&`",
        )),
        _ => Ok(expr),
    }
}

/// Whether what comes is how other languages join conditions.
fn starts_another_condition(input: ParseStream) -> bool {
    let single = (input.peek(Token![&]) && !input.peek(Token![&&]))
        || (input.peek(Token![|]) && !input.peek(Token![||]));
    let word = input
        .fork()
        .call(Ident::parse_any)
        .is_ok_and(|word| word == "and" || word == "or");
    single || word
}

fn is_comparison(operator: &syn::BinOp) -> bool {
    use syn::BinOp;
    matches!(
        operator,
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
    )
}
