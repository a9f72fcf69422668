#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("tst_info"), |input: &[u8]| recommande_fuzz::tst_info(input));
