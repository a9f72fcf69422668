//! Verifies a TimeStampToken: it must be genuine and about this data, and its TSA must be trusted (RFC 3161, RFC 5816,
//! ETSI EN 319 421 and 422).
//!
//! `rfc3161-client` answers the other question, whether a response answers a request. Each check is one function that
//! notes its findings.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rfc3161_client::{ParsedToken, TokenError, TstInfo};

use crate::asn1::oid;
use crate::cms::{CheckedSigner, ContentDigest, SignerCheck, check_signer, note_standing};
use crate::crypto::{AlgorithmPolicy, DigestAlgorithm, KnownSignatures};
use crate::finding::{Code, Details, Notes, Subject};
use crate::pki::{
    Certificate, CertificatePool, ChainValidator, LocatedStanding, Strength, ValidatedPath, ValidationBudget,
};
use crate::text::{hex, seconds, shown, time};

/// A token that has been read, and the certificates in it.
#[derive(Clone, Copy)]
pub(crate) struct ReadToken<'a> {
    pub(crate) parsed: &'a ParsedToken<'a>,
    pub(crate) certificates: &'a [Certificate],
}

/// The data that a token is about.
#[derive(Clone, Copy)]
pub(crate) enum Stamped<'a> {
    /// The data by its digest, as far as it is known.
    Data(ContentDigest<'a>),
    /// The token is of a form whose coverage is not evaluated.
    NotEvaluated,
}

/// Everything that one token is checked against.
pub(crate) struct TokenCheck<'a> {
    /// The digest of the data that was stamped, by the algorithm that the token names.
    pub(crate) imprint: Stamped<'a>,
    /// The certificates from elsewhere, where the TSA's is not in the token.
    pub(crate) extra: &'a [Certificate],
    /// The signatures that were found good, where many artifacts share the token.
    pub(crate) shared: Option<&'a KnownSignatures>,
    /// The budget of the artifact.
    pub(crate) budget: &'a ValidationBudget,
}

/// The demands of a verifier on a token beside being genuine.
pub(crate) struct TokenTrust<'a> {
    pub(crate) chains: &'a ChainValidator,
    /// The certificates for its path, those of the token among them.
    pub(crate) candidates: &'a CertificatePool,
    /// The accepted TSA policies, dotted. An empty list accepts any.
    pub(crate) policies: &'a [String],
    pub(crate) algorithms: &'a AlgorithmPolicy,
    pub(crate) clock_skew: TimeDelta,
    /// The earliest time at which the token is known to have existed: `now`, or the time of later evidence that covers
    /// it.
    pub(crate) existed: DateTime<Utc>,
    /// The earliest time at which each certificate of its path is known to have existed.
    pub(crate) since: &'a dyn Fn(&Certificate) -> DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) budget: &'a ValidationBudget,
}

/// A token that is genuine and about the data, as far as that was given, and the time that it attests. The trust in its
/// TSA is another question.
#[derive(Clone, Debug)]
pub(crate) struct GenuineToken {
    pub(crate) gen_time: DateTime<Utc>,
    /// The accuracy, which is absent where the TSA states none, or none that can be used.
    pub(crate) accuracy: Option<TimeDelta>,
    pub(crate) imprint: DigestAlgorithm,
    pub(crate) signer: CheckedSigner,
}

