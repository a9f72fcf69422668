//! Puts the files of a registered letter into one container, and verifies such a container.
//!
//! The key that signs the container is generated for the run and worthless afterwards; the anchors of it are written beside the container. A
//! service, or a lawyer, signs with a key of its own.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Language;
use recommande::identity::EnterpriseNumber;
use recommande::preserve::Renewer;
use recommande::seal::{Artifact, PayloadSignature, SignedSubmission};
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::Registers;
use recommande::{Credentials, Environment, Indication, Issuer, Report, Sealer, TrustAnchors, TsaPool, Verifier};
use recommande_dossier::{
    AnchorsOf, Dossier, DossierBuilder, LetterFiles, MediaType, PartKind, PartVerdict, ProofFiles, Protection,
    ReceiptForm, ToSign, Verifiers, Writable,
};

const USAGE: &str = "\
usage: dossier FOLDER [--letter FILE [--media-type TYPE]] [--register-extract JSON]... [--receipts DIR] [--stamp] [--record]
               [--digest NAME] [--out FILE]
       dossier --read FILE [--seal-anchors PEM] [--tsa-anchors PEM] [--container-anchors PEM] [--environment NAME] [--now RFC3339]
               [--container-tsa-anchors PEM] [--sender-anchors PEM] [--recipient-anchors PEM] [--register-anchors PEM]
               [--extract DIR]

  FOLDER                   the proofs (NAME.p7m, NAME.rma), what lies beside them (NAME.p7m.ers, NAME.pq.p7s, NAME.tlog-proof,
                           NAME.disclosure.json, NAME.submission.json with NAME.submission.p7s; payload.p7s with --letter), and
                           their anchors
  --letter FILE            the letter, which payload.p7s is a signature over
  --media-type TYPE        its media type (default: by its name)
  --register-extract JSON  the extract of a register, its signature beside it (.p7s); may be repeated
  --receipts DIR           pages about the proofs, as recommande-receipt names them
  --stamp                  put a timestamp over the files in the place of a signature
  --record                 add an evidence record over everything
  --digest NAME            the digests of the container: SHA-256 (default), SHA-384 or SHA-512
  --out FILE               the container (default: dossier.asice in FOLDER)

  --read FILE              verify a container
  --seal-anchors PEM       the certificates under which proofs and letters are trusted; those in the container are never taken
  --tsa-anchors PEM        the certificates under which timestamps are trusted
  --container-anchors PEM  the certificates under which the signature over the container is trusted (default: the seal anchors)
  --container-tsa-anchors PEM
                           those of the timestamps and the evidence record over the container (default: the TSA anchors)
  --sender-anchors PEM     the certificates under which senders are trusted, whose submissions are not looked at otherwise
  --recipient-anchors PEM  the certificates under which recipients are trusted, whose own signatures are not evaluated otherwise
  --register-anchors PEM   the certificates under which registers of mandates are trusted
  --environment NAME       Production, Acceptance, Integration or Test (default: Production)
  --now RFC3339            verify as at this time (default: the clock)
  --extract DIR            write the files of the container there

exit status: 0 everything holds, 1 something does not, 2 something is not decided, 3 usage, file, or no container";

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let status = Asked::read(std::env::args().skip(1)).and_then(|asked| match &asked.read {
        Some(file) => asked.verify(file),
        None => asked.write(),
    });
    match status {
        Ok(Indication::TotalPassed) => ExitCode::SUCCESS,
        Ok(Indication::TotalFailed) => ExitCode::from(1),
        Ok(Indication::Indeterminate) => ExitCode::from(2),
        Err(error) => {
            eprintln!("dossier: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::from(3)
        }
    }
}

/// What was asked for.
#[derive(Default)]
struct Asked {
    folder: Option<PathBuf>,
    letter: Option<PathBuf>,
    media_type: Option<String>,
    register_extracts: Vec<PathBuf>,
    receipts: Option<PathBuf>,
    protection: Option<Protection>,
    has_record: bool,
    algorithm: Option<DigestAlgorithm>,
    out: Option<PathBuf>,
    read: Option<PathBuf>,
    seal_anchors: Option<PathBuf>,
    tsa_anchors: Option<PathBuf>,
    container_anchors: Option<PathBuf>,
    container_tsa_anchors: Option<PathBuf>,
    sender_anchors: Option<PathBuf>,
    recipient_anchors: Option<PathBuf>,
    register_anchors: Option<PathBuf>,
    environment: Option<Environment>,
    now: Option<DateTime<Utc>>,
    extract: Option<PathBuf>,
}

