//! Contents and messages by the rules of the schemas.

use recommande::crypto::DigestAlgorithm;
use recommande::life::ForeignEvent;
use recommande_registered_mail::{FileLanguage, ReadError, Receipt, ReceiptContent, Recipient, Status, StatusResponse};

use crate::common::{
    LETTER, MESSAGES, TICKET, TOKEN, TYPES, base64, dispatch, receipt, send_document_response, status_response,
};

fn read(content: &str) -> Result<ReceiptContent, ReadError> {
    ReceiptContent::from_xml(content.as_bytes())
}

/// The receipt with one text in the place of another, which has to be there.
#[track_caller]
fn with(from: &str, to: &str) -> Result<ReceiptContent, ReadError> {
    let receipt = receipt();
    assert!(receipt.contains(from), "{from}");
    read(&receipt.replace(from, to))
}

#[test]
fn a_receipt_is_read() {
    let content = read(&receipt()).unwrap();
    assert_eq!((content.event(), content.ticket().as_str()), (ForeignEvent::SubmissionAcceptance, TICKET));
    assert_eq!((content.token(), content.sender().application_id()), (TOKEN, "letters"));
    assert_eq!(content.sender().company_id().as_str(), "0566988259");
    assert!(matches!(content.recipient(), Recipient::Citizen { inss, .. } if inss.as_str() == "85073003328"));
    assert_eq!(content.recipient().quality_code(), "CITIZEN");
    let document = content.document();
    assert_eq!((document.title(), document.document_type()), ("A letter", "EDER501"));
    assert_eq!(*document.digest(), DigestAlgorithm::Sha256.digest(LETTER));
    assert_eq!((document.media_type(), document.language()), (Some("application/pdf"), Some(FileLanguage::French)));
    assert_eq!(document.download_file_name(), "letter.pdf");
    assert!(content.annexes().is_empty());
    assert_eq!(read(&dispatch()).unwrap().event(), ForeignEvent::ContentConsignment);
}

#[test]
fn what_the_schema_leaves_open_is_read() {
    let annex = |count: usize| {
        let receipt = receipt();
        let document = &receipt[receipt.find("<t:Document>").unwrap()..receipt.find("</t:ReceiptContent>").unwrap()];
        let annexes = document.trim_end().replace("t:Document>", "t:Annex>").repeat(count);
        receipt.replace("</t:ReceiptContent>", &format!("{annexes}</t:ReceiptContent>"))
    };
    assert_eq!(read(&annex(5)).unwrap().annexes().len(), 5);
    assert_eq!(read(&annex(6)), Err(ReadError::Repeated { element: "Annex", within: "ReceiptContent" }));

    // Optional elements, an empty reference, nine digits, a byte order mark, comments, another prefix, CDATA.
    assert_eq!(with("<t:MIME>application/pdf</t:MIME>", "").unwrap().document().media_type(), None);
    assert_eq!(with("<t:Language>fr</t:Language>", "").unwrap().document().language(), None);
    assert_eq!(with(TOKEN, "").unwrap().token(), "");
    assert_eq!(with(">0566988259<", ">566988259<").unwrap().sender().company_id().as_str(), "0566988259");
    assert!(with("<?xml", "\u{feff}<?xml").is_ok());
    assert!(with("<t:Sender>", "<!-- the sender --><t:Sender>").is_ok());
    assert!(read(&receipt().replace("t:", "other:").replace("xmlns:t=", "xmlns:other=")).is_ok());
    assert_eq!(with(">A letter<", "><![CDATA[A & B]]><").unwrap().document().title(), "A & B");
    assert_eq!(with(">A letter<", ">A &amp; &#66;<").unwrap().document().title(), "A & B");
    let digest = base64(DigestAlgorithm::Sha256.digest(LETTER).as_bytes());
    assert!(with(&digest, &format!("\n {}\n {}", &digest[..20], &digest[20..])).is_ok());
    // The schema declares no element of the type, so that the messages' namespace is as good.
    let root = receipt().replace("t:ReceiptContent", "m:ReceiptContent");
    assert!(read(&root.replace("xmlns:t", &format!("xmlns:m=\"{MESSAGES}\" xmlns:t"))).is_ok());
    for (method, algorithm) in [("SHA-1", DigestAlgorithm::Sha1), ("SHA-512", DigestAlgorithm::Sha512)] {
        let other = receipt().replace("SHA-256", method).replace(&digest, &base64(algorithm.digest(LETTER).as_bytes()));
        assert_eq!(
            *read(&other.replace("testToken_SHA-1", TOKEN)).unwrap().document().digest(),
            algorithm.digest(LETTER)
        );
    }
    let enterprise = receipt().replace("t:Citizen", "t:Enterprise").replace("INSS>", "CompanyID>");
    let enterprise = read(&enterprise.replace("85073003328", "0200065765")).unwrap();
    assert!(matches!(enterprise.recipient(), Recipient::Enterprise { .. }));
}

