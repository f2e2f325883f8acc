//! The sessions of the web client: who is logged in under which id.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use crate::recorder::lock;

/// How long an id is good for after another took its place. Seen on Odoo 19.
const GRACE: Duration = Duration::from_secs(120);

/// The sessions, by id.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Debug)]
struct Session {
    user: i64,
    /// What a form of the session has to bring.
    token: String,
    /// Its next use gives it another id.
    is_due: bool,
    /// When another id took the place of this one.
    replaced: Option<Instant>,
}

impl Session {
    fn of(user: i64) -> Self {
        Self::with_token(user, new_id(51))
    }

    fn with_token(user: i64, token: String) -> Self {
        Self {
            user,
            token,
            is_due: false,
            replaced: None,
        }
    }
}

/// A session that is used.
#[derive(Debug)]
pub(super) struct Used {
    pub(super) user: i64,
    /// The id that takes the place of the one that came.
    pub(super) new_id: Option<String>,
}

impl Sessions {
    /// Logs a user in, under a new id of so many characters.
    pub(super) fn open(&self, user: i64, length: usize) -> String {
        let id = new_id(length);
        lock(&self.0).insert(id.clone(), Session::of(user));
        id
    }

    /// The session of an id that came.
    pub(super) fn use_id(&self, id: &str) -> Option<Used> {
        let mut sessions = lock(&self.0);
        let session = sessions.get_mut(id)?;
        if session
            .replaced
            .is_some_and(|since| since.elapsed() > GRACE)
        {
            sessions.remove(id);
            return None;
        }
        let user = session.user;
        let new_id = session.is_due.then(|| new_id(id.len()));
        if let Some(new) = &new_id {
            session.is_due = false;
            session.replaced = Some(Instant::now());
            let token = session.token.clone();
            sessions.insert(new.clone(), Session::with_token(user, token));
        }
        Some(Used { user, new_id })
    }

    /// The token for forms of the session of an id.
    pub(super) fn token(&self, id: &str) -> Option<String> {
        let sessions = lock(&self.0);
        Some(sessions.get(id)?.token.clone())
    }

    pub(super) fn close(&self, id: &str) {
        lock(&self.0).remove(id);
    }

    /// Gives every session another id at its next use.
    pub(crate) fn rotate(&self) {
        let mut sessions = lock(&self.0);
        for session in sessions
            .values_mut()
            .filter(|session| session.replaced.is_none())
        {
            session.is_due = true;
        }
    }

    /// Lets the ids go whose place was taken, as when their time is over.
    pub(crate) fn end_grace(&self) {
        lock(&self.0).retain(|_, session| session.replaced.is_none());
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        lock(&self.0).keys().cloned().collect()
    }

    pub(crate) fn expire(&self) {
        lock(&self.0).clear();
    }
}

/// A random id.
pub(super) fn new_id(length: usize) -> String {
    let mut id = String::with_capacity(length + 32);
    while id.len() < length {
        id.push_str(&Uuid::new_v4().simple().to_string());
    }
    id.truncate(length);
    id
}
