//! Finds the signing certificate: the one that SignerInfo names, that signed references name, and whose key made the
//! signature (ETSI EN 319 102-1 V1.4.1, clause 5.2.3).

use std::collections::HashMap;

use signed_data::{Attributes, CertificateChoice, SignerIdentifier};

use super::attributes::{CertificateReference, ReferenceForm, single_value};
use super::signer_check::SignerCheck;
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm, PublicKey, SignatureError};
use crate::finding::{Code, Details, Notes};
use crate::pki::limits::MAX_KEYS_TRIED;
use crate::pki::{Certificate, IssuerName, describe_name};
use crate::text::{hex, listed, shown};

/// What a key says about the signature.
pub(super) type Verify<'a> = &'a dyn Fn(&PublicKey) -> Result<(), SignatureError>;

/// The certificate of a signer.
pub(super) struct SigningCertificate {
    pub(super) certificate: Certificate,
    /// The other certificates that the signer may mean just as well: named in the same way, with a key that made the
    /// signature.
    pub(super) namesakes: Vec<Certificate>,
}

/// Finds the certificate that `sid` names, never the first one by position, and notes it.
///
/// Several certificates can bear one name and number, or one key identifier. Then a signed reference decides; else the
/// key that made the signature does, as far as `verify` tells. Their order in the file decides nothing, because nobody
/// signed it.
pub(super) fn find(
    check: &SignerCheck<'_>,
    references: &[CertificateReference<'_>],
    verify: Option<Verify<'_>>,
    notes: &mut Notes<'_, '_>,
) -> Option<SigningCertificate> {
    let mut candidates = candidates(check, references).into_iter();
    let Some(first) = candidates.next() else {
        let name = || signer_name(&check.signer_info.sid);
        match unreadable(check) {
            Some(error) => notes.note_with(Code::SigningCertificateUnreadable, || Details::both(name(), error)),
            None => notes.note_with(Code::SigningCertificateNotFound, || Details::stated(name())),
        }
        return None;
    };
    let rest: Vec<Certificate> = candidates.collect();
    let signing_certificate = match verify {
        Some(verify) if !rest.is_empty() => tried([vec![first], rest].concat(), check, verify, notes)?,
        _ => SigningCertificate { certificate: first, namesakes: Vec::new() },
    };
    let meant = || std::iter::once(&signing_certificate.certificate).chain(&signing_certificate.namesakes);
    notes.note_with(Code::SigningCertificateFound, || {
        Details::computed(listed(|| meant().map(Certificate::shown_fingerprint), ", "))
    });
    for extension in signing_certificate.certificate.unreadable_extensions() {
        notes.note_with(Code::CertificateExtensionUnreadable, || Details::stated(extension));
    }
    Some(signing_certificate)
}

/// The certificates that the signer may mean, each once and sorted by fingerprint: those that `sid` names and that the
/// signed references name. If these name none of them, the reference is at fault, and all count.
fn candidates(check: &SignerCheck<'_>, references: &[CertificateReference<'_>]) -> Vec<Certificate> {
    let offered = check.certificates.iter().chain(check.extra);
    let is_named = is_named_by(&check.signer_info.sid);
    let mut named: Vec<&Certificate> = offered.filter(|certificate| is_named(certificate)).collect();
    named.sort_unstable_by_key(|certificate| certificate.identity());
    named.dedup_by_key(|certificate| certificate.identity());
    let is_referenced = |certificate: &&&Certificate| references.iter().all(|reference| reference.names(certificate));
    if named.len() > 1 {
        let referenced: Vec<&Certificate> = named.iter().filter(is_referenced).copied().collect();
        named = if referenced.is_empty() { named } else { referenced };
    }
    named.into_iter().cloned().collect()
}

/// Returns the reason why a certificate cannot be read that is there and that `sid` names.
fn unreadable(check: &SignerCheck<'_>) -> Option<String> {
    let present = check.signed_data.certificates.iter().filter_map(CertificateChoice::certificate);
    let named = present.filter(|certificate| check.signer_info.sid.fits(certificate));
    named.filter_map(|certificate| Certificate::from_der(certificate).err()).map(shown).min()
}

