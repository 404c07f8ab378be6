//! Ways to write YAML: what is added follows them, and everything else keeps its bytes.

use super::*;

#[test]
fn additions_follow_the_style_of_the_file() {
    let text = "\
# Reviews of books.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
    name: reviews   # ours
    namespace: bookinfo
spec:
    hosts: [reviews]
    http:
        # The API, patiently.
        - match:
            - uri: {prefix: '/api/'}
          timeout: 3s
          route:
            - destination:
                host: \"reviews\"   # all of them

        # The rest.
        - route:
            - destination: {host: reviews}
";
    let expected = "\
# Reviews of books.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
    annotations:
      serin.dev/woven: '{\"bookinfo/reviews\":{\"stable\":\"v1\",\"names\":[\"serin.bookinfo.reviews/1\",\
\"serin.bookinfo.reviews/2\"],\"pins\":{\"serin.bookinfo.reviews/1\":[[0]],\"serin.bookinfo.reviews/2\":[[0]]},\
\"created\":[\"annotations\"]}}'
    name: reviews   # ours
    namespace: bookinfo
spec:
    hosts: [reviews]
    http:
        - name: serin.bookinfo.reviews/v2/serin.bookinfo.reviews/1
          match:
          - uri:
              prefix: /api/
            headers:
              x-serin-subset:
                exact: reviews.bookinfo/v2
            sourceLabels:
              app: productpage
            sourceNamespace: bookinfo
            port: 9080
          timeout: 3s
          route:
          - destination:
              host: reviews
              subset: v2
          headers:
            request:
              remove:
              - x-serin-subset
        # The API, patiently.
        - name: serin.bookinfo.reviews/1
          match:
            - uri: {prefix: '/api/'}
          timeout: 3s
          route:
            - destination:
                host: \"reviews\"   # all of them
                subset: v1

        - name: serin.bookinfo.reviews/v2/serin.bookinfo.reviews/2
          match:
          - headers:
              x-serin-subset:
                exact: reviews.bookinfo/v2
            sourceLabels:
              app: productpage
            sourceNamespace: bookinfo
            port: 9080
          route:
          - destination:
              host: reviews
              subset: v2
          headers:
            request:
              remove:
              - x-serin-subset
        # The rest.
        - name: serin.bookinfo.reviews/2
          route:
            - destination: {host: reviews, subset: v1}
";
    let two = release(&[("  - {name: v3, labels: {version: v3}}\n", "")]);
    let woven = lasts(text, &two, &options(Mode::Copies));
    assert_eq!(woven.output, expected);
    let windows = lasts(&text.replace('\n', "\r\n"), &two, &options(Mode::Copies));
    assert_eq!(windows.output, expected.replace('\n', "\r\n"));
    let unended = lasts(text.trim_end(), &two, &options(Mode::Copies));
    assert_eq!(unended.output, expected.trim_end());
}

#[test]
fn json_stays_json() {
    let text = r#"{"apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
 "metadata": {"name": "reviews", "namespace": "bookinfo"},
 "spec": {"hosts": ["reviews"], "http": [{"route": [{"destination": {"host": "reviews"}}]}]}}
"#;
    for mode in [Mode::Names, Mode::Copies] {
        let woven = lasts(text, &reviews(), &options(mode));
        let value: Value = serde_json::from_str(&woven.output).unwrap();
        assert_eq!(vec![value], values(&woven.output));
    }
}

