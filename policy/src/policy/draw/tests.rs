//! Thresholds are where the draw really turns.

use crate::node::Node;
use crate::path::Path;
use crate::policy::{Policy, Share, SubsetId};
use crate::problem::Problems;
use crate::split::Cohort;

/// v1 is stable, v2 has 10 percent, v3 what `v3` says.
fn policy(v3: u16) -> Policy {
    let json = format!(
        r#"{{"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {{"name": "r"}},
        "spec": {{"host": "r", "stable": "v1", "identity": [{{"header": "x-user"}}],
        "subsets": [{{"name": "v1"}}, {{"name": "v2"}}, {{"name": "v3"}}], "split": {{"v2": 10, "v3": {v3}}}}}}}"#
    );
    let node: Node = serde_json::from_str(&json).unwrap();
    let mut problems = Problems::default();
    let checked = crate::check(&node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}")).policy
}

#[test]
fn a_user_joins_at_the_first_share_that_has_them() {
    for v3 in [0, 30] {
        let policy = policy(v3);
        let (v2, all) = (SubsetId(1), 10_000 - v3 * 100);
        let third = (SubsetId(2), Share::of_hundredths(v3 * 100));
        for user in 0..20_u8 {
            let draw = Cohort::new(policy.cohort().as_bytes()).draw(&[user]);
            let is_in = |share: u16| {
                let own = (v2, Share::of_hundredths(share));
                let rest = (SubsetId(0), Share::of_hundredths(all - share));
                policy.weighted([own, rest, third].into_iter()).pick(draw) == Some(v2)
            };
            let first = (1..=all).find(|share| is_in(*share)).map(Share::of_hundredths);
            assert_eq!(policy.joins(policy.split(), v2, draw), first, "user {user}, v3 {v3}");
            let has = first.is_some_and(|first| first.hundredths() <= 1000);
            let picked = policy.rendezvous(policy.split()).pick(draw) == Some(v2);
            assert_eq!(picked, has, "user {user}, v3 {v3}");
        }
    }
}

#[test]
fn nobody_joins_what_others_have_in_full_and_nobody_joins_stable() {
    let policy = policy(30);
    let draws = (0..200_u8).map(|user| Cohort::new(policy.cohort().as_bytes()).draw(&[user]));
    let joins = |subset| {
        draws.clone().filter(|draw| policy.joins(policy.split(), subset, *draw).is_some()).count()
    };
    assert_eq!(joins(SubsetId(0)), 0);
    // v3 keeps its 30 percent: not all of the 200 can be had, and not only the 70 percent beside it.
    let number = joins(SubsetId(1));
    assert!((110..190).contains(&number), "{number}");
}
