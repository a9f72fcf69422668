//! Trails in which somebody lies: each lie shows, and no honest party is blamed.

#[path = "../../examples/trails/day.rs"]
pub mod day;
#[path = "../../examples/trails/lie.rs"]
pub mod lie;

use std::collections::BTreeSet;

use day::{Day, ExportFiles, SUBJECT, message};
use lie::Lie;
use recommande::audit::{
    Account, Clock, ClockReference, ConflictKind, Export, Fact, FactStanding, LaidTo, NotCovered, Reconstruction,
    ReconstructionPolicy, ReconstructionVerdict, RecordForm, Role, TrailFaultKind, TrailReport,
};
use recommande::{Environment, TrustAnchors, Verifier};

use crate::common::at;
use crate::vectors::manifest::ExpectedReconstruction;
use crate::vectors::{manifest, read};

pub fn played(lies: impl IntoIterator<Item = Lie>) -> Day {
    Day::play(at("2026-11-22T08:00:00Z"), lies).unwrap()
}

fn verifier(day: &Day) -> Verifier {
    Verifier::new(day.pki.seal_anchors(), day.pki.tsa_anchors(), Environment::Test)
}

fn policy<'a>(day: &Day, verifier: &'a Verifier) -> ReconstructionPolicy<'a> {
    let policy = ReconstructionPolicy::new(verifier, day.end + chrono::TimeDelta::days(1));
    day.trails.iter().fold(policy, |policy, trail| policy.with_role(&trail.party, trail.role))
}

pub fn exports(day: &Day) -> Vec<ExportFiles> {
    day.trails.iter().flat_map(|trail| trail.exports.clone()).collect()
}

fn export(files: &ExportFiles) -> Export<&[u8]> {
    Export::new(&files.lines[..]).with_manifest(&files.manifest[..], &files.signature[..])
}

/// What a reconstruction tells, in full.
pub struct Told {
    pub trails: Vec<TrailReport>,
    pub accounts: Vec<Account>,
    pub verdict: ReconstructionVerdict,
}

impl Told {
    pub fn of(day: &Day, exports: &[ExportFiles], proofs: &[Vec<u8>]) -> Self {
        let verifier = verifier(day);
        Self::by(exports, proofs, &policy(day, &verifier))
    }

    fn by(exports: &[ExportFiles], proofs: &[Vec<u8>], policy: &ReconstructionPolicy<'_>) -> Self {
        let reconstruction = Reconstruction::of(exports.iter().map(export), proofs, policy).unwrap();
        Self {
            trails: reconstruction.trails().collect(),
            accounts: reconstruction.messages().collect(),
            verdict: reconstruction.verdict(),
        }
    }

    /// What a day comes to where other parties have roles too.
    fn of_day_with(lies: impl IntoIterator<Item = Lie>, others: &[(&str, Role)]) -> Self {
        let day = played(lies);
        let verifier = verifier(&day);
        let policy =
            others.iter().fold(policy(&day, &verifier), |policy, (party, role)| policy.with_role(party, *role));
        Self::by(&exports(&day), &day.proofs, &policy)
    }

    pub fn of_day(lies: impl IntoIterator<Item = Lie>) -> Self {
        let day = played(lies);
        Self::of(&day, &exports(&day), &day.proofs)
    }

    pub fn trail(&self, name: &str) -> &TrailReport {
        let number = day::PARTIES.iter().find(|party| party.0 == name).unwrap().2;
        self.trails.iter().find(|trail| trail.source.party().ends_with(number)).unwrap()
    }

    pub fn account(&self, number: usize) -> &Account {
        self.accounts.iter().find(|account| *account.message == *message(number)).unwrap()
    }

    /// The parties to whom something is laid, and those whose clocks are off.
    pub fn blamed(&self) -> BTreeSet<String> {
        let is_off = |trail: &&TrailReport| matches!(trail.clock, Clock::Off { .. });
        let trails = self.trails.iter().filter(|trail| trail.is_at_fault() || is_off(trail));
        let trails = trails.map(|trail| trail.urn.to_string());
        let conflicts = self.accounts.iter().flat_map(|account| &account.timeline).flat_map(|entry| &entry.conflicts);
        let conflicts = conflicts.filter(|conflict| conflict.laid_to == LaidTo::Party);
        trails.chain(conflicts.flat_map(|conflict| &conflict.between).map(ToString::to_string)).collect()
    }

