//! Odoo's operators: one table.

use std::fmt;

use super::{Class, Since, Source, since::since_of};

/// The table of operators, handed to a macro, for what must be a method: `operators!(callback words)`
/// expands to `callback! { words row; row; .. }`.
///
/// A row is: documentation, `Variant "text" method: Takes Class, not Opposite, since N;`, or `since (19, 3, Odoo)` as told. Documentation is both the
/// operator's and the method's.
#[macro_export]
macro_rules! operators {
    ($callback:ident $($first:tt)*) => {
        $callback! {
            $($first)*
            /// Equal; to `None`, unset.
            Eq "=" eq: Value Compared, not Ne, since 14;
            /// Not equal. Records without a value are among them.
            Ne "!=" ne: Value Compared, not Eq, since 14;
            /// Less.
            Lt "<" lt: SetValue Ordered, not Ge, since 14;
            /// Less or equal.
            Le "<=" le: SetValue Ordered, not Gt, since 14;
            /// Greater.
            Gt ">" gt: SetValue Ordered, not Le, since 14;
            /// Greater or equal.
            Ge ">=" ge: SetValue Ordered, not Lt, since 14;
            /// Equal, or no condition at all where the value is `None`.
            EqIfSet "=?" eq_if_set: Value Compared, not Ne, since 14;
            /// One of these. None of these is no record.
            In "in" is_in: List Compared, not NotIn, since 14;
            /// None of these. Records without a value are among them.
            NotIn "not in" not_in: List Compared, not In, since 14;
            /// Holds the text; `%` stands for any text, `_` for any character. In relations, the record's name does.
            Like "like" like: Text Textual, not NotLike, since 14;
            /// Does not hold the text. Records without a value are among them.
            NotLike "not like" not_like: Text Textual, not Like, since 14;
            /// Holds the text, in upper or lower case.
            Ilike "ilike" ilike: Text Textual, not NotIlike, since 14;
            /// Does not hold the text, in upper or lower case. Records without a value are among them.
            NotIlike "not ilike" not_ilike: Text Textual, not Ilike, since 14;
            /// Is like the pattern: `%` stands for any text, `_` for any character.
            EqLike "=like" eq_like: Text Textual, not NotEqLike, since 14;
            /// Is like the pattern, in upper or lower case.
            EqIlike "=ilike" eq_ilike: Text Textual, not NotEqIlike, since 14;
            /// Is not like the pattern. Records without a value are among them.
            NotEqLike "not =like" not_eq_like: Text Textual, not EqLike, since 19;
            /// Is not like the pattern, in upper or lower case. Records without a value are among them.
            NotEqIlike "not =ilike" not_eq_ilike: Text Textual, not EqIlike, since 19;
            /// One of these records or a record below one of them.
            ChildOf "child_of" child_of: Records Hierarchical, not _, since 14;
            /// One of these records or a record above one of them.
            ParentOf "parent_of" parent_of: Records Hierarchical, not _, since 14;
            /// One of the related records matches the domain. Before Odoo 17, a many2one is said by a path.
            Any "any" any: Domain Relational, not NotAny, since 17;
            /// None of the related records matches the domain.
            NotAny "not any" not_any: Domain Relational, not Any, since 17;
            /// The user may do that with the record: of `id`, with itself, of a many2one, with the one that it leads to.
            /// Odoo 19.3 and on, as it says itself; no server of these was seen.
            Access "access" access: Operation Guarded, not _, since (19, 3, Odoo);
        }
    };
}

/// What stands on the right side of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
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
    /// What a user may do with a record.
    Operation,
}

/// What a user may do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// See it.
    Read,
    /// Change it.
    Write,
    /// Make one like it.
    Create,
    /// Delete it.
    Unlink,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Create, Self::Unlink];

    /// As Odoo calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Create => "create",
            Self::Unlink => "unlink",
        }
    }

    /// The operation that Odoo calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.as_str() == name)
    }
}

/// A row of the table of operators.
#[derive(Clone, Copy, Debug)]
pub struct OperatorRow {
    /// The operator.
    pub operator: Operator,
    /// Odoo's text.
    pub text: &'static str,
    /// The method of a handle.
    pub method: &'static str,
    /// The variant of [`Operator`].
    pub variant: &'static str,
    /// The right side.
    pub takes: Takes,
    /// Which fields have it.
    pub class: Class,
    /// What finds the other records, and those without a value.
    pub opposite: Option<Operator>,
    /// The series that have it.
    pub since: Since,
}

macro_rules! opposite {
    (_) => {
        None
    };
    ($opposite:ident) => {
        Some(Operator::$opposite)
    };
}

