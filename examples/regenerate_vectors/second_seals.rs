//! Proofs with a second seal beside them, and everything that may be wrong with it.

use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::seal::Artifact;
use recommande::testing::{CertifiedKey, Forge, derived_ml_dsa_key};
use recommande::{Credentials, ProofOfSending, Sealer};
use serde_json::json;

use crate::case::{Case, FORGED, SEALED, second_seal};
use crate::post_quantum::with_digest;
use crate::world::{
    LABEL, LETTER, NOW, Result, SIGNED, STAMPED, World, at, replaced, seal_spec, sending, stamp, valid_until,
};

const SUBJECT: &str = "second seal";

/// A proof that announces a second seal, what makes that, and the second seal itself.
struct Sealed {
    proof: ProofOfSending,
    key: CertifiedKey,
    second: Vec<u8>,
}

pub struct SecondSeals {
    pub cases: Vec<Case>,
    pub files: Vec<(String, Vec<u8>)>,
}

pub fn all(world: &World) -> Result<SecondSeals> {
    let sealed = sealed(world, announced_key(world)?)?;
    let der = || sealed.proof.der().to_vec();
    let mut files = Vec::new();
    let mut beside = |name: &str, octets: Vec<u8>| {
        files.push((second_seal(name), octets));
        name.to_owned()
    };
    let good = beside("good", sealed.second.clone());
    let stamped = beside("stamped", stamped(world, &sealed)?);
    let mut cases = vec![
        Case::new(
            "second-seal/both",
            SEALED,
            "The statement announces a second seal by ML-DSA-65, which lies beside the proof.",
            der(),
        )
        .second_seals(&[&good])
        .also(SUBJECT, "second-seal-valid", "passed"),
        required(Case::new("second-seal/both-required", SEALED, "The policy demands both seals.", der()))
            .second_seals(&[&stamped])
            .also(SUBJECT, "second-seal-valid", "passed"),
        Case::new("second-seal/missing", SEALED, "The second seal was left out.", der())
            .warning(SUBJECT, "second-seal-missing"),
        demanded(
            Case::new("second-seal/missing-required", SEALED, "The second seal that is demanded was left out.", der()),
            "SIGNED_DATA_NOT_FOUND",
        )
        .warning(SUBJECT, "second-seal-missing"),
        Case::new("second-seal/missing-ignored", SEALED, "The second seal was left out, and nobody asks.", der())
            .policy(json!({"second_seal": "ignore"})),
        Case::new(
            "second-seal/not-announced",
            SEALED,
            "A second seal was exchanged onto a proof that announces none.",
            world.proof.der().to_vec(),
        )
        .second_seals(&[&good])
        .warning(SUBJECT, "second-seal-not-announced"),
        demanded(
            Case::new("second-seal/none-required", SEALED, "No second seal is announced.", world.proof.der().to_vec()),
            "SIG_CONSTRAINTS_FAILURE",
        ),
        Case::new("second-seal/doubled", SEALED, "Two second seals lie beside the proof, both good.", der())
            .second_seals(&[&good, &stamped])
            .also(SUBJECT, "second-seal-valid", "passed")
            .warning(SUBJECT, "second-seals-several"),
        Case::new("second-seal/too-many", SEALED, "More second seals were given than are judged.", der())
            .second_seals(&[&good; 5])
            .also(SUBJECT, "second-seal-valid", "passed")
            .warning(SUBJECT, "second-seals-several")
            .warning(SUBJECT, "second-seals-too-many"),
    ];
    for (name, why, octets, code) in wrong(world, &sealed)? {
        let given = beside(name, octets);
        let case = Case::new(&format!("second-seal/{name}"), FORGED, why, der());
        cases.push(case.second_seals(&[&given]).warning(SUBJECT, code));
    }
    let (case, octets) = other_algorithm(world, &sealed)?;
    cases.push(case.second_seals(&[&beside("algorithm", octets)]));
    let (case, octets) = unsuitable_algorithm(world, &sealed)?;
    cases.push(case.second_seals(&[&beside("algorithm-unsuitable", octets)]));
    let (case, octets) = by_first_key(world, &sealed)?;
    cases.push(case.second_seals(&[&beside("by-first-key", octets)]));
    let (case, octets) = expired(world)?;
    cases.push(case.second_seals(&[&beside("expired", octets)]));
    for (name, why, octets) in out_of_order(world, &sealed)? {
        let given = beside(name, octets);
        let case = Case::new(&format!("second-seal/{name}"), FORGED, why, der());
        cases.push(case.second_seals(&[&given]).warning(SUBJECT, "second-seal-not-valid"));
    }
    Ok(SecondSeals { cases, files })
}

