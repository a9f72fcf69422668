//! The errors, one type for each question asked.

use std::io;

use recommande::preserve::{GroupError, RenewalError};

use crate::limits::{MAX_ENTRIES, MAX_EXTRACTS, MAX_JUDGED};
pub use crate::manifest::ManifestFault;
pub use crate::zip::ZipFault;

/// The reason why no container was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is neither a proof nor a letter.
    #[error("there is neither a proof nor a letter")]
    Empty,
    /// There are more files than a container has.
    #[error("more than {MAX_ENTRIES} files")]
    TooManyFiles,
    /// A proof is of a kind that has no name in a container.
    #[error("a proof is of a kind that has no name in a container")]
    UnknownKind,
    /// A submission is given beside a proof of something else than a sending.
    #[error("a submission lies beside a proof of sending")]
    SubmissionOfNoSending,
    /// There are more extracts of registers than a container has.
    #[error("more than {MAX_EXTRACTS} extracts of registers")]
    TooManyExtracts,
    /// Two files would have one name: two pages about one proof in one language and one form.
    #[error("{name} is given twice")]
    Twice {
        /// The name in the container.
        name: String,
    },
    /// A digest algorithm that is not offered for manifests: SHA-256, SHA-384 and SHA-512 are.
    #[error("a manifest has digests by SHA-256, SHA-384 or SHA-512")]
    Algorithm,
    /// A file that is verified in memory has more octets than are read back.
    #[error("{name} has more than {limit} octets")]
    TooLarge {
        /// The name in the container.
        name: String,
        /// The most octets that such a file has.
        limit: u64,
    },
    /// The files that are verified in memory have more octets together than are read back.
    #[error("the files that are verified have more than {MAX_JUDGED} octets")]
    TooMuch,
    /// A file cannot be read.
    #[error("{name} cannot be read")]
    Source {
        /// The name in the container.
        name: String,
        /// The error of its reader.
        #[source]
        error: io::Error,
    },
    /// A file of a container that is written anew is not in it.
    #[error("{name} is not there")]
    Missing {
        /// The name of the file.
        name: String,
    },
    /// A file was changed after its digest was made. What was written so far is no container.
    #[error("{name} was changed after its digest was made")]
    Changed {
        /// The name in the container.
        name: String,
    },
    /// The container cannot be written.
    #[error("the container cannot be written")]
    Output(#[source] io::Error),
}

/// The reason why a manifest got no timestamp, or a container no evidence record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StampError {
    /// No TSA gave a timestamp that holds.
    #[error("no timestamp")]
    Timestamp(#[from] RenewalError),
    /// The revocation data cannot be put into the timestamp.
    #[error("the timestamp and its revocation data")]
    Group(#[from] GroupError),
}

/// The reason why the evidence record over a container was not renewed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenewError {
    /// The container has no evidence record.
    #[error("the container has no evidence record")]
    NoRecord,
    /// A file, which a new hash tree is over, cannot be read again.
    #[error("the files of the container")]
    Files(#[from] ReadError),
    /// The record cannot be renewed, or no TSA gave a timestamp that renews it.
    #[error("no renewal")]
    Renewal(#[from] RenewalError),
}

/// The reason why a file is no container, or none that is read here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// The structure of the zip file is not the one form that is read.
    #[error("at octet {at}: {fault}")]
    Zip {
        /// The place in the file.
        at: u64,
        /// What is wrong there.
        fault: ZipFault,
    },
    /// The first entry is not `mimetype`, or does not say that the file is an ASiC-E container.
    #[error("the file does not say that it is an ASiC-E container")]
    NotAsicE,
    /// The name of an entry is not one of those that are written: an absolute one, one in another folder, or any other.
    #[error("entry {0} has a name that no file of a dossier has")]
    ForeignName(usize),
    /// The entries are not in their order.
    #[error("{name} is not in its place")]
    Order {
        /// The name of the entry.
        name: String,
    },
    /// A file that a container has is not there.
    #[error("{name} is not there")]
    Missing {
        /// The name of the file.
        name: String,
    },
    /// The manifest is not of the one form that is read.
    #[error("{manifest}, octet {at}: {fault}")]
    Manifest {
        /// The name of the manifest.
        manifest: &'static str,
        /// The place in it.
        at: usize,
        /// What is wrong there.
        fault: ManifestFault,
    },
    /// A file is named by no manifest.
    #[error("{name} is not named by {manifest}")]
    NotNamed {
        /// The name of the file.
        name: String,
        /// The manifest that should name it.
        manifest: &'static str,
    },
    /// A file has other octets than the manifest says.
    #[error("{name} is another file than {manifest} says")]
    Digest {
        /// The name of the file.
        name: String,
        /// The manifest that names it.
        manifest: &'static str,
    },
    /// The container has both a signature and a timestamp over its manifest, or none of them.
    #[error("the manifest has not exactly one signature or one timestamp")]
    Protection,
    /// A proof is of another kind or another form than its name says.
    #[error("{name} is a proof of another kind or another form")]
    AnotherKind {
        /// The name of the file.
        name: String,
    },
    /// There is neither a proof nor a letter.
    #[error("there is neither a proof nor a letter")]
    Empty,
    /// A letter or a proof has two files, by their extensions.
    #[error("{name} is not the only file of its letter or its proof")]
    Twice {
        /// The name of one of them.
        name: String,
    },
    /// A letter or a proof of the number before is not there.
    #[error("there is {name}, and none with the number before")]
    Numbering {
        /// The name of the file.
        name: String,
    },
    /// A file belongs to a proof or a letter that is not there.
    #[error("{name} belongs to a file that is not there")]
    Alone {
        /// The name of the file.
        name: String,
    },
    /// A file that is read into memory has too many octets.
    #[error("{name} has more than {limit} octets")]
    TooLarge {
        /// The name of the file.
        name: String,
        /// The most octets that such a file has.
        limit: u64,
    },
    /// There are more extracts of registers than a container has.
    #[error("more than {MAX_EXTRACTS} extracts of registers")]
    TooManyExtracts,
    /// The files that are verified in memory have too many octets together.
    #[error("the files that are verified have more than {MAX_JUDGED} octets")]
    TooMuch,
    /// What a file is copied to cannot be written.
    #[error("the copy cannot be written")]
    Output(#[source] io::Error),
    /// A file was changed after the container was read.
    #[error("{name} was changed after the container was read")]
    Changed {
        /// The name of the file.
        name: String,
    },
}
