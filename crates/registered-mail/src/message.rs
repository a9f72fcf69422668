//! The messages of the service that carry what it signed.

use std::fmt;

use chrono::{DateTime, Utc};
use recommande::Verifier;
use recommande::evidence::Ticket;
use recommande::life::{ForeignEvent, ForeignEvidence};
use recommande::verify::{Content, Signatures};
use roxmltree::Node;

use crate::content::{DISPATCH_ROOT, RECEIPT_ROOT, ReceiptContent, read_ticket, read_token};
use crate::error::ReadError;
use crate::file::SignedFile;
use crate::limits::{MAX_CONTENT, MAX_MESSAGE};
use crate::xml::{Children, MESSAGES, TYPES, message, parse, text, value};

/// The receipt for an item (`Receipt`), as the answer to sendDocument has it.
///
/// The ticket and the token stand beside the signed file, and nobody signed them. [`judge`](Self::judge) compares them with
/// those in the signed content.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    pub(crate) ticket: Ticket,
    pub(crate) token: String,
    pub(crate) document: SignedFile,
}

/// The state of an item, as the service tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The item was taken, `PENDING`.
    Pending,
    /// The item was dispatched, `SENT`.
    Sent,
    /// The item could not be dispatched, `ERROR`.
    Error,
}

/// The answer to getStatus (`StatusResponse`). Nobody signed it, except for the file that is the proof of dispatch.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusResponse {
    pub(crate) ticket: Ticket,
    pub(crate) token: String,
    pub(crate) status: Status,
    pub(crate) proof_of_dispatch: Option<SignedFile>,
}

impl Receipt {
    /// Reads a `SendDocumentResponse`, in its SOAP 1.1 envelope or by itself, or its `Receipt` alone, of at most
    /// [`MAX_MESSAGE`] octets. Nothing of an envelope counts but the message in its body.
    ///
    /// # Errors
    /// [`ReadError`], by the element and the rule.
    pub fn from_xml(octets: &[u8]) -> Result<Self, ReadError> {
        let document = parse(text(octets, MAX_MESSAGE)?)?;
        let root = message(&document)?;
        match (root.tag_name().namespace(), root.tag_name().name()) {
            (Some(TYPES), "Receipt") => Self::read(root),
            (Some(MESSAGES), "SendDocumentResponse") => {
                let mut children = Children::of(root, "SendDocumentResponse", "DocumentResponse")?;
                let receipt = Self::read(children.required("Receipt")?)?;
                children.end()?;
                Ok(receipt)
            }
            (_, "Receipt") => Err(ReadError::Namespace { element: "Receipt" }),
            (_, "SendDocumentResponse") => Err(ReadError::Namespace { element: "SendDocumentResponse" }),
            _ => Err(ReadError::Root { expected: "SendDocumentResponse or Receipt" }),
        }
    }

    fn read(node: Node<'_, '_>) -> Result<Self, ReadError> {
        let mut children = Children::of(node, "Receipt", "Receipt")?;
        let ticket = read_ticket(children.required("Ticket")?)?;
        let token = read_token(children.required("Token")?)?;
        let document = SignedFile::read(children.required("Document")?, "Document")?;
        children.end()?;
        Ok(Self { ticket, token, document })
    }

    /// Returns the ticket beside the signed file.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Returns the sender's own reference beside the signed file.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the signed file.
    pub fn document(&self) -> &SignedFile {
        &self.document
    }

    /// Judges the receipt with the octets of its signed file, which came as an attachment.
    ///
    /// # Errors
    /// [`ReadError`], where the content cannot be read, is that of another event, or differs from what stands around it. A
    /// signature that does not verify is no error: the evidence is a claim.
    pub fn judge(&self, verifier: &Verifier, content: &[u8], now: DateTime<Utc>) -> Result<ForeignEvidence, ReadError> {
        let around = Around { ticket: &self.ticket, token: &self.token, event: ForeignEvent::SubmissionAcceptance };
        around.judge(&self.document, verifier, content, now)
    }
}

