//! A day of traffic between a sender, a provider, the operator of the boxes and the application of the recipients: the proofs,
//! and the trail of each party, with a fault if one is asked for.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use recommande::audit::{
    Action, AuditDigest, Channel, ClockState, Content, EngineEvent, LineHash, LineReader, Manifest, Occurrence,
    Outcome, Part, ProofReference, Record, Role, Selection, Side, Source, Trail, export,
};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel, Event, EvidenceIdentifier, Statement, Step, StepEvent};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{Artifact, Proof, ProofId, Unstamped};
use recommande::testing::{CertificateSpec, TestPki, TestTsa, generate_key};
use recommande::{
    Credentials, Environment, Issuer, MessageId, Opening, PartDescription, Party, Payload, PayloadDigests, Sealer,
    Sending, TsaPool, Verifier,
};

use super::lie::Lie;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The parties: the name of each, its role, and its enterprise number.
pub const PARTIES: [(&str, Role, &str); 4] = [
    ("sender", Role::Sender, "0566988259"),
    ("provider", Role::Provider, "0406798006"),
    ("operator", Role::Operator, "0316380841"),
    ("consumer", Role::ConsumerApp, "0671516647"),
];

/// The number of messages of a day. The last two are in its last hour.
pub const MESSAGES: usize = 12;

/// The message that a lie about one message is about.
pub const SUBJECT: usize = 2;

/// How far a clock that is off is ahead.
pub const AHEAD: TimeDelta = TimeDelta::minutes(15);

/// A day as it was played.
pub struct Day {
    pub pki: TestPki,
    pub trails: Vec<PartyTrail>,
    pub proofs: Vec<Vec<u8>>,
    /// The end of the day.
    pub end: DateTime<Utc>,
}

/// The exports of a party.
pub struct PartyTrail {
    pub name: &'static str,
    pub role: Role,
    /// The party, as its source names it.
    pub party: String,
    pub exports: Vec<ExportFiles>,
}

/// The files of an export.
#[derive(Clone)]
pub struct ExportFiles {
    pub lines: Vec<u8>,
    pub manifest: Vec<u8>,
    pub signature: Vec<u8>,
}

/// What is recorded.
#[derive(Clone, Copy)]
enum Deed {
    Submitted(Side),
    Consulted(Side),
    Issued(Event, ProofId),
    Received(Event, ProofId),
    Announced(EngineEvent, Side),
    Unanswered(EngineEvent),
    Told,
    ClockSet,
}

/// A record before it is written.
#[derive(Clone)]
struct Entry {
    message: usize,
    deed: Deed,
    time: DateTime<Utc>,
    recorded: DateTime<Utc>,
}

/// The name of a message.
pub fn message(number: usize) -> String {
    format!("1ZG00000AUD{number:02}")
}

impl Day {
    /// Plays a day that begins at eight in the morning, with the faults that are given.
    pub fn play(morning: DateTime<Utc>, lies: impl IntoIterator<Item = Lie>) -> Result<Self> {
        let lies: Vec<Lie> = lies.into_iter().collect();
        let pki = TestPki::new(morning)?;
        let sealers = Sealers::new(&pki, morning)?;
        let mut traffic = Traffic::default();
        let mut proofs = Vec::new();
        for number in 0..MESSAGES {
            let start = if number < MESSAGES - 2 {
                TimeDelta::minutes(30 + 55 * i64::try_from(number)?)
            } else {
                TimeDelta::minutes(665 + 10 * i64::try_from(number + 2 - MESSAGES)?)
            };
            // Every third message is never opened.
            let is_opened = number % 3 != 1;
            proofs.extend(traffic.message(number, morning + start, is_opened, &sealers, &lies)?);
        }
        let end = morning + TimeDelta::hours(12);
        let mut trails = Vec::new();
        for (name, role, number) in PARTIES {
            let mut entries = traffic.0.remove(name).unwrap_or_default();
            let is_on_its_way = |lie: Lie| lie == Lie::ChangedOnItsWay && name == "provider";
            let own = lies.iter().copied().filter(|lie| lie.liar() == name || is_on_its_way(*lie));
            let own: Vec<Lie> = own.collect();
            own.iter().for_each(|lie| before_writing(&mut entries, *lie, morning + TimeDelta::hours(4)));
            entries.sort_by_key(|entry| entry.recorded);
            let party = format!("BE/BE/{number}");
            let source = Source::new(Environment::Test, &party, "registered-mail")?;
            let exports = exports(&entries, &source, &own, morning, &sealers, name)?;
            trails.push(PartyTrail { name, role, party, exports });
        }
        Ok(Self { pki, trails, proofs, end })
    }
}

