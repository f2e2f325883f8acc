//! Files up and down, over every road.
//!
//! `ODX_FILE_MB=200` makes the large one that large. Odoo 17 and on take 128 MiB in a request, of which base64 takes four
//! thirds; for a larger file the system parameter `web.max_file_upload_size` says more as long as the test runs.

use std::{env, fs, io::Read, process::Command};

use futures_util::TryStreamExt;
use odx_live::{Live, models::*, road, variable};
use odx_runtime::{
    Error, Id, Model, Odoo, RecordId, Session,
    files::{Checked, Content, FileError},
    transport::RoadName,
    values,
};
use secrecy::ExposeSecret;
use serde_json::json;

/// Bytes that are no text, of which a part is not like another.
struct Noise {
    left: u64,
    state: u64,
}

impl Noise {
    fn new(size: u64) -> Self {
        let state = 0x9e37_79b9_7f4a_7c15;
        Self { left: size, state }
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.left.try_into().unwrap_or(usize::MAX));
        for byte in &mut buffer[..length] {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            *byte = self.state as u8;
        }
        self.left -= length as u64;
        Ok(length)
    }
}

fn noise(size: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    Noise::new(size).read_to_end(&mut bytes).unwrap();
    bytes
}

fn file_error(error: Error) -> FileError {
    match error {
        Error::File(error) => *error,
        error => panic!("{error}"),
    }
}

async fn partner(odoo: &Session) -> Id<ResPartner> {
    let partner = values!(ResPartner {
        name: "of a live test of files",
        ..
    });
    ResPartner::create(odoo, partner).await.unwrap()
}

async fn unlink(odoo: &Session, ids: impl IntoIterator<Item = RecordId>) {
    let ids = ids.into_iter().map(Id::<IrAttachment>::of);
    IrAttachment::unlink(odoo, ids).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_comes_down_as_it_went_up() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let partner = partner(&odoo).await;
    let folder = env::temp_dir().join(format!("odx-live-files-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for size in [0, 1, 5_000, 300_001] {
        let content = noise(size);
        let name = "of \"a live\" test, é.bin";
        let attached = Content::bytes(name, content.clone());
        let attached = ResPartner::attach(&odoo, partner, attached).await.unwrap();
        assert_eq!(attached.size, size);

        let (called, of, of_id) = IrAttachment::search(|a| a.id.eq(Id::of(attached.id)))
            .select(|a| (a.name, a.res_model, a.res_id))
            .first(&odoo)
            .await
            .unwrap()
            .expect("the attachment");
        let called: Option<String> = called;
        let of: Option<String> = of;
        assert_eq!(called.as_deref(), Some(name));
        assert_eq!(of.as_deref(), Some("res.partner"));
        assert_eq!(of_id.id_of(), Some(partner));

        let came = odoo.download(attached.id).bytes().await.unwrap();
        assert!(came == content, "{size} bytes");
        let pieces: Vec<_> = odoo
            .download(attached.id)
            .stream()
            .try_collect()
            .await
            .unwrap();
        assert!(pieces.concat() == content);
        let path = folder.join("a file");
        let received = odoo.download(attached.id).to_file(&path).await.unwrap();
        assert_eq!(
            (received.checked, received.sha1),
            (Checked::Sha1, attached.sha1)
        );
        assert!(fs::read(&path).unwrap() == content);

        let blocking = odoo.blocking();
        let again = Content::file(path);
        let (again, came) = std::thread::spawn(move || {
            let again = ResPartner::attach(&blocking, partner, again).unwrap();
            let came = blocking.download(again.id).stream();
            (again, came.collect::<Result<Vec<_>, _>>().unwrap().concat())
        })
        .join()
        .unwrap();
        assert!(came == content);
        unlink(&odoo, [attached.id, again.id]).await;
    }
    fs::remove_dir_all(folder).unwrap();

    let alone = odoo.attach(Content::bytes("x.txt", "hello")).await.unwrap();
    let found = IrAttachment::search(|a| a.id.eq(Id::of(alone.id)) & a.res_model.is_unset());
    assert_eq!(found.count(&odoo).await.unwrap(), 1);
    unlink(&odoo, [alone.id]).await;
    let gone = odoo.download(alone.id).bytes().await.unwrap_err();
    assert!(gone.odoo().is_some() || matches!(file_error(gone), FileError::Absent { .. }));
    ResPartner::unlink(&odoo, [partner]).await.unwrap();
}

#[tokio::test]
async fn the_value_of_a_binary_field_comes_down_as_it_went_up() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let probe = values!(OdxProbe {
        name: "of a live test of files",
        ..
    });
    let probe = OdxProbe::create(&odoo, probe).await.unwrap();
    for size in [3, 100_000] {
        let content = noise(size);
        let file = Content::bytes("x", content.clone());
        OdxProbe::upload(&odoo, probe, |p| p.binary, file)
            .await
            .unwrap();
        let came = OdxProbe::download(&odoo, probe, |p| p.binary).bytes().await;
        assert!(came.unwrap() == content);

        let file = Content::reader("x", size, Noise::new(size));
        let uploaded = OdxProbe::upload(&odoo, probe, |p| p.binary_inline, file);
        assert_eq!(uploaded.await.unwrap().size, size);
        let came = OdxProbe::download(&odoo, probe, |p| p.binary_inline).bytes();
        assert!(came.await.unwrap() == content);
    }
    let empty = OdxProbe::download(&odoo, probe, |p| p.image).bytes().await;
    let empty = file_error(empty.unwrap_err());
    assert!(matches!(empty, FileError::Absent { .. }), "{empty}");
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
}

