//! An opening leaves uncompared what its sending hides, and nothing else.

use chrono::Duration;
use recommande::evidence::{
    ActedBy, Codec, Committed, Disclosure, Field, Language, Opening, PartyField, RegisteredMail, Role, Salts, Sending,
    Statement, Ticket,
};
use recommande::verify::{Code, Context, Indication, Payload, Preceding, Report, SendingContext, Verified};
use recommande::{Party, ProofOfSending};

use crate::common::{Service, assurance, enterprise, has, later, opened_at, sending};

/// The data of a national service, with a token and a file name where they are wanted.
fn mail(fields: &[(Field, bool)]) -> RegisteredMail {
    let ticket = Ticket::new("1ZG0000036L3Z").unwrap();
    let mail = RegisteredMail::new(ticket, "Dismissal", "letter", Language::Dutch).unwrap();
    fields.iter().filter(|(_, is_there)| *is_there).fold(mail, |mail, (field, _)| match *field {
        Field::TOKEN => mail.with_token("case 17").unwrap(),
        _ => mail.with_download_file_name("letter.pdf").unwrap(),
    })
}

/// A letter to two recipients, with a title and these fields.
fn letter(fields: &[Field]) -> Sending {
    let second = Party::legal_person(enterprise("0406798006"), "Second Recipient").unwrap();
    let fields: Vec<_> = fields.iter().map(|field| (*field, true)).collect();
    sending().with_recipient(second).unwrap().with_national_extension(mail(&fields))
}

fn verified(service: &Service, proof: &ProofOfSending, disclosure: Option<&Disclosure>) -> Verified<Sending> {
    let context =
        disclosure.into_iter().fold(SendingContext::new(Payload::NotAvailable), SendingContext::with_disclosure);
    service.verifier().verify(proof, context, later()).unwrap()
}

/// The opening of one sending said to be that of another one with the same evidence identifier: what a service that does
/// not keep to the rules, with the genuine key, would seal.
fn said_of(service: &Service, opening: &Opening, sending: &Verified<Sending>) -> Opening {
    let encoded = |opening: &Opening| {
        let json = String::from_utf8(Codec::Json.encode(opening, service.sealer.issuer()).unwrap()).unwrap();
        let after = json.split_once("\"ProofId\":{").unwrap().1;
        let proof_id = after.split_once("},\"EvidenceIdentifier\"").unwrap().0.to_owned();
        (json, proof_id)
    };
    let ((json, stated), (_, proof_id)) = (encoded(opening), encoded(&opened(sending)));
    Codec::Json.decode::<Opening>(json.replace(&stated, &proof_id).as_bytes()).unwrap().0
}

fn report(service: &Service, opening: &Opening, sending: &Verified<Sending>) -> Report {
    let proof = service.proof_of_opening(opening);
    let context = Context::new(Preceding::Verified(sending), Payload::NotAvailable);
    let after = opened_at() + Duration::days(1);
    let report = service.verifier().report(&proof, context, after);
    let strict = service.verifier().verify(&proof, context, after);
    assert_eq!(report.indication == Indication::TotalPassed, strict.is_ok(), "{report}");
    report
}

fn opened(sending: &Verified<Sending>) -> Opening {
    Opening::of(sending, ActedBy::Recipient(1), assurance(opened_at()), opened_at()).unwrap()
}

