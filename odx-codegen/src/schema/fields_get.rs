//! `fields_get` answers to [`Schema`]. Odoo's attributes come in more shapes than documented (14 to 19, addons of all
//! ages), so nothing here can fail: what cannot be read is left out and told.

use std::collections::BTreeSet;

use odx_facts::{Description, FieldType, GROUPS_MANY2MANY, SelectionOption, Series};
use serde_json::Value;

use super::{Field, Meta, Model, Schema, SelectionKey, shortened};
use crate::diagnostic::Diagnostic;

/// Longest help text kept, in characters.
const LONGEST_HELP: usize = 160;

impl Schema {
    /// Builds a schema from `fields_get` answers by model and, where they could be read, `ir.model` rows
    /// (`[{"model": .., "name": .., "modules": ..}]`).
    ///
    /// A field or an attribute that cannot be read costs itself alone, and a diagnostic.
    pub fn from_fields_get(
        answers: impl IntoIterator<Item = (String, Value)>,
        ir_model: &[Value],
        meta: Meta,
    ) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut schema = Self::new(meta);
        let series = schema.meta.series();
        for (model, answer) in answers {
            let Value::Object(fields) = answer else {
                diagnostics.push(
                    Diagnostic::warning(
                        &model,
                        format!(
                            "its fields are {}, not an object; it was left out",
                            kind(&answer)
                        ),
                    )
                    .help("save the answer of fields_get itself, by model"),
                );
                continue;
            };
            let mut reader = FieldReader {
                series,
                model: &model,
                diagnostics: &mut diagnostics,
            };
            let fields = fields
                .iter()
                .filter_map(|(name, attributes)| {
                    Some((name.clone(), reader.field(name, attributes)?))
                })
                .collect();
            schema.insert(Model {
                model,
                fields,
                ..Model::default()
            });
        }
        schema.apply_ir_model(ir_model);
        (schema, diagnostics)
    }

    fn apply_ir_model(&mut self, rows: &[Value]) {
        let mut installed: BTreeSet<String> = self.meta.modules.drain(..).collect();
        for row in rows {
            // Odoo lists all addons that touch a model in one text: "auth_signup, base, mail".
            let modules: BTreeSet<String> = text(row, "modules")
                .unwrap_or_default()
                .split(',')
                .map(|module| module.trim().to_owned())
                .filter(|module| !module.is_empty())
                .collect();
            installed.extend(modules.iter().cloned());
            let Some(model) = text(row, "model").and_then(|name| self.models.get_mut(&name)) else {
                continue;
            };
            model.name = text(row, "name").unwrap_or_default();
            model.transient = flag(row, "transient");
            model.is_abstract = flag(row, "abstract");
            model.modules = modules.into_iter().collect();
        }
        self.meta.modules = installed.into_iter().collect();
    }
}

