//! Files over every road, and what becomes of one that does not come or go whole.

use std::{
    fs,
    path::{Path, PathBuf},
};

use futures_util::TryStreamExt;
use odx_e2e::{
    furniture_maker,
    models::*,
    roads::{Given, roads_of},
};
use odx_runtime::{
    Error, Id, Model, OdooModel, RecordId, Session,
    files::{Checked, Content, Download, FileError},
    model::Blob,
    transport::RoadName,
};
use odx_sandbox::{Database, Fault, Options, Server};
use secrecy::ExposeSecret;
use serde_json::json;

/// A file.
#[derive(OdooModel, Debug)]
#[odoo(name = "ir.attachment")]
struct Attachment {
    id: Id<Attachment>,
    name: Option<String>,
    res_model: Option<String>,
    datas: Option<Blob>,
    raw: Option<Blob>,
}

const SERIES: [&str; 7] = ["14.0", "15.0", "16.0", "17.0", "18.0", "19.0", "20.0"];

const REPORT: &str = "sale.report_saleorder";

fn database(series: &str) -> Database {
    let database = furniture_maker().series(series).with_files();
    database.with_report(REPORT, "sale.order").unwrap()
}

async fn server(series: &str) -> Server {
    Server::start(database(series), Options::default())
        .await
        .unwrap()
}

async fn session(server: &Server, road: &str) -> Session {
    let given = Given::of(server, server.key().expose_secret());
    given.session(road).await.unwrap()
}

/// Bytes that are no text and longer than what an answer keeps in one piece.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(next).collect()
}

