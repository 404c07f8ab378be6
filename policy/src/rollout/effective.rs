//! What the mesh is to be rendered from: a Release with what has come of its rollout put into it.

use super::{Plan, State, Traffic};
use crate::policy::{Mirror, STABLE_KEY, Split, SubsetId};
use crate::spec::{self, Entries, Release, Spec};

/// What the subset `stable` hashes to while another one is the stable subset: no name of a subset has a dot, so no
/// other has this key.
const FORMER_STABLE: &str = "stable.former";

/// The Release whose rendering shows [`State::traffic`] of `spec`, whose plan is `plan`. It has no rollout, and is
/// well where `spec` is.
///
/// [`Traffic::Pinned`] and [`Traffic::Bare`] are as a Release whose stable subset gets all users: no filter is
/// needed for it.
#[must_use]
pub fn effective(spec: &Spec, plan: &Plan, state: &State) -> Spec {
    let mut shown = spec.clone();
    let release = &mut shown.spec;
    release.rollout = None;
    release.mirror = match state.traffic {
        Traffic::Spec => release.mirror.take(),
        Traffic::Mirrored(mirror) => copies(mirror, release),
        _ => None,
    };
    match &state.traffic {
        Traffic::Spec => {}
        Traffic::Stable | Traffic::Mirrored(_) => only(release, plan.stable, plan.stable),
        Traffic::Shifted(split) => release.split = written(split, release, plan.stable),
        Traffic::Only(winner) => only(release, *winner, plan.stable),
        Traffic::Pinned(winner) | Traffic::Bare(winner) => {
            only(release, plan.stable, plan.stable);
            make_stable(release, *winner);
        }
    }
    if let (Traffic::Shifted(_), Some(revision), None) =
        (&state.traffic, &state.revision, &release.cohort)
    {
        // Each release draws users of its own. Where all users get the same subset there is nothing to draw.
        release.cohort =
            Some(format!("{}/{}@{revision}", spec.metadata.namespace, spec.metadata.name));
    }
    shown
}

/// No rules, and a split that gives all users this subset.
fn only(release: &mut Release, winner: SubsetId, stable: SubsetId) {
    release.rules = Vec::new();
    release.split = written(&Split::all_to(winner), release, stable);
}

/// Copies of requests as a Release writes them.
fn copies(mirror: Mirror, release: &Release) -> Option<spec::Mirror> {
    let to = release.subsets.get(mirror.to.0)?.name.clone();
    Some(spec::Mirror { to, percent: mirror.share.percent() })
}

/// A split as a Release writes it: what is not named is stable's.
fn written(split: &Split, release: &Release, stable: SubsetId) -> Entries<f64> {
    let others = split.shares().filter(|(id, _)| *id != stable);
    others
        .filter_map(|(id, share)| Some((release.subsets.get(id.0)?.name.clone(), share.percent())))
        .collect()
}

