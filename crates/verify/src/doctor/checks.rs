//! What is checked: the key and its certificates as the verifier would judge seals, and a trial of each TSA.

use std::path::Path;

use chrono::{DateTime, Utc};
use recommande::crypto::SignatureAlgorithm;
use recommande::pki::revocation::RevocationData;
use recommande::rfc3161_client::{HttpTransport, RetryPolicy};
use recommande::seal::CredentialsError;
use recommande::verify;
use recommande::watch::{self, Upcoming};
use recommande::{Certificate, Credentials, Indication, Issuer, Report, Sealer, SigningKey, TsaPool, Verifier};

use super::arguments::DoctorArguments;
use super::check::{Check, Outcome};
use crate::arguments::clock;
use crate::error::Error;
use crate::files;
use crate::output::{in_one_line, reason_of};
use crate::settings::Sources;

/// What was found.
#[derive(Debug, Default)]
pub struct Checked {
    pub checks: Vec<Check>,
    pub upcoming: Vec<Upcoming>,
}

/// Checks what the arguments name.
///
/// # Errors
/// A file that cannot be read, or an argument that is not what it has to be. A key, certificates or a TSA with a fault are none: they are
/// what was asked about.
pub fn check(arguments: &DoctorArguments, now: DateTime<Utc>) -> Result<Checked, Error> {
    let verifier = Sources::of_trust(&arguments.trust).settings()?.verifier;
    // What is wrong with the arguments is told before a TSA is asked. Each is asked once: how it is now is the question.
    let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let tsas = arguments.tsas.iter().try_fold(TsaPool::new().with_retry(once), |pool, url| with_tsa(pool, url))?;
    let mut checked = Checked::default();
    match &arguments.chain {
        Some(chain) => checked.seals(arguments, chain, &verifier, now)?,
        None => checked.add("seals", Outcome::NotChecked, "no --chain was given"),
    }
    if arguments.tsas.is_empty() {
        checked.add("tsa", Outcome::NotChecked, "no --tsa was given, so that nobody was asked and no clock compared");
    } else {
        checked.tsas(&verifier, &tsas)?;
    }
    checked.upcoming = watch::in_order(checked.upcoming);
    Ok(checked)
}

impl Checked {
    fn add(&mut self, what: impl Into<String>, outcome: Outcome, because: impl Into<String>) {
        self.checks.push(Check { what: what.into(), outcome, because: in_one_line(&because.into()) });
    }

    /// Checks the key, and then the seals that it would make.
    fn seals(
        &mut self,
        arguments: &DoctorArguments,
        chain: &Path,
        verifier: &Verifier,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let number = arguments.issuer.as_deref().unwrap_or_default();
        let issuer = Issuer::new(&arguments.issuer_name, number, arguments.trust.environment);
        let issuer = issuer.map_err(|error| Error::Usage(format!("--issuer: {error}")))?;
        let mut revocation = RevocationData::new();
        for path in &arguments.revocation {
            let data = RevocationData::from_bytes(&files::octets(path)?).map_err(Error::content(path))?;
            revocation.extend(&data).map_err(Error::content(path))?;
        }
        let certificates = match Certificate::from_pem_chain(&text(chain, "no text in PEM")?) {
            Ok(certificates) => certificates,
            Err(error) => {
                self.add("chain", Outcome::Failed, error.to_string());
                self.add("seals", Outcome::NotChecked, "the chain cannot be read");
                return Ok(());
            }
        };
        let Some(credentials) = self.credentials(arguments, certificates)? else {
            self.add("seals", Outcome::NotChecked, "the key and the chain make none");
            return Ok(());
        };
        let sealer = Sealer::new(credentials, issuer).with_revocation(&revocation);
        let report = verifier.report_sealer(&sealer, now);
        self.judged("seals", &report, "the verifier would accept them now");
        self.upcoming.extend(watch::sealer(&report));
        Ok(())
    }

