//! The one error type, and what its variants carry.

mod listed;
mod odoo;
mod payload;
mod request_id;

pub(crate) use listed::listed;
pub use odoo::{Cause, OdooError};
pub use payload::{
    CallSite, LocalTimeout, NotAnEnvelope, ProxyError, SettingError, TransportError,
    TransportErrorKind, UnexpectedResult,
};
pub(crate) use request_id::RequestId;

#[cfg(feature = "client")]
use crate::secret::Secrets;
use crate::{
    domain::Unsupported,
    model::{DecodeError, RecordId, mistakes},
    query::{MissingRecords, NotOne, OutOfTime, RelationError, WalkError, XmlIdError},
    session::{Dropped, LanguageNotInstalled},
    write::PartlyCreated,
};

/// Why a call failed.
///
/// The variants follow who refused: the proxy, Odoo, the network, or this library because an answer does not fit. A
/// message says what happened, where, and what to do next; no message holds a key. `Debug` is the message, too, and its
/// causes: that is what `unwrap` shows, and a `main` that returns the error.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The proxy refused its key (HTTP 401, code -32000).
    #[error(
        "the proxy refused its key: {0}; check the key of the proxy itself, `ODX_PROXY_KEY` in the environment"
    )]
    ProxyKey(Box<ProxyError>),
    /// Odoo did not answer the proxy in time (HTTP 504, code -32003). The call may still be running in Odoo.
    #[error(
        "Odoo did not answer the proxy in time: {0}; it may still be running there, and `timeout` gives it longer"
    )]
    UpstreamTimeout(Box<ProxyError>),
    /// The proxy cannot reach Odoo (HTTP 502, code -32004).
    #[error("the proxy cannot reach Odoo: {0}; check the URL of Odoo as seen from the proxy")]
    UpstreamUnreachable(Box<ProxyError>),
    /// The proxy's licence has expired (HTTP 403, code 0).
    #[error("the licence of the proxy has expired: {0}; `OdxProxy::license` shows it")]
    License(Box<ProxyError>),
    /// Odoo has no JSON-2 interface (code -32006): Odoo 18 or older, or a database it does not serve.
    #[error(
        "Odoo has no JSON-2 interface for this database: {0}; check the database's name and Odoo's version (19 and on)"
    )]
    NoJson2(Box<ProxyError>),
    /// The proxy refused the call for another reason; [`ProxyError::code`] tells which.
    #[error(transparent)]
    Proxy(Box<ProxyError>),
    /// Odoo refused the key, the password or the user.
    #[error(transparent)]
    OdooKey(Box<OdooError>),
    /// The session with Odoo has expired (code 100).
    #[error("the session with Odoo has expired: {0}; log in again")]
    SessionExpired(Box<OdooError>),
    /// Odoo ran the call and refused it.
    #[error(transparent)]
    Odoo(Box<OdooError>),
    /// Nobody answered within the local time limit. The call may still be running in Odoo.
    #[error(transparent)]
    LocalTimeout(Box<LocalTimeout>),
    /// The network, TLS or HTTP failed.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// An answer that is not of the protocol, such as the page of a gateway or the plain text of a refused request.
    #[error(transparent)]
    NotAnEnvelope(Box<NotAnEnvelope>),
    /// A row does not fit its type.
    #[error("{}; {}", .0, .0.advice())]
    Decode(Box<DecodeError>),
    /// The records behind a relation could not be read.
    #[error(transparent)]
    Relation(Box<RelationError>),
    /// Rows that cannot be told apart, do not come as they were asked for, or are more than were asked for.
    #[error(transparent)]
    Walk(Box<WalkError>),
    /// A stream's budget of time is spent.
    #[error(transparent)]
    OutOfTime(Box<OutOfTime>),
    /// Changes that cannot be followed, or a cursor that is not of what is asked.
    #[cfg(feature = "client")]
    #[error(transparent)]
    Changes(Box<crate::query::changes::ChangesError>),
    /// A file that did not come or go whole.
    #[cfg(feature = "client")]
    #[error(transparent)]
    File(Box<crate::files::FileError>),
    /// Ids that no record has.
    #[error(transparent)]
    MissingRecords(Box<MissingRecords>),
    /// A search that was to find one record found none, or several.
    #[error(transparent)]
    NotOne(Box<NotOne>),
    /// An external id that leads to no record of the model.
    #[error(transparent)]
    XmlId(Box<XmlIdError>),
    /// A create of many records stopped half way.
    #[error(transparent)]
    PartlyCreated(Box<PartlyCreated>),
    /// An import that could not go on.
    #[cfg(feature = "client")]
    #[error(transparent)]
    ImportStopped(Box<crate::write::import::ImportStopped>),
    /// The server's version of Odoo cannot express a condition.
    #[error(transparent)]
    Unsupported(Box<Unsupported>),
    /// A call of what the server's version of Odoo no longer has.
    #[error(transparent)]
    Dropped(Box<Dropped>),
    /// A write in a language that is not installed.
    #[error(transparent)]
    LanguageNotInstalled(Box<LanguageNotInstalled>),
    /// The result of a call does not fit the type asked for.
    #[error(transparent)]
    UnexpectedResult(Box<UnexpectedResult>),
    /// The client is set up in a way that cannot work.
    #[error("{0}")]
    Configuration(Box<str>),
    /// The same, where one setting of the connection is to be looked at.
    #[error(transparent)]
    Setting(Box<SettingError>),
    /// The call cannot be made as it was written.
    #[error("{0}")]
    Usage(Box<str>),
}

