#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("timestamp_resp"), |input: &[u8]| recommande_fuzz::timestamp_resp(input));
