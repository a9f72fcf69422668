//! Lines that nobody sealed, and statements of nobody knows whom, change no verdict.

use std::sync::Arc;

use recommande::audit::{
    Account, ConflictKind, Export, Fact, FactStanding, LaidTo, NamedProof, Occurrence, ProofReference, Reconstruction,
    ReconstructionPolicy, ReconstructionVerdict, Record, Role, Side, Source, Trail, TrailFaultKind, limits,
};
use recommande::crypto::KeyKind;
use recommande::evidence::{Event, Step, StepEvent};
use recommande::seal::ProofId;
use recommande::testing::{CertificateSpec, TestTsa, generate_key};
use recommande::{Credentials, Environment, Issuer, Payload, Sealer, TsaPool, Verifier};

use super::opposite_trails::{Exchange, MESSAGE, PROVIDER, about, after, call, status, told, written};
use super::reconstructions::day::{self, Day, ExportFiles, Sealers};
use super::reconstructions::lie::Lie;

const ROLES: [&str; 4] = ["sender", "provider", "operator", "consumer"];

/// Lines of another system of the provider, which nobody sealed.
fn unsealed(records: &[(Record<'_>, i64)]) -> ExportFiles {
    let source = Source::new(Environment::Test, PROVIDER, "another").unwrap();
    let mut trail = Trail::begin(&source, Vec::new());
    records.iter().for_each(|(record, second)| {
        trail.append(record, after(*second)).unwrap();
    });
    trail.commit().unwrap();
    ExportFiles { lines: trail.into_sink(), manifest: b"none".to_vec(), signature: Vec::new() }
}

/// The id of a proof that is not at hand.
fn id(exchange: &Exchange, number: usize) -> ProofId {
    exchange.sealers.proof(&day::sending(number, after(1)).unwrap(), after(1)).unwrap().id()
}

fn received(id: ProofId, event: Event, second: i64) -> (Record<'static>, i64) {
    let record = Record::proof_received(Occurrence::at(after(second)).unwrap(), ProofReference::id(id), event);
    (about(record, MESSAGE), second)
}

#[test]
fn a_line_that_nobody_sealed_leaves_a_complete_account_complete() {
    let day = Day::play(after(0), None).unwrap();
    let mut exports: Vec<ExportFiles> = day.trails.iter().flat_map(|trail| trail.exports.clone()).collect();
    exports.push(unsealed(&[received(id(&Exchange::new(), MESSAGE), Event::ContentHandover, HALF_AN_HOUR)]));
    let told = told(&day.pki, &exports, &day.proofs, &ROLES);
    let account: &Account = &told.accounts[MESSAGE];
    assert_eq!(account.unproven().map(|entry| entry.standing).collect::<Vec<_>>(), [FactStanding::Claimed]);
    assert_eq!((account.verdict, told.verdict), (ReconstructionVerdict::Complete, ReconstructionVerdict::Complete));
}

const HALF_AN_HOUR: i64 = 1800;

#[test]
fn what_strangers_seal_and_what_anybody_invents_has_no_part_in_the_verdict_on_all() {
    let day = Day::play(after(0), None).unwrap();
    let exports: Vec<ExportFiles> = day.trails.iter().flat_map(|trail| trail.exports.clone()).collect();
    // A message that nobody knows, by a line that nobody sealed.
    let invented = unsealed(&[call(99, 10, status(201), Side::Callee, &day::message(99))]);
    let with = [exports.clone(), vec![invented]].concat();
    let told_all = told(&day.pki, &with, &day.proofs, &ROLES);
    let account = told_all.accounts.iter().find(|account| *account.message == *day::message(99)).unwrap();
    assert_eq!(
        (account.verdict, told_all.verdict),
        (ReconstructionVerdict::Insufficient, ReconstructionVerdict::Complete)
    );
    // A proof that somebody gave and that does not verify is asked about.
    let elsewhere = Exchange::new().sealers.proof(&day::sending(99, after(1)).unwrap(), after(1)).unwrap();
    let proofs = [day.proofs.clone(), vec![elsewhere.der().to_vec()]].concat();
    assert_eq!(told(&day.pki, &exports, &proofs, &ROLES).verdict, ReconstructionVerdict::Insufficient);
    // A party that the policy does not name seals other lines in the place of its own.
    let sealers = Sealers::new(&day.pki, after(0)).unwrap();
    let others = written("consumer", &[call(0, 10, status(201), Side::Caller, &day::message(0))]);
    let others = sealers.export("consumer", &others, after(43_200)).unwrap();
    let (three, with) = (&ROLES[..3], [exports.clone(), vec![others]].concat());
    let [honest, lied] = [&exports, &with].map(|exports| told(&day.pki, exports, &day.proofs, three));
    assert!(lied.is_anybody_blamed() && !honest.is_anybody_blamed());
    assert_eq!((honest.verdict, lied.verdict), [ReconstructionVerdict::ProvenWithGaps; 2].into());
    // Once it is named, it is at fault.
    assert_eq!(told(&day.pki, &with, &day.proofs, &ROLES).verdict, ReconstructionVerdict::Contradicted);
}

#[test]
fn lines_that_nobody_sealed_hide_no_dispute_and_part_no_witnesses() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let submitted = |second, result, side| call(MESSAGE, second, status(result), side, &content);
    let sender = |result| exchange.export("sender", &[submitted(600, result, Side::Caller)]);
    let provider = exchange.export("provider", &[submitted(601, 201, Side::Callee)]);
    // They look like the refusal, and like other proofs of the same time.
    let of_nobody = unsealed(&[
        submitted(600, 400, Side::Callee),
        submitted(600, 201, Side::Caller),
        received(id(&exchange, 1), Event::SubmissionAcceptance, 300),
        received(id(&exchange, 2), Event::SubmissionAcceptance, 400),
        received(id(&exchange, 3), Event::SubmissionAcceptance, 590),
    ]);
    for (result, standing) in [(400, FactStanding::Disputed), (201, FactStanding::Corroborated)] {
        let exports = [sender(result), provider.clone(), of_nobody.clone()];
        let [alone, together] =
            [&exports[..2], &exports[..]].map(|exports| exchange.told(exports, &[], &["sender", "provider"]));
        let counted = |told: &super::opposite_trails::Told| {
            let standings = told.standings().into_iter().filter(|(_, standing)| *standing != FactStanding::Claimed);
            standings.collect::<Vec<_>>()
        };
        assert_eq!(counted(&alone), [(Fact::Submission, standing)]);
        assert_eq!((counted(&together), together.conflicts()), (counted(&alone), alone.conflicts()));
        assert_eq!(together.verdict, alone.verdict);
    }
}

#[test]
fn a_line_that_nobody_sealed_does_not_say_what_a_proof_is_about() {
    let exchange = Exchange::new();
    let id = id(&exchange, MESSAGE);
    let sealed = exchange.export("provider", &[received(id, Event::ContentAccessTracking, 100)]);
    let of_nobody = unsealed(&[received(id, Event::ContentConsignment, 0)]);
    let told = exchange.told(&[sealed, of_nobody], &[], &["provider"]);
    assert_eq!(told.standings(), [(Fact::Opened, FactStanding::Attested)]);
}

#[test]
fn a_number_that_no_certificate_holds_attests_nothing() {
    let exchange = Exchange::new();
    let pki = &exchange.pki;
    let sending = exchange.sealers.proof(&day::sending(MESSAGE, after(1)).unwrap(), after(1)).unwrap();
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let sent = verifier.verify(&sending, Payload::NotAvailable, after(10)).unwrap();
    let available = Step::of(&sent, 1, StepEvent::ContentConsignment, after(60)).unwrap();
    // The sending is not given, so that the step is not proven.
    let standings = |number: Option<&str>| {
        let spec = CertificateSpec::seal("Somebody", after(-86_400), after(86_400 * 300));
        let spec = match number {
            Some(number) => spec.with_organization("Somebody", number),
            None => spec,
        };
        let key = pki.intermediate.issue(&spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
        let chain = vec![key.certificate.clone(), pki.intermediate.certificate.clone()];
        let issuer = Issuer::new("provider", PROVIDER, Environment::Test).unwrap();
        let sealer = Sealer::new(Credentials::new(Arc::clone(&key.signer), chain).unwrap(), issuer);
        let tsas = TsaPool::new().with_tsa("in-process", TestTsa::new(pki).with_clock(|| after(61)));
        let proof = sealer.seal(&available, after(60)).unwrap().stamp_with(&tsas).unwrap();
        let told = exchange.told(&[], &[proof.der().to_vec()], &["provider"]);
        assert!(matches!(told.accounts[0].timeline[0].proof, Some(NamedProof::AtHand(_))));
        (told.standings(), told.verdict)
    };
    let attested = (vec![(Fact::Available, FactStanding::Attested)], ReconstructionVerdict::AttestedOnly);
    assert_eq!(standings(Some("NTRBE-0406798006")), attested);
    let claimed = (vec![(Fact::Available, FactStanding::Claimed)], ReconstructionVerdict::Insufficient);
    assert_eq!(standings(None), claimed);
}

#[test]
fn debug_names_neither_messages_nor_parties() {
    let day = Day::play(after(0), Some(Lie::OmitsConsultation)).unwrap();
    let exports: Vec<ExportFiles> =
        day.trails.iter().filter(|trail| trail.name != "operator").flat_map(|trail| trail.exports.clone()).collect();
    let told = told(&day.pki, &exports, &day.proofs, &ROLES);
    assert!(told.accounts.iter().any(|account| !account.missing.is_empty() && !account.not_covered.is_empty()));
    let shown = format!("{:?} {:#?}", told.accounts, told.trails);
    let numbers = day::PARTIES.iter().map(|(_, _, number)| (*number).to_owned());
    for secret in numbers.chain((0..day::MESSAGES).map(day::message)) {
        assert!(!shown.contains(&secret), "{secret}: {shown}");
    }
}

#[test]
fn a_proof_of_another_event_than_the_record_says_contradicts_it() {
    let exchange = Exchange::new();
    let proof = exchange.sealers.proof(&day::sending(MESSAGE, after(1)).unwrap(), after(1)).unwrap();
    let said = |name: &str, event: Event| {
        let (record, second) = received(proof.id(), event, 10);
        let exports = [exchange.export(name, &[(record, second)])];
        exchange.told(&exports, &[proof.der().to_vec()], &["sender", "provider"])
    };
    assert!(said("sender", Event::SubmissionAcceptance).conflicts().is_empty());
    let contradicts = |laid_to| vec![(ConflictKind::EventContradictsProof, 1, laid_to)];
    let told = said("sender", Event::ContentAccessTracking);
    assert_eq!((told.conflicts(), told.verdict), (contradicts(LaidTo::Nobody), ReconstructionVerdict::Contradicted));
    // The provider issued the proof itself.
    assert_eq!(said("provider", Event::ContentAccessTracking).conflicts(), contradicts(LaidTo::Party));
}

#[test]
fn no_number_of_sources_that_nobody_sealed_keeps_sealed_trails_from_being_combined() {
    let exchange = Exchange::new();
    let verifier = Verifier::new(exchange.pki.seal_anchors(), exchange.pki.tsa_anchors(), Environment::Test);
    let policy = ReconstructionPolicy::new(&verifier, after(86_400)).with_role(PROVIDER, Role::Provider);
    let calls = [Side::Caller, Side::Callee].map(|side| call(MESSAGE, 0, status(201), side, &day::message(MESSAGE)));
    let [sender, provider] = ["sender", "provider"].map(|name| exchange.export(name, &calls));
    let junk: Vec<Vec<u8>> = (0..=limits::MAX_SOURCES)
        .map(|number| {
            let source = Source::new(Environment::Test, PROVIDER, &format!("system-{number}")).unwrap();
            let mut trail = Trail::begin(&source, Vec::new());
            let (record, second) = call(number, 0, status(201), Side::Caller, "content");
            trail.append(&record, after(second)).unwrap();
            trail.commit().unwrap();
            trail.into_sink()
        })
        .collect();
    let combined = |junk: &[Vec<u8>], is_first: bool| {
        let mut exports: Vec<_> = junk.iter().map(|lines| Export::new(&lines[..]).named("junk")).collect();
        let at = if is_first { exports.len() } else { 0 };
        let sealed = [&sender, &provider]
            .map(|files| Export::new(&files.lines[..]).with_manifest(&files.manifest[..], &files.signature[..]));
        exports.splice(at..at, sealed);
        let combined = Reconstruction::of(exports, &[] as &[Vec<u8>], &policy).unwrap();
        let unused = combined.unused_exports();
        assert!(unused.windows(2).all(|pair| pair[0].position < pair[1].position));
        let faults = unused.iter().flat_map(|unused| &unused.faults);
        assert!(faults.clone().all(|fault| fault.kind == TrailFaultKind::TooManySources));
        let accounts: Vec<Account> = combined.messages().collect();
        (combined.trails().count(), unused.len(), accounts)
    };
    let fit = limits::MAX_SOURCES - 2;
    let (trails, unused, accounts) = combined(&junk[..fit], true);
    assert_eq!((trails, unused, accounts.len()), (limits::MAX_SOURCES, 0, fit));
    let alone = combined(&[], true);
    assert_eq!((alone.0, alone.1, alone.2.len()), (2, 0, 1));
    for count in [fit + 1, junk.len()] {
        for is_first in [true, false] {
            assert_eq!(combined(&junk[..count], is_first), (2, count, alone.2.clone()));
        }
    }
}
