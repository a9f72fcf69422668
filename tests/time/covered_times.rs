//! These tests ask whether evidence may be dated before what it covers: archive timestamps and records over tokens, records
//! and revocation data.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::seal::ProofOfSending;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, Forge, TestPki, TestTsa, generate_key};
use recommande::verify::{
    Code, Content, Finding, Indication, Level, Payload, Policy, Report, RevocationPlace, SubIndication, Subject,
    Verifier,
};
use rfc3161_client::Accuracy;

use crate::common::archive::{Archiving, add_crl};
use crate::common::der::{self, Node};
use crate::common::records::{record_over, stamp_with};
use crate::common::{Service, now, oid};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

/// The time of the signature-time-stamp. The TSAs state an accuracy of a second, and the policy allows a skew of 60.
fn stamped_at() -> DateTime<Utc> {
    now() + Duration::hours(12)
}

const TOLERATED: i64 = 62;

/// Seconds from what is covered to what covers it, and whether a clock must have been wrong.
const DISTANCES: [(i64, bool); 6] =
    [(3600, false), (0, false), (-1, false), (-TOLERATED, false), (-TOLERATED - 1, true), (-11 * 3600, true)];

/// A proof with signature-time-stamps by these TSAs.
fn stamped(service: &Service, tsas: &[TestTsa]) -> Vec<u8> {
    let sealed = Node::parse(service.sealed().der());
    let signature = sealed.at(der::SIGNER_INFO).children()[5].contents();
    let tokens = tsas.iter().map(|tsa| Node::parse(stamp_with(tsa, SHA256.digest(&signature)).as_bytes()));
    sealed.with_unsigned(der::attribute(oid::SIGNATURE_TIME_STAMP, tokens.collect())).to_der()
}

fn archived_by(tsa: &TestTsa, file: &[u8]) -> Vec<u8> {
    Archiving { tsa, imprint: SHA256, index: SHA256, certificates: &|_| true, lists: &|_| true, crls: &[] }
        .archived(file)
}

/// The reports on a proof and on a signature by anybody, with which the strict verdict agrees.
#[track_caller]
fn judged_after(verifier: &Verifier, file: &[u8], after: Duration) -> Report {
    let when = now() + after;
    let proof = ProofOfSending::from_der(file).unwrap();
    let report = verifier.report(&proof, Payload::NotAvailable, when);
    let strict = verifier.verify(&proof, Payload::NotAvailable, when);
    assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
    let foreign = verifier.report_signatures(file, Content::Attached, when).reports.remove(0);
    assert_eq!((foreign.indication, out_of_order(&foreign)), (report.indication, out_of_order(&report)), "{foreign}");
    report
}

#[track_caller]
fn judged(verifier: &Verifier, file: &[u8]) -> Report {
    judged_after(verifier, file, Duration::days(2))
}

fn out_of_order(report: &Report) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.code == Code::TimestampOutOfOrder).collect()
}

#[track_caller]
fn assert_order(report: &Report, is_wrong: bool, what: &str) {
    let verdict = (report.indication, report.sub_indication);
    let expected = match is_wrong {
        true => (Indication::Indeterminate, Some(SubIndication::TimestampOrderFailure)),
        false => (Indication::TotalPassed, None),
    };
    assert_eq!(verdict, expected, "{what}: {report}");
    let findings = out_of_order(report);
    assert_eq!(findings.len(), usize::from(is_wrong), "{what}: {report}");
    assert!(findings.iter().all(|finding| finding.subject == Subject::Time), "{what}: {report}");
}

