//! The structs of a careful user: the types that odx has for the fields, written with serde's derive.

use std::collections::HashMap;
use std::fmt::Write as _;

use odx_codegen::schema::{Field, Model, SelectionKey};
use serde_json::{Map, Value};

/// A selection with more keys is a text, as it is in generated records.
const MOST_VARIANTS: usize = 64;

/// Odoo's types, the Rust type of a value, and the function that reads it where serde does not.
const TYPES: &[(&str, &str, Option<&str>)] = &[
    ("integer", "i64", None),
    ("many2one_reference", "i64", Some("or_zero")),
    ("float", "f64", None),
    ("monetary", "f64", None),
    ("boolean", "bool", None),
    ("date", "NaiveDate", Some("date")),
    ("datetime", "DateTime<Utc>", Some("datetime")),
    ("many2one", "Many2one", None),
    ("one2many", "Vec<i64>", None),
    ("many2many", "Vec<i64>", None),
    ("json", "Value", None),
    ("properties", "Vec<Value>", None),
];

/// The module of a model, with a struct `Row` that has the fields of a row of its page.
pub(crate) fn module(model: &Model, row: &Map<String, Value>) -> String {
    let mut enums = Enums::default();
    let mut fields = String::new();
    let mut wire = String::new();
    for (name, field) in model
        .fields
        .iter()
        .filter(|(name, _)| row.contains_key(*name))
    {
        let (ty, read_with) = value_type(field, &mut enums);
        let ident = ident(name);
        let optional = is_optional(field);
        let ty = if optional {
            format!("Option<{ty}>")
        } else {
            ty
        };
        let read_with = match (read_with, optional) {
            (Some(function), true) => format!("optional_{function}"),
            (None, true) => "or_unset".to_owned(),
            (Some(function), false) => function.to_owned(),
            (None, false) => String::new(),
        };
        if !read_with.is_empty() {
            let _ = writeln!(fields, "#[serde(deserialize_with = \"{read_with}\")]");
        }
        let _ = writeln!(fields, "/// {name}\npub {ident}: {ty},");
        let _ = writeln!(wire, "({name:?}.to_owned(), self.{ident}.wire()),");
    }
    let Enums { definitions, .. } = enums;
    let module = model.model.replace('.', "_");
    format!(
        "/// {0}\npub mod {module} {{\nuse super::*;\n/// {0}\n#[derive(Deserialize)]\npub struct Row {{\n{fields}}}\n\
         impl Wire for Row {{\nfn wire(&self) -> Value {{\nValue::Object([{wire}].into_iter().collect())\n}}\n}}\n{definitions}}}\n",
        model.model
    )
}

fn value_type(field: &Field, enums: &mut Enums) -> (String, Option<&'static str>) {
    if field.field_type == "selection" {
        return (enums.name(field), None);
    }
    TYPES
        .iter()
        .find(|(odoo, ..)| *odoo == field.field_type)
        .map_or(("String".to_owned(), None), |(_, rust, with)| {
            ((*rust).to_owned(), *with)
        })
}

/// Numbers, booleans and lists are never unset; others are unless Odoo requires them.
fn is_optional(field: &Field) -> bool {
    match field.field_type.as_str() {
        "integer" | "many2one_reference" | "float" | "monetary" | "boolean" | "one2many"
        | "many2many" | "properties" => false,
        "json" | "reference" => true,
        _ => !(field.required && field.store),
    }
}

/// The enums of a model's selections.
#[derive(Default)]
struct Enums {
    names: HashMap<Vec<String>, String>,
    definitions: String,
}

impl Enums {
    fn name(&mut self, field: &Field) -> String {
        let keys: Vec<String> = field
            .selection
            .iter()
            .filter_map(|(key, _)| text(key))
            .collect();
        if keys.is_empty() || keys.len() > MOST_VARIANTS {
            return "String".to_owned();
        }
        if let Some(name) = self.names.get(&keys) {
            return name.clone();
        }
        let name = format!("Selection{}", self.names.len());
        self.define(&name, &keys);
        self.names.insert(keys, name.clone());
        name
    }

    fn define(&mut self, name: &str, keys: &[String]) {
        let variants: String = keys
            .iter()
            .enumerate()
            .map(|(number, key)| format!("/// {key}\n#[serde(rename = {key:?})]\nKey{number},\n"))
            .collect();
        let _ = write!(
            self.definitions,
            "/// A selection.\n#[derive(Deserialize, Serialize)]\npub enum {name} {{\n{variants}}}\n\
             impl Wire for {name} {{\nfn wire(&self) -> Value {{\nserde_json::to_value(self).expect(\"a key\")\n}}\n}}\n"
        );
    }
}

fn text(key: &SelectionKey) -> Option<String> {
    match key {
        SelectionKey::Text(key) => Some(key.clone()),
        SelectionKey::Integer(key) => Some(key.to_string()),
        SelectionKey::Boolean(_) => None,
    }
}

fn ident(name: &str) -> String {
    if syn::parse_str::<syn::Ident>(name).is_ok() {
        name.to_owned()
    } else {
        format!("r#{name}")
    }
}