/// What is done to the records before they are written.
fn before_writing(entries: &mut Vec<Entry>, lie: Lie, noon: DateTime<Utc>) {
    let hours = |entry: &mut Entry| entry.time -= TimeDelta::hours(2);
    let is_subject = |entry: &&mut Entry| entry.message == SUBJECT;
    match lie {
        Lie::OmitsConsultation => entries.retain(|entry| {
            let is_consultation =
                matches!(entry.deed, Deed::Consulted(_) | Deed::Issued(Event::ContentAccessTracking, _));
            entry.message != SUBJECT || !is_consultation
        }),
        Lie::Backdates => {
            let is_submission = |entry: &&mut Entry| {
                matches!(entry.deed, Deed::Submitted(_) | Deed::Issued(Event::SubmissionAcceptance, _))
            };
            entries.iter_mut().filter(is_subject).filter(is_submission).for_each(hours);
        }
        Lie::SetsCallsBack => {
            entries.iter_mut().filter(|entry| matches!(entry.deed, Deed::Submitted(_))).for_each(hours);
        }
        Lie::SetsAnnouncementsBack | Lie::SetsReadsBack => {
            let announced = entries.iter_mut().filter(|entry| matches!(entry.deed, Deed::Announced(..)));
            announced.for_each(|entry| entry.time -= AHEAD);
        }
        Lie::ClockOff => entries.iter_mut().for_each(Entry::set_ahead),
        Lie::ClockSetAtNoon => {
            entries.iter_mut().filter(|entry| entry.recorded < noon).for_each(Entry::set_ahead);
            entries.push(Entry { message: SUBJECT, deed: Deed::ClockSet, time: noon, recorded: noon });
        }
        Lie::Rechains
        | Lie::DropsLastHour
        | Lie::PresentsTwoExports
        | Lie::AltersLine
        | Lie::NeverAnswers
        | Lie::ChangedOnItsWay => {}
    }
}

/// Writes and seals the trail of a party.
fn exports(
    entries: &[Entry],
    source: &Source,
    lies: &[Lie],
    morning: DateTime<Utc>,
    sealers: &Sealers,
    name: &str,
) -> Result<Vec<ExportFiles>> {
    let (noon, evening, end) =
        (morning + TimeDelta::hours(4), morning + TimeDelta::hours(11), morning + TimeDelta::hours(12));
    let has = |lie| lies.contains(&lie);
    if has(Lie::NeverAnswers) {
        return Ok(Vec::new());
    }
    let is_dropped = |entry: &&Entry| has(Lie::DropsLastHour) && entry.recorded >= evening;
    let kept = || entries.iter().filter(|entry| !is_dropped(entry));
    let mut exports = Vec::new();
    if has(Lie::Rechains) {
        let lines = written(kept().filter(|entry| entry.recorded < noon), source)?;
        exports.push(sealers.honest_export(name, &lines, noon)?);
    }
    if has(Lie::PresentsTwoExports) {
        exports.push(sealers.honest_export(name, &written(kept(), source)?, end)?);
    }
    let lines = written(kept().skip(usize::from(!exports.is_empty())), source)?;
    let mut last = if has(Lie::AltersLine) {
        sealers.export(name, &altered(&lines), end)?
    } else {
        sealers.honest_export(name, &lines, end)?
    };
    if has(Lie::ChangedOnItsWay) {
        last.lines = altered(&last.lines);
    }
    exports.push(last);
    Ok(exports)
}

