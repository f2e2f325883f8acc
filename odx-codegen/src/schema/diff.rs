//! What changed between two schemas, and whether code that used the first still compiles against the second.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::{Field, Method, Model, Parameter, Schema, SelectionKey};

/// What a change does to code that was written against the old schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// Such code still compiles and means the same.
    Additive,
    /// Such code may no longer compile, or be refused by the server.
    Breaking,
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        })
    }
}

/// One difference between two schemas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The model, or `None` for the server itself.
    pub model: Option<String>,
    /// The field or method, or `None` for the model itself.
    pub field: Option<String>,
    /// What of it changed: an attribute (`type`, `required`, ...), `model` or `field` for its presence, or `method`.
    pub what: &'static str,
    /// The change in words: `added`, `monetary -> float`.
    pub change: String,
    /// What it does to code.
    pub impact: Impact,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.model, &self.field) {
            (Some(model), Some(field)) => {
                write!(f, "`{}.{}`: ", model.escape_debug(), field.escape_debug())?
            }
            (Some(model), None) => write!(f, "`{}`: ", model.escape_debug())?,
            (None, _) => f.write_str("server: ")?,
        }
        match self.what {
            "type" | "model" | "field" => {}
            what => write!(f, "{what} ")?,
        }
        write!(f, "{}, {}", self.change, self.impact)
    }
}

/// The differences between two schemas, by model and field. Prints one line each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The differences, sorted by model and field.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Whether the schemas are the same.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether any difference is breaking.
    pub fn is_breaking(&self) -> bool {
        self.changes
            .iter()
            .any(|change| change.impact == Impact::Breaking)
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changes
            .iter()
            .try_for_each(|change| writeln!(f, "{change}"))
    }
}

/// What changed from `old` to `new`.
pub fn diff(old: &Schema, new: &Schema) -> Diff {
    let mut changes = Changes::default();
    changes.meta(old, new);
    let names: BTreeSet<&str> = old
        .models()
        .chain(new.models())
        .map(|model| model.model.as_str())
        .collect();
    for name in names {
        changes.model = Some(name.to_owned());
        match (old.model(name), new.model(name)) {
            (Some(_), None) => changes.push("model", "removed", Impact::Breaking),
            (None, Some(_)) => changes.push("model", "added", Impact::Additive),
            (Some(old), Some(new)) => changes.models(old, new),
            (None, None) => unreachable!("BUG: the name comes from one of the two"),
        }
    }
    Diff {
        changes: changes.found,
    }
}

#[derive(Default)]
struct Changes {
    model: Option<String>,
    field: Option<String>,
    found: Vec<Change>,
}

impl Changes {
    fn push(&mut self, what: &'static str, change: impl Into<String>, impact: Impact) {
        self.found.push(Change {
            model: self.model.clone(),
            field: self.field.clone(),
            what,
            change: change.into(),
            impact,
        });
    }

    fn compare(&mut self, what: &'static str, old: String, new: String, impact: Impact) {
        if old != new {
            self.push(what, arrow(&old, &new), impact);
        }
    }

    fn meta(&mut self, old: &Schema, new: &Schema) {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (old, new) = (&old.meta, &new.meta);
        self.compare(
            "version",
            text(&old.odoo_version),
            text(&new.odoo_version),
            Impact::Additive,
        );
        self.compare(
            "language",
            text(&old.lang),
            text(&new.lang),
            Impact::Additive,
        );
        self.compare("user", text(&old.user), text(&new.user), Impact::Additive);
        self.set("addons", &old.modules, &new.modules, Impact::Additive);
    }

    /// Added and removed members; `removal` is what it means to lose one.
    fn set(&mut self, what: &'static str, old: &[String], new: &[String], removal: Impact) {
        let missing_in = |other: &[String], these: &[String]| -> Vec<String> {
            these
                .iter()
                .filter(|name| !other.contains(name))
                .map(|name| format!("`{name}`"))
                .collect()
        };
        let (removed, added) = (missing_in(new, old), missing_in(old, new));
        if !removed.is_empty() {
            self.push(what, format!("removed {}", removed.join(", ")), removal);
        }
        if !added.is_empty() {
            self.push(
                what,
                format!("added {}", added.join(", ")),
                Impact::Additive,
            );
        }
    }

