//! Every audit trail of the test vectors reads as its entry says, and its manifest verifies.

use recommande::audit::{ActorDisclosure, Chain, Content, LineHash, LineReader, Manifest, Order, Sequence};
use recommande::{Environment, TrustAnchors, Verifier};

use crate::common::at;
use crate::vectors::{manifest, read};

#[test]
fn every_trail_of_the_vectors_reads_as_its_entry_says() {
    let anchors = |file| TrustAnchors::from_pem(&String::from_utf8(read(file)).unwrap()).unwrap();
    let verifier = Verifier::new(anchors("anchors/seal.pem"), anchors("anchors/tsa.pem"), Environment::Test);
    assert!(!manifest().trails.is_empty());
    for trail in &manifest().trails {
        let lines = read(&trail.file);
        let disclosures = trail.disclosures.as_deref().map(read).unwrap_or_default();
        let disclosures: Vec<_> = disclosures
            .split_inclusive(|octet| *octet == b'\n')
            .map(|line| ActorDisclosure::from_json(line).unwrap())
            .collect();
        let mut reader = LineReader::new(lines.as_slice());
        let (mut shown, mut left_out) = (Vec::new(), Vec::new());
        while let Some(line) = reader.next_line().unwrap() {
            assert!(matches!(line.link.order, Order::Start | Order::Next), "{}: {:?}", trail.id, line.link);
            assert!(!matches!(line.link.chain, Chain::Broken), "{}: {:?}", trail.id, line.link);
            match &line.content {
                Content::Entry(entry) => {
                    shown.push(entry.sequence().get());
                    let opening = disclosures.iter().filter(|disclosure| disclosure.opens(entry.record())).count();
                    assert_eq!(opening, usize::from(!disclosures.is_empty()), "{}", trail.id);
                }
                Content::LeftOut(line) => left_out.push(line.sequence.get()),
                Content::Unreadable(unreadable) => panic!("{}: {}", trail.id, unreadable.fault),
            }
        }
        assert_eq!((&shown, &left_out), (&trail.shown, &trail.left_out), "{}", trail.id);
        let (Some(manifest), Some(signature)) = (&trail.manifest, &trail.signature) else { continue };
        let (json, signature) = (read(manifest), read(signature));
        let verified = Manifest::verify(&json, &signature, &verifier, at("2026-03-03T12:00:00Z")).unwrap();
        let manifest = verified.manifest();
        assert_eq!(manifest.to_json(), json);
        assert_eq!(manifest.export_digest, LineHash::of(&lines));
        let all: Vec<u64> = (manifest.first.get()..=manifest.last.get()).collect();
        let mut listed = [shown, left_out].concat();
        listed.sort_unstable();
        assert_eq!((all, manifest.first), (listed, Sequence::FIRST));
    }
}
