//! `users.yaml`: groups of users, what each sends, and which share of them belongs where.
//!
//! `expect` is written by hand, from what the scenario's source promises; nothing here is computed from the
//! Release. Read strictly: an unknown field, or shares that do not sum up, are errors.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use serde::Deserialize;

/// Who visits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visitors {
    /// The `host` of requests, unless their group has one of its own.
    pub authority: String,
    /// Their path, likewise.
    #[serde(default = "root")]
    pub path: String,
    /// The groups, in the order in which they are shown.
    pub groups: Vec<Group>,
}

/// Users of one kind. `{user}` in a template becomes the user's number, from 1.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name, for people.
    pub name: String,
    /// How many users there are.
    pub users: u32,
    /// How many requests each of them sends, over different connections.
    pub requests: u32,
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// The template of the path, with a query if there is one.
    pub path: Option<String>,
    /// The template of the `host`.
    pub authority: Option<String>,
    /// Templates of headers by name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Templates of cookies by name, joined as browsers do.
    #[serde(default)]
    pub cookies: BTreeMap<String, String>,
    /// The share of its users in percent, by subset; a subset that is not named gets none.
    pub expect: BTreeMap<String, f64>,
}

fn root() -> String {
    "/".to_owned()
}

fn get() -> String {
    "GET".to_owned()
}

impl Visitors {
    /// Reads the text of a `users.yaml`.
    ///
    /// # Errors
    /// When it is not as described here.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let visitors: Self = serde_saphyr::from_str(text)?;
        ensure!(!visitors.groups.is_empty(), "expected at least one group");
        let mut names = BTreeSet::new();
        for group in &visitors.groups {
            ensure!(names.insert(&group.name), "duplicate group `{}`", group.name);
            group.check().with_context(|| format!("group `{}`", group.name))?;
        }
        Ok(visitors)
    }
}

impl Group {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.users > 0 && self.requests > 0, "expected at least one user and one request");
        let is_twice = !self.cookies.is_empty()
            && self.headers.keys().any(|name| name.eq_ignore_ascii_case("cookie"));
        ensure!(!is_twice, "expected `cookies` or a header `cookie`, found both");
        let total: f64 = self.expect.values().sum();
        let in_range = self.expect.values().all(|share| (0.0..=100.0).contains(share));
        ensure!(
            in_range && (total - 100.0).abs() < 1e-9,
            "expected shares that add up to 100, found {total}"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(group: &str) -> String {
        let text = format!("authority: a.example.com\ngroups:\n- {group}\n");
        format!("{:#}", Visitors::read(&text).unwrap_err())
    }

    #[test]
    fn files_are_read_strictly() {
        assert!(
            refused("{name: a, users: 1, requests: 1, expect: {v1: 100}, cookie: {a: b}}")
                .contains("cookie")
        );
        let sum = refused("{name: a, users: 1, requests: 1, expect: {v1: 60, v2: 30}}");
        assert_eq!(sum, "group `a`: expected shares that add up to 100, found 90");
        let both = refused(
            "{name: a, users: 1, requests: 1, expect: {v1: 100}, cookies: {a: b}, headers: {Cookie: c}}",
        );
        assert_eq!(both, "group `a`: expected `cookies` or a header `cookie`, found both");
        let none = refused("{name: a, users: 0, requests: 1, expect: {v1: 100}}");
        assert_eq!(none, "group `a`: expected at least one user and one request");
    }

    #[test]
    fn names_of_groups_differ() {
        let group = "{name: a, users: 1, requests: 1, expect: {v1: 100}}";
        assert_eq!(refused(&format!("{group}\n- {group}")), "duplicate group `a`");
    }
}
