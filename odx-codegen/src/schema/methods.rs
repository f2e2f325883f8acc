//! The business methods of a model, as Odoo 19 documents them at `/doc-bearer/<model>.json` (addon `api_doc`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use odx_facts::{BusinessMethod, DOCUMENTS_METHODS};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::html::first_paragraph;
use super::{Model, Schema, is_false};

/// A method that a client may call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Method {
    /// Decorated with `@api.model`: it takes no ids.
    #[serde(default, skip_serializing_if = "is_false")]
    pub api_model: bool,
    /// The parameters after the records, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The annotation of what it returns, in Python. Few methods have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// What it returns, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns_doc: Option<String>,
    /// The first paragraph of its docstring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// A parameter of a [`Method`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// How it is given.
    #[serde(default, skip_serializing_if = "ParameterKind::is_ordinary")]
    pub kind: ParameterKind,
    /// Has a default.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// The default, unless it is `None` or no JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Its annotation, in Python: from the signature or from the docstring, which may say anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<String>,
    /// What it is, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// How a parameter is given, as Python's `inspect` tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParameterKind {
    /// By position or by name.
    #[default]
    PositionalOrKeyword,
    /// By position.
    PositionalOnly,
    /// By name.
    KeywordOnly,
    /// `*args`: all further positions.
    VarPositional,
    /// `**kwargs`: all further names.
    VarKeyword,
}

impl ParameterKind {
    fn is_ordinary(&self) -> bool {
        *self == Self::PositionalOrKeyword
    }

    /// What stands before the name in Python.
    pub fn stars(self) -> &'static str {
        match self {
            Self::VarPositional => "*",
            Self::VarKeyword => "**",
            _ => "",
        }
    }
}

impl Schema {
    /// The methods of a model that clients may call: those that were pulled, and of a series that documents none, those that
    /// odx knows from its source.
    pub fn methods<'a>(&self, model: &'a Model) -> Cow<'a, BTreeMap<String, Method>> {
        let undocumented = self
            .meta
            .series()
            .filter(|series| !DOCUMENTS_METHODS.holds(*series));
        match undocumented {
            Some(series) if model.methods.is_empty() => Cow::Owned(
                BusinessMethod::of_model(&model.model, series)
                    .map(|known| (known.name.to_owned(), known.into()))
                    .collect(),
            ),
            _ => Cow::Borrowed(&model.methods),
        }
    }
}

impl From<&BusinessMethod> for Method {
    fn from(known: &BusinessMethod) -> Self {
        let parameters = known.parameters.iter().map(|(name, annotation)| Parameter {
            name: (*name).to_owned(),
            optional: true,
            annotation: Some((*annotation).to_owned()).filter(|text| !text.is_empty()),
            ..Parameter::default()
        });
        Self {
            parameters: parameters.collect(),
            ..Self::default()
        }
    }
}

impl Model {
    /// Takes over the methods of the model's document at `/doc-bearer`. Those that every model has are left out: the
    /// ORM's own (`search`, `write`, ...) and those that addons add to all models (`web_save`, ...).
    ///
    /// # Errors
    ///
    /// serde's, when it is no such document.
    pub fn read_methods(&mut self, document: &[u8]) -> serde_json::Result<()> {
        let document: Document = serde_json::from_slice(document)?;
        self.methods = document
            .methods
            .into_iter()
            .filter(|(name, method)| !method.is_of_every_model() && !name.starts_with('_'))
            .map(|(name, method)| (name, method.into()))
            .collect();
        Ok(())
    }
}

#[derive(Deserialize)]
struct Document {
    methods: BTreeMap<String, DocumentedMethod>,
}

#[derive(Deserialize)]
struct DocumentedMethod {
    /// The model that introduced it.
    model: String,
    signature: String,
    #[serde(default)]
    parameters: InOrder<DocumentedParameter>,
    #[serde(default)]
    api: Vec<String>,
    #[serde(rename = "return", default)]
    returns: Returned,
    doc: Option<String>,
}

#[derive(Deserialize)]
struct DocumentedParameter {
    #[serde(default)]
    kind: ParameterKind,
    /// Left out where there is none, and where it is no JSON.
    #[serde(default, deserialize_with = "even_null")]
    default: Option<Value>,
    annotation: Option<String>,
    /// Where Odoo 19.0 puts what `:type name:` of the docstring says.
    annotations: Option<String>,
    doc: Option<String>,
}

#[derive(Default, Deserialize)]
struct Returned {
    annotation: Option<String>,
    doc: Option<String>,
}

impl DocumentedMethod {
    /// `core` is the ORM's base class; what addons give to all models they give to the model `base`.
    fn is_of_every_model(&self) -> bool {
        matches!(self.model.as_str(), "core" | "base")
    }
}

impl From<DocumentedMethod> for Method {
    fn from(documented: DocumentedMethod) -> Self {
        let signature = documented.signature;
        Self {
            api_model: documented.api.iter().any(|decorator| decorator == "model"),
            parameters: documented
                .parameters
                .0
                .into_iter()
                .map(|(name, parameter)| parameter.named(name, &signature))
                .collect(),
            returns: documented.returns.annotation,
            returns_doc: paragraph(documented.returns.doc),
            doc: paragraph(documented.doc),
        }
    }
}

impl DocumentedParameter {
    fn named(self, name: String, signature: &str) -> Parameter {
        // The signature shows a default even where it is no JSON.
        let shows_default = || {
            signature.contains(&format!("({name}=")) || signature.contains(&format!(", {name}="))
        };
        Parameter {
            optional: self.default.is_some() || shows_default(),
            kind: self.kind,
            default: self.default.filter(|default| !default.is_null()),
            annotation: self.annotation.or(self.annotations),
            doc: paragraph(self.doc),
            name,
        }
    }
}

fn paragraph(html: Option<String>) -> Option<String> {
    first_paragraph(&html?)
}

/// A value that is there, `null` included.
fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The entries of an object in the order they came in, which for parameters is their position.
struct InOrder<T>(Vec<(String, T)>);

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = InOrder<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(InOrder(entries))
            }
        }

        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}
