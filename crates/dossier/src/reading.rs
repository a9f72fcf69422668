//! Reads a container, and refuses what deviates from the one form that is written.

use std::fmt;
use std::io::{self, Read, Seek, Write};

use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{PayloadDigests, Statement};
use recommande::seal::AnyProof;
use recommande::time::record::digest_algorithms;
use recommande::verify::ContentDigests;

use crate::error::ReadError;
use crate::layout::{ASIC_E, MANIFEST, MANIFEST_TYPE, MIMETYPE, Protection, RECORD, RECORD_MANIFEST, RECORD_TYPE};
use crate::limits::{MAX_EXTRACTS, MAX_IN_MEMORY, MAX_JUDGED};
use crate::manifest::{self, ManifestFault, Reference};
use crate::media_type::MediaType;
use crate::name::{PartKind, ProofForm, ProofKind, ProofNumber};
use crate::origin::{Origin, Use, at_once};
use crate::signable::OF_SIGNATURES;
use crate::source::Counted;
use crate::zip::{Archive, Entry, ZipFault, entries};

/// A file of a container that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub(crate) kind: PartKind,
    pub(crate) media_type: String,
    pub(crate) entry: Entry,
    pub(crate) digests: ContentDigests,
}

impl Part {
    /// Returns what the file is.
    pub fn kind(&self) -> PartKind {
        self.kind
    }

    /// Returns the name of the file.
    pub fn name(&self) -> &str {
        &self.entry.name
    }

    /// Returns the media type, which nobody has compared with the octets.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// Returns the number of octets.
    pub fn size(&self) -> u64 {
        self.entry.size
    }

    /// Returns the digests that were computed: by the algorithm of the manifest, by those of the evidence record, and of a letter by those
    /// that the statements of the proofs name.
    pub fn digests(&self) -> &ContentDigests {
        &self.digests
    }
}

/// The octets of a container whose entries are hashed.
pub(crate) trait Entries: Origin {
    /// Reads an entry once: compares its checksum, and computes its digests.
    async fn digests(
        &mut self,
        entry: &Entry,
        algorithms: &[DigestAlgorithm],
        purpose: Use,
    ) -> Result<ContentDigests, ReadError>;
}

/// A file that is at hand. What is judged later is read again then.
impl<R: Read + Seek> Entries for Archive<R> {
    async fn digests(
        &mut self,
        entry: &Entry,
        algorithms: &[DigestAlgorithm],
        _: Use,
    ) -> Result<ContentDigests, ReadError> {
        digests(self, entry, algorithms, &mut io::sink())
    }
}

/// A container whose structure is sound, and whose files are those that its manifest names.
///
/// Nothing in it has been verified yet: anybody can make a manifest. [`report`](Self::report) verifies it.
pub struct Dossier<R> {
    pub(crate) archive: Archive<R>,
    pub(crate) parts: Vec<Part>,
    pub(crate) manifest: Own,
    pub(crate) protection: Protection,
    pub(crate) guard: Own,
    pub(crate) record: Option<OwnRecord>,
}

/// What was read of a container.
pub(crate) struct Contents {
    parts: Vec<Part>,
    manifest: Own,
    protection: Protection,
    guard: Own,
    record: Option<OwnRecord>,
}

/// A file of the container's own, in memory.
pub(crate) struct Own {
    pub(crate) octets: Vec<u8>,
    pub(crate) digests: ContentDigests,
}

/// The evidence record over everything, with its manifest.
pub(crate) struct OwnRecord {
    pub(crate) manifest: Vec<u8>,
    pub(crate) record: Vec<u8>,
}

/// The entries of a container's own.
struct OwnEntries {
    manifest: Entry,
    protection: Protection,
    guard: Entry,
    /// The manifest of the record, and the record.
    record: Option<(Entry, Entry)>,
}