#[test]
fn an_archive_timestamp_is_not_dated_before_the_timestamp_that_it_lists() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(stamped_at())]);
    for (distance, is_wrong) in DISTANCES {
        let archived = archived_by(&service.tsa(stamped_at() + Duration::seconds(distance)), &file);
        let report = judged(&service.verifier(), &archived);
        assert_order(&report, is_wrong, &distance.to_string());
        for finding in out_of_order(&report) {
            assert!(finding.stated.as_ref().unwrap().starts_with("timestamp 1 of "), "{report}");
            assert!(finding.computed.as_ref().unwrap().starts_with("timestamp 2 of "), "{report}");
        }
        let swapped = Node::parse(&archived).with(|file| {
            file.at_mut(der::SIGNER_INFO).children_mut().last_mut().unwrap().children_mut().reverse();
        });
        let when = now() + Duration::days(2);
        let foreign = service.verifier().report_signatures(&swapped.to_der(), Content::Attached, when);
        assert_order(&foreign.reports[0], is_wrong, "swapped");
    }
}

#[test]
fn what_the_accuracy_of_either_tsa_explains_is_in_order() {
    let service = Service::new();
    let accurate = |time, seconds: u64| {
        let accuracy = Accuracy { seconds: Some(seconds), millis: None, micros: None };
        service.tsa(time).with_accuracy(accuracy)
    };
    for (of_covered, of_covering) in [(20, 5), (5, 20)] {
        let file = stamped(&service, &[accurate(stamped_at(), of_covered)]);
        for (distance, is_wrong) in [(85, false), (86, true)] {
            let archived = archived_by(&accurate(stamped_at() - Duration::seconds(distance), of_covering), &file);
            assert_order(&judged(&service.verifier(), &archived), is_wrong, &distance.to_string());
        }
    }
}

#[test]
fn an_archive_timestamp_is_not_dated_before_the_one_that_it_lists() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(now())]);
    let first = archived_by(&service.tsa(stamped_at()), &file);
    for (distance, is_wrong) in DISTANCES {
        let tsa = service.tsa(stamped_at() + Duration::seconds(distance));
        assert_order(&judged(&service.verifier(), &archived_by(&tsa, &first)), is_wrong, &distance.to_string());
        // Beside it, and not over it.
        let second = Node::parse(&archived_by(&tsa, &file));
        let second = second.at(der::SIGNER_INFO).children()[6].children().last().unwrap().clone();
        let beside = Node::parse(&first).with_unsigned(second).to_der();
        assert_order(&judged(&service.verifier(), &beside), false, "not listed");
    }
}

#[test]
fn a_record_is_not_dated_before_what_it_covers() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(stamped_at())]);
    for (distance, is_wrong) in DISTANCES {
        let tsa = service.tsa(stamped_at() + Duration::seconds(distance));
        let record = record_over(&tsa, SHA256.digest(&file));
        let beside = service.verifier().with_evidence_records([record.clone()]);
        assert_order(&judged(&beside, &file), is_wrong, "beside");
        let inside = Node::parse(&file).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record));
        assert_order(&judged(&service.verifier(), &inside.to_der()), is_wrong, "inside");
        // A record over a record.
        let sealed = service.sealed().der().to_vec();
        let first = record_over(&service.tsa(stamped_at()), SHA256.digest(&sealed));
        let first = Node::parse(&sealed).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &first));
        let second = record_over(&tsa, SHA256.digest(&first.to_der()));
        let verifier = service.verifier().with_evidence_records([second.clone()]);
        let report = judged(&verifier, &first.to_der());
        assert_order(&report, is_wrong, "over a record");
        for finding in out_of_order(&report) {
            let records = (finding.stated.as_deref().unwrap(), finding.computed.as_deref().unwrap());
            assert!(records.0.starts_with("record 1 of ") && records.1.starts_with("record 2 of "), "{report}");
        }
    }
}

