//! Which recordings are asked again, and what is shown of them: what the environment says.

use std::path::PathBuf;

use crate::recording::{RecordingError, Series, series_in};

/// The recordings that `ODX_ORACLE` names, or the part of them that `ODX_ORACLE_ONLY` names.
#[derive(Clone, Debug)]
pub struct Wanted {
    folder: PathBuf,
    /// A part of the name of the wanted files, such as `16.0/domains`.
    only: String,
    shown: usize,
    text: String,
}

impl Wanted {
    /// What the environment says; nothing, and a line about it, where `ODX_ORACLE` names no recordings.
    ///
    /// # Panics
    /// `ODX_ORACLE_SHOW` is no number.
    pub fn from_environment() -> Option<Self> {
        let variable = |name| std::env::var(name).unwrap_or_default();
        let folder = variable("ODX_ORACLE");
        if folder.is_empty() {
            eprintln!(
                "skipped: set ODX_ORACLE to a folder of recordings (see tests/oracle) to run it"
            );
            return None;
        }
        let shown = variable("ODX_ORACLE_SHOW");
        Some(Self {
            folder: PathBuf::from(folder),
            only: variable("ODX_ORACLE_ONLY"),
            shown: match shown.as_str() {
                "" => 0,
                count => count.parse().expect("ODX_ORACLE_SHOW is a number of calls"),
            },
            text: variable("ODX_ORACLE_MATCH"),
        })
    }

    /// What `ask` makes of those of the files that are wanted, the oldest series first. Each series is asked in a thread of
    /// its own, and not at all where none of its files is wanted.
    ///
    /// # Errors
    /// The folder cannot be read, or has no series in it.
    ///
    /// # Panics
    /// Where `ask` does.
    pub fn of_each_series<T: Send>(
        &self,
        files: &[&'static str],
        ask: impl Fn(&Series, &[&'static str]) -> T + Sync,
    ) -> Result<Vec<T>, RecordingError> {
        let wanted = series_in(&self.folder)?
            .into_iter()
            .map(|series| {
                let is_wanted = |file: &&str| series.name_of(file).contains(&self.only);
                let files = files.iter().copied().filter(is_wanted).collect::<Vec<_>>();
                (series, files)
            })
            .filter(|(_, files)| !files.is_empty())
            .collect::<Vec<_>>();
        let ask = &ask;
        Ok(std::thread::scope(|scope| {
            let running: Vec<_> = wanted
                .iter()
                .map(|(series, files)| scope.spawn(move || ask(series, files)))
                .collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, T>| match thread.join() {
                Ok(made) => made,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            running.into_iter().map(join).collect()
        }))
    }

    /// As many of the calls as `ODX_ORACLE_SHOW` says, of those with the text of `ODX_ORACLE_MATCH`, each below the name of
    /// its file.
    pub fn show<T: ToString>(&self, name: &str, calls: impl IntoIterator<Item = T>) -> String {
        let texts = calls.into_iter().map(|call| call.to_string());
        texts
            .filter(|text| text.contains(&self.text))
            .take(self.shown)
            .map(|text| format!("{name}: {text}\n"))
            .collect()
    }
}
