//! These tests ask what the proof of a log shows about a proof of sending, and what is said when it shows nothing.

use crate::common::evidence_log::{Logging, ORIGIN, cosigned_at, signer, stranger};
use crate::common::{has, later, now};
use chrono::Duration;
use recommande::log::{Entry, EvidenceLog, MemoryStore};
use recommande::recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande::recommande_tlog::policy::LogPolicy;
use recommande::recommande_tlog::proof::TlogProof;
use recommande::recommande_tlog::tree::Frontier;
use recommande::seal::ProofOfSending;
use recommande::verify::{
    Code, ExistingObject, Indication, KnownLog, LogRule, Outcome, Payload, Policy, Report, SubIndication, Subject,
};

/// A proof of sending that is entry 5 of 12.
struct Logged {
    logging: Logging,
    proof: ProofOfSending,
    file: TlogProof,
}

impl Logged {
    fn new() -> Self {
        let logging = Logging::new();
        let proof = logging.service.proof();
        let entry = Entry::from(proof.id());
        let entries = (0..12).map(|number| if number == 5 { entry } else { stranger(number) });
        let file = logging.proof(entries, 5);
        Self { logging, proof, file }
    }

    fn octets(&self) -> Vec<u8> {
        self.file.to_text().into_bytes()
    }

    fn report(&self, rule: LogRule, given: &[&[u8]]) -> Report {
        self.report_by(self.logging.verifier(rule), given)
    }

    fn report_by(&self, verifier: recommande::Verifier, given: &[&[u8]]) -> Report {
        let verifier = verifier.with_log_proofs(given.iter().map(|octets| octets.to_vec()));
        let report = verifier.report(&self.proof, Payload::NotAvailable, later());
        let strict = verifier.verify(&self.proof, Payload::NotAvailable, later());
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
        let replayed = verifier
            .input(recommande::verify::Question::from(recommande::verify::GivenProof::of(self.proof.der())), later());
        let json = serde_json::to_string(&replayed).unwrap();
        let replayed: recommande::verify::VerificationInput = serde_json::from_str(&json).unwrap();
        assert_eq!(replayed.verify().unwrap().reports, std::slice::from_ref(&report));
        report
    }
}

fn about_log(report: &Report) -> Vec<(Code, Outcome)> {
    let of_log = report.findings.iter().filter(|finding| finding.subject == Subject::Log);
    of_log.map(|finding| (finding.code, finding.outcome)).collect()
}

#[test]
fn a_proof_in_a_witnessed_log_says_so() {
    let logged = Logged::new();
    for rule in [LogRule::Report, LogRule::Required] {
        let report = logged.report(rule, &[&logged.octets()]);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        let shown = [Code::LogIncluded, Code::LogWitnessed, Code::LogTime, Code::LogCheckpointSealed];
        assert_eq!(about_log(&report), shown.map(|code| (code, Outcome::Passed)), "{report}");
        assert_eq!(report.checkpoint_seals.len(), 1);
        assert_eq!(report.checkpoint_seals[0].indication, Indication::TotalPassed);
        let of_log = report.existence.iter().find(|existence| existence.by == Subject::Log).unwrap();
        assert_eq!((of_log.of, of_log.since), (ExistingObject::Sealed, cosigned_at()));
        // The log holds what is sealed. When the signature was made, its timestamp says.
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)));
    }
    let text = logged.report(LogRule::Report, &[&logged.octets()]).to_string();
    assert!(text.contains("entry 5 of 12 in log.example/mail") && text.contains("3 of 3"), "{text}");
}