/// Anybody can write a token that is not valid: it says nothing about the clock of a valid one.
#[test]
fn a_token_that_is_not_valid_spoils_no_order() {
    let service = Service::new();
    let stranger = TestPki::new(now()).unwrap();
    let forged = TestTsa::new(&stranger).with_clock(stamped_at);
    let file = stamped(&service, &[service.tsa(now() + Duration::seconds(2)), forged]);
    let early = service.tsa(now() + Duration::hours(1));
    assert_order(&judged(&service.verifier(), &archived_by(&early, &file)), false, "archive timestamp");
    let record = record_over(&early, SHA256.digest(&file));
    let verifier = service.verifier().with_evidence_records([record]);
    assert_order(&judged(&verifier, &file), false, "record");
    // Nor does an archive timestamp by a stranger.
    let file = stamped(&service, &[service.tsa(stamped_at())]);
    let early = TestTsa::new(&stranger).with_clock(now);
    assert_order(&judged(&service.verifier(), &archived_by(&early, &file)), false, "covering");
}

/// What a CRL says was known at its thisUpdate, so that nothing covered it before.
#[test]
fn evidence_is_not_dated_before_revocation_data_that_it_covers() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(now() + Duration::seconds(2))]);
    let published = stamped_at();
    let with_crl = |issuer: &CertifiedKey| {
        let crl = issuer.issue_crl(&CrlSpec::new(published, published + Duration::days(10)).with_number(1)).unwrap();
        Node::parse(&file).with(|file| add_crl(file, &crl)).to_der()
    };
    for (distance, is_wrong) in [(3600, false), (0, false), (-61, false), (-62, true), (-11 * 3600, true)] {
        let tsa = service.tsa(published + Duration::seconds(distance));
        for issuer in [&service.pki.intermediate, &service.pki.tsa_root] {
            let file = with_crl(issuer);
            let listing = |lists: &dyn Fn(&Node) -> bool| {
                Archiving { tsa: &tsa, imprint: SHA256, index: SHA256, certificates: &|_| true, lists, crls: &[] }
                    .archived(&file)
            };
            let report = judged(&service.verifier(), &listing(&|_| true));
            assert_order(&report, is_wrong, &distance.to_string());
            for finding in out_of_order(&report) {
                assert!(finding.stated.as_ref().unwrap().starts_with("revocation data of "), "{report}");
            }
            assert_order(&judged(&service.verifier(), &listing(&|_| false)), false, "not listed");
            let verifier = service.verifier().with_evidence_records([record_over(&tsa, SHA256.digest(&file))]);
            assert_order(&judged(&verifier, &file), is_wrong, "record");
        }
        // One by a stranger is no word of anybody about the time.
        let stranger = TestPki::new(now()).unwrap();
        let archived = archived_by(&tsa, &with_crl(&stranger.intermediate));
        assert_order(&judged(&service.verifier(), &archived), false, "stranger");
    }
}

/// Nothing covers what was added later, even if it is verified in the very second of a timestamp.
#[test]
fn data_that_nothing_covers_is_in_no_order_with_a_timestamp_of_the_same_second() {
    let service = Service::new();
    let stamped_at = now() + Duration::seconds(2);
    let file = stamped(&service, &[service.tsa(stamped_at)]);
    let archived_at = now() + Duration::hours(1);
    let archived = archived_by(&service.tsa(archived_at), &file);
    for issuer in [&service.pki.intermediate, &service.pki.tsa_root] {
        for distance in [30, 61, 62, 63, 3600] {
            for (file, time) in [(&file, stamped_at), (&archived, archived_at)] {
                let published = time + Duration::seconds(distance);
                let spec = CrlSpec::new(published, published + Duration::days(10)).with_number(1);
                let crl = issuer.issue_crl(&spec).unwrap();
                let added = Node::parse(file).with(|file| add_crl(file, &crl)).to_der();
                let mut data = RevocationData::new();
                data.add_der(&crl).unwrap();
                let given = service.verifier().with_revocation_data(data);
                for second in [-1, 0, 1] {
                    let after = time - now() + Duration::seconds(second);
                    let in_file = judged_after(&service.verifier(), &added, after);
                    let beside = judged_after(&given, file, after);
                    for report in [in_file, beside] {
                        assert_order(&report, false, &format!("{distance} {second}"));
                    }
                }
            }
        }
    }
}