/// Changes the outcome of the third call.
fn altered(lines: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(lines);
    let third = text.match_indices("\"outcome\":201").map(|(at, _)| at).nth(2).unwrap_or(text.len());
    let (before, behind) = text.split_at(third);
    [before, &behind.replacen("201", "202", 1)].concat().into_bytes()
}

fn written<'e>(entries: impl Iterator<Item = &'e Entry>, source: &Source) -> Result<Vec<u8>> {
    let mut trail = Trail::begin(source, Vec::new());
    for (number, entry) in (0_u64..).zip(entries) {
        // Ids that are the same at every run.
        let mut random = [0; 10];
        let digest = DigestAlgorithm::Sha256.digest(format!("{source} {number}").as_bytes());
        random.iter_mut().zip(digest.as_bytes()).for_each(|(octet, of_digest)| *octet = *of_digest);
        let id = EvidenceIdentifier::version_7(entry.time, random);
        trail.append(&entry.record(id)?, entry.recorded)?;
    }
    trail.commit()?;
    Ok(trail.into_sink())
}

impl Entry {
    /// Both times are of a clock that is ahead.
    fn set_ahead(&mut self) {
        self.time += AHEAD;
        self.recorded += AHEAD;
    }

    fn record(&self, id: EvidenceIdentifier) -> Result<Record<'static>> {
        let occurrence = Occurrence::with_id(id, self.time)?;
        let part = || {
            let digest = AuditDigest::of(message(self.message).as_bytes());
            Part::new("main", [digest], 11, "text/plain")
        };
        let record = match self.deed {
            Deed::Submitted(side) => {
                let publish = Action::new("POST", "/publish/{messageId}")?;
                Record::api_call(occurrence, publish, Outcome::status(201)?).on_side(side)?.with_part(part()?)?
            }
            Deed::Consulted(side) => {
                let content = Action::new("GET", "/messages/{messageId}/content")?;
                Record::api_call(occurrence, content, Outcome::status(200)?).on_side(side)?.with_part(part()?)?
            }
            Deed::Issued(event, id) => Record::proof_issued(occurrence, ProofReference::id(id), event),
            Deed::Received(event, id) => Record::proof_received(occurrence, ProofReference::id(id), event),
            Deed::Announced(event, side) => Record::event_engine(occurrence, event).on_side(side)?,
            Deed::Unanswered(event) => {
                let announce = Action::new("POST", "/events")?;
                let record = Record::event_engine(occurrence, event).on_side(Side::Caller)?;
                record.with_action(announce, Outcome::Timeout)?
            }
            Deed::Told => Record::notification(occurrence, Channel::Email, Outcome::status(200)?),
            Deed::ClockSet => return Ok(Record::clock_status(occurrence, ClockState::Stepped)),
        };
        Ok(record.about(&MessageId::new(&message(self.message))?)?)
    }
}

