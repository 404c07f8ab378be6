//! What is asked of the controller by HTTP: whether it lives, whether it is ready, and its metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::metrics::Metrics;

/// What is answered from.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) metrics: Metrics,
    /// Whether all objects were listed once: before that, it could not act.
    pub(crate) is_ready: Arc<AtomicBool>,
}

/// Answers, as long as it is awaited.
///
/// # Errors
/// When the socket fails.
pub(crate) async fn serve(listener: TcpListener, served: Served) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(served);
    axum::serve(listener, routes).await
}

async fn ready(State(served): State<Served>) -> impl IntoResponse {
    if served.is_ready.load(Ordering::Relaxed) {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "objects are still being listed\n")
    }
}

async fn metrics(State(served): State<Served>) -> impl IntoResponse {
    const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, TYPE)], served.metrics.text())
}
