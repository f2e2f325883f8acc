//! Odoo's operators.

use std::fmt;

macro_rules! operators {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, since $since:literal;)*) => {
        /// An operator of a condition.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operator {
            $($(#[$doc])* $variant,)*
        }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The operator on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The first major version of Odoo that has it; 14 is the first that odx knows.
            pub const fn since(self) -> u32 {
                match self {
                    $(Self::$variant => $since,)*
                }
            }
        }
    };
}

operators! {
    /// Equal; to `false`, unset.
    Eq = "=", since 14;
    /// Not equal; records without a value are among them.
    Ne = "!=", since 14;
    /// Less.
    Lt = "<", since 14;
    /// Less or equal.
    Le = "<=", since 14;
    /// Greater.
    Gt = ">", since 14;
    /// Greater or equal.
    Ge = ">=", since 14;
    /// Equal, or no condition at all where the value is unset.
    EqIfSet = "=?", since 14;
    /// One of a list.
    In = "in", since 14;
    /// None of a list.
    NotIn = "not in", since 14;
    /// Holds the text.
    Like = "like", since 14;
    /// Does not hold the text.
    NotLike = "not like", since 14;
    /// Holds the text, in upper or lower case.
    Ilike = "ilike", since 14;
    /// Does not hold the text, in upper or lower case.
    NotIlike = "not ilike", since 14;
    /// Is like the pattern, with `%` for any text and `_` for any character.
    EqLike = "=like", since 14;
    /// Is like the pattern, in upper or lower case.
    EqIlike = "=ilike", since 14;
    /// Is not like the pattern.
    NotEqLike = "not =like", since 19;
    /// Is not like the pattern, in upper or lower case.
    NotEqIlike = "not =ilike", since 19;
    /// The record or one below it.
    ChildOf = "child_of", since 14;
    /// The record or one above it.
    ParentOf = "parent_of", since 14;
    /// One of the related records matches a domain.
    Any = "any", since 17;
    /// None of the related records matches a domain.
    NotAny = "not any", since 17;
}

impl Operator {
    /// The operator with that text. `<>` and `==`, which some versions take, are `!=` and `=`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "<>" => Some(Self::Ne),
            "==" => Some(Self::Eq),
            text => Self::ALL
                .iter()
                .copied()
                .find(|operator| operator.as_str() == text),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
