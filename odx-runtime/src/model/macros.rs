//! The macros that generated code is written in. They keep its files short and its parts in one place.

/// Implements [`Model`](crate::Model) and the model's methods.
///
/// `model! { ResPartner, ResPartnerFields, "res.partner", super::related { id: 0, name: 1 } "table" }` gives each handle
/// its place in the table.
#[doc(hidden)]
#[macro_export]
macro_rules! model {
    ($model:ident, $fields:ident, $name:literal, $related:path { $($field:ident: $index:literal),* $(,)? } $table:literal) => {
        #[diagnostic::do_not_recommend]
        impl $crate::model::Model for $model {
            type Fields = $fields;
            const NAME: &'static str = $name;
            const F: $fields = {
                use $crate::model::Field::At;
                $fields { $($field: At { index: $index }),* }
            };
            const TABLE: &'static str = $table;
            const RELATED: fn() -> $crate::model::Related = $related;
        }

        impl $model {
            /// The fields of the model, as typed handles.
            pub const F: $fields = <Self as $crate::model::Model>::F;
        }
    };
}

/// Implements [`Projection`](crate::model::Projection), `Clone` and `Debug` for a generated record.
///
/// The fields are the first of the model's table, in the same order, parted by semicolons into tuples as
/// [`Slots`](crate::model::Slots) takes them. The functions are compiled where they are used (`inline`): a program uses
/// few of its models.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    ($model:ident { $($($field:ident),+);+ }) => {
        impl $crate::model::Projection for $model {
            type Model = Self;

            #[inline]
            fn blank() -> Self {
                use $crate::model::Blank;
                Self { $($($field: Blank::BLANK,)+)+ }
            }

            #[inline]
            fn slots<'a>(&'a self, list: &mut Vec<&'a dyn $crate::model::Slot>) {
                $($crate::model::add_slots(list, ($(&self.$field,)+));)+
            }

            #[inline]
            fn slots_mut<'a>(&'a mut self, list: &mut Vec<&'a mut dyn $crate::model::Slot>) {
                $($crate::model::add_slots_mut(list, ($(&mut self.$field,)+));)+
            }
        }

        impl ::core::clone::Clone for $model {
            #[inline]
            fn clone(&self) -> Self {
                $crate::model::copy(self)
            }
        }

        impl ::core::fmt::Debug for $model {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::model::debug(self, f)
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

/// Serialises values of a selection as Odoo sends them.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! selection_serde {
    ($name:ident) => {
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::model::serialize(self, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::model::deserialize(deserializer)
            }
        }
    };
}

/// A selection as an enum, with `Other` for keys that were not known when the code was generated.
#[doc(hidden)]
#[macro_export]
macro_rules! selection {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $key:literal),* $(,)? } $(integers $($integer:literal),+)?) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A key that was not known when this code was generated.
            Other(String),
        }

        impl $crate::model::Selection for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];
            $(const INTEGERS: &'static [&'static str] = &[$($integer),+];)?
            const VALUES: &'static [Self] = &[$(Self::$variant),*];
            const BLANK: Self = Self::Other(String::new());

            #[inline]
            fn other(key: String) -> Self {
                Self::Other(key)
            }

            #[inline]
            fn as_other(&self) -> Option<&str> {
                match self {
                    Self::Other(key) => Some(key),
                    _ => None,
                }
            }
        }

        $crate::selection_value!($name);
    };
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
            const KEYS: &'static [&'static str] = &[$($key),*];
            const VALUES: &'static [Self] = &[];
            const BLANK: Self = Self(String::new());

            #[inline]
            fn other(key: String) -> Self {
                Self(key)
            }

            #[inline]
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
            type Form = $crate::model::KeyForm;
        }

        impl ::core::cmp::PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::model::same_key(self, other)
            }
        }

        impl ::core::cmp::Eq for $name {}

        impl ::core::hash::Hash for $name {
            #[inline]
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                $crate::model::hash_key(self, state)
            }
        }

        /// The key.
        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::model::show_key(self, f)
            }
        }

        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::model::debug_key(self, f)
            }
        }
    };
}
