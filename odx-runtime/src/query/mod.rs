//! Reading: search, read, count, streams, and calls of any method.

mod action;
mod fields_get;
mod found;
pub mod group;
mod method;
mod nested;
mod order;
mod read;
mod result;
mod select;
mod stream;
mod xml_id;

use std::marker::PhantomData;

use serde_json::{Value as JsonValue, json};

pub use action::Action;
pub use fields_get::{FieldInfo, FieldsInfo, SelectionInfo, fields_get};
pub use found::{Found, MissingRecords, RelationError};
pub use method::MethodCall;
pub use nested::NestedLoader;
pub use order::{IntoOrder, Order, OrderOf};
pub use read::{exists, name_search, read};
pub use result::MethodResult;
pub use select::{Columns, Select, Selectable};
pub use xml_id::{XmlIdError, xml_id};

pub(crate) use nested::complete;

use crate::{
    Call, Context, Domain, Error, Id, Odoo, RecordId, Session,
    domain::{IntoDomain, Node},
    model::{Absent, FieldMeta, Model, Projection, Reads},
};

/// What a search asks for, without its model: what every query shares is compiled once.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) model: &'static str,
    pub(crate) domain: Node,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    pub(crate) context: Context,
}

impl Search {
    fn new(model: &'static str, domain: Node) -> Self {
        Self {
            model,
            domain,
            order: Vec::new(),
            limit: None,
            offset: 0,
            context: Context::new(),
        }
    }

    /// The domain for the server's series, which is asked, once a client, if the domain depends on it.
    async fn domain_json(&self, session: &Session) -> Result<JsonValue, Error> {
        let known = session.known_series();
        if known.is_none()
            && let Some(domain) = self.domain.to_json_for_any()
        {
            return Ok(domain);
        }
        let series = session.series().await?;
        Ok(self.domain.to_json_for(series)?)
    }

    fn order_text(&self) -> Option<String> {
        let terms: Vec<_> = self.order.iter().map(Order::to_string).collect();
        (!terms.is_empty()).then(|| terms.join(", "))
    }

    /// The session with the query's own context.
    fn session(&self, odoo: &impl Odoo) -> Session {
        odoo.session().with_context(self.context.clone())
    }

    /// A call of `search` or `search_read`, whose arguments mean the same in every version.
    async fn call(&self, method: &'static str, session: &Session) -> Result<Call, Error> {
        let mut call = Call::new(self.model, method).arg(self.domain_json(session).await?);
        if self.offset > 0 {
            call = call.kwarg("offset", self.offset);
        }
        if let Some(limit) = self.limit {
            call = call.kwarg("limit", limit);
        }
        if let Some(order) = self.order_text() {
            call = call.kwarg("order", order);
        }
        Ok(call)
    }

    /// Odoo takes a limit of 0 for no limit; here it is no record, which needs no call.
    fn matches_nothing(&self) -> bool {
        self.limit == Some(0)
    }

    async fn read<P: Projection>(&self, session: &Session) -> Result<Vec<P>, Error> {
        if self.matches_nothing() {
            return Ok(Vec::new());
        }
        let call = self
            .call("search_read", session)
            .await?
            .kwarg("fields", names(P::fields()));
        let reply = session.execute(call).await?;
        let page = reply.page::<P>(Absent::Refuse).await?;
        complete(session, page).await
    }

    async fn ids(&self, session: &Session) -> Result<Vec<RecordId>, Error> {
        if self.matches_nothing() {
            return Ok(Vec::new());
        }
        session
            .execute(self.call("search", session).await?)
            .await?
            .ids()
    }
}

pub(crate) fn names(fields: &[&FieldMeta]) -> JsonValue {
    fields
        .iter()
        .map(|field| field.name())
        .collect::<Vec<_>>()
        .into()
}

/// A search over the model `M`: made by `M::search`, run by [`fetch`](Self::fetch) and its kin.
#[must_use = "a query does nothing until it is fetched, counted or streamed"]
pub struct Query<M> {
    search: Search,
    page_size: Option<u64>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Query<M> {
    fn clone(&self) -> Self {
        Self {
            search: self.search.clone(),
            page_size: self.page_size,
            model: PhantomData,
        }
    }
}

impl<M: Model> Query<M> {
    #[doc(hidden)]
    pub fn new(domain: Domain<M>) -> Self {
        Self {
            search: Search::new(M::NAME, domain.into_node()),
            page_size: None,
            model: PhantomData,
        }
    }

