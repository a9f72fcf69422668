//! Evidence in the form of another service: what it says of a letter, who signed it, and when.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use signed_data::{SignedData, normalize};

use super::judged::Stated;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{Environment, Event, Identifier, MessageId, Ticket};
use crate::finding::{Finding, Indication, Subject};
use crate::identity::{RegisterNumber, register_numbers};
use crate::pki::Certificate;
use crate::verify::{CertificateSummary, Content, Report, Signatures, Verifier};

/// The event that evidence in a foreign form attests.
///
/// RegisteredMail signs a submission and that the content is available, and nothing else: its faults and the states of a letter have
/// no signature. Certified mail in Italy (PEC) signs failures as well. What a recipient did is not here: these forms do not
/// state how the recipient was authenticated. A failure counts only where no evidence shows a success, before it or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ForeignEvent {
    /// The service accepted the submission: a `Receipt` of RegisteredMail, an `accettazione` of PEC.
    SubmissionAcceptance,
    /// The service refused the submission: a `non-accettazione` of PEC.
    SubmissionRejection,
    /// The next service did not answer: an `errore-consegna` of PEC by the service of the sender.
    RelayFailure,
    /// The content could not be laid where the recipient can reach it: an `errore-consegna` of PEC by the service of the recipient.
    ContentConsignmentFailure,
    /// The content lies where the recipient can reach it: a `ProofOfDispatch` of RegisteredMail, an `avvenuta-consegna` of PEC.
    ContentConsignment,
}

impl ForeignEvent {
    /// Tells if something was not done.
    pub(super) fn is_failure(self) -> bool {
        match self {
            Self::SubmissionAcceptance | Self::ContentConsignment => false,
            Self::SubmissionRejection | Self::RelayFailure | Self::ContentConsignmentFailure => true,
        }
    }

    /// The place among pieces of which failures come last.
    pub(super) fn place_of_failure(self) -> u8 {
        match self {
            Self::SubmissionAcceptance | Self::ContentConsignment => 0,
            Self::SubmissionRejection => 1,
            Self::ContentConsignmentFailure => 2,
            Self::RelayFailure => 3,
        }
    }

    /// Returns the event of ETSI EN 319 522-1 that it stands for.
    pub fn event(self) -> Event {
        match self {
            Self::SubmissionAcceptance => Event::SubmissionAcceptance,
            Self::SubmissionRejection => Event::SubmissionRejection,
            Self::RelayFailure => Event::RelayFailure,
            Self::ContentConsignmentFailure => Event::ContentConsignmentFailure,
            Self::ContentConsignment => Event::ContentConsignment,
        }
    }
}

/// What evidence in a foreign form calls the letter. A ticket is never the name of a message, though the characters are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LetterName {
    /// The ticket of RegisteredMail.
    #[serde(serialize_with = "ticket")]
    Ticket(Ticket),
    /// The identifier of the message (MessageIdentifier), such as the `identificativo` of PEC.
    #[serde(serialize_with = "message")]
    Message(MessageId),
}

impl LetterName {
    /// Returns the characters of the name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ticket(ticket) => ticket.as_str(),
            Self::Message(message) => message.as_str(),
        }
    }
}

impl From<Ticket> for LetterName {
    fn from(ticket: Ticket) -> Self {
        Self::Ticket(ticket)
    }
}

impl From<MessageId> for LetterName {
    fn from(message: MessageId) -> Self {
        Self::Message(message)
    }
}

impl fmt::Display for LetterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(ticket) => write!(f, "ticket {}", ticket.as_str()),
            Self::Message(message) => write!(f, "message {message}"),
        }
    }
}

fn ticket<S: Serializer>(ticket: &Ticket, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(ticket.as_str())
}

fn message<S: Serializer>(message: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(message.as_str())
}

/// What signed content in a foreign form says of a letter. Debug shows the event and the name of the letter only.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignStatement {
    pub(super) event: ForeignEvent,
    pub(super) letter: LetterName,
    pub(super) token: Option<String>,
    pub(super) sender: Identifier,
    pub(super) recipient: Identifier,
    /// The digest of the document, then those of its annexes. There are none where the form says nothing of the content.
    pub(super) digests: Vec<Digest>,
}

impl ForeignStatement {
    /// States an event of the letter with this ticket or message: from whom, to whom, and the digest of its document, by any
    /// algorithm.
    pub fn new(
        event: ForeignEvent,
        letter: impl Into<LetterName>,
        sender: Identifier,
        recipient: Identifier,
        document: Digest,
    ) -> Self {
        let digests = vec![document];
        Self { digests, ..Self::without_content(event, letter, sender, recipient) }
    }

