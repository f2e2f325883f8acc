//! Domains in Odoo's notation, put together.

use serde_json::{Value as Json, json};

/// A domain as a tree, which knows when it finds every record or none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Domain {
    All(Vec<Domain>),
    Any(Vec<Domain>),
    Condition(Json),
}

impl Domain {
    /// Every record.
    pub(crate) const EVERY: Self = Self::All(Vec::new());
    /// No record.
    pub(crate) const NONE: Self = Self::Any(Vec::new());

    pub(crate) fn condition(
        field: &str,
        operator: odx_facts::Operator,
        value: impl Into<Json>,
    ) -> Self {
        Self::Condition(json!([field, operator.as_str(), value.into()]))
    }

    pub(crate) fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::All(parts) => all.extend(parts),
                none if none.is_none() => return Self::NONE,
                part => all.push(part),
            }
        }
        one_or(all, Self::All)
    }

    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Self::Any(parts) => any.extend(parts),
                every if every == Self::EVERY => return Self::EVERY,
                part => any.push(part),
            }
        }
        one_or(any, Self::Any)
    }

    /// The list that Odoo takes.
    pub(crate) fn to_items(&self) -> Vec<Json> {
        let mut items = Vec::new();
        match self {
            // Conditions side by side all hold.
            Self::All(parts) => parts.iter().for_each(|part| part.write(&mut items)),
            other => other.write(&mut items),
        }
        items
    }

    fn write(&self, items: &mut Vec<Json>) {
        let (sign, nothing, parts) = match self {
            Self::Condition(condition) => return items.push(condition.clone()),
            Self::All(parts) => ("&", json!([1, "=", 1]), parts),
            Self::Any(parts) => ("|", json!([0, "=", 1]), parts),
        };
        if parts.is_empty() {
            return items.push(nothing);
        }
        items.extend((1..parts.len()).map(|_| json!(sign)));
        parts.iter().for_each(|part| part.write(items));
    }
}

fn one_or(mut parts: Vec<Domain>, many: fn(Vec<Domain>) -> Domain) -> Domain {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use odx_facts::Operator;

    use super::*;

    fn is(field: &str) -> Domain {
        Domain::condition(field, Operator::Eq, 1)
    }

    #[test]
    fn conditions_are_joined_by_prefixes() {
        let either = Domain::any([is("a"), Domain::all([is("b"), is("c")]), is("d")]);
        let domain = Domain::all([is("x"), either]);
        let sent = json!([
            ["x", "=", 1],
            "|",
            "|",
            ["a", "=", 1],
            "&",
            ["b", "=", 1],
            ["c", "=", 1],
            ["d", "=", 1]
        ]);
        assert_eq!(Json::from(domain.to_items()), sent);
    }

    #[test]
    fn what_finds_nothing_or_everything_takes_the_rest_with_it() {
        assert_eq!(Domain::all([is("a"), Domain::NONE]), Domain::NONE);
        assert_eq!(Domain::any([is("a"), Domain::EVERY]), Domain::EVERY);
        assert_eq!(Domain::any([is("a"), Domain::NONE]), is("a"));
        assert_eq!(Domain::EVERY.to_items(), Vec::<Json>::new());
        assert_eq!(Domain::NONE.to_items(), [json!([0, "=", 1])]);
    }
}
