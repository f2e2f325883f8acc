//! The runtime's name.
//!
//! All code of this crate writes `::odx_runtime`, which is the name that most programs have for it. Where it has another,
//! the finished expansion is rewritten: here, and nowhere else.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

const NAME: &str = "odx_runtime";

/// Expands a macro whose input begins with `$crate`, which the runtime's own macro puts there: it names the runtime in every
/// program, whatever that calls it.
///
/// `$crate` stands in one place only. A path that begins with it and goes on with tokens of the program is, to the compiler,
/// from two places, and messages about it show the whole macro instead of the field.
pub(crate) fn behind_name(
    input: TokenStream,
    expand: fn(TokenStream) -> syn::Result<TokenStream>,
) -> TokenStream {
    let mut input = input.into_iter();
    let runtime = TokenStream::from_iter(input.next());
    match expand(input.collect()) {
        Ok(expanded) => {
            let expanded = named(expanded, &quote!(__odx_runtime));
            quote!({ use #runtime::this as __odx_runtime; #expanded })
        }
        Err(error) => error.into_compile_error(),
    }
}

/// The same code with `name` in place of `::odx_runtime`. It stands where that stood, so that the compiler's messages do.
pub(crate) fn named(code: TokenStream, name: &TokenStream) -> TokenStream {
    let mut renamed: Vec<TokenTree> = Vec::new();
    for token in code {
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), named(group.stream(), name));
                inner.set_span(group.span());
                renamed.push(inner.into());
            }
            TokenTree::Ident(ident) if ident == NAME && ends_in_colons(&renamed) => {
                renamed.truncate(renamed.len() - 2);
                renamed.extend(name.clone().into_iter().map(|mut token| {
                    token.set_span(ident.span());
                    token
                }));
            }
            token => renamed.push(token),
        }
    }
    renamed.into_iter().collect()
}

fn ends_in_colons(tokens: &[TokenTree]) -> bool {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    tokens.len() >= 2 && tokens[tokens.len() - 2..].iter().all(is_colon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect("tokens")
    }

    #[test]
    fn the_runtime_is_named_as_the_program_names_it() {
        let code = tokens("impl ::odx_runtime::Model for A { f(<B as ::odx_runtime::Model>::C) }");
        assert_eq!(
            named(code, &tokens("erp")).to_string(),
            tokens("impl erp::Model for A { f(<B as erp::Model>::C) }").to_string()
        );
    }

    #[test]
    fn a_name_that_only_looks_like_the_runtimes_stays() {
        let code = tokens("a.odx_runtime + odx_runtime::x + \"::odx_runtime\"");
        assert_eq!(
            named(code.clone(), &tokens("erp")).to_string(),
            code.to_string()
        );
    }
}