    /// States an event in a form that says nothing of the content. It cannot be compared with the content of a sealed sending, so
    /// that it counts only among evidence in foreign forms ([`ForeignObjection::ContentNotComparable`](super::ForeignObjection::ContentNotComparable)).
    pub fn without_content(
        event: ForeignEvent,
        letter: impl Into<LetterName>,
        sender: Identifier,
        recipient: Identifier,
    ) -> Self {
        Self { event, letter: letter.into(), token: None, sender, recipient, digests: Vec::new() }
    }

    /// Adds the sender's own reference.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Adds the digest of the next annex.
    #[must_use]
    pub fn with_annex(mut self, digest: Digest) -> Self {
        self.digests.push(digest);
        self
    }

    /// Returns the event.
    pub fn event(&self) -> ForeignEvent {
        self.event
    }

    /// Returns the ticket or the message.
    pub fn letter(&self) -> &LetterName {
        &self.letter
    }

    /// Returns the sender's own reference.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns the identifier of the sender.
    pub fn sender(&self) -> &Identifier {
        &self.sender
    }

    /// Returns the identifier of the recipient.
    pub fn recipient(&self) -> &Identifier {
        &self.recipient
    }

    /// Returns the digest of the document, then those of its annexes; none where the form says nothing of the content.
    pub fn digests(&self) -> &[Digest] {
        &self.digests
    }
}

impl fmt::Debug for ForeignStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignStatement")
            .field("event", &self.event)
            .field("letter", &self.letter)
            .finish_non_exhaustive()
    }
}

/// What the signature on evidence in a foreign form is worth by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForeignStanding {
    /// The signature verified, and a timestamp proves that it existed at this time.
    Proven(DateTime<Utc>),
    /// The signature verified under the policy, and nothing proves when it was made. It is a claim.
    TimeNotProven,
    /// The signature did not verify: somebody claims this.
    Claimed(Box<Finding>),
}

/// Evidence in the form of another service, as it was judged: signed content that names a letter by its ticket or message,
/// under a detached signature (CMS).
///
/// It has no seal of ERDS evidence, and follows no proof. What it says counts in a [`Case`](super::Case) for its own event and
/// no further, by the time of its timestamp: the event was not later.
#[derive(Clone, PartialEq)]
pub struct ForeignEvidence {
    pub(super) stated: ForeignStatement,
    /// The SHA-256 digest of the signed content.
    pub(super) content: Digest,
    pub(super) standing: ForeignStanding,
    pub(super) environment: Environment,
    /// How far the clocks of services and TSAs may differ.
    pub(super) clock_skew: TimeDelta,
    /// The subject of the signer's certificate.
    pub(super) service: Option<String>,
    pub(super) signer: Signer,
}

/// The service that signed, as far as its certificate tells which one it is. Who is not identified comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signer {
    /// The certificate has numbers of registers. There is none in the list where all are mangled.
    Numbered(Vec<RegisterNumber>),
    /// It has none, so that its subject says which service it is.
    Unnumbered,
    /// The certificate is not at hand, or there are several signers.
    NotIdentified,
}

/// What names a service in its certificate: a number, or the subject where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SignerName<'a> {
    Number(&'a RegisterNumber),
    Subject(Option<&'a str>),
}

impl ForeignEvidence {
    /// Verifies a detached signature over the octets of the content, as they were received, and says what it is worth.
    ///
    /// `stated` is what the caller read in these octets and nowhere else: what stands around signed content is not signed.
    /// Where there are several signers, the worst verdict counts, and the latest time. The verifier has the anchors of the service that signs, and
    /// those of its TSA.
    pub fn judge(
        verifier: &Verifier,
        content: &[u8],
        signature: &[u8],
        stated: ForeignStatement,
        now: DateTime<Utc>,
    ) -> Self {
        let signatures = verifier.report_signatures(signature, Content::Octets(content), now);
        let (service, signer) = match signatures.reports.as_slice() {
            [report] => {
                let service = signer_summary(report).map(|summary| summary.subject.clone());
                (service, signer(verifier, signature, report))
            }
            _ => (None, Signer::NotIdentified),
        };
        Self {
            stated,
            content: DigestAlgorithm::Sha256.digest(content),
            standing: ForeignStanding::of_all(&signatures),
            environment: verifier.environment(),
            clock_skew: verifier.policy().clock_skew(),
            service,
            signer,
        }
    }

    /// Returns what the signature is worth by itself.
    pub fn standing(&self) -> &ForeignStanding {
        &self.standing
    }

    /// Returns what is stated.
    pub fn statement(&self) -> &ForeignStatement {
        &self.stated
    }

    /// Returns the subject of the signer's certificate, for people; `None` where it was not found.
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// Returns the time at which it is proven to have existed.
    pub fn proven_at(&self) -> Option<DateTime<Utc>> {
        match self.standing {
            ForeignStanding::Proven(time) => Some(time),
            ForeignStanding::TimeNotProven | ForeignStanding::Claimed(_) => None,
        }
    }

    /// Tells if it is by the service that sealed a statement: by the number that the statement names, if both certificates
    /// hold one, or by a subject that is that of the seal. Else whoever is trusted to sign could speak for another service.
    pub(super) fn is_by_service_of(&self, sealed: &Stated) -> bool {
        match (&self.signer, &self.service) {
            // Whose own certificate does not hold the number may state that of any service.
            (Signer::Numbered(numbers), _) if sealed.service.holds_number() => {
                let stated = RegisterNumber::of_legal_person(sealed.issuer.legal_person_identifier());
                stated.is_some_and(|stated| numbers.contains(&stated))
            }
            (Signer::Numbered(numbers), Some(subject)) => !numbers.is_empty() && sealed.service.is_held_by(subject),
            (Signer::Unnumbered, Some(subject)) => sealed.service.is_held_by(subject),
            (Signer::Numbered(_) | Signer::Unnumbered, None) | (Signer::NotIdentified, _) => false,
        }
    }

    /// Tells if two pieces are by one service, as far as their certificates tell.
    pub(super) fn is_by_signer_of(&self, evidence: &Self) -> bool {
        self.signer_names().any(|name| evidence.signer_names().any(|of_evidence| name == of_evidence))
    }

    /// Returns what the certificate says of who signed, each of which names one service; nothing where that is not known.
    pub(super) fn signer_names(&self) -> impl Iterator<Item = SignerName<'_>> {
        let (numbers, subject) = match &self.signer {
            Signer::Numbered(numbers) => (numbers.as_slice(), None),
            Signer::Unnumbered => (&[][..], Some(SignerName::Subject(self.service.as_deref()))),
            Signer::NotIdentified => (&[][..], None),
        };
        numbers.iter().map(SignerName::Number).chain(subject)
    }
}

