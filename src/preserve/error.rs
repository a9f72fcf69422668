//! The reasons why something is not renewed.

use chrono::{DateTime, SubsecRound, Utc};
use rfc3161_client::{AttemptError, PoolError, ResponseError};

use crate::cms::Unarchivable;
use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Finding};
use crate::text::time;

/// The reason why a file cannot be renewed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRenewable {
    /// The deadline has passed: what the proof rested on has ended, and nothing was stamped over it before. No renewal
    /// brings it back.
    #[error("the deadline for a renewal has passed: {0}")]
    PastDeadline(Box<Finding>),
    /// The file does not verify for another reason.
    #[error("the file does not verify: {0}")]
    NotVerified(Box<Finding>),
    /// No timestamp and no evidence record proves a time. A seal is stamped first.
    #[error("nothing in the file proves a time: it is stamped first, and renewed later")]
    TimeNotProven,
    /// There is not exactly one signer: each one of several would need its own renewal.
    #[error("{0} signers where there has to be one")]
    Signers(usize),
    /// The file is not in DER throughout. Implementations hash it as stored or in DER, and would differ.
    #[error("the file is not coded in DER throughout, so that verifiers would not agree on what was stamped")]
    NotDer,
    /// A certificate, CRL or OCSP response that would be put into the file is not in DER throughout. With it the file could
    /// not be renewed again.
    #[error("a certificate or revocation data that would be added is not coded in DER throughout")]
    AdditionNotDer,
    /// With what is added, the file or the last token of the record would be larger than what is read back.
    #[error("with what is added, it would be larger than what is read back")]
    TooLarge,
    /// There is an archive timestamp of an older form, with this name. It covers certificates and revocation data as they
    /// are, and nothing can be added to them (ETSI EN 319 122-1 V1.3.1, clause 5.5.3).
    #[error("there is an {0}, an older form to whose file nothing can be added")]
    OlderForm(&'static str),
    /// The digest algorithm is weaker than what is there already, or too weak for anything new.
    #[error("{chosen} is weaker than {present}")]
    WeakerAlgorithm {
        /// The algorithm that was chosen.
        chosen: DigestAlgorithm,
        /// The algorithm that is there, or the weakest that is accepted.
        present: DigestAlgorithm,
    },
    /// Revocation data about a certificate that the last layer rests on is missing, or is of no use. It has to be in the
    /// file before it is renewed, because later nobody has it. Give what the certificate's issuer publishes today.
    #[error("revocation data has to be in the file before it is renewed: {0}")]
    RevocationMissing(Box<Finding>),
    /// Revocation data that the verdict rests on was given to the verifier and is not in the file, to which nothing can be
    /// added any more once it is in a group. Put it into the file, or into the record in it, before.
    #[error(
        "revocation data that the verdict rests on is not in the file: it has to be, before the file joins a group"
    )]
    RevocationBeside,
    /// The file holds so many timestamps, and no more are looked at in one signature: the new one would prove nothing. An
    /// evidence record beside the file takes its place. A [`Group`](super::Group) of this file, alone or with others, makes
    /// it, and [`renew_record`](super::Renewer::renew_record) renews it.
    #[error(
        "the file is full: it holds {0} timestamps, and no more are looked at; an evidence record beside it, of a Group, \
         takes the place of the next one"
    )]
    TooManyTimestamps(usize),
    /// The evidence record holds so many timestamps, and a record with one more is not read. A record in a file is followed
    /// by one beside the file, of a [`Group`](super::Group). The verdict of a record beside a file ends with its last
    /// timestamp.
    #[error(
        "the evidence record is full: it holds {0} timestamps, and one with more is not read; a record in a file is \
         followed by one beside the file, of a Group that the file joins after Renewer::complete"
    )]
    RecordFull(usize),
    /// The policy says that this digest algorithm proves nothing any more. A timestamp by it would be refused.
    #[error("{0} proves nothing any more by the policy: a timestamp by it would be refused")]
    AlgorithmPast(DigestAlgorithm),
    /// The file is an aggregated proof, whose two parts hold a timestamp: [`Renewer::renew`](super::Renewer::renew) renews both in
    /// one call. In two steps, the seal of the batch is renewed as a file, and
    /// [`BatchRenewal`](super::BatchRenewal) repeats it for the record.
    #[error(
        "the file is an aggregated proof: in two steps its seal is renewed as a file, and that renewal is repeated for \
         its record"
    )]
    Aggregated,
    /// An evidence record beside the file is over it as it is, and would no longer fit it. Renew the record instead
    /// ([`renew_record`](super::Renewer::renew_record)), or use a verifier without it.
    #[error("an evidence record beside the file is over it as it is: the record is what is renewed")]
    RecordBeside,
    /// The content is detached, and its digest by this algorithm was not given.
    #[error("the content's {0} digest is needed for this renewal and was not given")]
    DigestMissing(DigestAlgorithm),
    /// The evidence record in the file cannot be renewed where it is: it is not the last element of a file in DER, or its
    /// hash algorithm is not offered here.
    #[error("the evidence record cannot be renewed where it is")]
    Record,
}

