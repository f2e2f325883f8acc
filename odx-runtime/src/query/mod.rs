//! Reading: search, read, count, streams, and calls of any method.

mod action;
mod ahead;
mod budget;
#[cfg(feature = "client")]
pub mod changes;
mod fetch_as;
mod fields_get;
mod found;
pub mod group;
mod method;
mod nested;
mod order;
mod partial;
mod pluck;
mod read;
mod result;
mod search;
mod select;
mod shape;
mod stream;
mod walk;
mod walk_error;
mod xml_id;

use std::marker::PhantomData;

use serde_json::{Value as JsonValue, json};

pub use crate::model::Selectable;
pub use action::Action;
pub use budget::{OutOfTime, Reached};
pub use fetch_as::{FetchAs, ReadAs};
pub use fields_get::{FieldInfo, FieldsInfo, SelectionInfo, fields_get};
pub use found::{Found, MissingRecords, NotOne, RelationError};
pub use method::MethodCall;
pub use nested::NestedLoader;
pub use order::{IntoOrder, Order, OrderOf};
pub use partial::{Partial, PartialRow, Unread};
pub use pluck::{Pluck, Plucked};
pub use read::{exists, get, name_search, read};
pub use result::MethodResult;
pub use select::{Columns, Select};
pub use walk_error::WalkError;
pub use xml_id::{XmlIdError, xml_id};

pub(crate) use nested::complete;
use partial::read_partial;
pub(crate) use search::Search;
use shape::Shape;
pub(crate) use stream::{Pages, Rows};
pub(crate) use walk::{Reading, Walk};
#[cfg(feature = "arrow")]
pub(crate) use {
    read::in_order,
    search::{ID, distinct_ids, names, with_content},
    walk::PageRows,
};

use crate::{
    AnySession, Call, Context, Domain, Id, RecordId,
    domain::{Conditions, IntoDomain, Node},
    model::{Holds, Model, OverFields, Projection, Reads, mistakes},
};

/// A search over the model `M`: made by `M::search`, run by [`fetch`](Self::fetch) and its kin.
#[must_use = "a query does nothing until it is fetched, counted or streamed"]
pub struct Query<M> {
    search: Search,
    pages: Pages,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Query<M> {
    fn clone(&self) -> Self {
        Self {
            search: self.search.clone(),
            pages: self.pages,
            model: PhantomData,
        }
    }
}

impl<M: Model> Query<M> {
    #[doc(hidden)]
    pub fn new(domain: Domain<M>) -> Self {
        Self {
            search: Search::new(M::NAME, domain.into_node()),
            pages: Pages::default(),
            model: PhantomData,
        }
    }

    /// Only the records that match this too.
    pub fn and<D: IntoDomain<M>>(mut self, conditions: impl Conditions<M, D>) -> Self {
        let domain = conditions(M::F).into_domain();
        self.search.domain = Node::all_of(self.search.domain, domain.into_node());
        self
    }

    /// Orders the records: `.order(|p| (p.name.asc(), p.id.desc()))`. Further orders come after those before. Without one,
    /// the model's own order holds.
    ///
    /// Where a part of the records is read, by [`limit`](Self::limit), [`offset`](Self::offset), [`first`](Self::first) or
    /// a [`stream`](Self::stream), `id` ends the order, unless it is there already: of records that an order leaves equal,
    /// PostgreSQL puts now one first and now the other, so that parts would overlap and leave records out.
    pub fn order<T: IntoOrder<M>>(mut self, order: impl OverFields<M, T>) -> Self {
        order(M::F).add_to(&mut self.search.order);
        self
    }

    /// There for its message.
    #[doc(hidden)]
    pub fn fields<N>(self, _names: N) -> Self
    where
        mistakes::VerbOf<M>: mistakes::TakesNames,
    {
        self
    }

    /// At most so many records. Odoo has no limit of its own.
    ///
    /// There are fewer only if no more match. Some models (`mail.message`, `mail.activity`, `ir.attachment`) take away what
    /// the user may not see after Odoo's limit; where fewer records come, the others are asked for.
    pub fn limit(mut self, limit: usize) -> Self {
        self.search.limit = Some(limit as u64);
        self
    }

    /// Leaves out the first records of the order, which must be given; see [`order`](Self::order).
    ///
    /// For reading all records in parts there is [`stream`](Self::stream).
    pub fn offset(mut self, offset: usize) -> Self {
        self.search.offset = offset as u64;
        self
    }

