//! Measures the seals of many letters beside as many raw signatures, and a whole batch, each proof with its evidence
//! record, beside those signatures and the one of the TSA. Batches with one seal stand beside the seals of as many letters,
//! and beside the hashes of their statements.

use std::hint::black_box;

mod batch_verified;

use criterion::Criterion;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{Language, Particulars, RegisteredMail, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{Aggregate, AggregateItem, AggregateLeaves, Batch, FormLetter, StampedAggregate};
use recommande::testing::TestTsa;
use recommande::{MessageId, PartDescription, Party, PayloadDigests, ProofOfSending, Sealer, Sending, Unstamped};
use recommande_benches::{Limit, Memory, compare, criterion, fixtures, memory_of};

const SIZES: [(&str, KeyKind, usize); 3] = [
    ("RSA-2048", KeyKind::Rsa { bits: 2048 }, 100),
    ("P-256", KeyKind::EcP256, 100),
    ("P-256", KeyKind::EcP256, 10_000),
];

fn batch(criterion: &mut Criterion) {
    for (name, kind, size) in SIZES {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(fixtures::now));
        let letters: Vec<Sending> = (0..size).map(fixtures::letter).collect();
        let (signer, tsa) = (pki.seal.signer.clone(), pki.tsa.signer.clone());
        let message = fixtures::signed_attributes(sealer.seal(&letters[0], fixtures::now()).expect("a seal").der());
        let sealed = || sealer.seal_all(&letters, fixtures::now()).map(|seal| seal.expect("a seal"));
        let signatures = || (0..size).map(|_| signer.sign(&message).expect("a signature").len()).sum::<usize>();

        compare(
            criterion,
            &format!("seal_all {size} {name}"),
            &Limit::new("raw signatures").at_least(0.88),
            || sealed().map(|seal| seal.der().len()).sum::<usize>(),
            signatures,
        );
        compare(
            criterion,
            &format!("batch of {size} {name}"),
            &Limit::new("raw signatures and TSA's").at_least(0.75),
            || {
                let sealed: Vec<Unstamped<ProofOfSending>> = sealed().collect();
                let batch = Batch::of(&sealed).expect("a batch").stamp_with(&tsas).expect("a timestamp");
                sealed.into_iter().map(|seal| batch.proof(seal).expect("a proof").der().len()).sum::<usize>()
            },
            || signatures() + tsa.sign(&message).expect("a signature").len(),
        );
    }
}

/// A service that aggregates, and what its database has of each letter of a mailing.
struct Mailing {
    sealer: Sealer,
    tsas: TsaPool,
    addressees: Vec<Addressee>,
}

struct Addressee {
    message_id: String,
    niss: String,
    ticket: String,
    token: String,
}

impl Mailing {
    fn new(size: usize) -> Self {
        let pki = fixtures::pki(&KeyKind::EcP256).with_organization("Example", "NTRBE-0406798006").expect("a name");
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(fixtures::now));
        Self { sealer: fixtures::sealer(&pki), tsas, addressees: (0..size).map(Addressee::new).collect() }
    }

    /// The batch that waits for its seal, of letters that are filled in.
    fn of_form(&self, form: &mut FormLetter) -> Aggregate {
        let mut leaves = AggregateLeaves::new(self.sealer.issuer());
        for addressee in &self.addressees {
            let letter = form.fill_in(addressee.particulars(), fixtures::now()).expect("a letter");
            leaves.add(&letter).expect("a leaf");
        }
        leaves.close(1).expect("a batch")
    }

    /// The same of sendings that are built one by one.
    fn of_sendings(&self, digests: &PayloadDigests) -> Aggregate {
        let mut leaves = AggregateLeaves::new(self.sealer.issuer());
        for addressee in &self.addressees {
            let item = self.sealer.aggregate_item(addressee.sending(digests), fixtures::now()).expect("a statement");
            leaves.add(&item).expect("a leaf");
        }
        leaves.close(1).expect("a batch")
    }

    fn stamped(&self, batch: &Aggregate) -> StampedAggregate {
        let sealed = self.sealer.seal_aggregate(batch, fixtures::now()).expect("a seal");
        sealed.stamp_with(&self.tsas).expect("a timestamp")
    }

    fn form(&self) -> FormLetter {
        self.sealer.form_letter(&self.addressees[0].sending(&fixtures::digests())).expect("a form")
    }
}

