//! `odx.toml`. Every key has a default, so an empty file (or none) generates all models of the snapshot.

mod connection;
mod methods;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::Pattern;
use proc_macro2::Ident;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::diagnostic::{closest, did_you_mean};
use crate::error::Error;

pub use connection::{ConnectionConfig, SecretSource};
pub use methods::{
    CalledOn, MethodRule, MethodsConfig, ParameterRule, ReturnType, UnknownType, ValueType,
};

/// A commented `odx.toml` with every key at its default: what `odx init` writes.
pub const REFERENCE: &str = include_str!("reference.toml");

/// What `odx.toml` says. See [`REFERENCE`] for every key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Config {
    /// How the schema is pulled.
    pub source: SourceConfig,
    /// Where the snapshot is kept.
    pub schema: SchemaConfig,
    /// Which models are pulled and generated.
    pub models: ModelsConfig,
    /// What is written, and where.
    pub output: OutputConfig,
    /// Which Rust types hold the values.
    pub types: TypesConfig,
    /// What is checked beside generated code.
    pub check: CheckConfig,
    /// Rust names that differ from the rule.
    pub names: NamesConfig,
    /// Rules for fields; of two that say something about a field, the later wins.
    pub field: Vec<FieldRule>,
    /// Which business methods get a typed function.
    pub methods: MethodsConfig,
    /// What the server does not tell of methods.
    pub method: Vec<MethodRule>,
    /// Odoos by name.
    pub connections: BTreeMap<String, ConnectionConfig>,
    /// What `odx record` keeps.
    pub record: RecordConfig,
}

/// `[record]`: what `odx record` keeps, and what it does not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct RecordConfig {
    /// Where the recording is kept.
    pub dir: PathBuf,
    /// The fields whose texts become pseudonyms, by model.
    pub replace: BTreeMap<String, Vec<String>>,
    /// The fields whose values are left out, by model.
    pub remove: BTreeMap<String, Vec<String>>,
}

impl Default for RecordConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("odx-recording"),
            replace: BTreeMap::new(),
            remove: BTreeMap::new(),
        }
    }
}

/// `[source]`: how the schema is pulled. From where is told by the environment or by [`ConnectionConfig`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct SourceConfig {
    /// The language of labels and help texts.
    pub lang: String,
    /// How many calls are made at the same time; one at least.
    #[serde(deserialize_with = "one_at_least")]
    pub concurrency: usize,
    /// Whether models that relations lead to are pulled too.
    pub follow_relations: bool,
    /// Whether the methods that Odoo documents are pulled too.
    pub methods: bool,
}

fn one_at_least<'de, D: Deserializer<'de>>(number: D) -> Result<usize, D::Error> {
    let number = std::num::NonZeroUsize::deserialize(number)?;
    Ok(number.get())
}

impl Default for SourceConfig {
    fn default() -> Self {
        Self {
            lang: "en_US".to_owned(),
            concurrency: 4,
            follow_relations: false,
            methods: false,
        }
    }
}

/// `[schema]`: where the snapshot is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct SchemaConfig {
    /// The snapshot's folder.
    pub dir: PathBuf,
}

impl Default for SchemaConfig {
    fn default() -> Self {
        Self {
            dir: "odoo-schema".into(),
        }
    }
}

/// `[models]`: which models are pulled and generated, by glob.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelsConfig {
    /// A model is in when one of these matches it ...
    pub include: Vec<String>,
    /// ... and none of these does.
    pub exclude: Vec<String>,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            include: vec!["*".to_owned()],
            exclude: Vec::new(),
        }
    }
}

/// `[output]`: what is written, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct OutputConfig {
    /// The folder of the crate, or of the module.
    pub dir: PathBuf,
    /// A crate of its own, or a module of an existing one.
    pub mode: Mode,
    /// The name of the crate.
    pub crate_name: String,
    /// Where `odx-runtime` stands, if the crate is to depend on that instead of the released one.
    pub runtime_path: Option<PathBuf>,
    /// The name that `Cargo.toml` has for `odx-runtime`.
    #[serde(deserialize_with = "crate_name")]
    pub runtime_crate: String,
}

impl Default for OutputConfig {
    fn default() -> Self {
        Self {
            dir: "models".into(),
            mode: Mode::Crate,
            crate_name: "models".to_owned(),
            runtime_path: None,
            runtime_crate: RUNTIME.to_owned(),
        }
    }
}

impl OutputConfig {
    /// The runtime as Rust names it, where that is not its own name.
    pub(crate) fn renamed_runtime(&self) -> Option<String> {
        (self.runtime_crate != RUNTIME).then(|| in_rust(&self.runtime_crate))
    }

