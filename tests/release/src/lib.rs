//! Tests of the published crates as a registry gets them: see `tests/`.
