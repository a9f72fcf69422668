//! Days on which several parties lie at once: no honest party is blamed, and every lie shows.

use std::collections::BTreeSet;

use recommande::audit::{Account, Clock, ConflictKind, Fact, NotCovered, ReconstructionVerdict, RecordForm, Role};

use super::orders::rounds;
use super::reconstructions::day::{self, SUBJECT};
use super::reconstructions::lie::Lie;
use super::reconstructions::{Told, exports, played, urn};

/// Tells if something of what is told shows a lie, beside the others of the same day.
fn shows(lie: Lie, lies: &[Lie], told: &Told) -> bool {
    let has = |lie| lies.contains(&lie);
    let of_party = |name: &str| told.trails.iter().find(|trail| *trail.urn == *urn(name));
    let faults = |name: &str, kind: &str| {
        of_party(name).is_some_and(|trail| trail.faults.iter().any(|fault| fault.kind.name() == kind))
    };
    let conflicts = |account: &Account, name: &str, is_of: &dyn Fn(Fact) -> bool| {
        let entries = account.timeline.iter().filter(|entry| is_of(entry.fact));
        let conflicts = entries.flat_map(|entry| &entry.conflicts);
        let kinds = [ConflictKind::TimesDiffer, ConflictKind::TimeContradictsProof];
        let of_times = conflicts.filter(|conflict| kinds.contains(&conflict.kind));
        of_times.flat_map(|conflict| &conflict.between).any(|source| **source == *urn(name))
    };
    let is_off = |name: &str| {
        let clock = of_party(name).map(|trail| trail.clock);
        clock.is_some_and(|clock| matches!(clock, Clock::Off { .. } | Clock::Differs { .. }))
    };
    // The records of a party that chained them anew attest nothing, and those before a line that was changed on its way neither.
    let is_void = has(Lie::Rechains) || has(Lie::ChangedOnItsWay);
    let not_covered = |reason: NotCovered, role: Role| {
        let uncovered = told.accounts.iter().flat_map(|account| &account.not_covered);
        uncovered.filter(|entry| entry.expected.role == role).any(|entry| entry.reason == reason)
    };
    match lie {
        Lie::OmitsConsultation => {
            let account = told.account(SUBJECT);
            let missing = account.missing.iter().map(|missing| missing.expected);
            let mut expected = missing.chain(account.not_covered.iter().map(|uncovered| uncovered.expected));
            expected.any(|expected| expected.fact == Fact::Opened && expected.role == Role::Provider)
        }
        Lie::Backdates => {
            let is_told = conflicts(told.account(SUBJECT), "provider", &|fact| fact == Fact::Submission);
            (is_told || is_void) && faults("provider", "recorded-late")
        }
        // Whoever got no answer announced nothing.
        Lie::SetsAnnouncementsBack if has(Lie::NeverAnswers) => true,
        Lie::SetsCallsBack => {
            let mut others = told.accounts.iter().filter(|account| *account.message != *day::message(SUBJECT));
            let is_told = others.any(|account| conflicts(account, "provider", &|fact| fact == Fact::Submission));
            (is_told || is_void) && faults("provider", "recorded-late")
        }
        Lie::SetsAnnouncementsBack => {
            let mut accounts = told.accounts.iter();
            let is_told = accounts.any(|account| conflicts(account, "provider", &|fact| fact != Fact::Submission));
            (is_told || is_void) && faults("provider", "recorded-late")
        }
        // Without the operator nobody else tells of an announcement.
        Lie::SetsReadsBack => {
            let mut accounts = told.accounts.iter();
            let is_told = accounts.any(|account| conflicts(account, "consumer", &|fact| fact == Fact::Opened));
            (is_told || has(Lie::NeverAnswers) || is_off("consumer")) && faults("consumer", "recorded-late")
        }
        Lie::Rechains | Lie::PresentsTwoExports => {
            faults(lie.liar(), "two-histories") && of_party(lie.liar()).is_some_and(|trail| trail.is_at_fault())
        }
        // Somebody changed the octets on their way too, so that nobody knows who did this.
        Lie::AltersLine if has(Lie::ChangedOnItsWay) => faults("provider", "altered"),
        Lie::AltersLine => {
            faults("provider", "altered") && of_party("provider").is_some_and(|trail| trail.is_at_fault())
        }
        Lie::DropsLastHour => has(Lie::NeverAnswers) || not_covered(NotCovered::AfterTrail, Role::Operator),
        Lie::ClockOff | Lie::ClockSetAtNoon => has(Lie::NeverAnswers) || is_off("operator"),
        Lie::NeverAnswers => not_covered(NotCovered::NoTrail, Role::Operator),
        Lie::ChangedOnItsWay => faults("provider", "manifest-differs"),
    }
}

