//! Well-known business methods of Odoo's own apps, and what they return. Read in the source of Odoo 14 to 19 (Community, all
//! addons).
//!
//! Odoo documents its methods from 19 on, and hardly any return type. A method stands here when all its overrides return
//! what the type reads: an action or nothing, a boolean (or an action in its place), records, or what is of no interest. All
//! are called on records, and none has a parameter that a call must give.

use super::{Series, Since, Source};

/// A business method.
#[derive(Clone, Copy, Debug)]
pub struct BusinessMethod {
    /// The model that has it, in the addon that brings the model; `*` is every model with the mixin that has it.
    pub model: &'static str,
    /// The name.
    pub name: &'static str,
    /// What it returns, in the words of `odx.toml`.
    pub returns: &'static str,
    /// The series that have it.
    pub since: Since,
    /// The series in which it returns that.
    pub returns_since: Since,
    /// The parameters that a call may give, with their types in Python; nothing where that is any.
    pub parameters: &'static [(&'static str, &'static str)],
}

/// As the source of that release and the later ones reads.
const fn read(major: u16) -> Since {
    Since::told((major, 0), Source::Release)
}

const fn of_all(model: &'static str, name: &'static str, returns: &'static str) -> BusinessMethod {
    BusinessMethod {
        model,
        name,
        returns,
        since: read(14),
        returns_since: read(14),
        parameters: &[],
    }
}

impl BusinessMethod {
    const fn since(self, major: u16) -> Self {
        Self {
            since: read(major),
            returns_since: read(major),
            ..self
        }
    }

    /// In older series it returns something else.
    const fn returns_since(self, major: u16) -> Self {
        Self {
            returns_since: read(major),
            ..self
        }
    }

    const fn with(self, parameters: &'static [(&'static str, &'static str)]) -> Self {
        Self { parameters, ..self }
    }

    /// The method of a model, of its own or of a mixin.
    pub fn of(model: &str, name: &str) -> Option<&'static Self> {
        BUSINESS_METHODS
            .iter()
            .find(|method| method.name == name && (method.model == model || method.model == "*"))
    }

    /// The methods that a model of a series has.
    pub fn of_model(model: &str, series: Series) -> impl Iterator<Item = &'static Self> {
        BUSINESS_METHODS
            .iter()
            .filter(move |method| method.model == model && method.since.holds(series))
    }
}

/// The table.
pub const BUSINESS_METHODS: &[BusinessMethod] = &[
    of_all("*", "message_post", "id of mail.message"),
    of_all("account.move", "action_force_register_payment", "action").since(18),
    of_all("account.move", "action_invoice_sent", "action"),
    // An assistant where one is due, else `False`; the records in Odoo 14.
    of_all("account.move", "action_post", "action").returns_since(15),
    of_all("account.move", "action_register_payment", "action"),
    of_all("account.move", "action_reverse", "action"),
    of_all("account.move", "action_send_and_print", "action").since(15),
    of_all("account.move", "button_cancel", "none"),
    of_all("account.move", "button_draft", "none"),
    of_all("account.move", "button_set_checked", "none").since(15),
    of_all("account.payment", "action_cancel", "none"),
    of_all("account.payment", "action_draft", "none"),
    of_all("account.payment", "action_post", "none"),
    of_all("crm.lead", "action_set_won", "boolean"),
    of_all("hr.leave", "action_approve", "boolean"),
    of_all("mail.activity", "action_done", "id of mail.message"),
    of_all("mail.activity", "action_feedback", "id of mail.message")
        .with(&[("feedback", "str"), ("attachment_ids", "")]),
    of_all("mrp.production", "action_confirm", "boolean"),
    of_all("mrp.production", "button_mark_done", "action"),
    of_all("purchase.order", "action_create_invoice", "action"),
    of_all("purchase.order", "action_rfq_send", "action"),
    of_all("purchase.order", "button_cancel", "none"),
    // An action with purchase agreements.
    of_all("purchase.order", "button_confirm", "action"),
    of_all("purchase.order", "button_draft", "none"),
    of_all("res.partner", "create_company", "boolean"),
    of_all("res.partner", "open_commercial_entity", "action"),
    of_all("sale.order", "action_cancel", "boolean"),
    // An action in place of `True` with event registrations.
    of_all("sale.order", "action_confirm", "boolean"),
    of_all("sale.order", "action_draft", "boolean"),
    of_all("sale.order", "action_lock", "none").since(17),
    of_all("sale.order", "action_preview_sale_order", "action").since(16),
    of_all("sale.order", "action_quotation_send", "action"),
    of_all("sale.order", "action_quotation_sent", "none"),
    of_all("sale.order", "action_unlock", "none"),
    of_all("sale.order", "action_view_invoice", "action"),
    of_all("stock.picking", "action_assign", "boolean"),
    of_all("stock.picking", "action_cancel", "boolean"),
    of_all("stock.picking", "action_confirm", "boolean"),
    of_all("stock.picking", "action_detailed_operations", "action").since(17),
    of_all("stock.picking", "button_validate", "action"),
    of_all("stock.picking", "do_unreserve", "none"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(BUSINESS_METHODS.is_sorted_by_key(|method| (method.model, method.name)));
    }

    #[test]
    fn a_model_has_the_methods_of_its_series() {
        let has = |name, major| {
            BusinessMethod::of_model("sale.order", Series::new(major, 0))
                .any(|method| method.name == name)
        };
        assert!(has("action_confirm", 14) && has("action_confirm", 18));
        assert!(!has("action_lock", 16) && has("action_lock", 17));
    }
}
