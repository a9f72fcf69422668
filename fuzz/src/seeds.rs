//! What fuzzing begins with: artifacts of the library itself, and the test vectors beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::TimeDelta;
use recommande::pki::revocation::{OcspStatus, RevocationReason};
use recommande::seal::Artifact;
use recommande::testing::{
    CrlSpec, IssuingPointSpec, Misbehaviour, OcspAnswerSpec, OcspSpec, Reach, ResponderIdSpec, RevokedSpec, TestTsa,
};
use recommande::verify::{Context, Payload, Policy, Preceding};
use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Tag, element};
use signed_data::{SignedData, normalize};

use crate::der::signed_part;
use crate::world::{tsa, world};

/// id-data, RFC 5652 §4: no name of an extension.
const ID_DATA: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// The inputs that a target begins with.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "ber_normaliser" => [coding(), files(&["p7m", "p7s"])].concat(),
        "signed_data" | "foreign" => [artifacts(), tokens(), files(&["p7m", "p7s"])].concat(),
        "timestamp_resp" => [vec![world().request.to_der()], responses(), tokens()].concat(),
        "tst_info" | "restamped" => tokens().iter().filter_map(|token| tst_info(token)).collect(),
        "evidence_json" => {
            let statements = artifacts().iter().chain(&files(&["p7m"])).filter_map(|file| content(file)).collect();
            [statements, files(&["json"])].concat()
        }
        "certificate" => certificates(),
        "crl" => crls(),
        "ocsp" => responses_about_status(),
        "proof" | "resealed" => [artifacts(), files(&["p7m", "p7s"])].concat(),
        "second_seal" => [crate::second_seal::seeds(), files(&["p7s"])].concat(),
        "register_json" => files(&["json"]),
        "receipt_xml" => crate::receipt::seeds(),
        "policy_json" => policies(),
        "audit_lines" => files(&["jsonl", "json"]),
        "transparency" => crate::transparency::seeds(),
        "aggregated" => [crate::aggregated::seeds(), files(&["rma"])].concat(),
        "log_proof" => [crate::log_proof::seeds(), files(&["tlog-proof"])].concat(),
        "dossier" => crate::dossier::seeds(),
        "reconstruction" => files(&["jsonl"]),
        "evidence_record" => [crate::record::seeds(), files(&["ers"])].concat(),
        _ => Vec::new(),
    }
}

/// Writes the seeds of a target to the folder that `RECOMMANDE_FUZZ_SEEDS` names, if it names one, each under the
/// digest of its octets.
///
/// The target itself does it when it starts: another program would have to be built without the instrumentation.
pub fn write(target: &str) {
    let Some(folder) = std::env::var_os("RECOMMANDE_FUZZ_SEEDS").map(PathBuf::from) else { return };
    fs::create_dir_all(&folder).expect("a folder for seeds");
    for seed in seeds(target) {
        let digest = recommande::crypto::DigestAlgorithm::Sha1.digest(&seed);
        let name: String = digest.as_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
        fs::write(folder.join(name), seed).expect("a seed");
    }
}

fn artifacts() -> Vec<Vec<u8>> {
    let world = world();
    let (sending, opening) = (world.sending.der(), world.opening.der());
    vec![
        sending.into(),
        opening.into(),
        world.long_term.der().into(),
        world.unstamped.der().into(),
        world.prepared.der().into(),
        world.payload_signature.der().into(),
    ]
}

const MISBEHAVIOURS: [Misbehaviour; 18] = [
    Misbehaviour::WrongNonce,
    Misbehaviour::MissingNonce,
    Misbehaviour::WrongImprint,
    Misbehaviour::WrongImprintAlgorithm,
    Misbehaviour::WrongVersion,
    Misbehaviour::UnknownCriticalExtension,
    Misbehaviour::WrongContentType,
    Misbehaviour::Rejected,
    Misbehaviour::GrantedWithoutToken,
    Misbehaviour::RejectedWithToken,
    Misbehaviour::MissingCertificate,
    Misbehaviour::TwoSigners,
    Misbehaviour::MissingSigningCertificate,
    Misbehaviour::BadSignature,
    Misbehaviour::ExpiredCertificate,
    Misbehaviour::ExtraEku,
    Misbehaviour::UntrustedCertificate,
    Misbehaviour::Ber,
];

