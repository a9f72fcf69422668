//! A service that signs receipts, and receipts by hand.

use std::time::Duration as StdDuration;

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    Environment, Issuer, Language, MessageId, PartDescription, Party, PayloadDigests, RegisteredMail, Sending, Ticket,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{Artifact, Credentials, ProofOfSending, Sealer};
use recommande::testing::{CertificateSpec, CertifiedKey, TestPki, TestTsa, generate_key};
use recommande::verify::{Payload, Verified};
use recommande::{TsaPool, Verifier};

pub const LETTER: &[u8] = b"a registered letter";
pub const TICKET: &str = "1ZG0000036L3Z";
pub const TOKEN: &str = "testToken_sha-256";
pub const TYPES: &str = "http://socialsecurity.be/registeredmail/types/v1";
pub const MESSAGES: &str = "http://socialsecurity.be/registeredmail/v1";
pub const DISPATCH: &str = recommande_registered_mail::DISPATCH_NAMESPACE;
/// The service of the sealed proofs.
pub const SERVICE: &str = "0406798006";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn now() -> DateTime<Utc> {
    at("2026-11-22T09:15:04Z")
}

pub fn hours(count: i64) -> DateTime<Utc> {
    now() + Duration::hours(count)
}

pub fn afterwards() -> DateTime<Utc> {
    now() + Duration::days(30)
}

pub fn enterprise(number: &str) -> EnterpriseNumber {
    number.parse().unwrap()
}

pub fn niss() -> Niss {
    "85073003328".parse().unwrap()
}

pub fn base64(octets: &[u8]) -> String {
    Base64::encode_string(octets)
}

/// A service that seals proofs and signs receipts with one PKI.
pub struct Service {
    pub pki: TestPki,
    pub sealer: Sealer,
}

impl Service {
    pub fn new() -> Self {
        let pki = TestPki::new(now()).unwrap();
        let sealer = sealer(&pki, &pki.seal);
        Self { pki, sealer }
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
    }

    pub fn pool(&self, time: DateTime<Utc>) -> TsaPool {
        let tsa = TestTsa::new(&self.pki).with_clock(move || time);
        TsaPool::new().with_tsa("test", tsa).with_sleep(|_: StdDuration| {})
    }

    /// Signs content as the service does, with a timestamp of this time.
    pub fn signed(&self, content: &str, time: DateTime<Utc>) -> Vec<u8> {
        self.signed_by(&self.sealer, content, time)
    }

    pub fn signed_by(&self, sealer: &Sealer, content: &str, time: DateTime<Utc>) -> Vec<u8> {
        let digests = PayloadDigests::of_bytes(content.as_bytes());
        let signature = sealer.sign_payload(&digests, "text/xml", time).unwrap();
        signature.stamp_with(&self.pool(time)).unwrap().der().to_vec()
    }

    /// A sealer of the same PKI whose certificate names an organisation by its number.
    pub fn organisation(&self, number: &str) -> Sealer {
        let spec = CertificateSpec::seal("Receipts", now() - Duration::days(1), now() + Duration::days(730));
        let spec = spec.with_organization("A Service", &format!("NTRBE-{number}"));
        let key = generate_key(&recommande::crypto::KeyKind::EcP256).unwrap();
        sealer(&self.pki, &self.pki.intermediate.issue(&spec, key).unwrap())
    }

    pub fn proof_of(&self, sending: &Sending) -> ProofOfSending {
        self.sealer.seal(sending, now()).unwrap().stamp_with(&self.pool(now() + Duration::seconds(2))).unwrap()
    }

    pub fn verified(&self, proof: &ProofOfSending) -> Verified<Sending> {
        self.verifier().verify(proof, Payload::NotAvailable, afterwards()).unwrap()
    }
}

fn sealer(pki: &TestPki, key: &CertifiedKey) -> Sealer {
    let chain = [&key.certificate, &pki.intermediate.certificate, &pki.root.certificate].map(Clone::clone);
    let credentials = Credentials::new(key.signer.clone(), chain.into()).unwrap();
    Sealer::new(credentials, Issuer::of("Example Registered Mail", enterprise(SERVICE), Environment::Test).unwrap())
}

