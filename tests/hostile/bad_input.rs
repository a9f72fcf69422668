//! Input that is no proof, or not quite one any more, gets a verdict. It never panics, and never passes with another
//! meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration as StdDuration, Instant};

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{self, Service, against, has, later, now, pool};
use chrono::Duration;
use const_oid::ObjectIdentifier;
use recommande::Certificate;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Codec, PayloadDigests};
use recommande::seal::{
    AnyProof, Artifact, DecodeError, PayloadSignature, ProfileViolation, ProofOfOpening, ProofOfSending, Unstamped,
};
use recommande::testing::{CertificateSpec, Misbehaviour, TestPki};
use recommande::verify::{
    Code, Content, ContentDigests, Indication, Payload, Preceding, Report, SubIndication, Verifier,
};

/// Reads the octets in every way there is, and gives the report.
fn report(verifier: &Verifier, file: &[u8]) -> Report {
    let _ = ProofOfOpening::from_der(file);
    let _ = PayloadSignature::from_der(file);
    let _ = Unstamped::<ProofOfSending>::from_der(file);
    verifier.report(file, Preceding::NotGiven, later())
}

fn assert_malformed(verifier: &Verifier, file: &[u8], what: &str) -> DecodeError {
    let report = report(verifier, file);
    assert_eq!(report.indication, Indication::TotalFailed, "{what}: {report}");
    assert_eq!(report.sub_indication, Some(SubIndication::FormatFailure), "{what}");
    assert!(has(&report, Code::Malformed), "{what}");
    assert_eq!((report.proven_at, report.level), (None, None), "{what}");
    AnyProof::from_der(file).expect_err(what)
}

/// What a proof means. A change that leaves this and still passes has changed nothing that counts.
#[derive(Debug, PartialEq)]
struct Meaning {
    statement: Vec<u8>,
    signer: String,
    proven_at: chrono::DateTime<chrono::Utc>,
    id: String,
}

fn meaning(verifier: &Verifier, file: &[u8]) -> Option<Meaning> {
    let meaning = strict_meaning(verifier, file);
    let report = report(verifier, file);
    assert_eq!(report.indication == Indication::TotalPassed, meaning.is_some(), "{report}");
    assert!(meaning.as_ref().is_none_or(|meaning| report.proven_at == Some(meaning.proven_at)));
    meaning
}

/// The same by the strict verdict alone, for the many.
fn strict_meaning(verifier: &Verifier, file: &[u8]) -> Option<Meaning> {
    let proof = ProofOfSending::from_der(file).ok()?;
    let verified = verifier.verify(&proof, Payload::NotAvailable, later()).ok()?;
    Some(Meaning {
        statement: Codec::Json.encode(verified.statement(), verified.issuer()).unwrap(),
        signer: verified.signature().certificate().fingerprint().to_string(),
        proven_at: verified.proven_at(),
        id: verified.id().to_string(),
    })
}

