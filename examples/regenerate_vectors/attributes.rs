//! Seals with one signed attribute missing, duplicated or changed, and with a signature that is wrong.

use crate::oid;
use const_oid::ObjectIdentifier;
use recommande::crypto::{DigestAlgorithm, SignatureAlgorithm};
use recommande::testing::{ForgedSigner, algorithm_protection, attribute, signing_certificate, tlv};
use signed_data::tlv::Tag;

use crate::case::{Case, FORGED};
use crate::world::{Result, World, derived, seal_spec};

/// md5, RFC 3370 §2.2: not offered.
const MD5: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
/// id-Ed448, RFC 8410 §3: not offered.
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");

/// Attributes that inform; in a proof they are held to the same rules.
const INFORMING: [(&str, ObjectIdentifier); 2] =
    [("mime-type", oid::MIME_TYPE), ("commitment-type", oid::COMMITMENT_TYPE)];

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([missing(world)?, duplicated(world)?, changed(world)?, signatures(world)?].concat())
}

fn case(world: &World, id: &str, why: &str, change: impl FnOnce(&mut ForgedSigner)) -> Result<Case> {
    Ok(Case::new(id, FORGED, why, world.forged(|forge| change(forge.first()))?))
}

fn missing(world: &World) -> Result<Vec<Case>> {
    let without = |id, why, oid| case(world, id, why, |signer| signer.remove(oid));
    let format = "FORMAT_FAILURE";
    Ok(vec![
        without("attributes/content-type-missing", "content-type is not signed.", oid::CONTENT_TYPE)?
            .level("not-baseline")
            .failed(format, "seal", "content-type-missing"),
        without(
            "attributes/message-digest-missing",
            "message-digest is not signed: the signature covers no content.",
            oid::MESSAGE_DIGEST,
        )?
        .level("not-baseline")
        .failed(format, "seal", "message-digest-missing"),
        without(
            "attributes/signing-time-missing",
            "signing-time is not signed; the baseline requires it.",
            oid::SIGNING_TIME,
        )?
        .level("not-baseline")
        .indeterminate("SIG_CONSTRAINTS_FAILURE", "seal", "signing-time-missing"),
        without(
            "attributes/signing-certificate-missing",
            "No signed attribute binds the signing certificate.",
            oid::SIGNING_CERTIFICATE_V2,
        )?
        .level("not-baseline")
        .indeterminate("SIG_CONSTRAINTS_FAILURE", "seal", "signing-certificate-reference-missing"),
        without(
            "good/without-algorithm-protection",
            "cms-algorithm-protection may be absent.",
            oid::CMS_ALGORITHM_PROTECTION,
        )?
        .also("seal", "algorithm-protection-missing", "information"),
        without("good/without-mime-type", "mime-type may be absent.", oid::MIME_TYPE)?,
    ])
}

fn duplicated(world: &World) -> Result<Vec<Case>> {
    let attributes = [
        ("content-type", oid::CONTENT_TYPE),
        ("message-digest", oid::MESSAGE_DIGEST),
        ("signing-time", oid::SIGNING_TIME),
        ("signing-certificate", oid::SIGNING_CERTIFICATE_V2),
        ("algorithm-protection", oid::CMS_ALGORITHM_PROTECTION),
    ];
    let commitment = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::PROOF_OF_SENDER.as_bytes()])]);
    let mut cases = Vec::new();
    for (name, oid) in attributes {
        let level = if name == "algorithm-protection" { "B-T" } else { "not-baseline" };
        let (id, why) = (format!("attributes/{name}-duplicated"), format!("{name} is signed twice."));
        let case = case(world, &id, &why, |signer| signer.duplicate(oid))?.level(level);
        cases.push(case.failed("FORMAT_FAILURE", "seal", "attribute-duplicated"));
    }
    for (name, oid) in INFORMING {
        let (id, why) = (format!("attributes/{name}-duplicated"), format!("{name} is signed twice."));
        let case = case(world, &id, &why, |signer| {
            signer.set(oid::COMMITMENT_TYPE, &[&commitment]);
            signer.duplicate(oid);
        })?;
        cases.push(case.failed("FORMAT_FAILURE", "seal", "attribute-duplicated"));
    }
    let digest = tlv(Tag::OCTET_STRING, &[DigestAlgorithm::Sha256.digest(world.json.as_bytes()).as_bytes()]);
    let of_another_statement =
        tlv(Tag::OCTET_STRING, &[DigestAlgorithm::Sha256.digest(b"another statement").as_bytes()]);
    let mut values = [digest.as_slice(), &of_another_statement];
    values.sort_unstable();
    let two_values = case(
        world,
        "attributes/message-digest-two-values",
        "message-digest has two values, one of them right.",
        |signer| {
            signer.set(oid::MESSAGE_DIGEST, &values);
        },
    )?;
    cases.push(two_values.failed("FORMAT_FAILURE", "seal", "attribute-duplicated"));
    Ok(cases)
}

