//! The gate in the real Envoy: the filter counts what passes it, and sees nothing else.

use istio::decision_header;
use policy::config::Carrier;
use serde_json::json;

use super::{Given, Setup, Stage, Through, wait};
use crate::decide::counted;
use crate::release::{check, release};

#[test]
fn only_what_passes_the_gate_is_shown_to_the_filter() {
    let canary = check(&release(json!({"rules": [
        {"name": "insiders", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}},
        {"name": "team", "match": [{"headers": {"x-team": {"exact": "qa"}}}], "split": {"v3": 100}},
    ]})));
    let spoofed = decision_header::value(&canary.policy, policy::policy::SubsetId(1));
    // The request's header, who serves it, and by which rule the filter decides, if it sees it.
    let cases = [
        ("x-other", "1", "v1", None),
        ("cookie", "a=b", "v1", None),
        ("x-serin-subset", spoofed.as_str(), "v1", None),
        ("x-team", "ops", "v1", None),
        ("cookie", "version=v1", "v1", Some("default")),
        ("cookie", "conversion=v2", "v1", Some("default")),
        ("cookie", "a=b; version = v2", "v2", Some("insiders")),
        ("x-team", "qa", "v3", Some("team")),
    ];
    let header = decision_header::subset_carrier(&canary.policy);
    for carrier in [Carrier::FilterState, header] {
        wait(async {
            let setup = Setup { carrier, ..Setup::new(Through::Bootstrap) };
            let stage = Stage::start(setup, &Given::new(&canary)).await;
            for (name, value, subset, rule) in cases {
                let before = counted(&stage).await;
                let headers = [(name.to_owned(), value.as_bytes().to_vec())];
                assert_eq!(stage.served_by(&headers).await, subset, "{name}: {value}");
                let mut expected = before;
                if let Some(rule) = rule {
                    *expected.entry(rule.to_owned()).or_default() += 1;
                }
                assert_eq!(counted(&stage).await, expected, "{name}: {value}");
            }
        });
    }
}
