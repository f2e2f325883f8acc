//! `#[odoo(..)]`.

use proc_macro2::Ident;
use syn::{Attribute, LitStr, Path, ext::IdentExt, meta::ParseNestedMeta};

use super::{Errors, Source, kind::Kind};
use crate::names::suggestion;

/// What the struct's attributes say.
#[derive(Default)]
pub(crate) struct StructAttributes {
    model: Option<Path>,
    name: Option<LitStr>,
    /// What the program calls the runtime.
    pub(super) runtime: Option<Path>,
}

/// What a field's attributes say.
#[derive(Default)]
pub(super) struct FieldAttributes {
    pub(super) field: Option<LitStr>,
    pub(super) kind: Option<Kind>,
    pub(super) required: bool,
    pub(super) readonly: bool,
    pub(super) computed: bool,
}

const OF_STRUCTS: [&str; 3] = ["model", "name", "crate"];
const OF_FIELDS: [&str; 5] = ["field", "kind", "required", "readonly", "computed"];

impl StructAttributes {
    pub(crate) fn parse(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut parsed = Self::default();
        each(attributes, |word, meta| match word.as_str() {
            "model" => set(&mut parsed.model, model(&meta)?, &meta),
            "name" => set(&mut parsed.name, text(&meta)?, &meta),
            "crate" => set(&mut parsed.runtime, path_of_crate(&meta)?, &meta),
            word => Err(unknown(word, &OF_STRUCTS, &OF_FIELDS, "a field", &meta)),
        })?;
        Ok(parsed)
    }

    /// The model whose records are grouped, and what the program calls the runtime.
    pub(crate) fn of_group(self, name: &Ident) -> (syn::Result<Path>, Option<Path>) {
        let model = match (self.model, self.name) {
            (Some(model), None) => Ok(model),
            (_, Some(wire)) => Err(syn::Error::new(
                wire.span(),
                "groups are of a model that has a type: give it as `model = SaleOrder`",
            )),
            (None, None) => Err(syn::Error::new(
                name.span(),
                format!(
                    "which model's records does `{name}` group? put `#[odoo(model = SaleOrder)]` on it"
                ),
            )),
        };
        (model, self.runtime)
    }

    pub(super) fn source(self, name: &Ident) -> syn::Result<Source> {
        match (self.model, self.name) {
            (Some(model), None) => Ok(Source::Model(model)),
            (None, Some(wire)) if is_model_name(&wire.value()) => Ok(Source::Own(wire.value())),
            (None, Some(wire)) => Err(syn::Error::new(
                wire.span(),
                format!(
                    "{:?} is not the name of an Odoo model: they are like \"res.partner\"",
                    wire.value()
                ),
            )),
            (Some(_), Some(wire)) => Err(syn::Error::new(
                wire.span(),
                "give `model = ..` for a projection of a generated model, or `name = \"..\"` for a model of its own, not both",
            )),
            (None, None) => Err(syn::Error::new(
                name.span(),
                format!(
                    "which model does `{name}` read? put `#[odoo(model = ResPartner)]` on it, or without generated code `#[odoo(name = \"res.partner\")]`"
                ),
            )),
        }
    }
}

fn is_model_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
}

impl FieldAttributes {
    pub(super) fn parse(attributes: &[Attribute], source: Option<&Source>) -> syn::Result<Self> {
        let own = !matches!(source, Some(Source::Model(_)));
        let mut parsed = Self::default();
        each(attributes, |word, meta| {
            match word.as_str() {
                "field" => return set(&mut parsed.field, field(&meta)?, &meta),
                "kind" if own => return set(&mut parsed.kind, Kind::named(&text(&meta)?)?, &meta),
                "required" if own => parsed.required = true,
                "readonly" if own => parsed.readonly = true,
                "computed" if own => parsed.computed = true,
                "kind" | "required" | "readonly" | "computed" => {
                    let message = format!(
                        "the model says this already: `{word}` is for structs with `#[odoo(name = \"..\")]`"
                    );
                    return Err(meta.error(message));
                }
                word => return Err(unknown(word, &OF_FIELDS, &OF_STRUCTS, "the struct", &meta)),
            }
            Ok(())
        })?;
        Ok(parsed)
    }
}

/// Hands each entry of the `odoo` attributes to `read`; collects their errors.
fn each(
    attributes: &[Attribute],
    mut read: impl FnMut(String, ParseNestedMeta) -> syn::Result<()>,
) -> syn::Result<()> {
    let mut errors = Errors::default();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("odoo"))
    {
        let parsed = attribute.parse_nested_meta(|meta| {
            let word = meta
                .path
                .get_ident()
                .map(|ident| ident.unraw().to_string())
                .unwrap_or_default();
            read(word, meta)
        });
        errors.take(parsed);
    }
    errors.finish()
}

fn model(meta: &ParseNestedMeta) -> syn::Result<Path> {
    meta.value()?.parse().map_err(|error| {
        let message = "expected the type of a generated model, as in `model = ResPartner`; without generated code it is `name = \"res.partner\"`";
        syn::Error::new(error.span(), message)
    })
}

/// A path in quotes.
fn path_of_crate(meta: &ParseNestedMeta) -> syn::Result<Path> {
    meta.value()?
        .parse::<LitStr>()
        .and_then(|text| text.parse_with(Path::parse_mod_style))
        .map_err(|error| {
            let message =
                "expected the path of the runtime in double quotes, as in `crate = \"erp\"`";
            syn::Error::new(error.span(), message)
        })
}

/// A name in quotes, or as an identifier.
fn field(meta: &ParseNestedMeta) -> syn::Result<LitStr> {
    let value = meta.value()?;
    match value.peek(Ident::peek_any) {
        true => value
            .call(Ident::parse_any)
            .map(|ident| LitStr::new(&ident.unraw().to_string(), ident.span())),
        false => value.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected the name of a field in double quotes",
            )
        }),
    }
}

fn text(meta: &ParseNestedMeta) -> syn::Result<LitStr> {
    let value = meta.value()?;
    value
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "expected a text in double quotes"))
}

fn set<T>(slot: &mut Option<T>, value: T, meta: &ParseNestedMeta) -> syn::Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error("this is given twice")),
    }
}

fn unknown(
    word: &str,
    here: &[&str],
    there: &[&str],
    place: &str,
    meta: &ParseNestedMeta,
) -> syn::Error {
    match there.contains(&word) {
        true => meta.error(format!("`{word}` stands on {place}")),
        false => meta.error(format!(
            "`{word}` is not an attribute of odx: {}",
            suggestion(word, here.iter().copied())
        )),
    }
}
