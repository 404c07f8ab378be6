use document::load;
use serde_json::json;

use super::*;

/// What comes of a VirtualService of `shop/cart` whose `spec` has these lines.
fn import_spec(spec: &str) -> Imported {
    let head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec:\n";
    let source = Source::new("vs.yaml", format!("{head}{spec}"));
    let (documents, fault) = load::documents(&source);
    let files = [File { source, documents, fault, is_found: false }];
    import(&files, &Options::default())
}

/// The same for the entry of a `match`, in flow style.
fn import_entry(entry: &str) -> Imported {
    let to = |subset: &str| format!("route: [{{destination: {{host: cart, subset: {subset}}}}}]");
    import_spec(&format!(
        "  hosts: [cart]\n  http:\n  - match: [{entry}]\n    {}\n  - {}\n",
        to("v2"),
        to("v1")
    ))
}

fn codes(imported: &Imported) -> Vec<&'static str> {
    imported.diagnostics.iter().map(|(_, diagnostic)| diagnostic.code).collect()
}

#[test]
fn entries_become_blocks() {
    for (entry, block) in [
        ("{uri: {exact: /a}}", json!({"path": {"exact": "/a"}})),
        (
            "{uri: {exact: /a}, ignoreUriCase: true}",
            json!({"path": {"exact": "/a", "ignoreCase": true}}),
        ),
        ("{uri: {prefix: /a}, ignoreUriCase: false}", json!({"path": {"prefix": "/a"}})),
        ("{uri: {regex: /a.*}}", json!({"path": {"regex": "/a.*"}})),
        (
            "{uri: {prefix: /}, method: {exact: PUT}}",
            json!({"path": {"prefix": "/"}, "method": {"exact": "PUT"}}),
        ),
        (
            "{uri: {regex: /(.*)}, method: {exact: PUT}}",
            json!({"path": {"prefix": "/"}, "method": {"exact": "PUT"}}),
        ),
        ("{method: {regex: '[A-Z]+.*|.*'}, uri: {exact: /a}}", json!({"path": {"exact": "/a"}})),
        ("{uri: {prefix: ''}, method: {exact: PUT}}", json!({"method": {"exact": "PUT"}})),
        ("{uri: {regex: .*}, method: {exact: PUT}}", json!({"method": {"exact": "PUT"}})),
        ("{authority: {prefix: a.}}", json!({"authority": {"prefix": "a."}})),
        ("{headers: {Host: {exact: a}}}", json!({"authority": {"exact": "a"}})),
        ("{headers: {':method': {exact: PUT}}}", json!({"method": {"exact": "PUT"}})),
        ("{headers: {X-A: {}}}", json!({"headers": {"x-a": {"present": true}}})),
        ("{headers: {x-a: }}", json!({"headers": {"x-a": {"present": true}}})),
        ("{headers: {x-a: {regex: '*'}}}", json!({"headers": {"x-a": {"present": true}}})),
        ("{headers: {x-a: {exact: ''}}}", json!({"headers": {"x-a": {"exact": ""}}})),
        (
            "{headers: {X-A: {exact: b}, x-a: {exact: b}}}",
            json!({"headers": {"x-a": {"exact": "b"}}}),
        ),
        (
            "{queryParams: {q: {}, r: {exact: ''}}}",
            json!({"query": {"q": {"present": true}, "r": {"exact": ""}}}),
        ),
        ("{sourceLabels: {app: web}}", json!({"caller": {"app": {"exact": "web"}}})),
        (
            "{sourceLabels: {app: web}, gateways: [mesh], uri: {exact: /a}}",
            json!({"path": {"exact": "/a"}}),
        ),
        (
            "{withoutHeaders: {x-a: {}}}",
            json!({"without": {"headers": {"x-a": {"present": true}}}}),
        ),
        (
            "{withoutHeaders: {x-a: {exact: b}}}",
            json!({"without": {"headers": {"x-a": {"exact": "b"}}}}),
        ),
        (
            "{withoutHeaders: {x-a: {exact: ''}}}",
            json!({"headers": {"x-a": {"present": true}}, "without": {"headers": {"x-a": {"exact": ""}}}}),
        ),
        (
            "{withoutHeaders: {x-a: {regex: b?}}, headers: {x-a: {prefix: c}}}",
            json!({"headers": {"x-a": {"prefix": "c"}}, "without": {"headers": {"x-a": {"regex": "b?"}}}}),
        ),
        ("{port: 80, uri: {exact: /a}}", json!({"path": {"exact": "/a"}})),
    ] {
        let imported = import_entry(entry);
        let release = imported.release.as_ref().unwrap_or_else(|| panic!("{entry}: {imported:?}"));
        assert_eq!(release["spec"]["rules"][0]["match"], json!([block]), "{entry}");
        assert_eq!(release["spec"]["split"], json!({"v1": 100}), "{entry}");
    }
}

