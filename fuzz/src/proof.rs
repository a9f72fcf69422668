//! Whole proofs and foreign signatures.

use const_oid::ObjectIdentifier;
use recommande::seal::{AnyProof, Artifact, DecodeError, PayloadSignature, Prepared, Unstamped};
use recommande::testing::CertifiedKey;
use recommande::verify::{Content, Context, Indication, Payload, Preceding, Report};
use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampResp};
use signed_data::tlv::{Reader, Tag, element};
use signed_data::{SignedData, normalize};

use crate::world::{World, tsa, world};

const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNATURE_TIME_STAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");

/// Nothing passes but the statements that were sealed, at the times that were attested; strict verdict and report
/// agree.
pub fn proof(input: &[u8]) {
    let world = world();
    let report = judge(input);
    if report.indication == Indication::TotalPassed {
        let proof = AnyProof::from_der(input).expect("a proof");
        let (id, at) = match &proof {
            AnyProof::Sending(proof) => {
                assert!(proof.stated() == world.sending.stated(), "another statement");
                (proof.id() == world.sending.id(), world.sent_at)
            }
            AnyProof::Opening(proof) => {
                assert!(proof.stated() == world.opening.stated(), "another statement");
                (proof.id() == world.opening.id(), world.opened_at)
            }
            proof => panic!("a proof of {}", proof.event()),
        };
        assert!(id, "another seal");
        assert_eq!(report.proven_at, Some(at), "another time");
        let signer = report.certificates.first().expect("a signer");
        assert_eq!(signer.fingerprint, world.pki.seal.certificate.fingerprint().to_string(), "another signer");
    }
    if let Ok(signature) = PayloadSignature::from_der(input) {
        let report = world.verifier.report_payload_signature(&signature, &world.payload, world.now);
        let strict = world.verifier.verify_payload_signature(&signature, &world.payload, world.now);
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed);
        if let Ok(strict) = strict {
            assert_eq!(strict.proven_at(), world.sent_at);
            assert_eq!(strict.certificate(), &world.pki.seal.certificate);
        }
    }
    if let Ok(unstamped) = Unstamped::<recommande::ProofOfSending>::from_der(input) {
        let nonce = Nonce::from_bytes(&[0x5a; 16]);
        let request = unstamped.timestamp_request(nonce).expect("a seal that can be read");
        let stamped = unstamped.attach(&request, &world.response);
        assert!(stamped.is_err(), "a token of something else");
    }
    if let Ok(prepared) = Prepared::<recommande::ProofOfSending>::from_der(input) {
        let sealed = prepared.complete(&world.signature);
        assert_eq!(sealed.is_ok(), prepared.message() == world.prepared.message(), "a seal of something else");
        if let Ok(sealed) = sealed {
            assert_eq!(Ok(&sealed), Unstamped::from_der(sealed.der()).as_ref(), "a seal that cannot be read");
        }
    }
}

fn judge(input: &[u8]) -> Report {
    let world = world();
    let (payload, now) = (Payload::Digests(&world.payload), world.now);
    let report = world.verifier.report(input, Context::new(Preceding::Verified(&world.verified), payload), now);
    let strict = match AnyProof::from_der(input) {
        Ok(AnyProof::Sending(proof)) => {
            world.verifier.verify(&proof, payload, now).map(|verified| verified.proven_at())
        }
        Ok(AnyProof::Opening(proof)) => {
            world.verifier.verify(&proof, &world.verified, now).map(|verified| verified.proven_at())
        }
        Ok(AnyProof::Step(proof)) => {
            world.verifier.verify(&proof, &world.verified, now).map(|verified| verified.proven_at())
        }
        Ok(proof) => panic!("a proof of {}", proof.event()),
        Err(error) => {
            let is_of_unknown_event = matches!(error, DecodeError::EventNotKnown(_));
            assert!(report.indication == Indication::TotalFailed || is_of_unknown_event, "a verdict on no proof");
            let _ = format!("{error} {error:?}");
            return report;
        }
    };
    match strict {
        Ok(proven_at) => {
            assert_eq!(report.indication, Indication::TotalPassed, "passed strictly, and not in the report");
            assert_eq!(report.proven_at, Some(proven_at));
        }
        Err(error) => {
            assert_ne!(report.indication, Indication::TotalPassed, "passed in the report, and not strictly");
            let decisive = error.finding();
            // The payload is an argument of the report alone where an opening is verified.
            let is_reported = report.findings.iter().any(|finding| finding.code == decisive.code);
            assert!(is_reported, "{error} is not in the report");
        }
    }
    check_report(&report);
    report
}

