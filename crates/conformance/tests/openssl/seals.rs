//! What is sealed here is verified there.

use chrono::Utc;
use recommande::crypto::KeyKind;
use recommande::evidence::ActedBy;
use recommande::seal::Artifact;
use recommande::testing::TestPki;
use recommande::{Environment, PayloadDigests};
use signed_data::tlv::Oid;

use crate::command::OpenSsl;
use crate::support::{PAYLOAD, Service, content, issuer, seal_algorithms, sending, signer_info};

/// id-aa-signatureTimeStampToken.
const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";

/// The signature's octets and the token over them.
pub fn signature_and_token(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
    signer_info(der, |signer_info| {
        let attributes = signer_info.unsigned_attributes.as_ref().expect("a timestamp");
        let is_timestamp = |oid: &Oid<'_>| oid.to_string() == SIGNATURE_TIME_STAMP;
        let attribute = attributes.iter().find(|attribute| is_timestamp(&attribute.oid)).expect("a timestamp");
        (signer_info.signature.to_vec(), attribute.values[0].raw.to_vec())
    })
}

#[test]
fn proofs_and_payload_signatures_are_accepted() {
    let Some(openssl) = OpenSsl::new("seals") else { return };
    for algorithm in seal_algorithms() {
        let service = Service::new(algorithm, issuer(Environment::Test), Utc::now());
        openssl.write("seal-anchors.pem", service.pki.seal_anchors_pem());
        openssl.write("tsa-anchors.pem", service.pki.tsa_anchors_pem());
        openssl.write("payload", PAYLOAD);
        openssl.write("other-payload", b"another letter\n");

        let sending = service.seal_sending(&sending(service.now));
        let opening = service.opening(&service.verified(&sending), ActedBy::Recipient(1));
        let opening = service.stamp(&service.sealer.seal(&opening, service.now).unwrap());
        for (proof, event) in [(sending.der(), "SubmissionAcceptance"), (opening.der(), "ContentAccessTracking")] {
            openssl.write("proof.p7m", proof);
            let verify = "cms -verify -cades -inform DER -in proof.p7m -CAfile";
            let printed = openssl.succeeds(&format!("{verify} seal-anchors.pem"));
            assert_eq!(printed, content(proof), "{algorithm}");
            let printed: serde_json::Value = serde_json::from_slice(&printed).unwrap();
            assert_eq!(printed["ERDSEventId"], format!("http://uri.etsi.org/19522/Event/{event}"));
            openssl.fails(&format!("{verify} tsa-anchors.pem"));

            // The same proof with one digit of the statement changed.
            let place = proof.windows(13).position(|window| window == b"1ZG0000036L3Z").unwrap();
            let mut changed = proof.to_vec();
            changed[place + 5] = b'1';
            openssl.write("proof.p7m", changed);
            openssl.fails(&format!("{verify} seal-anchors.pem"));
        }

        let digests = PayloadDigests::of_bytes(PAYLOAD);
        let digests = if digests.get(algorithm.cms_digest()).is_some() {
            digests
        } else {
            PayloadDigests::from_digests([algorithm.cms_digest().digest(PAYLOAD)]).unwrap()
        };
        let signature = service.stamp(&service.sealer.sign_payload(&digests, "text/plain", service.now).unwrap());
        openssl.write("payload.p7s", signature.der());
        let verify = "cms -verify -cades -binary -inform DER -in payload.p7s -CAfile seal-anchors.pem -content";
        assert_eq!(openssl.succeeds(&format!("{verify} payload")), PAYLOAD, "{algorithm}");
        openssl.fails(&format!("{verify} other-payload"));

        for stamped in [sending.der(), opening.der(), signature.der()] {
            let (signature, token) = signature_and_token(stamped);
            openssl.write("token.tst", token);
            openssl.write("signature", signature);
            let verify = "ts -verify -token_in -in token.tst -data";
            openssl.succeeds(&format!("{verify} signature -CAfile tsa-anchors.pem"));
            openssl.fails(&format!("{verify} payload -CAfile tsa-anchors.pem"));
            openssl.fails(&format!("{verify} signature -CAfile seal-anchors.pem"));
        }
    }
}

#[test]
fn test_certificates_are_strictly_valid() {
    let Some(openssl) = OpenSsl::new("certificates") else { return };
    for kind in [KeyKind::EcP256, KeyKind::EcP384, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }] {
        let pki = TestPki::of_kind(&kind, Utc::now()).unwrap();
        openssl.write("seal-anchors.pem", pki.seal_anchors_pem());
        openssl.write("tsa-anchors.pem", pki.tsa_anchors_pem());
        for (name, key) in [("seal", &pki.seal), ("intermediate", &pki.intermediate), ("tsa", &pki.tsa)] {
            openssl.write(&format!("{name}.der"), key.certificate.der());
            openssl.succeeds(&format!("x509 -inform DER -in {name}.der -out {name}.pem"));
        }
        let verify = "verify -x509_strict -check_ss_sig";
        let seal = format!("{verify} -CAfile seal-anchors.pem -untrusted intermediate.pem");
        openssl.succeeds(&format!("{seal} -purpose smimesign seal.pem"));
        openssl.succeeds(&format!("{seal} intermediate.pem"));
        openssl.succeeds(&format!("{verify} -CAfile tsa-anchors.pem -purpose timestampsign tsa.pem"));
        openssl.fails(&format!("{seal} -purpose timestampsign seal.pem"));
        openssl.fails(&format!("{verify} -CAfile tsa-anchors.pem -untrusted intermediate.pem seal.pem"));
    }
}