impl StatusResponse {
    /// Reads a `GetStatusResponse`, in its SOAP 1.1 envelope or by itself, of at most [`MAX_MESSAGE`] octets.
    ///
    /// # Errors
    /// [`ReadError`], by the element and the rule.
    pub fn from_xml(octets: &[u8]) -> Result<Self, ReadError> {
        const ELEMENT: &str = "GetStatusResponse";
        let document = parse(text(octets, MAX_MESSAGE)?)?;
        let root = message(&document)?;
        match (root.tag_name().namespace(), root.tag_name().name()) {
            (Some(MESSAGES), ELEMENT) => {}
            (_, ELEMENT) => return Err(ReadError::Namespace { element: ELEMENT }),
            _ => return Err(ReadError::Root { expected: ELEMENT }),
        }
        let mut children = Children::of(root, ELEMENT, "StatusResponse")?;
        let ticket = read_ticket(children.required("Ticket")?)?;
        let token = read_token(children.required("Token")?)?;
        let status = Status::read(children.required("Status")?)?;
        let proof = children.optional("ProofOfDispatch")?;
        let proof_of_dispatch = proof.map(|proof| SignedFile::read(proof, "ProofOfDispatch")).transpose()?;
        children.end()?;
        Ok(Self { ticket, token, status, proof_of_dispatch })
    }

    /// Returns the ticket, which nobody signed here.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Returns the sender's own reference, which nobody signed here.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the status, which nobody signed.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Returns the signed file that is the proof of dispatch.
    pub fn proof_of_dispatch(&self) -> Option<&SignedFile> {
        self.proof_of_dispatch.as_ref()
    }

    /// Judges the proof of dispatch with the octets of its signed file, which came as an attachment.
    ///
    /// # Errors
    /// [`ReadError`], as [`Receipt::judge`] gives it; [`ReadError::Missing`] where there is no proof of dispatch. Content of a
    /// form that is not read is [`ReadError::Root`] or another error: nothing in it that is signed names the ticket, and the
    /// signature alone is reported by [`SignedFile::report`].
    pub fn judge(&self, verifier: &Verifier, content: &[u8], now: DateTime<Utc>) -> Result<ForeignEvidence, ReadError> {
        let missing = ReadError::Missing { element: "ProofOfDispatch", within: "GetStatusResponse" };
        let file = self.proof_of_dispatch.as_ref().ok_or(missing)?;
        let around = Around { ticket: &self.ticket, token: &self.token, event: ForeignEvent::ContentConsignment };
        around.judge(file, verifier, content, now)
    }
}

impl SignedFile {
    /// Reports the signatures over the octets of the file, whatever they say.
    pub fn report(&self, verifier: &Verifier, content: &[u8], now: DateTime<Utc>) -> Signatures {
        verifier.report_signatures(&self.signature, Content::Octets(content), now)
    }
}

/// What a message says around its signed file.
struct Around<'a> {
    ticket: &'a Ticket,
    token: &'a str,
    event: ForeignEvent,
}

impl Around<'_> {
    /// Nobody signed what stands around the file. It decides nothing, and where it differs somebody changed it.
    fn judge(
        &self,
        file: &SignedFile,
        verifier: &Verifier,
        content: &[u8],
        now: DateTime<Utc>,
    ) -> Result<ForeignEvidence, ReadError> {
        if content.len() > MAX_CONTENT {
            return Err(ReadError::TooLarge { limit: MAX_CONTENT });
        }
        let stated = file.description.digest;
        if stated.algorithm().digest(content) != stated {
            return Err(ReadError::Differs { element: "Digest" });
        }
        let read = ReceiptContent::from_xml(content)?;
        if read.event != self.event {
            let of_dispatch = self.event == ForeignEvent::ContentConsignment;
            return Err(ReadError::Root { expected: if of_dispatch { DISPATCH_ROOT } else { RECEIPT_ROOT } });
        }
        if read.ticket != *self.ticket {
            return Err(ReadError::Differs { element: "Ticket" });
        }
        if read.token != self.token {
            return Err(ReadError::Differs { element: "Token" });
        }
        Ok(ForeignEvidence::judge(verifier, content, &file.signature, read.statement(), now))
    }
}

impl Status {
    const ALL: [Self; 3] = [Self::Pending, Self::Sent, Self::Error];

    /// Returns the word of the schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Sent => "SENT",
            Self::Error => "ERROR",
        }
    }

    fn read(node: Node<'_, '_>) -> Result<Self, ReadError> {
        let text = value(node, "Status")?;
        let status = Self::ALL.into_iter().find(|status| status.as_str() == text);
        status.ok_or(ReadError::Value { element: "Status", rule: "PENDING, SENT or ERROR" })
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl fmt::Debug for StatusResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusResponse")
            .field("ticket", &self.ticket)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
