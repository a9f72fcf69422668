//! These tests ask what an operator, a witness, or whoever gives the files gains by lines and files that nobody has signed.

use std::time::{Duration as Elapsed, Instant};

use crate::common::eras::{Era, crls, first_crls};
use crate::common::evidence_log::{Logging, ORIGIN, cosigned_at, stranger};
use crate::common::{Service, digests, has, later, now, oid, pool, sending_of};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::KeyKind;
use recommande::evidence::{Committed, Field, Salts, Sending};
use recommande::log::{Entry, EntryKind};
use recommande::recommande_tlog::checkpoint::Checkpoint;
use recommande::recommande_tlog::proof::TlogProof;
use recommande::recommande_tlog::{Ed25519PrivateKey, PrivateKey};
use recommande::seal::{AggregateLeaves, Artifact, CheckpointSeal, ProofOfSending, Unstamped};
use recommande::testing::{Forge, tlv};
use recommande::verify::{
    CheckpointSealRule, Code, Indication, KnownLog, LogRule, Payload, Policy, Report, SubIndication, Verifier,
};
use signed_data::tlv::Tag;

struct Letter {
    logging: Logging,
    proof: ProofOfSending,
}

impl Letter {
    fn new() -> Self {
        let logging = Logging::new();
        let proof = logging.service.proof();
        Self { logging, proof }
    }

    fn file(&self) -> TlogProof {
        self.logging.proof([stranger(1), Entry::from(self.proof.id())], 1)
    }

    /// The proof of a log in which the witnesses state these times, and whose checkpoint is not sealed.
    fn cosigned(&self, times: [DateTime<Utc>; 3]) -> Vec<u8> {
        let logging = Logging::new();
        logging.witnesses.iter().zip(times).for_each(|(witness, time)| witness.set_time(time));
        unsealed(&logging.proof([Entry::from(self.proof.id())], 0))
    }

    /// The proof of a log whose checkpoint has a seal with the revocation data of its chains inside.
    fn long_term(&self) -> TlogProof {
        let file = self.file();
        let revocation = first_crls(&self.logging.service, cosigned_at());
        let seal = CheckpointSeal::from_der(file.extra().unwrap()).unwrap().with_revocation(&revocation).unwrap();
        file.with_extra(seal.der().to_vec()).unwrap()
    }

    fn policy(&self, clocks: &[usize]) -> Policy {
        let log = KnownLog::new(self.logging.policy(2));
        let log = clocks.iter().fold(log, |log, clock| log.with_time_of(*clock).unwrap());
        Policy { log: LogRule::Required, logs: vec![log], ..Policy::default() }
    }

    fn report(&self, policy: Policy, given: &[Vec<u8>]) -> Report {
        self.report_at(policy, given, later())
    }

    fn report_at(&self, policy: Policy, given: &[Vec<u8>], now: DateTime<Utc>) -> Report {
        let verifier = self.logging.service.verifier().with_policy(policy).with_log_proofs(given.to_vec());
        verifier.report(&self.proof, Payload::NotAvailable, now)
    }
}

fn octets(file: &TlogProof) -> Vec<u8> {
    file.to_text().into_bytes()
}

fn unsealed(file: &TlogProof) -> Vec<u8> {
    octets(&TlogProof::new(file.index(), file.hashes().to_vec(), file.checkpoint().clone()).unwrap())
}

