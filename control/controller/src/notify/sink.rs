//! Who is told.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use super::notification::Notification;

/// What a receiver answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has it.
    Taken,
    /// It does not want this one: why. Others are told meanwhile, but for what follows of the same Release.
    Refused(String),
    /// It cannot be told anything: why, and how long it asks to wait.
    Down(String, Option<Duration>),
}

impl Outcome {
    /// In one word.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Taken => "delivered",
            Self::Refused(_) => "refused",
            Self::Down(..) => "failed",
        }
    }
}

/// The answer, once it is there.
pub type Told<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// Who is told. An answer comes in bounded time.
pub trait Sink: fmt::Debug + Send + Sync {
    /// Tells it.
    fn tell<'a>(&'a self, notification: &'a Notification) -> Told<'a>;
}
