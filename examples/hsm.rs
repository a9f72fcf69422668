//! Seals registered mail with a key that stays in an HSM or on a token: one item, then a batch over several sessions.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/output.rs"]
mod output;

use std::fs;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use arguments::{Arguments, Error};
use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use output::print;
use pem_rfc7468::LineEnding;
use recommande::crypto::Signer;
use recommande::crypto::pkcs11::{KeyName, ModuleUse, Pin, Pkcs11Signer, Settings, TokenName};
use recommande::evidence::Statement;
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{Batch, SealAllError};
use recommande::testing::{CertificateSpec, TestPki, TestTsa};
use recommande::{
    Certificate, Credentials, Environment, Issuer, MessageId, PartDescription, Party, Payload, PayloadDigests,
    ProofOfSending, Sealer, Sending, TrustAnchors, Unstamped, Verifier,
};

const USAGE: &str = "\
usage: hsm --module PATH --token LABEL --key LABEL [--pin-env NAME | --pin-file FILE] [--chain PEM]
           [--items N] [--sessions N] [--out DIR]
       hsm --uri URI [--module PATH] [...]

  --uri URI        a pkcs11: URI (RFC 7512) that names module, token and key; its pin-source may be a file
  --module PATH    the PKCS#11 module of the HSM's maker: a shared library, which will run in this process
  --token LABEL    the token, by its label
  --key LABEL      the private key, by its label
  --pin-env NAME   the environment variable that holds the PIN
  --pin-file FILE  a file whose first line is the PIN
  --chain PEM      the certificates of the key, its own first (default: those on the token; without any, throwaway ones)
  --items N        items of the batch (default: 100)
  --sessions N     sessions with the token, and threads that seal (default: 4)
  --out DIR        where the proofs go, and the anchors to verify them with (default: target/hsm)

The time-stamp authority is made for this run and trusted by nobody; the environment is Test.
exit status: 0 everything was sealed and verified; 1 something did not verify; 2 items could not be sealed; 3 usage, file or token";

const LETTER: &[u8] = b"a registered letter";

type Seal = Unstamped<ProofOfSending>;

fn main() -> ExitCode {
    match run() {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("hsm: {}", with_causes(error.as_ref()));
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<u8, Error> {
    let options = [
        "--uri",
        "--module",
        "--token",
        "--key",
        "--pin-env",
        "--pin-file",
        "--chain",
        "--items",
        "--sessions",
        "--out",
    ];
    let arguments = Arguments::read(&options, &["--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        print(&format!("{USAGE}\n"))?;
        return Ok(0);
    }
    let sessions = number(&arguments, "--sessions", 4)?;
    let items = number(&arguments, "--items", 100)?;
    let out = arguments.path("--out").unwrap_or_else(|| "target/hsm".into());
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;

    // The key. This process has no other use for the module.
    let given = arguments.path("--chain").map(|path| chain_of_file(&path)).transpose()?;
    let mut settings = settings(&arguments)?.with_sessions(sessions).with_module_use(ModuleUse::Exclusive);
    if let Some(pin) = pin(&arguments, settings.pin_source())? {
        settings = settings.with_pin(pin);
    }
    if let Some(certificate) = given.iter().flatten().next() {
        settings = settings.with_public_key(certificate.public_key().clone());
    }
    let signer = Pkcs11Signer::open(settings)?;
    print(&format!("{}, {}\n", signer.public_key().kind(), signer.algorithm()))?;

    // Its certificates, and a TSA.
    let now = Utc::now();
    let pki = TestPki::new(now)?;
    let chain = match given {
        Some(chain) => chain,
        None => {
            let on_token = signer.certificates()?;
            let chain = Certificate::chain_of(signer.public_key(), on_token.iter().map(Vec::as_slice));
            if chain.is_empty() { throwaway_chain(&pki, &signer, now)? } else { chain }
        }
    };
    let mut anchors = TrustAnchors::new();
    let root = chain.last().ok_or("--chain: no certificate")?.clone();
    write(&out, "seal-anchors.pem", pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, root.der())?.as_bytes())?;
    write(&out, "tsa-anchors.pem", pki.tsa_anchors_pem().as_bytes())?;
    anchors.add(root);
    let issuer = Issuer::of("Example Registered Mail", &EnterpriseNumber::new("0406798006")?, Environment::Test)?;
    let credentials = Credentials::new(signer, chain)?;
    print(&format!(
        "the chain seals until {}\n",
        credentials.valid_until().to_rfc3339_opts(SecondsFormat::Secs, true)
    ))?;
    if let Some(missing) = credentials.missing_issuer() {
        eprintln!(
            "--chain: the certificate of the issuer \"{missing}\" is not there, so verifiers must have it; add it to the end"
        );
    }
    let sealer = Sealer::new(credentials, issuer);
    let tsas = TsaPool::new().with_tsa("in-process", TestTsa::new(&pki));
    let verifier = Verifier::new(anchors, pki.tsa_anchors(), Environment::Test);
    let verifies = |proof: &ProofOfSending| {
        let verified = verifier.verify(proof, Payload::Digests(&PayloadDigests::of_bytes(LETTER)), Utc::now());
        verified.map_err(|error| eprintln!("{}: {}", proof.id(), with_causes(&error))).is_ok()
    };

    // One, with a timestamp of its own.
    let proof = sealer.seal(&sending("ITEM-0", now)?, Utc::now())?.stamp_with(&tsas)?;
    write(&out, "proof-of-sending.p7m", proof.der())?;
    write(&out, "letter.txt", LETTER)?;
    let mut sound = verifies(&proof);

    // Many, on as many threads as there are sessions, with one timestamp.
    let letters = (1..=items.get()).map(|item| sending(&format!("ITEM-{item}"), now)).collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let (sealed, failed) = seal_on(&sealer, &letters, sessions);
    let seconds = start.elapsed().as_secs_f64();
    print(&format!("{} of {items} sealed in {seconds:.2} s\n", sealed.len()))?;
    for error in &failed {
        eprintln!("{}", with_causes(error));
    }
    if !sealed.is_empty() {
        let stamped = Batch::of(&sealed)?.stamp_with(&tsas)?;
        for seal in sealed {
            let name = format!("{}.p7m", seal.as_artifact().stated().message_id().as_str());
            let proof = stamped.proof(seal)?;
            write(&out, &name, proof.der())?;
            sound &= verifies(&proof);
        }
    }
    print(if sound { "every proof verified\n" } else { "a proof did not verify\n" })?;
    let dir = quoted(&out);
    print(&format!(
        "\nOne of them, by itself:\n  cargo run --release --example verify -- {dir}/proof-of-sending.p7m \
         --payload {dir}/letter.txt --seal-anchors {dir}/seal-anchors.pem --tsa-anchors {dir}/tsa-anchors.pem \
         --environment Test\n"
    ))?;
    Ok(if !sound {
        1
    } else if failed.is_empty() {
        0
    } else {
        2
    })
}

/// Seals with all threads. A failure is reported with the place of its item, and the other seals are kept.
fn seal_on(sealer: &Sealer, letters: &[Sending], threads: NonZeroUsize) -> (Vec<Seal>, Vec<SealAllError>) {
    let share = letters.len().div_ceil(threads.get());
    let (mut sealed, mut failed) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let shares: Vec<_> = letters
            .chunks(share)
            .map(|letters| scope.spawn(move || sealer.seal_all(letters, Utc::now()).collect::<Vec<_>>()))
            .collect();
        for (number, thread) in shares.into_iter().enumerate() {
            for outcome in thread.join().unwrap_or_else(|panic| resume_unwind(panic)) {
                match outcome {
                    Ok(seal) => sealed.push(seal),
                    Err(error) => failed.push(SealAllError { index: number * share + error.index, ..error }),
                }
            }
        }
    });
    (sealed, failed)
}

