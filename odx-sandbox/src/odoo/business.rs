//! The little business logic that makes the demo company believable: names, numbers and totals.
//!
//! Every rule checks that the fields it touches exist, so any schema with these model names works.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::behaviour;
use super::database::Record;
use super::env::{Env, ids_of};
use super::errors::{OdooError, Result};
use super::files;
use super::schema::Model;
use super::values::day;

/// The display name of models that do not just show their `_rec_name`.
pub(crate) fn display_name(env: &Env<'_>, model: &Model, id: i64) -> Option<String> {
    match model.name.as_str() {
        "product.product" | "product.template" => {
            let name = text(env, model, id, "name")?;
            Some(match text(env, model, id, "default_code") {
                Some(code) => format!("[{code}] {name}"),
                None => name,
            })
        }
        "account.account" => {
            let name = text(env, model, id, "name")?;
            Some(match text(env, model, id, "code") {
                Some(code) => format!("{code} {name}"),
                None => name,
            })
        }
        "res.partner" => text(env, model, id, "complete_name"),
        "res.partner.category" => {
            let name = text(env, model, id, "name")?;
            Some(match linked_name(env, model, id, "parent_id") {
                Some(parent) => format!("{parent} / {name}"),
                None => name,
            })
        }
        "sale.order.line" => {
            let order = linked_name(env, model, id, "order_id")?;
            let name = text(env, model, id, "name")?;
            Some(format!(
                "{order} - {}",
                name.lines().next().unwrap_or_default()
            ))
        }
        "res.country.state" => {
            let name = text(env, model, id, "name")?;
            Some(match linked(env, model, id, "country_id") {
                Some((country, country_id)) => {
                    format!("{name} ({})", text(env, &country, country_id, "code")?)
                }
                None => name,
            })
        }
        _ => None,
    }
}

/// Completes a record before it is checked for required values, as precomputed fields do.
pub(crate) fn complete(env: &mut Env<'_>, model: &Arc<Model>, record: &mut Record) {
    match model.name.as_str() {
        "sale.order" => complete_order(env, model, record),
        "sale.order.line" => complete_order_line(env, model, record),
        "res.partner" => fill(model, record, "partner_share", Value::from(true)),
        "account.move" => {
            default_currency(env, model, record);
            let date = record
                .get("invoice_date")
                .cloned()
                .unwrap_or_else(|| Value::from(day(&env.db.now())));
            fill(model, record, "date", date);
            fill(model, record, "state", Value::from("draft"));
        }
        _ => {}
    }
}

fn complete_order(env: &mut Env<'_>, model: &Model, record: &mut Record) {
    if let Some(partner) = record.get("partner_id").cloned() {
        fill(model, record, "partner_invoice_id", partner.clone());
        fill(model, record, "partner_shipping_id", partner);
    }
    default_currency(env, model, record);
    for field in ["pricelist_id", "warehouse_id"] {
        require_first(env, model, record, field);
    }
    let highest = env
        .db
        .table(&model.name)
        .into_iter()
        .flat_map(|table| table.records.values())
        .filter_map(|order| order.get("name")?.as_str()?.strip_prefix('S')?.parse().ok())
        .max()
        .unwrap_or(0i64);
    if record.get("name") == Some(&Value::from("New")) {
        record.remove("name");
    }
    fill(
        model,
        record,
        "name",
        Value::from(format!("S{:05}", highest + 1)),
    );
}

fn complete_order_line(env: &mut Env<'_>, model: &Model, record: &mut Record) {
    let product = record.get("product_id").and_then(Value::as_i64);
    if let (Some(product), Ok(products)) = (product, env.model("product.product")) {
        if let Value::String(name) = env.display_name(&products, product) {
            fill(model, record, "name", Value::from(name));
        }
        for (field, source) in [("price_unit", "list_price"), ("product_uom_id", "uom_id")] {
            if let Some(source) = products.fields.get(source) {
                let value = env.value(&products, product, source);
                if !value.is_null() {
                    fill(model, record, field, value);
                }
            }
        }
    }
    fill(model, record, "product_uom_qty", Value::from(1.0));
    fill(model, record, "price_unit", Value::from(0.0));
    fill(model, record, "customer_lead", Value::from(0.0));
}