    /// The runtime as Rust names it.
    #[cfg(feature = "pages")]
    pub(crate) fn runtime_in_rust(&self) -> String {
        in_rust(&self.runtime_crate)
    }
}

/// The package of the runtime.
pub(crate) const RUNTIME: &str = "odx-runtime";

/// A crate's name as Rust has it.
fn in_rust(name: &str) -> String {
    name.replace('-', "_")
}

/// A name that a `use` can say.
fn crate_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    match syn::parse_str::<Ident>(&in_rust(&name)) {
        Ok(_) => Ok(name),
        Err(_) => Err(D::Error::custom(format!(
            "{name:?} is not the name of a crate: say it as [dependencies] in Cargo.toml does, such as \"erp\""
        ))),
    }
}

/// `[output] mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A complete crate: `Cargo.toml` and `src/`.
    #[default]
    Crate,
    /// A module tree with a `mod.rs`, for a crate that already is.
    Module,
}

/// `[types]`: which Rust types hold the values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct TypesConfig {
    /// Dates and datetimes.
    pub date_time: DateTime,
    /// Floats and monetary amounts.
    pub decimal: Decimal,
    /// Whether records derive `PartialEq`.
    pub partial_eq: bool,
    /// Whether records and selections implement serde's `Serialize` and `Deserialize`, as Odoo's own JSON.
    pub serde: bool,
}

/// `[types] date-time`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateTime {
    /// `chrono::NaiveDate` and `chrono::DateTime<Utc>`.
    #[default]
    Chrono,
    /// `jiff::civil::Date` and `jiff::Timestamp`.
    Jiff,
    /// `time::Date` and `time::OffsetDateTime`.
    Time,
    /// Odoo's own text: `2024-02-29`, `2024-02-29 23:59:59`.
    String,
}

/// `[types] decimal`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// `f64`, as Odoo sends them.
    #[default]
    F64,
    /// `rust_decimal::Decimal`.
    RustDecimal,
}

/// `[check]`: what `odx check` looks at beside generated code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct CheckConfig {
    /// Globs of Rust files with hand-written structs, `#[derive(OdooModel)] #[odoo(name = "res.partner")]`.
    pub sources: Vec<String>,
}

/// `[names]`: Rust names that differ from the rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct NamesConfig {
    /// Type name by model: `"res.partner" = "Contact"`.
    pub models: BTreeMap<String, String>,
    /// Field name by path: `"res.partner.ref" = "reference"`.
    pub fields: BTreeMap<String, String>,
}

/// `[[field]]`: what differs from the rule for some fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct FieldRule {
    /// Paths of the fields: the model's glob, a dot, the field's glob. `res.partner.image_*` are fields of one model,
    /// `account.*.name` of many, `*.amount_total` of all.
    #[serde(rename = "match", deserialize_with = "one_or_many")]
    pub paths: Vec<String>,
    /// Whether the field is in its model's record.
    pub record: Option<bool>,
    /// Whether its value is an `Option` in the record.
    pub optional: Option<bool>,
    /// The Odoo type to treat it as, where the server's word is wrong.
    #[serde(rename = "type")]
    pub field_type: Option<String>,
    /// Whether programs may write it. Fields that Odoo computes and calls read-only are closed, though a write would change them.
    pub writable: Option<bool>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "a path such as \"res.partner.name\", or a list of them"
    )]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(path) => vec![path],
        OneOrMany::Many(paths) => paths,
    })
}

impl Config {
    /// Reads an `odx.toml`. Paths in it are relative to its folder.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be read, [`Error::Config`] with line and column when it cannot be understood.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        Self::parse(&text, path)
    }

    /// Reads an `odx.toml` if there is one, else gives the defaults.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), but for a file that does not exist.
    pub fn load_or_default(path: impl AsRef<Path>) -> Result<Self, Error> {
        match Self::load(path) {
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            loaded => loaded,
        }
    }

    /// Reads the text of an `odx.toml` that stands at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = position(text, error.span().map_or(0, |span| span.start));
            Error::Config {
                path: path.to_owned(),
                line,
                column,
                message: with_suggestion(error.message()),
            }
        })?;
        config.resolve_paths(path.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    fn resolve_paths(&mut self, base: &Path) {
        let resolve = |path: &mut PathBuf| *path = base.join(&*path);
        resolve(&mut self.schema.dir);
        resolve(&mut self.output.dir);
        resolve(&mut self.record.dir);
        self.output.runtime_path.as_mut().map(resolve);
        let connections = self.connections.values_mut();
        let ca_files = connections.filter_map(|connection| connection.ca_file.as_mut());
        ca_files.for_each(resolve);
        let base = Pattern::escape(&base.to_string_lossy());
        for glob in &mut self.check.sources {
            *glob = Path::new(&base).join(&*glob).to_string_lossy().into_owned();
        }
    }
}

