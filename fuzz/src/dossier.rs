//! Containers with letters and proofs.

use std::io::Cursor;
use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::Renewer;
use recommande::seal::PayloadSignature;
use recommande::seal::{AnyProof, Artifact, Credentials, Sealer, Unstamped};
use recommande::verify::Indication;
use recommande_dossier::{
    AnchorsOf, Dossier, DossierBuilder, DossierReport, Kept, LetterFiles, MediaType, PartKind, PartVerdict, ProofFiles,
    RangeReader, ReadError, ToSign, Writable,
};
use rfc3161_client::TsaPool;

use crate::proof::check_report;
use crate::world::{DATA, issuer, stamped, tsa, world};

const MANIFEST: &str = "META-INF/ASiCManifest001.xml";
const SIGNATURE: &str = "META-INF/signature001.p7s";

/// Containers that the library wrote.
struct Made {
    signed: Vec<u8>,
    recorded: Vec<u8>,
    /// With whatever may lie beside a proof.
    full: Vec<u8>,
}

static MADE: LazyLock<Made> = LazyLock::new(Made::new);

impl Made {
    fn new() -> Self {
        let world = world();
        let text = || MediaType::new("text/plain").expect("a media type");
        let proof = |der: &[u8]| ProofFiles::from_der(der).expect("a proof");
        let letter = || LetterFiles::new(text(), DATA).with_signature(world.payload_signature.clone());
        let files = || {
            DossierBuilder::new()
                .with_letter(letter())
                .with_proof(proof(world.sending.der()))
                .with_proof(proof(world.opening.der()))
                .with_anchors(AnchorsOf::Seals, world.pki.seal_anchors_pem())
        };
        let log_proof = crate::log_proof::seeds().swap_remove(0);
        let full = DossierBuilder::new()
            .with_letter(letter())
            .with_proof(
                proof(world.sending.der()).with_log_proof(log_proof).with_record(crate::record::seeds().swap_remove(0)),
            )
            .with_proof(proof(world.long_term.der()).with_disclosure(&b"{}"[..]).with_second_seal(&b"x"[..]))
            .with_register_extract(&b"{}"[..], world.payload_signature.der());
        let until = world.now + TimeDelta::days(1);
        let revocation = world.pki.tsa_revocation(world.sent_at - TimeDelta::hours(1), until).expect("CRLs");
        let tsas = TsaPool::new().with_tsa("test", tsa(&world.pki, made_at()));
        let recorded = signed(files()).with_record(&Renewer::new(&world.verifier), &tsas, &revocation, made_at());
        Self {
            signed: written(signed(files())),
            recorded: written(recorded.expect("a record")),
            full: written(signed(full)),
        }
    }
}

/// When the containers were made: after everything in them.
fn made_at() -> DateTime<Utc> {
    world().opened_at + TimeDelta::days(1)
}

