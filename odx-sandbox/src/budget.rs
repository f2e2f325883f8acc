//! How much of requests and answers is held in memory at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What each may hold without being counted, so that small calls go on beside large ones.
const UNCOUNTED: usize = 1 << 20;

/// What is counted as one, so that a permit counts gigabytes.
const UNIT: usize = 1024;

/// The room that there is.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    free: Arc<Semaphore>,
    units: u32,
}

/// What one of them holds, given back when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Held(Option<OwnedSemaphorePermit>);

/// There is no room at the moment.
#[derive(Debug, PartialEq)]
pub(crate) struct Full;

impl Budget {
    /// Room for so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let units = u32::try_from(bytes / UNIT).unwrap_or(u32::MAX);
        let permits = usize::try_from(units).unwrap_or(usize::MAX);
        Self {
            free: Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))),
            units,
        }
    }

    /// Waits for room for so many bytes.
    pub(crate) async fn wait_for(&self, bytes: usize) -> Held {
        match self.units(bytes) {
            0 => Held::default(),
            units => {
                let permit = Arc::clone(&self.free).acquire_many_owned(units).await;
                Held(Some(permit.expect("BUG: nobody closes it")))
            }
        }
    }

    /// Room for so many bytes in all, if there is some now: who holds some does not wait for more.
    pub(crate) fn grow(&self, held: &mut Held, bytes: usize) -> Result<(), Full> {
        let has = held.0.as_ref().map_or(0, |permit| permit.num_permits());
        let has = u32::try_from(has).unwrap_or(u32::MAX);
        let lacks = self.units(bytes).saturating_sub(has);
        if lacks == 0 {
            return Ok(());
        }
        let more = Arc::clone(&self.free).try_acquire_many_owned(lacks);
        let more = more.map_err(|_| Full)?;
        match &mut held.0 {
            Some(permit) => permit.merge(more),
            None => held.0 = Some(more),
        }
        Ok(())
    }

    /// One that is larger than all the room there is takes all of it.
    fn units(&self, bytes: usize) -> u32 {
        let counted = bytes.saturating_sub(UNCOUNTED).div_ceil(UNIT);
        u32::try_from(counted).unwrap_or(u32::MAX).min(self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[tokio::test]
    async fn room_is_taken_and_given_back() {
        let budget = Budget::new(4 * MIB);
        let mut one = budget.wait_for(4 * MIB).await;
        let mut two = Held::default();
        assert_eq!(budget.grow(&mut two, 2 * MIB), Ok(()));
        assert_eq!(budget.grow(&mut two, 3 * MIB), Err(Full));
        assert_eq!(budget.grow(&mut one, 4 * MIB), Ok(()));
        drop(one);
        assert_eq!(budget.grow(&mut two, 3 * MIB), Ok(()));
    }

    #[tokio::test]
    async fn what_is_small_is_never_kept_waiting() {
        let budget = Budget::new(MIB);
        let _all = budget.wait_for(usize::MAX).await;
        let mut small = budget.wait_for(MIB).await;
        assert_eq!(budget.grow(&mut small, MIB), Ok(()));
        assert_eq!(budget.grow(&mut small, MIB + 1), Err(Full));
    }
}
