//! Renews single files.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::batch::BatchRenewal;
use super::due::Due;
use super::error::{NotInRenewal, NotRenewable, RenewalError};
use super::judge::{Kind, check, check_inside, check_revocation, judge, report};
use super::layer::{self, Layer};
use super::strength::{check_strength, strength};
use super::unrenewed::Unrenewed;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Finding, Ledger, Outcome, Subject};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::text::hex;
use crate::time::record::token_imprint;
use crate::verify::{ArtifactKind, Content, ContentDigests, RenewalKind, Report, RevocationPlace, Verifier};

/// The algorithm of a renewal unless another one is chosen. ETSI TS 119 312 V2.1.1, clause 5.2.2, advises at least SHA-384
/// for what has to last longer than twenty years.
const ADVISED: DigestAlgorithm = DigestAlgorithm::Sha512;

/// The algorithm that takes its place where it is the one that ends.
const AFTER_ADVISED: DigestAlgorithm = DigestAlgorithm::Sha3_512;

/// A trip to a TSA, with its repetitions, takes less. A token of a later time has the wrong clock.
const LONGEST_TRIP: TimeDelta = TimeDelta::minutes(10);

/// What came out of an attempt to renew something, and what it came from.
pub(super) struct Attempt<'a> {
    /// What is renewed; `None` where the token is the first one.
    pub(super) before: Option<&'a [u8]>,
    pub(super) after: &'a [u8],
    pub(super) kind: Kind<'a>,
    pub(super) imprint: &'a Digest,
    pub(super) request: &'a TimeStampReq,
    pub(super) gen_time: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

/// Renews files one by one, each with a timestamp of its own.
///
/// A proof gets an archive timestamp over all of it (archive-time-stamp-v3, level CAdES B-LTA; ETSI EN 319 122-1 V1.3.1,
/// clause 5.5.3). A proof of a batch, which nothing may be added to, gets the next ArchiveTimeStamp of the evidence record
/// in it ([RFC 4998 §5.2](https://www.rfc-editor.org/rfc/rfc4998#section-5.2)): over the token before, or, where a digest
/// algorithm ends first, a new hash tree.
///
/// What the last layer needs to be verified later goes into the file before it is stamped: the CRLs and OCSP responses
/// that are given here, and those certificates and revocation data that the verdict rests on and that the verifier was
/// given or the cryptoInfos of a record hold. The renewed file is verified before it is given back.
#[derive(Debug)]
pub struct Renewer<'v> {
    verifier: &'v Verifier,
    /// The verifier with the revocation data beside, where there is any.
    with_revocation: Option<Verifier>,
    revocation: RevocationData,
    algorithm: Option<DigestAlgorithm>,
}

impl<'v> Renewer<'v> {
    /// Makes a renewer for the files that a verifier accepts. It looks at signature and time alone: neither the payload nor
    /// what precedes a statement matters to the preservation.
    pub fn new(verifier: &'v Verifier) -> Self {
        Self { verifier, with_revocation: None, revocation: RevocationData::new(), algorithm: None }
    }

    /// Sets the revocation data that is put into each file: about the TSA of its last timestamp, and about the chain of
    /// the seal where it is not inside.
    ///
    /// It counts as well where the new token of a file or a group is judged. A policy that demands revocation data, such
    /// as [`Policy::strict`](crate::Policy::strict), needs the current CRL of the issuer of the new token's TSA. What is
    /// given when the token is attached is not put into it: the next renewal needs it again.
    #[must_use]
    pub fn with_revocation(self, data: RevocationData) -> Self {
        let with_revocation = (!data.is_empty()).then(|| self.verifier.also_given(&data));
        Self { with_revocation, revocation: data, ..self }
    }

