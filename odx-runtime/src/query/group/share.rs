//! Aggregates of a field that is grouped by: all records of the group share its value.

use super::{aggregate::Aggregate, cell::Raw};

/// The aggregate of `count` records that all have that value. A sum of floats is the decimal product, which may differ in
/// the last digit from what PostgreSQL adds up.
pub(super) fn aggregate(aggregate: &Aggregate, value: &Raw, count: u64) -> Raw {
    match aggregate.function {
        "count_distinct" if value.is_unset() => Raw::new("0"),
        "count_distinct" => Raw::new("1"),
        "sum" if !value.is_unset() => {
            product(value.as_text(), count).map_or_else(|| value.clone(), Raw::new)
        }
        _ => value.clone(),
    }
}

/// The decimal times the count; none of NaN and the infinities, which times any count are themselves.
fn product(decimal: &str, count: u64) -> Option<String> {
    let (digits, exponent) = match decimal.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (decimal, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let product = digits.checked_mul(i128::from(count))?;
    Some(match exponent {
        0 => product.to_string(),
        _ => format!("{product}e{exponent}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(decimal: &str, count: u64) -> f64 {
        product(decimal, count).unwrap().parse().unwrap()
    }

    #[test]
    fn a_product_is_exact_in_decimals() {
        assert_eq!(float("0.1", 3), 0.3);
        assert_eq!(float("-12.35", 3), -37.05);
        assert_eq!(float("1e-05", 7), 7e-05);
        assert_eq!(float("1e+16", 2), 2e16);
        assert_eq!(product("7", 3).unwrap(), "21");
        assert_eq!(product("7.0", 3).unwrap(), "21");
        assert_eq!(
            product("2147483647", 5_000_000_000).unwrap(),
            "10737418235000000000"
        );
    }

    #[test]
    fn what_is_no_decimal_has_no_product() {
        assert_eq!(product("NaN", 2), None);
        assert_eq!(product("-Infinity", 2), None);
    }
}
