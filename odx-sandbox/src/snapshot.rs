//! A database of the models that `odx pull` wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use odx_snapshot::{FLAGS, ReadError, Snapshot};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::odoo::{Database, ModelOptions};

/// Why a snapshot gave no database.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The folder could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Two files hold the same model.
    #[error("{} and another file both hold `{model}`: remove one, or run `odx pull` again", path.display())]
    Twice {
        /// The second file.
        path: PathBuf,
        /// The model.
        model: String,
    },
}

odx_facts::debug_as_told!(SnapshotError);

/// What `_meta.json` tells that matters here.
#[derive(Deserialize)]
struct Meta {
    odoo_version: Option<String>,
}

/// What a model's file tells that matters here.
#[derive(Deserialize)]
struct Described {
    model: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    transient: bool,
    #[serde(rename = "abstract", default)]
    is_abstract: bool,
    #[serde(default)]
    modules: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, Map<String, Value>>,
}

impl Described {
    /// The fields as `fields_get` describes them.
    fn fields_get(&self) -> Map<String, Value> {
        let described = self.fields.iter().map(|(name, field)| {
            let mut field = field.clone();
            for flag in FLAGS {
                field.entry(flag).or_insert(Value::Bool(false));
            }
            (name.clone(), Value::Object(field))
        });
        described.collect()
    }

    fn options(&self) -> ModelOptions {
        ModelOptions {
            label: (!self.name.is_empty()).then(|| self.name.clone()),
            modules: self.modules.join(", "),
            transient: self.transient,
            is_abstract: self.is_abstract,
            ..ModelOptions::default()
        }
    }
}

impl Database {
    /// A database without records and users, of the models of a snapshot, which answers as the series that they were read
    /// from; 19.0 where the snapshot does not tell.
    ///
    /// A relation to a model that the snapshot lacks takes any id, and reads it without a name. What is read through such a
    /// relation (`product.product` has its `name` from `product.template`) is a value of the record itself. A call of the
    /// model, or a domain that goes through it, is refused in Odoo's words, with what to add to `odx.toml`.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn from_snapshot(dir: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let dir = dir.as_ref();
        let snapshot: Snapshot<Meta, Described> = odx_snapshot::read(dir)?;
        let mut seen = BTreeSet::new();
        for file in &snapshot.models {
            if !seen.insert(&file.model.model) {
                return Err(SnapshotError::Twice {
                    path: file.path.clone(),
                    model: file.model.model.clone(),
                });
            }
        }
        let described = || snapshot.models.iter().map(|file| &file.model);
        let fields = described().map(|model| (model.model.clone(), model.fields_get()));
        let mut database = Self::new(fields.collect());
        database.snapshot = Some(dir.to_owned());
        database.hold_what_is_read_from_lacking_models();
        let version = snapshot.meta.odoo_version.as_deref();
        database = database.series(version.unwrap_or_default());
        let options = described().map(|model| (model.model.as_str(), model.options()));
        Ok(database.with_all_options(options))
    }
}
