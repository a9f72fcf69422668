//! Provides a time-stamp authority in this process.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use rfc3161_client::{Accuracy, Nonce, TimeStampReq, Transport, TransportError};
use signed_data::tlv::{Reader, Tag};

use super::token::{Signature, Token, TstInfo};
use super::{CertificateSpec, CertifiedKey, TestPki, TestingError, ber};
use crate::asn1::{oid, writer};
use crate::crypto::{DigestAlgorithm, Signer};
use crate::pki::Certificate;

/// The default policy of the TSA, under the enterprise number for documentation (RFC 5612).
pub(super) const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3161.1");

/// id-kp-serverAuth of RFC 5280 §4.2.1.12, a purpose that no TSA's certificate may have.
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// A fault that the TSA commits on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// The nonce differs from the request's.
    WrongNonce,
    /// The nonce is missing, although the request has one.
    MissingNonce,
    /// A nonce is there, although the request has none.
    UnrequestedNonce,
    /// The imprint is of other data.
    WrongImprint,
    /// The imprint is by another algorithm.
    WrongImprintAlgorithm,
    /// The policy is neither the TSA's own nor the requested one.
    WrongPolicy,
    /// The TSTInfo has version 2.
    WrongVersion,
    /// The TSTInfo has a critical extension that nobody knows.
    UnknownCriticalExtension,
    /// The content says that it is id-data.
    WrongContentType,
    /// The status is rejection, with reason systemFailure.
    Rejected,
    /// The status is granted, and there is no token.
    GrantedWithoutToken,
    /// The status is rejection, and there is a token.
    RejectedWithToken,
    /// The certificate was asked for, and is not in the token.
    MissingCertificate,
    /// The token also holds certificates that have nothing to do with it.
    ForeignCertificates,
    /// The token has two SignerInfos.
    TwoSigners,
    /// The message-digest is of other content.
    WrongMessageDigest,
    /// signing-certificate-v2 names another certificate.
    WrongSigningCertificate,
    /// The attribute signing-certificate-v2 is missing.
    MissingSigningCertificate,
    /// One bit of the signature is flipped.
    BadSignature,
    /// The TSA's certificate expired a day before genTime.
    ExpiredCertificate,
    /// The TSA's certificate becomes valid a day after genTime.
    NotYetValidCertificate,
    /// The TSA's certificate is for TLS servers.
    WrongEku,
    /// The TSA's certificate is for time stamping and for TLS servers.
    ExtraEku,
    /// The TSA's certificate has no extended key usage.
    MissingEku,
    /// The extended key usage is not critical.
    UncriticalEku,
    /// The TSA's certificate is that of a certification authority.
    AuthorityCertificate,
    /// The TSA's certificate is issued by itself, not by its root.
    UntrustedCertificate,
    /// The token is BER, with indefinite lengths and its content in pieces. This is allowed; some readers fail on it.
    Ber,
    /// The answer comes after this time.
    Slow(Duration),
    /// No answer comes.
    Unreachable,
    /// The answer is no ASN.1.
    Garbage,
}

/// A TSA that answers real requests with real tokens, and misbehaves when told so.
///
/// By default it reads the system clock, writes genTime in whole seconds with an accuracy of one second, and counts
/// serial numbers from 1.
pub struct TestTsa {
    key: CertifiedKey,
    root: CertifiedKey,
    clock: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    policy: ObjectIdentifier,
    serial: AtomicU64,
    fraction_digits: usize,
    accuracy: Option<Accuracy>,
    ordering: bool,
    tsa: Option<Vec<u8>>,
    misbehaviour: Option<Misbehaviour>,
}