impl Addressee {
    fn new(number: usize) -> Self {
        let ticket = format!("{number:013}");
        // The two last digits are 97 less the remainder of the others.
        let serial = 850_730_001 + number % 997;
        let niss = format!("{serial:09}{:02}", 97 - serial % 97);
        Self { message_id: ticket.clone(), niss, ticket, token: format!("Customer {number}") }
    }

    fn recipient(&self) -> Party {
        Party::new(self.niss.parse::<Niss>().expect("a number"))
    }

    fn particulars(&self) -> Particulars {
        let message_id = MessageId::new(&self.message_id).expect("a message identifier");
        Particulars::new(message_id, self.recipient(), fixtures::now())
            .and_then(|letter| letter.with_ticket(Ticket::new(&self.ticket)?).with_token(&self.token))
            .expect("particulars")
    }

    fn sending(&self, digests: &PayloadDigests) -> Sending {
        let sender = EnterpriseNumber::new("0566988259").expect("an enterprise number");
        let ticket = Ticket::new(&self.ticket).expect("a ticket");
        let mail = RegisteredMail::new(ticket, "Reminder of payment", "letter", Language::English)
            .and_then(|mail| mail.with_token(&self.token))
            .expect("a registered mail");
        Sending::new(
            MessageId::new(&self.message_id).expect("a message identifier"),
            Party::legal_person(sender, "Example Sending Office").expect("a sender"),
            self.recipient(),
            PartDescription::new("letter.pdf", "application/pdf").expect("a part"),
            digests.clone(),
            fixtures::now(),
        )
        .expect("a sending")
        .with_national_extension(mail)
    }
}

/// Measures batches with one seal and one timestamp, from what the database has of each letter to the token. The octets of each
/// statement are at hand to be stored, and no record is made.
fn aggregated(criterion: &mut Criterion) {
    for size in [10_000, 100_000] {
        let mailing = Mailing::new(size);
        let (mut form, digests) = (mailing.form(), fixtures::digests());
        let statements: Vec<Vec<u8>> = mailing
            .addressees
            .iter()
            .map(|addressee| {
                let letter = form.fill_in(addressee.particulars(), fixtures::now()).expect("a letter");
                letter.json().to_vec()
            })
            .collect();
        println!("STATEMENTS of {} octets", statements[size / 2].len());
        let hashes =
            || statements.iter().map(|json| DigestAlgorithm::Sha256.digest(json).as_bytes().len()).sum::<usize>();
        let mut of_form = || mailing.stamped(&mailing.of_form(&mut form)).leaf_count();
        let of_sendings = || mailing.stamped(&mailing.of_sendings(&digests)).leaf_count();
        let name = |what: &str| format!("aggregated {what}, {size}");
        let sha_256 = Limit::new("SHA-256 of statements");
        compare(criterion, &name("form letters"), &sha_256.clone().at_least(0.55), &mut of_form, hashes);
        compare(criterion, &name("sendings"), &sha_256.at_least(0.25), of_sendings, hashes);
        if size == 10_000 {
            let letters: Vec<Sending> =
                mailing.addressees.iter().map(|addressee| addressee.sending(&digests)).collect();
            let octets = |seal: Result<Unstamped<ProofOfSending>, _>| seal.expect("a seal").der().len();
            let seals = || mailing.sealer.seal_all(&letters, fixtures::now()).map(octets).sum::<usize>();
            let seal_all = Limit::new("seal_all P-256");
            compare(criterion, &name("form letters"), &seal_all.clone().at_least(5.0), of_form, seals);
            compare(criterion, &name("sendings"), &seal_all.at_least(2.5), of_sendings, seals);
        }
    }
    records(criterion);
}

