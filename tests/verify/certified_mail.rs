//! Evidence of a production service, mapped by hand: receipts of certified mail (PEC, RFC 6109) as providers send them.
//!
//! A receipt is a mail by S/MIME. What happened stands in its part `daticert.xml`, and the signature is over that part and all
//! around it. It has no timestamp, no reference to its certificate, and mostly nothing that says which content it is about. The
//! parties and their mail are invented.

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Identifier, MessageId, PartDescription, Party};
use recommande::life::{
    Case, CaseVerdict, ContradictionKind, ForeignEffect, ForeignEvent, ForeignEvidence, ForeignFact, ForeignObjection,
    ForeignStanding, ForeignStatement, LetterName, Regime, State, judge,
};
use recommande::preserve::{Group, GroupLeaves, Renewer};
use recommande::testing::{CertificateSpec, CertifiedKey, Forge, generate_key};
use recommande::verify::{Code, ContentDigests, Level, Policy};
use recommande::{PayloadDigests, Sending, Verifier};

use crate::common::{LETTER, Service, now, oid, pool};
use crate::keeps::assert_keeps_case;

const MESSAGE: &str = "opec0001.20260302101504.00042.01.1.7@pec.example.it";
const SENDER: &str = "studio.bianchi@pec.example.it";
const RECIPIENT: &str = "ufficio.protocollo@pec.example.org";
const ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

fn minutes(count: i64) -> DateTime<Utc> {
    now() + Duration::minutes(count)
}

fn afterwards() -> DateTime<Utc> {
    now() + Duration::days(30)
}

/// The certification data of a receipt, with what only some kinds have.
fn daticert(kind: &str, error: &str, more: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="{kind}" errore="{error}">
    <intestazione>
        <mittente>{SENDER}</mittente>
        <destinatari tipo="certificato">{RECIPIENT}</destinatari>
        <risposte>{SENDER}</risposte>
        <oggetto>Diffida</oggetto>
    </intestazione>
    <dati>
        <gestore-emittente>Example PEC</gestore-emittente>
        <data zona="+0100"><giorno>02/03/2026</giorno><ora>10:15:04</ora></data>
        <identificativo>{MESSAGE}</identificativo>
        <msgid>&lt;42@studio.example&gt;</msgid>{more}
    </dati>
</postacert>
"#
    )
}

/// The part of the mail that is signed: the certification data, and the letter where the receipt is a complete one.
fn signed_part(daticert: &str, letter: Option<&[u8]>) -> Vec<u8> {
    let part = |name: &str, media_type: &str, octets: &[u8]| {
        let base64 = Base64::encode_string(octets);
        let lines: Vec<_> = base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!(
            "--parts\r\nContent-Type: {media_type}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\r\n",
            lines.join("\r\n")
        )
    };
    let mut mail = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"parts\"\r\n\r\n".to_owned();
    mail.push_str(&part("daticert.xml", "application/xml", daticert.as_bytes()));
    if let Some(letter) = letter {
        mail.push_str(&part("letter.pdf", "application/pdf", letter));
    }
    mail.push_str("--parts--\r\n");
    mail.into_bytes()
}

