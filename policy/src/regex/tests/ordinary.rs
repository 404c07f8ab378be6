//! Patterns that people write are in the dialect, and compile within the limits.

use serde_json::Value;

use super::{compile, parse};

/// From the seeds, from the cases of peers, and from VirtualServices: a pattern and a value that it matches.
const ORDINARY: &[(&str, &str)] = &[
    (r"^(.*?;)?(version=v2)(;.*)?$", "a=1;version=v2;b"),
    (r"^(.*?;\s*)?(version=v2)(;.*)?$", "a=1; version=v2"),
    (r"^(.*?;)?(email=[^;]*@some-company-name.com)(;.*)?$", "email=a@some-company-name.com"),
    (
        r"^(.*?;\s*)?(email=[^;]*@some-company-name.com)(;.*)?$",
        "x; email=a@some-company-name.com;y",
    ),
    (r"^(.*?;)?(user=tester)(;.*)?$", "user=tester"),
    (r"^(.*?;)?(type=insider)(;.*)?$", "type=insider"),
    (r"^(.*?;)?(canary=always)(;.*)?$", ";canary=always;"),
    (r"^(.*;.?|)(my-site-version=2)(;.*|)$", "a; my-site-version=2"),
    (r"(^|;\s*)beta=true(;|$)", ";  beta=true;"),
    (r"(.*;\s*)?beta=true(;.*)?", "a; beta=true"),
    (r".*(version=v2).*", "xversion=v20"),
    (r".*flagger-cookie.*TOKEN.*", "flagger-cookie=old; other=TOKEN"),
    (r".*ab_group=.*", "ab_group=b"),
    (r".*experiment=beta.*", "experiment=beta"),
    (r"my_cookie=[^;]*", "my_cookie=1"),
    (r"q=c", "q=c"),
    (r".*", ""),
    (r".+", "x"),
    (r".*iPhone.*", "Mozilla/5.0 (iPhone; CPU)"),
    (r"(?i).*firefox.*", "FireFox/140"),
    (r".*(Linux ).*", "X11; Linux x86_64"),
    (r".*(Linux )|( Mac OS X ([\d.])+).*", " Mac OS X 10.5 x"),
    (r"Mozilla(.*)", "Mozilla/5.0"),
    (r".*DarkLaunch.*", "DarkLaunch"),
    (r".*(?:Android|iPhone|iPad).*", "an iPad"),
    (r"^.*\.(ico|png|jpg)$", "/a/b.png"),
    (r"^v[0-9]+(\.[0-9]+)*$", "v1.20.3"),
    (r"/api/v[12]/.*", "/api/v2/users"),
    (r"^/api/(v1|v2)/users/[0-9]+$", "/api/v1/users/7"),
    (r"^/api/data/[a-zA-Z0-9_]{3,20}/import/tests(\?.*)?$", "/api/data/abc_1/import/tests?x"),
    (r"^/api/data/[a-zA-Z0-9_]{3,20}/(events)(/.*)?(\?.*)?$", "/api/data/abc/events/7"),
    (r"/productpage(\?.*)?", "/productpage?u=normal"),
    (r"^/(static|assets)/.*\.(css|js)$", "/static/a.b.css"),
    (
        r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "01234567-89ab-cdef-0123-456789abcdef",
    ),
    (r"^[0-9a-f]{7,40}$", "0a1b2c3d"),
    (r"[\w.+-]+@[\w-]+\.[\w.-]+", "a.b+c@mail.example.org"),
    (r"^(de|en|fr)(-[A-Z]{2})?(,.*)?$", "de-AT,en"),
    (r"^(staging|prod)-(eu|us)-[a-z]+-\d+$", "prod-eu-web-12"),
    (r".*\bcanary\b.*", "the canary sings"),
    (r"^(10|172\.16|192\.168)\..*$", "192.168.1.1"),
    (r"(GET|HEAD|OPTIONS)", "HEAD"),
    (r"^(www\.)?bookinfo\.(com|org)(:\d+)?$", "www.bookinfo.com:8080"),
    (r"^[^@]+@(some-company-name|other-company)\.com$", "a@other-company.com"),
    (r"^user-[0-9a-f]*[02468ace]$", "user-1f2e"),
    (r"Bearer [A-Za-z0-9._-]+", "Bearer ab.c_-"),
    (r"^(?:[1-9]|1[0-9]|20)$", "20"),
    (r"\d{4}-\d{2}-\d{2}", "2026-01-31"),
    (r"(?i)true|yes|on|1", "YES"),
    (r"[^\x00-\x7f]+", "\u{fc}"),
    (r"(?P<major>\d+)\.(?<minor>\d+)", "1.2"),
];

#[test]
fn ordinary_patterns_are_accepted() {
    assert!(ORDINARY.len() >= 40);
    for &(pattern, value) in ORDINARY {
        let automaton = compile(pattern);
        assert!(automaton.is_match(value.as_bytes()), "{pattern} must match {value}");
    }
}

#[test]
fn the_table_for_envoy_holds() {
    let table = include_str!("../../../../tests/data/regex/envoy.yaml");
    let rows = table.lines().filter_map(|line| line.strip_prefix("- "));
    let mut count = 0;
    for row in rows.map(|row| serde_json::from_str::<Value>(row).unwrap()) {
        let text = |key: &str| row[key].as_str().unwrap();
        let value: Vec<u8> =
            text("value").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(
            compile(text("pattern")).is_match(&value),
            row["matches"].as_bool().unwrap(),
            "{row}"
        );
        count += 1;
    }
    assert!(count >= 60, "{count}");
}

#[test]
fn a_match_is_of_the_whole_value() {
    assert!(!compile("v2").is_match(b"v20"));
    assert!(!compile("v2").is_match(b" v2"));
    assert!(compile("a|ab").is_match(b"ab"));
    assert!(compile("").is_match(b""));
    assert!(!compile("").is_match(b"a"));
    assert_eq!(parse("a"), parse("(?:a)"));
}
