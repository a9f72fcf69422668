//! The worst files that are known, of each kind and of any size: what an attacker puts into a signature so that its
//! verification costs as much as it can. They serve the bench `worst_files` and the tests of counted work.
//!
//! Nothing here needs a key that somebody trusts, except for the tokens: an attacker gets those from any TSA.

#[path = "worst/archives.rs"]
mod archives;

use chrono::{DateTime, Duration, Utc};
use const_oid::ObjectIdentifier;
use recommande::crypto::{DigestAlgorithm, Signer};
use recommande::pki::Certificate;
use recommande::pki::revocation::OcspStatus;
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, Forge, ForgedTstInfo, OcspAnswerSpec, OcspSpec, ResponderIdSpec, TestPki,
    attribute, derived_key, tlv,
};
use signed_data::limits::{MAX_ELEMENTS_OF_SMALL, MAX_TOTAL_ELEMENTS, OCTETS_OF_ELEMENT};
use signed_data::tlv::{Reader, Tag};

use super::oid;

/// Signatures that are judged in one file, timestamps in one signature, tokens in one record, and records.
const SIGNERS: usize = 16;
const TOKENS: usize = 24;
const RECORD_TOKENS: usize = 32;
const RECORDS: usize = 4;
/// The largest numbers that are taken up for one file.
const CERTIFICATES: usize = 4000;
const REVOCATION: usize = 1000;

/// The elements that are read of a file of so many octets, beside those of seals.
fn elements(octets: usize) -> usize {
    (MAX_ELEMENTS_OF_SMALL + octets / OCTETS_OF_ELEMENT).min(MAX_TOTAL_ELEMENTS) - 512
}

/// Equal values that fill so many octets. The last one takes what is left.
fn equal(count: usize, octets: usize) -> Vec<Vec<u8>> {
    let value = |octets: usize| tlv(Tag::OCTET_STRING, &[&vec![0x2a; octets.saturating_sub(4)]]);
    let each = octets / count;
    let mut values = vec![value(each); count - 1];
    values.push(value(octets.saturating_sub(values.concat().len())));
    values
}

/// A kind of file, and how to make one of about so many octets.
pub struct Kind {
    pub name: &'static str,
    pub door: Door,
    pub make: fn(&Attacker, usize) -> Vec<u8>,
}

impl Kind {
    /// Makes a file of this size, as far as the kind grows: what takes more or less room than was thought, or is read in a
    /// limited number, is asked for again in proportion.
    pub fn of_size(&self, attacker: &Attacker, size: usize) -> Vec<u8> {
        let mut file = (self.make)(attacker, size);
        let mut asked = size as f64;
        while file.len() < size - size / 20 {
            asked *= 0.98 * size as f64 / file.len() as f64;
            let larger = (self.make)(attacker, asked as usize);
            if larger.len() > size + size / 32 || larger.len() < file.len() + file.len() / 50 {
                break;
            }
            file = larger;
        }
        file
    }
}

/// What judges a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Signatures,
    Proof,
    Timestamp,
    Record,
}

/// All kinds that are known.
pub const KINDS: [Kind; 31] = [
    Kind { name: "OCSP responses, certificates, tokens", door: Door::Signatures, make: responses },
    Kind { name: "the same under 16 signers", door: Door::Signatures, make: responses_and_signers },
    Kind { name: "OCSP responses and 14 KB keys", door: Door::Signatures, make: large_keys },
    Kind { name: "OCSP responses of impostors", door: Door::Signatures, make: impostor_responders },
    Kind { name: "answers in OCSP responses", door: Door::Signatures, make: answers },
    Kind { name: "unsigned CRLs and namesakes", door: Door::Signatures, make: crls },
    Kind { name: "CRLs of issuers of their own", door: Door::Signatures, make: crls_of_strangers },
    Kind { name: "complete and delta CRLs", door: Door::Signatures, make: deltas },
    Kind { name: "one CRL, many TSAs", door: Door::Signatures, make: long_crl },
    Kind { name: "certificates of one name", door: Door::Signatures, make: namesakes },
    Kind { name: "cross-certificates", door: Door::Signatures, make: cross_certificates },
    Kind { name: "tiny certificates", door: Door::Signatures, make: tiny_certificates },
    Kind { name: "tiny elements in a record", door: Door::Signatures, make: tiny_crypto_infos },
    Kind { name: "RSA keys of 8192 bits", door: Door::Signatures, make: slow_keys },
    Kind { name: "long names", door: Door::Signatures, make: long_names },
    Kind { name: "signers with tokens of their own", door: Door::Signatures, make: signers },
    Kind { name: "evidence records", door: Door::Signatures, make: records },
    Kind { name: "hashes in evidence records", door: Door::Signatures, make: hashes },
    Kind { name: "chains in evidence records", door: Door::Signatures, make: chains },
    Kind { name: "archive timestamps with indexes", door: Door::Signatures, make: archives::indexes },
    Kind { name: "archive timestamps by every algorithm", door: Door::Signatures, make: archives::algorithms },
    Kind { name: "a large attribute in every index", door: Door::Signatures, make: archives::large_attribute },
    Kind { name: "equal attribute values in every index", door: Door::Signatures, make: archives::equal_values },
    Kind { name: "empty entries in an index", door: Door::Signatures, make: archives::empty_entries },
    Kind { name: "attribute values", door: Door::Signatures, make: attribute_values },
    Kind { name: "BER in segments", door: Door::Signatures, make: segments },
    Kind { name: "content", door: Door::Signatures, make: content },
    Kind { name: "a proof with OCSP responses", door: Door::Proof, make: responses },
    Kind { name: "a proof with tiny certificates", door: Door::Proof, make: proof_of_tiny_certificates },
    Kind { name: "a token with OCSP responses", door: Door::Timestamp, make: token_with_responses },
    Kind { name: "a record with OCSP responses", door: Door::Record, make: record_with_responses },
];

