//! Names of rules: patches find routes by them, so every switched rule has one, and no other rule has the same.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Code, Problem};

use super::reach::Side;
use super::reading::Reading;
use super::verdict::Verdict;

/// Gives every switched rule without a name one, the same each time.
pub(super) fn name(readings: &mut [Reading<'_>], qualified: &str) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut needing = 0;
    for reading in readings.iter() {
        taken.extend(reading.service.rules.iter().map(|rule| rule.name.to_owned()));
        needing +=
            reading.switched().filter(|(index, _)| reading.needs_name(*index, qualified)).count();
    }
    let (mut number, mut next) = (0, 0);
    for reading in readings {
        for index in 0..reading.service.rules.len() {
            let is_switched = matches!(reading.verdicts.get(index), Some(Verdict::Switched(_)));
            if !is_switched || !reading.needs_name(index, qualified) {
                continue;
            }
            number += 1;
            let Some(name) = reading.names.get_mut(index).filter(|name| name.is_empty()) else {
                continue;
            };
            let plain = (needing == 1).then(|| qualified.to_owned());
            let plain = plain.filter(|name| !taken.contains(name));
            // From the last number on: all that were passed by are taken.
            next = next.max(number);
            *name = plain.unwrap_or_else(|| {
                loop {
                    let numbered = format!("{qualified}/{next}");
                    if !taken.contains(&numbered) {
                        break numbered;
                    }
                    next += 1;
                }
            });
            taken.insert(name.clone());
        }
    }
}

/// A problem for each rule that is not switched and shares the name of one that is, in the same proxies.
pub(super) fn clashes(readings: &[Reading<'_>]) -> Vec<(usize, Problem)> {
    let mut found = BTreeMap::new();
    for side in [Side::Mesh, Side::Gateways] {
        let mut switched = BTreeMap::new();
        for reading in readings {
            for (index, rule) in reading.switched() {
                let name = reading.names.get(index).map_or("", String::as_str);
                for route in reading.reach.route_names(side, name, rule) {
                    let place =
                        format!("`{}` of {}", rule.field.path, reading.service.object.label);
                    switched.entry(route).or_insert(place);
                }
            }
        }
        for (position, reading) in readings.iter().enumerate() {
            for (index, rule) in reading.service.rules.iter().enumerate() {
                if reading.verdicts.get(index) != Some(&Verdict::Unrelated) {
                    continue;
                }
                let routes = reading.reach.route_names(side, rule.name, rule);
                let Some(other) = routes.iter().find_map(|route| switched.get(route)) else {
                    continue;
                };
                let name = rule.name;
                let message = format!(
                    "{other} has the name `{name}` too, and its requests follow decisions, but these do not"
                );
                let problem =
                    Problem::error(Code::DuplicateName, &rule.field.path.key("name"), message)
                        .help("patches select rules by name: rename one of the two");
                found
                    .entry((position, index))
                    .or_insert((reading.service.object.document, problem));
            }
        }
    }
    found.into_values().collect()
}
