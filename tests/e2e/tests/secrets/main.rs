//! Keys, passwords and cookies show nowhere: in no error, no `Debug` and no log of odx or of the libraries below it, over
//! any road, over TLS with HTTP/2, and through an HTTP proxy with a password of its own.
//!
//! The server is in the same process, so that its log is looked at, too. What reqwest can be made to tell by
//! `connection_verbose` is the bytes of every request; odx never asks it to.

mod forms;
mod log;
mod network;

use std::fmt::Debug;

use odx_e2e::{
    furniture_maker,
    models::*,
    roads::{Given, Network, RPC2, everything_of, is_behind_a_proxy, roads, roads_of},
};
use odx_runtime::{
    Call, Error, Id, Model, Odoo, OdooInstance, OdxProxy, Session, blocking,
    transport::{HttpClient, OdooDocumentation, Request, Rpc2, Url, XmlRpc, header},
    values,
};
use odx_sandbox::{COMPANY_LOGIN, COMPANY_USER, Fault, OdooError, Options, Server, User};
use serde_json::json;

use forms::{forms, shows_none};

const KEY: &str = "k9a1e-odoo+key/%41\"&=<z";
const PASSWORD: &str = "p7c3d-pässword/+%\"&<z 2";
const PROXY_KEY: &str = "x5f0c-proxy+key/%42\"&=<z";
const HTTP_PROXY_PASSWORD: &str = "h2b8d-http-proxy:pass/+%\"&<z";
/// In the address of an Odoo behind a proxy.
const URL_PASSWORD: &str = "u4e6f-url-password";
/// What opens nothing.
const WRONG: &str = "w1a2b-wrong+key/%43\"&=<z";
const SECRETS: [&str; 6] = [
    KEY,
    PASSWORD,
    PROXY_KEY,
    HTTP_PROXY_PASSWORD,
    URL_PASSWORD,
    WRONG,
];

/// A name that only an HTTP proxy knows.
const INTERN: &str = "http://odoo.invalid";

async fn sandbox() -> (Server, Given) {
    log::start();
    let nora = User::administrator(COMPANY_USER, KEY).password(PASSWORD);
    let database = furniture_maker().with_user(nora.login(COMPANY_LOGIN));
    let options = Options::default()
        .key(PROXY_KEY)
        .allowed_host("odoo.invalid");
    let server = Server::start(database, options).await.unwrap();
    let given = Given {
        key: KEY.to_owned(),
        password: PASSWORD.to_owned(),
        ..Given::of(&server, PROXY_KEY)
    };
    (server, given)
}

/// Everything that was seen, which is looked through at the end.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn error(&mut self, what: &str, error: &Error) {
        self.0
            .push((format!("the error of {what}"), everything_of(error)));
    }

    fn debug(&mut self, what: &str, value: &dyn Debug) {
        self.0
            .push((format!("Debug of {what}"), format!("{value:?} {value:#?}")));
    }

    /// The error of a call, which must fail.
    async fn failure(&mut self, what: &str, odoo: &Session) {
        let reply = odoo
            .execute(count())
            .await
            .and_then(|reply| reply.to::<i64>());
        let error = reply.expect_err(what);
        self.error(what, &error);
    }

    #[track_caller]
    fn hold_none_of(&self, secrets: &[&str]) {
        assert!(!self.0.is_empty());
        for (what, text) in &self.0 {
            shows_none(what, text, secrets);
        }
        shows_none("the log", &log::so_far(), secrets);
    }
}

async fn succeeds(odoo: &Session) {
    let reply = odoo.execute(count()).await.unwrap();
    assert!(reply.to::<i64>().unwrap() > 0);
}

fn count() -> Call {
    Call::new("res.partner", "search_count").arg(json!([]))
}

/// The secrets that a server gets over a road.
fn sent_over(road: &str) -> &'static [&'static str] {
    match road {
        _ if is_behind_a_proxy(road) => &[KEY, PROXY_KEY],
        "web" => &[PASSWORD],
        _ => &[KEY],
    }
}