/// The attacker's means: a genuine seal to put things beside, a TSA, and keys of his own.
pub struct Attacker {
    pub pki: TestPki,
    /// The fields of the SignerInfo of a seal, without unsigned attributes, and the other parts of its file.
    signer_info: Vec<u8>,
    signature: Vec<u8>,
    content: Vec<u8>,
    certificates: Vec<u8>,
    stranger: CertifiedKey,
    now: DateTime<Utc>,
}

/// What a file holds beside the seal.
#[derive(Default)]
struct Parts {
    certificates: Vec<u8>,
    crls: Vec<u8>,
    /// The unsigned attributes of every signer.
    attributes: Vec<u8>,
    signers: Option<Vec<Vec<u8>>>,
    content: Option<Vec<u8>>,
}

impl Attacker {
    /// Takes a genuine seal with one signer and no unsigned attribute.
    pub fn new(pki: TestPki, seal: &[u8], now: DateTime<Utc>) -> Self {
        let parsed = signed_data::SignedData::parse(seal).expect("a SignedData");
        let signer = parsed.signer_infos.first().expect("a signer");
        let fields = |raw: &[u8]| Reader::new(raw, "seal").any().expect("an element").value.to_vec();
        let signers = fields(parsed.signer_infos_raw.raw);
        let stranger = CertificateSpec::authority("Stranger", now - Duration::days(1), now + Duration::days(700));
        let key = derived_key("stranger").expect("a key");
        Self {
            signer_info: fields(&signers),
            signature: signer.signature.to_vec(),
            content: parsed.encap_content_info.content.expect("content").to_vec(),
            certificates: parsed.certificates_raw.map(|tlv| tlv.value.to_vec()).unwrap_or_default(),
            stranger: stranger.self_signed(key).expect("a certificate"),
            pki,
            now,
        }
    }

    fn file(&self, parts: &Parts) -> Vec<u8> {
        let context = |number: u8, contents: &[u8]| match contents {
            [] => Vec::new(),
            some => tlv(Tag::context(number), &[some]),
        };
        let signer = |attributes: &[u8]| tlv(Tag::SEQUENCE, &[&self.signer_info, &context(1, attributes)]);
        let signers = match &parts.signers {
            Some(attributes) => attributes.iter().flat_map(|attributes| signer(attributes)).collect(),
            None => signer(&parts.attributes),
        };
        let content = tlv(Tag::OCTET_STRING, &[parts.content.as_ref().unwrap_or(&self.content)]);
        self.signed_data(&[
            &small(1),
            &tlv(Tag::SET, &[&sha256()]),
            &tlv(Tag::SEQUENCE, &[&oid(oid::DATA), &tlv(Tag::context(0), &[&content])]),
            &context(0, &[self.certificates.as_slice(), &parts.certificates].concat()),
            &context(1, &parts.crls),
            &tlv(Tag::SET, &[&signers]),
        ])
    }

    fn signed_data(&self, fields: &[&[u8]]) -> Vec<u8> {
        let signed_data = tlv(Tag::SEQUENCE, fields);
        tlv(Tag::SEQUENCE, &[&oid(oid::SIGNED_DATA), &tlv(Tag::context(0), &[&signed_data])])
    }

    /// A genuine token over some data, each of another time.
    fn token(&self, data: &[u8], number: usize) -> Vec<u8> {
        self.forged_token(data, number, &self.pki.tsa).to_der()
    }

    fn forged_token(&self, data: &[u8], number: usize, key: &CertifiedKey) -> Forge {
        let time = self.now + Duration::seconds(number as i64);
        let info = ForgedTstInfo::of(data, DigestAlgorithm::Sha256, time);
        let mut token = Forge::token(&info, key);
        token.sign(key.signer.as_ref()).expect("a signature");
        token
    }

