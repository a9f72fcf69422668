//! Reads a policy of algorithms from the machine-readable form of ETSI TS 119 322 (JSON), in which ETSI TS 119 312 is
//! published.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, NaiveTime};
use const_oid::ObjectIdentifier;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use signed_data::tlv::Oid;

use super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use super::policy::{AlgorithmPolicy, DigestRow, KeyFamily, KeyRow};
use crate::asn1::oid;

/// The size of the largest file that is read, in octets. That of TS 119 312 V2.1.1 has 15 kB.
const MAX_SIZE: usize = 1 << 20;

/// The most evaluations that are read. TS 119 312 V2.1.1 has some 60.
const MAX_EVALUATIONS: usize = 1024;

/// An error that says why a file gives no policy of algorithms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// The file is larger than the limit.
    #[error("a policy of {0} octets; 1,048,576 are the limit")]
    TooLarge(usize),
    /// The file is no JSON, or not of the form of ETSI TS 119 322.
    #[error("not a policy of ETSI TS 119 322 at line {line}, column {column}")]
    Form {
        /// The line, from 1 on.
        line: usize,
        /// The column, from 1 on.
        column: usize,
    },
    /// There are more evaluations of algorithms than the limit.
    #[error("more than 1,024 evaluations")]
    TooManyEvaluations,
    /// PolicyIssueDate is no date.
    #[error("PolicyIssueDate is no date")]
    IssueDate,
    /// The file lists no digest, or no key, that is offered here, so that nothing would be acceptable.
    #[error("the policy lists no digest or no key that is offered")]
    Empty,
    /// A pair of digest and signature ends earlier than both of its parts, which the tables of [`AlgorithmPolicy`] cannot
    /// hold.
    #[error("{algorithm} ends earlier than its digest and its keys do, which is not supported")]
    Combination {
        /// The signature algorithm.
        algorithm: SignatureAlgorithm,
    },
}

#[derive(Deserialize)]
struct File<'a> {
    /// Version 1.5.1 of TS 119 312 was published with the name of the type.
    #[serde(rename = "SecuritySuitabilityPolicy", alias = "SecuritySuitabilityPolicyType", borrow)]
    policy: Suite<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Suite<'a> {
    #[serde(borrow)]
    policy_issue_date: Cow<'a, str>,
    #[serde(borrow)]
    algorithm: Several<Algorithm<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Algorithm<'a> {
    #[serde(borrow)]
    algorithm_identifier: Identifier<'a>,
    #[serde(borrow)]
    evaluation: Several<Evaluation<'a>>,
}

#[derive(Deserialize)]
struct Identifier<'a> {
    #[serde(rename = "ObjectIdentifier", alias = "Objectidentifier", borrow)]
    oid: Cow<'a, str>,
    #[serde(rename = "URI", default, borrow)]
    uri: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Evaluation<'a> {
    validity: Validity,
    #[serde(default, borrow)]
    parameter: Several<Parameter<'a>>,
    #[serde(default, borrow)]
    recommendation: Option<Cow<'a, str>>,
    /// An evaluation for one use only is left out.
    #[serde(default, borrow)]
    algorithm_usage: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Validity {
    #[serde(default)]
    end: Option<FirstDayAfter>,
}

#[derive(Deserialize)]
struct Parameter<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(rename = "Min", default)]
    min: Option<Bound>,
    #[serde(rename = "Max", default)]
    max: Option<Bound>,
}

/// An array, or its only element without one: version 1.5.1 of TS 119 312 was published so.
struct Several<T>(Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfArrayOrObject<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfArrayOrObject<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array or an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = array.next_element()? {
                    elements.push(element);
                }
                Ok(Several(elements))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(|only| Several(vec![only]))
            }
        }

        deserializer.deserialize_any(OfArrayOrObject(PhantomData))
    }
}

/// A bound of a parameter: a number, or its digits as a string, as in version 1.5.1.
#[derive(Clone, Copy)]
struct Bound(u32);

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfNumberOrDigits;

        impl Visitor<'_> for OfNumberOrDigits {
            type Value = Bound;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a natural number")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Bound, E> {
                u32::try_from(number).map(Bound).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            }

            fn visit_str<E: serde::de::Error>(self, digits: &str) -> Result<Bound, E> {
                digits.parse().map(Bound).map_err(|_| E::invalid_value(Unexpected::Str(digits), &self))
            }
        }

        deserializer.deserialize_any(OfNumberOrDigits)
    }
}

/// The first day on which a validity is over.
///
/// Version 2.1.1 of TS 119 312 gives that day (`2029-01-01`) where version 1.5.1 gave the last instant before it
/// (`2028-12-31T23:59:59.999+01:00`).
#[derive(Clone, Copy)]
struct FirstDayAfter(NaiveDate);

impl<'de> Deserialize<'de> for FirstDayAfter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        first_day_after(&text).map(Self).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"a date"))
    }
}

