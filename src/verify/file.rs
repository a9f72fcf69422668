//! A file that holds a SignedData, read once for all of its signers.

use signed_data::{SignedData, SignerInfo};

use super::embedded::{Embedded, EmbeddedReader};
use super::limits::{MAX_SIGNERS, MAX_TIMESTAMPS, MAX_TIMESTAMPS_OF_SMALL, OCTETS_OF_TIMESTAMP};
use super::revocation_forms::crls_fingerprints;
use super::settings::Settings;
use super::time::form::FormDigests;
use super::time::listing::Listing;
use super::time::record::{self, FileRecord, RecordSource};
use super::time::token::{self, AttributeToken, TokenSource};
use crate::cms::archive::{AttributeDigests, CarriedDigests, HashIndex};
use crate::crypto::{Digest, DigestAlgorithm, Fingerprint};
use crate::pki::revocation::RevocationData;
use crate::time::record::imprint_algorithm;

/// The octets in which the evidence of time in a file, and beside it, is found.
pub(super) struct FileSource<'a> {
    signed_data: &'a SignedData<'a>,
    received: &'a [u8],
    signers: Vec<(&'a SignerInfo<'a>, Vec<TokenSource<'a>>, bool)>,
    /// How many tokens of each signer are looked at.
    max_tokens: usize,
    records: Vec<RecordSource<'a>>,
    has_more_records: bool,
}

impl<'a> FileSource<'a> {
    /// Finds the evidence in a SignedData that was `received` as DER or BER, and in what the verifier was given.
    pub(super) fn new(signed_data: &'a SignedData<'a>, received: &'a [u8], settings: &'a Settings) -> Self {
        let signers = signed_data.signer_infos.len().clamp(1, MAX_SIGNERS);
        let tokens = MAX_TIMESTAMPS_OF_SMALL.saturating_add(received.len() / OCTETS_OF_TIMESTAMP);
        let max_tokens = (tokens / signers).min(MAX_TIMESTAMPS);
        let signers = signed_data.signer_infos.iter().take(MAX_SIGNERS).map(|signer_info| {
            let (tokens, has_more_tokens) = token::find(signer_info, max_tokens);
            (signer_info, tokens, has_more_tokens)
        });
        let (records, has_more_records) = record::find(signed_data, settings);
        Self { signed_data, received, signers: signers.collect(), max_tokens, records, has_more_records }
    }
}

/// A file: what its SignedData carries, its signers with their timestamps, and the evidence records about it.
pub(super) struct File<'a> {
    pub(super) signed_data: &'a SignedData<'a>,
    pub(super) embedded: Embedded,
    /// The CRLs and OCSP responses of the SignedData, of all tokens and of all records, each once.
    pub(super) revocation: RevocationData,
    pub(super) signers: Vec<Signer<'a>>,
    pub(super) records: Vec<FileRecord<'a>>,
    /// Whether there are more evidence records inside than are looked at.
    pub(super) has_more_records: bool,
    /// What archive timestamps list, by each algorithm that one of them uses.
    archived: Vec<CarriedDigests>,
    /// The fingerprints of the elements of `certificates` and of `crls`, where there is an archive timestamp.
    certificates_fingerprints: Vec<Option<Fingerprint>>,
    crls_fingerprints: Vec<Option<Fingerprint>>,
}

/// One signer, and the tokens in its attributes.
pub(super) struct Signer<'a> {
    pub(super) signer_info: &'a SignerInfo<'a>,
    pub(super) tokens: Vec<AttributeToken<'a>>,
    /// The tokens that its archive timestamps cover.
    pub(super) listing: Listing,
    /// Its unsigned attributes as its archive timestamps list them.
    pub(super) attribute_digests: AttributeDigests,
    /// How many tokens are looked at.
    pub(super) max_tokens: usize,
    /// Whether there are more.
    pub(super) has_more_tokens: bool,
}

