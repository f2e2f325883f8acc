//! Numbers that are compared exactly.

use std::cmp::Ordering;

use serde_json::Value as JsonValue;

/// A number of a group, or one that it is compared with: an integer keeps all its digits.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An integer.
    Integer(i128),
    /// A float. In an order NaN stands after all numbers, as in PostgreSQL.
    Float(f64),
}

impl Number {
    pub(super) fn of(number: &serde_json::Number) -> Option<Self> {
        let integer = number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from));
        integer
            .map(Self::Integer)
            .or_else(|| number.as_f64().map(Self::Float))
    }

    pub(super) fn to_json(self) -> JsonValue {
        match self {
            Self::Integer(number) => i64::try_from(number)
                .map(JsonValue::from)
                .or_else(|_| u64::try_from(number).map(JsonValue::from))
                .expect("BUG: made of an integer of 64 bits"),
            Self::Float(number) => number.into(),
        }
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(
            impl From<$integer> for Number {
                fn from(number: $integer) -> Self {
                    Self::Integer(number as i128)
                }
            }
        )*
    };
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

/// The shortest decimal that means the same `f32`.
impl From<f32> for Number {
    fn from(number: f32) -> Self {
        Self::Float(crate::model::number::shortest(number))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (*self, *other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(&right),
            (Self::Integer(left), Self::Float(right)) => against_float(left, right),
            (Self::Float(left), Self::Integer(right)) => against_float(right, left).reverse(),
            (Self::Float(left), Self::Float(right)) => left
                .partial_cmp(&right)
                .unwrap_or_else(|| left.is_nan().cmp(&right.is_nan())),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

/// Compares without making the integer a float, which has 53 bits for it.
fn against_float(integer: i128, float: f64) -> Ordering {
    /// 2^100: no integer of 64 bits is beyond it.
    const BEYOND: f64 = 1_267_650_600_228_229_401_496_703_205_376.0;
    if float.is_nan() || float >= BEYOND {
        return Ordering::Less;
    }
    if float <= -BEYOND {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    integer
        .cmp(&(whole as i128))
        .then_with(|| whole.partial_cmp(&float).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_beyond_the_bits_of_a_float_is_compared_exactly() {
        let near = 9_007_199_254_740_993_i64;
        assert!(Number::from(near) > Number::from(9_007_199_254_740_992.0));
        assert!(Number::from(9_007_199_254_740_992.0) < Number::from(near));
        assert_ne!(Number::from(u64::MAX), Number::from(u64::MAX as f64));
    }

    #[test]
    fn an_integer_stands_among_fractions_where_it_belongs() {
        assert!(Number::from(2) < Number::from(2.5));
        assert!(Number::from(-2) > Number::from(-2.5));
        assert_eq!(Number::from(2), Number::from(2.0));
    }

    #[test]
    fn nan_is_after_all_numbers_and_equal_to_itself() {
        assert!(Number::from(f64::NAN) > Number::from(f64::INFINITY));
        assert!(Number::from(i64::MAX) < Number::from(f64::NAN));
        assert_eq!(Number::from(f64::NAN), Number::from(f64::NAN));
    }

    #[test]
    fn a_short_float_is_the_decimal_that_was_written() {
        assert_eq!(Number::from(19.99_f32), Number::from(19.99_f64));
    }
}
