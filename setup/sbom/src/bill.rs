//! The bill, in the JSON of `CycloneDX`.

use anyhow::Context;
use serde_json::{Value, json};

use crate::lock::Lock;
use crate::tree::{Crate, Id, Tree};

/// The reference of Rust's standard library, which is in every artifact and in no tree.
const STD: &str = "rust-std";

/// What the bill is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Artifact<'a> {
    /// The name of its file.
    pub(crate) name: &'a str,
    /// The digest of its bytes.
    pub(crate) sha256: &'a str,
    /// What it was compiled for.
    pub(crate) target: &'a str,
    /// The version of the compiler, and so of the standard library.
    pub(crate) rust: &'a str,
}

/// The bill of an artifact that is linked of these crates.
pub(crate) fn of(artifact: &Artifact, tree: &Tree, lock: &Lock) -> anyhow::Result<Value> {
    let Tree { root, crates } = tree;
    let mut components = vec![json!({
        "type": "library",
        "bom-ref": STD,
        "name": STD,
        "version": artifact.rust,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "externalReferences": [{ "type": "vcs", "url": "https://github.com/rust-lang/rust" }],
    })];
    let mut dependencies = vec![json!({ "ref": STD, "dependsOn": [] })];
    for (id, read) in crates {
        let mut needs: Vec<String> = read.needs.iter().map(reference).collect();
        if id == root {
            needs.push(STD.to_owned());
        } else {
            components.push(component(id, read, lock)?);
        }
        dependencies.push(json!({ "ref": reference(id), "dependsOn": needs }));
    }
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": whole(artifact, tree) },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn whole(artifact: &Artifact, tree: &Tree) -> Value {
    let (_, version) = &tree.root;
    let mut whole = json!({
        "type": "application",
        "bom-ref": reference(&tree.root),
        "name": artifact.name,
        "version": version,
        "hashes": [{ "alg": "SHA-256", "content": artifact.sha256 }],
    });
    if let Some(root) = tree.crates.get(&tree.root) {
        describe(&mut whole, root);
    }
    whole["properties"] = json!([{ "name": "cargo:target", "value": artifact.target }]);
    whole
}

fn component(id: &Id, read: &Crate, lock: &Lock) -> anyhow::Result<Value> {
    let (name, version) = id;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(id),
        "name": name,
        "version": version,
    });
    // A crate of this workspace is in no registry, and another one there may have its name.
    if !read.is_ours {
        let checksum = lock.checksum(id);
        let checksum =
            checksum.with_context(|| format!("`{name} {version}` is not in the lock"))?;
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        component["purl"] = json!(format!("pkg:cargo/{name}@{version}"));
    }
    describe(&mut component, read);
    if !read.features.is_empty() {
        let features = read.features.join(",");
        component["properties"] = json!([{ "name": "cargo:features", "value": features }]);
    }
    Ok(component)
}

/// What the crate says about itself.
fn describe(component: &mut Value, read: &Crate) {
    if !read.license.is_empty() {
        // Old crates write `MIT/Apache-2.0`, which SPDX does not know.
        let expression = read.license.replace('/', " OR ");
        component["licenses"] = json!([{ "expression": expression }]);
    }
    if !read.repository.is_empty() {
        component["externalReferences"] = json!([{ "type": "vcs", "url": read.repository }]);
    }
}

fn reference((name, version): &Id) -> String {
    format!("{name}@{version}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TREE: &str = "\
0\tapp v0.1.0 (/src/app)\t\tApache-2.0\t
1\tinner v0.1.0 (/src/inner)\t\tApache-2.0\t
2\tone v1.0.0\tdefault,std\tMIT/Apache-2.0\thttps://example.com/one
";
    const LOCK: &str = "[[package]]\nname = \"one\"\nversion = \"1.0.0\"\nchecksum = \"0123\"\n";
    const ARTIFACT: Artifact =
        Artifact { name: "app", sha256: "4567", target: "wasm32-unknown-unknown", rust: "1.95.0" };

    fn bill(tree: &str) -> anyhow::Result<Value> {
        of(&ARTIFACT, &Tree::read(tree).unwrap(), &Lock::read(LOCK))
    }

    fn named<'a>(bill: &'a Value, name: &str) -> &'a Value {
        let components = bill["components"].as_array().unwrap();
        components.iter().find(|component| component["name"] == name).unwrap()
    }

    #[test]
    fn the_artifact_is_known_by_its_digest_and_crates_by_the_registrys() {
        let bill = bill(TREE).unwrap();
        let whole = &bill["metadata"]["component"];
        assert_eq!((&whole["name"], &whole["version"]), (&json!("app"), &json!("0.1.0")));
        assert_eq!(whole["hashes"][0]["content"], "4567");
        let one = named(&bill, "one");
        assert_eq!(one["purl"], "pkg:cargo/one@1.0.0");
        assert_eq!(one["hashes"][0]["content"], "0123");
        assert_eq!(one["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(one["properties"][0]["value"], "default,std");
        assert_eq!(named(&bill, STD)["version"], "1.95.0");
    }

    #[test]
    fn a_crate_of_the_workspace_is_not_said_to_be_in_the_registry() {
        assert_eq!(named(&bill(TREE).unwrap(), "inner").get("purl"), None);
    }

    #[test]
    fn every_dependency_leads_to_a_component() {
        let bill = bill(TREE).unwrap();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let mut known: BTreeSet<String> = list(&bill["components"])
            .iter()
            .map(|component| component["bom-ref"].as_str().unwrap().to_owned())
            .collect();
        known.insert(bill["metadata"]["component"]["bom-ref"].as_str().unwrap().to_owned());
        let dependencies = list(&bill["dependencies"]);
        assert_eq!(dependencies.len(), known.len());
        for dependency in dependencies {
            assert!(known.contains(dependency["ref"].as_str().unwrap()), "{dependency}");
            for needed in list(&dependency["dependsOn"]) {
                assert!(known.contains(needed.as_str().unwrap()), "{dependency}");
            }
        }
        let app = &bill["dependencies"][1];
        assert_eq!(*app, json!({ "ref": "app@0.1.0", "dependsOn": ["inner@0.1.0", STD] }));
    }

    #[test]
    fn a_crate_that_is_not_locked_is_refused() {
        let tree = TREE.replace("one v1.0.0", "one v1.0.1");
        let error = bill(&tree).unwrap_err();
        assert_eq!(error.to_string(), "`one 1.0.1` is not in the lock");
    }
}
