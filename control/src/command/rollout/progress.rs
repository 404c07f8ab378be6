//! `serin rollout status`: waits until a rollout is over, as `kubectl rollout status` does.

use clap::ArgAction;
use document::report::{Console, Length, Message, text};
use rollout::DisplayPhase;
use rollout::drive::cluster::Object;
use serde_json::Value;

use super::connection::{self, Use};
use super::look::{Lines, Looked};
use super::{ObjectFormatArgs, Target, status};
use crate::exit::Exit;
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin rollout status reviews -n bookinfo       until the rollout is over
  serin rollout status reviews --timeout 30m     no longer than that
  serin rollout status reviews --watch=false     look once

Prints the lines of `serin watch`. A rollout that waits for an approval, or is paused, is not over: the command says \
which decision is pending, and continues to wait for the end. To stop at a decision, use `serin rollout run`, or \
`kubectl wait --for=condition=Ready`. This command only looks: something else must drive the rollout, a controller or \
`serin rollout run`. `--watch=false` ends with 0 unless the rollout has failed. With -o json the fields are those of `serin \
watch`.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_status(EXAMPLES))]
pub struct Args {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// Wait until the rollout is over; false: print the status once
    #[arg(long, short, num_args = 0..=1, require_equals = true, value_name = "BOOL")]
    #[arg(default_value_t = true, default_missing_value = "true", action = ArgAction::Set)]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    pub watch: bool,
    /// How long to wait; 0s: without a limit
    #[arg(long, value_name = "LENGTH", default_value = "0s", value_parser = limit)]
    pub timeout: Limit,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

/// How long it is waited for; none: without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub Option<Length>);

/// Reads a limit: as in `kubectl`, zero is none.
fn limit(text: &str) -> Result<Limit, String> {
    if policy::duration::parse(text).is_some_and(|length| length.is_zero()) || text == "0" {
        return Ok(Limit(None));
    }
    let expected = |_| "expected a duration, such as `90s`, `10m` or `1h30m`; `0s` is no limit";
    text.parse().map(|length| Limit(Some(length))).map_err(|error| expected(error).to_owned())
}

/// What is to be made of a Release.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    /// Its rollout is over, or none is in progress.
    Over,
    /// It will not be over as it should.
    Failed(Message),
    /// It goes on by itself.
    Goes,
    /// It goes on after this.
    Awaits(String),
}

/// Waits, and prints what happens.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    args.release.each(|target| wait(args, target, console))
}

fn wait(args: &Args, target: &Target, console: &mut Console) -> anyhow::Result<Exit> {
    let named = match target.read(console) {
        Ok(named) => named,
        Err(exit) => return Ok(exit),
    };
    let limit = args.timeout.0.map(|Length(limit)| limit);
    let purpose = if args.watch { Use::Long(limit) } else { Use::Read };
    let mut lines = Lines::new(args.output.format);
    let mut verdict = Verdict::Goes;
    let looked = connection::with(&named.connection, purpose, async |cluster| {
        let enough = |release: &Object, console: &mut Console| {
            let found = Verdict::of(release);
            if let Verdict::Awaits(what) = &found
                && found != verdict
            {
                console.note(&format!("note: {}\n", text::indented(what, "  ")));
            }
            verdict = found;
            !args.watch || matches!(verdict, Verdict::Over | Verdict::Failed(_))
        };
        lines.until(cluster, &named.name, limit, console, enough).await
    })?;
    let message = match looked {
        Ok(Looked::Done) => match verdict {
            Verdict::Failed(message) => message,
            Verdict::Over | Verdict::Goes | Verdict::Awaits(_) => return Ok(Exit::OK),
        },
        Ok(Looked::TimedOut(release)) => timed_out(&release),
        Err(failure) => return Ok(connection::failed(&failure, console)),
    };
    console.fail(&message);
    Ok(Exit::PROBLEMS)
}

impl Verdict {
    fn of(release: &Object) -> Self {
        let (name, namespace) = (release.name(), release.namespace());
        if !is_observed(release) {
            return Self::Awaits(
                "the spec is not in force yet: `serin apply -f FILE` applies it".to_owned(),
            );
        }
        let message = release.text("/status/message");
        if is_true(release, "Stalled") {
            let what = format!("the rollout cannot continue: {message}");
            let help = format!(
                "once that is mended, `serin rollout run {name} -n {namespace}` continues it"
            );
            return Self::Failed(Message::new(what).help(help));
        }
        let is = |phase: DisplayPhase| release.text("/status/phase") == phase.to_string();
        let resume = || format!("`serin resume {name} -n {namespace}` continues it");
        if let Some(command) = status::approval(release) {
            Self::Awaits(format!("the rollout waits for an approval: `{command}`"))
        } else if is(DisplayPhase::Paused) {
            Self::Awaits(format!("the rollout is paused: {}", resume()))
        } else if is(DisplayPhase::Waiting) && is_true(release, "Ready") {
            Self::Awaits(format!("the plan pauses here: {}", resume()))
        } else if is_true(release, "Reconciling") {
            Self::Goes
        } else if is(DisplayPhase::RolledBack) {
            Self::Failed(Message::new(format!("rolled back: {message}")))
        } else if is(DisplayPhase::Idle) || is(DisplayPhase::Completed) {
            Self::Over
        } else {
            Self::Goes
        }
    }
}

