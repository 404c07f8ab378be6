//! What the mesh does not have as it is to.

use document::yaml;
use serde_json::Value;
use similar::TextDiff;

use super::super::event::ObjectRef;
use super::stamp;
use crate::drive::cluster::{Object, mesh_objects};

/// Something that the mesh does not have as it is to.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What is to be done about it.
    pub change: Change,
    /// What is there; none: nothing.
    pub live: Option<Object>,
    /// What is to be there; none: nothing.
    pub wanted: Option<Object>,
    /// Whether what is there is not ours, by what is written on it.
    pub is_foreign: bool,
}

/// What is to be done about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The object is missing.
    Add,
    /// It is another.
    Change,
    /// It is one too many.
    Remove,
}

impl Difference {
    /// The object that it is about.
    #[must_use]
    pub fn title(&self) -> String {
        self.wanted.as_ref().or(self.live.as_ref()).map(Object::title).unwrap_or_default()
    }

    /// The same, as events have it.
    #[must_use]
    pub fn object(&self) -> ObjectRef {
        let object = self.wanted.as_ref().or(self.live.as_ref());
        object.map_or_else(|| ObjectRef::new("", "", ""), ObjectRef::from)
    }

    /// That this object is one too many.
    pub(in crate::drive) fn removal(object: Object) -> Self {
        Self { change: Change::Remove, live: Some(object), wanted: None, is_foreign: false }
    }

    /// Whether it is about this object.
    pub(in crate::drive) fn is_about(&self, object: &Object) -> bool {
        self.wanted.iter().chain(&self.live).any(|about| stamp::same(about, object))
    }

    /// The lines that go (`-`) and come (`+`), with some around them: for `--diff`.
    #[must_use]
    pub fn lines(&self) -> String {
        let text = |object: Option<&Object>| {
            object.and_then(|object| yaml::block(object.spec()).ok()).unwrap_or_default()
        };
        let (before, after) = (text(self.live.as_ref()), text(self.wanted.as_ref()));
        let title = self.title();
        let name =
            |object: Option<&Object>| if object.is_some() { title.as_str() } else { "nothing" };
        TextDiff::from_lines(&before, &after)
            .unified_diff()
            .context_radius(3)
            .header(name(self.live.as_ref()), name(self.wanted.as_ref()))
            .to_string()
    }
}

/// What is missing or another, in the order of applying; then what is too much, in the order of removal.
pub(in crate::drive) fn all(release: &str, wanted: &[Object], live: &[Object]) -> Vec<Difference> {
    let mut differences = Vec::new();
    for object in wanted {
        let there = live.iter().find(|live| stamp::same(live, object));
        let change = match there {
            None => Change::Add,
            Some(live) if is_as_wanted(live, object) => continue,
            Some(_) => Change::Change,
        };
        differences.push(Difference {
            change,
            live: there.cloned(),
            wanted: Some(object.clone()),
            is_foreign: there.is_some_and(|live| !stamp::is_ours(live, release)),
        });
    }
    let surplus = live
        .iter()
        .filter(|live| !live.is_going() && !wanted.iter().any(|wanted| stamp::same(live, wanted)));
    let surplus = stamp::in_order_of_removal(surplus.cloned().collect());
    differences.extend(surplus.into_iter().map(Difference::removal));
    differences
}

/// The same, make before break: a DestinationRule that loses subsets keeps them until all else is done, since routes may
/// lead there until then.
#[must_use]
pub fn staged(differences: Vec<Difference>) -> Vec<Difference> {
    let (mut staged, mut last) = (Vec::new(), Vec::new());
    for difference in differences {
        let Some(both) = with_lost_subsets(&difference) else {
            staged.push(difference);
            continue;
        };
        if difference.live.as_ref().is_none_or(|live| live.spec() != both.spec()) {
            staged.push(Difference { wanted: Some(both), ..difference.clone() });
        }
        last.push(difference);
    }
    staged.extend(last);
    staged
}

/// What is wanted with the subsets that it loses; none where it loses none.
fn with_lost_subsets(difference: &Difference) -> Option<Object> {
    let (wanted, live) = (difference.wanted.as_ref()?, difference.live.as_ref()?);
    let subsets = wanted.list("/spec/subsets");
    let is_kept = |lost: &Value| subsets.iter().any(|kept| kept["name"] == lost["name"]);
    let mut lost = live.list("/spec/subsets").iter().filter(|lost| !is_kept(lost)).peekable();
    if wanted.kind() != "DestinationRule" || lost.peek().is_none() {
        return None;
    }
    let all: Vec<Value> = subsets.iter().chain(lost).cloned().collect();
    let mut both = wanted.clone();
    both.value_mut()["spec"]["subsets"] = Value::from(all);
    Some(stamp::restamped(both))
}

