//! Workers, the queue's server and the database's are killed at random moments, and the TSA goes away. Every item gets one proof.
//!
//! `RECOMMANDE_SCALE_ITEMS` says how many items there are (default: 400).

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::Utc;
use recommande::evidence::{EvidenceIdentifier, Statement as _};
use recommande::verify::Payload;
use recommande::{ProofOfSending, Sending};
use recommande_scale_out::postgres::PostgresWork;
use recommande_scale_out::{Item, Key, Seals, Work as _};
use support::account::{Account, End};
use support::letters::{Service, poison, sending};
use support::tsa::{Away, Tsa};
use support::workers::Workers;
use support::{Folder, database, nats, skipped};

const WORKERS: usize = 3;

/// What happens while the workers work.
struct Size {
    items: usize,
    poison: usize,
    batch: usize,
    latency: Duration,
    away: Duration,
    server_kills: usize,
}

impl Size {
    fn of_environment() -> Self {
        Self::of(std::env::var("RECOMMANDE_SCALE_ITEMS").ok().map_or(400, |items| items.parse().expect("a number")))
    }

    /// A run of what is made of the same parts as the others.
    fn smaller() -> Self {
        let Self { items, .. } = Self::of_environment();
        Self::of(usize::max(items / 10, 200))
    }

    fn of(items: usize) -> Self {
        let (milliseconds, seconds) = (Duration::from_millis, Duration::from_secs);
        if items < 5000 {
            let (away, latency) = (seconds(2), milliseconds(150));
            Self { items, poison: 16, batch: 10, latency, away, server_kills: 2 }
        } else {
            let (away, latency) = (seconds(10), milliseconds(100));
            Self { items, poison: 24, batch: 100, latency, away, server_kills: 5 }
        }
    }
}

/// Where the items come from.
enum Queue {
    Postgres,
    JetStream(nats::Server),
}

/// Where the seals and the proofs are.
enum Proofs {
    Postgres,
    Folder(PathBuf),
}

/// Everything that was put into the queue.
struct Mail {
    service: Service,
    sendings: Vec<Sending>,
    rejected: BTreeMap<&'static str, usize>,
    octets: Vec<Vec<u8>>,
}

impl Mail {
    fn new(size: &Size) -> Self {
        let service = Service::new();
        let sendings: Vec<Sending> = (0..size.items).map(|number| sending(number, Utc::now())).collect();
        let mut octets = Vec::new();
        let mut rejected: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, first) in sendings.iter().take(size.poison).enumerate() {
            let (poison, reason) = poison(&service, first, number);
            octets.push(poison);
            *rejected.entry(reason).or_default() += 1;
        }
        Self { service, sendings, rejected, octets }
    }

    fn items(&self) -> Vec<Item> {
        self.sendings.iter().map(|sending| self.service.item(sending)).collect()
    }
}

#[test]
fn killed_at_random_moments_each_item_of_postgresql_gets_one_proof() {
    let Some(database) = database_or_skipped("kills-postgres") else { return };
    survive(Size::of_environment(), Queue::Postgres, &Proofs::Postgres, &database, Seals::Single);
}

#[test]
fn killed_at_random_moments_each_item_of_an_aggregated_seal_gets_one_proof() {
    let Some(database) = database_or_skipped("kills-aggregated") else { return };
    survive(Size::of_environment(), Queue::Postgres, &Proofs::Postgres, &database, Seals::Aggregated);
}

#[test]
fn killed_at_random_moments_each_item_gets_one_proof_in_a_folder() {
    for (name, seals) in [("kills-folder", Seals::Single), ("kills-folder-aggregated", Seals::Aggregated)] {
        let Some(database) = database_or_skipped(name) else { return };
        let folder = Folder::new(&format!("{name}-proofs"));
        survive(Size::smaller(), Queue::Postgres, &Proofs::Folder(folder.0.clone()), &database, seals);
    }
}

#[test]
fn killed_at_random_moments_each_item_of_jetstream_gets_one_proof() {
    let Some(database) = database_or_skipped("kills-nats-proofs") else { return };
    match nats::Server::start("kills-nats") {
        Ok(server) => {
            survive(Size::of_environment(), Queue::JetStream(server), &Proofs::Postgres, &database, Seals::Single);
        }
        Err(why) => skipped("items of JetStream", &why),
    }
}

#[test]
fn killed_at_random_moments_each_item_of_jetstream_in_an_aggregated_seal_gets_one_proof() {
    let Some(database) = database_or_skipped("kills-nats-batches") else { return };
    match nats::Server::start("kills-nats-aggregated") {
        Ok(server) => {
            survive(Size::smaller(), Queue::JetStream(server), &Proofs::Postgres, &database, Seals::Aggregated);
        }
        Err(why) => skipped("items of JetStream in aggregated seals", &why),
    }
}

