//! What can go wrong beside the query itself.

use datafusion::error::DataFusionError;

/// Why tables were not made, or not read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The snapshot was not read.
    #[error("the tables come from the snapshot of the models")]
    Snapshot(#[source] odx_snapshot::ReadError),
    /// Odoo did not answer as it should.
    #[error("cannot read {model}")]
    Odoo {
        /// The model that was asked for.
        model: String,
        /// What Odoo or the network said.
        #[source]
        source: odx_runtime::Error,
    },
    /// Two models have the same name once their dots are underscores.
    #[error(
        "`{table}` may be {one} or {other}: write the model's own name in double quotes, \"{one}\""
    )]
    Ambiguous {
        /// The name of the table.
        table: String,
        /// A model.
        one: String,
        /// Another one.
        other: String,
    },
    /// What `fields_get` gave is no description of fields.
    #[error("the fields of {model} are not described as Odoo 14 to 19 do")]
    Fields {
        /// The model.
        model: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A plan that came from elsewhere is not one of this version of odx.
    #[error("the plan was made by another version of odx-datafusion: run the same one everywhere")]
    Plan(#[source] serde_json::Error),
    /// A plan has several parts, of which another process would read all, as every other would.
    #[error(
        "a scan of {model} in {parts} parts cannot be given to other processes, each of which would read all of them: plan the query over tables that `wire::decode_table` gave"
    )]
    Parts {
        /// The model.
        model: String,
        /// How many parts.
        parts: usize,
    },
}

odx_facts::debug_as_told!(Error);

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}
