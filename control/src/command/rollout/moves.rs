//! An apply that moves users by itself: what it does is said, and has to be allowed.

use anyhow::Context;
use document::load::reason;
use document::report::{Console, Message, Portion};
use inspect::diff::{Diff, text as for_people};
use rollout::drive::Failure;
use rollout::drive::apply::Application;

use super::{ObjectFormat, RolloutArgs};

/// Doubles have rounded: less is not more than what is allowed.
const ROUNDING: f64 = 1e-9;

/// How many users an apply may move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AllowedMoves(f64);

impl AllowedMoves {
    /// Reads a percentage: `25`, `12.5`, `25%`.
    ///
    /// # Errors
    /// What is expected, where it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = text.trim().trim_end_matches('%').trim_end().parse().ok();
        let percent = number.filter(|percent: &f64| (0.0..=100.0).contains(percent));
        percent.map(Self).ok_or_else(|| "expected a percentage from 0 to 100".to_owned())
    }
}

/// Says who moves. On a terminal the user is asked, where nothing was allowed beforehand.
///
/// # Errors
/// When more users move than may.
pub(super) fn check(
    application: &Application,
    allowed: Option<AllowedMoves>,
    options: &RolloutArgs,
    console: &mut Console,
) -> Result<(), Failure> {
    let Some((old, new)) = &application.change else { return Ok(()) };
    let diff = Diff::new(old, new);
    if !diff.moves() {
        return Ok(());
    }
    let text = for_people::render(&diff);
    // Where programs read standard output, it is for a person beside it.
    if options.output.format == ObjectFormat::default() {
        let _ = console.print(&text);
    } else {
        console.note(&text);
    }
    let moved = diff.moved();
    let percent = Portion::of_one(moved);
    match allowed {
        _ if options.dry_run.is_on() => Ok(()),
        Some(AllowedMoves(most)) if moved * 100.0 <= most + ROUNDING => Ok(()),
        Some(AllowedMoves(most)) => Err(Failure::blocked(
            format!("this moves {percent} of users to another subset: `--allow-moves` is {most}"),
            ALLOW,
        )),
        None if console.asks() => ask(percent, console),
        None => Err(Failure::blocked(
            format!("this moves {percent} of users to another subset at once: nothing was changed"),
            ALLOW,
        )),
    }
}

const ALLOW: &str =
    "allow it with `--allow-moves PERCENT`, or shift users in steps with a `rollout`";

/// Asks the user.
fn ask(percent: Portion, console: &mut Console) -> Result<(), Failure> {
    let answer = console.ask(&format!("Move {percent} of users to another subset? [y/N] "));
    let answer = answer.context("cannot read the answer");
    let answer = answer.map_err(|error| Message::new(reason::chain(error.as_ref())))?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::blocked("nothing was changed", ALLOW))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_from_0_to_100() {
        for (text, percent) in [("0", 0.0), ("12.5", 12.5), ("25%", 25.0), (" 100 % ", 100.0)] {
            assert_eq!(AllowedMoves::parse(text), Ok(AllowedMoves(percent)), "{text}");
        }
        for text in ["", "-1", "101", "NaN", "inf", "all", "%"] {
            let expected = Err("expected a percentage from 0 to 100".to_owned());
            assert_eq!(AllowedMoves::parse(text), expected, "{text}");
        }
    }
}
