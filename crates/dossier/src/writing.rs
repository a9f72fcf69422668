//! A container from its manifest to its octets.

use std::fmt;
use std::io::Write;

use chrono::{DateTime, Utc};
use recommande::PayloadDigests;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{GroupError, GroupLeaves, Renewer};
use recommande::rfc3161_client::{TimeStampToken, TsaPool};
use recommande::seal::{Artifact, PayloadSignature};
use recommande::time::record::ReducedHashTree;
use recommande::verify::ContentDigests;

use crate::error::{StampError, WriteError};
use crate::layout::{ASIC_E, MANIFEST, MANIFEST_TYPE, MIMETYPE, Protection, RECORD, RECORD_MANIFEST, RECORD_TYPE};
use crate::limits::{MAX_IN_MEMORY, MAX_JUDGED};
use crate::manifest::{self, Reference};
use crate::name::PartKind;
use crate::readme::readme;
use crate::signable::signable;
use crate::source::{Counted, Source};
use crate::zip::ZipWriter;

/// A file before anybody has read it.
pub(crate) struct Unread<'a> {
    pub(crate) kind: PartKind,
    pub(crate) media_type: String,
    pub(crate) source: Source<'a>,
}

impl<'a> Unread<'a> {
    /// A file of a kind that has one media type.
    pub(crate) fn of(kind: PartKind, source: impl Into<Source<'a>>) -> Self {
        Self { kind, media_type: kind.media_type().unwrap_or_default().to_owned(), source: source.into() }
    }
}

/// A file whose size, checksum and digest are known.
struct File<'a> {
    reference: Reference,
    size: u64,
    checksum: u32,
    source: Source<'a>,
}

impl<'a> File<'a> {
    fn read(
        name: String,
        media_type: String,
        mut source: Source<'a>,
        algorithm: DigestAlgorithm,
    ) -> Result<Self, WriteError> {
        let unreadable = |error| WriteError::Source { name: name.clone(), error };
        let mut counted = Counted::new(source.open().map_err(unreadable)?);
        let digests = ContentDigests::of_reader_by(&mut counted, &[algorithm]).map_err(unreadable)?;
        let (size, checksum) = counted.finish();
        let digest = digests.get(algorithm).ok_or(WriteError::Algorithm)?;
        Ok(Self { reference: Reference { name, media_type, digest }, size, checksum, source })
    }

    /// Checks that a file of which no more octets are taken is read back into memory.
    fn check_size(&self, limit: u64) -> Result<(), WriteError> {
        match self.size > limit {
            true => Err(WriteError::TooLarge { name: self.reference.name.clone(), limit }),
            false => Ok(()),
        }
    }

    fn of_octets(name: &str, media_type: &str, octets: Vec<u8>, algorithm: DigestAlgorithm) -> Self {
        let reference =
            Reference { name: name.to_owned(), media_type: media_type.to_owned(), digest: algorithm.digest(&octets) };
        let size = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        Self { reference, size, checksum: crc32fast::hash(&octets), source: octets.into() }
    }
}

/// The files of a container and the manifest that names them.
struct Named<'a> {
    algorithm: DigestAlgorithm,
    /// In the order of their names.
    files: Vec<File<'a>>,
    manifest: Vec<u8>,
}

