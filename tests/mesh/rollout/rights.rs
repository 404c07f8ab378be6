//! Somebody who may do what `docs/rollout.md` says is needed, and nothing else, carries a whole rollout out.

use anyhow::ensure;
use serde_json::json;

use super::objects::{MODULE, get, only_written, written};
use super::reviews;
use super::serin::Serin;
use super::transcript::Transcript;
use crate::caller::Caller;
use crate::place::Place;
use crate::table::Row;
use crate::world::World;

const FEW: usize = 200;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let scene = reviews::scene(world, "rights").await?;
    let kubectl = scene.mesh.kubectl();
    let (namespace, ingress) = (scene.namespace.as_str(), scene.ingress());
    kubectl.apply(&crate::own::gateways(&scene)).await?;
    kubectl.apply(&reviews::at_gateway(&scene)).await?;
    let consent = format!("serin.dev/attach-from={namespace}");
    kubectl.run(&["annotate", "namespace", &ingress, &consent], "").await?;
    let (host, port) = Place::Gateway.door(&scene);
    let proxy = scene.gateway("ingress").await?;
    let caller = Caller { proxy: &proxy, host, port };
    // Every step that asks for something of its own.
    let steps = json!([
        {"scale": {"v2": "50%"}}, {"shift": {"v2": 50}}, {"update": {"from": "v2", "to": "v1"}},
        {"promote": "v1"}, {"retire": "v2"},
    ]);
    let mut release = reviews::release(&scene, &steps);
    release["spec"]["attach"] = Place::Gateway.attach(&scene);
    scene.write("reviews.yaml", &release.to_string())?;
    let apply = ["apply", "reviews.yaml", "--module-file", MODULE];
    let serin = Serin::of(&scene, "carol");
    let mut row = Row::new("carol");
    let refused =
        serin.run(&apply).await?.code(3)?.says(&["you are not allowed to", "ClusterRole"]);
    row.note("without them", refused.map(|_| "3: told what she may not".to_owned()));

    // The page's own roles; they are the same for all namespaces.
    Transcript::open("rollout.md", "RBAC", &scene)?;
    kubectl.apply_file(&scene.folder.join("rights.yaml")).await?;
    for (role, to) in [
        ("serin-look", None),
        ("serin-release", Some(namespace)),
        ("serin-attach", Some(&ingress)),
        ("serin-proxies", Some("istio-system")),
    ] {
        let named = [role, "--clusterrole", role, "--user=carol"];
        let bind = match to {
            None => [&["create", "clusterrolebinding"], &named[..]].concat(),
            Some(to) => [&["create", "rolebinding", "-n", to], &named[..]].concat(),
        };
        kubectl.run(&bind, "").await?;
    }
    serin.run(&apply).await?.code(0)?;
    let start = ["start", "--image", reviews::NEW];
    reviews::verb(&scene, &serin, &start).await?.code(0)?;
    row.note("a whole rollout", caller.count(FEW, "/", &[]).await.only("v1"));
    ensure!(get(&scene, "deployment", "reviews-v2").await?.is_none(), "reviews-v2 is there");
    // The team's route names a subset that only serin's DestinationRule has.
    let rule = format!("DestinationRule {namespace}/serin-reviews");
    let delete = reviews::verb(&scene, &serin, &["delete"]).await?.code(1)?;
    delete.says(&["shop", "`v1`", "503"])?;
    ensure!(written(&scene).await?.contains(&rule), "there is no {rule}");
    kubectl.run(&["delete", "virtualservice", "shop", "-n", namespace], "").await?;
    reviews::verb(&scene, &serin, &["delete"]).await?.code(0)?;
    let left = format!("Deployment {namespace}/reviews-v1");
    row.note("deleted", only_written(&scene, &[&left]).await.map(|()| "nothing left".to_owned()));
    world.found("With the rights of docs/rollout.md, and no others", row)?;
    scene.end().await
}
