//! What a second seal beside a proof is to the verdict: whether one is announced, missing, exchanged, doubled or wrong.

mod announcements;
mod choice;
mod letters;
mod times;

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{Statement, Terms};
use recommande::pki::revocation::RevocationData;
use recommande::seal::{AnyProof, Artifact, Credentials, ProofOfSending, SecondSeal, Unstamped};
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, Forge, RevokedSpec, TestPki, algorithm_protection, generate_key, tlv,
};
use recommande::verify::{
    ArtifactKind, Code, Context, Finding, GivenOriginal, GivenParties, GivenProof, Indication, Octets, Outcome,
    Payload, Policy, Question, Report, SecondSealRule, SendingContext, SubIndication, Subject, VerificationInput,
    Verifier,
};
use signed_data::tlv::Tag;

use crate::cases::{afterwards, hours, reply, sealed_by};
use crate::common::{Service, codes, has, later, now, oid, opened_at, pool, sending, sending_of};

/// Every rule, in the order of the reports below.
const RULES: [SecondSealRule; 3] = [SecondSealRule::Ignore, SecondSealRule::Report, SecondSealRule::Required];

/// A service with a key for second seals, and a proof with its second seal.
struct Sealed {
    service: Service,
    key: CertifiedKey,
    proof: ProofOfSending,
    second: Vec<u8>,
}

fn second_key(pki: &TestPki, kind: &KeyKind) -> CertifiedKey {
    pki.intermediate.issue(&second_spec(300), generate_key(kind).unwrap()).unwrap()
}

fn second_spec(days: i64) -> CertificateSpec {
    CertificateSpec::seal("Second Seal", now() - Duration::days(1), now() + Duration::days(days))
}

fn chain(service: &Service, key: &CertifiedKey) -> Vec<recommande::Certificate> {
    [key, &service.pki.intermediate, &service.pki.root].map(|key| key.certificate.clone()).to_vec()
}

impl Sealed {
    fn new() -> Self {
        Self::until(300)
    }

    /// The certificate of the second seal ends after so many days.
    fn until(days: i64) -> Self {
        let mut service = Service::new();
        let key = generate_key(&KeyKind::MlDsa65).unwrap();
        let key = service.pki.intermediate.issue(&second_spec(days), key).unwrap();
        let credentials = Credentials::new(key.signer.clone(), chain(&service, &key)).unwrap();
        service.sealer = service.sealer.clone().with_second_seal(credentials).unwrap();
        let proof = service.proof();
        let second = service.sealer.second_seal(&proof, now()).unwrap().der().to_vec();
        Self { service, key, proof, second }
    }

    fn verifier(&self, rule: SecondSealRule) -> Verifier {
        self.service.verifier().with_policy(Policy { second_seal: rule, ..Policy::default() })
    }

    /// The report by each rule. The strict path says the same.
    #[track_caller]
    fn reports(&self, given: &[Vec<u8>]) -> [Report; 3] {
        self.reports_on(&self.proof, given)
    }

    /// The same about another proof.
    #[track_caller]
    fn reports_on(&self, proof: &ProofOfSending, given: &[Vec<u8>]) -> [Report; 3] {
        RULES.map(|rule| report_by(&self.verifier(rule), proof, given))
    }

    /// The statement as it is sealed.
    fn json(&self) -> String {
        let parsed = signed_data::SignedData::parse(self.proof.der()).unwrap();
        String::from_utf8(parsed.encap_content_info.content.unwrap().to_vec()).unwrap()
    }

    /// A proof with this statement, whose first seal is by this key.
    fn first_by(&self, key: &CertifiedKey, json: &str) -> ProofOfSending {
        let mut forge = Forge::seal(json.as_bytes(), key, &chain(&self.service, key), now());
        forge.sign(&*key.signer).unwrap();
        let tsa = self.service.tsa(now() + Duration::seconds(2));
        Unstamped::from_der(&forge.to_der()).unwrap().stamp_with(&pool(tsa)).unwrap()
    }

