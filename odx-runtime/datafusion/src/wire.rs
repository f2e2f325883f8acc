//! Tables and scans as bytes, for the other processes of a cluster.
//!
//! They name a model, its fields and what is asked of it, and no server, user or secret: whoever reads them brings a session
//! of its own, over the same Odoo. They are read by the same version of this crate that wrote them.
//!
//! A cluster's codecs (`LogicalExtensionCodec` and `PhysicalExtensionCodec` of `datafusion-proto`) are made of these four
//! functions.

use std::sync::Arc;

use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use odx_facts::Series;
use odx_runtime::{AnySession, Session};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::columns;
use crate::error::Error;
use crate::model::Model;
use crate::scan::{Asked, OdooScan, Read};
use crate::table::{OdooTable, Options};

/// What is written, and by which version.
#[derive(Deserialize, Serialize)]
struct Written<T> {
    version: String,
    what: T,
}

#[derive(Deserialize, Serialize)]
struct Table {
    model: Arc<Model>,
    series: String,
    options: Options,
}

/// A table as bytes.
///
/// # Panics
/// Never: all of it is JSON.
pub fn encode_table(table: &OdooTable) -> Vec<u8> {
    encode(Table {
        model: Arc::clone(&table.model),
        series: table.series.to_string(),
        options: table.options,
    })
}

/// The table that was written, read over this session. Each of its parts is a plan of its own, as a cluster needs them: it may
/// give one plan to many processes, and know of no way to tell a scan to read some of its parts alone.
///
/// # Errors
/// [`Error::Plan`] where another version wrote it.
pub fn decode_table(bytes: &[u8], odoo: &impl AnySession) -> Result<OdooTable, Error> {
    let Table {
        model,
        series,
        options,
    } = decode(bytes)?;
    let series = Series::parse(&series)
        .ok_or_else(|| Error::Plan(serde::de::Error::custom(format!("`{series}` is no series"))))?;
    let table = OdooTable::new(odoo.session().clone(), model, series, options);
    Ok(table.apart())
}

/// A scan of a table as bytes; `None` of another plan.
///
/// # Errors
/// [`Error::Parts`] of a scan of several parts, of a table that [`decode_table`] did not give.
///
/// # Panics
/// Never: all of it is JSON.
pub fn encode_scan(plan: &dyn ExecutionPlan) -> Result<Option<Vec<u8>>, Error> {
    let Some(scan) = (plan as &dyn std::any::Any).downcast_ref::<OdooScan>() else {
        return Ok(None);
    };
    let asked = &*scan.asked;
    if !asked.parts.is_empty() {
        return Err(Error::Parts {
            model: asked.model.name.clone(),
            parts: asked.parts.len() + 1,
        });
    }
    Ok(Some(encode(asked)))
}

/// The scan that was written, over this session.
///
/// # Errors
/// [`Error::Plan`] where another version wrote it.
pub fn decode_scan(bytes: &[u8], odoo: &impl AnySession) -> Result<Arc<dyn ExecutionPlan>, Error> {
    let session: &Session = odoo.session();
    let asked: Asked = decode(bytes)?;
    let columns = match &asked.read {
        Read::Count => Vec::new(),
        Read::Rows { columns } => columns.clone(),
    };
    let schema = columns::schema(&asked.model, &columns, session);
    Ok(Arc::new(OdooScan::new(session.clone(), asked, schema)))
}

fn encode(what: impl Serialize) -> Vec<u8> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    serde_json::to_vec(&Written { version, what })
        .expect("BUG: what is written has text keys and no failing impl")
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    #[derive(Deserialize)]
    struct Version {
        version: String,
    }
    // Looked at alone first: what another version wrote may not be readable.
    let Version { version } = serde_json::from_slice(bytes).map_err(Error::Plan)?;
    if version != env!("CARGO_PKG_VERSION") {
        let other = format!("it was written by {version}");
        return Err(Error::Plan(serde::de::Error::custom(other)));
    }
    let Written { what, .. } = serde_json::from_slice(bytes).map_err(Error::Plan)?;
    Ok(what)
}
