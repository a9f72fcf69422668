//! Checks one SignerInfo (RFC 5652 §5.4 to §5.6; ETSI EN 319 122-1 clauses 5.1 and 5.2).

use chrono::{DateTime, NaiveDate, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Oid;
use signed_data::tlv::{Reader, Tag};
use signed_data::{Attributes, SignedData, SignerIdentifier, SignerInfo};

use super::attributes::{AlgorithmProtection, CertificateReference, ReferenceForm, single_value};
use crate::asn1::oid;
use crate::crypto::{
    AlgorithmPolicy, Digest, DigestAlgorithm, KnownSignatures, SignatureAlgorithm, SignatureError, Standing,
};
use crate::finding::{Code, Details, Notes};
use crate::pki::{Certificate, KnownCertificates, describe_name};
use crate::text::{hex, shown};

/// The digest of the signed content under an algorithm; `None` when it is not known under that one.
pub(crate) type ContentDigest<'a> = &'a dyn Fn(DigestAlgorithm) -> Option<Digest>;

/// A signer, and everything that its signature is checked against.
pub(crate) struct SignerCheck<'a> {
    pub(crate) signed_data: &'a SignedData<'a>,
    pub(crate) signer_info: &'a SignerInfo<'a>,
    /// The content type that the content must have; `None` takes the one that SignedData states.
    pub(crate) content_type: Option<ObjectIdentifier>,
    pub(crate) content: ContentDigest<'a>,
    /// The content itself, where it is given: a signature without signed attributes may need it.
    pub(crate) octets: Option<&'a [u8]>,
    /// The certificates in the SignedData that can be read.
    pub(crate) certificates: &'a [Certificate],
    /// The certificates from elsewhere, where the signer's is not embedded.
    pub(crate) extra: &'a [Certificate],
    /// The signatures that were found good, where many artifacts share the signature.
    pub(crate) shared: Option<&'a KnownSignatures>,
}

/// The certificate and algorithms that the checks identified.
#[derive(Clone, Debug)]
pub(crate) struct CheckedSigner {
    pub(crate) certificate: Certificate,
    pub(crate) algorithm: SignatureAlgorithm,
    /// The digest algorithm of the content. The signature may have another one inside.
    pub(crate) content_digest: DigestAlgorithm,
}

impl CheckedSigner {
    /// Returns the standing of the signature at a time: the worst of its key, its own digest and that of the content.
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Standing {
        let signature = algorithms.signature(&self.algorithm, self.certificate.public_key(), at);
        signature.max(algorithms.digest(self.content_digest, at))
    }

    /// Returns the first day on which the signature proves nothing by itself any more, if there is one, and the
    /// algorithm that causes it.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<(NaiveDate, String)> {
        let signature = algorithms.signature_past_from(&self.algorithm, self.certificate.public_key());
        signature.into_iter().chain(algorithms.digest_past_from(self.content_digest)).min()
    }
}