/// What a timestamp covers is in an order with it at whatever time this is verified.
#[test]
fn data_that_is_covered_is_not_dated_after_a_timestamp_of_the_same_second() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(now() + Duration::seconds(2))]);
    let time = now() + Duration::hours(1);
    let tsa = service.tsa(time);
    for (distance, is_wrong) in [(TOLERATED - 1, false), (TOLERATED, true), (3600, true)] {
        let published = time + Duration::seconds(distance);
        let spec = CrlSpec::new(published, published + Duration::days(10)).with_number(1);
        let crls = vec![service.pki.tsa_root.issue_crl(&spec).unwrap()];
        let in_file = Node::parse(&file).with(|file| add_crl(file, &crls[0])).to_der();
        // In the file, and in the token of an archive timestamp that the next one covers.
        let inner = service.tsa(now() + Duration::minutes(30));
        let inner = Archiving {
            tsa: &inner,
            imprint: SHA256,
            index: SHA256,
            certificates: &|_| true,
            lists: &|_| true,
            crls: &crls,
        };
        let in_token = inner.archived(&file);
        for (file, seconds) in [(&in_file, &[-1, 0, 1][..]), (&in_token, &[0, 1])] {
            let archived = archived_by(&tsa, file);
            let recorded = service.verifier().with_evidence_records([record_over(&tsa, SHA256.digest(file))]);
            for second in seconds {
                let after = time - now() + Duration::seconds(*second);
                for report in
                    [judged_after(&service.verifier(), &archived, after), judged_after(&recorded, file, after)]
                {
                    assert_order(&report, is_wrong, &format!("{distance} {second}"));
                }
            }
        }
    }
}

/// Of two lists the newer one answers, in whatever order they lie there.
#[test]
fn a_list_that_is_older_does_not_hide_a_newer_one() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(now() + Duration::seconds(2))]);
    let (older, newer) = (now() - Duration::hours(1), stamped_at());
    for issuer in [&service.pki.intermediate, &service.pki.tsa_root] {
        for times in [[older, newer], [newer, older]] {
            let with_lists = Node::parse(&file).with(|file| {
                for time in times {
                    let spec = CrlSpec::new(time, time + Duration::days(10)).with_number(1);
                    add_crl(file, &issuer.issue_crl(&spec).unwrap());
                }
            });
            let with_lists = with_lists.to_der();
            for (time, is_wrong) in [(now() + Duration::hours(1), true), (newer, false)] {
                let archived = archived_by(&service.tsa(time), &with_lists);
                assert_order(&judged(&service.verifier(), &archived), is_wrong, "two lists");
            }
        }
    }
}

/// A TSA whose certificate outlasts those of the others.
fn lasting(service: &Service) -> CertifiedKey {
    let spec = CertificateSpec::tsa("Lasting TSA", now() - Duration::days(1), now() + Duration::days(3000));
    service.pki.tsa_root.issue(&spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap()
}

/// When the certificates of the other TSAs have ended.
const ENDED: Duration = Duration::days(1000);

/// The end of the certificate of a covered token's TSA does not turn a wrong order into a right one.
#[test]
fn a_wrong_order_stays_wrong_when_a_certificate_has_ended() {
    let service = Service::new();
    let lasting = lasting(&service);
    let file = stamped(&service, &[service.tsa(stamped_at())]);
    let alone = judged_after(&service.verifier(), &file, ENDED);
    assert_eq!((alone.indication, alone.proven_at), (Indication::Indeterminate, None), "{alone}");
    for (distance, is_wrong) in DISTANCES {
        let covered_at = stamped_at() + Duration::seconds(distance);
        let tsa = service.tsa(covered_at).with_key(lasting.clone());
        let report = judged_after(&service.verifier(), &archived_by(&tsa, &file), ENDED);
        assert_order(&report, is_wrong, "archive timestamp");
        assert_eq!(report.proven_at, Some(stamped_at().min(covered_at)), "{report}");
        let record = record_over(&tsa, SHA256.digest(&file));
        let verifier = service.verifier().with_evidence_records([record]);
        assert_order(&judged_after(&verifier, &file, ENDED), is_wrong, "record");
        // A record over a record.
        let sealed = service.sealed().der().to_vec();
        let first = record_over(&service.tsa(stamped_at()), SHA256.digest(&sealed));
        let first = Node::parse(&sealed).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &first));
        let second = record_over(&tsa, SHA256.digest(&first.to_der()));
        let verifier = service.verifier().with_evidence_records([second]);
        assert_order(&judged_after(&verifier, &first.to_der(), ENDED), is_wrong, "record over a record");
    }
}

