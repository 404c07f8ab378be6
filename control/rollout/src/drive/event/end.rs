//! How a drive ended.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Waiting;

/// How a drive ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// Nothing is left to be done.
    Done,
    /// It went back to stable by itself: why.
    RolledBack(String),
    /// A person has to approve, or resume.
    AwaitingApproval,
    /// It goes on when a window opens, or a freeze ends: which.
    Held(#[serde(serialize_with = "line")] Waiting),
    /// Something has to be changed first: what.
    Change(#[serde(serialize_with = "line")] Waiting),
    /// A controller is there, and has not carried it out in time.
    NotCarriedOut,
    /// What passes by itself has not passed in time: what.
    TimedOut(#[serde(serialize_with = "line")] Waiting),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::RolledBack(why) => write!(f, "rolled back automatically: {why}"),
            Self::AwaitingApproval => f.write_str("awaiting approval"),
            Self::Held(waiting) => waiting.message().line().fmt(f),
            Self::Change(waiting) => {
                write!(f, "the rollout cannot continue: {}", waiting.message().line())
            }
            Self::NotCarriedOut => {
                f.write_str("timed out: the controller has not carried it out yet")
            }
            Self::TimedOut(waiting) => write!(f, "timed out: {}", waiting.message().line()),
        }
    }
}

/// In words: what is waited for stands in an event of its own.
fn line<S: Serializer>(waiting: &Waiting, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&waiting.message().line())
}
