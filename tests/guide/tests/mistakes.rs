//! Mistakes that only show when a program runs, each with what it is told; `docs/mistakes.md` has them, beside those that do
//! not compile.

use std::{env, error::Error as _, fs, future::Future, path::Path, pin::Pin};

use models::prelude::*;
use odx_runtime::transport::RoadName;
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, Options, Server, company,
};

type Told = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// A mistake, and the words that its message has to have: what is wrong, and what to do.
struct Mistake {
    what: &'static str,
    told: fn(Place) -> Told,
    names: &'static [&'static str],
}

/// A small company's Odoo.
#[derive(Clone)]
struct Place {
    url: String,
    odoo: Session,
    older: Session,
}

macro_rules! mistakes {
    ($($what:literal: |$place:pat_param| $code:expr => [$($names:literal),+ $(,)?];)+) => {
        const MISTAKES: &[Mistake] = &[$(Mistake {
            what: $what,
            told: |place| {
                let $place = place;
                Box::pin(async move { $code.await.map(drop) })
            },
            names: &[$($names),+],
        }),+];
    };
}

async fn nothing_set() -> Result<Session, Error> {
    Odoo::from_settings(|_| None)?.await
}

async fn a_road_misspelt() -> Result<Session, Error> {
    Odoo::from_settings(|setting| match setting {
        odx_runtime::session::Setting::Url => Some("https://erp.example.com".to_owned()),
        odx_runtime::session::Setting::Road => Some("json-rpc".to_owned()),
        odx_runtime::session::Setting::ApiKey => Some("key".to_owned()),
        _ => None,
    })?
    .await
}

async fn a_key_in_two_lines() -> Result<Session, Error> {
    Odoo::from_settings(|setting| match setting {
        odx_runtime::session::Setting::Url => Some("https://erp.example.com".to_owned()),
        odx_runtime::session::Setting::ApiKey => Some("one\ntwo\n".to_owned()),
        _ => None,
    })?
    .await
}

