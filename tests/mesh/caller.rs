//! Somebody who asks for `reviews` through a proxy, and notes who answers.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, ensure};
use hyper::http::Request;
use policy::Checked;
use serin_harness::mesh::{Proxy, until};

use crate::release;
use crate::scene::request;

#[derive(Clone, Copy)]
pub(crate) struct Caller<'p> {
    pub(crate) proxy: &'p Proxy,
    pub(crate) host: &'static str,
    pub(crate) port: u16,
}

/// A member of the staff: the rule of the scenes' Release gives them v2.
pub(crate) const STAFF: (&str, &str) = ("cookie", "user=boss; group=staff");

/// So many answers in a row are no chance: of two versions at random, one in a million.
const IN_A_ROW: usize = 20;

impl Caller<'_> {
    pub(crate) fn request(&self, path: &str, headers: &[(&str, &str)]) -> Request<()> {
        request(self.host, path, headers)
    }

    /// The subset that answers, or the status, or how it failed.
    pub(crate) async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> String {
        match self.proxy.send(self.port, &self.request(path, headers)).await {
            Ok(answer) if answer.status.is_success() => {
                answer.served_by().unwrap_or("nobody").to_owned()
            }
            Ok(answer) => answer.status.as_u16().to_string(),
            Err(failure) => failure.to_string(),
        }
    }

    /// Who answers `times` such requests, each of another user.
    pub(crate) async fn count(&self, times: usize, path: &str, headers: &[(&str, &str)]) -> Counts {
        let mut counts = Counts::default();
        for user in 0..times {
            let cookie = format!("user=u{user}");
            let headers = [headers, &[("cookie", cookie.as_str())]].concat();
            counts.add(self.ask(path, &headers).await);
        }
        counts
    }

    /// Asks as each of so many users at each of these paths: all are answered by the subset that the Program chooses.
    pub(crate) async fn as_decided(
        &self,
        users: usize,
        paths: &[&str],
        release: &Checked,
    ) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        for user in 0..users {
            let cookie = format!("user=u{user}");
            let headers = [("cookie", cookie.as_str())];
            let expected = release::expected(release, &self.request("/", &headers));
            for path in paths {
                let found = self.ask(path, &headers).await;
                ensure!(
                    found == expected,
                    "user {user} at {path}: expected {expected}, found {found}"
                );
            }
            counts.add(expected.to_owned());
        }
        Ok(counts)
    }

    /// Waits until any version answers: a listener that is configured may not be open yet.
    pub(crate) async fn until_answered(&self) -> anyhow::Result<()> {
        until("a version answers", async || {
            let mut counts = Counts::default();
            counts.add(self.ask("/", &[]).await);
            Ok((counts.errors() == 0).then_some(()))
        })
        .await
    }

    /// Waits until staff are answered by `subset`, time after time: routes to all pods would give it now and then.
    pub(crate) async fn until_staff(&self, subset: &str) -> anyhow::Result<()> {
        let mut last = String::new();
        let what = format!("staff are on {subset}");
        let waited = until(&what, async || {
            for _ in 0..IN_A_ROW {
                last = self.ask("/", &[STAFF]).await;
                if last != subset {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await;
        waited.with_context(|| {
            format!("they got {last}; the proxy's log:\n{}", self.proxy.log_tail())
        })
    }
}

/// How often who answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts(BTreeMap<String, usize>);

impl Counts {
    pub(crate) fn of(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(0)
    }

    pub(crate) fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// The counts, where `name` answered all.
    pub(crate) fn only(&self, name: &str) -> anyhow::Result<String> {
        ensure!(self.of(name) == self.all(), "expected {name}: {self}");
        Ok(self.to_string())
    }

    /// Those that no pod answered.
    pub(crate) fn errors(&self) -> usize {
        self.all() - self.of("v1") - self.of("v2") - self.of("v3")
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (name, count) in other.0 {
            *self.0.entry(name).or_default() += count;
        }
    }

    pub(crate) fn add(&mut self, name: String) {
        *self.0.entry(name).or_default() += 1;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.iter().map(|(name, count)| format!("{count} {name}"));
        f.write_str(&counts.collect::<Vec<_>>().join(", "))
    }
}
