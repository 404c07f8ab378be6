//! Releases over a small alphabet, so that tests meet values, nearly meet them, and share inputs, texts and regexes.
//!
//! The properties in `tests/cases/properties` draw theirs with proptest, which makes the smallest that fails; that takes
//! ten times as long as deciding, and so long as bytes choose, libFuzzer can learn which byte leads where.

use serde_json::{Map, Value, json};

use crate::choices::Choices;

/// Regexes that come again and again, so that tests of one input, and of several, share them; the last ones are those
/// with which tutorials find a cookie.
const COMMON: [&str; 8] = [
    "a+b",
    "[ab]+b",
    ".*[aB]b",
    "[^b]*",
    "a|Ab|B",
    r"^(.*?;)?(\s*a=b)(;.*)?$",
    "(.*; ?)?id=(ab|b)( ?;.*)?",
    ".*a=[ab].*",
];
const LEAVES: [&str; 16] = [
    "a", "b", "ab", "Ba", "AB", ".", ".*", ".+", "[ab]", "[^a]", "[A-Z]", r"\w", r"[^;]*", "aa|b",
    r"\s", "a=",
];

/// The fields of a `spec`.
pub(super) fn fields(choices: &mut Choices<'_>) -> Value {
    let mask = 1 + choices.below(7);
    let all = [json!({"cookie": "id"}), json!({"header": "x-user"}), json!({"cookie": "a"})];
    let identity = all.into_iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0);
    let identity: Vec<Value> = identity.map(|(_, identity)| identity).collect();
    let anonymous = choices.one_of(&["stable", "stable", "stable", "random"]);
    let split = split(choices);
    let number = choices.below(10);
    let rules: Vec<Value> = (0..number).map(|at| rule(at, choices)).collect();
    json!({ "identity": identity, "anonymous": anonymous, "split": split, "rules": rules })
}

fn rule(at: usize, choices: &mut Choices<'_>) -> Value {
    let number = 1 + choices.below(3);
    let blocks: Vec<Value> = (0..number).map(|_| block(choices)).collect();
    let mut rule = json!({ "name": format!("r{at}"), "match": blocks, "split": split(choices) });
    match choices.below(10) {
        8 => rule["sticky"] = json!(true),
        9 => rule["sticky"] = json!(false),
        _ => {}
    }
    rule
}

fn split(choices: &mut Choices<'_>) -> Value {
    match choices.below(5) {
        0 => json!({"v2": 100}),
        1 => json!({"v3": 100}),
        2 => json!({"v1": 100}),
        3 => json!({"v2": 0}),
        _ => {
            let (two, three) = (choices.below(61), choices.below(41));
            json!({"v3": three, "v2": two})
        }
    }
}

/// One to four tests, each of which must hold or must not.
fn block(choices: &mut Choices<'_>) -> Value {
    let (mut all, mut none) = (Map::new(), Map::new());
    for _ in 0..=choices.below(4) {
        let fields = if choices.below(4) == 3 { &mut none } else { &mut all };
        let (field, name) = choices.one_of(&[
            ("cookies", "a"),
            ("cookies", "b"),
            ("cookies", "A"),
            ("cookies", "id"),
            ("headers", "x"),
            ("headers", "y"),
            ("headers", "X-Z"),
            ("headers", "cookie"),
            ("headers", ":path"),
            ("headers", "x-user"),
            ("query", "a"),
            ("query", "b"),
            ("query", "%61"),
            ("path", ""),
            ("method", ""),
            ("authority", ""),
            ("caller", "app"),
        ]);
        match (field, name) {
            ("path", _) => _ = fields.insert(field.to_owned(), test("/", choices)),
            ("method", _) => _ = fields.insert(field.to_owned(), method(choices)),
            (_, "") => _ = fields.insert(field.to_owned(), test("", choices)),
            _ => {
                let named = fields.entry(field).or_insert_with(|| json!({}));
                named[name] = test("", choices);
            }
        }
    }
    if !none.is_empty() {
        all.insert("without".to_owned(), Value::Object(none));
    }
    Value::Object(all)
}

fn method(choices: &mut Choices<'_>) -> Value {
    match choices.below(3) {
        0 => json!({"exact": "GET"}),
        1 => json!({"in": ["POST", "PUT"]}),
        _ => json!({"exact": "get", "ignoreCase": true}),
    }
}

/// A test; where values start with something, so does what it compares with whole values and prefixes.
fn test(start: &str, choices: &mut Choices<'_>) -> Value {
    let mut test = match choices.below(8) {
        0 => json!({"exact": format!("{start}{}", choices.text(0, 3))}),
        1 => json!({"prefix": format!("{start}{}", choices.text(1, 3))}),
        2 => json!({"suffix": choices.text(1, 3)}),
        3 => json!({"contains": choices.text(1, 3)}),
        4 => {
            let number = 1 + choices.below(3);
            let mut words: Vec<String> =
                (0..number).map(|_| format!("{start}{}", choices.text(0, 3))).collect();
            words.sort();
            words.dedup();
            json!({"in": words})
        }
        5 => return json!({"present": choices.below(2) == 0}),
        _ if start.is_empty() => json!({"regex": pattern(choices, 3)}),
        _ => json!({"regex": format!("{start}(?:{})", pattern(choices, 3))}),
    };
    if choices.below(2) == 1 {
        test["ignoreCase"] = json!(true);
    }
    test
}

/// A regex whose parts stand in one another at most `depth` deep.
fn pattern(choices: &mut Choices<'_>, depth: usize) -> String {
    let kind = choices.below(8);
    if depth == 0 || kind < 3 {
        return choices.one_of(&LEAVES).to_owned();
    }
    let mut inner = || pattern(choices, depth - 1);
    match kind {
        3 => choices.one_of(&COMMON).to_owned(),
        4 => format!("(?:{})(?:{})", inner(), inner()),
        5 => format!("{}|{}", inner(), inner()),
        6 => format!("({}){}", inner(), choices.one_of(&["*", "+", "?", "{2}", "{1,3}"])),
        _ => format!(".*(?:{}).*", inner()),
    }
}
