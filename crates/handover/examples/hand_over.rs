//! Verifies a proof of sending and encrypts it to its sender.
//!
//! `hand_over PROOF SEAL-ANCHORS TSA-ANCHORS ENVIRONMENT SENDER ANCHORS OUT [--legacy] [--revocation FILE]`
//!
//! SENDER is PEM, the sender's certificate first and then those of authorities below the ANCHORS of senders; the anchors are PEM as well.
//! ENVIRONMENT is that of the proof, such as Test. FILE has CRLs and OCSP responses, of PEM or one of DER, which have to clear each
//! certificate below the anchors.

use std::error::Error;
use std::fs::{read, read_to_string, write};
use std::process::ExitCode;

use chrono::Utc;
use recommande::pki::revocation::RevocationData;
use recommande::pki::{Certificate, TrustAnchors};
use recommande::{Environment, Payload, ProofOfSending, Verifier};
use recommande_handover::{Addressee, Envelope, Trust};

const USAGE: &str =
    "usage: hand_over PROOF SEAL-ANCHORS TSA-ANCHORS ENVIRONMENT SENDER ANCHORS OUT [--legacy] [--revocation FILE]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match hand_over(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn hand_over(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let (arguments, revocation) = match arguments {
        [arguments @ .., "--revocation", file] => (arguments, Some(RevocationData::from_bytes(&read(file)?)?)),
        arguments => (arguments, None),
    };
    let (files, envelope) = match arguments {
        [files @ .., "--legacy"] => (files, Envelope::Legacy),
        files => (files, Envelope::Authenticated),
    };
    let [proof, seal_anchors, tsa_anchors, environment, sender, anchors, out] = files else { return Err(USAGE.into()) };
    let anchors_of = |file: &str| -> Result<_, Box<dyn Error>> { Ok(TrustAnchors::from_pem(&read_to_string(file)?)?) };
    let (proof, now) = (ProofOfSending::from_der(&read(proof)?)?, Utc::now());
    let environment: Environment = environment.parse()?;
    let verifier = Verifier::new(anchors_of(seal_anchors)?, anchors_of(tsa_anchors)?, environment);
    let verified = verifier.verify(&proof, Payload::NotAvailable, now)?;
    let chain = Certificate::from_pem_chain(&read_to_string(sender)?)?;
    let (sender, intermediates) = chain.split_first().ok_or("there is no certificate of the sender")?;
    let anchors = anchors_of(anchors)?;
    let trust = Trust::new(&anchors).with_intermediates(intermediates);
    let trust = revocation.iter().fold(trust, Trust::with_revocation);
    let sender = Addressee::sender_of(&verified, sender, &trust, now)?;
    write(out, sender.envelope(&proof, envelope)?)?;
    Ok(())
}
