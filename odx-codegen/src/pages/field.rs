//! The table of a model's fields, and the keys of its selections.

use maud::{Markup, html};
use odx_facts::flags;

use super::frame::{Site, count};
use super::seen;
use crate::ir::{Definition, Field, Key, Kind, Model, Selection};
use crate::render;
use crate::schema;

/// More keys than these are folded away.
const MANY_KEYS: usize = 24;

/// Where a field stands on its model's page.
pub(super) fn anchor(field: &Field) -> String {
    format!("field-{}", bare(&field.ident))
}

/// Where a field's keys stand on its model's page.
fn keys_anchor(field: &str) -> String {
    format!("keys-{field}")
}

/// An identifier without `r#`.
fn bare(ident: &str) -> &str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

/// The fields by name, `id` first.
pub(super) fn table(site: &Site<'_>, model: &Model) -> Markup {
    let mut fields: Vec<&Field> = model.fields.iter().collect();
    fields.sort_by_key(|field| (field.wire != "id", &field.wire));
    let described = site.schema.model(&model.wire);
    html! {
        form class="filter" id="field-filter" data-table="fields-table" {
            label for="filter" { "Filter" }
            input type="search" id="filter" autocomplete="off" spellcheck="false" placeholder="name, label, type, flag";
            label { input type="checkbox" name="record"; " in the record" }
            label { input type="checkbox" name="required"; " required" }
            label { input type="checkbox" name="relation"; " relations" }
            output id="filter-count" for="filter" { (count(fields.len(), "field")) }
        }
        div class="wide" {
            table class="fields" id="fields-table" {
                thead { tr {
                    th scope="col" { "Field" } th scope="col" { "Type" } th scope="col" { "Label and help" }
                    th scope="col" { "Flags" } th scope="col" { "Rust" }
                } }
                tbody {
                    @for field in fields {
                        (row(site, model, field, described.and_then(|model| model.fields.get(&field.wire))))
                    }
                }
            }
        }
    }
}

fn row(site: &Site<'_>, model: &Model, field: &Field, described: Option<&schema::Field>) -> Markup {
    let required = field.flags & flags::REQUIRED != 0;
    let relation = matches!(field.kind, Kind::Relation(_));
    html! {
        tr id=(anchor(field)) data-record[field.in_record] data-required[required] data-relation[relation] {
            th scope="row" {
                a href={ "#" (anchor(field)) } { code { (seen(&field.wire)) } }
                @if bare(&field.ident) != field.wire {
                    " " small class="ident" { "in Rust " code { (field.ident) } }
                }
            }
            td { (field_type(field, described)) }
            td {
                (seen(&field.label))
                @if let Some(help) = &field.help { span class="help" { (seen(help)) } }
            }
            td class="flags" {
                @if required { strong { "required" } " " }
                (notes(field, described).join(" · "))
            }
            td { (rust(&render::value_type_text(model, field, &site.config.types))) }
        }
    }
}

fn field_type(field: &Field, described: Option<&schema::Field>) -> Markup {
    let name = match described {
        Some(described) => seen(&described.field_type).into_owned(),
        None => field.field_type.to_string(),
    };
    let more = details(described);
    html! {
        @match &field.kind {
            Kind::Relation(target) => {
                (name) " to "
                @match &target.module {
                    Some(module) => a class="relation" href={ (module) ".html" } { code { (seen(&target.wire)) } },
                    None => code title="this model is not in these pages" { (seen(&target.wire)) },
                }
            }
            Kind::Choice(_) => a href={ "#" (keys_anchor(bare(&field.ident))) } { (name) },
            Kind::Key | Kind::Plain => (name),
        }
        @for detail in more { small class="detail" { (seen(&detail)) } }
    }
}

/// A type, which may go on in a next line where it takes another.
fn rust(value: &str) -> Markup {
    html! { code class="rust" { @for part in value.split_inclusive('<') { (part) wbr; } } }
}

