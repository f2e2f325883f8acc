//! Fields: paths from a model, and the handles that they name.

use odx_facts::{DatePart, SPANS};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, Path};

use crate::names;

/// Where names are looked up: in the model that the user named, or behind relations from it.
#[derive(Clone)]
pub(crate) struct Scope {
    model: Path,
    relations: Vec<Segment>,
}

impl Scope {
    pub(crate) fn new(model: &Path) -> Self {
        Self {
            model: model.clone(),
            relations: Vec::new(),
        }
    }

    fn behind(&self, relation: &Segment) -> Self {
        let mut scope = self.clone();
        scope.relations.push(relation.clone());
        scope
    }

    /// The scope as an expression. What leads to it is marked where `span` is, each relation where it is itself: a hop
    /// over what is no relation is the mistake of that field, not of the one after it.
    pub(crate) fn tokens(&self, span: Span) -> TokenStream {
        let model = &self.model;
        let hops = self.relations.iter().map(|relation| {
            let ident = &relation.ident;
            quote_spanned!(relation.span()=> .fields.#ident.far())
        });
        quote_spanned!(span=> ::odx_runtime::macros_support::model::<#model, _>() #(#hops)*)
    }
}

/// A call of one of the checks of `macros_support`, which the compiler evaluates as a constant. It is marked at `span`.
pub(crate) fn check(name: &str, span: Span, arguments: &[TokenStream]) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::odx_runtime::macros_support::#name(#(#arguments),*))
}

/// An expression after its checks, which the compiler evaluates as constants.
pub(crate) fn with_checks(model: &Path, checks: &[TokenStream], expr: TokenStream) -> TokenStream {
    if checks.is_empty() {
        return expr;
    }
    // Constants of a block cannot name `Self`. Those of the other form are evaluated late, by `cargo build` alone.
    match model.segments.first() {
        Some(first) if first.ident == "Self" => quote!({ #(const { #checks };)* #expr }),
        _ => quote!({ #(const _: () = #checks;)* #expr }),
    }
}

/// One field, named by the user.
#[derive(Clone)]
pub(crate) struct Segment {
    ident: Ident,
    /// The name on the wire, where the handle has to be checked against it.
    checked: Option<String>,
}

impl Segment {
    /// The field with that identifier in Rust; keywords may stand without `r#`.
    pub(crate) fn from_ident(ident: &Ident) -> Self {
        let name = names::unraw(ident);
        let handle = names::handle(&name, ident.span());
        // `self_` in Rust is the handle of that name, whatever its field's name.
        let checked = (!handle.exact && handle.ident != name).then_some(name);
        Self {
            ident: handle.ident,
            checked,
        }
    }

    /// The field with that name on the wire.
    pub(crate) fn from_wire(name: &str, span: Span) -> Self {
        let handle = names::handle(name, span);
        Self {
            ident: handle.ident,
            checked: (!handle.exact).then(|| name.to_owned()),
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.ident.span()
    }

    /// The handle, out of a scope.
    pub(crate) fn handle(&self, scope: &Scope) -> TokenStream {
        let ident = &self.ident;
        let scope = scope.tokens(self.span());
        quote_spanned!(self.span()=> #scope.fields.#ident)
    }

    /// The check that the handle is the right one, if it needs one.
    pub(crate) fn check(&self, scope: &Scope) -> Option<TokenStream> {
        let name = self.checked.as_ref()?;
        Some(check(
            "check_name",
            self.span(),
            &[self.handle(scope), quote!(#name)],
        ))
    }
}

/// A field reached through relations, and perhaps a part of it.
pub(crate) struct FieldPath {
    first: Segment,
    rest: Vec<Segment>,
    suffix: Option<Suffix>,
}

/// A part of a field's value.
pub(crate) enum Suffix {
    DatePart(Ident),
    Property(LitStr),
}

/// What a path lowers to.
pub(crate) struct Handle {
    /// The last field, usable in a `const`.
    pub(crate) field: TokenStream,
    /// The path, as an expression.
    pub(crate) path: TokenStream,
    /// What is behind the last field, if it is a relation.
    pub(crate) far: Scope,
    /// Whether the path ends in a part of the field's value.
    pub(crate) has_suffix: bool,
}

impl FieldPath {
    pub(crate) fn new(first: Segment) -> Self {
        Self {
            first,
            rest: Vec::new(),
            suffix: None,
        }
    }

    /// Reads `"country_id.code"`.
    pub(crate) fn parse(text: &LitStr) -> syn::Result<Self> {
        let (span, value) = (text.span(), text.value());
        let mut names = value.split('.');
        let first = names.next().filter(|name| !name.is_empty());
        let first = first.ok_or_else(|| syn::Error::new(span, "the name of a field is missing"))?;
        let mut path = Self::new(Segment::from_wire(first, span));
        for name in names {
            if name.is_empty() {
                return Err(syn::Error::new(span, "the name of a field is missing"));
            }
            path.push(name, Segment::from_wire(name, span))?;
        }
        Ok(path)
    }

    /// Goes on to a field, or to a part of this one's value.
    pub(crate) fn push_ident(&mut self, ident: &Ident) -> syn::Result<()> {
        self.push(&names::unraw(ident), Segment::from_ident(ident))
    }

    fn push(&mut self, name: &str, segment: Segment) -> syn::Result<()> {
        let span = segment.span();
        if DatePart::named(name).is_some() {
            self.end_in(Suffix::DatePart(Ident::new(name, span)), span)
        } else if is_property_name(name) {
            self.end_in(Suffix::Property(LitStr::new(name, span)), span)
        } else if self.suffix.is_some() {
            Err(after_the_end(span))
        } else {
            self.rest.push(segment);
            Ok(())
        }
    }

    pub(crate) fn end_in(&mut self, suffix: Suffix, span: Span) -> syn::Result<()> {
        match self.suffix.replace(suffix) {
            Some(_) => Err(after_the_end(span)),
            None => Ok(()),
        }
    }

    /// Where the path is in the program: its last field.
    pub(crate) fn span(&self) -> Span {
        self.last().span()
    }

    fn last(&self) -> &Segment {
        self.rest.last().unwrap_or(&self.first)
    }

    /// The handle out of a scope. Checks that the path needs go to `checks`.
    pub(crate) fn lower(&self, scope: &Scope, checks: &mut Vec<TokenStream>) -> Handle {
        checks.extend(self.first.check(scope));
        let mut field = self.first.handle(scope);
        let mut far = scope.behind(&self.first);
        let mut path = quote_spanned!(self.first.span()=> #field.searched());
        for segment in &self.rest {
            checks.extend(segment.check(&far));
            field = segment.handle(&far);
            far = far.behind(segment);
            let step = quote_spanned!(segment.span()=> .step(#field));
            path = quote!(#path #step);
        }
        match &self.suffix {
            Some(Suffix::DatePart(part)) => path = quote!(#path.#part()),
            Some(Suffix::Property(name)) => {
                let property = quote_spanned!(name.span()=> .property(#name));
                path = quote!(#path #property);
            }
            None => {}
        }
        Handle {
            field,
            path,
            far,
            has_suffix: self.suffix.is_some(),
        }
    }
}

impl FieldPath {
    /// Reads `"country_id.code"` of Odoo's notation of groups, in which `:` stands before a span: `"date_order:month"`.
    pub(crate) fn parse_key(text: &LitStr) -> syn::Result<(Self, Option<Ident>)> {
        let value = text.value();
        let Some((path, span)) = value.split_once(':') else {
            return Ok((Self::parse(text)?, None));
        };
        let path = Self::parse(&LitStr::new(path, text.span()))?;
        if DatePart::named(span).is_some() {
            let message = format!(
                "`{span}` is a number out of a date: write `.{span}` in place of `:{span}`"
            );
            return Err(syn::Error::new(text.span(), message));
        }
        if SPANS.iter().all(|known| known.name != span) {
            let suggestion = names::suggestion(span, SPANS.iter().map(|known| known.name));
            let message = format!("`{span}` is not a span of time: {suggestion}");
            return Err(syn::Error::new(text.span(), message));
        }
        if !path.rest.is_empty() || path.suffix.is_some() {
            let message = "records are grouped by spans of time of their own dates, not of those of related records";
            return Err(syn::Error::new(text.span(), message));
        }
        Ok((path, Some(Ident::new(span, text.span()))))
    }

    /// What groups are made by: the field's handle, its span of time, or the path to it.
    pub(crate) fn key(
        &self,
        span: Option<&Ident>,
        scope: &Scope,
        checks: &mut Vec<TokenStream>,
    ) -> TokenStream {
        checks.extend(self.first.check(scope));
        let mut key = self.first.handle(scope);
        let mut far = scope.behind(&self.first);
        for segment in &self.rest {
            checks.extend(segment.check(&far));
            let handle = segment.handle(&far);
            let step = quote_spanned!(segment.span()=> .then(#handle));
            key = quote!(#key #step);
            far = far.behind(segment);
        }
        match &self.suffix {
            Some(Suffix::DatePart(part)) => key = quote!(#key.#part()),
            Some(Suffix::Property(name)) => {
                let property = quote_spanned!(name.span()=> .property(#name));
                key = quote!(#key #property);
            }
            None => {}
        }
        match span {
            Some(span) => quote!(#key.#span()),
            None => key,
        }
    }
}

/// The path as Odoo writes it.
#[cfg(test)]
impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", names::unraw(&self.first.ident))?;
        self.rest
            .iter()
            .try_for_each(|segment| write!(f, ".{}", names::unraw(&segment.ident)))?;
        match &self.suffix {
            Some(Suffix::DatePart(part)) => write!(f, ".{part}"),
            Some(Suffix::Property(name)) => write!(f, ".{}", name.value()),
            None => Ok(()),
        }
    }
}

fn after_the_end(span: Span) -> syn::Error {
    syn::Error::new(
        span,
        "a part of a date or a property is the end of a path: nothing can follow it",
    )
}

/// The names that Odoo's web client gives to properties: 16 hexadecimal digits, and for HTML a mark behind.
fn is_property_name(name: &str) -> bool {
    let name = name.strip_suffix("_html").unwrap_or(name);
    name.len() == 16
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
