//! `serin demo`: the whole, on the real Envoy, and its numbers.

mod kept;

use serde_json::Value;

use crate::check::program::{root, run};
use crate::envoy::binary;

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no count: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| panic!("no list: {value}"), Vec::as_slice)
}

/// Users, shares and bounds of a group or a step fit each other.
#[track_caller]
fn is_consistent(row: &Value, users: u64) {
    let subsets = row["subsets"].as_object().unwrap();
    let mut all = 0;
    for (name, share) in subsets {
        let (found, least, most) =
            (number(&share["users"]), number(&share["least"]), number(&share["most"]));
        assert!((least..=most).contains(&found), "{name}: {row}");
        let actual = share["actual"].as_f64().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "a few thousand users")]
        let percent = found as f64 * 100.0 / users as f64;
        assert!((actual - percent).abs() < 0.01, "{name}: {row}");
        all += found;
    }
    assert_eq!(all, users, "{row}");
    let nominal: f64 = subsets.values().map(|share| share["nominal"].as_f64().unwrap()).sum();
    assert!((nominal - 100.0).abs() < 1e-6, "{row}");
    assert!(number(&row["requests"]) >= users, "{row}");
    assert_eq!(row["errors"].as_object().map(serde_json::Map::len), Some(0), "{row}");
}

/// The README shows the table of a run; users are the same in every one, and so are their shares.
#[track_caller]
fn is_in_readme(readme: &str, group: &Value) {
    let name = group["group"].as_str().unwrap();
    let shares: Vec<String> = group["subsets"]
        .as_object()
        .unwrap()
        .values()
        .map(|share| format!(" {:.1} % ", share["actual"].as_f64().unwrap()))
        .collect();
    let shown = |line: &str| {
        line.trim_start().starts_with(name) && shares.iter().any(|share| line.contains(share))
    };
    assert!(readme.lines().any(shown), "README.md shows another demo: {group}");
}

#[test]
fn the_demo_keeps_its_promises() {
    let envoy = binary();
    let module = serin_harness::wasm_host::Module::path().canonicalize().unwrap();
    let arguments = [
        "demo",
        "--format",
        "json",
        "--envoy",
        envoy.to_str().unwrap(),
        "--module",
        module.to_str().unwrap(),
    ];
    let run = run(root(), &arguments, b"");
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let outcome: Value = serde_json::from_str(&run.stdout).unwrap();
    let scenarios = list(&outcome["scenarios"]);
    let readme = crate::readme::text();
    assert!(scenarios.len() >= 6, "{scenarios:#?}");
    for group in scenarios.iter().flat_map(|scenario| list(&scenario["groups"])) {
        is_consistent(group, number(&group["users"]));
        assert_eq!(number(&group["moved"]), 0, "{group}");
        is_in_readme(&readme, group);
    }
    let steps = list(&outcome["shift"]["steps"]);
    assert!(steps.len() >= 3, "{steps:#?}");
    for step in steps {
        assert!(number(&step["requests"]) > 0, "{step}");
        assert_eq!(step["errors"].as_object().map(serde_json::Map::len), Some(0), "{step}");
    }
}