fn required(case: Case) -> Case {
    case.policy(json!({"second_seal": "required"}))
}

fn demanded(case: Case, sub_indication: &str) -> Case {
    required(case).indeterminate(sub_indication, SUBJECT, "second-seal-demanded")
}

fn key(world: &World, kind: KeyKind, role: &str, until: DateTime<Utc>) -> Result<CertifiedKey> {
    let spec = recommande::testing::CertificateSpec::seal("Test Second Seal", at(SIGNED) - TimeDelta::days(1), until);
    Ok(world.pki.intermediate.issue(&spec, derived_ml_dsa_key(&kind, &format!("{LABEL}: {role}"))?)?)
}

fn announced_key(world: &World) -> Result<CertifiedKey> {
    key(world, KeyKind::MlDsa65, "second seal", valid_until())
}

/// The same sealer with a second seal, which its statements announce.
pub fn announcing(world: &World, sealer: Sealer) -> Result<Sealer> {
    with_second_seal(world, sealer, &announced_key(world)?)
}

fn sealer(world: &World, key: &CertifiedKey) -> Result<Sealer> {
    with_second_seal(world, world.sealer.clone(), key)
}

fn with_second_seal(world: &World, sealer: Sealer, key: &CertifiedKey) -> Result<Sealer> {
    let chain = [key, &world.pki.intermediate].map(|key| key.certificate.clone()).to_vec();
    Ok(sealer.with_second_seal(Credentials::new(key.signer.clone(), chain)?)?)
}

fn sealed(world: &World, key: CertifiedKey) -> Result<Sealed> {
    let sealer = sealer(world, &key)?;
    let proof = stamp(&world.pki, sealer.seal(&sending(8, LETTER)?, at(SIGNED))?, STAMPED, 8)?;
    let second = sealer.second_seal(&proof, at(SIGNED))?.der().to_vec();
    Ok(Sealed { proof, key, second })
}

/// Another second seal of the same proof, with a timestamp of its own.
fn stamped(world: &World, sealed: &Sealed) -> Result<Vec<u8>> {
    let unstamped = sealer(world, &sealed.key)?.second_seal(&sealed.proof, at(SIGNED))?;
    Ok(stamp(&world.pki, unstamped, STAMPED, 9)?.der().to_vec())
}

/// A second seal by this key over these octets, with one thing changed before it is signed.
fn forged(world: &World, key: &CertifiedKey, bare: &[u8], change: impl FnOnce(&mut Forge)) -> Result<Vec<u8>> {
    let chain = [key, &world.pki.intermediate].map(|key| key.certificate.clone());
    let mut forge = Forge::seal(bare, key, &chain, at(SIGNED));
    change(&mut forge);
    forge.sign(&*key.signer)?;
    forge.content = None;
    Ok(forge.to_der())
}

