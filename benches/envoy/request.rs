//! The requests that are sent: their bytes, and whose they are.

/// One request, the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// What it is called in tables.
    pub(crate) name: &'static str,
    /// What goes over the wire.
    pub(crate) bytes: Vec<u8>,
}

/// The host that the rules are about.
pub(crate) const HOST: &str = "reviews";
/// Another host of the same listener.
pub(crate) const OTHER_HOST: &str = "ratings";

/// What a browser sends beside the cookie that decides: 147 bytes with it, as in COST.md.
const COOKIES: &str = "_ga=GA1.2.1830276541.1763728001; consent=necessary.statistics; \
                       theme=dimmed; lang=en-GB; device-id=7c9e6679-7425-40de-944b-e07fc1f90ae7; ";
const _: () = assert!(COOKIES.len() + "version=v2".len() == 147);

impl Request {
    /// With the cookie that the last rule asks for.
    pub(crate) fn canary() -> Self {
        Self::with_cookie("canary", &cookie("version=v2"))
    }

    /// With that cookie, of another value: it stays on the default.
    pub(crate) fn default() -> Self {
        Self::with_cookie("default", &cookie("version=v1"))
    }

    /// Without cookies.
    pub(crate) fn no_cookie() -> Self {
        Self::new("no cookie", HOST, "")
    }

    /// To the other host.
    pub(crate) fn other_host() -> Self {
        Self::new("other host", OTHER_HOST, &line(&cookie("version=v2")))
    }

    /// With this `Cookie` header.
    pub(crate) fn with_cookie(name: &'static str, cookie: &str) -> Self {
        Self::new(name, HOST, &line(cookie))
    }

    fn new(name: &'static str, host: &str, lines: &str) -> Self {
        let bytes = format!(
            "GET /items HTTP/1.1\r\nhost: {host}\r\nuser-agent: bench\r\naccept: */*\r\n{lines}\r\n"
        );
        Self { name, bytes: bytes.into_bytes() }
    }
}

fn line(cookie: &str) -> String {
    format!("cookie: {cookie}\r\n")
}

/// The cookies of a browser, and this one last.
pub(crate) fn cookie(last: &str) -> String {
    format!("{COOKIES}{last}")
}
