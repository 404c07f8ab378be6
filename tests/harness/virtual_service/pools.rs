//! What VirtualServices ask for and what requests bring: texts that meet, and narrowly miss, each other.

use policy::split::Generator;

/// Regexes of `cookie` headers, as tutorials and their readers write them.
pub const COOKIE_REGEXES: &[&str] = &[
    r"^(.*?;)?(version=v2)(;.*)?$",
    r"^(.*?;\s*)?(version=v2)(;.*)?$",
    r"^(.*; *)?version=v2(;.*)?$",
    r".*version=v2.*",
    r"(^|;\s*)beta=true(;|$)",
    r"version=v[0-9]+",
    r"^(.*;)?\s*email=[^;]*@example\.com(;.*)?$",
    r"(.*;)? ?user=(dev|qa)-\d+(;.*)?",
    r"\s*version\s*=\s*v2\s*",
    r"version=%76%32|version=v2",
    r#"version="v2""#,
    r".*",
    r".+",
    r"[^;]*",
    r"^$",
    r"(a|b|c)=[^\x00-\x7f]*",
    r"[^a-z]*",
    r"(?i)VERSION=V2",
    r"big=x{2,}.*",
    r"version=.{0,3}",
    r"(.*?\W)?flag(\W.*)?",
    r"^.*\bversion=v2\b.*$",
];

/// Regexes of other headers.
pub const HEADER_REGEXES: &[&str] = &[
    r".*Firefox.*",
    r"^Mozilla/5\.0 \(.*\) .*$",
    r"yes|on|1",
    r"v[12]",
    r"[0-9a-f]{4,8}",
    r"a,b",
    r"\d+(\.\d+)?",
    r".*",
    r"(team-)?[a-z]+",
    r"[^\x00-\x7f]+.*",
    r"[[:alpha:]]+",
];

/// Values that headers are asked to be, or to begin with.
pub const VALUES: &[&str] =
    &["v2", "yes", "1", "jason", "a,b", "team-a", "Mozilla/5.0", "version=v2", "V2", "0", "b", "a"];

/// Names of headers; case does not count.
pub const NAMES: &[&str] = &["x-user", "end-user", "X-Canary", "user-agent", "x-empty"];

/// Paths that are asked for, whole or to begin with.
pub const PATHS: &[&str] =
    &["/", "/api", "/api/", "/api/v1/items", "/static", "/Login", "/a.ico", "/v2/x"];

/// Regexes of paths.
pub const PATH_REGEXES: &[&str] =
    &[r"/v[0-9]+/.*", r".*", r"^.*\.(ico|png|jpg)$", r"/api(/.*)?", r"/[A-Z].*", r"/"];

/// What requests ask for.
pub const TARGETS: &[&str] = &[
    "/",
    "/api",
    "/API",
    "/api/",
    "/apix",
    "/api/v1/items?q=1",
    "/api/v1/items?q=2&q=1",
    "/static/a.ico",
    "/statics",
    "/login",
    "/Login?user=jason",
    "/a.ico?version=v2",
    "/v2/x?q=",
    "/v2/x?q",
    "/v2/?user=%6aason&q=v2",
    "/%61pi",
    "//api",
    "/api/../static",
    "/?",
    "/?&&q=1&",
    "/?q=a=b",
    "/x;version=v2",
];

/// Raw `cookie` headers, as browsers send them and as none should.
pub const COOKIES: &[&[u8]] = &[
    b"version=v2",
    b"version=v1",
    b"a=b; version=v2",
    b"a=b;version=v2",
    b"version=v2; a=b",
    b"version=v2;a=b",
    b"a=1;  version=v2 ; c=3",
    b" version=v2",
    b"version = v2",
    b"version=\"v2\"",
    b"version=%76%32",
    b"version=",
    b"version",
    b"=v2",
    b";;;version=v2;;",
    b"xversion=v2",
    b"version=v20",
    b"Version=V2",
    b"VERSION=V2",
    b"version=v1; version=v2",
    b"beta=true",
    b"a=b; beta=true",
    b"beta=true;",
    b"email=jane@example.com",
    b"a=b;email=jane@example.com",
    b"a=b; email=jane@example.org; x=@example.com",
    b"user=dev-1",
    b"a=b; user=qa-22; c=d",
    b"flag",
    b"a=flag",
    b"aflag; x",
    b"a=\xff\x80",
    b"b=\xc3\xa9",
    b"c=gr\xfcn; version=v2",
    b"a=b,version=v2",
    b"a=b\tversion=v2",
    b"a=b;\tversion=v2",
    b"1=2",
    b"\xe9",
    b"",
];

/// Values of other headers.
pub const HEADER_VALUES: &[&[u8]] = &[
    b"v2",
    b"v1",
    b"V2",
    b"yes",
    b"YES",
    b"1",
    b"1.5",
    b"jason",
    b"Jason",
    b"a",
    b"b",
    b"a,b",
    b"a, b",
    b"team-a",
    b"deadbeef",
    b"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    b"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko)",
    b"\xe9t\xe9",
    b"\xc3\xa9",
    b"\xff",
    b"",
    b"x y\tz",
];

/// Methods.
pub const METHODS: &[&str] = &["GET", "POST", "PUT", "HEAD", "PATCH"];

/// Authorities.
pub const AUTHORITIES: &[&str] = &["web", "web:80", "Web", "web.example.com", "other"];

/// One of them.
#[must_use]
pub fn pick<T: Copy>(from: &[T], random: &mut Generator) -> T {
    from[below(from.len(), random)]
}

/// A number below a bound.
pub fn below(bound: usize, random: &mut Generator) -> usize {
    usize::try_from(random.draw() % bound as u64).unwrap_or_default()
}

/// True once in so many times.
pub fn once_in(times: usize, random: &mut Generator) -> bool {
    below(times, random) == 0
}
