//! `serin install`, and what is committed of it: `deploy/kustomize` and `deploy/helm` are the same objects.
//!
//! `SERIN_BLESS=1 cargo test --release -p serin-tests install` writes `deploy/` anew: read the diff. That Helm and
//! kustomize make these objects of it is tested in tests/mesh/packages.rs, where they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::check::program::{Run, root, run};
use crate::readme::repository;

/// The image that `deploy/` names: each organization has its own.
const IMAGE: &str = "registry.example.com/serin-controller:0.1.0";

#[track_caller]
fn install(arguments: &[&str]) -> Run {
    let run = run(root(), &[&["install"], arguments].concat(), b"");
    assert_eq!(run.code, Some(0), "{}", run.shown());
    run
}

/// Each document with its object.
#[track_caller]
fn objects(arguments: &[&str]) -> Vec<(String, Value)> {
    let yaml = install(arguments).stdout;
    let json = install(&[arguments, &["--format", "json"]].concat()).stdout;
    let list: Value = serde_json::from_str(&json).unwrap();
    let texts = yaml.split("---\n").skip(1).map(str::to_owned);
    let objects = list["items"].as_array().unwrap().iter().cloned();
    let pairs: Vec<_> = texts.zip(objects).collect();
    assert_eq!(pairs.len(), yaml.matches("---\n").count());
    assert_eq!(pairs.len(), list["items"].as_array().unwrap().len());
    pairs
}

/// The file of an object.
fn file(object: &Value) -> String {
    let name = object["metadata"]["name"].as_str().unwrap();
    format!("{}-{name}.yaml", object["kind"].as_str().unwrap().to_lowercase())
}

#[test]
fn two_runs_print_the_same() {
    let arguments = ["--image", IMAGE, "--module-file", "/serin.wasm"];
    assert_eq!(install(&arguments).stdout, install(&arguments).stdout);
}

#[test]
fn a_module_that_the_controller_would_refuse_is_refused() {
    let refused = ["install", "--image", IMAGE, "--module-url", "http://modules.example.com/a"];
    let refused = run(root(), &refused, b"");
    assert_eq!(refused.code, Some(2), "{}", refused.shown());
    assert!(refused.stdout.is_empty(), "{}", refused.shown());
    let refused = run(root(), &["--context", "a", "install", "--image", IMAGE], b"");
    assert_eq!(refused.code, Some(2), "{}", refused.shown());
}

#[test]
fn the_pod_has_no_rights_on_its_node() {
    let all = objects(&["--image", IMAGE]);
    let (_, deployment) = all.iter().find(|(_, object)| object["kind"] == "Deployment").unwrap();
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    for (place, expected) in [
        (&pod["securityContext"]["runAsNonRoot"], "true"),
        (&pod["securityContext"]["seccompProfile"]["type"], "\"RuntimeDefault\""),
        (&container["securityContext"]["allowPrivilegeEscalation"], "false"),
        (&container["securityContext"]["readOnlyRootFilesystem"], "true"),
        (&container["securityContext"]["capabilities"]["drop"], "[\"ALL\"]"),
    ] {
        assert_eq!(place.to_string(), expected, "{deployment:#}");
    }
}

#[test]
fn the_arguments_of_the_deployment_are_those_of_the_controller() {
    let prometheus = ["--prometheus", "http://prometheus.monitoring:9090", "--series", "endpoints"];
    let options = ["--image", IMAGE, "-n", "canary", "--module-file=/a.wasm", "--no-gate"];
    let all = objects(&[options.as_slice(), &prometheus].concat());
    let (_, deployment) = all.iter().find(|(_, object)| object["kind"] == "Deployment").unwrap();
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let arguments = container["args"].as_array().unwrap().iter().map(|text| text.as_str().unwrap());
    let mut arguments: Vec<&str> = arguments.collect();
    assert!(arguments.contains(&"--prometheus=http://prometheus.monitoring:9090"), "{arguments:?}");
    arguments.push("--kubeconfig=/dev/null/file");
    // It gets as far as the kubeconfig.
    let tried = run(root(), &arguments, b"");
    assert_eq!(tried.code, Some(3), "{}", tried.shown());
    assert!(tried.stderr.contains("/dev/null/file"), "{}", tried.shown());
    let namespaced = all.iter().filter_map(|(_, object)| object["metadata"]["namespace"].as_str());
    let namespaces: std::collections::BTreeSet<&str> = namespaced.collect();
    assert_eq!(namespaces.into_iter().collect::<Vec<_>>(), ["canary", "istio-system"]);
}

/// The rights in the page are those in the roles.
#[test]
fn the_page_shows_the_rights_of_the_controller() {
    let page = fs::read_to_string(repository().join("docs/controller.md")).unwrap();
    let mut shown: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    shown.retain(|line| line.matches(" | ").count() == 3);
    let mut expected = Vec::new();
    for (_, object) in objects(&["--image", IMAGE]) {
        let place = match object["metadata"]["name"].as_str().unwrap() {
            _ if object["kind"] == "ClusterRole" => "everywhere",
            "serin-controller-proxies" => "`istio-system`",
            "serin-controller-reader" => "`serin-system`, all users",
            _ => "`serin-system`",
        };
        for rule in object["rules"].as_array().into_iter().flatten() {
            let words = |field: &str| {
                let words = rule[field].as_array().into_iter().flatten();
                words.map(|word| word.as_str().unwrap().to_owned()).collect::<Vec<_>>()
            };
            let resources: Vec<String> =
                words("resources").iter().map(|name| format!("`{name}`")).collect();
            let names: Vec<String> =
                words("resourceNames").iter().map(|name| format!(" `{name}`")).collect();
            let what = format!("{}{}", resources.join(", "), names.concat());
            expected.push((place.to_owned(), what, words("verbs").join(", ")));
        }
    }
    let shown: Vec<(String, String, String)> = shown
        .into_iter()
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            (cells[2].to_owned(), cells[0].to_owned(), cells[1].to_owned())
        })
        .collect();
    assert_eq!(shown, expected, "docs/controller.md");
}

