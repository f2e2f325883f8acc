//! The Rust that reads a model: a `use`, a projection and a query, which compile against the generated models.

use std::collections::BTreeSet;

use odx_facts::{KEPT_BY_ODOO, Value, flags};

use super::frame::Site;
use crate::config::{Decimal, Mode};
use crate::ir::{Definition, Field, Kind, Model};
use crate::render;

/// Most fields of the projection, beside `id` and a name.
const MOST_FIELDS: usize = 4;

/// What the runtime's prelude shows. A model may have such a name, which then has to be said in full.
const PRELUDE: [&str; 21] = [
    "AnySession",
    "Command",
    "Context",
    "Domain",
    "Error",
    "FetchAs",
    "FollowAs",
    "Id",
    "Many2one",
    "Model",
    "Odoo",
    "OdooGroup",
    "OdooModel",
    "ReadAs",
    "RecordId",
    "Session",
    "Values",
    "blocking",
    "count",
    "domain",
    "values",
];

/// The code.
pub(super) fn example(site: &Site<'_>, model: &Model) -> String {
    let names = Names::new(site);
    let fields = chosen(site, model);
    let projection = names.free(&format!("{}Row", model.type_name));
    let (record, id) = (&model.type_name, names.runtime("Id"));
    let mut lines = vec![format!("use {}::prelude::*;", models(site))];
    let used = fields.iter().filter_map(|field| named_type(field));
    let used: BTreeSet<&str> = used.chain([record.as_str()]).collect();
    for name in used.into_iter().filter(|name| PRELUDE.contains(name)) {
        lines.push(format!("use {}::{name};", models(site)));
    }
    lines.extend([
        String::new(),
        format!("#[derive({}, Debug)]", names.runtime("OdooModel")),
        format!("#[odoo(model = {record})]"),
        format!("struct {projection} {{"),
        format!("    id: {id}<{record}>,"),
    ]);
    for field in &fields {
        let value = render::value_type_text(model, field, &site.config.types);
        lines.push(format!("    {}: {},", field.ident, names.in_full(&value)));
    }
    lines.push("}".to_owned());
    if !model.is_abstract {
        lines.push(String::new());
        lines.extend(query(site, model, &fields, &projection, &names));
    }
    lines.join("\n") + "\n"
}

fn query(
    site: &Site<'_>,
    model: &Model,
    fields: &[&Field],
    projection: &str,
    names: &Names,
) -> Vec<String> {
    let record = &model.type_name;
    let (session, error) = (names.runtime("Session"), names.runtime("Error"));
    let start = match condition(site, model, fields) {
        Some(condition) => format!("{record}::search(|row| row.{condition})"),
        None => format!("{record}::all()"),
    };
    let mut lines = vec![
        format!("async fn rows(odoo: &{session}) -> Result<Vec<{projection}>, {error}> {{"),
        format!("    {start}"),
    ];
    let sortable = fields.iter().find(|field| holds(field, flags::SORT));
    if let Some(field) = sortable {
        lines.push(format!("        .order(|row| row.{}.asc())", field.ident));
    }
    lines.extend(
        [
            "        .limit(100)",
            "        .fetch_as(odoo)",
            "        .await",
            "}",
        ]
        .map(str::to_owned),
    );
    lines
}

/// A condition that says something: a state, a part of a name, a flag, a relation.
fn condition(site: &Site<'_>, model: &Model, fields: &[&Field]) -> Option<String> {
    let of = |value: Value| {
        let mut found = fields
            .iter()
            .filter(move |field| holds(field, flags::SEARCH));
        found.find(move |field| field.field_type.value() == value)
    };
    let state = of(Value::Selection).and_then(|field| {
        let mut selections = model.selections.iter();
        let selection = selections.find(|selection| selection.field == field.wire)?;
        let Definition::Enum(variants) = selection.defined_in(site.lowered)? else {
            return None;
        };
        let first = variants.first()?;
        Some(format!(
            "{}.eq({}::{})",
            field.ident, selection.name, first.name
        ))
    });
    let name = of(Value::Text).map(|field| format!("{}.ilike(\"oak\")", field.ident));
    let flag = of(Value::Boolean).map(|field| format!("{}.eq(true)", field.ident));
    let relation = of(Value::Many2one).map(|field| format!("{}.is_set()", field.ident));
    state.or(name).or(flag).or(relation)
}

