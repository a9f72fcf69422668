//! Trails of a sender and a provider beside the proof of a sending, and what they come to together.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use recommande::audit::{
    Action, AuditDigest, LineHash, LineReader, Manifest, Occurrence, Outcome, Part, ProofReference, Record, Role,
    Selection, Side, Source, Trail, export,
};
use recommande::evidence::{Event, EvidenceIdentifier, Statement};
use recommande::seal::Artifact;
use recommande::{Credentials, Environment, Issuer, Sealer};

use crate::manifest::{ExpectedReconstruction, ExportFiles, ReconstructionInput, ReconstructionVector};
use crate::world::{
    LETTER, NOW, OTHER_LETTER, Result, SIGNED, STAMPED, SUBMITTED, World, at, derived, seal_spec, stamp,
};

const SENDER: &str = "BE/BE/0566988259";
const PROVIDER: &str = "BE/BE/0406798006";
const PROOF: &str = "reconstruction/sending.p7m";

/// The reconstructions, and the files that they consist of.
pub struct Reconstructions {
    pub files: Vec<(String, Vec<u8>)>,
    pub vectors: Vec<ReconstructionVector>,
}

/// A party with the seal of its manifests.
struct Signatory {
    party: &'static str,
    sealer: Sealer,
}

impl Signatory {
    fn new(world: &World, name: &str, party: &'static str) -> Result<Self> {
        let number = party.rsplit('/').next().unwrap_or_default();
        let spec = seal_spec().with_organization(name, &format!("NTRBE-{number}"));
        let key = world.pki.intermediate.issue(&spec, derived(&format!("reconstruction {name}"))?)?;
        let mut chain = world.pki.seal_chain();
        chain.first_mut().into_iter().for_each(|first| *first = key.certificate.clone());
        let issuer = Issuer::new(name, party, Environment::Test)?;
        Ok(Self { party, sealer: Sealer::new(Credentials::new(key.signer, chain)?, issuer) })
    }

    /// The lines of some records, each recorded a millisecond after it happened.
    fn lines(&self, records: Vec<Record<'static>>) -> Result<Vec<u8>> {
        let recorded = |record: Record<'static>| (record.time() + TimeDelta::milliseconds(1), record);
        self.recorded(records.into_iter().map(recorded).collect())
    }

