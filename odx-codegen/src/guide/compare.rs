//! What changed in a model that both schemas have.

use std::collections::BTreeSet;

use odx_facts::{KEPT_BY_ODOO, flags};

use super::addons::methods_are_told;
use super::line::Line;
use super::renames::Renames;
use crate::config::TypesConfig;
use crate::ir::{self, Definition, Key, Kind};
use crate::render;
use crate::schema::{Field, Model, Schema, signature};

/// What a change does to code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Code that uses it does not compile against the new models.
    Build,
    /// The same: the field that the line names is no more.
    Gone,
    /// Code compiles, and may mean something else.
    Behaviour,
    /// No code knows it yet.
    New,
}

/// A change, in words.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) weight: Weight,
    pub(super) line: Line,
}

/// A model before and after: each pair is the old one and the new one.
pub(super) struct Pair<'a> {
    pub(super) schemas: (&'a Schema, &'a Schema),
    pub(super) described: (&'a Model, &'a Model),
    pub(super) code: (&'a ir::Model, &'a ir::Model),
    pub(super) crates: (&'a ir::Crate, &'a ir::Crate),
    pub(super) renames: &'a Renames,
}

/// A field before and after.
struct FieldPair<'a> {
    name: &'a str,
    described: (&'a Field, &'a Field),
    code: (&'a ir::Field, &'a ir::Field),
}

/// How many labels and help texts differ.
pub(super) fn words(old: &Model, new: &Model) -> usize {
    let both = old
        .fields
        .iter()
        .filter_map(|(name, was)| Some((was, new.fields.get(name)?)));
    both.filter(|(was, is)| was.string != is.string || was.help != is.help)
        .count()
}

