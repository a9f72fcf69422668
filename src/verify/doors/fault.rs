//! What speaks against a file that lies beside a proof.

use crate::finding::{Code, Details, Ledger, SubIndication, Subject};

/// A fault of a file that was given beside a proof. It is noted in the report on the proof.
pub(super) struct Fault {
    pub(super) code: Code,
    details: Details,
}

impl Fault {
    pub(super) fn new(code: Code, details: Details) -> Self {
        Self { code, details }
    }

    pub(super) fn note(&self, subject: Subject, ledger: &mut Ledger<'_>) {
        ledger.note_with(subject, self.code, || self.details.clone());
    }

    /// What it leads to where the policy demands the file.
    fn reason(&self) -> Option<SubIndication> {
        self.details.sub_indication().or(self.code.sub_indication())
    }
}

/// Notes that nothing meets the demand of the policy, with the faults of what was given, or with what there is instead.
pub(super) fn note_demanded(subject: Subject, code: Code, faults: &[Fault], instead: Details, ledger: &mut Ledger<'_>) {
    ledger.note_with(subject, code, || match faults.first() {
        None => instead,
        Some(first) => {
            let codes: Vec<&str> = faults.iter().map(|fault| fault.code.as_str()).collect();
            Details::computed(codes.join(", ")).leading_to(first.reason())
        }
    });
}
