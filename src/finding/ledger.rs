//! Keeps the findings of one verification and what they come to.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Aspect, Code, Finding, Indication, Outcome, SubIndication, Subject};
use crate::text::shown;

/// The weight of a check that does not hold. A policy may set it for each [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The outcome is that of the code: `failed` or `indeterminate`.
    Fail,
    /// A warning.
    Warn,
    /// Information.
    Inform,
}

/// Levels that differ from the ones that the codes have by themselves.
///
/// Only codes of checks that do not hold are affected; one that passed stays passed. `Fail` makes a warning or an
/// information `indeterminate`.
///
/// # What cannot be lowered
///
/// Every check can be set to fail, warn or inform, but for those whose failure leaves nothing that a level could be
/// about. [`Code::is_essential`] tells of each code, its documentation which these are:
///
/// - what cannot be read, or stands where only one thing may stand: nobody knows what was signed (`malformed`,
///   `attribute-duplicated`, `timestamp-malformed`, `evidence-record-malformed`);
/// - a signature that does not verify, a digest or imprint that differs, content that was not given: the artifact says
///   nothing about this content (`signature-invalid`, `message-digest-differs`, `content-not-given`);
/// - a signing certificate that is not there, or not the one that was signed for: nobody knows whose signature it is
///   (`signing-certificate-not-found`, `signing-certificate-differs`);
/// - a certification path that is not valid at the time: the signer may have written the name himself (`chain-*`,
///   `certificate-expired`, `issuer-expired`), or made the signature after its end (`signed-after-expiry`). Other anchors
///   are a matter of configuration, not of levels;
/// - an algorithm that is not offered here: nothing was verified (`algorithm-not-offered`). That one is offered and
///   past its date can be lowered: `algorithm-past-its-date`;
/// - work that was cut short at a limit: what would have been found is not known (`signers-too-many`,
///   `revocation-budget-exhausted`);
/// - of a proof of ours, the valid timestamp that makes it one, and statements that contradict each other or the
///   payload.
///
/// That a certificate was revoked too early can be lowered by one policy alone, which is for historic material: see
/// [`Policy::historic`](crate::verify::Policy::historic). In JSON these codes are accepted only together with all other
/// levels of that policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    by_code: BTreeMap<Code, Level>,
    /// Whether these are the levels for historic material, which alone lower [`REVOCATIONS`].
    are_historic: bool,
}

/// The levels for historic material: what its caller takes on an account of his own.
const HISTORIC: [Code; 7] = [
    Code::SigningTimeMissing,
    Code::AlgorithmPastItsDate,
    Code::NoUsableTimestamp,
    Code::Revoked,
    Code::RevokedNoPoe,
    Code::IssuerRevoked,
    Code::TsaKeyCompromised,
];

/// What only the levels for historic material lower.
const REVOCATIONS: [Code; 4] = [Code::Revoked, Code::RevokedNoPoe, Code::IssuerRevoked, Code::TsaKeyCompromised];

impl Serialize for Levels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_code.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Levels {
    /// A level that is not allowed, or stands twice, is an error: its author would think that it counts.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Levels;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("levels by finding code")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Levels, A::Error> {
                let mut by_code = BTreeMap::new();
                while let Some((code, level)) = map.next_entry::<Code, Level>()? {
                    if by_code.insert(code, level).is_some() {
                        return Err(A::Error::custom(format_args!("the level of {code} stands twice")));
                    }
                }
                let are_historic = HISTORIC.iter().all(|code| by_code.get(code) == Some(&Level::Warn));
                let levels = Levels { by_code, are_historic };
                match levels.by_code.iter().find(|(code, level)| !levels.allow(**code, **level)) {
                    Some((code, _)) => Err(A::Error::custom(format_args!("{code} cannot be lowered"))),
                    None => Ok(levels),
                }
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

impl Levels {
    /// The levels for historic material.
    pub(crate) fn historic() -> Self {
        Self { by_code: HISTORIC.into_iter().map(|code| (code, Level::Warn)).collect(), are_historic: true }
    }

    /// Sets one level. Returns whether that is allowed.
    ///
    /// Levels for historic material of which one is set otherwise are those of another policy, and lower no revocation.
    #[must_use]
    pub fn set(&mut self, code: Code, level: Level) -> bool {
        let allowed = level == Level::Fail || !code.is_essential();
        if allowed {
            self.by_code.insert(code, level);
            if self.are_historic && HISTORIC.contains(&code) && level != Level::Warn {
                self.are_historic = false;
                self.by_code.retain(|code, level| !REVOCATIONS.contains(code) || *level == Level::Fail);
            }
        }
        allowed
    }