/// A name, and what else of the record tells most of it.
fn chosen<'a>(site: &Site<'_>, model: &'a Model) -> Vec<&'a Field> {
    let named = |wire: &str| model.record().find(|field| field.wire == wire);
    let name = named("name").or_else(|| named("display_name"));
    let name = name.filter(|field| is_simple(site, field));
    let mut others: Vec<&Field> = model
        .record()
        .filter(|field| is_simple(site, field) && field.wire != "name")
        .filter(|field| !KEPT_BY_ODOO.contains(&field.wire.as_str()))
        .collect();
    others.sort_by_key(|field| {
        let is_state = field.wire == "state";
        (
            !is_state,
            !holds(field, flags::REQUIRED),
            !field.capability.eq("Full"),
            rank(field),
        )
    });
    others.truncate(MOST_FIELDS);
    name.into_iter().chain(others).collect()
}

fn rank(field: &Field) -> u8 {
    match field.field_type.value() {
        Value::Many2one => 0,
        Value::Selection => 1,
        Value::Float => 2,
        Value::Text => 3,
        Value::Integer => 4,
        _ => 5,
    }
}

/// Whether the prelude has all that the field's type names.
fn is_simple(site: &Site<'_>, field: &Field) -> bool {
    match field.field_type.value() {
        Value::Text | Value::Integer | Value::Boolean => {
            field.field_type != odx_facts::FieldType::Unknown
        }
        Value::Float => site.config.types.decimal == Decimal::F64,
        Value::Selection => matches!(field.kind, Kind::Choice(_)),
        Value::Many2one => match &field.kind {
            Kind::Relation(target) => target.module.is_some(),
            _ => false,
        },
        _ => false,
    }
}

/// The generated type that the field's value names.
fn named_type(field: &Field) -> Option<&str> {
    match &field.kind {
        Kind::Relation(target) => Some(&target.type_name),
        Kind::Choice(selection) => Some(selection),
        Kind::Key | Kind::Plain => None,
    }
}

fn holds(field: &Field, flag: u16) -> bool {
    field.flags & flag != 0
}

/// Where the models are, as a program says it.
fn models(site: &Site<'_>) -> String {
    let output = &site.config.output;
    match output.mode {
        Mode::Crate => output.crate_name.replace('-', "_"),
        Mode::Module => {
            let module = output.dir.file_name().unwrap_or_default();
            format!("crate::{}", module.to_string_lossy())
        }
    }
}

/// The names of the generated types.
struct Names<'a> {
    generated: BTreeSet<&'a str>,
    runtime: String,
}

impl<'a> Names<'a> {
    fn new(site: &Site<'a>) -> Self {
        let models = &site.lowered.models;
        let records = models.iter().map(|model| model.type_name.as_str());
        let selections = models.iter().flat_map(|model| &model.selections);
        Self {
            generated: records
                .chain(selections.map(|selection| selection.name.as_str()))
                .collect(),
            runtime: site.config.output.runtime_in_rust(),
        }
    }

    /// A name of the runtime's prelude, in full where a model has it, too.
    fn runtime(&self, name: &str) -> String {
        match self.generated.contains(name) {
            true => format!("{}::{name}", self.runtime),
            false => name.to_owned(),
        }
    }

    /// A type of a record, likewise.
    fn in_full(&self, value: &str) -> String {
        match self.generated.contains("Many2one") {
            true => value.replace("Many2one<", &format!("{}::Many2one<", self.runtime)),
            false => value.to_owned(),
        }
    }

    /// The name, or one like it that no generated type has.
    fn free(&self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = [name.to_owned()].into_iter().chain(numbered);
        let free = names.find(|name| !self.generated.contains(name.as_str()));
        free.expect("BUG: there are more numbers than types")
    }
}
