//! What the `serin` command does: reads Releases, says what is wrong with them, renders and tries them.
//!
//! [`document`] reads the files; [`cli`] runs the commands, each of which ends in an [`exit::Exit`].

pub mod cli;
pub mod command;
pub mod exit;
pub mod help;
pub mod interrupt;
