//! Files that are no proof, and proofs whose envelope is wrong in one place.

use crate::oid;
use recommande::testing::{AttributeOrder, Forge, tlv};
use signed_data::tlv::{Reader, Tag};

use crate::case::{Case, FORGED};
use crate::world::{Result, SIGNED, World, at};

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let good = world.proof.der();
    let mut half = good.to_vec();
    half.truncate(good.len() / 2);
    let mut trailing = good.to_vec();
    trailing.push(0);
    let mut two_signers = world.forge(world.json.as_bytes());
    two_signers.sign(&*world.pki.seal.signer)?;
    let mut second = Forge::seal(world.json.as_bytes(), &world.pki.seal, &world.pki.seal_chain(), at(SIGNED));
    second.first().remove(oid::MIME_TYPE);
    second.sign(&*world.pki.seal.signer)?;
    two_signers.signers.append(&mut second.signers);
    let mut no_signer = two_signers.clone();
    no_signer.signers.clear();
    let data = tlv(
        Tag::SEQUENCE,
        &[
            &tlv(Tag::OBJECT_IDENTIFIER, &[oid::DATA.as_bytes()]),
            &tlv(Tag::context(0), &[&tlv(Tag::OCTET_STRING, &[world.json.as_bytes()])]),
        ],
    );
    // id-envelopedData, RFC 5652 §6.1.
    let enveloped = world.forged(|forge| {
        forge.outer_type = const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
    })?;
    let mut out_of_order = world.forge(world.json.as_bytes());
    out_of_order.first().order = AttributeOrder::AsListed;
    out_of_order.first().attributes.reverse();
    let coding = |id, why, bytes| Case::malformed(id, why, bytes, "Coding");
    let profile = |id, why, bytes, violation: &str| Case::malformed(id, why, bytes, &format!("Profile({violation})"));
    Ok(vec![
        coding("shape/empty", "An empty file.", Vec::new()),
        coding("shape/text", "No ASN.1 at all.", world.json.as_bytes().to_vec()),
        coding("shape/truncated", "The first half of a good proof.", half),
        coding("shape/trailing-octet", "A good proof, and one octet more.", trailing),
        coding(
            "shape/huge-length",
            "A SEQUENCE that announces 2^32-1 octets.",
            vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ),
        coding(
            "shape/nested-10000-deep",
            "Ten thousand SEQUENCEs of indefinite length, each in the one before.",
            [0x30, 0x80].repeat(10_000),
        ),
        coding("shape/data", "A ContentInfo of id-data: nothing is signed.", data),
        coding("shape/enveloped-data", "The outer content type says id-envelopedData.", enveloped),
        profile(
            "shape/non-minimal-length",
            "The outermost length takes an octet more than it needs: BER, not DER.",
            long_length(good)?,
            "NotDer",
        ),
        profile(
            "shape/signed-data-version",
            "SignedData is of version 6, which does not exist.",
            world.forged(|forge| forge.version = 6)?,
            "Version",
        ),
        profile(
            "shape/signer-info-version",
            "SignerInfo is of version 2, which does not exist.",
            world.forged(|forge| forge.first().version = 2)?,
            "Version",
        ),
        profile("shape/no-signer", "A SignedData without a signer.", no_signer.to_der(), "Signers"),
        profile("shape/two-signers", "Two signers, each right by itself.", two_signers.to_der(), "Signers"),
        profile(
            "shape/content-type-not-data",
            "eContentType and the signed content-type are id-ct-TSTInfo.",
            world.forged(|forge| {
                forge.content_type = oid::TST_INFO;
                forge.first().set(oid::CONTENT_TYPE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::TST_INFO.as_bytes()])]);
            })?,
            "ContentType",
        ),
        profile(
            "shape/detached",
            "The statement is not in the file.",
            world.forged(|forge| forge.content = None)?,
            "ContentMissing",
        ),
        profile(
            "shape/no-signed-attributes",
            "The content itself is signed, without signed attributes.",
            world.forged(|forge| forge.first().order = AttributeOrder::NoAttributes)?,
            "SignedAttributesMissing",
        ),
        profile(
            "shape/attributes-out-of-order",
            "The signed attributes are signed as they stand, which is not DER's order.",
            world.finish(out_of_order)?,
            "SignedAttributesNotDer",
        ),
        Case::new(
            "shape/timestamp-oid-altered",
            FORGED,
            "The last octet of the timestamp attribute's type is another: there is no timestamp.",
            altered_timestamp(good)?,
        )
        .level("B-B")
        .unproven()
        .indeterminate("NO_POE", "time", "timestamp-missing"),
    ])
}

/// The outermost length with a leading zero.
fn long_length(der: &[u8]) -> Result<Vec<u8>> {
    let outer = Reader::new(der, "ContentInfo").any()?;
    let length = u32::try_from(outer.value.len())?.to_be_bytes();
    Ok([&[outer.tag.0, 0x84], length.as_slice(), outer.value].concat())
}

fn altered_timestamp(der: &[u8]) -> Result<Vec<u8>> {
    let wanted = oid::SIGNATURE_TIME_STAMP.as_bytes();
    let position = der.windows(wanted.len()).position(|window| window == wanted).ok_or("a timestamp")?;
    let mut altered = der.to_vec();
    altered[position + wanted.len() - 1] = 0x7f;
    Ok(altered)
}
