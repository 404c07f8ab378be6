//! What was compared, and what differed.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::deliberate::{self, Reason};
use super::shapes::Shape;
use super::world::Answer;
use crate::served::Headers;

/// Requests on either side, by the subset that served them.
type Served = BTreeMap<String, [u64; 2]>;

#[derive(Default)]
pub(super) struct Tally {
    requests: usize,
    /// Requests that a rule with a `match` took.
    matched: usize,
    /// Requests that neither side served: Envoy refuses them before it routes.
    refused: usize,
    /// Differences that are meant.
    meant: BTreeMap<Reason, usize>,
    differences: Vec<String>,
    /// By the weights of a rule (percent of v1, v2, v3, as text): who served, on both sides.
    splits: BTreeMap<String, Served>,
}

/// What became of one request on both sides.
pub(super) struct Comparison<'a> {
    pub(super) shape: &'a Shape,
    pub(super) headers: &'a Headers,
    pub(super) native: &'a Answer,
    pub(super) ours: &'a Answer,
    /// The rule that the imported Release decides by.
    pub(super) rule: Option<&'a str>,
}

impl Tally {
    /// Compares the answers to a request.
    pub(super) fn add(&mut self, found: &Comparison<'_>) {
        let Comparison { shape, headers, native, ours, rule } = *found;
        self.requests += 1;
        let Some(taken) = native.rule else {
            self.refused += usize::from(native.by == ours.by);
            if native.by != ours.by {
                self.differences.push(found.to_string());
            }
            return;
        };
        let written = &shape.rules()[taken];
        self.matched += usize::from(written.get("match").is_some());
        let weights = weights(written);
        let same = if weights.len() == 1 {
            native.by == ours.by
        } else {
            let name = written["name"].as_str().filter(|_| !takes_all(written));
            weights.contains_key(&ours.by) && rule == name
        };
        if !same {
            match deliberate::reason(headers) {
                Some(reason) => *self.meant.entry(reason).or_default() += 1,
                None => self.differences.push(found.to_string()),
            }
        } else if weights.len() > 1 {
            let split = self.splits.entry(format!("{weights:?}")).or_default();
            split.entry(native.by.clone()).or_default()[0] += 1;
            split.entry(ours.by.clone()).or_default()[1] += 1;
        }
    }

    /// Fails where anything differs that should not, and where too little was seen to say so.
    pub(super) fn judge(&self) {
        let some = &self.differences[..self.differences.len().min(8)];
        assert!(some.is_empty(), "{} differences\n{}", self.differences.len(), some.join("\n"));
        assert!(self.requests >= 20_000 && self.matched * 4 > self.requests, "{self}");
        assert!(self.refused * 20 < self.requests, "{self}");
        for (weights, served) in &self.splits {
            let [native, ours] = [0, 1].map(|side| served.values().map(|n| n[side]).sum::<u64>());
            assert!(native == ours && native > 100, "{weights}: {served:?}");
            for (subset, [native, ours]) in served {
                // Two counts of the same share differ by less than six standard deviations of their difference,
                // but for two in a thousand million runs.
                let apart = native.abs_diff(*ours);
                assert!(
                    apart * apart <= 36 * (native + ours + 1),
                    "{weights}: {subset} {served:?}"
                );
            }
        }
    }
}

/// Whether a rule takes all that comes to it: the Release's own split does what such a rule did.
fn takes_all(rule: &Value) -> bool {
    let entries = rule["match"].as_array();
    let all = [json!({"prefix": "/"}), json!({"regex": ".*"})];
    let takes_all = |entry: &Value| {
        let fields = entry.as_object().unwrap().keys();
        all.contains(&entry["uri"]) && fields.filter(|field| *field != "ignoreUriCase").count() == 1
    };
    entries.is_none_or(|entries| entries.iter().any(takes_all))
}

/// The weights of a rule's destinations, of those that get any.
fn weights(rule: &Value) -> BTreeMap<String, u64> {
    let route = rule["route"].as_array().unwrap();
    let weight = |to: &Value| if route.len() == 1 { 1 } else { to["weight"].as_u64().unwrap() };
    let all = route.iter().map(|to| (to["destination"]["subset"].as_str().unwrap(), weight(to)));
    all.filter(|(_, weight)| *weight > 0)
        .map(|(subset, weight)| (subset.to_owned(), weight))
        .collect()
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shape, headers, native, ours, rule } = self;
        let shown = headers.iter().map(|(name, value)| {
            let cut = value.get(..120).unwrap_or(value);
            format!("{name}: {} ({})", cut.escape_ascii(), value.len())
        });
        let shown: Vec<String> = shown.collect();
        let rules = Value::from(shape.rules().to_vec());
        let number = shape.number;
        write!(
            f,
            "shape {number}: {shown:?}\n  Envoy {native:?}, Serin {} by {rule:?}\n  {rules}",
            ours.by
        )
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, {} taken by a rule with a match, {} that Envoy itself refused; {} differences, and {:?} meant; splits {:?}",
            self.requests,
            self.matched,
            self.refused,
            self.differences.len(),
            self.meant,
            self.splits
        )
    }
}
