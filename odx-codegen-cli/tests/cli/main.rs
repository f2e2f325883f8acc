//! The `odx` command line, run as a user runs it: the real binary, in a folder of its own, against a sandbox over HTTP.

mod ask;
mod bad_input;
mod check;
mod demo;
mod diff;
mod docs;
mod environment;
mod export;
mod follow;
mod generate;
mod import;
mod init;
mod list;
mod methods;
mod pull;
mod recordings;
mod roads;
mod servers;
mod sql;
mod structs;
mod support;
mod tls;
#[cfg(unix)]
mod whole;
