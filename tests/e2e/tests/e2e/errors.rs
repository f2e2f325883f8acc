//! What goes wrong is told by the same error over every road that can tell it.
//!
//! A row a kind of error, of those that Odoo tells (the classes and texts are what real servers of 14 to 19 sent), a column
//! a road. What a road cannot tell stands in the row.

use odx_e2e::{
    furniture_maker,
    roads::{Given, RPC2, everything_of, is_behind_a_proxy, roads_of},
};
use odx_runtime::{Call, Error, Session, error::Cause};
use odx_sandbox::{Fault, LIMITED_KEY, LIMITED_LOGIN, LIMITED_PASSWORD, LIMITED_USER};
use odx_sandbox::{OdooError, Options, Server};
use serde_json::{Value, json};

const PROXY_KEY: &str = "the-key-of-the-proxy";
const SERIES: [u16; 3] = [14, 17, 19];

/// What an error is, whatever told it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Odoo refused the key, the password or the user.
    Key,
    SessionExpired,
    /// Odoo refused the call.
    Odoo(Cause),
    Timeout,
    /// Nobody is there.
    Unreachable,
    /// The connection broke.
    Broken,
    /// An answer that is none of the road's.
    NoAnswer,
    ProxyKey,
    License,
    NoJson2,
    Proxy,
    Other,
}

impl Kind {
    fn of(error: &Error) -> Self {
        match error {
            Error::OdooKey(error) => {
                assert_eq!(error.cause(), Cause::Login, "{error:?}");
                Self::Key
            }
            Error::SessionExpired(_) => Self::SessionExpired,
            Error::Odoo(error) => Self::Odoo(error.cause()),
            Error::UpstreamTimeout(_) | Error::LocalTimeout(_) => Self::Timeout,
            Error::UpstreamUnreachable(_) => Self::Unreachable,
            Error::Transport(error) => match error.kind {
                odx_runtime::error::TransportErrorKind::Connect => Self::Unreachable,
                _ => Self::Broken,
            },
            Error::NotAnEnvelope(_) => Self::NoAnswer,
            Error::ProxyKey(_) => Self::ProxyKey,
            Error::License(_) => Self::License,
            Error::NoJson2(_) => Self::NoJson2,
            Error::Proxy(_) => Self::Proxy,
            _ => Self::Other,
        }
    }
}

/// The furniture maker of a series, with somebody who may do everything.
struct Place {
    server: Server,
    given: Given,
    series: u16,
}

impl Place {
    async fn of(series: u16) -> Self {
        let database = furniture_maker().series(&format!("{series}.0"));
        let options = Options::default().key(PROXY_KEY);
        let server = Server::start(database, options).await.unwrap();
        let given = Given::of(&server, PROXY_KEY);
        Self {
            server,
            given,
            series,
        }
    }

    fn roads(&self) -> impl Iterator<Item = &'static str> {
        roads_of(self.series)
    }
}

/// What a call fails with; it must.
async fn failed(odoo: &Session, call: Call) -> Error {
    match odoo.execute(call).await {
        Ok(reply) => panic!("over {}: {reply:?}", odoo.protocol()),
        Err(error) => error,
    }
}

fn count() -> Call {
    Call::new("res.partner", "search_count").arg(json!([]))
}

/// No message speaks of a proxy that is not there, and each says where the call went.
fn speaks_of_what_is_there(road: &str, error: &Error) {
    let text = everything_of(error);
    let speaks = text.to_lowercase().contains("proxy") || text.contains("OdooInstance");
    assert!(is_behind_a_proxy(road) || !speaks, "{road}: {text}");
}

/// What differs from the row, by road.
type Except = &'static [(&'static str, Kind)];

fn expected(road: &str, kind: Kind, except: Except) -> Kind {
    let own = except.iter().find(|(of, _)| *of == road);
    own.map_or(kind, |(_, kind)| *kind)
}

/// XML-RPC tells these as any message for users.
const A_USER_ERROR: Except = &[
    ("xmlrpc", Kind::Odoo(Cause::User)),
    (RPC2, Kind::Odoo(Cause::User)),
];

