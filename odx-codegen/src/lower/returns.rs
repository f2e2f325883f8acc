//! What well-known methods of Odoo's own apps return.

use odx_facts::{BusinessMethod, NEWEST, Series};

use crate::config::ReturnType;

/// What a method returns in a series, if it is known.
pub(super) fn known(model: &str, method: &str, series: Option<Series>) -> Option<ReturnType> {
    let known = BusinessMethod::of(model, method)?;
    if !known.returns_since.holds(series.unwrap_or(NEWEST)) {
        return None;
    }
    let returns = ReturnType::try_from(known.returns.to_owned());
    Some(returns.expect("BUG: the table holds types"))
}

#[cfg(test)]
mod tests {
    use odx_facts::BUSINESS_METHODS;

    use super::*;

    #[test]
    fn the_table_holds_types() {
        for method in BUSINESS_METHODS {
            assert!(known(method.model, method.name, None).is_some());
        }
    }

    #[test]
    fn a_mixins_method_is_known_of_every_model() {
        assert_eq!(
            known("sale.order", "message_post", None),
            known("res.partner", "message_post", None)
        );
        assert_eq!(known("sale.order", "action_post", None), None);
    }

    #[test]
    fn what_a_method_returned_in_older_series_is_not_taken_for_what_it_returns_now() {
        let post = |major| known("account.move", "action_post", Some(Series::new(major, 0)));
        assert_eq!(post(14), None);
        assert_eq!(post(15), Some(ReturnType::Action));
    }
}
