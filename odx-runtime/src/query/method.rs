//! Calls of any method.

use std::{borrow::Cow, marker::PhantomData};

use serde_core::de::DeserializeOwned;
use serde_json::Value as JsonValue;

use super::MethodResult;
use crate::{
    AnySession, Call, Context, Error, Reply,
    model::{Ids, Model},
    session::check_needs,
    write::check_call,
};

/// A call of a method, made by `M::call`.
#[must_use = "a call does nothing until it is sent or awaited"]
pub struct MethodCall<'a, O, M> {
    odoo: &'a O,
    call: Call,
    context: Context,
    model: PhantomData<fn() -> M>,
}

impl<'a, O: AnySession, M: Model> MethodCall<'a, O, M> {
    #[doc(hidden)]
    pub fn new(odoo: &'a O, method: impl Into<Cow<'static, str>>) -> Self {
        Self {
            odoo,
            call: Call::new(M::NAME, method),
            context: Context::new(),
            model: PhantomData,
        }
    }

    /// The records the method is called on. Methods of the model take none.
    pub fn ids(mut self, ids: impl Ids<M>) -> Self {
        self.call = self.call.ids(ids.into_ids());
        self
    }

    /// The next positional argument.
    pub fn arg(mut self, value: impl Into<JsonValue>) -> Self {
        self.call = self.call.arg(value);
        self
    }

    /// The next positional argument, with its name for roads that know no positions.
    pub fn arg_named(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<JsonValue>,
    ) -> Self {
        self.call = self.call.arg_named(name, value);
        self
    }

    /// A keyword argument.
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Into<JsonValue>) -> Self {
        self.call = self.call.kwarg(name, value);
        self
    }

    /// Entries of the context, over those of the session.
    pub fn context(mut self, context: Context) -> Self {
        self.context = self.context.merged(context);
        self
    }

    /// Sends the call, and reads its result as any type that serde can read. A method that returns None gives `()` or
    /// `JsonValue::Null`.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] where the result does not fit the type: the method was carried out. And what any call can
    /// fail with.
    pub fn send<T: DeserializeOwned + Send + 'a>(self) -> O::Answer<'a, T> {
        self.read(Reply::to)
    }

    /// Sends the call, and reads its result as methods of Odoo mean it: records as typed ids, an action, a text or none.
    ///
    /// # Errors
    /// As of [`send`](Self::send).
    pub fn result<R: MethodResult + 'a>(self) -> O::Answer<'a, R> {
        self.read(R::from_reply)
    }

    fn read<T: Send + 'a>(self, read: fn(&Reply) -> Result<T, Error>) -> O::Answer<'a, T> {
        let session = self.odoo.session().with_context(self.context);
        let call = self.call;
        self.odoo.answer(async move {
            let needs = check_call(M::meta(), &call, session.context())?;
            check_needs(&session, call.model(), call.method(), &needs).await?;
            read(&session.execute(call).await?)
        })
    }
}