    fn allow(&self, code: Code, level: Level) -> bool {
        level == Level::Fail || !code.is_essential() || (self.are_historic && REVOCATIONS.contains(&code))
    }

    fn apply(&self, code: Code) -> Outcome {
        let own = code.outcome();
        if own == Outcome::Passed {
            return own;
        }
        match self.by_code.get(&code) {
            None => own,
            Some(Level::Fail) => own.max(Outcome::Indeterminate),
            Some(level @ (Level::Warn | Level::Inform)) if !self.allow(code, *level) => own,
            Some(Level::Warn) => Outcome::Warning,
            Some(Level::Inform) => Outcome::Information,
        }
    }
}

/// Timestamps that are named with what they lack, of which a reader gets the idea.
const MAX_NAMED: usize = 3;

/// The two sides of a comparison, as text, and the sub-indication where its cause decides it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    stated: Option<String>,
    computed: Option<String>,
    sub_indication: Option<SubIndication>,
}

impl Details {
    pub(crate) fn stated(stated: impl Display) -> Self {
        Self { stated: Some(shown(stated)), ..Self::default() }
    }

    pub(crate) fn computed(computed: impl Display) -> Self {
        Self { computed: Some(shown(computed)), ..Self::default() }
    }

    pub(crate) fn both(stated: impl Display, computed: impl Display) -> Self {
        Self { stated: Some(shown(stated)), computed: Some(shown(computed)), ..Self::default() }
    }

    /// What each of the timestamps or records lacks.
    pub(crate) fn of_causes(causes: &[Cause]) -> Self {
        if causes.is_empty() {
            return Self::default();
        }
        let named = causes.iter().take(MAX_NAMED).map(|Cause { subject, code, .. }| format!("{subject}: {code}"));
        let mut named: Vec<_> = named.collect();
        let more = causes.len().saturating_sub(MAX_NAMED);
        if more > 0 {
            named.push(format!("{more} more"));
        }
        // Of a timestamp that is first refused because a certificate or an algorithm has ended, it is told which (ETSI EN 319
        // 102-1 V1.4.1, table 6). What is asked after an algorithm, such as revocation, was then not asked.
        let ended = causes.iter().find(|cause| cause.code.is_end());
        Self::computed(named.join(", ")).leading_to(ended.and_then(|cause| cause.sub_indication))
    }

    /// A consequence leads to what its cause leads to, where that says more than its own code.
    pub(crate) fn leading_to(self, sub_indication: Option<SubIndication>) -> Self {
        Self { sub_indication, ..self }
    }

    /// What its cause leads to.
    pub(crate) fn sub_indication(&self) -> Option<SubIndication> {
        self.sub_indication
    }
}

/// What keeps a timestamp or an evidence record from being valid, and what it leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) subject: Subject,
    pub(crate) code: Code,
    pub(crate) sub_indication: Option<SubIndication>,
}

/// The findings that a ledger keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Every finding, for a report.
    Everything,
    /// Only what decides the verdict: the strict path spends nothing on texts that nobody reads.
    Decisive,
}

#[derive(Debug)]
pub(crate) struct Ledger<'a> {
    keep: Keep,
    levels: &'a Levels,
    findings: Vec<Finding>,
    /// The warnings and informations of one code about one subject.
    alike: BTreeMap<(Subject, Code), Alike>,
    /// The number of warnings and informations of one code that are listed.
    listed: BTreeMap<Code, usize>,
    told_elsewhere: Option<ToldElsewhere>,
}

/// How many findings are listed, and how many more there were.
#[derive(Debug, Default)]
struct Alike {
    listed: usize,
    unlisted: usize,
}

/// What another report tells: all that is acceptable about the timestamps from this number on, but for these codes.
#[derive(Clone, Copy, Debug)]
struct ToldElsewhere {
    from: usize,
    except: &'static [Code],
}

impl ToldElsewhere {
    fn holds(self, subject: Subject, code: Code, outcome: Outcome) -> bool {
        let is_later = matches!(subject, Subject::Timestamp(number) if number >= self.from);
        is_later && outcome.is_acceptable() && !self.except.contains(&code)
    }
}

/// The number of warnings and informations of one code about one subject that are listed. The rest is counted: whoever
/// makes a file decides how many CRLs of strangers are in each of its tokens.
const MAX_ALIKE: usize = 8;

