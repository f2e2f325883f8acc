//! How many calls one Odoo gets: at once, and in a second.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// What one Odoo may be asked for. By default there is no limit but that of the client's connections.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pace {
    /// So many calls may be on their way at once.
    pub(super) at_once: Option<usize>,
    /// The least time between the starts of two calls.
    pub(super) between: Option<Duration>,
}

/// Keeps the pace of all calls of one client to one Odoo.
#[derive(Debug)]
pub(super) struct Limiter {
    calls: Option<Arc<Semaphore>>,
    between: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

/// A call's place among those that are on their way.
#[derive(Debug)]
pub(super) struct Turn {
    _call: Option<OwnedSemaphorePermit>,
}

impl Limiter {
    pub(super) fn new(pace: Pace) -> Self {
        let calls = pace.at_once.map(|calls| {
            let calls = calls.clamp(1, Semaphore::MAX_PERMITS);
            Arc::new(Semaphore::new(calls))
        });
        Self {
            calls,
            between: pace.between,
            next: Mutex::new(None),
        }
    }

    /// Whether there is a pace to keep.
    pub(super) fn has_limits(&self) -> bool {
        self.calls.is_some() || self.between.is_some()
    }

    /// Waits for a turn, which lasts until it is dropped.
    pub(super) async fn turn(&self) -> Turn {
        let call = match &self.calls {
            Some(calls) => {
                let call = calls.clone().acquire_owned().await;
                Some(call.expect("BUG: nobody closes the semaphore"))
            }
            None => None,
        };
        if let Some(between) = self.between {
            sleep_until(self.start(between)).await;
        }
        Turn { _call: call }
    }

    /// The next free start, which is then taken: a call that is given up before it leaves one unused.
    fn start(&self, between: Duration) -> Instant {
        let now = Instant::now();
        // Poisoned or not, the time is whole: nothing that can panic happens under the lock.
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let start = next.map_or(now, |next| next.max(now));
        *next = start.checked_add(between).or(*next);
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_start_so_far_apart() {
        let limiter = Limiter::new(Pace {
            between: Some(Duration::from_millis(250)),
            ..Pace::default()
        });
        let began = Instant::now();
        for _ in 0..5 {
            drop(limiter.turn().await);
        }
        assert_eq!(began.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_used_is_not_saved_up() {
        let limiter = Limiter::new(Pace {
            between: Some(Duration::from_secs(1)),
            ..Pace::default()
        });
        drop(limiter.turn().await);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let began = Instant::now();
        for _ in 0..3 {
            drop(limiter.turn().await);
        }
        assert_eq!(began.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_calls_are_on_their_way_at_once() {
        let limiter = Limiter::new(Pace {
            at_once: Some(2),
            ..Pace::default()
        });
        let (first, _second) = (limiter.turn().await, limiter.turn().await);
        let third = tokio::time::timeout(Duration::from_secs(9), limiter.turn());
        assert!(third.await.is_err(), "there are two already");
        drop(first);
        limiter.turn().await;
    }
}
