//! A leader is killed: the next one goes on from what was written down.

use std::collections::BTreeSet;

use super::*;

/// The notifications of a rollout during which a leader is killed after it told so many, and the last so many of them
/// were not written down.
fn told_by_two(killed_after: usize, lost: usize) -> Vec<Notification> {
    let mut told = Vec::new();
    let mut saves = vec![kept()];
    let mut state = leader(kept(), &[]);
    let mut killed = false;
    for (version, (status, _)) in (1..).zip(rollout()) {
        let object = release("frontend", version, &status);
        state.see(|| Record::of(&object), Duration::ZERO);
        while let Next::Now(uid, notification) = state.queue.next(Duration::ZERO) {
            if !killed && told.len() == killed_after {
                killed = true;
                let saved = saves[saves.len().saturating_sub(1 + lost)].clone();
                state = leader(saved, std::slice::from_ref(&object));
                continue;
            }
            told.push(*notification);
            state.done(&uid, &Outcome::Taken, Duration::ZERO);
            saves.extend(state.take());
        }
    }
    told
}

#[test]
fn all_is_told_at_least_once_and_in_order_wherever_a_leader_is_killed() {
    let alone = told_by_two(usize::MAX, 0);
    for killed_after in 0..alone.len() {
        for lost in 0..4 {
            let told = told_by_two(killed_after, lost);
            // Repeats are known by their ids.
            let mut known = BTreeSet::new();
            let first: Vec<&Notification> =
                told.iter().filter(|told| known.insert(told.id.clone())).collect();
            for expected in &alone {
                let is_told = known.contains(&expected.id);
                // A phase that is over is not told by the next one, nor that it could not go on then.
                let may_pass = ["phase-changed", "awaiting-approval", "stalled"];
                let passed = may_pass.contains(&expected.what.as_str());
                assert!(is_told || passed, "{} after {killed_after}, {lost}", expected.what);
            }
            let order: Vec<&String> = alone.iter().map(|told| &told.id).collect();
            let places: Vec<usize> = first
                .iter()
                .filter_map(|told| order.iter().position(|id| **id == told.id))
                .collect();
            assert!(places.is_sorted(), "after {killed_after}, {lost}: {places:?}");
        }
    }
}

#[test]
fn what_was_written_down_is_not_told_again() {
    let alone = told_by_two(usize::MAX, 0);
    for killed_after in [0, 1, 4, 7, 10] {
        let told = told_by_two(killed_after, 0);
        // A look at a Release is written down once all of it is told.
        assert!(told.len() <= alone.len() + 3, "{killed_after}: {}", told.len());
    }
}

#[test]
fn a_leader_that_is_one_no_more_tells_nothing() {
    let (status, _) = rollout().pop().unwrap();
    let mut state = leader(kept(), &[release("frontend", 1, &status)]);
    assert!(matches!(state.queue.next(Duration::ZERO), Next::Now(..)));
    state.lead(false);
    assert_eq!(state.queue.next(Duration::ZERO), Next::Nothing);
    state.see(|| Record::of(&release("frontend", 2, &status)), Duration::ZERO);
    assert_eq!(state.queue.len(), 0);
    assert_eq!(state.take(), None);
}

#[test]
fn how_far_others_were_told_is_read_as_it_was_written_and_stays_small() {
    let (status, _) = rollout().pop().unwrap();
    let mut state = leader(kept(), &[release("frontend", 1, &status)]);
    tell_all(&mut state, Duration::ZERO);
    let mut written = state.take().unwrap();
    assert_eq!(Kept::read(&written.write(), "now"), written);
    let cursor = written.cursors["uid-frontend"].clone();
    let many = (0..10_000_u32).map(|number| {
        let time = format!("2026-11-30T11:{:02}:{:02}Z", number / 60 % 60, number % 60);
        (format!("uid-{number:036}"), Cursor { time, ..cursor.clone() })
    });
    let mut many = Kept { begun: BEGUN.to_owned(), cursors: many.collect() };
    let size = many.write().to_string().len();
    assert!(size < 1_000_000, "{size}");
    let oldest = many.cursors.values().map(|cursor| cursor.time.clone()).min();
    assert!(many.cursors.len() > 1000);
    // Nothing that was told of one that is not kept is told again.
    assert!(many.begun.as_str() > BEGUN && Some(many.begun) <= oldest);
    assert_eq!(Kept::read(&json!("x"), BEGUN), kept());
}
