//! What the door for proofs takes: a proof of a known kind, of any kind, or the octets of a file.

use chrono::{DateTime, Utc};

use super::Verifier;
use super::linked::LinkedStatement;
use crate::evidence::{AnyStatement, Opening, Sending, Statement, Step};
use crate::seal::{AnyProof, Proof};
use crate::verify::report::value::Report;
use crate::verify::verified::{Context, SendingContext, Verified, VerifyError};

/// A proof, or a file that may be one, as [`Verifier::verify`] and [`Verifier::report`] take it. The trait is sealed.
pub trait Verifiable: sealed::Verifiable {
    /// What the proof is verified with.
    type Context<'a>: Into<Context<'a>>;
}

impl Verifiable for Proof<Sending> {
    type Context<'a> = SendingContext<'a>;
}

impl Verifiable for Proof<Opening> {
    type Context<'a> = Context<'a>;
}

impl Verifiable for Proof<Step> {
    type Context<'a> = Context<'a>;
}

impl Verifiable for AnyProof {
    type Context<'a> = Context<'a>;
}

impl Verifiable for [u8] {
    type Context<'a> = Context<'a>;
}

mod sealed {
    use super::{Context, DateTime, Report, Statement, Utc, Verified, Verifier, VerifyError};

    /// The two questions that are asked of a proof.
    pub trait Verifiable {
        /// The statement that a proof of this kind holds.
        type Statement: Statement;

        #[doc(hidden)]
        fn strict(
            &self,
            verifier: &Verifier,
            context: Context<'_>,
            now: DateTime<Utc>,
        ) -> Result<Verified<Self::Statement>, VerifyError>;

        #[doc(hidden)]
        fn full(&self, verifier: &Verifier, context: Context<'_>, now: DateTime<Utc>) -> Report;
    }
}

impl<S: LinkedStatement> sealed::Verifiable for Proof<S> {
    type Statement = S;

    fn strict(
        &self,
        verifier: &Verifier,
        context: Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verified<S>, VerifyError> {
        verifier.strict(self, context, now)
    }

    fn full(&self, verifier: &Verifier, context: Context<'_>, now: DateTime<Utc>) -> Report {
        verifier.full(self, context, now)
    }
}

impl sealed::Verifiable for AnyProof {
    type Statement = AnyStatement;

    fn strict(
        &self,
        verifier: &Verifier,
        context: Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verified<AnyStatement>, VerifyError> {
        match self {
            Self::Sending(proof) => proof.strict(verifier, context, now).map(Verified::into_any),
            Self::Opening(proof) => proof.strict(verifier, context, now).map(Verified::into_any),
            Self::Step(proof) => proof.strict(verifier, context, now).map(Verified::into_any),
        }
    }

    fn full(&self, verifier: &Verifier, context: Context<'_>, now: DateTime<Utc>) -> Report {
        match self {
            Self::Sending(proof) => proof.full(verifier, context, now),
            Self::Opening(proof) => proof.full(verifier, context, now),
            Self::Step(proof) => proof.full(verifier, context, now),
        }
    }
}

impl sealed::Verifiable for [u8] {
    type Statement = AnyStatement;

    fn strict(
        &self,
        verifier: &Verifier,
        context: Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verified<AnyStatement>, VerifyError> {
        match AnyProof::from_der(self) {
            Ok(proof) => proof.strict(verifier, context, now),
            Err(error) => Err(verifier.strict_unreadable(self, &error, now)),
        }
    }

    fn full(&self, verifier: &Verifier, context: Context<'_>, now: DateTime<Utc>) -> Report {
        match AnyProof::from_der(self) {
            Ok(proof) => proof.full(verifier, context, now),
            Err(error) => verifier.full_unreadable(self, &error, now),
        }
    }
}
