//! How series differ in what they send over HTTP: each fact once, with the series that it holds for. What clients need to
//! know, too, stands in `odx-facts`.
//!
//! All of it was seen on real servers of 14 to 19 (15.0-20220616, 16.0+e-20230205, 17.0, 18.0-20250702).

use odx_facts::Since;

/// JSON comes with `charset=utf-8`.
pub(crate) const JSON_NAMES_ITS_CHARSET: Since = Since::from(16);

/// A request that is no JSON, or of another content type than its route, is refused as such; before, as one without a CSRF
/// token.
pub(crate) const NAMES_WRONG_CONTENT_TYPE: Since = Since::from(16);

/// It is refused with HTTP 415; before, 400.
pub(crate) const WRONG_CONTENT_TYPE_IS_415: Since = Since::from(19);

/// The pages of werkzeug 3 (`<!doctype html>`); before, those of older ones.
pub(crate) const PAGES_ARE_HTML_5: Since = Since::from(19);

/// A body that is no JSON is told in an envelope with HTTP 200.
pub(crate) const BROKEN_JSON_IS_AN_EXCEPTION: Since = Since::between(16, 17);

/// JSON that is no call is refused with HTTP 400; before, it breaks the server, HTTP 500.
pub(crate) const REFUSES_WHAT_IS_NO_CALL: Since = Since::from(17);

/// An unknown service is a `KeyError`; before, an `UnboundLocalError`.
pub(crate) const SERVICES_ARE_A_TABLE: Since = Since::from(16);

/// Too few arguments of the object service are told by their number; before, an `IndexError`.
pub(crate) const COUNTS_ARGUMENTS: Since = Since::from(19);

/// An unknown JSON route is told in an envelope, with HTTP 404; from 16 on, by a page.
pub(crate) const UNKNOWN_ROUTE_IS_AN_ENVELOPE: Since = Since::before(16);

/// Where a server finds more than one database, every exception is a page with HTTP 500.
pub(crate) const HIDES_EXCEPTIONS_OF_MANY: Since = Since::before(15);

/// There is JSON-2, `/web/version` and `/json/version`, and a request may name its database in `X-Odoo-Database`.
pub(crate) const HAS_JSON_2: Since = Since::from(19);

/// `/json/..` leads to a page for the browser, which asks to log in.
pub(crate) const JSON_IS_A_PAGE: Since = Since::between(18, 19);

/// `/web/health` answers.
pub(crate) const TELLS_ITS_HEALTH: Since = Since::from(15);

/// Every answer sets the cookie of the session anew.
pub(crate) const EVERY_ANSWER_SETS_THE_COOKIE: Since = Since::before(16);

/// The id of a session has 84 characters; before, 40.
pub(crate) const SESSION_IDS_ARE_LONG: Since = Since::from(18);

/// A session lasts a week; before, 90 days.
pub(crate) const SESSIONS_LAST_A_WEEK: Since = Since::from(17);

/// The login of a user with a second factor gives no user id and nothing else; before, all there is to tell, with no user id.
pub(crate) const SECOND_FACTOR_TELLS_NOTHING: Since = Since::from(16);

/// A login to a database that the filter leaves out is refused; before, PostgreSQL is asked.
pub(crate) const LOGIN_IS_FILTERED: Since = Since::from(16);

/// Python names functions with their class.
pub(crate) const FUNCTIONS_ARE_NAMED_WITH_CLASS: Since = Since::from(15);

/// A call of an unknown model, or what is no JSON, is told before the call is looked at: it is looked at twice.
pub(crate) const UNKNOWN_MODEL_IS_NOT_FOUND: Since = Since::from(18);

/// A login tells whether the user is internal, or nobody.
pub(crate) const TELLS_WHO_IS_INTERNAL: Since = Since::from(16);

/// The tag of a file is in quotes, as HTTP has it.
pub(crate) const TAGS_ARE_QUOTED: Since = Since::from(16);

/// A login tells companies by id; before, as pairs.
pub(crate) const COMPANIES_ARE_BY_ID: Since = Since::from(15);

/// An answer of XML-RPC has its declaration in double quotes, and a blank line before its end.
pub(crate) const XML_ENDS_IN_A_BLANK_LINE: Since = Since::from(18);
