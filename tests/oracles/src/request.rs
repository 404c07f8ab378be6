//! A request of a case.

use policy::split::Generator;
use policy::{Lines, Request};

/// A request's headers, in order.
pub type Headers = [(String, Vec<u8>)];

/// The lines of one of them.
#[must_use]
pub fn lines(headers: &Headers, name: &str) -> Lines {
    let named = headers.iter().filter(|(other, _)| other == name);
    named.map(|(_, value)| value.as_slice()).collect()
}

/// A request that notices what is read of it; nothing is known of its caller.
#[derive(Debug)]
pub struct Recorded<'a> {
    headers: &'a Headers,
    draws: &'a mut Generator,
    /// The headers that were read, in order.
    pub reads: Vec<String>,
}

impl<'a> Recorded<'a> {
    /// One with these headers and draws.
    #[must_use]
    pub fn new(headers: &'a Headers, draws: &'a mut Generator) -> Self {
        Self { headers, draws, reads: Vec::new() }
    }
}

impl Request for Recorded<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        self.reads.push(name.to_owned());
        lines(self.headers, name)
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn draw(&mut self) -> u64 {
        self.draws.draw()
    }
}