impl<'a> Pair<'a> {
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = self.of_the_model();
        let (old, new) = self.described;
        let renames = self.renames.of(&old.model);
        for name in old.fields.keys() {
            let now = renames.iter().find(|rename| rename.from == *name);
            let now = now.map_or(name.as_str(), |rename| &rename.to);
            match (new.fields.get(now), self.field(name, now)) {
                (Some(_), Some(field)) => self.compare(&field, &mut changes),
                (Some(_), None) => {}
                (None, _) => changes.push(Change {
                    weight: Weight::Gone,
                    line: Line::default().code(name),
                }),
            }
        }
        let is_new = |name: &&String| {
            !old.fields.contains_key(*name)
                && !renames.iter().any(|rename| rename.to == **name)
                // Every model has these, whether a snapshot tells or not.
                && !KEPT_BY_ODOO.contains(&name.as_str())
        };
        for name in new.fields.keys().filter(is_new) {
            self.added(name, &mut changes);
        }
        self.methods(&mut changes);
        changes
    }

    /// The field under both names, where code is generated for it on both sides.
    fn field(&self, was: &'a str, is: &'a str) -> Option<FieldPair<'a>> {
        let find =
            |model: &'a ir::Model, name: &str| model.fields.iter().find(|field| field.wire == name);
        Some(FieldPair {
            name: is,
            described: (
                self.described.0.fields.get(was)?,
                self.described.1.fields.get(is)?,
            ),
            code: (find(self.code.0, was)?, find(self.code.1, is)?),
        })
    }

    fn of_the_model(&self) -> Vec<Change> {
        let (old, new) = self.described;
        let mut changes = Vec::new();
        if self.code.0.type_name != self.code.1.type_name && old.model == new.model {
            let line = Line::default()
                .text("its Rust name changes from ")
                .code(&self.code.0.type_name);
            changes.push(build(line.text(" to ").code(&self.code.1.type_name)));
        }
        // A snapshot that knows no transient model does not know which are.
        let knows_kinds = |schema: &Schema| schema.models().any(|model| model.transient);
        if knows_kinds(self.schemas.0)
            && knows_kinds(self.schemas.1)
            && old.transient != new.transient
        {
            changes.push(behaves(Line::default().text(match new.transient {
                true => "the model is transient now: Odoo deletes its records after about an hour",
                false => "the model is no longer transient: its records stay",
            })));
        }
        if !old.is_abstract
            && new.is_abstract
            && self.schemas.0.models().any(|model| model.is_abstract)
        {
            changes.push(behaves(
                Line::default().text("the model is abstract now: Odoo refuses to read it"),
            ));
        }
        changes
    }

    fn added(&self, name: &str, changes: &mut Vec<Change>) {
        let mut fields = self.code.1.fields.iter();
        let Some(field) = fields.find(|field| field.wire == name) else {
            return;
        };
        let of_type = Line::default().code(name).text(" (");
        let of_type = of_type.text(field.field_type.to_string()).text(")");
        match is_needed(field) {
            true => changes.push(build(
                of_type.text(" is new and required: each create has to give it"),
            )),
            false => changes.push(Change {
                weight: Weight::New,
                line: of_type,
            }),
        }
    }

    fn compare(&self, field: &FieldPair<'_>, changes: &mut Vec<Change>) {
        let before = changes.len();
        self.types(field, changes);
        let type_changed = changes.len() > before;
        uses(field, changes);
        self.keys(field, changes);
        behaviour(field, type_changed, changes);
    }

    /// The type of the value, and the model that it leads to.
    fn types(&self, field: &FieldPair<'_>, changes: &mut Vec<Change>) {
        let (was, is) = field.code;
        let line = || Line::default().code(field.name);
        let types = TypesConfig::default();
        let in_rust = |line: Line| {
            let old = render::value_type_text(self.code.0, was, &types);
            let new = render::value_type_text(self.code.1, is, &types);
            match old == new {
                true => line,
                false => line
                    .text("; in Rust ")
                    .code(old)
                    .text(" becomes ")
                    .code(new),
            }
        };
        if was.field_type != is.field_type {
            let line = line()
                .text(": ")
                .text(was.field_type.to_string())
                .text(" becomes ");
            let line = line.text(is.field_type.to_string());
            let is_same =
                was.field_type.value() == is.field_type.value() && was.optional == is.optional;
            return changes.push(match is_same && self.leads_to_the_same(was, is) {
                true => behaves(line.text("; the same type in Rust")),
                false => build(in_rust(line)),
            });
        }
        if let (Kind::Relation(old), Kind::Relation(new)) = (&was.kind, &is.kind)
            && !self.leads_to_the_same(was, is)
        {
            let line = line()
                .text(" leads to ")
                .code(&new.wire)
                .text(", no longer to ")
                .code(&old.wire);
            return changes.push(build(line));
        }
        if was.optional != is.optional {
            let line = line().text(match is.optional {
                true => " may be empty now",
                false => " is always set now",
            });
            changes.push(build(in_rust(line)));
        }
    }

    /// Whether neither is a relation, or both are to one model.
    fn leads_to_the_same(&self, was: &ir::Field, is: &ir::Field) -> bool {
        match (&was.kind, &is.kind) {
            (Kind::Relation(old), Kind::Relation(new)) => self.renames.model(&old.wire) == new.wire,
            (Kind::Relation(_), _) | (_, Kind::Relation(_)) => false,
            _ => true,
        }
    }

    /// The keys of a selection.
    fn keys(&self, field: &FieldPair<'_>, changes: &mut Vec<Change>) {
        let (Some(had), Some(has)) = (
            self.keys_of(self.crates.0, self.code.0, field.code.0),
            self.keys_of(self.crates.1, self.code.1, field.code.1),
        ) else {
            return;
        };
        let gone: Vec<&str> = had.difference(&has).map(String::as_str).collect();
        let come: Vec<&str> = has.difference(&had).map(String::as_str).collect();
        const MOST: usize = 12;
        if !gone.is_empty() {
            let line = Line::default().code(field.name).text(": no key ");
            changes.push(build(line.codes(gone, MOST).text(" any more")));
        }
        if !come.is_empty() && !had.is_empty() {
            let line = Line::default()
                .code(field.name)
                .text(": new keys ")
                .codes(come, MOST);
            changes.push(behaves(
                line.text(", which a ").code("_").text(" arm catches"),
            ));
        }
    }

    fn keys_of(
        &self,
        lowered: &ir::Crate,
        model: &ir::Model,
        field: &ir::Field,
    ) -> Option<BTreeSet<String>> {
        let Kind::Choice(_) = field.kind else {
            return None;
        };
        let mut selections = model.selections.iter();
        let selection = selections.find(|selection| selection.field == field.wire)?;
        let text = |key: &Key| match key {
            Key::Text(key) => key.clone(),
            Key::Integer(key) => key.to_string(),
        };
        Some(match selection.defined_in(lowered)? {
            Definition::Enum(variants) => {
                variants.iter().map(|variant| text(&variant.key)).collect()
            }
            Definition::Text(keys) => keys.iter().map(text).collect(),
            Definition::Alias { .. } => return None,
        })
    }

    fn methods(&self, changes: &mut Vec<Change>) {
        if !methods_are_told(self.schemas.0, self.schemas.1) {
            return;
        }
        let (old, new) = (&self.described.0.methods, &self.described.1.methods);
        for (name, was) in old {
            let line = Line::default().text("method ").code(name);
            match new.get(name) {
                None => changes.push(build(line.text(" is gone"))),
                Some(is) if signature(was) == signature(is) => {}
                Some(is) => {
                    let line = line.text(": ").code(signature(was)).text(" becomes ");
                    changes.push(build(line.code(signature(is))));
                }
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            let line = Line::default().text("method ").code(name);
            changes.push(Change {
                weight: Weight::New,
                line,
            });
        }
    }
}