/// The number of warnings and informations of one code that are listed before one of each subject is enough. Every token
/// can be asked about the same CRLs of strangers, and a file has scores of tokens.
const MANY_OF_CODE: usize = 64;

/// The number of findings that the report on a proof of ours has room for at once.
const USUAL: usize = 64;

impl<'a> Ledger<'a> {
    pub(crate) fn complete(levels: &'a Levels) -> Self {
        Self { findings: Vec::with_capacity(USUAL), keep: Keep::Everything, ..Self::decisive(levels) }
    }

    pub(crate) fn decisive(levels: &'a Levels) -> Self {
        Self {
            keep: Keep::Decisive,
            levels,
            findings: Vec::new(),
            alike: BTreeMap::new(),
            listed: BTreeMap::new(),
            told_elsewhere: None,
        }
    }

    /// Keeps nothing that is acceptable about the timestamps from this number on, `except` for these codes: another report
    /// tells it, and a file has as many reports as signers.
    pub(crate) fn leave_out_acceptable(&mut self, from: usize, except: &'static [Code]) {
        self.told_elsewhere = Some(ToldElsewhere { from, except });
    }

    /// Returns an empty ledger that keeps as much as this one, under the same levels.
    pub(crate) fn fresh(&self) -> Self {
        match self.keep {
            Keep::Everything => Self::complete(self.levels),
            Keep::Decisive => Self::decisive(self.levels),
        }
    }

    /// Notes a finding that needs no more words.
    pub(crate) fn note(&mut self, subject: Subject, code: Code) -> Outcome {
        self.note_with(subject, code, Details::default)
    }

    /// Notes a finding; `details` runs only when somebody may read it.
    pub(crate) fn note_with(&mut self, subject: Subject, code: Code, details: impl FnOnce() -> Details) -> Outcome {
        let outcome = self.levels.apply(code);
        if self.told_elsewhere.is_some_and(|told| told.holds(subject, code, outcome)) {
            return outcome;
        }
        if (self.keep == Keep::Everything && self.is_listed(subject, code, outcome)) || !outcome.is_acceptable() {
            let Details { stated, computed, sub_indication } = details();
            let sub_indication = sub_indication.or(code.sub_indication()).filter(|_| !outcome.is_acceptable());
            self.findings.push(Finding { subject, code, outcome, sub_indication, stated, computed });
        }
        outcome
    }

    /// The finding that decides the verdict: the first one that failed, else the first that could not be decided. A
    /// timestamp's own findings do not decide about the proof; what its absence means is noted under [`Subject::Time`].
    pub(crate) fn decisive_finding(&self) -> Option<&Finding> {
        decisive(&self.findings)
    }

    /// Says whether every finding is kept, for a report.
    pub(crate) fn is_complete(&self) -> bool {
        self.keep == Keep::Everything
    }

    /// Says whether nothing was kept so far: for a strict verdict, whether nothing speaks against it.
    pub(crate) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// The number of findings so far.
    pub(crate) fn len(&self) -> usize {
        self.findings.len()
    }

    /// Says whether anything failed after the first `len` findings.
    pub(crate) fn has_failed_since(&self, len: usize) -> bool {
        self.findings.iter().skip(len).any(|finding| finding.outcome == Outcome::Failed)
    }

    /// Of each timestamp and evidence record that is `relevant` what keeps it from being valid: the first finding that
    /// failed, else the first that is open. That a record as a whole is not valid is no cause.
    pub(crate) fn causes(&self, relevant: impl Fn(Subject) -> bool) -> Vec<Cause> {
        let is_cause = |finding: &&Finding| {
            let is_own = finding.code.aspect() != Aspect::Consequence;
            finding.subject.is_timestamp() && !finding.outcome.is_acceptable() && is_own && relevant(finding.subject)
        };
        let mut causes = BTreeMap::<Subject, &Finding>::new();
        for finding in self.findings.iter().filter(is_cause) {
            let first = causes.entry(finding.subject).or_insert(finding);
            if finding.outcome > first.outcome {
                *first = finding;
            }
        }
        let cause = |(subject, finding): (Subject, &Finding)| Cause {
            subject,
            code: finding.code,
            sub_indication: finding.sub_indication,
        };
        causes.into_iter().map(cause).collect()
    }

    /// How much speaks against what was judged: what decides the verdict counts before the number of objections, and
    /// that before the number of warnings.
    pub(crate) fn objections(&self) -> (Option<Outcome>, usize, usize) {
        let count = |is_counted: fn(Outcome) -> bool| {
            self.findings.iter().filter(|finding| is_counted(finding.outcome)).count()
        };
        let worst =
            self.findings.iter().map(|finding| finding.outcome).filter(|outcome| !outcome.is_acceptable()).max();
        (worst, count(|outcome| !outcome.is_acceptable()), count(|outcome| outcome == Outcome::Warning))
    }

