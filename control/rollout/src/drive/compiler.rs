//! Releases, each compiled once as long as it says the same.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use document::load::reason;
use policy::{Checked, Node, Path, Problems, Spec};
use serde::Deserialize;
use serde_json::Value;

use super::cluster::Object;
use super::failure::Failure;

/// Compiles Releases, and keeps the last: a rollout looks at the same one again and again.
#[derive(Debug, Default)]
pub struct Compiler {
    last: Mutex<Option<Arc<Compiled>>>,
    compilations: Arc<AtomicUsize>,
}

/// A Release that was compiled.
#[derive(Debug)]
pub struct Compiled {
    /// What it was compiled from, of an object.
    source: Option<[Value; 5]>,
    release: Checked,
    /// What it was last compiled to, with something of its rollout put into it.
    variant: Mutex<Option<Arc<Checked>>>,
    compilations: Arc<AtomicUsize>,
}

impl Compiler {
    /// The Release that an object is.
    ///
    /// # Errors
    /// When it is none of this version: all its problems.
    pub fn read(&self, object: &Object) -> Result<Arc<Compiled>, Failure> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.is_of(object)) {
            return Ok(Arc::clone(known));
        }
        let node = Node::deserialize(object.value()).map_err(|error| {
            let help = "another version of serin wrote it: use that one";
            let message = format!("the Release cannot be read: {}", reason::json(&error));
            Failure::blocked(message, help)
        })?;
        let mut problems = Problems::default();
        let release = policy::check(&node, &Path::root(), &mut problems);
        self.compilations.fetch_add(1, Ordering::Relaxed);
        let release = release.ok_or(Failure::Release(problems))?;
        let source = Some(parts(object).map(Value::clone));
        let compilations = Arc::clone(&self.compilations);
        let compiled =
            Arc::new(Compiled { source, release, variant: Mutex::default(), compilations });
        *last = Some(Arc::clone(&compiled));
        Ok(compiled)
    }

    /// How often something was compiled.
    #[must_use]
    pub fn compilations(&self) -> usize {
        self.compilations.load(Ordering::Relaxed)
    }
}

impl Compiled {
    /// The Release that `spec` is, which was made of this one.
    ///
    /// # Errors
    /// When it is not well: all its problems.
    pub fn variant(&self, spec: Spec) -> Result<Arc<Checked>, Failure> {
        let mut variant = self.variant.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = variant.as_ref().filter(|known| known.spec == spec) {
            return Ok(Arc::clone(known));
        }
        let mut problems = Problems::default();
        let checked = policy::compile(spec, &Path::root(), &mut problems);
        self.compilations.fetch_add(1, Ordering::Relaxed);
        let checked = Arc::new(checked.ok_or(Failure::Release(problems))?);
        *variant = Some(Arc::clone(&checked));
        Ok(checked)
    }

    /// Whether the object says the same. Its status and what the API server writes on it do not count.
    fn is_of(&self, object: &Object) -> bool {
        self.source.as_ref().is_some_and(|source| source.each_ref() == parts(object))
    }
}

impl Deref for Compiled {
    type Target = Checked;

    fn deref(&self) -> &Checked {
        &self.release
    }
}

/// A Release that stands for itself.
impl From<Checked> for Compiled {
    fn from(release: Checked) -> Self {
        Self { source: None, release, variant: Mutex::default(), compilations: Arc::default() }
    }
}

/// What a Release is compiled from.
fn parts(object: &Object) -> [&Value; 5] {
    ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace", "/spec"]
        .map(|pointer| object.value().pointer(pointer).unwrap_or(&Value::Null))
}

#[cfg(test)]
mod tests {
    use policy::policy::SubsetId;
    use policy::rollout::{State, Traffic, effective};
    use serde_json::json;

    use super::*;

    fn object(split: u32, status: &str) -> Object {
        Object::from(json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": { "name": "reviews", "namespace": "shop", "resourceVersion": status },
            "spec": {
                "host": "reviews", "port": 9080, "stable": "v1",
                "subsets": [{ "name": "v1" }, { "name": "v2" }],
                "identity": [{ "cookie": "id" }],
                "split": { "v2": split },
            },
            "status": { "message": status },
        }))
    }

    #[test]
    fn a_release_is_compiled_again_when_it_says_something_else() {
        let compiler = Compiler::default();
        let first = compiler.read(&object(10, "1")).unwrap();
        let again = compiler.read(&object(10, "2")).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(compiler.compilations(), 1);
        let other = compiler.read(&object(20, "2")).unwrap();
        assert_eq!(compiler.compilations(), 2);
        assert_ne!(first.spec, other.spec);
    }

    #[test]
    fn what_is_not_well_is_told_each_time() {
        let compiler = Compiler::default();
        for compilations in 1..3 {
            let error = compiler.read(&object(101, "1")).unwrap_err();
            assert!(matches!(error, Failure::Release(_)), "{error}");
            assert_eq!(compiler.compilations(), compilations);
        }
        let unreadable = Object::from(json!(["no", "Release"]));
        assert!(compiler.read(&unreadable).is_err());
    }

    #[test]
    fn a_variant_is_compiled_again_when_it_is_another() {
        let compiler = Compiler::default();
        let release = compiler.read(&object(10, "1")).unwrap();
        let shown = |winner: usize| {
            let traffic = Traffic::Only(SubsetId(winner));
            let state = State { traffic, ..State::fresh(&release.plan) };
            release.variant(effective(&release.spec, &release.plan, &state)).unwrap()
        };
        let (first, again) = (shown(0), shown(0));
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(compiler.compilations(), 2);
        assert_ne!(shown(1).spec, first.spec);
        assert_eq!(compiler.compilations(), 3);
    }
}
