//! Requests made to cost as much as they can, each for Releases of one kind.
//!
//! In: how many rules, how many bytes. Out: the Release, and the headers of a request that is as long as that and misses
//! all of the rules as late as it can, or meets one over and over. One header carries it all: the same unit again and
//! again.

use serde_json::{Value, json};

use crate::workload;

/// A kind of Release, and what is hardest for it.
#[derive(Clone, Copy)]
pub struct Crafted {
    /// What is hard about it.
    pub name: &'static str,
    block: fn(usize) -> Value,
    header: &'static str,
    begin: &'static str,
    unit: fn(usize) -> String,
    /// Whether values are scanned for texts, which is the dearest of what is no regex.
    pub is_scan: bool,
}

/// The fewest rules that these are made for: requests are about as many, so that more rules are no other work.
pub const FEWEST: usize = 500;
/// How many ways [`nested`] texts go on from each that they share.
const WAYS: usize = 7;

/// All that no regex looks at: look-ups, scans, and splitting.
pub const CRAFTED: &[Crafted] = &[
    cookies("names that differ in their last bytes", long_name, |n| {
        format!("a-rather-long-name-of-a-cookie-{:04}=v; ", 5000 + n % 5000)
    }),
    cookies("names of one length and first byte", short_name, |n| {
        format!("u{:04}=;", 5000 + n % 5000)
    }),
    cookies("every name asked for, of another value", short_name, |n| {
        format!("u{:04}=v;", n % FEWEST)
    }),
    cookies("one name asked for, over and over", one_letter, |_| "a=;".to_owned()),
    cookies("names of two letters", two_letters, |n| format!("{}A=;", letter(n))),
    cookies("values that share a long beginning", long_value, |n| {
        format!("u{:04}={}z; ", n % FEWEST, "x".repeat(40))
    }),
    cookies("nothing but `;`", short_name, |_| ";".to_owned()),
    cookies("nothing but `=`", short_name, |_| "=".to_owned()),
    cookies("`=;`", short_name, |_| "=;".to_owned()),
    cookies("nothing but spaces", short_name, |_| " ".to_owned()),
    cookies("spaces around a name", short_name, |n| format!("{0}u{n:04}{0}=;", " ".repeat(500))),
    cookies("line feeds", piece, |_| "\n".to_owned()),
    cookies("pieces between line feeds", piece, |_| ";k0001=v;\n".to_owned()),
    cookies("pieces of the raw header", piece, |n| format!("k{:04}=v;", n % FEWEST)),
    cookies("pieces of the raw header, over and over", short_piece, |_| "a;".to_owned()),
    cookies("pieces that all rules ask for", shared_piece, |_| "a;".to_owned()),
    cookies("pieces with a space too many", spaced_piece, |n| format!("  k{:04}=v;", n % FEWEST)),
    scan("texts within texts, missed late", nested, |n| deep(n, "a", "Z")),
    scan("texts within texts, in lower case", folded, |n| deep(n, "A", "Z")),
    scan("a text at every byte", nested, |n| deep(n, "a", "b")),
    cookies("rules that share what they wait for", shared_pivot, |_| "on=1;".to_owned()),
    Crafted {
        name: "query parameters",
        block: |n| json!({"query": {(format!("u{n:04}")): {"exact": "v2"}}}),
        header: ":path",
        begin: "/?",
        unit: |n| format!("u{:04}=v&", n % FEWEST),
        is_scan: false,
    },
    Crafted {
        name: "prefixes of the path",
        block: |n| json!({"path": {"prefix": format!("/{}b{n}", "a/".repeat(n % 100))}}),
        header: ":path",
        begin: "/",
        unit: |_| "a/".to_owned(),
        is_scan: true,
    },
];

const fn cookies(
    name: &'static str,
    block: fn(usize) -> Value,
    unit: fn(usize) -> String,
) -> Crafted {
    Crafted { name, block, header: "cookie", begin: "", unit, is_scan: false }
}

const fn scan(name: &'static str, block: fn(usize) -> Value, unit: fn(usize) -> String) -> Crafted {
    Crafted { begin: "version=", is_scan: true, ..cookies(name, block, unit) }
}

/// Goes as deep into [`nested`] texts as those of the fewest rules go, and then to where none goes on.
fn deep(n: usize, inner: &str, last: &str) -> String {
    let depth = FEWEST / WAYS;
    if n % depth == depth - 1 { last } else { inner }.to_owned()
}

