//! The cases in the real Envoy: which server answers says which subset, and the filter's counters say which rules.

use std::collections::BTreeMap;

use control::render::bootstrap::Rendered;
use serde_json::json;

use super::case::Outcome;
use super::file::File;
use super::{Disagreements, files};
use crate::envoy::{Given, Setup, Stage, Through, wait};

/// Envoys that run at the same time.
const AT_ONCE: usize = 2;

#[test]
fn the_real_envoy_decides_as_the_files_say() {
    let files = files();
    let mut disagreements = Disagreements::default();
    wait(async {
        for some in files.chunks(AT_ONCE) {
            let mut found = Vec::new();
            match some {
                [one, other] => {
                    let (one, other) = tokio::join!(play(one), play(other));
                    found.extend([one, other]);
                }
                _ => {
                    for file in some {
                        found.push(play(file).await);
                    }
                }
            }
            for more in found {
                disagreements.0.extend(more.0);
            }
        }
    });
    disagreements.none();
}

async fn play(file: &File) -> Disagreements {
    let mut disagreements = Disagreements::default();
    let labels = |rendered: &mut Rendered| {
        rendered.bootstrap.body["node"]["metadata"] = json!({"LABELS": file.caller});
    };
    let given = Given { checked: &file.checked, twist: &labels };
    let stage = Stage::start(Setup::new(Through::Bootstrap), &given).await;
    let mut rules: BTreeMap<String, u64> = BTreeMap::new();
    for case in file.cases.iter().filter(|case| case.no_envoy.is_none()) {
        let subset = stage.served_by(&case.headers).await;
        // Chance may choose any of them, but no failure.
        if !file.checked.policy.subsets().iter().any(|known| known.name == subset) {
            disagreements.0.push(format!("{}: answered with {subset}", case.place));
        }
        disagreements.check(case, &Outcome { rule: None, subset: Some(subset) });
        *rules.entry(case.expected.rule.clone().unwrap()).or_default() += 1;
    }
    let counted = counted(&stage).await;
    if disagreements.0.is_empty() && counted != rules {
        let line =
            format!("{}: expected decisions of rules {rules:?}, counted {counted:?}", file.name);
        disagreements.0.push(line);
    }
    disagreements
}

/// How many decisions each rule made, as the filter counted.
pub(crate) async fn counted(stage: &Stage) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    for (name, value) in stage.admin.stats("wasmcustom.").await.unwrap() {
        let Some((_, rest)) = name.split_once("serin_rule=.=") else { continue };
        let (rule, _) = rest.split_once(";.;").unwrap();
        if value > 0 {
            *counted.entry(rule.to_owned()).or_default() += value;
        }
    }
    counted
}
