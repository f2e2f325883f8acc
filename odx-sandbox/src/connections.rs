//! Accepts connections, and keeps those that send nothing from shutting others out.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::recorder::lock;

/// How long a connection must have been silent before its place is given to another. A request that is on its way has
/// come by then.
const SILENCE: Duration = Duration::from_secs(1);

/// What a head may hold over HTTP/2. Over HTTP/1 the HTTP library has a bound of its own.
const MAX_HEADERS: u32 = 32 * 1024;

/// How many requests one connection may have running over HTTP/2.
const MAX_STREAMS: u32 = 64;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many there may be.
    pub(crate) connections: usize,
    /// How long the head of a request may take, and how long a connection may do nothing.
    pub(crate) silence: Duration,
}

/// The local address that a request came in at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalAddress(pub(crate) IpAddr);

/// Marks a response that is never sent: the connection is closed in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reset;

/// Serves until `stopped`, then waits for the requests that are running.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stopped: impl Future<Output = ()>,
) {
    let places = Places::new(limits.connections);
    let (stopping, _) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped);
    loop {
        let next = async {
            let stream = accept(&listener).await;
            (stream, places.take().await)
        };
        let (stream, (activity, place)) = tokio::select! {
            next = next => next,
            () = &mut stopped => break,
        };
        while connections.try_join_next().is_some() {}
        let connection = connection(stream, app.clone(), activity, limits, stopping.subscribe());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                // Such as too many open files: some are closed in a moment.
                tracing::warn!(%error, "cannot accept a connection");
                sleep(SILENCE).await;
            }
        }
    }
}

/// Whether a client hung up before its connection was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// One connection, until it ends, is silent for too long, or loses its place.
async fn connection(
    stream: TcpStream,
    app: Router,
    activity: Arc<Activity>,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // Without this a small answer may wait for the client's acknowledgement; it is served either way.
    let _ = stream.set_nodelay(true);
    let app = TowerToHyperService::new(app);
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(LocalAddress(local.ip()));
        let running = Running::new(Arc::clone(&activity));
        let answer = app.call(request);
        async move {
            let answer = answer.await;
            drop(running);
            let answer = answer.unwrap_or_else(|error: Infallible| match error {});
            match answer.extensions().get::<Reset>() {
                Some(Reset) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                None => Ok(answer),
            }
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.silence);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEADERS)
        .max_concurrent_streams(MAX_STREAMS);
    let io = TokioIo::new(Watched {
        stream,
        activity: Arc::clone(&activity),
    });
    let mut served = pin!(builder.serve_connection(io, service));
    let mut is_stopping = false;
    loop {
        let patience = match is_stopping {
            true => SILENCE.min(limits.silence),
            false => limits.silence,
        };
        tokio::select! {
            ended = &mut served => {
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection broke");
                }
                return;
            }
            () = activity.lost_place.notified() => return,
            () = activity.silent_for(patience) => return,
            _ = stopping.wait_for(|stopping| *stopping), if !is_stopping => {
                is_stopping = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

/// The places for connections.
struct Places {
    free: Arc<Semaphore>,
    taken: Mutex<Vec<Weak<Activity>>>,
}

impl Places {
    fn new(places: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS))),
            taken: Mutex::default(),
        }
    }

    /// A place for a connection: a free one, else that of the connection which has been silent for longest. Where all
    /// are at work, it waits.
    async fn take(&self) -> (Arc<Activity>, OwnedSemaphorePermit) {
        let place = loop {
            if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
                break place;
            }
            if let Some(silent) = self.longest_silent() {
                silent.lost_place.notify_one();
            }
            if let Ok(Ok(place)) = timeout(SILENCE, Arc::clone(&self.free).acquire_owned()).await {
                break place;
            }
        };
        let activity = Arc::new(Activity::default());
        let mut taken = lock(&self.taken);
        taken.retain(|activity| activity.strong_count() > 0);
        taken.push(Arc::downgrade(&activity));
        (activity, place)
    }

    fn longest_silent(&self) -> Option<Arc<Activity>> {
        let taken = lock(&self.taken);
        let silent = taken.iter().filter_map(|activity| {
            let activity = activity.upgrade()?;
            let silence = activity.silence()?;
            (silence >= SILENCE).then_some((silence, activity))
        });
        silent
            .max_by_key(|(silence, _)| *silence)
            .map(|(_, activity)| activity)
    }
}

/// What a connection does.
#[derive(Default)]
struct Activity {
    state: Mutex<State>,
    /// Tells the connection to end.
    lost_place: Notify,
}

struct State {
    /// The requests that are being answered.
    running: usize,
    /// When bytes last came or went, or a request ended.
    last: Instant,
}

impl Default for State {
    fn default() -> Self {
        Self {
            running: 0,
            last: Instant::now(),
        }
    }
}

impl Activity {
    fn moved(&self) {
        lock(&self.state).last = Instant::now();
    }

    /// For how long nothing has happened; `None` while a request is being answered.
    fn silence(&self) -> Option<Duration> {
        let state = lock(&self.state);
        (state.running == 0).then(|| state.last.elapsed())
    }

    /// Waits until nothing has happened for so long.
    async fn silent_for(&self, patience: Duration) {
        loop {
            match self.silence() {
                Some(silence) if silence >= patience => return,
                Some(silence) => sleep(patience.saturating_sub(silence)).await,
                None => sleep(patience).await,
            }
        }
    }
}

/// Counts a request for as long as it is being answered, or until its client has gone.
struct Running(Arc<Activity>);

impl Running {
    fn new(activity: Arc<Activity>) -> Self {
        lock(&activity.state).running += 1;
        Self(activity)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.running -= 1;
        state.last = Instant::now();
    }
}

/// A stream that notes when bytes come and go.
struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Watched {
    /// Notes that the step moved bytes, if it did.
    fn note<T>(&self, step: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if matches!(step, Poll::Ready(Ok(_))) {
            self.activity.moved();
        }
        step
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let step = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.note(step)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(step)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.note(step)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
