//! What is mirrored: a struct a model, each field a column. Fields whose changes Odoo does not date do not compile here.

use models::{ProductTemplate, ResCountry, ResPartner, ResPartnerCategory, SaleOrder};
use odx_runtime::model::{DateTime, Utc};
use odx_runtime::{Many2one, OdooModel};

/// Tags of contacts.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ResPartnerCategory)]
#[expect(missing_docs, reason = "the fields are those of the model")]
pub struct Category {
    pub name: String,
    pub color: i64,
    pub parent_id: Option<Many2one<ResPartnerCategory>>,
    pub write_date: Option<DateTime<Utc>>,
}

/// Contacts.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ResPartner)]
#[expect(missing_docs, reason = "the fields are those of the model")]
pub struct Partner {
    pub name: Option<String>,
    pub is_company: bool,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat: Option<String>,
    pub city: Option<String>,
    pub country_id: Option<Many2one<ResCountry>>,
    pub parent_id: Option<Many2one<ResPartner>>,
    pub write_date: Option<DateTime<Utc>>,
}

/// Products.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ProductTemplate)]
#[expect(missing_docs, reason = "the fields are those of the model")]
pub struct Product {
    pub name: String,
    pub list_price: f64,
    pub write_date: Option<DateTime<Utc>>,
}

/// Orders.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = SaleOrder)]
#[expect(missing_docs, reason = "the fields are those of the model")]
pub struct Order {
    pub name: String,
    pub partner_id: Many2one<ResPartner>,
    pub date_order: DateTime<Utc>,
    pub amount_total: f64,
    pub write_date: Option<DateTime<Utc>>,
}