impl<'a> Named<'a> {
    fn read(
        mut unread: Vec<Unread<'a>>,
        algorithm: DigestAlgorithm,
        protection: Protection,
    ) -> Result<Self, WriteError> {
        let mut kinds: Vec<(String, PartKind)> = unread.iter().map(|file| (file.kind.to_string(), file.kind)).collect();
        kinds.push((PartKind::Readme.to_string(), PartKind::Readme));
        kinds.sort_by(|(a, _), (b, _)| a.cmp(b));
        if let Some(((name, _), _)) = kinds.iter().zip(kinds.iter().skip(1)).find(|(a, b)| a.0 == b.0) {
            return Err(WriteError::Twice { name: name.clone() });
        }
        let kinds: Vec<PartKind> = kinds.into_iter().map(|(_, kind)| kind).collect();
        unread.push(Unread::of(PartKind::Readme, readme(&kinds, protection).into_bytes()));
        let (mut files, mut judged) = (Vec::with_capacity(unread.len()), 0_u64);
        for Unread { kind, media_type, source } in unread {
            let file = File::read(kind.to_string(), media_type, source, algorithm)?;
            // Nobody could verify what is not read back.
            if let Some(limit) = kind.limit() {
                file.check_size(limit)?;
                judged = judged.saturating_add(file.size);
            }
            files.push(file);
        }
        if judged > MAX_JUDGED {
            return Err(WriteError::TooMuch);
        }
        files.sort_by(|a, b| a.reference.name.cmp(&b.reference.name));
        let references: Vec<Reference> = files.iter().map(|file| file.reference.clone()).collect();
        let manifest = manifest::write(protection.name(), protection.media_type(), &references);
        Ok(Self { algorithm, files, manifest })
    }

    fn protected(self, protection: Protection, octets: Vec<u8>) -> Writable<'a> {
        let Self { algorithm, files, manifest } = self;
        let manifest = File::of_octets(MANIFEST, MANIFEST_TYPE, manifest, algorithm);
        let guard = File::of_octets(protection.name(), protection.media_type(), octets, algorithm);
        Writable { algorithm, files, protection: vec![manifest, guard], record: Vec::new() }
    }
}

/// A container that waits for the signature over its manifest.
///
/// [`Sealer::sign_payload`](recommande::Sealer::sign_payload) makes it of the [`digests`](Self::digests), with the key of a service, of a
/// lawyer, or of whoever hands the dossier in.
pub struct ToSign<'a>(Named<'a>);

impl<'a> ToSign<'a> {
    /// The media type of the manifest, which the signature states.
    pub const MEDIA_TYPE: &'static str = MANIFEST_TYPE;

    pub(crate) fn read(files: Vec<Unread<'a>>, algorithm: DigestAlgorithm) -> Result<Self, WriteError> {
        Named::read(files, algorithm, Protection::Signature).map(Self)
    }

    /// Returns the manifest, which is what is signed.
    pub fn manifest(&self) -> &[u8] {
        &self.0.manifest
    }

    /// Returns the digests of the manifest.
    pub fn digests(&self) -> PayloadDigests {
        signable(&self.0.manifest)
    }

    /// Takes the signature. It is not verified: a signature over something else gives a container that does not verify.
    pub fn signed(self, signature: &PayloadSignature) -> Writable<'a> {
        self.0.protected(Protection::Signature, signature.der().to_vec())
    }
}

impl fmt::Debug for ToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToSign({} files)", self.0.files.len())
    }
}

/// A container that waits for the timestamp over its manifest.
pub struct ToStamp<'a>(Named<'a>);

impl<'a> ToStamp<'a> {
    pub(crate) fn read(files: Vec<Unread<'a>>, algorithm: DigestAlgorithm) -> Result<Self, WriteError> {
        Named::read(files, algorithm, Protection::Timestamp).map(Self)
    }

    /// Returns the manifest, which is what is timestamped.
    pub fn manifest(&self) -> &[u8] {
        &self.0.manifest
    }

    /// Requests the timestamp from a pool of TSAs and takes the first one that verifies. The revocation data about its TSA goes into it:
    /// without any, others do not find it valid.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn stamp_with(
        self,
        renewer: &Renewer<'_>,
        tsas: &TsaPool,
        revocation: &RevocationData,
        now: DateTime<Utc>,
    ) -> Result<Writable<'a>, StampError> {
        let digest = self.0.algorithm.digest(&self.0.manifest);
        let token = stamp(&digest, renewer, tsas, revocation, now)?;
        Ok(self.0.protected(Protection::Timestamp, token.to_definite().to_vec()))
    }
}

