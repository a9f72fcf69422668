//! Compares the verdict of a manifest's entry with that of the library, and keeps the differences.

use core::fmt::Display;

use recommande::verify::{Code, Finding, Outcome};
use serde_json::Value;

/// Holds what came of one entry, or of one case of a file that holds many.
#[derive(Debug)]
pub struct Judgement {
    pub file: String,
    pub case: Option<String>,
    /// This list says where expected and got differ. It is empty if they agree, as far as something was compared.
    pub differences: Vec<Difference>,
    /// These findings of the report may explain a difference.
    pub findings: Vec<String>,
    /// These findings are those that another policy adds.
    pub stricter: Vec<String>,
    /// These members of the manifest were not compared.
    pub uncompared: Vec<String>,
    /// This reason says why the entry is counted apart.
    pub apart: Option<Apart>,
}

/// Holds the two sides of something that differs.
#[derive(Debug)]
pub struct Difference {
    what: String,
    expected: String,
    got: String,
}

impl Display for Difference {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: expected {}, got {}", self.what, self.expected, self.got)
    }
}

/// Says why an entry is counted apart from those that agree or differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Apart {
    /// The entry agrees as a class: its algorithm has a name here and no implementation.
    AlgorithmNotOffered,
    /// Nobody could confirm a verdict. The file was read.
    NoVerdictExpected,
    /// The verdict depends on something that a certification path does not decide.
    OutOfScope(&'static str),
    /// The entry was not read, because this harness does not know what it is, or a file is missing.
    NotJudged(String),
}

impl Apart {
    /// Returns whether the entry counts as agreed when nothing differs.
    pub fn agrees(&self) -> bool {
        matches!(self, Self::AlgorithmNotOffered | Self::NoVerdictExpected)
    }

    /// Returns whether a difference that no exception explains is none, because the question was another one.
    pub fn excuses(&self) -> bool {
        matches!(self, Self::OutOfScope(_))
    }
}

impl Display for Apart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::AlgorithmNotOffered => f.write_str("algorithm not offered"),
            Self::NoVerdictExpected => f.write_str("read, no verdict expected"),
            Self::OutOfScope(why) => write!(f, "out of scope: {why}"),
            Self::NotJudged(why) => write!(f, "not judged: {why}"),
        }
    }
}

impl Judgement {
    pub fn new(file: &str, case: Option<String>) -> Self {
        let (differences, findings, stricter, uncompared) = Default::default();
        Self { file: file.to_owned(), case, differences, findings, stricter, uncompared, apart: None }
    }

    pub fn not_judged(mut self, why: impl Into<String>) -> Self {
        self.apart = Some(Apart::NotJudged(why.into()));
        self
    }

    pub fn differs(&mut self, what: impl Into<String>, expected: impl Display, got: impl Display) {
        let (what, expected, got) = (what.into(), expected.to_string(), got.to_string());
        self.differences.push(Difference { what, expected, got });
    }

    /// Compares a member of the manifest, where it is there.
    pub fn compare(&mut self, stated: &Value, member: &str, read: impl Into<Value>) {
        let read = read.into();
        if let Some(stated) = stated.get(member).filter(|stated| **stated != read) {
            self.differs(member, stated, read);
        }
    }

    /// Notes what keeps a verdict from being good.
    pub fn explain<'f>(&mut self, findings: impl IntoIterator<Item = &'f Finding>) {
        let telling = findings.into_iter().filter(|finding| finding.outcome >= Outcome::Warning);
        self.findings.extend(telling.map(|finding| format!("{} [{}] {finding}", finding.outcome, finding.code)));
    }

    /// Compares a verdict in the words of the manifests, and the cause where the reason names one that is known.
    ///
    /// `findings` are those that the verdict rests on.
    pub fn verdict(&mut self, expected: &str, reason: &str, findings: &[&Finding]) {
        let against: Vec<Code> =
            findings.iter().filter(|finding| !finding.outcome.is_acceptable()).map(|finding| finding.code).collect();
        let failed = findings.iter().any(|finding| finding.outcome == Outcome::Failed);
        let got = match (against.is_empty(), failed) {
            (true, _) => "valid".to_owned(),
            (false, failed) => {
                let codes: Vec<&str> = against.iter().map(|code| code.as_str()).collect();
                format!("{} ({})", if failed { "invalid" } else { "indeterminate" }, codes.join(", "))
            }
        };
        let not_offered = !against.is_empty() && against.iter().all(|code| NOT_OFFERED.contains(code));
        let verified = findings.iter().any(|finding| VERIFIED.contains(&finding.code));
        match expected {
            "valid" if against.is_empty() && verified => {}
            "valid" if against.is_empty() => self.differs("verdict", expected, "no signature was verified"),
            "valid" if not_offered => self.apart = Some(Apart::AlgorithmNotOffered),
            "invalid" if not_offered && is_about_algorithm(reason) => self.apart = Some(Apart::AlgorithmNotOffered),
            "invalid" if not_offered => self.differs("cause", reason, got),
            "valid" => self.differs("verdict", expected, got),
            "invalid" | "parse-error" if against.is_empty() => self.differs("verdict", expected, got),
            "invalid" => {
                let fits = |cause: &Cause| against.iter().any(|code| cause.fits(*code) || SHAPE.contains(code));
                if let Some(cause) = Cause::of(reason).filter(|cause| !fits(cause)) {
                    self.differs("cause", format!("{cause:?} ({reason})"), got);
                }
            }
            "parse-error" if failed => {}
            "parse-error" => self.differs("verdict", expected, got),
            "unknown" => self.apart = Some(Apart::NoVerdictExpected),
            expected => self.apart = Some(Apart::NotJudged(format!("expected \"{expected}\""))),
        }
    }
}

