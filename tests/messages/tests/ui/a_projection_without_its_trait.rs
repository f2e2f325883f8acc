#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResPartner;
use odx_runtime::{Error, Model, OdooModel, Session};

#[derive(OdooModel)]
#[odoo(model = ResPartner)]
struct Name {
    name: Option<String>,
}

async fn names(odoo: &Session) -> Result<Vec<Name>, Error> {
    ResPartner::all().fetch_as::<Name>(odoo).await
}

fn main() {}