#[test]
fn octets_that_are_no_proof_are_total_failed_with_a_reason() {
    let service = Service::new();
    let verifier = service.verifier();
    let good = service.proof().der().to_vec();
    let nested = [[0x30, 0x80].repeat(10_000), [0, 0].repeat(10_000)].concat();
    let nested_definite = (0..10_000).fold(Vec::new(), |inner: Vec<u8>, _| {
        // Built from the inside would be quadratic; the lengths are what counts, and they may lie.
        [inner, vec![0x30, 0x84, 0x00, 0xff, 0xff, 0xff]].concat()
    });
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("one octet", vec![0x30]),
        ("text", b"this is no proof".to_vec()),
        ("PEM", b"-----BEGIN CMS-----\nMIAGCSqGSIb3DQEHAqCAMIA=\n-----END CMS-----\n".to_vec()),
        ("zeros", vec![0; 4096]),
        ("ones", vec![0xff; 4096]),
        ("a length of 2^32-1", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x06, 0x09]),
        ("a length of 2^64-1", [vec![0x30, 0x88], vec![0xff; 8]].concat()),
        ("a length of 127 octets", [vec![0x30, 0xff], vec![0xff; 127]].concat()),
        ("10,000 deep, indefinite", nested),
        ("10,000 deep, definite", nested_definite),
        ("a certificate", service.pki.seal.certificate.der().to_vec()),
        ("a timestamp token", service.token(&service.sealed(), &service.tsa(now()))),
        ("the statement", Node::parse(&good).at(der::CONTENT).contents()),
        ("the SignedData without its ContentInfo", Node::parse(&good).at(der::SIGNED_DATA).to_der()),
    ];
    for (what, file) in cases {
        let error = assert_malformed(&verifier, &file, what);
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn files_of_other_kinds_are_called_by_their_names() {
    let service = Service::new();
    let verifier = service.verifier();
    let pem = service.pki.seal_anchors_pem();
    for (file, name) in [
        (&b""[..], "an empty file"),
        (b"%PDF-1.7\n%...", "a PDF"),
        (pem.as_bytes(), "PEM text"),
        (b"\n-----BEGIN CMS-----\n", "PEM text"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"<?xml version=\"1.0\"?>", "XML"),
        (b"{\"version\": 1}", "JSON"),
        (b"MIIKjgYJKoZIhvcNAQcC", "base64 text"),
    ] {
        let of_proof = report(&verifier, file);
        let of_signature = verifier.report_signatures(file, Content::Attached, later()).reports.remove(0);
        let of_token = verifier.report_timestamp(file, &ContentDigests::default(), None, later());
        for report in [of_proof, of_signature, of_token] {
            assert_eq!(report.indication, Indication::TotalFailed, "{name}: {report}");
            let said = report.findings.iter().filter_map(|finding| finding.stated.as_deref());
            assert!(said.clone().any(|text| text.contains(&format!("this is {name}"))), "{name}: {report}");
        }
        let error = Certificate::from_der(file).unwrap_err().to_string();
        assert!(error.contains(&format!("this is {name}")), "{error}");
    }
}

#[test]
fn a_proof_cut_off_anywhere_is_no_proof() {
    let service = Service::new();
    let verifier = service.verifier();
    let good = service.proof().der().to_vec();
    for length in 0..good.len() {
        assert_malformed(&verifier, &good[..length], &format!("cut to {length}"));
    }
}

#[test]
fn octets_after_a_proof_are_refused() {
    let service = Service::new();
    let good = service.proof().der().to_vec();
    for tail in [&[0_u8][..], &[0, 0], b"\n", &good] {
        assert_malformed(&service.verifier(), &[&good, tail].concat(), "a tail");
    }
}

#[test]
fn other_cms_types_are_named_for_what_they_are() {
    let service = Service::new();
    let good = Node::parse(service.proof().der());
    // id-data, id-envelopedData, id-digestedData, id-encryptedData, id-ct-authData.
    for content_type in ["1.2.840.113549.1.7.1", "1.2.840.113549.1.7.3", "1.2.840.113549.1.7.5", "1.2.840.113549.1.7.6"]
    {
        let file = good.with(|file| *file.at_mut(&[0]) = der::oid(ObjectIdentifier::new_unwrap(content_type)));
        let error = assert_malformed(&service.verifier(), &file.to_der(), content_type);
        assert!(matches!(error, DecodeError::Coding(_)), "{error:?}");
    }
    // A SignedData over something else than id-data is a signature, but no proof.
    let file = good.with(|file| *file.at_mut(&[1, 0, 2, 0]) = der::oid(oid::TST_INFO));
    let error = assert_malformed(&service.verifier(), &file.to_der(), "TSTInfo");
    assert_eq!(error, DecodeError::Profile(ProfileViolation::ContentType));
}

#[test]
fn a_proof_has_one_signer() {
    let service = Service::new();
    let (mine, theirs) = (Node::parse(service.proof().der()), Node::parse(Service::new().proof().der()));
    let two = mine.with(|file| file.at_mut(&[1, 0, 4]).children_mut().push(theirs.at(der::SIGNER_INFO).clone()));
    let none = mine.with(|file| file.at_mut(&[1, 0, 4]).children_mut().clear());
    for (file, signers) in [(two, 2), (none, 0)] {
        let error = assert_malformed(&service.verifier(), &file.to_der(), "signers");
        assert_eq!(error, DecodeError::Profile(ProfileViolation::Signers(signers)));
    }
}

#[test]
fn a_proof_of_another_event_is_refused_by_its_name() {
    let service = Service::new();
    let sending = service.proof();
    let opening = service.proof_of_opening(&service.opening(&service.verified(&sending)));
    assert!(matches!(ProofOfSending::from_der(opening.der()), Err(DecodeError::AnotherEvent(_))));
    assert!(matches!(ProofOfOpening::from_der(sending.der()), Err(DecodeError::AnotherEvent(_))));
    // A sending under the name of another event lacks the members of that event.
    for event in ["SubmissionRejection", "ContentConsignment", "RelayAcceptance"] {
        let statement = json_of(&service).replace("SubmissionAcceptance", event);
        let file = sealed_content(&service, statement.as_bytes());
        let error = assert_malformed(&service.verifier(), &file, event);
        assert!(matches!(error, DecodeError::Statement(_)), "{event}: {error:?}");
    }
    let statement = json_of(&service).replace("19522/Event", "19522/Events");
    assert_malformed(&service.verifier(), &sealed_content(&service, statement.as_bytes()), "an unknown event");
}

fn json_of(service: &Service) -> String {
    String::from_utf8(Codec::Json.encode(&common::sending(), service.sealer.issuer()).unwrap()).unwrap()
}

/// Any content, genuinely sealed and timestamped: a payload signature with its payload put inside.
fn sealed_content(service: &Service, content: &[u8]) -> Vec<u8> {
    let sealed = service.sealer.sign_payload(&PayloadDigests::of_bytes(content), "application/json", now()).unwrap();
    let signature = sealed.stamp_with(&pool(service.tsa(now()))).unwrap();
    let content = der::node(0xa0, vec![der::octets(0x04, content)]);
    Node::parse(signature.der()).with(|file| file.at_mut(&[1, 0, 2]).children_mut().push(content)).to_der()
}

#[test]
fn genuinely_sealed_content_that_is_no_statement_is_refused() {
    let service = Service::new();
    let json = json_of(&service);
    // The way to make such files works: the untouched statement passes.
    let file = sealed_content(&service, json.as_bytes());
    assert_eq!(report(&service.verifier(), &file).indication, Indication::TotalPassed);
    let first_member = json.find("\"EvidenceIdentifier\":").unwrap();
    let (head, tail) = json.split_at(first_member);
    let duplicate = &tail[..tail.find(',').unwrap() + 1];
    let cases = [
        ("empty", String::new()),
        ("not JSON", "hello".into()),
        ("null", "null".into()),
        ("an array", "[]".into()),
        ("an object without members", "{}".into()),
        ("white space", json.replacen(':', ": ", 1)),
        ("a tail", format!("{json}\n")),
        ("a byte order mark", format!("\u{feff}{json}")),
        ("a duplicate member", format!("{head}{duplicate}{tail}")),
        ("an unknown member", format!("{head}\"Unknown\":1,{tail}")),
        ("an unknown critical extension", json.replace("\"Environment\":", "\"Environmint\":")),
        ("an environment that does not exist", json.replace("\"Test\"", "\"Moon\"")),
        ("an environment that is not critical", json.replacen("\"isCritical\":true", "\"isCritical\":false", 1)),
        ("nested", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("nested objects", format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000))),
        ("a NISS with a wrong digit", json.replace("85073003328", "85073003329")),
        ("an enterprise number with a wrong digit", json.replace("0566988259", "0566988258")),
        ("half of it", json[..json.len() / 2].to_owned()),
        ("too large", format!("{head}{}", " ".repeat(2 << 20))),
    ];
    for (what, content) in cases {
        assert_ne!(content, json, "{what} changes nothing");
        let file = sealed_content(&service, content.as_bytes());
        let error = assert_malformed(&service.verifier(), &file, what);
        assert!(matches!(error, DecodeError::Statement(_)), "{what}: {error:?}");
        let text = format!("{error} {error:?} {}", report(&service.verifier(), &file));
        for secret in ["85073003328", "85073003329", "0566988258"] {
            assert!(!text.contains(secret), "{what} repeats {secret}");
        }
    }
    let invalid_utf8 = json.replace("Example Office", "Example \u{1}ffice").into_bytes();
    let invalid_utf8: Vec<u8> = invalid_utf8.into_iter().map(|octet| if octet == 1 { 0xff } else { octet }).collect();
    assert_malformed(&service.verifier(), &sealed_content(&service, &invalid_utf8), "invalid UTF-8");
}