    /// Entries of the context, over those of the session.
    pub fn context(mut self, context: Context) -> Self {
        self.search.context = self.search.context.merged(context);
        self
    }

    /// Archived records too: `active_test` is false.
    pub fn with_archived(self) -> Self {
        self.context(Context::new().active_test(false))
    }

    /// Binary fields without their content: a [`Blob`](crate::model::Blob) then has its
    /// [`about_size`](crate::model::Blob::about_size), and [`Model::download`] loads it.
    pub fn without_content(self) -> Self {
        self.context(Context::new().set(odx_facts::SIZES_ALONE, true))
    }

    /// In a company: its own values, and only its records.
    pub fn company(self, company: impl Into<RecordId>) -> Self {
        self.context(Context::new().company(company))
    }

    /// In several companies. The first is the current one; the records of all are found.
    pub fn companies<C: Into<RecordId>>(self, companies: impl IntoIterator<Item = C>) -> Self {
        self.context(Context::new().companies(companies))
    }

    /// In a language, such as `fr_FR`.
    pub fn lang(self, lang: impl Into<String>) -> Self {
        self.context(Context::new().lang(lang))
    }

    /// In a timezone, such as `Europe/Brussels`; it matters for days in domains and groups, never for datetimes read. One that
    /// Odoo does not have is refused before it is sent.
    pub fn tz(self, tz: impl Into<String>) -> Self {
        self.context(Context::new().tz(tz))
    }

    /// How many records a [`stream`](Self::stream) reads at once; 500 unless told.
    pub fn page_size(mut self, records: usize) -> Self {
        self.pages.size = records as u64;
        self
    }

    /// How many pages a [`stream`](Self::stream) reads ahead while the program works on one; 1 unless told, 0 for none.
    ///
    /// They are read by a task of the tokio runtime, which ends with the stream. Without a runtime they are asked for and
    /// read when the program comes to them.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages.ahead = pages as u64;
        self
    }

    /// How long a [`stream`](Self::stream) may take as a whole, from when it is first polled, what the program does between its
    /// rows included. There is no limit unless told.
    ///
    /// When it is spent, the rows that are there are still given. Then comes an [`Error::OutOfTime`](crate::Error::OutOfTime),
    /// which tells where a stream that goes on has to begin, and what is on its way is given up.
    pub fn time_budget(mut self, budget: std::time::Duration) -> Self {
        self.pages.budget = Some(budget);
        self
    }

    /// The domain.
    pub fn domain(&self) -> Domain<M> {
        Domain::from_node(self.search.domain.clone())
    }

    /// Reads the records. Into a projection: [`fetch_as`](FetchAs::fetch_as).
    ///
    /// # Errors
    /// [`Error::Walk`](crate::Error::Walk) if more rows come than the limit is, or rows without an id that has to be read;
    /// [`Error::Usage`](crate::Error::Usage) for an offset without an order.
    pub fn fetch<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Vec<M>>
    where
        M: Projection<Model = M>,
    {
        self.fetch_as(odoo)
    }

    /// Reads the records that can be read, and says which cannot.
    ///
    /// One field that cannot be computed, or one record that the user may not read, fails all that is read with it. Here the
    /// fields and records of a page that fails are halved until what fails is alone, which takes some twenty calls for one
    /// field or one record. Each record that is not in [`Partial::rows`], and each field that is blank there because it could
    /// not be read, stands in [`Partial::failed`]:
    ///
    /// ```
    /// # use odx_runtime::{Error, Id, Model, OdooModel, Session};
    /// /// An event.
    /// #[derive(OdooModel, Debug)]
    /// #[odoo(name = "calendar.event")]
    /// struct Event {
    ///     id: Id<Event>,
    ///     /// `None` where it could not be read, too.
    ///     #[odoo(kind = "char")]
    ///     location: Option<String>,
    ///     /// It has no room for that: an event without it is left out.
    ///     #[odoo(kind = "boolean")]
    ///     allday: bool,
    /// }
    ///
    /// # async fn read(odoo: &Session) -> Result<(), Error> {
    /// let events = Event::all().fetch_partial(odoo).await?;
    /// for unread in &events.failed {
    ///     eprintln!("{unread}"); // calendar.event(7).location could not be read: ...
    /// }
    /// println!("{} events", events.rows.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Some 300 calls at most are made for 500 records: where more fails than they can find, a field is taken to fail for
    /// records that it was tried for together, or records are listed without a field, so that no record is left out in
    /// silence. A record behind a nested projection that cannot be read whole fails the field that leads to it.
    ///
    /// # Errors
    /// What is of no field and no record: keys, access to the model, the network, time limits, conflicts.
    pub fn fetch_partial<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Partial<M>>
    where
        M: Projection<Model = M>,
    {
        self.fetch_partial_as(odoo)
    }

