//! Certificates to which proofs may be enveloped.

use std::fmt;

use chrono::{DateTime, Utc};
use der::Decode;
use recommande::crypto::{AlgorithmPolicy, Digest, KeyKind, Mechanism, Standing};
use recommande::evidence::{CertificateNames, Statement};
use recommande::pki::revocation::{
    CertificateStatus, PROCESSED_WITH_REVOCATION, RevocationData, RevocationRequest, RevocationSource,
    RevocationStatus, check_revocation,
};
use recommande::pki::{Certificate, PathRequest, TrustAnchors, ValidatedPath, validate_path};
use recommande::seal::Proof;
use recommande::verify::Verified;
use spki::SubjectPublicKeyInfoOwned;

use crate::envelope::{Envelope, write};
use crate::error::{AddresseeError, EnvelopeError};
use crate::identify::Identified;
use crate::key_agreement::curve;
use crate::limits::LEAST_RSA_BITS;
use crate::oid;

/// The trust anchors of senders, certificates that may lie between them and a sender's, and the algorithms that are accepted.
#[derive(Clone, Debug)]
pub struct Trust<'a> {
    anchors: &'a TrustAnchors,
    intermediates: &'a [Certificate],
    algorithms: AlgorithmPolicy,
    revocation: Option<&'a RevocationData>,
}

impl<'a> Trust<'a> {
    /// Trusts these anchors, which issue the certificates of senders themselves by algorithms of the default policy.
    pub fn new(anchors: &'a TrustAnchors) -> Self {
        Self { anchors, intermediates: &[], algorithms: AlgorithmPolicy::default(), revocation: None }
    }

    /// Gives certificates of authorities below the anchors. They are candidates for a path and are not trusted.
    #[must_use]
    pub fn with_intermediates(self, intermediates: &'a [Certificate]) -> Self {
        Self { intermediates, ..self }
    }

    /// Judges the signature on each certificate below an anchor, and on the revocation data about it, by this policy, in the place of
    /// the default one.
    #[must_use]
    pub fn with_algorithms(self, algorithms: AlgorithmPolicy) -> Self {
        Self { algorithms, ..self }
    }

    /// Demands that these CRLs and OCSP responses say of each certificate below an anchor that it is not revoked. Without them nobody
    /// is asked, and a certificate whose key was lost still gets proofs.
    #[must_use]
    pub fn with_revocation(self, data: &'a RevocationData) -> Self {
        Self { revocation: Some(data), ..self }
    }
}

/// A certificate to which a proof may be enveloped: it was checked.
#[derive(Clone)]
pub struct Addressee {
    certificate: Certificate,
    identified: Identified,
}

