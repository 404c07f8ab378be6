//! Which rules follow decisions, and what becomes of them.

use super::*;

fn rules(text: &str, mode: Mode) -> (Vec<String>, Vec<String>) {
    let woven = lasts(text, &reviews(), &options(mode));
    (woven.mesh.unwrap().switched, woven.notes)
}

#[test]
fn a_rule_is_named_for_patches_if_its_only_destination_follows_decisions() {
    for (destinations, is_switched, note) in [
        ("[{destination: {host: reviews}}]", true, None),
        ("[{destination: {host: reviews, subset: v1}}]", true, None),
        ("[{destination: {host: reviews, port: {number: 9080}}}]", true, None),
        ("[{destination: {host: reviews.bookinfo.svc.cluster.local}}]", true, None),
        ("[{destination: {host: reviews.other.svc.cluster.local}}]", false, None),
        ("[{destination: {host: reviews, port: {number: 80}}}]", false, None),
        (
            "[{destination: {host: reviews, subset: v2}}]",
            false,
            Some("chooses the subset `v2` itself"),
        ),
        (
            "[{destination: {host: reviews}}, {destination: {host: other}}]",
            false,
            Some("has several destinations"),
        ),
    ] {
        let text = service(&format!("  - name: a\n    route: {destinations}\n"));
        let (switched, notes) = rules(&text, Mode::Names);
        assert_eq!(switched, if is_switched { vec!["a"] } else { vec![] }, "{destinations}");
        assert_eq!(notes.len(), note.iter().len(), "{notes:?}");
        assert!(note.is_none_or(|note| notes[0].contains(note)), "{notes:?}");
    }
}

#[test]
fn a_rule_for_other_callers_is_left_alone() {
    for (entries, is_switched) in [
        ("[{sourceLabels: {app: productpage}}]", true),
        // They may have it besides.
        ("[{sourceLabels: {tier: front}}]", true),
        ("[{sourceNamespace: bookinfo}]", true),
        ("[{sourceLabels: {app: details}}]", false),
        ("[{sourceNamespace: other}]", false),
        ("[{sourceNamespace: other, uri: {prefix: /}}, {uri: {prefix: /a}}]", true),
    ] {
        let text = service(&format!(
            "  - name: a\n    match: {entries}\n    route: [{{destination: {{host: reviews}}}}]\n"
        ));
        for mode in [Mode::Names, Mode::Copies] {
            let (switched, notes) = rules(&text, mode);
            assert_eq!(!switched.is_empty(), is_switched, "{entries}: {notes:?}");
            let is_said =
                notes.iter().any(|note| note.contains("for other ports, gateways or callers"));
            assert_eq!(is_said, !is_switched, "{entries}: {notes:?}");
        }
    }
}

#[test]
fn a_rule_is_copied_if_one_of_its_destinations_follows_decisions() {
    for (destinations, expected) in [
        ("[{destination: {host: reviews}}]", Some(json!(["v2"]))),
        (
            "[{destination: {host: reviews}, weight: 9}, {destination: {host: other, subset: x}, weight: 1}]",
            Some(json!(["v2", "x"])),
        ),
        (
            "[{destination: {host: reviews}}, {destination: {host: reviews, subset: v1}}, {destination: {host: reviews, subset: v3}}]",
            Some(json!(["v2", "v2", "v3"])),
        ),
        (
            "[{destination: {host: reviews, port: {number: 80}}}, {destination: {host: other}}]",
            None,
        ),
        ("[{destination: {host: reviews, subset: v3}}]", None),
    ] {
        let text = service(&format!("  - name: a\n    route: {destinations}\n"));
        let woven = lasts(&text, &reviews(), &options(Mode::Copies));
        let rules = http(&woven.output);
        let Some(expected) = expected else {
            assert_eq!(woven.output, text);
            continue;
        };
        assert_eq!(
            names(&woven.output),
            ["serin.bookinfo.reviews/v2/a", "serin.bookinfo.reviews/v3/a", "a"]
        );
        let route = rules[0]["route"].as_array().unwrap();
        let subsets: Value = route.iter().map(|to| to["destination"]["subset"].clone()).collect();
        assert_eq!(subsets, expected, "{destinations}");
        let weights = |rule: &Value| -> Vec<Value> {
            rule["route"].as_array().unwrap().iter().map(|to| to["weight"].clone()).collect()
        };
        assert_eq!(weights(&rules[0]), weights(&rules[2]));
    }
}