/// A picture that is wider than Odoo keeps one.
fn wide_picture() -> Vec<u8> {
    const WIDTH: u32 = 2_400;
    let size = 54 + WIDTH * 3;
    let mut bmp = b"BM".to_vec();
    for number in [
        size,
        0,
        54,
        40,
        WIDTH,
        1,
        1 | 24 << 16,
        0,
        WIDTH * 3,
        0,
        0,
        0,
        0,
    ] {
        bmp.extend(number.to_le_bytes());
    }
    bmp.extend(noise((WIDTH * 3).into()));
    bmp
}

#[tokio::test]
async fn a_picture_that_is_attached_stays_as_it_is() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    for name in ["wide.bmp", "wide"] {
        let attached = odoo
            .attach(Content::bytes(name, wide_picture()))
            .await
            .unwrap();
        let came = odoo.download(attached.id).bytes().await.unwrap();
        assert!(came == wide_picture(), "{name}");
        unlink(&odoo, [attached.id]).await;
    }
    if Live::version() == 14 || road() != RoadName::Web {
        return;
    }
    // The form of the web client makes it smaller, where its name does not tell what it is. Nothing of it stays.
    let hidden = Content::bytes("wide.of-a-live-test", wide_picture());
    let altered = file_error(odoo.attach(hidden).await.unwrap_err());
    let message = altered.to_string();
    assert!(message.contains("the attachment was removed"), "{message}");
    let left = IrAttachment::search(|a| a.name.eq("wide.of-a-live-test"));
    assert_eq!(left.count(&odoo).await.unwrap(), 0);
}

const OWN_REPORT: &str = "odx_live.order";

/// A report of orders that is made for one test.
struct OwnReport {
    view: i64,
    report: i64,
}

async fn own_report(odoo: &Session) -> OwnReport {
    const ARCH: &str = r#"<t t-name="odx_live.order"><t t-call="web.html_container"><t t-foreach="docs" t-as="o">
        <div class="page" style="font-family: 'DejaVu Sans'"><span t-esc="o.name"/> <span t-esc="o.env.lang"/></div>
    </t></t></t>"#;
    let create = async |model: &'static str, values: serde_json::Value| {
        let created: i64 = odoo.call(model, "create").arg(values).send().await.unwrap();
        created
    };
    let view = json!({"name": OWN_REPORT, "key": OWN_REPORT, "type": "qweb", "arch": ARCH});
    let report = json!({
        "name": "Order", "model": "sale.order", "report_type": "qweb-pdf", "report_name": OWN_REPORT,
    });
    OwnReport {
        view: create("ir.ui.view", view).await,
        report: create("ir.actions.report", report).await,
    }
}

