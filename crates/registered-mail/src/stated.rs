//! What verified proofs say, in the form of RegisteredMail.

use std::ops::RangeInclusive;

use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{
    ContentPart, Event, Field, Identifier, NationalExtension, Party, RegisteredMail, Sending, Statement, Step,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::life::ForeignEvent;
use recommande::seal::{Artifact, PayloadSignature};
use recommande::verify::Verified;

use crate::content::{DISPATCH_ROOT, RECEIPT_ROOT, ReceiptContent};
use crate::error::WriteError;
use crate::file::{FileDescription, FileLanguage, SignedFile, listed_media_type};
use crate::limits::{MAX_ANNEXES, MAX_REFERENCE};
use crate::message::{Receipt, Status, StatusResponse};
use crate::party::{Recipient, Sender};
use crate::xml::{is_space, is_xml};

/// The media type of the content, for the signature over it.
pub const CONTENT_MEDIA_TYPE: &str = "text/xml";

impl ReceiptContent {
    /// States what a receipt says of a sending with the extension RegisteredMail, for the recipient of this index (from 1).
    ///
    /// The quality code of an enterprise, such as `QUAL_EMP_NOSS`, is in no proof, so that the caller knows it; that of a
    /// citizen is `CITIZEN`. Annexes have the type and the language of the document.
    ///
    /// # Errors
    /// [`WriteError`], by the element.
    pub fn of_sending(
        sending: &Verified<Sending>,
        recipient: usize,
        quality_code: Option<&str>,
    ) -> Result<Self, WriteError> {
        let statement = sending.disclosed().unwrap_or(sending.statement());
        let mut mails = statement.national_extensions().iter().filter_map(NationalExtension::as_registered_mail);
        let mail = mails.next().ok_or(WriteError::NoTicket)?;
        let addressed = recipient.checked_sub(1).and_then(|place| statement.recipients().get(place));
        let addressed = addressed.ok_or(WriteError::NoRecipient(recipient))?;
        let (part, annexes) = statement.parts().split_first().ok_or(WriteError::Missing { element: "Document" })?;
        if annexes.len() > MAX_ANNEXES {
            return Err(WriteError::TooManyAnnexes { limit: MAX_ANNEXES });
        }
        let describe = Describe { mail, hidden: statement.committed_fields() };
        let annexes = (2..).zip(annexes).map(|(index, annex)| describe.annex(annex, index));
        Ok(Self {
            event: ForeignEvent::SubmissionAcceptance,
            ticket: mail.ticket().clone(),
            token: describe.token()?,
            recipient: recipient_of(addressed, quality_code)?,
            sender: sender_of(statement.sender(), mail)?,
            document: describe.document(part)?,
            annexes: annexes.collect::<Result<_, _>>()?,
        })
    }

    /// States what a proof of dispatch says: that of a verified step by which the content became available (D.1,
    /// ContentConsignment) to the recipient that it is about.
    ///
    /// # Errors
    /// [`WriteError::NoConsignment`] for a step of another event or another sending, and the errors of
    /// [`of_sending`](Self::of_sending).
    pub fn of_consignment(
        sending: &Verified<Sending>,
        step: &Verified<Step>,
        quality_code: Option<&str>,
    ) -> Result<Self, WriteError> {
        let statement = step.statement();
        let follows =
            statement.preceding_evidence().is_some_and(|preceding| preceding.proof_id() == sending.id().digest());
        let recipient = statement.refers_to_recipient();
        let (Event::ContentConsignment, true, Some(recipient)) = (statement.event(), follows, recipient) else {
            return Err(WriteError::NoConsignment);
        };
        let content = Self::of_sending(sending, recipient, quality_code)?;
        Ok(Self { event: ForeignEvent::ContentConsignment, ..content })
    }
}

impl SignedFile {
    /// Puts the content and the detached signature over its octets ([`ReceiptContent::to_xml`]) into a signed file. The
    /// reference names the attachment that holds these octets, such as `cid:18ee6a91@example.org`.
    fn of(
        content: &ReceiptContent,
        signature: &PayloadSignature,
        reference: &str,
        names: &Names,
    ) -> Result<Self, WriteError> {
        let is_reference = (1..=MAX_REFERENCE).contains(&reference.chars().count())
            && reference.chars().all(|letter| is_xml(letter) && !is_space(letter));
        if !is_reference {
            let rule = "a reference of 1 to 1024 characters without white space";
            return Err(WriteError::Value { element: "Content", rule });
        }
        let description = FileDescription {
            title: names.title.to_owned(),
            digest: DigestAlgorithm::Sha256.digest(&content.to_xml()),
            download_file_name: names.file.to_owned(),
            media_type: Some(CONTENT_MEDIA_TYPE),
            document_type: names.document_type.to_owned(),
            language: Some(FileLanguage::English),
        };
        Ok(Self { description, reference: reference.to_owned(), signature: signature.der().to_vec() })
    }
}

/// What a signed file is called. Those of a receipt are the ones in the service's own example.
struct Names {
    title: &'static str,
    file: &'static str,
    document_type: &'static str,
}

impl Receipt {
    /// Makes a receipt of the content that was signed. Nothing compares the signature with the content here.
    ///
    /// # Errors
    /// [`WriteError::Event`] for the content of a proof of dispatch, [`WriteError::Value`] for a reference.
    pub fn of(content: &ReceiptContent, signature: &PayloadSignature, reference: &str) -> Result<Self, WriteError> {
        const NAMES: Names = Names { title: "Receipt", file: "Receipt.xml", document_type: "RECEIPT" };
        if content.event != ForeignEvent::SubmissionAcceptance {
            return Err(WriteError::Event { expected: RECEIPT_ROOT });
        }
        let document = SignedFile::of(content, signature, reference, &NAMES)?;
        Ok(Self { ticket: content.ticket.clone(), token: content.token.clone(), document })
    }
}

impl StatusResponse {
    /// Makes the answer `SENT` with the proof of dispatch. Nothing compares the signature with the content here.
    ///
    /// # Errors
    /// [`WriteError::Event`] for the content of a receipt, [`WriteError::Value`] for a reference.
    pub fn sent(content: &ReceiptContent, signature: &PayloadSignature, reference: &str) -> Result<Self, WriteError> {
        const NAMES: Names =
            Names { title: "Proof of dispatch", file: "ProofOfDispatch.xml", document_type: "PROOF_OF_DISPATCH" };
        if content.event != ForeignEvent::ContentConsignment {
            return Err(WriteError::Event { expected: DISPATCH_ROOT });
        }
        let proof_of_dispatch = Some(SignedFile::of(content, signature, reference, &NAMES)?);
        Ok(Self {
            ticket: content.ticket.clone(),
            token: content.token.clone(),
            status: Status::Sent,
            proof_of_dispatch,
        })
    }
}

/// Describes the files of an item.
struct Describe<'a> {
    mail: &'a RegisteredMail,
    /// The fields that stand behind commitments.
    hidden: &'a [Field],
}

