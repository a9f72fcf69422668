#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("transparency"), |input: &[u8]| recommande_fuzz::transparency(input));
