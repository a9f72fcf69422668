//! These tests ask how long a proof lasts with archive timestamps: from 2026 to 2046, while algorithms and certificates end
//! on the way.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::seal::ProofOfSending;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, generate_key};
use recommande::verify::{BaselineLevel, Code, Content, Indication, Payload, Policy, Report, SubIndication, Verifier};
use recommande::{Environment, TrustAnchors};

use crate::common::archive::{Archiving, add_crl};
use crate::common::der::Node;
use crate::common::eras::dead_from;
use crate::common::{self, Service, against, at, now};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;

/// The first of June.
fn year(year: i32) -> DateTime<Utc> {
    at(&format!("{year}-06-01T00:00:00Z"))
}

/// A service whose TSAs are renewed: each timestamp is made in the last second of the TSA before.
struct Decades {
    service: Service,
    root: CertifiedKey,
    /// The ends of their certificates are 2028, 2032, 2039 and 2050.
    tsas: [CertifiedKey; 4],
}

/// One file: what is done at each renewal, and where the CRLs about the TSAs are.
#[derive(Clone, Copy)]
struct Renewals {
    /// Seconds after the end of the TSA before.
    late: [i64; 3],
    /// The algorithm of the lists of the last two.
    index: DigestAlgorithm,
    /// The place of the CRL about each TSA.
    crls: [Place; 4],
}

/// Where the CRL about a TSA is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Token,
    /// In the SignedData of the file, before the next archive timestamp.
    File,
    Nowhere,
    /// In the token, and from before its time.
    Stale,
}

impl Default for Renewals {
    fn default() -> Self {
        Self { late: [0; 3], index: SHA512, crls: [Place::File, Place::Token, Place::Token, Place::Token] }
    }
}

impl Decades {
    fn new() -> Self {
        let service = Service::new();
        let from = now() - Duration::days(1);
        let root = CertificateSpec::authority("Lasting Root", from, year(2060));
        let root = root.self_signed(generate_key(&KeyKind::EcP384).unwrap()).unwrap();
        let tsa = |kind: KeyKind, until, serial| {
            let spec = CertificateSpec::tsa("Lasting TSA", from, year(until)).with_serial(&[serial]);
            root.issue(&spec, generate_key(&kind).unwrap()).unwrap()
        };
        let tsas = [
            tsa(KeyKind::EcP256, 2028, 1),
            tsa(KeyKind::EcP256, 2032, 2),
            tsa(KeyKind::EcP384, 2039, 3),
            tsa(KeyKind::EcP521, 2050, 4),
        ];
        Self { service, root, tsas }
    }

    fn crl(&self, from: DateTime<Utc>) -> Vec<u8> {
        self.root.issue_crl(&CrlSpec::new(from, from + Duration::days(10)).with_number(1)).unwrap()
    }

    /// A proof of 2026 with three archive timestamps.
    fn file(&self, renewals: Renewals) -> Vec<u8> {
        let (service, from) = (&self.service, now() - Duration::hours(1));
        let of_seal = service.pki.seal_revocation(from, now() + Duration::days(10)).unwrap();
        let sealed = service.sealer.clone().with_revocation(&of_seal).seal(&common::sending(), now()).unwrap();
        let tsa = service.tsa(now() + Duration::seconds(2)).with_key(self.tsas[0].clone());
        let mut file = sealed.stamp_with(&common::pool(tsa)).unwrap().der().to_vec();
        let ends = [2028, 2032, 2039].map(year);
        for (number, (end, late)) in ends.into_iter().zip(renewals.late).enumerate() {
            let time = end + Duration::seconds(late);
            // What the authority published before its TSA ended.
            if renewals.crls[number] == Place::File {
                let crl = self.crl(end - Duration::days(1));
                file = Node::parse(&file).with(|file| add_crl(file, &crl)).to_der();
            }
            let crls = match renewals.crls[number + 1] {
                Place::Token => vec![self.crl(time + Duration::hours(1))],
                Place::Stale => vec![self.crl(time - Duration::days(30))],
                Place::File | Place::Nowhere => Vec::new(),
            };
            let tsa = service.tsa(time).with_key(self.tsas[number + 1].clone());
            let imprint = if number == 0 { SHA256 } else { SHA512 };
            let index = if number == 0 { SHA256 } else { renewals.index };
            let archiving =
                Archiving { tsa: &tsa, imprint, index, certificates: &|_| true, lists: &|_| true, crls: &crls };
            file = archiving.archived(&file);
        }
        file
    }

    /// The reports of 2046 on a proof and on a signature by anybody, with which the strict verdict agrees.
    #[track_caller]
    fn judged(&self, file: &[u8], policy: Policy) -> [Report; 2] {
        let anchors = TrustAnchors::from_iter([self.root.certificate.clone()]);
        let verifier = Verifier::new(self.service.pki.seal_anchors(), anchors, Environment::Test).with_policy(policy);
        let proof = ProofOfSending::from_der(file).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, year(2046));
        let strict = verifier.verify(&proof, Payload::NotAvailable, year(2046));
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
        let foreign = verifier.report_signatures(file, Content::Attached, year(2046)).reports.remove(0);
        assert_eq!(foreign.indication, report.indication, "{foreign}\n{report}");
        [report, foreign]
    }
}