fn database_or_skipped(name: &str) -> Option<database::Server> {
    database::Server::start(name).map_err(|why| skipped("workers that are killed", &why)).ok()
}

fn survive(size: Size, mut queue: Queue, proofs: &Proofs, database: &database::Server, seals: Seals) {
    let name = std::thread::current().name().expect("the name of the test").to_owned();
    let folder = Folder::new(&name);
    let mail = Mail::new(&size);
    database.with_tables();
    let tsa = Tsa::start(&mail.service.pki, size.latency);
    let (connection, batch) = (database.connection(), size.batch.to_string());
    let mut arguments = vec!["--postgres", &connection, "--batch", &batch, "--pause", "300"];
    if let Proofs::Folder(folder) = proofs {
        arguments.extend(["--folder", folder.to_str().unwrap()]);
    }
    let url = if let Queue::JetStream(server) = &queue { server.url() } else { String::new() };
    if !url.is_empty() {
        arguments.extend(["--nats", &url]);
    }
    if let Seals::Aggregated = seals {
        arguments.push("--aggregated");
    }
    let mut workers = Workers::new(&folder.0, &mail.service, &tsa, &arguments);
    let items = mail.items();
    let (half, rest) = items.split_at(items.len() / 2);
    put(&queue, database, half, &mail.octets);
    workers.start(WORKERS);
    let started = Instant::now();
    let mut server_kills = 0;
    let mut times = Some(rest);
    let mut is_away = false;
    while left(&mut queue, database) > 0 || times.is_some() || server_kills < size.server_kills {
        let taking = Duration::from_secs(60 + size.items as u64 / 20);
        assert!(started.elapsed() < taking, "{} items left after {:?}", left(&mut queue, database), started.elapsed());
        workers.pause(Duration::from_millis(200), Duration::from_millis(700));
        // What is left at last comes when its queue waited long enough for those that were killed.
        if times.is_some() || server_kills < size.server_kills || left(&mut queue, database) > size.items as u64 / 8 {
            workers.kill_one();
        }
        // The TSA is away once, in the middle.
        if !is_away && workers.kills >= 3 {
            is_away = true;
            tsa.go(Away::Yes);
            let until = Instant::now() + size.away;
            while Instant::now() < until {
                workers.pause(Duration::from_millis(200), Duration::from_millis(700));
                workers.kill_one();
            }
            tsa.go(Away::No);
        }
        if is_away && server_kills < size.server_kills && workers.kills.is_multiple_of(3) {
            match &mut queue {
                Queue::Postgres => {
                    database.kill();
                    database.run();
                }
                Queue::JetStream(server) => {
                    server.kill();
                    server.run().unwrap();
                }
            }
            server_kills += 1;
        }
        if server_kills > 0
            && let Some(rest) = times.take()
        {
            // Two of a hundred are published twice.
            let twice: Vec<Vec<u8>> = items.iter().step_by(50).map(|item| item.octets().to_vec()).collect();
            put(&queue, database, rest, &twice);
        }
    }
    // The one that was started last has to hear it.
    std::thread::sleep(Duration::from_secs(1));
    workers.end();
    let took = started.elapsed();
    let stored = proofs.stored(database);
    let trips = check(&mail, &stored);
    assert_eq!(stored.batches > 0, seals == Seals::Aggregated, "{} batches", stored.batches);
    let accounts = workers.accounts();
    let sum = |of: fn(&Account) -> usize| accounts.iter().map(of).sum::<usize>();
    let (useful, further) = (sum(|account| account.useful), sum(|account| account.further));
    let in_vain = sum(|account| account.in_vain);
    let (for_time, cut_off) = (sum(|account| account.for_time), sum(|account| account.cut_off));
    println!(
        "{name}: {} items, {} rejected, {} kills of workers, {server_kills} of the server, {trips} timestamps in proofs of {useful} and {further} useful, {cut_off} cut off, \
         {in_vain} in vain and {for_time} for the time, {took:.1?}",
        items.len(),
        mail.octets.len(),
        workers.kills
    );
    for account in &accounts {
        // Whoever was killed may have had one timestamp that it told nobody of, or with aggregated seals one for each of them in its batch.
        let (batch, killed) = match seals {
            Seals::Single => (1, usize::from(account.end == End::Killed)),
            _ => (size.batch, usize::from(account.end == End::Killed) * size.batch),
        };
        assert!(account.most <= batch, "{} timestamps for one batch", account.most);
        let (cut_off, timeouts) = (account.cut_off, account.timeouts);
        assert!(cut_off <= killed + timeouts, "{cut_off} timestamps were given and not told, {timeouts} came too late");
    }
    // Nothing is proven by less than what was told, and by more only where somebody was killed before it told.
    assert!(useful <= trips && trips <= useful + further + cut_off + in_vain, "{trips} timestamps are in proofs");
    // The queue, or the store, handed a worker's items to another one when its server was killed.
    assert!(in_vain <= (server_kills + 1) * WORKERS, "{in_vain} timestamps were in vain");
}

