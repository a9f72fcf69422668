#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("log_proof"), |input: &[u8]| recommande_fuzz::log_proof(input));