#[test]
fn a_file_may_be_written_in_any_way() {
    let rules = |rules: &str| service(rules);
    let head = |metadata: &str| {
        format!(
            "apiVersion: networking.istio.io/v1\nkind: VirtualService\n{metadata}\nspec:\n  hosts: [reviews]\n  http:\n  \
             - route:\n    - destination:\n        host: reviews\n"
        )
    };
    let texts = [
        rules("  - route: [{destination: {host: reviews}}]\n"),
        rules("  - route: [{destination: { host: reviews } }, ]\n"),
        rules("  - {route: [{destination: {host: reviews}}]}\n"),
        rules(
            "  - {\n    route: [{\n      destination: {\n        host: reviews,  # all\n        port: {number: 9080},\n      \
             },\n    }],\n    timeout: 1s\n  }\n",
        ),
        rules("  - { route: [ {\"destination\": {\"host\": \"reviews\"}} ] }   # one\n"),
        rules("  -\n    route:\n    -\n      destination:\n\n        host: reviews\n"),
        rules(
            "  - # a comment\n    # and one more\n    route:\n    - destination:\n        host: reviews\n",
        ),
        rules("  - !!map\n    route:\n    - destination: !!map\n        host: !!str reviews\n"),
        rules("  - &rule\n    route:\n    - destination:\n        host: &host reviews\n"),
        rules(
            "  - route:\n    - destination:\n        host: >-\n          reviews\n        port: {number: 9080}\n",
        ),
        rules("  - route:\n    - destination:\n        host: 're\n\n          views'\n")
            .replace("re\n\n          views", "reviews"),
        rules(
            "  - route:\n    - destination:\n        port:\n          number: 9080\n        host: reviews",
        ),
        rules(
            "  - route:\n      - weight: 0\n        destination:\n            host: reviews\n  # the end\n\n\n",
        ),
        rules(
            "  - name: a\n    route:\n    - {destination: {host: reviews, subset: v1}}\n  - name: b\n    redirect: {uri: /x}\n",
        ),
        head(
            "metadata:\n  name: reviews\n  namespace: bookinfo\n  annotations:\n    a/b: |\n      x\n\n",
        ),
        head("metadata: # ours\n  annotations: {}\n  name: reviews\n  namespace: bookinfo"),
        head("metadata:\n  annotations:   # none yet\n  name: reviews\n  namespace: bookinfo"),
        head("metadata: {name: reviews, namespace: bookinfo, annotations: {a: 'b'}}"),
        head("metadata: {name: reviews, namespace: bookinfo, annotations: { }}"),
        head("metadata: {\n  name: reviews,  # ours\n  namespace: bookinfo,\n}"),
        head("\"metadata\":\n  \"name\": reviews\n  'namespace': bookinfo"),
        format!(
            "---\n# first\n{}\n...\n---\n# nothing\n---\n{}",
            head("metadata: {name: a}"),
            head("metadata: {name: b}")
        ),
        format!("%YAML 1.2\n---\n{}", head("metadata: {name: a}")),
        head("metadata: {name: \u{fc}ber, namespace: bookinfo}")
            .replace("host: reviews", "host: reviews # \u{1f600}"),
    ];
    for text in texts {
        for mode in [Mode::Names, Mode::Copies] {
            let mixed = text.replace("\n  ", "\r\n  ");
            for text in
                [text.clone(), text.replace('\n', "\r\n"), mixed, text.trim_end().to_owned()]
            {
                let woven = lasts(&text, &reviews(), &options(mode));
                let copies = if mode == Mode::Copies { 2 } else { 0 };
                let rules = http(&woven.output);
                assert_eq!(rules[copies]["route"][0]["destination"]["subset"], "v1", "{text}");
                assert!(woven.mesh.unwrap().switched.len() <= 2, "{text}");
            }
        }
    }
}

#[test]
fn what_kubectl_prints_is_woven_and_comes_back() {
    let printed = "\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\"}
  creationTimestamp: \"2026-03-01T10:00:00Z\"
  generation: 3
  managedFields:
  - apiVersion: networking.istio.io/v1
    fieldsV1:
      f:spec:
        .: {}
    manager: kubectl
  name: reviews
  namespace: bookinfo
  resourceVersion: \"123456789\"
  uid: 5b0c0f0e-0000-4000-8000-000000000000
spec:
  hosts:
  - reviews
  http:
  - match:
    - uri:
        prefix: /api
    route:
    - destination:
        host: reviews
        port:
          number: 9080
      weight: 100
  - route:
    - destination:
        host: reviews
status:
  observedGeneration: 3
";
    for mode in [Mode::Names, Mode::Copies] {
        let woven = lasts(printed, &reviews(), &options(mode));
        // The API server gives back the same values; kubectl sorts their keys.
        let stored = sorted(&values(&woven.output)[0]);
        let fetched = document::yaml::block(&stored).unwrap();
        let bare = undone(&fetched, &reviews());
        assert_eq!(values(&bare), values(printed));
        let again = weave(&source(&fetched), &reviews(), &options(mode)).unwrap();
        assert_eq!(values(&again.output), values(&woven.output));
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.to_owned());
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
