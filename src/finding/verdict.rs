//! Indications of ETSI EN 319 102-1 V1.4.1, and the outcome of one check.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The verdict as a whole (ETSI EN 319 102-1 V1.4.1, clause 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// Everything that was asked for holds.
    #[serde(rename = "TOTAL-PASSED")]
    TotalPassed,
    /// Something is missing that would decide it.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
    /// Something is provably wrong.
    #[serde(rename = "TOTAL-FAILED")]
    TotalFailed,
}

impl fmt::Display for Indication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::TotalPassed => "TOTAL-PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::TotalFailed => "TOTAL-FAILED",
        })
    }
}

macro_rules! sub_indications {
    ($($name:ident $text:literal)*) => {
        /// The reason behind an indication (ETSI EN 319 102-1 V1.4.1, clause 5.1.3, tables 5 and 6).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[allow(missing_docs)]
        #[non_exhaustive]
        pub enum SubIndication {
            $(#[serde(rename = $text)] $name,)*
        }

        impl fmt::Display for SubIndication {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

sub_indications! {
    FormatFailure "FORMAT_FAILURE"
    HashFailure "HASH_FAILURE"
    SigCryptoFailure "SIG_CRYPTO_FAILURE"
    Revoked "REVOKED"
    Expired "EXPIRED"
    NotYetValid "NOT_YET_VALID"
    SigConstraintsFailure "SIG_CONSTRAINTS_FAILURE"
    ChainConstraintsFailure "CHAIN_CONSTRAINTS_FAILURE"
    CertificateChainGeneralFailure "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CryptoConstraintsFailure "CRYPTO_CONSTRAINTS_FAILURE"
    CryptoConstraintsFailureNoPoe "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    TimestampOrderFailure "TIMESTAMP_ORDER_FAILURE"
    NoSigningCertificateFound "NO_SIGNING_CERTIFICATE_FOUND"
    NoCertificateChainFound "NO_CERTIFICATE_CHAIN_FOUND"
    OutOfBoundsNoPoe "OUT_OF_BOUNDS_NO_POE"
    OutOfBoundsNotRevoked "OUT_OF_BOUNDS_NOT_REVOKED"
    RevocationOutOfBoundsNoPoe "REVOCATION_OUT_OF_BOUNDS_NO_POE"
    NoPoe "NO_POE"
    RevokedNoPoe "REVOKED_NO_POE"
    RevokedCaNoPoe "REVOKED_CA_NO_POE"
    TryLater "TRY_LATER"
    SignedDataNotFound "SIGNED_DATA_NOT_FOUND"
}

/// A check comes to one of these results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// Said for completeness; nothing depends on it.
    Information,
    /// It does not decide the verdict; a reader should know.
    Warning,
    /// It cannot be decided with what is there.
    Indeterminate,
    /// It is wrong.
    Failed,
}

impl Outcome {
    /// Returns whether a verdict can be TOTAL-PASSED with it.
    pub fn is_acceptable(self) -> bool {
        self <= Self::Warning
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Indeterminate => "indeterminate",
            Self::Failed => "failed",
        })
    }
}