/// Measures evidence records, each made from the tree of a batch of a million.
fn records(criterion: &mut Criterion) {
    let mailing = Mailing::new(ITEMS);
    let mut form = mailing.form();
    let mut leaves = AggregateLeaves::new(mailing.sealer.issuer());
    let mut kept = Vec::new();
    for addressee in &mailing.addressees {
        let letter = form.fill_in(addressee.particulars(), fixtures::now()).expect("a letter");
        leaves.add(&letter).expect("a leaf");
        if kept.len() < KEPT {
            kept.push(AggregateItem::<Sending>::from_json(letter.json()).expect("a statement"));
        }
    }
    let stamped = mailing.stamped(&leaves.close(1).expect("a batch"));
    let (mut ours, node) = (kept.iter().cycle(), [0x5a; 64]);
    println!("RECORDS of {} octets", stamped.record(&kept[0]).expect("a record").len());
    compare(
        criterion,
        &format!("aggregated records, {KEPT} of {ITEMS}"),
        &Limit::new("four hashes of nodes"),
        || stamped.record(ours.next().expect("a statement")).expect("a record"),
        || {
            (0..4).for_each(|_| {
                black_box(DigestAlgorithm::Sha256.digest(black_box(&node)));
            })
        },
    );
}

/// The statements of the batch that memory and records are measured with.
const ITEMS: usize = 1_000_000;

/// The statements whose records are made.
const KEPT: usize = 10_000;

/// Measures the memory of a batch while it is filled, closed and stamped. It comes first, before others leave memory that is used
/// again.
fn memory() {
    let mailing = Mailing::new(1);
    let mut form = mailing.form();
    let mut leaves = AggregateLeaves::new(mailing.sealer.issuer());
    reset_peak();
    let before = octets_of(Memory::Resident);
    for number in 0..ITEMS {
        let letter = form.fill_in(Addressee::new(number).particulars(), fixtures::now()).expect("a letter");
        leaves.add(&letter).expect("a leaf");
    }
    let of_each = |peak: usize| peak.saturating_sub(before) as f64 / ITEMS as f64;
    let filled = of_each(octets_of(Memory::Most));
    let batch = leaves.close(1).expect("a batch");
    let closed = of_each(octets_of(Memory::Most));
    let stamped = mailing.stamped(&batch);
    println!(
        "MEMORY aggregated batch of {}: octets for each {filled:.1} while it is filled, {closed:.1} when it is closed, {:.1} when it is stamped (wanted 48)",
        stamped.leaf_count(),
        of_each(octets_of(Memory::Most)),
    );
}

/// Octets of this process in memory, as the system counts them.
fn octets_of(counted: Memory) -> usize {
    memory_of("self", counted).expect("a system that counts memory")
}

fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("a system that counts memory");
}

/// Measures what threads gain, with all threads of the pool on both sides. The same letters are sealed by one thread
/// first: the gain beside that of raw signatures is the quotient of the two ratios.
#[cfg(feature = "parallel")]
fn parallel(criterion: &mut Criterion) {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};

    for (name, kind, size) in [("RSA-2048", KeyKind::Rsa { bits: 2048 }, 1000), ("P-256", KeyKind::EcP256, 10_000)] {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let letters: Vec<Sending> = (0..size).map(fixtures::letter).collect();
        let signer = pki.seal.signer.clone();
        let message = fixtures::signed_attributes(sealer.seal(&letters[0], fixtures::now()).expect("a seal").der());
        let octets = |seal: Result<Unstamped<ProofOfSending>, _>| seal.map_or(0, |seal| seal.der().len());
        let signature = |_| signer.sign(&message).expect("a signature").len();

        let alone = compare(
            criterion,
            &format!("seal_all {size} {name}, one thread"),
            &Limit::new("raw signatures"),
            || sealer.seal_all(letters.iter().cloned(), fixtures::now()).map(octets).sum::<usize>(),
            || (0..size).map(signature).sum::<usize>(),
        );
        let together = compare(
            criterion,
            &format!("seal_all {size} {name}, {} threads", rayon::current_num_threads()),
            &Limit::new("raw signatures"),
            || sealer.seal_all(letters.iter().cloned(), fixtures::now()).parallel().map(octets).sum::<usize>(),
            || (0..size).into_par_iter().map(signature).sum::<usize>(),
        );
        if let (Some(alone), Some(together)) = (alone, together) {
            println!(
                "RATIO gain of threads {name:<18} beside that of raw signatures: {:.3} (wanted 0.90)\n",
                together / alone
            );
        }
    }
}

#[cfg(not(feature = "parallel"))]
fn parallel(_: &mut Criterion) {
    println!("What threads gain: `--features parallel`\n");
}

fn main() {
    memory();
    let mut criterion = criterion();
    batch(&mut criterion);
    aggregated(&mut criterion);
    parallel(&mut criterion);
    batch_verified::verified(&mut criterion);
    criterion.final_summary();
}