#[test]
fn a_mark_stands_only_where_the_sending_commits() {
    let service = Service::new();
    let letter = letter(&[Field::TOKEN, Field::DOWNLOAD_FILE_NAME]);
    let clear = verified(&service, &service.proof_of(&letter), None);
    let of_second = |field| Field::Party(Role::Recipient(2), field);
    for (field, code) in [
        (of_second(PartyField::Identifier), Code::PartiesDiffer),
        (of_second(PartyField::Attribute(1)), Code::PartiesDiffer),
        (Field::Party(Role::Sender, PartyField::Attribute(1)), Code::PartiesDiffer),
        (Field::PartName(1), Code::MessageDiffers),
        (Field::TOKEN, Code::MessageDiffers),
        (Field::TITLE, Code::MessageDiffers),
        (Field::DOWNLOAD_FILE_NAME, Code::MessageDiffers),
    ] {
        let (statement, disclosure) = Committed::of(&letter, &[field], Salts::Random).unwrap().into_parts();
        let proof = service.proof_of(&statement);
        let hidden = verified(&service, &proof, None);
        let opening = opened(&hidden);
        assert_eq!(opening.committed_fields(), [field]);
        // The sending that was sealed commits to it, whatever was disclosed since.
        for sending in [&hidden, &verified(&service, &proof, Some(&disclosure))] {
            let report = report(&service, &opening, sending);
            assert_eq!(report.indication, Indication::TotalPassed, "{field:?}: {report}");
            assert!(has(&report, Code::CommitmentsNotCompared), "{report}");
        }
        // Another one states it in the clear, and the issuer of the opening knew it.
        let marked = report(&service, &said_of(&service, &opening, &clear), &clear);
        assert_eq!(marked.indication, Indication::TotalFailed, "{field:?}: {marked}");
        assert!(has(&marked, code) && !has(&marked, Code::SendingMatches), "{field:?}: {marked}");
        let stated = marked.findings.iter().find(|finding| finding.code == code).unwrap().stated.clone();
        assert!(stated.unwrap().contains("that the sending does not commit to"), "{marked}");
        // A commitment can be disclosed and compared, so it may stand there.
        let sent = verified(&service, &proof, Some(&disclosure));
        let (committed, _) =
            Opening::of_disclosed(&sent, ActedBy::Recipient(1), assurance(opened_at()), opened_at(), Salts::Random)
                .unwrap()
                .into_parts();
        let committed = report(&service, &said_of(&service, &committed, &clear), &clear);
        assert_eq!(committed.indication, Indication::TotalPassed, "{field:?}: {committed}");
    }
}

/// A commitment hides a value, and not whether there is one.
#[test]
fn a_field_that_one_side_lacks_is_a_difference_although_the_other_side_commits_to_it() {
    let service = Service::new();
    let both = [Field::TOKEN, Field::DOWNLOAD_FILE_NAME];
    let letter = letter(&both);
    for field in both {
        let lacks =
            |lacking: &Sending| lacking.clone().with_national_extension(mail(&both.map(|of| (of, of != field))));
        let lacking = verified(&service, &service.proof_of(&lacks(&letter)), None);
        let (statement, disclosure) = Committed::of(&letter, &[field], Salts::Random).unwrap().into_parts();
        let proof = service.proof_of(&statement);
        let (hidden, disclosed) = (verified(&service, &proof, None), verified(&service, &proof, Some(&disclosure)));
        let (committed, _) = Opening::of_disclosed(
            &disclosed,
            ActedBy::Recipient(1),
            assurance(opened_at()),
            opened_at(),
            Salts::Random,
        )
        .unwrap()
        .into_parts();
        // Smuggled into the opening, as a commitment and as a mark.
        for opening in [&committed, &opened(&hidden)] {
            assert_eq!(report(&service, opening, &hidden).indication, Indication::TotalPassed);
            let report = report(&service, &said_of(&service, opening, &lacking), &lacking);
            assert_eq!(report.indication, Indication::TotalFailed, "{field:?}: {report}");
            assert!(has(&report, Code::MessageDiffers) && !has(&report, Code::SendingMatches), "{field:?}: {report}");
        }
        // Dropped from it, and the path too.
        let opening = opened(&lacking);
        assert_eq!(report(&service, &opening, &lacking).indication, Indication::TotalPassed);
        for sending in [&hidden, &disclosed] {
            let report = report(&service, &said_of(&service, &opening, &hidden), sending);
            assert_eq!(report.indication, Indication::TotalFailed, "{field:?}: {report}");
            assert!(has(&report, Code::MessageDiffers) && !has(&report, Code::SendingMatches), "{field:?}: {report}");
        }
    }
}
