use clap::CommandFactory;

use super::*;
use crate::command::rollout::{DryRun, ObjectFormat};

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

fn parsed(arguments: &[&str]) -> Result<Command, clap::Error> {
    Cli::try_parse_from(["serin"].iter().chain(arguments)).map(|cli| cli.command)
}

#[test]
fn options_are_taken_as_kubectl_takes_them() {
    for (option, expected) in [
        ("--dry-run", DryRun::Client),
        ("--dry-run=client", DryRun::Client),
        ("--dry-run=server", DryRun::Server),
        ("--dry-run=none", DryRun::None),
    ] {
        let command = parsed(&["approve", option, "reviews"]).unwrap();
        let Command::Approve(args) = command else { panic!("{option}") };
        assert_eq!(args.options.dry_run.mode, expected, "{option}");
        let command = parsed(&["delete", option, "reviews"]).unwrap();
        let Command::Delete(args) = command else { panic!("{option}") };
        assert_eq!(args.dry_run.mode, expected, "{option}");
    }
    assert!(parsed(&["approve", "--dry-run=all", "reviews"]).is_err());
    for (option, expected) in
        [("--client", true), ("--client=true", true), ("--client=false", false)]
    {
        let command = parsed(&["version", option]).unwrap();
        let Command::Version(args) = command else { panic!("{option}") };
        assert_eq!(args.client, expected, "{option}");
    }
    let Ok(Command::Status(args)) = parsed(&["status", "-o", "wide"]) else { panic!() };
    assert_eq!(args.output.format, ObjectFormat::default());
    for command in ["watch", "history"] {
        assert!(parsed(&[command, "reviews", "-o", "name"]).is_ok(), "{command}");
    }
}

#[test]
fn f_is_a_file_of_every_command_that_has_it_and_can_be_repeated() {
    let Ok(Command::Watch(args)) = parsed(&["watch", "-f", "a.yaml"]) else { panic!() };
    assert_eq!((args.release.filename, args.forever), (vec!["a.yaml".to_owned()], false));
    for command in [
        "apply", "start", "status", "approve", "reject", "pause", "resume", "step", "promote",
        "rollback", "retire", "history", "delete",
    ] {
        let several = parsed(&[command, "-f", "a.yaml", "-f", "b.yaml"]);
        assert!(several.is_ok(), "{command}: {several:?}");
    }
}

#[test]
fn a_cluster_is_named_before_the_command_or_behind_it() {
    for arguments in [["-n", "shop", "status"], ["status", "-n", "shop"]] {
        let cli = Cli::try_parse_from(["serin"].iter().chain(&arguments)).unwrap();
        let Command::Status(args) = cli.command else { panic!("{arguments:?}") };
        assert_eq!(args.connection.namespace.as_deref(), Some("shop"), "{arguments:?}");
    }
    let arguments = ["serin", "--context", "kind", "rollout", "run", "reviews"];
    let cli = Cli::try_parse_from(arguments).unwrap();
    let Command::Rollout(args) = cli.command else { panic!("{arguments:?}") };
    let rollout::Command::Run(args) = args.command else { panic!("{arguments:?}") };
    assert_eq!(args.release.connection.context.as_deref(), Some("kind"));
}
