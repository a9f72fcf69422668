//! The content that the service signs.

use std::fmt;

use chrono::{DateTime, Utc};
use recommande::Verifier;
use recommande::evidence::Ticket;
use recommande::life::{ForeignEvent, ForeignEvidence, ForeignStatement};
use roxmltree::Node;

use crate::error::ReadError;
use crate::file::FileDescription;
use crate::limits::{MAX_ANNEXES, MAX_CONTENT};
use crate::party::{Recipient, Sender};
use crate::xml::{Children, MESSAGES, TYPES, bounded, parse, text, value};

/// The namespace of the content of a proof of dispatch. The schemas of the service do not define one, so that it is of this
/// library.
pub const DISPATCH_NAMESPACE: &str = "urn:recommande:registered-mail:v1";
/// The root element of the content of a receipt.
pub(crate) const RECEIPT_ROOT: &str = "ReceiptContent";
/// The root element of the content of a proof of dispatch.
pub(crate) const DISPATCH_ROOT: &str = "ProofOfDispatchContent";

/// The content that the service signs about an item (the type `ReceiptContent` of the schema).
///
/// The schema declares the type and no element of it. A receipt is read with the root `ReceiptContent`, in the namespace of
/// the types or that of the messages. What a proof of dispatch signs is not in the schema at all: this library writes and
/// reads the same members below a root of its own, `ProofOfDispatchContent` in the namespace [`DISPATCH_NAMESPACE`]. The root
/// is signed, so that a receipt never passes for a proof of dispatch. Debug shows the event and the ticket only.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptContent {
    pub(crate) event: ForeignEvent,
    pub(crate) ticket: Ticket,
    pub(crate) token: String,
    pub(crate) recipient: Recipient,
    pub(crate) sender: Sender,
    pub(crate) document: FileDescription,
    pub(crate) annexes: Vec<FileDescription>,
}

impl ReceiptContent {
    /// Reads content of at most [`MAX_CONTENT`] octets.
    ///
    /// # Errors
    /// [`ReadError`], by the element and the rule.
    pub fn from_xml(octets: &[u8]) -> Result<Self, ReadError> {
        let document = parse(text(octets, MAX_CONTENT)?)?;
        let root = document.root_element();
        let (event, element) = match (root.tag_name().namespace(), root.tag_name().name()) {
            (Some(TYPES | MESSAGES), RECEIPT_ROOT) => (ForeignEvent::SubmissionAcceptance, RECEIPT_ROOT),
            (Some(DISPATCH_NAMESPACE), DISPATCH_ROOT) => (ForeignEvent::ContentConsignment, DISPATCH_ROOT),
            (_, RECEIPT_ROOT) => return Err(ReadError::Namespace { element: RECEIPT_ROOT }),
            (_, DISPATCH_ROOT) => return Err(ReadError::Namespace { element: DISPATCH_ROOT }),
            _ => return Err(ReadError::Root { expected: "ReceiptContent or ProofOfDispatchContent" }),
        };
        Self::read(root, event, element)
    }

    fn read(root: Node<'_, '_>, event: ForeignEvent, element: &'static str) -> Result<Self, ReadError> {
        let mut children = Children::of(root, element, RECEIPT_ROOT)?;
        let ticket = read_ticket(children.required("Ticket")?)?;
        let token = read_token(children.required("Token")?)?;
        let recipient = Recipient::read(children.required("Recipient")?)?;
        let sender = Sender::read(children.required("Sender")?)?;
        let document = FileDescription::read(children.required("Document")?, "Document")?;
        let mut annexes = Vec::new();
        while let Some(annex) = children.optional("Annex")? {
            if annexes.len() >= MAX_ANNEXES {
                return Err(ReadError::Repeated { element: "Annex", within: element });
            }
            annexes.push(FileDescription::read(annex, "Annex")?);
        }
        children.end()?;
        Ok(Self { event, ticket, token, recipient, sender, document, annexes })
    }

    /// Returns the event that the content attests.
    pub fn event(&self) -> ForeignEvent {
        self.event
    }

    /// Returns the ticket of the item.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Returns the sender's own reference, of at most 50 characters; it may be empty.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the recipient.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// Returns the sender.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Returns the description of the document.
    pub fn document(&self) -> &FileDescription {
        &self.document
    }

    /// Returns the descriptions of the annexes, at most five.
    pub fn annexes(&self) -> &[FileDescription] {
        &self.annexes
    }

    /// Returns what the content says of a letter, for a case.
    pub fn statement(&self) -> ForeignStatement {
        let (sender, recipient) = (self.sender.identifier(), self.recipient.identifier());
        let document = *self.document.digest();
        let statement = ForeignStatement::new(self.event, self.ticket.clone(), sender, recipient, document);
        let statement = if self.token.is_empty() { statement } else { statement.with_token(&self.token) };
        self.annexes.iter().fold(statement, |statement, annex| statement.with_annex(*annex.digest()))
    }
}

/// Judges signed content with its detached signature (CMS, BER or DER), each as a file: `content.xml` and `content.xml.p7s`.
///
/// The signature is verified over these octets as they are, and what the content says is read from the same octets.
///
/// # Errors
/// [`ReadError`], where the content cannot be read. A signature that does not verify is no error: the evidence is a claim.
pub fn judge(
    verifier: &Verifier,
    content: &[u8],
    signature: &[u8],
    now: DateTime<Utc>,
) -> Result<ForeignEvidence, ReadError> {
    let statement = ReceiptContent::from_xml(content)?.statement();
    Ok(ForeignEvidence::judge(verifier, content, signature, statement, now))
}

pub(crate) fn read_ticket(node: Node<'_, '_>) -> Result<Ticket, ReadError> {
    let ticket = Ticket::new(value(node, "Ticket")?);
    ticket.map_err(|_| ReadError::Value { element: "Ticket", rule: "13 of the characters 0-9, A-H, J-N and P-Z" })
}

pub(crate) fn read_token(node: Node<'_, '_>) -> Result<String, ReadError> {
    bounded(node, "Token", 0..=50, "of at most 50 characters")
}

impl fmt::Debug for ReceiptContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptContent")
            .field("event", &self.event)
            .field("ticket", &self.ticket)
            .finish_non_exhaustive()
    }
}
