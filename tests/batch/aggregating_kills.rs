//! A batcher that aggregates in a service that is killed: each statement gets one proof, by what was stored.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::common::{Service, digests, later, now, sending_of};
use crate::house::Item;
use crate::line::{Dice, Line, ms, settings};
use recommande::ProofOfSending;
use recommande::seal::batcher::StampingResult;
use recommande::seal::{Aggregation, Batcher, SealedAggregate};
use recommande::testing::{TestKeys, TestPki};
use recommande::verify::Payload;

const STATEMENTS: usize = 240;

/// The keys are the same in each process.
fn service() -> Service {
    let pki = TestPki::with_keys(TestKeys::derived("kills").unwrap(), now()).unwrap();
    Service::with_pki(pki.with_organization("Example Registered Mail", "NTRBE-0406798006").unwrap())
}

/// What the service stores: statements, sealed batches and proofs.
#[derive(Clone)]
struct Stored(PathBuf);

impl Stored {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file that is there as a whole or not at all.
    fn write(&self, name: &str, octets: &[u8]) {
        let new = self.path(&format!("{name}.new"));
        fs::write(&new, octets).unwrap();
        fs::rename(new, self.path(name)).unwrap();
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    /// The sealed batches by their numbers, which none has that was not stored.
    fn batches(&self) -> BTreeMap<u64, SealedAggregate> {
        let read = |number| {
            let seal = self.read(&format!("{number}.seal"))?;
            let leaves = self.read(&format!("{number}.leaves")).unwrap();
            Some((number, SealedAggregate::from_parts(&seal, None, leaves).unwrap()))
        };
        (1..).map_while(read).collect()
    }

    fn proof(&self, statement: usize) -> Option<ProofOfSending> {
        Some(ProofOfSending::from_der(&self.read(&format!("{statement}.rma"))?).unwrap())
    }
}

fn is_in(sealed: &SealedAggregate, item: &Item) -> bool {
    let digest = item.id();
    let digest = digest.digest().as_bytes();
    sealed.leaves().chunks(digest.len()).any(|leaf| leaf == digest)
}

/// What the test below starts in another process: it takes up what is stored, goes on, and says whom it answered.
#[test]
#[ignore = "it is started by another test"]
fn answers_until_it_is_killed() {
    let Some(folder) = std::env::var_os("RECOMMANDE_BATCHER_FOLDER") else { return };
    let (stored, service) = (Stored(folder.into()), service());
    let line = Line::with_latency(&service, ms(3));
    let answer = {
        let stored = stored.clone();
        move |statement: usize, proof: &ProofOfSending| {
            stored.write(&format!("{statement}.rma"), proof.der());
            println!("answered {statement}");
        }
    };
    let item = |statement: usize| Item::from_json(&stored.read(&format!("{statement}.json"))?).ok();
    let mut open: Vec<(usize, Item)> =
        (0..STATEMENTS).filter(|number| stored.proof(*number).is_none()).filter_map(|n| Some((n, item(n)?))).collect();
    println!("begun");
    let batches = stored.batches();
    for sealed in batches.values() {
        let (own, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, item)| is_in(sealed, item));
        open = others;
        if !own.is_empty() {
            let stamped = sealed.stamp_with(&line.pool()).unwrap();
            own.into_iter().for_each(|(statement, item)| answer(statement, &stamped.proof(item).unwrap()));
        }
    }
    let mut numbers = batches.len() as u64 + 1..;
    let store = {
        let stored = stored.clone();
        move |sealed: &SealedAggregate| {
            let number = sealed.seal().as_artifact().stated().number();
            stored.write(&format!("{number}.leaves"), sealed.leaves());
            stored.write(&format!("{number}.seal"), sealed.seal().der());
            Ok(())
        }
    };
    let aggregation =
        Aggregation::new(service.sealer.clone(), now, move || Ok(numbers.next().unwrap())).with_store(store);
    let sink = move |statement, outcome: StampingResult<Item>| answer(statement, &outcome.unwrap());
    let batcher = Batcher::start_aggregating(aggregation, line.pool(), settings(16, ms(4)), sink).unwrap();
    open.into_iter().for_each(|(statement, item)| batcher.submit(item, statement).unwrap());
    thread::scope(|scope| {
        for thread in 0..2 {
            let (batcher, stored, sealer) = (&batcher, &stored, &service.sealer);
            scope.spawn(move || {
                for statement in (thread..STATEMENTS).step_by(2) {
                    let name = format!("{statement}.json");
                    if stored.read(&name).is_none() {
                        let item = sealer.aggregate_item(sending_of(&format!("ITEM{statement}")), now()).unwrap();
                        stored.write(&name, item.json());
                        batcher.submit(item, statement).unwrap();
                    }
                }
            });
        }
    });
    batcher.shutdown().unwrap();
    println!("whole");
}

fn start(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "aggregating_kills::answers_until_it_is_killed", "--ignored", "--nocapture"])
        .env("RECOMMANDE_BATCHER_FOLDER", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    command
}

fn answered(printed: &str) -> impl Iterator<Item = usize> {
    printed.lines().filter_map(|line| line.split_once("answered ")?.1.parse().ok())
}

#[test]
fn killed_at_any_moment_each_statement_gets_one_proof() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aggregating-kills");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (stored, mut dice, mut kills) = (Stored(folder.clone()), Dice(7), 0_u64);
    let mut proofs = BTreeMap::<usize, Vec<u8>>::new();
    let mut seals = BTreeMap::<u64, Vec<u8>>::new();
    loop {
        let mut child = start(&folder).spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains("begun") && printed.read_line(&mut text).unwrap() > 0 {}
        // On a slow machine as well it comes to its end.
        thread::sleep(ms(dice.below(30 + 10 * kills)));
        let is_killed = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        let status = child.wait().unwrap();
        // A line this short reaches a pipe as a whole or not at all.
        printed.read_to_string(&mut text).unwrap();
        for statement in answered(&text) {
            let proof = stored.proof(statement).expect("who was answered has a proof");
            assert!(proofs.insert(statement, proof.der().to_vec()).is_none(), "{statement} was answered twice");
        }
        // Nothing that was stored is lost, or made a second time.
        for (statement, proof) in &proofs {
            assert!(stored.proof(*statement).unwrap().der() == proof, "{statement}");
        }
        let batches = stored.batches();
        for (number, seal) in &seals {
            assert!(batches[number].seal().der() == seal, "batch {number}");
        }
        seals = batches.iter().map(|(number, sealed)| (*number, sealed.seal().der().to_vec())).collect();
        if !is_killed {
            assert!(status.success(), "{text}");
            break;
        }
        kills += 1;
    }
    println!("{kills} kills, {} batches", seals.len());
    assert!(kills >= 3, "{kills} kills");
    let (verifier, batches) = (service().verifier(), stored.batches());
    for statement in 0..STATEMENTS {
        let proof = stored.proof(statement).unwrap();
        let verified = verifier.verify(&proof, Payload::Digests(&digests()), later()).unwrap();
        let item = Item::from_json(&stored.read(&format!("{statement}.json")).unwrap()).unwrap();
        assert_eq!((verified.id(), verified.proven_at()), (item.id(), now()));
        let own: Vec<u64> =
            batches.iter().filter(|(_, sealed)| is_in(sealed, &item)).map(|(number, _)| *number).collect();
        assert_eq!(own, [proof.parts().unwrap().seal().stated().number()], "it is in one batch");
    }
}
