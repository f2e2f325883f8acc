//! What well-known methods of Odoo's own apps return. Read in the source of Odoo 19.0 (Community, all addons).
//!
//! Odoo documents hardly any return type. A method stands here when all its overrides return what the type reads: an
//! action or nothing, a boolean (or an action in its place), records, or what is of no interest.

use crate::config::ReturnType;

/// Model, method, and what it returns in the words of `odx.toml`. `*` is every model with the mixin.
const KNOWN: [(&str, &str, &str); 41] = [
    ("*", "message_post", "id of mail.message"),
    ("account.move", "action_force_register_payment", "action"),
    ("account.move", "action_invoice_sent", "action"),
    // An assistant where one is due, else `False`.
    ("account.move", "action_post", "action"),
    ("account.move", "action_register_payment", "action"),
    ("account.move", "action_reverse", "action"),
    ("account.move", "action_send_and_print", "action"),
    ("account.move", "button_cancel", "none"),
    ("account.move", "button_draft", "none"),
    ("account.move", "button_set_checked", "none"),
    ("account.payment", "action_cancel", "none"),
    ("account.payment", "action_draft", "none"),
    ("account.payment", "action_post", "none"),
    ("crm.lead", "action_set_won", "boolean"),
    ("hr.leave", "action_approve", "boolean"),
    ("mail.activity", "action_done", "id of mail.message"),
    ("mail.activity", "action_feedback", "id of mail.message"),
    ("mrp.production", "action_confirm", "boolean"),
    ("mrp.production", "button_mark_done", "action"),
    ("purchase.order", "action_create_invoice", "action"),
    ("purchase.order", "action_rfq_send", "action"),
    ("purchase.order", "button_cancel", "none"),
    // An action with purchase agreements.
    ("purchase.order", "button_confirm", "action"),
    ("purchase.order", "button_draft", "none"),
    ("res.partner", "create_company", "boolean"),
    ("res.partner", "open_commercial_entity", "action"),
    ("sale.order", "action_cancel", "boolean"),
    // An action in place of `True` with event registrations.
    ("sale.order", "action_confirm", "boolean"),
    ("sale.order", "action_draft", "boolean"),
    ("sale.order", "action_lock", "none"),
    ("sale.order", "action_preview_sale_order", "action"),
    ("sale.order", "action_quotation_send", "action"),
    ("sale.order", "action_quotation_sent", "none"),
    ("sale.order", "action_unlock", "none"),
    ("sale.order", "action_view_invoice", "action"),
    ("stock.picking", "action_assign", "boolean"),
    ("stock.picking", "action_cancel", "boolean"),
    ("stock.picking", "action_confirm", "boolean"),
    ("stock.picking", "action_detailed_operations", "action"),
    ("stock.picking", "button_validate", "action"),
    ("stock.picking", "do_unreserve", "none"),
];

/// What a method returns, if it is known.
pub(super) fn known(model: &str, method: &str) -> Option<ReturnType> {
    let (.., returns) = KNOWN
        .iter()
        .find(|(of, name, _)| *name == method && (*of == model || *of == "*"))?;
    let returns = ReturnType::try_from((*returns).to_owned());
    Some(returns.expect("BUG: the table holds types"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_holds_types() {
        assert!(KNOWN.is_sorted());
        for (model, method, _) in KNOWN {
            assert!(known(model, method).is_some());
        }
    }

    #[test]
    fn a_mixins_method_is_known_of_every_model() {
        assert_eq!(
            known("sale.order", "message_post"),
            known("res.partner", "message_post")
        );
        assert_eq!(known("sale.order", "action_post"), None);
    }
}