odx_facts::debug_as_told!(Error);

impl Error {
    /// An [`Error::Configuration`].
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::Configuration(message.into().into())
    }

    /// The same error, where a setting is to be looked at: an [`Error::Setting`] of an [`Error::Configuration`].
    #[cfg(feature = "client")]
    pub(crate) fn about(self, setting: crate::session::Setting) -> Self {
        match self {
            Self::Configuration(message) => {
                Self::Setting(Box::new(SettingError { setting, message }))
            }
            error => error,
        }
    }

    /// An [`Error::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into().into())
    }

    pub(crate) fn missing(model: &'static str, ids: impl IntoIterator<Item = RecordId>) -> Self {
        Self::MissingRecords(Box::new(MissingRecords {
            model,
            ids: ids.into_iter().collect(),
        }))
    }

    /// The same error, met while the records behind a field were read.
    pub(crate) fn behind(self, field: &str) -> Self {
        Self::Relation(Box::new(match self {
            Self::Relation(error) => RelationError {
                path: format!("{field}.{}", error.path),
                source: error.source,
            },
            source => RelationError {
                path: field.to_owned(),
                source,
            },
        }))
    }

    /// The name of the variant, such as `Transport`: for logs and figures, where a sentence is too much.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ProxyKey(_) => "ProxyKey",
            Self::UpstreamTimeout(_) => "UpstreamTimeout",
            Self::UpstreamUnreachable(_) => "UpstreamUnreachable",
            Self::License(_) => "License",
            Self::NoJson2(_) => "NoJson2",
            Self::Proxy(_) => "Proxy",
            Self::OdooKey(_) => "OdooKey",
            Self::SessionExpired(_) => "SessionExpired",
            Self::Odoo(_) => "Odoo",
            Self::LocalTimeout(_) => "LocalTimeout",
            Self::Transport(_) => "Transport",
            Self::NotAnEnvelope(_) => "NotAnEnvelope",
            Self::Decode(_) => "Decode",
            Self::Relation(_) => "Relation",
            Self::Walk(_) => "Walk",
            #[cfg(feature = "client")]
            Self::Changes(_) => "Changes",
            #[cfg(feature = "client")]
            Self::File(_) => "File",
            Self::MissingRecords(_) => "MissingRecords",
            Self::NotOne(_) => "NotOne",
            Self::XmlId(_) => "XmlId",
            Self::PartlyCreated(_) => "PartlyCreated",
            #[cfg(feature = "client")]
            Self::ImportStopped(_) => "ImportStopped",
            Self::Unsupported(_) => "Unsupported",
            Self::Dropped(_) => "Dropped",
            Self::LanguageNotInstalled(_) => "LanguageNotInstalled",
            Self::UnexpectedResult(_) => "UnexpectedResult",
            Self::Configuration(_) => "Configuration",
            Self::Setting(_) => "Setting",
            Self::OutOfTime(_) => "OutOfTime",
            Self::Usage(_) => "Usage",
        }
    }

    /// Whether the same call may be sent again, and may then succeed.
    ///
    /// True where nothing was sent, where Odoo was not reached, and where Odoo rolled back because of a conflict. A time
    /// limit or a broken connection leaves open whether Odoo ran the call, so there it is true only for methods that
    /// change nothing.
    pub fn is_retryable(&self) -> bool {
        match self.innermost() {
            Self::UpstreamUnreachable(_) => true,
            Self::UpstreamTimeout(error) => error.site.is_read_only(),
            Self::LocalTimeout(error) => error.site.is_read_only(),
            Self::Odoo(error) => error.is_conflict(),
            Self::Transport(error) => match error.kind {
                TransportErrorKind::Connect => true,
                TransportErrorKind::Request | TransportErrorKind::Body => error.site.is_read_only(),
                TransportErrorKind::Certificate
                | TransportErrorKind::NoTls
                | TransportErrorKind::TooLarge { .. }
                | TransportErrorKind::Redirected { .. } => false,
            },
            Self::NotAnEnvelope(error) => {
                matches!(error.status, 429 | 502 | 503 | 504) && error.site.is_read_only()
            }
            _ => false,
        }
    }

    /// Whether the call was sent and its answer lost: Odoo may have carried it out, or be about to. What cannot be carried out
    /// twice must not be sent again before it is known; never true of methods that change nothing.
    pub fn may_have_been_carried_out(&self) -> bool {
        let is_lost = match self.innermost() {
            Self::UpstreamTimeout(_) | Self::LocalTimeout(_) => true,
            Self::Transport(error) => matches!(
                error.kind,
                TransportErrorKind::Request
                    | TransportErrorKind::Body
                    | TransportErrorKind::TooLarge { .. }
            ),
            // The page of a gateway that gave up.
            Self::NotAnEnvelope(error) => error.status >= 500,
            Self::Proxy(error) => error.status >= 500,
            Self::UnexpectedResult(_) => true,
            _ => false,
        };
        is_lost && self.site().is_some_and(|site| !site.is_read_only())
    }

    /// How long the server wants to be left alone, where it says so (`Retry-After`).
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        match self.innermost() {
            Self::NotAnEnvelope(error) => error.retry_after,
            _ => None,
        }
    }

    /// The id of the request that failed, as the proxy saw it.
    pub fn request_id(&self) -> Option<&str> {
        self.site().and_then(CallSite::request_id)
    }

    /// The HTTP status of the answer, if there was one. 200 for the errors of Odoo.
    pub fn http_status(&self) -> Option<u16> {
        match self.innermost() {
            Self::OdooKey(error) | Self::SessionExpired(error) | Self::Odoo(error) => {
                Some(error.status)
            }
            Self::NotAnEnvelope(error) => Some(error.status),
            _ => self.proxy_error().map(|error| error.status),
        }
    }

    /// The code in the answer's error. It says little by itself: Odoo sends 200 up to version 18 and 0 from 19 on.
    pub fn code(&self) -> Option<i64> {
        match self.innermost() {
            Self::OdooKey(error) | Self::SessionExpired(error) | Self::Odoo(error) => {
                Some(error.code)
            }
            _ => self.proxy_error().map(|error| error.code),
        }
    }

    /// Where the call went, unless the error came before there was a call.
    pub fn site(&self) -> Option<&CallSite> {
        match self.innermost() {
            Self::OdooKey(error) | Self::SessionExpired(error) | Self::Odoo(error) => {
                Some(&error.site)
            }
            Self::LocalTimeout(error) => Some(&error.site),
            Self::Transport(error) => Some(&error.site),
            Self::NotAnEnvelope(error) => Some(&error.site),
            Self::UnexpectedResult(error) => Some(&error.site),
            _ => self.proxy_error().map(|error| &error.site),
        }
    }

    /// The same, where what Odoo said shows none of these secrets.
    #[cfg(feature = "client")]
    pub(crate) fn scrubbed(self, secrets: &Secrets) -> Self {
        let scrub = |error: Box<OdooError>| Box::new(error.scrubbed(secrets));
        match self {
            Self::OdooKey(error) => Self::OdooKey(scrub(error)),
            Self::SessionExpired(error) => Self::SessionExpired(scrub(error)),
            Self::Odoo(error) => Self::Odoo(scrub(error)),
            other => other,
        }
    }

    /// What Odoo said, if Odoo refused the call.
    pub fn odoo(&self) -> Option<&OdooError> {
        match self.innermost() {
            Self::OdooKey(error) | Self::SessionExpired(error) | Self::Odoo(error) => Some(error),
            _ => None,
        }
    }

    /// There for its message.
    #[doc(hidden)]
    pub fn cause(&self) -> Cause
    where
        for<'a> mistakes::Made<&'a Self>: mistakes::TellsItsCause,
    {
        self.odoo().map_or(Cause::Other, OdooError::cause)
    }

    /// Whether there was no answer in time, by a limit of this client or of a proxy. The call may still be running in Odoo.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.innermost(),
            Self::UpstreamTimeout(_) | Self::LocalTimeout(_)
        )
    }

    /// Whether Odoo refused the user or the key.
    pub fn is_access_denied(&self) -> bool {
        matches!(self.innermost(), Self::OdooKey(_))
            || self.odoo().is_some_and(OdooError::is_access_denied)
    }

    /// Whether the request certainly never left.
    #[cfg(feature = "client")]
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self, Self::Transport(error) if matches!(error.kind, TransportErrorKind::Connect))
    }

    /// The error itself, where it was met behind a relation.
    fn innermost(&self) -> &Self {
        match self {
            Self::Relation(error) => error.source.innermost(),
            error => error,
        }
    }

    fn proxy_error(&self) -> Option<&ProxyError> {
        match self.innermost() {
            Self::ProxyKey(error)
            | Self::UpstreamTimeout(error)
            | Self::UpstreamUnreachable(error)
            | Self::License(error)
            | Self::NoJson2(error)
            | Self::Proxy(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Unsupported> for Error {
    fn from(error: Unsupported) -> Self {
        Self::Unsupported(Box::new(error))
    }
}

impl From<XmlIdError> for Error {
    fn from(error: XmlIdError) -> Self {
        Self::XmlId(Box::new(error))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "client")]
    #[test]
    fn whatever_odoo_refused_a_call_for_shows_no_secret() {
        let secrets = Secrets::new(["hunter2"]);
        let refused = || {
            let mut error = OdooError::new("x.Hunter2", "no hunter2", CallSite::default());
            error.arguments = vec![serde_json::json!({"sent": ["hunter2"]})];
            Box::new(error)
        };
        for error in [
            Error::OdooKey(refused()),
            Error::SessionExpired(refused()),
            Error::Odoo(refused()),
        ] {
            let error = error.scrubbed(&secrets);
            let arguments = &error.odoo().expect("of Odoo").arguments;
            let shown = format!("{error} {error:?} {arguments:?}").to_lowercase();
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn what_a_main_that_returns_an_error_shows_is_its_message_and_its_causes() {
        let told = |source: Error| {
            let error = source.behind("country_id");
            format!("{error:?}")
        };
        assert_eq!(
            told(timeout_of("read")),
            "the records behind `country_id` could not be read\n  caused by: no answer (res.partner.read on \
             proxy.example.com); Odoo may still be running the call, and `timeout` gives it longer"
        );
        let source = std::io::Error::other("no route to host");
        let refused = Error::Transport(Box::new(TransportError {
            kind: TransportErrorKind::Connect,
            site: CallSite::new("erp.example.com"),
            source: Some(source.into()),
        }));
        let shown = format!("{refused:?}");
        assert!(shown.starts_with(&refused.to_string()), "{shown}");
        assert!(
            shown.ends_with("its certificate\n  caused by: no route to host"),
            "{shown}"
        );
    }

    #[test]
    fn an_error_stays_small() {
        assert!(size_of::<Error>() <= 24);
        assert!(size_of::<Result<Vec<u8>, Error>>() <= 32);
    }

    fn timeout_of(method: &'static str) -> Error {
        let site = CallSite::new("proxy.example.com").with_call("res.partner", method);
        Error::LocalTimeout(Box::new(LocalTimeout { limit: None, site }))
    }

    #[test]
    fn a_timeout_may_be_retried_only_where_the_call_changes_nothing() {
        assert!(timeout_of("search_read").is_retryable());
        assert!(!timeout_of("create").is_retryable());
        assert!(!timeout_of("action_confirm").is_retryable());
    }
}
