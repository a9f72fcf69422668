#![no_main]

libfuzzer_sys::fuzz_target!(init: recommande_fuzz::seeds::write("policy_json"), |input: &[u8]| recommande_fuzz::policy_json(input));