    /// A signature-time-stamp for each token that is looked at.
    fn timestamps(&self, count: usize) -> Vec<u8> {
        let token = |number| attribute(oid::SIGNATURE_TIME_STAMP, &[&self.token(&self.signature, number)]);
        (0..count).flat_map(token).collect()
    }

    /// A certificate with a number, which nobody signed.
    fn certificate(&self, number: usize, issuer: &[u8], subject: &[u8], spki: &[u8], extensions: &[u8]) -> Vec<u8> {
        let time = |days: i64| {
            let text = (self.now + Duration::days(days)).format("%y%m%d%H%M%SZ").to_string();
            tlv(Tag::UTC_TIME, &[text.as_bytes()])
        };
        let algorithm = tlv(Tag::SEQUENCE, &[&oid(ECDSA_WITH_SHA256)]);
        let extensions = match extensions {
            [] => Vec::new(),
            some => tlv(Tag::context(3), &[&tlv(Tag::SEQUENCE, &[some])]),
        };
        let tbs = tlv(
            Tag::SEQUENCE,
            &[
                &tlv(Tag::context(0), &[&small(2)]),
                &serial(number),
                &algorithm,
                issuer,
                &tlv(Tag::SEQUENCE, &[&time(-1), &time(700)]),
                subject,
                spki,
                &extensions,
            ],
        );
        let signature = tlv(Tag::BIT_STRING, &[&[0], &[0x30, 6, 2, 1, 1, 2, 1, 1]]);
        tlv(Tag::SEQUENCE, &[&tbs, &algorithm, &signature])
    }

    /// Certificates of authorities with this subject that fill so many octets: as many as are taken up, then larger ones.
    fn authorities(&self, subject: &[u8], octets: usize) -> Vec<u8> {
        let issuer = CertificateSpec::name("Nobody");
        let len = self.certificate(0, &issuer, subject, &rsa_key(128, 0, &[1, 0, 1]), &authority()).len();
        let count = (octets / len).min(CERTIFICATES);
        let key = 128 + (octets / count.max(1)).saturating_sub(len);
        let made = |number| self.certificate(number, &issuer, subject, &rsa_key(key, number, &[1, 0, 1]), &authority());
        (0..count).flat_map(made).collect()
    }

    /// An OCSP response about the TSA's certificate by somebody else, at a time of its own.
    fn response(&self, number: usize, answers: usize, key: &CertifiedKey, certificates: Vec<Certificate>) -> Vec<u8> {
        let time = self.now - Duration::seconds(number as i64);
        let (certificate, issuer) = (&self.pki.tsa.certificate, &self.pki.tsa_root.certificate);
        let answer = OcspAnswerSpec::new(certificate, issuer, OcspStatus::Good, time);
        let mut spec = OcspSpec::new(time, answer.clone());
        spec.answers = vec![answer; answers];
        let spec = spec.with_responder_id(ResponderIdSpec::ByKey).with_certificates(certificates);
        let response = key.answer_ocsp(&spec).expect("a response");
        tlv(Tag::context(1), &[&oid(oid::RI_OCSP_RESPONSE), &response])
    }

    /// A CRL in this name by somebody else.
    fn crl(&self, number: usize, issuer: &[u8], entries: usize) -> Vec<u8> {
        let spec = CrlSpec::new(self.now, self.now + Duration::days(7)).with_number(number as u64);
        let mut spec = spec.with_issuer(issuer.to_vec());
        spec.entries = (0..entries).map(entry).collect();
        self.stranger.issue_crl(&spec).expect("a CRL")
    }

    fn tsa_issuer(&self) -> &[u8] {
        self.pki.tsa_root.certificate.subject_der()
    }
}

fn responses(attacker: &Attacker, size: usize) -> Vec<u8> {
    attacker.file(&pool_of_responses(attacker, size))
}

fn responses_and_signers(attacker: &Attacker, size: usize) -> Vec<u8> {
    let parts = pool_of_responses(attacker, size * 3 / 4);
    let attributes = attacker.timestamps(4.min(1 + size / (64 << 10)));
    attacker.file(&Parts { signers: Some(vec![attributes; SIGNERS]), ..parts })
}

fn pool_of_responses(attacker: &Attacker, size: usize) -> Parts {
    let tokens = TOKENS.min(2 + size / (32 << 10));
    let count = REVOCATION.min(size / 1200);
    let crls: Vec<u8> =
        (0..count).flat_map(|number| attacker.response(number, 1, &attacker.stranger, Vec::new())).collect();
    let attributes = attacker.timestamps(tokens);
    let rest = size.saturating_sub(crls.len() + attributes.len());
    Parts {
        certificates: attacker.authorities(attacker.tsa_issuer(), rest),
        crls,
        attributes,
        signers: None,
        content: None,
    }
}