    /// A second seal by this key over these octets, with one thing changed before it is signed.
    fn forged(&self, key: &CertifiedKey, content: &[u8], change: impl FnOnce(&mut Forge)) -> Vec<u8> {
        let mut forge = Forge::seal(content, key, &chain(&self.service, key), now());
        change(&mut forge);
        forge.sign(&*key.signer).unwrap();
        forge.content = None;
        forge.to_der()
    }
}

#[track_caller]
fn report_by(verifier: &Verifier, proof: &ProofOfSending, given: &[Vec<u8>]) -> Report {
    report_at(later(), verifier, proof, given)
}

#[track_caller]
fn report_at(time: DateTime<Utc>, verifier: &Verifier, proof: &ProofOfSending, given: &[Vec<u8>]) -> Report {
    let context = SendingContext::new(Payload::NotAvailable).with_second_seals(given);
    let report = verifier.report(proof, context, time);
    match verifier.verify(proof, context, time) {
        Ok(_) => assert_eq!(report.indication, Indication::TotalPassed),
        Err(error) => {
            assert_eq!(report.decided_by.map(|by| by.code), Some(error.finding().code));
            assert_eq!(report.sub_indication, error.sub_indication());
        }
    }
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    // The file of any kind and the stored question lead to the same.
    let of_file = Context::from(Payload::NotAvailable).with_second_seals(given);
    assert_eq!(verifier.report(proof.der(), of_file, time), report);
    let question = Question::from(GivenProof {
        second_seals: given.iter().map(|second| Octets::from(second.as_slice())).collect(),
        ..GivenProof::of(proof.der())
    });
    assert_eq!(verifier.input(question, time).verify().unwrap().reports, std::slice::from_ref(&report));
    report
}

/// The findings about the second seal, with their outcomes.
fn about_second(report: &Report) -> Vec<(Code, Outcome)> {
    let about = report.findings.iter().filter(|finding| finding.subject == Subject::SecondSeal);
    about.map(|finding| (finding.code, finding.outcome)).collect()
}

/// Ignored, it is not mentioned; reported, it warns and the verdict stands; required, it is INDETERMINATE.
#[track_caller]
fn assert_faults([ignored, reported, required]: &[Report; 3], faults: &[Code], reason: SubIndication) {
    assert_eq!((about_second(ignored), ignored.second_seals.len()), (Vec::new(), 0));
    assert_eq!(ignored.indication, Indication::TotalPassed, "{ignored}");
    let warnings: Vec<_> = faults.iter().map(|code| (*code, Outcome::Warning)).collect();
    assert_eq!(about_second(reported), warnings, "{reported}");
    assert_eq!(reported.indication, Indication::TotalPassed, "{reported}");
    let demanded = [warnings, vec![(Code::SecondSealDemanded, Outcome::Indeterminate)]].concat();
    assert_eq!(about_second(required), demanded, "{required}");
    let verdict = (required.indication, required.sub_indication);
    assert_eq!(verdict, (Indication::Indeterminate, Some(reason)), "{required}");
}