fn responses() -> Vec<Vec<u8>> {
    let world = world();
    let tsa = || tsa(&world.pki, world.stamped_at);
    let accuracy = rfc3161_client::Accuracy { seconds: Some(0), millis: Some(500), micros: Some(1) };
    let misbehaving: Vec<TestTsa> =
        MISBEHAVIOURS.into_iter().map(|misbehaviour| tsa().with_misbehaviour(misbehaviour)).collect();
    let more = [
        tsa().with_fraction_digits(3).with_tsa_name().with_ordering().with_accuracy(accuracy),
        tsa().without_accuracy(),
    ];
    let answers = misbehaving.iter().chain(&more).map(|tsa| tsa.respond(&world.request.to_der()));
    std::iter::once(world.response.clone()).chain(answers).collect()
}

fn tokens() -> Vec<Vec<u8>> {
    responses().iter().filter_map(|response| Some(signed_data::children(response).ok()?.get(1)?.to_vec())).collect()
}

fn tst_info(token: &[u8]) -> Option<Vec<u8>> {
    TimeStampToken::from_bytes(token).ok().and_then(|token| content(token.to_definite()))
}

fn content(signed_data: &[u8]) -> Option<Vec<u8>> {
    let definite = normalize(signed_data).ok()?;
    SignedData::parse(&definite).ok()?.encap_content_info.content.map(Into::into)
}

fn certificates() -> Vec<Vec<u8>> {
    let pki = &world().pki;
    let chain: Vec<Vec<u8>> =
        pki.seal_chain().iter().chain(&pki.tsa_chain()).map(|certificate| certificate.der().to_vec()).collect();
    let of_vectors = files(&["p7m"]);
    let embedded = of_vectors.iter().filter_map(|file| {
        let definite = normalize(file).ok()?;
        let parsed = SignedData::parse(&definite).ok()?;
        Some(parsed.certificates.iter().filter_map(|choice| choice.certificate()).collect::<Vec<_>>().concat())
    });
    [chain.clone(), vec![chain.concat()], embedded.collect()].concat()
}

/// CRLs of many kinds, as DER.
fn crls() -> Vec<Vec<u8>> {
    let world = world();
    let (pki, from, until) = (&world.pki, world.sent_at - TimeDelta::hours(1), world.now + TimeDelta::days(1));
    let revoked = |days| RevokedSpec::new(&pki.seal.certificate, world.sent_at + TimeDelta::days(days));
    let complete = || CrlSpec::new(from, until).with_number(7);
    let by_intermediate = [
        complete(),
        complete().with_revoked(&revoked(-1).with_reason(RevocationReason::KeyCompromise).with_invalidity_date(from)),
        complete().with_revoked(&revoked(1).with_reason(RevocationReason::CertificateHold)),
        complete().with_revoked(&revoked(1)).with_revoked(&RevokedSpec::new(&world.responder.certificate, from)),
        complete().with_delta_base(6).with_revoked(&revoked(2).with_reason(RevocationReason::RemoveFromCrl)),
        complete().without_next_update(),
        complete()
            .with_issuing_distribution_point(&IssuingPointSpec { reach: Reach::Indirect, ..Default::default() })
            .with_revoked(&revoked(-1).with_certificate_issuer(pki.intermediate.certificate.subject_der())),
        complete().with_critical_extension(ID_DATA, vec![5, 0]),
    ];
    let by_intermediate = by_intermediate.iter().map(|spec| pki.intermediate.issue_crl(spec).expect("a CRL"));
    by_intermediate.chain([pki.root.issue_crl(&complete()).expect("a CRL")]).collect()
}

