//! Fields of which a record has several values: one by language, or one by company.

use serde_json::{Map, Value, json};

use super::env::{EVERY_COMPANY, Env, SOURCE_LANGUAGE};
use super::errors::{OdooError, Result};
use super::schema::{Field, FieldType, Model};

/// What a record keeps after a call has set the field, beside what it `held` for other languages and companies.
pub(crate) fn kept(
    env: &Env<'_>,
    model: &Model,
    field: &Field,
    held: Option<&Value>,
    value: Value,
) -> Value {
    if field.company_dependent {
        return by_company(env, model, field, held, value);
    }
    match value {
        Value::String(text) if field.translate => by_language(env, held, text),
        value => value,
    }
}

/// What a record is given: a plain value of a company-dependent field is that of every company.
pub(crate) fn given(field: &Field, value: Value) -> Value {
    match value {
        Value::Null | Value::Object(_) => value,
        value if field.company_dependent => {
            Value::Object(Map::from_iter([(EVERY_COMPANY.to_owned(), value)]))
        }
        value => value,
    }
}

/// A value of its own for the company of the call, unless it is what the record has without one.
fn by_company(
    env: &Env<'_>,
    model: &Model,
    field: &Field,
    held: Option<&Value>,
    value: Value,
) -> Value {
    let mut values = match held {
        Some(Value::Object(values)) => values.clone(),
        _ => Map::new(),
    };
    let company = env.context.company;
    let without = values.get(EVERY_COMPANY).cloned();
    let without =
        without.unwrap_or_else(|| env.db.company_default(&model.name, &field.name, company));
    let company = company.to_string();
    if value == without {
        values.remove(&company);
    } else {
        values.insert(company, value);
    }
    match values.is_empty() {
        true => Value::Null,
        false => Value::Object(values),
    }
}

/// A text in the language of the call. The first one is the source, too.
fn by_language(env: &Env<'_>, held: Option<&Value>, text: String) -> Value {
    let lang = env.context.lang.as_str();
    let mut texts = match held {
        Some(Value::Object(texts)) => texts.clone(),
        Some(source) => Map::from_iter([(SOURCE_LANGUAGE.to_owned(), source.clone())]),
        None => Map::from_iter([(SOURCE_LANGUAGE.to_owned(), Value::from(text.as_str()))]),
    };
    texts.insert(lang.to_owned(), Value::from(text));
    match texts.len() {
        1 => texts.remove(lang).unwrap_or_default(),
        _ => Value::Object(texts),
    }
}

/// The one record and the field of a call about translations.
pub(crate) fn translated(
    env: &Env<'_>,
    model: &Model,
    ids: &[i64],
    name: &str,
) -> Result<(i64, Field)> {
    let [id] = *ids else {
        return Err(OdooError::value(format!(
            "Expected singleton: {}{ids:?}",
            model.name
        )));
    };
    if !env.exists(&model.name, id) {
        return Err(OdooError::missing(&model.name, id, env.user.id()));
    }
    let field = model.fields.get(name).cloned();
    let field = field.ok_or_else(|| OdooError::value(format!("'{name}'")))?;
    Ok((id, field))
}

/// The text in English, and those that other languages have.
fn texts(env: &Env<'_>, model: &Model, id: i64, field: &Field) -> Map<String, Value> {
    let held = env.db.record(&model.name, id);
    match held.and_then(|record| record.get(&field.name)) {
        Some(Value::Object(texts)) => texts.clone(),
        Some(source) => Map::from_iter([(SOURCE_LANGUAGE.to_owned(), source.clone())]),
        None => Map::new(),
    }
}

/// A row for each language that is installed.
pub(crate) fn translations(env: &Env<'_>, model: &Model, id: i64, field: &Field) -> Vec<Value> {
    if !field.translate {
        return Vec::new();
    }
    let texts = texts(env, model, id, field);
    let source = texts.get(SOURCE_LANGUAGE).unwrap_or(&Value::Bool(false));
    let row = |lang: &String| {
        let own = texts.get(lang).filter(|own| *own != source);
        let fallback = match field.kind == FieldType::Html {
            true => &Value::String(String::new()),
            false => source,
        };
        json!({"lang": lang, "source": source, "value": own.unwrap_or(fallback)})
    };
    match field.kind == FieldType::Html && texts.is_empty() {
        true => Vec::new(),
        false => env.db.languages.iter().map(row).collect(),
    }
}

