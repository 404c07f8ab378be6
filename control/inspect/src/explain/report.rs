//! All that is known about how a request is decided, for programs.

use document::report::Percent;
use policy::Policy;
use policy::policy::{Share, SubsetId};
use serde_json::{Value, json};

use super::answer::{Answer, named};
use super::change::{Change, changes};
use super::explanation::{Asked, Explanation};
use super::note::note;
use super::request::shown;
use super::wording;

/// One object about one request.
#[must_use]
pub fn report(explanation: &Explanation<'_>) -> Value {
    let policy = explanation.policy;
    let mut value = json!({
        "release": policy.full_name(),
        "request": request(explanation),
    });
    let answer = serde_json::to_value(Answer::new(explanation)).unwrap_or_default();
    let rules: Vec<Value> = explanation
        .rules()
        .map(|(number, name, blocks)| {
            let taken = explanation.trace.decision.rule == Some(number);
            let blocks = blocks.iter().map(|block| {
                let met = block.iter().all(|asked| asked.answer.met);
                json!({ "met": met, "conditions": conditions(block, policy) })
            });
            json!({ "rule": name, "taken": taken, "blocks": blocks.collect::<Vec<_>>() })
        })
        .collect();
    let joins = explanation.joins().into_iter().map(|(id, from)| join(explanation, id, from));
    let more = json!({
        "rules": rules,
        "joins": joins.collect::<Vec<_>>(),
        "changes": changes(explanation).iter().map(|c| change(explanation, c)).collect::<Vec<_>>(),
    });
    for part in [answer, more] {
        if let (Value::Object(value), Value::Object(part)) = (&mut value, part) {
            value.extend(part);
        }
    }
    value
}

/// The request as it was understood.
fn request(explanation: &Explanation<'_>) -> Value {
    let request = explanation.request;
    let headers = request.headers().filter(|(name, _)| !name.starts_with(':'));
    json!({
        "method": request.shown(":method"),
        "scheme": request.shown(":scheme"),
        "authority": request.shown(":authority"),
        "path": request.shown(":path"),
        "headers": headers.map(|(name, value)| json!([name, shown(value)])).collect::<Vec<_>>(),
    })
}

fn conditions(block: &[Asked<'_>], policy: &Policy) -> Vec<Value> {
    block.iter().map(|asked| condition(asked, policy)).collect()
}

fn condition(asked: &Asked<'_>, policy: &Policy) -> Value {
    let values: Vec<String> = asked.answer.values.iter().map(|value| shown(value)).collect();
    json!({
        "subject": wording::subject(&asked.condition.subject),
        "test": wording::test(&asked.condition.test),
        "not": !asked.condition.holds,
        "met": asked.answer.met,
        "found": values,
        "tooLong": asked.answer.too_long,
        "note": note(asked, policy),
    })
}

fn join(explanation: &Explanation<'_>, id: SubsetId, from: Option<Share>) -> Value {
    json!({
        "subset": explanation.policy.subset_name(id),
        "has": explanation.share(id).map_or(Percent(0), Percent::from).to_value(),
        "from": from.map(|share: Share| Percent::from(share).to_value()),
    })
}

fn change(explanation: &Explanation<'_>, change: &Change<'_>) -> Value {
    let name = |id| explanation.policy.subset_name(id);
    match change {
        Change::Rule { name, unmet, .. } => {
            json!({ "rule": name, "unmet": unmet.iter().map(wording::condition).collect::<Vec<_>>() })
        }
        Change::Identity { any_of } => {
            json!({ "identity": any_of.iter().map(named).collect::<Vec<_>>() })
        }
        Change::Joins { subset, from } => {
            json!({ "joins": name(*subset), "from": Percent::from(*from).to_value() })
        }
        Change::Leaves { subset, below } => {
            json!({ "leaves": name(*subset), "below": Percent::from(*below).to_value() })
        }
    }
}
