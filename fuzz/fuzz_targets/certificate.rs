#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("certificate"), |input: &[u8]| recommande_fuzz::certificate(input));
