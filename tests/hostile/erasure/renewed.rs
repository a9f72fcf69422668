//! An erased proof that was renewed holds more octets than before, and none of them leads to anybody.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{Commitment, Disclosure, Salt, SaltSeed, Sending, Statement};
use recommande::preserve::{
    BatchRehash, BatchRenewal, Group, GroupLeaves, Missing, RenewalError, Renewer, Unrenewed, due, due_record,
};
use recommande::seal::{Artifact as _, Batch};
use recommande::verify::{Content, ContentDigests, Context, Indication, Payload, Policy, Preceding, Verifier};

use super::{NISS, PATH, SSIN, VALUES, assert_error, assert_no_trace, assert_silent, committed};
use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::{Service, at, now, pool};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;
const ATTACHED: Content<'static> = Content::Attached;
const RENEWED_AT: &str = "2028-10-01T12:00:00Z";
const LATER: &str = "2032-12-01T00:00:00Z";

/// A service whose proofs can be renewed, and the TSA by which they are.
struct Archive {
    service: Service,
    era: Era,
    statement: Sending,
    disclosure: Disclosure,
    /// Another erased one, in the same batch and the same group.
    another: Sending,
}

/// What the archive holds of the erased proof: files, records, and the parts of a group.
struct Held {
    what: &'static str,
    file: Vec<u8>,
    record: Option<Vec<u8>>,
    beside: Vec<Vec<u8>>,
}

fn archive() -> Archive {
    let mut service = Service::new();
    let of_seal = crls(&[&service.pki.root, &service.pki.intermediate], now());
    service.sealer = service.sealer.with_revocation(&of_seal);
    let era = Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2033-01-01T00:00:00Z"));
    let (statement, disclosure) = committed();
    let (another, _) = committed();
    Archive { service, era, statement, disclosure, another }
}

fn digests(octets: &[u8]) -> ContentDigests {
    ContentDigests::of_reader(&mut &*octets).unwrap()
}

impl Archive {
    fn verifier(&self) -> Verifier {
        verifier(&self.service, &[&self.era])
    }