fn changed(world: &World) -> Result<Vec<Case>> {
    let digest = tlv(Tag::OCTET_STRING, &[DigestAlgorithm::Sha256.digest(b"another statement").as_bytes()]);
    let number = tlv(Tag::INTEGER, &[&[1]]);
    let content_type = tlv(Tag::OBJECT_IDENTIFIER, &[oid::SIGNED_DATA.as_bytes()]);
    let intermediate = &world.pki.intermediate.certificate;
    let seal = &world.pki.seal.certificate;
    let ecdsa = world.pki.seal.signer.algorithm().to_der();
    let sha_512 = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::SHA512.as_bytes()])]);
    let sha_256 = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::SHA256.as_bytes()])]);
    let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256).to_der();
    let set = |id: &str, why: &str, oid, value: &[u8]| case(world, id, why, |signer| signer.set(oid, &[value]));
    let mut cases = vec![
        set(
            "attributes/content-type-other",
            "The signed content-type is id-signedData.",
            oid::CONTENT_TYPE,
            &content_type,
        )?
        .failed("FORMAT_FAILURE", "seal", "content-type-differs"),
        set(
            "attributes/message-digest-other",
            "The signed message-digest is that of another statement.",
            oid::MESSAGE_DIGEST,
            &digest,
        )?
        .failed("HASH_FAILURE", "seal", "message-digest-differs"),
        set(
            "attributes/signing-certificate-other",
            "signing-certificate-v2 names the intermediate.",
            oid::SIGNING_CERTIFICATE_V2,
            &signing_certificate(intermediate, DigestAlgorithm::Sha256),
        )?
        .indeterminate("NO_SIGNING_CERTIFICATE_FOUND", "seal", "signing-certificate-differs"),
        set(
            "attributes/algorithm-protection-other-digest",
            "cms-algorithm-protection names another digest algorithm.",
            oid::CMS_ALGORITHM_PROTECTION,
            &algorithm_protection(&sha_512, &ecdsa),
        )?
        .failed("FORMAT_FAILURE", "seal", "algorithm-protection-differs"),
        set(
            "attributes/algorithm-protection-other-signature",
            "cms-algorithm-protection names another signature algorithm.",
            oid::CMS_ALGORITHM_PROTECTION,
            &algorithm_protection(&sha_256, &rsa),
        )?
        .failed("FORMAT_FAILURE", "seal", "algorithm-protection-differs"),
        set(
            "good/signing-certificate-sha-512",
            "signing-certificate-v2 names the certificate by SHA-512.",
            oid::SIGNING_CERTIFICATE_V2,
            &signing_certificate(seal, DigestAlgorithm::Sha512),
        )?,
        case(
            world,
            "good/signing-certificate-v1",
            "The older signing-certificate, by SHA-1, binds the certificate; weakly.",
            |signer| {
                signer.remove(oid::SIGNING_CERTIFICATE_V2);
                signer.set(oid::SIGNING_CERTIFICATE, &[&signing_certificate(seal, DigestAlgorithm::Sha1)]);
            },
        )?
        .also("seal", "signing-certificate-reference-weak", "information"),
    ];
    let unreadable = [
        ("content-type", oid::CONTENT_TYPE),
        ("message-digest", oid::MESSAGE_DIGEST),
        ("algorithm-protection", oid::CMS_ALGORITHM_PROTECTION),
    ];
    let as_absent = [
        ("signing-time", oid::SIGNING_TIME, "signing-time-missing"),
        ("signing-certificate", oid::SIGNING_CERTIFICATE_V2, "signing-certificate-reference-missing"),
    ];
    for (name, oid, code) in as_absent {
        let (id, why) = (
            format!("attributes/{name}-unreadable"),
            format!("The value of {name} is an INTEGER: it counts as absent."),
        );
        let case = set(&id, &why, oid, &number)?.indeterminate("SIG_CONSTRAINTS_FAILURE", "seal", code);
        cases.push(case.warning("seal", "signed-attribute-unreadable"));
    }
    for (name, oid) in unreadable {
        let (id, why) = (format!("attributes/{name}-unreadable"), format!("The value of {name} is an INTEGER."));
        cases.push(set(&id, &why, oid, &number)?.failed("FORMAT_FAILURE", "seal", "attribute-malformed"));
    }
    for (name, oid) in INFORMING {
        let why = format!("The value of {name} is an INTEGER, which is a warning.");
        let bytes = world.forged(|forge| forge.first().set(oid, &[&number]))?;
        let ours = Case::new(&format!("attributes/{name}-unreadable"), FORGED, &why, bytes.clone());
        cases.push(ours.warning("seal", "stated-attribute-unreadable"));
        let why = format!("The value of {name} is an INTEGER; in a signature made by others that is a warning.");
        let foreign = Case::signature(&format!("foreign/{name}-unreadable"), FORGED, &why, bytes);
        cases.push(foreign.warning("seal", "stated-attribute-unreadable"));
    }
    Ok(cases)
}

