//! This module lists every OBJECT IDENTIFIER that the crate uses, each with its source.

use const_oid::ObjectIdentifier;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $arcs:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($arcs);)*
    };
}

// Content types.
oids! {
    /// id-data, RFC 5652 §4.
    DATA = "1.2.840.113549.1.7.1";
    /// id-signedData, RFC 5652 §5.1.
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// id-ct-TSTInfo, RFC 3161 §2.4.2.
    TST_INFO = "1.2.840.113549.1.9.16.1.4";
}

// Attributes of a SignerInfo.
oids! {
    /// id-contentType, RFC 5652 §11.1.
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    /// id-messageDigest, RFC 5652 §11.2.
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    /// id-signingTime, RFC 5652 §11.3.
    SIGNING_TIME = "1.2.840.113549.1.9.5";
    /// id-aa-signingCertificate, RFC 2634 §5.4.
    SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
    /// id-aa-signingCertificateV2, RFC 5035 §3.
    SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
    /// id-aa-ets-mimeType, ETSI EN 319 122-1 clause 5.2.5.2.
    MIME_TYPE = "0.4.0.1733.2.1";
    /// id-aa-ets-commitmentType, ETSI EN 319 122-1 clause 5.2.3.
    COMMITMENT_TYPE = "1.2.840.113549.1.9.16.2.16";
    /// id-aa-CMSAlgorithmProtect, RFC 6211 §2.
    CMS_ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52";
    /// id-aa-signatureTimeStampToken, ETSI EN 319 122-1 clause 5.3, RFC 3161 appendix A.
    SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14";
    /// id-aa-ets-contentTimestamp, ETSI EN 319 122-1 clause 5.2.8.
    CONTENT_TIME_STAMP = "1.2.840.113549.1.9.16.2.20";
    /// id-aa-ets-archiveTimestampV3, ETSI EN 319 122-1 clause 5.5.3.
    ARCHIVE_TIME_STAMP_V3 = "0.4.0.1733.2.4";
    /// id-aa-ets-longTermValidation, ETSI TS 101 733 V1.8.1 clause 6.5.1, which nobody makes any more.
    LONG_TERM_VALIDATION = "0.4.0.1733.2.2";
    /// id-aa-ATSHashIndex-v3, ETSI EN 319 122-1 clause 5.5.2.
    ATS_HASH_INDEX_V3 = "0.4.0.19122.1.5";
    /// id-aa-ATSHashIndex, ETSI TS 101 733 V2.2.1 clause 6.4.2, the predecessor of version 3.
    ATS_HASH_INDEX = "0.4.0.1733.2.5";
    /// id-aa-48, archive-time-stamp-v2, ETSI TS 101 733 V1.8.1 clause 6.4.1.
    ARCHIVE_TIME_STAMP_V2 = "1.2.840.113549.1.9.16.2.48";
    /// id-aa-ets-archiveTimestamp, RFC 5126 §6.4.1.
    ARCHIVE_TIME_STAMP = "1.2.840.113549.1.9.16.2.27";
    /// id-aa-ets-escTimeStamp, ETSI EN 319 122-1 annex A.1.5.2.
    CADES_C_TIME_STAMP = "1.2.840.113549.1.9.16.2.25";
    /// id-aa-ets-certCRLTimestamp, ETSI EN 319 122-1 annex A.1.5.1.
    CERTS_CRLS_TIME_STAMP = "1.2.840.113549.1.9.16.2.26";
    /// id-aa-ets-certValues, ETSI EN 319 122-1 annex A.1.1.2.
    CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23";
    /// id-aa-ets-revocationValues, ETSI EN 319 122-1 annex A.1.2.2.
    REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24";
    /// id-aa-ets-certificateRefs, ETSI EN 319 122-1 annex A.1.1.1.
    CERTIFICATE_REFS = "1.2.840.113549.1.9.16.2.21";
    /// id-aa-ets-revocationRefs, ETSI EN 319 122-1 annex A.1.2.1.
    REVOCATION_REFS = "1.2.840.113549.1.9.16.2.22";
    /// id-aa-er-internal, RFC 4998 appendix A: an evidence record over the whole CMS, content included.
    EVIDENCE_RECORD_INTERNAL = "1.2.840.113549.1.9.16.2.49";
    /// id-aa-er-external, RFC 4998 appendix A: an evidence record over the CMS and its detached content.
    EVIDENCE_RECORD_EXTERNAL = "1.2.840.113549.1.9.16.2.50";
}