impl fmt::Debug for ForeignEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignEvidence")
            .field("stated", &self.stated)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

impl ForeignStanding {
    /// All signers have signed by the latest of their times. The order in which they stand in the file has no part in it.
    fn of_all(signatures: &Signatures) -> Self {
        let worst = signatures.worst().map(|report| report.indication);
        let worst = signatures.reports.iter().filter(|report| Some(report.indication) == worst);
        worst.map(Self::of).max_by_key(Self::weight).unwrap_or(Self::TimeNotProven)
    }

    /// The place among others: what is proven comes first, by its time.
    pub(super) fn weight(&self) -> (u8, Option<DateTime<Utc>>, String) {
        match self {
            Self::Proven(time) => (0, Some(*time), String::new()),
            Self::TimeNotProven => (1, None, String::new()),
            Self::Claimed(finding) => (2, None, format!("{finding:?}")),
        }
    }

    fn of(report: &Report) -> Self {
        match (report.indication, report.proven_at, report.decided_by) {
            (Indication::TotalPassed, Some(time), _) => Self::Proven(time),
            (Indication::TotalPassed, None, _) => Self::TimeNotProven,
            (Indication::TotalFailed | Indication::Indeterminate, _, decided_by) => {
                let decisive = |finding: &&Finding| {
                    decided_by.is_none_or(|by| finding.subject == by.subject && finding.code == by.code)
                };
                let decisive = report.findings.iter().find(decisive);
                decisive.map_or(Self::TimeNotProven, |finding| Self::Claimed(Box::new(finding.clone())))
            }
        }
    }
}

/// The summary of the signer's certificate, which comes first in its path.
fn signer_summary(report: &Report) -> Option<&CertificateSummary> {
    report.certificates.iter().find(|certificate| certificate.used_for == Subject::SealChain)
}

fn signer(verifier: &Verifier, signature: &[u8], report: &Report) -> Signer {
    let Some(summary) = signer_summary(report) else { return Signer::NotIdentified };
    let is_signer = |certificate: &Certificate| certificate.shown_fingerprint() == summary.fingerprint;
    let given =
        || verifier.extra_certificates().iter().chain(verifier.seal_anchors().iter()).find(|given| is_signer(given));
    match embedded(signature, is_signer).or_else(|| given().cloned()) {
        Some(certificate) => Signer::of(&certificate),
        None => Signer::NotIdentified,
    }
}

/// The certificate inside the signature that is the signer's.
fn embedded(signature: &[u8], is_signer: impl Fn(&Certificate) -> bool) -> Option<Certificate> {
    let normalized = normalize(signature).ok()?;
    let parsed = SignedData::parse(&normalized).ok()?;
    let certificates = parsed.certificates.iter().filter_map(|choice| choice.certificate());
    certificates.filter_map(|der| Certificate::from_der(der).ok()).find(is_signer)
}

impl Signer {
    fn of(certificate: &Certificate) -> Self {
        register_numbers(certificate).map_or(Self::Unnumbered, Self::Numbered)
    }
}
