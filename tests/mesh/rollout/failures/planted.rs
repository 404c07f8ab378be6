//! Objects of others that appear in the middle of a rollout: the way back to stable stays open, and nothing is taken from
//! those who use it.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use serin_harness::mesh::{Kind, Proxy, listen_apart};

use super::super::objects::{phase, written};
use super::super::reviews;
use super::super::serin::Serin;
use super::{FEW, TITLE};
use crate::caller::Caller;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

/// A service with a caller in its own namespace and one in another, which both are attached, and a third namespace.
pub(super) struct Stage<'w> {
    pub(super) scene: Scene<'w>,
    pub(super) serin: Serin,
    callers: [Proxy; 2],
    host: &'static str,
}

impl<'w> Stage<'w> {
    /// At half of the users, where somebody has to approve.
    pub(super) async fn start(world: &'w World, namespace: &str) -> anyhow::Result<Self> {
        let scene = reviews::scene(world, namespace).await?;
        let kubectl = scene.mesh.kubectl();
        let front = scene.ingress();
        let consent = format!("serin.dev/attach-from={namespace}");
        kubectl.run(&["annotate", "namespace", &front, &consent], "").await?;
        kubectl.run(&["create", "namespace", &third(&scene)], "").await?;
        let pod = scene.pod(Kind::Sidecar, "web", front.clone());
        kubectl.apply(&listen_apart(&front, &pod.name, pod.address).to_string()).await?;
        let callers = [scene.sidecar("productpage").await?, scene.proxy(pod).await?];
        let serin = Serin::of(&scene, "alice");
        let host = format!("reviews.{namespace}.svc.cluster.local:{PORT}").leak();
        let steps = json!([{"shift": {"v2": 50}}, {"approve": {}}, {"promote": "v2"}]);
        let mut release = reviews::release(&scene, &steps);
        release["spec"]["attach"] = json!([
            {"sidecar": {"labels": {"app": "productpage"}}},
            {"sidecar": {"namespace": front, "labels": {"app": "web"}}},
        ]);
        scene.write("reviews.yaml", &release.to_string())?;
        let apply = ["apply", "reviews.yaml", "--module-file", super::super::objects::MODULE];
        serin.run(&apply).await?.code(0)?;
        let stage = Self { scene, serin, callers, host };
        stage.begin().await?;
        Ok(stage)
    }

    pub(super) async fn begin(&self) -> anyhow::Result<()> {
        reviews::verb(&self.scene, &self.serin, &["start", "--image", reviews::NEW])
            .await?
            .code(0)?;
        self.each_on_one_of_both().await.context("before anything is planted")
    }

    fn callers(&self) -> impl Iterator<Item = Caller<'_>> {
        self.callers.iter().map(|proxy| Caller { proxy, host: self.host, port: PORT })
    }

    /// That requests of every caller are answered, by either version.
    pub(super) async fn each_on_one_of_both(&self) -> anyhow::Result<()> {
        for caller in self.callers() {
            let counts = caller.count(FEW, "/", &[]).await;
            let answered = counts.of("v1") + counts.of("v2");
            ensure!(answered == counts.all() && counts.of("v2") > 0, "{counts}");
        }
        Ok(())
    }

    /// That all users of every caller are on stable.
    pub(super) async fn all_on_stable(&self) -> anyhow::Result<String> {
        let mut found = String::new();
        for caller in self.callers() {
            found = caller.count(FEW, "/", &[]).await.only("v1")?;
        }
        Ok(found)
    }

    pub(super) async fn plant(&self, object: &Value) -> anyhow::Result<()> {
        self.scene.mesh.kubectl().apply(&object.to_string()).await?;
        Ok(())
    }

    pub(super) async fn pull(&self, object: &Value) -> anyhow::Result<()> {
        let [kind, name, namespace] = named(object);
        self.scene.mesh.kubectl().run(&["delete", kind, name, "-n", namespace], "").await?;
        Ok(())
    }

    /// What there is of an object.
    async fn spec(&self, object: &Value) -> anyhow::Result<Value> {
        let [kind, name, namespace] = named(object);
        let found = self.scene.mesh.kubectl().get(&[kind, name, "-n", namespace]).await?;
        Ok(found["spec"].clone())
    }

    pub(super) async fn end(self) -> anyhow::Result<()> {
        let namespace = third(&self.scene);
        let kubectl = self.scene.mesh.kubectl();
        kubectl.run(&["delete", "namespace", "--wait=false", &namespace], "").await?;
        self.scene.end().await
    }
}

/// The kind, the name and the namespace of an object.
fn named(object: &Value) -> [&str; 3] {
    ["/kind", "/metadata/name", "/metadata/namespace"]
        .map(|pointer| object.pointer(pointer).and_then(Value::as_str).unwrap_or(""))
}

fn third(scene: &Scene<'_>) -> String {
    format!("{}-third", scene.namespace)
}

fn object(kind: &str, namespace: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": if kind == "EnvoyFilter" { "networking.istio.io/v1alpha3" } else { "networking.istio.io/v1" },
        "kind": kind,
        "metadata": {"name": "team", "namespace": namespace},
        "spec": spec,
    })
}

fn subsets(v2: &str) -> Value {
    json!([
        {"name": "v1", "labels": {"version": "v1"}},
        {"name": "v2", "labels": {"version": v2}},
    ])
}