/// Makes `winner` the stable subset. No split is left, so keys do not matter, but they must differ.
fn make_stable(release: &mut Release, winner: SubsetId) {
    let Some(name) = release.subsets.get(winner.0).map(|subset| subset.name.clone()) else {
        return;
    };
    for subset in &mut release.subsets {
        let is_former = subset.name == STABLE_KEY && subset.name != name;
        subset.key = is_former.then(|| FORMER_STABLE.to_owned());
    }
    release.stable = name;
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{At, Phase, PlanStep};
    use super::*;
    use crate::policy::Share;
    use crate::{Checked, Node, Path, Problems};

    fn check(release: Value) -> Checked {
        let node: Node = serde_json::from_value(release).unwrap();
        let mut problems = Problems::default();
        let checked = crate::check(&node, &Path::root(), &mut problems);
        checked.unwrap_or_else(|| panic!("{problems}"))
    }

    /// The first subset, whose name is `stable`, is the stable one.
    fn release() -> Checked {
        check(json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": {"name": "reviews", "namespace": "bookinfo"},
            "spec": {
                "host": "reviews", "stable": "stable",
                "subsets": [
                    {"name": "stable", "key": "v2", "workload": {"deployment": "one"}},
                    {"name": "canary", "key": "v2", "workload": {"deployment": "two"}},
                ],
                "identity": [{"cookie": "id"}],
                "rules": [
                    {"name": "a", "match": [{"method": {"exact": "GET"}}], "split": {"canary": 100}},
                ],
                "split": {"canary": 7},
                "rollout": {"candidate": "canary", "steps": [
                    {"shift": {"canary": 0}}, {"shift": {"canary": 12.5}}, {"promote": "canary"},
                ]},
            },
        }))
    }

    fn state(traffic: Traffic) -> State {
        State {
            phase: Phase::Progressing,
            at: At::Plan(0),
            traffic,
            revision: Some("6f7d".to_owned()),
            image: None,
            plan: String::new(),
            single: false,
        }
    }

    /// The `spec` of what is shown, as JSON, and its Policy's stable subset; it must be well.
    fn shown(checked: &Checked, state: &State) -> (Value, String) {
        let spec = effective(&checked.spec, &checked.plan, state);
        let written = serde_json::to_value(&spec).unwrap();
        let again = check(written.clone());
        assert_eq!(again.spec, spec, "it is as it would be read");
        let mut problems = Problems::default();
        let compiled = crate::compile(spec, &Path::root(), &mut problems);
        assert_eq!(compiled.map(|compiled| compiled.plan), Some(again.plan.clone()), "{problems}");
        assert_eq!(again.plan.steps, [PlanStep::Open]);
        let stable = again.policy.subset_name(again.policy.stable()).to_owned();
        (written["spec"].clone(), stable)
    }

    #[test]
    fn traffic_decides_what_is_left_of_rules_and_split() {
        let checked = release();
        let [PlanStep::Shift(none), PlanStep::Shift(some), _] = checked.plan.steps.as_slice()
        else {
            panic!("{:?}", checked.plan.steps);
        };
        let (all, own) = (Value::Null, json!({"canary": 7}));
        for (traffic, has_rules, split, stable) in [
            (Traffic::Spec, true, own, "stable"),
            (Traffic::Stable, false, all.clone(), "stable"),
            (Traffic::Shifted(none.clone()), true, all.clone(), "stable"),
            (Traffic::Shifted(some.clone()), true, json!({"canary": 12.5}), "stable"),
            (Traffic::Only(SubsetId(0)), false, all.clone(), "stable"),
            (Traffic::Only(SubsetId(1)), false, json!({"canary": 100}), "stable"),
            (Traffic::Pinned(SubsetId(0)), false, all.clone(), "stable"),
            (Traffic::Pinned(SubsetId(1)), false, all.clone(), "canary"),
            (Traffic::Bare(SubsetId(1)), false, all, "canary"),
        ] {
            let (spec, found) = shown(&checked, &state(traffic.clone()));
            assert_eq!(spec.get("rules").is_some(), has_rules, "{traffic:?}");
            assert_eq!(spec.get("split").cloned().unwrap_or_default(), split, "{traffic:?}");
            assert_eq!(found, stable, "{traffic:?}");
            assert_eq!(spec.get("rollout"), None, "{traffic:?}");
        }
    }

    #[test]
    fn copies_are_there_only_while_the_step_or_the_release_says_so() {
        let checked = release();
        let mirror = Mirror { to: SubsetId(1), share: Share::from_percent(2.5).unwrap() };
        let (spec, stable) = shown(&checked, &state(Traffic::Mirrored(mirror)));
        assert_eq!(spec["mirror"], json!({"to": "canary", "percent": 2.5}));
        assert_eq!((spec.get("rules"), spec.get("split"), &*stable), (None, None, "stable"));
        let mut plain = serde_json::to_value(&checked.spec).unwrap();
        plain["spec"].as_object_mut().unwrap().remove("rollout");
        plain["spec"]["mirror"] = json!({"to": "canary", "percent": 5});
        let own = check(plain);
        let copies = |traffic: Traffic| shown(&own, &state(traffic)).0.get("mirror").cloned();
        assert_eq!(copies(Traffic::Spec), Some(json!({"to": "canary", "percent": 5})));
        let ids = [SubsetId(0), SubsetId(1)];
        let ends = ids
            .into_iter()
            .flat_map(|id| [Traffic::Only(id), Traffic::Pinned(id), Traffic::Bare(id)]);
        for traffic in ends.chain([Traffic::Stable]) {
            assert_eq!(copies(traffic.clone()), None, "{traffic:?}");
        }
    }

    #[test]
    fn each_rollout_draws_its_own_users() {
        let mut checked = release();
        let PlanStep::Shift(split) = checked.plan.steps[1].clone() else { panic!() };
        let mut state = state(Traffic::Shifted(split));
        let cohort = |checked: &Checked, state: &State| shown(checked, state).0["cohort"].clone();
        assert_eq!(cohort(&checked, &state), "bookinfo/reviews@6f7d");
        state.revision = None;
        assert_eq!(cohort(&checked, &state), Value::Null);
        state.revision = Some("6f7d".to_owned());
        checked.spec.spec.cohort = Some("mine".to_owned());
        assert_eq!(cohort(&checked, &state), "mine");
        checked.spec.spec.cohort = None;
        for whole in [Traffic::Spec, Traffic::Stable, Traffic::Only(SubsetId(1))] {
            state.traffic = whole;
            assert_eq!(cohort(&checked, &state), Value::Null, "{:?}", state.traffic);
        }
    }
}
