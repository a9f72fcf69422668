#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("reconstruction"), |input: &[u8]| recommande_fuzz::reconstruction(input));
