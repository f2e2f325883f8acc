//! Calls of methods that have no typed wrapper.

use serde_core::de::DeserializeOwned;
use serde_json::Value;

use super::{AnySession, Call, content};
use crate::model::RecordId;

/// A call of any method, by its wire name.
///
/// Made by [`Session::call`](super::Session::call) and by the `call` of generated models.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`, or before it is awaited"]
pub struct UntypedCall<'a, O> {
    odoo: &'a O,
    call: Call,
}

impl<'a, O: AnySession> UntypedCall<'a, O> {
    /// The call over that session.
    pub fn new(odoo: &'a O, call: Call) -> Self {
        Self { odoo, call }
    }

    /// The records the method runs on; methods of the model itself take none.
    pub fn ids<I: Into<RecordId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.call = self.call.ids(ids);
        self
    }

    /// Adds a positional argument.
    pub fn arg(mut self, value: impl Into<Value>) -> Self {
        self.call = self.call.arg(value);
        self
    }

    /// Adds a named argument.
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.call = self.call.kwarg(name, value);
        self
    }

    /// Sends the call. A method that returns nothing gives `null`: read it as `()` or as an `Option`.
    ///
    /// A call of `read`, `search_read` and their like asks for the content of binary values by `include_binary_content` in its
    /// context, as reads of typed fields do, unless the context says otherwise (by this key or `bin_size`) or the Odoo is known
    /// to be older than 19.3, which sends the content always. [`Session::execute`](super::Session::execute) sends a call as it is.
    ///
    /// # Errors
    /// As [`Session::execute`](super::Session::execute), and [`Error::UnexpectedResult`](crate::Error::UnexpectedResult)
    /// if the result is no `T`.
    pub fn send<T: DeserializeOwned + Send + 'a>(self) -> O::Answer<'a, T> {
        let Self { odoo, call } = self;
        odoo.answer(async move {
            let odoo = odoo.session();
            let call = content::asked_for_untyped(call, odoo);
            odoo.execute(call).await?.to()
        })
    }
}
