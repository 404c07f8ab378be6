//! What is told.

use super::super::news::news;
use super::*;

#[test]
fn a_rollout_is_told_from_its_start_to_its_end() {
    let mut state = leader(kept(), &[]);
    for (version, (status, expected)) in (1..).zip(rollout()) {
        let object = release("frontend", version, &status);
        state.see(|| Record::of(&object), Duration::ZERO);
        assert_eq!(whats(&tell_all(&mut state, Duration::ZERO)), expected, "{version}");
        // The same is told of again when a watch begins anew.
        state.see(|| Record::of(&object), Duration::ZERO);
        assert!(tell_all(&mut state, Duration::ZERO).is_empty(), "{version}");
    }
}

#[test]
fn who_did_it_and_why_is_told() {
    let told: Vec<Notification> = {
        let mut state = leader(kept(), &[]);
        let (status, _) = rollout().pop().unwrap();
        state.see(|| Record::of(&release("frontend", 1, &status)), Duration::ZERO);
        tell_all(&mut state, Duration::ZERO)
    };
    let find = |what: &str| told.iter().find(|told| told.what == what).unwrap();
    let approved = find("approved");
    assert_eq!(approved.data["by"], "bert");
    assert_eq!(approved.text, "bert: approve: approved step 2/3: v2 10 %");
    let back = find("rolled-back-automatically");
    assert_eq!(back.data["cause"], "v2 has no pods");
    assert_eq!(back.data["release"], "frontend");
    assert_eq!(back.time, time(7));
}

#[test]
fn what_was_before_notifications_were_switched_on_is_not_told() {
    let late = Kept { begun: "2026-11-30T10:05:30Z".to_owned(), ..Kept::default() };
    let all = rollout();
    let before = release("frontend", 1, &all[5].0);
    let mut state = leader(late, &[before]);
    assert!(tell_all(&mut state, Duration::ZERO).is_empty());
    let after = release("frontend", 2, &all[6].0);
    state.see(|| Record::of(&after), Duration::ZERO);
    assert_eq!(whats(&tell_all(&mut state, Duration::ZERO)), all[6].1);
}

#[test]
fn steps_that_no_one_saw_are_told_under_the_same_ids() {
    let ids = |versions: &[usize]| -> Vec<String> {
        let all = rollout();
        let mut state = leader(kept(), &[]);
        let mut told = Vec::new();
        for version in versions {
            let version_of = u64::try_from(*version).unwrap();
            let object = release("frontend", version_of, &all[*version].0);
            state.see(|| Record::of(&object), Duration::ZERO);
            told.extend(tell_all(&mut state, Duration::ZERO));
        }
        let is_step = |told: &&Notification| told.what.starts_with("step-");
        told.iter().filter(is_step).map(|told| told.id.clone()).collect()
    };
    assert_eq!(ids(&[0, 1, 2, 3]), ids(&[3]));
    assert_eq!(ids(&[3]).len(), 5);
}

#[test]
fn a_failure_that_comes_and_goes_is_told_once() {
    let all = rollout();
    let (going, stalled) = (&all[3].0, &all[4].0);
    let mut state = leader(kept(), &[]);
    let mut told = Vec::new();
    for version in 1..50_u64 {
        let mut status = if version % 2 == 0 { stalled.clone() } else { going.clone() };
        if version % 2 == 0 {
            status["conditions"][0]["lastTransitionTime"] =
                json!(format!("2026-11-30T11:00:{version:02}Z"));
        }
        let object = release("frontend", version, &status);
        state.see(|| Record::of(&object), Duration::ZERO);
        told.extend(tell_all(&mut state, Duration::ZERO));
    }
    assert_eq!(whats(&told).iter().filter(|what| **what == "stalled").count(), 1);
}

#[test]
fn what_is_told_follows_from_the_release_and_from_how_far_others_were_told_alone() {
    let (status, _) = rollout().pop().unwrap();
    let record = Record::of(&release("frontend", 1, &status));
    let cursor = Cursor::baseline(&record, BEGUN);
    let (first, after) = news(&record, &cursor);
    assert_eq!(news(&record, &cursor).0, first);
    assert!(news(&record, &after).0.is_empty());
    let ids: std::collections::BTreeSet<&String> = first.iter().map(|told| &told.id).collect();
    assert_eq!(ids.len(), first.len());
}

#[test]
fn a_status_of_a_later_version_is_told_as_far_as_it_is_known() {
    let status = json!({
        "phase": "Analyzing", "since": time(1), "step": 7, "conditions": "none",
        "history": [entry(1, "anna", "analyze", "begun"), 7, { "by": "x", "verb": 3 }],
    });
    let mut state = leader(kept(), &[]);
    state.see(|| Record::of(&release("frontend", 1, &status)), Duration::ZERO);
    assert_eq!(whats(&tell_all(&mut state, Duration::ZERO)), ["analyze", "phase-changed"]);
}
