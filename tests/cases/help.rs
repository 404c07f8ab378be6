//! What `serin` says about itself.

use std::process::Command;

use crate::check::program::{self, root, run};

/// The commands, as the help lists them.
pub(crate) fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Every command, such as `check` or `rollout run`.
pub(crate) fn all() -> Vec<String> {
    let below = |above: &str| {
        let words: Vec<&str> = above.split_whitespace().chain(["--help"]).collect();
        let mut names = commands(&run(root(), &words, b"").stdout);
        names.retain(|name| name != "help");
        names.into_iter().map(|name| format!("{above} {name}").trim().to_owned()).collect()
    };
    let main: Vec<String> = below("");
    main.into_iter()
        .flat_map(|command| match below(&command) {
            none if none.is_empty() => vec![command],
            parts => parts,
        })
        .collect()
}

#[test]
fn every_commands_help_is_as_committed() {
    let main = run(root(), &["--help"], b"");
    assert_eq!(main.code, Some(0));
    crate::check::matches("help", &main);
    let commands = commands(&main.stdout);
    for expected in ["check", "render", "demo"] {
        assert!(
            commands.iter().any(|command| command == expected),
            "no `{expected}` among {commands:?}"
        );
    }
    for command in commands.iter().filter(|command| *command != "help") {
        let help = run(root(), &[command, "--help"], b"");
        assert_eq!(help.code, Some(0), "{}", help.shown());
        assert!(
            help.stdout.contains("Exit codes:"),
            "`{command}` does not document its exit codes"
        );
        crate::check::matches(&format!("help-{command}"), &help);
    }
}

/// The help of these arguments in a terminal of so many columns.
fn narrow(arguments: &[&str], columns: usize) -> String {
    let mut command = Command::new(program::path());
    command.args(arguments).arg("--help").env_clear().env("COLUMNS", columns.to_string());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// The lines of a help text below the options that are commands or parts of tables.
fn fixed(help: &str) -> Vec<&str> {
    let starts = ["Examples:", "States:", "Exit codes:"];
    let lines = help.lines().skip_while(|line| !starts.contains(line));
    lines.filter(|line| line.starts_with("  ")).collect()
}

#[test]
fn examples_are_in_one_piece_in_every_terminal() {
    for command in all().iter().map(String::as_str).chain([""]) {
        let arguments: &[&str] = &command.split_whitespace().collect::<Vec<_>>();
        let wide = narrow(arguments, 100);
        let wide = fixed(&wide);
        assert!(!wide.is_empty(), "{arguments:?}");
        for line in &wide {
            let width = line.chars().count();
            assert!(width <= 80, "{arguments:?}: {width} columns: {line}");
            assert!(!line.contains('\u{a0}') && !line.ends_with(' '), "{line}");
        }
        for columns in [80, 60, 40] {
            let narrow = narrow(arguments, columns);
            assert_eq!(fixed(&narrow), wide, "{arguments:?} in {columns} columns");
        }
    }
}

/// The codes that a help text lists.
fn codes(help: &str) -> Vec<u8> {
    let lines = help.lines().skip_while(|line| *line != "Exit codes:").skip(1);
    lines.map_while(|line| line.split_whitespace().next()?.parse().ok()).collect()
}

#[test]
fn only_exit_codes_that_a_command_can_have_are_listed() {
    for command in commands(&run(root(), &["--help"], b"").stdout) {
        let expected: &[u8] = match command.as_str() {
            "help" => continue,
            "analyze" => &[0, 1, 2, 3, 4, 5],
            "diff" => &[0, 1, 2, 3, 4],
            "completions" | "crd" | "image" | "install" | "man" | "version" => &[0, 2, 3],
            _ => &[0, 1, 2, 3],
        };
        let help = run(root(), &[&command, "--help"], b"");
        assert_eq!(codes(&help.stdout), expected, "{}", help.shown());
    }
    assert_eq!(codes(&run(root(), &["--help"], b"").stdout), [0, 1, 2, 3, 4, 5]);
}

/// In `/dev/full` nothing can be written.
#[test]
fn help_that_cannot_be_written_is_an_error() {
    for argument in ["--help", "--version"] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut command = Command::new(program::path());
        let output = command.arg(argument).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{argument}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.starts_with("error: cannot write to standard output: "), "{error}");
    }
}

#[test]
fn errors_of_the_command_line_have_colors_only_where_they_are_wanted() {
    let said = |arguments: &[&str]| run(root(), arguments, b"").stderr;
    assert!(said(&["--color", "always", "chekc"]).contains('\u{1b}'));
    let mut command = Command::new(program::path());
    // As in a terminal that asks for colors.
    command.env("CLICOLOR_FORCE", "1").args(["chekc", "--color=never"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.contains(&0x1b), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_dry_run_that_a_verb_does_not_have_is_refused_by_name() {
    let run = run(root(), &["approve", "reviews", "--dry-run=server"], b"");
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert!(run.stderr.contains("`--dry-run=server`"), "{}", run.shown());
    assert!(run.stderr.contains("use `--dry-run=client`"), "{}", run.shown());
}

#[test]
fn every_verb_has_an_example_and_its_own_exit_codes() {
    let verbs =
        ["apply", "start", "approve", "reject", "pause", "resume", "step", "promote", "rollback"];
    for verb in verbs.into_iter().chain(["retire", "delete"]) {
        let help = run(root(), &[verb, "--help"], b"").stdout;
        assert!(help.contains(&format!("\nExamples:\n  serin {verb} ")), "{help}");
        assert!(help.contains("  1  refused, rolled back automatically, or not done"), "{help}");
    }
    let help = |verb: &str| run(root(), &[verb, "--help"], b"").stdout;
    assert!(help("promote").contains("The subset [default: the candidate]\n"));
    assert!(help("retire").contains("The subset [default: the one without traffic]\n"));
}

#[test]
fn the_version_is_that_of_the_workspace() {
    let run = run(root(), &["--version"], b"");
    assert_eq!(run.stdout, format!("serin {}\n", env!("CARGO_PKG_VERSION")));
}