impl<R: Read + Seek> Dossier<R> {
    /// Reads a container of any size in memory that is bounded, from the first octet of a reader to its last.
    ///
    /// Each file is read once, and each proof twice. What is read is what was written here: a container that other programs open as well is
    /// refused if it has another form.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(reader: R) -> Result<Self, ReadError> {
        let mut archive = Archive::new(reader);
        let contents = at_once(contents(&mut archive))??;
        Ok(Self::of_archive(archive, contents))
    }

    /// Returns the octets of a file that is verified in memory, or of another one that has no more than they may have.
    ///
    /// # Errors
    /// `Missing`, `TooLarge`, `Io`, `Changed`.
    pub fn octets(&mut self, kind: PartKind) -> Result<Vec<u8>, ReadError> {
        let part = self.part(kind)?.clone();
        let limit = kind.limit().unwrap_or(MAX_IN_MEMORY);
        if part.size() > limit {
            return Err(ReadError::TooLarge { name: part.entry.name, limit });
        }
        let mut octets = Vec::new();
        self.copy_part(&part, &mut octets)?;
        Ok(octets)
    }

    /// Copies a file of any size.
    ///
    /// # Errors
    /// `Missing`, `Io`, `Output`; `Changed` when the container was changed after it was read: what was copied is then something else.
    pub fn copy(&mut self, kind: PartKind, out: &mut impl Write) -> Result<(), ReadError> {
        let part = self.part(kind)?.clone();
        self.copy_part(&part, out)
    }

    fn copy_part(&mut self, part: &Part, out: &mut impl Write) -> Result<(), ReadError> {
        checked(&mut self.archive, part, &[], out).map(drop)
    }

    fn part(&self, kind: PartKind) -> Result<&Part, ReadError> {
        let part = self.parts.iter().find(|part| part.kind == kind);
        part.ok_or_else(|| ReadError::Missing { name: kind.to_string() })
    }
}

impl<R> Dossier<R> {
    /// Puts what was read of a container beside the reader of it.
    pub(crate) fn of(reader: R, contents: Contents) -> Self {
        Self::of_archive(Archive::new(reader), contents)
    }

    fn of_archive(archive: Archive<R>, contents: Contents) -> Self {
        let Contents { parts, manifest, protection, guard, record } = contents;
        Self { archive, parts, manifest, protection, guard, record }
    }

    /// Gives up the octets of the files, without which what closes the container can be verified as well
    /// ([`container`](Self::container)).
    pub fn without_octets(self) -> Dossier<()> {
        let Self { parts, manifest, protection, guard, record, .. } = self;
        Dossier::of((), Contents { parts, manifest, protection, guard, record })
    }

    /// Returns the files in the order of their names.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns the manifest.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest.octets
    }

    /// Tells what protects the manifest.
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// Returns the signature or the timestamp over the manifest.
    pub fn guard(&self) -> &[u8] {
        &self.guard.octets
    }

    /// Returns the evidence record over everything, if there is one.
    pub fn record(&self) -> Option<&[u8]> {
        self.record.as_ref().map(|record| record.record.as_slice())
    }

    /// Returns the container's own files behind the parts, in their order: the name, the media type and the octets of each.
    pub fn own_files(&self) -> Vec<(&'static str, &'static str, &[u8])> {
        let (guard, guard_type) = (self.protection.name(), self.protection.media_type());
        let mut files =
            vec![(MANIFEST, MANIFEST_TYPE, self.manifest.octets.as_slice()), (guard, guard_type, &self.guard.octets)];
        if let Some(OwnRecord { manifest, record }) = &self.record {
            files.extend([(RECORD_MANIFEST, MANIFEST_TYPE, manifest.as_slice()), (RECORD, RECORD_TYPE, record)]);
        }
        files
    }

    /// The digests of everything that an evidence record is over: the files, the manifest, and what protects that.
    pub(crate) fn covered(&self) -> Vec<ContentDigests> {
        let own = [&self.manifest.digests, &self.guard.digests];
        self.parts.iter().map(|part| &part.digests).chain(own).cloned().collect()
    }
}

impl<R> fmt::Debug for Dossier<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dossier({} files, {:?})", self.parts.len(), self.protection)
    }
}

impl Own {
    fn of(octets: Vec<u8>, algorithms: &[DigestAlgorithm]) -> Self {
        let digests = ContentDigests::new(algorithms.iter().map(|algorithm| algorithm.digest(&octets)));
        Self { octets, digests }
    }
}

