//! What is compared: rows, each a listener and a request, in scenes, each an Envoy.

use std::fmt;

use serde_json::Value;

use crate::request::Request;

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What it is called.
    pub(crate) name: &'static str,
    /// How many rules stand there.
    pub(crate) rules: usize,
    /// What is sent.
    pub(crate) request: Request,
    /// The subset that must answer.
    pub(crate) expected: &'static str,
    /// How many times fewer requests than usual: it costs that much.
    pub(crate) costly: usize,
}

impl Row {
    /// The name of its listener.
    pub(crate) fn listener(&self) -> String {
        listener(self.name, self.rules)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.rules, self.request.name)
    }
}

/// The name of the listener with so many rules of a kind.
pub(crate) fn listener(name: &str, rules: usize) -> String {
    format!("{name} {rules}")
}

/// One Envoy: callgrind has room for about two virtual machines in a process.
#[derive(Debug)]
pub(crate) struct Scene {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its listeners, whole; the plain one is added to them.
    pub(crate) listeners: Vec<Value>,
    /// The rows that are measured in it.
    pub(crate) rows: Vec<Row>,
    /// What cannot be measured, and why: `serin check` refuses it.
    pub(crate) refused: Vec<String>,
}

impl Scene {
    /// One without rows.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, listeners: Vec::new(), rows: Vec::new(), refused: Vec::new() }
    }

    /// Adds a listener, whose name becomes that of its kind and number of rules, and a row for each request.
    pub(crate) fn add(
        &mut self,
        (name, rules): (&'static str, usize),
        mut body: Value,
        requests: impl IntoIterator<Item = (Request, &'static str)>,
    ) {
        body["name"] = listener(name, rules).into();
        self.listeners.push(body);
        let row = |(request, expected)| Row { name, rules, request, expected, costly: 1 };
        self.rows.extend(requests.into_iter().map(row));
    }

    /// Leaves out a Release that `serin check` refuses.
    pub(crate) fn refuse(&mut self, (name, rules): (&str, usize), refusal: &anyhow::Error) {
        let why = refusal.to_string();
        let why = why.lines().next().unwrap_or_default();
        self.refused.push(format!("{name} {rules}: {why}"));
    }

    /// Sends so many times fewer requests to what was added last.
    pub(crate) fn costly(&mut self, times: usize) {
        let last = self.rows.last().map(Row::listener);
        for row in self.rows.iter_mut().rev().take_while(|row| Some(row.listener()) == last) {
            row.costly = times;
        }
    }
}
