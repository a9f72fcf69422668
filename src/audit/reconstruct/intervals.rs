//! Spans of time, of which it is asked whether one of them reaches into another.

/// Spans of time in microseconds, both ends included.
#[derive(Clone, Debug, Default)]
pub(super) struct Intervals {
    /// In the order of their beginnings once they are closed; none touches the next.
    spans: Vec<(i64, i64)>,
}

impl Intervals {
    /// Notes the time between two others, whichever is the earlier.
    pub(super) fn note(&mut self, from: i64, to: i64) {
        let (from, to) = (from.min(to), from.max(to));
        match self.spans.last_mut() {
            // Most touch the one before, and take no place of their own.
            Some((start, end)) if from <= *end && *start <= to => {
                (*start, *end) = (from.min(*start), to.max(*end));
            }
            Some(_) | None => self.spans.push((from, to)),
        }
    }

    /// Puts them in order, so that they can be asked.
    pub(super) fn close(&mut self) {
        let mut spans = std::mem::take(&mut self.spans);
        spans.sort_unstable();
        spans.into_iter().for_each(|(from, to)| self.note(from, to));
    }

    /// Tells if one of them reaches into the time from one instant to another.
    pub(super) fn reach_into(&self, from: i64, to: i64) -> bool {
        let next = self.spans.partition_point(|(_, end)| *end < from);
        self.spans.get(next).is_some_and(|(start, _)| *start <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_found_wherever_they_were_noted() {
        let mut intervals = Intervals::default();
        for (from, to) in [(50, 60), (10, 0), (55, 70), (20, 30), (5, 12), (i64::MAX - 1, i64::MAX)] {
            intervals.note(from, to);
        }
        intervals.close();
        assert_eq!(intervals.spans, [(0, 12), (20, 30), (50, 70), (i64::MAX - 1, i64::MAX)]);
        for (from, to, is_there) in [(13, 19, false), (12, 12, true), (31, 50, true), (71, 99, false), (-9, 99, true)] {
            assert_eq!(intervals.reach_into(from, to), is_there, "{from} {to}");
        }
    }
}