#[test]
fn indefinite_and_overlong_lengths_in_a_proof_are_refused() {
    let service = Service::new();
    let verifier = service.verifier();
    let good = service.proof().der().to_vec();
    let tree = Node::parse(&good);
    // The whole file and each constructed element down to the SignerInfo, coded with an indefinite length.
    let (outer, contents) = (good[0], tree.contents());
    let indefinite = [vec![outer, 0x80], contents.clone(), vec![0, 0]].concat();
    let error = assert_malformed(&verifier, &indefinite, "the ContentInfo with indefinite length");
    assert!(matches!(error, DecodeError::Coding(_) | DecodeError::Profile(ProfileViolation::NotDer(_))), "{error:?}");
    let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
    let overlong = [vec![outer, 0x84], length.to_vec(), contents].concat();
    assert_malformed(&verifier, &overlong, "the ContentInfo with an overlong length");
    let mut accepted = BTreeSet::new();
    for path in tree.paths() {
        let element = tree.at(&path).to_der();
        let contents = tree.at(&path).contents();
        if tree.at(&path).tag & 0x20 == 0 {
            continue;
        }
        let indefinite = [vec![element[0], 0x80], contents, vec![0, 0]].concat();
        let file = splice(&tree, &path, &indefinite);
        if let Some(after) = meaning(&verifier, &file) {
            assert_eq!(Some(after), meaning(&verifier, &good), "{path:?}");
            accepted.insert(region(&path));
        }
    }
    // Nothing that is signed, and not the structure around it.
    println!("indefinite lengths accepted in: {accepted:#?}");
    // Only where somebody else codes: certificates and unsigned attributes, tokens among them.
    for region in accepted {
        let others = region == "certificates" || region == "unsigned attributes" || region.starts_with("token: ");
        assert!(others, "{region} with an indefinite length");
    }
}

