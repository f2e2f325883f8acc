//! What a server says of the fields of a model, at run time.

use std::{fmt, marker::PhantomData};

use odx_facts::Description;
use serde_json::{Map, Value as JsonValue};

use crate::{
    AnySession, Call,
    model::{Field, FieldType, Model, Selection},
};

/// The fields of a model as the server describes them to the user, in the language of the session.
///
/// Generated code knows what was when it was generated ([`Model::meta`]), without labels; this is what is now. Fields
/// that the user may not see are not among them.
pub struct FieldsInfo<M> {
    fields: Vec<FieldInfo>,
    model: PhantomData<fn() -> M>,
}

/// One field as the server describes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The name on the wire.
    pub name: String,
    /// The type; `Unknown` for one that this version of odx does not know.
    pub field_type: FieldType,
    /// The label, in the language of the session.
    pub label: String,
    /// The help text, in the language of the session.
    pub help: Option<String>,
    /// Whether a record must have a value.
    pub required: bool,
    /// Whether forms show the field without letting it be changed. Odoo writes to some of these all the same.
    pub readonly: bool,
    /// Whether the value has a column or a table.
    pub stored: bool,
    /// Whether it may stand in a domain.
    pub searchable: bool,
    /// Whether it may stand in an order.
    pub sortable: bool,
    /// The model a relation leads to.
    pub relation: Option<String>,
    /// What a selection can be, in the order of Odoo's forms; the models that a reference can lead to.
    pub selection: Vec<SelectionInfo>,
    attributes: Map<String, JsonValue>,
}

/// One key of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectionInfo {
    /// The key. Odoo 14 to 18 have some that are integers.
    pub key: String,
    /// The label, in the language of the session.
    pub label: String,
}

/// Asks the server for the fields of a model.
///
/// # Errors
/// What any call can fail with; of a model that Odoo does not have, [`Error::Odoo`](crate::Error::Odoo).
pub fn fields_get<O: AnySession, M: Model>(odoo: &O) -> O::Answer<'_, FieldsInfo<M>> {
    let session = odoo.session().clone();
    odoo.answer(async move {
        let reply = session.execute(Call::new(M::NAME, "fields_get")).await?;
        let described: Map<String, JsonValue> = reply.to()?;
        Ok(FieldsInfo {
            fields: described
                .into_iter()
                .map(|(name, attributes)| FieldInfo::new(name, attributes))
                .collect(),
            model: PhantomData,
        })
    })
}

impl<M: Model> FieldsInfo<M> {
    /// What is said of a field; `None` if Odoo no longer has it, or the user may not see it.
    pub fn get<K, C>(&self, field: Field<M, K, C>) -> Option<&FieldInfo> {
        self.named(field.meta().name())
    }
}

impl<M> FieldsInfo<M> {
    /// What is said of the field with that name on the wire.
    pub fn named(&self, name: &str) -> Option<&FieldInfo> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields, sorted by name.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldInfo> {
        self.fields.iter()
    }
}

impl<'a, M> IntoIterator for &'a FieldsInfo<M> {
    type Item = &'a FieldInfo;
    type IntoIter = std::slice::Iter<'a, FieldInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<M> fmt::Debug for FieldsInfo<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.fields).finish()
    }
}

impl FieldInfo {
    /// The attributes as the generator reads them, too.
    fn new(name: String, attributes: JsonValue) -> Self {
        let described = Description::read(&attributes);
        let attributes = match attributes {
            JsonValue::Object(attributes) => attributes,
            _ => Map::new(),
        };
        let label = match described.label.is_empty() {
            true => name.clone(),
            false => described.label,
        };
        Self {
            name,
            field_type: FieldType::of(&described.field_type),
            label,
            help: described.help,
            required: described.required,
            readonly: described.readonly,
            stored: described.store,
            searchable: described.searchable,
            sortable: described.sortable,
            relation: described.relation,
            selection: described
                .selection
                .into_iter()
                .flatten()
                .map(|option| SelectionInfo {
                    key: option.key.to_string(),
                    label: option.label,
                })
                .collect(),
            attributes,
        }
    }

    /// The label of a value of the selection, such as `SaleOrderState::Draft`.
    pub fn label_of(&self, value: &impl Selection) -> Option<&str> {
        self.label_of_key(value.key())
    }

    /// The label of a key of the selection.
    pub fn label_of_key(&self, key: &str) -> Option<&str> {
        let entry = self.selection.iter().find(|entry| entry.key == key)?;
        Some(&entry.label)
    }

    /// Any attribute that `fields_get` gives, such as `digits` or `company_dependent`; versions of Odoo have different
    /// ones.
    pub fn attribute(&self, name: &str) -> Option<&JsonValue> {
        self.attributes.get(name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_with_few_attributes_and_keys_that_are_no_texts_is_read() {
        let described = json!({
            "type": "selection", "string": "Other", "help": false, "selection": [[false, ""], [2, "Settings"]]
        });
        let field = FieldInfo::new("sel_groups_2_3".to_owned(), described);
        assert_eq!((field.label.as_str(), &field.help), ("Other", &None));
        assert!(!field.required && !field.stored);
        assert_eq!(field.label_of_key("2"), Some("Settings"));
        assert_eq!(field.label_of_key("false"), Some(""));
        assert_eq!(FieldInfo::new("x".to_owned(), json!(7)).label, "x");
    }
}
