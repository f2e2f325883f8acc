//! The fields of a model: their types, what Odoo lets them be used for, and which of them its record holds.

use std::collections::{BTreeMap, BTreeSet};

use odx_facts::{
    FieldType, KEPT_BY_ODOO, Nullable, capability, flags, is_worked_out, takes_writes,
};

use super::relations::Relations;
use super::rules::{FieldRules, Ruling, Unruled};
use super::selections::Selections;
use super::{names, types};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::ir::{self, Kind};
use crate::schema::{Field, Model, Schema};

/// What fields are lowered with.
pub(super) struct Context<'a, 'n> {
    pub(super) schema: &'a Schema,
    pub(super) config: &'a Config,
    pub(super) rules: &'a FieldRules<'a>,
    pub(super) relations: &'a Relations,
    pub(super) selections: &'a mut Selections<'n>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// Lowers the fields of `model` into `lowered`.
pub(super) fn lower(model: &Model, lowered: &mut ir::Model, context: &mut Context<'_, '_>) {
    let idents = idents(model, context);
    let inheritance = inheritance_links(model);
    let mut fields = Vec::with_capacity(model.fields.len() + 1);
    // Odoo has an `id` in every model, abstract ones included, and sends it in every row.
    let id = Field {
        field_type: "integer".to_owned(),
        string: "ID".to_owned(),
        readonly: true,
        ..Field::default()
    };
    let missing_id = (!model.fields.contains_key("id")).then_some(("id", &id));
    if missing_id.is_some() {
        context.diagnostics.push(Diagnostic::warning(
            &model.model,
            "has no field `id`; it was added",
        ));
    }
    let all = model
        .fields
        .iter()
        .map(|(name, field)| (name.as_str(), field));
    for (name, field) in missing_id.into_iter().chain(all) {
        // The tables of generated code have a line a field.
        if name.contains(char::is_whitespace) || name.is_empty() {
            context.diagnostics.push(Diagnostic::warning(
                format!("{}.{}", model.model, name.escape_debug()),
                "has a name that no field of Odoo can have; it was left out",
            ));
            continue;
        }
        let ruling = context.rules.ruling(&model.model, name);
        let flags = flags(name, field, ruling, inheritance.contains(name));
        let (field_type, kind) = kind(model, lowered, name, field, ruling, context);
        let unruled = Unruled {
            is_id: name == "id",
            in_record: is_cheap(context.schema, model, name, field),
            optional: is_optional(field_type, field, Ruling::default()),
            field_type: &field.field_type,
            writable: is_writable(name, field, Ruling::default()),
            may_be_written: may_be_written(name, field),
        };
        context.rules.judge(&model.model, name, ruling, unruled);
        fields.push(ir::Field {
            wire: name.to_owned(),
            ident: idents[name].clone(),
            label: field.string.clone(),
            help: field.help.clone(),
            optional: is_optional(field_type, field, ruling).unwrap_or(false),
            in_record: unruled.is_id || ruling.record.unwrap_or(unruled.in_record),
            flags,
            capability: capability(flags),
            size: field.size,
            links: links(field),
            field_type,
            kind,
        });
    }
    // `id` leads, as it does in every row; then the rest of the record.
    fields.sort_by_key(|field| (field.wire != "id", !field.in_record));
    limit(&model.model, &mut fields, context.diagnostics);
    lowered.fields = fields;
}

/// Keeps to what the runtime's tables hold. No model of Odoo comes near.
fn limit(model: &str, fields: &mut Vec<ir::Field>, diagnostics: &mut Vec<Diagnostic>) {
    if fields.len() > ir::MOST_FIELDS {
        let left_out = fields.split_off(ir::MOST_FIELDS).len();
        let message = format!("has too many fields; {left_out} of them were left out");
        diagnostics.push(Diagnostic::warning(model, message));
    }
}

fn idents<'a>(model: &'a Model, context: &mut Context<'_, '_>) -> BTreeMap<&'a str, String> {
    let names = model
        .fields
        .keys()
        .map(String::as_str)
        .filter(|name| *name != "id")
        .chain(["id"]);
    let mut idents = names::fields(names);
    for field in model.fields.keys() {
        let path = format!("{}.{field}", model.model);
        let Some(name) = context.config.names.fields.get(&path) else {
            continue;
        };
        if !names::is_identifier(name) || names::is_keyword(name) {
            let message = format!("`{}` is no name for a Rust field", name.escape_debug());
            context
                .diagnostics
                .push(Diagnostic::error("[names.fields]", message));
        } else if idents
            .iter()
            .any(|(other, ident)| other != field && ident == name)
        {
            let message =
                format!("`{name}` is taken by another field: choose another name for `{path}`");
            context
                .diagnostics
                .push(Diagnostic::error("[names.fields]", message));
        } else {
            idents.insert(field, name.clone());
        }
    }
    idents
}

