//! Requests for timestamps, both ways.

use chrono::Utc;
use const_oid::ObjectIdentifier;
use recommande::Environment;
use recommande::rfc3161_client::{Nonce, TimeStampReq};

use crate::command::OpenSsl;
use crate::support::{PAYLOAD, Service, issuer, seal_algorithms, sending, signer_info};

/// Under the enterprise number for documentation, RFC 5612.
const POLICY: &str = "1.3.6.1.4.1.32473.3161.1";

#[test]
fn ours_are_read() {
    let Some(openssl) = OpenSsl::new("our-requests") else { return };
    for algorithm in seal_algorithms() {
        let service = Service::new(algorithm, issuer(Environment::Test), Utc::now());
        let unstamped = service.sealer.seal(&sending(service.now), service.now).unwrap();
        let nonce = Nonce::from_bytes(&[0x8a, 0xbc, 1, 2, 3, 4, 5, 0xff]);
        let policy = ObjectIdentifier::new_unwrap(POLICY);
        let request = unstamped.timestamp_request(nonce).unwrap().with_policy(policy);
        openssl.write("our.tsq", request.to_der());
        let text = String::from_utf8(openssl.succeeds("ts -query -in our.tsq -text")).unwrap();
        let digest = algorithm.cms_digest();
        for line in [
            &format!("Hash Algorithm: {}", digest.name().to_lowercase().replace('-', "")),
            "Version: 1",
            &format!("Policy OID: {POLICY}"),
            "Nonce: 0x8ABC0102030405FF",
            "Certificate required: yes",
            "Extensions:",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        // openssl hashes the same octets to the same request.
        signer_info(unstamped.der(), |signer_info| openssl.write("signature", signer_info.signature));
        let name = digest.name().to_lowercase().replace('-', "");
        openssl.succeeds(&format!("ts -query -data signature -{name} -no_nonce -out their.tsq"));
        let theirs = TimeStampReq::from_der(&openssl.read("their.tsq")).unwrap();
        assert!(theirs.imprint().matches(request.imprint()));
    }
}

#[test]
fn theirs_are_read() {
    let Some(openssl) = OpenSsl::new("their-requests") else { return };
    openssl.write("payload", PAYLOAD);
    for digest in ["sha1", "sha256", "sha384", "sha512", "sha3-256"] {
        for (options, policy, nonce, cert_req) in [
            ("", None, true, false),
            ("-cert", None, true, true),
            ("-no_nonce", None, false, false),
            ("-cert -tspolicy 1.3.6.1.4.1.32473.3161.1", Some(POLICY), true, true),
        ] {
            openssl.succeeds(&format!("ts -query -data payload -{digest} {options} -out their.tsq"));
            let octets = openssl.read("their.tsq");
            let request = TimeStampReq::from_der(&octets).unwrap();
            assert_eq!(request.policy().map(ToString::to_string).as_deref(), policy, "{digest} {options}");
            assert_eq!((request.nonce().is_some(), request.cert_req()), (nonce, cert_req), "{digest} {options}");
            let printed = openssl.succeeds(&format!("dgst -{digest} -binary payload"));
            assert_eq!(request.imprint().digest, printed);
            assert_eq!(request.to_der(), octets, "{digest} {options}: written anew as it was read");
        }
    }
}
