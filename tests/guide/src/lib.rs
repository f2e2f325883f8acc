//! Compiles and runs every code block of the guide and the README: see `build.rs` for what the words after ```` ```rust ````
//! mean, and `tests/guide.rs` for what a block finds in scope.
