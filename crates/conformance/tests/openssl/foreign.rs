//! CMS that openssl makes is read to the same content and digests.

use chrono::Utc;
use recommande::crypto::{DigestAlgorithm, SignatureAlgorithm};
use recommande::seal::{PayloadSignature, Unstamped};
use recommande::verify::Verifier;
use recommande::{Certificate, Environment, Indication, PayloadDigests, TrustAnchors};
use signed_data::{SignedData, SignerIdentifier, normalize};

use crate::command::OpenSsl;
use crate::support::{Service, issuer};

const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// Who signs: its name, its key, the digest, and what else `openssl cms -sign` is told.
const SIGNERS: [(&str, &str, &str, &str); 6] = [
    ("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "sha256", ""),
    ("rsa-3072", "-algorithm RSA -pkeyopt rsa_keygen_bits:3072", "sha512", ""),
    ("pss", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "sha256", "-keyopt rsa_padding_mode:pss"),
    // openssl's default salt is the longest that fits, which only the second backend verifies.
    (
        "pss-20",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "sha384",
        "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:20",
    ),
    ("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "sha256", ""),
    ("p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "sha384", ""),
];

/// Signs itself with each form of `openssl cms -sign -cades`, and gives each file to `check`.
fn with_each_signer(test: &str, check: impl Fn(&OpenSsl, &str, &str, &str)) {
    let Some(openssl) = OpenSsl::new(test) else { return };
    openssl.write(
        "signer.cnf",
        "[req]\ndistinguished_name = name\n[name]\n[own]\nkeyUsage = critical, digitalSignature, nonRepudiation\n\
         subjectKeyIdentifier = hash\nbasicConstraints = critical, CA:FALSE\n",
    );
    for (name, key, digest, options) in SIGNERS {
        openssl.succeeds(&format!("genpkey {key} -out {name}.key"));
        let request = format!("req -config signer.cnf -x509 -new -key {name}.key -subj /C=BE/CN={name} -days 30");
        openssl.succeeds(&format!("{request} -sha256 -extensions own -out {name}.pem"));
        check(&openssl, name, digest, options);
    }
}

/// The certificate of this signer.
fn certificate(openssl: &OpenSsl, name: &str) -> Certificate {
    let pem = openssl.read(&format!("{name}.pem"));
    Certificate::from_pem_chain(std::str::from_utf8(&pem).unwrap()).unwrap().remove(0)
}

#[test]
fn their_signatures_are_read_and_verify() {
    // Longer than the pieces in which openssl streams, with line ends that it must leave alone.
    let payload: Vec<u8> = (0..60_000_u32).flat_map(|n| [n.to_le_bytes()[0], b'\r', b'\n']).collect();
    with_each_signer("foreign", |openssl, name, digest, options| {
        openssl.write("payload", &payload);
        let digest_algorithm = DigestAlgorithm::from_name(digest).unwrap();
        let computed = digest_algorithm.digest(&payload);
        let printed = openssl.succeeds(&format!("dgst -{digest} -binary payload"));
        assert_eq!(computed.as_bytes(), printed);
        for (form, attached, by_key) in [
            ("-nodetach -noindef", true, false),
            ("-nodetach -noindef -keyid", true, true),
            ("-nodetach -stream", true, false),
            ("-nodetach -stream -keyid", true, true),
            ("-noindef", false, false),
            ("-noindef -keyid", false, true),
        ] {
            let is_stream = form.contains("-stream");
            if is_stream && options.contains("pss") {
                // OpenSSL 3.0 fails to write these itself: "illegal zero content".
                continue;
            }
            let sign = format!("cms -sign -cades -binary -in payload -signer {name}.pem -inkey {name}.key {options}");
            openssl.succeeds(&format!("{sign} -md {digest} {form} -outform DER -out signed"));
            let received = openssl.read("signed");
            let what = format!("{name} {form}");
            let definite = normalize(&received).expect(&what);
            assert_eq!(definite.as_ref() != received.as_slice(), is_stream, "{what}: BER where it is streamed");
            let signed_data = SignedData::parse(&definite).expect(&what);
            assert_eq!(signed_data.encap_content_info.content.is_some(), attached, "{what}");
            if let Some(content) = signed_data.encap_content_info.content {
                assert!(content == payload, "{what}: another content");
                assert_eq!(digest_algorithm.digest(content), computed);
            }
            let [signer_info] = signed_data.signer_infos.as_slice() else { panic!("{what}: not one signer") };
            assert_eq!(matches!(signer_info.sid, SignerIdentifier::SubjectKeyIdentifier(_)), by_key, "{what}");
            assert_eq!(DigestAlgorithm::from_oid(signer_info.digest_algorithm.oid), Some(digest_algorithm));
            let attributes = signer_info.signed_attributes.as_ref().expect(&what);
            let value = |oid: &str| {
                let attribute = attributes.iter().find(|attribute| attribute.oid.to_string() == oid).expect(oid);
                attribute.values[0].value
            };
            assert_eq!(value(MESSAGE_DIGEST), computed.as_bytes(), "{what}");
            assert!(!value(SIGNING_CERTIFICATE_V2).is_empty());

            let certificate = certificate(openssl, name);
            let algorithm =
                SignatureAlgorithm::from_identifier(&signer_info.signature_algorithm, Some(digest_algorithm))
                    .expect(&what);
            let signed = attributes.as_set();
            let verdict = certificate.public_key().verify(&algorithm, &signed, signer_info.signature);
            assert!(verdict.is_ok(), "{what}: {verdict:?}");
            let verdict = certificate.public_key().verify(&algorithm, &signed[1..], signer_info.signature);
            assert!(verdict.is_err(), "{what}: anything verifies");
        }
    });
}

#[test]
fn their_detached_signatures_can_be_timestamped_and_verified() {
    let payload = b"a contract\n";
    with_each_signer("foreign-stamped", |openssl, name, digest, options| {
        openssl.write("payload", payload);
        let sign = format!("cms -sign -cades -binary -in payload -signer {name}.pem -inkey {name}.key {options}");
        openssl.succeeds(&format!("{sign} -md {digest} -noindef -nosmimecap -outform DER -out payload.p7s"));
        let unstamped = Unstamped::<PayloadSignature>::from_der(&openssl.read("payload.p7s")).expect(name);

        let now = Utc::now();
        let service = Service::new(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), issuer(Environment::Test), now);
        let stamped = service.stamp(&unstamped);
        let mut anchors = TrustAnchors::new();
        anchors.add(certificate(openssl, name));
        let digests = DigestAlgorithm::from_name(digest).unwrap().digest(payload);
        let digests = PayloadDigests::from_digests([digests]).unwrap();
        let verifier = Verifier::new(anchors, service.pki.tsa_anchors(), Environment::Test);
        let report = verifier.report_payload_signature(&stamped, &digests, now + chrono::Duration::seconds(5));
        assert_eq!(report.indication, Indication::TotalPassed, "{name}: {report}");
    });
}
