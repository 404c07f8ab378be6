//! An Envoy before a stable version that never goes away and a canary that does, and who serves its users.

use std::collections::BTreeMap;

use envoy::proxy::Upstream;
use istio::render::bootstrap::Rendered;
use istio::{decision_header, names};
use policy::Checked;
use policy::config::Carrier;
use policy::policy::SubsetId;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::canary::{Away, Canary};
use crate::envoy::stage::{Given, PATIENCE, POLL, Setup, Stage, Through, endpoint, served_by};
use crate::release::{check, release};

pub(super) const CANARY: SubsetId = SubsetId(1);
pub(super) const AWAY: [Away; 2] = [Away::Crashed, Away::ScaledToZero];

/// Who served how many requests.
pub(super) type Tally = BTreeMap<String, usize>;

/// Sends the cookie `version=v2` to v2, all others to v1.
pub(super) fn insiders(fallback: &str) -> Checked {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let insiders = json!({"name": "insiders", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}});
    check(&release(json!({
        "subsets": [subset("v1"), subset("v2")],
        "rules": [insiders],
        "fallback": fallback,
    })))
}

pub(super) fn carriers(release: &Checked) -> [Carrier; 2] {
    [Carrier::FilterState, decision_header::subset_carrier(&release.policy)]
}

/// A request of a user of the canary.
pub(super) fn insider() -> Vec<(String, Vec<u8>)> {
    vec![("cookie".to_owned(), b"version=v2".to_vec())]
}

/// An Envoy before a stable version that never goes away, and a canary.
pub(super) struct World {
    pub(super) stage: Stage,
    pub(super) canary: Canary,
    _stable: Upstream,
}

impl World {
    pub(super) async fn start(release: &Checked, carrier: Carrier, away: Away) -> Self {
        let canary = Canary::start(away);
        let stable = Upstream::start("v1").await.unwrap();
        let endpoints = vec![vec![endpoint(stable.address())], vec![canary.endpoint()]];
        let name = names::cluster(&release.policy, CANARY);
        let given = Given {
            checked: release,
            twist: &|rendered: &mut Rendered| canary.discover(rendered, &name),
        };
        let setup = Setup { carrier, ..Setup::new(Through::Bootstrap) };
        let stage = Stage::start_before(setup, &given, endpoints).await;
        Self { stage, canary, _stable: stable }
    }

    /// Takes the canary away, and waits until Envoy has no connection to it.
    pub(super) async fn leave(&mut self, release: &Checked) {
        self.canary.leave().await;
        let connections =
            format!("cluster.{}.upstream_cx_active", names::cluster(&release.policy, CANARY));
        let deadline = Instant::now() + PATIENCE;
        while self.stage.admin.stats(&connections).await.unwrap()[&connections] > 0 {
            assert!(Instant::now() < deadline, "Envoy keeps connections to a canary that is gone");
            sleep(POLL).await;
        }
    }
}

/// Who serves `count` requests of a user of the canary.
pub(super) async fn tally(stage: &Stage, count: usize) -> Tally {
    let mut client = stage.connect().await;
    let mut tally = Tally::new();
    for _ in 0..count {
        *tally.entry(served_by(&mut client, &insider()).await).or_default() += 1;
    }
    tally
}

/// Waits until users of the canary are served by it; who served them before.
pub(super) async fn until_back(stage: &Stage) -> Tally {
    let deadline = Instant::now() + PATIENCE;
    let mut before = Tally::new();
    loop {
        let name = stage.served_by(&insider()).await;
        if name == "v2" {
            return before;
        }
        *before.entry(name).or_default() += 1;
        assert!(Instant::now() < deadline, "the canary's users do not get it back: {before:?}");
        sleep(POLL).await;
    }
}

pub(super) fn all(name: &str, count: usize) -> Tally {
    Tally::from([(name.to_owned(), count)])
}
