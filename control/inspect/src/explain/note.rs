//! Why a test does not hold, where that is not seen from what was sent.

use policy::lint;
use policy::policy::{AttachKind, Condition, Policy, Subject, Test};
use policy::regex::{Case, Pattern};

use super::explanation::Asked;

/// What is to be known about a condition that is not met.
pub(super) fn note(asked: &Asked<'_>, policy: &Policy) -> Option<String> {
    let Asked { condition, answer } = asked;
    if answer.met || !condition.holds {
        return None;
    }
    if let Some(reason) = lint::why_never(condition) {
        return Some(format!("such a value is not sent: {reason}"));
    }
    if let Subject::Caller(label) = &condition.subject {
        return answer.values.is_empty().then(|| caller(label, policy));
    }
    let any = |passes: &dyn Fn(&[u8]) -> bool| answer.values.iter().any(|value| passes(value));
    if any(&|value| {
        decoded(value, &condition.subject).is_some_and(|value| passes(&condition.test, &value))
    }) {
        let message = "the value is percent-encoded, and is tested as sent: decoded it would match";
        return Some(message.to_owned());
    }
    if any(&|value| ignoring_case(condition).is_some_and(|test| passes(&test, value))) {
        return Some("it differs only in case: `ignoreCase: true` ignores that".to_owned());
    }
    let Test::Regex { source, case, .. } = &condition.test else { return None };
    if answer.values.is_empty() || answer.too_long {
        return None;
    }
    let part = Pattern::parse(&format!(r"(?s:.*)(?:{source})(?s:.*)"), *case).ok();
    Some(if part.is_some_and(|part| any(&|value| part.matches(value))) {
        "a regex must match the whole value: this one matches only a part of it; add `.*` before and after"
            .to_owned()
    } else {
        "a regex must match the whole value".to_owned()
    })
}

/// Whose labels count, and how they are given.
fn caller(label: &str, policy: &Policy) -> String {
    let is_gateway = |kind: &AttachKind| matches!(kind, AttachKind::Gateway { .. });
    let attach = policy.attach();
    if !attach.is_empty() && attach.iter().all(|attach| is_gateway(&attach.kind)) {
        format!("at a gateway, the labels are those of its own pods: use `--caller {label}=…`")
    } else {
        format!("labels of the calling pod are not part of the request: use `--caller {label}=…`")
    }
}

/// A value without percent-encoding; none where it has none.
fn decoded(value: &[u8], subject: &Subject) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, behind @ ..] = rest {
        let byte = match (first, behind) {
            (b'%', [high, low, ..]) => hexadecimal(*high, *low),
            (b'+', _) if matches!(subject, Subject::Query(_)) => {
                decoded.push(b' ');
                rest = behind;
                continue;
            }
            _ => None,
        };
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    (decoded != value).then_some(decoded)
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// The same test without an eye for case; none where it has none already.
fn ignoring_case(condition: &Condition) -> Option<Test> {
    Some(match &condition.test {
        Test::OneOf { values, case: Case::Sensitive } => {
            let values = values.iter().map(|value| value.to_ascii_lowercase()).collect();
            Test::OneOf { values, case: Case::Ignore }
        }
        Test::Text { relation, text, case: Case::Sensitive } => {
            let text = text.to_ascii_lowercase();
            Test::Text { relation: *relation, text, case: Case::Ignore }
        }
        Test::Regex { source, case: Case::Sensitive, .. } => {
            let pattern = Pattern::parse(source, Case::Ignore).ok()?;
            Test::Regex { pattern, source: source.clone(), case: Case::Ignore }
        }
        _ => return None,
    })
}

/// Whether a value passes a test.
fn passes(test: &Test, value: &[u8]) -> bool {
    let folded = |case: Case| match case {
        Case::Sensitive => value.to_vec(),
        Case::Ignore => value.to_ascii_lowercase(),
    };
    match test {
        Test::Present => true,
        Test::OneOf { values, case } => values.contains(&folded(*case)),
        Test::Text { relation, text, case } => relation.holds(&folded(*case), text),
        Test::Regex { pattern, .. } => pattern.matches(value),
    }
}
