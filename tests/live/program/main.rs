//! What a user writes over a crate that `odx generate` made: reads a probe and its lines, and prints them.
#![deny(warnings)]

use std::env;
use std::error::Error;

use models::{OdxProbe, OdxProbeLine};
use odx_runtime::{FetchAs, Model, OdooInstance, OdooModel, blocking::OdxProxy};

#[derive(OdooModel)]
#[odoo(model = OdxProbe)]
struct Probe {
    name: String,
    line_ids: Vec<Line>,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = OdxProbeLine)]
struct Line {
    name: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let proxy = OdxProxy::new(env::var("ODX_PROXY_URL")?, env::var("ODX_PROXY_KEY")?)?;
    let odoo = proxy.session(OdooInstance::new(
        env::var("ODX_ODOO_URL")?,
        env::var("ODX_ODOO_DB")?,
        env::var("ODX_ODOO_USER_ID")?.parse()?,
        env::var("ODX_ODOO_API_KEY")?,
    ));
    let probes: Vec<Probe> = OdxProbe::search(|p| p.kind_id.hop(|kind| kind.code).eq("K"))
        .and(|p| p.code.eq("SET"))
        .fetch_as(&odoo)?;
    for probe in probes {
        let lines: Vec<_> = probe.line_ids.into_iter().map(|line| line.name).collect();
        println!("{}: {}", probe.name, lines.join(", "));
    }
    Ok(())
}