/// The file with the element at `path` replaced by these octets, whatever they are.
fn splice(tree: &Node, path: &[usize], octets: &[u8]) -> Vec<u8> {
    let (last, above) = path.split_last().unwrap();
    let mut parent = tree.clone();
    let parent_node = parent.at_mut(above);
    let contents: Vec<u8> = parent_node
        .children()
        .iter()
        .enumerate()
        .flat_map(|(number, child)| if number == *last { octets.to_vec() } else { child.to_der() })
        .collect();
    *parent_node = der::octets(parent_node.tag, &contents);
    parent.to_der()
}

/// The name of the part of a proof that an element belongs to, as the documentation speaks of it.
fn region(path: &[usize]) -> &'static str {
    match path {
        [1, 0, 0] => "SignedData version",
        [1, 0, 1, ..] => "set of digest algorithms",
        [1, 0, 2, 1, ..] => "statement",
        [1, 0, 2, ..] => "content info",
        [1, 0, 3, ..] => "certificates",
        [1, 0, 4, 0, 0] => "SignerInfo version",
        [1, 0, 4, 0, 1, ..] => "sid",
        [1, 0, 4, 0, 2, ..] => "digest algorithm",
        [1, 0, 4, 0, 3, ..] => "signed attributes",
        [1, 0, 4, 0, 4, ..] => "signature algorithm",
        [1, 0, 4, 0, 5] => "seal signature",
        // Into the token: attribute, values, ContentInfo, [0], SignedData.
        [1, 0, 4, 0, 6, _, 1, 0, 1, 0, below @ ..] => match below {
            [0] => "token: SignedData version",
            [1, ..] => "token: set of digest algorithms",
            [2, ..] => "token: TSTInfo",
            [3, ..] => "token: certificates",
            [4, 0, 0] => "token: SignerInfo version",
            [4, 0, 1, ..] => "token: sid",
            [4, 0, 2, ..] => "token: digest algorithm",
            [4, 0, 3, ..] => "token: signed attributes",
            [4, 0, 4, ..] => "token: signature algorithm",
            [4, 0, 5] => "token: signature",
            _ => "token: structure",
        },
        [1, 0, 4, 0, 6, ..] => "unsigned attributes",
        _ => "structure",
    }
}

/// Where an element may change without consequence, by the crate's documentation ("What is authenticated").
const NOT_AUTHENTICATED: [&str; 12] = [
    "SignedData version",
    "SignerInfo version",
    "set of digest algorithms",
    "certificates",
    // The case of the issuer's name, which is compared without regard to it.
    "sid",
    "token: sid",
    "token: SignedData version",
    "token: SignerInfo version",
    "token: set of digest algorithms",
    "token: certificates",
    // Repeating a timestamp.
    "unsigned attributes",
    // Their order alone; see below.
    "token: signed attributes",
];

