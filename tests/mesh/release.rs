//! Releases of a scene, and what the Program says of a request.

use hyper::http::Request;
use policy::{Checked, Node, Path, Problems, Scratch};
use serde_json::{Value, json};

/// The Release `reviews` of a namespace; `fields` are added to its `spec`, over those that it has.
pub(crate) fn reviews(namespace: &str, attach: &Value, fields: Value) -> Value {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let mut spec = json!({
        "host": "reviews",
        "port": 9080,
        "stable": "v1",
        "subsets": [subset("v1"), subset("v2")],
        "attach": attach,
        "identity": [{"cookie": "user"}],
        "rules": [{
            "name": "staff",
            "match": [{"cookies": {"group": {"exact": "staff"}}}],
            "split": {"v2": 100},
        }],
        "split": {"v2": 30},
    });
    if let (Value::Object(spec), Value::Object(fields)) = (&mut spec, fields) {
        spec.extend(fields);
    }
    json!({
        "apiVersion": "serin.dev/v1alpha1",
        "kind": "Release",
        "metadata": {"name": "reviews", "namespace": namespace},
        "spec": spec,
    })
}

/// The Release, checked.
pub(crate) fn check(release: &Value) -> anyhow::Result<Checked> {
    let node: Node = serde_json::from_value(release.clone())?;
    let mut problems = Problems::default();
    let checked = policy::check(&node, &Path::root(), &mut problems);
    checked.ok_or_else(|| anyhow::anyhow!("{problems}"))
}

/// The subset that the Program chooses for a request.
pub(crate) fn expected<'r>(release: &'r Checked, request: &Request<()>) -> &'r str {
    let decision = release.program.decide(&mut Asked(request), &mut Scratch::default());
    release.policy.subset_name(decision.subset)
}

/// The cookie of a user whom the Release's own split gives to a subset. Who that is depends on the namespace, which is
/// part of the split's salt.
pub(crate) fn somebody_on(subset: &str, release: &Checked) -> String {
    let cookie = |user: u32| format!("user=u{user}");
    let is_on = |cookie: &String| {
        let request = Request::builder().header("cookie", cookie.as_str()).body(()).unwrap();
        expected(release, &request) == subset
    };
    (0..1000).map(cookie).find(is_on).unwrap()
}

struct Asked<'a>(&'a Request<()>);

impl policy::Request for Asked<'_> {
    fn lines(&mut self, name: &str) -> policy::Lines {
        self.0.headers().get_all(name).iter().map(hyper::http::HeaderValue::as_bytes).collect()
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn draw(&mut self) -> u64 {
        unreachable!("all splits of these Releases are sticky")
    }
}