/// Whether the status is about the spec as it is.
fn is_observed(release: &Object) -> bool {
    let observed = release.number("/status/observedGeneration");
    let is_older = |generation| observed.is_some_and(|observed| observed < generation);
    !release.text("/status/phase").is_empty() && !release.generation().is_some_and(is_older)
}

fn is_true(release: &Object, kind: &str) -> bool {
    let text =
        |condition: &Value, key: &str| condition.get(key).and_then(Value::as_str) == Some(kind);
    let mut found = release.list("/status/conditions").iter();
    found.any(|condition| {
        text(condition, "type") && condition.get("status").and_then(Value::as_str) == Some("True")
    })
}

/// What is said of a rollout that is not over in time.
fn timed_out(release: &Object) -> Message {
    let text = |field: &str| release.text(&format!("/status/{field}")).to_owned();
    let place = [text("phase"), text("step")].into_iter().filter(|text| !text.is_empty());
    let place = place.collect::<Vec<_>>().join(" ");
    let what = [place, text("message")].into_iter().filter(|text| !text.is_empty());
    let what: Vec<String> = ["timed out".to_owned()].into_iter().chain(what).collect();
    Message::new(what.join(": ")).help("run the same command again to continue to wait")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn release(phase: &str, condition: &str) -> Object {
        Object::from(json!({
            "metadata": { "name": "reviews", "namespace": "shop", "generation": 2 },
            "status": {
                "observedGeneration": 2, "phase": phase, "step": "3/8", "message": "so it is",
                "conditions": [{ "type": condition, "status": "True" }],
            },
        }))
    }

    #[test]
    fn only_what_is_over_or_has_failed_ends_the_wait() {
        let awaits = |what: &str| Verdict::Awaits(what.to_owned());
        let failed = |what: &str| Verdict::Failed(Message::new(what));
        let approve = "the rollout waits for an approval: `serin approve reviews -n shop --step 3`";
        let resume = "`serin resume reviews -n shop` continues it";
        for (phase, condition, expected) in [
            ("Completed", "Ready", Verdict::Over),
            ("Idle", "Ready", Verdict::Over),
            // What was applied is on its way to the mesh.
            ("Idle", "Reconciling", Verdict::Goes),
            ("Progressing", "Reconciling", Verdict::Goes),
            ("RollingBack", "Reconciling", Verdict::Goes),
            ("RolledBack", "Reconciling", Verdict::Goes),
            ("RolledBack", "Ready", failed("rolled back: so it is")),
            ("AwaitingApproval", "Ready", awaits(approve)),
            ("Paused", "Ready", awaits(&format!("the rollout is paused: {resume}"))),
            ("Waiting", "Ready", awaits(&format!("the plan pauses here: {resume}"))),
            ("Waiting", "Reconciling", Verdict::Goes),
            // Of a later version.
            ("Analyzing", "Ready", Verdict::Goes),
        ] {
            assert_eq!(Verdict::of(&release(phase, condition)), expected, "{phase} {condition}");
        }
        let Verdict::Failed(message) = Verdict::of(&release("Progressing", "Stalled")) else {
            panic!()
        };
        assert_eq!(message.chain(), "the rollout cannot continue: so it is");
        assert!(message.help.unwrap().contains("serin rollout run reviews -n shop"));
    }

    #[test]
    fn a_spec_that_is_not_in_force_is_waited_for() {
        let mut newer = release("Completed", "Ready");
        newer.value_mut()["metadata"]["generation"] = json!(3);
        let mut new = release("Completed", "Ready");
        new.value_mut()["status"] = json!(null);
        for release in [newer, new] {
            let Verdict::Awaits(what) = Verdict::of(&release) else { panic!("{release:?}") };
            assert!(what.contains("`serin apply -f FILE`"), "{what}");
        }
    }

    #[test]
    fn zero_is_no_limit() {
        for text in ["0s", "0", "0m"] {
            assert_eq!(limit(text), Ok(Limit(None)), "{text}");
        }
        assert_eq!(limit("90s"), Ok(Limit(Some("90s".parse().unwrap()))));
        for text in ["", "-1s", "soon"] {
            assert!(limit(text).unwrap_err().contains("`0s` is no limit"), "{text}");
        }
    }

    #[test]
    fn what_is_not_over_in_time_is_named() {
        let said = timed_out(&release("AwaitingApproval", "Ready"));
        assert_eq!(said.chain(), "timed out: AwaitingApproval 3/8: so it is");
    }
}
