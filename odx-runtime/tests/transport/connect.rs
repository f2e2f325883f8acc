//! What is asked before there is a session: again where the program allows it, and within its limits.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use odx_runtime::{
    Error, Odoo, OdxProxy, RetryPolicy,
    transport::{Connect, RoadName},
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

use crate::{ODOO_KEY, PROXY_KEY, answering};

type Arrivals = Arc<Mutex<Vec<(String, Instant)>>>;

/// An Odoo 19 with one database, which is busy when each address is first asked; and which requests came when.
async fn first_busy() -> (MockServer, Arrivals) {
    let server = MockServer::start().await;
    let arrivals = Arrivals::default();
    let seen = arrivals.clone();
    let answer = move |request: &Request| {
        let path = request.url.path().to_owned();
        let mut seen = seen.lock().unwrap();
        let is_first = seen.iter().all(|(before, _)| *before != path);
        seen.push((path.clone(), Instant::now()));
        if is_first {
            return ResponseTemplate::new(503);
        }
        let version =
            json!({"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""]});
        let enveloped = |result: Value| json!({"jsonrpc": "2.0", "id": "1", "result": result});
        let body = match path.as_str() {
            "/web/database/list" => enveloped(json!(["prod"])),
            "/v2/odoo/version" => enveloped(json!({"version": "19.0", "version_info": [19, 0]})),
            "/json/2/res.users/context_get" => json!({"uid": 2}),
            "/v2/odoo/execute" => enveloped(json!({"uid": 2})),
            _ => enveloped(version),
        };
        let body = answering(request, body.to_string().as_bytes());
        ResponseTemplate::new(200).set_body_raw(body, "application/json")
    };
    let any = Mock::given(matchers::any());
    any.respond_with(answer).mount(&server).await;
    (server, arrivals)
}

fn direct(server: &MockServer) -> Connect {
    Odoo::connect(server.uri()).api_key(ODOO_KEY)
}

fn behind(server: &MockServer) -> Connect {
    let odoo = Odoo::connect("https://erp.example.com").database("prod");
    odoo.api_key(ODOO_KEY).through(server.uri(), PROXY_KEY)
}

const SOON: RetryPolicy = RetryPolicy::times(1).first_delay(Duration::ZERO);

#[tokio::test]
async fn what_connecting_asks_is_asked_again_where_the_program_allows_it() {
    for connect in [direct, behind] {
        let (server, arrivals) = first_busy().await;
        let error = connect(&server).await.unwrap_err();
        assert_eq!(error.http_status(), Some(503), "{error:?}");
        assert_eq!(arrivals.lock().unwrap().len(), 1);

        let (server, arrivals) = first_busy().await;
        let odoo = connect(&server).retry(SOON).await.unwrap();
        let identity = odoo.identity().unwrap();
        assert_eq!(
            (identity.database.as_str(), identity.user_id),
            ("prod", Some(2))
        );
        let arrivals = arrivals.lock().unwrap();
        assert_eq!(arrivals.len(), 6, "each of three twice: {arrivals:?}");
    }
    let (server, _) = first_busy().await;
    let version = direct(&server).retry(SOON).server_version().await.unwrap();
    assert_eq!(version.major(), 19);
}

#[tokio::test]
async fn a_proxy_is_asked_again_whether_it_has_version_2() {
    let (server, _) = first_busy().await;
    let proxy = OdxProxy::builder(server.uri(), PROXY_KEY).retry(SOON);
    let proxy = proxy.build().unwrap();
    assert!(proxy.supports_v2("https://erp.example.com").await.unwrap());
}

#[tokio::test]
async fn what_connecting_asks_keeps_the_pace_of_calls() {
    for connect in [direct, behind] {
        let (server, arrivals) = first_busy().await;
        let paced = connect(&server).retry(SOON).max_calls_per_second(25.0);
        paced.await.unwrap();
        let arrivals = arrivals.lock().unwrap();
        // They leave 40 ms apart; one may be on its way for longer than the next one.
        let (first, last) = (arrivals[0].1, arrivals[arrivals.len() - 1].1);
        let apart = last.duration_since(first);
        assert!(
            apart >= Duration::from_millis(160),
            "{apart:?}: {arrivals:?}"
        );
    }
}

#[tokio::test]
async fn no_password_is_sent_where_only_a_key_is_taken() {
    for road in [None, Some(RoadName::OdxProxyV2)] {
        let (server, arrivals) = first_busy().await;
        let odoo = Odoo::connect("https://erp.example.com").database("prod");
        let odoo = odoo.login("nora", ODOO_KEY);
        let odoo = odoo.through(server.uri(), PROXY_KEY);
        let odoo = match road {
            Some(road) => odoo.road(road),
            None => odoo,
        };
        let error = odoo.await.unwrap_err();
        assert!(matches!(error, Error::Setting(_)), "{error:?}");
        assert!(arrivals.lock().unwrap().is_empty(), "{road:?}: {error}");
    }
}

/// As the server of Odoo 19 does, which speaks http alone.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_server_that_hangs_up_on_tls_speaks_none() {
    use std::io::Read;

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut hello = [0; 4096];
            let _ = socket.expect("a connection").read(&mut hello);
        }
    });
    let connect = Odoo::connect(format!("https://{address}")).api_key("key-9a1e");
    let error = connect.await.expect_err("no TLS");
    let told = error.to_string();
    assert!(told.contains("speaks no TLS there"), "{error:?}");
    assert!(told.contains("http://"), "{error:?}");
}