    fn credentials(
        &mut self,
        arguments: &DoctorArguments,
        chain: Vec<Certificate>,
    ) -> Result<Option<Credentials>, Error> {
        let credentials = match &arguments.key {
            Some(path) => match key(path, arguments.passphrase_file.as_deref())? {
                Ok(key) => Credentials::new(key, chain),
                Err(error) => {
                    self.add("key", Outcome::Failed, error);
                    return Ok(None);
                }
            },
            None => usual_algorithm(&chain).and_then(|algorithm| Credentials::remote(algorithm, chain)),
        };
        match credentials {
            Ok(credentials) => {
                match arguments.key {
                    Some(_) => self.add("key", Outcome::Passed, "it fits the first certificate, which may seal"),
                    None => self.add("key", Outcome::NotChecked, "no --key was given; the first certificate may seal"),
                }
                Ok(Some(credentials))
            }
            Err(error) => {
                self.add("key", Outcome::Failed, error.to_string());
                Ok(None)
            }
        }
    }

    /// Asks each TSA once.
    fn tsas(&mut self, verifier: &Verifier, tsas: &TsaPool) -> Result<(), Error> {
        let trials = verifier.report_tsas(tsas, clock);
        let trials = trials.map_err(|error| Error::Usage(format!("--tsa: {error}")))?;
        for trial in &trials {
            let what = format!("tsa {}", trial.tsa);
            match &trial.outcome {
                Ok(report) => {
                    let gen_time = report.timestamps.first().and_then(|timestamp| timestamp.gen_time);
                    let of =
                        gen_time.map_or_else(String::new, |time| format!(" of {}", time.format("%Y-%m-%dT%H:%M:%SZ")));
                    self.judged(&what, report, &format!("the verifier accepts its timestamp{of}"));
                }
                Err(error) => self.add(&what, Outcome::Failed, error.to_string()),
            }
        }
        self.upcoming.extend(watch::tsas(&trials, clock()));
        Ok(())
    }

    /// Tells the verdict of a report, what speaks against it, and what it warns of.
    fn judged(&mut self, what: &str, report: &Report, passed: &str) {
        match report.indication {
            Indication::TotalPassed => self.add(what, Outcome::Passed, passed),
            Indication::TotalFailed | Indication::Indeterminate => {
                let why = reason_of(report).unwrap_or_else(|| report.indication.to_string());
                self.add(what, Outcome::Failed, why);
            }
        }
        for finding in &report.findings {
            let outcome = match finding.outcome {
                verify::Outcome::Failed | verify::Outcome::Indeterminate => Outcome::Failed,
                verify::Outcome::Warning => Outcome::Warning,
                verify::Outcome::Passed | verify::Outcome::Information => continue,
            };
            self.add(what, outcome, finding.to_string());
        }
    }
}

/// Reads a key. What is wrong with it is text, which holds nothing of it.
fn key(path: &Path, passphrase: Option<&Path>) -> Result<Result<SigningKey, String>, Error> {
    let pem = text(path, "no text in PEM")?;
    let key = match passphrase {
        Some(passphrase) => {
            let text = text(passphrase, "no text in UTF-8")?;
            SigningKey::from_encrypted_pem(&pem, text.lines().next().unwrap_or_default())
        }
        None => SigningKey::from_pem(&pem),
    };
    Ok(key.map_err(|error| error.to_string()))
}

fn text(path: &Path, otherwise: &str) -> Result<String, Error> {
    // The octets may be a key, so that no error repeats them.
    String::from_utf8(files::octets(path)?).map_err(|_| otherwise).map_err(Error::content(path))
}

/// The algorithm by which a key of the first certificate's kind signs, where it is elsewhere.
fn usual_algorithm(chain: &[Certificate]) -> Result<SignatureAlgorithm, CredentialsError> {
    let key = chain.first().ok_or(CredentialsError::EmptyChain)?.public_key();
    key.usual_algorithm().ok_or_else(|| CredentialsError::Key(key.kind().clone()))
}

/// Adds a TSA, which errors call by its address without the parts that may hold a secret.
fn with_tsa(pool: TsaPool, url: &str) -> Result<TsaPool, Error> {
    let transport = HttpTransport::new(url).map_err(|error| Error::Usage(format!("--tsa: {error}")))?;
    let address = url.split(['?', '#']).next().unwrap_or_default();
    Ok(pool.with_tsa(in_one_line(address), transport))
}
