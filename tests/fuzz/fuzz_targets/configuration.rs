//! See `oracles::configuration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::configuration::run(input));
