//! The operators of fields and paths: typed on this side, a [`Node`] on the other.

use serde_json::Value as JsonValue;

use super::{
    ComparedWith, Conditions, Domain, IntoDomain, Node, OperandFor, Operation, Operator, Pattern,
};
use crate::model::{
    CanSearch, Compared, DatePart, Dated, Field, FieldPath, Guarded, Hierarchical, HoldsProperties,
    Id, Ids, IntoPath, Model, Ordered, OverFields, Path, PropertyValue, RecordId, Relational,
    Textual,
};

fn condition<M>(path: FieldPath, operator: Operator, value: JsonValue) -> Domain<M> {
    Domain::from_node(Node::condition(path, operator, value))
}

fn list<M, K: ComparedWith, V: OperandFor<K>>(
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

/// The methods of handles, one a row of the table of operators.
macro_rules! methods {
    ($handle:ident:) => {};
    ($handle:ident: $(#[$doc:meta])* $v:ident $text:literal $name:ident: $takes:ident $class:ident, not $o:tt, since $s:tt; $($rest:tt)*) => {
        methods! { @$takes $handle, $v, $class, $(#[$doc])* $name }
        methods! { $handle: $($rest)* }
    };
    (@SetValue $($row:tt)*) => {
        methods! { @Value $($row)* }
    };
    (@Value $handle:ident, $v:ident, $class:ident, $(#[$doc:meta])* $name:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(#[$doc])*
            pub fn $name<V: OperandFor<K>>(&self, value: V) -> Domain<M>
            where
                K: $class + ComparedWith,
                C: CanSearch,
            {
                condition(self.path(), Operator::$v, value.into_wire())
            }
        }
    };
    (@List $handle:ident, $v:ident, $class:ident, $(#[$doc:meta])* $name:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(#[$doc])*
            pub fn $name<V: OperandFor<K>>(&self, values: impl IntoIterator<Item = V>) -> Domain<M>
            where
                K: $class + ComparedWith,
                C: CanSearch,
            {
                list(self.path(), Operator::$v, values)
            }
        }
    };
    (@Text $handle:ident, $v:ident, $class:ident, $(#[$doc:meta])* $name:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(#[$doc])*
            pub fn $name(&self, text: impl Pattern) -> Domain<M>
            where
                K: $class,
                C: CanSearch,
            {
                condition(self.path(), Operator::$v, text.as_text().into())
            }
        }
    };
    (@Records $handle:ident, $v:ident, $class:ident, $(#[$doc:meta])* $name:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(#[$doc])*
            pub fn $name(&self, records: impl Ids<K::Target>) -> Domain<M>
            where
                K: $class,
                C: CanSearch,
            {
                let ids: Vec<RecordId> = records.into_ids().into_iter().map(Id::record_id).collect();
                condition(self.path(), Operator::$v, ids.into())
            }
        }
    };
    (@Operation $handle:ident, $v:ident, $class:ident, $(#[$doc:meta])* $name:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(#[$doc])*
            pub fn $name(&self, operation: Operation) -> Domain<M>
            where
                K: $class,
                C: CanSearch,
            {
                condition(self.path(), Operator::$v, operation.as_str().into())
            }
        }
    };
    (@Domain $handle:ident, $v:ident, $class:ident, $(#[$doc:meta])* $name:ident) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(#[$doc])*
            pub fn $name<D>(&self, conditions: impl Conditions<K::Target, D>) -> Domain<M>
            where
                K: $class,
                C: CanSearch,
                D: IntoDomain<K::Target>,
            {
                Domain::from_node(Node::sub_domain(
                    self.path(),
                    Operator::$v,
                    conditions(K::Target::F).into_domain().into_node(),
                ))
            }
        }
    };
}

/// The methods that lead to a number out of a date.
macro_rules! date_parts {
    ($handle:ident: $($(#[$doc:meta])* $name:ident;)*) => {
        impl<M: Model, K, C> $handle<M, K, C> {
            $(
                $(#[$doc])*
                pub fn $name(&self) -> Path<M, DatePart, C>
                where
                    K: Dated,
                {
                    Path::new(self.path().with_suffix(stringify!($name)))
                }
            )*
        }
    };
}

macro_rules! operators {
    ($handle:ident) => {
        odx_facts::operators!(methods $handle:);
        odx_facts::date_parts!(date_parts $handle:);

        impl<M: Model, K, C> $handle<M, K, C> {
            /// Between two values, or equal to one of them.
            pub fn between<V: OperandFor<K>>(&self, low: V, high: V) -> Domain<M>
            where
                K: Ordered + ComparedWith,
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
                far: impl OverFields<K::Target, P>,
            ) -> Path<M, K2, C2>
            where
                K: Relational,
                C: CanSearch,
                P: IntoPath<K::Target, Kind = K2, Capability = C2>,
            {
                Path::new(self.path().join(far(K::Target::F).into_path().path()))
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
