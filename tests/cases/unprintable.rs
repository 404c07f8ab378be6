//! Characters that move a terminal's cursor or turn the direction of a text, and bytes that are no text: nothing of them is
//! printed as it is, wherever it comes from.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::bounds::RELEASE;
use crate::check::program::{self, root, run};
use crate::cluster::server::{Server, answer};

/// A text, each character as JSON escapes it.
fn escaped(text: &str) -> String {
    let escaped = text.chars().map(|character| format!("\\u{:04x}", u32::from(character)));
    escaped.collect::<Vec<_>>().concat()
}

/// What a terminal would obey, or what turns text around, once for each kind.
const HIDDEN: &str =
    "\u{1b}[31m\u{9b}31m\u{7f}\u{85}\u{202e}\u{2066}\u{200f}\u{61c}\u{feff}\u{2028}\u{200b}";

#[track_caller]
fn is_clean(name: &str, text: &str) {
    let hidden =
        |c: char| (c.is_control() && c != '\n') || HIDDEN[5..].contains(c) && !c.is_ascii();
    assert!(!text.contains(hidden), "{name}: {text:?}");
}

#[test]
fn hidden_characters_of_files_arguments_and_objects_are_never_printed() {
    let escaped = escaped(HIDDEN);
    let release = format!(
        "{}  \"{escaped}\": 1\n  rules:\n  - {{name: \"{escaped}\", match: [{{cookies: {{\"{escaped}\": {{regex: \
         \"({escaped}\"}}}}}}], split: {{\"{escaped}\": 1}}}}\n",
        RELEASE.replace("host: reviews", &format!("host: \"{escaped}\""))
    );
    let rule = format!(
        "{{name: \"{escaped}\", match: [{{headers: {{\"{escaped}\": {{exact: \"{escaped}\"}}}}}}], route: [{{destination: \
         {{host: reviews, subset: \"{escaped}\"}}}}]}}"
    );
    let own = format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: \"{escaped}\"}}\nspec: {{hosts: \
         [reviews, \"{escaped}\"], gateways: [mesh, \"{escaped}\"], http: [{rule}]}}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = format!("a{HIDDEN}.yaml");
    for (name, text) in
        [(file.as_str(), &release), ("vs.yaml", &own), ("ok.yaml", &RELEASE.to_owned())]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let header = format!("x-a: {HIDDEN}");
    for arguments in [
        vec!["check", &file, "vs.yaml"],
        vec!["check", "-o", "json", &file, "vs.yaml"],
        vec!["check", "-o", "yaml", &file, "vs.yaml"],
        vec!["check", "--color", "always", "-v", &file, "vs.yaml", HIDDEN],
        vec!["import", "vs.yaml"],
        vec!["import", "-o", "json", "vs.yaml"],
        vec!["import", "vs.yaml", "--name", HIDDEN],
        vec!["render", &file, "--output", HIDDEN],
        vec!["render", "ok.yaml", "--output", HIDDEN, "--module-file", HIDDEN],
        vec!["explain", "ok.yaml", HIDDEN, "-H", &header],
        vec!["explain", "ok.yaml", "-o", "json", "-H", &header],
        vec!["diff", "ok.yaml", &file],
        vec!["cost", &file],
        vec!["mesh", "apply", "vs.yaml", &file],
        vec![HIDDEN],
        vec!["check", HIDDEN],
        vec!["status", HIDDEN, "--kubeconfig", HIDDEN],
        vec!["status", &HIDDEN[..5], "--format", HIDDEN],
    ] {
        let colored = arguments.contains(&"always");
        let ran = run(folder.path(), &arguments, b"");
        for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            // The program's own styles are as they are.
            let styles = [
                "91m", "93m", "94m", "96m", "1;91m", "1;93m", "1;94m", "1;96m", "1;31m", "1;33m",
                "1;34m", "0m", "1m", "2m",
            ];
            let text = if colored {
                styles
                    .iter()
                    .fold(text.clone(), |text, style| text.replace(&format!("\x1b[{style}"), ""))
            } else {
                text.clone()
            };
            is_clean(&format!("{} {name}", arguments.join(" ").escape_debug()), &text);
        }
    }
}