/// What the octets that were signed say, and nothing that stands around them.
fn read_by_hand(signed: &[u8]) -> Option<ForeignStatement> {
    let mail = std::str::from_utf8(signed).unwrap();
    let decoded = |name: &str| {
        let part = mail.split("--parts\r\n").find(|part| part.contains(&format!("name=\"{name}\"")))?;
        let (_, base64) = part.split_once("\r\n\r\n")?;
        Base64::decode_vec(&base64.split("--parts").next()?.replace("\r\n", "")).ok()
    };
    let xml = String::from_utf8(decoded("daticert.xml")?).ok()?;
    let between = |before: &str, after: &str| Some(xml.split_once(before)?.1.split_once(after)?.0.to_owned());
    let event = match between("<postacert tipo=\"", "\"")?.as_str() {
        "accettazione" => ForeignEvent::SubmissionAcceptance,
        "non-accettazione" => ForeignEvent::SubmissionRejection,
        "avvenuta-consegna" => ForeignEvent::ContentConsignment,
        // After 24 hours without an answer the service of the sender says so itself; what failed later is told by the other one.
        "errore-consegna" if xml.contains("<errore-esteso>no answer") => ForeignEvent::RelayFailure,
        "errore-consegna" => ForeignEvent::ContentConsignmentFailure,
        // A warning after 12 hours, what one service tells the other, and the envelope of the letter: no events of the case.
        "preavviso-errore-consegna" | "presa-in-carico" | "posta-certificata" => return None,
        kind => panic!("{kind}"),
    };
    let letter = MessageId::new(&between("<identificativo>", "</identificativo>")?).ok()?;
    let sender = Identifier::new(&between("<mittente>", "</mittente>")?, ADDRESS).ok()?;
    let recipient = Identifier::new(&between("<destinatari tipo=\"certificato\">", "</destinatari>")?, ADDRESS).ok()?;
    Some(match decoded("letter.pdf") {
        Some(letter_octets) => {
            ForeignStatement::new(event, letter, sender, recipient, DigestAlgorithm::Sha256.digest(&letter_octets))
        }
        None => ForeignStatement::without_content(event, letter, sender, recipient),
    })
}

/// A provider of certified mail.
struct Provider {
    service: Service,
}

/// The signed part of a receipt, and the signature beside it (`smime.p7s`).
struct Received {
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl Provider {
    fn new() -> Self {
        Self { service: Service::new() }
    }

    /// Signatures of mail do not name their certificate.
    fn verifier(&self) -> Verifier {
        let mut policy = Policy::default();
        assert!(policy.levels.set(Code::SigningCertificateReferenceMissing, Level::Warn));
        self.service.verifier().with_policy(policy)
    }

    fn receipt(&self, kind: &str, error: &str, more: &str, letter: Option<&[u8]>, time: DateTime<Utc>) -> Received {
        self.receipt_by(&self.service.pki.seal, signed_part(&daticert(kind, error, more), letter), time)
    }

    fn receipt_by(&self, key: &CertifiedKey, signed: Vec<u8>, time: DateTime<Utc>) -> Received {
        let chain = [&key.certificate, &self.service.pki.intermediate.certificate].map(Clone::clone);
        let mut forge = Forge::seal(&signed, key, &chain, time);
        for attribute in [oid::SIGNING_CERTIFICATE_V2, oid::MIME_TYPE, oid::CMS_ALGORITHM_PROTECTION] {
            forge.first().remove(attribute);
        }
        forge.content = None;
        forge.sign(&*key.signer).unwrap();
        Received { signed, signature: forge.to_der() }
    }

    fn accepted(&self) -> Received {
        self.receipt("accettazione", "nessuno", "", None, minutes(0))
    }

    fn delivered(&self, letter: Option<&[u8]>) -> Received {
        let more = format!("\n        <ricevuta tipo=\"completa\"/>\n        <consegna>{RECIPIENT}</consegna>");
        self.receipt("avvenuta-consegna", "nessuno", &more, letter, minutes(1))
    }

    fn judged(&self, verifier: &Verifier, receipt: &Received) -> ForeignEvidence {
        let stated = read_by_hand(&receipt.signed).unwrap();
        ForeignEvidence::judge(verifier, &receipt.signed, &receipt.signature, stated, afterwards())
    }

    /// Whoever receives mail stamps all the signatures of an hour at once.
    fn group(&self, received: &[&Received], time: DateTime<Utc>) -> Group {
        let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha256).unwrap();
        received.iter().for_each(|receipt| leaves.add(&receipt.signature));
        let (verifier, object) = (self.verifier(), digests(received[0]));
        let tsas = pool(self.service.tsa(time));
        leaves.close().unwrap().stamp_with(&Renewer::new(&verifier), &object, &tsas, time).unwrap()
    }

    /// The receipts, each with the evidence record that its group makes for it.
    fn stamped(&self, received: &[&Received], time: DateTime<Utc>) -> Vec<ForeignEvidence> {
        let group = self.group(received, time);
        let judged = received.iter().map(|receipt| {
            let record = group.record(&digests(receipt)).unwrap();
            self.judged(&self.verifier().with_evidence_records([record]), receipt)
        });
        judged.collect()
    }
}

