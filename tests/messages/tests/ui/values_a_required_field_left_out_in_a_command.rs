#![allow(unused)]

#[path = "../../../../odx-runtime/tests/support/models.rs"]
mod models;

use models::ResCountry;
use odx_runtime::{Command, model::*, values};

pub struct Trip;

pub struct TripFields {
    pub country_ids: Field<Trip, ToMany<ResCountry>>,
}

odx_runtime::model! {
    Trip, TripFields, "x_trip", related { country_ids: 0 }
    "
country_ids many2many sdgw res.country
"
}

fn related() -> Related {
    Related {
        models: const { &[("res.country", Table::of::<ResCountry>())] },
        selections: &[],
        series: "",
    }
}

fn main() {
    let _ = values!(Trip { country_ids: [Command::Create(values!(ResCountry { code: "BE" }))] });
}
