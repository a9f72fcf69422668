//! These tests renew one proof until no timestamp has room in it any more, and go on with an evidence record beside it.

use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::records::stamp_with;
use crate::common::{self, Service, now};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{GroupLeaves, NotRenewable, RenewalError, Renewer, due};
use recommande::seal::{Artifact as _, Batch, DecodeError, ProofOfSending};
use recommande::time::record::limits::MAX_ARCHIVE_TIME_STAMPS;
use recommande::time::record::{EvidenceRecord, ReducedHashTree, Renewal};
use recommande::verify::limits::{FEW_TIMESTAMPS_LEFT, MAX_TIMESTAMPS};
use recommande::verify::{Content, ContentDigests, Indication, Payload, Policy, RenewalKind, Verifier};

const ATTACHED: Content<'static> = Content::Attached;

/// One era after the other, each with a TSA and a root of its own.
struct Centuries {
    service: Service,
    eras: Vec<Era>,
}

impl Centuries {
    /// The time of the renewal with this number, from 1.
    fn time(number: usize) -> DateTime<Utc> {
        now() + Duration::days(360 * i64::try_from(number).unwrap())
    }

    fn new(renewals: usize) -> Self {
        let era = |number| {
            let time = Self::time(number);
            Era::new(&KeyKind::EcP256, time - Duration::days(1), time + Duration::days(730))
        };
        Self { service: Service::new(), eras: (1..=renewals).map(era).collect() }
    }

    fn verifier(&self) -> Verifier {
        verifier(&self.service, &self.eras.iter().collect::<Vec<_>>())
    }

    /// What is known about the last TSA before the renewal with this number.
    fn known(&self, number: usize) -> RevocationData {
        let time = Self::time(number);
        match number.checked_sub(2) {
            None => first_crls(&self.service, time),
            Some(before) => self.eras[before].crl(time),
        }
    }

    fn renewed(&self, file: &[u8], number: usize) -> Result<Vec<u8>, RenewalError> {
        let (verifier, time) = (self.verifier(), Self::time(number));
        let tsas = self.eras[number - 1].pool(&self.service, time);
        Renewer::new(&verifier).with_revocation(self.known(number)).renew(file, ATTACHED, &tsas, time)
    }
}

#[test]
fn a_full_file_is_refused_before_the_trip_and_goes_on_with_a_record_beside_it() {
    let renewals = MAX_TIMESTAMPS - 1;
    let centuries = Centuries::new(renewals + MAX_ARCHIVE_TIME_STAMPS + 1);
    let verifier = centuries.verifier();
    let mut file = centuries.service.proof().der().to_vec();
    for number in 1..=renewals {
        file = centuries.renewed(&file, number).unwrap();
        let left = renewals - number;
        let at = Centuries::time(number) + Duration::seconds(1);
        let due = due(&verifier, &file, ATTACHED, at).unwrap().unwrap();
        assert_eq!(due.timestamps_left, (left <= FEW_TIMESTAMPS_LEFT).then_some(left), "{number}");
        let kind = if left == 0 { RenewalKind::EvidenceRecord } else { RenewalKind::Timestamp };
        assert_eq!(due.kind, kind, "{number}");
    }
    let time = Centuries::time(renewals + 1);
    let digests = common::digests();
    let report = verifier.report(file.as_slice(), Payload::Digests(&digests), time);
    let until = report.verifiable_until.as_ref().unwrap();
    assert!(until.renewal == RenewalKind::EvidenceRecord && until.timestamps_left == Some(0), "{until:?}");
    assert!(report.to_string().contains("an evidence record beside it"), "{report}");

    // No TSA is asked, and the error names the number and the way out.
    let refused = centuries.renewed(&file, renewals + 1).unwrap_err();
    let RenewalError::NotRenewable(NotRenewable::TooManyTimestamps(MAX_TIMESTAMPS)) = refused else {
        panic!("{refused}");
    };
    assert!(refused.to_string().contains("an evidence record beside it"), "{refused}");

    // The group's timestamp covers the data about the last TSA, which goes into the file first.
    let file = ProofOfSending::from_der(&file).unwrap().with_revocation(&centuries.known(renewals + 1)).unwrap();
    let object = ContentDigests::of_reader(&mut file.der()).unwrap();
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha512).unwrap();
    leaves.add_verified(&Renewer::new(&verifier), file.der(), ATTACHED, time).unwrap();
    let tsas = centuries.eras[renewals].pool(&centuries.service, time);
    let group = leaves.close().unwrap().stamp_with(&Renewer::new(&verifier), &object, &tsas, time).unwrap();
    let record = group.record(&object).unwrap();

    // From then on the record is renewed, which has room.
    let next = Centuries::time(renewals + 2);
    let with_record = centuries.verifier().with_evidence_records([record.clone()]);
    let report = with_record.report(&file, Payload::Digests(&digests), next);
    let until = report.verifiable_until.as_ref().unwrap();
    assert!(until.renewal == RenewalKind::Timestamp && until.timestamps_left.is_none(), "{until:?}");
    let tsas = centuries.eras[renewals + 1].pool(&centuries.service, next);
    let known = crls(&[&centuries.eras[renewals].root], next);
    let record = Renewer::new(&verifier).with_revocation(known).renew_record(&record, &object, &tsas, next).unwrap();
    let judged = |record: &[u8], time: DateTime<Utc>| {
        let verifier = centuries.verifier().with_evidence_records([record.to_vec()]);
        let report = verifier.report(&file, Payload::Digests(&digests), time);
        assert!(report.indication == Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(common::now() + Duration::seconds(2)), "{report}");
        report
    };
    judged(&record, next + Duration::days(600));

    // Until it is full too, after a century. Then nothing follows, and the verdict ends with its last timestamp.
    let filled = renewals + MAX_ARCHIVE_TIME_STAMPS;
    let record = (renewals + 3..=filled).fold(record, |record, number| {
        let parsed = EvidenceRecord::parse(&record).unwrap();
        let leaf = parsed.renewal_leaf(Renewal::Timestamp, &object.get(DigestAlgorithm::Sha512).unwrap()).unwrap();
        let tsa = centuries.eras[number - 1].tsa(&centuries.service, Centuries::time(number));
        parsed.renewed(Renewal::Timestamp, &ReducedHashTree::default(), &stamp_with(&tsa, leaf)).unwrap()
    });
    let end = Centuries::time(filled) + Duration::days(730);
    let report = judged(&record, Centuries::time(filled + 1));
    assert_eq!(report.timestamps.len(), MAX_TIMESTAMPS + MAX_ARCHIVE_TIME_STAMPS, "{report}");
    let until = report.verifiable_until.as_ref().unwrap();
    assert_eq!((until.time, until.timestamps_left), (end, Some(0)), "{until:?}");
    judged(&record, end);
    let ended = centuries.verifier().with_evidence_records([record.clone()]);
    let ended = ended.report(&file, Payload::Digests(&digests), end + Duration::seconds(1));
    assert_eq!((ended.indication, ended.proven_at), (Indication::Indeterminate, None), "{ended}");
    let known = centuries.eras[filled - 1].crl(Centuries::time(filled + 1));
    let renewer = Renewer::new(&verifier).with_revocation(known);
    let refused = renewer.prepare_record(&record, &object, Centuries::time(filled + 1)).unwrap_err();
    assert_eq!(refused, NotRenewable::RecordFull(MAX_ARCHIVE_TIME_STAMPS));
}

