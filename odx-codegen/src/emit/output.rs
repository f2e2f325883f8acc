//! What was generated, and the folder it belongs to.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{GeneratedFile, Layout, MARK};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::files::{FolderLock, Replacement, Written, read_file};

/// Generated files that are not written yet.
#[derive(Debug, Clone)]
pub struct Output {
    /// The files, sorted by path.
    pub files: Vec<GeneratedFile>,
    /// What there is to say about the schema and the configuration; warnings only.
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) layout: Layout,
}

/// A file that is not as it would be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The file.
    pub path: PathBuf,
    /// What stands there, if anything.
    pub found: Option<String>,
    /// What should, if anything.
    pub generated: Option<String>,
}

impl Output {
    /// Writes the files below `dir`. Files whose bytes are right already are not touched, files of models that are gone
    /// are removed, and on an error everything is as it was. Where the system can exchange two folders (Linux, macOS),
    /// the files change all at once even for a program that is killed. Waits for another odx that writes there.
    ///
    /// # Errors
    ///
    /// [`Error::NotGenerated`] for a file in the way that odx did not write; [`Error::WrongKind`] and [`Error::Io`]
    /// when the file system refuses.
    pub fn write(&self, dir: impl AsRef<Path>) -> Result<Written, Error> {
        self.write_when_free(dir, |_| {})
    }

    /// The same, and calls `waiting` with the folder before it waits for another odx that writes there.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub fn write_when_free(
        &self,
        dir: impl AsRef<Path>,
        waiting: impl FnOnce(&Path),
    ) -> Result<Written, Error> {
        let dir = dir.as_ref();
        let lock = FolderLock::take(dir, waiting)?;
        let mut files = Vec::new();
        for file in &self.files {
            let path = dir.join(&file.path);
            match read_file(&path)? {
                Some(found) if !is_ours(&found) && is_manifest(&file.path) => continue,
                Some(found) if !is_ours(&found) => return Err(Error::NotGenerated { path }),
                _ => files.push((file.path.as_path(), file.content.as_bytes())),
            }
        }
        Replacement {
            dir,
            lock: &lock,
            // The folder of a build script is cargo's, which runs it again when it was killed.
            may_swap: self.layout != Layout::Include,
            stale: self.stale(dir)?,
            files: files.into_iter().collect(),
        }
        .apply()
    }

    /// Compares the files with those below `dir`; empty when they are the same.
    ///
    /// # Errors
    ///
    /// [`Error::WrongKind`] and [`Error::Io`] when something there cannot be read.
    pub fn compare(&self, dir: impl AsRef<Path>) -> Result<Vec<Difference>, Error> {
        let dir = dir.as_ref();
        let mut differences = Vec::new();
        for file in &self.files {
            let path = dir.join(&file.path);
            let found = read_file(&path)?;
            let is_kept = found
                .as_deref()
                .is_some_and(|found| is_manifest(&file.path) && !is_ours(found));
            if is_kept || found.as_deref() == Some(file.content.as_bytes()) {
                continue;
            }
            differences.push(Difference {
                path,
                found: found.map(|found| String::from_utf8_lossy(&found).into_owned()),
                generated: Some(file.content.clone()),
            });
        }
        for path in self.stale(dir)? {
            let path = dir.join(path);
            let found = read_file(&path)?.map(|found| String::from_utf8_lossy(&found).into_owned());
            differences.push(Difference {
                path,
                found,
                generated: None,
            });
        }
        Ok(differences)
    }

    /// The files in the models' folder that odx wrote and would not write now.
    fn stale(&self, dir: &Path) -> Result<BTreeSet<PathBuf>, Error> {
        let models_dir = Path::new(self.layout.models_dir());
        let folder = dir.join(models_dir);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(_) if folder.is_file() => {
                return Err(Error::WrongKind {
                    path: folder,
                    found: "a file",
                    wanted: "a folder",
                });
            }
            Err(error) => return Err(Error::io("read", &folder)(error)),
        };
        let generated: BTreeSet<&Path> =
            self.files.iter().map(|file| file.path.as_path()).collect();
        let mut stale = BTreeSet::new();
        for entry in entries {
            let entry = entry.map_err(Error::io("read", &folder))?;
            let path = models_dir.join(entry.file_name());
            let extension = path.extension().and_then(|extension| extension.to_str());
            let is_a_models = extension == Some(self.layout.extension());
            if !is_a_models || generated.contains(path.as_path()) || !entry.path().is_file() {
                continue;
            }
            if read_file(&entry.path())?.is_some_and(|found| is_ours(&found)) {
                stale.insert(path);
            }
        }
        Ok(stale)
    }
}

