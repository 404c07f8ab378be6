//! What istiod sent to whom, and what of it they took.

use std::collections::{BTreeMap, BTreeSet};

use super::{Changed, Exchange, Proxy};

/// What every proxy was sent, by `<name>.<namespace>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<String, [Exchange; 4]>);

/// What proxies should have.
#[derive(Clone, Debug)]
pub(super) struct Expected<'a> {
    before: &'a Snapshot,
    concerned: &'a BTreeSet<String>,
    /// Each proxy of these namespaces is to be sent something.
    each_of: BTreeSet<&'a str>,
    /// Some proxy of each of these, if it has one, is.
    some_of: BTreeSet<&'a str>,
    /// Whatever was to be sent has been.
    pub(super) is_over: bool,
    /// Whether what was not taken is an error.
    pub(super) rejections: bool,
}

impl<'a> Expected<'a> {
    /// Nothing new.
    pub(super) fn nothing(before: &'a Snapshot, concerned: &'a BTreeSet<String>) -> Self {
        Self {
            before,
            concerned,
            each_of: BTreeSet::new(),
            some_of: BTreeSet::new(),
            is_over: false,
            rejections: true,
        }
    }

    /// What was changed.
    pub(super) fn of(
        changed: &'a [Changed],
        before: &'a Snapshot,
        concerned: &'a BTreeSet<String>,
    ) -> Self {
        let mut expected = Self::nothing(before, concerned);
        // Nothing to compare with.
        if before.0.is_empty() {
            return expected;
        }
        for changed in changed {
            if changed.is_patch() {
                expected.each_of.insert(changed.namespace());
            } else {
                expected.some_of.extend(concerned.iter().map(String::as_str));
            }
        }
        expected
    }
}

/// How far they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All have it.
    Done,
    /// These do not, yet.
    Waiting {
        /// Of the namespaces that are concerned.
        concerned: Vec<String>,
        /// The others.
        others: Vec<String>,
    },
    /// This one does not take it.
    Rejected {
        /// Who.
        proxy: String,
        /// Why.
        message: String,
    },
}

impl From<Vec<Proxy>> for Snapshot {
    fn from(proxies: Vec<Proxy>) -> Self {
        Self(proxies.into_iter().map(|proxy| (proxy.name, proxy.exchanges)).collect())
    }
}

impl Snapshot {
    /// How far they are.
    pub(super) fn judge(&self, expected: &Expected<'_>) -> Verdict {
        if expected.rejections
            && let Some((proxy, message)) = self.rejection(expected)
        {
            return Verdict::Rejected { proxy: proxy.to_owned(), message: message.to_owned() };
        }
        let mut late: BTreeSet<&str> = BTreeSet::new();
        for (name, now) in &self.0 {
            let before = expected.before.0.get(name);
            let is_settled = now.iter().enumerate().all(|(kind, exchange)| {
                let known = before.and_then(|before| before.get(kind));
                exchange.sent == exchange.acked
                    || !exchange.error.is_empty()
                        && (!expected.rejections
                            || !expected.concerned.contains(namespace(name))
                            || known.is_some_and(|known| known.error == exchange.error))
            });
            let is_awaited = expected.each_of.contains(namespace(name)) && !expected.is_over;
            if !is_settled || is_awaited && before == Some(now) {
                late.insert(name);
            }
        }
        if !expected.is_over {
            late.extend(
                expected.some_of.iter().flat_map(|space| self.idle(space, expected.before)),
            );
        }
        if late.is_empty() {
            return Verdict::Done;
        }
        let (concerned, others) = late
            .into_iter()
            .map(str::to_owned)
            .partition(|name| expected.concerned.contains(namespace(name)));
        Verdict::Waiting { concerned, others }
    }

    /// The proxies of a namespace, if none of them was sent anything.
    fn idle(&self, space: &str, before: &Self) -> Vec<&str> {
        let own = self.0.iter().filter(|(name, _)| namespace(name) == space);
        let mut idle = Vec::new();
        for (name, now) in own {
            if before.0.get(name) != Some(now) {
                return Vec::new();
            }
            idle.push(name.as_str());
        }
        idle
    }

    /// Something that a proxy that is concerned does not take, and that the change did not find already. What proxies of
    /// other namespaces do not take is another team's: it holds nothing up here.
    fn rejection(&self, expected: &Expected<'_>) -> Option<(&str, &str)> {
        self.0.iter().find_map(|(name, now)| {
            let before = expected.before.0.get(name);
            if !expected.concerned.contains(namespace(name)) {
                return None;
            }
            let new = now.iter().enumerate().find(|(kind, exchange)| {
                let known = before.and_then(|before| before.get(*kind));
                !exchange.error.is_empty()
                    && known.is_none_or(|known| known.error != exchange.error)
            });
            new.map(|(_, exchange)| (name.as_str(), exchange.error.as_str()))
        })
    }
}

/// The namespace in `<name>.<namespace>`.
fn namespace(proxy: &str) -> &str {
    proxy.rsplit_once('.').map_or("", |(_, namespace)| namespace)
}

#[cfg(test)]
mod tests;
