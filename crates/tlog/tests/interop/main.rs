//! Do Go's packages for transparency logs make the same, and do they judge ours as we do? torchwood, golang.org/x/mod/sumdb,
//! transparency-dev, and an unmodified litewitness.
//!
//! `RECOMMANDE_TLOG_PEERS` names the folder of the programs that the check `transparency_logs` of `.ci/full` builds. Without it these tests say SKIPPED.

mod judged;
mod made;
mod peers;
mod witnessed;
