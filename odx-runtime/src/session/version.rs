//! The version of an Odoo server.

use serde_json::Value;

/// The version of an Odoo server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ServerVersion {
    /// The version as text, such as `19.0`, `18.0+e` or `saas~18.2+e`.
    pub text: String,
    /// The version in parts, such as `[19, 0, 0, "final", 0, ""]`. Odoo Online may have the text `saas~18.2` as the first.
    pub info: Vec<Value>,
    major: u32,
}

impl ServerVersion {
    /// Reads the version in parts, or the text where the parts tell nothing. `None` if neither holds a number.
    pub fn new(text: impl Into<String>, info: Vec<Value>) -> Option<Self> {
        let text = text.into();
        let major = info
            .first()
            .and_then(major_part)
            .or_else(|| leading_number(&text))?;
        Some(Self { text, info, major })
    }

    /// The major version, such as 19. `saas~18.2` is 18.
    pub fn major(&self) -> u32 {
        self.major
    }
}

fn major_part(part: &Value) -> Option<u32> {
    match part {
        Value::Number(number) => number.as_u64()?.try_into().ok(),
        Value::String(text) => leading_number(text),
        _ => None,
    }
}

/// The first number in a text such as `saas~18.2`.
fn leading_number(text: &str) -> Option<u32> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits = &text[start..];
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn major(text: &str, info: Value) -> Option<u32> {
        let info = info.as_array().cloned().unwrap_or_default();
        ServerVersion::new(text, info).map(|version| version.major())
    }

    #[test]
    fn the_major_version_is_read_from_every_form() {
        assert_eq!(major("19.0", json!([19, 0, 0, "final", 0, ""])), Some(19));
        assert_eq!(
            major("saas~18.2+e", json!(["saas~18.2", 2, 0, "final", 0, "e"])),
            Some(18)
        );
        assert_eq!(major("17.0+e", json!([])), Some(17));
    }

    #[test]
    fn a_version_without_a_number_is_none() {
        assert_eq!(major("master", json!([null])), None);
        assert_eq!(major("99999999999", json!([])), None);
    }
}
