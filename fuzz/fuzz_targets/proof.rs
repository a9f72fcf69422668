#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("proof"), |input: &[u8]| recommande_fuzz::proof(input));