#[track_caller]
fn assert_passes(report: &Report) {
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

#[track_caller]
fn assert_demanded(report: &Report, code: Code, why: Option<SubIndication>) {
    assert!(has(report, code), "{report}");
    assert_eq!(report.decided_by.unwrap().code, Code::LogDemanded, "{report}");
    assert_eq!(report.sub_indication, why, "{report}");
}

/// The line of somebody in a note.
fn line_of(file: &TlogProof, name: &str) -> String {
    let text = file.to_text();
    let line = text.lines().find(|line| line.starts_with(&format!("\u{2014} {name} ")));
    format!("{}\n", line.unwrap())
}

#[test]
fn a_line_that_is_not_valid_hides_no_fork() {
    let letter = Letter::new();
    let (shown, forked) = (letter.file(), Logging::new().proof((5..7).map(stranger), 1));
    for signer in ["witness.example/1", ORIGIN] {
        let hidden = format!("{}{}", forked.to_text(), line_of(&shown, signer)).into_bytes();
        let report = letter.report(letter.policy(&[0]), &[octets(&shown), hidden]);
        assert_demanded(&report, Code::LogForked, Some(SubIndication::SigConstraintsFailure));
    }
    // Without the line of the log there is no fork that it has signed.
    let unsigned = forked.to_text().replace(&line_of(&forked, ORIGIN), "").into_bytes();
    let report = letter.report(letter.policy(&[0]), &[octets(&shown), unsigned]);
    assert!(!has(&report, Code::LogForked), "{report}");
    assert_passes(&report);
}

#[test]
fn nobody_is_believed_about_the_merge_delay_whose_time_does_not_count() {
    let letter = Letter::new();
    let (early, late) = (cosigned_at(), now() + Duration::seconds(2) + Duration::days(1) + Duration::seconds(1));
    let at = late + Duration::hours(1);
    let report = |clocks: &[usize], times| letter.report_at(letter.policy(clocks), &[letter.cosigned(times)], at);
    let beyond = Some(SubIndication::SigConstraintsFailure);
    assert_demanded(&report(&[0], [late, early, early]), Code::LogBeyondMergeDelay, beyond);
    assert_passes(&report(&[0], [early, late, late]));
    // Where the time of all counts, as many are believed as must have cosigned.
    assert_demanded(&report(&[0, 1, 2], [late, early, late]), Code::LogBeyondMergeDelay, beyond);
    assert_passes(&report(&[0, 1, 2], [late, early, early]));
    // Where that of nobody does, only a seal says when.
    assert_demanded(&report(&[], [early, early, early]), Code::LogTimeMissing, Some(SubIndication::NoPoe));
}

#[test]
fn a_fast_clock_takes_nothing_while_others_are_enough() {
    let letter = Letter::new();
    let (early, fast) = (cosigned_at(), later() + Duration::seconds(61));
    let report = |clocks: &[usize], times| letter.report(letter.policy(clocks), &[letter.cosigned(times)]);
    let one = report(&[0], [early, fast, early]);
    assert!(has(&one, Code::LogTimeInTheFuture), "{one}");
    assert_passes(&one);
    let constraints = Some(SubIndication::SigConstraintsFailure);
    assert_demanded(&report(&[0], [early, fast, fast]), Code::LogTimeInTheFuture, constraints);
    // The one whose time counts has a fast clock, and nobody else says when.
    let clock = report(&[1], [early, fast, early]);
    assert!(has(&clock, Code::LogTimeInTheFuture), "{clock}");
    assert_demanded(&clock, Code::LogTimeMissing, Some(SubIndication::NoPoe));
}

#[test]
fn a_seal_that_does_not_hold_is_worth_as_much_as_none() {
    let letter = Letter::new();
    let file = letter.file();
    let sealed = |service: &Service| {
        let unstamped = service.sealer.seal_checkpoint(file.checkpoint().checkpoint(), cosigned_at()).unwrap();
        let tsa = service.tsa(cosigned_at() + Duration::seconds(2));
        let stamped = unstamped.clone().stamp_with(&pool(tsa)).unwrap();
        (unstamped.der().to_vec(), stamped.der().to_vec())
    };
    let of_another = Logging::new().proof([stranger(1)], 0).extra().unwrap().to_vec();
    // Its certificate has no number, so that it could be anybody's under the anchors.
    let unnumbered = Service::with_pki(recommande::testing::TestPki::new(now()).unwrap());
    for (seal, code) in [
        (b"junk".to_vec(), Code::LogSealUnreadable),
        (letter.proof.der().to_vec(), Code::LogSealUnreadable),
        (of_another, Code::LogSealDiffers),
        (sealed(&letter.logging.service).0, Code::LogSealNotValid),
        (sealed(&unnumbered).1, Code::LogSealNotValid),
    ] {
        let given = octets(&file.clone().with_extra(seal).unwrap());
        let report = letter.report(letter.policy(&[0]), std::slice::from_ref(&given));
        assert!(has(&report, code) && !has(&report, Code::LogCheckpointSealed), "{report}");
        assert_passes(&report);
        // Nor does it say when the log held the proof.
        let report = letter.report(letter.policy(&[]), std::slice::from_ref(&given));
        assert_demanded(&report, Code::LogTimeMissing, Some(SubIndication::NoPoe));
        let demanding = Policy { checkpoint_seal: CheckpointSealRule::Required, ..letter.policy(&[0]) };
        let report = letter.report(demanding, &[given]);
        assert!(has(&report, code) && has(&report, Code::LogDemanded), "{report}");
    }
    let demanding = || Policy { checkpoint_seal: CheckpointSealRule::Required, ..letter.policy(&[0]) };
    let constraints = Some(SubIndication::SigConstraintsFailure);
    assert_demanded(&letter.report(demanding(), &[unsealed(&file)]), Code::LogCheckpointNotSealed, constraints);
    assert_passes(&letter.report(demanding(), &[octets(&letter.long_term())]));
    assert_passes(&letter.report(letter.policy(&[0]), &[unsealed(&file)]));
}

/// What is demanded is read in ten years, when nobody says any more what became of its certificates.
#[test]
fn a_seal_that_is_demanded_has_the_revocation_data_of_its_chains_inside() {
    let letter = Letter::new();
    let demanding = || Policy { checkpoint_seal: CheckpointSealRule::Required, ..letter.policy(&[0]) };
    let (short, long) = (octets(&letter.file()), octets(&letter.long_term()));
    let constraints = Some(SubIndication::SigConstraintsFailure);
    let report = letter.report(demanding(), std::slice::from_ref(&short));
    assert_demanded(&report, Code::LogSealNotLongTerm, constraints);
    assert!(has(&report, Code::LogCheckpointSealed) && !has(&report, Code::LogSealNotValid), "{report}");
    // Where none is demanded, it says what it says.
    let report = letter.report(letter.policy(&[0]), &[short]);
    assert!(!has(&report, Code::LogSealNotLongTerm), "{report}");
    assert_passes(&report);
    assert_passes(&letter.report(demanding(), &[long]));
}

/// Whoever has a key of the issuer sign a text of three lines, as a letter of his own, has no seal of a checkpoint.
#[test]
fn a_signature_over_the_same_text_as_a_letter_is_no_seal_of_a_checkpoint() {
    let letter = Letter::new();
    let (file, service) = (letter.file(), &letter.logging.service);
    let text = file.checkpoint().checkpoint().to_text();
    let signed = |media_type: Option<&str>| {
        let mut forge =
            Forge::seal(text.as_str().as_bytes(), &service.pki.seal, &service.pki.seal_chain(), cosigned_at());
        match media_type {
            Some(media_type) => forge.first().set(oid::MIME_TYPE, &[&tlv(Tag::UTF8_STRING, &[media_type.as_bytes()])]),
            None => forge.first().remove(oid::MIME_TYPE),
        }
        forge.sign(&*service.pki.seal.signer).unwrap();
        let unstamped: Unstamped<CheckpointSeal> = Unstamped::from_der(&forge.to_der()).unwrap();
        unstamped.stamp_with(&pool(service.tsa(cosigned_at() + Duration::seconds(2)))).unwrap()
    };
    let verifier = service.verifier();
    for (media_type, code) in [
        (Some(CheckpointSeal::MEDIA_TYPE), None),
        (Some("text/plain"), Some(Code::LogSealMediaTypeDiffers)),
        (Some("application/pdf"), Some(Code::LogSealMediaTypeDiffers)),
        (None, Some(Code::LogSealMediaTypeDiffers)),
    ] {
        let seal = signed(media_type);
        let verdict = verifier.verify_checkpoint_seal(&seal, later());
        assert_eq!(verdict.err().map(|error| error.finding().code), code, "{media_type:?}");
        let given = octets(&file.clone().with_extra(seal.der().to_vec()).unwrap());
        let report = letter.report(letter.policy(&[0]), &[given]);
        assert_eq!(has(&report, Code::LogCheckpointSealed), code.is_none(), "{report}");
        assert_eq!(has(&report, Code::LogSealNotValid), code.is_some(), "{report}");
        assert!(code.is_none_or(|code| has(&report.checkpoint_seals[0], code)), "{report}");
    }
}

/// A seal of the issuer's organisation in the same PKI, but with no number in its certificate.
#[test]
fn the_seal_of_a_checkpoint_holds_the_number_of_the_issuer() {
    let letter = Letter::new();
    let file = letter.file();
    let pki = &letter.logging.service.pki;
    let (from, until) = (pki.seal.certificate.not_before(), pki.seal.certificate.not_after());
    let spec = recommande::testing::CertificateSpec::seal("Somebody", from, until);
    let seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    let pki = recommande::testing::TestPki { seal, ..letter.logging.service.pki.clone() };
    let somebody = Service::with_pki(pki);
    let unstamped = somebody.sealer.seal_checkpoint(file.checkpoint().checkpoint(), cosigned_at()).unwrap();
    let stamped = unstamped.stamp_with(&pool(somebody.tsa(cosigned_at() + Duration::seconds(2)))).unwrap();
    let given = octets(&file.clone().with_extra(stamped.der().to_vec()).unwrap());
    let report = letter.report(letter.policy(&[0]), &[given]);
    assert!(!has(&report, Code::LogCheckpointSealed), "{report}");
    let finding = report.findings.iter().find(|finding| finding.code == Code::LogSealNotValid).unwrap();
    assert_eq!(finding.computed.as_deref(), Some("issuer-not-identified"), "{report}");
}

#[test]
fn a_file_about_another_proof_is_as_none_while_the_log_may_take_this_one_up() {
    let letter = Letter::new();
    let of_another = octets(&Logging::new().proof((5..7).map(stranger), 1));
    let report = letter.report(letter.policy(&[0]), std::slice::from_ref(&of_another));
    assert_demanded(&report, Code::LogNotIncluded, Some(SubIndication::TryLater));
    let after = now() + Duration::days(2);
    let report = letter.report_at(letter.policy(&[0]), std::slice::from_ref(&of_another), after);
    assert_demanded(&report, Code::LogNotIncluded, Some(SubIndication::SigConstraintsFailure));
    // What is no proof of a log at all is another matter.
    let report = letter.report(letter.policy(&[0]), &[b"junk".to_vec()]);
    assert_demanded(&report, Code::LogProofMalformed, Some(SubIndication::SigConstraintsFailure));
}

#[test]
fn extension_lines_are_told_although_the_log_has_signed_them() {
    let letter = Letter::new();
    let good = letter.logging.proof([Entry::from(letter.proof.id())], 0);
    let head = *good.checkpoint().checkpoint().head();
    let checkpoint = Checkpoint::new(ORIGIN.parse().unwrap(), head);
    let text = format!("{}extension\n", checkpoint.to_text().as_str());
    let log = letter.logging.signer.verifier_key();
    let line =
        |name: &str, id: &[u8], rest: &[u8]| format!("\u{2014} {name} {}\n", STANDARD.encode([id, rest].concat()));
    let by_log = Ed25519PrivateKey::from_seed(&[1; 32]).unwrap().sign(text.as_bytes()).unwrap();
    let time = u64::try_from(cosigned_at().timestamp()).unwrap();
    let mut lines = line(ORIGIN, log.id().as_bytes(), &by_log);
    for number in [1_u8, 2] {
        let key = Ed25519PrivateKey::from_seed(&[number + 10; 32]).unwrap();
        let cosignature = key.sign(format!("cosignature/v1\ntime {time}\n{text}").as_bytes()).unwrap();
        let id = letter.logging.witnesses[usize::from(number) - 1].verifier_key().id();
        let rest = [time.to_be_bytes().as_slice(), cosignature.as_slice()].concat();
        lines += &line(&format!("witness.example/{number}"), id.as_bytes(), &rest);
    }
    let file = format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{text}\n{lines}").into_bytes();
    let report = letter.report(letter.policy(&[0]), &[file]);
    assert!(has(&report, Code::LogIncluded) && has(&report, Code::LogWitnessed), "{report}");
    assert!(has(&report, Code::LogCheckpointExtended), "{report}");
    assert_passes(&report);
    assert!(!has(&letter.report(letter.policy(&[0]), &[octets(&good)]), Code::LogCheckpointExtended));
}

#[test]
fn the_verdict_ends_with_the_seal_where_that_is_demanded() {
    let letter = Letter::new();
    let until = now() + Duration::days(100);
    let era = Era::new(&KeyKind::EcP256, now() - Duration::days(1), until);
    let file = letter.file();
    let service = &letter.logging.service;
    let unstamped = service.sealer.seal_checkpoint(file.checkpoint().checkpoint(), cosigned_at()).unwrap();
    let stamped = unstamped.stamp_with(&era.pool(service, cosigned_at() + Duration::seconds(2))).unwrap();
    let issuers = [&service.pki.root, &service.pki.intermediate, &era.root];
    let stamped = stamped.with_revocation(&crls(&issuers, cosigned_at())).unwrap();
    let short = octets(&file.clone().with_extra(stamped.der().to_vec()).unwrap());
    let verifier = |policy: Policy, given: &[Vec<u8>]| -> Verifier {
        let verifier = crate::common::eras::verifier(service, &[&era]).with_policy(policy);
        verifier.with_log_proofs(given.to_vec())
    };
    let end = |policy: Policy, given: &[Vec<u8>]| {
        let report = verifier(policy, given).report(&letter.proof, Payload::NotAvailable, later());
        assert_passes(&report);
        report.verifiable_until.unwrap()
    };
    let demanding = || Policy { checkpoint_seal: CheckpointSealRule::Required, ..letter.policy(&[0]) };
    let short = std::slice::from_ref(&short);
    let own = end(letter.policy(&[0]), short);
    assert!(own.time > until, "{own:?}");
    let demanded = end(demanding(), short);
    assert!(demanded.time <= until + Duration::seconds(1), "{demanded:?}");
    assert!(demanded.because.contains("seal of the checkpoint"), "{demanded:?}");
    // So it does where nothing but the seal says when the log held the proof.
    assert_eq!(end(letter.policy(&[]), short), demanded);
    // One that holds longer is enough.
    assert_eq!(end(demanding(), &[short[0].clone(), octets(&letter.long_term())]).time, own.time);
    // Nobody demands it where the log is only reported.
    assert_eq!(end(Policy { log: LogRule::Report, ..demanding() }, short), own);
}

/// The report on a proof of a batch of one, in a log that holds this entry.
fn report_of_batch(service: &Service, sending: Sending, entry: impl Fn(&ProofOfSending) -> Entry) -> Report {
    let item = service.sealer.aggregate_item(sending, now()).unwrap();
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    leaves.add(&item).unwrap();
    let sealed = service.sealer.seal_aggregate(&leaves.close(17).unwrap(), now()).unwrap();
    let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let proof = stamped.proof(item).unwrap();
    let logging = Logging::new();
    let file = unsealed(&logging.proof([stranger(3), entry(&proof)], 1));
    let policy = Policy {
        log: LogRule::Required,
        logs: vec![KnownLog::new(logging.policy(2)).with_time_of(0).unwrap()],
        ..Policy::default()
    };
    let verifier = service.verifier().with_policy(policy).with_log_proofs([file]);
    verifier.report(&proof, Payload::Digests(&digests()), later())
}

fn committed(sending: &Sending) -> Sending {
    Committed::of(sending, &Field::personal(sending), Salts::Random).unwrap().into_parts().0
}

#[test]
fn a_statement_of_a_batch_is_in_the_log_with_its_batch() {
    let service = Service::numbered();
    let batch = |proof: &ProofOfSending| proof.parts().unwrap().seal().log_entry().unwrap();
    let id = |proof: &ProofOfSending| Entry::from(proof.id());
    let bare = |proof: &ProofOfSending| Entry::of_file(EntryKind::Statement, proof.parts().unwrap().statement());
    let report = report_of_batch(&service, sending_of("1"), batch);
    assert!(!has(&report, Code::LogEntryGuessable), "{report}");
    assert_passes(&report);
    // Whoever has the letter that went to many could try numbers until one gives the entry.
    for entry in [id, bare] {
        let report = report_of_batch(&service, sending_of("1"), entry);
        assert!(has(&report, Code::LogEntryGuessable), "{report}");
        assert_passes(&report);
        let committed = committed(&sending_of("1"));
        assert!(!has(&report_of_batch(&service, committed, entry), Code::LogEntryGuessable));
    }
}

/// Files that are about nothing of this, each with a tree of its own and a hundred lines of the log that are not valid.
fn crowd(count: u64) -> Vec<Vec<u8>> {
    let file = Logging::new().proof([stranger(1)], 0);
    let line = line_of(&file, ORIGIN);
    let tree = |number: u64| {
        let root = stranger(1000 + number).leaf();
        let text = format!("{ORIGIN}\n1\n{root}\n");
        format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{text}\n{}", line.repeat(100)).into_bytes()
    };
    (0..count).map(tree).collect()
}

#[test]
fn the_work_grows_with_the_files_and_not_with_their_pairs() {
    let letter = Letter::new();
    let file = octets(&letter.file());
    let work = |count| {
        let given: Vec<Vec<u8>> = crowd(count).into_iter().chain([file.clone()]).collect();
        let policy = letter.policy(&[0]);
        let begin = Instant::now();
        let report = letter.report(policy, &given);
        assert_passes(&report);
        begin.elapsed()
    };
    let few = work(4).max(Elapsed::from_millis(20));
    let many = work(64);
    // Sixteen times as many; of pairs there would be 256 times as many.
    assert!(many < few * 64, "{few:?}, {many:?}");
}
