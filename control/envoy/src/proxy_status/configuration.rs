//! The configuration of one of our filters, as it stands in a dump.

use document::load::reason;
use istio::render::wasm_plugin;
use istio::{host, names};
use policy::config::VERSION;
use policy::{Config, Node, Problems, Severity};
use serde_json::Value;

/// How Istio begins the names of the filters of WasmPlugins.
const OF_PLUGIN: &str = "extensions.istio.io/wasmplugin/";

/// What a wasm filter's `typed_config` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Configuration {
    /// The name of the plugin, under which Envoy keeps statistics.
    pub(super) plugin: String,
    /// What the module reads.
    text: String,
    /// The same as JSON; null if it is none.
    body: Value,
}

impl Configuration {
    pub(super) fn read(typed_config: &Value) -> Self {
        let config = &typed_config["config"];
        let text = config["configuration"]["value"].as_str().unwrap_or_default();
        Self {
            plugin: config["name"].as_str().unwrap_or_default().to_owned(),
            text: text.to_owned(),
            body: serde_json::from_str(text).unwrap_or_default(),
        }
    }

    /// `<namespace>/<name>`; none where it holds no Release.
    pub(super) fn release(&self) -> Option<String> {
        let release = &self.body["release"];
        let is_ours = release["kind"] == "Release";
        let metadata = &release["metadata"];
        let (namespace, name) = (metadata["namespace"].as_str()?, metadata["name"].as_str()?);
        is_ours.then(|| format!("{namespace}/{name}"))
    }

    /// Whether a cluster of Istio is the service of the Release, in any subset.
    pub(super) fn is_of_service(&self, cluster: &str) -> bool {
        let spec = &self.body["release"]["spec"];
        let namespace = self.body["release"]["metadata"]["namespace"].as_str().unwrap_or_default();
        let parts: Vec<&str> = cluster.split('|').collect();
        let (Some(host), ["outbound", port, _, fqdn]) = (spec["host"].as_str(), parts.as_slice())
        else {
            return false;
        };
        port.parse().ok() == spec["port"].as_f64() && host::is(host, namespace, fqdn)
    }

    /// Short for all of it.
    pub(super) fn digest(&self) -> String {
        format!("{:016x}", names::digest(self.text.as_bytes()))
    }

    /// Why the module refuses it, found by the code that runs in the module; empty if it does not, none if it is of
    /// a version that this program does not know.
    pub(super) fn problems(&self) -> Option<Vec<String>> {
        let node: Node = match serde_json::from_str(&self.text) {
            Ok(node) => node,
            Err(error) => return Some(vec![format!("expected JSON: {}", reason::json(&error))]),
        };
        if self.body["version"].as_u64().is_some_and(|version| version != u64::from(VERSION)) {
            return None;
        }
        let mut problems = Problems::default();
        if Config::read(&node, &mut problems).is_some() {
            return Some(Vec::new());
        }
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        Some(errors.map(ToString::to_string).collect())
    }

    /// How its decisions are told.
    pub(super) fn decision(&self) -> Option<Decision<'_>> {
        let header = &self.body["carrier"]["header"];
        if let (Some(name), Some(values)) = (header["name"].as_str(), header["values"].as_object())
        {
            return Some(Decision::Header(
                name,
                values.values().filter_map(Value::as_str).collect(),
            ));
        }
        let key = self.release()?.replacen('/', ".", 1);
        Some(Decision::FilterState(format!("wasm.serin.{key}")))
    }
}

/// How decisions are told to routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision<'a> {
    /// Filter state of this key.
    FilterState(String),
    /// A header with one of these values.
    Header(&'a str, Vec<&'a str>),
}

/// The Release, `<namespace>/<name>`, that a filter's name tells of: a name that `serin render` gave, or that Istio
/// made of one for the filter of a WasmPlugin.
pub(super) fn release_of(filter: &str) -> Option<String> {
    let (namespace, name) = if let Some(object) = filter.strip_prefix(OF_PLUGIN) {
        // `<namespace>.` and what `names::patch` gives.
        let (_, name) = object.split_once(".serin.")?;
        let mut parts = name.rsplitn(4, '.').skip(2);
        (parts.next() == Some(wasm_plugin::PLUGIN)).then_some(parts.next()?)?.split_once('.')?
    } else if let Some(parts) = filter.split_once("/serin.") {
        parts
    } else {
        filter.strip_prefix("serin.")?.split_once('.')?
    };
    Some(format!("{namespace}/{name}"))
}

#[cfg(test)]
mod tests {
    use policy::config::Carrier;
    use policy::{Checked, Path};
    use serde_json::json;

    use super::*;
    use document::load::{self, Source};

    fn release() -> Checked {
        let text = "{apiVersion: serin.dev/v1alpha1, kind: Release, metadata: {name: re.views, namespace: book-info}, \
                    spec: {host: reviews, port: 9080, stable: v1, subsets: [{name: v1, labels: {version: v1}}], \
                    attach: [{sidecar: {}}]}}";
        let (documents, fault) = load::documents(&Source::new("release.yaml", text));
        assert_eq!(fault, None);
        let mut problems = Problems::default();
        let checked = policy::check(&documents[0].node, &Path::root(), &mut problems);
        checked.unwrap_or_else(|| panic!("{problems}"))
    }

    fn configured(text: &str) -> Configuration {
        Configuration::read(
            &json!({ "config": { "name": "p", "configuration": { "value": text } } }),
        )
    }

    #[test]
    fn names_of_filters_tell_of_their_release() {
        let policy = release().policy;
        let plugin = names::patch(&policy, wasm_plugin::PLUGIN, &policy.attach()[0]);
        let plugin = format!("extensions.istio.io/wasmplugin/istio-system.{plugin}");
        for name in [names::qualified(&policy), names::resource(&policy), plugin] {
            assert_eq!(release_of(&name).as_deref(), Some("book-info/re.views"), "{name}");
        }
        for name in ["envoy.filters.http.router", "serin", "serin.x", "default/lua", "a.serin-b"]
            .into_iter()
            .chain([
                "extensions.istio.io/wasmplugin/a.b",
                "extensions.istio.io/wasmplugin/a.serin.b",
            ])
        {
            assert_eq!(release_of(name), None, "{name}");
        }
    }

    #[test]
    fn what_render_makes_is_read_and_has_no_problems() {
        let text = serde_json::to_string(&Config::new(release().spec, Carrier::default())).unwrap();
        let configuration = configured(&text);
        assert_eq!(configuration.release().as_deref(), Some("book-info/re.views"));
        assert_eq!(configuration.problems(), Some(vec![]));
        let key = format!("wasm.{}", release().policy.property());
        assert_eq!(configuration.decision(), Some(Decision::FilterState(key)));
        assert_ne!(configuration.digest(), configured("{}").digest());
    }

    #[test]
    fn every_problem_that_the_module_has_is_named() {
        let text = serde_json::to_string(&Config::new(release().spec, Carrier::default())).unwrap();
        let spoiled =
            text.replace("9080", "90800").replace("\"stable\":\"v1\"", "\"stable\":\"v9\"");
        let problems = configured(&spoiled).problems().unwrap();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(configured("no JSON").problems().unwrap()[0].starts_with("expected JSON"));
    }

    #[test]
    fn a_configuration_of_another_version_is_not_judged() {
        assert_eq!(configured("{\"version\":99}").problems(), None);
    }
}
