//! What goes wrong with files.

use std::{io, path::PathBuf};

use crate::{Error, RecordId};

/// What Odoo has of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// The size in bytes.
    pub size: u64,
    /// The SHA-1.
    pub sha1: String,
}

/// Why a file did not come or go whole.
///
/// Its `file` names the file as Odoo does: `ir.attachment(7)`, `res.partner(3).image_1920`, the name of a report.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The record has no file.
    #[error("{file} has no content: the field is empty, or there is no such record")]
    Absent {
        /// The file.
        file: String,
    },
    /// An attachment that is a link.
    #[error("{file} is a link and has no content: it leads to {url}")]
    Link {
        /// The file.
        file: String,
        /// Where it leads.
        url: String,
    },
    /// What came is not what Odoo has. A file on disk is as it was before.
    #[error(
        "{file} came as {came_size} bytes with the SHA-1 {came_sha1}, and Odoo has {} bytes with {}: nothing of it is kept; it \
         was changed meanwhile, or something on the way changes files; download it again",
        .stored.size, .stored.sha1
    )]
    Differs {
        /// The file.
        file: String,
        /// How many bytes came.
        came_size: u64,
        /// Their SHA-1.
        came_sha1: String,
        /// What Odoo has.
        stored: Stored,
    },
    /// What came in place of a PDF.
    #[error("{file} came without {what}, so that it is no whole PDF: nothing of it is kept")]
    NoPdf {
        /// The report.
        file: String,
        /// What it lacks.
        what: &'static str,
    },
    /// Odoo has something else than was sent.
    #[error(
        "{file} was sent {sent_size} bytes with the SHA-1 {sent_sha1}, and Odoo has {} bytes with {}: {left}; Odoo makes large \
         images smaller, and so may an addon; send what it leaves as it is, or take the file as Odoo has it",
        .stored.size, .stored.sha1
    )]
    Altered {
        /// The file.
        file: String,
        /// How many bytes were sent.
        sent_size: u64,
        /// Their SHA-1.
        sent_sha1: String,
        /// What Odoo has.
        stored: Stored,
        /// The attachment that was made, if it is still there.
        attachment: Option<RecordId>,
        /// What was left behind.
        left: &'static str,
    },
    /// Odoo made something of an upload that cannot be told to be whole.
    #[error(
        "{file} was sent, and whether it is whole cannot be told; look at it before you send it again"
    )]
    Unchecked {
        /// The file: the attachment that was made, or the field.
        file: String,
        /// Why.
        #[source]
        source: Error,
    },
    /// Odoo refused the form.
    #[error("Odoo refused {file}: {reason}")]
    Refused {
        /// The file.
        file: String,
        /// What Odoo says.
        reason: String,
    },
    /// More than a request may have.
    #[error("{file} has {size} bytes, which is more than {limit}; {instead}")]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        size: u64,
        /// What it is more than.
        limit: String,
        /// What to do.
        instead: &'static str,
    },
    /// A session whose road cannot do this.
    #[error(
        "{what} is a page of Odoo's web client, which the road {road} does not lead to: give the login and the password of a \
         user without a second factor (`Odoo::connect(url).login(login, password)`) and take the road of the web client \
         (`.road(RoadName::Web)`, or ODX_ROAD=web); no API key opens it"
    )]
    NoPages {
        /// What was wanted.
        what: String,
        /// The road of the session.
        road: &'static str,
    },
    /// A report that is none, or of another model.
    #[error("{report} is {what}; {instead}")]
    NoReport {
        /// Its name.
        report: String,
        /// What it is instead.
        what: String,
        /// Which there are.
        instead: String,
    },
    /// Odoo did not make the PDF.
    #[error("Odoo did not make {report} (HTTP {status}): {text}{advice}")]
    Report {
        /// The report.
        report: String,
        /// The HTTP status.
        status: u16,
        /// What its page says.
        text: String,
        /// What to do, where it is known.
        advice: &'static str,
    },
    /// What is sent has another size than was said.
    #[error(
        "{file} was to have {announced} bytes and has {came}: nothing was uploaded; give the size that it has"
    )]
    Size {
        /// The file.
        file: String,
        /// What was said.
        announced: u64,
        /// What came: so many, or more.
        came: String,
    },
    /// What is sent cannot be read.
    #[error("{file} cannot be read, so nothing was uploaded")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What came cannot be written. A file that was there is as it was before.
    #[error("{} cannot be written, so it is as it was", .path.display())]
    Write {
        /// The file on disk.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

odx_facts::debug_as_told!(FileError);

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        Self::File(Box::new(error))
    }
}
