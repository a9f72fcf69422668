#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("crl"), |input: &[u8]| recommande_fuzz::crl(input));