fn large_keys(attacker: &Attacker, size: usize) -> Vec<u8> {
    let crls: Vec<u8> = (0..REVOCATION.min(size / 1500))
        .flat_map(|number| attacker.response(number, 1, &attacker.stranger, Vec::new()))
        .collect();
    let attributes = attacker.timestamps(TOKENS.min(2 + size / (32 << 10)));
    let (issuer, subject) = (CertificateSpec::name("Nobody"), CertificateSpec::name("Somebody"));
    let mut certificates = Vec::new();
    for number in 0..CERTIFICATES {
        if certificates.len() + crls.len() + attributes.len() > size {
            break;
        }
        certificates.extend(attacker.certificate(number, &issuer, &subject, &rsa_key(14_000, number, &[1, 0, 1]), &[]));
    }
    attacker.file(&Parts { certificates, crls, attributes, ..Parts::default() })
}

/// Each response is really signed, by a responder whose certificate nobody issued.
fn impostor_responders(attacker: &Attacker, size: usize) -> Vec<u8> {
    let responder = |number: usize| {
        let spec = CertificateSpec::ocsp_responder(
            "Responder",
            attacker.now - Duration::days(1),
            attacker.now + Duration::days(700),
        );
        let spec = spec.with_serial(&(number as u32 + 1).to_be_bytes());
        let key = attacker.stranger.signer.clone();
        let der = spec.to_der(key.public_key(), attacker.tsa_issuer(), key.as_ref()).expect("a certificate");
        CertifiedKey { certificate: Certificate::from_der(&der).expect("a certificate"), signer: key }
    };
    let count = REVOCATION.min(size / 2400);
    let response = |number| {
        let key = responder(number);
        attacker.response(number, 1, &key, vec![key.certificate.clone()])
    };
    let crls: Vec<u8> = (0..count).flat_map(response).collect();
    let attributes = attacker.timestamps(TOKENS.min(2 + size / (32 << 10)));
    let rest = size.saturating_sub(crls.len() + attributes.len());
    let certificates = attacker.authorities(attacker.tsa_issuer(), rest);
    attacker.file(&Parts { certificates, crls, attributes, ..Parts::default() })
}

fn answers(attacker: &Attacker, size: usize) -> Vec<u8> {
    let answers = 1000.min(size / 200);
    let len = attacker.response(0, answers, &attacker.stranger, Vec::new()).len();
    let count = REVOCATION.min(size / len);
    let crls =
        (0..count).flat_map(|number| attacker.response(number, answers, &attacker.stranger, Vec::new())).collect();
    let attributes = attacker.timestamps(TOKENS.min(2 + size / (32 << 10)));
    attacker.file(&Parts { crls, attributes, ..Parts::default() })
}

fn crls(attacker: &Attacker, size: usize) -> Vec<u8> {
    let attributes = attacker.timestamps(TOKENS.min(2 + size / (32 << 10)));
    let count = REVOCATION.min(size / 1200);
    let empty = attacker.crl(0, attacker.tsa_issuer(), 0).len();
    // What is left when there are as many as are taken up goes into their entries.
    let entries = (size / 2 / count.max(1)).saturating_sub(empty) / entry(0).len();
    let crls: Vec<u8> = (0..count).flat_map(|number| attacker.crl(number, attacker.tsa_issuer(), entries)).collect();
    let rest = size.saturating_sub(crls.len() + attributes.len());
    let certificates = attacker.authorities(attacker.tsa_issuer(), rest);
    attacker.file(&Parts { certificates, crls, attributes, ..Parts::default() })
}

/// Tokens that hold CRLs of issuers that nobody knows, each in the name of the TSA's issuer.
fn crls_of_strangers(attacker: &Attacker, size: usize) -> Vec<u8> {
    let tokens = TOKENS.min(2 + size / (32 << 10));
    let each = (size / tokens / 500).min(REVOCATION / tokens).max(1);
    let token = |number: usize| {
        let mut token = attacker.forged_token(&attacker.signature, number, &attacker.pki.tsa);
        token.crls = (0..each).map(|crl| attacker.crl(number * each + crl, attacker.tsa_issuer(), 0)).collect();
        attribute(oid::SIGNATURE_TIME_STAMP, &[&token.to_der()])
    };
    let attributes = (0..tokens).flat_map(token).collect();
    attacker.file(&Parts { attributes, ..Parts::default() })
}

/// Genuine complete CRLs of the TSA's issuer, and genuine delta CRLs that change none of them.
fn deltas(attacker: &Attacker, size: usize) -> Vec<u8> {
    let attributes = attacker.timestamps(TOKENS.min(2 + size / (32 << 10)));
    let count = (REVOCATION / 2).min(size.saturating_sub(attributes.len()) / 1000).max(1) as u64;
    let spec = |number| CrlSpec::new(attacker.now, attacker.now + Duration::days(7)).with_number(number);
    let of_each = |number| [spec(1000 + number), spec(9000 + number).with_delta_base(5000)];
    let issue = |spec: CrlSpec| attacker.pki.tsa_root.issue_crl(&spec).expect("a CRL");
    let crls = (0..count).flat_map(of_each).flat_map(issue).collect();
    attacker.file(&Parts { crls, attributes, ..Parts::default() })
}