impl OwnReport {
    async fn unlink(self, odoo: &Session) {
        for (model, id) in [
            ("ir.actions.report", self.report),
            ("ir.ui.view", self.view),
        ] {
            let unlink = odoo.call(model, "unlink").ids([id]);
            assert!(unlink.send::<bool>().await.unwrap());
        }
    }
}

/// What is written in the PDF, where the machine can read it.
async fn text_of_own_report(odoo: &Session, order: Id<SaleOrder>) -> Result<Option<String>, Error> {
    let path = env::temp_dir().join(format!("odx-live-order-{}.pdf", std::process::id()));
    let received = SaleOrder::report(odoo, OWN_REPORT, [order]).to_file(&path);
    assert_eq!(received.await?.checked, Checked::Pdf);
    let read = Command::new("pdftotext").arg(&path).arg("-").output();
    fs::remove_file(path).unwrap();
    Ok(read
        .ok()
        .map(|read| String::from_utf8_lossy(&read.stdout).into_owned()))
}

#[tokio::test]
async fn a_report_is_a_pdf_over_the_road_of_the_web_client() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let order = SaleOrder::all()
        .order(|o| o.id.asc())
        .limit(1)
        .ids(&odoo)
        .await;
    let order = order.unwrap()[0];
    let report = || SaleOrder::report(&odoo, "sale.report_saleorder", [order]);
    if road() != RoadName::Web {
        let error = file_error(report().bytes().await.unwrap_err());
        let message = error.to_string();
        assert!(
            message.contains(".road(RoadName::Web)") && message.contains(road().as_str()),
            "{message}"
        );
        return;
    }
    let wrong = ResPartner::report(&odoo, "sale.report_saleorder", [Id::new(1)]);
    let wrong = wrong.bytes().await.unwrap_err().to_string();
    assert!(wrong.contains("a report of sale.order"), "{wrong}");
    let unknown = SaleOrder::report(&odoo, "sale.no_such", [order])
        .bytes()
        .await;
    let unknown = unknown.unwrap_err().to_string();
    assert!(unknown.contains("sale.report_saleorder"), "{unknown}");

    let state = odoo.call("ir.actions.report", "get_wkhtmltopdf_state");
    let state: String = state.send().await.unwrap();
    if state == "install" {
        let error = report().bytes().await.unwrap_err().to_string();
        assert!(error.contains("wkhtmltopdf"), "{error}");
        return;
    }
    let received = report().bytes().await.unwrap();
    assert!(received.starts_with(b"%PDF-"));
    // Where wkhtmltopdf is Debian's, text in fonts of the web is drawn, and no text of the PDF. This report has another font.
    let own = own_report(&odoo).await;
    let text = text_of_own_report(&odoo, order).await.unwrap();
    let in_french = text_of_own_report(&odoo.lang("fr_FR"), order).await;
    own.unlink(&odoo).await;
    let (name,) = SaleOrder::search(|o| o.id.eq(order))
        .select(|o| (o.name,))
        .first(&odoo)
        .await
        .unwrap()
        .expect("the order");
    let name: Option<String> = name;
    let name = name.expect("a name");
    match text {
        Some(text) => assert!(
            text.contains(&name) && text.contains("en_US"),
            "no {name} or en_US in {text}"
        ),
        None => eprintln!("not read: there is no pdftotext"),
    }
    match in_french {
        Ok(Some(text)) => assert!(text.contains("fr_FR"), "no fr_FR in {text}"),
        Ok(None) => {}
        Err(error) => assert!(
            Live::version() == 14 && error.to_string().contains("language"),
            "{error}"
        ),
    }

    let missing = SaleOrder::report(&odoo, "sale.report_saleorder", [Id::new(999_999_999)]);
    let missing = file_error(missing.bytes().await.unwrap_err());
    assert!(matches!(missing, FileError::Report { .. }), "{missing}");
}

/// How large the large file is.
fn large() -> u64 {
    let megabytes = env::var("ODX_FILE_MB").map_or(4, |size| size.parse().expect("ODX_FILE_MB"));
    megabytes * 1_000_000
}

