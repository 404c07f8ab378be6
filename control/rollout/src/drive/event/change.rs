//! A change of an object in the cluster.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::drive::cluster::Object;

/// An object, by what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: String,
    /// Its namespace; empty where it has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl ObjectRef {
    /// The object of this kind and name.
    #[must_use]
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
        Self { kind, namespace, name }
    }
}

impl From<&Object> for ObjectRef {
    fn from(object: &Object) -> Self {
        Self::new(object.kind(), object.namespace(), object.name())
    }
}

/// `Deployment shop/reviews-v2`.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name } = self;
        if namespace.is_empty() {
            return write!(f, "{kind} {name}");
        }
        write!(f, "{kind} {namespace}/{name}")
    }
}

/// A change of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The object.
    pub object: ObjectRef,
    /// What was done with it.
    pub effect: Effect,
    /// Whether it would have been done, and was not.
    pub dry_run: bool,
}

/// What is done with an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "camelCase")]
pub enum Effect {
    /// It was not there before.
    Applied,
    /// It was another.
    Changed,
    /// It is gone.
    Removed,
    /// A Deployment was created from another one.
    Created {
        /// The other one's name.
        of: String,
        /// Its image.
        image: String,
    },
    /// A Deployment has another number of pods.
    Scaled {
        /// Before.
        from: u32,
        /// Now.
        to: u32,
    },
    /// A Deployment has the pod template of another one.
    Updated {
        /// The other one's name.
        of: String,
    },
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied => f.write_str("applied"),
            Self::Changed => f.write_str("changed"),
            Self::Removed => f.write_str("removed"),
            Self::Created { of, image } => write!(f, "created from {of} with the image {image}"),
            Self::Scaled { from, to } => write!(f, "scaled from {from} to {to}"),
            Self::Updated { of } => write!(f, "updated to the pod template of {of}"),
        }
    }
}

impl Change {
    /// `applied` or `would be applied`.
    fn what(&self) -> String {
        let would = if self.dry_run { "would be " } else { "" };
        format!("{would}{}", self.effect)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.object, self.what())
    }
}

/// In JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    /// Both in words.
    object: String,
    what: String,
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    name: &'a str,
    #[serde(flatten)]
    effect: &'a Effect,
    dry_run: bool,
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ObjectRef { kind, namespace, name } = &self.object;
        let written = Written {
            object: self.object.to_string(),
            what: self.what(),
            kind,
            namespace,
            name,
            effect: &self.effect,
            dry_run: self.dry_run,
        };
        written.serialize(serializer)
    }
}
