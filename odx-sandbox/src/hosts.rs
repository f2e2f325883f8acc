//! The names that a server answers to.
//!
//! A page in a browser may give its own name the address of this server (DNS rebinding), and then read what needs no key.
//! The browser sends that name as `Host`.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::connections::LocalAddress;

/// The names beside those of this machine, in lower case.
#[derive(Debug)]
pub(crate) struct Hosts(Vec<String>);

impl Hosts {
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self(names.iter().map(|name| normal(name)).collect())
    }

    /// The answer to a request that is meant for another server.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Response> {
        let local = request.extensions().get::<LocalAddress>();
        let host = host(request);
        let fits = host
            .as_deref()
            .is_some_and(|host| self.fit(host, local.map(|local| local.0)));
        (!fits).then(|| {
            let text = "This server does not answer to the name in `Host`. Use its address, or start it with the name \
                        (`--allow-host NAME`)\n";
            (StatusCode::MISDIRECTED_REQUEST, text).into_response()
        })
    }

    /// Loopback by name or address, the address that the request came in at, and the names that were allowed.
    fn fit(&self, host: &str, local: Option<IpAddr>) -> bool {
        let host = normal(host);
        let address: Option<IpAddr> = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(&host)
            .parse()
            .ok();
        match address.map(|address| address.to_canonical()) {
            Some(address) => {
                address.is_loopback()
                    || local.is_some_and(|local| local.to_canonical() == address)
                    || self.0.contains(&host)
            }
            None => host == "localhost" || self.0.contains(&host),
        }
    }
}

/// The host of the request's own address (HTTP/2), else of its `Host`.
fn host(request: &Request) -> Option<String> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.host().to_owned());
    }
    let mut named = request.headers().get_all(header::HOST).iter();
    let authority: Authority = named.next()?.to_str().ok()?.parse().ok()?;
    named.next().is_none().then(|| authority.host().to_owned())
}

/// A name in lower case, without the dot of the root.
fn normal(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    name.strip_suffix('.').unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_what_was_allowed_is_answered_to() {
        let hosts = Hosts::new(vec!["Proxy.Example.com".to_owned()]);
        let local = Some("192.0.2.7".parse().unwrap());
        for host in [
            "localhost",
            "LOCALHOST.",
            "127.0.0.1",
            "127.0.0.53",
            "[::1]",
            "192.0.2.7",
            "proxy.example.com",
        ] {
            assert!(hosts.fit(host, local), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil-localhost",
            "192.0.2.8",
            "0.0.0.0",
            "[::]",
            "proxy.example.com.evil.example",
        ] {
            assert!(!hosts.fit(host, local), "{host}");
        }
    }
}