#[test]
fn a_proof_with_both_seals_passes_by_every_rule() {
    let sealed = Sealed::new();
    let [ignored, reported, required] = sealed.reports(std::slice::from_ref(&sealed.second));
    for report in [&ignored, &reported, &required] {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
    assert!(about_second(&ignored).is_empty() && ignored.second_seals.is_empty());
    assert_eq!(about_second(&reported), [(Code::SecondSealValid, Outcome::Passed)]);
    assert_eq!(about_second(&required), [(Code::SecondSealValid, Outcome::Passed)]);
    let [second] = reported.second_seals.as_slice() else { panic!("one report") };
    assert_eq!((second.artifact, second.indication), (ArtifactKind::SecondSeal, Indication::TotalPassed), "{second}");
    assert!(has(second, Code::IssuerNotIdentified) && has(second, Code::TimeNotProven), "{second}");
    assert!(reported.to_string().contains("--- second seal, 1 of 1 ---\nSecond seal: TOTAL-PASSED"), "{reported}");
}

#[test]
fn a_second_seal_that_was_left_out_is_noticed() {
    assert_faults(&Sealed::new().reports(&[]), &[Code::SecondSealMissing], SubIndication::SignedDataNotFound);
}

#[test]
fn a_second_seal_that_was_exchanged_is_noticed() {
    let sealed = Sealed::new();
    let another_proof = sealed.service.proof_of(&sending_of("1ZG0000036L3Y"));
    let of_other = sealed.service.sealer.second_seal(&another_proof, now()).unwrap().der().to_vec();
    let reports = sealed.reports(&[of_other]);
    assert_faults(&reports, &[Code::SecondSealOfAnotherSeal], SubIndication::SigConstraintsFailure);
    assert!(has(&reports[1].second_seals[0], Code::MessageDigestDiffers));
    // The same statement that is sealed again is another seal.
    let again = sealed.service.proof();
    let of_again = sealed.service.sealer.second_seal(&again, now()).unwrap().der().to_vec();
    let codes = [Code::SecondSealOfAnotherSeal];
    assert_faults(&sealed.reports(&[of_again]), &codes, SubIndication::SigConstraintsFailure);
}

#[test]
fn a_second_seal_that_no_statement_announces_is_none() {
    let sealed = Sealed::new();
    let plain = Service::with_pki(sealed.service.pki.clone());
    let proof = plain.proof();
    assert!(proof.stated().announced_seal().is_none());
    let unannounced = Sealed { proof, ..sealed };
    // It would be good, were it announced.
    let bare = unannounced.proof.bare_seal().unwrap();
    let second = unannounced.forged(&unannounced.key, &bare, |_| {});
    let reports = unannounced.reports(&[second]);
    assert_faults(&reports, &[Code::SecondSealNotAnnounced], SubIndication::SigConstraintsFailure);
    // Without one there is nothing to say, and nothing that meets the demand.
    assert_faults(&unannounced.reports(&[]), &[], SubIndication::SigConstraintsFailure);
}

#[test]
fn another_algorithm_and_another_certificate_are_told_apart() {
    let sealed = Sealed::new();
    let bare = sealed.proof.bare_seal().unwrap();
    let renewed = second_key(&sealed.service.pki, &KeyKind::MlDsa65);
    let reports = sealed.reports(&[sealed.forged(&renewed, &bare, |_| {})]);
    assert_faults(&reports, &[Code::SecondSealCertificateDiffers], SubIndication::SigConstraintsFailure);
    let stronger = second_key(&sealed.service.pki, &KeyKind::MlDsa87);
    let reports = sealed.reports(&[sealed.forged(&stronger, &bare, |_| {})]);
    let codes = [Code::SecondSealAlgorithmDiffers, Code::SecondSealCertificateDiffers];
    assert_faults(&reports, &codes, SubIndication::SigConstraintsFailure);
    // What an attacker with the classical key alone can make.
    let classical = second_key(&sealed.service.pki, &KeyKind::EcP256);
    assert_faults(
        &sealed.reports(&[sealed.forged(&classical, &bare, |_| {})]),
        &codes,
        SubIndication::SigConstraintsFailure,
    );
}

#[test]
fn a_wrong_signature_and_a_weak_digest_are_told_apart() {
    let sealed = Sealed::new();
    let mut wrong = sealed.second.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let reports = sealed.reports(&[wrong]);
    assert_faults(&reports, &[Code::SecondSealSignatureInvalid], SubIndication::SigConstraintsFailure);
    let bare = sealed.proof.bare_seal().unwrap();
    let weak = sealed.forged(&sealed.key, &bare, |forge| {
        let signer = forge.first();
        let digest = DigestAlgorithm::Sha256.digest(&bare);
        signer.digest_algorithm =
            tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[DigestAlgorithm::Sha256.oid().as_bytes()])]);
        signer.set(oid::MESSAGE_DIGEST, &[&tlv(Tag::OCTET_STRING, &[digest.as_bytes()])]);
        let protection = algorithm_protection(&signer.digest_algorithm, &sealed.key.signer.algorithm().to_der());
        signer.set(oid::CMS_ALGORITHM_PROTECTION, &[&protection]);
    });
    let reports = sealed.reports(&[weak]);
    assert_faults(&reports, &[Code::SecondSealDigestWeak], SubIndication::CryptoConstraintsFailure);
}

