//! Workers, the queue's server and the database's are killed at random moments, and the TSA goes away. Every item gets one proof.
//!
//! `RECOMMANDE_SCALE_ITEMS` says how many items there are (default: 400).

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::Utc;
use recommande::evidence::{EvidenceIdentifier, Statement as _};
use recommande::verify::Payload;
use recommande::{ProofOfSending, Sending};
use recommande_scale_out::postgres::PostgresWork;
use recommande_scale_out::{Item, Key, Seals, Work as _};
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
        let items = std::env::var("RECOMMANDE_SCALE_ITEMS").ok().map_or(400, |items| items.parse().expect("a number"));
        let (milliseconds, seconds) = (Duration::from_millis, Duration::from_secs);
        if items < 5000 {
            let (away, latency) = (seconds(2), milliseconds(150));
            Self { items, poison: 14, batch: 10, latency, away, server_kills: 2 }
        } else {
            let (away, latency) = (seconds(10), milliseconds(100));
            Self { items, poison: 21, batch: 100, latency, away, server_kills: 5 }
        }
    }
}

/// Where the items come from.
enum Queue {
    Postgres,
    JetStream(nats::Server),
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
    survive("kills-of-postgres", Queue::Postgres, &database, Seals::Single);
}

#[test]
fn killed_at_random_moments_each_item_of_an_aggregated_seal_gets_one_proof() {
    let Some(database) = database_or_skipped("kills-aggregated") else { return };
    survive("kills-of-aggregated", Queue::Postgres, &database, Seals::Aggregated);
}

#[test]
fn killed_at_random_moments_each_item_of_jetstream_gets_one_proof() {
    let Some(database) = database_or_skipped("kills-nats-proofs") else { return };
    match nats::Server::start("kills-nats") {
        Ok(server) => survive("kills-of-jetstream", Queue::JetStream(server), &database, Seals::Single),
        Err(why) => skipped("items of JetStream", &why),
    }
}

fn database_or_skipped(name: &str) -> Option<database::Server> {
    database::Server::start(name).map_err(|why| skipped("workers that are killed", &why)).ok()
}

fn survive(name: &str, mut queue: Queue, database: &database::Server, seals: Seals) {
    let (size, folder) = (Size::of_environment(), Folder::new(name));
    let mail = Mail::new(&size);
    database.with_tables();
    let tsa = Tsa::start(&mail.service.pki, size.latency);
    let (connection, batch) = (database.connection(), size.batch.to_string());
    let mut arguments = vec!["--postgres", &connection, "--batch", &batch, "--pause", "300"];
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
    let trips = check(&mail, database);
    let batches = "SELECT count(*) FROM recommande_proof WHERE key LIKE 'batch-%'";
    let batches: i64 = database.client().query_one(batches, &[]).unwrap().get(0);
    assert_eq!(batches > 0, seals == Seals::Aggregated, "{batches} batches");
    let given = usize::try_from(tsa.given()).unwrap();
    println!(
        "{} items, {} rejected, {} kills of workers, {server_kills} of the server, {trips} timestamps in proofs of {given}, {took:.1?}",
        items.len(),
        mail.octets.len(),
        workers.kills
    );
    // A timestamp is in vain where its worker was killed before it stored the proofs, or where the queue handed its items to another
    // one meanwhile.
    let in_vain = workers.kills + (server_kills + 1) * WORKERS * 4;
    assert!(trips <= given && given <= trips + in_vain, "{given} timestamps were given, and {trips} are in proofs");
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

/// Every item has one proof, which verifies, and everything else its reason. Returns the number of timestamps in the proofs.
fn check(mail: &Mail, database: &database::Server) -> usize {
    let mut client = database.client();
    let rows = client.query("SELECT key, proof FROM recommande_proof WHERE key NOT LIKE 'batch-%'", &[]).unwrap();
    let proofs: BTreeMap<String, Vec<u8>> =
        rows.iter().map(|row| (row.get(0), row.get::<_, Option<_>>(1).unwrap())).collect();
    assert_eq!(proofs.len(), rows.len());
    let expected: BTreeSet<String> = mail.sendings.iter().map(|sending| name(sending.evidence_identifier())).collect();
    assert_eq!(proofs.keys().collect::<BTreeSet<_>>(), expected.iter().collect());
    let verifier = mail.service.verifier();
    let (now, mut times) = (Utc::now(), BTreeSet::new());
    for octets in proofs.values() {
        let proof = ProofOfSending::from_der(octets).unwrap();
        times.insert(verifier.verify(&proof, Payload::NotAvailable, now).unwrap().proven_at());
    }
    let rows = client.query("SELECT reason, count(*) FROM recommande_rejected GROUP BY reason", &[]).unwrap();
    let rejected: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected: BTreeMap<String, i64> =
        mail.rejected.iter().map(|(reason, count)| ((*reason).to_owned(), i64::try_from(*count).unwrap())).collect();
    assert_eq!(rejected, expected);
    times.len()
}

fn name(identifier: EvidenceIdentifier) -> String {
    Key::Item(identifier).to_string()
}
