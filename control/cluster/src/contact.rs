//! The first contact with an API server: until something of Kubernetes has answered at an address, the address may be
//! wrong, and the user waits to be told.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A server that refuses connections does so at once: it is asked again for no longer than this.
const TRIES: Duration = Duration::from_secs(1);

/// What is known of the server at an address.
#[derive(Debug)]
pub(super) struct Contact {
    place: String,
    limit: Option<Duration>,
    begun: OnceLock<Duration>,
    is_made: AtomicBool,
}

/// Until when a request may take, and be made again, on the clock that runs without jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// No answer is waited for any longer.
    pub(super) end: Duration,
    /// It is not made again any more.
    pub(super) last_try: Duration,
    /// Whether nothing ever answered.
    pub(super) is_first: bool,
}

impl Contact {
    /// With the server at `place` (its URL and context), whose first answer may take as long as `limit`.
    pub(super) fn new(place: String, limit: Option<Duration>) -> Self {
        Self { place, limit, begun: OnceLock::new(), is_made: AtomicBool::new(false) }
    }

    /// The server's URL, and the context that names it.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Whether a Kubernetes API has answered there.
    pub(super) fn is_made(&self) -> bool {
        self.is_made.load(Ordering::Relaxed)
    }

    /// A Kubernetes API has answered.
    pub(super) fn made(&self) {
        self.is_made.store(true, Ordering::Relaxed);
    }

    /// The bound of a request that begins `now`, where outages are waited for as long as `patience`.
    pub(super) fn bound(&self, now: Duration, patience: Duration) -> Bound {
        // Logging in comes before the first request: a person may have to do it.
        let begun = *self.begun.get_or_init(|| now);
        match self.limit {
            Some(limit) if !self.is_made() => {
                let end = begun + limit;
                Bound { end, last_try: end.min(begun + TRIES), is_first: true }
            }
            _ => {
                let end = now + patience;
                Bound { end, last_try: end, is_first: false }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_contact_is_cut_short() {
        let seconds = Duration::from_secs;
        let contact = Contact::new(String::new(), Some(seconds(4)));
        let first = Bound { end: seconds(104), last_try: seconds(101), is_first: true };
        assert_eq!(contact.bound(seconds(100), seconds(60)), first);
        // What is left of it, not as much again.
        assert_eq!(contact.bound(seconds(102), seconds(60)), first);
        contact.made();
        let later = Bound { end: seconds(163), last_try: seconds(163), is_first: false };
        assert_eq!(contact.bound(seconds(103), seconds(60)), later);
        let patient = Contact::new(String::new(), None).bound(seconds(103), seconds(60));
        assert_eq!(patient, later);
    }
}
