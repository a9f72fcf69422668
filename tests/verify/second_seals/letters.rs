//! The second seals of what led to an event, and of all proofs of a letter.

use chrono::{DateTime, Utc};
use recommande::audit::{Export, FactStanding, Reconstruction, ReconstructionPolicy};
use recommande::evidence::{Statement, Step, StepEvent, Window};
use recommande::life::{Case, CaseVerdict, State, Verifiers, judge};
use recommande::seal::{Proof, ProofOfStep};
use recommande::verify::{
    Code, Context, GivenProof, Indication, Octets, Payload, Question, ReplayError, Report, SecondSealRule,
    SendingContext, SubIndication, VerificationInput, Verifier,
};

use super::Sealed;
use crate::cases::{afterwards, hours};
use crate::common::{has, pool};

/// The proofs of a letter that was not claimed in time, and their second seals.
struct Unclaimed {
    sealed: Sealed,
    files: Vec<Vec<u8>>,
    second_seals: Vec<Vec<Vec<u8>>>,
}

impl Unclaimed {
    fn new() -> Self {
        let sealed = Sealed::new();
        let sent = sealed.service.verified(&sealed.proof);
        let (files, second_seals) = (vec![sealed.proof.der().to_vec()], vec![vec![sealed.second.clone()]]);
        let mut life = Self { sealed, files, second_seals };
        let window = Window::new(hours(1), hours(2), "FR-LRE").unwrap();
        let request = Step::of(&sent, 1, StepEvent::NotificationForAcceptance { window }, hours(1)).unwrap();
        let request = life.seal(&request, hours(1));
        let asked = life.sealed.service.verifier().verify(&request, &sent, afterwards()).unwrap();
        let reason = recommande::evidence::KnownReason::NotAcceptedByRecipient.into();
        let expired = Step::after(&sent, &asked, StepEvent::AcceptanceRejectionExpiry { reason }, hours(3)).unwrap();
        life.seal(&expired, hours(3));
        life
    }

    fn seal<S: Statement>(&mut self, statement: &S, time: DateTime<Utc>) -> Proof<S> {
        let sealer = &self.sealed.service.sealer;
        let proof = sealer.seal(statement, time).unwrap().stamp_with(&pool(self.sealed.service.tsa(time))).unwrap();
        let second = sealer.second_seal(&proof, time).unwrap();
        self.files.push(proof.der().to_vec());
        self.second_seals.push(vec![second.der().to_vec()]);
        proof
    }

    fn required(&self) -> Verifier {
        self.sealed.verifier(SecondSealRule::Required)
    }

    fn question(&self, cause_second_seals: Vec<Vec<Octets>>) -> Question {
        let octets = |files: &[Vec<u8>]| files.iter().map(|file| Octets(file.clone())).collect();
        let [sending, cause, expired] = self.files.as_slice() else { panic!("three proofs") };
        Question::from(GivenProof {
            sending: Some(Octets(sending.clone())),
            causes: vec![Octets(cause.clone())],
            second_seals: octets(&self.second_seals[2]),
            sending_second_seals: octets(&self.second_seals[0]),
            cause_second_seals,
            ..GivenProof::of(expired.clone())
        })
    }

    fn case(&self, second_seals: &[Vec<Vec<u8>>]) -> Option<Case> {
        let verifier = self.required();
        let verifiers = Verifiers::new(&verifier).with_second_seals(second_seals);
        let letters = Case::of(&judge(verifiers, &self.files, afterwards()));
        letters.first().map(|letter| letter.cases[0].clone().unwrap())
    }
}

#[test]
fn a_question_holds_the_second_seals_of_the_causes() {
    let life = Unclaimed::new();
    let verifier = life.required();
    let beside = |index: usize| vec![Octets(life.second_seals[index][0].clone())];
    let ask = |cause_second_seals| -> Report {
        let input = verifier.input(life.question(cause_second_seals), afterwards());
        let stored = serde_json::to_string(&input).unwrap();
        let again: VerificationInput = serde_json::from_str(&stored).unwrap();
        assert_eq!(again, input);
        again.verify().unwrap().reports.remove(0)
    };
    let report = ask(vec![beside(1)]);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    // Left out, or that of another proof: the cause did not verify.
    for cause_second_seals in [Vec::new(), vec![Vec::new()], vec![beside(0)], vec![beside(2)]] {
        let report = ask(cause_second_seals);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert!(has(&report, Code::CauseNotVerified), "{report}");
    }
    // A cause that nobody gave has none.
    let question = life.question(vec![beside(1), beside(1)]);
    assert_eq!(verifier.answer(&question, afterwards()).unwrap_err(), ReplayError::Question);
    // The question says the same as the values.
    let sent = verifier.verify(
        &life.sealed.proof,
        SendingContext::new(Payload::NotAvailable).with_second_seals(&life.second_seals[0]),
        afterwards(),
    );
    let cause = ProofOfStep::from_der(&life.files[1]).unwrap();
    let context = Context::new(&sent, Payload::NotAvailable).with_second_seals(&life.second_seals[1]);
    let cause = verifier.verify(&cause, context, afterwards());
    let context =
        Context::new(&sent, Payload::NotAvailable).with_cause(&cause).with_second_seals(&life.second_seals[2]);
    assert_eq!(verifier.report(life.files[2].as_slice(), context, afterwards()), report);
}

