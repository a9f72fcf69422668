#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("dossier"), |input: &[u8]| recommande_fuzz::dossier(input));
