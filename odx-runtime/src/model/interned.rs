//! Names that came at run time, kept as long as the program: those of models and fields, which are few.

use std::{
    collections::HashSet,
    sync::{LazyLock, Mutex, PoisonError},
};

static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// The name, kept once however often it comes.
pub(crate) fn interned(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into());
    names.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_however_often_it_comes() {
        let name = |text: &str| {
            let text = text.to_owned();
            interned(&text).as_ptr()
        };
        let first = name("a.model");
        assert!((0..100).all(|_| name("a.model") == first));
        assert_ne!(name("another.model"), first);
    }
}
