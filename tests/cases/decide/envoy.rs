//! The cases in the real Envoy: which server answers says which subset, and the filter's counters say which rules.
//! Twice where routes have a gate: what does not pass it must not leave stable, and the filter must not see it;
//! and then in the module without the regex engine, where that will do.

use std::collections::BTreeMap;

use istio::decision_header;
use istio::gate::Gate;
use istio::render::bootstrap::Rendered;
use policy::config::Carrier;
use serde_json::json;
use serin_harness::wasm_host::Module;

use super::case::Outcome;
use super::file::File;
use super::{Disagreements, files};
use crate::envoy::{Given, Setup, Stage, Through, wait};

/// Envoys that run at the same time.
const AT_ONCE: usize = 2;

#[test]
fn the_real_envoy_decides_as_the_files_say() {
    let files = files();
    let mut plays: Vec<Play> = files.iter().map(Play::ungated).collect();
    for file in files.iter().filter(|file| Gate::of(&file.checked.policy).is_some()) {
        let header = decision_header::subset_carrier(&file.checked.policy);
        let carriers = [Carrier::FilterState, header];
        plays.extend(carriers.map(|carrier| Play { file, gate: true, carrier }));
    }
    assert!(plays.len() > files.len() + 20, "hardly any file has a gate");
    let mut disagreements = Disagreements::default();
    wait(async {
        for some in plays.chunks(AT_ONCE) {
            let mut found = Vec::new();
            match some {
                [one, other] => {
                    let (one, other) = tokio::join!(one.play(), other.play());
                    found.extend([one, other]);
                }
                _ => {
                    for one in some {
                        found.push(one.play().await);
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

/// A file, and how it is played.
struct Play<'a> {
    file: &'a File,
    gate: bool,
    carrier: Carrier,
}

impl<'a> Play<'a> {
    fn ungated(file: &'a File) -> Self {
        Self { file, gate: false, carrier: Carrier::FilterState }
    }

    async fn play(&self) -> Disagreements {
        let Self { file, gate, carrier } = self;
        let mut disagreements = Disagreements::default();
        let labels = |rendered: &mut Rendered| {
            rendered.bootstrap.body["node"]["metadata"] = json!({"LABELS": file.caller});
        };
        let given = Given { checked: &file.checked, twist: &labels };
        let mut setup =
            Setup { gate: *gate, carrier: carrier.clone(), ..Setup::new(Through::Bootstrap) };
        // As `serin render` would take it; the plays without a gate have the other one.
        if *gate && !file.checked.program.needs_regex_engine() {
            setup.module = Module::lite_path().canonicalize().unwrap();
        }
        let stage = Stage::start(setup, &given).await;
        let stable = file.checked.policy.subset_name(file.checked.policy.stable());
        let mut leaving: BTreeMap<String, u64> = BTreeMap::new();
        let mut rules: BTreeMap<String, u64> = BTreeMap::new();
        for case in file.cases.iter().filter(|case| case.no_envoy.is_none()) {
            let subset = stage.served_by(&case.headers).await;
            // Chance may choose any of them, but no failure.
            if !file.checked.policy.subsets().iter().any(|known| known.name == subset) {
                disagreements.0.push(format!("{}: answered with {subset}", case.place));
            }
            if subset != stable {
                *leaving.entry(case.expected.rule.clone().unwrap()).or_default() += 1;
            }
            disagreements.check(case, &Outcome { rule: None, subset: Some(subset) });
            *rules.entry(case.expected.rule.clone().unwrap()).or_default() += 1;
        }
        let counted = counted(&stage).await;
        let of =
            |all: &BTreeMap<String, u64>, rule: &str| all.get(rule).copied().unwrap_or_default();
        let is_right = if *gate {
            rules
                .iter()
                .all(|(rule, most)| (of(&leaving, rule)..=*most).contains(&of(&counted, rule)))
                && counted.keys().all(|rule| rules.contains_key(rule))
        } else {
            counted == rules
        };
        if disagreements.0.is_empty() && !is_right {
            let line = format!(
                "{} (gate: {gate}): expected decisions of rules {rules:?}, counted {counted:?}",
                file.name
            );
            disagreements.0.push(line);
        }
        disagreements
    }
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
