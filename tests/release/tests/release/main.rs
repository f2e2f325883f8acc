//! The published crates as a registry gets them: what their archives hold and say, and that they work without the rest
//! of the checkout.

mod archives;
mod errors;
mod locks;
mod manifests;
mod support;
mod unpacked;