/// Of two archive timestamps the one that lists the other is judged first, whatever their times are and however much each
/// lists.
#[test]
fn a_wrong_order_of_archive_timestamps_stays_wrong_when_a_certificate_has_ended() {
    let service = Service::new();
    let lasting = lasting(&service);
    let early = || service.tsa(now() + Duration::seconds(2));
    let stamped_early = stamped(&service, &[early(), early()]);
    let first = archived_by(&service.tsa(stamped_at()), &stamped_early);
    let attributes =
        |file: &[u8]| -> Vec<Node> { Node::parse(file).at(der::SIGNER_INFO).children()[6].children().to_vec() };
    let is_archive = |attribute: &Node| *attribute.at(&[0]) == der::oid(oid::ARCHIVE_TIME_STAMP_V3);
    let with_all = |file: Node, attributes: Vec<Node>| {
        attributes.into_iter().fold(file, |file, attribute| file.with_unsigned(attribute)).to_der()
    };
    // The first archive timestamp alone, which the second one then lists and nothing else.
    let unstamped = Node::parse(&first).with(|file| {
        file.at_mut(der::SIGNER_INFO).children_mut()[6].children_mut().retain(is_archive);
    });
    let unstamped = unstamped.to_der();
    for (distance, is_wrong) in DISTANCES {
        let tsa = service.tsa(stamped_at() + Duration::seconds(distance)).with_key(lasting.clone());
        let lists_all = archived_by(&tsa, &first);
        assert_order(&judged_after(&service.verifier(), &lists_all, ENDED), is_wrong, "all are listed");
        let record = record_over(&tsa, SHA256.digest(&first));
        let verifier = service.verifier().with_evidence_records([record]);
        assert_order(&judged_after(&verifier, &first, ENDED), is_wrong, "record over an archive timestamp");
        let lists_archive = archived_by(&tsa, &unstamped);
        let others = attributes(&stamped_early);
        let report = judged_after(&service.verifier(), &with_all(Node::parse(&lists_archive), others), ENDED);
        assert_order(&report, is_wrong, "the archive timestamp is listed");
        // Beside it, and not over it: what ended proves nothing, and there is no order.
        let beside = attributes(&archived_by(&tsa, &stamped_early));
        let beside = beside.into_iter().filter(is_archive).collect();
        let report = judged_after(&service.verifier(), &with_all(Node::parse(&first), beside), ENDED);
        assert_order(&report, false, "not listed");
    }
}

