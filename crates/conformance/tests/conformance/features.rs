//! What the manifests say of a SignedData and of a TSTInfo, compared with what is read.

use rfc3161_client::{ParsedToken, TimeStampToken, TstInfo};
use serde_json::{Value, json};
use signed_data::tlv::{Reader, Tag};
use signed_data::{Attributes, CertificateChoice, SignedData, SignerIdentifier, SignerInfo};

use crate::corpus::{hex, strings, time};
use crate::judgement::Judgement;
use crate::names::{oid, oids};

const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// Members that describe certificates, or the file, and not what is read here.
const ELSEWHERE: &[&str] = &["len", "note", "post_note", "feat_error", "certsig", "key", "certs_sorted"];

/// Notes which members of `features` nobody compares.
pub fn note_uncompared(features: &Value, compared: &[&[&str]], judgement: &mut Judgement) {
    let members = features.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let unknown = members.filter(|name| !ELSEWHERE.contains(name) && !compared.iter().any(|list| list.contains(name)));
    judgement.uncompared.extend(unknown.map(|name| format!("features.{name}")));
}

/// What is compared of a SignedData.
pub const OF_SIGNED_DATA: &[&str] = &[
    "nsi",
    "ncerts",
    "ncrls",
    "sdver",
    "detached",
    "ectype",
    "digest_algs",
    "ber_indef",
    "siver",
    "sid",
    "md",
    "md_params",
    "sigalg",
    "signed_attrs_sorted",
    "signing_time",
    "attrs",
    "uattrs",
    "v1",
    "v2",
    "v2alg",
    "v2_issuerserial",
    "ess",
    "signer_embedded",
    "othercert",
    "signer_not_first",
    "pss",
];

/// `changed`: whether the normaliser had something to do.
pub fn signed_data(signed_data: &SignedData<'_>, changed: bool, features: &Value, judgement: &mut Judgement) {
    let certificates: Vec<&[u8]> = signed_data.certificates.iter().filter_map(CertificateChoice::certificate).collect();
    judgement.compare(features, "nsi", signed_data.signer_infos.len());
    judgement.compare(features, "ncerts", certificates.len());
    judgement.compare(features, "ncrls", signed_data.crls.len());
    judgement.compare(features, "sdver", format!("v{}", signed_data.version.to_u64().unwrap_or(99)));
    judgement.compare(features, "detached", signed_data.encap_content_info.content.is_none());
    compare_oid(features, "ectype", &signed_data.encap_content_info.content_type.to_string(), judgement);
    let digests = signed_data.digest_algorithms.iter().map(|algorithm| algorithm.oid.to_string());
    compare_oids(features, "digest_algs", digests.collect(), judgement);
    let others = signed_data.certificates.iter().filter_map(|choice| match choice {
        CertificateChoice::Certificate(_) => None,
        CertificateChoice::ExtendedCertificate(_) => Some("extended_certificate"),
        // The manifests go by what is in it; some stand under the tag of the other version.
        CertificateChoice::AttributeCertificateV1(_) | CertificateChoice::AttributeCertificateV2(_) => {
            Some("attr_cert")
        }
        CertificateChoice::Other { .. } => Some("other"),
    });
    let others: Vec<_> = others.collect();
    let stated = features.get("othercert").map(|stated| strings(Some(stated)).map(without_version).collect::<Vec<_>>());
    if stated.as_ref().is_some_and(|stated| *stated != others) {
        judgement.differs("othercert", format!("{stated:?}"), format!("{others:?}"));
    }
    // An indefinite length anywhere has the normaliser change something; the manifest asks about the outside.
    if features.get("ber_indef") == Some(&Value::Bool(true)) && !changed {
        judgement.differs("ber_indef", true, "nothing to normalise");
    }
    if let Some(signer) = signed_data.signer_infos.first() {
        of_signer(signer, features, judgement);
    }
}

fn without_version(name: &str) -> &str {
    name.strip_prefix("v1_").or(name.strip_prefix("v2_")).unwrap_or(name)
}

