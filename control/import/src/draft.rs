//! A Release in the making: values that know which part of their source they were made of.

use std::collections::HashMap;

use policy::{Node, Part, Path, Place, Problem, Segment};
use serde_json::{Map, Value};

/// A value of the Release.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    shape: Shape,
    /// The part of the source; none: that of the value which holds it.
    from: Option<Path>,
    /// The position of the object that `from` is a part of; none: the VirtualService, or that of the value which
    /// holds it.
    object: Option<usize>,
}

#[derive(Clone, Debug)]
enum Shape {
    Leaf(Value),
    List(Vec<Draft>),
    Map(Vec<(String, Draft)>),
}

impl Draft {
    pub(super) fn leaf(value: impl Into<Value>) -> Self {
        Self::new(Shape::Leaf(value.into()))
    }

    pub(super) fn text(text: &str) -> Self {
        Self::leaf(text)
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::new(Shape::List(items))
    }

    pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value));
        Self::new(Shape::Map(entries.collect()))
    }

    fn new(shape: Shape) -> Self {
        Self { shape, from: None, object: None }
    }

    /// The same, made of this part of the source.
    pub(super) fn made_of(self, path: &Path) -> Self {
        Self { from: Some(path.clone()), ..self }
    }

    /// The same, made of another object than the VirtualService.
    pub(super) fn of(self, object: usize) -> Self {
        Self { object: Some(object), ..self }
    }

    /// What it says, wherever it is from.
    pub(super) fn value(&self) -> Value {
        match &self.shape {
            Shape::Leaf(value) => value.clone(),
            Shape::List(items) => items.iter().map(Self::value).collect(),
            Shape::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.clone(), value.value()));
                entries.collect::<Map<_, _>>().into()
            }
        }
    }

    /// As a document, and where its parts are from.
    pub(super) fn finish(&self) -> (Node, Origins) {
        let mut origins = Origins::default();
        self.collect(&Path::root(), None, &mut origins);
        (node(&self.value()), origins)
    }

    fn collect(&self, at: &Path, object: Option<usize>, origins: &mut Origins) {
        let object = self.object.or(object);
        if let Some(from) = &self.from {
            origins.parts.insert(at.clone(), Origin { object, from: from.clone() });
        }
        match &self.shape {
            Shape::Leaf(_) => {}
            Shape::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.collect(&at.index(index), object, origins);
                }
            }
            Shape::Map(entries) => {
                for (key, value) in entries {
                    value.collect(&at.key(key), object, origins);
                }
            }
        }
    }
}

/// Where the parts of a Release are from.
#[derive(Debug, Default)]
pub(super) struct Origins {
    parts: HashMap<Path, Origin>,
}

#[derive(Debug)]
struct Origin {
    object: Option<usize>,
    from: Path,
}

impl Origins {
    /// A problem of the Release as one of its source, and the object that this is in (none: the VirtualService).
    pub(super) fn trace(&self, problem: &Problem) -> (Option<usize>, Problem) {
        let place = &problem.place;
        let Some((made, origin)) = self.of(&place.path) else { return (None, problem.clone()) };
        let part = match &place.part {
            Part::Within(range) if made == place.path => Part::Within(range.clone()),
            _ => Part::Value,
        };
        let place = Place { path: origin.from.clone(), part };
        let other = problem.other.as_ref().map(|path| match self.of(path) {
            Some((_, origin)) => origin.from.clone(),
            None => path.clone(),
        });
        (origin.object, Problem { place, other, ..problem.clone() })
    }

    /// The part that a path of the Release was made of, or the smallest one that holds it.
    fn of(&self, path: &Path) -> Option<(Path, &Origin)> {
        let mut at = Path::root();
        let mut holders = vec![at.clone()];
        for segment in path.segments() {
            at = match segment {
                Segment::Key(key) => at.key(key),
                Segment::Index(index) => at.index(*index),
            };
            holders.push(at.clone());
        }
        holders.into_iter().rev().find_map(|path| {
            let origin = self.parts.get(&path)?;
            Some((path, origin))
        })
    }
}

fn node(value: &Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Number(number) => Node::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Node::String(text.clone()),
        Value::Array(items) => Node::List(items.iter().map(node).collect()),
        Value::Object(map) => {
            Node::Map(map.iter().map(|(key, value)| (key.clone(), node(value))).collect())
        }
    }
}
