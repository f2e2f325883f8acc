//! `domain!`.

mod condition;
mod lower;
mod odoo;
mod rust;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{
    Expr, Path, Token,
    parse::{Parse, ParseStream},
    token::Bracket,
};

use condition::Condition;

use crate::value::bare;

/// A domain as the user wrote it.
pub(crate) enum Filter {
    /// Every one of these; without any, every record.
    All(Vec<Filter>),
    /// One of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// Every record, or none.
    Constant(bool),
    /// A domain that the program made.
    Made(Expr),
    /// A condition on a field.
    Condition(Condition),
}

/// The input of `domain!`.
struct Domain {
    model: Path,
    filter: Filter,
}

impl Parse for Domain {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let model = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected the model, as in `domain!(ResPartner, is_company == true)`",
            )
        })?;
        if input.is_empty() {
            return Ok(Self {
                model,
                filter: Filter::All(Vec::new()),
            });
        }
        if !input.peek(Token![,]) {
            return Err(syn::Error::new(
                input.span(),
                "expected a comma between the model and its domain: `domain!(ResPartner, is_company == true)`",
            ));
        }
        input.parse::<Token![,]>()?;
        Ok(Self {
            model,
            filter: Filter::parse(input)?,
        })
    }
}

impl Filter {
    fn made(expr: Expr) -> Self {
        Self::Made(bare(expr))
    }

    /// Reads a domain in either notation, to the end.
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let filter = match input {
            input if input.is_empty() => Self::All(Vec::new()),
            input if input.peek(Bracket) => odoo::list(input)?,
            input => rust::filter(input)?,
        };
        input.parse::<Option<Token![,]>>()?;
        match input.is_empty() {
            true => Ok(filter),
            false => Err(rust::unexpected(input)),
        }
    }
}

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let Domain { model, filter } = syn::parse2(input)?;
    Ok(lower::domain(&model, &filter))
}
