//! Which headers have one line in Envoy, as `serin explain` assumes.

use hyper::http::HeaderValue;
use inspect::header_lines::{SINGLE, as_envoy_has};
use serde_json::json;

use crate::envoy::stage::request;
use crate::envoy::{Given, Setup, Stage, Through, wait};
use crate::release::{check, release};

#[test]
fn envoy_joins_the_lines_that_serin_joins() {
    let checked = check(&release(json!({})));
    wait(async {
        let stage = Stage::start(Setup::new(Through::Bootstrap), &Given::new(&checked)).await;
        let others = ["accept-language", "x-user-id", "tracestate", "baggage", "x-real-ip"];
        for name in SINGLE.iter().chain(&others) {
            let line = |value: &str| ((*name).to_owned(), value.as_bytes().to_vec());
            let sent = [line("a"), line("b")];
            let answer = stage.connect().await.send(&request(&sent)).await.unwrap();
            assert_eq!(answer.served_by(), Some("v1"), "{name}");
            let last = stage.upstreams[0].last().unwrap();
            let found: Vec<_> =
                last.headers.get_all(*name).iter().map(HeaderValue::as_bytes).collect();
            let expected: Vec<_> =
                as_envoy_has(&sent).into_iter().map(|(_, value)| value).collect();
            assert_eq!(found, expected, "{name}");
        }
    });
}
