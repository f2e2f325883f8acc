//! The HTTP clients of one `HttpClient`: one for each runtime that it is used in.

use std::{
    convert::Infallible,
    fmt, io,
    net::Ipv4Addr,
    panic::catch_unwind,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    net::UdpSocket,
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
    Brought(Arc<Brought>),
    Made(Arc<Made>),
}

pub(super) struct Brought {
    client: reqwest::Client,
    /// The runtime that was last seen to have what it takes.
    checked: Mutex<Option<runtime::Id>>,
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
    /// The client that the program brought.
    pub(super) fn brought(client: reqwest::Client) -> Self {
        Self::Brought(Arc::new(Brought {
            client,
            checked: Mutex::new(None),
        }))
    }

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
    /// [`Error::Usage`] if it lacks a driver; [`Error::Configuration`] if the settings cannot be used.
    pub(super) fn of(&self, runtime: &Handle) -> Result<reqwest::Client, Error> {
        match self {
            Self::Brought(brought) => brought.of(runtime),
            Self::Made(made) => made.of(runtime),
        }
    }
}

impl Brought {
    fn of(&self, runtime: &Handle) -> Result<reqwest::Client, Error> {
        let id = Some(runtime.id());
        // Poisoned or not, it is whole: it is set in one step.
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if *checked != id {
            check_drivers(runtime)?;
            *checked = id;
        }
        Ok(self.client.clone())
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
            check_drivers(runtime)?;
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

/// Refuses a runtime without the drivers that connections need, where tokio panics. It has no other way to ask.
fn check_drivers(runtime: &Handle) -> Result<(), Error> {
    check_timer(runtime)?;
    let _entered = runtime.enter();
    let Ok(socket) = socket() else {
        return Ok(());
    };
    match catch_unwind(|| drop(UdpSocket::from_std(socket))) {
        Ok(()) => Ok(()),
        Err(_) => Err(without_driver(
            "no driver for connections",
            "to talk to Odoo",
        )),
    }
}

/// A socket that nothing is sent by.
fn socket() -> io::Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Refuses a runtime without a time driver, in the same way.
pub(crate) fn check_timer(runtime: &Handle) -> Result<(), Error> {
    let _entered = runtime.enter();
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)))
        .map_err(|_| without_driver("no time driver", "for its time limits"))
}

#[cold]
fn without_driver(lack: &str, purpose: &str) -> Error {
    Error::usage(format!(
        "the runtime of tokio that this is awaited in has {lack}, and odx needs one {purpose}: build it with `enable_all()`, or \
         use `#[tokio::main]`"
    ))
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
            .enable_all()
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
