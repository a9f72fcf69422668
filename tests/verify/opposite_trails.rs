//! Trails that say opposite things, trails of strangers and forgers, and exports that lack something.

use chrono::{DateTime, TimeDelta, Utc};
use recommande::audit::{
    Account, Action, AuditDigest, Clock, ConflictKind, Export, Fact, FactStanding, LaidTo, LineHash, LineReader,
    Manifest, ManifestMember, NotCovered, Occurrence, Outcome, Part, ProofReference, Reconstruction,
    ReconstructionPolicy, ReconstructionVerdict, Record, RecordForm, Selection, Side, Source, Trail, TrailFaultKind,
    TrailReport, export,
};
use recommande::evidence::{Committed, Event, Field, Salts};
use recommande::seal::ProofId;
use recommande::testing::TestPki;
use recommande::{Environment, MessageId, Verifier};

use super::reconstructions::day::{self, Day, ExportFiles, SUBJECT, Sealers};
use super::reconstructions::lie::Lie;
use crate::common::at;

pub const SENDER: &str = "BE/BE/0566988259";
pub const PROVIDER: &str = "BE/BE/0406798006";
pub const MESSAGE: usize = 0;

pub fn morning() -> DateTime<Utc> {
    at("2026-11-22T08:00:00Z")
}

pub fn after(seconds: i64) -> DateTime<Utc> {
    morning() + TimeDelta::seconds(seconds)
}

/// Parties whose trails are written record by record.
pub struct Exchange {
    pub pki: TestPki,
    pub sealers: Sealers,
}

/// What some trails come to.
pub struct Told {
    pub trails: Vec<TrailReport>,
    pub accounts: Vec<Account>,
    pub verdict: ReconstructionVerdict,
}

impl Exchange {
    pub fn new() -> Self {
        let pki = TestPki::new(morning()).unwrap();
        let sealers = Sealers::new(&pki, morning()).unwrap();
        Self { pki, sealers }
    }