// Commitment types, ETSI EN 319 122-1 clause 5.2.3.
oids! {
    /// id-cti-ets-proofOfOrigin: the signer created, approved and sent the message.
    PROOF_OF_ORIGIN = "1.2.840.113549.1.9.16.6.1";
    /// id-cti-ets-proofOfReceipt: the signer received the message.
    PROOF_OF_RECEIPT = "1.2.840.113549.1.9.16.6.2";
    /// id-cti-ets-proofOfApproval: the signer approved the message.
    PROOF_OF_APPROVAL = "1.2.840.113549.1.9.16.6.5";
    /// id-cti-ets-proofOfCreation: the signer created the message.
    PROOF_OF_CREATION = "1.2.840.113549.1.9.16.6.6";
    /// id-cti-ets-proofOfDelivery: the provider delivered the message to a place that the recipient can reach.
    PROOF_OF_DELIVERY = "1.2.840.113549.1.9.16.6.3";
    /// id-cti-ets-proofOfSender: the signer sent the message but did not necessarily create it.
    PROOF_OF_SENDER = "1.2.840.113549.1.9.16.6.4";
}

// Unsigned attributes by others.
oids! {
    /// id-countersignature, RFC 5652 §11.4.
    COUNTERSIGNATURE = "1.2.840.113549.1.9.6";
}

// Digest algorithms.
oids! {
    /// id-sha1, RFC 3370 §2.1.
    SHA1 = "1.3.14.3.2.26";
    /// id-sha224, RFC 5754 §2.1.
    SHA224 = "2.16.840.1.101.3.4.2.4";
    /// id-sha256, RFC 5754 §2.2.
    SHA256 = "2.16.840.1.101.3.4.2.1";
    /// id-sha384, RFC 5754 §2.3.
    SHA384 = "2.16.840.1.101.3.4.2.2";
    /// id-sha512, RFC 5754 §2.4.
    SHA512 = "2.16.840.1.101.3.4.2.3";
    /// id-sha3-224, NIST Computer Security Objects Register.
    SHA3_224 = "2.16.840.1.101.3.4.2.7";
    /// id-sha3-256, NIST Computer Security Objects Register.
    SHA3_256 = "2.16.840.1.101.3.4.2.8";
    /// id-sha3-384, NIST Computer Security Objects Register.
    SHA3_384 = "2.16.840.1.101.3.4.2.9";
    /// id-sha3-512, NIST Computer Security Objects Register.
    SHA3_512 = "2.16.840.1.101.3.4.2.10";
    /// id-shake128, RFC 8702 §3.1.
    SHAKE128 = "2.16.840.1.101.3.4.2.11";
    /// id-shake256, RFC 8702 §3.1.
    SHAKE256 = "2.16.840.1.101.3.4.2.12";
}

