//! What is refused, and does the error say what is wrong and where?

use std::io::Cursor;

use recommande_dossier::{Dossier, DossierBuilder, LetterFiles, ManifestFault, ReadError, ZipFault};

use crate::common::{LETTER, Service, pdf, written};
use crate::forge::{Entry, Header, Zip};
use crate::ranges::read_by_ranges;

const MANIFEST: &str = "META-INF/ASiCManifest001.xml";
const SIGNATURE: &str = "META-INF/signature001.p7s";
const RECORD_MANIFEST: &str = "META-INF/ASiCEvidenceRecordManifest001.xml";
const RECORD: &str = "META-INF/evidencerecord001.ers";

/// The error of a reader, which is that of ranges too.
fn refused(octets: &[u8]) -> ReadError {
    let error = Dossier::read(Cursor::new(octets)).expect_err("a container that deviates was read");
    let of_ranges = read_by_ranges(octets, |range| range).expect_err("a container that deviates was read by ranges");
    match (&error, &of_ranges) {
        (ReadError::Io(_), ReadError::Io(_)) => {}
        _ => assert_eq!(format!("{error:?}"), format!("{of_ranges:?}")),
    }
    error
}

fn is_read(zip: &Zip) {
    Dossier::read(Cursor::new(zip.to_octets())).unwrap();
}

/// The fault of a zip file.
fn fault(zip: &Zip) -> ZipFault {
    fault_at(zip).1
}

/// The place of a zip file at which a fault is told, and the fault.
fn fault_at(zip: &Zip) -> (u64, ZipFault) {
    match refused(&zip.to_octets()) {
        ReadError::Zip { at, fault } => (at, fault),
        error => panic!("{error:?}"),
    }
}

fn good() -> Zip {
    let service = Service::new();
    let zip = Zip::read(&written(service.recorded(service.signed(service.files()))));
    is_read(&zip);
    zip
}

#[test]
fn every_octet_counts() {
    let service = Service::new();
    // Without proofs, of which nothing here depends: each octet is tried.
    let files = DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER));
    let octets = written(service.stamped(files));
    Dossier::read(Cursor::new(&octets)).unwrap();
    for place in 0..octets.len() {
        for bits in [0x01, 0x20, 0x80] {
            let mut changed = octets.clone();
            changed[place] ^= bits;
            refused(&changed);
        }
    }
    for length in 0..octets.len() {
        refused(&octets[..length]);
    }
    for more in [1, 22, 1000] {
        let error = refused(&[octets.clone(), vec![0; more]].concat());
        assert!(matches!(error, ReadError::Zip { fault: ZipFault::End, .. }), "{error:?}");
        refused(&[vec![0; more], octets.clone()].concat());
    }
    // A second container behind the first one.
    refused(&[octets.clone(), octets].concat());
}

