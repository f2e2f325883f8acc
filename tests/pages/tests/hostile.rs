//! The Rust on the pages of models with names that nobody should have compiles; nothing of it is run.
#![allow(dead_code, nonstandard_style)]

include!(concat!(env!("OUT_DIR"), "/hostile.rs"));