impl Describe<'_> {
    /// A reference that the sender did not give is empty: the schema requires the element and no character of it.
    fn token(&self) -> Result<String, WriteError> {
        self.disclosed(Field::TOKEN, "Token")?;
        text("Token", self.mail.token().unwrap_or_default(), 0..=50, "of at most 50 characters of XML")
    }

    fn document(&self, part: &ContentPart) -> Result<FileDescription, WriteError> {
        self.disclosed(Field::TITLE, "Title")?;
        let name = match self.mail.download_file_name() {
            Some(name) => {
                self.disclosed(Field::DOWNLOAD_FILE_NAME, "DownloadFileName")?;
                name
            }
            None => self.file_name(part, 1)?,
        };
        self.file(part, self.mail.title(), name)
    }

    fn annex(&self, part: &ContentPart, index: usize) -> Result<FileDescription, WriteError> {
        let name = self.file_name(part, index)?;
        self.file(part, name, name)
    }

    fn file_name<'p>(&self, part: &'p ContentPart, index: usize) -> Result<&'p str, WriteError> {
        self.disclosed(Field::PartName(index), "DownloadFileName")?;
        Ok(part.identifier())
    }

    fn file(&self, part: &ContentPart, title: &str, name: &str) -> Result<FileDescription, WriteError> {
        Ok(FileDescription {
            title: text("Title", title, 1..=400, "of 1 to 400 characters of XML")?,
            digest: digest(part)?,
            download_file_name: text("DownloadFileName", name, 1..=80, "of 1 to 80 characters of XML")?,
            media_type: listed_media_type(part.media_type()),
            document_type: text("Type", self.mail.document_type(), 1..=80, "of 1 to 80 characters of XML")?,
            language: Some(self.mail.language().into()),
        })
    }

    fn disclosed(&self, field: Field, element: &'static str) -> Result<(), WriteError> {
        if self.hidden.contains(&field) { Err(WriteError::NotDisclosed { element }) } else { Ok(()) }
    }
}

