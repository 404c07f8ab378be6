//! The queue: order, bounds and pauses.

use super::super::queue::{Done, OF_ALL, OF_ONE, PATIENCE, Queue};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn notification(name: &str, number: usize) -> Notification {
    Notification {
        id: format!("{name}-{number}"),
        what: "approved".to_owned(),
        time: time(0),
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        text: String::new(),
        data: json!({}),
    }
}

fn push(queue: &mut Queue, name: &str, number: usize) {
    queue.push(name, vec![notification(name, number)], &Cursor::default(), Duration::ZERO);
}

fn next(queue: &mut Queue, now: Duration) -> String {
    match queue.next(now) {
        Next::Now(_, notification) => notification.id,
        other => format!("{other:?}"),
    }
}

fn down() -> Outcome {
    Outcome::Down("it is away".to_owned(), None)
}

#[test]
fn one_of_a_release_is_told_after_the_other() {
    let mut queue = Queue::default();
    for number in 0..3 {
        push(&mut queue, "a", number);
        push(&mut queue, "b", number);
    }
    assert_eq!(next(&mut queue, Duration::ZERO), "a-0");
    assert_eq!(next(&mut queue, Duration::ZERO), "b-0");
    assert_eq!(queue.next(Duration::ZERO), Next::Nothing);
    queue.done("b", &Outcome::Taken, Duration::ZERO);
    assert_eq!(next(&mut queue, Duration::ZERO), "b-1");
    queue.done("a", &Outcome::Refused(String::new()), Duration::ZERO);
    assert_eq!(queue.next(Duration::ZERO), Next::At(SECOND));
    queue.done("b", &Outcome::Taken, Duration::ZERO);
    assert_eq!(
        next(&mut queue, Duration::ZERO),
        "b-2",
        "the one that was refused holds up no other"
    );
    assert_eq!(next(&mut queue, SECOND), "a-0");
}

#[test]
fn a_receiver_that_is_down_is_asked_by_one_and_later_and_later() {
    let mut queue = Queue::default();
    for name in ["a", "b", "c", "d", "e", "f"] {
        push(&mut queue, name, 0);
    }
    let mut now = Duration::ZERO;
    let mut pauses = Vec::new();
    for _ in 0..12 {
        let Next::Now(uid, _) = queue.next(now) else { panic!("nothing at {now:?}") };
        assert!(pauses.is_empty() || queue.next(now) == Next::Nothing);
        let Done::Again(pause) = queue.done(&uid, &down(), now) else { panic!("it is lost") };
        pauses.push(pause.as_secs());
        assert_eq!(queue.next(now), Next::At(now + pause));
        now += pause;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
    let Next::Now(uid, _) = queue.next(now) else { panic!("nothing") };
    queue.done(&uid, &Outcome::Taken, now);
    let at_once = std::iter::repeat_with(|| queue.next(now));
    assert_eq!(at_once.take_while(|next| matches!(next, Next::Now(..))).count(), 4);
}

#[test]
fn a_receiver_says_when_it_is_to_be_asked_again() {
    let mut queue = Queue::default();
    push(&mut queue, "a", 0);
    for (asked, expected) in [(120, 120), (0, 2), (1_000_000, 3600)] {
        let now = Duration::from_hours(2) * u32::try_from(expected).unwrap();
        assert_eq!(next(&mut queue, now), "a-0");
        let asked = Some(Duration::from_secs(asked));
        let outcome = Outcome::Down("429".to_owned(), asked);
        let done = queue.done("a", &outcome, Duration::ZERO);
        assert_eq!(done, Done::Again(Duration::from_secs(expected)));
    }
}

#[test]
fn there_is_a_bound_for_each_and_for_all() {
    let mut queue = Queue::default();
    for number in 0..OF_ONE {
        assert!(queue.has_room("a", 1));
        push(&mut queue, "a", number);
    }
    assert!(!queue.has_room("a", 1));
    assert!(queue.has_room("b", 1));
    for number in 0..OF_ALL - OF_ONE {
        push(&mut queue, &format!("r{}", number / 100), number);
    }
    assert_eq!(queue.len(), OF_ALL);
    assert!(!queue.has_room("b", 1));
}

#[test]
fn what_is_not_taken_for_a_day_is_given_up() {
    let mut queue = Queue::default();
    push(&mut queue, "a", 0);
    push(&mut queue, "a", 1);
    let mut now = Duration::ZERO;
    let refused = Outcome::Refused("400".to_owned());
    loop {
        match queue.next(now) {
            Next::At(at) => now = at,
            Next::Now(..) => {
                if let Done::GivenUp(_) = queue.done("a", &refused, now) {
                    break;
                }
            }
            Next::Nothing => panic!("it is lost"),
        }
    }
    assert!(now >= PATIENCE && now < PATIENCE + Duration::from_mins(2), "{now:?}");
    assert_eq!(next(&mut queue, now), "a-1");
}