#[test]
fn each_rule_has_its_error() {
    let value = |element: &'static str, from: &str, to: &str| match with(from, to) {
        Err(ReadError::Value { element: named, rule }) => {
            assert_eq!(named, element);
            assert!(to.is_empty() || !rule.contains(to), "{rule}");
        }
        other => panic!("{element} {to}: {other:?}"),
    };
    for ticket in
        ["1ZG0000036L3", "1ZG0000036L3ZZ", "1ZG0000036LIZ", "1ZG0000036LOZ", "1zg0000036l3z", " 1ZG0000036L3Z"]
    {
        value("Ticket", TICKET, ticket);
    }
    value("Token", TOKEN, &"x".repeat(51));
    for number in ["85473003328", "8507300332", "85.07.30-033.28", "85073003329", "８５０７３００３３２８"] {
        value("INSS", "85073003328", number);
    }
    for number in ["0566988258", "056698825", "00566988259", "0566.988.259", "BE0566988259"] {
        value("CompanyID", "0566988259", number);
    }
    value("QualityCode", "CITIZEN", "");
    value("QualityCode", "CITIZEN", &"x".repeat(126));
    value("ApplicationID", ">letters<", &format!(">{}<", "x".repeat(151)));
    value("Title", ">A letter<", "><");
    value("Title", ">A letter<", &format!(">{}<", "é".repeat(401)));
    assert!(with(">A letter<", &format!(">{}<", "é".repeat(400))).is_ok());
    value("DownloadFileName", "letter.pdf", &"x".repeat(81));
    value("Type", "EDER501", &"x".repeat(81));
    value("MIME", "application/pdf", "application/x-pdf");
    for language in ["it", "FR", ""] {
        value("Language", ">fr<", &format!(">{language}<"));
    }
    for method in ["SHA-384", "MD5", "sha-256"] {
        value("DigestMethod", ">SHA-256<", &format!(">{method}<"));
    }
    let digest = base64(DigestAlgorithm::Sha256.digest(LETTER).as_bytes());
    for octets in ["", "AAAA", &digest[..43], &digest.replace('=', "*")] {
        value("DigestValue", &digest, octets);
    }
}

#[test]
fn each_element_has_its_place() {
    let within = "ReceiptContent";
    let ticket = format!("<t:Ticket>{TICKET}</t:Ticket>");
    assert_eq!(with(&ticket, ""), Err(ReadError::Missing { element: "Ticket", within }));
    assert_eq!(with(&ticket, &ticket.repeat(2)), Err(ReadError::Repeated { element: "Ticket", within }));
    assert_eq!(
        with("</t:ReceiptContent>", &format!("{ticket}</t:ReceiptContent>")),
        Err(ReadError::Repeated { element: "Ticket", within })
    );
    assert_eq!(with("</t:ReceiptContent>", "<t:Meta/></t:ReceiptContent>"), Err(ReadError::Unexpected { within }));
    assert_eq!(with("<t:Sender>", "text<t:Sender>"), Err(ReadError::Unexpected { within }));
    assert_eq!(with("<t:Sender>", "<?pi?><t:Sender>"), Err(ReadError::Unexpected { within }));
    for element in ["Token", "Recipient", "Sender", "Document"] {
        let renamed =
            receipt().replace(&format!("t:{element}>"), "t:Other>").replace(&format!("<t:{element} "), "<t:Other ");
        let renamed = renamed.replace("</t:Recipient>", "</t:Other>");
        let renamed = if element == "Recipient" { renamed } else { renamed.replace("</t:INSS></t:Other>", "") };
        let read = read(&renamed.replace(
            "CITIZEN</t:QualityCode></t:Other>",
            match element {
                "Recipient" => "CITIZEN</t:QualityCode></t:Other>",
                _ => "CITIZEN</t:QualityCode></t:Recipient>",
            },
        ));
        assert_eq!(read, Err(ReadError::Missing { element, within }));
    }
    let element = "Title";
    assert_eq!(with("<t:Title>A letter</t:Title>", ""), Err(ReadError::Missing { element, within: "Document" }));
    assert_eq!(with("<t:Type>EDER501</t:Type>", ""), Err(ReadError::Missing { element: "Type", within: "Document" }));
    assert_eq!(
        with("<t:Type>", "<t:Title>B</t:Title><t:Type>"),
        Err(ReadError::Repeated { element, within: "Document" })
    );
}