/// Tells if a lie is not told apart from others of the same day, which hide it or show the same of the same party.
fn is_hidden(lie: Lie, others: &[Lie]) -> bool {
    use Lie::{Backdates, ChangedOnItsWay, ClockOff, ClockSetAtNoon, NeverAnswers, Rechains};
    use Lie::{SetsAnnouncementsBack, SetsCallsBack, SetsReadsBack};
    let is_any = |hiding: &[Lie]| hiding.iter().any(|lie| others.contains(lie));
    let attests_nothing = is_any(&[Rechains, ChangedOnItsWay]);
    match lie {
        // Then it is open whether the trail covers the time of the consultation.
        Lie::OmitsConsultation => is_any(&[ChangedOnItsWay]) || (is_any(&[SetsReadsBack]) && is_any(&[NeverAnswers])),
        Lie::SetsAnnouncementsBack if is_any(&[NeverAnswers]) => true,
        Lie::Backdates | Lie::SetsCallsBack | Lie::SetsAnnouncementsBack if attests_nothing => {
            is_any(&[Backdates, SetsCallsBack, SetsAnnouncementsBack])
        }
        Lie::Backdates => is_any(&[SetsCallsBack]),
        Lie::DropsLastHour => is_any(&[NeverAnswers]),
        Lie::AltersLine => is_any(&[ChangedOnItsWay]),
        // The clocks of the operator and of the application differ then too, and nothing says whose is off.
        Lie::ClockOff => is_any(&[NeverAnswers, ClockSetAtNoon, SetsReadsBack]),
        Lie::ClockSetAtNoon => is_any(&[NeverAnswers, ClockOff, SetsReadsBack]),
        Lie::SetsCallsBack
        | Lie::SetsAnnouncementsBack
        | Lie::SetsReadsBack
        | Lie::Rechains
        | Lie::PresentsTwoExports
        | Lie::NeverAnswers
        | Lie::ChangedOnItsWay => false,
    }
}

/// What is wrong with what is told of a day, and of the same day without each of some lies: these must not show there.
fn play(lies: &[Lie], left_out: &[Lie]) -> Vec<String> {
    let told = Told::of_day(lies.iter().copied());
    let names: Vec<&str> = lies.iter().map(|lie| lie.name()).collect();
    let liars: BTreeSet<String> = lies.iter().filter(|lie| lie.liar() != "nobody").map(|lie| urn(lie.liar())).collect();
    let mut wrong = Vec::new();
    let blamed: Vec<String> = told.blamed().difference(&liars).cloned().collect();
    wrong.extend((!blamed.is_empty()).then(|| format!("{names:?}: {blamed:?} are blamed")));
    // A clock that differs names two parties, of whom one lies at least.
    let differing = told.trails.iter().filter(|trail| {
        let mut clocks = trail.clock_sections.iter().map(|section| section.clock).chain([trail.clock]);
        clocks.any(|clock| matches!(clock, Clock::Differs { .. }))
    });
    let differing: BTreeSet<String> = differing.map(|trail| trail.urn.to_string()).collect();
    let is_alone = !differing.is_empty() && differing.is_disjoint(&liars);
    wrong.extend(is_alone.then(|| format!("{names:?}: the clocks of {differing:?} differ")));
    let hidden = lies.iter().filter(|lie| !shows(**lie, lies, &told));
    wrong.extend(hidden.map(|lie| format!("{names:?}: {} does not show", lie.name())));
    for lie in left_out {
        let without: Vec<Lie> = lies.iter().copied().filter(|without| without != lie).collect();
        let is_shown = || shows(*lie, &without, &Told::of_day(without.iter().copied()));
        let is_wrong = !is_hidden(*lie, &without) && is_shown();
        wrong.extend(is_wrong.then(|| format!("{names:?}: {} shows where nobody told it", lie.name())));
    }
    let is_clock_alone = lies.iter().all(|lie| matches!(lie, Lie::ClockOff | Lie::ClockSetAtNoon));
    if (told.verdict == ReconstructionVerdict::Complete) != is_clock_alone || told.accounts.len() != day::MESSAGES {
        wrong.push(format!("{names:?}: {} of {} messages", told.verdict, told.accounts.len()));
    }
    wrong
}

