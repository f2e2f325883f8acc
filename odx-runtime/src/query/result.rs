//! What methods return, as types.

use serde_json::Value as JsonValue;

use super::Action;
use crate::{Error, Id, RecordId, Reply, model::Model};

/// A result of a method, as [`MethodCall::result`](super::MethodCall::result) reads it.
///
/// Odoo runs a method to its end before its result is seen, so the types take what methods of all versions and addons
/// return in their place rather than fail after the fact.
///
/// | type | reads |
/// |---|---|
/// | `()` | anything, and drops it |
/// | `bool` | `true`, `false`; None is `false`, an action `true` |
/// | `i64`, `f64` | numbers; `false` is 0 |
/// | `Option<String>` | a text; `false` and None are `None` |
/// | `Vec<Id<M>>` | a recordset, as ids (Odoo 19) or text (`"sale.order(5,)"`, up to 18); `false` and None are empty |
/// | `Option<Id<M>>` | a recordset of one record, or of none |
/// | `Option<Action>` | an action; `true`, `false`, None and `{}` are `None` |
/// | `JsonValue` | anything |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no result of a method: use `()`, `bool`, `i64`, `f64`, `Option<String>`, `Option<Id<M>>`, `Vec<Id<M>>`, `Option<Action>` or `JsonValue`",
    note = "`send` reads any type that serde can read"
)]
pub trait MethodResult: Sized + Send {
    /// Reads the result of a call.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] if it is none of what the type takes.
    fn from_reply(reply: &Reply) -> Result<Self, Error>;
}

impl MethodResult for () {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        reply.done()
    }
}

impl MethodResult for bool {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        match reply.json()? {
            JsonValue::Bool(result) => Ok(result),
            JsonValue::Null => Ok(false),
            JsonValue::Object(_) => Ok(true),
            _ => Err(reply.mismatch("true or false")),
        }
    }
}

impl MethodResult for i64 {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        reply.integer()
    }
}

impl MethodResult for f64 {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        reply.float()
    }
}

impl MethodResult for Option<String> {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        match reply.json()? {
            JsonValue::Null | JsonValue::Bool(false) => Ok(None),
            JsonValue::String(text) => Ok(Some(text)),
            _ => Err(reply.mismatch("a text")),
        }
    }
}

impl<M: Model> MethodResult for Vec<Id<M>> {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        let ids = match reply.json()? {
            JsonValue::String(text) => recordset(&text, M::NAME)
                .ok_or_else(|| reply.mismatch(&format!("records of {}", M::NAME)))?,
            _ => reply.ids()?,
        };
        Ok(ids.into_iter().map(Id::of).collect())
    }
}

impl<M: Model> MethodResult for Option<Id<M>> {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        match Vec::from_reply(reply)?.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            _ => Err(reply.mismatch(&format!("one record of {}, or none", M::NAME))),
        }
    }
}

impl MethodResult for Option<Action> {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        match reply.json()? {
            JsonValue::Null | JsonValue::Bool(_) => Ok(None),
            JsonValue::Object(entries) if entries.is_empty() => Ok(None),
            JsonValue::Object(entries) => Ok(Some(Action::from_entries(entries))),
            _ => Err(reply.mismatch("an action, true, false or nothing")),
        }
    }
}

impl MethodResult for JsonValue {
    fn from_reply(reply: &Reply) -> Result<Self, Error> {
        reply.json()
    }
}

/// The ids in the text that Odoo 14 to 18 send over JSON-RPC for the recordset that a method without `@api.returns`
/// returns: `res.partner(1, 2)`, `res.partner(1,)`, `res.partner()`, `account.root('10', '01')`.
fn recordset(text: &str, model: &str) -> Option<Vec<RecordId>> {
    let ids = text
        .strip_prefix(model)?
        .strip_prefix('(')?
        .strip_suffix(')')?;
    let ids = ids.strip_suffix(',').unwrap_or(ids);
    if ids.is_empty() {
        return Some(Vec::new());
    }
    ids.split(", ").map(printed_id).collect()
}

