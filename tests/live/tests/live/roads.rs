//! What each road does and what it refuses, recorded: `docs/roads.md` is made from it.

use std::fs;
use std::time::Duration;

use odx_live::record::{self, Outcomes, WORKS, key, named};
use odx_live::{
    Credentials, Live, Promise, User,
    models::{OdxProbe, ResPartner},
    road, users, variable,
};
use odx_runtime::error::Cause;
use odx_runtime::transport::RoadName;
use odx_runtime::{Error, Id, Model, OdooError, Session, values};
use serde_json::{Value, json};

/// What no user has.
const WRONG: &str = "hunter2-the-wrong-one";

/// What came of a promise: [`WORKS`], or what came in its place.
type Tried = Result<&'static str, Error>;

/// As it is recorded.
fn outcome(tried: Tried) -> String {
    tried.map_or_else(|error| named(&error), str::to_owned)
}

fn works_if(works: bool, otherwise: &'static str) -> Tried {
    Ok(if works { WORKS } else { otherwise })
}

async fn probe(odoo: &Session) -> Result<Id<OdxProbe>, Error> {
    let probes = OdxProbe::all().limit(1).ids(odoo).await?;
    Ok(probes[0])
}

async fn echoed(odoo: &Session, given: Value) -> Tried {
    let echo = OdxProbe::call(odoo, "echo").ids([probe(odoo).await?]);
    let arrived: Value = echo.kwarg("key", given.clone()).send().await?;
    works_if(arrived["kwargs"]["key"] == given, "another value")
}

async fn records(odoo: &Session) -> Tried {
    let name = "a partner of the test of roads";
    let id = ResPartner::create(odoo, values!(ResPartner { name: name })).await?;
    let of_it = || ResPartner::search(|p| p.id.eq(id));
    ResPartner::write(odoo, [id], values!(ResPartner { phone: "+32 2" })).await?;
    let phones: Vec<Option<String>> = of_it().pluck(|p| p.phone).fetch(odoo).await?;
    let groups = of_it().group_by(|p| p.is_company).fetch(odoo).await?;
    ResPartner::unlink(odoo, [id]).await?;
    let left = of_it().count(odoo).await?;
    let is_right = phones == [Some("+32 2".to_owned())] && groups.len() == 1 && left == 0;
    works_if(is_right, "other values")
}

/// What comes of an error that Odoo raises, which must be told in a way.
async fn raised(
    odoo: &Session,
    method: &'static str,
    is: impl Fn(&OdooError) -> bool,
    otherwise: &'static str,
) -> Tried {
    let call = OdxProbe::call(odoo, method).ids([probe(odoo).await?]);
    let error = call.send::<Value>().await.expect_err(method);
    works_if(error.odoo().is_some_and(is), otherwise)
}

/// Whether what is wrong with a connection is told as that.
async fn told(connecting: impl IntoFuture<Output = Result<Session, Error>>, cause: Cause) -> Tried {
    match connecting.await {
        Ok(_) => Ok("it is not looked at"),
        Err(error) if error.odoo().is_some_and(|odoo| odoo.cause() == cause) => Ok(WORKS),
        Err(error) => Err(error),
    }
}

async fn tried(promise: Promise, live: &Live) -> Tried {
    let odoo = &live.session();
    let given = || live.connection(User::Admin);
    match promise {
        Promise::Records => records(odoo).await,
        Promise::Methods => echoed(odoo, json!([true, "text", 1.5])).await,
        Promise::Positions => {
            let echo = OdxProbe::call(odoo, "echo").ids([probe(odoo).await?]);
            let arrived: Value = echo.arg(1.5).send().await?;
            works_if(arrived["args"] == json!([1.5]), "another value")
        }
        Promise::NoneWithin => {
            let answer: Value = OdxProbe::call(odoo, "answer_model").send().await?;
            works_if(answer == json!({"value": null}), "another value")
        }
        Promise::RecordsAsResult => {
            let probe = probe(odoo).await?;
            let call = OdxProbe::call(odoo, "answer_records").ids([probe]);
            let records: Vec<Id<OdxProbe>> = call.result().await?;
            works_if(records == [probe], "another value")
        }
        Promise::LongIntegers => echoed(odoo, json!(1_i64 << 40)).await,
        Promise::ControlCharacters => echoed(odoo, json!("a\u{1}b")).await,
        Promise::Classes => {
            let is = OdooError::is_validation;
            raised(odoo, "raise_validation_error", is, "an error of the user").await
        }
        Promise::UniqueText => {
            let is = |error: &OdooError| error.to_string().contains("The code must be unique");
            raised(odoo, "raise_unique_violation", is, "another text").await
        }
        Promise::UnknownModel => {
            let call = odoo.call("odx.nothing", "search").arg(json!([]));
            unknown(call.send().await, Cause::UnknownModel)
        }
        Promise::UnknownMethod => {
            let call = odoo.call("odx.probe", "no_method").ids([1]);
            unknown(call.send().await, Cause::UnknownMethod)
        }
        Promise::TimeLimit => {
            let odoo = odoo.timeout(Duration::from_secs(1));
            let sleep = OdxProbe::call(&odoo, "sleep").kwarg("seconds", 3);
            let error = sleep
                .send::<Value>()
                .await
                .expect_err("a limit of a second");
            works_if(error.is_timeout(), "another error")
        }
        Promise::OwnContext => {
            let echo = OdxProbe::call(odoo, "echo").ids([probe(odoo).await?]);
            let arrived: Value = echo.kwarg("key", 1).send().await?;
            let context = &arrived["context"];
            let is_own = context["lang"].is_null() && context["tz"].is_null();
            works_if(is_own, "they stand under the call's own")
        }
        Promise::FindsDatabase => {
            let connect = live.without_database(User::Admin);
            works_if(connect.await?.identity().is_some(), "no identity")
        }
        Promise::TellsDatabase => told(given().database("nowhere"), Cause::Database).await,
        Promise::TellsLogin => {
            let nobody = match road() {
                RoadName::Web => given().login("nobody", User::Admin.variable("PASSWORD")),
                _ => given().user("nobody"),
            };
            told(nobody, Cause::Login).await
        }
        Promise::TellsUserId => told(given().user_id(999_999), Cause::Login).await,
        Promise::TellsSecret => {
            let wrong = match road() {
                RoadName::Web => given().login(User::Admin.variable("LOGIN"), WRONG),
                _ => given().api_key(WRONG),
            };
            told(wrong, Cause::Login).await
        }
    }
}

