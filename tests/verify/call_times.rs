//! The times of calls beside those that proofs state.

use recommande::audit::{ConflictKind, Fact, FactStanding, LaidTo, ReconstructionVerdict, Side};

use super::opposite_trails::{Exchange, MESSAGE, after, call, issued, status, written};
use super::reconstructions::day;

#[test]
fn a_call_of_another_time_than_its_proof_contradicts_it_without_another_trail() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let proof = exchange.sealers.proof(&day::sending(MESSAGE, after(7200)).unwrap(), after(7200)).unwrap();
    let told = |second: i64| {
        let called = call(MESSAGE, second, status(201), Side::Callee, &content);
        let records = [called, issued(proof.id(), 7201)];
        let lines = written("provider", &records);
        let export = exchange.sealers.export("provider", &lines, after(86_400)).unwrap();
        exchange.told(&[export], &[proof.der().to_vec()], &["provider"])
    };
    assert!(told(7199).conflicts().is_empty());
    // It is one submission all the same. That the call is the party's own does not say that this proof is about it.
    for second in [0, 14_400] {
        let told = told(second);
        assert_eq!(told.conflicts(), [(ConflictKind::TimeContradictsProof, 1, LaidTo::Nobody)]);
        assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Proven)]);
        assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
    }
}
