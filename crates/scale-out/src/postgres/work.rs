//! Items as rows of a table.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::database::Database;
use super::session::{Session, Way};
use crate::engine_error::{EngineError, Fault};
use crate::item::Item;
use crate::work::{Taken, Verdict, Work};

/// How long a queue without items is left alone.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The name of the engine in errors.
const ENGINE: &str = "the queue in PostgreSQL";

const DUE: &str = "SELECT count(*) FROM (SELECT FROM recommande_item WHERE not_before <= now() LIMIT $1) AS due";

const COUNT: &str = "SELECT count(*) FROM recommande_item";

/// The number of an item says which one came first; those of producers that put items at the same time differ by as long as that takes.
const OLDEST: &str = "SELECT (extract(epoch FROM since) * 1000)::bigint FROM recommande_item ORDER BY item LIMIT 1";

const CLAIM: &str = "SELECT item, octet_length(statement)::bigint FROM recommande_item WHERE not_before <= now() \
                     ORDER BY not_before, item LIMIT $1 FOR UPDATE SKIP LOCKED";

const STATEMENTS: &str = "SELECT item, statement FROM recommande_item WHERE item = ANY($1)";

/// The largest number of octets that a batch has. What is beyond it comes with the next one.
const MAX_OCTETS: i64 = 1 << 26;

const DELETE: &str = "DELETE FROM recommande_item WHERE item = ANY($1)";

const LATER: &str = "UPDATE recommande_item SET not_before = clock_timestamp() + make_interval(secs => later.seconds) \
                     FROM unnest($1::bigint[], $2::float8[]) AS later(item, seconds) \
                     WHERE recommande_item.item = later.item";

const PUT: &str = "INSERT INTO recommande_item (statement) SELECT unnest($1::bytea[])";

/// The session that has items, whose transaction is open while it has them.
pub(super) struct Claim {
    session: Session,
}

impl Claim {
    pub(super) fn new(way: &Way) -> Self {
        Self { session: Session::new(way, ENGINE) }
    }

    /// Asks something in the transaction that has the items, where there is one.
    pub(super) fn in_transaction(&mut self) -> Option<&mut Session> {
        self.session.has_items.then_some(&mut self.session)
    }

    fn next(&mut self, most: i64) -> Result<Vec<Taken<i64>>, EngineError> {
        if self.session.has_items {
            // The worker forgot a batch: its items are free again.
            self.session.give_up();
        }
        let mut taken: Vec<Taken<i64>> = self.session.run("for items", |client| {
            client.batch_execute("BEGIN")?;
            let claimed = client.query(CLAIM, &[&most])?;
            let claimed = claimed.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
            let items = fitting(claimed.collect::<Result<_, postgres::Error>>()?);
            let rows = client.query(STATEMENTS, &[&items])?;
            rows.iter().map(|row| Ok(Taken { ticket: row.try_get(0)?, octets: row.try_get(1)? })).collect()
        })?;
        // In the order in which they came, as far as numbers show it.
        taken.sort_by_key(|taken| taken.ticket);
        self.session.has_items = !taken.is_empty();
        if taken.is_empty() {
            self.session.run("to end a transaction", |client| client.batch_execute("ROLLBACK"))?;
        }
        Ok(taken)
    }

    fn settle(&mut self, settled: &[(i64, Verdict)]) -> Result<(), EngineError> {
        let doing = "to settle items";
        // Without its transaction the items are another worker's, and the proofs that were stored in it are gone.
        if !std::mem::take(&mut self.session.has_items) {
            return Err(EngineError::new(ENGINE, doing, Fault::Unreachable));
        }
        let mut gone = Vec::new();
        let (mut later, mut seconds) = (Vec::new(), Vec::new());
        for (item, verdict) in settled {
            match verdict {
                Verdict::Done | Verdict::Rejected => gone.push(*item),
                Verdict::Later(after) => {
                    later.push(*item);
                    seconds.push(after.as_secs_f64());
                }
            }
        }
        self.session.run(doing, |client| {
            if !gone.is_empty() {
                client.execute(DELETE, &[&gone])?;
            }
            if !later.is_empty() {
                client.execute(LATER, &[&later, &seconds])?;
            }
            client.batch_execute("COMMIT")
        })
    }
}

