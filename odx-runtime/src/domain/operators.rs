//! The operators of fields and paths: typed on this side, a [`Node`] on the other.

use serde_json::Value as JsonValue;

use super::{Domain, IntoDomain, Node, OperandFor, Operator, Pattern};
use crate::model::{
    CanSearch, Compared, DatePart, Dated, Field, FieldPath, Hierarchical, HoldsProperties, Id,
    IntoPath, Model, Ordered, Path, PropertyValue, RecordId, Relational, Textual,
};

fn condition<M>(path: FieldPath, operator: Operator, value: JsonValue) -> Domain<M> {
    Domain::from_node(Node::condition(path, operator, value))
}

fn list<M, K, V: OperandFor<K>>(
    path: FieldPath,
    operator: Operator,
    values: impl IntoIterator<Item = V>,
) -> Domain<M> {
    condition(
        path,
        operator,
        values
            .into_iter()
            .map(V::into_wire)
            .collect::<Vec<_>>()
            .into(),
    )
}

/// Methods that take one value.
macro_rules! value_operators {
    ($($(#[$doc:meta])* $name:ident = $operator:ident for $class:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<V: OperandFor<K>>(&self, value: V) -> Domain<M>
            where
                K: $class,
                C: CanSearch,
            {
                condition(self.path(), Operator::$operator, value.into_wire())
            }
        )*
    };
}

/// Methods that take a text.
macro_rules! text_operators {
    ($($(#[$doc:meta])* $name:ident = $operator:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(&self, text: impl Pattern) -> Domain<M>
            where
                K: Textual,
                C: CanSearch,
            {
                condition(self.path(), Operator::$operator, text.as_text().into())
            }
        )*
    };
}

/// Methods that lead to a number out of a date.
macro_rules! date_parts {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(&self) -> Path<M, DatePart, C>
            where
                K: Dated,
            {
                Path::new(self.path().with_suffix(stringify!($name)))
            }
        )*
    };
}