    /// The sealed export of records that a party wrote, each with the second at which it did.
    pub fn export(&self, name: &str, records: &[(Record<'_>, i64)]) -> ExportFiles {
        self.sealers.export(name, &written(name, records), after(7200)).unwrap()
    }

    pub fn told(&self, exports: &[ExportFiles], proofs: &[Vec<u8>], roles: &[&str]) -> Told {
        told(&self.pki, exports, proofs, roles)
    }
}

pub fn told(pki: &TestPki, exports: &[ExportFiles], proofs: &[Vec<u8>], roles: &[&str]) -> Told {
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let policy = ReconstructionPolicy::new(&verifier, after(86_400 * 2));
    let parties = day::PARTIES.iter().filter(|(name, _, _)| roles.contains(name));
    let policy = parties.fold(policy, |policy, (_, role, number)| policy.with_role(&format!("BE/BE/{number}"), *role));
    let exports = exports
        .iter()
        .map(|files| Export::new(&files.lines[..]).with_manifest(&files.manifest[..], &files.signature[..]));
    let reconstruction = Reconstruction::of(exports, proofs, &policy).unwrap();
    Told {
        trails: reconstruction.trails().collect(),
        accounts: reconstruction.messages().collect(),
        verdict: reconstruction.verdict(),
    }
}

impl Told {
    /// What was said against each other, and to whom it is laid.
    pub fn conflicts(&self) -> Vec<(ConflictKind, usize, LaidTo)> {
        let entries = self.accounts.iter().flat_map(|account| &account.timeline);
        let conflicts = entries.flat_map(|entry| &entry.conflicts);
        conflicts.map(|conflict| (conflict.kind, conflict.between.len(), conflict.laid_to)).collect()
    }

    pub fn standings(&self) -> Vec<(Fact, FactStanding)> {
        let entries = self.accounts.iter().flat_map(|account| &account.timeline);
        entries.map(|entry| (entry.fact, entry.standing)).collect()
    }

    pub fn is_anybody_blamed(&self) -> bool {
        self.trails.iter().any(TrailReport::is_at_fault)
            || self.conflicts().iter().any(|(_, _, laid_to)| *laid_to == LaidTo::Party)
    }

    pub fn faults(&self, party: &str) -> Vec<&'static str> {
        let trail = self.trails.iter().find(|trail| trail.source.party() == party).unwrap();
        trail.faults.iter().map(|fault| fault.kind.name()).collect()
    }
}

pub fn source(name: &str) -> Source {
    let number = day::PARTIES.iter().find(|party| party.0 == name).unwrap().2;
    Source::new(Environment::Test, &format!("BE/BE/{number}"), "registered-mail").unwrap()
}

pub fn written(name: &str, records: &[(Record<'_>, i64)]) -> Vec<u8> {
    let mut trail = Trail::begin(&source(name), Vec::new());
    records.iter().for_each(|(record, second)| {
        trail.append(record, after(*second)).unwrap();
    });
    trail.commit().unwrap();
    trail.into_sink()
}

pub fn occurrence(second: i64) -> Occurrence {
    Occurrence::at(after(second)).unwrap()
}

pub fn about(record: Record<'_>, number: usize) -> Record<'_> {
    record.about(&MessageId::new(&day::message(number)).unwrap()).unwrap()
}

/// A call about a message, with content that is that of the message or other content.
pub fn call(number: usize, second: i64, outcome: Outcome, side: Side, content: &str) -> (Record<'static>, i64) {
    let publish = Action::new("POST", "/publish/{messageId}").unwrap();
    let part = Part::new("main", [AuditDigest::of(content.as_bytes())], 11, "text/plain").unwrap();
    let call = Record::api_call(occurrence(second), publish, outcome).on_side(side).unwrap().with_part(part).unwrap();
    (about(call, number), second)
}

pub fn status(status: u16) -> Outcome {
    Outcome::status(status).unwrap()
}

pub fn issued(id: ProofId, second: i64) -> (Record<'static>, i64) {
    let record = Record::proof_issued(occurrence(second), ProofReference::id(id), Event::SubmissionAcceptance);
    (about(record, MESSAGE), second)
}

#[test]
fn of_two_parties_that_seal_opposite_outcomes_nobody_is_blamed() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let provider = exchange.export("provider", &[call(MESSAGE, 1, status(201), Side::Callee, &content)]);
    let sender = |outcome| exchange.export("sender", &[call(MESSAGE, 0, outcome, Side::Caller, &content)]);
    let said = |outcome| exchange.told(&[sender(outcome), provider.clone()], &[], &["sender", "provider"]);
    let disputed = said(status(400));
    assert_eq!(disputed.standings(), [(Fact::Submission, FactStanding::Disputed)]);
    assert_eq!(disputed.conflicts(), [(ConflictKind::OutcomesDiffer, 2, LaidTo::Nobody)]);
    assert_eq!(disputed.verdict, ReconstructionVerdict::Contradicted);
    // Who got no answer contradicts nobody, and corroborates nobody either.
    let unanswered = said(Outcome::Timeout);
    assert_eq!(
        (unanswered.standings(), unanswered.conflicts()),
        (vec![(Fact::Submission, FactStanding::Attested)], vec![])
    );
    let agreed = said(status(200));
    assert_eq!(
        (agreed.standings(), agreed.conflicts()),
        (vec![(Fact::Submission, FactStanding::Corroborated)], vec![])
    );
    assert_eq!(agreed.verdict, ReconstructionVerdict::AttestedOnly);
    assert!([disputed, unanswered, agreed].iter().all(|told| !told.is_anybody_blamed()));
}

#[test]
fn other_content_is_laid_to_the_party_whose_own_proof_it_contradicts() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let proof = exchange.sealers.proof(&day::sending(MESSAGE, after(1)).unwrap(), after(1)).unwrap();
    let proofs = [proof.der().to_vec()];
    let said = |of_sender: &str, of_provider: &str| {
        let sender = exchange.export("sender", &[call(MESSAGE, 0, status(201), Side::Caller, of_sender)]);
        let provider = [call(MESSAGE, 1, status(201), Side::Callee, of_provider), issued(proof.id(), 2)];
        exchange.told(&[sender, exchange.export("provider", &provider)], &proofs, &["sender", "provider"])
    };
    assert!(said(&content, &content).conflicts().is_empty());
    use ConflictKind::{ContentContradictsProof, ContentDiffers};
    let expected = [(ContentDiffers, 2, LaidTo::Nobody), (ContentContradictsProof, 1, LaidTo::Party)];
    assert_eq!(said(&content, "another").conflicts(), expected);
    // The provider can have issued a proof of other content than it got.
    let expected = [(ContentDiffers, 2, LaidTo::Nobody), (ContentContradictsProof, 1, LaidTo::Nobody)];
    assert_eq!(said("another", &content).conflicts(), expected);
}

#[test]
fn strangers_and_spellings_decide_nothing() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let sender = exchange.export("sender", &[call(MESSAGE, 0, status(201), Side::Caller, &content)]);
    let stranger = exchange.export("consumer", &[call(MESSAGE, 1, status(400), Side::Callee, &content)]);
    let exports = [sender.clone(), stranger.clone()];
    let told = exchange.told(&exports, &[], &["sender", "provider"]);
    assert!(told.conflicts().is_empty(), "{:?}", told.conflicts());
    assert!(told.standings().contains(&(Fact::Submission, FactStanding::Attested)));
    assert!(told.standings().contains(&(Fact::Submission, FactStanding::Claimed)));
    // Where nobody is named, all count.
    assert_eq!(exchange.told(&exports, &[], &[]).conflicts().len(), 1);
    // A manifest that another party sealed is none.
    let foreign = exchange.sealers.export(
        "operator",
        &written("operator", &[call(MESSAGE, 0, status(201), Side::Callee, &content)]),
        after(60),
    );
    let foreign = foreign.unwrap();
    let swapped = ExportFiles { signature: foreign.signature, ..sender };
    let told = exchange.told(&[swapped], &[], &["sender"]);
    assert_eq!(told.faults(SENDER), ["seal-not-verified"]);
    assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Claimed)]);
}

