//! The names that the manifests give to object identifiers.

use serde_json::Value;

const NAMES: &[(&str, &str)] = &[
    ("data", "1.2.840.113549.1.7.1"),
    ("signed_data", "1.2.840.113549.1.7.2"),
    ("tst_info", "1.2.840.113549.1.9.16.1.4"),
    ("content_type", "1.2.840.113549.1.9.3"),
    ("message_digest", "1.2.840.113549.1.9.4"),
    ("signing_time", "1.2.840.113549.1.9.5"),
    ("counter_signature", "1.2.840.113549.1.9.6"),
    ("smime_capabilities", "1.2.840.113549.1.9.15"),
    ("signing_certificate", "1.2.840.113549.1.9.16.2.12"),
    ("signature_time_stamp_token", "1.2.840.113549.1.9.16.2.14"),
    ("signing_certificate_v2", "1.2.840.113549.1.9.16.2.47"),
    ("cms_algorithm_protection", "1.2.840.113549.1.9.52"),
    ("microsoft_nested_signature", "1.3.6.1.4.1.311.2.4.1"),
    ("microsoft_time_stamp_token", "1.3.6.1.4.1.311.3.3.1"),
    ("adobe_revocation_info_archival", "1.2.840.113583.1.1.8"),
    ("md2", "1.2.840.113549.2.2"),
    ("md5", "1.2.840.113549.2.5"),
    ("sha1", "1.3.14.3.2.26"),
    ("sha224", "2.16.840.1.101.3.4.2.4"),
    ("sha256", "2.16.840.1.101.3.4.2.1"),
    ("sha384", "2.16.840.1.101.3.4.2.2"),
    ("sha512", "2.16.840.1.101.3.4.2.3"),
    ("sha512_224", "2.16.840.1.101.3.4.2.5"),
    ("sha512_256", "2.16.840.1.101.3.4.2.6"),
    ("sha3_224", "2.16.840.1.101.3.4.2.7"),
    ("sha3_256", "2.16.840.1.101.3.4.2.8"),
    ("sha3_384", "2.16.840.1.101.3.4.2.9"),
    ("sha3_512", "2.16.840.1.101.3.4.2.10"),
    ("shake128", "2.16.840.1.101.3.4.2.11"),
    ("shake256", "2.16.840.1.101.3.4.2.12"),
    ("rsassa_pkcs1v15", "1.2.840.113549.1.1.1"),
    ("md2_rsa", "1.2.840.113549.1.1.2"),
    ("md5_rsa", "1.2.840.113549.1.1.4"),
    ("sha1_rsa", "1.2.840.113549.1.1.5"),
    ("rsassa_pss", "1.2.840.113549.1.1.10"),
    ("sha256_rsa", "1.2.840.113549.1.1.11"),
    ("sha384_rsa", "1.2.840.113549.1.1.12"),
    ("sha512_rsa", "1.2.840.113549.1.1.13"),
    ("sha224_rsa", "1.2.840.113549.1.1.14"),
    ("sha1_ecdsa", "1.2.840.10045.4.1"),
    ("sha224_ecdsa", "1.2.840.10045.4.3.1"),
    ("sha256_ecdsa", "1.2.840.10045.4.3.2"),
    ("sha384_ecdsa", "1.2.840.10045.4.3.3"),
    ("sha512_ecdsa", "1.2.840.10045.4.3.4"),
    ("dsa", "1.2.840.10040.4.1"),
    ("sha1_dsa", "1.2.840.10040.4.3"),
    ("sha224_dsa", "2.16.840.1.101.3.4.3.1"),
    ("sha256_dsa", "2.16.840.1.101.3.4.3.2"),
    ("ed25519", "1.3.101.112"),
    ("ed448", "1.3.101.113"),
];

/// The object identifier that the manifests call so; `None` for a name that is not known here.
pub fn oid(name: &str) -> Option<&str> {
    let dotted = name.contains('.') && name.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    if dotted { Some(name) } else { NAMES.iter().find(|(listed, _)| *listed == name).map(|(_, oid)| *oid) }
}

/// A list of names as object identifiers, each once, sorted.
pub fn oids(list: &Value) -> Option<Vec<&str>> {
    let mut oids: Vec<&str> = list.as_array()?.iter().map(|name| oid(name.as_str()?)).collect::<Option<_>>()?;
    oids.sort_unstable();
    oids.dedup();
    Some(oids)
}
