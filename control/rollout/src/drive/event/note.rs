//! Something to be known.

use std::fmt;

use serde::{Serialize, Serializer};

/// Something to be known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// It was asked for before.
    Already,
    /// A step was approved: which, and who gets what at it.
    Approved(String),
    /// The cluster knows Releases otherwise than this program: how.
    Definition(String),
    /// An option of a later version is replaced: its name.
    Dropped(String),
    /// This could not be learned: what, and why.
    Unknown(String),
    /// This stands in the way of what else the mesh is to have, and what to do about it.
    Blocked(String),
    /// Something about the objects of the mesh, or those of users beside them.
    Mesh(String),
    /// A controller carries the rollout out: its name.
    Led(String),
    /// All users go back to stable by themselves: the name of the cause, and why.
    RollingBack(&'static str, String),
    /// An analysis is over, and the rollout goes on: what was found.
    Judged(String),
    /// This state would be written down, and nothing was.
    Trial(String),
    /// What would change was told, and nothing was.
    Unchanged,
    /// What is left after a Release was deleted.
    Deleted(Deleted),
}

/// What is left after a Release was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deleted {
    /// Nothing.
    All,
    /// There was nothing before.
    Nothing,
}

impl Note {
    /// What tells its kind from others.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Already => "already",
            Self::Approved(_) => "approved",
            Self::Definition(_) => "definition",
            Self::Dropped(_) => "dropped",
            Self::Unknown(_) => "unknown",
            Self::Blocked(_) => "blocked",
            Self::Mesh(_) => "mesh",
            Self::Led(_) => "led",
            Self::RollingBack(..) => "rollingBack",
            Self::Judged(_) => "judged",
            Self::Trial(_) | Self::Unchanged => "trial",
            Self::Deleted(_) => "deleted",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Already => f.write_str("already as requested"),
            Self::Definition(text)
            | Self::Unknown(text)
            | Self::Approved(text)
            | Self::Blocked(text)
            | Self::Mesh(text)
            | Self::Judged(text)
            | Self::RollingBack(_, text) => f.write_str(text),
            Self::Dropped(name) => {
                write!(f, "`status.mesh.{name}`, which this `serin` does not know, is dropped")
            }
            Self::Led(name) => write!(f, "the controller {name} carries it out"),
            Self::Trial(what) => write!(f, "dry run: {what}; nothing was changed"),
            Self::Unchanged => f.write_str("dry run: nothing was changed"),
            Self::Deleted(Deleted::All) => f.write_str("all objects made by serin are removed"),
            Self::Deleted(Deleted::Nothing) => f.write_str("no objects made by serin were found"),
        }
    }
}

/// In JSON.
#[derive(Serialize)]
struct Written {
    text: String,
    note: &'static str,
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { text: self.to_string(), note: self.kind() }.serialize(serializer)
    }
}
