#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("evidence_record"), |input: &[u8]| recommande_fuzz::evidence_record(input));
