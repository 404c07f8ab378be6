//! What cannot be woven is said with its place, all of it at once, and nothing is half done.

use super::*;

#[test]
fn wrong_shapes_are_said_with_their_places() {
    let head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n";
    let rule = |rule: &str| format!("{head}  hosts: [reviews]\n  http:\n  - {rule}\n");
    let route = "route: [{destination: {host: reviews}}]";
    for (text, marked, message) in [
        (
            format!("{head}  hosts: reviews\n"),
            "reviews",
            "expected a list, found the string `reviews`",
        ),
        (format!("{head}  hosts: [reviews, 5]\n"), "5", "expected a text, found the number `5`"),
        (
            format!("{head}  hosts: [reviews]\n  gateways: {{mesh: true}}\n"),
            "{mesh: true}",
            "expected a list, found a map",
        ),
        (format!("{head}  hosts: [reviews]\n  http: {{{route}}}\n"), "http", ""),
        (rule("reviews"), "reviews", "expected a map, found the string `reviews`"),
        (rule("name: [a]"), "[a]", "expected a text, found a list"),
        (
            rule("route: {destination: {host: reviews}}"),
            "{destination: {host: reviews}}",
            "expected a list, found a map",
        ),
        (rule("route: [reviews]"), "reviews", "expected a map, found the string `reviews`"),
        (
            rule("route: [{destination: reviews}]"),
            "reviews",
            "expected a map, found the string `reviews`",
        ),
        (
            rule("route: [{destination: {host: reviews, subset: 1}}]"),
            "1",
            "expected a text, found the number `1`",
        ),
        (
            rule("route: [{destination: {host: reviews, port: 80}}]"),
            "80",
            "expected a map, found the number `80`",
        ),
        (
            rule("route: [{destination: {host: reviews, port: {number: x}}}]"),
            "x",
            "expected the number of a port, found the string `x`",
        ),
        (
            rule(&format!("{{match: {{uri: x}}, {route}}}")),
            "{uri: x}",
            "expected a list, found a map",
        ),
        (rule(&format!("{{match: [x], {route}}}")), "x", "expected a map, found the string `x`"),
        (
            rule(&format!("{{match: [{{sourceLabels: [x]}}], {route}}}")),
            "[x]",
            "expected a map, found a list",
        ),
        (
            rule(&format!("{{match: [{{headers: x}}], {route}}}")),
            "x",
            "expected a map, found the string `x`",
        ),
        (rule(&format!("{{headers: [x], {route}}}")), "[x]", "expected a map, found a list"),
        (
            rule(&format!("{{headers: {{request: {{remove: x}}}}, {route}}}")),
            "x",
            "expected a list, found the string `x`",
        ),
    ] {
        let found = wrong(&text, &reviews(), &options(Mode::Copies));
        if message.is_empty() {
            assert!(!found.is_empty(), "{text}");
            continue;
        }
        assert_eq!(found, [(marked.to_owned(), message.to_owned())], "{text}");
    }
}

#[test]
fn what_cannot_be_copied_or_given_back_is_refused() {
    let rule = |rule: &str| service(&format!("  - {rule}\n"));
    let route = "route: [{destination: {host: reviews}}]";
    for (text, marked, message) in [
        (rule(&format!("{{name: '', {route}}}")), "''", "this is empty"),
        (
            rule("{name: a, route: [{destination: {host: reviews, subset: ''}}]}"),
            "''",
            "this is empty",
        ),
        (rule(&format!("{{name: a, name: b, {route}}}")), "name", "duplicate key `name`"),
        (
            rule(&format!("{{timeout: .inf, {route}}}")),
            ".inf",
            "expected a number, found the number `infinity`",
        ),
        (rule(&format!("{{timeout: !x 3s, {route}}}")), "!x 3s", "unknown tag `!x`"),
        (
            rule(&format!("{{match: [{{headers: {{X-Serin-Subset: {{exact: v2}}}}}}], {route}}}")),
            "{exact: v2}",
            "`X-Serin-Subset` carries the Release's decision and cannot be tested here",
        ),
        (
            rule(&format!("{{name: serin.bookinfo.reviews/v2/a, {route}}}")),
            "serin.bookinfo.reviews/v2/a",
            "`serin.bookinfo.reviews/v2/a` is the name of a copy made by serin, but its VirtualService has no \
             annotation about it",
        ),
    ] {
        let found = wrong(&text, &reviews(), &options(Mode::Copies));
        assert_eq!(found, [(marked.to_owned(), message.to_owned())], "{text}");
    }
}

