//! CRLs and OCSP responses.

use recommande::pki::revocation::{
    Crl, OcspResponse, RevocationData, RevocationRequest, RevocationStatus, check_revocation, limits,
};
use recommande::pki::{Certificate, ValidationBudget};
use signed_data::tlv::{Reader, Tag, element};

use crate::der::{basic, first_of};
use crate::seeds;
use crate::world::world;

/// What nobody signed tells nothing; what is signed anew is judged without harm.
pub fn crl(input: &[u8]) {
    if let Ok(crl) = Crl::from_der(input) {
        let again = Crl::from_der(crl.der()).expect("was read");
        assert_eq!(again.fingerprint(), crl.fingerprint());
        assert_eq!(crl.entries().take(limits::MAX_CRL_ENTRIES).count(), crl.len());
        assert_eq!(crl.is_empty(), crl.len() == 0);
        let _ = (crl.issuer(), crl.this_update(), crl.next_update(), crl.number(), crl.delta_base());
        let _ = (crl.key_identifier(), crl.issuing_distribution_point(), crl.expired_certs_from());
        assert!(!format!("{crl:?}").is_empty());
    }
    judge(input);
    // The same list, signed by the intermediate and by the root.
    let pki = &world().pki;
    for key in [&pki.intermediate, &pki.root] {
        if let Some(signed) = signed_list(input, &*key.signer) {
            data(&signed).iter().for_each(|data| _ = statuses(data));
        }
    }
}

/// As for a CRL.
pub fn ocsp(input: &[u8]) {
    if let Ok(response) = OcspResponse::from_der(input) {
        let again = OcspResponse::from_der(response.der()).expect("was read");
        assert_eq!(again.fingerprint(), response.fingerprint());
        assert!(response.responses().count() <= limits::MAX_SINGLE_RESPONSES);
        assert!(response.certificates().len() <= limits::MAX_RESPONSE_CERTIFICATES);
        let _ = (response.produced_at(), response.nonce());
        assert!(!format!("{response:?}").is_empty());
    }
    judge(input);
    let pki = &world().pki;
    for key in [&pki.intermediate, &world().responder] {
        if let Some(signed) = signed_answer(input, &*key.signer) {
            data(&signed).iter().for_each(|data| _ = statuses(data));
        }
    }
}

fn data(input: &[u8]) -> Option<RevocationData> {
    match RevocationData::from_bytes(input) {
        Ok(data) => Some(data),
        Err(error) => {
            let _ = error.to_string();
            None
        }
    }
}

/// Only what was issued here gives a status.
fn judge(input: &[u8]) {
    let Some(data) = data(input) else { return };
    let told = statuses(&data);
    if told {
        let crls = data.crls().iter().filter_map(|crl| first_of(crl.der()));
        let responses = data.ocsp_responses().iter().filter_map(|response| first_of(basic(response.der())?));
        let issued = seeds::issued();
        let genuine = crls.chain(responses).any(|tbs| issued.iter().any(|octets| octets == tbs));
        assert!(genuine, "a status by nobody");
    }
}

/// Whether any certificate of the seal's path has a status.
fn statuses(data: &RevocationData) -> bool {
    let world = world();
    let anchors = world.pki.seal_anchors();
    let candidates: Vec<Certificate> =
        data.ocsp_responses().iter().flat_map(|response| response.certificates().to_vec()).collect();
    let mut told = false;
    for at in [world.sent_at, world.now] {
        let budget = ValidationBudget::new(64);
        let request = RevocationRequest::new(&world.path, data, &candidates, &anchors, at).with_budget(&budget);
        let answers = check_revocation(&request);
        assert!(budget.used() <= 64);
        assert_eq!(answers.len(), 2, "one for each certificate below the anchor");
        for answer in answers {
            let _ = (answer.status.to_string(), answer.source.map(|source| source.to_string()));
            assert!(answer.set_aside.len() <= limits::MAX_SET_ASIDE);
            told |= matches!(
                answer.status,
                RevocationStatus::Good | RevocationStatus::Revoked { .. } | RevocationStatus::OnHold { .. }
            );
        }
    }
    told
}

fn signed_list(input: &[u8], signer: &dyn recommande::crypto::Signer) -> Option<Vec<u8>> {
    let tbs = first_of(input)?;
    let algorithm = signer.algorithm().to_der();
    let signature = element(Tag::BIT_STRING, &[&[0], &signer.sign(tbs).ok()?]);
    Some(element(Tag::SEQUENCE, &[tbs, &algorithm, &signature]))
}

fn signed_answer(input: &[u8], signer: &dyn recommande::crypto::Signer) -> Option<Vec<u8>> {
    let basic = basic(input)?;
    let tbs = first_of(basic)?;
    let mut fields = Reader::new(basic, "BasicOCSPResponse").any().ok()?.reader("BasicOCSPResponse");
    let mut after = &[][..];
    for _ in 0..3 {
        fields.any().ok()?;
        after = fields.remaining();
    }
    let signature = element(Tag::BIT_STRING, &[&[0], &signer.sign(tbs).ok()?]);
    Some(element(Tag::SEQUENCE, &[tbs, &signer.algorithm().to_der(), &signature, after]))
}
