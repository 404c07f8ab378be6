//! Names that a Release can have for Istio's rules and subsets.

use std::collections::{BTreeMap, BTreeSet};

use policy::policy::{DEFAULT_RULE, MAX_RULE_NAME};

/// The names of rules, in their order: their own as far as a Release takes them, otherwise `http-<index>`.
pub(super) fn of_rules(rules: &[(usize, &str)]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    // The numbers below are taken: a name may be there ten thousand times.
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::new();
    for (index, written) in rules {
        let base = match plain(written) {
            name if name.is_empty() || name == DEFAULT_RULE => format!("http-{index}"),
            name => name,
        };
        let mut name = base.clone();
        while !taken.insert(name.clone()) {
            let number = next.entry(base.clone()).or_insert(2);
            let end = format!("-{number}");
            name = shortened(&base, MAX_RULE_NAME - end.len()) + &end;
            *number += 1;
        }
        names.push(name);
    }
    names
}

/// A name with `-` for what cannot stand in one.
fn plain(written: &str) -> String {
    let keeps = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = written.chars().map(|c| if keeps(c) { c } else { '-' }).collect();
    shortened(&name, MAX_RULE_NAME)
}

fn shortened(name: &str, length: usize) -> String {
    name.chars().take(length).collect()
}

/// What the split hashes for a subset that is named as the key of the stable one, and is not it.
pub(super) fn key(subset: &str, subsets: &[&str]) -> String {
    let mut key = format!("{subset}-subset");
    while subsets.contains(&key.as_str()) {
        key.push('-');
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_as_they_were_where_a_release_takes_it() {
        let long = "x".repeat(80);
        let names = of_rules(&[
            (0, "staff"),
            (1, ""),
            (2, "match v1"),
            (3, "staff"),
            (4, "default"),
            (5, "ü"),
            (6, &long),
            (7, &long),
        ]);
        let cut = "x".repeat(63);
        let second = format!("{}-2", "x".repeat(61));
        assert_eq!(names, ["staff", "http-1", "match-v1", "staff-2", "http-4", "-", &cut, &second]);
    }

    #[test]
    fn a_key_is_no_subsets_name() {
        assert_eq!(key("stable", &["stable", "v1"]), "stable-subset");
        assert_eq!(key("stable", &["stable", "stable-subset"]), "stable-subset-");
    }
}
