//! Every form of preservation over two decades: each renewal in the last second and one second late, with algorithms that end
//! before and after the renewal that answers them, with revocation data missing and stale, and with siblings deleted.

use crate::common::eras::{Decades, RENEWALS, crls, dead_from, end_before};
use crate::common::records::record_over;
use crate::common::{self, against, at, now, pool};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{
    BatchRehash, BatchRenewal, Group, GroupLeaves, Missing, NotRenewable, RenewalError, Renewer, Unrenewed,
};
use recommande::seal::{Artifact as _, Batch, ProofOfSending};
use recommande::testing::CrlSpec;
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, Policy, Report, SubIndication, Verifier};
use rfc3161_client::{Nonce, Transport};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;
const ATTACHED: Content<'static> = Content::Attached;
const IN_2046: &str = "2046-06-01T00:00:00Z";

/// The time that is proven in the end.
fn stamped_at() -> DateTime<Utc> {
    now() + Duration::seconds(2)
}

/// The time of the first timestamp of a record over a file that has one of its own. What the file holds about its TSA is older.
fn recorded_at() -> DateTime<Utc> {
    now() + Duration::days(30)
}

/// A way to preserve a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// By archive timestamps.
    Archive,
    /// By the record inside, which is over this proof alone.
    RecordInside,
    /// By a record beside a proof that has a timestamp of its own.
    RecordBeside,
    /// By the record of a batch, whose renewals are made for another proof of it and repeated for this one. One of the batch
    /// is deleted before its new hash tree.
    Batch,
    /// By the records of a group, one of whose files is deleted before its new hash tree.
    Group,
}

const FORMS: [Form; 5] = [Form::Archive, Form::RecordInside, Form::RecordBeside, Form::Batch, Form::Group];

/// What is kept of a proof.
#[derive(Clone)]
enum Kept {
    /// The proof, as it is renewed.
    File(Vec<u8>),
    /// The proof as it was, and the record beside it.
    Beside(Vec<u8>, Vec<u8>),
    /// The proofs of a batch, of which the second one is judged.
    Batch(Vec<Vec<u8>>),
    /// The files of a group, of which the first one is judged.
    Group(Group, Vec<Vec<u8>>),
}

/// What is known about the TSA of the layer before a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Fresh,
    Missing,
    /// The list ended before the timestamp was made.
    Stale,
}

/// When, and with what, each renewal is made.
#[derive(Clone, Copy)]
struct Plan {
    times: [DateTime<Utc>; 3],
    known: [Known; 3],
}

impl Plan {
    fn good() -> Self {
        Self { times: RENEWALS.map(|(time, _)| at(time)), known: [Known::Fresh; 3] }
    }

    /// One renewal is made so many seconds after the end of the TSA before it, and the others in time.
    fn after_end(renewal: usize, seconds: i64) -> Self {
        let mut plan = Self::good();
        plan.times[renewal] = end_before(renewal) + Duration::seconds(seconds);
        plan
    }

    fn knowing(renewal: usize, known: Known) -> Self {
        let mut plan = Self::good();
        plan.known[renewal] = known;
        plan
    }
}

impl Decades {
    /// What there is to know about the layer before a renewal.
    fn known(&self, renewal: usize, plan: &Plan) -> RevocationData {
        let (issuer, before) = match renewal.checked_sub(1) {
            None => (&self.service.pki.tsa_root, stamped_at()),
            Some(before) => (&self.eras[before].root, plan.times[before]),
        };
        let from = match plan.known[renewal] {
            Known::Fresh => plan.times[renewal] - Duration::days(1),
            Known::Stale => before - Duration::days(10),
            Known::Missing => return RevocationData::new(),
        };
        let mut data = RevocationData::new();
        data.add_der(&issuer.issue_crl(&CrlSpec::new(from, from + Duration::days(7))).unwrap()).unwrap();
        data
    }

    /// A proof as it is when its preservation begins.
    fn begun(&self, form: Form) -> Kept {
        let service = &self.service;
        match form {
            Form::Archive => Kept::File(service.proof().der().to_vec()),
            Form::RecordInside => Kept::File(self.of_batch(1).remove(0)),
            Form::Batch => Kept::Batch(self.of_batch(4)),
            Form::RecordBeside => {
                let file = self.informed();
                let record = record_over(&service.tsa(recorded_at()), SHA256.digest(&file));
                Kept::Beside(file, record)
            }
            Form::Group => {
                let others = (0..4).map(|number: usize| format!("another file {number}").into_bytes());
                let files: Vec<_> = std::iter::once(self.informed()).chain(others).collect();
                let mut leaves = GroupLeaves::new(SHA256).unwrap();
                files.iter().for_each(|file| leaves.add(file));
                let (verifier, tsas) = (self.verifier(), pool(service.tsa(recorded_at())));
                let unstamped = leaves.close().unwrap();
                let group = unstamped.stamp_with(&Renewer::new(&verifier), &digests(&files[0]), &tsas, recorded_at());
                Kept::Group(group.unwrap(), files)
            }
        }
    }

