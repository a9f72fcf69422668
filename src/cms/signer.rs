//! Checks one SignerInfo (RFC 5652 §5.4 to §5.6; ETSI EN 319 122-1 clauses 5.1 and 5.2).

use chrono::{DateTime, Utc};
use signed_data::tlv::{Reader, Tag};
use signed_data::{Attributes, CertificateChoice, SignedData, SignerInfo};

use super::attribute_checks::{
    check_algorithm_protection, check_content_type, check_message_digest, check_unsigned, note_countersignatures,
};
use super::signer_check::SignerCheck;
use super::signing_certificate::{
    self, SigningCertificate, Verify, check_references, read_references, reference_missing,
};
use crate::asn1::oid;
use crate::crypto::{
    AlgorithmEnd, AlgorithmPolicy, Digest, DigestAlgorithm, KnownSignatures, NotOffered, PostQuantumRule, PublicKey,
    Severity, SignatureAlgorithm, SignatureError, Standing,
};
use crate::finding::{Code, Details, Ledger, Levels, Notes};
use crate::pki::{Certificate, KnownCertificates};

/// The certificate and algorithms that the checks identified.
#[derive(Clone, Debug)]
pub(crate) struct CheckedSigner {
    pub(crate) certificate: Certificate,
    /// Other certificates that the signer may mean just as well; mostly there are none.
    pub(crate) namesakes: Vec<Certificate>,
    pub(crate) algorithm: SignatureAlgorithm,
    /// The digest algorithm of the content. The signature may have another one inside.
    pub(crate) content_digest: DigestAlgorithm,
    /// The digest of the content, where a signed attribute was compared with it.
    pub(crate) content: Option<Digest>,
}