/// A batch's proof has its record inside, in which there is room for 32 timestamps.
#[test]
fn a_full_record_in_a_file_is_refused_before_the_trip() {
    let renewals = MAX_ARCHIVE_TIME_STAMPS - 1;
    let mut centuries = Centuries::new(renewals + 1);
    let of_seal = crls(&[&centuries.service.pki.root, &centuries.service.pki.intermediate], now());
    centuries.service.sealer = centuries.service.sealer.with_revocation(&of_seal);
    let (verifier, stamped_at) = (centuries.verifier(), now() + Duration::seconds(2));
    let seals = ["1", "2"].map(|id| centuries.service.sealer.seal(&common::sending_of(id), now()).unwrap());
    let tsas = common::pool(centuries.service.tsa(stamped_at));
    let stamped = Batch::of(&seals).unwrap().stamp_with(&tsas).unwrap();
    let [first, _] = seals;
    let mut file = stamped.proof(first).unwrap().der().to_vec();
    for number in 1..=renewals {
        file = centuries.renewed(&file, number).unwrap();
        let at = Centuries::time(number) + Duration::seconds(1);
        let due = due(&verifier, &file, ATTACHED, at).unwrap().unwrap();
        let left = renewals - number;
        assert_eq!(due.timestamps_left, (left <= FEW_TIMESTAMPS_LEFT).then_some(left), "{number}");
        assert_eq!(due.kind == RenewalKind::EvidenceRecord, left == 0, "{number}");
    }
    let refused = centuries.renewed(&file, renewals + 1).unwrap_err();
    let full = NotRenewable::RecordFull(MAX_ARCHIVE_TIME_STAMPS);
    assert!(matches!(&refused, RenewalError::NotRenewable(why) if *why == full), "{refused}");

    // The group covers what is known about the last TSA, which goes into its token first. Nothing else can be added.
    let time = Centuries::time(renewals + 1);
    let known = centuries.known(renewals + 1);
    let refused = ProofOfSending::from_der(&file).unwrap().with_revocation(&known).unwrap_err();
    assert_eq!(refused, DecodeError::EvidenceRecord);
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha512).unwrap();
    let why = leaves.add_verified(&Renewer::new(&verifier), &file, ATTACHED, time).unwrap_err();
    assert!(matches!(why, NotRenewable::RevocationMissing(_)), "{why}");
    let why = Renewer::new(&verifier).complete(&file, ATTACHED, time).unwrap_err();
    assert!(matches!(why, NotRenewable::RevocationMissing(_)), "{why}");
    let complete = Renewer::new(&verifier).with_revocation(known).complete(&file, ATTACHED, time).unwrap();
    leaves.add_verified(&Renewer::new(&verifier), &complete, ATTACHED, time).unwrap();
    let object = ContentDigests::of_reader(&mut &*complete).unwrap();
    let tsas = centuries.eras[renewals].pool(&centuries.service, time);
    let group = leaves.close().unwrap().stamp_with(&Renewer::new(&verifier), &object, &tsas, time).unwrap();
    let record = group.record(&object).unwrap();
    // The record inside ended by then, and the one beside keeps its time.
    let later = time + Duration::days(700);
    let published = centuries.eras[renewals].crl(later);
    let strict = || centuries.verifier().with_policy(Policy::strict()).with_revocation_data(published.clone());
    let proof = ProofOfSending::from_der(&complete).unwrap();
    let report = strict().with_evidence_records([record]).report(&proof, Payload::NotAvailable, later);
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(stamped_at)), "{report}");
    let without = strict().report(&proof, Payload::NotAvailable, later);
    assert_eq!((without.indication, without.proven_at), (Indication::Indeterminate, None), "{without}");
}
