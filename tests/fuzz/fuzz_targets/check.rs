//! See `oracles::check`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::check::run(input));
