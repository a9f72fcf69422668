#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("register_json"), |input: &[u8]| recommande_fuzz::register_json(input));
