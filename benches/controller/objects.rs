//! Many Releases, each of a service of its own; the same two versions stand behind all of them.

use std::process::Stdio;

use anyhow::ensure;
use harness::mesh::{Mesh, until};
use serde_json::{Value, json};
use tokio::process::Command;

pub(crate) const NAMESPACE: &str = "shop";
/// Objects of one `kubectl apply`.
const PART: usize = 250;

/// Tells the API what a Release is.
pub(crate) async fn define(mesh: &Mesh) -> anyhow::Result<()> {
    let serin = &mesh.programs().serin;
    let output = Command::new(serin).arg("crd").stderr(Stdio::inherit()).output().await?;
    ensure!(output.status.success(), "`serin crd` failed");
    mesh.kubectl()
        .run(&["apply", "--server-side", "-f", "-"], &String::from_utf8(output.stdout)?)
        .await?;
    until("Releases are known", async || {
        let listed = mesh.kubectl().output(&["get", "releases.serin.dev", "-A"], "").await?;
        Ok(listed.status.success().then_some(()))
    })
    .await
}

pub(crate) async fn services(mesh: &Mesh, count: u32) -> anyhow::Result<()> {
    let mut objects = vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}),
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "serin-system"}}),
        deployment("v1"),
        deployment("v2"),
    ];
    objects.extend((0..count).map(|number| {
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"namespace": NAMESPACE, "name": name(number)},
            "spec": {"selector": {"app": "all"}, "ports": [{"name": "http", "port": 80, "targetPort": 9080}]},
        })
    }));
    apply(mesh, &objects).await?;
    mesh.kubectl().ready(NAMESPACE).await
}

pub(crate) async fn releases(mesh: &Mesh, count: u32) -> anyhow::Result<()> {
    let subset = |version: &str| {
        json!({
            "name": version,
            "labels": {"version": version},
            "workload": {"deployment": format!("all-{version}")},
        })
    };
    let releases: Vec<Value> = (0..count)
        .map(|number| {
            json!({
                "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
                "metadata": {"namespace": NAMESPACE, "name": name(number)},
                "spec": {
                    "host": name(number), "port": 80, "stable": "v1",
                    "subsets": [subset("v1"), subset("v2")],
                    "identity": [{"cookie": "user"}],
                    "attach": [{"sidecar": {"labels": {"app": "caller"}}}],
                    "rollout": {
                        "candidate": "v2",
                        "steps": [{"shift": {"v2": 10}}, {"approve": {}}, {"promote": "v2"}],
                    },
                },
            })
        })
        .collect();
    apply(mesh, &releases).await
}

/// The name of a Release, and of its service.
pub(crate) fn name(number: u32) -> String {
    format!("s{number}")
}

fn deployment(version: &str) -> Value {
    let labels = json!({"app": "all", "version": version});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"namespace": NAMESPACE, "name": format!("all-{version}")},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"nodeName": "node0", "containers": [{"name": "app", "image": "all:1"}]},
            },
        },
    })
}

async fn apply(mesh: &Mesh, objects: &[Value]) -> anyhow::Result<()> {
    for part in objects.chunks(PART) {
        let text = part.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n");
        mesh.kubectl().run(&["apply", "--server-side", "-f", "-"], &text).await?;
    }
    Ok(())
}
