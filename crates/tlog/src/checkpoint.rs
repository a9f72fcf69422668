//! Checkpoints: the size and the root that a log signs ([tlog-checkpoint](https://c2sp.org/tlog-checkpoint)).

use core::fmt;
use core::str::FromStr;

use crate::limits::{MAX_CHECKPOINT_TEXT, MAX_ORIGIN};
use crate::note::{Note, NoteError, NoteSignature, NoteText};
use crate::text::decode_decimal;
use crate::tree::{TreeHead, TreeHeadError};

/// The first line of a checkpoint, which names the log: 1 to 255 octets without control characters.
///
/// It should be a URL without its scheme, and be the name of the log's key. Neither is required, and nobody has to be reachable
/// there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Returns the line without its line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let is_line = !line.is_empty() && line.len() <= MAX_ORIGIN && !line.bytes().any(|octet| octet < b' ');
        if is_line { Ok(Self(line.to_owned())) } else { Err(OriginError) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({:?})", self.0)
    }
}

/// The line names no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin that is empty, has more than {MAX_ORIGIN} octets, or has a control character")]
pub struct OriginError;

/// The text that a log signs: its name, the size and root of its tree, and extension lines
/// ([tlog-checkpoint](https://c2sp.org/tlog-checkpoint#note-text)).
///
/// ```text
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    origin: Origin,
    head: TreeHead,
    /// Lines with their line feeds.
    extensions: String,
}

impl Checkpoint {
    /// Makes a checkpoint without extension lines. There is no way to add some: they are not recommended, and cosignatures by
    /// ML-DSA-44 do not cover them.
    #[must_use]
    pub const fn new(origin: Origin, head: TreeHead) -> Self {
        Self { origin, head, extensions: String::new() }
    }

    /// Reads a checkpoint.
    ///
    /// We are stricter than torchwood: the origin is not empty, and the root of size zero is that of the empty tree.
    ///
    /// # Errors
    /// - `TooLarge` for more than [`MAX_CHECKPOINT_TEXT`] octets, and `Lines` for fewer than three lines.
    /// - `Origin`, `Size`, `Root` for a line that is not what it must be. A size has no leading zero.
    /// - `Head` for a size above the limit, or size zero with another root than that of the empty tree.
    /// - `EmptyExtension` for a blank line among the extension lines.
    pub fn parse(text: &NoteText) -> Result<Self, CheckpointError> {
        let text = text.as_str();
        if text.len() > MAX_CHECKPOINT_TEXT {
            return Err(CheckpointError::TooLarge);
        }
        let (origin, rest) = text.split_once('\n').ok_or(CheckpointError::Lines)?;
        let (size, rest) = rest.split_once('\n').ok_or(CheckpointError::Lines)?;
        let (root, extensions) = rest.split_once('\n').ok_or(CheckpointError::Lines)?;
        let origin = origin.parse().map_err(CheckpointError::Origin)?;
        let size = decode_decimal(size).ok_or(CheckpointError::Size)?;
        let root = root.parse().map_err(|_| CheckpointError::Root)?;
        let head = TreeHead::new(size, root).map_err(CheckpointError::Head)?;
        if extensions.starts_with('\n') || extensions.contains("\n\n") {
            return Err(CheckpointError::EmptyExtension);
        }
        Ok(Self { origin, head, extensions: extensions.to_owned() })
    }

    /// Writes the text to be signed.
    #[must_use]
    pub fn to_text(&self) -> NoteText {
        NoteText::checked(format!("{}\n{}\n{}\n{}", self.origin, self.head.size(), self.head.root(), self.extensions))
    }

    /// Returns the name of the log.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the size and the root of the tree.
    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// Returns the extension lines without their line feeds. Cosigners do not vouch for them.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.extensions.lines()
    }

    /// Tells if there are extension lines.
    #[must_use]
    pub const fn has_extensions(&self) -> bool {
        !self.extensions.is_empty()
    }
}

/// A note whose text is a checkpoint. Its signatures are not verified;
/// [`LogPolicy::verify_checkpoint`](crate::policy::LogPolicy::verify_checkpoint) does that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Joins a checkpoint and its signatures.
    ///
    /// # Errors
    /// `Note` when these are no note, as [`Note::new`] says.
    pub fn new(checkpoint: Checkpoint, signatures: Vec<NoteSignature>) -> Result<Self, CheckpointError> {
        let note = Note::new(checkpoint.to_text(), signatures).map_err(CheckpointError::Note)?;
        Ok(Self { note, checkpoint })
    }

    /// Reads a note and the checkpoint in it.
    ///
    /// # Errors
    /// `Note` for what is no note, and the others of [`Checkpoint::parse`].
    pub fn parse(octets: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(octets).map_err(CheckpointError::Note)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { note, checkpoint })
    }

    /// Returns the note.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Returns the checkpoint, which nobody vouches for before the signatures are verified.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Appends signatures, such as those of a witness. One that is there already is left out.
    ///
    /// # Errors
    /// `Note` when the note becomes too large, or has too many signatures.
    pub fn with_signatures(self, signatures: impl IntoIterator<Item = NoteSignature>) -> Result<Self, CheckpointError> {
        let note = self.note.with_signatures(signatures).map_err(CheckpointError::Note)?;
        Ok(Self { note, checkpoint: self.checkpoint })
    }
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// What should hold it is no note.
    #[error("the note: {0}")]
    Note(#[source] NoteError),
    /// The text is too large.
    #[error("a checkpoint of more than {MAX_CHECKPOINT_TEXT} octets")]
    TooLarge,
    /// The text has fewer than three lines.
    #[error("a checkpoint of fewer than three lines")]
    Lines,
    /// The first line names no log.
    #[error("line 1: {0}")]
    Origin(#[source] OriginError),
    /// The second line is no decimal number, or has a leading zero, or is above 2^64 - 1.
    #[error("line 2: not a size in decimal without leading zeros")]
    Size,
    /// The third line is no hash.
    #[error("line 3: not the base64 of 32 octets")]
    Root,
    /// The size and the root are no head of a tree.
    #[error("lines 2 and 3: {0}")]
    Head(#[source] TreeHeadError),
    /// An extension line is empty.
    #[error("an extension line without characters")]
    EmptyExtension,
}
