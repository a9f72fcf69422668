//! What an entry gives, and its file is not about: nothing would compare it, and the file would pass with it.

use std::path::Path;
use std::sync::Arc;

use recommande::seal::AnyProof;

use crate::files;
use crate::kind::{Attested, Kind, Names, Seen, aggregated, followed_octets, look_at};
use crate::question::{Followed, Given};

/// Returns the first member that serves nothing. A file that cannot be read is told when it is judged.
///
/// A submission that is given with a sending which states none is compared, and so is a letter that is given with a sending which answers
/// none: the report says so of each.
pub fn serving_nothing(kind: Kind, file: &Path, given: &Given) -> Option<&'static str> {
    let Given { sending, causes, original, submissions, .. } = given;
    if sending.is_empty() && causes.is_empty() && original.is_empty() && submissions.is_empty() {
        return None;
    }
    let names = names(kind, file, given)?;
    let is_sending = names.attested == Attested::Sending;
    let of_file = [
        ("sending", !sending.is_empty() && names.sending.is_none()),
        ("causes", !causes.is_empty() && (names.cause.is_none() || has_step_of_nothing(causes))),
        ("original", !original.is_empty() && names.original.is_none() && !is_sending),
        ("submission", !submissions.is_empty() && !is_sending),
        ("sending_submission", states_no_submission(sending)),
    ];
    of_file.into_iter().find(|(_, serves_nothing)| *serves_nothing).map(|(member, _)| member)
}

/// The names in the file that is judged.
fn names(kind: Kind, file: &Path, given: &Given) -> Option<Arc<Names>> {
    let of_proof = |proof: AnyProof| Some(Arc::new(Names::of(&proof)));
    match kind {
        Kind::Proof => of_proof(AnyProof::from_der(&files::decoded(files::octets(file).ok()?)).ok()?),
        Kind::Statement => of_proof(aggregated(file, given.record.as_deref()?, given.seal.as_deref()?).ok()?),
        Kind::Code => match look_at(file).ok()? {
            Seen::Judged(Kind::Code, names) => names,
            Seen::Judged(..)
            | Seen::Beside
            | Seen::Disclosure(_)
            | Seen::Submission(_)
            | Seen::Extract
            | Seen::Other => None,
        },
        Kind::PayloadSignature
        | Kind::Signature
        | Kind::Timestamp
        | Kind::EvidenceRecord
        | Kind::Dossier
        | Kind::Case => None,
    }
}

/// The names in a proof that is followed.
fn followed(proof: &Followed) -> Option<Names> {
    Some(Names::of(&AnyProof::from_der(&followed_octets(&proof.file).ok()?).ok()?))
}

/// Tells if a step after the first one states no cause: what stands before it would be compared with nothing.
fn has_step_of_nothing(steps: &[Vec<Followed>]) -> bool {
    steps.iter().skip(1).flatten().filter_map(followed).any(|names| names.cause.is_none())
}

/// Tells if a submission is given with a sending that states none.
fn states_no_submission(sendings: &[Followed]) -> bool {
    let submitted = sendings.iter().filter(|sending| !sending.submissions.is_empty());
    submitted.filter_map(followed).any(|names| names.submission.is_none())
}
