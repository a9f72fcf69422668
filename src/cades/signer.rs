//! The checks of one SignerInfo (RFC 5652 §5.4 to §5.6; ETSI EN 319 122-1 clauses 5.1 and 5.2).

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use const_oid::ObjectIdentifier;
use signed_data::{AlgorithmIdentifier, Attributes, SignedData, SignerIdentifier, SignerInfo};

use super::attributes::{AlgorithmProtection, CertificateReference, ReferenceForm, single_value};
use crate::asn1::oid;
use crate::crypto::{AlgorithmPolicy, Digest, DigestAlgorithm, SignatureAlgorithm, SignatureError, Standing};
use crate::finding::{Code, Details, Notes};
use crate::pki::Certificate;
use crate::text::hex;

/// The digest of the signed content under an algorithm; `None` when it is not known under that one.
pub(crate) type ContentDigest<'a> = &'a dyn Fn(DigestAlgorithm) -> Option<Digest>;

/// One signer, and what its signature is checked against.
pub(crate) struct SignerCheck<'a> {
    pub(crate) signed_data: &'a SignedData<'a>,
    pub(crate) signer_info: &'a SignerInfo<'a>,
    /// The content type that the content has.
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content: ContentDigest<'a>,
    /// Certificates from elsewhere, where the signer's is not embedded.
    pub(crate) extra: &'a [Certificate],
}

/// What the checks identified.
#[derive(Clone, Debug)]
pub(crate) struct CheckedSigner {
    pub(crate) certificate: Certificate,
    pub(crate) algorithm: SignatureAlgorithm,
    /// What the content was hashed with; the signature may have another one inside.
    pub(crate) content_digest: DigestAlgorithm,
}

impl CheckedSigner {
    /// How the signature stands at a time: the worst of its key, its own digest and that of the content.
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Standing {
        let signature = algorithms.signature(&self.algorithm, self.certificate.public_key(), at);
        signature.max(algorithms.digest(self.content_digest, at))
    }

    /// The first day on which the signature proves nothing by itself any more, if there is one, and what it is because of.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<(NaiveDate, String)> {
        let signature = algorithms.signature_past_from(&self.algorithm, self.certificate.public_key());
        signature.into_iter().chain(algorithms.digest_past_from(self.content_digest)).min()
    }
}

/// Checks signed attributes, signing certificate and signature; notes each. The signer is there when it could be identified, even if
/// something about it is wrong: the notes say so.
pub(crate) fn check_signer(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<CheckedSigner> {
    let Some(attributes) = &check.signer_info.signed_attributes else {
        notes.note(Code::SignedAttributesMissing);
        return None;
    };
    let digest_algorithm = check_digest_algorithm(check, notes);
    check_content_type(check, attributes, notes);
    if let Some(algorithm) = digest_algorithm {
        check_message_digest(check, algorithm, attributes, notes);
    }
    check_algorithm_protection(check.signer_info, attributes, notes);
    let references = read_references(attributes, notes);
    let certificate = find_certificate(check, &references, notes)?;
    check_references(&certificate, &references, notes);
    let content_digest = digest_algorithm?;
    let algorithm = check_signature(check.signer_info, content_digest, attributes, &certificate, notes)?;
    Some(CheckedSigner { certificate, algorithm, content_digest })
}

fn check_digest_algorithm(check: &SignerCheck<'_>, notes: &mut Notes<'_, '_>) -> Option<DigestAlgorithm> {
    let stated = &check.signer_info.digest_algorithm;
    // Parameters other than NULL are no part of any digest offered here; in a token nothing signs them.
    match DigestAlgorithm::from_identifier(stated) {
        Ok(found) => Some(found),
        Err(not_offered) => {
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
                    if stated == check.content_type
                        && check.signed_data.encap_content_info.content_type == check.content_type =>
                {
                    notes.note_with(Code::ContentTypeMatches, || Details::stated(stated));
                }
                Ok(stated) => notes.note_with(Code::ContentTypeDiffers, || {
                    Details::both(stated, check.signed_data.encap_content_info.content_type)
                }),
                Err(_) => notes.note_with(Code::AttributeMalformed, || Details::stated("content-type")),
            }
        }
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

/// RFC 6211: what the attribute names must be what SignerInfo names, parameters included.
fn check_algorithm_protection(signer_info: &SignerInfo<'_>, attributes: &Attributes<'_>, notes: &mut Notes<'_, '_>) {
    let value = match single_value(attributes, oid::CMS_ALGORITHM_PROTECTION) {
        Err(code) => return notes.note_with(code, || Details::stated("cms-algorithm-protection")),
        Ok(None) => return notes.note(Code::AlgorithmProtectionMissing),
        Ok(Some(value)) => value,
    };
    match AlgorithmProtection::read(value) {
        Err(code) => notes.note_with(code, || Details::stated("cms-algorithm-protection")),
        Ok(stated) => {
            let same = |contents: &[u8], used: &AlgorithmIdentifier<'_>| {
                used.raw.ends_with(contents) && contents_of(used) == contents
            };
            if same(stated.digest, &signer_info.digest_algorithm)
                && stated.signature.is_none_or(|signature| same(signature, &signer_info.signature_algorithm))
            {
                notes.note(Code::AlgorithmProtectionMatches);
            } else {
                notes.note(Code::AlgorithmProtectionDiffers);
            }
        }
    }
}

fn contents_of<'a>(algorithm: &AlgorithmIdentifier<'a>) -> &'a [u8] {
    signed_data::tlv::Reader::new(algorithm.raw, "AlgorithmIdentifier").any().map(|tlv| tlv.value).unwrap_or_default()
}

