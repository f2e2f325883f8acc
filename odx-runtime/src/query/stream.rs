//! Streams of records, a page at a time.

use std::collections::VecDeque;

use futures_core::Stream;
use futures_util::stream;

use super::{Order, Search, complete, names};
use crate::{
    Error, RecordId, Session,
    domain::{Node, Operator},
    model::{Absent, FieldMeta, FieldPath, FieldType, Projection, flags},
};

const PAGE: u64 = 500;

/// `id`, which every model has.
static ID: FieldMeta = FieldMeta::plain(
    "id",
    FieldType::Integer,
    flags::STORED | flags::SEARCH | flags::SORT,
);

struct Pages<P> {
    session: Session,
    search: Search,
    size: u64,
    /// How many records may still come.
    left: Option<u64>,
    by_id: bool,
    after: Option<RecordId>,
    ready: VecDeque<P>,
    done: bool,
}

pub(super) fn pages<P: Projection>(
    session: Session,
    search: Search,
    page_size: Option<u64>,
) -> impl Stream<Item = Result<P, Error>> + Send + 'static {
    let pages = Pages {
        session,
        size: page_size.unwrap_or(PAGE).max(1),
        left: search.limit,
        // An offset is a position in an order, so it needs pages by offset.
        by_id: search.order.is_empty() && search.offset == 0,
        search,
        after: None,
        ready: VecDeque::new(),
        done: false,
    };
    stream::try_unfold(pages, |mut pages| async move {
        while pages.ready.is_empty() && !pages.done {
            pages.next_page().await?;
        }
        Ok(pages.ready.pop_front().map(|row| (row, pages)))
    })
}

impl<P: Projection> Pages<P> {
    async fn next_page(&mut self) -> Result<(), Error> {
        let size = self.left.map_or(self.size, |left| left.min(self.size));
        if size == 0 {
            self.done = true;
            return Ok(());
        }
        let search = Search {
            limit: Some(size),
            ..self.search_for_page()
        };
        let call = search
            .call("search_read", &self.session)
            .await?
            .kwarg("fields", names(P::fields()));
        let reply = self.session.execute(call).await?;
        let page = reply.page::<P>(Absent::Refuse).await?;
        let came = page.rows.len() as u64;
        self.after = page.ids.last().copied().flatten().or(self.after);
        self.search.offset += came;
        self.left = self.left.map(|left| left.saturating_sub(came));
        self.done = came < size;
        self.ready = complete(&self.session, page).await?.into();
        Ok(())
    }

    fn search_for_page(&self) -> Search {
        let mut search = self.search.clone();
        if !self.by_id {
            return search;
        }
        search.offset = 0;
        search.order = vec![Order::ascending("id")];
        if let Some(after) = self.after {
            let later = Node::condition(FieldPath::from(&ID), Operator::Gt, after);
            search.domain = Node::all_of(search.domain, later);
        }
        search
    }
}
