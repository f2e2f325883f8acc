//! `#[derive(OdooGroup)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, Data, DeriveInput, Fields, LitStr, Path, Token, Type, ext::IdentExt,
    meta::ParseNestedMeta, spanned::Spanned,
};

use crate::{
    derive::{Errors, StructAttributes},
    field::{FieldPath, Scope, Segment},
    names, runtime,
};

/// The aggregates, by the names of their attributes, of Odoo and of the functions of the runtime.
const AGGREGATES: [&str; 5] = ["sum", "avg", "min", "max", "count_distinct"];
const OF_FIELDS: [&str; 7] = ["key", "sum", "avg", "min", "max", "count_distinct", "count"];

/// What a field of the struct holds of a group.
enum Column {
    /// A part of the key, by a span of time if it has one.
    Key(FieldPath, Option<Ident>),
    /// An aggregate of a field.
    Aggregate(Ident, Segment),
    /// The number of records.
    Count,
}

struct Field {
    ident: Ident,
    ty: Type,
    column: Column,
}

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let mut errors = Errors::default();
    if !input.generics.params.is_empty() {
        errors.push(
            input.generics.span(),
            "groups are read into structs without parameters",
        );
    }
    let attributes = errors.take(StructAttributes::parse(&input.attrs));
    let (model, runtime) = match attributes.map(|attributes| attributes.of_group(&input.ident)) {
        Some((model, runtime)) => (errors.take(model), runtime),
        None => (None, None),
    };
    let fields: Vec<Field> = match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => data
            .fields
            .iter()
            .filter_map(|field| errors.take(Field::parse(field)))
            .collect(),
        _ => {
            errors.push(
                input.ident.span(),
                "groups are read into structs whose fields have names",
            );
            Vec::new()
        }
    };
    errors.finish()?;
    let model = model.expect("BUG: without errors there is a model");
    let tokens = implementation(&input.ident, &model, &fields);
    Ok(match runtime {
        Some(path) => runtime::named(tokens, &path.to_token_stream()),
        None => tokens,
    })
}

impl Field {
    fn parse(field: &syn::Field) -> syn::Result<Self> {
        let ident = field.ident.clone().expect("BUG: a named field has a name");
        let column = match column(&field.attrs, &ident)? {
            Some(column) => column,
            None => Column::Key(FieldPath::new(Segment::from_ident(&ident)), None),
        };
        Ok(Self {
            ident,
            ty: field.ty.clone(),
            column,
        })
    }
}

/// What the attributes of a field say; nothing where there are none.
fn column(attributes: &[Attribute], ident: &Ident) -> syn::Result<Option<Column>> {
    let mut column = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("odoo"))
    {
        attribute.parse_nested_meta(|meta| match column.replace(read(&meta, ident)?) {
            None => Ok(()),
            Some(_) => Err(meta.error("a field holds one value of a group: give each its own")),
        })?;
    }
    Ok(column)
}

fn read(meta: &ParseNestedMeta, ident: &Ident) -> syn::Result<Column> {
    let word = meta.path.get_ident().map(Ident::unraw);
    let name = word.as_ref().map(ToString::to_string).unwrap_or_default();
    match (name.as_str(), word) {
        ("count", _) => Ok(Column::Count),
        ("key", _) => {
            let (path, span) = FieldPath::parse_key(&text(meta, "key", "date_order:month")?)?;
            Ok(Column::Key(path, span))
        }
        (name, Some(word)) if AGGREGATES.contains(&name) => {
            let segment = if meta.input.peek(Token![=]) {
                let text = text(meta, name, "amount_total")?;
                if text.value().contains(['.', ':']) {
                    let message = "aggregates are of the model's own fields, which Odoo keeps";
                    return Err(syn::Error::new(text.span(), message));
                }
                Segment::from_wire(&text.value(), text.span())
            } else {
                Segment::from_ident(ident)
            };
            Ok(Column::Aggregate(word, segment))
        }
        (name, _) => {
            let suggestion = names::suggestion(name, OF_FIELDS.into_iter());
            Err(meta.error(format!(
                "`{name}` is nothing that a field holds of a group: {suggestion}"
            )))
        }
    }
}

fn text(meta: &ParseNestedMeta, name: &str, example: &str) -> syn::Result<LitStr> {
    let message = format!("expected a field in double quotes, as in `{name} = \"{example}\"`");
    let value = meta.value().map_err(|_| meta.error(&message))?;
    // Without quotes, as the compiler writes it that corrects a misspelt name.
    if value.peek(Ident::peek_any) {
        let ident = value.call(Ident::parse_any)?;
        return Ok(LitStr::new(&ident.unraw().to_string(), ident.span()));
    }
    value
        .parse()
        .map_err(|error| syn::Error::new(error.span(), message))
}

