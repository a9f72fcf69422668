#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| recommande_fuzz::restamped(input));
