//! The HTTP clients of one `HttpClient`: one for each runtime that it is used in.

use std::{
    convert::Infallible,
    fmt,
    panic::catch_unwind,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    runtime::{self, Handle},
    sync::oneshot,
};

use super::client::Settings;
use crate::Error;

/// Makes HTTP clients, or has the one that the program brought.
///
/// A connection is served by a task of the runtime that opened it, and ends with that runtime. So no runtime is given the
/// connections of another: a client in a `static` serves each `#[tokio::test]` alike.
#[derive(Clone)]
pub(super) enum Clients {
    Brought(reqwest::Client),
    Made(Arc<Made>),
}

pub(super) struct Made {
    settings: Settings,
    clients: Mutex<ByRuntime>,
}

#[derive(Default)]
struct ByRuntime {
    /// The one that was made to see whether the settings are right, until a runtime needs it.
    first: Option<reqwest::Client>,
    /// A list, because most programs have one runtime.
    of: Vec<(runtime::Id, Client)>,
}

struct Client {
    client: reqwest::Client,
    /// Dropped with the client, which ends the task that waits for the runtime's end.
    _used: oneshot::Sender<Infallible>,
}

impl Clients {
    /// # Errors
    /// [`Error::Configuration`] if the settings cannot be used.
    pub(super) fn new(settings: Settings) -> Result<Self, Error> {
        let clients = ByRuntime {
            first: Some(settings.client()?),
            of: Vec::new(),
        };
        Ok(Self::Made(Arc::new(Made {
            settings,
            clients: Mutex::new(clients),
        })))
    }

    /// Whether a client may follow redirects: those that are made here do not.
    pub(super) fn may_redirect(&self) -> bool {
        matches!(self, Self::Brought(_))
    }

    /// The client of that runtime.
    ///
    /// # Errors
    /// [`Error::Usage`] if it has no time driver; [`Error::Configuration`] if the settings cannot be used.
    pub(super) fn of(&self, runtime: &Handle) -> Result<reqwest::Client, Error> {
        match self {
            Self::Brought(client) => {
                check_timer(runtime)?;
                Ok(client.clone())
            }
            Self::Made(made) => made.of(runtime),
        }
    }
}

impl Made {
    fn of(self: &Arc<Self>, runtime: &Handle) -> Result<reqwest::Client, Error> {
        let id = runtime.id();
        let (client, unused) = {
            let mut clients = self.lock();
            if let Some((_, known)) = clients.of.iter().find(|(of, _)| *of == id) {
                return Ok(known.client.clone());
            }
            check_timer(runtime)?;
            let (used, unused) = oneshot::channel();
            let client = match clients.first.take() {
                Some(client) => client,
                None => self.settings.client()?,
            };
            let known = Client {
                client: client.clone(),
                _used: used,
            };
            clients.of.push((id, known));
            (client, unused)
        };
        let end = End {
            of: id,
            made: Arc::downgrade(self),
        };
        // The runtime drops its tasks when it ends.
        runtime.spawn(async move {
            let _end = end;
            let _ = unused.await;
        });
        Ok(client)
    }

    /// Poisoned or not, the map is whole: no panic leaves what happens under the lock.
    fn lock(&self) -> MutexGuard<'_, ByRuntime> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a runtime without a time driver, where tokio panics. It has no other way to ask.
pub(crate) fn check_timer(runtime: &Handle) -> Result<(), Error> {
    let _entered = runtime.enter();
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).map_err(|_| without_timer())
}

#[cold]
fn without_timer() -> Error {
    Error::usage(
        "the runtime of tokio that this is awaited in has no time driver, and odx needs one for its time limits: build it with \
         `enable_all()`, or use `#[tokio::main]`",
    )
}

/// Forgets a runtime's client when it is dropped.
struct End {
    of: runtime::Id,
    made: Weak<Made>,
}

impl Drop for End {
    fn drop(&mut self) {
        let Some(made) = self.made.upgrade() else {
            return;
        };
        let client = {
            let clients = &mut made.lock().of;
            let known = clients.iter().position(|(of, _)| *of == self.of);
            known.map(|known| clients.swap_remove(known))
        };
        // Not under the lock: its connections end here.
        drop(client);
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clients")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> runtime::Runtime {
        runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime")
    }

    fn number_of(clients: &Clients) -> usize {
        match clients {
            Clients::Brought(_) => 1,
            Clients::Made(made) => made.lock().of.len(),
        }
    }

    #[test]
    fn each_runtime_has_a_client_of_its_own_for_as_long_as_it_lives() {
        let clients = Clients::new(Settings::default()).expect("clients");
        let (one, other) = (runtime(), runtime());
        for _ in 0..2 {
            clients.of(one.handle()).expect("a client");
            clients.of(other.handle()).expect("a client");
        }
        assert_eq!(number_of(&clients), 2);
        drop(one);
        assert_eq!(number_of(&clients), 1);
        drop(other);
        assert_eq!(number_of(&clients), 0);
    }

    #[test]
    fn nothing_waits_for_a_client_that_is_gone() {
        let clients = Clients::new(Settings::default()).expect("clients");
        let runtime = runtime();
        clients.of(runtime.handle()).expect("a client");
        drop(clients);
        runtime.block_on(tokio::task::yield_now());
        assert_eq!(runtime.metrics().num_alive_tasks(), 0);
    }
}
