//! A signer and its certificates, which are proven to belong together, or certificates whose key is elsewhere.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};

use super::error::{CredentialsError, SealError};
use super::signing::Signing;
use crate::cms::{EncapsulatedContent, SealTemplate, SignedAttributes};
use crate::crypto::{KeyKind, SignatureAlgorithm, SignatureError, Signer};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;

/// The means to seal: a signer, and the chain of its certificate. Without a signer, seals are prepared for a key that
/// is elsewhere ([`remote`](Self::remote)).
#[derive(Clone)]
pub struct Credentials {
    signer: Option<Arc<dyn Signer>>,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    chain: Vec<Certificate>,
    /// True if the last certificate of the chain issued itself.
    is_complete: bool,
    pub(super) template: Arc<SealTemplate>,
}

/// The size of the smallest RSA modulus that seals, in bits.
const LEAST_RSA_BITS: u32 = 2048;

/// The message with which a signer is tried. No SignedAttributes begin like it, so that nobody can use the signature.
const TRIAL: &[u8] = b"recommande: does this key belong to this certificate?";

impl Credentials {
    /// Proves once that the signer may seal. Its key is that of the first certificate, as one trial signature shows,
    /// this certificate is for signing, and each certificate was issued by the next one. The verifier decides if the
    /// last one is trusted. The chain goes into every seal. ETSI EN 319 122-1 wants it complete up to and including the
    /// anchor.
    ///
    /// # Errors
    /// [`CredentialsError`], with the first reason that was found.
    pub fn new(signer: impl Signer + 'static, chain: Vec<Certificate>) -> Result<Self, CredentialsError> {
        let signer: Arc<dyn Signer> = Arc::new(signer);
        let algorithm = signer.algorithm();
        let certificate = check_certificate(&algorithm, &chain)?;
        check_order(&chain)?;
        match certificate.public_key().verify(&algorithm, TRIAL, &signer.sign(TRIAL)?) {
            Ok(()) => {}
            // A build that cannot verify its own seals could not tell whose key it is.
            Err(SignatureError::NotOffered(_)) => return Err(CredentialsError::Algorithm(algorithm)),
            Err(
                SignatureError::Invalid
                | SignatureError::KeyMismatch { .. }
                | SignatureError::DigestMismatch
                | SignatureError::MessageNeeded
                | SignatureError::UnusableKey(_)
                | SignatureError::KeyParameters,
            ) => return Err(CredentialsError::KeyDoesNotMatch),
        }
        Self::checked(Some(signer), algorithm, certificate.clone(), chain)
    }

    /// Makes credentials for a key that this process cannot use. [`Sealer::prepare`](super::Sealer::prepare) gives the
    /// message to be signed, and [`Prepared::complete`](super::Prepared::complete) takes the signature. The checks are
    /// those of [`new`](Self::new) without the trial: only the first signature shows that the signer has the key.
    ///
    /// # Errors
    /// [`CredentialsError`], with the first reason that was found. It is `Algorithm` also when this build cannot verify
    /// the signatures of the algorithm.
    pub fn remote(algorithm: SignatureAlgorithm, chain: Vec<Certificate>) -> Result<Self, CredentialsError> {
        let certificate = check_certificate(&algorithm, &chain)?;
        check_order(&chain)?;
        if !may_be_verified(&algorithm, certificate) {
            return Err(CredentialsError::Algorithm(algorithm));
        }
        Self::checked(None, algorithm, certificate.clone(), chain)
    }

