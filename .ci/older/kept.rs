//! Tells what the build of ee40bc8 keeps of a proof: `kept PROOF STATEMENT`. It stands among the examples of that build.
//!
//! STATEMENT is what the proof seals. It reads the proof and writes the statement again, which has to be those octets, and prints the
//! names of the extensions that it does not know, one a line.

use std::error::Error;
use std::fs::read;
use std::process::ExitCode;

use recommande::AnyProof;
use recommande::evidence::Statement;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match kept(&arguments) {
        Ok(names) => {
            names.iter().for_each(|name| println!("{name}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn kept(arguments: &[String]) -> Result<Vec<String>, Box<dyn Error>> {
    let [proof, statement] = arguments else { return Err("usage: kept PROOF STATEMENT".into()) };
    let sealed = read(statement)?;
    match AnyProof::from_der(&read(proof)?)? {
        AnyProof::Sending(proof) => names(proof.stated(), proof.stated().encode(proof.stated_issuer())?, &sealed),
        AnyProof::Opening(proof) => names(proof.stated(), proof.stated().encode(proof.stated_issuer())?, &sealed),
    }
}

fn names<S: Statement>(statement: &S, written: Vec<u8>, sealed: &[u8]) -> Result<Vec<String>, Box<dyn Error>> {
    if written != sealed {
        return Err("the statement is written otherwise than it was sealed".into());
    }
    Ok(statement.unknown_extensions().iter().map(|extension| extension.name().to_owned()).collect())
}
