//! `/config_dump`: the filters in its listeners, what discovery brought for them, and its virtual hosts.

use std::collections::BTreeMap;

use istio::render::wasm_filter;
use serde_json::Value;

use super::RefusedListener;
use super::configuration::Configuration;

/// A list; empty where there is none.
fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn http_filters(listener: &Value) -> impl Iterator<Item = &Value> {
    let chains = list(&listener["filter_chains"]).iter();
    let chains = chains.chain(std::iter::once(&listener["default_filter_chain"]));
    let filters = chains.flat_map(|chain| list(&chain["filters"]));
    filters.flat_map(|filter| list(&filter["typed_config"]["http_filters"]))
}

/// What of a dump concerns filters.
#[derive(Default)]
pub(super) struct Dump<'a> {
    /// The name of the node.
    pub(super) node: &'a str,
    /// Every filter for HTTP, by name.
    pub(super) filters: BTreeMap<&'a str, Found<'a>>,
    /// What came last for a filter by discovery, by its name.
    pub(super) offers: BTreeMap<&'a str, Offer<'a>>,
    /// All virtual hosts.
    pub(super) hosts: Vec<Host<'a>>,
    /// Updates of listeners that were refused.
    pub(super) refused_listeners: Vec<RefusedUpdate<'a>>,
}

/// An update of a listener that was refused.
pub(super) struct RefusedUpdate<'a> {
    pub(super) listener: RefusedListener,
    /// The filters that it was to have.
    pub(super) filters: Vec<&'a str>,
}

/// A filter in listeners.
pub(super) struct Found<'a> {
    /// The listeners, each once.
    pub(super) listeners: Vec<&'a str>,
    /// Whether no listener has it switched on for all.
    pub(super) is_disabled: bool,
    /// Whether no listener that holds it takes requests yet.
    pub(super) is_warming: bool,
    /// Its configuration, where the listener itself has it, and not discovery.
    pub(super) fixed: Option<Offer<'a>>,
}

/// A configuration as it came.
pub(super) struct Offer<'a> {
    /// What its sender called it.
    pub(super) version: &'a str,
    /// When it came.
    pub(super) since: &'a str,
    /// What it is.
    pub(super) kind: Kind,
    /// What Envoy has against it, in versions that say so.
    pub(super) error: Option<&'a str>,
}

/// What is offered for a filter.
pub(super) enum Kind {
    /// A module with its configuration.
    Module(Configuration),
    /// What istio-agent puts in the place of a module that it could not fetch.
    StandIn {
        /// Whether it lets no request pass.
        denies: bool,
    },
}

/// A virtual host.
#[derive(Clone, Copy)]
pub(super) struct Host<'a> {
    /// The settings of filters that hold for all virtual hosts there.
    pub(super) filters: &'a Value,
    /// The virtual host.
    pub(super) body: &'a Value,
}

impl<'a> Dump<'a> {
    pub(super) fn read(dump: &'a Value) -> Self {
        let mut read = Self::default();
        for section in list(&dump["configs"]) {
            match text(&section["@type"]).rsplit('.').next().unwrap_or_default() {
                "BootstrapConfigDump" => read.node = text(&section["bootstrap"]["node"]["id"]),
                "EcdsConfigDump" => read.discovered(section),
                "ListenersConfigDump" => read.listeners(section),
                "RoutesConfigDump" => read.routes(section),
                _ => {}
            }
        }
        read
    }

    fn discovered(&mut self, section: &'a Value) {
        for entry in list(&section["ecds_filters"]) {
            let filter = &entry["ecds_filter"];
            if let Some(offer) = Offer::read(entry, &filter["typed_config"]) {
                self.offers.insert(text(&filter["name"]), offer);
            }
        }
    }

    fn listeners(&mut self, section: &'a Value) {
        for entry in list(&section["static_listeners"]) {
            self.listener(entry, false);
        }
        for entry in list(&section["dynamic_listeners"]) {
            self.listener(&entry["active_state"], false);
            self.listener(&entry["warming_state"], true);
            self.refused(entry);
        }
    }

    /// A listener whose last update was refused; Envoy lists it a second time, without its name.
    fn refused(&mut self, entry: &'a Value) {
        let error = &entry["error_state"];
        let offered = &error["failed_configuration"];
        let name = match text(&entry["name"]) {
            "" => text(&offered["name"]),
            name => name,
        };
        let known = &mut self.refused_listeners;
        if error.is_object() && known.iter().all(|known| known.listener.name != name) {
            let listener = RefusedListener {
                name: name.to_owned(),
                since: error["last_update_attempt"].as_str().map(str::to_owned),
                details: text(&error["details"]).to_owned(),
            };
            let filters = http_filters(offered).map(|filter| text(&filter["name"])).collect();
            known.push(RefusedUpdate { listener, filters });
        }
    }

    /// The filters of a listener in one of its states.
    fn listener(&mut self, state: &'a Value, is_warming: bool) {
        let listener = &state["listener"];
        for filter in http_filters(listener) {
            self.filter(text(&listener["name"]), state, filter, is_warming);
        }
    }

    fn filter(&mut self, listener: &'a str, state: &'a Value, filter: &'a Value, is_warming: bool) {
        let found = self.filters.entry(text(&filter["name"])).or_insert_with(|| Found {
            listeners: Vec::new(),
            is_disabled: true,
            is_warming: true,
            fixed: None,
        });
        if !found.listeners.contains(&listener) {
            found.listeners.push(listener);
        }
        found.is_disabled &= filter["disabled"] == true;
        found.is_warming &= is_warming;
        if let Some(fixed) = Offer::read(state, &filter["typed_config"]) {
            found.fixed = Some(fixed);
        }
    }

    fn routes(&mut self, section: &'a Value) {
        let tables = ["static_route_configs", "dynamic_route_configs"];
        for entry in tables.iter().flat_map(|tables| list(&section[*tables])) {
            let table = &entry["route_config"];
            for host in list(&table["virtual_hosts"]) {
                self.hosts.push(Host { filters: &table["typed_per_filter_config"], body: host });
            }
        }
    }
}

impl<'a> Offer<'a> {
    /// `entry` says when and in which version it came. None if it is of no type that a filter of ours may have.
    fn read(entry: &'a Value, typed_config: &'a Value) -> Option<Self> {
        let rules = &typed_config["rules"];
        let kind = match text(&typed_config["@type"]) {
            wasm_filter::TYPE => Kind::Module(Configuration::read(typed_config)),
            // Rules that are there and allow nothing.
            wasm_filter::RBAC => Kind::StandIn { denies: rules.is_object() },
            _ => return None,
        };
        Some(Self {
            version: text(&entry["version_info"]),
            since: text(&entry["last_updated"]),
            kind,
            error: entry["error_state"]["details"].as_str(),
        })
    }

    /// The configuration of the module, if it is one.
    pub(super) fn configuration(&self) -> Option<&Configuration> {
        match &self.kind {
            Kind::Module(configuration) => Some(configuration),
            Kind::StandIn { .. } => None,
        }
    }
}
