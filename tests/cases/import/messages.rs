//! What is printed about the files of tests/data/import: those whose names begin with `bad-` are refused.

use std::collections::BTreeSet;
use std::fs;

use policy::Code;
use serde_json::Value;

use crate::check::matches;
use crate::check::program::{Run, root, run};

/// The files of tests/data/import, sorted.
fn files() -> Vec<String> {
    let entries = fs::read_dir(root().join("data/import")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A run of `serin import` in tests/data/import.
fn import(arguments: &[&str]) -> Run {
    let arguments: Vec<&str> = ["import"].iter().chain(arguments).copied().collect();
    run(&root().join("data/import"), &arguments, b"")
}

fn listed(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.stderr)
        .unwrap_or_else(|e| panic!("{}: {e}: {}", run.command, run.stderr))
}

#[test]
fn every_file_is_imported_or_refused() {
    for file in files() {
        let text = import(&[&file]);
        let is_bad = file.starts_with("bad-");
        assert_eq!(text.code, Some(i32::from(is_bad)), "{}", text.shown());
        assert_eq!(text.stdout.is_empty(), is_bad, "{}", text.shown());
        matches(&format!("import-{}", file.replace('.', "-")), &text);
    }
}

#[test]
fn what_is_imported_is_well_and_the_same_as_json() {
    for file in files().iter().filter(|file| !file.starts_with("bad-")) {
        let yaml = import(&[file]);
        let checked = run(root(), &["check", "-"], yaml.stdout.as_bytes());
        assert_eq!(checked.code, Some(0), "{file}: {}", checked.shown());
        let json = import(&["--format", "json", file]);
        assert_eq!(json.code, Some(0), "{}", json.shown());
        let checked_json = run(root(), &["check", "-"], json.stdout.as_bytes());
        let line = |run: &Run| run.stdout.lines().last().map(str::to_owned);
        assert_eq!(line(&checked), line(&checked_json), "{file}");
        let again = import(&[file]);
        assert_eq!(again.stdout, yaml.stdout, "{file}: other bytes the second time");
    }
}

#[test]
fn programs_get_one_list() {
    let mut seen = BTreeSet::new();
    for file in files() {
        let run = import(&["--format", "json", &file]);
        let listed = listed(&run);
        let errors = listed.iter().filter(|problem| problem["severity"] == "error").count();
        assert_eq!(errors > 0, file.starts_with("bad-"), "{}", run.shown());
        seen.extend(listed.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()));
        for problem in listed.iter().filter(|problem| problem["path"].is_string()) {
            assert!(problem["line"].is_u64() && problem["file"] == file.as_str(), "{problem}");
        }
    }
    assert!(seen.contains(Code::Unsupported.as_str()), "{seen:?}");
    matches("import-as-json", &import(&["--format", "json", "stable-by-name.yaml"]));
    matches("import-refused-as-json", &import(&["--format", "json", "bad-no-catch-all.yaml"]));
    matches("import-several-as-json", &import(&["--format", "json", "bad-several.yaml"]));
}

#[test]
fn options_say_what_the_files_do_not() {
    let stable = ["half-of-the-company.yaml", "--stable", "v2", "--port", "9080"];
    let identity = ["--identity", "cookie=device-id", "--identity", "header=x-user"];
    let attach =
        ["--attach", "sidecar:app=web,tier=front@shop", "--attach", "gateway:istio=x@edge"];
    let all: Vec<&str> = stable.into_iter().chain(identity).chain(attach).collect();
    matches("import-options", &import(&all));
    let wrong = ["--attach", "pod:a=b", "--attach", "gateway", "--identity", "query=a"];
    let wrong: Vec<&str> = ["primary-only.yaml"].into_iter().chain(wrong).collect();
    matches("import-options-wrong", &import(&wrong));
    matches("import-stable-wrong", &import(&["cookie-canary.yaml", "--stable", "v3"]));
    matches("import-picked", &import(&["bad-several.yaml", "--name", "shop/cart"]));
    matches("import-picked-none", &import(&["bad-several.yaml", "--name", "edge/cart"]));
    matches("import-no-such-file", &import(&["no-such-file.yaml", "cookie-canary.yaml"]));
    matches("import-nothing", &import(&[]));
}

