//! Streams of records: the pages of a walk, some of them ahead of the program.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::{
    ahead::Work,
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
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            size: 500,
            ahead: 1,
        }
    }
}

/// A page in hand: the walk comes back with what it read.
type Reads<A> = Work<(Walk<A>, Result<Option<Vec<Row<A>>>, Error>)>;

type Row<A> = <A as Reading>::Row;

pub(crate) struct Rows<A: Reading> {
    /// The page that is being given.
    page: std::vec::IntoIter<Row<A>>,
    /// The pages after it.
    ahead: VecDeque<Vec<Row<A>>>,
    /// How many there may be.
    prefetch: u64,
    state: State<A>,
}

enum State<A: Reading> {
    Idle(Walk<A>),
    Reading(Reads<A>),
    Failed(Error),
    Done,
}

impl<A: Reading> Rows<A> {
    pub(crate) fn new(walk: Walk<A>, prefetch: u64) -> Self {
        Self {
            page: Vec::new().into_iter(),
            ahead: VecDeque::new(),
            prefetch,
            state: State::Idle(walk),
        }
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
            Ok((walk, Ok(Some(page)))) => {
                self.ahead.push_back(page);
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
    Pin<Box<dyn Future<Output = (Walk<A>, Result<Option<Vec<Row<A>>>, Error>)> + Send>>;

fn next_page<A: Reading>(mut walk: Walk<A>) -> PageFuture<A> {
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
                // Of several, the one in hand has to be there before the next is begun.
                if rows.prefetch > 1 {
                    rows.read_ahead(cx);
                }
                return Poll::Ready(Some(Ok(row)));
            }
            if let Some(page) = rows.ahead.pop_front() {
                rows.page = page.into_iter();
                rows.read_ahead(cx);
                continue;
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