#[test]
fn what_is_written_once_for_several_places_is_not_changed_in_one() {
    for (rules, marked, message) in [
        (
            "  - &a\n    name: a\n    route: [{destination: {host: reviews}}]\n  - *a\n",
            "[{destination: {host: reviews}}]",
            "this has an alias (`*`) elsewhere and would change there too",
        ),
        (
            "  - name: a\n    route: [{destination: &d {host: reviews}}]\n  - name: b\n    route: [{destination: *d}]\n",
            "&d {host: reviews}",
            "this has an alias (`*`) elsewhere and would change there too",
        ),
        (
            "  - name: a\n    route: [{destination: &d {host: reviews}}]\n  - name: b\n    route: [{destination: *d}]\n",
            "*d",
            "this is an alias (`*`) of a value that would change elsewhere too",
        ),
        (
            "  - &a\n    timeout: 1s\n    route: [{destination: {host: reviews}}]\n  - <<: *a\n    name: b\n",
            "<<: *a",
            "this map merges fields by `<<`, and cannot be changed in place",
        ),
        (
            "  - name: a\n    route:\n    - <<: {destination: {host: reviews}}\n",
            "<<: {destination: {host: reviews}}",
            "this map merges fields by `<<`, and cannot be changed in place",
        ),
    ] {
        let found = wrong(&service(rules), &reviews(), &options(Mode::Copies));
        let is_found = |(bytes, said): &(String, String)| {
            (bytes == marked || !marked.starts_with(['&', '*', '<'])) && said == message
        };
        assert!(found.iter().any(is_found), "{found:?}");
    }
    // What is only copied may be repeated.
    let text = service(
        "  - name: a\n    match: [&m {uri: {prefix: /a}}]\n    route: [{destination: {host: reviews}}]\n  - name: b\n    match: [*m]\n    redirect: {uri: /}\n",
    );
    let woven = lasts(&text, &reviews(), &options(Mode::Copies));
    assert_eq!(http(&woven.output)[0]["match"][0]["uri"], json!({ "prefix": "/a" }));
}

#[test]
fn a_subset_with_other_labels_names_both_places() {
    let text = "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews, namespace: bookinfo}\n\
                spec:\n  host: reviews\n  subsets:\n  - {name: v3, labels: {version: v3}}\n  - {name: v2, labels: {version: two}}\n";
    let found = wrong(text, &reviews(), &options(Mode::Names));
    let message = "the subset `v2` has the labels `version=two` here, and `version=v2` as `spec.subsets[1]` of the Release";
    assert_eq!(found, [("{name: v2, labels: {version: two}}".to_owned(), message.to_owned())]);
}

#[test]
fn everything_is_said_at_once_and_in_order() {
    let bad = service(
        "  - name: ''\n    route: [{destination: {host: reviews, subset: 3}}]\n  - reviews\n",
    );
    let text = format!("{bad}---\n{bad}---\nmetadata: [\n");
    let problems = weave(&source(&text), &reviews(), &options(Mode::Names)).unwrap_err();
    assert_eq!(problems.len(), 1, "what is no YAML ends the reading");
    let text = format!("{bad}---\n{bad}");
    let problems = weave(&source(&text), &reviews(), &options(Mode::Names)).unwrap_err();
    let lines: Vec<_> = problems.iter().map(|problem| problem.line.unwrap()).collect();
    assert!(lines.len() >= 4 && lines.is_sorted(), "{lines:?}");
}