#[test]
fn half_a_pair_of_escapes_is_an_error_and_no_character() {
    let json = RELEASE_JSON.replace("HOST", r"a\ud800b");
    let ran = run(root(), &["check", "-"], json.as_bytes());
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("this escape is not a character"), "{}", ran.stdout);
}

const RELEASE_JSON: &str = r#"{"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {"name": "a"}, "spec":
    {"host": "HOST", "stable": "v1", "subsets": [{"name": "v1", "labels": {"a": "b"}}]}}"#;

#[test]
fn hidden_characters_of_an_api_server_are_never_printed() {
    let server = Server::start(|_, mut stream| {
        let hidden = escaped(HIDDEN);
        let body = format!(
            "{{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"message\": \"{hidden} no\", \
             \"reason\": \"Invalid\", \"code\": 422, \"details\": {{\"name\": \"{hidden}\", \"kind\": \"{hidden}\"}}}}"
        );
        answer(&mut stream, "422 Unprocessable Entity", "application/json", &body);
    });
    for arguments in [
        vec!["status"],
        vec!["status", "reviews"],
        vec!["history", "reviews", "-o", "json"],
        vec!["approve", "reviews", "--why", HIDDEN],
        vec!["version"],
        vec!["version", "-o", "yaml"],
    ] {
        let ran = server.serin("http", &arguments);
        for text in [&ran.stdout, &ran.stderr] {
            is_clean(&arguments.join(" ").escape_debug().to_string(), text);
        }
        assert!(ran.stderr.contains(" no"), "{}", ran.shown());
    }
}

#[test]
fn what_a_cluster_has_is_printed_without_hidden_characters() {
    let server = Server::start(|_, mut stream| {
        let hidden = escaped(HIDDEN);
        let body = format!(
            "{{\"apiVersion\": \"serin.dev/v1alpha1\", \"kind\": \"Release\", \"metadata\": {{\"name\": \"{hidden}\", \
             \"namespace\": \"{hidden}\"}}, \"spec\": {{}}, \"status\": {{\"phase\": \"{hidden}\", \"message\": \"{hidden}\", \
             \"history\": [{{\"time\": \"{hidden}\", \"by\": \"{hidden}\", \"verb\": \"{hidden}\", \"what\": \"{hidden}\", \
             \"why\": \"{hidden}\"}}], \"conditions\": [{{\"type\": \"{hidden}\", \"status\": \"{hidden}\", \"reason\": \
             \"{hidden}\"}}]}}}}"
        );
        answer(&mut stream, "200 OK", "application/json", &body);
    });
    for format in ["text", "json", "yaml", "name"] {
        for command in ["status", "history"] {
            let ran = server.serin("http", &[command, "reviews", "-o", format]);
            assert_eq!(ran.code, Some(0), "{}", ran.shown());
            is_clean(&format!("{command} {format}"), &ran.stdout);
            is_clean(&format!("{command} {format}"), &ran.stderr);
            assert!(ran.stdout.contains("31m"), "{}", ran.shown());
        }
    }
}

#[test]
fn an_argument_that_is_not_utf8_is_named_and_no_other_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"a\xff.yaml");
    // What it would be with the byte replaced.
    fs::write(folder.path().join("a\u{fffd}.yaml"), RELEASE).unwrap();
    fs::write(folder.path().join(name), RELEASE).unwrap();
    for command in ["check", "explain", "import", "render", "diff", "cost", "apply"] {
        let ran = Command::new(program::path())
            .args([OsStr::new(command), name])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains("the argument `a\u{fffd}.yaml` is not UTF-8"), "{command}: {said}");
        assert!(ran.stdout.is_empty(), "{command}");
    }
}
