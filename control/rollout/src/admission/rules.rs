//! What must hold of a status that is written, one rule for each thing that is refused.

use serde_json::{Map, Value, json};

use super::line;

/// A rule.
pub(super) struct Rule {
    /// What must hold.
    holds: &'static str,
    /// What is said where it does not.
    message: &'static str,
    /// The same with names in it, which the API server says where it can.
    named: Option<&'static str>,
}

impl Rule {
    /// As it stands in the policy.
    pub(super) fn to_value(&self) -> Value {
        let mut rule = Map::new();
        rule.insert("expression".to_owned(), json!(line(self.holds)));
        // 403, as of any right that is missing.
        rule.insert("reason".to_owned(), json!("Forbidden"));
        rule.insert("message".to_owned(), json!(line(self.message)));
        if let Some(named) = self.named {
            rule.insert("messageExpression".to_owned(), json!(line(named)));
        }
        Value::Object(rule)
    }
}

const fn rule(holds: &'static str, message: &'static str) -> Rule {
    Rule { holds, message, named: None }
}

const fn named(holds: &'static str, message: &'static str, named: &'static str) -> Rule {
    Rule { holds, message, named: Some(named) }
}

/// What was done stays written down; of a full history the oldest entries go, as many as serin lets go.
const HISTORY: Rule = rule(
    "!variables.added
    || variables.now == variables.old + [variables.entry]
    || (size(variables.old) >= 50
        && variables.now
            == variables.old.slice(size(variables.old) - 49, size(variables.old))
                + [variables.entry])",
    "status.history: entries are added one at a time, at the end, and stay as they are; the oldest
    goes only from a full history of 50",
);

/// No one signs for another.
const BY: Rule = named(
    "!variables.added || variables.itself || variables.entry.by == request.userInfo.username",
    "status.history: `by` of the new entry is not the user who writes it",
    "'status.history: `by` of the new entry is `' + string(variables.entry.by)
    + '`, and you are `' + request.userInfo.username + '`'",
);

/// Nor as serin: an approval that ran out, and a candidate without endpoints, are known to who drives.
const ITSELF: Rule = named(
    "!variables.itself
    || (variables.goesOn && variables.back && variables.samePlace && variables.drives)",
    "status.history: an entry by `serin` stands only where a rollout goes back by itself, and its
    writer has the verb `drive` on releases.serin.dev",
    "'status.history: an entry by `serin` stands only where a rollout goes back by itself, and '
    + request.userInfo.username + ' has the verb `drive` on releases.serin.dev'",
);

/// Each verb is a right of its own. The controller takes Releases up and rolls them back without a role.
const RIGHT: Rule = named(
    "!variables.added || variables.itself
    || (variables.controller && variables.verb in ['apply', 'rollback'])
    || variables.release.check(variables.verb).allowed()",
    "the verb of the new entry of status.history is not granted on releases.serin.dev",
    "request.userInfo.username + ' lacks the verb `' + variables.verb
    + '` on releases.serin.dev in the namespace ' + object.metadata.namespace",
);

/// Without an entry only who drives writes; the way back is gone to its end by a user who may begin it.
const DRIVES: Rule = named(
    "variables.added || variables.drives
    || (variables.phaseWas == 'RollingBack'
        && (variables.release.check('rollback').allowed()
            || variables.release.check('reject').allowed()))",
    "the verb `drive` is not granted on releases.serin.dev",
    "request.userInfo.username + ' lacks the verb `drive` on releases.serin.dev in the namespace '
    + object.metadata.namespace",
);

/// What a verb does is known of these only.
const VERBS: Rule = named(
    "!variables.added
    || variables.verb in ['apply', 'start', 'approve', 'reject', 'pause', 'resume', 'step',
        'promote', 'rollback', 'retire']",
    "status.history: the verb of the new entry is unknown",
    "'status.history: the verb `' + variables.verb + '` of the new entry is unknown'",
);

/// What is under way goes on; what rests is made ready for its start, or starts where there is no `rollout`.
const APPLY: Rule = rule(
    "variables.verb != 'apply' || variables.is == variables.was || variables.reopened
    || (variables.rests && variables.begins && !variables.is.?image.hasValue()
        && variables.phaseIs == (variables.planned ? 'Idle' : 'Progressing'))",
    "status.state: it changes more than `apply` does",
);

/// From the first step, with all users on stable; the image can be told as long as no candidate was seen.
const START: Rule = rule(
    "variables.verb != 'start' || variables.reopened
    || (variables.begins && variables.phaseIs == 'Progressing'
        && (variables.rests
            || (variables.phaseWas == 'Progressing' && variables.i == 0
                && !variables.was.?image.hasValue() && !variables.was.?revision.hasValue())))",
    "status.state: it changes more than `start` does",
);

const PAUSE: Rule = rule(
    "variables.verb != 'pause'
    || (variables.goesOn && variables.phaseIs == 'Paused' && variables.samePlace
        && variables.sameTraffic && variables.sameRest && !variables.singleIs)",
    "status.state: it changes more than `pause` does",
);