fn signed(files: DossierBuilder<'_>) -> Writable<'_> {
    let world = world();
    let credentials = Credentials::new(world.pki.seal.signer.clone(), world.pki.seal_chain()).expect("credentials");
    let container = files.to_sign().expect("files");
    let sealer = Sealer::new(credentials, issuer());
    let signature: Unstamped<PayloadSignature> =
        sealer.sign_payload(&container.digests(), ToSign::MEDIA_TYPE, made_at()).expect("a signature");
    container.signed(&stamped(&signature, &tsa(&world.pki, made_at())))
}

fn written(mut container: Writable<'_>) -> Vec<u8> {
    let mut octets = Vec::new();
    container.write(&mut octets).expect("a container");
    octets
}

/// What is read has one form, and is about what was signed. Nothing passes in it but what was sealed, and nothing that lies there costs the proof of
/// sending its verdict: neither as it is nor with a manifest of these files, which nobody signed.
pub fn dossier(input: &[u8]) {
    read(input);
    if let Some(remade) = remade(input) {
        read(&remade);
    }
}

fn read(octets: &[u8]) {
    let of_ranges = read_by_ranges(octets);
    let mut dossier = match Dossier::read(Cursor::new(octets)) {
        Ok(dossier) => dossier,
        Err(error) => {
            let told = |error: &ReadError| format!("{error} {error:?}");
            let of_ranges = of_ranges.expect_err("ranges of what is refused");
            let is_io = matches!((&error, &of_ranges), (ReadError::Io(_), ReadError::Io(_)));
            assert!(is_io || told(&error) == told(&of_ranges), "{error:?}, by ranges {of_ranges:?}");
            return;
        }
    };
    let parts = dossier.parts().to_vec();
    let sizes: u64 = parts.iter().map(|part| part.size()).sum();
    assert!(sizes < octets.len() as u64, "more octets than there are");
    for pair in parts.windows(2) {
        assert!(pair[0].name() < pair[1].name() && !pair[0].name().eq_ignore_ascii_case(pair[1].name()), "names");
    }
    if let Some(record) = dossier.record().map(<[u8]>::to_vec) {
        let mut again = Vec::new();
        dossier.write_with_record(&record, &mut again).expect("a container that was read");
        assert!(again == octets, "a second form");
    }
    let report = dossier.report(&world().verifier, world().now).expect("octets in memory");
    let mut of_ranges = of_ranges.expect("ranges of what is read");
    assert!(of_ranges.parts() == dossier.parts(), "other files by ranges");
    assert!(of_ranges.report(&world().verifier, world().now).expect("octets in memory") == report, "another report");
    judged(&mut dossier, &report);
}

/// Reads a container as one does who fetches its octets.
fn read_by_ranges(octets: &[u8]) -> Result<Dossier<Kept>, ReadError> {
    let mut reading = RangeReader::new(octets.len() as u64);
    while let Some(wanted) = reading.wanted() {
        reading.take(octets.get(wanted.start as usize..wanted.end as usize).expect("a range of the container"));
    }
    reading.finish()
}

fn judged(dossier: &mut Dossier<Cursor<&[u8]>>, report: &DossierReport) {
    let world = world();
    check_report(&report.manifest);
    report.record.iter().for_each(check_report);
    if report.manifest.indication == Indication::TotalPassed {
        let made = [&MADE.signed, &MADE.recorded, &MADE.full];
        let is_made = made.iter().any(|made| contains(made, dossier.manifest()));
        assert!(is_made, "a manifest that nobody signed");
    }
    let has = |kind: PartKind| report.parts.iter().any(|part| part.kind == kind);
    for part in &report.parts {
        match &part.verdict {
            PartVerdict::Proof { report, .. } => {
                check_report(report);
                let der = dossier.octets(part.kind).expect("a proof");
                let PartKind::Proof { proof, .. } = part.kind else { panic!("{} is no proof", part.kind) };
                if report.indication == Indication::TotalPassed {
                    let id = match AnyProof::from_der(&der).expect("a proof") {
                        AnyProof::Sending(proof) => proof.id(),
                        AnyProof::Opening(proof) => proof.id(),
                        proof => panic!("a proof of {}", proof.event()),
                    };
                    let sealed = [world.sending.id(), world.long_term.id(), world.opening.id()];
                    assert!(sealed.contains(&id), "another seal");
                }
                // A disclosure of something else is a fault of what is asked, and told with the proof.
                let is_disclosed = has(PartKind::Disclosure { proof });
                if der == world.sending.der() && !is_disclosed {
                    assert_eq!(
                        report.indication,
                        Indication::TotalPassed,
                        "what lies there costs it its verdict: {report}"
                    );
                }
            }
            PartVerdict::LetterSignature(report) => check_report(report),
            PartVerdict::Letter { proven_by } => {
                let is_sent = proven_by.is_empty() || dossier.octets(part.kind).expect("a letter") == DATA;
                assert!(is_sent, "another letter");
            }
            PartVerdict::WithItsProof | PartVerdict::Unreadable | PartVerdict::Untrusted => {}
        }
    }
}

fn contains(octets: &[u8], wanted: &[u8]) -> bool {
    octets.windows(wanted.len()).any(|window| window == wanted)
}

/// A container of the files in the input, wherever a header stands before one, with checksums and a manifest that fit. Its signature is over another
/// manifest.
fn remade(input: &[u8]) -> Option<Vec<u8>> {
    const MOST: usize = 64;
    let mut files: Vec<(String, &[u8])> = Vec::new();
    let (mut at, mut signature) = (0, &[][..]);
    while let Some(place) = input.get(at..)?.windows(4).position(|window| window == b"PK\x03\x04") {
        let header = input.get(at + place..)?;
        at += place + 4;
        let Some(fixed) = header.get(..30) else { break };
        let length = |from: usize| usize::from(u16::from_le_bytes([fixed[from], fixed[from + 1]]));
        let size = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]) as usize;
        let (name, start) = (30 + length(26), 30 + length(26) + length(28));
        let Some(name) = header.get(30..name).and_then(|name| str::from_utf8(name).ok()) else { continue };
        let octets = header.get(start..).unwrap_or_default();
        let octets = octets.get(..size).unwrap_or(octets);
        if name == SIGNATURE {
            signature = octets;
        }
        let is_ours = name == "mimetype" || name.starts_with("META-INF/");
        if !is_ours && files.len() < MOST && files.iter().all(|(other, _)| other != name) {
            files.push((name.to_owned(), octets));
        }
    }
    files.sort();
    let mut manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ASiCManifest xmlns=\"http://uri.etsi.org/02918/v1.2.1#\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n<SigReference URI=\"{SIGNATURE}\" \
         MimeType=\"application/x-pkcs7-signature\"/>\n"
    );
    for (name, octets) in &files {
        let digest = Base64::encode_string(DigestAlgorithm::Sha256.digest(octets).as_bytes());
        let media_type = media_type(name);
        manifest += &format!(
            "<DataObjectReference URI=\"{name}\" MimeType=\"{media_type}\"><ds:DigestMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{digest}</ds:DigestValue>\
             </DataObjectReference>\n"
        );
    }
    manifest += "</ASiCManifest>\n";
    let (mimetype, manifest) = (b"application/vnd.etsi.asic-e+zip".as_slice(), manifest.into_bytes());
    let own = [(MANIFEST.to_owned(), manifest.as_slice()), (SIGNATURE.to_owned(), signature)];
    let all = [("mimetype".to_owned(), mimetype)].into_iter().chain(files).chain(own);
    Some(zip(&all.collect::<Vec<_>>()))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "txt" | "tlog-proof" => "text/plain",
        "json" => "application/json",
        "pem" => "application/x-pem-file",
        "p7s" => "application/x-pkcs7-signature",
        "p7m" => "application/pkcs7-mime",
        "pdf" => "application/pdf",
        "html" => "text/html",
        "md" => "text/markdown",
        _ => "application/octet-stream",
    }
}

