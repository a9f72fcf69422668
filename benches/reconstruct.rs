//! Combines the sealed trails of three parties, of ten thousand to a million records, and prints the time, the exponent by which
//! it grows, and the memory that a record takes.

use std::cell::RefCell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use chrono::{DateTime, Duration, Utc};
use peak_alloc::PeakAlloc;
use recommande::audit::{
    Action, AuditDigest, Channel, EngineEvent, Export, LineReader, Occurrence, Outcome, Part, ProofReference,
    Reconstruction, ReconstructionPolicy, Record, Role, Selection, Sequence, Side, Sink, Source, Trail, export,
};
use recommande::crypto::KeyKind;
use recommande::evidence::{Event, EvidenceIdentifier};
use recommande::seal::{Artifact, ProofId};
use recommande::testing::{CertificateSpec, TestPki, TestTsa, generate_key};
use recommande::{Credentials, Environment, Issuer, MessageId, Sealer, TsaPool, Verifier};
use recommande_benches::{fixtures, processor};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The parties: the number of each, its role, and how many records it has of a message.
const PARTIES: [(&str, Role, usize); 3] =
    [("0566988259", Role::Sender, 3), ("0406798006", Role::Provider, 4), ("0316380841", Role::Operator, 3)];

const SIZES: [usize; 5] = [10_000, 31_600, 100_000, 316_000, 1_000_000];

/// A record may take as many octets, and the time may grow by this exponent.
const WANTED_OCTETS: f64 = 200.0;
const WANTED_EXPONENT: f64 = 1.0;

/// The lines of a trail, made while they are read, so that they take no memory.
struct Lines {
    party: usize,
    messages: usize,
    next: usize,
    trail: Trail<Shared>,
    made: Rc<RefCell<Vec<u8>>>,
    buffer: Vec<u8>,
    read: usize,
    id: ProofId,
}

/// A sink that the reader empties.
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Sink for Shared {
    fn append(&mut self, _: Sequence, octets: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().extend_from_slice(octets);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn new(party: usize, messages: usize, id: ProofId) -> Self {
        let source =
            Source::new(Environment::Test, &format!("BE/BE/{}", PARTIES[party].0), "mailbox").expect("a source");
        let made = Rc::new(RefCell::new(Vec::new()));
        let trail = Trail::begin(&source, Shared(Rc::clone(&made)));
        Self { party, messages, next: 0, trail, made, buffer: Vec::new(), read: 0, id }
    }

    /// Writes the records of one message.
    fn write(&mut self) {
        let number = self.next;
        self.next += 1;
        // The last one ends before the manifest is sealed.
        let left = i64::try_from(self.messages - number).expect("a number");
        let start = fixtures::now() - Duration::seconds(5) - Duration::milliseconds(left * 50);
        for (place, millis) in (0..PARTIES[self.party].2).zip([0, 1000, 2000, 3000]) {
            let at = start + Duration::milliseconds(millis);
            let record = self.record(number, place, at).about(&message(number)).expect("a record");
            self.trail.append(&record, start).expect("memory");
        }
    }

    fn record(&self, number: usize, place: usize, at: DateTime<Utc>) -> Record<'static> {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&u64::try_from(number * 8 + place).expect("a number").to_be_bytes());
        let occurrence = Occurrence::with_id(EvidenceIdentifier::version_7(at, random), at).expect("an occurrence");
        let call = |side| {
            let publish = Action::new("POST", "/publish/{messageId}").expect("an action");
            let part = Part::new("main", [AuditDigest::of(b"letter")], 6, "text/plain").expect("a part");
            let call = Record::api_call(occurrence, publish, Outcome::status(201).expect("a status"));
            call.on_side(side).and_then(|call| call.with_part(part)).expect("a call")
        };
        let proof = || ProofReference::id(self.id);
        let announced = |event, side| Record::event_engine(occurrence, event).on_side(side).expect("an announcement");
        match (PARTIES[self.party].1, place) {
            (Role::Sender, 0) => call(Side::Caller),
            (Role::Provider, 0) => call(Side::Callee),
            (Role::Provider, 1) => Record::proof_issued(occurrence, proof(), Event::SubmissionAcceptance),
            (Role::Provider, 2) => Record::proof_issued(occurrence, proof(), Event::ContentConsignment),
            (Role::Provider, _) => announced(EngineEvent::NewDocument, Side::Caller),
            (Role::Operator, 0) => announced(EngineEvent::NewDocument, Side::Callee),
            (Role::Operator, 1) => {
                Record::notification(occurrence, Channel::Email, Outcome::status(200).expect("a status"))
            }
            (Role::Operator, _) => announced(EngineEvent::ReadDocument, Side::Callee),
            (_, 1) => Record::proof_received(occurrence, proof(), Event::SubmissionAcceptance),
            (_, _) => Record::proof_received(occurrence, proof(), Event::ContentConsignment),
        }
    }
}

