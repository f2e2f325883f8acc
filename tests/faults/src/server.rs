//! A server over raw TCP that does what a fault says.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

use crate::{answers::Ask, faults::Fault, report::Task};

/// What the server does on a connection, in this order; then it hangs up.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// One byte after the other, with a pause after each.
    Drip(Vec<u8>),
    /// Again and again, with a pause after each: nobody could watch time and memory of a machine that does nothing else.
    Forever(Vec<u8>),
    /// Breaks the connection off.
    Reset,
    /// Waits for the next request, and hangs up without an answer to it.
    Next,
}

/// How a server misbehaves.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// Nobody listens.
    Refused,
    /// Before anything was read.
    Accepted(fn() -> Vec<Step>),
    /// After the first bytes of the request.
    Begun(fn() -> Vec<Step>),
    /// After the request was read.
    Asked(fn(&Ask) -> Vec<Step>),
    /// A right head and this body.
    Body(fn(&Ask) -> Vec<u8>),
    /// A right answer over TLS with a certificate for that host; it is given to the client if it is to be trusted.
    Tls { host: fn() -> String, trusted: bool },
}

/// A running server.
pub struct Server {
    task: Task,
    sent: Sent,
    running: JoinHandle<()>,
}

/// How often each method was sent.
type Sent = Arc<Mutex<BTreeMap<String, usize>>>;

impl Server {
    /// Starts a server with that fault.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn start(fault: &Fault) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let sent = Sent::default();
        let (task, tls) = match fault.how {
            How::Tls { host, trusted } => {
                let (tls, certificate) = tls(&host());
                let task = Task {
                    url: format!("https://localhost:{}", address.port()),
                    root_certificate: trusted.then_some(certificate),
                    is_slow: fault.is_slow,
                };
                (task, Some(tls))
            }
            _ => (plain(address, fault), None),
        };
        let how = fault.how;
        let log = sent.clone();
        let running = tokio::spawn(async move {
            if matches!(how, How::Refused) {
                drop(listener);
                return;
            }
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, how, tls.clone(), log.clone()));
            }
        });
        Ok(Self {
            task,
            sent,
            running,
        })
    }

    /// What a process has to know of it.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// How often each method was sent, whole.
    pub fn sent(&self) -> BTreeMap<String, usize> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn plain(address: SocketAddr, fault: &Fault) -> Task {
    Task {
        url: format!("http://{address}"),
        root_certificate: None,
        is_slow: fault.is_slow,
    }
}

fn tls(host: &str) -> (TlsAcceptor, String) {
    let own = rcgen::generate_simple_self_signed([host.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("a certificate and its key");
    (TlsAcceptor::from(Arc::new(config)), own.cert.pem())
}

/// What goes wrong on a connection that the client gave up is no fault of the server.
async fn serve(mut stream: TcpStream, how: How, tls: Option<TlsAcceptor>, sent: Sent) {
    let _ = stream.set_nodelay(true);
    if let Some(tls) = tls {
        if let Ok(mut stream) = tls.accept(stream).await
            && let Some(ask) = read(&mut stream, &sent).await
        {
            let _ = stream.write_all(&answer(ask.body().as_bytes())).await;
            let _ = stream.shutdown().await;
        }
        return;
    }
    let steps = match how {
        How::Accepted(steps) => steps(),
        How::Begun(steps) => {
            let mut first = [0; 16];
            let _ = stream.read(&mut first).await;
            steps()
        }
        How::Asked(steps) => match read(&mut stream, &sent).await {
            Some(ask) => steps(&ask),
            None => return,
        },
        How::Body(body) => match read(&mut stream, &sent).await {
            Some(ask) => vec![Step::Send(answer(&body(&ask)))],
            None => return,
        },
        How::Refused | How::Tls { .. } => return,
    };
    for step in steps {
        if take(step, &mut stream, &sent).await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
    // Until the client has read what was sent: a close with bytes unread would reset the connection.
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}

async fn take(step: Step, stream: &mut TcpStream, sent: &Sent) -> io::Result<()> {
    const PAUSE: Duration = Duration::from_millis(50);
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await,
        Step::Wait(time) => {
            tokio::time::sleep(time).await;
            Ok(())
        }
        Step::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(PAUSE).await;
            }
            Ok(())
        }
        Step::Forever(bytes) => loop {
            stream.write_all(&bytes).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
        },
        Step::Reset => {
            stream.set_zero_linger()?;
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Step::Next => {
            read(stream, sent).await;
            Err(io::ErrorKind::ConnectionAborted.into())
        }
    }
}

/// A right head and that body.
pub(crate) fn answer(body: &[u8]) -> Vec<u8> {
    head("200 OK", "application/json", Some(body.len()), body)
}

/// A head with what is said of the body, and a body.
pub(crate) fn head(status: &str, kind: &str, length: Option<usize>, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    if !kind.is_empty() {
        bytes.push_str(&format!("content-type: {kind}\r\n"));
    }
    if let Some(length) = length {
        bytes.push_str(&format!("content-length: {length}\r\n"));
    }
    bytes.push_str("\r\n");
    [bytes.as_bytes(), body].concat()
}

/// Reads a whole request, and counts it.
async fn read<S: AsyncRead + Unpin>(stream: &mut S, sent: &Sent) -> Option<Ask> {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            break (head, bytes.split_off(end + 4));
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = body;
    while body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default();
    let ask = Ask::new(path, &body);
    let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    *sent.entry(ask.method.clone()).or_default() += 1;
    Some(ask)
}