/// A genuine CRL of the TSAs' issuer, and tokens of many TSAs that it is asked about.
fn long_crl(attacker: &Attacker, size: usize) -> Vec<u8> {
    let tsa = |number: usize| {
        let spec =
            CertificateSpec::tsa("Test TSA", attacker.now - Duration::days(1), attacker.now + Duration::days(700));
        let spec = spec.with_serial(&[0x33, number as u8]);
        attacker.pki.tsa_root.issue(&spec, attacker.pki.tsa.signer.clone()).expect("a certificate")
    };
    let token = |number| {
        let token = attacker.forged_token(&attacker.signature, number, &tsa(number)).to_der();
        attribute(oid::SIGNATURE_TIME_STAMP, &[&token])
    };
    let attributes: Vec<u8> = (0..TOKENS).flat_map(token).collect();
    let mut spec = CrlSpec::new(attacker.now, attacker.now + Duration::days(7)).with_number(1);
    let room = size.saturating_sub(attributes.len() + 4096);
    spec.entries = (0..room / entry(0).len()).map(entry).collect();
    let crls = attacker.pki.tsa_root.issue_crl(&spec).expect("a CRL");
    attacker.file(&Parts { crls, attributes, ..Parts::default() })
}

fn namesakes(attacker: &Attacker, size: usize) -> Vec<u8> {
    let attributes = attacker.timestamps(TOKENS.min(2 + size / (32 << 10)));
    let certificates = attacker
        .authorities(attacker.pki.intermediate.certificate.subject_der(), size.saturating_sub(attributes.len()));
    attacker.file(&Parts { certificates, signers: Some(vec![attributes; 1]), ..Parts::default() })
}

/// Authorities that have all certified each other, with one key. The tokens are of a TSA below them.
fn cross_certificates(attacker: &Attacker, size: usize) -> Vec<u8> {
    let key = &attacker.stranger.signer;
    let names: Vec<_> = (0..60).map(|number| format!("Authority {number:02}")).collect();
    let certificate = |number: usize, spec: &CertificateSpec, issuer: &str| {
        let spec = spec.clone().with_serial(&(number as u32 + 1).to_be_bytes());
        spec.to_der(key.public_key(), &CertificateSpec::name(issuer), key.as_ref()).expect("a certificate")
    };
    let (from, until) = (attacker.now - Duration::days(1), attacker.now + Duration::days(700));
    let tsa = |number: usize| {
        let spec = CertificateSpec::tsa("Test TSA", from, until);
        let der = certificate(number, &spec, &names[number % names.len()]);
        CertifiedKey { certificate: Certificate::from_der(&der).expect("a certificate"), signer: key.clone() }
    };
    let tokens = TOKENS.min(2 + size / (32 << 10));
    let token = |number| {
        let token = attacker.forged_token(&attacker.signature, number, &tsa(number)).to_der();
        attribute(oid::SIGNATURE_TIME_STAMP, &[&token])
    };
    let attributes: Vec<u8> = (0..tokens).flat_map(token).collect();
    let mut certificates = Vec::new();
    let pairs = (0..names.len()).flat_map(|issuer| (0..names.len()).map(move |subject| (issuer, subject)));
    for (number, (issuer, subject)) in pairs.filter(|(issuer, subject)| issuer != subject).enumerate() {
        if certificates.len() + SIGNERS * attributes.len() > size {
            break;
        }
        let spec = CertificateSpec::authority(&names[subject], from, until);
        certificates.extend(certificate(number, &spec, &names[issuer]));
    }
    attacker.file(&Parts { certificates, signers: Some(vec![attributes; SIGNERS]), ..Parts::default() })
}

/// The smallest certificate that is read, over and over, in certificate-values.
fn tiny_certificates(attacker: &Attacker, size: usize) -> Vec<u8> {
    let values = tiny(attacker, size);
    let attributes = attribute(oid::CERTIFICATE_VALUES, &[&tlv(Tag::SEQUENCE, &[&values])]);
    let mut signers = vec![Vec::new(); SIGNERS];
    signers[0] = attributes;
    attacker.file(&Parts { signers: Some(signers), ..Parts::default() })
}

fn proof_of_tiny_certificates(attacker: &Attacker, size: usize) -> Vec<u8> {
    let attributes = attribute(oid::CERTIFICATE_VALUES, &[&tlv(Tag::SEQUENCE, &[&tiny(attacker, size)])]);
    attacker.file(&Parts { attributes, ..Parts::default() })
}

fn token_with_responses(attacker: &Attacker, size: usize) -> Vec<u8> {
    let Parts { certificates, crls, .. } = pool_of_responses(attacker, size);
    full_token(attacker, 0, certificates, crls)
}