#[test]
fn what_cannot_be_read_as_a_second_seal_is_noticed() {
    let sealed = Sealed::new();
    let bare = sealed.proof.bare_seal().unwrap();
    let attached = {
        let mut forge = Forge::seal(&bare, &sealed.key, &chain(&sealed.service, &sealed.key), now());
        forge.sign(&*sealed.key.signer).unwrap();
        forge.to_der()
    };
    let several_signers = {
        let mut forge = Forge::seal(&bare, &sealed.key, &chain(&sealed.service, &sealed.key), now());
        forge.sign(&*sealed.key.signer).unwrap();
        forge.content = None;
        let signer = forge.signers[0].clone();
        forge.signers.push(signer);
        forge.to_der()
    };
    let indefinite = [&[0x30, 0x80], &sealed.second[4..], &[0, 0]].concat();
    let trailing = [sealed.second.as_slice(), &[0]].concat();
    let cut = sealed.second[..sealed.second.len() - 1].to_vec();
    let too_large = vec![0x30; signed_data::limits::MAX_INPUT + 1];
    for (what, octets) in [
        ("nothing", Vec::new()),
        ("the proof", sealed.proof.der().to_vec()),
        ("attached", attached),
        ("several signers", several_signers),
        ("indefinite", indefinite),
        ("trailing", trailing),
        ("cut", cut),
        ("too large", too_large),
    ] {
        let context = SendingContext::new(Payload::NotAvailable);
        let given = [octets];
        let report =
            sealed.verifier(SecondSealRule::Report).report(&sealed.proof, context.with_second_seals(&given), later());
        assert_eq!(about_second(&report), [(Code::SecondSealUnreadable, Outcome::Warning)], "{what}: {report}");
        let required = sealed.verifier(SecondSealRule::Required);
        let error = required.verify(&sealed.proof, context.with_second_seals(&given), later()).unwrap_err();
        assert_eq!(error.sub_indication(), Some(SubIndication::SigConstraintsFailure), "{what}");
    }
}

#[test]
fn a_question_about_a_reply_holds_the_second_seal_of_its_letter() {
    let sealed = Sealed::new();
    let Sealed { service, .. } = &sealed;
    let letter = sending().with_terms(Terms::new().with_reply_authorized()).unwrap();
    let letter_proof = service.proof_of(&letter);
    let verified = service.verified(&letter_proof);
    let (from, to) = (letter.recipients()[0].clone(), letter.sender().clone());
    let reply = reply(from, to, hours(2)).replying_to(&verified).unwrap();
    let proof = sealed_by(service, &service.sealer, &reply);
    let octets = |der: &[u8]| Octets(der.to_vec());
    let of_letter = octets(service.sealer.second_seal(&letter_proof, now()).unwrap().der());
    let of_reply = octets(service.sealer.second_seal(&proof, hours(2)).unwrap().der());
    let verifier = sealed.verifier(SecondSealRule::Required);
    for (second_seals, passes) in [(vec![of_letter], true), (Vec::new(), false), (vec![of_reply.clone()], false)] {
        let original = GivenOriginal { der: octets(letter_proof.der()), disclosure: None, second_seals };
        let question = Question::from(GivenProof {
            second_seals: vec![of_reply.clone()],
            parties: GivenParties { submission: None, recipients: None, original: Some(original) },
            ..GivenProof::of(proof.der())
        });
        let report = verifier.answer(&question, afterwards()).unwrap().reports.remove(0);
        assert_eq!(has(&report, Code::ReplyMatches), passes, "{report}");
        let stored = serde_json::to_string(&verifier.input(question, afterwards())).unwrap();
        let again: VerificationInput = serde_json::from_str(&stored).unwrap();
        assert_eq!(again.verify().unwrap().reports, [report]);
    }
}