const VERIFIED: [Code; 2] = [Code::SignatureValid, Code::SignatureValidOverSortedAttributes];

const NOT_OFFERED: [Code; 7] = [
    Code::AlgorithmNotOffered,
    Code::DigestAlgorithmNotOffered,
    Code::AlgorithmPrehashed,
    Code::ChainAlgorithmNotOffered,
    Code::ChainAlgorithmParametersForbidden,
    Code::ChainAlgorithmPrehashed,
    Code::TimestampImprintAlgorithmNotOffered,
];

/// These codes keep a signature from being looked at, and are true whatever else is wrong: RFC 3161 §2.4.2 allows a token
/// no other signature than the TSA's.
const SHAPE: [Code; 1] = [Code::TimestampSeveralSigners];

/// Returns whether a verifier without the algorithm cannot tell that the file is invalid: the reason is a signature that
/// does not verify, or the algorithm itself. Anything else that is wrong has to be found without it.
pub fn is_about_algorithm(reason: &str) -> bool {
    let lower = reason.to_lowercase();
    let words = ["algorithm", "unsupported", "not offered", "not supported"];
    Cause::of(reason) == Some(Cause::Signature) || words.iter().any(|word| lower.contains(word))
}

/// Names why something is invalid, as coarsely as the manifests' reasons tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    OtherType,
    Attributes,
    Reference,
    Content,
    Purpose,
    Signature,
    Chain,
}

impl Cause {
    /// Finds the cause by the words of OpenSSL and of those who collected the data, the more specific words first. It is
    /// `None` if the reason tells none of these.
    fn of(reason: &str) -> Option<Self> {
        let reason = reason.to_lowercase();
        let table: &[(Self, &[&str])] = &[
            (Self::OtherType, &["not signeddata", "content type not signed data"]),
            (Self::Reference, &["ess "]),
            (Self::Attributes, &["attribute error", "attribute twice", "signedattrs", "attribute rules"]),
            (Self::Content, &["content verify error", "digest mismatch", "imprint mismatch", "messagedigest"]),
            (Self::Purpose, &["purpose", "eku", "extended key usage"]),
            (Self::Signature, &["bad signature", "padding", "signature bytes", "verification failure", "signature"]),
            (Self::Chain, &["certificate verify error", "expired", "not yet valid", "self-signed", "self signed"]),
        ];
        table.iter().find(|(_, words)| words.iter().any(|word| reason.contains(word))).map(|(cause, _)| *cause)
    }

    fn fits(self, code: Code) -> bool {
        use Code::*;
        match self {
            Self::OtherType => matches!(code, Malformed | TimestampMalformed),
            Self::Attributes => matches!(
                code,
                AttributeDuplicated
                    | AttributeMalformed
                    | SignedAttributeUnreadable
                    | AttributeMisplaced
                    | ContentTypeMissing
                    | ContentTypeDiffers
                    | MessageDigestMissing
            ),
            Self::Reference => matches!(
                code,
                SigningCertificateDiffers
                    | SigningCertificateNotFound
                    | SigningCertificateReferenceMissing
                    | TimestampSigningCertificateReferenceMissing
            ),
            Self::Content => matches!(code, MessageDigestDiffers | TimestampImprintDiffers | SignatureInvalid),
            Self::Purpose => matches!(code, TsaPurposeMissing | TsaPurposeWrong | TsaKeyUsageWrong),
            Self::Signature => matches!(code, SignatureInvalid | KeyDoesNotFitAlgorithm),
            Self::Chain => {
                code.as_str().starts_with("chain-")
                    || matches!(code, CertificateExpired | CertificateNotYetValid | IssuerExpired | IssuerNotYetValid)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recommande::verify::Subject;

    fn judged(reason: &str, code: Code) -> Judgement {
        let (subject, outcome, sub_indication) = (Subject::Seal, code.outcome(), code.sub_indication());
        let finding = Finding { subject, code, outcome, sub_indication, stated: None, computed: None };
        let mut judgement = Judgement::new("file", None);
        judgement.verdict("invalid", reason, &[&finding]);
        judgement
    }

    #[test]
    fn an_algorithm_that_is_not_offered_explains_only_what_depends_on_it() {
        for reason in ["fail: bad signature; DSA lib", "unsupported algorithm"] {
            let judgement = judged(reason, Code::AlgorithmNotOffered);
            assert_eq!(judgement.apart, Some(Apart::AlgorithmNotOffered), "{reason}");
        }
        for reason in ["digest mismatch", "content type not signed data", "something else"] {
            assert_eq!(judged(reason, Code::AlgorithmNotOffered).differences.len(), 1, "{reason}");
        }
    }

    #[test]
    fn attributes_are_wrong_by_a_finding_that_speaks_against_them() {
        let reason = "RFC 5652 attribute rules: attribute error";
        assert!(judged(reason, Code::MessageDigestMissing).differences.is_empty());
        assert_eq!(judged(reason, Code::SignatureInvalid).differences.len(), 1);
    }
}