    fn checked(
        signer: Option<Arc<dyn Signer>>,
        algorithm: SignatureAlgorithm,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Result<Self, CredentialsError> {
        let template = SealTemplate::new(&chain, &algorithm).ok_or(CredentialsError::EmptyChain)?;
        let is_complete = chain.last().is_some_and(Certificate::is_self_signed);
        Ok(Self { signer, algorithm, certificate, is_complete, template: Arc::new(template), chain })
    }

    /// Returns the chain, from the signing certificate upwards.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Returns the last second at which the chain seals: the first end of validity in it. A trust anchor that the chain
    /// ends with does not count, since anchors are trusted by configuration. Renew the certificate before that time;
    /// afterwards nothing is sealed
    /// ([`SealError::CertificateExpired`](super::SealError::CertificateExpired)).
    pub fn valid_until(&self) -> DateTime<Utc> {
        self.dated().map(Certificate::not_after).min().unwrap_or_else(|| self.certificate.not_after())
    }

    /// Returns the first second at which the chain seals.
    pub fn valid_from(&self) -> DateTime<Utc> {
        self.dated().map(Certificate::not_before).max().unwrap_or_else(|| self.certificate.not_before())
    }

    /// Tells if the chain ends with a certificate that issued itself, as that of a trust anchor does. A verifier that is
    /// given nothing else cannot find the way from a shorter chain to its anchors, unless they have its last certificate
    /// or its issuer.
    pub fn chain_is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns the name of the issuer whose certificate the chain lacks, when it is not complete. Add the certificate of
    /// this issuer to the end of the chain.
    pub fn missing_issuer(&self) -> Option<String> {
        self.chain.last().filter(|_| !self.is_complete).map(Certificate::issuer)
    }

    /// Returns the certificates whose validity counts: all but an anchor above the first one.
    fn dated(&self) -> impl Iterator<Item = &Certificate> {
        let count = self.chain.len() - usize::from(self.chain.len() > 1 && self.is_complete);
        self.chain.iter().take(count)
    }

    /// Writes the signed attributes of a seal as SET OF.
    ///
    /// # Errors
    /// `SigningTime`, `CertificateNotYetValid`, `CertificateExpired`.
    pub(super) fn signed_attributes(&self, varying: &SignedAttributes<'_>) -> Result<Vec<u8>, SealError> {
        if !(1950..=9999).contains(&varying.signing_time.year()) {
            return Err(SealError::SigningTime);
        }
        self.check_validity(varying.signing_time)?;
        Ok(self.template.signed_attributes(varying))
    }

    /// Checks that every certificate is valid at the signing time.
    ///
    /// # Errors
    /// `CertificateNotYetValid` or `CertificateExpired` for the first certificate that is not.
    fn check_validity(&self, at: DateTime<Utc>) -> Result<(), SealError> {
        let Some((index, certificate)) = self.dated().enumerate().find(|(_, certificate)| !certificate.is_valid_at(at))
        else {
            return Ok(());
        };
        let (position, not_before) = (index + 1, certificate.not_before());
        Err(if at < not_before {
            SealError::CertificateNotYetValid { position, not_before }
        } else {
            SealError::CertificateExpired { position, not_after: certificate.not_after() }
        })
    }

    /// Returns the times between which the timestamp of a seal that is made now must lie.
    pub(super) fn signing(&self, now: DateTime<Utc>) -> Signing {
        Signing::made(now, self.valid_until())
    }

    /// Returns the algorithm of the seals.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Puts this revocation data into every seal.
    pub(super) fn with_revocation(self, data: &RevocationData) -> Self {
        Self { template: Arc::new(SealTemplate::clone(&self.template).with_revocation(data)), ..self }
    }

    /// Puts the revocation data of these credentials into every seal.
    pub(super) fn with_revocation_of(self, credentials: &Self) -> Self {
        Self {
            template: Arc::new(SealTemplate::clone(&self.template).with_revocation_of(&credentials.template)),
            ..self
        }
    }

    /// Returns a SignedData with the certificates and revocation data of every seal. It has no content and an empty signature,
    /// so that no reader takes it for a seal.
    pub(crate) fn blank(&self) -> Vec<u8> {
        // The first attributes that the template of the seals writes decide what it prepares.
        let template = SealTemplate::clone(&self.template);
        let signed_attributes = template.signed_attributes(&SignedAttributes {
            message_digest: &template.digest_algorithm().digest(&[]),
            signing_time: DateTime::UNIX_EPOCH,
            mime_type: None,
            commitment: None,
        });
        template.assemble(EncapsulatedContent::Detached, &signed_attributes, &[])
    }

    /// Returns the signing certificate.
    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Returns the signer, unless the key is elsewhere.
    pub(super) fn signer(&self) -> Option<&dyn Signer> {
        self.signer.as_deref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("algorithm", &self.algorithm)
            .field("signer", &if self.signer.is_some() { "local" } else { "remote" })
            .field("certificate", &self.certificate.fingerprint())
            .finish_non_exhaustive()
    }
}

/// Checks that the first certificate may seal with this algorithm, and returns it.
pub(super) fn check_certificate<'a>(
    algorithm: &SignatureAlgorithm,
    chain: &'a [Certificate],
) -> Result<&'a Certificate, CredentialsError> {
    let certificate = chain.first().ok_or(CredentialsError::EmptyChain)?;
    check_key(certificate.public_key().kind())?;
    check_algorithm(algorithm, certificate)?;
    check_usage(certificate)?;
    Ok(certificate)
}