#[test]
fn what_the_policy_asks_decides() {
    let logged = Logged::new();
    assert_eq!(about_log(&logged.report(LogRule::Ignore, &[&logged.octets()])), []);
    assert_eq!(about_log(&logged.report(LogRule::Ignore, &[b"junk"])), []);
    let not_given = logged.report(LogRule::Report, &[]);
    assert_eq!(about_log(&not_given), [(Code::LogNotRequired, Outcome::Information)]);
    assert_eq!(not_given.indication, Indication::TotalPassed);
    // A verifier that knows no log says nothing where nothing was given.
    assert_eq!(about_log(&logged.report_by(logged.logging.service.verifier(), &[])), []);
    let required = logged.report(LogRule::Required, &[]);
    assert_eq!(about_log(&required), [(Code::LogDemanded, Outcome::Indeterminate)]);
    // Within the merge delay the log may still take it up.
    assert_eq!(required.sub_indication, Some(SubIndication::TryLater));
    let later = later() + Duration::seconds(3);
    let required = logged.logging.verifier(LogRule::Required).report(&logged.proof, Payload::NotAvailable, later);
    assert_eq!(required.sub_indication, Some(SubIndication::SignedDataNotFound), "{required}");
}

/// Gives a file whose fault is noted with this code, as a warning, and is not enough where a log is required.
fn assert_fault(logged: &Logged, file: &[u8], code: Code) {
    let report = logged.report(LogRule::Report, &[file]);
    assert!(about_log(&report).contains(&(code, Outcome::Warning)), "{code}: {report}");
    assert_eq!(report.indication, Indication::TotalPassed, "{code}: {report}");
    assert!(report.existence.iter().all(|existence| existence.by != Subject::Log), "{code}");
    let report = logged.report(LogRule::Required, &[file]);
    assert_eq!(report.indication, Indication::Indeterminate, "{code}: {report}");
    assert_eq!(report.decided_by.unwrap().code, Code::LogDemanded, "{code}: {report}");
    // With the good one beside it, it is told or of no account, and the proof is in the log.
    let report = logged.report(LogRule::Required, &[file, &logged.octets()]);
    assert!(has(&report, Code::LogIncluded), "{code}: {report}");
}

#[test]
fn each_fault_has_its_name() {
    let logged = Logged::new();
    let text = logged.file.to_text();
    let edited = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    assert_fault(&logged, b"junk", Code::LogProofMalformed);
    assert_fault(&logged, &edited("index 5\n", "index 05\n"), Code::LogProofMalformed);
    assert_fault(&logged, &edited("\n12\n", "\n012\n"), Code::LogProofMalformed);
    assert_fault(&logged, &edited("\n12\n", "\n0\n"), Code::LogProofMalformed);
    assert_fault(&logged, &edited("index 5\n", "index 4\n"), Code::LogNotIncluded);
    assert_fault(&logged, &edited("index 5\n", "index 12\n"), Code::LogNotIncluded);
    assert_fault(&logged, &edited("\n12\n", "\n8\n"), Code::LogNotIncluded);
    // Its place in a tree of 13 entries has the same way to the root.
    assert_fault(&logged, &edited("\n12\n", "\n13\n"), Code::LogSignatureInvalid);
    assert_fault(&logged, &edited("\n\nlog.example/mail\n", "\n\nlog.example/else\n"), Code::LogOfAnother);
    assert_fault(&logged, &edited("\u{2014} log.example/mail ", "\u{2014} log.example/else "), Code::LogNotSigned);
    // A proof for another letter of the same log.
    let other = Logging::new().proof((0..12).map(stranger), 5).to_text().into_bytes();
    assert_fault(&logged, &other, Code::LogNotIncluded);
}

/// The file with the signature lines changed: each is the name and the octets behind the id.
fn with_flipped_signature(file: &TlogProof, name: &str) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let prefix = format!("\u{2014} {name} ");
    let text = file.to_text();
    let lines = text.lines().map(|line| match line.strip_prefix(&prefix) {
        None => format!("{line}\n"),
        Some(signature) => {
            let mut octets = STANDARD.decode(signature).unwrap();
            *octets.last_mut().unwrap() ^= 1;
            format!("{prefix}{}\n", STANDARD.encode(octets))
        }
    });
    lines.collect::<String>().into_bytes()
}

#[test]
fn a_signature_that_does_not_verify_is_laid_to_its_signer() {
    let logged = Logged::new();
    assert_fault(&logged, &with_flipped_signature(&logged.file, ORIGIN), Code::LogSignatureInvalid);
    for witness in ["witness.example/1", "witness.example/2", "witness.example/3"] {
        assert_fault(&logged, &with_flipped_signature(&logged.file, witness), Code::LogCosignatureInvalid);
    }
}

