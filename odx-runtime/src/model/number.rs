//! Numbers as JSON writes them. One that does not fit is refused, never rounded.

use serde_json::Value as JsonValue;

/// 2^53: from here on a float does not tell neighbouring integers apart.
const INEXACT: u64 = 1 << f64::MANTISSA_DIGITS;

/// The key of what stands in place of a number that is none. No field or property has a name with blanks.
const NOT_A_NUMBER: &str = "not a finite number";

/// A float on its way to Odoo. JSON has no NaN and no infinities, and Odoo takes the `null` that they would become for
/// unset: in their place goes a mark, for which whatever it stands in is refused before it is sent.
pub(crate) fn sent(number: f64) -> JsonValue {
    if number.is_finite() {
        return number.into();
    }
    serde_json::json!({ NOT_A_NUMBER: number.to_string() })
}

/// The float nearest to the shortest decimal that means the same `f32`: 19.99, not 19.989999771118164.
pub(crate) fn shortest(number: f32) -> f64 {
    let decimal = number.to_string().parse();
    decimal.unwrap_or_else(|_| f64::from(number))
}

/// What a value holds in place of a number, wherever it stands in it: `NaN`, `inf` or `-inf`.
pub(crate) fn not_finite(value: &JsonValue) -> Option<&str> {
    match value {
        JsonValue::Array(items) => items.iter().find_map(not_finite),
        JsonValue::Object(entries) => entries.iter().find_map(|(key, value)| match value {
            JsonValue::String(number) if key == NOT_A_NUMBER => Some(number.as_str()),
            value => not_finite(value),
        }),
        _ => None,
    }
}

/// Whether a number has neither a fraction nor an exponent.
pub(crate) fn is_integer(number: &[u8]) -> bool {
    number.iter().all(|byte| matches!(byte, b'-' | b'0'..=b'9'))
}

/// The integer that a number stands for. One that comes as a float must have no fraction, and be so small that it cannot
/// have been another one before Odoo made it a float.
pub(crate) fn integer(number: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(number).ok()?;
    if is_integer(number) {
        return text.parse().ok();
    }
    let decimal = Decimal::split(text)?;
    let (whole, fraction) = decimal.plain()?;
    if fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let whole: u64 = whole.parse().ok().filter(|whole| *whole < INEXACT)?;
    let whole = i64::try_from(whole).ok()?;
    Some(if decimal.negative { -whole } else { whole })
}

/// The float nearest to a number. Integers have to be that float exactly, numbers so large that they have no fraction have to
/// be what that float is written as, and nothing becomes an infinity or zero.
pub(crate) fn float(number: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(number).ok()?;
    let float: f64 = text.parse().ok().filter(|float: &f64| float.is_finite())?;
    if is_integer(number) {
        let digits = text.trim_start_matches('-');
        let is_exact = digits.len() < 16 || digits.parse() == Ok(float.abs() as u128);
        return is_exact.then_some(float);
    }
    if float.abs() >= INEXACT as f64 && digits_of(text) != digits_of(&format!("{float:e}")) {
        return None;
    }
    let is_zero = || {
        let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
        mantissa.bytes().all(|byte| !matches!(byte, b'1'..=b'9'))
    };
    (float != 0.0 || is_zero()).then_some(float)
}

/// The float that an integer is exactly.
#[inline]
pub(crate) fn of_integer(integer: i64) -> Option<f64> {
    let float = integer as f64;
    (float as i128 == i128::from(integer)).then_some(float)
}

/// The digits of a number that count.
fn digits_of(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

/// The decimal that a number stands for. Of numbers of more than 28 places the rest is cut off where it cannot be more than
/// the noise of a float: where they have no more than a float's 17 digits.
#[cfg(feature = "rust_decimal")]
pub(crate) fn decimal(number: &[u8]) -> Option<rust_decimal::Decimal> {
    const DIGITS_OF_A_FLOAT: usize = 17;
    let text = std::str::from_utf8(number).ok()?;
    if let Ok(decimal) = rust_decimal::Decimal::from_str_exact(text) {
        return Some(decimal);
    }
    let decimal = Decimal::split(text)?;
    let (whole, fraction) = decimal.plain()?;
    let sign = if decimal.negative { "-" } else { "" };
    let plain = format!("{sign}{whole}.{}", fraction.trim_end_matches('0'));
    let plain = plain.trim_end_matches('.');
    rust_decimal::Decimal::from_str_exact(plain)
        .ok()
        .or_else(|| {
            let digits = [whole, fraction].concat();
            let is_of_a_float = digits.trim_matches('0').len() <= DIGITS_OF_A_FLOAT;
            plain.parse().ok().filter(|_| is_of_a_float)
        })
}

/// The decimal nearest to a number, of so many places behind the point, as the integer that its digits are: 1999 for 19.99 with two.
/// A half goes away from zero.
#[cfg(feature = "arrow")]
pub(crate) fn scaled(number: &[u8], places: usize) -> Option<i128> {
    let text = std::str::from_utf8(number).ok()?;
    let decimal = Decimal::split(text)?;
    let (whole, fraction) = decimal.plain()?;
    let kept = fraction.get(..places).unwrap_or(&fraction);
    let digits = format!("{whole}{kept:0<places$}");
    let rounds_up = fraction
        .as_bytes()
        .get(places)
        .is_some_and(|digit| *digit >= b'5');
    let digits = digits.parse::<i128>().ok()?.checked_add(rounds_up.into())?;
    Some(if decimal.negative { -digits } else { digits })
}

/// A number in its parts: `-12.50e3`.
struct Decimal<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    exponent: i32,
}