/// Line and column, from 1, of a byte.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    (line, column)
}

/// serde's "unknown field `x`, expected one of `y`, `z`" with the likeliest of these.
fn with_suggestion(message: &str) -> String {
    if let Some(text) = text_for_a_list(message) {
        return format!("a list is wanted here, not a text: write [{text}]");
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let likely = names.next().and_then(|given| closest(given, names));
    format!("{message}{}", did_you_mean(likely))
}

/// The text, quoted, that serde says was given where a list was to be.
fn text_for_a_list(message: &str) -> Option<&str> {
    message
        .strip_prefix("invalid type: string ")?
        .strip_suffix(", expected a sequence")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_at_a_time_is_refused() {
        let error = parse("[source]\nconcurrency = 0\n").unwrap_err();
        assert!(
            error.contains("odx.toml:2:15") && error.contains("nonzero"),
            "{error}"
        );
    }

    #[test]
    fn a_text_for_a_list_is_shown_as_one() {
        assert_eq!(
            parse("[models]\ninclude = \"res.partner\"\n"),
            Err(
                "odx.toml:2:11: a list is wanted here, not a text: write [\"res.partner\"]"
                    .to_owned()
            )
        );
    }

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("odx.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn the_reference_file_is_the_defaults() {
        assert_eq!(parse(REFERENCE), Ok(Config::default()));
    }

    #[test]
    fn every_commented_example_of_the_reference_file_is_understood() {
        let uncommented: String = REFERENCE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_ne!(uncommented, REFERENCE);
        let config = parse(&uncommented).expect("valid");
        assert!(
            !config.field.is_empty()
                && !config.method.is_empty()
                && !config.methods.include.is_empty()
                && !config.names.models.is_empty()
                && config.output.runtime_path.is_some()
                && !config.record.replace.is_empty()
                && !config.record.remove.is_empty()
        );
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_the_likeliest_known_one() {
        assert_eq!(
            parse("[models]\nincldue = []\n").expect_err("unknown"),
            "odx.toml:2:1: unknown field `incldue`, expected `include` or `exclude`; did you mean `include`?"
        );
        let message = parse("[types]\ndate-time = \"chronos\"").expect_err("unknown");
        assert!(
            message.starts_with("odx.toml:2:13: unknown variant `chronos`"),
            "{message}"
        );
        assert!(message.ends_with("did you mean `chrono`?"), "{message}");
    }

    #[test]
    fn broken_toml_is_named_with_its_place() {
        let message = parse("[models]\ninclude = [\"a\"\n").expect_err("broken");
        assert!(message.starts_with("odx.toml:"), "{message}");
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = Config::parse(
            "[output]\nruntime-path = \"/odx/runtime\"\n[connections.prod]\nca-file = \"ca.pem\"",
            Path::new("app/odx.toml"),
        )
        .expect("valid");
        assert_eq!(config.schema.dir, Path::new("app/odoo-schema"));
        assert_eq!(config.output.dir, Path::new("app/models"));
        assert_eq!(
            config.output.runtime_path.as_deref(),
            Some(Path::new("/odx/runtime"))
        );
        assert_eq!(
            config.connections["prod"].ca_file.as_deref(),
            Some(Path::new("app/ca.pem"))
        );
    }

    #[test]
    fn the_runtime_has_the_name_that_a_use_can_say() {
        let name = |name: &str| parse(&format!("[output]\nruntime-crate = {name:?}\n"));
        let renamed = |text: &str| name(text).expect("a name").output.renamed_runtime();
        assert_eq!(renamed("odx-runtime"), None);
        assert_eq!(renamed("erp-runtime"), Some("erp_runtime".to_owned()));
        for wrong in ["", "a b", "crate", "a::b", "9"] {
            let message = name(wrong).expect_err("no name");
            assert!(
                message.contains("odx.toml:2:") && message.contains("is not the name of a crate"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_field_rule_takes_one_path_or_many() {
        let config = parse("[[field]]\nmatch = \"a.b\"\nrecord = true\n[[field]]\nmatch = [\"c.d\", \"e.f\"]\noptional = false\n").expect("valid");
        assert_eq!(config.field[0].paths, ["a.b"]);
        assert_eq!(config.field[1].paths, ["c.d", "e.f"]);
    }

    #[test]
    fn a_file_that_is_not_there_gives_the_defaults_only_when_asked() {
        assert_eq!(
            Config::load_or_default("no/such/odx.toml").expect("defaults"),
            Config::default()
        );
        assert!(Config::load("no/such/odx.toml").is_err());
    }
}
