//! The result of a call, read as late as can be.

use std::{
    fmt,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use serde_core::de::DeserializeOwned;
use serde_json::Value;

use super::Call;
use crate::{
    Error,
    error::{CallSite, LocalTimeout, TransportError, TransportErrorKind, UnexpectedResult},
    model::{
        self, Absent, FieldMeta, Page, PageReader, RecordId, Slot, Unfit, found, integral,
        lenient_json, measure, number,
    },
    secret::Secrets,
};

/// The result of a call: the bytes that came, and where the result stands in them.
///
/// Odoo's answers are not quite JSON: `NaN` and `Infinity` appear as bare words (a float that was never set right in
/// PostgreSQL), and an answer without a result stands for `None`.
///
/// A large result is read once, by the method that reads it; only then is it known whether the answer ends as it has to. An
/// answer that was never read has said nothing.
#[derive(Clone)]
#[must_use = "a call may have been refused at the end of a large answer, which is seen when it is read"]
pub struct Reply {
    /// In one place: a reply is passed on by each layer of a call.
    answer: Box<Answer>,
}

#[derive(Clone)]
struct Answer {
    body: Vec<u8>,
    result: Option<Range<usize>>,
    site: CallSite,
    secrets: Secrets,
    tail: Option<Arc<dyn Tail>>,
    bounds: Bounds,
    /// That of the call, where somebody listens. It ends when its reply has been read.
    #[cfg(feature = "client")]
    span: Option<Box<tracing::Span>>,
}

/// What follows a result in the body that it came in.
pub(crate) trait Tail: Send + Sync {
    /// Reads it.
    ///
    /// # Errors
    /// What stands against the result there.
    fn check(&self, rest: &[u8]) -> Result<(), Error>;
}

/// What reading a reply may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The memory of its values, in bytes.
    pub(crate) memory: usize,
    /// Until when rows may be read, and the time limit that ends then.
    pub(crate) until: Option<(Instant, Duration)>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            memory: model::BUDGET,
            until: None,
        }
    }
}

impl Reply {
    /// A reply whose result is that JSON, for a [`Connection`](super::Connection) that needs no envelope.
    pub fn new(call: &Call, result: impl Into<Vec<u8>>) -> Self {
        let body = result.into();
        // The session names the connection: see `on`.
        let site = CallSite::default().with_call(call.model_name(), call.method_name());
        let result = Some(0..body.len());
        Self::of(body, result, site, Secrets::default())
    }

    /// A reply in an envelope, which must not show these secrets.
    #[cfg(feature = "client")]
    pub(crate) fn in_envelope(
        body: Vec<u8>,
        result: Option<Range<usize>>,
        site: CallSite,
        secrets: Secrets,
    ) -> Self {
        Self::of(body, result, site, secrets)
    }

    fn of(body: Vec<u8>, result: Option<Range<usize>>, site: CallSite, secrets: Secrets) -> Self {
        let answer = Answer {
            body,
            result,
            site,
            secrets,
            tail: None,
            bounds: Bounds::default(),
            #[cfg(feature = "client")]
            span: None,
        };
        Self {
            answer: Box::new(answer),
        }
    }

    /// This reply, whose result only begins where it was said to; what follows its value is for `tail`.
    #[cfg(feature = "client")]
    pub(crate) fn followed_by(mut self, tail: Option<Arc<dyn Tail>>) -> Self {
        self.answer.tail = tail;
        self
    }

    /// This reply, read within these bounds.
    #[cfg(feature = "client")]
    pub(crate) fn within(mut self, bounds: Bounds) -> Self {
        self.answer.bounds = bounds;
        self
    }

    /// This reply to the call of that span, which is told how many rows it has.
    #[cfg(feature = "client")]
    pub(crate) fn in_span(mut self, span: &tracing::Span) -> Self {
        self.answer.span = (!span.is_disabled()).then(|| Box::new(span.clone()));
        self
    }

    /// Tells the call's span how many rows came.
    fn note_rows(&self, rows: usize) {
        #[cfg(feature = "client")]
        if let Some(span) = &self.answer.span {
            span.record("db.response.returned_rows", rows as i64);
        }
        #[cfg(not(feature = "client"))]
        let _ = rows;
    }