#[test]
fn each_field_of_each_header_has_one_value() {
    type Change = (fn(&mut Header), ZipFault);
    // In both headers alike, so that none contradicts the other.
    let both: [Change; 12] = [
        (|header| header.flags = 1, ZipFault::Encrypted),
        (|header| header.flags = 1 << 6, ZipFault::Encrypted),
        (|header| header.flags = 1 << 13, ZipFault::Encrypted),
        (|header| header.flags = 1 << 3, ZipFault::DataDescriptor),
        (|header| header.flags = 1 << 11, ZipFault::Flags),
        (|header| header.method = 8, ZipFault::Compressed),
        (|header| header.time = 1, ZipFault::Time),
        (|header| header.date = 0x5b9e, ZipFault::Time),
        (|header| header.size += 1, ZipFault::Sizes),
        (|header| header.extra = vec![0xca, 0xfe, 0, 0], ZipFault::Extra),
        (|header| header.extra = [&[1, 0, 8, 0][..], &[0; 8]].concat(), ZipFault::Extra),
        (|header| header.needed = 20, ZipFault::Version),
    ];
    // In the central directory alone.
    let central: [Change; 13] = [
        (|header| header.made_by = 0x0314, ZipFault::Version),
        (|header| header.needed = 45, ZipFault::Version),
        (|header| header.comment = b"x".to_vec(), ZipFault::Comment),
        (|header| header.disk = 1, ZipFault::Disk),
        (|header| header.internal = 1, ZipFault::Attributes),
        (|header| header.external = 0o644 << 16, ZipFault::Attributes),
        (|header| header.astray = 1, ZipFault::Gap),
        (|header| header.astray = u32::MAX - 1, ZipFault::Gap),
        (|header| header.checksum ^= 1, ZipFault::HeadersDiffer),
        (|header| header.name.clear(), ZipFault::Name),
        (|header| header.name = vec![b'a'; 49], ZipFault::Name),
        (|header| header.name = "lettre-é.pdf".into(), ZipFault::Name),
        (|header| header.name[0] = 0, ZipFault::Name),
    ];
    // In the header before the entry alone.
    let local: [Change; 10] = [
        (|header| header.flags = 1, ZipFault::Encrypted),
        (|header| header.flags = 8, ZipFault::DataDescriptor),
        (|header| header.flags = 2, ZipFault::Flags),
        (|header| header.method = 8, ZipFault::Compressed),
        (|header| header.time = 1, ZipFault::Time),
        (|header| header.size += 1, ZipFault::Sizes),
        (|header| header.needed = 45, ZipFault::HeadersDiffer),
        (|header| header.checksum ^= 1, ZipFault::HeadersDiffer),
        (|header| header.name[0] ^= 1, ZipFault::HeadersDiffer),
        (|header| (header.size, header.compressed) = (header.size + 1, header.compressed + 1), ZipFault::HeadersDiffer),
    ];
    let zip = good();
    for place in 0..zip.entries.len() {
        for (number, (change, expected)) in both.iter().enumerate() {
            let mut changed = zip.clone();
            changed.entries[place].both(change);
            assert_eq!(fault(&changed), *expected, "both, change {number} of entry {place}");
        }
        for (number, (change, expected)) in central.iter().enumerate() {
            let mut changed = zip.clone();
            change(&mut changed.entries[place].central);
            assert_eq!(fault(&changed), *expected, "central, change {number} of entry {place}");
        }
        for (number, (change, expected)) in local.iter().enumerate() {
            let mut changed = zip.clone();
            change(&mut changed.entries[place].local);
            assert_eq!(fault(&changed), *expected, "local, change {number} of entry {place}");
        }
        // Sizes that lie in both headers alike: the next entry, or the directory, is not where they say.
        for size in [0, 1, zip.entries[place].central.size + 1, u32::MAX - 1] {
            let mut changed = zip.clone();
            changed.entries[place].both(|header| (header.size, header.compressed) = (size, size));
            assert_eq!(fault(&changed), ZipFault::Gap, "size {size} of entry {place}");
        }
        // Something between two entries.
        let mut changed = zip.clone();
        changed.entries[place].before = b"hidden".to_vec();
        assert_eq!(fault(&changed), ZipFault::Gap, "before entry {place}");
        // Other octets, with the checksum of before and with their own.
        let mut changed = zip.clone();
        changed.entries[place].octets[0] ^= 1;
        assert_eq!(fault(&changed), ZipFault::Checksum, "octets of entry {place}");
    }
}

