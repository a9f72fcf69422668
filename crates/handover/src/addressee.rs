//! Certificates to which proofs may be enveloped.

use std::fmt;

use chrono::{DateTime, Utc};
use der::Decode;
use recommande::crypto::KeyKind;
use recommande::evidence::{CertificateNames, Statement};
use recommande::pki::{Certificate, PathRequest, TrustAnchors, validate_path};
use spki::SubjectPublicKeyInfoOwned;

use crate::envelope::{Envelope, write};
use crate::error::{AddresseeError, EnvelopeError};
use crate::identify::Identified;
use crate::key_agreement::curve;
use crate::limits::LEAST_RSA_BITS;
use crate::oid;

/// The trust anchors of senders, and certificates that may lie between them and a sender's.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    anchors: &'a TrustAnchors,
    intermediates: &'a [Certificate],
}

impl<'a> Trust<'a> {
    /// Trusts these anchors, which issue the certificates of senders themselves.
    pub fn new(anchors: &'a TrustAnchors) -> Self {
        Self { anchors, intermediates: &[] }
    }

    /// Gives certificates of authorities below the anchors. They are candidates for a path and are not trusted.
    #[must_use]
    pub fn with_intermediates(self, intermediates: &'a [Certificate]) -> Self {
        Self { intermediates, ..self }
    }
}

/// A certificate to which a proof may be enveloped: it was checked.
#[derive(Clone)]
pub struct Addressee {
    certificate: Certificate,
    identified: Identified,
}

impl Addressee {
    /// Takes the certificate of the sender of a statement. It names the sender by a number, is valid at `now`, leads to an anchor, and
    /// its key is for encryption.
    ///
    /// A statement with commitments is taken as its disclosure shows it. Whether the certificate was revoked is for the caller to ask.
    ///
    /// # Errors
    /// [`AddresseeError`].
    pub fn sender_of<S: Statement>(
        statement: &S,
        certificate: &Certificate,
        trust: &Trust<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self, AddresseeError> {
        let sender = statement.sender();
        if sender.identifier().is_committed() {
            return Err(AddresseeError::SenderNotDisclosed);
        }
        // Any other sender could obtain the proof otherwise (deliberation 13/116, point 8).
        match sender.named_in(certificate) {
            CertificateNames::Party => Self::whoever_holds(certificate, trust, now),
            CertificateNames::Another => Err(AddresseeError::AnotherThanSender),
            CertificateNames::Nobody => Err(AddresseeError::NobodyNamed),
        }
    }

    /// Takes any certificate, whomever it names: the caller has decided that its holder may read what is enveloped. All other checks are
    /// those of [`sender_of`](Self::sender_of).
    ///
    /// # Errors
    /// [`AddresseeError`].
    pub fn whoever_holds(
        certificate: &Certificate,
        trust: &Trust<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self, AddresseeError> {
        check_validity(certificate, now)?;
        check_key(certificate)?;
        // Anybody can write the sender's number into a certificate of his own.
        let request = PathRequest::new(certificate, trust.intermediates, trust.anchors, now);
        validate_path(&request).map_err(AddresseeError::Path)?;
        let identified = Identified::of(certificate).ok_or(AddresseeError::Name)?;
        Ok(Self { certificate: certificate.clone(), identified })
    }

    /// Returns the certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Envelopes these octets to the addressee, as a CMS file in DER with content of type id-data.
    ///
    /// # Errors
    /// [`EnvelopeError`].
    pub fn envelope(&self, octets: &[u8], envelope: Envelope) -> Result<Vec<u8>, EnvelopeError> {
        write(octets, envelope, &self.certificate, &self.identified)
    }
}

impl fmt::Debug for Addressee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Addressee({})", self.certificate.fingerprint())
    }
}

fn check_validity(certificate: &Certificate, now: DateTime<Utc>) -> Result<(), AddresseeError> {
    if certificate.is_valid_at(now) {
        return Ok(());
    }
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    Err(if now < not_before {
        AddresseeError::NotYetValid { not_before }
    } else {
        AddresseeError::Expired { not_after }
    })
}

/// Checks that the key is one of those offered, and that the certificate says that it is for encryption (RFC 5280 §4.2.1.3).
fn check_key(certificate: &Certificate) -> Result<(), AddresseeError> {
    if certificate.is_ca() {
        return Err(AddresseeError::Authority);
    }
    let usage = match certificate.public_key().kind() {
        KeyKind::Rsa { bits } if *bits >= LEAST_RSA_BITS && is_for_every_use(certificate) => "keyEncipherment",
        kind if curve(kind).is_some() => "keyAgreement",
        kind => return Err(AddresseeError::Key(kind.clone())),
    };
    let stated = certificate.key_usage();
    let is_for_encryption = stated.is_some_and(|stated| stated.names().any(|name| name == usage));
    if is_for_encryption { Ok(()) } else { Err(AddresseeError::KeyUsage(usage)) }
}

/// Tells if an RSA key is one under rsaEncryption. One under id-RSASSA-PSS is for signatures alone (RFC 4055 §1.2).
fn is_for_every_use(certificate: &Certificate) -> bool {
    let spki = SubjectPublicKeyInfoOwned::from_der(certificate.spki_der());
    spki.is_ok_and(|spki| spki.algorithm.oid == oid::RSA_ENCRYPTION)
}