#[test]
fn a_case_is_judged_by_both_seals_of_each_proof() {
    let life = Unclaimed::new();
    let case = life.case(&life.second_seals).unwrap();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Unclaimed), "{case}");
    // Without them nothing is proven.
    assert_eq!(life.case(&[]), None);
    // One that is missing or exchanged costs its own proof.
    let [of_sending, of_request, of_expiry] = life.second_seals.as_slice() else { panic!("three proofs") };
    for of_last in [Vec::new(), of_request.clone()] {
        let case = life.case(&[of_sending.clone(), of_request.clone(), of_last]).unwrap();
        assert_eq!(case.verdict, CaseVerdict::Proven(State::AwaitingAnswer), "{case}");
    }
    // Files that are not listed have none, and the order of several beside a file has no part in anything.
    let case = life.case(&[of_sending.clone(), of_request.clone()]).unwrap();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::AwaitingAnswer), "{case}");
    let both = [of_expiry.clone(), of_request.clone()].concat();
    let turned: Vec<_> = both.iter().rev().cloned().collect();
    let of = |last: &Vec<Vec<u8>>| life.case(&[of_sending.clone(), of_request.clone(), last.clone()]);
    assert_eq!(of(&both), of(&turned));
    // By default a second seal that is missing is a warning, and the proof counts.
    let verifier = life.sealed.verifier(SecondSealRule::Report);
    let letters = Case::of(&judge(&verifier, &life.files, afterwards()));
    assert_eq!(letters[0].cases[0].as_ref().unwrap().verdict, CaseVerdict::Proven(State::Unclaimed));
    let judged = judge(&life.required(), &life.files, afterwards());
    let of_sending = &Case::claims(&judged)[0].finding;
    assert_eq!(
        (of_sending.code, of_sending.sub_indication),
        (Code::SecondSealDemanded, Some(SubIndication::SignedDataNotFound))
    );
}

/// Whoever reconstructs what happened demands both seals too, in any order of the proofs.
#[test]
fn a_reconstruction_is_judged_by_both_seals_of_each_proof() {
    let life = Unclaimed::new();
    let verifier = life.required();
    let told = |files: &[Vec<u8>], second_seals: &[Vec<Vec<u8>>]| {
        let verifiers = Verifiers::new(&verifier).with_second_seals(second_seals);
        let policy = ReconstructionPolicy::new(verifiers, afterwards());
        let exports: [Export<&[u8]>; 0] = [];
        let reconstruction = Reconstruction::of(exports, files, &policy).unwrap();
        let account = reconstruction.messages().next().unwrap();
        account.timeline.iter().map(|entry| entry.standing).collect::<Vec<_>>()
    };
    let (files, second_seals) = (&life.files, &life.second_seals);
    assert_eq!(told(files, second_seals), [FactStanding::Proven; 3]);
    let turned = |list: &[Vec<Vec<u8>>]| list.iter().rev().cloned().collect::<Vec<_>>();
    let turned_files: Vec<_> = files.iter().rev().cloned().collect();
    assert_eq!(told(&turned_files, &turned(second_seals)), [FactStanding::Proven; 3]);
    // A copy of a file has what lies beside the other one.
    let twice = [&files[..], &files[..]].concat();
    assert_eq!(told(&twice, second_seals), [FactStanding::Proven; 3]);
    let beside_both = [&second_seals[..], &second_seals[..]].concat();
    assert_eq!(told(&twice, &beside_both), [FactStanding::Proven; 3]);
    // Without them, or with those of other proofs, nothing is proven.
    for second_seals in [Vec::new(), turned(second_seals)] {
        assert!(!told(files, &second_seals).contains(&FactStanding::Proven));
    }
}
