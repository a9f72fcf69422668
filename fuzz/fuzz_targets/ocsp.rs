#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("ocsp"), |input: &[u8]| recommande_fuzz::ocsp(input));
