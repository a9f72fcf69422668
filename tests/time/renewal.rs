//! These tests ask when a proof has to be renewed, and renew single proofs over the decades.

use crate::common::der::{self, Node};
use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::records::{record_over, stamp_with};
use crate::common::{self, Service, at, later, now, oid, pool};
use chrono::{DateTime, Duration, Utc};
use recommande::Environment;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{NotRenewable, RenewalError, Renewer, Unrenewed, due, due_in, in_order};
use recommande::seal::{Artifact as _, Batch, ProofOfSending};
use recommande::testing::{CrlSpec, Forge, RevokedSpec};
use recommande::verify::{
    BaselineLevel, Code, Content, ContentDigests, Payload, Policy, RenewalKind, Subject, TimestampKind, Verifier,
};
use rfc3161_client::{AttemptError, Nonce, TimeStampReq, TsaPool};

const ATTACHED: Content<'static> = Content::Attached;

/// The decades after the sending, and the times of the renewals in them.
struct Decades {
    service: Service,
    eras: [Era; 3],
    renewals: [DateTime<Utc>; 3],
}

impl Decades {
    fn new() -> Self {
        let era = |kind, from: &str, until: &str| Era::new(&kind, at(from), at(until));
        Self {
            service: Service::new(),
            eras: [
                era(KeyKind::EcP256, "2028-01-01T00:00:00Z", "2033-01-01T00:00:00Z"),
                era(KeyKind::EcP384, "2032-01-01T00:00:00Z", "2040-01-01T00:00:00Z"),
                era(KeyKind::EcP384, "2039-01-01T00:00:00Z", "2050-01-01T00:00:00Z"),
            ],
            renewals: ["2028-10-01T12:00:00Z", "2032-06-01T12:00:00Z", "2039-06-01T12:00:00Z"].map(at),
        }
    }

    fn verifier(&self) -> Verifier {
        let [first, second, third] = &self.eras;
        verifier(&self.service, &[first, second, third])
    }

    /// What there is to know about the last layer before each renewal.
    fn known(&self, renewal: usize) -> RevocationData {
        let time = self.renewals[renewal];
        match renewal.checked_sub(1) {
            None => first_crls(&self.service, time),
            Some(before) => self.eras[before].crl(time),
        }
    }

    /// The file after so many renewals.
    fn renewed(&self, file: &[u8], renewals: usize) -> Vec<u8> {
        let verifier = self.verifier();
        (0..renewals).fold(file.to_vec(), |file, renewal| {
            let tsas = self.eras[renewal].pool(&self.service, self.renewals[renewal]);
            let renewer = Renewer::new(&verifier).with_revocation(self.known(renewal));
            renewer.renew(&file, ATTACHED, &tsas, self.renewals[renewal]).unwrap()
        })
    }
}

/// The seal's and the TSA's certificates end two years after the sending.
fn first_end() -> DateTime<Utc> {
    now() + Duration::days(730)
}

/// A proof of a batch of two.
fn of_batch(service: &Service) -> ProofOfSending {
    let seals = ["1", "2"].map(|id| service.sealer.seal(&common::sending_of(id), now()).unwrap());
    let batch = Batch::of(&seals).unwrap();
    let stamped = batch.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let [first, _] = seals;
    stamped.proof(first).unwrap()
}

#[test]
fn a_renewal_need_not_wait_until_it_is_due() {
    let service = Service::new();
    let (verifier, proof, time) = (service.verifier(), service.proof(), now() + Duration::days(1));
    assert!(!due(&verifier, proof.der(), ATTACHED, time).unwrap().unwrap().is_due(time));
    let tsas = || pool(service.tsa(time));
    // It waits for revocation data alone, which may be older than the timestamp that it is about.
    let refused = Renewer::new(&verifier).renew(proof.der(), ATTACHED, &tsas(), time).unwrap_err();
    assert!(matches!(refused, RenewalError::NotRenewable(NotRenewable::RevocationMissing(_))), "{refused:?}");
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&service, now()));
    renewer.renew(proof.der(), ATTACHED, &tsas(), time).unwrap();
}