fn file_error(error: Error) -> FileError {
    match error {
        Error::File(error) => *error,
        error => panic!("{error}"),
    }
}

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("odx-e2e-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It is in the way of nothing.
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn name_of(odoo: &Session, id: RecordId) -> (Option<String>, Option<String>) {
    let found = Attachment::search(|a| a.id.eq(Id::of(id)))
        .select(|a| (a.name, a.res_model))
        .first(odoo)
        .await;
    found.unwrap().expect("the attachment")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_down_as_it_went_up_over_every_road_of_every_series() {
    let folder = Folder::new("files");
    let contents = [0, 5, 60_001].map(noise);
    for series in SERIES {
        let server = server(series).await;
        let number = series.trim_end_matches(".0").parse().unwrap();
        for road in roads_of(number) {
            let odoo = session(&server, road).await;
            let what = format!("{road} of {series}");
            let order = SaleOrder::all().ids(&odoo).await.unwrap()[0];
            // The small ones are the same to all series but for their field.
            let contents = match series {
                "14.0" | "20.0" => &contents[..],
                _ => &contents[2..],
            };
            for content in contents {
                let content = content.clone();
                let name = "an \"order\", é.bin";
                let file = Content::bytes(name, content.clone());
                let attached = SaleOrder::attach(&odoo, order, file).await;
                let attached = attached.unwrap_or_else(|error| panic!("{what}: {error}"));
                let named = name_of(&odoo, attached.id).await;
                let expected = (Some(name.to_owned()), Some("sale.order".to_owned()));
                assert_eq!(named, expected, "{what}");

                let came = odoo.download(attached.id).bytes().await;
                let came = came.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(came == content, "{what}: {} bytes", content.len());
                let path = folder.0.join("a file");
                let received = odoo.download(attached.id).to_file(&path).await.unwrap();
                assert_eq!(received.checked, Checked::Sha1, "{what}");
                assert_eq!(received.sha1, attached.sha1, "{what}");
                assert!(fs::read(&path).unwrap() == content, "{what}");

                let blocking = odoo.blocking();
                let again = tokio::task::spawn_blocking(move || {
                    let again = blocking.attach(Content::file(path)).unwrap();
                    let pieces = blocking.download(again.id).stream();
                    let pieces: Result<Vec<_>, _> = pieces.collect();
                    (again, pieces.unwrap().concat())
                });
                let (again, came) = again.await.unwrap();
                assert!(came == content, "{what}");
                let (name, of) = name_of(&odoo, again.id).await;
                assert_eq!((name.as_deref(), of), (Some("a file"), None), "{what}");
            }
        }
    }
    assert_eq!(folder.files(), ["a file"], "nothing is left beside it");
}

#[tokio::test]
async fn over_the_road_of_the_web_client_no_call_carries_content() {
    let server = server("19.0").await;
    let odoo = session(&server, "web").await;
    server.clear_calls();
    let file = Content::bytes("x.bin", noise(50_000));
    let attached = odoo.attach(file).await.unwrap();
    assert_eq!(odoo.download(attached.id).await.unwrap().len(), 50_000);
    let calls = server.calls();
    let methods: Vec<_> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(
        methods,
        ["context_get", "upload", "read", "write", "read", "content"]
    );
}

/// The value of a binary field.
#[tokio::test]
async fn a_binary_field_comes_down_as_it_went_up() {
    for series in ["14.0", "19.0"] {
        let server = server(series).await;
        for road in ["web", "jsonrpc"] {
            let odoo = session(&server, road).await;
            let file = Content::bytes("x", noise(20_000));
            let attached = odoo.attach(file).await.unwrap();
            let id = Id::<Attachment>::of(attached.id);
            let file = Content::reader("x", 30_000, std::io::Cursor::new(noise(30_000)));
            let uploaded = Attachment::upload(&odoo, id, |a| a.datas, file)
                .await
                .unwrap();
            assert_eq!(uploaded.size, 30_000);
            let came = Attachment::download(&odoo, id, |a| a.datas).bytes().await;
            assert!(came.unwrap() == noise(30_000), "{road} of {series}");
        }
    }
    let server = server("20.0").await;
    let odoo = session(&server, "json2").await;
    let attached = odoo.attach(Content::bytes("x", "hello")).await.unwrap();
    let id = Id::<Attachment>::of(attached.id);
    let file = Content::bytes("x", "hello");
    let dropped = Attachment::upload(&odoo, id, |a| a.datas, file)
        .await
        .unwrap_err();
    assert!(matches!(dropped, Error::Dropped(_)), "{dropped}");
}

/// What a download does when its answer is wrong: nothing of it is in the file, nor beside it.
async fn leaves_the_file(folder: &Folder, wrong: &str, download: Download<'_, Session>) -> Error {
    let path = folder.0.join("kept");
    fs::write(&path, "as it was").unwrap();
    let error = match download.to_file(&path).await {
        Err(error) => error,
        Ok(received) => panic!("{wrong} was taken for a file: {received:?}"),
    };
    assert_eq!(fs::read(&path).unwrap(), b"as it was", "{wrong}: {error}");
    assert_eq!(folder.files(), ["kept"], "{wrong}");
    error
}

/// Answers that are no whole file.
fn wrong_answers(is_page: bool) -> Vec<(&'static str, Fault)> {
    let page = |status| Fault::Raw {
        status,
        content_type: "text/html".to_owned(),
        body: format!(
            "<html><body>{}</body></html>",
            "please log in ".repeat(9_000)
        ),
    };
    let elsewhere = "http://127.0.0.1:9/sign-in".parse().unwrap();
    let wrong = match is_page {
        true => json!("x".repeat(100_000)),
        false => {
            use base64::Engine as _;
            let other = base64::prelude::BASE64_STANDARD.encode(noise(99_999));
            json!([{"id": 1, "raw": other, "datas": other}])
        }
    };
    vec![
        ("an answer that breaks off", Fault::TruncatedJson),
        ("another file", Fault::Result(wrong)),
        ("nothing", Fault::MissingResult),
        ("a page", page(200)),
        ("a page of a gateway", page(502)),
        ("a redirect", Fault::Redirect(elsewhere)),
        ("no answer", Fault::Reset),
    ]
}

#[tokio::test]
async fn a_download_that_is_not_whole_leaves_the_file_as_it_was() {
    let folder = Folder::new("wrong");
    for series in [14, 19, 20] {
        let server = server(&format!("{series}.0")).await;
        for road in roads_of(series) {
            let odoo = session(&server, road).await;
            let file = Content::bytes("x.bin", noise(100_000));
            let attached = odoo.attach(file).await.unwrap();
            let is_page = road == "web";
            for (wrong, fault) in wrong_answers(is_page) {
                let what = format!("{wrong} over {road} of {series}");
                match is_page {
                    true => server.fail("ir.attachment", "content", fault, 1),
                    false => {
                        // The first call asks what there is, the second for the content.
                        server.fail("ir.attachment", "read", Fault::Delay(Default::default()), 1);
                        server.fail("ir.attachment", "read", fault, 1);
                    }
                }
                leaves_the_file(&folder, &what, odoo.download(attached.id)).await;
                server.clear_faults();
            }
            let path = folder.0.join("kept");
            odoo.download(attached.id).to_file(&path).await.unwrap();
            assert!(fs::read(&path).unwrap() == noise(100_000));
        }
    }
}

#[tokio::test]
async fn what_odoo_has_otherwise_than_it_was_sent_is_told_and_removed() {
    for road in ["web", "jsonrpc", "json2", "xmlrpc"] {
        let server = server("19.0").await;
        let odoo = session(&server, road).await;
        // What is read back first is what Odoo says it has.
        let told = json!([{"id": 1, "name": "x.bin", "res_model": false, "checksum": "00", "file_size": 3}]);
        server.fail("ir.attachment", "read", Fault::Result(told), 1);
        let file = Content::bytes("x.bin", noise(30_000));
        let altered = file_error(odoo.attach(file).await.unwrap_err());
        assert!(
            matches!(
                altered,
                FileError::Altered {
                    attachment: None,
                    sent_size: 30_000,
                    ..
                }
            ),
            "{road}: {altered}"
        );
        let left = server.database(|database| database.ids("ir.attachment"));
        assert_eq!(left, Some(Vec::new()), "{road}");

        server.fail("ir.attachment", "read", Fault::Reset, 1);
        let file = Content::bytes("x.bin", noise(30_000));
        let unchecked = file_error(odoo.attach(file).await.unwrap_err());
        let left = server
            .database(|database| database.ids("ir.attachment"))
            .unwrap();
        let message = unchecked.to_string();
        assert!(
            matches!(unchecked, FileError::Unchecked { .. }),
            "{message}"
        );
        assert!(
            message.contains(&format!("ir.attachment({})", left[0])),
            "{message}"
        );
    }
}

#[tokio::test]
async fn content_that_is_not_what_was_announced_makes_no_attachment() {
    for road in ["web", "jsonrpc", "json2", "xmlrpc", "odxproxy-v1"] {
        let server = server("19.0").await;
        let odoo = session(&server, road).await;
        for said in [29_999, 30_001] {
            let file = Content::reader("x.bin", said, std::io::Cursor::new(noise(30_000)));
            let error = file_error(odoo.attach(file).await.unwrap_err());
            assert!(matches!(error, FileError::Size { .. }), "{road}: {error}");
        }
        let broken = futures_util::stream::iter([
            Ok("hello".into()),
            Err(std::io::Error::other("the disk is gone")),
        ]);
        let error = odoo
            .attach(Content::stream("x.bin", 9, broken))
            .await
            .unwrap_err();
        let source = std::error::Error::source(&error)
            .expect("a source")
            .to_string();
        assert!(
            source.contains("the disk is gone"),
            "{road}: {error}: {source}"
        );
        let made = server.database(|database| database.ids("ir.attachment"));
        assert_eq!(made, Some(Vec::new()), "{road}");
    }
}

#[tokio::test]
async fn a_report_is_a_pdf_over_the_road_of_the_web_client() {
    let folder = Folder::new("report");
    for series in [14, 19] {
        let server = server(&format!("{series}.0")).await;
        for road in roads_of(series) {
            let odoo = session(&server, road).await;
            let orders = SaleOrder::all().ids(&odoo).await.unwrap();
            let report = || SaleOrder::report(&odoo, REPORT, orders[..2].iter().copied());
            if road != "web" {
                let error = file_error(report().bytes().await.unwrap_err());
                assert!(matches!(error, FileError::NoPages { .. }), "{error}");
                assert!(error.to_string().contains(road), "{error}");
                continue;
            }
            let pdf = report().bytes().await.unwrap();
            let pdf = String::from_utf8(pdf).unwrap();
            assert!(pdf.starts_with("%PDF-") && pdf.contains("(S000"), "{pdf}");
            for (wrong, fault) in wrong_answers(true) {
                server.fail("ir.actions.report", "pdf", fault, 1);
                leaves_the_file(&folder, wrong, report()).await;
                server.clear_faults();
            }
            let missing = SaleOrder::report(&odoo, REPORT, [Id::new(999_999)]);
            let missing = file_error(missing.bytes().await.unwrap_err());
            assert!(
                matches!(missing, FileError::Report { status: 500, .. }),
                "{missing}"
            );
            let other = ResPartner::report(&odoo, REPORT, [Id::new(1)])
                .bytes()
                .await;
            let other = other.unwrap_err().to_string();
            assert!(
                other.contains("a report of sale.order, and not of res.partner"),
                "{other}"
            );
            let unknown = SaleOrder::report(&odoo, "sale.nothing", orders.clone())
                .bytes()
                .await;
            let unknown = unknown.unwrap_err().to_string();
            assert!(
                unknown.contains("sale.order has sale.report_saleorder"),
                "{unknown}"
            );
            let none = SaleOrder::report(&odoo, REPORT, Vec::<Id<SaleOrder>>::new())
                .bytes()
                .await;
            assert!(matches!(none, Err(Error::Usage(_))));
            let french = odoo.lang("fr_BE");
            let french = SaleOrder::report(&french, REPORT, [orders[0]])
                .bytes()
                .await;
            assert_eq!(
                french.is_ok(),
                series != 14,
                "14 would leave the language out"
            );
        }
    }
}

#[tokio::test]
async fn a_session_that_has_expired_or_has_another_id_is_no_matter() {
    for series in ["14.0", "19.0"] {
        let server = server(series).await;
        let odoo = session(&server, "web").await;
        let order = SaleOrder::all().ids(&odoo).await.unwrap()[0];
        let attach = || odoo.attach(Content::bytes("x.bin", noise(20_000)));
        let attached = attach().await.unwrap();
        for round in 0..4 {
            match round % 2 {
                0 => server.expire_sessions(),
                _ => {
                    server.rotate_sessions();
                    odoo.download(attached.id).bytes().await.unwrap();
                    server.end_grace();
                }
            }
            let came = match round {
                0 | 1 => odoo.download(attached.id).bytes().await,
                _ => SaleOrder::report(&odoo, REPORT, [order]).bytes().await,
            };
            came.unwrap();
            server.expire_sessions();
            attach().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_link_and_a_file_that_is_not_there_are_told() {
    let server = server("19.0").await;
    for road in ["web", "jsonrpc"] {
        let odoo = session(&server, road).await;
        let link = json!({"name": "a link", "type": "url", "url": "https://example.com/x"});
        let link: i64 = odoo
            .call("ir.attachment", "create")
            .arg(link)
            .send()
            .await
            .unwrap();
        let error = file_error(
            odoo.download(RecordId::new(link))
                .bytes()
                .await
                .unwrap_err(),
        );
        assert!(matches!(error, FileError::Link { .. }), "{error}");
        let attached = odoo.attach(Content::bytes("x", "hello")).await.unwrap();
        let id = Id::<Attachment>::of(attached.id);
        Attachment::unlink(&odoo, [id]).await.unwrap();
        assert!(odoo.download(attached.id).bytes().await.is_err());
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_or_read_is_named() {
    let server = server("19.0").await;
    let odoo = session(&server, "jsonrpc").await;
    let attached = odoo.attach(Content::bytes("x", "hello")).await.unwrap();
    let nowhere = Path::new("/nowhere/at-all.bin");
    let error = file_error(
        odoo.download(attached.id)
            .to_file(nowhere)
            .await
            .unwrap_err(),
    );
    assert!(error.to_string().contains("/nowhere/at-all.bin"), "{error}");
    let error = file_error(odoo.attach(Content::file(nowhere)).await.unwrap_err());
    assert!(error.to_string().contains("at-all.bin"), "{error}");
}

#[tokio::test]
async fn dropping_a_stream_gives_up_what_is_on_its_way() {
    let server = server("19.0").await;
    for road in [RoadName::Web, RoadName::JsonRpc] {
        let odoo = session(&server, road.as_str()).await;
        let file = Content::bytes("x.bin", noise(3_000_000));
        let attached = odoo.attach(file).await.unwrap();
        let mut pieces = odoo.download(attached.id).stream();
        let first = pieces.try_next().await.unwrap().expect("a piece");
        assert!(first.len() < 1_000_000);
        drop(pieces);
        let came = odoo.download(attached.id).bytes().await.unwrap();
        assert!(came == noise(3_000_000));
    }
}
