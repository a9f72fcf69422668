//! Renews aggregated proofs in one file: the seal of the batch and the record of the statement together.

use std::slice;

use chrono::{DateTime, Utc};
use rfc3161_client::TsaPool;

use super::batch::BatchRenewal;
use super::error::{NotInRenewal, NotRenewable, RenewalError};
use super::extension::Extension;
use super::judge::{Kind, check_no_record_beside, judge};
use super::layer;
use super::parts::Parts;
use super::rehash::BatchRehash;
use super::renewer::Renewer;
use crate::verify::Content;

impl Renewer<'_> {
    /// Renews both parts by one token.
    pub(super) fn renew_parts(
        &self,
        file: &[u8],
        parts: &Parts,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        check_no_record_beside(&judge(self.informed(), file, Kind::File(Content::Attached), now)?)?;
        let unrenewed = self.prepare(parts.seal(), Content::Attached, now)?;
        let object = parts.object(unrenewed.hash_tree());
        let renewal = match unrenewed.hash_tree() {
            None => BatchRenewal::between(parts.seal(), &self.stamp_with(&unrenewed, tsas, now)?)?,
            Some(_) => {
                let mut rehash = BatchRehash::of(parts.seal(), unrenewed)?;
                rehash.add_record(parts.record(), &object)?;
                rehash.close()?.stamp_with(self, tsas, now)?
            }
        };
        self.repeat_parts(&renewal, parts, now)
    }

    /// Repeats the renewal of a batch for both parts, and verifies each before and after it.
    pub(super) fn repeat_parts(
        &self,
        renewal: &BatchRenewal,
        parts: &Parts,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        let object = parts.object(renewal.algorithm());
        let seal = self.repeat(renewal, parts.seal(), Content::Attached, now)?;
        let record = self.repeat_record(renewal, parts.record(), &object, now)?;
        Ok(parts.with(&seal, &record)?)
    }

    /// Puts the same data into the token of both parts.
    pub(super) fn complete_parts(
        &self,
        file: &[u8],
        parts: &Parts,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, NotRenewable> {
        check_no_record_beside(&judge(self.informed(), file, Kind::File(Content::Attached), now)?)?;
        let (kind, seal) = (Kind::File(Content::Attached), parts.seal());
        let completed = self.complete(seal, Content::Attached, now)?;
        let [token, extended] = [layer::tail(seal, kind)?, layer::tail(&completed, kind)?].map(|tail| tail.token());
        let extension = Extension::new(token, extended).map_err(|_| NotRenewable::Record)?;
        let object = parts.object(None);
        let record = extension.of(parts.record(), Kind::Record(slice::from_ref(&object)));
        let whole = record.and_then(|record| parts.with(&completed, &record));
        whole.map_err(|_| NotRenewable::Record)
    }
}

impl BatchRenewal {
    /// Repeats the renewal for both parts, and looks at their last tokens and digests alone.
    pub(super) fn parts(&self, parts: &Parts) -> Result<Vec<u8>, NotInRenewal> {
        let seal = self.file(parts.seal())?;
        parts.with(&seal, &self.record(parts.record(), &parts.object(self.algorithm()))?)
    }
}
