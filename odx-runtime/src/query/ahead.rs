//! Work that goes on while nobody waits for it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::Error;

/// Work in hand. Dropping it cancels the work.
pub(super) enum Work<T> {
    /// It goes on whenever it is polled.
    Here(Pin<Box<dyn Future<Output = T> + Send>>),
    /// It goes on as a task of the tokio runtime that it was begun in.
    #[cfg(feature = "client")]
    Task(tokio::task::JoinHandle<T>),
}

impl<T: Send + 'static> Work<T> {
    /// Work that is waited for at once.
    pub(super) fn here(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self::Here(Box::pin(work))
    }

    /// Work that begins now. Without a tokio runtime it goes on only while it is polled.
    pub(super) fn begun(work: impl Future<Output = T> + Send + 'static) -> Self {
        #[cfg(feature = "client")]
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            use tracing::{Instrument as _, instrument::WithSubscriber as _};
            let traced = work.in_current_span().with_current_subscriber();
            return Self::Task(runtime.spawn(traced));
        }
        Self::here(work)
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        match self {
            Self::Here(work) => work.as_mut().poll(cx).map(Ok),
            #[cfg(feature = "client")]
            Self::Task(task) => Pin::new(task).poll(cx).map(|done| {
                done.map_err(|error| match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Error::usage(
                        "the tokio runtime that this stream was read on has ended: read a stream to its end on one runtime",
                    ),
                })
            }),
        }
    }
}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        match self {
            Self::Here(_) => {}
            #[cfg(feature = "client")]
            Self::Task(task) => task.abort(),
        }
    }
}
