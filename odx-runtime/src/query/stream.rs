//! Streams of records: the pages of a walk, some of them ahead of the program.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::{
    OutOfTime, Reached,
    ahead::Work,
    budget::Budget,
    walk::{Reading, Walk},
};
use crate::Error;

/// The pages of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pages {
    /// How many records one has.
    pub(crate) size: u64,
    /// How many are read ahead.
    pub(crate) ahead: u64,
    /// How long all of them may take.
    pub(crate) budget: Option<std::time::Duration>,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            size: 500,
            ahead: 1,
            budget: None,
        }
    }
}

/// A page in hand: the walk comes back with what it read.
type Reads<A> = Work<(Box<Walk<A>>, Result<Option<Vec<Row<A>>>, Error>)>;

type Row<A> = <A as Reading>::Row;

pub(crate) struct Rows<A: Reading> {
    /// The page that is being given.
    page: std::vec::IntoIter<Row<A>>,
    /// The pages after it.
    ahead: VecDeque<ReadPage<A>>,
    /// How many there may be.
    prefetch: u64,
    state: State<A>,
    model: &'static str,
    budget: Option<Budget>,
    /// How many rows were given.
    given: u64,
    /// Where the page that is being given ends; `None` where that is the end of the walk.
    reached: Option<Reached>,
}

struct ReadPage<A: Reading> {
    rows: Vec<Row<A>>,
    reached: Option<Reached>,
}

enum State<A: Reading> {
    Idle(Box<Walk<A>>),
    Reading(Reads<A>),
    Failed(Error),
    Done,
}

impl<A: Reading> Rows<A> {
    pub(crate) fn new(walk: Walk<A>, pages: Pages) -> Self {
        Self {
            page: Vec::new().into_iter(),
            ahead: VecDeque::new(),
            prefetch: pages.ahead,
            model: walk.model(),
            budget: pages.budget.map(Budget::new),
            given: 0,
            reached: walk.reached(),
            state: State::Idle(Box::new(walk)),
        }
    }

    /// Refuses to wait on where the budget of time is spent. Where no more pages come, it is no matter.
    fn check_budget(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        let goes_on = matches!(self.state, State::Idle(_) | State::Reading(_));
        let (Some(budget), Some(reached), true) = (&mut self.budget, self.reached, goes_on) else {
            return Ok(());
        };
        if !budget.is_spent(cx)? {
            return Ok(());
        }
        Err(OutOfTime {
            model: self.model,
            budget: budget.given(),
            given: self.given,
            reached,
        }
        .into())
    }

    /// Begins the next page, if none is in hand.
    fn begin(&mut self, begin: impl FnOnce(PageFuture<A>) -> Reads<A>) {
        let state = std::mem::replace(&mut self.state, State::Done);
        self.state = match state {
            State::Idle(walk) => State::Reading(begin(next_page(walk))),
            other => other,
        };
    }

    /// Takes the page in hand, if it is there.
    fn take(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let State::Reading(page) = &mut self.state else {
            return Poll::Ready(());
        };
        let Poll::Ready(read) = page.poll(cx) else {
            return Poll::Pending;
        };
        self.state = match read {
            Ok((walk, Ok(Some(rows)))) => {
                let reached = walk.reached();
                self.ahead.push_back(ReadPage { rows, reached });
                State::Idle(walk)
            }
            Ok((_, Ok(None))) => State::Done,
            Ok((_, Err(error))) | Err(error) => State::Failed(error),
        };
        Poll::Ready(())
    }

    /// Lets the pages ahead come on, so far as they are: the first poll sends a request.
    fn read_ahead(&mut self, cx: &mut Context<'_>) {
        while (self.ahead.len() as u64) < self.prefetch {
            self.begin(Work::begun);
            if !matches!(self.state, State::Reading(_)) || self.take(cx).is_pending() {
                return;
            }
        }
    }
}

type PageFuture<A> =
    Pin<Box<dyn Future<Output = (Box<Walk<A>>, Result<Option<Vec<Row<A>>>, Error>)> + Send>>;

fn next_page<A: Reading>(mut walk: Box<Walk<A>>) -> PageFuture<A> {
    Box::pin(async move {
        let page = walk.page().await;
        (walk, page)
    })
}

impl<A: Reading> Unpin for Rows<A> {}

impl<A: Reading> Stream for Rows<A> {
    type Item = Result<Row<A>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let rows = &mut *self;
        loop {
            if let Some(row) = rows.page.next() {
                rows.given += 1;
                // Of several, the one in hand has to be there before the next is begun.
                if rows.prefetch > 1 {
                    rows.read_ahead(cx);
                }
                return Poll::Ready(Some(Ok(row)));
            }
            if let Some(page) = rows.ahead.pop_front() {
                rows.page = page.rows.into_iter();
                rows.reached = page.reached;
                rows.read_ahead(cx);
                continue;
            }
            if let Err(error) = rows.check_budget(cx) {
                rows.state = State::Done;
                return Poll::Ready(Some(Err(error)));
            }
            rows.begin(Work::here);
            if rows.take(cx).is_pending() {
                return Poll::Pending;
            }
            if !rows.ahead.is_empty() {
                continue;
            }
            return match std::mem::replace(&mut rows.state, State::Done) {
                State::Failed(error) => Poll::Ready(Some(Err(error))),
                _ => Poll::Ready(None),
            };
        }
    }
}
