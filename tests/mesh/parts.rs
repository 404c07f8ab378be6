//! The parts of the mesh that a rollout leans on are what the cases take them for: who asks the API, what is written
//! through the reverse proxy before it, the way through it to istiod, pods that never become ready.

use std::net::{Ipv4Addr, TcpListener};

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
    // Their controller says so a little later than their pods.
    until("the Deployment of the pod that is ready is, and no other", async || {
        let found = alice.get(&["deployments", "-n", "parts"]).await?;
        let found = found["items"].as_array().context("items")?;
        let ready = found.iter().filter(|item| item["status"]["readyReplicas"] == 1);
        let ready: Vec<_> = ready.map(|item| item["metadata"]["name"].as_str()).collect();
        Ok((ready == [Some("well")]).then_some(()))
    })
    .await?;

    ended_at(&proxy, &alice, Moment::Before, false).await?;
    ended_at(&proxy, &alice, Moment::After, true).await?;

    for kubectl in [scene.mesh.kubectl(), &alice] {
        to_istiod(kubectl).await?;
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
async fn to_istiod(kubectl: &Kubectl) -> anyhow::Result<()> {
    let request = request("istiod", "/debug/syncz", &[]);
    let mut ended = None;
    let answer = until("istiod answers through the API", async || {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let ports = format!("{}:15014", address.port());
        let arguments = ["port-forward", "-n", "istio-system", "pod/istiod-0", &ports];
        tokio::select! {
            // For instance where another process took the port first.
            output = kubectl.output(&arguments, "") => {
                ended = Some(output?);
                Ok(None)
            }
            answer = until("it answers", async || {
                let Ok(mut client) = Client::connect(address).await else { return Ok(None) };
                let answer = client.send(&request).await.ok();
                Ok(answer.filter(|answer| answer.status == StatusCode::OK))
            }) => answer.map(Some),
        }
    })
    .await
    .with_context(|| format!("the last `kubectl port-forward` that ended: {ended:?}"))?;
    let body = answer.body;
    let _: Vec<Value> = serde_json::from_slice(&body).with_context(|| format!("{body:?}"))?;
    Ok(())
}
