//! See `oracles::weave`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::weave::run(input));