/// What there is to say of a field's type.
fn details(described: Option<&schema::Field>) -> Vec<String> {
    let Some(field) = described else {
        return Vec::new();
    };
    let name =
        |what: &str, name: &Option<String>| name.as_ref().map(|name| format!("{what} {name}"));
    let texts = [
        field.size.map(|size| format!("up to {size} characters")),
        (field.digits).map(|(precision, scale)| format!("{precision} digits, {scale} decimals")),
        name("other side", &field.relation_field),
        name("currency in", &field.currency_field),
        name("model in", &field.model_field),
        name("defined by", &field.definition_record),
        name("groups by", &field.aggregator),
        name("read through", &field.related),
    ];
    texts.into_iter().flatten().collect()
}

/// The flags of a field that are not the rule.
fn notes(field: &Field, described: Option<&schema::Field>) -> Vec<String> {
    let holds = |flag: u16| field.flags & flag != 0;
    let says = |flag: fn(&schema::Field) -> bool| described.is_some_and(flag);
    let notes = [
        (says(|field| field.readonly), "read-only"),
        (says(|field| field.computed), "computed"),
        (!holds(flags::STORED), "not stored"),
        (says(|field| field.default == Some(true)), "has a default"),
        (holds(flags::TRANSLATE), "translated"),
        (holds(flags::COMPANY), "per company"),
        (says(|field| field.attachment), "attachment"),
        (says(|field| field.manual), "custom"),
        (!field.in_record, "not in the record"),
    ];
    let noted = notes.into_iter().filter(|(holds, _)| *holds);
    let missing = [
        (flags::SEARCH, "search"),
        (flags::SORT, "order"),
        (flags::GROUP, "groups"),
    ];
    let missing = missing.into_iter().filter(|(flag, _)| !holds(*flag));
    let missing: Vec<&str> = missing.map(|(_, what)| what).collect();
    let missing = (!missing.is_empty()).then(|| format!("no {}", missing.join(", ")));
    noted
        .map(|(_, note)| note.to_owned())
        .chain(missing)
        .collect()
}

/// The keys of each selection.
pub(super) fn selections(site: &Site<'_>, model: &Model) -> Markup {
    html! {
        @for selection in &model.selections {
            @if let Some(field) = model.fields.iter().find(|field| field.wire == selection.field) {
                (keys(site, model, selection, field))
            }
        }
    }
}

fn keys(site: &Site<'_>, model: &Model, selection: &Selection, field: &Field) -> Markup {
    let described = site.schema.model(&model.wire);
    let described = described.and_then(|model| model.fields.get(&selection.field));
    let options = described.map_or(&[][..], |field| &field.selection[..]);
    let table = html! {
        table class="keys" {
            thead { tr { th scope="col" { "Key" } th scope="col" { "Label" } th scope="col" { "Rust" } } }
            tbody {
                @for (key, label) in options {
                    @let key = key_text(key);
                    tr {
                        th scope="row" { code { (seen(&key)) } }
                        td { (seen(label)) }
                        td { @if let Some(variant) = variant(site, selection, &key) { code class="rust" { (variant) } } }
                    }
                }
            }
        }
    };
    html! {
        section class="selection" {
            h3 id=(keys_anchor(bare(&field.ident))) {
                code { (seen(&selection.field)) } " " small { (seen(&selection.label)) }
            }
            p { "In Rust: " code class="rust" { (selection.name) } }
            @if options.is_empty() {
                p { "The server fills it; its keys are not in the schema." }
            } @else if options.len() > MANY_KEYS {
                details { summary { (count(options.len(), "key")) } (table) }
            } @else {
                (table)
            }
        }
    }
}

/// `SaleOrderState::Draft`, where the type is an enum.
fn variant(site: &Site<'_>, selection: &Selection, key: &str) -> Option<String> {
    let Definition::Enum(variants) = selection.defined_in(site.lowered)? else {
        return None;
    };
    let found = variants.iter().find(|variant| match &variant.key {
        Key::Text(text) => text == key,
        Key::Integer(number) => number.to_string() == key,
    })?;
    Some(format!("{}::{}", selection.name, found.name))
}

fn key_text(key: &schema::SelectionKey) -> String {
    match key {
        schema::SelectionKey::Text(key) => key.clone(),
        schema::SelectionKey::Integer(key) => key.to_string(),
        schema::SelectionKey::Boolean(key) => key.to_string(),
    }
}
