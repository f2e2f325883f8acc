//! Files that come down.

use std::path::PathBuf;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use odx_facts::{INCLUDE_BINARY_CONTENT, SIZES_ALONE};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    FileError,
    disk::Making,
    pieces::{Coming, Expected, Notice},
    report::Report,
    stored::Place,
};
use crate::{
    AnySession, Call, Error, Id, RecordId, Session,
    model::{Binary, Blob, Field, Model, OverFields},
    session::{Page, Pieces},
};

/// A file to download: made by [`Session::download`](crate::Session::download), [`Model::download`](crate::Model::download) and
/// [`Model::report`](crate::Model::report). Nothing is asked before one of its methods is called.
#[derive(Debug)]
#[must_use = "nothing is asked before the file is read, or before it is awaited"]
pub struct Download<'a, O> {
    odoo: &'a O,
    wanted: Wanted,
}

/// What is to come.
#[derive(Clone, Debug)]
enum Wanted {
    File(Place),
    Report(Report),
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The size in bytes.
    pub size: u64,
    /// The SHA-1.
    pub sha1: String,
    /// Against what it was checked.
    pub checked: Checked,
}

/// Against what content was checked when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Checked {
    /// The size and the SHA-1 that Odoo keeps of the file.
    Sha1,
    /// A PDF has its beginning and its end; Odoo makes it anew each time, and keeps no hash of it.
    Pdf,
    /// Odoo keeps no hash of it, as of a binary field that is no attachment: the answer was whole.
    Nothing,
}

/// An attachment.
pub(crate) fn of_attachment<O>(odoo: &O, id: RecordId) -> Download<'_, O> {
    Download {
        odoo,
        wanted: Wanted::File(Place::attachment(id)),
    }
}

/// A binary field of a record.
pub(crate) fn of_field<O: AnySession, M: Model, C>(
    odoo: &O,
    id: Id<M>,
    field: impl OverFields<M, Field<M, Binary, C>>,
) -> Download<'_, O> {
    let place = Place {
        model: M::NAME.into(),
        id: id.record_id(),
        field: Some(field(M::F).meta().name()),
    };
    Download {
        odoo,
        wanted: Wanted::File(place),
    }
}

pub(super) fn report<O>(odoo: &O, report: Report) -> Download<'_, O> {
    Download {
        odoo,
        wanted: Wanted::Report(report),
    }
}

impl<'a, O: AnySession> Download<'a, O> {
    /// The content in pieces, as they come.
    ///
    /// Only the end tells whether all of them were right: what is made of the pieces is good once the stream has ended without
    /// an error.
    ///
    /// # Errors
    /// [`Error::File`] for a file that is not there, or not as Odoo says it has it; and what any call can fail with. After an
    /// error the stream ends.
    pub fn stream(self) -> O::Rows<Bytes> {
        let coming = self.wanted.coming(self.odoo.session());
        self.odoo.rows(coming)
    }

    /// The content, in memory.
    ///
    /// # Errors
    /// As of [`stream`](Self::stream).
    pub fn bytes(self) -> O::Answer<'a, Vec<u8>> {
        let mut coming = self.wanted.coming(self.odoo.session());
        self.odoo.answer(async move {
            let mut bytes = Vec::new();
            while let Some(piece) = coming.try_next().await? {
                bytes.extend_from_slice(&piece);
            }
            Ok(bytes)
        })
    }

    /// Writes the content to a file. It takes the place of one that is there when all of it is written and checked; until
    /// then, and after an error, that one stays as it is.
    ///
    /// # Errors
    /// As of [`stream`](Self::stream), and [`FileError::Write`].
    pub fn to_file(self, path: impl Into<PathBuf>) -> O::Answer<'a, Received> {
        let mut coming = self.wanted.coming(self.odoo.session());
        let path = path.into();
        self.odoo.answer(async move {
            let mut making = Making::begin(path).await?;
            while let Some(piece) = coming.try_next().await? {
                making = making.write(piece).await?;
            }
            making.finish().await?;
            Ok(coming.received())
        })
    }
}

