//! These tests measure what an artifact may cost: signature checks, time, and the size of its report.

use std::time::{Duration as StdDuration, Instant};

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{Service, has, later, now};
use chrono::Duration;
use recommande::crypto::KeyKind;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, TestPki, TestTsa, generate_key};
use recommande::verify::{Code, Content, ContentDigests, Indication, Report, Signatures, Verifier};
use rfc3161_client::{MessageImprint, TimeStampReq};

/// What a hostile artifact may take of a processor, whatever is in it. A tenth of it is usual; the rest is for slow
/// machines.
const PATIENCE: StdDuration = StdDuration::from_secs(20);

/// Time on the processor where the system tells it, so that a busy machine does not fail; else time by the clock.
struct Stopwatch {
    clock: Instant,
    processor: Option<StdDuration>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { clock: Instant::now(), processor: Self::processor() }
    }

    fn elapsed(&self) -> StdDuration {
        match (self.processor, Self::processor()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.clock.elapsed(),
        }
    }

    fn processor() -> Option<StdDuration> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok().map(StdDuration::from_nanos)
    }
}

fn reports(verifier: &Verifier, file: &[u8], what: &str) -> Signatures {
    let started = Stopwatch::start();
    let reports = verifier.report_signatures(file, Content::Attached, later());
    println!("{what}: {} octets, {:?}", file.len(), started.elapsed());
    assert!(started.elapsed() < PATIENCE, "{what}: {:?}", started.elapsed());
    assert!(!reports.reports.is_empty() && reports.reports.len() <= 17, "{what}");
    reports.reports.iter().for_each(|report| assert_is_small(report, what));
    reports
}

/// The report's size does not follow the artifact's.
fn assert_is_small(report: &Report, what: &str) {
    let json = serde_json::to_string(report).unwrap();
    assert!(json.len() < 1 << 20, "{what}: a report of {} octets", json.len());
    assert!(report.to_string().len() < 1 << 20, "{what}");
    assert!(report.findings.len() < 1000, "{what}: {} findings", report.findings.len());
    for finding in &report.findings {
        let texts = [&finding.stated, &finding.computed];
        for text in texts.into_iter().flatten() {
            assert!(text.len() <= 16 << 10, "{what}: {} has a text of {} octets", finding.code, text.len());
        }
    }
}

/// Certificate authorities with this name, none of them genuine.
fn impostors(count: u32, name: &str, issuer: &[u8], pki: &TestPki) -> Vec<u8> {
    let spec = CertificateSpec::authority(name, now() - Duration::days(1), later() + Duration::days(1));
    let key = &pki.seal.signer;
    let certificate = Node::parse(&spec.to_der(key.public_key(), issuer, key.as_ref()).unwrap());
    let numbered = |number: u32| {
        let serial = der::octets(0x02, &(number + 1_000_000).to_be_bytes());
        certificate.with(|certificate| *certificate.at_mut(&[0, 1]) = serial).to_der()
    };
    (0..count).flat_map(numbered).collect()
}

fn set(file: &mut Node, certificates: &[u8]) {
    let genuine = file.at(der::CERTIFICATES).contents();
    *file.at_mut(der::CERTIFICATES) = der::octets(0xa0, &[certificates, &genuine].concat());
}

