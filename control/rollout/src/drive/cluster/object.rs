//! An object as the API has it, whole.

use istio::visibility::Placed;
use serde_json::{Map, Value};

/// `<kind> <namespace>/<name>`, as far as there is one.
#[must_use]
pub fn title(kind: &str, namespace: Option<&str>, name: Option<&str>) -> String {
    match (namespace, name) {
        (Some(namespace), Some(name)) => format!("{kind} {namespace}/{name}"),
        (None, Some(name)) => format!("{kind} {name}"),
        (Some(namespace), None) => format!("{kind}s of {namespace}"),
        (None, None) => format!("{kind}s"),
    }
}

/// An object.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(Value);

impl From<Value> for Object {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Placed for Object {
    fn namespace(&self) -> &str {
        Self::namespace(self)
    }

    fn spec(&self) -> &Value {
        Self::spec(self)
    }
}

impl Object {
    /// All of it.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// All of it.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.0
    }

    /// All of it, to be changed.
    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    /// The text at a JSON pointer; empty where there is none.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The number at a JSON pointer, if there is one.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.0.pointer(pointer).and_then(Value::as_u64)
    }

    /// The list at a JSON pointer; empty where there is none.
    #[must_use]
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.0.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// The map at a JSON pointer, if there is one.
    #[must_use]
    pub fn map(&self, pointer: &str) -> Option<&Map<String, Value>> {
        self.0.pointer(pointer).and_then(Value::as_object)
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Its namespace; empty where it has none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }

    /// What tells it from an object of the same name that was there before.
    #[must_use]
    pub fn uid(&self) -> &str {
        self.text("/metadata/uid")
    }

    /// What tells this state of it from others.
    #[must_use]
    pub fn resource_version(&self) -> &str {
        self.text("/metadata/resourceVersion")
    }

    /// How often what is wanted of it changed.
    #[must_use]
    pub fn generation(&self) -> Option<u64> {
        self.number("/metadata/generation")
    }

    /// An annotation.
    #[must_use]
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.map("/metadata/annotations")?.get(key)?.as_str()
    }

    /// A label.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<&str> {
        self.map("/metadata/labels")?.get(key)?.as_str()
    }

    /// Whether it has all these labels.
    #[must_use]
    pub fn has_labels(&self, labels: &[(String, String)]) -> bool {
        labels.iter().all(|(key, value)| self.label(key) == Some(value))
    }

    /// Whether a label selector, `a=b` or `a!=b`, matches: the API knows more, and no other is used. All match an empty one.
    #[must_use]
    pub fn is_selected(&self, selector: &str) -> bool {
        if let Some((key, value)) = selector.split_once("!=") {
            return self.label(key) != Some(value);
        }
        selector.split_once('=').is_none_or(|(key, value)| self.label(key) == Some(value))
    }

    /// What is wanted of it; null where it says nothing.
    #[must_use]
    pub fn spec(&self) -> &Value {
        self.0.get("spec").unwrap_or(&Value::Null)
    }

    /// What is the case of it; null where it says nothing.
    #[must_use]
    pub fn status(&self) -> &Value {
        self.0.get("status").unwrap_or(&Value::Null)
    }

    /// Whether it is being removed.
    #[must_use]
    pub fn is_going(&self) -> bool {
        !self.text("/metadata/deletionTimestamp").is_empty()
    }

    /// Its kind, namespace and name, for people.
    #[must_use]
    pub fn title(&self) -> String {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        title(self.kind(), some(self.namespace()).as_deref(), some(self.name()).as_deref())
    }
}
