//! The definition of Releases in a real API: every Release that `serin check` accepts is accepted there too, what is
//! plainly wrong is refused with its place, and what the API gives back is a Release again.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use document::load::{self, Source};
use serde_json::{Value, json};
use serin_harness::mesh::Kubectl;
use tokio::process::Command;

use crate::table::Row;
use crate::world::World;

const NAMESPACE: &str = "definition";
const TRY: &[&str] = &["apply", "--dry-run=server", "--validate=strict", "-f", "-"];

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    world.define_releases().await?;
    let kubectl = world.mesh.kubectl();
    kubectl.run(&["create", "namespace", NAMESPACE], "").await?;
    let mut row = Row::new("definition of Releases");
    row.note("accepted, as by check", accepted(kubectl).await);
    row.note("refused, each with its place", refused(kubectl).await);
    row.note("explained", explained(kubectl).await);
    row.note("given back", given_back(world).await);
    kubectl.run(&["delete", "namespace", "--wait=false", NAMESPACE], "").await?;
    world.found("definition", row)
}

/// A Release that uses most of the language.
fn valid() -> Value {
    json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": {"name": "valid", "namespace": NAMESPACE},
        "spec": {
            "host": "reviews.bookinfo.svc.cluster.local", "port": 9080, "stable": "v1",
            "subsets": [
                {"name": "v1", "labels": {"version": "v1"}, "workload": {"deployment": "one"}},
                {"name": "v2", "labels": {"version": "v2"}, "workload": {"deployment": "two"}},
            ],
            "attach": [{"sidecar": {"labels": {"app": "productpage"}}}],
            "identity": [{"cookie": "id"}],
            "rules": [{
                "name": "staff",
                "match": [{"cookies": {"email": {"suffix": "@example.com", "ignoreCase": true}}}],
                "split": {"v2": 33.33},
            }],
            "split": {"v1": 66.7, "v2": 33.3},
            "rollout": {"candidate": "v2", "steps": [
                {"scale": {"v2": "50%"}}, {"scale": {"v2": 2}}, {"shift": {"v2": 0.5}},
                {"analyze": {"for": "10m", "every": "5s", "inconclusive": "proceed", "dryRun": true, "checks": [
                    {"errors": {"worseThanStable": {"alpha": 0.02}}}, {"errors": {"atMost": "1.5%"}},
                    {"duration": {"worseThanStable": {}}}, {"query": {"promql": "up", "atLeast": 1}},
                ]}},
                {"pause": {"for": "1h30m"}}, {"pause": {}}, {"approve": {"timeout": "6h"}},
                {"update": {"from": "v2", "to": "v1"}}, {"promote": "v2"}, {"retire": "v1"},
            ]},
        },
    })
}

/// The Releases of the repository that are well, each under a name of its own.
fn releases() -> anyhow::Result<Vec<Value>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["data", "../envoyfilter"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut releases = Vec::new();
    for file in files {
        // Some are no text on purpose.
        let Ok(source) = Source::read(&file.to_string_lossy()) else { continue };
        for document in load::documents(&source).0 {
            let mut problems = document.problems;
            let root = policy::Path::root();
            let Some(checked) = policy::check(&document.node, &root, &mut problems) else {
                continue;
            };
            if problems.allow() {
                let mut release = serde_json::to_value(&checked.spec)?;
                let name = format!("r{}", releases.len());
                release["metadata"] = json!({"name": name, "namespace": NAMESPACE});
                releases.push(release);
            }
        }
    }
    Ok(releases)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "json") {
            files.push(path);
        }
    }
    Ok(())
}

async fn accepted(kubectl: &Kubectl) -> anyhow::Result<String> {
    let mut releases = releases()?;
    releases.push(valid());
    let number = releases.len();
    ensure!(number > 20, "{number} Releases");
    let list = json!({"apiVersion": "v1", "kind": "List", "items": releases});
    let said = kubectl.run(TRY, &list.to_string()).await?;
    let created = said.lines().filter(|line| line.contains("created")).count();
    ensure!(created == number, "{created} of {number}: {said}");
    Ok(format!("{number} Releases"))
}

