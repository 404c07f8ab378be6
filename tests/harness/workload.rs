//! What is measured: Releases of any number of rules, and the requests that meet the last of them or none.
//!
//! In: a kind of rules and how many. Out: the Release as JSON, and headers. Whatever counts or times takes them from
//! here, so that all figures are about the same.

use serde_json::{Value, json};

/// What the rules of a Release ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// A value of a cookie each, all of one cookie.
    Cookie,
    /// A cookie each, with a value.
    CookieNames,
    /// A regex each, of one cookie, that no look-up can stand in for.
    CookieRegex,
    /// The regex for the raw header by which tutorials find a cookie.
    RawCookieRegex,
    /// A value of a header each, all of one header.
    Header,
    /// A path prefix each.
    Path,
}

impl Rules {
    /// All kinds, with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("cookie", Self::Cookie),
        ("cookie names", Self::CookieNames),
        ("cookie regex", Self::CookieRegex),
        ("raw cookie regex", Self::RawCookieRegex),
        ("header", Self::Header),
        ("path", Self::Path),
    ];

    /// The block of the rule `number`.
    fn block(self, number: usize) -> Value {
        match self {
            Self::Cookie => json!({"cookies": {"version": {"exact": value(number)}}}),
            Self::CookieNames => {
                json!({"cookies": {(format!("user{number}")): {"exact": "v2"}}})
            }
            Self::CookieRegex => {
                let regex = format!("{}([a-z]*|[0-9]+x)", value(number));
                json!({"cookies": {"version": {"regex": regex}}})
            }
            Self::RawCookieRegex => {
                let regex = format!(r"^(.*?;)?(\s*version={})(;.*)?$", value(number));
                json!({"headers": {"cookie": {"regex": regex}}})
            }
            Self::Header => json!({"headers": {"x-user": {"exact": value(number)}}}),
            Self::Path => json!({"path": {"prefix": format!("/{}/", value(number))}}),
        }
    }

    /// The headers of a request that the rule `number` takes, and no other.
    #[must_use]
    pub fn request(self, number: usize) -> Vec<(String, Vec<u8>)> {
        let value = value(number);
        let (cookie, header, path) = match self {
            Self::Cookie | Self::CookieRegex | Self::RawCookieRegex => {
                (format!("version={value}"), None, None)
            }
            Self::CookieNames => (format!("user{number}=v2"), None, None),
            Self::Header => (STAYS.to_owned(), Some(value), None),
            Self::Path => (STAYS.to_owned(), None, Some(value)),
        };
        let path = path.map_or_else(|| PATH.to_owned(), |first| format!("/{first}{PATH}"));
        let mut headers = headers(&path, Some(&cookie_header(&cookie)));
        headers.extend(header.map(|value| ("x-user".to_owned(), value.into_bytes())));
        headers
    }
}

/// The value that the rule `number` is about: all of one length, so that only their number differs.
fn value(number: usize) -> String {
    format!("v{number:05}")
}

/// A cookie that no rule is about.
const STAYS: &str = "version=v-none";
const PATH: &str = "/api/items.json";

/// A Release of `rules`, as many as `count`: each sends half of its users to v2, by the cookie `session`; all others
/// stays on v1.
#[must_use]
pub fn release(rules: Rules, count: usize) -> Value {
    release_by(count, |number| rules.block(number))
}

/// The same, each rule with the block that `block` makes of its number.
#[must_use]
pub fn release_by(count: usize, block: impl Fn(usize) -> Value) -> Value {
    let rule = |number: usize| json!({"name": format!("r{number}"), "match": [block(number)], "split": {"v2": 50}});
    release_of(&(0..count).map(rule).collect::<Vec<_>>())
}

/// A Release with these rules.
#[must_use]
pub fn release_of(rules: &[Value]) -> Value {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let subsets = ["v1", "v2", "v3", "v4", "v5"].map(subset);
    json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": {"name": "reviews", "namespace": "bookinfo"},
        "spec": {
            "host": "reviews",
            "port": 9080,
            "stable": "v1",
            "subsets": subsets,
            "identity": [{"cookie": "session"}],
            "rules": rules,
            "counters": false,
        },
    })
}

/// The headers of a request that no rule takes.
#[must_use]
pub fn stays() -> Vec<(String, Vec<u8>)> {
    headers(PATH, Some(&cookie_header(STAYS)))
}

/// The headers of a request without cookies.
#[must_use]
pub fn without_cookies() -> Vec<(String, Vec<u8>)> {
    headers(PATH, None)
}

/// A `Cookie` header of 147 bytes as browsers send them, whose last cookie is `last`.
#[must_use]
pub fn cookie_header(last: &str) -> String {
    let before = "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; _ga=GA1.2.1234567890.1700000000; consent=";
    let filler = 147_usize.saturating_sub(before.len() + "; ".len() + last.len());
    format!("{before}{}; {last}", "y".repeat(filler))
}

fn headers(path: &str, cookie: Option<&str>) -> Vec<(String, Vec<u8>)> {
    let all = [
        (":authority", Some("reviews")),
        (":path", Some(path)),
        (":method", Some("GET")),
        (":scheme", Some("http")),
        ("user-agent", Some("bench")),
        ("accept", Some("*/*")),
        ("cookie", cookie),
    ];
    let present = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    present.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).collect()
}
