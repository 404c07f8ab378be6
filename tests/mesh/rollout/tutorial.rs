//! The cookie tutorial at Istio's own ingress gateway: `docs/walkthroughs/cookie-tutorial.md`.

use anyhow::ensure;
use serde_json::json;
use serin_harness::mesh::Kind;

use super::objects::{made_of, only_written};
use super::serin::Serin;
use super::transcript::Transcript;
use crate::caller::Caller;
use crate::scene::{Scene, service};
use crate::table::Row;
use crate::world::World;

const PAGE: &str = "walkthroughs/cookie-tutorial.md";
const NAMESPACE: &str = "canary-deployment";
const HOST: &str = "nginx-app.example.com";
/// Of the gateway: nobody else in the mesh has it.
const PORT: u16 = 80;
const FEW: usize = 200;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let mut objects = vec![service(NAMESPACE, "nginx-service", PORT)];
    objects[0]["spec"]["selector"] = json!({"app": "nginx"});
    for version in ["v1", "v2"] {
        let labels = json!({"app": "nginx", "version": version});
        let name = format!("nginx-deployment-{version}");
        let image = format!("reyanshkharga/nginx:{version}");
        objects.push(made_of(NAMESPACE, &name, &labels, 1, &image));
    }
    objects.push(json!({
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "nginx-gateway", "namespace": NAMESPACE},
        "spec": {
            "selector": {"istio": "ingressgateway"},
            "servers": [{
                "port": {"number": PORT, "name": "http", "protocol": "HTTP"}, "hosts": [HOST],
            }],
        },
    }));
    let mut scene = Scene::of(world, NAMESPACE, objects).await?;
    scene.pods.follow_along();
    let consent = format!("serin.dev/attach-from={NAMESPACE}");
    let annotate = ["annotate", "namespace", "istio-system", &consent];
    scene.mesh.kubectl().run(&annotate, "").await?;
    let gateway = scene.pod(Kind::Gateway, "istio-ingressgateway", "istio-system".to_owned());
    let proxy = scene.proxy(gateway).await?;
    let caller = Caller { proxy: &proxy, host: HOST, port: PORT };
    let mut page = Transcript::open(PAGE, "The tutorial", &scene)?;
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("nginx");

    scene.mesh.kubectl().apply_file(&scene.folder.join("team.yaml")).await?;
    let apply = "serin apply nginx.yaml --module-file /var/local/serin/serin.wasm";
    page.run(&serin, apply).await?.code(0)?;
    row.note("without a cookie", caller.count(FEW, "/", &[]).await.only("v1"));
    for cookie in ["version=v2", "a=b; version=v2", "version=v2; a=b"] {
        let found = caller.ask("/", &[("cookie", cookie)]).await;
        ensure!(found == "v2", "{cookie}: expected v2, found {found}");
    }
    row.note("with the cookie", Ok("v2 wherever it stands".to_owned()));
    // Half of the requests with the cookie, as the tutorial's script sends them.
    for (cookie, version) in [("", "v1"), (" --cookie version=v2", "v2")] {
        let traffic = format!(
            "serin traffic http://127.0.0.1/ --host {HOST}{cookie} --requests 100 --rate 50 --expect {version}=100"
        );
        page.run(&serin, &traffic).await?.code(0)?;
    }
    row.note("serin traffic", Ok("100 % each".to_owned()));
    page.run(&serin, "serin delete nginx -n canary-deployment").await?.code(0)?;
    row.note("deleted", only_written(&scene, &[]).await.map(|()| "nothing left".to_owned()));
    world.found("The cookie tutorial", row)?;
    page.end()?;
    scene.end().await
}
