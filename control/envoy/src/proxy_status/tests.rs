//! On answers of real Envoys, recorded: `envoy-*` with a file as the source of the configuration, `mesh-*` connected to
//! istiod, keeping only those statistics that Istio has proxies keep. Cut down to what concerns filters.

use serde_json::json;

use super::*;

/// A good configuration, and some requests.
const GOOD: &str = include_str!("recorded/envoy-good.json");
/// Then one that the module refuses.
const REFUSED: &str = include_str!("recorded/envoy-refused.json");
/// Then the same once more, as another version.
const AGAIN: &str = include_str!("recorded/envoy-again.json");
/// An Envoy that was started when there was none but that one.
const NEVER: &str = include_str!("recorded/envoy-never.json");
/// In a mesh, a good configuration.
const MESH_GOOD: &str = include_str!("recorded/mesh-good.json");
/// Then a refused one, a push that did not concern the filter, and one that changed its listener.
const MESH_REFUSED: &str = include_str!("recorded/mesh-refused.json");
/// In a mesh, a proxy that was started then.
const MESH_NEVER: &str = include_str!("recorded/mesh-never.json");

fn recorded(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(recorded: &Value) -> Status {
    Status::read(&recorded["config_dump"], &recorded["stats"])
}

/// The one filter.
#[track_caller]
fn filter(recorded: &Value) -> Filter {
    let status = read(recorded);
    let [filter] = status.filters.as_slice() else { panic!("not one filter: {status:#?}") };
    filter.clone()
}

/// A part of the dump.
fn section<'a>(recorded: &'a mut Value, kind: &str) -> &'a mut Value {
    let sections = recorded["config_dump"]["configs"].as_array_mut().unwrap();
    let ending = format!(".{kind}");
    let is_it = |section: &&mut Value| section["@type"].as_str().unwrap().ends_with(&ending);
    sections.iter_mut().find(is_it).unwrap()
}

#[test]
fn a_good_configuration_is_in_force_and_counts() {
    for (text, name, version) in [
        (GOOD, "serin.bookinfo.reviews", "1d3989add9532f69"),
        (MESH_GOOD, "bookinfo/serin.reviews", "2026-11-21T11:43:04Z/1"),
    ] {
        let recorded = recorded(text);
        assert!(read(&recorded).is_ok());
        let filter = filter(&recorded);
        assert_eq!((filter.name.as_str(), filter.release.as_str()), (name, "bookinfo/reviews"));
        assert_eq!((filter.verdict.state, filter.verdict.cause), (State::InForce, None));
        assert_eq!(filter.verdict.version.as_deref(), Some(version));
        assert_eq!((filter.switched.routes, filter.listeners.len()), (1, 1));
    }
    let counted = filter(&recorded(GOOD)).decisions;
    let counted: Vec<_> =
        counted.iter().map(|d| (d.rule.as_str(), d.subset.as_str(), d.requests)).collect();
    assert_eq!(counted, [("default", "v1", 11), ("default", "v2", 1), ("insiders", "v2", 3)]);
}

#[test]
fn proxies_with_the_same_configuration_show_the_same_digest() {
    let digest = |text| filter(&recorded(text)).verdict.digest.unwrap();
    assert_eq!(digest(GOOD), digest(GOOD));
    // Another port.
    assert_ne!(digest(GOOD), digest(MESH_GOOD));
}

#[test]
fn a_refused_configuration_is_not_in_force_though_the_dump_shows_it() {
    let mut recorded = recorded(REFUSED);
    let shown = section(&mut recorded, "EcdsConfigDump")["ecds_filters"][0]["version_info"].clone();
    assert!(!read(&recorded).is_ok());
    let Verdict { state, cause, version, digest, refused, .. } = filter(&recorded).verdict;
    assert_eq!((state, cause, digest), (State::Refused, Some(Cause::Refused), None));
    assert_eq!(version.as_deref(), Some("1d3989add9532f69"));
    let refused = refused.unwrap();
    assert_eq!(json!(refused.version), shown);
    assert_eq!(refused.problems.len(), 1);
    assert!(refused.problems[0].contains("found `70000`"), "{refused:?}");
}

