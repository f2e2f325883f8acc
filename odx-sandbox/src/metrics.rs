//! The counters behind `/_/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Odoo answered with a result.
    Success,
    /// Odoo answered with an error.
    OdooError,
    /// The proxy answered itself.
    ProxyError,
}

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: AtomicU64,
    success: AtomicU64,
    odoo_errors: AtomicU64,
    proxy_errors: AtomicU64,
}

impl Metrics {
    pub(crate) fn count(&self, outcome: Outcome) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let counter = match outcome {
            Outcome::Success => &self.success,
            Outcome::OdooError => &self.odoo_errors,
            Outcome::ProxyError => &self.proxy_errors,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The counters in Prometheus' text format.
    pub(crate) fn render(&self) -> String {
        let counters = [
            ("odoo_requests", "Requests received", &self.requests),
            (
                "odoo_success_response",
                "Results passed on from Odoo",
                &self.success,
            ),
            (
                "odoo_error_response",
                "Errors passed on from Odoo",
                &self.odoo_errors,
            ),
            (
                "proxy_error_response",
                "Errors of the proxy itself",
                &self.proxy_errors,
            ),
        ];
        counters
            .iter()
            .map(|(name, help, counter)| {
                let count = counter.load(Ordering::Relaxed);
                format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}\n")
            })
            .collect()
    }
}
