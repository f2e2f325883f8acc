//! What a search asks for, and the calls that ask it.

use std::{borrow::Cow, collections::HashSet};

use odx_facts::{ADDED_CONDITIONS, FieldType, LIMITED_BEFORE_ACCESS};
use serde_json::{Value as JsonValue, json};

use super::{
    NotOne, Order, Shape, WalkError,
    read::{read_row, read_rows},
};
use crate::{
    AnySession, Call, Context, Error, RecordId, Session,
    domain::Node,
    model::{FieldMeta, Page},
    session::content,
};

pub(crate) const ID: &str = "id";

/// What a search asks for, without its model: what every query shares is compiled once.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) model: &'static str,
    pub(crate) domain: Node,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    pub(crate) context: Context,
    /// Conditions beside the domain that are sent as they are: those of a model that has no Rust type.
    pub(crate) as_sent: Vec<JsonValue>,
    /// The greatest id that may come.
    pub(crate) up_to: Option<i64>,
}

/// A part of the records: those in some places of the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) offset: u64,
    pub(super) limit: Option<u64>,
}

impl Search {
    pub(crate) fn new(model: &'static str, domain: Node) -> Self {
        Self {
            model,
            domain,
            order: Vec::new(),
            limit: None,
            offset: 0,
            context: Context::new(),
            as_sent: Vec::new(),
            up_to: None,
        }
    }