    /// A proof with what there is to know about its own timestamp, which nothing can be added to under a record.
    fn informed(&self) -> Vec<u8> {
        let of_tsa = crls(&[&self.service.pki.tsa_root], now());
        self.service.proof().with_revocation(&of_tsa).unwrap().der().to_vec()
    }

    fn of_batch(&self, count: usize) -> Vec<Vec<u8>> {
        let seal = |number: usize| self.service.sealer.seal(&common::sending_of(&number.to_string()), now()).unwrap();
        let seals: Vec<_> = (0..count).map(seal).collect();
        let stamped = Batch::of(&seals).unwrap().stamp_with(&pool(self.service.tsa(stamped_at()))).unwrap();
        seals.into_iter().map(|seal| stamped.proof(seal).unwrap().der().to_vec()).collect()
    }

    /// A proof after so many renewals, of which each is made as a service makes it.
    fn kept(&self, form: Form, renewals: usize, plan: &Plan, verifier: &Verifier) -> Kept {
        let renew = |kept, renewal| self.renewed(&kept, renewal, plan, verifier).unwrap();
        (0..renewals).fold(self.begun(form), renew)
    }

    fn renewed(&self, kept: &Kept, renewal: usize, plan: &Plan, verifier: &Verifier) -> Result<Kept, RenewalError> {
        let time = plan.times[renewal];
        let renewer = Renewer::new(verifier).with_algorithm(RENEWALS[renewal].1);
        let renewer = renewer.with_revocation(self.known(renewal, plan));
        let attached = |prepared: &Unrenewed<'_>| {
            let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
            let response = self.eras[renewal].tsa(&self.service, time).send(&request.to_der()).unwrap();
            renewer.attach(prepared, &request, &response, time)
        };
        match kept {
            Kept::File(file) => Ok(Kept::File(attached(&renewer.prepare(file, ATTACHED, time)?)?)),
            Kept::Beside(file, record) => {
                let object = digests(file);
                let record = attached(&renewer.prepare_record(record, &object, time)?)?;
                Ok(Kept::Beside(file.clone(), record))
            }
            Kept::Batch(proofs) => {
                let first = renewer.prepare(&proofs[0], ATTACHED, time)?;
                let is_rehashed = renewal == 1;
                // The last one is deleted before the new hash tree.
                let proofs = if is_rehashed { &proofs[..3] } else { proofs.as_slice() };
                let shared = if is_rehashed {
                    let mut rehash = BatchRehash::of(&proofs[0], first).unwrap();
                    proofs.iter().for_each(|proof| rehash.add(proof).unwrap());
                    let tsas = self.eras[renewal].pool(&self.service, time);
                    rehash.close().unwrap().stamp_with(&renewer, &tsas, time)?
                } else {
                    BatchRenewal::between(&proofs[0], &attached(&first)?).unwrap()
                };
                let repeat = |proof: &Vec<u8>| renewer.repeat(&shared, proof, ATTACHED, time);
                Ok(Kept::Batch(proofs.iter().map(repeat).collect::<Result<_, _>>()?))
            }
            Kept::Group(group, files) if renewal == 1 => {
                let group = group.with_revocation(&self.known(renewal, plan)).unwrap();
                let left: Vec<_> = files[..4].to_vec();
                let mut rehash = group.rehash(SHA512).unwrap();
                left.iter().for_each(|file| rehash.add(&digests(file)).unwrap());
                let unstamped = rehash.close(Missing::LeftOut).unwrap();
                let tsas = self.eras[renewal].pool(&self.service, time);
                let object = digests(&left[0]);
                group.check(&renewer, &object, time)?;
                Ok(Kept::Group(unstamped.stamp_with(&renewer, &object, &tsas, time)?, left))
            }
            Kept::Group(group, files) => {
                // Any of the files will do.
                let object = digests(files.last().unwrap());
                let before = group.record(&object).unwrap();
                let after = attached(&renewer.prepare_record(&before, &object, time)?)?;
                let renewal = BatchRenewal::between(&before, &after).unwrap();
                Ok(Kept::Group(group.with_renewal(&renewal).unwrap(), files.clone()))
            }
        }
    }

    /// By the report and strictly, which agree whether it passes.
    #[track_caller]
    fn judged(&self, kept: &Kept, policy: Policy, time: DateTime<Utc>) -> Report {
        let (file, record) = match kept {
            Kept::File(file) => (file, None),
            Kept::Beside(file, record) => (file, Some(record.clone())),
            Kept::Batch(proofs) => (&proofs[1], None),
            Kept::Group(group, files) => (&files[0], Some(group.record(&digests(&files[0])).unwrap())),
        };
        let published = self.eras[2].crl(time);
        let verifier = self.verifier().with_policy(policy).with_revocation_data(published);
        let verifier = verifier.with_evidence_records(record);
        let proof = ProofOfSending::from_der(file).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, time);
        let strict = verifier.verify(&proof, Payload::NotAvailable, time);
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
        report
    }
}

