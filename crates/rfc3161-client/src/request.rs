//! Requests.

use signed_data::tlv::{Reader, Tag, element};
use signed_data::{AlgorithmIdentifier, Error, OidBuf, normalize};

use crate::hex::hex;
use crate::nonce::Nonce;

/// The digest that is timestamped, with its algorithm
/// ([RFC 3161 §2.4.1](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.1)).
///
/// ```text
/// MessageImprint ::= SEQUENCE {
///   hashAlgorithm AlgorithmIdentifier,
///   hashedMessage OCTET STRING }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MessageImprint {
    /// The digest algorithm.
    pub algorithm: OidBuf,
    /// The DER of the parameters; `05 00` is NULL. RFC 5754 §2 wants them absent for the SHA-2 family, and many write
    /// NULL.
    pub parameters: Option<Vec<u8>>,
    /// The digest.
    pub digest: Vec<u8>,
}

impl core::fmt::Debug for MessageImprint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "MessageImprint({}, {})", self.algorithm, hex(&self.digest))
    }
}

impl MessageImprint {
    /// Makes an imprint from a digest by this algorithm, with NULL parameters, which every TSA reads.
    pub fn new(algorithm: impl Into<OidBuf>, digest: impl Into<Vec<u8>>) -> Self {
        Self { algorithm: algorithm.into(), parameters: Some(vec![0x05, 0x00]), digest: digest.into() }
    }

    /// Tells whether algorithm and digest are the same. Parameters are not compared.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.digest == other.digest
    }

    pub(crate) fn read(reader: &mut Reader<'_>, what: &'static str) -> Result<Self, Error> {
        let mut fields = reader.at(what).expect(Tag::SEQUENCE)?.reader(what);
        let algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let digest = fields.octet_string()?;
        fields.finish()?;
        Ok(Self {
            algorithm: algorithm.oid.into(),
            parameters: algorithm.parameters.map(|tlv| tlv.raw.to_vec()),
            digest: digest.to_vec(),
        })
    }

    fn to_der(&self) -> Vec<u8> {
        let oid = element(Tag::OBJECT_IDENTIFIER, &[self.algorithm.as_bytes()]);
        let algorithm = element(Tag::SEQUENCE, &[&oid, self.parameters.as_deref().unwrap_or_default()]);
        element(Tag::SEQUENCE, &[&algorithm, &element(Tag::OCTET_STRING, &[&self.digest])])
    }
}

/// An extension of a request or of a `TSTInfo` ([RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)).
///
/// ```text
/// Extension ::= SEQUENCE {
///   extnID    OBJECT IDENTIFIER,
///   critical  BOOLEAN DEFAULT FALSE,
///   extnValue OCTET STRING }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TspExtension {
    /// The identifier of the extension.
    pub oid: OidBuf,
    /// The criticality: a critical extension must not be ignored.
    pub critical: bool,
    /// The octets of extnValue, which are the DER of what the extension defines.
    pub value: Vec<u8>,
    raw: Vec<u8>,
}

impl TspExtension {
    /// `Extensions ::= SEQUENCE OF Extension` under an implicit tag.
    pub(crate) fn read_all(reader: &mut Reader<'_>, tag: Tag, what: &'static str) -> Result<Vec<Self>, Error> {
        let Some(list) = reader.at(what).optional(tag)? else { return Ok(Vec::new()) };
        let mut reader = list.reader(what);
        let mut extensions = Vec::new();
        while !reader.is_empty() {
            if extensions.len() >= MAX_EXTENSIONS {
                let kind = signed_data::ErrorKind::Limit { what: "extensions", limit: MAX_EXTENSIONS };
                return Err(reader.error(kind));
            }
            let tlv = reader.expect(Tag::SEQUENCE)?;
            let mut fields = tlv.reader(what);
            let oid = fields.oid()?.into();
            let critical = fields.peek() == Some(Tag::BOOLEAN) && fields.boolean()?;
            let value = fields.octet_string()?.to_vec();
            fields.finish()?;
            extensions.push(Self { oid, critical, value, raw: tlv.raw.to_vec() });
        }
        Ok(extensions)
    }
}

/// A request or token has at most 64 extensions. Real tokens have one or two.
const MAX_EXTENSIONS: usize = 64;

