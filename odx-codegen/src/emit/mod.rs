//! IR to files: formatting, layout, writing and comparing.

mod files;
mod format;
mod output;

pub use files::GeneratedFile;
pub use output::{Difference, Output};

pub(crate) use files::{Layout, files};
