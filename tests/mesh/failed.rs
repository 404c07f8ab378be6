//! What Envoy itself says of requests that it answered with an error.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::scene::Scene;

/// Of each: its status, the flags, why, where it went, and how often it was tried.
const LINE: &str = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_CLUSTER% \
                    %UPSTREAM_HOST% %UPSTREAM_REQUEST_ATTEMPT_COUNT%\n";
/// Envoy writes its log every ten seconds.
const WRITTEN: Duration = Duration::from_secs(12);

/// The access log of a scene's proxies, of nothing but errors.
pub(crate) struct Failed {
    file: PathBuf,
}

impl Failed {
    /// Has the proxies that are started from now on write it.
    pub(crate) async fn log(scene: &Scene<'_>) -> anyhow::Result<Self> {
        let file = scene.folder.join("failed.log");
        let path = file.to_str().context("a path that is no text")?;
        let patches = ["SIDECAR_OUTBOUND", "GATEWAY"].map(|context| patch(context, path));
        for namespace in [&scene.namespace, &scene.ingress()] {
            let object = json!({
                "apiVersion": "networking.istio.io/v1alpha3",
                "kind": "EnvoyFilter",
                "metadata": {"name": "failed-requests", "namespace": namespace},
                "spec": {"priority": -10, "configPatches": patches},
            });
            scene.mesh.kubectl().apply(&object.to_string()).await?;
        }
        Ok(Self { file })
    }

    /// A line for each; waits until there are so many.
    pub(crate) async fn lines(&self, expected: usize) -> anyhow::Result<Vec<String>> {
        let deadline = Instant::now() + WRITTEN;
        loop {
            let text = match std::fs::read_to_string(&self.file) {
                Ok(text) => text,
                // No proxy has opened it yet.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
                Err(error) => return Err(error.into()),
            };
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if lines.len() >= expected || Instant::now() > deadline {
                return Ok(lines);
            }
            sleep(Duration::from_millis(200)).await;
        }
    }
}

fn patch(context: &str, path: &str) -> Value {
    let manager = "envoy.filters.network.http_connection_manager";
    let log = json!({
        "name": "envoy.access_loggers.file",
        "filter": {"status_code_filter": {"comparison": {
            "op": "GE", "value": {"default_value": 400, "runtime_key": "serin.failed"},
        }}},
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path": path,
            "log_format": {"text_format_source": {"inline_string": LINE}},
        },
    });
    json!({
        "applyTo": "NETWORK_FILTER",
        "match": {"context": context, "listener": {"filterChain": {"filter": {"name": manager}}}},
        "patch": {"operation": "MERGE", "value": {"typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "access_log": [log],
        }}},
    })
}
