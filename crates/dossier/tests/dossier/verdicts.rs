//! What does a dossier say of its container, its letters and its proofs?

use recommande::Indication;
use recommande_dossier::{PartKind, PartVerdict, ProofKind, ProofNumber, Protection};

use crate::common::{LETTER, Service, read, written};

fn number(kind: ProofKind) -> ProofNumber {
    ProofNumber { kind, number: 1 }
}

#[test]
fn what_was_written_is_read_and_holds_signed_or_stamped_with_and_without_a_record() {
    let service = Service::new();
    for protection in [Protection::Signature, Protection::Timestamp] {
        let plain = service.protected(service.files(), protection);
        let recorded = service.recorded(service.protected(service.files(), protection));
        for writable in [plain, recorded] {
            let octets = written(writable);
            let mut dossier = read(&octets);
            let names: Vec<String> = dossier.parts().iter().map(|part| part.name().to_owned()).collect();
            assert_eq!(
                names,
                [
                    "README.txt",
                    "letter-1.p7s",
                    "letter-1.pdf",
                    "proof-of-opening.p7m",
                    "proof-of-sending.p7m",
                    "seal-anchors.pem",
                    "tsa-anchors.pem",
                ]
            );
            let report = dossier.report(&service.verifier(), service.later()).unwrap();
            assert_eq!(report.manifest.indication, Indication::TotalPassed, "{}", report.manifest);
            if let Some(record) = &report.record {
                assert_eq!(record.indication, Indication::TotalPassed, "{record}");
            }
            for part in &report.parts {
                if let PartVerdict::Proof { report, letters } = &part.verdict {
                    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
                    assert_eq!(letters, &[1]);
                }
            }
            let letter = report.parts.iter().find(|part| matches!(part.kind, PartKind::Letter { .. })).unwrap();
            let proven_by = vec![number(ProofKind::Sending), number(ProofKind::Opening)];
            assert_eq!(letter.verdict, PartVerdict::Letter { proven_by });
            assert_eq!(report.worst(), Indication::TotalPassed);
            assert_eq!(dossier.octets(letter.kind).unwrap(), LETTER);
        }
    }
}