#[test]
fn a_copy_keeps_every_option() {
    let options_of_rule = json!({
        "name": "a",
        "match": [{ "uri": { "regex": "/a\\d+" }, "ignoreUriCase": true }],
        "timeout": "3s",
        "retries": { "attempts": 2, "perTryTimeout": "1s", "retryOn": "5xx" },
        "rewrite": { "uri": "/b" },
        "fault": { "delay": { "percentage": { "value": 0.1 }, "fixedDelay": "5s" } },
        "mirrors": [{ "destination": { "host": "reviews", "subset": "v3" }, "percentage": { "value": 12.5 } }],
        "corsPolicy": { "allowOrigins": [{ "exact": "https://example.com" }], "maxAge": "24h" },
        "headers": { "request": { "set": { "x-a": "\"quoted\"" }, "remove": ["x-b"] }, "response": { "add": { "x-c": "on" } } },
        "route": [{ "destination": { "host": "reviews", "port": { "number": 9080 } }, "headers": { "response": { "remove": ["x-d"] } } }],
    });
    let text = service(&format!("  - {}\n", edit::flow(&options_of_rule, false)));
    let woven = lasts(&text, &reviews(), &options(Mode::Copies));
    let mut expected = options_of_rule;
    expected["name"] = json!("serin.bookinfo.reviews/v2/a");
    expected["match"][0]["headers"] =
        json!({ "x-serin-subset": { "exact": "reviews.bookinfo/v2" } });
    expected["match"][0]["sourceLabels"] = json!({ "app": "productpage" });
    expected["match"][0]["sourceNamespace"] = json!("bookinfo");
    expected["match"][0]["port"] = json!(9080);
    expected["headers"]["request"]["remove"] = json!(["x-b", "x-serin-subset"]);
    expected["route"][0]["destination"]["subset"] = json!("v2");
    assert_eq!(http(&woven.output)[0], expected);
}

#[test]
fn rules_that_send_requests_nowhere_are_left_alone() {
    let text = service(
        "  - name: a\n    redirect: {uri: /x}\n  - name: b\n    directResponse: {status: 404}\n\
         \x20 - delegate: {name: other}\n  - name: c\n    route: [{destination: {host: reviews}}]\n",
    );
    for mode in [Mode::Names, Mode::Copies] {
        let (switched, notes) = rules(&text, mode);
        assert_eq!(switched, ["c"]);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("delegates to another VirtualService"), "{notes:?}");
    }
}

#[test]
fn rules_of_other_protocols_are_noted() {
    let text = service("  - name: a\n    route: [{destination: {host: reviews}}]\n")
        + "  tcp:\n  - route: [{destination: {host: reviews}}]\n";
    let (_, notes) = rules(&text, Mode::Copies);
    assert!(notes[0].contains("rules for TCP and TLS"), "{notes:?}");
    let bare =
        text.replace("  http:\n  - name: a\n    route: [{destination: {host: reviews}}]\n", "");
    let woven = lasts(&bare, &reviews(), &options(Mode::Copies));
    assert_eq!((woven.output.as_str(), woven.mesh), (bare.as_str(), Some(Rules::default())));
}

#[test]
fn names_are_unique_and_stay_the_same() {
    let one = "  - route: [{destination: {host: reviews}}]\n";
    let taken = "  - name: serin.bookinfo.reviews\n    route: [{destination: {host: reviews}}]\n";
    let numbered =
        "  - name: serin.bookinfo.reviews/2\n    route: [{destination: {host: reviews}}]\n";
    for (rules, expected) in [
        (one.to_owned(), vec!["serin.bookinfo.reviews"]),
        (one.repeat(2), vec!["serin.bookinfo.reviews/1", "serin.bookinfo.reviews/2"]),
        (format!("{taken}{one}"), vec!["serin.bookinfo.reviews", "serin.bookinfo.reviews/1"]),
        (
            format!("{}{numbered}", one.repeat(2)),
            vec![
                "serin.bookinfo.reviews/1",
                "serin.bookinfo.reviews/3",
                "serin.bookinfo.reviews/2",
            ],
        ),
    ] {
        let woven = lasts(&service(&rules), &reviews(), &options(Mode::Names));
        assert_eq!(names(&woven.output), expected);
        assert_eq!(woven.mesh.unwrap().switched, expected);
    }
    let two = format!("{}---\n{}", service(one), service(one));
    let woven = lasts(&two, &reviews(), &options(Mode::Names));
    let expected = ["serin.bookinfo.reviews/1", "serin.bookinfo.reviews/2"];
    assert_eq!(woven.mesh.unwrap().switched, expected);
}

#[test]
fn a_name_shared_with_a_rule_that_does_not_follow_is_refused() {
    let rules = |first: &str, second: &str| {
        service(&format!(
            "  - name: a\n    {first}route: [{{destination: {{host: reviews}}}}]\n  - name: {second}\n    route: [{{destination: {{host: other}}}}]\n"
        ))
    };
    for mode in [Mode::Names, Mode::Copies] {
        let found = wrong(&rules("", "a"), &reviews(), &options(mode));
        let message = "`spec.http[0]` of VirtualService bookinfo/reviews has the name `a` too, and its requests \
            follow decisions, but these do not";
        assert_eq!(found, [("a".to_owned(), message.to_owned())]);
        let found = wrong(&rules("match: [{name: b}]\n    ", "a.b"), &reviews(), &options(mode));
        assert_eq!(found.len(), 1, "{found:?}");
        lasts(&rules("match: [{name: b}]\n    ", "a"), &reviews(), &options(mode));
        // Proxies of one VirtualService know nothing of the other's rules.
        let elsewhere = rules("", "b") + "---\n" + &rules("", "a").replace("- reviews", "- other");
        lasts(&elsewhere, &reviews(), &options(mode));
    }
}

#[test]
fn rules_of_the_same_name_may_follow_together() {
    let rule = "  - name: a\n    route: [{destination: {host: reviews}}]\n";
    let pinned = rule.replace("reviews}", "reviews, subset: v1}");
    for mode in [Mode::Names, Mode::Copies] {
        let woven = lasts(&service(&format!("{rule}{pinned}{rule}")), &reviews(), &options(mode));
        assert_eq!(woven.mesh.unwrap().switched, ["a"]);
    }
}
