//! What the rules name: the history before and now, the state before and now, and what a step of the plan allows.
//!
//! A variable is evaluated where a rule asks for it, and once. The state is of no type that the API server knows:
//! `dyn` and `?` keep an expression from failing on what another program wrote there.

use serde_json::{Value, json};

use super::line;

/// A part of the rules.
pub(super) struct Variable {
    name: &'static str,
    expression: &'static str,
}

impl Variable {
    /// As it stands in the policy.
    pub(super) fn to_value(&self) -> Value {
        json!({"name": self.name, "expression": line(self.expression)})
    }
}

const fn variable(name: &'static str, expression: &'static str) -> Variable {
    Variable { name, expression }
}

/// The newest entry; an empty one where none was added.
const ENTRY: &str = "
    variables.added && size(variables.now) > 0
    ? dyn(variables.now[size(variables.now) - 1])
    : dyn({'by': '', 'verb': ''})";

/// The only thing that serin does unasked.
const ITSELF: &str = "
    variables.verb == 'rollback' && variables.entry.by == 'serin' && !has(variables.entry.why)";

/// Whose rights are asked for: those on this Release.
const RELEASE: &str = "
    authorizer.group('serin.dev').resource('releases')
    .namespace(object.metadata.namespace).name(object.metadata.name)";

/// The controller has this right without a role, so that a role that lacks it cannot stop what is under way.
const DRIVES: &str = "variables.controller || variables.release.check('drive').allowed()";

/// The step at work before: of the plan, or what a verb asked for instead of it.
const STEP: &str = "
    variables.was.?at.?promote.hasValue() || variables.was.?at.?retire.hasValue()
    ? dyn(variables.was.at)
    : !variables.planned ? dyn({'open': {}})
    : variables.i >= 0 && variables.i < variables.end ? dyn(variables.steps[variables.i])
    : dyn({})";

/// What of the state stands unless a step or a verb is about it.
const SAME_REST: &str = "
    variables.is.?plan == variables.was.?plan
    && variables.is.?image == variables.was.?image
    && variables.is.?revision == variables.was.?revision";

/// All users to stable: of whatever was before nothing is asked.
const BACK: &str = "
    variables.phaseIs == 'RollingBack' && variables.trafficIs == {'stable': {}}
    && !variables.singleIs";

/// The next step of the plan begins, and nothing else changes.
const NEXT: &str = "
    variables.i >= 0 && variables.i < variables.end && variables.j == variables.i + 1
    && variables.sameTraffic && variables.sameRest";

/// The first step begins, with all users on stable.
const BEGINS: &str = "
    variables.j == 0 && variables.trafficIs == {'stable': {}}
    && !variables.is.?revision.hasValue() && !variables.singleIs";

/// A Release without a `rollout` holds already as it is written: only which one it is changes.
const REOPENED: &str = "
    !variables.planned && variables.phaseWas == 'Idle' && variables.phaseIs == 'Idle'
    && variables.trafficIs == {'spec': {}} && variables.sameTraffic && variables.samePlace
    && variables.is.?image == variables.was.?image
    && variables.is.?revision == variables.was.?revision";

/// All users get one subset, and another one is retired: the first is the one that all users had before.
const PINS: &str = "
    object.spec.subsets.exists(s, s.name != variables.step.?retire.orValue('')
        && variables.trafficIs in [{'pinned': s.name}, {'bare': s.name}]
        && (variables.trafficWas in [{'only': s.name}, {'pinned': s.name}, {'bare': s.name}]
            || variables.trafficWas == {'spec': {}}
            || ((variables.trafficWas == {'stable': {}}
                    || variables.trafficWas.?mirrored.hasValue())
                && s.name == object.spec.stable)
            || variables.trafficWas.?shifted.optMap(shares,
                shares.all(name, name == s.name || shares[name] == 0)).orValue(false)))";

/// The traffic is what the step at work asks for; of a step that is not about traffic, what it was.
const SHOWN: &str = "
    variables.step.?shift.hasValue()
    ? variables.trafficIs.?shifted.hasValue()
        && variables.step.shift.all(name, name == object.spec.stable
            || variables.trafficIs.shifted[?name].orValue(0) == variables.step.shift[name])
        && variables.trafficIs.shifted.all(name,
            name == object.spec.stable || name in variables.step.shift)
    : variables.step.?mirror.hasValue()
    ? variables.trafficIs.?mirrored.hasValue()
        && variables.step.mirror.all(name,
            variables.trafficIs.mirrored[?name].orValue(0) == variables.step.mirror[name])
        && variables.trafficIs.mirrored.all(name, name in variables.step.mirror)
    : variables.step.?promote.hasValue()
    ? variables.trafficIs in [{'only': variables.step.promote},
        {'pinned': variables.step.promote}, {'bare': variables.step.promote}]
    : variables.step.?retire.hasValue() ? variables.pins
    : variables.step.?open.hasValue() ? variables.trafficIs == {'spec': {}}
    : variables.sameTraffic";