/// A reason to refuse a request: a bit of PKIFailureInfo and a text.
type Refusal = (u32, &'static str);

const BAD_ALGORITHM: Refusal = (0, "the digest algorithm is not supported");
const BAD_REQUEST: Refusal = (2, "the request cannot be read");
const BAD_DATA_FORMAT: Refusal = (5, "the imprint has not the length of its algorithm");
const UNACCEPTED_POLICY: Refusal = (15, "the policy is not supported");
const UNACCEPTED_EXTENSION: Refusal = (16, "the extension is not supported");
const SYSTEM_FAILURE: Refusal = (25, "the request cannot be handled");

impl TestTsa {
    /// Makes a TSA with the TSA key of this PKI.
    pub fn new(pki: &TestPki) -> Self {
        Self {
            key: pki.tsa.clone(),
            root: pki.tsa_root.clone(),
            clock: Box::new(|| std::time::SystemTime::now().into()),
            policy: POLICY,
            serial: AtomicU64::new(1),
            fraction_digits: 0,
            accuracy: Some(Accuracy { seconds: Some(1), millis: None, micros: None }),
            ordering: false,
            tsa: None,
            misbehaviour: None,
        }
    }

    /// Replaces certificate and key.
    #[must_use]
    pub fn with_key(mut self, key: CertifiedKey) -> Self {
        self.key = key;
        self
    }

    /// Replaces the clock; a fixed time is `move || time`.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Writes genTime with this many digits of a second, up to nine. The time is cut off, not rounded.
    #[must_use]
    pub fn with_fraction_digits(mut self, digits: usize) -> Self {
        self.fraction_digits = digits;
        self
    }

    /// Replaces the policy.
    #[must_use]
    pub fn with_policy(mut self, policy: ObjectIdentifier) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the serial number of the next token; it rises by one with each token.
    #[must_use]
    pub fn with_serial(self, serial: u64) -> Self {
        self.serial.store(serial, Ordering::Relaxed);
        self
    }

    /// Replaces the accuracy.
    #[must_use]
    pub fn with_accuracy(mut self, accuracy: Accuracy) -> Self {
        self.accuracy = Some(accuracy);
        self
    }

    /// Leaves the accuracy out.
    #[must_use]
    pub fn without_accuracy(mut self) -> Self {
        self.accuracy = None;
        self
    }

    /// Sets `ordering` to TRUE.
    #[must_use]
    pub fn with_ordering(mut self) -> Self {
        self.ordering = true;
        self
    }

    /// Writes the certificate's subject as tsa name.
    #[must_use]
    pub fn with_tsa_name(self) -> Self {
        let name = writer::tlv(Tag::context(4), self.key.certificate.subject_der());
        self.with_tsa_general_name(name)
    }

    /// Writes this tsa name, the DER of a GeneralName.
    #[must_use]
    pub fn with_tsa_general_name(mut self, name: Vec<u8>) -> Self {
        self.tsa = Some(name);
        self
    }

    /// Makes the TSA commit this fault.
    #[must_use]
    pub fn with_misbehaviour(mut self, misbehaviour: Misbehaviour) -> Self {
        self.misbehaviour = Some(misbehaviour);
        self
    }

    /// Returns the policy of its tokens.
    pub fn policy(&self) -> ObjectIdentifier {
        self.policy
    }

    /// Answers a request with the DER of a TimeStampResp: a token, or a rejection that says why.
    pub fn respond(&self, request: &[u8]) -> Vec<u8> {
        match self.misbehaviour {
            Some(Misbehaviour::Garbage) => b"<html>no time today</html>".to_vec(),
            Some(Misbehaviour::Rejected) => response(Err(SYSTEM_FAILURE), &[]),
            Some(Misbehaviour::GrantedWithoutToken) => response(Ok(()), &[]),
            _ => match self.token(request) {
                Ok(token) if self.does(Misbehaviour::RejectedWithToken) => response(Err(SYSTEM_FAILURE), &token),
                Ok(token) => response(Ok(()), &token),
                Err(refusal) => response(Err(refusal), &[]),
            },
        }
    }

    fn does(&self, misbehaviour: Misbehaviour) -> bool {
        self.misbehaviour == Some(misbehaviour)
    }

    fn token(&self, request: &[u8]) -> Result<Vec<u8>, Refusal> {
        let request = TimeStampReq::from_der(request).map_err(|_| BAD_REQUEST)?;
        let now = (self.clock)();
        let key = self.certified_key(now).map_err(|_| SYSTEM_FAILURE)?;
        let content = self.tst_info(&request, now)?.to_der();
        let certificates = match (request.cert_req(), self.misbehaviour) {
            (false, _) | (true, Some(Misbehaviour::MissingCertificate)) => Vec::new(),
            (true, Some(Misbehaviour::ForeignCertificates)) => {
                let foreign = self.foreign_certificates(now).map_err(|_| SYSTEM_FAILURE)?;
                [foreign, vec![key.certificate.clone(), self.root.certificate.clone()]].concat()
            }
            (true, _) => vec![key.certificate.clone()],
        };
        let digest_algorithm = key.signer.algorithm().cms_digest();
        let digested: &[u8] = if self.does(Misbehaviour::WrongMessageDigest) { b"something else" } else { &content };
        let token = Token {
            content_type: if self.does(Misbehaviour::WrongContentType) { oid::DATA } else { oid::TST_INFO },
            content: &content,
            signer: &key,
            signing_time: now,
            certificates,
            named: match self.misbehaviour {
                Some(Misbehaviour::MissingSigningCertificate) => None,
                Some(Misbehaviour::WrongSigningCertificate) => Some(&self.root.certificate),
                _ => Some(&key.certificate),
            },
            message_digest: digest_algorithm.digest(digested).as_bytes().to_vec(),
            signature: if self.does(Misbehaviour::BadSignature) { Signature::Flipped } else { Signature::Good },
            signers: if self.does(Misbehaviour::TwoSigners) { 2 } else { 1 },
        };
        let token = token.to_der().ok_or(SYSTEM_FAILURE)?;
        if self.does(Misbehaviour::Ber) { ber::to_ber(&token).ok_or(SYSTEM_FAILURE) } else { Ok(token) }
    }

    fn tst_info(&self, request: &TimeStampReq, now: DateTime<Utc>) -> Result<TstInfo, Refusal> {
        let mut imprint = request.imprint().clone();
        let algorithm = writer::tlv(Tag::OBJECT_IDENTIFIER, imprint.algorithm.as_bytes());
        let algorithm = Reader::new(&algorithm, "algorithm").oid().ok().and_then(DigestAlgorithm::from_oid);
        let algorithm = algorithm.ok_or(BAD_ALGORITHM)?;
        if algorithm.output_len() != imprint.digest.len() {
            return Err(BAD_DATA_FORMAT);
        }
        if request.policy().is_some_and(|policy| policy.as_bytes() != self.policy.as_bytes()) {
            return Err(UNACCEPTED_POLICY);
        }
        if !request.extensions().is_empty() {
            return Err(UNACCEPTED_EXTENSION);
        }
        let mut nonce = request.nonce().map(|nonce: &Nonce| nonce.as_bytes().to_vec());
        match self.misbehaviour {
            Some(Misbehaviour::WrongNonce) => {
                if let Some(last) = nonce.as_mut().and_then(|nonce| nonce.last_mut()) {
                    *last ^= 1;
                }
            }
            Some(Misbehaviour::MissingNonce) => nonce = None,
            Some(Misbehaviour::UnrequestedNonce) => nonce = Some(nonce.unwrap_or_else(|| vec![42])),
            Some(Misbehaviour::WrongImprint) => {
                imprint.digest = algorithm.digest(b"something else").as_bytes().to_vec()
            }
            Some(Misbehaviour::WrongImprintAlgorithm) => {
                let wrong = match algorithm {
                    DigestAlgorithm::Sha256 => DigestAlgorithm::Sha3_256,
                    _ => DigestAlgorithm::Sha256,
                };
                imprint.algorithm = wrong.oid().into();
            }
            _ => {}
        }
        let unknown = writer::sequence(&[
            &writer::oid(ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3161.2")),
            &[0x01, 0x01, 0xff],
            &writer::octet_string(&[0x05, 0x00]),
        ]);
        Ok(TstInfo {
            version: if self.does(Misbehaviour::WrongVersion) { 2 } else { 1 },
            policy: match self.misbehaviour {
                Some(Misbehaviour::WrongPolicy) => ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3161.3"),
                _ => self.policy,
            },
            imprint,
            serial: self.serial.fetch_add(1, Ordering::Relaxed),
            gen_time: now,
            fraction_digits: self.fraction_digits,
            accuracy: self.accuracy,
            ordering: self.ordering,
            nonce,
            tsa: self.tsa.clone(),
            extensions: if self.does(Misbehaviour::UnknownCriticalExtension) { unknown } else { Vec::new() },
        })
    }

    /// Returns the TSA's key with a certificate that has the wanted fault.
    fn certified_key(&self, now: DateTime<Utc>) -> Result<CertifiedKey, TestingError> {
        let (from, until) = (now - TimeDelta::days(30), now + TimeDelta::days(30));
        let good = CertificateSpec::tsa("Test TSA", from, until).with_serial(&[2, 1]);
        let eku = |purposes: &[ObjectIdentifier]| good.clone().with_extended_key_usage(purposes);
        let spec = match self.misbehaviour {
            Some(Misbehaviour::ExpiredCertificate) => good.with_validity(from, now - TimeDelta::days(1)),
            Some(Misbehaviour::NotYetValidCertificate) => good.with_validity(now + TimeDelta::days(1), until),
            Some(Misbehaviour::WrongEku) => eku(&[SERVER_AUTH]),
            Some(Misbehaviour::ExtraEku) => eku(&[oid::TIME_STAMPING, SERVER_AUTH]),
            Some(Misbehaviour::MissingEku) => good.without_extension(oid::EXTENDED_KEY_USAGE),
            Some(Misbehaviour::UncriticalEku) => {
                good.with_extension(oid::EXTENDED_KEY_USAGE, writer::sequence(&[&writer::oid(oid::TIME_STAMPING)]))
            }
            Some(Misbehaviour::AuthorityCertificate) => good.with_authority(None),
            Some(Misbehaviour::UntrustedCertificate) => return good.self_signed(self.key.signer.clone()),
            _ => return Ok(self.key.clone()),
        };
        self.root.issue(&spec, self.key.signer.clone())
    }

    /// Returns an authority of the same name as the TSA's root, and a TSA of the same name and serial number under it.
    fn foreign_certificates(&self, now: DateTime<Utc>) -> Result<Vec<Certificate>, TestingError> {
        let own = &self.key.certificate;
        let (from, until) = (now - TimeDelta::days(30), now + TimeDelta::days(30));
        let root = CertificateSpec::authority("foreign", from, until)
            .with_subject(own.issuer_der().to_vec())
            .self_signed(super::derived_key("foreign root")?)?;
        let tsa = CertificateSpec::tsa("foreign", from, until)
            .with_subject(own.subject_der().to_vec())
            .with_serial(own.serial().significant());
        let tsa = root.issue(&tsa, super::derived_key("foreign tsa")?)?;
        Ok(vec![root.certificate, tsa.certificate])
    }
}

impl Transport for TestTsa {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        match self.misbehaviour {
            Some(Misbehaviour::Unreachable) => {
                return Err(TransportError::Connection(std::io::ErrorKind::ConnectionRefused));
            }
            Some(Misbehaviour::Slow(time)) => std::thread::sleep(time),
            _ => {}
        }
        Ok(self.respond(request))
    }
}

impl core::fmt::Debug for TestTsa {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TestTsa({}, {:?})", self.key.certificate.subject(), self.misbehaviour)
    }
}

/// Encodes a TimeStampResp ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)):
///
/// ```text
/// TimeStampResp ::= SEQUENCE {
///   status          PKIStatusInfo,
///   timeStampToken  ContentInfo OPTIONAL }
/// ```
fn response(status: Result<(), Refusal>, token: &[u8]) -> Vec<u8> {
    let status = match status {
        Ok(()) => writer::sequence(&[&writer::tlv(Tag::INTEGER, &[0])]),
        Err((bit, text)) => {
            let texts = writer::sequence(&[&writer::tlv(Tag::UTF8_STRING, text.as_bytes())]);
            // A named bit list ends with its last set bit.
            let octets = (1_u32 << (31 - bit)).to_be_bytes();
            let significant = octets.iter().rposition(|octet| *octet != 0).and_then(|last| octets.get(..=last));
            let unused = u8::try_from(7 - bit % 8).unwrap_or_default();
            let info = writer::concat(Tag::BIT_STRING, &[&[unused], significant.unwrap_or_default()]);
            writer::sequence(&[&writer::small_integer(2), &texts, &info])
        }
    };
    writer::sequence(&[&status, token])
}
