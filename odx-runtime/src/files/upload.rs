//! Files that go up.

use futures_util::TryStreamExt as _;
use odx_facts::{ATTACHMENT, IMAGE_NAMES, LEAVES_IMAGES};
use serde_json::{Map, Value, json};

use super::{
    Content, FileError, Stored,
    content::Hashed,
    digest::Digest,
    download::{self, base64, new_mark},
    stored::{Place, attachments_field, stored_in},
};
use crate::{
    AnySession, Call, Error, Id, RecordId, Reply, Session,
    model::{Binary, Field, Model, OverFields},
    session::{Form, Page, Source as _, Transfers},
};

/// An attachment that was made, and found to be what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attached {
    /// Its id in `ir.attachment`.
    pub id: RecordId,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-1.
    pub sha1: String,
}

/// A binary field that was written, and found to be what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uploaded {
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-1.
    pub sha1: String,
}

/// Attaches a file to a record, or to none.
pub(crate) fn attach<'a, O: AnySession>(
    odoo: &'a O,
    to: Option<(&'static str, RecordId)>,
    content: Content,
) -> O::Answer<'a, Attached> {
    let session = odoo.session().clone();
    odoo.answer(async move { Attaching { session, to }.run(content).await })
}

/// Writes a file to a binary field.
pub(crate) fn upload<O: AnySession, M: Model, C>(
    odoo: &O,
    id: Id<M>,
    field: impl OverFields<M, Field<M, Binary, C>>,
    content: Content,
) -> O::Answer<'_, Uploaded> {
    let session = odoo.session().clone();
    let place = Place {
        model: M::NAME.into(),
        id: id.record_id(),
        field: Some(field(M::F).meta().name()),
    };
    odoo.answer(async move { write(&session, &place, content).await })
}

async fn write(session: &Session, place: &Place, content: Content) -> Result<Uploaded, Error> {
    let mut content = Hashed::new(content);
    let field = place.field_in(session).await?;
    let file = place.to_string();
    let call = |value: Value| {
        Call::new(place.model.clone(), "write")
            .ids([place.id])
            .arg(Value::Object(Map::from_iter([(field.to_owned(), value)])))
    };
    let reply = send(session, &file, &mut content, call).await?;
    reply.is_true()?;
    let sent = content.sent();
    let stored = match place.stored(session).await {
        Ok(Some(stored)) => Ok(stored),
        Ok(None) => read_back(session, place).await,
        Err(error) => Err(error),
    };
    let stored = stored.map_err(|source| FileError::Unchecked {
        file: file.clone(),
        source,
    })?;
    if !is_same(&sent, &stored) {
        return Err(FileError::Altered {
            file,
            sent_size: sent.size,
            sent_sha1: sent.sha1(),
            stored,
            attachment: None,
            left: "the field holds that now",
        }
        .into());
    }
    Ok(Uploaded {
        size: sent.size,
        sha1: sent.sha1(),
    })
}

