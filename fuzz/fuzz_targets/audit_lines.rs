#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("audit_lines"), |input: &[u8]| recommande_fuzz::audit_lines(input));
