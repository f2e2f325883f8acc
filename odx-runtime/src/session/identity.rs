//! Who a session is as, and how it got there.

/// What was found when a session was [connected](crate::Odoo::connect).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// Odoo's URL, as it was given.
    pub url: String,
    /// The database.
    pub database: String,
    /// The user's id in `res.users`, where it was given or Odoo told it.
    pub user_id: Option<i64>,
    /// The road that was taken, as [`Session::protocol`](super::Session::protocol) tells it.
    pub road: &'static str,
    /// Why that one.
    pub why: String,
}