/// Tries the key of each candidate, each key once and as far as the budget goes. Without a key that made the signature a
/// candidate counts whose key could have made it, so that the signature is noted as what it is. If more candidates than
/// are tried have the key that made it, none counts.
fn tried(
    candidates: Vec<Certificate>,
    check: &SignerCheck<'_>,
    verify: Verify<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<SigningCertificate> {
    let number = candidates.len();
    let mut verdicts: HashMap<Digest, Result<(), SignatureError>> = HashMap::new();
    let (mut makers, mut refuted, mut is_cut_short) = (Vec::new(), Vec::new(), false);
    for candidate in candidates {
        let key = candidate.public_key();
        // Anybody can put certificates of one name into a file, so the work is bounded.
        let is_known = verdicts.contains_key(key.fingerprint());
        if !is_known && (verdicts.len() == MAX_KEYS_TRIED || check.budget.spend().is_none()) {
            is_cut_short = true;
            continue;
        }
        match verdicts.entry(*key.fingerprint()).or_insert_with(|| verify(key)) {
            Ok(()) => makers.push(candidate),
            Err(SignatureError::Invalid) => refuted.insert(0, candidate),
            Err(_) => refuted.push(candidate),
        }
    }
    // Anybody can also make certificates with the signer's own key, and the chain of each namesake is judged.
    let are_too_many = makers.len() > MAX_KEYS_TRIED || makers.is_empty() && is_cut_short;
    if are_too_many {
        notes.note_with(Code::SigningCertificateCandidatesTooMany, || Details::computed(number));
        return None;
    }
    let mut meant = if makers.is_empty() { refuted.into_iter().take(1) } else { makers.into_iter().take(number) };
    Some(SigningCertificate { certificate: meant.next()?, namesakes: meant.collect() })
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

fn is_named_by<'s>(sid: &'s SignerIdentifier<'_>) -> Box<dyn Fn(&Certificate) -> bool + 's> {
    match sid {
        SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
            let issuer = IssuerName::new(issuer);
            Box::new(move |certificate| certificate.has_serial(*serial) && issuer.is_issuer_of(certificate))
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => {
            Box::new(|certificate| certificate.subject_key_identifier() == Some(*identifier))
        }
    }
}

/// Reads the signed references to the signing certificate, at most one of each form. One that cannot be read counts as
/// absent (ETSI EN 319 102-1 V1.4.1, clause 5.2.8.4.1).
pub(super) fn read_references<'a>(
    check: &SignerCheck<'_>,
    attributes: &Attributes<'a>,
    notes: &mut Notes<'_, '_>,
) -> Vec<CertificateReference<'a>> {
    let forms = [(oid::SIGNING_CERTIFICATE, ReferenceForm::V1), (oid::SIGNING_CERTIFICATE_V2, ReferenceForm::V2)];
    let mut references = Vec::new();
    let mut present = false;
    for (oid, form) in forms {
        let read = single_value(attributes, oid)
            .and_then(|value| value.map(|value| CertificateReference::read(form, value)).transpose());
        match read {
            Ok(reference) => {
                present |= reference.is_some();
                references.extend(reference);
            }
            Err(code) => {
                present |= code != Code::SignedAttributeUnreadable;
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
pub(super) fn reference_missing(check: &SignerCheck<'_>) -> Code {
    match check.content_type {
        Some(oid::TST_INFO) => Code::TimestampSigningCertificateReferenceMissing,
        _ => Code::SigningCertificateReferenceMissing,
    }
}

/// Notes whether the references name the certificate by its digest, which alone decides. A statement about issuer and
/// serial number that differs is a warning (ETSI EN 319 102-1 V1.4.1, clause 5.2.3.4 (3)).
pub(super) fn check_references(
    certificate: &Certificate,
    references: &[CertificateReference<'_>],
    notes: &mut Notes<'_, '_>,
) {
    if references.is_empty() {
        return;
    }
    if let Some(reference) = references.iter().find(|reference| !reference.names(certificate)) {
        return notes.note_with(Code::SigningCertificateDiffers, || {
            Details::both(reference.stated(), certificate.digest(reference.algorithm()))
        });
    }
    notes.note_with(Code::SigningCertificateBound, || {
        Details::stated(listed(|| references.iter().map(CertificateReference::name), ", "))
    });
    for reference in references.iter().filter(|reference| !reference.states_issuer_and_serial_of(certificate)) {
        notes.note_with(Code::SigningCertificateIssuerSerialDiffers, || Details::stated(reference.name()));
    }
    if references.iter().all(|reference| reference.algorithm() == DigestAlgorithm::Sha1) {
        notes.note(Code::SigningCertificateReferenceWeak);
    }
}
