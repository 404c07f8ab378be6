//! What was measured, as a table: from the files that criterion leaves.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use anyhow::Context;
use serde_json::Value;

/// Writes what was measured since `begin` to the file that `SERIN_BENCH_OUTPUT` names, if it does.
pub(crate) fn write(begin: SystemTime) -> anyhow::Result<()> {
    let Some(output) = env::var_os("SERIN_BENCH_OUTPUT").map(PathBuf::from) else {
        return Ok(());
    };
    let home = env::var_os("CRITERION_HOME").context("CRITERION_HOME is not set")?;
    let mut rows = Vec::new();
    collect(Path::new(&home), begin, &mut rows)?;
    rows.sort();
    let mut csv = "name,median ns,lower ns,upper ns,MB/s\n".to_owned();
    for (_, row) in rows {
        csv.push_str(&row);
    }
    if let Some(folder) = output.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&output, csv).with_context(|| format!("{}", output.display()))
}

/// A row, and what it is sorted by: what is measured, of which kind, and how many.
type Row = ((String, String, u64), String);

fn collect(folder: &Path, begin: SystemTime, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let estimates = path.join("estimates.json");
        if !path.ends_with("new") {
            collect(&path, begin, rows)?;
        } else if fs::metadata(&estimates)?.modified()? >= begin {
            rows.push(row(&json(&path.join("benchmark.json"))?, &json(&estimates)?));
        }
    }
    Ok(())
}

fn row(benchmark: &Value, estimates: &Value) -> Row {
    let text = |name: &str| benchmark[name].as_str().unwrap_or_default().to_owned();
    let (group, function, parameter) = (text("group_id"), text("function_id"), text("value_str"));
    let median = &estimates["median"];
    let interval = &median["confidence_interval"];
    let [median, lower, upper] =
        [&median["point_estimate"], &interval["lower_bound"], &interval["upper_bound"]]
            .map(|nanoseconds| nanoseconds.as_f64().unwrap_or_default());
    let rate = benchmark["throughput"]["Bytes"].as_f64().map(|bytes| bytes * 1e3 / median);
    let rate = rate.map(|rate| format!("{rate:.0}")).unwrap_or_default();
    let mut line = String::new();
    let name = [group.as_str(), &function, &parameter];
    let name: Vec<&str> = name.into_iter().filter(|part| !part.is_empty()).collect();
    let _ = writeln!(line, "\"{}\",{median:.1},{lower:.1},{upper:.1},{rate}", name.join("/"));
    ((group, function, parameter.parse().unwrap_or_default()), line)
}

fn json(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}
