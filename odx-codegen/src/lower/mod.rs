//! Schema and configuration to IR: what is generated, under which names, of which types. All problems are collected.

mod fields;
mod methods;
mod names;
mod relations;
mod returns;
mod rules;
mod selections;
mod types;

use std::collections::BTreeMap;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, closest};
use crate::error::Error;
use crate::filter::{ModelFilter, is_glob};
use crate::ir;
use crate::schema::{self, Schema};

use names::CrateNames;
use relations::Relations;
use rules::FieldRules;
use selections::Selections;

/// Decides everything about the generated code.
///
/// # Errors
///
/// [`Error::Rejected`] with all that was found when some of it is an error.
pub(crate) fn lower(
    schema: &Schema,
    config: &Config,
) -> Result<(ir::Crate, Vec<Diagnostic>), Error> {
    let filter = ModelFilter::new(&config.models)?;
    let mut diagnostics = Vec::new();
    let models = selected(
        schema,
        &filter,
        config.source.follow_relations,
        &mut diagnostics,
    );
    let rules = FieldRules::new(&config.field, &mut diagnostics);
    let mut names = CrateNames::new();
    let mut lowered = named(&models, config, &mut names, &mut diagnostics);

    let relations = models.iter().flat_map(|model| model.fields.values());
    let relations = Relations::new(
        &lowered,
        relations.filter_map(|field| field.relation.as_deref()),
    );
    let mut selections = Selections::new(&mut names);
    for (model, lowered) in models.iter().zip(&mut lowered) {
        let mut context = fields::Context {
            schema,
            config,
            rules: &rules,
            relations: &relations,
            selections: &mut selections,
            diagnostics: &mut diagnostics,
        };
        fields::lower(model, lowered, &mut context);
    }
    // After all else that is named, so that a new wrapper renames nothing.
    methods::lower(
        schema,
        &models,
        &mut lowered,
        config,
        &relations,
        &mut names,
        &mut diagnostics,
    );
    rules.report(&mut diagnostics);
    report_unused_names(config, &models, &mut diagnostics);

    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Error::Rejected(diagnostics));
    }
    let lowered = ir::Crate {
        odoo_version: schema.meta.odoo_version.as_deref().map(version),
        missing: relations.missing(),
        models: lowered,
    };
    Ok((lowered, diagnostics))
}

/// The version as it is shown: no more of it than a version has.
fn version(odoo_version: &str) -> String {
    const LONGEST: usize = 20;
    let shown = odoo_version
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || ".~+-".contains(*c));
    shown.take(LONGEST).collect()
}

/// The models to generate, sorted by name. Where relations were followed, those they lead to are meant too.
fn selected<'a>(
    schema: &'a Schema,
    filter: &ModelFilter,
    follow_relations: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<&'a schema::Model> {
    let known: Vec<&str> = schema.models().map(|model| model.model.as_str()).collect();
    for unused in filter.unused(&known) {
        if is_glob(unused) {
            // The default `*` matches nothing in an empty schema, which is no mistake of the configuration.
            if !known.is_empty() {
                diagnostics.push(Diagnostic::warning(
                    "[models]",
                    format!("`{unused}` matches no model of the schema"),
                ));
            }
            continue;
        }
        let help = match closest(unused, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "run `odx pull` to fetch it, which tells where Odoo has no such model: then correct its name"
                .to_owned(),
        };
        diagnostics.push(
            Diagnostic::error("[models]", format!("`{unused}` is not in the schema")).help(help),
        );
    }
    let followed = |model: &str| follow_relations && !filter.excludes(model);
    let selected: Vec<_> = schema
        .models()
        .filter(|model| filter.matches(&model.model) || followed(&model.model))
        .collect();
    // Files of models that were written before would be removed.
    let is_excluded = known.iter().any(|model| filter.excludes(model));
    if selected.is_empty() && !known.is_empty() && !is_excluded {
        let none = format!(
            "it names none of the models of the schema ({} in all)",
            known.len()
        );
        let first = known.first().expect("BUG: there are models");
        let help = format!(
            "name them as the schema does, such as `{first}`, or by a pattern such as `sale.*`"
        );
        diagnostics.push(Diagnostic::error("[models]", none).help(help));
    }
    selected
}

