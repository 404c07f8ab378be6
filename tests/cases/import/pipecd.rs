//! Pipelines of PipeCD: the one of the tutorial that Serin is measured by, and files that stand by themselves.

use std::fs;

use serde_json::{Value, json};

use crate::check::program::{Run, root, run};

/// The objects of the tutorial, where it stands beside the repository (`shared/seeds`): it is read in place.
fn tutorial() -> Option<Vec<String>> {
    let seeds = root().ancestors().map(|folder| folder.join("shared/seeds"));
    let text = seeds
        .map(|seeds| fs::read_to_string(seeds.join("pipecd-istio-canary.md")))
        .find_map(Result::ok)?;
    let blocks = text.split("``` yaml\n").skip(1);
    Some(blocks.filter_map(|block| Some(block.split_once("\n```")?.0.to_owned())).collect())
}

fn release(run: &Run) -> Value {
    assert_eq!(run.code, Some(0), "{}", run.shown());
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_tutorials_pipeline_becomes_a_rollout() {
    let Some(objects) = tutorial() else { return };
    let input = objects.join("\n---\n");
    let options = ["--port", "80", "--identity", "cookie=device-id", "--format", "json"];
    let imported = run(root(), &[&["import", "-"], &options[..]].concat(), input.as_bytes());
    let spec = &release(&imported)["spec"];
    let rollout = json!({ "candidate": "canary", "steps": [
        { "scale": { "canary": "50%" } },
        { "shift": { "canary": 10 } },
        { "approve": { "timeout": "6h" } },
        { "update": { "from": "canary", "to": "primary" } },
        { "promote": "primary" },
        { "retire": "canary" },
    ] });
    assert_eq!(spec["rollout"], rollout);
    assert_eq!((&spec["stable"], &spec["port"]), (&json!("primary"), &json!(80)));
    let names = |key: &str| -> Vec<&Value> {
        spec["subsets"].as_array().unwrap().iter().map(|subset| &subset[key]).collect()
    };
    assert_eq!(names("name"), [&json!("primary"), &json!("canary")]);
    let label = |value: &str| json!({ "pipecd.dev/variant": value });
    assert_eq!(names("labels"), [&label("primary"), &label("canary")]);
    let checked = run(root(), &["check", "-"], imported.stdout.as_bytes());
    assert_eq!(checked.code, Some(0), "{}", checked.shown());
}

/// Other people's files, where they stand beside the repository (`shared/cases`).
#[test]
fn every_file_is_imported_or_refused() {
    let mut cases = root().ancestors().map(|folder| folder.join("shared/cases/pipecd"));
    let Some(cases) = cases.find_map(|cases| fs::read_dir(cases).ok()) else { return };
    for path in cases.map(|entry| entry.unwrap().path()) {
        let file = path.to_str().unwrap();
        let imported = run(root(), &["import", file], b"");
        let is_whole = path.file_name().is_some_and(|name| name == "mesh-istio-canary.yaml");
        assert_eq!(imported.code, Some(i32::from(!is_whole)), "{}", imported.shown());
        assert_eq!(imported.stdout.is_empty(), !is_whole, "{}", imported.shown());
        if is_whole {
            let checked = run(root(), &["check", "-"], imported.stdout.as_bytes());
            assert_eq!(checked.code, Some(0), "{}", checked.shown());
        }
    }
}

/// The documents of a file of tests/data/import, each in a file of its own.
fn apart(file: &str, names: &[&str]) -> tempfile::TempDir {
    let text = fs::read_to_string(root().join("data/import").join(file)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, document) in names.iter().zip(text.split("---\n")) {
        fs::write(folder.path().join(name), document).unwrap();
    }
    folder
}

#[test]
fn the_files_of_an_application_are_read_from_its_folder() {
    let names = [".pipe.yaml", "vs.yaml", "other.yaml", "dr.yaml", "svc.yaml", "deployment.yaml"];
    let folder = apart("pipecd-canary.yaml", &names);
    let found = run(folder.path(), &["import", "--format", "json", "."], b"");
    let named = run(
        &root().join("data/import"),
        &["import", "--format", "json", "pipecd-canary.yaml"],
        b"",
    );
    assert_eq!(release(&found), release(&named));
}

#[test]
fn problems_are_said_of_the_file_that_they_are_in() {
    let folder = apart("bad-pipecd-routes.yaml", &["app.pipecd.yaml", "vs.yaml"]);
    let run =
        run(folder.path(), &["import", "--format", "json", "vs.yaml", "app.pipecd.yaml"], b"");
    assert_eq!(run.code, Some(1), "{}", run.shown());
    let problems: Vec<Value> = serde_json::from_str(&run.stderr).unwrap();
    let places: Vec<(&str, u64)> = problems
        .iter()
        .map(|problem| (problem["file"].as_str().unwrap(), problem["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [("vs.yaml", 7), ("vs.yaml", 12), ("app.pipecd.yaml", 12)]);
}
