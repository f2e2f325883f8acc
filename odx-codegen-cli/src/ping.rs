//! `odx ping`: how an Odoo is reached, and as whom.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use odx_facts::{KEY_SCOPE, KEYS_MAY_END, Series};
use odx_runtime::model::{DateTime, NaiveDate, Utc};
use odx_runtime::session::{ServerVersion, Setting};
use odx_runtime::transport::RoadName;
use odx_runtime::{Error, OdooError, Session};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Outcome;
use crate::args::PingArgs;
use crate::connect::Live;
use crate::failure::Failure;
use crate::output;
use crate::settings;

/// Calls of which the fastest counts.
const CALLS: usize = 5;

/// Whom only administrators may read, in every series.
const FOR_ADMINISTRATORS: &str = "ir.config_parameter";

/// What is told of a road.
#[derive(Serialize)]
struct RoadState {
    road: &'static str,
    state: State,
    reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It is the one that is taken.
    Taken,
    /// It was tried, and works with what is given.
    Works,
    /// This series does not have it.
    Absent,
    /// It was tried, and does not work with what is given.
    Refused,
    /// There is nothing to try it with.
    NotTried,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Works => "works",
            Self::Absent => "absent",
            Self::Refused => "refused",
            Self::NotTried => "not tried",
        }
    }
}

/// An API key of the user that ends. Whether it is the one that is used, Odoo does not tell.
#[derive(Serialize)]
struct EndingKey {
    name: String,
    /// The last day.
    ends: String,
    days_left: i64,
}

impl EndingKey {
    fn of(row: &Value, today: NaiveDate) -> Option<Self> {
        let ends = row["expiration_date"].as_str()?.get(.."2026-01-01".len())?;
        let last: NaiveDate = ends.parse().ok()?;
        Some(Self {
            name: row["name"].as_str().unwrap_or_default().to_owned(),
            ends: ends.to_owned(),
            days_left: NaiveDate::signed_duration_since(last, today).num_days(),
        })
    }
}

struct Answers {
    version: ServerVersion,
    login: Option<String>,
    administrator: Option<bool>,
    reads_ir_model: Option<bool>,
    ending_keys: Vec<EndingKey>,
    latency: Duration,
}

pub(crate) fn run(named: Option<&Path>, args: &PingArgs) -> Result<Outcome, Failure> {
    let config = settings::load(named)?;
    let live = Live::open(&config, &args.connect)?;
    let answers = live.run(ask(&live))?;
    let roads = roads(&live, &answers.version);
    let identity = live
        .odoo
        .identity()
        .expect("BUG: a connected session has one");
    let milliseconds = output::milliseconds(answers.latency);
    if args.json {
        output::result(&output::json(&json!({
            "url": identity.url,
            "version": answers.version.text,
            "series": answers.version.series().to_string(),
            "database": identity.database,
            "user_id": live.user_id,
            "login": answers.login,
            "administrator": answers.administrator,
            "reads_ir_model": answers.reads_ir_model,
            "road": identity.road,
            "why": identity.why,
            "given": given(&live).heading(),
            "rust": rust(&live, answers.login.as_deref()),
            "roads": roads,
            "ending_keys": answers.ending_keys,
            "latency_ms": milliseconds,
        })));
        return Ok(Outcome::Done);
    }
    let login = answers.login.as_deref().unwrap_or("login unknown");
    let rights = match answers.administrator {
        Some(true) => "administrator",
        Some(false) => "no administrator",
        None => "unknown whether an administrator",
    };
    let reads = match answers.reads_ir_model {
        Some(true) => "may read ir.model",
        Some(false) => "may not read ir.model: `odx pull` sees fewer models",
        None => "unknown whether ir.model may be read",
    };
    let lines = [
        (
            "odoo",
            format!("{} at {}", answers.version.text, identity.url),
        ),
        ("database", identity.database.clone()),
        ("user", format!("{login}, id {}", live.user_id)),
        ("rights", format!("{rights}; {reads}")),
        ("road", format!("{}: {}", identity.road, identity.why)),
        (
            "given",
            format!("{} (docs/roads.md)", given(&live).heading()),
        ),
        ("in Rust", rust(&live, answers.login.as_deref())),
        (
            "latency",
            format!("{milliseconds} ms, the fastest of {CALLS} calls"),
        ),
    ];
    let keys = answers.ending_keys.iter().map(|key| {
        let EndingKey {
            name,
            ends,
            days_left,
        } = key;
        let line = format!("`{name}` ends on {ends}, in {days_left} days: make another in time");
        ("api key", line)
    });
    for (what, line) in lines.into_iter().chain(keys) {
        output::result(&format!("{what:<9} {}\n", output::printable(&line)));
    }
    let rows = roads.iter().map(|road| {
        vec![
            road.road.to_owned(),
            road.state.word().to_owned(),
            road.reason.clone(),
        ]
    });
    output::result(&format!(
        "\n{}",
        output::table(&["road", "state", "why"], &rows.collect::<Vec<_>>())
    ));
    Ok(Outcome::Done)
}

