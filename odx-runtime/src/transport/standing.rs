//! Whether the tasks of a runtime stand still, because a call blocks one of its threads.
//!
//! Such a call must not wait for what another task of that thread holds: a login in the making, a version that is being asked,
//! a connection. It would wait for itself.

use std::{cell::Cell, pin::Pin, time::Duration};

use tokio::{runtime::Handle, sync::OnceCell};

use crate::{Error, error::CallSite};

thread_local! {
    static STANDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread blocks, and is one of a runtime's.
pub(super) fn is_standing() -> bool {
    STANDING.get()
}

/// A call that blocks its thread, for as long as it lives.
pub(crate) struct Blocking {
    before: bool,
}

impl Blocking {
    /// Before another runtime is entered.
    pub(crate) fn begin() -> Self {
        let before = STANDING.replace(is_standing() || Handle::try_current().is_ok());
        Self { before }
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        STANDING.set(self.before);
    }
}

/// What is asked once. Who must not wait for another's answer asks, too.
///
/// What this and [`place`] wait for comes pinned: by value it would have a place in them for each way to wait.
pub(super) async fn once<T: Clone>(
    cell: &OnceCell<T>,
    ask: Pin<&mut impl Future<Output = Result<T, Error>>>,
) -> Result<T, Error> {
    if !is_standing() {
        return cell.get_or_try_init(|| ask).await.cloned();
    }
    if let Some(known) = cell.get() {
        return Ok(known.clone());
    }
    let told = ask.await?;
    // Who asked first may set it, too: it is the same.
    let _ = cell.set(told.clone());
    Ok(told)
}

/// A place among the calls on their way. Who may be waiting for itself waits for so long.
///
/// # Errors
/// [`Error::Usage`] after that.
pub(super) async fn place<T>(
    waiting: Pin<&mut impl Future<Output = T>>,
    limit: Duration,
    site: &CallSite,
) -> Result<T, Error> {
    if !is_standing() {
        return Ok(waiting.await);
    }
    let waited = tokio::time::timeout(limit, waiting).await;
    waited.map_err(|_| {
        Error::usage(format!(
            "no place among the calls on their way within {limit:?}, so {site} was not sent: a call that blocks a thread of a \
             runtime may be waiting for calls of the same thread; await it, or make it in a thread of its own, or raise \
             `max_connections` or `max_calls_at_once`"
        ))
    })
}
