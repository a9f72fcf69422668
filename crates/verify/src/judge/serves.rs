//! What is given with a file that is not about it: nothing would compare it, and the file would pass with it. Files and folders give what a file
//! names, and the entry of a manifest gives anything.

use recommande::Sending;
use recommande::evidence::{AnyStatement, Statement as _, Step};

use crate::error::Error;
use crate::question::{Followed, Given};

/// Refuses what serves nothing in the judgement of a proof.
///
/// A submission that is given with a sending which states none is compared, and so is a letter that is given with a sending which answers
/// none: the report says so of each.
///
/// # Errors
/// The first member that serves nothing.
pub fn of_proof(statement: &AnyStatement, given: &Given) -> Result<(), Error> {
    let Given { sending, causes, original, submissions, .. } = given;
    let is_sending = matches!(statement, AnyStatement::Sending(_));
    let members = [
        ("sending", !sending.is_empty() && statement.preceding_evidence().is_none()),
        ("causes", !causes.is_empty() && statement.caused_by().is_none()),
        ("original", !original.is_empty() && statement.in_reply_to().is_none() && !is_sending),
        ("submission", !submissions.is_empty() && !is_sending),
    ];
    match members.into_iter().find(|(_, serves_nothing)| *serves_nothing) {
        Some((member, _)) => Err(serving_nothing(member)),
        None => Ok(()),
    }
}

/// Refuses a submission that is given with a sending which states none, where that is followed.
///
/// # Errors
/// It serves nothing.
pub fn of_sending(sending: &Sending, given: &Followed) -> Result<(), Error> {
    let is_served = given.submissions.is_empty() || sending.submission_digest().is_some();
    if is_served { Ok(()) } else { Err(serving_nothing("sending_submission")) }
}

/// Refuses a step with others before it that states no cause: those would be compared with nothing.
///
/// # Errors
/// They serve nothing.
pub fn of_later_step(step: &Step) -> Result<(), Error> {
    if step.caused_by().is_some() { Ok(()) } else { Err(serving_nothing("causes")) }
}

fn serving_nothing(member: &str) -> Error {
    Error::Usage(format!("input: {member}: the file is not about this"))
}
