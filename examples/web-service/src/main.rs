//! Serves until Ctrl-C, at `LISTEN` or else `127.0.0.1:8080`. Without `ODX_ODOO_URL` it serves a sandbox's orders.

use std::env;

use example_connect::Backend;
use tokio::net::TcpListener;
use web_service::Service;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let backend = Backend::from_env().await?;
    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(&address).await?;
    println!(
        "http://{}/orders?country=BE&limit=3",
        listener.local_addr()?
    );

    let service = Service::new(backend.session());
    axum::serve(listener, service.router())
        .with_graceful_shutdown(interrupted())
        .await?;
    Ok(())
}

/// Requests that are under way are still answered.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
