//! The requests that are sent: their bytes, and whose they are.

use std::fmt::Write;

/// One request, the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// What it is called in tables.
    pub(crate) name: &'static str,
    /// What goes over the wire.
    pub(crate) bytes: Vec<u8>,
}

/// Another host of the same listener than that which the rules are about.
pub(crate) const OTHER_HOST: &str = "ratings";
const HOST: &str = "reviews";

/// What a browser sends beside the cookie that decides: 147 bytes with it.
const COOKIES: &str = "_ga=GA1.2.1830276541.1763728001; consent=necessary.statistics; \
                       theme=dimmed; lang=en-GB; device-id=7c9e6679-7425-40de-944b-e07fc1f90ae7; ";
const _: () = assert!(COOKIES.len() + CANARY.len() == 147);

/// The cookie that the last rule asks for, the same with another value, and another cookie.
const CANARY: &str = "version=v2";
const DEFAULT: &str = "version=v1";
const UNNAMED: &str = "release=v2";

/// Twelve headers more, as a browser sends them.
const BROWSER: &str = "accept-encoding: gzip, deflate, br, zstd\r\n\
    accept-language: en-GB,en;q=0.9\r\n\
    cache-control: no-cache\r\n\
    dnt: 1\r\n\
    priority: u=1, i\r\n\
    referer: https://shop.example.com/items\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not)A;Brand\";v=\"8\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    sec-fetch-dest: empty\r\n\
    sec-fetch-mode: cors\r\n\
    sec-fetch-site: same-origin\r\n";

impl Request {
    /// With the cookie that the last rule asks for.
    pub(crate) fn canary() -> Self {
        Self::with_cookies("canary", &format!("{COOKIES}{CANARY}"))
    }

    /// With that cookie, of another value: it stays on the default.
    pub(crate) fn default() -> Self {
        Self::with_cookies("default", &format!("{COOKIES}{DEFAULT}"))
    }

    /// With cookies, but none that a rule asks for: a gate may see that.
    pub(crate) fn unnamed() -> Self {
        Self::with_cookies("unnamed", &format!("{COOKIES}{UNNAMED}"))
    }

    /// Without cookies.
    pub(crate) fn no_cookie() -> Self {
        Self::new("no cookie", HOST, "")
    }

    /// To the other host.
    pub(crate) fn other_host() -> Self {
        Self::new("other host", OTHER_HOST, &format!("cookie: {COOKIES}{CANARY}\r\n"))
    }

    /// The default with all that browsers send.
    pub(crate) fn browser() -> Self {
        Self::new(
            "browser",
            HOST,
            &format!("{BROWSER}x-user: jane\r\ncookie: {COOKIES}{DEFAULT}\r\n"),
        )
    }

    /// The default with cookies of so many bytes more, which no rule asks for.
    pub(crate) fn padded(name: &'static str, bytes: usize) -> Self {
        let mut padding = String::new();
        for number in 0_usize.. {
            let rest = bytes - padding.len();
            if rest < 32 {
                // Enough for a name, `=` and `; `.
                let _ = write!(padding, "p={}; ", "x".repeat(rest.saturating_sub(4)));
                break;
            }
            let _ = write!(padding, "p{number:05}=0123456789; ");
        }
        Self::with_cookies(name, &format!("{padding}{COOKIES}{DEFAULT}"))
    }

    /// The default, its value so many bytes longer.
    pub(crate) fn long_value(name: &'static str, bytes: usize) -> Self {
        Self::with_cookies(name, &format!("{COOKIES}{DEFAULT}{}", "1".repeat(bytes)))
    }

    /// With this `Cookie` header.
    pub(crate) fn with_cookies(name: &'static str, cookies: &str) -> Self {
        Self::new(name, HOST, &format!("cookie: {cookies}\r\n"))
    }

    fn new(name: &'static str, host: &str, lines: &str) -> Self {
        let bytes = format!(
            "GET /items HTTP/1.1\r\nhost: {host}\r\nuser-agent: bench\r\naccept: */*\r\n{lines}\r\n"
        );
        Self { name, bytes: bytes.into_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(request: &Request) -> usize {
        let text = String::from_utf8(request.bytes.clone()).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("cookie: ")).unwrap();
        line.len()
    }

    #[test]
    fn cookies_are_as_long_as_their_rows_say() {
        for request in
            [Request::default(), Request::canary(), Request::unnamed(), Request::browser()]
        {
            assert_eq!(length(&request), 147, "{}", request.name);
        }
        for bytes in [1000, 4000] {
            assert_eq!(length(&Request::padded("", bytes)), 147 + bytes);
            assert_eq!(length(&Request::long_value("", bytes)), 147 + bytes);
        }
    }
}
