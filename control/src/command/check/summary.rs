//! The last lines about a file: how much is wrong with it, or what its Releases cost.

use document::load::Source;
use document::report::text;
use import::review::{Found, Review};
use policy::Checked;

use super::Args;

/// The last lines about a file: how much is wrong with it, or what each of its Releases costs.
pub(super) fn summary(source: &Source, review: &Review, args: &Args) -> String {
    let name = text::printable(source.name());
    let (errors, warnings) = review.count();
    if errors > 0 {
        return format!("{name}: {}\n", text::tally(errors, warnings));
    }
    if warnings > 0 && args.deny_warnings {
        return format!("{name}: {}, denied by `--deny-warnings`\n", text::tally(0, warnings));
    }
    let warned = match warnings {
        0 => String::new(),
        _ => format!("; {}", text::tally(0, warnings)),
    };
    match (review.releases.as_slice(), review.services.as_slice()) {
        ([found], []) => return format!("{name}: ok, {}{warned}\n", costs(&found.release)),
        ([], [(label, rules)]) => {
            return format!(
                "{name}: ok, {}, {}{warned}\n",
                text::printable(label),
                counted(*rules)
            );
        }
        _ => {}
    }
    let lines = review.releases.iter().map(|Found { release, .. }| {
        format!("{name}: {}: ok, {}\n", release.policy.full_name(), costs(release))
    });
    let services = review.services.iter().map(|(label, rules)| {
        format!("{name}: {}: ok, {}\n", text::printable(label), counted(*rules))
    });
    let numbers = [(review.releases.len(), "Release"), (review.services.len(), "VirtualService")];
    let numbers: Vec<String> = numbers
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, kind)| format!("{number} {kind}{}", if number == 1 { "" } else { "s" }))
        .collect();
    let last = format!("{name}: ok, {}{warned}\n", numbers.join(", "));
    lines.chain(services).chain(std::iter::once(last)).collect()
}

/// `2 rules`.
fn counted(rules: usize) -> String {
    match rules {
        0 => "no rules".to_owned(),
        1 => "1 rule".to_owned(),
        number => format!("{number} rules"),
    }
}

/// `2 rules, worst request 0.1 M steps, automata 12 KiB`.
fn costs(checked: &Checked) -> String {
    let rules = counted(checked.policy.rules().len());
    let steps = checked.program.worst_request();
    if steps == 0 {
        return format!("{rules}, no regular expressions");
    }
    let kibibytes = checked.program.memory().div_ceil(1024);
    format!("{rules}, worst request {} regex steps, automata {kibibytes} KiB", thousands(steps))
}

/// `740`, `12 k`, `0.1 M`, rounded up: it is a bound.
fn thousands(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        1000..100_000 => format!("{} k", number.div_ceil(1000)),
        _ => {
            let tenths = number.div_ceil(100_000);
            format!("{}.{} M", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_rounded_up() {
        let cases =
            [(0, "0"), (999, "999"), (1001, "2 k"), (100_000, "0.1 M"), (1_950_001, "2.0 M")];
        for (number, text) in cases {
            assert_eq!(thousands(number), text);
        }
    }
}
