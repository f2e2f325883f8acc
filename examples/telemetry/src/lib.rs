//! Spans of OpenTelemetry: the program's own, and below them those of its calls of Odoo.

use futures_util::TryStreamExt;
use models::SaleOrder;
use odx_runtime::{Error, Model, Session};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanExporter};
use tracing::{Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, registry};

/// The name that this program has among those that are traced.
const SERVICE: &str = "order-report";

/// Gives the spans that end to an exporter: that of the crate `opentelemetry-otlp` sends them to a collector.
pub fn provider(exporter: impl SpanExporter + 'static) -> SdkTracerProvider {
    SdkTracerProvider::builder()
        .with_resource(Resource::builder_empty().with_service_name(SERVICE).build())
        .with_simple_exporter(exporter)
        .build()
}

/// Makes spans of OpenTelemetry of what `tracing` is told. The calls of Odoo are at the level `debug`.
pub fn subscriber(provider: &SdkTracerProvider) -> impl Subscriber + Send + Sync {
    let spans = Targets::new()
        .with_target("odx_runtime", Level::DEBUG)
        .with_default(LevelFilter::INFO);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer(SERVICE));
    registry().with(layer.with_filter(spans))
}

/// The sum of all orders. Its calls, also those that are made ahead, are children of its span.
///
/// # Errors
/// As any stream.
#[tracing::instrument(skip_all)]
pub async fn total(odoo: &Session) -> Result<f64, Error> {
    let orders = SaleOrder::all().page_size(10).stream(odoo);
    let add = |sum, order: SaleOrder| async move { Ok(sum + order.amount_total) };
    orders.try_fold(0.0, add).await
}