    fn kinds(&self, name: &str) -> Vec<&'static str> {
        self.trail(name).faults.iter().map(|fault| fault.kind.name()).collect()
    }
}

/// The files of a party.
fn files<'a>(day: &'a Day, name: &str) -> &'a [ExportFiles] {
    day.trails.iter().find(|trail| trail.name == name).map(|trail| &trail.exports[..]).unwrap()
}

pub fn urn(name: &str) -> String {
    let number = day::PARTIES.iter().find(|party| party.0 == name).unwrap().2;
    format!("urn:recommande:audit:test:BE/BE/{number}:registered-mail")
}

/// A manifest and its signature.
type Manifest = [Vec<u8>; 2];

#[test]
fn every_reconstruction_of_the_vectors_comes_to_what_its_entry_says() {
    assert!(!manifest().reconstructions.is_empty());
    for vector in &manifest().reconstructions {
        let input = &vector.input;
        let anchors = |file: &str| TrustAnchors::from_pem(&String::from_utf8(read(file)).unwrap()).unwrap();
        let environment = Environment::ALL.into_iter().find(|named| named.name() == input.environment).unwrap();
        let verifier = Verifier::new(anchors(&input.seal_anchors), anchors(&input.tsa_anchors), environment);
        let policy = ReconstructionPolicy::new(&verifier, at(&input.now));
        let policy = input
            .roles
            .iter()
            .fold(policy, |policy, (party, role)| policy.with_role(party, Role::from_name(role).unwrap()));
        let files: Vec<(Vec<u8>, Option<Manifest>)> = input
            .exports
            .iter()
            .map(|export| {
                let beside = export.manifest.as_deref().zip(export.signature.as_deref());
                (read(&export.lines), beside.map(|(manifest, signature)| [read(manifest), read(signature)]))
            })
            .collect();
        let exports = files.iter().map(|(lines, beside)| match beside {
            Some([manifest, signature]) => Export::new(&lines[..]).with_manifest(manifest.clone(), signature.clone()),
            None => Export::new(&lines[..]),
        });
        let proofs: Vec<Vec<u8>> = input.proofs.iter().map(|proof| read(proof)).collect();
        let reconstruction = Reconstruction::of(exports, &proofs, &policy).unwrap();
        let accounts: Vec<Account> = reconstruction.messages().collect();
        let entries = || accounts.iter().flat_map(|account| &account.timeline);
        let conflicts = entries().flat_map(|entry| &entry.conflicts);
        let trails: Vec<TrailReport> = reconstruction.trails().collect();
        let faults = trails.iter().flat_map(|trail| &trail.faults);
        let told = ExpectedReconstruction {
            verdict: reconstruction.verdict().name().to_owned(),
            timeline: entries().map(|entry| format!("{} {}", entry.fact.name(), entry.standing)).collect(),
            conflicts: conflicts
                .map(|conflict| format!("{} {}", conflict.kind.name(), conflict.laid_to.name()))
                .collect(),
            faults: faults.map(|fault| format!("{} {}", fault.kind.name(), fault.laid_to.name())).collect(),
        };
        assert_eq!(told, vector.expected, "{}", vector.id);
        assert_eq!(accounts.len(), 1, "{}", vector.id);
    }
}