#[test]
fn no_flipped_bit_gives_another_statement_another_signer_or_an_earlier_time() {
    let service = Service::new();
    let good = service.proof().der().to_vec();
    let before = meaning(&service.verifier(), &good);
    assert!(before.is_some());
    let places = der::places(&good);
    let short = |region: &str| !matches!(region, "statement" | "certificates" | "token: certificates");
    let flips: Vec<(usize, u8)> = (0..good.len())
        .flat_map(|offset| {
            let bits: &[u8] = if short(region(&places[offset])) { &[0, 1, 2, 3, 4, 5, 6, 7] } else { &[0] };
            bits.iter().map(move |bit| (offset, *bit))
        })
        .collect();
    let insensitive: Vec<BTreeMap<&str, Vec<(usize, u8)>>> = std::thread::scope(|scope| {
        let halves = flips.chunks(flips.len().div_ceil(2));
        let threads: Vec<_> = halves
            .map(|flips| {
                let (good, before, places, service) = (&good, &before, &places, &service);
                scope.spawn(move || {
                    let mut insensitive = BTreeMap::<&str, Vec<(usize, u8)>>::new();
                    let verifier = service.verifier();
                    for (offset, bit) in flips {
                        let mut file = good.clone();
                        file[*offset] ^= 1 << bit;
                        if let Some(after) = strict_meaning(&verifier, &file) {
                            assert_eq!(Some(&after), before.as_ref(), "bit {bit} of octet {offset}");
                            insensitive.entry(region(&places[*offset])).or_default().push((*offset, *bit));
                        }
                    }
                    insensitive
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} flips", flips.len());
    for (region, flips) in insensitive.iter().flatten() {
        let shown: Vec<_> = flips.iter().take(12).map(|(offset, bit)| format!("{offset}.{bit}")).collect();
        println!("{region}: {} flips change nothing: {} ...", flips.len(), shown.join(" "));
    }
    for region in insensitive.iter().flat_map(BTreeMap::keys) {
        assert!(!matches!(*region, "token: signed attributes" | "unsigned attributes"), "a flip in {region}");
        assert!(NOT_AUTHENTICATED.contains(region), "{region} is not documented as not authenticated");
    }
}

#[test]
fn dropping_doubling_or_swapping_an_element_changes_nothing_that_counts() {
    let service = Service::new();
    let verifier = service.verifier();
    let good = service.proof();
    let before = meaning(&verifier, good.der());
    let tree = Node::parse(good.der());
    let mut insensitive = BTreeMap::<(&str, &str), Vec<Vec<usize>>>::new();
    let mut tried = 0;
    let mut attempt = |how, path: &[usize], file: Node| {
        tried += 1;
        if let Some(after) = meaning(&verifier, &file.to_der()) {
            assert_eq!(Some(after), before, "{how} {path:?}");
            insensitive.entry((region(path), how)).or_default().push(path.to_vec());
        }
    };
    for path in tree.paths() {
        let (last, above) = path.split_last().unwrap();
        attempt("dropped", &path, tree.with(|file| drop(file.at_mut(above).children_mut().remove(*last))));
        attempt(
            "doubled",
            &path,
            tree.with(|file| {
                let element = file.at(&path).clone();
                file.at_mut(above).children_mut().insert(*last, element);
            }),
        );
        attempt(
            "emptied",
            &path,
            tree.with(|file| {
                let tag = file.at(&path).tag;
                *file.at_mut(&path) = der::octets(tag, &[]);
            }),
        );
        if *last > 0 {
            attempt("swapped", &path, tree.with(|file| file.at_mut(above).children_mut().swap(*last, *last - 1)));
        }
    }
    println!("{tried} changes");
    for ((region, how), paths) in &insensitive {
        println!("{region}, {how}: {paths:?}");
    }
    for (region, how) in insensitive.keys() {
        // Of these two, nothing but what the documentation says.
        match *region {
            "token: signed attributes" => assert_eq!(*how, "swapped"),
            "unsigned attributes" => assert_eq!(*how, "doubled"),
            _ => {}
        }
        assert!(NOT_AUTHENTICATED.contains(region), "{region}, {how} is not documented as not authenticated");
    }
}

#[test]
fn each_signed_attribute_missing_doubled_or_changed_is_found_even_under_a_valid_signature() {
    let service = Service::new();
    let signer = service.pki.seal.signer.as_ref();
    let sealed = Node::parse(service.sealed().der());
    // The signature is over what stands there; so a timestamp is fetched for each, and only the rule decides.
    let stamped = |file: &Node| {
        let sealed = Unstamped::<ProofOfSending>::from_der(&file.to_der())?;
        Ok::<_, DecodeError>(sealed.stamp_with(&pool(service.tsa(now()))).expect("a timestamp").der().to_vec())
    };
    let unchanged = stamped(&sealed.resigned(signer, |_| {})).unwrap();
    assert_eq!(report(&service.verifier(), &unchanged).indication, Indication::TotalPassed);
    let names: Vec<Node> =
        sealed.at(der::SIGNED_ATTRIBUTES).children().iter().map(|attribute| attribute.children()[0].clone()).collect();
    assert_eq!(names.len(), 7);
    let informing = [oid::MIME_TYPE, oid::COMMITMENT_TYPE].map(der::oid);
    let optional = [oid::MIME_TYPE, oid::COMMITMENT_TYPE, oid::CMS_ALGORITHM_PROTECTION].map(der::oid);
    for (number, name) in names.iter().enumerate() {
        let is_optional = optional.contains(name);
        let missing = stamped(&sealed.resigned(signer, |attributes| drop(attributes.remove(number)))).unwrap();
        let after = report(&service.verifier(), &missing);
        assert_eq!(after.indication == Indication::TotalPassed, is_optional, "{number} missing: {after}");

        let doubled = sealed.resigned(signer, |attributes| {
            let again = attributes[number].clone();
            attributes.push(again);
            der::sort(attributes);
        });
        let several_values = sealed.resigned(signer, |attributes| {
            let values = attributes[number].children_mut()[1].children_mut();
            values.push(values[0].clone());
            der::sort(attributes);
        });
        let no_value = sealed.resigned(signer, |attributes| {
            attributes[number].children_mut()[1].children_mut().clear();
            der::sort(attributes);
        });
        let of_another_type = sealed.resigned(signer, |attributes| {
            attributes[number].children_mut()[1].children_mut()[0] = der::octets(0x05, &[]);
            der::sort(attributes);
        });
        let cases = [
            ("doubled", doubled),
            ("two values", several_values),
            ("no value", no_value),
            ("of another type", of_another_type),
        ];
        for (how, file) in cases {
            // Some are no SET OF in DER any more: then it is no proof at all.
            let Ok(file) = stamped(&file) else { continue };
            let after = report(&service.verifier(), &file);
            // What only informs counts as absent where it cannot be read (ETSI EN 319 102-1 V1.4.1, clause 5.2.8.4.1).
            let is_told = informing.contains(name) && how != "doubled";
            assert_eq!(after.indication == Indication::TotalPassed, is_told, "{number} {how}: {after}");
            assert_eq!(has(&after, Code::StatedAttributeUnreadable), is_told, "{number} {how}: {after}");
        }
    }
}

#[test]
fn changed_signed_attributes_are_found_by_name() {
    let service = Service::new();
    let signer = service.pki.seal.signer.as_ref();
    let sealed = Node::parse(service.sealed().der());
    let verdict = |change: &dyn Fn(&mut Vec<Node>)| {
        let file = sealed.resigned(signer, change);
        let sealed = Unstamped::<ProofOfSending>::from_der(&file.to_der()).unwrap();
        // By hand, since `attach` refuses a token from before the seal.
        let token = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &service.token(&sealed, &service.tsa(now())));
        service.report(&ProofOfSending::from_der(&file.with_unsigned(token).to_der()).unwrap())
    };
    let value = |attributes: &mut Vec<Node>, kind: ObjectIdentifier, value: Node| {
        let attribute = attributes.iter_mut().find(|candidate| candidate.children()[0] == der::oid(kind)).unwrap();
        attribute.children_mut()[1] = der::node(0x31, vec![value]);
        der::sort(attributes);
    };
    let other_digest = DigestAlgorithm::Sha256.digest(b"another statement");
    let sha384 = der::node(0x30, vec![der::oid(oid::SHA384)]);
    let issuer_of_seal = &service.pki.intermediate.certificate;
    let ess =
        |hash: &[u8]| der::node(0x30, vec![der::node(0x30, vec![der::node(0x30, vec![der::octets(0x04, hash)])])]);
    let other_certificate = DigestAlgorithm::Sha256.digest(issuer_of_seal.der());
    let signed_algorithm = sealed.at(&[der::SIGNER_INFO, &[4]].concat());
    let protection = der::node(0x30, vec![sha384, der::node(0xa1, signed_algorithm.children().to_vec())]);
    let cases = [
        (oid::CONTENT_TYPE, der::oid(oid::TST_INFO), Code::ContentTypeDiffers),
        (oid::MESSAGE_DIGEST, der::octets(0x04, other_digest.as_bytes()), Code::MessageDigestDiffers),
        (oid::MESSAGE_DIGEST, der::octets(0x04, &other_digest.as_bytes()[..31]), Code::MessageDigestDiffers),
        (oid::MESSAGE_DIGEST, der::octets(0x04, &[]), Code::MessageDigestDiffers),
        (oid::SIGNING_TIME, der::octets(0x17, b"261123091504Z"), Code::SigningTimeAfterTimestamp),
        (oid::SIGNING_TIME, der::octets(0x17, b"251122091504Z"), Code::TimestampTooLate),
        (oid::SIGNING_TIME, der::octets(0x17, b"261122101504+0100"), Code::SignedAttributeUnreadable),
        (oid::SIGNING_TIME, der::octets(0x17, b"261322091504Z"), Code::SignedAttributeUnreadable),
        (oid::SIGNING_CERTIFICATE_V2, ess(other_certificate.as_bytes()), Code::SigningCertificateDiffers),
        (oid::SIGNING_CERTIFICATE_V2, ess(&[]), Code::SigningCertificateDiffers),
        (oid::SIGNING_CERTIFICATE_V2, der::node(0x30, vec![]), Code::SigningCertificateReferenceMissing),
        (oid::CMS_ALGORITHM_PROTECTION, protection, Code::AlgorithmProtectionDiffers),
    ];
    for (kind, changed, code) in cases {
        let report = verdict(&|attributes| value(attributes, kind, changed.clone()));
        assert_ne!(report.indication, Indication::TotalPassed, "{kind} {code}: {report}");
        assert!(has(&report, code), "{kind}: {code} is not among {:?}", against(&report));
    }
}

#[test]
fn signed_attributes_in_another_order_are_refused() {
    let service = Service::new();
    let signer = service.pki.seal.signer.as_ref();
    let sealed = Node::parse(service.sealed().der());
    for file in [
        sealed.resigned(signer, |attributes| attributes.reverse()),
        sealed.with(|file| file.at_mut(der::SIGNED_ATTRIBUTES).children_mut().swap(0, 1)),
    ] {
        let error = assert_malformed(&service.verifier(), &file.to_der(), "another order");
        assert_eq!(error, DecodeError::Profile(ProfileViolation::SignedAttributesNotDer));
    }
    let none = sealed.with(|file| drop(file.at_mut(der::SIGNER_INFO).children_mut().remove(3)));
    let error = assert_malformed(&service.verifier(), &none.to_der(), "no signed attributes");
    assert_eq!(error, DecodeError::Profile(ProfileViolation::SignedAttributesMissing));
}

#[test]
fn large_garbage_is_refused_quickly() {
    let service = Service::new();
    let verifier = service.verifier();
    let started = Instant::now();
    let size = 60 << 20;
    let mut garbage = vec![0x5a_u8; size];
    assert_malformed(&verifier, &garbage, "60 MiB of one octet");
    // It begins like a ContentInfo of its size.
    let header = [0x30, 0x84, 0x03, 0xbf, 0xff, 0xfa, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    garbage[..header.len()].copy_from_slice(&header);
    assert_malformed(&verifier, &garbage, "60 MiB behind a good beginning");
    // As many small elements as fit.
    let elements = [0x30_u8, 0x00].repeat(size / 2);
    assert_malformed(&verifier, &elements, "30 million elements");
    let indefinite = [0x30_u8, 0x80].repeat(size / 2);
    assert_malformed(&verifier, &indefinite, "30 million elements deep");
    assert!(started.elapsed() < StdDuration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn thousands_of_certificates_cost_a_bounded_time() {
    let service = Service::new();
    let good = service.proof();
    let tree = Node::parse(good.der());
    // Authorities with the name of the seal's issuer, each another one and none of them genuine: all have to be looked
    // at.
    let spec = CertificateSpec::authority("Test Seal CA", now() - Duration::days(1), later() + Duration::days(1));
    let key = &service.pki.seal;
    let issuer = service.pki.root.certificate.subject_der();
    let impostor = Node::parse(&spec.to_der(key.signer.public_key(), issuer, key.signer.as_ref()).unwrap());
    let with = |count: u32| {
        let numbered = |number: u32| {
            let serial = der::octets(0x02, &(number + 1_000_000).to_be_bytes());
            impostor.with(|certificate| *certificate.at_mut(&[0, 1]) = serial).to_der()
        };
        let genuine = tree.at(der::CERTIFICATES).contents();
        let certificates = [(0..count).flat_map(numbered).collect(), genuine].concat();
        tree.with(|file| *file.at_mut(der::CERTIFICATES) = der::octets(0xa0, &certificates)).to_der()
    };
    let few = with(200);
    assert_eq!(report(&service.verifier(), &few).indication, Indication::TotalPassed);
    let many = with(4000);
    let started = Instant::now();
    let after = report(&service.verifier(), &many);
    // Not passing is allowed here, with the reason; a wrong verdict about the signer or the time is not.
    if after.indication != Indication::TotalPassed {
        let is_named = has(&after, Code::ChainBudgetExhausted) || has(&after, Code::CertificatesTooMany);
        assert!(is_named, "{:?}", against(&after));
    }
    println!("4000 certificates: {:?}", started.elapsed());
    assert!(started.elapsed() < StdDuration::from_secs(5), "{:?}", started.elapsed());
    assert_malformed(&service.verifier(), &with(4200), "more than 4096 certificates");
}

#[test]
fn thousands_of_attributes_and_timestamps_cost_a_bounded_time() {
    let service = Service::new();
    let sealed = service.sealed();
    let token = service.token(&sealed, &service.misbehaving(Misbehaviour::BadSignature));
    let tree = Node::parse(sealed.der());
    // The attributes as octets: a tree of millions of elements would cost more than what is measured.
    let with = |count: usize, attribute: &dyn Fn(usize) -> Vec<u8>| {
        let attributes: Vec<u8> = (0..count).flat_map(attribute).collect();
        tree.with(|file| file.at_mut(der::SIGNER_INFO).children_mut().push(der::octets(0xa1, &attributes))).to_der()
    };
    let timestamp = |values: &[u8]| der::attribute_of(oid::SIGNATURE_TIME_STAMP, values).to_der();
    let attribute = timestamp(&token);
    let many = [0x05, 0x00].repeat(4000);
    let many = timestamp(&many);
    let small = |number: usize| {
        let kind = ObjectIdentifier::new(&format!("1.3.6.1.4.1.32473.{number}")).unwrap();
        der::attribute_of(kind, &[0x05, 0x00]).to_der()
    };
    let files = [
        ("4096 timestamps", with(4096, &|_| attribute.clone())),
        ("5000 timestamps", with(5000, &|_| attribute.clone())),
        ("4000 attributes", with(4000, &small)),
        ("100,000 attributes", with(100_000, &small)),
        ("4000 values", with(1, &|_| many.clone())),
        ("16 million values", with(4000, &|_| many.clone())),
    ];
    for (what, file) in files {
        let started = Instant::now();
        let after = report(&service.verifier(), &file);
        println!("{what}: {:?}", started.elapsed());
        assert!(started.elapsed() < StdDuration::from_secs(5), "{what}: {:?}", started.elapsed());
        assert!(after.findings.len() < 1000, "{what}: {} findings", after.findings.len());
        let expected = match what {
            "4096 timestamps" | "4000 values" => Code::TimestampsTooMany,
            "4000 attributes" => Code::TimestampMissing,
            _ => Code::Malformed,
        };
        assert!(has(&after, expected), "{what}: {:?}", against(&after));
        assert_ne!(after.indication, Indication::TotalPassed);
    }
}

#[test]
fn octets_that_look_like_a_proof_but_are_random_never_pass() {
    // A cheap generator is enough: what counts is that the run is the same every time.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    let service = Service::new();
    let verifier = service.verifier();
    let good = service.proof().der().to_vec();
    let before = meaning(&verifier, &good);
    let rounds: usize = std::env::var("RECOMMANDE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(2000);
    let mut passed = 0;
    for _ in 0..rounds {
        let mut file = good.clone();
        for _ in 0..=random() % 4 {
            let (at, octet) = (random() % file.len(), u8::try_from(random() & 0xff).unwrap());
            match random() % 5 {
                0 => file[at] = octet,
                1 => file.insert(at, octet),
                2 => drop(file.remove(at)),
                3 => {
                    let length = (random() % 64).min(file.len() - at);
                    let copied = file[at..at + length].to_vec();
                    let to = random() % (file.len() - length);
                    file[to..to + length].copy_from_slice(&copied);
                }
                _ => file[at] ^= 1 << (octet & 7),
            }
        }
        if let Some(after) = meaning(&verifier, &file) {
            assert_eq!(Some(after), before);
            passed += 1;
        }
    }
    println!("{rounds} mutations, {passed} still pass with the same meaning");
}

#[test]
fn certificates_of_strangers_beside_a_proof_change_nothing() {
    let service = Service::new();
    let stranger = TestPki::new(now()).unwrap();
    let file = Node::parse(service.proof().der()).with(|file| {
        let certificates = file.at_mut(der::CERTIFICATES).children_mut();
        let strangers = stranger.seal_chain().into_iter().chain(stranger.tsa_chain());
        certificates.splice(0..0, strangers.map(|certificate| Node::parse(certificate.der())));
    });
    let before = meaning(&service.verifier(), service.proof().der());
    let after = meaning(&service.verifier(), &file.to_der());
    assert_eq!(after.map(|after| after.signer), before.map(|before| before.signer));
}
