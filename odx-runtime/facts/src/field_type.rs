//! Odoo's field types: one table.

use std::fmt;

use super::Since;

/// The table of field types, handed to a macro, for what must be a type or an implementation: `field_types!(callback words)`
/// expands to `callback! { words row; row; .. }`.
///
/// A row is: documentation, `Variant "name" since N: Value Nullable, kind ..;`. A kind is what handles of the field are
/// marked with; the first row that names one says which [`Class`]es it has, `kind Name[Parameter] = Class Class ..`, and
/// later rows name it alone.
#[macro_export]
macro_rules! field_types {
    ($callback:ident $($first:tt)*) => {
        $callback! {
            $($first)*
            /// Text of one line.
            Char "char" since 14: Text UnlessRequired, kind Char[] = Compared Ordered Textual Grouped;
            /// Text of many lines.
            Text "text" since 14: Text UnlessRequired, kind Text[] = Compared Ordered Textual Grouped;
            /// Sanitised HTML.
            Html "html" since 14: Text UnlessRequired, kind Html[] = Compared Ordered Textual Grouped;
            /// An integer of 32 bits.
            Integer "integer" since 14: Integer Never, kind Integer[] = Compared Ordered Grouped Averaged Extreme;
            /// A float, rounded to its digits on write.
            Float "float" since 14: Float Never, kind Float[] = Compared Ordered Grouped Averaged Extreme;
            /// A float in a currency.
            Monetary "monetary" since 14: Float Never, kind Monetary[] = Compared Ordered Grouped Averaged Extreme;
            /// True or false.
            Boolean "boolean" since 14: Boolean Never, kind Boolean[] = Compared Grouped;
            /// A date.
            Date "date" since 14: Date UnlessRequired, kind Date[] = Compared Ordered Dated Extreme;
            /// A date and time, UTC on the wire.
            Datetime "datetime" since 14: Datetime UnlessRequired, kind Datetime[] = Compared Ordered Dated Extreme;
            /// Bytes, base64 on the wire. Images report this type, too; required ones are checked by forms alone.
            Binary "binary" since 14: Blob Always, kind Binary[] =;
            /// A key of a list.
            Selection "selection" since 14: Selection UnlessRequired, kind Choice[S] = Compared Ordered Textual Grouped;
            /// A record of one model.
            Many2one "many2one" since 14: Many2one UnlessRequired, kind ToOne[M] = Compared Textual Hierarchical Relational Grouped Guarded;
            /// Records that point back.
            One2many "one2many" since 14: Ids Never, kind ToMany[M] = Compared Textual Hierarchical Relational Grouped;
            /// Records by a relation table.
            Many2many "many2many" since 14: Ids Never, kind ToMany;
            /// A record of any of some models, `"model,id"`.
            Reference "reference" since 14: RecordRef Always, kind Reference[] = Compared Ordered Textual Grouped;
            /// The id of a record whose model stands in another field.
            Many2oneReference "many2one_reference" since 14: ResId Never, kind AnyId[] = Compared Ordered Grouped;
            /// Any JSON.
            Json "json" since 16: Json Always, kind Json[] =;
            /// JSON of the addon base_sparse_field.
            Serialized "serialized" since 14: Json Always, kind Json;
            /// Values whose definition stands on a parent record.
            Properties "properties" since 16: Properties Never, kind Properties[] = HoldsProperties;
            /// The definition of properties.
            PropertiesDefinition "properties_definition" since 16: PropertiesDefinition Never, kind PropertiesDefinition[] =;
        }
    };
}

/// What the handles of a kind of field can do beyond `is_set` and `is_unset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `eq`, `ne`, `is_in`, `not_in`.
    Compared,
    /// `lt`, `le`, `gt`, `ge`.
    Ordered,
    /// `like` and its kin. Of a relation, they search the names of records.
    Textual,
    /// `child_of`, `parent_of`.
    Hierarchical,
    /// `hop`, `then`, `any`, `not_any`.
    Relational,
    /// `access`.
    Guarded,
    /// Parts and spans of dates.
    Dated,
    /// `property`.
    HoldsProperties,
    /// Groups by the field as it is.
    Grouped,
    /// Sums and averages.
    Averaged,
    /// The smallest and the largest value.
    Extreme,
}