fn default_currency(env: &Env<'_>, model: &Model, record: &mut Record) {
    let Ok(companies) = env.model("res.company") else {
        return;
    };
    let company = record
        .get("company_id")
        .and_then(Value::as_i64)
        .unwrap_or(env.context.company);
    if let Some(field) = companies.fields.get("currency_id") {
        let currency = env.value(&companies, company, field);
        if !currency.is_null() {
            fill(model, record, "currency_id", currency);
        }
    }
}

/// Links a required field to the first record that the company of the call may see.
fn require_first(env: &Env<'_>, model: &Model, record: &mut Record, field: &str) {
    let Some(link) = model.fields.get(field).filter(|link| link.required) else {
        return;
    };
    let first = env.comodel(link).and_then(|comodel| {
        let mut ids = env.db.ids(&comodel.name).into_iter();
        ids.find(|id| env.is_of_own_company(&comodel, *id))
    });
    if let Some(first) = first {
        fill(model, record, field, Value::from(first));
    }
}

/// Sets a stored field that is not set yet.
fn fill(model: &Model, record: &mut Record, field: &str, value: Value) {
    let stored = model.fields.get(field).is_some_and(|field| field.store);
    if stored && !record.contains_key(field) {
        record.insert(field.to_owned(), value);
    }
}

/// After a `create`: a product template gets its one variant.
pub(crate) fn created(env: &mut Env<'_>, model: &Arc<Model>, id: i64) -> Result<()> {
    // A variant that is being created with its template links itself.
    if model.name != "product.template" || env.creating_parent {
        return Ok(());
    }
    let Ok(products) = env.model("product.product") else {
        return Ok(());
    };
    let values = Map::from_iter([("product_tmpl_id".to_owned(), Value::from(id))]);
    env.create(&products, values).map(|_| ())
}

/// After a `create` or a `write`: recomputes what depends on the record.
pub(crate) fn changed(env: &mut Env<'_>, model: &Arc<Model>, id: i64) -> Result<()> {
    match model.name.as_str() {
        "res.partner" => rename_partner(env, model, id, 0),
        name if NAMED_AFTER_PARENT.contains(&name) => rename_after_parent(env, model, id, 0),
        "sale.order" => compute_order(env, model, id),
        "sale.order.line" => {
            compute_order_line(env, model, id);
            if let Some((orders, order)) = linked(env, model, id, "order_id") {
                compute_order(env, &orders, order);
            }
        }
        _ => {}
    }
    Ok(())
}

/// The records whose computed fields depend on a record that is about to go.
pub(crate) fn owners(env: &Env<'_>, model: &Model, id: i64) -> Vec<(Arc<Model>, i64)> {
    if model.name != "sale.order.line" {
        return Vec::new();
    }
    linked(env, model, id, "order_id").into_iter().collect()
}

/// Takes out of a copy what belongs to the original alone.
pub(crate) fn not_copied(model: &Model, values: &mut Map<String, Value>) {
    if model.name == "sale.order" || model.name == "account.move" {
        for field in [
            "name",
            "state",
            "invoice_ids",
            "amount_total",
            "amount_untaxed",
            "amount_tax",
        ] {
            values.remove(field);
        }
        return;
    }
    if let Some(Value::String(name)) = values.get_mut("name") {
        name.push_str(" (copy)");
    }
}

/// How many generations a change of a name goes down.
const GENERATIONS: usize = 20;

/// The models whose `complete_name` is that of the parent and their own, as in `All / Furniture`.
const NAMED_AFTER_PARENT: &[&str] = &["hr.department", "product.category"];

/// A change goes down to the children.
fn rename_after_parent(env: &mut Env<'_>, model: &Arc<Model>, id: i64, depth: usize) {
    if depth > GENERATIONS || !model.fields.contains_key("complete_name") {
        return;
    }
    let parent_of = |env: &Env<'_>, id: i64| linked(env, model, id, "parent_id");
    let name = text(env, model, id, "name").unwrap_or_default();
    let parent = parent_of(env, id);
    let complete = match parent.and_then(|(_, parent)| text(env, model, parent, "complete_name")) {
        Some(parent) => format!("{parent} / {name}"),
        None => name,
    };
    env.set(model, id, "complete_name", Value::from(complete));
    for child in env.db.ids(&model.name) {
        if parent_of(env, child).is_some_and(|(_, parent)| parent == id) {
            rename_after_parent(env, model, child, depth + 1);
        }
    }
}