#[test]
fn an_error_says_where_the_fault_is() {
    let zip = good();
    let octets = zip.to_octets();
    // The places at which the header of an entry begins, before its octets or in the directory.
    let place = |signature: &[u8; 4], number: usize| -> u64 {
        let begins = octets.windows(4).enumerate().filter(|(_, window)| window == signature);
        begins.map(|(place, _)| place as u64).nth(number).unwrap()
    };
    let number = zip.entries.iter().position(|entry| entry.name() == "letter-1.pdf").unwrap();
    let (local, central) = (place(b"PK\x03\x04", number), place(b"PK\x01\x02", number));
    let first_octet = local + 30 + "letter-1.pdf".len() as u64;
    let changed = |change: &dyn Fn(&mut Entry)| {
        let mut changed = zip.clone();
        change(&mut changed.entries[number]);
        fault_at(&changed)
    };
    assert_eq!(changed(&|entry| entry.central.flags = 1), (central, ZipFault::Encrypted));
    assert_eq!(changed(&|entry| entry.central.astray = 1), (central, ZipFault::Gap));
    assert_eq!(changed(&|entry| entry.central.name = b"readme.txt".to_vec()), (central, ZipFault::Twice));
    assert_eq!(changed(&|entry| entry.local.flags = 1), (local, ZipFault::Encrypted));
    assert_eq!(changed(&|entry| entry.local.checksum ^= 1), (local, ZipFault::HeadersDiffer));
    assert_eq!(changed(&|entry| entry.octets[0] ^= 1), (first_octet, ZipFault::Checksum));
    let end = octets.len() as u64 - 22;
    let mut several = zip.clone();
    several.disk = 1;
    assert_eq!(fault_at(&several), (end, ZipFault::EndDiffers));
    let mut hidden = zip.clone();
    hidden.before_directory = b"hidden".to_vec();
    assert_eq!(fault_at(&hidden), (place(b"PK\x01\x02", 0), ZipFault::Gap));
}

#[test]
fn the_end_of_the_file_fits_its_directory() {
    let zip = good();
    let changed = |change: &dyn Fn(&mut Zip)| {
        let mut changed = zip.clone();
        change(&mut changed);
        fault(&changed)
    };
    assert_eq!(changed(&|zip| zip.comment = b"comment".to_vec()), ZipFault::End);
    assert_eq!(changed(&|zip| zip.behind = b"behind".to_vec()), ZipFault::End);
    assert_eq!(changed(&|zip| zip.before_directory = b"hidden".to_vec()), ZipFault::Gap);
    assert_eq!(changed(&|zip| zip.disk = 1), ZipFault::EndDiffers);
    assert_eq!(changed(&|zip| zip.more_entries = 1), ZipFault::Header);
    assert_eq!(changed(&|zip| zip.more_entries = u16::MAX), ZipFault::EndDiffers);
    assert_eq!(changed(&|zip| zip.entries.clear()), ZipFault::Entries(0));
    assert_eq!(changed(&|zip| zip.entries = vec![Entry::stored("a", b""); 1_001]), ZipFault::Entries(1_001));
    let error = refused(b"");
    assert!(matches!(error, ReadError::Zip { at: 0, fault: ZipFault::End }), "{error:?}");
    // Two records that end a zip file: the first one would be found by who looks for it from the begin.
    let octets = zip.to_octets();
    let twice = [octets.clone(), octets[octets.len() - 22..].to_vec()].concat();
    assert!(matches!(refused(&twice), ReadError::Zip { fault: ZipFault::EndDiffers, .. }));
}

