//! The columns of a file as an import names them: those that `odx export` writes, too.

use odx_facts::FieldType;
use serde_json::{Map, Value};

use super::table::REASON;

/// An export writes the name of a many2one beside its id.
const NAME: &str = ".name";

/// The columns of a CSV file that are imported, and where they stand.
pub(super) fn of_csv(names: &[String]) -> (Vec<String>, Vec<usize>) {
    let is_named = |name: &str| names.iter().any(|other| *other == format!("{name}{NAME}"));
    let mut columns = Vec::with_capacity(names.len());
    let mut places = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let is_name = name
            .strip_suffix(NAME)
            .is_some_and(|field| names.iter().any(|other| other == field));
        if is_name || name == REASON {
            continue;
        }
        columns.push(match is_named(name) {
            true => format!("{name}/.id"),
            false => name.clone(),
        });
        places.push(place);
    }
    (columns, places)
}

/// What a column holds, as far as it decides how a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Relation,
    Boolean,
    Json,
    Else,
}

impl Holds {
    pub(super) fn of(field_type: FieldType) -> Self {
        match field_type {
            FieldType::Boolean => Self::Boolean,
            FieldType::Json => Self::Json,
            other if other.is_relation() => Self::Relation,
            _ => Self::Else,
        }
    }
}

/// The columns of objects. A relation whose values are numbers, or objects with an `id`, is by ids.
///
/// # Errors
/// The line of a value that is of another kind than those above it, and which.
pub(super) fn of_objects(
    names: &[String],
    objects: &[(u64, Map<String, Value>)],
    holds: &dyn Fn(&str) -> Holds,
) -> Result<Vec<String>, (u64, String)> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let mut by_id = None;
        for (line, object) in objects.iter().filter(|_| holds(name) == Holds::Relation) {
            let Some(is_id) = object.get(name).and_then(is_id) else {
                continue;
            };
            if *by_id.get_or_insert(is_id) != is_id {
                let why = format!("`{name}` is an id in some rows and a text in others");
                return Err((*line, why));
            }
        }
        columns.push(match by_id {
            Some(true) => format!("{name}/.id"),
            _ => name.clone(),
        });
    }
    Ok(columns)
}

/// Whether a value is an id; `None` of one that says nothing.
fn is_id(value: &Value) -> Option<bool> {
    match value {
        Value::Array(items) => items.first().map(Value::is_number),
        Value::Null | Value::Bool(false) => None,
        Value::Number(_) | Value::Object(_) => Some(true),
        _ => Some(false),
    }
}

/// The text of a value. Odoo says `false` for what is unset, but of a boolean.
///
/// # Errors
/// What it is, where no cell can be that.
pub(super) fn text(value: &Value, holds: Holds) -> Result<String, String> {
    let is_truth = matches!(holds, Holds::Boolean | Holds::Json);
    Ok(match value {
        Value::Null => String::new(),
        Value::Bool(false) if !is_truth => String::new(),
        Value::Bool(true) if !is_truth => return Err("is true, and no boolean".to_owned()),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => {
            let texts: Result<Vec<String>, String> =
                items.iter().map(|item| text(item, holds)).collect();
            texts?.join(",")
        }
        Value::Object(object) => match object.get("id") {
            Some(id) => text(id, holds)?,
            None => return Err("is an object without an `id`".to_owned()),
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_export_wrote_beside_the_id_of_a_many2one_is_left_out() {
        let names = ["id", "country_id", "country_id.name", "name", REASON];
        let names: Vec<String> = names.map(str::to_owned).into();
        let (columns, places) = of_csv(&names);
        assert_eq!(columns, ["id", "country_id/.id", "name"]);
        assert_eq!(places, [0, 1, 3]);
    }

    #[test]
    fn a_relation_of_objects_or_numbers_is_by_ids() {
        let row = |value: Value| {
            let object = json!({"country_id": value, "color": 3});
            (1, object.as_object().cloned().unwrap())
        };
        let names = ["country_id".to_owned(), "color".to_owned()];
        let holds = |name: &str| match name {
            "country_id" => Holds::Relation,
            _ => Holds::Else,
        };
        let rows = [row(json!(null)), row(json!({"id": 7, "name": "Oak"}))];
        let columns = of_objects(&names, &rows, &holds).unwrap();
        assert_eq!(columns, ["country_id/.id", "color"]);
        let rows = [row(json!(7)), row(json!("France"))];
        assert!(of_objects(&names, &rows, &holds).is_err());
    }

    #[test]
    fn false_is_unset_but_of_a_boolean() {
        for holds in [Holds::Else, Holds::Relation] {
            assert_eq!(text(&json!(false), holds), Ok(String::new()));
            assert!(text(&json!(true), holds).is_err());
        }
        assert_eq!(text(&json!(false), Holds::Boolean), Ok("false".to_owned()));
        assert_eq!(text(&json!(true), Holds::Json), Ok("true".to_owned()));
    }
}
