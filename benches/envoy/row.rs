//! What is compared: rows, each a listener and a request, in scenes, each an Envoy.

use serde_json::Value;

use crate::request::Request;

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What it is called.
    pub(crate) name: String,
    /// The name of its listener.
    pub(crate) listener: String,
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
    /// A row of the listener of the same name.
    pub(crate) fn new(name: &str, rules: usize, request: Request, expected: &'static str) -> Self {
        let listener = name.to_owned();
        Self { name: name.to_owned(), listener, rules, request, expected, costly: 1 }
    }
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
}