fn put(queue: &Queue, database: &database::Server, items: &[Item], octets: &[Vec<u8>]) {
    match queue {
        Queue::Postgres => {
            PostgresWork::new(&database.database()).put(items).unwrap();
            let mut client = database.client();
            for octets in octets {
                client.execute("INSERT INTO recommande_item (statement) VALUES ($1)", &[octets]).unwrap();
            }
        }
        Queue::JetStream(server) => {
            let known = server.stream(Duration::from_secs(60)).publish(items).unwrap();
            assert!(known.is_empty(), "{known:?}");
            server.publish_raw(octets);
        }
    }
}

fn left(queue: &mut Queue, database: &database::Server) -> u64 {
    match queue {
        Queue::Postgres => PostgresWork::new(&database.database()).waiting().unwrap(),
        Queue::JetStream(server) => server.stream(Duration::from_secs(60)).waiting().unwrap(),
    }
}

/// What is in a store.
struct StoredProofs {
    proofs: BTreeMap<String, Vec<u8>>,
    rejected: BTreeMap<String, usize>,
    batches: usize,
}

impl Proofs {
    fn stored(&self, database: &database::Server) -> StoredProofs {
        match self {
            Self::Postgres => of_database(database),
            Self::Folder(folder) => of_folder(folder),
        }
    }
}

fn of_database(database: &database::Server) -> StoredProofs {
    let mut client = database.client();
    let rows = client.query("SELECT key, proof FROM recommande_proof WHERE key NOT LIKE 'batch-%'", &[]).unwrap();
    let proofs = rows.iter().map(|row| (row.get(0), row.get::<_, Option<_>>(1).unwrap())).collect();
    let batches = "SELECT count(*) FROM recommande_proof WHERE key LIKE 'batch-%'";
    let batches: i64 = client.query_one(batches, &[]).unwrap().get(0);
    let rows = client.query("SELECT reason, count(*) FROM recommande_rejected GROUP BY reason", &[]).unwrap();
    let count = |count: i64| usize::try_from(count).unwrap();
    let rejected = rows.iter().map(|row| (row.get(0), count(row.get(1)))).collect();
    StoredProofs { proofs, rejected, batches: count(batches) }
}

fn of_folder(folder: &Path) -> StoredProofs {
    let mut stored = StoredProofs { proofs: BTreeMap::new(), rejected: BTreeMap::new(), batches: 0 };
    for shard in std::fs::read_dir(folder).unwrap() {
        let shard = shard.unwrap();
        for file in std::fs::read_dir(shard.path()).unwrap() {
            let (path, name) = (file.as_ref().unwrap().path(), file.unwrap().file_name().into_string().unwrap());
            if shard.file_name() == "rejected" {
                let octets = std::fs::read(path).unwrap();
                let reason = octets.split(|octet| *octet == b' ').next().unwrap();
                *stored.rejected.entry(String::from_utf8(reason.to_vec()).unwrap()).or_default() += 1;
            } else if name.starts_with("batch-") {
                stored.batches += 1;
            } else if let Some(key) = name.strip_suffix(".proof") {
                assert!(stored.proofs.insert(key.to_owned(), std::fs::read(path).unwrap()).is_none());
            } else if let Some(key) = name.strip_suffix(".seal") {
                // Whoever was killed between the two left it beside its proof, which counts.
                assert!(shard.path().join(format!("{key}.proof")).exists(), "{key} has no proof");
            }
        }
    }
    stored
}

/// Every item has one proof, which verifies, and everything else its reason. Returns the number of timestamps in the proofs.
fn check(mail: &Mail, stored: &StoredProofs) -> usize {
    let expected: BTreeSet<String> = mail.sendings.iter().map(|sending| name(sending.evidence_identifier())).collect();
    assert_eq!(stored.proofs.keys().collect::<BTreeSet<_>>(), expected.iter().collect());
    let verifier = mail.service.verifier();
    let (now, mut times) = (Utc::now(), BTreeSet::new());
    for octets in stored.proofs.values() {
        let proof = ProofOfSending::from_der(octets).unwrap();
        times.insert(verifier.verify(&proof, Payload::NotAvailable, now).unwrap().proven_at());
    }
    let rejected = mail.rejected.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
    assert_eq!(stored.rejected, rejected);
    times.len()
}

fn name(identifier: EvidenceIdentifier) -> String {
    Key::Item(identifier).to_string()
}
