//! The pages in a real Chromium, headless and from disk, driven as a reader would.
//!
//! Without chromedriver the tests say that they were skipped; where `ODX_BROWSER` is set, they fail instead.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use odx_codegen::{Config, PAGES_INDEX, pages, schema::Meta, source};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Tests that take longer than this have failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser, and the pages that it is shown.
struct Reader {
    client: Client,
    folder: TempDir,
    _driver: Driver,
}

impl Reader {
    /// With the pages of a file of `fields_get` answers; `None` where there is no browser, which is told.
    async fn of(answers: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../odx-codegen/tests/data");
        let meta = Meta {
            odoo_version: Some("19.0".to_owned()),
            ..Meta::default()
        };
        let (schema, _) = source::read_saved(data.join(answers), None, meta).expect("a schema");
        let pages = pages(&schema, &Config::default()).expect("pages");
        pages.write(folder.path().join("pages")).expect("written");
        let driver = Driver::start()?;
        let mut reader = Self {
            client: client(driver.port, &folder.path().join("profile")).await,
            folder,
            _driver: driver,
        };
        reader.open(PAGES_INDEX).await;
        Some(reader)
    }

    async fn open(&mut self, page: &str) {
        let path = self.folder.path().join("pages").join(page);
        let url = format!("file://{}", path.display());
        self.client.goto(&url).await.expect("a page");
    }

    async fn type_into(&self, id: &str, text: &str) {
        let input = self.client.find(Locator::Id(id)).await.expect("an input");
        input.clear().await.expect("cleared");
        input.send_keys(text).await.expect("typed");
    }

    async fn click(&self, css: &str) {
        let wait = self.client.wait().at_most(PATIENCE);
        let element = wait.for_element(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("{css}: {error}"));
        element.click().await.expect("clicked");
    }

    /// The value of an expression of JavaScript.
    async fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        let value = self.client.execute(&script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn heading(&self) -> String {
        let heading = self
            .client
            .find(Locator::Css("h1"))
            .await
            .expect("a heading");
        heading.text().await.expect("its text")
    }

    /// Waits until an expression holds.
    async fn until(&self, expression: &str) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while self.value(expression).await != Value::Bool(true) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(waited.await.is_ok(), "{expression} does not come to hold");
    }

    async fn close(self) {
        self.client.close().await.expect("closed");
    }
}

/// A running chromedriver. It ends, and its browsers with it, however a test does.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// `None` where it is not installed, which is told.
    fn start() -> Option<Self> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                assert!(
                    env::var_os("ODX_BROWSER").is_none(),
                    "ODX_BROWSER is set, and chromedriver does not start: {error}"
                );
                eprintln!(
                    "skipped: no chromedriver ({error}): apt-get install chromium chromium-driver"
                );
                return None;
            }
        };
        let output = process.stdout.take().expect("BUG: it is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // It goes on to write, and may not stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("chromedriver tells its port");
        Some(Self { process, port })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to, it ends its browsers; killed, it does not. A failure to end is not what a test is about.
        if let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request = "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            let _ = connection.write_all(request.as_bytes());
            let _ = connection.set_read_timeout(Some(PATIENCE));
            let _ = connection.read_to_end(&mut Vec::new());
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn client(port: u16, profile: &Path) -> Client {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        &format!("--user-data-dir={}", profile.display()),
    ];
    let capabilities = json!({"goog:chromeOptions": {"args": arguments}});
    let Value::Object(capabilities) = capabilities else {
        unreachable!("BUG: it is an object");
    };
    let url = format!("http://127.0.0.1:{port}");
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    builder.connect(&url).await.expect("a session")
}

#[tokio::test]
async fn the_search_finds_a_field_and_leads_to_it() {
    let Some(reader) = Reader::of("odoo-19.0-fields_get.json.gz").await else {
        return;
    };
    reader.type_into("search", "sale.order.amount_total").await;
    reader.click("#found-list li:first-child a").await;
    reader
        .until("location.hash === '#field-amount_total'")
        .await;
    assert_eq!(reader.heading().await, "sale.order");
    let row = reader
        .value("document.querySelector('tr:target').textContent")
        .await;
    assert!(row.as_str().expect("text").contains("monetary"), "{row}");

    // From a model's page, by words of a label.
    reader.type_into("search", "partner language").await;
    reader
        .until("document.querySelectorAll('#found-list li').length > 0")
        .await;
    let found = reader
        .value("[...document.querySelectorAll('#found-list a')].map(a => a.textContent)")
        .await;
    assert!(found.to_string().contains("res.partner.lang"), "{found}");

    reader.type_into("search", "nothing.is.called.so").await;
    reader
        .until("document.getElementById('found-count').textContent.startsWith('Nothing')")
        .await;
    reader.close().await;
}

#[tokio::test]
async fn a_relation_leads_to_its_models_page() {
    let Some(mut reader) = Reader::of("odoo-19.0-fields_get.json.gz").await else {
        return;
    };
    reader.open("models/sale_order.html").await;
    reader.click("#field-partner_id a.relation").await;
    assert_eq!(reader.heading().await, "res.partner");

    reader.open("models/sale_order_line.html").await;
    reader.click(".drawing a[href='sale_order.html']").await;
    assert_eq!(reader.heading().await, "sale.order");
    // And back, to the field that refers to it.
    reader
        .click(".drawing a[href^='sale_order_line.html#']")
        .await;
    assert_eq!(reader.heading().await, "sale.order.line");
    assert_eq!(
        reader
            .value("document.querySelector('tr:target a').textContent")
            .await,
        "order_id"
    );
    reader.close().await;
}

