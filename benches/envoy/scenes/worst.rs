//! Requests made to cost as much as they can.

use serde_json::{Value, json};

use crate::bootstrap::{self, By};
use crate::options::Options;
use crate::release::{self, CANARY, STABLE};
use crate::request::Request;
use crate::row::Scene;

/// Rows.
pub(crate) const AUTOMATA: &str = "worst: `.*[a-f].{k}z.*`, 8 KiB values";
pub(crate) const NEAR_MISSES: &str = "worst: near misses, 64 KiB of cookies";

/// All the cookies that a request may have.
const COOKIES: usize = 64 * 1024 - 512;

pub(crate) fn add(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let listener = |fields: &Value| {
        let release = release::checked("filter-state", fields)?;
        bootstrap::serin(&release, By::FilterState, &options.module)
    };
    // As many as there is room for: 4 MiB of automata.
    let automata = release::rules(
        PATTERNS,
        |number| json!({ "cookies": { "version": { "regex": pattern(number) } } }),
    );
    let value = "abcdefz".repeat(8 * 1024 / 7);
    let crafted = Request::with_cookies("crafted", &format!("version={value}"));
    scene.add((AUTOMATA, PATTERNS), listener(&automata)?, [(crafted, STABLE)]);
    scene.costly(100);

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
    let cookies = Request::with_cookies("crafted", cookies.trim_end_matches("; "));
    scene.add((NEAR_MISSES, rules), listener(&misses)?, [(cookies, STABLE)]);
    scene.costly(20);
    Ok(())
}

/// Patterns of the worst kind, all different.
const PATTERNS: usize = 600;

fn pattern(number: usize) -> String {
    // The end of the match is never there, so that every byte counts.
    format!(".*[a-f].{{{}}}z.*{number}!", 3)
}