    /// The lines of some records, with the time at which each was recorded.
    fn recorded(&self, records: Vec<(DateTime<Utc>, Record<'static>)>) -> Result<Vec<u8>> {
        let mut trail = Trail::begin(&Source::new(Environment::Test, self.party, "mailbox")?, Vec::new());
        for (recorded, record) in records {
            trail.append(&record, recorded)?;
        }
        trail.commit()?;
        Ok(trail.into_sink())
    }

    /// Lines, with what the party sealed over them.
    fn sealed(&self, world: &World, lines: &[u8]) -> Result<Files> {
        let mut exported = Vec::new();
        let manifest = export(&mut LineReader::new(lines), &Selection::everything(), &mut exported)?;
        self.files(world, &manifest, exported)
    }

    /// Lines of which the party changed the first one and sealed it as if it had written it.
    fn sealed_changed(&self, world: &World, lines: &[u8], changed: &[u8]) -> Result<Files> {
        let mut manifest = export(&mut LineReader::new(lines), &Selection::everything(), &mut Vec::new())?;
        let first = changed.split(|octet| *octet == b'\n').next().ok_or("no line")?;
        (manifest.first_hash, manifest.export_digest) = (LineHash::of(first), LineHash::of(changed));
        self.files(world, &manifest, changed.to_vec())
    }

    fn files(&self, world: &World, manifest: &Manifest, lines: Vec<u8>) -> Result<Files> {
        let signature = stamp(&world.pki, manifest.seal(&self.sealer, at(SIGNED))?, STAMPED, 11)?;
        Ok(Files { lines, manifest: Some((manifest.to_json(), signature.der().to_vec())) })
    }
}

/// The octets of an export.
struct Files {
    lines: Vec<u8>,
    manifest: Option<(Vec<u8>, Vec<u8>)>,
}

/// What is looked at.
struct Case {
    id: &'static str,
    why: &'static str,
    exports: Vec<Files>,
    with_proof: WithProof,
    expected: ExpectedReconstruction,
}

#[derive(PartialEq, Eq)]
enum WithProof {
    Given,
    NotGiven,
}

pub fn all(world: &World) -> Result<Reconstructions> {
    let sender = Signatory::new(world, "Example Sending Office", SENDER)?;
    let provider = Signatory::new(world, "Example Registered Mail", PROVIDER)?;
    let proof = stamp(&world.pki, provider.sealer.seal(&world.sending, at(SIGNED))?, STAMPED, 12)?;
    let issued = |number| -> Result<Record<'static>> {
        let record =
            Record::proof_issued(occurrence(number)?, ProofReference::id(proof.id()), Event::SubmissionAcceptance);
        Ok(record.about(world.sending.message_id())?)
    };
    let call_at = |occurrence, side, status, content: &[u8]| -> Result<Record<'static>> {
        let publish = Action::new("POST", "/publish/{messageId}")?;
        let part = Part::new("main", [AuditDigest::of(content)], content.len().try_into()?, "text/plain")?;
        let record = Record::api_call(occurrence, publish, Outcome::status(status)?);
        Ok(record.on_side(side)?.with_part(part)?.about(world.sending.message_id())?)
    };
    let call = |number, side, status, content: &[u8]| call_at(occurrence(number)?, side, status, content);
    let set_back = |number: u8| -> Result<Occurrence> {
        let time = at(SUBMITTED) + TimeDelta::seconds(number.into()) - TimeDelta::hours(2);
        Ok(Occurrence::with_id(EvidenceIdentifier::version_7(time, [number; 10]), time)?)
    };
    let calls = sender.lines(vec![call(1, Side::Caller, 201, LETTER)?])?;
    let received = provider.lines(vec![call(2, Side::Callee, 201, LETTER)?, issued(3)?])?;
    let refused = sender.lines(vec![call(1, Side::Caller, 400, LETTER)?])?;
    let others = provider.lines(vec![call(2, Side::Callee, 201, OTHER_LETTER)?, issued(3)?])?;
    let backdated = provider.recorded(vec![
        (at(SUBMITTED) + TimeDelta::seconds(2), call_at(set_back(2)?, Side::Callee, 201, LETTER)?),
        (at(SUBMITTED) + TimeDelta::seconds(3), issued(3)?),
    ])?;
    let ahead = provider.recorded(vec![
        (at(SUBMITTED) + TimeDelta::seconds(2), call(2, Side::Callee, 201, LETTER)?),
        (at(STAMPED) + TimeDelta::seconds(61), issued(3)?),
    ])?;
    let changed = String::from_utf8(received.clone())?.replacen("201", "202", 1).into_bytes();
    let expected = |verdict: &str, timeline: &[&str], conflicts: &[&str], faults: &[&str]| {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ExpectedReconstruction {
            verdict: verdict.to_owned(),
            timeline: texts(timeline),
            conflicts: texts(conflicts),
            faults: texts(faults),
        }
    };
    let unsealed = |lines: &[u8]| Files { lines: lines.to_vec(), manifest: None };
    let cases = vec![
        Case {
            id: "complete",
            why: "The sender and the provider hold all records that they must, and the proof is at hand.",
            exports: vec![sender.sealed(world, &calls)?, provider.sealed(world, &received)?],
            with_proof: WithProof::Given,
            expected: expected("complete", &["submission proven"], &[], &[]),
        },
        Case {
            id: "attested",
            why: "The same without the proof: two parties sealed that it was submitted.",
            exports: vec![sender.sealed(world, &calls)?, provider.sealed(world, &received)?],
            with_proof: WithProof::NotGiven,
            expected: expected("attested-only", &["submission corroborated"], &[], &[]),
        },
        Case {
            id: "not-sealed",
            why: "Nobody sealed the lines, so that they are claimed.",
            exports: vec![unsealed(&calls), unsealed(&received)],
            with_proof: WithProof::NotGiven,
            expected: expected("insufficient", &["submission claimed"], &[], &[]),
        },
        Case {
            id: "outcomes-differ",
            why: "The sender sealed that the call was refused, and the provider that it was done. Nothing says who is wrong.",
            exports: vec![sender.sealed(world, &refused)?, provider.sealed(world, &received)?],
            with_proof: WithProof::NotGiven,
            expected: expected("contradicted", &["submission disputed"], &["outcomes-differ nobody"], &[]),
        },
        Case {
            id: "other-content",
            why: "The provider sealed a record of other content than its own proof.",
            exports: vec![sender.sealed(world, &calls)?, provider.sealed(world, &others)?],
            with_proof: WithProof::Given,
            expected: expected(
                "contradicted",
                &["submission proven"],
                &["content-differs nobody", "content-contradicts-proof party"],
                &[],
            ),
        },
        Case {
            id: "call-set-back",
            why: "The provider recorded the call as one of two hours before its own proof.",
            exports: vec![sender.sealed(world, &calls)?, provider.sealed(world, &backdated)?],
            with_proof: WithProof::Given,
            expected: expected(
                "contradicted",
                &["submission proven"],
                &["times-differ nobody", "time-contradicts-proof nobody"],
                &["recorded-late nobody"],
            ),
        },
        Case {
            id: "recorded-behind-seal",
            why: "By its clock the provider recorded a line after the seal over it was there.",
            exports: vec![sender.sealed(world, &calls)?, provider.sealed(world, &ahead)?],
            with_proof: WithProof::Given,
            expected: expected("complete", &["submission proven"], &[], &["recorded-behind-seal nobody"]),
        },
        Case {
            id: "altered",
            why: "The provider changed a line before it sealed its trail.",
            exports: vec![sender.sealed(world, &calls)?, provider.sealed_changed(world, &received, &changed)?],
            with_proof: WithProof::Given,
            expected: expected("contradicted", &["submission proven"], &[], &["altered party"]),
        },
        Case {
            id: "changed-on-its-way",
            why: "Somebody changed a line behind the seal. The hash of the last line vouches for that line alone.",
            exports: vec![
                sender.sealed(world, &calls)?,
                Files { lines: changed.clone(), ..provider.sealed(world, &received)? },
            ],
            with_proof: WithProof::Given,
            expected: expected(
                "proven-with-gaps",
                &["submission proven"],
                &[],
                &["manifest-differs nobody", "altered nobody", "copies-differ nobody"],
            ),
        },
    ];
    let mut reconstructions =
        Reconstructions { files: vec![(PROOF.to_owned(), proof.der().to_vec())], vectors: Vec::new() };
    cases.into_iter().for_each(|case| reconstructions.add(case));
    Ok(reconstructions)
}