    /// By SHA-512 unless the record that is renewed is by another one.
    fn renewer<'v>(&self, verifier: &'v Verifier) -> Renewer<'v> {
        Renewer::new(verifier).with_revocation(first_crls(&self.service, self.renewed_at()))
    }

    fn renewed_at(&self) -> DateTime<Utc> {
        at(RENEWED_AT)
    }

    /// The proof after its renewal by an archive timestamp.
    fn archived(&self, verifier: &Verifier) -> Held {
        let (proof, time) = (self.service.proof_of(&self.statement), self.renewed_at());
        let renewer = self.renewer(verifier);
        let prepared = renewer.prepare(proof.der(), ATTACHED, time).unwrap();
        assert_silent("what is prepared", &prepared);
        let tsas = self.era.pool(&self.service, time);
        let file = renewer.stamp_with(&prepared, &tsas, time).unwrap();
        Held { what: "archived", beside: vec![prepared.der().to_vec()], file, record: None }
    }

    /// The proof in a batch, after the renewal of its timestamp and after a new hash tree.
    fn of_batch(&self, verifier: &Verifier) -> [Held; 2] {
        let (service, time) = (&self.service, self.renewed_at());
        let (renewer, by_sha512) = (self.renewer(verifier), self.renewer(verifier).with_algorithm(SHA512));
        let statements = [&self.statement, &self.another];
        let seals = statements.map(|statement| service.sealer.seal(statement, now()).unwrap());
        let tsas = pool(service.tsa(now() + Duration::seconds(2)));
        let stamped = Batch::of(&seals).unwrap().stamp_with(&tsas).unwrap();
        let [erased, another] = seals.map(|seal| stamped.proof(seal).unwrap().der().to_vec());
        let tsas = self.era.pool(service, time);
        let first = renewer.renew(&another, ATTACHED, &tsas, time).unwrap();
        let renewal = BatchRenewal::between(&another, &first).unwrap();
        assert_silent("the renewal of a batch", &renewal);
        let file = renewer.repeat(&renewal, &erased, ATTACHED, time).unwrap();
        let timestamped = Held { what: "of a batch", beside: vec![another.clone(), first], file, record: None };

        let mut rehash = BatchRehash::of(&another, by_sha512.prepare(&another, ATTACHED, time).unwrap()).unwrap();
        rehash.add(&erased).unwrap();
        assert_silent("a new hash tree", &rehash);
        let renewal = rehash.close().unwrap().stamp_with(&by_sha512, &tsas, time).unwrap();
        let file = by_sha512.repeat(&renewal, &erased, ATTACHED, time).unwrap();
        let beside = vec![renewal.leaves().unwrap().to_vec()];
        [timestamped, Held { what: "in a new hash tree", beside, file, record: None }]
    }

    /// The proof in a group of two, after its timestamp renewal and after a new hash tree.
    fn of_group(&self, verifier: &Verifier) -> [Held; 2] {
        let (service, time) = (&self.service, self.renewed_at());
        let renewer = &self.renewer(verifier);
        let of_tsa = crls(&[&service.pki.tsa_root], now());
        let files = [&self.statement, &self.another]
            .map(|statement| service.proof_of(statement).with_revocation(&of_tsa).unwrap().der().to_vec());
        let mut leaves = GroupLeaves::new(SHA256).unwrap();
        for file in &files {
            leaves.add_verified(renewer, file, ATTACHED, now() + Duration::days(1)).unwrap();
        }
        assert_silent("leaves", &leaves);
        let grouped_at = now() + Duration::days(1);
        let object = digests(&files[1]);
        let group = leaves.close().unwrap().stamp_with(renewer, &object, &pool(service.tsa(grouped_at)), grouped_at);
        let (group, tsas) = (group.unwrap(), self.era.pool(service, time));
        let before = group.record(&object).unwrap();
        let after = renewer.renew_record(&before, &object, &tsas, time).unwrap();
        let renewed = group.with_renewal(&BatchRenewal::between(&before, &after).unwrap()).unwrap();
        let known = group.with_revocation(&first_crls(service, time)).unwrap();
        let mut rehash = known.rehash(SHA512).unwrap();
        files.iter().for_each(|file| rehash.add(&digests(file)).unwrap());
        assert_silent("a rehash", &rehash);
        let rehashed = rehash.close(Missing::Refused).unwrap().stamp_with(renewer, &object, &tsas, time).unwrap();
        [("of a group", renewed), ("of a group with a new hash tree", rehashed)].map(|(what, group): (_, Group)| {
            assert_silent("a group", &group);
            let record = Some(group.record(&digests(&files[0])).unwrap());
            let parts = group.parts().flat_map(|part| [part.leaves.to_vec(), part.chain]).collect();
            Held { what, file: files[0].clone(), record, beside: parts }
        })
    }

    fn held(&self) -> Vec<Held> {
        let verifier = self.verifier();
        let ([first, second], [third, fourth]) = (self.of_batch(&verifier), self.of_group(&verifier));
        vec![self.archived(&verifier), first, second, third, fourth]
    }
}

#[test]
fn an_erased_proof_that_was_renewed_leads_to_nobody() {
    let archive = archive();
    for Held { what, file, record, beside } in archive.held() {
        assert_no_trace(what, &file, &VALUES);
        record.iter().chain(&beside).for_each(|octets| assert_no_trace(what, octets, &VALUES));
        for policy in [Policy::default(), Policy::strict()] {
            let verifier = archive.verifier().with_policy(policy).with_revocation_data(archive.era.crl(at(LATER)));
            let verifier = verifier.with_evidence_records(record.clone());
            for given in [None, Some(&archive.disclosure)] {
                let context = Context::new(Preceding::NotGiven, Payload::NotAvailable);
                let context = given.into_iter().fold(context, Context::with_disclosure);
                let report = verifier.report(&*file, context, at(LATER));
                assert_eq!(report.indication, Indication::TotalPassed, "{what}: {report}");
                let shown = format!("{report} {report:?} {}", serde_json::to_string(&report).unwrap());
                VALUES.iter().for_each(|value| assert!(!shown.contains(value), "{what}: a report shows {value}"));
                if given.is_none() {
                    assert_no_trace(what, shown.as_bytes(), &VALUES);
                }
            }
        }
    }
}

