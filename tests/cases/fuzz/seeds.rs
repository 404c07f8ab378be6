//! The inputs that fuzzing starts from where its targets take no files of the repository: made of tests/data.
//!
//! `SERIN_BLESS=1 cargo test --release -p serin-tests fuzz` writes the files anew. Others in the same folders, whose
//! names begin with `found-`, are of a run of `make fuzz`.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

use super::folder;
use crate::decide;
use crate::served::configuration;

/// Of the rows of tests/data/regex/re2.jsonl, each of these.
const EVERY: usize = 40;
/// The longest value of a seed: libFuzzer does better with small inputs.
const LONGEST: usize = 400;

/// The seeds of a target, by the names of their files.
type Seeds = BTreeMap<String, Vec<u8>>;

/// The configuration of each file of tests/data/decide.
fn configurations() -> Seeds {
    let files = decide::files().into_iter();
    files.map(|file| (file.name.clone(), configuration(&file.checked))).collect()
}

/// The cookies in each of these.
fn cookies() -> Seeds {
    let mut seeds = Seeds::new();
    for file in decide::files() {
        let headers = file.cases.iter().flat_map(|case| &case.headers);
        let cookies = headers.filter(|(name, value)| name == "cookie" && value.len() < LONGEST);
        for (number, (_, value)) in cookies.enumerate() {
            let is_known = seeds.values().any(|known| known == value);
            if !is_known {
                seeds.insert(format!("{}-{number}", file.name), value.clone());
            }
        }
    }
    seeds
}

/// Patterns with what they match and miss, according to RE2.
fn patterns() -> Seeds {
    let text = include_str!("../../data/regex/re2.jsonl");
    let row = |(number, line): (usize, &str)| {
        let row: Value = serde_json::from_str(line).unwrap();
        let mut seed = vec![if row["ignoreCase"].is_null() { b'0' } else { b'1' }];
        seed.extend(row["pattern"].as_str().unwrap().bytes());
        for list in ["matches", "misses"] {
            let values = row[list].as_array().into_iter().flatten();
            for value in values.take(3).map(|value| value.as_str().unwrap()) {
                seed.push(b'\n');
                // Latin-1, as the file writes bytes.
                seed.extend(value.chars().map(|c| u8::try_from(c).unwrap()));
            }
        }
        (format!("row-{number}"), seed)
    };
    let rows = text.lines().enumerate().skip(1).step_by(EVERY).map(row);
    rows.filter(|(_, seed)| seed.len() < LONGEST).collect()
}

/// The seeds among the files of a folder.
fn committed(folder: &Path) -> Seeds {
    let entries = fs::read_dir(folder).map(|entries| entries.map(Result::unwrap).collect());
    let entries: Vec<fs::DirEntry> = entries.unwrap_or_default();
    let read = |entry: &fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    };
    entries.iter().map(read).filter(|(name, _)| !name.starts_with("found-")).collect()
}

#[test]
fn the_seeds_are_what_the_data_say() {
    for (target, seeds) in
        [("configuration", configurations()), ("cookie", cookies()), ("dialect", patterns())]
    {
        let folder = folder().join("corpus").join(target);
        if env::var_os("SERIN_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            for name in committed(&folder).into_keys().filter(|name| !seeds.contains_key(name)) {
                fs::remove_file(folder.join(name)).unwrap();
            }
            for (name, seed) in &seeds {
                fs::write(folder.join(name), seed).unwrap();
            }
        }
        assert!(seeds.len() > 20, "{target}: {} seeds", seeds.len());
        assert!(committed(&folder) == seeds, "{target}: write them anew with SERIN_BLESS=1");
    }
}