#[test]
fn problems_of_a_woven_file_have_their_places_there() {
    let text = service(
        "  - name: a\n    route: [{destination: {host: reviews}}]\n  - name: b\n    timeout: 1s\n    route: [{destination: {host: reviews}}]\n",
    );
    let woven = lasts(&text, &reviews(), &options(Mode::Copies)).output;
    let at = woven.rfind("    timeout: 1s").unwrap();
    let broken = format!("{}    headers: x\n{}", &woven[..at], &woven[at..]);
    let problems = weave(&source(&broken), &reviews(), &options(Mode::Copies)).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(&broken[problems[0].span.clone()], "x");
    let line = broken[..at].lines().count() + 1;
    assert_eq!((problems[0].line, problems[0].column), (Some(line), Some(14)));
}

#[test]
fn an_annotation_that_serin_did_not_write_is_refused() {
    let text = service("  - name: a\n    route: [{destination: {host: reviews}}]\n");
    let text = text
        .replace("  name: reviews\n", "  annotations: {serin.dev/woven: yes}\n  name: reviews\n");
    for problems in [
        weave(&source(&text), &reviews(), &options(Mode::Copies)).unwrap_err(),
        undo(&source(&text), &reviews()).unwrap_err(),
    ] {
        assert_eq!(problems.len(), 1);
        assert_eq!(&text[problems[0].span.clone()], "yes");
        assert!(problems[0].message.starts_with("this is not what serin wrote: "));
    }
}

#[test]
fn an_object_needs_metadata_for_the_annotation() {
    let text = service("  - name: a\n    route: [{destination: {host: reviews}}]\n");
    let metadata = "metadata:\n  name: reviews\n  namespace: bookinfo\n";
    let found = wrong(&text.replace(metadata, ""), &reviews(), &options(Mode::Copies));
    assert_eq!(found[0].1, "missing field `metadata`: an object has a name");
    let found = wrong(&text.replace(metadata, "metadata: x\n"), &reviews(), &options(Mode::Copies));
    assert_eq!(found, [("x".to_owned(), "expected a map, found the string `x`".to_owned())]);
}

#[test]
fn a_way_of_writing_that_is_not_foreseen_is_refused() {
    let text = "? apiVersion\n: networking.istio.io/v1\n? kind\n: VirtualService\n? metadata\n: {name: reviews}\n? spec\n\
                : hosts: [reviews]\n  http:\n  - ? route\n    : [{destination: {host: reviews}}]\n";
    let found = wrong(text, &reviews(), &options(Mode::Names));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "this cannot be changed in place as it is written");
}

#[test]
fn a_rule_that_mirrors_to_the_same_subset_would_copy_requests_twice() {
    let copying = release(&[("  attach:", "  mirror: {to: v3, percent: 5}\n  attach:")]);
    let rule = |mirror: &str| {
        service(&format!(
            "  - name: a\n    {mirror}\n    route: [{{destination: {{host: reviews}}}}]\n"
        ))
    };
    let message =
        "this rule mirrors requests to `v3`, and so does the Release: they would reach it twice";
    for mirror in [
        "mirror: {host: reviews, subset: v3}",
        "mirrors: [{destination: {host: reviews.bookinfo.svc.cluster.local, subset: v3}}]",
    ] {
        for mode in [Mode::Names, Mode::Copies] {
            let found = wrong(&rule(mirror), &copying, &options(mode));
            assert_eq!(found.iter().map(|(_, said)| said.as_str()).collect::<Vec<_>>(), [message]);
            lasts(&rule(mirror), &reviews(), &options(mode));
        }
    }
    for other in [
        "mirror: {host: reviews, subset: v2}",
        "mirror: {host: audit}",
        "mirrors: [{destination: {host: audit, subset: v3}}]",
    ] {
        lasts(&rule(other), &copying, &options(Mode::Names));
    }
}
