//! Several Releases in one object, and one Release that changes.

use super::*;

/// The text with a Release woven in.
fn with(text: &str, policy: &Policy, mode: Mode) -> String {
    lasts(text, policy, &options(mode)).output
}

fn ratings() -> Policy {
    release(&[
        ("metadata: {name: reviews,", "metadata: {name: ratings,"),
        ("host: reviews", "host: ratings"),
    ])
}

/// Another port of the same host.
fn admin() -> Policy {
    release(&[
        ("metadata: {name: reviews,", "metadata: {name: admin,"),
        ("port: 9080", "port: 9090"),
    ])
}

fn objects() -> String {
    service(
        "  # Both.\n  - match: [{uri: {prefix: /both}}]\n    route:\n    - destination: {host: ratings}\n      weight: 50\n\
         \x20   - destination:\n        host: reviews\n      weight: 50\n  - name: ratings\n    match: [{uri: {prefix: /ratings}}]\n\
         \x20   route: [{destination: {host: ratings}}]\n  - route:\n    - destination:\n        host: reviews\n",
    )
    .replace("  - reviews\n", "  - reviews\n  - ratings\n")
        + "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews, namespace: bookinfo}\n\
           spec: {host: reviews}\n"
}

#[test]
fn a_release_that_changed_leaves_no_trace_either() {
    let changed = [
        release(&[("stable: v1", "stable: v2")]),
        release(&[("  - {name: v3, labels: {version: v3}}\n", "")]),
        release(&[("labels: {version: v2}", "labels: {release: canary}")]),
        release(&[("sidecar: {labels: {app: productpage}}", "sidecar: {namespace: tools}")]),
        release(&[("host: reviews", "host: ratings")]),
        release(&[("port: 9080", "port: 9090")]),
    ];
    for text in [objects(), objects().replace('\n', "\r\n")] {
        for mode in [Mode::Names, Mode::Copies] {
            let before = with(&text, &reviews(), mode);
            for policy in &changed {
                for other in [Mode::Names, Mode::Copies] {
                    let weave = |text: &str| weave(&source(text), policy, &options(other)).unwrap();
                    let after = weave(&before);
                    assert_eq!(after, weave(&text));
                    assert_eq!(undone(&after.output, policy), text);
                    assert_eq!(undone(&after.output, &reviews()), text);
                }
            }
        }
    }
}

#[test]
fn releases_come_and_go_in_any_order() {
    let (one, two, three) = (&reviews(), &ratings(), &admin());
    let text = objects();
    for modes in [[Mode::Copies; 3], [Mode::Names; 3], [Mode::Copies, Mode::Names, Mode::Copies]] {
        let modes = |policy: &Policy| match policy.name() {
            "reviews" => modes[0],
            "ratings" => modes[1],
            _ => modes[2],
        };
        for order in [[one, two, three], [three, two, one], [two, three, one]] {
            let all = order.iter().fold(text.clone(), |text, policy| {
                weave(&source(&text), policy, &options(modes(policy))).unwrap().output
            });
            for policy in order {
                let again = weave(&source(&all), policy, &options(modes(policy))).unwrap();
                assert_eq!(again.output, all, "{}", policy.name());
            }
            for gone in [[one, two, three], [three, two, one], [two, one, three]] {
                let left = gone.iter().fold(all.clone(), |text, policy| undone(&text, policy));
                assert_eq!(left, text);
            }
        }
    }
}

#[test]
fn what_a_release_still_needs_stays_when_another_goes() {
    for mode in [Mode::Names, Mode::Copies] {
        let first = with(&objects(), &reviews(), mode);
        let second = weave(&source(&first), &admin(), &options(mode)).unwrap();
        let left = undone(&second.output, &reviews());
        // The patches made for it still find their rules.
        let mesh = second.mesh.unwrap();
        assert!(!mesh.switched.is_empty());
        for name in mesh.switched.iter().chain(mesh.copies.iter().map(|(_, name)| name)) {
            assert!(names(&left).contains(name), "{name} {left}");
        }
        assert_eq!(http(&left).last().unwrap()["route"][0]["destination"]["subset"], "v1");
        assert_eq!(values(&left)[1]["spec"]["subsets"].as_array().unwrap().len(), 3);
        assert_eq!(undone(&left, &admin()), objects());
    }
}

#[test]
fn a_copy_for_one_host_pins_the_other() {
    let both = with(&with(&objects(), &reviews(), Mode::Copies), &ratings(), Mode::Copies);
    let copies: Vec<Value> = http(&both);
    let subsets = |name: &str| -> Vec<Value> {
        let rule = copies.iter().find(|rule| rule["name"] == name).unwrap();
        rule["route"]
            .as_array()
            .unwrap()
            .iter()
            .map(|to| to["destination"]["subset"].clone())
            .collect()
    };
    let rule = "serin.bookinfo.reviews/1";
    assert_eq!(subsets(rule), ["v1", "v1"]);
    assert_eq!(subsets(&format!("serin.bookinfo.reviews/v2/{rule}")), ["v1", "v2"]);
    assert_eq!(subsets(&format!("serin.bookinfo.ratings/v2/{rule}")), ["v2", "v1"]);
    // And no longer, once the other is gone: its subsets may be gone too.
    let copies = http(&undone(&both, &ratings()));
    assert_eq!(copies[0]["name"], format!("serin.bookinfo.reviews/v2/{rule}"));
    assert_eq!(copies[0]["route"][0]["destination"], json!({ "host": "ratings" }));
}

#[test]
fn what_the_user_changed_since_is_kept() {
    let woven = with(&objects(), &reviews(), Mode::Copies);
    let elsewhere = woven.replace(
        "    - destination:\n        host: reviews\n        subset: v1\n",
        "    - destination:\n        host: reviews\n        subset: v9\n",
    );
    assert_ne!(elsewhere, woven);
    let bare = undone(&elsewhere, &reviews());
    assert_eq!(http(&bare)[2]["route"][0]["destination"]["subset"], "v9");
    let renamed = woven.replace("- name: serin.bookinfo.reviews/2\n", "- name: mine\n");
    assert_eq!(http(&undone(&renamed, &reviews()))[2]["name"], "mine");
}

#[test]
fn what_another_release_misses_is_added_again_for_both() {
    for mode in [Mode::Names, Mode::Copies] {
        let both = with(&with(&objects(), &reviews(), mode), &admin(), mode);
        for gone in ["        subset: v1\n", ", {name: v3, labels: {version: v3}}"] {
            assert!(both.contains(gone), "{both}");
            let less = both.replace(gone, "");
            let again = weave(&source(&less), &reviews(), &options(mode)).unwrap();
            assert_eq!(values(&again.output), values(&both));
            let left = undone(&undone(&again.output, &reviews()), &admin());
            assert_eq!(left, objects());
        }
    }
}

#[test]
fn an_annotation_keeps_its_quotes() {
    let first = with(&objects(), &reviews(), Mode::Copies);
    let start = first.find("'{").unwrap();
    let end = first.find("}'").unwrap() + 2;
    let quoted = serde_json::to_string(&first[start + 1..end - 1]).unwrap();
    let first = format!("{}{quoted}{}", &first[..start], &first[end..]);
    let second = weave(&source(&first), &admin(), &options(Mode::Copies)).unwrap();
    assert_eq!(undone(&second.output, &admin()), first);
}
