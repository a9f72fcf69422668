#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("resealed"), |input: &[u8]| recommande_fuzz::resealed(input));
