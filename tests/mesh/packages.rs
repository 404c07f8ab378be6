//! `deploy/`: what kustomize and Helm make of it is what `serin install` prints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use document::load::{self, Source};
use policy::Node;
use serde_json::{Value, json};
use serin_harness::mesh::Programs;
use tokio::process::Command;

use crate::table::Row;
use crate::world::World;

const TITLE: &str = "deploy/ has the objects of serin install";
const IMAGE: &str = "registry.example.com/serin-controller:0.1.0";
/// With which Helm leaves the CRD, and with it all Releases.
const KEEP: &str = "helm.sh/resource-policy";

type Objects = BTreeMap<String, Value>;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    let programs = world.mesh.programs();
    let deploy = Path::new("../deploy");
    let installed = install(programs, &["--image", IMAGE]).await?;
    let kustomize = deploy.join("kustomize");
    let kustomize = kustomize.to_str().context("path")?;
    let made = objects(&world.mesh.kubectl().run(&["kustomize", kustomize], "").await?)?;
    same(&made, &installed)?;
    let mut row = Row::new("kubectl kustomize");
    row.note("objects", Ok(made.len().to_string()));
    world.found(TITLE, row)?;

    let chart = deploy.join("helm");
    for (title, values, options) in [
        ("helm template", &[][..], &["--image", IMAGE][..]),
        (
            "helm template, all values",
            &[
                "--namespace=canary",
                "--set=image=serin:1,replicas=1,istioNamespace=mesh",
                "--set=arguments={--module-file=/a.wasm,--no-gate}",
            ],
            &[
                "--image=serin:1",
                "--namespace=canary",
                "--replicas=1",
                "--istio-namespace=mesh",
                "--module-file=/a.wasm",
                "--no-gate",
            ],
        ),
    ] {
        let home = world.mesh.folder("helm")?;
        let mut arguments = vec!["template", "serin", chart.to_str().context("path")?];
        arguments.extend(if values.is_empty() {
            &["--namespace=serin-system"][..]
        } else {
            values
        });
        let mut made = objects(&output(&programs.helm()?, &arguments, &home).await?)?;
        for object in made.values_mut().filter(|object| is_kind(object, "CustomResourceDefinition"))
        {
            let annotations = object["metadata"]["annotations"].as_object_mut();
            let kept = annotations.context("annotations")?.remove(KEEP);
            ensure!(kept == Some(json!("keep")), "Helm would delete the CRD");
        }
        let mut installed = install(programs, options).await?;
        // Helm makes it with `--create-namespace`.
        installed.retain(|_, object| !is_kind(object, "Namespace"));
        same(&made, &installed)?;
        let mut row = Row::new(title);
        row.note("objects", Ok(made.len().to_string()));
        world.found(TITLE, row)?;
    }
    Ok(())
}

fn is_kind(object: &Value, kind: &str) -> bool {
    object["kind"] == kind
}

async fn install(programs: &Programs, options: &[&str]) -> anyhow::Result<Objects> {
    let arguments = [&["install"], options].concat();
    objects(&output(&programs.serin, &arguments, Path::new(".")).await?)
}

async fn output(program: &PathBuf, arguments: &[&str], home: &Path) -> anyhow::Result<String> {
    let running = Command::new(program)
        .args(arguments)
        .env("HOME", home)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = running.await.with_context(|| format!("cannot run {}", program.display()))?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} {arguments:?}: {error}", program.display());
    Ok(String::from_utf8(output.stdout)?)
}

/// The objects of a stream, by what they are called.
fn objects(text: &str) -> anyhow::Result<Objects> {
    let (documents, fault) = load::documents(&Source::new("objects.yaml", text));
    ensure!(fault.is_none(), "it is no YAML:\n{text}");
    let values = documents.iter().map(|document| json_of(&document.node));
    let named = values.filter(|value| !value.is_null()).map(|object| {
        let metadata = &object["metadata"];
        (format!("{} {} {}", object["kind"], metadata["namespace"], metadata["name"]), object)
    });
    Ok(named.collect())
}

fn json_of(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => json!(value),
        Node::Number(value) => json!(value),
        Node::String(text) => json!(text),
        Node::List(items) => items.iter().map(json_of).collect(),
        Node::Map(entries) => {
            Value::Object(entries.iter().map(|(key, node)| (key.clone(), json_of(node))).collect())
        }
    }
}

fn same(made: &Objects, expected: &Objects) -> anyhow::Result<()> {
    let names = |objects: &Objects| objects.keys().cloned().collect::<Vec<_>>();
    ensure!(names(made) == names(expected), "{:?}\n{:?}", names(made), names(expected));
    for (name, object) in made {
        let expected = &expected[name];
        ensure!(object == expected, "{name}:\n{object:#}\nexpected:\n{expected:#}");
    }
    Ok(())
}
