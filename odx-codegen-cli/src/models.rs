//! `odx models` and `odx fields`

use std::path::Path;

use odx_codegen::config::ModelsConfig;
use odx_codegen::schema::{Field, Model, SelectionKey};
use odx_codegen::source::live;
use odx_codegen::{ModelFilter, Schema, source};
use serde_json::{Value, json};

use crate::Outcome;
use crate::args::{FieldsArgs, ModelsArgs};
use crate::connect::Live;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::settings::{self, Override};

/// Longest text of a cell that lists things.
const LONGEST_CELL: usize = 60;

pub(crate) fn list_models(named: Option<&Path>, args: ModelsArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    let wanted = ModelsConfig {
        include: vec![args.glob.unwrap_or_else(|| "*".to_owned())],
        exclude: Vec::new(),
    };
    let models: Vec<Model> = match args.live {
        true => {
            config.models = wanted;
            let live = Live::open(&config, &args.connect)?;
            live.run(live::list_models(&live.odoo, live.user_id, &config))?
        }
        false => {
            let filter = ModelFilter::new(&wanted)?;
            let schema = source::read_snapshot(&config.schema.dir)?;
            schema
                .models()
                .filter(|model| filter.matches(&model.model))
                .cloned()
                .collect()
        }
    };
    output::result(&match args.json {
        true => output::json(
            &models
                .iter()
                .map(|model| model_json(model, args.live))
                .collect::<Vec<_>>(),
        ),
        false => models_table(&models, args.live),
    });
    output::done("listed", count(models.len(), "model"));
    let example = models
        .first()
        .map_or("res.partner", |model| model.model.as_str());
    let live = if args.live { " --live" } else { "" };
    let flags = settings::carried(named, &args.schema);
    output::next(&[(
        &format!("odx fields {example}{live}{flags}"),
        "lists the fields of one",
    )]);
    Ok(Outcome::Done)
}

/// The number of fields is known of a snapshot only: a server would have to be asked model by model.
fn models_table(models: &[Model], live: bool) -> String {
    let head: &[&str] = if live {
        &["model", "kind", "label"]
    } else {
        &["model", "fields", "kind", "label"]
    };
    let rows = models.iter().map(|model| {
        let mut row = vec![model.model.clone()];
        if !live {
            row.push(model.fields.len().to_string());
        }
        row.extend([kind(model).to_owned(), shortened(&model.name)]);
        row
    });
    output::table(head, &rows.collect::<Vec<_>>())
}

fn kind(model: &Model) -> &'static str {
    match (model.transient, model.is_abstract) {
        (true, _) => "transient",
        (_, true) => "abstract",
        _ => "",
    }
}

fn model_json(model: &Model, live: bool) -> Value {
    let mut value = json!({
        "model": model.model,
        "name": model.name,
        "transient": model.transient,
        "abstract": model.is_abstract,
        "modules": model.modules,
    });
    if !live {
        value["fields"] = model.fields.len().into();
    }
    value
}

pub(crate) fn list_fields(named: Option<&Path>, args: FieldsArgs) -> Result<Outcome, Failure> {
    let mut config = settings::load(named)?;
    args.schema.apply(&mut config);
    let schema = match args.live {
        true => {
            config.models = ModelsConfig {
                include: vec![args.model.clone()],
                exclude: Vec::new(),
            };
            config.source.follow_relations = false;
            let live = Live::open(&config, &args.connect)?;
            let mut pulled = live.run(live::pull(&live.odoo, live.user_id, &config, |_| {}))?;
            if let Some(failed) = pulled.failed.pop() {
                return Err(Failure::NotRead {
                    model: args.model,
                    reason: failed.reason,
                });
            }
            output::diagnostics(&pulled.diagnostics);
            pulled.schema
        }
        false => source::read_snapshot(&config.schema.dir)?,
    };
    let model = find(&schema, &args.model)?;
    output::result(&match args.json {
        true => output::json(
            &model
                .fields
                .iter()
                .map(|(name, field)| field_json(name, field))
                .collect::<Vec<_>>(),
        ),
        false => fields_table(model),
    });
    output::done(
        "listed",
        format!("{} of {}", count(model.fields.len(), "field"), model.model),
    );
    let flags = settings::carried(named, &args.schema);
    match args.live {
        true => output::next(&[(
            &format!("odx pull{flags}"),
            "reads the models into the snapshot",
        )]),
        false => output::next(&[(
            &format!("odx generate --stdout {}{flags}", model.model),
            "prints the Rust code",
        )]),
    }
    Ok(Outcome::Done)
}

/// The model with this name, or an error with the likeliest other.
pub(crate) fn find<'a>(schema: &'a Schema, name: &str) -> Result<&'a Model, Failure> {
    schema.model(name).ok_or_else(|| Failure::NoModel {
        model: name.to_owned(),
        likely: schema.closest(name).map(str::to_owned),
    })
}

fn fields_table(model: &Model) -> String {
    let rows = model.fields.iter().map(|(name, field)| {
        vec![
            name.clone(),
            field.field_type.clone(),
            leads_to(field),
            flags(field),
            shortened(&field.string),
        ]
    });
    output::table(
        &["field", "type", "relation or keys", "flags", "label"],
        &rows.collect::<Vec<_>>(),
    )
}

/// The model a relation leads to, or the keys of a selection.
fn leads_to(field: &Field) -> String {
    if let Some(relation) = &field.relation {
        return relation.clone();
    }
    let keys = field.selection.iter().map(|(key, _)| match key {
        SelectionKey::Text(key) => key.clone(),
        SelectionKey::Integer(key) => key.to_string(),
        SelectionKey::Boolean(key) => key.to_string(),
    });
    shortened(&keys.collect::<Vec<_>>().join(" "))
}

/// The start of a text that is too long for a cell.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

fn flags(field: &Field) -> String {
    let flags = [
        (field.required, "required"),
        (field.readonly, "readonly"),
        (field.store, "stored"),
        (field.computed, "computed"),
        (field.company_dependent, "by company"),
        (field.translate, "translated"),
        (field.manual, "custom"),
    ];
    let flags = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag);
    flags.collect::<Vec<_>>().join(", ")
}

fn field_json(name: &str, field: &Field) -> Value {
    let mut value = json!(field);
    value["name"] = name.into();
    value
}
