//! Whether the organisation that a statement names as its issuer is the one that the seal's certificate names.

use crate::asn1::oid;
use crate::evidence::Issuer;
use crate::finding::{Code, Details, Ledger, Subject};
use crate::identity::register_numbers;
use crate::pki::Certificate;
use crate::text::listed;

/// Compares the issuer of the statement with the organisation of the certificate. Any holder of a certificate under a
/// trusted anchor could claim to be another organisation, so a difference is told whatever the anchors vouch for.
///
/// An identifier decides where the certificate has one of a kind that can be compared, else the name: ETSI EN 319 412-3
/// clause 4.2.1 wants the full registered name there. It warns only, for a name has several languages and spellings;
/// for the same reason the name is shown and not compared where the numbers are one. A stated identifier that is no
/// number is another one than the certificate's: else a mangled number of another organisation would fall back to the comparison of
/// names.
pub(crate) fn check_issuer(issuer: &Issuer, certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let code = match is_named_in(issuer, certificate) {
        Some(true) => Code::IssuerInCertificate,
        Some(false) => Code::IssuerNotInCertificate,
        None => Code::IssuerNotIdentified,
    };
    ledger.note_with(Subject::Statement, code, || {
        let stated = listed(|| [issuer.legal_name(), issuer.legal_person_identifier()], ", ");
        let computed = [oid::ORGANIZATION_NAME, oid::ORGANIZATION_IDENTIFIER, oid::ORGANIZATIONAL_UNIT_NAME]
            .map(|kind| certificate.subject_values(kind))
            .concat();
        match computed.is_empty() {
            true => Details::stated(stated),
            false => Details::both(stated, listed(|| &computed, ", ")),
        }
    });
}

/// Tells if the certificate names another organisation than the statement names as its issuer.
pub(crate) fn is_of_another(issuer: &Issuer, certificate: &Certificate) -> bool {
    is_named_in(issuer, certificate) == Some(false)
}

/// Tells if the certificate names the organisation that the statement names as its issuer; `None` where it names none.
fn is_named_in(issuer: &Issuer, certificate: &Certificate) -> Option<bool> {
    if let Some(numbers) = register_numbers(certificate) {
        return Some(issuer.is_among(&numbers));
    }
    let (names, stated) = (certificate.subject_values(oid::ORGANIZATION_NAME), issuer.legal_name());
    // Most are written alike, and need not be folded.
    let is_same = |name: &String| name == stated || folded(name) == folded(stated);
    (!names.is_empty()).then(|| names.iter().any(is_same))
}

fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::KeyKind;
    use crate::evidence::Environment;
    use crate::finding::Levels;
    use crate::testing::{CertificateSpec, generate_key};

    /// Of a certificate with these organizationIdentifiers, each with the name `Own`.
    fn code(identifiers: &[&str], name: &str, identifier: &str) -> Code {
        let (from, until) = (chrono::DateTime::UNIX_EPOCH, chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(1));
        let spec = CertificateSpec::seal("Seal", from, until);
        let spec = identifiers.iter().fold(spec, |spec, identifier| spec.with_organization("Own", identifier));
        let certificate = spec.self_signed(generate_key(&KeyKind::EcP256).unwrap()).unwrap().certificate;
        let levels = Levels::default();
        let mut ledger = Ledger::complete(&levels);
        check_issuer(&Issuer::new(name, identifier, Environment::Test).unwrap(), &certificate, &mut ledger);
        ledger.into_findings()[0].code
    }

    #[test]
    fn one_of_several_identifiers_is_enough_and_the_name_does_not_make_up_for_a_number() {
        use Code::{IssuerInCertificate as Own, IssuerNotInCertificate as Other};
        let (ntr, vat, lei) = ("NTRBE-0406798006", "VATBE-0566988259", "LEIXG-5493001KJTIIGC8Y1R12");
        for (identifiers, name, identifier, expected) in [
            (&[ntr, vat][..], "Own", "BE/BE/0566.988.259", Own),
            (&[lei, ntr], "Own", "be/BE/406798006", Own),
            (&[ntr, vat], "Own", "BE/BE/0214596464", Other),
            // As certificates hold it.
            (&[ntr, vat], "Own", "NTRBE-0406798006", Own),
            (&[ntr], "Own", "vatbe-0406.798.006", Own),
            (&["VATbe-0406798006"], "Own", "BE/BE/0406798006", Own),
            (&[ntr, vat], "Own", "NTRBE-0214596464", Other),
            (&[ntr], "Own", "NTRFR-0406798006", Other),
            (&[lei], "own", "BE/BE/0214596464", Own),
            (&[lei], "Owner", "BE/BE/0406798006", Other),
            (&["ntrbe-0406798006"], "Own", "BE/BE/0214596464", Other),
            // The prefix of a VAT number that is no code of a country.
            (&["VATEL-123456783"], "Own", "GR/BE/123456783", Own),
            (&["VATGR-123456783"], "Own", "EL/BE/123456783", Own),
            (&["VATXI-123456782"], "Own", "GB/BE/123456782", Own),
            (&["VATEL-123456783"], "Own", "GB/BE/123456783", Other),
            // The number as a part of something, or part of the number.
            (&[ntr], "Own", "BE/BE/04067980061", Other),
            (&[ntr], "Own", "BE/BE/10406798006", Other),
            (&[ntr], "Own", "BE/BE/040679800", Other),
            (&[ntr], "Own", "BE/BE/0214596464/0406798006", Other),
            (&[ntr], "Own", "FR/BE/0406798006", Other),
            (&["NTRBE-0406798006X"], "Own", "BE/BE/0406798006", Other),
            // Somebody else's number in a form that is none.
            (&[ntr], "Own", "BE-0214596464", Other),
            (&[ntr], "Own", "BE/0214596464", Other),
            (&[ntr], "Own", "BE/BE/\u{ff10}\u{ff12}\u{ff11}\u{ff14}0406798006", Other),
            (&["VATIE-1+23456A"], "Own", "IE/BE/123456A", Other),
            (&["VATIE-1+23456A"], "Own", "IE/BE/1+23456A", Own),
        ] {
            assert_eq!(code(identifiers, name, identifier), expected, "{identifiers:?}, {name}, {identifier}");
        }
    }
}