macro_rules! operators {
    ($handle:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            value_operators! {
                /// Equal.
                eq = Eq for Compared;
                /// Not equal. Records without a value are among them.
                ne = Ne for Compared;
                /// Equal, or no condition at all where the value is `None`.
                eq_if_set = EqIfSet for Compared;
                /// Less.
                lt = Lt for Ordered;
                /// Less or equal.
                le = Le for Ordered;
                /// Greater.
                gt = Gt for Ordered;
                /// Greater or equal.
                ge = Ge for Ordered;
            }

            /// One of these. None of these is no record.
            pub fn is_in<V: OperandFor<K>>(&self, values: impl IntoIterator<Item = V>) -> Domain<M>
            where
                K: Compared,
                C: CanSearch,
            {
                list(self.path(), Operator::In, values)
            }

            /// None of these. Records without a value are among them.
            pub fn not_in<V: OperandFor<K>>(&self, values: impl IntoIterator<Item = V>) -> Domain<M>
            where
                K: Compared,
                C: CanSearch,
            {
                list(self.path(), Operator::NotIn, values)
            }

            /// Between two values, or equal to one of them.
            pub fn between<V: OperandFor<K>>(&self, low: V, high: V) -> Domain<M>
            where
                K: Ordered,
                C: CanSearch,
            {
                self.ge(low) & self.le(high)
            }

            /// Has a value. For an integer or float of Odoo 19, 0 is none.
            pub fn is_set(&self) -> Domain<M>
            where
                C: CanSearch,
            {
                condition(self.path(), Operator::Ne, false.into())
            }

            /// Has no value. For an integer or float of Odoo 19, 0 is none.
            pub fn is_unset(&self) -> Domain<M>
            where
                C: CanSearch,
            {
                condition(self.path(), Operator::Eq, false.into())
            }

            text_operators! {
                /// Holds the text; `%` stands for any text, `_` for any character. In relations, the record's name does.
                like = Like;
                /// Does not hold the text. Records without a value are among them.
                not_like = NotLike;
                /// Holds the text, in upper or lower case.
                ilike = Ilike;
                /// Does not hold the text, in upper or lower case.
                not_ilike = NotIlike;
                /// Is like the pattern: `%` stands for any text, `_` for any character.
                eq_like = EqLike;
                /// Is like the pattern, in upper or lower case.
                eq_ilike = EqIlike;
                /// Is not like the pattern. Before Odoo 19 said as `!` of [`eq_like`](Self::eq_like).
                not_eq_like = NotEqLike;
                /// Is not like the pattern, in upper or lower case.
                not_eq_ilike = NotEqIlike;
            }

            /// The field at the other end of the relation.
            pub fn then<P, K2, C2>(&self, far: P) -> Path<M, K2, C2>
            where
                K: Relational,
                C: CanSearch,
                P: IntoPath<K::Target, Kind = K2, Capability = C2>,
            {
                Path::new(self.path().join(far.into_path().path()))
            }

            /// The field at the other end of the relation, by a closure over its fields.
            pub fn hop<P, K2, C2>(
                &self,
                far: impl FnOnce(<K::Target as Model>::Fields) -> P,
            ) -> Path<M, K2, C2>
            where
                K: Relational,
                C: CanSearch,
                P: IntoPath<K::Target, Kind = K2, Capability = C2>,
            {
                Path::new(self.path().join(far(K::Target::F).into_path().path()))
            }

            /// One of the related records matches the domain. Odoo 17 and on; before, a many2one is said by a path.
            pub fn any<D>(
                &self,
                domain: impl FnOnce(<K::Target as Model>::Fields) -> D,
            ) -> Domain<M>
            where
                K: Relational,
                C: CanSearch,
                D: IntoDomain<K::Target>,
            {
                Domain::from_node(Node::sub_domain(
                    self.path(),
                    Operator::Any,
                    domain(K::Target::F).into_domain().into_node(),
                ))
            }

            /// None of the related records matches the domain. Odoo 17 and on.
            pub fn not_any<D>(
                &self,
                domain: impl FnOnce(<K::Target as Model>::Fields) -> D,
            ) -> Domain<M>
            where
                K: Relational,
                C: CanSearch,
                D: IntoDomain<K::Target>,
            {
                Domain::from_node(Node::sub_domain(
                    self.path(),
                    Operator::NotAny,
                    domain(K::Target::F).into_domain().into_node(),
                ))
            }

            /// One of these records or a record below one of them.
            pub fn child_of(&self, records: impl IntoIterator<Item = Id<K::Target>>) -> Domain<M>
            where
                K: Hierarchical,
                C: CanSearch,
            {
                self.hierarchy(
                    Operator::ChildOf,
                    records.into_iter().map(Id::record_id).collect(),
                )
            }

            /// One of these records or a record above one of them.
            pub fn parent_of(&self, records: impl IntoIterator<Item = Id<K::Target>>) -> Domain<M>
            where
                K: Hierarchical,
                C: CanSearch,
            {
                self.hierarchy(
                    Operator::ParentOf,
                    records.into_iter().map(Id::record_id).collect(),
                )
            }

            fn hierarchy(&self, operator: Operator, ids: Vec<RecordId>) -> Domain<M> {
                condition(self.path(), operator, ids.into())
            }

            date_parts! {
                /// The year, in the timezone of the context. Odoo 18 and on, as all date parts.
                year_number;
                /// The quarter, 1 to 4.
                quarter_number;
                /// The month, 1 to 12.
                month_number;
                /// The ISO week, 1 to 53.
                iso_week_number;
                /// The day of the year, 1 to 366.
                day_of_year;
                /// The day of the month, 1 to 31.
                day_of_month;
                /// The day of the week, 0 for Sunday.
                day_of_week;
                /// The hour, 0 to 23.
                hour_number;
                /// The minute, 0 to 59.
                minute_number;
                /// The second, 0 to 59.
                second_number;
            }

            /// One property by its technical name. Odoo 16 and on; a name that no definition has matches no record.
            pub fn property(&self, name: impl Into<String>) -> Path<M, PropertyValue, C>
            where
                K: HoldsProperties,
            {
                Path::new(self.path().with_suffix(name.into()))
            }
        }
    };
}

operators!(Field);
operators!(Path);
