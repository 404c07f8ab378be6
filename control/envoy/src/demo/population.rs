//! The users of a scenario, one by one: always the same ones, so that a run repeats to the digit.

use std::collections::BTreeMap;

use anyhow::Context;
use hyper::http::Request;

use super::visitors::{Group, Visitors};

/// All users of all groups.
#[derive(Clone, Debug)]
pub struct Population {
    /// The groups.
    pub groups: Vec<Crowd>,
    /// The users, group by group.
    pub users: Vec<User>,
}

/// A group as a whole.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// Its name.
    pub name: String,
    /// The requests of each of its users.
    pub requests: u32,
    /// The share of its users in percent, by subset.
    pub expect: BTreeMap<String, f64>,
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The position of the group.
    pub group: usize,
    /// What the user sends, each time.
    pub request: Request<()>,
}

impl Population {
    /// The users that `visitors` describe; with `users` that many in each group.
    ///
    /// # Errors
    /// When a template makes no valid request.
    pub fn new(visitors: &Visitors, users: Option<u32>) -> anyhow::Result<Self> {
        let mut population = Self { groups: Vec::new(), users: Vec::new() };
        for (position, group) in visitors.groups.iter().enumerate() {
            for number in 1..=users.unwrap_or(group.users) {
                let request = request(visitors, group, number);
                let request =
                    request.with_context(|| format!("user {number} of group `{}`", group.name))?;
                population.users.push(User { group: position, request });
            }
            let Group { name, requests, expect, .. } = group;
            population.groups.push(Crowd {
                name: name.clone(),
                requests: *requests,
                expect: expect.clone(),
            });
        }
        Ok(population)
    }

    /// How many requests they send together.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.users.iter().map(|user| u64::from(self.requests_of(user))).sum()
    }

    /// How many requests a user sends.
    #[must_use]
    pub fn requests_of(&self, user: &User) -> u32 {
        self.groups[user.group].requests
    }
}

fn request(visitors: &Visitors, group: &Group, number: u32) -> anyhow::Result<Request<()>> {
    let number = number.to_string();
    let fill = |template: &str| template.replace("{user}", &number);
    let mut request = Request::builder()
        .method(group.method.as_str())
        .uri(fill(group.path.as_ref().unwrap_or(&visitors.path)))
        .header("host", fill(group.authority.as_ref().unwrap_or(&visitors.authority)));
    for (name, template) in &group.headers {
        request = request.header(name, fill(template));
    }
    if !group.cookies.is_empty() {
        let cookies =
            group.cookies.iter().map(|(name, template)| format!("{name}={}", fill(template)));
        request = request.header("cookie", cookies.collect::<Vec<_>>().join("; "));
    }
    Ok(request.body(())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISITORS: &str = "
authority: a.example.com
groups:
- name: cookies
  users: 2
  requests: 3
  path: /of/{user}
  cookies: {a: b, id: 'u{user}'}
  expect: {v1: 100}
- name: plain
  users: 1
  requests: 5
  method: POST
  authority: b.example.com
  headers: {x-user: '{user}'}
  expect: {v1: 100}
";

    #[test]
    fn templates_become_requests() {
        let population = Population::new(&Visitors::read(VISITORS).unwrap(), None).unwrap();
        assert_eq!(population.requests(), 11);
        let [_, second, third] = population.users.as_slice() else {
            panic!("expected 3 users, found {}", population.users.len());
        };
        assert_eq!(second.request.uri(), "/of/2");
        assert_eq!(second.request.headers()["cookie"], "a=b; id=u2");
        assert_eq!(second.request.headers()["host"], "a.example.com");
        assert_eq!(third.group, 1);
        assert_eq!(third.request.method(), "POST");
        assert_eq!(third.request.headers()["host"], "b.example.com");
        assert_eq!(third.request.headers()["x-user"], "1");
    }

    #[test]
    fn the_number_of_users_can_be_chosen() {
        let population = Population::new(&Visitors::read(VISITORS).unwrap(), Some(10)).unwrap();
        assert_eq!(population.users.len(), 20);
    }
}
