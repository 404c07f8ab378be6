//! Requests made to cost as much as they can.

use serde_json::{Value, json};

use crate::bootstrap::{self, By};
use crate::options::Options;
use crate::release::{self, CANARY, STABLE};
use crate::request::Request;
use crate::row::Scene;

/// Rows.
pub(crate) const AUTOMATA: &str = "worst: `.*[a-f].{k}z.*`, 8 KiB value";
pub(crate) const NEAR_MISSES: &str = "worst: near misses, 64 KiB of cookies";

/// Bytes of a value that regexes look at.
pub(crate) const VALUE: usize = policy::regex::MAX_VALUE;
/// Bytes of cookies: what Envoy takes, less the other headers.
const COOKIES: usize = 64 * 1024 - 512;
/// Patterns, and how many fewer are tried where `serin check` refuses so many.
const PATTERNS: usize = 1200;
const FEWER: usize = 50;

/// As many regexes of the worst kind as may be, each looking at all of a value.
pub(crate) fn automata(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let (count, release) = largest()?;
    let listener = bootstrap::serin(&release, By::FilterState, &options.modules())?;
    let value = "abcdefz".repeat(VALUE / 7);
    let crafted = Request::with_cookies("crafted", &format!("version={value}"));
    scene.add((AUTOMATA, count), listener, [(crafted, STABLE)]);
    scene.costly(200);
    Ok(())
}

/// As many cookies as may be, each one asked for and of another value.
pub(crate) fn near_misses(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let rules = 1000;
    let misses = release::rules(
        rules,
        |number| json!({ "cookies": { (format!("user{number}")): { "exact": CANARY } } }),
    );
    let mut cookies = String::new();
    for number in (1..=rules).cycle() {
        let next = format!("user{number}=v3; ");
        if cookies.len() + next.len() > COOKIES {
            break;
        }
        cookies.push_str(&next);
    }
    let listener = super::serin::state(&misses, options)?;
    let crafted = Request::with_cookies("crafted", cookies.trim_end_matches("; "));
    scene.add((NEAR_MISSES, rules), listener, [(crafted, STABLE)]);
    scene.costly(10);
    Ok(())
}

/// As many patterns of the worst kind as `serin check` lets pass.
fn largest() -> anyhow::Result<(usize, policy::Checked)> {
    let mut count = PATTERNS;
    loop {
        let rules = release::rules(
            count,
            |number| json!({ "cookies": { "version": { "regex": pattern(number) } } }),
        );
        match release::checked("filter-state", &rules) {
            Ok(release) => return Ok((count, release)),
            Err(refusal) if count <= FEWER => return Err(refusal),
            Err(_) => count -= FEWER,
        }
    }
}

/// Patterns that all differ, that have their literal in the value, and miss it at its very end only.
fn pattern(number: usize) -> Value {
    let letter =
        |from: u8, number: usize| char::from(from + u8::try_from(number).unwrap_or_default());
    let until = letter(b'f', number % 20);
    let missing = letter(b'Q', number / 20 % 10);
    format!(".*[a-{until}].{{{}}}z.*[A-{missing}]", 1 + number / 200).into()
}
