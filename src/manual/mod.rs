//! The manual: how the library works, and how a service uses it.
//!
//! These modules hold text only. The Rust code in them is compiled and run with the tests, and the project's CI runs the
//! commands of each block of shell (`sh`). Blocks of plain text show commands that need a token, a TSA or a repository of
//! your own.
//!
//! | chapter | what it answers |
//! |---|---|
//! | [`architecture`] | How is the library built, and what does a version promise? |
//! | [`formats`] | What is in a proof, octet by octet? |
//! | [`events`] | What else can be stated than that a letter was sent and opened? |
//! | [`cases`] | What do the proofs of a letter come to, and when does it count as received? |
//! | [`audit`] | How are audit trails written, exported and erased? |
//! | [`reconstruction`] | What do the trails of several parties come to? |
//! | [`erasure`] | How is a person erased from proofs that are kept? |
//! | [`verdicts`] | What does a verdict mean, and which policy fits? |
//! | [`keys`] | How does a service configure keys, certificates and trust? Where may a key live? |
//! | [`timestamps`] | How is a TSA chosen, reached and tried out? |
//! | [`batches`] | How do thousands of letters share one timestamp? |
//! | [`preservation`] | When and how is a proof renewed, and what has to be kept? |
//! | [`evidence_log`] | How does a log show what its operator did, and what does it not show? |
//! | [`services`] | What blocks, and how does an async service call it? |
//! | [`receipts`] | What do people hold in their hands, and how is a code on paper read? |
//! | [`dossier`] | How does a letter with its proofs become one file for a court, and how is that verified? |
//! | [`openssl`] | How is a proof verified without this library? |
//! | [`ci`] | How does a CI job verify a proof? |
//! | [`interoperability`] | Which other programs read these files, and whose files does this library read? |
//! | [`limits`] | How much does the library read, and how much work does one call do? |
//! | [`performance`] | How fast is it, and what does a build cost? |
//! | [`security`] | What is trusted, and what is not authenticated? |
//! | [`glossary`] | What do the terms mean? |

#[doc = include_str!("architecture.md")]
pub mod architecture {}

#[doc = include_str!("glossary.md")]
pub mod glossary {}

#[doc = include_str!("formats.md")]
pub mod formats {}

#[doc = include_str!("events.md")]
pub mod events {}

#[doc = include_str!("cases.md")]
pub mod cases {}

#[doc = include_str!("audit.md")]
pub mod audit {}

#[doc = include_str!("reconstruction.md")]
pub mod reconstruction {}

#[doc = include_str!("erasure.md")]
pub mod erasure {}

#[doc = include_str!("verdicts.md")]
pub mod verdicts {}

#[doc = include_str!("keys.md")]
pub mod keys {}

#[doc = include_str!("timestamps.md")]
pub mod timestamps {}

#[doc = include_str!("batches.md")]
pub mod batches {}

#[doc = include_str!("preservation.md")]
pub mod preservation {}

#[doc = include_str!("evidence_log.md")]
pub mod evidence_log {}

#[doc = include_str!("services.md")]
pub mod services {}

#[doc = include_str!("receipts.md")]
pub mod receipts {}

#[doc = include_str!("dossier.md")]
pub mod dossier {}

#[doc = include_str!("openssl.md")]
pub mod openssl {}

#[doc = include_str!("ci.md")]
pub mod ci {}

#[doc = include_str!("interoperability.md")]
pub mod interoperability {}

#[doc = include_str!("limits.md")]
pub mod limits {}

#[doc = include_str!("performance.md")]
pub mod performance {}

#[doc = include_str!("../../SECURITY.md")]
pub mod security {}