/// A token that holds these elements too.
fn full_token(attacker: &Attacker, number: usize, certificates: Vec<u8>, crls: Vec<u8>) -> Vec<u8> {
    let mut token = attacker.forged_token(b"something", number, &attacker.pki.tsa);
    token.certificates.push(certificates);
    token.crls.push(crls);
    token.to_der()
}

fn record_with_responses(attacker: &Attacker, size: usize) -> Vec<u8> {
    let tokens = RECORD_TOKENS.min(1 + size / 3 / 1400);
    let Parts { certificates, crls, .. } = pool_of_responses(attacker, size * 2 / 3);
    let mut before = full_token(attacker, 0, certificates, crls);
    let mut stamps = vec![tlv(Tag::SEQUENCE, &[&before])];
    for number in 1..tokens {
        before = attacker.token(&before, number);
        stamps.push(tlv(Tag::SEQUENCE, &[&before]));
    }
    record(&[], &[stamps])
}

fn tiny(attacker: &Attacker, size: usize) -> Vec<u8> {
    let time = tlv(Tag::UTC_TIME, &[attacker.now.format("%y%m%d%H%M%SZ").to_string().as_bytes()]);
    let algorithm = tlv(Tag::SEQUENCE, &[&[6, 1, 0x2a]]);
    let key = tlv(Tag::SEQUENCE, &[&algorithm, &[3, 1, 0]]);
    let name = tlv(Tag::SEQUENCE, &[]);
    let certificate = |number: usize| {
        let validity = tlv(Tag::SEQUENCE, &[&time, &time]);
        let tbs = tlv(Tag::SEQUENCE, &[&serial(number), &algorithm, &name, &validity, &name, &key]);
        tlv(Tag::SEQUENCE, &[&tbs, &algorithm, &[3, 1, 0]])
    };
    let count = size / certificate(0).len();
    (0..count).flat_map(certificate).collect()
}

/// The same in the cryptoInfos of evidence records.
fn tiny_crypto_infos(attacker: &Attacker, size: usize) -> Vec<u8> {
    let values = tlv(Tag::SEQUENCE, &[&tiny(attacker, size)]);
    let infos = tlv(Tag::context(0), &[&attribute(oid::CERTIFICATE_VALUES, &[&values])]);
    let stamp = tlv(Tag::SEQUENCE, &[&attacker.token(b"something", 0)]);
    let record = record(&infos, &[vec![stamp]]);
    let attributes = attribute(oid::EVIDENCE_RECORD_EXTERNAL, &[&record]);
    let mut signers = vec![Vec::new(); SIGNERS];
    signers[0] = attributes;
    attacker.file(&Parts { signers: Some(signers), ..Parts::default() })
}

/// Keys with the longest modulus and exponent that are used.
fn slow_keys(attacker: &Attacker, size: usize) -> Vec<u8> {
    let issuer = CertificateSpec::name("Nobody");
    let attributes = attacker.timestamps(1);
    let mut certificates = Vec::new();
    for number in 0..CERTIFICATES {
        if certificates.len() > size {
            break;
        }
        let key = rsa_key(1024, number, &[0x7f; 16]);
        let subject = attacker.pki.intermediate.certificate.subject_der();
        certificates.extend(attacker.certificate(number, &issuer, subject, &key, &authority()));
    }
    // The signer's certificate says that an RSA key signed it.
    let algorithm = tlv(Tag::SEQUENCE, &[&oid(SHA256_WITH_RSA), &[5, 0]]);
    let seal = Reader::new(attacker.pki.seal.certificate.der(), "seal").any().expect("a certificate");
    let mut reader = seal.reader("seal");
    let tbs = reader.any().expect("a field").value;
    let ecdsa = tlv(Tag::SEQUENCE, &[&oid(ECDSA_WITH_SHA256)]);
    let at = tbs.windows(ecdsa.len()).position(|window| window == ecdsa).expect("an algorithm");
    let tbs = tlv(Tag::SEQUENCE, &[&tbs[..at], &algorithm, &tbs[at + ecdsa.len()..]]);
    let signature = tlv(Tag::BIT_STRING, &[&[0], &[0x42; 1024]]);
    let seal = tlv(Tag::SEQUENCE, &[&tbs, &algorithm, &signature]);
    let genuine = attacker.pki.seal.certificate.der();
    let file = attacker.file(&Parts {
        certificates: [seal, certificates].concat(),
        signers: Some(vec![attributes; SIGNERS]),
        ..Parts::default()
    });
    // The genuine certificate gives way to that one.
    let at = file.windows(genuine.len()).position(|window| window == genuine).expect("the seal's certificate");
    let mut file = file;
    file[at + 20] ^= 1;
    file
}

