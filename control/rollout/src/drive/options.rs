//! What the objects of the mesh are made of, as `status.mesh` of the Release has it.

use document::report::Message;
use istio::render::mesh;
use istio::render::mesh_options::{MeshOptions, Naming};
use policy::rollout::{State, Verb};
use serde_json::Value;

use super::failure::{Blocker, Failure};

const HELP: &str = "configure the mesh: `serin apply FILE --module-file …`";

/// What the objects of the mesh are made of besides the Release.
#[derive(Clone, Debug)]
pub struct Options {
    /// How they are rendered; what stands in the way of that on the way back, where it is not known.
    pub mesh: Result<mesh::Options, Vec<Blocker>>,
    /// Which gateways of a user's VirtualService are those of `attach`, where it has several.
    pub gateways: Vec<String>,
}

/// Where a rollout goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Users may be moved to another subset than stable.
    Forward,
    /// All users are on the way to stable, or there.
    Back,
}

impl Direction {
    /// Where it goes in this state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        if state.phase.is_back() { Self::Back } else { Self::Forward }
    }

    /// Where it goes when this is asked for.
    #[must_use]
    pub fn of_verb(verb: &Verb) -> Self {
        match verb {
            Verb::Rollback | Verb::Reject => Self::Back,
            _ => Self::Forward,
        }
    }
}

impl Options {
    /// Reads `status.mesh`. Nothing in it stands in the way back: options that only a later version knows are passed over,
    /// and where it cannot be read at all nothing is rendered, and the filter's configuration alone is changed.
    ///
    /// # Errors
    /// On the way forward, when nothing was applied, it cannot be read, or it is not all known.
    pub fn read(mesh: Option<&Value>, direction: Direction) -> Result<Self, Failure> {
        match (Self::known(mesh, direction), direction) {
            (Err(Failure::Blocked(blockers)), Direction::Back) => {
                Ok(Self { mesh: Err(blockers), gateways: Vec::new() })
            }
            (read, _) => read,
        }
    }

    fn known(mesh: Option<&Value>, direction: Direction) -> Result<Self, Failure> {
        let mesh = mesh.ok_or_else(|| {
            Failure::blocked("the Release has not been applied with `serin apply` yet", HELP)
        })?;
        let stored = MeshOptions::read(mesh).map_err(|message| message.help(HELP))?;
        if direction == Direction::Forward {
            stored.check_known()?;
            let mut wrong = stored.empty_digests(Naming::Fields);
            // Whether `http` may be was said when it was applied.
            wrong.extend(stored.unsafe_urls(Naming::Fields, true));
            if !wrong.is_empty() {
                return Err(blocked(wrong));
            }
        }
        let mesh = stored.options(Naming::Fields).map_err(blocked)?;
        Ok(Self { mesh: Ok(mesh), gateways: stored.gateway })
    }
}

fn blocked(faults: Vec<Message>) -> Failure {
    let faults = faults.into_iter().map(|Message { text, help, .. }| {
        let help = help.map_or_else(|| HELP.to_owned(), |help| format!("{help}; {HELP}"));
        Blocker::new(text, help)
    });
    Failure::Blocked(faults.collect())
}

#[cfg(test)]
mod tests {
    use policy::rollout::{Observation, Transition, apply};
    use serde_json::json;

    use super::super::compiler::Compiler;
    use super::super::live::Live;
    use super::*;
    use crate::drive::cluster::Object;

    /// In the middle of a rollout that a later `serin` began, with an option that this one does not have.
    fn by_a_later_serin() -> Object {
        let subset = |name: &str| json!({"name": name, "labels": {"version": name}, "workload": {"deployment": name}});
        Object::from(json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": {"name": "reviews", "namespace": "bookinfo", "generation": 1},
            "spec": {
                "host": "reviews", "port": 9080, "stable": "v1",
                "subsets": [subset("v1"), subset("v2")],
                "identity": [{"cookie": "id"}],
                "rollout": {"candidate": "v2", "steps": [{"shift": {"v2": 50}}, {"approve": {}}]},
            },
            "status": {
                "phase": "AwaitingApproval",
                "state": {
                    "phase": "Progressing", "at": {"plan": 1},
                    "traffic": {"shifted": {"v2": 50}}, "plan": "d",
                },
                "mesh": {
                    "moduleFile": "/serin.wasm", "moduleMirrors": ["a"], "route": "matcher",
                },
            },
        }))
    }

    #[test]
    fn what_a_later_serin_began_is_rolled_back_and_its_options_are_kept() {
        let live = Live::read(&Compiler::default(), by_a_later_serin()).unwrap();
        let mesh = live.status.mesh.clone();
        for verb in [Verb::Rollback, Verb::Reject] {
            let direction = Direction::of_verb(&verb);
            let options = Options::read(mesh.as_ref(), direction).unwrap();
            assert_eq!(options.mesh.unwrap().mode.name(), "matcher");
        }
        let nothing_known = Observation { subsets: vec![None, None], ..Observation::default() };
        let (plan, state) = (&live.release.plan, live.state.as_ref());
        let Transition::To(back) = apply(plan, state, &Verb::Rollback, &nothing_known).unwrap()
        else {
            panic!("it is back already")
        };
        let written = live.with(&back, None, None, jiff::Timestamp::UNIX_EPOCH).to_value();
        assert_eq!(written["phase"], "RollingBack");
        assert_eq!(Some(&written["mesh"]), mesh.as_ref());
        // A driver that goes on from there goes by the same options.
        assert!(Options::read(written.get("mesh"), Direction::of(&back)).is_ok());
    }

    #[test]
    fn what_cannot_be_read_at_all_does_not_block_the_way_back() {
        let unreadable = json!({"route": "waypoint", "moduleFile": {"path": "/serin.wasm"}});
        for mesh in [None, Some(&unreadable)] {
            assert!(Options::read(mesh, Direction::Forward).is_err());
            let blockers = Options::read(mesh, Direction::Back).unwrap().mesh.unwrap_err();
            assert_eq!(blockers.len(), 1);
            assert!(blockers[0].0.help.is_some());
        }
    }

    #[test]
    fn the_digest_of_an_empty_file_blocks_the_way_forward_and_not_the_way_back() {
        const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let mesh = json!({
            "route": "matcher", "moduleUrl": "https://example.com/serin.wasm", "moduleSha256": EMPTY,
        });
        let refused = Options::read(Some(&mesh), Direction::Forward).unwrap_err().to_string();
        let said =
            format!("`status.mesh.moduleSha256`: `{EMPTY}` is the SHA-256 of an empty file (");
        assert!(refused.starts_with(&said), "{refused}");
        assert!(refused.contains("serin apply FILE"), "{refused}");
        let options = Options::read(Some(&mesh), Direction::Back).unwrap();
        assert!(options.mesh.is_ok(), "{options:?}");
    }

    #[test]
    fn nothing_goes_forward_by_options_that_are_not_all_known() {
        let live = Live::read(&Compiler::default(), by_a_later_serin()).unwrap();
        for direction in
            [Direction::of_verb(&Verb::Approve), Direction::of(live.state.as_ref().unwrap())]
        {
            let failure = Options::read(live.status.mesh.as_ref(), direction).unwrap_err();
            let said = failure.to_string();
            assert!(
                said.starts_with("unknown to this `serin`: `status.mesh.moduleMirrors` ("),
                "{said}"
            );
            assert!(said.contains("`serin rollback` works with either"), "{said}");
        }
        assert!(Options::read(None, Direction::Forward).is_err());
    }
}
