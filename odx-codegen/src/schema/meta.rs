use odx_facts::Series;
pub use odx_snapshot::FORMAT_VERSION;
use serde::{Deserialize, Serialize};

/// Where a schema was read. Holds no date, URL or secret, so that the same server gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Version of the snapshot's format.
    pub format_version: u32,
    /// Odoo's version (`19.0`, `saas~18.2`), when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odoo_version: Option<String>,
    /// The language of labels and help texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The user (login, or id) whose access rights decide which fields exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The installed addons, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<String>,
}

impl Default for Meta {
    fn default() -> Self {
        Self {
            format_version: FORMAT_VERSION,
            odoo_version: None,
            lang: None,
            user: None,
            modules: Vec::new(),
        }
    }
}

impl Meta {
    /// The series: 18.2 for `saas~18.2`.
    pub fn series(&self) -> Option<Series> {
        Series::parse(self.odoo_version.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_that_of_the_version() {
        let meta = Meta {
            odoo_version: Some("saas~18.2+e".to_owned()),
            ..Meta::default()
        };
        assert_eq!(meta.series(), Some(Series::new(18, 2)));
        assert_eq!(Meta::default().series(), None);
    }
}