/// What the user has, as the headings of `docs/roads.md` tell it.
#[derive(Clone, Copy)]
enum Given {
    Key,
    Password,
    Proxy,
}

impl Given {
    fn heading(self) -> &'static str {
        match self {
            Self::Key => "An API key",
            Self::Password => "A login and a password",
            Self::Proxy => "Behind ODXProxy",
        }
    }
}

fn given(live: &Live) -> Given {
    // The web client's road takes the password of both.
    let takes_key = live.odoo.protocol() != RoadName::Web.as_str();
    match live.given.has(Setting::ApiKey) && takes_key {
        _ if live.given.is_behind_a_proxy() => Given::Proxy,
        true => Given::Key,
        false => Given::Password,
    }
}

/// The line of Rust that makes the same session. Secrets are variables in it.
fn rust(live: &Live, login: Option<&str>) -> String {
    let identity = live
        .odoo
        .identity()
        .expect("BUG: a connected session has one");
    let road = RoadName::all().find(|road| road.as_str() == identity.road);
    let knows_user_by_key = road.is_some_and(RoadName::takes_names_only);
    let login = live.given.shown(Setting::Login).or(login);
    let by_login = login.map(|login| format!(".login({login:?}, password)"));
    // There is no password without a login, whose place the id may take.
    let by_login = by_login.unwrap_or_else(|| ".login(\"\", password)".to_owned());
    let id = format!(".user_id({})", live.user_id);
    let user = match (given(live), login) {
        (Given::Password, Some(_)) => by_login,
        (Given::Password, None) => by_login + &id,
        _ if knows_user_by_key => ".api_key(api_key)".to_owned(),
        (Given::Proxy, _) if !live.given.has(Setting::ApiKey) => by_login + &id,
        (Given::Key, Some(login)) => format!(".user({login:?}).api_key(api_key)"),
        _ => id + ".api_key(api_key)",
    };
    let through = live.given.shown(Setting::ProxyUrl);
    let through = through.map(|url| format!(".through({url:?}, proxy_key)"));
    let demanded = road.filter(|_| live.given.has(Setting::Road));
    let demanded = demanded.map(|road| format!(".road(RoadName::{road:?})"));
    format!(
        "Odoo::connect({:?}){}.database({:?}){user}{}.await?",
        identity.url,
        through.unwrap_or_default(),
        identity.database,
        demanded.unwrap_or_default(),
    )
}

