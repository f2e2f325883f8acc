//! The time on the server, as far as it is certain.

use std::time::{Instant, SystemTime};

/// How late it is on the server at least, in seconds since 1970.
///
/// The newest `write_date` that was seen is in the past, and since it was seen the time has gone on as this machine measures
/// it. A record may have a `write_date` of the future, so that the clock of this machine is asked, too: what lies beyond it is
/// not looked at, and the earlier of both is taken.
#[derive(Debug, Default)]
pub(super) struct Clock {
    newest: Option<(i64, Instant)>,
}

impl Clock {
    /// A `write_date` came.
    pub(super) fn saw(&mut self, second: i64) {
        if second > here() {
            return;
        }
        let is_later = match self.newest {
            Some((newest, seen)) => later(newest, seen) < second,
            None => true,
        };
        if is_later {
            self.newest = Some((second, Instant::now()));
        }
    }

    /// `None` before anything was seen.
    pub(super) fn now(&self) -> Option<i64> {
        let (newest, seen) = self.newest?;
        Some(later(newest, seen).min(here()))
    }
}

/// How late it is on this machine, in seconds since 1970.
pub(super) fn here() -> i64 {
    let here = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    i64::try_from(here).unwrap_or(i64::MAX)
}

fn later(second: i64, since: Instant) -> i64 {
    let passed = i64::try_from(since.elapsed().as_secs()).unwrap_or(i64::MAX);
    second.saturating_add(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_the_future_makes_it_no_later() {
        let mut clock = Clock::default();
        assert_eq!(clock.now(), None);
        clock.saw(1_000);
        assert!((1_000..2_000).contains(&clock.now().expect("seen")));
        clock.saw(10);
        assert!(clock.now() >= Some(1_000));
        clock.saw(here() + 1_000);
        assert!((1_000..2_000).contains(&clock.now().expect("seen")));
    }
}
