//! The way out: everything that `serin` prints goes through here.
//!
//! Colours are written always and taken out where they are not wanted. A reader that went away (`serin … |
//! head`) is no error: the rest is not printed, and the exit code still tells.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::{Message, text};

/// When to print in colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output and standard error.
pub struct Console {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    is_out_open: bool,
}

impl Console {
    /// The process's own.
    #[must_use]
    pub fn new(color: Color) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        Self {
            out: AutoStream::new(io::stdout(), choice),
            err: AutoStream::new(io::stderr(), choice),
            is_out_open: true,
        }
    }

    /// Prints what was asked for, without what a terminal would obey.
    ///
    /// # Errors
    /// When standard output cannot be written, other than because its reader went away.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        if !self.is_out_open {
            return Ok(());
        }
        match self.out.write_all(text::screened(text).as_bytes()).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_out_open = false;
                Ok(())
            }
            result => result,
        }
    }

    /// Prints what went wrong, and what to do about it.
    pub fn fail(&mut self, message: &Message) {
        self.note(&text::failure(&message.chain(), message.help.as_deref()));
    }

    /// Writes bytes that are no text, as they are.
    ///
    /// # Errors
    /// When standard output cannot be written, other than because its reader went away.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// Whether a person sees what is printed.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether a person is there to be asked.
    #[must_use]
    pub fn asks(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a person; what they answer, in one line.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub fn ask(&mut self, question: &str) -> io::Result<String> {
        self.note(question);
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(answer)
    }

    /// Whether standard output still has a reader.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.is_out_open
    }

    /// Prints what is to be known beside it.
    pub fn note(&mut self, text: &str) {
        // There is no other place to say that this one is gone.
        let _ = self.err.write_all(text::screened(text).as_bytes());
    }
}