#[test]
fn what_a_forger_adds_hides_nothing_and_blames_nobody() {
    let day = Day::play(morning(), Some(Lie::OmitsConsultation)).unwrap();
    let mut exports: Vec<ExportFiles> = day.trails.iter().flat_map(|trail| trail.exports.clone()).collect();
    let roles = ["sender", "provider", "operator", "consumer"];
    let honest = told(&day.pki, &exports, &day.proofs, &roles);
    // Somebody writes the consultation that the provider left out, and other lines in the place of those that it sealed.
    let minutes = 30 + 55 * i64::try_from(SUBJECT).unwrap() + 5;
    let content = Action::new("GET", "/messages/{messageId}/content").unwrap();
    let read = Record::api_call(occurrence(minutes * 60), content, status(200)).on_side(Side::Callee).unwrap();
    let part = Part::new("main", [AuditDigest::of(day::message(SUBJECT).as_bytes())], 11, "text/plain").unwrap();
    let forged = written("provider", &[(about(read.with_part(part).unwrap(), SUBJECT), minutes * 60)]);
    exports.push(ExportFiles { lines: forged, manifest: b"{}".to_vec(), signature: Vec::new() });
    let told = told(&day.pki, &exports, &day.proofs, &roles);
    let subject = |told: &Told| {
        let account = told.accounts.iter().find(|account| *account.message == *day::message(SUBJECT)).unwrap();
        (account.missing.clone(), account.verdict)
    };
    assert_eq!(subject(&told), subject(&honest));
    assert!(!told.is_anybody_blamed());
    assert_eq!(told.faults(PROVIDER), ["manifest-unreadable", "copies-differ"]);
}

