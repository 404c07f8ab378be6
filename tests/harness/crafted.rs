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
}

/// All that no regex looks at: look-ups, scans, and splitting.
pub const CRAFTED: &[Crafted] = &[
    cookies("names that differ in their last bytes", long_name, |n| {
        format!("a-rather-long-name-of-a-cookie-{:04}=v; ", 5000 + n % 5000)
    }),
    cookies("names of one length and first byte", short_name, |n| format!("u{:04}=;", 5000 + n % 5000)),
    cookies("every name asked for, of another value", short_name, |n| format!("u{:04}=v;", n % 1000)),
    cookies("one name asked for, over and over", one_letter, |_| "a=;".to_owned()),
    cookies("names of two letters", two_letters, |n| format!("{}A=;", letter(n))),
    cookies("values that share a long beginning", long_value, |n| {
        format!("u{:04}={}z; ", n % 1000, "x".repeat(40))
    }),
    cookies("nothing but `;`", short_name, |_| ";".to_owned()),
    cookies("nothing but `=`", short_name, |_| "=".to_owned()),
    cookies("`=;`", short_name, |_| "=;".to_owned()),
    cookies("nothing but spaces", short_name, |_| " ".to_owned()),
    cookies("spaces around a name", short_name, |n| format!("{0}u{n:04}{0}=;", " ".repeat(500))),
    cookies("line feeds", piece, |_| "\n".to_owned()),
    cookies("pieces between line feeds", piece, |_| ";k0001=v;\n".to_owned()),
    cookies("pieces of the raw header", piece, |n| format!("k{:04}=v;", n % 1000)),
    cookies("pieces of the raw header, over and over", short_piece, |_| "a;".to_owned()),
    cookies("pieces that all rules ask for", shared_piece, |_| "a;".to_owned()),
    cookies("pieces with a space too many", spaced_piece, |n| format!("  k{:04}=v;", n % 1000)),
    cookies("texts within texts", nested, |n| if n % 143 == 142 { "Z" } else { "a" }.to_owned()),
    cookies("texts within texts, in lower case", folded, |n| {
        if n % 143 == 142 { "Z" } else { "A" }.to_owned()
    }),
    cookies("a text at every byte", nested, |_| "a".to_owned()),
    cookies("rules that share what they wait for", shared_pivot, |_| "on=1;".to_owned()),
    Crafted {
        name: "query parameters",
        block: |n| json!({"query": {(format!("u{n:04}")): {"exact": "v2"}}}),
        header: ":path",
        begin: "/?",
        unit: |n| format!("u{:04}=v&", n % 1000),
    },
    Crafted {
        name: "prefixes of the path",
        block: |n| json!({"path": {"prefix": format!("/{}b{n}", "a/".repeat(n % 100))}}),
        header: ":path",
        begin: "/",
        unit: |_| "a/".to_owned(),
    },
];

const fn cookies(name: &'static str, block: fn(usize) -> Value, unit: fn(usize) -> String) -> Crafted {
    Crafted { name, block, header: "cookie", begin: "version=", unit }
}

fn cookie(name: &str, test: Value) -> Value {
    json!({"cookies": {(name): test}})
}

fn long_name(n: usize) -> Value {
    cookie(&format!("a-rather-long-name-of-a-cookie-{n:04}"), json!({"exact": "v2"}))
}

fn short_name(n: usize) -> Value {
    cookie(&format!("u{n:04}"), json!({"exact": "v2"}))
}

fn one_letter(n: usize) -> Value {
    let name = if n == 0 { "a".to_owned() } else { format!("u{n:04}") };
    cookie(&name, json!({"exact": "v2"}))
}

/// `aa`, `ab` and so on, and beyond them names of three letters.
fn two_letters(n: usize) -> Value {
    let (beyond, n) = (n / 676, n % 676);
    let name = format!("{}{}{}", letter(n / 26), letter(n), "x".repeat(beyond));
    cookie(&name, json!({"exact": "v2"}))
}

fn long_value(n: usize) -> Value {
    cookie(&format!("u{n:04}"), json!({"exact": format!("{}y", "x".repeat(40))}))
}

fn raw(regex: &str) -> Value {
    json!({"headers": {"cookie": {"regex": regex}}})
}

fn piece(n: usize) -> Value {
    raw(&format!(r"^(.*?;)?(\s*k{n:04}=v)(;.*)?$"))
}

fn short_piece(n: usize) -> Value {
    raw(&if n == 0 { r"^(.*?;)?(\s*a)(;.*)?$".to_owned() } else { format!(r"^(.*?;)?(\s*a{n})(;.*)?$") })
}

fn shared_piece(n: usize) -> Value {
    raw(&format!(r"^(.*?;)?(a|k{n:04})(;.*)?$"))
}

fn spaced_piece(n: usize) -> Value {
    raw(&format!(r"^(.*?;)?( ?k{n:04}=v)(;.*)?$"))
}

/// Texts that begin with as many `a` as there is room for, and then go seven ways.
fn nested(n: usize) -> Value {
    cookie("version", json!({"contains": nested_text(n)}))
}

fn folded(n: usize) -> Value {
    cookie("version", json!({"contains": nested_text(n), "ignoreCase": true}))
}

fn nested_text(n: usize) -> String {
    format!("{}{}", "a".repeat(1 + n / 7), letter(1 + n % 7))
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
