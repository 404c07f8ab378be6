//! A command line that is not understood, or that asks for help: what clap says of it.

use std::ffi::OsString;

use clap::ValueEnum as _;
use clap::error::ErrorKind;
use document::load::reason;
use document::report::{Color, Console, text};

use super::suggestion;
use crate::exit::Exit;
use crate::help;

/// Prints what clap says: help and version where they were asked for, otherwise what is wrong.
pub(super) fn unparsed(mut error: clap::Error, arguments: &[OsString]) -> Exit {
    suggestion::restrain(&mut error);
    let mut console = Console::new(color(arguments));
    if error.kind() == ErrorKind::InvalidUtf8 {
        let strange = arguments.iter().find(|argument| argument.to_str().is_none());
        let message = format!(
            "the argument `{}` is not UTF-8",
            strange.map(|argument| argument.to_string_lossy()).unwrap_or_default()
        );
        let help = "rename the file, or name the folder that it is in";
        console.note(&text::failure(&message, Some(help)));
        return Exit::USAGE;
    }
    let text = printable(help::printed(&error.render().ansi().to_string()), arguments);
    // A removed suggestion leaves an empty line.
    let text = text.replace("\n\n\n", "\n\n");
    if error.use_stderr() {
        console.note(&text);
        return Exit::USAGE;
    }
    match console.print(&text) {
        Ok(()) => Exit::OK,
        Err(error) => {
            let message = format!("cannot write to standard output: {}", reason::io(&error));
            console.note(&text::failure(&message, None));
            Exit::FAILURE
        }
    }
}

/// A text of clap, which repeats arguments as they were given: what styles the text is its own, what is in them is not.
fn printable(text: String, arguments: &[OsString]) -> String {
    arguments.iter().fold(text, |text, argument| {
        let argument = argument.to_string_lossy();
        let value = argument.split_once('=').map_or("", |(_, value)| value);
        [&*argument, value].into_iter().fold(text, |text, part| {
            let shown = text::printable(part);
            if shown == part { text } else { text.replace(part, &shown) }
        })
    })
}

/// What `--color` says in arguments that cannot be parsed as a whole.
fn color(arguments: &[OsString]) -> Color {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    let mut color = Color::Auto;
    while let Some(word) = words.next() {
        let value = match word.split_once('=') {
            _ if word == "--" => break,
            Some(("--color", value)) => Some(value),
            None if word == "--color" => words.next(),
            _ => None,
        };
        color = value.and_then(|value| Color::from_str(value, false).ok()).unwrap_or(color);
    }
    color
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_color_of_a_command_line_that_is_wrong_is_the_one_that_it_names() {
        for (arguments, expected) in [
            (vec!["serin", "--color", "never", "chekc"], Color::Never),
            (vec!["serin", "chekc", "--color=always"], Color::Always),
            (vec!["serin", "chekc", "--", "--color=always"], Color::Auto),
            (vec!["serin", "--color"], Color::Auto),
            (vec!["serin", "--color", "pink"], Color::Auto),
        ] {
            let arguments: Vec<OsString> = arguments.into_iter().map(OsString::from).collect();
            assert_eq!(color(&arguments), expected, "{arguments:?}");
        }
    }
}
