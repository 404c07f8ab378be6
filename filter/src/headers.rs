//! How a request's headers are read: in as few calls of the host as they take, each of which costs thousands of
//! instructions (docs/cost.md).
//!
//! One header is read alone. From the second on all are read at once: that costs less than two.

use std::cell::Cell;

use policy::{Lines, Program};

use crate::host::{self, Pairs};

/// How the headers are read that a program looks at.
pub(crate) struct Reading {
    /// Whether it looks at several in most requests.
    at_once: bool,
    /// Whether the host gives all at once. A configuration that was rendered for an older filter cuts that function; to
    /// ask for it again and again would fill the proxy's log.
    can_all: Cell<bool>,
}

impl Reading {
    pub(crate) fn of(program: &Program) -> Self {
        Self { at_once: program.reads_at_once(), can_all: Cell::new(true) }
    }

    /// Nothing of a request has been read yet.
    pub(crate) fn begin(&self) -> Headers<'_> {
        Headers { reading: self, is_first: true, all: None }
    }
}

/// The headers of one request.
pub(crate) struct Headers<'a> {
    reading: &'a Reading,
    is_first: bool,
    all: Option<Pairs>,
}

impl Headers<'_> {
    /// The first line of a header.
    pub(crate) fn first(&mut self, name: &str) -> Option<Vec<u8>> {
        match self.all() {
            Some(all) => all.lines(name).first,
            None => host::header(name),
        }
    }

    /// All lines of a header.
    pub(crate) fn lines(&mut self, name: &str) -> Lines {
        if let Some(all) = self.all() {
            return all.lines(name);
        }
        match host::joined_lines(name) {
            // Only where there is a comma the headers tell whose it is.
            Ok(Some(joined)) if joined.contains(&b',') => {
                self.load().map(|all| all.lines(name)).unwrap_or_default()
            }
            Ok(joined) => joined.into(),
            // A rendering from before the filter asked for it cuts this function: its first line is what it knew, too.
            Err(_) => host::header(name).into(),
        }
    }

    /// All headers, where it is time for them.
    fn all(&mut self) -> Option<&Pairs> {
        let is_alone = std::mem::take(&mut self.is_first) && !self.reading.at_once;
        if is_alone { None } else { self.load() }
    }

    fn load(&mut self) -> Option<&Pairs> {
        if self.all.is_none() && self.reading.can_all.get() {
            self.all = host::headers().ok();
            self.reading.can_all.set(self.all.is_some());
        }
        self.all.as_ref()
    }
}
