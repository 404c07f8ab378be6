//! The values that a request can have: of each input sets of values, each within the one before, and why a value
//! outside of it is not sent.
//!
//! What is said here about proxies is what Envoy refuses, or what RFC 9110 and 9112 leave no way to send. What is said
//! about browsers is the URL standard's percent-encode sets, and that they send hosts in lower case and cookies as
//! RFC 6265 section 5.4 says.

use std::sync::LazyLock;

use crate::policy::Subject;
use crate::regex::{Automaton, Case, Pattern};

/// A set of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    /// The values, as a regex.
    pub(super) values: &'static str,
    /// Why none outside is sent.
    pub(super) reason: &'static str,
    /// What to write instead.
    pub(super) help: Option<&'static str>,
    /// Whether some client may send one from outside.
    pub(super) is_likely_only: bool,
}

impl Limit {
    const fn hard(values: &'static str, reason: &'static str) -> Self {
        Self { values, reason, help: None, is_likely_only: false }
    }

    const fn likely(values: &'static str, reason: &'static str) -> Self {
        Self { values, reason, help: None, is_likely_only: true }
    }

    const fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }
}

const CONTROLS: &str = "headers cannot contain control characters";
const PATH_BLANKS: &str = "blanks and control characters are sent percent-encoded";
const ENCODED: &str = "some of these characters are sent percent-encoded";
const TRIMMED: &str = "blanks around a value are removed before the test";
const WITHOUT_BLANKS: &str = "remove the blanks at its ends";

const HEADER: &[Limit] = &[
    Limit::hard(r"[^\x00-\x08\x0a-\x1f\x7f]*", CONTROLS),
    Limit::hard(r"([^\x00-\x20\x7f]([^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f])?)?", TRIMMED)
        .help(WITHOUT_BLANKS),
];

const COOKIE: &[Limit] = &[
    Limit::hard("[^;]*", "a `;` ends a cookie").help("test each cookie by its own name"),
    Limit::hard(r"[^;\x00-\x08\x0a-\x1f\x7f]*", CONTROLS),
    Limit::likely(
        r#"([^";\x00-\x08\x0a-\x1f\x7f]|[^";\x00-\x08\x0a-\x1f\x7f][^;\x00-\x08\x0a-\x1f\x7f]*[^";\x00-\x08\x0a-\x1f\x7f])?"#,
        "quotes around a cookie's value are removed before the test",
    )
    .help("write the value without the quotes around it"),
    Limit::likely(
        r#"([^";\x00-\x20\x7f]|[^";\x00-\x20\x7f][^;\x00-\x08\x0a-\x1f\x7f]*[^";\x00-\x20\x7f])?"#,
        TRIMMED,
    )
    .help(WITHOUT_BLANKS),
];

const QUERY: &[Limit] = &[
    Limit::hard("[^&]*", "a `&` ends a query parameter")
        .help("test each parameter by its own name"),
    Limit::hard("[^#&]*", "a `#` ends the query, and the text after it is not sent"),
    Limit::hard(r"[^#&\x00-\x20\x7f]*", PATH_BLANKS)
        .help("values are compared as sent: a blank is `%20`, or `+` in a form"),
    Limit::likely(r"[!$%'-;=?-~]*", ENCODED)
        .help("values are compared as sent: write `%` and two hexadecimal digits for each byte"),
    Limit::likely(
        r"[!$%'-;=?A-~]*",
        "forms and scripts send `@` as `%40`; only a typed URL contains it",
    )
    .help("values are compared as sent: write `%40`, or list both with `in`"),
];

