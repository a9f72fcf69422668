#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("second_seal"), |input: &[u8]| recommande_fuzz::second_seal(input));
