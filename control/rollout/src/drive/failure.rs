//! Why something could not be learned or done.

use std::error::Error;
use std::fmt;

use document::report::Message;
use policy::{Problem, Problems};

use super::cluster;

/// Why something could not be learned or done.
#[derive(Debug)]
pub enum Failure {
    /// The cluster refused it, or could not be asked.
    Cluster(cluster::Error),
    /// The Release lacks what a mesh needs.
    Release(Problems),
    /// Something stands in the way.
    Blocked(Vec<Blocker>),
    /// Several things failed, each by itself.
    Several(Vec<Failure>),
    /// The Release is in another state than the one that was being carried out: nothing more was changed.
    Superseded,
}

/// Something that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker(pub Message);

impl Blocker {
    /// What stands in the way, and what to do about it.
    pub fn new(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self(Message::new(text).help(help))
    }
}

impl From<cluster::Error> for Failure {
    fn from(error: cluster::Error) -> Self {
        Self::Cluster(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let mut problems = Problems::default();
        problems.add(problem);
        Self::Release(problems)
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        Self::Blocked(vec![Blocker(message)])
    }
}

impl From<&cluster::Error> for Message {
    fn from(error: &cluster::Error) -> Self {
        Self::new(error.to_string()).maybe_help(error.help())
    }
}

impl Failure {
    /// That one thing stands in the way.
    #[must_use]
    pub fn blocked(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Blocked(vec![Blocker::new(text, help)])
    }

    /// That nothing stands in the way.
    ///
    /// # Errors
    /// All that does.
    pub fn check(blockers: Vec<Blocker>) -> Result<(), Self> {
        if blockers.is_empty() { Ok(()) } else { Err(Self::Blocked(blockers)) }
    }

    /// That nothing failed.
    ///
    /// # Errors
    /// All that did, as one.
    pub fn all(mut failures: Vec<Self>) -> Result<(), Self> {
        match failures.pop() {
            None => Ok(()),
            Some(only) if failures.is_empty() => Err(only),
            Some(last) => {
                failures.push(last);
                Err(Self::Several(failures))
            }
        }
    }

    /// Each problem and what to do about it, for people.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        let of_problem = |problem: &Problem| {
            let text = format!("`{}`: {}", problem.place.path, problem.text());
            Message::new(text).maybe_help(problem.help.clone())
        };
        match self {
            Self::Cluster(error) => vec![error.into()],
            Self::Release(problems) => problems.iter().map(of_problem).collect(),
            Self::Blocked(blockers) => {
                blockers.iter().map(|Blocker(message)| message.clone()).collect()
            }
            Self::Several(failures) => failures.iter().flat_map(Self::messages).collect(),
            Self::Superseded => vec![Message::new(
                "the Release changed while this was being done: nothing more was changed",
            )],
        }
    }
}

/// In one line, with what to do about it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, message) in self.messages().into_iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{}", message.chain())?;
            if let Some(help) = message.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl Error for Failure {
    /// What is behind the first thing that failed.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Cluster(error) => Some(error),
            Self::Release(_) | Self::Superseded => None,
            Self::Blocked(blockers) => blockers.first().and_then(|Blocker(first)| first.source()),
            Self::Several(failures) => failures.first().map(|first| first as _),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_found_as_a_source_and_told_in_one_line() {
        let missing = || Failure::from(cluster::Error::NotFound { object: "Pod a/b".to_owned() });
        let inner = serde_json::from_str::<u8>("x").unwrap_err();
        let unread = Failure::from(Message::new("it cannot be read").because(inner));
        assert!(unread.source().unwrap().is::<serde_json::Error>());
        assert!(missing().source().unwrap().is::<cluster::Error>());
        let blocked = Failure::blocked("it is in the way", "take it away");
        assert!(blocked.source().is_none());
        let all = Failure::all(vec![missing(), blocked, unread]).unwrap_err();
        assert!(all.source().unwrap().is::<Failure>());
        assert_eq!(
            all.to_string(),
            "there is no Pod a/b; it is in the way (take it away); \
             it cannot be read: expected a JSON value"
        );
        assert!(matches!(Failure::all(vec![missing()]), Err(Failure::Cluster(_))));
        assert!(Failure::all(Vec::new()).is_ok() && Failure::check(Vec::new()).is_ok());
    }
}
