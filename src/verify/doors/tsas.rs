//! The door for TSAs, before they are needed.

use std::convert::Infallible;
use std::error::Error;

use chrono::{DateTime, Utc};
use rfc3161_client::{Attempt, AttemptError, Nonce, RandomnessError, TimeStampToken, TsaPool};

use super::Verifier;
use crate::crypto::DigestAlgorithm;
use crate::time::request::request;
use crate::verify::content::ContentDigests;
use crate::verify::report::value::Report;

/// What a TSA is asked to stamp. It is no seal, so that nobody can use the token.
const TRIAL: &[u8] = b"recommande: does this verifier accept the tokens of this TSA?";

/// One trip to a TSA of a pool that was tried.
#[derive(Debug)]
pub struct TsaTrial {
    /// The name of the TSA.
    pub tsa: String,
    /// The report on its token, or the error with which the trip ended.
    pub outcome: Result<Report, AttemptError>,
}

/// The report on a token that is looked at and not taken, so that the pool asks the next TSA.
#[derive(Debug, thiserror::Error)]
#[error("the token was looked at")]
struct Looked(Report);

impl Verifier {
    /// Asks every TSA of a pool for a timestamp of a fixed text, and judges the tokens. It is a question for the start of a
    /// service: whether each TSA answers, and whether this verifier accepts its tokens.
    ///
    /// The trials are in the order of the trips. A TSA that is asked again has one for each attempt, and the last one counts.
    /// A token is judged at the time that `now` gives when it has come. TSAs may charge for it.
    ///
    /// # Errors
    /// [`RandomnessError`] when no random nonce could be made.
    pub fn report_tsas(
        &self,
        tsas: &TsaPool,
        now: impl Fn() -> DateTime<Utc>,
    ) -> Result<Vec<TsaTrial>, RandomnessError> {
        let digest = DigestAlgorithm::Sha256.digest(TRIAL);
        let (request, data) = (request(&digest, Nonce::random()?), ContentDigests::new([digest]));
        let look = |token: TimeStampToken| -> Result<Infallible, Box<dyn Error + Send + Sync>> {
            let report = self.report_timestamp(token.to_definite(), &data, Some(&request), now());
            Err(Box::new(Looked(report)))
        };
        let Err(trips) = tsas.timestamp_with(&request, look);
        Ok(trips.attempts.into_iter().map(trial).collect())
    }
}

fn trial(Attempt { tsa, error, .. }: Attempt) -> TsaTrial {
    let AttemptError::Refused(refused) = error else { return TsaTrial { tsa, outcome: Err(error) } };
    let looked = refused.downcast::<Looked>();
    TsaTrial { tsa, outcome: looked.map(|looked| looked.0).map_err(AttemptError::Refused) }
}