/// The longest names that are prepared for a comparison, which makes them eleven times as long.
fn long_names(attacker: &Attacker, size: usize) -> Vec<u8> {
    let text = "\u{fdfa}".repeat(1_340.min(size / 32));
    let value = tlv(Tag::SEQUENCE, &[&oid(oid::COMMON_NAME), &tlv(Tag::UTF8_STRING, &[text.as_bytes()])]);
    let name = tlv(Tag::SEQUENCE, &[&tlv(Tag::SET, &[&value])]);
    let key = rsa_key(128, 0, &[1, 0, 1]);
    let len = attacker.certificate(0, &name, &name, &key, &[]).len();
    let count = (size / len).min(CERTIFICATES);
    let certificates = (0..count).flat_map(|number| attacker.certificate(number, &name, &name, &key, &[])).collect();
    attacker.file(&Parts { certificates, attributes: attacker.timestamps(2), ..Parts::default() })
}

/// Signers, each with as many tokens as are looked at; each token is of a TSA that nobody knows.
fn signers(attacker: &Attacker, size: usize) -> Vec<u8> {
    let (from, until) = (attacker.now - Duration::days(1), attacker.now + Duration::days(700));
    let room = size / SIGNERS / TOKENS;
    let mut number = 0;
    let mut token = || {
        number += 1;
        let spec = CertificateSpec::tsa("Stranger's TSA", from, until).with_serial(&(number as u32).to_be_bytes());
        let tsa = attacker.stranger.issue(&spec, attacker.stranger.signer.clone()).expect("a certificate");
        let mut token = attacker.forged_token(&attacker.signature, number, &tsa);
        let len = attacker.stranger.certificate.der().len();
        let more = room.saturating_sub(1500) / (len + 100);
        let name = attacker.stranger.certificate.subject_der();
        let key = rsa_key(128 + room.saturating_sub(1500) / more.clamp(1, 10) / 2, number, &[1, 0, 1]);
        for nth in 0..more.min(10) {
            token.certificates.push(attacker.certificate(number * 10 + nth, name, name, &key, &authority()));
        }
        attribute(oid::SIGNATURE_TIME_STAMP, &[&token.to_der()])
    };
    let tokens = TOKENS.min(1 + size / SIGNERS / 1500);
    let signers = (0..SIGNERS).map(|_| (0..tokens).flat_map(|_| token()).collect()).collect();
    attacker.file(&Parts { signers: Some(signers), ..Parts::default() })
}

/// Records of as many tokens as are looked at, judged for each signer, beside OCSP responses about their TSA.
fn records(attacker: &Attacker, size: usize) -> Vec<u8> {
    let room = size / 3;
    let tokens = RECORD_TOKENS.min(1 + room / RECORDS / 1400);
    let stamps = |number: usize| {
        let first = attacker.now.timestamp().to_be_bytes();
        let mut stamps = Vec::new();
        let mut before = first.to_vec();
        for token in 0..tokens {
            let token = attacker.token(&before, number * RECORD_TOKENS + token);
            before = token.clone();
            stamps.push(tlv(Tag::SEQUENCE, &[&token]));
        }
        stamps
    };
    let attributes: Vec<u8> = (0..RECORDS)
        .flat_map(|number| attribute(oid::EVIDENCE_RECORD_EXTERNAL, &[&record(&[], &[stamps(number)])]))
        .collect();
    let parts = pool_of_responses(attacker, size.saturating_sub(attributes.len()));
    let mut signers = vec![Vec::new(); SIGNERS];
    signers[0] = attributes;
    attacker.file(&Parts { signers: Some(signers), ..parts })
}

/// Trees with as many hashes as are read.
fn hashes(attacker: &Attacker, size: usize) -> Vec<u8> {
    let each = (size / RECORDS / 34).min(65_536);
    let hash =
        |number: usize| tlv(Tag::OCTET_STRING, &[DigestAlgorithm::Sha256.digest(&number.to_be_bytes()).as_bytes()]);
    let attributes: Vec<u8> = (0..RECORDS)
        .flat_map(|number| {
            let list: Vec<u8> = (0..each).flat_map(|place| hash(number * each + place)).collect();
            let tree = tlv(Tag::context(2), &[&tlv(Tag::SEQUENCE, &[&list])]);
            let algorithm = tlv(Tag::context(0), &[&oid(oid::SHA256)]);
            let stamp = tlv(Tag::SEQUENCE, &[&algorithm, &tree, &attacker.token(b"something", 0)]);
            attribute(oid::EVIDENCE_RECORD_EXTERNAL, &[&record(&[], &[vec![stamp]])])
        })
        .collect();
    let mut signers = vec![Vec::new(); SIGNERS];
    signers[0] = attributes;
    attacker.file(&Parts { signers: Some(signers), ..Parts::default() })
}

/// Chains, each of which is hashed together with all before it. Attributes make them large.
fn chains(attacker: &Attacker, size: usize) -> Vec<u8> {
    let filler = vec![0x2a; size / RECORD_TOKENS];
    let attributes = tlv(Tag::context(1), &[&attribute(oid::MIME_TYPE, &[&tlv(Tag::OCTET_STRING, &[&filler])])]);
    let chains: Vec<_> = (0..RECORD_TOKENS)
        .map(|number| vec![tlv(Tag::SEQUENCE, &[&attributes, &attacker.token(b"something", number)])])
        .collect();
    let attributes = attribute(oid::EVIDENCE_RECORD_EXTERNAL, &[&record(&[], &chains)]);
    let mut signers = vec![Vec::new(); SIGNERS];
    signers[0] = attributes;
    attacker.file(&Parts { signers: Some(signers), ..Parts::default() })
}

