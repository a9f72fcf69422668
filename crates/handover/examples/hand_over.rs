//! Encrypts a proof to its sender: `hand_over PROOF SENDER ANCHORS OUT [--legacy]`.
//!
//! SENDER is PEM, the sender's certificate first and then those of authorities below the anchors; ANCHORS is PEM as well.

use std::error::Error;
use std::fs::{read, read_to_string, write};
use std::process::ExitCode;

use chrono::Utc;
use recommande::pki::{Certificate, TrustAnchors};
use recommande::seal::AnyProof;
use recommande_handover::{Addressee, Envelope, Trust};

const USAGE: &str = "usage: hand_over PROOF SENDER ANCHORS OUT [--legacy]";

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
    let (files, envelope) = match arguments {
        [files @ .., "--legacy"] => (files, Envelope::Legacy),
        files => (files, Envelope::Authenticated),
    };
    let [proof, sender, anchors, out] = files else { return Err(USAGE.into()) };
    let proof = AnyProof::from_der(&read(proof)?)?;
    let chain = Certificate::from_pem_chain(&read_to_string(sender)?)?;
    let (sender, intermediates) = chain.split_first().ok_or("there is no certificate of the sender")?;
    let anchors = TrustAnchors::from_pem(&read_to_string(anchors)?)?;
    let (trust, now) = (Trust::new(&anchors).with_intermediates(intermediates), Utc::now());
    let addressee = match &proof {
        AnyProof::Sending(proof) => Addressee::sender_of(proof.stated(), sender, &trust, now),
        AnyProof::Opening(proof) => Addressee::sender_of(proof.stated(), sender, &trust, now),
        AnyProof::Step(proof) => Addressee::sender_of(proof.stated(), sender, &trust, now),
        _ => return Err("a proof of another kind".into()),
    };
    write(out, addressee?.envelope(proof.der(), envelope)?)?;
    Ok(())
}