#[test]
fn many_signers_tokens_and_certificates_cost_a_bounded_number_of_signature_checks() {
    let service = Service::new();
    let sealed = service.sealed();
    let strangers = TestPki::new(now()).unwrap();
    // Tokens that are genuine and lead to no anchor, each with a search of its own among hundreds of impostors of its
    // issuer.
    let tsa = TestTsa::new(&strangers).with_clock(now);
    let token = Node::parse(&service.token(&sealed, &tsa));
    let root = strangers.tsa_root.certificate.subject_der();
    let token = token.with(|token| set(token, &impostors(20, "Test TSA Root CA", root, &strangers)));
    let timestamp = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token.to_der());
    let root = service.pki.root.certificate.subject_der();
    let certificates = impostors(250, "Test Seal CA", root, &service.pki);

    let file = |signers: usize, tokens: usize| {
        let mut file = Node::parse(sealed.der());
        set(&mut file, &certificates);
        let attributes = vec![timestamp.clone(); tokens];
        file.at_mut(der::SIGNER_INFO).children_mut().push(node_of(&attributes));
        let signer = file.at(der::SIGNER_INFO).clone();
        *file.at_mut(&[1, 0, 4]) = der::octets(0x31, &signer.to_der().repeat(signers));
        file.to_der()
    };
    let verifier = service.verifier();
    let single = reports(&verifier, &file(1, 1), "one signer, one token");
    // The key identifier leads past hundreds of impostors; those of the TSA's issuer lead nowhere.
    assert!(has(&single.reports[0], Code::ChainValid), "{}", single.reports[0]);
    let many = reports(&service.verifier(), &file(20, 3), "20 signers, 3 tokens each");
    assert_eq!(many.reports.len(), 17, "signers beyond the limit are not hidden");
    assert!(has(&many.reports[16], Code::SignersTooMany));
    assert_eq!(many.worst().map(|report| report.indication), Some(Indication::Indeterminate));
    let most = reports(&service.verifier(), &file(12, 30), "12 signers, 30 tokens each");
    for report in &most.reports {
        assert_eq!(report.timestamps.len(), 24);
        assert!(has(report, Code::TimestampsTooMany));
        assert_ne!(report.indication, Indication::TotalPassed);
    }
}

#[test]
fn the_tokens_of_a_small_file_are_shared_out_among_its_signers() {
    use recommande::verify::limits::{MAX_TIMESTAMPS, MAX_TIMESTAMPS_OF_SMALL, OCTETS_OF_TIMESTAMP};
    let service = Service::new();
    let sealed = service.sealed();
    let token = service.token(&sealed, &service.tsa(now()));
    let timestamp = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token);
    for (signers, tokens) in [(1, 24), (2, 24), (8, 24), (16, 2)] {
        let mut file = Node::parse(sealed.der());
        file.at_mut(der::SIGNER_INFO).children_mut().push(node_of(&vec![timestamp.clone(); tokens]));
        let signer = file.at(der::SIGNER_INFO).to_der();
        *file.at_mut(&[1, 0, 4]) = der::octets(0x31, &signer.repeat(signers));
        let file = file.to_der();
        let shared = MAX_TIMESTAMPS_OF_SMALL + file.len() / OCTETS_OF_TIMESTAMP;
        let of_each = (shared / signers).min(MAX_TIMESTAMPS);
        for report in &reports(&service.verifier(), &file, "tokens that are shared out").reports {
            assert_eq!(report.timestamps.len(), of_each.min(tokens), "{signers} signers");
            assert_eq!(has(report, Code::TimestampsTooMany), tokens > of_each, "{signers} signers");
        }
    }
}