#[test]
fn the_chain_of_a_second_seal_is_that_of_a_signer() {
    let sealed = Sealed::new();
    // No anchor of seals vouches for a stranger.
    let stranger = Service::new();
    let key = second_key(&stranger.pki, &KeyKind::MlDsa65);
    let second = {
        let mut forge = Forge::seal(&sealed.proof.bare_seal().unwrap(), &key, &chain(&stranger, &key), now());
        forge.sign(&*key.signer).unwrap();
        forge.content = None;
        forge.to_der()
    };
    let reports = sealed.reports(&[second]);
    let codes = [Code::SecondSealCertificateDiffers, Code::SecondSealNotValid];
    assert_faults(&reports, &codes, SubIndication::SigConstraintsFailure);
    let of_chain = |finding: &&Finding| finding.subject == Subject::SealChain && !finding.outcome.is_acceptable();
    assert!(reports[1].second_seals[0].findings.iter().any(|finding| of_chain(&finding)));

    // It was revoked, and nothing proves that it is older.
    let revoked = CrlSpec::new(now() + Duration::hours(2), now() + Duration::days(30))
        .with_revoked(&RevokedSpec::new(&sealed.key.certificate, now() + Duration::hours(1)));
    let revoked = sealed.service.pki.intermediate.issue_crl(&revoked).unwrap();
    let data = RevocationData::from_bytes(&revoked).unwrap();
    let given = [sealed.second.clone()];
    let verifier = sealed.verifier(SecondSealRule::Required).with_revocation_data(data.clone());
    let report = report_by(&verifier, &sealed.proof, &given);
    assert_eq!(
        (report.indication, report.sub_indication),
        (Indication::Indeterminate, Some(SubIndication::RevokedNoPoe))
    );
    assert!(has(&report.second_seals[0], Code::RevokedNoPoe), "{report}");
    // Its own timestamp proves that it is.
    let tsa = sealed.service.tsa(now() + Duration::seconds(3));
    let stamped = sealed.service.sealer.second_seal(&sealed.proof, now()).unwrap().stamp_with(&pool(tsa)).unwrap();
    let given = [stamped.der().to_vec()];
    let report = report_by(&verifier, &sealed.proof, &given);
    assert_eq!(about_second(&report), [(Code::SecondSealValid, Outcome::Passed)], "{report}");
    assert_eq!(report.second_seals[0].proven_at, Some(now() + Duration::seconds(3)));
}

#[test]
fn a_doubled_second_seal_is_noticed_in_any_order() {
    let sealed = Sealed::new();
    let again = sealed.service.sealer.second_seal(&sealed.proof, now() + Duration::seconds(1)).unwrap();
    let again = again.der().to_vec();
    let doubled = [(Code::SecondSealsSeveral, Outcome::Warning), (Code::SecondSealValid, Outcome::Passed)];
    for given in [[sealed.second.clone(), again.clone()], [sealed.second.clone(), sealed.second.clone()]] {
        let [_, reported, required] = sealed.reports(&given);
        assert_eq!(about_second(&reported), doubled, "{reported}");
        assert_eq!(required.indication, Indication::TotalPassed);
        let reversed: Vec<_> = given.iter().rev().cloned().collect();
        assert_eq!(sealed.reports(&reversed)[1], reported);
    }
    // A wrong one beside it neither takes its place nor passes unseen.
    let mut wrong = again;
    *wrong.last_mut().unwrap() ^= 1;
    let [_, reported, required] = sealed.reports(&[wrong, sealed.second.clone()]);
    assert_eq!(required.indication, Indication::TotalPassed, "{required}");
    let noticed = codes(&reported);
    assert!(noticed.contains(&Code::SecondSealSignatureInvalid) && noticed.contains(&Code::SecondSealValid));
}

/// Two certificates over one key are one seal.
#[test]
fn both_seals_by_one_key_are_noticed() {
    let sealed = Sealed::new();
    let renewed = sealed.service.pki.intermediate.issue(&second_spec(300), sealed.key.signer.clone()).unwrap();
    for first in [&sealed.key, &renewed] {
        let proof = sealed.first_by(first, &sealed.json());
        let second = sealed.forged(&sealed.key, &proof.bare_seal().unwrap(), |_| {});
        assert_faults(
            &sealed.reports_on(&proof, &[second]),
            &[Code::SecondSealByFirstKey],
            SubIndication::SigConstraintsFailure,
        );
    }
    // A first seal by a key of its own may be by the same algorithm.
    let first = second_key(&sealed.service.pki, &KeyKind::MlDsa65);
    let proof = sealed.first_by(&first, &sealed.json());
    let second = sealed.forged(&sealed.key, &proof.bare_seal().unwrap(), |_| {});
    let report = report_by(&sealed.verifier(SecondSealRule::Required), &proof, &[second]);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_eq!(about_second(&report), [(Code::SecondSealValid, Outcome::Passed)]);
}

