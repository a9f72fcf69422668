#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("aggregated"), |input: &[u8]| recommande_fuzz::aggregated(input));
