//! What a program may want of a road, and what it may be given for it. Whether a road keeps a promise is no list here: a
//! test asks each road, and what came stands in `roads.json`.

use odx_runtime::transport::Connect;

use crate::record::{self, Runs};
use crate::{Live, User, road};

/// What a program may want of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Reads and writes of records, and groups.
    Records,
    /// A method of an addon, by the names of its arguments.
    Methods,
    /// The arguments of such a method, by their positions.
    Positions,
    /// `None` within a result.
    NoneWithin,
    /// Records as a result.
    RecordsAsResult,
    /// An integer of 64 bits, there and back.
    LongIntegers,
    /// A text that XML cannot hold.
    ControlCharacters,
    /// The class of each error.
    Classes,
    /// The text of a broken constraint of the database.
    UniqueText,
    /// A model that is not there.
    UnknownModel,
    /// A method that is not there.
    UnknownMethod,
    /// A limit of time.
    TimeLimit,
    /// No context but that of the program.
    OwnContext,
    /// The only database, found by itself.
    FindsDatabase,
    /// A wrong database, told as that.
    TellsDatabase,
    /// A wrong login, told as that.
    TellsLogin,
    /// A wrong user id, told as that.
    TellsUserId,
    /// A wrong key or password, told as that.
    TellsSecret,
}

impl Promise {
    /// Every one, with its name in `roads.json`, and how it is said in the document, after "cannot".
    pub const ALL: [(Self, &str, &str); 18] = [
        (
            Self::Records,
            "records",
            "create, read, find, group, write and unlink records",
        ),
        (
            Self::Methods,
            "methods",
            "call a method by the names of its arguments",
        ),
        (
            Self::Positions,
            "positions",
            "give arguments by position to a method that is not of Odoo's core",
        ),
        (
            Self::NoneWithin,
            "none-within",
            "bring a result that holds `None`",
        ),
        (
            Self::RecordsAsResult,
            "records-as-result",
            "bring a result that is records",
        ),
        (
            Self::LongIntegers,
            "long-integers",
            "carry an integer beyond 32 bits there and back",
        ),
        (
            Self::ControlCharacters,
            "control-characters",
            "carry a text with a control character",
        ),
        (
            Self::Classes,
            "classes",
            "tell a `ValidationError` from other errors of the user",
        ),
        (
            Self::UniqueText,
            "unique-text",
            "tell the text of a broken UNIQUE constraint",
        ),
        (
            Self::UnknownModel,
            "unknown-model",
            "tell a model that is not there",
        ),
        (
            Self::UnknownMethod,
            "unknown-method",
            "tell a method that is not there",
        ),
        (
            Self::TimeLimit,
            "time-limit",
            "give up a call that takes too long",
        ),
        (
            Self::OwnContext,
            "own-context",
            "send a call without the user's language and time zone",
        ),
        (
            Self::FindsDatabase,
            "finds-database",
            "find the only database by itself",
        ),
        (
            Self::TellsDatabase,
            "tells-database",
            "tell a wrong database from a wrong address",
        ),
        (Self::TellsLogin, "tells-login", "tell a wrong login"),
        (Self::TellsUserId, "tells-user-id", "tell a wrong user id"),
        (
            Self::TellsSecret,
            "tells-secret",
            "tell a wrong key or password",
        ),
    ];

    /// Whether the road of the tests keeps it on this series, as its last recorded run says. A road that never ran is
    /// taken to keep all.
    ///
    /// # Panics
    /// If the record cannot be read.
    pub fn is_kept(self) -> bool {
        let runs = Runs::read();
        let (_, name, _) = Self::ALL
            .iter()
            .find(|(promise, ..)| *promise == self)
            .expect("every promise has a row");
        let run = record::key(Live::version(), road());
        let outcome = runs.outcome(&run, record::PROMISES, name);
        outcome.is_none_or(|outcome| outcome == record::WORKS)
    }
}

/// What a user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// An API key.
    Key,
    /// A login, and an API key.
    LoginAndKey,
    /// A user id, and an API key.
    IdAndKey,
    /// A login and a password.
    LoginAndPassword,
    /// A user id and a password.
    IdAndPassword,
}

impl Credentials {
    /// Every one, with its name in the record and the document.
    pub const ALL: [(Self, &str); 5] = [
        (Self::Key, "API key"),
        (Self::LoginAndKey, "login, API key"),
        (Self::IdAndKey, "user id, API key"),
        (Self::LoginAndPassword, "login, password"),
        (Self::IdAndPassword, "user id, password"),
    ];

    /// The connection with these of that user.
    ///
    /// # Panics
    /// If the environment does not say them.
    pub fn given(self, connect: Connect, user: User) -> Connect {
        let [login, key] = ["LOGIN", "API_KEY"].map(|name| user.variable(name));
        let password = || user.variable("PASSWORD");
        let id = || user.variable("USER_ID").parse().expect("an id");
        match self {
            Self::Key => connect.api_key(key),
            Self::LoginAndKey => connect.user(login).api_key(key),
            Self::IdAndKey => connect.user_id(id()).api_key(key),
            Self::LoginAndPassword => connect.login(login, password()),
            Self::IdAndPassword => connect.login(login, password()).user_id(id()),
        }
    }
}