/// Implements `GroupRow`.
fn implementation(name: &Ident, model: &Path, fields: &[Field]) -> TokenStream {
    let scope = Scope::new(model);
    let mut checks = Vec::new();
    let mut columns = Vec::new();
    let mut values = Vec::new();
    let (mut keys, mut aggregates) = (0_usize, 0_usize);
    for Field { ident, ty, column } in fields {
        // What is asked for is written the same way where it is read, so that the compiler reports a mistake of it once.
        let (asked, place) = match column {
            Column::Key(path, span) => {
                let key = path.key(span.as_ref(), &scope, &mut checks);
                let asked = quote_spanned!(path.span()=> ::odx_runtime::query::group::GroupValue::key(&#key));
                keys += 1;
                (asked, keys - 1)
            }
            Column::Aggregate(function, segment) => {
                checks.extend(segment.check(&scope));
                let handle = segment.handle(&scope);
                let asked = quote_spanned!(segment.span()=> ::odx_runtime::query::group::GroupValue::#function(&#handle));
                aggregates += 1;
                (asked, aggregates - 1)
            }
            Column::Count => {
                let count = quote_spanned!(ty.span()=> .count::<#ty>());
                values.push(quote!(#ident: group #count));
                continue;
            }
        };
        let read = quote_spanned!(ty.span()=> .read::<#ty>(group, #place));
        values.push(quote!(#ident: #asked #read?));
        columns.push(asked);
    }
    quote! {
        #(const _: () = #checks;)*

        #[automatically_derived]
        impl ::odx_runtime::query::group::GroupRow for #name {
            type Model = #model;

            fn columns() -> ::odx_runtime::query::group::GroupColumns<#model> {
                ::odx_runtime::query::group::GroupColumns::default() #(.with(#columns))*
            }

            fn read(
                group: &::odx_runtime::query::group::GroupValues<'_>,
            ) -> ::core::result::Result<Self, ::odx_runtime::Error> {
                ::core::result::Result::Ok(Self { #(#values),* })
            }
        }
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

    #[test]
    fn keys_aggregates_and_the_count_have_the_names_of_the_structs_fields() {
        let code = expand(
            "#[odoo(model = SaleOrder)] struct Month { #[odoo(key = \"date_order:month\")] month: A, state: B, \
             #[odoo(sum = \"amount_total\")] total: C, #[odoo(count)] orders: u64, #[odoo(key = \"partner_id.country_id\")] country: D }"
                .parse()
                .unwrap(),
        )
        .unwrap()
        .to_string()
        .replace(' ', "");
        for part in [
            ".fields.date_order.month())",
            ".fields.date_order.month()).read::<A>(group,0usize)?",
            ".fields.state).read::<B>(group,1usize)?",
            "total:::odx_runtime::query::group::GroupValue::sum(&",
            ".read::<C>(group,0usize)?",
            "orders:group.count::<u64>()",
            ".fields.partner_id.then(",
        ] {
            assert!(code.contains(part), "{part}: {code}");
        }
    }

    #[test]
    fn a_name_stands_without_quotes_too() {
        let of = |name: &str| {
            let input = format!(
                "#[odoo(model = SaleOrder)] struct Total {{ #[odoo(sum = {name})] total: A }}"
            );
            expand(input.parse().unwrap()).unwrap().to_string()
        };
        assert_eq!(of("amount_total"), of("\"amount_total\""));
    }

    #[test]
    fn every_mistake_of_a_group_is_reported_at_once() {
        assert_eq!(
            errors(
                "#[odoo(model = SaleOrder)] struct Month<T> { #[odoo(key = \"date_order:mnth\")] a: A, #[odoo(summ)] b: B, \
                 #[odoo(sum = \"a.b\")] c: C, #[odoo(key)] d: D, #[odoo(count, sum)] e: E, #[odoo(key = \"date:month_number\")] f: F, \
                 #[odoo(key = \"a.b:month\")] g: G }"
            ),
            [
                "groups are read into structs without parameters",
                "`mnth` is not a span of time: did you mean `month`?",
                "`summ` is nothing that a field holds of a group: did you mean `sum`?",
                "aggregates are of the model's own fields, which Odoo keeps",
                "expected a field in double quotes, as in `key = \"date_order:month\"`",
                "a field holds one value of a group: give each its own",
                "`month_number` is a number out of a date: write `.month_number` in place of `:month_number`",
                "records are grouped by spans of time of their own dates, not of those of related records",
            ]
        );
        assert_eq!(
            errors("struct Month { a: A }"),
            ["which model's records does `Month` group? put `#[odoo(model = SaleOrder)]` on it"]
        );
        assert_eq!(
            errors("#[odoo(name = \"sale.order\")] struct Month(A);"),
            [
                "groups are of a model that has a type: give it as `model = SaleOrder`",
                "groups are read into structs whose fields have names",
            ]
        );
    }
}