/// What would keep a rollout from going on does not keep it from going back.
pub(crate) async fn way_back(world: &World) -> anyhow::Result<()> {
    let stage = Stage::start(world, "way-back").await?;
    let scene = &stage.scene;
    let fqdn = format!("reviews.{}.svc.cluster.local", scene.namespace);
    let of_another = json!({"host": fqdn, "subsets": subsets("old")});
    let to_all = json!({
        "hosts": [fqdn],
        "http": [{"route": [{"destination": {"host": fqdn}}]}],
    });
    let labelled = |mut object: Value, release: &str| {
        object["metadata"]["labels"] = json!({"app.kubernetes.io/managed-by": "serin"});
        object["metadata"]["annotations"] = json!({"serin.dev/release": release});
        object
    };
    let own = format!("{}/reviews", scene.namespace);
    let filter = json!({"configPatches": []});
    for (title, object, is_in_the_way) in [
        (
            "a DestinationRule in a caller's namespace",
            object("DestinationRule", &scene.ingress(), &of_another),
            true,
        ),
        (
            "a DestinationRule in the service's namespace",
            object("DestinationRule", &scene.namespace, &of_another),
            true,
        ),
        (
            "a VirtualService that calls itself another Release's",
            labelled(object("VirtualService", &third(scene), &to_all), "other/release"),
            true,
        ),
        (
            "a VirtualService of another Release",
            labelled(
                object("VirtualService", &third(scene), &to_all),
                &format!("{}/other", third(scene)),
            ),
            true,
        ),
        (
            "an EnvoyFilter that calls itself ours in a third namespace",
            labelled(object("EnvoyFilter", &third(scene), &filter), &own),
            false,
        ),
    ] {
        stage.plant(&object).await?;
        let planted = stage.spec(&object).await?;
        let mut row = Row::new(format!("{title}, in the middle of a rollout"));
        if is_in_the_way {
            let ran = reviews::verb(scene, &stage.serin, &["approve", "--timeout", "20s"]).await?;
            ensure!(matches!(ran.code, Some(1 | 3)), "expected that it is refused: {ran}");
            ran.says(&["team"])?;
        }
        let ran = reviews::verb(scene, &stage.serin, &["rollback"]).await?.code(0)?;
        let said = if is_in_the_way { ran.says(&["team"]) } else { Ok(ran) };
        row.note("the command", said.map(|_| "0: what is in the way named".to_owned()));
        row.note("users", stage.all_on_stable().await);
        let is_back = phase(scene, "reviews").await?;
        ensure!(is_back == "RolledBack", "the phase is {is_back}");
        let now = stage.spec(&object).await?;
        ensure!(now == planted, "it was touched: {now}");
        row.note("afterwards", Ok("untouched".to_owned()));
        world.found(TITLE, row)?;
        stage.pull(&object).await?;
        stage.begin().await?;
    }
    stage.end().await
}

/// An object that only some proxies see takes nothing from the others.
pub(crate) async fn private(world: &World) -> anyhow::Result<()> {
    let stage = Stage::start(world, "private").await?;
    let scene = &stage.scene;
    let fqdn = format!("reviews.{}.svc.cluster.local", scene.namespace);
    let rule = json!({"host": fqdn, "subsets": subsets("v2"), "exportTo": ["."]});
    let routes = json!({
        "hosts": [fqdn],
        "exportTo": ["."],
        "http": [{"route": [{"destination": {"host": fqdn, "subset": "v1"}}]}],
    });
    let before = written(scene).await?;
    for (place, namespace) in [
        ("a third namespace", third(scene)),
        ("a caller's namespace", scene.ingress()),
        ("the service's namespace", scene.namespace.clone()),
    ] {
        for (kind, spec) in [("DestinationRule", &rule), ("VirtualService", &routes)] {
            let object = object(kind, &namespace, spec);
            stage.plant(&object).await?;
            let title = format!("a private {kind} in {place}");
            let mut row = Row::new(title.as_str());
            // A route of their own is theirs to change; subsets are the same.
            let is_in_the_way = kind == "VirtualService" && namespace != third(scene);
            for verb in ["pause", "resume"] {
                let verb = [verb, "--timeout", "20s"];
                let ran = reviews::verb(scene, &stage.serin, &verb).await?;
                let ran = if is_in_the_way { ran.says(&["team"])? } else { ran.code(0)? };
                row.note("the command", Ok(format!("{:?}", ran.code)));
            }
            let now = written(scene).await?;
            ensure!(now == before, "expected {before:?}, found {now:?}");
            row.note("afterwards", Ok("ours are all there".to_owned()));
            for caller in stage.callers() {
                let counts = caller.count(FEW, "/", &[]).await;
                let answered = counts.of("v1") + counts.of("v2");
                ensure!(answered == counts.all(), "{title}: {counts}");
            }
            row.note("users", Ok("0 failed".to_owned()));
            world.found(TITLE, row)?;
            stage.pull(&object).await?;
            reviews::verb(scene, &stage.serin, &["run"]).await?.code(0)?;
            stage.each_on_one_of_both().await?;
        }
    }
    // All of them at once, and back.
    for namespace in [third(scene), scene.ingress(), scene.namespace.clone()] {
        stage.plant(&object("DestinationRule", &namespace, &rule)).await?;
        stage.plant(&object("VirtualService", &namespace, &routes)).await?;
    }
    let mut row = Row::new("all of them, and back");
    let ran = reviews::verb(scene, &stage.serin, &["rollback"]).await?.code(0)?;
    row.note("the command", ran.says(&["team"]).map(|_| "0: what is in the way named".to_owned()));
    row.note("users", stage.all_on_stable().await);
    let now = written(scene).await?;
    ensure!(now == before, "expected {before:?}, found {now:?}");
    row.note("afterwards", Ok("ours are all there".to_owned()));
    world.found(TITLE, row)?;
    stage.end().await
}