/// All tokens of a file share one store of revocation data.
#[test]
fn tokens_full_of_revocation_data_are_taken_up_to_the_limit_of_one_file() {
    let service = Service::new();
    let sealed = service.sealed();
    let token = Node::parse(&service.token(&sealed, &service.tsa(now())));
    let stranger = CertificateSpec::authority("Stranger", now(), later());
    let stranger = stranger.self_signed(generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let crl = stranger.issue_crl(&CrlSpec::new(now(), later())).unwrap();
    // Each has another end of its signature.
    let crls = |numbers: std::ops::Range<u32>| -> Vec<u8> {
        numbers.flat_map(|number| [&crl[..crl.len() - 4], &number.to_be_bytes()].concat()).collect()
    };
    let file = |each: u32| {
        let tokens = (0..20).map(|number| {
            let crls = der::octets(0xa1, &crls(number * each..(number + 1) * each));
            let token = token.with(|token| {
                let signed_data = token.at_mut(der::SIGNED_DATA).children_mut();
                signed_data.insert(signed_data.len() - 1, crls);
            });
            der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token.to_der())
        });
        let tokens: Vec<_> = tokens.collect();
        let file = Node::parse(sealed.der());
        file.with(|file| file.at_mut(der::SIGNER_INFO).children_mut().push(node_of(&tokens))).to_der()
    };
    for (each, is_told) in [(50, false), (52, true), (200, true)] {
        let many = reports(&service.verifier(), &file(each), "20 tokens full of CRLs");
        let [report] = many.reports.as_slice() else { panic!("one signer") };
        let told = report.findings.iter().filter(|finding| finding.code == Code::RevocationDataTooMany);
        let told: Vec<_> = told.filter_map(|finding| finding.computed.as_deref()).collect();
        assert_eq!(told.contains(&"more than 1024 CRLs"), is_told, "{report}");
        // What was not taken up may revoke.
        assert!(!is_told || report.indication == Indication::Indeterminate, "{report}");
        assert_eq!(report.timestamps.iter().filter(|timestamp| timestamp.valid).count(), 20, "{report}");
    }
}

fn node_of(attributes: &[Node]) -> Node {
    let octets: Vec<u8> = attributes.iter().flat_map(Node::to_der).collect();
    der::octets(0xa1, &octets)
}

#[test]
fn keys_that_are_slow_to_verify_with_do_not_multiply() {
    // RSA with 8192 bits and the longest exponent that is read, as the keys of many impostors.
    let service = Service::new();
    let mut modulus = vec![0xc5_u8; 1025];
    modulus[0] = 0;
    let exponent = der::octets(0x02, &[0x7f; 16]);
    let key = der::node(0x30, vec![der::octets(0x02, &modulus), exponent]).to_der();
    let algorithm = Node::parse(&[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0]);
    let spki = der::node(0x30, vec![algorithm, der::octets(0x03, &[&[0], &key[..]].concat())]);
    let rsa = Node::parse(&[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0]);

    let sealed = service.sealed();
    let issuer = service.pki.root.certificate.subject_der();
    let impostor = Node::parse(&impostors(1, "Test Seal CA", issuer, &service.pki));
    let slow: Vec<u8> = (0..300_u16)
        .flat_map(|number| {
            let slow = impostor.with(|certificate| {
                *certificate.at_mut(&[0, 1]) = der::octets(0x02, &number.to_be_bytes());
                let mut modulus = modulus.clone();
                modulus[5..7].copy_from_slice(&number.to_be_bytes());
                let key = der::node(0x30, vec![der::octets(0x02, &modulus), der::octets(0x02, &[0x7f; 16])]).to_der();
                *certificate.at_mut(&[0, 6]) =
                    spki.with(|spki| *spki.at_mut(&[1]) = der::octets(0x03, &[&[0], &key[..]].concat()));
            });
            slow.to_der()
        })
        .collect();
    // The signer's certificate says that an RSA key signed it.
    let mut seal = Node::parse(service.pki.seal.certificate.der());
    *seal.at_mut(&[0, 2]) = rsa.clone();
    *seal.at_mut(&[1]) = rsa;
    *seal.at_mut(&[2]) = der::octets(0x03, &[&[0][..], &[0x42; 1024]].concat());
    let mut file = Node::parse(sealed.der());
    *file.at_mut(der::CERTIFICATES) = der::octets(0xa0, &[seal.to_der(), slow].concat());
    let signer = file.at(der::SIGNER_INFO).to_der();
    for (count, what) in [(1, "one signer"), (16, "16 signers")] {
        let file = file.with(|file| *file.at_mut(&[1, 0, 4]) = der::octets(0x31, &signer.repeat(count)));
        let reports = reports(&service.verifier(), &file.to_der(), what);
        assert!(has(&reports.reports[0], Code::ChainBudgetExhausted), "{}", reports.reports[0]);
    }
}

