//! `#[derive(OdooModel)]`.

mod attributes;
mod kind;
mod model;
mod projection;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Path, Type, Visibility, spanned::Spanned};

use attributes::FieldAttributes;
pub(crate) use attributes::StructAttributes;
use kind::Kind;

use crate::{field::Segment, names, runtime};

/// A struct with the derive.
struct Struct {
    name: Ident,
    visibility: Visibility,
    source: Source,
    fields: Vec<Field>,
    /// What the program calls the runtime, if not by its own name.
    runtime: Option<Path>,
}

/// Where the handles come from.
enum Source {
    /// A model that has them.
    Model(Path),
    /// The struct itself, for the model of that name.
    Own(String),
}

/// A field of the struct.
struct Field {
    ident: Ident,
    visibility: Visibility,
    ty: Type,
    /// The name on the wire.
    wire: String,
    /// Where that name stands.
    span: Span,
    attributes: FieldAttributes,
    /// The field's type in Odoo, where no model says it.
    kind: Option<Kind>,
}

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let item = Struct::parse(&syn::parse2(input)?)?;
    let mut tokens = TokenStream::new();
    if let Source::Own(wire) = &item.source {
        tokens.extend(model::expand(&item, wire));
    }
    tokens.extend(projection::expand(&item));
    Ok(match &item.runtime {
        Some(path) => runtime::named(tokens, &path.to_token_stream()),
        None => tokens,
    })
}

impl Struct {
    /// Collects every error, so that one compile shows them all.
    fn parse(input: &DeriveInput) -> syn::Result<Self> {
        let mut errors = Errors::default();
        if !input.generics.params.is_empty() {
            errors.push(
                input.generics.span(),
                "rows are read into structs without parameters",
            );
        }
        let mut runtime = None;
        let source =
            errors
                .take(StructAttributes::parse(&input.attrs))
                .and_then(|mut attributes| {
                    runtime = attributes.runtime.take();
                    errors.take(attributes.source(&input.ident))
                });
        let fields: Vec<Field> = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => fields
                    .named
                    .iter()
                    .filter_map(|field| errors.take(Field::parse(field, source.as_ref())))
                    .collect(),
                Fields::Unit => Vec::new(),
                Fields::Unnamed(fields) => {
                    errors.push(
                        fields.span(),
                        "the fields need names: they are those of the Odoo model",
                    );
                    Vec::new()
                }
            },
            Data::Enum(_) | Data::Union(_) => {
                errors.push(input.ident.span(), "`OdooModel` reads rows into structs; a selection is an enum of the generated code");
                Vec::new()
            }
        };
        refuse_repetitions(&fields, &mut errors);
        errors.finish()?;
        let source = source.expect("BUG: without errors there is a source");
        Ok(Self {
            name: input.ident.clone(),
            visibility: input.vis.clone(),
            source,
            fields,
            runtime,
        })
    }

    /// The model whose handles the fields have.
    fn model(&self) -> Path {
        match &self.source {
            Source::Model(path) => path.clone(),
            Source::Own(_) => Path::from(self.name.clone()),
        }
    }
}

impl Field {
    fn parse(field: &syn::Field, source: Option<&Source>) -> syn::Result<Self> {
        let ident = field.ident.clone().expect("BUG: a named field has a name");
        let attributes = FieldAttributes::parse(&field.attrs, source)?;
        let (wire, span) = match &attributes.field {
            Some(text) => (text.value(), text.span()),
            None => (names::unraw(&ident), ident.span()),
        };
        if let Some((first, _)) = wire.split_once('.') {
            let message = format!(
                "a projection reads the fields of its own model: for `{wire}` give `{first}` a struct of its own with the fields you need"
            );
            return Err(syn::Error::new(span, message));
        }
        Ok(Self {
            ident,
            visibility: field.vis.clone(),
            ty: field.ty.clone(),
            wire,
            span,
            kind: match source {
                Some(Source::Own(_)) => Some(kind(&attributes, &field.ty)?),
                Some(Source::Model(_)) | None => None,
            },
            attributes,
        })
    }

    /// The handle, as a name in the model.
    fn segment(&self) -> Segment {
        match &self.attributes.field {
            Some(_) => Segment::from_wire(&self.wire, self.span),
            None => Segment::from_ident(&self.ident),
        }
    }
}

fn kind(attributes: &FieldAttributes, ty: &Type) -> syn::Result<Kind> {
    match attributes.kind {
        Some(kind) => Ok(kind),
        None => Kind::of_type(ty),
    }
}

