//! The disclosure of a statement's commitments.

use crate::evidence::{Disclosure, RevealError, Statement};
use crate::finding::{Code, Details, Ledger, Subject};

/// Compares the disclosure with the commitments of the statement. Returns the statement with the values that were
/// disclosed, where all of them fit: a disclosure that is wrong in one field discloses nothing.
///
/// What the statement says does not depend on it. The findings name paths, never a value.
pub(crate) fn check_disclosure<S: Statement>(
    statement: &S,
    disclosure: Option<&Disclosure>,
    ledger: &mut Ledger<'_>,
) -> Option<S> {
    let Some(disclosure) = disclosure else {
        if !statement.committed_fields().is_empty() {
            note_paths(Code::IdentityNotDisclosed, &statement.core().committed_paths(), ledger);
        }
        return None;
    };
    let revealed = disclosure.compare(statement);
    note_errors(&revealed.errors, ledger);
    if !revealed.errors.is_empty() {
        return None;
    }
    note_paths(Code::IdentityDisclosed, &revealed.disclosed, ledger);
    if !revealed.undisclosed.is_empty() {
        note_paths(Code::IdentityNotDisclosed, &revealed.undisclosed, ledger);
    }
    Some(revealed.statement)
}

/// Notes each kind of error once, with all paths that it concerns.
fn note_errors(errors: &[RevealError], ledger: &mut Ledger<'_>) {
    let (mut differ, mut not_committed, mut no_values) = (Vec::new(), Vec::new(), Vec::new());
    for error in errors {
        match error {
            RevealError::AnotherStatement => {
                ledger.note(Subject::Statement, Code::DisclosureOfAnotherProof);
            }
            RevealError::Differs(path) => differ.push(path),
            RevealError::NotCommitted(path) => not_committed.push(path),
            RevealError::NotAValue(path) => no_values.push(path),
        }
    }
    let of_code = [
        (Code::DisclosureDiffers, differ),
        (Code::DisclosureOfAnotherField, not_committed),
        (Code::CommitmentToNoValue, no_values),
    ];
    for (code, paths) in of_code {
        if !paths.is_empty() {
            note_paths(code, &paths, ledger);
        }
    }
}

fn note_paths(code: Code, paths: &[impl AsRef<str>], ledger: &mut Ledger<'_>) {
    ledger.note_with(Subject::Statement, code, || {
        Details::stated(paths.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "))
    });
}
