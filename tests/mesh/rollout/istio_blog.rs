//! Istio's "Canary Deployments using Istio": autoscaled versions, and half of the users of one company:
//! `docs/walkthroughs/istio-blog.md`.

use anyhow::ensure;
use serde_json::{Value, json};

use super::objects::{expect, made_of, near};
use super::serin::Serin;
use super::transcript::Transcript;
use crate::caller::Caller;
use crate::scene::{Scene, service};
use crate::table::Row;
use crate::world::World;

const PAGE: &str = "walkthroughs/istio-blog.md";
const NAMESPACE: &str = "helloworld";
const PORT: u16 = 5000;
const DEPLOYMENTS: [&str; 2] = ["helloworld-v1", "helloworld-v2"];
const USERS: usize = 2000;
const FEW: usize = 200;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let mut objects = vec![service(NAMESPACE, "helloworld", PORT)];
    for (version, replicas) in [("v1", 3), ("v2", 1)] {
        let labels = json!({"app": "helloworld", "version": version});
        let name = format!("helloworld-{version}");
        let image = format!("docker.io/istio/examples-helloworld-{version}");
        objects.push(made_of(NAMESPACE, &name, &labels, replicas, &image));
        objects.push(autoscaler(&name));
    }
    let mut scene = Scene::of(world, NAMESPACE, objects).await?;
    scene.pods.follow_along();
    let before = scaled(&scene).await?;
    let proxy = scene.sidecar("sleep").await?;
    let caller = Caller { proxy: &proxy, host: "helloworld:5000", port: PORT };
    let mut page = Transcript::open(PAGE, "Ten percent", &scene)?;
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("helloworld");

    let apply = "serin apply ten-percent.yaml --module-file /var/local/serin/serin.wasm";
    page.run(&serin, apply).await?.code(0)?;
    row.note("90/10", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.1));
    page.end()?;

    let mut page = Transcript::open(PAGE, "Half of one company", &scene)?;
    let apply =
        "serin apply company.yaml --module-file /var/local/serin/serin.wasm --allow-moves 50";
    page.run(&serin, apply).await?.code(0)?;
    row.note("others", caller.count(FEW, "/", &[]).await.only("v1"));
    row.note("half of one company", half_of_company(&caller).await);
    page.end()?;

    let mut page = Transcript::open(PAGE, "Autoscalers stay in charge", &scene)?;
    let apply =
        "serin apply scaled.yaml --module-file /var/local/serin/serin.wasm --allow-moves 50";
    page.run(&serin, apply).await?.code(0)?;
    let refused = page.run(&serin, "serin start helloworld -n helloworld --timeout 5s").await?;
    let refused = refused.code(1)?.says(&["HorizontalPodAutoscaler", "helloworld-v2"]);
    row.note("scale", refused.map(|_| "refused, autoscaler named".to_owned()));
    page.end()?;

    let now = scaled(&scene).await?;
    let untouched =
        if now == before { Ok("untouched".to_owned()) } else { Err(anyhow::anyhow!("{now:?}")) };
    row.note("autoscalers", untouched);
    world.found("Istio's blog: autoscaled canaries", row)?;
    scene.end().await
}

fn autoscaler(name: &str) -> Value {
    json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": 1,
            "maxReplicas": 10,
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50},
            }}],
        },
    })
}

/// What the autoscalers and the Deployments are to be; their statuses are not ours to hold still.
async fn scaled(scene: &Scene<'_>) -> anyhow::Result<Vec<Value>> {
    let mut scaled = Vec::new();
    for name in DEPLOYMENTS {
        for kind in ["horizontalpodautoscaler", "deployment"] {
            scaled.push(expect(scene, kind, name).await?["spec"].take());
        }
    }
    Ok(scaled)
}

/// Users of the company, told by their address alone, and the same ones each time.
async fn half_of_company(caller: &Caller<'_>) -> anyhow::Result<String> {
    let mut counts = crate::caller::Counts::default();
    for user in 0..USERS {
        let cookie = format!("theme=dark; email=u{user}@some-company-name.com");
        let headers = [("cookie", cookie.as_str())];
        let first = caller.ask("/", &headers).await;
        if user < FEW {
            let again = caller.ask("/", &headers).await;
            ensure!(first == again, "user {user} got {first}, and then {again}");
        }
        counts.add(first);
    }
    near(&counts, ("v2", "v1"), 0.5)
}