#[tokio::test]
async fn the_fields_of_a_large_model_are_filtered_in_its_page() {
    let Some(mut reader) = Reader::of("odoo-19.0-fields_get.json.gz").await else {
        return;
    };
    reader.open("models/res_partner.html").await;
    const SHOWN: &str = "[...document.querySelectorAll('#fields-table tbody tr:not([hidden]) th a')].map(a => a.textContent)";
    let all = reader.value(SHOWN).await;
    assert!(all.as_array().expect("a list").len() > 200, "{all}");
    reader.type_into("filter", "many2one country").await;
    let shown = reader.value(SHOWN).await;
    assert!(
        shown.to_string().contains("\"country_id\"") && !shown.to_string().contains("\"email\""),
        "{shown}"
    );
    reader.type_into("filter", "id").await;
    reader.click("#field-filter input[name=required]").await;
    let shown = reader
        .value("document.getElementById('filter-count').textContent")
        .await;
    assert!(shown.as_str().expect("text").contains(" of "), "{shown}");
    reader.close().await;
}

/// Names and labels that would be scripts, and ask for addresses.
#[tokio::test]
async fn nothing_that_a_server_says_runs_and_nothing_is_asked_of_the_network() {
    let Some(mut reader) = Reader::of("hostile.json").await else {
        return;
    };
    let models = reader.folder.path().join("pages/models");
    let mut names: Vec<String> = fs::read_dir(&models)
        .expect("the pages")
        .map(|entry| {
            entry
                .expect("a page")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert!(!names.is_empty());
    let pages = names.iter().map(|name| format!("models/{name}"));
    for page in [PAGES_INDEX.to_owned()].into_iter().chain(pages) {
        reader.open(&page).await;
        // Everything is searched for, so that everything is shown there, too.
        reader.type_into("search", "e").await;
        reader
            .until("document.querySelectorAll('#found-list li').length > 0")
            .await;
        let scripts =
            "[...document.querySelectorAll('script')].map(s => s.src.split('/assets/')[1])";
        assert_eq!(
            reader.value(scripts).await,
            json!(["pages.js", "search.js"]),
            "{page}"
        );
        let foreign = "document.querySelectorAll('img, iframe, object, embed, base, link:not([rel=stylesheet]), [onerror], [onload], [onclick]').length";
        assert_eq!(reader.value(foreign).await, 0, "{page}");
        let asked = "performance.getEntriesByType('resource').filter(r => !r.name.startsWith('file:')).length";
        assert_eq!(reader.value(asked).await, 0, "{page}");
        let away = "[...document.querySelectorAll('a')].filter(a => !/^file:/.test(a.href.baseVal === undefined ? a.href : location.href)).length";
        assert_eq!(reader.value(away).await, 0, "{page}");
        assert_eq!(reader.value("document.compatMode").await, "CSS1Compat");
    }
    let label = "<script>alert";
    reader.open("models/x_hostile.html").await;
    let text = reader
        .value("document.getElementById('field-markdown').textContent")
        .await;
    assert!(text.as_str().expect("text").contains(label), "{text}");
    reader.close().await;
}

/// A command of Chromium's own protocol, which chromedriver passes on.
#[derive(Debug)]
struct Cdp {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({"cmd": self.command, "params": self.parameters});
        (http::Method::POST, Some(body.to_string()))
    }
}

/// The least contrast of what is read, as WCAG 2 counts it.
const CONTRAST: &str = r"(() => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if (!/, 0\)$/.test(colour)) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const ratios = [...document.querySelectorAll('body *:not(svg *)')]
        .filter((element) => element.getClientRects().length && element.innerText)
        .map((element) => {
            const pair = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
        });
    return Math.min(...ratios);
})()";

#[tokio::test]
async fn the_pages_are_legible_by_day_and_by_night() {
    let Some(mut reader) = Reader::of("odoo-19.0-fields_get.json.gz").await else {
        return;
    };
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let emulate = Cdp {
            command: "Emulation.setEmulatedMedia",
            parameters: json!({"features": feature}),
        };
        let emulated: Result<Value, CmdError> = reader.client.issue_cmd(emulate).await;
        emulated.expect("emulated");
        for page in [PAGES_INDEX, "models/res_company.html"] {
            reader.open(page).await;
            let contrast = reader.value(CONTRAST).await.as_f64().expect("a number");
            assert!(contrast >= 4.5, "{scheme} {page}: {contrast}");
        }
        papers.push(
            reader
                .value("getComputedStyle(document.body).backgroundColor")
                .await,
        );
    }
    assert_ne!(papers[0], papers[1]);
    // Every control has a name, and every page a heading and a language.
    let nameless = "[...document.querySelectorAll('input')].filter(i => !i.labels.length).length";
    assert_eq!(reader.value(nameless).await, 0);
    assert_eq!(
        reader.value("document.querySelectorAll('h1').length").await,
        1
    );
    assert_eq!(reader.value("document.documentElement.lang").await, "en");
    reader.close().await;
}
