//! The renewal of one token, in all the records that hold it.

use std::fmt;

use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Reader, Tag};

use crate::asn1::last::split_last;
use crate::time::record::{EvidenceRecord, RecordTail};

/// The timestamp renewal of a batch: one token renews all of its records, and they change in the same way. Only the
/// `crls` of their last token, and the ArchiveTimeStamp after it, are new; all else stays octet for octet.
///
/// A [`Renewer`](super::Renewer) renews any one file or record of the batch, and verifies it. This value repeats the
/// renewal for the others, at the speed of a copy, and verifies nothing: a file that was changed stays one that does not
/// verify. [`Renewer::repeat`](super::Renewer::repeat) does the same for files that nobody verified yet, and for those of
/// several sealers. It is not stored itself: the one file, as it was and as it is, gives it again.
///
/// ```
/// # use chrono::Utc;
/// # use recommande::{rfc3161_client::TsaPool, verify::Content};
/// use recommande::preserve::{BatchRenewal, Renewer};
/// # fn renewed(renewer: &Renewer<'_>, tsas: &TsaPool, files: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
/// # let first = &files[0];
/// let renewed = renewer.renew(first, Content::Attached, tsas, Utc::now())?;
/// let renewal = BatchRenewal::between(first, &renewed)?;
/// let all = files.iter().map(|file| renewal.file(file)).collect::<Result<Vec<_>, _>>()?;
/// # Ok(all)
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BatchRenewal {
    /// The last token, as the records hold it.
    token: Vec<u8>,
    /// The same with the revocation data that was added.
    extended: Vec<u8>,
    /// The ArchiveTimeStamp that renews it.
    added: Vec<u8>,
}

/// The reason why a renewal is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInRenewal {
    /// There is no evidence record in DER, or it is not the only unsigned attribute of its file.
    #[error("there is no evidence record, or none that can be renewed where it is")]
    Record,
    /// The last token of the record is another one: the record is of another batch, or was renewed already.
    #[error("the last token of the record is not the one that was renewed")]
    OtherToken,
    /// The second file is not the first one with its timestamp renewed: it got a new hash tree, or is another file.
    #[error("the one file is not the other with its timestamp renewed")]
    NoTimestampRenewal,
}

impl BatchRenewal {
    /// Reads the renewal out of one file, or one record, as it was before it and as it is after it.
    ///
    /// # Errors
    /// `Record`, `NoTimestampRenewal`.
    pub fn between(before: &[u8], after: &[u8]) -> Result<Self, NotInRenewal> {
        let of_any = |octets| RecordTail::of_file(octets).or_else(|| RecordTail::of_record(octets));
        let (old, new) = (of_any(before).ok_or(NotInRenewal::Record)?, of_any(after).ok_or(NotInRenewal::Record)?);
        let record = EvidenceRecord::parse(new.record()).map_err(|_| NotInRenewal::Record)?;
        let stamps = record.chains.last().map(|chain| chain.archive_time_stamps.as_slice()).unwrap_or_default();
        let [.., extended, _] = stamps else { return Err(NotInRenewal::NoTimestampRenewal) };
        let renewal = Self {
            token: old.token().to_vec(),
            extended: extended.time_stamp.to_vec(),
            added: new.archive_time_stamp().to_vec(),
        };
        if renewal.write(&old) == after { Ok(renewal) } else { Err(NotInRenewal::NoTimestampRenewal) }
    }

    /// Renews a file with the record of the same batch in it. Nothing but the last token of the record is looked at.
    ///
    /// # Errors
    /// `Record`, `OtherToken`.
    pub fn file(&self, file: &[u8]) -> Result<Vec<u8>, NotInRenewal> {
        self.renewed(RecordTail::of_file(file))
    }

    /// Renews a record of the same batch. Nothing but its last token is looked at.
    ///
    /// # Errors
    /// `Record`, `OtherToken`.
    pub fn record(&self, record: &[u8]) -> Result<Vec<u8>, NotInRenewal> {
        self.renewed(RecordTail::of_record(record))
    }

    pub(super) fn token(&self) -> &[u8] {
        &self.token
    }

    pub(super) fn extended(&self) -> &[u8] {
        &self.extended
    }

    /// Returns the token that renews.
    pub(super) fn added_token(&self) -> Option<TimeStampToken> {
        let mut reader = Reader::new(&self.added, "ArchiveTimeStamp");
        let (_, token) = split_last(&reader.any().ok()?, Tag::SEQUENCE)?;
        TimeStampToken::from_bytes(token.raw).ok()
    }

    /// Returns the file with the data that was added to its last token, before the ArchiveTimeStamp.
    pub(super) fn extended_file(&self, file: &[u8]) -> Result<Vec<u8>, NotInRenewal> {
        self.extended_form(RecordTail::of_file(file))
    }

    /// The same of a record.
    pub(super) fn extended_record(&self, record: &[u8]) -> Result<Vec<u8>, NotInRenewal> {
        self.extended_form(RecordTail::of_record(record))
    }

    fn extended_form(&self, tail: Option<RecordTail<'_>>) -> Result<Vec<u8>, NotInRenewal> {
        let tail = tail.filter(|tail| tail.token() == self.token).ok_or(NotInRenewal::OtherToken)?;
        Ok(tail.with_token(&self.extended))
    }

    fn renewed(&self, tail: Option<RecordTail<'_>>) -> Result<Vec<u8>, NotInRenewal> {
        let tail = tail.ok_or(NotInRenewal::Record)?;
        if tail.token() == self.token { Ok(self.write(&tail)) } else { Err(NotInRenewal::OtherToken) }
    }

    fn write(&self, tail: &RecordTail<'_>) -> Vec<u8> {
        tail.with_archive_time_stamp(&self.extended, &self.added)
    }
}

impl fmt::Debug for BatchRenewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchRenewal({} octets)", self.added.len())
    }
}
