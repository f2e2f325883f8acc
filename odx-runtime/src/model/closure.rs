//! Closures over the fields of a model.

use super::Model;

/// A closure over the fields of the model `M`, as the verbs of a query take it: `|p| p.name`.
// A trait of odx over `FnOnce`: through its supertrait Rust infers what the closure takes, and the message is ours.
#[diagnostic::on_unimplemented(
    message = "a closure over the fields of `{M}` is wanted here, such as `|r| r.id`, and not `{Self}`",
    label = "not a closure over the fields of `{M}`",
    note = "what is made already is given by a closure that ignores the fields: `|_| ..`"
)]
pub trait OverFields<M: Model, R>: FnOnce(M::Fields) -> R {}

#[diagnostic::do_not_recommend]
impl<M: Model, R, F: FnOnce(M::Fields) -> R> OverFields<M, R> for F {}
