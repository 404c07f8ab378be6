//! Envoy's statistics by name. In a mesh most are not there: Istio has proxies keep few unless it is told otherwise
//! (`sidecar.istio.io/statsInclusionPrefixes`), those that begin with `wasm` among them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::configuration::Configuration;

/// All statistics that have one value.
pub(super) struct Stats<'a>(BTreeMap<&'a str, &'a Value>);

/// What the statistics say about the configurations that one filter got; none: Envoy does not keep that number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct History {
    /// How many were refused.
    pub(super) refused: Option<u64>,
    /// How many differed from the one before, refused ones included.
    pub(super) different: Option<u64>,
    /// When one was taken last, in milliseconds since 1970; 0: never. One that had just been refused and comes again
    /// is taken.
    pub(super) taken_at: Option<u64>,
    /// The version of that one.
    pub(super) taken: Option<String>,
    /// Whether one ever started the module.
    pub(super) has_started: Option<bool>,
}

impl<'a> Stats<'a> {
    pub(super) fn read(stats: &'a Value) -> Self {
        let list = stats["stats"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named = |stat: &'a Value| Some((stat["name"].as_str()?, &stat["value"]));
        Self(list.iter().filter_map(named).collect())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    /// The counters that begin with `prefix`, without it.
    pub(super) fn below(&self, prefix: &str) -> impl Iterator<Item = (&'a str, u64)> {
        let rest = move |(name, value): (&&'a str, &&'a Value)| {
            Some((name.strip_prefix(prefix)?, value.as_u64()?))
        };
        self.0.iter().filter_map(rest)
    }

    /// The configurations of the filter `name`, of which the last one is `last`.
    pub(super) fn history(&self, name: &str, last: Option<&Configuration>) -> History {
        let of = |what: &str| format!("extension_config_discovery.http_filter.{name}.{what}");
        let taken = self.0.get(of("version_text").as_str()).and_then(|text| text.as_str());
        History {
            refused: self.number(&of("update_rejected")),
            different: self.number(&of("config_reload")),
            taken_at: self.number(&of("update_time")),
            taken: taken.filter(|text| !text.is_empty()).map(str::to_owned),
            has_started: last.and_then(|last| self.has_started(last)),
        }
    }

    /// Envoy gives a plugin statistics when its module has been started and configured for the first time.
    fn has_started(&self, configuration: &Configuration) -> Option<bool> {
        self.number("wasm.wasm_vm_count")?;
        let of_plugin = format!("wasm.{}.", configuration.plugin);
        Some(self.below(&of_plugin).next().is_some())
    }

    /// How often the module was started anew.
    pub(super) fn restarts(&self, configuration: &Configuration) -> u64 {
        let name = format!("wasm.{}.vm_reload_success", configuration.plugin);
        self.number(&name).unwrap_or_default()
    }
}
