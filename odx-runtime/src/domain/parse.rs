//! Reads Odoo's notation at run time and checks it against a model.

use serde_json::Value as JsonValue;

use super::{Node, Operand, Operation, Operator};
use crate::model::{
    FieldMeta, FieldPath, FieldType, Keys, ModelMeta, RecordId, flags, is_relative, nearest,
    suggestion,
};

/// What is wrong with a domain.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The JSON is not a domain.
    #[error(
        "a domain is a list of conditions `[field, operator, value]` and the operators \"&\", \"|\" and \"!\", but `{found}` came"
    )]
    NotADomain {
        /// What came.
        found: String,
    },
    /// A prefix operator lacks what it joins.
    #[error("\"{operator}\" joins {needed} of the conditions that follow it, but there are fewer")]
    Unbalanced {
        /// `&`, `|` or `!`.
        operator: String,
        /// How many it joins.
        needed: usize,
    },
    /// No such field.
    #[error("`{model}` has no field `{field}`, in the condition on `{path}`{}", suggestion(*.nearest))]
    UnknownField {
        /// The model.
        model: &'static str,
        /// The name.
        field: String,
        /// The whole path.
        path: String,
        /// The field with the nearest name.
        nearest: Option<&'static str>,
    },
    /// The path goes on behind a field that leads nowhere.
    #[error(
        "`{field}` of `{model}` is a {field_type} field and leads to no other field, in the condition on `{path}`"
    )]
    NotARelation {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
        /// Its type.
        field_type: FieldType,
        /// The whole path.
        path: String,
    },
    /// The path leads to a model that was not generated.
    #[error(
        "`{path}` leads to `{model}`, which was not generated: add it to `include` under [models] in odx.toml and run `odx generate`"
    )]
    NotGenerated {
        /// The model.
        model: &'static str,
        /// The whole path.
        path: String,
    },
    /// The field cannot be searched.
    #[error(
        "Odoo cannot search on `{path}`: filter on a stored field; Odoo 14 to 18 would match every record"
    )]
    NotSearchable {
        /// The whole path.
        path: String,
    },
    /// No such operator.
    #[error(
        "`{operator}` is not an operator, in the condition on `{path}`; {}",
        meant_or_all(operator)
    )]
    UnknownOperator {
        /// The operator.
        operator: String,
        /// The whole path.
        path: String,
    },
    /// The field does not have the operator.
    #[error("a {field_type} field has no `{operator}`, in the condition on `{path}`")]
    WrongOperator {
        /// The operator.
        operator: Operator,
        /// The field's type.
        field_type: FieldType,
        /// The whole path.
        path: String,
    },
    /// The value is not one of the field's type.
    #[error("`{path} {operator}` takes {expected}, but `{found}` came{}", suggestion(*.nearest))]
    WrongValue {
        /// The whole path.
        path: String,
        /// The operator.
        operator: Operator,
        /// What is expected.
        expected: &'static str,
        /// What came.
        found: String,
        /// The nearest key of a selection.
        nearest: Option<&'static str>,
    },
}

odx_facts::debug_as_told!(ParseError);

fn meant_or_all(operator: &str) -> String {
    match Operator::meant_by(operator) {
        Some(meant) => format!("did you mean {}?", meant.told()),
        None => format!("the operators are {}", Operator::list()),
    }
}

type Result<T> = std::result::Result<T, ParseError>;

/// Reads from the right, with a stack, so that no domain is too deep.
pub(super) fn parse(json: &JsonValue, model: &'static ModelMeta) -> Result<Node> {
    let JsonValue::Array(items) = json else {
        return Err(not_a_domain(json));
    };
    let mut stack: Vec<Node> = Vec::new();
    for item in items.iter().rev() {
        let node = match item {
            JsonValue::String(operator) => {
                let needed = match operator.as_str() {
                    "!" => 1,
                    "&" | "|" => 2,
                    _ => return Err(not_a_domain(item)),
                };
                let mut operand = || {
                    stack.pop().ok_or_else(|| ParseError::Unbalanced {
                        operator: operator.clone(),
                        needed,
                    })
                };
                let first = operand()?;
                match operator.as_str() {
                    "!" => first.negate(),
                    "&" => Node::all_of(first, operand()?),
                    _ => Node::any_of(first, operand()?),
                }
            }
            JsonValue::Array(parts) => parse_condition(item, parts, model)?,
            _ => return Err(not_a_domain(item)),
        };
        stack.push(node);
    }
    Ok(stack
        .into_iter()
        .rev()
        .fold(Node::All(Vec::new()), Node::all_of))
}

fn not_a_domain(json: &JsonValue) -> ParseError {
    ParseError::NotADomain {
        found: json.to_string(),
    }
}