#[test]
fn a_manifest_alone_shows_that_lines_were_chained_anew_or_are_not_given() {
    let day = Day::play(morning(), Some(Lie::Rechains)).unwrap();
    let mut exports: Vec<ExportFiles> = day.trails.iter().flat_map(|trail| trail.exports.clone()).collect();
    let provider = day.trails.iter().position(|trail| trail.name == "provider").unwrap();
    // That of noon, without its lines.
    exports[provider].lines.clear();
    let rechained = told(&day.pki, &exports, &day.proofs, &["provider"]);
    assert!(rechained.faults(PROVIDER).contains(&"two-histories"), "{:?}", rechained.trails);
    assert!(rechained.is_anybody_blamed());
    // Of an honest day the lines of the morning, and the manifest of the whole.
    let day = Day::play(morning(), None).unwrap();
    let sealers = Sealers::new(&day.pki, morning()).unwrap();
    let whole = &day.trails[provider].exports[0];
    let first: Vec<u8> = whole.lines.split_inclusive(|octet| *octet == b'\n').take(5).flatten().copied().collect();
    let part = sealers.export("provider", &first, after(3600)).unwrap();
    let told = told(&day.pki, &[part, ExportFiles { lines: Vec::new(), ..whole.clone() }], &day.proofs, &["provider"]);
    assert_eq!(told.faults(PROVIDER), ["tail-not-given"]);
    assert!(!told.is_anybody_blamed());
}

#[test]
fn what_an_export_leaves_out_is_told_apart_from_what_is_missing() {
    let day = Day::play(morning(), Some(Lie::OmitsConsultation)).unwrap();
    let sealers = Sealers::new(&day.pki, morning()).unwrap();
    let provider = day.trails.iter().position(|trail| trail.name == "provider").unwrap();
    let about = |number: usize| {
        let selection = Selection::everything().about(&MessageId::new(&day::message(number)).unwrap());
        let mut lines = Vec::new();
        let whole = &day.trails[provider].exports[0].lines;
        let manifest = export(&mut LineReader::new(&whole[..]), &selection, &mut lines).unwrap();
        let signature = sealers.sealed(&manifest, "provider", after(43_200)).unwrap();
        let mut exports: Vec<ExportFiles> = day.trails.iter().flat_map(|trail| trail.exports.clone()).collect();
        exports[provider] = ExportFiles { lines, manifest: manifest.to_json(), signature };
        let told = told(&day.pki, &exports, &day.proofs, &["sender", "provider", "operator", "consumer"]);
        assert!(told.trails.iter().all(|trail| trail.faults.is_empty()), "{:?}", told.trails);
        let account = told.accounts.into_iter().find(|account| *account.message == *day::message(SUBJECT)).unwrap();
        let of_provider = |party: &str| party == PROVIDER;
        let missing =
            account.missing.iter().filter(|missing| of_provider(&missing.party)).map(|missing| missing.expected.form);
        let uncovered =
            account.not_covered.iter().filter(|uncovered| uncovered.party.as_deref().is_some_and(of_provider));
        (missing.collect::<Vec<_>>(), uncovered.map(|uncovered| uncovered.reason).collect::<Vec<_>>())
    };
    // The provider says that these are all records about the message.
    assert_eq!(about(SUBJECT), (vec![RecordForm::Call, RecordForm::ProofIssued], vec![]));
    // It says so of another one, so that nobody can tell.
    let (missing, reasons) = about(SUBJECT + 1);
    assert!(
        missing.is_empty() && !reasons.is_empty() && reasons.iter().all(|reason| *reason == NotCovered::LeftOut),
        "{reasons:?}"
    );
}

#[test]
fn clocks_that_differ_blame_nobody_where_nothing_decides() {
    let exchange = Exchange::new();
    let records = |side, ahead: i64| -> Vec<(Record<'static>, i64)> {
        (0..6_usize)
            .zip((0..).step_by(1800))
            .map(|(number, second)| call(number, second + ahead, status(201), side, &day::message(number)))
            .collect()
    };
    let sender = exchange.export("sender", &records(Side::Caller, 0));
    let provider = exchange.export("provider", &records(Side::Callee, 900));
    let told = exchange.told(&[sender, provider], &[], &["sender", "provider"]);
    let differs = |trail: &TrailReport| match trail.clock {
        Clock::Differs { by, pairs } => (by.num_seconds().abs(), pairs),
        clock => panic!("{clock:?}"),
    };
    assert!(told.trails.iter().all(|trail| differs(trail) == (900, 6)), "{:?}", told.trails);
    // The records are those of one call all the same.
    assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Corroborated); 6]);
    assert!(told.conflicts().is_empty());
}

