//! Seals and proofs as rows of a table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use postgres::{Client, Error};

use super::database::Database;
use super::session::{Session, Way};
use super::work::Claim;
use crate::engine_error::EngineError;
use crate::key::Key;
use crate::reason::Rejection;
use crate::seal_digest::SealDigest;
use crate::store::{Completed, Inserted, Proven, Store, Stored};

const ENGINE: &str = "the store in PostgreSQL";

const GET: &str = "SELECT key, seal, proof FROM recommande_proof WHERE key = ANY($1)";

/// In the order of the keys, so that two workers wait for each other and never in a circle.
const INSERT: &str = "INSERT INTO recommande_proof (key, seal_digest, seal) \
                      SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS new(key, seal_digest, seal) \
                      ORDER BY new.key COLLATE \"C\" ON CONFLICT DO NOTHING RETURNING key";

/// The rows are locked in the order of their keys before any is written.
const COMPLETE: &str = "WITH new AS (SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS new(key, seal_digest, proof)), \
                        locked AS MATERIALIZED (SELECT key FROM recommande_proof WHERE key = ANY($1) ORDER BY key FOR UPDATE) \
                        UPDATE recommande_proof AS stored SET proof = new.proof, seal = NULL, since = now() \
                        FROM new JOIN locked ON new.key = locked.key COLLATE \"C\" \
                        WHERE stored.key = new.key AND stored.seal_digest = new.seal_digest AND stored.proof IS NULL \
                        RETURNING stored.key";

/// A seal that is too old is replaced where it is still the one that was seen.
const REPLACE: &str = "WITH new AS (SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[]) AS new(key, old, seal_digest, seal)), \
                       locked AS MATERIALIZED (SELECT key FROM recommande_proof WHERE key = ANY($1) ORDER BY key FOR UPDATE) \
                       UPDATE recommande_proof AS stored SET seal = new.seal, seal_digest = new.seal_digest, since = now() \
                       FROM new JOIN locked ON new.key = locked.key COLLATE \"C\" \
                       WHERE stored.key = new.key AND stored.seal_digest = new.old AND stored.proof IS NULL \
                       RETURNING stored.key";

const PROVEN: &str = "SELECT key FROM recommande_proof WHERE key = ANY($1) AND proof IS NOT NULL";

const REJECT: &str = "INSERT INTO recommande_rejected (item_digest, evidence_identifier, reason, statement) \
                      SELECT item_digest, evidence_identifier::uuid, reason, statement \
                      FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[]) \
                      AS new(item_digest, evidence_identifier, reason, statement) \
                      ORDER BY item_digest ON CONFLICT DO NOTHING";

const REJECTED: &str = "SELECT item_digest FROM recommande_rejected WHERE item_digest = ANY($1)";

const NUMBER: &str = "SELECT nextval('recommande_batch')";

/// Keeps seals and proofs in the table `recommande_proof`, and what was rejected in `recommande_rejected`.
pub struct PostgresStore {
    session: Session,
    /// The transaction of the queue, which stores the proofs together with the end of their items.
    claim: Option<Arc<Mutex<Claim>>>,
}

impl PostgresStore {
    /// Makes a store for one worker, whose items come from elsewhere. It connects when it is asked something.
    pub fn new(database: &Database) -> Self {
        Self::of(&database.0, None)
    }

    pub(super) fn of(way: &Way, claim: Option<Arc<Mutex<Claim>>>) -> Self {
        Self { session: Session::new(way, ENGINE), claim }
    }

    /// Returns whose seals stay, where these are ours. What another session had written was committed before ours was refused.
    fn whose(&mut self, keys: &[Key], ours: &BTreeSet<String>) -> Result<Vec<Inserted>, EngineError> {
        let theirs: Vec<Key> = keys.iter().filter(|key| !ours.contains(&key.to_string())).copied().collect();
        let mut stored: BTreeMap<Key, Stored> = BTreeMap::new();
        if !theirs.is_empty() {
            for (key, found) in theirs.iter().zip(self.get(&theirs)?) {
                let found = found.ok_or_else(|| self.session.unfit("to store seals"))?;
                stored.insert(*key, found);
            }
        }
        Ok(keys.iter().map(|key| stored.remove(key).map_or(Inserted::Ours, Inserted::Theirs)).collect())
    }