impl Wanted {
    fn coming(self, session: &Session) -> Coming {
        let session = session.clone();
        match self {
            Self::File(place) => coming(&session, place),
            Self::Report(report) => Coming::by(report.to_string(), move |into, notice| {
                Box::pin(async move { report.fetch(&session, &into, &notice).await })
            }),
        }
    }
}

/// The content of a field.
pub(super) fn coming(session: &Session, place: Place) -> Coming {
    let session = session.clone();
    Coming::by(place.to_string(), move |into, notice| {
        Box::pin(async move { fetch(&session, &place, &into, &notice).await })
    })
}

async fn fetch(
    session: &Session,
    place: &Place,
    into: &Pieces,
    notice: &Notice,
) -> Result<(), Error> {
    let Some(stored) = place.stored(session).await? else {
        notice.give(Expected::Unknown);
        return by_call(session, place, into).await;
    };
    let is_empty = stored.size == 0;
    notice.give(Expected::Stored(stored));
    match session.transfers() {
        // A page of nothing is one that is not found (14.0).
        _ if is_empty => Ok(()),
        Some(by) if by.has_pages() => {
            let page = page(place);
            let options = session.options();
            match by.page(&page, into, options).await? {
                Ok(()) => Ok(()),
                Err(refusal) if refusal.status == 404 => Err(place.absent()),
                Err(refusal) => Err(refusal.error),
            }
        }
        _ => by_call(session, place, into).await,
    }
}

/// The page of the web client that gives a file as it is.
fn page(place: &Place) -> Page {
    let id = &place.id;
    Page {
        path: match place.field {
            Some(field) => format!("/web/content/{}/{id}/{field}", place.model),
            None => format!("/web/content/{id}"),
        },
        query: Vec::new(),
        model: place.model.to_string(),
        purpose: "content",
    }
}

/// A text that stands in no file and in no answer by itself.
pub(super) fn new_mark() -> String {
    format!("odx-content-{}", Uuid::new_v4().simple())
}

/// The content as base64 in the answer to a call.
async fn by_call(session: &Session, place: &Place, into: &Pieces) -> Result<(), Error> {
    let field = place.field_in(session).await?;
    let call = Call::new(place.model.clone(), "read")
        .ids([place.id])
        .arg(json!([field]))
        .kwarg(Call::CONTEXT, with_content(session));
    let mark = new_mark();
    let reply = match session.transfers() {
        Some(by) => session.receive_content(by, call, &mark, into).await?,
        None => session.execute(call).await?,
    };
    let rows = reply.json()?;
    let value = rows.get(0).and_then(|row| row.get(field)).cloned();
    let content = match value {
        Some(Value::Object(mut entries)) => entries.remove("content"),
        value => value,
    };
    let bytes = match content {
        None | Some(Value::Bool(false) | Value::Null) => return Err(place.absent()),
        // It has come in pieces.
        Some(Value::String(text)) if text == mark => return Ok(()),
        Some(content) => Blob::of(content).bytes(),
    };
    let bytes = bytes.ok_or_else(|| reply.mismatch("a file's content as base64"))?;
    let gone = |_| Error::usage("nobody reads the content any more");
    into.send(bytes.into()).await.map_err(gone)
}

/// That the content is wanted, and not its size, whatever the session says.
fn with_content(session: &Session) -> Value {
    let mut context = json!({INCLUDE_BINARY_CONTENT: true});
    if session.context().get(SIZES_ALONE).is_some() {
        context[SIZES_ALONE] = false.into();
    }
    context
}

/// Content as a call has it where it cannot go in pieces.
pub(super) fn base64(bytes: &[u8]) -> Value {
    BASE64_STANDARD.encode(bytes).into()
}

/// A page that the road of the session does not lead to.
pub(super) fn no_pages(session: &Session, what: String) -> Error {
    FileError::NoPages {
        what,
        road: session.protocol(),
    }
    .into()
}