const PATH: &[Limit] = &[
    Limit::hard("[^#?]*", "paths are matched without their query")
        .help("test the query with `query` (in a VirtualService `queryParams`)"),
    Limit::hard(r"(/[^#?]*|\*)", "a path starts with `/`"),
    Limit::hard(r"(/[^#?\x00-\x20\x7f]*|\*)", PATH_BLANKS)
        .help("paths are compared as sent: a blank is `%20`"),
    Limit::likely(r"(/[!$-;=@-\[\]^_a-z|~]*|\*)", ENCODED)
        .help("paths are compared as sent: write `%` and two hexadecimal digits for each byte"),
    Limit::likely(
        r"((/(\.?[!$-\-0-;=@-\[\]^_a-z|~][!$-.0-;=@-\[\]^_a-z|~]*|\.\.[!$-.0-;=@-\[\]^_a-z|~]+)?)+|\*)",
        "clients and proxies resolve `.` and `..` in a path",
    ),
];

/// Of the path with its query, as a header.
const TARGET: &[Limit] = &[
    Limit::hard("[^#]*", "the text after a `#` is not sent"),
    Limit::hard(r"(/[^#]*|\*)", "a path starts with `/`"),
    Limit::hard(r"(/[^#\x00-\x20\x7f]*|\*)", PATH_BLANKS)
        .help("paths are compared as sent: a blank is `%20`"),
];