impl Addressee {
    /// Takes the certificate of the sender of a proof that verified. It names the sender by a number, is valid at `now`, leads to an
    /// anchor, and its key is for encryption. What it returns envelopes that proof and no other.
    ///
    /// A statement with commitments is taken as its disclosure shows it. Whether the certificate was revoked is asked where there is
    /// [revocation data](Trust::with_revocation).
    ///
    /// # Errors
    /// [`AddresseeError`].
    pub fn sender_of<S: Statement>(
        proof: &Verified<S>,
        certificate: &Certificate,
        trust: &Trust<'_>,
        now: DateTime<Utc>,
    ) -> Result<SenderOf<S>, AddresseeError> {
        let sender = proof.disclosed().unwrap_or(proof.statement()).sender();
        if sender.identifier().is_committed() {
            return Err(AddresseeError::SenderNotDisclosed);
        }
        // Any other sender could obtain the proof otherwise (deliberation 13/116, point 8).
        match sender.named_in(certificate) {
            CertificateNames::Party => {
                let addressee = Self::whoever_holds(certificate, trust, now)?;
                Ok(SenderOf { proof: proof.clone(), addressee })
            }
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
        check_purpose(certificate)?;
        // Anybody can write the sender's number into a certificate of his own.
        let request = PathRequest::new(certificate, trust.intermediates, trust.anchors, now);
        // A critical cRLDistributionPoints is processed where the list is looked up.
        let processed = trust.revocation.map_or(&[][..], |_| PROCESSED_WITH_REVOCATION);
        let path = validate_path(&request.with_processed(processed)).map_err(AddresseeError::Path)?;
        check_strength(&path, &trust.algorithms, now)?;
        check_status(&path, trust, now)?;
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

/// The sender of a proof, to whom that proof may be enveloped and no other one.
#[derive(Clone)]
pub struct SenderOf<S> {
    proof: Verified<S>,
    addressee: Addressee,
}

impl<S: Statement> SenderOf<S> {
    /// Returns the certificate of the sender.
    pub fn certificate(&self) -> &Certificate {
        self.addressee.certificate()
    }

    /// Envelopes the file of the proof to its sender. The file may have got certificates or timestamps since it verified.
    ///
    /// # Errors
    /// `AnotherProof` for every proof but that which verified, and the errors of [`Addressee::envelope`].
    pub fn envelope(&self, proof: &Proof<S>, envelope: Envelope) -> Result<Vec<u8>, EnvelopeError> {
        // The identifier is that of the signed attributes, behind which anybody can put another statement.
        if proof.id() != self.proof.id() || proof.stated() != self.proof.statement() {
            return Err(EnvelopeError::AnotherProof);
        }
        self.addressee.envelope(proof.der(), envelope)
    }
}

impl<S> fmt::Debug for SenderOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SenderOf({}, {:?})", self.proof.id(), self.addressee)
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

/// Checks that a certificate with extKeyUsage is for mail or documents. One for websites is held by whoever runs a server, and not by
/// whoever may read the letters of the organization (RFC 5280 §4.2.1.12, RFC 9336).
fn check_purpose(certificate: &Certificate) -> Result<(), AddresseeError> {
    match certificate.extended_key_usage() {
        Some(stated) if !oid::PURPOSES.iter().any(|purpose| stated.contains(*purpose)) => Err(AddresseeError::Purpose),
        Some(_) | None => Ok(()),
    }
}

/// Checks that each signature below the anchor is strong at `now`. Nothing shows that the certificates are older, and anybody can forge
/// one with the sender's number where the digest or the key of an authority is broken.
fn check_strength(
    path: &ValidatedPath,
    algorithms: &AlgorithmPolicy,
    now: DateTime<Utc>,
) -> Result<(), AddresseeError> {
    path.issued().try_for_each(|(issued, issuer)| {
        check_standing(match issued.read_signature_algorithm() {
            Ok(algorithm) => algorithms.signature(&algorithm, issuer.public_key(), now),
            Err(not_offered) => Standing::Unlisted { what: Mechanism::NotOffered(not_offered) },
        })
    })
}

fn check_standing(standing: Standing) -> Result<(), AddresseeError> {
    match standing {
        Standing::Good | Standing::Legacy { .. } => Ok(()),
        Standing::Past { what, since } => Err(AddresseeError::AlgorithmPast { what, since }),
        Standing::Unlisted { what } => Err(AddresseeError::AlgorithmNotAccepted { what }),
    }
}

/// Checks that the revocation data, if there is some, clears each certificate below the anchor. Whoever found or stole a key could
/// read the proof otherwise.
fn check_status(path: &ValidatedPath, trust: &Trust<'_>, now: DateTime<Utc>) -> Result<(), AddresseeError> {
    let Some(data) = trust.revocation else { return Ok(()) };
    let request = RevocationRequest::new(path, data, trust.intermediates, trust.anchors, now);
    for (position, answer) in (1..).zip(check_revocation(&request)) {
        if let RevocationStatus::Revoked { date, .. } | RevocationStatus::OnHold { since: date } = answer.status {
            return Err(AddresseeError::Revoked { position, date });
        }
        if !matches!(answer.status, RevocationStatus::Good | RevocationStatus::NocheckExempt) {
            return Err(AddresseeError::StatusNotKnown { position, status: answer.status });
        }
        check_strength_of_data(&answer, data, &trust.algorithms, now)?;
    }
    Ok(())
}

/// Checks that the CRL or OCSP response that clears a certificate is signed by what is strong at `now`: anybody could clear a revoked
/// one otherwise.
fn check_strength_of_data(
    answer: &CertificateStatus,
    data: &RevocationData,
    algorithms: &AlgorithmPolicy,
    now: DateTime<Utc>,
) -> Result<(), AddresseeError> {
    let Some(signer) = &answer.signer else { return Ok(()) };
    let of_crls = data.crls().iter().map(|crl| (crl.fingerprint(), crl.signature_algorithm()));
    let of_responses =
        data.ocsp_responses().iter().map(|response| (response.fingerprint(), response.signature_algorithm()));
    let is_used = |this: &Digest| match &answer.source {
        Some(RevocationSource::Crl { fingerprint, delta, .. }) => fingerprint == this || delta.as_ref() == Some(this),
        Some(RevocationSource::Ocsp { fingerprint }) => fingerprint == this,
        None => false,
        // Of another source all that there is has to be strong.
        Some(_) => true,
    };
    of_crls.chain(of_responses).filter(|(fingerprint, _)| is_used(fingerprint)).try_for_each(|(_, algorithm)| {
        let standing = algorithm.map(|algorithm| algorithms.signature(&algorithm, signer.public_key(), now));
        standing.map_or(Ok(()), check_standing)
    })
}

/// Tells if an RSA key is one under rsaEncryption. One under id-RSASSA-PSS is for signatures alone (RFC 4055 §1.2).
fn is_for_every_use(certificate: &Certificate) -> bool {
    let spki = SubjectPublicKeyInfoOwned::from_der(certificate.spki_der());
    spki.is_ok_and(|spki| spki.algorithm.oid == oid::RSA_ENCRYPTION)
}
