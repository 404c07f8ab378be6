//! What becomes of requests: refused, lost, or never answered.

use std::fmt;

use crate::drive::cluster::{ApplyOptions, Error, Object, title};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) verb: &'static str,
    pub(crate) kind: &'a str,
    pub(crate) namespace: Option<&'a str>,
    /// Empty: none, or all.
    pub(crate) name: &'a str,
    pub(crate) dry_run: bool,
}

/// What becomes of a request that is not just answered.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// It is refused.
    Refused(Error),
    /// The connection is lost before it is done.
    Lost,
    /// The connection is lost before the answer is there.
    LostAfter,
    /// The client is killed before it is done.
    Killed,
    /// The client is killed just after it is done.
    KilledAfter,
}

impl<'a> Request<'a> {
    pub(super) fn of(verb: &'static str, kind: &'a str) -> Self {
        Self { verb, kind, namespace: None, name: "", dry_run: false }
    }

    pub(super) fn about(verb: &'static str, object: &'a Object, how: ApplyOptions) -> Self {
        let namespace = Some(object.namespace());
        let dry_run = how.dry_run;
        Self { verb, kind: object.kind(), namespace, name: object.name(), dry_run }
    }

    /// Whether it changes something.
    pub(crate) fn is_write(&self) -> bool {
        !self.dry_run && !matches!(self.verb, "get" | "list" | "ask") && !self.name.is_empty()
    }
}

/// `apply DestinationRule shop/serin-reviews`.
impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Some(self.name).filter(|name| !name.is_empty());
        write!(f, "{} {}", self.verb, title(self.kind, self.namespace, name))
    }
}

impl Fate {
    /// Whether what was asked is done all the same.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::LostAfter | Self::KilledAfter)
    }

    /// What who asked learns; none: nothing, ever.
    pub(super) fn error(self) -> Option<Error> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Lost | Self::LostAfter => Some(Error::Unreachable {
                what: "the API server does not answer: connection reset".to_owned(),
                help: "try again".to_owned(),
            }),
            Self::Killed | Self::KilledAfter => None,
        }
    }
}