/// Makes the checks that need the token alone, and notes each finding. The token is there when all of it holds.
pub(crate) fn check_token(
    token: ReadToken<'_>,
    check: &TokenCheck<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<GenuineToken> {
    let ParsedToken { signed_data, tst_info: info } = token.parsed;
    let imprint = check_imprint(info, check, notes);
    check_gen_time(info, notes);
    check_accuracy(info, notes);
    // The flag says that tokens of one TSA can be ordered by time whatever their accuracy (RFC 3161 §2.4.2).
    notes.note_with(Code::TimestampOrdering, || Details::stated(info.ordering));
    check_extensions(info, notes);

    // A token must have the signature of its TSA and no other (RFC 3161 §2.4.2).
    let [signer_info] = signed_data.signer_infos.as_slice() else {
        notes.note(Code::TimestampSeveralSigners);
        return None;
    };
    let content = signed_data.encap_content_info.content;
    let signer = check_signer(
        &SignerCheck {
            signed_data,
            signer_info,
            content_type: Some(oid::TST_INFO),
            content: &|algorithm| content.map(|octets| algorithm.digest(octets)),
            octets: content,
            certificates: token.certificates,
            extra: check.extra,
            shared: check.shared,
            budget: check.budget,
        },
        notes,
    )?;
    let signer = signer.chosen(notes.levels(), |candidate, scratch| {
        check_purpose(&candidate.certificate, info.gen_time, &mut Notes::new(scratch, Subject::Token));
    });
    check_purpose(&signer.certificate, info.gen_time, notes);
    check_tsa_name(info, &signer.certificate, notes);
    if signer.certificate.claims_qc_statement(oid::QTST_STATEMENT) {
        notes.note(Code::TsaClaimsQualified);
    }
    let (imprint, compared) = imprint?;
    let genuine =
        notes.is_sound().then(|| GenuineToken { gen_time: info.gen_time, accuracy: accuracy(info), imprint, signer });
    // This note comes last, so that the rest of the token is judged all the same. With it, the token proves nothing.
    if compared == Compared::No {
        notes.note_with(Code::ContentNotGiven, || Details::stated(imprint.name()));
    }
    genuine
}

/// Notes the reason why octets are no token.
pub(crate) fn note_unreadable(error: &TokenError, notes: &mut Notes<'_, '_>) {
    let has_several = matches!(error, TokenError::SignerCount { .. });
    let code = if has_several { Code::TimestampSeveralSigners } else { Code::TimestampMalformed };
    notes.note_with(code, || Details::stated(error));
}

/// Makes the checks that depend on the verifier: its anchors for TSAs, its clock, its policy. The path is there when all of it
/// holds.
///
/// The path is judged at genTime, algorithms at the time at which the token is known to have existed.
pub(crate) fn check_trust(
    info: &TstInfo,
    genuine: &GenuineToken,
    trust: &TokenTrust<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<Arc<ValidatedPath>> {
    check_clock(genuine, trust, notes);
    check_policy(info, trust, notes);
    let at = trust.existed.max(genuine.gen_time);
    let GenuineToken { signer, .. } = genuine;
    let strength = Strength { algorithms: trust.algorithms, since: trust.since };
    let TokenTrust { candidates, budget, .. } = *trust;
    let validated = trust.chains.check(&signer.certificate, candidates, genuine.gen_time, budget, strength, notes);
    let (path, of_path) = match validated {
        Some((path, severity)) => (Some(path), severity),
        // A path that does not hold tells nothing but the algorithm that signed the certificate itself.
        None => (None, signer.certificate.severity(trust.algorithms, at)),
    };
    let severity = trust.algorithms.digest_severity(genuine.imprint, at).max(signer.severity(trust.algorithms, at));
    let standing = || {
        let of_path = match &path {
            Some(path) => path.standing(strength),
            None => signer.certificate.standing(trust.algorithms, at),
        };
        let of_token = trust.algorithms.digest(genuine.imprint, at).max(signer.standing(trust.algorithms, at));
        LocatedStanding::from(of_token).max(of_path)
    };
    note_standing(severity.max(of_path), standing, notes);
    path.filter(|_| notes.is_sound())
}

/// The state of the comparison of an imprint with the data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compared {
    Yes,
    No,
    NotEvaluated,
}

/// Checks that the imprint is the digest of the stamped data. A digest that was not given is noted at the end.
fn check_imprint(
    info: &TstInfo,
    check: &TokenCheck<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<(DigestAlgorithm, Compared)> {
    let stated = &info.message_imprint;
    let Some(algorithm) = DigestAlgorithm::ALL.into_iter().find(|algorithm| stated.algorithm == algorithm.oid()) else {
        notes.note_with(Code::TimestampImprintAlgorithmNotOffered, || Details::stated(&stated.algorithm));
        return None;
    };
    // RFC 3161 §2.4.1: the length must be that of the algorithm's digest. With another it is the imprint of no data.
    if stated.digest.len() != algorithm.output_len() {
        let computed = || format!("{algorithm} has {} octets", algorithm.output_len());
        notes.note_with(Code::TimestampImprintDiffers, || Details::both(hex(&stated.digest), computed()));
        return None;
    }
    let computed = match check.imprint {
        Stamped::Data(digest) => digest(algorithm),
        Stamped::NotEvaluated => return Some((algorithm, Compared::NotEvaluated)),
    };
    let Some(computed) = computed else { return Some((algorithm, Compared::No)) };
    if stated.digest == computed.as_bytes() {
        notes.note_with(Code::TimestampImprintMatches, || Details::computed(computed));
    } else {
        notes.note_with(Code::TimestampImprintDiffers, || Details::both(hex(&stated.digest), computed));
    }
    Some((algorithm, Compared::Yes))
}

/// Notes genTime, and a form of it that is not DER (RFC 3161 §2.4.2).
fn check_gen_time(info: &TstInfo, notes: &mut Notes<'_, '_>) {
    notes.note_with(Code::TimestampTime, || Details::stated(time(info.gen_time)));
    if !info.gen_time_as_coded.coding.is_der() {
        notes.note(Code::TimestampTimeCoding);
    }
}

/// Checks the time against the verifier's clock, because a time ahead of it attests nothing.
fn check_clock(genuine: &GenuineToken, trust: &TokenTrust<'_>, notes: &mut Notes<'_, '_>) {
    let tolerance = tolerance(trust.clock_skew, genuine.accuracy);
    if genuine.gen_time.signed_duration_since(trust.now) > tolerance {
        notes.note_with(Code::TimestampInTheFuture, || Details::both(time(genuine.gen_time), time(trust.now)));
    }
}

/// The largest accuracy that stretches a comparison of times. Real TSAs state up to 30 s; one that states a year must
/// not put a year's tolerance into a verdict.
const MAX_ACCURACY: TimeDelta = TimeDelta::minutes(1);

/// Returns the distance by which a token's time and another time may differ.
pub(crate) fn tolerance(clock_skew: TimeDelta, accuracy: Option<TimeDelta>) -> TimeDelta {
    clock_skew + accuracy.unwrap_or_default().min(MAX_ACCURACY)
}

/// Checks that the token's policy is one that the caller accepts. A TSA may stamp under several, and not all are
/// qualified (RFC 3161 §2.4.2).
fn check_policy(info: &TstInfo, trust: &TokenTrust<'_>, notes: &mut Notes<'_, '_>) {
    if trust.policies.is_empty() || trust.policies.contains(&shown(&info.policy)) {
        notes.note_with(Code::TimestampPolicyAccepted, || Details::stated(&info.policy));
    } else {
        notes.note_with(Code::TimestampPolicyNotAccepted, || Details::both(&info.policy, trust.policies.join(", ")));
    }
}

/// Checks the accuracy. An absent one is unknown, not zero; parts out of range make the statement unusable (RFC 3161
/// §2.4.2; ETSI EN 319 422 clause 5.2.2).
fn check_accuracy(info: &TstInfo, notes: &mut Notes<'_, '_>) {
    match (&info.accuracy, accuracy(info)) {
        (None, _) => notes.note(Code::TimestampAccuracyAbsent),
        (Some(_), None) => notes.note(Code::TimestampAccuracyOutOfRange),
        (Some(_), Some(value)) if value > TimeDelta::seconds(1) => {
            notes.note_with(Code::TimestampAccuracyAboveOneSecond, || Details::stated(seconds(value)));
        }
        (Some(_), Some(value)) => notes.note_with(Code::TimestampAccuracy, || Details::stated(seconds(value))),
    }
}

/// Checks that there is no critical extension that is not understood: it may change the meaning of the token.
fn check_extensions(info: &TstInfo, notes: &mut Notes<'_, '_>) {
    if let Some(critical) = info.extensions.iter().find(|extension| extension.critical) {
        notes.note_with(Code::TimestampCriticalExtension, || Details::stated(&critical.oid));
    }
}

/// Checks that extended key usage is critical and exactly id-kp-timeStamping (RFC 3161 §2.3), and that certificate and
/// key were valid.
fn check_purpose(certificate: &Certificate, gen_time: DateTime<Utc>, notes: &mut Notes<'_, '_>) {
    match certificate.extended_key_usage() {
        Some(usage) if usage.critical && usage.is_only(oid::TIME_STAMPING) => notes.note(Code::TsaPurpose),
        Some(_) => notes.note(Code::TsaPurposeWrong),
        None => notes.note(Code::TsaPurposeMissing),
    }
    if !certificate.may_only_sign() {
        notes.note(Code::TsaKeyUsageWrong);
    }
    if certificate.is_ca() {
        notes.note(Code::TsaCertificateIsCa);
    }
    if gen_time < certificate.not_before() || gen_time > certificate.not_after() {
        notes.note_with(Code::TsaCertificateOutOfValidity, || {
            let validity = format!("{} to {}", time(certificate.not_before()), time(certificate.not_after()));
            Details::both(time(gen_time), validity)
        });
    }
    if certificate.private_key_usage_period().is_some_and(|period| !period.contains(gen_time)) {
        notes.note(Code::TsaKeyOutOfUse);
    }
}

/// Compares the TSA name with the certificate. Real TSAs put other names there, so that a difference only warns. The
/// name is not shown, because it can be a person's.
fn check_tsa_name(info: &TstInfo, certificate: &Certificate, notes: &mut Notes<'_, '_>) {
    if let Some(name) = &info.tsa {
        notes.note(if certificate.has_general_name(name.as_der()) {
            Code::TsaNameMatches
        } else {
            Code::TsaNameDiffers
        });
    }
}

/// Returns the stated accuracy, if it can be used.
pub(crate) fn accuracy(info: &TstInfo) -> Option<TimeDelta> {
    info.accuracy
        .as_ref()
        .filter(|accuracy| accuracy.is_in_range())
        .and_then(|accuracy| TimeDelta::from_std(accuracy.total()).ok())
}