impl CheckedSigner {
    /// Of the certificates that the signer may mean, chooses the one against which the fewest objections are noted:
    /// whatever stands beside it, a certificate that holds is found (RFC 5280 §6.1). Its equals remain namesakes, and of
    /// equals the first counts.
    pub(crate) fn chosen(self, levels: &Levels, judge: impl Fn(&Self, &mut Ledger<'_>)) -> Self {
        if self.namesakes.is_empty() {
            return self;
        }
        let meant = std::iter::once(&self.certificate).chain(&self.namesakes);
        let judged = meant.map(|certificate| {
            let mut ledger = Ledger::complete(levels);
            judge(&Self { certificate: certificate.clone(), namesakes: Vec::new(), ..self }, &mut ledger);
            (ledger.objections(), certificate)
        });
        let judged: Vec<_> = judged.collect();
        let fewest = judged.iter().map(|(objections, _)| objections).min();
        let best = judged.iter().filter(|(objections, _)| Some(objections) == fewest);
        let mut best = best.map(|(_, certificate)| Certificate::clone(certificate));
        let Some(certificate) = best.next() else { return self };
        let namesakes = best.collect();
        Self { certificate, namesakes, ..self }
    }

    /// Returns the standing of the signature at a time: the worst of its key, its own digest and that of the content.
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Standing {
        let signature = algorithms.signature(&self.algorithm, self.certificate.public_key(), at);
        signature.max(algorithms.digest(self.content_digest, at))
    }

    /// Returns the severity of [`standing`](Self::standing).
    pub(crate) fn severity(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Severity {
        let signature = algorithms.signature_severity(&self.algorithm, self.certificate.public_key(), at);
        signature.max(algorithms.digest_severity(self.content_digest, at))
    }

    /// Returns the end of the digest or key that ends first in the signature.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<AlgorithmEnd> {
        let signature = algorithms.signature_past_from(&self.algorithm, self.certificate.public_key());
        signature.into_iter().chain(algorithms.digest_past_from(self.content_digest)).min()
    }
}

/// Checks signed attributes, signing certificate and signature; notes each. The signer is there when it could be
/// identified, even if something about it is wrong: the notes say so.
pub(crate) fn check_signer(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<CheckedSigner> {
    check_unsigned(check.signer_info, notes);
    note_countersignatures(check.signer_info, notes);
    let Some(attributes) = &check.signer_info.signed_attributes else {
        return check_bare_signer(check, notes);
    };
    let signature = AttributesSignature { check, attributes };
    let (SigningCertificate { certificate, namesakes }, content_digest, content) =
        check_attributes(check, attributes, Some(&signature), notes)?;
    let algorithm = read_algorithm(check.signer_info, content_digest, notes)?;
    signature.note(&algorithm, certificate.public_key(), notes);
    check_digest_of_content(algorithm, content_digest, notes);
    Some(CheckedSigner { certificate, namesakes, algorithm, content_digest, content })
}

/// Checks that the digest of the content is one that belongs beside the algorithm of the signature.
fn check_digest_of_content(algorithm: SignatureAlgorithm, digest: DigestAlgorithm, notes: &mut Notes<'_, '_>) {
    // RFC 8419 §3.1: with signed attributes, the digest of the content is by SHA-512.
    if algorithm == SignatureAlgorithm::Ed25519 && digest != algorithm.cms_digest() {
        notes.note_with(Code::EddsaDigestOther, || Details::stated(digest));
    }
    // RFC 9882 §3.3, RFC 9814 §4: whoever finds two contents with one digest needs no second signature.
    if !algorithm.is_matched_by(digest) {
        notes.note_with(Code::DigestWeakerThanSignature, || Details::stated(format!("{digest} beside {algorithm}")));
    }
}

/// Makes the checks of [`check_signer`] before there is a signature.
pub(crate) fn check_prepared(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<CheckedSigner> {
    check_unsigned(check.signer_info, notes);
    let Some(attributes) = &check.signer_info.signed_attributes else {
        notes.note(Code::SignedAttributesMissing);
        return None;
    };
    let (SigningCertificate { certificate, namesakes }, content_digest, content) =
        check_attributes(check, attributes, None, notes)?;
    let algorithm = read_algorithm(check.signer_info, content_digest, notes)?;
    Some(CheckedSigner { certificate, namesakes, algorithm, content_digest, content })
}

/// Checks the signed attributes about the content, the algorithms and the certificate. Returns the certificate with the
/// digest algorithm of the content, and the digest where it was compared.
fn check_attributes(
    check: &SignerCheck<'_>,
    attributes: &Attributes<'_>,
    signature: Option<&AttributesSignature<'_>>,
    notes: &mut Notes<'_, '_>,
) -> Option<(SigningCertificate, DigestAlgorithm, Option<Digest>)> {
    let digest_algorithm = check_digest_algorithm(check, notes);
    check_content_type(check, attributes, notes);
    let content = digest_algorithm.and_then(|algorithm| check_message_digest(check, algorithm, attributes, notes));
    check_algorithm_protection(check.signer_info, attributes, notes);
    let references = read_references(check, attributes, notes);
    let algorithm = SignatureAlgorithm::from_identifier(&check.signer_info.signature_algorithm, digest_algorithm).ok();
    let verify = signature.zip(algorithm).map(|(signature, algorithm)| {
        move |key: &PublicKey| match signature.verify(&algorithm, key) {
            Verdict::Valid | Verdict::ValidOverSorted => Ok(()),
            Verdict::Objection(error) => Err(error),
        }
    });
    let verify = verify.as_ref().map(|verify| verify as Verify<'_>);
    let signing_certificate = signing_certificate::find(check, &references, verify, notes)?;
    check_references(&signing_certificate.certificate, &references, notes);
    Some((signing_certificate, digest_algorithm?, content))
}

/// Checks a signature over the content itself (RFC 5652 §5.4, signedAttrs absent). Nothing binds the certificate, the
/// time or the type of the content.
fn check_bare_signer(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<CheckedSigner> {
    notes.note(Code::SignedAttributesMissing);
    notes.note(reference_missing(check));
    if check.signed_data.encap_content_info.content_type != oid::DATA {
        notes.note(Code::ContentTypeMissing);
    }
    if check.octets.is_some_and(are_signed_attributes) {
        notes.note(Code::ContentIsSignedAttributes);
    }
    let stated = &check.signer_info.signature_algorithm;
    let read = match SignatureAlgorithm::from_identifier(stated, None) {
        // Here the digest algorithm has no meaning and must be ignored (RFC 9882 §3.3).
        Ok(algorithm) if algorithm.is_post_quantum() => Ok(algorithm),
        Ok(_) | Err(_) => SignatureAlgorithm::from_identifier(stated, check_digest_algorithm(check, notes)),
    };
    let verify = read.as_ref().ok().map(|algorithm| |key: &PublicKey| verify_bare(check, algorithm, key));
    let verify = verify.as_ref().map(|verify| verify as Verify<'_>);
    let SigningCertificate { certificate, namesakes } = signing_certificate::find(check, &[], verify, notes)?;
    let algorithm = match read {
        Ok(algorithm) => algorithm,
        Err(not_offered) => {
            note_not_offered(check.signer_info, &not_offered, notes);
            return None;
        }
    };
    note_signature(verify_bare(check, &algorithm, certificate.public_key()), algorithm, notes);
    let content_digest = algorithm.cms_digest();
    Some(CheckedSigner { certificate, namesakes, algorithm, content_digest, content: None })
}

fn verify_bare(check: &SignerCheck<'_>, algorithm: &SignatureAlgorithm, key: &PublicKey) -> Result<(), SignatureError> {
    let signature = check.signer_info.signature;
    match (check.octets, (check.content)(algorithm.cms_digest())) {
        (Some(octets), _) => key.verify(algorithm, octets, signature),
        (None, Some(digest)) => key.verify_digest(algorithm, &digest, signature),
        (None, None) => Err(SignatureError::MessageNeeded),
    }
}

/// Tells if octets have the form of the signed attributes that a signature is made over. An attacker who takes the
/// attributes away and puts them in the place of the content gets a signature over "content" that its signer never
/// saw as such.
fn are_signed_attributes(octets: &[u8]) -> bool {
    let mut reader = Reader::new(octets, "content");
    let Ok(set) = reader.expect(Tag::SET) else { return false };
    let mut attributes = set.reader("content");
    let mut required = [oid::CONTENT_TYPE, oid::MESSAGE_DIGEST].map(|oid| (oid, false));
    while let Ok(attribute) = attributes.expect(Tag::SEQUENCE) {
        let Ok(name) = attribute.reader("content").oid() else { return false };
        required.iter_mut().for_each(|(oid, seen)| *seen |= name == *oid);
    }
    reader.is_empty() && required.iter().all(|(_, seen)| *seen)
}

fn note_signature(verdict: Result<(), SignatureError>, algorithm: SignatureAlgorithm, notes: &mut Notes<'_, '_>) {
    match verdict {
        Ok(()) => notes.note_with(Code::SignatureValid, || Details::stated(algorithm)),
        Err(SignatureError::KeyMismatch { .. }) => {
            notes.note_with(Code::KeyDoesNotFitAlgorithm, || Details::stated(algorithm));
        }
        Err(SignatureError::NotOffered(not_offered)) => {
            notes.note_with(Code::AlgorithmNotOffered, || Details::stated(&not_offered));
        }
        Err(SignatureError::KeyParameters) => {
            notes.note_with(Code::KeyParametersForbidden, || Details::stated(algorithm))
        }
        Err(SignatureError::UnusableKey(why)) => notes.note_with(Code::KeyNotUsable, || Details::stated(why)),
        Err(SignatureError::MessageNeeded) => notes.note_with(Code::ContentNotGiven, || Details::stated(algorithm)),
        Err(_) => notes.note_with(Code::SignatureInvalid, || Details::stated(algorithm)),
    }
}

fn check_digest_algorithm(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<DigestAlgorithm> {
    let stated = &check.signer_info.digest_algorithm;
    // Parameters other than NULL are no part of any digest offered here; in a token nothing signs them.
    let not_offered = match DigestAlgorithm::from_identifier(stated) {
        Ok(algorithm) => return Some(algorithm),
        Err(not_offered) => not_offered,
    };
    // RFC 8702 §3.1: the output has the length of the identifier, and parameters that say another one are of no algorithm.
    if let Some(algorithm) = DigestAlgorithm::from_oid(stated.oid).filter(|algorithm| algorithm.is_xof()) {
        notes.note_with(Code::DigestParametersForbidden, || Details::stated(algorithm));
        return None;
    }
    match SignatureAlgorithm::from_identifier(stated, None) {
        Ok(SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest)) => {
            notes.note_with(Code::DigestAlgorithmMisnamed, || Details::stated(stated.oid));
            Some(digest)
        }
        Ok(
            SignatureAlgorithm::RsaPss { .. }
            | SignatureAlgorithm::Ed25519
            | SignatureAlgorithm::MlDsa44
            | SignatureAlgorithm::MlDsa65
            | SignatureAlgorithm::MlDsa87
            | SignatureAlgorithm::SlhDsa(_),
        )
        | Err(_) => {
            notes.note_with(Code::DigestAlgorithmNotOffered, || Details::stated(&not_offered));
            None
        }
    }
}

fn read_algorithm(
    signer_info: &SignerInfo<'_>,
    digest: DigestAlgorithm,
    notes: &mut Notes<'_, '_>,
) -> Option<SignatureAlgorithm> {
    let read = SignatureAlgorithm::from_identifier(&signer_info.signature_algorithm, Some(digest));
    read.inspect_err(|not_offered| note_not_offered(signer_info, not_offered, notes)).ok()
}

/// Notes why the signature algorithm cannot be read.
fn note_not_offered(signer_info: &SignerInfo<'_>, not_offered: &NotOffered, notes: &mut Notes<'_, '_>) {
    let code = match not_offered.breaks {
        // RFC 9882 §3.3, RFC 9814 §4: what stands in the parameters is of no algorithm, and nobody signs it.
        Some(PostQuantumRule::NoParameters) => Code::AlgorithmParametersForbidden,
        Some(PostQuantumRule::PureMlDsa | PostQuantumRule::PureSlhDsa) => Code::AlgorithmPrehashed,
        None => Code::AlgorithmNotOffered,
    };
    match SignatureAlgorithm::with_forbidden_parameters(&signer_info.signature_algorithm) {
        Some(algorithm) => notes.note_with(code, || Details::stated(algorithm)),
        None => notes.note_with(code, || Details::stated(not_offered)),
    }
}

/// A signature over the signed attributes as received, with their tag alone rewritten (RFC 5652 §5.4).
struct AttributesSignature<'c> {
    check: &'c SignerCheck<'c>,
    attributes: &'c Attributes<'c>,
}

/// What a key says about a signature.
enum Verdict {
    Valid,
    /// The signature is over the attributes in DER order, and they were sent in another one.
    ValidOverSorted,
    Objection(SignatureError),
}

impl AttributesSignature<'_> {
    fn verify(&self, algorithm: &SignatureAlgorithm, key: &PublicKey) -> Verdict {
        let signature = self.check.signer_info.signature;
        let verified = KnownSignatures::verify(self.check.shared, key, algorithm, &self.attributes.as_set(), signature);
        let sorted = || key.verify(algorithm, &self.attributes.as_sorted_set(), signature);
        match verified {
            Ok(()) => Verdict::Valid,
            Err(SignatureError::Invalid) if !self.attributes.is_der_set() && sorted().is_ok() => {
                Verdict::ValidOverSorted
            }
            Err(error) => Verdict::Objection(error),
        }
    }

    fn note(&self, algorithm: &SignatureAlgorithm, key: &PublicKey, notes: &mut Notes<'_, '_>) {
        match self.verify(algorithm, key) {
            Verdict::Valid => {
                // RFC 5652 §5.4 digests the DER, whatever the order in which the attributes are sent.
                if !self.attributes.is_der_set() {
                    notes.note(Code::SignedAttributesNotDer);
                }
                note_signature(Ok(()), *algorithm, notes);
            }
            Verdict::ValidOverSorted => {
                notes.note_with(Code::SignatureValidOverSortedAttributes, || Details::stated(algorithm));
            }
            Verdict::Objection(error) => note_signature(Err(error), *algorithm, notes),
        }
    }
}

/// Returns the readable certificates beside a signature. None of them is authenticated.
pub(crate) fn embedded_certificates(signed_data: &SignedData<'_>, read_before: &KnownCertificates) -> Vec<Certificate> {
    let ders = signed_data.certificates.iter().filter_map(CertificateChoice::certificate);
    read_before.read(ders).filter_map(|(_, read)| read.ok()).collect()
}
