//! The version of an Odoo server.

use odx_facts::Series;
use serde_json::Value;

/// The version of an Odoo server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ServerVersion {
    /// The version as text, such as `19.0`, `18.0+e` or `saas~18.2+e`.
    pub text: String,
    /// The version in parts, such as `[19, 0, 0, "final", 0, ""]`. Odoo Online may have the text `saas~18.2` as the first.
    pub info: Vec<Value>,
    series: Series,
}

impl ServerVersion {
    /// Reads the version in parts, or the text where the parts tell nothing. `None` if neither holds a number.
    pub fn new(text: impl Into<String>, info: Vec<Value>) -> Option<Self> {
        let text = text.into();
        let series = series_of(&info).or_else(|| Series::parse(&text))?;
        Some(Self { text, info, series })
    }

    /// The series, such as 19.0; `saas~18.2` is 18.2.
    pub fn series(&self) -> Series {
        self.series
    }

    /// The first number of the series, such as 19. `saas~18.2` is 18.
    pub fn major(&self) -> u16 {
        self.series.major()
    }

    /// The series that odx takes the server for, where odx was never run on its own: the newest that is older.
    pub fn taken_for(&self) -> Option<Series> {
        (!self.series.is_known()).then(|| self.series.known())
    }
}

fn series_of(info: &[Value]) -> Option<Series> {
    let number = |part: &Value| u16::try_from(part.as_u64()?).ok();
    match info.first()? {
        // `saas~18.2`, or `saas~18` with the second number after it.
        Value::String(text) => {
            let series = Series::parse(text)?;
            let minor = info.get(1).and_then(number).unwrap_or(0);
            Some(Series::new(series.major(), series.minor().max(minor)))
        }
        major => Some(Series::new(
            number(major)?,
            info.get(1).and_then(number).unwrap_or(0),
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn series(text: &str, info: Value) -> Option<Series> {
        let info = info.as_array().cloned().unwrap_or_default();
        ServerVersion::new(text, info).map(|version| version.series())
    }

    #[test]
    fn the_series_is_read_from_every_form() {
        for (text, info, major, minor) in [
            ("19.0", json!([19, 0, 0, "final", 0, ""]), 19, 0),
            ("19.2", json!([19, 2, 0, "final", 0, ""]), 19, 2),
            (
                "saas~18.2+e",
                json!(["saas~18.2", 2, 0, "final", 0, "e"]),
                18,
                2,
            ),
            (
                "saas~19.2+e",
                json!(["saas~19", 2, 0, "final", 0, "e"]),
                19,
                2,
            ),
            ("17.0+e", json!([]), 17, 0),
        ] {
            assert_eq!(
                series(text, info),
                Some(Series::new(major, minor)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_version_without_a_number_is_none() {
        assert_eq!(series("master", json!([null])), None);
        assert_eq!(series("99999999999", json!([])), None);
    }

    #[test]
    fn a_server_newer_than_odx_knows_is_taken_for_the_newest_it_knows() {
        let version = ServerVersion::new("31.0", Vec::new()).expect("a version");
        assert_eq!(version.taken_for(), Some(odx_facts::NEWEST));
        let known = ServerVersion::new("19.0", Vec::new()).expect("a version");
        assert_eq!(known.taken_for(), None);
    }
}