mistakes! {
    "nothing in the environment": |_| nothing_set() => ["ODX_ODOO_URL"];
    "a road misspelt": |_| a_road_misspelt() => ["json-rpc", "jsonrpc"];
    "an address without a scheme": |_| Odoo::connect("erp.example.com").api_key("key").into_future() => ["URL of Odoo", "https://"];
    "an address where nothing listens": |_| Odoo::connect("http://127.0.0.1:9").api_key("key").into_future() => ["127.0.0.1:9"];
    "an address copied from a browser": |p| Odoo::connect(format!("{}/odoo", p.url)).database(COMPANY_DATABASE).api_key(COMPANY_KEY).into_future() => ["leave the path out"];
    "an address of the page where one logs in": |p| Odoo::connect(format!("{}/web/login", p.url)).database(COMPANY_DATABASE).api_key(COMPANY_KEY).into_future() => ["leave the path out"];
    "https where the server speaks http": |p| Odoo::connect(p.url.replace("http:", "https:")).api_key(COMPANY_KEY).into_future() => ["TLS", "http://"];
    "no key and no password": |p| Odoo::connect(p.url).into_future() => ["key", "password"];
    "an API key for the web client's road": |p| Odoo::connect(p.url).database(COMPANY_DATABASE).user(COMPANY_LOGIN).api_key(COMPANY_KEY).road(RoadName::Web).into_future() => ["web", "password"];
    "a wrong key": |p| Odoo::connect(p.url).database(COMPANY_DATABASE).api_key("wrong").into_future() => ["key"];
    "a wrong password": |p| Odoo::connect(p.url).database(COMPANY_DATABASE).login(COMPANY_LOGIN, "wrong").into_future() => ["password", "login"];
    "a wrong login": |p| Odoo::connect(p.url).database(COMPANY_DATABASE).login("nobody", COMPANY_PASSWORD).into_future() => ["password", "login"];
    "a wrong database": |p| Odoo::connect(p.url).database("prod").login(COMPANY_LOGIN, COMPANY_PASSWORD).into_future() => ["prod"];
    "a key with the line end of the file that it was read from": |p| Odoo::connect(p.url).database(COMPANY_DATABASE).api_key("key\n").into_future() => ["key"];
    "a key with a line end in the middle, in the environment": |_| a_key_in_two_lines() => ["ODX_ODOO_API_KEY", "line end"];
    "a wrong key of the proxy": |p| Odoo::connect("http://odoo.invalid").database(COMPANY_DATABASE).user_id(2).api_key(COMPANY_KEY).through(p.url, "wrong").into_future() => ["key of the proxy itself", "ODX_PROXY_KEY"];
    "a record that does not exist": |p| ResPartner::get(&p.odoo, Id::new(999_999)) => ["res.partner", "999999"];
    "some records that do not exist": |p| async move { ResPartner::read(&p.odoo, [1, 999_999].map(Id::new)).await?.all() } => ["res.partner", "999999"];
    "one of many": |p| ResPartner::search(|r| r.is_company.eq(true)).one(&p.odoo) => ["res.partner", "first"];
    "one of none": |p| ResPartner::search(|r| r.name.eq("Nobody")).one(&p.odoo) => ["res.partner", "first"];
    "a text that may be unset plucked as one that is always there": |p| async move { let _: Vec<String> = ResPartner::all().pluck(|r| r.name).fetch(&p.odoo).await?; Ok(()) } => ["res.partner.name", "Option"];
    "an external id without its module": |p| async move { p.odoo.xml_id::<ResCountry>("be").await } => ["be", "base."];
    "an external id that nothing has": |p| async move { p.odoo.xml_id::<ResCountry>("base.atlantis").await } => ["base.atlantis", "installed"];
    "an external id of another model": |p| async move { p.odoo.xml_id::<ResPartner>("base.be").await } => ["base.be", "res.country", "res.partner"];
    "a language that is not installed": |p| async move { ResCountry::write(&p.odoo.lang("xx_XX"), [Id::new(1)], values!(ResCountry { name: "X", .. })).await } => ["xx_XX"];
    "a required value left out, by the builder": |p| async move { ResCountry::create(&p.odoo, ResCountry::values().set(ResCountry::F.name, "Atlantis")).await } => ["res.country", "code"];
    "a text that Odoo would cut off": |p| async move { ResCountry::write(&p.odoo, [Id::new(1)], ResCountry::values().set(ResCountry::F.code, "BEL".to_owned())).await } => ["code", "2"];
    "a number that is none": |p| async move { ResPartner::search(|r| r.partner_latitude.gt(f64::NAN)).count(&p.odoo).await } => ["partner_latitude", "finite"];
    "a number that is none, written": |p| async move { ResPartner::write(&p.odoo, [Id::new(1)], ResPartner::values().set(ResPartner::F.partner_latitude, f64::INFINITY)).await } => ["partner_latitude", "finite"];
    "a condition that the series cannot say": |p| async move { SaleOrder::search(|o| o.order_line.not_any(|l| l.product_uom_qty.gt(1.0) & l.discount.gt(1.0))).count(&p.older).await } => ["order_line", "16"];
    "a group that the series cannot make": |p| async move { SaleOrder::group_by(|o| o.partner_id.hop(|r| r.city)).fetch(&p.older).await } => ["partner_id.city", "16"];
    "a model that the server does not have": |p| async move { p.odoo.call("res.partnr", "search_count").send::<i64>().await } => ["res.partnr", "installed"];
    "a method that the model does not have": |p| async move { SaleOrder::call(&p.odoo, "action_confrim").ids([Id::new(1)]).send::<bool>().await } => ["action_confrim", "sale.order", "name"];
    "an answer asked for as another type": |p| async move { ResPartner::call(&p.odoo, "search_count").arg(serde_json::json!([])).send::<String>().await } => ["res.partner", "search_count", "String"];
    "a field that the server does not have": |p| async move { Stranger::all().limit(1).fetch(&p.odoo).await } => ["res.partner", "mobile_phone", "odx check"];
    "a record that others need, deleted": |p| async move { ResPartner::unlink(&p.odoo, [SaleOrder::all().order(|o| o.id.asc()).first(&p.odoo).await?.expect("an order").partner_id.id]).await } => ["res.partner"];
}

/// A struct written by hand, with a field that Odoo 19 dropped.
#[derive(OdooModel)]
#[odoo(name = "res.partner")]
#[allow(dead_code)]
struct Stranger {
    mobile_phone: Option<String>,
}

impl Place {
    async fn start() -> (Self, [Server; 2]) {
        let start = async |series: &str| {
            let database = company().expect("the company").series(series);
            Server::start(database, Options::default())
                .await
                .expect("a server")
        };
        let connect = async |server: &Server| {
            Odoo::connect(server.url())
                .database(COMPANY_DATABASE)
                .login(COMPANY_LOGIN, COMPANY_PASSWORD)
                .await
                .expect("a session")
        };
        let (server, older) = (start("19.0").await, start("16.0").await);
        let place = Self {
            url: server.url(),
            odoo: connect(&server).await,
            older: connect(&older).await,
        };
        (place, [server, older])
    }
}

/// Each mistake made while it runs, with what is said.
async fn told() -> Vec<(&'static Mistake, String)> {
    let (place, _servers) = Place::start().await;
    let mut all = Vec::new();
    for mistake in MISTAKES {
        let told = (mistake.told)(place.clone()).await;
        let Err(error) = told else {
            panic!("{}: no error", mistake.what);
        };
        let text = error
            .to_string()
            .replace(&place.url["http://".len()..], "erp.example.com");
        all.push((mistake, text));
    }
    all
}

