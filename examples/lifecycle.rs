//! Plays the life of a registered letter, from its submission to a reply, and judges the proofs that it leaves.
//!
//! Keys and certificates are generated for the run and worthless afterwards; the environment is Test. The letter was
//! submitted forty days ago, so that every period is over.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/output.rs"]
mod output;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use arguments::{Arguments, Error};
use chrono::{DateTime, TimeDelta, Utc};
use output::print;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, ConsignmentMode, Event, ExternalService, KnownReason, LinkRole, Mandate,
    MandateAction, MandateLink, MandateRole, MandateScope, Notification, RegisterEntry, RegisterExtract,
    RegisterReference, RegisterStatement, RegisteredRole, Statement, Step, StepEvent, Terms, Window,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::life::{Case, Regime, judge};
use recommande::seal::Proof;
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::{Context, Registers};
use recommande::{
    Credentials, Environment, Issuer, MessageId, Opening, PartDescription, Party, Payload, PayloadDigests, Sealer,
    Sending, TrustAnchors, TsaPool, Verified, Verifier,
};

const USAGE: &str = "\
usage: lifecycle [--out DIR] [--answer accept|refuse|none] [--reject] [--relay] [--reminder] [--mandate] [--regime NAME]

  --out DIR      the folder for the proofs (default: target/lifecycle); proofs of an earlier run in it are removed
  --answer WORD  what the recipient answers in its fifteen days: accept (default), refuse, or none
  --reject       the service rejects the submission, and nothing else happens
  --relay        the letter is relayed to the recipient's own service, after a failure
  --reminder     the recipient is reminded before it opens the letter
  --mandate      somebody whom the recipient mandated opens it, as a register states in register.json
  --regime NAME  the law by which the answer is counted (default: FR-LRE)

A choice of which nothing would come is refused, such as --mandate with --answer refuse.

exit status: 0 played; 3 usage or file error";

const MESSAGE: &str = "1ZG0000036L3Z";
const REPLY: &str = "1ZG0000036L40";
const REGISTER: &str = "https://register.example.org/";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lifecycle: {error}");
            ExitCode::from(3)
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Accept,
    Refuse,
    None,
}

fn run() -> Result<(), Error> {
    let flags = ["--reject", "--relay", "--reminder", "--mandate", "--help"];
    let arguments =
        Arguments::read(&["--out", "--answer", "--regime"], &flags).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        return Ok(print(&format!("{USAGE}\n"))?);
    }
    let answer = match arguments.text("--answer")? {
        None | Some("accept") => Answer::Accept,
        Some("refuse") => Answer::Refuse,
        Some("none") => Answer::None,
        Some(_) => return Err("--answer: not accept, refuse or none".into()),
    };
    refuse_ignored(&arguments, answer)?;
    let regime = Regime::named(arguments.text("--regime")?.unwrap_or("FR-LRE")).ok_or("--regime: not a known one")?;
    let mut play = Play::new(arguments.path("--out").unwrap_or_else(|| "target/lifecycle".into()))?;
    if arguments.has("--reject") {
        play.rejected()?;
    } else {
        let sent = play.submitted(&regime)?;
        play.lived(&sent, &regime, answer, &arguments)?;
    }
    play.judged(&regime)
}

/// A choice that nothing would come of is refused, by its name.
fn refuse_ignored(arguments: &Arguments, answer: Answer) -> Result<(), Error> {
    let refused = |choices: &[&str], why: &str| match choices.iter().find(|name| arguments.has(name)) {
        Some(name) => Err(Error::from(format!("{name}: {why}"))),
        None => Ok(()),
    };
    if arguments.has("--reject") {
        refused(
            &["--answer", "--relay", "--reminder", "--mandate"],
            "nothing happens to a letter that is rejected (--reject)",
        )?;
    }
    if answer != Answer::Accept {
        refused(&["--reminder", "--mandate"], "only a letter that is accepted is opened (--answer accept)")?;
    }
    Ok(())
}

