//! Letters whose parties signed themselves: cases judge that where the verifiers of senders and recipients are given.

use chrono::Duration;
use recommande::evidence::{RecipientSignature, Terms};
use recommande::life::{Case, CaseVerdict, ContradictionKind, Gap, Severity, Standing, State, Verifiers, judge};
use recommande::seal::SignedSubmission;
use recommande::verify::{Code, Policy};
use recommande::{Sending, Verifier};

use crate::cases::{afterwards, case_of, kinds};
use crate::common::{now, sending, sending_of};
use crate::recipients::Letter;
use crate::submissions::Mail;

/// The case of a letter that was accepted with this signature, by these verifiers.
fn accepted(letter: &Letter, signature: RecipientSignature, verifiers: Verifiers<'_>) -> Case {
    let mut files = letter.files.clone();
    files.push(letter.accepted(signature).der().to_vec());
    let case = case_of(&judge(verifiers, &files, afterwards()));
    files.reverse();
    assert_eq!(case, case_of(&judge(verifiers, &files, afterwards())));
    case
}

/// What was found of the signature of the fact of this event.
fn told(case: &Case, event: &str) -> Vec<Code> {
    let fact = case.facts.iter().find(|fact| fact.event == event).unwrap();
    fact.signatures.iter().map(|finding| finding.code).collect()
}

#[test]
fn the_recipients_own_signature_is_judged_where_its_verifier_is_given() {
    let letter = Letter::new();
    let (seals, recipients) = (letter.service.verifier(), letter.verifier_of_recipients());
    let signed = letter.signed("85073003328");
    let case = accepted(&letter, signed.clone(), Verifiers::new(&seals).with_verifier_of_recipients(&recipients));
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Accepted));
    assert_eq!((case.gaps.as_slice(), case.contradictions.as_slice()), (&[][..], &[][..]));
    assert_eq!(
        told(&case, "ConsignmentAcceptance"),
        [Code::RecipientSignatureValid, Code::RecipientInCertificate],
        "{case}"
    );
    assert!(case.to_string().contains(Code::RecipientSignatureValid.sentence()), "{case}");
    let json = serde_json::to_string(&case).unwrap();
    assert!(json.contains("recipient-signature-valid") && !json.contains("85073003328"), "{json}");
    let case = accepted(&letter, signed, Verifiers::from(&seals));
    assert_eq!(case.gaps, [Gap::RecipientSignatureNotEvaluated]);
    assert_eq!((case.verdict, told(&case, "ConsignmentAcceptance")), (CaseVerdict::Proven(State::Accepted), vec![]));
}

#[test]
fn an_acceptance_whose_signature_does_not_hold_does_not_count() {
    let letter = Letter::new();
    let (seals, recipients) = (letter.service.verifier(), letter.verifier_of_recipients());
    let verifiers = Verifiers::new(&seals).with_verifier_of_recipients(&recipients);
    let mut flipped = letter.signed("85073003328").octets().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let time = now() + Duration::hours(2);
    let another = letter.service.proof_of(&sending_of("2")).id();
    let of_another = letter.recipient("85073003328").sign_receipt(another, time).unwrap();
    for (signature, code) in [
        (RecipientSignature::new(&flipped).unwrap(), Code::RecipientSignatureInvalid),
        (RecipientSignature::new(b"a signature").unwrap(), Code::RecipientSignatureUnreadable),
        (of_another, Code::RecipientSignatureOfAnotherSending),
    ] {
        let case = accepted(&letter, signature, verifiers);
        assert_eq!(case.verdict, CaseVerdict::Proven(State::AwaitingAnswer), "{case}");
        assert_eq!(kinds(&case), [ContradictionKind::RecipientSignatureInvalid]);
        assert_eq!(case.contradictions[0].severity, Severity::StatementFailed);
        assert_eq!((told(&case, "ConsignmentAcceptance"), case.gaps.len()), (vec![code], 0));
    }
    // Nobody knows whose signature it is: it can still turn out to be the recipient's.
    let strangers = Letter::new();
    let by_stranger = strangers.recipient("85073003328").sign_receipt(letter.sent.id(), time).unwrap();
    for (signature, code) in [
        (by_stranger, Code::RecipientSignatureNotVerified),
        (letter.signed("73110150112"), Code::RecipientNotInCertificate),
    ] {
        let case = accepted(&letter, signature, verifiers);
        assert_eq!(case.verdict, CaseVerdict::Incomplete(State::Accepted), "{case}");
        assert!(told(&case, "ConsignmentAcceptance").contains(&code) && kinds(&case).is_empty(), "{case}");
        assert_eq!(case.proven, State::AwaitingAnswer);
    }
}