/// `complete_name` is the parent's name, a comma and the name; a change goes down to the children.
fn rename_partner(env: &mut Env<'_>, model: &Arc<Model>, id: i64, depth: usize) {
    if depth > GENERATIONS {
        return;
    }
    let name = text(env, model, id, "name").unwrap_or_default();
    let is_company = env
        .db
        .record(&model.name, id)
        .is_some_and(|record| record.get("is_company") == Some(&Value::Bool(true)));
    let parent = linked(env, model, id, "parent_id").filter(|_| !is_company);
    let complete = match &parent {
        Some((parents, parent)) => match text(env, parents, *parent, "name") {
            Some(parent) => format!("{parent}, {name}"),
            None => name,
        },
        None => name,
    };
    let commercial = match &parent {
        Some((parents, parent)) => env
            .db
            .record(&parents.name, *parent)
            .and_then(|record| record.get("commercial_partner_id"))
            .cloned()
            .unwrap_or(Value::from(*parent)),
        None => Value::from(id),
    };
    // Up to 16 the display name is stored, and is the complete name.
    for field in ["complete_name", "display_name"] {
        if model.fields.get(field).is_some_and(|field| field.store) {
            env.set(model, id, field, Value::from(complete.as_str()));
        }
    }
    if model.fields.contains_key("commercial_partner_id") {
        env.set(model, id, "commercial_partner_id", commercial);
    }
    if let Some(children) = model.fields.get("child_ids") {
        for child in ids_of(&env.value(model, id, children)) {
            rename_partner(env, model, child, depth + 1);
        }
    }
}

fn compute_order_line(env: &mut Env<'_>, model: &Model, id: i64) {
    let quantity = number(env, model, id, "product_uom_qty");
    let price = number(env, model, id, "price_unit");
    let discount = number(env, model, id, "discount");
    let subtotal = cents(quantity * price * (1.0 - discount / 100.0));
    let taxes = model
        .fields
        .get("tax_ids")
        .map(|field| ids_of(&env.value(model, id, field)))
        .unwrap_or_default();
    let rate: f64 = match env.model("account.tax") {
        Ok(model) => taxes
            .iter()
            .map(|tax| number(env, &model, *tax, "amount"))
            .sum(),
        Err(_) => 0.0,
    };
    let tax = cents(subtotal * rate / 100.0);
    for (field, value) in [
        ("price_subtotal", subtotal),
        ("price_tax", tax),
        ("price_total", cents(subtotal + tax)),
    ] {
        if model.fields.contains_key(field) {
            env.set(model, id, field, Value::from(value));
        }
    }
}

fn compute_order(env: &mut Env<'_>, model: &Model, id: i64) {
    let (Some(lines), Ok(line_model)) =
        (model.fields.get("order_line"), env.model("sale.order.line"))
    else {
        return;
    };
    let lines = ids_of(&env.value(model, id, lines));
    let sum = |env: &Env<'_>, field: &str| -> f64 {
        cents(
            lines
                .iter()
                .map(|line| number(env, &line_model, *line, field))
                .sum(),
        )
    };
    let (untaxed, tax) = (sum(env, "price_subtotal"), sum(env, "price_tax"));
    for (field, value) in [
        ("amount_untaxed", untaxed),
        ("amount_tax", tax),
        ("amount_total", cents(untaxed + tax)),
    ] {
        if model.fields.contains_key(field) {
            env.set(model, id, field, Value::from(value));
        }
    }
}

fn cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

/// The methods that change the state of records, by model.
const STATES: &[(&str, &str, &str)] = &[
    ("sale.order", "action_confirm", "sale"),
    ("sale.order", "action_cancel", "cancel"),
    ("sale.order", "action_draft", "draft"),
    ("sale.order", "action_quotation_sent", "sent"),
    ("account.move", "action_post", "posted"),
    ("account.move", "button_cancel", "cancel"),
    ("account.move", "button_draft", "draft"),
    ("stock.picking", "action_confirm", "confirmed"),
    ("stock.picking", "action_cancel", "cancel"),
];

/// The other methods that [`call`] knows.
const OTHERS: &[(&str, &str)] = &[
    ("account.move", "action_register_payment"),
    ("sale.order", "action_view_invoice"),
    ("sale.order", "get_first_service_line"),
];

/// Whether [`call`] knows the method of a model.
pub(crate) fn has_method(model: &str, method: &str) -> bool {
    let changes_state = |(known, name, _): &(&str, &str, &str)| (*known, *name) == (model, method);
    STATES.iter().any(changes_state)
        || OTHERS.contains(&(model, method))
        || files::has_method(model, method)
}