impl<'a> File<'a> {
    /// Reads everything once.
    pub(super) fn read(source: &'a FileSource<'a>, settings: &Settings) -> Self {
        let FileSource { signed_data, received, signers, max_tokens, records, has_more_records } = source;
        // Where there is too much revocation data, what was read first stays: that of the file itself, then that of
        // tokens, and last what lies beside them.
        let mut reader = EmbeddedReader::new(settings, received.len());
        let embedded = reader.read(signed_data);
        let signers = signers.iter().map(|(signer_info, tokens, has_more_tokens)| {
            let tokens: Vec<_> = tokens.iter().map(|token| AttributeToken::read(token, &mut reader)).collect();
            let listing = Listing::of(&tokens);
            let attribute_digests = AttributeDigests::of(signer_info, &indexes(&tokens));
            Signer {
                signer_info,
                tokens,
                listing,
                attribute_digests,
                max_tokens: *max_tokens,
                has_more_tokens: *has_more_tokens,
            }
        });
        let signers: Vec<_> = signers.collect();
        let inside = records.iter().filter(|record| !record.is_beside()).count();
        let tokens: Vec<_> = records.iter().map(|record| record.read_tokens(&mut reader)).collect();
        let mut digests = FormDigests::of(received, signed_data.raw);
        let records = records.iter().zip(tokens).map(|(record, tokens)| {
            let crypto_infos = record.read_crypto_infos(&mut reader);
            FileRecord::new(record, tokens, crypto_infos, &record.forms(inside), &mut digests)
        });
        let records = records.collect();
        let archived = archived(signed_data, &signers);
        let has_archived = !archived.is_empty();
        Self {
            signed_data,
            embedded,
            revocation: reader.into_revocation(),
            records,
            has_more_records: *has_more_records,
            signers,
            archived,
            certificates_fingerprints: if has_archived { certificates_fingerprints(signed_data) } else { Vec::new() },
            crls_fingerprints: if has_archived { crls_fingerprints(signed_data).collect() } else { Vec::new() },
        }
    }

    /// What the tokens of all signers but one carry.
    pub(super) fn tokens_of_others(&self, signer: &Signer<'_>) -> impl Iterator<Item = &Embedded> {
        let others = self.signers.iter().filter(move |another| !core::ptr::eq(another.signer_info, signer.signer_info));
        others.flat_map(|another| &another.tokens).flat_map(|token| &token.token).map(|token| &token.embedded)
    }

    /// The digest algorithms that signers, timestamps and records name.
    pub(super) fn content_algorithms(&self) -> impl Iterator<Item = DigestAlgorithm> {
        let of_signers = self.signers.iter().map(|signer| signer.signer_info.digest_algorithm.oid);
        let tokens = self.signers.iter().flat_map(|signer| &signer.tokens).flat_map(|token| &token.token);
        let of_tokens = tokens.filter_map(|token| imprint_algorithm(&token.parsed.tst_info));
        let of_records = self.records.iter().flat_map(FileRecord::algorithms);
        of_signers.filter_map(DigestAlgorithm::from_oid).chain(of_tokens).chain(of_records)
    }

    /// The digests of what the SignedData carries, by the algorithm of an archive timestamp in it.
    pub(super) fn archived_by(&self, algorithm: DigestAlgorithm) -> Option<&CarriedDigests> {
        self.archived.iter().find(|digests| digests.algorithm == algorithm)
    }

    /// The fingerprints of the certificates that an archive timestamp covers.
    pub(super) fn archived_certificates(&self, index: &HashIndex<'_>) -> Vec<Fingerprint> {
        let Some(digests) = self.archived_by(index.algorithm()) else { return Vec::new() };
        let places = digests.certificates(index).into_iter();
        places.filter_map(|place| *self.certificates_fingerprints.get(place)?).collect()
    }

    /// The fingerprints of the CRLs and OCSP responses in `crls` that an archive timestamp covers. Those of
    /// revocation-values are left out: a signature that is archived has none (ETSI EN 319 122-1 V1.3.1, table 1).
    pub(super) fn archived_revocation(&self, index: &HashIndex<'_>) -> Vec<Fingerprint> {
        let Some(digests) = self.archived_by(index.algorithm()) else { return Vec::new() };
        let places = digests.crls(index).into_iter();
        places.filter_map(|place| *self.crls_fingerprints.get(place)?).collect()
    }

    /// Whether a CRL or an OCSP response lies in `crls`, where an archive timestamp has to list it.
    pub(super) fn has_in_crls(&self, fingerprint: &Digest) -> bool {
        self.crls_fingerprints.contains(&Some(Fingerprint::from(fingerprint)))
    }
}

/// The fingerprint of each element of `certificates`, in their order; `None` for what is no X.509 certificate.
fn certificates_fingerprints(signed_data: &SignedData<'_>) -> Vec<Option<Fingerprint>> {
    signed_data.certificates.iter().map(|choice| choice.certificate().map(Fingerprint::of)).collect()
}

/// The indexes of archive timestamps that can be used.
fn indexes<'t>(tokens: &'t [AttributeToken<'_>]) -> Vec<HashIndex<'t>> {
    tokens.iter().filter_map(|token| token.hash_index()?.ok()).collect()
}

/// Everything is hashed once by each algorithm, however many signers and timestamps ask for it.
fn archived(signed_data: &SignedData<'_>, signers: &[Signer<'_>]) -> Vec<CarriedDigests> {
    let indexes: Vec<_> = signers.iter().flat_map(|signer| indexes(&signer.tokens)).collect();
    let is_used = |algorithm: &DigestAlgorithm| indexes.iter().any(|index| index.algorithm() == *algorithm);
    let algorithms = DigestAlgorithm::ALL.into_iter().filter(is_used);
    algorithms.map(|algorithm| CarriedDigests::of(signed_data, algorithm, &indexes)).collect()
}
