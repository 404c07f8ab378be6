//! A receiver that is down for an hour, while much happens.

use super::*;

/// Has the receiver be down from the start until an hour is over; what is told, and when the last was.
fn after_an_hour(state: &mut State) -> (Vec<Notification>, Duration) {
    let hour = Duration::from_hours(1);
    let mut now = Duration::ZERO;
    let mut told = Vec::new();
    loop {
        match state.queue.next(now) {
            Next::At(at) => now = at,
            Next::Nothing => return (told, now),
            Next::Now(uid, _) if now < hour => {
                state.done(&uid, &Outcome::Down("it is away".to_owned(), None), now);
            }
            Next::Now(uid, notification) => {
                state.done(&uid, &Outcome::Taken, now);
                told.push(*notification);
            }
        }
    }
}

#[test]
fn an_hour_without_a_receiver_loses_nothing() {
    let mut state = leader(kept(), &[]);
    let mut expected = 0;
    for name in 0..100 {
        for (version, (status, told)) in (1..).zip(rollout()) {
            let object = release(&format!("r{name}"), version, &status);
            state.see(|| Record::of(&object), Duration::ZERO);
            expected += told.len();
        }
    }
    let (told, end) = after_an_hour(&mut state);
    assert_eq!(told.len(), expected);
    assert!(end < Duration::from_mins(62), "{end:?}");
    for name in 0..100 {
        let name = format!("r{name}");
        let of_one: Vec<&str> =
            told.iter().filter(|told| told.name == name).map(|told| told.what.as_str()).collect();
        let in_order: Vec<&str> = rollout().into_iter().flat_map(|(_, told)| told).collect();
        assert_eq!(of_one, in_order, "{name}");
    }
}

#[test]
fn beyond_the_bound_the_history_is_told_and_the_phase_that_it_is_in() {
    let mut state = leader(kept(), &[]);
    let mut history = vec![entry(0, "anna", "start", "started")];
    for number in 0..400_u64 {
        let is_paused = number % 2 == 0;
        let (verb, phase) = if is_paused { ("pause", "Paused") } else { ("resume", "Progressing") };
        let minute = u32::try_from(number % 60).unwrap();
        history.push(entry(minute, "anna", verb, &number.to_string()));
        if history.len() > ::rollout::KEPT {
            history.remove(0);
        }
        let status = json!({ "phase": phase, "since": time(minute), "history": history });
        let object = release("frontend", number, &status);
        state.see(|| Record::of(&object), Duration::ZERO);
        assert!(state.queue.len() <= super::super::queue::OF_ONE, "{}", state.queue.len());
    }
    let (told, _) = after_an_hour(&mut state);
    let last: Vec<&str> = told
        .iter()
        .filter(|told| told.data["by"] == "anna")
        .map(|told| told.data["what"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (350..400).map(|number: u64| number.to_string()).collect();
    assert_eq!(last[last.len() - 50..], expected, "the newest of the history are told");
    assert_eq!(told.last().unwrap().data["phase"], "Progressing");
    assert_eq!(state.queue.len(), 0);
}

#[test]
fn a_release_that_is_gone_is_told_to_its_end_and_forgotten() {
    let (status, _) = rollout().pop().unwrap();
    let mut state = leader(kept(), &[release("frontend", 1, &status)]);
    state.forget("uid-frontend");
    let (told, _) = after_an_hour(&mut state);
    assert!(!told.is_empty());
    assert!(state.take().unwrap().cursors.is_empty());
}