pub(crate) fn check_report(report: &Report) {
    assert_eq!(report.indication == Indication::TotalPassed, report.sub_indication.is_none());
    let json = serde_json::to_string(report).expect("JSON");
    assert_eq!(&serde_json::from_str::<Report>(&json).expect("what was written"), report);
    let text = report.to_string();
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "control characters in a report");
    assert!(report.findings.len() < 2_000, "{} findings", report.findings.len());
}

/// The content of any proof, sealed and timestamped anew: what comes after the signature check is reached.
pub fn resealed(input: &[u8]) {
    let world = world();
    let Some(sealed) = seal_again(world, input) else { return };
    let report = judge(&sealed);
    if report.indication == Indication::TotalPassed {
        assert!(report.proven_at.is_some());
        assert!(report.statement.is_some_and(|statement| statement.environment == "Test"));
    }
    foreign(&sealed);
}

/// The same SignedData, with its message digest, its signature and its signature-time-stamp renewed.
pub(crate) fn seal_again(world: &World, input: &[u8]) -> Option<Vec<u8>> {
    let sealed = signed_by(&world.pki.seal, input, SignedData::parse(input).ok()?.encap_content_info.content?)?;
    let signature = SignedData::parse(&sealed).ok()?.signer_infos.first()?.signature;
    let digest = recommande::crypto::DigestAlgorithm::Sha256.digest(signature);
    let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()));
    let response = TimeStampResp::from_bytes(&tsa(&world.pki, world.sent_at).respond(&request.to_der())).ok()?;
    let token = response.token?;
    let attribute = element(
        Tag::SEQUENCE,
        &[
            &element(Tag::OBJECT_IDENTIFIER, &[SIGNATURE_TIME_STAMP.as_bytes()]),
            &element(Tag::SET, &[token.as_bytes()]),
        ],
    );
    assemble(&sealed, None, Some(&attribute))
}

/// A SignedData like `template`, with this content, signed by this key in its first signer. Its unsigned attributes
/// stay.
pub fn signed_by(key: &CertifiedKey, template: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    assemble(template, Some((key, content)), None)
}