/// Reads a container and everything in it, each file once and each proof twice, and compares it with its manifests.
pub(crate) async fn contents(origin: &mut impl Entries) -> Result<Contents, ReadError> {
    let entries = entries(origin).await?;
    let (files, own) = sorted(&entries)?;
    check_company(&files)?;
    let mimetype = entries.first().ok_or(ReadError::NotAsicE)?;
    if octets(origin, mimetype).await? != ASIC_E {
        return Err(ReadError::NotAsicE);
    }
    let manifest = octets(origin, &own.manifest).await?;
    let (guard, guard_type) = (own.protection.name(), own.protection.media_type());
    let references = references(MANIFEST, &manifest, guard, guard_type)?;
    check_named((MANIFEST, &manifest), &references, files.iter().map(|(_, entry)| entry))?;
    let algorithm = algorithm(&references);
    let record = match &own.record {
        None => None,
        Some((manifest, record)) => Some((octets(origin, manifest).await?, octets(origin, record).await?)),
    };
    let mut algorithms = vec![algorithm];
    let mut recorded = Vec::new();
    if let Some((manifest, record)) = &record {
        recorded = self::references(RECORD_MANIFEST, manifest, RECORD, RECORD_TYPE)?;
        let covered = files.iter().map(|(_, entry)| entry).chain([&own.manifest, &own.guard]);
        check_named((RECORD_MANIFEST, manifest), &recorded, covered)?;
        algorithms.push(self::algorithm(&recorded));
        algorithms.extend(digest_algorithms(record));
    }
    let algorithms = each_once(algorithms);
    let of_letters = each_once([&algorithms[..], &stated_algorithms(origin, &files, &references).await?].concat());
    let mut parts = Vec::with_capacity(files.len());
    for ((kind, entry), reference) in files.into_iter().zip(&references) {
        let algorithms = if matches!(kind, PartKind::Letter { .. }) { &of_letters } else { &algorithms };
        let purpose = if kind.limit().is_some() { Use::Judged } else { Use::Hashed };
        let digests = origin.digests(&entry, algorithms, purpose).await?;
        check_digest(MANIFEST, reference, &digests)?;
        check_media_type(kind, reference, &manifest)?;
        parts.push(Part { kind, media_type: reference.media_type.clone(), entry, digests });
    }
    let record = record.map(|(manifest, record)| OwnRecord { manifest, record });
    let manifest = Own::of(manifest, &algorithms);
    let guard = Own::of(octets(origin, &own.guard).await?, &algorithms);
    let own_files = [(MANIFEST, MANIFEST_TYPE, &manifest), (own.protection.name(), guard_type, &guard)];
    for reference in &recorded {
        let of_part = parts.iter().find(|part| part.name() == reference.name);
        let of_own = own_files.iter().find(|(name, _, _)| *name == reference.name);
        let (media_type, digests) = match (of_part, of_own) {
            (Some(part), _) => (part.media_type.as_str(), &part.digests),
            (None, Some((_, media_type, own))) => (*media_type, &own.digests),
            (None, None) => return Err(ReadError::Missing { name: reference.name.clone() }),
        };
        check_digest(RECORD_MANIFEST, reference, digests)?;
        if media_type != reference.media_type {
            let at = record.as_ref().map_or(0, |record| place(&record.manifest, reference));
            let fault = ManifestFault::MediaType;
            return Err(ReadError::Manifest { manifest: RECORD_MANIFEST, at, fault });
        }
    }
    Ok(Contents { parts, manifest, protection: own.protection, guard, record })
}