    fn models(&mut self, old: &Model, new: &Model) {
        self.compare("name", old.name.clone(), new.name.clone(), Impact::Additive);
        self.compare(
            "transient",
            old.transient.to_string(),
            new.transient.to_string(),
            Impact::Additive,
        );
        self.compare(
            "abstract",
            old.is_abstract.to_string(),
            new.is_abstract.to_string(),
            Impact::Additive,
        );
        self.set("addons", &old.modules, &new.modules, Impact::Additive);
        let names: BTreeSet<&String> = old.fields.keys().chain(new.fields.keys()).collect();
        for name in names {
            self.field = Some(name.clone());
            match (old.fields.get(name), new.fields.get(name)) {
                (Some(_), None) => self.push("field", "removed", Impact::Breaking),
                (None, Some(new)) => self.added(new),
                (Some(old), Some(new)) => self.fields(old, new),
                (None, None) => unreachable!("BUG: the name comes from one of the two"),
            }
        }
        self.field = None;
        self.methods(old, new);
    }

    fn methods(&mut self, old: &Model, new: &Model) {
        let names: BTreeSet<&String> = old.methods.keys().chain(new.methods.keys()).collect();
        for name in names {
            self.field = Some(name.clone());
            match (old.methods.get(name), new.methods.get(name)) {
                (Some(_), None) => self.push("method", "removed", Impact::Breaking),
                (None, Some(_)) => self.push("method", "added", Impact::Additive),
                (Some(old), Some(new)) if old == new => {}
                (Some(old), Some(new)) => {
                    let (was, is) = (signature(old), signature(new));
                    match was == is {
                        true => self.push("method", "documentation changed", Impact::Additive),
                        false => self.push("method", arrow(&was, &is), Impact::Breaking),
                    }
                }
                (None, None) => unreachable!("BUG: the name comes from one of the two"),
            }
        }
        self.field = None;
    }

    fn added(&mut self, field: &Field) {
        let create_needs_it =
            field.required && field.store && !field.computed && field.default != Some(true);
        match create_needs_it {
            true => self.push(
                "field",
                format!("added ({}, required)", field.field_type),
                Impact::Breaking,
            ),
            false => self.push(
                "field",
                format!("added ({})", field.field_type),
                Impact::Additive,
            ),
        }
    }

    fn fields(&mut self, old: &Field, new: &Field) {
        for attribute in &ATTRIBUTES {
            let (was, is) = ((attribute.value)(old), (attribute.value)(new));
            if was != is {
                self.push(
                    attribute.name,
                    arrow(&was, &is),
                    (attribute.impact)(&was, &is),
                );
            }
        }
        let keys = |field: &Field| {
            field
                .selection
                .iter()
                .map(|(key, _)| key_text(key))
                .collect::<Vec<_>>()
        };
        let (old_keys, new_keys) = (keys(old), keys(new));
        self.set("selection", &old_keys, &new_keys, Impact::Breaking);
        if old.selection != new.selection
            && old_keys.iter().collect::<BTreeSet<_>>() == new_keys.iter().collect()
        {
            self.push("selection", "labels or order changed", Impact::Additive);
        }
    }
}

struct Attribute {
    name: &'static str,
    value: fn(&Field) -> String,
    impact: fn(&str, &str) -> Impact,
}