#[tokio::test]
async fn an_exception_of_odoo_is_the_same_error_over_every_road() {
    // The class, the message, what it is, and where not; whether it is for users, and whether it may be sent again.
    type Row = (&'static str, &'static str, Cause, Except, bool);
    let rows: &[Row] = &[
        (
            "odoo.exceptions.UserError",
            "A user error",
            Cause::User,
            &[],
            false,
        ),
        (
            "odoo.exceptions.ValidationError",
            "A validation error",
            Cause::Validation,
            A_USER_ERROR,
            false,
        ),
        (
            "odoo.exceptions.AccessError",
            "An access error",
            Cause::Access,
            &[],
            false,
        ),
        (
            "odoo.exceptions.MissingError",
            "Record does not exist or has been deleted.\n(Record: res.partner(999999,), User: 2)",
            Cause::MissingRecord,
            &[],
            false,
        ),
        (
            "odoo.exceptions.MissingError",
            "Nothing is there",
            Cause::MissingRecord,
            A_USER_ERROR,
            false,
        ),
        // A unique constraint, a CHECK, a NOT NULL, a foreign key.
        (
            "odoo.exceptions.ValidationError",
            "The operation cannot be completed: The code must be unique",
            Cause::Validation,
            &[],
            false,
        ),
        (
            "odoo.exceptions.ValidationError",
            "The operation cannot be completed: Missing required value for the field 'Name' (name).",
            Cause::Validation,
            &[],
            false,
        ),
        // Code 2 of XML-RPC, but HTTP 409 of JSON-2.
        (
            "odoo.exceptions.LockError",
            "Cannot grab a lock on records",
            Cause::Conflict,
            A_USER_ERROR,
            true,
        ),
        (
            "psycopg2.errors.SerializationFailure",
            "could not serialize access due to concurrent update\n",
            Cause::Conflict,
            &[],
            true,
        ),
        (
            "psycopg2.errors.LockNotAvailable",
            "could not obtain lock on row in relation \"res_partner\"\n",
            Cause::Conflict,
            &[],
            true,
        ),
        (
            "psycopg2.errors.DeadlockDetected",
            "deadlock detected\n",
            Cause::Conflict,
            &[],
            true,
        ),
        (
            "psycopg2.errors.NumericValueOutOfRange",
            "integer out of range\n",
            Cause::Other,
            &[],
            false,
        ),
        (
            "psycopg2.OperationalError",
            "connection to server failed: FATAL:  database \"nodb\" does not exist\n",
            Cause::Database,
            &[],
            false,
        ),
        (
            "builtins.TypeError",
            "BaseModel.search() takes from 2 to 5 positional arguments but 8 were given",
            Cause::Arguments,
            &[],
            false,
        ),
        (
            "builtins.IndexError",
            "list index out of range",
            Cause::Other,
            &[],
            false,
        ),
        (
            "builtins.ValueError",
            "Invalid field 'nope' on 'res.partner'",
            Cause::UnknownField,
            &[],
            false,
        ),
        (
            "builtins.ZeroDivisionError",
            "division by zero",
            Cause::Other,
            &[],
            false,
        ),
    ];
    for series in SERIES {
        let place = Place::of(series).await;
        for road in place.roads() {
            let odoo = place.given.session(road).await.unwrap();
            for (class, message, cause, except, may_be_sent_again) in rows {
                let fault = Fault::Odoo(OdooError::new(*class, *message));
                place.server.fail_next(fault);
                let error = failed(&odoo, count()).await;
                let what = format!("{class} over {road} of {series}: {error:?}");
                let kind = expected(road, Kind::Odoo(*cause), except);
                assert_eq!(Kind::of(&error), kind, "{what}");
                let is_told = kind == Kind::Odoo(*cause);
                assert!(error.to_string().contains(message.trim_end()), "{what}");
                let odoo_error = error.odoo().expect("an exception");
                assert_eq!(odoo_error.message.trim_end(), message.trim_end(), "{what}");
                assert!(!is_told || odoo_error.class == *class, "{what}");
                let again = *may_be_sent_again && is_told;
                assert_eq!(error.is_retryable(), again, "{what}");
                speaks_of_what_is_there(road, &error);
            }
            // Its arguments tell what to open; XML-RPC has them as one text.
            let warning = OdooError::new("odoo.exceptions.RedirectWarning", "A redirect warning");
            let warning = warning.with_arguments(vec![
                json!("A redirect warning"),
                json!(1),
                json!("Go there"),
                Value::Null,
            ]);
            place.server.fail_next(Fault::Odoo(warning));
            let error = failed(&odoo, count()).await;
            assert_eq!(
                Kind::of(&error),
                Kind::Odoo(Cause::User),
                "{road}: {error:?}"
            );
            assert_eq!(
                error.odoo().unwrap().class,
                "odoo.exceptions.RedirectWarning",
                "{road}"
            );

            let denied = OdooError::new("odoo.exceptions.AccessDenied", "Access Denied");
            place.server.fail_next(Fault::Odoo(denied));
            let error = failed(&odoo, count()).await;
            assert_eq!(Kind::of(&error), Kind::Key, "{road}: {error:?}");
            speaks_of_what_is_there(road, &error);
        }
    }
}

