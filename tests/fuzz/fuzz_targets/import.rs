//! See `oracles::import`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::import::run(input));
