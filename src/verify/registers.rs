//! Gives the extracts of registers, which show that a delegate had the mandate that a statement states.

use std::sync::Arc;

use super::settings::{GivenExtract, Registers};
use crate::evidence::{RegisterExtract, RegisterStatement};

impl Registers {
    /// Gives an extract as JSON with the register's detached signature over it: a CMS SignedData by one signer. It is verified
    /// with each statement that names it, at the time that the proof proves, because the proof states its digest.
    #[must_use]
    pub fn with_extract(self, json: &[u8], signature: &[u8]) -> Self {
        self.with(GivenExtract::Signed { json: json.to_vec(), signature: signature.to_vec() })
    }

    /// Gives the facts of an extract in another form, which the caller has verified, for statements that name it so.
    #[must_use]
    pub fn with_facts(self, statement: RegisterStatement, extract: RegisterExtract) -> Self {
        self.with(GivenExtract::Vouched { statement, extract })
    }

    fn with(mut self, extract: GivenExtract) -> Self {
        Arc::make_mut(&mut self.extracts).push(extract);
        self
    }
}
