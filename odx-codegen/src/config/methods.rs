//! `[methods]` and `[[method]]`: which business methods get a typed function, and what the server does not tell of them.

use serde::Deserialize;

/// `[methods]`: which methods of the snapshot get a typed function, by glob.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct MethodsConfig {
    /// Paths of methods: the model's glob, a dot, the method's glob. None at all by default.
    pub include: Vec<String>,
    /// Those of them that get none.
    pub exclude: Vec<String>,
}

/// `[[method]]`: one method, which gets a typed function. What is not given here is as the snapshot says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct MethodRule {
    /// The model, a dot, and the method: `sale.order.action_confirm`.
    pub name: String,
    /// What it is called on; records unless the snapshot says otherwise.
    pub on: Option<CalledOn>,
    /// The parameters after the records, in order.
    pub parameters: Option<Vec<ParameterRule>>,
    /// What it returns.
    pub returns: Option<ReturnType>,
    /// What it does, in a sentence.
    pub doc: Option<String>,
}

/// `[[method]] on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalledOn {
    /// Records, whose ids are its first argument.
    Records,
    /// The model (`@api.model`): it takes no ids.
    Model,
}

/// A parameter of a `[[method]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ParameterRule {
    /// Its name in Python.
    pub name: String,
    /// What it takes; any JSON unless told.
    #[serde(rename = "type", default)]
    pub value: ValueType,
    /// Whether a call may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// What it is, in a sentence.
    pub doc: Option<String>,
}

/// What a method takes or returns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ValueType {
    /// `boolean`: `bool`.
    Boolean,
    /// `integer`: `i64`.
    Integer,
    /// `float`: `f64`.
    Float,
    /// `text`: a text; returned, an `Option` of one.
    Text,
    /// `id of sale.order`: the id of a record; returned, an `Option` of one.
    Id(String),
    /// `ids of sale.order`: the ids of records.
    Ids(String),
    /// `json`: anything.
    #[default]
    Json,
}

/// What a method returns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ReturnType {
    /// `none`: nothing that is of interest.
    None,
    /// `action`: an action for a client, or none.
    Action,
    /// A value.
    Value(ValueType),
}

const VALUES: &str = "`boolean`, `integer`, `float`, `text`, `id of MODEL`, `ids of MODEL`, `json`";

/// A type that is none, in serde's words for a name it does not know.
#[derive(thiserror::Error)]
#[error("unknown type `{given}`, expected one of {expected}")]
pub struct UnknownType {
    given: String,
    expected: String,
}

odx_facts::debug_as_told!(UnknownType);

impl TryFrom<String> for ValueType {
    type Error = UnknownType;

    fn try_from(given: String) -> Result<Self, UnknownType> {
        let model = |model: &str| (!model.is_empty()).then(|| model.to_owned());
        let found = match given.as_str() {
            "boolean" => Some(Self::Boolean),
            "integer" => Some(Self::Integer),
            "float" => Some(Self::Float),
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            other => match other.split_once(" of ") {
                Some(("id", name)) => model(name.trim()).map(Self::Id),
                Some(("ids", name)) => model(name.trim()).map(Self::Ids),
                _ => None,
            },
        };
        found.ok_or_else(|| UnknownType {
            given: given.replace('`', "'"),
            expected: VALUES.to_owned(),
        })
    }
}

impl TryFrom<String> for ReturnType {
    type Error = UnknownType;

    fn try_from(given: String) -> Result<Self, UnknownType> {
        match given.as_str() {
            "none" => Ok(Self::None),
            "action" => Ok(Self::Action),
            _ => given
                .try_into()
                .map(Self::Value)
                .map_err(|error: UnknownType| UnknownType {
                    expected: format!("`none`, `action`, {}", error.expected),
                    ..error
                }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Config;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("odx.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_method_is_declared_with_its_parameters_and_its_result() {
        let config = parse(
            r#"
            [[method]]
            name = "sale.order.split"
            on = "records"
            parameters = [
                { name = "lines", type = "ids of sale.order.line" },
                { name = "note", type = "text", optional = true, doc = "Why." },
                { name = "options" },
            ]
            returns = "id of sale.order"
            doc = "Splits an order."
            "#,
        )
        .expect("valid");
        let [method] = config.method.as_slice() else {
            panic!("one method");
        };
        let parameters = method.parameters.as_deref().expect("parameters");
        let types: Vec<&ValueType> = parameters
            .iter()
            .map(|parameter| &parameter.value)
            .collect();
        assert_eq!(
            types,
            [
                &ValueType::Ids("sale.order.line".to_owned()),
                &ValueType::Text,
                &ValueType::Json
            ]
        );
        assert_eq!(
            method.returns,
            Some(ReturnType::Value(ValueType::Id("sale.order".to_owned())))
        );
        assert_eq!(method.on, Some(CalledOn::Records));
        assert!(!parameters[0].optional && parameters[1].optional);
    }

    #[test]
    fn an_unknown_type_is_named_with_its_place_and_the_likeliest_known_one() {
        let message =
            parse("[[method]]\nname = \"a.b\"\nreturns = \"bolean\"\n").expect_err("unknown");
        assert!(
            message.starts_with(
                "odx.toml:3:11: unknown type `bolean`, expected one of `none`, `action`, `boolean`"
            ),
            "{message}"
        );
        assert!(message.ends_with("did you mean `boolean`?"), "{message}");
        for wrong in ["ids", "id of ", "ids of", "list", ""] {
            let text = format!("[[method]]\nname = \"a.b\"\nreturns = \"{wrong}\"\n");
            assert!(parse(&text).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_can_be_given_that_only_comes_back() {
        let text =
            "[[method]]\nname = \"a.b\"\nparameters = [{ name = \"x\", type = \"action\" }]\n";
        assert!(parse(text).is_err());
    }
}
