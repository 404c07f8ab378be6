//! Looks at a Release again and again, and prints a line for each change: `serin watch` and `serin rollout status`.

use std::time::Duration;

use document::report::{Console, Format};
use rollout::drive::cluster::{Cluster, Object};
use rollout::drive::{Clock, Failure, SystemClock};
use serde::Serialize;

use super::{ObjectFormat, format, status};

/// How often it is looked at.
const POLL: Duration = Duration::from_secs(1);

/// Prints a Release whenever it changed.
#[derive(Debug)]
pub(super) struct Lines {
    format: ObjectFormat,
    last: Option<Seen>,
}

/// How the looking ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Looked {
    /// It was as it is to be, or no one reads what is printed.
    Done,
    /// The time is over: the Release as it is then.
    TimedOut(Object),
}

impl Lines {
    pub(super) fn new(format: ObjectFormat) -> Self {
        Self { format, last: None }
    }

    /// Looks until `is_enough`, which is asked after what changed was printed, or the time is over.
    ///
    /// # Errors
    /// When the Release cannot be read.
    pub(super) async fn until(
        &mut self,
        cluster: &dyn Cluster,
        name: &str,
        limit: Option<Duration>,
        console: &mut Console,
        mut is_enough: impl FnMut(&Object, &mut Console) -> bool,
    ) -> Result<Looked, Failure> {
        let clock = SystemClock;
        let end = limit.map(|limit| clock.uptime() + limit);
        loop {
            let release = cluster.release(cluster.namespace(), name).await?;
            if !self.print(&release, console) || is_enough(&release, console) {
                return Ok(Looked::Done);
            }
            let left = end.map_or(POLL, |end| end.saturating_sub(clock.uptime()));
            if left.is_zero() {
                return Ok(Looked::TimedOut(release));
            }
            clock.sleep(POLL.min(left)).await;
        }
    }

    /// Prints it, if it changed; whether someone reads that.
    fn print(&mut self, release: &Object, console: &mut Console) -> bool {
        let seen = Seen::of(release);
        if self.last.as_ref() == Some(&seen) {
            return true;
        }
        let text = match self.format {
            ObjectFormat::Name => format::names(std::slice::from_ref(release)),
            ObjectFormat::Whole(Format::Text) => line(release, self.last.is_none()),
            ObjectFormat::Whole(Format::Data(data)) => data.one_of_many(&seen).unwrap_or_default(),
        };
        self.last = Some(seen);
        console.print(&text).is_ok() && console.is_read()
    }
}

/// The line about a Release, behind the heads of the columns where it `is_first`.
fn line(release: &Object, is_first: bool) -> String {
    let table = status::table(std::slice::from_ref(release), false);
    let lines = table.lines().skip(usize::from(!is_first));
    lines.map(|line| line.to_owned() + "\n").collect()
}

/// What is said again when it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    namespace: String,
    name: String,
    phase: Option<String>,
    step: Option<String>,
    split: Option<String>,
    since: Option<String>,
    message: Option<String>,
}

impl Seen {
    fn of(release: &Object) -> Self {
        let text = |field: &str| {
            let text = release.text(&format!("/status/{field}"));
            (!text.is_empty()).then(|| text.to_owned())
        };
        Self {
            namespace: release.namespace().to_owned(),
            name: release.name().to_owned(),
            phase: text("phase"),
            step: text("step"),
            split: text("split"),
            since: text("since"),
            message: text("message"),
        }
    }
}
