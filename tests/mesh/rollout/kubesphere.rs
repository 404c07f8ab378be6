//! What KubeSphere's console does with a grayscale release of Bookinfo's reviews: `docs/walkthroughs/kubesphere.md`.

use anyhow::ensure;
use serde_json::json;
use serin_harness::mesh::{Behaviour, Proxy, until};

use super::objects::{expect, get, made_of, near, only_written, phase};
use super::serin::Serin;
use super::transcript::Transcript;
use crate::caller::Caller;
use crate::scene::{PORT, Scene, service};
use crate::table::Row;
use crate::world::World;

const PAGE: &str = "walkthroughs/kubesphere.md";
const TITLE: &str = "KubeSphere: grayscale release of reviews";
const HOST: &str = "reviews:9080";
const APPLY: &str = "serin apply reviews.yaml --module-file /var/local/serin/serin.wasm";
/// The new version.
const IMAGE: &str = "kubesphere/examples-bookinfo-reviews-v2:1.13.0";
/// The users of a count.
const USERS: usize = 2000;
/// Fewer, where all are to be on one version.
const FEW: usize = 200;

/// Bookinfo's reviews of the first version, and nothing of the second.
async fn bookinfo<'w>(world: &'w World, namespace: &str) -> anyhow::Result<Scene<'w>> {
    let labels = json!({"app": "reviews", "version": "v1"});
    let image = "kubesphere/examples-bookinfo-reviews-v1:1.13.0";
    let objects = vec![
        service(namespace, "reviews", PORT),
        made_of(namespace, "reviews-v1", &labels, 2, image),
    ];
    let mut scene = Scene::of(world, namespace, objects).await?;
    scene.pods.follow_along();
    Ok(scene)
}

fn caller(proxy: &Proxy) -> Caller<'_> {
    Caller { proxy, host: HOST, port: PORT }
}

/// "Forward by traffic ratio": 70 % to v2, then half and half, rollback, take over, job offline.
pub(crate) async fn ratio(world: &World) -> anyhow::Result<()> {
    let scene = bookinfo(world, "demo-project").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = caller(&proxy);
    let mut page = Transcript::open(PAGE, "By traffic ratio", &scene)?;
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("by traffic ratio");
    page.run(&serin, APPLY).await?.code(0)?;
    row.note("applied", caller.count(FEW, "/", &[]).await.only("v1"));
    ensure!(get(&scene, "deployment", "reviews-v2").await?.is_none(), "v2 is there already");

    let start = format!("serin start reviews -n demo-project --image {IMAGE}");
    page.run(&serin, &start).await?.code(0)?;
    row.note("30/70", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.7));
    let v2 = expect(&scene, "deployment", "reviews-v2").await?;
    let (found, replicas) =
        (&v2["spec"]["template"]["spec"]["containers"][0]["image"], &v2["spec"]["replicas"]);
    ensure!(found == IMAGE && replicas == 2, "expected two pods of {IMAGE}: {v2}");
    page.run(&serin, "serin status reviews -n demo-project").await?.code(0)?;
    page.kubectl(&scene, "kubectl get releases -n demo-project -o wide").await?;
    let wait = "kubectl wait release/reviews -n demo-project --for=condition=Ready";
    page.kubectl(&scene, wait).await?;

    page.run(&serin, "serin approve reviews -n demo-project").await?.code(0)?;
    row.note("50/50", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.5));

    let rollback = "serin rollback reviews -n demo-project --why 'ratings are missing'";
    page.run(&serin, rollback).await?.code(0)?;
    row.note("rollback", caller.count(FEW, "/", &[]).await.only("v1"));

    page.run(&serin, "serin start reviews -n demo-project").await?.code(0)?;
    row.note("30/70 again", near(&caller.count(USERS, "/", &[]).await, ("v2", "v1"), 0.7));

    page.run(&serin, "serin promote reviews -n demo-project").await?.code(0)?;
    row.note("take over", caller.count(FEW, "/", &[]).await.only("v2"));
    ensure!(get(&scene, "deployment", "reviews-v1").await?.is_some(), "v1 is gone already");

    page.run(&serin, "serin retire reviews -n demo-project").await?.code(0)?;
    row.note("job offline", offline(&scene, &caller).await);
    page.kubectl(&scene, "kubectl get deployments -n demo-project").await?;
    page.run(&serin, "serin history reviews -n demo-project").await?.code(0)?;
    world.found(TITLE, row)?;
    page.end()?;
    scene.end().await
}

/// "Traffic mirroring": all users are on v1, and the servers of v2 see every request; then take over, and job offline.
pub(crate) async fn mirroring(world: &World) -> anyhow::Result<()> {
    let scene = bookinfo(world, "mirroring").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = caller(&proxy);
    let mut page = Transcript::open(PAGE, "Mirroring", &scene)?;
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("mirroring");
    page.run(&serin, APPLY).await?.code(0)?;
    row.note("applied", mirrored(&scene, &caller, "applied", 0).await);
    let start = format!("serin start reviews -n mirroring --image {IMAGE}");
    page.run(&serin, &start).await?.code(0)?;
    row.note("mirrored", mirrored(&scene, &caller, "mirrored", FEW).await);
    page.run(&serin, "serin status reviews -n mirroring").await?.code(0)?;
    page.run(&serin, "serin approve reviews -n mirroring").await?.code(0)?;
    row.note("take over", caller.count(FEW, "/", &[]).await.only("v2"));
    page.run(&serin, "serin rollback reviews -n mirroring").await?.code(0)?;
    row.note("rollback", mirrored(&scene, &caller, "back", 0).await);
    page.run(&serin, "serin start reviews -n mirroring").await?.code(0)?;
    row.note("mirrored again", mirrored(&scene, &caller, "again", FEW).await);
    page.run(&serin, "serin promote reviews -n mirroring").await?.code(0)?;
    row.note("take over", caller.count(FEW, "/", &[]).await.only("v2"));
    page.run(&serin, "serin retire reviews -n mirroring").await?.code(0)?;
    row.note("job offline", offline(&scene, &caller).await);
    world.found(TITLE, row)?;
    page.end()?;
    scene.end().await
}

