//! Files: attachments, the values of binary fields and reports, up and down in pieces.
//!
//! A [`Download`] is made by [`Session::download`](crate::Session::download), [`Model::download`](crate::Model::download) and
//! [`Model::report`](crate::Model::report); what goes up is a [`Content`]. The content of a file is held in memory in pieces
//! only, and each is hashed: a download ends with an error where it is not what Odoo says it has, and an upload where Odoo has
//! something else than was sent.
//!
//! Over the road of Odoo's web client content goes as it is; over the others as base64 in a call.

mod content;
mod digest;
mod disk;
mod download;
mod error;
mod pieces;
mod report;
mod stored;
mod upload;

/// The pieces of content.
pub use bytes::Bytes;
pub use content::Content;
pub use download::{Checked, Download, Received};
pub(crate) use download::{of_attachment, of_field};
pub use error::{FileError, Stored};
pub(crate) use report::of_report;
pub use upload::{Attached, Uploaded};
pub(crate) use upload::{attach, upload};
