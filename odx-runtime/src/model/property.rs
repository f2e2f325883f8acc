//! Properties: fields whose definition stands on a parent record (Odoo 16 and on).

use serde_json::{Map, Value as JsonValue};

use super::Mismatch;

macro_rules! property_objects {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq)]
            pub struct $name(Map<String, JsonValue>);

            impl $name {
                pub(super) fn list(json: JsonValue) -> Result<Vec<Self>, Mismatch> {
                    let JsonValue::Array(items) = json else {
                        return Err(Mismatch::Expected("a list of properties"));
                    };
                    items
                        .into_iter()
                        .map(|item| match item {
                            JsonValue::Object(entries) => Ok(Self(entries)),
                            _ => Err(Mismatch::Expected("a list of properties")),
                        })
                        .collect()
                }

                pub(crate) fn wire(&self) -> JsonValue {
                    self.0.clone().into()
                }

                /// The technical name.
                pub fn name(&self) -> &str {
                    self.text("name")
                }

                /// The type, such as `char`, `many2one` or `tags`; it has types that fields do not have.
                pub fn property_type(&self) -> &str {
                    self.text("type")
                }

                /// The label.
                pub fn label(&self) -> &str {
                    self.text("string")
                }

                /// An attribute of the definition, such as `comodel`, `selection` or `tags`.
                pub fn attribute(&self, name: &str) -> Option<&JsonValue> {
                    self.0.get(name)
                }

                fn text(&self, name: &str) -> &str {
                    self.0.get(name).and_then(JsonValue::as_str).unwrap_or_default()
                }
            }
        )*
    };
}

property_objects! {
    /// One property of a record: its definition and its value.
    Property;
    /// One property that a parent record defines.
    PropertyDefinition;
}

impl PropertyDefinition {
    /// A property of that technical name (`a-z`, `0-9` and `_`), type and label.
    pub fn new(
        name: impl Into<String>,
        property_type: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self(Map::new())
            .with("name", name.into())
            .with("type", property_type.into())
            .with("string", label.into())
    }

    /// The same with one more attribute: `default`, `comodel` and `domain` of relations, `selection` or `tags` as Odoo
    /// lists them.
    #[must_use]
    pub fn with(mut self, attribute: impl Into<String>, value: impl Into<JsonValue>) -> Self {
        self.0.insert(attribute.into(), value.into());
        self
    }
}

impl Property {
    /// The value. `None` where it is unset: absent in Odoo 19, null in 16 to 18, `false` for all but booleans.
    pub fn value(&self) -> Option<&JsonValue> {
        let value = self.0.get("value").filter(|value| !value.is_null())?;
        let unset = *value == JsonValue::Bool(false) && self.property_type() != "boolean";
        (!unset).then_some(value)
    }
}
