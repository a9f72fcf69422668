//! Reads and holds proofs, which are sealed statements as files.

use std::fmt;
use std::sync::{Arc, OnceLock};

use signed_data::tlv::Tag;

use super::envelope::OpenEnvelope;
use super::error::{DecodeError, ProfileViolation};
use super::unstamped::{INTERNAL, Internal, sealed};
use super::{Artifact, Envelope};
use crate::asn1::oid;
use crate::cms::single_value;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{
    AnyStatement, Codec, DecodeStatementError, DecodeStatementErrorKind, Event, Issuer, Opening, Sending, Statement,
    Step,
};

/// The identifier of a sealed statement: SHA-256 over the DER of its signed attributes as SET OF.
///
/// The signed attributes bind the statement, the signing time and the signing certificate. Certificates and unsigned
/// attributes may be added to a proof over the years; its ProofId stays.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProofId(Digest);

impl ProofId {
    /// Returns the digest.
    pub fn digest(&self) -> &Digest {
        &self.0
    }
}

impl fmt::Display for ProofId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ProofId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProofId({self})")
    }
}

/// A sealed statement: one DER file, a CAdES SignedData with the statement as its content (`.p7m`).
///
/// It holds a claim that nothing has verified yet: a [`Verifier`](crate::verify::Verifier) does that.
#[derive(Clone, PartialEq)]
pub struct Proof<S> {
    envelope: Envelope,
    stated: Arc<Stated<S>>,
}

/// The statement, issuer and identifying attributes of a proof. A verdict shares them and does not copy them.
#[derive(Debug, PartialEq)]
pub(crate) struct Stated<S> {
    pub(crate) statement: S,
    pub(crate) issuer: Issuer,
    signed_attributes: IdentifiedAttributes,
}

impl<S> Stated<S> {
    pub(crate) fn id(&self) -> ProofId {
        self.signed_attributes.id()
    }

    /// Returns the same with the statement in another form.
    pub(crate) fn map<T>(&self, form: impl FnOnce(&S) -> T) -> Stated<T> {
        Stated {
            statement: form(&self.statement),
            issuer: self.issuer.clone(),
            signed_attributes: self.signed_attributes.clone(),
        }
    }
}

/// The signed attributes as SET OF, with their digest once it was asked for. Sealing and verifying in bulk rarely ask
/// for it.
#[derive(Clone, Debug)]
struct IdentifiedAttributes {
    der: Vec<u8>,
    id: OnceLock<ProofId>,
}

impl IdentifiedAttributes {
    fn new(der: Vec<u8>) -> Self {
        Self { der, id: OnceLock::new() }
    }

    fn id(&self) -> ProofId {
        *self.id.get_or_init(|| ProofId(DigestAlgorithm::Sha256.digest(&self.der)))
    }
}

impl PartialEq for IdentifiedAttributes {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

/// The service accepted an item for sending.
pub type ProofOfSending = Proof<Sending>;

/// The recipient opened the item, or it was handed over.
pub type ProofOfOpening = Proof<Opening>;

/// The message was refused, relayed, announced, accepted, left unclaimed, made available, or one of these failed.
pub type ProofOfStep = Proof<Step>;

impl<S: Statement> Proof<S> {
    /// Reads a proof. The octets are kept as they are.
    ///
    /// # Errors
    /// `Coding`, `Profile`, `Statement`; `AnotherEvent` when it is evidence of another event.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        Self::from_envelope(Envelope::from_der(der.to_vec())?, INTERNAL)
    }

    /// Makes a proof of a new seal. `signed_attributes` are those of the envelope, as SET OF.
    pub(super) fn sealed(envelope: Envelope, statement: S, issuer: Issuer, signed_attributes: Vec<u8>) -> Self {
        let signed_attributes = IdentifiedAttributes::new(signed_attributes);
        Self { envelope, stated: Arc::new(Stated { statement, issuer, signed_attributes }) }
    }

    /// Returns the file.
    pub fn der(&self) -> &[u8] {
        self.envelope.der()
    }

    /// Returns the statement as the file has it. Nothing of it has been verified.
    pub fn stated(&self) -> &S {
        &self.stated.statement
    }

    /// Returns the issuer that the statement names, which has not been verified either.
    pub fn stated_issuer(&self) -> &Issuer {
        &self.stated.issuer
    }

    pub(crate) fn shared(&self) -> Arc<Stated<S>> {
        Arc::clone(&self.stated)
    }

