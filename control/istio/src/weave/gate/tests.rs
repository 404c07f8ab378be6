use super::*;

fn of_header(relation: Relation, text: &str, case: Case) -> Value {
    string_match(&Test::Text { relation, text: text.to_owned(), case })
}

#[test]
fn a_test_is_said_as_istio_says_it() {
    let (sensitive, ignore) = (Case::Sensitive, Case::Ignore);
    let cases = [
        (of_header(Relation::Exact, "a.b", sensitive), json!({ "exact": "a.b" })),
        (of_header(Relation::Prefix, "/a", sensitive), json!({ "prefix": "/a" })),
        (of_header(Relation::Contains, "a.b-c", sensitive), json!({ "regex": r".*a\.b-c.*" })),
        (of_header(Relation::Contains, "(a)", ignore), json!({ "regex": r"(?i).*\(a\).*" })),
        (of_header(Relation::Exact, "a", ignore), json!({ "regex": "(?i)a" })),
        (of_header(Relation::Prefix, "a", ignore), json!({ "regex": "(?i)a.*" })),
        // Bytes that Envoy may read in two ways, and more than Istio takes.
        (of_header(Relation::Contains, "é", sensitive), json!({})),
        (of_header(Relation::Contains, &"a".repeat(1021), sensitive), json!({})),
        (string_match(&Test::Present), json!({})),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

/// What becomes of an entry: itself with the condition, itself alone, nothing, or no gate at all.
#[track_caller]
fn becomes(own: &Value, input: Input, test: Test, expected: Option<&Asked>) {
    let own = own.as_object().unwrap().clone();
    assert_eq!(asking(own, &Condition { input, test }, false).as_ref(), expected);
}

fn besides(map: &Value) -> Asked {
    Asked::Besides(map.as_object().unwrap().clone())
}

fn prefix(text: &str) -> Test {
    Test::Text { relation: Relation::Prefix, text: text.to_owned(), case: Case::Sensitive }
}

#[test]
fn a_header_is_asked_beside_others_but_not_twice() {
    let header = |name: &str| Input::Header(name.to_owned());
    let own = json!({ "headers": { "X-Team": { "exact": "qa" } } });
    let both = json!({ "headers": { "X-Team": { "exact": "qa" }, "cookie": {} } });
    becomes(&own, header("cookie"), Test::Present, Some(&besides(&both)));
    becomes(&own, header("x-team"), Test::Present, None);
    becomes(&json!({}), header("x.team"), Test::Present, None);
}

#[test]
fn pseudo_headers_have_fields_of_their_own() {
    let post =
        || Test::Text { relation: Relation::Exact, text: "POST".to_owned(), case: Case::Sensitive };
    let header = |name: &str| Input::Header(name.to_owned());
    let method = json!({ "method": { "exact": "POST" } });
    becomes(&json!({}), header(":method"), post(), Some(&besides(&method)));
    becomes(&method, header(":method"), post(), None);
    becomes(&json!({}), header(":scheme"), post(), None);
    becomes(&json!({}), header(":path"), post(), None);
}

#[test]
fn a_query_parameter_is_there_with_any_value() {
    let query = || Input::Query("beta".to_owned());
    let asked = json!({ "queryParams": { "beta": { "regex": ".*" } } });
    becomes(&json!({}), query(), Test::Present, Some(&besides(&asked)));
    becomes(&asked, query(), Test::Present, None);
}

#[test]
fn of_two_paths_the_narrower_is_asked() {
    let uri = |key: &str, text: &str| json!({ "uri": { key: text } });
    let already = |map: &Value| Asked::Already(map.as_object().unwrap().clone());
    let api = || prefix("/api");
    becomes(&json!({}), Input::Path, api(), Some(&besides(&uri("prefix", "/api"))));
    becomes(&uri("prefix", "/"), Input::Path, api(), Some(&besides(&uri("prefix", "/api"))));
    for narrower in [uri("prefix", "/api/v2"), uri("exact", "/api")] {
        becomes(&narrower, Input::Path, api(), Some(&already(&narrower)));
    }
    for other in [uri("prefix", "/shop"), uri("exact", "/")] {
        becomes(&other, Input::Path, api(), Some(&Asked::Never));
    }
    becomes(&uri("regex", "/a.*"), Input::Path, api(), None);
    let folded = json!({ "uri": { "prefix": "/" }, "ignoreUriCase": true });
    becomes(&folded, Input::Path, api(), None);
}

#[test]
fn a_path_that_x_is_not_narrowed() {
    let condition = Condition { input: Input::Path, test: prefix("/api") };
    assert_eq!(asking(Map::new(), &condition, true), None);
}
