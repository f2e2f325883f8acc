//! What Odoo has of a file, by its own word.

use std::{borrow::Cow, fmt};

use odx_facts::{ATTACHMENT, DATAS, HAS_DATAS, RAW};
use serde_json::{Value, json};

use super::{FileError, Stored, digest::Digest};
use crate::{Call, Error, RecordId, Session, error::Cause};

/// A binary field of a record.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) model: Cow<'static, str>,
    pub(super) id: RecordId,
    /// `None` for the content of an attachment, whose field is another one by the series.
    pub(super) field: Option<&'static str>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.model, self.id)?;
        match self.field {
            Some(field) => write!(f, ".{field}"),
            None => Ok(()),
        }
    }
}

impl Place {
    pub(super) fn attachment(id: RecordId) -> Self {
        Self {
            model: ATTACHMENT.into(),
            id,
            field: None,
        }
    }

    /// The field as this server has it.
    pub(super) async fn field_in(&self, session: &Session) -> Result<&'static str, Error> {
        match self.field {
            Some(field) => Ok(field),
            None => attachments_field(session).await,
        }
    }

    pub(super) fn absent(&self) -> Error {
        FileError::Absent {
            file: self.to_string(),
        }
        .into()
    }

    /// What Odoo has of it, where Odoo keeps that: of a field that is no attachment, and of one that is a field of another
    /// record, it does not.
    pub(super) async fn stored(&self, session: &Session) -> Result<Option<Stored>, Error> {
        if self.model == ATTACHMENT && matches!(self.field, None | Some(DATAS | RAW)) {
            return stored_attachment(session, self.id).await.map(Some);
        }
        let Some(field) = self.field else {
            return Ok(None);
        };
        let domain = json!([
            ["res_model", "=", self.model],
            ["res_field", "=", field],
            ["res_id", "=", self.id.to_json()],
        ]);
        let call = Call::new(ATTACHMENT, "search_read")
            .arg(domain)
            .arg(json!(["checksum", "file_size"]))
            .kwarg("limit", 1);
        match session.execute(call).await {
            Ok(reply) => Ok(reply.json()?.get(0).and_then(stored_in)),
            // Whoever may not see attachments may see the field all the same.
            Err(Error::Odoo(error)) if error.cause() == Cause::Access => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The field of an attachment that holds its content.
pub(super) async fn attachments_field(session: &Session) -> Result<&'static str, Error> {
    let series = session.series().await?;
    Ok(match HAS_DATAS.holds(series) {
        true => DATAS,
        false => RAW,
    })
}

/// What a row of `ir.attachment` says. Of an empty file it may say no hash (14.0, 19.0).
pub(super) fn stored_in(row: &Value) -> Option<Stored> {
    let size = row.get("file_size")?.as_u64().unwrap_or_default();
    let sha1 = match row.get("checksum")?.as_str() {
        Some(sha1) => sha1.to_ascii_lowercase(),
        None if size == 0 => Digest::default().sha1(),
        None => return None,
    };
    Some(Stored { size, sha1 })
}

/// What Odoo has of an attachment.
async fn stored_attachment(session: &Session, id: RecordId) -> Result<Stored, Error> {
    let call = Call::new(ATTACHMENT, "read").ids([id]).arg(json!([
        "type",
        "url",
        "checksum",
        "file_size"
    ]));
    let reply = session.execute(call).await?;
    let rows = reply.json()?;
    let row = rows.get(0).ok_or_else(|| Place::attachment(id).absent())?;
    if let Some(url) = row["url"].as_str().filter(|_| row["type"] == "url") {
        return Err(FileError::Link {
            file: Place::attachment(id).to_string(),
            url: url.to_owned(),
        }
        .into());
    }
    stored_in(row).ok_or_else(|| Place::attachment(id).absent())
}
