//! The control plane of a mesh, and its proxies.

use std::collections::BTreeMap;
use std::time::Duration;

use super::store::Key;
use crate::drive::cluster::endpoints::Labels;
use crate::drive::cluster::proxies::{Exchange, Known, Proxy};
use crate::drive::cluster::{Error, Object};

/// Why a proxy does not take an object; none: it does.
type Rejection = Box<dyn Fn(&Object) -> Option<String> + Send>;

/// The control plane, and how long what is written takes to get to proxies.
pub(crate) struct Istiod {
    /// What was written when: the object's version, or that it is gone.
    log: Vec<(Duration, Key, Option<String>)>,
    /// After so long it knows.
    pub(crate) knows_after: Duration,
    /// After so long it sends.
    pub(crate) sends_after: Duration,
    /// After so long proxies take what they were sent.
    pub(crate) takes_after: Duration,
    /// The proxies by `<name>.<namespace>`.
    proxies: BTreeMap<String, Taking>,
    /// The labels of pods that it takes to be there until then.
    pub(crate) lingering: Vec<(Duration, Labels)>,
    /// Why it cannot be asked.
    pub(crate) blind: Option<String>,
}

/// What a proxy does with what it is sent.
#[derive(Default)]
pub(crate) struct Taking {
    /// It takes nothing any more.
    pub(crate) is_stuck: bool,
    /// What it does not take.
    pub(crate) rejects: Option<Rejection>,
}

impl Default for Istiod {
    fn default() -> Self {
        Self {
            log: Vec::new(),
            knows_after: Duration::from_millis(100),
            sends_after: Duration::from_millis(200),
            takes_after: Duration::from_millis(300),
            proxies: BTreeMap::new(),
            lingering: Vec::new(),
            blind: None,
        }
    }
}

impl Istiod {
    /// A proxy.
    pub(crate) fn proxy(&mut self, name: &str) -> &mut Taking {
        self.proxies.entry(name.to_owned()).or_default()
    }

    /// That an object was written.
    pub(super) fn wrote(&mut self, now: Duration, key: Key, version: Option<String>) {
        self.log.push((now, key, version));
    }

    /// That it can be asked.
    pub(super) fn seeing(&self) -> Result<(), Error> {
        match &self.blind {
            Some(reason) => Err(Error::Blind { reason: reason.clone() }),
            None => Ok(()),
        }
    }

    pub(super) fn known(&self, now: Duration) -> Vec<Known> {
        let mut known = BTreeMap::new();
        for (_, key, version) in self.until(now, self.knows_after) {
            match version {
                Some(version) => known.insert(key.clone(), version.clone()),
                None => known.remove(key),
            };
        }
        let known = known.into_iter().map(|((kind, namespace, name), resource_version)| Known {
            kind,
            namespace,
            name,
            resource_version,
        });
        known.collect()
    }

    pub(super) fn lingering(&self, now: Duration) -> Vec<Labels> {
        let there = self.lingering.iter().filter(|(until, _)| now < *until);
        there.map(|(_, labels)| labels.clone()).collect()
    }

    /// Whether it matters to a proxy what objects say.
    pub(super) fn is_any_rejecting(&self) -> bool {
        self.proxies.values().any(|taking| taking.rejects.is_some())
    }

    /// What the proxies of a namespace were sent of these objects, and took.
    pub(super) fn proxies(
        &self,
        namespace: Option<&str>,
        objects: &[Object],
        now: Duration,
    ) -> Vec<Proxy> {
        let mut proxies = Vec::new();
        for (name, taking) in &self.proxies {
            let own = name.rsplit('.').next().unwrap_or_default();
            if namespace.is_some_and(|namespace| namespace != own) {
                continue;
            }
            let is_for = |key: &Key| {
                let is_patch = matches!(key.0.as_str(), "EnvoyFilter" | "WasmPlugin");
                !is_patch || key.1 == own
            };
            let count = |after| {
                self.until(now, after).filter(|(_, key, _)| is_for(key)).count().to_string()
            };
            let mut exchange = Exchange {
                sent: count(self.sends_after),
                acked: count(self.takes_after),
                error: String::new(),
            };
            let mine = objects.iter().filter(|object| is_for(&super::store::key(object)));
            if let Some(error) =
                taking.rejects.as_ref().and_then(|rejects| mine.into_iter().find_map(rejects))
            {
                exchange = Exchange { acked: "before".to_owned(), error, ..exchange };
            }
            if taking.is_stuck {
                exchange.acked = "stuck".to_owned();
            }
            let exchanges =
                [Exchange::default(), Exchange::default(), exchange, Exchange::default()];
            proxies.push(Proxy { name: name.clone(), istiod: "istiod".to_owned(), exchanges });
        }
        proxies
    }

    fn until(
        &self,
        now: Duration,
        after: Duration,
    ) -> impl Iterator<Item = &(Duration, Key, Option<String>)> {
        self.log.iter().filter(move |(written, ..)| *written + after <= now)
    }
}
