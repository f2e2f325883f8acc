//! The snapshot of an Odoo's schema: the folder that `odx pull` writes, with one JSON file a model, and `_meta.json` with
//! where it was read and a digest of each file.
//!
//! What the files hold is their readers' own: [`read`] gives them as any type that serde reads.

#![warn(clippy::missing_errors_doc)]

mod file;
mod read;

pub use file::{
    Digests, FLAGS, FORMAT_VERSION, META_FILE, digest, file_name, meta_to_json, to_json,
};
pub use read::{ModelFile, ReadError, Snapshot, model_files, read};
#[doc(no_inline)]
pub use serde_json;
