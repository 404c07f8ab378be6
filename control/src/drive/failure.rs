//! Why something could not be learned or done.

use std::fmt;

use document::report::Message;
use policy::Problems;

use super::cluster;

/// Why something could not be learned or done.
#[derive(Debug)]
pub enum Failure {
    /// The cluster, or somebody in it, has something against it.
    Cluster(cluster::Error),
    /// The Release lacks what a mesh needs.
    Release(Problems),
    /// Something stands in the way.
    InTheWay(Vec<Hindrance>),
}

/// Something that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// What.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl From<cluster::Error> for Failure {
    fn from(error: cluster::Error) -> Self {
        Self::Cluster(error)
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        Self::hindrance(message.chain(), message.help.unwrap_or_default())
    }
}

impl Failure {
    /// One hindrance.
    #[must_use]
    pub fn hindrance(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::InTheWay(vec![Hindrance { message: message.into(), help: help.into() }])
    }

    /// That nothing stands in the way.
    ///
    /// # Errors
    /// All that does.
    pub fn of(hindrances: Vec<Hindrance>) -> Result<(), Self> {
        if hindrances.is_empty() { Ok(()) } else { Err(Self::InTheWay(hindrances)) }
    }

    /// That nothing failed.
    ///
    /// # Errors
    /// All that did, as one.
    pub fn all(failures: Vec<Self>) -> Result<(), Self> {
        let mut failures = failures;
        let last = failures.pop();
        if failures.is_empty() {
            return last.map_or(Ok(()), Err);
        }
        let all = failures.iter().chain(&last).flat_map(Self::messages);
        Self::of(
            all.map(|(message, help)| Hindrance { message, help: help.unwrap_or_default() })
                .collect(),
        )
    }

    /// Each problem and what to do about it, for people.
    #[must_use]
    pub fn messages(&self) -> Vec<(String, Option<String>)> {
        match self {
            Self::Cluster(error) => vec![(error.to_string(), error.help())],
            Self::Release(problems) => problems
                .into_iter()
                .map(|problem| {
                    (format!("`{}`: {}", problem.place.path, problem.message), problem.help.clone())
                })
                .collect(),
            Self::InTheWay(hindrances) => hindrances
                .iter()
                .map(|Hindrance { message, help }| {
                    (message.clone(), Some(help.clone()).filter(|help| !help.is_empty()))
                })
                .collect(),
        }
    }
}

/// In one line, with what to do about it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (message, help)) in self.messages().into_iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{message}")?;
            if let Some(help) = help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
