//! What a service has to watch, as values: what ends or fails, when, and from when on to act.
//!
//! Each function reads what the service has already: a report on its sealer, trials of its TSAs, a stored seal, the deadline of a
//! renewal, the backlog of a batcher, the oldest item of a queue, a log. Nothing here reads a clock, a file or a network. The manual's chapter on
//! [services](crate::manual::services) says what to ask how often.
//!
//! ```
//! # use chrono::{TimeDelta, Utc};
//! # use recommande::{Credentials, Environment, Issuer, Sealer, TsaPool, Verifier};
//! # use recommande::testing::{TestPki, TestTsa};
//! use recommande::watch::{self, Urgency};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?;
//! # let issuer = Issuer::new("Example Registered Mail", "BE/BE/0406798006", Environment::Test)?;
//! # let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
//! # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
//! # let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
//!
//! let mut list = watch::sealer(&verifier.report_sealer(&sealer, Utc::now()));
//! list.extend(watch::tsas(&verifier.report_tsas(&tsas, Utc::now)?, Utc::now()));
//! for upcoming in watch::in_order(list) {
//!     match upcoming.urgency(Utc::now()) {
//!         Urgency::Later => {}
//!         Urgency::Due | Urgency::Past => println!("{upcoming}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```

#![deny(clippy::wildcard_enum_match_arm)]

mod means;
mod work;

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;

pub use self::means::{sealer, tsas};
pub use self::work::{backlog, log, queue, renewal, unstamped};

/// Something that ends or fails at a time, unless somebody acts before.
///
/// It names certificates of the service and of TSAs, and no letter and no party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upcoming {
    /// The thing that has to be watched.
    pub concern: Concern,
    /// The time at which it fails. What fails already has the time at which that was seen.
    pub by: DateTime<Utc>,
    /// The time from which on to act. It may be set to another one, where acting takes longer.
    pub act_from: DateTime<Utc>,
    /// The thing that ends then, or what fails, for people.
    pub because: String,
    #[serde(skip)]
    standing: Standing,
}

/// Whether something fails already. The time at which that was seen may be later than the one at which a list is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Fails,
    Holds,
}

/// What a service has to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Concern {
    /// The means to seal: the key, its certificates, their algorithms, by the policy of the verifier. After this time its seals do not
    /// pass. Get another certificate.
    Seals,
    /// A TSA: it gives no timestamp that passes, or its certificates end. Ask its provider, and take its new anchors in time.
    Tsa,
    /// The clock here or that of a TSA. Set the one that is wrong.
    Clock,
    /// A CRL or an OCSP response that goes into seals, or that the verifier was given. Fetch the next one.
    RevocationData,
    /// A seal without a timestamp, for which it is too late then. Stamp it.
    UnstampedSeal,
    /// A proof that is renewed by then or not at all.
    Renewal,
    /// The batcher, or a queue between machines: what waits has waited for too long. Look at the TSAs, and at the workers.
    Backlog,
    /// The log: an entry is not in a checkpoint when the merge delay has passed. Publish one.
    Log,
}

impl Concern {
    /// Returns its name, as it is serialised.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seals => "seals",
            Self::Tsa => "tsa",
            Self::Clock => "clock",
            Self::RevocationData => "revocation-data",
            Self::UnstampedSeal => "unstamped-seal",
            Self::Renewal => "renewal",
            Self::Backlog => "backlog",
            Self::Log => "log",
        }
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// There is time.
    Later,
    /// Somebody has to act.
    Due,
    /// It fails.
    Past,
}

impl Upcoming {
    /// Makes one that is to be acted upon this long before its time.
    fn before(concern: Concern, by: DateTime<Utc>, lead: TimeDelta, because: impl Into<String>) -> Self {
        let act_from = by.checked_sub_signed(lead).unwrap_or(DateTime::<Utc>::MIN_UTC);
        Self { concern, by, act_from, because: because.into(), standing: Standing::Holds }
    }

    /// Makes one that fails already.
    fn already(concern: Concern, now: DateTime<Utc>, because: impl Into<String>) -> Self {
        Self { concern, by: now, act_from: now, because: because.into(), standing: Standing::Fails }
    }

    /// Tells whether to act at `now`. What fails already is `Past` at any time.
    pub fn urgency(&self, now: DateTime<Utc>) -> Urgency {
        if self.standing == Standing::Fails || self.by <= now {
            Urgency::Past
        } else if self.act_from <= now {
            Urgency::Due
        } else {
            Urgency::Later
        }
    }
}

impl fmt::Display for Upcoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { concern, by, act_from, because, standing } = self;
        let time = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        if *standing == Standing::Fails {
            return write!(f, "{concern}: {because} (seen {})", time(by));
        }
        write!(f, "{concern}: by {}, act from {}: {because}", time(by), time(act_from))
    }
}

/// Brings a list into the order in which to act: what fails already, and then by the time from which on to act, and of one such time by that
/// at which things fail.
pub fn in_order(list: impl IntoIterator<Item = Upcoming>) -> Vec<Upcoming> {
    let mut list: Vec<Upcoming> = list.into_iter().collect();
    list.sort_by(|one, next| {
        let key = |upcoming: &Upcoming| (upcoming.standing, upcoming.act_from, upcoming.by, upcoming.concern);
        key(one).cmp(&key(next)).then_with(|| one.because.cmp(&next.because))
    });
    list
}