#[test]
fn omitting_altering_and_a_clock_that_is_off_are_told_apart() {
    use Lie::{
        AltersLine, Backdates, ClockOff, ClockSetAtNoon, DropsLastHour, OmitsConsultation, PresentsTwoExports,
        Rechains, SetsAnnouncementsBack, SetsCallsBack,
    };
    let days: [&[Lie]; 5] = [
        &[OmitsConsultation, AltersLine, ClockOff],
        &[OmitsConsultation, AltersLine, ClockSetAtNoon, PresentsTwoExports],
        &[Backdates, Rechains, ClockOff, DropsLastHour],
        &[SetsAnnouncementsBack, ClockOff],
        &[SetsAnnouncementsBack, SetsCallsBack, ClockSetAtNoon],
    ];
    let wrong: Vec<String> = days.iter().flat_map(|lies| play(lies, lies)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn of_several_lies_each_shows_and_no_honest_party_is_blamed() {
    let all = Lie::ALL;
    // Each lie with two others, and with every other one where many rounds are asked for.
    let distances = if rounds().is_some() { 1..all.len() } else { 1..2 };
    let mut wrong = Vec::new();
    for distance in distances {
        for (at, lie) in all.iter().enumerate() {
            let [second, third] = [distance, distance + 4].map(|further| all[(at + further) % all.len()]);
            let lies: BTreeSet<&str> = [*lie, second, third].iter().map(|lie| lie.name()).collect();
            let lies: Vec<Lie> = all.iter().copied().filter(|lie| lies.contains(lie.name())).collect();
            wrong.extend(play(&lies, if rounds().is_some() { &lies } else { std::slice::from_ref(lie) }));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is told missing of all messages: the message, the role, what happened and the form of the record.
fn missing(told: &Told) -> Vec<(String, Role, Fact, RecordForm)> {
    let of_account = |account: &Account| {
        let expected = account.missing.iter().map(|missing| missing.expected);
        let entries = expected.map(|of| (account.message.to_string(), of.role, of.fact, of.form));
        entries.collect::<Vec<_>>()
    };
    told.accounts.iter().flat_map(of_account).collect()
}

/// Where announcements are recorded at other times than those at which they were, an honest clock seems to differ from two others by
/// different amounts. Its records are about the same happenings all the same.
#[test]
fn a_consultation_is_told_missing_only_where_it_was_left_out() {
    use Lie::{ClockOff, ClockSetAtNoon, OmitsConsultation, SetsAnnouncementsBack, SetsReadsBack};
    let days: [&[Lie]; 5] = [
        &[SetsAnnouncementsBack, ClockOff],
        &[SetsReadsBack],
        &[SetsReadsBack, ClockOff],
        &[SetsReadsBack, ClockSetAtNoon],
        &[SetsReadsBack, SetsAnnouncementsBack],
    ];
    for lies in days {
        for left_out in [None, Some(OmitsConsultation)] {
            let lies: Vec<Lie> = lies.iter().copied().chain(left_out).collect();
            let day = played(lies.iter().copied());
            for proofs in [&day.proofs[..], &[]] {
                let told = Told::of(&day, &exports(&day), proofs);
                let opened = |role, form| (day::message(SUBJECT), role, Fact::Opened, form);
                let expected = left_out.map(|_| {
                    [
                        opened(Role::Sender, RecordForm::ProofReceived),
                        opened(Role::Provider, RecordForm::Call),
                        opened(Role::Provider, RecordForm::ProofIssued),
                    ]
                });
                assert_eq!(missing(&told), expected.into_iter().flatten().collect::<Vec<_>>(), "{lies:?}");
                let openings = told.accounts.iter().flat_map(|account| &account.timeline);
                let openings = openings.filter(|entry| entry.fact == Fact::Opened).count();
                assert_eq!(openings, (0..day::MESSAGES).filter(|number| number % 3 != 1).count(), "{lies:?}");
            }
        }
    }
}
