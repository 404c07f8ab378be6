//! What istiod sent to whom, and what of it they took.

use std::collections::{BTreeMap, BTreeSet};

use super::changed::{EVERY, Kinds};
use super::{Changed, Exchange, Proxy};

/// What every proxy was sent, by `<name>.<namespace>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<String, Proxy>);

/// What proxies should have.
#[derive(Clone, Debug)]
pub(super) struct Expected<'a> {
    before: &'a Snapshot,
    concerned: &'a BTreeSet<String>,
    /// By istiod, the number of its last push that any proxy had before.
    pushed: BTreeMap<&'a str, u64>,
    /// Each proxy of these namespaces is to be sent something of these kinds.
    each_of: BTreeMap<&'a str, Kinds>,
    /// Some proxy of each of these, if it has one, is.
    some_of: BTreeMap<&'a str, Kinds>,
    /// Whatever was to be sent has been.
    pub(super) is_over: bool,
    /// A push has begun and nothing more has come of it for a while: what it sent is all that it sends.
    pub(super) is_still: bool,
    /// Whether what was not taken is an error.
    pub(super) rejections: bool,
    /// What has to be taken.
    pub(super) needed: Kinds,
}

impl<'a> Expected<'a> {
    /// Nothing new.
    pub(super) fn nothing(before: &'a Snapshot, concerned: &'a BTreeSet<String>) -> Self {
        Self {
            before,
            concerned,
            pushed: before.pushed(),
            each_of: BTreeMap::new(),
            some_of: BTreeMap::new(),
            is_over: false,
            is_still: false,
            rejections: true,
            needed: EVERY,
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
                expected.each_of.insert(changed.namespace(), changed.kinds());
            } else {
                let spaces = concerned.iter().map(String::as_str);
                expected.some_of.extend(spaces.map(|space| (space, changed.kinds())));
            }
        }
        expected
    }

    /// Whether it matters that something of a kind is not taken.
    fn needs(&self, kind: usize) -> bool {
        self.needed.contains(&kind)
    }

    /// Whether a proxy was sent a change of these kinds: in a push that is later than all that any proxy had before. One that
    /// was under way when the change was made does not have it.
    fn is_sent(&self, now: &Proxy, kinds: Kinds) -> bool {
        let Some(before) = self.before.0.get(&now.name) else { return true };
        let pushed = self.pushed.get(now.istiod.as_str());
        let is_later = |kind: &usize| {
            let (Some(now), Some(before)) = (now.exchanges.get(*kind), before.exchanges.get(*kind))
            else {
                return false;
            };
            // Of another form: that it is another one has to do.
            let is_later = now.push().zip(pushed).is_none_or(|(push, pushed)| push > *pushed);
            now.sent != before.sent && is_later
        };
        // What a proxy does not ask for it is not sent.
        let is_asked = |kind: &&usize| {
            now.exchanges.get(**kind).is_some_and(|exchange| !exchange.sent.is_empty())
        };
        let mut asked = kinds.iter().filter(is_asked).peekable();
        let has_all = asked.peek().is_some() && asked.all(is_later);
        has_all || self.is_still && EVERY.iter().any(is_later)
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
        Self(proxies.into_iter().map(|proxy| (proxy.name.clone(), proxy)).collect())
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
            let is_settled = now.exchanges.iter().enumerate().all(|(kind, exchange)| {
                let known = before.and_then(|before| before.exchanges.get(kind));
                exchange.sent == exchange.acked
                    || !exchange.error.is_empty()
                        && (!expected.rejections
                            || !expected.needs(kind)
                            || !expected.concerned.contains(namespace(name))
                            || known.is_some_and(|known| known.error == exchange.error))
            });
            let awaited = expected.each_of.get(namespace(name)).filter(|_| !expected.is_over);
            if !is_settled || awaited.is_some_and(|kinds| !expected.is_sent(now, kinds)) {
                late.insert(name);
            }
        }
        if !expected.is_over {
            let some_of = expected.some_of.iter();
            late.extend(some_of.flat_map(|(space, kinds)| self.idle(space, kinds, expected)));
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

    /// Whether proxies of these namespaces were sent, and took, the same in both.
    pub(super) fn is_like(&self, other: &Self, namespaces: &BTreeSet<String>) -> bool {
        let of = |snapshot: &'_ Self| -> Vec<Proxy> {
            let own = snapshot.0.iter().filter(|(name, _)| namespaces.contains(namespace(name)));
            own.map(|(_, proxy)| proxy.clone()).collect()
        };
        of(self) == of(other)
    }

    /// By istiod, the number of its last push that a proxy has.
    fn pushed(&self) -> BTreeMap<&str, u64> {
        let mut pushed = BTreeMap::new();
        for proxy in self.0.values() {
            for push in proxy.exchanges.iter().filter_map(Exchange::push) {
                let last = pushed.entry(proxy.istiod.as_str()).or_default();
                *last = push.max(*last);
            }
        }
        pushed
    }

    /// The proxies of a namespace, if none of them was sent the change.
    fn idle(&self, space: &str, kinds: Kinds, expected: &Expected<'_>) -> Vec<&str> {
        let own = self.0.iter().filter(|(name, _)| namespace(name) == space);
        let mut idle = Vec::new();
        for (name, now) in own {
            if expected.is_sent(now, kinds) {
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
            let new = now.exchanges.iter().enumerate().find(|(kind, exchange)| {
                let known = before.and_then(|before| before.exchanges.get(*kind));
                !exchange.error.is_empty()
                    && expected.needs(*kind)
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