// Certificate extensions and extended key usages.
oids! {
    /// id-ce-subjectKeyIdentifier, RFC 5280 §4.2.1.2.
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    /// id-ce-keyUsage, RFC 5280 §4.2.1.3.
    KEY_USAGE = "2.5.29.15";
    /// id-ce-privateKeyUsagePeriod, RFC 3280 §4.2.1.4.
    PRIVATE_KEY_USAGE_PERIOD = "2.5.29.16";
    /// id-ce-subjectAltName, RFC 5280 §4.2.1.6.
    SUBJECT_ALT_NAME = "2.5.29.17";
    /// id-ce-basicConstraints, RFC 5280 §4.2.1.9.
    BASIC_CONSTRAINTS = "2.5.29.19";
    /// id-ce-authorityKeyIdentifier, RFC 5280 §4.2.1.1.
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    /// id-ce-extKeyUsage, RFC 5280 §4.2.1.12.
    EXTENDED_KEY_USAGE = "2.5.29.37";
    /// anyExtendedKeyUsage, RFC 5280 §4.2.1.12.
    ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
    /// id-kp-emailProtection, RFC 5280 §4.2.1.12.
    EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
    /// id-kp-documentSigning, RFC 9336 §3.1.
    DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36";
    /// szOID_KP_DOCUMENT_SIGNING of Microsoft.
    MICROSOFT_DOCUMENT_SIGNING = "1.3.6.1.4.1.311.10.3.12";
    /// id-adobe-authenticDocumentsTrust of Adobe.
    ADOBE_AUTHENTIC_DOCUMENTS = "1.2.840.113583.1.1.5";
    /// id-kp-timeStamping, RFC 5280 §4.2.1.12.
    TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    /// id-pe-qcStatements, RFC 3739 §3.2.6.
    QC_STATEMENTS = "1.3.6.1.5.5.7.1.3";
    /// esi4-qtstStatement-1, ETSI EN 319 422 clause 9.1.
    QTST_STATEMENT = "0.4.0.19422.1.1";
    /// id-at-commonName, RFC 5280 appendix A.1.
    COMMON_NAME = "2.5.4.3";
}