/// Checks signed attributes, signing certificate and signature; notes each. The signer is there when it could be
/// identified, even if something about it is wrong: the notes say so.
pub(crate) fn check_signer(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<CheckedSigner> {
    check_unsigned(check.signer_info, notes);
    let Some(attributes) = &check.signer_info.signed_attributes else {
        return check_bare_signer(check, notes);
    };
    let (certificate, content_digest) = check_attributes(check, attributes, notes)?;
    let algorithm = check_signature(check, content_digest, attributes, &certificate, notes)?;
    Some(CheckedSigner { certificate, algorithm, content_digest })
}

/// Makes the checks of [`check_signer`] before there is a signature.
pub(crate) fn check_prepared(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<CheckedSigner> {
    check_unsigned(check.signer_info, notes);
    let Some(attributes) = &check.signer_info.signed_attributes else {
        notes.note(Code::SignedAttributesMissing);
        return None;
    };
    let (certificate, content_digest) = check_attributes(check, attributes, notes)?;
    let algorithm = read_algorithm(check.signer_info, content_digest, notes)?;
    Some(CheckedSigner { certificate, algorithm, content_digest })
}

/// Checks the signed attributes about the content, the algorithms and the certificate. Returns the certificate with the
/// digest algorithm of the content.
fn check_attributes(
    check: &SignerCheck<'_>,
    attributes: &Attributes<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<(Certificate, DigestAlgorithm)> {
    let digest_algorithm = check_digest_algorithm(check, notes);
    check_content_type(check, attributes, notes);
    if let Some(algorithm) = digest_algorithm {
        check_message_digest(check, algorithm, attributes, notes);
    }
    check_algorithm_protection(check.signer_info, attributes, notes);
    let references = read_references(check, attributes, notes);
    let certificate = find_certificate(check, &references, notes)?;
    check_references(&certificate, &references, notes);
    Some((certificate, digest_algorithm?))
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
    let digest = check_digest_algorithm(check, notes);
    let certificate = find_certificate(check, &[], notes)?;
    let stated = &check.signer_info.signature_algorithm;
    let algorithm = match SignatureAlgorithm::from_identifier(stated, digest) {
        Ok(algorithm) => algorithm,
        Err(not_offered) => {
            notes.note_with(Code::AlgorithmNotOffered, || Details::stated(&not_offered));
            return None;
        }
    };
    let signature = check.signer_info.signature;
    let verdict = match (check.octets, (check.content)(algorithm.cms_digest())) {
        (Some(octets), _) => certificate.public_key().verify(&algorithm, octets, signature),
        (None, Some(digest)) => certificate.public_key().verify_digest(&algorithm, &digest, signature),
        (None, None) => Err(SignatureError::MessageNeeded),
    };
    note_signature(verdict, algorithm, notes);
    Some(CheckedSigner { certificate, algorithm, content_digest: algorithm.cms_digest() })
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
        Err(SignatureError::UnusableKey(why)) => notes.note_with(Code::KeyNotUsable, || Details::stated(why)),
        Err(SignatureError::MessageNeeded) => notes.note_with(Code::ContentNotGiven, || Details::stated(algorithm)),
        Err(_) => notes.note_with(Code::SignatureInvalid, || Details::stated(algorithm)),
    }
}

/// Checks that no attribute that must be signed is among the unsigned attributes (RFC 5652 §11.1 to §11.3).
fn check_unsigned(signer_info: &SignerInfo<'_>, notes: &mut Notes<'_, '_>) {
    let Some(unsigned) = &signer_info.unsigned_attributes else { return };
    let must_be_signed = [
        (oid::CONTENT_TYPE, "content-type"),
        (oid::MESSAGE_DIGEST, "message-digest"),
        (oid::SIGNING_TIME, "signing-time"),
    ];
    // Anybody can add an unsigned attribute, and another reader could take its value for the signed one.
    for (oid, name) in must_be_signed {
        if unsigned.find(oid).next().is_some() {
            notes.note_with(Code::AttributeMisplaced, || Details::stated(name));
        }
    }
}

fn check_digest_algorithm(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<DigestAlgorithm> {
    let stated = &check.signer_info.digest_algorithm;
    // Parameters other than NULL are no part of any digest offered here; in a token nothing signs them.
    let not_offered = match DigestAlgorithm::from_identifier(stated) {
        Ok(algorithm) => return Some(algorithm),
        Err(not_offered) => not_offered,
    };
    match SignatureAlgorithm::from_identifier(stated, None) {
        Ok(SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest)) => {
            notes.note_with(Code::DigestAlgorithmMisnamed, || Details::stated(stated.oid));
            Some(digest)
        }
        Ok(SignatureAlgorithm::RsaPss { .. } | SignatureAlgorithm::Ed25519) | Err(_) => {
            notes.note_with(Code::DigestAlgorithmNotOffered, || Details::stated(&not_offered));
            None
        }
    }
}

fn check_content_type(check: &SignerCheck<'_>, attributes: &Attributes<'_>, notes: &mut Notes<'_, '_>) {
    match single_value(attributes, oid::CONTENT_TYPE) {
        Err(code) => notes.note_with(code, || Details::stated("content-type")),
        Ok(None) => notes.note(Code::ContentTypeMissing),
        Ok(Some(value)) => {
            let mut reader = signed_data::tlv::Reader::new(value.raw, "content-type");
            match reader.oid() {
                Ok(stated)
                    if stated == check.signed_data.encap_content_info.content_type
                        && check.content_type.is_none_or(|required| stated == required) =>
                {
                    notes.note_with(Code::ContentTypeMatches, || Details::stated(named_content_type(stated)));
                }
                Ok(stated) => notes.note_with(Code::ContentTypeDiffers, || {
                    Details::both(stated, check.signed_data.encap_content_info.content_type)
                }),
                Err(_) => notes.note_with(Code::AttributeMalformed, || Details::stated("content-type")),
            }
        }
    }
}

/// Names a content type, by the names of RFC 5652 and RFC 3161 where they are common.
fn named_content_type(content_type: Oid<'_>) -> String {
    match content_type {
        data if data == oid::DATA => format!("id-data ({data})"),
        info if info == oid::TST_INFO => format!("id-ct-TSTInfo ({info})"),
        other => other.to_string(),
    }
}

fn check_message_digest(
    check: &SignerCheck<'_>,
    algorithm: DigestAlgorithm,
    attributes: &Attributes<'_>,
    notes: &mut Notes<'_, '_>,
) {
    let stated = match single_value(attributes, oid::MESSAGE_DIGEST) {
        Err(code) => return notes.note_with(code, || Details::stated("message-digest")),
        Ok(None) => return notes.note(Code::MessageDigestMissing),
        Ok(Some(value)) if value.tag != signed_data::tlv::Tag::OCTET_STRING => {
            return notes.note_with(Code::AttributeMalformed, || Details::stated("message-digest"));
        }
        Ok(Some(value)) => value.value,
    };
    let Some(computed) = (check.content)(algorithm) else {
        return notes.note_with(Code::ContentNotGiven, || Details::stated(algorithm.name()));
    };
    if stated == computed.as_bytes() {
        notes.note_with(Code::MessageDigestMatches, || Details::computed(computed));
    } else {
        notes.note_with(Code::MessageDigestDiffers, || Details::both(hex(stated), computed));
    }
}

/// Checks that the attribute names the algorithms that SignerInfo names, parameters included (RFC 6211).
fn check_algorithm_protection(signer_info: &SignerInfo<'_>, attributes: &Attributes<'_>, notes: &mut Notes<'_, '_>) {
    let value = match single_value(attributes, oid::CMS_ALGORITHM_PROTECTION) {
        Err(code) => return notes.note_with(code, || Details::stated("cms-algorithm-protection")),
        Ok(None) => return notes.note(Code::AlgorithmProtectionMissing),
        Ok(Some(value)) => value,
    };
    match AlgorithmProtection::read(value) {
        Err(code) => notes.note_with(code, || Details::stated("cms-algorithm-protection")),
        Ok(stated) if stated.names(signer_info) => notes.note(Code::AlgorithmProtectionMatches),
        Ok(_) => notes.note(Code::AlgorithmProtectionDiffers),
    }
}

/// Reads the signed references to the signing certificate, at most one of each form.
fn read_references<'a>(
    check: &SignerCheck<'_>,
    attributes: &Attributes<'a>,
    notes: &mut Notes<'_, '_>,
) -> Vec<CertificateReference<'a>> {
    let forms = [(oid::SIGNING_CERTIFICATE, ReferenceForm::V1), (oid::SIGNING_CERTIFICATE_V2, ReferenceForm::V2)];
    let mut references = Vec::new();
    let mut present = false;
    for (oid, form) in forms {
        let read = single_value(attributes, oid).and_then(|value| {
            present |= value.is_some();
            value.map(|value| CertificateReference::read(form, value)).transpose()
        });
        match read {
            Ok(reference) => references.extend(reference),
            Err(code) => {
                present = true;
                notes.note_with(code, || Details::stated("signing-certificate"));
            }
        }
    }
    if !present {
        notes.note(reference_missing(check));
    }
    references
}

