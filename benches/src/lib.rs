//! Measures each journey beside its limit, the operation that nobody can do without: both in turns, in one process, so
//! that the ratio holds on a machine that does other things too.
//!
//! criterion decides how many iterations make a round. Within a round, ours and the limit take turns; each round gives
//! the ratio of the medians of its turns, and the median of all rounds is printed.

pub mod events;
pub mod fixtures;
pub mod raw;

use std::cell::RefCell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};

/// The rounds that a printed median is of.
pub const ROUNDS: usize = 50;

/// The turns within a round, if it has as many iterations. They are short, so that most pass undisturbed.
const TURNS: u64 = 51;

/// The operation that nobody can do without.
#[derive(Clone, Debug)]
pub struct Limit {
    name: &'static str,
    at_least: Option<f64>,
}

impl Limit {
    /// Names the operation for people, as `raw signature`.
    pub const fn new(name: &'static str) -> Self {
        Self { name, at_least: None }
    }

    /// Sets the ratio that is wanted, which is printed beside the measured one.
    #[must_use]
    pub const fn at_least(self, ratio: f64) -> Self {
        Self { at_least: Some(ratio), ..self }
    }
}

/// The settings of every bench: 50 rounds, of about two seconds on either side.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(ROUNDS)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}

/// One round: the seconds of one iteration, as the median of all turns.
struct Round {
    ours: f64,
    limit: f64,
}

/// Measures `ours` beside `limit`, and prints both rates and their ratio, which it also returns. It returns `None` when
/// `what` was filtered out on the command line, or when the bench was only tried.
pub fn compare<A, B>(
    criterion: &mut Criterion,
    what: &str,
    limit: &Limit,
    mut ours: impl FnMut() -> A,
    mut raw: impl FnMut() -> B,
) -> Option<f64> {
    let rounds = RefCell::new(Vec::new());
    let mut group = criterion.benchmark_group(what);
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function(format!("beside {}", limit.name), |bencher| {
        bencher.iter_custom(|iterations| {
            let (round, spent) = round(iterations, &mut ours, &mut raw);
            rounds.borrow_mut().push(round);
            spent
        });
    });
    group.finish();
    print(what, limit, &rounds.into_inner())
}

/// Makes one round, and adds up the time that ours took.
fn round<A, B>(iterations: u64, ours: &mut impl FnMut() -> A, raw: &mut impl FnMut() -> B) -> (Round, Duration) {
    let turns = TURNS.min(iterations);
    let (mut of_ours, mut of_limit, mut spent) = (Vec::new(), Vec::new(), Duration::ZERO);
    for turn in 0..turns {
        let times = iterations / turns + u64::from(turn < iterations % turns);
        let mut our_turn = || {
            let elapsed = timed(times, ours);
            spent += elapsed;
            of_ours.push(elapsed.as_secs_f64() / times as f64);
        };
        let mut limits_turn = || of_limit.push(timed(times, raw).as_secs_f64() / times as f64);
        // The order alternates, so that neither side always finds what the other left in the caches.
        if turn % 2 == 0 {
            our_turn();
            limits_turn();
        } else {
            limits_turn();
            our_turn();
        }
    }
    (Round { ours: quartiles(of_ours).1, limit: quartiles(of_limit).1 }, spent)
}

fn timed<T>(times: u64, operation: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        black_box(operation());
    }
    start.elapsed()
}

fn print(what: &str, limit: &Limit, rounds: &[Round]) -> Option<f64> {
    // criterion warms up first, so the last rounds count. A run that only tries whether a bench works makes one round.
    let rounds = &rounds[rounds.len().saturating_sub(ROUNDS)..];
    if rounds.len() < ROUNDS {
        return None;
    }
    let of = |value: fn(&Round) -> f64| quartiles(rounds.iter().map(value).collect());
    let (low, ratio, high) = of(|round| round.limit / round.ours);
    let wanted = limit.at_least.map_or(String::new(), |least| format!(", wanted {least:.2}"));
    println!(
        "RATIO {what:<32} {:>11}/s   {:<24} {:>11}/s   ratio {ratio:.3} ({low:.3} to {high:.3}{wanted})\n",
        rate(of(|round| 1.0 / round.ours).1),
        limit.name,
        rate(of(|round| 1.0 / round.limit).1),
    );
    Some(ratio)
}

fn quartiles(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
    (at(1), at(2), at(3))
}

fn rate(per_second: f64) -> String {
    if per_second >= 100.0 { format!("{per_second:.0}") } else { format!("{per_second:.2}") }
}

/// Returns the time of this thread on a processor, so that other processes do not count.
pub fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a system that counts time");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok()).expect("nanoseconds");
    Duration::from_nanos(nanoseconds)
}

/// What the system counts of the memory of a process.
#[derive(Clone, Copy, Debug)]
pub enum Memory {
    /// What is resident now.
    Resident,
    /// The most that was resident at once.
    Most,
}

/// Returns octets of memory, where the system tells, of the process that is called so in `/proc`: by its number, or `self`.
pub fn memory_of(process: &str, counted: Memory) -> Option<usize> {
    let name = match counted {
        Memory::Resident => "VmRSS:",
        Memory::Most => "VmHWM:",
    };
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let count = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: usize = count.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
