//! Renews single files.

use std::slice;

use chrono::{DateTime, Utc};
use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::batch::BatchRenewal;
use super::choice::{Preference, choose};
use super::due::Due;
use super::error::{NotInRenewal, NotRenewable, RenewalError};
use super::judge::{Kind, check_inside, check_no_record_beside, check_revocation, judge};
use super::layer::{self, Layer, ValidationData};
use super::outcome::Renewed;
use super::parts::Parts;
use super::unrenewed::Unrenewed;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::time::record::limits::MAX_ARCHIVE_TIME_STAMPS;
use crate::time::record::token_imprint;
use crate::verify::limits::MAX_TIMESTAMPS;
use crate::verify::{Content, ContentDigests, Report, RevocationPlace, TimestampKind, Verifier};

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
    /// It counts as well where the file is judged before its renewal, as it will be in the file, and where the new token of a
    /// file or a group is judged. A policy that demands revocation data, such
    /// as [`Policy::strict`](crate::Policy::strict), needs the current CRL of the issuer of the new token's TSA. What is
    /// given when the token is attached is not put into it: the next renewal needs it again.
    #[must_use]
    pub fn with_revocation(self, data: RevocationData) -> Self {
        let with_revocation = (!data.is_empty()).then(|| self.verifier.also_given(&data));
        Self { with_revocation, revocation: data, ..self }
    }

    /// Sets the digest algorithm of the renewals. Unless set it is SHA-512, or SHA3-512 where the policy has an end for SHA-512
    /// that comes first: once SHA-512 has ended, and where an algorithm is what ends next. An evidence record of another
    /// algorithm gets a new hash tree.
    #[must_use]
    pub fn with_algorithm(self, algorithm: DigestAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Renews a file in one call: a proof of any kind, or a signature by anybody. Both parts of an aggregated proof (`.rma`) are
    /// renewed by one timestamp.
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
        match Parts::of(file) {
            Some(parts) => self.renew_parts(file, &parts?, tsas, now),
            None => self.stamp_with(&self.prepare(file, content, now)?, tsas, now),
        }
    }

    /// Renews an evidence record by itself, as [`prepare_record`](Self::prepare_record) prepares it. Of a record over several objects
    /// together, a new hash tree is over this object alone: [`renew_record_of_group`](Self::renew_record_of_group) takes all of them.
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

    /// Renews an evidence record over a data group, as [`prepare_record_of_group`](Self::prepare_record_of_group) prepares it.
    ///
    /// # Errors
    /// Those of [`renew`](Self::renew). The record is unchanged.
    pub fn renew_record_of_group(
        &self,
        record: &[u8],
        objects: &[ContentDigests],
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        self.stamp_with(&self.prepare_record_of_group(record, objects, now)?, tsas, now)
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
        match Parts::of(file) {
            Some(_) => Err(NotRenewable::Aggregated),
            None => self.prepare_kind(file, Kind::File(content), now),
        }
    }

    /// Prepares an evidence record by itself for its renewal. It is over an object with these digests: by each algorithm
    /// of the record ([`digest_algorithms`](crate::time::record::digest_algorithms)), and for a new hash tree by its own.
    ///
    /// A record over several objects together proves none of the others any longer once it has a new hash tree over this one:
    /// [`prepare_record_of_group`](Self::prepare_record_of_group) takes all of them.
    ///
    /// # Errors
    /// [`NotRenewable`].
    pub fn prepare_record<'c>(
        &self,
        record: &[u8],
        object: &'c ContentDigests,
        now: DateTime<Utc>,
    ) -> Result<Unrenewed<'c>, NotRenewable> {
        self.prepare_record_of_group(record, slice::from_ref(object), now)
    }

    /// Prepares an evidence record over a data group for its renewal: over these objects together, each with the digests that
    /// [`prepare_record`](Self::prepare_record) takes. A new hash tree is over all of them
    /// ([RFC 4998 §5.3](https://www.rfc-editor.org/rfc/rfc4998#section-5.3)), and an object of the record that is left out is no longer
    /// proven by it.
    ///
    /// # Errors
    /// [`NotRenewable`].
    pub fn prepare_record_of_group<'c>(
        &self,
        record: &[u8],
        objects: &'c [ContentDigests],
        now: DateTime<Utc>,
    ) -> Result<Unrenewed<'c>, NotRenewable> {
        self.prepare_kind(record, Kind::Record(objects), now)
    }

    /// Puts into a file what its last layer needs to be verified later, as a renewal does, and stamps nothing: for a file that
    /// joins a [`Group`](super::Group), whose timestamp covers it from then on. The data about the last timestamp of a proof
    /// of a batch goes into that token.
    ///
    /// # Errors
    /// [`NotRenewable`], but neither `TooManyTimestamps` nor `RecordFull`: a file that is full is followed by a record beside
    /// it.
    pub fn complete(&self, file: &[u8], content: Content<'_>, now: DateTime<Utc>) -> Result<Vec<u8>, NotRenewable> {
        if let Some(parts) = Parts::of(file) {
            return self.complete_parts(file, &parts.map_err(|_| NotRenewable::Record)?, now);
        }
        let kind = Kind::File(content);
        let (report, layer) = self.next_layer(file, kind, now)?;
        self.completed(file, kind, layer, &report, now)
    }

    /// Puts into an evidence record over these objects what its last timestamp needs to be verified later, and stamps nothing: right after a
    /// renewal, so that others find its newest timestamp valid too.
    ///
    /// # Errors
    /// [`NotRenewable`], but not `RecordFull`.
    pub fn complete_record_of_group(
        &self,
        record: &[u8],
        objects: &[ContentDigests],
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, NotRenewable> {
        let kind = Kind::Record(objects);
        let (report, layer) = self.next_layer(record, kind, now)?;
        self.completed(record, kind, layer, &report, now)
    }

    fn prepare_kind<'c>(
        &self,
        octets: &[u8],
        kind: Kind<'c>,
        now: DateTime<Utc>,
    ) -> Result<Unrenewed<'c>, NotRenewable> {
        let (report, layer) = self.next_layer(octets, kind, now)?;
        check_room(layer, &report)?;
        Unrenewed::new(self.completed(octets, kind, layer, &report, now)?, kind, layer)
    }

    /// Judges what is renewed, and chooses its next layer.
    fn next_layer(&self, octets: &[u8], kind: Kind<'_>, now: DateTime<Utc>) -> Result<(Report, Layer), NotRenewable> {
        // What is given goes into the file, and counts before it does.
        let report = judge(self.informed(), octets, kind, now)?;
        check_no_record_beside(&report)?;
        let policy = &self.verifier.policy().algorithms;
        let layer = choose(octets, kind, &report, &Preference { given: self.algorithm, policy, now })?;
        Ok((report, layer))
    }

    /// Returns the file or record with everything that its next layer covers.
    fn completed(
        &self,
        octets: &[u8],
        kind: Kind<'_>,
        layer: Layer,
        report: &Report,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, NotRenewable> {
        let beside = layer::beside_tokens(octets, kind, layer, self.verifier)?;
        let extended = layer::extended(octets, kind, layer, &self.uncovered(report, &beside))?;
        check_revocation(&judge(self.verifier, &extended, kind, now)?)?;
        Ok(extended)
    }

    /// Returns what the verdict rests on and no timestamp would cover, as it was given or lies in cryptoInfos.
    fn uncovered(&self, report: &Report, in_crypto_infos: &ValidationData) -> ValidationData {
        let given = self.verifier.extra_certificates().iter();
        let certificates =
            given.chain(&in_crypto_infos.certificates).filter(|certificate| is_used(certificate, report));
        let certificates = certificates.cloned().collect();
        let mut revocation = self.revocation.clone();
        // What no longer fits is missed by the check of the extended file.
        for data in [self.verifier.revocation_data(), &in_crypto_infos.revocation] {
            for crl in data.crls().iter().filter(|crl| answers_uncovered(&crl.fingerprint(), report)) {
                let _ = revocation.add_crl(crl.clone());
            }
            let responses = data.ocsp_responses().iter();
            for response in responses.filter(|response| answers_uncovered(&response.fingerprint(), report)) {
                let _ = revocation.add_ocsp_response(response.clone());
            }
        }
        ValidationData { certificates, revocation }
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
        let report = judge(self.verifier, record, Kind::Record(slice::from_ref(object)), now)?;
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
        let report = judge(self.informed(), file, Kind::File(content), now)?;
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
        let after = unrenewed.with_token(token)?;
        let renewed = Renewed {
            before: Some(unrenewed.der()),
            after: &after,
            kind: unrenewed.kind(),
            imprint: unrenewed.imprint(),
            gen_time: token.tst_info().gen_time,
            now,
        };
        renewed.check_request(request)?;
        self.check(&renewed)?;
        Ok(after)
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
        match Parts::of(file) {
            Some(parts) => self.repeat_parts(renewal, &parts?, now),
            None => self.repeat_kind(renewal, file, Kind::File(content), now),
        }
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
        self.repeat_kind(renewal, record, Kind::Record(slice::from_ref(object)), now)
    }

    /// Verifies the file with what the renewal put under its timestamp, and with the timestamp.
    fn repeat_kind(
        &self,
        renewal: &BatchRenewal,
        octets: &[u8],
        kind: Kind<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        let (before, after) = renewal.extended_and_renewed(octets, kind)?;
        let token = renewal.added_token().ok_or(NotInRenewal::Record)?;
        let imprint = token_imprint(&token).ok_or(NotInRenewal::Record)?;
        let gen_time = token.tst_info().gen_time;
        self.check(&Renewed { before: Some(&before), after: &after, kind, imprint: &imprint, gen_time, now })?;
        Ok(after)
    }

    /// Checks that what was renewed verifies, and longer than before.
    pub(super) fn check(&self, renewed: &Renewed<'_>) -> Result<(), RenewalError> {
        // Nothing could be put under the token of what was about its TSA, and nothing at all under that of a new group.
        renewed.check_layers(self.verifier, self.informed())
    }

    /// Returns the verifier with the revocation data that is given for the renewal.
    pub(super) fn informed(&self) -> &Verifier {
        self.with_revocation.as_ref().unwrap_or(self.verifier)
    }
}

