//! The `serin` binary: hands its arguments to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    control::cli::main(std::env::args_os()).into()
}