fn digests(file: &[u8]) -> ContentDigests {
    ContentDigests::of_reader(&mut &*file).unwrap()
}

#[track_caller]
fn assert_passes(what: &str, report: &Report) {
    let verdict = (report.indication, report.proven_at);
    assert_eq!(verdict, (Indication::TotalPassed, Some(stamped_at())), "{what}: {report}");
}

/// The first time is no longer proven, and this finding says why.
#[track_caller]
fn assert_open(what: &str, report: &Report, why: Code) {
    assert_eq!(report.indication, Indication::Indeterminate, "{what}: {report}");
    assert!(report.proven_at.is_none_or(|time| time > stamped_at()), "{what}: {report}");
    assert!(against(report).contains(&why), "{what}: {report}");
}

/// In the last second a renewal is in time, and a second later it is refused; nothing brings the proof back then.
#[test]
fn every_form_is_renewed_until_the_last_second_and_not_after_it() {
    let decades = Decades::new();
    let verifier = decades.verifier();
    for form in FORMS {
        for renewal in 0..3 {
            let what = format!("{form:?}, renewal {}", renewal + 1);
            let kept = decades.kept(form, 3, &Plan::after_end(renewal, 0), &verifier);
            assert_passes(&what, &decades.judged(&kept, Policy::strict(), at(IN_2046)));
            let late = Plan::after_end(renewal, 1);
            let before = decades.kept(form, renewal, &late, &verifier);
            let Err(refused) = decades.renewed(&before, renewal, &late, &verifier) else { panic!("{what}: renewed") };
            let RenewalError::NotRenewable(NotRenewable::PastDeadline(end)) = &refused else {
                panic!("{what}: {refused}")
            };
            assert_eq!(end.code, Code::TimestampSignerExpired, "{what}: {refused}");
        }
    }
}

/// Somebody else renewed it all the same, a second after the end.
#[test]
fn a_renewal_of_any_form_that_is_a_second_late_is_seen_in_2046() {
    let decades = Decades::new();
    let lenient = decades.lenient();
    for form in FORMS {
        for renewal in 0..3 {
            let what = format!("{form:?}, renewal {}", renewal + 1);
            let plan = Plan::after_end(renewal, 1);
            let kept = decades.kept(form, 3, &plan, &lenient);
            let (ended, dead) = (SubIndication::OutOfBoundsNoPoe, SubIndication::CryptoConstraintsFailureNoPoe);
            // Where algorithms are dead too, both fit, and any may be told (EN 319 102-1 V1.4.1, clause 5.1.3, note 2): in a record
            // that of the first timestamp that is refused for an end.
            let either = if form == Form::Archive { vec![ended] } else { vec![ended, dead] };
            for (policy, fitting) in [
                (Policy::default(), vec![ended]),
                (Policy::strict(), vec![ended]),
                (dead_from(Policy::default(), "2035-01-01"), either),
            ] {
                let report = decades.judged(&kept, policy, at(IN_2046));
                assert_open(&what, &report, Code::TimestampSignerExpired);
                // Archive timestamps prove their own time each; a record with a gap proves none.
                let proven = (form == Form::Archive).then_some(plan.times[renewal]);
                assert_eq!(report.proven_at, proven, "{what}: {report}");
                let told = report.sub_indication.unwrap_or_else(|| panic!("{what}: {report}"));
                assert!(fitting.contains(&told), "{what}: {report}");
            }
        }
    }
}

