//! Many combinations of rules, written in every style: the same values become the same values.

use document::yaml;

use super::*;

/// The styles of a file.
fn texts(value: &Value) -> Vec<String> {
    let block = yaml::block(value).unwrap();
    vec![
        block.replace('\n', "\r\n"),
        block.trim_end().to_owned(),
        format!("# about\n---\n{block}---\n# nothing\n"),
        edit::flow(value, false),
        serde_json::to_string(value).unwrap(),
        serde_json::to_string_pretty(value).unwrap() + "\n",
        block,
    ]
}

#[test]
fn every_combination_can_be_taken_out_again() {
    let destinations = [
        json!([{ "destination": { "host": "reviews" } }]),
        json!([{ "destination": { "host": "reviews", "subset": "v1" }, "weight": 100 }]),
        json!([{ "destination": { "port": { "number": 9080 }, "host": "reviews.bookinfo.svc.cluster.local" } }]),
        json!([{ "destination": { "host": "reviews", "port": { "number": 9080 } } }]),
        json!([{ "destination": { "host": "reviews", "subset": "v3" } }]),
        json!([{ "destination": { "host": "reviews", "port": { "number": 80 } } }]),
        json!([{ "destination": { "host": "other" } }]),
        json!([
            { "weight": 60, "destination": { "host": "reviews" } },
            { "weight": 40, "destination": { "host": "other" }, "headers": { "response": { "add": { "x": "y" } } } },
        ]),
        json!([
            { "destination": { "host": "reviews", "subset": "v1" }, "weight": 50 },
            { "destination": { "host": "reviews" }, "weight": 30 },
            { "destination": { "host": "reviews", "subset": "v2" }, "weight": 20 },
        ]),
    ];
    let extras = [
        json!({}),
        json!({ "name": "mine" }),
        json!({ "match": [{ "uri": { "prefix": "/a" } }, { "name": "m", "headers": { "x": { "exact": "1e3" } } }] }),
        json!({ "match": [{ "gateways": ["gw"] }], "timeout": "10s", "headers": { "request": { "remove": ["x-a"] } } }),
        json!({ "match": [{ "sourceLabels": { "app": "other" } }, { "port": 9080, "withoutHeaders": { "x": {} } }] }),
    ];
    for gateways in [json!(["mesh", "gw"]), json!(["gw"]), json!(["mesh"])] {
        for first in &destinations {
            for extra in &extras {
                let mut rule = extra.clone();
                rule["route"] = first.clone();
                let last = json!({ "route": [{ "destination": { "host": "reviews" } }] });
                let value = json!({
                    "apiVersion": "networking.istio.io/v1",
                    "kind": "VirtualService",
                    "metadata": { "name": "reviews", "namespace": "bookinfo" },
                    "spec": { "hosts": ["reviews", "bookinfo.example.com"], "gateways": gateways, "http": [rule, last] },
                });
                for mode in [Mode::Names, Mode::Copies] {
                    let all = texts(&value)
                        .into_iter()
                        .map(|text| lasts(&text, &reviews(), &options(mode)));
                    let all: Vec<Woven> = all.collect();
                    for other in &all {
                        assert_eq!(values(&other.output), values(&all[0].output));
                        assert_eq!(
                            (&other.mesh, &other.gateways),
                            (&all[0].mesh, &all[0].gateways)
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_user_s_rules_differ_by_name_and_pin_only() {
    let text = service(
        "  - match: [{uri: {prefix: /a}}]\n    retries: {attempts: 2}\n    route:\n    - destination: {host: reviews}\n\
         \x20 - name: b\n    route:\n    - destination: {host: other}\n",
    );
    for mode in [Mode::Names, Mode::Copies] {
        let woven = lasts(&text, &reviews(), &options(mode));
        let mut expected = http(&text);
        expected[0]["name"] = json!("serin.bookinfo.reviews");
        expected[0]["route"][0]["destination"]["subset"] = json!("v1");
        let is_own = |rule: &Value| !rule["name"].as_str().unwrap().contains('/');
        let own: Vec<Value> = http(&woven.output).into_iter().filter(is_own).collect();
        assert_eq!(own, expected);
        let mut rest = values(&woven.output);
        rest[0]["spec"]["http"] = json!(http(&text));
        rest[0]["metadata"].as_object_mut().unwrap().remove("annotations");
        assert_eq!(rest, values(&text));
    }
}
