//! The extract of a register, which shows that a delegate had a mandate.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::party_signature::{Times, Verdict, examine_party_signature};
use crate::evidence::{Mandate, RegisterExtract, RegisterFault, RegisterStatement, Statement};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::verify::doors::Verifier;
use crate::verify::settings::{GivenExtract, Registers, Settings};

impl Registers {
    /// Trusts registers whose signatures this verifier accepts: its anchors for seals are those of registers. No extract is at
    /// hand yet.
    pub fn of(verifier: Verifier) -> Self {
        Self { settings: verifier.settings, extracts: Arc::default() }
    }
}

impl Verifier {
    /// Sets the registers of mandates, and their extracts. Without them a statement with a mandate is INDETERMINATE,
    /// `mandate-not-proven`.
    #[must_use]
    pub fn with_registers(self, registers: Registers) -> Self {
        Self { settings: self.settings.with_registers(registers) }
    }

    /// Returns the same verifier with these extracts beside those of its registers, each as JSON with the register's signature: for
    /// files that came with extracts of their own. It is `None` where this verifier trusts no register, since none is trusted by them.
    ///
    /// A verdict by one of the two verifiers is taken by the other: both trust the same registers, and a statement names the one
    /// extract that counts for it.
    pub fn also_with_register_extracts(&self, extracts: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Option<Self> {
        let settings = self.settings.clone();
        let registers = self.settings.registers.as_deref()?;
        let give =
            |registers: Registers, (json, signature): (Vec<u8>, Vec<u8>)| registers.with_extract(&json, &signature);
        Some(Self { settings: settings.with_registers(extracts.into_iter().fold(registers.clone(), give)) })
    }
}

/// The mandate of the delegate is proven by the extract that the statement names, at the time of the event.
pub(in crate::verify::doors) fn check_register<S: Statement>(
    statement: &S,
    settings: &Settings,
    at: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    let Some(mandate) = statement.mandate() else { return };
    // What needs no mandate needs no register.
    let Some(action) = statement.event().mandated_action(statement.in_reply_to().is_some()) else { return };
    let extract = match named_extract(mandate, settings, at) {
        Ok(extract) => extract,
        Err(why) => {
            ledger.note_with(Subject::Statement, Code::MandateNotProven, || why);
            return;
        }
    };
    let faults = extract.faults(mandate, action, statement.event_time());
    if faults.is_empty() {
        ledger.note_with(Subject::Statement, Code::MandateProven, || {
            Details::computed(format_args!("{} at {}", extract.register(), text::time(extract.at())))
        });
    }
    for fault in faults {
        ledger.note_with(Subject::Statement, code_of_fault(fault), || Details::computed(told(fault)));
    }
    check_age(&extract, statement.event_time(), settings, ledger);
}

/// The extract is not much older than the event: what was taken back in between does not stand in it.
fn check_age(extract: &RegisterExtract, event_time: DateTime<Utc>, settings: &Settings, ledger: &mut Ledger<'_>) {
    if event_time.signed_duration_since(extract.at()) > settings.policy.maximum_extract_age() {
        ledger.note_with(Subject::Statement, Code::RegisterExtractOld, || {
            Details::both(text::time(event_time), text::time(extract.at()))
        });
    }
}

fn code_of_fault(fault: RegisterFault) -> Code {
    match fault {
        RegisterFault::AnotherRegister | RegisterFault::DoesNotCover | RegisterFault::NotRegistered(_) => {
            Code::MandateNotProven
        }
        RegisterFault::NotInForce(_) => Code::MandateNotInForce,
        RegisterFault::NotGranted(_) => Code::ActionNotGranted,
        RegisterFault::TooManyProviders { .. } => Code::TooManyProviders,
        RegisterFault::ManagerCount(_) => Code::ManagerCount,
    }
}

fn told(fault: RegisterFault) -> String {
    match fault {
        RegisterFault::AnotherRegister => "the extract is of another register".to_owned(),
        RegisterFault::DoesNotCover => {
            "the extract is later than the event, without the history of that time".to_owned()
        }
        RegisterFault::NotRegistered(place) => format!("the register does not have party {place} of the chain"),
        RegisterFault::NotInForce(place) => {
            format!("the entry of party {place} of the chain in the register did not hold, or was revoked")
        }
        RegisterFault::NotGranted(place) => format!("the register does not allow it to party {place} of the chain"),
        RegisterFault::TooManyProviders { secretariats, others } => {
            format!("accredited secretariats: {secretariats}, other providers: {others}")
        }
        RegisterFault::ManagerCount(managers) => format!("local managers: {managers}"),
    }
}

/// Returns the extract that a mandate names, if it is at hand and verified, or why not.
fn named_extract(mandate: &Mandate, settings: &Settings, at: DateTime<Utc>) -> Result<RegisterExtract, Details> {
    let Some(registers) = &settings.registers else {
        return Err(Details::computed("no extract of a register was given"));
    };
    let stated = mandate.register().statement();
    let mut reason = Details::computed("the extract that the mandate names was not given");
    // Whatever else bears that name, one that verifies is the one that is meant.
    for given in registers.extracts.iter().filter(|given| is_named(given, stated)) {
        match verified_extract(given, registers, at) {
            Ok(extract) => return Ok(extract),
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

fn verified_extract(
    given: &GivenExtract,
    registers: &Registers,
    at: DateTime<Utc>,
) -> Result<RegisterExtract, Details> {
    match given {
        GivenExtract::Vouched { extract, .. } => Ok(extract.clone()),
        GivenExtract::Signed { json, signature, .. } => {
            let mut of_signature = Ledger::decisive(&registers.settings.policy.levels);
            let signature =
                examine_party_signature(signature, json, &registers.settings, Times::now(at), &mut of_signature);
            match signature.verdict(&of_signature) {
                Verdict::Valid(_) => RegisterExtract::from_json(json).map_err(Details::computed),
                Verdict::Failed(finding) | Verdict::Open(finding) => {
                    Err(Details::computed(format_args!("the register's signature: {}", finding.code)))
                }
            }
        }
    }
}

fn is_named(given: &GivenExtract, stated: &RegisterStatement) -> bool {
    match given {
        GivenExtract::Vouched { statement, .. } => statement == stated,
        GivenExtract::Signed { names, .. } => names.contain(stated),
    }
}