/// Checks that one more timestamp would be looked at. Otherwise a token would be paid for that proves nothing.
///
/// # Errors
/// `TooManyTimestamps`, `RecordFull`.
fn check_room(layer: Layer, report: &Report) -> Result<(), NotRenewable> {
    match layer {
        Layer::Record(_) => {
            let records = report.records.iter().filter(|record| !record.beside);
            let has_room = records.map(|record| record.timestamps.len()).all(|held| held < MAX_ARCHIVE_TIME_STAMPS);
            if has_room { Ok(()) } else { Err(NotRenewable::RecordFull(MAX_ARCHIVE_TIME_STAMPS)) }
        }
        Layer::Archive(_) => {
            let kinds = report.timestamps.iter().map(|timestamp| timestamp.kind);
            let in_file = kinds.filter(|kind| *kind != TimestampKind::EvidenceRecord).count();
            if in_file < MAX_TIMESTAMPS { Ok(()) } else { Err(NotRenewable::TooManyTimestamps(MAX_TIMESTAMPS)) }
        }
    }
}

fn is_used(certificate: &Certificate, report: &Report) -> bool {
    let fingerprint = certificate.fingerprint().to_string();
    report.certificates.iter().any(|used| used.fingerprint == fingerprint)
}

/// Whether a CRL or an OCSP response answered, and lies nowhere but where no timestamp would cover it.
fn answers_uncovered(fingerprint: &Digest, report: &Report) -> bool {
    let is_uncovered = |place: &RevocationPlace| match place {
        // An archive timestamp covers the timestamps of its own signer alone (ETSI EN 319 122-1 V1.3.1, clause 5.5.2).
        RevocationPlace::Caller | RevocationPlace::CryptoInfos(_) | RevocationPlace::OtherSigner => true,
        RevocationPlace::Signature | RevocationPlace::Timestamp(_) => false,
    };
    let fingerprint = fingerprint.to_string();
    let mut answers = report.revocation.iter().filter(|summary| summary.fingerprint == fingerprint);
    answers.any(|summary| summary.found_in.iter().all(is_uncovered))
}