#[test]
fn types_attributes_and_namespaces_are_the_schemas() {
    let recipient = ReadError::Type { element: "Recipient" };
    // The type of a recipient is abstract.
    assert_eq!(with(" xsi:type=\"t:Citizen\"", ""), Err(recipient.clone()));
    assert_eq!(with("t:Citizen", "t:Entity"), Err(recipient.clone()));
    // The prefix decides, and not the word.
    assert_eq!(with("t:Citizen", "Citizen"), Err(recipient.clone()));
    assert_eq!(with("t:Citizen", "xsi:Citizen"), Err(recipient.clone()));
    assert_eq!(with("t:Citizen", "none:Citizen"), Err(recipient));
    assert!(with("<t:Sender>", "<t:Sender xsi:type=\"t:Sender\">").is_ok());
    assert_eq!(with("<t:Sender>", "<t:Sender xsi:type=\"t:Citizen\">"), Err(ReadError::Type { element: "Sender" }));
    assert!(with("<t:Sender>", "<t:Sender xsi:schemaLocation=\"a b\">").is_ok());
    for attribute in ["id=\"1\"", "xsi:nil=\"true\"", "t:id=\"1\""] {
        let with_attribute = |element: &str| with(&format!("<t:{element}>"), &format!("<t:{element} {attribute}>"));
        assert_eq!(with_attribute("Sender"), Err(ReadError::Attribute { element: "Sender" }));
        assert_eq!(with_attribute("Ticket"), Err(ReadError::Attribute { element: "Ticket" }));
    }
    assert_eq!(
        with("<t:Ticket>", "<Ticket>").unwrap_err().to_string(),
        "the file is not well-formed XML, in line 3, column 24"
    );
    let unqualified = receipt().replace("<t:Ticket>", "<Ticket>").replace("</t:Ticket>", "</Ticket>");
    assert_eq!(read(&unqualified), Err(ReadError::Namespace { element: "Ticket" }));
    assert_eq!(with(TYPES, &format!("{TYPES}/")), Err(ReadError::Namespace { element: "ReceiptContent" }));
    let root = ReadError::Root { expected: "ReceiptContent or ProofOfDispatchContent" };
    assert_eq!(read(&receipt().replace("t:ReceiptContent", "t:receiptContent")), Err(root));
    // A receipt does not become a proof of dispatch by the name alone.
    let renamed = receipt().replace("t:ReceiptContent", "t:ProofOfDispatchContent");
    assert_eq!(read(&renamed), Err(ReadError::Namespace { element: "ProofOfDispatchContent" }));
}

