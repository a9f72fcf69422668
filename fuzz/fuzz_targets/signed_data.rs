#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("signed_data"), |input: &[u8]| recommande_fuzz::signed_data(input));
