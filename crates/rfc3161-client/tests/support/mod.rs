//! Responses made by hand: well-formed, with a signature that is none. The client does not look at signatures.

#![allow(dead_code)]

use rfc3161_client::{MessageImprint, Nonce, TimeStampReq};

/// id-sha256, RFC 5754 §2.2.
pub const SHA256: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// id-sha512, RFC 5754 §2.4.
pub const SHA512: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
pub const POLICY: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4.1");

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
pub const DATA: &str = "1.2.840.113549.1.7.1";
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

pub fn request() -> TimeStampReq {
    TimeStampReq::new(MessageImprint::new(SHA256, [7; 32]))
        .with_nonce(Nonce::from_bytes(&[0xee; 10]))
        .with_policy(POLICY)
}

pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let mut out = vec![tag];
    match contents.len() {
        short @ 0..=0x7f => out.push(u8::try_from(short).expect("short")),
        long => {
            out.push(0x82);
            out.extend(u16::try_from(long).expect("below 64 KiB").to_be_bytes());
        }
    }
    out.extend(contents);
    out
}

pub fn oid(dotted: &str) -> Vec<u8> {
    tlv(0x06, &[const_oid::ObjectIdentifier::new_unwrap(dotted).as_bytes()])
}

/// What a token is made of; each part is an element.
#[derive(Clone)]
pub struct Parts {
    pub tst_info: Vec<Vec<u8>>,
    pub content_type: Vec<u8>,
    pub signers: usize,
    pub certificates: Vec<Vec<u8>>,
    pub outer_type: Vec<u8>,
    pub detached: bool,
}

impl Parts {
    /// A token that answers the request. The signer's certificate stands second.
    pub fn answering(request: &TimeStampReq) -> Self {
        let imprint = request.imprint();
        let algorithm = tlv(0x30, &[&tlv(0x06, &[imprint.algorithm.as_bytes()])]);
        let policy = request.policy().map_or_else(|| oid("1.2.3.4.1"), |policy| tlv(0x06, &[policy.as_bytes()]));
        let mut tst_info = vec![
            vec![0x02, 0x01, 0x01],
            policy,
            tlv(0x30, &[&algorithm, &tlv(0x04, &[&imprint.digest])]),
            tlv(0x02, &[&[0x01, 0x02, 0x03]]),
            tlv(0x18, &[b"20140331063109.591Z"]),
            tlv(0x30, &[&tlv(0x80, &[&[0x01, 0xf4]])]),
        ];
        tst_info.extend(request.nonce().map(|nonce| tlv(0x02, &[nonce.as_bytes()])));
        Self {
            tst_info,
            content_type: oid(TST_INFO),
            signers: 1,
            certificates: vec![certificate(8), certificate(9)],
            outer_type: oid(SIGNED_DATA),
            detached: false,
        }
    }

    pub fn token(&self) -> Vec<u8> {
        let parts: Vec<&[u8]> = self.tst_info.iter().map(Vec::as_slice).collect();
        let content = tlv(0xa0, &[&tlv(0x04, &[&tlv(0x30, &parts)])]);
        let content = if self.detached { Vec::new() } else { content };
        let encapsulated = tlv(0x30, &[&self.content_type, &content]);
        let sid = tlv(0x30, &[&name(), &tlv(0x02, &[&[9]])]);
        let algorithm = tlv(0x30, &[&oid("2.16.840.1.101.3.4.2.1")]);
        let signer = tlv(0x30, &[&[0x02, 0x01, 0x01], &sid, &algorithm, &algorithm, &tlv(0x04, &[&[1; 16]])]);
        let signers: Vec<&[u8]> = std::iter::repeat_n(signer.as_slice(), self.signers).collect();
        let certificates: Vec<&[u8]> = self.certificates.iter().map(Vec::as_slice).collect();
        let certificates = if certificates.is_empty() { Vec::new() } else { tlv(0xa0, &certificates) };
        let digests = tlv(0x31, &[&algorithm]);
        let signed_data =
            tlv(0x30, &[&[0x02, 0x01, 0x03], &digests, &encapsulated, &certificates, &tlv(0x31, &signers)]);
        tlv(0x30, &[&self.outer_type, &tlv(0xa0, &[&signed_data])])
    }

    pub fn response(&self) -> Vec<u8> {
        granted(&self.token())
    }
}

pub fn granted(token: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x30, &[&[0x02, 0x01, 0x00]]), token])
}

/// Rejection: badAlg and timeNotAvailable, with two texts.
pub fn rejection() -> Vec<u8> {
    let texts = tlv(0x30, &[&tlv(0x0c, &["no clock\r\nfake log line".as_bytes()]), &tlv(0x0c, &["désolé".as_bytes()])]);
    let status = tlv(0x30, &[&[0x02, 0x01, 0x02], &texts, &tlv(0x03, &[&[0x01, 0x80, 0x02]])]);
    tlv(0x30, &[&status])
}

/// An answer without a token, of this status and for this bit of PKIFailureInfo.
pub fn refusal(status: u8, reason: Option<u32>) -> Vec<u8> {
    let bits = reason.map_or_else(Vec::new, |bit| {
        let octets = (0x8000_0000_u32 >> bit).to_be_bytes();
        tlv(0x03, &[&[0], &octets])
    });
    tlv(0x30, &[&tlv(0x30, &[&[0x02, 0x01, status], &bits])])
}

fn name() -> Vec<u8> {
    tlv(0x30, &[&tlv(0x31, &[&tlv(0x30, &[&oid("2.5.4.3"), &tlv(0x0c, &[b"CA"])])])])
}

/// As much of a certificate as a signer is found by.
fn certificate(serial: u8) -> Vec<u8> {
    let tbs = tlv(
        0x30,
        &[
            &[0xa0, 0x03, 0x02, 0x01, 0x02],
            &tlv(0x02, &[&[serial]]),
            &tlv(0x30, &[]),
            &name(),
            &tlv(0x30, &[]),
            &name(),
            &tlv(0x30, &[]),
        ],
    );
    tlv(0x30, &[&tbs, &tlv(0x30, &[]), &tlv(0x03, &[&[0]])])
}