    /// The session with the query's own context.
    pub(crate) fn session<'a>(&self, odoo: &'a impl AnySession) -> Cow<'a, Session> {
        match self.context.is_empty() {
            true => Cow::Borrowed(odoo.session()),
            false => Cow::Owned(odoo.session().with_context(self.context.clone())),
        }
    }

    /// The domain for the server's series, which is asked, once a client, if the domain depends on it.
    pub(super) async fn domain_json(&self, session: &Session) -> Result<JsonValue, Error> {
        let domain = self.whole_domain(session).await?;
        let Some(last) = self.up_to else {
            return Ok(domain);
        };
        let mut items = of_parts(self.model, domain);
        items.push(json!([ID, "<=", last]));
        Ok(items.into())
    }

    async fn whole_domain(&self, session: &Session) -> Result<JsonValue, Error> {
        self.domain.check_numbers(self.model)?;
        if !self.as_sent.is_empty() {
            return Ok(self.as_sent.clone().into());
        }
        if let Some(series) = session.known_series() {
            return Ok(self.domain.to_json_for(series)?);
        }
        if let Some(domain) = self.domain.to_json_for_any() {
            return Ok(domain);
        }
        // Boxed, because each call has a place for it and few need it.
        let series = Box::pin(session.series()).await?;
        Ok(self.domain.to_json_for(series)?)
    }

    /// The domain with a condition on `id` beside it, for a part of the records.
    ///
    /// Some models ask something else once a domain has such a condition: what they add to one that has none is said
    /// here, so that the parts are parts of what [`domain_json`](Self::domain_json) asks for.
    pub(super) async fn domain_where_id(
        &self,
        session: &Session,
        operator: &str,
        id: i64,
    ) -> Result<JsonValue, Error> {
        let mut items = self.domain_of_parts(session).await?;
        items.push(json!([ID, operator, id]));
        Ok(items.into())
    }

    /// The domain that conditions on `id` can be added to, as in [`domain_where_id`](Self::domain_where_id).
    pub(super) async fn domain_of_parts(&self, session: &Session) -> Result<Vec<JsonValue>, Error> {
        Ok(of_parts(self.model, self.domain_json(session).await?))
    }

    /// A part has places only in an order that leaves none open, and only `id` is never the same of two records.
    pub(super) fn total_order(&self) -> Vec<Order> {
        let mut order = self.order.clone();
        if !order.iter().any(|term| term.field() == ID) {
            order.push(Order::ascending(ID));
        }
        order
    }

    /// The order to send: the model's own holds where none is given.
    fn order_text(&self) -> Option<String> {
        let is_part = self.limit.is_some() || self.offset > 0;
        match self.order.is_empty() {
            true => None,
            false if is_part => Some(order_text(&self.total_order())),
            false => Some(order_text(&self.order)),
        }
    }

    /// Whether the search can be asked for.
    ///
    /// # Errors
    /// [`Error::Usage`] for an offset without an order: the order of a model need not tell all its records apart, and
    /// places in such an order change from call to call.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.offset > 0 && self.order.is_empty() {
            return Err(Error::usage(format!(
                "an offset counts in an order, and the own order of {} may leave open which of two records comes first: \
                 give one, such as `.order(|r| r.id.asc())`, or stream all records",
                self.model
            )));
        }
        Ok(())
    }

    /// Refuses an order that the server's series would leave out, which is asked, once a client, if the order depends on it.
    async fn check_order(&self, session: &Session) -> Result<(), Error> {
        if !self.order.iter().any(Order::depends_on_series) {
            return Ok(());
        }
        let series = session.series().await?;
        let checked = self.order.iter().try_for_each(|term| term.check(series));
        Ok(checked?)
    }

    /// A call of `search` or `search_read`, whose arguments mean the same in every version.
    pub(super) async fn call_part(
        &self,
        method: &'static str,
        session: &Session,
        part: Part,
    ) -> Result<Call, Error> {
        self.check_order(session).await?;
        let mut call = Call::new(self.model, method).arg(self.domain_json(session).await?);
        if part.offset > 0 {
            call = call.kwarg("offset", part.offset);
        }
        if let Some(limit) = part.limit {
            call = call.kwarg("limit", limit);
        }
        if let Some(order) = self.order_text() {
            call = call.kwarg("order", order);
        }
        Ok(call)
    }

    fn part(&self) -> Part {
        Part {
            offset: self.offset,
            limit: self.limit,
        }
    }

    /// The search for the first record.
    pub(super) fn at_most_one(mut self) -> Self {
        self.limit = Some(self.limit.unwrap_or(1).min(1));
        self
    }

    /// Odoo takes a limit of 0 for no limit; here it is no record, which needs no call.
    pub(super) fn matches_nothing(&self) -> bool {
        self.limit == Some(0)
    }

    /// Reads the records.
    pub(super) async fn read<R: Send + 'static>(
        &self,
        session: &Session,
        shape: &Shape<R>,
    ) -> Result<Vec<R>, Error> {
        self.check()?;
        if self.matches_nothing() {
            return Ok(Vec::new());
        }
        let call = self
            .call_part("search_read", session, self.part())
            .await?
            .kwarg("fields", names(&shape.fields));
        let call = with_content(call, session, &shape.fields);
        let reply = session.execute(call).await?;
        let page = shape.page(&reply).await?;
        let came = page.rows.len();
        if !self.falls_short(came)? {
            return shape.complete(session, page).await;
        }
        let ids = self.all_ids(session).await?;
        if ids.len() <= came {
            return shape.complete(session, page).await;
        }
        let found = read_rows(session, shape, &ids).await?;
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    /// Reads the one record that matches.
    pub(super) async fn one<R: Send + 'static>(
        &self,
        session: &Session,
        shape: &Shape<R>,
    ) -> Result<R, Error> {
        let id = self.one_id(session).await?;
        read_row(session, shape, id).await
    }

    /// The id of the one record that matches. A limit that is less than two cannot tell.
    pub(super) async fn one_id(&self, session: &Session) -> Result<RecordId, Error> {
        let two = Self {
            limit: Some(self.limit.unwrap_or(2).min(2)),
            ..self.clone()
        };
        let (model, domain) = (self.model, || self.domain.to_string());
        match two.ids(session).await?[..] {
            [id] => Ok(id),
            [] => Err(NotOne::None {
                model,
                domain: domain(),
            }),
            [one, other, ..] => Err(NotOne::Several {
                model,
                domain: domain(),
                ids: [one, other],
            }),
        }
        .map_err(|error| Error::NotOne(Box::new(error)))
    }

    /// The ids of the records.
    pub(super) async fn ids(&self, session: &Session) -> Result<Vec<RecordId>, Error> {
        self.check()?;
        if self.matches_nothing() {
            return Ok(Vec::new());
        }
        let ids = self.ids_of_part(session, self.part()).await?;
        if !self.falls_short(ids.len())? {
            return Ok(ids);
        }
        let all = self.all_ids(session).await?;
        Ok(if all.len() > ids.len() { all } else { ids })
    }

    /// Whether fewer records came than were asked for, which does not say that there are no more.
    fn falls_short(&self, came: usize) -> Result<bool, Error> {
        let Some(limit) = self.limit else {
            return Ok(false);
        };
        not_more(self.model, limit, came)?;
        Ok((came as u64) < limit)
    }

    /// The ids up to the limit, where Odoo gave fewer records: without a limit it gives all that the user may see.
    async fn all_ids(&self, session: &Session) -> Result<Vec<RecordId>, Error> {
        let limit = self.limit.unwrap_or(u64::MAX);
        let mut ids = Vec::new();
        if self.hides_records() {
            let wide = wider(limit);
            let part = Part {
                limit: Some(wide),
                ..self.part()
            };
            ids = self.ids_of_part(session, part).await?;
        }
        if (ids.len() as u64) < limit {
            let part = Part {
                limit: None,
                ..self.part()
            };
            ids = self.ids_of_part(session, part).await?;
        }
        ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(ids)
    }

    /// Whether the model is known to take away records after the limit.
    pub(super) fn hides_records(&self) -> bool {
        LIMITED_BEFORE_ACCESS.contains(&self.model)
    }

    pub(super) async fn ids_of_part(
        &self,
        session: &Session,
        part: Part,
    ) -> Result<Vec<RecordId>, Error> {
        let call = self.call_part("search", session, part).await?;
        let ids = session.execute(call).await?.found_ids()?;
        if let Some(limit) = part.limit {
            not_more(self.model, limit, ids.len())?;
        }
        Ok(ids)
    }
}