impl Asked {
    fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, Error> {
        let mut asked = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n\n{USAGE}"));
            match argument.as_str() {
                "--letter" => asked.letter = Some(value()?.into()),
                "--media-type" => asked.media_type = Some(value()?),
                "--register-extract" => asked.register_extracts.push(value()?.into()),
                "--receipts" => asked.receipts = Some(value()?.into()),
                "--stamp" => asked.protection = Some(Protection::Timestamp),
                "--record" => asked.has_record = true,
                "--digest" => {
                    let named = DigestAlgorithm::from_name(&value()?);
                    asked.algorithm = Some(named.ok_or("--digest: not the name of a digest algorithm")?);
                }
                "--out" => asked.out = Some(value()?.into()),
                "--read" => asked.read = Some(value()?.into()),
                "--seal-anchors" => asked.seal_anchors = Some(value()?.into()),
                "--tsa-anchors" => asked.tsa_anchors = Some(value()?.into()),
                "--container-anchors" => asked.container_anchors = Some(value()?.into()),
                "--container-tsa-anchors" => asked.container_tsa_anchors = Some(value()?.into()),
                "--sender-anchors" => asked.sender_anchors = Some(value()?.into()),
                "--recipient-anchors" => asked.recipient_anchors = Some(value()?.into()),
                "--register-anchors" => asked.register_anchors = Some(value()?.into()),
                "--environment" => asked.environment = Some(value()?.parse()?),
                "--now" => asked.now = Some(value()?.parse().map_err(|error| format!("--now: {error}"))?),
                "--extract" => asked.extract = Some(value()?.into()),
                option if option.starts_with("--") => return Err(format!("{option} is not known\n\n{USAGE}").into()),
                folder if asked.folder.is_none() => asked.folder = Some(folder.into()),
                _ => return Err(format!("more than one folder\n\n{USAGE}").into()),
            }
        }
        if asked.folder.is_some() == asked.read.is_some() {
            return Err(format!("FOLDER or --read is needed\n\n{USAGE}").into());
        }
        Ok(asked)
    }

    /// Writes a container of the files in the folder.
    fn write(&self) -> Result<Indication, Error> {
        let folder = self.folder.as_deref().unwrap_or(Path::new("."));
        let out = self.out.clone().unwrap_or_else(|| folder.join("dossier.asice"));
        let signer = Signer::new()?;
        let mut container = signer.protected(self.files(folder)?, self.protection.unwrap_or(Protection::Signature))?;
        if self.has_record {
            container = signer.recorded(container)?;
        }
        let mut file = File::create(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        container.write(&mut file)?;
        for (name, pem) in
            [("seal-anchors.pem", signer.pki.seal_anchors_pem()), ("tsa-anchors.pem", signer.pki.tsa_anchors_pem())]
        {
            fs::write(out.with_extension(name), pem)?;
        }
        print(&format!("Written to {}", out.display()))?;
        Ok(Indication::TotalPassed)
    }

    fn files(&self, folder: &Path) -> Result<DossierBuilder<'static>, Error> {
        let mut files = DossierBuilder::new().with_algorithm(self.algorithm.unwrap_or(DigestAlgorithm::Sha256));
        if let Some(path) = &self.letter {
            let media_type = self.media_type.as_deref().unwrap_or_else(|| media_type(path));
            let letter = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let letter = LetterFiles::new(MediaType::new(media_type)?, letter);
            files = files.with_letter(match optional(&folder.join("payload.p7s"))? {
                Some(signature) => letter.with_signature(PayloadSignature::from_der(&signature)?),
                None => letter,
            });
        }
        let mut proofs: Vec<PathBuf> = fs::read_dir(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        proofs.retain(|path| path.extension().is_some_and(|extension| extension == "p7m" || extension == "rma"));
        proofs.sort();
        for path in proofs {
            files = files.with_proof(self.proof(&path).map_err(|error| format!("{}: {error}", path.display()))?);
        }
        for path in &self.register_extracts {
            let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
            files = files.with_register_extract(read(path)?, read(&path.with_extension("p7s"))?);
        }
        for (of, name) in [(AnchorsOf::Seals, "seal-anchors.pem"), (AnchorsOf::Tsas, "tsa-anchors.pem")] {
            if let Some(pem) = optional(&folder.join(name))? {
                files = files.with_anchors(of, String::from_utf8(pem)?);
            }
        }
        Ok(files)
    }

    /// A proof with what lies beside it, and its pages.
    fn proof(&self, path: &Path) -> Result<ProofFiles<'static>, Error> {
        let mut proof = ProofFiles::from_der(&fs::read(path)?)?;
        if let Some(record) = optional(&beside(path, ".ers"))? {
            proof = proof.with_record(record);
        }
        if let Some(second_seal) = optional(&path.with_extension("pq.p7s"))? {
            proof = proof.with_second_seal(second_seal);
        }
        if let Some(log_proof) = optional(&path.with_extension("tlog-proof"))? {
            proof = proof.with_log_proof(log_proof);
        }
        if let Some(disclosure) = optional(&path.with_extension("disclosure.json"))? {
            proof = proof.with_disclosure(disclosure);
        }
        if let Some(submission) = optional(&path.with_extension("submission.json"))? {
            let signature = fs::read(path.with_extension("submission.p7s"))?;
            proof = proof.with_submission(SignedSubmission::from_parts(&submission, &signature)?);
        }
        let (Some(folder), Some(stem)) = (&self.receipts, path.file_stem().and_then(|stem| stem.to_str())) else {
            return Ok(proof);
        };
        for language in [Language::French, Language::Dutch, Language::German, Language::English] {
            for (form, extension) in [(ReceiptForm::Pdf, "pdf"), (ReceiptForm::Html, "html")] {
                if let Some(page) = optional(&folder.join(format!("{stem}.{}.{extension}", language.code())))? {
                    proof = proof.with_receipt(language, form, page);
                }
            }
        }
        Ok(proof)
    }

    /// Verifies a container and prints the verdicts.
    fn verify(&self, path: &Path) -> Result<Indication, Error> {
        let mut dossier = Dossier::read(File::open(path).map_err(|error| format!("{}: {error}", path.display()))?)?;
        let now = self.now.unwrap_or_else(Utc::now);
        let environment = self.environment.unwrap_or(Environment::Production);
        let verifier = |seals: &Option<PathBuf>, tsas: &Option<PathBuf>| -> Result<_, Error> {
            Ok(Verifier::new(anchors(seals.as_deref())?, anchors(tsas.as_deref())?, environment))
        };
        let (seals, tsas) = (&self.seal_anchors, &self.tsa_anchors);
        let (of_container, its_tsas) = (&self.container_anchors, &self.container_tsa_anchors);
        let of_parties = |anchors: &Option<PathBuf>| anchors.is_some().then(|| verifier(anchors, tsas)).transpose();
        let of_proofs = verifier(seals, tsas)?;
        let of_proofs = match of_parties(&self.register_anchors)? {
            Some(registers) => of_proofs.with_registers(Registers::of(registers)),
            None => of_proofs,
        };
        let (senders, recipients) = (of_parties(&self.sender_anchors)?, of_parties(&self.recipient_anchors)?);
        let of_container = verifier(
            if of_container.is_some() { of_container } else { seals },
            if its_tsas.is_some() { its_tsas } else { tsas },
        )?;
        let verifiers = Verifiers::new(&of_proofs).with_container(&of_container);
        let verifiers = senders.iter().fold(verifiers, |verifiers, senders| verifiers.with_senders(senders));
        let verifiers = recipients.iter().fold(verifiers, |verifiers, of| verifiers.with_recipients(of));
        let report = dossier.report(verifiers, now)?;
        let mut lines = vec![format!("container: {}", verdict(&report.manifest))];
        if let Some(record) = &report.record {
            lines.push(format!("evidence record over everything: {}", verdict(record)));
        }
        for part in &report.parts {
            let says = match &part.verdict {
                PartVerdict::Proof { report, letters } => {
                    let letters = letters.iter().map(|number| format!(", about letter {number}"));
                    verdict(report) + &letters.collect::<String>()
                }
                PartVerdict::LetterSignature(report) => verdict(report),
                PartVerdict::Letter { proven_by } if proven_by.is_empty() => {
                    "no proof that holds is about it".to_owned()
                }
                PartVerdict::Letter { proven_by } => {
                    let proofs: Vec<String> = proven_by.iter().map(ToString::to_string).collect();
                    format!("proven by {}", proofs.join(", "))
                }
                PartVerdict::WithItsProof => "judged with its proof".to_owned(),
                PartVerdict::Unreadable => "cannot be read".to_owned(),
                PartVerdict::Untrusted => "not trusted, whatever it says".to_owned(),
            };
            lines.push(format!("{:30}  {says}", part.kind.to_string()));
        }
        print(&lines.join("\n"))?;
        if let Some(folder) = &self.extract {
            fs::create_dir_all(folder)?;
            let kinds: Vec<PartKind> = dossier.parts().iter().map(|part| part.kind()).collect();
            for kind in kinds {
                dossier.copy(kind, &mut File::create(folder.join(kind.to_string()))?)?;
            }
        }
        Ok(report.worst())
    }
}