    /// This reply, with a record in place of a list of one where the call creates one: over JSON-2 all come in a list.
    #[cfg(feature = "client")]
    pub(crate) fn asked_by(mut self, call: &Call) -> Self {
        if let Some(result) = self.answer.result.clone().filter(|_| call.creates_one())
            && self.answer.tail.is_none()
        {
            let list = self.answer.body[result.clone()].trim_ascii();
            let one = list
                .strip_prefix(b"[")
                .and_then(|rest| rest.strip_suffix(b"]"));
            if let Some(one) = one.filter(|one| !one.is_empty() && !one.contains(&b',')) {
                self.answer.body = one.to_vec();
                self.answer.result = Some(0..self.answer.body.len());
            }
        }
        self
    }

    /// This reply, from the connection of this name where it does not tell its server.
    pub(super) fn on(mut self, connection: &'static str) -> Self {
        self.answer.site.name_server(connection);
        self
    }

    /// Where the call went.
    pub fn site(&self) -> &CallSite {
        &self.answer.site
    }

    /// The bytes of the result. `None` where the answer has none, which is how Odoo sends `None` over JSON-RPC.
    ///
    /// # Errors
    /// What the rest of the answer says against it; [`Error::UnexpectedResult`] for numbers that no type of 64 bits holds.
    pub fn raw(&self) -> Result<Option<&[u8]>, Error> {
        self.value(usize::MAX)
    }

    /// The result as JSON, `null` where there is none. `NaN` and the infinities become `null`.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] if it is not JSON, as when the answer broke off, or holds a number that no type of 64 bits
    /// holds; [`Error::Transport`] if it would take too much memory.
    pub fn json(&self) -> Result<Value, Error> {
        let Some(json) = self.value(self.answer.bounds.memory)? else {
            return Ok(Value::Null);
        };
        match serde_json::from_slice(json) {
            Ok(value) => Ok(value),
            Err(_) => {
                lenient_json(json).map_err(|error| self.unexpected("JSON", &error.to_string()))
            }
        }
    }