/// A row has each field once.
fn refuse_repetitions(fields: &[Field], errors: &mut Errors) {
    for (index, field) in fields.iter().enumerate() {
        if let Some(earlier) = fields[..index]
            .iter()
            .find(|earlier| earlier.wire == field.wire)
        {
            errors.push(
                field.span,
                format!(
                    "`{}` is read by the field `{}` already",
                    field.wire, earlier.ident
                ),
            );
        }
    }
}

/// Errors of one derive.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add(syn::Error::new(span, message));
    }

    fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn finish(self) -> syn::Result<()> {
        match self.0 {
            Some(errors) => Err(errors),
            None => Ok(()),
        }
    }
}

/// The type itself: one that comes out of a `macro_rules!` is in a group that nobody sees.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// `Option<T>`, or what else is written between the angle brackets of a type of one parameter.
fn parameter<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = bare(ty) else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(input: &str) -> Vec<String> {
        let error = expand(input.parse().unwrap())
            .err()
            .unwrap_or_else(|| panic!("{input} was read"));
        error.into_iter().map(|error| error.to_string()).collect()
    }

    fn expanded(input: &str) -> String {
        expand(input.parse().unwrap())
            .unwrap()
            .to_string()
            .replace(' ', "")
    }

    #[test]
    fn a_projection_names_the_handles_of_its_model() {
        let code = expanded(
            "#[odoo(model = crate::Order)] struct Row { id: Id<Order>, #[odoo(field = \"type\")] kind: String }",
        );
        assert!(code.contains("typeModel=crate::Order;"), "{code}");
        assert!(
            code.contains("fields.id.meta()") && code.contains("fields.r#type.meta()"),
            "{code}"
        );
        assert!(
            code.contains("check_holds(") && code.contains("\"Option<String>\""),
            "{code}"
        );
        assert!(
            !code.contains("TABLE") && !code.contains("model!"),
            "{code}"
        );
    }

    #[test]
    fn a_model_of_its_own_has_handles_of_the_kinds_that_its_types_tell() {
        let code = expanded(
            "#[odoo(name = \"sale.order\")] struct Order { id: Id<Order>, a: Option<String>, b: Vec<Id<Line>>, #[odoo(kind = \"text\")] c: String }",
        );
        assert!(code.contains("structOrderFields"), "{code}");
        assert!(code.contains("a:::odx_runtime::model::Field<Order,::odx_runtime::model::Char,::odx_runtime::model::Full>"), "{code}");
        assert!(
            code.contains("::odx_runtime::model::ToMany<Line>,::odx_runtime::model::SearchWrite>"),
            "{code}"
        );
        assert!(code.contains("ctextrsdogwfc"), "{code}");
        assert!(code.contains("{id:0,a:1,b:2,c:3}"), "{code}");
    }

    #[test]
    fn the_runtime_has_the_name_that_the_attribute_gives_it() {
        let code = expanded(
            "#[odoo(name = \"sale.order\", crate = \"crate::erp\")] struct Order { id: Id<Order>, a: Option<String> }",
        );
        assert!(
            code.contains("implcrate::erp::model::ProjectionforOrder"),
            "{code}"
        );
        assert!(!code.contains("odx_runtime"), "{code}");
        assert_eq!(
            errors("#[odoo(name = \"x\", crate = erp)] struct Order {}"),
            ["expected the path of the runtime in double quotes, as in `crate = \"erp\"`"]
        );
    }

    #[test]
    fn every_mistake_of_a_struct_is_reported_at_once() {
        assert_eq!(
            errors(
                "#[odoo(nam = \"x\", name = 5)] struct Order<T> { #[odoo(model = X)] a: i64, #[odoo(kind = 5)] b: i64, c: u8 }"
            ),
            [
                "rows are read into structs without parameters",
                "`nam` is not an attribute of odx: did you mean `name`?",
                "`model` stands on the struct",
                "expected a text in double quotes",
            ]
        );
        assert_eq!(
            errors(
                "#[odoo(name = \"x\")] struct Order { #[odoo(kind)] a: i64, b: u8, #[odoo(field = 5)] c: u8, d: &'static str }"
            ),
            [
                "expected `=`",
                "this type does not tell the type of the field in Odoo: add `#[odoo(kind = \"selection\")]`, or another kind",
                "expected the name of a field in double quotes",
                "this type does not tell the type of the field in Odoo: add `#[odoo(kind = \"selection\")]`, or another kind",
            ]
        );
    }
}