fn of_signer(signer: &SignerInfo<'_>, features: &Value, judgement: &mut Judgement) {
    judgement.compare(features, "siver", format!("v{}", signer.version.to_u64().unwrap_or(99)));
    let sid = match signer.sid {
        SignerIdentifier::IssuerAndSerialNumber { .. } => "issuer_and_serial_number",
        SignerIdentifier::SubjectKeyIdentifier(_) => "subject_key_identifier",
    };
    judgement.compare(features, "sid", sid);
    compare_oid(features, "md", &signer.digest_algorithm.oid.to_string(), judgement);
    judgement.compare(features, "md_params", signer.digest_algorithm.parameters.is_some());
    compare_oid(features, "sigalg", &signer.signature_algorithm.oid.to_string(), judgement);
    compare_oids(features, "attrs", types(signer.signed_attributes.as_ref()), judgement);
    compare_oids(features, "uattrs", types(signer.unsigned_attributes.as_ref()), judgement);
    let Some(attributes) = &signer.signed_attributes else { return };
    judgement.compare(features, "signed_attrs_sorted", attributes.is_der_set());
    if let Some(stated) = features.get("signing_time").and_then(Value::as_str) {
        let read = value(attributes, SIGNING_TIME).and_then(|raw| Reader::new(raw, "signing-time").time().ok());
        let read = read.map(|time| time.value);
        if time(stated) != read {
            judgement.differs("signing_time", stated, format!("{read:?}"));
        }
    }
    let (v1, v2) = (value(attributes, SIGNING_CERTIFICATE), value(attributes, SIGNING_CERTIFICATE_V2));
    judgement.compare(features, "v1", v1.is_some());
    judgement.compare(features, "v2", v2.is_some());
    let references = [("signing_certificate", v1, "sha1"), ("signing_certificate_v2", v2, "sha256")];
    for (name, raw, by_default) in references {
        let read = raw.and_then(|raw| Reference::read(raw, by_default).ok());
        // A "?" is where who collected the data could not read it.
        let readable = |text: &&str| !text.starts_with('?');
        if name == "signing_certificate_v2"
            && features.get("v2alg").and_then(Value::as_str).is_some_and(|text| readable(&text))
        {
            let alg = read.as_ref().map(|read| read.algorithm.clone()).unwrap_or_default();
            compare_oid(features, "v2alg", &alg, judgement);
            judgement.compare(features, "v2_issuerserial", read.as_ref().is_some_and(|read| read.issuer_serial));
        }
        let Some(stated) = features.get("ess").and_then(|ess| ess.get(name)) else { continue };
        let Some(read) = read else {
            judgement.differs(format!("ess.{name}"), stated, "not read");
            continue;
        };
        judgement.compare(stated, "n", read.count);
        judgement.compare(stated, "issuer_serial", read.issuer_serial);
        judgement.compare(stated, "policies", read.policies);
        compare_oid(stated, "alg", &read.algorithm, judgement);
    }
}

/// SigningCertificate and SigningCertificateV2 (RFC 5035 §5.4), as far as the manifests describe them.
struct Reference {
    count: usize,
    /// Of the first entry, dotted.
    algorithm: String,
    issuer_serial: bool,
    policies: bool,
}

impl Reference {
    fn read(raw: &[u8], by_default: &str) -> Result<Self, signed_data::Error> {
        let what = "signing-certificate";
        let mut fields = Reader::new(raw, what).expect(Tag::SEQUENCE)?.reader(what);
        let mut entries = fields.expect(Tag::SEQUENCE)?.reader(what);
        let policies = !fields.is_empty();
        let mut first = entries.expect(Tag::SEQUENCE)?.reader(what);
        let mut count = 1;
        while !entries.is_empty() {
            entries.expect(Tag::SEQUENCE)?;
            count += 1;
        }
        let algorithm = match first.optional(Tag::SEQUENCE)? {
            Some(identifier) => identifier.reader(what).oid()?.to_string(),
            None => oid(by_default).unwrap_or_default().to_owned(),
        };
        first.octet_string()?;
        Ok(Self { count, algorithm, issuer_serial: !first.is_empty(), policies })
    }
}

fn types(attributes: Option<&Attributes<'_>>) -> Vec<String> {
    attributes.into_iter().flat_map(Attributes::iter).map(|attribute| attribute.oid.to_string()).collect()
}

fn value<'a>(attributes: &Attributes<'a>, oid: &str) -> Option<&'a [u8]> {
    let attribute = attributes.iter().find(|attribute| attribute.oid.to_string() == oid)?;
    attribute.values.first().map(|value| value.raw)
}

fn compare_oid(features: &Value, member: &str, read: &str, judgement: &mut Judgement) {
    let Some(stated) = features.get(member).and_then(Value::as_str) else { return };
    match oid(stated) {
        None => judgement.uncompared.push(format!("features.{member}: {stated}")),
        Some(dotted) if dotted != read => judgement.differs(member, stated, read),
        Some(_) => {}
    }
}

