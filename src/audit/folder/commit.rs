//! Lines that one thread makes durable while others append.

use std::fmt;
use std::fs::File;
use std::sync::Arc;

use crate::audit::progress::Progress;
use crate::audit::sequence::Sequence;
use crate::audit::trail_error::TrailError;
use crate::folder::Lock;

/// The lines of a trail that were written and may not be durable yet. [`finish`](Self::finish) makes them so without the trail, so
/// that other threads append meanwhile.
///
/// The folder stays locked as long as it is there.
#[must_use = "what was written is not durable before `finish`"]
pub struct Commit {
    pub(super) end: Option<Sequence>,
    /// The segment that is written. Those before it were made durable when it was begun.
    pub(super) file: Option<Arc<File>>,
    pub(super) lock: Arc<Lock>,
    pub(super) progress: Arc<Progress>,
}

impl Commit {
    /// Makes the lines durable, and returns the number of the last one: what it says may be acknowledged. One thread does so at a
    /// time, and those that wait for it mostly find that it made their lines durable too.
    ///
    /// # Errors
    /// `Sync`, after which the trail stops; `Stopped` where an earlier write or sync failed.
    pub fn finish(self) -> Result<Option<Sequence>, TrailError> {
        let Self { end, file, lock, progress } = self;
        progress.make_durable(end, || lock.sync(|| file.map_or(Ok(()), |file| file.sync_data())))
    }
}

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit").field("end", &self.end).finish_non_exhaustive()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::*;
    use crate::audit::{Action, Occurrence, Outcome, Record, Source, Trail, TrailFolder};
    use crate::evidence::Environment;

    /// A file that nobody can sync cannot be put under a trail from outside.
    #[test]
    fn after_a_sync_that_failed_no_other_acknowledges_anything() {
        let folder = std::env::temp_dir().join(format!("recommande-commit-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (lock, progress) = (Arc::new(Lock::take(&folder).unwrap().unwrap()), Arc::<Progress>::default());
        let sound = Arc::new(File::create(folder.join("sound")).unwrap());
        // A device takes octets and cannot be synced.
        let device = Arc::new(File::options().write(true).open("/dev/null").unwrap());
        let commit = |end: u64, file: &Arc<File>| Commit {
            end: Sequence::new(end),
            file: Some(Arc::clone(file)),
            lock: Arc::clone(&lock),
            progress: Arc::clone(&progress),
        };
        assert_eq!(commit(2, &sound).finish().unwrap(), Sequence::new(2));
        // What is durable already needs no sync.
        assert_eq!(commit(1, &device).finish().unwrap(), Sequence::new(1));
        assert!(!lock.has_failed_sync().unwrap());
        assert!(matches!(commit(3, &device).finish(), Err(TrailError::Sync(_))));
        assert!(lock.has_failed_sync().unwrap());
        for end in [3, 4] {
            assert!(matches!(commit(end, &sound).finish(), Err(TrailError::Stopped)));
        }
        assert!(lock.sync(|| sound.sync_data()).is_err());
        assert_eq!(progress.committed(), Sequence::new(2));
        drop(lock);
        fs::remove_dir_all(&folder).unwrap();
    }

    /// A service may give the folder to another trail while a thread finishes a commit of the one before.
    #[test]
    fn a_trail_that_took_the_folder_of_another_acknowledges_nothing_behind_its_failed_sync() {
        let path = std::env::temp_dir().join(format!("recommande-handed-{}", std::process::id()));
        let source = Source::new(Environment::Test, "BE/BE/0406798006", "mailbox").unwrap();
        let now = "2026-11-22T09:15:04Z".parse().unwrap();
        let action = Action::new("POST", "/publish/{messageId}").unwrap();
        let record = Record::api_call(Occurrence::at(now).unwrap(), action, Outcome::status(201).unwrap());
        let device = Arc::new(File::options().write(true).open("/dev/null").unwrap());
        for by in [By::TrailBefore, By::Itself] {
            let mut before = TrailFolder::open(&path, &source, now).unwrap().trail;
            before.append(&record, now).unwrap();
            let mut commit = before.begin_commit().unwrap();
            let end = before.end().unwrap();
            let mut trail = Trail::resume(&source, before.into_sink(), end).with_segment_octets(1);
            if by == By::Itself {
                commit = trail.begin_commit().unwrap();
            }
            commit.file = Some(Arc::clone(&device));
            trail.append(&record, now).unwrap();
            assert!(matches!(commit.finish(), Err(TrailError::Sync(_))));
            // Where it knows of the failure by itself, or by the folder at the change of the segment.
            assert!(matches!(trail.begin_commit(), Err(TrailError::Stopped)));
            assert!(matches!(trail.append(&record, now), Err(TrailError::Stopped)));
            assert_eq!(trail.committed(), None);
            // A third one writes no more to that segment, and its octets are not known to be on the disk.
            let mut again = Trail::resume(&source, trail.into_sink(), end);
            assert!(matches!(again.commit(), Err(TrailError::Stopped)));
            drop(again);
            fs::remove_dir_all(&path).unwrap();
        }
    }

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum By {
        TrailBefore,
        Itself,
    }
}
