//! What a finding says of a file: whether it speaks against it, or against what lies beside it.

use recommande::verify::{Finding, Outcome, Subject};

/// Tells if a finding decides against the file.
pub fn decides(finding: &Finding) -> bool {
    match finding.outcome {
        Outcome::Failed | Outcome::Indeterminate => true,
        Outcome::Passed | Outcome::Information | Outcome::Warning => false,
    }
}

/// Tells if a finding decides against the file or warns of something.
pub fn objects(finding: &Finding) -> bool {
    match finding.outcome {
        Outcome::Failed | Outcome::Indeterminate | Outcome::Warning => true,
        Outcome::Passed | Outcome::Information => false,
    }
}

/// Tells if findings of this subject are about what lies beside a proof under its name.
pub fn is_of_beside(subject: Subject) -> bool {
    matches!(subject, Subject::EvidenceRecord(_) | Subject::SecondSeal | Subject::Log)
}