/// The signed references to the signing certificate, at most one of each form.
fn read_references<'a>(attributes: &Attributes<'a>, notes: &mut Notes<'_, '_>) -> Vec<CertificateReference<'a>> {
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
        notes.note(Code::SigningCertificateReferenceMissing);
    }
    references
}

/// The certificate that `sid` names, never the first one by position. Several can bear one name and number; then the signed reference decides.
fn find_certificate(
    check: &SignerCheck<'_>,
    references: &[CertificateReference<'_>],
    notes: &mut Notes<'_, '_>,
) -> Option<Certificate> {
    let embedded = check.signed_data.certificates.iter().filter_map(|choice| choice.certificate());
    let named = embedded
        .filter_map(|der| Certificate::from_der(der).ok())
        .map(Cow::Owned)
        .chain(check.extra.iter().map(Cow::Borrowed))
        .filter(|certificate| is_named_by(&check.signer_info.sid, certificate));
    let mut first = None;
    for certificate in named {
        if references.iter().all(|reference| reference.names(&certificate)) {
            first = Some(certificate);
            break;
        }
        first.get_or_insert(certificate);
    }
    match &first {
        Some(certificate) => {
            notes.note_with(Code::SigningCertificateFound, || Details::computed(certificate.fingerprint()))
        }
        None => notes.note(Code::SigningCertificateNotFound),
    }
    first.map(Cow::into_owned)
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
            notes.note(Code::SigningCertificateBound);
            if references.iter().all(|reference| reference.algorithm() == DigestAlgorithm::Sha1) {
                notes.note(Code::SigningCertificateReferenceWeak);
            }
        }
    }
}

/// The signature over the signed attributes as received, their tag alone rewritten (RFC 5652 §5.4).
fn check_signature(
    signer_info: &SignerInfo<'_>,
    digest: DigestAlgorithm,
    attributes: &Attributes<'_>,
    certificate: &Certificate,
    notes: &mut Notes<'_, '_>,
) -> Option<SignatureAlgorithm> {
    let stated = &signer_info.signature_algorithm;
    let algorithm = match SignatureAlgorithm::from_parts(stated.oid, stated.parameters, Some(digest)) {
        Ok(algorithm) => algorithm,
        Err(not_offered) => {
            notes.note_with(Code::AlgorithmNotOffered, || Details::stated(&not_offered));
            return None;
        }
    };
    let key = certificate.public_key();
    match key.verify(&algorithm, &attributes.as_set(), signer_info.signature) {
        Ok(()) => notes.note_with(Code::SignatureValid, || Details::stated(algorithm)),
        // Some signers sign the attributes in DER order and send them in another one.
        Err(SignatureError::Invalid)
            if !attributes.is_der_set()
                && key.verify(&algorithm, &attributes.as_sorted_set(), signer_info.signature).is_ok() =>
        {
            notes.note_with(Code::SignatureValidOverSortedAttributes, || Details::stated(algorithm));
        }
        Err(SignatureError::KeyMismatch { .. }) => {
            notes.note_with(Code::KeyDoesNotFitAlgorithm, || Details::stated(algorithm))
        }
        Err(SignatureError::NotOffered(not_offered)) => {
            notes.note_with(Code::AlgorithmNotOffered, || Details::stated(&not_offered))
        }
        Err(_) => notes.note_with(Code::SignatureInvalid, || Details::stated(algorithm)),
    }
    Some(algorithm)
}

/// The certificates beside a signature that can be read; the others are of no use. None of them is authenticated.
pub(crate) fn embedded_certificates(signed_data: &SignedData<'_>) -> Vec<Certificate> {
    signed_data.certificates.iter().filter_map(|choice| Certificate::from_der(choice.certificate()?).ok()).collect()
}