#[test]
fn a_policy_that_wants_the_signature_evaluated_makes_it_a_link() {
    let letter = Letter::new();
    let policy: Policy = serde_json::from_str(r#"{"levels":{"recipient-signature-not-evaluated":"fail"}}"#).unwrap();
    let seals = letter.service.verifier().with_policy(policy.clone());
    let mut files = letter.files.clone();
    files.push(letter.accepted(letter.signed("85073003328")).der().to_vec());
    let judged = judge(&seals, &files, afterwards());
    assert!(matches!(judged[2].standing(), Standing::Unlinked(_)), "{:?}", judged[2].standing());
    let recipients = letter.verifier_of_recipients();
    let judged = judge(Verifiers::new(&seals).with_verifier_of_recipients(&recipients), &files, afterwards());
    assert_eq!(judged[2].standing(), &Standing::Proven);
}

/// The case of a sending beside these submissions.
fn submitted(mail: &Mail, sending: &Sending, submissions: &[SignedSubmission], senders: &Verifier) -> Case {
    let (seals, file) = (mail.service.verifier(), mail.service.proof_of(sending).der().to_vec());
    let judged = |submissions: &[SignedSubmission]| {
        case_of(&judge(Verifiers::new(&seals).with_submissions(submissions, senders), &[&file], afterwards()))
    };
    let case = judged(submissions);
    let mut reversed = submissions.to_vec();
    reversed.reverse();
    assert_eq!(case, judged(&reversed));
    case
}

#[test]
fn a_submission_beside_its_sending_is_told() {
    let mail = Mail::new();
    let signed = mail.submitted(&sending());
    let carried = mail.carried(sending(), &signed);
    let senders = mail.verifier_of_senders();
    let case = submitted(&mail, &carried, std::slice::from_ref(&signed), &senders);
    assert_eq!((case.verdict, case.gaps.len()), (CaseVerdict::Proven(State::Submitted), 0), "{case}");
    assert_eq!(told(&case, "SubmissionAcceptance"), [Code::SenderInCertificate, Code::SubmissionMatches]);
    // Those of others have no part in it.
    let of_another = mail.submitted(&sending_of("2"));
    assert_eq!(submitted(&mail, &carried, &[of_another.clone(), signed.clone()], &senders), case);
    for none in [&[][..], &[of_another]] {
        let case = submitted(&mail, &carried, none, &senders);
        assert_eq!((case.verdict, case.gaps), (CaseVerdict::Proven(State::Submitted), vec![Gap::SubmissionNotGiven]));
    }
    // A sending that names none is not made stronger.
    let case = submitted(&mail, &sending(), &[signed], &senders);
    assert_eq!((case.gaps.len(), told(&case, "SubmissionAcceptance").len()), (0, 0));
}

#[test]
fn a_sending_that_is_not_what_its_sender_signed_is_contradicted() {
    let mail = Mail::new();
    let signed = mail.submitted(&sending());
    let carried = mail.carried(sending(), &signed);
    let senders = mail.verifier_of_senders();
    let other = mail.submitted(&sending().with_terms(Terms::new().with_regime("FR-LRE").unwrap()).unwrap());
    // The service names what its sender signed, and says something else.
    let otherwise = mail.stating(&carried, &signed, &other);
    let case = submitted(&mail, &otherwise, std::slice::from_ref(&other), &senders);
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Contradicted(State::Submitted), vec![ContradictionKind::SubmissionDiffers])
    );
    assert_eq!(case.contradictions[0].proofs.len(), 1);
    assert!(told(&case, "SubmissionAcceptance").contains(&Code::SubmissionSaysOtherwise), "{case}");
    // The sender's signature lies beside a text that is not what it signed. The right one beside it counts.
    let mangled = SignedSubmission::from_parts(other.submission().json(), signed.signature()).unwrap();
    let case = submitted(&mail, &carried, std::slice::from_ref(&mangled), &senders);
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::Submitted));
    assert!(told(&case, "SubmissionAcceptance").contains(&Code::SubmissionSignatureInvalid), "{case}");
    let case = submitted(&mail, &carried, &[mangled, signed.clone()], &senders);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    // By no anchor of senders it is not decided who signed, whatever texts somebody lays beside its signature.
    let texts = [sending_of("0"), sending_of("2")].map(|sending| mail.submitted(&sending));
    for text in &texts {
        let mangled = SignedSubmission::from_parts(text.submission().json(), signed.signature()).unwrap();
        let case = submitted(&mail, &carried, &[mangled, signed.clone()], &mail.service.verifier());
        assert_eq!((case.verdict, kinds(&case)), (CaseVerdict::Incomplete(State::Submitted), vec![]), "{case}");
    }
    let case = submitted(&mail, &carried, &[signed], &mail.service.verifier());
    assert_eq!(
        (case.verdict, case.gaps.as_slice()),
        (CaseVerdict::Incomplete(State::Submitted), &[Gap::SubmissionNotVerified][..])
    );
    assert_eq!((case.proven, case.milestones.submitted), (State::Submitted, Some(now())));
}