fn parse_condition(
    item: &JsonValue,
    parts: &[JsonValue],
    model: &'static ModelMeta,
) -> Result<Node> {
    let [path, operator, value] = parts else {
        return Err(not_a_domain(item));
    };
    let operator_text = operator.as_str().ok_or_else(|| not_a_domain(item))?;
    let path = match path {
        JsonValue::String(path) => path,
        // The constants `[1, "=", 1]` and `[0, "=", 1]`.
        JsonValue::Number(number) if operator_text == "=" && value == 1 => match number.as_i64() {
            Some(1) => return Ok(Node::All(Vec::new())),
            Some(0) => return Ok(Node::Any(Vec::new())),
            _ => return Err(not_a_domain(item)),
        },
        _ => return Err(not_a_domain(item)),
    };
    let operator = Operator::parse(operator_text).ok_or_else(|| ParseError::UnknownOperator {
        operator: operator_text.to_owned(),
        path: path.clone(),
    })?;
    let path = parse_path(path, model)?;
    Ok(match parse_operand(&path, operator, value)? {
        Operand::Value(value) => Node::condition(path, operator, value),
        Operand::Domain(domain) => Node::sub_domain(path, operator, *domain),
    })
}

fn parse_path(text: &str, model: &'static ModelMeta) -> Result<FieldPath> {
    let mut path: Option<FieldPath> = None;
    let mut model = model;
    let mut names = text.split('.').peekable();
    while let Some(name) = names.next() {
        let field = model.field(name).ok_or_else(|| ParseError::UnknownField {
            model: model.name(),
            field: name.to_owned(),
            path: text.to_owned(),
            nearest: nearest(name, model.fields().iter().map(FieldMeta::name)),
        })?;
        if !field.has(flags::SEARCH) {
            return Err(ParseError::NotSearchable {
                path: text.to_owned(),
            });
        }
        let steps = match path.take() {
            Some(path) => path.step(field),
            None => FieldPath::from(field),
        };
        let Some(next) = names.peek() else {
            return Ok(steps);
        };
        if is_suffix(field, next) {
            let suffix = (*next).to_owned();
            names.next();
            return match names.next() {
                None => Ok(steps.with_suffix(suffix)),
                Some(_) => Err(not_a_relation(model, field, text)),
            };
        }
        if field.relation_name().is_empty() {
            return Err(not_a_relation(model, field, text));
        }
        model = field
            .target_meta()
            .ok_or_else(|| ParseError::NotGenerated {
                model: field.relation_name(),
                path: text.to_owned(),
            })?;
        path = Some(steps);
    }
    Err(not_a_domain(&text.into()))
}

fn is_suffix(field: &FieldMeta, name: &str) -> bool {
    match field.field_type() {
        FieldType::Properties => !name.is_empty(),
        ty => ty.is_date() && odx_facts::DatePart::named(name).is_some(),
    }
}

fn not_a_relation(model: &'static ModelMeta, field: &'static FieldMeta, path: &str) -> ParseError {
    ParseError::NotARelation {
        model: model.name(),
        field: field.name(),
        field_type: field.field_type(),
        path: path.to_owned(),
    }
}

/// What the values of a field are, for its operators and for the texts of errors.
enum Values {
    Text,
    Number,
    Boolean,
    Date,
    Datetime,
    Keys(Keys),
    Id,
    Record,
    Reference,
    Anything,
    Nothing,
}

impl Values {
    fn of(path: &FieldPath) -> Self {
        let field = path.last();
        match field.field_type() {
            FieldType::Properties if path.suffix().is_some() => Self::Anything,
            ty if ty.is_date() && path.suffix().is_some() => Self::Number,
            _ if field.name() == "id" => Self::Id,
            FieldType::Char | FieldType::Text | FieldType::Html => Self::Text,
            FieldType::Integer
            | FieldType::Float
            | FieldType::Monetary
            | FieldType::Many2oneReference => Self::Number,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Datetime => Self::Datetime,
            FieldType::Selection => Self::Keys(field.selection_keys()),
            FieldType::Many2one | FieldType::One2many | FieldType::Many2many => Self::Record,
            FieldType::Reference => Self::Reference,
            _ => Self::Nothing,
        }
    }

    fn ordered(&self) -> bool {
        !matches!(self, Self::Boolean | Self::Record | Self::Nothing)
    }

    fn textual(&self) -> bool {
        matches!(
            self,
            Self::Text | Self::Keys(_) | Self::Record | Self::Reference | Self::Anything
        )
    }

