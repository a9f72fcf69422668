//! The life of a registered letter: its state by the proofs at hand, its legal moments, and how long its evidence is kept.
//!
//! [`judge`] verifies any proofs, in any order, each with what precedes it among them. [`Case::of`] says what they come to for
//! each recipient: the state with its grounds, what they say against each other, and what is missing. [`Case::with_foreign`]
//! takes evidence in the form of another service beside them.
//!
//! The same proofs are a receipt under one law and not yet under another, so that no letter is called delivered without a
//! [`Regime`]. The crate knows some regimes of Europe, each with its source and what could not be read of it; a caller's own is
//! a value.
//!
//! ```
//! use recommande::life::{Effect, Milestones, Regime, moments};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // French electronic registered mail: asked on 22 November, nobody answered.
//! let regime = Regime::named("FR-LRE").ok_or("unknown regime")?;
//! let reached = Milestones { asked: Some("2026-11-22T09:15:00Z".parse()?), ..Milestones::default() };
//! let moments = moments(&regime, &reached, "2026-12-24T12:00:00Z".parse()?)?;
//! let deemed = moments.deemed.ok_or("still open")?;
//! assert_eq!((deemed.effect, deemed.day.to_string().as_str()), (Effect::Nothing, "2026-12-08"));
//! # Ok(())
//! # }
//! ```

mod acting;
mod case;
mod charge;
mod conflict;
mod contradiction;
mod equivocation;
mod fact;
mod fold;
mod foreign;
mod foreign_alone;
mod foreign_fact;
mod foreign_fold;
mod foreign_take;
mod judged;
mod judging;
mod keeping;
mod letter;
pub mod limits;
mod moments;
mod objection;
mod print;
mod regime;
mod regimes;
mod reply;
mod retention;
#[cfg(test)]
mod sealed_again;
mod side;
mod state;
mod verifiers;
mod words;
mod zone;

pub use acting::{ActingParty, ActingRole, RepresentedKind};
pub use case::{Case, CaseVerdict, Gap, Missing, StatedFact, TooManyProofs};
pub use charge::InCharge;
pub use contradiction::{Contradiction, ContradictionKind, Severity};
pub use foreign::{ForeignEvent, ForeignEvidence, ForeignStanding, ForeignStatement, LetterName};
pub use foreign_fact::{ForeignEffect, ForeignFact, ForeignObjection};
pub use judged::{Judged, Standing, VerifiableUntil};
pub use judging::{judge, judge_with_deadlines};
pub use keeping::{CaseKeeping, KeepingError, KeptStatement, LetterKeeping};
pub use letter::{Claim, Letter};
pub use moments::{Basis, Deemed, Milestones, Moment, Moments, moments};
pub use regime::{
    BeyondReach, Effect, EffectiveOn, Milestone, Period, PeriodRule, Regime, Source, SourceStanding, Span,
};
pub use reply::{Reply, ReplyLink, ReplyObjection};
pub use retention::{Keeping, Retention};
pub use side::{OpenedContent, SideFacts};
pub use state::{ServiceStatus, ServiceWords, State};
pub use verifiers::Verifiers;
pub use zone::{NotRules, UnknownZone, Zone};
