//! The client of the cluster that a command line names, and what is said while it is used.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use cluster::{Client, Tell};
use document::report::{Color, Console, text};
use rollout::drive::Failure;
use rollout::drive::cluster::{Cluster, Notice};
use tokio::runtime::Runtime;

use super::{Connection, Use};

/// Does something with the cluster.
///
/// # Errors
/// When no threads can be started.
pub(in crate::command) fn with<T>(
    connection: &Connection,
    purpose: Use,
    act: impl AsyncFnOnce(&dyn Cluster) -> Result<T, Failure>,
) -> anyhow::Result<Result<T, Failure>> {
    with_client(connection, purpose, tell(connection.patience(purpose)), async |client| {
        act(&client).await
    })
}

/// The same with the client itself, which `tell`s what happens meanwhile.
///
/// # Errors
/// When no threads can be started.
pub(in crate::command) fn with_client<T>(
    connection: &Connection,
    purpose: Use,
    tell: Tell,
    act: impl AsyncFnOnce(Client) -> Result<T, Failure>,
) -> anyhow::Result<Result<T, Failure>> {
    let runtime = Runtime::new().context("cannot start threads")?;
    let options = cluster::Options {
        kubeconfig: connection.kubeconfig.clone(),
        context: connection.context.clone(),
        namespace: connection.namespace.clone(),
        patience: connection.patience(purpose),
        contact: Some(connection.first()),
        istio_namespace: connection.istio_namespace.clone(),
    };
    let acted = runtime.block_on(async { act(Client::connect(&options, tell).await?).await });
    // A name may still be asked for by a thread that nothing can wake.
    runtime.shutdown_background();
    Ok(acted)
}

/// Says on standard error what happens meanwhile.
fn tell(patience: Duration) -> Tell {
    let notes = Mutex::<Notes>::default();
    Arc::new(move |notice: &Notice| {
        let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(note) = notes.next(notice, patience) {
            Console::new(Color::Never).note(&note);
        }
    })
}

/// What was said already.
#[derive(Debug, Default)]
struct Notes {
    /// Of the outage at hand: reasons that take turns are said once each.
    outage: BTreeSet<String>,
    last: String,
}

impl Notes {
    /// The note about this; none if it was said.
    fn next(&mut self, notice: &Notice, patience: Duration) -> Option<String> {
        let note = format!("note: {}\n", text::indented(&said(notice, patience), "  "));
        let is_news = match notice {
            Notice::Retrying { .. } => self.outage.insert(note.clone()),
            // An outage that was not told of needs no end.
            Notice::Answered => !std::mem::take(&mut self.outage).is_empty(),
            Notice::LoggingIn { .. }
            | Notice::Blind { .. }
            | Notice::Waiting { .. }
            | Notice::Lagging { .. } => self.last != note,
        };
        if is_news {
            self.last.clone_from(&note);
        }
        is_news.then_some(note)
    }
}

/// What happened meanwhile, in words.
pub(in crate::command) fn said(notice: &Notice, patience: Duration) -> String {
    let seconds = |length: &Duration| format!("{} s", length.as_secs_f32());
    match notice {
        // Not when the next try is: each has another pause before it.
        Notice::Retrying { error, .. } => {
            format!("{error}; trying again for up to {}", seconds(&error.patience(patience)))
        }
        Notice::LoggingIn { plugin } => format!("waiting for {plugin}"),
        Notice::Answered => "the API server answers again".to_owned(),
        Notice::Blind { reason, wait } => format!(
            "istiod does not say whether proxies have what was applied ({reason}): each change waits {} instead",
            seconds(wait)
        ),
        Notice::Waiting { proxies, what } => {
            format!("waiting for {what} to reach {}", text::fewer(proxies))
        }
        Notice::Lagging { proxies } => {
            format!(
                "these proxies do not have it yet, and are not waited for: {}",
                text::fewer(proxies)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use rollout::drive::cluster::Error;

    use super::*;

    #[test]
    fn each_reason_of_an_outage_is_said_once() {
        let mut notes = Notes::default();
        let mut say = |notice: &Notice| notes.next(notice, Duration::from_mins(1));
        let retrying = |what: &str| Notice::Retrying {
            error: Error::Unreachable { what: what.to_owned(), help: String::new() },
            after: Duration::from_secs(1),
        };
        assert_eq!(say(&Notice::Answered), None);
        let (refused, page) = (retrying("connection refused"), retrying("a web page"));
        let expected = "note: connection refused; trying again for up to 60 s\n";
        assert_eq!(say(&refused).as_deref(), Some(expected));
        assert!(say(&page).is_some());
        for again in [&refused, &page, &refused] {
            assert_eq!(say(again), None);
        }
        assert_eq!(say(&Notice::Answered).as_deref(), Some("note: the API server answers again\n"));
        assert_eq!(say(&Notice::Answered), None);
        // The next outage is another one.
        assert!(say(&refused).is_some());
        let lagging = Notice::Lagging { proxies: vec!["a.b".to_owned()] };
        assert!(say(&lagging).is_some());
        assert_eq!(say(&lagging), None);
        assert_eq!(say(&refused), None);
    }
}
