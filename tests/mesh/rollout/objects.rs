//! What there is in the cluster before and after a rollout.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::caller::Counts;
use crate::scene::{Scene, deployment};

/// Where the pages have the module.
pub(crate) const MODULE: &str = "/var/local/serin/serin.wasm";

/// A Deployment with this image.
pub(crate) fn made_of(
    namespace: &str,
    name: &str,
    labels: &Value,
    replicas: u32,
    image: &str,
) -> Value {
    let mut made = deployment(namespace, name, labels, replicas);
    made["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    made
}

/// The object of a scene's namespace; none where there is none.
pub(crate) async fn get(
    scene: &Scene<'_>,
    kind: &str,
    name: &str,
) -> anyhow::Result<Option<Value>> {
    let arguments = ["get", kind, name, "-n", &scene.namespace, "-o", "json", "--ignore-not-found"];
    let found = scene.mesh.kubectl().run(&arguments, "").await?;
    Ok(if found.is_empty() { None } else { Some(serde_json::from_str(&found)?) })
}

/// The same where it has to be there.
pub(crate) async fn expect(scene: &Scene<'_>, kind: &str, name: &str) -> anyhow::Result<Value> {
    get(scene, kind, name).await?.with_context(|| format!("no {kind} `{name}`"))
}

/// The phase that a Release's status tells people.
pub(crate) async fn phase(scene: &Scene<'_>, release: &str) -> anyhow::Result<String> {
    let release = expect(scene, "releases.serin.dev", release).await?;
    Ok(release["status"]["phase"].as_str().unwrap_or("none").to_owned())
}

/// The verbs of a Release's history, the oldest first, with who did them.
pub(crate) async fn history(
    scene: &Scene<'_>,
    release: &str,
) -> anyhow::Result<Vec<(String, String)>> {
    let release = expect(scene, "releases.serin.dev", release).await?;
    let entries = release["status"]["history"].as_array().cloned().unwrap_or_default();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    Ok(entries.iter().map(|entry| (text(entry, "verb"), text(entry, "by"))).collect())
}

/// All objects, in whatever namespace of the scene or of Istio, that `serin` has written: their kinds and names.
pub(crate) async fn written(scene: &Scene<'_>) -> anyhow::Result<Vec<String>> {
    let kinds = "envoyfilters,virtualservices,destinationrules,wasmplugins,deployments,releases";
    let mut written = Vec::new();
    for namespace in [scene.namespace.as_str(), &scene.ingress(), "istio-system"] {
        let arguments = [kinds, "-n", namespace, "--show-managed-fields"];
        let found = scene.mesh.kubectl().get(&arguments).await?;
        for object in found["items"].as_array().context("items")? {
            let managers = object["metadata"]["managedFields"].as_array().context("managers")?;
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            // Other cases share Istio's namespace: the names of what they write there say whose it is.
            let is_others = namespace == "istio-system" && !name.contains(&scene.namespace);
            if !is_others && managers.iter().any(|entry| entry["manager"] == "serin") {
                let kind = object["kind"].as_str().unwrap_or_default();
                written.push(format!("{kind} {namespace}/{name}"));
            }
        }
    }
    written.sort();
    Ok(written)
}

/// That nothing but this was written by `serin`.
pub(crate) async fn only_written(scene: &Scene<'_>, expected: &[&str]) -> anyhow::Result<()> {
    let written = written(scene).await?;
    ensure!(written == expected, "expected {expected:?}, found {written:?}");
    Ok(())
}

/// That a subset got a share of the answers, and another one the rest, as far as chance explains: within six standard
/// deviations.
pub(crate) fn near(
    counts: &Counts,
    (subset, other): (&str, &str),
    share: f64,
) -> anyhow::Result<String> {
    let all = f64::from(u32::try_from(counts.all())?);
    let found = f64::from(u32::try_from(counts.of(subset))?);
    let deviation = (all * share * (1.0 - share)).sqrt();
    ensure!(counts.of(subset) + counts.of(other) == counts.all(), "requests failed: {counts}");
    ensure!(
        (found - all * share).abs() <= 6.0 * deviation,
        "expected {share} of {all} on {subset}, found {counts}"
    );
    Ok(format!("{:.1} % of {all} on {subset}, nominal {:.1} %", 100.0 * found / all, 100.0 * share))
}