struct FieldReader<'a> {
    series: Option<Series>,
    model: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl FieldReader<'_> {
    fn field(&mut self, name: &str, attributes: &Value) -> Option<Field> {
        let described = Description::read(attributes);
        if described.field_type.is_empty() {
            self.warn(name, "has no type; the field was left out".to_owned());
            return None;
        }
        let selection = self.selection(name, attributes, described.selection);
        let mut field = Field {
            field_type: described.field_type,
            string: described.label,
            help: described.help.and_then(|help| short_help(&help)),
            relation: described.relation,
            relation_field: described.relation_field,
            selection,
            required: described.required,
            readonly: described.readonly,
            store: described.store,
            searchable: described.searchable,
            sortable: described.sortable,
            groupable: false,
            company_dependent: described.company_dependent,
            translate: described.translate,
            computed: described.computed,
            default: described.default,
            related: described.related,
            aggregator: described.aggregator,
            size: described.size,
            digits: described.digits,
            currency_field: described.currency_field,
            attachment: described.attachment,
            model_field: described.model_field,
            definition_record: described.definition_record,
            definition_record_field: described.definition_record_field,
            manual: described.manual,
        };
        field.groupable = described
            .groupable
            .unwrap_or_else(|| self.groupable_before_18(&field));
        Some(field)
    }

    /// What `read_group` of Odoo 14 to 17 accepts: columns, inherited columns, and stored many2many.
    fn groupable_before_18(&self, field: &Field) -> bool {
        let groups_many2many = self
            .series
            .is_some_and(|series| GROUPS_MANY2MANY.holds(series));
        let many2many = FieldType::of(&field.field_type) == FieldType::Many2many;
        field.sortable || (many2many && field.store && groups_many2many)
    }

    fn selection(
        &mut self,
        name: &str,
        attributes: &Value,
        options: Vec<Result<SelectionOption, usize>>,
    ) -> Vec<(SelectionKey, String)> {
        let mut selection: Vec<(SelectionKey, String)> = Vec::with_capacity(options.len());
        for option in options {
            match option {
                Ok(SelectionOption { key, .. })
                    if selection
                        .iter()
                        .any(|(known, _)| *known == key.clone().into()) =>
                {
                    self.warn(
                        name,
                        format!("the selection key {key:?} is listed twice; the first was kept"),
                    );
                }
                Ok(SelectionOption { key, label }) => selection.push((key.into(), label)),
                Err(place) => self.warn(
                    name,
                    format!(
                        "the selection option {} was left out: it is not a key and a label",
                        brief(&attributes["selection"][place])
                    ),
                ),
            }
        }
        selection
    }

    fn warn(&mut self, field: &str, message: String) {
        self.diagnostics.push(Diagnostic::warning(
            format!("{}.{field}", self.model),
            message,
        ));
    }
}

impl From<odx_facts::SelectionKey> for SelectionKey {
    fn from(key: odx_facts::SelectionKey) -> Self {
        match key {
            odx_facts::SelectionKey::Text(key) => Self::Text(key),
            odx_facts::SelectionKey::Integer(key) => Self::Integer(key),
            odx_facts::SelectionKey::Boolean(key) => Self::Boolean(key),
        }
    }
}