#[test]
fn of_a_gateway_and_the_mesh_the_attached_ones_are_imported() {
    let file = "bad-gateway-and-mesh.yaml";
    let gateway = ["--attach", "gateway:istio=ingressgateway@istio-system"];
    let imported = import(&[&[file], gateway.as_slice()].concat());
    assert_eq!(imported.code, Some(0), "{}", imported.shown());
    matches("import-gateway-without-mesh", &imported);
    let sidecar = ["--attach", "sidecar:app=web"];
    let refused = import(&[&[file], sidecar.as_slice()].concat());
    assert_eq!(refused.code, Some(1), "{}", refused.shown());
    let both = import(&[&[file], gateway.as_slice(), sidecar.as_slice()].concat());
    assert_eq!(both.code, Some(1), "{}", both.shown());
    // The host of the destinations is there, too: each side can be imported alone.
    let text = fs::read_to_string(root().join("data/import").join(file)).unwrap();
    let text = text.replace("hosts: [shop.example.com]", "hosts: [shop.example.com, cart]");
    for (attach, is_elsewhere) in
        [(gateway, "x-tester: {exact: \"no\"}"), (sidecar, "exact: \"yes\"")]
    {
        let run = run(root(), &[&["import", "-"], attach.as_slice()].concat(), text.as_bytes());
        assert_eq!(run.code, Some(0), "{}", run.shown());
        assert!(
            text.contains(is_elsewhere) && !run.stdout.contains(is_elsewhere),
            "{}",
            run.shown()
        );
        assert_eq!(run.stdout.matches("- name: ").count(), 3, "{}", run.shown());
    }
}

#[test]
fn a_folder_and_standard_input_are_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = root().join("data/import");
    fs::copy(data.join("cookie-canary.yaml"), folder.path().join("all.yaml")).unwrap();
    fs::write(folder.path().join("template.yaml"), "a: {{ .Values.a }}\nb: [\n").unwrap();
    let from_folder = run(folder.path(), &["import", "."], b"");
    let text = fs::read(data.join("cookie-canary.yaml")).unwrap();
    let from_input = run(root(), &["import", "-"], &text);
    let named = import(&["cookie-canary.yaml"]);
    assert_eq!(from_folder.stdout, named.stdout, "{}", from_folder.shown());
    assert_eq!(from_input.stdout, named.stdout, "{}", from_input.shown());
}

#[test]
fn input_that_is_built_to_hurt_ends_well() {
    let head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec:\n  hosts: [a]\n  http:\n";
    let rule = |n: usize| {
        format!(
            "  - match: [{{headers: {{x-a: {{exact: \"{n}\"}}}}}}]\n    route: [{{destination: {{host: a, subset: v{}}}}}]\n",
            n % 9
        )
    };
    let last = "  - route: [{destination: {host: a, subset: v1}}]\n";
    let many: String = (0..3000).map(rule).collect();
    let long = format!("{head}{many}{last}");
    let imported = run(root(), &["import", "-"], long.as_bytes());
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let large = format!("{head}{}", "# ".repeat(6 * 1024 * 1024));
    let deep = format!("{head}  - {}", "[".repeat(100_000));
    let broken = format!("{head}  - route: [\n");
    for (text, code) in
        [(large, 3), (deep, 1), (broken, 1), (String::new(), 1), ("\u{0}".to_owned(), 1)]
    {
        let refused = run(root(), &["import", "-"], text.as_bytes());
        assert_eq!(refused.code, Some(code), "{}", refused.stderr);
        assert!(refused.stdout.is_empty() && refused.stderr.len() < 20_000);
    }
}