fn signatures(world: &World) -> Result<Vec<Case>> {
    let stranger = world.pki.intermediate.issue(&seal_spec(), derived("stranger")?)?;
    let mut flipped = world.forge(world.json.as_bytes());
    flipped.sign(&*world.pki.seal.signer)?;
    if let Some(last) = flipped.first().signature.last_mut() {
        *last ^= 1;
    }
    let token = world.token_for(&flipped.first().signature.clone(), crate::world::STAMPED)?;
    flipped.first().stamp(&token);
    let mut other_key = world.forge(world.json.as_bytes());
    other_key.sign(&*stranger.signer)?;
    let token = world.token_for(&other_key.first().signature.clone(), crate::world::STAMPED)?;
    other_key.first().stamp(&token);
    let mut other_content = world.forge(world.json.as_bytes());
    other_content.content =
        Some(crate::world::replaced(&world.json, "Building permit", "Building refusal").into_bytes());
    let other_content = world.finish(other_content)?;
    let without = |signer: &mut ForgedSigner| {
        signer.remove(oid::CMS_ALGORITHM_PROTECTION);
    };
    let other_digest = world.forged(|forge| {
        without(forge.first());
        forge.first().signature_algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512).to_der();
    })?;
    Ok(vec![
        Case::new(
            "signature/flipped",
            FORGED,
            "The last bit of the signature is flipped; the timestamp is over the flipped one.",
            flipped.to_der(),
        )
        .failed("SIG_CRYPTO_FAILURE", "seal", "signature-invalid"),
        Case::new("signature/other-key", FORGED, "The signature is by another key.", other_key.to_der()).failed(
            "SIG_CRYPTO_FAILURE",
            "seal",
            "signature-invalid",
        ),
        Case::new(
            "signature/other-content",
            FORGED,
            "Under the seal stands another statement than the signed one.",
            other_content,
        )
        .failed("HASH_FAILURE", "seal", "message-digest-differs"),
        case(world, "signature/digest-not-offered", "The digest algorithm is MD5.", |signer| {
            without(signer);
            signer.digest_algorithm = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[MD5.as_bytes()])]);
        })?
        .no_level()
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "digest-algorithm-not-offered"),
        case(world, "signature/algorithm-not-offered", "The signature algorithm is Ed448.", |signer| {
            without(signer);
            signer.signature_algorithm = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[ED448.as_bytes()])]);
        })?
        .no_level()
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "algorithm-not-offered"),
        case(world, "signature/key-does-not-fit", "The signature algorithm is RSA, the key is on P-256.", |signer| {
            without(signer);
            signer.signature_algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256).to_der();
        })?
        .failed("SIG_CRYPTO_FAILURE", "seal", "key-does-not-fit-algorithm"),
        Case::new(
            "signature/certificate-missing",
            FORGED,
            "The signer's certificate is not in the file.",
            world.forged(|forge| {
                forge.certificates.remove(0);
            })?,
        )
        .no_level()
        .indeterminate("NO_SIGNING_CERTIFICATE_FOUND", "seal", "signing-certificate-not-found"),
        Case::new(
            "signature/certificate-replaced",
            FORGED,
            "Instead of the signer's certificate there is one of the same names for another key.",
            world.forged(|forge| {
                forge.certificates[0] = stranger.certificate.der().to_vec();
            })?,
        )
        .indeterminate("NO_SIGNING_CERTIFICATE_FOUND", "seal", "signing-certificate-differs")
        .failed("SIG_CRYPTO_FAILURE", "seal", "signature-invalid"),
        Case::new(
            "signature/other-digest-named",
            FORGED,
            "The signature algorithm names SHA-512, the signer used SHA-256.",
            other_digest,
        )
        .failed("SIG_CRYPTO_FAILURE", "seal", "signature-invalid"),
        case(
            world,
            "signature/digest-algorithm-misnamed",
            "Where SHA-256 belongs stands ECDSA with SHA-256: some signers do so.",
            |signer| {
                without(signer);
                signer.digest_algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256).to_der();
            },
        )?
        .warning("seal", "digest-algorithm-misnamed"),
        case(
            world,
            "attributes/signing-time-unsigned",
            "A second signing-time stands among the unsigned attributes.",
            |signer| {
                let time = tlv(Tag::UTC_TIME, &[b"260302091505Z"]);
                signer.unsigned_attributes.push(attribute(oid::SIGNING_TIME, &[&time]));
            },
        )?
        .failed("FORMAT_FAILURE", "seal", "attribute-misplaced"),
        Case::new(
            "signature/key-not-usable",
            FORGED,
            "The certificate's RSA key has the public exponent 1.",
            world.sealed_with_exponent_1()?,
        )
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "key-not-usable")
        .warning("seal chain", "algorithm-legacy"),
    ])
}