/// Takes the texts of languages; whether it did.
pub(crate) fn translate(
    env: &mut Env<'_>,
    model: &Model,
    id: i64,
    field: &Field,
    given: Map<String, Value>,
) -> Result<bool> {
    let checks = env.holds(odx_facts::CHECKS_TRANSLATIONS);
    let unknown: Vec<&str> = given
        .keys()
        .filter(|lang| !env.db.languages.contains(*lang))
        .map(String::as_str)
        .collect();
    if checks && !unknown.is_empty() {
        return Err(OdooError::user(format!(
            "The following languages are not activated: {}",
            unknown.join(", ")
        )));
    }
    let mut texts = texts(env, model, id, field);
    if texts.is_empty() && (field.kind == FieldType::Html || !checks) {
        return Ok(field.kind != FieldType::Html);
    }
    for (lang, text) in given {
        let source = texts.get(SOURCE_LANGUAGE).and_then(Value::as_str);
        let text = match text {
            Value::Object(sentences) => match source.and_then(|source| sentences.get(source)) {
                Some(text) => text.clone(),
                None => continue,
            },
            text => text,
        };
        match text {
            Value::String(text) if field.kind != FieldType::Html || !text.is_empty() => {
                if texts.is_empty() {
                    texts.insert(SOURCE_LANGUAGE.to_owned(), Value::from(text.as_str()));
                }
                texts.insert(lang, Value::from(text));
            }
            _ if lang == SOURCE_LANGUAGE => {}
            _ => {
                texts.remove(&lang);
            }
        }
    }
    env.set(model, id, &field.name, Value::Object(texts));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::odoo::database::{Database, User};

    fn database() -> Database {
        let fields = json!({
            "name": {"type": "char", "translate": true},
            "code": {"type": "char", "company_dependent": true},
            "level": {"type": "integer", "company_dependent": true},
        });
        let models = [("thing".to_owned(), fields.as_object().cloned().unwrap())];
        Database::new(models.into())
            .with_language("fr_FR")
            .with_user(User::administrator(2, "key").companies([1, 2]))
            .with_company_default("thing", "code", None, json!("usual"))
    }

    fn call(
        db: &mut Database,
        method: &str,
        args: serde_json::Value,
        context: serde_json::Value,
    ) -> serde_json::Value {
        let answer = db.execute_kw(crate::ObjectCall {
            database: "demo",
            user: 2,
            key: "key",
            model: "thing",
            method,
            args: args.as_array().cloned().unwrap(),
            kwargs: [("context".to_owned(), context)].into_iter().collect(),
        });
        serde_json::to_value(answer.unwrap()).unwrap()
    }

    #[test]
    fn a_text_is_written_in_the_language_of_the_call() {
        let mut db = database();
        call(&mut db, "create", json!([{"name": "oak"}]), json!({}));
        let mut name = |lang: &str| {
            let row = call(
                &mut db,
                "read",
                json!([[1], ["name"]]),
                json!({"lang": lang}),
            );
            row[0]["name"].clone()
        };
        assert_eq!(name("fr_FR"), json!("oak"));
        call(
            &mut db,
            "write",
            json!([[1], {"name": "chêne"}]),
            json!({"lang": "fr_FR"}),
        );
        let mut name = |lang: &str| {
            let row = call(
                &mut db,
                "read",
                json!([[1], ["name"]]),
                json!({"lang": lang}),
            );
            row[0]["name"].clone()
        };
        assert_eq!(
            (name("en_US"), name("fr_FR")),
            (json!("oak"), json!("chêne"))
        );
    }

    #[test]
    fn what_is_created_in_another_language_is_the_source_too() {
        let mut db = database();
        call(
            &mut db,
            "create",
            json!([{"name": "chêne"}]),
            json!({"lang": "fr_FR"}),
        );
        call(&mut db, "write", json!([[1], {"name": "oak"}]), json!({}));
        for (lang, expected) in [("en_US", "oak"), ("fr_FR", "chêne")] {
            let row = call(
                &mut db,
                "read",
                json!([[1], ["name"]]),
                json!({"lang": lang}),
            );
            assert_eq!(row[0]["name"], json!(expected), "{lang}");
        }
    }

    #[test]
    fn a_value_is_written_for_the_company_of_the_call() {
        let mut db = database();
        let (one, two) = (
            json!({"allowed_company_ids": [1]}),
            json!({"allowed_company_ids": [2]}),
        );
        call(&mut db, "create", json!([{"level": 3}]), one.clone());
        call(&mut db, "write", json!([[1], {"code": "own"}]), two.clone());
        let read = json!([[1], ["code", "level"]]);
        let first = call(&mut db, "read", read.clone(), one.clone());
        assert_eq!(first[0], json!({"id": 1, "code": "usual", "level": 3}));
        let second = call(&mut db, "read", read.clone(), two.clone());
        assert_eq!(second[0], json!({"id": 1, "code": "own", "level": 0}));
        // Unset is a value of its own where there is one for all records.
        call(&mut db, "write", json!([[1], {"code": false}]), two.clone());
        let second = call(&mut db, "read", read, two);
        assert_eq!(second[0]["code"], json!(false));
        let found = call(&mut db, "search", json!([[["level", "=", 3]]]), one);
        assert_eq!(found, json!([1]));
    }
}
