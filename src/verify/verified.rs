//! The values that a strict verification takes and returns.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::cms::BaselineLevel;
use crate::evidence::{AnyStatement, Disclosure, Issuer, PayloadDigests, Sending, Step};
use crate::finding::{Finding, SubIndication};
use crate::pki::Certificate;
use crate::seal::{ProofId, SignedSubmission, Stated};
use crate::verify::settings::{Basis, Settings};

/// The payload with which a proof is verified.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// The digests of the payload. They must be those of one of the content parts that the statement names.
    Digests(&'a PayloadDigests),
    /// The payload itself. It must be one of the content parts that the statement names, and the report says if it carries a
    /// signature of its own.
    Octets(&'a [u8]),
    /// The payload is no longer there. The verdict is about the statement alone, and says so.
    NotAvailable,
}

impl<'a> From<&'a PayloadDigests> for Payload<'a> {
    fn from(digests: &'a PayloadDigests) -> Self {
        Self::Digests(digests)
    }
}

/// The sending that a later statement is verified against, or the [`Step`] that led to its event.
#[derive(Debug)]
#[non_exhaustive]
pub enum Preceding<'a, S = Sending> {
    /// It verified.
    Verified(&'a Verified<S>),
    /// It did not verify. What follows it is INDETERMINATE, `sending-not-verified` or `cause-not-verified`.
    Refused(&'a VerifyError),
    /// It is not at hand. What follows it is INDETERMINATE, `sending-not-given` or `cause-not-given`.
    NotGiven,
}

impl<S> Clone for Preceding<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Preceding<'_, S> {}

impl<'a, S> From<&'a Result<Verified<S>, VerifyError>> for Preceding<'a, S> {
    fn from(verdict: &'a Result<Verified<S>, VerifyError>) -> Self {
        match verdict {
            Ok(statement) => Self::Verified(statement),
            Err(error) => Self::Refused(error),
        }
    }
}

impl<'a, S> From<&'a Verified<S>> for Preceding<'a, S> {
    fn from(statement: &'a Verified<S>) -> Self {
        Self::Verified(statement)
    }
}

/// A proof of sending is verified with this: the payload, the disclosure of its commitments, and its second seal.
///
/// A [`Payload`] converts into it.
#[derive(Clone, Copy, Debug)]
pub struct SendingContext<'a> {
    payload: Payload<'a>,
    disclosure: Option<&'a Disclosure>,
    second_seals: &'a [Vec<u8>],
    original: Preceding<'a>,
    pub(super) submission: Option<GivenSubmission<'a>>,
}

/// A submission, and the settings by which the senders' signatures are judged.
pub(super) type GivenSubmission<'a> = (&'a SignedSubmission, &'a Settings);

impl<'a> SendingContext<'a> {
    /// The payload, without a disclosure.
    pub fn new(payload: impl Into<Payload<'a>>) -> Self {
        let (payload, original) = (payload.into(), Preceding::NotGiven);
        Self { payload, disclosure: None, second_seals: &[], original, submission: None }
    }

    /// Gives the values of the fields that the statement commits to.
    #[must_use]
    pub fn with_disclosure(mut self, disclosure: &'a Disclosure) -> Self {
        self.disclosure = Some(disclosure);
        self
    }

    /// Gives the files that lie beside the proof as its second seal: mostly one, and their order does not matter.
    #[must_use]
    pub fn with_second_seals(mut self, second_seals: &'a [Vec<u8>]) -> Self {
        self.second_seals = second_seals;
        self
    }

    /// Gives the sending of the letter that a reply names. Without it nobody says that it is a reply (`original-not-given`).
    #[must_use]
    pub fn with_original(mut self, original: impl Into<Preceding<'a>>) -> Self {
        self.original = original.into();
        self
    }
}

impl<'a, P: Into<Payload<'a>>> From<P> for SendingContext<'a> {
    fn from(payload: P) -> Self {
        Self::new(payload)
    }
}

impl<'a> From<SendingContext<'a>> for Context<'a> {
    fn from(context: SendingContext<'a>) -> Self {
        let SendingContext { payload, disclosure, second_seals, original, submission } = context;
        Self { disclosure, second_seals, original, submission, ..payload.into() }
    }
}

/// A proof is verified with this: what precedes it, the step that led to its event, the payload, the disclosure of its
/// commitments, and its second seal.
///
/// The verified sending converts into it, and so does a [`Preceding`]; the payload is then not available, since that
/// sending was compared with it or not.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub(super) preceding: Preceding<'a>,
    pub(super) cause: Preceding<'a, Step>,
    pub(super) payload: Payload<'a>,
    pub(super) disclosure: Option<&'a Disclosure>,
    pub(super) second_seals: &'a [Vec<u8>],
    /// The sending of the letter that a reply names.
    pub(super) original: Preceding<'a>,
    pub(super) submission: Option<GivenSubmission<'a>>,
    /// The settings by which the recipients' own signatures are judged.
    pub(super) recipients: Option<&'a Settings>,
}

impl<'a> Context<'a> {
    /// Builds the context of what precedes the proof, and of the payload.
    pub fn new(preceding: impl Into<Preceding<'a>>, payload: impl Into<Payload<'a>>) -> Self {
        let (preceding, payload) = (preceding.into(), payload.into());
        Self {
            preceding,
            cause: Preceding::NotGiven,
            payload,
            disclosure: None,
            second_seals: &[],
            original: Preceding::NotGiven,
            submission: None,
            recipients: None,
        }
    }

