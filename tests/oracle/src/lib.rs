//! What real Odoos answered, asked again of the sandbox as the same series.
//!
//! `ODX_ORACLE` names a folder of recordings: in it a folder a series, `odoo-<series>/`, with files of one call a line,
//! `<name>.jsonl.gz`. Two of them say what the database held: `state` (what `fields_get` and `search_read` gave) and `sql`
//! (what stands in the tables). A [`Series`] reads them, [`Series::database`] builds the sandbox's database from them, and
//! [`replay()`] asks the calls of the other files and counts what is answered alike.

mod compare;
mod database;
mod partly;
mod recording;
mod records;
mod replay;
mod unknowable;
mod wanted;

pub use recording::{Call, Outcome, RecordingError, Series};
pub use replay::{Difference, NotCompared, Tally, ask, replay};
pub use unknowable::{Known, Reason, Unknown};
pub use wanted::Wanted;
