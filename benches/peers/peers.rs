//! The same CMS job by recommande, by OpenSSL's CMS_sign and CMS_verify, and by the builder of the crate `cms` with
//! `rsa`: one key, one chain, one statement as content, in one process, in turns.
//!
//! Each is shown beside the private-key or public-key operation of its own library, and ours beside each of the others.
//!
//! Signing: attached content, three certificates, signed attributes. Ours writes the statement too, which the others
//! get as octets. Verifying: from the octets of the file, with the chain to the anchor.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cms::builder::{SignedDataBuilder, SignerInfoBuilder};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::signed_data::{EncapsulatedContentInfo, SignerIdentifier};
use criterion::Criterion;
use der::{Any, Decode, Encode, Tag};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign;
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use recommande::crypto::{KeyKind, Signer};
use recommande::evidence::Codec;
use recommande::pki::Certificate;
use recommande::testing::{TestKeys, TestPki};
use recommande::verify::Content;
use recommande::{Credentials, Environment, Sealer, Sending, SigningKey, Verifier};
use recommande_benches::{Limit, compare, criterion, fixtures};
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::Signer as _;
use sha2::Sha256;
use spki::AlgorithmIdentifierOwned;

/// CMS_CADES of OpenSSL 3, which the crate does not name: with signing-certificate-v2 and its check.
const CADES: CMSOptions = CMSOptions::from_bits_retain(0x10_0000);

/// One key and chain in each library's form, and what is signed.
struct Job {
    now: DateTime<Utc>,
    pki: TestPki,
    sealer: Sealer,
    sending: Sending,
    content: Vec<u8>,
    key: PKey<Private>,
    rsa: rsa::pkcs1v15::SigningKey<Sha256>,
}

impl Job {
    fn new(bits: u32) -> Self {
        // OpenSSL asks the system clock.
        let now = Utc::now();
        let key = PKey::from_rsa(Rsa::generate(bits).expect("a key")).expect("a key");
        let pkcs8 = key.private_key_to_pkcs8().expect("PKCS#8");
        let mut keys = TestKeys::generate(&KeyKind::Rsa { bits }).expect("keys");
        keys.seal = Arc::new(SigningKey::from_pkcs8_der(&pkcs8).expect("the same key"));
        let pki = TestPki::with_keys(keys, now).expect("a throwaway PKI");
        let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).expect("key and chain");
        let sealer = Sealer::new(credentials, fixtures::issuer());
        let sending = fixtures::sending();
        let content = Codec::Json.encode(&sending, &fixtures::issuer()).expect("a statement");
        let rsa = rsa::PrivateKey::from_pkcs8_der(&pkcs8).expect("the same key");
        Self { now, pki, sealer, sending, content, key, rsa: rsa::pkcs1v15::SigningKey::new(rsa) }
    }

    fn seal(&self) -> Vec<u8> {
        self.sealer.seal(&self.sending, self.now).expect("a seal").der().to_vec()
    }
}

/// OpenSSL's forms.
struct OpenSsl {
    certificate: X509,
    others: Stack<X509>,
    store: X509Store,
}

impl OpenSsl {
    fn new(job: &Job) -> Self {
        let x509 = |certificate: &Certificate| X509::from_der(certificate.der()).expect("a certificate");
        let mut others = Stack::new().expect("a stack");
        others.push(x509(&job.pki.intermediate.certificate)).expect("room");
        others.push(x509(&job.pki.root.certificate)).expect("room");
        let mut store = X509StoreBuilder::new().expect("a store");
        store.add_cert(x509(&job.pki.root.certificate)).expect("an anchor");
        Self { certificate: x509(&job.pki.seal.certificate), others, store: store.build() }
    }

    fn sign(&self, job: &Job) -> Vec<u8> {
        let flags = CMSOptions::BINARY | CMSOptions::NOSMIMECAP | CADES;
        CmsContentInfo::sign(Some(&self.certificate), Some(&job.key), Some(&self.others), Some(&job.content), flags)
            .and_then(|signed| signed.to_der())
            .expect("a signature")
    }

    fn verify(&self, file: &[u8], flags: CMSOptions) {
        let mut signed = CmsContentInfo::from_der(file).expect("a file");
        signed.verify(None, Some(&self.store), None, None, CMSOptions::BINARY | CADES | flags).expect("it verifies");
    }
}

fn raw_openssl(job: &Job, message: &[u8]) -> Vec<u8> {
    let mut signer = sign::Signer::new(MessageDigest::sha256(), &job.key).expect("a signer");
    signer.sign_oneshot_to_vec(message).expect("a signature")
}