#[tokio::test]
async fn what_a_program_is_told_names_what_is_wrong_and_the_way_out() {
    for (mistake, text) in told().await {
        for name in mistake.names {
            assert!(
                text.contains(name),
                "{}: no {name:?} in {text}",
                mistake.what
            );
        }
        assert!(text.lines().count() <= 5, "{}: {text}", mistake.what);
    }
}

/// What `unwrap` shows, and a `main` that returns the error: the message, and the causes below it.
#[tokio::test]
async fn a_program_that_prints_an_error_as_debug_says_the_same() {
    let (place, _servers) = Place::start().await;
    for mistake in MISTAKES {
        let Err(error) = (mistake.told)(place.clone()).await else {
            panic!("{}: no error", mistake.what);
        };
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let lines = causes.map(|cause| format!("\n  caused by: {cause}"));
        let told = error.to_string() + &lines.collect::<String>();
        assert_eq!(format!("{error:?}"), told, "{}", mistake.what);
        assert_eq!(format!("{error:#?}"), told, "{}", mistake.what);
        assert!(!told.contains(COMPANY_KEY), "{}: {told}", mistake.what);
        assert!(!told.contains(COMPANY_PASSWORD), "{}: {told}", mistake.what);
    }
}

/// What the compiler says to a mistake, from the message that it is held against.
struct Compiled {
    what: String,
    code: Vec<String>,
    text: String,
}

fn compiled() -> Vec<Compiled> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/messages/tests/ui");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the mistakes that do not compile")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "stderr")
        })
        .collect();
    paths.sort();
    paths.iter().map(|path| Compiled::read(path)).collect()
}

impl Compiled {
    fn read(path: &Path) -> Self {
        let message = fs::read_to_string(path).expect("a message");
        let first = message.split("\n\nerror").next().unwrap_or_default();
        let (head, rest) = first.split_once('\n').unwrap_or((first, ""));
        let text = head
            .split_once(": ")
            .map_or(head, |(_, text)| text)
            .trim_start_matches("evaluation panicked: ");
        let source = fs::read_to_string(path.with_extension("rs")).expect("a mistake");
        let way_out = source
            .lines()
            .find_map(|line| line.strip_prefix("// The way out: "));
        let code = rest
            .lines()
            .take_while(|line| !line.trim_start().starts_with(['=', ':']))
            // What the compiler would write is not the way out where another one is told.
            .take_while(|line| way_out.is_none() || !line.starts_with("help: "))
            .filter_map(|line| line.split_once(" | "))
            .filter(|(number, _)| number.trim().parse::<u32>().is_ok())
            .map(|(_, code)| code.trim().to_owned())
            .collect();
        Self {
            what: path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .expect("UTF-8")
                .replace('_', " "),
            code,
            text: way_out.map_or_else(|| text.to_owned(), |way_out| format!("{text} ({way_out})")),
        }
    }
}

const HEAD: &str = "# Mistakes, and what is said to them

Mistakes that people made, or would make, with the first sentence of the message. Each is a test: those that do not compile are
`tests/messages/tests/ui`, the others `tests/guide/tests/mistakes.rs`. The compiler shows the line and the field beside what stands here.
In parentheses stands the way out where that sentence does not say it: the notes below it do, unless it is the compiler's own.
`UPDATE_EXPECT=1 cargo test -p odx-guide` writes this page.
";

fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// A text in a cell of a table. Outside of code, the page of a server that it quotes would be one of the book's.
fn told_in_cell(text: &str) -> String {
    let parts = cell(text);
    let parts = parts.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => part.replace('<', "&lt;"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    let text = cell(text);
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

#[tokio::test]
async fn the_page_has_every_mistake() {
    let mut page = HEAD.to_owned();
    page.push_str(
        "\n## What does not compile\n\n| Mistake | Code | The compiler says |\n|---|---|---|\n",
    );
    let compiled = compiled();
    for mistake in &compiled {
        let lines: Vec<_> = mistake.code.iter().map(|line| code(line)).collect();
        let (what, lines, text) = (
            &mistake.what,
            lines.join("<br>"),
            told_in_cell(&mistake.text),
        );
        page.push_str(&format!("| {what} | {lines} | {text} |\n"));
    }
    page.push_str("\n## What shows when it runs\n\n| Mistake | What is said |\n|---|---|\n");
    for (mistake, text) in told().await {
        page.push_str(&format!("| {} | {} |\n", mistake.what, told_in_cell(&text)));
    }
    assert!(compiled.len() + MISTAKES.len() >= 60);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mistakes.md");
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "write it anew by UPDATE_EXPECT=1");
}
