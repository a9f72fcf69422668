//! The service whose day it is: its keys, its log's key, and the witnesses.

use chrono::{DateTime, Utc};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::log::{EvidenceLog, LogSigner, Store};
use recommande::recommande_tlog::policy::{LogPolicy, Witness};
use recommande::recommande_tlog::witness::{Transport, WitnessClient};
use recommande::rfc3161_client::TsaPool;
use recommande::testing::{TestPki, TestTsa, TestWitness};
use recommande::verify::{KnownLog, LogRule};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Policy, ProofOfSending,
    Sealer, Sending, Verifier,
};

use crate::arguments::Error;

/// The name of the log.
pub const ORIGIN: &str = "example.com/log";

/// A witness, and the way to it.
pub type Reached<'w> = (Witness, &'w dyn Transport<Error = std::io::Error>);

/// A service with its keys, which everybody else knows too.
pub struct Service<'w> {
    pki: TestPki,
    sealer: Sealer,
    tsas: TsaPool,
    signer: LogSigner,
    witnesses: Vec<Reached<'w>>,
}

/// A witness in this process or in another one.
pub trait Far {
    fn witness(&self) -> Result<Witness, Error>;
    fn transport(&self) -> &dyn Transport<Error = std::io::Error>;
}

impl Far for TestWitness {
    fn witness(&self) -> Result<Witness, Error> {
        Ok(self.witness()?)
    }

    fn transport(&self) -> &dyn Transport<Error = std::io::Error> {
        self
    }
}

impl<'w> Service<'w> {
    pub fn new(signer: LogSigner, witnesses: Vec<Reached<'w>>, now: DateTime<Utc>) -> Result<Self, Error> {
        // The seals of checkpoints hold the number of the issuer.
        let pki = TestPki::new(now)?.with_organization("Example Registered Mail", "NTRBE-0406798006")?;
        let issuer =
            Issuer::of("Example Registered Mail", &"0406798006".parse::<EnterpriseNumber>()?, Environment::Test)?;
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
        Ok(Self { pki, sealer, tsas, signer, witnesses })
    }

    pub fn seal(&self, number: usize, now: DateTime<Utc>) -> Result<ProofOfSending, Error> {
        let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
        let recipient = Party::new("85073003328".parse::<Niss>()?);
        let part = PartDescription::new("letter.pdf", "application/pdf")?;
        let digests = PayloadDigests::of_bytes(format!("letter {number}").as_bytes());
        let sending =
            Sending::new(MessageId::new(&format!("LETTER{number:05}"))?, sender, recipient, part, digests, now)?;
        Ok(self.sealer.seal(&sending, now)?.stamp_with(&self.tsas)?)
    }

    pub fn issuer(&self) -> &Issuer {
        self.sealer.issuer()
    }

    /// Whom the readers of the log believe: its key, and both witnesses.
    pub fn readers(&self) -> Result<LogPolicy, Error> {
        let log = LogPolicy::new(ORIGIN.parse()?, [self.signer.verifier_key().clone()])?;
        Ok(log.with_witnesses(self.witnesses.len(), self.witnesses.iter().map(|(witness, _)| witness.clone()))?)
    }

    pub fn verifier(&self) -> Result<Verifier, Error> {
        let logs = vec![KnownLog::new(self.readers()?)];
        let policy = Policy { log: LogRule::Required, logs, ..Policy::default() };
        let verifier = Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test);
        Ok(verifier.with_policy(policy))
    }

    /// Signs, seals and stamps the head that is integrated, and gets the cosignatures of both witnesses.
    pub fn checkpoint<S: Store>(&self, log: &mut EvidenceLog<S>) -> Result<(), Error> {
        self.begin(log)?;
        for (witness, transport) in &self.witnesses {
            log.cosign(&WitnessClient::new(witness.clone(), *transport))?;
        }
        log.publish(&self.readers()?)?;
        Ok(())
    }

    pub fn begin<S: Store>(&self, log: &mut EvidenceLog<S>) -> Result<(), Error> {
        log.begin_checkpoint(&self.signer, Utc::now())?;
        log.seal(&self.sealer, Utc::now())?;
        Ok(log.stamp(&self.tsas)?)
    }

    pub fn witnesses(&self) -> &[Reached<'w>] {
        &self.witnesses
    }
}
