//! See `oracles::curl`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::curl::run(input));
