//! What a worker did with its timestamps, by what it told and by what its TSA gave.

/// How a worker ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    InOrder,
    Killed,
}

/// The timestamps of one worker.
pub struct Account {
    pub end: End,
    /// Batches in which it proved something by a timestamp.
    pub useful: usize,
    /// Further timestamps of such batches, of which each aggregated seal has one.
    pub further: usize,
    /// Those with which it proved nothing, because its queue, its store or another worker was faster.
    pub in_vain: usize,
    /// Those that told it the time.
    pub for_time: usize,
    /// Those that came and were not told of any more, or never came.
    pub cut_off: usize,
    /// Trips that took too long.
    pub timeouts: usize,
    /// The most that one batch had.
    pub most: usize,
}

/// The numbers that stand at the end of each line.
#[derive(Clone, Copy, Default)]
struct Numbers {
    proven: usize,
    trips: usize,
    for_time: usize,
}

impl Numbers {
    /// A line that was cut off by the end of its worker has none.
    fn at_end_of(line: &str) -> Option<Self> {
        let (_, numbers) = line.strip_suffix(" for the time)")?.rsplit_once(" (")?;
        let (proven, rest) = numbers.split_once(" proven, ")?;
        let (trips, for_time) = rest.split_once(" timestamps, ")?;
        let number = |text: &str| text.parse().ok();
        Some(Self { proven: number(proven)?, trips: number(trips)?, for_time: number(for_time)? })
    }
}

impl Account {
    /// Reads what a worker told, batch by batch, whose TSA gave so many timestamps.
    pub fn of(told: &str, given: u64, end: End) -> Self {
        let mut account =
            Self { end, useful: 0, further: 0, in_vain: 0, for_time: 0, cut_off: 0, timeouts: 0, most: 0 };
        let mut before = Numbers::default();
        for line in told.lines() {
            let is_settled = line.split_once(" items in ").is_some_and(|(items, _)| items.parse::<usize>().is_ok());
            let has_failed = line.starts_with("again in ");
            account.timeouts += usize::from(line.contains("timeout while"));
            let Some(now) = Numbers::at_end_of(line).filter(|_| is_settled || has_failed) else { continue };
            let for_time = now.for_time - before.for_time;
            let trips = now.trips - before.trips - for_time;
            if is_settled && trips > 0 && now.proven > before.proven {
                account.useful += 1;
                account.further += trips - 1;
            } else {
                account.in_vain += trips;
            }
            account.for_time += for_time;
            account.most = account.most.max(trips);
            before = now;
        }
        let given = usize::try_from(given).unwrap();
        account.cut_off = given.checked_sub(before.trips).expect("a timestamp that no TSA gave");
        account
    }
}
