//! The HTTP transport against a server that asks for a certificate of the client.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64ct::{Base64, Encoding};
use chrono::{TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use recommande::SigningKey;
use recommande::pki::Certificate;
use recommande::testing::{CertificateSpec, TestPki};
use rfc3161_client::{HttpTransport, HttpTransportError, Transport, TransportError};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

/// A certificate with the key that it is for, as PKCS#8.
struct Identity {
    certificate: Certificate,
    pkcs8: Vec<u8>,
}

impl Identity {
    fn new(pki: &TestPki, name: &str, purpose: ObjectIdentifier) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let pkcs8 = key.to_pkcs8v1().expect("PKCS#8").as_ref().to_vec();
        let localhost = [&[0x30, 0x0b, 0x82, 0x09], b"localhost".as_slice()].concat();
        let spec = CertificateSpec::seal(name, Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::days(1))
            .with_extended_key_usage(&[purpose])
            .with_extension(SUBJECT_ALT_NAME, localhost);
        let signer = Arc::new(SigningKey::from_pkcs8_der(&pkcs8).expect("a signer"));
        let certificate = pki.intermediate.issue(&spec, signer).expect("a certificate").certificate;
        Self { certificate, pkcs8 }
    }

    fn chain_pem(&self, pki: &TestPki) -> String {
        [&self.certificate, &pki.intermediate.certificate]
            .map(|certificate| pem("CERTIFICATE", certificate.der()))
            .concat()
    }

    fn key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.pkcs8)
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|start| &text[start..text.len().min(start + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The URL of a server that answers to clients with a certificate of this PKI.
fn serve(pki: &TestPki) -> String {
    let server = Identity::new(pki, "A Server", SERVER_AUTH);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(pki.root.certificate.der().to_vec())).expect("a root");
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
    let chain = [&server.certificate, &pki.intermediate.certificate];
    let chain = chain.map(|certificate| CertificateDer::from(certificate.der().to_vec())).to_vec();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server.pkcs8));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients.expect("a verifier"))
        .with_single_cert(chain, key)
        .expect("a server");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://localhost:{}/", listener.local_addr().expect("an address").port());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            let mut got = [0; 4096];
            if stream.read(&mut got).is_ok() {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 6\r\n\r\n";
                let _ = stream.write_all(&[head.as_bytes(), b"answer"].concat());
            }
        }
    });
    url
}

#[test]
fn a_server_that_asks_for_a_certificate_gets_it() {
    let pki = TestPki::new(Utc::now()).expect("a PKI");
    let url = serve(&pki);
    let transport = || HttpTransport::new(&url).expect("a URL").with_root_certificates([pki.root.certificate.der()]);
    let client = Identity::new(&pki, "A Client", CLIENT_AUTH);
    let with_certificate =
        transport().with_client_certificate(&client.chain_pem(&pki), &client.key_pem()).expect("a client");
    assert_eq!(with_certificate.send(b"request").expect("an answer"), b"answer");
    assert!(!format!("{with_certificate:?}").contains(&client.key_pem()[60..80]));

    // With TLS 1.3 the client is done before the server refuses, and may find the connection broken before it reads why.
    let is_refused =
        |error: &TransportError| matches!(error, TransportError::Tls { .. } | TransportError::Connection(_));
    let unknown = transport().send(b"request").expect_err("no certificate");
    assert!(is_refused(&unknown), "{unknown:?}");
    let stranger_pki = TestPki::new(Utc::now()).expect("a PKI");
    let stranger = Identity::new(&stranger_pki, "A Client", CLIENT_AUTH);
    let stranger = transport().with_client_certificate(&stranger.chain_pem(&stranger_pki), &stranger.key_pem());
    let refused = stranger.expect("a client").send(b"request").expect_err("another PKI");
    assert!(is_refused(&refused), "{refused:?}");

    // The HTTP client would panic when it connects, so both are compared before.
    let another_client = Identity::new(&pki, "Another", CLIENT_AUTH);
    let mixed = transport().with_client_certificate(&client.chain_pem(&pki), &another_client.key_pem());
    assert_eq!(mixed.err(), Some(HttpTransportError::ClientKeyDoesNotMatch));
    let mislabelled = pem("RSA PRIVATE KEY", &client.pkcs8);
    let mislabelled = transport().with_client_certificate(&client.chain_pem(&pki), &mislabelled);
    assert_eq!(mislabelled.err(), Some(HttpTransportError::ClientKey));
}
