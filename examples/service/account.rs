//! What is told of the run: how long the letters took, and that each one has its proof.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use hyper::body::Bytes;
use recommande::evidence::Statement as _;
use recommande::{Payload, PayloadDigests, ProofOfSending, Verifier};

use crate::arguments::Error;
use crate::clients::Seen;
use crate::output::print;
use crate::store::Account;
use crate::tsas::LocalTsa;

/// What is wanted of the slowest hundredth.
#[derive(Clone, Copy)]
pub enum Wanted {
    Under(Duration),
    Nothing,
}

/// Prints how long the letters of a part took. The part is late where the slowest hundredth is.
pub fn told(name: &str, wanted: Wanted, mut seen: Seen) -> Result<Seen, Error> {
    let (half, nearly_all) = (seen.quantile(0.5), seen.quantile(0.99));
    let wanted = match wanted {
        Wanted::Under(longest) => {
            seen.is_late = nearly_all >= longest;
            let is = if seen.is_late { "MISSED" } else { "held" };
            format!("   wanted p99 under {} ms: {is}", longest.as_millis())
        }
        Wanted::Nothing => String::new(),
    };
    let (letters, half, nearly_all) = (seen.times.len(), half.as_millis(), nearly_all.as_millis());
    print(&format!("FIGURES {name:42} {letters:6} letters   p50 {half:5} ms   p99 {nearly_all:5} ms{wanted}\n"))?;
    Ok(seen)
}

/// Verifies each proof, and compares what clients got with what is stored.
pub async fn accounted(
    account: Account,
    letters: u32,
    seen: Vec<Seen>,
    verifier: Verifier,
    tsas: [&LocalTsa; 2],
) -> Result<u8, Error> {
    let stored: HashMap<&str, &Bytes> = account.proofs.iter().map(|(id, _, proof)| (id.as_str(), proof)).collect();
    let got: Vec<_> = seen.iter().flat_map(|seen| &seen.proofs).collect();
    let differ = got.iter().filter(|(id, proof)| stored.get(id.as_str()) != Some(&proof)).count();
    let (vanished, left): (u64, u64) =
        seen.iter().fold((0, 0), |(vanished, left), seen| (vanished + seen.vanished, left + seen.left));
    let told_later: u64 = seen.iter().map(|seen| seen.told_later).sum();
    let (got, taken) = (got.len(), account.proofs.len() + account.without_proof);
    let not_verified = count_not_verified(Arc::new(verifier), account.proofs).await?;
    let [first, second] = tsas.map(LocalTsa::told);
    print(&format!(
        "letters  {taken} taken: {} without a proof, {not_verified} whose proof does not verify, {} sealed or proven twice\n\
         clients  {got} got a proof, {differ} of them another one than is stored; {vanished} vanished, {left} for good; {told_later} times told to try later\n\
         TSAs     {} tokens, {} trips without one, {} times a seal was submitted again\n",
        account.without_proof,
        account.seconds,
        first.0 + second.0,
        first.1 + second.1,
        account.times_back,
    ))?;
    let is_lost = account.without_proof > 0 || not_verified > 0 || account.seconds > 0 || differ > 0;
    // Each client got its proof, or went away for good.
    let is_unanswered = u64::try_from(got)?.saturating_add(left) != u64::from(letters);
    if is_unanswered {
        print(&format!("of {letters} clients {got} got a proof and {left} went away for good: some got no answer\n"))?;
    }
    Ok(u8::from(is_lost || is_unanswered))
}

/// Verification takes the processor, so it is on threads that may block.
async fn count_not_verified(
    verifier: Arc<Verifier>,
    proofs: Vec<(String, PayloadDigests, Bytes)>,
) -> Result<usize, Error> {
    let now = Utc::now();
    let verified: Vec<_> = proofs
        .into_iter()
        .map(|(id, digests, proof)| {
            let verifier = Arc::clone(&verifier);
            tokio::task::spawn_blocking(move || {
                let Ok(proof) = ProofOfSending::from_der(&proof) else { return false };
                let verified = verifier.verify(&proof, Payload::Digests(&digests), now);
                verified.is_ok_and(|verified| verified.statement().message_id().as_str() == id)
            })
        })
        .collect();
    let mut not_verified = 0;
    for verified in verified {
        not_verified += usize::from(!verified.await?);
    }
    Ok(not_verified)
}