/// The sending of the ticket.
pub fn sending() -> Sending {
    let mail = RegisteredMail::new(Ticket::new(TICKET).unwrap(), "A letter", "EDER501", Language::French).unwrap();
    let mail = mail.with_token(TOKEN).unwrap().with_application_id("letters").unwrap();
    let mail = mail.with_download_file_name("letter.pdf").unwrap();
    plain_sending().with_national_extension(mail)
}

/// A sending without a ticket.
pub fn plain_sending() -> Sending {
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let part = PartDescription::new("letter.pdf", "application/pdf").unwrap();
    let digests = PayloadDigests::of_bytes(LETTER);
    Sending::new(MessageId::new("message 7").unwrap(), sender, Party::new(niss()), part, digests, now()).unwrap()
}

/// The content of a receipt, as a text whose parts tests replace.
pub fn receipt() -> String {
    let digest = base64(DigestAlgorithm::Sha256.digest(LETTER).as_bytes());
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<t:ReceiptContent xmlns:t="{TYPES}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <t:Ticket>{TICKET}</t:Ticket>
  <t:Token>{TOKEN}</t:Token>
  <t:Recipient xsi:type="t:Citizen"><t:INSS>85073003328</t:INSS><t:QualityCode>CITIZEN</t:QualityCode></t:Recipient>
  <t:Sender><t:CompanyID>0566988259</t:CompanyID><t:ApplicationID>letters</t:ApplicationID></t:Sender>
  <t:Document>
    <t:Title>A letter</t:Title>
    <t:Digest><t:DigestMethod>SHA-256</t:DigestMethod><t:DigestValue>{digest}</t:DigestValue></t:Digest>
    <t:DownloadFileName>letter.pdf</t:DownloadFileName>
    <t:MIME>application/pdf</t:MIME>
    <t:Type>EDER501</t:Type>
    <t:Language>fr</t:Language>
  </t:Document>
</t:ReceiptContent>
"#
    )
}

/// The content of a proof of dispatch.
pub fn dispatch() -> String {
    receipt()
        .replace("<t:ReceiptContent ", &format!("<d:ProofOfDispatchContent xmlns:d=\"{DISPATCH}\" "))
        .replace("</t:ReceiptContent>", "</d:ProofOfDispatchContent>")
}

/// The signed file around content, without the element that holds it.
pub fn signed_file(content: &str, signature: &[u8]) -> String {
    let digest = base64(DigestAlgorithm::Sha512.digest(content.as_bytes()).as_bytes());
    format!(
        "<t:Title>Receipt</t:Title><t:Digest><t:DigestMethod>SHA-512</t:DigestMethod>\
         <t:DigestValue>{digest}</t:DigestValue></t:Digest><t:DownloadFileName>Receipt.xml</t:DownloadFileName>\
         <t:MIME>text/xml</t:MIME><t:Type>RECEIPT</t:Type><t:Language>bi</t:Language>\
         <t:Content>cid:18ee6a91@example.org</t:Content><t:Signature>{}</t:Signature>",
        base64(signature)
    )
}

/// The answer to sendDocument.
pub fn send_document_response(content: &str, signature: &[u8]) -> String {
    format!(
        "<m:SendDocumentResponse xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\"><t:Receipt><t:Ticket>{TICKET}</t:Ticket>\
         <t:Token>{TOKEN}</t:Token><t:Document>{}</t:Document></t:Receipt></m:SendDocumentResponse>",
        signed_file(content, signature)
    )
}

/// The answer to getStatus.
pub fn status_response(content: &str, signature: &[u8]) -> String {
    format!(
        "<m:GetStatusResponse xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\"><t:Ticket>{TICKET}</t:Ticket>\
         <t:Token>{TOKEN}</t:Token><t:Status>SENT</t:Status><t:ProofOfDispatch>{}</t:ProofOfDispatch>\
         </m:GetStatusResponse>",
        signed_file(content, signature)
    )
}