fn unknown(answer: Result<Value, Error>, cause: Cause) -> Tried {
    let error = answer.expect_err("there is no such thing");
    match error.odoo() {
        Some(odoo) if odoo.cause() == cause => Ok(WORKS),
        _ => Err(error),
    }
}

#[tokio::test]
async fn the_road_keeps_the_promises_that_it_kept() {
    let Some(live) = Live::start().await else {
        return;
    };
    let mut outcomes = Outcomes::new();
    for (promise, name, _) in Promise::ALL {
        outcomes.insert(name.to_owned(), outcome(tried(promise, &live).await));
    }
    record::compare(&key(Live::version(), road()), record::PROMISES, outcomes);
}

#[tokio::test]
async fn the_road_is_opened_by_what_opened_it() {
    let Some(live) = Live::start().await else {
        return;
    };
    let mut outcomes = Outcomes::new();
    for (credentials, name) in Credentials::ALL {
        let connect = credentials.given(live.unknown(road().is_behind_a_proxy()), User::Admin);
        let opened = connect.road(road()).await.map(|_| WORKS);
        outcomes.insert(name.to_owned(), outcome(opened));
    }
    record::compare(&key(Live::version(), road()), record::CREDENTIALS, outcomes);
}

/// Whatever road the tests take.
#[tokio::test]
async fn the_roads_that_are_there_and_are_taken_by_themselves_are_those_recorded() {
    let Some(live) = Live::start().await else {
        return;
    };
    let series = Live::version().to_string();
    for (kind, is_behind) in [(record::TAKEN, false), (record::TAKEN_BEHIND_A_PROXY, true)] {
        let mut outcomes = Outcomes::new();
        for (credentials, name) in Credentials::ALL {
            let connect = credentials.given(live.unknown(is_behind), User::Admin);
            let taken = connect.await.map(|odoo| odoo.protocol());
            outcomes.insert(name.to_owned(), outcome(taken));
        }
        record::compare(&series, kind, outcomes);
    }

    let mut absent = Outcomes::new();
    for road in RoadName::all() {
        let connect = live.unknown(road.is_behind_a_proxy()).user_id(live.user());
        let connect = match road {
            RoadName::Web => Credentials::LoginAndPassword.given(connect, User::Admin),
            _ => Credentials::IdAndKey.given(connect, User::Admin),
        };
        if let Err(error) = connect.road(road).await {
            let says = format!("Odoo {} does not have the road {road}", Live::version());
            assert!(error.to_string().contains(&says), "{error}");
            assert!(!road.is_there(Live::version()), "{error}");
            absent.insert(road.to_string(), named(&error));
        }
    }
    record::compare(&series, record::ABSENT, absent);
}

#[tokio::test]
async fn the_three_lines_of_each_user_work() {
    let Some(live) = Live::start().await else {
        return;
    };
    let [url, database] = ["ODX_ODOO_URL", "ODX_ODOO_DB"].map(variable);
    let [login, key, password] =
        ["LOGIN", "API_KEY", "PASSWORD"].map(|name| User::Admin.variable(name));
    // Without a login, a key is enough where Odoo knows the user by it.
    let by_key = users::api_key(&url, &database, key.clone().into()).await;
    match RoadName::Json2.is_there(Live::version()) {
        true => assert_eq!(by_key.unwrap().protocol(), "json2"),
        false => assert!(
            by_key
                .unwrap_err()
                .to_string()
                .contains("say whose API key it is")
        ),
    }
    let odoo = users::login_and_password(&url, &login, password.into()).await;
    assert_eq!(odoo.unwrap().protocol(), "jsonrpc");
    let proxy = (live.server.url(), live.server.key().clone());
    let proxy = (proxy.0.as_str(), proxy.1);
    let odoo = users::odxproxy(proxy, &url, &database, live.user(), key.into()).await;
    assert_eq!(odoo.unwrap().protocol(), "odxproxy-v1");
}

#[test]
fn the_document_is_what_the_runs_gave() {
    let path = odx_live::document::path();
    let document = fs::read_to_string(&path).expect("docs/roads.md");
    let rendered = odx_live::document::rendered(&document);
    if record::is_update() {
        fs::write(&path, &rendered).expect("the document can be written");
        return;
    }
    let mut lines = rendered.lines().zip(document.lines());
    let differs = lines.find(|(rendered, documented)| rendered != documented);
    assert!(
        rendered == document,
        "docs/roads.md is not what the runs gave; UPDATE_EXPECT=1 writes it. First difference: {differs:?}"
    );
}
