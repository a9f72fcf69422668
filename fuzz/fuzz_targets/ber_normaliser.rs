#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("ber_normaliser"), |input: &[u8]| recommande_fuzz::ber_normaliser(input));
