//! What `serin` says about itself.

use crate::check::program::{root, run};

/// The commands, as the help lists them.
fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
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

#[test]
fn the_version_is_that_of_the_workspace() {
    let run = run(root(), &["--version"], b"");
    assert_eq!(run.stdout, format!("serin {}\n", env!("CARGO_PKG_VERSION")));
}