/// An archive timestamp over the seal by a TSA that is not trusted, with this index.
fn archived(file: &Node, index: &Node) -> Node {
    let stranger = TestPki::new(now()).unwrap();
    let content = recommande::crypto::DigestAlgorithm::Sha256.digest(&file.at(der::CONTENT).contents());
    let signer = file.at(der::SIGNER_INFO).children();
    let fields: Vec<u8> = signer.iter().take(6).flat_map(Node::to_der).collect();
    let content_type = file.at(&[1, 0, 2, 0]).to_der();
    let stamped = [content_type, content.as_bytes().to_vec(), fields, index.to_der()].concat();
    let digest = recommande::crypto::DigestAlgorithm::Sha256.digest(&stamped);
    let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()));
    let response = TestTsa::new(&stranger).with_clock(now).respond(&request.to_der());
    let token = Node::parse(&der::token_of_response(&response));
    let token = token.with_unsigned(der::attribute_of(oid::ATS_HASH_INDEX_V3, &index.to_der()));
    der::attribute_of(oid::ARCHIVE_TIME_STAMP_V3, &token.to_der())
}

#[test]
fn an_archive_index_of_a_million_entries_is_compared_in_time() {
    let service = Service::new();
    let mut file = Node::parse(service.sealed().der());
    set(&mut file, &impostors(4000, "Other", service.pki.root.certificate.subject_der(), &service.pki));
    // Every entry is the digest of the certificate that stands last.
    let last = file.at(der::CERTIFICATES).contents();
    let root = service
        .pki
        .seal_chain()
        .into_iter()
        .map(|certificate| certificate.der().to_vec())
        .find(|der| last.ends_with(der))
        .unwrap();
    let entry = der::octets(0x04, recommande::crypto::DigestAlgorithm::Sha256.digest(&root).as_bytes());
    let sha256 = der::node(0x30, vec![der::octets(0x06, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1])]);
    let empty = der::node(0x30, Vec::new());
    let index = der::node(0x30, vec![sha256, der::octets(0x30, &entry.to_der().repeat(500_000)), empty.clone(), empty]);
    let archive = archived(&file, &index);
    file.at_mut(der::SIGNER_INFO).children_mut().push(node_of(&vec![archive; 3]));
    let reports = reports(&service.verifier(), &file.to_der(), "three tokens with indexes of 500,000 entries");
    assert!(has(&reports.reports[0], Code::ArchiveIndexMatches), "{}", reports.reports[0]);
}

#[test]
fn large_content_is_not_hashed_for_each_token() {
    let service = Service::new();
    let sealed = service.sealed();
    let sha512 = der::node(0x30, vec![der::octets(0x06, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 10])]);
    let empty = der::node(0x30, Vec::new());
    let index = der::node(0x30, vec![sha512, empty.clone(), empty.clone(), empty]);
    let token = Node::parse(&service.token(&sealed, &service.tsa(now())));
    let token = token.with_unsigned(der::attribute_of(oid::ATS_HASH_INDEX_V3, &index.to_der()));
    let archive = der::attribute_of(oid::ARCHIVE_TIME_STAMP_V3, &token.to_der());
    let mut file = Node::parse(sealed.der());
    file.at_mut(der::SIGNER_INFO).children_mut().push(node_of(&vec![archive; 24]));
    let signer = file.at(der::SIGNER_INFO).to_der();
    *file.at_mut(&[1, 0, 4]) = der::octets(0x31, &signer.repeat(16));
    *file.at_mut(der::CONTENT) = der::octets(0x04, &vec![0x20; 40 << 20]);
    reports(&service.verifier(), &file.to_der(), "40 MiB of content under 16 signers with 24 archive timestamps each");
}

