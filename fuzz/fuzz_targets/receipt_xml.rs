#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("receipt_xml"), |input: &[u8]| recommande_fuzz::receipt_xml(input));
