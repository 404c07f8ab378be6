//! Whatever has come of a rollout, what the mesh is rendered from is a Release that is well.

use policy::policy::{Mirror, Share, SubsetId};
use policy::rollout::{At, Phase, PlanStep, State, Traffic, effective};
use policy::{Checked, Node, Path, Problems, Spec};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::always;
use super::generate::releases;
use crate::release::{check, try_check};

/// A Release with a rollout; which of its subsets is called `stable`, if one is, is drawn too.
fn rollouts() -> impl Strategy<Value = Value> {
    let harmless = select(vec![
        json!({"scale": {"v2": "33.3%", "v1": 2}}),
        json!({"scale": {"v2": 5}}),
        json!({"pause": {}}),
        json!({"pause": {"for": "1h30m"}}),
        json!({"approve": {"timeout": "6h"}}),
        json!({"update": {"from": "v2", "to": "v1"}}),
    ]);
    let shift = (0_u16..=6000, 0_u16..=4000).prop_map(|(two, three)| {
        json!({"shift": {"v3": f64::from(three) / 100.0, "v2": f64::from(two) / 100.0}})
    });
    let begun = vec(prop_oneof![harmless, shift], 1..6);
    let ended = option::of(select(vec![("v2", "v1"), ("v1", "v2"), ("v2", "v3")]));
    let renamed = option::of(select(vec!["v1", "v2", "v3"]));
    (releases(0..4), begun, ended, renamed).prop_map(|(mut release, mut steps, ended, renamed)| {
        if let Some((winner, loser)) = ended {
            steps.extend([json!({"promote": winner}), json!({"retire": loser})]);
        }
        release["spec"]["rollout"] = json!({"candidate": "v2", "steps": steps});
        for subset in release["spec"]["subsets"].as_array_mut().unwrap() {
            subset["workload"] = json!({"deployment": subset["name"]});
        }
        let Some(name) = renamed else { return release };
        let text = release.to_string().replace(&format!("\"{name}\""), "\"stable\"");
        let renamed: Value = serde_json::from_str(&text).unwrap();
        // A subset of that name that is not the stable one is refused.
        if try_check(&renamed).is_ok() { renamed } else { release }
    })
}

fn traffics(checked: &Checked) -> Vec<Traffic> {
    let mut traffics = vec![Traffic::Spec, Traffic::Stable];
    for step in &checked.plan.steps {
        if let PlanStep::Shift(split) = step {
            traffics.push(Traffic::Shifted(split.clone()));
        }
    }
    for id in (0..checked.policy.subsets().len()).map(SubsetId) {
        traffics.extend([Traffic::Only(id), Traffic::Pinned(id), Traffic::Bare(id)]);
        if id != checked.policy.stable() {
            let share = Share::from_percent(2.5).unwrap();
            traffics.push(Traffic::Mirrored(Mirror { to: id, share }));
        }
    }
    traffics
}

#[test]
fn what_is_shown_of_a_rollout_is_well() {
    always(300, &rollouts(), |release| {
        let checked = check(&release);
        for traffic in traffics(&checked) {
            let state = State {
                phase: Phase::Progressing,
                at: At::Plan(0),
                traffic: traffic.clone(),
                revision: Some("6f7d".to_owned()),
                image: None,
                plan: checked.plan.digest.clone(),
                single: false,
            };
            let shown = effective(&checked.spec, &checked.plan, &state);
            let again = try_check(&serde_json::to_value(&shown).unwrap());
            let again = again.map_err(|problems| {
                TestCaseError::fail(format!("{traffic:?}: {problems}\nin {release:#}"))
            })?;
            prop_assert_eq!(&again.plan.steps, &[PlanStep::Open]);
            // Each rollout draws users of its own, where there is something to draw.
            let is_drawn = matches!(traffic, Traffic::Shifted(_));
            let cohort = if is_drawn { "bookinfo/reviews@6f7d" } else { "bookinfo/reviews" };
            prop_assert_eq!(again.policy.cohort(), cohort);
            let copies = match traffic {
                Traffic::Mirrored(mirror) => Some(mirror),
                Traffic::Spec => checked.policy.mirror(),
                _ => None,
            };
            prop_assert_eq!(again.policy.mirror(), copies);
            let only = match traffic {
                Traffic::Spec | Traffic::Shifted(_) => continue,
                Traffic::Stable | Traffic::Mirrored(_) => checked.policy.stable(),
                Traffic::Only(id) | Traffic::Pinned(id) | Traffic::Bare(id) => id,
            };
            prop_assert!(again.policy.rules().is_empty());
            prop_assert_eq!(again.policy.split().only(), Some(only));
        }
        Ok(())
    });
}

#[test]
fn a_rollout_survives_being_written_and_read() {
    always(300, &rollouts(), |release| {
        let checked = check(&release);
        let text = serde_json::to_string(&checked.spec).unwrap();
        let node: Node = serde_json::from_str(&text).unwrap();
        let mut problems = Problems::default();
        let again = Spec::read(&node, &Path::root(), &mut problems);
        prop_assert!(problems.is_empty(), "{}", problems);
        prop_assert_eq!(again.as_ref(), Some(&checked.spec));
        prop_assert_eq!(check(&serde_json::to_value(&again).unwrap()).plan, checked.plan);
        Ok(())
    });
}
