//! What the host knows while a module runs: what the functions that it offers read and write.

use std::collections::{BTreeMap, BTreeSet};

use policy::split::Generator;

use super::abi::Level;
use super::effects::{Effects, Headers, Line};

pub(super) struct State {
    /// The configuration, while the module is being configured.
    pub(super) configuration: Vec<u8>,
    /// What the module has done since the host last looked.
    pub(super) effects: Effects,
    pub(super) metrics: Metrics,
    pub(super) random: Generator,
    /// The capabilities that are not cut; none: all of them.
    pub(super) allowed: Option<BTreeSet<String>>,
    /// The labels of the workload that the proxy stands before.
    pub(super) labels: BTreeMap<String, String>,
}

impl State {
    pub(super) fn new(
        seed: u64,
        allowed: Option<BTreeSet<String>>,
        labels: BTreeMap<String, String>,
    ) -> Self {
        Self {
            configuration: Vec::new(),
            effects: Effects::none(Headers::new()),
            metrics: Metrics::default(),
            random: Generator::new(seed),
            allowed,
            labels,
        }
    }

    /// Whether the module may call, or be called by, `function`.
    pub(super) fn allows(&self, function: &str) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(function))
    }

    pub(super) fn log(&mut self, level: Level, text: String) {
        self.effects.log.push(Line { level, text });
    }

    /// What was done since the last call, the headers given being the ones that it was done to.
    pub(super) fn exchange(&mut self, headers: Headers) -> Effects {
        std::mem::replace(&mut self.effects, Effects::none(headers))
    }
}

/// The counters of a proxy. One that is defined twice is one counter with two numbers, as in Envoy.
#[derive(Default)]
pub(super) struct Metrics {
    names: Vec<String>,
    values: BTreeMap<String, u64>,
}

impl Metrics {
    pub(super) fn define(&mut self, name: String) -> u32 {
        self.values.entry(name.clone()).or_default();
        self.names.push(name);
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    /// Adds to a counter and returns its name.
    pub(super) fn add(&mut self, id: u32, amount: u64) -> Option<&str> {
        let name = self.names.get(id.checked_sub(1)? as usize)?;
        *self.values.get_mut(name)? += amount;
        Some(name)
    }

    pub(super) fn values(&self) -> &BTreeMap<String, u64> {
        &self.values
    }
}
