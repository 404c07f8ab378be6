//! How a drive ended, as an exit code, and what is to be said of it.

use document::report::{Console, Message};
use rollout::drive::End;

use crate::exit::Exit;

/// Says what is left to be done by somebody.
pub(super) fn end(end: &End, console: &mut Console) -> Exit {
    let message = Message::new(end.to_string());
    let message = match end {
        // What is waited for was said already.
        End::Done | End::AwaitingApproval | End::Held(_) => return Exit::OK,
        End::RolledBack(_) | End::Change(_) => message,
        End::NotCarriedOut => message.help(
            "see its log: `kubectl logs -n serin-system deploy/serin-controller`; with `--controller-namespace ''` \
             the rollout is driven from here",
        ),
        End::TimedOut(_) => message.help(
            "nothing is lost: run the same command again to continue, with a longer `--timeout` if needed",
        ),
    };
    console.fail(&message);
    Exit::PROBLEMS
}