/// What is changed in a Release that is well, and the words of the refusal.
fn mistakes() -> Vec<(&'static str, Value, &'static str)> {
    let step = "/spec/rollout/steps/0";
    vec![
        ("/spec/host", Value::Null, "spec.host: Required value"),
        ("/spec/stable", json!("v0"), "spec.stable: Invalid value: the stable subset `v0` is not"),
        (
            "/spec/split",
            json!({"v3": 5}),
            "spec.split: Invalid value: a subset is named that is not",
        ),
        ("/spec/split", json!({"v1": 90, "v2": 11}), "the shares add up to over 100 %"),
        ("/spec/port", json!(0), "spec.port in body should be greater than or equal to 1"),
        (
            "/spec/rules/0/match/0/cookies/email",
            json!({"exact": "a", "prefix": "b"}),
            "cookies[email]: Invalid value: expected exactly one of `exact`, `prefix`,",
        ),
        ("/spec/rules/0/split", json!({"v9": 1}), "spec.rules: Invalid value: the split of a rule"),
        (
            "/spec/attach/0",
            json!({}),
            "spec.attach[0]: Invalid value: expected exactly one of `sid",
        ),
        ("/spec/subsets/1/name", json!("v1"), "spec.subsets: Invalid value: two subsets have the"),
        ("/spec/identty", json!([]), "unknown field \"spec.identty\""),
        ("/spec/rollout/candidate", json!("v1"), "the candidate `v1` is the stable subset"),
        (
            step,
            json!({"promote": "v2", "retire": "v1"}),
            "expected exactly one of `scale`, `mirror`",
        ),
        (step, json!({"scale": {"v2": "half"}}), "spec.rollout.steps[0].scale.v2 in body should"),
        (step, json!({"pause": {"for": "10"}}), "spec.rollout.steps[0].pause.for in body should"),
        (step, json!({"promote": "v9"}), "what is promoted must be declared in `subsets`"),
        (step, json!({"analyze": {"checks": []}}), "spec.rollout.steps[0].analyze.for: Required"),
        (
            step,
            json!({"analyze": {"for": "10m", "checks": []}}),
            "spec.rollout.steps[0].analyze.checks in body should have at least 1 items",
        ),
        (
            step,
            json!({"analyze": {"for": "10m", "checks": [{"errors": {"atMost": "1"}}]}}),
            "spec.rollout.steps[0].analyze.checks[0].errors.atMost in body should match",
        ),
    ]
}

async fn refused(kubectl: &Kubectl) -> anyhow::Result<String> {
    let mistakes = mistakes();
    for (place, value, expected) in &mistakes {
        let mut release = valid();
        let (parent, field) = place.rsplit_once('/').context("no place")?;
        let parent = release.pointer_mut(parent).with_context(|| format!("no {parent}"))?;
        match (parent, value) {
            (Value::Object(parent), Value::Null) => _ = parent.remove(field),
            (Value::Array(items), value) => items[field.parse::<usize>()?] = value.clone(),
            (parent, value) => parent[field] = value.clone(),
        }
        let output = kubectl.output(TRY, &release.to_string()).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!output.status.success(), "{place} = {value}: accepted");
        ensure!(said.contains(expected), "{place} = {value}: expected `{expected}`, found {said}");
    }
    Ok(format!("{} mistakes", mistakes.len()))
}

async fn explained(kubectl: &Kubectl) -> anyhow::Result<String> {
    let arguments = ["explain", "release.spec.rollout.steps.approve.timeout"];
    let said = kubectl.run(&arguments, "").await?;
    ensure!(said.contains("No word for so long is a no"), "{said}");
    Ok("by the words of the types".to_owned())
}

/// What `kubectl get -o yaml` prints is well, and the columns are those that people want.
async fn given_back(world: &World) -> anyhow::Result<String> {
    let kubectl = world.mesh.kubectl();
    kubectl.run(&["apply", "-f", "-"], &valid().to_string()).await?;
    let own = ["release", "valid", "-n", NAMESPACE];
    let status = json!({"status": {
        "phase": "Idle", "step": "2/9", "split": "v2 10 %", "message": "waits",
        "state": {
            "phase": "Idle", "at": {"plan": 0}, "traffic": {"stable": {}}, "more": {"of": "it"},
        },
        "mesh": {"route": "matcher"},
        // Without an entry of its writer the API server takes none of it.
        "history": [{"time": "", "by": "admin", "verb": "apply", "what": ""}],
    }});
    let text = status.to_string();
    let patch = ["--subresource=status", "--type=merge", "--patch", &text];
    kubectl.run(&[&["patch"], &own[..], &patch[..]].concat(), "").await?;
    let columns = kubectl.run(&[&["get"], &own[..]].concat(), "").await?;
    let words: Vec<&str> = columns.split_whitespace().take(5).collect();
    ensure!(words == ["NAME", "PHASE", "STEP", "SPLIT", "AGE"], "{columns}");
    let object = kubectl.get(&own).await?;
    ensure!(object["status"]["state"] == status["status"]["state"], "{object}");
    let yaml = kubectl.run(&[&["get", "-o", "yaml"], &own[..]].concat(), "").await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("release.yaml");
    std::fs::write(&file, yaml)?;
    let serin = &world.mesh.programs().serin;
    let ran = Command::new(serin).args(["check", "--deny-warnings"]).arg(&file).output().await?;
    let said = String::from_utf8_lossy(&ran.stdout);
    ensure!(ran.status.success(), "{said}");
    Ok("a Release that is well".to_owned())
}