#[test]
fn a_proof_inside_of_a_record_is_a_proof() {
    let exchange = Exchange::new();
    let sending = day::sending(MESSAGE, after(1)).unwrap();
    // A record holds a proof whose personal values are commitments.
    let (sending, _) = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap().into_parts();
    let proof = exchange.sealers.proof(&sending, after(1)).unwrap();
    let standing = |proof: ProofReference<'_>| {
        let record = Record::proof_issued(occurrence(2), proof, Event::SubmissionAcceptance);
        let told = exchange.told(&[exchange.export("provider", &[(about(record, MESSAGE), 2)])], &[], &["provider"]);
        (told.standings(), told.verdict)
    };
    let embedded = ProofReference::embedded(&proof).unwrap();
    let proven = (vec![(Fact::Submission, FactStanding::Proven)], ReconstructionVerdict::ProvenWithGaps);
    assert_eq!(standing(embedded), proven);
    let attested = (vec![(Fact::Submission, FactStanding::Attested)], ReconstructionVerdict::AttestedOnly);
    assert_eq!(standing(ProofReference::id(proof.id())), attested);
}

#[test]
fn clocks_of_a_batch_are_not_off() {
    let exchange = Exchange::new();
    // Seals of an hour are timestamped together, so that the records of their issue are before that by other times.
    let (mut records, mut proofs) = (Vec::new(), Vec::new());
    for (number, second) in (0..6_usize).zip((0..).step_by(600)) {
        let proof = exchange
            .sealers
            .late_proof(&day::sending(number, after(second)).unwrap(), after(second), after(3600))
            .unwrap();
        let record =
            Record::proof_issued(occurrence(second), ProofReference::id(proof.id()), Event::SubmissionAcceptance);
        records.push((about(record, number), second));
        proofs.push(proof.der().to_vec());
    }
    let told = exchange.told(&[exchange.export("provider", &records)], &proofs, &["provider"]);
    assert!(told.trails.iter().all(|trail| trail.clock == Clock::NotEstimated), "{:?}", told.trails);
    assert!(told.conflicts().is_empty(), "{:?}", told.conflicts());
}