/// It would fall with the first seal, however well the two agree.
#[test]
fn a_second_seal_is_announced_by_a_post_quantum_algorithm() {
    let sealed = Sealed::new();
    let classical = second_key(&sealed.service.pki, &KeyKind::EcP256);
    let digest =
        |key: &CertifiedKey| Base64::encode_string(DigestAlgorithm::Sha512.digest(key.certificate.der()).as_bytes());
    let json = sealed.json();
    assert!(json.contains(&digest(&sealed.key)));
    let (ml_dsa, by_classical) =
        ("urn:oid:2.16.840.1.101.3.4.3.18", json.replace(&digest(&sealed.key), &digest(&classical)));
    for (oid, code) in [
        ("1.2.840.10045.4.3.2", Code::SecondSealAlgorithmUnsuitable),
        ("1.3.6.1.4.1.32473.1", Code::SecondSealAlgorithmUnsuitable),
        ("2.16.840.1.101.3.4.3.19", Code::SecondSealAlgorithmDiffers),
    ] {
        let json = by_classical.replace(ml_dsa, &format!("urn:oid:{oid}"));
        let proof = sealed.first_by(&sealed.service.pki.seal, &json);
        let second = sealed.forged(&classical, &proof.bare_seal().unwrap(), |_| {});
        let reports = sealed.reports_on(&proof, &[second]);
        assert_faults(&reports, &[code], SubIndication::SigConstraintsFailure);
        let fault = reports[1].findings.iter().find(|finding| finding.code == code).unwrap();
        assert_eq!(fault.stated.as_deref(), Some(oid));
    }
}

/// Where both seals are demanded, the verdict ends with the one that ends first.
#[test]
fn a_demanded_second_seal_ends_the_verdict() {
    let sealed = Sealed::until(20);
    let given = [sealed.second.clone()];
    let [ignored, reported, required] = sealed.reports(&given);
    let of_first = reported.verifiable_until.clone().unwrap();
    assert_eq!(ignored.verifiable_until.as_ref(), Some(&of_first));
    let until = required.verifiable_until.unwrap();
    assert_eq!(until.time, now() + Duration::days(20) + Duration::seconds(1));
    assert!(until.time < of_first.time && until.renew_now, "{until:?}");
    assert!(until.because.starts_with("of the second seal, the end of the validity of "), "{}", until.because);
    let by = |now| {
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&given);
        sealed.verifier(SecondSealRule::Required).report(&sealed.proof, context, now)
    };
    assert_eq!(by(until.time - Duration::seconds(1)).indication, Indication::TotalPassed);
    let after = by(until.time);
    assert_eq!(after.decided_by.map(|by| by.code), Some(Code::SecondSealDemanded), "{after}");
    // One that lasts longer beside it is enough, and it ends with its timestamp.
    let tsa = sealed.service.tsa(now() + Duration::seconds(3));
    let stamped = sealed.service.sealer.second_seal(&sealed.proof, now()).unwrap().stamp_with(&pool(tsa)).unwrap();
    let [_, _, required] = sealed.reports(&[sealed.second.clone(), stamped.der().to_vec()]);
    assert_eq!(required.verifiable_until, Some(of_first));
}

