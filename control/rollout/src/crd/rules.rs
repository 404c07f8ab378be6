//! What fields must be together, as rules in CEL that the API checks: the names of subsets. `serin check` knows more.

use serde_json::{Map, Value, json};

/// A rule.
pub(super) struct Rule {
    /// The place of the object that it is about.
    pub(super) at: &'static str,
    /// What must hold.
    holds: &'static str,
    /// What is said where it does not.
    message: Message,
    /// The field that is to blame; none: the object itself.
    field: Option<&'static str>,
}

/// What is said.
enum Message {
    /// These words.
    Words(&'static str),
    /// What this expression gives.
    Expression(&'static str),
}

use Message::{Expression, Words};

impl Rule {
    /// As it stands in a schema.
    pub(super) fn to_value(&self) -> Value {
        let mut rule = Map::new();
        rule.insert("rule".to_owned(), json!(self.holds));
        match self.message {
            Words(words) => rule.insert("message".to_owned(), json!(words)),
            Expression(expression) => {
                rule.insert("messageExpression".to_owned(), json!(expression))
            }
        };
        if let Some(field) = self.field {
            rule.insert("fieldPath".to_owned(), json!(field));
        }
        Value::Object(rule)
    }
}

/// No split is of more than all users. The reader takes hundredths of a percent: what is over by less is of binary
/// fractions.
const fn at_most_all(at: &'static str) -> Rule {
    Rule {
        at,
        holds: "self.map(name, self[name]).sum() < 100.001",
        message: Words("the shares add up to over 100 %"),
        field: None,
    }
}

/// The rules, those about the Release as a whole in the order of its fields.
pub(super) const RULES: &[Rule] = &[
    at_most_all("spec.split"),
    at_most_all("spec.rules[].split"),
    at_most_all("spec.rollout.steps[].shift"),
    Rule {
        at: "spec",
        holds: "self.subsets.exists(s, s.name == self.stable)",
        message: Expression(
            "'the stable subset `' + self.stable + '` is not declared in `subsets`'",
        ),
        field: Some(".stable"),
    },
    Rule {
        at: "spec",
        holds: "self.subsets.all(a, self.subsets.exists_one(b, a.name == b.name))",
        message: Words("two subsets have the same name"),
        field: Some(".subsets"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rules) || self.rules.all(r, r.split.all(name, \
               self.subsets.exists(s, s.name == name)))",
        message: Words("the split of a rule names a subset that is not declared in `subsets`"),
        field: Some(".rules"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.split) || self.split.all(name, self.subsets.exists(s, s.name == name))",
        message: Words("a subset is named that is not declared in `subsets`"),
        field: Some(".split"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.mirror) || (self.mirror.to != self.stable && \
               self.subsets.exists(s, s.name == self.mirror.to))",
        message: Words("`to` must be declared in `subsets`, and not be the stable subset"),
        field: Some(".mirror"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.mirror) || !has(self.rollout)",
        message: Words("beside a `rollout` its steps say which requests are copied"),
        field: Some(".mirror"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.candidate != self.stable",
        message: Expression("'the candidate `' + self.stable + '` is the stable subset'"),
        field: Some(".rollout.candidate"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.subsets.exists(s, s.name == self.rollout.candidate && \
               has(s.workload))",
        message: Words("the candidate must be declared in `subsets`, with a `workload`"),
        field: Some(".rollout.candidate"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.steps.all(t, !has(t.scale) || \
               t.scale.all(name, self.subsets.exists(s, s.name == name && has(s.workload))))",
        message: Words("what is scaled must be declared in `subsets`, with a `workload`"),
        field: Some(".rollout.steps"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.steps.all(t, !has(t.mirror) || \
               t.mirror.all(name, name != self.stable && self.subsets.exists(s, s.name == name)))",
        message: Words(
            "what gets copies of requests must be declared in `subsets`, and not be the stable subset",
        ),
        field: Some(".rollout.steps"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.steps.all(t, !has(t.shift) || \
               t.shift.all(name, self.subsets.exists(s, s.name == name)))",
        message: Words("a shift names a subset that is not declared in `subsets`"),
        field: Some(".rollout.steps"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.steps.all(t, !has(t.update) || \
               [t.update.from, t.update.to].all(name, self.subsets.exists(s, s.name == name && \
               has(s.workload))))",
        message: Words("what is updated must be declared in `subsets`, with a `workload`"),
        field: Some(".rollout.steps"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.steps.all(t, !has(t.promote) || \
               self.subsets.exists(s, s.name == t.promote))",
        message: Words("what is promoted must be declared in `subsets`"),
        field: Some(".rollout.steps"),
    },
    Rule {
        at: "spec",
        holds: "!has(self.rollout) || self.rollout.steps.all(t, !has(t.retire) || \
               self.subsets.exists(s, s.name == t.retire && has(s.workload)))",
        message: Words("what is retired must be declared in `subsets`, with a `workload`"),
        field: Some(".rollout.steps"),
    },
];
