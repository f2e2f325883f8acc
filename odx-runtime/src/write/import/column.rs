//! The fields that rows have values for, as the server describes them.

use odx_facts::{Description, FieldType, LOADS_JSON, Series, is_worked_out, takes_writes};
use serde_json::{Map, Value as JsonValue, json};

use super::given::Given;
use crate::{
    Call, Error, Reply, Session,
    model::{nearest, suggestion},
};

/// A field of the model.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: FieldType,
    /// The model that a relation leads to.
    pub(super) relation: Option<String>,
    /// Keys and labels.
    pub(super) selection: Vec<(String, String)>,
    /// How many characters it holds, where that is limited.
    pub(super) size: Option<usize>,
}

/// How a column says which record is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Form {
    /// The value itself.
    Plain,
    /// Ids.
    Id,
    /// External ids.
    External,
}

impl Column {
    fn new(name: &str, described: Description) -> Self {
        let selection = described.selection.into_iter().flatten();
        Self {
            name: name.to_owned(),
            ty: FieldType::of(&described.field_type),
            relation: described.relation,
            selection: selection
                .map(|option| (option.key.to_string(), option.label))
                .collect(),
            size: described.size.and_then(|size| usize::try_from(size).ok()),
        }
    }

    /// The name of the column in a call of `load`.
    pub(super) fn path(&self, form: Form) -> String {
        match form {
            Form::Plain => self.name.clone(),
            Form::Id => format!("{}/.id", self.name),
            Form::External => format!("{}/id", self.name),
        }
    }

    /// The form of a value that says nothing.
    pub(super) fn empty_form(&self) -> Form {
        match self.ty.is_relation() {
            true => Form::Id,
            false => Form::Plain,
        }
    }
}

/// The attributes of `fields_get` that tell what a field takes.
const ATTRIBUTES: [&str; 8] = [
    "type",
    "relation",
    "selection",
    "size",
    "readonly",
    "store",
    "depends",
    "related",
];

/// Asks the server for the fields of rows, in their order. With them comes its answer.
///
/// # Errors
/// As [`described`], and what any call can fail with.
pub(super) async fn columns(
    session: &Session,
    model: &'static str,
    given: &Given,
) -> Result<(Vec<Column>, Reply), Error> {
    let names = given.fields()?;
    let call = Call::new(model, "fields_get")
        .arg(names)
        .arg(json!(ATTRIBUTES));
    let reply = session.execute(call).await?;
    let fields: Map<String, JsonValue> = reply.to()?;
    let series = session.series().await?;
    let columns = described(model, given, &fields, Some(series))?;
    Ok((columns, reply))
}

/// The fields of rows, in their order, by what `fields_get` says of them.
///
/// # Errors
/// [`Error::Usage`] of fields that the model does not have, or that `load` cannot fill: all of them.
pub(super) fn described(
    model: &str,
    given: &Given,
    fields: &Map<String, JsonValue>,
    series: Option<Series>,
) -> Result<Vec<Column>, Error> {
    let mut columns = Vec::new();
    let mut mistakes = Vec::new();
    let names = given.fields()?;
    for name in &names {
        let Some(about) = fields.get(name) else {
            let others = fields.keys().filter(|other| !names.contains(other));
            let likely = suggestion(nearest(name, others.map(String::as_str)));
            mistakes.push(format!("{model} has no field `{name}`{likely}"));
            continue;
        };
        let described = Description::read(about);
        let unwritten = unwritten(name, &described, given);
        let column = Column::new(name, described);
        let unloadable = column.unloadable(series);
        if let Some(why) = unloadable.or(unwritten) {
            mistakes.push(format!("`{name}` of {model} {why}"));
        }
        columns.push(column);
    }
    match mistakes.is_empty() {
        true => Ok(columns),
        false => Err(Error::usage(format!(
            "nothing was imported: {}",
            mistakes.join("; ")
        ))),
    }
}

/// Why values do not stay in the field. Typed rows have computed fields by a rule alone, so theirs go out.
fn unwritten(name: &str, described: &Description, given: &Given) -> Option<String> {
    if !takes_writes(name, described.store, described.readonly) {
        return Some("is kept by Odoo, which drops what is written to it".to_owned());
    }
    let related = described.related.is_some();
    let is_worked_out = is_worked_out(described.readonly, described.computed, related);
    (is_worked_out && matches!(given, Given::Texts { .. })).then(|| {
        "is worked out by Odoo, which replaces what is written to it: leave the column out"
            .to_owned()
    })
}

impl Column {
    /// Why `load` cannot fill the field. What depends on a series that is not known is left to the call.
    fn unloadable(&self, series: Option<Series>) -> Option<String> {
        match self.ty {
            _ if self.name == "id" => {
                Some("is given by Odoo: a row is known by its external id".to_owned())
            }
            FieldType::One2many => {
                let target = self.relation.as_deref().unwrap_or("their model");
                Some(format!(
                    "holds records of their own: import them as rows of {target}, each with an external id and a reference to this one"
                ))
            }
            FieldType::Json if series.is_some_and(|series| !LOADS_JSON.holds(series)) => Some(
                "cannot be imported before Odoo 16, whose `load` knows no JSON: write it"
                    .to_owned(),
            ),
            FieldType::Serialized
            | FieldType::Properties
            | FieldType::PropertiesDefinition
            | FieldType::Unknown => Some(format!(
                "is of the type {}, which `load` cannot fill: write it after the import",
                self.ty.as_str()
            )),
            _ => None,
        }
    }
}
