//! Every letter of `test-vectors/` comes to what the manifest says, in any order of its proofs, and every regime counts as
//! the manifest does by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use recommande::evidence::{Identifier, Ticket};
use recommande::life::{
    Case, CaseVerdict, Contradiction, ContradictionKind, ForeignEvent, ForeignEvidence, ForeignFact, ForeignStatement,
    Letter, Milestones, Regime, Reply, ReplyLink, State, Verifiers, judge, moments,
};
use recommande::seal::{AnyProof, ProofId, SignedSubmission};
use recommande::verify::LogRule;
use recommande::{Policy, TrustAnchors, Verifier};
use serde::Serialize;
use serde_json::Value;

use crate::vectors::manifest::{
    EvidenceFile, EvidenceParty, ExpectedCase, ExpectedClaim, ExpectedContradiction, ExpectedLetter, ExpectedPiece,
    ExpectedReply, LetterInput, RegimeVector, SignedFile,
};
use crate::vectors::{digest, manifest, read};

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// The name that a value has in reports.
fn name<T: Serialize>(value: T) -> String {
    let Ok(Value::String(name)) = serde_json::to_value(value) else { panic!("no name") };
    name
}

/// The names of files by the identifiers of the sealed statements in them.
struct Files(BTreeMap<String, String>);

impl Files {
    /// Of all proofs: what is missing of a letter is a file too.
    fn all() -> Self {
        let files = manifest().vectors.iter().map(|vector| &vector.file);
        let of_cases = manifest().cases.iter().flat_map(|letter| &letter.input.files);
        // A file that a letter was given goes before its namesake of another vector.
        let files = files.chain(of_cases).filter(|file| file.ends_with(".p7m"));
        Self(files.filter_map(|file| Some((proof_id(file)?, file.clone()))).collect())
    }

    fn of(&self, id: &str) -> String {
        self.0.get(id).unwrap_or_else(|| panic!("no file holds proof {id}")).clone()
    }
}

fn proof_id(file: &str) -> Option<String> {
    Some(match AnyProof::from_der(&read(file)).ok()? {
        AnyProof::Sending(proof) => proof.id().to_string(),
        AnyProof::Opening(proof) => proof.id().to_string(),
        AnyProof::Step(proof) => proof.id().to_string(),
        proof => panic!("{file}: no letter has a proof of {}", proof.event()),
    })
}

/// The verifier of what is signed under these anchors.
pub fn verifier(input: &LetterInput, seal_anchors: &str) -> Verifier {
    let anchors = |file: &str| TrustAnchors::from_pem(std::str::from_utf8(&read(file)).expect("PEM")).expect("anchors");
    let environment = input.environment.parse().expect("an environment");
    Verifier::new(anchors(seal_anchors), anchors(&input.tsa_anchors), environment)
}

fn submission(signed: &SignedFile) -> SignedSubmission {
    SignedSubmission::from_parts(&read(&signed.file), &read(&signed.signature)).expect("a submission")
}

/// What came out, in the form of the manifest.
fn letter(letter: &Letter, files: &Files) -> ExpectedLetter {
    let cases = letter.cases.iter().map(|case| of_case(case.as_ref().expect("a case"), files)).collect();
    let reply = |reply: &Reply| ExpectedReply {
        proof: files.of(&reply.proof.to_string()),
        objections: reply.objections.iter().map(name).collect(),
    };
    let replies = letter.replies.iter().map(reply).collect();
    let objections = |link: &ReplyLink| link.objections.iter().map(name).collect();
    let replies_to = letter.replies_to.iter().map(objections).collect();
    ExpectedLetter { message: letter.message.as_str().to_owned(), cases, replies, replies_to }
}

fn of_case(case: &Case, files: &Files) -> ExpectedCase {
    let verdict = match case.verdict {
        CaseVerdict::Proven(_) => "proven",
        CaseVerdict::Incomplete(_) => "incomplete",
        CaseVerdict::Contradicted(_) => "contradicted",
        CaseVerdict::Nothing => "nothing",
        verdict => panic!("{verdict:?} has no name here"),
    };
    let file = |proof: &ProofId| files.of(&proof.to_string());
    let contradiction = |contradiction: &Contradiction| ExpectedContradiction {
        kind: contradiction.kind.as_str().to_owned(),
        severity: name(contradiction.severity),
        proofs: contradiction.proofs.iter().map(file).collect(),
    };
    ExpectedCase {
        verdict: verdict.to_owned(),
        state: (case.verdict != CaseVerdict::Nothing).then(|| name(case.state())),
        proven: name(case.proven),
        contradictions: case.contradictions.iter().map(contradiction).collect(),
        gaps: case.gaps.iter().map(name).collect(),
        missing: case.missing.iter().map(|missing| files.of(&missing.proof)).collect(),
    }
}