impl<'t> Decimal<'t> {
    /// Beyond this no number fits any type.
    const MOST_PLACES: i32 = 400;

    fn split(text: &'t str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        (is_digits(whole) && is_digits(fraction) && !whole.is_empty()).then_some(Self {
            negative,
            whole,
            fraction,
            exponent: exponent.parse().ok()?,
        })
    }

    /// The digits before and after the point, without an exponent.
    fn plain(&self) -> Option<(String, String)> {
        let places = usize::try_from(self.exponent.abs())
            .ok()
            .filter(|_| self.exponent.abs() <= Self::MOST_PLACES)?;
        let zeros = "0".repeat(places);
        let (left, right) = if self.exponent >= 0 {
            (
                self.whole.to_owned()
                    + self.fraction.get(..places).unwrap_or(self.fraction)
                    + zeros.get(self.fraction.len()..).unwrap_or_default(),
                self.fraction.get(places..).unwrap_or_default().to_owned(),
            )
        } else {
            let digits = zeros + self.whole;
            let (left, right) = digits.split_at(digits.len() - places);
            (left.to_owned(), right.to_owned() + self.fraction)
        };
        let whole = left.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        Some((whole.to_owned(), right))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    #[cfg(feature = "rust_decimal")]
    use super::decimal;

    #[test]
    fn an_integer_that_comes_as_a_float_is_read_where_it_can_be_no_other() {
        for (number, integer) in [
            ("5.0", 5),
            ("-5.00", -5),
            ("5e3", 5_000),
            ("1.5e1", 15),
            ("1500e-2", 15),
            ("0.0", 0),
            ("9007199254740991.0", 9_007_199_254_740_991),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(super::integer(number.as_bytes()), Some(integer), "{number}");
        }
        for number in [
            "9007199254740992.0",
            "9007199254740993.0",
            "9.007199254740993e15",
            "5.0000000000000000001",
            "0.5",
            "1e400",
            "1e-400",
            "9223372036854775808",
            "123456789012345678901234567890",
        ] {
            assert_eq!(super::integer(number.as_bytes()), None, "{number}");
        }
    }

    #[test]
    fn a_float_is_the_nearest_one_and_an_integer_is_not_moved_there() {
        for (number, float) in [
            ("9007199254740992", 9_007_199_254_740_992.0),
            ("-9007199254740994", -9_007_199_254_740_994.0),
            ("18014398509481984", 18_014_398_509_481_984.0),
            ("0.1", 0.1),
            ("1e-320", 1e-320),
            ("1e308", 1e308),
            ("9007199254740992.0", 9_007_199_254_740_992.0),
            ("1.7976931348623157e+308", f64::MAX),
            ("0e-999", 0.0),
        ] {
            assert_eq!(super::float(number.as_bytes()), Some(float), "{number}");
        }
        for number in [
            "9007199254740993",
            "-9007199254740993",
            "9007199254740993.0",
            "9.007199254740993e15",
            "1e400",
            "-1e400",
            "1e-400",
        ] {
            assert_eq!(super::float(number.as_bytes()), None, "{number}");
        }
    }

    #[cfg(feature = "rust_decimal")]
    #[test]
    fn a_decimal_is_what_was_written() {
        let read = |number: &str| decimal(number.as_bytes()).map(|decimal| decimal.to_string());
        for (number, decimal) in [
            ("19.99", "19.99"),
            ("12345678901234567.89", "12345678901234567.89"),
            ("9007199254740993", "9007199254740993"),
            ("1e-05", "0.00001"),
            ("-1.1368683772161603e-13", "-0.0000000000001136868377216160"),
            ("1.5e3", "1500"),
            ("0.0", "0.0"),
        ] {
            assert_eq!(read(number).as_deref(), Some(decimal), "{number}");
        }
        for number in ["1e400", "1e30", "1234567890123456.1234567890123456789"] {
            assert_eq!(read(number), None, "{number}");
        }
    }

    proptest! {
        #[test]
        fn every_integer_is_read_in_each_of_its_forms(integer in any::<i64>(), small in -9_007_199_254_740_991_i64..9_007_199_254_740_992) {
            prop_assert_eq!(super::integer(integer.to_string().as_bytes()), Some(integer));
            prop_assert_eq!(super::integer(format!("{small}.0").as_bytes()), Some(small));
            prop_assert_eq!(super::integer(format!("{small}00e-2").as_bytes()), Some(small));
        }

        #[test]
        fn every_float_is_read_as_python_writes_it(bits in any::<u64>()) {
            let float = f64::from_bits(bits);
            prop_assume!(float.is_finite());
            for written in [format!("{float:e}"), format!("{float:?}")] {
                prop_assert_eq!(super::float(written.as_bytes()).map(f64::to_bits), Some(bits), "{}", written);
            }
        }
    }
}
