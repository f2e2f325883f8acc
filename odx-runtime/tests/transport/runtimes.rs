//! A client and the runtimes that it is used in.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use odx_runtime::{Error, OdxProxy};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime,
};

use wiremock::ResponseTemplate;

use crate::{PROXY_KEY, Server, instance, read};

fn runtime() -> runtime::Runtime {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_client_that_runtimes_share_works_in_each_of_them() {
    const THREADS: usize = 4;
    const RUNTIMES: usize = 10;
    let of_the_server = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    // While it waits, the runtime whose connection carries the call may end.
    let answer = json!({"jsonrpc": "2.0", "id": "1", "result": [1]});
    let answer = ResponseTemplate::new(200)
        .set_body_json(answer)
        .set_delay(Duration::from_millis(3));
    let server = of_the_server.block_on(Server::answering(answer));
    let odoo = server.session().request_id("1");
    let in_runtimes = || {
        for _ in 0..RUNTIMES {
            let ids = runtime().block_on(async { odoo.execute(read()).await?.ids() });
            assert_eq!(ids.unwrap(), [1]);
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(in_runtimes);
        }
    });
}

#[test]
fn a_runtime_that_rests_holds_up_no_other() {
    let of_the_server = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = json!({"jsonrpc": "2.0", "id": "1", "result": [1]});
    let answer = ResponseTemplate::new(200).set_body_json(answer);
    let server = of_the_server.block_on(Server::answering(answer));
    let odoo = server.session().request_id("1");
    let odoo = odoo.timeout(Duration::from_secs(10));
    // Its connection is served by nobody while it is not polled.
    let resting = runtime();
    let ask = async || odoo.execute(read()).await?.ids();
    assert_eq!(resting.block_on(ask()).unwrap(), [1]);
    assert_eq!(runtime().block_on(ask()).unwrap(), [1]);
    assert_eq!(resting.block_on(ask()).unwrap(), [1]);
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_call_outside_tokio_is_an_error_that_says_where_it_belongs() {
    let proxy = OdxProxy::new("http://127.0.0.1:1", PROXY_KEY).unwrap();
    let odoo = proxy.session(instance());
    let Poll::Ready(Err(error)) = poll_once(pin!(odoo.execute(read()))) else {
        panic!("it waits");
    };
    assert!(matches!(error, Error::Usage(_)), "{error:?}");
    for part in ["runtime of tokio", "odx_runtime::blocking"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn a_call_that_leaves_tokio_half_way_is_an_error_too() {
    let runtime = runtime();
    let server = runtime.block_on(Server::with_result(json!([1])));
    let odoo = server.session();
    let mut call = pin!(odoo.execute(read()));
    {
        let _entered = runtime.enter();
        assert!(poll_once(call.as_mut()).is_pending());
    }
    assert!(matches!(poll_once(call), Poll::Ready(Err(Error::Usage(_)))));
}

/// A server that says how many connections were open at once at most, and its address.
async fn counting() -> (Arc<AtomicUsize>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = most.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (open, most) = (open.clone(), most.clone());
            tokio::spawn(async move {
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
                open.fetch_sub(1, Ordering::SeqCst);
                let answer = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (seen, address)
}

#[tokio::test]
async fn a_thousand_tasks_do_not_open_a_thousand_connections() {
    const TASKS: usize = 1_000;
    const BY_DEFAULT: usize = 64;
    for set in [None, Some(3)] {
        let (most, address) = counting().await;
        let proxy = OdxProxy::builder(address, PROXY_KEY);
        let proxy = match set {
            Some(limit) => proxy.max_connections(limit),
            None => proxy,
        };
        let odoo = proxy.build().unwrap().session(instance());
        let calls = (0..TASKS).map(|_| {
            let odoo = odoo.clone();
            tokio::spawn(async move { odoo.execute(read()).await.unwrap_err().http_status() })
        });
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), Some(503));
        }
        let most = most.load(Ordering::SeqCst);
        assert!(most <= set.unwrap_or(BY_DEFAULT), "{most} connections");
    }
}

#[test]
fn a_runtime_without_a_driver_is_an_error_that_says_what_to_build() {
    let of_odx = OdxProxy::new("http://127.0.0.1:9", PROXY_KEY).unwrap();
    let brought = OdxProxy::builder("http://127.0.0.1:9", PROXY_KEY).client(reqwest::Client::new());
    for proxy in [of_odx, brought.build().unwrap()] {
        let odoo = proxy.session(instance());
        let mut builder = runtime::Builder::new_current_thread();
        let without_timer = builder.enable_io().build().unwrap();
        let mut builder = runtime::Builder::new_current_thread();
        let without_io = builder.enable_time().build().unwrap();
        for (runtime, lack) in [
            (without_timer, "no time driver"),
            (without_io, "no driver for connections"),
        ] {
            let error = runtime.block_on(odoo.execute(read())).unwrap_err();
            assert!(matches!(error, Error::Usage(_)), "{error:?}");
            let text = error.to_string();
            assert!(
                text.contains("`enable_all()`") && text.contains(lack),
                "{text}"
            );
        }
    }
}
