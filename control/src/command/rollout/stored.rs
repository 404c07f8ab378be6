//! The options of `serin apply`, as the object's status keeps them for the verbs that come after.

use serde_json::{Value, json};

use super::super::complaint::Complaint;
use super::super::mesh_options::MeshArgs;
use crate::render::mesh;
use crate::render::mode::Mode;

/// The options with which the objects of a mesh are made.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// How decisions become routes.
    pub(super) mode: Mode,
    /// The rest.
    pub(super) args: MeshArgs,
}

impl Stored {
    /// As `status.mesh` has them.
    pub(super) fn write(&self) -> anyhow::Result<Value> {
        let mut value = serde_json::to_value(&self.args)?;
        value["route"] = json!(self.mode.name());
        Ok(value)
    }

    /// What `status.mesh` has; what is wrong with it, where it is no such thing.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let mut value = value.clone();
        let route = value.as_object_mut().and_then(|map| map.remove("route"));
        let route = route.as_ref().and_then(Value::as_str).unwrap_or_default();
        let mode = Mode::named(route).ok_or_else(|| format!("`status.mesh.route` is `{route}`"))?;
        let args = serde_json::from_value(value).map_err(|e| format!("`status.mesh`: {e}"))?;
        Ok(Self { mode, args })
    }

    /// What objects are made of; what is wrong with the options otherwise.
    pub(super) fn options(&self) -> Result<mesh::Options, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let options = self.args.read(Some(self.mode), &mut complaints);
        options.filter(|_| complaints.is_empty()).ok_or(complaints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_they_were_written() {
        let args = MeshArgs {
            istio: Some("1.29".to_owned()),
            module_file: Some("/serin.wasm".to_owned()),
            lite_module_file: Some("/serin-lite.wasm".to_owned()),
            no_gate: true,
            gateway: vec!["istio-system/public".to_owned()],
            ..MeshArgs::default()
        };
        let stored = Stored { mode: Mode::Matcher, args };
        let read = Stored::read(&stored.write().unwrap()).unwrap();
        assert_eq!((read.mode, read.args), (stored.mode, stored.args));
        assert!(Stored::read(&json!({})).is_err());
        assert!(Stored::read(&json!({"route": "matcher", "moduleFlie": "x"})).is_err());
    }
}