/// The records of each party.
#[derive(Default)]
struct Traffic(BTreeMap<&'static str, Vec<Entry>>);

impl Traffic {
    fn note(&mut self, party: &'static str, message: usize, deed: Deed, time: DateTime<Utc>) {
        self.0.entry(party).or_default().push(Entry { message, deed, time, recorded: time });
    }

    /// Plays the life of a message: it is submitted, made available, announced and perhaps opened. Returns its proofs.
    fn message(
        &mut self,
        number: usize,
        start: DateTime<Utc>,
        is_opened: bool,
        sealers: &Sealers,
        lies: &[Lie],
    ) -> Result<Vec<Vec<u8>>> {
        let after = |millis: i64| start + TimeDelta::milliseconds(millis);
        self.note("sender", number, Deed::Submitted(Side::Caller), after(0));
        self.note("provider", number, Deed::Submitted(Side::Callee), after(200));
        let sending = sending(number, after(200))?;
        let proof = sealers.proof(&sending, after(500))?;
        let accepted = (Event::SubmissionAcceptance, proof.id());
        self.note("provider", number, Deed::Issued(accepted.0, accepted.1), after(1_600));
        self.note("sender", number, Deed::Received(accepted.0, accepted.1), after(1_900));
        let verifier = &sealers.verifier;
        let sent = verifier.verify(&proof, Payload::NotAvailable, after(2_000))?;

        let available = Step::of(&sent, 1, StepEvent::ContentConsignment, after(60_000))?;
        let laid = sealers.proof(&available, after(60_000))?;
        let available = verifier.verify(&laid, &sent, after(62_000))?;
        self.note("provider", number, Deed::Issued(Event::ContentConsignment, laid.id()), after(61_200));
        let announced = if lies.contains(&Lie::NeverAnswers) {
            Deed::Unanswered(EngineEvent::NewDocument)
        } else {
            Deed::Announced(EngineEvent::NewDocument, Side::Caller)
        };
        self.note("provider", number, announced, after(61_300));
        self.note("operator", number, Deed::Announced(EngineEvent::NewDocument, Side::Callee), after(61_500));
        self.note("sender", number, Deed::Received(Event::ContentConsignment, laid.id()), after(62_000));
        self.note("operator", number, Deed::Told, after(70_000));
        let mut proofs = vec![proof.der().to_vec(), laid.der().to_vec()];
        if is_opened {
            let opened = after(300_000);
            self.note("consumer", number, Deed::Consulted(Side::Caller), opened);
            self.note("provider", number, Deed::Consulted(Side::Callee), opened + TimeDelta::milliseconds(150));
            let read = |side| Deed::Announced(EngineEvent::ReadDocument, side);
            self.note("consumer", number, read(Side::Caller), opened + TimeDelta::milliseconds(1_900));
            self.note("operator", number, read(Side::Callee), opened + TimeDelta::seconds(2));
            // Who leaves a consultation out of its trail makes no proof of it either.
            if !lies.contains(&Lie::OmitsConsultation) || number != SUBJECT {
                let assurance = Assurance::new(AssuranceLevel::Substantial, opened, "urn:example:two-factors")?;
                let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance, opened)?.with_cause(&available)?;
                let proof = sealers.proof(&opening, opened)?;
                let event = Event::ContentAccessTracking;
                self.note("provider", number, Deed::Issued(event, proof.id()), opened + TimeDelta::seconds(1));
                self.note("sender", number, Deed::Received(event, proof.id()), opened + TimeDelta::seconds(3));
                proofs.push(proof.der().to_vec());
            }
        }
        Ok(proofs)
    }
}

pub fn sending(number: usize, time: DateTime<Utc>) -> Result<Sending> {
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?;
    let recipient = Party::new(Niss::new("85073003328")?);
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let digests = PayloadDigests::of_bytes(message(number).as_bytes());
    Ok(Sending::new(MessageId::new(&message(number))?, sender, recipient, part, digests, time)?)
}

/// The seals of the parties, and a TSA whose clock is set.
pub struct Sealers {
    by_party: BTreeMap<&'static str, Sealer>,
    verifier: Verifier,
    tsas: TsaPool,
    clock: Arc<AtomicI64>,
}