    /// The result as any type that serde can read; no result reads as `null`, and so do `NaN` and the infinities.
    ///
    /// # Errors
    /// As [`json`](Self::json), and [`Error::UnexpectedResult`] if it is no `T`.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let refused =
            |error: serde_json::Error| self.unexpected(&type_name::<T>(), &error.to_string());
        let Some(json) = self.value(self.answer.bounds.memory)? else {
            return T::deserialize(Value::Null).map_err(refused);
        };
        match serde_json::from_slice(json) {
            Ok(result) => Ok(result),
            Err(error) if error.is_data() => Err(refused(error)),
            // Not JSON in the strict sense.
            Err(error) => match lenient_json(json) {
                Ok(value) => T::deserialize(value).map_err(refused),
                Err(_) => Err(refused(error)),
            },
        }
    }

    /// Whether the call was carried out, whatever its result.
    ///
    /// # Errors
    /// What the rest of the answer says against the result.
    pub(crate) fn done(&self) -> Result<(), Error> {
        self.value(usize::MAX).map(|_| ())
    }

    /// Whether a method was carried out that answers `true`. Those of addons that extend it may forget to answer at all.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`] if it is `false`; what the rest of the answer says against the result.
    pub(crate) fn is_true(&self) -> Result<(), Error> {
        match self.value(usize::MAX)?.map(<[u8]>::trim_ascii) {
            Some(b"false") => Err(self.mismatch("true")),
            _ => Ok(()),
        }
    }

    /// The result as an integer. An integral float counts as one, and `false` as 0.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn integer(&self) -> Result<i64, Error> {
        let value = self.json()?;
        integer(&value).ok_or_else(|| self.mismatch("an integer"))
    }

    /// The result as a number of records, which `false` is not.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub(crate) fn count(&self) -> Result<u64, Error> {
        let whole = self.open().filter(|_| self.answer.tail.is_none());
        let number = whole.and_then(|json| serde_json::from_slice::<i64>(json).ok());
        if let Some(count) = number.and_then(|number| u64::try_from(number).ok()) {
            return Ok(count);
        }
        let count = match self.json()? {
            Value::Bool(_) => None,
            value => integer(&value).and_then(|count| u64::try_from(count).ok()),
        };
        count.ok_or_else(|| self.mismatch("a count"))
    }

    /// The result as a float, `false` as 0. An integer that no float is exactly is none.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn float(&self) -> Result<f64, Error> {
        let float = match self.json()? {
            Value::Bool(false) => Some(0.0),
            Value::Number(number) => number::float(number.to_string().as_bytes()),
            _ => None,
        };
        float.ok_or_else(|| self.mismatch("a number"))
    }

    /// The result as a boolean.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn boolean(&self) -> Result<bool, Error> {
        match self.json()? {
            Value::Bool(boolean) => Ok(boolean),
            _ => Err(self.mismatch("true or false")),
        }
    }

    /// The result as a list of ids. A single id counts as a list of one, and `false` or no result as an empty one.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn ids(&self) -> Result<Vec<RecordId>, Error> {
        let json = self.value(self.answer.bounds.memory)?;
        if let Some(ids) = json.and_then(|json| serde_json::from_slice(json).ok()) {
            return self.without_secrets(ids);
        }
        let ids = match self.json()? {
            Value::Null | Value::Bool(false) => Some(Vec::new()),
            Value::Array(ids) => ids.iter().map(RecordId::from_json).collect(),
            // Alone, a text is no id: no record with such an id is ever created.
            Value::String(_) => None,
            id => RecordId::from_json(&id).map(|id| vec![id]),
        };
        self.without_secrets(ids.ok_or_else(|| self.mismatch("a list of ids"))?)
    }

    /// The result of a search, which is a list, be it an empty one: nothing else says that there are no records.
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub(crate) fn found_ids(&self) -> Result<Vec<RecordId>, Error> {
        match self.open().map(<[u8]>::trim_ascii_start) {
            Some([b'[', ..]) => {
                let ids = self.ids()?;
                self.note_rows(ids.len());
                Ok(ids)
            }
            _ => Err(self.mismatch("a list of ids")),
        }
    }

    fn without_secrets(&self, ids: Vec<RecordId>) -> Result<Vec<RecordId>, Error> {
        self.no_secrets(&ids)?;
        Ok(ids)
    }

    /// Refuses an id that is a secret: ids are shown.
    fn no_secrets<'i>(&self, ids: impl IntoIterator<Item = &'i RecordId>) -> Result<(), Error> {
        let mut texts = ids.into_iter().filter_map(RecordId::as_text);
        match texts.any(|text| self.answer.secrets.holds(text)) {
            true => Err(self.mismatch("ids of records")),
            false => Ok(()),
        }
    }

    /// The result as one id: of `create` with one set of values, of `copy` (a list of one from Odoo 18 on).
    ///
    /// # Errors
    /// [`Error::UnexpectedResult`].
    pub fn id(&self) -> Result<RecordId, Error> {
        match self.ids()?.as_slice() {
            [id] => Ok(*id),
            _ => Err(self.mismatch("one id")),
        }
    }

    /// The result as rows of any shape. A large answer is read piece by piece, so that the thread serves other tasks
    /// between, and within the time limit of the call.
    pub(crate) async fn rows<R: Send, S>(
        &self,
        model: &'static str,
        fields: &[&'static FieldMeta],
        absent: Absent,
        blank: fn() -> R,
        slots: S,
    ) -> Result<Page<R>, Error>
    where
        S: for<'a> Fn(&'a mut R, &mut Vec<&'a mut dyn Slot>) + Send,
    {
        let reader = PageReader::new(self.list()?, model, fields, absent, blank, slots);
        self.read_rows(reader).await
    }

    /// [`rows`](Self::rows), in which a value that does not fit is left blank and noted.
    pub(crate) async fn rows_apart<R: Send, S>(
        &self,
        model: &'static str,
        fields: &[&'static FieldMeta],
        blank: fn() -> R,
        slots: S,
    ) -> Result<Page<R>, Error>
    where
        S: for<'a> Fn(&'a mut R, &mut Vec<&'a mut dyn Slot>) + Send,
    {
        let reader = PageReader::new(self.list()?, model, fields, Absent::Refuse, blank, slots);
        self.read_rows(reader.passing_over_unfit()).await
    }

    fn list(&self) -> Result<&[u8], Error> {
        self.open().ok_or_else(|| self.mismatch("a list of rows"))
    }

    async fn read_rows<R: Send, S>(
        &self,
        reader: PageReader<'_, '_, R, S>,
    ) -> Result<Page<R>, Error>
    where
        S: for<'a> Fn(&'a mut R, &mut Vec<&'a mut dyn Slot>) + Send,
    {
        const PIECE: usize = 256 << 10;
        let mut reader = reader
            .within(self.answer.bounds.memory)
            .without(self.answer.secrets.clone());
        loop {
            match reader.read_on(PIECE) {
                Ok(true) => self.in_time()?,
                Ok(false) => break,
                Err(error) => return Err(self.what_follows().err().unwrap_or(error.into())),
            }
            Yield::default().await;
        }
        let (page, end) = reader.finish();
        self.ends_at(end)?;
        self.no_secrets(page.ids.iter().flatten())?;
        self.note_rows(page.rows.len());
        Ok(page)
    }

    /// An [`Error::UnexpectedResult`]: the result is not `expected`.
    pub fn mismatch(&self, expected: &str) -> Error {
        self.error(expected.to_owned())
    }

    /// The bytes of the result, of a value that takes no more memory than was allowed.
    pub(crate) fn bounded(&self) -> Result<Option<&[u8]>, Error> {
        self.value(self.answer.bounds.memory)
    }

    /// What the server says in its result, as it may be shown: without secrets, and cut.
    pub(crate) fn shown(&self, text: &str) -> String {
        const LONGEST: usize = 4 << 10;
        self.answer.secrets.shown(text, LONGEST)
    }

    /// What an error about this reply must not show.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.answer.secrets
    }

    /// The bytes from the result's value on.
    fn open(&self) -> Option<&[u8]> {
        self.answer
            .result
            .clone()
            .map(|result| &self.answer.body[result])
    }

    /// The bytes of the result, once it is known that nothing stands against it.
    fn value(&self, mut memory: usize) -> Result<Option<&[u8]>, Error> {
        let Some(json) = self.open() else {
            return Ok(None);
        };
        let end = match measure(json, &mut memory) {
            Ok(end) => end,
            Err(unfit) => {
                self.what_follows()?;
                return Err(self.unfit(unfit));
            }
        };
        self.ends_at(end)?;
        Ok(Some(&json[..end]))
    }

    fn unfit(&self, unfit: Unfit) -> Error {
        match unfit {
            Unfit::Number => self.mismatch("numbers of 64 bits"),
            Unfit::TooLarge => Error::Transport(Box::new(TransportError {
                kind: TransportErrorKind::TooLarge {
                    limit: self.answer.bounds.memory,
                },
                site: self.answer.site.clone(),
                source: None,
            })),
        }
    }

    /// Reads what follows the result, which ends there.
    fn ends_at(&self, end: usize) -> Result<(), Error> {
        let rest = self
            .open()
            .and_then(|json| json.get(end..))
            .unwrap_or_default();
        match &self.answer.tail {
            Some(tail) => tail.check(rest),
            None if rest.trim_ascii().is_empty() => Ok(()),
            None => Err(self.mismatch("nothing after the result")),
        }
    }

    /// Reads what follows a result that cannot be read itself: it may say why.
    fn what_follows(&self) -> Result<(), Error> {
        let (Some(json), Some(_)) = (self.open(), &self.answer.tail) else {
            return Ok(());
        };
        self.ends_at(model::end_of(json))
    }

    fn in_time(&self) -> Result<(), Error> {
        match self.answer.bounds.until {
            Some((end, limit)) if Instant::now() > end => {
                Err(Error::LocalTimeout(Box::new(LocalTimeout {
                    limit: Some(limit),
                    site: self.answer.site.clone(),
                })))
            }
            _ => Ok(()),
        }
    }

    fn unexpected(&self, expected: &str, reason: &str) -> Error {
        const LONGEST: usize = 200;
        self.error(format!(
            "{expected} ({})",
            self.answer.secrets.shown(reason, LONGEST)
        ))
    }

    fn error(&self, expected: String) -> Error {
        let found = self.open().map_or_else(
            || "no result".to_owned(),
            |json| found(json, &self.answer.secrets),
        );
        Error::UnexpectedResult(Box::new(UnexpectedResult {
            expected,
            found,
            site: self.answer.site.clone(),
        }))
    }
}

