use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use odx_live::{
    Live, Promise, User, instance,
    models::{OdxProbe, OdxProbeReport, OdxProbeSecret},
    road, variable,
};
use odx_runtime::error::Cause;
use odx_runtime::transport::RoadName;
use odx_runtime::{
    Error, FetchAs, Id, Model, Odoo, OdooError, OdooInstance, OdooModel, OdxProxy, ReadAs, Session,
    values,
};
use odx_sandbox::{Backend, Options, Server};
use serde_json::{Value, json};

async fn raised(odoo: &Session, method: &'static str) -> Error {
    let probe = OdxProbe::all().limit(1).ids(odoo).await.unwrap();
    OdxProbe::call(odoo, method)
        .ids(probe)
        .send::<()>()
        .await
        .unwrap_err()
}

async fn count(odoo: &Session) -> Error {
    OdxProbe::all().count(odoo).await.unwrap_err()
}

/// How an error of Odoo is told.
type Is = fn(&OdooError) -> bool;

/// The message and the kind of a broken constraint. Odoo looks for a translation of its message in the language of a context
/// that calls have over the web client's road only: 14 and 15 find none and send the constraint's name, 16 fails on it
/// (16.0+e-20230205).
fn unique_violation() -> (&'static str, Is) {
    match Live::version() {
        _ if Promise::UniqueText.is_kept() => ("The code must be unique", is_validation),
        14 | 15 => ("odx_probe_code_unique", is_validation),
        _ => ("lang", |error| error.class == "builtins.KeyError"),
    }
}

/// Whether values break a constraint, as far as the road tells it.
fn is_validation(error: &OdooError) -> bool {
    match Promise::Classes.is_kept() {
        true => error.is_validation(),
        false => error.is_user_error(),
    }
}

#[tokio::test]
async fn each_error_that_odoo_raises_is_told_apart() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let unique = unique_violation();
    let cases: [(&str, &str, Is); 7] = [
        ("raise_user_error", "A user error", |error| {
            error.is_user_error()
        }),
        ("raise_validation_error", "A validation error", |error| {
            is_validation(error)
        }),
        ("raise_unique_violation", unique.0, unique.1),
        ("raise_access_error", "An access error", |error| {
            error.is_access()
        }),
        ("raise_missing_error", "999999999", |error| {
            error.is_missing_record()
        }),
        ("raise_redirect_warning", "A redirect warning", |error| {
            error.class == "odoo.exceptions.RedirectWarning"
        }),
        ("raise_zero_division", "", |error| {
            error.class == "builtins.ZeroDivisionError"
        }),
    ];
    for (method, message, is) in cases {
        let error = raised(&odoo, method).await;
        assert!(error.odoo().is_some_and(is), "{method}: {error:?}");
        let text = error.to_string();
        assert!(
            text.contains(message) || text.replace(',', "").contains(message),
            "{method}: {text}"
        );
    }
}

#[tokio::test]
async fn the_limited_user_may_not_read_the_secret() {
    let Some(live) = Live::start().await else {
        return;
    };
    let error = OdxProbeSecret::all()
        .fetch(&live.limited())
        .await
        .unwrap_err();
    assert!(
        error.odoo().is_some_and(|odoo| odoo.is_access()),
        "{error:?}"
    );
    assert!(
        !OdxProbeSecret::all()
            .fetch(&live.session())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_wrong_key_of_odoo_or_of_the_proxy_is_told_apart() {
    let Some(live) = Live::start().await else {
        return;
    };
    let [url, database] = ["ODX_ODOO_URL", "ODX_ODOO_DB"].map(variable);
    let error = count(&live.proxy.session(OdooInstance::new(
        &url,
        &database,
        2,
        "hunter2-the-wrong-key",
    )))
    .await;
    assert!(error.is_access_denied(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));

    let stranger = OdxProxy::new(live.server.url(), "wrong").unwrap();
    let error = count(&stranger.session(OdooInstance::new(&url, &database, 2, "x"))).await;
    assert!(matches!(error, Error::ProxyKey(_)), "{error:?}");
}

#[tokio::test]
async fn a_wrong_database_is_an_error_of_odoo() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.proxy.session(OdooInstance::new(
        variable("ODX_ODOO_URL"),
        "nowhere",
        2,
        "x",
    ));
    let error = count(&odoo).await;
    assert!(
        error.odoo().is_some() && error.to_string().contains("nowhere"),
        "{error:?}"
    );
}

/// What is wrong with a connection, as a road tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Key,
    Database,
    /// A page, or what the proxy makes of it: there may be no such database, or something else.
    NoSuchPlace,
}

