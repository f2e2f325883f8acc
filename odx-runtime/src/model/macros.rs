//! The macros that generated code is written in. They keep its files short and its parts in one place.

/// Implements [`Model`](crate::Model) and the model's methods.
///
/// `model! { ResPartner, ResPartnerFields, META { id: 0, name: 1 } }` gives each handle the description at its index.
#[doc(hidden)]
#[macro_export]
macro_rules! model {
    ($model:ident, $fields:ident, $meta:ident { $($field:ident: $index:literal),* $(,)? }) => {
        #[diagnostic::do_not_recommend]
        impl $crate::model::Model for $model {
            type Fields = $fields;
            const NAME: &'static str = $meta.name();
            const F: &'static $fields = &$fields {
                $($field: $crate::model::Field { index: $index, marker: ::core::marker::PhantomData },)*
            };

            const META: &'static $crate::model::ModelMeta = &$meta;
        }

        impl $model {
            /// The fields of the model, as typed handles.
            pub const F: &'static $fields = <Self as $crate::model::Model>::F;

            /// The records that match a domain.
            pub fn search(domain: impl $crate::domain::IntoDomain<Self>) -> $crate::query::Query<Self> {
                $crate::query::Query::new(domain.into_domain())
            }

            /// The records that match a domain, given by a closure over the fields.
            pub fn filter<D: $crate::domain::IntoDomain<Self>>(
                domain: impl FnOnce(&'static $fields) -> D,
            ) -> $crate::query::Query<Self> {
                $crate::query::Query::new(domain(Self::F).into_domain())
            }

            /// Reads records by id, in the order of the ids; tells which are missing.
            pub fn read<O: $crate::Odoo>(
                odoo: &O,
                ids: impl IntoIterator<Item = $crate::Id<Self>>,
            ) -> O::Answer<'_, $crate::query::Found<Self, Self>>
            where
                Self: $crate::model::Projection<Model = Self>,
            {
                $crate::query::read(odoo, ids)
            }

            /// Reads records by id into a projection.
            pub fn read_as<O: $crate::Odoo, P: $crate::model::Reads<Self>>(
                odoo: &O,
                ids: impl IntoIterator<Item = $crate::Id<Self>>,
            ) -> O::Answer<'_, $crate::query::Found<Self, P>> {
                $crate::query::read(odoo, ids)
            }

            /// Those of the ids that exist.
            pub fn exists<O: $crate::Odoo>(
                odoo: &O,
                ids: impl IntoIterator<Item = $crate::Id<Self>>,
            ) -> O::Answer<'_, Vec<$crate::Id<Self>>> {
                $crate::query::exists(odoo, ids)
            }

            /// The records whose name matches a text; 100 at most.
            pub fn name_search<O: $crate::Odoo>(
                odoo: &O,
                text: impl Into<String>,
            ) -> O::Answer<'_, Vec<$crate::Many2one<Self>>> {
                $crate::query::name_search(odoo, text)
            }

            /// Groups all records: `.group_by((F.state, F.date_order.month()))`.
            pub fn group_by<K: $crate::query::group::GroupKeys<Self>>(
                keys: K,
            ) -> $crate::query::group::GroupBy<Self, K> {
                Self::search($crate::all()).group_by(keys)
            }

            /// Values to write, none yet.
            pub fn values() -> $crate::Values<Self> {
                $crate::Values::new()
            }

            /// Creates a record.
            pub fn create<O: $crate::Odoo>(
                odoo: &O,
                values: $crate::Values<Self>,
            ) -> O::Answer<'_, $crate::Id<Self>> {
                $crate::write::create(odoo, values)
            }

            /// Creates records, in batches; their ids come in the order of the values.
            pub fn create_many<O: $crate::Odoo>(
                odoo: &O,
                values: impl IntoIterator<Item = $crate::Values<Self>>,
            ) -> O::Answer<'_, Vec<$crate::Id<Self>>> {
                $crate::write::create_many(odoo, values)
            }

            /// Writes the same values to records.
            pub fn write<O: $crate::Odoo>(
                odoo: &O,
                ids: impl IntoIterator<Item = $crate::Id<Self>>,
                values: $crate::Values<Self>,
            ) -> O::Answer<'_, ()> {
                $crate::write::write(odoo, ids, values)
            }

            /// Deletes records.
            pub fn unlink<O: $crate::Odoo>(
                odoo: &O,
                ids: impl IntoIterator<Item = $crate::Id<Self>>,
            ) -> O::Answer<'_, ()> {
                $crate::write::unlink(odoo, ids)
            }

            /// A call of any method of the model.
            pub fn call<O: $crate::Odoo>(
                odoo: &O,
                method: impl Into<::std::borrow::Cow<'static, str>>,
            ) -> $crate::query::MethodCall<'_, O, Self> {
                $crate::query::MethodCall::new(odoo, method)
            }
        }
    };
}

