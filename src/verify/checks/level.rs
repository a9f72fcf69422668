//! The level of a signature, by what is in it (ETSI EN 319 122-1 V1.3.1, table 1).

use const_oid::ObjectIdentifier;

use crate::asn1::oid;
use crate::cms::BaselineLevel;
use crate::finding::{Code, Details, Ledger, Subject};
use crate::verify::examined::{ExaminedTimestamp, TimestampKind};
use crate::verify::profile::Profile;
use crate::verify::signature::Signature;

/// Whether the revocation data in a signature answers for all that the level is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmbeddedRevocation {
    Complete,
    Incomplete,
}

/// Notes the level, or what keeps the signature from the baseline. B-LT takes revocation data in it that answers for
/// the chains of the signature and of its valid timestamps (or a policy that leaves revocation out), B-LTA a valid
/// archive timestamp.
pub(crate) fn recognise(
    signature: &Signature<'_>,
    timestamps: &[ExaminedTimestamp],
    revocation: EmbeddedRevocation,
    ledger: &mut Ledger<'_>,
) -> BaselineLevel {
    if let Some(reason) = not_baseline(signature) {
        ledger.note_with(Subject::Seal, Code::NotBaseline, || Details::computed(reason));
        return BaselineLevel::NotBaseline;
    }
    let has = |kind| timestamps.iter().any(|timestamp| timestamp.kind == kind);
    let forbidden = |oid: &ObjectIdentifier| unsigned(signature, *oid);
    let level = if signature.profile == Profile::Batch {
        // Whatever is in it, it is not the signature of one statement.
        BaselineLevel::Aggregated
    } else if !has(TimestampKind::Signature) {
        BaselineLevel::BB
    } else if signature.file.signed_data.crls.is_empty()
        || revocation == EmbeddedRevocation::Incomplete
        || FORBIDDEN_LT.iter().any(forbidden)
    {
        BaselineLevel::BT
    } else if timestamps.iter().any(|timestamp| timestamp.kind == TimestampKind::ArchiveV3 && timestamp.path.is_some())
    {
        BaselineLevel::BLTA
    } else {
        BaselineLevel::BLT
    };
    ledger.note_with(Subject::Seal, Code::LevelStated, || Details::computed(level));
    level
}

/// Attributes that must not be there from B-LT on.
const FORBIDDEN_LT: [ObjectIdentifier; 4] =
    [oid::CERTIFICATE_VALUES, oid::REVOCATION_VALUES, oid::CERTIFICATE_REFS, oid::REVOCATION_REFS];

/// What the baseline requires and the signature lacks.
fn not_baseline(signature: &Signature<'_>) -> Option<&'static str> {
    let Some(attributes) = &signature.signer.signer_info.signed_attributes else {
        return Some("there are no signed attributes");
    };
    let once = |oid| attributes.find(oid).count() == 1;
    if !once(oid::CONTENT_TYPE) {
        Some("content-type is missing")
    } else if !once(oid::MESSAGE_DIGEST) {
        Some("message-digest is missing")
    } else if !once(oid::SIGNING_TIME) {
        Some("signing-time is missing")
    } else if !once(oid::SIGNING_CERTIFICATE_V2) && !once(oid::SIGNING_CERTIFICATE) {
        Some("signing-certificate-v2 is missing")
    } else if signature.file.signed_data.encap_content_info.content_type != oid::DATA {
        Some("the content type is not id-data")
    } else if !signature.file.signed_data.certificates.iter().any(|choice| choice.certificate().is_some()) {
        Some("the signing certificate is not in it")
    } else {
        None
    }
}

fn unsigned(signature: &Signature<'_>, oid: ObjectIdentifier) -> bool {
    signature
        .signer
        .signer_info
        .unsigned_attributes
        .as_ref()
        .is_some_and(|attributes| attributes.find(oid).next().is_some())
}
