//! Command lines become the requests that curl 7.88 was seen to send.

use std::fmt::Write;

use super::*;
use crate::explain::Request;
use crate::explain::request::shown;

fn request(line: &str) -> Result<Request, String> {
    let messages = |faults: Vec<Fault>| {
        faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ")
    };
    pasted(line).map_err(messages)?.request("reviews").map_err(messages)
}

/// `GET http://host/path`, then each header on a line, without what every curl sends.
#[track_caller]
fn sent(line: &str) -> String {
    let request = request(line).unwrap_or_else(|message| panic!("{line}: {message}"));
    let value = |name| request.shown(name);
    let mut text = format!(
        "{} {}://{}{}",
        value(":method"),
        value(":scheme"),
        value(":authority"),
        value(":path")
    );
    for (name, value) in request.headers().skip(4) {
        if !matches!((name, value), ("user-agent", b"curl/8") | ("accept", b"*/*")) {
            _ = write!(text, "\n{name}: {}", shown(value));
        }
    }
    text
}

#[test]
fn lines_become_what_curl_sends() {
    let cases = [
        ("curl h", "GET http://h/"),
        ("$ curl -sSL -o /dev/null --compressed -k -v h:80/a", "GET http://h/a"),
        ("/usr/bin/curl https://h:8443/a/../b/./c?x=1#f", "GET https://h:8443/b/c?x=1"),
        ("curl -b a=1 -b 'b=2; c' h", "GET http://h/\ncookie: a=1;b=2; c"),
        ("curl -b '' h", "GET http://h/"),
        (
            "curl -b a=1 -H 'Cookie: z=1' -H 'cookie: y=1' h",
            "GET http://h/\ncookie: z=1\ncookie: y=1",
        ),
        ("curl -H 'User-Agent: me' -A '' h", "GET http://h/\nuser-agent: me"),
        (
            "curl -A me --header=x:1 -HY:2 -H 'Z;' -H 'W:' h",
            "GET http://h/\nuser-agent: me\nx: 1\ny: 2\nz: ",
        ),
        ("curl -d a=1 h", "POST http://h/\ncontent-type: application/x-www-form-urlencoded"),
        (
            "curl --json '{}' -d x -H 'accept: q' h",
            "POST http://h/\ncontent-type: application/json\naccept: q",
        ),
        (
            "curl --json '{}' h",
            "POST http://h/\naccept: application/json\ncontent-type: application/json",
        ),
        ("curl -F a=b h", "POST http://h/\ncontent-type: multipart/form-data"),
        ("curl -T file h/up", "PUT http://h/up"),
        ("curl -sXDELETE h", "DELETE http://h/"),
        ("curl -I h", "HEAD http://h/"),
        ("curl -u a:b h", "GET http://h/\nauthorization: Basic YTpi"),
        ("curl -u a:b --oauth2-bearer tok h", "GET http://h/\nauthorization: Bearer tok"),
        ("curl 'http://us%40er:p@h'", "GET http://h/\nauthorization: Basic dXNAZXI6cA=="),
        ("curl -H 'Authorization: x' -u a:b h", "GET http://h/\nauthorization: x"),
        ("curl -e 'http://x;auto' -r 0-1 h", "GET http://h/\nreferer: http://x\nrange: bytes=0-1"),
        ("curl -X OPTIONS --request-target '*' h", "OPTIONS http://h*"),
        ("curl -H 'Host: foo' -H 'host: bar' h", "GET http://foo/"),
        ("curl --url-query 'a=1 2' --url-query +x 'h/?z'", "GET http://h/?z&a=1%202&x"),
        (
            "curl -G -d a=1 --data-urlencode 'c=ä 1' --data-urlencode '=&' 'h/p?q=1'",
            "GET http://h/p?q=1&a=1&c=%C3%A4%201&%26",
        ),
        ("curl --data-raw @x -G h", "GET http://h/?@x"),
        ("curl -- h", "GET http://h/"),
        ("curl h | jq .", "GET http://h/"),
    ];
    for (line, expected) in cases {
        assert_eq!(sent(line), expected, "{line}");
    }
}

#[test]
fn what_browsers_copy_is_read() {
    let chrome = "curl 'https://shop.example.com/cart' \\\n  -H 'accept: text/html' \\\n  -b $'version=v2; it=\\'s\\u0021' \\\n  -H 'user-agent: Mozilla/5.0 (X11)' \\\n  --data-raw $'a\\n' ;\n";
    let expected = "POST https://shop.example.com/cart\ncookie: version=v2; it='s!\ncontent-type: application/x-www-form-urlencoded\naccept: text/html\nuser-agent: Mozilla/5.0 (X11)";
    assert_eq!(sent(chrome), expected);
    let firefox = "curl 'https://shop.example.com/' --compressed -X POST -H 'Cookie: a=b' -H 'Sec-Fetch-Mode: no-cors'";
    assert_eq!(
        sent(firefox),
        "POST https://shop.example.com/\ncookie: a=b\nsec-fetch-mode: no-cors"
    );
}

#[test]
fn everything_that_is_wrong_is_said() {
    let cases = [
        ("", "expected a curl command, found nothing"),
        ("wget h", "expected a curl command, found `wget`"),
        ("Invoke-WebRequest -Uri h", "expected a curl command, found `Invoke-WebRequest`"),
        ("curl", "the command has no URL"),
        ("curl a b", "a second URL, `b`"),
        (
            "curl --hello -! -H",
            "unknown option of curl: `--hello`; unknown option of curl: `-!`; `-H` needs a value, but the command \
             ends here",
        ),
        ("curl -s=1 --silent=1 h", "unknown option of curl: `-=`; `--silent` takes no value"),
        ("curl -n h", "cannot tell what `-n` sends: it is in a file"),
        (
            "curl a --next b",
            "cannot tell what `--next` sends: it begins a second request; a second URL, `b`",
        ),
        (
            "curl -H x -H @f -H ':a: b' -H 'a b: c' -b jar -u a h",
            "expected a header, found `x`; curl would read the file `@f`, which is not supported; `:a: b` is not a \
             header, but part of the request line; `a b` cannot be the name of a header; `jar` is not a cookie: there \
             is no `=`; no password for `a`",
        ),
        ("curl ftp://h", "expected a URL of `http` or `https`, found `ftp`"),
        ("curl 'http://h:99999'", "`http://h:99999` is not a URL: a port is a number up to 65535"),
        ("curl -G -d @f h", "curl would read the file `@f`, which is not supported"),
        (
            "curl --request-target 'a b' h",
            "expected a path that starts with `/`, without spaces, found `a b`",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(request(line).unwrap_err(), expected, "{line}");
    }
}