/// Business methods by model and name; `None` if the model has no such method.
pub(crate) fn call(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    method: &str,
    ids: &[i64],
) -> Option<Result<Value>> {
    Some(match (model.name.as_str(), method) {
        (files::REPORT, files::STATE) => Ok("ok".into()),
        ("account.move", "action_register_payment") => Ok(register_payment(ids)),
        ("sale.order", "action_view_invoice") => Ok(close_window()),
        ("sale.order", "get_first_service_line") => first_service_line(env, model, ids),
        (model_name, _) => {
            let state = STATES
                .iter()
                .find(|(known, name, _)| (*known, *name) == (model_name, method));
            set_state(env, model, method, ids, state?.2)
        }
    })
}

fn set_state(
    env: &mut Env<'_>,
    model: &Arc<Model>,
    method: &str,
    ids: &[i64],
    state: &str,
) -> Result<Value> {
    for id in ids {
        if !env.exists(&model.name, *id) {
            return Err(OdooError::missing(&model.name, *id, env.user.id()));
        }
        let current = text(env, model, *id, "state").unwrap_or_default();
        if method == "action_confirm"
            && model.name == "sale.order"
            && current != "draft"
            && current != "sent"
        {
            return Err(OdooError::user(
                "Some orders are not in a state requiring confirmation.",
            ));
        }
        let values = Map::from_iter([("state".to_owned(), Value::from(state))]);
        env.write(model, &[*id], values)?;
    }
    // As in Odoo: these methods of account.move return nothing.
    Ok(match (model.name.as_str(), method) {
        ("account.move", "action_post") => Value::Bool(false),
        ("account.move", _) => Value::Null,
        _ => Value::Bool(true),
    })
}

fn register_payment(ids: &[i64]) -> Value {
    serde_json::json!({
        "name": "Pay",
        "res_model": "account.payment.register",
        "view_mode": "form",
        "views": [[false, "form"]],
        "context": {"active_model": "account.move", "active_ids": ids},
        "target": "new",
        "type": "ir.actions.act_window",
    })
}

/// What Odoo shows of an order without invoices.
fn close_window() -> Value {
    serde_json::json!({"type": "ir.actions.act_window_close"})
}

fn first_service_line(env: &Env<'_>, model: &Arc<Model>, ids: &[i64]) -> Result<Value> {
    let (lines, products) = (env.model("sale.order.line")?, env.model("product.product")?);
    let of_orders = ids
        .iter()
        .flat_map(|id| match model.fields.get("order_line") {
            Some(field) => ids_of(&env.value(model, *id, field)),
            None => Vec::new(),
        });
    let is_service = |line: &i64| {
        linked(env, &lines, *line, "product_id").is_some_and(|(_, product)| {
            text(env, &products, product, "type").as_deref() == Some("service")
        })
    };
    let line = of_orders.into_iter().find(is_service).ok_or_else(|| {
        OdooError::user("The Sales Order must contain at least one service product.")
    })?;
    Ok(records(env, &lines, &[line]))
}

/// How a recordset is sent: as ids from Odoo 19 on, before as the text that Python prints.
fn records(env: &Env<'_>, model: &Model, ids: &[i64]) -> Value {
    if env.holds(behaviour::RECORDS_ARE_IDS) {
        return Value::from(ids);
    }
    let ids = match ids {
        [id] => format!("{id},"),
        ids => ids
            .iter()
            .map(i64::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    };
    Value::from(format!("{}({ids})", model.name))
}

fn text(env: &Env<'_>, model: &Model, id: i64, field: &str) -> Option<String> {
    match env.value(model, id, model.fields.get(field)?) {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn number(env: &Env<'_>, model: &Model, id: i64, field: &str) -> f64 {
    model
        .fields
        .get(field)
        .and_then(|field| env.value(model, id, field).as_f64())
        .unwrap_or(0.0)
}

fn linked(env: &Env<'_>, model: &Model, id: i64, field: &str) -> Option<(Arc<Model>, i64)> {
    let field = model.fields.get(field)?;
    let target = env.value(model, id, field).as_i64()?;
    Some((env.comodel(field)?, target))
}

fn linked_name(env: &Env<'_>, model: &Model, id: i64, field: &str) -> Option<String> {
    let (comodel, target) = linked(env, model, id, field)?;
    match env.display_name(&comodel, target) {
        Value::String(name) => Some(name),
        _ => None,
    }
}
