//! See `oracles::cookie`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::cookie::run(input));
