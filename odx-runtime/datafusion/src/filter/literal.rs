//! What a column is compared with.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;

/// Nanoseconds of a second, and of a day.
pub(crate) const SECOND: i128 = 1_000_000_000;
pub(crate) const DAY: i128 = 86_400 * SECOND;

/// A value of SQL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    /// Nanoseconds since 1970 in UTC; a date is its first moment.
    Moment(i128),
}

impl Literal {
    /// The value of a literal; `None` of anything else, and of what no column of Odoo is compared with.
    pub(crate) fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Literal(value, _) => Self::of_scalar(value),
            _ => None,
        }
    }

    fn of_scalar(value: &ScalarValue) -> Option<Self> {
        if value.is_null() {
            return Some(Self::Null);
        }
        Some(match value {
            ScalarValue::Boolean(Some(value)) => Self::Boolean(*value),
            ScalarValue::Int8(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::Int16(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::Int32(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::Int64(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::UInt8(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::UInt16(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::UInt32(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::UInt64(Some(value)) => Self::Integer((*value).into()),
            ScalarValue::Float32(Some(value)) => Self::Float((*value).into()),
            ScalarValue::Float64(Some(value)) => Self::Float(*value),
            ScalarValue::Utf8(Some(text))
            | ScalarValue::LargeUtf8(Some(text))
            | ScalarValue::Utf8View(Some(text)) => Self::Text(text.clone()),
            ScalarValue::Dictionary(_, value) => return Self::of_scalar(value),
            ScalarValue::Date32(Some(days)) => Self::Moment(i128::from(*days) * DAY),
            ScalarValue::Date64(Some(millis)) => Self::Moment(i128::from(*millis) * 1_000_000),
            ScalarValue::TimestampSecond(Some(moment), _) => {
                Self::Moment(i128::from(*moment) * SECOND)
            }
            ScalarValue::TimestampMillisecond(Some(moment), _) => {
                Self::Moment(i128::from(*moment) * 1_000_000)
            }
            ScalarValue::TimestampMicrosecond(Some(moment), _) => {
                Self::Moment(i128::from(*moment) * 1_000)
            }
            ScalarValue::TimestampNanosecond(Some(moment), _) => Self::Moment(i128::from(*moment)),
            _ => return None,
        })
    }
}