/// OCSP responses, by the issuer and by a responder.
fn responses_about_status() -> Vec<Vec<u8>> {
    let world = world();
    let (pki, at) = (&world.pki, world.sent_at);
    let (certificate, issuer) = (&pki.seal.certificate, &pki.intermediate.certificate);
    let answer = |status| OcspAnswerSpec::new(certificate, issuer, status, at).with_next_update(world.now);
    let revoked = OcspStatus::Revoked { date: at, reason: Some(RevocationReason::KeyCompromise) };
    let good = || OcspSpec::new(at, answer(OcspStatus::Good));
    let specs = [
        good(),
        good().with_nonce(&[7; 16]).with_responder_id(ResponderIdSpec::ByKey),
        OcspSpec::new(at, answer(revoked).with_digest(recommande::crypto::DigestAlgorithm::Sha256)),
        OcspSpec::new(at, answer(OcspStatus::Unknown).with_archive_cutoff(at)),
        good().with_certificates(Vec::new()),
    ];
    let responders = [&pki.intermediate, &world.responder];
    let answers = responders.iter().flat_map(|key| specs.iter().map(|spec| key.answer_ocsp(spec).expect("an answer")));
    answers.chain([vec![0x30, 3, 0x0a, 1, 6]]).collect()
}

/// What was signed about the status of certificates.
pub(crate) fn issued() -> &'static [Vec<u8>] {
    static ISSUED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let answers = [crls(), responses_about_status()].concat();
        answers.iter().filter_map(|der| signed_part(der)).collect()
    });
    &ISSUED
}

/// BER of many shapes.
fn coding() -> Vec<Vec<u8>> {
    let segments = [&[0x24, 0x80, 0x24, 0x80][..], &[0x04, 1, 1, 0x04, 0, 0, 0, 0x24, 3, 4, 1, 2, 0, 0]].concat();
    let mut seeds = vec![
        segments.clone(),
        [&[0x30, 0x80, 0xa0, 0x80][..], &segments, &[0, 0, 2, 1, 5, 0x30, 0x81, 1, 5, 0, 0]].concat(),
        vec![0xbf, 0x81, 0x05, 0x80, 0x1f, 0x82, 0x03, 1, 0, 0, 0],
    ];
    seeds.extend(tokens());
    seeds.push(element(Tag::SEQUENCE, &[&[0x30, 0x80].repeat(20), &[0; 40]]));
    seeds
}

fn policies() -> Vec<Vec<u8>> {
    let world = world();
    let report = |der: &[u8]| {
        let preceding = Preceding::NotGiven;
        let report = world.verifier.report(der, Context::new(preceding, Payload::Digests(&world.payload)), world.now);
        serde_json::to_vec(&report).expect("JSON")
    };
    let policies = [Policy::default(), Policy::strict(), Policy::conformance()];
    let policies = policies.iter().map(|policy| serde_json::to_vec(policy).expect("JSON"));
    policies.chain(artifacts().iter().map(|der| report(der))).chain([b"{}".to_vec(), report(b"none")]).collect()
}

/// The files of `test-vectors` with one of these endings; none where there is no such folder.
fn files(endings: &[&str]) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors"), &mut paths);
    paths.sort();
    let wanted = paths.iter().filter(|path| {
        path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
    });
    wanted.filter_map(|path| fs::read(path).ok()).filter(|octets| octets.len() < 64 << 10).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, paths) } else { paths.push(path) }
    }
}

#[cfg(test)]
mod tests {
    use recommande::verify::Indication;

    use super::*;

    #[test]
    fn every_target_holds_for_its_seeds() {
        for (name, target) in crate::TARGETS {
            let seeds = seeds(name);
            assert!(seeds.len() > 2, "{name}");
            seeds.iter().for_each(|seed| target(seed));
        }
    }

    #[test]
    fn what_is_sealed_again_passes() {
        let world = world();
        let again = crate::proof::seal_again(world, world.sending.der()).expect("sealed");
        let payload = Payload::Digests(&world.payload);
        let report = world.verifier.report(again.as_slice(), Context::new(Preceding::NotGiven, payload), world.now);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}