#[test]
fn an_honest_day_is_complete() {
    let told = Told::of_day(None);
    for account in &told.accounts {
        assert_eq!(account.verdict, ReconstructionVerdict::Complete, "{account:#?}");
        assert!(account.timeline.iter().all(|entry| !entry.records.is_empty()));
    }
    assert_eq!((told.accounts.len(), told.verdict), (day::MESSAGES, ReconstructionVerdict::Complete));
    for trail in &told.trails {
        assert_eq!((trail.faults.as_slice(), trail.sealed), ([].as_slice(), trail.lines), "{trail:#?}");
        assert!(matches!(trail.clock, Clock::Agrees), "{trail:#?}");
    }
    assert!(told.blamed().is_empty());
    // What has a proof is proven; what several parties sealed is corroborated.
    let standings = told.account(0).timeline.iter().map(|entry| (entry.fact, entry.standing)).collect::<Vec<_>>();
    use FactStanding::{Attested, Proven};
    let expected =
        [(Fact::Submission, Proven), (Fact::Available, Proven), (Fact::Notified, Attested), (Fact::Opened, Proven)];
    assert_eq!(standings, expected);
}

#[test]
fn no_honest_party_is_blamed() {
    for lie in Lie::ALL.iter().copied() {
        let told = Told::of_day(Some(lie));
        let liar = BTreeSet::from_iter((lie.liar() != "nobody").then(|| urn(lie.liar())));
        assert!(told.blamed().is_subset(&liar), "{}: {:?}", lie.name(), told.blamed());
        // It shows: the day is no longer complete, or the clock is told.
        let shows = told.verdict != ReconstructionVerdict::Complete
            || told.trails.iter().any(|trail| matches!(trail.clock, Clock::Off { .. }) || !trail.faults.is_empty());
        assert!(shows, "{}", lie.name());
    }
}

#[test]
fn announcements_that_are_set_back_contradict_the_proofs_and_no_clock_is_off() {
    let told = Told::of_day([Lie::SetsAnnouncementsBack]);
    assert!(told.trails.iter().all(|trail| trail.clock == Clock::Agrees), "{:?}", told.trails);
    for account in &told.accounts {
        let available: Vec<_> = account.timeline.iter().filter(|entry| entry.fact == Fact::Available).collect();
        assert_eq!(available.len(), 1, "{account}");
        let conflicts = available[0].conflicts.iter().map(|conflict| (conflict.kind, conflict.laid_to));
        let kinds = [ConflictKind::TimesDiffer, ConflictKind::TimeContradictsProof];
        assert_eq!(conflicts.collect::<Vec<_>>(), kinds.map(|kind| (kind, LaidTo::Nobody)), "{account}");
    }
    assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
}

#[test]
fn without_proofs_no_party_that_others_agree_with_makes_the_clock_of_another_off() {
    let day = played([Lie::SetsAnnouncementsBack]);
    let by = |told: &Told, name: &str| match told.trail(name).clock {
        Clock::Differs { by, .. } => Some(by.num_seconds()),
        Clock::Agrees => None,
        clock => panic!("{clock:?}"),
    };
    // The sender and the application agree with the provider in their calls. That says nothing of its announcements.
    let told = Told::of(&day, &exports(&day), &[]);
    assert_eq!(
        ["sender", "provider", "operator", "consumer"].map(|name| by(&told, name)),
        [None, Some(-900), Some(900), None]
    );
    // Nobody stands for the operator without the application, and its honest clock is not off all the same.
    let consumer = &files(&day, "consumer")[0].lines;
    let without: Vec<ExportFiles> = exports(&day).into_iter().filter(|files| files.lines != *consumer).collect();
    let told = Told::of(&day, &without, &[]);
    assert_eq!(["sender", "provider", "operator"].map(|name| by(&told, name)), [None, Some(-900), Some(900)]);
    assert!(told.blamed().is_empty());
}

