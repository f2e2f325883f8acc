//! When a call is sent again.

use std::time::Duration;

use crate::{Error, error::CallSite};

/// How often, and how soon, a failed call is sent again. By default never.
///
/// Only calls that change nothing are sent again, by the names of Odoo's own methods (`search_read`, `read`,
/// `fields_get` and the like), and any call whose request certainly never left because there was no connection.
///
/// Each delay is between half of itself and the whole, so that programs that failed together do not come back together. Where
/// the server says how long to wait (`Retry-After`, with HTTP 429 or 503), it is waited for, up to two minutes; where it
/// wants longer, the error is final and tells it ([`Error::retry_after`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetryPolicy {
    retries: u32,
    first_delay: Duration,
    max_delay: Duration,
}

impl RetryPolicy {
    /// No retry.
    pub const fn never() -> Self {
        Self {
            retries: 0,
            first_delay: Duration::ZERO,
            max_delay: Duration::ZERO,
        }
    }

    /// So many retries after the first attempt, after 200 ms, 400 ms, 800 ms and so on, up to 10 s.
    pub const fn times(retries: u32) -> Self {
        Self {
            retries,
            first_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(10),
        }
    }

    /// The delay before the first retry. It doubles each time.
    #[must_use]
    pub const fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// The longest delay.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The delay before the retry with that number, from 0 on, or `None` if `error` is final.
    pub(super) fn delay(&self, number: u32, error: &Error, site: &CallSite) -> Option<Duration> {
        let again = error.is_unsent() || (site.is_read_only() && error.is_retryable());
        let wanted = error.retry_after().unwrap_or_default();
        if number >= self.retries || !again || wanted > Self::PATIENCE {
            return None;
        }
        let delay = self
            .first_delay
            .saturating_mul(2_u32.saturating_pow(number))
            .min(self.max_delay);
        Some(delay.mul_f64(0.5 + fastrand::f64() / 2.0).max(wanted))
    }

    /// Waits until what failed may be sent again.
    ///
    /// # Errors
    /// The error itself, if it must not be.
    pub(super) async fn pause(
        &self,
        retries: &mut u32,
        error: Error,
        site: &CallSite,
    ) -> Result<(), Error> {
        let Some(delay) = self.delay(*retries, &error, site) else {
            return Err(error);
        };
        *retries += 1;
        tracing::debug!(retries, ?delay, "the call failed and is sent again");
        tokio::time::sleep(delay).await;
        Ok(())
    }

    /// The longest that a server is waited for.
    const PATIENCE: Duration = Duration::from_secs(120);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::LocalTimeout;

    #[test]
    fn delays_double_up_to_the_longest() {
        let site = CallSite::new("server").with_call("res.partner", "read");
        let error = Error::LocalTimeout(Box::new(LocalTimeout {
            limit: None,
            site: site.clone(),
        }));
        let policy = RetryPolicy::times(40)
            .first_delay(Duration::from_secs(1))
            .max_delay(Duration::from_secs(5));
        for (number, longest) in [(0, 1), (1, 2), (2, 4), (3, 5), (39, 5)] {
            let longest = Duration::from_secs(longest);
            let delay = policy.delay(number, &error, &site).unwrap();
            assert!(longest / 2 <= delay && delay <= longest, "{delay:?}");
        }
        assert_eq!(policy.delay(40, &error, &site), None);
    }
}
