//! Sessions: one Odoo database, one user, and what their calls have in common.
//!
//! [`Session::execute`] is the one way to Odoo; everything else stands on it. A [`Connection`] carries a [`Call`] there
//! and knows the protocol; nothing here does.

mod any_session;
mod awaited;
mod call;
pub(crate) mod content;
mod context;
mod dropped;
mod identity;
mod instance;
mod languages;
mod reply;
mod setting;
#[cfg(feature = "client")]
mod transfer;
mod untyped;
mod version;
mod zones;

use std::{fmt, sync::Arc, time::Duration};

use odx_facts::Series;

pub use any_session::{AnySession, BoxFuture, BoxStream};
pub use call::{Call, CallOptions, Named, Positional};
pub use context::Context;
pub use dropped::Dropped;
pub(crate) use dropped::{Need, check_needs};
pub use identity::Identity;
pub use instance::OdooInstance;
pub use languages::LanguageNotInstalled;
use languages::Languages;
pub(crate) use languages::{installed_languages, told_languages};
pub use reply::Reply;
#[cfg(feature = "client")]
pub(crate) use reply::{Bounds, Tail};
pub use setting::Setting;
#[cfg(feature = "client")]
pub(crate) use transfer::{Form, Outgoing, Page, Pieces, Refusal, Source, Transfers};
pub use untyped::UntypedCall;
pub use version::ServerVersion;
use zones::Zones;

use crate::{
    Error, Id,
    model::{Model, ModelMeta, RecordId},
    query::{self, FieldsInfo},
};

/// A way to one Odoo database as one user.
pub trait Connection: Send + Sync + 'static {
    /// The name of the protocol, such as `odxproxy-v1`.
    fn protocol(&self) -> &'static str;

    /// Sends a call and waits for its result. The context already stands in the call.
    fn execute<'a>(&'a self, call: &'a Call, options: &'a CallOptions) -> BoxFuture<'a, Reply>;

    /// The series of the Odoo server, if it has been asked.
    fn known_series(&self) -> Option<Series> {
        None
    }

    /// The user's id in `res.users`, if a login told it.
    fn user_id(&self) -> Option<i64> {
        None
    }

    /// How content goes over this connection in pieces, if it can. A connection of a program's own holds it in memory.
    #[cfg(feature = "client")]
    #[doc(hidden)]
    fn transfers(&self) -> Option<&dyn transfer::Transfers> {
        None
    }

    /// The version of the Odoo server, asked once.
    fn version<'a>(&'a self, options: &'a CallOptions) -> BoxFuture<'a, ServerVersion>;

    /// Ends the login that the server keeps, if there is one. By default there is none.
    fn log_out<'a>(&'a self, options: &'a CallOptions) -> BoxFuture<'a, ()> {
        let _ = options;
        Box::pin(async { Ok(()) })
    }
}

/// One Odoo database as one user, with the context, the time limit and the request id of its calls.
///
/// A session is cheap to make, to clone and to derive from another one; the connections belong to the
/// `OdxProxy` it came from. It can be shared by threads and tasks.
///
/// ```
/// # use odx_runtime::Session;
/// # use std::time::Duration;
/// # fn derive(odoo: &Session) {
/// let belgian = odoo.lang("nl_BE").company(3).timeout(Duration::from_secs(60));
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    connection: Arc<dyn Connection>,
    options: Arc<CallOptions>,
    languages: Arc<Languages>,
    zones: Arc<Zones>,
    identity: Option<Arc<Identity>>,
}

impl Session {
    /// A session over a connection.
    pub fn new(connection: Arc<dyn Connection>) -> Self {
        Self {
            connection,
            options: Arc::default(),
            languages: Arc::default(),
            zones: Arc::default(),
            identity: None,
        }
    }

    /// Sends a call.
    ///
    /// The session's context is merged under the call's own `context`: the call's keys win. An empty context is not sent.
    /// Dropping the future gives up the call; Odoo may still finish it. A `create` or `write` in a language that Odoo 14 to 17 do
    /// not have installed is not sent; the languages are asked once for this session and those derived from it. So are the time
    /// zones where the context names another than UTC, and a call in one that Odoo does not have is not sent: Odoo would take
    /// UTC without a word.
    ///
    /// # Errors
    /// Every [`Error`] but [`Error::Decode`] and [`Error::UnexpectedResult`].
    pub async fn execute(&self, mut call: Call) -> Result<Reply, Error> {
        call.put_context_under(&self.options.context);
        self.check(&call).await?;
        let answer = self.connection.execute(&call, &self.options).await;
        self.told(answer)
    }