#[test]
fn a_clock_that_is_set_right_at_noon_was_off_in_the_morning_alone() {
    let told = Told::of_day([Lie::ClockSetAtNoon]);
    let sections = &told.trail("operator").clock_sections;
    let clocks: Vec<Option<i64>> = sections
        .iter()
        .map(|section| match section.clock {
            Clock::Off { by, decided_by: ClockReference::OtherParties, .. } => Some(by.num_seconds()),
            Clock::Agrees => None,
            clock => panic!("{clock:?}"),
        })
        .collect();
    assert_eq!(clocks, [Some(900), None], "{sections:?}");
    assert_eq!(sections[0].to.get() + 1, sections[1].from.get());
    assert!(matches!(told.trail("operator").clock, Clock::Off { .. }));
    // Nothing is missed of the morning, and nothing differs.
    assert!(
        told.accounts.iter().all(|account| account.verdict == ReconstructionVerdict::Complete),
        "{:#?}",
        told.accounts
    );
    assert!(
        told.trails.iter().filter(|trail| *trail.urn != *urn("operator")).all(|trail| trail.clock == Clock::Agrees)
    );
    let text = told.trail("operator").to_string();
    assert!(text.contains(": off, ahead by 900.") && text.contains(": agrees with"), "{text}");
}

#[test]
fn an_omitted_consultation_is_missing_where_it_must_be() {
    let told = Told::of_day(Some(Lie::OmitsConsultation));
    let account = told.account(SUBJECT);
    let opened = account.timeline.iter().find(|entry| entry.fact == Fact::Opened).unwrap();
    // The application and the operator both recorded it.
    assert_eq!(opened.standing, FactStanding::Corroborated, "{account:#?}");
    let missing: Vec<(&str, RecordForm)> =
        account.missing.iter().map(|missing| (&*missing.party, missing.expected.form)).collect();
    let provider = "BE/BE/0406798006";
    let sender = "BE/BE/0566988259";
    assert_eq!(
        missing,
        [(sender, RecordForm::ProofReceived), (provider, RecordForm::Call), (provider, RecordForm::ProofIssued)]
    );
    assert_eq!(account.verdict, ReconstructionVerdict::ProvenWithGaps);
    assert_eq!(told.verdict, ReconstructionVerdict::ProvenWithGaps);
}

#[test]
fn what_is_recorded_as_done_and_has_no_proof_is_listed() {
    let told = Told::of_day(Some(Lie::OmitsConsultation));
    let listed = |account: &Account| account.unproven().map(|entry| entry.fact).collect::<Vec<_>>();
    assert_eq!(listed(told.account(SUBJECT)), [Fact::Opened]);
    let text = told.account(SUBJECT).to_string();
    assert_eq!(text.matches("recorded, and not proven").count(), 1, "{text}");
    // With a proof of each fact there is nothing to list, though nobody seals a proof of a notification.
    for account in told.accounts.iter().filter(|account| *account.message != *message(SUBJECT)) {
        assert_eq!((listed(account), account.unrecorded().count()), (vec![], 0), "{account:#?}");
        assert!(!account.to_string().contains("not proven"));
    }
    // Without the trails, what the proofs state is recorded by nobody.
    let day = played(None);
    let told = Told::of(&day, &[], &day.proofs);
    assert!(told.accounts.iter().all(|account| account.unrecorded().count() == account.timeline.len()));
}

#[test]
fn where_several_have_a_role_nobody_is_missed_who_had_no_part() {
    // Whose proofs they are says who the sender and the provider were, and the record of one application is enough.
    let others = [Role::Sender, Role::Provider, Role::Operator, Role::ConsumerApp];
    for role in others {
        let told = Told::of_day_with(None, &[("BE/BE/0200881951", role), ("BE/BE/0202239951", role)]);
        assert_eq!(told.verdict, ReconstructionVerdict::Complete, "{role:?}: {:#?}", told.accounts);
    }
    // An omission is still missed of the provider, whose proofs these are.
    let omits = Some(Lie::OmitsConsultation);
    let told = Told::of_day_with(omits, &[("BE/BE/0200881951", Role::Provider)]);
    let account = told.account(SUBJECT);
    let of_provider = account.missing.iter().filter(|missing| missing.expected.role == Role::Provider);
    assert_eq!(of_provider.map(|missing| &*missing.party).collect::<BTreeSet<_>>(), ["BE/BE/0406798006"].into());
}

