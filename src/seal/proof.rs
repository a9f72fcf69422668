//! Reads and holds proofs, which are sealed statements as files.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::envelope::OpenEnvelope;
use super::error::{DecodeError, ProfileViolation};
use super::unstamped::{INTERNAL, Internal, sealed};
use super::{AggregatedFile, Artifact, BatchSeal, Envelope};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{
    AnnouncedSeal, AnyStatement, Codec, DecodeStatementError, DecodeStatementErrorKind, Event, Issuer, Opening,
    Sending, Statement, Step,
};
use crate::time::log_entry::{Entry, EntryKind};

/// The identifier of a sealed statement: SHA-256 over the DER of its signed attributes as SET OF. Of an aggregated proof, whose
/// signed attributes are those of its batch, it is SHA-256 over the octets of the statement.
///
/// The signed attributes bind the statement, the signing time and the signing certificate. Certificates and unsigned
/// attributes may be added to a proof over the years; its ProofId stays. A set of attributes and a statement begin with
/// different octets, so that no identifier is that of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProofId(Digest);

impl ProofId {
    /// Returns the identifier of an aggregated proof of a statement with these octets.
    pub(super) fn of_statement(json: &[u8]) -> Self {
        Self(DigestAlgorithm::Sha256.digest(json))
    }

    /// Returns the identifier of an aggregated proof.
    fn of_aggregated(file: &AggregatedFile) -> Self {
        Self(file.statement_digest(DigestAlgorithm::Sha256))
    }

    /// Returns the digest.
    pub fn digest(&self) -> &Digest {
        &self.0
    }
}

impl From<ProofId> for Entry {
    /// Returns the entry that a log has of the proof.
    fn from(id: ProofId) -> Self {
        Self::new(EntryKind::Proof, id.0.first_32())
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

/// A sealed statement, in one of two forms:
///
/// - one DER file, a CAdES SignedData with the statement as its content (`.p7m`);
/// - aggregated: the statement, its evidence record and the seal of its batch, as three files or as one (`.rma`,
///   [`AggregatedFile`]).
///
/// Whatever takes a proof takes both, so that there is one type for them. It holds a claim that nothing has verified yet: a [`Verifier`](crate::verify::Verifier) does that.
#[derive(Clone, PartialEq)]
pub struct Proof<S> {
    form: Form,
    stated: Arc<Stated<S>>,
}

/// How a proof holds its seal.
#[derive(Clone, PartialEq)]
pub(crate) enum Form {
    /// The seal is over the statement.
    Sealed(Envelope),
    /// The seal is over a batch in which the statement is.
    Aggregated(Arc<AggregatedFile>),
}

impl Form {
    /// The octets that are stored.
    fn der(&self) -> &[u8] {
        match self {
            Self::Sealed(envelope) => envelope.der(),
            Self::Aggregated(file) => file.der(),
        }
    }

    /// The SignedData that holds the signature.
    fn envelope(&self) -> &Envelope {
        match self {
            Self::Sealed(envelope) => envelope,
            Self::Aggregated(file) => file.seal().envelope(INTERNAL),
        }
    }
}

/// The statement, issuer and identifying attributes of a proof. A verdict shares them and does not copy them.
#[derive(Debug, PartialEq)]
pub(crate) struct Stated<S> {
    pub(crate) statement: S,
    pub(crate) issuer: Issuer,
    identity: Identity,
}

impl<S> Stated<S> {
    pub(crate) fn id(&self) -> ProofId {
        self.identity.id()
    }

    /// Returns the same with the statement in another form.
    pub(crate) fn map<T>(&self, form: impl FnOnce(&S) -> T) -> Stated<T> {
        Stated { statement: form(&self.statement), issuer: self.issuer.clone(), identity: self.identity.clone() }
    }
}

/// What identifies a proof.
#[derive(Clone, Debug)]
enum Identity {
    /// The signed attributes as SET OF, with their digest once it was asked for. Sealing and verifying in bulk rarely ask
    /// for it.
    Attributes { der: Vec<u8>, id: OnceLock<ProofId> },
    /// The digest of a statement of a batch.
    Statement(ProofId),
}

impl Identity {
    fn of_attributes(der: Vec<u8>) -> Self {
        Self::Attributes { der, id: OnceLock::new() }
    }

    fn id(&self) -> ProofId {
        match self {
            Self::Attributes { der, id } => *id.get_or_init(|| ProofId(DigestAlgorithm::Sha256.digest(der))),
            Self::Statement(id) => *id,
        }
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attributes { der, .. }, Self::Attributes { der: of_other, .. }) => der == of_other,
            (Self::Statement(id), Self::Statement(of_other)) => id == of_other,
            (Self::Attributes { .. }, Self::Statement(_)) | (Self::Statement(_), Self::Attributes { .. }) => false,
        }
    }
}

/// The service accepted an item for sending.
pub type ProofOfSending = Proof<Sending>;