fn told(error: &Error) -> Option<Told> {
    match error {
        Error::OdooKey(error) if error.cause() == Cause::Login => Some(Told::Key),
        Error::Odoo(error) if error.cause() == Cause::Database => Some(Told::Database),
        Error::NoJson2(_) | Error::NotAnEnvelope(_) => Some(Told::NoSuchPlace),
        _ => None,
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_says_what_to_look_at() {
    let Some(live) = Live::start().await else {
        return;
    };
    let given = || live.connection(User::Admin);
    let login = User::Admin.variable("LOGIN");
    let database = match Promise::TellsDatabase.is_kept() {
        true => Told::Database,
        false => Told::NoSuchPlace,
    };
    const WRONG: &str = "hunter2-the-wrong-one";
    let mut rows = vec![(
        "database",
        given().database("nowhere"),
        database,
        "database",
    )];
    let is_by_key = road() != RoadName::Web;
    rows.push(match is_by_key {
        true => ("key", given().api_key(WRONG), Told::Key, "API key"),
        false => {
            let wrong = given().login(&login, WRONG);
            ("password", wrong, Told::Key, "password")
        }
    });
    if Promise::TellsLogin.is_kept() {
        let nobody = match is_by_key {
            true => given().user("nobody"),
            false => given().login("nobody", User::Admin.variable("PASSWORD")),
        };
        rows.push(("login", nobody, Told::Key, "check the login"));
    }
    if Promise::TellsUserId.is_kept() {
        let nobody = given().user_id(999_999);
        rows.push(("user id", nobody, Told::Key, "check the user id"));
    }
    for (what, connect, expected, says) in rows {
        let error = connect.await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert_eq!(told(&error), Some(expected), "{what}: {text}");
        assert!(error.to_string().contains(says), "{what}: {error}");
        assert!(!text.contains("hunter2"), "{what}: {text}");
        let speaks = text.to_lowercase().contains("proxy") || text.contains("OdooInstance");
        assert!(road().is_behind_a_proxy() || !speaks, "{what}: {text}");
    }
}

/// A way to Odoo that hides the sessions of all requests from it, as if they had ended, until somebody logs in.
struct Forgetful {
    url: String,
    forgets: Arc<AtomicBool>,
    logins: Arc<AtomicUsize>,
}

impl Forgetful {
    fn start(odoo: &str) -> Self {
        let odoo = odoo
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let way = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            forgets: Arc::default(),
            logins: Arc::default(),
        };
        let (forgets, logins) = (way.forgets.clone(), way.logins.clone());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (mut client, mut server) =
                    (client.unwrap(), TcpStream::connect(&odoo).unwrap());
                let (mut back, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || std::io::copy(&mut back, &mut to));
                let (forgets, logins) = (forgets.clone(), logins.clone());
                thread::spawn(move || pass_on(&mut client, &mut server, &forgets, &logins));
            }
        });
        way
    }
}

