//! Prints the spans of a report. Without `ODX_ODOO_URL` it is one of a sandbox's orders.

use example_connect::Backend;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let provider = telemetry::provider(opentelemetry_stdout::SpanExporter::default());
    tracing::subscriber::set_global_default(telemetry::subscriber(&provider))?;
    let backend = Backend::from_env().await?;
    let total = telemetry::total(&backend.session()).await?;
    provider.shutdown()?;
    println!("The orders come to {total:.2}");
    Ok(())
}