/// What Odoo has of a field whose hash it does not keep.
async fn read_back(session: &Session, place: &Place) -> Result<Stored, Error> {
    let mut coming = download::coming(session, place.clone());
    loop {
        match coming.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(Error::File(error)) if matches!(*error, FileError::Absent { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    let received = coming.received();
    Ok(Stored {
        size: received.size,
        sha1: received.sha1,
    })
}

fn is_same(sent: &Digest, stored: &Stored) -> bool {
    sent.size == stored.size && sent.sha1() == stored.sha1
}

struct Attaching {
    session: Session,
    to: Option<(&'static str, RecordId)>,
}

impl Attaching {
    async fn run(&self, mut content: Content) -> Result<Attached, Error> {
        if content.name.is_empty() {
            content.name = "file".to_owned();
        }
        let name = content.name.clone();
        let mut content = Hashed::new(content);
        let id = match self.by_form(&name, &mut content).await? {
            Some(id) => id,
            None => self.by_call(&name, &mut content).await?,
        };
        self.check(id, &name, &content.sent()).await
    }

    /// By the form that a browser sends, which takes the file as it is. `None` where there is none, or where it would change
    /// the file.
    async fn by_form(&self, name: &str, content: &mut Hashed) -> Result<Option<RecordId>, Error> {
        let Some(by) = self.session.transfers().filter(|by| by.has_pages()) else {
            return Ok(None);
        };
        if may_be_image(name) {
            return Ok(None);
        }
        let (model, id) = match self.to {
            Some((model, id)) => (model, id.to_string()),
            None => ("", "0".to_owned()),
        };
        let page = Page {
            path: "/web/binary/upload_attachment".to_owned(),
            query: Vec::new(),
            model: ATTACHMENT.to_owned(),
            purpose: "upload",
        };
        let form = Form {
            fields: vec![("model", model.to_owned()), ("id", id)],
            file_name: name.to_owned(),
        };
        let size = content.size()?;
        // A session that has ended is renewed by a call, as a form cannot: its content is read once.
        let who = Call::new("res.users", "context_get");
        self.session.execute(who).await?.json()?;
        let answer = by.post(&page, &form, content, self.session.options()).await;
        let body = match answer {
            Ok(Some(Ok(body))) => body,
            Ok(Some(Err(refusal))) if refusal.status == 413 => {
                return Err(too_large(name, size, refusal.error, RAISE));
            }
            Ok(Some(Err(refusal))) => return Err(refusal.error),
            Ok(None) => return Ok(None),
            Err(error) => return Err(error),
        };
        let refused = |reason: &str| -> Error {
            FileError::Refused {
                file: name.to_owned(),
                reason: reason.to_owned(),
            }
            .into()
        };
        let told: Value = serde_json::from_slice(&body)
            .map_err(|_| refused("its answer to the form cannot be read"))?;
        let told = &told[0];
        match (RecordId::from_json(&told["id"]), told["error"].as_str()) {
            (Some(id), _) => Ok(Some(id)),
            (None, reason) => Err(refused(reason.unwrap_or("it says nothing of the file"))),
        }
    }

    async fn by_call(&self, name: &str, content: &mut Hashed) -> Result<RecordId, Error> {
        let field = attachments_field(&self.session).await?;
        let call = |value: Value| {
            let mut values = json!({"name": name, field: value});
            if let Some((model, id)) = self.to {
                values["res_model"] = model.into();
                values["res_id"] = id.to_json();
            }
            Call::new(ATTACHMENT, "create")
                .arg(values)
                .kwarg(Call::CONTEXT, json!({LEAVES_IMAGES: true}))
        };
        send(&self.session, name, content, call).await?.id()
    }

    /// Whether Odoo has what was sent, under the name that it was given. What is not right does not stay.
    async fn check(&self, id: RecordId, name: &str, sent: &Digest) -> Result<Attached, Error> {
        let place = Place::attachment(id);
        let unchecked = |source| FileError::Unchecked {
            file: place.to_string(),
            source,
        };
        let read = Call::new(ATTACHMENT, "read").ids([id]).arg(json!([
            "name",
            "res_model",
            "checksum",
            "file_size"
        ]));
        let rows = async {
            let reply = self.session.execute(read).await?;
            let rows = reply.json()?;
            let stored = rows.get(0).and_then(stored_in);
            let stored = stored.ok_or_else(|| reply.mismatch("a size and a hash"))?;
            Ok((rows, stored))
        };
        let (rows, stored) = rows.await.map_err(unchecked)?;
        if !is_same(sent, &stored) {
            return Err(self.removed(id, sent, stored).await);
        }
        let mut values = Map::new();
        if rows[0]["name"] != name {
            values.insert("name".to_owned(), name.into());
        }
        // The form makes it one of the model "".
        if self.to.is_none() && rows[0]["res_model"] == "" {
            values.insert("res_model".to_owned(), false.into());
        }
        if !values.is_empty() {
            let write = Call::new(ATTACHMENT, "write").ids([id]).arg(values);
            let written = async { self.session.execute(write).await?.is_true() };
            written.await.map_err(unchecked)?;
        }
        Ok(Attached {
            id,
            size: sent.size,
            sha1: sent.sha1(),
        })
    }

    async fn removed(&self, id: RecordId, sent: &Digest, stored: Stored) -> Error {
        let call = Call::new(ATTACHMENT, "unlink").ids([id]);
        let removed = async { self.session.execute(call).await?.is_true() }.await;
        let (attachment, left) = match removed {
            Ok(()) => (None, "the attachment was removed"),
            Err(_) => (Some(id), "the attachment is still there: remove it"),
        };
        FileError::Altered {
            file: Place::attachment(id).to_string(),
            sent_size: sent.size,
            sent_sha1: sent.sha1(),
            stored,
            attachment,
            left,
        }
        .into()
    }
}

/// Whether Odoo would take a file of that name for an image, which it makes smaller.
fn may_be_image(name: &str) -> bool {
    let end = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    // One whose name tells nothing is looked into.
    end.is_none_or(|end| IMAGE_NAMES.contains(&end.as_str()))
}

/// Sends a call with the content as base64: in pieces where the connection can, else from memory.
async fn send(
    session: &Session,
    file: &str,
    content: &mut Hashed,
    call: impl FnOnce(Value) -> Call,
) -> Result<Reply, Error> {
    let size = content.size()?;
    let sent = match session.transfers() {
        Some(by) => send_in_pieces(session, by, content, call).await,
        None => send_from_memory(session, file, content, call).await,
    };
    sent.map_err(|error| match is_too_large(&error) {
        true => too_large(file, size, error, TAKE_THE_WEB),
        false => error,
    })
}

async fn send_in_pieces(
    session: &Session,
    by: &dyn Transfers,
    content: &mut Hashed,
    call: impl FnOnce(Value) -> Call,
) -> Result<Reply, Error> {
    let mark = new_mark();
    let call = call(mark.as_str().into());
    session.send_content(by, call, &mark, content).await
}

/// The most that is sent from memory, where a connection of the program's own knows no pieces.
const MOST_IN_MEMORY: u64 = 16 << 20;

async fn send_from_memory(
    session: &Session,
    file: &str,
    content: &mut Hashed,
    call: impl FnOnce(Value) -> Call,
) -> Result<Reply, Error> {
    let size = content.size()?;
    if size > MOST_IN_MEMORY {
        return Err(FileError::TooLarge {
            file: file.to_owned(),
            size,
            limit: format!(
                "{MOST_IN_MEMORY} bytes, the most that a connection of the program's own is given"
            ),
            instead: "connect by one of odx's roads, which send files in pieces",
        }
        .into());
    }
    let opening = content.open().expect("BUG: it is opened once");
    let pieces: Vec<bytes::Bytes> = opening.await?.pieces.try_collect().await?;
    session.execute(call(base64(&pieces.concat()))).await
}

/// Whether a request had more than the server, or what is in front of it, takes.
fn is_too_large(error: &Error) -> bool {
    const REFUSED: &str = "RequestEntityTooLarge";
    let named = error
        .odoo()
        .is_some_and(|error| error.class.contains(REFUSED));
    named || error.http_status() == Some(413)
}

fn too_large(file: &str, size: u64, error: Error, instead: &'static str) -> Error {
    let server = error.site().map_or("the server", |site| site.server());
    FileError::TooLarge {
        file: file.to_owned(),
        size,
        limit: format!("a request may have at {server}"),
        instead,
    }
    .into()
}

/// What to do where a request had the file as it is.
const RAISE: &str = "raise the limit: in Odoo 17 and on it is the system parameter `web.max_file_upload_size`, 128 MiB by default, and \
                     a server in front of Odoo has one of its own";

/// What to do where it had the file as base64.
const TAKE_THE_WEB: &str = "attach it over the road of Odoo's web client, where a file takes a quarter less than as base64, or raise \
                            the limit: in Odoo 17 and on it is the system parameter `web.max_file_upload_size`, 128 MiB by \
                            default, which Odoo 19 does not heed for base64 over the web client's road, and a proxy or server in \
                            front of Odoo has one of its own";