/// A zip file of stored entries.
fn zip(entries: &[(String, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, octets) in entries {
        let offset = u32::try_from(out.len()).unwrap_or(u32::MAX);
        let size = u32::try_from(octets.len()).unwrap_or(u32::MAX).to_le_bytes();
        let length = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
        let common = [
            &[10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
            &crc32fast::hash(octets).to_le_bytes(),
            &size,
            &size,
            &length,
            &[0; 2],
        ]
        .concat();
        out.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), octets].concat());
        let place = offset.to_le_bytes();
        directory.extend([b"PK\x01\x02\x0a\x00", common.as_slice(), &[0; 10], &place, name.as_bytes()].concat());
    }
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX).to_le_bytes();
    let [length, place] =
        [&directory, &out].map(|octets| u32::try_from(octets.len()).unwrap_or(u32::MAX).to_le_bytes());
    [out, directory, [b"PK\x05\x06", &[0; 4][..], &count, &count, &length, &place, &[0; 2]].concat()].concat()
}

/// Containers that are signed, with an evidence record, and with whatever may lie beside a proof.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let Made { signed, recorded, full } = &*MADE;
    [signed, recorded, full].map(Vec::clone).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_passes_and_is_made_again() {
        for octets in seeds() {
            let report = |octets: &[u8]| {
                Dossier::read(Cursor::new(octets))
                    .expect("a container")
                    .report(&world().verifier, world().now)
                    .expect("a report")
            };
            let before = report(&octets);
            assert_eq!(before.container(), Indication::TotalPassed, "{}", before.manifest);
            let remade = remade(&octets).expect("files");
            let after = report(&remade);
            assert_eq!(after.manifest.indication, Indication::TotalPassed, "{}", after.manifest);
            // It is the same container, but for its record.
            let verdicts =
                |report: &DossierReport| report.parts.iter().map(|part| part.verdict.indication()).collect::<Vec<_>>();
            assert_eq!(verdicts(&before), verdicts(&after));
        }
    }
}
