//! What a log knows of itself: the one file that says how far it goes.

use recommande_tlog::Hash;
use recommande_tlog::checkpoint::Origin;
use recommande_tlog::tree::TreeHead;

/// The path of the file.
pub(super) const STATE: &str = "state";

/// The first line.
const HEADER: &str = "recommande-log/1";

/// The state of a log: five lines after the header, with decimal numbers and base64.
///
/// ```text
/// recommande-log/1
/// log.example/mail
/// 1024
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// 17
/// 16
/// ```
///
/// It is written after the tiles that it speaks of, so that what it says is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) origin: Origin,
    /// The tree that is integrated.
    pub(super) head: TreeHead,
    /// The number of checkpoints that were published.
    pub(super) published: u64,
    /// The number of checkpoints whose seals are entries of the tree.
    pub(super) logged_seals: u64,
}

impl State {
    pub(super) fn new(origin: Origin) -> Self {
        Self { origin, head: TreeHead::EMPTY, published: 0, logged_seals: 0 }
    }

    pub(super) fn to_octets(&self) -> Vec<u8> {
        let Self { origin, head, published, logged_seals } = self;
        format!("{HEADER}\n{origin}\n{}\n{}\n{published}\n{logged_seals}\n", head.size(), head.root()).into_bytes()
    }

    /// Reads the state. What is written in another way, or cut off, is none.
    pub(super) fn from_octets(octets: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(octets).ok()?;
        let lines: Vec<&str> = text.lines().collect();
        let [_, origin, size, root, published, logged_seals] = lines.as_slice() else { return None };
        let root: Hash = root.parse().ok()?;
        let head = TreeHead::new(size.parse().ok()?, root).ok()?;
        let (published, logged_seals) = (published.parse().ok()?, logged_seals.parse().ok()?);
        let state = Self { origin: origin.parse().ok()?, head, published, logged_seals };
        (state.to_octets() == octets && logged_seals <= published).then_some(state)
    }
}
