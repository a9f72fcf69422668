//! One signature by a party over content that is at hand.

use std::fmt;

use chrono::{DateTime, Utc};
use signed_data::{Attributes, SignedData, normalize};

use crate::asn1::oid;
use crate::cms::{commitment_type, stated_value};
use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Details, Finding, Ledger, Outcome, Subject};
use crate::pki::Certificate;
use crate::text::with_sources;
use crate::verify::examine::examine;
use crate::verify::examined::Examined;
use crate::verify::file::{File, FileSource};
use crate::verify::profile::Profile;
use crate::verify::settings::Settings;
use crate::verify::signature::{RecordsTold, Signature};
use const_oid::ObjectIdentifier;

/// A signature by a party that was looked at.
pub(super) struct PartySignature {
    pub(super) examined: Examined,
    /// What the signer commits to.
    pub(super) commitment: Commitment,
}

/// What the commitment-type-indication of a signature says (ETSI EN 319 122-1 V1.3.1, clause 5.2.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Commitment {
    /// There is none.
    Absent,
    /// There are several, or one that cannot be read.
    Unreadable,
    /// The signer makes the commitment of this type.
    To(ObjectIdentifier),
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("no commitment"),
            Self::Unreadable => f.write_str("a commitment that cannot be read"),
            Self::To(commitment) => write!(f, "{commitment}"),
        }
    }
}

/// The verdict on a signature by a party.
pub(super) enum Verdict {
    Valid(Certificate),
    /// The finding says what is provably wrong.
    Failed(Finding),
    /// The finding says what is missing.
    Open(Finding),
}

/// When a signature by a party is judged, and since when it is known to have existed.
#[derive(Clone, Copy)]
pub(in crate::verify::doors) struct Times {
    pub(in crate::verify::doors) now: DateTime<Utc>,
    /// The time at which a proof that states the signature, or its digest, is proven.
    pub(in crate::verify::doors) existed_at: Option<DateTime<Utc>>,
}

impl Times {
    /// Nothing proves the signature before it is judged.
    pub(super) fn now(now: DateTime<Utc>) -> Self {
        Self { now, existed_at: None }
    }
}

/// Looks at a signature by one signer over this content, with what is known now. A proof that states the signature shows that it
/// existed, as a timestamp would (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.3).
pub(super) fn examine_party_signature(
    signature: &[u8],
    content: &[u8],
    settings: &Settings,
    times: Times,
    ledger: &mut Ledger<'_>,
) -> PartySignature {
    let mut unreadable = |why: String| {
        ledger.note_with(Subject::Envelope, Code::Malformed, || Details::stated(why));
        PartySignature { examined: Examined::nothing(), commitment: Commitment::Absent }
    };
    let normalized = match normalize(signature) {
        Ok(normalized) => normalized,
        Err(error) => return unreadable(with_sources(&error)),
    };
    let signed_data = match SignedData::parse(&normalized) {
        Ok(signed_data) => signed_data,
        Err(error) => return unreadable(with_sources(&error)),
    };
    // Of several signers one may be somebody who has nothing to do with the letter.
    if signed_data.signer_infos.len() != 1 {
        return unreadable(format!("{} signers where there has to be one", signed_data.signer_infos.len()));
    }
    // A second copy of what is signed would be shown by other programs in the place of this one.
    if signed_data.encap_content_info.content.is_some() {
        return unreadable("the content is attached".to_owned());
    }
    let source = FileSource::new(&signed_data, signature, settings);
    let file = File::read(&source, settings);
    let [signer] = file.signers.as_slice() else { return unreadable("no signer".to_owned()) };
    let digest = |algorithm: DigestAlgorithm| Some(algorithm.digest(content));
    let (profile, records_told) = (Profile::Foreign, RecordsTold::Here);
    let (octets, existed_at) = (Some(content), times.existed_at);
    let judged = Signature { file: &file, signer, profile, content: &digest, octets, records_told, existed_at };
    let examined = examine(&judged, settings, times.now, &settings.budgets(), ledger);
    let attributes = signer.signer_info.signed_attributes.as_ref();
    PartySignature { examined, commitment: attributes.map_or(Commitment::Absent, commitment) }
}

fn commitment(attributes: &Attributes<'_>) -> Commitment {
    match stated_value(attributes, oid::COMMITMENT_TYPE) {
        Ok(None) => Commitment::Absent,
        Ok(Some(value)) => commitment_type(value).map_or(Commitment::Unreadable, Commitment::To),
        Err(_) => Commitment::Unreadable,
    }
}

impl PartySignature {
    /// Returns the verdict that the findings come to.
    pub(super) fn verdict(&self, ledger: &Ledger<'_>) -> Verdict {
        match (ledger.decisive_finding(), &self.examined.signer, &self.examined.path) {
            (Some(finding), _, _) if finding.outcome == Outcome::Failed => Verdict::Failed(finding.clone()),
            (Some(finding), _, _) => Verdict::Open(finding.clone()),
            (None, Some(signer), Some(_)) => Verdict::Valid(signer.certificate.clone()),
            // A policy lowered what cannot be done without.
            (None, _, _) => Verdict::Open(Ledger::unproven()),
        }
    }
}

/// Tells what decided the verdict on a signature by a party, and nothing of its certificate, which may name a person.
pub(super) fn reason(finding: &Finding) -> Details {
    Details::computed(finding.code).leading_to(finding.sub_indication)
}