fn sending(message: &str, now: DateTime<Utc>) -> Result<Sending, Error> {
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?;
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let recipient = Party::new(Niss::new("85073003328")?);
    let digests = PayloadDigests::of_bytes(LETTER);
    Ok(Sending::new(MessageId::new(message)?, sender, recipient, part, digests, now.trunc_subsecs(0))?)
}

/// Issues a certificate for the token's key, by an authority that exists for this run only.
fn throwaway_chain(pki: &TestPki, signer: &Pkcs11Signer, now: DateTime<Utc>) -> Result<Vec<Certificate>, Error> {
    let spec = CertificateSpec::seal("Throwaway Seal", now - TimeDelta::hours(1), now + TimeDelta::days(1));
    let issued = pki.intermediate.issue(&spec, Arc::new(signer.clone()))?;
    Ok(vec![issued.certificate, pki.intermediate.certificate.clone(), pki.root.certificate.clone()])
}

fn settings(arguments: &Arguments) -> Result<Settings, Error> {
    let module = arguments.path("--module");
    if let Some(uri) = arguments.text("--uri")? {
        return Ok(Settings::from_uri(uri, module.as_deref())?);
    }
    let required = |name| arguments.text(name)?.ok_or_else(|| Error::from(format!("{name} is needed\n\n{USAGE}")));
    let module = module.ok_or_else(|| format!("--module is needed\n\n{USAGE}"))?;
    let token = TokenName::Label(required("--token")?.to_owned());
    Ok(Settings::new(module, token, KeyName::label(required("--key")?)))
}

fn chain_of_file(path: &Path) -> Result<Vec<Certificate>, Error> {
    let chain = Certificate::from_pem_chain(&fs::read_to_string(path)?);
    chain.map_err(|error| format!("{}: {error}", path.display()).into())
}

fn pin(arguments: &Arguments, of_uri: Option<&str>) -> Result<Option<Pin>, Error> {
    match (arguments.text("--pin-env")?, arguments.path("--pin-file")) {
        (Some(_), Some(_)) => Err("--pin-env or --pin-file, not both".into()),
        (Some(name), None) => {
            // Not the name: it may be the PIN, given by mistake.
            let pin = std::env::var(name).map_err(|_| "--pin-env: no environment variable of this name")?;
            Ok(Some(Pin::new(&pin)))
        }
        (None, Some(path)) => first_line("--pin-file", &path).map(Some),
        (None, None) => {
            let path = of_uri.map(|source| source.strip_prefix("file:").unwrap_or(source));
            path.map(|path| first_line("pin-source", Path::new(path))).transpose()
        }
    }
}

fn first_line(option: &str, path: &Path) -> Result<Pin, Error> {
    let text = fs::read_to_string(path).map_err(|error| format!("{option}: {error}"))?;
    Ok(Pin::new(text.lines().next().unwrap_or_default()))
}

fn number(arguments: &Arguments, option: &str, otherwise: usize) -> Result<NonZeroUsize, Error> {
    let number = arguments.text(option)?.map_or(Ok(otherwise), str::parse).ok().and_then(NonZeroUsize::new);
    number.ok_or_else(|| format!("{option}: not a number from 1").into())
}

fn write(out: &Path, name: &str, octets: &[u8]) -> Result<(), Error> {
    let path: PathBuf = out.join(name);
    fs::write(&path, octets).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Quotes a path for a shell.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c)) && !path.starts_with('-');
    if plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
