//! Certificates and paths.

use recommande::Certificate;
use recommande::pki::{PathRequest, TrustAnchors, ValidationBudget, limits, validate_path};
use signed_data::tlv::{Reader, Tag, element};

use crate::der::elements;
use crate::world::world;

/// The first element is the certificate in question, the others are beside it.
pub fn certificate(input: &[u8]) {
    let certificates: Vec<Certificate> =
        elements(input).into_iter().filter_map(|element| Certificate::from_der(element.raw).ok()).collect();
    let Some((target, others)) = certificates.split_first() else { return };
    certificates.iter().for_each(read);
    let world = world();
    let anchors = world.pki.seal_anchors();
    if path(target, &certificates, &anchors) {
        let is_issued = world.pki.seal_chain().iter().any(|issued| issued.tbs() == target.tbs());
        assert!(is_issued, "a certificate that nobody issued");
    }
    // The same contents, signed by the root: what comes after the signature check is reached.
    let Some(issued) = issued_by_root(target) else { return };
    path(&issued, others, &anchors);
    // As an intermediate above the seal's certificate, and as an anchor.
    let mut candidates = world.pki.seal_chain();
    candidates.insert(0, issued.clone());
    path(&world.pki.seal.certificate, &candidates, &anchors);
    let mut anchors = TrustAnchors::new();
    anchors.add(issued);
    path(&world.pki.intermediate.certificate, others, &anchors);
}

fn read(certificate: &Certificate) {
    let again = Certificate::from_der(certificate.der()).expect("was read");
    assert_eq!(&again, certificate);
    let _ = (certificate.version(), certificate.serial(), certificate.issuer(), certificate.subject());
    let _ = (certificate.common_names(), certificate.organizational_units(), certificate.is_valid_at(world().now));
    let _ = (certificate.signature_algorithms_agree(), certificate.duplicate_extension(), certificate.key_usage());
    let _ = (certificate.basic_constraints(), certificate.is_ca(), certificate.private_key_usage_period());
    let _ = (certificate.subject_key_identifier(), certificate.authority_key_identifier());
    let _ = (certificate.qc_statements(), certificate.subject_alt_names(), certificate.extended_key_usage());
    assert!(certificate.signature_algorithm().is_ok());
    assert!(certificate.extensions().count() <= limits::MAX_EXTENSIONS);
    assert!(certificate.public_key().kind().to_string().len() < 200);
}

fn path(target: &Certificate, candidates: &[Certificate], anchors: &TrustAnchors) -> bool {
    let budget = ValidationBudget::new(64);
    let request = PathRequest::new(target, candidates, anchors, world().now).with_budget(&budget);
    let answer = validate_path(&request);
    assert!(budget.used() <= 64);
    match answer {
        Ok(path) => {
            assert_eq!(path.target(), Some(target));
            assert!(path.anchor().is_some_and(|anchor| anchors.contains(anchor)));
            assert!(path.certificates.len() <= limits::MAX_PATH_LENGTH);
            assert!(path.holds_at(world().now));
            true
        }
        Err(error) => {
            let _ = error.to_string();
            false
        }
    }
}

/// The TBSCertificate as it is, with a signature by the root's key.
fn issued_by_root(certificate: &Certificate) -> Option<Certificate> {
    let root = &world().pki.root;
    let algorithm = inner_algorithm(certificate)?;
    let signature = root.signer.sign(certificate.tbs()).ok()?;
    let signature = element(Tag::BIT_STRING, &[&[0], &signature]);
    Certificate::from_der(&element(Tag::SEQUENCE, &[certificate.tbs(), algorithm, &signature])).ok()
}

fn inner_algorithm(certificate: &Certificate) -> Option<&[u8]> {
    let what = "TBSCertificate";
    let mut fields = Reader::new(certificate.tbs(), what).expect(Tag::SEQUENCE).ok()?.reader(what);
    fields.optional(Tag::context(0)).ok()?;
    fields.any().ok()?;
    Some(fields.any().ok()?.raw)
}
