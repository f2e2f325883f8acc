//! A small furniture maker, embedded: its schema is Odoo 19's, its data is invented.
//!
//! The files stand under `company/`: `schema/<model>.json` (one field a line), `records/<model>.json` (one record a
//! line), `models.json` (class attributes) and `defaults.json`, where `=user`, `=company` and `=now` are filled in
//! at the call.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::odoo::{Database, Default, ModelOptions, OdooError, User};

/// The name of the company's database, for `odoo_instance.db`.
pub const COMPANY_DATABASE: &str = "demo";

/// The administrator's id, for `odoo_instance.user_id`.
pub const COMPANY_USER: i64 = 2;

/// The administrator's API key. It opens nothing but this database.
pub const COMPANY_KEY: &str = "demo-administrator-key";

/// The administrator's login.
pub const COMPANY_LOGIN: &str = "nora";

/// The administrator's password. It opens nothing but this database.
pub const COMPANY_PASSWORD: &str = "demo-administrator-password";

/// The id of a sales assistant, who may not read `ir.model`, as in Odoo since 15.
pub const LIMITED_USER: i64 = 3;

/// The sales assistant's API key.
pub const LIMITED_KEY: &str = "demo-sales-key";

/// The sales assistant's login.
pub const LIMITED_LOGIN: &str = "tom";

/// The sales assistant's password.
pub const LIMITED_PASSWORD: &str = "demo-sales-password";

/// The login of a user with a second factor, whose password alone opens nothing.
pub const TWO_FACTOR_LOGIN: &str = "ines";

/// That user's password.
pub const TWO_FACTOR_PASSWORD: &str = "demo-two-factor-password";

/// That user's API key, which needs no second factor.
pub const TWO_FACTOR_KEY: &str = "demo-two-factor-key";

/// That user's id.
pub const TWO_FACTOR_USER: i64 = 4;

const MODELS: &str = include_str!("../company/models.json");
const DEFAULTS: &str = include_str!("../company/defaults.json");

struct Data {
    model: &'static str,
    schema: &'static str,
    records: &'static str,
}

macro_rules! data {
    ($model:literal) => {
        Data {
            model: $model,
            schema: include_str!(concat!("../company/schema/", $model, ".json")),
            records: include_str!(concat!("../company/records/", $model, ".json")),
        }
    };
    ($model:literal, schema only) => {
        Data {
            model: $model,
            schema: include_str!(concat!("../company/schema/", $model, ".json")),
            records: "[]",
        }
    };
}

const DATA: &[Data] = &[
    data!("account.account"),
    data!("account.journal"),
    data!("account.move"),
    data!("account.move.line"),
    data!("account.payment.term"),
    data!("account.tax"),
    data!("hr.department"),
    data!("hr.employee"),
    data!("hr.job"),
    data!("ir.model", schema only),
    data!("ir.model.data"),
    data!("product.category"),
    data!("product.product"),
    data!("product.tag"),
    data!("product.template"),
    data!("project.project"),
    data!("project.task"),
    data!("project.task.type"),
    data!("res.bank", schema only),
    data!("res.company"),
    data!("res.country"),
    data!("res.country.state"),
    data!("res.currency"),
    data!("res.lang"),
    data!("res.partner"),
    data!("res.partner.category"),
    data!("res.users"),
    data!("sale.order"),
    data!("sale.order.line"),
    data!("stock.location"),
    data!("stock.move"),
    data!("stock.picking"),
    data!("stock.picking.type"),
    data!("stock.warehouse"),
    data!("uom.uom"),
];

/// The company's database: named [`COMPANY_DATABASE`], with the users [`COMPANY_USER`], [`LIMITED_USER`] and
/// [`TWO_FACTOR_USER`].
///
/// # Errors
/// Only if the embedded files do not fit together, which a test rules out.
pub fn company() -> Result<Database, OdooError> {
    let mut schema = BTreeMap::new();
    for data in DATA {
        schema.insert(
            data.model.to_owned(),
            read::<Map<String, Value>>(data.schema)?,
        );
    }
    let mut database = Database::new(schema)
        .named(COMPANY_DATABASE)
        .with_language("fr_BE")
        .with_user(User::administrator(COMPANY_USER, COMPANY_KEY).password(COMPANY_PASSWORD))
        .with_user(User::internal(LIMITED_USER, LIMITED_KEY).password(LIMITED_PASSWORD))
        .with_user(
            User::internal(TWO_FACTOR_USER, TWO_FACTOR_KEY)
                .login(TWO_FACTOR_LOGIN)
                .password(TWO_FACTOR_PASSWORD)
                .two_factor(),
        )
        .mirrored(
            ("res.partner", "category_id"),
            ("res.partner.category", "partner_ids"),
        )
        .mirrored(("res.users", "company_ids"), ("res.company", "user_ids"));
    for (model, options) in read::<BTreeMap<String, ModelOptions>>(MODELS)? {
        database = database.with_options(&model, options);
    }
    for (model, field, default) in defaults()? {
        database = database.with_default(&model, &field, default);
    }
    for data in DATA {
        database = database.with_records(data.model, read::<Vec<_>>(data.records)?)?;
    }
    Ok(database)
}

fn defaults() -> Result<Vec<(String, String, Default)>, OdooError> {
    let models = read::<BTreeMap<String, Map<String, Value>>>(DEFAULTS)?;
    let all = models.into_iter().flat_map(|(model, fields)| {
        let named = move |(field, value)| (model.clone(), field, default(value));
        fields.into_iter().map(named)
    });
    Ok(all.collect())
}

/// The database with those defaults of Odoo's own apps that hold in any company: who and where the user is, the moment, what is
/// chosen and what is true. Names and numbers are left to the factories.
///
/// # Errors
/// Only if the embedded files do not fit together, which a test rules out.
pub(crate) fn with_known_defaults(mut database: Database) -> Result<Database, OdooError> {
    for (model, field, default) in defaults()? {
        let described = database.models.get(&model);
        let known = described.and_then(|model| model.fields.get(&field));
        let holds = known.is_some_and(|field| match &default {
            Default::Value(Value::Bool(_)) => true,
            Default::Value(Value::String(key)) => field.selection.iter().any(|known| known == key),
            Default::Value(_) | Default::Nothing => false,
            Default::User | Default::Company | Default::Now => true,
        });
        if holds {
            database = database.with_default(&model, &field, default);
        }
    }
    Ok(database)
}

fn default(value: Value) -> Default {
    match value.as_str() {
        Some("=user") => Default::User,
        Some("=company") => Default::Company,
        Some("=now") => Default::Now,
        _ => Default::Value(value),
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, OdooError> {
    serde_json::from_str(text)
        .map_err(|error| OdooError::value(format!("embedded company data: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_fit_together() {
        let database = company().unwrap();
        assert_eq!(database.ids("sale.order").len(), 60);
        assert!(database.ids("res.partner").len() >= 40);
        assert_eq!(database.ids("ir.model").len(), DATA.len());
    }
}
