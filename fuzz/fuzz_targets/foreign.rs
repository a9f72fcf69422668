#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("foreign"), |input: &[u8]| recommande_fuzz::foreign(input));