#[tokio::test]
async fn a_call_that_odoo_cannot_make_is_the_same_error_over_every_road() {
    let rows: Vec<(Call, Cause, &str)> = vec![
        (
            Call::new("no.model", "search").arg(json!([])),
            Cause::UnknownModel,
            "no.model",
        ),
        (
            Call::new("res.partner", "no_such_method").ids([1]),
            Cause::UnknownMethod,
            "no_such_method",
        ),
        (
            Call::new("res.partner", "_search").ids([1]),
            Cause::Access,
            "_search",
        ),
        (
            Call::new("res.partner", "search_read")
                .arg(json!([]))
                .arg(json!(["nope"])),
            Cause::UnknownField,
            "nope",
        ),
        (
            Call::new("res.partner", "search").arg(json!([["nope", "=", 1]])),
            Cause::UnknownField,
            "nope",
        ),
        (
            Call::new("res.partner", "search")
                .kwarg("domain", json!([]))
                .kwarg("nope", 1),
            Cause::Arguments,
            "nope",
        ),
        (
            Call::new("res.partner", "write")
                .ids([999_999])
                .arg(json!({"phone": "1"})),
            Cause::MissingRecord,
            "999999",
        ),
    ];
    for series in SERIES {
        let place = Place::of(series).await;
        for road in place.roads() {
            let odoo = place.given.session(road).await.unwrap();
            for (call, cause, named) in &rows {
                let error = failed(&odoo, call.clone()).await;
                let what = format!("{call:?} over {road} of {series}: {error:?}");
                assert_eq!(Kind::of(&error), Kind::Odoo(*cause), "{what}");
                let text = error.to_string();
                // Before 17, web sends the model alone; what is not found is a page's text from 18 on.
                assert!(text.contains(named), "{what}");
                assert!(text.contains(call.model()), "{what}");
                assert!(!error.is_retryable(), "{what}");
                speaks_of_what_is_there(road, &error);
            }
        }
    }
}

#[tokio::test]
async fn who_may_not_read_a_model_is_refused_over_every_road() {
    let place = Place::of(19).await;
    let limited = Given {
        login: LIMITED_LOGIN.to_owned(),
        user_id: LIMITED_USER,
        key: LIMITED_KEY.to_owned(),
        password: LIMITED_PASSWORD.to_owned(),
        ..place.given.clone()
    };
    for road in place.roads() {
        let odoo = limited.session(road).await.unwrap();
        let read = Call::new("ir.model", "search_read").arg(json!([]));
        let error = failed(&odoo, read).await;
        assert_eq!(
            Kind::of(&error),
            Kind::Odoo(Cause::Access),
            "{road}: {error:?}"
        );
    }
}

/// The error of connecting, or of the first call.
async fn refused(given: &Given, road: &str) -> Error {
    match given.session(road).await {
        Ok(odoo) => failed(&odoo, count()).await,
        Err(error) => error,
    }
}

/// What of a connection is wrong, the error, the words that say what to look at, and where they are others. A road that has
/// no such setting is left out.
struct Wrong {
    what: &'static str,
    make: fn(&mut Given),
    kind: Kind,
    says: &'static [&'static str],
    except: Except,
    without: &'static [&'static str],
}