#[test]
fn what_is_long_is_shown_cut() {
    let service = Service::new();
    let sealed = service.sealed();
    let long = vec![0x2a_u8; 2 << 20];
    let key = service.pki.seal.signer.as_ref();
    let file = Node::parse(sealed.der());
    let attributes = [
        ("message-digest", oid::MESSAGE_DIGEST, der::octets(0x04, &long)),
        ("content-type", oid::CONTENT_TYPE, der::octets(0x06, &long)),
        ("commitment", oid::COMMITMENT_TYPE, der::node(0x30, vec![der::octets(0x06, &long)])),
        ("mime-type", oid::MIME_TYPE, der::octets(0x0c, &long)),
    ];
    for (what, kind, value) in attributes {
        let changed = file.resigned(key, |attributes| {
            attributes.retain(|attribute| attribute.children()[0] != der::oid(kind));
            attributes.push(der::attribute(kind, vec![value]));
        });
        reports(&service.verifier(), &changed.to_der(), what);
    }
    let algorithm = der::node(0x30, vec![der::octets(0x06, &long)]);
    for (what, place) in [("digest algorithm", 2), ("signature algorithm", 4)] {
        let changed = file.with(|file| file.at_mut(der::SIGNER_INFO).children_mut()[place] = algorithm.clone());
        reports(&service.verifier(), &changed.to_der(), what);
    }
    let changed = file.with(|file| *file.at_mut(&[1, 0, 2, 0]) = der::octets(0x06, &long));
    reports(&service.verifier(), &changed.to_der(), "type of the content");
    let content_info = der::node(0x30, vec![der::octets(0x06, &long), der::node(0xa0, vec![der::octets(0x04, b"x")])]);
    reports(&service.verifier(), &content_info.to_der(), "another ContentInfo");

    // A TSTInfo with a long imprint, policy, serial number, or name.
    let token = Node::parse(&service.token(&sealed, &service.tsa(now())));
    let tst_info = Node::parse(&token.at(der::CONTENT).contents());
    let parts: [(&str, &[usize], u8); 4] = [
        ("imprint", &[2, 1], 0x04),
        ("imprint algorithm", &[2, 0, 0], 0x06),
        ("policy", &[1], 0x06),
        ("serial", &[3], 0x02),
    ];
    let none = ContentDigests::of_reader(&mut &b"data"[..]).unwrap();
    for (what, place, tag) in parts {
        let changed = tst_info.with(|info| *info.at_mut(place) = der::octets(tag, &long));
        let token = token.with(|token| *token.at_mut(der::CONTENT) = der::octets(0x04, &changed.to_der()));
        let report = service.verifier().report_timestamp(&token.to_der(), &none, None, later());
        assert_is_small(&report, what);
        let attribute = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token.to_der());
        reports(&service.verifier(), &file.with_unsigned(attribute).to_der(), what);
    }
}

