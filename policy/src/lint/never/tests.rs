use super::*;
use crate::lint::tests::{only, policy};

/// What is said about a condition.
fn said(block: &str) -> Option<String> {
    only(&tests(&policy(&[block])))
}

const NONE: &str = "no request can match this: ";
const BROWSERS: &str = "this does not match what browsers send: ";
const BLANKS: &str = "blanks around a value are removed before the test";
const QUOTES: &str = "quotes around a cookie's value are removed before the test";
const SEMICOLON: &str = "a `;` ends a cookie";
const CONTROL: &str = "headers cannot contain control characters";
const ENCODED: &str = "blanks and control characters are sent percent-encoded";

/// A block, what is said about it, and why.
const NEVER: &[(&str, &str, &str)] = &[
    (r#"{"cookies": {"a": {"exact": "\"x\""}}}"#, BROWSERS, QUOTES),
    (r#"{"cookies": {"a": {"prefix": "\"x"}}}"#, BROWSERS, QUOTES),
    (r#"{"cookies": {"a": {"suffix": "x\""}}}"#, BROWSERS, QUOTES),
    (r#"{"cookies": {"a": {"regex": "\"[0-9a-f]+\""}}}"#, BROWSERS, QUOTES),
    (r#"{"cookies": {"a": {"in": ["x", "\"x\""]}}}"#, BROWSERS, QUOTES),
    (r#"{"cookies": {"a": {"exact": "x;y"}}}"#, NONE, SEMICOLON),
    (r#"{"cookies": {"a": {"contains": ";"}}}"#, NONE, SEMICOLON),
    (r#"{"cookies": {"a": {"regex": "x;.*"}}}"#, NONE, SEMICOLON),
    (r#"{"cookies": {"a": {"suffix": "x;"}}}"#, NONE, SEMICOLON),
    (r#"{"cookies": {"a": {"exact": " x"}}}"#, BROWSERS, BLANKS),
    (r#"{"cookies": {"a": {"exact": "x\t"}}}"#, BROWSERS, BLANKS),
    (r#"{"cookies": {"a": {"suffix": "x "}}}"#, BROWSERS, BLANKS),
    (r#"{"cookies": {"a": {"regex": ".* "}}}"#, BROWSERS, BLANKS),
    (r#"{"cookies": {"a": {"exact": "x\ny"}}}"#, NONE, CONTROL),
    (r#"{"headers": {"x": {"contains": "\u0000"}}}"#, NONE, CONTROL),
    (r#"{"headers": {"x": {"exact": "x "}}}"#, NONE, BLANKS),
    (r#"{"headers": {"x": {"regex": " .*"}}}"#, NONE, BLANKS),
    (r#"{"query": {"q": {"exact": "a b"}}}"#, NONE, ENCODED),
    (r#"{"query": {"q": {"contains": " "}}}"#, NONE, ENCODED),
    (r#"{"query": {"q": {"regex": "a b.*"}}}"#, NONE, ENCODED),
    (r#"{"query": {"q": {"regex": "a\\sb"}}}"#, NONE, ENCODED),
    (r#"{"query": {"q": {"exact": "a&b"}}}"#, NONE, "a `&` ends a query parameter"),
    (
        r#"{"query": {"q": {"exact": "a#b"}}}"#,
        NONE,
        "a `#` ends the query, and the text after it is not sent",
    ),
    (
        r#"{"query": {"q": {"exact": "jo@example.com"}}}"#,
        BROWSERS,
        "forms and scripts send `@` as `%40`; only a typed URL contains it",
    ),
    (
        r#"{"query": {"q": {"exact": "\u00e9"}}}"#,
        BROWSERS,
        "some of these characters are sent percent-encoded",
    ),
    (
        r#"{"authority": {"exact": "*.example.com"}}"#,
        NONE,
        "`*` is not a wildcard here, and no host contains it",
    ),
    (
        r#"{"authority": {"suffix": "*.example.com"}}"#,
        NONE,
        "`*` is not a wildcard here, and no host contains it",
    ),
    (
        r#"{"headers": {"host": {"regex": "[*].*"}}}"#,
        NONE,
        "`*` is not a wildcard here, and no host contains it",
    ),
    (
        r#"{"authority": {"exact": "https://a.example"}}"#,
        NONE,
        "it is only the host, with the port if the client names one",
    ),
    (
        r#"{"authority": {"exact": "Shop.example.com"}}"#,
        BROWSERS,
        "browsers send hosts in lower case",
    ),
    (r#"{"method": {"exact": "get"}}"#, BROWSERS, "clients send methods in upper case"),
    (r#"{"method": {"regex": "get|post"}}"#, BROWSERS, "clients send methods in upper case"),
    (
        r#"{"headers": {":method": {"prefix": "p"}}}"#,
        BROWSERS,
        "clients send methods in upper case",
    ),
    (r#"{"method": {"exact": "GET POST"}}"#, NONE, "a method is one word"),
    (r#"{"path": {"regex": "api/.*"}}"#, NONE, "a path starts with `/`"),
    (r#"{"path": {"regex": "/a[?]b=.*"}}"#, NONE, "paths are matched without their query"),
    (r#"{"path": {"exact": "/a b"}}"#, NONE, ENCODED),
    (
        r#"{"path": {"contains": "/../"}}"#,
        BROWSERS,
        "clients and proxies resolve `.` and `..` in a path",
    ),
    (
        r#"{"path": {"suffix": "/."}}"#,
        BROWSERS,
        "clients and proxies resolve `.` and `..` in a path",
    ),
    (
        r#"{"cookies": {"v": {"exact": "v=2"}}}"#,
        BROWSERS,
        "only the value is tested, without the name and `=`",
    ),
    (
        r#"{"cookies": {"v": {"regex": ".*v=(2|3).*"}}}"#,
        BROWSERS,
        "only the value is tested, without the name and `=`",
    ),
    (
        r#"{"query": {"v": {"prefix": "v="}}}"#,
        BROWSERS,
        "only the value is tested, without the name and `=`",
    ),
    (r#"{"headers": {":scheme": {"exact": "HTTPS"}}}"#, NONE, "the scheme is `http` or `https`"),
    (
        r#"{"caller": {"app": {"exact": "a b"}}}"#,
        NONE,
        "the value of a label has at most 63 letters, digits, `-`, `_` and `.`",
    ),
];

#[test]
fn what_no_request_has_is_told() {
    for (block, start, reason) in NEVER {
        assert_eq!(said(block), Some(format!("{start}{reason}")), "{block}");
    }
    let block = r#"{"path": {"prefix": "/"}, "without": {"method": {"exact": "get"}}}"#;
    let expected = "this does not match what browsers send: clients send methods in upper case; it excludes nothing";
    assert_eq!(said(block).as_deref(), Some(expected));
}

#[test]
fn what_may_be_sent_is_not_told() {
    for block in [
        r#"{"cookies": {"a": {"contains": "\""}}}"#,
        r#"{"cookies": {"a": {"exact": ""}}}"#,
        r#"{"cookies": {"a": {"prefix": "x "}}}"#,
        r#"{"cookies": {"a": {"suffix": " x"}}}"#,
        r#"{"cookies": {"a": {"exact": "{\"a\":1}"}}}"#,
        r#"{"cookies": {"a": {"suffix": "@example.com"}}}"#,
        r#"{"cookies": {"a": {"regex": "\"?x\"?"}}}"#,
        r#"{"cookies": {"a": {"regex": ".*"}}}"#,
        r#"{"headers": {"x": {"contains": " "}}}"#,
        r#"{"headers": {"cookie": {"contains": "; a=b"}}}"#,
        r#"{"query": {"q": {"exact": "a+b%20c"}}}"#,
        r#"{"query": {"q": {"regex": "[^a]+"}}}"#,
        r#"{"query": {"q": {"prefix": "https://"}}}"#,
        r#"{"query": {"q": {"regex": "[a-z]+(@|%40)example.com"}}}"#,
        r#"{"authority": {"suffix": ".example.com"}}"#,
        r#"{"authority": {"exact": "Shop.example.com", "ignoreCase": true}}"#,
        r#"{"method": {"exact": "get", "ignoreCase": true}}"#,
        r#"{"method": {"regex": "(?i)get"}}"#,
        r#"{"method": {"regex": ".*"}}"#,
        r#"{"path": {"regex": ".*/api"}}"#,
        r#"{"path": {"exact": "*"}}"#,
        r#"{"path": {"suffix": ".css"}}"#,
        r#"{"path": {"contains": ".."}}"#,
        r#"{"caller": {"app": {"regex": ".*"}}}"#,
    ] {
        assert_eq!(said(block), None, "{block}");
    }
}
