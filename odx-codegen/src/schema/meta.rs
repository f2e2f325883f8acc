use serde::{Deserialize, Serialize};

/// The version of the snapshot's format that this odx reads and writes.
pub const FORMAT_VERSION: u32 = 1;

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
    /// The major version: 18 for both `18.0` and `saas~18.2`.
    pub fn odoo_major(&self) -> Option<u32> {
        let version = self.odoo_version.as_deref()?;
        let number = version.trim_start_matches("saas~");
        number.split(['.', '+', '-']).next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_spelling_odoo_uses() {
        let major = |version: &str| {
            Meta {
                odoo_version: Some(version.to_owned()),
                ..Meta::default()
            }
            .odoo_major()
        };
        assert_eq!(major("19.0"), Some(19));
        assert_eq!(major("17.0+e"), Some(17));
        assert_eq!(major("saas~18.2"), Some(18));
        assert_eq!(major("next"), None);
        assert_eq!(Meta::default().odoo_major(), None);
    }
}
