//! What can be told of rows without an Odoo.

use serde_json::{Map, Value as JsonValue};

use super::{column::described, given::Given, outcome::Refused};
use crate::Error;

/// The rows that an import would refuse before it sends anything, by what `fields_get` or a snapshot says of the fields: the
/// columns and the rows are those of [`Session::import`](crate::Session::import). Names of records and external ids are not
/// looked up.
///
/// # Errors
/// [`Error::Usage`] of columns that no import has, fields that the model does not have, and those that cannot be imported.
pub fn check(
    model: &str,
    fields: &Map<String, JsonValue>,
    columns: &[String],
    rows: Vec<Vec<String>>,
) -> Result<Vec<Refused>, Error> {
    let given = Given::Texts {
        columns: columns.to_vec(),
        rows,
    };
    let columns = described(model, &given, fields, None)?;
    let (_, refused) = given.lines(&columns)?;
    Ok(refused)
}