/// What a record holds of a field. A field type with a value of its own needs code that reads and writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text,
    /// An integer.
    Integer,
    /// A float.
    Float,
    /// True or false.
    Boolean,
    /// A date.
    Date,
    /// A moment.
    Datetime,
    /// Bytes, or whatever JSON stands in their place.
    Blob,
    /// A key of a list.
    Selection,
    /// A record and its name.
    Many2one,
    /// Ids of records.
    Ids,
    /// A model and an id.
    RecordRef,
    /// An id.
    ResId,
    /// Any JSON.
    Json,
    /// Properties.
    Properties,
    /// The definition of properties.
    PropertiesDefinition,
}

/// When the value of a field is an `Option`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nullable {
    /// Unless the field is required and stored.
    UnlessRequired,
    /// Whatever is said of the field.
    Always,
    /// The value has its own way to be unset (`0`, `false`, an empty list), or cannot be.
    Never,
}

macro_rules! define {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:literal since $since:literal: $value:ident $nullable:ident,
        kind $kind:ident $([$($parameter:ident)?] = $($class:ident)*)?;
    )*) => {
        /// An Odoo field type, as `fields_get` names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FieldType {
            $($(#[$doc])* $variant,)*
            /// A type that this version of odx does not know. Its values are JSON.
            Unknown,
        }

        impl FieldType {
            /// Every type, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name `fields_get` uses, such as `many2one`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Unknown => "unknown",
                }
            }

            /// The type that `fields_get` names so; [`Unknown`](Self::Unknown) for another name.
            pub fn of(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ => Self::Unknown,
                }
            }

            /// The series whose servers have it.
            pub const fn since(self) -> Since {
                match self {
                    $(Self::$variant => Since::from($since),)*
                    Self::Unknown => Since::ALWAYS,
                }
            }

            /// What a record holds of it.
            pub const fn value(self) -> Value {
                match self {
                    $(Self::$variant => Value::$value,)*
                    Self::Unknown => Value::Json,
                }
            }

            /// When that is an `Option`.
            pub const fn nullable(self) -> Nullable {
                match self {
                    $(Self::$variant => Nullable::$nullable,)*
                    Self::Unknown => Nullable::Never,
                }
            }

            /// The marker type of its handles in `odx_runtime::model`.
            pub const fn kind(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($kind),)*
                    Self::Unknown => "Unknown",
                }
            }

            /// What its handles can do.
            pub fn classes(self) -> &'static [Class] {
                const KINDS: &[(&str, &[Class])] = &[
                    $($((stringify!($kind), &[$(Class::$class),*]),)?)*
                ];
                KINDS
                    .iter()
                    .find(|(kind, _)| *kind == self.kind())
                    .map_or(&[], |(_, classes)| *classes)
            }
        }
    };
}

field_types!(define);

impl FieldType {
    /// Whether the handles can do this.
    pub fn is(self, class: Class) -> bool {
        self.classes().contains(&class)
    }

    /// One2many and many2many: a list of records.
    pub const fn is_to_many(self) -> bool {
        matches!(self.value(), Value::Ids)
    }

    /// Many2one, one2many and many2many.
    pub const fn is_relation(self) -> bool {
        matches!(self.value(), Value::Ids | Value::Many2one)
    }

    /// Date and datetime.
    pub const fn is_date(self) -> bool {
        matches!(self.value(), Value::Date | Value::Datetime)
    }

    /// Char, text and html.
    pub const fn is_text(self) -> bool {
        matches!(self.value(), Value::Text)
    }

    /// Integer, float and monetary: what reads 0 where it is unset, and has sums.
    pub const fn is_number(self) -> bool {
        matches!(self.value(), Value::Integer | Value::Float)
    }

    /// What a relation leads from: the parameter of its kind is a model.
    pub const fn is_selection(self) -> bool {
        matches!(self.value(), Value::Selection)
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_known_by_its_name() {
        for field_type in FieldType::ALL {
            assert_eq!(FieldType::of(field_type.as_str()), *field_type);
        }
        assert_eq!(FieldType::of("hologram"), FieldType::Unknown);
    }

    #[test]
    fn types_of_one_kind_can_do_the_same() {
        assert!(FieldType::Many2many.is(Class::Relational));
        assert!(!FieldType::Serialized.is(Class::Compared));
        assert_eq!(FieldType::Json.kind(), FieldType::Serialized.kind());
    }
}