#[test]
fn a_refused_configuration_that_comes_again_stays_refused_though_envoy_counts_it_as_taken() {
    let verdict = filter(&recorded(AGAIN)).verdict;
    assert_eq!((verdict.state, verdict.cause), (State::Refused, Some(Cause::Refused)));
    // Envoy has forgotten it.
    assert_eq!(verdict.version, None);
}

#[test]
fn where_none_was_ever_taken_requests_go_to_stable() {
    for text in [NEVER, MESH_NEVER] {
        let verdict = filter(&recorded(text)).verdict;
        assert_eq!((verdict.state, verdict.cause), (State::StableOnly, Some(Cause::Refused)));
        assert_eq!(verdict.version, None);
        assert!(verdict.refused.unwrap().problems[0].contains("found `70000`"));
    }
}

#[test]
fn a_mesh_without_statistics_of_discovery_tells_what_was_refused_and_what_came_of_it() {
    let recorded = recorded(MESH_REFUSED);
    let verdict = filter(&recorded).verdict;
    assert_eq!((verdict.state, verdict.cause), (State::Refused, Some(Cause::Refused)));
    let refused = read(&recorded).refused_listeners;
    let [listener] = refused.as_slice() else { panic!("not one: {refused:?}") };
    assert_eq!(listener.name, "127.0.0.1_28080");
    assert_eq!(listener.details, "Unable to create Wasm plugin serin.bookinfo.reviews");
    assert!(listener.since.is_some());
}