/// Whether the object says what it is to, and was made as this.
fn is_as_wanted(live: &Object, wanted: &Object) -> bool {
    let (label, _) = mesh_objects::MANAGED_BY;
    let alike = |key: &str| live.annotation(key) == wanted.annotation(key);
    live.spec() == wanted.spec()
        && live.label(label) == wanted.label(label)
        && alike(stamp::RENDERED)
        && alike(mesh_objects::RELEASE)
        && !live.is_going()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(kind: &str, name: &str, release: &str, spec: &Value) -> Object {
        Object::from(json!({
            "kind": kind,
            "metadata": {
                "namespace": "shop",
                "name": name,
                "labels": { "app.kubernetes.io/managed-by": "serin" },
                "annotations": { "serin.dev/release": release, "serin.dev/rendered": spec.to_string() },
            },
            "spec": spec,
        }))
    }

    fn ours(kind: &str, spec: &Value) -> Object {
        object(kind, "serin-a", "shop/a", spec)
    }

    fn changes(wanted: &[Object], live: &[Object]) -> Vec<(Change, String, bool)> {
        let all = all("shop/a", wanted, live).into_iter();
        all.map(|found| (found.change, found.title(), found.is_foreign)).collect()
    }

    #[test]
    fn what_is_as_wanted_makes_no_difference_whatever_the_order_of_keys() {
        let wanted = ours("DestinationRule", &json!({ "host": "a", "subsets": [] }));
        let mut live = wanted.clone();
        live.value_mut()["spec"] = json!({ "subsets": [], "host": "a" });
        live.value_mut()["metadata"]["resourceVersion"] = json!("7");
        assert_eq!(changes(&[wanted], &[live]), []);
    }

    #[test]
    fn missing_ones_come_before_surplus_ones() {
        let rule = ours("DestinationRule", &json!({ "host": "a" }));
        let service = ours("VirtualService", &json!({ "hosts": ["a"] }));
        let edited = ours("VirtualService", &json!({ "hosts": ["b"] }));
        let filter = ours("EnvoyFilter", &json!({}));
        assert_eq!(
            changes(&[rule, service], &[filter, edited]),
            [
                (Change::Add, "DestinationRule shop/serin-a".to_owned(), false),
                (Change::Change, "VirtualService shop/serin-a".to_owned(), false),
                (Change::Remove, "EnvoyFilter shop/serin-a".to_owned(), false),
            ]
        );
    }

    #[test]
    fn edits_are_found_though_the_stamp_is_the_same() {
        let wanted = ours("DestinationRule", &json!({ "host": "a" }));
        let mut edited = wanted.clone();
        edited.value_mut()["spec"]["host"] = json!("b");
        let mut unlabelled = wanted.clone();
        unlabelled.value_mut()["metadata"]["labels"] = json!({});
        let mut another = wanted.clone();
        another.value_mut()["metadata"]["annotations"]["serin.dev/release"] = json!("shop/b");
        for (live, is_foreign) in [(edited, false), (unlabelled, false), (another, true)] {
            let expected = (Change::Change, "DestinationRule shop/serin-a".to_owned(), is_foreign);
            assert_eq!(changes(std::slice::from_ref(&wanted), &[live]), [expected]);
        }
    }

    #[test]
    fn subsets_go_after_the_routes_that_may_lead_to_them() {
        let rule = |names: &[&str]| {
            let subsets: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
            ours("DestinationRule", &json!({ "host": "a", "subsets": subsets }))
        };
        let filter = |text: &str| ours("EnvoyFilter", &json!({ "text": text }));
        let names = |difference: &Difference| -> Vec<String> {
            let wanted = difference.wanted.as_ref().unwrap().list("/spec/subsets");
            wanted.iter().map(|subset| subset["name"].as_str().unwrap().to_owned()).collect()
        };
        for (before, after, expected) in [
            (vec!["v1", "v2"], vec!["v1", "v2", "v3"], vec![vec!["v1", "v2", "v3"], vec![]]),
            (vec!["v1", "v2"], vec!["v1"], vec![vec![], vec!["v1"]]),
            (
                vec!["v1", "v2"],
                vec!["v1", "v3"],
                vec![vec!["v1", "v3", "v2"], vec![], vec!["v1", "v3"]],
            ),
        ] {
            let found = all("shop/a", &[rule(&after), filter("b")], &[rule(&before), filter("a")]);
            let found: Vec<Vec<String>> = staged(found).iter().map(names).collect();
            assert_eq!(found, expected, "{before:?} -> {after:?}");
        }
        // What was killed between the two goes on from there.
        let both = staged(all("shop/a", &[rule(&["v3"])], &[rule(&["v1"])]))[0].wanted.clone();
        let found = all("shop/a", &[rule(&["v3"])], &[both.unwrap()]);
        assert_eq!(staged(found).iter().map(names).collect::<Vec<_>>(), [["v3"]]);
    }

    #[test]
    fn lines_say_what_goes_and_what_comes() {
        let wanted = ours("DestinationRule", &json!({ "host": "a", "x": 1 }));
        let live = ours("DestinationRule", &json!({ "host": "b", "x": 1 }));
        let found = all("shop/a", &[wanted], &[live]);
        assert_eq!(
            found[0].lines(),
            "--- DestinationRule shop/serin-a\n+++ DestinationRule shop/serin-a\n@@ -1,2 +1,2 @@\n-host: b\n+host: a\n x: 1\n"
        );
    }
}
