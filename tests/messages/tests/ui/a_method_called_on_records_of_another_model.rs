#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::{ResCountry, ResPartner};
use odx_runtime::{Id, AnySession, Session};

// As the generator writes it.
impl ResPartner {
    /// Calls `create_company` on records.
    pub fn create_company<O: AnySession>(
        odoo: &O,
        ids: impl odx_runtime::model::Ids<Self>,
    ) -> O::Answer<'_, bool> {
        Self::call(odoo, "create_company").ids(ids).result()
    }
}

async fn create(odoo: &Session, country: Id<ResCountry>) {
    let _ = ResPartner::create_company(odoo, [country]).await;
}

fn main() {}
