//! Random conditions about a table, made of what stands in it.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::temporal_conversions::timestamp_s_to_datetime;
use datafusion::common::ScalarValue;
use fastrand::Rng;

/// A table whose rows conditions are made of.
pub struct Subject {
    pub schema: SchemaRef,
    pub rows: RecordBatch,
}

impl Subject {
    /// A condition of SQL, with others in it down to this depth.
    pub fn condition(&self, random: &mut Rng, depth: u8) -> String {
        if depth > 0 && random.u8(0..3) > 0 {
            let mut inner = || self.condition(random, depth - 1);
            let (left, right) = (inner(), inner());
            return match random.u8(0..5) {
                0 => format!("not ({left})"),
                1 | 2 => format!("({left} and {right})"),
                _ => format!("({left} or {right})"),
            };
        }
        loop {
            let index = random.usize(0..self.schema.fields().len());
            let field = self.schema.field(index);
            let name = format!("\"{}\"", field.name());
            if let Some(said) = self.about(random, &name, index, field.data_type()) {
                return said;
            }
        }
    }

    fn about(&self, random: &mut Rng, name: &str, index: usize, ty: &DataType) -> Option<String> {
        if random.u8(0..6) == 0 {
            let not = if random.bool() { "not " } else { "" };
            return Some(format!("{name} is {not}null"));
        }
        Some(match ty {
            DataType::Boolean => match random.u8(0..5) {
                0 => name.to_owned(),
                1 => format!("not {name}"),
                2 => format!("{name} = false"),
                3 => format!("{name} is not true"),
                _ => format!("{name} <> true"),
            },
            DataType::Int64 | DataType::Float64 | DataType::Date32 | DataType::Timestamp(..) => {
                match random.u8(0..4) {
                    0 => {
                        let (low, high) = (self.value(random, index), self.value(random, index));
                        let not = if random.bool() { "not " } else { "" };
                        format!("{name} {not}between {low} and {high}")
                    }
                    1 => self.list(random, name, index),
                    _ => format!("{name} {} {}", operator(random), self.value(random, index)),
                }
            }
            DataType::Utf8 => match random.u8(0..4) {
                0 => self.list(random, name, index),
                1 | 2 => self.pattern(random, name, index),
                _ => format!("{name} {} {}", operator(random), self.value(random, index)),
            },
            _ => return None,
        })
    }

    fn list(&self, random: &mut Rng, name: &str, index: usize) -> String {
        let count = random.usize(1..6);
        let mut values: Vec<String> = (0..count).map(|_| self.value(random, index)).collect();
        if random.u8(0..8) == 0 {
            values.push("null".to_owned());
        }
        let not = if random.u8(0..3) == 0 { "not " } else { "" };
        format!("{name} {not}in ({})", values.join(", "))
    }

    fn pattern(&self, random: &mut Rng, name: &str, index: usize) -> String {
        let text = match self.scalar(random, index) {
            ScalarValue::Utf8(Some(text)) => text,
            _ => "a".to_owned(),
        };
        let letters: Vec<char> = text.chars().take(40).collect();
        let from = random.usize(0..=letters.len());
        let to = random.usize(from..=letters.len()).min(from + 6);
        let mut pattern: String = letters[from..to].iter().collect();
        if random.bool() {
            pattern = pattern.to_uppercase();
        }
        if random.u8(0..4) == 0 {
            pattern = pattern.replacen(|letter: char| letter.is_alphabetic(), "_", 1);
        }
        let pattern = match random.u8(0..4) {
            0 => format!("{pattern}%"),
            1 => format!("%{pattern}"),
            2 => pattern,
            _ => format!("%{pattern}%"),
        };
        let not = if random.u8(0..4) == 0 { "not " } else { "" };
        let like = if random.bool() { "ilike" } else { "like" };
        format!("{name} {not}{like} '{}'", pattern.replace('\'', "''"))
    }

    fn scalar(&self, random: &mut Rng, index: usize) -> ScalarValue {
        let rows = self.rows.num_rows();
        if rows == 0 {
            return ScalarValue::Null;
        }
        let column = self.rows.column(index);
        ScalarValue::try_from_array(column, random.usize(0..rows)).expect("a value")
    }

    /// A value of the column, or one near it.
    fn value(&self, random: &mut Rng, index: usize) -> String {
        let near = random.i64(-1..=1);
        let ty = self.schema.field(index).data_type();
        match (ty, self.scalar(random, index)) {
            (DataType::Int64, ScalarValue::Int64(value)) => match random.u8(0..6) {
                0 => (near * 3_000_000_000).to_string(),
                1 => "0".to_owned(),
                2 => format!("{}.5", value.unwrap_or(0)),
                _ => (value.unwrap_or(0) + near).to_string(),
            },
            (DataType::Float64, ScalarValue::Float64(value)) => {
                let value = value.filter(|value| value.is_finite()).unwrap_or(0.0);
                match random.u8(0..5) {
                    0 => "0".to_owned(),
                    1 => format!("{:?}", value + near as f64 * 0.004),
                    2 => format!("{:?}", -value),
                    _ => format!("{value:?}"),
                }
            }
            (DataType::Date32, ScalarValue::Date32(days)) => {
                let days = days.unwrap_or(19_800) + near as i32;
                format!("date '{}'", ScalarValue::Date32(Some(days)))
            }
            (DataType::Timestamp(..), ScalarValue::TimestampMicrosecond(moment, _)) => {
                let moment = moment.map(|moment| moment.div_euclid(1_000_000));
                // The engine reads moments of SQL as nanoseconds, which end in 2262.
                let moment =
                    (moment.unwrap_or(1_700_000_000) + near).clamp(-9_000_000_000, 9_000_000_000);
                let moment = timestamp_s_to_datetime(moment).expect("a moment");
                let fraction = if random.u8(0..4) == 0 { ".5" } else { "" };
                format!("timestamp '{moment}{fraction}'")
            }
            (_, ScalarValue::Utf8(text)) => {
                let text = text.unwrap_or_default();
                let text: String = text.chars().take(60).filter(|c| !c.is_control()).collect();
                format!("'{}'", text.replace('\'', "''"))
            }
            _ => "null".to_owned(),
        }
    }
}

fn operator(random: &mut Rng) -> &'static str {
    const OPERATORS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
    OPERATORS[random.usize(0..OPERATORS.len())]
}