/// Tells the files from the entries of the container's own, all of which have one order.
fn sorted(entries: &[Entry]) -> Result<(Vec<(PartKind, Entry)>, OwnEntries), ReadError> {
    let (first, entries) = entries.split_first().ok_or(ReadError::NotAsicE)?;
    if first.name != MIMETYPE {
        return Err(ReadError::NotAsicE);
    }
    let mut files: Vec<(PartKind, Entry)> = Vec::new();
    let mut own: Vec<Entry> = Vec::new();
    for (number, entry) in (2..).zip(entries) {
        let order = || ReadError::Order { name: entry.name.clone() };
        if let Some(place) = OWN.iter().position(|name| *name == entry.name) {
            let before = own.last().and_then(|before| OWN.iter().position(|name| *name == before.name));
            if before.is_some_and(|before| before >= place) {
                return Err(order());
            }
            own.push(entry.clone());
            continue;
        }
        let kind = PartKind::of_name(&entry.name).ok_or(ReadError::ForeignName(number))?;
        if !own.is_empty() || files.last().is_some_and(|(_, before)| before.name >= entry.name) {
            return Err(order());
        }
        files.push((kind, entry.clone()));
    }
    let mut taken = |name: &str| own.iter().position(|entry| entry.name == name).map(|place| own.remove(place));
    let missing = |name: &str| ReadError::Missing { name: name.to_owned() };
    let manifest = taken(MANIFEST).ok_or_else(|| missing(MANIFEST))?;
    let guards = (taken(Protection::Signature.name()), taken(Protection::Timestamp.name()));
    let (protection, guard) = match guards {
        (Some(signature), None) => (Protection::Signature, signature),
        (None, Some(timestamp)) => (Protection::Timestamp, timestamp),
        (Some(_), Some(_)) | (None, None) => return Err(ReadError::Protection),
    };
    let record = match (taken(RECORD_MANIFEST), taken(RECORD)) {
        (Some(manifest), Some(record)) => Some((manifest, record)),
        (None, None) => None,
        (Some(_), None) => return Err(missing(RECORD)),
        (None, Some(_)) => return Err(missing(RECORD_MANIFEST)),
    };
    Ok((files, OwnEntries { manifest, protection, guard, record }))
}

/// The entries of the container's own behind the files, in their order.
const OWN: [&str; 5] = [MANIFEST, Protection::Signature.name(), Protection::Timestamp.name(), RECORD_MANIFEST, RECORD];

/// Checks that there is something to prove with the text about it, that what belongs to a proof or a letter has it beside it, that each has one
/// file, that numbers have no gaps, and how much is read into memory.
fn check_company(files: &[(PartKind, Entry)]) -> Result<(), ReadError> {
    let letters = |wanted: u16| {
        files.iter().filter(|(kind, _)| matches!(kind, PartKind::Letter { number, .. } if *number == wanted)).count()
    };
    let proofs = |wanted| {
        files.iter().filter(|(kind, _)| matches!(kind, PartKind::Proof { proof, .. } if *proof == wanted)).count()
    };
    if files.iter().all(|(kind, _)| *kind != PartKind::Readme) {
        return Err(ReadError::Missing { name: PartKind::Readme.to_string() });
    }
    if !files.iter().any(|(kind, _)| matches!(kind, PartKind::Letter { .. } | PartKind::Proof { .. })) {
        return Err(ReadError::Empty);
    }
    let extracts =
        |wanted: u16| files.iter().filter(|(kind, _)| *kind == PartKind::RegisterExtract { number: wanted }).count();
    let is_extract = |kind: &PartKind| matches!(kind, PartKind::RegisterExtract { .. });
    if files.iter().filter(|(kind, _)| is_extract(kind)).count() > MAX_EXTRACTS {
        return Err(ReadError::TooManyExtracts);
    }
    let mut judged: u64 = 0;
    for (kind, entry) in files {
        let name = || entry.name.clone();
        // How many files there are of it, and of the one before.
        let (itself, before) = match *kind {
            PartKind::Readme | PartKind::Anchors(_) => (1, 1),
            PartKind::Letter { number, .. } => (letters(number), if number == 1 { 1 } else { letters(number - 1) }),
            PartKind::Proof { proof, .. } => {
                let before = ProofNumber { number: proof.number.saturating_sub(1), ..proof };
                (proofs(proof), if proof.number == 1 { 1 } else { proofs(before) })
            }
            PartKind::LetterSignature { letter } => (letters(letter), 1),
            PartKind::SecondSeal { proof }
            | PartKind::Record { proof }
            | PartKind::LogProof { proof }
            | PartKind::Disclosure { proof }
            | PartKind::Submission { proof }
            | PartKind::SubmissionSignature { proof }
            | PartKind::Receipt { proof, .. } => (proofs(proof), 1),
            PartKind::RegisterExtract { number } => (1, if number == 1 { 1 } else { extracts(number - 1) }),
            PartKind::RegisterSignature { extract } => (extracts(extract), 1),
        };
        match (itself, before) {
            (0, _) => return Err(ReadError::Alone { name: name() }),
            (1, 0) => return Err(ReadError::Numbering { name: name() }),
            (1, _) => {}
            (_, _) => return Err(ReadError::Twice { name: name() }),
        }
        // What is signed is nothing without its signature.
        if let Some(twin) = kind.twin().filter(|twin| !files.iter().any(|(kind, _)| kind == twin)) {
            return Err(ReadError::Missing { name: twin.to_string() });
        }
        if let Some(limit) = kind.limit() {
            judged = judged.saturating_add(entry.size);
            if entry.size > limit {
                return Err(ReadError::TooLarge { name: name(), limit });
            }
        }
    }
    if judged > MAX_JUDGED { Err(ReadError::TooMuch) } else { Ok(()) }
}