#[test]
fn names_are_those_of_dossiers_each_once() {
    let zip = good();
    let with = |name: &str| {
        let mut changed = zip.clone();
        changed.insert_behind("letter-1.pdf", Entry::stored(name, b"x"));
        refused(&changed.to_octets())
    };
    for name in [
        "../letter-2.pdf",
        "/letter-2.pdf",
        "C:\\letter-2.pdf",
        "\\\\server\\letter-2.pdf",
        "folder/letter-2.pdf",
        "letter-2.exe",
        "letter-02.pdf",
        "META-INF/signature002.p7s",
        "META-INF/ASiCManifest002.xml",
        "META-INF/container.xml",
        ".",
        "..",
        "CON",
        "README.txt.txt",
    ] {
        assert!(matches!(with(name), ReadError::ForeignName(5)), "{name}");
    }
    for name in ["letter-1.pdf", "LETTER-1.pdf", "readme.TXT", "meta-inf/asicmanifest001.xml", "MIMETYPE"] {
        assert!(matches!(with(name), ReadError::Zip { fault: ZipFault::Twice, .. }), "{name}");
    }
    // A file whose place is elsewhere.
    assert!(matches!(with("letter-1.bin"), ReadError::Order { name } if name == "letter-1.bin"));
    let mut turned = zip.clone();
    turned.entries.swap(1, 2);
    assert!(matches!(refused(&turned.to_octets()), ReadError::Order { name } if name == "README.txt"));
    let mut turned = zip.clone();
    let last = turned.entries.len() - 1;
    turned.entries.swap(last - 1, last);
    assert!(matches!(refused(&turned.to_octets()), ReadError::Order { name } if name == RECORD_MANIFEST));
}

#[test]
fn the_first_entry_says_what_the_file_is() {
    let zip = good();
    let changed = |change: &dyn Fn(&mut Zip)| {
        let mut changed = zip.clone();
        change(&mut changed);
        refused(&changed.to_octets())
    };
    for error in [
        changed(&|zip| zip.remove("mimetype")),
        changed(&|zip| zip.entries.swap(0, 1)),
        changed(&|zip| zip.entry("mimetype").replace(b"application/vnd.etsi.asic-s+zip")),
        changed(&|zip| zip.entry("mimetype").replace(b"application/vnd.etsi.asic-e+zip\n")),
        changed(&|zip| zip.entry("mimetype").replace(b"")),
    ] {
        assert!(matches!(error, ReadError::NotAsicE), "{error:?}");
    }
}

#[test]
fn a_container_is_complete() {
    let zip = good();
    let without = |names: &[&str]| {
        let mut changed = zip.clone();
        names.iter().for_each(|name| changed.remove(name));
        refused(&changed.to_octets())
    };
    for name in [MANIFEST, RECORD_MANIFEST, RECORD] {
        assert!(matches!(without(&[name]), ReadError::Missing { name: missing } if missing == name), "{name}");
    }
    assert!(matches!(without(&[SIGNATURE]), ReadError::Protection));
    let mut both = zip.clone();
    both.insert_behind(SIGNATURE, Entry::stored("META-INF/timestamp001.tst", b"x"));
    assert!(matches!(refused(&both.to_octets()), ReadError::Protection));
    // Nothing is left of the record, which is not asked for.
    let mut plain = zip.clone();
    plain.remove(RECORD_MANIFEST);
    plain.remove(RECORD);
    is_read(&plain);
    for (gone, alone) in [("letter-1.pdf", "letter-1.p7s"), ("proof-of-sending.p7m", "receipt-of-sending.fr.pdf")] {
        let mut changed = zip.clone();
        if alone.starts_with("receipt") {
            changed.insert_behind("proof-of-sending.p7m", Entry::stored(alone, b"x"));
        }
        changed.remove(gone);
        assert!(matches!(refused(&changed.to_octets()), ReadError::Alone { name } if name == alone), "{alone}");
    }
    for (name, is_twice) in [
        ("letter-3.pdf", false),
        ("letter-1.txt", true),
        ("proof-of-sending.rma", true),
        ("proof-of-opening-3.p7m", false),
    ] {
        let mut changed = zip.clone();
        changed.insert_behind("letter-1.pdf", Entry::stored(name, b"x"));
        changed.entries[1..9].sort_by_key(Entry::name);
        match refused(&changed.to_octets()) {
            ReadError::Twice { .. } => assert!(is_twice, "{name}"),
            ReadError::Numbering { name: told } => assert!(!is_twice && told == name, "{name}"),
            error => panic!("{name}: {error:?}"),
        }
    }
    assert!(matches!(without(&["README.txt"]), ReadError::Missing { name } if name == "README.txt"));
    let nothing = ["letter-1.p7s", "letter-1.pdf", "proof-of-opening.p7m", "proof-of-sending.p7m"];
    assert!(matches!(without(&nothing), ReadError::Empty));
}