impl fmt::Debug for ToStamp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToStamp({} files)", self.0.files.len())
    }
}

/// Gets a timestamp over a digest that verifies, as the timestamp of a group of one.
fn stamp(
    digest: &Digest,
    renewer: &Renewer<'_>,
    tsas: &TsaPool,
    revocation: &RevocationData,
    now: DateTime<Utc>,
) -> Result<TimeStampToken, StampError> {
    let group = GroupLeaves::from_leaves(digest.algorithm(), digest.as_bytes().to_vec())?.close()?;
    let group = group.stamp_with(renewer, &ContentDigests::new([*digest]), tsas, now)?;
    let group = group.with_revocation(revocation)?;
    group.token().cloned().ok_or(StampError::Group(GroupError::Empty))
}

/// A container that has everything but its octets.
pub struct Writable<'a> {
    algorithm: DigestAlgorithm,
    files: Vec<File<'a>>,
    /// The manifest, and its signature or timestamp.
    protection: Vec<File<'a>>,
    /// The manifest of the evidence record and the record, where there is one.
    record: Vec<File<'a>>,
}

impl<'a> Writable<'a> {
    /// Adds an evidence record (RFC 4998) over all files, the manifest and its signature or timestamp. It shows that they existed at its time, also
    /// where their own timestamps have ended since. The revocation data about its TSA goes into it.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn with_record(
        self,
        renewer: &Renewer<'_>,
        tsas: &TsaPool,
        revocation: &RevocationData,
        now: DateTime<Utc>,
    ) -> Result<Self, StampError> {
        let covered = self.files.iter().chain(&self.protection);
        let mut references: Vec<Reference> = covered.map(|file| file.reference.clone()).collect();
        references.sort_by(|a, b| a.name.cmp(&b.name));
        let digests = references.iter().map(|reference| reference.digest);
        let group = ReducedHashTree::of_group(self.algorithm, digests);
        let root = references.first().zip(group.as_ref()).and_then(|(first, group)| group.root(&first.digest));
        let (group, root) = group.zip(root).ok_or(GroupError::Empty)?;
        let token = stamp(&root, renewer, tsas, revocation, now)?;
        let record = group.to_evidence_record(self.algorithm, &token);
        let manifest = manifest::write(RECORD, RECORD_TYPE, &references);
        let record = vec![
            File::of_octets(RECORD_MANIFEST, MANIFEST_TYPE, manifest, self.algorithm),
            File::of_octets(RECORD, RECORD_TYPE, record, self.algorithm),
        ];
        Ok(Self { record, ..self })
    }

    /// Writes the container. Every file that is given by a reader is read a second time, and nothing of it is kept in memory.
    ///
    /// # Errors
    /// `TooLarge` of the signature, the timestamp or the record, before anything is written; `Source`, `Changed`, `Output`. What was written before
    /// an error is no container; it can be written again from its begin.
    pub fn write(&mut self, out: &mut impl Write) -> Result<(), WriteError> {
        self.protection.iter().chain(&self.record).try_for_each(|file| file.check_size(MAX_IN_MEMORY))?;
        let mut zip = ZipWriter::new(out);
        zip.add_octets(MIMETYPE, crc32fast::hash(ASIC_E), ASIC_E)?;
        for file in self.files.iter_mut().chain(&mut self.protection).chain(&mut self.record) {
            let File { reference, size, checksum, source } = file;
            if let Some(octets) = source.octets() {
                zip.add_octets(&reference.name, *checksum, octets)?;
                continue;
            }
            let reader = source.open().map_err(|error| WriteError::Source { name: reference.name.clone(), error })?;
            zip.add(&reference.name, (*size, *checksum), reader)?;
        }
        zip.finish()
    }
}

impl fmt::Debug for Writable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writable({} files)", self.files.len())
    }
}