fn assemble(template: &[u8], sign: Option<(&CertifiedKey, &[u8])>, unsigned: Option<&[u8]>) -> Option<Vec<u8>> {
    let definite = normalize(template).ok()?;
    let parsed = SignedData::parse(&definite).ok()?;
    let first = parsed.signer_infos.first()?;
    let signed = first.signed_attributes.as_ref()?;
    let (mut attributes, mut signature) = (signed.raw().to_vec(), first.signature_raw.to_vec());
    let mut encapsulated = parsed.encap_content_info.raw.to_vec();
    if let Some((key, content)) = sign {
        let digest = key.signer.algorithm().cms_digest().digest(content);
        let digest = element(Tag::SET, &[&element(Tag::OCTET_STRING, &[digest.as_bytes()])]);
        let renewed =
            element(Tag::SEQUENCE, &[&element(Tag::OBJECT_IDENTIFIER, &[MESSAGE_DIGEST.as_bytes()]), &digest]);
        let is_digest = |oid: &signed_data::tlv::Oid<'_>| *oid == MESSAGE_DIGEST;
        let renewed_attributes: Vec<&[u8]> = signed
            .iter()
            .map(|attribute| if is_digest(&attribute.oid) { renewed.as_slice() } else { attribute.raw })
            .collect();
        attributes = element(Tag::context(0), &renewed_attributes);
        let mut set = attributes.clone();
        *set.first_mut()? = Tag::SET.0;
        signature = element(Tag::OCTET_STRING, &[&key.signer.sign(&set).ok()?]);
        let content_type = element(Tag::OBJECT_IDENTIFIER, &[parsed.encap_content_info.content_type.as_bytes()]);
        let explicit = element(Tag::context(0), &[&element(Tag::OCTET_STRING, &[content])]);
        encapsulated = element(Tag::SEQUENCE, &[&content_type, &explicit]);
    }
    let present = first
        .unsigned_attributes
        .iter()
        .flat_map(|set| set.iter())
        .filter(|attribute| attribute.oid != SIGNATURE_TIME_STAMP);
    let mut unsigned_attributes: Vec<&[u8]> = match unsigned {
        Some(_) => present.map(|attribute| attribute.raw).collect(),
        None => first.unsigned_attributes.iter().flat_map(|set| set.iter()).map(|attribute| attribute.raw).collect(),
    };
    unsigned_attributes.extend(unsigned);
    let unsigned_attributes =
        if unsigned_attributes.is_empty() { Vec::new() } else { element(Tag::context(1), &unsigned_attributes) };
    let signer_info = element(
        Tag::SEQUENCE,
        &[
            first.version_raw,
            first.sid_raw,
            first.digest_algorithm.raw,
            &attributes,
            first.signature_algorithm.raw,
            &signature,
            &unsigned_attributes,
        ],
    );
    let mut signer_infos = vec![signer_info.as_slice()];
    signer_infos.extend(parsed.signer_infos.iter().skip(1).map(|signer_info| signer_info.raw));
    let digest_algorithms: Vec<&[u8]> = parsed.digest_algorithms.iter().map(|algorithm| algorithm.raw).collect();
    let signed_data = element(
        Tag::SEQUENCE,
        &[
            &element(Tag::INTEGER, &[parsed.version.as_bytes()]),
            &element(Tag::SET, &digest_algorithms),
            &encapsulated,
            parsed.certificates_raw.map(|set| set.raw).unwrap_or_default(),
            parsed.crls_raw.map(|set| set.raw).unwrap_or_default(),
            &element(Tag::SET, &signer_infos),
        ],
    );
    let content_type =
        Reader::new(&definite, "ContentInfo").expect(Tag::SEQUENCE).ok()?.reader("ContentInfo").any().ok()?;
    Some(element(Tag::SEQUENCE, &[content_type.raw, &element(Tag::context(0), &[&signed_data])]))
}

impl World {
    /// The token of the answer to the request.
    pub fn response_token(&self) -> Vec<u8> {
        let response = TimeStampResp::from_bytes(&self.response).expect("a response");
        response.token.expect("a token").as_bytes().to_vec()
    }
}

/// Signatures and tokens of any origin are judged, and only what was signed here passes.
pub fn foreign(input: &[u8]) {
    let world = world();
    for content in [Content::Attached, Content::Digests(&world.content), Content::Octets(crate::world::DATA)] {
        let signatures = world.verifier.report_signatures(input, content, world.now);
        assert!(!signatures.reports.is_empty(), "no report");
        signatures.reports.iter().for_each(check_report);
        let passed = signatures.reports.iter().filter(|report| report.indication == Indication::TotalPassed);
        for report in passed {
            let signer = report.certificates.first().expect("a signer");
            assert_eq!(signer.fingerprint, world.pki.seal.certificate.fingerprint().to_string(), "another signer");
            // Without a timestamp a signature by somebody else is judged now.
            assert!([None, Some(world.sent_at), Some(world.opened_at)].contains(&report.proven_at), "another time");
        }
    }
    for request in [None, Some(&world.request)] {
        let report = world.verifier.report_timestamp(input, &world.content, request, world.now);
        check_report(&report);
        if report.indication == Indication::TotalPassed {
            assert!([world.sent_at, world.stamped_at].map(Some).contains(&report.proven_at), "another time");
            assert_eq!(report.timestamps.len(), 1);
        }
    }
}