    fn expected(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Date => "a date such as \"2024-02-29\"",
            Self::Datetime => "a datetime in UTC such as \"2024-02-29 23:59:59\"",
            Self::Keys(_) => "a key of the selection",
            Self::Id => "a record's id",
            Self::Record => "a record's id, or a text to look for in the records' names",
            Self::Reference => "a reference such as \"res.partner,1\"",
            Self::Anything => "a value",
            Self::Nothing => "nothing but false, for unset",
        }
    }

    /// The value as it is sent, if it is one of these.
    fn accept(&self, value: &JsonValue) -> Option<JsonValue> {
        let fits = match (self, value) {
            (Self::Boolean, JsonValue::Number(number)) => match number.as_i64()? {
                0 => return Some(false.into()),
                1 => return Some(true.into()),
                _ => false,
            },
            (Self::Boolean, JsonValue::Bool(_)) => true,
            (Self::Text, JsonValue::String(_)) => true,
            (Self::Number, JsonValue::Number(_)) => true,
            (Self::Date | Self::Datetime, JsonValue::String(text)) => {
                is_relative(text) || is_calendar(text)
            }
            (Self::Keys(keys), JsonValue::String(text)) => keys.all.contains(&text.as_str()),
            (Self::Keys(keys), JsonValue::Number(key)) => {
                keys.integers.contains(&key.to_string().as_str())
            }
            (Self::Record, JsonValue::Number(number)) => number.is_i64(),
            (Self::Id, id) => RecordId::from_json(id).is_some(),
            (Self::Record, JsonValue::String(_)) => true,
            (Self::Reference, JsonValue::String(text)) => {
                crate::model::RecordRef::parse(text).is_some()
            }
            (Self::Anything, value) => !value.is_array() && !value.is_object(),
            _ => false,
        };
        fits.then(|| value.clone())
    }
}

fn is_calendar(text: &str) -> bool {
    use crate::model::{Calendar, CalendarType};
    Calendar::parse(text)
        .and_then(chrono::NaiveDateTime::from_calendar)
        .is_some()
}

fn parse_operand(path: &FieldPath, operator: Operator, value: &JsonValue) -> Result<Operand> {
    use Operator as Op;
    let values = Values::of(path);
    let field = path.last();
    let wrong_operator = || ParseError::WrongOperator {
        operator,
        field_type: field.field_type(),
        path: path.to_string(),
    };
    let wrong_value = |expected, found: &JsonValue| ParseError::WrongValue {
        path: path.to_string(),
        operator,
        expected,
        found: found.to_string(),
        nearest: match (&values, found) {
            (Values::Keys(keys), JsonValue::String(text)) => {
                nearest(text, keys.all.iter().copied())
            }
            _ => None,
        },
    };
    let one = |value: &JsonValue| match value {
        JsonValue::Bool(false) | JsonValue::Null => Ok(JsonValue::Bool(false)),
        value => values
            .accept(value)
            .ok_or_else(|| wrong_value(values.expected(), value)),
    };
    let has_relation = !field.relation_name().is_empty() && path.suffix().is_none();
    let value = match operator {
        Op::Eq | Op::Ne | Op::EqIfSet => one(value)?,
        Op::Lt | Op::Le | Op::Gt | Op::Ge if values.ordered() => values
            .accept(value)
            .ok_or_else(|| wrong_value(values.expected(), value))?,
        Op::In | Op::NotIn => {
            let items = value
                .as_array()
                .ok_or_else(|| wrong_value("a list", value))?;
            items.iter().map(one).collect::<Result<Vec<_>>>()?.into()
        }
        Op::Like
        | Op::NotLike
        | Op::Ilike
        | Op::NotIlike
        | Op::EqLike
        | Op::EqIlike
        | Op::NotEqLike
        | Op::NotEqIlike
            if values.textual() =>
        {
            value
                .as_str()
                .ok_or_else(|| wrong_value("a text", value))?
                .into()
        }
        Op::ChildOf | Op::ParentOf if has_relation || field.name() == "id" => {
            let records = match value {
                JsonValue::Array(items) => items.iter().all(|id| RecordId::from_json(id).is_some()),
                value => value.is_i64() || value.is_string(),
            };
            if !records {
                return Err(wrong_value("ids of records", value));
            }
            value.clone()
        }
        Op::Access
            if path.suffix().is_none()
                && (field.name() == "id" || field.field_type() == FieldType::Many2one) =>
        {
            let operation = value.as_str().and_then(Operation::named);
            let operation = operation.ok_or_else(|| {
                wrong_value("\"read\", \"write\", \"create\" or \"unlink\"", value)
            })?;
            operation.as_str().into()
        }
        Op::Any | Op::NotAny if has_relation => {
            let target = field
                .target_meta()
                .ok_or_else(|| ParseError::NotGenerated {
                    model: field.relation_name(),
                    path: path.to_string(),
                })?;
            return Ok(Operand::Domain(Box::new(parse(value, target)?)));
        }
        _ => return Err(wrong_operator()),
    };
    Ok(Operand::Value(value))
}
