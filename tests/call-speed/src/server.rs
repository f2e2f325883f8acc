//! A server that has its answers ready, for Odoo and a proxy in front of it.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::Builder;

/// The id of every session of the web client.
pub const SESSION: &str = "one-for-all";

/// How many companies there are.
pub const COMPANIES: u64 = 42;

const VERSION: &str =
    r#"{"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""]}"#;
const LOGIN: &str = r#"{"uid": 2, "user_context": {"lang": "en_US", "tz": "Europe/Brussels"}}"#;

/// A request: its first line and headers, and its body.
pub struct Request {
    /// Up to the empty line.
    pub head: String,
    /// The JSON.
    pub body: String,
}

/// Serves on a free port in a thread of its own, for as long as the program runs, and tells each request to `seen`. Returns the
/// URL.
///
/// # Errors
/// If there is no free port.
pub fn start(seen: impl Fn(&Request) + Send + Sync + 'static) -> io::Result<String> {
    let (listener, url) = listen()?;
    let runtime = Builder::new_current_thread().enable_io().build()?;
    thread::spawn(move || runtime.block_on(serve(listener, Arc::new(seen))));
    Ok(url)
}

/// Serves on a free port by tasks of the runtime that it is called in. Returns the URL.
///
/// # Errors
/// If there is no free port.
pub fn start_here() -> io::Result<String> {
    let (listener, url) = listen()?;
    tokio::spawn(serve(listener, Arc::new(|_: &Request| {})));
    Ok(url)
}

fn listen() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

async fn serve(
    listener: TcpListener,
    seen: Arc<impl Fn(&Request) + Send + Sync + 'static>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (connection, _) = listener.accept().await?;
        // It ends with its connection.
        tokio::spawn(serve_one(connection, seen.clone()));
    }
}

async fn serve_one(connection: TcpStream, seen: Arc<impl Fn(&Request)>) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut connection = BufReader::new(connection);
    while let Some(request) = read(&mut connection).await? {
        seen(&request);
        let answer = answer(&request);
        let cookie = match request.head.contains("/web/session/authenticate") {
            true => format!("set-cookie: session_id={SESSION}\r\n"),
            false => String::new(),
        };
        let length = answer.len();
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{cookie}content-length: {length}\r\n\r\n{answer}"
        );
        connection.write_all(response.as_bytes()).await?;
    }
    Ok(())
}

async fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if connection.read_line(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse().ok()).flatten()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(Request { head, body }))
}

fn answer(Request { head, body }: &Request) -> String {
    let line = head.lines().next().unwrap_or_default();
    let count = COMPANIES.to_string();
    let result = match line {
        _ if line.contains("version") => VERSION,
        _ if line.contains("authenticate") => LOGIN,
        _ if line.contains("context_get") || body.contains("context_get") => "{}",
        _ => &count,
    };
    const ID: &str = "\"id\":\"";
    let id = body.find(ID).map(|at| &body[at + ID.len()..]);
    match id.and_then(|rest| rest.split('"').next()) {
        Some(id) => format!(r#"{{"jsonrpc": "2.0", "id": "{id}", "result": {result}}}"#),
        None => result.to_owned(),
    }
}