async fn ask(live: &Live) -> Result<Answers, Failure> {
    let odoo = &live.odoo;
    let version = odoo.version().await?;
    let mut latency = Duration::MAX;
    for _ in 0..CALLS {
        let started = Instant::now();
        let asked = odoo.call("res.users", "context_get").send::<Value>().await;
        match asked {
            // It was carried out: the XML-RPC of Odoo 14 cannot say its result.
            Ok(_) | Err(Error::UnexpectedResult(_)) => {}
            Err(error) => return Err(error.into()),
        }
        latency = latency.min(started.elapsed());
    }
    let ending_keys = ending_keys(live, version.series()).await?;
    Ok(Answers {
        version,
        ending_keys,
        login: login(live).await?,
        administrator: may_read(odoo, FOR_ADMINISTRATORS).await?,
        reads_ir_model: may_read(odoo, "ir.model").await?,
        latency,
    })
}

/// The user's login; `None` where even that may not be read.
async fn login(live: &Live) -> Result<Option<String>, Error> {
    match live.login().await {
        Err(error) if error.odoo().is_some() => Ok(None),
        login => login,
    }
}

/// The API keys of the user that work here and end, the next one first; none where no key is used, and where Odoo does not
/// show them.
async fn ending_keys(live: &Live, series: Series) -> Result<Vec<EndingKey>, Error> {
    if !live.given.has(Setting::ApiKey) || !KEYS_MAY_END.holds(series) {
        return Ok(Vec::new());
    }
    let now = DateTime::<Utc>::from(SystemTime::now());
    let rows: Result<Vec<Value>, Error> = live
        .odoo
        .call("res.users.apikeys", "search_read")
        .kwarg(
            "domain",
            json!([
                ["user_id", "=", live.user_id],
                ["scope", "in", [false, KEY_SCOPE]],
                [
                    "expiration_date",
                    ">=",
                    now.format("%Y-%m-%d %H:%M:%S").to_string()
                ],
            ]),
        )
        .kwarg("fields", json!(["name", "expiration_date"]))
        .kwarg("order", "expiration_date")
        .send()
        .await;
    match rows {
        Ok(rows) => Ok(rows
            .iter()
            .filter_map(|row| EndingKey::of(row, now.date_naive()))
            .collect()),
        Err(error) if error.odoo().is_some() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether the user may read a model; `None` where this Odoo does not tell.
async fn may_read(odoo: &Session, model: &'static str) -> Result<Option<bool>, Error> {
    let counted: Result<Value, Error> =
        odoo.call(model, "search_count").arg(json!([])).send().await;
    match counted {
        Ok(_) => Ok(Some(true)),
        Err(error) if error.odoo().is_some_and(OdooError::is_access) => Ok(Some(false)),
        Err(error) if error.odoo().is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What there is to tell of every road. Those that could be taken are tried.
fn roads(live: &Live, version: &ServerVersion) -> Vec<RoadState> {
    let state = |road: RoadName| {
        let (state, reason) = state(live, version, road);
        RoadState {
            road: road.as_str(),
            state,
            reason,
        }
    };
    RoadName::all().map(state).collect()
}

fn state(live: &Live, version: &ServerVersion, road: RoadName) -> (State, String) {
    let given = &live.given;
    if road.as_str() == live.odoo.protocol() {
        return (State::Taken, String::new());
    }
    if !road.is_there(version.series()) {
        return (
            State::Absent,
            format!("Odoo {} does not have it", version.series()),
        );
    }
    match (road.is_behind_a_proxy(), given.is_behind_a_proxy()) {
        (true, false) => {
            let proxy = given.name(Setting::ProxyUrl);
            return (State::NotTried, format!("{proxy} is not set"));
        }
        (false, true) => return (State::NotTried, "a proxy was given".to_owned()),
        _ => {}
    }
    let failure = match Live::of(given.over(road)) {
        Ok(_) => return (State::Works, String::new()),
        Err(failure) => failure,
    };
    match failure.setting() {
        Some(setting) if !given.has(setting) => (
            State::NotTried,
            format!("{} is not set", given.name(setting)),
        ),
        _ => {
            let reason = failure.to_string();
            let reason = reason.lines().next().unwrap_or_default();
            (State::Refused, reason.to_owned())
        }
    }
}
