//! A write at which the writer ends.

use tokio::sync::oneshot;

/// When the writer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before the API has heard of the write.
    Before,
    /// After the API has done it, and before the writer knows.
    After,
}

/// Says that the write is halted; what it gives is told when the writer has ended.
pub type Fired = oneshot::Receiver<oneshot::Sender<()>>;

#[derive(Debug)]
pub(super) struct Trap {
    number: usize,
    moment: Moment,
    fired: oneshot::Sender<oneshot::Sender<()>>,
}

impl Trap {
    pub(super) fn new(number: usize, moment: Moment) -> (Self, Fired) {
        let (fired, receiver) = oneshot::channel();
        (Self { number, moment, fired }, receiver)
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn moment(&self) -> Moment {
        self.moment
    }

    /// Says so, and waits until the writer has ended. If nothing receives it, it does not wait.
    pub(super) async fn fire(self) {
        let (ended, has_ended) = oneshot::channel();
        if self.fired.send(ended).is_ok() {
            let _ = has_ended.await;
        }
    }
}