fn pass_on(
    client: &mut TcpStream,
    server: &mut TcpStream,
    forgets: &AtomicBool,
    logins: &AtomicUsize,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = client.read(&mut buffer) {
        let mut sent = buffer[..read].to_vec();
        if sent.starts_with(b"POST /web/session/authenticate") {
            logins.fetch_add(1, Ordering::SeqCst);
            forgets.store(false, Ordering::SeqCst);
        }
        if forgets.load(Ordering::SeqCst) {
            let cookie = b"session_id=";
            let at = sent
                .windows(cookie.len())
                .position(|window| window == cookie);
            if let Some(at) = at {
                sent[at..at + cookie.len()].copy_from_slice(b"session_no=");
            }
        }
        if server.write_all(&sent).is_err() {
            return;
        }
    }
    let _ = server.shutdown(std::net::Shutdown::Both);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_new_login_serves_all_calls_that_met_the_end_of_a_session() {
    if !Live::is_asked_for() {
        return;
    }
    let way = Forgetful::start(&variable("ODX_ODOO_URL"));
    let [login, password] = ["LOGIN", "PASSWORD"].map(|name| User::Admin.variable(name));
    let odoo = Odoo::connect(&way.url)
        .database(variable("ODX_ODOO_DB"))
        .login(login, password)
        .road(RoadName::Web)
        .await
        .unwrap();
    assert_eq!(way.logins.load(Ordering::SeqCst), 1);
    way.forgets.store(true, Ordering::SeqCst);
    let calls = (0..8).map(|_| {
        let odoo = odoo.clone();
        tokio::spawn(async move { OdxProbe::all().count(&odoo).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap().unwrap() > 0);
    }
    assert_eq!(way.logins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_method_that_takes_too_long_is_given_up() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session().timeout(Duration::from_secs(1));
    let error = OdxProbe::call(&odoo, "sleep")
        .kwarg("seconds", 5)
        .send::<i64>()
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn calls_that_odoo_does_not_know_are_its_errors() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let cases = [
        (
            odoo.call("odx.nothing", "search").arg(json!([])),
            Cause::UnknownModel,
            "odx.nothing",
        ),
        (
            odoo.call("odx.probe", "no_method").ids([1]),
            Cause::UnknownMethod,
            "no_method",
        ),
        (
            odoo.call("odx.probe", "_search").kwarg("domain", json!([])),
            Cause::Access,
            "_search",
        ),
        (
            odoo.call("odx.probe", "search_read")
                .arg(json!([]))
                .arg(json!(["nope"])),
            Cause::UnknownField,
            "nope",
        ),
        (
            odoo.call("odx.probe", "search")
                .arg(json!([["nope", "=", 1]])),
            Cause::UnknownField,
            "nope",
        ),
        (
            odoo.call("odx.probe", "search").kwarg("nope", 1),
            Cause::Arguments,
            "search",
        ),
    ];
    for (call, expected, named) in cases {
        let error = call.send::<Value>().await.unwrap_err();
        let cause = error.odoo().map(OdooError::cause);
        assert_eq!(cause, Some(expected), "{error:?}");
        assert!(error.to_string().contains(named), "{error}");
        assert!(!error.is_retryable(), "{error}");
    }
}

/// The address of something that is no Odoo: it answers the first request with a page.
fn serve_a_page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        BufReader::new(&stream).lines().next();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 9\r\n\r\n";
        stream
            .write_all(format!("{head}It works!").as_bytes())
            .unwrap();
    });
    url
}

#[tokio::test]
async fn each_error_of_a_proxy_on_the_way_is_told_apart() {
    let Some(live) = Live::start().await else {
        return;
    };
    // A proxy that passes calls on to any Odoo.
    let server = Server::start(Backend::Odoo, Options::default().any_upstream())
        .await
        .unwrap();
    let proxy = OdxProxy::new(server.url(), server.key().clone()).unwrap();
    let upstream = |url: &str| proxy.session(OdooInstance::new(url, "odx", 2, "x"));

    let error = count(&upstream("http://127.0.0.1:1")).await;
    assert!(matches!(error, Error::UpstreamUnreachable(_)), "{error:?}");
    assert!(error.is_retryable());
    let error = count(&upstream(&serve_a_page())).await;
    assert!(matches!(error, Error::Proxy(_)), "{error:?}");

    let instance = || instance("ODX_ODOO_USER_ID", "ODX_ODOO_API_KEY");
    // Odoo in the place of the proxy.
    let no_proxy = OdxProxy::new(variable("ODX_ODOO_URL"), "x").unwrap();
    let error = count(&no_proxy.session(instance())).await;
    assert!(matches!(error, Error::NotAnEnvelope(_)), "{error:?}");
    let nobody = OdxProxy::new("http://127.0.0.1:1", "x").unwrap();
    let error = count(&nobody.session(instance())).await;
    assert!(matches!(error, Error::Transport(_)), "{error:?}");

    let hasty = OdxProxy::builder(live.server.url(), live.server.key().clone())
        .timeout_grace(Duration::ZERO)
        .build()
        .unwrap();
    // Below a second the proxy is told nothing, so the local limit alone holds.
    let odoo = hasty
        .session(instance())
        .timeout(Duration::from_millis(300));
    let error = OdxProbe::call(&odoo, "sleep")
        .arg(5)
        .send::<i64>()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::LocalTimeout(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_fit_says_where_and_what_to_do() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    // Odoo declares an integer, and its view of the database gives fractions.
    let error = OdxProbeReport::all().fetch(&odoo).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.starts_with(
            "odx.probe.report(2).average: expected an integer for this integer field, but `874.7"
        ),
        "{text}"
    );
    assert!(
        text.ends_with("[[field]], match = \"odx.probe.report.average\", type = \"float\""),
        "{text}"
    );

    let probe = Id::new(1);
    let error = OdxProbe::call(&odoo, "answer_text")
        .ids([probe])
        .send::<i64>()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UnexpectedResult(_)), "{error:?}");
}

