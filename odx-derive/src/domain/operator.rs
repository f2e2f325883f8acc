//! Odoo's operators.

/// What stands on the right side of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A value, or none.
    Value,
    /// A value.
    SetValue,
    /// A list of values.
    List,
    /// A text.
    Text,
    /// Records.
    Records,
    /// A domain over the related records.
    Domain,
}

/// An operator.
#[derive(Debug)]
pub(crate) struct Operator {
    /// Odoo's text.
    pub(crate) text: &'static str,
    /// The method of a handle.
    pub(crate) method: &'static str,
    /// The variant of `odx_runtime::domain::Operator`.
    pub(crate) variant: &'static str,
    /// The right side.
    pub(crate) takes: Takes,
}

const fn operator(
    text: &'static str,
    method: &'static str,
    variant: &'static str,
    takes: Takes,
) -> Operator {
    Operator {
        text,
        method,
        variant,
        takes,
    }
}

/// Every operator.
pub(crate) static OPERATORS: [Operator; 21] = [
    operator("=", "eq", "Eq", Takes::Value),
    operator("!=", "ne", "Ne", Takes::Value),
    operator("<", "lt", "Lt", Takes::SetValue),
    operator("<=", "le", "Le", Takes::SetValue),
    operator(">", "gt", "Gt", Takes::SetValue),
    operator(">=", "ge", "Ge", Takes::SetValue),
    operator("=?", "eq_if_set", "EqIfSet", Takes::Value),
    operator("in", "is_in", "In", Takes::List),
    operator("not in", "not_in", "NotIn", Takes::List),
    operator("like", "like", "Like", Takes::Text),
    operator("not like", "not_like", "NotLike", Takes::Text),
    operator("ilike", "ilike", "Ilike", Takes::Text),
    operator("not ilike", "not_ilike", "NotIlike", Takes::Text),
    operator("=like", "eq_like", "EqLike", Takes::Text),
    operator("=ilike", "eq_ilike", "EqIlike", Takes::Text),
    operator("not =like", "not_eq_like", "NotEqLike", Takes::Text),
    operator("not =ilike", "not_eq_ilike", "NotEqIlike", Takes::Text),
    operator("child_of", "child_of", "ChildOf", Takes::Records),
    operator("parent_of", "parent_of", "ParentOf", Takes::Records),
    operator("any", "any", "Any", Takes::Domain),
    operator("not any", "not_any", "NotAny", Takes::Domain),
];

impl Operator {
    /// The operator with that text. Some versions of Odoo take `==` and `<>` too.
    pub(crate) fn of_text(text: &str) -> Option<&'static Self> {
        let text = match text {
            "==" => "=",
            "<>" => "!=",
            text => text,
        };
        OPERATORS.iter().find(|operator| operator.text == text)
    }

    /// The operator of a handle's method.
    pub(crate) fn of_method(method: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|operator| operator.method == method)
    }
}