// Signature algorithms and public keys.
oids! {
    /// rsaEncryption, RFC 8017 appendix A.1.
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
    /// id-RSASSA-PSS, RFC 8017 appendix A.2.3, RFC 4055 §3.
    RSASSA_PSS = "1.2.840.113549.1.1.10";
    /// id-mgf1, RFC 8017 appendix A.2.1.
    MGF1 = "1.2.840.113549.1.1.8";
    /// sha1WithRSAEncryption, RFC 8017 appendix A.2.4.
    SHA1_WITH_RSA = "1.2.840.113549.1.1.5";
    /// sha1WithRSASignature, OIW (NIST Special Publication 500-202), which old certificates use.
    SHA1_WITH_RSA_OIW = "1.3.14.3.2.29";
    /// sha224WithRSAEncryption, RFC 8017 appendix A.2.4.
    SHA224_WITH_RSA = "1.2.840.113549.1.1.14";
    /// sha256WithRSAEncryption, RFC 8017 appendix A.2.4.
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
    /// sha384WithRSAEncryption, RFC 8017 appendix A.2.4.
    SHA384_WITH_RSA = "1.2.840.113549.1.1.12";
    /// sha512WithRSAEncryption, RFC 8017 appendix A.2.4.
    SHA512_WITH_RSA = "1.2.840.113549.1.1.13";
    /// id-rsassa-pkcs1-v1-5-with-sha3-224, NIST Computer Security Objects Register.
    SHA3_224_WITH_RSA = "2.16.840.1.101.3.4.3.13";
    /// id-rsassa-pkcs1-v1-5-with-sha3-256, NIST Computer Security Objects Register.
    SHA3_256_WITH_RSA = "2.16.840.1.101.3.4.3.14";
    /// id-rsassa-pkcs1-v1-5-with-sha3-384, NIST Computer Security Objects Register.
    SHA3_384_WITH_RSA = "2.16.840.1.101.3.4.3.15";
    /// id-rsassa-pkcs1-v1-5-with-sha3-512, NIST Computer Security Objects Register.
    SHA3_512_WITH_RSA = "2.16.840.1.101.3.4.3.16";
    /// id-ecPublicKey, RFC 5480 §2.1.1.
    EC_PUBLIC_KEY = "1.2.840.10045.2.1";
    /// ecdsa-with-SHA1, RFC 3279 §2.2.3.
    ECDSA_WITH_SHA1 = "1.2.840.10045.4.1";
    /// ecdsa-with-SHA224, RFC 5758 §3.2.
    ECDSA_WITH_SHA224 = "1.2.840.10045.4.3.1";
    /// ecdsa-with-SHA256, RFC 5758 §3.2.
    ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    /// ecdsa-with-SHA384, RFC 5758 §3.2.
    ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3";
    /// ecdsa-with-SHA512, RFC 5758 §3.2.
    ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4";
    /// id-ecdsa-with-sha3-224, NIST Computer Security Objects Register.
    ECDSA_WITH_SHA3_224 = "2.16.840.1.101.3.4.3.9";
    /// id-ecdsa-with-sha3-256, NIST Computer Security Objects Register.
    ECDSA_WITH_SHA3_256 = "2.16.840.1.101.3.4.3.10";
    /// id-ecdsa-with-sha3-384, NIST Computer Security Objects Register.
    ECDSA_WITH_SHA3_384 = "2.16.840.1.101.3.4.3.11";
    /// id-ecdsa-with-sha3-512, NIST Computer Security Objects Register.
    ECDSA_WITH_SHA3_512 = "2.16.840.1.101.3.4.3.12";
    /// secp256r1, NIST P-256, RFC 5480 §2.1.1.1.
    P256 = "1.2.840.10045.3.1.7";
    /// secp384r1, NIST P-384, RFC 5480 §2.1.1.1.
    P384 = "1.3.132.0.34";
    /// secp521r1, NIST P-521, RFC 5480 §2.1.1.1.
    P521 = "1.3.132.0.35";
    /// id-Ed25519, RFC 8410 §3.
    ED25519 = "1.3.101.112";
    /// id-ml-dsa-44, RFC 9881 §2.
    ML_DSA_44 = "2.16.840.1.101.3.4.3.17";
    /// id-ml-dsa-65, RFC 9881 §2.
    ML_DSA_65 = "2.16.840.1.101.3.4.3.18";
    /// id-ml-dsa-87, RFC 9881 §2.
    ML_DSA_87 = "2.16.840.1.101.3.4.3.19";
    /// id-slh-dsa-sha2-192s, RFC 9909 §3.
    SLH_DSA_SHA2_192S = "2.16.840.1.101.3.4.3.22";
    /// id-slh-dsa-sha2-192f, RFC 9909 §3.
    SLH_DSA_SHA2_192F = "2.16.840.1.101.3.4.3.23";
    /// id-slh-dsa-sha2-256s, RFC 9909 §3.
    SLH_DSA_SHA2_256S = "2.16.840.1.101.3.4.3.24";
    /// id-slh-dsa-sha2-256f, RFC 9909 §3.
    SLH_DSA_SHA2_256F = "2.16.840.1.101.3.4.3.25";
    /// id-slh-dsa-shake-192s, RFC 9909 §3.
    SLH_DSA_SHAKE_192S = "2.16.840.1.101.3.4.3.28";
    /// id-slh-dsa-shake-192f, RFC 9909 §3.
    SLH_DSA_SHAKE_192F = "2.16.840.1.101.3.4.3.29";
    /// id-slh-dsa-shake-256s, RFC 9909 §3.
    SLH_DSA_SHAKE_256S = "2.16.840.1.101.3.4.3.30";
    /// id-slh-dsa-shake-256f, RFC 9909 §3.
    SLH_DSA_SHAKE_256F = "2.16.840.1.101.3.4.3.31";
}