/// What a user without rights does not see through: the record behind the relation.
#[derive(OdooModel, Debug)]
#[odoo(model = OdxProbe)]
struct WithSecret {
    secret_id: Option<Secret>,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = OdxProbeSecret)]
struct Secret {
    name: String,
}

#[tokio::test]
async fn a_refusal_behind_a_relation_names_the_path() {
    let Some(live) = Live::start().await else {
        return;
    };
    let error = OdxProbe::search(|p| p.code.eq("SET"))
        .fetch_as::<WithSecret>(&live.limited())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Relation(_)), "{error:?}");
    assert!(error.to_string().contains("`secret_id`"), "{error}");
    assert!(error.odoo().is_some_and(OdooError::is_access), "{error:?}");
}

#[tokio::test]
async fn a_create_of_many_that_fails_tells_what_went_in() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    // Odoo refuses the code "invalid"; it is in the second batch.
    let rows = (0..150).map(|row| {
        let code = if row == 120 { Some("invalid") } else { None };
        values!(OdxProbe {
            name: "a live test's batch",
            code: code,
            ..
        })
    });
    let error = OdxProbe::create_many(&odoo, rows).await.unwrap_err();
    let Error::PartlyCreated(partly) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (partly.created.len(), partly.failed_from, partly.failed_to),
        (100, 100, 149)
    );
    assert!(partly.source.odoo().is_some_and(is_validation), "{error:?}");
    let created: Vec<Id<OdxProbe>> = partly.created.iter().copied().map(Id::of).collect();
    assert_eq!(
        OdxProbe::exists(&odoo, created.clone()).await.unwrap(),
        created
    );
    OdxProbe::unlink(&odoo, created).await.unwrap();
}

#[tokio::test]
async fn what_odoo_would_misread_is_not_sent() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let nameless = OdxProbe::values().set(OdxProbe::F.char, "x");
    let error = OdxProbe::create(&odoo, nameless).await.unwrap_err();
    assert!(matches!(error, Error::Usage(_)), "{error:?}");
    assert!(error.to_string().contains("`name`"), "{error}");
    let long = "seventeen letters";
    let values = OdxProbe::values().set(OdxProbe::F.char_sized, long);
    let error = OdxProbe::write(&odoo, [Id::new(1)], values)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Usage(_)), "{error:?}");
}

#[derive(Debug, OdooModel)]
#[odoo(model = OdxProbe)]
struct Named {
    name: String,
}

#[tokio::test]
async fn a_record_that_never_was_is_named_as_missing() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let nobody = Id::new(999_999_999);
    let read = async || OdxProbe::read_as::<Named>(&odoo, [nobody]).await.unwrap();
    assert_eq!(read().await.missing, [nobody]);
    let error = read().await.all().unwrap_err();
    assert!(matches!(error, Error::MissingRecords(_)), "{error:?}");
}