/// The services, the clock, and the proofs so far.
struct Play {
    sender_service: Sealer,
    recipient_service: Sealer,
    tsas: TsaPool,
    clock: Arc<Mutex<DateTime<Utc>>>,
    anchors: [TrustAnchors; 2],
    /// The extract of the register of mandates, and its signature.
    extract: Option<(Vec<u8>, Vec<u8>)>,
    folder: PathBuf,
    proofs: Vec<Vec<u8>>,
}

/// Tells if a file has the name that a run of this example gives to a proof. Other files in the folder are not its own.
fn is_of_earlier_run(path: &Path) -> bool {
    let Some((number, event)) = path.file_name().and_then(|name| name.to_str()?.split_once('-')) else { return false };
    let is_number = number.len() == 2 && number.bytes().all(|digit| digit.is_ascii_digit());
    is_number
        && event.strip_suffix(".p7m").is_some_and(|event| Event::ALL.iter().any(|in_table| in_table.name() == event))
}

impl Play {
    fn new(folder: PathBuf) -> Result<Self, Error> {
        let start = Utc::now() - TimeDelta::days(40);
        let pki = TestPki::new(start)?;
        let clock = Arc::new(Mutex::new(start));
        let of_tsa = Arc::clone(&clock);
        let tsa = TestTsa::new(&pki).with_clock(move || *of_tsa.lock().unwrap_or_else(PoisonError::into_inner));
        let sealer = |name: &str, number: &str| -> Result<Sealer, Error> {
            let issuer = Issuer::of(name, &EnterpriseNumber::new(number)?, Environment::Test)?;
            Ok(Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer))
        };
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if is_of_earlier_run(&path) {
                fs::remove_file(&path)?;
            }
        }
        fs::write(folder.join("seal-anchors.pem"), pki.seal_anchors_pem())?;
        fs::write(folder.join("tsa-anchors.pem"), pki.tsa_anchors_pem())?;
        Ok(Self {
            sender_service: sealer("Example Registered Mail", "0406798006")?,
            recipient_service: sealer("Another Registered Mail", "0244640631")?,
            tsas: TsaPool::new().with_tsa("in-process", tsa),
            anchors: [pki.seal_anchors(), pki.tsa_anchors()],
            extract: None,
            clock,
            folder,
            proofs: Vec::new(),
        })
    }

    fn verifier(&self) -> Verifier {
        let [seal_anchors, tsa_anchors] = self.anchors.clone();
        Verifier::new(seal_anchors, tsa_anchors, Environment::Test)
    }

    fn now(&self) -> DateTime<Utc> {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass.
    fn wait(&self, time: TimeDelta) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    fn wait_until(&self, time: DateTime<Utc>) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    fn seal<S: Statement>(&mut self, sealer: &Sealer, statement: &S) -> Result<Proof<S>, Error> {
        let proof = sealer.seal(statement, self.now())?.stamp_with(&self.tsas)?;
        let name = format!("{:02}-{}.p7m", self.proofs.len() + 1, statement.event());
        fs::write(self.folder.join(&name), proof.der()).map_err(|error| format!("{name}: {error}"))?;
        self.proofs.push(proof.der().to_vec());
        Ok(proof)
    }

    /// States a step that follows the sending, or the step that led to it.
    fn step(
        &mut self,
        sealer: &Sealer,
        sent: &Verified<Sending>,
        cause: Option<&Verified<Step>>,
        event: StepEvent,
    ) -> Result<Verified<Step>, Error> {
        let now = self.now();
        let step = match cause {
            Some(cause) => Step::after(sent, cause, event, now)?,
            None => Step::of(sent, 1, event, now)?,
        };
        let proof = self.seal(sealer, &step)?;
        let context = Context::new(sent, Payload::NotAvailable);
        let context = cause.into_iter().fold(context, |context, cause| context.with_cause(cause));
        Ok(self.verifier().verify(&proof, context, now)?)
    }

    fn letter(&self, message: &str, from: Party, to: Party) -> Result<Sending, Error> {
        let part = PartDescription::new("letter.txt", "text/plain")?;
        Ok(Sending::new(
            MessageId::new(message)?,
            from,
            to,
            part,
            PayloadDigests::of_bytes(message.as_bytes()),
            self.now(),
        )?)
    }

    fn rejected(&mut self) -> Result<(), Error> {
        let submitted = self.letter(MESSAGE, office()?, citizen()?)?;
        let rejected = Step::rejection(&submitted, KnownReason::NoConsent, self.now())?;
        self.seal(&self.sender_service.clone(), &rejected)?;
        Ok(())
    }

    fn submitted(&mut self, regime: &Regime) -> Result<Verified<Sending>, Error> {
        let terms = Terms::new()
            .with_consignment_mode(ConsignmentMode::Consent)
            .with_required_assurance(AssuranceLevel::Substantial)
            .with_regime(regime.name())?
            .with_reply_authorized();
        let sending = self.letter(MESSAGE, office()?, citizen()?)?.with_terms(terms)?;
        let proof = self.seal(&self.sender_service.clone(), &sending)?;
        Ok(self.verifier().verify(&proof, Payload::NotAvailable, self.now())?)
    }

    fn lived(
        &mut self,
        sent: &Verified<Sending>,
        regime: &Regime,
        answer: Answer,
        choices: &Arguments,
    ) -> Result<(), Error> {
        self.wait(TimeDelta::minutes(1));
        let (service, cause) = match choices.has("--relay") {
            true => (self.recipient_service.clone(), Some(self.relayed(sent)?)),
            false => (self.sender_service.clone(), None),
        };
        // The recipient is asked, and has the days of the law to answer.
        let until = match regime.period(self.now())? {
            Some(period) => period.until,
            None => self.now() + TimeDelta::days(15),
        };
        let window = Window::new(self.now(), until, regime.name())?;
        let asked = self.step(&service, sent, cause.as_ref(), StepEvent::NotificationForAcceptance { window })?;
        let answered_by = ActedBy::Recipient(1);
        match answer {
            Answer::None => {
                self.wait_until(until);
                let lapsed =
                    StepEvent::AcceptanceRejectionExpiry { reason: KnownReason::NotAcceptedByRecipient.into() };
                self.step(&service, sent, Some(&asked), lapsed)?;
                Ok(())
            }
            Answer::Refuse => {
                self.wait(TimeDelta::days(2));
                let reason = KnownReason::RejectedByRecipient.into();
                let refused = StepEvent::ConsignmentRejection { answered_by, assurance: self.assurance()?, reason };
                self.step(&service, sent, Some(&asked), refused)?;
                Ok(())
            }
            Answer::Accept => {
                self.wait(TimeDelta::days(1));
                let accepted = StepEvent::ConsignmentAcceptance { answered_by, assurance: self.assurance()? };
                let accepted = self.step(&service, sent, Some(&asked), accepted)?;
                self.opened(&service, sent, &accepted, choices)
            }
        }
    }

    /// The first try to reach the recipient's service fails, and then it takes over.
    fn relayed(&mut self, sent: &Verified<Sending>) -> Result<Verified<Step>, Error> {
        let [here, there] = [&self.sender_service, &self.recipient_service].map(|sealer| sealer.issuer().clone());
        let external = |issuer: &Issuer| ExternalService::of_attributes(issuer.attributes().iter().cloned());
        let failed = StepEvent::RelayFailure { to: external(&there)?, reason: KnownReason::ServiceUnreachable.into() };
        self.step(&self.sender_service.clone(), sent, None, failed)?;
        self.wait(TimeDelta::hours(1));
        let taken = StepEvent::RelayAcceptance { from: external(&here)? };
        self.step(&self.recipient_service.clone(), sent, None, taken)
    }

    /// The content is laid in the recipient's box, the recipient is told, opens it and replies.
    fn opened(
        &mut self,
        service: &Sealer,
        sent: &Verified<Sending>,
        accepted: &Verified<Step>,
        choices: &Arguments,
    ) -> Result<(), Error> {
        self.wait(TimeDelta::minutes(1));
        let available = self.step(service, sent, Some(accepted), StepEvent::ContentConsignment)?;
        for ordinal in 1..=if choices.has("--reminder") { 2 } else { 1 } {
            let notification = Notification::by("email")?.with_ordinal(ordinal)?;
            self.step(service, sent, Some(&available), StepEvent::ConsignmentNotification { notification })?;
            self.wait(TimeDelta::days(3));
        }
        let opening = match choices.has("--mandate") {
            true => {
                let opened_by = ActedBy::Delegate { party: mandatary()?, acting_for: vec![1] };
                Opening::of(sent, opened_by, self.assurance()?, self.now())?.with_mandate(self.mandate()?)?
            }
            false => Opening::of(sent, ActedBy::Recipient(1), self.assurance()?, self.now())?,
        };
        self.seal(service, &opening.with_cause(&available)?)?;
        self.wait(TimeDelta::days(1));
        let reply = self.letter(REPLY, citizen()?, office()?)?.replying_to(sent)?;
        self.seal(service, &reply)?;
        Ok(())
    }

    /// The recipient's mandate, with the extract of the register that has it. The sender's service keeps this register.
    fn mandate(&mut self) -> Result<Mandate, Error> {
        let (now, day) = (self.now(), TimeDelta::days(1));
        let (principal, party) = (citizen()?, mandatary()?);
        let [of, by] = [&principal, &party].map(|party| party.identifier().clone());
        let entry = RegisterEntry::new(of, by, RegisteredRole::Mandatary, now - day)?.with_until(now + day)?;
        let extract = RegisterExtract::new(REGISTER, now)?.with_entry(entry)?.to_json().into_bytes();
        let register = &self.sender_service;
        let signature = register.sign_payload(&PayloadDigests::of_bytes(&extract), "application/json", now)?;
        fs::write(self.folder.join("register.json"), &extract)?;
        fs::write(self.folder.join("register.p7s"), signature.der())?;
        let statement = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(&extract));
        self.extract = Some((extract, signature.der().to_vec()));
        let (chain, register) =
            ([MandateLink::new(party, LinkRole::Mandatary)], RegisterReference::new(REGISTER, statement)?);
        let scope = MandateScope::new("registered-mail", [MandateAction::Open])?;
        let mandate = Mandate::new(MandateRole::Mandatary, principal, chain, scope, now - day, register)?;
        Ok(mandate.with_valid_until(now + day)?)
    }

    fn assurance(&self) -> Result<Assurance, Error> {
        Ok(Assurance::new(AssuranceLevel::Substantial, self.now(), "urn:be:fedict:iam:fas:citizen:otp")?)
    }

    /// Judges the proofs as somebody who has nothing but the files and the anchors.
    fn judged(&self, regime: &Regime) -> Result<(), Error> {
        let now = Utc::now();
        let with_registers = |verifier: Verifier, (extract, signature): &(Vec<u8>, Vec<u8>)| {
            verifier.with_registers(Registers::of(self.verifier()).with_extract(extract, signature))
        };
        let verifier = self.extract.iter().fold(self.verifier(), with_registers);
        for letter in Case::of(&judge(&verifier, &self.proofs, now)) {
            print(&format!("{letter}"))?;
            for case in letter.cases.iter().flatten() {
                print(&format!("recipient {}, {}\n", case.recipient, case.moments(regime, now)?))?;
            }
        }
        let folder = self.folder.display();
        let registers = match self.extract {
            Some(_) => {
                format!(" --register-anchors {folder}/seal-anchors.pem --register-extract {folder}/register.json")
            }
            None => String::new(),
        };
        print(&format!(
            "Written to {folder}. Judge them by\n  cargo run -p recommande-verify -- {folder} --cases --seal-anchors {folder}/seal-anchors.pem \
            --tsa-anchors {folder}/tsa-anchors.pem --environment Test --regime {}{registers}\n",
            regime.name()
        ))?;
        Ok(())
    }
}

fn office() -> Result<Party, Error> {
    Ok(Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?)
}

/// Somebody whom the citizen mandates.
fn mandatary() -> Result<Party, Error> {
    Ok(Party::natural_person(Niss::new("93051822361")?, "Peeters", "Jan")?)
}

fn citizen() -> Result<Party, Error> {
    Ok(Party::new(Niss::new("85073003328")?))
}
