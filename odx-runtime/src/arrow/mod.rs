//! Records as Arrow's record batches, for engines and files that work in columns.
//!
//! ```
#![doc = include_str!("../example_models.md")]
//! use futures_util::TryStreamExt;
//! use odx_runtime::arrow::Columns;
//!
//! # async fn example(odoo: &odx_runtime::Session) -> Result<(), odx_runtime::Error> {
//! let columns = Columns::of::<ResPartner>();
//! let mut batches = ResPartner::search(|p| p.is_company.eq(true)).stream_arrow(odoo, columns);
//! while let Some(batch) = batches.try_next().await? {
//!     println!("{} partners", batch.num_rows());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | Odoo's type | column |
//! |---|---|
//! | char, text, html | `Utf8` |
//! | integer | `Int64` |
//! | float, monetary | `Float64`, or `Decimal128` where [`Columns::decimal`] says so |
//! | boolean | `Boolean`, never null |
//! | date, datetime | `Date32`, `Timestamp(Microsecond, "UTC")` |
//! | binary | `Binary` |
//! | selection | `Dictionary(Int32, Utf8)` of its keys |
//! | many2one | `Struct { id: Int64, name: Utf8 }` |
//! | one2many, many2many | `List(Int64)` of ids, never null |
//! | many2one_reference | `Int64` |
//! | reference | `Utf8`, as `res.partner,7` |
//! | json, properties and what odx does not know | `Utf8`, JSON |
//!
//! What is unset is null. A value that does not fit its column is [`Error::Decode`](crate::Error::Decode), which names the record
//! and the field; nothing is cut, wrapped or left out.

mod array;
mod column;
mod reading;
mod untyped;

#[doc(no_inline)]
pub use arrow_array::RecordBatch;
#[doc(no_inline)]
pub use arrow_schema::SchemaRef;
pub use column::{Column, Columns};
pub use untyped::UntypedBatches;

pub use arrow_array;
pub use arrow_schema;

use crate::{AnySession, model::Model, query::Query};

impl<M: Model> Query<M> {
    /// All the records in record batches, one a page: as [`stream`](Self::stream) gives them.
    ///
    /// # Errors
    /// As of [`stream`](Self::stream), and [`Error::Decode`](crate::Error::Decode) for a value that its column cannot hold.
    pub fn stream_arrow<O: AnySession>(
        self,
        odoo: &O,
        columns: Columns<M>,
    ) -> O::Rows<RecordBatch> {
        self.walk(odoo, reading::Batches::new(M::NAME, columns.columns))
    }
}
