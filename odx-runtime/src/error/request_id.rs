//! The ids of requests.

use std::sync::Arc;
#[cfg(feature = "client")]
use std::sync::OnceLock;

#[cfg(feature = "client")]
use crate::session::CallOptions;

/// The id of a request.
pub(crate) enum RequestId {
    /// That of the program, or one that was made.
    Known(Arc<str>),
    /// A new UUID once somebody asks for it: not every road sends one.
    #[cfg(feature = "client")]
    New(OnceLock<Arc<str>>),
}

impl RequestId {
    #[cfg(feature = "client")]
    pub(crate) const fn new() -> Self {
        Self::New(OnceLock::new())
    }

    /// That of the program, or a new one.
    #[cfg(feature = "client")]
    pub(crate) fn of(options: &CallOptions) -> Self {
        match &options.request_id {
            Some(id) => Self::Known(id.as_str().into()),
            None => Self::new(),
        }
    }

    /// The id, which is made for the first who asks.
    pub(crate) fn shared(&self) -> &Arc<str> {
        match self {
            Self::Known(id) => id,
            #[cfg(feature = "client")]
            Self::New(id) => id.get_or_init(uuid),
        }
    }
}

/// A new UUID, by a generator that asks the system once a thread: it tells requests apart, and is no secret.
#[cfg(feature = "client")]
fn uuid() -> Arc<str> {
    let random = fastrand::u128(..).to_ne_bytes();
    let id = uuid::Builder::from_random_bytes(random).into_uuid();
    (&*id
        .hyphenated()
        .encode_lower(&mut uuid::Uuid::encode_buffer()))
        .into()
}

/// A copy has the same id.
impl Clone for RequestId {
    fn clone(&self) -> Self {
        Self::Known(self.shared().clone())
    }
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.shared() == other.shared()
    }
}

impl Eq for RequestId {}