/// The tables of the chapter on limits name every constant with its value.
///
/// ```
/// use std::collections::BTreeMap;
///
/// let chapter = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/manual/limits.md"));
/// let mut constants = BTreeMap::new();
/// macro_rules! constants {
///     ($($path:literal = $module:ident { $($name:ident)+ })+) => {
///         $($(constants.insert(($path, stringify!($name)), u64::try_from($module::$name)?);)+)+
///     };
/// }
/// use recommande::audit::limits as audit;
/// use recommande::evidence::limits as evidence;
/// use recommande::life::limits as life;
/// use recommande::log::limits as log;
/// use recommande::time::record::limits as record;
/// use recommande::pki::limits as pki;
/// use recommande::pki::revocation::limits as revocation;
/// use recommande::seal::limits as seal;
/// use recommande::verify::limits as verify;
/// use signed_data::limits as signed_data;
/// constants! {
///     "signed_data::limits" = signed_data { MAX_INPUT MAX_DEPTH MAX_ELEMENTS MAX_TOTAL_ELEMENTS MAX_ELEMENTS_OF_SMALL OCTETS_OF_ELEMENT MAX_REWRITTEN }
///     "evidence::limits" = evidence {
///         MAX_STATEMENT MAX_DEPTH MAX_PARTIES MAX_PARTS MAX_EXTENSIONS MAX_COMMITMENTS MAX_REASONS MAX_REASON_DETAILS
///         MAX_RECIPIENT_SIGNATURE MAX_SUBMISSION_SIGNATURE MAX_MANDATE_LINKS MAX_REGISTER_ENTRIES MAX_BATCH_NUMBER READ_BUFFER
///     }
///     "seal::limits" = seal { MAX_PRINTED MAX_EXPANDED }
///     "pki::limits" = pki {
///         MAX_CERTIFICATE MAX_EXTENSIONS MAX_PATH_LENGTH MAX_CERTIFICATES_CONSIDERED MAX_SIGNATURE_CHECKS
///         MAX_PARTIAL_PATHS MAX_PATHS_VALIDATED MAX_STRONGER_PATHS MAX_KEYS_TRIED MAX_COMPARED_NAME_OCTETS MAX_PEM
///         MAX_PEM_CERTIFICATES MAX_STEPS MAX_COMPARABLE_NAME
///     }
///     "pki::revocation::limits" = revocation {
///         MAX_CRL MAX_CRL_ENTRIES MAX_OCSP_RESPONSE MAX_SINGLE_RESPONSES MAX_RESPONSE_CERTIFICATES MAX_CRLS
///         MAX_OCSP_RESPONSES MAX_TOTAL MAX_EXTENSIONS MAX_DISTRIBUTION_POINTS MAX_STATUSES MAX_SIGNER_DEPTH
///         MAX_SIGNERS_TRIED MAX_SIGNERS_LOOKED_AT MAX_SET_ASIDE MAX_REMEMBERED
///     }
///     "life::limits" = life { MAX_PROOFS MAX_UNCOUNTED }
///     "log::limits" = log { MAX_WAITING MAX_FILE MAX_UNMATCHED }
///     "audit::limits" = audit {
///         MAX_LINE MAX_PROOF MAX_PARTS MAX_DIGESTS MAX_TOKEN MAX_METHOD MAX_TEMPLATE MAX_TEMPLATE_NAME MAX_SOURCE_NAME
///         MAX_SELECTED_MESSAGES MAX_MANIFEST MAX_SOURCES MAX_RECORDS_OF_MESSAGE MAX_EMBEDDED MAX_FAULTS MAX_SELECTIONS MAX_CLOCK_PROOFS
///         MAX_CLOCK_SECTIONS
///         MAX_CLOCK_OFFSETS
///     }
///     "time::record::limits" = record {
///         MAX_ARCHIVE_TIME_STAMPS MAX_DIGEST_ALGORITHMS MAX_PARTIAL_HASH_TREES MAX_HASHES
///     }
///     "verify::limits" = verify {
///         MAX_SIGNERS MAX_TIMESTAMPS MAX_SECOND_SEALS MAX_LOG_PROOFS MAX_EVIDENCE_RECORDS MAX_OTHER_PATHS
///         MAX_CERTIFICATES MAX_SHOWN MAX_CERTIFICATES_OF_SMALL MIN_CERTIFICATES_OF_TOKEN OCTETS_OF_CERTIFICATE
///         MAX_REFUSED_ELEMENTS MAX_TOKENS_OF_RECORDS MAX_TIMESTAMPS_OF_SMALL OCTETS_OF_TIMESTAMP
///     }
/// }
///
/// let number = |cell: &str| -> Option<u64> {
///     let mut words = cell.split(", ").next()?.split(' ');
///     let digits = words.next()?.replace(',', "");
///     let unit = match words.next() {
///         Some("KiB") => 1 << 10,
///         Some("MiB") => 1 << 20,
///         _ => 1,
///     };
///     Some(digits.parse::<u64>().ok()? * unit)
/// };
/// let mut module = "";
/// for line in chapter.lines() {
///     if let Some(rest) = line.strip_prefix("Constants of [`") {
///         module = rest.split('`').next().unwrap_or_default();
///     }
///     let cells: Vec<&str> = line.split(" | ").collect();
///     let [_, value, constant] = cells[..] else { continue };
///     let path = constant.trim_end_matches(" |").trim_matches('`');
///     let (module, name) = path.rsplit_once("::").unwrap_or((module, path));
///     if name.starts_with("MAX_") || matches!(name, "READ_BUFFER" | "OCTETS_OF_CERTIFICATE" | "OCTETS_OF_ELEMENT" | "OCTETS_OF_TIMESTAMP" | "MIN_CERTIFICATES_OF_TOKEN") {
///         assert_eq!(constants.remove(&(module, name)), number(value), "{module}::{name}");
///     }
/// }
/// assert!(constants.is_empty(), "not in the chapter: {constants:?}");
///
/// let tokens = 1 + verify::MAX_TIMESTAMPS + verify::MAX_TOKENS_OF_RECORDS;
/// let checks = usize::try_from(pki::MAX_SIGNATURE_CHECKS)?;
/// assert_eq!((checks + 2 * verify::MAX_SIGNERS * tokens, checks + 2 * tokens), (3_104, 434));
/// # Ok::<(), std::num::TryFromIntError>(())
/// ```
#[cfg(doctest)]
struct LimitsOfTheChapter;