#[test]
fn an_entry_that_takes_everything_ends_the_list() {
    for entry in [
        "{uri: {prefix: /}}",
        "{uri: {prefix: ''}}",
        "{uri: {regex: .*}}",
        "{uri: {regex: '^/(.*)$'}}",
        "{uri: {regex: '.+'}, ignoreUriCase: true}",
        "{uri: {regex: '(/[^/]*)+'}, headers: {}}",
        "{uri: {regex: '/.*'}, method: {regex: '.*'}, authority: {}}",
        "{headers: {':method': {}, host: {regex: '.+'}}}",
    ] {
        let imported = import_entry(entry);
        let release = imported.release.as_ref().unwrap_or_else(|| panic!("{entry}: {imported:?}"));
        assert_eq!(release["spec"]["split"], json!({"v2": 100}), "{entry}");
        assert_eq!(release["spec"].get("rules"), None, "{entry}");
        assert!(
            imported.notes.iter().any(|note| note.message.contains("no request reaches")),
            "{entry}"
        );
    }
}

#[test]
fn an_empty_match_takes_everything_as_in_istio() {
    for entry in ["{}", "{uri: {}}", "{headers: {}}", "{name: a, ignoreUriCase: true}", ""] {
        let imported = import_entry(entry);
        let release = imported.release.as_ref().unwrap_or_else(|| panic!("{entry}: {imported:?}"));
        assert_eq!(release["spec"]["split"], json!({"v2": 100}), "{entry}");
        // Nothing is left for the rule behind it.
        assert_eq!(codes(&imported), ["empty", "unreachable"], "{entry}");
    }
}

#[test]
fn a_path_that_none_has_is_left_out() {
    for entry in [
        "{uri: {prefix: a}}",
        "{uri: {exact: a}}",
        "{uri: {prefix: '/a?b'}}",
        "{uri: {exact: '/a#b'}}",
    ] {
        let imported = import_entry(entry);
        let release = imported.release.as_ref().unwrap_or_else(|| panic!("{entry}: {imported:?}"));
        assert_eq!(release["spec"].get("rules"), None, "{entry}");
        assert_eq!(codes(&imported), ["never-matches"], "{entry}");
    }
}

#[test]
fn what_has_no_counterpart_is_refused_by_name_and_place() {
    for (entry, line, name) in [
        ("{scheme: {exact: http}}", 7, "scheme"),
        ("{headers: {':path': {exact: /a}}}", 7, ":path"),
        ("{headers: {X-A: {exact: b}, x-a: {exact: c}}}", 7, "x-a"),
        ("{headers: {':authority': {exact: b}}, authority: {exact: c}}", 7, "authority"),
        ("{sourceNamespace: edge}", 7, "sourceNamespace"),
        ("{gateways: [edge/public]}", 7, "gateways"),
    ] {
        let imported = import_entry(entry);
        assert!(imported.release.is_none(), "{entry}");
        let (_, first) = &imported.diagnostics[0];
        assert_eq!((first.code, first.line), ("unsupported", Some(line)), "{entry}");
        assert!(first.message.contains(name), "{entry}: {}", first.message);
    }
}

#[test]
fn hosts_of_the_mesh_are_the_services_own() {
    let with = |hosts: &str| {
        import_spec(&format!(
            "  hosts: {hosts}\n  http: [{{route: [{{destination: {{host: cart, subset: v1}}}}]}}]\n"
        ))
    };
    for hosts in ["[cart]", "[cart.shop.svc.cluster.local]", "[CART]"] {
        assert!(with(hosts).release.is_some(), "{hosts}: {:?}", with(hosts));
    }
    for hosts in ["[cart, other]", "[other]", "[cart.example.com]", "[cart.edge.svc.cluster.local]"]
    {
        assert_eq!(codes(&with(hosts)), ["unsupported"], "{hosts}");
    }
}

#[test]
fn other_proxies_ports_and_names_come_from_other_objects() {
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {ports: [{port: 81}]}\n";
    let gateway = "---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: public, namespace: edge}\nspec: {selector: {a: b}}\n";
    let spec = "  hosts: [a.example.com]\n  gateways: [edge/public, edge/public]\n  http: [{route: [{destination: {host: cart, subset: v1}}]}]\n";
    let imported = import_spec(&format!("{spec}{service}{gateway}"));
    let release = imported.release.unwrap();
    assert_eq!(release["spec"]["port"], json!(81));
    let attach = json!([{"gateway": {"namespace": "istio-system", "labels": {"a": "b"}, "hosts": ["a.example.com"]}}]);
    assert_eq!(release["spec"]["attach"], attach);
}

#[test]
fn what_is_said_of_a_release_is_said_of_its_source() {
    let rule = "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: cart, namespace: shop}\n\
                spec:\n  host: cart\n  subsets:\n  - name: v1\n    labels: {a b: c}\n";
    let spec = "  hosts: [cart]\n  http: [{route: [{destination: {host: cart, subset: v1}}]}]\n";
    let imported = import_spec(&format!("{spec}---\n{rule}"));
    let found: Vec<_> = imported.diagnostics.iter().map(|(_, d)| (d.code, d.line)).collect();
    assert_eq!(found, [("invalid-name", Some(15))]);
}
