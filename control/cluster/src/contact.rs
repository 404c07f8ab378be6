//! The contact with an API server: until something of Kubernetes has answered at an address, the address may be wrong,
//! and the user waits to be told. Later it is an outage, which is waited for as a whole.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use hyper::Uri;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::masked;
use super::proxy::Proxy;

/// A server that refuses connections does so at once: it is asked again for no longer than this.
const TRIES: Duration = Duration::from_secs(1);
/// Where an outage was waited for, what is asked still has this long.
const LAST: Duration = Duration::from_secs(1);
/// How long a connection is tried for, to tell a silent server from none.
const PROBE: Duration = Duration::from_millis(250);

/// What is known of the server at an address.
#[derive(Debug)]
pub(super) struct Contact {
    place: String,
    server: Uri,
    proxy: Option<Proxy>,
    limit: Option<Duration>,
    begun: OnceLock<Duration>,
    is_made: AtomicBool,
    /// Since when no answer comes.
    outage: Mutex<Option<Duration>>,
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
    /// With a server, which a context names, and whose first answer may take as long as `limit`.
    pub(super) fn new(
        server: &Uri,
        context: Option<&str>,
        proxy: Option<Proxy>,
        limit: Option<Duration>,
    ) -> Self {
        let named = context.map(|context| format!("context `{context}`"));
        let through = proxy.as_ref().map(|proxy| format!("proxy {proxy}"));
        let more: Vec<String> = named.into_iter().chain(through).collect();
        let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
        let host = || server.host().unwrap_or_default().to_owned();
        let shown = masked::shown(&server.to_string()).unwrap_or_else(host);
        Self {
            place: format!("{}{more}", shown.trim_end_matches('/')),
            server: server.clone(),
            proxy,
            limit,
            begun: OnceLock::new(),
            is_made: AtomicBool::new(false),
            outage: Mutex::new(None),
        }
    }

    /// The server's URL, and the context and the proxy that lead there.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The host, as it is looked up.
    pub(super) fn host(&self) -> &str {
        self.server.host().unwrap_or_default()
    }

    /// Whether it is asked by TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.server.scheme_str() == Some("https")
    }

    /// What stands between.
    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// Whether a Kubernetes API has answered there.
    pub(super) fn is_made(&self) -> bool {
        self.is_made.load(Ordering::Relaxed)
    }

    /// A Kubernetes API has answered.
    pub(super) fn made(&self) {
        self.is_made.store(true, Ordering::Relaxed);
    }

    /// Whether something accepts connections there, where nothing answers.
    pub(super) async fn accepts(&self) -> bool {
        if self.proxy.is_some() {
            return false;
        }
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        let port = self.server.port_u16().unwrap_or(if self.is_tls() { 443 } else { 80 });
        matches!(timeout(PROBE, TcpStream::connect((host, port))).await, Ok(Ok(_)))
    }

    /// What is left for a request within this time, so that there is time to look who does not answer.
    pub(super) fn limit(&self, left: Duration) -> Duration {
        if self.is_made() { left } else { left.saturating_sub(PROBE.min(left / 4)) }
    }

    /// A request that began at this time has no answer.
    pub(super) fn lost(&self, begun: Duration) {
        self.outage().get_or_insert(begun);
    }

    /// There is an answer again.
    pub(super) fn answered(&self) {
        *self.outage() = None;
    }

    fn outage(&self) -> MutexGuard<'_, Option<Duration>> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
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
                let last_try = self.outage().unwrap_or(now) + patience;
                Bound { end: last_try.max(now + LAST), last_try, is_first: false }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(limit: Option<u64>) -> Contact {
        let limit = limit.map(Duration::from_secs);
        Contact::new(&Uri::from_static("https://10.0.0.1:6443"), None, None, limit)
    }

    #[test]
    fn only_the_first_contact_is_cut_short() {
        let seconds = Duration::from_secs;
        let contact = contact(Some(4));
        let first = Bound { end: seconds(104), last_try: seconds(101), is_first: true };
        assert_eq!(contact.bound(seconds(100), seconds(60)), first);
        // What is left of it, not as much again.
        assert_eq!(contact.bound(seconds(102), seconds(60)), first);
        contact.made();
        let later = Bound { end: seconds(163), last_try: seconds(163), is_first: false };
        assert_eq!(contact.bound(seconds(103), seconds(60)), later);
        let patient = self::contact(None).bound(seconds(103), seconds(60));
        assert_eq!(patient, later);
    }

    #[test]
    fn an_outage_is_waited_for_as_a_whole() {
        let seconds = Duration::from_secs;
        let contact = contact(None);
        let bound = |now: u64| {
            let Bound { end, last_try, .. } = contact.bound(seconds(now), seconds(60));
            (end.as_secs(), last_try.as_secs())
        };
        assert_eq!(bound(100), (160, 160));
        contact.lost(seconds(100));
        contact.lost(seconds(130));
        assert_eq!(bound(130), (160, 160));
        // Each request that follows is made once, and not waited for.
        assert_eq!(bound(200), (201, 160));
        contact.answered();
        assert_eq!(bound(200), (260, 260));
    }

    #[test]
    fn the_place_says_what_leads_there() {
        let server = Uri::from_static("https://10.0.0.1:6443/");
        let proxy = super::super::proxy::of(Some("http://u:p@proxy:1"), &server, &|_| None);
        let proxy = proxy.unwrap();
        for server in [
            "https://10.0.0.1:6443/",
            "https://bob:hunter2@10.0.0.1:6443",
            "https://10.0.0.1:6443/?token=hunter2",
        ] {
            let server = server.parse().unwrap();
            let contact = Contact::new(&server, Some("shop"), proxy.clone(), None);
            assert_eq!(
                contact.place(),
                "https://10.0.0.1:6443 (context `shop`, proxy http://proxy:1 of `proxy-url`)"
            );
        }
    }
}
