//! The table of finding codes. Each code is one row.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Outcome::{self, Failed, Indeterminate, Information, Passed, Warning};
use super::SubIndication::{self, *};
use crate::text::shown;

/// What a finding is about, beyond the check that it comes from: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aspect {
    /// The check itself, and nothing beyond it.
    Check,
    /// A consequence of other findings, which tell what is wrong.
    Consequence,
    /// Revocation data that speaks against relying on a certificate.
    AgainstCertificate,
    /// The question that was asked: another payload, environment or sending than the proof is about. The statement is as
    /// true as it is without the question.
    Question,
}

macro_rules! codes {
    ($($name:ident $text:literal $outcome:ident $(($sub:ident))? $($essential:literal)? $([$aspect:ident])? : $sentence:literal;)*) => {
        /// A code names the result of a check. It has a stable name for programs, a sentence for people, an outcome,
        /// and the sub-indication of ETSI EN 319 102-1 V1.4.1 that it leads to. Failures that can be told apart never share
        /// a code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $text, "` (", stringify!($outcome), $(", `", stringify!($sub), "`",)? "): ", $sentence, "." $(, " No policy can lower this ", $essential, " finding.")?)]
            $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the stable name, which programs match.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns the outcome that holds when no policy says otherwise.
            pub fn outcome(self) -> Outcome {
                match self { $(Self::$name => $outcome,)* }
            }

            /// Returns the sub-indication that the code leads to when it keeps a verdict from TOTAL-PASSED, by itself or
            /// because a policy raised it; `None` for what passed.
            pub fn sub_indication(self) -> Option<SubIndication> {
                match self { $(Self::$name => codes!(@sub $outcome $($sub)?),)* }
            }

            /// Says whether what it is about has ended: a certificate of a TSA, or an algorithm. A renewal in time would have kept it.
            pub(crate) fn is_end(self) -> bool {
                self == Self::TimestampSignerExpired || self == Self::AlgorithmPastItsDate
            }

            /// Says whether nothing is proven with this finding, so that no policy may lower it.
            pub fn is_essential(self) -> bool {
                match self { $(Self::$name => codes!(@essential $($essential)?),)* }
            }

            /// What the finding is about, beyond its own check.
            pub(crate) fn aspect(self) -> Aspect {
                match self { $(Self::$name => codes!(@aspect $($aspect)?),)* }
            }

            /// Returns a sentence that says what the code means, for people.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
    (@sub $outcome:ident $sub:ident) => { Some($sub) };
    (@sub Passed) => { None };
    // What only a policy objects to breaks a constraint of the policy (ETSI EN 319 102-1 V1.4.1, clause 5.1.3, table 6).
    (@sub $outcome:ident) => { Some(SigConstraintsFailure) };
    (@essential $essential:literal) => { true };
    (@essential) => { false };
    (@aspect $aspect:ident) => { Aspect::$aspect };
    (@aspect) => { Aspect::Check };
}

codes! {
    // The file.
    WellFormed "well-formed" Passed: "the file is a CMS SignedData of the profile";
    Malformed "malformed" Failed(FormatFailure) "essential": "the file cannot be read as a proof or a signature";

    // The signature of a SignerInfo. The seal has one, and so has each token.
    SignedAttributesMissing "signed-attributes-missing" Information: "the signature has no signed attributes";
    SignersTooMany "signers-too-many" Indeterminate(SigConstraintsFailure) "essential": "only the first signers were judged";
    NoSignature "no-signature" Failed(FormatFailure) "essential": "the SignedData has no signer";
    AttachedContentDiffers "attached-content-differs" Failed(HashFailure) "essential": "the content in the file is not the content that was given";
    ContentIsSignedAttributes "content-is-signed-attributes" Failed(FormatFailure) "essential": "the content is a set of signed attributes, so a signature over attributes would pass for one over content";
    ContentNotOctetString "content-not-octet-string" Failed(FormatFailure) "essential": "the content is not an OCTET STRING but of a type that only PKCS#7 allowed";
    LevelStated "level" Information: "the contents of the signature determine its level";
    NotBaseline "not-baseline" Information: "the signature is not a CAdES baseline signature";
    AttributeDuplicated "attribute-duplicated" Failed(FormatFailure) "essential": "a signed attribute that may occur once occurs more often or has several values";
    AttributeMisplaced "attribute-misplaced" Failed(FormatFailure): "an attribute that must be signed is among the unsigned ones";
    StatedAttributeUnreadable "stated-attribute-unreadable" Warning: "an attribute that only informs cannot be read or occurs more than once";
    DigestAlgorithmMisnamed "digest-algorithm-misnamed" Warning: "the file names a signature algorithm where its digest algorithm belongs";
    SignedAttributeUnreadable "signed-attribute-unreadable" Warning: "a signed attribute cannot be read, and counts as absent";
    AttributeMalformed "attribute-malformed" Failed(FormatFailure) "essential": "a signed attribute without which the signature cannot be verified cannot be read";
    ContentTypeMatches "content-type-matches" Passed: "the content type is the signed one";
    ContentTypeDiffers "content-type-differs" Failed(FormatFailure) "essential": "the content type is not the signed one";
    ContentTypeMissing "content-type-missing" Failed(FormatFailure) "essential": "the signed attributes do not state the content type";
    MessageDigestMatches "message-digest-matches" Passed: "the signed digest is the digest of the content";
    MessageDigestDiffers "message-digest-differs" Failed(HashFailure) "essential": "the signed digest is not the digest of the content";
    MessageDigestMissing "message-digest-missing" Failed(FormatFailure) "essential": "the signed attributes hold no digest of the content";
    ContentNotGiven "content-not-given" Indeterminate(SignedDataNotFound) "essential": "the signed content, or its digest under this algorithm, was not given; give one of them";
    DigestAlgorithmNotOffered "digest-algorithm-not-offered" Indeterminate(CryptoConstraintsFailure) "essential": "this build does not offer the digest algorithm";
    DigestParametersForbidden "digest-parameters-forbidden" Failed(FormatFailure) "essential": "the identifier of SHAKE128 or SHAKE256 has parameters, which RFC 8702 forbids";
    SigningCertificateFound "signing-certificate-found" Passed: "the certificate that the signer names is available";
    SigningCertificateNotFound "signing-certificate-not-found" Indeterminate(NoSigningCertificateFound) "essential": "the certificate that the signer names is not available; give it as an extra certificate";
    SigningCertificateBound "signing-certificate-bound" Passed: "the signed reference names the signing certificate by its digest";
    SigningCertificateUnreadable "signing-certificate-unreadable" Indeterminate(NoSigningCertificateFound) "essential": "the certificate that the signer names is in the file and cannot be read";
    CertificateExtensionUnreadable "certificate-extension-unreadable" Warning: "an extension of the signing certificate cannot be read";
    CertificateUnreadable "certificate-unreadable" Warning: "a certificate in the file cannot be read and was not considered";
    SigningCertificateCandidatesTooMany "signing-certificate-candidates-too-many" Indeterminate(NoSigningCertificateFound) "essential": "too many certificates bear the name that the signer gives to tell which of them is meant";
    SigningCertificateIssuerSerialDiffers "signing-certificate-issuer-serial-differs" Warning: "the signed reference names the signing certificate by its digest, and states an issuer or a serial number that is not the certificate's";
    SigningCertificateDiffers "signing-certificate-differs" Indeterminate(NoSigningCertificateFound) "essential": "the signed reference names another certificate";
    SigningCertificateReferenceMissing "signing-certificate-reference-missing" Indeterminate(SigConstraintsFailure): "no signed attribute binds the signing certificate";
    SigningCertificateReferenceWeak "signing-certificate-reference-weak" Information: "only SHA-1 binds the signing certificate";
    SignatureValid "signature-valid" Passed: "the signature verifies";
    SignatureValidOverSortedAttributes "signature-valid-over-sorted-attributes" Information: "the signature verifies over the attributes in DER order, not in the received order";
    SignedAttributesNotDer "signed-attributes-not-der" Warning: "the signature is over the signed attributes as they were sent, which is not the DER form that RFC 5652 demands, so that other programs refuse it";
    SignatureInvalid "signature-invalid" Failed(SigCryptoFailure) "essential": "the signature does not verify";
    AlgorithmNotOffered "algorithm-not-offered" Indeterminate(CryptoConstraintsFailure) "essential": "this build does not offer the signature algorithm";
    KeyNotUsable "key-not-usable" Indeterminate(CryptoConstraintsFailure) "essential": "the certificate's public key is unusable";
    KeyParametersForbidden "key-parameters-forbidden" Indeterminate(CryptoConstraintsFailure) "essential": "the identifier of the certificate's post-quantum public key has parameters, which RFC 9881 and RFC 9909 forbid";
    KeyDoesNotFitAlgorithm "key-does-not-fit-algorithm" Failed(SigCryptoFailure) "essential": "the certificate's key is not of the kind that the signature algorithm needs";
    EddsaDigestOther "eddsa-digest-other" Warning: "the content of an Ed25519 signature has another digest than the SHA-512 of RFC 8419";
    DigestWeakerThanSignature "digest-weaker-than-signature" Warning(CryptoConstraintsFailure): "the digest of the content is weaker than the post-quantum signature over it, and the signature is no stronger than the digest";
    AlgorithmParametersForbidden "algorithm-parameters-forbidden" Failed(FormatFailure) "essential": "the identifier of a post-quantum signature has parameters, which RFC 9882 and RFC 9814 forbid";
    AlgorithmPrehashed "algorithm-prehashed" Indeterminate(CryptoConstraintsFailure) "essential": "the signature is by HashML-DSA or HashSLH-DSA, which sign a digest of the message and which RFC 9882 and RFC 9814 leave out";
    CountersignatureNotEvaluated "countersignature-not-evaluated" Information: "somebody has signed the signature, and that countersignature is not evaluated";
    CountersignatureUnreadable "countersignature-unreadable" Warning: "somebody has signed the signature, and that countersignature cannot be read";
    AlgorithmProtectionMatches "algorithm-protection-matches" Passed: "the signed algorithms are the ones used";
    AlgorithmProtectionDiffers "algorithm-protection-differs" Failed(FormatFailure) "essential": "the signed algorithms are not the ones used";
    AlgorithmProtectionMissing "algorithm-protection-missing" Information: "the signed attributes do not name the algorithms";
    AlgorithmAcceptable "algorithm-acceptable" Passed: "the algorithms and key sizes are acceptable at that time";
    AlgorithmLegacy "algorithm-legacy" Warning(CryptoConstraintsFailure): "an algorithm or key size is acceptable only as legacy at that time";
    AlgorithmPastItsDate "algorithm-past-its-date" Indeterminate(CryptoConstraintsFailureNoPoe): "an algorithm or key size no longer proves anything at that time";
    AlgorithmNotListed "algorithm-not-listed" Indeterminate(CryptoConstraintsFailure): "the policy's table does not list an algorithm or key size";

    // Further statements of the seal.
    SigningTimeStated "signing-time-stated" Passed: "the signer states when the signature was made";
    SigningTimeCoding "signing-time-coding" Warning: "the stated signing time is not coded in UTC and to the second as RFC 5652 demands";
    SigningTimeMissing "signing-time-missing" Indeterminate(SigConstraintsFailure): "the signer does not state when the signature was made";
    CommitmentType "commitment-type" Information: "the signer states a commitment";
    MimeType "mime-type" Information: "the signer states the media type of the content";
    SealKeyUsageWrong "seal-key-usage-wrong" Indeterminate(ChainConstraintsFailure): "the key usage of the signing certificate does not allow signing";
    SealPurposeWrong "seal-purpose-wrong" Indeterminate(ChainConstraintsFailure): "the signing certificate is for time-stamping or OCSP responses only";
    SealPurposeOther "seal-purpose-other" Warning(ChainConstraintsFailure): "the signing certificate is critically for other purposes than signing documents";
    SealCertificateIsCa "seal-certificate-is-ca" Indeterminate(ChainConstraintsFailure): "the signing certificate belongs to a certification authority";

    // The certification path of the seal or of a timestamp. A fault of the path may have kept the rest of it from being
    // examined. The signer is unknown then, and no policy can make up for that, so these codes are essential.
    ChainValid "chain-valid" Passed: "the certification path is valid at that time";
    ChainNotFound "chain-not-found" Indeterminate(NoCertificateChainFound) "essential": "no certification path leads to a trust anchor; give the certificates between them as extra certificates, or check the anchors";
    ChainSignatureInvalid "chain-signature-invalid" Indeterminate(CertificateChainGeneralFailure) "essential": "a signature in the certification path does not verify";
    ChainConstraint "chain-constraint" Indeterminate(CertificateChainGeneralFailure) "essential": "the certification path breaks a constraint";
    ChainKeyUsageForbidden "chain-key-usage-forbidden" Indeterminate(ChainConstraintsFailure) "essential": "the key usage of a post-quantum signature key names encryption or key agreement, which RFC 9881 and RFC 9909 forbid";
    ChainMalformed "chain-malformed" Indeterminate(CertificateChainGeneralFailure) "essential": "a certificate of the path cannot be read";
    ChainAlgorithmNotOffered "chain-algorithm-not-offered" Indeterminate(CryptoConstraintsFailure) "essential": "this build does not offer an algorithm of the certification path";
    ChainAlgorithmParametersForbidden "chain-algorithm-parameters-forbidden" Indeterminate(CryptoConstraintsFailure) "essential": "the identifier of a post-quantum signature in the certification path has parameters, which RFC 9881 and RFC 9909 forbid";
    ChainAlgorithmPrehashed "chain-algorithm-prehashed" Indeterminate(CryptoConstraintsFailure) "essential": "a signature in the certification path is by HashML-DSA, which RFC 9881 leaves out";
    ChainBudgetExhausted "chain-budget-exhausted" Indeterminate(CertificateChainGeneralFailure) "essential": "the search for a certification path stopped at its limit";
    CertificateExpired "certificate-expired" Indeterminate(OutOfBoundsNoPoe) "essential": "the signing certificate had expired at that time";
    CertificateExpiredSince "certificate-expired-since" Indeterminate(OutOfBoundsNoPoe): "the signing certificate has ended since the proven time, and past validation, which the policy demands, does not show that the signature is older than the control time";
    SignedAfterExpiry "signed-after-expiry" Failed(Expired) "essential": "the signing certificate had expired before the signature was made, as a timestamp of the content shows";
    CertificateNotYetValid "certificate-not-yet-valid" Failed(NotYetValid) "essential": "the signing certificate was not yet valid at that time";
    IssuerExpired "issuer-expired" Indeterminate(CertificateChainGeneralFailure) "essential": "an issuer's certificate had expired at that time";
    IssuerNotYetValid "issuer-not-yet-valid" Indeterminate(CertificateChainGeneralFailure) "essential": "an issuer's certificate was not yet valid at that time";
    ChainRefused "chain-refused" Indeterminate(CertificateChainGeneralFailure) "essential": "the certification path cannot be validated at that time";
    SigningTimeAfterExpiry "signing-time-after-expiry" Warning(OutOfBoundsNoPoe): "the stated signing time is after the certificate had expired";
    AnchorExpired "anchor-expired" Information: "the trust anchor's own certificate had expired, but anchors are trusted by configuration";
    AnchorExtensionIgnored "anchor-extension-ignored" Information: "the trust anchor has a critical extension that is not processed, but anchors are trusted by configuration";
    CertificatesTooMany "certificates-too-many" Warning: "only so many of the certificates were considered, the largest first";
    ChainSetAside "chain-set-aside" Information: "another certification path was tried but not used";
    NotRevoked "not-revoked" Passed: "authenticated data says that the certificate was not revoked";
    Revoked "revoked" Failed(Revoked) "essential" [AgainstCertificate]: "the signing certificate had been revoked before the signature was made, as a timestamp of the content shows";
    RevokedNoPoe "revoked-no-poe" Indeterminate(RevokedNoPoe) "essential" [AgainstCertificate]: "the signing certificate was revoked, and nothing proves that the signature is older";
    IssuerRevoked "issuer-revoked" Indeterminate(RevokedCaNoPoe) "essential" [AgainstCertificate]: "an issuer's certificate had been revoked at that time";
    RevokedLater "revoked-later" Information(RevokedNoPoe): "a certificate was revoked after the proven time";
    RevokedLaterForCompromise "revoked-later-for-compromise" Warning(RevokedNoPoe): "a certificate was revoked after the proven time because its key was compromised";
    RevokedLaterInvalidBefore "revoked-later-invalid-before" Warning(RevokedNoPoe): "a certificate was revoked after the proven time, and its issuer distrusts it from an earlier time on";
    RevocationTakenBack "revocation-taken-back" Warning(RevokedNoPoe): "older data says that the certificate was revoked, and the policy lets newer data take that back";
    TsaKeyCompromised "tsa-key-compromised" Indeterminate(RevokedNoPoe) "essential" [AgainstCertificate]: "the TSA's certificate was revoked later, and a compromise of its key is not ruled out";
    CertificateOnHold "certificate-on-hold" Indeterminate(TryLater) [AgainstCertificate]: "a certificate was suspended at that time";
    RevocationNotChecked "revocation-not-checked" Warning(TryLater): "no revocation data says whether a certificate was revoked; give the CRL or OCSP response of its issuer";
    RevocationUnknown "revocation-unknown" Warning(TryLater): "the OCSP responder does not know the certificate";
    RevocationIncomplete "revocation-incomplete" Warning(TryLater): "the revocation data does not cover everything that it would have to cover";
    RevocationStale "revocation-stale" Warning(TryLater): "the revocation data is too old or too late for that time; give data that its issuer made for that time";
    RevocationNotAuthenticated "revocation-not-authenticated" Warning(TryLater): "no entitled signer signed the revocation data";
    RevocationAlgorithmParametersForbidden "revocation-algorithm-parameters-forbidden" Warning(TryLater): "the identifier of the post-quantum signature on the revocation data, or on the path of its signer, has parameters, which RFC 9881 and RFC 9909 forbid";
    RevocationAlgorithmPrehashed "revocation-algorithm-prehashed" Warning(TryLater): "the signature on the revocation data, or on the path of its signer, is by HashML-DSA, which RFC 9881 leaves out";
    RevocationNotSupported "revocation-not-supported" Warning(TryLater): "the revocation data holds a critical element that is not supported";
    RevocationInTheFuture "revocation-in-the-future" Warning(TryLater): "the revocation data is dated after now or ends before it begins";
    RevocationAlgorithmPastItsDate "revocation-algorithm-past-its-date" Warning(CryptoConstraintsFailureNoPoe): "the algorithm or key size that signed the revocation data no longer proves anything";
    RevocationSignerOutOfValidity "revocation-signer-out-of-validity" Indeterminate(RevocationOutOfBoundsNoPoe): "the certificate that signed the revocation data was not valid when it signed, or has ended, and nothing valid shows that the data is older than that end, which the policy demands";
    RevocationSignerUnknown "revocation-signer-unknown" Warning(TryLater): "the data does not say whether the signer of the revocation data was revoked";
    RevocationDataSetAside "revocation-data-set-aside" Information: "other revocation data was not used";
    RevocationDataTooMany "revocation-data-too-many" Indeterminate(TryLater) "essential": "there is more revocation data than is taken up, and a revocation may be among the rest";
    RevocationDataFormOther "revocation-data-form-other" Warning: "revocation data lies in the file under another identifier, or in another form, than RFC 5940 gives OCSP responses";
    CrlNotConformant "crl-not-conformant" Warning: "the CRL breaks a rule of RFC 5280 that leaves no doubt about what it says";
    RevocationBudgetExhausted "revocation-budget-exhausted" Indeterminate(TryLater) "essential": "the limit of signature checks was reached before all revocation data was examined";
    RevocationOfAnchor "revocation-of-anchor" Information: "the certificate is itself the trust anchor, and only the configuration can revoke it";
    RevocationDataMissing "revocation-data-missing" Indeterminate(TryLater): "the policy demands proof that no certificate was revoked, and the data does not give it";
    DistributionPointsNotProcessed "distribution-points-not-processed" Indeterminate(ChainConstraintsFailure): "a certificate demands that its status is looked up, and its status is not known";
    RevocationIgnored "revocation-ignored" Information: "the policy leaves revocation out";

    // A token.
    TimestampMalformed "timestamp-malformed" Failed(FormatFailure) "essential": "the timestamp token cannot be read";
    TimestampRejected "timestamp-rejected" Failed(FormatFailure) "essential": "the response holds no token because the TSA refused the request";
    RequestAnswered "request-answered" Passed: "the token answers the request";
    RequestNotAnswered "request-not-answered" Failed(HashFailure) "essential": "the token does not answer the request";
    TimestampKind "timestamp-kind" Information: "the kind of the timestamp determines what it covers";
    TimestampCoverageNotEvaluated "timestamp-coverage-not-evaluated" Information: "the coverage of a timestamp of this older form is not evaluated";
    ArchiveIndexMatches "archive-index-matches" Passed: "everything that the archive timestamp lists is present";
    ArchiveIndexDiffers "archive-index-differs" Failed(HashFailure) "essential": "the archive timestamp lists something that is not present";
    ArchiveIndexIncomplete "archive-index-incomplete" Warning(NoPoe): "the archive timestamp's list leaves out certificates or revocation data in the file that the verdict rests on, and nothing else proves that they existed";
    ArchiveIndexMissing "archive-index-missing" Failed(FormatFailure) "essential": "the archive timestamp has no list of what it covers";
    ArchiveIndexMalformed "archive-index-malformed" Failed(FormatFailure) "essential": "the archive timestamp's list of what it covers cannot be read";
    TimestampImprintMatches "timestamp-imprint-matches" Passed: "the timestamp's imprint is the digest of the data that it covers";
    TimestampImprintDiffers "timestamp-imprint-differs" Failed(HashFailure) "essential": "the timestamp's imprint is not the digest of the data that it should cover";
    TimestampImprintAlgorithmNotOffered "timestamp-imprint-algorithm-not-offered" Indeterminate(CryptoConstraintsFailure) "essential": "this build does not offer the algorithm of the imprint";
    TimestampTime "timestamp-time" Information: "the token attests a time";
    TimestampTimeCoding "timestamp-time-coding" Information: "the token's time is not coded as RFC 3161 demands";
    TimestampInTheFuture "timestamp-in-the-future" Indeterminate(TimestampOrderFailure): "the token's time lies in the future";
    TimestampPolicyAccepted "timestamp-policy-accepted" Passed: "the policy under which the token was issued is accepted";
    TimestampPolicyNotAccepted "timestamp-policy-not-accepted" Indeterminate(SigConstraintsFailure): "the policy under which the token was issued is not accepted";
    TimestampAccuracy "timestamp-accuracy" Information: "the TSA states its accuracy";
    TimestampAccuracyAbsent "timestamp-accuracy-absent" Information: "the TSA states no accuracy, so it is unknown and not zero";
    TimestampAccuracyOutOfRange "timestamp-accuracy-out-of-range" Warning: "the stated accuracy is outside the range that RFC 3161 allows";
    TimestampAccuracyAboveOneSecond "timestamp-accuracy-above-one-second" Information: "the stated accuracy is above the one second of ETSI EN 319 422";
    TimestampCriticalExtension "timestamp-critical-extension" Failed(FormatFailure) "essential": "the token has an unknown critical extension";
    TimestampSeveralSigners "timestamp-several-signers" Failed(FormatFailure) "essential": "the token does not have exactly one signer";
    TimestampSigningCertificateReferenceMissing "timestamp-signing-certificate-reference-missing" Indeterminate(SigConstraintsFailure): "no signed attribute of the token binds the TSA's certificate";
    TimestampOrdering "timestamp-ordering" Information: "the TSA says whether its tokens can be put in order, and no check relies on it";
    TsaPurpose "tsa-purpose" Passed: "the certificate is for time-stamping only";
    TsaPurposeMissing "tsa-purpose-missing" Indeterminate(ChainConstraintsFailure): "the certificate does not say that it is for time-stamping";
    TsaPurposeWrong "tsa-purpose-wrong" Indeterminate(ChainConstraintsFailure): "the extended key usage is not critical and exactly time-stamping";
    TsaKeyUsageWrong "tsa-key-usage-wrong" Indeterminate(ChainConstraintsFailure): "the key usage allows more than signing";
    TsaCertificateIsCa "tsa-certificate-is-ca" Indeterminate(ChainConstraintsFailure): "the signer of the token is a certification authority";
    TsaCertificateOutOfValidity "tsa-certificate-out-of-validity" Indeterminate(ChainConstraintsFailure): "the certificate was not valid at the token's time";
    TimestampSignerExpired "timestamp-signer-expired" Indeterminate(OutOfBoundsNoPoe) "essential": "a certificate of the TSA has ended, and nothing valid shows that the timestamp is older, which a renewal in time would have shown";
    TimestampEndIgnored "timestamp-end-ignored" Warning(OutOfBoundsNoPoe): "a certificate of the TSA has ended since, which the policy leaves out of account";
    TsaKeyOutOfUse "tsa-key-out-of-use" Indeterminate(ChainConstraintsFailure): "the token's time is outside the period in which the TSA's key may be used";
    TsaNameMatches "tsa-name-matches" Passed: "the certificate holds the name that the token gives for the TSA";
    TsaNameDiffers "tsa-name-differs" Warning: "the certificate does not hold the name that the token gives for the TSA";
    TsaClaimsQualified "tsa-claims-qualified" Information: "the certificate claims a qualified time-stamp, which is not a proof of it";

    // An evidence record.
    RecordWellFormed "evidence-record-well-formed" Passed: "the file is an evidence record";
    RecordMalformed "evidence-record-malformed" Failed(FormatFailure) "essential": "the evidence record cannot be read";
    RecordTooLarge "evidence-record-too-large" Failed(FormatFailure) "essential": "the evidence record holds more than the limits allow";
    RecordUndone "evidence-record-undone" Failed(HashFailure) "essential": "only an evidence record would prove the time of this proof, and something was added or changed after it";
    RecordOfAnotherFile "evidence-record-of-another-file" Information: "a given evidence record is not about this file";
    RecordsTooMany "evidence-records-too-many" Warning: "only the first evidence records were considered";
    RecordEncryptionStated "evidence-record-encryption-stated" Information: "the record says that its objects were encrypted before they were hashed";
    RecordAlgorithmNotListed "evidence-record-algorithm-not-listed" Warning: "the record's list lacks one of its hash algorithms";
    RecordAlgorithmDiffers "evidence-record-algorithm-differs" Failed(FormatFailure) "essential": "the hash algorithm is not that of the token's imprint or of the chain";
    RecordObjectsMissing "evidence-record-objects-missing" Indeterminate(SignedDataNotFound) "essential": "no data object, or not its digest under this algorithm, was given";
    RecordObjectCovered "evidence-record-object-covered" Passed: "the record holds the hash of the data object";
    RecordObjectNotCovered "evidence-record-object-not-covered" Failed(HashFailure) "essential": "the start of the record does not hold the hash of the data object";
    RecordOtherHashes "evidence-record-other-hashes" Information: "the record starts with further hashes of siblings or of a larger group";
    RecordTreeDiffers "evidence-record-tree-differs" Failed(HashFailure) "essential": "the hash tree does not lead to the imprint of the token";
    RecordRenewalCovers "evidence-record-renewal-covers" Passed: "the renewal covers everything before it";
    RecordTimestampNotCovered "evidence-record-timestamp-not-covered" Failed(HashFailure) "essential": "the renewal does not cover the timestamp before it";
    RecordSequenceNotCovered "evidence-record-sequence-not-covered" Failed(HashFailure) "essential": "the new hash tree does not cover the data object together with the record so far";
    RecordOutOfOrder "evidence-record-out-of-order" Indeterminate(TimestampOrderFailure) "essential": "a renewal is earlier than what it renews";
    RecordTimeProven "evidence-record-time-proven" Passed: "the evidence record proves that the data objects existed at this time";
    RecordNotValid "evidence-record-not-valid" Indeterminate(NoPoe) "essential" [Consequence]: "the evidence record does not hold, so it proves no time";
    RecordNotDecided "evidence-record-not-decided" Indeterminate(NoPoe) "essential" [Consequence]: "it is not decided whether the evidence record holds, so it proves no time yet";

    // The batch of an aggregated proof: the way from its statement to the seal.
    AggregatedWellFormed "aggregated-well-formed" Passed: "the file is an aggregated proof: a statement, its evidence record and the seal of its batch";
    AggregatedInBatch "aggregated-in-batch" Passed: "the statement leads to the root that the seal of its batch states, and its record ends in this seal";
    AggregatedPathMissing "aggregated-path-missing" Failed(FormatFailure) "essential": "the record of the statement holds no way to a root and a seal";
    AggregatedAlgorithmDiffers "aggregated-algorithm-differs" Failed(FormatFailure) "essential": "the record of the statement hashes by another algorithm than the batch";
    AggregatedStatementNotCovered "aggregated-statement-not-covered" Failed(HashFailure) "essential": "the record does not begin with the digest of the statement";
    AggregatedStatementTwice "aggregated-statement-twice" Failed(FormatFailure) "essential": "the record begins with the digest of the statement twice, so that the batch counts it twice";
    AggregatedPathNotBinary "aggregated-path-not-binary" Failed(FormatFailure) "essential": "a list of the record holds more or fewer hashes than the tree of a batch has, so that it is the way of several statements or of none";
    AggregatedSealDiffers "aggregated-seal-differs" Failed(HashFailure) "essential": "the record does not end in the digest of this seal, which is that of another batch or was changed";
    AggregatedSealNotAlone "aggregated-seal-not-alone" Failed(FormatFailure) "essential": "the last list of the record does not hold the seals of the batch and nothing else";
    AggregatedRootDiffers "aggregated-root-differs" Failed(HashFailure) "essential": "the record leads to another root than the seal of the batch states";
    AggregatedCountDiffers "aggregated-count-differs" Failed(FormatFailure) "essential": "no tree over as many statements as the seal of the batch states has a way of this length";
    AggregatedEnvironmentDiffers "aggregated-environment-differs" Failed(FormatFailure) "essential": "the seal of the batch is for another environment than the statement";
    AggregatedIssuerDiffers "aggregated-issuer-differs" Failed(FormatFailure) "essential": "the seal of the batch is for statements of another issuer";
    AggregatedMediaTypeDiffers "aggregated-media-type-differs" Failed(FormatFailure) "essential": "the seal does not state the media type of a batch statement, so that it may be a signature over somebody's letter";
    AggregatedTimestampsDiffer "aggregated-timestamps-differ" Failed(FormatFailure) "essential": "the record in the seal of the batch does not begin with the timestamp that the statement leads to";
    AggregatedIssuerNotInCertificate "aggregated-issuer-not-in-certificate" Indeterminate(SigConstraintsFailure) "essential": "the certificate of the batch's seal does not hold the number by which the statement names its issuer, so that anybody with a seal can have sealed the statement again";
    AggregatedTimeNotProven "aggregated-time-not-proven" Indeterminate(NoPoe) "essential" [Consequence]: "the evidence record of the statement proves no time, so that nothing shows that it was in the batch before the algorithms end";

    // The proven time.
    TimeProven "time-proven" Passed: "a trusted timestamp proves that the signature existed at this time";
    TimestampMissing "timestamp-missing" Indeterminate(NoPoe) "essential": "there is no timestamp, so nothing proves when the signature was made";
    TimeNotProven "time-not-proven" Information: "there is no timestamp, so the signature is judged at the given time";
    ContentTimestampAfterSigning "content-timestamp-after-signing" Indeterminate(TimestampOrderFailure): "the content is proven to have existed only after the signature";
    TimestampOutOfOrder "timestamp-out-of-order" Indeterminate(TimestampOrderFailure): "a valid timestamp is dated before what it covers, so a clock was wrong";
    NoValidTimestamp "no-valid-timestamp" Indeterminate(NoPoe) "essential" [Consequence]: "no timestamp meets the policy, so nothing proves when the signature was made";
    NoUsableTimestamp "no-usable-timestamp" Indeterminate(NoPoe) [Consequence]: "no timestamp is valid, so the signature is judged at the given time";
    TimestampsTooMany "timestamps-too-many" Warning: "only the first timestamps were considered";
    SigningTimeInOrder "signing-time-in-order" Passed: "the stated signing time is not after the proven time, and not long before it";
    SigningTimeAfterTimestamp "signing-time-after-timestamp" Indeterminate(TimestampOrderFailure): "the stated signing time is after the proven time";
    SigningTimeAhead "signing-time-ahead" Warning(TimestampOrderFailure): "the signer claims a signing time after the time at which the signature is known to exist, which a fast clock explains";
    SigningTimeInTheFuture "signing-time-in-the-future" Indeterminate(TimestampOrderFailure): "the stated signing time lies in the future";
    TimestampTooLate "timestamp-too-late" Indeterminate(SigConstraintsFailure): "the proven time is longer after the stated signing time than the policy allows (maximum_timestamp_delay)";

    // The payload.
    PayloadMatches "payload-matches" Passed: "the statement names this payload";
    PayloadSigned "payload-signed" Information: "the payload carries a signature of its own, which is not judged with the proof";
    PayloadDiffers "payload-differs" Failed(HashFailure) "essential" [Question]: "the statement does not name this payload";
    PayloadNotCompared "payload-not-compared" Information(SignedDataNotFound): "the payload was not given, so the verdict is about the statement alone";
    PayloadDigestNotStated "payload-digest-not-stated" Indeterminate(SignedDataNotFound): "the statement holds no digest under an algorithm that was given";
    PayloadDigestLegacy "payload-digest-legacy" Warning: "the strongest digest of the payload in the statement is acceptable only as legacy";
    PayloadDigestPastItsDate "payload-digest-past-its-date" Indeterminate(CryptoConstraintsFailureNoPoe): "no digest of the payload in the statement proves anything any more";

    // The statement.
    Event "event" Information: "the statement attests an event";
    EventNotKnown "event-not-known" Indeterminate(SigConstraintsFailure) "essential": "this build does not know the event that the statement attests, so it does not read what the statement says of it";
    ReasonNotKnown "reason-not-known" Information: "the statement gives a reason that this build does not know";
    ReasonContradictsEvent "reason-contradicts-event" Warning: "the statement gives a reason that is one of other events";
    PaymentDueBeforeEvent "payment-due-before-event" Warning: "the payment that the sending asks for was due before it was sent";
    EnvironmentMatches "environment-matches" Passed: "the statement is of the expected environment";
    IssuerInCertificate "issuer-in-certificate" Passed: "the seal's certificate names the organisation that the statement names as its issuer";
    IssuerNotInCertificate "issuer-not-in-certificate" Warning: "the seal's certificate names another organisation than the statement names as its issuer";
    IssuerNotIdentified "issuer-not-identified" Information: "the seal's certificate names no organisation, so only the trust anchors vouch for the issuer";
    EnvironmentDiffers "environment-differs" Indeterminate(SigConstraintsFailure) "essential" [Question]: "the statement is of another environment";
    EventInOrder "event-in-order" Passed: "the event is not after the proven time by more than the tolerance, and not long before the seal";
    EventAfterTimestamp "event-after-timestamp" Indeterminate(TimestampOrderFailure): "the stated event is after the proven time";
    EventInTheFuture "event-in-the-future" Indeterminate(TimestampOrderFailure): "the stated event lies in the future";
    EventAfterSigning "event-after-signing" Indeterminate(TimestampOrderFailure): "the stated event is after the stated signing time";
    SealedTooLate "sealed-too-late" Indeterminate(SigConstraintsFailure): "the seal was made longer after the event than the policy allows (maximum_sealing_delay)";

    // The disclosure of what a statement commits to.
    IdentityDisclosed "identity-disclosed" Information: "the disclosure gives values that the statement commits to";
    IdentityNotDisclosed "identity-not-disclosed" Information(SignedDataNotFound): "the statement commits to values that were not disclosed, or are erased";
    DisclosureDiffers "disclosure-differs" Failed(HashFailure) "essential" [Question]: "the statement commits to another value than the disclosure gives";
    DisclosureOfAnotherField "disclosure-of-another-field" Failed(HashFailure) "essential" [Question]: "the disclosure gives the value of a field that the statement does not commit to";
    DisclosureOfAnotherProof "disclosure-of-another-proof" Failed(HashFailure) "essential" [Question]: "the disclosure is of another statement";
    CommitmentToNoValue "commitment-to-no-value" Failed(FormatFailure) "essential": "the statement commits to what cannot stand in the field";

    // The second seal beside a proof.
    SecondSealValid "second-seal-valid" Passed: "the second seal that is announced is valid";
    SecondSealMissing "second-seal-missing" Warning(SignedDataNotFound): "the statement announces a second seal, which was not given";
    SecondSealNotAnnounced "second-seal-not-announced" Warning: "a second seal was given, and the statement announces none";
    SecondSealAnnouncementsDiffer "second-seal-announcements-differ" Warning: "the statement announces another second seal than the batch in which it is, or its batch announces none";
    SecondSealNotInBatch "second-seal-not-in-batch" Warning: "the second seal is over the seal of the batch, and not the one that was stamped with it";
    SecondSealUnreadable "second-seal-unreadable" Warning: "what was given as a second seal cannot be read as one";
    SecondSealAlgorithmDiffers "second-seal-algorithm-differs" Warning: "the second seal is by another algorithm than the statement announces";
    SecondSealAlgorithmUnsuitable "second-seal-algorithm-unsuitable" Warning: "the statement announces a second seal by what is no post-quantum algorithm";
    SecondSealCertificateDiffers "second-seal-certificate-differs" Warning: "the second seal is by another certificate than the statement announces";
    SecondSealByFirstKey "second-seal-by-first-key" Warning: "the second seal is by the key of the first one";
    SecondSealOfAnotherSeal "second-seal-of-another-seal" Warning: "the second seal is over other octets than this seal";
    SecondSealSignatureInvalid "second-seal-signature-invalid" Warning: "the signature of the second seal does not verify";
    SecondSealDigestWeak "second-seal-digest-weak" Warning(CryptoConstraintsFailure): "the digest in the second seal is weaker than its signature";
    SecondSealNotValid "second-seal-not-valid" Warning [Consequence]: "the second seal does not pass, for the reason that its own report gives";
    SecondSealsSeveral "second-seals-several" Warning: "more than one second seal was given for this seal";
    SecondSealsTooMany "second-seals-too-many" Warning: "only so many of the second seals that were given were considered";
    SecondSealDemanded "second-seal-demanded" Indeterminate(SigConstraintsFailure) "essential" [Consequence]: "the policy demands a second seal that is announced and valid, and there is none";

    // The place of a proof in a log. Nobody signs what lies beside a proof, so that by itself a fault there only warns.
    LogIncluded "log-included" Passed: "the proof is in a log that the policy names, by a checkpoint that the log signed";
    LogWitnessed "log-witnessed" Passed: "as many witnesses as the policy asks for have cosigned the checkpoint of the log";
    LogTime "log-time" Passed: "a witness whose time counts by the policy says that what is sealed was in the log by then";
    LogCheckpointSealed "log-checkpoint-sealed" Passed: "the checkpoint of the log has a valid seal with a timestamp";
    LogCheckpointNotSealed "log-checkpoint-not-sealed" Information: "the checkpoint of the log has no seal beside it";
    LogCheckpointExtended "log-checkpoint-extended" Warning: "the checkpoint of the log has extension lines, which no seal and not every cosignature covers";
    LogEntryGuessable "log-entry-guessable" Warning: "the log has the bare statement, which commits to nothing, so that whoever knows the rest of it can try what it holds";
    LogNotRequired "log-not-required" Information: "no proof of a log was given, and the policy requires none";
    LogProofMalformed "log-proof-malformed" Warning: "what was given as the proof of a log cannot be read as one";
    LogOfAnother "log-of-another" Warning: "the proof of a log is of a log that the policy does not name";
    LogNotIncluded "log-not-included" Warning: "the proof of a log does not lead from this proof to the root of the checkpoint";
    LogNotSigned "log-not-signed" Warning: "no key that the policy has for the log has signed the checkpoint";
    LogSignatureInvalid "log-signature-invalid" Warning: "the signature of the log on the checkpoint does not verify";
    LogCosignatureInvalid "log-cosignature-invalid" Warning: "the cosignature of a witness on the checkpoint does not verify";
    LogWitnessesTooFew "log-witnesses-too-few" Warning: "fewer witnesses have cosigned the checkpoint than the policy asks for";
    LogForked "log-forked" Warning: "the log has signed two trees of one size, so that it has two histories";
    LogTimeInTheFuture "log-time-in-the-future" Warning: "a witness states a time after that of the verification, and it does not count";
    LogTimeBeforeSigning "log-time-before-signing" Warning(TimestampOrderFailure): "a witness whose time counts had seen what is sealed before the seal says that it was made";
    LogTimeMissing "log-time-missing" Warning(NoPoe): "nothing says when the log held the proof, so that the merge delay is not kept for certain";
    LogBeyondMergeDelay "log-beyond-merge-delay" Warning: "the checkpoint is later than the policy allows a log to take up a proof";
    LogSealUnreadable "log-seal-unreadable" Warning: "what lies in the proof of the log is no seal of a checkpoint";
    LogSealDiffers "log-seal-differs" Warning: "the seal in the proof of the log is over another checkpoint";
    LogSealNotValid "log-seal-not-valid" Warning [Consequence]: "the seal of the checkpoint does not pass, for the reason that its own report gives";
    LogSealNotLongTerm "log-seal-not-long-term" Warning: "the policy demands the seal of the checkpoint, which lacks revocation data of its own chain or that of its timestamp";
    LogSealMediaTypeDiffers "log-seal-media-type-differs" Failed(FormatFailure) "essential": "the seal does not state the media type of a checkpoint, so that it may be a signature over somebody's text";
    LogProofsTooMany "log-proofs-too-many" Warning: "the report tells of only so many of the proofs of logs that were given; each was judged";
    LogDemanded "log-demanded" Indeterminate(SignedDataNotFound) "essential" [Consequence]: "the policy demands a place in a log, and none is shown without a fault";

    // The submission that a sender signed.
    SubmissionMatches "submission-matches" Passed: "the sending is what its sender signed in the submission that the statement names";
    SubmissionNotGiven "submission-not-given" Information(SignedDataNotFound): "the statement names a submission that its sender signed, which was not given";
    SubmissionNotNamed "submission-not-named" Warning: "a submission was given, and the statement names none";
    SubmissionDiffers "submission-differs" Failed(HashFailure) "essential" [Question]: "the statement names another submission";
    SubmissionSaysOtherwise "submission-says-otherwise" Failed(FormatFailure) "essential": "the sending is not what its sender signed";
    SubmissionNotComparedInFull "submission-not-compared-in-full" Information(SignedDataNotFound): "what the statement commits to without a disclosure was not compared with the submission";
    SubmissionSignatureInvalid "submission-signature-invalid" Failed(SigCryptoFailure) "essential": "the sender's signature of the submission fails, for the reason that a report on the submission gives";
    SubmissionNotVerified "submission-not-verified" Indeterminate(SigConstraintsFailure): "it is not decided whether the sender signed the submission, for the reason that a report on the submission gives";
    SubmissionWithoutOrigin "submission-without-origin" Warning: "the sender's signature of the submission makes no commitment to its origin";
    SubmissionForAnotherPurpose "submission-for-another-purpose" Indeterminate(SigConstraintsFailure): "the sender's signature of the submission makes another commitment than to its origin";
    SubmissionSignedAfterEvent "submission-signed-after-event" Warning: "the sender claims to have signed the submission after the service accepted it";
    SenderInCertificate "sender-in-certificate" Passed: "the certificate of the submission's signature names the sender or its delegate";
    SenderNotInCertificate "sender-not-in-certificate" Indeterminate(SigConstraintsFailure): "the certificate of the submission's signature names somebody else than the sender and its delegate";
    SenderNotIdentified "sender-not-identified" Indeterminate(SigConstraintsFailure): "the certificate of the submission's signature has no number that could be the sender's, so only the trust anchors vouch for the sender";

    // The link of a reply to the letter that it names.
    ReplyMatches "reply-matches" Passed: "the sending replies to this letter, which allows it, is by one of its recipients and goes to its sender, or to whom that named";
    OriginalNotGiven "original-not-given" Information(SignedDataNotFound): "the sending says that it replies to a letter whose sending was not given, so that nobody compared the two";
    OriginalNotNamed "original-not-named" Warning: "a letter was given, and the sending does not say that it replies to one";
    OriginalNotVerified "original-not-verified" Indeterminate(SignedDataNotFound) [Consequence]: "the sending of the letter that is replied to did not verify";
    OriginalVerifiedOtherwise "original-verified-otherwise" Indeterminate(SigConstraintsFailure): "the letter that is replied to was verified by other trust anchors, by another policy, or without revocation data or registers that this verifier has, so verify both with one verifier";
    OriginalDiffers "original-differs" Failed(HashFailure) "essential" [Question]: "the sending replies to another letter than the one that was given";
    ReplyNotAuthorised "reply-not-authorised" Failed(FormatFailure): "the sender of the letter did not allow replies";
    ReplyToAnotherMessage "reply-to-another-message" Failed(FormatFailure): "the reply names another message, or other evidence, than that of the letter whose seal it names";
    ReplyByNoRecipient "reply-by-no-recipient" Failed(FormatFailure): "the reply is by somebody who is no recipient of the letter";
    ReplyGoesElsewhere "reply-goes-elsewhere" Failed(FormatFailure): "the reply does not go to the sender of the letter alone, or to whom the sender named for replies";
    ReplyPartiesNotDisclosed "reply-parties-not-disclosed" Indeterminate(SignedDataNotFound): "parties of the letter or of the reply stand behind commitments without a disclosure, so that nobody compared them";
    ReplyBeforeLetter "reply-before-letter" Failed(FormatFailure): "the reply is earlier than the letter that it names";

    // The link of a step or an opening to its sending.
    SendingNotGiven "sending-not-given" Indeterminate(SignedDataNotFound) "essential": "the sending that the statement follows was not given; verify it and give it with the proof";
    SendingNotVerified "sending-not-verified" Indeterminate(SignedDataNotFound) "essential" [Consequence]: "the sending that the statement follows did not verify";
    SendingVerifiedOtherwise "sending-verified-otherwise" Indeterminate(SigConstraintsFailure) "essential": "the sending was verified by other trust anchors, by another policy, or without revocation data or registers that this verifier has, so verify both with one verifier";
    SendingMatches "sending-matches" Passed: "the statement names this sending and repeats its message, content and parties";
    PrecedingEvidenceDiffers "preceding-evidence-differs" Failed(HashFailure) "essential" [Question]: "the statement names another sending";
    MessageDiffers "message-differs" Failed(FormatFailure) "essential": "the message, content or submission is not that of the sending";
    PartiesDiffer "parties-differ" Failed(FormatFailure) "essential": "the sender or the recipients are not those of the sending";
    CommitmentsNotCompared "commitments-not-compared" Information(SignedDataNotFound): "what the statement or its sending commits to without a disclosure was not compared";
    OpenedAtLowAssurance "opened-at-low-assurance" Warning: "the recipient was authenticated below the level substantial";
    OpenedBeforeSubmission "opened-before-submission" Failed(FormatFailure) "essential": "the event is before the submission";
    AssuranceBelowTerms "assurance-below-terms" Failed(FormatFailure): "the recipient was authenticated below the level that the sending asks for";
    AcceptanceMissing "acceptance-missing" Failed(FormatFailure) "essential": "the sending asks for the recipient's acceptance, and the event is not shown to follow one";
    RecipientSignatureMissing "recipient-signature-missing" Failed(FormatFailure): "the sending asks for an acceptance with the recipient's signature, and there is none";
    RecipientSignatureNotEvaluated "recipient-signature-not-evaluated" Information: "the recipient's own signature of the acceptance is there, and is not evaluated with the proof";
    RecipientSignatureValid "recipient-signature-valid" Passed: "the recipient's own signature of the acceptance is valid, and over this sending";
    RecipientSignatureInvalid "recipient-signature-invalid" Failed(SigCryptoFailure): "the recipient's own signature of the acceptance fails";
    RecipientSignatureOfAnotherSending "recipient-signature-of-another-sending" Failed(HashFailure): "the recipient's own signature is not over the ProofId of this sending";
    RecipientSignatureUnreadable "recipient-signature-unreadable" Failed(FormatFailure): "the recipient's own signature of the acceptance is no detached signature by one signer";
    RecipientSignatureNotVerified "recipient-signature-not-verified" Indeterminate(SigConstraintsFailure): "it is not decided whether the recipient's own signature of the acceptance is valid";
    RecipientSignatureWithoutReceipt "recipient-signature-without-receipt" Indeterminate(SigConstraintsFailure): "the recipient's own signature makes no commitment to a receipt";
    RecipientInCertificate "recipient-in-certificate" Passed: "the certificate of the recipient's own signature names the party who answered";
    RecipientNotInCertificate "recipient-not-in-certificate" Indeterminate(SigConstraintsFailure): "the certificate of the recipient's own signature names somebody else than the party who answered";
    RecipientNotIdentified "recipient-not-identified" Indeterminate(SigConstraintsFailure): "the certificate of the recipient's own signature has no number that could be that of the party who answered, or that party stands behind a commitment that was not disclosed";
    OpenedAfterAvailability "opened-after-availability" Warning: "the content was opened after the end of its availability";
    NeverActivated "never-activated" Information: "the recipient has never opened the box in which the content lies, so that nobody can have been told";
    RelayedBySameService "relayed-by-same-service" Warning: "the service that answers to a relay is the one that took the sending";

    // The mandate of a delegate, and identifiers that change.
    MandateProven "mandate-proven" Passed: "the register has the mandate, and it held at the time of the event";
    MandateNotProven "mandate-not-proven" Indeterminate(SignedDataNotFound): "no extract of the register that verifies shows the mandate; give the one that the statement names";
    RegisterExtractOld "register-extract-old" Warning: "the register's extract is older at the event than the policy allows, and what was taken back since does not stand in it";
    TooManyProviders "too-many-providers" Failed(FormatFailure): "the register has more than one accredited secretariat, or more than one other provider, for the principal";
    ManagerCount "manager-count" Failed(FormatFailure): "the register has more than one local manager of the principal, or none where a manager or a user acts";
    DelegateWithoutMandate "delegate-without-mandate" Information(SignedDataNotFound): "a delegate acted, and the statement names no mandate: that it might act is the word of the service alone";
    MandateNotCompared "mandate-not-compared" Information(SignedDataNotFound): "a party that the mandate is compared with stands behind a commitment without a disclosure";
    DelegateStandsForPrincipal "delegate-stands-for-principal" Failed(FormatFailure) "essential": "the sender or the recipient is not the principal of the mandate, so that a delegate stands in its place";
    NobodyActed "nobody-acted" Failed(FormatFailure) "essential": "the chain of the mandate does not end in the delegate that acted, who is a natural person or a system of the enterprise before it";
    OutsiderAsManager "outsider-as-manager" Failed(FormatFailure) "essential": "the mandate is of a local manager or a user of an enterprise, and somebody in its chain is not a person under its authority";
    ProviderIsPrincipal "provider-is-principal" Failed(FormatFailure) "essential": "the provider of the mandate is its principal";
    ChainNotOfRole "chain-not-of-role" Failed(FormatFailure) "essential": "the roles in the chain of the mandate do not lead to the role of the mandate";
    MandateNotInForce "mandate-not-in-force" Failed(FormatFailure) "essential": "the mandate did not hold at the time of the event";
    ActionNotGranted "action-not-granted" Failed(FormatFailure) "essential": "the mandate does not allow what the delegate did";
    AssuranceTooLow "assurance-too-low" Failed(FormatFailure): "the delegate was not authenticated at the level that the sending asks for, or the statement does not say how";
    IdentifierSucceeded "identifier-succeeded" Information: "the party acted by an identifier that took the place of that in the sending";
    IdentifierSucceededLater "identifier-succeeded-later" Failed(FormatFailure) "essential": "the identifier by which the party acted took the place of that in the sending after the event";
    RecipientDiffers "recipient-differs" Failed(FormatFailure) "essential": "the identifier that is said to have changed is not that of the party that acted";

    // The link of an event to the step that led to it.
    CauseNotGiven "cause-not-given" Indeterminate(SignedDataNotFound) "essential": "the step that led to the event was not given; verify it and give it with the proof";
    CauseNotVerified "cause-not-verified" Indeterminate(SignedDataNotFound) "essential" [Consequence]: "the step that led to the event did not verify";
    CauseVerifiedOtherwise "cause-verified-otherwise" Indeterminate(SigConstraintsFailure) "essential": "the step that led to the event was verified by other trust anchors, by another policy, or without revocation data or registers that this verifier has, so verify both with one verifier";
    CauseMatches "cause-matches" Passed: "the statement names this step as what led to the event, and it may have";
    CauseDiffers "cause-differs" Failed(HashFailure) "essential" [Question]: "the statement names another step as what led to the event";
    CauseOfAnotherLetter "cause-of-another-letter" Failed(FormatFailure) "essential": "the step that led to the event is about another message or another recipient";
    EventDoesNotFollow "event-does-not-follow" Failed(FormatFailure) "essential": "the event does not follow the step that is named as what led to it";
    EventBeforeCause "event-before-cause" Failed(FormatFailure) "essential": "the event is before the step that led to it";
    ExpiryTooEarly "expiry-too-early" Failed(FormatFailure) "essential": "the period for an answer had not ended when the statement says that it passed without one";
    AnsweredTooLate "answered-too-late" Warning: "the recipient answered after the period for an answer had ended";
    AnsweredBeforePeriod "answered-before-period" Warning: "the recipient answered before the period for an answer began";
    AnswerPeriodDiffers "answer-period-differs" Warning: "the period for an answer is not one of the days that the sending asks for";
    AnswerNotAskedFor "answer-not-asked-for" Warning: "the sender asks for the mode basic, in which the recipient has nothing to accept or refuse";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    /// Reads a code by its stable name. The error for an unknown name does not list every code.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Code;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a finding code")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Code, E> {
                let code = Code::ALL.iter().copied().find(|code| code.as_str() == name);
                code.ok_or_else(|| E::custom(format_args!("unknown finding code {:?}", shown(name))))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
