//! The text of the files, and their names.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The version of the format that this odx reads and writes.
pub const FORMAT_VERSION: u32 = 1;

/// The file beside the models' own that tells where they were read.
pub const META_FILE: &str = "_meta.json";

/// The flags of a field that a snapshot leaves out where they are false, and `fields_get` of newer series does not.
pub const FLAGS: [&str; 6] = [
    "required",
    "readonly",
    "store",
    "searchable",
    "sortable",
    "groupable",
];

/// Longest file name written, in bytes; file systems stop at 255, and temporary names need room.
const LONGEST_NAME: usize = 120;

/// Why a `_meta.json` was not accepted.
#[derive(Debug)]
pub(crate) enum MetaError {
    Json(serde_json::Error),
    Version(u32),
}

/// The digests of the models' files, by name.
///
/// They stand one a line, sorted, in `_meta.json`: two branches that changed different models merge without a conflict,
/// as the files themselves do, unless the models stand next to each other. One digest of all would conflict each time.
pub type Digests = BTreeMap<String, String>;

/// The text of a `_meta.json`.
#[derive(Serialize, Deserialize)]
struct MetaFile<M> {
    #[serde(flatten)]
    meta: M,
    /// Snapshots of older odx have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    files: Option<Digests>,
}

/// The text of a `_meta.json`, of what it tells and the digests of the files.
pub fn meta_to_json(meta: &impl Serialize, files: Digests) -> String {
    to_json(&MetaFile {
        meta,
        files: Some(files),
    })
}

pub(crate) fn meta_from_json<M: DeserializeOwned>(
    json: &[u8],
) -> Result<(M, Option<Digests>), MetaError> {
    #[derive(Deserialize)]
    struct Version {
        format_version: u32,
    }
    // Looked at alone first: what else a newer format holds may not be readable.
    let Version { format_version } = serde_json::from_slice(json).map_err(MetaError::Json)?;
    if format_version != FORMAT_VERSION {
        return Err(MetaError::Version(format_version));
    }
    let MetaFile { meta, files } = serde_json::from_slice(json).map_err(MetaError::Json)?;
    Ok((meta, files))
}

/// Tells a file from what it was before, or became by an edit. CRC-32 is enough for what comes about by accident, one in
/// four billion for each file that changed, and costs the build scripts of users no crate that they do not have already.
///
/// Carriage returns do not count: git may add them to a checkout, and JSON has none in its texts.
pub fn digest(content: &[u8]) -> String {
    let mut hasher = crc32fast::Hasher::new();
    for part in content.split(|byte| *byte == b'\r') {
        hasher.update(part);
    }
    format!("{:08x}", hasher.finalize())
}

/// The text of a file.
///
/// # Panics
/// Where the value has keys that are no texts.
pub fn to_json(value: &impl serde::Serialize) -> String {
    let mut json = serde_json::to_string_pretty(value)
        .expect("BUG: the types of a snapshot have text keys and no failing impl");
    json.push('\n');
    json
}

/// The name of a model's file: the model's name with everything percent-encoded that a file system could take for
/// something else (separators, upper case, a leading dot, device names), so that no two models share a file and none
/// leaves the folder.
pub fn file_name(model: &str) -> String {
    let mut stem = String::with_capacity(model.len());
    for (index, byte) in model.bytes().enumerate() {
        let plain =
            matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-') || (byte == b'.' && index > 0);
        match plain && !(index == 0 && is_reserved(model)) {
            true => stem.push(char::from(byte)),
            false => stem.push_str(&format!("%{byte:02x}")),
        }
    }
    const SUFFIX: &str = ".json";
    if stem.is_empty() || stem.len() + SUFFIX.len() > LONGEST_NAME {
        // `~` is in no encoded name, so a shortened one cannot meet a whole one.
        let hash = format!("~{:016x}", fnv1a(model.as_bytes()));
        stem.truncate(LONGEST_NAME - SUFFIX.len() - hash.len());
        stem.push_str(&hash);
    }
    stem + SUFFIX
}

/// Names that would be the meta file, or a device on Windows whatever follows their first dot.
fn is_reserved(model: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let stem = model.split('.').next().unwrap_or_default();
    let numbered_device = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|number: &str| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    };
    model == "_meta" || DEVICES.contains(&stem) || numbered_device("com") || numbered_device("lpt")
}

/// 64-bit FNV-1a: stable across platforms and releases, which the standard library's hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_models_keep_their_name() {
        assert_eq!(file_name("res.partner"), "res.partner.json");
        assert_eq!(file_name("_unknown"), "_unknown.json");
        assert_eq!(file_name("l10n_us.tax-form"), "l10n_us.tax-form.json");
    }

    #[test]
    fn hostile_models_stay_in_the_folder() {
        assert_eq!(
            file_name("../../etc/passwd"),
            "%2e.%2f..%2fetc%2fpasswd.json"
        );
        assert_eq!(file_name(".."), "%2e..json");
        assert_eq!(file_name(r"c:\x"), "c%3a%5cx.json");
        assert_eq!(file_name("_meta"), "%5fmeta.json");
        assert_eq!(file_name("con.x"), "%63on.x.json");
        assert_eq!(file_name("com1"), "%63om1.json");
        assert!(file_name("").starts_with('~'));
    }

    #[test]
    fn models_that_differ_in_case_alone_have_files_that_differ_in_more() {
        assert_eq!(file_name("Res.Partner"), "%52es.%50artner.json");
    }

    proptest! {
        #[test]
        fn every_name_gives_one_short_plain_file_of_its_own(names in proptest::collection::btree_set(any::<String>(), 0..40)) {
            let files: BTreeSet<String> = names.iter().map(|name| file_name(name).to_ascii_lowercase()).collect();
            prop_assert_eq!(files.len(), names.len());
            for file in files {
                prop_assert!(file.len() <= LONGEST_NAME);
                prop_assert!(file.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-%~".contains(&b)));
                prop_assert!(!file.starts_with('.'));
                prop_assert!(file != META_FILE);
            }
        }
    }

    #[test]
    fn the_digest_is_of_the_text_and_not_of_its_line_ends() {
        assert_eq!(digest(b"123456789"), "cbf43926");
        assert_eq!(digest(b"{\r\n}\r\n"), digest(b"{\n}\n"));
        assert_ne!(digest(b"{\n}\n"), digest(b"{}\n"));
    }

    #[test]
    fn a_newer_format_is_told_from_a_broken_file() {
        assert!(matches!(
            meta_from_json::<serde_json::Value>(br#"{"format_version": 3, "models": 1}"#),
            Err(MetaError::Version(3))
        ));
        assert!(matches!(
            meta_from_json::<serde_json::Value>(b"{}"),
            Err(MetaError::Json(_))
        ));
    }
}