// More attributes of names and extensions of certificates.
oids! {
    /// id-at-organizationalUnitName, RFC 5280 appendix A.1.
    ORGANIZATIONAL_UNIT_NAME = "2.5.4.11";
    /// id-ce-nameConstraints, RFC 5280 §4.2.1.10.
    NAME_CONSTRAINTS = "2.5.29.30";
    /// id-on-SmtpUTF8Mailbox, RFC 9598 §3.
    SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";
    /// id-ce-certificatePolicies, RFC 5280 §4.2.1.4.
    CERTIFICATE_POLICIES = "2.5.29.32";
    /// anyPolicy, RFC 5280 §4.2.1.4.
    ANY_POLICY = "2.5.29.32.0";
    /// id-ce-policyMappings, RFC 5280 §4.2.1.5.
    POLICY_MAPPINGS = "2.5.29.33";
    /// id-ce-policyConstraints, RFC 5280 §4.2.1.11.
    POLICY_CONSTRAINTS = "2.5.29.36";
    /// id-ce-inhibitAnyPolicy, RFC 5280 §4.2.1.14.
    INHIBIT_ANY_POLICY = "2.5.29.54";
    /// id-pe-authorityInfoAccess, RFC 5280 §4.2.2.1.
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
}

// Names.
oids! {
    /// id-at-countryName, RFC 5280 appendix A.1.
    #[cfg(feature = "testing")]
    COUNTRY_NAME = "2.5.4.6";
    /// id-at-organizationName, RFC 5280 appendix A.1.
    ORGANIZATION_NAME = "2.5.4.10";
    /// id-at-organizationIdentifier, ETSI EN 319 412-1 clause 5.1.4.
    ORGANIZATION_IDENTIFIER = "2.5.4.97";
}

// Revocation: extensions of certificates, CRLs and their entries, and of OCSP responses.
oids! {
    /// id-ce-cRLNumber, RFC 5280 §5.2.3.
    CRL_NUMBER = "2.5.29.20";
    /// id-ce-cRLReasons, RFC 5280 §5.3.1.
    CRL_REASONS = "2.5.29.21";
    /// id-ce-invalidityDate, RFC 5280 §5.3.2.
    INVALIDITY_DATE = "2.5.29.24";
    /// id-ce-deltaCRLIndicator, RFC 5280 §5.2.4.
    DELTA_CRL_INDICATOR = "2.5.29.27";
    /// id-ce-issuingDistributionPoint, RFC 5280 §5.2.5.
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    /// id-ce-certificateIssuer, RFC 5280 §5.3.3.
    CERTIFICATE_ISSUER = "2.5.29.29";
    /// id-ce-cRLDistributionPoints, RFC 5280 §4.2.1.13.
    CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    /// id-ce-expiredCertsOnCRL, Recommendation ITU-T X.509 clause 9.5.2.8.
    EXPIRED_CERTS_ON_CRL = "2.5.29.60";
    /// id-ri-ocsp-response, RFC 5940 §2.
    RI_OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2";
    /// id-kp-OCSPSigning, RFC 6960 §4.2.2.2.
    OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    /// id-pkix-ocsp-basic, RFC 6960 §4.2.1.
    OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1";
    /// id-pkix-ocsp-nonce, RFC 6960 §4.4.1.
    OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";
    /// id-pkix-ocsp-nocheck, RFC 6960 §4.2.2.2.1.
    OCSP_NOCHECK = "1.3.6.1.5.5.7.48.1.5";
    /// id-pkix-ocsp-archive-cutoff, RFC 6960 §4.4.4.
    OCSP_ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6";
}

// Attributes of names that belong to a person.
oids! {
    /// id-at-surname, RFC 5280 appendix A.1.
    SURNAME = "2.5.4.4";
    /// id-at-serialNumber, RFC 5280 appendix A.1.
    SERIAL_NUMBER = "2.5.4.5";
    /// id-at-givenName, RFC 5280 appendix A.1.
    GIVEN_NAME = "2.5.4.42";
    /// id-at-pseudonym, RFC 5280 appendix A.1.
    PSEUDONYM = "2.5.4.65";
    /// emailAddress of PKCS#9, RFC 5280 appendix A.1.
    EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
}