/// SHA-256 and P-256 end in 2035, after the renewal that answers it, or in 2031, a year before it.
#[test]
fn algorithms_that_end_hurt_what_was_not_renewed_before() {
    let decades = Decades::new();
    let verifier = decades.verifier();
    for form in FORMS {
        let what = format!("{form:?}");
        let kept = decades.kept(form, 3, &Plan::good(), &verifier);
        for policy in [Policy::default(), Policy::strict()] {
            assert_passes(&what, &decades.judged(&kept, policy.clone(), at(IN_2046)));
            let dead_in_2035 = dead_from(policy.clone(), "2035-01-01");
            assert_passes(&what, &decades.judged(&kept, dead_in_2035, at(IN_2046)));
            let report = decades.judged(&kept, dead_from(policy, "2031-01-01"), at(IN_2046));
            assert_open(&what, &report, Code::AlgorithmPastItsDate);
        }
        // Under that policy the renewal of 2032 is refused too, and the one of 2028 is not.
        let dead_in_2031 = decades.verifier().with_policy(dead_from(Policy::default(), "2031-01-01"));
        let before = decades.kept(form, 1, &Plan::good(), &dead_in_2031);
        let Err(refused) = decades.renewed(&before, 1, &Plan::good(), &dead_in_2031) else { panic!("{what}: renewed") };
        let RenewalError::NotRenewable(NotRenewable::PastDeadline(end)) = &refused else { panic!("{what}: {refused}") };
        assert_eq!(end.code, Code::AlgorithmPastItsDate, "{what}: {refused}");
    }
}

/// Without revocation data about a TSA the strict policy does not count its timestamp, nor what that holds up. By default it is
/// a warning. A renewal is refused either way, as nobody can add the data after it.
#[test]
fn revocation_data_about_every_tsa_is_wanted_in_every_form() {
    let decades = Decades::new();
    let (verifier, lenient) = (decades.verifier(), decades.lenient());
    for form in FORMS {
        for renewal in 0..3 {
            for (known, code) in [(Known::Missing, Code::RevocationNotChecked), (Known::Stale, Code::RevocationStale)] {
                let what = format!("{form:?}, renewal {}, {known:?}", renewal + 1);
                let plan = Plan::knowing(renewal, known);
                let before = decades.kept(form, renewal, &plan, &verifier);
                let Err(refused) = decades.renewed(&before, renewal, &plan, &verifier) else {
                    panic!("{what}: renewed")
                };
                assert!(
                    matches!(&refused, RenewalError::NotRenewable(NotRenewable::RevocationMissing(_))),
                    "{what}: {refused}"
                );
                assert_eq!(refused.code(), Some(code), "{what}: {refused}");
                let kept = decades.kept(form, 3, &plan, &lenient);
                assert_passes(&what, &decades.judged(&kept, Policy::default(), at(IN_2046)));
                let report = decades.judged(&kept, Policy::strict(), at(IN_2046));
                assert_open(&what, &report, Code::RevocationDataMissing);
            }
        }
    }
}

/// What was deleted, or left out, before a new hash tree is past its end with the TSA of its last timestamp. The others are not.
#[test]
fn a_sibling_that_was_left_out_ends_alone() {
    let decades = Decades::new();
    let (verifier, plan) = (decades.verifier(), Plan::good());
    let Kept::Batch(mut before) = decades.kept(Form::Batch, 1, &plan, &verifier) else { panic!("a batch") };
    let after = decades.renewed(&Kept::Batch(before.clone()), 1, &plan, &verifier).unwrap();
    // The one that is judged stands in the place of the one that was left out.
    before.swap(1, 3);
    let left_out = Kept::Batch(before);
    let Kept::Group(group, mut files) = decades.kept(Form::Group, 1, &plan, &verifier) else { panic!("a group") };
    files.swap(0, 4);
    for time in [plan.times[1] + Duration::days(1), end_before(1) + Duration::seconds(1)] {
        let is_past = time > end_before(1);
        assert_passes("in the new tree", &decades.judged(&after, Policy::default(), time));
        let report = decades.judged(&left_out, Policy::default(), time);
        if is_past {
            assert_open("left out", &report, Code::TimestampSignerExpired);
        } else {
            assert_passes("left out", &report);
        }
    }
    // A file of the group that was left out has no record any more, and says so.
    let rehashed = decades.renewed(&Kept::Group(group.clone(), files.clone()), 1, &plan, &verifier).unwrap();
    let Kept::Group(rehashed, _) = rehashed else { panic!("a group") };
    assert!(rehashed.record(&digests(&files[4])).is_err() && group.record(&digests(&files[4])).is_ok());
    assert!(files[..4].iter().all(|file| rehashed.record(&digests(file)).is_ok()));
}
