//! Serin as it is rendered, with few rules and with many.

use policy::config::Carrier;
use serde_json::{Value, json};

use crate::bootstrap;
use crate::options::Options;
use crate::release::{self, CANARY, STABLE};
use crate::request::Request;
use crate::row::{Row, Scene};

/// One rule, both carriers.
pub(crate) fn one_rule(options: &Options) -> anyhow::Result<Scene> {
    let mut scene = Scene { name: "one rule", listeners: Vec::new(), rows: Vec::new() };
    for (carrier, by) in [(bootstrap::header(), "header"), (Carrier::FilterState, "filter state")] {
        let name = format!("serin, by {by}");
        let release = release::checked(&by.replace(' ', "-"), &exact(1))?;
        scene.listeners.push(bootstrap::serin(&name, &release, carrier, &options.module)?);
        let row = |request, expected| Row::new(&name, 1, request, expected);
        scene.rows.extend([
            row(Request::default(), STABLE),
            row(Request::canary(), CANARY),
            row(Request::no_cookie(), STABLE),
            row(Request::other_host(), STABLE),
        ]);
    }
    Ok(scene)
}

/// So many rules, each about a cookie of its own; the last is the one that requests have.
fn exact(rules: usize) -> Value {
    let rules: Vec<Value> = (1..=rules)
        .map(|number| {
            let cookie =
                if number == rules { "version".to_owned() } else { format!("user{number}") };
            release::rule(
                &format!("r{number}"),
                &json!({ "cookies": { (cookie): { "exact": CANARY } } }),
            )
        })
        .collect();
    json!({ "rules": rules })
}