/// Lets other tasks run once.
#[derive(Default)]
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Shows no value: they may be anything.
/// The name of a type as a program writes it: `Vec<String>` for `alloc::vec::Vec<alloc::string::String>`.
fn type_name<T>() -> String {
    std::any::type_name::<T>()
        .split_inclusive(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':'))
        .map(|part| part.rsplit("::").next().unwrap_or(part))
        .collect()
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.open().map_or(0, <[u8]>::len);
        write!(f, "Reply({}, {length} bytes)", self.answer.site)
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(false) => Some(0),
        Value::Number(number) => number.as_i64().or_else(|| integral(number.as_f64()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{AddSlots, FieldType, Id, SlotsMut};

    fn reply(result: &str) -> Reply {
        Reply::new(&Call::new("res.partner", "method"), result)
    }

    static FIELDS: [&FieldMeta; 2] = [
        &FieldMeta::plain("id", FieldType::Integer, 0),
        &FieldMeta::plain("name", FieldType::Char, 0),
    ];

    type Row = (i64, Option<String>);

    /// Reads rows, and says how often other tasks could run meanwhile.
    fn rows(reply: &Reply) -> (Result<Page<Row>, Error>, usize) {
        let slots: AddSlots<Row> = |row, list| SlotsMut::add((&mut row.0, &mut row.1), list);
        done(reply.rows("res.partner", &FIELDS, Absent::Refuse, || (0, None), slots))
    }

    /// Reads the names of rows, whose ids may be texts.
    fn names(reply: &Reply) -> Result<Page<(Option<String>,)>, Error> {
        let slots: AddSlots<(Option<String>,)> = |row, list| SlotsMut::add((&mut row.0,), list);
        done(reply.rows(
            "res.partner",
            &FIELDS[1..],
            Absent::Refuse,
            || (None,),
            slots,
        ))
        .0
    }

    /// What comes of a future, and how often it let others run.
    fn done<T>(future: impl Future<Output = T>) -> (T, usize) {
        let mut future = std::pin::pin!(future);
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut pauses = 0;
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(done) => return (done, pauses),
                Poll::Pending => pauses += 1,
            }
        }
    }

    fn many_rows() -> (usize, String) {
        const MANY: usize = 50_000;
        let rows = (0..MANY).map(|id| format!(r#"{{"id":{id},"name":"n{id}"}}"#));
        (MANY, format!("[{}]", rows.collect::<Vec<_>>().join(",")))
    }

    #[test]
    fn a_large_answer_is_read_in_pieces() {
        let (many, json) = many_rows();
        let (page, pauses) = rows(&reply(&json));
        let page = page.unwrap();
        assert_eq!((page.rows.len(), page.ids.len()), (many, many));
        assert_eq!(page.rows[40_000], (40_000, Some("n40000".to_owned())));
        assert!(pauses >= json.len() / (256 << 10), "{pauses}");
        assert_eq!(rows(&reply("[]")).1, 0);
        assert_eq!(rows(&reply(r#"[{"id":1,"name":false}]"#)).1, 0);
    }

    #[test]
    fn a_large_answer_is_read_within_the_time_limit_of_its_call() {
        let over = Bounds {
            until: Some((Instant::now(), Duration::from_secs(20))),
            ..Bounds::default()
        };
        let late = |json: &str| rows(&reply(json).within(over)).0.err();
        assert!(matches!(
            late(&many_rows().1),
            Some(Error::LocalTimeout(error)) if error.limit == Some(Duration::from_secs(20))
        ));
        // What is read in one go is there already.
        assert!(late(r#"[{"id":1,"name":false}]"#).is_none());
    }

    #[test]
    fn values_take_no_more_memory_than_they_may() {
        let bounds = Bounds {
            memory: 100_000,
            ..Bounds::default()
        };
        for part in ["[],", "{},", "0,", "\"\",", "{\"\":0},"] {
            let json = format!("[{}0]", part.repeat(10_000));
            let reply = reply(&json).within(bounds);
            for error in [
                reply.json().unwrap_err(),
                reply.to::<Vec<Value>>().unwrap_err(),
                reply.ids().unwrap_err(),
            ] {
                assert!(matches!(error, Error::Transport(_)), "{error:?}");
                assert!(error.to_string().contains("max_response_size"), "{error}");
            }
            // What is not read takes no memory.
            reply.done().unwrap();
        }
    }

    #[test]
    fn values_that_came_over_a_connection_of_the_programs_own_take_no_more_than_512_mib() {
        // An object, its key and its two values are counted with 738 bytes.
        let answer = |objects| reply(&format!("[{}0]", r#"{"":0},"#.repeat(objects)));
        let read = |objects| answer(objects).to::<serde_core::de::IgnoredAny>();
        assert!(read(700_000).is_ok());
        let error = read(730_000).unwrap_err();
        assert!(
            matches!(&error, Error::Transport(error) if error.kind == TransportErrorKind::TooLarge { limit: 512 << 20 }),
            "{error:?}"
        );
    }

    static LISTS: [&FieldMeta; 2] = [
        &FieldMeta::plain("id", FieldType::Integer, 0),
        &FieldMeta::plain("child_ids", FieldType::One2many, 0),
    ];

    type Lists = (i64, Vec<Id<()>>);

    #[test]
    fn a_list_of_ids_takes_no_more_memory_than_is_left() {
        let read = |json: &str, memory| {
            let bounds = Bounds {
                memory,
                ..Bounds::default()
            };
            let reply = reply(json).within(bounds);
            let slots: AddSlots<Lists> = |row, list| SlotsMut::add((&mut row.0, &mut row.1), list);
            let blank = || (0, Vec::new());
            let (page, _) = done(reply.rows_apart("res.partner", &LISTS, blank, slots));
            let page = page.unwrap();
            let lists = page.rows.iter().map(|row| row.1.len());
            (lists.collect::<Vec<_>>(), page.unfit.len())
        };
        let three = r#"[{"id":1,"child_ids":[1]},{"id":2,"child_ids":[]},{"id":3,"child_ids":[1,2,3]},{"id":4,"child_ids":[7]}]"#;
        let id = 2 * size_of::<RecordId>();
        assert_eq!(read(three, 0), (vec![0, 0, 0, 0], 3));
        // What does not fit is left out, and takes nothing from what follows it.
        assert_eq!(read(three, 2 * id), (vec![1, 0, 0, 1], 1));
        assert_eq!(read(three, 5 * id), (vec![1, 0, 3, 1], 0));
    }

    #[test]
    fn only_a_list_says_that_nothing_was_found() {
        assert!(reply("[]").found_ids().unwrap().is_empty());
        for other in ["false", "null", "7", "{}", "\"\""] {
            assert!(reply(other).found_ids().is_err(), "{other}");
        }
        assert!(no_result().found_ids().is_err());
    }

    #[test]
    fn a_false_is_not_true_whatever_stands_around_it() {
        for refused in ["false", " false", "\n\tfalse\n"] {
            assert!(reply(refused).is_true().is_err(), "{refused:?}");
        }
        for done in ["true", " true", "null", ""] {
            assert!(reply(done).is_true().is_ok(), "{done:?}");
        }
    }

    #[test]
    fn only_a_number_is_a_count() {
        assert_eq!(reply("0").count().unwrap(), 0);
        assert_eq!(reply("7.0").count().unwrap(), 7);
        for other in ["false", "true", "null", "-1", "[]", "9223372036854775808"] {
            assert!(reply(other).count().is_err(), "{other}");
        }
    }

    #[test]
    fn no_secret_is_an_id() {
        let reply = |json: &str| {
            let mut reply = reply(json);
            reply.answer.secrets = Secrets::new(["key-9"]);
            reply
        };
        assert_eq!(reply(r#"["key-8"]"#).ids().unwrap().len(), 1);
        for error in [
            reply(r#"["key-9"]"#).ids().unwrap_err(),
            reply(r#""key-9""#).ids().unwrap_err(),
            rows(&reply(r#"[{"id":"key-9","name":false}]"#))
                .0
                .err()
                .expect("an error"),
            names(&reply(r#"[{"id":"key-9","name":7}]"#))
                .err()
                .expect("an error"),
        ] {
            assert!(!format!("{error} {error:?}").contains("key-9"), "{error}");
        }
    }

    #[test]
    fn numbers_that_no_type_holds_are_refused() {
        for number in ["1e400", "18446744073709551616", "9007199254740993.0"] {
            for json in [number.to_owned(), format!(r#"{{"a":[{number}]}}"#)] {
                assert!(reply(&json).json().is_err(), "{json}");
                assert!(reply(&json).to::<Value>().is_err(), "{json}");
            }
            assert!(reply(number).to::<f64>().is_err());
            assert!(reply(number).float().is_err());
            assert!(reply(number).integer().is_err());
            assert!(reply(&format!("[{number}]")).ids().is_err());
        }
        assert!(reply("9007199254740993").float().is_err());
        assert_eq!(
            reply("9007199254740992").float().unwrap(),
            9_007_199_254_740_992.0
        );
    }

    fn no_result() -> Reply {
        let mut reply = reply("");
        reply.answer.result = None;
        reply
    }

    #[test]
    fn nan_and_the_infinities_become_null() {
        let reply = reply(r#"[{"a":NaN,"b":-Infinity,"c":1.5,"d":"NaN","e":[Infinity]}]"#);
        let expected = json!([{"a": null, "b": null, "c": 1.5, "d": "NaN", "e": [null]}]);
        assert_eq!(reply.json().unwrap(), expected);
        assert_eq!(reply.to::<Value>().unwrap(), expected);
    }

    #[test]
    fn no_result_reads_as_null() {
        assert_eq!(no_result().json().unwrap(), Value::Null);
        assert_eq!(no_result().to::<Option<i64>>().unwrap(), None);
        no_result().to::<()>().unwrap();
        assert_eq!(no_result().ids().unwrap(), Vec::<RecordId>::new());
    }

    #[test]
    fn no_result_is_no_boolean() {
        let message = no_result().boolean().unwrap_err().to_string();
        assert_eq!(
            message,
            "the result of res.partner.method does not fit: expected true or false, but no result came"
        );
    }

    #[test]
    fn a_broken_off_result_is_an_error_and_not_a_part_of_it() {
        for broken in [r#"[1, 2"#, r#"{"a": 1"#, r#"[{"a": NaN}"#, r#""abc"#, ""] {
            assert!(reply(broken).json().is_err(), "{broken}");
            assert!(reply(broken).to::<Value>().is_err(), "{broken}");
        }
    }

    #[test]
    fn what_nests_too_deep_is_an_error() {
        let deep = format!("{}NaN{}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(reply(&deep).json().is_err());
    }

    #[test]
    fn integers_are_read_from_what_odoo_takes_for_one() {
        assert_eq!(reply("5").integer().unwrap(), 5);
        assert_eq!(reply("5.0").integer().unwrap(), 5);
        assert_eq!(reply("false").integer().unwrap(), 0);
        assert_eq!(reply("9223372036854775807").integer().unwrap(), i64::MAX);
        assert!(reply("5.5").integer().is_err());
        assert!(reply("NaN").integer().is_err());
    }

    #[test]
    fn ids_and_one_id_are_read_from_lists_and_numbers() {
        assert_eq!(reply("[3, 1]").ids().unwrap(), [3, 1]);
        assert_eq!(reply("7").ids().unwrap(), [7]);
        assert_eq!(reply("[7]").id().unwrap(), 7);
        assert!(reply("[7, 8]").id().is_err());
        assert!(reply(r#"["res.partner(1,)"]"#).ids().is_err());
    }

    #[test]
    fn a_result_of_another_type_names_the_call_and_what_came() {
        let message = reply(r#"{"a": 1}"#).to::<i64>().unwrap_err().to_string();
        assert!(message.contains("res.partner.method"), "{message}");
        assert!(message.contains(r#"`{"a": 1}` came"#), "{message}");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(
            format!("{:?}", reply("[1]")),
            "Reply(res.partner.method, 3 bytes)"
        );
    }
}
