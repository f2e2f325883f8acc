//! What is compared sends the same and reads the same.

use std::sync::{Arc, Mutex};

use odx_call_speed::server::{self, COMPANIES, Request};
use odx_call_speed::{ROADS, plain, typed};
use serde_json::Value;

/// The first line, the headers, and the body without the id of the request: that it is as long shows in `content-length`.
fn told(request: &Request) -> (String, Vec<String>, Value) {
    let mut lines = request.head.lines().map(str::to_owned);
    let first = lines.next().unwrap_or_default();
    let mut headers: Vec<String> = lines.collect();
    headers.sort();
    let mut body: Value = serde_json::from_str(&request.body).expect("JSON");
    if let Some(members) = body.as_object_mut() {
        members.remove("id");
    }
    (first, headers, body)
}

#[test]
fn odx_and_the_loop_send_the_same_request_over_each_road_and_read_the_same() {
    let last = Arc::new(Mutex::new(None));
    let seen = last.clone();
    let url = server::start(move |request: &Request| {
        if !request.body.is_empty() {
            *seen.lock().expect("no panic") = Some(told(request));
        }
    })
    .expect("a free port");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    for road in ROADS {
        let by_odx = runtime.block_on(async {
            let odoo = typed::session(road, &url).await.expect("a session");
            typed::count(&odoo).await.expect("a count")
        });
        let sent_by_odx = last.lock().expect("no panic").take();
        let client = plain::Client::new(road, &url, None).expect("a client");
        let by_loop = runtime.block_on(client.count()).expect("a count");
        let sent_by_loop = last.lock().expect("no panic").take();
        assert_eq!((by_odx, by_loop), (COMPANIES, COMPANIES), "{road}");
        assert!(sent_by_odx.is_some(), "{road}");
        assert_eq!(sent_by_odx, sent_by_loop, "{road}");
    }
}