/// Whoever tries all numbers has no salt but what the archive holds: any 32 octets of it may be one, or the seed of one.
#[test]
fn nothing_that_a_renewal_adds_is_a_salt() {
    let archive = archive();
    let identifier = archive.statement.evidence_identifier();
    let stated = archive.statement.recipients()[0].identifier().value().to_owned();
    let commitment = Commitment::from_base64(&stated).unwrap();
    // A guess at every number comes to the right one too, and with the salt nothing else is needed.
    let opens = |octets: &[u8]| {
        let salts = [Salt::from_bytes(octets).unwrap(), SaltSeed::from_bytes(octets).unwrap().salt(PATH)];
        salts.iter().any(|salt| commitment.opens_to(salt, identifier, PATH, SSIN, NISS))
    };
    let is_found = |octets: &[u8]| octets.windows(32).any(opens);
    let salt = archive.disclosure.fields().iter().find(|entry| entry.path() == PATH).unwrap().salt();
    assert!(is_found(&[b"before".as_slice(), salt.as_bytes(), b"after"].concat()), "the salt itself would be found");
    let mut tried = 0;
    for Held { what, file, record, beside } in archive.held() {
        for octets in [file].iter().chain(&record).chain(&beside) {
            assert!(!is_found(octets), "{what} holds the salt");
            tried += octets.len();
        }
    }
    assert!(tried > 50_000, "{tried}");
}

/// What is refused on the way says why, and repeats nothing.
#[test]
fn refused_renewals_of_an_erased_proof_name_nobody() {
    let archive = archive();
    let (verifier, time) = (archive.verifier(), archive.renewed_at());
    let proof = archive.service.proof_of(&archive.statement);
    let informed = || archive.renewer(&verifier);
    let late = now() + Duration::days(731);
    let tsas = || archive.era.pool(&archive.service, time);
    let mut changed = proof.der().to_vec();
    let middle = changed.len() / 3;
    changed[middle] ^= 1;
    let stranger = Service::new();
    let errors: Vec<RenewalError> = vec![
        Renewer::new(&verifier).renew(proof.der(), ATTACHED, &tsas(), time).unwrap_err(),
        informed().renew(proof.der(), ATTACHED, &tsas(), late).unwrap_err(),
        informed().renew(&changed, ATTACHED, &tsas(), time).unwrap_err(),
        informed().renew(proof.der(), ATTACHED, &pool(stranger.tsa(time)), time).unwrap_err(),
        informed()
            .with_algorithm(SHA256)
            .renew(proof.der(), ATTACHED, &pool(archive.service.tsa(time)), time)
            .unwrap_err(),
        informed().renew_record(proof.der(), &digests(proof.der()), &tsas(), time).unwrap_err(),
        informed().with_algorithm(DigestAlgorithm::Sha1).renew(proof.der(), ATTACHED, &tsas(), time).unwrap_err(),
    ];
    errors.iter().for_each(|error| assert_error("renewal", error));
    let due_later = due(&verifier, proof.der(), ATTACHED, late).unwrap_err();
    assert_error("due", &due_later);
    assert_silent("due", &due(&verifier, proof.der(), ATTACHED, time).unwrap());
    assert_error("due", &due_record(&verifier, proof.der(), &digests(proof.der()), time).unwrap_err());
    assert_silent("renewer", &informed());
    let request = informed().prepare(proof.der(), ATTACHED, time).unwrap();
    let request = request.timestamp_request(rfc3161_client::Nonce::from_bytes(&[7; 8]));
    assert_error("unrenewed", &Unrenewed::from_der(&changed[1..], ATTACHED, &request).unwrap_err());
    // The request, which leaves the archive, holds a digest of the proof and nothing else.
    assert_no_trace("request", &request.to_der(), &VALUES);
}
