//! A service that gives one evidence identifier to two statements is found out, whatever letters they are about.

use recommande::evidence::{IdentityAttribute, Statement, Step, StepEvent};
use recommande::life::{Case, CaseVerdict, ContradictionKind, Severity, State, judge};
use recommande::seal::{Credentials, Sealer};
use recommande::{Environment, Issuer};

use crate::cases::{Life, afterwards, case_of, hours, kinds, sealed_by};
use crate::common::{enterprise, sending_of};

/// Another service, under the same anchors.
fn another_service(life: &Life) -> Sealer {
    let issuer = Issuer::of("Another Service", enterprise("0244142664"), Environment::Test).unwrap();
    Sealer::new(credentials(life), issuer)
}

fn credentials(life: &Life) -> Credentials {
    Credentials::new(life.service.pki.seal.signer.clone(), life.service.pki.seal_chain()).unwrap()
}

#[test]
fn one_identifier_about_two_messages_contradicts_both_letters() {
    let life = Life::new();
    let identifier = life.sent.statement().evidence_identifier();
    let second = sending_of("2ZG0000036L3Z").with_evidence_identifier(identifier);
    let proof = sealed_by(&life.service, &life.service.sealer, &second);
    let mut files = vec![life.files[0].clone(), proof.der().to_vec()];
    for _ in 0..2 {
        let letters = Case::of(&judge(&life.verifier(), &files, afterwards()));
        assert_eq!(letters.len(), 2);
        for case in letters.iter().flat_map(|letter| &letter.cases).flatten() {
            assert_eq!(
                (case.verdict, kinds(case)),
                (CaseVerdict::Contradicted(State::Submitted), vec![ContradictionKind::Equivocation]),
                "{case}"
            );
            assert_eq!(case.contradictions[0].proofs.len(), 2);
        }
        files.reverse();
    }
    // Another service numbers its own evidence.
    let proof = sealed_by(&life.service, &another_service(&life), &second);
    let letters = Case::of(&judge(&life.verifier(), &[life.files[0].clone(), proof.der().to_vec()], afterwards()));
    for case in letters.iter().flat_map(|letter| &letter.cases).flatten() {
        assert_eq!((case.verdict, kinds(case)), (CaseVerdict::Proven(State::Submitted), vec![]), "{case}");
    }
}

#[test]
fn the_evidence_of_a_step_and_the_sending_of_another_letter_are_two() {
    let mut life = Life::new();
    let step = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    life.sealed(&step);
    life.sealed(&sending_of("2ZG0000036L3Z").with_evidence_identifier(step.evidence_identifier()));
    let letters = Case::of(&life.judged());
    for case in letters.iter().flat_map(|letter| &letter.cases).flatten() {
        assert!(matches!(case.verdict, CaseVerdict::Contradicted(_)), "{case}");
        assert_eq!(kinds(case), [ContradictionKind::Equivocation], "{case}");
        assert_eq!(case.contradictions[0].severity, Severity::Failed);
    }
}

#[test]
fn statements_that_differ_in_what_they_say_of_their_issuer_are_two() {
    let mut life = Life::new();
    let step = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    life.sealed(&step);
    let issuer = life.service.sealer.issuer().clone();
    // The same sealed again is the same, whatever its seal.
    life.sealed(&step);
    assert_eq!((life.case().verdict, kinds(&life.case())), (CaseVerdict::Proven(State::Available), vec![]));
    let email = IdentityAttribute::new("urn:example:ServiceEmail", ["service@example.org"]).unwrap();
    for issuer in [issuer.clone().with_policy("urn:example:policy").unwrap(), issuer.with_attribute(email).unwrap()] {
        let proof = sealed_by(&life.service, &Sealer::new(credentials(&life), issuer), &step);
        let files = [life.files[0].clone(), life.files[1].clone(), proof.der().to_vec()];
        let case = case_of(&judge(&life.verifier(), &files, afterwards()));
        assert_eq!(
            (case.verdict, kinds(&case)),
            (CaseVerdict::Contradicted(State::Available), vec![ContradictionKind::Equivocation]),
            "{case}"
        );
    }
}