/// Takes items, with their numbers of octets, as far as they fit into a batch: at least the first one.
fn fitting(claimed: Vec<(i64, i64)>) -> Vec<i64> {
    let mut octets = 0_i64;
    let fits = |(position, (_, length)): &(usize, (i64, i64))| {
        octets = octets.saturating_add(*length);
        *position == 0 || octets <= MAX_OCTETS
    };
    claimed.into_iter().enumerate().take_while(fits).map(|(_, (item, _))| item).collect()
}

/// Hands out the rows of the table `recommande_item`, which it locks until they are settled.
pub struct PostgresWork {
    claim: Arc<Mutex<Claim>>,
}

impl PostgresWork {
    /// Makes a queue for one worker, whose proofs are stored elsewhere. It connects when it is asked something.
    pub fn new(database: &Database) -> Self {
        Self::of(Arc::new(Mutex::new(Claim::new(&database.0))))
    }

    pub(super) fn of(claim: Arc<Mutex<Claim>>) -> Self {
        Self { claim }
    }

    /// Puts items into the queue, all or none. A producer that has its letters in the same database inserts the
    /// [octets](Item::octets) into `recommande_item (statement)` in the transaction that accepts them.
    ///
    /// # Errors
    /// [`EngineError`]. The items may be there: putting them once more does no harm.
    pub fn put(&mut self, items: &[Item]) -> Result<(), EngineError> {
        let octets: Vec<&[u8]> = items.iter().map(Item::octets).collect();
        self.claim().session.run("to take items", |client| client.execute(PUT, &[&octets])).map(|_| ())
    }

    fn claim(&self) -> MutexGuard<'_, Claim> {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work for PostgresWork {
    type Ticket = i64;

    fn next(&mut self, most: NonZeroUsize, within: Duration) -> Result<Vec<Taken<i64>>, EngineError> {
        let most = i64::try_from(most.get()).unwrap_or(i64::MAX);
        let until = Instant::now() + within;
        let mut claim = self.claim();
        loop {
            let due: i64 = claim.session.run("for items", |client| client.query_one(DUE, &[&most])?.try_get(0))?;
            if due >= most || Instant::now() >= until {
                // Those that others have count too, so that there may be none left.
                let taken = claim.next(most)?;
                if !taken.is_empty() || Instant::now() >= until {
                    return Ok(taken);
                }
            }
            std::thread::sleep(LOOK_AGAIN.min(until.saturating_duration_since(Instant::now())));
        }
    }

    fn settle(&mut self, settled: Vec<(i64, Verdict)>) -> Result<(), EngineError> {
        self.claim().settle(&settled)
    }

    fn waiting(&mut self) -> Result<u64, EngineError> {
        let mut claim = self.claim();
        let rows: i64 = claim.session.run("for items", |client| client.query_one(COUNT, &[])?.try_get(0))?;
        u64::try_from(rows).map_err(|_| claim.session.unfit("for items"))
    }

    fn oldest(&mut self) -> Result<Option<DateTime<Utc>>, EngineError> {
        let doing = "for its oldest item";
        let mut claim = self.claim();
        let since: Option<i64> =
            claim.session.run(doing, |client| client.query_opt(OLDEST, &[])?.map(|row| row.try_get(0)).transpose())?;
        let Some(since) = since else { return Ok(None) };
        DateTime::from_timestamp_millis(since).map(Some).ok_or_else(|| claim.session.unfit(doing))
    }

    fn release(&mut self, _: Vec<i64>) {
        self.claim().session.give_up();
    }
}

impl std::fmt::Debug for PostgresWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresWork(..)")
    }
}
