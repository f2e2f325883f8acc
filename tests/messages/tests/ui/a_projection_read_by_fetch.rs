// The way out: `.fetch_as(odoo)`
#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Error, Model, OdooModel, Session};

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Contact {
    name: Option<String>,
}

fn main() {}

async fn contacts(odoo: &Session) -> Result<(), Error> {
    let contacts: Vec<Contact> = ResPartner::all().fetch(odoo).await?;
    Ok(())
}