/// Implements [`Projection`](crate::model::Projection), `Debug` and `Default` for a generated record.
///
/// The fields are the first of the model's table, in the same order.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    ($model:ident, $meta:ident[$count:literal] { $($field:ident),* $(,)? }) => {
        impl $crate::model::Projection for $model {
            type Model = Self;

            fn fields() -> &'static [&'static $crate::model::FieldMeta] {
                static FIELDS: [&$crate::model::FieldMeta; $count] = $crate::model::first_fields(&$meta);
                &FIELDS
            }

            fn blank() -> Self {
                Self { $($field: $crate::model::Slot::blank(),)* }
            }

            fn slots(&self, visit: &mut dyn FnMut(&[&dyn $crate::model::Slot])) {
                visit(&[$(&self.$field),*]);
            }

            fn slots_mut(&mut self, visit: &mut dyn FnMut(&mut [&mut dyn $crate::model::Slot])) {
                visit(&mut [$(&mut self.$field),*]);
            }
        }

        impl ::core::fmt::Debug for $model {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&$crate::model::DebugFields(stringify!($model), self), f)
            }
        }

        impl ::core::default::Default for $model {
            fn default() -> Self {
                <Self as $crate::model::Projection>::blank()
            }
        }
    };
}

/// Compares generated records field by field, by their wire values.
#[doc(hidden)]
#[macro_export]
macro_rules! record_eq {
    ($model:ident) => {
        impl ::core::cmp::PartialEq for $model {
            fn eq(&self, other: &Self) -> bool {
                $crate::model::same_wire(self, other)
            }
        }
    };
}

/// Serialises generated records as Odoo sends them.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! record_serde {
    ($model:ident) => {
        impl $crate::serde::Serialize for $model {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::serde::Serialize::serialize(&$crate::model::to_wire(self), serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $model {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let row = <$crate::model::JsonValue as $crate::serde::Deserialize>::deserialize(
                    deserializer,
                )?;
                $crate::model::from_wire(&row).map_err($crate::serde::de::Error::custom)
            }
        }
    };
}

/// A selection as an enum, with `Other` for keys that were not known when the code was generated.
#[doc(hidden)]
#[macro_export]
macro_rules! selection {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $key:literal $(as $kind:ident)?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A key that was not known when this code was generated.
            Other(String),
        }

        impl $crate::model::Selection for $name {
            const KEYS: &'static [$crate::model::SelectionKey] =
                &[$($crate::selection!(@key $key $($kind)?)),*];

            const VALUES: &'static [Self] = &[$(Self::$variant),*];

            fn other(key: String) -> Self {
                Self::Other(key)
            }

            fn as_other(&self) -> Option<&str> {
                match self {
                    Self::Other(key) => Some(key),
                    _ => None,
                }
            }
        }

        $crate::selection_value!($name);
    };
    (@key $key:literal) => { $crate::model::SelectionKey::of($key) };
    (@key $key:literal integer) => { $crate::model::SelectionKey::integer($key) };
}

/// A selection with too many keys for an enum, as a text whose keys are checked where the compiler sees them.
#[doc(hidden)]
#[macro_export]
macro_rules! selection_text {
    ($(#[$doc:meta])* pub struct $name:ident; $($key:literal),* $(,)?) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl $crate::model::Selection for $name {
            const KEYS: &'static [$crate::model::SelectionKey] =
                &[$($crate::model::SelectionKey::of($key)),*];

            const VALUES: &'static [Self] = &[];

            fn other(key: String) -> Self {
                Self(key)
            }

            fn as_other(&self) -> Option<&str> {
                Some(&self.0)
            }
        }

        impl $name {
            /// The value with that key.
            pub fn new(key: impl Into<String>) -> Self {
                Self(key.into())
            }
        }

        $crate::selection_value!($name);
    };
}

/// What both kinds of selection share.
#[doc(hidden)]
#[macro_export]
macro_rules! selection_value {
    ($name:ident) => {
        impl $crate::model::Value for $name {
            fn blank() -> Self {
                <Self as $crate::model::Selection>::from_key("")
            }

            fn read(
                cell: &mut $crate::model::Cell<'_, '_>,
            ) -> Result<Self, $crate::model::Mismatch> {
                cell.key(<Self as $crate::model::Selection>::from_key)
            }

            fn wire(&self) -> $crate::model::JsonValue {
                $crate::model::Selection::to_json(self)
            }
        }

        impl ::core::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::model::Selection::key(self) == $crate::model::Selection::key(other)
            }
        }

        impl ::core::cmp::Eq for $name {}

        impl ::core::hash::Hash for $name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                ::core::hash::Hash::hash($crate::model::Selection::key(self), state);
            }
        }

        /// The key.
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str($crate::model::Selection::key(self))
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt($crate::model::Selection::key(self), f)
            }
        }
    };
}