/// The sub-indications of the timestamps that do not hold, whatever their numbers are.
fn of_timestamps(report: &Report) -> Vec<Option<SubIndication>> {
    report.timestamps.iter().filter(|timestamp| !timestamp.valid).map(|timestamp| timestamp.sub_indication).collect()
}

#[test]
fn a_proof_that_is_renewed_in_time_holds_for_decades() {
    let decades = Decades::new();
    let file = decades.file(Renewals::default());
    for policy in [Policy::default(), Policy::strict()] {
        // A break after the renewal that answers it does no harm.
        for policy in [policy.clone(), dead_from(policy.clone(), "2035-06-01")] {
            for report in decades.judged(&file, policy) {
                let proven_at = Some(now() + Duration::seconds(2));
                assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, proven_at), "{report}");
                assert_eq!(report.level, Some(BaselineLevel::BLTA), "{report}");
                assert_eq!(report.verifiable_until.as_ref().map(|until| until.time), Some(year(2050)), "{report}");
                assert!(report.timestamps.iter().all(|timestamp| timestamp.valid), "{report}");
            }
        }
        // One in 2031 comes a year before: the first two timestamps hold no more, and the third proves 2032.
        for report in decades.judged(&file, dead_from(policy, "2031-06-01")) {
            let verdict = (report.indication, report.sub_indication, report.proven_at);
            let expected = (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe), Some(year(2032)));
            assert_eq!(verdict, expected, "{report}");
            assert_eq!(of_timestamps(&report), [Some(SubIndication::CryptoConstraintsFailureNoPoe); 2], "{report}");
            assert!(against(&report).contains(&Code::AlgorithmPastItsDate), "{report}");
        }
    }
}

/// A second after the end of the TSA before, and that timestamp holds no more, nor does what it held up: the late one proves
/// its own time.
#[test]
fn a_renewal_that_is_a_second_late_proves_its_own_time_alone() {
    let decades = Decades::new();
    for (number, end) in [2028, 2032, 2039].into_iter().enumerate() {
        let mut late = [0; 3];
        late[number] = 1;
        let file = decades.file(Renewals { late, ..Renewals::default() });
        for policy in [Policy::default(), Policy::strict(), dead_from(Policy::default(), "2035-06-01")] {
            for report in decades.judged(&file, policy) {
                assert_eq!(report.indication, Indication::Indeterminate, "{number}: {report}");
                assert_eq!(report.proven_at, Some(year(end) + Duration::seconds(1)), "{number}: {report}");
                let expired = report.timestamps.iter().filter(|timestamp| !timestamp.valid).count();
                assert_eq!(expired, number + 1, "{number}: {report}");
                assert!(against(&report).contains(&Code::TimestampSignerExpired), "{number}: {report}");
            }
        }
    }
}

/// Its list has to hold as long as its imprint: by an algorithm that ended before the next timestamp it lists nothing.
#[test]
fn a_list_by_a_weaker_digest_ends_with_it() {
    let decades = Decades::new();
    let file = decades.file(Renewals { index: SHA256, ..Renewals::default() });
    for report in decades.judged(&file, Policy::default()) {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
    for report in decades.judged(&file, dead_from(Policy::default(), "2035-06-01")) {
        assert_eq!((report.indication, report.proven_at), (Indication::Indeterminate, None), "{report}");
        assert_eq!(of_timestamps(&report), [Some(SubIndication::CryptoConstraintsFailureNoPoe); 4], "{report}");
    }
}

/// The CRL about a TSA lies in its token, or in the file when the next timestamp is made. Without one the strict policy
/// does not count the token, nor what it holds up.
#[test]
fn the_strict_policy_wants_revocation_data_about_every_tsa() {
    let decades = Decades::new();
    let missing = Code::RevocationDataMissing;
    for (number, place, holds) in [
        (0, Place::Nowhere, false),
        (1, Place::File, true),
        (2, Place::Stale, false),
        (2, Place::Nowhere, false),
        (3, Place::Nowhere, false),
        (3, Place::Stale, false),
    ] {
        let mut crls = Renewals::default().crls;
        crls[number] = place;
        let file = decades.file(Renewals { crls, ..Renewals::default() });
        for report in decades.judged(&file, Policy::strict()) {
            assert_eq!(report.indication == Indication::TotalPassed, holds, "{number} {place:?}: {report}");
            assert_eq!(against(&report).contains(&missing), !holds, "{number} {place:?}: {report}");
        }
        // It is a warning by default.
        for report in decades.judged(&file, Policy::default()) {
            assert_eq!(report.indication, Indication::TotalPassed, "{number} {place:?}: {report}");
        }
    }
}