fn compare_oids(features: &Value, member: &str, mut read: Vec<String>, judgement: &mut Judgement) {
    let Some(stated) = features.get(member) else { return };
    read.sort_unstable();
    read.dedup();
    match oids(stated) {
        None => judgement.uncompared.push(format!("features.{member}: {stated}")),
        Some(dotted) if dotted != read => judgement.differs(member, stated, format!("{read:?}")),
        Some(_) => {}
    }
}

/// What is compared of a token beside its SignedData.
pub const OF_TOKEN: &[&str] = &[
    "genTime",
    "frac",
    "imprint",
    "imprint_params",
    "imprint_alg",
    "policy",
    "serialbits",
    "serial_neg",
    "ordering",
    "nonce",
    "tsa",
    "tsaext",
    "acc_dump",
    "tsaname",
];

pub fn token(token: &TimeStampToken, features: &Value, judgement: &mut Judgement) {
    tst_info(token.tst_info(), features, judgement);
    let embedded = token.signer_certificate();
    judgement.compare(features, "signer_embedded", embedded.is_some());
    if let (Ok(ParsedToken { signed_data, .. }), Some(embedded)) = (ParsedToken::parse(token.to_definite()), embedded) {
        let first = signed_data.certificates.first().and_then(CertificateChoice::certificate);
        judgement.compare(features, "signer_not_first", first != Some(embedded));
    }
}

pub fn tst_info(info: &TstInfo, features: &Value, judgement: &mut Judgement) {
    let as_coded = &info.gen_time_as_coded;
    let fraction = format!("{:09}", info.gen_time.timestamp_subsec_nanos());
    let gen_time = info.gen_time.format("%Y%m%d%H%M%S");
    let gen_time = match fraction.get(..as_coded.fraction_digits).filter(|digits| !digits.is_empty()) {
        None => format!("{gen_time}Z"),
        Some(digits) => format!("{gen_time}.{digits}Z"),
    };
    judgement.compare(features, "genTime", gen_time);
    judgement.compare(features, "frac", as_coded.has_fraction());
    judgement.compare(features, "imprint", hex(&info.message_imprint.digest));
    judgement.compare(features, "imprint_params", info.message_imprint.parameters.is_some());
    compare_oid(features, "imprint_alg", &info.message_imprint.algorithm.to_string(), judgement);
    judgement.compare(features, "policy", info.policy.to_string());
    judgement.compare(features, "serialbits", bits(&info.serial_number));
    judgement.compare(features, "serial_neg", info.serial_number.first().is_some_and(|first| first & 0x80 != 0));
    judgement.compare(features, "ordering", info.ordering);
    judgement.compare(features, "nonce", info.nonce.is_some());
    judgement.compare(features, "tsa", info.tsa.is_some());
    judgement.compare(features, "tsaext", !info.extensions.is_empty());
    let accuracy = info.accuracy.map(|a| json!({"seconds": a.seconds, "millis": a.millis, "micros": a.micros}));
    let stated = features.get("acc_dump").filter(|stated| !stated.is_null());
    // Some descriptions leave accuracies out; where there is one it must be the one that is read.
    if features.get("serialbits").is_some() && stated != accuracy.as_ref()
        || stated.is_some() && stated != accuracy.as_ref()
    {
        judgement.differs("accuracy", format!("{stated:?}"), format!("{accuracy:?}"));
    }
    let named = info.tsa.as_ref().is_some_and(|tsa| tsa.directory_name().is_some());
    if features.get("tsaname").and_then(Value::as_str).is_some_and(|name| name.contains(": ")) && !named {
        judgement.differs("tsaname", "a directoryName", format!("{:?}", info.tsa));
    }
}

/// Bits of the magnitude of a two's complement number.
pub fn bits(number: &[u8]) -> usize {
    let mut magnitude = number.to_vec();
    if number.first().is_some_and(|first| first & 0x80 != 0) {
        let mut carry = true;
        for octet in magnitude.iter_mut().rev() {
            (*octet, carry) = (!*octet).overflowing_add(u8::from(carry));
        }
    }
    let first = magnitude.iter().position(|octet| *octet != 0);
    first.map_or(0, |at| (magnitude.len() - at) * 8 - magnitude[at].leading_zeros() as usize)
}