const ATTRIBUTES: [Attribute; 25] = [
    attribute("type", |f| f.field_type.clone(), always_breaking),
    attribute("relation", |f| text(&f.relation), always_breaking),
    attribute("required", |f| f.required.to_string(), always_breaking),
    attribute("store", |f| f.store.to_string(), breaking_when_lost),
    attribute("readonly", |f| f.readonly.to_string(), breaking_when_gained),
    attribute(
        "searchable",
        |f| f.searchable.to_string(),
        breaking_when_lost,
    ),
    attribute("sortable", |f| f.sortable.to_string(), breaking_when_lost),
    attribute("groupable", |f| f.groupable.to_string(), breaking_when_lost),
    attribute(
        "company_dependent",
        |f| f.company_dependent.to_string(),
        additive,
    ),
    attribute("translate", |f| f.translate.to_string(), additive),
    attribute("computed", |f| f.computed.to_string(), additive),
    attribute(
        "default",
        |f| {
            f.default
                .map_or_else(String::new, |default| default.to_string())
        },
        additive,
    ),
    attribute("related", |f| text(&f.related), additive),
    attribute("relation_field", |f| text(&f.relation_field), additive),
    attribute("aggregator", |f| text(&f.aggregator), additive),
    attribute(
        "size",
        |f| f.size.map_or_else(String::new, |size| size.to_string()),
        additive,
    ),
    attribute(
        "digits",
        |f| {
            f.digits.map_or_else(String::new, |(precision, scale)| {
                format!("({precision}, {scale})")
            })
        },
        additive,
    ),
    attribute("currency_field", |f| text(&f.currency_field), additive),
    attribute("attachment", |f| f.attachment.to_string(), additive),
    attribute("model_field", |f| text(&f.model_field), additive),
    attribute(
        "definition_record",
        |f| text(&f.definition_record),
        additive,
    ),
    attribute(
        "definition_record_field",
        |f| text(&f.definition_record_field),
        additive,
    ),
    attribute("manual", |f| f.manual.to_string(), additive),
    attribute("label", |f| quoted(&f.string), additive),
    attribute(
        "help",
        |f| f.help.as_deref().map_or_else(String::new, quoted),
        additive,
    ),
];

const fn attribute(
    name: &'static str,
    value: fn(&Field) -> String,
    impact: fn(&str, &str) -> Impact,
) -> Attribute {
    Attribute {
        name,
        value,
        impact,
    }
}

fn additive(_: &str, _: &str) -> Impact {
    Impact::Additive
}

fn always_breaking(_: &str, _: &str) -> Impact {
    Impact::Breaking
}

fn breaking_when_lost(_: &str, is: &str) -> Impact {
    if is == "false" {
        Impact::Breaking
    } else {
        Impact::Additive
    }
}

fn breaking_when_gained(_: &str, is: &str) -> Impact {
    if is == "true" {
        Impact::Breaking
    } else {
        Impact::Additive
    }
}

/// What a caller of a method has to know: `(ids, a: str, b=...)`.
pub(crate) fn signature(method: &Method) -> String {
    let ids = (!method.api_model).then(|| "ids".to_owned());
    let parameters = method.parameters.iter().map(parameter);
    let parameters: Vec<String> = ids.into_iter().chain(parameters).collect();
    format!("({})", parameters.join(", "))
}

fn parameter(parameter: &Parameter) -> String {
    let annotation = parameter.annotation.as_ref();
    let annotation = annotation.map_or_else(String::new, |text| format!(": {text}"));
    let default = if parameter.optional { "=..." } else { "" };
    format!(
        "{}{}{annotation}{default}",
        parameter.kind.stars(),
        parameter.name
    )
}

fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn key_text(key: &SelectionKey) -> String {
    match key {
        SelectionKey::Text(key) => key.clone(),
        SelectionKey::Integer(key) => key.to_string(),
        SelectionKey::Boolean(key) => key.to_string(),
    }
}