    /// Sets the digest algorithm of the renewals; SHA-512 unless set, or SHA3-512 where SHA-512 is what ends. An evidence
    /// record of another algorithm gets a new hash tree.
    #[must_use]
    pub fn with_algorithm(self, algorithm: DigestAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Renews a file in one call: a proof of any kind, or a signature by anybody.
    ///
    /// # Errors
    /// `NotRenewable`; `Tsa` with every TSA's answer, whose refused tokens have an error of their own; `Nonce`. The file
    /// is unchanged.
    pub fn renew(
        &self,
        file: &[u8],
        content: Content<'_>,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        self.stamp_with(&self.prepare(file, content, now)?, tsas, now)
    }

    /// Renews an evidence record by itself, as [`prepare_record`](Self::prepare_record) prepares it.
    ///
    /// # Errors
    /// Those of [`renew`](Self::renew). The record is unchanged.
    pub fn renew_record(
        &self,
        record: &[u8],
        object: &ContentDigests,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        self.stamp_with(&self.prepare_record(record, object, now)?, tsas, now)
    }

    /// Prepares a file for its renewal. The result can be stored while the TSA is asked.
    ///
    /// # Errors
    /// [`NotRenewable`].
    pub fn prepare<'c>(
        &self,
        file: &[u8],
        content: Content<'c>,
        now: DateTime<Utc>,
    ) -> Result<Unrenewed<'c>, NotRenewable> {
        self.prepare_kind(file, Kind::File(content), now)
    }

    /// Prepares an evidence record by itself for its renewal. It is over an object with these digests: by each algorithm
    /// of the record ([`digest_algorithms`](crate::time::record::digest_algorithms)), and for a new hash tree by its own.
    ///
    /// # Errors
    /// [`NotRenewable`].
    pub fn prepare_record<'c>(
        &self,
        record: &[u8],
        object: &'c ContentDigests,
        now: DateTime<Utc>,
    ) -> Result<Unrenewed<'c>, NotRenewable> {
        self.prepare_kind(record, Kind::Record(object), now)
    }

    fn prepare_kind<'c>(
        &self,
        octets: &[u8],
        kind: Kind<'c>,
        now: DateTime<Utc>,
    ) -> Result<Unrenewed<'c>, NotRenewable> {
        let report = judge(self.verifier, octets, kind, now)?;
        // It is over the file as it is, and would fit no more.
        if report.records.iter().any(|record| record.beside && record.proven_at.is_some()) {
            return Err(NotRenewable::RecordBeside);
        }
        let layer = self.layer(octets, kind, &report)?;
        let beside = layer::beside_tokens(octets, kind, layer, self.verifier)?;
        let (certificates, revocation) = self.collect(&report, beside);
        let extended = layer::extended(octets, kind, layer, &certificates, &revocation)?;
        check_revocation(&judge(self.verifier, &extended, kind, now)?)?;
        Unrenewed::new(extended, kind, layer)
    }

    /// Attaches the token of a response, after checking that it answers `request` and that the file with it verifies.
    ///
    /// # Errors
    /// `Response`, `OtherRequest`, `Token`, `Clock`, `DoesNotLast`, `TokenNotDer`; `NotRenewable` with `PastDeadline` when
    /// the token is of a later time than the deadline, whatever `now` is. The file is unchanged.
    pub fn attach(
        &self,
        unrenewed: &Unrenewed<'_>,
        request: &TimeStampReq,
        response: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        self.attach_token(unrenewed, request, &request.check(response)?, now)
    }

    /// Requests a timestamp from a pool of TSAs, with a random nonce, and attaches the first token that renews the file,
    /// as [`attach`](Self::attach) does.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `Nonce`. The file is unchanged.
    pub fn stamp_with(
        &self,
        unrenewed: &Unrenewed<'_>,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        let request = unrenewed.timestamp_request(Nonce::random().map_err(|_| RenewalError::Nonce)?);
        let attached = tsas.timestamp_with(&request, |token| Ok(self.attach_token(unrenewed, &request, &token, now)?));
        attached.map_err(RenewalError::Tsa)
    }

    /// Checks that a record can be renewed as it is, and returns its deadline.
    pub(super) fn check_record(
        &self,
        record: &[u8],
        object: &ContentDigests,
        now: DateTime<Utc>,
    ) -> Result<Option<Due>, RenewalError> {
        let report = judge(self.verifier, record, Kind::Record(object), now)?;
        check_revocation(&report)?;
        Ok(Due::of(&report))
    }

    /// Checks a file that shall join a group, and returns its own deadline.
    pub(super) fn check_member(
        &self,
        file: &[u8],
        content: Content<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Due>, NotRenewable> {
        let report = judge(self.verifier, file, Kind::File(content), now)?;
        check_revocation(&report)?;
        check_inside(&report)?;
        Ok(Due::of(&report))
    }

    fn attach_token(
        &self,
        unrenewed: &Unrenewed<'_>,
        request: &TimeStampReq,
        token: &TimeStampToken,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        let renewed = unrenewed.with_token(token)?;
        self.check(&Attempt {
            before: Some(unrenewed.der()),
            after: &renewed,
            kind: unrenewed.kind(),
            imprint: unrenewed.imprint(),
            request,
            gen_time: token.tst_info().gen_time,
            now,
        })?;
        Ok(renewed)
    }

    /// Repeats the renewal of a batch for another file of it, and verifies the file before and after it:
    /// [`BatchRenewal::file`] alone looks at nothing but its last token.
    ///
    /// # Errors
    /// `NotInRenewal`, `DoesNotLast`; `NotRenewable` with `NotVerified` when the file was changed, and with
    /// `RevocationMissing` when the revocation data about its seal is neither in the seal nor in the token.
    pub fn repeat(
        &self,
        renewal: &BatchRenewal,
        file: &[u8],
        content: Content<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        self.repeat_kind(renewal, file, Kind::File(content), now)
    }

    /// Repeats the renewal of a batch for another record of it, which is over an object with these digests.
    ///
    /// # Errors
    /// Those of [`repeat`](Self::repeat).
    pub fn repeat_record(
        &self,
        renewal: &BatchRenewal,
        record: &[u8],
        object: &ContentDigests,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        self.repeat_kind(renewal, record, Kind::Record(object), now)
    }

    /// Verifies the file with what the renewal put under its timestamp, and with the timestamp.
    fn repeat_kind(
        &self,
        renewal: &BatchRenewal,
        octets: &[u8],
        kind: Kind<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        let (before, after) = (renewal.extended_form(octets, kind)?, renewal.renewed(octets, kind)?);
        let token = renewal.added_token().ok_or(NotInRenewal::Record)?;
        let imprint = token_imprint(&token).ok_or(NotInRenewal::Record)?;
        self.check_layers(Some(&before), &after, kind, &imprint, token.tst_info().gen_time, now)?;
        Ok(after)
    }

    /// Checks that what was renewed verifies by the token that was requested for it, and longer than before.
    pub(super) fn check(&self, attempt: &Attempt<'_>) -> Result<(), RenewalError> {
        let Attempt { before, after, kind, imprint, request, gen_time, now } = *attempt;
        let requested = request.imprint();
        // A stored request can belong to another file, whose token proves nothing about this one.
        if requested.algorithm != imprint.algorithm().oid() || requested.digest != imprint.as_bytes() {
            return Err(RenewalError::OtherRequest);
        }
        if gen_time.signed_duration_since(now) > LONGEST_TRIP {
            return Err(RenewalError::Clock { gen_time, now });
        }
        self.check_layers(before, after, kind, imprint, gen_time, now)
    }

    /// Checks what was renewed before and after its last layer.
    fn check_layers(
        &self,
        before: Option<&[u8]>,
        after: &[u8],
        kind: Kind<'_>,
        imprint: &Digest,
        gen_time: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), RenewalError> {
        // The token itself has to be in time. Its answer may be kept and attached after the end of what it renews.
        let before = before.map(|before| judge(self.verifier, before, kind, gen_time)).transpose()?;
        before.as_ref().map_or(Ok(()), check_revocation)?;
        // A timestamp covers what is older than the time of verification: it is asked when the token's second is over.
        let asked_at = now.max(gen_time + TimeDelta::seconds(1));
        // Nothing could be put under the token of what was about its TSA, and nothing at all under that of a new group.
        let verifier = self.with_revocation.as_ref().unwrap_or(self.verifier);
        let after = report(verifier, after, kind, asked_at)?;
        check_token(&after, imprint)?;
        check(&after)?;
        match before {
            Some(before) if before.proven_at < after.proven_at => Err(RenewalError::LaterTime),
            Some(before) => check_lasts(&before, &after, imprint.algorithm()),
            None => Ok(()),
        }
    }

    /// Chooses the next layer.
    fn layer(&self, octets: &[u8], kind: Kind<'_>, report: &Report) -> Result<Layer, NotRenewable> {
        let check = |chosen, present| {
            check_strength(chosen, present).map_err(|present| NotRenewable::WeakerAlgorithm { chosen, present })
        };
        let ends = Due::of(report).is_some_and(|due| due.kind == RenewalKind::HashTree);
        if let Some(signed_data) = layer::without_records(octets, kind)? {
            let is_advised_past = ends && layer::archived_by(&signed_data) == Some(ADVISED);
            let algorithm = self.algorithm.unwrap_or(if is_advised_past { AFTER_ADVISED } else { ADVISED });
            check(algorithm, layer::strongest(&signed_data).unwrap_or(DigestAlgorithm::Sha256))?;
            return layer::by_algorithm(octets, kind, algorithm);
        }
        let of_chain = layer::record_algorithm(octets, kind)?;
        let next = if of_chain == ADVISED { AFTER_ADVISED } else { ADVISED };
        let algorithm = self.algorithm.unwrap_or(if ends { next } else { of_chain });
        check(algorithm, of_chain)?;
        layer::by_algorithm(octets, kind, algorithm)
    }

    /// Collects what the verdict rests on and what no timestamp would cover: it was given, or lies in cryptoInfos.
    fn collect(
        &self,
        report: &Report,
        (in_infos, data_in_infos): (Vec<Certificate>, RevocationData),
    ) -> (Vec<Certificate>, RevocationData) {
        let is_used = |certificate: &Certificate| {
            let fingerprint = certificate.fingerprint().to_string();
            report.certificates.iter().any(|used| used.fingerprint == fingerprint)
        };
        let certificates = self.verifier.extra_certificates().iter().cloned().chain(in_infos).filter(is_used).collect();
        let is_uncovered = |place: &RevocationPlace| match place {
            RevocationPlace::Caller | RevocationPlace::CryptoInfos(_) => true,
            RevocationPlace::Signature | RevocationPlace::Timestamp(_) => false,
        };
        let answers = |fingerprint: &Digest| {
            let fingerprint = fingerprint.to_string();
            let mut answers = report.revocation.iter().filter(|summary| summary.fingerprint == fingerprint);
            answers.any(|summary| summary.found_in.iter().all(is_uncovered))
        };
        let mut revocation = self.revocation.clone();
        // What no longer fits is missed by the check of the extended file.
        for data in [self.verifier.revocation_data(), &data_in_infos] {
            for crl in data.crls().iter().filter(|crl| answers(&crl.fingerprint())) {
                let _ = revocation.add_crl(crl.clone());
            }
            for response in data.ocsp_responses().iter().filter(|response| answers(&response.fingerprint())) {
                let _ = revocation.add_ocsp_response(response.clone());
            }
        }
        (certificates, revocation)
    }
}

