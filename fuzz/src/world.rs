//! Fixed keys, certificates, times and artifacts: the same at every run, so that what was found can be found again.

use std::sync::LazyLock;

use chrono::{DateTime, Duration, Utc};
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Environment, EvidenceIdentifier, Issuer, MessageId, Opening, PartDescription,
    Party, PayloadDigests, Sending, UnknownExtension,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::pki::{PathRequest, ValidatedPath, validate_path};
use recommande::seal::{
    Credentials, PayloadSignature, Prepared, Proof, ProofOfOpening, ProofOfSending, Sealer, Unstamped,
};
use recommande::testing::{CertificateSpec, CertifiedKey, TestKeys, TestPki, TestTsa, derived_key};
use recommande::verify::{ContentDigests, Payload, Verified, Verifier};
use rfc3161_client::{MessageImprint, Nonce, TimeStampReq};

/// Everything that the targets compare with.
pub struct World {
    /// All keys P-256, derived from a label; signatures are deterministic.
    pub pki: TestPki,
    /// When everything is verified.
    pub now: DateTime<Utc>,
    /// When the proof of sending was sealed.
    pub sent_at: DateTime<Utc>,
    /// The time of the responses among the seeds, with a fraction.
    pub stamped_at: DateTime<Utc>,
    /// When the proof of opening was sealed.
    pub opened_at: DateTime<Utc>,
    /// Verifies what is made here: TOTAL-PASSED.
    pub verifier: Verifier,
    /// The path of the seal's certificate.
    pub path: ValidatedPath,
    /// Answers about certificates of the intermediate.
    pub responder: CertifiedKey,
    pub payload: PayloadDigests,
    pub content: ContentDigests,
    pub unstamped: Unstamped<ProofOfSending>,
    /// What waits for a signature, and the signature.
    pub prepared: Prepared<ProofOfSending>,
    pub signature: Vec<u8>,
    pub sending: ProofOfSending,
    /// The same with revocation data inside.
    pub long_term: ProofOfSending,
    pub opening: ProofOfOpening,
    pub payload_signature: PayloadSignature,
    pub verified: Verified<Sending>,
    /// A request, and its answer.
    pub request: TimeStampReq,
    pub response: Vec<u8>,
}

/// What is timestamped.
pub const DATA: &[u8] = b"a registered letter";

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// The one world.
pub fn world() -> &'static World {
    &WORLD
}

/// A TSA of this PKI, whose clock stands.
pub fn tsa(pki: &TestPki, at: DateTime<Utc>) -> TestTsa {
    TestTsa::new(pki).with_clock(move || at)
}

pub(crate) fn stamped<A>(unstamped: &Unstamped<A>, tsa: &TestTsa) -> A
where
    A: recommande::seal::Artifact + Clone,
{
    let request = unstamped.timestamp_request(Nonce::from_bytes(&[0x5a; 16])).expect("a request");
    unstamped.attach(&request, &tsa.respond(&request.to_der())).expect("a token")
}

impl World {
    fn new() -> Self {
        let sent_at: DateTime<Utc> = "2026-11-22T09:15:04Z".parse().expect("a time");
        let opened_at = sent_at + Duration::days(2);
        let stamped_at = sent_at + Duration::milliseconds(591);
        let now = sent_at + Duration::days(30);
        let pki = TestPki::with_keys(TestKeys::derived("fuzz").expect("keys"), sent_at).expect("certificates");
        let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).expect("credentials");
        let sealer = Sealer::new(credentials, issuer());
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let (chain, anchors) = (pki.seal_chain(), pki.seal_anchors());
        let path = validate_path(&PathRequest::new(&pki.seal.certificate, &chain, &anchors, now)).expect("a path");
        let until = sent_at + Duration::days(365);
        let responder = CertificateSpec::ocsp_responder("Test Responder", sent_at - Duration::days(1), until);
        let responder = pki.intermediate.issue(&responder, derived_key("fuzz: responder").expect("a key"));
        let responder = responder.expect("a certificate");

        let payload = PayloadDigests::of_bytes(DATA);
        let unstamped = sealer.seal(&statement(&payload, sent_at), sent_at).expect("a seal");
        let prepared = sealer.prepare(&statement(&payload, sent_at), sent_at).expect("a prepared seal");
        let signature = pki.seal.signer.sign(prepared.message()).expect("a signature");
        prepared.complete(&signature).expect("a seal");
        let sending = stamped(&unstamped, &tsa(&pki, sent_at));
        let fresh = (sent_at - Duration::hours(1), now + Duration::days(1));
        let revocation = pki.seal_revocation(fresh.0, fresh.1).expect("CRLs");
        let long_term = sealer.clone().with_revocation(&revocation).seal(&statement(&payload, sent_at), sent_at);
        let long_term = stamped(&long_term.expect("a seal"), &tsa(&pki, sent_at));
        verifier.verify(&long_term, Payload::Digests(&payload), now).expect("a proof that verifies");
        let verified = verifier.verify(&sending, Payload::Digests(&payload), now).expect("a proof that verifies");
        let assurance =
            Assurance::new(AssuranceLevel::Substantial, opened_at, "urn:example:otp").expect("an assurance");
        let opening = Opening::of(&verified, ActedBy::Recipient(1), assurance, opened_at).expect("an opening");
        let opening = opening.with_evidence_identifier(EvidenceIdentifier::from_bytes([0x0e; 16]));
        let opening: Unstamped<Proof<Opening>> = sealer.seal(&opening, opened_at).expect("a seal");
        let opening = stamped(&opening, &tsa(&pki, opened_at));
        verifier.verify(&opening, &verified, now).expect("a proof that verifies");
        let payload_signature = sealer.sign_payload(&payload, "text/plain", sent_at).expect("a signature");
        let payload_signature = stamped(&payload_signature, &tsa(&pki, sent_at));

        let digest = recommande::crypto::DigestAlgorithm::Sha256.digest(DATA);
        let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
        let request = TimeStampReq::new(imprint).with_nonce(Nonce::from_bytes(&[0x5a; 16]));
        let response = tsa(&pki, sent_at).respond(&request.to_der());
        let content = ContentDigests::of_reader(&mut &DATA[..]).expect("digests");
        Self {
            pki,
            now,
            sent_at,
            stamped_at,
            opened_at,
            verifier,
            path,
            responder,
            payload,
            content,
            unstamped,
            prepared,
            signature,
            sending,
            long_term,
            opening,
            payload_signature,
            verified,
            request,
            response,
        }
    }
}

/// Whoever seals here.
pub(crate) fn issuer() -> Issuer {
    let number: EnterpriseNumber = "0406798006".parse().expect("a number");
    Issuer::of("Example Service", &number, Environment::Test).expect("an issuer")
}

/// With one of everything that stands in few statements.
pub(crate) fn statement(payload: &PayloadDigests, at: DateTime<Utc>) -> Sending {
    let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>().expect("a number"), "Example Office");
    let recipient = Party::new("85073003328".parse::<Niss>().expect("a number"));
    let part = PartDescription::new("letter.pdf", "application/pdf").expect("a part");
    let extension =
        UnknownExtension::new("Other", r#"{"a":[1,-2,"b",null,true,{"c":"\u00e9"}]}"#).expect("an extension");
    Sending::new(
        MessageId::new("1ZG0000036L3Z").expect("an id"),
        sender.expect("a sender"),
        recipient,
        part,
        payload.clone(),
        at,
    )
    .and_then(|sending| sending.with_extension(extension))
    .expect("a statement")
    .with_evidence_identifier(EvidenceIdentifier::from_bytes([0x5e; 16]))
}