impl From<Unarchivable> for NotRenewable {
    fn from(why: Unarchivable) -> Self {
        match why {
            Unarchivable::NotDer => Self::NotDer,
            Unarchivable::OlderForm(name) => Self::OlderForm(name),
            Unarchivable::Signers(number) => Self::Signers(number),
        }
    }
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
    /// The second file is not the first one with a new hash tree, or the leaves are not those of this tree.
    #[error("the one file is not the other with a new hash tree over these leaves")]
    NoHashTree,
    /// The token that was renewed is not the same in the second file with more certificates and revocation data beside its
    /// signature. It is another one, or something was taken out of it.
    #[error("the token that was renewed is not the same in the other file, with more beside its signature")]
    Extended,
    /// The token that renews is refused, whatever a verifier trusts: it is over something else, its signature does not hold,
    /// or it is of an earlier time than the one that it renews. The code says which. The signature of a token without the
    /// certificate of its signer is not looked at.
    #[error("the token that renews is refused: {0}")]
    Token(Code),
    /// What was stored of a new hash tree is not what was asked a timestamp for, or does not begin with the first file.
    #[error("the stored leaves are not those of the new hash tree")]
    Leaves,
    /// The object is not the one that the record is over: the file has changed, or the record is that of another one.
    #[error("the object is not the one that the record is over, or it has changed")]
    Changed,
    /// The object is not in the new hash tree: it was left out, or has changed since. It can be renewed by itself.
    #[error("the object is not in the new hash tree, or it has changed")]
    LeftOut,
    /// The digest of the object by this algorithm was not given.
    #[error("the object's {0} digest is needed and was not given")]
    DigestMissing(DigestAlgorithm),
}

/// The reason why a group has no record for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInGroup {
    /// The object is not in the group, or it has changed.
    #[error("the object is not in the group, or it has changed")]
    OtherOctets,
    /// The object was in the group until this chain (from 1), and was left out of a new hash tree.
    #[error("the object was left out of hash tree {0} (from 1) of the group")]
    LeftOut(usize),
    /// The object was added before with another digest by this algorithm, that of the new hash tree. Nobody knows which of
    /// the two it has.
    #[error("the object was added before with another {0} digest")]
    OtherDigest(DigestAlgorithm),
    /// The digest is by another algorithm than this one, which is that of the tree.
    #[error("the digest is not by {0}, the algorithm of the hash tree")]
    OtherAlgorithm(DigestAlgorithm),
    /// The digest of the object by this algorithm was not given.
    #[error("the object's {0} digest is needed and was not given")]
    DigestMissing(DigestAlgorithm),
}

/// The reason why a token does not renew a file. The file is unchanged, and another attempt can be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenewalError {
    /// The file cannot be renewed, or can no longer.
    #[error(transparent)]
    NotRenewable(#[from] NotRenewable),
    /// No TSA gave a token. The error holds the answer of each TSA.
    #[error(transparent)]
    Tsa(PoolError),
    /// The response does not answer the request.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The request is about something else.
    #[error("the request is not about this renewal")]
    OtherRequest,
    /// The token answers the request, and the verifier does not accept it.
    #[error("the token is not accepted: {0}")]
    Token(Box<Finding>),
    /// The token is not in DER throughout. With it the file could not be renewed again.
    #[error("the token is not coded in DER throughout, so that the file could not be renewed again")]
    TokenNotDer,
    /// The token is of a time far ahead of the one that was given as now. One of the two clocks is wrong.
    #[error("the token is of {}, but it is {}: one of the two clocks is wrong", time(*gen_time), time(now.trunc_subsecs(3)))]
    Clock {
        /// The time in the token.
        gen_time: DateTime<Utc>,
        /// The time that was given.
        now: DateTime<Utc>,
    },
    /// The new timestamp ends no later than what it would renew, or at the same time without a stronger algorithm. Ask
    /// another TSA, or take a stronger algorithm.
    #[error("the renewal would hold until {}, no longer than what is there", time(*until))]
    DoesNotLast {
        /// The time until which the renewed file would verify.
        until: DateTime<Utc>,
    },
    /// The renewed file proves a later time than the file did: something that proved the first time does not any more.
    #[error("the renewed file would prove a later time than what is there")]
    LaterTime,
    /// The renewal that is to be repeated is of another batch.
    #[error(transparent)]
    NotInRenewal(#[from] NotInRenewal),
    /// The object is not in the group that is renewed.
    #[error(transparent)]
    NotInGroup(#[from] NotInGroup),
    /// No random nonce could be made.
    #[error("no random nonce")]
    Nonce,
}

impl RenewalError {
    /// Returns the code of the finding that speaks against the file or the token, or against the last token when several
    /// TSAs gave one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Token(finding) => Some(finding.code),
            Self::NotRenewable(why) => why.code(),
            Self::Tsa(error) => error.attempts.iter().rev().find_map(|attempt| {
                let AttemptError::Refused(refused) = &attempt.error else { return None };
                refused.downcast_ref::<Self>()?.code()
            }),
            Self::Response(_)
            | Self::OtherRequest
            | Self::TokenNotDer
            | Self::Clock { .. }
            | Self::DoesNotLast { .. }
            | Self::LaterTime
            | Self::NotInRenewal(_)
            | Self::NotInGroup(_)
            | Self::Nonce => None,
        }
    }
}

impl NotRenewable {
    /// Returns the code of the finding that speaks against the file.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::PastDeadline(finding) | Self::NotVerified(finding) | Self::RevocationMissing(finding) => {
                Some(finding.code)
            }
            Self::TimeNotProven
            | Self::Signers(_)
            | Self::NotDer
            | Self::AdditionNotDer
            | Self::TooLarge
            | Self::OlderForm(_)
            | Self::WeakerAlgorithm { .. }
            | Self::AlgorithmPast(_)
            | Self::RevocationBeside
            | Self::TooManyTimestamps(_)
            | Self::RecordFull(_)
            | Self::Aggregated
            | Self::RecordBeside
            | Self::DigestMissing(_)
            | Self::Record => None,
        }
    }
}
