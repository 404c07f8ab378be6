//! See `oracles::dialect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::dialect::run(input));