#[test]
fn large_crls_are_not_read_again_for_each_token() {
    let service = Service::new();
    let sealed = service.sealed();
    let stamped = now() + Duration::seconds(2);
    let token = service.token(&sealed, &service.tsa(stamped));
    let timestamp = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token);
    // Genuine lists with a quarter of a million entries, of the issuers of the seal's certificate and of the TSA's.
    let large = |issuer: &CertifiedKey| {
        let mut spec = CrlSpec::new(now() - Duration::days(1), later() + Duration::days(1)).with_number(1);
        spec.entries = (0..250_000_u32)
            .map(|number| {
                let serial = der::octets(0x02, &[&[0x40], &number.to_be_bytes()[..]].concat());
                der::node(0x30, vec![serial, der::octets(0x17, b"260101000000Z")]).to_der()
            })
            .collect();
        issuer.issue_crl(&spec).unwrap()
    };
    let mut crls = [&service.pki.root, &service.pki.intermediate, &service.pki.tsa_root].map(large).concat();
    for number in 0..200 {
        let spec = CrlSpec::new(now() - Duration::days(1), later() + Duration::days(1)).with_number(number);
        crls.extend(service.pki.intermediate.issue_crl(&spec).unwrap());
    }
    let file = |signers: usize, tokens: usize| {
        let mut file = Node::parse(sealed.der());
        file.at_mut(der::SIGNER_INFO).children_mut().push(node_of(&vec![timestamp.clone(); tokens]));
        let signer = file.at(der::SIGNER_INFO).to_der();
        *file.at_mut(&[1, 0, 4]) = der::octets(0x31, &signer.repeat(signers));
        file.at_mut(der::SIGNED_DATA).children_mut().insert(4, der::octets(0xa1, &crls));
        file.to_der()
    };
    let single = reports(&service.verifier(), &file(1, 1), "large CRLs, one signer, one token");
    assert!(has(&single.reports[0], Code::NotRevoked), "{}", single.reports[0]);
    reports(&service.verifier(), &file(1, 24), "large CRLs, one signer, 24 tokens");
    reports(&service.verifier(), &file(16, 1), "large CRLs, 16 signers");
    reports(&service.verifier(), &file(16, 24), "large CRLs, 16 signers with 24 tokens each");
}

#[test]
fn the_document_states_the_numbers_of_the_code() {
    use recommande::verify::limits::{MAX_EVIDENCE_RECORDS, MAX_SIGNERS, MAX_TIMESTAMPS, MAX_TOKENS_OF_RECORDS};
    let budget = recommande::pki::limits::MAX_SIGNATURE_CHECKS as usize;
    let of_record = recommande::time::record::limits::MAX_ARCHIVE_TIME_STAMPS;
    let of_signers = |signers: usize| budget + 2 * signers * (1 + MAX_TIMESTAMPS + MAX_TOKENS_OF_RECORDS);
    let thousands = |number: usize| match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    };
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/manual/limits.md")).unwrap();
    let (of_call, of_proof) = (thousands(of_signers(MAX_SIGNERS)), thousands(of_signers(1)));
    for row in [
        format!("at most {of_call} signatures in all, and one proof costs at most {of_proof}."),
        format!("verified for one file | {budget}, and {budget} more for data that the caller gave |"),
        format!("signers judged in one SignedData | {MAX_SIGNERS} |"),
        format!("timestamps looked at in one signature | {MAX_TIMESTAMPS} |"),
        format!("tokens in one evidence record | {of_record} |"),
        format!("evidence records looked at in one SignedData | {MAX_EVIDENCE_RECORDS} |"),
        format!("tokens of all of them | {MAX_TOKENS_OF_RECORDS} |"),
    ] {
        assert!(document.contains(&row), "{row}");
    }
    assert_eq!(2 * of_record, 64);
}

#[test]
fn certificates_beyond_the_limit_are_said_to_be_left_out() {
    let service = Service::new();
    let proof = Node::parse(service.proof().der());
    let held = u32::try_from(proof.at(der::CERTIFICATES).children().len()).unwrap();
    let extra = service.pki.tsa_chain();
    // The genuine ones stand last and are not larger, so that they are beyond the limit.
    for (count, is_beyond) in [(4096 - held, true), (100, false)] {
        let unrelated = impostors(count, "Unrelated", service.pki.root.certificate.subject_der(), &service.pki);
        let mut file = proof.clone();
        set(&mut file, &unrelated);
        let verifier = service.verifier().with_extra_certificates(extra.clone());
        let report = reports(&verifier, &file.to_der(), "unrelated certificates").reports.remove(0);
        assert_eq!(report.indication != Indication::TotalPassed, is_beyond, "{report}");
        assert_eq!(has(&report, Code::SigningCertificateNotFound), is_beyond, "{report}");
        assert_eq!(has(&report, Code::CertificatesTooMany), is_beyond, "{report}");
    }
}