macro_rules! define {
    ($(
        $(#[$doc:meta])*
        $variant:ident $text:literal $method:ident: $takes:ident $class:ident, not $opposite:tt, since $since:tt;
    )*) => {
        /// An operator of a condition.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operator {
            $($(#[$doc])* $variant,)*
        }

        /// Every operator, in the order of [`Operator`]'s variants.
        pub const OPERATORS: &[OperatorRow] = &[
            $(OperatorRow {
                operator: Operator::$variant,
                text: $text,
                method: stringify!($method),
                variant: stringify!($variant),
                takes: Takes::$takes,
                class: Class::$class,
                opposite: opposite!($opposite),
                since: since_of!($since),
            },)*
        ];
    };
}

operators!(define);

/// The series that take [other spellings](Operator::parse) of some operators. odx never sends one.
pub const OTHER_SPELLINGS: Since = Since::until((20, 0), Source::Notes);

/// Other spellings, which some series take: Odoo 14 to 18 the first, Odoo 19 both.
const SPELLINGS: &[(&str, Operator)] = &[("<>", Operator::Ne), ("==", Operator::Eq)];

/// What people write who think of another language.
const MISTAKEN: &[(&str, Operator)] = &[
    ("=>", Operator::Ge),
    ("=<", Operator::Le),
    ("=!", Operator::Ne),
    ("!==", Operator::Ne),
    ("is not", Operator::Ne),
    ("===", Operator::Eq),
    ("is", Operator::Eq),
    ("contains", Operator::Ilike),
    ("not contains", Operator::NotIlike),
];

impl OperatorRow {
    /// The row of the operator with that text; see [`Operator::parse`].
    pub fn of_text(text: &str) -> Option<&'static Self> {
        Operator::parse(text).map(Operator::row)
    }

    /// The row of the operator of a handle's method.
    pub fn of_method(method: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|row| row.method == method)
    }
}

impl Operator {
    /// What is known of it.
    pub const fn row(self) -> &'static OperatorRow {
        &OPERATORS[self as usize]
    }

    /// The operator on the wire.
    pub const fn as_str(self) -> &'static str {
        self.row().text
    }

    /// The series that have it.
    pub const fn since(self) -> Since {
        self.row().since
    }

    /// The operator that finds the records that this one does not.
    pub const fn opposite(self) -> Option<Self> {
        self.row().opposite
    }

    /// Every operator.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        OPERATORS.iter().map(|row| row.operator)
    }

    /// The operator with that text. `<>` and `==`, which some series take, are `!=` and `=`.
    pub fn parse(text: &str) -> Option<Self> {
        let other = SPELLINGS.iter().find(|(spelling, _)| *spelling == text);
        other.map(|(_, operator)| *operator).or_else(|| {
            OPERATORS
                .iter()
                .find(|row| row.text == text)
                .map(|row| row.operator)
        })
    }

    /// The operator that is meant by a text that is none: `>=` by `=>`, `ilike` by `contains` or `ILIKE`, `>` by `gt`.
    pub fn meant_by(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let of_method = || OperatorRow::of_method(&text).map(|row| row.operator);
        let mistaken = || MISTAKEN.iter().find(|(mistaken, _)| *mistaken == text);
        Self::parse(&text)
            .or_else(of_method)
            .or_else(|| mistaken().map(|(_, operator)| *operator))
    }

    /// As a message names it: with the series that have it, where not all do.
    pub fn told(self) -> String {
        match self.since().is_always() {
            true => format!("`{self}`"),
            false => format!("`{self}` (Odoo {})", self.since()),
        }
    }

    /// Every operator, as a message lists them.
    pub fn list() -> String {
        let told: Vec<String> = Self::all().map(Self::told).collect();
        told.join(", ")
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_its_own_row() {
        for (index, row) in OPERATORS.iter().enumerate() {
            assert_eq!(row.operator as usize, index, "{}", row.text);
            assert_eq!(Operator::parse(row.text), Some(row.operator));
            let of_method = OperatorRow::of_method(row.method);
            assert_eq!(of_method.map(|row| row.operator), Some(row.operator));
        }
        assert_eq!(Operator::parse("<>"), Some(Operator::Ne));
        assert_eq!(Operator::parse("~"), None);
    }

    #[test]
    fn what_another_language_says_is_told_as_the_operator_that_is_meant() {
        for (text, meant) in [
            ("=>", Some(Operator::Ge)),
            ("contains", Some(Operator::Ilike)),
            ("ILIKE", Some(Operator::Ilike)),
            ("gt", Some(Operator::Gt)),
            ("not_in", Some(Operator::NotIn)),
            ("near", None),
        ] {
            assert_eq!(Operator::meant_by(text), meant, "{text}");
        }
        for (text, _) in MISTAKEN {
            assert_eq!(Operator::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_operator_that_not_all_series_have_is_told_with_them() {
        assert_eq!(Operator::Access.told(), "`access` (Odoo 19.3 on)");
        assert_eq!(Operator::Ilike.told(), "`ilike`");
        assert!(Operator::list().starts_with("`=`, `!=`, "));
    }

    #[test]
    fn the_opposite_of_the_opposite_is_the_operator_itself() {
        for row in OPERATORS
            .iter()
            .filter(|row| row.operator != Operator::EqIfSet)
        {
            let twice = row.opposite.and_then(Operator::opposite);
            assert!(
                row.opposite.is_none() || twice == Some(row.operator),
                "{}",
                row.text
            );
        }
    }
}