fn first_day_after(end: &str) -> Option<NaiveDate> {
    let Ok(last) = DateTime::parse_from_rfc3339(end) else { return end.parse().ok() };
    let last = last.naive_local();
    if last.time() == NaiveTime::MIN { Some(last.date()) } else { last.date().succ_opt() }
}

/// What an evaluation says, in the order from bad to good: the end of one without an end is the latest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    /// The first day on which it proves nothing any more.
    past_from: End,
    recommended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    On(NaiveDate),
    Never,
}

impl End {
    fn date(self) -> Option<NaiveDate> {
        match self {
            Self::On(date) => Some(date),
            Self::Never => None,
        }
    }
}

/// What an identifier of the file is about.
enum Subject {
    Digest(DigestAlgorithm),
    /// A signature algorithm, with the size of its keys where it has one only.
    Signature(SignatureAlgorithm, Option<u32>),
    Pss,
    /// The keys of a curve, by its size.
    Curve(u32),
}

type Keys = BTreeMap<(KeyFamily, u32), Worth>;

impl AlgorithmPolicy {
    /// Reads a policy from the machine-readable form of ETSI TS 119 322 V1.2.1 (JSON), in which ETSI TS 119 312 is published.
    ///
    /// The date that ends a validity is the first day on which it is over, and a time is the last instant before that. An algorithm that is not recommended (`L`) is legacy from the date of the
    /// policy on. The beginning of a validity is not looked at. Algorithms that are not offered here, evaluations for one
    /// use only, with an upper limit, or with parameters other than the length of the modulus are left out, so that what
    /// only they allow is not accepted. The parameter sets of SLH-DSA count by their strength.
    ///
    /// # Errors
    /// [`SuiteError`].
    pub fn from_ts_119_322_json(json: &str) -> Result<Self, SuiteError> {
        if json.len() > MAX_SIZE {
            return Err(SuiteError::TooLarge(json.len()));
        }
        let File { policy: Suite { policy_issue_date, algorithm: algorithms } } = serde_json::from_str(json)
            .map_err(|error| SuiteError::Form { line: error.line(), column: error.column() })?;
        let algorithms = algorithms.0;
        if algorithms.iter().map(|algorithm| algorithm.evaluation.0.len()).sum::<usize>() > MAX_EVALUATIONS {
            return Err(SuiteError::TooManyEvaluations);
        }
        let issued = issue_date(&policy_issue_date).ok_or(SuiteError::IssueDate)?;
        let mut tables = Tables::default();
        algorithms.iter().for_each(|algorithm| tables.take(algorithm));
        tables.bound_curves();
        tables.check_combinations()?;
        tables.policy(issued)
    }
}

fn issue_date(text: &str) -> Option<NaiveDate> {
    let dated = DateTime::parse_from_rfc3339(text).map(|time| time.date_naive());
    dated.ok().or_else(|| text.parse().ok())
}

#[derive(Default)]
struct Tables {
    digests: BTreeMap<DigestAlgorithm, Worth>,
    keys: Keys,
    /// The curves that are listed by themselves.
    curves: BTreeMap<u32, Worth>,
    /// The pairs of a digest and keys.
    pairs: Vec<(SignatureAlgorithm, (KeyFamily, u32), Worth)>,
}

impl Tables {
    fn take(&mut self, algorithm: &Algorithm<'_>) {
        let Some(subject) = subject(&algorithm.algorithm_identifier) else { return };
        for evaluation in algorithm.evaluation.0.iter().filter(|evaluation| evaluation.algorithm_usage.is_none()) {
            let past_from = evaluation.validity.end.map_or(End::Never, |end| End::On(end.0));
            let recommended = evaluation.recommendation.as_deref() == Some("R");
            let worth = Worth { past_from, recommended };
            match (&subject, evaluation.least_modulus()) {
                (Subject::Digest(digest), Some(None)) => better(&mut self.digests, *digest, worth),
                (Subject::Curve(bits), Some(None)) => better(&mut self.curves, *bits, worth),
                (Subject::Pss, Some(bits)) => {
                    better(&mut self.keys, (KeyFamily::RsaPss, bits.unwrap_or_default()), worth);
                }
                (Subject::Signature(signature, size), Some(bits)) => {
                    let Some(family) = family(signature) else { continue };
                    let row = (family, size.or(bits).unwrap_or_default());
                    better(&mut self.keys, row, worth);
                    self.pairs.push((*signature, row, worth));
                }
                (Subject::Digest(_) | Subject::Curve(_), _) | (Subject::Pss | Subject::Signature(..), None) => {}
            }
        }
    }

    /// Where curves are listed, ECDSA is acceptable over these and as long as they are.
    fn bound_curves(&mut self) {
        let Some(ecdsa) = self.keys.remove(&(KeyFamily::Ec, 0)) else { return };
        for (bits, curve) in &self.curves {
            let past_from = curve.past_from.min(ecdsa.past_from);
            let worth = Worth { past_from, recommended: curve.recommended && ecdsa.recommended };
            self.keys.insert((KeyFamily::Ec, *bits), worth);
        }
        if self.curves.is_empty() {
            self.keys.insert((KeyFamily::Ec, 256), ecdsa);
        }
    }