fn attribute_values(attacker: &Attacker, size: usize) -> Vec<u8> {
    let each = size / SIGNERS;
    let values = equal((elements(size) / SIGNERS).min(each / 4).max(2), each);
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let attributes = attribute(oid::MIME_TYPE, &values);
    attacker.file(&Parts { signers: Some(vec![attributes; SIGNERS]), ..Parts::default() })
}

/// Content in the smallest segments, all lengths indefinite.
fn segments(attacker: &Attacker, size: usize) -> Vec<u8> {
    let file = attacker.file(&Parts::default());
    let parsed = signed_data::SignedData::parse(&file).expect("a SignedData");
    let content = parsed.encap_content_info.content.expect("content");
    let pieces: Vec<u8> = content.iter().flat_map(|octet| [4, 1, *octet]).collect();
    let filler = [4, 0].repeat(size.saturating_sub(file.len() + pieces.len()) / 2);
    let indefinite = |tag: u8, contents: &[&[u8]]| [&[tag, 0x80], contents.concat().as_slice(), &[0, 0]].concat();
    let content = indefinite(0x24, &[&pieces, &filler]);
    let info = indefinite(0x30, &[&oid(oid::DATA), &indefinite(0xa0, &[&content])]);
    let certificates = tlv(Tag::context(0), &[&attacker.certificates]);
    let signers = parsed.signer_infos_raw.raw;
    let signed_data = indefinite(0x30, &[&small(1), &tlv(Tag::SET, &[&sha256()]), &info, &certificates, signers]);
    indefinite(0x30, &[&oid(oid::SIGNED_DATA), &indefinite(0xa0, &[&signed_data])])
}

/// Content under archive timestamps by another algorithm, under every signer.
fn content(attacker: &Attacker, size: usize) -> Vec<u8> {
    let attributes = attacker.timestamps(TOKENS.min(1 + size / (256 << 10)));
    let room = size.saturating_sub(SIGNERS * attributes.len());
    let parts = Parts { signers: Some(vec![attributes; SIGNERS]), ..Parts::default() };
    attacker.file(&Parts { content: Some(vec![0x20; room]), ..parts })
}

/// An evidence record of these chains of ArchiveTimeStamps.
fn record(crypto_infos: &[u8], chains: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let chains: Vec<u8> = chains.iter().flat_map(|stamps| tlv(Tag::SEQUENCE, &[&stamps.concat()])).collect();
    let algorithms = tlv(Tag::SEQUENCE, &[&sha256()]);
    tlv(Tag::SEQUENCE, &[&small(1), &algorithms, crypto_infos, &tlv(Tag::SEQUENCE, &[&chains])])
}

const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");

fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

fn sha256() -> Vec<u8> {
    tlv(Tag::SEQUENCE, &[&oid(oid::SHA256)])
}

fn small(number: u8) -> Vec<u8> {
    tlv(Tag::INTEGER, &[&[number]])
}

fn serial(number: usize) -> Vec<u8> {
    tlv(Tag::INTEGER, &[&[0x40], &(number as u32).to_be_bytes()])
}

/// basicConstraints and keyUsage of a certificate authority.
fn authority() -> Vec<u8> {
    let extension = |id: ObjectIdentifier, value: &[u8]| {
        tlv(Tag::SEQUENCE, &[&oid(id), &[1, 1, 0xff], &tlv(Tag::OCTET_STRING, &[value])])
    };
    [extension(BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0xff]), extension(oid::KEY_USAGE, &[3, 2, 1, 6])].concat()
}

/// SubjectPublicKeyInfo of an RSA key whose modulus has so many octets.
fn rsa_key(octets: usize, number: usize, exponent: &[u8]) -> Vec<u8> {
    let mut modulus = vec![0xc5_u8; octets + 1];
    modulus[0] = 0;
    modulus[5..9].copy_from_slice(&(number as u32).to_be_bytes());
    let key = tlv(Tag::SEQUENCE, &[&tlv(Tag::INTEGER, &[&modulus]), &tlv(Tag::INTEGER, &[exponent])]);
    let algorithm = tlv(Tag::SEQUENCE, &[&oid(oid::RSA_ENCRYPTION), &[5, 0]]);
    tlv(Tag::SEQUENCE, &[&algorithm, &tlv(Tag::BIT_STRING, &[&[0], &key])])
}

fn entry(number: usize) -> Vec<u8> {
    tlv(Tag::SEQUENCE, &[&serial(number), &tlv(Tag::UTC_TIME, &[b"260101000000Z"])])
}