/// Reads a file of the container's own into memory.
async fn octets(origin: &mut impl Origin, entry: &Entry) -> Result<Vec<u8>, ReadError> {
    if entry.size > MAX_IN_MEMORY {
        return Err(ReadError::TooLarge { name: entry.name.clone(), limit: MAX_IN_MEMORY });
    }
    let octets = origin.octets(entry.start, usize::try_from(entry.size).unwrap_or(usize::MAX)).await?;
    if crc32fast::hash(&octets) != entry.checksum {
        return Err(ReadError::Zip { at: entry.start, fault: ZipFault::Checksum });
    }
    Ok(octets)
}

/// Copies a file, and returns its digests: those that are known and were compared with what is read now, and those by other algorithms.
pub(crate) fn checked<R: Read + Seek>(
    archive: &mut Archive<R>,
    part: &Part,
    also: &[DigestAlgorithm],
    out: &mut impl Write,
) -> Result<ContentDigests, ReadError> {
    let changed = || ReadError::Changed { name: part.entry.name.clone() };
    let is_known = |algorithm: &DigestAlgorithm| part.digests.get(*algorithm).is_some();
    let known: Vec<DigestAlgorithm> = DigestAlgorithm::ALL.into_iter().filter(is_known).collect();
    let read = each_once(known.iter().copied().chain(also.iter().copied()).collect());
    let digests = digests(archive, &part.entry, &read, out).map_err(|error| match error {
        ReadError::Zip { fault: ZipFault::Checksum, .. } => changed(),
        error => error,
    })?;
    let is_same = known.iter().all(|algorithm| digests.get(*algorithm) == part.digests.get(*algorithm));
    if is_same { Ok(digests) } else { Err(changed()) }
}

/// Reads an entry once: compares its checksum, computes its digests, and copies it.
fn digests<R: Read + Seek>(
    archive: &mut Archive<R>,
    entry: &Entry,
    algorithms: &[DigestAlgorithm],
    out: &mut impl Write,
) -> Result<ContentDigests, ReadError> {
    let mut counted = Counted::new(archive.open(entry)?);
    let mut copied = Copied { reader: &mut counted, out, failed: None };
    let digests = ContentDigests::of_reader_by(&mut copied, algorithms);
    if let Some(error) = copied.failed {
        return Err(ReadError::Output(error));
    }
    let digests = digests?;
    if counted.finish() != (entry.size, entry.checksum) {
        return Err(ReadError::Zip { at: entry.start, fault: ZipFault::Checksum });
    }
    Ok(digests)
}

/// A reader that copies what it passes on, and keeps the error of the copy apart from its own.
struct Copied<'a, R, W> {
    reader: &'a mut R,
    out: &'a mut W,
    failed: Option<io::Error>,
}

impl<R: Read, W: Write> Read for Copied<'_, R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if let Err(error) = self.out.write_all(buffer.get(..read).unwrap_or_default()) {
            self.failed = Some(error);
            return Err(io::ErrorKind::Other.into());
        }
        Ok(read)
    }
}

fn references(name: &'static str, manifest: &[u8], guard: &str, guard_type: &str) -> Result<Vec<Reference>, ReadError> {
    manifest::read(manifest, guard, guard_type).map_err(|(at, fault)| ReadError::Manifest { manifest: name, at, fault })
}

/// The algorithm of all digests of a manifest.
fn algorithm(references: &[Reference]) -> DigestAlgorithm {
    references.first().map_or(DigestAlgorithm::Sha256, |reference| reference.digest.algorithm())
}

