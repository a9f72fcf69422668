//! The errors, one type for each question asked.

use chrono::{DateTime, NaiveDate, Utc};
use recommande::crypto::{KeyKind, Mechanism};
use recommande::pki::PathError;
use recommande::pki::revocation::RevocationStatus;

use crate::limits::MAX_CONTENT;

/// The reason why a certificate is no addressee of a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddresseeError {
    /// The certificate names somebody else than the sender, by a number.
    #[error("the certificate names somebody else than the sender of the statement")]
    AnotherThanSender,
    /// The certificate has no number that could be the sender's.
    #[error("the certificate has no number that could be that of the sender of the statement")]
    NobodyNamed,
    /// The statement commits to the identifier of its sender. The statement with its disclosure names the sender.
    #[error("the statement commits to the identifier of its sender; take the disclosed statement")]
    SenderNotDisclosed,
    /// The certificate is not yet valid.
    #[error("the certificate is not valid before {not_before}")]
    NotYetValid {
        /// The begin of its validity.
        not_before: DateTime<Utc>,
    },
    /// The validity of the certificate has ended.
    #[error("the certificate was valid until {not_after}")]
    Expired {
        /// The end of its validity.
        not_after: DateTime<Utc>,
    },
    /// The keyUsage of the certificate lacks the bit that its kind of key needs: keyEncipherment of RSA, keyAgreement of EC. A
    /// certificate without keyUsage lacks it too.
    #[error("the key usage of the certificate lacks {0}")]
    KeyUsage(&'static str),
    /// The extKeyUsage of the certificate names purposes, and none of them is emailProtection, documentSigning or any.
    #[error("the certificate is for other purposes than mail and documents")]
    Purpose,
    /// The certificate is that of an authority.
    #[error("the certificate is that of an authority")]
    Authority,
    /// Nothing is enveloped to a key of this kind or size.
    #[error("nothing is enveloped to a key that is {0}")]
    Key(KeyKind),
    /// No certification path leads to a trust anchor.
    #[error("the certificate does not lead to a trust anchor")]
    Path(#[source] PathError),
    /// A certificate of the path, or the revocation data about it, is signed by an algorithm or a key that is not acceptable any more.
    #[error(
        "a certificate of the path, or the data about it, is signed by {what}, which is not acceptable since {since}"
    )]
    AlgorithmPast {
        /// The algorithm or the key.
        what: Mechanism,
        /// The day from which this is so.
        since: NaiveDate,
    },
    /// A certificate of the path, or the revocation data about it, is signed by an algorithm that the policy does not list, or by a key
    /// below its least size.
    #[error("a certificate of the path, or the data about it, is signed by {what}, which the policy does not accept")]
    AlgorithmNotAccepted {
        /// The algorithm or the key.
        what: Mechanism,
    },
    /// A certificate of the path is revoked, or on hold.
    #[error("certificate {position} of the path (from 1, the sender's own) is revoked or on hold since {date}")]
    Revoked {
        /// The position of the certificate, from 1, which is the sender's own.
        position: usize,
        /// The date of the revocation.
        date: DateTime<Utc>,
    },
    /// The revocation data does not say whether a certificate of the path is revoked.
    #[error("certificate {position} of the path (from 1, the sender's own): {status}")]
    StatusNotKnown {
        /// The position of the certificate, from 1, which is the sender's own.
        position: usize,
        /// The answer of the data.
        status: RevocationStatus,
    },
    /// The issuer or the serial number of the certificate has no form in an envelope.
    #[error("the issuer or the serial number of the certificate has no form in an envelope")]
    Name,
}

/// The reason why octets were not enveloped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The proof is another one than that whose sender the addressee is.
    #[error("another proof than that whose sender the addressee is")]
    AnotherProof,
    /// There is more content than one envelope holds.
    #[error("more than {MAX_CONTENT} octets")]
    TooLarge,
    /// The operating system gave no random octets.
    #[error("no random octets for a key")]
    Random,
    /// The key of the certificate cannot be used.
    #[error("the key of the certificate cannot be used")]
    Key,
    /// The envelope cannot be encoded.
    #[error("the envelope cannot be encoded")]
    Encode,
}

/// The reason why a certificate and a private key open no envelopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipientError {
    /// The text is no private key as PKCS #8 in PEM.
    #[error("not a private key as PKCS #8 in PEM")]
    Pem,
    /// The octets are no private key of the kind of the certificate's key.
    #[error("not a private key of the kind that the certificate has")]
    Key,
    /// The key is that of another certificate.
    #[error("the private key is not that of the certificate")]
    AnotherKey,
    /// The issuer or the serial number of the certificate has no form in an envelope.
    #[error("the issuer or the serial number of the certificate has no form in an envelope")]
    Name,
}

/// The reason why a file was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file, or the part of it that names its recipients, has too many octets.
    #[error("the {0} is larger than an envelope may have it")]
    TooLarge(&'static str),
    /// The octets are no envelope in DER.
    #[error("not an envelope in DER")]
    Malformed,
    /// The envelope is of a form or by an algorithm that is not offered.
    #[error("{0} is not offered")]
    NotOffered(&'static str),
    /// The file is an EnvelopedData, which nothing authenticates: [`open_legacy`](crate::open_legacy) opens it, and says what is lost.
    #[error("the envelope is of the form that is not authenticated")]
    NotAuthenticated,
    /// The file is an AuthEnvelopedData: [`open`](crate::open()) opens it.
    #[error("the envelope is of the form that is authenticated")]
    Authenticated,
    /// The envelope is not for this recipient.
    #[error("the envelope is not for this recipient")]
    AnotherRecipient,
    /// The file does not open with this key, or it was changed. Which of them is not told, because an attacker would learn from it. It is
    /// the only error after the private key was used.
    #[error("the envelope does not open with this key, or was changed")]
    NotOpened,
}