#[test]
fn a_module_that_cannot_be_loaded_is_refused_without_the_configuration_being_wrong() {
    // As if the file of the module were not there.
    let mut recorded = recorded(REFUSED);
    let text = REFUSED.replace(r#"\"port\":70000"#, r#"\"port\":9080"#);
    recorded["config_dump"] = serde_json::from_str::<Value>(&text).unwrap()["config_dump"].take();
    let verdict = filter(&recorded).verdict;
    assert_eq!((verdict.state, verdict.cause), (State::Refused, Some(Cause::Refused)));
    assert_eq!(verdict.version.as_deref(), Some("1d3989add9532f69"));
    assert_eq!(verdict.refused.unwrap().problems, [""; 0]);
}

#[test]
fn what_istio_agent_sends_for_a_module_that_it_cannot_fetch_is_told_from_a_configuration() {
    for (rules, state) in [(Value::Null, State::StableOnly), (json!({}), State::DeniesAll)] {
        let mut recorded = recorded(MESH_GOOD);
        let mut stand_in = istio::render::wasm_filter::stand_in();
        if rules.is_object() {
            stand_in["rules"] = rules;
        }
        let entry = &mut section(&mut recorded, "EcdsConfigDump")["ecds_filters"][0];
        entry["ecds_filter"]["typed_config"] = stand_in;
        let filter = filter(&recorded);
        assert_eq!(filter.release, "bookinfo/reviews");
        assert_eq!((filter.verdict.state, filter.verdict.cause), (state, Some(Cause::NotFetched)));
    }
}

#[test]
fn no_configuration_is_none_that_came_or_one_that_is_awaited() {
    let mut recorded = recorded(MESH_GOOD);
    *section(&mut recorded, "EcdsConfigDump") = json!({ "@type": "….EcdsConfigDump" });
    let verdict = filter(&recorded).verdict;
    assert_eq!((verdict.state, verdict.cause), (State::StableOnly, Some(Cause::NoneCame)));
    let listener = &mut section(&mut recorded, "ListenersConfigDump")["dynamic_listeners"][0];
    listener["warming_state"] = listener["active_state"].take();
    assert_eq!(filter(&recorded).verdict.cause, Some(Cause::Awaited));
}

#[test]
fn a_filter_that_the_listener_itself_configures_is_in_force() {
    let mut recorded = recorded(GOOD);
    let typed_config =
        section(&mut recorded, "EcdsConfigDump")["ecds_filters"][0]["ecds_filter"]["typed_config"]
            .take();
    *section(&mut recorded, "EcdsConfigDump") = json!({ "@type": "….EcdsConfigDump" });
    let listener = &mut section(&mut recorded, "ListenersConfigDump")["static_listeners"][0];
    let filters = "/listener/filter_chains/0/filters/0/typed_config/http_filters";
    let ours = &mut listener.pointer_mut(filters).unwrap()[0];
    *ours = json!({ "name": "any", "disabled": true, "typed_config": typed_config });
    let filter = filter(&recorded);
    assert_eq!((filter.name.as_str(), filter.release.as_str()), ("any", "bookinfo/reviews"));
    assert_eq!(filter.verdict.state, State::InForce);
    // The routes enable the filter of another name.
    assert_eq!(filter.switched.routes, 0);
}

#[test]
fn a_filter_that_no_route_switches_on_or_heeds_is_a_problem() {
    for (from, to) in [
        ("typed_per_filter_config", "metadata"),
        ("wasm.serin.bookinfo.reviews", "wasm.serin.bookinfo.ratings"),
    ] {
        let mut recorded = recorded(GOOD);
        let routes = section(&mut recorded, "RoutesConfigDump");
        *routes = serde_json::from_str(&routes.to_string().replace(from, to)).unwrap();
        assert_eq!(filter(&recorded).verdict.state, State::InForce);
        assert!(!read(&recorded).is_ok(), "{from}");
    }
}

#[test]
fn an_envoy_without_our_filters_is_a_problem_and_nothing_breaks_on_other_answers() {
    for (dump, stats) in [
        (json!({}), json!({})),
        (json!({ "configs": [] }), json!({ "stats": [] })),
        (json!([1, "two"]), json!("three")),
        (json!({ "configs": [null, { "@type": 7 }] }), json!({ "stats": [null, { "name": 7 }] })),
    ] {
        let status = Status::read(&dump, &stats);
        assert!(status.filters.is_empty() && !status.is_ok());
    }
}

#[test]
fn a_listener_that_never_came_to_be_because_of_a_filter_of_ours_is_named() {
    let filters =
        json!([{ "typed_config": { "http_filters": [{ "name": "bookinfo/serin.reviews" }] } }]);
    let error = json!({
        "failed_configuration": { "filter_chains": [{ "filters": filters }] },
        "details": "Unable to create Wasm plugin serin.bookinfo.reviews",
    });
    let mut recorded = recorded(MESH_GOOD);
    *section(&mut recorded, "EcdsConfigDump") = json!({ "@type": "….EcdsConfigDump" });
    section(&mut recorded, "ListenersConfigDump")["dynamic_listeners"] = json!([
        { "name": "ours", "error_state": error },
        { "name": "another", "error_state": { "details": "no such port" } },
    ]);
    let status = read(&recorded);
    let names: Vec<_> = status.refused_listeners.iter().map(|refused| &refused.name).collect();
    assert_eq!(names, ["ours"]);
    assert!(!status.is_ok());
}

#[test]
fn the_table_says_what_is_in_force_and_what_was_refused() {
    let plain = |text| {
        anstream::adapter::strip_str(&table::render("http://e:1", &read(&recorded(text))))
            .to_string()
    };
    let expected = "\
http://e:1  serin.bookinfo.reviews
  release           state    version           routes  decisions
  bookinfo/reviews  refused  1d3989add9532f69  1       default: v1 11, v2 1; insiders: v2 3
    version `badbadbadbadbad0` of 2026-11-21T11:45:14.589Z was refused: version `1d3989add9532f69` stays in force
      error[out-of-range] at `release.spec.port`: expected a port from 1 to 65535, found `70000`
      until a valid one arrives, Envoy also refuses every update of `serin.bookinfo.reviews`
";
    assert_eq!(plain(REFUSED), expected);
    assert!(plain(GOOD).contains("  in force  "), "{}", plain(GOOD));
    assert!(plain(MESH_REFUSED).contains("listener `127.0.0.1_28080`: an update of "));
}
