//! A budget of time for a whole stream.

use std::{
    fmt,
    task::Context,
    time::{Duration, Instant},
};

use crate::Error;

/// A stream had not come to its end when its budget of time was spent. What it gave is whole: no row before the place that it
/// reached is missing.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {budget:?} that the stream of {model} was given are spent, after {given} rows: {}, or give it a longer `time_budget`",
    GoOn(*reached)
)]
#[non_exhaustive]
pub struct OutOfTime {
    /// The model.
    pub model: &'static str,
    /// What the stream was given.
    pub budget: Duration,
    /// How many rows it gave; of a stream of record batches, how many of these.
    pub given: u64,
    /// Where a stream that goes on has to begin.
    pub reached: Reached,
}

odx_facts::debug_as_told!(OutOfTime);

/// How far a stream came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reached {
    /// Nowhere: it gave nothing.
    Start,
    /// All records up to this id. The same search for greater ids goes on there.
    Id(i64),
    /// All records before this place of the order. The same search goes on by this `offset`, as long as what is written
    /// meanwhile does not move records in the order. Of models that hide records after the limit, such as `mail.message`, some
    /// may come again.
    Offset(u64),
}

struct GoOn(Reached);

impl fmt::Display for GoOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reached::Start => f.write_str("read fewer fields or smaller pages"),
            Reached::Id(id) => write!(f, "go on with those whose `id` is greater than {id}"),
            Reached::Offset(offset) => write!(f, "go on in the same order by `.offset({offset})`"),
        }
    }
}

impl From<OutOfTime> for Error {
    fn from(error: OutOfTime) -> Self {
        Self::OutOfTime(Box::new(error))
    }
}

/// The time that a stream may take, from when it is first polled.
pub(super) struct Budget {
    given: Duration,
    began: Option<Instant>,
    #[cfg(feature = "client")]
    end: Alarm,
}

impl Budget {
    pub(super) fn new(given: Duration) -> Self {
        Self {
            given,
            began: None,
            #[cfg(feature = "client")]
            end: Alarm(None),
        }
    }

    pub(super) fn given(&self) -> Duration {
        self.given
    }

    /// Whether it is spent. Who is told that it is not is woken when it will be, in a runtime of tokio; without one it is looked
    /// at between pages.
    ///
    /// # Errors
    /// [`Error::Usage`] in a runtime without a time driver.
    pub(super) fn is_spent(&mut self, cx: &mut Context<'_>) -> Result<bool, Error> {
        let began = *self.began.get_or_insert_with(Instant::now);
        let left = self.given.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Ok(true);
        }
        #[cfg(feature = "client")]
        return self.end.rings(left, cx);
        #[cfg(not(feature = "client"))]
        {
            let _ = cx;
            Ok(false)
        }
    }
}

/// Wakes who waits for a page.
#[cfg(feature = "client")]
struct Alarm(Option<std::pin::Pin<Box<tokio::time::Sleep>>>);

#[cfg(feature = "client")]
impl Alarm {
    /// Whether the time has come, which is `left` from now when this is first asked.
    fn rings(&mut self, left: Duration, cx: &mut Context<'_>) -> Result<bool, Error> {
        if self.0.is_none()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            crate::transport::check_timer(&runtime)?;
            self.0 = Some(Box::pin(tokio::time::sleep(left)));
        }
        let sleep = self.0.as_mut();
        Ok(sleep.is_some_and(|sleep| sleep.as_mut().poll(cx).is_ready()))
    }
}
