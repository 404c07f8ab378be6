//! What people and their tools see of a rollout.

mod conditions;
mod saved;
mod status;
mod wording;

use policy::policy::{Mirror, Share, SubsetId};
use policy::rollout::{At, Phase, State, Traffic};
use policy::{Checked, Node, Path, Problems};
use serde_json::json;

use super::{Now, Wording};

const V1: SubsetId = SubsetId(0);
const V2: SubsetId = SubsetId(1);
const V3: SubsetId = SubsetId(2);

/// A Release with a step of each kind.
fn release() -> Checked {
    let subset = |name: &str| {
        let labels = json!({"version": name});
        json!({"name": name, "labels": labels, "workload": {"deployment": format!("reviews-{name}")}})
    };
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": {"name": "reviews", "namespace": "bookinfo"},
        "spec": {
            "host": "reviews", "port": 9080, "stable": "v1",
            "subsets": [subset("v1"), subset("v2"), {"name": "v3", "labels": {"version": "v3"}}],
            "identity": [{"cookie": "id"}],
            "rules": [{"name": "a", "match": [{"method": {"exact": "GET"}}], "split": {"v2": 100}}],
            "split": {"v2": 7},
            "rollout": {"candidate": "v2", "steps": [
                {"scale": {"v2": "50%", "v1": 3}},
                {"shift": {"v2": 12.5, "v3": 5}},
                {"approve": {"timeout": "6h"}},
                {"approve": {}},
                {"pause": {"for": "10m"}},
                {"pause": {}},
                {"update": {"from": "v2", "to": "v1"}},
                {"shift": {"v2": 0}},
                {"promote": "v2"},
                {"retire": "v1"},
            ], "windows": [
                {"days": ["mon-thu"], "from": "09:00", "to": "16:00", "zone": "Europe/Berlin"},
            ]},
        },
    });
    let node: Node = serde_json::from_value(release).unwrap();
    let mut problems = Problems::default();
    let checked = policy::check(&node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}"))
}

/// Copies of 2.5 % for v2.
fn mirrored() -> Traffic {
    Traffic::Mirrored(Mirror { to: V2, share: Share::from_percent(2.5).unwrap() })
}

fn words(release: &Checked) -> Wording<'_> {
    Wording { policy: &release.policy, plan: &release.plan }
}

/// Progressing at this step.
fn at(release: &Checked, position: usize, traffic: Traffic) -> State {
    State {
        phase: Phase::Progressing,
        at: At::Plan(position),
        traffic,
        ..State::fresh(&release.plan)
    }
}

/// This state, nothing asked yet, at noon.
fn noon<'a>(release: &'a Checked, state: &'a State) -> Now<'a> {
    Now {
        policy: &release.policy,
        plan: &release.plan,
        state,
        step: None,
        generation: Some(3),
        time: "2026-11-21T12:00:00Z",
    }
}