/// In a process of its own, whose memory is that of the file and of nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_takes_little_memory() {
    let Some(live) = Live::start().await else {
        return;
    };
    let ran = Command::new(env::current_exe().unwrap())
        .args(["--exact", "files::a_large_file", "--ignored", "--nocapture"])
        .env("ODX_FILES_PROXY", live.server.url())
        .env("ODX_FILES_PROXY_KEY", live.server.key().expose_secret())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    let failed = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{told}{failed}");
    let peak = told.lines().find_map(|line| line.strip_prefix("peak: "));
    let peak: u64 = peak.expect("a peak").parse().unwrap();
    let times = told.lines().find(|line| line.starts_with("up in"));
    let times = times.unwrap_or_default();
    eprintln!("{} bytes over {}: {times}, {peak} kB", large(), road());
    assert!(peak < 50_000, "{peak} kB");
}

/// The limit of a request, where it is raised for a test.
struct Limit(bool);

impl Limit {
    const PARAMETER: &str = "web.max_file_upload_size";

    async fn raised(odoo: &Session, size: u64) -> Self {
        const AS_IT_IS: u64 = 90_000_000;
        let is_raised = Live::version() >= 17 && size > AS_IT_IS;
        if is_raised {
            Self::set(odoo, Some(size * 2)).await;
        }
        Self(is_raised)
    }

    async fn put_back(self, odoo: &Session) {
        if self.0 {
            Self::set(odoo, None).await;
        }
    }

    /// Odoo keeps parameters in a cache, in which another call may just have put the old value: a new one clears it.
    async fn set(odoo: &Session, limit: Option<u64>) {
        let call = async |method: &'static str, value: Option<serde_json::Value>| {
            let call = odoo
                .call("ir.config_parameter", method)
                .arg(Self::PARAMETER);
            let call = value.into_iter().fold(call, |call, value| call.arg(value));
            call.send::<serde_json::Value>().await.unwrap()
        };
        for attempt in 0..20 {
            let raised = limit.unwrap_or(1 << 27) + attempt;
            call("set_param", Some(json!(raised.to_string()))).await;
            if limit.is_none() {
                call("set_param", Some(json!(false))).await;
            }
            if call("get_param", None).await.is_string() == limit.is_some() {
                return;
            }
        }
        panic!("{} keeps its value", Self::PARAMETER);
    }
}

#[tokio::test]
#[ignore = "`a_large_file_takes_little_memory` runs it"]
async fn a_large_file() {
    let odoo = Odoo::connect(variable("ODX_ODOO_URL"))
        .database(variable("ODX_ODOO_DB"))
        .road(road());
    let (id, key) = (variable("ODX_ODOO_USER_ID"), variable("ODX_ODOO_API_KEY"));
    let odoo = match road() {
        RoadName::Web => odoo.login(variable("ODX_ODOO_LOGIN"), variable("ODX_ODOO_PASSWORD")),
        road if road.is_behind_a_proxy() => odoo
            .user_id(id.parse().unwrap())
            .api_key(key)
            .through(variable("ODX_FILES_PROXY"), variable("ODX_FILES_PROXY_KEY")),
        _ => odoo.user(variable("ODX_ODOO_LOGIN")).api_key(key),
    };
    let odoo = odoo.await.unwrap();
    let size = large();
    let limit = Limit::raised(&odoo, size).await;
    let began = std::time::Instant::now();
    let content = Content::reader("large, of a live test.bin", size, Noise::new(size));
    let attached = odoo.attach(content).await.unwrap();
    let up = began.elapsed();
    let mut pieces = odoo.download(attached.id).stream();
    let mut came = 0;
    while let Some(piece) = pieces.try_next().await.unwrap() {
        came += piece.len() as u64;
    }
    let down = began.elapsed() - up;
    unlink(&odoo, [attached.id]).await;
    limit.put_back(&odoo).await;
    assert_eq!(came, size);
    println!("up in {up:?}, down in {down:?}");
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("peak: {}", peak.unwrap().trim().trim_end_matches(" kB"));
}
