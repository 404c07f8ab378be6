//! See `oracles::decide`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::decide::run(input));