/// The recipient opened the item, or it was handed over.
pub type ProofOfOpening = Proof<Opening>;

/// The message was refused, relayed, announced, accepted, left unclaimed, made available, or one of these failed.
pub type ProofOfStep = Proof<Step>;

impl<S: Statement> Proof<S> {
    /// Reads a proof in either form. The octets are kept as they are.
    ///
    /// # Errors
    /// `Coding`, `Profile`, `Statement`; `AnotherEvent` when it is evidence of another event; `Aggregated` and `BatchStatement`
    /// for an aggregated proof.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        if AggregatedFile::is_begun_by(der) {
            return Self::of_aggregated(AggregatedFile::from_der(der)?);
        }
        Self::from_envelope(Envelope::from_der(der.to_vec())?, INTERNAL)
    }

    /// Takes the parts of an aggregated proof: the statement (`name.json`), its evidence record in DER (`name.ers`) and the seal
    /// of its batch (`seal.p7m`), which is read once for all of its proofs.
    ///
    /// # Errors
    /// `Statement`, `AnotherEvent`, `Aggregated`, `Profile`.
    pub fn from_parts(statement: &[u8], record: &[u8], seal: &BatchSeal) -> Result<Self, DecodeError> {
        Self::of_aggregated(AggregatedFile::from_parts(statement, record, seal.clone())?)
    }

    fn of_aggregated(file: AggregatedFile) -> Result<Self, DecodeError> {
        let (statement, issuer) = decoded(file.statement())?;
        let id = ProofId::of_aggregated(&file);
        Ok(Self::aggregated(file, statement, issuer, id))
    }

    /// Makes a proof of a new seal. `signed_attributes` are those of the envelope, as SET OF.
    pub(super) fn sealed(envelope: Envelope, statement: S, issuer: Issuer, signed_attributes: Vec<u8>) -> Self {
        let identity = Identity::of_attributes(signed_attributes);
        Self { form: Form::Sealed(envelope), stated: Arc::new(Stated { statement, issuer, identity }) }
    }

    /// Makes a proof of a statement in a batch, whose octets the file holds and have this identifier.
    pub(super) fn aggregated(file: AggregatedFile, statement: S, issuer: Issuer, id: ProofId) -> Self {
        let identity = Identity::Statement(id);
        Self { form: Form::Aggregated(Arc::new(file)), stated: Arc::new(Stated { statement, issuer, identity }) }
    }

    /// Returns the file: `.p7m`, or `.rma` of an aggregated proof.
    pub fn der(&self) -> &[u8] {
        self.form.der()
    }

    /// Returns the parts of an aggregated proof, and `None` for a statement with a seal of its own.
    pub fn parts(&self) -> Option<&AggregatedFile> {
        match &self.form {
            Form::Sealed(_) => None,
            Form::Aggregated(file) => Some(file),
        }
    }

    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    /// Returns what is said of the second seal that lies beside the proof: by the batch statement of an aggregated proof, or by
    /// the statement.
    pub fn announced_seal(&self) -> Option<&AnnouncedSeal> {
        let of_batch = self.parts().and_then(|file| file.seal().stated().announced_seal());
        of_batch.or(self.stated().announced_seal())
    }

    /// Returns what the statement of an aggregated proof announces, where its batch announces another second seal or none, and
    /// what that is.
    pub(crate) fn announced_otherwise(&self) -> Option<(&AnnouncedSeal, Option<&AnnouncedSeal>)> {
        let of_batch = self.parts()?.seal().stated().announced_seal();
        let stated = self.stated().announced_seal()?;
        (of_batch != Some(stated)).then_some((stated, of_batch))
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
    ///
    /// That of an aggregated proof is of the statement itself.
    pub(crate) fn is_identified(&self) -> bool {
        let envelope = match &self.form {
            Form::Sealed(envelope) => envelope,
            Form::Aggregated(_) => return true,
        };
        let Ok(open) = envelope.open() else { return false };
        open.content.is_some_and(|content| open.states_digest_of(content))
    }
}

impl<S> sealed::Sealed for Proof<S> {}

impl<S: Statement> Artifact for Proof<S> {
    fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        Self::from_der(der)
    }

    fn der(&self) -> &[u8] {
        self.form.der()
    }

    fn check_extensible(&self, _: Internal) -> Result<(), DecodeError> {
        match &self.form {
            Form::Sealed(envelope) => envelope.open()?.check_extensible(),
            // The record of each statement of the batch covers the seal as it is.
            Form::Aggregated(_) => Err(DecodeError::EvidenceRecord),
        }
    }

    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError> {
        let (statement, issuer, signed_attributes) = read(&envelope.open()?)?;
        Ok(Self::sealed(envelope, statement, issuer, signed_attributes))
    }

    fn envelope(&self, _: Internal) -> &Envelope {
        self.form.envelope()
    }

    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self {
        match self.form {
            Form::Sealed(_) => Self { form: Form::Sealed(envelope), ..self },
            // Nothing can be added, so that there never is another one.
            Form::Aggregated(_) => self,
        }
    }
}