#[test]
fn a_proof_is_due_ninety_days_before_its_certificate_ends() {
    let service = Service::new();
    let (verifier, proof) = (service.verifier(), service.proof());
    let renewal = due(&verifier, proof.der(), ATTACHED, later()).unwrap().unwrap();
    assert_eq!((renewal.kind, renewal.renew_by), (RenewalKind::Timestamp, first_end()));
    assert!(renewal.because.contains("Test TSA"), "{}", renewal.because);
    assert_eq!((renewal.lead(), renewal.renew_from()), (Duration::days(90), renewal.renew_by - Duration::days(90)));
    assert!(renewal.is_due(renewal.renew_from()) && !renewal.is_due(renewal.renew_from() - Duration::seconds(1)));
    // A digest that ends sooner takes a new hash, for which everything is read again.
    let mut policy = Policy::default();
    for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == DigestAlgorithm::Sha256) {
        row.past_from = Some("2028-01-01".parse().unwrap());
    }
    let sooner = due(&service.verifier().with_policy(policy), proof.der(), ATTACHED, later()).unwrap().unwrap();
    assert_eq!((sooner.kind, sooner.renew_by), (RenewalKind::HashTree, at("2028-01-01T00:00:00Z")));
    assert_eq!(sooner.lead(), Duration::days(365));
    let order: Vec<&str> = in_order([("second", renewal), ("first", sooner)]).map(|(name, _)| name).collect();
    assert_eq!(order, ["first", "second"]);
}