/// The builder of the crate `cms`.
fn sign_with_cms(job: &Job, certificates: &[x509_cert::Certificate]) -> Vec<u8> {
    let sha256 = AlgorithmIdentifierOwned { oid: const_oid::db::rfc5912::ID_SHA_256, parameters: None };
    let content = EncapsulatedContentInfo {
        econtent_type: const_oid::db::rfc5911::ID_DATA,
        econtent: Some(Any::new(Tag::OctetString, job.content.as_slice()).expect("octets")),
    };
    let tbs = certificates[0].tbs_certificate();
    let sid = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: tbs.issuer().clone(),
        serial_number: tbs.serial_number().clone(),
    });
    let mut signer = SignerInfoBuilder::new(sid, sha256.clone(), &content, None).expect("a builder");
    signer.add_signed_attribute(cms::builder::create_signing_time_attribute().expect("a time")).expect("an attribute");
    let mut builder = SignedDataBuilder::new(&content);
    builder.add_digest_algorithm(sha256).expect("an algorithm");
    for certificate in certificates {
        builder.add_certificate(CertificateChoices::Certificate(certificate.clone())).expect("a certificate");
    }
    builder
        .add_signer_info::<_, rsa::pkcs1v15::Signature>(signer, &job.rsa)
        .and_then(|builder| builder.build())
        .expect("a signature")
        .to_der()
        .expect("DER")
}

fn peers(criterion: &mut Criterion, bits: u32) {
    let job = Job::new(bits);
    let openssl = OpenSsl::new(&job);
    let certificates: Vec<x509_cert::Certificate> = job
        .pki
        .seal_chain()
        .iter()
        .map(|certificate| x509_cert::Certificate::from_der(certificate.der()).expect("a certificate"))
        .collect();
    let file = job.seal();
    let message = fixtures::signed_attributes(&file);
    let verifier = Verifier::new(job.pki.seal_anchors(), job.pki.tsa_anchors(), Environment::Test);
    let ours = || {
        let verified = verifier.report_signatures(&file, Content::Attached, job.now);
        assert!(verified.worst().is_some_and(|report| report.indication == recommande::Indication::TotalPassed));
    };
    // All of them sign what all of them verify.
    openssl.verify(&file, CMSOptions::empty());
    openssl.verify(&openssl.sign(&job), CMSOptions::empty());
    CmsContentInfo::from_der(&sign_with_cms(&job, &certificates))
        .and_then(|mut signed| signed.verify(None, Some(&openssl.store), None, None, CMSOptions::BINARY))
        .expect("it verifies");
    ours();

    let signer = job.pki.seal.signer.clone();
    let raw = || signer.sign(&message).expect("a signature");
    let (public_key, algorithm) = (job.pki.seal.certificate.public_key().clone(), signer.algorithm());
    let signature = raw();
    let key = PKey::public_key_from_der(&job.key.public_key_to_der().expect("DER")).expect("the key");
    let raw_verify = || public_key.verify(&algorithm, &message, &signature).expect("it verifies");
    let raw_verify_openssl = || {
        let mut verifier = sign::Verifier::new(MessageDigest::sha256(), &key).expect("a verifier");
        assert!(verifier.verify_oneshot(&signature, &message).expect("it verifies"));
    };

    let name = |what: &str| format!("{what} RSA-{bits}");
    let own = Limit::new("its own raw signature");
    compare(criterion, &name("recommande seal"), &own, || job.seal(), raw);
    compare(criterion, &name("CMS_sign"), &own, || openssl.sign(&job), || raw_openssl(&job, &message));
    compare(criterion, &name("cms builder"), &own, || sign_with_cms(&job, &certificates), || job.rsa.sign(&message));
    let peer = |name| Limit::new(name);
    compare(criterion, &name("recommande seal"), &peer("CMS_sign"), || job.seal(), || openssl.sign(&job));
    let by_cms = || sign_with_cms(&job, &certificates);
    compare(criterion, &name("recommande seal"), &peer("cms builder"), || job.seal(), by_cms);

    let own = Limit::new("its own raw verification");
    compare(criterion, &name("recommande verify"), &own, ours, raw_verify);
    let chain = || openssl.verify(&file, CMSOptions::empty());
    compare(criterion, &name("CMS_verify"), &own, chain, raw_verify_openssl);
    let no_chain = || openssl.verify(&file, CMSOptions::NO_SIGNER_CERT_VERIFY);
    compare(criterion, &name("CMS_verify, no chain"), &own, no_chain, raw_verify_openssl);
    compare(criterion, &name("recommande verify"), &peer("CMS_verify"), ours, chain);
}

fn main() {
    let mut criterion = criterion();
    for bits in [2048, 3072] {
        peers(&mut criterion, bits);
    }
    criterion.final_summary();
}