    /// Checks that no pair ends before its digest and its keys do.
    fn check_combinations(&self) -> Result<(), SuiteError> {
        for (algorithm, row, _) in &self.pairs {
            // What is not listed is not accepted in any pair.
            let Some(digest) = algorithm.prehash().and_then(|digest| self.digests.get(&digest)) else { continue };
            let of_row = || self.pairs.iter().filter(|(_, row_of_pair, _)| row_of_pair == row);
            let keys = of_row().map(|(.., worth)| worth.past_from).max();
            let pair = of_row()
                .filter(|(algorithm_of_pair, ..)| algorithm_of_pair == algorithm)
                .map(|(.., worth)| worth.past_from)
                .max();
            if pair < keys.map(|keys| keys.min(digest.past_from)) {
                return Err(SuiteError::Combination { algorithm: *algorithm });
            }
        }
        Ok(())
    }

    fn policy(self, issued: NaiveDate) -> Result<AlgorithmPolicy, SuiteError> {
        let dates = |worth: Worth| {
            let legacy_from = (!worth.recommended).then_some(issued);
            (legacy_from, worth.past_from.date())
        };
        let digests = self.digests.into_iter().map(|(digest, worth)| {
            let (legacy_from, past_from) = dates(worth);
            DigestRow { digest, legacy_from, past_from }
        });
        let keys = self.keys.into_iter().map(|((key, bits), worth)| {
            let (legacy_from, past_from) = dates(worth);
            KeyRow { key, bits, legacy_from, past_from }
        });
        let policy = AlgorithmPolicy { digests: digests.collect(), keys: keys.collect() };
        if policy.digests.is_empty() || policy.keys.is_empty() { Err(SuiteError::Empty) } else { Ok(policy) }
    }
}

impl Evaluation<'_> {
    /// Returns the least length of the modulus, if there is one; `None` where another parameter decides.
    fn least_modulus(&self) -> Option<Option<u32>> {
        match self.parameter.0.as_slice() {
            [] => Some(None),
            [Parameter { name, min: Some(min), max: None }] if name == "moduluslength" => Some(Some(min.0)),
            _ => None,
        }
    }
}

/// Keeps the better of what is there and what comes: an algorithm is suitable if one evaluation says so (RFC 5698 §3.2).
fn better<K: Ord>(table: &mut BTreeMap<K, Worth>, key: K, worth: Worth) {
    let kept = table.entry(key).or_insert(worth);
    *kept = worth.max(*kept);
}

/// Finds what an identifier is about, if it is something that is offered here.
fn subject(identifier: &Identifier<'_>) -> Option<Subject> {
    // The URI of a digest comes first, because TS 119 312 V1.5.1 was published with wrong numbers of SHA-224 and SHA-384.
    if let Some(digest) = identifier.uri.as_deref().and_then(DigestAlgorithm::from_uri) {
        return Some(Subject::Digest(digest));
    }
    let number: ObjectIdentifier = identifier.oid.parse().ok()?;
    let oid = Oid::from_value(number.as_bytes())?;
    if let Some(digest) = DigestAlgorithm::from_oid(oid) {
        return Some(Subject::Digest(digest));
    }
    if oid == oid::RSASSA_PSS {
        return Some(Subject::Pss);
    }
    for (curve, bits) in [(oid::P256, 256), (oid::P384, 384), (oid::P521, 521)] {
        if oid == curve {
            return Some(Subject::Curve(bits));
        }
    }
    let signature = SignatureAlgorithm::from_parts(oid, None, None).ok()?;
    Some(Subject::Signature(signature, size(&signature)))
}

fn family(algorithm: &SignatureAlgorithm) -> Option<KeyFamily> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => Some(KeyFamily::RsaPkcs1),
        SignatureAlgorithm::RsaPss { .. } => None,
        SignatureAlgorithm::Ecdsa(_) => Some(KeyFamily::Ec),
        SignatureAlgorithm::Ed25519 => Some(KeyFamily::Ed25519),
        SignatureAlgorithm::MlDsa44 | SignatureAlgorithm::MlDsa65 | SignatureAlgorithm::MlDsa87 => {
            Some(KeyFamily::MlDsa)
        }
        SignatureAlgorithm::SlhDsa(_) => Some(KeyFamily::SlhDsa),
    }
}

/// Returns the size of the keys of an algorithm that has one size, as the table of a policy has it.
fn size(algorithm: &SignatureAlgorithm) -> Option<u32> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. } | SignatureAlgorithm::Ecdsa(_) => None,
        SignatureAlgorithm::Ed25519 => Some(256),
        SignatureAlgorithm::MlDsa44 => Some(44),
        SignatureAlgorithm::MlDsa65 => Some(65),
        SignatureAlgorithm::MlDsa87 => Some(87),
        SignatureAlgorithm::SlhDsa(set) => Some(set.security_strength()),
    }
}