/// Whoever keeps an archive asks for what is due, and gets it in order: the rest is not in the way.
#[test]
fn an_archive_is_asked_for_what_is_due() {
    let decades = Decades::new();
    let verifier = decades.verifier();
    let with_revocation = crls(&[&decades.service.pki.root, &decades.service.pki.intermediate], now());
    let fresh = decades.service.proof().with_revocation(&with_revocation).unwrap().der().to_vec();
    let time = decades.renewals[0];
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&decades.service, time));
    let renewed = renewer.renew(&fresh, ATTACHED, &decades.eras[0].pool(&decades.service, time), time).unwrap();
    let archive = [("renewed", renewed), ("fresh", fresh), ("damaged", b"no proof".to_vec())];
    let found = |archive: &[(&'static str, Vec<u8>)], now: DateTime<Utc>| {
        let ask = |(_, file): &(&str, Vec<u8>)| due(&verifier, file, ATTACHED, now);
        due_in(archive.to_vec(), now, ask)
            .map(|((name, _), due)| (name, due.map(|due| due.renew_by)))
            .collect::<Vec<_>>()
    };
    let names = |found: &[(&'static str, Result<DateTime<Utc>, NotRenewable>)]| -> Vec<_> {
        found.iter().map(|(name, due)| (*name, due.as_ref().ok().copied())).collect()
    };
    let lead = Duration::days(90);
    let second = "2033-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
    // Before the renewal.
    let early = |now| names(&found(&archive[1..], now));
    assert_eq!(early(first_end() - lead - Duration::seconds(1)), [("damaged", None)]);
    assert_eq!(early(first_end() - lead), [("damaged", None), ("fresh", Some(first_end()))]);
    // After its deadline it is told as what it is, and not as due.
    let late = found(&archive, second - lead);
    assert_eq!(names(&late), [("fresh", None), ("damaged", None), ("renewed", Some(second))]);
    assert!(matches!(late[0].1, Err(NotRenewable::PastDeadline(_))), "{:?}", late[0].1);
}

/// Without revocation data about its seal a proof is verified and cannot be renewed, which is said while it can be had.
#[test]
fn a_seal_without_revocation_data_is_told_long_before_the_renewal() {
    let service = Service::new();
    let (verifier, proof) = (service.verifier(), service.proof());
    let missing = |verifier: &Verifier, proof: &ProofOfSending| {
        let due = due(verifier, proof.der(), ATTACHED, later()).unwrap().unwrap();
        due.seal_revocation_missing.map(|finding| (finding.subject, finding.code))
    };
    let about_seal = Some((Subject::SealChain, Code::RevocationNotChecked));
    assert_eq!(missing(&verifier, &proof), about_seal);
    let of_tsa = crls(&[&service.pki.tsa_root], now());
    assert_eq!(missing(&verifier, &proof.clone().with_revocation(&of_tsa).unwrap()), about_seal);
    let of_seal = crls(&[&service.pki.root, &service.pki.intermediate], now());
    assert_eq!(missing(&verifier, &proof.clone().with_revocation(&of_seal).unwrap()), None);
    // What the verifier was given goes into the file when it is renewed.
    assert_eq!(missing(&service.verifier().with_revocation_data(of_seal), &proof), None);
}

/// Revocation data is judged at the time of the timestamp that it is about, whenever the renewal is.
#[test]
fn revocation_data_that_ended_before_the_renewal_counts_if_it_is_later_than_the_timestamp() {
    let decades = Decades::new();
    let (service, time) = (&decades.service, decades.renewals[0]);
    let seal_data = crls(&[&service.pki.root, &service.pki.intermediate], now());
    let file = service.proof().with_revocation(&seal_data).unwrap().der().to_vec();
    let verifier = decades.verifier();
    let renewed = |from: DateTime<Utc>, until: DateTime<Utc>| {
        let crl = service.pki.tsa_root.issue_crl(&CrlSpec::new(from, until)).unwrap();
        let renewer = Renewer::new(&verifier).with_revocation(RevocationData::from_bytes(&crl).unwrap());
        renewer.renew(&file, ATTACHED, &decades.eras[0].pool(service, time), time)
    };
    renewed(time - Duration::days(100), time - Duration::days(93)).unwrap();
    let why = renewed(now() - Duration::days(30), now() - Duration::days(23)).unwrap_err();
    assert_eq!(why.code(), Some(Code::RevocationStale), "{why}");
}

#[test]
fn what_is_not_to_be_renewed_says_why() {
    let service = Service::new();
    let verifier = service.verifier();
    let of = |file: &[u8], time| due(&verifier, file, ATTACHED, time).unwrap_err();
    let proof = service.proof();
    let late = of(proof.der(), first_end() + Duration::days(1));
    assert!(matches!(late, NotRenewable::PastDeadline(_)), "{late}");
    assert_eq!(late.code(), Some(Code::TimestampSignerExpired));
    assert_eq!(of(service.sealed().der(), later()), NotRenewable::TimeNotProven);
    assert_eq!(of(b"no file", later()).code(), Some(Code::Malformed));
    let twice = Node::parse(proof.der()).with(|file| {
        let signers = file.at_mut(&der::SIGNER_INFO[..der::SIGNER_INFO.len() - 1]).children_mut();
        signers.push(signers[0].clone());
    });
    assert_eq!(of(&twice.to_der(), later()), NotRenewable::Signers(2));
    let stranger = Service::new();
    let stranger = due(&stranger.verifier(), proof.der(), ATTACHED, later()).unwrap_err();
    assert!(matches!(stranger, NotRenewable::NotVerified(_)), "{stranger}");
}

#[test]
fn a_proof_of_2026_passes_in_2046() {
    let decades = Decades::new();
    let (verifier, proof) = (decades.verifier(), decades.service.proof());
    let in_2046 = at("2046-06-01T00:00:00Z");
    for renewals in 0..=3 {
        let file = decades.renewed(proof.der(), renewals);
        let renewed = ProofOfSending::from_der(&file).unwrap();
        assert_eq!(renewed.id(), proof.id());
        let report = verifier.report(&renewed, Payload::NotAvailable, in_2046);
        let strict = verifier.verify(&renewed, Payload::NotAvailable, in_2046);
        assert_eq!(strict.is_ok(), renewals == 3, "{report}");
        let time = decades.renewals.get(renewals).copied().unwrap_or(in_2046);
        let in_time = verifier.report(&renewed, Payload::NotAvailable, time);
        assert_eq!(in_time.proven_at, Some(now() + Duration::seconds(2)), "{in_time}");
        let level = if renewals == 0 { BaselineLevel::BT } else { BaselineLevel::BLTA };
        assert_eq!(in_time.level, Some(level), "{in_time}");
        let archives = in_time.timestamps.iter().filter(|timestamp| timestamp.kind == TimestampKind::ArchiveV3);
        assert_eq!(archives.count(), renewals);
    }
}

#[test]
fn a_proof_of_a_batch_passes_in_2046() {
    let decades = Decades::new();
    let verifier = decades.verifier();
    // The revocation data of the seal's chain is in the seal, which nothing may be added to.
    let seal_crls = crls(&[&decades.service.pki.root, &decades.service.pki.intermediate], now());
    let pki = decades.service.pki.clone();
    let mut service = Service::with_pki(pki);
    service.sealer = service.sealer.with_revocation(&seal_crls);
    let decades = Decades { service, ..decades };
    let proof = of_batch(&decades.service);
    let file = decades.renewed(proof.der(), 3);
    let report =
        verifier.report(&ProofOfSending::from_der(&file).unwrap(), Payload::NotAvailable, at("2046-06-01T00:00:00Z"));
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    assert_eq!(report.records.len(), 1);
    assert_eq!(report.timestamps.len(), 4, "{report}");
    // Another digest algorithm takes a new hash tree, over the file as it was before the record.
    let renewer = Renewer::new(&verifier).with_algorithm(DigestAlgorithm::Sha512).with_revocation(decades.known(0));
    let tsas = decades.eras[0].pool(&decades.service, decades.renewals[0]);
    let rehashed = renewer.renew(proof.der(), ATTACHED, &tsas, decades.renewals[0]).unwrap();
    let report =
        verifier.report(&ProofOfSending::from_der(&rehashed).unwrap(), Payload::NotAvailable, decades.renewals[0]);
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    assert!(report.timestamps[1].imprint.as_deref().unwrap().starts_with("sha-512:"), "{report}");
}

#[test]
fn the_revocation_data_given_for_a_renewal_counts_before_it_too() {
    let decades = Decades::new();
    let (era, time) = (&decades.eras[0], decades.renewals[0]);
    let (proof, verifier) = (decades.service.proof(), decades.verifier().with_policy(Policy::strict()));
    let renew = |data: &RevocationData| {
        let mut with_era = era.crl(time);
        with_era.extend(data).unwrap();
        let tsas = era.pool(&decades.service, time);
        Renewer::new(&verifier).with_revocation(with_era).renew(proof.der(), ATTACHED, &tsas, time)
    };
    let renewed = ProofOfSending::from_der(&renew(&decades.known(0)).unwrap()).unwrap();
    // What was given is in the file: the verifier needs the data about the last TSA alone.
    let knowing = decades.verifier().with_policy(Policy::strict()).with_revocation_data(era.crl(time));
    assert!(knowing.verify(&renewed, Payload::NotAvailable, time + Duration::days(1)).is_ok());

    let missing = renew(&RevocationData::new()).unwrap_err();
    assert!(missing.to_string().contains(Code::RevocationDataMissing.as_str()), "{missing}");
    let of_seal_alone = crls(&[&decades.service.pki.root, &decades.service.pki.intermediate], time);
    assert!(renew(&of_seal_alone).is_err());
    // It may speak against the file as well.
    let pki = &decades.service.pki;
    let revoked = RevokedSpec::new(&pki.tsa.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(time - Duration::days(1), time + Duration::days(7)).with_revoked(&revoked);
    let mut against = of_seal_alone;
    against.add_der(&pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
    let refused = renew(&against).unwrap_err();
    assert!(matches!(refused, RenewalError::NotRenewable(NotRenewable::NotVerified(_))), "{refused}");
}

/// The answer may come when the CRL about its TSA is out, which no prepared file could hold.
#[test]
fn the_revocation_data_given_with_an_answer_counts_for_its_token() {
    let mut decades = Decades::new();
    let pki = decades.service.pki.clone();
    let sealer = decades.service.sealer.clone();
    decades.service.sealer = sealer.with_revocation(&crls(&[&pki.root, &pki.intermediate], now()));
    let (era, time) = (&decades.eras[0], decades.renewals[0]);
    let proof = decades.service.proof().with_revocation(&crls(&[&pki.tsa_root], now())).unwrap();
    let verifier = decades.verifier().with_policy(Policy::strict());
    let prepared =
        Renewer::new(&verifier).with_revocation(decades.known(0)).prepare(proof.der(), ATTACHED, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = era.tsa(&decades.service, time).respond(&request.to_der());
    let attach = |data: RevocationData, at| {
        Renewer::new(&verifier).with_revocation(data).attach(&prepared, &request, &response, at)
    };
    let crl = |spec: CrlSpec| {
        let mut data = decades.known(0);
        data.add_der(&era.root.issue_crl(&spec).unwrap()).unwrap();
        data
    };
    let hour = |number| time + Duration::hours(number);
    let fresh = || CrlSpec::new(hour(1), hour(200));
    assert!(attach(crl(fresh()), hour(2)).is_ok());
    let missing = attach(decades.known(0), hour(2)).unwrap_err();
    assert_eq!(missing.code(), Some(Code::RevocationDataMissing), "{missing}");
    let revoked = attach(crl(fresh().with_revoked(&RevokedSpec::new(&era.tsa.certificate, hour(-1)))), hour(2));
    assert!(matches!(revoked, Err(RenewalError::Token(_))), "{revoked:?}");
}

#[test]
fn everything_between_two_steps_can_be_stored() {
    let decades = Decades::new();
    let (verifier, time) = (decades.verifier(), decades.renewals[0]);
    let renewer = Renewer::new(&verifier).with_revocation(decades.known(0));
    let prepared = renewer.prepare(decades.service.proof().der(), ATTACHED, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = decades.eras[0].tsa(&decades.service, time).respond(&request.to_der());
    // A trip that fails loses nothing.
    assert!(matches!(renewer.stamp_with(&prepared, &TsaPool::new(), time), Err(RenewalError::Tsa(_))));
    let renewed = renewer.attach(&prepared, &request, &response, time).unwrap();
    let request = TimeStampReq::from_der(&request.to_der()).unwrap();
    let resumed = Unrenewed::from_der(prepared.der(), ATTACHED, &request).unwrap();
    assert_eq!(resumed.algorithm(), DigestAlgorithm::Sha512);
    assert_eq!(renewer.attach(&resumed, &request, &response, time).unwrap(), renewed);
    // What was prepared is a proof, and may be prepared again.
    assert!(ProofOfSending::from_der(prepared.der()).is_ok());
    assert_eq!(renewer.prepare(prepared.der(), ATTACHED, time).unwrap().der(), prepared.der());
}

#[test]
fn what_cannot_be_extended_is_refused() {
    let decades = Decades::new();
    let (verifier, time) = (decades.verifier(), later());
    let data = first_crls(&decades.service, time);
    let renewer = || Renewer::new(&verifier).with_revocation(data.clone());
    let refused = |renewer: Renewer<'_>, file: &[u8]| renewer.prepare(file, ATTACHED, time).unwrap_err();
    let proof = decades.service.proof();
    let file = Node::parse(proof.der());

    // Certificates in another order than DER's.
    let disordered = file.with(|file| file.at_mut(der::CERTIFICATES).children_mut().reverse());
    assert_eq!(refused(renewer(), &disordered.to_der()), NotRenewable::NotDer);
    for form in [oid::ARCHIVE_TIME_STAMP_V2, oid::ARCHIVE_TIME_STAMP] {
        let older = file.with_unsigned(der::attribute_of(
            form,
            &decades.service.token(&decades.service.sealed(), &decades.service.tsa(now())),
        ));
        let why = refused(renewer(), &older.to_der());
        assert!(matches!(why, NotRenewable::OlderForm(_)), "{why}");
    }
    for weak in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha224] {
        let why = refused(renewer().with_algorithm(weak), proof.der());
        assert_eq!(why, NotRenewable::WeakerAlgorithm { chosen: weak, present: DigestAlgorithm::Sha256 });
    }
    let renewed = decades.renewed(proof.der(), 1);
    let weaker = Renewer::new(&verifier).with_algorithm(DigestAlgorithm::Sha256).with_revocation(decades.known(1));
    let why = weaker.prepare(&renewed, ATTACHED, decades.renewals[1]).unwrap_err();
    let (chosen, present) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha512);
    assert_eq!(why, NotRenewable::WeakerAlgorithm { chosen, present });

    // Revocation data that is missing, of another authority, or of another time.
    let pki = &decades.service.pki;
    let stale = crls(&[&pki.root, &pki.intermediate, &pki.tsa_root], now() - Duration::days(30));
    let of_another = decades.eras[0].crl(time);
    for (data, code) in [
        (RevocationData::new(), Code::RevocationNotChecked),
        (crls(&[&pki.root, &pki.intermediate], time), Code::RevocationNotChecked),
        (of_another, Code::RevocationNotChecked),
        (stale, Code::RevocationStale),
    ] {
        let why = refused(Renewer::new(&verifier).with_revocation(data), proof.der());
        assert!(matches!(why, NotRenewable::RevocationMissing(_)), "{why}");
        assert_eq!(why.code(), Some(code));
        // It says whose data is missing.
        assert!(why.to_string().contains("Test TSA Root") || why.to_string().contains("Test Root CA"), "{why}");
    }
    // The record of a batch is the only attribute, or it is not renewed.
    let batch = Node::parse(of_batch(&decades.service).der());
    let record = batch.at(der::SIGNER_INFO).children().last().unwrap().children()[0].clone();
    let why = refused(renewer(), &batch.with_unsigned(record).to_der());
    assert_eq!(why, NotRenewable::Record);
}

#[test]
fn what_the_verifier_was_given_goes_into_the_file() {
    let decades = Decades::new();
    let time = decades.renewals[0];
    let intermediate = vec![decades.service.pki.intermediate.certificate.clone()];
    let given = decades.verifier().with_revocation_data(decades.known(0)).with_extra_certificates(intermediate);
    let bare = Node::parse(decades.service.proof().der()).with(|file| {
        file.at_mut(der::CERTIFICATES)
            .children_mut()
            .retain(|certificate| certificate.to_der() == decades.service.pki.seal.certificate.der());
    });
    let tsas = decades.eras[0].pool(&decades.service, time);
    let renewed = Renewer::new(&given).renew(&bare.to_der(), ATTACHED, &tsas, time).unwrap();
    let report = decades.verifier().report(&ProofOfSending::from_der(&renewed).unwrap(), Payload::NotAvailable, time);
    assert_eq!(report.level, Some(BaselineLevel::BLTA), "{report}");
}

#[test]
fn a_token_that_does_not_renew_is_refused() {
    let decades = Decades::new();
    let (service, verifier, time) = (&decades.service, decades.verifier(), decades.renewals[0]);
    let renewer = Renewer::new(&verifier).with_revocation(decades.known(0));
    let prepared = renewer.prepare(service.proof().der(), ATTACHED, time).unwrap();
    let answered = |era: &Era, time: DateTime<Utc>| {
        let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
        (era.tsa(service, time).respond(&request.to_der()), request)
    };
    let attached = |(response, request): (Vec<u8>, TimeStampReq), now| {
        renewer.attach(&prepared, &request, &response, now).unwrap_err()
    };
    // Of a request for something else, and of an answer to another request.
    let another = renewer.prepare(service.proof_of(&common::sending_of("another")).der(), ATTACHED, time).unwrap();
    let request = another.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = decades.eras[0].tsa(service, time).respond(&request.to_der());
    assert!(matches!(attached((response, request), time), RenewalError::OtherRequest));
    let (response, _) = answered(&decades.eras[0], time);
    let request = prepared.timestamp_request(Nonce::from_bytes(&[8; 8]));
    assert!(matches!(attached((response, request), time), RenewalError::Response(_)));
    // By a TSA that nobody trusts.
    let stranger = Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2040-01-01T00:00:00Z"));
    let untrusted = attached(answered(&stranger, time), time);
    assert!(matches!(untrusted, RenewalError::Token(_)), "{untrusted}");
    // By the TSA that ends at the same time, and by no stronger algorithm.
    let as_strong = Renewer::new(&verifier).with_revocation(decades.known(0)).with_algorithm(DigestAlgorithm::Sha256);
    let as_strong = as_strong.prepare(service.proof().der(), ATTACHED, time).unwrap();
    let request = as_strong.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = service.tsa(time).respond(&request.to_der());
    let short = renewer.attach(&as_strong, &request, &response, time).unwrap_err();
    assert!(matches!(short, RenewalError::DoesNotLast { until } if until == first_end()), "{short}");
    // One second after the end, by the token's time or by the clock; and a token of the future.
    let late = first_end() + Duration::seconds(1);
    for now in [first_end(), late] {
        let why = attached(answered(&decades.eras[0], late), now);
        let past = matches!(&why, RenewalError::NotRenewable(NotRenewable::PastDeadline(_)));
        assert!(past, "{why}");
        assert_eq!(why.code(), Some(Code::TimestampSignerExpired));
    }
    let ahead = attached(answered(&decades.eras[0], time + Duration::hours(1)), time);
    assert!(matches!(ahead, RenewalError::Clock { .. }), "{ahead}");
    // A pool says what was wrong with the token.
    let why = renewer.stamp_with(&prepared, &stranger.pool(service, time), time).unwrap_err();
    let RenewalError::Tsa(error) = &why else { panic!("{why}") };
    assert!(matches!(error.attempts[0].error, AttemptError::Refused(_)));
    assert!(why.code().is_some());
    // In the last second all is well, and it does not matter when the answer is attached.
    let (response, request) = answered(&decades.eras[0], first_end());
    for now in [first_end(), late, first_end() + Duration::days(400)] {
        let renewed = renewer.attach(&prepared, &request, &response, now).unwrap();
        let report = verifier.report_signatures(&renewed, ATTACHED, at("2031-01-01T00:00:00Z"));
        assert!(report.reports[0].proven_at.is_some(), "{}", report.reports[0]);
    }
}

#[test]
fn a_signature_over_a_letter_is_renewed_with_its_digests() {
    let decades = Decades::new();
    let (verifier, time) = (decades.verifier(), decades.renewals[0]);
    let tsa = pool(decades.service.tsa(now() + Duration::seconds(2)));
    let signature = decades.service.sealer.sign_payload(&common::digests(), "application/pdf", now()).unwrap();
    let signature = signature.stamp_with(&tsa).unwrap();
    let tsas = decades.eras[0].pool(&decades.service, time);
    let renewer = Renewer::new(&verifier).with_revocation(decades.known(0));
    let digests = ContentDigests::of_reader(&mut &*common::LETTER).unwrap();
    for content in [Content::Octets(common::LETTER), Content::Digests(&digests)] {
        let renewed = renewer.renew(signature.der(), content, &tsas, time).unwrap();
        let report = verifier.report_signatures(&renewed, content, at("2030-01-01T00:00:00Z"));
        assert_eq!(report.reports[0].level, Some(BaselineLevel::BLTA), "{}", report.reports[0]);
    }
    let few = ContentDigests::new([DigestAlgorithm::Sha256.digest(common::LETTER)]);
    let why = renewer.prepare(signature.der(), Content::Digests(&few), time).unwrap_err();
    assert_eq!(why, NotRenewable::DigestMissing(DigestAlgorithm::Sha512));
}

#[test]
fn what_would_keep_a_file_from_its_next_renewal_is_refused() {
    let decades = Decades::new();
    let (service, verifier, time) = (&decades.service, decades.verifier(), decades.renewals[0]);
    let renewer = Renewer::new(&verifier).with_revocation(decades.known(0));
    let prepared = renewer.prepare(service.proof().der(), ATTACHED, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = decades.eras[0].tsa(service, time).respond(&request.to_der());
    let response = der::disordered_token(&response);
    let why = renewer.attach(&prepared, &request, &response, time).unwrap_err();
    assert!(matches!(why, RenewalError::TokenNotDer), "{why}");
    assert_eq!(why.code(), None);
    // A CRL that is readable and not in DER.
    let crl = decades.service.pki.root.issue_crl(&CrlSpec::new(time - Duration::days(1), later())).unwrap();
    let mut data = decades.known(0);
    data.add_der(&der::with_long_length(&crl)).unwrap();
    let why = Renewer::new(&verifier).with_revocation(data).prepare(service.proof().der(), ATTACHED, time);
    assert_eq!(why.unwrap_err(), NotRenewable::AdditionNotDer);
}

#[test]
fn a_file_with_a_record_beside_it_keeps_it() {
    let decades = Decades::new();
    let (verifier, time) = (decades.verifier(), decades.renewals[0]);
    let proof = decades.service.proof();
    let record = record_over(&decades.service.tsa(later()), DigestAlgorithm::Sha256.digest(proof.der()));
    let beside = verifier.with_evidence_records([record]);
    let renew = |verifier: &Verifier| {
        Renewer::new(verifier).with_revocation(decades.known(0)).prepare(proof.der(), ATTACHED, time).map(|_| ())
    };
    assert_eq!(renew(&beside), Err(NotRenewable::RecordBeside));
    // One over something else does not matter.
    let another_record = record_over(&decades.service.tsa(later()), DigestAlgorithm::Sha256.digest(b"another"));
    assert_eq!(renew(&decades.verifier().with_evidence_records([another_record])), Ok(()));
}

/// The default policy with an end of these digest algorithms.
fn ending(digests: &[DigestAlgorithm], date: &str) -> Policy {
    let mut policy = Policy::default();
    for row in policy.algorithms.digests.iter_mut().filter(|row| digests.contains(&row.digest)) {
        row.past_from = Some(date.parse().unwrap());
    }
    policy
}

#[test]
fn the_algorithm_of_a_renewal_is_not_the_one_that_ends() {
    let decades = Decades::new();
    let file = decades.renewed(decades.service.proof().der(), 1);
    let ends = decades.verifier().with_policy(ending(&[DigestAlgorithm::Sha512], "2032-09-01"));
    let renewer = Renewer::new(&ends).with_revocation(decades.known(1));
    let tsas = decades.eras[1].pool(&decades.service, decades.renewals[1]);
    let renewed = renewer.renew(&file, ATTACHED, &tsas, decades.renewals[1]).unwrap();
    let report = &ends.report_signatures(&renewed, ATTACHED, at("2035-01-01T00:00:00Z")).reports[0];
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    let imprint = report.timestamps.last().and_then(|timestamp| timestamp.imprint.clone()).unwrap();
    assert!(imprint.starts_with("sha3-512:"), "{imprint}");
}

/// A TSA would be paid for a token that proves nothing.
#[test]
fn the_algorithm_of_a_renewal_is_good_under_the_policy() {
    let decades = Decades::new();
    let (proof, time) = (decades.service.proof(), decades.renewals[0]);
    let prepared = |digests: &[(DigestAlgorithm, &str)], given: Option<DigestAlgorithm>| {
        let mut policy = Policy::default();
        for row in &mut policy.algorithms.digests {
            let end = digests.iter().find(|(digest, _)| *digest == row.digest);
            row.past_from = end.map(|(_, date)| date.parse().unwrap()).or(row.past_from);
        }
        let verifier = decades.verifier().with_policy(policy);
        let renewer = Renewer::new(&verifier).with_revocation(decades.known(0));
        let renewer = given.into_iter().fold(renewer, Renewer::with_algorithm);
        let prepared = renewer.prepare(proof.der(), ATTACHED, time)?;
        let request = prepared.timestamp_request(Nonce::random().unwrap());
        Ok(DigestAlgorithm::ALL.into_iter().find(|digest| request.imprint().algorithm == digest.oid()))
    };
    let (sha512, sha3, sha256) = (DigestAlgorithm::Sha512, DigestAlgorithm::Sha3_512, DigestAlgorithm::Sha256);
    let (past, next, soon, later) = ("2026-01-01", "2028-10-20", "2032-09-01", "2033-09-01");
    assert_eq!(prepared(&[], None), Ok(Some(sha512)));
    assert_eq!(prepared(&[(sha512, past)], None), Ok(Some(sha3)));
    assert_eq!(prepared(&[(sha3, past)], None), Ok(Some(sha512)));
    // SHA-256 is what ends next.
    assert_eq!(prepared(&[(sha256, next), (sha512, soon)], None), Ok(Some(sha3)));
    assert_eq!(prepared(&[(sha256, next), (sha512, later), (sha3, soon)], None), Ok(Some(sha512)));
    assert_eq!(prepared(&[(sha512, past), (sha3, past)], None), Err(NotRenewable::AlgorithmPast(sha512)));
    assert_eq!(prepared(&[(sha512, past)], Some(sha512)), Err(NotRenewable::AlgorithmPast(sha512)));
}

#[test]
fn a_digest_as_long_and_weaker_is_refused() {
    let decades = Decades::new();
    let (verifier, time) = (decades.verifier(), decades.renewals[0]);
    let refused = |file: &[u8], chosen| {
        let renewer = Renewer::new(&verifier).with_revocation(decades.known(0)).with_algorithm(chosen);
        renewer.prepare(file, ATTACHED, time).unwrap_err()
    };
    let (chosen, present) = (DigestAlgorithm::Shake128, DigestAlgorithm::Sha256);
    assert_eq!(refused(decades.service.proof().der(), chosen), NotRenewable::WeakerAlgorithm { chosen, present });
    // The timestamp of the signature is by SHA-512.
    let sealed = Node::parse(decades.service.sealed().der());
    let signature = DigestAlgorithm::Sha512.digest(&sealed.at(der::SIGNATURE).contents());
    let token = stamp_with(&decades.service.tsa(now() + Duration::seconds(2)), signature);
    let strong = sealed.with_unsigned(der::attribute_of(oid::SIGNATURE_TIME_STAMP, token.to_definite())).to_der();
    let (chosen, present) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha512);
    assert_eq!(refused(&strong, chosen), NotRenewable::WeakerAlgorithm { chosen, present });
}

#[test]
fn a_stronger_algorithm_by_the_same_tsa_renews() {
    let decades = Decades::new();
    let (verifier, time) = (decades.verifier(), decades.renewals[0]);
    let renewer = Renewer::new(&verifier).with_revocation(decades.known(0));
    let tsas = pool(decades.service.tsa(time));
    let proof = decades.service.proof();
    assert!(renewer.renew(proof.der(), ATTACHED, &tsas, time).is_ok(), "SHA-512 over SHA-256");
    let as_strong = Renewer::new(&verifier).with_revocation(decades.known(0)).with_algorithm(DigestAlgorithm::Sha256);
    let why = as_strong.renew(proof.der(), ATTACHED, &tsas, time).unwrap_err();
    assert!(why.to_string().contains("no longer than what is there"), "{why}");
}

/// A signature with a timestamp of its content by the TSA that ends first, and one of the signature by one that lasts.
fn with_content_timestamp(service: &Service, lasting: &Era) -> Vec<u8> {
    let pki = &service.pki;
    let sha256 = DigestAlgorithm::Sha256;
    let of_content = stamp_with(&service.tsa(now()), sha256.digest(b"content"));
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now() + Duration::seconds(1));
    forge.first().set(oid::CONTENT_TIME_STAMP, &[of_content.to_definite()]);
    forge.sign(&*pki.seal.signer).unwrap();
    let signature = sha256.digest(&forge.signers[0].signature);
    let of_signature = stamp_with(&lasting.tsa(service, now() + Duration::seconds(2)), signature);
    forge.signers[0].stamp(of_signature.to_definite());
    forge.to_der()
}

#[test]
fn a_timestamp_of_the_content_decides_nothing() {
    let service = Service::new();
    let lasting = Era::new(&KeyKind::EcP256, now() - Duration::days(1), at("2033-01-01T00:00:00Z"));
    let file = with_content_timestamp(&service, &lasting);
    // The anchor of the seal is missing, which another verifier has: the deadline has not passed.
    let anchors = || {
        let mut anchors = service.pki.tsa_anchors();
        anchors.add(lasting.root.certificate.clone());
        anchors
    };
    let lacking = Verifier::new(Service::new().pki.seal_anchors(), anchors(), Environment::Test);
    let why = due(&lacking, &file, ATTACHED, first_end() + Duration::days(1)).unwrap_err();
    assert!(matches!(why, NotRenewable::NotVerified(_)), "{why}");
    // Nor is revocation data about its TSA needed for a renewal.
    let verifier = Verifier::new(service.pki.seal_anchors(), anchors(), Environment::Test);
    let mut data = crls(&[&service.pki.root, &service.pki.intermediate], later());
    data.extend(&lasting.crl(later())).unwrap();
    assert!(Renewer::new(&verifier).with_revocation(data).prepare(&file, ATTACHED, later()).is_ok());
}
