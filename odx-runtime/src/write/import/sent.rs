//! One call of `load`.

use serde_json::{Value as JsonValue, json};

use crate::{Call, Context, Error, RecordId, Reply, Session};

/// What `load` answers: with a message of an error, nothing was kept.
pub(super) struct Answer {
    /// The records, in the order of the rows; `None` where all was rolled back.
    pub(super) ids: Option<Vec<RecordId>>,
    pub(super) messages: Vec<Message>,
}

/// What Odoo says of a row.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) is_error: bool,
    /// Whether another transaction was in the way.
    pub(super) is_conflict: bool,
    /// Without secrets, and cut.
    pub(super) text: String,
    /// The row of the call, from 0.
    pub(super) row: Option<usize>,
    pub(super) field: Option<String>,
}

/// The session that rows are sent in. Odoo reads datetimes in the zone of the context, and an external id that an update of its
/// module does not know is deleted with its record unless it is marked so.
pub(super) fn session(session: &Session) -> Session {
    session.with_context(Context::new().tz("UTC").set("noupdate", true))
}

/// Sends rows.
pub(super) async fn load(
    session: &Session,
    model: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
) -> Result<Answer, Error> {
    let call = Call::new(model, "load")
        .arg(json!(columns))
        .arg(json!(rows));
    let reply = session.execute(call).await?;
    let answer = reply.json()?;
    let is_one = answer.get("ids").is_some() && answer["messages"].is_array();
    if !is_one {
        return Err(reply.mismatch("`ids` and `messages`"));
    }
    let ids = match &answer["ids"] {
        JsonValue::Array(ids) => {
            let ids: Option<Vec<RecordId>> = ids.iter().map(RecordId::from_json).collect();
            Some(ids.ok_or_else(|| reply.mismatch("ids of records"))?)
        }
        _ => None,
    };
    let messages = answer["messages"].as_array().into_iter().flatten();
    Ok(Answer {
        ids,
        messages: messages
            .map(|message| Message::read(&reply, message))
            .collect(),
    })
}

impl Message {
    fn read(reply: &Reply, json: &JsonValue) -> Self {
        let text = json["message"].as_str().unwrap_or_default();
        let field = json["field"].as_str();
        let row = json["record"]
            .as_u64()
            .or_else(|| json["rows"]["from"].as_u64());
        Self {
            is_error: json["type"] == "error",
            is_conflict: odx_facts::LOAD_CONFLICTS
                .iter()
                .any(|words| text.contains(words)),
            text: reply.shown(text),
            row: row.and_then(|row| usize::try_from(row).ok()),
            field: field.map(|field| reply.shown(field)),
        }
    }
}