impl<S> fmt::Debug for Proof<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({}, {} octets)", self.stated.id(), self.form.der().len())
    }
}

/// Reads the statement, its issuer and the signed attributes, as SET OF, out of an envelope.
fn read<S: Statement>(open: &OpenEnvelope<'_>) -> Result<(S, Issuer, Vec<u8>), DecodeError> {
    let content = open.content.ok_or(ProfileViolation::ContentMissing)?;
    let (statement, issuer) = decoded(content)?;
    Ok((statement, issuer, open.signed_attributes()?.as_set()))
}

/// Reads a statement and its issuer.
fn decoded<S: Statement>(content: &[u8]) -> Result<(S, Issuer), DecodeError> {
    Codec::default().decode(content).map_err(|error| {
        if let DecodeStatementErrorKind::AnotherEvent(event) = error.kind() {
            DecodeError::AnotherEvent(*event)
        } else {
            unreadable(error)
        }
    })
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
        if AggregatedFile::is_begun_by(der) {
            return Self::of_aggregated(AggregatedFile::from_der(der)?);
        }
        let envelope = Envelope::from_der(der.to_vec())?;
        let (statement, issuer, signed) = {
            let open = envelope.open()?;
            read(&open).map_err(|error| open.content.and_then(event_not_known).unwrap_or(error))?
        };
        Ok(match statement {
            AnyStatement::Sending(statement) => Self::Sending(Proof::sealed(envelope, statement, issuer, signed)),
            AnyStatement::Opening(statement) => Self::Opening(Proof::sealed(envelope, statement, issuer, signed)),
            AnyStatement::Step(statement) => Self::Step(Proof::sealed(envelope, statement, issuer, signed)),
        })
    }

    /// Takes the parts of an aggregated proof of any event, see [`Proof::from_parts`].
    ///
    /// # Errors
    /// Those of [`Proof::from_parts`] but `AnotherEvent`, with `EventNotKnown`.
    pub fn from_parts(statement: &[u8], record: &[u8], seal: &BatchSeal) -> Result<Self, DecodeError> {
        Self::of_aggregated(AggregatedFile::from_parts(statement, record, seal.clone())?)
    }

    fn of_aggregated(file: AggregatedFile) -> Result<Self, DecodeError> {
        let content = file.statement();
        let read = decoded(content).map_err(|error| event_not_known(content).unwrap_or(error));
        let (statement, issuer) = read?;
        let id = ProofId::of_aggregated(&file);
        Ok(match statement {
            AnyStatement::Sending(statement) => Self::Sending(Proof::aggregated(file, statement, issuer, id)),
            AnyStatement::Opening(statement) => Self::Opening(Proof::aggregated(file, statement, issuer, id)),
            AnyStatement::Step(statement) => Self::Step(Proof::aggregated(file, statement, issuer, id)),
        })
    }

    /// Returns the parts of an aggregated proof, see [`Proof::parts`].
    pub fn parts(&self) -> Option<&AggregatedFile> {
        match self {
            Self::Sending(proof) => proof.parts(),
            Self::Opening(proof) => proof.parts(),
            Self::Step(proof) => proof.parts(),
        }
    }

    /// Returns the issuer that the statement names, which has not been verified.
    pub fn stated_issuer(&self) -> &Issuer {
        match self {
            Self::Sending(proof) => proof.stated_issuer(),
            Self::Opening(proof) => proof.stated_issuer(),
            Self::Step(proof) => proof.stated_issuer(),
        }
    }

    /// Returns the identifier of the sealed statement.
    pub fn id(&self) -> ProofId {
        match self {
            Self::Sending(proof) => proof.id(),
            Self::Opening(proof) => proof.id(),
            Self::Step(proof) => proof.id(),
        }
    }

    /// Tells if the statement is the one that was sealed, see [`Proof::is_identified`].
    pub(crate) fn is_identified(&self) -> bool {
        match self {
            Self::Sending(proof) => proof.is_identified(),
            Self::Opening(proof) => proof.is_identified(),
            Self::Step(proof) => proof.is_identified(),
        }
    }

    /// Returns the statement as the file has it. Nothing of it has been verified.
    pub fn stated(&self) -> AnyStatement {
        match self {
            Self::Sending(proof) => proof.stated().clone().into(),
            Self::Opening(proof) => proof.stated().clone().into(),
            Self::Step(proof) => proof.stated().clone().into(),
        }
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
fn event_not_known(content: &[u8]) -> Option<DecodeError> {
    let error = Codec::default().peek_event(content).err()?;
    matches!(error.kind(), DecodeStatementErrorKind::EventNotKnown(_)).then(|| unreadable(error))
}
