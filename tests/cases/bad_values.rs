//! What is said about values that are wrong: in `serin`'s words, never in those of the libraries that read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::check::program::{Run, root, run};
use crate::help::commands;

/// What Rust's standard library, serde and others say when they cannot read something.
const FOREIGN: &[&str] = &[
    "(os error",
    "invalid digit found",
    "cannot parse integer",
    "number too large to fit",
    "number too small to fit",
    "number would be zero",
    "invalid float literal",
    "cannot parse float",
    "provided string was not `true`",
    "did not contain valid UTF-8",
    "invalid utf-8 sequence",
    "failed to fill whole buffer",
    "unexpected end of file",
    "EOF while parsing",
    "expected value at line",
    "expected ident at line",
    "trailing characters at line",
    "key must be a string at line",
    "invalid type:",
    "invalid value: ",
    "invalid length",
    "unknown variant",
    "did not match any variant",
    "relative URL without a base",
    "invalid socket address syntax",
    "invalid IP address syntax",
    "invalid international domain name",
    "failed to lookup address",
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    "Connection refused",
    "sequence start",
    "mapping start",
    "ExitStatus",
    "panicked at",
];

/// A folder with files that no command can do with, and what every command needs.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("release.yaml", &fs::read(root().join("data/check/valid.yaml")).unwrap());
    write("module.wasm", b"\0asm\x01\0\0\0");
    write("empty", b"");
    write("binary", b"\x7fELF\x02\0\xff\xfe\xc3(");
    write("half.json", b"{\"log\": {\"entries\": [{");
    write("other.json", b"{\"log\": 1, \"kind\": [3]}");
    write("number", b"42");
    fs::create_dir(folder.path().join("folder")).unwrap();
    folder
}

/// Values that hardly any option takes.
const VALUES: &[&str] = &[
    "",
    "-1",
    "1.5",
    "x y=z",
    "99999999999999999999",
    "missing/file",
    "folder",
    "empty",
    "binary",
    "half.json",
    "other.json",
    "number",
];

/// What a command needs beside the option that is tried.
fn needs(command: &str) -> Vec<&str> {
    match command {
        "check" | "cost" | "explain" | "import" => vec!["release.yaml"],
        "render" => vec!["release.yaml", "--module-file=/serin.wasm", "--output=mesh"],
        "diff" => vec!["release.yaml", "release.yaml"],
        "image" => vec!["module.wasm", "--output=image"],
        "analyze" => {
            vec!["--filename=release.yaml", "--from=1h", "--prometheus=http://127.0.0.1:1"]
        }
        "completions" => vec!["bash"],
        "traffic" => vec!["http://127.0.0.1:1/"],
        "proxy-status" => vec!["--envoy=http://127.0.0.1:1"],
        "crd" => vec![],
        "install" => vec!["--image=serin"],
        "demo" => vec!["--envoy=/dev/null/file"],
        "status" | "uninstall" => vec!["--kubeconfig=/dev/null/file"],
        "apply" => vec!["release.yaml", "--kubeconfig=/dev/null/file"],
        "rollout" => vec!["run", "reviews", "--kubeconfig=/dev/null/file"],
        _ => vec!["reviews", "--kubeconfig=/dev/null/file"],
    }
}

/// The options of a help text that take a value, each by its name and by all that the text says of it.
fn options(help: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = help.lines().collect();
    let is_option = |line: &&str| line.trim_start().starts_with('-') && line.starts_with("  ");
    let options = lines.iter().enumerate().filter(|(_, line)| is_option(line));
    let found = options.filter_map(|(position, line)| {
        let (name, _) = line.split_once("--")?.1.split_once(" <")?;
        let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let below = lines.iter().skip(position + 1);
        let below = below.take_while(|line| !line.is_empty() && !is_option(line));
        let said: Vec<&str> = std::iter::once(line).chain(below).copied().collect();
        is_name(name).then(|| (format!("--{name}"), said.join("\n")))
    });
    found.collect()
}

#[track_caller]
fn speaks_plainly(run: &Run) {
    let all = format!("{}{}", run.stdout, run.stderr);
    let foreign = FOREIGN.iter().find(|foreign| all.contains(**foreign));
    assert!(foreign.is_none(), "{foreign:?}: {}", run.shown());
    assert!(run.code.is_some_and(|code| code <= 5), "{}", run.shown());
}

/// Runs a command with every option that takes a value, which is given one that is wrong.
fn try_options(folder: &Path, command: &str, tried: &mut BTreeSet<String>) {
    let all = needs(command);
    let mut asked = vec![command];
    asked.extend(all.iter().filter(|argument| **argument == "run"));
    asked.push("--help");
    for (option, said) in options(&run(root(), &asked, b"").stdout) {
        if !tried.insert(said) {
            continue;
        }
        let others =
            all.iter().filter(|given| given.split_once('=').is_none_or(|(name, _)| name != option));
        let others: Vec<&str> = others.copied().collect();
        for value in VALUES {
            let given = format!("{option}={value}");
            let arguments = [&[command], others.as_slice(), &[given.as_str()]].concat();
            speaks_plainly(&run(folder, &arguments, b""));
        }
    }
}

#[test]
fn every_option_with_a_wrong_value_is_answered_in_words_of_serin() {
    let folder = folder();
    let mut tried = BTreeSet::new();
    for command in commands(&run(root(), &["--help"], b"").stdout) {
        if command != "help" {
            try_options(folder.path(), &command, &mut tried);
        }
    }
    assert!(tried.len() > 60, "only {} options were found: {tried:?}", tried.len());
}

#[test]
fn every_file_that_cannot_be_read_is_answered_in_words_of_serin() {
    let folder = folder();
    let forms: &[&[&str]] = &[
        &["check", "{}"],
        &["cost", "{}"],
        &["explain", "{}"],
        &["explain", "release.yaml", "--har", "{}"],
        &["explain", "release.yaml", "--requests", "{}"],
        &["explain", "release.yaml", "--curl", "{}"],
        &["explain", "release.yaml", "{}"],
        &["render", "{}", "--module-file=/serin.wasm", "--output=mesh"],
        &["render", "release.yaml", "--module-file=/serin.wasm", "--output={}"],
        &["render", "release.yaml", "--module-file=/serin.wasm", "--output={}/below"],
        &["render", "release.yaml", "--module-file=/serin.wasm", "--output=mesh", "--into={}"],
        &["render", "release.yaml", "--undo", "--into={}"],
        &["diff", "{}", "release.yaml"],
        &["diff", "release.yaml", "{}"],
        &["import", "{}"],
        &["image", "{}", "--output=image"],
        &["image", "module.wasm", "--output={}"],
        &["image", "module.wasm", "--output={}/below.tar"],
        &["apply", "{}"],
        &["apply", "release.yaml", "--module-file=/serin.wasm", "--kubeconfig={}"],
        &["traffic", "{}"],
        &["proxy-status", "--envoy={}"],
        &["demo", "{}"],
        &["completions", "{}"],
    ];
    for value in VALUES.iter().filter(|value| !value.starts_with('-')) {
        for form in forms {
            let arguments: Vec<String> =
                form.iter().map(|argument| argument.replace("{}", value)).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            speaks_plainly(&run(folder.path(), &arguments, b""));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_said_in_words() {
    let script = "\"$SERIN\" crd >/dev/full";
    let mut command = std::process::Command::new("bash");
    command.args(["-c", script]).env("SERIN", crate::check::program::path());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot write to standard output: no space left on device\n"), "{said}");
}