#[test]
fn a_proof_is_what_its_name_says() {
    let zip = good();
    let (sending, opening) = ("proof-of-sending.p7m", "proof-of-opening.p7m");
    let mut swapped = zip.clone();
    let (first, second) = (swapped.entry(sending).octets.clone(), swapped.entry(opening).octets.clone());
    swapped.entry(sending).replace(&second);
    swapped.entry(opening).replace(&first);
    assert!(matches!(refused(&swapped.to_octets()), ReadError::AnotherKind { name } if name == opening));
    // Whoever makes a container may sign any manifest, so that names are exchanged in it too.
    let mut renamed = zip.clone();
    renamed.entry(sending).both(|header| header.name = b"proof-of-sending.rma".to_vec());
    let mut manifest = String::from_utf8(renamed.entry(MANIFEST).octets.clone()).unwrap();
    manifest = manifest.replace(
        "proof-of-sending.p7m\" MimeType=\"application/pkcs7-mime",
        "proof-of-sending.rma\" MimeType=\"application/octet-stream",
    );
    renamed.entry(MANIFEST).replace(manifest.as_bytes());
    renamed.remove(RECORD_MANIFEST);
    renamed.remove(RECORD);
    assert!(matches!(refused(&renamed.to_octets()), ReadError::AnotherKind { name } if name == "proof-of-sending.rma"));
}

/// A manifest with a change, in a container whose zip file is sound.
fn with_manifest(zip: &Zip, manifest: &str, change: &dyn Fn(String) -> String) -> ReadError {
    let mut changed = zip.clone();
    let text = String::from_utf8(changed.entry(manifest).octets.clone()).unwrap();
    let new = change(text.clone());
    assert_ne!(text, new);
    changed.entry(manifest).replace(new.as_bytes());
    refused(&changed.to_octets())
}

#[test]
fn a_manifest_names_every_file_and_no_other_by_its_digest() {
    let zip = good();
    for manifest in [MANIFEST, RECORD_MANIFEST] {
        let line = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.contains(&format!("\"{name}\""))).unwrap();
            format!("{line}\n")
        };
        let error = with_manifest(&zip, manifest, &|text| text.replace(&line(&text, "letter-1.pdf"), ""));
        assert!(
            matches!(&error, ReadError::NotNamed { name, manifest: by } if name == "letter-1.pdf" && *by == manifest)
        );
        let error = with_manifest(&zip, manifest, &|text| {
            let line = line(&text, "letter-1.pdf");
            text.replace(&line, &format!("{line}{}", line.replace("letter-1.pdf", "letter-2.pdf")))
        });
        assert_fault(&error, manifest, ManifestFault::NoSuchFile);
        let error = with_manifest(&zip, manifest, &|text| {
            let line = line(&text, "letter-1.pdf");
            text.replace(&line, &format!("{line}{line}"))
        });
        assert_fault(&error, manifest, ManifestFault::Order);
        let error = with_manifest(&zip, manifest, &|text| text.replace("application/pdf", "text/html"));
        assert_fault(&error, manifest, ManifestFault::MediaType);
        let error = with_manifest(&zip, manifest, &|text| text.replace("text/plain", "text/markdown"));
        assert_fault(&error, manifest, ManifestFault::MediaType);
        let error = with_manifest(&zip, manifest, &|text| text.replacen("xmlenc#sha256", "xmldsig-more#sha384", 1));
        assert_fault(&error, manifest, ManifestFault::Digest);
        let error = with_manifest(&zip, manifest, &|text| text.replacen("xmlenc#sha256", "xmldsig-more#sha3-256", 1));
        assert_fault(&error, manifest, ManifestFault::Algorithm);
        let error = with_manifest(&zip, manifest, &|text| text.replacen("META-INF/", "META-INF/../", 1));
        assert_fault(&error, manifest, ManifestFault::Reference);
        let error = with_manifest(&zip, manifest, &|text| format!("{text}<!-- comment -->"));
        assert_fault(&error, manifest, ManifestFault::Form);
        let error = with_manifest(&zip, manifest, &|text| {
            text.replacen("<ASiCManifest", "<!DOCTYPE a [<!ENTITY b \"c\">]><ASiCManifest", 1)
        });
        assert_fault(&error, manifest, ManifestFault::Form);
        // The digest of another file.
        let error = with_manifest(&zip, manifest, &|text| {
            let digest = |name: &str| line(&text, name).split("DigestValue>").nth(1).unwrap().to_owned();
            text.replace(&digest("letter-1.pdf"), &digest("README.txt"))
        });
        assert!(
            matches!(&error, ReadError::Digest { name, manifest: by } if name == "letter-1.pdf" && *by == manifest)
        );
    }
}