/// What is signed was there before the signature: the signature-time-stamp covers the timestamps of the content, and the
/// accuracy of both TSAs alone explains a difference.
#[test]
fn a_content_timestamp_after_the_signature_stays_wrong_when_a_certificate_has_ended() {
    let service = Service::new();
    let lasting = lasting(&service);
    let content = b"content";
    for (distance, is_wrong) in [(-3600, false), (0, false), (1, false), (2, false), (3, true), (11 * 3600, true)] {
        let mut forge = Forge::seal(content, &service.pki.seal, &service.pki.seal_chain(), now());
        let of_content = stamp_with(&service.tsa(stamped_at() + Duration::seconds(distance)), SHA256.digest(content));
        forge.signers[0].set(oid::CONTENT_TIME_STAMP, &[of_content.as_bytes()]);
        forge.sign(&*service.pki.seal.signer).unwrap();
        let digest = SHA256.digest(&forge.signers[0].signature);
        let tsa = service.tsa(stamped_at()).with_key(lasting.clone());
        forge.signers[0].stamp(stamp_with(&tsa, digest).as_bytes());
        for after in [Duration::days(2), ENDED] {
            let reports = service.verifier().report_signatures(&forge.to_der(), Content::Attached, now() + after);
            let report = &reports.reports[0];
            let sub_indication = is_wrong.then_some(SubIndication::TimestampOrderFailure);
            assert_eq!(report.sub_indication, sub_indication, "{distance}: {report}");
            assert_eq!(report.indication == Indication::TotalPassed, !is_wrong, "{distance}: {report}");
            let has = report.findings.iter().any(|finding| finding.code == Code::ContentTimestampAfterSigning);
            assert_eq!(has, is_wrong, "{distance}: {report}");
        }
    }
}

/// A list leaves out what the verdict rests on: that is not proven, which is said. What was added later, and what nothing rests
/// on, is no part of it.
#[test]
fn a_list_that_leaves_out_a_certificate_or_revocation_data_is_named() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(now() + Duration::seconds(2))]);
    let with_crl = |file: &[u8], issuer: &CertifiedKey, published: DateTime<Utc>| {
        let crl = issuer.issue_crl(&CrlSpec::new(published, published + Duration::days(10)).with_number(1)).unwrap();
        Node::parse(file).with(|file| add_crl(file, &crl)).to_der()
    };
    let stranger = TestPki::new(now()).unwrap();
    let with_stranger = |file: &[u8]| {
        let certificate = Node::parse(stranger.seal.certificate.der());
        Node::parse(file).with(|file| file.at_mut(der::CERTIFICATES).children_mut().push(certificate)).to_der()
    };
    let file = with_stranger(&with_crl(&file, &service.pki.intermediate, now() + Duration::hours(1)));
    let is = |node: &Node, certificate: &CertifiedKey| node.to_der() == certificate.certificate.der();
    let (seal, authority) = (&service.pki.seal, &service.pki.intermediate);
    type Choice<'c> = &'c dyn Fn(&Node) -> bool;
    type Case<'c> = (Choice<'c>, Choice<'c>, Option<(usize, usize)>);
    let cases: [Case<'_>; 6] = [
        (&|_| true, &|_| true, None),
        (&|node| !is(node, seal), &|_| true, Some((1, 0))),
        (&|node| !is(node, authority), &|_| true, Some((1, 0))),
        (&|_| false, &|_| true, Some((2, 0))),
        (&|_| true, &|_| false, Some((0, 1))),
        (&|node| !is(node, &stranger.seal), &|_| true, None),
    ];
    let tsa = service.tsa(stamped_at());
    let named = |report: &Report| -> Vec<(String, String)> {
        let incomplete = report.findings.iter().filter(|finding| finding.code == Code::ArchiveIndexIncomplete);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        incomplete.map(|finding| (text(&finding.stated), text(&finding.computed))).collect()
    };
    for (certificates, lists, expected) in cases {
        let archived = Archiving { tsa: &tsa, imprint: SHA256, index: SHA256, certificates, lists, crls: &[] };
        let archived = archived.archived(&file);
        let report = judged(&service.verifier(), &archived);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        let text = |(certificates, data)| format!("left out: {certificates} certificates, {data} revocation data");
        let expected: Vec<_> = expected.map(|counts| ("timestamp 2".to_owned(), text(counts))).into_iter().collect();
        assert_eq!(named(&report), expected, "{report}");
        // A policy can ask for it.
        let mut policy = Policy::default();
        assert!(policy.levels.set(Code::ArchiveIndexIncomplete, Level::Fail));
        let strict = judged(&service.verifier().with_policy(policy), &archived);
        assert_eq!(strict.indication == Indication::TotalPassed, expected.is_empty(), "{strict}");
    }
    // Data in revocation-values is listed with its attribute as a whole, and is not counted.
    let crl = service
        .pki
        .intermediate
        .issue_crl(&CrlSpec::new(now() + Duration::hours(1), now() + Duration::days(10)).with_number(1));
    let lists = der::node(0xa0, vec![der::node(0x30, vec![Node::parse(&crl.unwrap())])]);
    let values = der::attribute(oid::REVOCATION_VALUES, vec![der::node(0x30, vec![lists])]);
    let by_others = Node::parse(&stamped(&service, &[service.tsa(now() + Duration::seconds(2))])).with_unsigned(values);
    let by_others = archived_by(&tsa, &by_others.to_der());
    let mut policy = Policy::default();
    assert!(policy.levels.set(Code::ArchiveIndexIncomplete, Level::Fail));
    for verifier in [service.verifier(), service.verifier().with_policy(policy)] {
        let report = verifier.report_signatures(&by_others, Content::Attached, now() + Duration::days(2));
        let report = &report.reports[0];
        assert_eq!((report.indication, named(report)), (Indication::TotalPassed, Vec::new()), "{report}");
        let mut places = report.revocation.iter().flat_map(|data| &data.found_in);
        assert!(places.any(|place| *place == RevocationPlace::Signature), "{report}");
    }
    // Published and added after the archive timestamp.
    let archived = archived_by(&tsa, &file);
    let later = with_crl(&archived, &service.pki.root, stamped_at() + Duration::hours(2));
    let report = judged(&service.verifier(), &with_stranger(&later));
    assert_eq!(named(&report), [], "{report}");
}