#[test]
fn a_manifest_that_differs_from_its_lines_is_laid_to_who_sealed_it_over_them() {
    let exchange = Exchange::new();
    let calls = [0, 1].map(|second| call(MESSAGE, second, status(201), Side::Caller, &day::message(MESSAGE)));
    let lines = written("sender", &calls);
    let mut manifest = export(&mut LineReader::new(&lines[..]), &Selection::everything(), &mut Vec::new()).unwrap();
    manifest.first_hash = LineHash::of(b"another");
    let sealed = |manifest: &Manifest| ExportFiles {
        lines: lines.clone(),
        manifest: manifest.to_json(),
        signature: exchange.sealers.sealed(manifest, "sender", after(60)).unwrap(),
    };
    let told = exchange.told(&[sealed(&manifest)], &[], &["sender"]);
    assert!(told.faults(SENDER).contains(&"manifest-differs") && told.is_anybody_blamed(), "{:?}", told.trails);
    // So it is with the number of lines, and with the times that its trail would cover.
    let mut honest = manifest.clone();
    honest.first_hash = LineHash::of(lines.split(|octet| *octet == b'\n').next().unwrap());
    let second = TimeDelta::seconds(1);
    type Change = fn(&mut Manifest, TimeDelta);
    let lies: [(Change, ManifestMember); 6] = [
        (|manifest, _| manifest.count += 1, ManifestMember::Count),
        (|manifest, _| manifest.count -= 1, ManifestMember::Count),
        (|manifest, _| manifest.left_out += 1, ManifestMember::Count),
        (|manifest, second| manifest.from += second, ManifestMember::Times),
        (|manifest, second| manifest.to += second, ManifestMember::Times),
        (|manifest, second| manifest.to -= second, ManifestMember::Times),
    ];
    assert!(!exchange.told(&[sealed(&honest)], &[], &["sender"]).is_anybody_blamed());
    for (change, member) in lies {
        let mut manifest = honest.clone();
        change(&mut manifest, second);
        let told = exchange.told(&[sealed(&manifest)], &[], &["sender"]);
        let faults = &told.trails[0].faults;
        assert!(faults.iter().any(|fault| fault.kind == TrailFaultKind::ManifestDiffers(member)), "{faults:?}");
        assert!(told.trails[0].is_at_fault(), "{faults:?}");
    }
    // Over lines of somebody else it says nothing of those.
    let others = written("operator", &[call(MESSAGE, 0, status(201), Side::Callee, &day::message(MESSAGE))]);
    let told = exchange.told(&[ExportFiles { lines: others, ..sealed(&manifest) }], &[], &["sender"]);
    // Neither the source nor the octets are those that it names, and its own lines are not there.
    assert_eq!(told.faults(SENDER), ["manifest-differs", "manifest-differs", "tail-not-given"]);
    assert!(!told.is_anybody_blamed());
}

#[test]
fn bad_lines_are_named_and_the_rest_is_used() {
    let exchange = Exchange::new();
    let records: Vec<_> = (0..4_usize)
        .zip((0..).step_by(60))
        .map(|(number, second)| call(number, second, status(201), Side::Caller, &day::message(number)))
        .collect();
    let lines = written("sender", &records);
    let lines: Vec<&[u8]> = lines.split_inclusive(|octet| *octet == b'\n').collect();
    let other = written("operator", &records[..1]);
    let told_of = |lines: &[&[u8]]| {
        let export = ExportFiles { lines: lines.concat(), manifest: b"none".to_vec(), signature: Vec::new() };
        let told = exchange.told(&[export], &[], &["sender"]);
        (told.faults(SENDER)[1..].to_vec(), told.accounts.len())
    };
    assert_eq!(told_of(&lines), (vec![], 4));
    assert_eq!(told_of(&[lines[0], b"junk\n", lines[1], lines[2], lines[3]]), (vec!["unreadable"], 4));
    assert_eq!(told_of(&[lines[0], &other, lines[1], lines[2], lines[3]]), (vec!["interleaved"], 4));
    assert_eq!(told_of(&[lines[0], lines[3]]), (vec!["gap"], 2));
    assert_eq!(told_of(&[lines[0], lines[1], lines[1], lines[2], lines[3]]), (vec!["doubled"], 4));
    assert_eq!(told_of(&[lines[0], lines[2], lines[1], lines[3]]).0, ["out-of-order"]);
    let cut = &lines[3][..100];
    assert_eq!(told_of(&[lines[0], lines[1], lines[2], cut]), (vec!["unreadable"], 3));
    let changed = String::from_utf8(lines[1].to_vec()).unwrap().replace("\"outcome\":201", "\"outcome\":202");
    assert_eq!(told_of(&[lines[0], changed.as_bytes(), lines[2], lines[3]]), (vec!["altered"], 4));
}

#[test]
fn a_flood_of_unsealed_lines_does_not_hide_an_account() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let sealed = exchange.export("sender", &[call(MESSAGE, 0, status(201), Side::Caller, &content)]);
    let flood: Vec<_> = (0..10_001).map(|second| call(MESSAGE, second, status(201), Side::Callee, &content)).collect();
    let lines = written("operator", &flood);
    let flood = ExportFiles { lines, manifest: b"none".to_vec(), signature: Vec::new() };
    let told = exchange.told(&[flood, sealed], &[], &["sender"]);
    assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Attested)]);
}
