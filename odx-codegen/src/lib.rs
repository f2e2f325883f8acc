//! From the schema of an Odoo to typed Rust: the library behind `odx`.
//!
//! A [`Schema`] is what Odoo says of its models and fields. It is read from a snapshot folder or from saved `fields_get`
//! answers ([`source`]), and [`generate`] turns it into the files of a crate, as the [`Config`] (`odx.toml`) asks.
//! Without features nothing here touches the network.
//!
//! ```no_run
//! use odx_codegen::{Config, generate, source};
//!
//! let config = Config::load_or_default("odx.toml")?;
//! let schema = source::read_snapshot(&config.schema.dir)?;
//! let output = generate(&schema, &config)?;
//! output.write(&config.output.dir)?;
//! # Ok::<(), odx_codegen::Error>(())
//! ```
//!
//! Build scripts call [`build`], tests [`testing::assert_up_to_date`].

#![warn(clippy::missing_errors_doc)]

mod build;
pub mod config;
mod diagnostic;
mod emit;
mod error;
mod files;
mod filter;
#[cfg(feature = "pages")]
mod guide;
mod ir;
mod lower;
#[cfg(feature = "pages")]
mod pages;
mod render;
pub mod schema;
pub mod source;
pub mod testing;

pub use build::build;
pub use config::Config;
pub use diagnostic::{Diagnostic, Severity, closest, did_you_mean};
pub use emit::{Difference, GeneratedFile, Output};
pub use error::Error;
pub use files::Written;
pub use filter::ModelFilter;
#[cfg(feature = "pages")]
pub use guide::{Guide, guide};
#[cfg(feature = "pages")]
pub use pages::{PAGES_INDEX, pages};
pub use schema::Schema;
#[doc(no_inline)]
pub use serde_json;

use config::Mode;
use emit::Layout;

/// Generates the models of a schema. Does no I/O and looks at no clock and no environment.
///
/// # Errors
///
/// [`Error::Rejected`] with everything in the configuration that does not go together with the schema.
pub fn generate(schema: &Schema, config: &Config) -> Result<Output, Error> {
    let layout = match config.output.mode {
        Mode::Crate => Layout::Crate,
        Mode::Module => Layout::Module,
    };
    generate_as(schema, config, layout)
}

/// Reads the snapshot, generates, and compares with the files of the output folder; empty when nothing differs.
///
/// # Errors
///
/// Those of [`source::read_snapshot`], [`generate`] and [`Output::compare`].
pub fn check(config: &Config) -> Result<Vec<Difference>, Error> {
    let schema = source::read_snapshot(&config.schema.dir)?;
    generate(&schema, config)?.compare(&config.output.dir)
}

fn generate_as(schema: &Schema, config: &Config, layout: Layout) -> Result<Output, Error> {
    let (lowered, diagnostics) = lower::lower(schema, config)?;
    Ok(Output {
        files: emit::files(&lowered, config, layout),
        diagnostics,
        layout,
    })
}

/// The code of the README compiles, and runs where it may.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
