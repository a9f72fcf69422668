//! What is given with the proofs of a case, compared with them: a disclosure, a submission, and what lies beside each.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use recommande::Payload;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{Disclosure, Statement as _};
use recommande::life::Claim;
use recommande::seal::{AnyProof, SignedSubmission};
use recommande::verify::{Code, Context, Finding, Preceding};

use super::read::Read;
use crate::error::Error;
use crate::finding::{decides, is_of_beside, objects};
use crate::question::Told;

/// The codes that say that a disclosure is not that of the statement.
const OF_DISCLOSURE: [Code; 4] = [
    Code::DisclosureDiffers,
    Code::DisclosureOfAnotherField,
    Code::DisclosureOfAnotherProof,
    Code::CommitmentToNoValue,
];

/// What came of the comparison.
#[derive(Default)]
pub struct Compared {
    /// The proofs whose disclosure does not fit. They count for nothing, as their files do.
    pub differing: Vec<Claim>,
    /// Those of them whose disclosure fits no proof at all. Whoever gave it wants to know. Of a file that somebody put beside the proof, and that
    /// has its name alone, nothing is decided.
    pub decided: Vec<Claim>,
    /// What lies beside proofs and does not hold. It decides nothing.
    pub beside: Vec<Claim>,
}

impl Compared {
    /// Compares what was read.
    ///
    /// # Errors
    /// A disclosure or a submission was given that no proof is about.
    pub fn of(read: &Read<'_>) -> Result<Self, Error> {
        let has_given = !(read.disclosures.is_empty() && read.submissions.is_empty());
        let mut disclosures: HashMap<[u8; 16], Vec<&Disclosure>> = HashMap::new();
        for disclosure in &read.disclosures {
            disclosures.entry(*disclosure.evidence_identifier().as_bytes()).or_default().push(disclosure);
        }
        let mut compared = Self::default();
        let (mut named, mut fitting, mut stated) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut differing = Vec::new();
        for (place, octets) in read.files.iter().enumerate().filter(|(place, _)| has_given || read.has_beside(*place)) {
            let Ok(proof) = AnyProof::from_der(octets) else { continue };
            let statement = proof.stated();
            stated.extend(statement.submission_digest().copied());
            let evidence = *statement.evidence_identifier().as_bytes();
            named.insert(evidence);
            let event = statement.event().name();
            let claim = |finding: Finding| Claim { file: place, event: Some(event), finding };
            let copies = disclosures.get(&evidence).map(Vec::as_slice).unwrap_or_default();
            match copies.first() {
                Some(first) if copies.iter().all(|copy| copy.reveal(&statement).is_err()) => {
                    let findings = read.findings(place, &proof, |context| context.with_disclosure(first));
                    let differs = |finding: &Finding| OF_DISCLOSURE.contains(&finding.code) && decides(finding);
                    differing.extend(findings.into_iter().find(differs).map(|finding| (evidence, claim(finding))));
                }
                Some(_) => {
                    fitting.insert(evidence);
                }
                None => {}
            }
            if read.has_beside(place) {
                let second_seals = read.second_seals.get(place).map(Vec::as_slice).unwrap_or_default();
                let findings = read.findings(place, &proof, |context| context.with_second_seals(second_seals));
                let beside = findings.into_iter().filter(|finding| is_of_beside(finding.subject) && objects(finding));
                compared.beside.extend(beside.map(claim));
            }
        }
        let decided = differing.iter().filter(|(evidence, _)| !fitting.contains(evidence));
        compared.decided = decided.map(|(_, claim)| claim.clone()).collect();
        compared.differing = differing.into_iter().map(|(_, claim)| claim).collect();
        read.all_serve(&named, &stated)?;
        Ok(compared)
    }
}

impl Read<'_> {
    /// Tells if something lies beside a proof under its name, and nobody else tells of it: letters of files are told after these.
    fn has_beside(&self, place: usize) -> bool {
        let has_second_seal = self.second_seals.get(place).is_some_and(|second_seals| !second_seals.is_empty());
        let has_own = self.verifiers.get(place).is_some_and(Option::is_some);
        self.question.told == Told::Once && (has_second_seal || has_own)
    }

    /// What is found of a proof by itself, with this given.
    fn findings<'c>(
        &self,
        place: usize,
        proof: &AnyProof,
        given: impl FnOnce(Context<'c>) -> Context<'c>,
    ) -> Vec<Finding> {
        let own = self.verifiers.get(place).and_then(Option::as_ref);
        let verifier = own.unwrap_or(&self.question.settings.verifier);
        let context = given(Context::new(Preceding::NotGiven, Payload::NotAvailable));
        verifier.report(proof, context, self.question.now).findings
    }

    /// Compares what was given by name with what the proofs name. Two signatures may be given with one submission, of which one serves.
    fn all_serve(&self, named: &HashSet<[u8; 16]>, stated: &HashSet<Digest>) -> Result<(), Error> {
        let given = &self.question.given;
        let of_nothing = |path: &Path, what: &str| {
            Err(Error::Content { path: path.to_owned(), what: format!("no proof of the case {what}") })
        };
        let serving = self.disclosed_by.iter().zip(&self.disclosures);
        let serving = serving.filter(|(_, it)| named.contains(it.evidence_identifier().as_bytes()));
        let serving: HashSet<&Path> = serving.map(|(path, _)| *path).collect();
        if let Some(path) = given.disclosures.iter().find(|path| !serving.contains(path.as_path())) {
            return of_nothing(path, "is about this disclosure");
        }
        let is_stated = |signed: &SignedSubmission| {
            DigestAlgorithm::ALL.into_iter().any(|algorithm| stated.contains(&algorithm.digest(signed.signature())))
        };
        let serving = self.submitted_by.iter().zip(&self.submissions).filter(|(_, signed)| is_stated(signed));
        let serving: HashSet<&Path> = serving.map(|(path, _)| *path).collect();
        match given.submissions.iter().find(|submission| !serving.contains(submission.json.as_path())) {
            Some(submission) => of_nothing(&submission.json, "states this submission"),
            None => Ok(()),
        }
    }
}
