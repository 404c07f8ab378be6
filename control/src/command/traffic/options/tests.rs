//! Options become what is sent, and everything that is wrong with them is said at once.

use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn options(line: &[&str]) -> Result<Options, Vec<String>> {
    let line = Line::try_parse_from(["traffic"].iter().chain(line)).unwrap();
    let messages =
        |complaints: Vec<Message>| complaints.into_iter().map(|complaint| complaint.text).collect();
    read(&line.args).map_err(messages)
}

#[test]
fn the_url_says_whom_to_ask_and_the_host_whom_it_is_for() {
    for (url, host, port) in [
        ("http://shop.example.com/a", "shop.example.com", 80),
        ("http://127.0.0.1:8080", "127.0.0.1", 8080),
        ("http://[::1]:8080/", "::1", 8080),
    ] {
        let options = options(&[url]).unwrap();
        assert_eq!((options.host.as_str(), options.port), (host, port), "{url}");
    }
    let options = options(&["http://10.0.0.1/a?b", "--host", "shop.example.com"]).unwrap();
    assert_eq!(options.requests[0].headers()["host"], "shop.example.com");
    assert_eq!(options.requests[0].uri(), "/a?b");
    assert_eq!(options.host, "10.0.0.1");
}

#[test]
fn rate_time_and_number_bound_each_other() {
    let bounds = |line: &[&str]| {
        let options = options(&[&["http://a"], line].concat()).unwrap();
        (options.time.as_secs(), options.most)
    };
    assert_eq!(bounds(&[]), (10, 200));
    assert_eq!(bounds(&["--rate", "0.5", "--for", "1m"]), (60, 30));
    assert_eq!(bounds(&["--requests", "7"]), (3600, 7));
    assert_eq!(bounds(&["--requests", "7000", "--for", "2s"]), (2, 40));
    assert_eq!(bounds(&["--rate", "1000", "--requests", "1000000"]), (3600, 1_000_000));
    let refused = |line: &[&str]| options(&[&["http://a"], line].concat()).unwrap_err();
    assert_eq!(
        refused(&["--rate", "1000", "--for", "1h"]),
        ["1000 requests a second for 3600 s would be 3600000, expected at most 1000000"]
    );
    assert_eq!(
        refused(&["--requests", "100000"]),
        ["100000 requests at 20 a second take over an hour"]
    );
}

#[test]
fn answers_have_to_say_who_gave_them_where_that_is_asked() {
    let is_signed =
        |line: &[&str]| options(&[&["http://a"], line].concat()).unwrap().asked.is_signed;
    assert!(!is_signed(&[]));
    assert!(is_signed(&["--expect", "v2=10"]));
    assert!(is_signed(&["--version-header", "server"]));
    assert!(is_signed(&["--version-text", "v1="]));
}

#[test]
fn everything_that_is_wrong_is_said() {
    let shares = ["--expect", "v1=60", "--expect", "v2=60%", "--expect", "v3"];
    let others = ["https://a", "--identity", "query=a", "--version-body", "("];
    let messages = [
        "invalid value `query=a` for `--identity`",
        "expected an `http` URL, found `https://a`: TLS is not supported",
        "`--version-body (` is not a regex: unclosed group",
        "invalid value `v3` for `--expect`",
        "the shares of `--expect` add up to 120, expected at most 100",
    ];
    assert_eq!(options(&[&others[..], &shares].concat()).unwrap_err(), messages);
    let large = ["http://a", "--version-body", "a{9999999}"];
    assert_eq!(
        options(&large).unwrap_err(),
        ["`--version-body a{9999999}` is not a regex: it is too large"]
    );
    let taken = ["http://a", "--identity", "cookie=id", "--cookie", "id=1"];
    assert_eq!(options(&taken).unwrap_err(), ["`id=1` is already set by `--identity`"]);
}
