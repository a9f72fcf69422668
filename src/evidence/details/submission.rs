//! The submission that a sending states.

use crate::crypto::Digest;
use crate::evidence::environment::Environment;

/// The submission that a sending states by the digest of its sender's signature (extension Submission), with what is known of
/// it until the sending is sealed.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct StatedSubmission {
    digest: Digest,
    environment: Option<Environment>,
    is_changed: bool,
}

/// Two are equal if they state the same: what is known of a draft stands in no evidence.
impl PartialEq for StatedSubmission {
    fn eq(&self, stated: &Self) -> bool {
        self.digest == stated.digest
    }
}

impl Eq for StatedSubmission {}

impl StatedSubmission {
    /// Takes the digest that a statement has.
    pub(in crate::evidence) fn read(digest: Digest) -> Self {
        Self { digest, environment: None, is_changed: false }
    }

    /// States a submission for this environment, with which a draft was compared.
    pub(in crate::evidence) fn of_draft(digest: Digest, environment: Environment) -> Self {
        Self { digest, environment: Some(environment), is_changed: false }
    }

    /// Returns the digest of the sender's signature.
    pub(in crate::evidence) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the environment that the submission is for; `None` in a statement that was read.
    pub(in crate::evidence) fn environment(&self) -> Option<Environment> {
        self.environment
    }

    /// Notes that a member which the sender signed was changed after the comparison.
    pub(in crate::evidence) fn change(&mut self) {
        self.is_changed = true;
    }

    /// Tells if a member which the sender signed was changed after the comparison.
    pub(in crate::evidence) fn is_changed(&self) -> bool {
        self.is_changed
    }
}