/// On, and out of a pause of the plan, but never past an approval.
const RESUME: Rule = rule(
    "variables.verb != 'resume'
    || (variables.goesOn && !variables.singleIs
        && ((variables.samePlace && variables.sameTraffic && variables.sameRest
                && variables.phaseIs == 'Progressing')
            || (variables.next && variables.step.?pause.hasValue()
                && (variables.phaseWas == 'Progressing'
                    || !variables.step.pause.?for.hasValue())
                && variables.phaseIs
                    == (variables.j == variables.end ? 'Completed' : 'Progressing'))))",
    "status.state: it changes more than `resume` does",
);

/// On for one step; a pause without a length is none.
const STEP: Rule = rule(
    "variables.verb != 'step'
    || (variables.goesOn
        && ((variables.samePlace && variables.sameTraffic && variables.sameRest
                && variables.phaseIs == 'Progressing')
            || (variables.next && variables.step.?pause.hasValue()
                && !variables.step.pause.?for.hasValue()
                && variables.phaseIs
                    == (variables.j == variables.end ? 'Completed' : 'Progressing'))))",
    "status.state: it changes more than `step` does",
);

/// From the approval that is awaited, or an analysis that could not tell, to the next step, and no further.
const APPROVE: Rule = rule(
    "variables.verb != 'approve'
    || (variables.goesOn && variables.next && variables.asks
        && !variables.singleIs
        && variables.phaseIs == (variables.j == variables.end ? 'Completed'
            : variables.singleWas ? 'Paused' : variables.phaseWas))",
    "status.state: it changes more than `approve` does",
);

const REJECT: Rule = rule(
    "variables.verb != 'reject'
    || (variables.goesOn && variables.asks && variables.back)",
    "status.state: it changes more than `reject` does",
);

/// From everywhere. Where nothing was ever applied there is nothing to go back from.
const ROLLBACK: Rule = rule(
    "variables.verb != 'rollback' || variables.back
    || (variables.phaseWas == '' && variables.begins && variables.phaseIs == 'Idle')",
    "status.state: it changes more than `rollback` does",
);

/// Of a subset that the Release declares; who gets what changes later, step by step.
const BY_HAND: Rule = named(
    "!(variables.verb in ['promote', 'retire'])
    || (variables.phaseIs == 'Progressing' && !variables.singleIs
        && object.spec.subsets.exists(s, variables.is.?at == optional.of({variables.verb: s.name}))
        && variables.sameTraffic
        && variables.is.?image == variables.was.?image
        && variables.is.?revision == variables.was.?revision
        && (variables.rests || variables.is.?plan == variables.was.?plan)
        && (variables.verb == 'promote' || variables.phaseWas != 'RollingBack'))",
    "status.state: it changes more than the verb of the new entry does",
    "'status.state: it changes more than `' + variables.verb + '` does'",
);

/// Without an entry nothing is decided.
const UNASKED: Rule = rule(
    "variables.added || variables.is == variables.was
    || variables.moves || variables.works || variables.returns",
    "status.state: without a new entry of status.history only the step at work is done, and then the
    next one begins; an approval, and a pause without a length, end only by a verb",
);

/// Where the module comes from, which the next one who drives applies with rights of their own.
const MESH: Rule = rule(
    "variables.verb == 'apply'
    || (object.?status.?mesh == oldObject.?status.?mesh
        && object.?status.?applied == oldObject.?status.?applied)",
    "status.mesh, status.applied: they change only with an entry of `apply`",
);

/// By this time an approval runs out and a pause ends.
const SINCE: Rule = rule(
    "object.?status.?since == oldObject.?status.?since
    || !oldObject.?status.?since.hasValue()
    || variables.phaseIs != variables.phaseWas || !variables.samePlace",
    "status.since: it stands as long as the phase and the step do",
);

/// What people and `kubectl wait` go by; an analysis that cannot tell waits for an approval. It stands where the state does, since the plan may be another by now.
const PHASE: Rule = named(
    "object.?status.?phase.orValue('') == variables.shownPhase
    || (variables.shownPhase == 'Analyzing'
        && object.?status.?phase.orValue('') == 'AwaitingApproval')
    || (variables.is == variables.was && object.?status.?phase == oldObject.?status.?phase)",
    "status.phase: it is not what status.state says",
    "'status.phase: it is `' + object.?status.?phase.orValue('') + '`, and status.state says `'
    + variables.shownPhase + '`'",
);

/// The rules, in the order in which they are asked: what is refused first is what is said.
pub(super) const RULES: &[Rule] = &[
    HISTORY, BY, ITSELF, RIGHT, DRIVES, VERBS, APPLY, START, PAUSE, RESUME, STEP, APPROVE, REJECT,
    ROLLBACK, BY_HAND, UNASKED, MESH, SINCE, PHASE,
];
