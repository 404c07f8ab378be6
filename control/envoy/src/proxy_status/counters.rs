//! How many requests each rule gave to each subset: what the filter counts, under names that hold labels.

use serde::Serialize;

use super::stats::Stats;

/// The requests that one rule gave to one subset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decisions {
    /// The rule; `default` for requests that none took.
    pub rule: String,
    /// The subset.
    pub subset: String,
    /// How many.
    pub requests: u64,
}

/// The counters of the Release `<namespace>/<name>`, in the order of their names.
pub(super) fn decisions(stats: &Stats, release: &str) -> Vec<Decisions> {
    let of_release = format!("wasmcustom.serin_release=.={release};.;serin_rule=.=");
    let decisions = stats.below(&of_release).filter_map(|(rest, requests)| {
        let (rule, rest) = rest.split_once(";.;serin_subset=.=")?;
        let (subset, "serin_decisions_total") = rest.split_once(";.;")? else { return None };
        Some(Decisions { rule: rule.to_owned(), subset: subset.to_owned(), requests })
    });
    decisions.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counters_are_told_apart_by_release_rule_and_subset() {
        let stat = |release: &str, rest: &str| {
            let name = format!("wasmcustom.serin_release=.={release};.;{rest}");
            json!({ "name": name, "value": 7 })
        };
        let counted = "serin_rule=.=staff;.;serin_subset=.=v2;.;serin_decisions_total";
        let stats = json!({ "stats": [
            stat("bookinfo/reviews", counted),
            stat("bookinfo/reviews", "serin_values_too_long_total"),
            stat("bookinfo/reviews-two", counted),
            { "histograms": {} },
        ] });
        let expected = Decisions { rule: "staff".to_owned(), subset: "v2".to_owned(), requests: 7 };
        assert_eq!(decisions(&Stats::read(&stats), "bookinfo/reviews"), [expected]);
    }
}