fn digests(receipt: &Received) -> ContentDigests {
    ContentDigests::new([DigestAlgorithm::Sha256.digest(&receipt.signature)])
}

fn alone(foreign: &[ForeignEvidence]) -> Case {
    let letters = Case::with_foreign(&[], foreign);
    assert_eq!((letters.len(), letters[0].message.as_str()), (1, MESSAGE));
    letters[0].cases[0].clone().unwrap()
}

#[test]
fn a_receipt_proves_nothing_until_something_proves_its_time() {
    let provider = Provider::new();
    let [accepted, delivered] = [provider.accepted(), provider.delivered(Some(LETTER))];
    let judged = [&accepted, &delivered].map(|receipt| provider.judged(&provider.verifier(), receipt));
    for evidence in &judged {
        assert_eq!(*evidence.standing(), ForeignStanding::TimeNotProven);
    }
    assert_eq!(alone(&judged).verdict, CaseVerdict::Nothing);
    // What came in is stamped by whoever received it.
    let foreign = provider.stamped(&[&accepted, &delivered], minutes(10));
    let case = alone(&foreign);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
    assert_eq!((case.milestones.submitted, case.milestones.available), (Some(minutes(10)), Some(minutes(10))));
    // In Italy a letter is received when it lies there.
    let regime = Regime::named("IT-PEC").unwrap();
    assert_eq!(case.moments(&regime, afterwards()).unwrap().received.unwrap().at, minutes(10));
    let json = serde_json::to_value(&case).unwrap();
    assert_eq!((&json["foreign"][0]["message"], &json["foreign"][0]["ticket"]), (&MESSAGE.into(), &().into()));
    assert!(case.to_string().contains(&format!("message {MESSAGE}")), "{case}");
    assert!(!format!("{foreign:?}{case:?}{case}").contains(SENDER), "{case}");
}

#[test]
fn the_default_policy_takes_no_signature_that_names_no_certificate() {
    let provider = Provider::new();
    let evidence = provider.judged(&provider.service.verifier(), &provider.accepted());
    let ForeignStanding::Claimed(finding) = evidence.standing() else { panic!("{evidence:?}") };
    assert_eq!(finding.code, Code::SigningCertificateReferenceMissing);
}

#[test]
fn a_failure_is_a_state_until_a_delivery_is_shown() {
    let provider = Provider::new();
    let failed = |reason: &str| {
        let more =
            format!("\n        <consegna>{RECIPIENT}</consegna>\n        <errore-esteso>{reason}</errore-esteso>");
        provider.receipt("errore-consegna", "altro", &more, None, minutes(1))
    };
    let accepted = provider.accepted();
    for (reason, state) in [("box full", State::NotAvailable), ("no answer in 24 hours", State::RelayFailed)] {
        let failed = failed(reason);
        let case = alone(&provider.stamped(&[&accepted, &failed], minutes(10)));
        assert_eq!((case.verdict, case.milestones.available), (CaseVerdict::Proven(state), None), "{case}");
        // Without the submission it is stated, and what it follows is missing.
        let case = alone(&provider.stamped(&[&failed], minutes(10)));
        assert_eq!((case.verdict, case.proven), (CaseVerdict::Incomplete(state), State::Unknown), "{case}");
    }
    // A delivery takes its place, stamped at the same time, before or after.
    let (failed, delivered) = (failed("box full"), provider.delivered(None));
    let at = |receipt, count| provider.stamped(&[receipt], minutes(count)).remove(0);
    for (failure, delivery) in [(10, 10), (10, 20), (20, 10)] {
        let case = alone(&[at(&accepted, 10), at(&failed, failure), at(&delivered, delivery)]);
        assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
        assert_eq!(case.milestones.available, Some(minutes(delivery)));
        assert_eq!(case.foreign[2].objections, [ForeignObjection::StateDoesNotAllow], "{case}");
    }
}