/// Prints lines. A reader who has seen enough is no error.
fn print(lines: &str) -> Result<(), Error> {
    match writeln!(std::io::stdout(), "{lines}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn verdict(report: &Report) -> String {
    let why = report.sub_indication.map(|sub_indication| format!(" / {sub_indication}")).unwrap_or_default();
    format!("{}{why}", report.indication)
}

/// A key for one container, with its TSA.
struct Signer {
    pki: TestPki,
    tsas: TsaPool,
    verifier: Verifier,
    now: DateTime<Utc>,
}

impl Signer {
    fn new() -> Result<Self, Error> {
        let now = Utc::now().trunc_subsecs(0);
        let pki = TestPki::new(now)?;
        let tsas = TsaPool::new().with_tsa("in-process", TestTsa::new(&pki));
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        Ok(Self { pki, tsas, verifier, now })
    }

    fn protected<'a>(&self, files: DossierBuilder<'a>, protection: Protection) -> Result<Writable<'a>, Error> {
        let (issued, next) = (self.now - TimeDelta::hours(1), self.now + TimeDelta::days(7));
        let of_tsa = self.pki.tsa_revocation(issued, next)?;
        if protection == Protection::Timestamp {
            let container = files.to_stamp()?;
            return Ok(container.stamp_with(&Renewer::new(&self.verifier), &self.tsas, &of_tsa, Utc::now())?);
        }
        // A sealer has an issuer, whom a signature over a container does not name.
        let issuer = Issuer::of("Example", EnterpriseNumber::new("0406798006")?, Environment::Test)?;
        let sealer = Sealer::new(Credentials::new(self.pki.seal.signer.clone(), self.pki.seal_chain())?, issuer)
            .with_revocation(&self.pki.seal_revocation(issued, next)?);
        let container = files.to_sign()?;
        let signature = sealer.sign_payload(&container.digests(), ToSign::MEDIA_TYPE, Utc::now())?;
        Ok(container.signed(&signature.stamp_with(&self.tsas)?.with_revocation(&of_tsa)?))
    }

    fn recorded<'a>(&self, container: Writable<'a>) -> Result<Writable<'a>, Error> {
        let (issued, next) = (self.now - TimeDelta::hours(1), self.now + TimeDelta::days(7));
        let of_tsa = self.pki.tsa_revocation(issued, next)?;
        Ok(container.with_record(&Renewer::new(&self.verifier), &self.tsas, &of_tsa, Utc::now())?)
    }
}

/// The file beside a proof, by one more extension.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(extension);
    name.into()
}

/// The octets of a file, if it is there.
fn optional(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(octets) => Ok(Some(octets)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// The anchors in a file. Without a file nothing is trusted.
fn anchors(path: Option<&Path>) -> Result<TrustAnchors, Error> {
    let Some(path) = path else { return Ok(TrustAnchors::new()) };
    let pem = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    TrustAnchors::from_pem(&pem).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => "text/markdown",
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("xml") => "application/xml",
        _ => "application/octet-stream",
    }
}
