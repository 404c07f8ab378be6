//! The candidate: made of the stable subset, missing, another than before, or one that we changed.

use super::fixture::{V1, V2, at, done, fine, gone, next, open, plan, shift, shifted, whole};
use crate::rollout::{
    Action, At, Mesh, Observation, Phase, Plan, PlanStep, Presence, Refusal, State, Step, Traffic,
    Transition, Unknown, Verb, Wait, apply, step,
};

fn started(plan: &Plan, image: &str) -> State {
    let verb = Verb::Start { image: Some(image.to_owned()) };
    match apply(plan, Some(&State::fresh(plan)), &verb, &fine()) {
        Ok(Transition::To(state)) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_candidate_is_made_once_nobody_can_get_it() {
    let plan = whole();
    let none = || fine().with(V2, |it| *it = gone());
    let state = started(&plan, "new");
    assert_eq!(step(&plan, &state, &none().mesh(Some(Mesh::Behind))), Step::Do(Action::Route));
    let unknown = Step::Wait(Wait::Unknown(Unknown::Mesh));
    assert_eq!(step(&plan, &state, &none().mesh(None)), unknown);
    assert_eq!(step(&plan, &state, &none()), Step::Do(Action::Create(V2)));
    let no_stable = none().with(V1, |it| it.presence = Presence::Absent);
    assert_eq!(step(&plan, &state, &no_stable), Step::Wait(Wait::Missing(V1)));
    let unknown = Step::Wait(Wait::Unknown(Unknown::Subset(V1)));
    assert_eq!(step(&plan, &state, &none().without(V1)), unknown);
    // Then which one it is is written down, and one that goes after that is not made again.
    let made = next(&plan, &state, &fine());
    assert_eq!(made, State { revision: Some("template of 1".to_owned()), ..state.clone() });
    assert_eq!(step(&plan, &made, &none()), Step::Wait(Wait::Missing(V2)));
    // One that was there with another image is not taken for it.
    let other = fine().with(V2, |it| it.has_image = false);
    assert_eq!(step(&plan, &state, &other), Step::Wait(Wait::OtherImage(V2)));
    let again = Verb::Start { image: Some("new".to_owned()) };
    let refused = apply(&plan, Some(&State::fresh(&plan)), &again, &other);
    assert_eq!(refused, Err(Refusal::OtherImage(V2)));
    // Afterwards the stable subset may change without the candidate being another for it.
    assert_eq!(done(&step(&plan, &made, &other)), "-> Progressing at 1, stable, new");
}

#[test]
fn without_an_image_a_candidate_that_is_missing_is_waited_for() {
    let plan = whole();
    let none = fine().with(V2, |it| *it = gone());
    let state = State { revision: None, ..at(&plan, 0, Traffic::Stable) };
    assert_eq!(step(&plan, &state, &none), Step::Wait(Wait::Missing(V2)));
    let image = Verb::Start { image: Some("new".to_owned()) };
    let told = State { image: Some("new".to_owned()), ..state.clone() };
    assert_eq!(apply(&plan, Some(&state), &image, &none), Ok(Transition::To(told.clone())));
    let other = Verb::Start { image: Some("other".to_owned()) };
    assert_eq!(apply(&plan, Some(&told), &other, &none), Err(Refusal::UnderWay));
    let bare = Plan { workloads: vec![Some("v1".to_owned()), None, None], ..plan };
    let fresh = State::fresh(&bare);
    assert_eq!(apply(&bare, Some(&fresh), &image, &none), Err(Refusal::NoWorkload(V2)));
    let several = Plan { candidate: None, ..bare };
    assert_eq!(apply(&several, Some(&fresh), &image, &none), Err(Refusal::Which));
}

#[test]
fn a_release_without_a_rollout_opens_once_all_can_serve() {
    let plan = open();
    let state = started(&plan, "new");
    let none = fine().with(V2, |it| *it = gone());
    assert_eq!(step(&plan, &state, &none), Step::Do(Action::Create(V2)));
    let state = next(&plan, &state, &fine().with(V2, |it| it.ready = 0));
    let dead = fine().with(V2, |it| it.ready = 0);
    assert_eq!(step(&plan, &state, &dead), Step::Wait(Wait::NotReady(V2, None)));
    let state = next(&plan, &state, &fine());
    assert_eq!((state.phase, &state.traffic), (Phase::Progressing, &Traffic::Spec));
    let state = next(&plan, &state, &fine());
    assert_eq!((state.phase, &state.traffic), (Phase::Idle, &Traffic::Spec));
    // The next spec goes out in the same way, without a word.
    let behind = |seen: Observation| step(&plan, &state, &seen.mesh(Some(Mesh::Behind)));
    assert_eq!(behind(fine()), Step::Do(Action::Route));
    assert_eq!(behind(dead), Step::Wait(Wait::NotReady(V2, None)));
    // And a candidate that is deployed anew is left alone.
    let another = fine().with(V2, |it| it.template = Some("another".to_owned()));
    let plain = State { revision: None, ..at(&plan, 0, Traffic::Stable) };
    assert_eq!(done(&step(&plan, &plain, &another)), "-> Progressing at 0, as written");
}

#[test]
fn a_template_is_handed_on_until_all_pods_are_of_it() {
    let plan = plan(vec![PlanStep::Update { from: V2, to: V1 }, PlanStep::Promote(V1)]);
    let state = at(&plan, 0, shifted());
    let update = Step::Do(Action::Update { from: V2, to: V1 });
    assert_eq!(step(&plan, &state, &fine()), update);
    let template = Some("template of 1".to_owned());
    let same = || fine().with(V1, |it| it.template.clone_from(&template));
    let old = same().with(V1, |it| it.settled = false);
    assert_eq!(step(&plan, &state, &old), Step::Wait(Wait::NotReady(V1, None)));
    assert_eq!(next(&plan, &state, &same()).at, At::Plan(1));
    let unknown = Step::Wait(Wait::Unknown(Unknown::Template(V1)));
    assert_eq!(step(&plan, &state, &fine().with(V1, |it| it.template = None)), unknown);
}

/// An update of the candidate is our own doing: it becomes the one with which the rollout goes on.
#[test]
fn a_candidate_that_we_change_is_no_other() {
    let plan = plan(vec![PlanStep::Update { from: V1, to: V2 }, shift(10.0)]);
    let state = at(&plan, 0, Traffic::Stable);
    assert_eq!(
        done(&step(&plan, &state, &fine())),
        "Update { from: SubsetId(0), to: SubsetId(1) }"
    );
    let updated = fine().with(V2, |it| it.template = Some("template of 0".to_owned()));
    let state = next(&plan, &state, &updated);
    assert_eq!((state.at, state.revision.as_deref()), (At::Plan(1), Some("template of 0")));
    assert_eq!(next(&plan, &state, &updated).traffic, shifted());
    assert_eq!(step(&plan, &state, &fine()), Step::Wait(Wait::CandidateChanged(V2)));
}