/// A request to a TSA ([RFC 3161 §2.4.1](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.1)).
///
/// ```text
/// TimeStampReq ::= SEQUENCE {
///   version        INTEGER { v1(1) },
///   messageImprint MessageImprint,
///   reqPolicy      TSAPolicyId OPTIONAL,
///   nonce          INTEGER OPTIONAL,
///   certReq        BOOLEAN DEFAULT FALSE,
///   extensions     [0] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampReq {
    imprint: MessageImprint,
    policy: Option<OidBuf>,
    nonce: Option<Nonce>,
    cert_req: bool,
    extensions: Vec<TspExtension>,
}

/// The reason why octets are not a `TimeStampReq`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The coding is wrong.
    #[error(transparent)]
    Coding(#[from] Error),
    /// The version is not 1.
    #[error("TimeStampReq of version {stated}, not 1")]
    Version {
        /// The version, hexadecimal.
        stated: String,
    },
}

impl TimeStampReq {
    /// Makes a request about this imprint that asks for the TSA's certificate (certReq), without policy and nonce.
    #[must_use]
    pub fn new(imprint: MessageImprint) -> Self {
        Self { imprint, policy: None, nonce: None, cert_req: true, extensions: Vec::new() }
    }

    /// Asks for a token under this policy.
    #[must_use]
    pub fn with_policy(mut self, policy: impl Into<OidBuf>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// Asks for a token with this nonce. Without a nonce, an old response about the same imprint would be accepted as an
    /// answer.
    #[must_use]
    pub fn with_nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Does not ask for the TSA's certificate, which the verifier must then have from elsewhere.
    #[must_use]
    pub fn without_certificates(mut self) -> Self {
        self.cert_req = false;
        self
    }

    /// Returns the digest that is to be timestamped.
    #[must_use]
    pub fn imprint(&self) -> &MessageImprint {
        &self.imprint
    }

    /// Returns the policy that is asked for.
    #[must_use]
    pub fn policy(&self) -> Option<&OidBuf> {
        self.policy.as_ref()
    }

    /// Returns the nonce.
    #[must_use]
    pub fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// Tells whether the TSA's certificate is asked for.
    #[must_use]
    pub fn cert_req(&self) -> bool {
        self.cert_req
    }

    /// Returns the extensions of a request that was read.
    #[must_use]
    pub fn extensions(&self) -> &[TspExtension] {
        &self.extensions
    }

    /// Writes the request in DER. A request that was read in DER comes out as it came in.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let policy = self.policy.as_ref().map(|oid| element(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()]));
        let nonce = self.nonce.as_ref().map(|nonce| element(Tag::INTEGER, &[nonce.as_bytes()]));
        let extensions: Vec<&[u8]> = self.extensions.iter().map(|extension| extension.raw.as_slice()).collect();
        let extensions = (!extensions.is_empty()).then(|| element(Tag::context(0), &extensions));
        let parts: [&[u8]; 6] = [
            &[0x02, 0x01, 0x01],
            &self.imprint.to_der(),
            policy.as_deref().unwrap_or_default(),
            nonce.as_deref().unwrap_or_default(),
            // FALSE is the DEFAULT, which DER leaves out.
            if self.cert_req { &[0x01, 0x01, 0xff] } else { &[] },
            extensions.as_deref().unwrap_or_default(),
        ];
        element(Tag::SEQUENCE, &parts)
    }

    /// Reads a stored request, or one that another client made, in DER or BER.
    ///
    /// # Errors
    /// `Coding` for a wrong coding; `Version` for another version than 1.
    pub fn from_der(request: &[u8]) -> Result<Self, RequestError> {
        let definite = normalize(request)?;
        let mut outer = Reader::new(&definite, "TimeStampReq");
        let mut fields = outer.expect(Tag::SEQUENCE)?.reader("TimeStampReq.version");
        outer.finish()?;
        let version = fields.integer()?;
        if version.to_u64() != Some(1) {
            return Err(RequestError::Version { stated: version.to_string() });
        }
        let imprint = MessageImprint::read(&mut fields, "TimeStampReq.messageImprint")?;
        fields.at("TimeStampReq.reqPolicy");
        let policy = if fields.peek() == Some(Tag::OBJECT_IDENTIFIER) { Some(fields.oid()?.into()) } else { None };
        fields.at("TimeStampReq.nonce");
        let nonce =
            if fields.peek() == Some(Tag::INTEGER) { Some(Nonce::from_integer(&fields.integer()?)) } else { None };
        fields.at("TimeStampReq.certReq");
        let cert_req = fields.peek() == Some(Tag::BOOLEAN) && fields.boolean()?;
        let extensions = TspExtension::read_all(&mut fields, Tag::context(0), "TimeStampReq.extensions")?;
        fields.finish()?;
        Ok(Self { imprint, policy, nonce, cert_req, extensions })
    }
}
