//! These tests are about verifying: whose seal it is, what a verdict rests on, and how a report says so.

#[path = "../common/mod.rs"]
mod common;

mod bad_letters;
mod builders;
mod by_others;
mod cases;
mod chains;
mod deviations;
mod disclosures;
mod ends;
mod foreign;
mod foreign_evidence;
mod histories;
mod keeping;
mod letters;
mod lives;
mod long_term;
mod mandates;
mod marks;
mod namesakes;
mod national_receipt;
mod openings;
mod opposite_trails;
mod orders;
mod past;
mod paths;
mod policy;
mod post_quantum;
mod recipients;
mod reconstructions;
mod refused_by_others;
mod replay;
mod replies;
mod report_text;
mod revocation_forms;
mod second_seals;
mod set_aside;
mod shared_signatures;
mod signed_by_parties;
mod steps;
mod submissions;
mod suite;
mod trails;
mod two_signers;
mod vectors;