/// Tells if this build can tell a good signature by this algorithm from a bad one.
fn may_be_verified(algorithm: &SignatureAlgorithm, certificate: &Certificate) -> bool {
    // Zeros have the length of a signature, since some backends look at the length first.
    let none = match certificate.public_key().kind() {
        KeyKind::Rsa { bits } => vec![0; usize::try_from(bits.div_ceil(8)).unwrap_or_default()],
        KeyKind::EcP256
        | KeyKind::EcP384
        | KeyKind::EcP521
        | KeyKind::Ed25519
        | KeyKind::MlDsa44
        | KeyKind::MlDsa65
        | KeyKind::MlDsa87
        | KeyKind::SlhDsa(_)
        | KeyKind::NotOffered(_) => vec![0; 64],
    };
    certificate.public_key().verify(algorithm, TRIAL, &none) == Err(SignatureError::Invalid)
}

/// Checks that the key is one that seals: an RSA key is long enough for ETSI TS 119 312, and a backend signs with it.
fn check_key(kind: &KeyKind) -> Result<(), CredentialsError> {
    match kind {
        KeyKind::Rsa { bits } if *bits < LEAST_RSA_BITS => Err(CredentialsError::Key(kind.clone())),
        KeyKind::NotOffered(_) => Err(CredentialsError::Key(kind.clone())),
        KeyKind::Rsa { .. }
        | KeyKind::EcP256
        | KeyKind::EcP384
        | KeyKind::EcP521
        | KeyKind::Ed25519
        | KeyKind::MlDsa44
        | KeyKind::MlDsa65
        | KeyKind::MlDsa87
        | KeyKind::SlhDsa(_) => Ok(()),
    }
}

/// Checks that the digest is one of SHA-2 that CAdES verifiers know, and that the algorithm is one of the certified
/// key.
fn check_algorithm(algorithm: &SignatureAlgorithm, certificate: &Certificate) -> Result<(), CredentialsError> {
    use crate::crypto::DigestAlgorithm::{Sha256, Sha384, Sha512};
    if !matches!(algorithm.cms_digest(), Sha256 | Sha384 | Sha512) {
        return Err(CredentialsError::Algorithm(*algorithm));
    }
    if certificate.public_key().fits(algorithm) { Ok(()) } else { Err(CredentialsError::KeyDoesNotMatch) }
}

/// Checks that the certificate may seal (RFC 5280 §4.2.1.3, §4.2.1.9 and §4.2.1.12). A verifier would refuse each seal
/// otherwise, when it is too late to make another one.
fn check_usage(certificate: &Certificate) -> Result<(), CredentialsError> {
    // An authority's certificate at the head of a chain is one in reverse order, and lacks the usage as well.
    if certificate.is_ca() {
        return Err(CredentialsError::CertificateAuthority);
    }
    if !certificate.may_sign() {
        return Err(CredentialsError::KeyUsage);
    }
    if let Some(usage) = certificate.usage_beyond_signatures() {
        return Err(CredentialsError::KeyUsageForbidden(usage));
    }
    if certificate.is_for_pki_services_alone() {
        return Err(CredentialsError::OtherPurpose);
    }
    if certificate.is_critically_for_other_purposes() {
        return Err(CredentialsError::CriticalPurpose);
    }
    Ok(())
}

/// Checks that each certificate is issued by the next one. A verifier with the anchors alone could find no path
/// otherwise.
fn check_order(chain: &[Certificate]) -> Result<(), CredentialsError> {
    for (index, pair) in chain.windows(2).enumerate() {
        if let [issued, issuer] = pair
            && !issued.is_issued_by(issuer)
        {
            return Err(CredentialsError::ChainOrder { position: index + 1 });
        }
    }
    let duplicate =
        (0..chain.len()).find(|&index| chain.iter().take(index).any(|earlier| chain.get(index) == Some(earlier)));
    match duplicate {
        Some(index) => Err(CredentialsError::Duplicate { position: index + 1 }),
        None => Ok(()),
    }
}
