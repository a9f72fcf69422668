//! Writing a letter into a dossier and reading it back, beside the hashes and the copy of the same octets that nobody can do without.

use std::io::Cursor;

use criterion::Criterion;
use recommande::Sealer;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::PayloadDigests;
use recommande_benches::fixtures::{now, pki, sealer};
use recommande_benches::{Limit, compare, criterion};
use recommande_dossier::{Dossier, DossierBuilder, LetterFiles, MediaType, ToSign};

const SIZES: [(&str, usize); 2] = [("1 MiB", 1 << 20), ("64 MiB", 64 << 20)];

/// Writes the dossier of a letter, whose signature has no timestamp: a trip to a TSA is not what is measured.
fn write(sealer: &Sealer, letter: &[u8], out: &mut Vec<u8>) {
    let media_type = MediaType::new("application/pdf").expect("a media type");
    let files = DossierBuilder::new().with_letter(LetterFiles::new(media_type, letter));
    let to_sign = files.to_sign().expect("a manifest");
    let signature = sealer.sign_payload(&to_sign.digests(), ToSign::MEDIA_TYPE, now()).expect("a signature");
    out.clear();
    to_sign.signed(signature.as_artifact()).write(out).expect("a container");
}

fn dossier(criterion: &mut Criterion) {
    let sealer = sealer(&pki(&KeyKind::EcP256));
    for (name, size) in SIZES {
        let letter = vec![0x5a; size];
        let (mut container, mut copy) = (Vec::new(), Vec::new());
        let limit = Limit::new("SHA-256 and a copy");
        let limit = if size < 8 << 20 { limit } else { limit.at_least(0.8) };
        let raw = || {
            copy.clear();
            copy.extend_from_slice(&letter);
            DigestAlgorithm::Sha256.digest(&letter)
        };
        compare(
            criterion,
            &format!("dossier {name}, written"),
            &limit,
            || write(&sealer, &letter, &mut container),
            raw,
        );
        write(&sealer, &letter, &mut container);
        let read = || Dossier::read(Cursor::new(container.as_slice())).expect("a container");
        let limit = Limit::new("SHA-256 and SHA-512");
        compare(criterion, &format!("dossier {name}, read"), &limit, read, || PayloadDigests::of_bytes(&letter));
    }
}

fn main() {
    let mut criterion = criterion();
    dossier(&mut criterion);
    criterion.final_summary();
}
