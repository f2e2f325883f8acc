//! IR to files: formatting, layout, writing and comparing.

mod files;
mod format;
mod output;

pub use files::GeneratedFile;
pub use output::{Difference, Output};

#[cfg(feature = "pages")]
pub(crate) use files::MARK;
pub(crate) use files::{Layout, files};