impl Reconstructions {
    fn add(&mut self, case: Case) {
        let id = format!("reconstruction/{}", case.id);
        let exports = (1..).zip(case.exports).map(|(number, files)| {
            let lines = format!("{id}.{number}.jsonl");
            self.files.push((lines.clone(), files.lines));
            let beside = files.manifest.map(|(json, signature)| {
                let names = [format!("{id}.{number}.manifest.json"), format!("{id}.{number}.manifest.json.p7s")];
                self.files.extend(names.iter().cloned().zip([json, signature]));
                names
            });
            let [manifest, signature] = beside.map_or([None, None], |names| names.map(Some));
            ExportFiles { lines, manifest, signature }
        });
        let exports = exports.collect();
        let roles = [(SENDER, Role::Sender), (PROVIDER, Role::Provider)];
        let input = ReconstructionInput {
            seal_anchors: "anchors/seal.pem".to_owned(),
            tsa_anchors: "anchors/tsa.pem".to_owned(),
            environment: Environment::Test.name().to_owned(),
            now: NOW.to_owned(),
            roles: roles
                .map(|(party, role)| (party.to_owned(), role.name().to_owned()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            exports,
            proofs: if case.with_proof == WithProof::Given { vec![PROOF.to_owned()] } else { Vec::new() },
        };
        self.vectors.push(ReconstructionVector { id, why: case.why.to_owned(), input, expected: case.expected });
    }
}

fn occurrence(number: u8) -> Result<Occurrence> {
    let time = at(SUBMITTED) + TimeDelta::seconds(number.into());
    Ok(Occurrence::with_id(EvidenceIdentifier::version_7(time, [number; 10]), time)?)
}