fn message(number: usize) -> MessageId {
    MessageId::new(&format!("1ZG{number:010}L")).expect("an identifier")
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.buffer.len() {
            self.buffer.clear();
            self.read = 0;
            for _ in 0..64.min(self.messages - self.next) {
                self.write();
            }
            self.trail.commit().map_err(io::Error::other)?;
            std::mem::swap(&mut self.buffer, &mut self.made.borrow_mut());
        }
        Ok(&self.buffer[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount;
    }
}

/// The parties with their seals.
struct Exchange {
    verifier: Verifier,
    sealers: Vec<Sealer>,
    tsas: TsaPool,
    id: ProofId,
}

impl Exchange {
    fn new() -> Self {
        let pki = TestPki::of_kind(&KeyKind::EcP256, fixtures::now()).expect("a throwaway PKI");
        let sealer = |(number, _, _): &(&str, Role, usize)| {
            let (from, until) = (fixtures::now() - Duration::days(1), fixtures::now() + Duration::days(1));
            let spec =
                CertificateSpec::seal("Seal", from, until).with_organization("Party", &format!("NTRBE-{number}"));
            let key =
                pki.intermediate.issue(&spec, generate_key(&KeyKind::EcP256).expect("a key")).expect("a certificate");
            let chain = vec![key.certificate.clone(), pki.intermediate.certificate.clone()];
            let issuer = Issuer::new("Party", &format!("BE/BE/{number}"), Environment::Test).expect("an issuer");
            Sealer::new(Credentials::new(key.signer.clone(), chain).expect("credentials"), issuer)
        };
        let sealers = PARTIES.iter().map(sealer).collect();
        let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki).with_clock(fixtures::now));
        let id = fixtures::sealer(&pki).seal(&fixtures::letter(0), fixtures::now()).expect("a seal");
        let id = id.stamp_with(&tsas).expect("a proof").id();
        Self { verifier: Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test), sealers, tsas, id }
    }

    fn lines(&self, party: usize, messages: usize) -> Lines {
        Lines::new(party, messages, self.id)
    }

    /// Reads the lines, and seals their manifest. It takes what making the lines takes, and the export of them.
    fn manifest(&self, party: usize, messages: usize) -> (Vec<u8>, Vec<u8>) {
        let mut lines = LineReader::new(self.lines(party, messages));
        let manifest = export(&mut lines, &Selection::everything(), &mut io::sink()).expect("an export");
        let seal = manifest.seal(&self.sealers[party], fixtures::now()).expect("a seal");
        (manifest.to_json(), seal.stamp_with(&self.tsas).expect("a timestamp").der().to_vec())
    }

    /// Combines as many messages. Returns the seconds of CPU, less those of making the lines, and the octets of memory: the most, and
    /// those that stay.
    fn combine(&self, messages: usize) -> (f64, usize, usize) {
        let manifests: Vec<_> = (0..PARTIES.len()).map(|party| self.manifest(party, messages)).collect();
        let made = seconds(|| {
            for party in 0..PARTIES.len() {
                let mut lines = self.lines(party, messages);
                while let Ok(read) = lines.fill_buf().map(<[u8]>::len)
                    && read > 0
                {
                    lines.consume(read);
                }
            }
        });
        let policy = ReconstructionPolicy::new(&self.verifier, fixtures::now() + Duration::hours(1));
        let policy = PARTIES
            .iter()
            .fold(policy, |policy, (number, role, _)| policy.with_role(&format!("BE/BE/{number}"), *role));
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let mut stay = 0;
        let proofs: [Vec<u8>; 0] = [];
        let combined = seconds(|| {
            let exports = manifests.into_iter().enumerate().map(|(party, (json, signature))| {
                Export::new(self.lines(party, messages)).with_manifest(json, signature)
            });
            let reconstruction = Reconstruction::of(exports, &proofs, &policy).expect("trails");
            stay = MEMORY.current_usage().saturating_sub(before);
            let told = reconstruction.messages().filter(|account| !account.timeline.is_empty());
            assert_eq!(told.count(), messages);
            assert!(reconstruction.trails().all(|trail| trail.faults.is_empty() && trail.sealed == trail.lines));
        });
        (combined - made, MEMORY.peak_usage().saturating_sub(before), stay)
    }
}

/// The seconds of CPU that some work takes.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = processor();
    work();
    (processor() - start).as_secs_f64()
}

fn main() {
    let exchange = Exchange::new();
    let of_message: usize = PARTIES.iter().map(|(_, _, records)| records).sum();
    // What the first run costs once is no growth.
    exchange.combine(100);
    let mut measured: Vec<(f64, f64)> = Vec::new();
    for size in SIZES {
        let (seconds, most, stay) = exchange.combine(size / of_message);
        let octets = |total: usize| total as f64 / size as f64;
        println!(
            "RECORDS {size} of three parties: {seconds:.2} s of CPU, {:.2} us a record; at most {:.0} octets a record (wanted \
            {WANTED_OCTETS}), of which {:.0} stay",
            seconds * 1e6 / size as f64,
            octets(most),
            octets(stay),
        );
        measured.push(((size as f64).ln(), seconds.ln()));
    }
    println!("EXPONENT {:.3} from {} to {} records (wanted {WANTED_EXPONENT})", slope(&measured), SIZES[0], SIZES[4]);
}

/// The slope of the line that fits the points best.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), point| {
        (above + (point.0 - x) * (point.1 - y), below + (point.0 - x) * (point.0 - x))
    });
    above / below
}
