//! The synopsis of a manual page, with the values of options: that of `clap_mangen` has none.

use clap::{Arg, ArgAction, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

/// The section, for the command of the page.
pub(super) fn section(command: &Command) -> Roff {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut line = vec![bold(name)];
    let shown = |arg: &&Arg| !arg.is_hide_set();
    let options = || command.get_opts().chain(flags(command)).filter(shown);
    for arg in options().filter(|arg| !arg.is_required_set()) {
        add(&mut line, option(arg), true, repeats(arg));
    }
    for arg in options().filter(|arg| arg.is_required_set()) {
        add(&mut line, option(arg), false, repeats(arg));
    }
    for arg in command.get_positionals().filter(shown) {
        add(&mut line, values(arg), !arg.is_required_set(), repeats(arg));
    }
    if command.get_subcommands().any(|below| !below.is_hide_set()) {
        add(&mut line, vec![italic("COMMAND")], false, false);
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text(line);
    roff
}

/// The options without a value.
fn flags(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_positional() && !arg.get_action().takes_values())
}

/// Adds an argument, in brackets where it may be left out.
fn add(line: &mut Vec<Inline>, words: Vec<Inline>, is_optional: bool, repeats: bool) {
    line.push(roman(if is_optional { " [" } else { " " }));
    line.extend(words);
    line.push(roman(match (is_optional, repeats) {
        (true, true) => "]...",
        (true, false) => "]",
        (false, true) => "...",
        (false, false) => "",
    }));
}

/// `-f|--filename FILE`, `--dry-run[=MODE]`.
fn option(arg: &Arg) -> Vec<Inline> {
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let mut words = Vec::new();
    for name in short.into_iter().chain(long) {
        if !words.is_empty() {
            words.push(roman("|"));
        }
        words.push(bold(name));
    }
    if !arg.get_action().takes_values() {
        return words;
    }
    let may_be_missing = arg.get_num_args().is_some_and(|range| range.min_values() == 0);
    let between = if arg.is_require_equals_set() { "=" } else { " " };
    if may_be_missing {
        words.push(roman(format!("[{between}")));
        words.extend(values(arg));
        words.push(roman("]"));
    } else {
        words.push(roman(between));
        words.extend(values(arg));
    }
    words
}

/// The names of its values.
fn values(arg: &Arg) -> Vec<Inline> {
    let name = arg.get_id().as_str().to_uppercase();
    let names = arg.get_value_names().map_or(name, |names| names.join(" "));
    vec![italic(names)]
}

/// Whether it may stand there more than once.
fn repeats(arg: &Arg) -> bool {
    match arg.get_action() {
        ArgAction::Append | ArgAction::Count => true,
        _ => arg.get_num_args().is_some_and(|range| range.max_values() > 1),
    }
}

#[cfg(test)]
mod tests {
    use clap::arg;

    use super::*;

    #[test]
    fn every_value_has_its_name() {
        let option = |name: &'static str| Arg::new(name).long(name);
        let mode = option("mode").value_name("MODE").num_args(0..=1).require_equals(true);
        let mut command = Command::new("serin").disable_help_flag(true).args([
            option("timeout").value_name("LENGTH"),
            option("filename").short('f').value_name("FILE").action(ArgAction::Append),
            option("output").value_name("PATH").required(true),
            option("hidden").hide(true),
            option("force").action(ArgAction::SetTrue),
            mode,
        ]);
        command = command.arg(arg!(<PATH> "a path").num_args(1..).required(false));
        command.build();
        assert_eq!(
            section(&command).to_roff(),
            ".SH SYNOPSIS\n\\fBserin\\fR [\\fB\\-\\-timeout\\fR \\fILENGTH\\fR] \
             [\\fB\\-f\\fR|\\fB\\-\\-filename\\fR \\fIFILE\\fR]... [\\fB\\-\\-mode\\fR[=\\fIMODE\\fR]] \
             [\\fB\\-\\-force\\fR] \\fB\\-\\-output\\fR \\fIPATH\\fR [\\fIPATH\\fR]...\n"
        );
    }
}