/// The service of the sender heard nothing, and that of the recipient found the box full: neither takes the other away.
#[test]
fn two_failures_are_kept_whichever_was_stamped_first() {
    let provider = Provider::new();
    let failed = |reason: &str| {
        let more = format!("<errore-esteso>{reason}</errore-esteso>");
        provider.receipt("errore-consegna", "altro", &more, None, minutes(1))
    };
    let (accepted, full, silence) = (provider.accepted(), failed("box full"), failed("no answer in 24 hours"));
    let at = |receipt, count| provider.stamped(&[receipt], minutes(count)).remove(0);
    for (of_silence, of_full) in [(10, 20), (20, 10), (10, 10)] {
        let case = alone(&[at(&silence, of_silence), at(&accepted, 5), at(&full, of_full)]);
        assert_eq!(case.verdict, CaseVerdict::Proven(State::NotAvailable), "{case}");
        assert_eq!(case.contradictions, []);
        let effects: Vec<_> = case.foreign.iter().map(|fact| (fact.event, fact.effect)).collect();
        let expected = [
            ("SubmissionAcceptance", ForeignEffect::EntersState),
            ("ContentConsignmentFailure", ForeignEffect::EntersState),
            ("RelayFailure", ForeignEffect::BesideState),
        ];
        assert_eq!(effects, expected, "{case}");
    }
}

#[test]
fn a_refused_submission_follows_nothing() {
    let provider = Provider::new();
    let refused = provider.receipt("non-accettazione", "altro", "", None, minutes(0));
    let case = alone(&provider.stamped(&[&refused], minutes(10)));
    assert_eq!(case.verdict, CaseVerdict::Proven(State::RefusedAtSubmission), "{case}");
    // A service that accepted it too tells two stories, whichever came first.
    for (refusal, acceptance) in [(10, 20), (20, 10), (10, 10)] {
        let mut foreign = provider.stamped(&[&refused], minutes(refusal));
        foreign.extend(provider.stamped(&[&provider.accepted()], minutes(acceptance)));
        let case = alone(&foreign);
        assert_eq!(case.verdict, CaseVerdict::Contradicted(State::Submitted), "{case}");
        assert_eq!(case.contradictions[0].kind, ContradictionKind::AcceptedAndRejected, "{case}");
        assert_eq!(case.foreign[1].objections, [ForeignObjection::StateDoesNotAllow], "{case}");
    }
}

/// Whether a failure was stamped before the refusal or after it says nothing of an acceptance.
#[test]
fn a_failure_beside_a_refused_submission_is_no_acceptance() {
    let provider = Provider::new();
    let refused = provider.receipt("non-accettazione", "altro", "", None, minutes(0));
    let failed = provider.receipt("errore-consegna", "nessuno", "", None, minutes(0));
    for (refusal, failure) in [(10, 20), (20, 10), (10, 10)] {
        let mut foreign = provider.stamped(&[&refused], minutes(refusal));
        foreign.extend(provider.stamped(&[&failed], minutes(failure)));
        let case = alone(&foreign);
        assert_eq!(case.verdict, CaseVerdict::Proven(State::RefusedAtSubmission), "{case}");
        assert_eq!(case.contradictions, []);
        assert_eq!(case.foreign[1].objections, [ForeignObjection::StateDoesNotAllow], "{case}");
    }
}

#[test]
fn neither_order_nor_one_more_piece_takes_anything_away() {
    let provider = Provider::new();
    let kinds = [
        ("accettazione", None, 10),
        ("avvenuta-consegna", Some(LETTER), 12),
        ("avvenuta-consegna", Some(&b"another letter"[..]), 14),
        ("errore-consegna", None, 9),
        ("errore-consegna", None, 30),
        ("non-accettazione", None, 8),
        ("non-accettazione", None, 20),
    ];
    let mut pieces: Vec<ForeignEvidence> = Vec::new();
    for (index, (kind, letter, time)) in kinds.into_iter().enumerate() {
        let more = if index == 4 { "<errore-esteso>no answer</errore-esteso>" } else { "" };
        let receipt = provider.receipt(kind, "nessuno", more, letter, minutes(0));
        pieces.extend(provider.stamped(&[&receipt], minutes(time)));
    }
    pieces.push(provider.judged(&provider.verifier(), &provider.accepted()));
    for subset in 1_u32..1 << pieces.len() {
        let chosen: Vec<_> = (0..pieces.len()).filter(|index| subset & (1 << index) != 0).collect();
        let of = |indices: &[usize]| alone(&indices.iter().map(|index| pieces[*index].clone()).collect::<Vec<_>>());
        let case = of(&chosen);
        let mut turned = chosen.clone();
        turned.reverse();
        assert_eq!(of(&turned), case);
        for added in (0..pieces.len()).filter(|index| !chosen.contains(index)) {
            let with = of(&[chosen.as_slice(), &[added]].concat());
            assert_keeps_case(&case, &with, &format!("{chosen:?} and {added}"));
            let was_contradicted = matches!(case.verdict, CaseVerdict::Contradicted(_));
            assert!(!was_contradicted || matches!(with.verdict, CaseVerdict::Contradicted(_)), "{case}{with}");
        }
    }
}

