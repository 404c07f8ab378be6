//! Releases and requests over a small alphabet, so that conditions meet values, nearly meet them, and share
//! inputs, texts and regexes with each other.

use policy::regex::{Automaton, Case, Pattern};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::release::release;

/// A Release with as many rules as `rules` says.
pub(super) fn releases(rules: std::ops::Range<usize>) -> impl Strategy<Value = Value> {
    let identity = subsequence(
        vec![json!({"cookie": "id"}), json!({"header": "x-user"}), json!({"cookie": "a"})],
        1..=3,
    );
    let anonymous = prop_oneof![4 => Just("stable"), 1 => Just("random")];
    let key = option::of(select(vec!["green", "blue"]));
    (
        vec((vec(block(), 1..4), split(), option::weighted(0.2, any::<bool>())), rules),
        identity,
        split(),
        anonymous,
        key,
    )
        .prop_map(|(rules, identity, split, anonymous, key)| {
            let rules: Vec<Value> =
                (rules.into_iter().enumerate()).map(|(at, rule)| named(at, rule)).collect();
            let mut release = release(json!({
                "identity": identity, "rules": rules, "split": split, "anonymous": anonymous,
            }));
            if let Some(key) = key {
                release["spec"]["subsets"][1]["key"] = json!(key);
            }
            release
        })
}

fn named(at: usize, (blocks, split, sticky): (Vec<Value>, Value, Option<bool>)) -> Value {
    let mut rule = json!({"name": format!("r{at}"), "match": blocks, "split": split});
    if let Some(sticky) = sticky {
        rule["sticky"] = json!(sticky);
    }
    rule
}

fn split() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"v2": 100})),
        Just(json!({"v3": 100})),
        Just(json!({"v1": 100})),
        Just(json!({"v2": 0})),
        (0_u16..=6000, 0_u16..=4000).prop_map(|(two, three)| {
            json!({"v3": f64::from(three) / 100.0, "v2": f64::from(two) / 100.0})
        }),
    ]
}

/// One to four conditions, each of which must hold or must not.
fn block() -> impl Strategy<Value = Value> {
    vec((condition(), prop::bool::weighted(0.25)), 1..5).prop_map(|conditions| {
        let (mut all, mut none) = (Map::new(), Map::new());
        for ((field, name, test), without) in conditions {
            let fields = if without { &mut none } else { &mut all };
            match name {
                None => _ = fields.insert(field.to_owned(), test),
                Some(name) => {
                    let named = fields.entry(field).or_insert_with(|| json!({}));
                    named[name] = test;
                }
            }
        }
        if !none.is_empty() {
            all.insert("without".to_owned(), Value::Object(none));
        }
        Value::Object(all)
    })
}

type Written = (&'static str, Option<&'static str>, Value);

fn condition() -> impl Strategy<Value = Written> {
    let named = |field: &'static str, names: &'static [&'static str]| {
        (select(names), test("", "")).prop_map(move |(name, test)| (field, Some(name), test))
    };
    let method = prop_oneof![
        Just(json!({"exact": "GET"})),
        Just(json!({"in": ["POST", "PUT"]})),
        Just(json!({"exact": "get", "ignoreCase": true})),
    ];
    prop_oneof![
        4 => named("cookies", &["a", "b", "A", "id"]),
        4 => named("headers", &["x", "y", "X-Z", "cookie", ":path", "x-user"]),
        2 => named("query", &["a", "b", "%61"]),
        2 => test("/", "(/|/a)?").prop_map(|test| ("path", None, test)),
        1 => method.prop_map(|test| ("method", None, test)),
        1 => test("", "").prop_map(|test| ("authority", None, test)),
        1 => named("caller", &["app", "version"]),
    ]
}

/// A test; where values start with something, so do what it compares with whole values and prefixes.
fn test(start: &'static str, start_pattern: &'static str) -> impl Strategy<Value = Value> {
    let whole = move || "[abAB]{0,3}".prop_map(move |word: String| format!("{start}{word}"));
    let part = || "[abAB]{1,3}";
    let cased = |operator: &'static str| move |(operand, ignore): (String, bool)| json!({operator: operand, "ignoreCase": ignore});
    prop_oneof![
        3 => (whole(), any::<bool>()).prop_map(cased("exact")),
        2 => (part().prop_map(move |word| format!("{start}{word}")), any::<bool>()).prop_map(cased("prefix")),
        2 => (part(), any::<bool>()).prop_map(cased("suffix")),
        2 => (part(), any::<bool>()).prop_map(cased("contains")),
        4 => (pattern(start_pattern), any::<bool>()).prop_map(cased("regex")),
        2 => (btree_set(whole(), 1..4), any::<bool>())
            .prop_map(|(words, ignore)| json!({"in": words, "ignoreCase": ignore})),
        1 => any::<bool>().prop_map(|present| json!({"present": present})),
    ]
}