#[test]
fn a_record_that_none_of_several_applications_holds_is_told_and_missed_of_none() {
    let day = played(None);
    let verifier = verifier(&day);
    let policy = policy(&day, &verifier).with_role("BE/BE/0200881951", Role::ConsumerApp);
    let exports: Vec<ExportFiles> = day
        .trails
        .iter()
        .filter(|trail| trail.role != Role::ConsumerApp)
        .flat_map(|trail| trail.exports.clone())
        .collect();
    let told = Told::by(&exports, &day.proofs, &policy);
    let open = told.account(0).not_covered.iter().map(|open| (open.expected.role, open.party.clone(), open.reason));
    assert_eq!(open.collect::<Vec<_>>(), [(Role::ConsumerApp, None, NotCovered::SeveralInRole)]);
    assert_eq!(told.account(0).verdict, ReconstructionVerdict::ProvenWithGaps);
}

#[test]
fn a_record_that_is_earlier_than_the_partys_own_proof_is_laid_to_it() {
    let told = Told::of_day(Some(Lie::Backdates));
    let account = told.account(SUBJECT);
    let conflicts: Vec<(ConflictKind, LaidTo)> = account
        .timeline
        .iter()
        .flat_map(|entry| &entry.conflicts)
        .map(|conflict| (conflict.kind, conflict.laid_to))
        .collect();
    // The caller's record of the call and the provider's differ too, and nobody knows whose is right by these alone.
    let expected = [(ConflictKind::TimesDiffer, LaidTo::Nobody), (ConflictKind::TimeContradictsProof, LaidTo::Party)];
    assert_eq!(conflicts, expected, "{account:#?}");
    assert_eq!(told.blamed(), BTreeSet::from([urn("provider")]));
    assert_eq!(account.verdict, ReconstructionVerdict::Contradicted);
    let others = told.accounts.iter().filter(|account| *account.message != *message(SUBJECT));
    assert!(others.clone().all(|account| account.verdict == ReconstructionVerdict::Complete));
}

#[test]
fn calls_that_are_set_back_contradict_the_proofs_and_no_clock_is_off() {
    let told = Told::of_day(Some(Lie::SetsCallsBack));
    assert!(
        told.trails.iter().all(|trail| matches!(trail.clock, Clock::Agrees | Clock::NotEstimated)),
        "{:?}",
        told.trails
    );
    assert!(told.kinds("provider").contains(&"recorded-late"));
    let contradicted = |account: &Account| account.verdict == ReconstructionVerdict::Contradicted;
    assert!(told.accounts.iter().all(contradicted), "{:#?}", told.accounts);
}

#[test]
fn two_histories_of_one_party_are_laid_to_it() {
    for (lie, name) in [(Lie::Rechains, "provider"), (Lie::PresentsTwoExports, "sender")] {
        let told = Told::of_day(Some(lie));
        assert!(told.kinds(name).contains(&"two-histories"), "{:?}", told.trail(name));
        assert_eq!(told.blamed(), BTreeSet::from([urn(name)]));
        assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
    }
}

#[test]
fn an_altered_line_is_laid_to_the_party_only_if_it_sealed_it() {
    let told = Told::of_day(Some(Lie::AltersLine));
    assert_eq!(told.kinds("provider"), ["altered"]);
    assert_eq!(told.blamed(), BTreeSet::from([urn("provider")]));
    let told = Told::of_day(Some(Lie::ChangedOnItsWay));
    assert_eq!(told.kinds("provider"), ["manifest-differs", "altered"]);
    assert!(told.blamed().is_empty());
    // The hash of the last line vouches for all that is behind the change.
    let trail = told.trail("provider");
    assert!(trail.sealed > 0 && trail.sealed < trail.lines, "{trail:?}");
}