    fn read_partial<O: AnySession, P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, Partial<P>> {
        let session = self.search.session(odoo);
        odoo.answer(async move { read_partial(&session, &self.search).await })
    }

    /// Reads the first record, if there is one.
    ///
    /// # Errors
    /// As of [`fetch`](Self::fetch).
    pub fn first<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Option<M>>
    where
        M: Projection<Model = M>,
    {
        self.first_as(odoo)
    }

    /// Reads the one record that matches. Into a projection: [`one_as`](FetchAs::one_as).
    ///
    /// # Errors
    /// [`Error::NotOne`](crate::Error::NotOne) if there is none, or more than one.
    pub fn one<O: AnySession>(self, odoo: &O) -> O::Answer<'_, M>
    where
        M: Projection<Model = M>,
    {
        self.one_as(odoo)
    }

    /// The id of the one record that matches.
    ///
    /// # Errors
    /// [`Error::NotOne`](crate::Error::NotOne) if there is none, or more than one.
    pub fn one_id<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Id<M>> {
        let session = self.search.session(odoo);
        odoo.answer(async move { self.search.one_id(&session).await.map(Id::of) })
    }

    fn read_one<O: AnySession, R: Send + 'static>(
        self,
        odoo: &O,
        shape: Shape<R>,
    ) -> O::Answer<'_, R> {
        let session = self.search.session(odoo);
        odoo.answer(async move { self.search.one(&session, &shape).await })
    }

    fn read<O: AnySession, R: Send + 'static>(
        self,
        odoo: &O,
        shape: Shape<R>,
    ) -> O::Answer<'_, Vec<R>> {
        let session = self.search.session(odoo);
        odoo.answer(async move { self.search.read(&session, &shape).await })
    }

    fn read_first<O: AnySession, R: Send + 'static>(
        self,
        odoo: &O,
        shape: Shape<R>,
    ) -> O::Answer<'_, Option<R>> {
        let session = self.search.session(odoo);
        let search = self.search.at_most_one();
        odoo.answer(async move { Ok(search.read(&session, &shape).await?.into_iter().next()) })
    }

    pub(crate) fn walk<O: AnySession, A: Reading>(self, odoo: &O, reading: A) -> O::Rows<A::Row> {
        let session = self.search.session(odoo);
        let walk = Walk::new(
            session.into_owned(),
            self.search,
            reading,
            self.pages.size,
            has_table::<M>(),
        );
        odoo.rows(Rows::new(walk, self.pages))
    }

    /// Reads one field: `let names: Vec<String> = ResPartner::all().pluck(|p| p.name).fetch(&odoo).await?`.
    ///
    /// What it is read as is said where the values go, and is what a projection could hold the field in: `String` where the
    /// record has `String`, and `Option<String>` where the field may be unset.
    pub fn pluck<T, F>(self, field: impl OverFields<M, F>) -> Pluck<M, T>
    where
        F: Plucked<M>,
        T: Holds<F::Kind>,
    {
        Pluck::new(self, field(M::F).meta(), T::NEEDS_VALUE, T::blank)
    }

    /// Reads some fields, as tuples: `.select(|p| (p.id, p.name))`.
    pub fn select<S: Columns<M> + Send + 'static>(
        self,
        columns: impl OverFields<M, S>,
    ) -> Select<M, S> {
        Select::new(self, columns(M::F))
    }

    /// The records' ids.
    ///
    /// # Errors
    /// As of [`fetch`](Self::fetch).
    pub fn ids<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Vec<Id<M>>> {
        let session = self.search.session(odoo);
        odoo.answer(async move {
            Ok(self
                .search
                .ids(&session)
                .await?
                .into_iter()
                .map(Id::of)
                .collect())
        })
    }

    /// The number of records that match. Order, limit and offset do not matter to it.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported), before anything is sent, of a domain that the version cannot express;
    /// and what any call can fail with.
    pub fn count<O: AnySession>(self, odoo: &O) -> O::Answer<'_, u64> {
        let session = self.search.session(odoo);
        odoo.answer(async move {
            let call = Call::new(self.search.model, "search_count")
                .arg(self.search.domain_json(&session).await?);
            let reply = session.execute(call).await?;
            reply.count()
        })
    }

    /// Whether any record matches.
    ///
    /// # Errors
    /// As of [`count`](Self::count).
    pub fn any<O: AnySession>(self, odoo: &O) -> O::Answer<'_, bool> {
        let session = self.search.session(odoo);
        let search = self.search.at_most_one();
        odoo.answer(async move { Ok(!search.ids(&session).await?.is_empty()) })
    }

    /// All the records, a page at a time: any number in constant memory, each once.
    ///
    /// Without an order, pages follow each other by id, so that records that come or go meanwhile neither repeat nor hide
    /// others. In an order, the ids are read first, 100,000 at a time, and the records by them: what is written meanwhile
    /// does not move a record from page to page, but between two such windows.
    ///
    /// The end is where Odoo finds nothing more, and not a page with fewer records than were asked for: `mail.message` and
    /// its kin take away what the user may not see after the limit. All pages ask what [`fetch`](Self::fetch) and
    /// [`count`](Self::count) ask: of `ir.attachment`, which leaves out the files that are the values of fields unless the
    /// domain names `id` or `res_field`, a stream leaves them out, too.
    ///
    /// Ids that rows share are found before a row of theirs is given; where the fields of the model do not tell that it has a
    /// table of its own, by one more small call a page.
    ///
    /// The next page is on its way while the program works on one; see [`prefetch`](Self::prefetch). Dropping the stream
    /// gives up what is on its way.
    ///
    /// # Errors
    /// [`Error::Walk`](crate::Error::Walk) where rows cannot be told apart or do not go forward: a view of the database
    /// whose rows have no id or the same one, ids that are texts without an order, a server that gives a page again or more
    /// than was asked for. No row of such a page is given. [`Error::OutOfTime`](crate::Error::OutOfTime) where its
    /// [`time_budget`](Self::time_budget) is spent. After an error the stream ends.
    pub fn stream<O: AnySession>(self, odoo: &O) -> O::Rows<M>
    where
        M: Projection<Model = M>,
    {
        self.stream_as(odoo)
    }

    /// The records of the search that change after a cursor: created, written, archived, deleted. The search has no order, limit
    /// and offset; see [`changes`] for the rest.
    #[cfg(feature = "client")]
    pub fn changes(self, cursor: changes::Cursor) -> changes::Changes<M> {
        changes::Changes::of(self, cursor)
    }

    /// All the records that can be read, a page at a time, and beside each what of it could not be; see
    /// [`fetch_partial`](Self::fetch_partial).
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use odx_runtime::{Error, Id, Model, OdooModel, Session};
    /// # #[derive(OdooModel, Debug)]
    /// # #[odoo(name = "calendar.event")]
    /// # struct Event { id: Id<Event> }
    /// # async fn read(odoo: &Session) -> Result<(), Error> {
    /// let mut events = Event::all().stream_partial(odoo);
    /// while let Some(event) = events.try_next().await? {
    ///     for unread in &event.failed {
    ///         eprintln!("{unread}");
    ///     }
    ///     if let Some(event) = event.row {
    ///         println!("{event:?}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As of [`stream`](Self::stream) and [`fetch_partial`](Self::fetch_partial).
    pub fn stream_partial<O: AnySession>(self, odoo: &O) -> O::Rows<PartialRow<M>>
    where
        M: Projection<Model = M>,
    {
        self.stream_partial_as(odoo)
    }
}

/// Whether the model has a table of its own, whose ids are all different: Odoo keeps there when a record was written, and
/// of the rows of a view it does not.
fn has_table<M: Model>() -> bool {
    M::meta().field("write_date").is_some()
}

impl<M: Model> std::fmt::Debug for Query<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query")
            .field("model", &self.search.model)
            .field("domain", &self.domain())
            .field("order", &self.search.order)
            .field("limit", &self.search.limit)
            .field("offset", &self.search.offset)
            .finish_non_exhaustive()
    }
}

/// `[[ids]]`, the first argument of a method of records.
pub(crate) fn ids_json<M>(ids: &[Id<M>]) -> JsonValue {
    json!(ids.iter().map(|id| id.to_json()).collect::<Vec<_>>())
}
