//! What all letters begin with: the proofs of one message, and a letter of them.

use recommande::evidence::{Assurance, AssuranceLevel};

use crate::manifest::{ExpectedLetters, LetterInput, LetterVector};
use crate::steps::assurance;
use crate::world::{NOW_OF_STEPS, Result};

/// The message of a reply.
pub const REPLY: &str = "1ZG0000036L40";

pub const SENDING: &str = "good/sending";
pub const REQUEST: &str = "event/NotificationForAcceptance";
pub const ACCEPTANCE: &str = "event/ConsignmentAcceptance";
pub const REFUSAL: &str = "event/ConsignmentRejection";
pub const CONSIGNMENT: &str = "event/ContentConsignment";
pub const OPENING: &str = "event/ContentAccessTracking";

/// A letter that is complete and consistent, until something else is said.
pub fn letter(id: &str, why: &str, files: &[&str]) -> LetterVector {
    let files = files.iter().map(|name| path(name)).collect();
    let input = LetterInput {
        seal_anchors: "anchors/seal.pem".into(),
        tsa_anchors: "anchors/tsa.pem".into(),
        environment: "Test".into(),
        now: NOW_OF_STEPS.into(),
        files,
        recipient_anchors: None,
        sender_anchors: None,
        submissions: Vec::new(),
    };
    let expected = ExpectedLetters { letters: Vec::new(), claims: Vec::new() };
    LetterVector { id: format!("case/{id}"), why: why.into(), input, expected }
}

pub fn path(name: &str) -> String {
    format!("{name}.p7m")
}

pub fn substantial(time: &str) -> Result<Assurance> {
    assurance(time, AssuranceLevel::Substantial)
}