/// What an index left out counts from the time of later evidence that covers it, and is not missing any more.
#[test]
fn a_list_that_later_evidence_makes_up_for_is_not_named() {
    let service = Service::new();
    let file = stamped(&service, &[service.tsa(now() + Duration::seconds(2))]);
    let spec = CrlSpec::new(now() + Duration::hours(1), now() + Duration::days(10)).with_number(1);
    let crl = service.pki.intermediate.issue_crl(&spec).unwrap();
    let file = Node::parse(&file).with(|file| add_crl(file, &crl)).to_der();
    type Choice<'c> = &'c dyn Fn(&Node) -> bool;
    let archived = |file: &[u8], hours, certificates: Choice<'_>, lists: Choice<'_>| {
        let tsa = service.tsa(stamped_at() + Duration::hours(hours));
        Archiving { tsa: &tsa, imprint: SHA256, index: SHA256, certificates, lists, crls: &[] }.archived(file)
    };
    let named = |verifier: &Verifier, file: &[u8]| -> Vec<String> {
        let report = judged(verifier, file);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        let incomplete = report.findings.into_iter().filter(|finding| finding.code == Code::ArchiveIndexIncomplete);
        incomplete.filter_map(|finding| finding.stated).collect()
    };
    let (every, none): (Choice<'_>, Choice<'_>) = (&|_| true, &|_| false);
    for (certificates, lists) in [(none, every), (every, none), (none, none)] {
        let lacking = archived(&file, 0, certificates, lists);
        assert_eq!(named(&service.verifier(), &lacking), ["timestamp 2"]);
        assert_eq!(named(&service.verifier(), &archived(&lacking, 1, every, every)), Vec::<String>::new());
        // A second one that leaves out the same makes up for nothing, and each is named.
        let again = archived(&lacking, 1, certificates, lists);
        assert_eq!(named(&service.verifier(), &again), ["timestamp 2", "timestamp 3"]);
        let record = record_over(&service.tsa(stamped_at() + Duration::hours(1)), SHA256.digest(&lacking));
        let recorded = service.verifier().with_evidence_records([record]);
        assert_eq!(named(&recorded, &lacking), Vec::<String>::new());
    }
}