    /// Returns the identifier of the sealed statement.
    pub fn id(&self) -> ProofId {
        self.stated.id()
    }

    /// Tells if the statement is the one whose digest is among the signed attributes. Else anybody put it behind them, and the
    /// identifier of the proof is that of another statement.
    pub(crate) fn is_identified(&self) -> bool {
        let Ok(open) = self.envelope.open() else { return false };
        let (Ok(signer_info), Some(content)) = (open.signer_info(), open.content) else { return false };
        let algorithm = DigestAlgorithm::from_identifier(&signer_info.digest_algorithm).ok();
        let stated = signer_info.signed_attributes.as_ref();
        let stated = stated.and_then(|attributes| single_value(attributes, oid::MESSAGE_DIGEST).ok()?);
        algorithm.zip(stated).is_some_and(|(algorithm, stated)| {
            stated.tag == Tag::OCTET_STRING && stated.value == algorithm.digest(content).as_bytes()
        })
    }
}

impl<S> sealed::Sealed for Proof<S> {}

impl<S: Statement> Artifact for Proof<S> {
    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError> {
        let (statement, issuer, signed_attributes) = read(&envelope.open()?)?;
        Ok(Self::sealed(envelope, statement, issuer, signed_attributes))
    }

    fn envelope(&self, _: Internal) -> &Envelope {
        &self.envelope
    }

    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self {
        Self { envelope, ..self }
    }
}

impl<S> fmt::Debug for Proof<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({}, {} octets)", self.stated.id(), self.envelope.der().len())
    }
}

/// Reads the statement, its issuer and the signed attributes, as SET OF, out of an envelope.
fn read<S: Statement>(open: &OpenEnvelope<'_>) -> Result<(S, Issuer, Vec<u8>), DecodeError> {
    let content = open.content.ok_or(ProfileViolation::ContentMissing)?;
    let (statement, issuer) = Codec::default().decode(content).map_err(|error| {
        if let DecodeStatementErrorKind::AnotherEvent(event) = error.kind() {
            DecodeError::AnotherEvent(*event)
        } else {
            unreadable(error)
        }
    })?;
    Ok((statement, issuer, open.signed_attributes()?.as_set()))
}

/// Makes the error for evidence that cannot be read.
fn unreadable(error: DecodeStatementError) -> DecodeError {
    if let DecodeStatementErrorKind::EventNotKnown(name) = error.kind() {
        DecodeError::EventNotKnown(name.clone())
    } else {
        DecodeError::Statement(error)
    }
}

/// A proof whose event is known only after reading it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AnyProof {
    /// The proof is one of sending.
    Sending(ProofOfSending),
    /// The proof is one of opening.
    Opening(ProofOfOpening),
    /// The proof is one of a step between the sending and the opening, or instead of them.
    Step(ProofOfStep),
}

impl AnyProof {
    /// Reads a proof of any event of ETSI EN 319 522.
    ///
    /// # Errors
    /// The errors of [`Proof::from_der`] but `AnotherEvent`, with `EventNotKnown` for an event of another edition.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let envelope = Envelope::from_der(der.to_vec())?;
        let (statement, issuer, signed) = {
            let open = envelope.open()?;
            read(&open).map_err(|error| event_not_known(&open).unwrap_or(error))?
        };
        Ok(match statement {
            AnyStatement::Sending(statement) => Self::Sending(Proof::sealed(envelope, statement, issuer, signed)),
            AnyStatement::Opening(statement) => Self::Opening(Proof::sealed(envelope, statement, issuer, signed)),
            AnyStatement::Step(statement) => Self::Step(Proof::sealed(envelope, statement, issuer, signed)),
        })
    }

    /// Returns the event that is stated.
    pub fn event(&self) -> Event {
        match self {
            Self::Sending(proof) => proof.stated().event(),
            Self::Opening(proof) => proof.stated().event(),
            Self::Step(proof) => proof.stated().event(),
        }
    }

    /// Returns the file.
    pub fn der(&self) -> &[u8] {
        match self {
            Self::Sending(proof) => proof.der(),
            Self::Opening(proof) => proof.der(),
            Self::Step(proof) => proof.der(),
        }
    }
}

/// Returns the error for evidence of an event of another edition of the standard, whose other members may be others too.
fn event_not_known(open: &OpenEnvelope<'_>) -> Option<DecodeError> {
    let error = Codec::default().peek_event(open.content?).err()?;
    matches!(error.kind(), DecodeStatementErrorKind::EventNotKnown(_)).then(|| unreadable(error))
}