fn arrow(old: &str, new: &str) -> String {
    let shown = |text: &str| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text.to_owned()
        }
    };
    format!("{} -> {}", shown(old), shown(new))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Meta;
    use super::*;

    fn schema(models: serde_json::Value) -> Schema {
        let serde_json::Value::Object(models) = models else {
            panic!("a schema is an object");
        };
        Schema::from_fields_get(models, &[], Meta::default()).0
    }

    fn lines(old: serde_json::Value, new: serde_json::Value) -> Vec<String> {
        diff(&schema(old), &schema(new))
            .changes
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_schema_does_not_differ_from_itself() {
        let models = json!({"m": {"a": {"type": "char", "string": "A"}}});
        assert!(diff(&schema(models.clone()), &schema(models)).is_empty());
    }

    #[test]
    fn a_method_breaks_when_it_is_lost_or_called_in_another_way() {
        let with = |methods: serde_json::Value| {
            let mut schema = schema(json!({}));
            let model = json!({"model": "m", "methods": methods});
            schema.insert(serde_json::from_value(model).expect("a model"));
            schema
        };
        let old = with(json!({"a": {}, "b": {"doc": "B."}, "c": {"parameters": [{"name": "x"}]}}));
        let new = with(json!({
            "b": {"doc": "Bee."},
            "c": {"api_model": true, "parameters": [{"name": "x", "optional": true}, {"name": "y", "kind": "VAR_KEYWORD"}]},
            "d": {},
        }));
        assert_eq!(
            diff(&old, &new).to_string(),
            "`m.a`: method removed, breaking\n\
             `m.b`: method documentation changed, additive\n\
             `m.c`: method (ids, x) -> (x=..., **y), breaking\n\
             `m.d`: method added, additive\n"
        );
    }

    #[test]
    fn a_changed_type_is_breaking() {
        assert_eq!(
            lines(
                json!({"sale.order": {"amount_total": {"type": "monetary"}}}),
                json!({"sale.order": {"amount_total": {"type": "float"}}})
            ),
            ["`sale.order.amount_total`: monetary -> float, breaking"]
        );
    }

    #[test]
    fn models_and_fields_are_lost_with_a_break_and_gained_without() {
        assert_eq!(
            lines(
                json!({"a": {}, "m": {"old": {"type": "char"}}}),
                json!({"b": {}, "m": {"new": {"type": "char"}}})
            ),
            [
                "`a`: removed, breaking",
                "`b`: added, additive",
                "`m.new`: added (char), additive",
                "`m.old`: removed, breaking"
            ]
        );
    }

    #[test]
    fn a_new_required_field_breaks_create_unless_the_server_fills_it() {
        let needed = json!({"type": "char", "required": true, "store": true});
        let filled = json!({"type": "char", "required": true, "store": true, "default": true});
        assert_eq!(
            lines(json!({"m": {}}), json!({"m": {"a": needed}})),
            ["`m.a`: added (char, required), breaking"]
        );
        assert_eq!(
            lines(json!({"m": {}}), json!({"m": {"a": filled}})),
            ["`m.a`: added (char), additive"]
        );
    }

    #[test]
    fn a_capability_breaks_when_it_is_lost() {
        let with = json!({"m": {"a": {"type": "char", "searchable": true}}});
        let without = json!({"m": {"a": {"type": "char", "searchable": false}}});
        assert_eq!(
            lines(with.clone(), without.clone()),
            ["`m.a`: searchable true -> false, breaking"]
        );
        assert_eq!(
            lines(without, with),
            ["`m.a`: searchable false -> true, additive"]
        );
    }

    #[test]
    fn selection_keys_break_when_removed_and_labels_never() {
        let selection = |options| json!({"m": {"a": {"type": "selection", "selection": options}}});
        assert_eq!(
            lines(
                selection(json!([["a", "A"], ["b", "B"]])),
                selection(json!([["b", "B"], ["c", "C"]]))
            ),
            [
                "`m.a`: selection removed `a`, breaking",
                "`m.a`: selection added `c`, additive"
            ]
        );
        assert_eq!(
            lines(
                selection(json!([["a", "A"]])),
                selection(json!([["a", "Z"]]))
            ),
            ["`m.a`: selection labels or order changed, additive"]
        );
    }

    #[test]
    fn a_diff_serialises_with_stable_words() {
        let found = diff(
            &schema(json!({"m": {"a": {"type": "char"}}})),
            &schema(json!({"m": {}})),
        );
        assert_eq!(
            serde_json::to_value(found).expect("JSON"),
            json!({"changes": [{"model": "m", "field": "a", "what": "field", "change": "removed", "impact": "breaking"}]})
        );
    }
}
