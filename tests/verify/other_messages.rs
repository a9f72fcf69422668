//! Records that name the proof of another message.

use recommande::audit::{ConflictKind, Fact, FactStanding, LaidTo, ReconstructionVerdict};

use super::opposite_trails::{Exchange, MESSAGE, after, issued};
use super::reconstructions::day;

#[test]
fn a_record_that_names_the_proof_of_another_message_contradicts_it() {
    let exchange = Exchange::new();
    let another = exchange.sealers.proof(&day::sending(MESSAGE + 1, after(1)).unwrap(), after(1)).unwrap();
    let provider = exchange.export("provider", &[issued(another.id(), 2)]);
    let told = |proofs: &[Vec<u8>]| exchange.told(std::slice::from_ref(&provider), proofs, &["provider"]);
    // Where the proof is not at hand, nobody knows what it states.
    let unknown = told(&[]);
    assert_eq!(unknown.standings(), [(Fact::Submission, FactStanding::Attested)]);
    assert!(unknown.conflicts().is_empty());
    let known = told(&[another.der().to_vec()]);
    assert_eq!(known.conflicts(), [(ConflictKind::MessageContradictsProof, 1, LaidTo::Nobody)]);
    let account = known.accounts.iter().find(|account| *account.message == *day::message(MESSAGE)).unwrap();
    assert_eq!(account.timeline[0].standing, FactStanding::Disputed);
    assert!(account.to_string().contains("(of another message)"), "{account}");
    assert_eq!(account.verdict, ReconstructionVerdict::Contradicted);
    // The message of the proof is none the worse.
    let account = known.accounts.iter().find(|account| *account.message == *day::message(MESSAGE + 1)).unwrap();
    assert_eq!(account.timeline[0].standing, FactStanding::Proven);
    assert!(account.timeline[0].conflicts.is_empty());
}
