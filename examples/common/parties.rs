//! Reads what the parties of a letter signed themselves, the anchors by which that is judged, and disclosures.

use std::path::{Path, PathBuf};

use recommande::evidence::Disclosure;
use recommande::seal::SignedSubmission;
use recommande::{Environment, TrustAnchors, Verifier};

use crate::arguments::{Arguments, Error};
use crate::files;

/// The verifier of a party's own signatures, with the policy and the certificates of that of seals.
pub fn verifier(
    arguments: &Arguments,
    option: &str,
    tsa_anchors: &TrustAnchors,
    environment: Environment,
) -> Result<Option<Verifier>, Error> {
    let Some(path) = arguments.path(option) else { return Ok(None) };
    let verifier = Verifier::new(files::anchors(&path)?, tsa_anchors.clone(), environment);
    Ok(Some(files::configured(verifier, arguments)?))
}

/// The submissions that senders signed, each with the signature that was given in the same place.
pub fn submissions(arguments: &Arguments, senders: Option<&Verifier>) -> Result<Vec<SignedSubmission>, Error> {
    let paths = |option: &str| arguments.paths(option).collect::<Vec<_>>();
    let (submissions, signatures) = (paths("--submission"), paths("--submission-signature"));
    if submissions.len() != signatures.len() || submissions.is_empty() != senders.is_none() {
        return Err("--submission, --submission-signature and --sender-anchors belong together".into());
    }
    let read = |(json, signature): (&PathBuf, &PathBuf)| {
        let signed = SignedSubmission::from_parts(&files::octets(json)?, &files::octets(signature)?);
        signed.map_err(|error| Error::from(format!("{}: {error}", json.display())))
    };
    submissions.iter().zip(&signatures).map(read).collect()
}

/// The values that a proof commits to.
pub fn disclosure(path: &Path) -> Result<Disclosure, Error> {
    Disclosure::from_json(&files::octets(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}
