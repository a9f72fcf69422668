//! OpenSSL and this library read each other. Skipped, said aloud, where there is no `openssl`; with
//! `RECOMMANDE_REQUIRE_OPENSSL=1` that is a failure.

mod command;
mod foreign;
mod post_quantum;
mod requests;
mod seals;
mod second_seals;
#[path = "../support/mod.rs"]
mod support;
mod tsa;
