//! The generated records.

odx_runtime::include_models!();