/// The files of `deploy/kustomize`.
fn kustomize() -> BTreeMap<String, String> {
    let all = objects(&["--image", IMAGE]);
    let mut list = "# What `serin install` prints, written by a test. Name your image below.\n\
                    apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
        .to_owned();
    for (_, object) in &all {
        list.extend(["- ", &file(object), "\n"]);
    }
    let (name, tag) = IMAGE.rsplit_once(':').unwrap();
    list.extend(["images:\n- name: ", name, "\n  newTag: ", tag, "\n"]);
    let mut files: BTreeMap<String, String> =
        all.into_iter().map(|(text, object)| (file(&object), text)).collect();
    files.insert("kustomization.yaml".to_owned(), list);
    files
}

/// What stands in the place of a value of the chart, and what the chart has there.
const VALUES: [(&str, &str); 4] = [
    ("serin-namespace-here", "{{ .Release.Namespace }}"),
    ("serin-istio-here", "{{ .Values.istioNamespace }}"),
    ("serin/image/here", "{{ .Values.image | quote }}"),
    ("replicas: 10\n", "replicas: {{ .Values.replicas }}\n"),
];

/// The files of `deploy/helm`.
fn helm() -> BTreeMap<String, String> {
    let [namespace, istio, image, _] = VALUES.map(|(name, _)| name);
    let all = objects(&[
        "--image",
        image,
        "--namespace",
        namespace,
        "--istio-namespace",
        istio,
        "--replicas",
        "10",
    ]);
    let mut files = BTreeMap::new();
    for (text, object) in all {
        // Helm makes it, with `--create-namespace`.
        if object["kind"] == "Namespace" {
            continue;
        }
        assert!(!text.contains("{{"), "{text}");
        let mut text = VALUES.iter().fold(text, |text, (name, value)| text.replace(name, value));
        match object["kind"].as_str().unwrap() {
            "Deployment" => {
                let (namespace, istio) = (
                    "        - --controller-namespace={{ .Release.Namespace }}\n",
                    "        - --istio-namespace={{ .Values.istioNamespace }}\n",
                );
                let both = [namespace, istio].concat();
                assert!(text.contains(&both), "{text}");
                let arguments = format!(
                    "        {{{{- if ne .Release.Namespace \"serin-system\" }}}}\n{namespace}        {{{{- end }}}}\n        \
                     {{{{- if ne .Values.istioNamespace \"istio-system\" }}}}\n{istio}        {{{{- end }}}}\n        \
                     {{{{- range .Values.arguments }}}}\n        - {{{{ . | quote }}}}\n        {{{{- end }}}}\n"
                );
                text = text.replace(&both, &arguments);
            }
            "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding" => {
                text = format!("{{{{- if .Values.policy }}}}\n{text}{{{{- end }}}}\n");
            }
            "PodDisruptionBudget" => {
                text = format!("{{{{- if gt (int .Values.replicas) 1 }}}}\n{text}{{{{- end }}}}\n");
            }
            // Helm would delete it, and with it all Releases.
            "CustomResourceDefinition" => {
                let annotations = "  annotations:\n";
                let keep = format!("{annotations}    helm.sh/resource-policy: keep\n");
                assert!(text.contains(annotations));
                text = text.replacen(annotations, &keep, 1);
            }
            _ => {}
        }
        files.insert(format!("templates/{}", file(&object)), text);
    }
    let version = env!("CARGO_PKG_VERSION");
    let chart = format!(
        "apiVersion: v2\nname: serin\ndescription: The controller of Serin, as `serin install` prints it\n\
         type: application\nversion: {version}\nappVersion: {version}\n"
    );
    files.insert("Chart.yaml".to_owned(), chart);
    let values = format!(
        "# The container image of the controller: the one that you pushed to your registry\n\
         image: {IMAGE}\n\
         # How many controllers run; one of them acts\nreplicas: 2\n\
         # The namespace of istiod\nistioNamespace: istio-system\n\
         # Whether each verb of a rollout is a right of its own, by a ValidatingAdmissionPolicy (Kubernetes 1.30)\npolicy: true\n\
         # Further arguments of `serin controller`, such as --module-url=https://…\narguments: []\n"
    );
    files.insert("values.yaml".to_owned(), values);
    files
}

fn committed(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for inner in ["", "templates"] {
        for entry in fs::read_dir(folder.join(inner)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

#[track_caller]
fn is_committed(folder: &str, files: &BTreeMap<String, String>) {
    let place = repository().join(folder);
    if std::env::var_os("SERIN_BLESS").is_some_and(|value| value == "1") {
        let _ = fs::remove_dir_all(&place);
        for (name, text) in files {
            let path = place.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let there = committed(&place);
    let stale =
        files.keys().chain(there.keys()).filter(|name| files.get(*name) != there.get(*name));
    let stale: Vec<&String> = stale.collect();
    let help = "run `SERIN_BLESS=1 cargo test --release -p serin-tests install` and read the diff";
    assert!(stale.is_empty(), "{folder} is not what `serin install` prints: {stale:?}\n{help}");
}

#[test]
fn kustomize_has_what_is_printed() {
    is_committed("deploy/kustomize", &kustomize());
}

#[test]
fn the_chart_has_what_is_printed() {
    is_committed("deploy/helm", &helm());
}