    /// Gives the step that led to the event of the proof, where the statement names one.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Preceding<'a, Step>>) -> Self {
        self.cause = cause.into();
        self
    }

    /// Gives the values of the fields that the statement commits to. It is the disclosure of this proof; that of the sending
    /// is given when the sending is verified.
    #[must_use]
    pub fn with_disclosure(mut self, disclosure: &'a Disclosure) -> Self {
        self.disclosure = Some(disclosure);
        self
    }

    /// Gives the files that lie beside the proof as its second seal: mostly one, and their order does not matter.
    #[must_use]
    pub fn with_second_seals(mut self, second_seals: &'a [Vec<u8>]) -> Self {
        self.second_seals = second_seals;
        self
    }

    /// Gives the sending of the letter that a reply names, see [`SendingContext::with_original`].
    #[must_use]
    pub fn with_original(mut self, original: impl Into<Preceding<'a>>) -> Self {
        self.original = original.into();
        self
    }
}

impl<'a> From<Payload<'a>> for Context<'a> {
    fn from(payload: Payload<'a>) -> Self {
        Self::new(Preceding::NotGiven, payload)
    }
}

impl<'a> From<Preceding<'a>> for Context<'a> {
    fn from(preceding: Preceding<'a>) -> Self {
        Self::new(preceding, Payload::NotAvailable)
    }
}

impl<'a> From<&'a Verified<Sending>> for Context<'a> {
    fn from(sending: &'a Verified<Sending>) -> Self {
        Preceding::Verified(sending).into()
    }
}

/// A statement that verified: only a [`Verifier`](super::Verifier) makes one.
///
/// It holds for the trust anchors, the policy and the revocation data by which it verified. Their digests travel with it. A
/// verifier with other anchors, with another policy, or with a CRL or an OCSP response that was not given then, does not
/// take it for what precedes an opening (`sending-verified-otherwise`): verify the sending again with that verifier.
///
/// Extra certificates and evidence records do not travel, because they only help something to pass. Neither does the time
/// of the verification: a verdict of the past is taken as what it was then. It is never stored, so that it grows no older than
/// the process, and its end is not counted in that of an opening
/// ([`Report::verifiable_until`](crate::verify::Report::verifiable_until)).
#[derive(Clone, Debug, PartialEq)]
pub struct Verified<S> {
    pub(super) stated: Arc<Stated<S>>,
    pub(super) signature: VerifiedSignature,
    /// The anchors, the policy and the revocation data by which it verified.
    pub(super) basis: Basis,
    /// The statement with the values that a disclosure gave.
    pub(super) disclosed: Option<Arc<S>>,
    /// How far clocks may be apart by the policy.
    pub(super) clock_skew: TimeDelta,
}

impl<S> Verified<S> {
    /// The same as a statement of any kind.
    pub(super) fn into_any(self) -> Verified<AnyStatement>
    where
        S: Clone + Into<AnyStatement>,
    {
        let stated = Arc::new(self.stated.map(|statement| statement.clone().into()));
        let disclosed = self.disclosed.map(|statement| Arc::new(S::clone(&statement).into()));
        Verified { stated, disclosed, signature: self.signature, basis: self.basis, clock_skew: self.clock_skew }
    }

    /// The statement, which holds.
    pub fn statement(&self) -> &S {
        &self.stated.statement
    }

    /// The statement with the values that the disclosure gave in the place of its commitments, each of which fits. `None`
    /// when the statement holds no commitments or no disclosure was given.
    pub fn disclosed(&self) -> Option<&S> {
        self.disclosed.as_deref()
    }

    /// How far clocks may be apart by the policy by which it verified.
    pub(crate) fn clock_skew(&self) -> TimeDelta {
        self.clock_skew
    }

    /// The issuer of the statement.
    pub fn issuer(&self) -> &Issuer {
        &self.stated.issuer
    }

    /// The identifier of the sealed statement.
    pub fn id(&self) -> ProofId {
        self.stated.id()
    }

    /// The time at which the seal is proven to have existed: the earliest genTime of a valid timestamp.
    pub fn proven_at(&self) -> DateTime<Utc> {
        self.signature.proven_at
    }

    /// The signature that seals the statement.
    pub fn signature(&self) -> &VerifiedSignature {
        &self.signature
    }
}

/// A signature that verified, with the time at which it is proven to have existed.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedSignature {
    pub(super) proven_at: DateTime<Utc>,
    pub(super) level: BaselineLevel,
    pub(super) certificate: Certificate,
}

impl VerifiedSignature {
    /// The time at which the signature is proven to have existed: the earliest genTime of a valid timestamp.
    pub fn proven_at(&self) -> DateTime<Utc> {
        self.proven_at
    }

    /// The level of the signature.
    pub fn level(&self) -> BaselineLevel {
        self.level
    }

    /// The certificate of the signer.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// The reason why something did not verify. Its finding says what decided the verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The verdict is TOTAL-FAILED: something is provably wrong.
    #[error("TOTAL-FAILED: {0}")]
    Failed(Box<Finding>),
    /// The verdict is INDETERMINATE: something is missing that would decide it.
    #[error("INDETERMINATE: {0}")]
    Indeterminate(Box<Finding>),
}

impl VerifyError {
    /// The finding that decided the verdict.
    pub fn finding(&self) -> &Finding {
        match self {
            Self::Failed(finding) | Self::Indeterminate(finding) => finding,
        }
    }

    /// The reason in the terms of ETSI EN 319 102-1 V1.4.1.
    pub fn sub_indication(&self) -> Option<SubIndication> {
        self.finding().sub_indication
    }
}