/// The models with their names and without their fields. Every model is named before anything that belongs to one.
fn named(
    models: &[&schema::Model],
    config: &Config,
    names: &mut CrateNames,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ir::Model> {
    let mut chosen: BTreeMap<&str, &str> = BTreeMap::new();
    for model in models {
        let Some(name) = config.names.models.get(&model.model) else {
            continue;
        };
        if !names::is_identifier(name) || names::is_keyword(name) {
            diagnostics.push(Diagnostic::error(
                "[names.models]",
                format!("`{}` is no name for a Rust type", name.escape_debug()),
            ));
        } else if !names.take_type(name) {
            diagnostics.push(Diagnostic::error(
                "[names.models]",
                format!(
                    "`{name}` is taken: choose another name for `{}`",
                    model.model
                ),
            ));
        } else {
            chosen.insert(&model.model, name);
        }
    }
    // A model named as Odoo names models does not give way to one that merely comes out the same.
    let (ordinary, odd): (Vec<&schema::Model>, Vec<&schema::Model>) = models
        .iter()
        .partition(|model| names::is_ordinary_model(&model.model));
    let mut lowered: Vec<ir::Model> = (ordinary.into_iter().chain(odd))
        .map(|model| ir::Model {
            wire: model.model.clone(),
            type_name: match chosen.get(model.model.as_str()) {
                Some(name) => (*name).to_owned(),
                None => names.model_type(&model.model),
            },
            handles_name: String::new(),
            module: names.module(&model.model),
            label: model.name.clone(),
            transient: model.transient,
            is_abstract: model.is_abstract,
            fields: Vec::new(),
            selections: Vec::new(),
            methods: Vec::new(),
        })
        .collect();
    lowered.sort_by(|a, b| a.wire.cmp(&b.wire));
    for model in &mut lowered {
        model.handles_name = names.handles(&model.type_name);
    }
    lowered
}

fn report_unused_names(
    config: &Config,
    models: &[&schema::Model],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let has_model = |name: &str| models.iter().any(|model| model.model == name);
    let has_field = |path: &str| {
        path.rsplit_once('.').is_some_and(|(name, field)| {
            models
                .iter()
                .any(|model| model.model == name && model.fields.contains_key(field))
        })
    };
    for name in config.names.models.keys().filter(|name| !has_model(name)) {
        diagnostics.push(Diagnostic::warning(
            "[names.models]",
            format!("`{}` is not generated", name.escape_debug()),
        ));
    }
    for path in config.names.fields.keys().filter(|path| !has_field(path)) {
        diagnostics.push(Diagnostic::warning(
            "[names.fields]",
            format!("`{}` is not generated", path.escape_debug()),
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::btree_set;
    use proptest::prelude::*;
    use proptest::sample;
    use serde_json::{Value, json};

    use super::*;
    use crate::ir::{Definition, Field, Kind};
    use crate::schema::Meta;

    fn schema(models: Value) -> Schema {
        let Value::Object(models) = models else {
            panic!("a schema is an object");
        };
        Schema::from_fields_get(models, &[], Meta::default()).0
    }

    fn config(toml: &str) -> Config {
        Config::parse(toml, "odx.toml".as_ref()).expect("a configuration")
    }

    fn lowered(models: Value, toml: &str) -> (ir::Crate, Vec<String>) {
        let (lowered, diagnostics) = lower(&schema(models), &config(toml)).expect("lowered");
        (
            lowered,
            diagnostics.iter().map(ToString::to_string).collect(),
        )
    }

    fn rejected(models: Value, toml: &str) -> String {
        lower(&schema(models), &config(toml))
            .expect_err("rejected")
            .to_string()
    }

    fn field<'a>(lowered: &'a ir::Crate, model: &str, field: &str) -> &'a Field {
        let model = lowered
            .models
            .iter()
            .find(|lowered| lowered.wire == model)
            .expect("a model");
        model
            .fields
            .iter()
            .find(|lowered| lowered.wire == field)
            .expect("a field")
    }

    fn record(lowered: &ir::Crate, model: &str) -> Vec<String> {
        let model = lowered
            .models
            .iter()
            .find(|lowered| lowered.wire == model)
            .expect("a model");
        model.record().map(|field| field.wire.clone()).collect()
    }

    #[test]
    fn the_record_holds_what_is_stored_or_one_join_away() {
        let (lowered, _) = lowered(
            json!({
                "product": {
                    "id": {"type": "integer", "store": true},
                    "code": {"type": "char", "store": true},
                    "image": {"type": "binary", "store": true},
                    "computed": {"type": "char", "store": false},
                    "display_name": {"type": "char", "store": false},
                    "tmpl_id": {"type": "many2one", "relation": "template", "store": true},
                    "virtual_id": {"type": "many2one", "relation": "template", "store": false},
                    "name": {"type": "char", "store": false, "related": "tmpl_id.name"},
                    "photo": {"type": "binary", "store": false, "related": "tmpl_id.photo"},
                    "price": {"type": "float", "store": false, "related": "tmpl_id.price"},
                    "other": {"type": "char", "store": false, "related": "tmpl_id.name"},
                    "far": {"type": "char", "store": false, "related": "tmpl_id.link.far"},
                    "weight": {"type": "float", "store": false, "related": "virtual_id.weight"},
                },
                "template": {
                    "id": {"type": "integer"},
                    "name": {"type": "char", "store": true},
                    "photo": {"type": "binary", "store": true},
                    "price": {"type": "float", "store": false},
                    "weight": {"type": "float", "store": true},
                }
            }),
            "",
        );
        assert_eq!(
            record(&lowered, "product"),
            ["id", "code", "display_name", "name", "tmpl_id"]
        );
        assert_eq!(
            lowered.models[0].fields.len(),
            13,
            "every field has its handle"
        );
    }

    #[test]
    fn a_one2many_that_follows_no_field_is_not_in_the_record() {
        let (lowered, _) = lowered(
            json!({
                "report": {
                    "id": {"type": "integer", "store": true},
                    "line_ids": {"type": "one2many", "relation": "report", "relation_field": "report_id", "store": true},
                    "move_ids": {"type": "one2many", "relation": "report", "store": true},
                },
            }),
            "",
        );
        assert_eq!(record(&lowered, "report"), ["id", "line_ids"]);
    }

    #[test]
    fn rules_widen_and_narrow_the_record() {
        let (lowered, diagnostics) = lowered(
            json!({"m": {"id": {"type": "integer"}, "a": {"type": "char", "store": true}, "b": {"type": "char"}}}),
            "[[field]]\nmatch = [\"m.a\", \"m.id\"]\nrecord = false\n[[field]]\nmatch = \"m.b\"\nrecord = true\n",
        );
        assert_eq!(record(&lowered, "m"), ["id", "b"]);
        assert_eq!(
            diagnostics,
            [
                "warning: `[[field]] record`: `m.id` changes nothing: `id` is the same in every record; remove it"
            ]
        );
    }

    #[test]
    fn a_rule_that_changes_nothing_is_told_with_what_would() {
        const JSON: &str = "where a server sends something else, `record = false` leaves the field out, and `type = \"json\"` takes any value";
        let told = |rule: &str| {
            let (_, diagnostics) = lowered(
                json!({"m": {
                    "id": {"type": "integer"},
                    "text": {"type": "char", "store": true},
                    "needed": {"type": "char", "store": true, "required": true},
                    "far": {"type": "char"},
                    "count": {"type": "integer", "store": true},
                    "price": {"type": "monetary", "store": true},
                    "is_on": {"type": "boolean", "store": true},
                    "line_ids": {"type": "one2many", "relation": "m", "relation_field": "text", "store": true},
                    "tag_ids": {"type": "many2many", "relation": "m", "store": true},
                    "total": {"type": "float", "store": true, "readonly": true, "depends": ["count"]},
                    "shown": {"type": "char", "readonly": true},
                }}),
                &format!("[[field]]\nmatch = {rule}"),
            );
            let told = diagnostics.join("\n");
            told.strip_prefix("warning: ").unwrap_or(&told).to_owned()
        };
        for (field, odoo_type) in [
            ("count", "integer"),
            ("price", "monetary"),
            ("is_on", "boolean"),
            ("line_ids", "one2many"),
            ("tag_ids", "many2many"),
        ] {
            assert_eq!(
                told(&format!("'m.{field}'\noptional = true")),
                format!(
                    "`[[field]] optional`: `m.{field}` changes nothing: a value of type `{odoo_type}` is never an `Option`; {JSON}"
                )
            );
            for advice in ["record = false", "type = \"json\""] {
                assert_eq!(told(&format!("'m.{field}'\n{advice}")), "");
            }
        }
        for (rule, expected) in [
            ("'m.text'\noptional = false", ""),
            ("'m.needed'\noptional = true", ""),
            ("'m.text'\ntype = 'html'", ""),
            // It changes one of the fields.
            ("'*.*'\noptional = true", ""),
            (
                "'m.text'\noptional = true",
                "`[[field]] optional`: `m.text` changes nothing: it is an `Option` anyhow; remove it",
            ),
            (
                "'m.needed'\noptional = false",
                "`[[field]] optional`: `m.needed` changes nothing: it is not an `Option` anyhow; remove it",
            ),
            (
                "'m.far'\noptional = false",
                "`[[field]] optional`: `m.far` changes nothing: it is not in the record; `record = true` puts it there",
            ),
            ("'m.far'\noptional = false\nrecord = true", ""),
            (
                "'*.count'\ntype = 'integer'",
                "`[[field]] type`: `*.count` changes nothing, as for `m.count`: its type is `integer` anyhow; remove it",
            ),
            (
                "'m.text'\nrecord = true",
                "`[[field]] record`: `m.text` changes nothing: it is in the record anyhow; remove it",
            ),
            (
                "'m.far'\nrecord = false",
                "`[[field]] record`: `m.far` changes nothing: it is not in the record anyhow; remove it",
            ),
            (
                "'m.text'\nrecord = false\n[[field]]\nmatch = '*.text'\nrecord = true",
                "`[[field]] record`: `m.text` changes nothing: a later rule says otherwise; remove it\n\
                 warning: `[[field]] record`: `*.text` changes nothing, as for `m.text`: it is in the record anyhow; remove it",
            ),
            ("'m.total'\nwritable = true", ""),
            (
                "'m.text'\nwritable = true",
                "`[[field]] writable`: `m.text` changes nothing: it is writable anyhow; remove it",
            ),
            (
                "'m.shown'\nwritable = true",
                "`[[field]] writable`: `m.shown` changes nothing: Odoo writes it itself, or has no way to keep what a client writes; remove it",
            ),
            (
                "'m.text'",
                "`[[field]]`: the rule for `m.text` says nothing; say `record`, `optional`, `type` or `writable`, or leave it out",
            ),
        ] {
            assert_eq!(told(rule), expected, "{rule}");
        }
    }

    #[test]
    fn a_value_is_optional_unless_it_is_required_and_stored() {
        let (lowered, _) = lowered(
            json!({"m": {
                "required": {"type": "char", "required": true, "store": true},
                "virtual": {"type": "char", "required": true, "store": false},
                "plain": {"type": "char", "store": true},
                "number": {"type": "integer", "store": true},
                "binary": {"type": "binary", "required": true, "store": true},
                "forced": {"type": "char", "store": true},
            }}),
            "[[field]]\nmatch = \"m.forced\"\noptional = false\n",
        );
        let optional = |name| field(&lowered, "m", name).optional;
        assert!(!optional("required") && !optional("number") && !optional("forced"));
        assert!(optional("virtual") && optional("plain") && optional("binary"));
    }

    #[test]
    fn what_odoo_ignores_cannot_be_written() {
        let (lowered, _) = lowered(
            json!({"m": {
                "id": {"type": "integer", "store": true, "readonly": true},
                "name": {"type": "char", "store": true, "searchable": true, "sortable": true, "groupable": true},
                "computed": {"type": "char", "readonly": true},
                "inverse": {"type": "char"},
                "create_date": {"type": "datetime", "store": true, "searchable": true},
                "in_group_7": {"type": "boolean", "string": "Multi Companies", "help": false},
            }}),
            "",
        );
        let capability = |name| field(&lowered, "m", name).capability;
        assert_eq!(capability("name"), "Full");
        assert_eq!(capability("computed"), "Read");
        assert_eq!(capability("inverse"), "Write");
        assert_eq!(capability("create_date"), "Search");
        assert_eq!(capability("in_group_7"), "Write");
        assert_eq!(capability("id"), "Read");
    }

    #[test]
    fn what_odoo_works_out_and_calls_read_only_is_written_by_a_rule_alone() {
        let schema = json!({"sale.order": {
            "amount_total": {"type": "monetary", "store": true, "readonly": true, "depends": ["line_ids.price"]},
            "company_currency": {"type": "char", "store": true, "readonly": true, "related": "company_id.currency"},
            "state": {"type": "char", "store": true, "readonly": true, "depends": []},
            "price": {"type": "float", "store": true, "depends": ["product_id"]},
            "shown": {"type": "char", "readonly": true},
        }});
        let writable = |rules: &str| {
            let (lowered, _) = lowered(schema.clone(), rules);
            let names = [
                "amount_total",
                "company_currency",
                "state",
                "price",
                "shown",
            ];
            names
                .into_iter()
                .filter(|name| {
                    field(&lowered, "sale.order", name).flags & odx_facts::flags::WRITE != 0
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(writable(""), ["state", "price"]);
        let rule = |path: &str, word: bool| {
            format!("[[field]]\nmatch = \"sale.order.{path}\"\nwritable = {word}\n")
        };
        assert_eq!(
            writable(&rule("amount_total", true)),
            ["amount_total", "state", "price"]
        );
        assert_eq!(writable(&rule("state", false)), ["price"]);
        // No rule makes Odoo keep what it has no place for.
        assert_eq!(writable(&rule("shown", true)), ["state", "price"]);
    }

    #[test]
    fn a_create_must_give_a_required_field_only_where_nothing_fills_it() {
        let required = |more: Value| {
            let mut field = json!({"type": "char", "required": true, "store": true});
            let attributes = field.as_object_mut().expect("an object");
            attributes.extend(more.as_object().expect("an object").clone());
            field
        };
        let (lowered, _) = lowered(
            json!({"m": {
                "needed": required(json!({"default": false})),
                "filled": required(json!({"default": true})),
                "unknown": required(json!({})),
                "computed": required(json!({"default": false, "depends": ["needed"]})),
                "partner_id": {"type": "many2one", "relation": "m", "required": true, "store": true, "default": false},
                "name": {"type": "char", "related": "partner_id.name"},
            }}),
            "",
        );
        let may_be_left_out =
            |name| field(&lowered, "m", name).flags & odx_facts::flags::DEFAULT != 0;
        assert!(!may_be_left_out("needed"));
        for name in ["filled", "unknown", "computed", "partner_id"] {
            assert!(may_be_left_out(name), "{name}");
        }
    }

    #[test]
    fn relations_lead_to_models_generated_or_not() {
        let models = json!({
            "a": {"id": {"type": "integer"}, "b_id": {"type": "many2one", "relation": "b"}, "c_ids": {"type": "one2many", "relation": "c.c"}},
            "b": {"id": {"type": "integer"}},
            "c.c": {"id": {"type": "integer"}},
        });
        let (lowered, _) = lowered(models, "[models]\nexclude = [\"c.*\"]\n");
        let target = |name| match &field(&lowered, "a", name).kind {
            Kind::Relation(target) => (target.module.clone(), target.type_name.clone()),
            kind => panic!("{kind:?}"),
        };
        assert_eq!(target("b_id"), (Some("b".to_owned()), "B".to_owned()));
        assert_eq!(target("c_ids"), (None, "CC".to_owned()));
        assert_eq!(lowered.missing.len(), 1);
    }

    #[test]
    fn equal_selections_are_one_type_of_the_first_field_that_has_it() {
        let state =
            json!({"type": "selection", "selection": [["draft", "Draft"], ["done", "Done"]]});
        let (lowered, _) = lowered(
            json!({
                "a": {"id": {"type": "integer"}, "kind": {"type": "selection", "selection": [["draft", "Quote"], ["done", "Done"]]}, "state": state},
                "b": {"id": {"type": "integer"}, "empty": {"type": "selection", "selection": []}, "state": state},
            }),
            "",
        );
        let names: Vec<&str> = lowered
            .models
            .iter()
            .flat_map(|model| &model.selections)
            .map(|selection| selection.name.as_str())
            .collect();
        assert_eq!(names, ["AKind", "AState", "BEmpty", "BState"]);
        let definitions: Vec<&Definition> = lowered
            .models
            .iter()
            .flat_map(|model| &model.selections)
            .map(|selection| &selection.definition)
            .collect();
        assert!(matches!(definitions[0], Definition::Enum(variants) if variants.len() == 2));
        assert!(matches!(definitions[1], Definition::Enum(_)));
        assert!(matches!(definitions[2], Definition::Text(keys) if keys.is_empty()));
        assert!(
            matches!(definitions[3], Definition::Alias { module, name } if module == "a" && name == "AState")
        );
    }

    #[test]
    fn a_selection_beyond_a_size_is_text() {
        let options: Vec<Value> = (0..65)
            .map(|number| json!([format!("k{number}"), "K"]))
            .collect();
        let (lowered, _) = lowered(
            json!({"m": {"few": {"type": "selection", "selection": options[..64]}, "many": {"type": "selection", "selection": options}}}),
            "",
        );
        assert!(
            matches!(&lowered.models[0].selections[0].definition, Definition::Enum(variants) if variants.len() == 64)
        );
        assert!(
            matches!(&lowered.models[0].selections[1].definition, Definition::Text(keys) if keys.len() == 65)
        );
    }

    #[test]
    fn what_is_not_understood_is_json_and_told() {
        let (lowered, diagnostics) = lowered(
            json!({"m": {"id": {"type": "integer"}, "new": {"type": "vector"}, "lost": {"type": "many2one"}, "wrong": {"type": "integer"}}}),
            "[[field]]\nmatch = \"m.wrong\"\ntype = \"float\"\n",
        );
        assert_eq!(field(&lowered, "m", "new").field_type.kind(), "Unknown");
        assert_eq!(field(&lowered, "m", "lost").field_type.kind(), "Unknown");
        assert_eq!(field(&lowered, "m", "wrong").field_type.kind(), "Float");
        assert_eq!(
            diagnostics,
            [
                "warning: `m.lost`: is a many2one to no model; its values are JSON",
                "warning: `m.new`: has the type `vector`, which this odx does not know; its values are JSON"
            ]
        );
    }

    #[test]
    fn a_model_without_id_gets_one() {
        let (lowered, diagnostics) = lowered(json!({"m": {}}), "");
        assert_eq!(record(&lowered, "m"), ["id"]);
        assert_eq!(
            diagnostics,
            ["warning: `m`: has no field `id`; it was added"]
        );
    }

    #[test]
    fn chosen_names_win() {
        let (lowered, _) = lowered(
            json!({"res.partner": {"id": {"type": "integer"}, "ref": {"type": "char"}}, "contact": {"id": {"type": "integer"}}}),
            "[names.models]\n\"res.partner\" = \"Contact\"\n[names.fields]\n\"res.partner.ref\" = \"reference\"\n",
        );
        let types: Vec<&str> = lowered
            .models
            .iter()
            .map(|model| model.type_name.as_str())
            .collect();
        assert_eq!(types, ["Contact2", "Contact"]);
        assert_eq!(field(&lowered, "res.partner", "ref").ident, "reference");
    }

    /// What Odoo allows, and among it what is most likely to come out the same: `[a-z0-9_.]+` for models.
    fn models() -> impl Strategy<Value = BTreeSet<String>> {
        const NASTY: [&str; 36] = [
            "1a",
            "9",
            "_9",
            "9_",
            "_1a",
            "9.9",
            "99",
            "model9",
            "model.9",
            "a.b",
            "a_b",
            "a.b_2",
            "ab",
            ".",
            "..",
            "_",
            "__",
            "con",
            "com1",
            "lpt9.x",
            "nul",
            "self",
            "crate",
            "super",
            "type",
            "mod",
            "lib",
            "main",
            "not_generated",
            "std",
            "core",
            "option",
            "field",
            "a.fields",
            "a.state",
            "a",
        ];
        let name = prop_oneof![
            sample::select(NASTY.to_vec()).prop_map(str::to_owned),
            "[a-z0-9_.]{1,4}"
        ];
        btree_set(name, 1..20)
    }

    /// `[a-z_][a-z0-9_$]*` without regard to case, which takes in three letters that are not ASCII.
    fn fields() -> impl Strategy<Value = BTreeSet<String>> {
        const NASTY: [&str; 20] = [
            "id", "Id", "ID", "self", "Self", "crate", "_", "__", "type", "state", "State", "a$b",
            "a_b", "A_B", "$", "ſ", "ı", "\u{212a}", "fields", "F",
        ];
        let name = prop_oneof![
            sample::select(NASTY.to_vec()).prop_map(str::to_owned),
            "[a-zA-Z_ſıK][a-z0-9_$]{0,2}"
        ];
        btree_set(name, 0..12)
    }

    fn assert_identifiers<'a>(
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), TestCaseError> {
        let mut all = BTreeSet::new();
        for name in names {
            prop_assert!(syn::parse_str::<syn::Ident>(name).is_ok(), "{}", name);
            prop_assert!(all.insert(name), "{} twice", name);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn whatever_odoo_allows_has_names_and_files_of_its_own(models in models(), fields in fields(), chosen in "[a-z]{1,3}") {
            let kinds = ["char", "selection"];
            let attributes = fields.iter().zip(kinds.iter().cycle()).map(|(field, kind)| {
                (field.clone(), json!({"type": kind, "selection": [[field, "A"]], "store": true}))
            });
            let attributes = Value::Object(attributes.collect());
            let schema_of = Value::Object(models.iter().map(|model| (model.clone(), attributes.clone())).collect());
            let first = models.first().expect("a model");
            let mut config = Config::default();
            let is_free = !names::is_keyword(&chosen) && CrateNames::new().take_type(&chosen);
            config.names.models.insert(first.clone(), chosen);
            let lowered = lower(&schema(schema_of), &config);
            if !is_free {
                prop_assert!(lowered.is_err());
                return Ok(());
            }
            let (lowered, _) = lowered.expect("lowered");

            let mut index = vec!["not_generated"];
            for model in &lowered.models {
                index.extend([model.module.as_str(), &model.type_name]);
                index.extend(model.selections.iter().map(|selection| selection.name.as_str()));
                assert_identifiers(model.fields.iter().map(|field| field.ident.as_str()))?;
                let items = model.selections.iter().map(|selection| selection.name.as_str());
                assert_identifiers(items.chain([model.type_name.as_str(), &model.handles_name]))?;
            }
            assert_identifiers(index)?;
            for model in &lowered.models {
                let file = &model.module;
                prop_assert_eq!(file, &file.to_ascii_lowercase());
                let device = ["con", "prn", "aux", "nul"].contains(&file.as_str())
                    || (file.len() == 4 && (file.starts_with("com") || file.starts_with("lpt")) && file.ends_with(|c: char| c.is_ascii_digit()));
                prop_assert!(!device && !["lib", "main", "mod"].contains(&file.as_str()), "{}", file);
            }
        }
    }

    #[test]
    fn a_name_that_the_crate_has_itself_cannot_be_chosen() {
        for taken in ["std", "prelude", "Option"] {
            let chosen = format!("[names.models]\n\"m\" = \"{taken}\"\n");
            let message = rejected(json!({"m": {"id": {"type": "integer"}}}), &chosen);
            let told = format!("`{taken}` is taken: choose another name for `m`");
            assert!(message.contains(&told), "{message}");
        }
    }

    #[test]
    fn everything_wrong_with_a_configuration_is_told_at_once() {
        let message = rejected(
            json!({"res.partner": {"id": {"type": "integer"}, "name": {"type": "char"}}}),
            "[models]\ninclude = [\"res.parnter\", \"res.partner\"]\n\
             [names.models]\n\"res.partner\" = \"1st\"\n\
             [names.fields]\n\"res.partner.name\" = \"id\"\n\
             [[field]]\nmatch = \"*.name\"\ntype = \"chr\"\n",
        );
        let expected = [
            "error: `[models]`: `res.parnter` is not in the schema; did you mean `res.partner`?",
            "error: `[[field]] type`: `chr` is no Odoo field type; did you mean `char`?",
            "error: `[names.models]`: `1st` is no name for a Rust type",
            "error: `[names.fields]`: `id` is taken by another field: choose another name for `res.partner.name`",
        ];
        assert_eq!(
            message,
            format!(
                "the schema and the configuration do not go together, and nothing was written:\n  {}",
                expected.join("\n  ")
            )
        );
    }

    #[test]
    fn what_the_configuration_names_in_vain_is_told() {
        let (_, diagnostics) = lowered(
            json!({"m": {"id": {"type": "integer"}}}),
            "[models]\ninclude = [\"*\", \"z*\"]\n[names.models]\n\"x\" = \"X\"\n[names.fields]\n\"m.x\" = \"y\"\n[[field]]\nmatch = \"m.x\"\nrecord = true\n",
        );
        assert_eq!(diagnostics.len(), 4, "{diagnostics:?}");
    }
}
