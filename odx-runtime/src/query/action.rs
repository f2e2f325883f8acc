//! What a method of Odoo asks its client to do next.

use serde_json::{Map, Value as JsonValue};

/// An action: a window, a wizard, a report or an address that Odoo's web client would open after a call.
///
/// A button's method gives one, or `None` where there is nothing left to do. `stock.picking.button_validate` opens the
/// wizard of back orders this way. What it would open is told by [`res_model`](Self::res_model) and
/// [`res_id`](Self::res_id); nothing is opened here.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Action {
    /// `type`: `ir.actions.act_window`, `ir.actions.act_url`, `ir.actions.report`, `ir.actions.client`, ... An action that
    /// names none closes the window (`ir.actions.act_window_close`), as for Odoo's web client.
    pub action_type: String,
    /// Its title.
    pub name: Option<String>,
    /// The model that it shows.
    pub res_model: Option<String>,
    /// The record that it shows.
    pub res_id: Option<i64>,
    /// The kinds of view: `list,form`.
    pub view_mode: Option<String>,
    /// Where it opens: `current`, `new` for a dialog, `self`, ...
    pub target: Option<String>,
    /// The address that an `ir.actions.act_url` opens.
    pub url: Option<String>,
    /// Which records it shows: a list, or the text of a Python expression.
    pub domain: Option<JsonValue>,
    /// The context to open it in: an object, or the text of a Python expression. A wizard takes its defaults from it.
    pub context: Option<JsonValue>,
    /// Everything else, and what of the above is of another type than it should be.
    pub rest: Map<String, JsonValue>,
}

impl Action {
    /// What an action is that names no type.
    const CLOSE: &'static str = "ir.actions.act_window_close";

    /// Reads an action; Odoo's `false` is none everywhere.
    pub(super) fn from_entries(mut entries: Map<String, JsonValue>) -> Self {
        entries.retain(|_, value| !matches!(value, JsonValue::Null | JsonValue::Bool(false)));
        Self {
            action_type: text(&mut entries, "type").unwrap_or_else(|| Self::CLOSE.to_owned()),
            name: text(&mut entries, "name"),
            res_model: text(&mut entries, "res_model"),
            res_id: taken(&mut entries, "res_id", JsonValue::as_i64),
            view_mode: text(&mut entries, "view_mode"),
            target: text(&mut entries, "target"),
            url: text(&mut entries, "url"),
            domain: entries.remove("domain"),
            context: entries.remove("context"),
            rest: entries,
        }
    }
}

fn text(entries: &mut Map<String, JsonValue>, key: &str) -> Option<String> {
    taken(entries, key, |value| value.as_str().map(str::to_owned))
}

/// The value of a key, which then is no longer there; one of another type stays.
fn taken<T>(
    entries: &mut Map<String, JsonValue>,
    key: &str,
    read: impl FnOnce(&JsonValue) -> Option<T>,
) -> Option<T> {
    let value = read(entries.get(key)?)?;
    entries.remove(key);
    Some(value)
}