fn kind(
    model: &Model,
    lowered: &mut ir::Model,
    name: &str,
    field: &Field,
    ruling: Ruling<'_>,
    context: &mut Context<'_, '_>,
) -> (FieldType, Kind) {
    if name == "id" {
        return (FieldType::Integer, Kind::Key);
    }
    let path = || format!("{}.{name}", model.model);
    let odoo_type = ruling.field_type.unwrap_or(&field.field_type);
    let Some(field_type) = types::find(odoo_type) else {
        let message = format!(
            "has the type `{}`, which this odx does not know; its values are JSON",
            odoo_type.escape_debug()
        );
        context
            .diagnostics
            .push(Diagnostic::warning(path(), message));
        return (FieldType::Unknown, Kind::Plain);
    };
    if field_type.is_relation() {
        let Some(relation) = &field.relation else {
            let message = format!("is a {odoo_type} to no model; its values are JSON");
            context
                .diagnostics
                .push(Diagnostic::warning(path(), message));
            return (FieldType::Unknown, Kind::Plain);
        };
        let target = context.relations.target(relation).clone();
        return (field_type, Kind::Relation(target));
    }
    if field_type.is_selection() {
        let selection = context
            .selections
            .lower(lowered, name, field, context.diagnostics);
        let type_name = selection.name.clone();
        lowered.selections.push(selection);
        return (field_type, Kind::Choice(type_name));
    }
    (field_type, Kind::Plain)
}

/// Whether the value is an `Option`; `None` where it cannot be.
fn is_optional(field_type: FieldType, field: &Field, ruling: Ruling<'_>) -> Option<bool> {
    match field_type.nullable() {
        Nullable::Never => None,
        Nullable::Always => Some(ruling.optional.unwrap_or(true)),
        Nullable::UnlessRequired => {
            Some(ruling.optional.unwrap_or(!(field.required && field.store)))
        }
    }
}

/// Whether reading the field costs no more than a column or a join: the default record.
fn is_cheap(schema: &Schema, model: &Model, name: &str, field: &Field) -> bool {
    match field.field_type.as_str() {
        _ if name == "display_name" => true,
        "binary" => false,
        // A read of it fails in Odoo 14: `report.stock.quantity.move_ids`.
        "one2many" if field.store && field.relation_field.is_none() => false,
        _ => field.store || is_reached_through_one_many2one(schema, model, name, field),
    }
}

/// Whether the field is a stored one of a record that a stored many2one leads to: how `_inherits` shows
/// (`product.product.name` is `product_tmpl_id.name`).
fn is_reached_through_one_many2one(
    schema: &Schema,
    model: &Model,
    name: &str,
    field: &Field,
) -> bool {
    let target_field = || {
        let (link, far) = field.related.as_deref()?.split_once('.')?;
        let link = model.fields.get(link)?;
        if far != name || link.field_type != "many2one" || !link.store {
            return None;
        }
        schema.model(link.relation.as_deref()?)?.fields.get(far)
    };
    target_field().is_some_and(|field| field.store && field.field_type != "binary")
}

/// The many2one fields that inherited fields are read through. A create fills them.
fn inheritance_links(model: &Model) -> BTreeSet<&str> {
    let inherited = model.fields.iter().filter(|(_, field)| !field.store);
    inherited
        .filter_map(|(name, field)| {
            let (link, far) = field.related.as_deref()?.split_once('.')?;
            (far == name).then_some(link)
        })
        .collect()
}

/// Whether a write changes the field.
fn may_be_written(name: &str, field: &Field) -> bool {
    takes_writes(name, field.store, field.readonly)
}

/// Whether programs write the field: unless a rule says otherwise, not what Odoo works out and calls read-only.
fn is_writable(name: &str, field: &Field, ruling: Ruling<'_>) -> bool {
    let worked_out = is_worked_out(field.readonly, field.computed, field.related.is_some());
    may_be_written(name, field) && ruling.writable.unwrap_or(!worked_out)
}

/// Whether a create may leave out a required field: the server fills it, or the schema does not tell.
fn may_be_left_out(name: &str, field: &Field, is_link: bool) -> bool {
    let filled =
        field.computed || field.readonly || field.related.is_some() || !field.store || is_link;
    filled || KEPT_BY_ODOO.contains(&name) || field.default != Some(false)
}

fn flags(name: &str, field: &Field, ruling: Ruling<'_>, is_link: bool) -> u16 {
    let writable = is_writable(name, field, ruling);
    let set = [
        (flags::REQUIRED, field.required),
        (flags::STORED, field.store),
        (flags::SEARCH, field.searchable),
        (flags::SORT, field.sortable),
        (flags::GROUP, field.groupable),
        (flags::WRITE, writable),
        (
            flags::DEFAULT,
            field.required && may_be_left_out(name, field, is_link),
        ),
        (flags::COMPANY, field.company_dependent),
        (flags::TRANSLATE, field.translate),
        (
            flags::READONLY,
            may_be_written(name, field) && field.readonly,
        ),
        (flags::RELATED, links(field).is_some()),
    ];
    set.into_iter()
        .filter(|(_, holds)| *holds)
        .fold(0, |bits, (bit, _)| bits | bit)
}

/// The relations that a field without a column of its own is read through.
fn links(field: &Field) -> Option<String> {
    if field.store {
        return None;
    }
    let (links, _) = field.related.as_deref()?.rsplit_once('.')?;
    Some(links.to_owned())
}