const METHOD: &[Limit] = &[
    Limit::hard(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", "a method is one word")
        .help("list several with `in`, or with a `regex` such as `GET|HEAD`"),
    Limit::likely(r"[!#$%&'*+\-.^_`|~0-9A-Z]+", "clients send methods in upper case")
        .help("write it in upper case: methods are case-sensitive"),
];

const AUTHORITY: &[Limit] = &[
    Limit::hard(
        r"[^/\\?#\x00-\x20\x7f]+",
        "it is only the host, with the port if the client names one",
    )
    .help("write the host as in `shop.example.com` or `reviews:9080`"),
    Limit::hard(r"[^*/\\?#\x00-\x20\x7f]+", "`*` is not a wildcard here, and no host contains it")
        .help("for all hosts below it write a `regex`: `.*\\.example\\.com`"),
    Limit::likely(r#"[!"$-)+-.0->A-\[\]-~]+"#, "browsers send only the host, in ASCII (`xn--…`)"),
    Limit::likely(r#"[!"$-)+-.0->\[\]-~]+"#, "browsers send hosts in lower case")
        .help("write it in lower case, or add `ignoreCase: true`"),
];

const SCHEME: &[Limit] = &[Limit::hard("https?", "the scheme is `http` or `https`")];

const LABEL: &[Limit] = &[Limit::hard(
    r"([0-9A-Za-z]([\-0-9A-Za-z_.]{0,61}[0-9A-Za-z])?)?",
    "the value of a label has at most 63 letters, digits, `-`, `_` and `.`",
)];

/// Of a value that begins with its own name: all others.
pub(super) static VALUE_ALONE: Limit =
    Limit::likely(".*", "only the value is tested, without the name and `=`")
        .help("remove the name");

/// A set of values, compiled.
pub(super) struct Set {
    pub(super) values: Automaton,
    pub(super) limit: &'static Limit,
}

/// The sets of values of an input, each within the one before.
pub(super) fn sets(subject: &Subject) -> &'static [Set] {
    macro_rules! compiled {
        ($limits:ident) => {{
            static SETS: LazyLock<Vec<Set>> = LazyLock::new(|| compile($limits));
            &*SETS
        }};
    }
    match subject {
        Subject::Cookie(_) => compiled!(COOKIE),
        Subject::Query(_) => compiled!(QUERY),
        Subject::Path => compiled!(PATH),
        Subject::Caller(_) => compiled!(LABEL),
        Subject::Header(name) => match name.as_str() {
            ":method" => compiled!(METHOD),
            ":authority" | "host" => compiled!(AUTHORITY),
            ":path" => compiled!(TARGET),
            ":scheme" => compiled!(SCHEME),
            _ => compiled!(HEADER),
        },
    }
}

fn compile(limits: &'static [Limit]) -> Vec<Set> {
    let set = |limit: &'static Limit| Some(Set { values: automaton(limit.values)?, limit });
    limits.iter().filter_map(set).collect()
}

fn automaton(values: &str) -> Option<Automaton> {
    Automaton::compile(&Pattern::parse(values, Case::Sensitive).ok()?).ok()
}

/// Whether a regex matches every value that an input can have. (`OPTIONS *` is the one request whose path is no path:
/// that of all others counts.)
#[must_use]
pub fn takes_every_value(subject: &Subject, pattern: &Pattern) -> bool {
    let start: &[u8] = if *subject == Subject::Path { b"/" } else { b"" };
    let own = Automaton::compile(pattern).ok();
    own.zip(all(subject)).is_some_and(|(own, all)| own.covers(all, start))
}

/// The values that an input can have, as far as it is known of each client.
pub(super) fn all(subject: &Subject) -> Option<&'static Automaton> {
    let hard = sets(subject).iter().take_while(|set| !set.limit.is_likely_only);
    hard.last().map(|set| &set.values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_is_within_the_one_before() {
        for limits in [HEADER, COOKIE, QUERY, PATH, TARGET, METHOD, AUTHORITY, SCHEME, LABEL] {
            for pair in limits.windows(2) {
                let [outer, inner] = pair else { continue };
                let [outer, inner] = [outer, inner].map(|limit| automaton(limit.values).unwrap());
                assert!(outer.covers(&inner, b""), "{pair:?}");
                assert!(!inner.covers(&outer, b""), "{pair:?}");
            }
            assert!(limits.iter().all(|limit| automaton(limit.values).is_some()));
        }
    }

    #[test]
    fn every_path_is_taken_however_that_is_written() {
        let takes = |regex: &str| {
            takes_every_value(&Subject::Path, &Pattern::parse(regex, Case::Sensitive).unwrap())
        };
        for regex in [
            ".*",
            ".+",
            "/.*",
            "^/.*$",
            "(.*)",
            "^.*$",
            "/(.*)",
            ".*?",
            "^/(.*?)$",
            "/?.*",
            "(/.*)+",
            "[^?]*",
            "(/[^/]*)+",
            r"[\s\S]*",
            "(?:.|x)*",
            "(?i)/.*",
            "/|/.+",
            ".{1,}",
            r"\/.*",
            "^.+",
            "(/?[^?#]*)",
        ] {
            assert!(takes(regex), "{regex}");
        }
        for regex in [
            "/",
            "/.+",
            "/a.*",
            ".*a.*",
            "(/[^/]+)*",
            "/[a-z]*",
            "//.*",
            ".{2,}",
            ".{1,100}",
            r"/\S*x?\d",
            "/.*/",
            "",
        ] {
            assert!(!takes(regex), "{regex}");
        }
    }

    #[test]
    fn what_is_sent_is_in_all_of_them() {
        for (limits, values) in [
            (HEADER, &["", "a", "a b", "Mozilla/5.0 (X; Y)", "\tö".trim_start(), "a;b=\"c\""][..]),
            (COOKIE, &["", "a", "a b", "a=b==", "1,2", "{\"a\":\"b\"}", "é", "jo@example.com"]),
            (QUERY, &["", "a+b", "a%20b", "a=b", "https://a/b?c", "1,2;3"]),
            (
                PATH,
                &["/", "//", "/a/b", "/a/", "/.well-known/x", "/a..b/...", "/a%20b", "*", "/a:b@c"],
            ),
            (TARGET, &["/", "/a?b=c"]),
            (METHOD, &["GET", "M-SEARCH", "PATCH"]),
            (AUTHORITY, &["reviews", "reviews:9080", "shop.example.com", "[::1]:80", "10.0.0.1"]),
            (SCHEME, &["http", "https"]),
            (LABEL, &["", "a", "v1.2_b-c"]),
        ] {
            for (limit, value) in
                limits.iter().flat_map(|limit| values.iter().map(move |v| (limit, v)))
            {
                let values = automaton(limit.values).unwrap();
                assert!(values.is_match(value.as_bytes()), "{value} {limit:?}");
            }
        }
    }
}