/// What code may do with the field.
fn uses(field: &FieldPair<'_>, changes: &mut Vec<Change>) {
    let (was, is) = field.code;
    let lost = |flag: u16| was.flags & flag != 0 && is.flags & flag == 0;
    let line = || Line::default().code(field.name);
    if was.in_record && !is.in_record {
        changes.push(build(
            line().text(" is no longer in the record: read it by a projection"),
        ));
    }
    let lost: Vec<&str> = [
        (flags::SEARCH, "searched by"),
        (flags::SORT, "ordered by"),
        (flags::GROUP, "grouped by"),
        (flags::WRITE, "written"),
    ]
    .into_iter()
    .filter_map(|(flag, what)| lost(flag).then_some(what))
    .collect();
    if !lost.is_empty() {
        let line = line()
            .text(" cannot be ")
            .text(lost.join(", "))
            .text(" any more");
        changes.push(build(line));
    }
    if is_needed(is) && !is_needed(was) {
        changes.push(build(line().text(" has to be given by each create now")));
    }
}

/// What compiles, and means something else.
fn behaviour(field: &FieldPair<'_>, type_changed: bool, changes: &mut Vec<Change>) {
    let (was, is) = field.described;
    let (code, now) = field.code;
    let line = |text: &str| behaves(Line::default().code(field.name).text(text));
    let still_written = now.flags & flags::WRITE != 0;
    let is_told = type_changed || is_needed(now) && !is_needed(code);
    let notes = [
        (!was.required && is.required && !is_told, " is required now"),
        (
            was.required && !is.required && !type_changed,
            " is no longer required",
        ),
        (
            !was.readonly && is.readonly && still_written,
            " is read-only in forms now",
        ),
        (
            was.store && !is.store && now.in_record,
            " is no longer stored",
        ),
        (
            !was.company_dependent && is.company_dependent,
            " has its own value in each company now",
        ),
        (
            was.company_dependent && !is.company_dependent,
            " has one value for all companies now",
        ),
        (!was.translate && is.translate, " is translated now"),
        (was.translate && !is.translate, " is no longer translated"),
        (
            was.default == Some(true) && is.default == Some(false),
            " has no default any more",
        ),
    ];
    changes.extend(
        notes
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, text)| line(text)),
    );
    if let Some(size) = is.size
        && was.size.is_none_or(|before| size < before)
    {
        changes.push(line(&format!(" is cut at {size} characters now")));
    }
    if let (Some((_, before)), Some((_, after))) = (was.digits, is.digits)
        && before != after
    {
        changes.push(line(&format!(" has {after} decimals now, before {before}")));
    }
    if let (Some(before), Some(after)) = (&was.currency_field, &is.currency_field)
        && before != after
    {
        let line = Line::default()
            .code(field.name)
            .text(" is in the currency of ");
        changes.push(behaves(
            line.code(after).text(" now, before of ").code(before),
        ));
    }
}

/// Whether each create has to give the field.
fn is_needed(field: &ir::Field) -> bool {
    field.flags & flags::REQUIRED != 0 && field.flags & flags::DEFAULT == 0
}

fn build(line: Line) -> Change {
    Change {
        weight: Weight::Build,
        line,
    }
}

fn behaves(line: Line) -> Change {
    Change {
        weight: Weight::Behaviour,
        line,
    }
}