/// The step at work ends: not an approval, nor a pause without a length, and not before the traffic is what it asks
/// for.
const ENDS: &str = "
    variables.phaseWas == 'Progressing' && variables.sameTraffic && variables.shown
    && !variables.step.?approve.hasValue()
    && (!variables.step.?pause.hasValue() || variables.step.pause.?for.hasValue())";

/// The step at work ends, and the next one begins, or the rollout is over.
const MOVES: &str = "
    variables.ends && !variables.singleIs
    && variables.is.?plan == variables.was.?plan && variables.is.?image == variables.was.?image
    && (variables.is.?revision == variables.was.?revision || variables.step.?update.hasValue())
    && (variables.i >= 0 && variables.i + 1 < variables.end
        ? variables.j == variables.i + 1
            && variables.phaseIs == (variables.singleWas ? 'Paused' : 'Progressing')
        : variables.i >= 0 && !variables.planned
        ? variables.j == 0 && variables.phaseIs == 'Idle'
        : variables.j == variables.end && variables.phaseIs == 'Completed')";

/// The step at work goes on: its traffic is written down, or which candidate it is, which is learned once.
const WORKS: &str = "
    variables.phaseWas == 'Progressing' && variables.phaseIs == 'Progressing'
    && variables.samePlace && variables.is.?single == variables.was.?single
    && variables.is.?plan == variables.was.?plan && variables.is.?image == variables.was.?image
    && (variables.is.?revision == variables.was.?revision
        ? variables.shown
        : variables.sameTraffic && !variables.was.?revision.hasValue())";

/// The way back goes on.
const RETURNS: &str = "
    variables.phaseWas == 'RollingBack'
    && (variables.back
        || (variables.phaseIs == 'RolledBack' && variables.trafficIs == {'stable': {}}))";

/// The phase that people are told, of the state as it is now.
const SHOWN_PHASE: &str = "
    variables.phaseIs != 'Progressing' || variables.j < 0
        || variables.j >= size(variables.steps)
    ? variables.phaseIs
    : has(variables.steps[variables.j].approve) ? 'AwaitingApproval'
    : has(variables.steps[variables.j].pause) ? 'Waiting'
    : has(variables.steps[variables.j].analyze) ? 'Analyzing'
    : 'Progressing'";

/// The variables, each after those that it names.
pub(super) const VARIABLES: &[Variable] = &[
    variable("old", "oldObject.?status.?history.orValue([])"),
    variable("now", "object.?status.?history.orValue([])"),
    variable("added", "variables.now != variables.old"),
    variable("entry", ENTRY),
    variable("verb", "string(variables.entry.verb)"),
    variable("itself", ITSELF),
    variable("release", RELEASE),
    variable("drives", DRIVES),
    // The state before, and now.
    variable("was", "dyn(oldObject.?status.?state.orValue({}))"),
    variable("is", "dyn(object.?status.?state.orValue({}))"),
    variable("phaseWas", "variables.was.?phase.orValue('')"),
    variable("phaseIs", "variables.is.?phase.orValue('')"),
    variable("trafficWas", "variables.was.?traffic.orValue({})"),
    variable("trafficIs", "variables.is.?traffic.orValue({})"),
    variable("singleWas", "variables.was.?single.orValue(false)"),
    variable("singleIs", "variables.is.?single.orValue(false)"),
    // A Release without a `rollout` has one step.
    variable("planned", "has(object.spec.rollout)"),
    variable("steps", "object.spec.?rollout.?steps.orValue([])"),
    variable("end", "variables.planned ? size(variables.steps) : 1"),
    // The position in the plan before, and now.
    variable("i", "int(variables.was.?at.?plan.orValue(-1))"),
    variable("j", "int(variables.is.?at.?plan.orValue(-1))"),
    variable("step", STEP),
    variable("asks", "variables.step.?approve.hasValue() || variables.step.?analyze.hasValue()"),
    variable("sameTraffic", "variables.trafficIs == variables.trafficWas"),
    variable("samePlace", "variables.is.?at == variables.was.?at"),
    variable("sameRest", SAME_REST),
    variable("goesOn", "variables.phaseWas in ['Progressing', 'Paused']"),
    variable("rests", "variables.phaseWas in ['', 'Idle', 'RolledBack', 'Completed']"),
    variable("back", BACK),
    variable("next", NEXT),
    variable("begins", BEGINS),
    variable("reopened", REOPENED),
    variable("pins", PINS),
    variable("shown", SHOWN),
    variable("ends", ENDS),
    variable("moves", MOVES),
    variable("works", WORKS),
    variable("returns", RETURNS),
    variable("shownPhase", SHOWN_PHASE),
];