#[test]
fn messages_are_read() {
    let content = receipt();
    let message = send_document_response(&content, b"signature");
    let receipt = Receipt::from_xml(message.as_bytes()).unwrap();
    assert_eq!((receipt.ticket().as_str(), receipt.token()), (TICKET, TOKEN));
    let file = receipt.document();
    assert_eq!((file.signature(), file.reference()), (&b"signature"[..], "cid:18ee6a91@example.org"));
    assert_eq!(file.description().language(), Some(FileLanguage::Bilingual));
    // The receipt alone.
    let start = message.find("<t:Receipt>").unwrap();
    let end = message.find("</m:SendDocumentResponse>").unwrap();
    let alone = message[start..end].replacen("<t:Receipt>", &format!("<t:Receipt xmlns:t=\"{TYPES}\">"), 1);
    assert_eq!(Receipt::from_xml(alone.as_bytes()), Ok(receipt));

    let message = status_response(&dispatch(), b"signature");
    let response = StatusResponse::from_xml(message.as_bytes()).unwrap();
    assert_eq!((response.status(), response.ticket().as_str(), response.token()), (Status::Sent, TICKET, TOKEN));
    assert!(response.proof_of_dispatch().is_some());
    let (start, end) = (message.find("<t:ProofOf").unwrap(), message.find("</m:").unwrap());
    for (word, status) in [("PENDING", Status::Pending), ("ERROR", Status::Error)] {
        let without = format!("{}{}", &message[..start], &message[end..]).replace("SENT", word);
        let without = StatusResponse::from_xml(without.as_bytes()).unwrap();
        assert_eq!((without.status(), without.proof_of_dispatch()), (status, None));
    }
    let rule = "PENDING, SENT or ERROR";
    let sent = message.replace("SENT", "sent");
    assert_eq!(StatusResponse::from_xml(sent.as_bytes()), Err(ReadError::Value { element: "Status", rule }));
    let element = "GetStatusResponse";
    let of_types = message.replace("m:GetStatusResponse", "t:GetStatusResponse");
    assert_eq!(StatusResponse::from_xml(of_types.as_bytes()), Err(ReadError::Namespace { element }));
    assert_eq!(StatusResponse::from_xml(alone.as_bytes()), Err(ReadError::Root { expected: "GetStatusResponse" }));
    assert_eq!(
        Receipt::from_xml(message.as_bytes()),
        Err(ReadError::Root { expected: "SendDocumentResponse or Receipt" })
    );
    let mangled = alone.replace("<t:Signature>", "<t:Signature>*");
    assert_eq!(Receipt::from_xml(mangled.as_bytes()), Err(ReadError::Value { element: "Signature", rule: "base64" }));
}

#[test]
fn a_message_is_read_in_its_envelope() {
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    let message = send_document_response(&receipt(), b"signature");
    let receipt = Receipt::from_xml(message.as_bytes()).unwrap();
    let enveloped =
        |bodies: &str| format!("<S:Envelope xmlns:S=\"{SOAP}\"><S:Header><a/></S:Header>{bodies}</S:Envelope>");
    let body = format!("<S:Body id=\"1\"> {message} </S:Body>");
    assert_eq!(Receipt::from_xml(enveloped(&body).as_bytes()), Ok(receipt));
    let within = |within| Err(ReadError::Unexpected { within });
    // Two messages, of which two readers could take different ones.
    assert_eq!(Receipt::from_xml(enveloped(&body.repeat(2)).as_bytes()), within("Envelope"));
    assert_eq!(
        Receipt::from_xml(enveloped(&format!("<S:Body>{}</S:Body>", message.repeat(2))).as_bytes()),
        within("Body")
    );
    assert_eq!(Receipt::from_xml(enveloped("<S:Body/>").as_bytes()), within("Body"));
    assert_eq!(Receipt::from_xml(enveloped("").as_bytes()), within("Envelope"));
    let root = Err(ReadError::Root { expected: "SendDocumentResponse or Receipt" });
    assert_eq!(Receipt::from_xml(enveloped(&body).replace(SOAP, "urn:other").as_bytes()), root);
}

#[test]
fn no_error_and_no_debug_output_has_a_person() {
    let secrets = ["85073003328", "0566988259", TOKEN, "A letter", "letters", "letter.pdf"];
    let content = read(&receipt()).unwrap();
    let mut shown =
        vec![format!("{content:?} {:?} {:?} {:?}", content.recipient(), content.sender(), content.document())];
    shown.push(format!("{:?}", content.statement()));
    for secret in secrets {
        for broken in [format!("{secret}<"), format!("{secret}\u{1}"), format!("{secret}&nbsp;"), "x".repeat(500)] {
            if let Err(error) = with(secret, &broken) {
                shown.push(format!("{error} {error:?}"));
            }
        }
    }
    assert!(shown.len() > 15);
    for text in shown {
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
    }
}
