//! What the API server says of itself.

use anyhow::Context;
use harness::mesh::Mesh;

/// How many requests it has answered. A watch counts once it ends.
pub(crate) async fn requests(mesh: &Mesh) -> anyhow::Result<f64> {
    let metrics = mesh.kubectl().run(&["get", "--raw", "/metrics"], "").await?;
    let counts = metrics.lines().filter(|line| line.starts_with("apiserver_request_total{"));
    let mut sum = 0.0;
    for line in counts {
        let count = line.rsplit(' ').next().context("a metric has no value")?;
        sum += count.parse::<f64>().with_context(|| line.to_owned())?;
    }
    Ok(sum)
}
