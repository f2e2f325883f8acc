//! For the tests of crates that check generated code in.

use std::path::Path;

use crate::{Config, check};

/// Fails unless the generated code is what the snapshot and the configuration give.
///
/// ```no_run
/// #[test]
/// fn models_are_up_to_date() {
///     odx_codegen::testing::assert_up_to_date("odx.toml");
/// }
/// ```
///
/// # Panics
///
/// When a file differs, with the lines and the command to run; and when the comparison itself fails.
pub fn assert_up_to_date(config: impl AsRef<Path>) {
    let path = config.as_ref();
    let differences = match Config::load(path).and_then(|config| check(&config)) {
        Ok(differences) => differences,
        Err(error) => panic!("cannot tell whether the generated code is up to date: {error}"),
    };
    const MOST_FILES: usize = 5;
    let shown: String = differences
        .iter()
        .take(MOST_FILES)
        .map(|difference| format!("{}\n{}", difference.path.display(), difference.hunk()))
        .collect();
    assert!(
        differences.is_empty(),
        "{} generated files differ from what {} gives; run `odx generate`\n{shown}",
        differences.len(),
        path.display()
    );
}
