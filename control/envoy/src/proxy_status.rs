//! What one running Envoy makes of Releases: which configuration of each filter decides, what was refused, and where
//! routes switch the filter on. Pure: read from two answers of Envoy's admin interface, `/config_dump` and `/stats`.
//!
//! The dump alone would mislead. It lists the configuration that came last, even where Envoy refused it and goes on
//! with the one before; and when the refused one comes again, Envoy counts that as taken. What is believed instead
//! stands in `verdict`.

mod configuration;
mod counters;
mod dump;
mod routes;
mod stats;
pub mod table;
mod time;
mod verdict;

use serde::Serialize;
use serde_json::Value;

use configuration::Configuration;
use dump::{Dump, Found, Offer, RefusedUpdate};
use stats::Stats;

pub use counters::Decisions;
pub use routes::Switched;
pub use verdict::{Cause, Refused, State, Verdict};

/// What an Envoy says about itself and about its filters of Releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// What it is called in its mesh.
    pub node: String,
    /// The filters, by name.
    pub filters: Vec<Filter>,
    /// Updates that it refused of listeners that hold such a filter.
    pub refused_listeners: Vec<RefusedListener>,
}

/// A filter of a Release in an Envoy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// Its name in Envoy.
    pub name: String,
    /// The Release, `<namespace>/<name>`.
    pub release: String,
    /// Which configuration decides.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The listeners that hold the filter.
    pub listeners: Vec<String>,
    /// Where it is switched on.
    pub switched: Switched,
    /// How many requests each rule gave to each subset, since this Envoy started.
    pub decisions: Vec<Decisions>,
    /// How often the module was started anew after it had failed. Failures as such are counted nowhere.
    pub restarts: u64,
}

/// An update of a listener that Envoy refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedListener {
    /// The listener.
    pub name: String,
    /// When the update came.
    pub since: Option<String>,
    /// What Envoy said.
    pub details: String,
}

impl Status {
    /// Reads the answers to `/config_dump` and `/stats?format=json`.
    #[must_use]
    pub fn read(config_dump: &Value, stats: &Value) -> Self {
        let dump = Dump::read(config_dump);
        let stats = Stats::read(stats);
        let filters = dump
            .filters
            .iter()
            .filter_map(|(name, found)| Filter::read(name, found, &dump, &stats));
        let filters: Vec<Filter> = filters.collect();
        let holds_ours = |update: &RefusedUpdate| {
            let names = filters.iter().flat_map(|filter: &Filter| &filter.listeners);
            update.filters.iter().any(|name| configuration::release_of(name).is_some())
                || names.into_iter().any(|name| *name == update.listener.name)
        };
        let refused = dump.refused_listeners.into_iter().filter(holds_ours);
        let refused_listeners = refused.map(|update| update.listener).collect();
        Self { node: dump.node.to_owned(), filters, refused_listeners }
    }

    /// Whether there are filters, each decides by the configuration that came last, and routes heed it.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        !self.filters.is_empty()
            && self.filters.iter().all(Filter::is_ok)
            && self.refused_listeners.is_empty()
    }
}

impl Filter {
    /// None if the filter is none of ours.
    fn read(name: &str, found: &Found, dump: &Dump, stats: &Stats) -> Option<Self> {
        let offer = found.fixed.as_ref().or_else(|| dump.offers.get(name));
        let configuration = offer.and_then(Offer::configuration);
        let release = configuration.and_then(Configuration::release);
        let release = release.or_else(|| configuration::release_of(name))?;
        Some(Self {
            name: name.to_owned(),
            verdict: verdict::judge(found, offer, &stats.history(name, configuration)),
            listeners: found.listeners.iter().map(|name| (*name).to_owned()).collect(),
            switched: Switched::read(name, !found.is_disabled, configuration, &dump.hosts),
            decisions: counters::decisions(stats, &release),
            restarts: configuration.map_or(0, |configuration| stats.restarts(configuration)),
            release,
        })
    }

    /// Whether it decides by the configuration that came last, and routes heed it.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.verdict.state == State::InForce
            && self.switched.routes > 0
            && self.switched.heedless.is_empty()
    }
}

#[cfg(test)]
mod tests;