/// A domain as conditions on `id` can be added to it.
fn of_parts(model: &str, domain: JsonValue) -> Vec<JsonValue> {
    match domain {
        JsonValue::Array(items) => with_added(model, items),
        other => with_added(model, vec![other]),
    }
}

/// A domain with what the model adds to one that has no conditions on some fields.
pub(super) fn with_added(model: &str, mut items: Vec<JsonValue>) -> Vec<JsonValue> {
    let is_on = |item: &JsonValue, field: &&str| item.get(0).is_some_and(|name| name == field);
    let added: Vec<JsonValue> = ADDED_CONDITIONS
        .iter()
        .filter(|added| added.model == model)
        .filter(|added| {
            let mut kept_away = items.iter();
            !kept_away.any(|item| added.unless.iter().any(|field| is_on(item, field)))
        })
        .map(|added| json!([added.unset, "=", false]))
        .collect();
    items.extend(added);
    items
}

fn order_text(order: &[Order]) -> String {
    let terms: Vec<_> = order.iter().map(Order::to_string).collect();
    terms.join(", ")
}

/// A limit that is likely to reach past records that are taken away. PostgreSQL's are of 63 bits.
pub(super) fn wider(limit: u64) -> u64 {
    limit.saturating_mul(16).clamp(1_000, i64::MAX as u64)
}

/// Refuses more rows than were asked for: it is not the answer to what was asked.
pub(super) fn not_more(model: &'static str, asked: u64, came: usize) -> Result<(), Error> {
    if came as u64 <= asked {
        return Ok(());
    }
    Err(WalkError::TooMany {
        model,
        asked,
        came: came as u64,
    }
    .into())
}

/// The ids of a page's rows.
///
/// # Errors
/// [`WalkError::NoId`] if a row has none, [`WalkError::SameId`] if two have the same.
pub(crate) fn distinct_ids<R>(
    model: &'static str,
    page: &Page<R>,
) -> Result<Vec<RecordId>, WalkError> {
    let ids: Vec<RecordId> = page
        .ids
        .iter()
        .copied()
        .collect::<Option<_>>()
        .ok_or(WalkError::NoId { model })?;
    all_different(model, &ids)?;
    Ok(ids)
}

pub(super) fn all_different(model: &'static str, ids: &[RecordId]) -> Result<(), WalkError> {
    let mut seen = HashSet::with_capacity(ids.len());
    match ids.iter().find(|id| !seen.insert(**id)) {
        Some(id) => Err(WalkError::SameId { model, id: *id }),
        None => Ok(()),
    }
}

/// The call with the content of binary fields asked for, where the series may leave it out, and nobody said otherwise.
pub(crate) fn with_content(call: Call, session: &Session, fields: &[&'static FieldMeta]) -> Call {
    let is_binary = |field: &&'static FieldMeta| field.field_type() == FieldType::Binary;
    if !content::may_be_needed(session) || !fields.iter().any(is_binary) {
        return call;
    }
    content::asked_for(call, session)
}

/// The names of fields to read. Odoo takes none at all for all of them, so `id` is the least.
pub(crate) fn names(fields: &[&'static FieldMeta]) -> JsonValue {
    if fields.is_empty() {
        return json!([ID]);
    }
    fields
        .iter()
        .map(|field| field.name())
        .collect::<Vec<_>>()
        .into()
}