    pub(crate) fn indication(&self) -> Indication {
        match self.decisive_finding().map(|finding| finding.outcome) {
            None => Indication::TotalPassed,
            Some(Outcome::Failed) => Indication::TotalFailed,
            Some(_) => Indication::Indeterminate,
        }
    }

    /// The finding for a verdict that no finding decides although no time is proven: a policy lowered what cannot be done
    /// without.
    pub(crate) fn unproven() -> Finding {
        let code = Code::NoValidTimestamp;
        let (outcome, sub_indication) = (code.outcome(), code.sub_indication());
        Finding { subject: Subject::Time, code, outcome, sub_indication, stated: None, computed: None }
    }

    /// The number of findings with one of these codes that are not listed, because there are so many alike.
    pub(crate) fn unlisted(&self, codes: &[Code]) -> usize {
        let of_codes = self.alike.iter().filter(|((_, code), _)| codes.contains(code));
        of_codes.map(|(_, alike)| alike.unlisted).sum()
    }

    /// The findings that were kept so far.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The findings in their order. Where many were alike, the last of them says how many more there were.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let Self { mut findings, alike, .. } = self;
        for ((subject, code), Alike { unlisted, .. }) in alike.into_iter().filter(|(_, alike)| alike.unlisted > 0) {
            let is_alike = |finding: &Finding| finding.subject == subject && finding.code == code;
            let Some(last) = findings.iter().rposition(is_alike) else { continue };
            let Some(outcome) = findings.get(last).map(|finding| finding.outcome) else { continue };
            let stated = Some(format!("{unlisted} more of this kind"));
            findings.insert(last + 1, Finding { subject, code, outcome, sub_indication: None, stated, computed: None });
        }
        findings.shrink_to_fit();
        findings
    }

    /// Says whether a finding is one of those that are listed. What decides a verdict always is.
    fn is_listed(&mut self, subject: Subject, code: Code, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Passed | Outcome::Failed | Outcome::Indeterminate => true,
            Outcome::Warning | Outcome::Information => {
                let of_code = self.listed.entry(code).or_default();
                let alike = self.alike.entry((subject, code)).or_default();
                let most = if *of_code < MANY_OF_CODE { MAX_ALIKE } else { 1 };
                let is_listed = alike.listed < most;
                let count = if is_listed { &mut alike.listed } else { &mut alike.unlisted };
                *count += 1;
                *of_code += usize::from(is_listed);
                is_listed
            }
        }
    }
}

/// Which of the findings decides, as [`Ledger::decisive_finding`] says.
pub(crate) fn decisive(findings: &[Finding]) -> Option<&Finding> {
    let of =
        |outcome| findings.iter().find(move |finding| finding.outcome == outcome && !finding.subject.is_timestamp());
    of(Outcome::Failed).or_else(|| of(Outcome::Indeterminate))
}

/// A ledger under one subject, remembering whether all that was noted through it is acceptable.
pub(crate) struct Notes<'l, 'a> {
    ledger: &'l mut Ledger<'a>,
    subject: Subject,
    sound: bool,
}

impl<'l, 'a> Notes<'l, 'a> {
    pub(crate) fn new(ledger: &'l mut Ledger<'a>, subject: Subject) -> Self {
        Self { ledger, subject, sound: true }
    }

    pub(crate) fn note(&mut self, code: Code) {
        self.note_with(code, Details::default);
    }

    pub(crate) fn note_with(&mut self, code: Code, details: impl FnOnce() -> Details) {
        let outcome = self.ledger.note_with(self.subject, code, details);
        self.sound &= outcome.is_acceptable();
    }

    /// Says whether every finding is kept, for a report.
    pub(crate) fn are_complete(&self) -> bool {
        self.ledger.is_complete()
    }

    /// The levels of the ledger.
    pub(crate) fn levels(&self) -> &'a Levels {
        self.ledger.levels
    }

    /// Says whether a code that no verdict passes with was noted about the subject.
    pub(crate) fn have(&self, code: Code) -> bool {
        self.ledger.findings.iter().any(|finding| finding.subject == self.subject && finding.code == code)
    }

    /// Says whether nothing that was noted so far speaks against the subject.
    pub(crate) fn is_sound(&self) -> bool {
        self.sound
    }
}