/// An id as Python prints it: `7`, `'10'`. A text that needs escapes is none that Odoo has.
fn printed_id(printed: &str) -> Option<RecordId> {
    let text = printed
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    match text {
        Some(text) if !text.contains(['\'', '\\']) => RecordId::from_text(text).ok(),
        Some(_) => None,
        None => printed.parse().ok().map(RecordId::new),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Call;

    struct Order;

    impl Model for Order {
        type Fields = ();
        const NAME: &'static str = "sale.order";
        const F: () = ();
    }

    fn read<T: MethodResult>(result: JsonValue) -> Result<T, String> {
        let call = Call::new("sale.order", "method");
        T::from_reply(&Reply::new(&call, result.to_string())).map_err(|error| error.to_string())
    }

    fn ids(result: JsonValue) -> Result<Vec<JsonValue>, String> {
        let ids: Vec<Id<Order>> = read(result)?;
        Ok(ids.into_iter().map(Id::to_json).collect())
    }

    #[test]
    fn records_come_as_ids_or_as_text() {
        assert_eq!(ids(json!([3, 1])), Ok(vec![json!(3), json!(1)]));
        assert_eq!(ids(json!("sale.order(3, 1)")), Ok(vec![json!(3), json!(1)]));
        assert_eq!(ids(json!("sale.order(5,)")), Ok(vec![json!(5)]));
        assert_eq!(ids(json!("sale.order()")), Ok(vec![]));
        assert_eq!(ids(json!(7)), Ok(vec![json!(7)]));
        assert_eq!(ids(json!(false)), Ok(vec![]));
        assert_eq!(ids(json!(null)), Ok(vec![]));
    }

    #[test]
    fn ids_that_are_texts_stay_texts() {
        let texts = Ok(vec![json!("10"), json!("01")]);
        assert_eq!(ids(json!(["10", "01"])), texts);
        assert_eq!(ids(json!("sale.order('10', '01')")), texts);
        assert_eq!(ids(json!("sale.order('10',)")), Ok(vec![json!("10")]));
    }

    #[test]
    fn records_of_another_model_are_refused_where_the_text_tells() {
        for text in [
            "account.move(5,)",
            "sale.order.line(5,)",
            "sale.order(5,",
            "sale.order(a,)",
            "sale.order('a\\'b',)",
            "text",
        ] {
            let message = ids(json!(text)).expect_err("another model");
            assert!(
                message.contains("expected records of sale.order"),
                "{message}"
            );
        }
    }

    #[test]
    fn one_record_is_an_option_and_several_are_refused() {
        assert_eq!(
            read::<Option<Id<Order>>>(json!("sale.order(5,)")),
            Ok(Some(Id::new(5)))
        );
        assert_eq!(read::<Option<Id<Order>>>(json!([5])), Ok(Some(Id::new(5))));
        assert_eq!(read::<Option<Id<Order>>>(json!(false)), Ok(None));
        let message = read::<Option<Id<Order>>>(json!([5, 6])).expect_err("two records");
        assert!(
            message.contains("expected one record of sale.order, or none"),
            "{message}"
        );
    }

    #[test]
    fn a_boolean_is_what_python_takes_for_one() {
        assert_eq!(read(json!(true)), Ok(true));
        assert_eq!(read(json!(null)), Ok(false));
        assert_eq!(read(json!({"type": "ir.actions.act_window"})), Ok(true));
        assert!(read::<bool>(json!("yes")).is_err());
    }

    #[test]
    fn nothing_takes_anything() {
        for result in [json!(null), json!(true), json!([1]), json!({})] {
            assert_eq!(read(result), Ok(()));
        }
    }

    #[test]
    fn numbers_and_texts_may_be_unset() {
        assert_eq!(read(json!(1.5)), Ok(1.5));
        assert_eq!(read(json!(2)), Ok(2.0));
        assert_eq!(read(json!(false)), Ok(0.0));
        assert_eq!(read(json!(false)), Ok(0));
        assert_eq!(read(json!("a")), Ok(Some("a".to_owned())));
        assert_eq!(read::<Option<String>>(json!(false)), Ok(None));
        assert!(read::<Option<String>>(json!(1)).is_err());
    }

    #[test]
    fn an_action_keeps_all_that_odoo_says() {
        let action: Option<Action> = read(json!({
            "type": "ir.actions.act_window", "name": "Back Order?", "res_model": "stock.backorder.confirmation",
            "res_id": 7, "view_mode": "form", "views": [[false, "form"]], "target": "new", "domain": false,
            "context": {"default_pick_ids": [[4, 3]]}, "help": 5, "url": 6,
        }))
        .expect("an action");
        let action = action.expect("not None");
        assert_eq!(action.action_type, "ir.actions.act_window");
        assert_eq!(action.name.as_deref(), Some("Back Order?"));
        assert_eq!(
            action.res_model.as_deref(),
            Some("stock.backorder.confirmation")
        );
        assert_eq!(action.res_id, Some(7));
        assert_eq!(
            (action.view_mode.as_deref(), action.target.as_deref()),
            (Some("form"), Some("new"))
        );
        assert_eq!((action.domain, action.url), (None, None));
        assert_eq!(action.context, Some(json!({"default_pick_ids": [[4, 3]]})));
        assert_eq!(
            JsonValue::from(action.rest),
            json!({"views": [[false, "form"]], "help": 5, "url": 6})
        );
    }

    #[test]
    fn an_action_is_optional_and_may_lack_its_type() {
        for result in [json!(null), json!(true), json!(false), json!({})] {
            assert_eq!(read::<Option<Action>>(result), Ok(None));
        }
        let action: Option<Action> = read(json!({"effect": {}})).expect("an action");
        assert_eq!(
            action.expect("not None").action_type,
            "ir.actions.act_window_close"
        );
        assert!(read::<Option<Action>>(json!([1])).is_err());
    }

    proptest! {
        #[test]
        fn any_recordset_that_python_prints_is_read(ids in proptest::collection::vec(any::<i64>(), 0..20)) {
            let printed = match ids.as_slice() {
                [id] => format!("sale.order({id},)"),
                ids => format!("sale.order({})", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")),
            };
            let ids = ids.into_iter().map(RecordId::new).collect();
            prop_assert_eq!(recordset(&printed, "sale.order"), Some(ids));
        }
    }
}
