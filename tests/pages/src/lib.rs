//! Opens the pages of `odx docs` in a real browser, and compiles and runs the Rust that they show: see `tests/`.
