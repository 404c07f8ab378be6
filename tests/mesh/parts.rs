//! The parts of the mesh that a rollout leans on are what the cases take them for: who asks the API, what is written
//! through the reverse proxy before it, the way through it to istiod, pods that never become ready.

use std::net::Ipv4Addr;

use anyhow::{Context, ensure};
use envoy::proxy::Client;
use hyper::http::StatusCode;
use serde_json::{Value, json};
use serin_harness::mesh::{ApiProxy, Kubectl, Moment, until};

use crate::scene::{Scene, deployment, request};
use crate::world::World;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let labels = |name: &str| json!({"app": name, "version": name});
    let made = |name: &str, image: &str| {
        let mut made = deployment("parts", name, &labels(name), 1);
        made["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        made
    };
    let mut scene = Scene::of(world, "parts", vec![made("well", "app:1")]).await?;
    scene.pods.follow_along();
    let proxy = ApiProxy::start(scene.mesh, "alice", &scene.folder).await?;
    let alice = scene.mesh.kubectl().with_config(proxy.config());

    let review = "{apiVersion: authentication.k8s.io/v1, kind: SelfSubjectReview}";
    let who = alice.run(&["create", "-f", "-", "-o", "json"], review).await?;
    let who: Value = serde_json::from_str(&who)?;
    ensure!(who["status"]["userInfo"]["username"] == "alice", "the API says {who}");
    ensure!(proxy.writes().is_empty(), "to ask who one is writes nothing: {:?}", proxy.writes());

    for (name, image) in [("crashes", "app:crashes"), ("hangs", "app:hangs")] {
        alice.apply(&made(name, image).to_string()).await?;
    }
    let writes: Vec<String> = proxy.writes().iter().map(ToString::to_string).collect();
    let expected = ["PATCH deployments/crashes", "PATCH deployments/hangs"];
    ensure!(writes == expected, "expected {expected:?}, found {writes:?}");
    for (name, reason) in [("crashes", "CrashLoopBackOff"), ("hangs", "running")] {
        until(&format!("the pod of `{name}` is not ready, and why is known"), async || {
            let pods = alice.get(&["pods", "-n", "parts", "-l", &format!("app={name}")]).await?;
            Ok(pods.to_string().contains(reason).then_some(()))
        })
        .await?;
    }
    until("only what runs is served", async || {
        let counts = ["well", "crashes", "hangs"].map(|name| scene.pods.count(name));
        Ok((counts == [1, 0, 1]).then_some(()))
    })
    .await?;
    let ready = alice.get(&["deployments", "-n", "parts"]).await?;
    let ready = ready["items"].as_array().context("items")?;
    let ready = ready.iter().filter(|item| item["status"]["readyReplicas"] == 1).count();
    ensure!(ready == 1, "expected one ready Deployment, found {ready}");

    ended_at(&proxy, &alice, Moment::Before, false).await?;
    ended_at(&proxy, &alice, Moment::After, true).await?;

    for (port, kubectl) in [(25_014, scene.mesh.kubectl()), (25_015, &alice)] {
        to_istiod(kubectl, port).await?;
    }
    scene.end().await
}

/// A writer that is killed at its second write has done one, or two.
async fn ended_at(
    proxy: &ApiProxy,
    kubectl: &Kubectl,
    moment: Moment,
    expected: bool,
) -> anyhow::Result<()> {
    let fired = proxy.arm(2, moment);
    let names =
        ["first", "second", "third"].map(|name| format!("{moment:?}-{name}").to_lowercase());
    let maps = names.iter().map(|name| {
        let metadata = json!({"name": name, "namespace": "parts"});
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}).to_string()
    });
    let maps = maps.collect::<Vec<_>>().join("\n---\n");
    {
        let applying = kubectl.apply(&maps);
        tokio::pin!(applying);
        let ended = tokio::select! {
            done = &mut applying => anyhow::bail!("it was not halted: {done:?}"),
            ended = fired => ended?,
        };
        // Dropped here, kubectl is killed.
        let _ = ended.send(());
    }
    let found = kubectl.get(&["configmaps", "-n", "parts"]).await?.to_string();
    let found = names.clone().map(|name| found.contains(&name));
    ensure!(found == [true, expected, false], "{moment:?}: {found:?}");
    proxy.reset();
    Ok(())
}

/// istiod answers through the API: nothing else in a cluster leads to it.
async fn to_istiod(kubectl: &Kubectl, port: u16) -> anyhow::Result<()> {
    let ports = format!("{port}:15014");
    let arguments = ["port-forward", "-n", "istio-system", "pod/istiod-0", &ports];
    let forwarding = kubectl.output(&arguments, "");
    let request = request("istiod", "/debug/syncz", &[]);
    let asking = until("istiod answers through the API", async || {
        let Ok(mut client) = Client::connect((Ipv4Addr::LOCALHOST, port).into()).await else {
            return Ok(None);
        };
        let answer = client.send(&request).await.ok();
        Ok(answer.filter(|answer| answer.status == StatusCode::OK).map(|answer| answer.body))
    });
    let answer = tokio::select! {
        ended = forwarding => anyhow::bail!("kubectl port-forward ended: {:?}", ended?),
        answer = asking => answer?,
    };
    let _: Vec<Value> = serde_json::from_slice(&answer).with_context(|| format!("{answer:?}"))?;
    Ok(())
}
