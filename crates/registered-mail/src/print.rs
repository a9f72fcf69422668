//! Contents and messages as XML, in one form: the same values give the same octets.

use base64ct::{Base64, Encoding};
use recommande::life::ForeignEvent;

use crate::content::{DISPATCH_NAMESPACE, DISPATCH_ROOT, RECEIPT_ROOT, ReceiptContent};
use crate::file::{FileDescription, SignedFile, digest_method};
use crate::message::{Receipt, StatusResponse};
use crate::party::{Recipient, Sender};
use crate::xml::{INSTANCE, MESSAGES, TYPES};

impl ReceiptContent {
    /// Returns the content as XML in UTF-8. These are the octets to sign.
    pub fn to_xml(&self) -> Vec<u8> {
        let mut xml = Xml::new();
        let (root, namespace) = if self.event == ForeignEvent::ContentConsignment {
            (format!("d:{DISPATCH_ROOT}"), format!(" xmlns:d=\"{DISPATCH_NAMESPACE}\""))
        } else {
            (format!("t:{RECEIPT_ROOT}"), String::new())
        };
        xml.start(&format!("{root}{namespace} xmlns:t=\"{TYPES}\" xmlns:xsi=\"{INSTANCE}\""));
        xml.element("Ticket", self.ticket.as_str());
        xml.element("Token", &self.token);
        self.recipient.write(&mut xml);
        self.sender.write(&mut xml);
        xml.within("Document", |xml| self.document.write(xml));
        for annex in &self.annexes {
            xml.within("Annex", |xml| annex.write(xml));
        }
        xml.end(&root);
        xml.finish()
    }
}

impl Receipt {
    /// Returns the answer to sendDocument (`SendDocumentResponse`) as XML in UTF-8.
    pub fn to_xml(&self) -> Vec<u8> {
        let mut xml = Xml::new();
        xml.start(&format!("m:SendDocumentResponse xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\""));
        xml.within("Receipt", |xml| {
            xml.element("Ticket", self.ticket.as_str());
            xml.element("Token", &self.token);
            xml.within("Document", |xml| self.document.write(xml));
        });
        xml.end("m:SendDocumentResponse");
        xml.finish()
    }
}

impl StatusResponse {
    /// Returns the answer to getStatus (`GetStatusResponse`) as XML in UTF-8.
    pub fn to_xml(&self) -> Vec<u8> {
        let mut xml = Xml::new();
        xml.start(&format!("m:GetStatusResponse xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\""));
        xml.element("Ticket", self.ticket.as_str());
        xml.element("Token", &self.token);
        xml.element("Status", self.status.as_str());
        if let Some(proof) = &self.proof_of_dispatch {
            xml.within("ProofOfDispatch", |xml| proof.write(xml));
        }
        xml.end("m:GetStatusResponse");
        xml.finish()
    }
}

impl Recipient {
    fn write(&self, xml: &mut Xml) {
        xml.start(&format!("t:Recipient xsi:type=\"t:{}\"", self.type_name()));
        match self {
            Self::Citizen { inss, .. } => xml.element("INSS", inss.as_str()),
            Self::Enterprise { company_id, .. } => xml.element("CompanyID", company_id.as_str()),
        }
        xml.element("QualityCode", self.quality_code());
        xml.end("t:Recipient");
    }
}

impl Sender {
    fn write(&self, xml: &mut Xml) {
        xml.within("Sender", |xml| {
            xml.element("CompanyID", self.company_id.as_str());
            xml.element("ApplicationID", &self.application_id);
        });
    }
}

impl FileDescription {
    fn write(&self, xml: &mut Xml) {
        xml.element("Title", &self.title);
        xml.within("Digest", |xml| {
            xml.element("DigestMethod", digest_method(self.digest.algorithm()).unwrap_or_default());
            xml.element("DigestValue", &Base64::encode_string(self.digest.as_bytes()));
        });
        xml.element("DownloadFileName", &self.download_file_name);
        if let Some(media_type) = self.media_type {
            xml.element("MIME", media_type);
        }
        xml.element("Type", &self.document_type);
        if let Some(language) = self.language {
            xml.element("Language", language.code());
        }
    }
}

impl SignedFile {
    fn write(&self, xml: &mut Xml) {
        self.description.write(xml);
        xml.element("Content", &self.reference);
        xml.element("Signature", &Base64::encode_string(&self.signature));
    }
}

/// A document that is written. Elements of the types have the prefix `t`.
struct Xml(String);

impl Xml {
    fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned())
    }

    /// Begins an element, with its attributes.
    fn start(&mut self, tag: &str) {
        self.0.extend(["<", tag, ">"]);
    }

    fn end(&mut self, name: &str) {
        self.0.extend(["</", name, ">"]);
    }

    fn within(&mut self, element: &str, write: impl FnOnce(&mut Self)) {
        self.0.extend(["<t:", element, ">"]);
        write(self);
        self.0.extend(["</t:", element, ">"]);
    }

    fn element(&mut self, element: &str, text: &str) {
        self.within(element, |xml| xml.text(text));
    }

    /// A carriage return would be read as a line feed (XML 1.0, clause 2.11).
    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '\r' => self.0.push_str("&#13;"),
                letter => self.0.push(letter),
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.push('\n');
        self.0.into_bytes()
    }
}