    /// Only the records that match this too.
    pub fn and<D: IntoDomain<M>>(mut self, domain: impl FnOnce(M::Fields) -> D) -> Self {
        self.search.domain =
            Node::all_of(self.search.domain, domain(M::F).into_domain().into_node());
        self
    }

    /// Orders the records; further orders come after those before. Without one, the model's own order holds.
    pub fn order(mut self, order: impl IntoOrder<M>) -> Self {
        order.add_to(&mut self.search.order);
        self
    }

    /// At most so many records. Odoo has no limit of its own.
    pub fn limit(mut self, limit: u64) -> Self {
        self.search.limit = Some(limit);
        self
    }

    /// Leaves out the first records.
    pub fn offset(mut self, offset: u64) -> Self {
        self.search.offset = offset;
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

    /// In a company: its own values, and only its records.
    pub fn company<C>(self, company: Id<C>) -> Self {
        self.context(Context::new().company(company))
    }

    /// In a language, such as `fr_FR`.
    pub fn lang(self, lang: impl Into<String>) -> Self {
        self.context(Context::new().lang(lang))
    }

    /// In a timezone, such as `Europe/Brussels`; it matters for days in domains and groups, never for datetimes read.
    pub fn tz(self, tz: impl Into<String>) -> Self {
        self.context(Context::new().tz(tz))
    }

    /// How many records a [`stream`](Self::stream) reads at once; 500 unless told.
    pub fn page_size(mut self, records: u64) -> Self {
        self.page_size = Some(records);
        self
    }

    /// The domain.
    pub fn domain(&self) -> Domain<M> {
        Domain::from_node(self.search.domain.clone())
    }

    /// Reads the records.
    pub fn fetch<O: Odoo>(self, odoo: &O) -> O::Answer<'_, Vec<M>>
    where
        M: Projection<Model = M>,
    {
        self.fetch_as(odoo)
    }

    /// Reads the records into a projection.
    pub fn fetch_as<O: Odoo, P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, Vec<P>> {
        let session = self.search.session(odoo);
        odoo.answer(async move { self.search.read(&session).await })
    }

    /// Reads the first record, if there is one.
    pub fn first<O: Odoo>(self, odoo: &O) -> O::Answer<'_, Option<M>>
    where
        M: Projection<Model = M>,
    {
        self.first_as(odoo)
    }

    /// Reads the first record into a projection.
    pub fn first_as<O: Odoo, P: Reads<M>>(self, odoo: &O) -> O::Answer<'_, Option<P>> {
        let session = self.search.session(odoo);
        let search = Search {
            limit: Some(self.search.limit.unwrap_or(1).min(1)),
            ..self.search
        };
        odoo.answer(async move { Ok(search.read(&session).await?.into_iter().next()) })
    }

    /// Reads some fields, as tuples: `.select((F.id, F.name))`.
    pub fn select<S: Columns<M> + Send + 'static>(self, columns: S) -> Select<M, S> {
        Select::new(self, columns)
    }

    /// The records' ids.
    pub fn ids<O: Odoo>(self, odoo: &O) -> O::Answer<'_, Vec<Id<M>>> {
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
    pub fn count<O: Odoo>(self, odoo: &O) -> O::Answer<'_, u64> {
        let session = self.search.session(odoo);
        odoo.answer(async move {
            let call = Call::new(self.search.model, "search_count")
                .arg(self.search.domain_json(&session).await?);
            let reply = session.execute(call).await?;
            u64::try_from(reply.integer()?).map_err(|_| reply.mismatch("a count"))
        })
    }

    /// Whether any record matches.
    pub fn any<O: Odoo>(self, odoo: &O) -> O::Answer<'_, bool> {
        let session = self.search.session(odoo);
        let search = Search {
            limit: Some(1),
            ..self.search
        };
        odoo.answer(async move { Ok(!search.ids(&session).await?.is_empty()) })
    }

    /// All the records, a page at a time: any number in constant memory.
    ///
    /// Without an order, pages follow each other by id, so that records that come or go meanwhile neither repeat nor
    /// hide others. With an order, pages follow by offset, which does not promise that.
    pub fn stream<O: Odoo>(self, odoo: &O) -> O::Rows<M>
    where
        M: Projection<Model = M>,
    {
        self.stream_as(odoo)
    }

    /// [`stream`](Self::stream), into a projection.
    pub fn stream_as<O: Odoo, P: Reads<M>>(self, odoo: &O) -> O::Rows<P> {
        odoo.rows(stream::pages(
            self.search.session(odoo),
            self.search,
            self.page_size,
        ))
    }
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