type Wrong = (&'static str, &'static str, Vec<u8>, &'static str);

fn wrong(world: &World, sealed: &Sealed) -> Result<Vec<Wrong>> {
    let bare = sealed.proof.bare_seal()?;
    let another = key(world, KeyKind::MlDsa65, "another second seal", valid_until())?;
    let mut flipped = sealed.second.clone();
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    let mut cut = sealed.second.clone();
    cut.pop();
    let of_another = sealer(world, &sealed.key)?;
    let other_proof = of_another.seal(&sending(9, LETTER)?, at(SIGNED))?;
    let of_another = of_another.second_seal(other_proof.as_artifact(), at(SIGNED))?.der().to_vec();
    Ok(vec![
        ("unreadable", "The second seal ends too early.", cut, "second-seal-unreadable"),
        (
            "of-another-seal",
            "The second seal is that of another proof of the same service.",
            of_another,
            "second-seal-of-another-seal",
        ),
        (
            "signature-invalid",
            "The last octet of the second signature is another one.",
            flipped,
            "second-seal-signature-invalid",
        ),
        (
            "certificate",
            "The second seal is by another certificate than the announced one, of the same issuer.",
            forged(world, &another, &bare, |_| {})?,
            "second-seal-certificate-differs",
        ),
        (
            "digest-too-weak",
            "The second seal has SHA-256 beside ML-DSA-65.",
            forged(world, &sealed.key, &bare, |forge| with_digest(forge, &sealed.key, DigestAlgorithm::Sha256))?,
            "second-seal-digest-weak",
        ),
    ])
}

/// Second seals whose stated time does not fit.
fn out_of_order(world: &World, sealed: &Sealed) -> Result<[(&'static str, &'static str, Vec<u8>); 3]> {
    let bare = sealed.proof.bare_seal()?;
    let chain = [&sealed.key, &world.pki.intermediate].map(|key| key.certificate.clone());
    let stating = |time| -> Result<Forge> {
        let mut forge = Forge::seal(&bare, &sealed.key, &chain, time);
        forge.sign(&*sealed.key.signer)?;
        forge.content = None;
        Ok(forge)
    };
    let mut late = stating(at(STAMPED) + TimeDelta::hours(1))?;
    let token = world.token_for(&late.first().signature, STAMPED)?;
    late.first().stamp(&token);
    let early = stating(at(SIGNED) - TimeDelta::hours(1))?;
    let ahead = stating(at(NOW) + TimeDelta::hours(1))?;
    Ok([
        ("after-its-timestamp", "The second seal states that it was made an hour after its timestamp.", late.to_der()),
        ("before-the-event", "The second seal states that it was made an hour before the event.", early.to_der()),
        ("in-the-future", "The second seal states that it is made an hour from now.", ahead.to_der()),
    ])
}

/// The statement announces ML-DSA-87 by the certificate of an ML-DSA-65 key.
fn other_algorithm(world: &World, sealed: &Sealed) -> Result<(Case, Vec<u8>)> {
    let (der, second) = announcing_by(world, sealed, "2.16.840.1.101.3.4.3.19")?;
    let why = "The second seal is by ML-DSA-65, and ML-DSA-87 is announced.";
    let case = Case::new("second-seal/algorithm", FORGED, why, der);
    Ok((case.warning(SUBJECT, "second-seal-algorithm-differs"), second))
}

/// The statement announces ecdsa-with-SHA256, which would fall with the first seal.
fn unsuitable_algorithm(world: &World, sealed: &Sealed) -> Result<(Case, Vec<u8>)> {
    let (der, second) = announcing_by(world, sealed, "1.2.840.10045.4.3.2")?;
    let why = "The announced algorithm, ecdsa-with-SHA256, is no post-quantum one.";
    let case = Case::new("second-seal/algorithm-unsuitable", FORGED, why, der);
    Ok((case.warning(SUBJECT, "second-seal-algorithm-unsuitable"), second))
}

/// A proof that announces another algorithm, and its second seal by ML-DSA-65.
fn announcing_by(world: &World, sealed: &Sealed, oid: &str) -> Result<(Vec<u8>, Vec<u8>)> {
    let json = replaced(&json_of(sealed)?, "urn:oid:2.16.840.1.101.3.4.3.18", &format!("urn:oid:{oid}"));
    let der = world.sealed(json.as_bytes())?;
    let second = forged(world, &sealed.key, &ProofOfSending::from_der(&der)?.bare_seal()?, |_| {})?;
    Ok((der, second))
}

fn json_of(sealed: &Sealed) -> Result<String> {
    let parsed = signed_data::SignedData::parse(sealed.proof.der())?;
    Ok(std::str::from_utf8(parsed.encap_content_info.content.unwrap_or_default())?.to_owned())
}

/// The first seal is by the key of the second one, in another certificate.
fn by_first_key(world: &World, sealed: &Sealed) -> Result<(Case, Vec<u8>)> {
    let first = world.pki.intermediate.issue(&seal_spec(), sealed.key.signer.clone())?;
    let chain = [&first, &world.pki.intermediate].map(|key| key.certificate.clone());
    let mut forge = Forge::seal(json_of(sealed)?.as_bytes(), &first, &chain, at(SIGNED));
    forge.sign(&*first.signer)?;
    let token = world.token_for(&forge.first().signature, STAMPED)?;
    forge.first().stamp(&token);
    let der = forge.to_der();
    let second = forged(world, &sealed.key, &ProofOfSending::from_der(&der)?.bare_seal()?, |_| {})?;
    let why = "Both seals are by one key, which has two certificates.";
    let case = Case::new("second-seal/by-first-key", FORGED, why, der);
    Ok((case.warning(SUBJECT, "second-seal-by-first-key"), second))
}

/// The certificate of the second seal has ended, and nothing proves that the second seal is older.
fn expired(world: &World) -> Result<(Case, Vec<u8>)> {
    let sealed = sealed(world, key(world, KeyKind::MlDsa87, "expired second seal", at(SIGNED) + TimeDelta::hours(1))?)?;
    let why = "The certificate of the second seal has ended, and no timestamp says that the second seal is older.";
    let case = Case::new("second-seal/expired", SEALED, why, sealed.proof.der().to_vec());
    Ok((case.warning(SUBJECT, "second-seal-not-valid"), sealed.second))
}