/// A regex of the dialect that starts with `start`. Some come again and again, so that tests of one input, and
/// of several, share a pattern and differ in case.
fn pattern(start: &'static str) -> impl Strategy<Value = String> {
    let common = select(vec!["a+b", "[ab]+b", ".*[aB]b", "[^b]*", "a|Ab|B"]);
    let common = common.prop_map(move |pattern| format!("{start}(?:{pattern})"));
    prop_oneof![1 => common, 2 => any_pattern(start)]
}

fn any_pattern(start: &'static str) -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "a", "b", "ab", "Ba", "AB", ".", ".*", ".+", "[ab]", "[^a]", "[A-Z]", r"\w", r"[^;]*",
        "aa|b",
    ]);
    let pattern = leaf.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join(")(?:"))),
            1 => vec(inner.clone(), 2..4).prop_map(|parts| parts.join("|")),
            1 => (inner.clone(), select(vec!["*", "+", "?", "{2}", "{1,3}"])).prop_map(|(p, n)| format!("({p}){n}")),
            1 => inner.prop_map(|p| format!(".*(?:{p}).*")),
        ]
    });
    let whole = pattern.prop_map(move |pattern| format!("{start}(?:{pattern})"));
    whole.prop_filter("in the dialect, and small", |pattern| {
        let parsed = Pattern::parse(pattern, Case::Ignore);
        parsed.is_ok_and(|parsed| Automaton::compile(&parsed).is_ok())
    })
}

/// A request, as a list of headers; some stand there twice.
pub(super) fn requests() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let header = (select(vec!["x", "y", "x-z", "x-user"]), value());
    let target = (vec(part(), 0..3), option::of(query()), prop::bool::weighted(0.05));
    (select(vec!["GET", "POST", "get"]), target, value(), vec(header, 0..5), vec(cookies(), 0..2))
        .prop_map(|(method, (path, query, fragment), authority, headers, cookies)| {
            let mut target = [b"/".to_vec(), path.concat()].concat();
            target.extend(query.into_iter().flatten());
            target.extend(if fragment { b"#?a=b".as_slice() } else { b"" });
            let mut all = vec![
                (":method".to_owned(), method.as_bytes().to_vec()),
                (":path".to_owned(), target),
                (":authority".to_owned(), authority),
            ];
            all.extend(headers.into_iter().map(|(name, value)| (name.to_owned(), value)));
            all.extend(cookies.into_iter().map(|value| ("cookie".to_owned(), value)));
            all
        })
}

fn part() -> impl Strategy<Value = Vec<u8>> {
    "[abAB]{1,3}".prop_map(String::into_bytes)
}

/// Mostly words, sometimes any bytes.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "[abAB]{0,4}".prop_map(String::into_bytes),
        2 => vec(select(b"abAB\0\xff\x80\xc3 \t\"=;,%/\n".to_vec()), 0..8),
        1 => vec(any::<u8>(), 0..40),
    ]
}

fn query() -> impl Strategy<Value = Vec<u8>> {
    let pair = (select(vec!["a", "b", "%61", "", "c"]), prop::bool::weighted(0.9), value());
    vec(pair, 0..4).prop_map(|pairs| {
        let pairs = pairs.into_iter().map(|(name, equals, value)| {
            let value = if equals { [b"=".to_vec(), value].concat() } else { Vec::new() };
            [name.as_bytes().to_vec(), value].concat()
        });
        [b"?".to_vec(), pairs.collect::<Vec<_>>().join(&b'&')].concat()
    })
}

fn cookies() -> impl Strategy<Value = Vec<u8>> {
    let space = || select(vec!["", " ", "  ", "\t"]);
    let name = select(vec!["a", "b", "A", "id", "", "x a", "c"]);
    let value = prop_oneof![3 => value(), 1 => value().prop_map(|v| [b"\"".to_vec(), v, b"\"".to_vec()].concat())];
    let piece = (space(), name, space(), prop::bool::weighted(0.9), space(), value, space());
    vec(piece, 0..5).prop_map(|pieces| {
        let pieces = pieces.into_iter().map(|(before, name, gap, equals, start, value, after)| {
            let equals = if equals { "=" } else { "" };
            [format!("{before}{name}{gap}{equals}{start}").into_bytes(), value, after.into()]
                .concat()
        });
        pieces.collect::<Vec<_>>().join(&b';')
    })
}