const WRONG: &[Wrong] = &[
    Wrong {
        what: "the key",
        make: |given| given.key = "some-other-key".to_owned(),
        kind: Kind::Key,
        says: &["API key"],
        except: &[],
        without: &["web"],
    },
    Wrong {
        what: "the password",
        make: |given| {
            given.by_password = true;
            given.password = "some-other-password".to_owned();
        },
        kind: Kind::Key,
        says: &["password"],
        except: &[],
        // Neither takes a password.
        without: &["odxproxy-v1", "odxproxy-v2", "json2"],
    },
    Wrong {
        what: "the login",
        make: |given| given.login = "nobody".to_owned(),
        kind: Kind::Key,
        says: &["check the login"],
        except: &[],
        // A proxy is given no login here.
        without: &["odxproxy-v1", "odxproxy-v2"],
    },
    Wrong {
        what: "the user id",
        make: |given| {
            given.by_id = true;
            given.user_id = 9999;
        },
        kind: Kind::Key,
        says: &["check the user id"],
        except: &[],
        without: &["web", RPC2],
    },
    Wrong {
        what: "the user id, which is another user's",
        make: |given| {
            given.by_id = true;
            given.user_id = LIMITED_USER;
        },
        kind: Kind::Key,
        says: &["user id", "API key"],
        except: &[],
        without: &["web", RPC2],
    },
    Wrong {
        what: "the database",
        make: |given| given.database = "nowhere".to_owned(),
        kind: Kind::Odoo(Cause::Database),
        says: &["check", "database"],
        except: &[
            ("odxproxy-v2", Kind::NoJson2),
            // A page with HTTP 404, which may be anything's.
            ("json2", Kind::NoAnswer),
            (RPC2, Kind::NoAnswer),
        ],
        without: &[],
    },
    Wrong {
        what: "the address, where nobody is",
        make: |given| {
            given.url = "http://127.0.0.1:1".to_owned();
            given.proxy = "http://127.0.0.1:1".to_owned();
        },
        kind: Kind::Unreachable,
        says: &["127.0.0.1:1", "check its URL"],
        except: &[],
        without: &[],
    },
    Wrong {
        what: "the address, which has another path",
        make: |given| {
            given.url += "/elsewhere";
            given.proxy += "/elsewhere";
        },
        kind: Kind::NoAnswer,
        says: &["URL"],
        except: &[],
        without: &[],
    },
    Wrong {
        what: "the proxy's key",
        make: |given| given.proxy_key = "some-other-key".to_owned(),
        kind: Kind::ProxyKey,
        says: &["the proxy refused its key", "check the key"],
        except: &[],
        without: &["json2", "jsonrpc", "web", "xmlrpc", RPC2],
    },
];

#[tokio::test]
async fn what_is_wrong_with_a_connection_says_what_to_look_at_over_every_road() {
    for series in SERIES {
        let place = Place::of(series).await;
        for wrong in WRONG {
            let mut given = place.given.clone();
            (wrong.make)(&mut given);
            for road in place.roads().filter(|road| !wrong.without.contains(road)) {
                let error = refused(&given, road).await;
                let what = format!("{} over {road} of {series}: {error}\n{error:?}", wrong.what);
                assert_eq!(
                    Kind::of(&error),
                    expected(road, wrong.kind, wrong.except),
                    "{what}"
                );
                for word in wrong.says {
                    assert!(error.to_string().contains(word), "{word}: {what}");
                }
                speaks_of_what_is_there(road, &error);
            }
        }
    }
}

#[tokio::test]
async fn an_address_without_a_scheme_says_so_over_every_road() {
    let place = Place::of(19).await;
    let mut given = place.given.clone();
    for url in [
        "erp.example.com",
        "127.0.0.1:8069",
        "ftp://erp.example.com",
        "",
    ] {
        (given.url, given.proxy) = (url.to_owned(), url.to_owned());
        for road in place.roads() {
            let error = refused(&given, road).await;
            let text = error.to_string();
            assert!(
                text.contains("must begin with http:// or https://"),
                "{road}: {text}"
            );
            speaks_of_what_is_there(road, &error);
        }
    }
}

#[tokio::test]
async fn a_second_factor_is_told_where_it_is_wanted() {
    use odx_sandbox::{TWO_FACTOR_LOGIN, TWO_FACTOR_PASSWORD};
    for series in SERIES {
        let place = Place::of(series).await;
        let given = Given {
            login: TWO_FACTOR_LOGIN.to_owned(),
            password: TWO_FACTOR_PASSWORD.to_owned(),
            by_password: true,
            ..place.given.clone()
        };
        for road in ["web", "jsonrpc", "xmlrpc", RPC2] {
            let error = refused(&given, road).await;
            assert_eq!(Kind::of(&error), Kind::Key, "{road} of {series}: {error:?}");
            // Odoo says nothing of it but over the road of the web client.
            let says = match road {
                RPC2 => "check the login",
                _ => "two factors",
            };
            assert!(error.to_string().contains(says), "{road}: {error}");
        }
    }
}

