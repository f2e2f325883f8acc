//! The Rust on the pages of models with the names of what the runtime's prelude shows compiles; nothing of it is run.
#![allow(dead_code, nonstandard_style)]

include!(concat!(env!("OUT_DIR"), "/namesakes.rs"));