#[test]
fn too_few_witnesses_are_not_enough() {
    let logged = Logged::new();
    let text = logged.file.to_text();
    let without = |names: &[&str]| {
        let is_kept = |line: &&str| names.iter().all(|name| !line.starts_with(&format!("\u{2014} {name} ")));
        text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect::<String>().into_bytes()
    };
    let two = without(&["witness.example/3"]);
    assert_eq!(logged.report(LogRule::Required, &[&two]).indication, Indication::TotalPassed);
    let one = without(&["witness.example/3", "witness.example/2"]);
    assert_fault(&logged, &one, Code::LogWitnessesTooFew);
    // Also then it is told that the log has it: the log has signed that.
    assert!(has(&logged.report(LogRule::Report, &[&one]), Code::LogIncluded));
}

#[test]
fn a_time_counts_where_the_policy_says_so() {
    let logged = Logged::new();
    let known = |clock: Option<usize>| {
        let log = KnownLog::new(logged.logging.policy(2));
        clock.map_or(log.clone(), |clock| log.with_time_of(clock).unwrap())
    };
    assert!(known(None).with_time_of(3).is_err());
    let report = |known| logged.report_by(logged.logging.verifier_of(LogRule::Required, known), &[&logged.octets()]);
    let without = report(known(None));
    assert!(!has(&without, Code::LogTime) && without.indication == Indication::TotalPassed, "{without}");
    assert!(without.existence.iter().all(|existence| existence.by != Subject::Log));
    assert!(has(&report(known(Some(2))), Code::LogTime));
}

#[test]
fn times_out_of_order_are_told() {
    let logged = Logged::new();
    let entry = Entry::from(logged.proof.id());
    let file = |time| {
        logged.logging.witnesses.iter().for_each(|witness| witness.set_time(time));
        let logging = Logging::new();
        logging.witnesses.iter().for_each(|witness| witness.set_time(time));
        // A checkpoint without a seal, whose time would count too.
        let mut log = logging.log([entry]);
        logging.checkpoint(&mut log);
        let proof = log.prove(0).unwrap();
        TlogProof::new(0, proof.hashes().to_vec(), proof.checkpoint().clone()).unwrap().to_text().into_bytes()
    };
    let (sealed, day) = (now() + Duration::seconds(2), Duration::days(1));
    assert_fault(&logged, &file(later() + Duration::seconds(61)), Code::LogTimeInTheFuture);
    assert_fault(&logged, &file(now() - Duration::seconds(61)), Code::LogTimeBeforeSigning);
    let report = logged.report(LogRule::Required, &[&file(now() - Duration::seconds(60))]);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Code::LogCheckpointNotSealed));
    let report = logged.report(LogRule::Required, &[&file(sealed + day)]);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_fault(&logged, &file(sealed + day + Duration::seconds(1)), Code::LogBeyondMergeDelay);
}

#[test]
fn without_a_time_the_merge_delay_is_not_kept_for_certain() {
    let logged = Logged::new();
    let text = logged.file.to_text();
    let (head, _) = text.split_once("\u{2014} witness").unwrap();
    let unsealed = head.lines().filter(|line| !line.starts_with("extra ")).map(|line| format!("{line}\n"));
    let unsealed = unsealed.collect::<String>().into_bytes();
    let known = || KnownLog::new(logged.logging.policy_without_witnesses());
    let report = logged.report_by(logged.logging.verifier_of(LogRule::Required, known()), &[&unsealed]);
    assert!(has(&report, Code::LogTimeMissing) && report.indication == Indication::Indeterminate, "{report}");
    // The timestamp of a seal is a time that nobody has to believe a witness for.
    let report = logged.report_by(logged.logging.verifier_of(LogRule::Required, known()), &[head.as_bytes()]);
    assert!(!has(&report, Code::LogTimeMissing) && report.indication == Indication::TotalPassed, "{report}");
    // Nobody says that a log without witnesses is witnessed.
    assert!(has(&report, Code::LogIncluded) && !has(&report, Code::LogWitnessed), "{report}");
}

