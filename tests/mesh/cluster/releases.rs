//! Releases as objects: who asks, the definition, conflicts of both kinds.

use anyhow::ensure;
use rollout::drive::cluster::{ApplyOptions, Error, Object};
use serde_json::json;

use super::connect;
use crate::release::reviews;
use crate::world::World;

const NAMESPACE: &str = "cluster-releases";

pub(super) async fn run(world: &World) -> anyhow::Result<()> {
    let kubectl = world.mesh.kubectl();
    kubectl.run(&["create", "namespace", NAMESPACE], "").await?;
    let (alice, _) = connect(&world.mesh, "alice").await?;
    let (bob, _) = connect(&world.mesh, "bob").await?;
    ensure!((alice.whoami().await?, bob.whoami().await?) == ("alice".into(), "bob".into()));

    ensure!(alice.check_crd(0).await?.is_some(), "a definition of a newer serin is noted");
    let newer = alice.check_crd(u32::MAX).await;
    ensure!(matches!(newer, Err(Error::CrdOlder { expected: u32::MAX, .. })), "{newer:?}");

    let missing = alice.release(NAMESPACE, "reviews").await;
    let object = format!("Release {NAMESPACE}/reviews");
    ensure!(missing == Err(Error::NotFound { object: object.clone() }), "{missing:?}");
    let attach = json!([{"sidecar": {"labels": {"app": "productpage"}}}]);
    let release = |fields| Object::from(reviews(NAMESPACE, &attach, fields));
    let tried = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    alice.apply_release(&release(json!({})), tried).await?;
    ensure!(alice.releases(Some(NAMESPACE)).await?.is_empty(), "a dry run leaves nothing");
    let first = alice.apply_release(&release(json!({})), ApplyOptions::default()).await?;
    ensure!(alice.releases(None).await?.iter().any(|found| found.uid() == first.uid()));

    // Somebody else takes a field over.
    let patch = json!({"spec": {"port": 9081}}).to_string();
    let edit = ["patch", "release", "reviews", "-n", NAMESPACE, "--type=merge", "--patch", &patch];
    kubectl.run(&[&edit[..], &["--field-manager=somebody"]].concat(), "").await?;
    let owned = alice.apply_release(&release(json!({})), ApplyOptions::default()).await;
    let expected = Error::Owned {
        object: object.clone(),
        manager: "somebody".to_owned(),
        fields: vec![".spec.port".to_owned()],
    };
    ensure!(owned == Err(expected), "{owned:?}");
    let forced = ApplyOptions { force: true, ..ApplyOptions::default() };
    let seen = alice.apply_release(&release(json!({})), forced).await?;
    ensure!(seen.number("/spec/port") == Some(9080));

    // Two people write a status at once.
    let status = |message: &str| json!({"message": message});
    let written = alice.write_status(&seen, &status("alice")).await?;
    ensure!(written.generation() == seen.generation(), "a status is no new generation");
    let late = bob.write_status(&seen, &status("bob")).await;
    ensure!(late == Err(Error::Conflict { object }), "{late:?}");
    // An answer that was lost: it is as it was to be.
    alice.write_status(&seen, &status("alice")).await?;
    bob.write_status(&written, &status("bob")).await?;

    // One that was made anew since is another one.
    alice.delete_release(&written, ApplyOptions::default()).await?;
    alice.delete_release(&written, ApplyOptions::default()).await?;
    alice.apply_release(&release(json!({})), ApplyOptions::default()).await?;
    let other = alice.delete_release(&written, ApplyOptions::default()).await;
    ensure!(matches!(other, Err(Error::Conflict { .. })), "{other:?}");
    kubectl.run(&["delete", "namespace", "--wait=false", NAMESPACE], "").await?;
    Ok(())
}