#[test]
fn what_is_after_the_end_of_a_trail_is_not_covered() {
    let told = Told::of_day(Some(Lie::DropsLastHour));
    for account in &told.accounts {
        let is_late = [message(day::MESSAGES - 1), message(day::MESSAGES - 2)].contains(&account.message.to_string());
        let reasons: BTreeSet<NotCovered> = account.not_covered.iter().map(|uncovered| uncovered.reason).collect();
        let expected = if is_late { BTreeSet::from([NotCovered::AfterTrail]) } else { BTreeSet::new() };
        assert_eq!(reasons, expected, "{account:#?}");
        assert!(account.missing.is_empty(), "{account:#?}");
    }
    let told = Told::of_day(Some(Lie::NeverAnswers));
    let reasons = told
        .accounts
        .iter()
        .flat_map(|account| &account.not_covered)
        .map(|uncovered| (uncovered.expected.role, uncovered.reason));
    assert_eq!(reasons.collect::<BTreeSet<_>>(), BTreeSet::from([(Role::Operator, NotCovered::NoTrail)]));
    assert_eq!(told.verdict, ReconstructionVerdict::ProvenWithGaps);
}

#[test]
fn a_clock_that_is_off_is_told_and_nothing_is_missed() {
    let told = Told::of_day(Some(Lie::ClockOff));
    match told.trail("operator").clock {
        Clock::Off { by, decided_by: ClockReference::OtherParties, .. } => assert_eq!(by.num_seconds(), 900),
        ref clock => panic!("{clock:?}"),
    }
    assert!(
        told.trails.iter().filter(|trail| *trail.urn != *urn("operator")).all(|trail| trail.clock == Clock::Agrees)
    );
    assert!(
        told.accounts.iter().all(|account| account.verdict == ReconstructionVerdict::Complete),
        "{:#?}",
        told.accounts
    );
}

#[test]
fn the_order_of_exports_and_proofs_has_no_part() {
    for lie in [Lie::PresentsTwoExports, Lie::Backdates, Lie::ClockOff] {
        let day = played(Some(lie));
        let (mut exports, mut proofs) = (exports(&day), day.proofs.clone());
        let told = Told::of(&day, &exports, &proofs);
        for turn in 0..3 {
            exports.rotate_left(1 + turn);
            exports.swap(0, 1);
            proofs.rotate_left(5);
            proofs.reverse();
            let again = Told::of(&day, &exports, &proofs);
            assert_eq!((&again.trails, again.verdict), (&told.trails, told.verdict));
            assert_eq!(again.accounts, told.accounts);
        }
    }
}

#[test]
fn a_copy_of_a_sealed_line_is_that_line_whoever_gives_it() {
    let day = played(Some(Lie::ChangedOnItsWay));
    let honest = played(None);
    // Keys differ from day to day, and lines do not.
    let mut exports = exports(&day);
    let copy = &files(&honest, "operator")[0];
    exports.retain(|files| files.lines != copy.lines);
    let told = Told::of(&day, &exports, &day.proofs);
    assert!(told.trails.iter().all(|trail| *trail.urn != *urn("operator")));
    exports.push(ExportFiles { manifest: b"none".to_vec(), ..copy.clone() });
    let told = Told::of(&day, &exports, &day.proofs);
    assert_eq!((told.kinds("operator"), told.trail("operator").sealed), (vec!["manifest-unreadable"], 0));
    exports.extend(files(&day, "operator").iter().cloned());
    let told = Told::of(&day, &exports, &day.proofs);
    assert_eq!(told.trail("operator").sealed, told.trail("operator").lines);
}

#[test]
fn what_nobody_sealed_is_claimed_and_blames_nobody() {
    let day = played(Some(Lie::AltersLine));
    let verifier = verifier(&day);
    let policy = policy(&day, &verifier);
    let exports = exports(&day);
    let unsealed = exports.iter().map(|files| Export::new(&files.lines[..]));
    let reconstruction = Reconstruction::of(unsealed, &[] as &[Vec<u8>], &policy).unwrap();
    assert!(reconstruction.trails().all(|trail| !trail.is_at_fault() && trail.sealed == 0));
    assert!(
        reconstruction
            .trails()
            .any(|trail| trail.faults.iter().any(|fault| matches!(fault.kind, TrailFaultKind::Altered { .. })))
    );
    for account in reconstruction.messages() {
        assert!(
            account.timeline.iter().all(|entry| entry.standing == FactStanding::Claimed && entry.conflicts.is_empty())
        );
        assert_eq!(account.verdict, ReconstructionVerdict::Insufficient);
    }
}
