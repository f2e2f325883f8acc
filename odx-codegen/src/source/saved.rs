//! Saved `fields_get` answers, for an Odoo that cannot be reached from here.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::schema::{Meta, Schema};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Reads `{model: fields_get answer}` and, if there is one, a list of `ir.model` rows. Both files may be gzipped.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Json`]; a model or field that cannot be read is a diagnostic.
pub fn read_saved(
    fields_get: impl AsRef<Path>,
    ir_model: Option<&Path>,
    meta: Meta,
) -> Result<(Schema, Vec<Diagnostic>), Error> {
    let answers: BTreeMap<String, Value> = read_json(
        fields_get.as_ref(),
        "it should hold one object, the fields_get answer of each model by the model's name",
    )?;
    let rows: Vec<Value> = match ir_model {
        Some(path) => read_json(path, "it should hold a list of ir.model rows")?,
        None => Vec::new(),
    };
    Ok(Schema::from_fields_get(answers, &rows, meta))
}

fn read_json<T: DeserializeOwned>(path: &Path, help: &'static str) -> Result<T, Error> {
    let mut bytes = fs::read(path).map_err(Error::io("read", path))?;
    if bytes.starts_with(&GZIP_MAGIC) {
        let mut unpacked = Vec::new();
        GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut unpacked)
            .map_err(Error::io("unpack", path))?;
        bytes = unpacked;
    }
    serde_json::from_slice(&bytes).map_err(Error::json(path, help))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn packed_and_plain_files_give_the_same_schema() {
        let dir = tempfile::tempdir().expect("a folder");
        let json = br#"{"res.partner": {"name": {"type": "char"}}}"#;
        let plain = dir.path().join("plain.json");
        fs::write(&plain, json).expect("a file");
        let packed = dir.path().join("packed.json.gz");
        let mut encoder = GzEncoder::new(
            fs::File::create(&packed).expect("a file"),
            Compression::fast(),
        );
        encoder.write_all(json).expect("packed");
        encoder.finish().expect("packed");
        let rows = dir.path().join("ir.model.json");
        fs::write(&rows, r#"[{"model": "res.partner", "name": "Contact"}]"#).expect("a file");

        let read = |path| {
            read_saved(path, Some(&rows), Meta::default())
                .expect("a schema")
                .0
        };
        assert_eq!(read(&plain), read(&packed));
        assert_eq!(
            read(&plain).model("res.partner").expect("a model").name,
            "Contact"
        );
    }

    #[test]
    fn a_file_of_another_shape_says_what_it_should_hold() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("x.json");
        fs::write(&path, "[1]").expect("a file");
        let error = read_saved(&path, None, Meta::default())
            .expect_err("not an object")
            .to_string();
        assert!(
            error.contains(
                "x.json:1:0: invalid type: sequence, expected a map; it should hold one object"
            ),
            "{error}"
        );
    }
}
