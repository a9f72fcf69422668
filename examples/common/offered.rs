//! Reads what is offered to a verifier beside the files that it judges: certificates, CRLs, OCSP responses, extracts of registers.

use std::path::PathBuf;

use recommande::pki::Offered;
use recommande::verify::Registers;
use recommande::{Environment, TrustAnchors, Verifier};

use crate::arguments::{Arguments, Error};
use crate::{decoded, files};

/// Configures a verifier with `--policy`, every `--extra` and, where the example has these options, the registers of mandates.
pub fn configured(verifier: Verifier, arguments: &Arguments) -> Result<Verifier, Error> {
    let verifier = by_policy(verifier, arguments)?;
    Ok(registers(arguments)?.into_iter().fold(verifier, Verifier::with_registers))
}

fn by_policy(verifier: Verifier, arguments: &Arguments) -> Result<Verifier, Error> {
    let mut offered = Offered::default();
    for path in arguments.paths("--extra") {
        offered.add(&files::octets(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let verifier = verifier.with_extra_certificates(offered.certificates).with_revocation_data(offered.revocation);
    files::configured(verifier, arguments)
}

/// Reads the anchors of registers and every `--register-extract`, whose signature lies beside it.
fn registers(arguments: &Arguments) -> Result<Option<Registers>, Error> {
    let Some(path) = arguments.path("--register-anchors") else {
        return match arguments.path("--register-extract") {
            Some(_) => Err("--register-extract: needs --register-anchors, by which its signature is judged".into()),
            None => Ok(None),
        };
    };
    let of_tsas = arguments.path("--tsa-anchors").map_or(Ok(TrustAnchors::default()), |path| files::anchors(&path))?;
    // What a register signs is of no environment.
    let verifier = by_policy(Verifier::new(files::anchors(&path)?, of_tsas, Environment::Production), arguments)?;
    let give = |registers: Registers, path: PathBuf| -> Result<Registers, Error> {
        Ok(registers.with_extract(&files::octets(&path)?, &decoded::decoded(&path.with_extension("p7s"))?))
    };
    arguments.paths("--register-extract").try_fold(Registers::of(verifier), give).map(Some)
}