#[test]
fn what_is_no_event_of_a_case_is_told_apart_by_hand() {
    for kind in ["preavviso-errore-consegna", "presa-in-carico", "posta-certificata"] {
        assert!(read_by_hand(&signed_part(&daticert(kind, "nessuno", ""), None)).is_none());
    }
}

#[test]
fn a_changed_octet_of_the_mail_is_a_claim() {
    let provider = Provider::new();
    let (accepted, mut delivered) = (provider.accepted(), provider.delivered(Some(LETTER)));
    let another = daticert("avvenuta-consegna", "nessuno", "").replace("10:15:04", "09:15:04");
    delivered.signed = signed_part(&another, Some(LETTER));
    let case = alone(&provider.stamped(&[&accepted, &delivered], minutes(10)));
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    assert_eq!(case.foreign[1].finding.as_ref().unwrap().code, Code::MessageDigestDiffers, "{case}");
}

/// Of one message, each provider has a letter, as each service does that sealed a sending.
#[test]
fn another_provider_is_not_in_charge_and_takes_nothing_away() {
    let provider = Provider::new();
    let spec = CertificateSpec::seal("Another PEC", now() - Duration::days(1), now() + Duration::days(700));
    let key = generate_key(&recommande::crypto::KeyKind::EcP256).unwrap();
    let another = provider.service.pki.intermediate.issue(&spec, key).unwrap();
    let of_another = |received: Received| provider.receipt_by(&another, received.signed, minutes(1));
    let [accepted, delivered] = [provider.accepted(), provider.delivered(Some(LETTER))];
    let of_provider = provider.stamped(&[&accepted, &delivered], minutes(10));
    // It is stamped before or after, and accepts or delivers.
    for (foreign, time, state, verdict) in [
        (of_another(provider.accepted()), 5, State::Submitted, CaseVerdict::Proven(State::Submitted)),
        (of_another(provider.delivered(None)), 20, State::Available, CaseVerdict::Incomplete(State::Available)),
    ] {
        let foreign = [of_provider.clone(), provider.stamped(&[&foreign], minutes(time))].concat();
        let letters = Case::with_foreign(&[], &foreign);
        assert_eq!(letters.len(), 2);
        let cases: Vec<_> = letters.iter().flat_map(|letter| &letter.cases).flatten().collect();
        let of_verdict = |verdict| cases.iter().find(|case| case.verdict == verdict).unwrap();
        assert_eq!(of_verdict(CaseVerdict::Proven(State::Available)).milestones.available, Some(minutes(10)));
        assert_eq!(of_verdict(verdict).state(), state);
        for case in &cases {
            assert!(case.contradictions.is_empty(), "{case}");
            assert_eq!(case.foreign.len(), 3);
            let is_told = |fact: &&ForeignFact| fact.objections == [ForeignObjection::ServiceNotInCharge];
            assert!(case.foreign.iter().any(|fact| is_told(&fact)), "{case}");
        }
    }
}

