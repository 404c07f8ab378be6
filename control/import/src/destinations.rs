//! Where rules lead: to subsets of one service, at one port.

use std::collections::{BTreeMap, BTreeSet};

use document::report::Percent;
use istio::virtual_service::{Destination, Rule};
use policy::{Code, Node, Path, Problem, Problems};

use super::draft::Draft;
use super::note::Note;
use super::objects::text;
use super::unsupported;
use super::weights;

/// What all rules that were read lead to.
#[derive(Debug, Default)]
pub(super) struct Destinations<'n> {
    /// The service, as it was first named.
    pub(super) host: Option<Named<'n>>,
    /// The service's port, where one is named.
    pub(super) port: Option<(u16, Path)>,
    /// Its subsets and where they were first named, in that order.
    pub(super) subsets: Vec<(&'n str, Path)>,
    /// Their names.
    known: BTreeSet<&'n str>,
}

/// A service.
#[derive(Clone, Debug)]
pub(super) struct Named<'n> {
    pub(super) full: String,
    pub(super) written: &'n str,
    pub(super) path: Path,
}

/// How a rule splits requests, in hundredths of a percent; each subset once.
#[derive(Clone, Debug, Default)]
pub(super) struct Split<'n>(pub(super) Vec<(&'n str, u64, Path)>);

impl<'n> Destinations<'n> {
    /// Reads a rule's destinations.
    pub(super) fn add(
        &mut self,
        rule: &Rule<'n>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> Split<'n> {
        let weights = weights_of(rule);
        let weighted: Vec<_> = rule.destinations.iter().zip(&weights).collect();
        let mut shares: Vec<(&'n str, u32, Path)> = Vec::new();
        let mut positions: BTreeMap<&'n str, usize> = BTreeMap::new();
        for (destination, weight) in weighted {
            if self.host.is_none() && *weight > 0 {
                self.host = Some(Named {
                    full: destination.host.clone(),
                    written: text(&destination.field, "host"),
                    path: destination.field.path.key("host"),
                });
            }
            let is_carried = self.carries(destination);
            if *weight == 0 && !is_carried {
                let message =
                    format!("the destination `{}` is left out: its weight is 0", destination.host);
                notes.push(Note::new(&destination.field.path, message));
                continue;
            }
            if !is_carried {
                problems.add(self.refusal(destination));
                continue;
            }
            self.at_port(destination.port, &destination.field.path, problems);
            let at = &destination.field.path;
            let position = *positions.entry(destination.subset).or_insert(shares.len());
            match shares.get_mut(position) {
                Some((_, sum, _)) => *sum = sum.saturating_add(*weight),
                None => shares.push((destination.subset, *weight, at.clone())),
            }
            self.name(destination.subset, at.key("subset"));
        }
        rescale(shares, &rule.field.path.key("route"), notes)
    }

    /// Notes a subset where it is first named.
    pub(super) fn name(&mut self, subset: &'n str, at: Path) {
        if self.known.insert(subset) {
            self.subsets.push((subset, at));
        }
    }

    /// Whether a destination is a subset of the service.
    fn carries(&self, destination: &Destination<'_>) -> bool {
        let is_same = self.host.as_ref().is_none_or(|host| host.full == destination.host);
        is_same && !destination.subset.is_empty()
    }

    fn refusal(&self, destination: &Destination<'_>) -> Problem {
        let at = &destination.field.path;
        match &self.host {
            Some(host) if host.full != destination.host => {
                let what = format!(
                    "a second service, `{}` in addition to `{}`,",
                    destination.host, host.full
                );
                let help = "a Release is for the versions of one service: make them subsets of it";
                unsupported::problem(&at.key("host"), &what, help)
            }
            _ => {
                let what = "a destination without a subset";
                let help = "declare a subset for each version in the DestinationRule, and name the subset here";
                unsupported::problem(at, what, help)
            }
        }
    }

    /// Notes the port of a destination, or of an entry of `match`.
    pub(super) fn at_port(&mut self, port: Option<u16>, path: &Path, problems: &mut Problems) {
        let Some(port) = port else { return };
        match &self.port {
            None => self.port = Some((port, path.key("port"))),
            Some((known, _)) if *known == port => {}
            Some((known, _)) => {
                let what = format!("a second port, {port} in addition to {known},");
                let help = "a Release is for one port of the service";
                problems.add(unsupported::problem(&path.key("port"), &what, help));
            }
        }
    }
}

/// The weights of a rule's destinations: of a single one it does not count.
pub(super) fn weights_of(rule: &Rule<'_>) -> Vec<u32> {
    let routes = rule.field.maps("route", &mut Problems::default());
    if let [_] = rule.destinations.as_slice() {
        return vec![1];
    }
    let weight = |destination: &Destination<'_>| {
        let field = routes.get(destination.index).and_then(|route| route.get("weight"));
        match field.map(|field| field.node) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what is no such number was refused"
            )]
            Some(Node::Number(number)) => *number as u32,
            _ => 0,
        }
    };
    rule.destinations.iter().map(weight).collect()
}

/// Adds what Istio and Envoy refuse of a rule's weights together.
pub(super) fn check_weights(rule: &Rule<'_>, problems: &mut Problems) {
    let weights = weights_of(rule);
    let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let message = match sum {
        0 if weights.len() > 1 => "the weights add up to 0: Istio rejects that".to_owned(),
        0..=0xFFFF_FFFF => return,
        _ => format!("the weights add up to {sum}: Envoy accepts at most {}", u32::MAX),
    };
    let at = rule.field.path.key("route");
    problems.add(Problem::error(Code::InvalidSplit, &at, message));
}

fn rescale<'n>(shares: Vec<(&'n str, u32, Path)>, at: &Path, notes: &mut Vec<Note>) -> Split<'n> {
    let weights: Vec<u32> = shares.iter().map(|(_, weight, _)| *weight).collect();
    let Some(rescaled) = weights::rescale(&weights) else { return Split::default() };
    let split = shares.into_iter().zip(&rescaled.hundredths);
    let split = Split(split.map(|((subset, _, path), share)| (subset, *share, path)).collect());
    if !rescaled.is_exact {
        let weights: Vec<String> = weights.iter().map(u32::to_string).collect();
        let said: Vec<String> = split
            .0
            .iter()
            .map(|(subset, share, _)| format!("{subset} {}", Percent(*share).to_value()))
            .collect();
        let message = format!(
            "the weights {} are not whole hundredths of a percent: {}",
            weights.join(":"),
            said.join(", ")
        );
        notes.push(Note::new(at, message));
    }
    split
}

impl<'n> Split<'n> {
    /// The subset that gets most; of equal ones the first.
    pub(super) fn largest(&self) -> Option<&'n str> {
        let mut largest: Option<(&'n str, u64)> = None;
        for (subset, share, _) in &self.0 {
            if largest.is_none_or(|(_, most)| *share > most) {
                largest = Some((subset, *share));
            }
        }
        largest.map(|(subset, _)| subset)
    }

    /// Whether requests are drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.0.iter().filter(|(_, share, _)| *share > 0).count() > 1
    }

    pub(super) fn draft(&self, at: &Path) -> Draft {
        let shares = self.0.iter();
        Draft::map(shares.map(|(subset, share, path)| {
            (*subset, Draft::leaf(Percent(*share).to_value()).made_of(path))
        }))
        .made_of(at)
    }
}