    /// Refuses a call that must not be sent. The context stands in it.
    async fn check(&self, call: &Call) -> Result<(), Error> {
        call.check_numbers()?;
        let needs = dropped::needs(call);
        let (language, zone) = (languages::written_in(call), zones::zone_of(call));
        if needs.is_empty() && language.is_none() && zone.is_none() {
            return Ok(());
        }
        // Boxed, because each call has a place for it and few need it.
        Box::pin(async {
            check_needs(self, call.model(), call.method(), &needs).await?;
            if let Some(language) = language {
                languages::check(self, call, language).await?;
            }
            match zone {
                Some(zone) => zones::check(self, call, zone).await,
                None => Ok(()),
            }
        })
        .await
    }

    fn told(&self, answer: Result<Reply, Error>) -> Result<Reply, Error> {
        let reply = answer.map_err(|error| self.explained(error))?;
        Ok(reply.on(self.protocol()))
    }

    /// How content goes in pieces, if it can.
    #[cfg(feature = "client")]
    pub(crate) fn transfers(&self) -> Option<&dyn Transfers> {
        self.connection.transfers()
    }

    /// Sends a call with content in the place of a mark, as [`execute`](Self::execute) sends one.
    #[cfg(feature = "client")]
    pub(crate) async fn send_content(
        &self,
        by: &dyn Transfers,
        mut call: Call,
        mark: &str,
        content: &mut dyn Source,
    ) -> Result<Reply, Error> {
        call.put_context_under(&self.options.context);
        self.check(&call).await?;
        self.told(by.send(&call, mark, content, &self.options).await)
    }

    /// Sends a call and takes the content out of its answer, as [`execute`](Self::execute) sends one.
    #[cfg(feature = "client")]
    pub(crate) async fn receive_content(
        &self,
        by: &dyn Transfers,
        mut call: Call,
        mark: &str,
        into: &Pieces,
    ) -> Result<Reply, Error> {
        call.put_context_under(&self.options.context);
        self.check(&call).await?;
        self.told(by.receive(&call, mark, into, &self.options).await)
    }

    #[cfg(feature = "client")]
    pub(crate) fn options(&self) -> &CallOptions {
        &self.options
    }

    /// An error with what is to be said where the models are of another series than the server: what such a call names
    /// may not be there.
    fn explained(&self, mut error: Error) -> Error {
        if let Error::Odoo(refused) = &mut error
            && refused.may_be_of_another_series()
            && refused.advice.is_none()
            && let (Some(model), Some(server)) = (refused.model(), self.known_series())
            && let Some(models) = another_series(model, server)
        {
            refused.advice = Some(
                format!(
                    "the models were generated from an Odoo {models} and this one is {server}: a field, method or model of {models} \
                     may not be in {server}; read and write what both have, or run `odx pull` and `odx generate` for {server}, \
                     into a crate of its own if the program serves both"
                )
                .into(),
            );
        }
        error
    }