/// All users are on v1, and so many of their requests are on the servers of v2 too.
async fn mirrored(
    scene: &Scene<'_>,
    caller: &Caller<'_>,
    id: &str,
    copies: usize,
) -> anyhow::Result<String> {
    caller.count(FEW, "/", &[(Behaviour::ID, id)]).await.only("v1")?;
    let on_v2 = || scene.pods.seen(id).iter().filter(|seen| seen.subset == "v2").count();
    until(&format!("{copies} copies are on v2"), async || Ok((on_v2() >= copies).then_some(())))
        .await?;
    ensure!(on_v2() == copies, "expected {copies} copies on v2, found {}", on_v2());
    Ok(format!("{copies} of {FEW} on v2, too"))
}

/// The old version's Deployment is gone, everybody is on v2, and nothing is left of what routed them.
async fn offline(scene: &Scene<'_>, caller: &Caller<'_>) -> anyhow::Result<String> {
    ensure!(get(scene, "deployment", "reviews-v1").await?.is_none(), "reviews-v1 is still there");
    let namespace = &scene.namespace;
    let left =
        [format!("Deployment {namespace}/reviews-v2"), format!("Release {namespace}/reviews")];
    only_written(scene, &left.each_ref().map(String::as_str)).await?;
    let phase = phase(scene, "reviews").await?;
    ensure!(phase == "Completed", "expected Completed, found {phase}");
    caller.count(FEW, "/", &[]).await.only("v2")
}

/// "Forward by request content": a cookie, a header with a URI, a URI, a browser.
pub(crate) async fn content(world: &World) -> anyhow::Result<()> {
    let scene = bookinfo(world, "test").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = caller(&proxy);
    let mut page = Transcript::open(PAGE, "By request content", &scene)?;
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("by request content");
    page.run(&serin, APPLY).await?.code(0)?;
    row.note("applied", answered(&caller, |_| "v1").await);
    page.run(&serin, &format!("serin start reviews -n test --image {IMAGE}")).await?.code(0)?;
    row.note("started", answered(&caller, |subset| subset).await);
    page.run(&serin, "serin approve reviews -n test").await?.code(0)?;
    row.note("job offline", offline(&scene, &caller).await);
    world.found(TITLE, row)?;
    page.end()?;
    scene.end().await
}

type Headers = &'static [(&'static str, &'static str)];

/// Requests with something in them that rules ask for, and the version that is for them.
const ASKED: [(&str, Headers, &str); 9] = [
    ("/", &[], "v1"),
    ("/", &[("cookie", "theme=dark; user=tester")], "v2"),
    ("/", &[("cookie", "user=somebody")], "v1"),
    ("/api/1", &[("x-user", "1")], "v2"),
    ("/api/1", &[], "v1"),
    ("/", &[("x-user", "1")], "v1"),
    ("/reviews/v2/1", &[], "v2"),
    ("/", &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")], "v2"),
    ("/", &[("user-agent", "Linux bot"), ("cookie", "user=tester")], "v1"),
];

async fn answered(
    caller: &Caller<'_>,
    expected: impl Fn(&'static str) -> &'static str,
) -> anyhow::Result<String> {
    for (path, headers, subset) in ASKED {
        for _ in 0..10 {
            let (found, expected) = (caller.ask(path, headers).await, expected(subset));
            ensure!(found == expected, "{path} {headers:?}: expected {expected}, found {found}");
        }
    }
    Ok(format!("{} kinds of requests", ASKED.len()))
}

/// Blue-green: everybody at once, back at once, and once more.
pub(crate) async fn blue_green(world: &World) -> anyhow::Result<()> {
    let scene = bookinfo(world, "blue-green").await?;
    let proxy = scene.sidecar("productpage").await?;
    let caller = caller(&proxy);
    let mut page = Transcript::open(PAGE, "Blue-green", &scene)?;
    let serin = Serin::of(&scene, "alice");
    let mut row = Row::new("blue-green");
    page.run(&serin, APPLY).await?.code(0)?;
    row.note("applied", caller.count(FEW, "/", &[]).await.only("v1"));
    let start = format!("serin start reviews -n blue-green --image {IMAGE}");
    page.run(&serin, &start).await?.code(0)?;
    row.note("started", caller.count(FEW, "/", &[]).await.only("v2"));
    page.run(&serin, "serin reject reviews -n blue-green").await?.code(0)?;
    row.note("rejected", caller.count(FEW, "/", &[]).await.only("v1"));
    page.run(&serin, "serin start reviews -n blue-green").await?.code(0)?;
    row.note("started again", caller.count(FEW, "/", &[]).await.only("v2"));
    page.run(&serin, "serin approve reviews -n blue-green").await?.code(0)?;
    row.note("job offline", offline(&scene, &caller).await);
    world.found(TITLE, row)?;
    page.end()?;
    scene.end().await
}
