#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("restamped"), |input: &[u8]| recommande_fuzz::restamped(input));