/// The digest of a part by an algorithm of the schema. SHA-1 is in no statement.
fn digest(part: &ContentPart) -> Result<Digest, WriteError> {
    let listed = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];
    let digest = listed.into_iter().find_map(|algorithm| part.digests().get(algorithm));
    digest.copied().ok_or(WriteError::Missing { element: "Digest" })
}

fn recipient_of(party: &Party, quality_code: Option<&str>) -> Result<Recipient, WriteError> {
    let quality = |code: &str| text("QualityCode", code, 1..=125, "of 1 to 125 characters of XML");
    let identifier = disclosed_identifier(party, "Recipient")?;
    if identifier.scheme() == Niss::SCHEME {
        let inss = Niss::new(identifier.value());
        let inss = inss.map_err(|_| WriteError::Value { element: "INSS", rule: "a national number" })?;
        return Ok(Recipient::Citizen { inss, quality_code: quality(quality_code.unwrap_or("CITIZEN"))? });
    }
    let company_id = company_id(identifier)?;
    let quality_code = quality(quality_code.ok_or(WriteError::Missing { element: "QualityCode" })?)?;
    Ok(Recipient::Enterprise { company_id, quality_code })
}

fn sender_of(party: &Party, mail: &RegisteredMail) -> Result<Sender, WriteError> {
    let company_id = company_id(disclosed_identifier(party, "Sender")?)?;
    let application_id = mail.application_id().ok_or(WriteError::Missing { element: "ApplicationID" })?;
    let application_id = text("ApplicationID", application_id, 0..=150, "of at most 150 characters of XML")?;
    Ok(Sender { company_id, application_id })
}

fn disclosed_identifier<'p>(party: &'p Party, element: &'static str) -> Result<&'p Identifier, WriteError> {
    let identifier = party.identifier();
    if identifier.is_committed() { Err(WriteError::NotDisclosed { element }) } else { Ok(identifier) }
}

fn company_id(identifier: &Identifier) -> Result<EnterpriseNumber, WriteError> {
    let number = Some(identifier).filter(|identifier| identifier.scheme() == EnterpriseNumber::SCHEME);
    let number = number.and_then(|identifier| EnterpriseNumber::new(identifier.value()).ok());
    number.ok_or(WriteError::Value { element: "CompanyID", rule: "an enterprise number" })
}

fn text(
    element: &'static str,
    text: &str,
    characters: RangeInclusive<usize>,
    rule: &'static str,
) -> Result<String, WriteError> {
    match characters.contains(&text.chars().count()) && text.chars().all(is_xml) {
        true => Ok(text.to_owned()),
        false => Err(WriteError::Value { element, rule }),
    }
}