/// Checks that a manifest names exactly these files. Its own names are in ascending order.
fn check_named<'e>(
    (manifest, octets): (&'static str, &[u8]),
    references: &[Reference],
    entries: impl Iterator<Item = &'e Entry>,
) -> Result<(), ReadError> {
    let mut names: Vec<&str> = entries.map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    for name in &names {
        if references.binary_search_by(|reference| reference.name.as_str().cmp(name)).is_err() {
            return Err(ReadError::NotNamed { name: (*name).to_owned(), manifest });
        }
    }
    for reference in references {
        if names.binary_search(&reference.name.as_str()).is_err() {
            // The name is not repeated: anything may stand there.
            return Err(ReadError::Manifest {
                manifest,
                at: place(octets, reference),
                fault: ManifestFault::NoSuchFile,
            });
        }
    }
    Ok(())
}

/// The place of a name in a manifest.
fn place(manifest: &[u8], reference: &Reference) -> usize {
    let name = format!("\"{}\"", reference.name);
    manifest.windows(name.len()).position(|window| window == name.as_bytes()).map_or(0, |quote| quote + 1)
}

fn check_digest(manifest: &'static str, reference: &Reference, computed: &ContentDigests) -> Result<(), ReadError> {
    let stated: Digest = reference.digest;
    if computed.get(stated.algorithm()) == Some(stated) {
        return Ok(());
    }
    Err(ReadError::Digest { name: reference.name.clone(), manifest })
}

/// Checks the media type of a file in the manifest: the one of its name, or of a letter one that has this extension.
fn check_media_type(kind: PartKind, reference: &Reference, manifest: &[u8]) -> Result<(), ReadError> {
    let stated = MediaType::new(&reference.media_type);
    let fits = match kind {
        PartKind::Letter { extension, .. } => stated.is_ok_and(|stated| stated.extension() == extension),
        kind => kind.media_type() == Some(&reference.media_type),
    };
    if fits {
        return Ok(());
    }
    Err(ReadError::Manifest { manifest: MANIFEST, at: place(manifest, reference), fault: ManifestFault::MediaType })
}

/// Compares each proof with its name, and returns the algorithms of the digests of letters that their statements name, with the usual ones. A
/// proof that cannot be read is none of any kind, as its report will say.
async fn stated_algorithms(
    origin: &mut impl Origin,
    files: &[(PartKind, Entry)],
    references: &[Reference],
) -> Result<Vec<DigestAlgorithm>, ReadError> {
    let mut algorithms = PayloadDigests::DEFAULT.to_vec();
    for ((kind, entry), reference) in files.iter().zip(references) {
        match kind {
            PartKind::Proof { proof: named, form } => {
                let octets = octets(origin, entry).await?;
                let proof = AnyProof::from_der(&octets).ok();
                // The name tells people what they hold, and a sending that is named an opening would tell them that it was opened.
                let is_named = |proof| (ProofKind::of(proof), ProofForm::of(proof)) == (Some(named.kind), *form);
                if proof.as_ref().is_some_and(|proof| !is_named(proof)) {
                    return Err(ReadError::AnotherKind { name: entry.name.clone() });
                }
                // Who fetches octets can give others the next time: what is looked at is what the manifest names.
                let computed = reference.digest.algorithm().digest(&octets);
                check_digest(MANIFEST, reference, &ContentDigests::new([computed]))?;
                let Some(proof) = proof else { continue };
                let stated = proof.stated();
                algorithms.extend(stated.parts().iter().flat_map(|part| part.digests().iter()).map(Digest::algorithm));
            }
            // The signature over a letter has a digest of it too.
            PartKind::LetterSignature { .. } => algorithms.extend(OF_SIGNATURES),
            PartKind::Readme
            | PartKind::Anchors(_)
            | PartKind::Letter { .. }
            | PartKind::SecondSeal { .. }
            | PartKind::Record { .. }
            | PartKind::LogProof { .. }
            | PartKind::Disclosure { .. }
            | PartKind::Submission { .. }
            | PartKind::SubmissionSignature { .. }
            | PartKind::RegisterExtract { .. }
            | PartKind::RegisterSignature { .. }
            | PartKind::Receipt { .. } => {}
        }
    }
    Ok(algorithms)
}

fn each_once(mut algorithms: Vec<DigestAlgorithm>) -> Vec<DigestAlgorithm> {
    algorithms.sort_unstable();
    algorithms.dedup();
    algorithms
}