/// What a server may answer that shows what was sent to it.
fn echoes(secrets: &[&str]) -> Vec<Fault> {
    let echo: Vec<String> = secrets.iter().flat_map(|secret| forms(secret)).collect();
    let echo = echo.join(" | ");
    let arguments = vec![json!(echo), json!({ "sent": [echo] })];
    let raw = |status, content_type: &str| Fault::Raw {
        status,
        content_type: content_type.to_owned(),
        body: echo.clone(),
    };
    let mut redirect = url::Url::parse("http://elsewhere.invalid/").unwrap();
    redirect.set_path(&echo);
    redirect.set_query(Some(&echo));
    let odoo = |class: &str| {
        let error = OdooError::new(class, echo.as_str());
        Fault::Odoo(error.with_arguments(arguments.clone()))
    };
    vec![
        odoo("builtins.ValueError"),
        odoo("odoo.exceptions.UserError"),
        odoo("odoo.exceptions.AccessDenied"),
        odoo(&format!("some.{}", secrets[0])),
        raw(500, "text/html"),
        raw(200, "text/plain"),
        raw(403, "application/json"),
        Fault::Result(json!({ "sent": echo })),
        Fault::Redirect(redirect),
        Fault::Reset,
        Fault::TruncatedJson,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_shows_over_any_road_and_network() {
    let (server, plain) = sandbox().await;
    let (tls, root) = network::tls_before(server.address()).await;
    let networks = [
        plain.clone(),
        Given {
            url: tls.clone(),
            proxy: tls,
            network: Network::Tls(root),
            ..plain.clone()
        },
        Given {
            url: INTERN.to_owned(),
            proxy: INTERN.to_owned(),
            network: Network::HttpProxy {
                url: server.url(),
                user: "me".to_owned(),
                password: HTTP_PROXY_PASSWORD.to_owned(),
            },
            ..plain.clone()
        },
    ];
    let mut seen = Seen::default();
    for given in &networks {
        for road in roads() {
            let what = format!("{road}, {:?}", std::mem::discriminant(&given.network));
            let odoo = given.session(road).await.unwrap();
            let reply = odoo.execute(count()).await.unwrap();
            seen.debug(&what, &(&odoo, odoo.blocking(), odoo.identity(), &reply));
            for fault in echoes(sent_over(road)) {
                server.fail("res.partner", "search_count", fault, 1);
                seen.failure(&what, &odoo).await;
            }
            succeeds(&odoo).await;
        }
    }
    seen.hold_none_of(&SECRETS);
    let log = log::so_far();
    // That nothing is shown says something only if these were heard.
    for library in [
        "reqwest::connect",
        "hyper_util::client",
        "h2::",
        "odx_runtime",
    ] {
        assert!(log.contains(library), "{library} said nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_refused_secret_shows() {
    let (server, given) = sandbox().await;
    let wrongs: [fn(&mut Given); 6] = [
        |given| (given.key, given.password) = (WRONG.to_owned(), WRONG.to_owned()),
        |given| given.proxy_key = WRONG.to_owned(),
        |given| given.database = "nowhere".to_owned(),
        |given| {
            (given.url, given.proxy) = (
                "http://127.0.0.1:1".to_owned(),
                "http://127.0.0.1:1".to_owned(),
            )
        },
        |given| {
            (given.url, given.proxy) = (
                "https://127.0.0.1:1".to_owned(),
                "https://127.0.0.1:1".to_owned(),
            )
        },
        // Over TLS where there is none.
        |given| {
            (given.url, given.proxy) = (
                given.url.replace("http:", "https:"),
                given.proxy.replace("http:", "https:"),
            )
        },
    ];
    let mut seen = Seen::default();
    for wrong in wrongs {
        let mut given = given.clone();
        wrong(&mut given);
        for road in roads() {
            match given.session(road).await {
                Err(error) => seen.error(road, &error),
                // The key of a proxy that is not there.
                Ok(odoo) if given.proxy_key == WRONG && !is_behind_a_proxy(road) => {
                    succeeds(&odoo).await;
                }
                Ok(odoo) => seen.failure(road, &odoo).await,
            }
        }
    }
    // An HTTP proxy that refuses its password, and says which.
    let mut given_proxy = given.clone();
    given_proxy.network = Network::HttpProxy {
        url: network::http_proxy_that_refuses().await,
        user: "me".to_owned(),
        password: HTTP_PROXY_PASSWORD.to_owned(),
    };
    for road in roads() {
        match given_proxy.session(road).await {
            Err(error) => {
                assert!(
                    error.to_string().contains("the HTTP proxy on the way"),
                    "{error}"
                );
                seen.error(road, &error);
            }
            Ok(odoo) => seen.failure(road, &odoo).await,
        }
    }
    // An HTTP proxy that makes no tunnel, one that is not there, and one that cannot be reached.
    for url in [
        server.url(),
        "http://127.0.0.1:1".to_owned(),
        "http://nowhere.invalid".to_owned(),
    ] {
        let given = Given {
            url: "https://odoo.invalid".to_owned(),
            proxy: "https://odoo.invalid".to_owned(),
            network: Network::HttpProxy {
                url,
                user: "me".to_owned(),
                password: HTTP_PROXY_PASSWORD.to_owned(),
            },
            ..given.clone()
        };
        for road in roads() {
            match given.session(road).await {
                Err(error) => seen.error(road, &error),
                Ok(odoo) => seen.failure(road, &odoo).await,
            }
        }
    }
    seen.hold_none_of(&SECRETS);
}

/// The environment is that of a process, so this is run in one of its own, which tells all that it saw.
#[tokio::test(flavor = "multi_thread")]
async fn no_password_of_an_http_proxy_of_the_environment_shows() {
    const THIS: &str = "no_password_of_an_http_proxy_of_the_environment_shows";
    const IS_WITHIN: &str = "ODX_TEST_IS_WITHIN";
    if std::env::var_os(IS_WITHIN).is_some() {
        return tell_of_a_refusing_http_proxy().await;
    }
    let mut proxy = Url::parse(&network::http_proxy_that_refuses().await).unwrap();
    proxy.set_username("me").unwrap();
    proxy.set_password(Some(HTTP_PROXY_PASSWORD)).unwrap();
    for variable in ["HTTP_PROXY", "all_proxy"] {
        let mut within = std::process::Command::new(std::env::current_exe().unwrap());
        for other in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            within.env_remove(other);
        }
        within
            .args([THIS, "--exact", "--nocapture"])
            .env(IS_WITHIN, "1")
            .env(variable, proxy.as_str());
        let ended = tokio::task::spawn_blocking(move || within.output());
        let ended = ended.await.unwrap().unwrap();
        let told = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{}", told.len());
        // Every road was refused by it.
        let refusals = told.matches("the HTTP proxy on the way").count();
        assert!(refusals >= roads().count(), "{refusals}");
        shows_none(variable, &told, &[HTTP_PROXY_PASSWORD]);
    }
}

async fn tell_of_a_refusing_http_proxy() {
    log::start();
    let (_server, given) = sandbox().await;
    let given = Given {
        url: INTERN.to_owned(),
        proxy: INTERN.to_owned(),
        network: Network::OfTheEnvironment,
        ..given
    };
    for road in roads() {
        let error = match given.session(road).await {
            Err(error) => error,
            Ok(odoo) => odoo.execute(count()).await.unwrap_err(),
        };
        println!("{}", everything_of(&error));
    }
    println!("{}", log::so_far());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_id_of_a_session_shows_before_and_after_it_changes() {
    let (server, given) = sandbox().await;
    let odoo = given.session("web").await.unwrap();
    let mut seen = Seen::default();
    let mut ids = server.session_ids();
    assert_eq!(ids.len(), 1);
    for change in [
        Server::rotate_sessions,
        Server::expire_sessions,
        Server::rotate_sessions,
    ] {
        let before = server.session_ids();
        for fault in echoes(&before.iter().map(String::as_str).collect::<Vec<_>>()) {
            server.fail_next(fault);
            seen.failure("the web client", &odoo).await;
        }
        change(&server);
        succeeds(&odoo).await;
        let current = server.session_ids();
        // Both ids of a session that goes on under another one.
        for fault in echoes(&current.iter().map(String::as_str).collect::<Vec<_>>())
            .into_iter()
            .take(3)
        {
            server.fail_next(fault);
            if let Err(error) = odoo.execute(count()).await {
                seen.error("the web client", &error);
            }
        }
        seen.debug("the web client", &odoo);
        server.end_grace();
        ids.extend(before);
        ids.extend(current);
    }
    ids.sort();
    ids.dedup();
    assert!(ids.len() >= 4, "{}", ids.len());
    let mut secrets: Vec<&str> = ids.iter().map(String::as_str).collect();
    secrets.extend(SECRETS);
    seen.hold_none_of(&secrets);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_password_shows_nowhere() {
    let (server, given) = sandbox().await;
    let mut seen = Seen::default();
    let with_password = |scheme: &str| format!("{scheme}://me:{URL_PASSWORD}@127.0.0.1:1");
    for road in roads() {
        let given = Given {
            url: with_password("http"),
            proxy: with_password("https"),
            ..given.clone()
        };
        let error = given.session(road).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("must not hold a user or a password"),
            "{error}"
        );
        seen.error(road, &error);
    }
    for error in [
        HttpClient::builder()
            .http_proxy(with_password("http"))
            .build()
            .unwrap_err(),
        HttpClient::builder()
            .http_proxy(format!("me:{URL_PASSWORD}@127.0.0.1"))
            .build()
            .unwrap_err(),
        OdxProxy::new(with_password("http"), PROXY_KEY).unwrap_err(),
    ] {
        seen.error("an address", &error);
    }
    // An Odoo that a gateway of its own protects, behind a proxy which reaches it so.
    let proxy = OdxProxy::new(server.url(), PROXY_KEY).unwrap();
    let instance = OdooInstance::new(with_password("http"), &given.database, COMPANY_USER, KEY);
    let odoo = proxy.session(instance.clone());
    succeeds(&odoo).await;
    for fault in echoes(&[KEY, PROXY_KEY, URL_PASSWORD]) {
        server.fail_next(fault);
        seen.failure("an instance", &odoo).await;
    }
    seen.debug("what it is made of", &(&odoo, &proxy, &instance));
    seen.hold_none_of(&SECRETS);
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_of_whatever_holds_a_secret_shows_none() {
    let (server, given) = sandbox().await;
    let mut seen = Seen::default();
    for road in roads().filter(|road| *road != "rpc2") {
        seen.debug("Connect", &given.connect(road));
        let with_proxy =
            given
                .connect(road)
                .http_proxy_with_login(server.url(), "me", HTTP_PROXY_PASSWORD);
        seen.debug("Connect", &with_proxy);
    }
    let connect = Odoo::from_settings(|setting| {
        Some(match setting.variable() {
            "ODX_ODOO_URL" | "ODX_PROXY_URL" => server.url(),
            "ODX_ODOO_USER_ID" => "2".to_owned(),
            "ODX_ROAD" => "json2".to_owned(),
            _ if setting.is_secret() => KEY.to_owned(),
            _ => "nora".to_owned(),
        })
    });
    seen.debug("Connect", &connect);
    let builder =
        || HttpClient::builder().http_proxy_with_login(server.url(), "me", HTTP_PROXY_PASSWORD);
    seen.debug("HttpClientBuilder", &builder());
    let client = builder().build().unwrap();
    seen.debug("HttpClient", &client);
    let builder = OdxProxy::builder(server.url(), PROXY_KEY).http_proxy_with_login(
        server.url(),
        "me",
        HTTP_PROXY_PASSWORD,
    );
    seen.debug("OdxProxyBuilder", &builder);
    let proxy = OdxProxy::new(server.url(), PROXY_KEY).unwrap();
    seen.debug(
        "OdxProxy",
        &(&proxy, blocking::OdxProxy::from(proxy.clone())),
    );
    let instance = || OdooInstance::new(server.url(), &given.database, COMPANY_USER, KEY);
    seen.debug("OdooInstance", &instance());
    let sessions = [proxy.session(instance()), proxy.session_v2(instance())];
    seen.debug("Session", &(&sessions, sessions[0].blocking()));
    let documentation = OdooDocumentation::with_client(&instance(), &client).unwrap();
    seen.debug("OdooDocumentation", &documentation);
    let xml = XmlRpc::with_login(server.url(), &given.database, COMPANY_LOGIN, PASSWORD).unwrap();
    seen.debug(
        "XmlRpc",
        &(
            &xml,
            XmlRpc::with_user_id(server.url(), "demo", 2, KEY).unwrap(),
        ),
    );
    seen.debug(
        "Rpc2",
        &Rpc2::new(server.url(), "demo", COMPANY_LOGIN, PASSWORD).unwrap(),
    );
    seen.debug("a key", &odx_runtime::SecretString::from(KEY));
    let request = Request::post(Url::parse(&server.url()).unwrap(), "text/plain", KEY)
        .header(header::AUTHORIZATION, header::HeaderValue::from_static(KEY));
    seen.debug("Request", &request);
    seen.hold_none_of(&SECRETS);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_odoo_says_of_rows_languages_and_reports_shows_no_secret() {
    let mut seen = Seen::default();
    let (server, given) = sandbox().await;
    for road in roads() {
        let odoo = given.session(road).await.unwrap();
        let secrets = sent_over(road).iter().flat_map(|secret| forms(secret));
        let echo = secrets.collect::<Vec<_>>().join(" | ");
        let message = json!({"type": "error", "message": echo, "record": 0, "field": echo});
        let refused = json!({"ids": false, "messages": [message]});
        server.fail("res.partner", "load", Fault::Result(refused), 1);
        let selection = json!([[echo, echo], ["x", echo]]);
        let kind = json!({"type": {"type": "selection", "selection": selection}});
        server.fail("res.partner", "fields_get", Fault::Result(kind), 1);
        let odd = odoo
            .import("res.partner", ["id", "type"])
            .rows([["crm.a", "odd"]]);
        let told = odoo
            .import("res.partner", ["id", "name"])
            .rows([["crm.b", "B"]]);
        for (what, import) in [("a value that was not sent", odd), ("a row", told)] {
            let imported = import.send().await.unwrap();
            assert_eq!(imported.refused.len(), 1, "{road}: {imported:?}");
            seen.debug(&format!("{road}, {what}"), &imported);
        }
        let report =
            json!([{"report_name": echo, "model": "res.partner", "report_type": "qweb-pdf"}]);
        server.fail("ir.actions.report", "search_read", Fault::Result(report), 1);
        let report = ResPartner::report(&odoo, "sale.none", [Id::new(1)])
            .bytes()
            .await;
        seen.error(&format!("{road}, a report"), &report.unwrap_err());
        server.clear_faults();
    }
    let nora = User::administrator(COMPANY_USER, KEY).password(PASSWORD);
    let database = furniture_maker().with_user(nora.login(COMPANY_LOGIN));
    let options = Options::default().key(PROXY_KEY);
    let server = Server::start(database.series("16.0"), options)
        .await
        .unwrap();
    let given = Given {
        key: KEY.to_owned(),
        password: PASSWORD.to_owned(),
        ..Given::of(&server, PROXY_KEY)
    };
    for road in roads_of(16).filter(|road| *road != RPC2) {
        let odoo = given.session(road).await.unwrap().lang("nl_BE");
        let echo = sent_over(road).join(" | ");
        let languages = json!([{"id": 1, "code": echo}]);
        server.fail("res.lang", "search_read", Fault::Result(languages), 1);
        let written = ResPartner::write(&odoo, [Id::new(1)], values!(ResPartner { name: "x", .. }));
        let error = written.await.unwrap_err();
        assert!(
            matches!(error, Error::LanguageNotInstalled(_)),
            "{road}: {error}"
        );
        seen.error(&format!("{road}, a language"), &error);
    }
    seen.hold_none_of(&SECRETS);
}