/// Checks that the timestamp over this imprint is valid.
fn check_token(report: &Report, imprint: &Digest) -> Result<(), RenewalError> {
    let stated = format!("{}:{}", imprint.algorithm().name().to_ascii_lowercase(), hex(imprint.as_bytes()));
    let timestamps = report.timestamps.iter().enumerate();
    let mut renewing = timestamps.filter(|(_, timestamp)| timestamp.imprint.as_deref() == Some(&*stated));
    let Some((index, timestamp)) = renewing.next_back() else {
        return Err(RenewalError::Token(Box::new(Ledger::unproven())));
    };
    if timestamp.valid {
        return Ok(());
    }
    let number = index + 1;
    let is_record = report.artifact == ArtifactKind::EvidenceRecord;
    let subject = if is_record { Subject::ArchiveTimeStamp(number) } else { Subject::Timestamp(number) };
    let speaks_against = |finding: &&Finding| finding.subject == subject && finding.outcome >= Outcome::Indeterminate;
    let finding = report.findings.iter().find(speaks_against).cloned();
    Err(RenewalError::Token(Box::new(finding.unwrap_or_else(Ledger::unproven))))
}

/// The strongest algorithm of the imprints of valid timestamps.
fn timestamped_by(report: &Report) -> Option<DigestAlgorithm> {
    let valid = report.timestamps.iter().filter(|timestamp| timestamp.valid);
    let imprints = valid.filter_map(|timestamp| timestamp.imprint.as_deref()?.split_once(':'));
    let algorithms = imprints.filter_map(|(name, _)| DigestAlgorithm::from_name(name));
    algorithms.max_by_key(|algorithm| strength(*algorithm))
}

/// Checks that the renewed file holds longer than the file, or as long where the algorithm of its timestamp is stronger.
fn check_lasts(before: &Report, after: &Report, algorithm: DigestAlgorithm) -> Result<(), RenewalError> {
    let is_stronger = || timestamped_by(before).is_some_and(|by| strength(by) < strength(algorithm));
    let lasts = |before: &Due, after: &Due| match after.renew_by.cmp(&before.renew_by) {
        Ordering::Greater => true,
        Ordering::Equal => is_stronger(),
        Ordering::Less => false,
    };
    match (Due::of(before), Due::of(after)) {
        (_, None) => Ok(()),
        (Some(before), Some(after)) if lasts(&before, &after) => Ok(()),
        (_, Some(after)) => Err(RenewalError::DoesNotLast { until: after.renew_by }),
    }
}
