//! A `Cookie` header against the naive parser, alone and in rules.

use std::cell::RefCell;

use policy::cookie::for_each_piece;
use policy::split::Generator;
use policy::{Program, Scratch};
use serde_json::{Value, json};

use crate::naive::{Naive, cookies};
use crate::release::{check, release};

/// What rules ask of the raw header: how tutorials find a cookie, with all the white space that they let stand.
const PIECES: [&str; 10] = [
    r"^(.*?;)?(\s*version=v2)(;.*)?$",
    r"(.*;)?\s*(a=b)\s*(;.*)?",
    "^(.*?; ?)?id=(a|b|ab)( ?;.*)?$",
    "(|.*; )a=(|;.*)",
    "(.*; *)?b=( *;.*)?",
    ".*a=b.*",
    "a=b",
    "(^|.*;)x=1($|;.*)",
    r"(.*;\s*)?a=a(;.*)?",
    "(.* )?a=b(;.*)?",
];

thread_local! {
    static RULES: RefCell<(Program, Naive, Scratch)> = RefCell::new(rules());
}

/// Whether the pieces of the header are those of the naive parser, and rules find in them what they find in those.
///
/// # Panics
/// When they are not.
pub fn run(header: &[u8]) {
    let mut found = Vec::new();
    let mut start = 0;
    for_each_piece(header, |piece| {
        assert_eq!(piece.start, start, "{}", header.escape_ascii());
        assert_eq!(header.get(start..start + piece.text.len()), Some(piece.text));
        start += piece.text.len() + 1;
        found.extend(piece.cookie().map(|(name, value)| (name.to_vec(), value.to_vec())));
    });
    assert_eq!(start, header.len() + 1, "{}", header.escape_ascii());
    assert_eq!(found, cookies(header), "{}", header.escape_ascii());
    let headers = [(":path".to_owned(), b"/".to_vec()), ("cookie".to_owned(), header.to_vec())];
    RULES.with_borrow_mut(|(program, naive, scratch)| {
        if let Err(wrong) = naive.agrees(program, &headers, &mut Generator::new(7), scratch) {
            panic!("{wrong}: {}", header.escape_ascii());
        }
    });
}

/// A rule for each piece, and for what is asked of cookies by name; all users of a rule are sent elsewhere, and the
/// others follow a cookie.
fn rules() -> (Program, Naive, Scratch) {
    let mut tests: Vec<Value> =
        PIECES.iter().map(|regex| json!({"headers": {"cookie": {"regex": regex}}})).collect();
    for test in [
        json!({"exact": "b"}),
        json!({"in": ["", "ab", "\"", "a=b"]}),
        json!({"prefix": "B", "ignoreCase": true}),
        json!({"suffix": " b"}),
        json!({"contains": "\""}),
        json!({"regex": "[^b]+b[^b]*"}),
    ] {
        tests.push(json!({"cookies": {"a": test, "x": {"present": false}}}));
        tests.push(
            json!({"cookies": {"id": test}, "without": {"cookies": {"a": {"present": true}}}}),
        );
    }
    let rules: Vec<Value> = (tests.into_iter().enumerate())
        .map(|(at, test)| json!({"name": format!("r{at}"), "match": [test], "split": {"v2": 100}}))
        .collect();
    let fields = json!({
        "identity": [{"cookie": "u"}, {"cookie": "id"}], "rules": rules, "split": {"v2": 40, "v3": 30},
    });
    let checked = check(&release(fields));
    (checked.program, Naive::new(&checked.policy), Scratch::default())
}