impl Difference {
    /// The lines that differ, as a short diff: `-` stands in the folder, `+` would be generated.
    pub fn hunk(&self) -> String {
        let lines = |text: &Option<String>| {
            text.as_deref()
                .unwrap_or_default()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let (found, generated) = (lines(&self.found), lines(&self.generated));
        let prefix = found
            .iter()
            .zip(&generated)
            .take_while(|(a, b)| a == b)
            .count();
        let (found, generated) = (&found[prefix..], &generated[prefix..]);
        let suffix = found
            .iter()
            .rev()
            .zip(generated.iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let (found, generated) = (
            &found[..found.len() - suffix],
            &generated[..generated.len() - suffix],
        );
        format!(
            "@@ line {}\n{}{}",
            prefix + 1,
            shortened('-', found),
            shortened('+', generated)
        )
    }
}

fn shortened(sign: char, lines: &[String]) -> String {
    const MOST_LINES: usize = 12;
    let mut text: String = lines
        .iter()
        .take(MOST_LINES)
        .map(|line| format!("{sign}{line}\n"))
        .collect();
    if lines.len() > MOST_LINES {
        text.push_str(&format!(
            "{sign}... and {} lines more\n",
            lines.len() - MOST_LINES
        ));
    }
    text
}

/// Whether odx wrote the file: its first line says so.
fn is_ours(content: &[u8]) -> bool {
    let first_line = content
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let first_line = String::from_utf8_lossy(first_line);
    first_line
        .trim_start_matches(['/', '#', '*', '<', '!', '-'])
        .trim_start()
        .starts_with(MARK)
}

/// A manifest without the mark is one that its owner edits, which the mark itself invites to.
fn is_manifest(path: &Path) -> bool {
    path == Path::new("Cargo.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str =
        "// @generated by odx from the schema of Odoo. Do not edit: run `odx generate`.\n";

    fn output(files: &[(&str, &str)]) -> Output {
        let files = files.iter().map(|(path, text)| GeneratedFile {
            path: path.into(),
            content: format!("{GENERATED}{text}\n"),
            model: None,
        });
        Output {
            files: files.collect(),
            diagnostics: Vec::new(),
            layout: Layout::Crate,
        }
    }

    #[test]
    fn what_is_written_does_not_differ() {
        let dir = tempfile::tempdir().expect("a folder");
        let output = output(&[("Cargo.toml", "a"), ("src/lib.rs", "b")]);
        assert_eq!(output.compare(dir.path()).expect("compared").len(), 2);
        output.write(dir.path()).expect("written");
        assert_eq!(output.compare(dir.path()).expect("compared"), []);
        assert!(output.write(dir.path()).expect("written").is_unchanged());
    }

    #[test]
    fn a_file_of_a_model_that_is_gone_is_told_and_removed() {
        let dir = tempfile::tempdir().expect("a folder");
        output(&[("src/lib.rs", "a"), ("src/old.rs", "b")])
            .write(dir.path())
            .expect("written");
        fs::write(dir.path().join("src/mine.rs"), "fn mine() {}").expect("a file");
        let now = output(&[("src/lib.rs", "a")]);
        let differences = now.compare(dir.path()).expect("compared");
        assert_eq!(differences.len(), 1);
        assert_eq!(
            (differences[0].path.as_path(), &differences[0].generated),
            (dir.path().join("src/old.rs").as_path(), &None)
        );
        now.write(dir.path()).expect("written");
        assert!(!dir.path().join("src/old.rs").exists());
        assert!(dir.path().join("src/mine.rs").exists());
    }

    #[test]
    fn a_file_of_somebody_else_is_never_overwritten() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("src")).expect("a folder");
        fs::write(
            dir.path().join("src/lib.rs"),
            "//! Mine.\n// @generated by odx\n",
        )
        .expect("a file");
        let error = output(&[("Cargo.toml", "a"), ("src/lib.rs", "b")])
            .write(dir.path())
            .expect_err("not ours");
        assert!(
            error
                .to_string()
                .contains("src/lib.rs was not written by odx and would be overwritten"),
            "{error}"
        );
        assert!(!dir.path().join("Cargo.toml").exists());
    }

    #[test]
    fn a_manifest_that_its_owner_edits_is_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("Cargo.toml"), "[package]\n").expect("a file");
        let output = output(&[("Cargo.toml", "a"), ("src/lib.rs", "b")]);
        output.write(dir.path()).expect("written");
        assert_eq!(
            fs::read_to_string(dir.path().join("Cargo.toml")).expect("a file"),
            "[package]\n"
        );
        assert_eq!(output.compare(dir.path()).expect("compared"), []);
    }

    #[test]
    fn a_hunk_shows_the_lines_that_differ() {
        let difference = Difference {
            path: "a".into(),
            found: Some("1\n2\n3\n4\n".to_owned()),
            generated: Some("1\nx\n4\n".to_owned()),
        };
        assert_eq!(difference.hunk(), "@@ line 2\n-2\n-3\n+x\n");
    }
}