/// What stands between, where Odoo answers nothing.
#[tokio::test]
async fn what_stands_before_odoo_is_told_apart_over_every_road() {
    // The fault, what it is behind a proxy, and what it is where a page says so.
    let rows: &[(Fault, Kind, u16)] = &[
        (Fault::LicenceExpired, Kind::License, 403),
        (Fault::UpstreamTimeout, Kind::Timeout, 504),
        (Fault::UpstreamUnreachable, Kind::Unreachable, 502),
        (Fault::UpstreamUndecodable, Kind::Proxy, 500),
    ];
    let page = |status, body: &str| Fault::Raw {
        status,
        content_type: "text/html".to_owned(),
        body: body.to_owned(),
    };
    let place = Place::of(19).await;
    for road in place.roads() {
        let odoo = place.given.session(road).await.unwrap();
        for (fault, kind, status) in rows {
            place.server.fail_next(fault.clone());
            let error = failed(&odoo, count()).await;
            let is_behind = is_behind_a_proxy(road);
            let kind = if is_behind { *kind } else { Kind::NoAnswer };
            assert_eq!(Kind::of(&error), kind, "{road}, {fault:?}: {error:?}");
            assert_eq!(error.http_status(), Some(*status), "{road}, {fault:?}");
            speaks_of_what_is_there(road, &error);
        }
        for status in [200, 302, 403, 404, 405, 413, 422, 429, 500, 502, 503, 504] {
            // A session that a server does not know is one that has to be renewed: it answers the same then.
            place.server.fail(
                "",
                "",
                page(status, "<h1>a page</h1>"),
                1 + usize::from(road == "web" && status == 404),
            );
            let error = failed(&odoo, count()).await;
            assert_eq!(
                Kind::of(&error),
                Kind::NoAnswer,
                "{road}, {status}: {error:?}"
            );
            assert_eq!(error.http_status(), Some(status));
            assert!(
                error.to_string().contains("a page"),
                "{road}, {status}: {error}"
            );
            let waits = matches!(status, 429 | 502..=504);
            assert_eq!(error.is_retryable(), waits, "{road}, {status}");
            // What Odoo 14 sends in place of an exception where its server has more than one database.
            if road == "jsonrpc" {
                let told = error.to_string().contains("dbfilter");
                assert_eq!(told, status == 500, "{status}: {error}");
            }
            speaks_of_what_is_there(road, &error);
        }
        place.server.fail_next(Fault::Reset);
        let error = failed(&odoo, count()).await;
        assert_eq!(Kind::of(&error), Kind::Broken, "{road}: {error:?}");
        assert!(error.is_retryable());
        speaks_of_what_is_there(road, &error);

        place.server.fail_next(Fault::TruncatedJson);
        let reply = odoo.execute(count()).await;
        let error = reply.and_then(|reply| reply.json()).unwrap_err();
        let kinds = [Kind::NoAnswer, Kind::Other];
        assert!(kinds.contains(&Kind::of(&error)), "{road}: {error:?}");
        speaks_of_what_is_there(road, &error);

        let hasty = odoo.timeout(std::time::Duration::from_secs(1));
        place
            .server
            .fail_next(Fault::Delay(std::time::Duration::from_secs(30)));
        let error = failed(&hasty, count()).await;
        assert_eq!(Kind::of(&error), Kind::Timeout, "{road}: {error:?}");
        assert!(error.is_timeout() && error.is_retryable(), "{road}");
        speaks_of_what_is_there(road, &error);
    }
}

#[tokio::test]
async fn a_session_that_stays_expired_is_told_where_there_are_sessions() {
    let place = Place::of(19).await;
    let expired = || {
        let error = OdooError::new("odoo.http.SessionExpiredException", "Session expired");
        Fault::OdooCode(100, error)
    };
    for road in ["web", "jsonrpc", "odxproxy-v1"] {
        let odoo = place.given.session(road).await.unwrap();
        place.server.fail("", "", expired(), 2);
        let error = failed(&odoo, count()).await;
        assert_eq!(Kind::of(&error), Kind::SessionExpired, "{road}: {error:?}");
        if road != "web" {
            // Nothing is logged in there, so nothing is renewed.
            assert!(odoo.execute(count()).await.is_err());
        }
        assert!(odoo.execute(count()).await.is_ok());
    }
}

#[tokio::test]
async fn a_road_that_the_series_does_not_have_says_which_have_it() {
    for series in [14, 18] {
        let place = Place::of(series).await;
        for road in ["odxproxy-v2", "json2"] {
            let error = place.given.session(road).await.unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains(&format!("Odoo {series} does not have the road {road}")),
                "{text}"
            );
            assert!(text.contains("19 on"), "{text}");
            let Error::Setting(error) = &error else {
                panic!("{error:?}");
            };
            assert_eq!(error.setting, odx_runtime::session::Setting::Road);
        }
        assert!(place.server.calls().is_empty(), "nothing was sent");
    }
}