/// What is added to a proof over the years changes nothing of what its second seal is over.
#[test]
fn a_second_seal_is_over_what_never_changes() {
    let sealed = Sealed::new();
    let bare = sealed.proof.bare_seal().unwrap();
    let unstamped = sealed.service.sealer.seal(&sending(), now()).unwrap();
    let stamped = unstamped.stamp_with(&pool(sealed.service.tsa(now()))).unwrap();
    assert_eq!(unstamped.as_artifact().bare_seal().unwrap(), stamped.bare_seal().unwrap());
    let crl = CrlSpec::new(now() + Duration::hours(2), now() + Duration::days(30));
    let crl = sealed.service.pki.intermediate.issue_crl(&crl).unwrap();
    let extended = sealed.proof.clone().with_revocation(&RevocationData::from_bytes(&crl).unwrap()).unwrap();
    assert_ne!(extended.der(), sealed.proof.der());
    assert_eq!(extended.bare_seal().unwrap(), bare);
    assert_eq!(AnyProof::from_der(extended.der()).unwrap().bare_seal().unwrap(), bare);
    // It is a CMS file by itself, of which its content and its signature can be verified.
    let parsed = signed_data::SignedData::parse(&bare).unwrap();
    assert!(parsed.certificates.is_empty() && parsed.signer_infos[0].unsigned_attributes.is_none());
    let whole = signed_data::SignedData::parse(sealed.proof.der()).unwrap();
    assert_eq!(parsed.encap_content_info.raw, whole.encap_content_info.raw);
    assert_eq!(parsed.signer_infos[0].signature, whole.signer_infos[0].signature);
}

/// The verdict is that on the first seal: the second one does not make up for an algorithm that has ended.
#[test]
fn a_second_seal_upgrades_no_verdict() {
    let sealed = Sealed::new();
    let policy = r#"{"second_seal":"required","algorithms":{"digests":[{"digest":"SHA-256"},{"digest":"SHA-512"}],"keys":[{"key":"EC","bits":256,"past_from":"2026-01-01"},{"key":"ML-DSA","bits":65}]}}"#;
    let policy: Policy = serde_json::from_str(policy).unwrap();
    let given = [sealed.second.clone()];
    let report = report_by(&sealed.service.verifier().with_policy(policy), &sealed.proof, &given);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::AlgorithmPastItsDate));
}

#[test]
fn an_opening_announces_a_second_seal_of_its_own() {
    let sealed = Sealed::new();
    let given = [sealed.second.clone()];
    let verifier = sealed.verifier(SecondSealRule::Required);
    let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&given);
    let sent = verifier.verify(&sealed.proof, context, later()).unwrap();
    let opening = sealed.service.proof_of_opening(&sealed.service.opening(&sent));
    assert_eq!(opening.stated().announced_seal(), sealed.proof.stated().announced_seal());
    let second = sealed.service.sealer.second_seal(&opening, opened_at()).unwrap();
    let of_opening = [second.der().to_vec()];
    let with = |given| Context::from(&sent).with_second_seals(given);
    assert!(verifier.verify(&opening, with(&of_opening), later()).is_ok());
    let error = verifier.verify(&opening, with(&given), later()).unwrap_err();
    assert_eq!((error.finding().code, error.finding().subject), (Code::SecondSealDemanded, Subject::SecondSeal));
    assert!(SecondSeal::from_der(&of_opening[0]).is_ok());
}

/// The names of the rule in a policy file, and its default.
#[test]
fn a_policy_file_names_the_rule() {
    for (json, rule) in [
        (r#"{"second_seal":"ignore"}"#, SecondSealRule::Ignore),
        (r#"{"second_seal":"report"}"#, SecondSealRule::Report),
        (r#"{"second_seal":"required"}"#, SecondSealRule::Required),
        ("{}", SecondSealRule::Report),
    ] {
        let policy: Policy = serde_json::from_str(json).unwrap();
        assert_eq!(policy.second_seal, rule);
        assert_eq!(serde_json::from_str::<Policy>(&serde_json::to_string(&policy).unwrap()).unwrap(), policy);
    }
    assert!(serde_json::from_str::<Policy>(r#"{"second_seal":"demanded"}"#).is_err());
    let lowered =
        serde_json::from_str::<Policy>(r#"{"second_seal":"required","levels":{"second-seal-demanded":"warn"}}"#);
    assert!(lowered.is_err(), "what is demanded cannot be lowered");
}

#[test]
fn a_policy_can_raise_one_of_the_warnings() {
    let sealed = Sealed::new();
    let policy: Policy = serde_json::from_str(r#"{"levels":{"second-seal-missing":"fail"}}"#).unwrap();
    let report = report_by(&sealed.service.verifier().with_policy(policy), &sealed.proof, &[]);
    assert_eq!(report.decided_by.map(|by| by.code), Some(Code::SecondSealMissing));
    assert_eq!(report.sub_indication, Some(SubIndication::SignedDataNotFound));
}