fn cookie(name: &str, test: &Value) -> Value {
    json!({"cookies": {(name): test}})
}

fn long_name(n: usize) -> Value {
    cookie(&format!("a-rather-long-name-of-a-cookie-{n:04}"), &json!({"exact": "v2"}))
}

fn short_name(n: usize) -> Value {
    cookie(&format!("u{n:04}"), &json!({"exact": "v2"}))
}

fn one_letter(n: usize) -> Value {
    let name = if n == 0 { "a".to_owned() } else { format!("u{n:04}") };
    cookie(&name, &json!({"exact": "v2"}))
}

/// `aa`, `ab` and so on, and beyond them names of three letters.
fn two_letters(n: usize) -> Value {
    let (beyond, n) = (n / 676, n % 676);
    let name = format!("{}{}{}", letter(n / 26), letter(n), "x".repeat(beyond));
    cookie(&name, &json!({"exact": "v2"}))
}

fn long_value(n: usize) -> Value {
    cookie(&format!("u{n:04}"), &json!({"exact": format!("{}y", "x".repeat(40))}))
}

fn raw(regex: &str) -> Value {
    json!({"headers": {"cookie": {"regex": regex}}})
}

fn piece(n: usize) -> Value {
    raw(&format!(r"^(.*?;)?(\s*k{n:04}=v)(;.*)?$"))
}

fn short_piece(n: usize) -> Value {
    raw(&if n == 0 {
        r"^(.*?;)?(\s*a)(;.*)?$".to_owned()
    } else {
        format!(r"^(.*?;)?(\s*a{n})(;.*)?$")
    })
}

fn shared_piece(n: usize) -> Value {
    raw(&format!(r"^(.*?;)?(a|k{n:04})(;.*)?$"))
}

fn spaced_piece(n: usize) -> Value {
    raw(&format!(r"^(.*?;)?( ?k{n:04}=v)(;.*)?$"))
}

/// Texts that begin with as many `a` as there is room for, and then go several ways.
fn nested(n: usize) -> Value {
    cookie("version", &json!({"contains": nested_text(n)}))
}

fn folded(n: usize) -> Value {
    cookie("version", &json!({"contains": nested_text(n), "ignoreCase": true}))
}

fn nested_text(n: usize) -> String {
    format!("{}{}", "a".repeat(1 + n / WAYS), letter(1 + n % WAYS))
}

/// What decides is a cookie that all ask for; what each asks beside it never holds.
fn shared_pivot(n: usize) -> Value {
    json!({"cookies": {"on": {"exact": "1"}}, "without": {"path": {"suffix": "s"}, "headers": {(format!("x-{}", n % 2)): {"exact": "y"}}}})
}

fn letter(n: usize) -> char {
    char::from(b'a' + u8::try_from(n % 26).unwrap_or_default())
}

impl Crafted {
    /// A Release with this many rules.
    #[must_use]
    pub fn release(&self, rules: usize) -> Value {
        workload::release_by(rules, self.block)
    }

    /// A request that has this many bytes in one header.
    #[must_use]
    pub fn request(&self, bytes: usize) -> Vec<(String, Vec<u8>)> {
        let mut value = self.begin.as_bytes().to_vec();
        for number in 0.. {
            if value.len() >= bytes {
                break;
            }
            value.extend((self.unit)(number).into_bytes());
        }
        value.truncate(bytes);
        let mut headers = workload::without_cookies();
        headers.retain(|(name, _)| name != self.header);
        headers.push((self.header.to_owned(), value));
        headers
    }
}

/// A regex of the worst kind: all differ, have their literal in [`regex_value`], and miss it at its very end only.
#[must_use]
pub fn regex(number: usize) -> String {
    let letter =
        |from: u8, number: usize| char::from(from + u8::try_from(number).unwrap_or_default());
    let until = letter(b'f', number % 20);
    let missing = letter(b'Q', number / 20 % 10);
    format!(".*[a-{until}].{{{}}}z.*[A-{missing}]", 1 + number / 200)
}

/// The value that each [`regex`] looks through to its end.
#[must_use]
pub fn regex_value(bytes: usize) -> String {
    "abcdefz".chars().cycle().take(bytes).collect()
}