/// A provider that states two letters under one message tells two stories, and takes nothing away that it proved.
#[test]
fn other_content_of_one_message_is_a_split_view() {
    let provider = Provider::new();
    let accepted = |letter, time| {
        let receipt = provider.receipt("accettazione", "nessuno", "", letter, minutes(0));
        provider.stamped(&[&receipt], minutes(time)).remove(0)
    };
    let delivered = |letter, time| provider.stamped(&[&provider.delivered(letter)], minutes(time)).remove(0);
    let (letter, other) = (Some(LETTER), Some(&b"another letter"[..]));
    let proven = [accepted(None, 10), delivered(letter, 12)];
    assert_eq!(alone(&proven).verdict, CaseVerdict::Proven(State::Available));
    // A second acceptance or delivery of the same letter, or of one that it does not name, is no other story.
    for more in [accepted(letter, 8), accepted(None, 8), delivered(letter, 20), delivered(None, 20)] {
        let case = alone(&[&proven[..], &[more]].concat());
        assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
    }
    // An acceptance behind the delivery is the only one, whatever content it states.
    let case = alone(&[delivered(letter, 12), accepted(other, 20)]);
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::Available), "{case}");
    assert_eq!(case.milestones.submitted, Some(minutes(20)), "{case}");
    for more in
        [accepted(other, 8), accepted(other, 11), accepted(other, 20), delivered(other, 11), delivered(other, 20)]
    {
        let case = alone(&[&proven[..], &[more]].concat());
        assert_eq!(case.verdict, CaseVerdict::Contradicted(State::Available), "{case}");
        let kinds: Vec<_> = case.contradictions.iter().map(|contradiction| contradiction.kind).collect();
        assert_eq!(kinds, [ContradictionKind::SplitView], "{case}");
        assert!(case.milestones.submitted.is_some() && case.milestones.available.is_some(), "{case}");
    }
}

/// A message to several recipients has a receipt for each, and none of them takes away what is proven of another one.
#[test]
fn each_recipient_of_a_message_has_a_letter() {
    let provider = Provider::new();
    let [accepted, delivered] = [provider.accepted(), provider.delivered(Some(LETTER))];
    let xml = daticert("accettazione", "nessuno", "").replace(RECIPIENT, "another@pec.example.org");
    let to_another = provider.receipt_by(&provider.service.pki.seal, signed_part(&xml, None), minutes(0));
    let mut foreign = provider.stamped(&[&accepted, &delivered], minutes(10));
    foreign.extend(provider.stamped(&[&to_another], minutes(5)));
    let letters = Case::with_foreign(&[], &foreign);
    let verdicts: Vec<_> = letters.iter().map(|letter| letter.cases[0].as_ref().unwrap().verdict).collect();
    assert_eq!(verdicts, [State::Submitted, State::Available].map(CaseVerdict::Proven));
}

#[test]
fn beside_a_sealed_sending_its_content_is_compared() {
    let provider = Provider::new();
    let party = |address| Party::new(Identifier::new(address, ADDRESS).unwrap());
    let sending = |message: &str| {
        let part = PartDescription::new("letter.pdf", "application/pdf").unwrap();
        let message = MessageId::new(message).unwrap();
        Sending::new(message, party(SENDER), party(RECIPIENT), part, PayloadDigests::of_bytes(LETTER), now()).unwrap()
    };
    let case = |message: &str, foreign: &[ForeignEvidence]| {
        let proof = provider.service.proof_of(&sending(message));
        let letters = Case::with_foreign(&judge(&provider.service.verifier(), &[proof.der()], afterwards()), foreign);
        letters[0].cases[0].clone().unwrap()
    };
    let [complete, other, short] =
        [Some(LETTER), Some(&b"another letter"[..]), None].map(|letter| provider.delivered(letter));
    let foreign = |receipt| provider.stamped(&[receipt], minutes(10));
    let delivered = case(MESSAGE, &foreign(&complete));
    assert_eq!(delivered.verdict, CaseVerdict::Proven(State::Available), "{delivered}");
    assert_eq!(*foreign(&complete)[0].statement().letter(), LetterName::Message(MessageId::new(MESSAGE).unwrap()));
    let (submitted, split) = (CaseVerdict::Proven(State::Submitted), CaseVerdict::Contradicted(State::Submitted));
    for (receipt, objection, verdict) in
        [(&other, ForeignObjection::ContentDiffers, split), (&short, ForeignObjection::ContentNotComparable, submitted)]
    {
        let case = case(MESSAGE, &foreign(receipt));
        assert_eq!((case.verdict, &case.foreign[0].objections[..]), (verdict, &[objection][..]));
    }
    // Another message is another letter.
    assert_eq!(case("another message", &foreign(&complete)).foreign, []);
}
