//! What an exporter is given.

use example_connect::Backend;
use models::SaleOrder;
use odx_runtime::{Model, files::Content};
use odx_sandbox::COMPANY_KEY;
use opentelemetry::Value;
use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use secrecy::ExposeSecret as _;
use tracing::instrument::WithSubscriber as _;

fn attribute<'a>(span: &'a SpanData, name: &str) -> Option<&'a Value> {
    let found = span
        .attributes
        .iter()
        .find(|pair| pair.key.as_str() == name);
    found.map(|pair| &pair.value)
}

fn text(span: &SpanData, name: &str) -> String {
    attribute(span, name)
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn number(span: &SpanData, name: &str) -> i64 {
    match attribute(span, name) {
        Some(Value::I64(number)) => *number,
        other => panic!("{name} is {other:?}"),
    }
}

fn named<'a>(spans: &'a [SpanData], name: &str) -> Vec<&'a SpanData> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[tokio::test]
async fn the_size_of_an_upload_is_that_of_what_is_sent() {
    const CONTENT: usize = 300_000;
    let exported = InMemorySpanExporter::default();
    let provider = telemetry::provider(exported.clone());
    let backend = Backend::sandbox().await.unwrap();
    let odoo = backend.session();
    let content = Content::bytes("seven.bin", vec![7; CONTENT]);
    let upload = async { odoo.attach(content).await.unwrap() };
    upload
        .with_subscriber(telemetry::subscriber(&provider))
        .await;
    provider.force_flush().unwrap();
    let spans = exported.get_finished_spans().unwrap();
    let [created] = named(&spans, "ir.attachment/create")[..] else {
        panic!("{spans:?}");
    };
    let in_base64 = CONTENT.div_ceil(3) as i64 * 4;
    assert!(number(created, "http.request.body.size") > in_base64);
}

#[tokio::test]
async fn the_calls_of_a_stream_are_children_of_its_callers_span() {
    let exported = InMemorySpanExporter::default();
    let provider = telemetry::provider(exported.clone());
    let backend = Backend::sandbox().await.unwrap();
    let odoo = backend.session();
    let work = async {
        telemetry::total(&odoo).await.unwrap();
        let count = SaleOrder::all().count(&odoo).await.unwrap();
        let refused = odoo.call("sale.order", "no_such_method").send::<bool>();
        refused.await.unwrap_err();
        count
    };
    let orders = work.with_subscriber(telemetry::subscriber(&provider)).await;
    provider.force_flush().unwrap();
    let spans = exported.get_finished_spans().unwrap();

    let [total] = named(&spans, "total")[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(total.parent_span_id, SpanId::INVALID);
    let pages = named(&spans, "sale.order/search_read");
    assert!(pages.len() > 2, "{} pages", pages.len());
    for page in &pages {
        assert_eq!(page.parent_span_id, total.span_context.span_id());
        assert_eq!(page.span_context.trace_id(), total.span_context.trace_id());
        assert_eq!(page.span_kind, SpanKind::Client);
        assert_eq!(page.status, Status::Unset);
        for (name, value) in [
            ("rpc.system.name", "odoo"),
            ("rpc.method", "sale.order/search_read"),
            ("odoo.model", "sale.order"),
            ("odoo.road", "odxproxy-v1"),
            ("server.address", "127.0.0.1"),
            ("http.response.status_code", "200"),
        ] {
            assert_eq!(text(page, name), value, "{name}");
        }
        assert!(number(page, "http.request.body.size") > 0);
        assert!(number(page, "http.response.body.size") > 0);
        assert!(number(page, "server.port") > 0);
    }
    let rows: i64 = pages
        .iter()
        .map(|page| number(page, "db.response.returned_rows"))
        .sum();
    assert_eq!(rows.try_into(), Ok(orders));

    let [refused] = named(&spans, "sale.order/no_such_method")[..] else {
        panic!("{spans:?}");
    };
    assert!(
        matches!(refused.status, Status::Error { .. }),
        "{refused:?}"
    );
    assert_eq!(text(refused, "error.type"), "builtins.AttributeError");

    let shown = format!("{spans:?}");
    let sandbox = backend.sandbox.expect("a sandbox");
    for secret in [COMPANY_KEY, sandbox.key().expose_secret()] {
        assert!(!secret.is_empty() && !shown.contains(secret), "{shown}");
    }
}