#[test]
fn every_letter_comes_to_what_its_manifest_says() {
    let names = Files::all();
    for vector in &manifest().cases {
        let input = &vector.input;
        let seals = verifier(input, &input.seal_anchors);
        let [recipients, senders] = [&input.recipient_anchors, &input.sender_anchors]
            .map(|anchors| anchors.as_ref().map(|anchors| verifier(input, anchors)));
        let submissions: Vec<SignedSubmission> = input.submissions.iter().map(submission).collect();
        let verifiers = recipients.iter().fold(Verifiers::new(&seals), Verifiers::with_verifier_of_recipients);
        let verifiers =
            senders.iter().fold(verifiers, |verifiers, senders| verifiers.with_submissions(&submissions, senders));
        let mut files = vector.input.files.clone();
        for _ in 0..files.len() {
            let octets: Vec<Vec<u8>> = files.iter().map(|file| read(file)).collect();
            let judged = judge(verifiers, &octets, at(&vector.input.now));
            let letters: Vec<ExpectedLetter> = Case::of(&judged).iter().map(|judged| letter(judged, &names)).collect();
            assert_eq!(letters, vector.expected.letters, "{}", vector.id);
            let claims = Case::claims(&judged).into_iter().map(|claim| ExpectedClaim {
                file: files[claim.file].clone(),
                code: claim.finding.code.as_str().to_owned(),
            });
            assert_eq!(claims.collect::<Vec<_>>(), vector.expected.claims, "{}", vector.id);
            files.rotate_left(1);
        }
    }
}

/// What was read in signed content, as the manifest has it.
fn evidence(of: &EvidenceFile, verifier: &Verifier, now: DateTime<Utc>) -> ForeignEvidence {
    let event = match of.event.as_str() {
        "SubmissionAcceptance" => ForeignEvent::SubmissionAcceptance,
        "ContentConsignment" => ForeignEvent::ContentConsignment,
        event => panic!("no vector has {event}"),
    };
    let party = |party: &EvidenceParty| Identifier::new(&party.value, &party.scheme).expect("an identifier");
    let ticket = Ticket::new(&of.ticket).expect("a ticket");
    let stated = ForeignStatement::new(event, ticket, party(&of.sender), party(&of.recipient), digest(&of.document));
    ForeignEvidence::judge(verifier, &read(&of.file), &read(&of.signature), stated, now)
}

#[test]
fn every_letter_with_foreign_evidence_comes_to_what_its_manifest_says() {
    let names = Files::all();
    assert!(manifest().foreign_cases.len() > 3);
    for vector in &manifest().foreign_cases {
        let (seals, now) = (verifier(&vector.input, &vector.input.seal_anchors), at(&vector.input.now));
        let octets: Vec<Vec<u8>> = vector.input.files.iter().map(|file| read(file)).collect();
        let judged = judge(&seals, &octets, now);
        let mut foreign: Vec<_> = vector.evidence.iter().map(|of| evidence(of, &seals, now)).collect();
        for _ in 0..foreign.len() {
            let letters = Case::with_foreign(&judged, &foreign);
            let told: Vec<ExpectedLetter> = letters.iter().map(|judged| letter(judged, &names)).collect();
            assert_eq!(told, vector.expected.letters, "{}", vector.id);
            let cases: Vec<&Case> = letters.iter().map(|letter| letter.cases[0].as_ref().expect("a case")).collect();
            let pieces = |case: &&Case| case.foreign.iter().map(piece).collect::<Vec<_>>();
            assert_eq!(cases.iter().map(pieces).collect::<Vec<_>>(), vector.pieces, "{}", vector.id);
            assert_eq!(cases.iter().map(|case| reached(case)).collect::<Vec<_>>(), vector.milestones, "{}", vector.id);
            foreign.rotate_left(1);
        }
    }
}

fn piece(fact: &ForeignFact) -> ExpectedPiece {
    ExpectedPiece {
        event: fact.event.to_owned(),
        proven_at: name(fact.proven_at.expect("a time")),
        effect: name(fact.effect),
        objections: fact.objections.iter().map(name).collect(),
    }
}

fn reached(case: &Case) -> BTreeMap<String, String> {
    let Ok(Value::Object(milestones)) = serde_json::to_value(case.milestones) else { panic!("milestones") };
    let times = milestones.into_iter().filter_map(|(name, time)| Some((name, time.as_str()?.to_owned())));
    times.collect()
}