impl Sealers {
    pub fn new(pki: &TestPki, now: DateTime<Utc>) -> Result<Self> {
        let mut by_party = BTreeMap::new();
        for (name, _, number) in PARTIES {
            let spec = CertificateSpec::seal(name, now - TimeDelta::days(1), now + TimeDelta::days(365));
            let spec = spec.with_organization(name, &format!("NTRBE-{number}"));
            let key = pki.intermediate.issue(&spec, generate_key(&KeyKind::EcP256)?)?;
            let chain = vec![key.certificate.clone(), pki.intermediate.certificate.clone()];
            let issuer = Issuer::new(name, &format!("BE/BE/{number}"), Environment::Test)?;
            by_party.insert(name, Sealer::new(Credentials::new(key.signer.clone(), chain)?, issuer));
        }
        let clock = Arc::new(AtomicI64::new(now.timestamp()));
        let of_tsa = Arc::clone(&clock);
        let time = move || DateTime::from_timestamp(of_tsa.load(Ordering::SeqCst), 0).unwrap_or_default();
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let tsas = TsaPool::new().with_tsa("in-process", TestTsa::new(pki).with_clock(time));
        Ok(Self { by_party, verifier, tsas, clock })
    }

    fn of(&self, party: &str) -> Result<&Sealer> {
        Ok(self.by_party.get(party).ok_or("no such party")?)
    }

    /// The TSA, a second later than a time.
    pub fn tsas(&self, time: DateTime<Utc>) -> &TsaPool {
        self.clock.store(time.timestamp() + 1, Ordering::SeqCst);
        &self.tsas
    }

    /// Exports all lines, and seals the manifest as a party. Lines that were changed are left out.
    pub fn honest_export(&self, party: &str, lines: &[u8], at: DateTime<Utc>) -> Result<ExportFiles> {
        let mut exported = Vec::new();
        let manifest = export(&mut LineReader::new(lines), &Selection::everything(), &mut exported)?;
        let signature = self.sealed(&manifest, party, at)?;
        Ok(ExportFiles { lines: exported, manifest: manifest.to_json(), signature })
    }

    /// The same, with all lines as they are: a party that changed lines shows them, and says that they are what it wrote.
    pub fn export(&self, party: &str, lines: &[u8], at: DateTime<Utc>) -> Result<ExportFiles> {
        let mut manifest = export(&mut LineReader::new(lines), &Selection::everything(), &mut Vec::new())?;
        let (mut reader, mut times, mut hashes) = (LineReader::new(lines), Vec::new(), Vec::new());
        while let Some(line) = reader.next_line()? {
            hashes.push(line.hash);
            if let Content::Entry(entry) = line.content {
                times.push(entry.recorded_time());
            }
        }
        manifest.first_hash = *hashes.first().ok_or("no line")?;
        manifest.last_hash = *hashes.last().ok_or("no line")?;
        manifest.from = *times.iter().min().ok_or("no record")?;
        manifest.to = *times.iter().max().ok_or("no record")?;
        (manifest.left_out, manifest.unreadable) = (u64::try_from(hashes.len() - times.len())?, 0);
        manifest.export_digest = LineHash::of(lines);
        let signature = self.sealed(&manifest, party, at)?;
        Ok(ExportFiles { lines: lines.to_vec(), manifest: manifest.to_json(), signature })
    }

    /// Seals a manifest as a party.
    pub fn sealed(&self, manifest: &Manifest, party: &str, at: DateTime<Utc>) -> Result<Vec<u8>> {
        Ok(manifest.seal(self.of(party)?, at)?.stamp_with(self.tsas(at))?.der().to_vec())
    }

    /// A seal by the provider.
    pub fn unstamped<S: Statement>(&self, statement: &S, now: DateTime<Utc>) -> Result<Unstamped<Proof<S>>> {
        Ok(self.of("provider")?.seal(statement, now)?)
    }

    /// A proof by the provider.
    pub fn proof<S: Statement>(&self, statement: &S, now: DateTime<Utc>) -> Result<Proof<S>> {
        self.late_proof(statement, now, now)
    }

    /// A proof by the provider, which is timestamped later.
    pub fn late_proof<S: Statement>(
        &self,
        statement: &S,
        now: DateTime<Utc>,
        later: DateTime<Utc>,
    ) -> Result<Proof<S>> {
        Ok(self.unstamped(statement, now)?.stamp_with(self.tsas(later))?)
    }
}
