use serde_json::{Value, json};

use super::Window;
use crate::rollout::Plan;
use crate::{Node, Path, Problems};

fn read(windows: &Value) -> Result<Vec<Window>, String> {
    Ok(plan(windows)?.windows)
}

/// The plan of a Release with these windows, or all that is wrong with it.
fn plan(windows: &Value) -> Result<Plan, String> {
    let release = json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {"name": "reviews"},
        "spec": {
            "host": "reviews", "stable": "v1",
            "subsets": [{"name": "v1"}, {"name": "v2", "workload": {"deployment": "reviews-v2"}}],
            "rollout": {
                "candidate": "v2",
                "steps": [{"shift": {"v2": 10}}, {"approve": {"timeout": "24h"}}, {"promote": "v2"}],
                "windows": windows,
            },
        },
    });
    let node: Node = serde_json::from_value(release).unwrap();
    let mut problems = Problems::default();
    let checked = crate::check(&node, &Path::root(), &mut problems);
    if problems.is_empty() { Ok(checked.unwrap().plan) } else { Err(problems.to_string()) }
}

fn one(days: &Value, from: &str, to: &str) -> Result<Window, String> {
    let mut windows = read(&json!([
        {"days": days, "from": from, "to": to}, {"days": ["mon-sun"], "from": "00:00", "to": "24:00"},
    ]))?;
    Ok(windows.swap_remove(0))
}

#[test]
fn days_are_names_and_ranges() {
    for (days, opens) in [
        (json!(["mon-thu"]), "xxxx..."),
        (json!(["fri-mon"]), "x...xxx"),
        (json!(["sun-mon"]), "x.....x"),
        (json!(["mon-sun"]), "xxxxxxx"),
        (json!(["tue-mon"]), "xxxxxxx"),
        (json!(["wed"]), "..x...."),
        (json!(["sat", "mon-tue", "sat"]), "xx...x."),
        (json!(["thu-thu"]), "...x..."),
    ] {
        let window = one(&days, "09:00", "16:00").unwrap();
        let found: String = window.days.map(|opens| if opens { 'x' } else { '.' }).iter().collect();
        assert_eq!(found, opens, "{days}");
    }
}

#[test]
fn times_are_minutes_of_a_day() {
    let times = |from, to| {
        let window = one(&json!(["mon"]), from, to).unwrap();
        (window.from, window.to, window.is_over_midnight())
    };
    assert_eq!(times("09:00", "16:30"), (540, 990, false));
    assert_eq!(times("00:00", "24:00"), (0, 1440, false));
    assert_eq!(times("22:00", "04:00"), (1320, 240, true));
    assert_eq!(times("22:00", "00:00"), (1320, 0, true));
    assert_eq!(one(&json!(["mon"]), "09:00", "16:00").unwrap().zone, "UTC");
}

#[test]
fn windows_that_cannot_be_are_refused() {
    let with =
        |days: Value, from: Value, to: Value| json!([{"days": days, "from": from, "to": to}]);
    let days = |days: Value| with(days, json!("09:00"), json!("16:00"));
    let times = |from: Value, to: Value| with(json!(["mon"]), from, to);
    let zone =
        |zone: &str| json!([{"days": ["mon-sun"], "from": "00:00", "to": "24:00", "zone": zone}]);
    for (windows, expected) in [
        (json!([]), "empty] at `spec.rollout.windows`: `windows` has at least one window"),
        (json!("mon"), "type] at `spec.rollout.windows`: expected a list of windows, found"),
        (
            json!([{"days": ["mon"], "to": "16:00"}]),
            "missing-field] at `spec.rollout.windows[0].from`",
        ),
        (
            json!([{"day": ["mon"], "from": "09:00", "to": "16:00"}]),
            "unknown-field] at `spec.rollout.windows[0].day`: unknown field",
        ),
        (days(json!([])), "empty] at `spec.rollout.windows[0].days`: `days` has at least one day"),
        (days(json!("mon")), "type] at `spec.rollout.windows[0].days`: expected a list of days"),
        (
            days(json!(["mon", "monday"])),
            "out-of-range] at `spec.rollout.windows[0].days[1]`: expected a day such as `mon`, or a range such as `mon-thu`, found `monday`; help: did you mean `mon`?",
        ),
        (
            days(json!(["mon-Thu"])),
            "out-of-range] at `spec.rollout.windows[0].days[0]`: expected a day such as `mon`, or a range such as `mon-thu`, found `mon-Thu`; help: did you mean `thu`?",
        ),
        (days(json!(["mon-wed-fri"])), "out-of-range] at `spec.rollout.windows[0].days[0]`"),
        (days(json!([""])), "out-of-range] at `spec.rollout.windows[0].days[0]`"),
        (
            times(json!("9:00"), json!("16:00")),
            "out-of-range] at `spec.rollout.windows[0].from`: expected a time from `00:00` to `23:59`, found `9:00`; help: write hours and minutes with two digits each, such as `09:00`",
        ),
        (times(json!("24:00"), json!("16:00")), "out-of-range] at `spec.rollout.windows[0].from`"),
        (
            times(json!("09:00"), json!("24:01")),
            "out-of-range] at `spec.rollout.windows[0].to`: expected a time from `00:00` to `24:00`, found `24:01`",
        ),
        (times(json!("09:60"), json!("16:00")), "out-of-range] at `spec.rollout.windows[0].from`"),
        (times(json!("+9:00"), json!("16:00")), "out-of-range] at `spec.rollout.windows[0].from`"),
        (
            times(json!(540), json!("16:00")),
            "type] at `spec.rollout.windows[0].from`: expected a string, found",
        ),
        (
            times(json!("09:00"), json!("09:00")),
            "invalid-rollout] at `spec.rollout.windows[0].to`: the window closes when it opens, at `09:00`; help: a whole day is from `00:00` to `24:00`",
        ),
        (zone(""), "invalid-name] at `spec.rollout.windows[0].zone`: `` cannot be the name"),
        (
            zone("../etc/passwd"),
            "invalid-name] at `spec.rollout.windows[0].zone`: `../etc/passwd` cannot",
        ),
        (zone("Europe/"), "invalid-name] at `spec.rollout.windows[0].zone`"),
    ] {
        let found = read(&windows).unwrap_err();
        let found = found.strip_prefix("error[").unwrap_or(&found);
        assert!(found.starts_with(expected), "{windows}: {found}");
        assert!(!found.contains('\n'), "{windows}: {found}");
    }
}

/// `24h` of the approval is less than from Thursday to Monday.
#[test]
fn an_approval_that_ends_while_no_window_is_open_is_warned_of() {
    let days =
        json!([{"days": ["mon-thu"], "from": "09:00", "to": "16:00", "zone": "Europe/Berlin"}]);
    let found = read(&days).unwrap_err();
    assert_eq!(
        found,
        "warning[invalid-rollout] at `spec.rollout.steps[1].approve.timeout`: the windows are closed for up to 89h, and \
         this time can be over meanwhile; help: an approval can be given while they are closed; without one all users go \
         back to stable"
    );
    assert!(read(&json!([{"days": ["mon-sun"], "from": "09:00", "to": "16:00"}])).is_ok());
}

/// The plan is the same: windows can change while a rollout is under way.
#[test]
fn windows_do_not_make_another_plan() {
    let whole = |from: &str| json!([{"days": ["mon-sun"], "from": from, "to": "24:00"}]);
    let digest = |windows: &Value| plan(windows).unwrap().digest;
    assert_eq!(digest(&whole("00:00")), digest(&whole("01:00")));
}