    /// A call of any method, with a result of any type.
    ///
    /// ```
    /// # use odx_runtime::{Error, Session};
    /// # async fn confirm(odoo: &Session) -> Result<(), Error> {
    /// let confirmed: bool = odoo.call("sale.order", "action_confirm").ids([7]).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn call(
        &self,
        model: impl Into<std::borrow::Cow<'static, str>>,
        method: impl Into<std::borrow::Cow<'static, str>>,
    ) -> UntypedCall<'_, Self> {
        UntypedCall::new(self, Call::new(model, method))
    }

    /// The changes of a model since a cursor, by its name on the wire; of a model with a Rust type,
    /// [`Model::changes`].
    #[cfg(feature = "client")]
    pub fn changes(
        &self,
        model: impl Into<String>,
        cursor: crate::query::changes::Cursor,
    ) -> crate::query::changes::UntypedChanges<'_, Self> {
        // Errors name models by what lives as long as the program.
        let model = crate::model::interned(&model.into());
        crate::query::changes::UntypedChanges::new(self, model, cursor)
    }

    /// Rows of texts that become records of a model by its name on the wire; of a model with a Rust type,
    /// [`Model::import`].
    ///
    /// The columns are named as Odoo's import names them: `id` is the external id of the row, and must be there; `name` a
    /// field; after a relation stands `/id` for external ids, `/.id` for ids, and nothing for names. Several records of a
    /// many2many have commas between them.
    #[cfg(feature = "client")]
    pub fn import<C: Into<String>>(
        &self,
        model: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
    ) -> crate::write::import::UntypedImport<'_, Self> {
        let model = crate::model::interned(&model.into());
        let columns = columns.into_iter().map(Into::into).collect();
        crate::write::import::UntypedImport::new(self, model, columns)
    }

    /// All records of a model by its name on the wire, in record batches; of a model with a Rust type,
    /// [`Query::stream_arrow`](crate::query::Query::stream_arrow).
    #[cfg(feature = "arrow")]
    pub fn arrow(
        &self,
        model: &str,
        columns: impl IntoIterator<Item = crate::arrow::Column>,
    ) -> crate::arrow::UntypedBatches<'_, Self> {
        crate::arrow::UntypedBatches::new(self, model, columns)
    }

    /// An attachment to download, by its id in `ir.attachment`: `odoo.download(attachment.id).to_file("quotation.pdf")`. The value of a binary field:
    /// [`Model::download`].
    #[cfg(feature = "client")]
    pub fn download(&self, attachment: RecordId) -> crate::files::Download<'_, Self> {
        crate::files::of_attachment(self, attachment)
    }

    /// Makes an attachment that belongs to no record; of one that does, [`Model::attach`].
    ///
    /// # Errors
    /// As of [`Model::attach`].
    #[cfg(feature = "client")]
    pub fn attach(&self, content: crate::files::Content) -> BoxFuture<'_, crate::files::Attached> {
        crate::files::attach(self, None, content)
    }

    /// The record that an external id stands for, such as `base.main_company`.
    ///
    /// ```
    #[doc = include_str!("../example_models.md")]
    /// # async fn example(odoo: odx_runtime::Session) -> Result<(), Error> {
    /// let france = odoo.xml_id::<ResCountry>("base.fr").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] for a text without a dot, [`Error::XmlId`] for an id that Odoo does not have, of another model, or of
    /// a record that the user does not see; else as [`execute`](Self::execute).
    pub fn xml_id<M: Model>(&self, xml_id: impl Into<String>) -> BoxFuture<'_, Id<M>> {
        query::xml_id(self, xml_id)
    }

    /// What the server says of the fields of a model: labels, help texts and the labels of selections in the session's
    /// language, and whether a field is required or readonly.
    ///
    /// ```
    #[doc = include_str!("../example_models.md")]
    /// # async fn example(odoo: odx_runtime::Session) -> Result<(), Error> {
    /// let fields = odoo.lang("fr_FR").fields_get::<ResPartner>().await?;
    /// let label = fields.get(ResPartner::F.country_id).map(|field| field.label.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn fields_get<M: Model>(&self) -> BoxFuture<'_, FieldsInfo<M>> {
        query::fields_get(self)
    }

    /// The version of the Odoo server. Asked once for all sessions of an `OdxProxy` with the same Odoo; one that is
    /// upgraded meanwhile needs a new client.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), and [`Error::UnexpectedResult`] if the answer tells no version.
    pub async fn version(&self) -> Result<ServerVersion, Error> {
        self.connection.version(&self.options).await
    }

    /// Ends the login that Odoo keeps: over the web client's road, the session whose cookie goes with each call. The other
    /// roads have none, and send nothing.
    ///
    /// It is the login of this session and of all that were cloned or derived from it, blocking ones among them. A later call
    /// of any of them logs in anew. Dropping a session ends no login: Odoo forgets it in time.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); the login is then forgotten here, and Odoo may still keep it. One that Odoo has ended
    /// already is no error.
    pub async fn log_out(&self) -> Result<(), Error> {
        self.connection.log_out(&self.options).await
    }

    /// The server's series, if it was stated ([`for_version`](Self::for_version)) or has been asked
    /// ([`version`](Self::version)). What it does not have is then said otherwise, or refused before it is sent.
    pub fn known_series(&self) -> Option<Series> {
        self.options
            .series
            .or_else(|| self.connection.known_series())
    }

    /// The known series, or the one that the server tells.
    pub(crate) async fn series(&self) -> Result<Series, Error> {
        match self.known_series() {
            Some(series) => Ok(series),
            None => Ok(self.version().await?.series()),
        }
    }

    /// Who this session is as and which road it took, where it was [connected](crate::Odoo::connect).
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// The user's id in `res.users`, as the login told it.
    #[cfg(feature = "client")]
    pub(crate) fn user_id(&self) -> Option<i64> {
        self.connection.user_id()
    }

    #[cfg(feature = "client")]
    pub(crate) fn identified(mut self, identity: Identity) -> Self {
        self.identity = Some(Arc::new(identity));
        self
    }

    /// This session for code that blocks: with results in place of futures, and iterators in place of streams. It may be used
    /// in plain threads and inside a runtime. Both have one login, unless one of them blocks the runtime while the other is
    /// about to log in: it then logs in by itself, since the other cannot end before it.
    #[cfg(feature = "client")]
    pub fn blocking(&self) -> crate::blocking::Session {
        self.clone().into()
    }

    /// The name of the protocol below, such as `odxproxy-v1`.
    pub fn protocol(&self) -> &'static str {
        self.connection.protocol()
    }

    /// The context that goes with every call.
    pub fn context(&self) -> &Context {
        &self.options.context
    }

    /// This session with more context; its keys win over those already set.
    #[must_use]
    pub fn with_context(&self, context: Context) -> Self {
        if context.is_empty() {
            return self.clone();
        }
        self.with(|options| options.context = options.context.merged(context))
    }

    /// This session in a language, such as `fr_FR`. Odoo 18 and on refuse one that is not installed;
    /// before, reads answer in English, and odx refuses to write.
    #[must_use]
    pub fn lang(&self, lang: impl Into<String>) -> Self {
        self.with_context(Context::new().lang(lang))
    }

    /// This session in a time zone, such as `Europe/Brussels`. It matters for grouping by day and for dates in domains;
    /// datetimes are read in UTC all the same. One that Odoo does not have is refused by the first call.
    #[must_use]
    pub fn tz(&self, tz: impl Into<String>) -> Self {
        self.with_context(Context::new().tz(tz))
    }

    /// This session in one company.
    #[must_use]
    pub fn company(&self, company: impl Into<RecordId>) -> Self {
        self.companies([company])
    }

    /// This session in several companies. The first is the current one; the records of all are seen.
    #[must_use]
    pub fn companies<C: Into<RecordId>>(&self, companies: impl IntoIterator<Item = C>) -> Self {
        self.with_context(Context::new().companies(companies))
    }

    /// This session with archived records in its searches (`active_test: false`).
    #[must_use]
    pub fn with_archived(&self) -> Self {
        self.with_context(Context::new().active_test(false))
    }

    /// This session with an Odoo of that series, such as 17, which then need not be asked.
    ///
    /// A domain that this series cannot express is refused before it is sent, or said otherwise; groups are read with
    /// its method.
    #[must_use]
    pub fn for_version(&self, series: impl Into<Series>) -> Self {
        let series = series.into();
        self.with(|options| options.series = Some(series))
    }

    /// This session with a limit for Odoo's work on a call. A proxy is told whole seconds, and of a second begun the whole.
    /// The local limit is this one and some seconds of grace.
    #[must_use]
    pub fn timeout(&self, timeout: Duration) -> Self {
        self.with(|options| options.timeout = Some(timeout))
    }

    /// This session with a request id of its own for its calls, in place of a new UUID for each.
    #[must_use]
    pub fn request_id(&self, request_id: impl Into<String>) -> Self {
        self.with(|options| options.request_id = Some(request_id.into()))
    }

    fn with(&self, change: impl FnOnce(&mut CallOptions)) -> Self {
        let mut session = self.clone();
        change(Arc::make_mut(&mut session.options));
        session
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("protocol", &self.protocol())
            .field("options", &self.options)
            .finish()
    }
}

/// The series that the models of that name were generated from, where it is another than the server's.
fn another_series(model: &str, server: Series) -> Option<Series> {
    let generated = ModelMeta::series_of(model);
    let is_other = !generated.is_empty() && !generated.contains(&server);
    is_other.then(|| generated[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection as a program makes one for its tests.
    struct Recorded;

    impl Connection for Recorded {
        fn protocol(&self) -> &'static str {
            "recorded answers"
        }

        fn execute<'a>(&'a self, call: &'a Call, _: &'a CallOptions) -> BoxFuture<'a, Reply> {
            Box::pin(async { Ok(Reply::new(call, "[1]")) })
        }

        fn version<'a>(&'a self, _: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
            Box::pin(async { Err(Error::usage("no version")) })
        }
    }

    #[tokio::test]
    async fn a_connection_that_a_program_brought_is_called_by_its_own_name() {
        let odoo = Session::new(Arc::new(Recorded));
        let reply = odoo.execute(Call::new("res.partner", "read")).await;
        let message = reply.unwrap().boolean().unwrap_err().to_string();
        assert!(
            message.contains("res.partner.read on recorded answers"),
            "{message}"
        );
        assert!(!message.contains("this connection"), "{message}");
    }
}