fn assert_fault(error: &ReadError, manifest: &str, fault: ManifestFault) {
    match error {
        ReadError::Manifest { manifest: stated, at, fault: stated_fault } => {
            assert_eq!((*stated, *stated_fault), (manifest, fault));
            assert!(*at > 0, "{error}");
        }
        error => panic!("{error:?} instead of {fault:?}"),
    }
}

#[test]
fn a_file_that_was_exchanged_is_named() {
    let zip = good();
    for place in 1..zip.entries.len() {
        let mut changed = zip.clone();
        let name = changed.entries[place].name();
        let octets = [b"x", changed.entries[place].octets.as_slice()].concat();
        changed.entries[place].replace(&octets);
        match Dossier::read(Cursor::new(changed.to_octets())) {
            Err(ReadError::Digest { name: told, .. }) => assert_eq!(told, name),
            Err(ReadError::Manifest { manifest, .. }) => assert_eq!(manifest, name),
            // Nothing names the record, which is then no record.
            Ok(mut dossier) => {
                assert_eq!(name, RECORD);
                let service = Service::new();
                let report = dossier.report(&service.verifier(), service.later()).unwrap();
                assert_eq!(report.record.unwrap().indication, recommande::Indication::TotalFailed);
            }
            Err(error) => panic!("{name}: {error:?}"),
        }
    }
}

#[test]
fn what_is_read_into_memory_is_bounded() {
    let mut zip = good();
    let large = vec![0; (16 << 20) + 1];
    for name in ["proof-of-sending.p7m", MANIFEST, SIGNATURE, RECORD] {
        let mut changed = zip.clone();
        changed.entry(name).replace(&large);
        assert!(
            matches!(refused(&changed.to_octets()), ReadError::TooLarge { name: told, .. } if told == name),
            "{name}"
        );
    }
    // Many large ones.
    let most = vec![0; 16 << 20];
    let mut proofs: Vec<Entry> = Vec::new();
    for number in 2..=17 {
        let mut proof = Entry::stored(&format!("proof-of-step-{number}.p7m"), b"");
        proof.octets.clone_from(&most);
        proofs.push(proof);
    }
    proofs.push(Entry::stored("proof-of-step.p7m", b""));
    let size = u32::try_from(most.len()).unwrap();
    let checksum = crc32fast::hash(&most);
    for proof in proofs.iter_mut().filter(|proof| !proof.octets.is_empty()) {
        proof.both(|header| (header.size, header.compressed, header.checksum) = (size, size, checksum));
    }
    proofs.sort_by_key(Entry::name);
    let place = zip.entries.iter().position(|entry| entry.name() == "seal-anchors.pem").unwrap();
    zip.entries.splice(place..place, proofs);
    let error = refused(&zip.to_octets());
    assert!(matches!(error, ReadError::TooMuch), "{error:?}");
}