/// Notes a missing reference. CAdES asks it of signatures and RFC 3161 §2.4.2 of tokens, and a policy that relaxes the
/// rule for seals does not relax it for tokens.
fn reference_missing(check: &SignerCheck<'_>) -> Code {
    match check.content_type {
        Some(oid::TST_INFO) => Code::TimestampSigningCertificateReferenceMissing,
        _ => Code::SigningCertificateReferenceMissing,
    }
}

/// Finds the certificate that `sid` names, never the first one by position. Several can bear one name and number; then
/// the signed reference decides.
fn find_certificate(
    check: &SignerCheck<'_>,
    references: &[CertificateReference<'_>],
    notes: &mut Notes<'_, '_>,
) -> Option<Certificate> {
    let offered = check.certificates.iter().chain(check.extra);
    let named = offered.filter(|certificate| is_named_by(&check.signer_info.sid, certificate));
    let mut first = None;
    for certificate in named {
        if references.iter().all(|reference| reference.names(certificate)) {
            first = Some(certificate);
            break;
        }
        first.get_or_insert(certificate);
    }
    match &first {
        Some(certificate) => {
            notes.note_with(Code::SigningCertificateFound, || Details::computed(certificate.fingerprint()))
        }
        None => {
            notes.note_with(Code::SigningCertificateNotFound, || Details::stated(signer_name(&check.signer_info.sid)))
        }
    }
    first.cloned()
}

/// Returns the name by which a SignerInfo identifies its certificate, for people.
pub(crate) fn signer_name(sid: &SignerIdentifier<'_>) -> String {
    match sid {
        SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
            format!("serial number {} issued by {}", shown(hex(serial.as_bytes())), describe_name(issuer))
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => {
            format!("the certificate with the key identifier {}", shown(hex(identifier)))
        }
    }
}

fn is_named_by(sid: &SignerIdentifier<'_>, certificate: &Certificate) -> bool {
    match sid {
        SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
            *issuer == certificate.issuer_der() && *serial == certificate.serial()
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => certificate.subject_key_identifier() == Some(identifier),
    }
}

fn check_references(certificate: &Certificate, references: &[CertificateReference<'_>], notes: &mut Notes<'_, '_>) {
    if references.is_empty() {
        return;
    }
    match references.iter().find(|reference| !reference.names(certificate)) {
        Some(reference) => notes.note_with(Code::SigningCertificateDiffers, || {
            Details::both(reference.stated(), certificate.digest(reference.algorithm()))
        }),
        None => {
            notes.note_with(Code::SigningCertificateBound, || {
                let names: Vec<String> = references.iter().map(CertificateReference::name).collect();
                Details::stated(names.join(", "))
            });
            if references.iter().all(|reference| reference.algorithm() == DigestAlgorithm::Sha1) {
                notes.note(Code::SigningCertificateReferenceWeak);
            }
        }
    }
}

fn read_algorithm(
    signer_info: &SignerInfo<'_>,
    digest: DigestAlgorithm,
    notes: &mut Notes<'_, '_>,
) -> Option<SignatureAlgorithm> {
    let read = SignatureAlgorithm::from_identifier(&signer_info.signature_algorithm, Some(digest));
    read.inspect_err(|not_offered| notes.note_with(Code::AlgorithmNotOffered, || Details::stated(not_offered))).ok()
}

/// Checks the signature over the signed attributes as received, with their tag alone rewritten (RFC 5652 §5.4).
fn check_signature(
    check: &SignerCheck<'_>,
    digest: DigestAlgorithm,
    attributes: &Attributes<'_>,
    certificate: &Certificate,
    notes: &mut Notes<'_, '_>,
) -> Option<SignatureAlgorithm> {
    let algorithm = read_algorithm(check.signer_info, digest, notes)?;
    let (key, signature) = (certificate.public_key(), check.signer_info.signature);
    let verdict = KnownSignatures::verify(check.shared, key, &algorithm, &attributes.as_set(), signature);
    // Some signers sign the attributes in DER order and send them in another one.
    let sorted = || key.verify(&algorithm, &attributes.as_sorted_set(), signature);
    if verdict == Err(SignatureError::Invalid) && !attributes.is_der_set() && sorted().is_ok() {
        notes.note_with(Code::SignatureValidOverSortedAttributes, || Details::stated(algorithm));
    } else {
        note_signature(verdict, algorithm, notes);
    }
    Some(algorithm)
}

/// Returns the readable certificates beside a signature. None of them is authenticated.
pub(crate) fn embedded_certificates(signed_data: &SignedData<'_>, known: &KnownCertificates) -> Vec<Certificate> {
    signed_data.certificates.iter().filter_map(|choice| known.read(choice.certificate()?).ok()).collect()
}
