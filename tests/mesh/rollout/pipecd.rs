//! What PipeCD does by its `.pipe.yaml`, at a gateway, beside the team's own routing objects:
//! `docs/walkthroughs/pipecd.md`.

use anyhow::ensure;
use serde_json::{Value, json};

use super::objects::{expect, get, made_of, near, only_written};
use super::serin::Serin;
use super::transcript::Transcript;
use crate::caller::Caller;
use crate::scene::{Scene, service};
use crate::table::Row;
use crate::world::World;

const PAGE: &str = "walkthroughs/pipecd.md";
const NAMESPACE: &str = "pipecd";
const APP: &str = "mesh-istio-canary";
const CANARY: &str = "mesh-istio-canary-canary";
const HOST: &str = "mesh-istio-canary.pipecd.dev";
const PORT: u16 = 9085;
const OLD: &str = "gcr.io/pipecd/helloworld:v0.1.0";
const NEW: &str = "gcr.io/pipecd/helloworld:v0.2.0";
/// The team's own objects, which nobody but them may touch.
const OWN: [&str; 2] = ["virtualservice", "destinationrule"];
const USERS: usize = 2000;
const FEW: usize = 200;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let labels = json!({"app": APP, "pipecd.dev/variant": "primary"});
    let objects = vec![service(NAMESPACE, APP, PORT), made_of(NAMESPACE, APP, &labels, 4, OLD)];
    let mut scene = Scene::of(world, NAMESPACE, objects).await?;
    scene.pods.follow_along();
    let kubectl = scene.mesh.kubectl();
    let mut page = Transcript::open(PAGE, "The pipeline", &scene)?;
    kubectl.apply(&gateway(&scene).to_string()).await?;
    kubectl.apply_file(&scene.folder.join("team.yaml")).await?;
    let consent = format!("serin.dev/attach-from={NAMESPACE}");
    kubectl.run(&["annotate", "namespace", &scene.ingress(), &consent], "").await?;
    let own = own(&scene).await?;
    let proxy = scene.gateway("ingress").await?;
    let caller = Caller { proxy: &proxy, host: HOST, port: scene.gateway_port() };
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new(NAMESPACE);
    let import = format!(
        "serin import .pipe.yaml team.yaml deployment.yaml --port {PORT} --identity cookie=user --attach gateway:app=ingress@pipecd-ingress > {APP}.yaml"
    );
    page.run(&serin, &import).await?.code(0)?;

    let apply = format!("serin apply {APP}.yaml --module-file /var/local/serin/serin.wasm");
    page.run(&serin, &apply).await?.code(0)?;
    row.note("applied", caller.count(FEW, "/", &[]).await.only("primary"));

    page.run(&serin, &format!("serin start {APP} -n pipecd --image {NEW}")).await?.code(0)?;
    let canary = expect(&scene, "deployment", CANARY).await?;
    ensure!(canary["spec"]["replicas"] == 2, "expected half of the four pods: {canary}");
    row.note("10 %", near(&caller.count(USERS, "/", &[]).await, ("canary", "primary"), 0.1));
    page.run(&serin, &format!("serin status {APP} -n pipecd")).await?.code(0)?;
    ensure!(image(&expect(&scene, "deployment", APP).await?) == OLD, "primary is new already");

    page.run(&serin, &format!("serin approve {APP} -n pipecd --why 'no complaints'"))
        .await?
        .code(0)?;
    row.note("approved", caller.count(FEW, "/", &[]).await.only("primary"));
    let primary = expect(&scene, "deployment", APP).await?;
    let pods = &primary["status"]["readyReplicas"];
    ensure!(image(&primary) == NEW && *pods == 4, "expected four pods of {NEW}: {primary}");
    let variant = &primary["spec"]["template"]["metadata"]["labels"]["pipecd.dev/variant"];
    ensure!(variant == "primary", "primary's labels are {variant}");
    ensure!(get(&scene, "deployment", CANARY).await?.is_none(), "the canary is still there");
    let left = [format!("Deployment {NAMESPACE}/{APP}"), format!("Release {NAMESPACE}/{APP}")];
    only_written(&scene, &left.each_ref().map(String::as_str)).await?;
    row.note("cleaned", Ok("canary gone".to_owned()));
    page.run(&serin, &format!("serin history {APP} -n pipecd")).await?.code(0)?;

    let now = self::own(&scene).await?;
    let untouched =
        if now == own { Ok("untouched".to_owned()) } else { Err(anyhow::anyhow!("{now:?}")) };
    row.note("team's objects", untouched);
    world.found("PipeCD: the pipeline of mesh-istio-canary", row)?;
    page.end()?;
    scene.end().await
}

fn image(deployment: &Value) -> &Value {
    &deployment["spec"]["template"]["spec"]["containers"][0]["image"]
}

/// The seed's Gateway, at a port that nobody else has.
fn gateway(scene: &Scene<'_>) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": APP, "namespace": NAMESPACE},
        "spec": {
            "selector": {"app": "ingress", "namespace": scene.ingress()},
            "servers": [{
                "port": {"number": scene.gateway_port(), "name": "http", "protocol": "HTTP"},
                "hosts": [HOST],
            }],
        },
    })
}

/// What the API has of the team's objects, to the last field.
async fn own(scene: &Scene<'_>) -> anyhow::Result<Vec<Value>> {
    let mut own = Vec::new();
    for kind in OWN {
        own.push(expect(scene, kind, APP).await?);
    }
    Ok(own)
}