    /// Asks something in the transaction that has the items, where there is one.
    fn with_items<T>(
        &mut self,
        doing: &'static str,
        ask: impl FnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, EngineError> {
        let mut claim = self.claim.as_ref().map(|claim| claim.lock().unwrap_or_else(PoisonError::into_inner));
        match claim.as_mut().and_then(|claim| claim.in_transaction()) {
            Some(session) => session.run(doing, ask),
            None => self.session.run(doing, ask),
        }
    }
}

impl Store for PostgresStore {
    fn get(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, EngineError> {
        let doing = "for seals";
        let names: Vec<String> = keys.iter().map(Key::to_string).collect();
        let mut stored = self.session.run(doing, |client| {
            let rows = client.query(GET, &[&names])?;
            let row = |row: &postgres::Row| Ok((row.try_get::<_, String>(0)?, (row.try_get(1)?, row.try_get(2)?)));
            rows.iter().map(row).collect::<Result<BTreeMap<String, (Option<Vec<u8>>, Option<Vec<u8>>)>, Error>>()
        })?;
        Ok(names.iter().map(|name| stored.remove(name).and_then(|(seal, proof)| state(seal, proof))).collect())
    }

    fn insert_if_absent(&mut self, seals: &[(Key, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError> {
        let keys: Vec<Key> = seals.iter().map(|(key, _)| *key).collect();
        let names: Vec<String> = keys.iter().map(Key::to_string).collect();
        let digests: Vec<SealDigest> = seals.iter().map(|(_, seal)| SealDigest::of(seal)).collect();
        let digests: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let octets: Vec<&[u8]> = seals.iter().map(|(_, seal)| seal.as_slice()).collect();
        let ours = self.session.run("to insert seals", |client| {
            let rows = client.query(INSERT, &[&names, &digests, &octets])?;
            rows.iter().map(|row| row.try_get(0)).collect()
        })?;
        self.whose(&keys, &ours)
    }

    fn replace(&mut self, seals: &[(Key, SealDigest, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError> {
        let keys: Vec<Key> = seals.iter().map(|(key, _, _)| *key).collect();
        let names: Vec<String> = keys.iter().map(Key::to_string).collect();
        let old: Vec<&[u8]> = seals.iter().map(|(_, old, _)| old.as_bytes().as_slice()).collect();
        let digests: Vec<SealDigest> = seals.iter().map(|(_, _, seal)| SealDigest::of(seal)).collect();
        let digests: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let octets: Vec<&[u8]> = seals.iter().map(|(_, _, seal)| seal.as_slice()).collect();
        let ours = self.session.run("to replace seals", |client| {
            let rows = client.query(REPLACE, &[&names, &old, &digests, &octets])?;
            rows.iter().map(|row| row.try_get(0)).collect()
        })?;
        self.whose(&keys, &ours)
    }

    fn complete(&mut self, proofs: Vec<Proven>) -> Result<Vec<Completed>, EngineError> {
        let names: Vec<String> = proofs.iter().map(|proven| proven.key.to_string()).collect();
        let digests: Vec<&[u8]> = proofs.iter().map(|proven| proven.seal.as_bytes().as_slice()).collect();
        let octets: Vec<&[u8]> = proofs.iter().map(|proven| proven.proof.as_slice()).collect();
        let store = |client: &mut Client| {
            let rows = client.query(COMPLETE, &[&names, &digests, &octets])?;
            let now = rows.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<String>, Error>>()?;
            let rest: Vec<&String> = names.iter().filter(|name| !now.contains(*name)).collect();
            let before = if rest.is_empty() { Vec::new() } else { client.query(PROVEN, &[&rest])? };
            let before = before.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<String>, Error>>()?;
            Ok((now, before))
        };
        let doing = "to store proofs";
        // A batch with one seal is stored at once: other workers wait for it, and this one makes further trips before it commits.
        let is_shared = proofs.iter().all(|proven| matches!(proven.key, Key::Item(_)));
        let (now, before) = if is_shared { self.with_items(doing, store)? } else { self.session.run(doing, store)? };
        let completed = |name: &String| match (now.contains(name), before.contains(name)) {
            (true, _) => Completed::Now,
            (false, true) => Completed::Before,
            (false, false) => Completed::OtherSeal,
        };
        Ok(names.iter().map(completed).collect())
    }

    fn reject(&mut self, rejections: &[Rejection]) -> Result<(), EngineError> {
        let digests: Vec<SealDigest> = rejections.iter().map(Rejection::item).collect();
        let digests: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let octets: Vec<&[u8]> = rejections.iter().map(|rejection| rejection.octets.as_slice()).collect();
        let identifier = |rejection: &Rejection| rejection.evidence_identifier.map(|id| Key::Item(id).to_string());
        let identifiers: Vec<Option<String>> = rejections.iter().map(identifier).collect();
        let reasons: Vec<&str> = rejections.iter().map(|rejection| rejection.reason.name()).collect();
        self.with_items("to note rejections", |client| {
            client.execute(REJECT, &[&digests, &identifiers, &reasons, &octets])
        })
        .map(|_| ())
    }

    fn rejected(&mut self, items: &[SealDigest]) -> Result<Vec<bool>, EngineError> {
        let digests: Vec<&[u8]> = items.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let rejected: BTreeSet<Vec<u8>> = self.session.run("for rejections", |client| {
            let rows = client.query(REJECTED, &[&digests])?;
            rows.iter().map(|row| row.try_get(0)).collect()
        })?;
        Ok(digests.iter().map(|digest| rejected.contains(*digest)).collect())
    }

    fn batch_number(&mut self) -> Result<u64, EngineError> {
        let doing = "for the number of a batch";
        let number: i64 = self.session.run(doing, |client| client.query_one(NUMBER, &[])?.try_get(0))?;
        u64::try_from(number).map_err(|_| self.session.unfit(doing))
    }
}

fn state(seal: Option<Vec<u8>>, proof: Option<Vec<u8>>) -> Option<Stored> {
    proof.map(Stored::Proof).or(seal.map(Stored::Seal))
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresStore(..)")
    }
}