#[test]
fn two_histories_are_told_whoever_shows_them() {
    let logged = Logged::new();
    // The log shows to somebody else a tree of the same size without the letter, and signs that too.
    let mut frontier = Frontier::new();
    (100..112).for_each(|number| frontier.append(stranger(number).leaf(), |_, _| {}).unwrap());
    let checkpoint = Checkpoint::new(ORIGIN.parse().unwrap(), frontier.head());
    let signed = |signer: &recommande::log::LogSigner, checkpoint: &Checkpoint| {
        let mut log: EvidenceLog<MemoryStore> = logged.logging.log((100..112).map(stranger));
        log.begin_checkpoint(signer, now()).unwrap();
        assert_eq!(log.pending().unwrap().checkpoint(), checkpoint);
        log.pending().unwrap().note().clone()
    };
    let proof = |note: SignedCheckpoint| TlogProof::new(3, Vec::new(), note).unwrap().to_text().into_bytes();
    let forked = proof(signed(&logged.logging.signer, &checkpoint));
    let report = logged.report(LogRule::Required, &[&logged.octets(), &forked]);
    assert!(has(&report, Code::LogForked) && report.indication == Indication::Indeterminate, "{report}");
    // What somebody else signs in its name says nothing about the log.
    let forged = proof(signed(&signer(2), &checkpoint));
    let report = logged.report(LogRule::Required, &[&logged.octets(), &forged]);
    assert!(!has(&report, Code::LogForked) && report.indication == Indication::TotalPassed, "{report}");
}

#[test]
fn more_files_than_are_told_push_nothing_out() {
    let logged = Logged::new();
    let junk: Vec<Vec<u8>> = (0..40_u8).map(|number| vec![number; 8]).collect();
    let octets = logged.octets();
    let given: Vec<&[u8]> = junk.iter().map(Vec::as_slice).chain([octets.as_slice()]).collect();
    let report = logged.report(LogRule::Required, &given);
    assert!(has(&report, Code::LogProofsTooMany) && has(&report, Code::LogIncluded), "{report}");
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    let backwards: Vec<&[u8]> = given.iter().rev().copied().collect();
    assert_eq!(logged.report(LogRule::Required, &backwards), report);
}

#[test]
fn a_policy_with_logs_is_stored_and_read_again() {
    let logging = Logging::new();
    let logs = vec![KnownLog::new(logging.policy(2)).with_time_of(1).unwrap()];
    let policy = Policy { log: LogRule::Required, logs, merge_delay: 3600, ..Policy::default() };
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    let refused = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        serde_json::from_str::<Policy>(&json.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(refused("\"quorum\":2", "\"quorum\":4").contains("4 of 3"));
    // Else a note that the log alone has signed would be enough, and be called witnessed.
    assert!(refused("\"quorum\":2", "\"quorum\":0").contains("none must have cosigned"));
    assert!(refused(",\"quorum\":2", "").contains("without `quorum`"));
    let unwitnessed = KnownLog::new(logging.policy_without_witnesses());
    let log = serde_json::to_string(&unwitnessed).unwrap();
    for log in [log.replace(",\"quorum\":0", ""), log.replace("\"witnesses\":[],", ""), log] {
        assert_eq!(serde_json::from_str::<KnownLog>(&log).unwrap(), unwitnessed, "{log}");
    }
    assert!(refused("witness.example/1+", "witness.example/9+").contains("id"));
    assert!(refused("\"origin\"", "\"Origin\"").contains("origin"));
    let mut twice = policy.clone();
    twice
        .logs
        .push(KnownLog::new(LogPolicy::new(ORIGIN.parse().unwrap(), [signer(4).verifier_key().clone()]).unwrap()));
    let error = serde_json::from_str::<Policy>(&serde_json::to_string(&twice).unwrap()).unwrap_err();
    assert!(error.to_string().contains("twice"), "{error}");
    assert_eq!(Policy::default().logs.len(), 0);
}