/// A text attribute; `false` and `""` are how Odoo says there is none.
fn text(attributes: &Value, key: &str) -> Option<String> {
    let text = attributes.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn flag(attributes: &Value, key: &str) -> bool {
    attributes.get(key).and_then(Value::as_bool) == Some(true)
}

/// The first line that says something, with single spaces, cut at a word.
fn short_help(help: &str) -> Option<String> {
    let line = help
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .find(|line| !line.is_empty())?;
    Some(shortened(&line, LONGEST_HELP))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn brief(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(version: &str, fields: Value) -> (Model, Vec<Diagnostic>) {
        let meta = Meta {
            odoo_version: Some(version.to_owned()),
            ..Meta::default()
        };
        let (schema, diagnostics) = Schema::from_fields_get([("m".to_owned(), fields)], &[], meta);
        (schema.model("m").expect("a model").clone(), diagnostics)
    }

    #[test]
    fn a_related_path_is_the_same_from_every_version() {
        let (old, _) = read(
            "14.0",
            json!({"a": {"type": "char", "related": ["partner_id", "name"]}}),
        );
        let (new, _) = read(
            "19.0",
            json!({"a": {"type": "char", "related": "partner_id.name"}}),
        );
        assert_eq!(old.fields["a"].related.as_deref(), Some("partner_id.name"));
        assert_eq!(old.fields["a"].related, new.fields["a"].related);
    }

    #[test]
    fn attributes_that_say_nothing_are_absent() {
        let (model, diagnostics) = read(
            "19.0",
            json!({"a": {"type": "float", "digits": 0, "aggregator": false, "help": false, "related": false, "string": false, "size": 0}}),
        );
        let nothing = Field {
            field_type: "float".to_owned(),
            ..Field::default()
        };
        assert_eq!(model.fields["a"], nothing);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn a_field_that_is_declared_with_store_as_text_is_stored() {
        let (model, _) = read(
            "19.0",
            json!({"a": {"type": "char", "store": "True"}, "b": {"type": "char", "store": "False"}}),
        );
        assert!(model.fields["a"].store);
        assert!(!model.fields["b"].store);
    }

    #[test]
    fn the_old_name_of_the_aggregator_is_understood() {
        let (model, _) = read(
            "17.0",
            json!({"a": {"type": "integer", "group_operator": "sum"}}),
        );
        assert_eq!(model.fields["a"].aggregator.as_deref(), Some("sum"));
    }

    #[test]
    fn grouping_is_derived_where_the_server_does_not_tell() {
        let fields = json!({
            "char": {"type": "char", "store": true, "sortable": true},
            "inherited": {"type": "char", "sortable": true},
            "tags": {"type": "many2many", "store": true},
            "lines": {"type": "one2many", "store": true},
        });
        let groupable = |version| {
            let (model, _) = read(version, fields.clone());
            let names = model.fields.iter().filter(|(_, field)| field.groupable);
            names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(groupable("14.0"), ["char", "inherited"]);
        assert_eq!(groupable("17.0"), ["char", "inherited", "tags"]);
    }

    #[test]
    fn a_virtual_group_field_without_flags_is_kept() {
        let (model, diagnostics) = read(
            "17.0",
            json!({"sel_groups_1_2": {"type": "selection", "string": "Sales", "help": false, "exportable": false,
                "selectable": false, "selection": [[false, ""], [2, "Access Rights"]]}}),
        );
        let field = &model.fields["sel_groups_1_2"];
        assert!(!field.store && !field.searchable && !field.readonly);
        assert_eq!(
            field.selection,
            [
                (SelectionKey::Boolean(false), String::new()),
                (SelectionKey::Integer(2), "Access Rights".to_owned())
            ]
        );
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn a_broken_field_costs_itself_alone() {
        let (model, diagnostics) = read(
            "19.0",
            json!({"ok": {"type": "char"}, "bad": 7, "typeless": {"string": "x"}, "sel": {"type": "selection", "selection": [["a", "A"], "b", ["a", "B"]]}}),
        );
        assert_eq!(model.fields.keys().collect::<Vec<_>>(), ["ok", "sel"]);
        assert_eq!(model.fields["sel"].selection.len(), 1);
        let paths: Vec<_> = diagnostics.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["m.bad", "m.sel", "m.sel", "m.typeless"]);
    }

    #[test]
    fn a_model_whose_answer_is_an_error_is_told() {
        let (schema, diagnostics) = Schema::from_fields_get(
            [("m".to_owned(), json!("AccessError"))],
            &[],
            Meta::default(),
        );
        assert_eq!(schema.models().len(), 0);
        assert_eq!(diagnostics.len(), 1);
    }

    #[test]
    fn ir_model_names_the_models_and_the_addons() {
        let rows = [
            json!({"model": "m", "name": "Thing", "transient": true, "modules": "web, base"}),
            json!({"model": "unknown", "modules": "sale"}),
        ];
        let (schema, _) =
            Schema::from_fields_get([("m".to_owned(), json!({}))], &rows, Meta::default());
        let model = schema.model("m").expect("a model");
        assert_eq!(
            (model.name.as_str(), model.transient, model.is_abstract),
            ("Thing", true, false)
        );
        assert_eq!(model.modules, ["base", "web"]);
        assert_eq!(schema.meta.modules, ["base", "sale", "web"]);
    }

    #[test]
    fn help_is_one_short_line() {
        assert_eq!(
            short_help("\n\n  First   line \nsecond").as_deref(),
            Some("First line")
        );
        assert_eq!(short_help(" \n "), None);
        let long = short_help(&"word ".repeat(100)).expect("a text");
        assert!(
            long.chars().count() <= LONGEST_HELP + 4 && long.ends_with("word ..."),
            "{long}"
        );
    }
}
