//! Streams of batches.

use futures_core::Stream;

use super::{
    Batch, Changed, Changes, Cursor, Follows,
    asked::Asked,
    round::{RawBatch, Rounds, Settings},
    rows::{Projections, ReadChanged},
    with_archived,
};
use crate::{AnySession, Error, Id, model::Model, session::BoxFuture};

/// What changes are read as: verbs over the kind of session, so that the projection is all that a call has to name.
pub trait FollowAs<O: AnySession>: Sized {
    /// The model that is followed.
    type Model: Model;

    /// Whether fields are allowed whose changes are not seen.
    type Watched;

    /// The changes up to now, in batches, and then the end: the round that the cursor is in, if it is in one, and a whole one.
    /// The last batch has caught up, and may have nothing but its cursor.
    ///
    /// # Errors
    /// [`Error::Changes`] where the model's changes cannot be told, or the cursor is of something else; [`Error::Walk`] where
    /// rows do not come as they were asked for. After an error the stream ends: go on from the last cursor.
    fn stream_as<P: Follows<Self::Model, Self::Watched>>(
        self,
        odoo: &O,
    ) -> O::Rows<Batch<Id<Self::Model>, P>>;

    /// The changes up to now, and then on and on, a round [every](Changes::every) so often. Each round ends with a batch that
    /// has caught up.
    ///
    /// # Errors
    /// As of [`stream_as`](Self::stream_as).
    fn follow_as<P: Follows<Self::Model, Self::Watched>>(
        self,
        odoo: &O,
    ) -> O::Rows<Batch<Id<Self::Model>, P>>;
}

impl<M: Model, W, O: AnySession> FollowAs<O> for Changes<M, W> {
    type Model = M;
    type Watched = W;

    fn stream_as<P: Follows<M, W>>(self, odoo: &O) -> O::Rows<Batch<Id<M>, P>> {
        self.batches(odoo, false)
    }

    fn follow_as<P: Follows<M, W>>(self, odoo: &O) -> O::Rows<Batch<Id<M>, P>> {
        self.batches(odoo, true)
    }
}

impl<M: Model, W> Changes<M, W> {
    fn batches<O: AnySession, P: Follows<M, W>>(
        self,
        odoo: &O,
        goes_on: bool,
    ) -> O::Rows<Batch<Id<M>, P>> {
        let (cursor, settings) = (self.cursor, self.settings);
        let search = self.search;
        let session = search.session(odoo).with_context(with_archived());
        let later: AskLater = Box::new(move || -> BoxFuture<'static, Asked> {
            Box::pin(async move {
                if !search.order.is_empty() || search.limit.is_some() || search.offset > 0 {
                    return Err(Error::usage(format!(
                        "the changes of {} have no order, limit and offset: leave them out of the search",
                        search.model
                    )));
                }
                Ok(Asked {
                    domain: search.domain_of_parts(&session).await?,
                    session,
                    model: search.model,
                })
            })
        });
        let reading = Projections::<P>::new();
        odoo.rows(batches(
            later,
            cursor,
            reading,
            settings,
            goes_on,
            batch::<M, P>,
        ))
    }
}

fn batch<M, P>(raw: RawBatch<P>, cursor: Cursor) -> Batch<Id<M>, P> {
    let id = |id: u32| Id::of(id.into());
    let changed = |rows: Vec<(u32, P)>| {
        let rows = rows.into_iter();
        rows.map(|(number, record)| Changed {
            id: id(number),
            record,
        })
        .collect()
    };
    Batch {
        written: changed(raw.written),
        archived: changed(raw.archived),
        deleted: raw.deleted.into_iter().map(id).collect(),
        caught_up: raw.caught_up,
        cursor,
    }
}

/// Finds out what to ask, when the stream is first polled.
pub(super) type AskLater = Box<dyn FnOnce() -> BoxFuture<'static, Asked> + Send>;

/// The batches from a cursor on.
pub(super) fn batches<A: ReadChanged, B: Send + 'static>(
    later: AskLater,
    cursor: Cursor,
    reading: A,
    settings: Settings,
    goes_on: bool,
    batch: fn(RawBatch<A::Record>, Cursor) -> B,
) -> impl Stream<Item = Result<B, Error>> + Send + 'static {
    let first = Following::NotBegun(later, Box::new(cursor), reading);
    futures_util::stream::try_unfold(first, move |following| {
        next(following, settings, goes_on, batch)
    })
}

/// Where a stream is.
enum Following<A: ReadChanged> {
    NotBegun(AskLater, Box<Cursor>, A),
    Within(Box<Rounds<A>>),
    /// A round is over.
    Between(Box<Rounds<A>>),
}

async fn next<A: ReadChanged, B>(
    following: Following<A>,
    settings: Settings,
    goes_on: bool,
    batch: fn(RawBatch<A::Record>, Cursor) -> B,
) -> Result<Option<(B, Following<A>)>, Error> {
    let mut rounds = match following {
        Following::NotBegun(later, cursor, reading) => {
            let asked = later().await?;
            Box::new(Rounds::begin(asked, *cursor, reading, settings).await?)
        }
        Following::Within(rounds) => rounds,
        // A round that began in another process may have passed what changed since.
        Following::Between(rounds) if rounds.was_resumed() => rounds,
        Following::Between(_) if !goes_on => return Ok(None),
        Following::Between(rounds) => {
            tokio::time::sleep(settings.pause).await;
            rounds
        }
    };
    let raw = rounds.next().await?;
    let is_over = raw.caught_up;
    let given = batch(raw, rounds.cursor());
    let following = match is_over {
        true => Following::Between(rounds),
        false => Following::Within(rounds),
    };
    Ok(Some((given, following)))
}
