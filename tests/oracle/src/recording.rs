//! The recorded calls.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What is wrong with a folder of recordings.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A file or folder that cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why it could not be.
        source: std::io::Error,
    },
    /// A line that is no recorded call.
    #[error("{}, line {line}: not a recorded call", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1 on.
        line: usize,
        /// What the reader says of it.
        source: serde_json::Error,
    },
    /// A file without a line.
    #[error("{} has no calls in it", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A folder without a series.
    #[error("{} has no folder `odoo-<series>`", path.display())]
    NoSeries {
        /// The folder.
        path: PathBuf,
    },
    /// Rows that the sandbox cannot hold.
    #[error("the recorded rows of {model} do not fit its recorded fields: {source}")]
    Rows {
        /// The model.
        model: String,
        /// What the sandbox says of them.
        source: odx_sandbox::OdooError,
    },
}

/// One recorded call.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// The model it was made on.
    pub model: String,
    /// The method.
    pub method: String,
    /// The positional arguments.
    pub args: Vec<Value>,
    /// The keyword arguments, `context` among them.
    pub kwargs: Map<String, Value>,
    /// The id of the user who asked.
    pub user: i64,
    /// What came back; `null` where the method gave nothing.
    #[serde(default)]
    pub result: Value,
    /// What was raised, if it was.
    pub error: Option<Raised>,
}

/// An exception as `error.data` has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Raised {
    /// Its class, with the module.
    pub name: String,
    /// Its text.
    pub message: String,
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A result.
    Answered(Value),
    /// An exception: its class and its text.
    Raised(String, String),
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered(value) => write!(f, "{value}"),
            Self::Raised(class, text) => write!(f, "{class}: {}", text.trim_end()),
        }
    }
}

impl Call {
    /// What the real Odoo made of it.
    pub fn outcome(&self) -> Outcome {
        match &self.error {
            Some(raised) => Outcome::Raised(raised.name.clone(), raised.message.clone()),
            None => Outcome::Answered(self.result.clone()),
        }
    }
}

/// The recordings of one series.
#[derive(Clone, Debug)]
pub struct Series {
    /// Such as `17.0`.
    pub name: String,
    folder: PathBuf,
}

/// The series that a folder has recordings of, the oldest first.
///
/// # Errors
/// A folder that cannot be read, or has none.
pub(crate) fn series_in(folder: &Path) -> Result<Vec<Series>, RecordingError> {
    let unreadable = |source| RecordingError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if let Some(series) = name.to_str().and_then(|name| name.strip_prefix("odoo-"))
            && entry.path().is_dir()
        {
            found.push(Series {
                name: series.to_owned(),
                folder: entry.path(),
            });
        }
    }
    if found.is_empty() {
        return Err(RecordingError::NoSeries {
            path: folder.to_owned(),
        });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

impl Series {
    /// A file of the series, such as `17.0/domains`.
    pub fn name_of(&self, file: &str) -> String {
        format!("{}/{file}", self.name)
    }

    /// The calls of a file, in order.
    ///
    /// # Errors
    /// A file that is missing, empty or malformed.
    pub fn calls(&self, file: &str) -> Result<Vec<Call>, RecordingError> {
        self.lines(file)
    }

    pub(crate) fn lines<T: serde::de::DeserializeOwned>(
        &self,
        file: &str,
    ) -> Result<Vec<T>, RecordingError> {
        let path = self.folder.join(format!("{file}.jsonl.gz"));
        let unreadable = |source| RecordingError::Unreadable {
            path: path.clone(),
            source,
        };
        let mut text = String::new();
        GzDecoder::new(File::open(&path).map_err(unreadable)?)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = with_quoted_numbers(line);
            let read = serde_json::from_str(&line).map_err(|source| RecordingError::Malformed {
                path: path.clone(),
                line: index + 1,
                source,
            })?;
            lines.push(read);
        }
        if lines.is_empty() {
            return Err(RecordingError::Empty { path });
        }
        Ok(lines)
    }
}

/// What tests asked, in order.
pub(crate) const SUITES: &[&str] = &["suite-language", "suite-sandbox", "suite-live"];

/// The numbers that Python writes and JSON does not have, which the sandbox holds as texts.
const NO_JSON: &[&str] = &["-Infinity", "Infinity", "NaN"];

/// `NaN` and the infinities as texts, wherever they stand outside one.
fn with_quoted_numbers(line: &str) -> String {
    let mut quoted = String::with_capacity(line.len());
    let mut rest = line;
    let mut in_text = false;
    while let Some(first) = rest.chars().next() {
        if !in_text && let Some(number) = NO_JSON.iter().find(|number| rest.starts_with(**number)) {
            quoted.push('"');
            quoted.push_str(number);
            quoted.push('"');
            rest = &rest[number.len()..];
            continue;
        }
        let mut width = first.len_utf8();
        match first {
            '"' => in_text = !in_text,
            '\\' => width += rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => {}
        }
        quoted.push_str(&rest[..width]);
        rest = &rest[width..];
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::with_quoted_numbers;

    #[test]
    fn numbers_that_json_does_not_have_are_read_as_texts() {
        assert_eq!(
            with_quoted_numbers(r#"{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \" NaN"}"#),
            r#"{"a": "NaN", "b": ["-Infinity", "Infinity"], "c": "NaN \" NaN"}"#
        );
    }
}