#[test]
fn every_state_verdict_gap_and_contradiction_is_reached() {
    let cases = || manifest().cases.iter().flat_map(|vector| &vector.expected.letters).flat_map(|letter| &letter.cases);
    let reached: BTreeSet<&str> =
        cases().flat_map(|case| &case.contradictions).map(|contradiction| contradiction.kind.as_str()).collect();
    assert_eq!(reached, ContradictionKind::ALL.iter().map(|kind| kind.as_str()).collect());
    let reached: BTreeSet<&str> = cases().map(|case| case.proven.as_str()).collect();
    let states = State::ALL.iter().map(name).collect::<Vec<_>>();
    assert_eq!(reached, states.iter().map(String::as_str).collect());
    let reached: BTreeSet<&str> = cases().map(|case| case.verdict.as_str()).collect();
    assert_eq!(reached, BTreeSet::from(["contradicted", "incomplete", "nothing", "proven"]));
    let reached: BTreeSet<&str> = cases().flat_map(|case| &case.gaps).map(String::as_str).collect();
    assert_eq!(
        reached,
        BTreeSet::from([
            "availability-not-proven",
            "never-activated",
            "recipient-signature-not-evaluated",
            "submission-not-given",
            "submission-not-verified",
        ])
    );
}

/// What a vector says, in the form of a report: what is not there is null.
fn expected(vector: &RegimeVector) -> Value {
    let parts = ["sent", "received", "period", "deemed"];
    assert!(vector.expected.keys().all(|name| parts.contains(&name.as_str())), "{}", vector.id);
    let part = |name: &str| (name.to_owned(), serde_json::to_value(vector.expected.get(name)).unwrap());
    parts.into_iter().map(part).collect::<serde_json::Map<_, _>>().into()
}

fn milestones(vector: &RegimeVector) -> Milestones {
    let mut milestones = Milestones::default();
    for (name, time) in &vector.milestones {
        let milestone = match name.as_str() {
            "submitted" => &mut milestones.submitted,
            "asked" => &mut milestones.asked,
            "accepted" => &mut milestones.accepted,
            "refused" => &mut milestones.refused,
            "expired" => &mut milestones.expired,
            "available" => &mut milestones.available,
            "notified" => &mut milestones.notified,
            "opened" => &mut milestones.opened,
            name => panic!("{}: no milestone is {name}", vector.id),
        };
        *milestone = Some(at(time));
    }
    milestones
}

#[test]
fn every_regime_counts_as_the_manifest_does_by_hand() {
    let mut regimes = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for vector in &manifest().regimes {
        assert!(ids.insert(&vector.id), "{} is there twice", vector.id);
        let regime = Regime::named(&vector.regime).expect("a regime");
        let mut counted =
            serde_json::to_value(moments(&regime, &milestones(vector), at(&vector.now)).unwrap()).unwrap();
        counted.as_object_mut().unwrap().remove("regime");
        assert_eq!(counted, expected(vector), "{}", vector.id);
        regimes.insert(vector.regime.clone());
    }
    assert_eq!(regimes, Regime::all().map(|regime| regime.name().to_owned()).collect());
}

/// The proof of a log lies beside one file, which the policy demands of each.
#[test]
fn each_file_is_judged_by_its_own_verifier() {
    let vector = manifest().vectors.iter().find(|vector| vector.id == "log/included").expect("a logged proof");
    let demanding = crate::vectors::verifier(vector).with_log_proofs([]);
    let policy = Policy { log: LogRule::Required, ..demanding.policy().clone() };
    let demanding = demanding.with_policy(policy);
    let files = ["good/sending.p7m", "good/opening.p7m"].map(read);
    let beside = [Some(demanding.also_with_log_proofs([read("log/good.tlog-proof")]))];
    let states = |verifiers: Verifiers<'_>, files: &[Vec<u8>]| {
        let letters = Case::of(&judge(verifiers, files, at(&vector.input.now)));
        letters.iter().flat_map(|letter| &letter.cases).flatten().map(Case::state).collect::<Vec<_>>()
    };
    let alone = Verifiers::new(&demanding);
    assert_eq!(states(alone, &files), []);
    assert_eq!(states(alone.with_verifiers_of_files(&beside), &files), [State::Submitted]);
    // What lies beside another file proves nothing of this one.
    let reversed = [files[1].clone(), files[0].clone()];
    assert_eq!(states(alone.with_verifiers_of_files(&beside), &reversed), []);
}
