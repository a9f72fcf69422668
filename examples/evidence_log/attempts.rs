//! What an operator with all keys of the service may try, and who notices.

use chrono::Utc;
use recommande::log::{
    Auditor, Difference, Entry, EntryKind, EvidenceLog, MemoryStore, ServiceRecord, Store, StoredFile,
};
use recommande::recommande_tlog::checkpoint::SignedCheckpoint;
use recommande::recommande_tlog::tile::{Bundle, TILE_WIDTH, parse_bundle};
use recommande::recommande_tlog::witness::WitnessClient;
use recommande::verify::KnownLog;

use crate::arguments::Error;
use crate::output;
use crate::service::{ORIGIN, Service};

/// Tries to backdate, remove, fork and roll back. Each attempt has to be noticed by each witness, and by whoever audits.
pub fn all<S: Store>(
    service: &Service<'_>,
    log: &EvidenceLog<S>,
    records: &[ServiceRecord],
    published: &SignedCheckpoint,
) -> Result<(), Error> {
    let entries = entries(log.store(), log.head().size())?;
    let secret = Entry::of_file(EntryKind::Proof, b"a letter that nobody sent");
    let mut backdated = entries.clone();
    backdated.insert(30, secret);
    let mut changed = entries.clone();
    *changed.get_mut(30).ok_or("an entry")? = secret;
    let mut removed = entries.clone();
    removed.remove(30);
    let mut forked = entries.clone();
    *forked.last_mut().ok_or("an entry")? = secret;
    // One more for each, so that there is something new to sign.
    for (what, entries) in [
        ("puts a letter into this morning", backdated),
        ("exchanges a letter of this morning", changed),
        ("removes a letter", removed),
        ("shows another end of the day", forked),
    ] {
        let mut rewritten = rewritten(&entries)?;
        service.begin(&mut rewritten)?;
        let refused = refused_by_all(service, &mut rewritten)?;
        let difference = first_difference(service, log, rewritten, records)?;
        output::print(&format!("The operator {what}.\n  {refused}\n  The auditor: {difference}\n"))?;
    }
    rolled_back(service, &entries, published)
}

/// Reads the entries of a log.
fn entries<S: Store>(store: &S, size: u64) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for number in 0..size.div_ceil(u64::from(TILE_WIDTH)) {
        let bundle = Bundle::in_tree(number, size).ok_or("a bundle")?;
        let octets = store.read(&bundle.to_string())?.ok_or("a bundle")?;
        for entry in parse_bundle(&bundle, &octets)? {
            entries.push(Entry::from_octets(entry).ok_or("an entry")?);
        }
    }
    Ok(entries)
}

fn rewritten(entries: &[Entry]) -> Result<EvidenceLog<MemoryStore>, Error> {
    let mut log = EvidenceLog::open(MemoryStore::default(), ORIGIN.parse()?)?;
    for entry in entries {
        log.append(*entry, Utc::now())?;
    }
    log.append(Entry::of_file(EntryKind::Proof, b"one more"), Utc::now())?;
    log.integrate()?;
    Ok(log)
}

/// Asks each witness for its cosignature, and returns what they say.
fn refused_by_all(service: &Service<'_>, log: &mut EvidenceLog<MemoryStore>) -> Result<String, Error> {
    let mut said = Vec::new();
    for (witness, transport) in service.witnesses() {
        match log.cosign(&WitnessClient::new(witness.clone(), *transport)) {
            Ok(()) => return Err("a witness has cosigned what was rewritten".into()),
            Err(error) => said.push(format!("Refused: {error}")),
        }
    }
    Ok(said.join("\n  "))
}

/// Audits the rewritten log with the checkpoints that were published.
fn first_difference<S: Store>(
    service: &Service<'_>,
    log: &EvidenceLog<S>,
    rewritten: EvidenceLog<MemoryStore>,
    records: &[ServiceRecord],
) -> Result<Difference, Error> {
    let head = *rewritten.head();
    let mut store = rewritten.into_store();
    let mut files = Vec::new();
    for number in 0..4 {
        for path in [format!("checkpoints/000/000/{number:03}"), format!("checkpoints/000/000/{number:03}.p7m")] {
            let octets = log.store().read(&path)?.ok_or("a checkpoint")?;
            files.push(StoredFile { path, octets });
        }
    }
    let state = format!("recommande-log/1\n{ORIGIN}\n{}\n{}\n4\n3\n", head.size(), head.root());
    files.push(StoredFile { path: "state".to_owned(), octets: state.into_bytes() });
    store.write(&files)?;
    let mut first = None;
    let (known, verifier) = (KnownLog::new(service.readers()?), service.verifier()?);
    Auditor::new(&known, service.issuer(), &verifier).audit(
        &store,
        records.iter().copied(),
        Utc::now(),
        |difference| {
            first.get_or_insert(difference);
        },
    )?;
    first.ok_or_else(|| "the auditor has seen no difference".into())
}

/// The operator restores a backup of this noon, and goes on from there.
fn rolled_back(service: &Service<'_>, entries: &[Entry], published: &SignedCheckpoint) -> Result<(), Error> {
    let noon = entries.get(..entries.len() / 2).ok_or("entries")?;
    let mut log = rewritten(noon)?;
    service.begin(&mut log)?;
    let refused = refused_by_all(service, &mut log)?;
    let Err(error) = log.with_last_known(published) else {
        return Err("a log that was set back opens".into());
    };
    output::print(&format!("The operator goes back to this noon.\n  {refused}\n  The log itself: {error}\n"))?;
    Ok(output::print("Each attempt was noticed.\n")?)
}
